/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value.h"

/* One document being read; what does not change while it is. */
struct reader {
  struct pal_arena *arena;
  const struct pal_json_doc *doc;
  unsigned flags;
  struct pal_err *err;
};

static bool by_person(const struct reader *r) {
  return r->flags & PAL_DECODE_PERSON;
}

enum pal_code decode_fail(const struct pal_json_doc *doc, const pal_json *node, unsigned flags, struct pal_err *err,
                          const char *fmt, ...) {
  char text[PAL_ERR_TEXT_MAX] = "";
  va_list args;
  va_start(args, fmt);
  (void)vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  enum pal_code code = pal_json_fail(doc, node, err, "%s", text);
  if (flags & PAL_DECODE_PERSON)
    return code;
  if (err)
    err->code = PAL_E_VERIFY;
  return PAL_E_VERIFY;
}

#define fail(r, node, ...) decode_fail((r)->doc, node, (r)->flags, (r)->err, __VA_ARGS__)

/* What value_canonical() says about a text, at its node. */
static enum pal_code fail_value(const struct reader *r, const pal_json *node, const struct pal_err *why) {
  if (why->code == PAL_E_INPUT)
    return fail(r, node, "%s", why->text);
  return pal_err_set(r->err, why->code, "%s", why->text);
}

static enum pal_code wrong_type(const struct reader *r, const pal_json *node, const char *wanted) {
  return fail(r, node, "expected %s, not %s", wanted, pal_json_type_name(pal_json_type(node)));
}

/* --- single values --- */

static enum pal_code read_text(const struct reader *r, const struct pal_field *row, const pal_json *node,
                               const char **ret) {
  const char *text = pal_json_text(node);
  if (!text && row->type == PAL_T_DIGITS && pal_json_number(node))
    return fail(r, node, "a partner ID is written in quotation marks, such as \"1000001\"");
  if (!text)
    return wrong_type(r, node, row->type == PAL_T_ENUM ? "one of the known words" : "a string");
  struct pal_err why;
  enum pal_code code = value_canonical(r->arena, row, text, r->flags, ret, &why);
  if (code != PAL_OK)
    return fail_value(r, node, &why);
  if (!by_person(r) && strcmp(text, *ret) != 0)
    return fail(r, node, "not in canonical form: expected \"%.200s\"", *ret);
  return PAL_OK;
}

static enum pal_code read_texts(const struct reader *r, const struct pal_field *row, const pal_json *node,
                                struct pal_texts **ret) {
  bool single = by_person(r) && (row->flags & PAL_MANY) && pal_json_text(node);
  if (!single && pal_json_type(node) != PAL_JSON_ARRAY)
    return wrong_type(r, node, row->flags & PAL_MANY ? "a string or an array of strings" : "an array of strings");
  size_t n = single ? 1 : pal_json_count(node);
  struct pal_texts *read = value_texts_new(r->arena, n);
  if (!read)
    return pal_err_nomem(r->err);
  const char **v = read->v;
  const pal_json *item = single ? node : pal_json_first(node);
  for (size_t i = 0; i < n; i++, item = pal_json_next(item)) {
    enum pal_code code = read_text(r, row, item, &v[i]);
    if (code != PAL_OK)
      return code;
    if (!by_person(r) && i && strcmp(v[i - 1], v[i]) >= 0)
      return fail(r, item, "not in canonical form: a set is sorted by bytes, without duplicates");
  }
  read->n = texts_sort(v, n);
  *ret = read;
  return PAL_OK;
}

static enum pal_code read_int(const struct reader *r, const struct pal_field *row, const pal_json *node, int64_t *ret) {
  if (!pal_json_int(node, ret))
    return pal_json_number(node) ? fail(r, node, "expected a whole number of 64 bits")
                                 : wrong_type(r, node, "a whole number");
  if (!value_in_range(row, *ret))
    return fail(r, node, "expected a whole number from %lld to %lld", row->min, row->max);
  return PAL_OK;
}

/* Of a field that is a text or a record, kept as the text it was written in. */
static enum pal_code check_alternative(const struct reader *r, const struct pal_field *row, const pal_json *node) {
  struct pal_record *record = NULL;
  if (pal_json_type(node) == PAL_JSON_OBJECT)
    return pal_record_decode(r->arena, row->kind, r->doc, node, r->flags, &record, r->err);
  return pal_json_text(node) ? PAL_OK : wrong_type(r, node, "a string or an object");
}

