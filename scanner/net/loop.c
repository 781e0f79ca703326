/* SPDX-License-Identifier: Apache-2.0 */
#include "loop.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "cloud.h"
#include "lanes.h"
#include "pace.h"
#include "pal_log.h"
#include "text.h"

#ifndef PALSCAN_VERSION
#error "PALSCAN_VERSION is a compile definition"
#endif

enum {
  STEP_MS = 200, /* how late a signal is noticed */
  CONNECT_S = 30,
  TOTAL_S = 600,
  LOW_SPEED_BYTES = 16, /* per second … */
  LOW_SPEED_S = 120,    /* … for so long: also the wait for a slow query's first byte */
  HEADER_VALUE_MAX = 1024,
  CLAIMS_MAX = 8 << 10,
  LATE_AT_ONCE = 64, /* told between two looks at what came in */
  /* Answers read between two looks. Each asks for more: the service works on those while the others are read. */
  READ_AT_ONCE = 8,
  GUID_BYTES = 16,
  GUIDS_AT_ONCE = 64
};

struct transfer {
  struct transfer *next, *previous;
  struct net_loop *loop;
  struct net_job *job;
  CURL *easy;
  struct curl_slist *headers;
  struct pal_buf body;
  char content_type[HEADER_VALUE_MAX + 1];
  char retry_after[HEADER_VALUE_MAX + 1];
  char *claims; /* of a challenge; NULL: none */
  struct net_pace pace;
  char why[CURL_ERROR_SIZE];
};

struct net_loop {
  CURLM *multi;
  const struct pal_cloud *cloud;
  bool offline;
  net_outcome_fn *outcome;
  void *owner;
  long long (*now_ms)(const void *clock);
  const void *clock;
  long long until_ms; /* the run's; 0: no end */
  struct net_lanes *lanes;
  struct net_list unsent;  /* could not be started: told with all others */
  struct net_list ended;   /* not waited for any more: told at the next step */
  struct transfer *flying; /* doubly linked */
  CURL **idle;             /* handles to be used again */
  int idle_n, idle_max;
  struct net_clock clock_of_services;
  uint8_t random[GUIDS_AT_ONCE * GUID_BYTES]; /* for the ids of requests: asked for at once */
  size_t random_left;
  long connect_s, silence_s;
  bool gone[PAL_SERVICES_N]; /* told so in this step */
  bool has_gone;             /* any of them */
};

/* --- life --- */

long long net_monotonic_ms(const void *clock) {
  struct timespec now;
  (void)clock;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum pal_code net_loop_new(const struct pal_net_options *options, net_outcome_fn *outcome, void *owner,
                           struct net_loop **ret, struct pal_err *err) {
  /* curl would write the session keys there. */
  (void)unsetenv("SSLKEYLOGFILE");
  CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK)
    return code == CURLE_OUT_OF_MEMORY ? pal_err_nomem(err)
                                       : pal_err_set(err, PAL_E_INTERNAL, "libcurl cannot be initialised");
  struct net_loop *loop = calloc(1, sizeof *loop);
  CURLM *multi = loop ? curl_multi_init() : NULL;
  if (multi) {
    loop->lanes = net_lanes_new(options->concurrency);
    loop->idle_max = options->concurrency > 0 ? options->concurrency : 1;
    loop->idle = calloc((size_t)loop->idle_max, sizeof *loop->idle);
  }
  if (!multi || !loop->lanes || !loop->idle) {
    (void)curl_multi_cleanup(multi);
    if (loop) {
      net_lanes_free(loop->lanes);
      free(loop->idle);
    }
    free(loop);
    curl_global_cleanup();
    return pal_err_nomem(err);
  }
  loop->multi = multi;
  loop->cloud = options->cloud;
  loop->offline = options->offline;
  loop->connect_s = options->connect_s > 0 ? options->connect_s : CONNECT_S;
  loop->silence_s = options->silence_s > 0 ? options->silence_s : LOW_SPEED_S;
  loop->outcome = outcome;
  loop->owner = owner;
  loop->now_ms = options->now_ms ? options->now_ms : net_monotonic_ms;
  loop->clock = options->clock;
  if (options->max_time_ms > 0)
    loop->until_ms = net_loop_now_ms(loop) + options->max_time_ms;
  net_list_init(&loop->unsent);
  net_list_init(&loop->ended);
  *ret = loop;
  return PAL_OK;
}

