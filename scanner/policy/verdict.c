/* SPDX-License-Identifier: Apache-2.0 */
#include "verdict.h"

#include <stdlib.h>
#include <string.h>

#include "areas.h"
#include "pal_coverage.h"
#include "pal_json.h"

enum { S_PER_DAY = 86400 };

/* What the inputs say of tenants, and answers that many rows ask for again. */
struct assessment_cache {
  struct word_list own;       /* tenants we are at home in, sorted */
  struct word_list customers; /* of the estate, neither offboarded nor in the snapshot */
  struct all_answer {
    const char *area;
    struct assessment assessment;
  } * all;
  size_t all_n, all_cap;
};

/* --- lists --- */

static bool add_word(struct pal_arena *arena, struct word_list *list, const char *word) {
  for (size_t i = 0; i < list->n; i++)
    if (strcmp(list->v[i], word) == 0)
      return true;
  list->v = pal_arena_grow(arena, list->v, list->n, &list->cap, sizeof *list->v);
  if (list->v)
    list->v[list->n++] = word;
  return list->v != NULL;
}

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_words(struct word_list *list) {
  if (list->n > 1)
    qsort(list->v, list->n, sizeof *list->v, by_text);
}

static bool has_word(const struct word_list *sorted, const char *word) {
  return sorted->n && bsearch(&word, sorted->v, sorted->n, sizeof *sorted->v, by_text);
}

void assess_finish(struct assessment *assessment) {
  sort_words(&assessment->areas);
  sort_words(&assessment->causes);
  sort_words(&assessment->reasons);
}

const char *older_instant(const char *a, const char *b) {
  struct pal_instant left, right;
  bool have_left = a && *a && pal_instant_parse(a, &left), have_right = b && *b && pal_instant_parse(b, &right);
  if (!have_left || !have_right)
    return have_left ? a : have_right ? b : NULL;
  return pal_instant_cmp(left, right) <= 0 ? a : b;
}

/* --- one unit --- */

static bool declared_fresh(const struct pal_judge *judge, const struct unit *unit) {
  struct pal_instant at;
  if (!unit->as_of)
    return true;
  return pal_instant_parse(unit->as_of, &at) && judge->o.started.s - at.s <= judge->declared_max_days * S_PER_DAY;
}

/* Nobody can ask for the link of a person who has left: the answer, that it is none that
 * counts, is complete. What was read of it once is stale all the same. */
static bool is_of_leaver(const struct unit *unit) {
  return unit->state == UNIT_STALE && unit->code && strcmp(unit->code, PAL_CODE_LEFT) == 0 &&
         strcmp(unit->area, "links") == 0;
}

static bool is_well(const struct pal_judge *judge, const struct unit *unit) {
  return unit->state == UNIT_COMPLETE || unit->state == UNIT_NOT_APPLICABLE ||
         (unit->state == UNIT_SELF_DECLARED && declared_fresh(judge, unit));
}

/* Answered; without a date in this run. */
static bool is_answer(const struct unit *unit) {
  return unit->state == UNIT_COMPLETE || unit->state == UNIT_NOT_APPLICABLE || unit->state == UNIT_SELF_DECLARED;
}

static const char *cause_of(const struct unit *unit) {
  if (unit->code && *unit->code)
    return unit->code;
  if (unit->state == UNIT_SELF_DECLARED)
    return "self-declared too long ago";
  return pal_kind_COVERAGE.fields[PAL_COVERAGE_STATE].words[unit->state];
}

/* Where the units looked at stand. */
struct look {
  struct pal_judge *judge;
  struct pal_arena *arena;
  const struct tenant_fact *tenant; /* NULL: not in the snapshot */
  const char *tenant_id;
  const char *area;
  const char *label; /* as it is told: with @managing or @all */
  bool own;          /* the subject's own tenant: its accepted gaps count */
  bool exact;        /* the units are those of the subject itself */
  unsigned flags;    /* enum assess_flags */
};

static const struct pal_record *find_customer(const struct pal_judge *judge, const char *tenant_id) {
  const struct pal_records *customers = judge->o.estate ? pal_get_records(judge->o.estate, PAL_ESTATE_CUSTOMERS) : NULL;
  for (size_t i = 0; customers && i < customers->n; i++)
    if (finding_is(customers->v[i], PAL_CUSTOMER_TENANT, tenant_id))
      return customers->v[i];
  return NULL;
}

