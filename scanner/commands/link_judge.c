/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link_judge.c - which ID the registry wants for an identity in a tenant, by the
 * views the policies ask, in the order of PAL004: principal (own tenants), tenant,
 * subscription or management group, country, default where it is a decision.
 */
#include <string.h>

#include "link.h"

enum { WANTED_MAX = 64 };

struct wanted {
  struct pal_arena *arena;
  int rank;         /* of those kept */
  const char *rule; /* of the first */
  const char *ids[WANTED_MAX];
  size_t n;
  bool is_open; /* a rule for a management group may hold or not: the next rank counts beside it */
};

/* Object, then the tenant five times: parsed ids. */
#define WANTED_SQL                                                                                                     \
  "SELECT 0 AS rank, 'principal' AS rule, expect.id AS id FROM expect JOIN usable_partner ON "                         \
  "usable_partner.partner_id = expect.id WHERE expect.principal = '%s' AND COALESCE(expect.tenant, '%s') = '%s' "      \
  "AND '%s' IN (SELECT tenant_id FROM own_tenant) "                                                                    \
  "UNION SELECT 2, CASE WHEN expected_scope.subscription_id IS NULL THEN 'management group' ELSE 'subscription' END, " \
  "expected_scope.partner_id FROM expected_scope JOIN usable_partner ON usable_partner.partner_id = "                  \
  "expected_scope.partner_id WHERE expected_scope.tenant_id = '%s' "                                                   \
  "UNION SELECT CASE rule WHEN 'tenant' THEN 1 WHEN 'country' THEN 5 ELSE 6 END, "                                     \
  "rule || CASE rule WHEN 'country' THEN ' ' || country ELSE '' END, partner_id FROM expected_partner "                \
  "WHERE tenant_id = '%s' AND is_decided AND partner_id IS NOT NULL "                                                  \
  "ORDER BY 1, 2, 3"

static enum pal_code on_row(void *payload, int n, const char *const *names, const struct pal_sql_value *values,
                            struct pal_err *err) {
  struct wanted *wanted = payload;
  (void)names;
  (void)n;
  if (values == NULL)
    return PAL_OK;
  int rank = values[0].text[0] - '0'; /* one digit, written above */
  if (wanted->n > 0 && rank != wanted->rank && !wanted->is_open)
    return PAL_OK;
  if (wanted->n == WANTED_MAX)
    return pal_err_set(err, PAL_E_LIMIT, "more than %d rules of the registry name an ID for one tenant", WANTED_MAX);
  if (wanted->n > 0 && rank != wanted->rank)
    wanted->is_open = false;
  wanted->rank = rank;
  if (strcmp(values[1].text, "management group") == 0)
    wanted->is_open = true;
  if (wanted->rule == NULL && (wanted->rule = pal_arena_strdup(wanted->arena, values[1].text)) == NULL)
    return pal_err_nomem(err);
  for (size_t i = 0; i < wanted->n; i++)
    if (strcmp(wanted->ids[i], values[2].text) == 0)
      return PAL_OK;
  wanted->ids[wanted->n] = pal_arena_strdup(wanted->arena, values[2].text);
  return wanted->ids[wanted->n++] != NULL ? PAL_OK : pal_err_nomem(err);
}

static enum pal_code read_wanted(const struct pal_look *look, struct wanted *ret, struct pal_err *err) {
  const char *t = look->tenant.s;
  *ret = (struct wanted){.arena = look->app->arena};
  const char *sql = pal_arena_printf(look->app->arena, WANTED_SQL, look->object.s, t, t, t, t, t);
  if (sql == NULL)
    return pal_err_nomem(err);
  enum pal_code code = pal_judge_query(look->judge, sql, on_row, ret, err);
  /* Two rules for one principal that name different IDs decide nothing. */
  if (code == PAL_OK && ret->rank == 0 && ret->n > 1)
    ret->n = 0;
  return code;
}

static bool is_wanted(const struct wanted *wanted, const char *id) {
  for (size_t i = 0; i < wanted->n; i++)
    if (strcmp(wanted->ids[i], id) == 0)
      return true;
  return false;
}

static enum pal_code list_ids(struct pal_arena *arena, const struct wanted *wanted, const char **ret,
                              struct pal_err *err) {
  const char *text = NULL;
  for (size_t i = 0; i < wanted->n; i++)
    if ((text = pal_arena_printf(arena, "%s%s%s", text != NULL ? text : "", text != NULL ? ", " : "",
                                 wanted->ids[i])) == NULL)
      return pal_err_nomem(err);
  *ret = text;
  return PAL_OK;
}

/* --- the registry's own word of an ID --- */

static const struct pal_record *entry_of(const struct pal_record *registry, int list, int field, const char *id) {
  const struct pal_records *records = pal_get_records(registry, list);
  for (size_t i = 0; i < records->n; i++)
    if (strcmp(pal_get_text(records->v[i], field), id) == 0)
      return records->v[i];
  return NULL;
}

