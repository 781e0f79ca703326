/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_field.h"

#include <string.h>
#include <threads.h>

/* --- the table, expanded --- */

#define X(NAME, ...) static const char *const pal_words_##NAME[] = {__VA_ARGS__, NULL};
PAL_WORDS(X)
#undef X

#define ROW(K, I, ...) {__VA_ARGS__},
#define X(K, ...)                                                                    \
  static const struct pal_field fields_##K[] = {PAL_FIELDS_##K(ROW)};                \
  static unsigned char order_##K[PAL_##K##_N];                                       \
  _Static_assert((int)PAL_##K##_N <= (int)PAL_FIELDS_MAX, "too many fields in " #K); \
  const struct pal_kind pal_kind_##K = {__VA_ARGS__, .fields = fields_##K, .n = PAL_##K##_N, .order = order_##K};
PAL_KINDS(X)
#undef X
#undef ROW

#define X(K, ...) &pal_kind_##K,
const struct pal_kind *const pal_kinds[] = {PAL_KINDS(X)};
#undef X
const size_t pal_kinds_n = sizeof pal_kinds / sizeof pal_kinds[0];

/* --- the order of keys --- */

static void sort_fields(const struct pal_kind *kind) {
  for (size_t i = 0; i < kind->n; i++) {
    size_t at = i;
    for (; at > 0 && strcmp(kind->fields[kind->order[at - 1]].json, kind->fields[i].json) > 0; at--)
      kind->order[at] = kind->order[at - 1];
    kind->order[at] = (unsigned char)i;
  }
}

static void sort_all_fields(void) {
  for (size_t i = 0; i < pal_kinds_n; i++)
    sort_fields(pal_kinds[i]);
}

const unsigned char *pal_kind_order(const struct pal_kind *kind) {
  static once_flag once = ONCE_FLAG_INIT;
  call_once(&once, sort_all_fields);
  return kind->order;
}

/* --- looking up --- */

int pal_kind_find(const struct pal_kind *kind, const char *json) {
  const unsigned char *order = pal_kind_order(kind);
  size_t low = 0, high = kind->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int cmp = strcmp(json, kind->fields[order[middle]].json);
    if (cmp == 0)
      return order[middle];
    if (cmp < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return -1;
}

bool pal_kind_has_key(const struct pal_kind *kind) {
  for (size_t i = 0; i < kind->n; i++)
    if (kind->fields[i].flags & PAL_KEY)
      return true;
  return false;
}

const struct pal_kind *pal_kind_by_table(const char *table) {
  for (size_t i = 0; i < pal_kinds_n; i++)
    if (pal_kinds[i]->table && strcmp(pal_kinds[i]->table, table) == 0)
      return pal_kinds[i];
  return NULL;
}