/* The reason why the customer does not let us read the area, valid today; NULL for none. */
static const char *accepted_gap(const struct look *look) {
  const struct pal_record *customer =
      look->tenant ? look->tenant->customer : find_customer(look->judge, look->tenant_id);
  const struct pal_records *gaps = customer ? pal_get_records(customer, PAL_CUSTOMER_GAPS) : NULL;
  for (size_t i = 0; gaps && i < gaps->n; i++) {
    const char *word = pal_get_text(gaps->v[i], PAL_GAP_AREA), *until = pal_get_text(gaps->v[i], PAL_GAP_UNTIL);
    bool speaks =
        strcmp(word, look->area) == 0 || (strcmp(word, "role-assignments") == 0 && area_of_access(look->area));
    if (speaks && (!until || strcmp(look->judge->today, until) <= 0))
      return pal_get_text(gaps->v[i], PAL_GAP_REASON);
  }
  return NULL;
}

static bool add_missing(const struct look *look, struct assessment *out, const char *cause) {
  const char *reason = look->own ? accepted_gap(look) : NULL;
  out->incomplete = true;
  out->refused |= reason == NULL;
  return add_word(look->arena, &out->areas, look->label) && add_word(look->arena, &out->causes, cause) &&
         (!reason || add_word(look->arena, &out->reasons, reason));
}

static bool add_never(const struct look *look, struct assessment *out) {
  out->partial = true;
  return add_missing(look, out, "never read");
}

static bool add_unit(const struct look *look, const struct unit *unit, struct assessment *out) {
  bool leaver = is_of_leaver(unit);
  if (!leaver || look->exact) {
    out->oldest = older_instant(out->oldest, unit->as_of);
    out->undated |= unit->state == UNIT_STALE && !unit->as_of;
  }
  out->fresh |= is_answer(unit) && !unit->as_of;
  if (leaver || is_well(look->judge, unit))
    return true;
  if (unit->state == UNIT_PARTIAL || unit->state == UNIT_NOT_COLLECTED)
    out->partial = true;
  out->stale |= unit->state == UNIT_STALE;
  return add_missing(look, out, cause_of(unit));
}

/* --- the units of an area --- */

static bool add_all_units(const struct look *look, struct assessment *out);

/* Whether an area without units had nothing to be read. */
static bool nothing_to_read(const struct look *look) {
  struct look other = *look;
  struct assessment answer = {0};
  if (strcmp(look->area, "usage") == 0 && look->tenant->subscriptions == 0)
    other.area = "subscriptions";
  else if (strcmp(look->area, "groups") == 0 && !look->tenant->group_principals)
    other.area = "role-assignments";
  else
    return false;
  return add_all_units(&other, &answer) && !answer.incomplete;
}

static bool add_all_units(const struct look *look, struct assessment *out) {
  size_t n = 0;
  const struct unit *units = look->tenant ? facts_units(look->tenant, look->area, &n) : NULL;
  if (n == 0)
    return (look->tenant && nothing_to_read(look)) || add_never(look, out);
  for (size_t i = 0; i < n; i++)
    if (!add_unit(look, &units[i], out))
      return false;
  return true;
}

/* One of them is enough: they are the same object's. */
static bool add_any_unit(const struct look *look, const struct unit *const *units, size_t n, struct assessment *out) {
  const struct unit *best = NULL; /* of those that are well one of this run */
  for (size_t i = 0; i < n; i++)
    if (is_well(look->judge, units[i]) && (!best || (best->as_of && !units[i]->as_of)))
      best = units[i];
  for (size_t i = 0; i < n && !best; i++)
    if (is_of_leaver(units[i]))
      best = units[i];
  if (best)
    return add_unit(look, best, out);
  for (size_t i = 0; i < n; i++)
    if (!add_unit(look, units[i], out))
      return false;
  return true;
}

/* The links units of an identity, at most cap; 0 when none is its own. */
static size_t identity_units(const struct tenant_fact *tenant, const struct identity_fact *identity,
                             const struct unit **units, size_t cap) {
  size_t n = 0;
  for (size_t i = 0; i < identity->names_n && n < cap; i++) {
    units[n] = facts_unit(tenant, "links", identity->names[i]);
    n += units[n] != NULL;
  }
  if (n == 0 && cap > 0) {
    units[0] = facts_unit(tenant, "links", identity->object_id);
    n += units[0] != NULL;
  }
  return n;
}

