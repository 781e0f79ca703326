/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site_lists.c - what stands in the tables of policies and on the pages: customers,
 * accounts and links, access, delegations, units of completeness.
 *
 * Rows go from the statement to the file; none is kept. What was not read in this
 * run carries the date it was read on, and a count of what nobody looked at is null.
 */
#include <string.h>

#include "pal_judge.h"
#include "site.h"

/* What a unit (U) of an area (A) in the tenant (T) was read on: NULL never. */
#define READ_ON(T, A, U)                                                                                            \
  "(SELECT CASE coverage.state WHEN 'unread' THEN NULL WHEN 'stale' THEN coverage.as_of ELSE "                      \
  "COALESCE(coverage.as_of, run.started) END FROM coverage WHERE coverage.tenant_id = " T " AND coverage.area = " A \
  " AND coverage.unit IN (" U ", 'tenant') ORDER BY coverage.unit = 'tenant' LIMIT 1)"
#define ROLE_NAME(T, R) \
  "(SELECT role.name FROM role WHERE role.id = " R " AND (role.tenant_id = " T " OR role.tenant_id IS NULL) LIMIT 1)"

static const char customers_sql[] =
    "WITH seen AS (SELECT tenant_id, max(area = 'subscriptions' AND state IN ('unread', 'not-collected')) AS "
    "no_subscriptions,\n"
    "    max(area = 'links' AND state IN ('unread', 'not-collected')) AS no_links,\n"
    "    sum(state NOT IN ('complete', 'not-applicable', 'self-declared')) AS not_read, count(*) AS units,\n"
    "    sum(state = 'partial' OR (state IN ('complete', 'not-applicable') AND as_of IS NULL)) AS fresh,\n"
    "    min(CASE WHEN state NOT IN ('partial', 'unread', 'self-declared') THEN as_of END) AS oldest\n"
    "  FROM coverage GROUP BY tenant_id),\n"
    "linked AS (SELECT tenant_id, count(*) AS n, pal_list(partner_id) AS ids FROM link\n"
    "  WHERE lower(COALESCE(state, 'active')) <> 'deleted' GROUP BY tenant_id),\n"
    "subscribed AS (SELECT tenant_id, count(*) AS n FROM subscription GROUP BY tenant_id),\n"
    "present AS (SELECT tenant_id, count(*) AS n FROM identity GROUP BY tenant_id)\n"
    "SELECT seen.tenant_id, COALESCE(customer.name, tenant.name), COALESCE(customer.country, tenant.country), "
    "customer.status,\n"
    "  customer.owner, customer.from_date, customer.until_date,\n"
    "  COALESCE(present.n, CASE WHEN no_links THEN NULL ELSE 0 END), COALESCE(linked.n, CASE WHEN no_links THEN NULL "
    "ELSE 0 END),\n"
    "  linked.ids, COALESCE(subscribed.n, CASE WHEN no_subscriptions THEN NULL ELSE 0 END), not_read, units, fresh, "
    "oldest\n"
    "FROM seen LEFT JOIN customer ON customer.tenant_id = seen.tenant_id\n"
    "LEFT JOIN tenant ON tenant.id = seen.tenant_id LEFT JOIN linked ON linked.tenant_id = seen.tenant_id\n"
    "LEFT JOIN subscribed ON subscribed.tenant_id = seen.tenant_id\n"
    "LEFT JOIN present ON present.tenant_id = seen.tenant_id ORDER BY 1";

#define ACCOUNT_COLUMNS                                                                                            \
  "our_object.tenant_id, our_object.name, our_object.object_id, our_object.type, our_object.owner, "               \
  "our_object.purpose,\n"                                                                                          \
  "  our_object.left_date, our_object.linked, link.partner_id, COALESCE(registry.name, link.partner_name), "       \
  "registry.type, link.state,\n"                                                                                   \
  "  identity.assurance, declaration.provider, substr(declaration.date, 1, 10),\n"                                 \
  "  CASE WHEN identity.link_answered = 1 THEN COALESCE(identity.last_read, (SELECT max(CASE coverage.state WHEN " \
  "'unread' THEN NULL WHEN 'stale' THEN coverage.as_of ELSE COALESCE(coverage.as_of, run.started) END)\n"          \
  "    FROM coverage WHERE coverage.tenant_id = our_object.tenant_id AND coverage.area = 'links'\n"                \
  "      AND (coverage.unit = our_object.object_id OR coverage.unit IN (SELECT value FROM "                        \
  "json_each(COALESCE(identity.names, '[]')))))) END"
#define ACCOUNT_TABLES                                                                                              \
  "\nFROM our_object JOIN run\n"                                                                                    \
  "LEFT JOIN link ON link.tenant_id = our_object.tenant_id AND link.object_id = our_object.object_id\n"             \
  "LEFT JOIN registry ON registry.id = link.partner_id\n"                                                           \
  "LEFT JOIN identity ON identity.tenant_id = our_object.tenant_id AND identity.object_id = our_object.object_id\n" \
  "LEFT JOIN declaration ON declaration.tenant_id = our_object.tenant_id AND declaration.object_id = "              \
  "our_object.object_id\n"

