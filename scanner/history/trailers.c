/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trailers.c - the message of a commit, both ways. A message holds fixed words,
 * numbers and ids only. Reading is strict: what was read, written again, must
 * be the same bytes; the single checks only exist to say what is wrong.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"
#include "pal_id.h"
#include "pal_time.h"

enum { MESSAGE_MAX = 8 << 10, HEX_SHA256 = 64 };

static const char *const kinds[] = {"scan", "import", "merge", "replay"};
enum { KINDS_N = sizeof kinds / sizeof kinds[0] };

const char *pal_run_kind_name(enum pal_run_kind kind) {
  return kinds[kind];
}

/* ---- values ---- */

static bool guid_ok(const char *text) {
  char canonical[PAL_GUID_LEN + 1];
  return pal_guid_canonical(text, strlen(text), canonical) && strcmp(text, canonical) == 0;
}

static bool instant_ok(const char *text) {
  struct pal_instant at;
  char canonical[PAL_INSTANT_MAX];
  if (!pal_instant_parse(text, &at))
    return false;
  pal_instant_format(at, canonical);
  return strcmp(text, canonical) == 0;
}

static bool version_ok(const char *text) {
  return *text && strlen(text) < 32 &&
         strspn(text, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.+~-") == strlen(text);
}

static bool digest_ok(const char *text) {
  return strlen(text) == HEX_SHA256 && strspn(text, "0123456789abcdef") == HEX_SHA256;
}

/* A count without sign and leading zeros; *end is where it stopped. */
static bool take_count(const char *text, int64_t *ret, const char **end) {
  if (*text < '0' || *text > '9' || (*text == '0' && text[1] >= '0' && text[1] <= '9'))
    return false;
  int64_t n = 0;
  for (; *text >= '0' && *text <= '9'; text++) {
    if (n > (INT64_MAX - 9) / 10)
      return false;
    n = n * 10 + (*text - '0');
  }
  *ret = n;
  *end = text;
  return true;
}

static bool set_text(char *out, size_t cap, const char *value) {
  size_t len = strlen(value);
  if (len >= cap)
    return false;
  memcpy(out, value, len + 1);
  return true;
}

/* ---- one row per trailer, in the order they are written ---- */

#define TRAILERS(X)           \
  X(REPOSITORY, "Repository") \
  X(RUN, "Run")               \
  X(SEQUENCE, "Sequence")     \
  X(KIND, "Kind")             \
  X(SCOPE, "Scope")           \
  X(STARTED, "Started")       \
  X(FINISHED, "Finished")     \
  X(VERSION, "Version")       \
  X(COVERAGE, "Coverage")     \
  X(DISCLOSURE, "Disclosure")

enum trailer {
#define X(id, name) T_##id,
  TRAILERS(X)
#undef X
      TRAILERS_N
};
static const char *const names[TRAILERS_N] = {
#define X(id, name) name,
    TRAILERS(X)
#undef X
};
static const char prefix[] = "Palscan-";

static bool set_kind(struct pal_trailers *t, const char *value) {
  for (size_t i = 0; i < KINDS_N; i++) {
    if (strcmp(value, kinds[i]) == 0) {
      t->kind = (enum pal_run_kind)i;
      return true;
    }
  }
  return false;
}

static bool set_value(struct pal_trailers *t, enum trailer which, const char *value) {
  const char *end = NULL;
  switch (which) {
  case T_REPOSITORY: return set_text(t->repository, sizeof t->repository, value) && guid_ok(value);
  case T_RUN: return set_text(t->run, sizeof t->run, value) && guid_ok(value);
  case T_SEQUENCE: return take_count(value, &t->sequence, &end) && !*end && t->sequence >= 1;
  case T_KIND: return set_kind(t, value);
  case T_SCOPE: t->full = strcmp(value, "full") == 0; return t->full || strcmp(value, "partial") == 0;
  case T_STARTED: return set_text(t->started, sizeof t->started, value) && instant_ok(value);
  case T_FINISHED: return set_text(t->finished, sizeof t->finished, value) && instant_ok(value);
  case T_VERSION: return set_text(t->version, sizeof t->version, value) && version_ok(value);
  case T_COVERAGE:
    return take_count(value, &t->complete, &end) && *end == '/' && take_count(end + 1, &t->expected, &end) && !*end &&
           t->complete <= t->expected;
  case T_DISCLOSURE: return set_text(t->disclosure, sizeof t->disclosure, value) && digest_ok(value);
  case TRAILERS_N: break;
  }
  return false;
}

/* ---- writing ---- */

static void add_value(struct pal_buf *out, const struct pal_trailers *t, enum trailer which) {
  switch (which) {
  case T_REPOSITORY: pal_buf_puts(out, t->repository); break;
  case T_RUN: pal_buf_puts(out, t->run); break;
  case T_SEQUENCE: pal_buf_printf(out, "%" PRId64, t->sequence); break;
  case T_KIND: pal_buf_puts(out, pal_run_kind_name(t->kind)); break;
  case T_SCOPE: pal_buf_puts(out, t->full ? "full" : "partial"); break;
  case T_STARTED: pal_buf_puts(out, t->started); break;
  case T_FINISHED: pal_buf_puts(out, t->finished); break;
  case T_VERSION: pal_buf_puts(out, t->version); break;
  case T_COVERAGE: pal_buf_printf(out, "%" PRId64 "/%" PRId64, t->complete, t->expected); break;
  case T_DISCLOSURE: pal_buf_puts(out, t->disclosure); break;
  case TRAILERS_N: break;
  }
}

/* A later version that words this otherwise must go on accepting this form. */
static void add_subject(struct pal_buf *out, const struct pal_trailers *t) {
  pal_buf_printf(out, "%s %" PRId64 " (%s): %" PRId64 " of %" PRId64 " customers complete", pal_run_kind_name(t->kind),
                 t->sequence, t->full ? "full" : "partial", t->complete, t->expected);
}

static void add_message(struct pal_buf *out, const struct pal_trailers *t) {
  add_subject(out, t);
  pal_buf_puts(out, "\n\n");
  for (int i = 0; i < TRAILERS_N; i++) {
    pal_buf_printf(out, "%s%s: ", prefix, names[i]);
    add_value(out, t, (enum trailer)i);
    pal_buf_putc(out, '\n');
  }
}

enum pal_code pal_trailers_format(const struct pal_trailers *trailers, struct pal_buf *out, struct pal_err *err) {
  if ((size_t)trailers->kind >= KINDS_N)
    return pal_err_set(err, PAL_E_INTERNAL, "commit message: no kind of run");
  /* The same checks as in reading: what cannot be read again is not written. */
  struct pal_buf value;
  pal_buf_init(&value, MESSAGE_MAX);
  enum pal_code code = PAL_OK;
  for (int i = 0; i < TRAILERS_N && code == PAL_OK; i++) {
    struct pal_trailers scratch;
    pal_buf_clear(&value);
    add_value(&value, trailers, (enum trailer)i);
    code = pal_buf_check(&value, "commit message", err);
    if (code == PAL_OK && !set_value(&scratch, (enum trailer)i, value.data))
      code =
          pal_err_set(err, PAL_E_INTERNAL, "commit message: \"%s\" is no value for %s%s", value.data, prefix, names[i]);
  }
  pal_buf_deinit(&value);
  if (code != PAL_OK)
    return code;
  add_message(out, trailers);
  return pal_buf_check(out, "commit message", err);
}

/* ---- reading ---- */

static enum pal_code parse_line(char *line, struct pal_trailers *ret, unsigned *seen, struct pal_err *err) {
  if (strncmp(line, prefix, sizeof prefix - 1) != 0)
    return pal_err_set(err, PAL_E_VERIFY, "commit message: \"%.80s\" is no trailer of palscan", line);
  char *name = line + sizeof prefix - 1;
  char *colon = strstr(name, ": ");
  if (!colon)
    return pal_err_set(err, PAL_E_VERIFY, "commit message: \"%.80s\" has no value", line);
  *colon = '\0';
  for (int i = 0; i < TRAILERS_N; i++) {
    if (strcmp(name, names[i]) != 0)
      continue;
    if (*seen & 1u << i)
      return pal_err_set(err, PAL_E_VERIFY, "commit message: %s%s stands twice", prefix, name);
    *seen |= 1u << i;
    if (!set_value(ret, (enum trailer)i, colon + 2))
      return pal_err_set(err, PAL_E_VERIFY, "commit message: \"%.80s\" is no value for %s%s", colon + 2, prefix, name);
    return PAL_OK;
  }
  return pal_err_set(err, PAL_E_VERIFY, "commit message: unknown trailer %s%.80s", prefix, name);
}

static enum pal_code parse_lines(char *at, struct pal_trailers *ret, struct pal_err *err) {
  unsigned seen = 0;
  while (*at) {
    char *end = strchr(at, '\n');
    if (!end)
      return pal_err_set(err, PAL_E_VERIFY, "commit message: no line end at the end");
    *end = '\0';
    enum pal_code code = parse_line(at, ret, &seen, err);
    if (code != PAL_OK)
      return code;
    at = end + 1;
  }
  for (int i = 0; i < TRAILERS_N; i++)
    if (!(seen & 1u << i))
      return pal_err_set(err, PAL_E_VERIFY, "commit message: %s%s is missing", prefix, names[i]);
  return PAL_OK;
}

/* Written again it must be the same bytes: order, spaces, subject. */
static enum pal_code check_same(const char *message, size_t len, const struct pal_trailers *t, struct pal_err *err) {
  struct pal_buf again;
  pal_buf_init(&again, MESSAGE_MAX);
  add_message(&again, t);
  bool same = again.bad == PAL_OK && again.len == len && memcmp(again.data, message, len) == 0;
  pal_buf_deinit(&again);
  if (!same)
    return pal_err_set(err, PAL_E_VERIFY, "commit message: subject or trailers are not as palscan writes them");
  return PAL_OK;
}

enum pal_code pal_trailers_parse(const char *message, size_t len, struct pal_trailers *ret, char subject[256],
                                 struct pal_err *err) {
  if (len == 0 || len > MESSAGE_MAX || memchr(message, '\0', len))
    return pal_err_set(err, PAL_E_VERIFY, "commit message: empty, too long or not text");
  char *copy = strndup(message, len);
  if (!copy)
    return pal_err_nomem(err);
  struct pal_trailers trailers = {0};
  enum pal_code code;
  char *blank = strstr(copy, "\n\n");
  if (!blank || blank - copy > 255 || memchr(copy, '\n', (size_t)(blank - copy)))
    code = pal_err_set(err, PAL_E_VERIFY, "commit message: no subject of one line");
  else
    code = parse_lines(blank + 2, &trailers, err);
  if (code == PAL_OK)
    code = check_same(message, len, &trailers, err);
  if (code == PAL_OK) {
    size_t subject_len = (size_t)(blank - copy);
    memcpy(subject, message, subject_len);
    subject[subject_len] = '\0';
    *ret = trailers;
  }
  free(copy);
  return code;
}
