/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_record.h"

#include <assert.h>
#include <string.h>

#include "value.h"

static const struct pal_texts no_texts;
static const struct pal_records no_records;

/* --- lists --- */

struct pal_texts *value_texts_new(struct pal_arena *arena, size_t n) {
  struct pal_texts *texts = pal_arena_alloc(arena, sizeof *texts);
  const char **v = texts ? pal_arena_calloc(arena, n, sizeof *v) : NULL;
  if (!v)
    return NULL;
  *texts = (struct pal_texts){.v = v, .n = n};
  return texts;
}

struct pal_records *value_records_new(struct pal_arena *arena, size_t cap) {
  struct pal_records *records = pal_arena_alloc(arena, sizeof *records);
  struct pal_record **v = records ? pal_arena_calloc(arena, cap, sizeof(struct pal_record *)) : NULL;
  if (!v)
    return NULL;
  *records = (struct pal_records){.v = v, .cap = cap};
  return records;
}

const struct pal_texts *pal_value_texts(const struct pal_value *value) {
  return value->is == PAL_SET && value->u.texts ? value->u.texts : &no_texts;
}

const struct pal_records *pal_value_records(const struct pal_value *value) {
  return value->is == PAL_SET && value->u.records ? value->u.records : &no_records;
}

/* --- making --- */

struct pal_record *pal_record_new(struct pal_arena *arena, const struct pal_kind *kind) {
  struct pal_record *record = pal_arena_alloc(arena, sizeof *record + kind->n * sizeof record->v[0]);
  if (record)
    record->kind = kind;
  return record;
}

static bool dup_value(struct pal_arena *arena, enum pal_type type, const struct pal_value *from, struct pal_value *to);

struct pal_record *pal_record_dup(struct pal_arena *arena, const struct pal_record *record) {
  struct pal_record *copy = pal_record_new(arena, record->kind);
  for (size_t i = 0; copy && i < record->kind->n; i++)
    if (!dup_value(arena, record->kind->fields[i].type, &record->v[i], &copy->v[i]))
      return NULL;
  return copy;
}

/* A list of value_texts_new() or value_records_new(), NULL on no memory. */
static struct pal_texts *dup_texts(struct pal_arena *arena, const struct pal_texts *from) {
  struct pal_texts *to = value_texts_new(arena, from->n);
  for (size_t i = 0; to && i < from->n; i++)
    if (!(to->v[i] = pal_arena_strdup(arena, from->v[i])))
      return NULL;
  return to;
}

static struct pal_records *dup_records(struct pal_arena *arena, const struct pal_records *from) {
  struct pal_records *to = value_records_new(arena, from->n);
  for (size_t i = 0; to && i < from->n; i++)
    if (!(to->v[to->n++] = pal_record_dup(arena, from->v[i])))
      return NULL;
  return to;
}

/* Recursion is bounded by the nesting of kinds. */
static bool dup_value(struct pal_arena *arena, enum pal_type type, const struct pal_value *from, struct pal_value *to) {
  *to = *from;
  if (from->is != PAL_SET)
    return true;
  switch (type) {
  case PAL_T_INT:
  case PAL_T_BOOL: return true;
  case PAL_T_TEXTS:
  case PAL_T_GUIDS:
  case PAL_T_ARM_IDS: return !from->u.texts || (to->u.texts = dup_texts(arena, from->u.texts));
  case PAL_T_RECORD: to->u.record = pal_record_dup(arena, from->u.record); return to->u.record != NULL;
  case PAL_T_RECORDS: return !from->u.records || (to->u.records = dup_records(arena, from->u.records));
  case PAL_T_TEXT:
  case PAL_T_NAME:
  case PAL_T_GUID:
  case PAL_T_ARM_ID:
  case PAL_T_DIGITS:
  case PAL_T_INSTANT:
  case PAL_T_DATE:
  case PAL_T_MONTH:
  case PAL_T_ENUM:
  case PAL_T_JSON: break;
  }
  to->u.text = pal_arena_strdup(arena, from->u.text);
  return to->u.text != NULL;
}

