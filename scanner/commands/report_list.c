/* SPDX-License-Identifier: Apache-2.0 */
#include "report_list.h"

#include <string.h>

#include "pal_json.h"
#include "pal_text.h"

const char *const pal_report_lists[] = {"access", "links", "population", "findings", NULL};

/* --- SQL --- */

/* ["a","b"] as "a, b". */
#define FLAT(x) "replace(replace(replace(replace(" x ", '[]', ''), '[\"', ''), '\"]', ''), '\",\"', ', ')"
#define READING(D)                                   \
  "CASE WHEN " D " IS NULL THEN 'not known' WHEN " D \
  " = run.started THEN 'this run' ELSE 'last read on ' || substr(" D ", 1, 10) END"
#define TENANT_COLUMNS                                                                                      \
  "place.tenant_id AS tenantId, place.name AS tenantName, place.country AS tenantCountry, place.status AS " \
  "tenantStatus, place.owner AS tenantOwner"
#define ABOUT_COLUMNS "about.snapshot, about.started, about.run_kind AS runKind, about.complete, about.expected"

/*
 * about   the snapshot
 * place   every tenant, also those where nothing is
 * read    each unit with the instant its facts are of, NULL never
 */
static const char prelude[] =
    "WITH about(snapshot, started, run_kind, complete, expected) AS (VALUES ('%s', '%s', '%s', %lld, %lld)),\n"
    "place AS MATERIALIZED (SELECT customer_tenant.tenant_id, customer_tenant.name,\n"
    "    COALESCE(customer_tenant.estate_country, customer_tenant.tenant_country) AS country,\n"
    "    COALESCE(customer_tenant.status, 'active') AS status, customer.owner,\n"
    "    CASE WHEN customer.tenant_id IS NULL THEN 'found' ELSE 'estate' END AS source\n"
    "  FROM customer_tenant LEFT JOIN customer ON customer.tenant_id = customer_tenant.tenant_id\n"
    "  UNION ALL SELECT own_tenant.tenant_id, tenant.name, tenant.country, 'own', NULL, 'own'\n"
    "  FROM own_tenant LEFT JOIN tenant ON tenant.id = own_tenant.tenant_id),\n"
    "read AS MATERIALIZED (SELECT coverage.tenant_id, coverage.area, coverage.unit, coverage.state,\n"
    "    CASE coverage.state WHEN 'stale' THEN coverage.as_of WHEN 'not-collected' THEN coverage.as_of\n"
    "      WHEN 'unread' THEN NULL WHEN 'partial' THEN run.started ELSE COALESCE(coverage.as_of, run.started) END AS "
    "read_on\n"
    "  FROM coverage JOIN run),\n"
    "missing AS MATERIALIZED (SELECT tenant_id, pal_list(area) AS areas FROM read\n"
    "  WHERE state NOT IN ('complete', 'not-applicable', 'self-declared') AND area IN (%s) GROUP BY tenant_id),\n"
    "looked AS MATERIALIZED (SELECT DISTINCT tenant_id FROM read WHERE area IN (%s) AND read_on IS NOT NULL),\n"
    "gap AS MATERIALIZED (SELECT place.tenant_id, CASE WHEN looked.tenant_id IS NULL THEN 'everything' ELSE " FLAT(
        "COALESCE(missing.areas, '[]')") " END AS areas\n"
                                         "  FROM place LEFT JOIN missing ON missing.tenant_id = place.tenant_id LEFT "
                                         "JOIN looked ON looked.tenant_id = place.tenant_id),\n"
                                         "answered AS MATERIALIZED (SELECT identity.tenant_id, identity.object_id,\n"
                                         "    COALESCE(identity.last_read, max(read.read_on)) AS read_on\n"
                                         "  FROM identity LEFT JOIN json_each(identity.names) AS configured\n"
                                         "  LEFT JOIN read ON read.tenant_id = identity.tenant_id AND read.area = "
                                         "'links' AND read.unit IN (configured.value, identity.object_id)\n"
                                         "  WHERE identity.link_answered = 1 GROUP BY identity.tenant_id, "
                                         "identity.object_id)";

/* A role of an account of ours, an authorization of a delegation, a role of an agent group, a role of a group whose
 * members nobody could read. */
