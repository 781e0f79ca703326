/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show_person.c - where one person or app of ours is, as far as that was read.
 *
 * What was not read tonight stands as it was read last, with that date, and is
 * never told as current; what was never read is listed; and nobody is told to be
 * the last cover, or not to be, where others may cover unseen.
 */
#include "show_person.h"

#include <string.h>

/* A customer's name and id, for rows of a table called T. */
#define CUSTOMER(T) "COALESCE(customer.name, tenant.name, '-') AS customer, " T ".tenant_id AS tenant"
#define NAMES(T)                                                 \
  "LEFT JOIN customer ON customer.tenant_id = " T ".tenant_id\n" \
  "LEFT JOIN tenant ON tenant.id = " T ".tenant_id\n"
/* What a column D with an instant, or NULL, means to people. */
#define VERIFIED(D) "COALESCE(" D ", '-') AS \"last verified\""
#define READING_OF(D)                                \
  "CASE WHEN " D " IS NULL THEN 'not known' WHEN " D \
  " = run.started THEN 'this run' ELSE 'last read on ' || substr(" D ", 1, 10) END"
#define READING(D) READING_OF(D) " AS reading"

/*
 * mine       the person's objects
 * read       each unit with the instant its facts are of, NULL never. What a unit read in part kept from before has a
 *            date of its own in its records.
 * answered   each identity with the instant its link was read
 * asked      tenants where the person is, or an app asked in vain signs in
 * missing    units of theirs that were not read completely, and areas that have none. Links of people who have left
 *            cannot be read any more and are missing only to themselves.
 */
static const char prelude[] =
    "WITH mine AS MATERIALIZED (SELECT tenant_id, object_id, name, type, linked, left_date, last_read,\n"
    "    COALESCE(principal_name = %s OR name = %s, 0) AS by_name\n"
    "  FROM our_object WHERE principal_name = %s OR object_id = %s OR name = %s),\n"
    "read AS NOT MATERIALIZED (SELECT coverage.tenant_id, coverage.area, coverage.unit, coverage.state,\n"
    "    CASE coverage.state WHEN 'stale' THEN coverage.as_of WHEN 'not-collected' THEN coverage.as_of\n"
    "      WHEN 'unread' THEN NULL WHEN 'partial' THEN run.started ELSE COALESCE(coverage.as_of, run.started) END AS "
    "read_on\n"
    "  FROM coverage JOIN run),\n"
    "signed AS NOT MATERIALIZED (SELECT identity.tenant_id, identity.object_id, configured.value AS unit\n"
    "  FROM identity JOIN json_each(identity.names) AS configured\n"
    "  UNION ALL SELECT tenant_id, object_id, object_id FROM identity),\n"
    "answered AS MATERIALIZED (SELECT identity.tenant_id, identity.object_id,\n"
    "    COALESCE(identity.last_read, (SELECT max(read.read_on) FROM signed JOIN read ON read.tenant_id = "
    "signed.tenant_id AND read.area = 'links' AND read.unit = signed.unit\n"
    "      WHERE signed.tenant_id = identity.tenant_id AND signed.object_id = identity.object_id)) AS read_on\n"
    "  FROM identity WHERE identity.link_answered = 1),\n"
    "own_unit AS MATERIALIZED (SELECT signed.tenant_id, signed.unit, mine.by_name FROM mine JOIN signed ON "
    "signed.tenant_id = mine.tenant_id AND signed.object_id = mine.object_id),\n"
    "asked AS MATERIALIZED (SELECT tenant_id FROM mine UNION SELECT coverage.tenant_id FROM coverage\n"
    "  WHERE coverage.area = 'links' AND coverage.unit IN (SELECT unit FROM own_unit WHERE by_name)),\n"
    "delegating AS MATERIALIZED (SELECT tenant_id FROM unread_delegation\n"
    "  WHERE EXISTS (SELECT 1 FROM mine JOIN own_tenant ON own_tenant.tenant_id = mine.tenant_id)),\n"
    "missing AS MATERIALIZED (\n"
    "  SELECT coverage.tenant_id, coverage.area, coverage.state, coverage.code, coverage.as_of\n"
    "  FROM asked JOIN coverage ON coverage.tenant_id = asked.tenant_id\n"
    "  WHERE coverage.area IN ('subscriptions', 'links', 'role-assignments', 'pim', 'deny-assignments', 'groups')\n"
    "    AND coverage.state NOT IN ('complete', 'not-applicable')\n"
    "    AND (coverage.area <> 'links' OR COALESCE(coverage.code, '') <> 'the person has left'\n"
    "      OR coverage.unit IN (SELECT unit FROM own_unit WHERE own_unit.tenant_id = coverage.tenant_id))\n"
    "  UNION ALL\n"
    "  SELECT asked.tenant_id, needed.value, CASE WHEN needed.value IN (SELECT area FROM collected) OR needed.value = "
    "'subscriptions' THEN 'unread' ELSE 'not-collected' END, NULL, NULL\n"
    "  FROM asked JOIN json_each('[\"subscriptions\",\"links\",\"role-assignments\"]') AS needed\n"
    "  WHERE NOT EXISTS (SELECT 1 FROM coverage WHERE coverage.tenant_id = asked.tenant_id AND coverage.area = "
    "needed.value)\n"
    "  UNION ALL\n"
    "  SELECT delegating.tenant_id, 'delegations', COALESCE(coverage.state, 'unread'), coverage.code, coverage.as_of\n"
    "  FROM delegating LEFT JOIN coverage ON coverage.tenant_id = delegating.tenant_id AND coverage.area = "
    "'delegations'\n"
    "  WHERE COALESCE(coverage.state, 'unread') NOT IN ('complete', 'not-applicable'))\n";