void net_loop_free(struct net_loop *loop) {
  if (!loop)
    return;
  while (loop->idle_n > 0)
    curl_easy_cleanup(loop->idle[--loop->idle_n]);
  free(loop->idle);
  (void)curl_multi_cleanup(loop->multi);
  net_lanes_free(loop->lanes);
  free(loop);
  curl_global_cleanup();
}

static void wipe_headers(struct curl_slist *headers) {
  for (struct curl_slist *item = headers; item; item = item->next)
    explicit_bzero(item->data, strlen(item->data));
  curl_slist_free_all(headers);
}

/* Takes NULL. The job stays with the caller. */
static void transfer_free(struct transfer *transfer) {
  if (!transfer)
    return;
  struct net_loop *loop = transfer->loop;
  if (transfer->easy && loop->idle_n < loop->idle_max) {
    curl_easy_reset(transfer->easy); /* which also forgets the headers and the body it was given */
    loop->idle[loop->idle_n++] = transfer->easy;
  } else {
    curl_easy_cleanup(transfer->easy);
  }
  wipe_headers(transfer->headers);
  pal_buf_wipe(&transfer->body);
  free(transfer->claims);
  free(transfer);
}

/* --- what curl calls --- */

static size_t on_body(char *bytes, size_t size, size_t n, void *payload) {
  struct transfer *transfer = payload;
  pal_buf_add(&transfer->body, bytes, size * n);
  return transfer->body.bad == PAL_OK ? size * n : 0; /* 0 ends the transfer */
}

static void keep_value(char out[HEADER_VALUE_MAX + 1], const char *value, size_t len) {
  if (len > HEADER_VALUE_MAX)
    len = HEADER_VALUE_MAX;
  memcpy(out, value, len);
  out[len] = '\0';
  for (char *p = out; *p; p++)
    if (*p < 0x20 || *p > 0x7E)
      *p = '?';
}

/* Of a challenge: Bearer …, error="insufficient_claims", claims="…", in any order. */
static void keep_claims(struct transfer *transfer, const char *value, size_t len) {
  static const char mark[] = "claims=\"";
  for (size_t i = 0; i + strlen(mark) < len; i++) {
    if (!net_same_letters(value + i, mark, strlen(mark)) || (i > 0 && value[i - 1] != ' ' && value[i - 1] != ','))
      continue;
    const char *start = value + i + strlen(mark);
    const char *end = memchr(start, '"', len - i - strlen(mark));
    if (!end || end - start > CLAIMS_MAX)
      return;
    free(transfer->claims);
    transfer->claims = strndup(start, (size_t)(end - start)); /* without memory it is a refusal like others */
    return;
  }
}

static bool is_header(const char *name, size_t len, const char *wanted) {
  return len == strlen(wanted) && net_same_letters(name, wanted, len);
}

/* The nearest of their dates: one service whose clock is wrong says nothing of ours. */
static void compare_clocks(struct net_clock *clock, const char *date) {
  struct pal_instant now = pal_clock_now(), theirs;
  if (!net_http_date(date, now, &theirs))
    return;
  long long ahead = now.s - theirs.s;
  if (!clock->known || llabs(ahead) < llabs(clock->ahead_s))
    clock->ahead_s = ahead;
  clock->known = true;
}

static size_t on_header(char *bytes, size_t size, size_t n, void *payload) {
  struct transfer *transfer = payload;
  size_t len = size * n;
  if (len >= 5 && net_same_letters(bytes, "HTTP/", 5)) { /* 100 Continue came before */
    transfer->content_type[0] = transfer->retry_after[0] = '\0';
    free(transfer->claims);
    transfer->claims = NULL;
    net_pace_init(&transfer->pace);
    return len;
  }
  const char *colon = memchr(bytes, ':', len);
  if (!colon)
    return len;
  size_t name_len = (size_t)(colon - bytes);
  const char *value = colon + 1, *end = bytes + len;
  while (value < end && strchr(" \t\r\n", *value))
    value++;
  while (end > value && strchr(" \t\r\n", end[-1]))
    end--;
  if (is_header(bytes, name_len, "content-type"))
    keep_value(transfer->content_type, value, (size_t)(end - value));
  else if (is_header(bytes, name_len, "retry-after"))
    keep_value(transfer->retry_after, value, (size_t)(end - value));
  else if (is_header(bytes, name_len, "www-authenticate"))
    keep_claims(transfer, value, (size_t)(end - value));
  net_pace_header(&transfer->pace, bytes, name_len, value, (size_t)(end - value));
  if (is_header(bytes, name_len, "date")) /* as soon as it is heard: a body may take minutes */
    compare_clocks(&transfer->loop->clock_of_services, transfer->pace.date);
  return len;
}