static const char found_sql[] =
    ",\nfound AS (\n"
    "  SELECT live_access.tenant_id, live_access.tenant_id AS home_id, live_access.object_id AS account_id, "
    "live_access.assignment_id, live_access.scope, live_access.role_id, live_access.group_id, live_access.end_time,\n"
    "    CASE WHEN live_access.group_id IS NOT NULL THEN 'group ' || live_access.group_id WHEN "
    "live_access.is_inherited THEN 'inherited' ELSE 'direct' END AS path,\n"
    "    CASE WHEN max(live_access.live IS 1) THEN 'live' WHEN live_access.kind = 'eligible' THEN 'eligible' WHEN "
    "min(live_access.blocked IS 1) THEN 'denied'\n"
    "      WHEN max(live_access.live IS NULL) THEN 'unknown' ELSE 'not in force' END AS state,\n"
    "    CASE live_access.kind WHEN 'eligible' THEN 'pim' ELSE 'role-assignments' END AS area,\n"
    "    CASE WHEN live_access.is_inherited THEN 'tenant' ELSE live_access.subscription_id END AS unit, "
    "max(live_access.last_read) AS last_read\n"
    "  FROM live_access GROUP BY live_access.tenant_id, live_access.object_id, live_access.group_id, "
    "live_access.assignment_id, live_access.kind\n"
    "  UNION ALL\n"
    "  SELECT our_delegation.tenant_id, our_delegation.managing_tenant_id, COALESCE(our_path.object_id, "
    "authorization.principal_id), our_delegation.delegation_id, our_delegation.scope, authorization.role_id, "
    "our_path.group_id, NULL,\n"
    "    CASE WHEN our_path.group_id IS NULL THEN 'delegation' ELSE 'delegation, group ' || our_path.group_id END,\n"
    "    CASE authorization.kind WHEN 'permanent' THEN 'live' ELSE 'eligible' END, 'delegations', "
    "our_delegation.subscription_id, our_delegation.last_read\n"
    "  FROM our_delegation JOIN authorization ON authorization.tenant_id = our_delegation.tenant_id AND "
    "authorization.delegation_id = our_delegation.delegation_id\n"
    "  LEFT JOIN our_path ON our_path.tenant_id = our_delegation.managing_tenant_id AND our_path.principal_id = "
    "authorization.principal_id\n"
    "  UNION ALL\n"
    "  SELECT tenant_id, tenant_id, principal_id, assignment_id, scope, role_id, NULL, NULL, 'agent group',\n"
    "    CASE WHEN is_ours THEN 'live' ELSE 'unknown' END, 'role-assignments', subscription_id, last_read FROM "
    "agent_group_access\n"
    "  UNION ALL\n"
    "  SELECT tenant_id, tenant_id, group_id, NULL, scope, role_id, group_id, NULL, 'group, members not read', "
    "'unknown', 'groups', group_id, NULL FROM unread_group),\n";
static const char access_sql[] =
    "dated AS (SELECT found.*, COALESCE(found.last_read, (SELECT read.read_on FROM read WHERE read.tenant_id = "
    "found.tenant_id\n"
    "      AND read.area = found.area AND read.unit IN (found.unit, 'tenant') ORDER BY read.unit = 'tenant' LIMIT 1)) "
    "AS role_read,\n"
    "    CASE WHEN found.group_id IS NULL THEN run.started ELSE (SELECT read.read_on FROM read WHERE read.tenant_id = "
    "found.home_id\n"
    "      AND read.area = 'groups' AND read.unit IN (found.group_id, 'tenant') ORDER BY read.unit = 'tenant' LIMIT 1) "
    "END AS group_read\n"
    "  FROM found JOIN run),\n"
    "access AS (SELECT dated.*, CASE WHEN role_read IS NOT NULL AND group_read IS NOT NULL THEN min(role_read, "
    "group_read) END AS read_on FROM dated)\n"
    "SELECT " TENANT_COLUMNS ",\n"
    "  access.account_id AS accountId, COALESCE(our_object.principal_name, our_object.name) AS accountName, "
    "our_object.type AS accountType, our_object.owner AS accountOwner, our_object.purpose,\n"
    "  (SELECT role.name FROM role WHERE role.id = access.role_id AND (role.tenant_id = access.tenant_id OR "
    "role.tenant_id IS NULL) LIMIT 1) AS role,\n"
    "  access.role_id AS roleId, access.scope, access.path,\n"
    "  CASE WHEN access.tenant_id IS NULL THEN CASE gap.areas WHEN 'everything' THEN 'never read' ELSE 'none seen' "
    "END\n"
    "    WHEN access.read_on = run.started OR access.state = 'unknown' THEN access.state ELSE 'was ' || access.state "
    "END "
    "AS state,\n"
    "  access.end_time AS until, access.assignment_id AS assignmentId, access.read_on AS lastVerified,\n"
    "  CASE WHEN access.tenant_id IS NOT NULL THEN " READING(
        "access.read_on") " END AS reading,\n"
                          "  gap.areas AS notRead, " ABOUT_COLUMNS "\n"
                          "FROM place JOIN about JOIN run JOIN gap ON gap.tenant_id = place.tenant_id\n"
                          "LEFT JOIN access ON access.tenant_id = place.tenant_id\n"
                          "LEFT JOIN our_object ON our_object.tenant_id = access.home_id AND our_object.object_id = "
                          "access.account_id\n"
                          "ORDER BY 2 IS NULL, 2, 1, 7 IS NULL, 7, 6, 13, 11, 16, 12";

