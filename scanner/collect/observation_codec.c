/* SPDX-License-Identifier: Apache-2.0 */
/*
 * observation_codec.c - an observation as bytes for the journal:
 *
 *   palscan-observation 1
 *   identity NAME
 *   tenant ID
 *   object ID                     "-" when no token was got
 *   signed-in 0|1
 *   discovered N                  then N lines with a tenant id each
 *   documents N                   then N times "PATH LENGTH", a line break, the canonical bytes, a line break
 */
#include <stdlib.h>
#include <string.h>

#include "pal_collect.h"

enum { LINES_MAX = 10000000 };

static const char magic[] = "palscan-observation 1";

enum pal_code pal_observation_encode(struct pal_observation *observation, struct pal_buf *out, struct pal_err *err) {
  struct pal_buf bytes;
  pal_buf_init(&bytes, PAL_DOC_BYTES_MAX);
  pal_buf_printf(out, "%s\nidentity %s\ntenant %s\nobject %s\nsigned-in %d\ndiscovered %zu\n", magic,
                 observation->identity, observation->tenant.s, observation->object.s[0] ? observation->object.s : "-",
                 observation->signed_in, observation->discovered.n);
  for (size_t i = 0; i < observation->discovered.n; i++)
    pal_buf_printf(out, "%s\n", observation->discovered.v[i]);
  pal_buf_printf(out, "documents %zu\n", observation->docs.n);
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < observation->docs.n; i++) {
    char path[PAL_PATH_MAX];
    pal_buf_clear(&bytes);
    pal_doc_path(observation->docs.v[i], path);
    code = pal_doc_encode(observation->docs.v[i], &bytes, err);
    if (code == PAL_OK)
      code = pal_buf_check(&bytes, path, err);
    pal_buf_printf(out, "%s %zu\n", path, bytes.len);
    pal_buf_add(out, bytes.data, bytes.len);
    pal_buf_putc(out, '\n');
  }
  pal_buf_deinit(&bytes);
  return code == PAL_OK ? pal_buf_check(out, "an observation", err) : code;
}

/* --- reading --- */

struct cursor {
  struct pal_arena *arena;
  const char *at, *end;
  bool no_memory;
};

static enum pal_code wrong(const struct cursor *cursor, struct pal_err *err, const char *what) {
  if (cursor->no_memory)
    return pal_err_nomem(err);
  return pal_err_set(err, PAL_E_VERIFY, "observation: %s", what);
}

/* The next line, copied; NULL when there is none. */
static const char *next_line(struct cursor *cursor) {
  const char *stop = cursor->at < cursor->end ? memchr(cursor->at, '\n', (size_t)(cursor->end - cursor->at)) : NULL;
  if (!stop || memchr(cursor->at, '\0', (size_t)(stop - cursor->at)))
    return NULL;
  const char *line = pal_arena_strndup(cursor->arena, cursor->at, (size_t)(stop - cursor->at));
  cursor->at = stop + 1;
  cursor->no_memory = !line;
  return line;
}

/* The value of a line "name value". */
static const char *next_value(struct cursor *cursor, const char *name) {
  const char *line = next_line(cursor);
  size_t len = strlen(name);
  return line && strncmp(line, name, len) == 0 && line[len] == ' ' ? line + len + 1 : NULL;
}

static bool read_count(const char *text, size_t max, size_t *ret) {
  if (!text || !*text || strspn(text, "0123456789") != strlen(text) || strlen(text) > 12)
    return false;
  unsigned long long n = strtoull(text, NULL, 10);
  *ret = (size_t)n;
  return n <= max;
}

