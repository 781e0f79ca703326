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
  CLAIMS_MAX = 8 << 10
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
  char claims[CLAIMS_MAX + 1];
  long service_retry_s; /* largest of the services' own headers, -1 when none */
  char why[CURL_ERROR_SIZE];
};

struct net_loop {
  CURLM *multi;
  const struct pal_cloud *cloud;
  int concurrency;
  bool offline;
  net_outcome_fn *outcome;
  void *owner;
  struct net_list ready, waiting;
  struct transfer *flying; /* doubly linked */
  int flying_n;
};

/* --- life --- */

enum pal_code net_loop_new(const struct pal_cloud *cloud, int concurrency, bool offline, net_outcome_fn *outcome,
                           void *owner, struct net_loop **ret, struct pal_err *err) {
  /* curl would write the session keys there. */
  (void)unsetenv("SSLKEYLOGFILE");
  CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK)
    return code == CURLE_OUT_OF_MEMORY ? pal_err_nomem(err)
                                       : pal_err_set(err, PAL_E_INTERNAL, "libcurl cannot be initialised");
  struct net_loop *loop = calloc(1, sizeof *loop);
  CURLM *multi = loop ? curl_multi_init() : NULL;
  if (!multi) {
    free(loop);
    curl_global_cleanup();
    return pal_err_nomem(err);
  }
  loop->multi = multi;
  loop->cloud = cloud;
  loop->concurrency = concurrency > 0 ? concurrency : 1;
  loop->offline = offline;
  loop->outcome = outcome;
  loop->owner = owner;
  net_list_init(&loop->ready);
  net_list_init(&loop->waiting);
  *ret = loop;
  return PAL_OK;
}

void net_loop_free(struct net_loop *loop) {
  if (!loop)
    return;
  (void)curl_multi_cleanup(loop->multi);
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
  curl_easy_cleanup(transfer->easy);
  wipe_headers(transfer->headers);
  pal_buf_wipe(&transfer->body);
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

/* x-ms-ratelimit-microsoft.costmanagement-qpu-retry-after and its like: seconds. */
static void keep_service_retry(struct transfer *transfer, const char *value, size_t len) {
  long seconds = 0;
  if (len == 0 || len > 6)
    return;
  for (size_t i = 0; i < len; i++) {
    if (value[i] < '0' || value[i] > '9')
      return;
    seconds = seconds * 10 + (value[i] - '0');
  }
  if (seconds > transfer->service_retry_s)
    transfer->service_retry_s = seconds;
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
    memcpy(transfer->claims, start, (size_t)(end - start));
    transfer->claims[end - start] = '\0';
    return;
  }
}

static bool is_header(const char *name, size_t len, const char *wanted) {
  return len == strlen(wanted) && net_same_letters(name, wanted, len);
}

static bool ends_with(const char *name, size_t len, const char *end) {
  return len > strlen(end) && net_same_letters(name + len - strlen(end), end, strlen(end));
}