/* Every object of ours that was asked, or ought to be. */
static const char links_sql[] =
    "\nSELECT " TENANT_COLUMNS ",\n"
    "  our_object.object_id AS accountId, COALESCE(our_object.principal_name, our_object.name) AS accountName,\n"
    "  our_object.type AS accountType, our_object.owner AS accountOwner, our_object.purpose,\n"
    "  link.partner_id AS partnerId, link.partner_name AS partnerName,\n"
    "  CASE WHEN our_object.object_id IS NULL THEN CASE gap.areas WHEN 'everything' THEN 'never read' ELSE 'no account "
    "of ours' END\n"
    "    WHEN answered.object_id IS NULL THEN 'never read' WHEN link.object_id IS NULL THEN 'no link'\n"
    "    ELSE CASE WHEN answered.read_on = run.started THEN '' ELSE 'was ' END || lower(COALESCE(link.state, "
    "'active')) "
    "END AS state,\n"
    "  link.created_time AS createdTime, link.updated_time AS updatedTime, identity.assurance, declaration.provider AS "
    "declaredBy,\n"
    "  answered.read_on AS lastVerified,\n"
    "  CASE WHEN our_object.object_id IS NOT NULL THEN " READING(
        "answered.read_on") " END AS reading,\n"
                            "  gap.areas AS notRead, " ABOUT_COLUMNS "\n"
                            "FROM place JOIN about JOIN run JOIN gap ON gap.tenant_id = place.tenant_id\n"
                            "LEFT JOIN our_object ON our_object.tenant_id = place.tenant_id\n"
                            "LEFT JOIN identity ON identity.tenant_id = our_object.tenant_id AND identity.object_id = "
                            "our_object.object_id\n"
                            "LEFT JOIN link ON link.tenant_id = our_object.tenant_id AND link.object_id = "
                            "our_object.object_id\n"
                            "LEFT JOIN declaration ON declaration.tenant_id = our_object.tenant_id AND "
                            "declaration.object_id = "
                            "our_object.object_id\n"
                            "LEFT JOIN answered ON answered.tenant_id = our_object.tenant_id AND answered.object_id = "
                            "our_object.object_id\n"
                            "ORDER BY 2 IS NULL, 2, 1, 7 IS NULL, 7, 6";

