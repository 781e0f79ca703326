/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "pal_doc.h"
#include "value.h"

/* --- what a file says about its own path --- */

/* The id that the path gives to the one record of a file; NULL when it gives none. */
static const char *own_id(const struct pal_doc *doc) {
  if (doc->file->layout != PAL_SINGLE)
    return NULL;
  if (doc->id.s[0])
    return doc->id.s;
  return doc->tenant.s[0] ? doc->tenant.s : NULL;
}

static int first_key(const struct pal_kind *kind) {
  for (size_t i = 0; i < kind->n; i++)
    if (kind->fields[i].flags & PAL_KEY)
      return (int)i;
  return -1;
}

/* Whether the record says the id under which its file lies. */
static bool agrees_with_path(const struct pal_doc *doc, const struct pal_record *record, int *ret_key) {
  const char *id = own_id(doc);
  *ret_key = id ? first_key(doc->file->kind) : -1;
  return *ret_key < 0 || strcmp(pal_get_text(record, *ret_key), id) == 0;
}

bool pal_doc_wanted(const struct pal_doc *doc) {
  if (doc->records.n)
    return true;
  return doc->file->layout != PAL_SINGLE && !(doc->file->layout == PAL_ARRAY && !doc->file->area);
}

/* --- encoding --- */

static enum pal_code check_doc(struct pal_doc *doc, const char *path, struct pal_err *err) {
  if (!pal_doc_wanted(doc) || (doc->file->layout == PAL_SINGLE && doc->records.n != 1))
    return pal_err_set(err, PAL_E_INTERNAL, "%s: %zu records", path, doc->records.n);
  for (size_t i = 0; i < doc->records.n; i++) {
    struct pal_record *record = doc->records.v[i];
    if (record->kind != doc->file->kind)
      return pal_err_set(err, PAL_E_INTERNAL, "%s: a record of kind %s", path, record->kind->name);
    enum pal_code code = record_check(record, path, err);
    if (code != PAL_OK)
      return code;
    int key;
    if (!agrees_with_path(doc, record, &key))
      return pal_err_set(err, PAL_E_INTERNAL, "%s: %s is %s", path, doc->file->kind->fields[key].json,
                         pal_get_text(record, key));
  }
  size_t clash;
  if (pal_records_sort(&doc->records, &clash) != PAL_OK)
    return pal_err_nomem(err);
  if (clash)
    return pal_err_set(err, PAL_E_INTERNAL, "%s: different records have one key", path);
  return PAL_OK;
}

static void encode_array(const struct pal_doc *doc, struct pal_buf *out) {
  pal_buf_putc(out, '[');
  for (size_t i = 0; i < doc->records.n; i++) {
    pal_buf_puts(out, i ? ",\n  " : "\n  ");
    pal_record_compact(doc->records.v[i], out);
  }
  pal_buf_puts(out, doc->records.n ? "\n]" : "]");
}

/* The two key fields of a kind whose files are objects of objects. */
struct map_keys {
  int outer, inner;
  uint64_t mask;
};

static struct map_keys map_keys(const struct pal_kind *kind) {
  struct map_keys keys = {.outer = first_key(kind), .inner = -1};
  for (size_t i = (size_t)keys.outer + 1; i < kind->n && keys.inner < 0; i++)
    if (kind->fields[i].flags & PAL_KEY)
      keys.inner = (int)i;
  assert(keys.outer >= 0 && keys.inner >= 0);
  keys.mask = UINT64_C(1) << keys.outer | UINT64_C(1) << keys.inner;
  return keys;
}

static void encode_map(const struct pal_doc *doc, struct pal_buf *out) {
  const struct map_keys keys = map_keys(doc->file->kind);
  const char *outer = NULL;
  pal_buf_putc(out, '{');
  for (size_t i = 0; i < doc->records.n; i++) {
    const struct pal_record *record = doc->records.v[i];
    const char *key = pal_get_text(record, keys.outer);
    if (!outer || strcmp(outer, key) != 0) {
      pal_buf_puts(out, outer ? "\n  },\n  " : "\n  ");
      pal_json_escape(out, key);
      pal_buf_puts(out, ": {\n    ");
      outer = key;
    } else {
      pal_buf_puts(out, ",\n    ");
    }
    pal_json_escape(out, pal_get_text(record, keys.inner));
    pal_buf_puts(out, ": ");
    record_compact_without(record, keys.mask, out);
  }
  pal_buf_puts(out, outer ? "\n  }\n}" : "}");
}

