/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "model.h"

enum state { COMPLETE, PARTIAL, STALE, UNREAD, NOT_APPLICABLE, NOT_COLLECTED, SELF_DECLARED };
_Static_assert(SELF_DECLARED + 1 == PAL_COVERAGE_STATES, "as the words of coverage.state");

static enum state state_of(const struct pal_record *unit) {
  const char *word = pal_get_text(unit, PAL_COVERAGE_STATE);
  for (int i = 0; word && i < PAL_COVERAGE_STATES; i++)
    if (strcmp(report_state_word(i), word) == 0)
      return (enum state)i;
  return UNREAD;
}

/* How bad a unit is for a customer that is not complete; 0: it is no reason. Areas not
 * collected are the reason only where nothing worse is. */
static int badness(enum state state) {
  switch (state) {
  case UNREAD: return 4;
  case STALE: return 3;
  case PARTIAL: return 2;
  case NOT_COLLECTED: return 1;
  case SELF_DECLARED:
  case COMPLETE:
  case NOT_APPLICABLE: break;
  }
  return 0;
}

/* Areas in the order in which one needs the other: the first that failed says most. */
static size_t area_rank(const char *area) {
  static const char *const areas[] = {
      "tenant", "subscriptions",    "links",  "directory", "role-assignments", "role-definitions",
      "pim",    "deny-assignments", "groups", "usage",     "delegations"};
  size_t i = 0;
  while (i < sizeof areas / sizeof areas[0] && strcmp(areas[i], area) != 0)
    i++;
  return i;
}

static bool is_missing(enum state state) {
  return state == UNREAD || state == STALE || state == PARTIAL;
}

/* --- gaps the estate accepts --- */

/* As the setting `collect`: role-assignments speaks of all of access and groups. */
static bool speaks_of(const char *listed, const char *area) {
  static const char *const access[] = {"role-definitions", "pim", "deny-assignments", "groups"};
  if (strcmp(listed, area) == 0)
    return true;
  for (size_t i = 0; strcmp(listed, "role-assignments") == 0 && i < sizeof access / sizeof access[0]; i++)
    if (strcmp(access[i], area) == 0)
      return true;
  return false;
}

static const struct pal_record *customer_of(const struct pal_record *estate, const char *tenant_id) {
  const struct pal_records *customers = estate ? pal_get_records(estate, PAL_ESTATE_CUSTOMERS) : NULL;
  for (size_t i = 0; customers && i < customers->n; i++)
    if (report_is(customers->v[i], PAL_CUSTOMER_TENANT, tenant_id))
      return customers->v[i];
  return NULL;
}

/* Reason of a gap that holds on the day, inclusive. */
static const char *accepted_reason(const struct pal_record *customer, const char *area, const char *day) {
  const struct pal_records *gaps = customer ? pal_get_records(customer, PAL_CUSTOMER_GAPS) : NULL;
  for (size_t i = 0; gaps && i < gaps->n; i++) {
    const char *until = pal_get_text(gaps->v[i], PAL_GAP_UNTIL);
    if (speaks_of(pal_get_text(gaps->v[i], PAL_GAP_AREA), area) && (!until || strcmp(day, until) <= 0))
      return pal_get_text(gaps->v[i], PAL_GAP_REASON);
  }
  return NULL;
}

/* --- the worst unit of a customer --- */

struct worst {
  const struct pal_record *unit; /* NULL: none */
  const char *accepted;
  int badness;
  size_t missing;
};

/* A unit that somebody accepted never hides one that nobody did. */
static bool is_worse(const struct worst *than, int rank, const char *accepted, const char *area) {
  if (!than->unit)
    return true;
  if ((accepted == NULL) != (than->accepted == NULL))
    return accepted == NULL;
  if (rank != than->badness)
    return rank > than->badness;
  const char *other = pal_get_text(than->unit, PAL_COVERAGE_AREA);
  size_t here = area_rank(area), there = area_rank(other);
  return here != there ? here < there : strcmp(area, other) < 0;
}

static struct worst find_worst(const struct pal_records *units, const struct pal_record *customer, const char *day) {
  struct worst worst = {0};
  for (size_t i = 0; i < units->n; i++)
    worst.missing += is_missing(state_of(units->v[i]));
  for (size_t i = 0; i < units->n; i++) {
    enum state state = state_of(units->v[i]);
    int rank = badness(state);
    if (rank == 0 || (worst.missing > 0 && !is_missing(state)))
      continue;
    const char *area = pal_get_text(units->v[i], PAL_COVERAGE_AREA);
    const char *accepted = accepted_reason(customer, area, day);
    if (!is_worse(&worst, rank, accepted, area))
      continue;
    worst.unit = units->v[i];
    worst.accepted = accepted;
    worst.badness = rank;
  }
  return worst;
}

/* --- adding one tenant --- */

static enum pal_code insert_gap(struct pal_arena *arena, struct pal_completeness *completeness,
                                const struct pal_gap *gap, struct pal_err *err) {
  struct pal_gap *grown =
      pal_arena_grow(arena, completeness->gaps, completeness->gaps_n, &completeness->gaps_cap, sizeof *grown);
  if (!grown)
    return pal_err_nomem(err);
  completeness->gaps = grown;
  size_t at = completeness->gaps_n++;
  for (; at > 0 && report_compare_customers(gap->tenant_id, gap->tenant_name, grown[at - 1].tenant_id,
                                            grown[at - 1].tenant_name) < 0;
       at--)
    grown[at] = grown[at - 1];
  grown[at] = *gap;
  return PAL_OK;
}

