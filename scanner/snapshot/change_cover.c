/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "change_rules.h"

static const char whole[] = "tenant"; /* the unit of areas that are read at one go */

/* --- the table of one side --- */

static int compare_units(const void *a, const void *b) {
  return pal_record_cmp(*(const struct pal_record *const *)a, *(const struct pal_record *const *)b);
}

enum pal_code cover_init(struct cover *cover, const struct pal_docs *docs, struct pal_err *err) {
  const struct pal_tenant_id tenant = docs->n ? docs->v[0]->tenant : (struct pal_tenant_id){.s = ""};
  const struct pal_doc *doc = pal_docs_find(docs, PAL_FILE_COVERAGE, &tenant, NULL);
  if (!doc || doc->records.n == 0)
    return PAL_OK;
  cover->v = calloc(doc->records.n, sizeof(const struct pal_record *));
  if (!cover->v)
    return pal_err_nomem(err);
  cover->n = doc->records.n;
  for (size_t i = 0; i < cover->n; i++)
    cover->v[i] = doc->records.v[i];
  qsort(cover->v, cover->n, sizeof(const struct pal_record *), compare_units);
  return PAL_OK;
}

void cover_deinit(struct cover *cover) {
  free(cover->v);
  *cover = (struct cover){0};
}

static enum known known_of(const struct pal_record *unit) {
  static const struct {
    const char *state;
    enum known known;
  } states[] = {
      {"complete", KNOWN_FULL},
      {"self-declared", KNOWN_FULL},
      {"partial", KNOWN_PARTIAL},
      {"stale", KNOWN_STALE},
  };
  const char *state = pal_get_text(unit, PAL_COVERAGE_STATE);
  for (size_t i = 0; state && i < sizeof states / sizeof states[0]; i++)
    if (strcmp(states[i].state, state) == 0)
      return states[i].known;
  return KNOWN_NONE;
}

static struct reading reading_of(const struct pal_record *unit) {
  return (struct reading){.known = known_of(unit), .there = true, .code = pal_get_text(unit, PAL_COVERAGE_CODE)};
}

