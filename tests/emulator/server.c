/* SPDX-License-Identifier: Apache-2.0 */
#include "server.h"

#include "ids.h"
#include "links.h"
#include "token.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum {
  MAX_BODY = 4 << 20,
  MAX_CONNECTIONS = 1024,
  IDLE_SECONDS = 120,
  SLOW_PIECES = 8,
  SLOW_PAUSE_MS = 120,
  ENORMOUS_BYTES = 96 << 20,
};

struct origin_of {
  struct emu_server *server;
  enum emu_service service;
};

static struct origin_of doors[EMU_SERVICES];

/* Lives from the first call of a request to its end. */
struct exchange {
  struct emu_text body;
  bool too_large;
};

struct delivery {
  struct emu_text body;
  enum emu_delivery how;
};

struct emu_origin emu_origin(const struct emu_world *w, enum emu_service service) {
  struct emu_origin o;
  emu_format(o.text, sizeof o.text, "%s://localhost:%u", service == EMU_MANAGED ? "http" : "https",
             (unsigned)w->ports[service]);
  return o;
}

const char *emu_arg(const struct emu_request *r, const char *name) {
  return MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *emu_request_header(const struct emu_request *r, const char *name) {
  return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

bool emu_is(const struct emu_request *r, const char *method) {
  return strcmp(r->method, method) == 0;
}

void emu_reply_header(struct emu_reply *a, const char *name, const char *format, ...) {
  if (a->header_n == EMU_MAX_HEADERS)
    abort();
  struct emu_header *h = &a->headers[a->header_n++];
  emu_format(h->name, sizeof h->name, "%s", name);
  va_list args;
  va_start(args, format);
  int len = vsnprintf(h->value, sizeof h->value, format, args);
  va_end(args);
  if (len < 0 || (size_t)len >= sizeof h->value)
    abort();
}

void emu_reply_error(struct emu_reply *a, unsigned status, const char *code, const char *message) {
  a->status = status;
  emu_text_clear(&a->body);
  struct emu_json j = emu_json_to(&a->body);
  emu_json_object(&j, NULL);
  emu_json_object(&j, "error");
  emu_json_text(&j, "code", code);
  emu_json_text(&j, "message", message);
  emu_json_end_object(&j);
  emu_json_end_object(&j);
}

void emu_count(const struct emu_request *r, enum emu_count count) {
  emu_manners_add(r->server->manners, count, 1);
}

void emu_kind(const struct emu_request *r, enum emu_request_kind kind) {
  emu_manners_kind(r->server->manners, kind);
}

static void pause_ms(unsigned ms) {
  struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
  nanosleep(&t, NULL);
}

static ssize_t read_piece(void *cls, uint64_t pos, char *buf, size_t max) {
  const struct delivery *d = cls;
  if (d->how == EMU_ENORMOUS && pos >= d->body.len) {
    memset(buf, ' ', max);
    return (ssize_t)max;
  }
  size_t left = d->body.len - (size_t)pos;
  size_t piece = max < left ? max : left;
  if (d->how == EMU_SLOW) {
    size_t small = d->body.len / SLOW_PIECES + 1;
    piece = piece < small ? piece : small;
    pause_ms(SLOW_PAUSE_MS);
  }
  if (d->how == EMU_TRUNCATED) {
    if (pos >= d->body.len / 2)
      return MHD_CONTENT_READER_END_WITH_ERROR;
    piece = piece < d->body.len / 2 - (size_t)pos ? piece : d->body.len / 2 - (size_t)pos;
  }
  memcpy(buf, d->body.data + pos, piece);
  return (ssize_t)piece;
}

static void free_delivery(void *cls) {
  struct delivery *d = cls;
  emu_text_free(&d->body);
  free(d);
}

/* Takes the body. */
static struct MHD_Response *response_of(struct emu_reply *a) {
  if (a->delivery == EMU_WHOLE || a->body.len < 2) {
    struct MHD_Response *response = MHD_create_response_from_buffer(a->body.len, a->body.data, MHD_RESPMEM_MUST_FREE);
    a->body = (struct emu_text){0};
    return response;
  }
  struct delivery *d = calloc(1, sizeof *d);
  if (d == NULL)
    abort();
  *d = (struct delivery){.body = a->body, .how = a->delivery};
  uint64_t size = a->delivery == EMU_ENORMOUS ? ENORMOUS_BYTES : a->body.len;
  a->body = (struct emu_text){0};
  return MHD_create_response_from_callback(size, 16384, read_piece, d, free_delivery);
}

/* A closed socket that does not linger tells the other side RST. */
static enum MHD_Result reset(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  struct linger none = {.l_onoff = 1, .l_linger = 0};
  if (info != NULL)
    (void)setsockopt(info->connect_fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
  return MHD_NO;
}

static enum MHD_Result send_reply(struct emu_request *r, struct emu_reply *a) {
  struct emu_guid id = emu_guid_random();
  emu_reply_header(a, "x-ms-request-id", "%s", id.text);
  emu_manners_status(r->server->manners, a->status);
  emu_manners_add(r->server->manners, EMU_COUNT_BYTES_OUT, a->body.len);
  bool has_body = a->body.len != 0;
  struct MHD_Response *response = response_of(a);
  if (response == NULL)
    return MHD_NO;
  if (has_body)
    (void)MHD_add_response_header(response, "Content-Type", "application/json; charset=utf-8");
  (void)MHD_add_response_header(response, "Cache-Control", "no-cache");
  for (size_t i = 0; i < a->header_n; i++)
    (void)MHD_add_response_header(response, a->headers[i].name, a->headers[i].value);
  enum MHD_Result result = MHD_queue_response(r->connection, a->status, response);
  MHD_destroy_response(response);
  return result;
}

struct digest {
  uint64_t seed, hash;
};

static void digest_text(struct digest *d, const char *text) {
  for (; *text != '\0'; text++)
    d->hash = emu_hash(d->seed, 0x4e7, d->hash, (unsigned char)*text);
}

static enum MHD_Result digest_arg(void *cls, enum MHD_ValueKind kind, const char *name, const char *value) {
  (void)kind;
  digest_text(cls, name);
  digest_text(cls, value != NULL ? value : "");
  return MHD_YES;
}

static uint64_t key_of(const struct emu_request *r) {
  struct digest d = {.seed = r->server->world->seed, .hash = (uint64_t)r->service + 1};
  digest_text(&d, r->method);
  digest_text(&d, r->path);
  (void)MHD_get_connection_values(r->connection, MHD_GET_ARGUMENT_KIND, digest_arg, &d);
  if (r->service == EMU_LOGIN)
    /* Bodies hold assertions, which differ each time. */
    d.hash = emu_hash(d.seed, 0x4e8, d.hash, emu_login_key(r->body));
  else {
    digest_text(&d, r->body);
    d.hash = emu_hash(d.seed, 0x4e9, d.hash, emu_token_key(r));
  }
  return d.hash | 1;
}

struct arguments {
  struct emu_text *url;
  const char *separator;
};

static enum MHD_Result write_argument(void *cls, enum MHD_ValueKind kind, const char *name, const char *value) {
  (void)kind;
  struct arguments *a = cls;
  emu_text_puts(a->url, a->separator);
  a->separator = "&";
  emu_text_url(a->url, name);
  emu_text_puts(a->url, "=");
  emu_text_url(a->url, value != NULL ? value : "");
  return MHD_YES;
}

/* What another client needs to ask the same. */
static void write_request(const struct emu_request *r, FILE *out) {
  struct emu_text url = {0}, line = {0};
  emu_text_puts(&url, emu_origin(r->server->world, r->service).text);
  emu_text_puts(&url, r->path);
  struct arguments arguments = {.url = &url, .separator = "?"};
  (void)MHD_get_connection_values(r->connection, MHD_GET_ARGUMENT_KIND, write_argument, &arguments);
  struct emu_json j = emu_json_to(&line);
  emu_json_object(&j, NULL);
  emu_json_text(&j, "method", r->method);
  emu_json_text(&j, "url", url.data);
  const char *authorization = emu_request_header(r, "Authorization"), *type = emu_request_header(r, "Content-Type");
  if (authorization != NULL)
    emu_json_text(&j, "authorization", authorization);
  if (r->body_len != 0) {
    emu_json_text(&j, "type", type != NULL ? type : "");
    emu_json_text(&j, "body", r->body);
  }
  emu_json_end_object(&j);
  emu_text_puts(&line, "\n");
  (void)fwrite(line.data, 1, line.len, out);
  emu_text_free(&line);
  emu_text_free(&url);
}

static void http_date(char *out, size_t size, time_t when) {
  static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  struct tm tm;
  gmtime_r(&when, &tm);
  emu_format(out, size, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
             tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void throttled(struct emu_request *r, struct emu_reply *a, bool as_date) {
  if (r->service == EMU_LOGIN) {
    emu_text_puts(&a->body, "{\"error\":\"temporarily_unavailable\",\"error_description\":\"AADSTS90055: Too many "
                            "requests.\",\"error_codes\":[90055]}");
    a->status = 429;
  } else
    emu_reply_error(a, 429, "TooManyRequests",
                    "The request is being throttled as the limit has been reached for operation type - Read.");
  /* Read before the other clock: whoever is kept waiting between the two must not make the wait longer than it says. */
  int64_t now_ms = emu_now_ms(), wait_ms = 1000;
  if (as_date) {
    /* Whole seconds: the instant named is the one that counts. */
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    char date[64];
    http_date(date, sizeof date, now.tv_sec + 2);
    wait_ms = 2000 - (now.tv_nsec + 999999) / 1000000;
    emu_reply_header(a, "Retry-After", "%s", date);
  } else
    emu_reply_header(a, "Retry-After", "1");
  emu_manners_wait(r->server->manners, r->key, now_ms + wait_ms);
}

static void server_error(struct emu_request *r, struct emu_reply *a) {
  static const struct {
    unsigned status;
    const char *code;
  } errors[] = {
      {500, "InternalServerError"}, {502, "BadGateway"}, {503, "ServiceUnavailable"}, {504, "GatewayTimeout"}};
  size_t which = r->key >> 3 & 3;
  if (errors[which].status == 502) {
    /* A gateway in front of the service speaks no JSON. */
    a->status = 502;
    emu_text_puts(&a->body, "<html><head><title>502 Bad Gateway</title></head></html>");
    return;
  }
  emu_reply_error(a, errors[which].status, errors[which].code, "Encountered internal server error.");
}

static void serve(struct emu_request *r, struct emu_reply *a) {
  switch (r->service) {
  case EMU_LOGIN: emu_serve_login(r, a); break;
  case EMU_ARM: emu_serve_arm(r, a); break;
  case EMU_DIRECTORY: emu_serve_directory(r, a); break;
  case EMU_MANAGED: emu_serve_managed(r, a); break;
  case EMU_TRAP:
  case EMU_SERVICES:
    /* Nobody has a reason to come here. */
    emu_kind(r, EMU_KIND_TRAP);
    if (emu_request_header(r, "Authorization") != NULL)
      emu_count(r, EMU_COUNT_WRONG_HOST);
    a->status = 200;
    emu_text_puts(&a->body, "{\"value\":[]}");
    break;
  }
}

static void serve_with_faults(struct emu_request *r, struct emu_reply *a) {
  struct emu_server *s = r->server;
  enum emu_fault fault = emu_fault_next(s->world, s->faulted, r->key);
  if (fault == EMU_FAULT_EXPIRE && (r->service != EMU_ARM || !emu_token_revoke(r)))
    fault = EMU_FAULT_NONE;
  if (fault != EMU_FAULT_NONE)
    emu_manners_fault(s->manners, fault);
  switch ((int)fault) {
  case EMU_FAULT_THROTTLE: throttled(r, a, false); return;
  case EMU_FAULT_THROTTLE_DATE: throttled(r, a, true); return;
  case EMU_FAULT_SERVER_ERROR: server_error(r, a); return;
  case EMU_FAULT_RESET: a->delivery = EMU_RESET; return;
  default: break;
  }
  serve(r, a);
  if (fault == EMU_FAULT_TRUNCATED)
    a->delivery = EMU_TRUNCATED;
  if (fault == EMU_FAULT_SLOW)
    a->delivery = EMU_SLOW;
  if (a->status < 300 && a->delivery == EMU_WHOLE && r->service != EMU_LOGIN)
    emu_manners_answered(s->manners, r->key);
}

/* Of the verbs, what only reads in Resource Manager and in Graph is listed there. */
static void check_manners(struct emu_request *r) {
  struct emu_server *s = r->server;
  const char *agent = emu_request_header(r, "User-Agent");
  if (r->service != EMU_MANAGED && (agent == NULL || *agent == '\0'))
    emu_count(r, EMU_COUNT_NO_AGENT);
  bool reads = emu_is(r, "GET") || (emu_is(r, "POST") && r->service != EMU_TRAP);
  if (!reads) {
    r->is_expected_write = emu_links_expects(r);
    emu_count(r, r->is_expected_write ? EMU_COUNT_LINK_WRITES : EMU_COUNT_WRITES);
  }
  emu_manners_add(s->manners, EMU_COUNT_BYTES_IN, r->body_len);
  emu_manners_arrives(s->manners, r->key);
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_size, void **state) {
  (void)version;
  const struct origin_of *door = cls;
  struct exchange *x = *state;
  if (x == NULL) {
    x = calloc(1, sizeof *x);
    if (x == NULL)
      abort();
    *state = x;
    emu_manners_begin(door->server->manners);
    return MHD_YES;
  }
  if (*upload_size != 0) {
    if (x->body.len + *upload_size > MAX_BODY)
      x->too_large = true;
    else
      emu_text_add(&x->body, upload, *upload_size);
    *upload_size = 0;
    return MHD_YES;
  }
  struct emu_request r = {.server = door->server,
                          .service = door->service,
                          .method = method,
                          .path = url,
                          .body = x->body.data != NULL ? x->body.data : "",
                          .body_len = x->body.len,
                          .connection = connection};
  struct emu_reply a = {.status = 500};
  r.key = key_of(&r);
  if (door->server->requests != NULL)
    write_request(&r, door->server->requests);
  check_manners(&r);
  if (door->server->world->latency_ms != 0)
    pause_ms(door->server->world->latency_ms);
  if (x->too_large)
    emu_reply_error(&a, 413, "RequestEntityTooLarge", "The body is too large.");
  else
    serve_with_faults(&r, &a);
  if (door->server->log != NULL)
    fprintf(door->server->log, "%u %s %s %u\n", (unsigned)door->service, method, url,
            a.delivery == EMU_RESET ? 0 : a.status);
  if (a.delivery != EMU_RESET)
    return send_reply(&r, &a);
  emu_text_free(&a.body);
  return reset(connection);
}

static void completed(void *cls, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why) {
  (void)connection;
  (void)why;
  const struct origin_of *door = cls;
  struct exchange *x = *state;
  if (x == NULL)
    return;
  emu_manners_end(door->server->manners);
  emu_text_free(&x->body);
  free(x);
  *state = NULL;
}

static struct MHD_Daemon *listen_on(struct origin_of *door, uint16_t port) {
  struct emu_server *s = door->server;
  /* A thread for each connection may sleep for latency and slow bodies. */
  unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL;
  struct sockaddr_in here = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
  struct MHD_OptionItem tls[] = {
      {MHD_OPTION_HTTPS_MEM_CERT, 0, s->certificate},
      {MHD_OPTION_HTTPS_MEM_KEY, 0, s->key},
      {MHD_OPTION_END, 0, NULL},
  };
  struct MHD_OptionItem plain[] = {{MHD_OPTION_END, 0, NULL}};
  bool secure = door->service != EMU_MANAGED;
  if (secure)
    flags |= MHD_USE_TLS;
  return MHD_start_daemon(flags, port, NULL, NULL, handle, door, MHD_OPTION_SOCK_ADDR, &here,
                          MHD_OPTION_NOTIFY_COMPLETED, completed, door, MHD_OPTION_CONNECTION_LIMIT,
                          (unsigned)MAX_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
                          MHD_OPTION_ARRAY, secure ? tls : plain, MHD_OPTION_END);
}

bool emu_server_start(struct emu_server *s, struct emu_world *w, uint16_t base, uint16_t proxy) {
  for (unsigned i = 0; i < EMU_SERVICES; i++) {
    doors[i] = (struct origin_of){.server = s, .service = (enum emu_service)i};
    s->daemons[i] = listen_on(&doors[i], base == 0 ? 0 : (uint16_t)(base + i));
    if (s->daemons[i] == NULL) {
      fprintf(stderr, "emulator: cannot listen for service %u\n", i);
      return false;
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemons[i], MHD_DAEMON_INFO_BIND_PORT);
    w->ports[i] = proxy != 0 && i != EMU_MANAGED ? (uint16_t)(proxy + i) : info->port;
  }
  return true;
}

void emu_server_stop(struct emu_server *s) {
  for (unsigned i = 0; i < EMU_SERVICES; i++)
    if (s->daemons[i] != NULL)
      MHD_stop_daemon(s->daemons[i]);
}