static enum pal_code read_discovered(struct cursor *cursor, struct pal_texts *ret, struct pal_err *err) {
  size_t n = 0;
  if (!read_count(next_value(cursor, "discovered"), LINES_MAX, &n) || n > (size_t)(cursor->end - cursor->at))
    return wrong(cursor, err, "bad count of tenants");
  const char **ids = pal_arena_calloc(cursor->arena, n + 1, sizeof *ids);
  if (!ids)
    return pal_err_nomem(err);
  for (size_t i = 0; i < n; i++) {
    struct pal_tenant_id id;
    ids[i] = next_line(cursor);
    if (!ids[i] || pal_tenant_id_parse(ids[i], &id, NULL) != PAL_OK || strcmp(id.s, ids[i]) != 0)
      return wrong(cursor, err, "bad tenant id");
  }
  *ret = (struct pal_texts){ids, n};
  return PAL_OK;
}

static enum pal_code read_doc(struct cursor *cursor, struct pal_docs *docs, struct pal_err *err) {
  struct pal_doc head = {0};
  size_t len = 0;
  const char *line = next_line(cursor);
  const char *space = line ? strrchr(line, ' ') : NULL;
  if (!space || !read_count(space + 1, PAL_DOC_BYTES_MAX, &len))
    return wrong(cursor, err, "bad head of a document");
  char *path = pal_arena_strndup(cursor->arena, line, (size_t)(space - line));
  if (!path)
    return pal_err_nomem(err);
  enum pal_code code = pal_doc_parse_path(path, &head, err);
  if (code != PAL_OK)
    return code;
  if (len >= (size_t)(cursor->end - cursor->at) || cursor->at[len] != '\n')
    return wrong(cursor, err, "a document is cut");
  if (pal_docs_find(docs, head.file->id, &head.tenant, head.id.s[0] ? head.id.s : NULL))
    return wrong(cursor, err, "a document comes twice");
  code = pal_doc_decode(cursor->arena, cursor->at, len, &head, err);
  if (code != PAL_OK)
    return code;
  cursor->at += len + 1;
  struct pal_doc *doc = pal_docs_get(docs, head.file->id, &head.tenant, head.id.s[0] ? head.id.s : NULL);
  if (!doc)
    return pal_err_nomem(err);
  doc->records = head.records;
  return PAL_OK;
}

static enum pal_code read_head(struct cursor *cursor, struct pal_observation *ret, struct pal_err *err) {
  const char *first = next_line(cursor);
  if (!first || strcmp(first, magic) != 0)
    return wrong(cursor, err, "it does not begin as one");
  ret->identity = next_value(cursor, "identity");
  const char *tenant = next_value(cursor, "tenant");
  const char *object = next_value(cursor, "object");
  const char *signed_in = next_value(cursor, "signed-in");
  if (!ret->identity || !pal_name_valid(ret->identity) || !tenant ||
      pal_tenant_id_parse(tenant, &ret->tenant, NULL) != PAL_OK)
    return wrong(cursor, err, "bad identity or tenant");
  if (!object || (strcmp(object, "-") != 0 && pal_object_id_parse(object, &ret->object, NULL) != PAL_OK))
    return wrong(cursor, err, "bad object id");
  if (!signed_in || (strcmp(signed_in, "0") != 0 && strcmp(signed_in, "1") != 0))
    return wrong(cursor, err, "bad flag");
  ret->signed_in = *signed_in == '1';
  return PAL_OK;
}

enum pal_code pal_observation_decode(struct pal_arena *arena, const char *bytes, size_t len,
                                     struct pal_observation *ret, struct pal_err *err) {
  struct cursor cursor = {.arena = arena, .at = bytes, .end = bytes + len};
  struct pal_observation observation = {0};
  size_t n = 0;
  pal_docs_init(&observation.docs, arena);
  enum pal_code code = read_head(&cursor, &observation, err);
  if (code == PAL_OK)
    code = read_discovered(&cursor, &observation.discovered, err);
  if (code == PAL_OK && !read_count(next_value(&cursor, "documents"), LINES_MAX, &n))
    code = wrong(&cursor, err, "bad count of documents");
  for (size_t i = 0; code == PAL_OK && i < n; i++)
    code = read_doc(&cursor, &observation.docs, err);
  if (code == PAL_OK && cursor.at != cursor.end)
    code = wrong(&cursor, err, "something follows its end");
  if (code == PAL_OK)
    *ret = observation;
  return code;
}