/* Index of the first record not before (area, unit). */
static size_t lower_bound(const struct cover *cover, const char *area, const char *unit) {
  size_t low = 0, high = cover->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const struct pal_record *at = cover->v[middle];
    int cmp = strcmp(pal_get_text(at, PAL_COVERAGE_AREA), area);
    if (cmp == 0)
      cmp = strcmp(pal_get_text(at, PAL_COVERAGE_UNIT), unit);
    if (cmp < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

struct reading cover_unit(const struct cover *cover, const char *area, const char *unit) {
  size_t at = lower_bound(cover, area, unit);
  if (at < cover->n && strcmp(pal_get_text(cover->v[at], PAL_COVERAGE_AREA), area) == 0 &&
      strcmp(pal_get_text(cover->v[at], PAL_COVERAGE_UNIT), unit) == 0)
    return reading_of(cover->v[at]);
  return (struct reading){0};
}

struct reading cover_area(const struct cover *cover, const char *area) {
  struct reading weakest = {0};
  for (size_t i = lower_bound(cover, area, "");
       i < cover->n && strcmp(pal_get_text(cover->v[i], PAL_COVERAGE_AREA), area) == 0; i++) {
    struct reading reading = reading_of(cover->v[i]);
    if (!weakest.there || reading.known < weakest.known)
      weakest = reading;
  }
  return weakest;
}

/* --- which unit a record belongs to --- */

static struct reading whole_or_all(const struct cover *cover, const char *area) {
  struct reading reading = cover_unit(cover, area, whole);
  return reading.there ? reading : cover_area(cover, area);
}

/* Read once for the tenant, or subscription by subscription. */
static struct reading delegation_reading(const struct cover *cover, const char *area, const struct pal_record *record) {
  const char *scope = record ? pal_get_text(record, PAL_DELEGATION_SCOPE) : NULL;
  struct pal_subscription_id id;
  if (scope && pal_arm_id_subscription(scope, &id)) {
    struct reading reading = cover_unit(cover, area, id.s);
    if (reading.there)
      return reading;
  }
  return whole_or_all(cover, area);
}

/* The best of the identities that signed in as this object. */
static struct reading identity_reading(const struct cover *cover, const char *area, const struct pal_record *record) {
  struct reading best = {0};
  const struct pal_texts *names = pal_get_texts(record, PAL_IDENTITY_NAMES);
  for (size_t i = 0; i <= names->n; i++) {
    const char *unit = i < names->n ? names->v[i] : pal_get_text(record, PAL_IDENTITY_OBJECT_ID);
    struct reading reading = cover_unit(cover, area, unit);
    if (reading.there && (!best.there || reading.known > best.known))
      best = reading;
  }
  return best;
}

struct reading cover_record(const struct cover *cover, const struct pal_doc *doc, const struct pal_record *record) {
  const char *area = doc->file->area;
  switch (doc->file->id) {
  case PAL_FILE_ASSIGNMENTS:
  case PAL_FILE_PIM:
  case PAL_FILE_DENY:
  case PAL_FILE_USAGE:
  case PAL_FILE_GROUP: return cover_unit(cover, area, doc->id.s);
  case PAL_FILE_IDENTITY: return identity_reading(cover, area, record ? record : doc->records.v[0]);
  case PAL_FILE_DELEGATIONS: return delegation_reading(cover, area, record);
  case PAL_FILE_INHERITED:
  case PAL_FILE_INHERITED_PIM:
  case PAL_FILE_INHERITED_DENY:
  case PAL_FILE_TENANT:
  case PAL_FILE_DIRECTORY:
  case PAL_FILE_SUBSCRIPTION:
  case PAL_FILE_CUSTOM_ROLE: return whole_or_all(cover, area);
  case PAL_FILE_FORMAT:
  case PAL_FILE_ESTATE_FINDINGS:
  case PAL_FILE_BUILTIN_ROLE:
  case PAL_FILE_IN_REGISTRY:
  case PAL_FILE_IN_ESTATE:
  case PAL_FILE_IN_WAIVERS:
  case PAL_FILE_IN_REVIEWS:
  case PAL_FILE_IN_CHANGES:
  case PAL_FILE_IN_SETTINGS:
  case PAL_FILE_IN_HISTORY:
  case PAL_FILE_COVERAGE:
  case PAL_FILE_FINDINGS:
  case PAL_FILE_EVENTS:
  case PAL_FILES_N: break;
  }
  return (struct reading){0};
}

/* --- units that were lost and regained --- */

static enum pal_code compare_unit(struct comparison *c, const struct pal_record *before,
                                  const struct pal_record *after) {
  const char *state[2] = {pal_get_text(before, PAL_COVERAGE_STATE), pal_get_text(after, PAL_COVERAGE_STATE)};
  bool full[2], missing[2];
  for (int i = 0; i < 2; i++) {
    full[i] = strcmp(state[i], "complete") == 0 || strcmp(state[i], "self-declared") == 0;
    missing[i] = strcmp(state[i], "stale") == 0 || strcmp(state[i], "unread") == 0 || strcmp(state[i], "partial") == 0;
  }
  bool lost = full[0] && missing[1];
  if (!lost && !(missing[0] && full[1]))
    return PAL_OK;
  const struct pal_change change = {
      .kind = lost ? "coverage.lost" : "coverage.regained",
      .subject_type = "tenant",
      .subject_id = c->tenant->s,
      .before = before,
      .after = after,
  };
  return comparison_add(c, &pal_files[PAL_FILE_COVERAGE], &change);
}

enum pal_code compare_coverage(struct comparison *c) {
  const struct cover *a = &c->cover_before, *b = &c->cover_after;
  for (size_t i = 0, j = 0; i < a->n && j < b->n;) {
    int cmp = pal_record_cmp(a->v[i], b->v[j]);
    if (cmp == 0) {
      enum pal_code code = compare_unit(c, a->v[i], b->v[j]);
      if (code != PAL_OK)
        return code;
    }
    i += cmp <= 0;
    j += cmp >= 0;
  }
  return PAL_OK;
}
