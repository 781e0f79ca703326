/* SPDX-License-Identifier: Apache-2.0 */
/*
 * population.c - whom a run should reach. A shrunken list must show, so a tenant
 * once in the tree stays expected, and everything that any source names counts;
 * only an estate narrows what counts as our own promise, and what it no longer
 * names counts as long as the tree has it.
 */
#include <stdlib.h>
#include <string.h>

#include "areas.h"
#include "pal_population.h"

enum { DECLARED_MAX_AGE_DAYS = 100 };

struct set {
  const char **v;
  size_t n, cap;
};

static enum pal_code add(struct pal_arena *arena, struct set *set, const char *id, struct pal_err *err) {
  const char **grown = pal_arena_grow(arena, set->v, set->n, &set->cap, sizeof *grown);
  if (!grown)
    return pal_err_nomem(err);
  set->v = grown;
  set->v[set->n++] = id;
  return PAL_OK;
}

static enum pal_code add_all(struct pal_arena *arena, struct set *set, const struct pal_texts *ids,
                             struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && ids && i < ids->n; i++)
    code = add(arena, set, ids->v[i], err);
  return code;
}

static bool among(const struct pal_texts *texts, const char *text) {
  for (size_t i = 0; texts && i < texts->n; i++)
    if (strcmp(texts->v[i], text) == 0)
      return true;
  return false;
}

static const struct pal_record *customer_of(const struct pal_record *estate, const char *tenant) {
  const struct pal_records *customers = estate ? pal_get_records(estate, PAL_ESTATE_CUSTOMERS) : NULL;
  for (size_t i = 0; customers && i < customers->n; i++)
    if (strcmp(pal_get_text(customers->v[i], PAL_CUSTOMER_TENANT), tenant) == 0)
      return customers->v[i];
  return NULL;
}

static bool is_offboarded(const struct pal_record *customer) {
  const char *status = pal_get_text(customer, PAL_CUSTOMER_STATUS);
  return status && strcmp(status, "offboarded") == 0;
}

/* Home tenants of identities that go there, unless they are customers. */
static enum pal_code add_own(struct pal_arena *arena, struct set *set, const struct pal_record *settings,
                             const struct pal_record *estate, struct pal_err *err) {
  const struct pal_records *scanners = pal_get_records(settings, PAL_SETTINGS_IDENTITIES);
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < scanners->n; i++) {
    const char *home = pal_get_text(scanners->v[i], PAL_SCANNER_TENANT_ID);
    bool goes = home && (pal_get_bool(scanners->v[i], PAL_SCANNER_ALL, false) ||
                         among(pal_get_texts(scanners->v[i], PAL_SCANNER_TENANTS), home));
    if (goes && !customer_of(estate, home))
      code = add(arena, set, home, err);
  }
  return code;
}

static enum pal_code add_configured(struct pal_arena *arena, struct set *set, const struct pal_record *settings,
                                    struct pal_err *err) {
  const struct pal_records *scanners = pal_get_records(settings, PAL_SETTINGS_IDENTITIES);
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < scanners->n; i++)
    if (!pal_get_bool(scanners->v[i], PAL_SCANNER_ALL, false))
      code = add_all(arena, set, pal_get_texts(scanners->v[i], PAL_SCANNER_TENANTS), err);
  return code;
}