static size_t on_header(char *bytes, size_t size, size_t n, void *payload) {
  struct transfer *transfer = payload;
  size_t len = size * n;
  if (len >= 5 && net_same_letters(bytes, "HTTP/", 5)) { /* 100 Continue came before */
    transfer->content_type[0] = transfer->retry_after[0] = transfer->claims[0] = '\0';
    transfer->service_retry_s = -1;
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
  else if (ends_with(bytes, name_len, "-retry-after"))
    keep_service_retry(transfer, value, (size_t)(end - value));
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

static enum pal_code make_headers(struct transfer *transfer, struct pal_err *err) {
  const struct net_request *request = &transfer->job->request;
  struct pal_buf line;
  char guid[PAL_GUID_LEN + 1];
  enum pal_code code = pal_random_guid(guid, err);
  if (code != PAL_OK)
    return code;
  pal_buf_init(&line, SIZE_MAX);
  pal_buf_puts(&line, "Accept: application/json");
  bool ok = add_header(transfer, &line);
  pal_buf_printf(&line, "x-ms-client-request-id: %s", guid);
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
    pal_buf_clear(&line);
    pal_buf_printf(&line, "Authorization: Bearer %s", request->bearer.data);
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
  SET(CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
  SET(CURLOPT_TIMEOUT, (long)TOTAL_S);
  SET(CURLOPT_LOW_SPEED_LIMIT, (long)LOW_SPEED_BYTES);
  SET(CURLOPT_LOW_SPEED_TIME, (long)LOW_SPEED_S);
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
  transfer->service_retry_s = -1;
  pal_buf_init(&transfer->body, PAL_BODY_MAX);
  transfer->easy = curl_easy_init();
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
  loop->flying_n++;
  return PAL_OK;
}

/* --- end --- */

static struct net_job *land(struct net_loop *loop, struct transfer *transfer) {
  (void)curl_multi_remove_handle(loop->multi, transfer->easy);
  if (transfer->next)
    transfer->next->previous = transfer->previous;
  if (transfer->previous)
    transfer->previous->next = transfer->next;
  else
    loop->flying = transfer->next;
  loop->flying_n--;
  return transfer->job;
}

static void finish(struct net_loop *loop, struct transfer *transfer, CURLcode code) {
  struct net_job *job = land(loop, transfer);
  long status = 0;
  (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
  if (!transfer->retry_after[0] && transfer->service_retry_s >= 0)
    (void)snprintf(transfer->retry_after, sizeof transfer->retry_after, "%ld", transfer->service_retry_s);
  if (code != CURLE_OK)
    pal_log(PAL_LOG_DEBUG, "%s %s: %s: %s", job->request.method, job->request.url, curl_easy_strerror(code),
            transfer->why);
  struct pal_response response = {
      .status = (int)status,
      .body = transfer->body.data,
      .len = transfer->body.len,
      .content_type = transfer->content_type,
      .retry_after = transfer->retry_after,
      .claims = transfer->claims,
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

struct net_job *net_loop_take(struct net_loop *loop) {
  struct net_job *job = net_list_take(&loop->ready);
  if (!job)
    job = net_list_take(&loop->waiting);
  if (!job && loop->flying) {
    struct transfer *transfer = loop->flying;
    job = land(loop, transfer);
    transfer_free(transfer);
  }
  return job;
}

/* --- steps --- */

static long long now_ms(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void net_loop_add(struct net_loop *loop, struct net_job *job) {
  job->due_ms = now_ms() + job->request.delay_ms;
  net_list_add(job->request.delay_ms ? &loop->waiting : &loop->ready, job);
}

/* Moves what is due to the ready ones; returns how long the next one waits. */
static long long promote(struct net_loop *loop) {
  long long now = now_ms(), next = STEP_MS;
  struct net_list still;
  net_list_init(&still);
  for (struct net_job *job; (job = net_list_take(&loop->waiting));) {
    net_list_add(job->due_ms <= now ? &loop->ready : &still, job);
    if (job->due_ms > now && job->due_ms - now < next)
      next = job->due_ms - now;
  }
  for (struct net_job *job; (job = net_list_take(&still));)
    net_list_add(&loop->waiting, job);
  return next;
}

void net_loop_wake(struct net_loop *loop) {
  (void)curl_multi_wakeup(loop->multi);
}

enum pal_code net_loop_step(struct net_loop *loop, struct pal_err *err) {
  long long wait = loop->waiting.first ? promote(loop) : STEP_MS;
  while (loop->flying_n < loop->concurrency && loop->ready.first) {
    struct net_job *job = net_list_take(&loop->ready);
    enum pal_code code = start(loop, job, err);
    if (code != PAL_OK) {
      net_list_add(&loop->ready, job); /* told with all others */
      return code;
    }
  }
  int running = 0, left = 0;
  CURLMcode code = curl_multi_perform(loop->multi, &running);
  bool landed = false;
  for (CURLMsg *message; code == CURLM_OK && (message = curl_multi_info_read(loop->multi, &left));) {
    char *private = NULL;
    if (message->msg != CURLMSG_DONE)
      continue;
    CURLcode result = message->data.result; /* message dies with the handle */
    (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
    finish(loop, (struct transfer *)(void *)private, result);
    landed = true;
  }
  if (code == CURLM_OK && !landed && !loop->ready.first)
    code = curl_multi_poll(loop->multi, NULL, 0, (int)wait, NULL);
  if (code == CURLM_OUT_OF_MEMORY)
    return pal_err_nomem(err);
  return code == CURLM_OK ? PAL_OK : pal_err_set(err, PAL_E_INTERNAL, "libcurl: %s", curl_multi_strerror(code));
}