/* --- setting --- */

static const struct pal_field *field_of(const struct pal_record *record, int field) {
  assert(field >= 0 && (size_t)field < record->kind->n);
  return &record->kind->fields[field];
}

static bool is_set_of_texts(enum pal_type type) {
  return type == PAL_T_TEXTS || type == PAL_T_GUIDS || type == PAL_T_ARM_IDS;
}

static bool is_text(enum pal_type type) {
  return !is_set_of_texts(type) && type != PAL_T_INT && type != PAL_T_BOOL && type != PAL_T_RECORD &&
         type != PAL_T_RECORDS;
}

static enum pal_code wrap(const struct pal_record *record, int field, struct pal_err *err) {
  return pal_err_wrap(err, "%s.%s", record->kind->name, field_of(record, field)->json);
}

enum pal_code pal_set_text(struct pal_arena *arena, struct pal_record *record, int field, const char *text,
                           struct pal_err *err) {
  const struct pal_field *row = field_of(record, field);
  assert(is_text(row->type));
  if (!text || (row->type == PAL_T_JSON && strcmp(text, "null") == 0)) {
    record->v[field] = (struct pal_value){.is = PAL_ABSENT};
    return PAL_OK;
  }
  const char *canonical;
  enum pal_code code = value_canonical(arena, row, text, 0, &canonical, err);
  if (code != PAL_OK) {
    (void)wrap(record, field, err);
    return code;
  }
  record->v[field] = (struct pal_value){.is = PAL_SET, .u.text = canonical};
  return PAL_OK;
}

enum pal_code pal_set_texts(struct pal_arena *arena, struct pal_record *record, int field, const char *const *texts,
                            size_t n, struct pal_err *err) {
  const struct pal_field *row = field_of(record, field);
  assert(is_set_of_texts(row->type));
  struct pal_texts *list = value_texts_new(arena, n);
  if (!list)
    return pal_err_nomem(err);
  for (size_t i = 0; i < n; i++) {
    enum pal_code code = value_canonical(arena, row, texts[i], 0, &list->v[i], err);
    if (code != PAL_OK) {
      (void)wrap(record, field, err);
      return code;
    }
  }
  list->n = texts_sort(list->v, n);
  record->v[field] = (struct pal_value){.is = PAL_SET, .u.texts = list};
  return PAL_OK;
}

void pal_set_int(struct pal_record *record, int field, int64_t value) {
  assert(field_of(record, field)->type == PAL_T_INT);
  record->v[field] = (struct pal_value){.is = PAL_SET, .u.i = value};
}

void pal_set_bool(struct pal_record *record, int field, bool value) {
  assert(field_of(record, field)->type == PAL_T_BOOL);
  record->v[field] = (struct pal_value){.is = PAL_SET, .u.b = value};
}

void pal_set_null(struct pal_record *record, int field) {
  assert(field_of(record, field)->flags & PAL_NULLABLE);
  record->v[field] = (struct pal_value){.is = PAL_NULL};
}

void pal_set_absent(struct pal_record *record, int field) {
  (void)field_of(record, field);
  record->v[field] = (struct pal_value){.is = PAL_ABSENT};
}

void pal_set_record(struct pal_record *record, int field, struct pal_record *value) {
  assert(field_of(record, field)->type == PAL_T_RECORD);
  assert(!value || value->kind == field_of(record, field)->kind);
  record->v[field] = (struct pal_value){.is = value ? PAL_SET : PAL_ABSENT, .u.record = value};
}

void pal_set_empty(struct pal_record *record, int field) {
  const struct pal_field *row = field_of(record, field);
  assert(row->type == PAL_T_RECORDS || is_set_of_texts(row->type));
  (void)row;
  record->v[field] = (struct pal_value){.is = PAL_SET};
}