static int compare(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct pal_texts sorted(struct set *set) {
  size_t kept = 0;
  if (set->n > 1)
    qsort(set->v, set->n, sizeof *set->v, compare);
  for (size_t i = 0; i < set->n; i++)
    if (kept == 0 || strcmp(set->v[kept - 1], set->v[i]) != 0)
      set->v[kept++] = set->v[i];
  return (struct pal_texts){set->v, kept};
}

enum pal_code pal_population(struct pal_arena *arena, const struct pal_record *settings,
                             const struct pal_record *estate, const struct pal_texts *parent_tenants,
                             const struct pal_texts *discovered, struct pal_population *ret, struct pal_err *err) {
  struct set tenants = {0}, counted = {0};
  const struct pal_records *customers = estate ? pal_get_records(estate, PAL_ESTATE_CUSTOMERS) : NULL;
  enum pal_code code = add_configured(arena, &tenants, settings, err);
  if (code == PAL_OK)
    code = add_all(arena, &tenants, parent_tenants, err);
  if (code == PAL_OK)
    code = add_all(arena, &tenants, discovered, err);
  if (code == PAL_OK)
    code = add_own(arena, &tenants, settings, estate, err);
  if (!estate) {
    for (size_t i = 0; code == PAL_OK && i < tenants.n; i++)
      code = add(arena, &counted, tenants.v[i], err);
  } else if (code == PAL_OK) {
    code = add_own(arena, &counted, settings, estate, err);
  }
  for (size_t i = 0; code == PAL_OK && estate && parent_tenants && i < parent_tenants->n; i++)
    if (!customer_of(estate, parent_tenants->v[i])) /* a line taken out of the estate is no removal */
      code = add(arena, &counted, parent_tenants->v[i], err);
  for (size_t i = 0; code == PAL_OK && customers && i < customers->n; i++) {
    const char *id = pal_get_text(customers->v[i], PAL_CUSTOMER_TENANT);
    if (is_offboarded(customers->v[i]))
      continue; /* stays while the parent has it, and is not counted */
    code = add(arena, &tenants, id, err);
    if (code == PAL_OK)
      code = add(arena, &counted, id, err);
  }
  if (code == PAL_OK)
    *ret = (struct pal_population){sorted(&tenants), sorted(&counted)};
  return code;
}

/* --- is a tenant complete --- */

int64_t declared_max_age_days(const struct pal_record *settings) {
  const char *text = pal_get_text(settings, PAL_SETTINGS_PARAMETERS);
  struct pal_json_doc *doc = NULL;
  int64_t days = DECLARED_MAX_AGE_DAYS;
  if (text && pal_json_parse(text, strlen(text), "parameters", 0, 0, &doc, NULL) == PAL_OK)
    (void)pal_json_int(pal_json_get(pal_json_root(doc), "declaredMaxAgeDays"), &days);
  pal_json_doc_free(doc);
  return days;
}

/* Nobody can be meant to ask for it any more: it ages, and the tenant is not incomplete for it. */
static bool is_link_of_nobody(const struct pal_record *unit) {
  const char *code = pal_get_text(unit, PAL_COVERAGE_CODE);
  return code && strcmp(pal_get_text(unit, PAL_COVERAGE_AREA), collectors[COLLECTOR_links].area) == 0 &&
         (strcmp(code, PAL_CODE_LEFT) == 0 || strcmp(code, WORD_NO_CREDENTIAL) == 0);
}

/* What only a colleague can read is not the night's to read: their word may be too old for a rule, which then says
 * unknown, but the run read all it could. */
static bool is_complete(const struct pal_record *unit) {
  static const char *const complete[] = {"complete", "not-applicable", "self-declared"};
  const char *state = pal_get_text(unit, PAL_COVERAGE_STATE);
  for (size_t i = 0; i < sizeof complete / sizeof complete[0]; i++)
    if (strcmp(state, complete[i]) == 0)
      return true;
  return is_link_of_nobody(unit);
}

bool pal_tenant_complete(const struct pal_docs *docs, const struct pal_record *settings) {
  bool seen[COLLECTORS_N] = {false};
  for (size_t i = 0; i < docs->n; i++) {
    if (docs->v[i]->file->id != PAL_FILE_COVERAGE)
      continue;
    for (size_t j = 0; j < docs->v[i]->records.n; j++) {
      const struct pal_record *unit = docs->v[i]->records.v[j];
      const struct collector *collector = collector_of_area(pal_get_text(unit, PAL_COVERAGE_AREA));
      if (!collector || !collector_enabled(collector, settings))
        continue;
      seen[collector->id] = true;
      if (!is_complete(unit))
        return false;
    }
  }
  /* Areas that always have a unit when they were read. */
  for (size_t i = 0; i < COLLECTORS_N; i++)
    if (!seen[i] && collectors[i].area && collectors[i].units != UNITS_SUBSCRIPTION &&
        collector_enabled(&collectors[i], settings))
      return false;
  return true;
}
