/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_show.c - palscan show: one run's estate, or one person's whereabouts, by the policies' own tables. */
#include <string.h>

#include "query.h"

static const struct pal_opt opts[] = {
    {.name = "person",
     .kind = PAL_OPT_VALUE,
     .arg = "ID",
     .help = "Everything about one person or app of ours: a name of the estate or an object id.",
     .no_environment = true},
};

static const char estate_sql[] =
    "WITH seen AS (SELECT DISTINCT tenant_id FROM coverage)\n"
    "SELECT COALESCE(customer.name, tenant.name, '-') AS customer, seen.tenant_id AS tenant,\n"
    "  COALESCE(customer.country, tenant.country, '-') AS country, COALESCE(customer.status, '-') AS status,\n"
    "  (SELECT count(*) FROM identity WHERE identity.tenant_id = seen.tenant_id) AS identities,\n"
    "  (SELECT count(*) FROM link WHERE link.tenant_id = seen.tenant_id AND lower(COALESCE(link.state, 'active')) <> "
    "'deleted') AS linked,\n"
    "  COALESCE((SELECT pal_list(link.partner_id) FROM link WHERE link.tenant_id = seen.tenant_id AND "
    "lower(COALESCE(link.state, 'active')) <> 'deleted'), '[]') AS \"partner IDs\",\n"
    "  (SELECT count(*) FROM subscription WHERE subscription.tenant_id = seen.tenant_id) AS subscriptions,\n"
    "  (SELECT count(*) FROM coverage WHERE coverage.tenant_id = seen.tenant_id AND coverage.state NOT IN ('complete', "
    "'not-applicable', 'self-declared')) AS \"units not read\",\n"
    "  (SELECT count(*) FROM finding WHERE finding.tenant_id = seen.tenant_id AND finding.verdict = 'fail' AND "
    "finding.status = 'open') AS findings\n"
    "FROM seen LEFT JOIN customer ON customer.tenant_id = seen.tenant_id LEFT JOIN tenant ON tenant.id = "
    "seen.tenant_id\n"
    "ORDER BY 1, 2";

/* Each section is opened by the person's objects, as `mine`. */
#define MINE                                                                                                      \
  "WITH mine AS (SELECT tenant_id, object_id, name, type, linked, purpose, left_date, last_read FROM our_object " \
  "WHERE principal_name = %s OR object_id = %s OR name = %s)\n"

static const char accounts_sql[] =
    MINE "SELECT COALESCE(customer.name, tenant.name, '-') AS customer, mine.tenant_id AS tenant, mine.object_id AS "
         "object, COALESCE(mine.type, '-') AS type,\n"
         /* As it was read; our_object.linked is a judgement, by which nobody who left is linked. */
         "  CASE WHEN link.object_id IS NULL THEN (CASE account.link_answered WHEN 1 THEN 'not linked' ELSE 'never "
         "read' END)\n"
         "    WHEN lower(COALESCE(link.state, 'active')) = 'active' THEN link.partner_id\n"
         "    ELSE link.partner_id || ' (' || link.state || ')' END AS link,\n"
         "  COALESCE(mine.last_read, (SELECT min(coverage.as_of) FROM coverage JOIN identity ON identity.tenant_id = "
         "mine.tenant_id AND identity.object_id = mine.object_id\n"
         "    JOIN json_each(identity.names) AS configured ON configured.value = coverage.unit WHERE "
         "coverage.tenant_id = mine.tenant_id AND coverage.area = 'links'),\n"
         "    CASE account.link_answered WHEN 1 THEN (SELECT started FROM run) ELSE '-' END) AS \"last verified\"\n"
         "FROM mine LEFT JOIN customer ON customer.tenant_id = mine.tenant_id LEFT JOIN tenant ON tenant.id = "
         "mine.tenant_id\n"
         "LEFT JOIN link ON link.tenant_id = mine.tenant_id AND link.object_id = mine.object_id\n"
         "LEFT JOIN identity AS account ON account.tenant_id = mine.tenant_id AND account.object_id = mine.object_id\n"
         "ORDER BY 1, 2, 3";

static const char access_sql[] =
    MINE ", access AS (\n"
         "  SELECT live_access.tenant_id, COALESCE('/subscriptions/' || live_access.subscription_id, "
         "live_access.scope) AS place, live_access.scope, live_access.role_id, live_access.kind,\n"
         "    CASE WHEN live_access.group_id IS NOT NULL THEN 'group ' || live_access.group_id WHEN "
         "live_access.is_inherited THEN 'inherited' ELSE 'direct' END AS path,\n"
         "    live_access.live, live_access.blocked\n"
         "  FROM live_access JOIN mine ON mine.tenant_id = live_access.tenant_id AND mine.object_id = "
         "live_access.object_id\n"
         "  UNION ALL\n"
         "  SELECT delegated_object.tenant_id, delegated_object.scope, delegated_object.scope, "
         "delegated_object.role_id, CASE delegated_object.kind WHEN 'permanent' THEN 'active' ELSE 'eligible' END,\n"
         "    'delegation', delegated_object.kind = 'permanent', 0\n"
         "  FROM delegated_object JOIN mine ON mine.tenant_id = delegated_object.managing_tenant_id AND mine.object_id "
         "= delegated_object.object_id)\n"
         "SELECT DISTINCT COALESCE(customer.name, tenant.name, '-') AS customer, access.tenant_id AS tenant, "
         "access.scope AS scope,\n"
         "  COALESCE((SELECT role.name FROM role WHERE role.id = access.role_id AND (role.tenant_id = access.tenant_id "
         "OR role.tenant_id IS NULL) LIMIT 1), '-') AS role, access.role_id AS \"role id\", access.path AS path,\n"
         "  CASE WHEN access.live = 1 THEN 'live' WHEN access.kind = 'eligible' THEN 'eligible' WHEN access.blocked = "
         "1 THEN 'denied' ELSE 'not in force' END AS state\n"
         "FROM access LEFT JOIN customer ON customer.tenant_id = access.tenant_id LEFT JOIN tenant ON tenant.id = "
         "access.tenant_id\n"
         "ORDER BY 1, 2, 3, 4, 6";