static const char accounts_sql[] =
    ", account AS (SELECT mine.tenant_id, mine.object_id, mine.type,\n"
    /* As it was read; our_object.linked is a judgement, by which nobody who left is linked. */
    "    CASE WHEN link.object_id IS NULL THEN (CASE WHEN answered.object_id IS NULL THEN 'never read' ELSE 'not "
    "linked' "
    "END)\n"
    "      WHEN lower(COALESCE(link.state, 'active')) = 'active' THEN link.partner_id\n"
    "      ELSE link.partner_id || ' (' || link.state || ')' END\n"
    "      || CASE WHEN identity.assurance = 'self-declared' THEN COALESCE(', self-declared by ' || "
    "declaration.provider, '') ELSE '' END"
    " AS link, answered.read_on\n"
    "  FROM mine LEFT JOIN link ON link.tenant_id = mine.tenant_id AND link.object_id = mine.object_id\n"
    "  LEFT JOIN identity ON identity.tenant_id = mine.tenant_id AND identity.object_id = mine.object_id\n"
    "  LEFT JOIN declaration ON declaration.tenant_id = mine.tenant_id AND declaration.object_id = mine.object_id\n"
    "  LEFT JOIN answered ON answered.tenant_id = mine.tenant_id AND answered.object_id = mine.object_id)\n"
    "SELECT " CUSTOMER("account") ", account.object_id AS object, COALESCE(account.type, '-') AS type, account.link,\n"
                                  "  " VERIFIED("account.read_on") ", " READING(
                                      "account.read_on") "\n"
                                                         "FROM account JOIN run\n" NAMES("account") "ORDER BY 1, 2, 3";

