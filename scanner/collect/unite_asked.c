/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unite_asked.c - a run limited to some identities: what the others would have
 * read is neither unread nor gone, it is as old as their last reading.
 */
#include <string.h>

#include "unite.h"

bool is_asked(const struct unite *unite, const char *identity) {
  const struct pal_texts *only = unite->input->only_identities;
  for (size_t i = 0; only && i < only->n; i++)
    if (strcmp(only->v[i], identity) == 0)
      return true;
  return !only;
}

static bool is_other(const struct unite *unite, const char *identity) {
  return is_scanner(unite, identity) && !is_asked(unite, identity);
}

/* Whether one of the others saw a subscription when it was last read, with a token of whatever tenant. */
static bool others_see(const struct unite *unite, const char *subscription) {
  const struct pal_doc *doc = doc_of(unite->input->parent, unite, PAL_FILE_SUBSCRIPTION, subscription);
  const struct pal_records *seen = doc ? pal_get_records(doc->records.v[0], PAL_SUBSCRIPTION_SEEN_FROM) : NULL;
  for (size_t i = 0; seen && i < seen->n; i++)
    if (is_other(unite, pal_get_text(seen->v[i], PAL_SIGHTING_IDENTITY)))
      return true;
  return false;
}

/* Whether one of the others got an answer in this tenant. */
static bool others_sign_in(const struct unite *unite) {
  for (size_t i = 0; i < unite->rows_n; i++) {
    const struct row *row = &unite->rows[i];
    if (row->collector && row->collector->units == UNITS_IDENTITY && row->parent && is_other(unite, row->unit) &&
        !is_state(row->parent, "unread") && !is_state(row->parent, "stale"))
      return true;
  }
  return false;
}

static bool others_see_any(const struct unite *unite) {
  const struct pal_docs *parent = unite->input->parent;
  for (size_t i = 0; parent && i < parent->n; i++)
    if (parent->v[i]->file->id == PAL_FILE_SUBSCRIPTION && others_see(unite, parent->v[i]->id.s))
      return true;
  return false;
}

bool is_left_to_others(const struct unite *unite, const struct row *row) {
  if (!unite->input->only_identities || !row->parent)
    return false;
  switch (row->collector->units) {
  case UNITS_IDENTITY: return strcmp(row->unit, UNIT_WHOLE) != 0 && is_other(unite, row->unit);
  case UNITS_ACCESS:
  case UNITS_SUBSCRIPTION:
    if (strcmp(row->unit, UNIT_WHOLE) != 0)
      return others_see(unite, row->unit);
    break;
  case UNITS_NONE:
  case UNITS_WHOLE:
  case UNITS_GROUP: break;
  }
  return others_sign_in(unite) || others_see_any(unite);
}

bool stand_by_others(struct row *row) {
  bool whole = row->parent && (is_state(row->parent, "complete") || is_state(row->parent, "not-applicable"));
  if (!whole || row->rank != RANK_COMPLETE)
    return false;
  row->mode = MODE_MERGE;
  row->others = true;
  return true;
}