static void encode_checked(const struct pal_doc *doc, struct pal_buf *out) {
  switch (doc->file->layout) {
  case PAL_SINGLE:
  case PAL_INPUT: pal_record_pretty(doc->records.v[0], out); break;
  case PAL_ARRAY: encode_array(doc, out); break;
  case PAL_MAP2: encode_map(doc, out); break;
  }
  pal_buf_putc(out, '\n');
}

enum pal_code pal_doc_encode(struct pal_doc *doc, struct pal_buf *out, struct pal_err *err) {
  char path[PAL_PATH_MAX];
  pal_doc_path(doc, path);
  enum pal_code code = check_doc(doc, path, err);
  if (code != PAL_OK)
    return code;
  size_t start = out->len;
  encode_checked(doc, out);
  if (out->bad == PAL_OK && out->len - start > PAL_DOC_BYTES_MAX)
    return pal_err_set(err, PAL_E_LIMIT, "%s: more than %d bytes", path, PAL_DOC_BYTES_MAX);
  return pal_buf_check(out, path, err);
}

/* --- decoding --- */

static enum pal_code parse(const char *bytes, size_t len, const char *path, struct pal_json_doc **ret,
                           struct pal_err *err) {
  if (len > PAL_DOC_BYTES_MAX)
    return pal_err_set(err, PAL_E_VERIFY, "%s: more than %d bytes", path, PAL_DOC_BYTES_MAX);
  enum pal_code code = pal_json_parse(bytes, len, path, PAL_JSON_STRICT_UTF8, PAL_DOC_BYTES_MAX, ret, err);
  if (code != PAL_E_INPUT)
    return code;
  if (err)
    err->code = PAL_E_VERIFY;
  return PAL_E_VERIFY;
}

static enum pal_code check_format(const struct pal_json_doc *doc, struct pal_err *err) {
  const pal_json *root = pal_json_root(doc);
  const char *format = pal_json_text(pal_json_get(root, "format"));
  const pal_json *node = pal_json_get(root, "version");
  int64_t version;
  if (!format || strcmp(format, "palscan-snapshot") != 0)
    return decode_fail(doc, root, 0, err, "this is no palscan snapshot");
  if (!pal_json_int(node, &version) || version < 1)
    return decode_fail(doc, node ? node : root, 0, err, "there is no format version");
  if (version > PAL_SNAPSHOT_VERSION)
    return pal_err_set(err, PAL_E_NEWER,
                       "format.json: a newer palscan wrote this snapshot (format version %lld, "
                       "this program reads %d): upgrade palscan",
                       (long long)version, PAL_SNAPSHOT_VERSION);
  return PAL_OK;
}

enum pal_code pal_format_check(const char *bytes, size_t len, struct pal_err *err) {
  struct pal_json_doc *doc = NULL;
  enum pal_code code = parse(bytes, len, pal_files[PAL_FILE_FORMAT].path, &doc, err);
  if (code == PAL_OK)
    code = check_format(doc, err);
  pal_json_doc_free(doc);
  return code;
}

static enum pal_code decode_unit(struct pal_arena *arena, const struct pal_json_doc *json, const char *outer,
                                 const pal_json *node, struct pal_doc *doc, struct pal_err *err) {
  const struct map_keys keys = map_keys(doc->file->kind);
  struct pal_record *record = pal_record_new(arena, doc->file->kind);
  if (!record)
    return pal_err_nomem(err);
  struct pal_err why;
  enum pal_code code = pal_set_text(arena, record, keys.outer, outer, &why);
  if (code == PAL_OK)
    code = pal_set_text(arena, record, keys.inner, pal_json_key(node), &why);
  if (code == PAL_E_INPUT)
    return decode_fail(json, node, 0, err, "%s", why.text);
  if (code != PAL_OK)
    return pal_err_set(err, code, "%s", why.text);
  code = record_decode_members(arena, json, node, 0, keys.mask, record, err);
  if (code == PAL_OK)
    code = pal_records_add(arena, &doc->records, record, err);
  return code;
}

