/* SPDX-License-Identifier: Apache-2.0 */
/* parse.c - what the readers of all areas share: one value of an answer into one field. */
#include "parse.h"

#include <stdlib.h>
#include <string.h>

bool parse_has(const struct pal_record *record, int field) {
  return record->v[field].is == PAL_SET;
}

/* Conditions are programs; their service keeps them within what a record holds. */
static bool is_too_long(const struct pal_field *row, const char *text) {
  return row->type == PAL_T_TEXT && strcmp(row->json, "condition") != 0 && strlen(text) > PARSE_TEXT_BYTES_MAX;
}

static enum pal_code set_text(struct parse *parse, struct pal_record *record, int field, const char *text,
                              struct pal_err *err) {
  struct pal_err bad = {0};
  if (*text == '\0')
    return PAL_OK;
  bool fits = !is_too_long(&record->kind->fields[field], text);
  enum pal_code code = fits ? pal_set_text(parse->arena, record, field, text, &bad) : PAL_E_LIMIT;
  if (code == PAL_E_INPUT || code == PAL_E_LIMIT) {
    parse->blemished = true;
    return PAL_OK;
  }
  if (code != PAL_OK && err)
    *err = bad;
  return code;
}

/* A bare GUID where a whole resource id is documented: some services give it; it cannot be joined to anything. */
static bool is_bare_guid(enum pal_type type, const char *text) {
  char guid[PAL_GUID_LEN + 1];
  return type == PAL_T_ARM_ID && pal_guid_canonical(text, strlen(text), guid);
}

enum pal_code parse_field(struct parse *parse, struct pal_record *record, int field, const pal_json *node,
                          struct pal_err *err) {
  const struct pal_field *row = &record->kind->fields[field];
  int64_t number = 0;
  if (!node || pal_json_is_null(node))
    return PAL_OK;
  switch (row->type) {
  case PAL_T_INT:
    if (pal_json_int(node, &number))
      pal_set_int(record, field, number);
    else
      parse->blemished = true;
    return PAL_OK;
  case PAL_T_BOOL:
    if (pal_json_type(node) == PAL_JSON_BOOL)
      pal_set_bool(record, field, pal_json_true(node));
    else
      parse->blemished = true;
    return PAL_OK;
  case PAL_T_TEXT:
  case PAL_T_NAME:
  case PAL_T_GUID:
  case PAL_T_ARM_ID:
  case PAL_T_DIGITS:
  case PAL_T_INSTANT:
  case PAL_T_DATE:
  case PAL_T_MONTH:
  case PAL_T_ENUM:
    if (pal_json_text(node) && is_bare_guid(row->type, pal_json_text(node)))
      return PAL_OK;
    if (pal_json_text(node))
      return set_text(parse, record, field, pal_json_text(node), err);
    parse->blemished = true;
    return PAL_OK;
  case PAL_T_TEXTS:
  case PAL_T_GUIDS:
  case PAL_T_ARM_IDS: return parse_set(parse, record, field, node, err);
  case PAL_T_RECORD:
  case PAL_T_RECORDS:
  case PAL_T_JSON: break;
  }
  return PAL_OK;
}

static bool is_scalar(enum pal_type type) {
  return type != PAL_T_TEXTS && type != PAL_T_GUIDS && type != PAL_T_ARM_IDS && type != PAL_T_RECORD &&
         type != PAL_T_RECORDS && type != PAL_T_JSON;
}

enum pal_code parse_members(struct parse *parse, struct pal_record *record, const pal_json *object,
                            struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < record->kind->n; i++) {
    const struct pal_field *row = &record->kind->fields[i];
    /* lastRead is ours: no service may set it. */
    if (record->v[i].is == PAL_ABSENT && is_scalar(row->type) && strcmp(row->json, "lastRead") != 0)
      code = parse_field(parse, record, (int)i, pal_json_get(object, row->json), err);
  }
  return code;
}