static enum pal_code read_json(const struct reader *r, const struct pal_field *row, const pal_json *node,
                               const char **ret) {
  struct pal_buf buf;
  if (row->kind) {
    enum pal_code checked = check_alternative(r, row, node);
    if (checked != PAL_OK)
      return checked;
  }
  pal_buf_init(&buf, PAL_JSON_TEXT_MAX);
  struct pal_err why = {.code = PAL_OK};
  enum pal_code code = pal_json_compact(r->doc, node, &buf, &why);
  if (code == PAL_E_INPUT) {
    code = pal_err_set(r->err, by_person(r) ? PAL_E_INPUT : PAL_E_VERIFY, "%s", why.text);
  } else if (code == PAL_E_LIMIT) {
    code = fail(r, node, "expected JSON of at most %d bytes", PAL_JSON_TEXT_MAX);
  } else if (code != PAL_OK) {
    code = pal_err_set(r->err, code, "%s", why.text);
  } else {
    code = value_canonical(r->arena, row, buf.data, r->flags, ret, &why);
    if (code != PAL_OK)
      code = fail_value(r, node, &why);
  }
  pal_buf_deinit(&buf);
  return code;
}

/* --- lists of records --- */

struct read_item {
  const struct pal_record *record;
  const pal_json *node;
};

static int compare_read_items(const void *a, const void *b) {
  return pal_record_cmp(((const struct read_item *)a)->record, ((const struct read_item *)b)->record);
}

/* In files of people: any order, but one record a key. */
static enum pal_code check_person_keys(const struct reader *r, const struct pal_records *records,
                                       const pal_json *list) {
  struct read_item *items = calloc(records->n, sizeof *items);
  if (!items)
    return pal_err_nomem(r->err);
  const pal_json *node = pal_json_first(list);
  for (size_t i = 0; i < records->n; i++, node = pal_json_next(node))
    items[i] = (struct read_item){records->v[i], node};
  qsort(items, records->n, sizeof *items, compare_read_items);
  enum pal_code code = PAL_OK;
  for (size_t i = 1; i < records->n && code == PAL_OK; i++)
    if (compare_read_items(&items[i - 1], &items[i]) == 0) {
      size_t line[2], column;
      pal_json_locate(r->doc, items[i - 1].node, &line[0], &column, NULL, 0);
      pal_json_locate(r->doc, items[i].node, &line[1], &column, NULL, 0);
      const pal_json *second = line[0] <= line[1] ? items[i].node : items[i - 1].node;
      code = fail(r, second, "a second %s with the same key; the other stands in line %zu", records->v[0]->kind->label,
                  line[0] <= line[1] ? line[0] : line[1]);
    }
  free(items);
  return code;
}

static enum pal_code check_order(const struct reader *r, const struct pal_records *records, const pal_json *list) {
  const pal_json *node = pal_json_next(pal_json_first(list));
  for (size_t i = 1; i < records->n; i++, node = pal_json_next(node)) {
    int cmp = pal_record_cmp(records->v[i - 1], records->v[i]);
    if (cmp == 0)
      return fail(r, node, "two records with one key");
    if (cmp > 0)
      return fail(r, node, "not in canonical form: the records are not sorted");
  }
  return PAL_OK;
}

enum pal_code records_decode(struct pal_arena *arena, const struct pal_kind *kind, const struct pal_json_doc *doc,
                             const pal_json *node, unsigned flags, struct pal_records *out, struct pal_err *err) {
  const struct reader r = {arena, doc, flags, err};
  if (pal_json_type(node) != PAL_JSON_ARRAY)
    return wrong_type(&r, node, "an array");
  size_t n = pal_json_count(node);
  if (n > PAL_RECORDS_MAX)
    return fail(&r, node, "more than %d records", PAL_RECORDS_MAX);
  struct pal_records read = {.v = pal_arena_calloc(arena, n, sizeof(struct pal_record *)), .cap = n};
  if (!read.v)
    return pal_err_nomem(err);
  for (const pal_json *item = pal_json_first(node); item; item = pal_json_next(item)) {
    enum pal_code code = pal_record_decode(arena, kind, doc, item, flags, &read.v[read.n], err);
    if (code != PAL_OK)
      return code;
    read.n++;
  }
  enum pal_code code = PAL_OK;
  if (!by_person(&r))
    code = check_order(&r, &read, node);
  else if (pal_kind_has_key(kind) && read.n > 1)
    code = check_person_keys(&r, &read, node);
  if (code != PAL_OK)
    return code;
  if (pal_records_sort(&read, NULL) != PAL_OK)
    return pal_err_nomem(err);
  *out = read;
  return PAL_OK;
}

