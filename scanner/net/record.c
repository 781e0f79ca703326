/* SPDX-License-Identifier: Apache-2.0 */
#include "record.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "har.h"
#include "pal_arena.h"
#include "pal_file.h"
#include "pal_log.h"
#include "pal_text.h"
#include "redact.h"
#include "session.h"

enum { TRACES_MAX = 10000000, FOLDER_MODE = 0700, FILE_MODE = 0600, PATH_BYTES_MAX = 4096 };

/* One exchange of the recording; its entry lies in the spool. */
struct trace {
  const char *identity, *tenant, *method, *url, *digest;
  uint32_t sequence; /* among those of its key */
  long previous;     /* trace of its key, NET_NO_TRACE */
  off_t at;
  size_t len; /* 0: not answered (yet) */
  bool superseded;
};

struct net_recorder {
  char *dir, *temp; /* temp: a folder beside dir, NULL once it is gone */
  const struct pal_record *session;
  const char *started; /* of the session */
  struct pal_arena *arena;
  struct trace *traces;
  size_t n, cap;
  struct net_keys last; /* trace + 1 of each key */
  int spool;
  off_t spool_len;
  struct pal_buf scratch;
};

/* --- the folder --- */

static enum pal_code check_free(const char *dir, struct pal_err *err) {
  DIR *folder = opendir(dir);
  if (!folder)
    return errno == ENOENT ? PAL_OK : pal_err_set(err, PAL_E_USAGE, "record to %s: %s", dir, strerror(errno));
  const struct dirent *item;
  bool empty = true;
  while ((item = readdir(folder)))
    if (strcmp(item->d_name, ".") != 0 && strcmp(item->d_name, "..") != 0)
      empty = false;
  (void)closedir(folder);
  return empty ? PAL_OK : pal_err_set(err, PAL_E_USAGE, "record to %s: the folder is not empty; name a new one", dir);
}

static enum pal_code make_parent(const char *dir, struct pal_err *err) {
  const char *slash = strrchr(dir, '/');
  if (!slash || slash == dir)
    return PAL_OK;
  char *parent = strndup(dir, (size_t)(slash - dir));
  enum pal_code code = parent ? pal_dir_make(parent, FOLDER_MODE, err) : pal_err_nomem(err);
  free(parent);
  return code;
}

/* Beside dir, so that it can be renamed to it. */
static enum pal_code make_temp(struct net_recorder *recorder, struct pal_err *err) {
  struct pal_buf path;
  pal_buf_init(&path, PATH_BYTES_MAX);
  pal_buf_printf(&path, "%s.XXXXXX", recorder->dir);
  enum pal_code code = pal_buf_check(&path, "a path", err);
  if (code == PAL_OK && !mkdtemp(path.data))
    code = pal_err_set(err, PAL_E_IO, "create the folder %s: %s", path.data, strerror(errno));
  if (code == PAL_OK) {
    recorder->temp = strdup(path.data);
    if (!recorder->temp) {
      (void)rmdir(path.data);
      code = pal_err_nomem(err);
    }
  }
  pal_buf_deinit(&path);
  return code;
}