/* A copy in the arena; "" for NULL unless it may stay NULL. */
static bool copy(struct pal_arena *arena, const char **text, bool may_be_null) {
  if (!*text && may_be_null)
    return true;
  *text = pal_arena_strdup(arena, *text ? *text : "");
  return *text != NULL;
}

static enum pal_code add_gap(struct pal_arena *arena, struct pal_completeness *completeness, const char *tenant_id,
                             const char *tenant_name, const struct worst *worst, const char *started,
                             struct pal_err *err) {
  struct pal_gap gap = {.tenant_id = tenant_id,
                        .tenant_name = tenant_name,
                        .area = "tenant",
                        .state = report_state_word(UNREAD),
                        .accepted = worst->accepted,
                        .units = worst->missing ? worst->missing : 1};
  if (worst->unit) {
    enum state state = state_of(worst->unit);
    gap.area = pal_get_text(worst->unit, PAL_COVERAGE_AREA);
    gap.state = report_state_word((int)state);
    gap.cause = pal_get_text(worst->unit, PAL_COVERAGE_CODE);
    gap.as_of = pal_get_text(worst->unit, PAL_COVERAGE_AS_OF);
    /* Absent means this run where the unit was answered in it, else that it never was completely. */
    if (!gap.as_of && state == PARTIAL)
      gap.as_of = started;
  }
  if (!copy(arena, &gap.tenant_id, false) || !copy(arena, &gap.tenant_name, true) || !copy(arena, &gap.area, false) ||
      !copy(arena, &gap.cause, false) || !copy(arena, &gap.as_of, false) || !copy(arena, &gap.accepted, true))
    return pal_err_nomem(err);
  return insert_gap(arena, completeness, &gap, err);
}

static enum pal_code count_unit(struct pal_arena *arena, struct pal_completeness *completeness, const char *area,
                                enum state state, struct pal_err *err) {
  size_t at = 0;
  while (at < completeness->areas_n && strcmp(completeness->areas[at].area, area) < 0)
    at++;
  if (at == completeness->areas_n || strcmp(completeness->areas[at].area, area) != 0) {
    struct pal_area_count *grown =
        pal_arena_grow(arena, completeness->areas, completeness->areas_n, &completeness->areas_cap, sizeof *grown);
    if (!grown)
      return pal_err_nomem(err);
    completeness->areas = grown;
    for (size_t i = completeness->areas_n++; i > at; i--)
      grown[i] = grown[i - 1];
    grown[at] = (struct pal_area_count){.area = pal_arena_strdup(arena, area)};
    if (!grown[at].area)
      return pal_err_nomem(err);
  }
  completeness->areas[at].n[state]++;
  return PAL_OK;
}

static enum pal_code count_declared(struct pal_arena *arena, struct pal_completeness *completeness,
                                    const struct pal_record *unit, const char *started, struct pal_err *err) {
  const char *as_of = pal_get_text(unit, PAL_COVERAGE_AS_OF);
  struct pal_instant at, oldest;
  completeness->self_declared++;
  if (!as_of)
    as_of = started;
  if (completeness->self_declared_oldest &&
      (!pal_instant_parse(as_of, &at) ||
       (pal_instant_parse(completeness->self_declared_oldest, &oldest) && pal_instant_cmp(at, oldest) >= 0)))
    return PAL_OK;
  completeness->self_declared_oldest = pal_arena_strdup(arena, as_of);
  return completeness->self_declared_oldest ? PAL_OK : pal_err_nomem(err);
}

enum pal_code pal_completeness_add(struct pal_arena *arena, struct pal_completeness *completeness,
                                   const char *tenant_id, const char *tenant_name, const struct pal_docs *docs,
                                   const struct pal_record *estate, struct pal_instant started, bool counted,
                                   bool complete, struct pal_err *err) {
  static const struct pal_records none;
  struct pal_tenant_id tenant;
  char now[PAL_INSTANT_MAX], day[11];
  enum pal_code code = pal_tenant_id_parse(tenant_id, &tenant, err);
  if (code != PAL_OK)
    return code;
  const struct pal_doc *doc = pal_docs_find(docs, PAL_FILE_COVERAGE, &tenant, NULL);
  const struct pal_records *units = doc ? &doc->records : &none;
  pal_instant_format(started, now);
  pal_instant_date(started, day);
  for (size_t i = 0; i < units->n && code == PAL_OK; i++) {
    enum state state = state_of(units->v[i]);
    if (counted)
      code = count_unit(arena, completeness, pal_get_text(units->v[i], PAL_COVERAGE_AREA), state, err);
    if (code == PAL_OK && state == SELF_DECLARED)
      code = count_declared(arena, completeness, units->v[i], now, err);
  }
  if (code != PAL_OK || !counted)
    return code;
  completeness->expected++;
  completeness->complete += complete;
  if (complete)
    return PAL_OK;
  struct worst worst = find_worst(units, customer_of(estate, tenant.s), day);
  return add_gap(arena, completeness, tenant.s, tenant_name, &worst, now, err);
}
