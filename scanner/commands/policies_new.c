/* SPDX-License-Identifier: Apache-2.0 */
#include "policies_new.h"

#include <string.h>

#include "pal_file.h"
#include "pal_text.h"

/* @ID@ stands for the id. The template is a rule that works, so that there is something to change. */
static const char policy_template[] =
    "-- id: @ID@\n"
    "-- title: Link on a person's account\n"
    "-- class: rule\n"
    "-- severity: low\n"
    "-- subject: identity\n"
    "-- reads: links\n"
    "-- pins: partnerId\n"
    "-- rationale: Why it matters, in words for somebody who does not read SQL. A line that\n"
    "--   is indented continues the one before.\n"
    "-- remediation: What to do, and who can do it.\n"
    "\n"
    "-- The leading comment above is read by palscan; this one is for readers of the SQL.\n"
    "--   class     access, attribution, rule or completeness\n"
    "--   severity  critical, high, medium, low or info; a row may return another one\n"
    "--   subject   tenant, identity, subscription, scope, registry or principal\n"
    "--   reads     areas whose records are looked at: links, role-assignments, pim, usage, …\n"
    "--   needs     areas that must be complete, because the rule concludes from absence\n"
    "--             (\"no\", \"none\", \"only\", \"all\"): else a row is unknown, not fail\n"
    "--   pins      columns that a risk acceptance is bound to\n"
    "-- The query returns what violates the rule, one row for each finding. Tables, views and\n"
    "-- functions: palscan query, and the README beside the shipped policies.\n"
    "SELECT\n"
    "  active_link.tenant_id,\n"
    "  'identity' AS subject_type,\n"
    "  active_link.object_id AS subject_id,\n"
    "  active_link.name AS subject_name,\n"
    "  'The account of a person carries the link with partner ID ' || active_link.partner_id || '.' AS message,\n"
    "  active_link.partner_id AS partnerId,\n"
    "  active_link.last_read\n"
    "FROM active_link\n"
    "JOIN identity\n"
    "  ON identity.tenant_id = active_link.tenant_id\n"
    "  AND identity.object_id = active_link.object_id\n"
    "WHERE identity.type IN ('user', 'guest');\n";

static const char cases_template[] =
    "// Small estates, and every finding the policy must give there. What a case does not\n"
    "// mention was read completely, and is empty. Write one for everything that looks like a\n"
    "// violation and is none.\n"
    "{\n"
    "  \"policy\": \"@ID@\",\n"
    "  \"cases\": [\n"
    "    {\n"
    "      \"name\": \"fail: a guest is linked, the application beside it is none\",\n"
    "      \"tenants\": {\n"
    "        \"11111111-1111-1111-1111-111111111111\": {\n"
    "          \"identities\": [\n"
    "            { \"objectId\": \"a1111111-1111-1111-1111-111111111111\", \"type\": \"servicePrincipal\",\n"
    "              \"link\": { \"partnerId\": \"2000001\", \"state\": \"Active\" } },\n"
    "            { \"objectId\": \"b1111111-1111-1111-1111-111111111111\", \"type\": \"guest\",\n"
    "              \"link\": { \"partnerId\": \"2000001\", \"state\": \"Active\" } }\n"
    "          ]\n"
    "        }\n"
    "      },\n"
    "      \"expect\": [\n"
    "        { \"tenant\": \"11111111-1111-1111-1111-111111111111\", \"subject\": "
    "\"b1111111-1111-1111-1111-111111111111\",\n"
    "          \"verdict\": \"fail\", \"severity\": \"low\", \"details\": { \"partnerId\": \"2000001\" } }\n"
    "      ]\n"
    "    },\n"
    "    {\n"
    "      \"name\": \"pass: answered, and there is no link\",\n"
    "      \"tenants\": {\n"
    "        \"11111111-1111-1111-1111-111111111111\": {\n"
    "          \"identities\": [ { \"objectId\": \"b1111111-1111-1111-1111-111111111111\", \"type\": \"guest\", "
    "\"link\": null } ]\n"
    "        }\n"
    "      },\n"
    "      \"expect\": []\n"
    "    },\n"
    "    {\n"
    "      \"name\": \"unknown: the link was not answered\",\n"
    "      \"tenants\": {\n"
    "        \"11111111-1111-1111-1111-111111111111\": {\n"
    "          \"identities\": [ { \"objectId\": \"b1111111-1111-1111-1111-111111111111\", \"type\": \"guest\" } ],\n"
    "          \"coverage\": { \"links\": \"unread\" }\n"
    "        }\n"
    "      },\n"
    "      \"expect\": [\n"
    "        { \"tenant\": \"11111111-1111-1111-1111-111111111111\", \"subject\": "
    "\"11111111-1111-1111-1111-111111111111\",\n"
    "          \"verdict\": \"unknown\" }\n"
    "      ]\n"
    "    }\n"
    "  ]\n"
    "}\n";

static const char mark[] = "@ID@";

static enum pal_code write_template(const char *path, const char *text, const char *id, struct pal_err *err) {
  struct pal_buf out;
  pal_buf_init(&out, PAL_POLICY_BYTES_MAX);
  for (const char *at; (at = strstr(text, mark)) != NULL; text = at + sizeof mark - 1) {
    pal_buf_add(&out, text, (size_t)(at - text));
    pal_buf_puts(&out, id);
  }
  pal_buf_puts(&out, text);
  enum pal_code code = pal_buf_check(&out, path, err);
  if (code == PAL_OK)
    code = pal_file_write(path, out.data, out.len, 0644, err);
  pal_buf_deinit(&out);
  return code;
}

enum pal_code policies_new(struct pal_arena *arena, const char *id, const char *dir, FILE *out, struct pal_err *err) {
  if (!pal_policy_id_own(id))
    return pal_err_set(err, PAL_E_USAGE,
                       "\"%.40s\" is no id for a policy of your own: capital letters, digits and hyphens, at most 32, "
                       "and not PALnnn, which is kept for shipped ones (ACME-001)",
                       id);
  const char *cases = pal_arena_printf(arena, "%s/cases", dir);
  const char *const paths[] = {pal_arena_printf(arena, "%s/%s.sql", dir, id),
                               pal_arena_printf(arena, "%s/cases/%s.json", dir, id)};
  const char *const texts[] = {policy_template, cases_template};
  if (cases == NULL || paths[0] == NULL || paths[1] == NULL)
    return pal_err_nomem(err);
  for (size_t i = 0; i < 2; i++)
    if (pal_path_exists(paths[i]))
      return pal_err_set(err, PAL_E_USAGE, "%s exists already; nothing was written", paths[i]);
  enum pal_code code = pal_dir_make(dir, 0755, err);
  if (code == PAL_OK)
    code = pal_dir_make(cases, 0755, err);
  for (size_t i = 0; i < 2 && code == PAL_OK; i++) {
    code = write_template(paths[i], texts[i], id, err);
    if (code == PAL_OK)
      (void)fprintf(out, "written  %s\n", paths[i]);
  }
  if (code == PAL_OK)
    (void)fprintf(out,
                  "\nNext: change the rule and its cases, then\n"
                  "  palscan policies test %s\n"
                  "  palscan check --policies %s --since 90d --policy %s\n"
                  "and name the folder in the configuration, at policies.directories, to judge every night by it.\n",
                  dir, dir, id);
  return code;
}