static enum pal_code make_spool(struct net_recorder *recorder, struct pal_err *err) {
  struct pal_buf path;
  pal_buf_init(&path, PATH_BYTES_MAX);
  pal_buf_printf(&path, "%s/spool", recorder->temp);
  enum pal_code code = pal_buf_check(&path, "a path", err);
  if (code == PAL_OK) {
    recorder->spool = open(path.data, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    if (recorder->spool < 0 || unlink(path.data) != 0)
      code = pal_err_set(err, PAL_E_IO, "create %s: %s", path.data, strerror(errno));
  }
  pal_buf_deinit(&path);
  return code;
}

/* Without slashes at its end. */
static char *dup_dir(const char *dir) {
  size_t len = strlen(dir);
  while (len > 1 && dir[len - 1] == '/')
    len--;
  return strndup(dir, len);
}

enum pal_code net_recorder_new(const char *dir, const struct pal_record *session, struct net_recorder **ret,
                               struct pal_err *err) {
  const char *started = pal_get_text(session, PAL_SESSION_STARTED);
  if (!started)
    return pal_err_set(err, PAL_E_INTERNAL, "the session to record has no start");
  struct net_recorder *recorder = calloc(1, sizeof *recorder);
  if (!recorder)
    return pal_err_nomem(err);
  recorder->spool = -1;
  recorder->session = session;
  recorder->started = started;
  recorder->dir = dup_dir(dir);
  recorder->arena = pal_arena_new(0); /* bounded by TRACES_MAX */
  pal_buf_init(&recorder->scratch, NET_HAR_BYTES_MAX);
  enum pal_code code = recorder->dir && recorder->arena ? PAL_OK : pal_err_nomem(err);
  if (code == PAL_OK)
    code = check_free(recorder->dir, err);
  if (code == PAL_OK)
    code = make_parent(recorder->dir, err);
  if (code == PAL_OK)
    code = make_temp(recorder, err);
  if (code == PAL_OK)
    code = make_spool(recorder, err);
  if (code == PAL_OK)
    *ret = recorder;
  else
    net_recorder_free(recorder);
  return code;
}

void net_recorder_free(struct net_recorder *recorder) {
  if (!recorder)
    return;
  struct pal_err ignored;
  if (recorder->spool >= 0)
    (void)close(recorder->spool); /* unlinked: nothing to lose */
  if (recorder->temp && pal_dir_remove(recorder->temp, &ignored) != PAL_OK)
    pal_log(PAL_LOG_WARN, "%s", ignored.text);
  free(recorder->temp);
  free(recorder->dir);
  free(recorder->traces);
  net_keys_deinit(&recorder->last);
  pal_arena_free(recorder->arena);
  pal_buf_deinit(&recorder->scratch);
  free(recorder);
}

/* --- traces --- */

static enum pal_code grow(struct net_recorder *recorder, struct pal_err *err) {
  if (recorder->n < recorder->cap)
    return PAL_OK;
  if (recorder->n >= TRACES_MAX)
    return pal_err_set(err, PAL_E_LIMIT, "a recording of more than %d exchanges", TRACES_MAX);
  size_t cap = recorder->cap ? recorder->cap * 2 : 64;
  struct trace *traces = realloc(recorder->traces, cap * sizeof *traces);
  if (!traces)
    return pal_err_nomem(err);
  recorder->traces = traces;
  recorder->cap = cap;
  return PAL_OK;
}

/* A new trace. Its strings are copied, or taken from a twin of the same key. */
static enum pal_code add_trace(struct net_recorder *recorder, const struct trace *like, const struct trace *twin,
                               struct pal_err *err) {
  struct pal_arena *arena = recorder->arena;
  struct trace trace = *like;
  trace.identity = twin ? twin->identity : pal_arena_strdup(arena, like->identity);
  trace.tenant = twin ? twin->tenant : pal_arena_strdup(arena, like->tenant);
  trace.method = twin ? twin->method : pal_arena_strdup(arena, like->method);
  trace.url = twin ? twin->url : pal_arena_strdup(arena, like->url);
  trace.digest = twin ? twin->digest : pal_arena_strdup(arena, like->digest);
  if (!trace.identity || !trace.tenant || !trace.method || !trace.url || !trace.digest)
    return pal_err_nomem(err);
  enum pal_code code = grow(recorder, err);
  if (code == PAL_OK)
    recorder->traces[recorder->n++] = trace;
  return code;
}

enum pal_code net_record_request(struct net_recorder *recorder, const struct net_request *request, long *ret_trace,
                                 struct pal_err *err) {
  uint32_t *last = net_keys_at(&recorder->last, &request->key);
  if (!last)
    return pal_err_nomem(err);
  long asked = (long)*last - 1;
  const struct trace *twin = asked >= 0 ? &recorder->traces[asked] : NULL;
  const struct trace like = {
      .identity = request->identity,
      .tenant = request->tenant.s,
      .method = request->method,
      .url = request->url,
      .digest = request->digest,
      .sequence = twin ? twin->sequence + 1 : 0,
      .previous = asked,
  };
  enum pal_code code = add_trace(recorder, &like, twin, err);
  if (code != PAL_OK)
    return code;
  *last = (uint32_t)recorder->n;
  /* The latest attempt that was answered is the one this one replaces. */
  for (; request->retry && asked >= 0; asked = recorder->traces[asked].previous)
    if (recorder->traces[asked].len && !recorder->traces[asked].superseded) {
      recorder->traces[asked].superseded = true;
      break;
    }
  *ret_trace = (long)recorder->n - 1;
  return PAL_OK;
}

/* --- the spool --- */

static enum pal_code spool(struct net_recorder *recorder, struct trace *trace, const struct net_exchange *exchange,
                           struct pal_err *err) {
  struct pal_buf *text = &recorder->scratch;
  pal_buf_clear(text);
  net_har_entry(text, exchange, recorder->started);
  enum pal_code code = pal_buf_check(text, "an entry of a recording", err);
  for (size_t done = 0; code == PAL_OK && done < text->len;) {
    ssize_t n = pwrite(recorder->spool, text->data + done, text->len - done, recorder->spool_len + (off_t)done);
    if (n < 0 && errno != EINTR)
      code = pal_err_set(err, PAL_E_IO, "write to the recording %s: %s", recorder->dir, strerror(errno));
    else if (n > 0)
      done += (size_t)n;
  }
  if (code == PAL_OK) {
    trace->at = recorder->spool_len;
    trace->len = text->len;
    recorder->spool_len += (off_t)text->len;
  }
  if (text->cap > 1 << 20)
    pal_buf_deinit(text);
  return code;
}

static enum pal_code unspool(struct net_recorder *recorder, const struct trace *trace, struct pal_err *err) {
  struct pal_buf *text = &recorder->scratch;
  char chunk[16 << 10];
  pal_buf_clear(text);
  for (size_t done = 0; done < trace->len;) {
    size_t want = trace->len - done < sizeof chunk ? trace->len - done : sizeof chunk;
    ssize_t n = pread(recorder->spool, chunk, want, trace->at + (off_t)done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return pal_err_set(err, PAL_E_IO, "read back what was recorded for %s: %s", recorder->dir,
                         n < 0 ? strerror(errno) : "it ended early");
    pal_buf_add(text, chunk, (size_t)n);
    done += (size_t)n;
  }
  return pal_buf_check(text, "an entry of a recording", err);
}

/* --- live answers --- */

/* A header or failure text: no secrets, valid UTF-8. */
static void clean_text(struct pal_buf *out, const char *text) {
  struct pal_buf redacted;
  pal_buf_init(&redacted, SIZE_MAX);
  pal_buf_init(out, SIZE_MAX);
  pal_redact(&redacted, text, strlen(text));
  (void)pal_utf8_clean(out, redacted.data, redacted.len);
  if (redacted.bad != PAL_OK)
    out->bad = redacted.bad;
  pal_buf_deinit(&redacted);
}

static enum pal_code spool_answer(struct net_recorder *recorder, long trace, const struct net_request *request,
                                  const struct pal_response *response, const char *comment, struct pal_err *err) {
  struct pal_buf answer, type, retry, failure;
  pal_buf_init(&answer, NET_HAR_BYTES_MAX);
  clean_text(&type, response->content_type);
  clean_text(&retry, response->retry_after);
  clean_text(&failure, response->failure ? response->failure : "");
  if (request->service == PAL_LOGIN)
    net_redact_answer(&answer, response->body, response->len);
  else
    pal_redact(&answer, response->body, response->len);
  struct net_exchange exchange = {
      .method = request->method,
      .url = request->url,
      .body_kind = request->body_kind,
      .body = request->canonical.data,
      .status = response->status,
      .failure = failure.data,
      .content_type = type.data,
      .retry_after = retry.data,
      .answer = answer.data,
      .answer_len = answer.len,
      .truncated = response->truncated,
      .comment = comment,
  };
  enum pal_code code = pal_buf_check(&answer, "an answer to record", err);
  if (code == PAL_OK)
    code = pal_buf_check(&type, "an answer to record", err);
  if (code == PAL_OK)
    code = pal_buf_check(&retry, "an answer to record", err);
  if (code == PAL_OK)
    code = pal_buf_check(&failure, "an answer to record", err);
  if (code == PAL_OK)
    code = spool(recorder, &recorder->traces[trace], &exchange, err);
  pal_buf_deinit(&failure);
  pal_buf_deinit(&retry);
  pal_buf_deinit(&type);
  pal_buf_deinit(&answer);
  return code;
}

enum pal_code net_record_answer(struct net_recorder *recorder, long trace, const struct net_request *request,
                                const struct pal_response *response, struct pal_err *err) {
  return spool_answer(recorder, trace, request, response, NULL, err);
}

enum pal_code net_record_known(struct net_recorder *recorder, const struct net_request *request, int status,
                               const char *answer, const char *comment, struct pal_err *err) {
  const struct pal_response response = {.status = status,
                                        .body = answer,
                                        .len = strlen(answer),
                                        .content_type = "application/json",
                                        .retry_after = "",
                                        .retry_after_ms = -1};
  long trace = NET_NO_TRACE;
  enum pal_code code = net_record_request(recorder, request, &trace, err);
  return code == PAL_OK ? spool_answer(recorder, trace, request, &response, comment, err) : code;
}

/* --- replayed answers --- */

enum pal_code net_record_replayed(struct net_recorder *recorder, const struct net_request *request,
                                  const struct net_replayed *replayed, struct pal_err *err) {
  struct net_key pair;
  enum pal_code code = net_key_make(request->identity, request->tenant.s, "", "", "", &pair, err);
  if (code != PAL_OK)
    return code;
  uint32_t *seen = net_keys_at(&recorder->last, &pair);
  if (!seen)
    return pal_err_nomem(err);
  if (*seen)
    return PAL_OK;
  *seen = 1;
  for (size_t i = 0; i < replayed->file_n && code == PAL_OK; i++) {
    const struct net_exchange *exchange = replayed->file[i];
    char digest[NET_DIGEST_CAP];
    struct trace like = {
        .identity = request->identity,
        .tenant = request->tenant.s,
        .method = exchange->method,
        .url = exchange->url,
        .digest = digest,
        .sequence = (uint32_t)i,
        .previous = NET_NO_TRACE,
        .superseded = exchange->superseded,
    };
    code = net_body_digest(exchange->body, strlen(exchange->body), digest, err);
    if (code == PAL_OK)
      code = add_trace(recorder, &like, NULL, err);
    if (code == PAL_OK)
      code = spool(recorder, &recorder->traces[recorder->n - 1], exchange, err);
  }
  return code;
}

/* --- the end --- */

static int cmp_trace(const void *a, const void *b) {
  const struct trace *x = a, *y = b;
  const char *const pairs[][2] = {{x->identity, y->identity},
                                  {x->tenant, y->tenant},
                                  {x->url, y->url},
                                  {x->method, y->method},
                                  {x->digest, y->digest}};
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
    int order = strcmp(pairs[i][0], pairs[i][1]);
    if (order)
      return order;
  }
  return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

static bool same_file(const struct trace *a, const struct trace *b) {
  return strcmp(a->identity, b->identity) == 0 && strcmp(a->tenant, b->tenant) == 0;
}

static enum pal_code write_in(const struct net_recorder *recorder, const char *name, const struct pal_buf *text,
                              struct pal_err *err) {
  struct pal_buf path;
  pal_buf_init(&path, PATH_BYTES_MAX);
  pal_buf_printf(&path, "%s/%s", recorder->temp, name);
  enum pal_code code = pal_buf_check(&path, "a path", err);
  if (code == PAL_OK)
    code = pal_file_write(path.data, text->data, text->len, FILE_MODE, err);
  pal_buf_deinit(&path);
  return code;
}

static enum pal_code write_har(struct net_recorder *recorder, const struct trace *traces, size_t n,
                               struct pal_err *err) {
  struct pal_buf text, name;
  bool first = true;
  enum pal_code code = PAL_OK;
  pal_buf_init(&text, NET_HAR_BYTES_MAX);
  pal_buf_init(&name, PATH_BYTES_MAX);
  net_har_begin(&text);
  for (size_t i = 0; i < n && code == PAL_OK; i++) {
    if (!traces[i].len)
      continue;
    code = unspool(recorder, &traces[i], err);
    if (code == PAL_OK)
      net_har_add(&text, first, traces[i].superseded, recorder->scratch.data, recorder->scratch.len);
    first = false;
  }
  net_har_end(&text);
  pal_buf_printf(&name, "%s/%s", recorder->temp, traces[0].identity);
  if (code == PAL_OK)
    code = pal_buf_check(&name, "a path", err);
  if (code == PAL_OK)
    code = pal_dir_make(name.data, FOLDER_MODE, err);
  pal_buf_clear(&name);
  pal_buf_printf(&name, "%s/%s.har", traces[0].identity, traces[0].tenant);
  if (code == PAL_OK)
    code = pal_buf_check(&text, name.data, err);
  if (code == PAL_OK)
    code = write_in(recorder, name.data, &text, err);
  pal_buf_deinit(&name);
  pal_buf_deinit(&text);
  return code;
}

static enum pal_code write_session(const struct net_recorder *recorder, const char *finished, struct pal_err *err) {
  struct pal_buf text;
  pal_buf_init(&text, NET_SESSION_BYTES_MAX);
  enum pal_code code = net_session_write(recorder->session, finished, &text, err);
  if (code == PAL_OK)
    code = write_in(recorder, "session.json", &text, err);
  pal_buf_deinit(&text);
  return code;
}

enum pal_code net_recorder_finish(struct net_recorder *recorder, const char *finished, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  if (recorder->n)
    qsort(recorder->traces, recorder->n, sizeof *recorder->traces, cmp_trace);
  for (size_t start = 0, end; start < recorder->n && code == PAL_OK; start = end) {
    end = start + 1;
    while (end < recorder->n && same_file(&recorder->traces[start], &recorder->traces[end]))
      end++;
    code = write_har(recorder, recorder->traces + start, end - start, err);
  }
  if (code == PAL_OK)
    code = write_session(recorder, finished, err);
  if (code == PAL_OK)
    code = pal_fsync_dir(recorder->temp, err);
  if (code == PAL_OK && rename(recorder->temp, recorder->dir) != 0)
    code = pal_err_set(err, PAL_E_IO, "rename %s to %s: %s", recorder->temp, recorder->dir, strerror(errno));
  if (code == PAL_OK) {
    free(recorder->temp);
    recorder->temp = NULL;
  }
  return code;
}
