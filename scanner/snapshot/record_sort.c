/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "value.h"

/* --- sets of text --- */

static int compare_texts(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

size_t texts_sort(const char **v, size_t n) {
  if (n == 0)
    return 0;
  qsort(v, n, sizeof *v, compare_texts);
  size_t kept = 1;
  for (size_t i = 1; i < n; i++)
    if (strcmp(v[i], v[kept - 1]) != 0)
      v[kept++] = v[i];
  return kept;
}

/* --- keys --- */

/* Keys are texts or integers; what is absent comes first. */
static int compare_key(const struct pal_field *row, const struct pal_value *a, const struct pal_value *b) {
  if (a->is != PAL_SET || b->is != PAL_SET)
    return (a->is == PAL_SET) - (b->is == PAL_SET);
  if (row->type == PAL_T_INT)
    return (a->u.i > b->u.i) - (a->u.i < b->u.i);
  return strcmp(a->u.text, b->u.text);
}

static int compare_keys(const struct pal_record *a, const struct pal_record *b) {
  for (size_t i = 0; i < a->kind->n; i++)
    if (a->kind->fields[i].flags & PAL_KEY) {
      int cmp = compare_key(&a->kind->fields[i], &a->v[i], &b->v[i]);
      if (cmp)
        return cmp;
    }
  return 0;
}

/* --- canonical bytes --- */

static int compare_bytes(const struct pal_buf *a, const struct pal_buf *b) {
  size_t n = a->len < b->len ? a->len : b->len;
  int cmp = memcmp(a->data, b->data, n);
  return cmp ? cmp : (a->len > b->len) - (a->len < b->len);
}

/* Without memory everything is equal; what is made of it then fails as well. */
static int compare_canonical(const struct pal_record *a, const struct pal_record *b) {
  struct pal_buf x, y;
  pal_buf_init(&x, PAL_JSON_MAX_BYTES);
  pal_buf_init(&y, PAL_JSON_MAX_BYTES);
  pal_record_compact(a, &x);
  pal_record_compact(b, &y);
  int cmp = x.bad == PAL_OK && y.bad == PAL_OK ? compare_bytes(&x, &y) : 0;
  pal_buf_deinit(&x);
  pal_buf_deinit(&y);
  return cmp;
}

int pal_record_cmp(const struct pal_record *a, const struct pal_record *b) {
  return pal_kind_has_key(a->kind) ? compare_keys(a, b) : compare_canonical(a, b);
}

/* --- lists --- */

struct item {
  struct pal_record *record;
  struct pal_buf bytes; /* of kinds without key */
};

static int compare_items_by_key(const void *a, const void *b) {
  const struct pal_record *x = *(struct pal_record *const *)a;
  const struct pal_record *y = *(struct pal_record *const *)b;
  int cmp = compare_keys(x, y);
  return cmp || x == y ? cmp : compare_canonical(x, y);
}

static int compare_items_by_bytes(const void *a, const void *b) {
  return compare_bytes(&((const struct item *)a)->bytes, &((const struct item *)b)->bytes);
}

static size_t sort_by_key(struct pal_records *records) {
  size_t clash = 0, kept = 1;
  qsort(records->v, records->n, sizeof(struct pal_record *), compare_items_by_key);
  for (size_t i = 1; i < records->n; i++) {
    struct pal_record *last = records->v[kept - 1];
    bool same_key = compare_keys(last, records->v[i]) == 0;
    if (same_key && pal_record_equal(last, records->v[i]))
      continue;
    clash += same_key;
    records->v[kept++] = records->v[i];
  }
  records->n = kept;
  return clash;
}

static enum pal_code sort_by_bytes(struct pal_records *records) {
  struct item *items = calloc(records->n, sizeof *items);
  if (!items)
    return PAL_E_NOMEM;
  bool failed = false;
  for (size_t i = 0; i < records->n; i++) {
    items[i].record = records->v[i];
    pal_buf_init(&items[i].bytes, PAL_JSON_MAX_BYTES);
    pal_record_compact(records->v[i], &items[i].bytes);
    failed = failed || items[i].bytes.bad != PAL_OK;
  }
  if (!failed) {
    qsort(items, records->n, sizeof *items, compare_items_by_bytes);
    size_t kept = 0;
    for (size_t i = 0; i < records->n; i++)
      if (i == 0 || compare_items_by_bytes(&items[i - 1], &items[i]) != 0)
        records->v[kept++] = items[i].record;
    for (size_t i = 0; i < records->n; i++)
      pal_buf_deinit(&items[i].bytes);
    records->n = kept;
  } else {
    for (size_t i = 0; i < records->n; i++)
      pal_buf_deinit(&items[i].bytes);
  }
  free(items);
  return failed ? PAL_E_NOMEM : PAL_OK;
}

static bool is_sorted(const struct pal_records *records) {
  for (size_t i = 1; i < records->n; i++)
    if (pal_record_cmp(records->v[i - 1], records->v[i]) >= 0)
      return false;
  return true;
}

enum pal_code pal_records_sort(struct pal_records *records, size_t *ret_clash) {
  if (ret_clash)
    *ret_clash = 0;
  if (records->n < 2)
    return PAL_OK;
  if (!pal_kind_has_key(records->v[0]->kind))
    return sort_by_bytes(records);
  if (is_sorted(records))
    return PAL_OK;
  size_t clash = sort_by_key(records);
  if (ret_clash)
    *ret_clash = clash;
  return PAL_OK;
}

enum pal_code records_view_init(struct records_view *view, const struct pal_records *records) {
  *view = (struct records_view){.v = records->v, .n = records->n};
  if (records->n < 2 || (pal_kind_has_key(records->v[0]->kind) && is_sorted(records)))
    return PAL_OK;
  view->own = malloc(records->n * sizeof(struct pal_record *));
  if (!view->own)
    return PAL_E_NOMEM;
  memcpy(view->own, records->v, records->n * sizeof(struct pal_record *));
  struct pal_records copy = {.v = view->own, .n = records->n, .cap = records->n};
  enum pal_code code = pal_records_sort(&copy, NULL);
  view->v = copy.v;
  view->n = copy.n;
  return code;
}

void records_view_deinit(struct records_view *view) {
  free(view->own);
  *view = (struct records_view){0};
}

/* --- equality --- */

static bool texts_equal(const struct pal_texts *a, const struct pal_texts *b) {
  if (a->n != b->n)
    return false;
  for (size_t i = 0; i < a->n; i++)
    if (strcmp(a->v[i], b->v[i]) != 0)
      return false;
  return true;
}

static bool lists_equal(const struct pal_records *a, const struct pal_records *b) {
  struct records_view x, y;
  enum pal_code code_x = records_view_init(&x, a), code_y = records_view_init(&y, b);
  bool equal = code_x == PAL_OK && code_y == PAL_OK && x.n == y.n;
  for (size_t i = 0; equal && i < x.n; i++)
    equal = pal_record_equal(x.v[i], y.v[i]);
  records_view_deinit(&x);
  records_view_deinit(&y);
  return equal;
}

bool value_equal(const struct pal_field *row, const struct pal_value *a, const struct pal_value *b) {
  if (a->is != b->is || a->is != PAL_SET)
    return a->is == b->is;
  switch (row->type) {
  case PAL_T_INT: return a->u.i == b->u.i;
  case PAL_T_BOOL: return a->u.b == b->u.b;
  case PAL_T_TEXTS:
  case PAL_T_GUIDS:
  case PAL_T_ARM_IDS: return texts_equal(pal_value_texts(a), pal_value_texts(b));
  case PAL_T_RECORD: return pal_record_equal(a->u.record, b->u.record);
  case PAL_T_RECORDS: return lists_equal(pal_value_records(a), pal_value_records(b));
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
  return strcmp(a->u.text, b->u.text) == 0;
}

bool pal_record_equal(const struct pal_record *a, const struct pal_record *b) {
  if (a == b)
    return true;
  if (a->kind != b->kind)
    return false;
  for (size_t i = 0; i < a->kind->n; i++)
    if (!value_equal(&a->kind->fields[i], &a->v[i], &b->v[i]))
      return false;
  return true;
}

struct pal_record *pal_records_find(const struct pal_records *records, const char *key) {
  if (records->n == 0)
    return NULL;
  const struct pal_kind *kind = records->v[0]->kind;
  int field = 0;
  while ((size_t)field < kind->n && !(kind->fields[field].flags & PAL_KEY))
    field++;
  if ((size_t)field == kind->n)
    return NULL;
  size_t low = 0, high = records->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const char *text = pal_get_text(records->v[middle], field);
    int cmp = strcmp(text ? text : "", key);
    if (cmp == 0)
      return records->v[middle];
    if (cmp < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}