static const char last_cover_sql[] = MINE
    ", covers AS (SELECT DISTINCT cover.tenant_id, cover.subscription_id, cover.identity_tenant_id, cover.object_id, "
    "mine.object_id IS NOT NULL AS is_mine\n"
    "  FROM cover LEFT JOIN mine ON mine.tenant_id = cover.identity_tenant_id AND mine.object_id = cover.object_id "
    "WHERE cover.covers = 1 AND cover.is_standing)\n"
    "SELECT COALESCE(customer.name, tenant.name, '-') AS customer, covers.tenant_id AS tenant, "
    "COALESCE(subscription.name, '-') AS name, covers.subscription_id AS subscription\n"
    "FROM covers LEFT JOIN customer ON customer.tenant_id = covers.tenant_id LEFT JOIN tenant ON tenant.id = "
    "covers.tenant_id\n"
    "LEFT JOIN subscription ON subscription.tenant_id = covers.tenant_id AND subscription.id = covers.subscription_id\n"
    "GROUP BY covers.tenant_id, covers.subscription_id HAVING min(covers.is_mine) = 1\n"
    "ORDER BY 1, 2, 4";

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

struct section {
  const char *name, *title, *sql, *empty;
};
static const struct section sections[] = {
    {"account", "Accounts and links", accounts_sql, "No account is known."},
    {"access", "Access to customers", access_sql, "No access was seen."},
    {"last cover", "Last cover: no other linked identity has standing cover there", last_cover_sql,
     "Nowhere the last cover."},
};
enum { SECTIONS = sizeof(sections) / sizeof(sections[0]) };

static enum pal_code person_rows(struct pal_cli *cli, struct pal_query *query, const char *person,
                                 struct pal_rows rows[SECTIONS], struct pal_err *err) {
  const char *quoted = quote(cli->arena, person);
  if (quoted == NULL)
    return pal_err_set(err, PAL_E_USAGE, "--person: too long");
  for (int i = 0; i < SECTIONS; i++) {
    struct pal_buf sql;
    pal_buf_init(&sql, 64 << 10);
    /* The statement has three places for the same name. */
    const char *at = sections[i].sql;
    for (const char *place; (place = strstr(at, "%s")) != NULL; at = place + 2) {
      pal_buf_add(&sql, at, (size_t)(place - at));
      pal_buf_puts(&sql, quoted);
    }
    pal_buf_puts(&sql, at);
    enum pal_code code = pal_buf_check(&sql, "a statement", err);
    if (code == PAL_OK)
      code = pal_query_rows(cli->arena, query, sql.data, &rows[i], err);
    pal_buf_deinit(&sql);
    if (code != PAL_OK)
      return code;
  }
  if (rows[0].n == 0 && rows[1].n == 0)
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

static enum pal_code print_person(struct pal_cli *cli, struct pal_query *query, const char *person,
                                  struct pal_err *err) {
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
  for (int i = 0; code == PAL_OK && i < SECTIONS; i++) {
    if (json)
      (void)fprintf(output.file, "%s\"%s\": ", i > 0 ? ",\n" : "",
                    i == 0   ? "accounts"
                    : i == 1 ? "access"
                             : "lastCover");
    else if (!format->machine) {
      if (i > 0)
        (void)fputs("\n", output.file);
      sentence(&output, &style, sections[i].title, "\n\n");
    } else if (i > 0)
      (void)fputs("\r\n", output.file);
    if (rows[i].n == 0 && !format->machine)
      sentence(&output, &style, sections[i].empty, "\n");
    else
      code = pal_table_print(format->name, &style, rows[i].header, rows[i].v, rows[i].numbers, rows[i].columns,
                             rows[i].n, output.file, err);
  }
  if (json)
    (void)fputs("}\n", output.file);
  return pal_output_close(&output, code, err);
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
    code = person != NULL ? print_person(cli, &query, person, err)
                          : pal_query_print(cli, &query, estate_sql, "No tenant in this snapshot.", err);
  pal_query_close(&query);
  pal_app_close(&app);
  return code;
}

const struct pal_command pal_command_show = {
    .name = "show",
    .args = "[REV]",
    .summary = "one run's estate; --person: where is this person, where the last cover?",
    .help = "Shows the tenants of a snapshot (default: the last): identities, links, partner IDs, what was not read, "
            "open findings. With --person: every account, link and access of one person or app of ours, and the "
            "subscriptions nobody else covers.",
    .opts = opts,
    .opts_n = sizeof(opts) / sizeof(opts[0]),
    .max_args = 1,
    .run = run,
};