/* The unit of the subscription says when a role was read, or that of the whole tenant. */
static const char access_sql[] =
    ", found AS (\n"
    "  SELECT live_access.tenant_id, live_access.tenant_id AS home_id, live_access.scope, live_access.role_id, "
    "live_access.kind, live_access.group_id, live_access.is_inherited, live_access.live, live_access.blocked,\n"
    "    live_access.last_read, CASE live_access.kind WHEN 'eligible' THEN 'pim' ELSE 'role-assignments' END AS area,\n"
    "    CASE WHEN live_access.is_inherited THEN 'tenant' ELSE live_access.subscription_id END AS unit\n"
    "  FROM live_access JOIN mine ON mine.tenant_id = live_access.tenant_id AND mine.object_id = "
    "live_access.object_id\n"
    "  UNION ALL\n"
    "  SELECT delegated_object.tenant_id, mine.tenant_id, delegated_object.scope, delegated_object.role_id,\n"
    "    CASE delegated_object.kind WHEN 'permanent' THEN 'active' ELSE 'eligible' END, delegated_object.group_id, 0,\n"
    "    delegated_object.kind = 'permanent', 0, delegated_object.last_read, 'delegations', "
    "delegated_object.subscription_id\n"
    "  FROM delegated_object JOIN mine ON mine.tenant_id = delegated_object.managing_tenant_id AND mine.object_id = "
    "delegated_object.object_id),\n"
    "dated AS (SELECT found.*, COALESCE(found.last_read, (SELECT read.read_on FROM read WHERE read.tenant_id = "
    "found.tenant_id\n"
    "      AND read.area = found.area AND read.unit IN (found.unit, 'tenant') ORDER BY read.unit = 'tenant' LIMIT 1)) "
    "AS "
    "role_read,\n"
    "    CASE WHEN found.group_id IS NULL THEN run.started ELSE (SELECT read.read_on FROM read WHERE read.tenant_id = "
    "found.home_id\n"
    "      AND read.area = 'groups' AND read.unit IN (found.group_id, 'tenant') ORDER BY read.unit = 'tenant' LIMIT 1) "
    "END AS group_read\n"
    "  FROM found JOIN run),\n"
    "access AS (SELECT tenant_id, scope, role_id, NULL AS role_name,\n"
    "    CASE WHEN area = 'delegations' THEN 'delegation' WHEN group_id IS NOT NULL THEN 'group ' || group_id WHEN "
    "is_inherited THEN 'inherited' ELSE 'direct' END AS path,\n"
    "    CASE WHEN live = 1 THEN 'live' WHEN kind = 'eligible' THEN 'eligible' WHEN blocked = 1 THEN 'denied' ELSE "
    "'not "
    "in force' END AS state,\n"
    "    CASE WHEN role_read IS NOT NULL AND group_read IS NOT NULL THEN min(role_read, group_read) END AS read_on,\n"
    "    NULL AS told\n"
    "  FROM dated\n"
    /* What was read needs nobody's word. */
    "  UNION ALL\n"
    "  SELECT declared.tenant_id, declared.scope, declared.role_id, declared.role_name, 'declared', 'not read', NULL,\n"
    "    'self-declared by ' || declaration.assignments_provider || ' on ' || substr(declaration.assignments_date, 1, "
    "10)\n"
    "  FROM declared_assignment AS declared\n"
    "  JOIN mine ON mine.tenant_id = declared.tenant_id AND mine.object_id = declared.object_id\n"
    "  JOIN declaration ON declaration.tenant_id = declared.tenant_id AND declaration.object_id = declared.object_id\n"
    "  WHERE NOT EXISTS (SELECT 1 FROM assignment WHERE assignment.tenant_id = declared.tenant_id\n"
    "    AND assignment.principal_id = declared.object_id AND assignment.id = declared.id AND assignment.role_id = "
    "declared.role_id))\n"
    "SELECT DISTINCT " CUSTOMER(
        "access") ", access.scope AS scope,\n"
                  "  COALESCE((SELECT role.name FROM role WHERE role.id = access.role_id AND (role.tenant_id = "
                  "access.tenant_id OR "
                  "role.tenant_id IS NULL) LIMIT 1), access.role_name, '-') AS role, access.role_id AS \"role id\", "
                  "access.path AS path,\n"
                  "  CASE WHEN access.told IS NOT NULL OR access.read_on = run.started THEN '' ELSE 'was ' END || "
                  "access.state AS state,\n"
                  "  " VERIFIED("access.read_on") ", COALESCE(access.told, " READING_OF(
                      "access.read_on") ") AS reading\n"
                                        "FROM access JOIN run\n" NAMES("access") "ORDER BY 1, 2, 3, 4, 6";

/*
 * reached    by whom a subscription is covered, or may be, and when role and link of that were read
 * place      where the person covers and nobody else surely does: another's cover that was not read in this run, or is
 *            undecided, leaves it open
 * may_link   the person's objects whose link may be one
 * elsewhere  tenants where cover of theirs may have gone unread
 */