enum { IDENTITY_UNITS_MAX = 64 };

bool assess_link_fresh(struct pal_judge *judge, const struct tenant_fact *tenant,
                       const struct identity_fact *identity) {
  const struct unit *units[IDENTITY_UNITS_MAX];
  size_t n = identity_units(tenant, identity, units, IDENTITY_UNITS_MAX);
  (void)judge;
  for (size_t i = 0; i < n && identity->answered; i++)
    if (units[i]->state == UNIT_COMPLETE || (units[i]->state == UNIT_SELF_DECLARED && !units[i]->as_of))
      return true;
  return false;
}

/* Whether a complete list of the subscriptions holds this one no more. */
static bool is_gone(const struct look *look, const char *subscription) {
  struct look list = *look;
  struct assessment answer = {0};
  for (const char *const *area = area_all(); *area; area++)
    if (area_by_subscription(*area) && facts_unit(look->tenant, *area, subscription))
      return false;
  list.area = "subscriptions";
  return add_all_units(&list, &answer) && !answer.incomplete;
}

static bool add_subscription_units(const struct look *look, const char *subscription, struct assessment *out) {
  const struct unit *own = facts_unit(look->tenant, look->area, subscription);
  const struct unit *above = facts_unit(look->tenant, look->area, "tenant");
  if (!own && !area_by_subscription(look->area))
    return add_all_units(look, out);
  if (!own && look->flags & ASSESS_MAY_BE_GONE && is_gone(look, subscription))
    return true;
  if (!own)
    return add_never(look, out) && (!above || add_unit(look, above, out));
  return add_unit(look, own, out) && (!above || add_unit(look, above, out));
}

/* The subscription a subject of that type is: a bare GUID or an ARM id. */
static bool subject_subscription(const struct subject *subject, struct pal_subscription_id *ret) {
  if (!subject->type || strcmp(subject->type, "subscription") != 0)
    return false;
  if (pal_guid_canonical(subject->id, strlen(subject->id), ret->s))
    return true;
  return subject->id[0] == '/' && pal_arm_id_subscription(subject->id, ret);
}

static bool add_default_units(const struct look *look, const struct subject *subject, struct assessment *out) {
  struct pal_subscription_id subscription;
  if (look->tenant && subject->type && strcmp(subject->type, "identity") == 0 && strcmp(look->area, "links") == 0) {
    const struct identity_fact *identity = facts_identity(look->tenant, PAL_STATE_NOW, subject->id);
    const struct unit *units[IDENTITY_UNITS_MAX];
    size_t n = identity ? identity_units(look->tenant, identity, units, IDENTITY_UNITS_MAX) : 0;
    struct look its_own = *look;
    its_own.exact = true;
    if (n > 0)
      return add_any_unit(&its_own, units, n, out);
  }
  if (look->tenant && subject_subscription(subject, &subscription))
    return add_subscription_units(look, subscription.s, out);
  return add_all_units(look, out);
}

/* --- the column `units` --- */

/* One pair; false when it is none. */
static bool read_pair(const pal_json *pair, const char **ret_area, const char **ret_name) {
  const pal_json *first = pal_json_type(pair) == PAL_JSON_ARRAY ? pal_json_first(pair) : NULL;
  *ret_area = first ? pal_json_text(first) : NULL;
  *ret_name = first ? pal_json_text(pal_json_next(first)) : NULL;
  return pal_json_count(pair) == 2 && *ret_area && *ret_name && area_find(*ret_area, strlen(*ret_area));
}

bool units_valid(const char *text) {
  struct pal_json_doc *doc = NULL;
  struct pal_err ignored;
  const char *area, *name;
  if (pal_json_parse(text, strlen(text), "units", 0, 0, &doc, &ignored) != PAL_OK)
    return false;
  bool valid = pal_json_type(pal_json_root(doc)) == PAL_JSON_ARRAY;
  for (const pal_json *pair = pal_json_first(pal_json_root(doc)); pair && valid; pair = pal_json_next(pair))
    valid = read_pair(pair, &area, &name);
  pal_json_doc_free(doc);
  return valid;
}