/* What there is to look at: tenants, accounts of ours, subscriptions, delegations, and how each came to be known. */
static const char population_sql[] =
    ",\nmember AS (\n"
    "  SELECT place.tenant_id, 1 AS rank, 'tenant' AS type, place.tenant_id AS id, place.name, NULL AS detail, "
    "place.source,\n"
    "    (SELECT min(read.read_on) FROM read WHERE read.tenant_id = place.tenant_id AND read.state NOT IN "
    "('not-applicable', 'not-collected')) AS read_on FROM place\n"
    "  UNION ALL\n"
    "  SELECT our_object.tenant_id, 2, 'account', our_object.object_id, COALESCE(our_object.principal_name, "
    "our_object.name), our_object.type,\n"
    "    CASE WHEN our_object.principal_name IS NOT NULL THEN 'estate' WHEN our_object.is_configured THEN "
    "'configuration' ELSE 'import' END, answered.read_on\n"
    "  FROM our_object LEFT JOIN answered ON answered.tenant_id = our_object.tenant_id AND answered.object_id = "
    "our_object.object_id\n"
    "  UNION ALL\n"
    "  SELECT subscription.tenant_id, 3, 'subscription', subscription.id, subscription.name, subscription.state, "
    "'found', COALESCE(subscription.last_read,\n"
    "    (SELECT max(read.read_on) FROM read WHERE read.tenant_id = subscription.tenant_id AND read.area = "
    "'subscriptions')) FROM subscription\n"
    "  UNION ALL\n"
    "  SELECT delegation.tenant_id, 4, 'delegation', delegation.id, delegation.name, delegation.state, 'found', "
    "COALESCE(delegation.last_read,\n"
    "    (SELECT max(read.read_on) FROM read WHERE read.tenant_id = delegation.tenant_id AND read.area = "
    "'delegations'\n"
    "      AND read.unit IN (substr(delegation.scope, 16, 36), 'tenant'))) FROM delegation)\n"
    "SELECT " TENANT_COLUMNS ",\n"
    "  member.type, member.id, member.name, member.detail, member.source, member.read_on AS lastVerified,\n"
    "  " READING("member.read_on") " || CASE WHEN member.rank = 1 AND gap.areas <> '' THEN ', in part' ELSE '' END AS "
                                   "reading, gap.areas AS notRead, " ABOUT_COLUMNS "\n"
                                   "FROM place JOIN about JOIN run JOIN gap ON gap.tenant_id = place.tenant_id\n"
                                   "JOIN member ON member.tenant_id = place.tenant_id\n"
                                   "ORDER BY 2 IS NULL, 2, 1, member.rank, 8 IS NULL, 8, 7";

static const char findings_sql[] =
    "\nSELECT " TENANT_COLUMNS ",\n"
    "  finding.policy, finding.severity, finding.class, finding.verdict, finding.status, json_extract(finding.subject, "
    "'$.type') AS "
    "subjectType, json_extract(finding.subject, '$.id') AS subjectId,\n"
    "  json_extract(finding.subject, '$.name') AS subjectName, finding.message, finding.waiver, finding.fingerprint, "
    "finding.since,\n"
    "  COALESCE(finding.last_verified, run.started) AS lastVerified, gap.areas AS notRead, " ABOUT_COLUMNS "\n"
    "FROM finding JOIN about JOIN run LEFT JOIN place ON place.tenant_id = finding.tenant_id\n"
    "LEFT JOIN gap ON gap.tenant_id = finding.tenant_id\n"
    "ORDER BY 2 IS NULL, 2, 1, 6, 12, finding.fingerprint";

static const struct list {
  const char *word, *title, *tables, *sql;
  const char *areas; /* whose completeness it rests on */
} lists[] = {
    {"access", "Accounts with access", found_sql, access_sql,
     "'subscriptions', 'role-assignments', 'pim', 'deny-assignments', 'groups', 'delegations'"},
    {"links", "Partner links", "", links_sql, "'links'"},
    {"population", "Population", "", population_sql, "'tenant', 'subscriptions', 'links', 'delegations'"},
    {"findings", "Findings", "", findings_sql, "'tenant', 'subscriptions', 'links', 'role-assignments', 'delegations'"},
};

static const struct list *find_list(const char *word) {
  for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
    if (strcmp(lists[i].word, word) == 0)
      return &lists[i];
  return NULL;
}

/* Ids, instants and numbers of the commit are our own words: nothing in them needs quoting. */
enum pal_code pal_report_list_rows(struct pal_arena *arena, struct pal_query *query, const char *word,
                                   struct pal_rows *ret, struct pal_err *err) {
  const struct list *list = find_list(word);
  const struct pal_trailers *t = &query->commit.trailers;
  char hex[41];
  if (list == NULL)
    return pal_err_set(err, PAL_E_USAGE, "there is no list \"%.40s\": access, links, population or findings", word);
  pal_oid_hex(&query->commit.id, hex);
  const char *head = pal_arena_printf(arena, prelude, hex, t->started, pal_run_kind_name(t->kind),
                                      (long long)t->complete, (long long)t->expected, list->areas, list->areas);
  const char *sql = head != NULL ? pal_arena_printf(arena, "%s%s%s", head, list->tables, list->sql) : NULL;
  return sql != NULL ? pal_query_rows(arena, query, sql, ret, err) : pal_err_nomem(err);
}