enum pal_code parse_set(struct parse *parse, struct pal_record *record, int field, const pal_json *node,
                        struct pal_err *err) {
  if (!node || pal_json_is_null(node))
    return PAL_OK;
  if (pal_json_type(node) != PAL_JSON_ARRAY) {
    parse->blemished = true;
    return PAL_OK;
  }
  size_t n = 0;
  const char **texts = calloc(pal_json_count(node) + 1, sizeof *texts);
  if (!texts)
    return pal_err_nomem(err);
  struct pal_record *probe = pal_record_new(parse->arena, record->kind);
  enum pal_code code = probe ? PAL_OK : pal_err_nomem(err);
  for (const pal_json *item = pal_json_first(node); code == PAL_OK && item; item = pal_json_next(item)) {
    const char *text = pal_json_text(item);
    struct pal_err bad = {0};
    enum pal_code one = text ? pal_set_texts(parse->arena, probe, field, &text, 1, &bad) : PAL_E_INPUT;
    if (one == PAL_OK)
      texts[n++] = text;
    else if (one == PAL_E_INPUT || one == PAL_E_LIMIT)
      parse->blemished = true; /* this member alone is left out */
    else
      code = pal_err_set(err, one, "%s", bad.text);
  }
  if (code == PAL_OK)
    code = pal_set_texts(parse->arena, record, field, texts, n, err);
  free(texts);
  return code;
}

enum pal_code parse_role_id(struct parse *parse, struct pal_record *record, int field, const pal_json *node,
                            struct pal_err *err) {
  struct pal_role_id id;
  const char *text = pal_json_text(node);
  if (!text || pal_role_id_parse(text, &id, NULL) != PAL_OK) {
    parse->blemished = parse->blemished || (node && !pal_json_is_null(node));
    return PAL_OK;
  }
  return pal_set_text(parse->arena, record, field, id.s, err);
}

enum pal_code parse_permissions(struct parse *parse, struct pal_record *record, int field, const pal_json *node,
                                struct pal_err *err) {
  static const int sets[] = {PAL_PERMISSION_ACTIONS, PAL_PERMISSION_NOT_ACTIONS, PAL_PERMISSION_DATA_ACTIONS,
                             PAL_PERMISSION_NOT_DATA_ACTIONS};
  if (!node || pal_json_is_null(node))
    return PAL_OK;
  if (pal_json_type(node) != PAL_JSON_ARRAY) {
    parse->blemished = true;
    return PAL_OK;
  }
  pal_set_empty(record, field);
  enum pal_code code = PAL_OK;
  for (const pal_json *item = pal_json_first(node); code == PAL_OK && item; item = pal_json_next(item)) {
    struct pal_record *permission = pal_record_new(parse->arena, &pal_kind_PERMISSION);
    if (!permission)
      return pal_err_nomem(err);
    if (pal_json_type(item) != PAL_JSON_OBJECT)
      parse->blemished = true;
    for (size_t i = 0; code == PAL_OK && i < sizeof sets / sizeof sets[0]; i++)
      code = parse_set(parse, permission, sets[i], pal_json_get(item, pal_kind_PERMISSION.fields[sets[i]].json), err);
    if (code == PAL_OK)
      code = parse_members(parse, permission, item, err);
    if (code == PAL_OK)
      code = pal_add_record(parse->arena, record, field, permission, err);
  }
  return code;
}

/* --- one record of each key --- */

/* Of two records with one key: whether a's canonical bytes come first. */
static bool is_smaller(const struct pal_record *a, const struct pal_record *b) {
  struct pal_buf x, y;
  pal_buf_init(&x, SIZE_MAX);
  pal_buf_init(&y, SIZE_MAX);
  pal_record_compact(a, &x);
  pal_record_compact(b, &y);
  bool smaller = strcmp(x.data, y.data) < 0;
  pal_buf_deinit(&x);
  pal_buf_deinit(&y);
  return smaller;
}

enum pal_code records_unify(struct pal_records *records, size_t *ret_clashes, struct pal_err *err) {
  size_t clashes = 0, kept = 0;
  if (!records)
    return PAL_OK;
  if (pal_records_sort(records, NULL) != PAL_OK)
    return pal_err_nomem(err);
  for (size_t i = 0; i < records->n;) {
    size_t end = i + 1;
    struct pal_record *best = records->v[i];
    for (; end < records->n && pal_record_cmp(records->v[i], records->v[end]) == 0; end++)
      if (is_smaller(records->v[end], best))
        best = records->v[end];
    clashes += end - i > 1;
    records->v[kept++] = best;
    i = end;
  }
  records->n = kept;
  if (ret_clashes)
    *ret_clashes = clashes;
  return PAL_OK;
}
