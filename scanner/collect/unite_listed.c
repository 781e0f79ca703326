/* SPDX-License-Identifier: Apache-2.0 */
/* unite_listed.c - who listed the subscriptions completely: which are gone, and who no longer sees one. */
#include <stdlib.h>
#include <string.h>

#include "unite.h"

bool is_scanner(const struct unite *unite, const char *name) {
  const struct pal_records *scanners = pal_get_records(unite->input->settings, PAL_SETTINGS_IDENTITIES);
  for (size_t i = 0; i < scanners->n; i++)
    if (strcmp(pal_get_text(scanners->v[i], PAL_SCANNER_NAME), name) == 0)
      return true;
  return false;
}

bool is_dropped(const struct unite *unite, const char *subscription) {
  for (size_t low = 0, high = unite->dropped_n; low < high;) {
    size_t middle = low + (high - low) / 2;
    int order = strcmp(unite->dropped[middle], subscription);
    if (order == 0)
      return true;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return false;
}

/* --- who could say --- */

/* The own observation of this identity tonight; NULL: none. */
static const struct source *own_source(const struct unite *unite, const char *identity) {
  for (size_t i = 0; i < unite->sources_n; i++)
    if (unite->sources[i].own && strcmp(unite->sources[i].observation->identity, identity) == 0)
      return &unite->sources[i];
  return NULL;
}

/* Whether this observer's list of subscriptions, of whatever tenants, was complete tonight. Of
 * another tenant's list nothing stands in the observations of this one. */
static bool has_listed(const struct unite *unite, const char *identity, const char *tenant) {
  const struct pal_unite_input *input = unite->input;
  if (strcmp(tenant, input->tenant.s) == 0) {
    const struct source *source = own_source(unite, identity);
    return source && source_rank(source, "subscriptions", UNIT_WHOLE) == RANK_COMPLETE;
  }
  return input->has_listed && input->has_listed(input->listed_payload, identity, tenant);
}

/* Why this observer cannot say tonight which subscriptions there are. */
static const char *why_not_listed(const struct unite *unite, const char *identity, const char *tenant) {
  if (strcmp(tenant, unite->input->tenant.s) != 0)
    return WORD_LIGHTHOUSE;
  const struct source *source = own_source(unite, identity);
  const struct pal_record *unit = source ? source_unit(source, "subscriptions", UNIT_WHOLE) : NULL;
  const char *code = unit ? pal_get_text(unit, PAL_COVERAGE_CODE) : NULL;
  return code ? code : WORD_NOT_ASKED;
}

/* --- subscriptions that are gone --- */

/* An identity of ours saw it last time, with a token of whatever tenant, and cannot say tonight
 * whether it is still there: then it is not gone. *ret_asked: one that this run asked is among them. */
static const char *blocker(const struct unite *unite, const struct pal_record *subscription, bool *ret_asked) {
  const struct pal_records *seen = pal_get_records(subscription, PAL_SUBSCRIPTION_SEEN_FROM);
  const char *why = NULL;
  *ret_asked = false;
  for (size_t i = 0; i < seen->n; i++) {
    const char *identity = pal_get_text(seen->v[i], PAL_SIGHTING_IDENTITY);
    const char *tenant = pal_get_text(seen->v[i], PAL_SIGHTING_TENANT);
    if (!is_scanner(unite, identity) || has_listed(unite, identity, tenant))
      continue;
    if (is_asked(unite, identity)) {
      *ret_asked = true;
      return why_not_listed(unite, identity, tenant);
    }
    why = WORD_NOT_ASKED;
  }
  return why;
}

static bool is_seen(const struct unite *unite, const char *id) {
  for (size_t i = 0; i < unite->sources_n; i++)
    if (doc_of(&unite->sources[i].observation->docs, unite, PAL_FILE_SUBSCRIPTION, id))
      return true;
  return false;
}

static int compare_texts(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum pal_code drop_subscriptions(struct unite *unite, struct row *row, struct pal_err *err) {
  const struct pal_docs *parent = unite->input->parent;
  unite->dropped = pal_arena_calloc(unite->arena, parent ? parent->n + 1 : 1, sizeof *unite->dropped);
  if (!unite->dropped)
    return pal_err_nomem(err);
  if (row->mode != MODE_FRESH)
    return PAL_OK;
  for (size_t i = 0; parent && i < parent->n; i++) {
    const struct pal_doc *doc = parent->v[i];
    if (doc->file->id != PAL_FILE_SUBSCRIPTION || strcmp(doc->tenant.s, unite->input->tenant.s) != 0 ||
        is_seen(unite, doc->id.s))
      continue;
    bool asked = false;
    const char *why = blocker(unite, doc->records.v[0], &asked);
    if (!why) {
      unite->dropped[unite->dropped_n++] = doc->id.s;
    } else if (asked || !stand_by_others(row)) { /* so the list is not whole */
      row->others = false;
      row->mode = MODE_MERGE;
      row->state = "partial";
      row->code = row->rank == RANK_COMPLETE ? why : row->code;
      row->rank = RANK_PARTIAL;
    }
  }
  if (unite->dropped_n > 1)
    qsort(unite->dropped, unite->dropped_n, sizeof *unite->dropped, compare_texts);
  return PAL_OK;
}

/* --- who sees one --- */

static enum pal_code add_sighting(const struct unite *unite, struct pal_record *subscription,
                                  struct pal_record *sighting, struct pal_err *err) {
  const struct pal_records *seen = pal_get_records(subscription, PAL_SUBSCRIPTION_SEEN_FROM);
  for (size_t i = 0; i < seen->n; i++)
    if (pal_record_cmp(seen->v[i], sighting) == 0)
      return PAL_OK;
  return pal_add_record(unite->arena, subscription, PAL_SUBSCRIPTION_SEEN_FROM, sighting, err);
}

enum pal_code sightings_unite(const struct unite *unite, const char *id, struct pal_record *subscription,
                              struct pal_err *err) {
  enum pal_code code = PAL_OK;
  pal_set_absent(subscription, PAL_SUBSCRIPTION_SEEN_FROM);
  pal_set_empty(subscription, PAL_SUBSCRIPTION_SEEN_FROM);
  for (size_t i = 0; code == PAL_OK && i < unite->sources_n; i++) {
    const struct pal_doc *doc = doc_of(&unite->sources[i].observation->docs, unite, PAL_FILE_SUBSCRIPTION, id);
    const struct pal_records *seen = doc ? pal_get_records(doc->records.v[0], PAL_SUBSCRIPTION_SEEN_FROM) : NULL;
    for (size_t j = 0; code == PAL_OK && seen && j < seen->n; j++)
      code = add_sighting(unite, subscription, seen->v[j], err);
  }
  const struct pal_doc *parent = doc_of(unite->input->parent, unite, PAL_FILE_SUBSCRIPTION, id);
  const struct pal_records *before = parent ? pal_get_records(parent->records.v[0], PAL_SUBSCRIPTION_SEEN_FROM) : NULL;
  for (size_t i = 0; code == PAL_OK && before && i < before->n; i++)
    if (!has_listed(unite, pal_get_text(before->v[i], PAL_SIGHTING_IDENTITY),
                    pal_get_text(before->v[i], PAL_SIGHTING_TENANT)))
      code = add_sighting(unite, subscription, before->v[i], err);
  return code;
}