static enum pal_code decode_map(struct pal_arena *arena, const struct pal_json_doc *json, struct pal_doc *doc,
                                struct pal_err *err) {
  const pal_json *root = pal_json_root(json);
  if (pal_json_type(root) != PAL_JSON_OBJECT)
    return decode_fail(json, root, 0, err, "expected an object");
  for (const pal_json *area = pal_json_first(root); area; area = pal_json_next(area)) {
    if (pal_json_type(area) != PAL_JSON_OBJECT || !pal_json_first(area))
      return decode_fail(json, area, 0, err, "expected an object with members");
    for (const pal_json *unit = pal_json_first(area); unit; unit = pal_json_next(unit)) {
      enum pal_code code = decode_unit(arena, json, pal_json_key(area), unit, doc, err);
      if (code != PAL_OK)
        return code;
    }
  }
  return PAL_OK;
}

static enum pal_code decode_single(struct pal_arena *arena, const struct pal_json_doc *json, struct pal_doc *doc,
                                   struct pal_err *err) {
  const pal_json *root = pal_json_root(json);
  struct pal_record *record;
  enum pal_code code = pal_record_decode(arena, doc->file->kind, json, root, 0, &record, err);
  if (code != PAL_OK)
    return code;
  int key;
  if (!agrees_with_path(doc, record, &key)) {
    const char *name = doc->file->kind->fields[key].json;
    return decode_fail(json, pal_json_get(root, name), 0, err, "\"%s\" is not that of the file's path", name);
  }
  return pal_records_add(arena, &doc->records, record, err);
}

static enum pal_code decode_layout(struct pal_arena *arena, const struct pal_json_doc *json, struct pal_doc *doc,
                                   struct pal_err *err) {
  enum pal_code code;
  switch (doc->file->layout) {
  case PAL_ARRAY:
    code = records_decode(arena, doc->file->kind, json, pal_json_root(json), 0, &doc->records, err);
    if (code == PAL_OK && !pal_doc_wanted(doc))
      code =
          decode_fail(json, pal_json_root(json), 0, err, "not in canonical form: without records the file is absent");
    return code;
  case PAL_MAP2: return decode_map(arena, json, doc, err);
  case PAL_SINGLE:
  case PAL_INPUT: break;
  }
  if (doc->file->id == PAL_FILE_FORMAT) {
    code = check_format(json, err);
    if (code != PAL_OK)
      return code;
  }
  return decode_single(arena, json, doc, err);
}

/* Where two texts begin to differ. */
static enum pal_code fail_bytes(const char *path, const char *bytes, size_t len, const struct pal_buf *want,
                                struct pal_err *err) {
  size_t line = 1, start = 0, at = 0;
  for (; at < len && at < want->len && bytes[at] == want->data[at]; at++)
    if (bytes[at] == '\n') {
      line++;
      start = at + 1;
    }
  return pal_err_set(err, PAL_E_VERIFY, "%s:%zu:%zu: the bytes are not the canonical form of what they say", path, line,
                     at - start + 1);
}

static enum pal_code check_bytes(struct pal_doc *doc, const char *path, const char *bytes, size_t len,
                                 struct pal_err *err) {
  struct pal_buf again;
  pal_buf_init(&again, PAL_DOC_BYTES_MAX + 1);
  /* MAP2 comes in the order of the file; sorting makes a wrong order visible. */
  enum pal_code code = PAL_OK;
  if (pal_records_sort(&doc->records, NULL) != PAL_OK)
    code = pal_err_nomem(err);
  if (code == PAL_OK) {
    encode_checked(doc, &again);
    code = again.bad == PAL_E_LIMIT ? PAL_OK : pal_buf_check(&again, path, err);
  }
  if (code == PAL_OK && (again.len != len || memcmp(again.data, bytes, len) != 0))
    code = fail_bytes(path, bytes, len, &again, err);
  pal_buf_deinit(&again);
  return code;
}

enum pal_code pal_doc_decode(struct pal_arena *arena, const char *bytes, size_t len, struct pal_doc *doc,
                             struct pal_err *err) {
  char path[PAL_PATH_MAX];
  pal_doc_path(doc, path);
  struct pal_json_doc *json = NULL;
  enum pal_code code = parse(bytes, len, path, &json, err);
  doc->records = (struct pal_records){0};
  if (code == PAL_OK)
    code = decode_layout(arena, json, doc, err);
  pal_json_doc_free(json);
  if (code == PAL_OK)
    code = check_bytes(doc, path, bytes, len, err);
  if (code != PAL_OK)
    doc->records = (struct pal_records){0};
  return code;
}