/* *ret_named: whether the pairs name the area; then exactly those units count. */
static enum pal_code add_named_units(const struct look *look, const char *text, bool *ret_named, struct assessment *out,
                                     struct pal_err *err) {
  struct pal_json_doc *doc = NULL;
  const char *area, *name;
  *ret_named = false;
  enum pal_code code = pal_json_parse(text, strlen(text), "units", 0, 0, &doc, err);
  for (const pal_json *pair = code == PAL_OK ? pal_json_first(pal_json_root(doc)) : NULL; pair && code == PAL_OK;
       pair = pal_json_next(pair)) {
    if (!read_pair(pair, &area, &name) || strcmp(area, look->area) != 0)
      continue;
    const struct unit *unit = look->tenant ? facts_unit(look->tenant, area, name) : NULL;
    *ret_named = true;
    struct look named = *look;
    named.exact = true;
    if (!(unit ? add_unit(&named, unit, out) : add_never(look, out)))
      code = pal_err_nomem(err);
  }
  pal_json_doc_free(doc);
  return code;
}

/* --- other tenants --- */

/* Foreign managing tenants are nothing we could read. Which are ours is known
 * from credentials and the estate; where those name none, every one counts. */
static bool add_managing(const struct look *look, const struct tenant_fact *tenant, struct assessment *out) {
  const struct assessment_cache *cache = look->judge->cache;
  for (size_t i = 0; tenant && i < tenant->managing_n; i++) {
    struct look there = *look;
    there.tenant_id = tenant->managing[i];
    there.tenant = facts_find(&look->judge->facts, there.tenant_id);
    if (there.tenant && !there.tenant->here)
      there.tenant = NULL;
    bool ours = cache->own.n == 0 || has_word(&cache->own, there.tenant_id);
    if ((there.tenant || ours) && !add_all_units(&there, out))
      return false;
  }
  return true;
}

static bool merge(const struct look *look, const struct assessment *from, struct assessment *out) {
  bool ok = true;
  for (size_t i = 0; i < from->causes.n; i++)
    ok = ok && add_word(look->arena, &out->causes, from->causes.v[i]);
  if (from->incomplete)
    ok = ok && add_word(look->arena, &out->areas, look->label);
  out->oldest = older_instant(out->oldest, from->oldest);
  out->incomplete |= from->incomplete;
  out->partial |= from->partial;
  out->stale |= from->stale;
  out->undated |= from->undated;
  out->refused |= from->refused;
  out->fresh |= from->fresh;
  return ok;
}

static bool add_everywhere(const struct look *look, struct assessment *out) {
  struct pal_judge *judge = look->judge;
  struct assessment_cache *cache = judge->cache;
  for (size_t i = 0; i < cache->all_n; i++)
    if (strcmp(cache->all[i].area, look->area) == 0)
      return merge(look, &cache->all[i].assessment, out);
  cache->all = pal_arena_grow(judge->arena, cache->all, cache->all_n, &cache->all_cap, sizeof *cache->all);
  if (!cache->all)
    return false;
  struct all_answer *answer = &cache->all[cache->all_n];
  *answer = (struct all_answer){.area = look->area};
  for (size_t i = 0; i < judge->facts.n; i++) {
    struct look there = *look;
    there.arena = judge->arena;
    there.tenant = judge->facts.v[i];
    there.tenant_id = there.tenant->id;
    if (there.tenant->here && there.tenant_id[0] && !add_all_units(&there, &answer->assessment))
      return false;
  }
  for (size_t i = 0; i < cache->customers.n; i++) {
    struct look there = *look;
    there.arena = judge->arena;
    there.tenant = NULL;
    there.tenant_id = cache->customers.v[i];
    if (!add_never(&there, &answer->assessment))
      return false;
  }
  cache->all_n++;
  return merge(look, &answer->assessment, out);
}

/* --- all areas of a policy --- */

static const char *label_of(struct pal_arena *arena, const char *area, enum pal_needs_where where) {
  static const char *const suffixes[] = {[PAL_HERE] = "", [PAL_MANAGING] = "@managing", [PAL_ALL] = "@all"};
  return where == PAL_HERE ? area : pal_arena_printf(arena, "%s%s", area, suffixes[where]);
}