/* --- printing --- */

static void print_wrapped(const char *text, const char *format, const struct pal_style *style, FILE *out) {
  struct pal_buf laid;
  pal_buf_init(&laid, 64 << 10);
  pal_wrap(&laid, text, 0, 0, strcmp(format, "text") == 0 ? (size_t)style->width : 0);
  (void)fprintf(out, "%s\n\n", laid.data);
  pal_buf_deinit(&laid);
}

/* What a person typed, or a tenant made, for that medium; NULL on no memory. */
static const char *escaped(struct pal_arena *arena, const char *text, const char *format) {
  struct pal_buf buf;
  pal_buf_init(&buf, 64 << 10);
  if (strcmp(format, "markdown") == 0)
    pal_markdown_escape(&buf, text);
  else
    pal_term_escape(&buf, text);
  const char *copy = buf.bad == PAL_OK ? pal_arena_strndup(arena, buf.data, buf.len) : NULL;
  pal_buf_deinit(&buf);
  return copy;
}

/* "Accounts with access as of 2026-11-20T02:00:00Z (snapshot 3fa9c1d2e4b5): …" */
static enum pal_code print_heading(struct pal_arena *arena, const struct pal_query *query, const char *title,
                                   const char *format, const struct pal_style *style, FILE *out, struct pal_err *err) {
  const struct pal_trailers *t = &query->commit.trailers;
  char hex[41];
  pal_oid_hex(&query->commit.id, hex);
  const char *shown = escaped(arena, title, format);
  if (shown == NULL)
    return pal_err_nomem(err);
  const char *text = pal_arena_printf(
      arena, "%s%s as of %s (snapshot %.12s%s). %lld of %lld tenants were read completely; what was not says so.",
      strcmp(format, "markdown") == 0 ? "# " : "", shown, t->started, hex,
      t->kind == PAL_RUN_REPLAY ? ", replayed" : "", (long long)t->complete, (long long)t->expected);
  if (text == NULL)
    return pal_err_nomem(err);
  print_wrapped(text, format, style, out);
  return PAL_OK;
}

static void open_json(const struct pal_query *query, FILE *out) {
  const struct pal_trailers *t = &query->commit.trailers;
  char hex[41];
  pal_oid_hex(&query->commit.id, hex);
  (void)fprintf(out,
                "{\n\"formatVersion\": 1,\n"
                "\"snapshot\": {\"commit\": \"%s\", \"started\": \"%s\", \"kind\": \"%s\"},\n"
                "\"coverage\": {\"tenants\": %lld, \"complete\": %lld},\n",
                hex, t->started, pal_run_kind_name(t->kind), (long long)t->expected, (long long)t->complete);
}

/* CSV is one table, and each of its rows is handed on alone; the others say once what snapshot it is. */
static enum pal_code print_rows(const struct pal_rows *rows, const char *format, const struct pal_style *style,
                                FILE *out, struct pal_err *err) {
  size_t columns = strcmp(format, "csv") == 0 ? rows->columns : rows->columns - PAL_LIST_ABOUT;
  return pal_table_print(format, style, rows->header, rows->v, rows->numbers, columns, rows->n, out, err);
}

enum pal_code pal_report_list(struct pal_cli *cli, struct pal_query *query, const char *word, bool excel,
                              struct pal_err *err) {
  const struct pal_format *format = NULL;
  struct pal_rows rows;
  struct pal_output output;
  enum pal_code code = pal_cli_format(cli, &format, err);
  if (code == PAL_OK)
    code = pal_report_list_rows(cli->arena, query, word, &rows, err);
  if (code == PAL_OK)
    code = pal_output_open(cli, &output, err);
  if (code != PAL_OK)
    return code;
  struct pal_style style = pal_cli_style(cli, &output);
  bool json = strcmp(format->name, "json") == 0;
  if (json) {
    open_json(query, output.file);
    (void)fprintf(output.file, "\"%s\": ", word);
  } else if (strcmp(format->name, "csv") == 0) {
    (void)fputs(excel ? "\xEF\xBB\xBF" : "", output.file);
  } else {
    code = print_heading(cli->arena, query, find_list(word)->title, format->name, &style, output.file, err);
  }
  if (code == PAL_OK)
    code = print_rows(&rows, format->name, &style, output.file, err);
  if (json)
    (void)fputs("}\n", output.file);
  return pal_output_close(&output, code, err);
}