static const char last_cover_sql[] =
    ", reached AS (SELECT cover.tenant_id, cover.subscription_id, cover.covers, mine.object_id IS NOT NULL AS "
    "is_mine,\n"
    "    min(COALESCE(cover.last_read, (SELECT read.read_on FROM read WHERE read.tenant_id = cover.tenant_id\n"
    "      AND read.area = CASE cover.path WHEN 'delegation' THEN 'delegations' ELSE 'role-assignments' END\n"
    "      AND read.unit IN (cover.subscription_id, 'tenant') ORDER BY read.unit = 'tenant' LIMIT 1), ''),\n"
    "      COALESCE(answered.read_on, '')) AS read_on\n"
    "  FROM cover LEFT JOIN mine ON mine.tenant_id = cover.identity_tenant_id AND mine.object_id = cover.object_id\n"
    "  LEFT JOIN answered ON answered.tenant_id = cover.identity_tenant_id AND answered.object_id = cover.object_id\n"
    "  WHERE cover.is_standing AND cover.covers IS NOT 0),\n"
    "place AS (SELECT reached.tenant_id, reached.subscription_id, max(is_mine AND covers = 1) AS covers,\n"
    "    max(CASE WHEN is_mine AND covers = 1 THEN NULLIF(read_on, '') END) AS read_on,\n"
    "    max(NOT is_mine AND (covers IS NULL OR read_on <> run.started)) AS others_unsure\n"
    "  FROM reached JOIN run GROUP BY reached.tenant_id, reached.subscription_id\n"
    "  HAVING max(is_mine) AND NOT max(NOT is_mine AND COALESCE(covers, 0) AND read_on = run.started)),\n"
    "unread AS (SELECT DISTINCT coverage.tenant_id, coverage.area FROM coverage WHERE coverage.state NOT IN "
    "('complete', "
    "'not-applicable')\n"
    "    AND (coverage.area <> 'links' OR COALESCE(coverage.code, '') <> 'the person has left')),\n"
    "judged AS (SELECT place.tenant_id, place.subscription_id, place.read_on,\n"
    "    place.covers AND NOT place.others_unsure AND place.read_on = run.started\n"
    "    AND NOT EXISTS (SELECT 1 FROM unread WHERE unread.tenant_id = place.tenant_id\n"
    "      AND unread.area IN ('links', 'role-assignments', 'deny-assignments', 'groups', 'delegations'))\n"
    "    AND NOT EXISTS (SELECT 1 FROM our_delegation JOIN unread ON unread.tenant_id = "
    "our_delegation.managing_tenant_id\n"
    "      AND unread.area IN ('links', 'groups') WHERE our_delegation.tenant_id = place.tenant_id) AS is_sure\n"
    "  FROM place JOIN run),\n"
    "may_link AS (SELECT mine.tenant_id FROM mine JOIN run LEFT JOIN answered ON answered.tenant_id = mine.tenant_id "
    "AND "
    "answered.object_id = mine.object_id\n"
    "  WHERE COALESCE(mine.left_date, '9999') > run.today AND (mine.linked IS NOT 0 OR answered.read_on IS NOT "
    "run.started)),\n"
    "elsewhere AS (SELECT DISTINCT missing.tenant_id FROM missing\n"
    "  WHERE (missing.area IN ('subscriptions', 'role-assignments', 'groups')\n"
    "      AND (missing.tenant_id IN (SELECT tenant_id FROM may_link) OR missing.tenant_id NOT IN (SELECT tenant_id "
    "FROM "
    "mine)))\n"
    "    OR (missing.area = 'delegations' AND EXISTS (SELECT 1 FROM may_link JOIN own_tenant ON own_tenant.tenant_id = "
    "may_link.tenant_id))),\n"
    "told AS (SELECT judged.tenant_id, COALESCE(subscription.name, '-') AS name, judged.subscription_id AS "
    "subscription,\n"
    "    CASE WHEN judged.is_sure THEN 'yes' ELSE 'unknown' END AS answer, judged.read_on\n"
    "  FROM judged LEFT JOIN subscription ON subscription.tenant_id = judged.tenant_id AND subscription.id = "
    "judged.subscription_id\n"
    "  UNION ALL SELECT tenant_id, '(any other)', '-', 'unknown', NULL FROM elsewhere)\n"
    "SELECT " CUSTOMER("told") ", told.name, told.subscription, told.answer AS \"last cover\",\n"
                               "  " VERIFIED("told.read_on") ", " READING(
                                   "told.read_on") "\n"
                                                   "FROM told JOIN run\n" NAMES(
                                                       "told") "ORDER BY 1, 2, told.subscription = '-', 4";

/* Who answers for the customer, and who of ours is there beside the person: they may take over. A link is changed by its
 * own identity alone. */