static bool looks_global(const struct pal_record *registry, const char *id) {
  char next[PAL_PARTNER_ID_MAX + 1];
  size_t len = strlen(id);
  memcpy(next, id, len + 1);
  while (len > 0 && next[len - 1] == '9')
    next[--len] = '0';
  if (len == 0)
    return false;
  next[len - 1]++;
  const struct pal_record *entry = entry_of(registry, PAL_REGISTRY_IDS, PAL_PARTNER_ID, next);
  return entry != NULL && strcmp(pal_get_text(entry, PAL_PARTNER_TYPE), "location") == 0;
}

/* What is wrong with an ID of ours whatever the tenant; "": nothing. NULL on no memory. */
static const char *unusable(struct pal_arena *arena, const struct pal_record *entry, struct pal_instant at) {
  const char *status = pal_get_text(entry, PAL_PARTNER_STATUS), *next = pal_get_text(entry, PAL_PARTNER_SUPERSEDED_BY);
  const char *from = pal_get_text(entry, PAL_PARTNER_VALID_FROM), *to = pal_get_text(entry, PAL_PARTNER_VALID_TO);
  char today[11];
  pal_instant_date(at, today);
  if (status != NULL && strcmp(status, "active") != 0)
    return pal_arena_printf(arena, "is %s in the registry%s%s", status, next != NULL ? "; its successor is " : "",
                            next != NULL ? next : "");
  if (from != NULL && strcmp(from, today) > 0)
    return pal_arena_printf(arena, "is valid from %s only", from);
  if (to != NULL && strcmp(to, today) < 0)
    return pal_arena_printf(arena, "was valid until %s", to);
  return "";
}

static enum pal_code say(const struct pal_look *look, const char *id, enum pal_id_word word, const char *state,
                         const char *what, struct pal_id_verdict *ret, struct pal_err *err) {
  ret->word = word;
  ret->state = state;
  ret->sentence = what == NULL        ? NULL
                  : ret->name != NULL ? pal_arena_printf(look->app->arena, "partner ID %s (%s) %s", id, ret->name, what)
                                      : pal_arena_printf(look->app->arena, "partner ID %s %s", id, what);
  return ret->sentence != NULL ? PAL_OK : pal_err_nomem(err);
}

static enum pal_code judge_foreign(const struct pal_look *look, const char *id, const struct wanted *wanted,
                                   struct pal_id_verdict *ret, struct pal_err *err) {
  const struct pal_record *related = entry_of(look->app->registry, PAL_REGISTRY_RELATED, PAL_RELATED_ID, id);
  if (related == NULL)
    return say(look, id, PAL_ID_FOREIGN, "foreign",
               looks_global(look->app->registry, id)
                   ? "is not in the registry, and its number is that of a global (v-org) ID: one less than a location's"
                   : "is not in the registry",
               ret, err);
  ret->name = pal_get_text(related, PAL_RELATED_NAME);
  if (is_wanted(wanted, id))
    return say(look, id, PAL_ID_RIGHT, "right", "is a related partner's, and what your rule names here", ret, err);
  return say(look, id, PAL_ID_RELATED, "related", "is a related partner's, and no rule of yours names it here", ret,
             err);
}

static enum pal_code judge_ours(const struct pal_look *look, const char *id, const struct pal_record *entry,
                                const struct wanted *wanted, struct pal_id_verdict *ret, struct pal_err *err) {
  struct pal_arena *arena = look->app->arena;
  ret->name = pal_get_text(entry, PAL_PARTNER_NAME);
  if (strcmp(pal_get_text(entry, PAL_PARTNER_TYPE), "location") != 0)
    return say(look, id, PAL_ID_GLOBAL, "global", "is the global (v-org) ID: usage under it is counted for nobody", ret,
               err);
  const char *why = unusable(arena, entry, look->at);
  if (why == NULL)
    return pal_err_nomem(err);
  if (why[0] != '\0')
    return say(look, id, PAL_ID_UNUSABLE, "unusable", why, ret, err);
  if (is_wanted(wanted, id))
    return say(look, id, PAL_ID_RIGHT, "right",
               pal_arena_printf(arena, "is what your rule (%s) names here", wanted->rule), ret, err);
  if (wanted->n > 0)
    return say(look, id, PAL_ID_DIFFERS, "differs",
               pal_arena_printf(arena, "differs from your rule (%s), which names %s here", wanted->rule, ret->expected),
               ret, err);
  return say(look, id, PAL_ID_UNDECIDED, "undecided",
             look->placed ? "is a location of yours; no rule says which ID is wanted here"
                          : "is a location of yours; which ID is wanted here cannot be told, because country and "
                            "subscriptions of the tenant were not read",
             ret, err);
}

enum pal_code pal_id_judge(const struct pal_look *look, const char *partner_id, struct pal_id_verdict *ret,
                           struct pal_err *err) {
  struct wanted wanted = {0};
  *ret = (struct pal_id_verdict){0};
  enum pal_code code = read_wanted(look, &wanted, err);
  if (code == PAL_OK && wanted.n > 0) {
    ret->rule = wanted.rule;
    code = list_ids(look->app->arena, &wanted, &ret->expected, err);
  }
  if (code != PAL_OK)
    return code;
  const struct pal_record *entry = entry_of(look->app->registry, PAL_REGISTRY_IDS, PAL_PARTNER_ID, partner_id);
  return entry == NULL ? judge_foreign(look, partner_id, &wanted, ret, err)
                       : judge_ours(look, partner_id, entry, &wanted, ret, err);
}