/* --- of one thing --- */

/* Whether a cell is the id, or a path that holds it. */
static enum pal_code mentions(const struct pal_mention *mention, const char *const *cells, size_t n, bool *ret,
                              struct pal_err *err) {
  struct pal_buf json;
  pal_buf_init(&json, 64 << 20);
  for (size_t i = 0; i < n; i++) {
    pal_json_escape(&json, cells[i] != NULL ? cells[i] : "");
    pal_buf_putc(&json, ',');
  }
  enum pal_code code = pal_buf_check(&json, "a row", err);
  *ret = code == PAL_OK && pal_mention_in(mention, json.data);
  pal_buf_deinit(&json);
  return code;
}

static enum pal_code keep_mentioned(struct pal_rows *rows, const struct pal_mention *mention, struct pal_err *err) {
  size_t n = 0;
  for (size_t i = 0; i < rows->n; i++) {
    bool wanted = false;
    enum pal_code code = mentions(mention, rows->v[i], rows->columns - PAL_LIST_ABOUT, &wanted, err);
    if (code != PAL_OK)
      return code;
    if (wanted) {
      rows->v[n] = rows->v[i];
      rows->numbers[n++] = rows->numbers[i];
    }
  }
  rows->n = n;
  return PAL_OK;
}

enum { LISTS_OF_ONE = 3 };
static const char *const lists_of_one[LISTS_OF_ONE] = {"links", "access", "findings"};

static enum pal_code print_one(struct pal_cli *cli, const struct pal_query *query, const struct pal_rows *rows,
                               const char *format, const struct pal_output *output, struct pal_err *err) {
  struct pal_style style = pal_cli_style(cli, output);
  bool json = strcmp(format, "json") == 0, csv = strcmp(format, "csv") == 0;
  enum pal_code code = PAL_OK;
  if (json)
    open_json(query, output->file);
  else if (!csv)
    code = print_heading(cli->arena, query, cli->args[0], format, &style, output->file, err);
  for (int i = 0; i < LISTS_OF_ONE && code == PAL_OK; i++) {
    const char *between = i == 0 ? "" : json ? ",\n" : csv ? "\r\n" : "\n";
    (void)fputs(between, output->file);
    if (json)
      (void)fprintf(output->file, "\"%s\": ", lists_of_one[i]);
    else if (!csv)
      (void)fprintf(output->file, "%s%s\n\n", strcmp(format, "markdown") == 0 ? "## " : "",
                    find_list(lists_of_one[i])->title);
    if (rows[i].n == 0 && !json && !csv)
      (void)fputs("None was known.\n", output->file);
    else
      code = print_rows(&rows[i], format, &style, output->file, err);
  }
  if (json)
    (void)fputs("}\n", output->file);
  return code;
}

enum pal_code pal_report_one(struct pal_cli *cli, struct pal_query *query, const struct pal_mention *mention,
                             struct pal_err *err) {
  const struct pal_format *format = NULL;
  struct pal_rows rows[LISTS_OF_ONE];
  struct pal_output output;
  size_t n = 0;
  enum pal_code code = pal_cli_format(cli, &format, err);
  for (int i = 0; i < LISTS_OF_ONE && code == PAL_OK; i++) {
    code = pal_report_list_rows(cli->arena, query, lists_of_one[i], &rows[i], err);
    if (code == PAL_OK)
      code = keep_mentioned(&rows[i], mention, err);
    n += code == PAL_OK ? rows[i].n : 0;
  }
  if (code == PAL_OK && n == 0)
    code = pal_err_set(err, PAL_E_NOTFOUND, "the run of %s tells of no \"%.80s\"; it takes a whole id",
                       query->commit.trailers.started, cli->args[0]);
  if (code == PAL_OK)
    code = pal_output_open(cli, &output, err);
  if (code != PAL_OK)
    return code;
  code = print_one(cli, query, rows, format->name, &output, err);
  return pal_output_close(&output, code, err);
}