static const char ask_sql[] =
    ", holder AS MATERIALIZED (SELECT tenant_id, tenant_id AS home_id, object_id FROM live_access WHERE live IS 1\n"
    "  UNION SELECT tenant_id, managing_tenant_id, object_id FROM delegated_object WHERE kind = 'permanent'),\n"
    "old AS MATERIALIZED (SELECT tenant_id, min(as_of) AS read_on FROM coverage WHERE area IN ('role-assignments', "
    "'delegations') AND state = 'stale' GROUP BY tenant_id),\n"
    "there AS MATERIALIZED (SELECT holder.tenant_id, COALESCE(our_object.principal_name, our_object.name, "
    "our_object.object_id)\n"
    "    || CASE our_object.linked WHEN 1 THEN ' (linked' WHEN 0 THEN ' (not linked' ELSE ' (link not known' END\n"
    "    || COALESCE(', as last read on ' || substr(old.read_on, 1, 10), '') || ')' AS who\n"
    "  FROM holder JOIN run JOIN our_object ON our_object.tenant_id = holder.home_id AND our_object.object_id = "
    "holder.object_id\n"
    "  LEFT JOIN old ON old.tenant_id = holder.tenant_id\n"
    "  WHERE our_object.owner <> 'customer' AND COALESCE(our_object.left_date, '9999') > run.today\n"
    "    AND NOT EXISTS (SELECT 1 FROM mine WHERE mine.tenant_id = holder.home_id AND mine.object_id = "
    "holder.object_id)),\n"
    "place AS (SELECT tenant_id FROM mine UNION SELECT holder.tenant_id FROM holder JOIN mine ON mine.tenant_id = "
    "holder.home_id AND mine.object_id = holder.object_id)\n"
    "SELECT " CUSTOMER("place") ", COALESCE(customer.owner, '-') AS \"account owner\",\n"
                                "  COALESCE(replace(replace(replace((SELECT NULLIF(pal_list(there.who), '[]') FROM "
                                "there WHERE there.tenant_id = "
                                "place.tenant_id), '[\"', ''), '\"]', ''), '\",\"', ', '), 'nobody seen') AS \"others "
                                "of ours with access\"\n"
                                "FROM place\n" NAMES("place") "ORDER BY 1, 2";

static const char not_read_sql[] = "SELECT " CUSTOMER(
    "missing") ", replace(replace(replace(pal_list(missing.area), '[\"', ''), '\"]', ''), '\",\"', ', ') AS areas, "
               "missing.state,\n"
               "  COALESCE(missing.code, '-') AS cause, " VERIFIED(
                   "min(missing.as_of)") ",\n"
                                         "  CASE WHEN missing.state = 'partial' THEN 'this run, in part' WHEN "
                                         "min(missing.as_of) IS NULL THEN 'never read' "
                                         "ELSE 'last read on ' || substr(min(missing.as_of), 1, 10) END AS reading\n"
                                         "FROM missing\n" NAMES("missing") "GROUP BY missing.tenant_id, missing.state, "
                                                                           "missing.code\nORDER BY 1, 2, 3";

static const char *quote(struct pal_arena *arena, const char *text) {
  struct pal_buf buf;
  pal_buf_init(&buf, 4096);
  pal_buf_putc(&buf, '\'');
  for (; *text != '\0'; text++) {
    if (*text == '\'')
      pal_buf_putc(&buf, '\'');
    pal_buf_putc(&buf, *text);
  }
  pal_buf_putc(&buf, '\'');
  const char *copy = buf.bad == PAL_OK ? pal_arena_strdup(arena, buf.data) : NULL;
  pal_buf_deinit(&buf);
  return copy;
}

enum { ACCOUNTS, ACCESS, LAST_COVER, ASK, NOT_READ, SECTIONS };
static const struct section {
  const char *key, *title, *sql, *empty;
} sections[SECTIONS] = {
    [ACCOUNTS] = {"accounts", "Accounts and links", accounts_sql, "No account is known."},
    [ACCESS] = {"access", "Access to customers", access_sql, "No access was seen."},
    [LAST_COVER] = {"lastCover", "Last cover: no other linked identity has standing cover there, or nobody knows",
                    last_cover_sql, "Nowhere the last cover."},
    [ASK] = {"ask", "Whom to ask", ask_sql, "No customer has an account of the person."},
    [NOT_READ] = {"notRead", "Not read, where the person is or may be", not_read_sql, "Everything was read."},
};