/* --- records --- */

static enum pal_code read_value(const struct reader *r, const struct pal_field *row, const pal_json *node,
                                struct pal_value *ret) {
  struct pal_value value = {.is = PAL_SET};
  enum pal_code code = PAL_OK;
  if (pal_json_is_null(node)) {
    if (!(row->flags & PAL_NULLABLE))
      return fail(r, node, "null is no value here; leave the key out");
    value.is = PAL_NULL;
    *ret = value;
    return PAL_OK;
  }
  switch (row->type) {
  case PAL_T_INT: code = read_int(r, row, node, &value.u.i); break;
  case PAL_T_BOOL:
    if (pal_json_type(node) != PAL_JSON_BOOL)
      return wrong_type(r, node, "true or false");
    value.u.b = pal_json_true(node);
    break;
  case PAL_T_TEXTS:
  case PAL_T_GUIDS:
  case PAL_T_ARM_IDS: code = read_texts(r, row, node, &value.u.texts); break;
  case PAL_T_RECORD:
    code = pal_record_decode(r->arena, row->kind, r->doc, node, r->flags, &value.u.record, r->err);
    break;
  case PAL_T_RECORDS:
    value.u.records = pal_arena_alloc(r->arena, sizeof *value.u.records);
    code = value.u.records ? records_decode(r->arena, row->kind, r->doc, node, r->flags, value.u.records, r->err)
                           : pal_err_nomem(r->err);
    break;
  case PAL_T_JSON: code = read_json(r, row, node, &value.u.text); break;
  case PAL_T_TEXT:
  case PAL_T_NAME:
  case PAL_T_GUID:
  case PAL_T_ARM_ID:
  case PAL_T_DIGITS:
  case PAL_T_INSTANT:
  case PAL_T_DATE:
  case PAL_T_MONTH:
  case PAL_T_ENUM: code = read_text(r, row, node, &value.u.text); break;
  }
  if (code == PAL_OK)
    *ret = value;
  return code;
}

static enum pal_code fail_unknown(const struct reader *r, const struct pal_kind *kind, const pal_json *node) {
  const char *names[PAL_FIELDS_MAX];
  for (size_t i = 0; i < kind->n; i++)
    names[i] = kind->fields[i].json;
  const char *near = pal_nearest(pal_json_key(node), names, kind->n);
  if (near)
    return fail(r, node, "unknown key; did you mean \"%s\"?", near);
  return fail(r, node, "unknown key");
}

/* Fallbacks, then whether all that must be there is. */
static enum pal_code complete(const struct reader *r, const pal_json *node, struct pal_record *record) {
  for (size_t i = 0; i < record->kind->n; i++) {
    const struct pal_field *row = &record->kind->fields[i];
    if (record->v[i].is != PAL_ABSENT)
      continue;
    if (by_person(r) && row->fallback) {
      enum pal_code code = value_from_text(r->arena, row, row->fallback, r->flags, &record->v[i], r->err);
      if (code != PAL_OK)
        return code;
    } else if (row->flags & PAL_REQUIRED) {
      return fail(r, node, "the key \"%s\" is missing", row->json);
    }
  }
  return PAL_OK;
}

enum pal_code record_decode_members(struct pal_arena *arena, const struct pal_json_doc *doc, const pal_json *node,
                                    unsigned flags, uint64_t preset, struct pal_record *record, struct pal_err *err) {
  const struct reader r = {arena, doc, flags, err};
  if (pal_json_type(node) != PAL_JSON_OBJECT)
    return wrong_type(&r, node, "an object");
  for (const pal_json *item = pal_json_first(node); item; item = pal_json_next(item)) {
    int field = pal_kind_find(record->kind, pal_json_key(item));
    if (field < 0 || (preset >> field & 1))
      return fail_unknown(&r, record->kind, item);
    enum pal_code code = read_value(&r, &record->kind->fields[field], item, &record->v[field]);
    if (code != PAL_OK)
      return code;
  }
  return complete(&r, node, record);
}

enum pal_code pal_record_decode(struct pal_arena *arena, const struct pal_kind *kind, const struct pal_json_doc *doc,
                                const pal_json *node, unsigned flags, struct pal_record **ret, struct pal_err *err) {
  struct pal_record *record = pal_record_new(arena, kind);
  if (!record)
    return pal_err_nomem(err);
  enum pal_code code = record_decode_members(arena, doc, node, flags, 0, record, err);
  if (code == PAL_OK)
    *ret = record;
  return code;
}
