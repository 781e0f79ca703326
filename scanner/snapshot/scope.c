/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_scope.h"

#include <stdlib.h>
#include <string.h>

/* --- which run --- */

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool among(const struct pal_texts *sorted, const char *text) {
  return sorted->n > 0 && bsearch(&text, sorted->v, sorted->n, sizeof *sorted->v, by_text) != NULL;
}

static bool is_partial(const struct pal_record *history) {
  return history && history->v[PAL_HISTORY_SCOPE].is != PAL_ABSENT;
}

bool pal_scope_has(const struct pal_record *history, const char *tenant_id) {
  return !is_partial(history) || among(pal_get_texts(history, PAL_HISTORY_SCOPE), tenant_id);
}

const struct pal_texts *pal_scope_identities(const struct pal_record *history) {
  return history && history->v[PAL_HISTORY_IDENTITIES].is != PAL_ABSENT ? pal_get_texts(history, PAL_HISTORY_IDENTITIES)
                                                                        : NULL;
}

const char *pal_scope_read_on(const struct pal_record *history, const char *started, const char *tenant_id) {
  if (pal_scope_has(history, tenant_id))
    return started;
  const struct pal_records *runs = pal_get_records(history, PAL_HISTORY_PARTIAL);
  for (size_t i = 0; i < runs->n; i++) /* a tenant stands in the newest of them only */
    if (among(pal_get_texts(runs->v[i], PAL_PARTIAL_RUN_TENANTS), tenant_id))
      return pal_get_text(runs->v[i], PAL_PARTIAL_RUN_STARTED);
  const struct pal_record *full = pal_get_record(history, PAL_HISTORY_LAST_FULL);
  return full ? pal_get_text(full, PAL_LAST_FULL_STARTED) : started;
}

/* --- writing the date --- */

struct dating {
  struct pal_arena *arena;
  const char *read_on;
  const struct pal_records *units; /* coverage.json */
};

static bool is(const struct pal_record *record, int field, const char *word) {
  const char *text = pal_get_text(record, field);
  return text && strcmp(text, word) == 0;
}

/* A unit that is partial or stale and has no date was never read completely. */
static bool was_read(const struct pal_record *unit) {
  return is(unit, PAL_COVERAGE_STATE, "complete") || is(unit, PAL_COVERAGE_STATE, "not-applicable") ||
         is(unit, PAL_COVERAGE_STATE, "self-declared");
}

static bool is_of_identity(const struct pal_record *identity, const char *unit) {
  const struct pal_texts *names = pal_get_texts(identity, PAL_IDENTITY_NAMES);
  for (size_t i = 0; i < names->n; i++)
    if (strcmp(names->v[i], unit) == 0)
      return true;
  return false;
}

/* Whether a record of this file belongs to a unit of the file's area. */
static bool is_of_unit(const struct pal_doc *doc, const struct pal_record *record, const char *unit) {
  struct pal_subscription_id subscription;
  if (doc->file->id == PAL_FILE_IDENTITY)
    return is_of_identity(record, unit);
  if (doc->file->id == PAL_FILE_DELEGATIONS)
    return pal_arm_id_subscription(pal_get_text(record, PAL_DELEGATION_SCOPE), &subscription) &&
           strcmp(subscription.s, unit) == 0;
  if (doc->file->id == PAL_FILE_CUSTOM_ROLE)
    return true; /* read with any of them */
  if (doc->file->id == PAL_FILE_SUBSCRIPTION || doc->id.s[0] == '\0')
    return strcmp(unit, "tenant") == 0;
  return strcmp(unit, doc->id.s) == 0;
}

/* What a unit read in part leaves undated was read then; what it kept has its date. */
static bool was_read_in_part(const struct dating *dating, const struct pal_doc *doc, const struct pal_record *record) {
  for (size_t i = 0; i < dating->units->n; i++) {
    const struct pal_record *unit = dating->units->v[i];
    if (is(unit, PAL_COVERAGE_STATE, "partial") && is(unit, PAL_COVERAGE_AREA, doc->file->area) &&
        is_of_unit(doc, record, pal_get_text(unit, PAL_COVERAGE_UNIT)))
      return true;
  }
  return false;
}

/* The field of a record that lacks the date; -1: none does. */
static int undated(const struct dating *dating, const struct pal_doc *doc, const struct pal_record *record) {
  int field = -1;
  if (doc->file->kind == &pal_kind_COVERAGE)
    field = was_read(record) ? PAL_COVERAGE_AS_OF : -1;
  else if (doc->file->kind == &pal_kind_FINDING)
    field = PAL_FINDING_LAST_VERIFIED;
  else if (doc->file->area && was_read_in_part(dating, doc, record))
    field = pal_kind_find(record->kind, "lastRead");
  return field >= 0 && !pal_get_text(record, field) ? field : -1;
}

static bool any_in_part(const struct pal_records *units) {
  for (size_t i = 0; i < units->n; i++)
    if (is(units->v[i], PAL_COVERAGE_STATE, "partial"))
      return true;
  return false;
}

enum pal_code pal_scope_date(struct pal_docs *docs, const char *read_on, struct pal_err *err) {
  static const struct pal_records none;
  struct dating dating = {.arena = docs->arena, .read_on = read_on, .units = &none};
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < docs->n; i++)
    if (docs->v[i]->file->id == PAL_FILE_COVERAGE && any_in_part(&docs->v[i]->records))
      dating.units = &docs->v[i]->records;
  for (size_t i = 0; i < docs->n; i++)
    for (size_t j = 0; code == PAL_OK && j < docs->v[i]->records.n; j++) {
      struct pal_record *record = docs->v[i]->records.v[j];
      int field = undated(&dating, docs->v[i], record);
      if (field >= 0)
        code = pal_set_text(dating.arena, record, field, read_on, err);
    }
  return code;
}