enum pal_code pal_add_record(struct pal_arena *arena, struct pal_record *record, int field, struct pal_record *value,
                             struct pal_err *err) {
  assert(field_of(record, field)->type == PAL_T_RECORDS);
  assert(value->kind == field_of(record, field)->kind);
  struct pal_value *list = &record->v[field];
  if (list->is != PAL_SET)
    *list = (struct pal_value){.is = PAL_SET};
  if (!list->u.records && !(list->u.records = pal_arena_alloc(arena, sizeof *list->u.records)))
    return pal_err_nomem(err);
  return pal_records_add(arena, list->u.records, value, err);
}

enum pal_code pal_records_add(struct pal_arena *arena, struct pal_records *records, struct pal_record *record,
                              struct pal_err *err) {
  if (records->n >= PAL_RECORDS_MAX)
    return pal_err_set(err, PAL_E_LIMIT, "more than %d records of kind %s", PAL_RECORDS_MAX, record->kind->name);
  struct pal_record **v = pal_arena_grow(arena, records->v, records->n, &records->cap, sizeof(struct pal_record *));
  if (!v)
    return pal_err_nomem(err);
  records->v = v;
  records->v[records->n++] = record;
  return PAL_OK;
}

/* --- getting --- */

const char *pal_get_text(const struct pal_record *record, int field) {
  assert(is_text(field_of(record, field)->type));
  return record->v[field].is == PAL_SET ? record->v[field].u.text : NULL;
}

int64_t pal_get_int(const struct pal_record *record, int field, int64_t fallback) {
  assert(field_of(record, field)->type == PAL_T_INT);
  return record->v[field].is == PAL_SET ? record->v[field].u.i : fallback;
}

bool pal_get_bool(const struct pal_record *record, int field, bool fallback) {
  assert(field_of(record, field)->type == PAL_T_BOOL);
  return record->v[field].is == PAL_SET ? record->v[field].u.b : fallback;
}

const struct pal_texts *pal_get_texts(const struct pal_record *record, int field) {
  assert(is_set_of_texts(field_of(record, field)->type));
  return pal_value_texts(&record->v[field]);
}

const struct pal_records *pal_get_records(const struct pal_record *record, int field) {
  assert(field_of(record, field)->type == PAL_T_RECORDS);
  return pal_value_records(&record->v[field]);
}

struct pal_record *pal_get_record(const struct pal_record *record, int field) {
  assert(field_of(record, field)->type == PAL_T_RECORD);
  return record->v[field].is == PAL_SET ? record->v[field].u.record : NULL;
}

/* --- what every written record must hold --- */

static enum pal_code check_list(struct pal_records *records, const char *where, const char *name, struct pal_err *err) {
  for (size_t i = 0; i < records->n; i++) {
    enum pal_code code = record_check(records->v[i], where, err);
    if (code != PAL_OK)
      return code;
  }
  size_t clash = 0;
  if (pal_records_sort(records, &clash) != PAL_OK)
    return pal_err_nomem(err);
  if (clash)
    return pal_err_set(err, PAL_E_INTERNAL, "%s: different records in %s have one key", where, name);
  return PAL_OK;
}

enum pal_code record_check(struct pal_record *record, const char *where, struct pal_err *err) {
  const struct pal_kind *kind = record->kind;
  for (size_t i = 0; i < kind->n; i++) {
    const struct pal_field *row = &kind->fields[i];
    struct pal_value *value = &record->v[i];
    enum pal_code code = PAL_OK;
    if (value->is == PAL_ABSENT && (row->flags & PAL_REQUIRED))
      return pal_err_set(err, PAL_E_INTERNAL, "%s: %s.%s is missing", where, kind->name, row->json);
    if (value->is == PAL_NULL && !(row->flags & PAL_NULLABLE))
      return pal_err_set(err, PAL_E_INTERNAL, "%s: %s.%s is null", where, kind->name, row->json);
    if (value->is == PAL_SET && row->type == PAL_T_RECORD)
      code = record_check(value->u.record, where, err);
    else if (value->is == PAL_SET && row->type == PAL_T_RECORDS && value->u.records)
      code = check_list(value->u.records, where, row->json, err);
    if (code != PAL_OK)
      return code;
  }
  return PAL_OK;
}
