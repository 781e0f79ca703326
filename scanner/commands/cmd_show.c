/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_show.c - palscan show: one run's estate, or one person's whereabouts, by the policies' own tables. */
#include <string.h>

#include "query.h"
#include "show_person.h"

static const struct pal_opt opts[] = {
    {.name = "person",
     .kind = PAL_OPT_VALUE,
     .arg = "ID",
     .help = "Everything about one person or app of ours: a name of the estate or an object id.",
     .no_environment = true},
};

/* What was never read is unknown, not 0: nobody looked. What was not read in this run stands with its oldest date.
 * `word` says what unknown is in the format. */
static const char estate_sql[] =
    "seen AS (SELECT tenant_id, max(area = 'subscriptions' AND state IN ('unread', 'not-collected')) AS "
    "no_subscriptions,\n"
    "    max(area = 'links' AND state IN ('unread', 'not-collected')) AS no_links,\n"
    "    sum(state NOT IN ('complete', 'not-applicable', 'self-declared')) AS not_read,\n"
    "    sum(state = 'partial' OR (state IN ('complete', 'not-applicable') AND as_of IS NULL)) AS fresh,\n"
    "    min(CASE WHEN state NOT IN ('partial', 'unread', 'self-declared') THEN as_of END) AS oldest FROM coverage "
    "GROUP "
    "BY tenant_id),\n"
    "counted AS (SELECT seen.*, (SELECT count(*) FROM identity WHERE identity.tenant_id = seen.tenant_id) AS "
    "identities,\n"
    "    (SELECT count(*) FROM link WHERE link.tenant_id = seen.tenant_id AND lower(COALESCE(link.state, 'active')) <> "
    "'deleted') AS linked,\n"
    "    (SELECT pal_list(link.partner_id) FROM link WHERE link.tenant_id = seen.tenant_id AND "
    "lower(COALESCE(link.state, 'active')) <> 'deleted') AS partners,\n"
    "    (SELECT count(*) FROM subscription WHERE subscription.tenant_id = seen.tenant_id) AS subscriptions,\n"
    "    (SELECT count(*) FROM finding WHERE finding.tenant_id = seen.tenant_id AND finding.verdict = 'fail' AND "
    "finding.status = 'open') AS fails,\n"
    "    (SELECT count(*) FROM finding WHERE finding.tenant_id = seen.tenant_id AND finding.verdict = 'unknown' AND "
    "finding.status = 'open') AS unknowns\n"
    "  FROM seen)\n"
    "SELECT COALESCE(customer.name, tenant.name, '-') AS customer, counted.tenant_id AS tenant,\n"
    "  COALESCE(customer.country, tenant.country, '-') AS country, COALESCE(customer.status, '-') AS status,\n"
    "  CASE WHEN identities > 0 OR NOT no_links THEN identities ELSE word.unknown END AS identities,\n"
    "  CASE WHEN linked > 0 OR NOT no_links THEN linked ELSE word.unknown END AS linked,\n"
    "  CASE WHEN COALESCE(partners, '[]') <> '[]' THEN replace(replace(replace(partners, '[\"', ''), '\"]', ''), "
    "'\",\"', ', ') WHEN no_links THEN word.unknown ELSE '-' END AS \"partner IDs\",\n"
    "  CASE WHEN subscriptions > 0 OR NOT no_subscriptions THEN subscriptions ELSE word.unknown END AS subscriptions,\n"
    "  not_read AS \"units not read\", fails AS findings, unknowns AS unknown,\n"
    "  CASE WHEN oldest IS NOT NULL THEN CASE WHEN fresh > 0 THEN 'in part ' ELSE '' END || 'last read on ' || "
    "substr(oldest, 1, 10)\n"
    "    WHEN fresh = 0 THEN 'never read' WHEN not_read > 0 THEN 'this run, in part' ELSE 'this run' END AS reading\n"
    "FROM counted JOIN word LEFT JOIN customer ON customer.tenant_id = counted.tenant_id LEFT JOIN tenant ON tenant.id "
    "= "
    "counted.tenant_id\n"
    "ORDER BY 1, 2";

static enum pal_code show_estate(struct pal_cli *cli, struct pal_query *query, const struct pal_format *format,
                                 struct pal_err *err) {
  const char *unknown = strcmp(format->name, "json") == 0 ? "NULL" : "'unknown'";
  const char *sql = pal_arena_printf(cli->arena, "WITH word(unknown) AS (VALUES (%s)),\n%s", unknown, estate_sql);
  if (sql == NULL)
    return pal_err_nomem(err);
  return pal_query_print(cli, query, sql, "No tenant in this snapshot.", err);
}

static enum pal_code run(struct pal_cli *cli, struct pal_err *err) {
  struct pal_app app;
  const struct pal_format *format = NULL;
  const char *person = pal_cli_get(cli, "person");
  enum pal_code code = pal_cli_format(cli, &format, err);
  if (code == PAL_OK)
    code = pal_app_open(cli, 0, &app, err);
  if (code != PAL_OK)
    return code;
  struct pal_query query;
  code = pal_query_open(&app, cli->args_n > 0 ? cli->args[0] : "HEAD", &query, err);
  if (code == PAL_OK)
    code = person != NULL ? pal_show_person(cli, &query, person, err) : show_estate(cli, &query, format, err);
  pal_query_close(&query);
  pal_app_close(&app);
  return code;
}

const struct pal_command pal_command_show = {
    .name = "show",
    .args = "[REV]",
    .summary = "one run's estate; --person: where is this person, where the last cover?",
    .help =
        "Shows the tenants of a snapshot (default: the last): identities, links, partner IDs, what was not read, "
        "open findings and what no rule could judge; a count of what was never read is unknown (null in JSON), not "
        "0. With "
        "--person: every account, link and access of one person or app of ours, the subscriptions nobody else "
        "covers, whom to ask (the customer's account owner, and who else of ours has access there), and what was not "
        "read where the person is or may be. Each row says when it was read (last "
        "verified, an instant) and whether that was in this run (reading); access that was not is told as was "
        "live, and where somebody else may cover unseen, the last cover is unknown. In JSON, --person gives the "
        "arrays accounts, access, lastCover, ask and notRead; in CSV they follow each other after an empty line.",
    .opts = opts,
    .opts_n = sizeof(opts) / sizeof(opts[0]),
    .max_args = 1,
    .run = run,
};