static const char accounts_sql[] = "SELECT " ACCOUNT_COLUMNS ACCOUNT_TABLES "ORDER BY 1, 2, 3";

static const char people_sql[] =
    "SELECT " ACCOUNT_COLUMNS ", COALESCE(customer.name, tenant.name)" ACCOUNT_TABLES
    "LEFT JOIN customer ON customer.tenant_id = our_object.tenant_id\n"
    "LEFT JOIN tenant ON tenant.id = our_object.tenant_id\n"
    "ORDER BY our_object.name IS NULL, our_object.name, COALESCE(customer.name, tenant.name), 1, 3";

/* An inherited role stands once, whatever it reaches. */
static const char access_sql[] =
    "WITH told AS (SELECT DISTINCT live_access.tenant_id, our_object.name, live_access.object_id, our_object.type, "
    "our_object.owner,\n"
    "    live_access.role_id, live_access.scope, live_access.group_id, live_access.is_inherited,\n"
    "    live_access.kind, live_access.is_standing, live_access.in_force, live_access.blocked, live_access.live, "
    "live_access.end_time, live_access.condition, live_access.last_read,\n"
    "    CASE WHEN live_access.is_inherited THEN 'tenant' ELSE live_access.subscription_id END AS unit\n"
    "  FROM live_access JOIN our_object ON our_object.tenant_id = live_access.tenant_id AND our_object.object_id = "
    "live_access.object_id)\n"
    "SELECT told.tenant_id, told.name, told.object_id, told.type, told.owner, " ROLE_NAME(
        "told.tenant_id", "told.role_id") ",\n"
                                          "  told.role_id, told.scope, told.group_id, told.is_inherited, told.kind, "
                                          "told.is_standing, told.in_force, "
                                          "told.blocked, told.live, substr(told.end_time, 1, 10), told.condition,\n"
                                          "  told.role_id IN ('8e3af657-a8ff-443c-a75c-2fe8c4bcb635', "
                                          "'b24988ac-6180-42a0-ab88-20f7382dd24c', "
                                          "'18d7d88d-d35e-4fb5-a5c3-7773c20a72d9'),\n"
                                          "  COALESCE(told.last_read, " READ_ON(
                                              "told.tenant_id",
                                              "CASE told.kind WHEN 'eligible' THEN 'pim' ELSE "
                                              "'role-assignments' END",
                                              "told.unit") ")\n"
                                                           "FROM told JOIN run ORDER BY 1, 18 DESC, 2, 3, 6, 8";

static const char delegations_sql[] =
    "SELECT our_delegation.tenant_id, our_delegation.name, our_delegation.delegation_id, our_delegation.scope, "
    "our_delegation.managing_tenant_id, our_delegation.is_offer,\n"
    "  authorization.principal_id, COALESCE(our_object.name, authorization.principal_name), "
    "authorization.role_id, " ROLE_NAME(
        "our_delegation.tenant_id",
        "authorization.role_id") ", authorization.kind,\n"
                                 "  COALESCE(our_delegation.last_read, " READ_ON(
                                     "our_delegation.tenant_id", "'delegations'",
                                     "our_delegation.subscription_id") ")\n"
                                                                       "FROM our_delegation JOIN run LEFT JOIN "
                                                                       "authorization ON authorization.tenant_id = "
                                                                       "our_delegation.tenant_id AND "
                                                                       "authorization.delegation_id = "
                                                                       "our_delegation.delegation_id\n"
                                                                       "LEFT JOIN our_object ON our_object.tenant_id = "
                                                                       "our_delegation.managing_tenant_id AND "
                                                                       "our_object.object_id = "
                                                                       "authorization.principal_id\n"
                                                                       "ORDER BY 1, 2, 3, 7, 9";

static const char units_sql[] =
    "SELECT coverage.tenant_id, coverage.area, coverage.unit, coverage.state, coverage.items, coverage.expected, "
    "coverage.code, coverage.as_of, accepted_gap.reason, accepted_gap.until,\n"
    "  incomplete_unit.tenant_id IS NOT NULL OR accepted_gap.reason IS NOT NULL\n"
    "FROM coverage JOIN run LEFT JOIN accepted_gap ON accepted_gap.tenant_id = coverage.tenant_id\n"
    "  AND COALESCE(accepted_gap.until, '9999') >= run.today AND coverage.state NOT IN ('complete', "
    "'not-applicable')\n"
    "  AND (accepted_gap.area = coverage.area OR (accepted_gap.area = 'role-assignments'\n"
    "    AND coverage.area IN ('role-definitions', 'pim', 'deny-assignments', 'groups')))\n"
    "LEFT JOIN incomplete_unit ON incomplete_unit.tenant_id = coverage.tenant_id AND incomplete_unit.area = "
    "coverage.area AND incomplete_unit.unit = coverage.unit\n"
    "ORDER BY 1, 2, 3";