static curl_socket_t on_socket(void *payload, curlsocktype purpose, struct curl_sockaddr *address) {
  const struct net_loop *loop = payload;
  (void)purpose;
  if (loop->offline)
    return CURL_SOCKET_BAD;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* --- start --- */

static bool add_header(struct transfer *transfer, struct pal_buf *line) {
  struct curl_slist *longer = line->bad == PAL_OK ? curl_slist_append(transfer->headers, line->data) : NULL;
  if (longer)
    transfer->headers = longer;
  pal_buf_wipe(line);
  return longer != NULL;
}

static enum pal_code next_guid(struct net_loop *loop, char out[PAL_GUID_LEN + 1], struct pal_err *err) {
  if (loop->random_left == 0) {
    enum pal_code code = pal_random(loop->random, sizeof loop->random, err);
    if (code != PAL_OK)
      return code;
    loop->random_left = GUIDS_AT_ONCE;
  }
  pal_guid_of(loop->random + GUID_BYTES * --loop->random_left, out);
  return PAL_OK;
}

static enum pal_code make_headers(struct transfer *transfer, struct pal_err *err) {
  const struct net_request *request = &transfer->job->request;
  struct pal_buf line;
  char guid[PAL_GUID_LEN + 1];
  enum pal_code code = next_guid(transfer->loop, guid, err);
  if (code != PAL_OK)
    return code;
  pal_buf_init(&line, SIZE_MAX);
  pal_buf_puts(&line, "Accept: application/json");
  bool ok = add_header(transfer, &line);
  pal_buf_puts(&line, "x-ms-client-request-id: ");
  pal_buf_puts(&line, guid);
  ok = ok && add_header(transfer, &line);
  if (request->body_kind != PAL_BODY_NONE) {
    pal_buf_clear(&line);
    pal_buf_printf(&line, "Content-Type: %s",
                   request->body_kind == PAL_BODY_JSON ? "application/json" : "application/x-www-form-urlencoded");
    ok = ok && add_header(transfer, &line);
    pal_buf_puts(&line, "Expect:"); /* none: it only costs a round trip */
    ok = ok && add_header(transfer, &line);
  }
  if (request->bearer.len) {
    static const char name[] = "Authorization: Bearer ";
    pal_buf_reserve(&line, sizeof name + request->bearer.len);
    pal_buf_puts(&line, name);
    pal_buf_add(&line, request->bearer.data, request->bearer.len);
    ok = ok && add_header(transfer, &line);
  }
  pal_buf_wipe(&line);
  return ok ? PAL_OK : pal_err_nomem(err);
}

#define SET(option, value)                          \
  do {                                              \
    if (code == CURLE_OK)                           \
      code = curl_easy_setopt(easy, option, value); \
  } while (0)

/* Where, how long, and never anywhere else. */
static CURLcode set_transport(CURL *easy, const struct net_loop *loop, enum pal_service service) {
  const char *ca_file = net_cloud_ca_file(loop->cloud, service);
  CURLcode code = CURLE_OK;
  SET(CURLOPT_PROTOCOLS_STR, "https");
  SET(CURLOPT_REDIR_PROTOCOLS_STR, "https");
  SET(CURLOPT_FOLLOWLOCATION, 0L);
  SET(CURLOPT_MAXREDIRS, 0L);
  SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  SET(CURLOPT_PATH_AS_IS, 1L);
  SET(CURLOPT_SSL_VERIFYPEER, 1L);
  SET(CURLOPT_SSL_VERIFYHOST, 2L);
  SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  if (ca_file) {
    /* Instead of the system's store, not beside it. */
    SET(CURLOPT_CAINFO, ca_file);
    SET(CURLOPT_CAPATH, (char *)NULL);
  }
  SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
  SET(CURLOPT_PIPEWAIT, 1L);
  SET(CURLOPT_NOSIGNAL, 1L);
  SET(CURLOPT_CONNECTTIMEOUT, loop->connect_s);
  SET(CURLOPT_TIMEOUT, (long)TOTAL_S);
  SET(CURLOPT_LOW_SPEED_LIMIT, (long)LOW_SPEED_BYTES);
  SET(CURLOPT_LOW_SPEED_TIME, loop->silence_s);
  SET(CURLOPT_OPENSOCKETFUNCTION, on_socket);
  SET(CURLOPT_OPENSOCKETDATA, loop);
  return code;
}

static CURLcode set_request(CURL *easy, struct transfer *transfer) {
  const struct net_request *request = &transfer->job->request;
  CURLcode code = CURLE_OK;
  SET(CURLOPT_URL, request->url);
  if (request->body_kind != PAL_BODY_NONE) {
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDS, request->body.data);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
  }
  if (request->writes) {
    /* What a connection that was used before does not answer, curl sends once more by itself: a write might happen
     * twice. On a connection of its own it does not. */
    SET(CURLOPT_FRESH_CONNECT, 1L);
    SET(CURLOPT_FORBID_REUSE, 1L);
  }
  SET(CURLOPT_CUSTOMREQUEST, request->method);
  SET(CURLOPT_HTTPHEADER, transfer->headers);
  SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  SET(CURLOPT_USERAGENT, "palscan/" PALSCAN_VERSION);
  SET(CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
  SET(CURLOPT_WRITEFUNCTION, on_body);
  SET(CURLOPT_WRITEDATA, transfer);
  SET(CURLOPT_HEADERFUNCTION, on_header);
  SET(CURLOPT_HEADERDATA, transfer);
  SET(CURLOPT_ERRORBUFFER, transfer->why);
  SET(CURLOPT_PRIVATE, transfer);
  return code;
}
#undef SET

static enum pal_code start(struct net_loop *loop, struct net_job *job, struct pal_err *err) {
  struct transfer *transfer = calloc(1, sizeof *transfer);
  if (!transfer)
    return pal_err_nomem(err);
  transfer->loop = loop;
  transfer->job = job;
  net_pace_init(&transfer->pace);
  pal_buf_init(&transfer->body, PAL_BODY_MAX);
  transfer->easy = loop->idle_n > 0 ? loop->idle[--loop->idle_n] : curl_easy_init();
  enum pal_code code = transfer->easy ? make_headers(transfer, err) : pal_err_nomem(err);
  if (code == PAL_OK) {
    CURLcode set = set_transport(transfer->easy, loop, job->request.service);
    if (set == CURLE_OK)
      set = set_request(transfer->easy, transfer);
    CURLMcode added = set == CURLE_OK ? curl_multi_add_handle(loop->multi, transfer->easy) : CURLM_OK;
    if (set == CURLE_OUT_OF_MEMORY || added == CURLM_OUT_OF_MEMORY)
      code = pal_err_nomem(err);
    else if (set != CURLE_OK)
      code = pal_err_set(err, PAL_E_INTERNAL, "libcurl refuses an option: %s", curl_easy_strerror(set));
    else if (added != CURLM_OK)
      code = pal_err_set(err, PAL_E_INTERNAL, "libcurl refuses a transfer");
  }
  if (code != PAL_OK) {
    transfer_free(transfer);
    return code;
  }
  transfer->next = loop->flying;
  if (loop->flying)
    loop->flying->previous = transfer;
  loop->flying = transfer;
  return PAL_OK;
}

/* --- end --- */

static void hear(struct net_loop *loop, enum pal_service service, enum net_news news, const char *why) {
  const char *origin = loop->cloud->origin[service];
  if (news == NET_DOWN)
    pal_log(PAL_LOG_WARN, "%s cannot be reached: %s; asking it again, one request at a time", origin, why);
  else if (news == NET_BACK)
    pal_log(PAL_LOG_WARN, "%s can be reached again", origin);
  else if (news == NET_GONE)
    pal_log(PAL_LOG_WARN, "%s is out of reach: %s; what it knows is not read in this run", origin, why);
  if (news == NET_GONE)
    loop->gone[service] = loop->has_gone = true;
}

static struct net_job *land(struct net_loop *loop, struct transfer *transfer, enum net_ending ending, const char *why) {
  (void)curl_multi_remove_handle(loop->multi, transfer->easy);
  if (transfer->next)
    transfer->next->previous = transfer->previous;
  if (transfer->previous)
    transfer->previous->next = transfer->next;
  else
    loop->flying = transfer->next;
  enum net_news news = net_lanes_landed(loop->lanes, transfer->job, ending, net_loop_now_ms(loop));
  hear(loop, transfer->job->request.service, news, why);
  return transfer->job;
}

/* A transfer that never came to send anything had no connection: no name, nobody there, no TLS, a proxy that refuses. */
static bool is_connected(const struct transfer *transfer) {
  curl_off_t began = 0;
  (void)curl_easy_getinfo(transfer->easy, CURLINFO_PRETRANSFER_TIME_T, &began);
  return began != 0;
}

static enum net_ending ending_of(const struct transfer *transfer, long status, CURLcode code) {
  if (status != 0)
    return NET_ANSWERED;
  if (code == CURLE_OK || code == CURLE_OUT_OF_MEMORY)
    return NET_BROKEN;
  return !is_connected(transfer) ? NET_UNCONNECTED : code == CURLE_OPERATION_TIMEDOUT ? NET_SILENT : NET_BROKEN;
}

/* Nothing of its scope is sent before the time a busy service named, or while its rate limit is used up. */
static long long heed(struct net_loop *loop, const struct transfer *transfer, long status) {
  long long wait = net_pace_wait_ms(&transfer->pace, pal_clock_now());
  long long pause = net_pace_spent_ms(&transfer->pace);
  if ((status == 429 || status == 503) && wait > pause)
    pause = wait;
  if (pause > 0)
    net_lanes_pause(loop->lanes, transfer->job, net_loop_now_ms(loop) + pause);
  return wait;
}

static void finish(struct net_loop *loop, struct transfer *transfer, CURLcode code) {
  long status = 0;
  (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
  long long wait = heed(loop, transfer, status);
  struct net_job *job = land(loop, transfer, ending_of(transfer, status, code), curl_easy_strerror(code));
  if (!transfer->retry_after[0] && transfer->pace.asked_s >= 0)
    (void)snprintf(transfer->retry_after, sizeof transfer->retry_after, "%lld", (long long)transfer->pace.asked_s);
  if (code != CURLE_OK)
    pal_log(PAL_LOG_DEBUG, "%s %s: %s: %s", job->request.method, job->request.url, curl_easy_strerror(code),
            transfer->why);
  struct pal_response response = {
      .status = (int)status,
      .body = transfer->body.data,
      .len = transfer->body.len,
      .content_type = transfer->content_type,
      .retry_after = transfer->retry_after,
      .claims = transfer->claims ? transfer->claims : "",
      .retry_after_ms = status ? wait : -1,
      .truncated = code != CURLE_OK && status != 0,
  };
  if (status == 0) {
    /* Always the same words for the same cause: they are recorded. */
    response.failure = code == CURLE_OK ? "no answer" : curl_easy_strerror(code);
    response.body = response.content_type = response.retry_after = response.claims = "";
    response.len = 0;
  }
  struct pal_err own = {0};
  /* Otherwise what memory could not hold would pass for an answer the service cut. */
  if (code == CURLE_OUT_OF_MEMORY || transfer->body.bad == PAL_E_NOMEM)
    (void)pal_err_nomem(&own);
  loop->outcome(loop->owner, job, own.code == PAL_OK ? &response : NULL, own.code == PAL_OK ? NULL : &own);
  transfer_free(transfer);
}

/* Its time is over: it was never sent, or is not waited for. */
static void tell_late(struct net_loop *loop, struct net_job *job) {
  struct pal_response response = {
      .failure = job->lateness, .body = "", .content_type = "", .retry_after = "", .retry_after_ms = -1};
  loop->outcome(loop->owner, job, &response, NULL);
}

static void end_flying(struct net_loop *loop) {
  while (loop->flying) {
    struct transfer *transfer = loop->flying;
    struct net_job *job = land(loop, transfer, NET_BROKEN, "");
    job->lateness = PAL_FAILURE_TIME;
    transfer_free(transfer);
    tell_late(loop, job);
  }
}

/* Those that wait for a connection to a service that is gone: they wait for one another's, one after another. */
static void end_unconnected(struct net_loop *loop) {
  for (struct transfer *next, *transfer = loop->flying; transfer; transfer = next) {
    next = transfer->next;
    if (!loop->gone[transfer->job->request.service] || is_connected(transfer))
      continue;
    struct net_job *job = land(loop, transfer, NET_BROKEN, "");
    job->lateness = PAL_FAILURE_UNREACHED;
    job->late = true;
    transfer_free(transfer);
    net_list_add(&loop->ended, job);
  }
  memset(loop->gone, 0, sizeof loop->gone);
  loop->has_gone = false;
  for (struct net_job *job; (job = net_list_take(&loop->ended));)
    tell_late(loop, job);
}

struct net_job *net_loop_take(struct net_loop *loop) {
  struct net_job *job = net_list_take(&loop->unsent);
  if (!job)
    job = net_list_take(&loop->ended);
  if (!job)
    job = net_lanes_drop(loop->lanes);
  if (!job && loop->flying) {
    struct transfer *transfer = loop->flying;
    job = land(loop, transfer, NET_BROKEN, "");
    transfer_free(transfer);
  }
  return job;
}

/* --- steps --- */

long long net_loop_now_ms(const struct net_loop *loop) {
  return loop->now_ms(loop->clock);
}

long long net_loop_paused_ms(const struct net_loop *loop) {
  return net_lanes_paused_ms(loop->lanes, net_loop_now_ms(loop));
}

struct net_clock net_loop_clock(const struct net_loop *loop) {
  return loop->clock_of_services;
}

enum pal_code net_loop_add(struct net_loop *loop, struct net_job *job, struct pal_err *err) {
  long long now = net_loop_now_ms(loop);
  job->due_ms = now + job->request.delay_ms;
  job->until_ms = job->request.until_ms;
  job->lateness = PAL_FAILURE_TENANT_TIME;
  if (loop->until_ms && (!job->until_ms || loop->until_ms <= job->until_ms)) {
    job->until_ms = loop->until_ms;
    job->lateness = PAL_FAILURE_TIME;
  }
  return net_lanes_add(loop->lanes, job, now, err);
}

void net_loop_wake(struct net_loop *loop) {
  (void)curl_multi_wakeup(loop->multi);
}

/* Sends what may be sent, and tells some of those that may not any more. */
static enum pal_code send_ready(struct net_loop *loop, bool *ret_told, struct pal_err *err) {
  int told = 0;
  for (struct net_job *job; told < LATE_AT_ONCE && (job = net_lanes_take(loop->lanes, net_loop_now_ms(loop)));) {
    if (job->late) {
      tell_late(loop, job);
      *ret_told = true;
      told++;
      continue;
    }
    enum pal_code code = start(loop, job, err);
    if (code != PAL_OK) {
      (void)net_lanes_landed(loop->lanes, job, NET_BROKEN, net_loop_now_ms(loop));
      net_list_add(&loop->unsent, job);
      return code;
    }
  }
  return PAL_OK;
}

enum pal_code net_loop_step(struct net_loop *loop, struct pal_err *err) {
  bool landed = false;
  enum pal_code sent = send_ready(loop, &landed, err);
  if (sent != PAL_OK)
    return sent;
  if (loop->until_ms && net_loop_now_ms(loop) >= loop->until_ms + PAL_NET_GRACE_MS && loop->flying) {
    end_flying(loop);
    return PAL_OK;
  }
  int running = 0, left = 0;
  CURLMcode code = curl_multi_perform(loop->multi, &running);
  for (int read = 0; code == CURLM_OK && read < READ_AT_ONCE; read++) {
    CURLMsg *message = curl_multi_info_read(loop->multi, &left);
    char *private = NULL;
    if (!message)
      break;
    if (message->msg != CURLMSG_DONE)
      continue;
    CURLcode result = message->data.result; /* message dies with the handle */
    (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
    finish(loop, (struct transfer *)(void *)private, result);
    landed = true;
  }
  if (loop->has_gone)
    end_unconnected(loop);
  if (code == CURLM_OK && !landed) {
    long long wait = net_lanes_wait_ms(loop->lanes, net_loop_now_ms(loop));
    code = curl_multi_poll(loop->multi, NULL, 0, wait < 0 || wait > STEP_MS ? STEP_MS : (int)wait, NULL);
  }
  if (code == CURLM_OUT_OF_MEMORY)
    return pal_err_nomem(err);
  return code == CURLM_OK ? PAL_OK : pal_err_set(err, PAL_E_INTERNAL, "libcurl: %s", curl_multi_strerror(code));
}