static enum pal_code person_rows(struct pal_cli *cli, struct pal_query *query, const char *person,
                                 struct pal_rows rows[SECTIONS], struct pal_err *err) {
  const char *quoted = quote(cli->arena, person);
  if (quoted == NULL)
    return pal_err_set(err, PAL_E_USAGE, "--person: too long");
  for (int i = 0; i < SECTIONS; i++) {
    struct pal_buf sql;
    pal_buf_init(&sql, 64 << 10);
    const char *at = prelude; /* which has several places for the same name */
    for (const char *place; (place = strstr(at, "%s")) != NULL; at = place + 2) {
      pal_buf_add(&sql, at, (size_t)(place - at));
      pal_buf_puts(&sql, quoted);
    }
    pal_buf_puts(&sql, at);
    pal_buf_puts(&sql, sections[i].sql);
    enum pal_code code = pal_buf_check(&sql, "a statement", err);
    if (code == PAL_OK)
      code = pal_query_rows(cli->arena, query, sql.data, &rows[i], err);
    pal_buf_deinit(&sql);
    if (code != PAL_OK)
      return code;
  }
  if (rows[ACCOUNTS].n == 0 && rows[ACCESS].n == 0)
    return pal_err_set(err, PAL_E_NOTFOUND,
                       "nobody of ours is called \"%s\" in this snapshot, and no object of ours has this id", person);
  return PAL_OK;
}

static void sentence(const struct pal_output *output, const struct pal_style *style, const char *text,
                     const char *after) {
  struct pal_buf wrapped;
  pal_buf_init(&wrapped, 4096);
  pal_wrap(&wrapped, text, 0, 0, (size_t)style->width);
  (void)fprintf(output->file, "%s%s", wrapped.data, after);
  pal_buf_deinit(&wrapped);
}

/* Nothing seen is not nothing there. */
static const char *empty_words(const struct pal_rows rows[SECTIONS], int section) {
  if (section == ACCESS && rows[NOT_READ].n > 0)
    return "No access was seen in what was read; see below for what was not.";
  return sections[section].empty;
}

static enum pal_code print_section(const struct pal_format *format, const struct pal_output *output,
                                   const struct pal_style *style, const struct pal_rows rows[SECTIONS], int i,
                                   struct pal_err *err) {
  if (strcmp(format->name, "json") == 0) {
    (void)fprintf(output->file, "%s\"%s\": ", i > 0 ? ",\n" : "", sections[i].key);
  } else if (strcmp(format->name, "markdown") == 0) {
    (void)fprintf(output->file, "%s## %s\n\n", i > 0 ? "\n" : "", sections[i].title);
  } else if (format->machine) {
    (void)fputs(i > 0 ? "\r\n" : "", output->file);
  } else {
    (void)fputs(i > 0 ? "\n" : "", output->file);
    sentence(output, style, sections[i].title, "\n\n");
  }
  if (rows[i].n == 0 && !format->machine) {
    sentence(output, style, empty_words(rows, i), "\n");
    return PAL_OK;
  }
  return pal_table_print(format->name, style, rows[i].header, rows[i].v, rows[i].numbers, rows[i].columns, rows[i].n,
                         output->file, err);
}

enum pal_code pal_show_person(struct pal_cli *cli, struct pal_query *query, const char *person, struct pal_err *err) {
  const struct pal_format *format = NULL;
  struct pal_rows rows[SECTIONS];
  struct pal_output output;
  enum pal_code code = pal_cli_format(cli, &format, err);
  if (code == PAL_OK)
    code = person_rows(cli, query, person, rows, err);
  if (code == PAL_OK)
    code = pal_output_open(cli, &output, err);
  if (code != PAL_OK)
    return code;
  struct pal_style style = pal_cli_style(cli, &output);
  bool json = strcmp(format->name, "json") == 0;
  if (json)
    (void)fputs("{\n", output.file);
  for (int i = 0; code == PAL_OK && i < SECTIONS; i++)
    code = print_section(format, &output, &style, rows, i, err);
  if (json)
    (void)fputs("}\n", output.file);
  return pal_output_close(&output, code, err);
}