static const char subscriptions_sql[] =
    "SELECT subscription.tenant_id, subscription.name, subscription.id, subscription.state, subscription.quota_id,\n"
    "  COALESCE(subscription.last_read, " READ_ON("subscription.tenant_id", "'subscriptions'",
                                                  "subscription.id") ")\n"
                                                                     "FROM subscription JOIN run ORDER BY 1, 2, 3";

/* --- rows into files --- */

static void write_value(struct jsonw *w, const struct pal_sql_value *value) {
  if (value->type == PAL_SQL_INTEGER)
    jsonw_raw(w, NULL, value->text);
  else
    jsonw_text(w, NULL, value->text);
}

static void write_cells(struct jsonw *w, int n, const struct pal_sql_value *values) {
  jsonw_array(w, NULL, JSONW_INLINE);
  for (int i = 0; i < n; i++)
    write_value(w, &values[i]);
  jsonw_end(w);
}

static enum pal_code on_listed(void *payload, int n, const char *const *names, const struct pal_sql_value *values,
                               struct pal_err *err) {
  struct site_list *list = payload;
  (void)names;
  if (!values)
    return PAL_OK;
  enum pal_code code = site_list_open(list, false, err);
  if (code != PAL_OK)
    return code;
  write_cells(&list->w, n, values);
  return site_list_settle(list, err);
}

/* One list after another as the statement orders it. */
static enum pal_code write_listed(struct pal_judge *judge, const char *sql, const char *folder, const char *name,
                                  size_t *ret_parts, struct pal_err *err) {
  struct site_list list;
  site_list_init(&list, folder, name);
  enum pal_code code = pal_judge_query(judge, sql, on_listed, &list, err);
  if (code == PAL_OK)
    code = site_list_close(&list, NULL, err);
  site_list_drop(&list);
  *ret_parts = list.parts;
  return code;
}

struct grouping {
  struct site_list list;
  enum site_kept kept;
  struct site_parts *parts;
  char tenant_id[64], bucket[8];
};

/* The first column is the customer's id, by which the rows are sorted. */
static enum pal_code on_grouped(void *payload, int n, const char *const *names, const struct pal_sql_value *values,
                                struct pal_err *err) {
  struct grouping *g = payload;
  (void)names;
  if (!values)
    return PAL_OK;
  const char *id = values[0].text ? values[0].text : "-";
  bool same = g->list.memory && strcmp(g->tenant_id, id) == 0;
  char here[8];
  enum pal_code code = PAL_OK;
  site_bucket(id, here);
  if (g->list.memory && !same)
    jsonw_end(&g->list.w);
  if (g->list.memory && strcmp(g->bucket, here) != 0)
    code = site_list_keep(&g->list, g->kept, g->bucket, g->parts, err);
  if (code == PAL_OK)
    code = site_list_open(&g->list, true, err);
  if (code != PAL_OK)
    return code;
  if (!same)
    jsonw_array(&g->list.w, id, JSONW_INLINE);
  (void)snprintf(g->tenant_id, sizeof g->tenant_id, "%s", id);
  (void)snprintf(g->bucket, sizeof g->bucket, "%s", here);
  write_cells(&g->list.w, n - 1, values + 1);
  return PAL_OK;
}

/* A file for each two digits with which ids of customers begin. */
static enum pal_code write_grouped(struct pal_judge *judge, const char *sql, const char *folder, enum site_kept kept,
                                   struct site_parts *parts, struct pal_err *err) {
  struct grouping g = {.kept = kept, .parts = parts};
  site_list_init(&g.list, folder, site_kept_names[kept]);
  enum pal_code code = pal_judge_query(judge, sql, on_grouped, &g, err);
  if (code == PAL_OK && g.list.memory) {
    jsonw_end(&g.list.w);
    code = site_list_keep(&g.list, kept, g.bucket, parts, err);
  }
  site_list_drop(&g.list);
  return code;
}

enum pal_code site_write_lists(const struct pal_site *site, const char *folder, struct site_parts *parts,
                               struct pal_err *err) {
  static const char *const grouped[SITE_KEPT_N] = {[SITE_ACCOUNTS] = accounts_sql,
                                                   [SITE_ACCESS] = access_sql,
                                                   [SITE_DELEGATIONS] = delegations_sql,
                                                   [SITE_UNITS] = units_sql,
                                                   [SITE_SUBSCRIPTIONS] = subscriptions_sql};
  if (!site->judge)
    return PAL_OK;
  enum pal_code code = write_listed(site->judge, customers_sql, folder, "customers", &parts->customers, err);
  if (code == PAL_OK)
    code = write_listed(site->judge, people_sql, folder, "people", &parts->people, err);
  for (int i = 0; code == PAL_OK && i < SITE_KEPT_N; i++)
    if (grouped[i])
      code = write_grouped(site->judge, grouped[i], folder, (enum site_kept)i, parts, err);
  return code;
}