static enum pal_code assess_here(const struct look *look, const struct subject *subject, struct assessment *out,
                                 struct pal_err *err) {
  bool named = false;
  if (!subject->tenant_id[0])
    return PAL_OK; /* of the estate as a whole: only @all speaks of tenants */
  if (subject->units) {
    enum pal_code code = add_named_units(look, subject->units, &named, out, err);
    if (code != PAL_OK || named)
      return code;
  }
  return add_default_units(look, subject, out) ? PAL_OK : pal_err_nomem(err);
}

enum pal_code assess(struct pal_judge *judge, struct pal_arena *arena, const struct pal_need *needs, size_t n,
                     const struct subject *subject, unsigned flags, struct assessment *out, struct pal_err *err) {
  for (size_t i = 0; i < n; i++) {
    enum pal_needs_where where = needs[i].where == PAL_ALL && flags & ASSESS_HERE_ONLY ? PAL_HERE : needs[i].where;
    struct look look = {.judge = judge,
                        .arena = arena,
                        .tenant = subject->tenant,
                        .tenant_id = subject->tenant_id,
                        .area = needs[i].area,
                        .label = label_of(arena, needs[i].area, where),
                        .own = where == PAL_HERE,
                        .flags = flags};
    if (!look.label)
      return pal_err_nomem(err);
    if (look.tenant && !look.tenant->here)
      look.tenant = NULL;
    enum pal_code code = PAL_OK;
    if (where == PAL_HERE)
      code = assess_here(&look, subject, out, err);
    else if (!(where == PAL_ALL ? add_everywhere(&look, out) : add_managing(&look, subject->tenant, out)))
      code = pal_err_nomem(err);
    if (code != PAL_OK)
      return code;
  }
  return PAL_OK;
}

/* --- what the inputs say --- */

static bool add_own(struct pal_judge *judge, const char *tenant_id) {
  return !tenant_id || find_customer(judge, tenant_id) || add_word(judge->arena, &judge->cache->own, tenant_id);
}

static bool add_own_tenants(struct pal_judge *judge) {
  const struct pal_records *scanners = pal_get_records(judge->o.settings, PAL_SETTINGS_IDENTITIES);
  bool ok = true;
  for (size_t i = 0; i < scanners->n; i++)
    ok = ok && add_own(judge, pal_get_text(scanners->v[i], PAL_SCANNER_TENANT_ID));
  const struct pal_records *people = judge->o.estate ? pal_get_records(judge->o.estate, PAL_ESTATE_PRINCIPALS) : NULL;
  for (size_t i = 0; people && i < people->n; i++) {
    const struct pal_record *home = pal_get_record(people->v[i], PAL_PRINCIPAL_HOME);
    const char *owner = pal_get_text(people->v[i], PAL_PRINCIPAL_OWNER);
    if (home && (!owner || strcmp(owner, "us") == 0))
      ok = ok && add_own(judge, pal_get_text(home, PAL_OBJECT_TENANT));
  }
  return ok;
}

static bool add_customers(struct pal_judge *judge) {
  const struct pal_records *customers = judge->o.estate ? pal_get_records(judge->o.estate, PAL_ESTATE_CUSTOMERS) : NULL;
  for (size_t i = 0; customers && i < customers->n; i++) {
    const char *tenant_id = pal_get_text(customers->v[i], PAL_CUSTOMER_TENANT);
    struct tenant_fact *tenant = tenant_id ? facts_find(&judge->facts, tenant_id) : NULL;
    if (tenant)
      tenant->customer = customers->v[i];
    bool gone = finding_is(customers->v[i], PAL_CUSTOMER_STATUS, "offboarded");
    if (tenant_id && !gone && !(tenant && tenant->here) && !add_word(judge->arena, &judge->cache->customers, tenant_id))
      return false;
  }
  return true;
}

enum pal_code assess_prepare(struct pal_judge *judge, struct pal_err *err) {
  judge->cache = pal_arena_alloc(judge->arena, sizeof *judge->cache);
  if (!judge->cache || !add_own_tenants(judge) || !add_customers(judge))
    return pal_err_nomem(err);
  sort_words(&judge->cache->own);
  return PAL_OK;
}
