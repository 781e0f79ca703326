/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_remediate.c - palscan remediate: what to do about the findings of a snapshot, and who can do it. */
#include <string.h>

#include "app.h"
#include "pal_rejudge.h"
#include "pal_remedy.h"

static const struct pal_opt opts[] = {
    {.name = "tenant",
     .kind = PAL_OPT_VALUE,
     .arg = "ID",
     .help = "Only the findings of this tenant, by its id.",
     .no_environment = true},
};

static enum pal_code find_format(const struct pal_cli *cli, const struct pal_plan_format **ret, struct pal_err *err) {
  const char *name = pal_cli_get(cli, "format");
  if (name == NULL)
    name = pal_plan_formats[0].name;
  for (size_t i = 0; i < pal_plan_formats_n; i++)
    if (strcmp(pal_plan_formats[i].name, name) == 0) {
      *ret = &pal_plan_formats[i];
      return PAL_OK;
    }
  return pal_err_set(err, PAL_E_USAGE, "--format: remediate prints text, markdown, az, powershell or json, not \"%s\"",
                     name);
}

static enum pal_code read_tenant(const struct pal_cli *cli, const char **ret, struct pal_err *err) {
  const char *text = pal_cli_get(cli, "tenant");
  struct pal_tenant_id tenant;
  *ret = NULL;
  if (text == NULL)
    return PAL_OK;
  if (pal_tenant_id_parse(text, &tenant, NULL) != PAL_OK)
    return pal_err_set(err, PAL_E_USAGE, "--tenant: \"%s\" is no tenant id (a GUID)", text);
  *ret = pal_arena_strdup(cli->arena, tenant.s);
  return *ret != NULL ? PAL_OK : pal_err_nomem(err);
}

struct judged {
  struct pal_repo *repo;
  struct pal_commit commit;
  struct pal_rejudged rejudged;
  struct pal_report report;
  struct pal_remedies *remedies;
  char hex[41];
};

static void judged_free(struct judged *judged) {
  pal_rejudged_free(&judged->rejudged);
  pal_repo_close(judged->repo);
}

/* By today's rules, as check does: what was put right in registry or estate meanwhile needs no step. */
static enum pal_code judge(const struct pal_app *app, const char *rev, struct judged *ret, struct pal_err *err) {
  struct pal_oid id;
  enum pal_code code = pal_app_repo(app, &ret->repo, err);
  if (code == PAL_OK)
    code = pal_repo_resolve(ret->repo, rev, &id, err);
  if (code == PAL_OK)
    code = pal_repo_commit(ret->repo, &id, &ret->commit, err);
  struct pal_rejudge_options options = {.repo = ret->repo,
                                        .commit = &ret->commit,
                                        .shipped = app->pack,
                                        .pack = app->pack,
                                        .registry = app->registry,
                                        .estate = app->estate,
                                        .waivers = app->waivers,
                                        .all_tables = true};
  struct pal_rejudged *r = &ret->rejudged;
  if (code == PAL_OK)
    code = pal_rejudge(&options, r, err);
  if (code == PAL_OK)
    code =
        pal_report_build(r->arena, r->judge, r->pack, r->previous, r->previous_n, r->has_previous, &ret->report, err);
  if (code == PAL_OK)
    code = pal_remedies_read(r->arena, r->judge, &ret->remedies, err);
  pal_oid_hex(&ret->commit.id, ret->hex);
  ret->report.commit = ret->hex;
  ret->report.started = ret->commit.trailers.started;
  return code;
}

static enum pal_code print(struct pal_cli *cli, const struct pal_plan_format *format, const struct pal_plan *plan,
                           struct pal_err *err) {
  struct pal_output output;
  enum pal_code code = pal_output_open(cli, &output, err);
  if (code != PAL_OK)
    return code;
  struct pal_style style = pal_cli_style(cli, &output);
  code = format->print(plan, &style, output.file, err);
  return pal_output_close(&output, code, err);
}

static enum pal_code run(struct pal_cli *cli, struct pal_err *err) {
  const struct pal_plan_format *format = NULL;
  const char *tenant = NULL;
  struct pal_app app;
  enum pal_code code = find_format(cli, &format, err);
  if (code == PAL_OK)
    code = read_tenant(cli, &tenant, err);
  if (code == PAL_OK)
    code = pal_output_check(cli, err);
  if (code == PAL_OK)
    code = pal_app_open(cli, PAL_APP_INPUTS | PAL_APP_OPTIONAL, &app, err);
  if (code != PAL_OK)
    return code;
  struct judged judged = {0};
  struct pal_plan plan = {0};
  code = judge(&app, cli->args_n > 0 ? cli->args[0] : "HEAD", &judged, err);
  if (code == PAL_OK)
    code = pal_plan_make(judged.rejudged.arena, &judged.report, judged.remedies, judged.rejudged.judge, tenant, &plan,
                         err);
  if (code == PAL_OK)
    code = print(cli, format, &plan, err);
  judged_free(&judged);
  pal_app_close(&app);
  return code;
}

const struct pal_command pal_command_remediate = {
    .name = "remediate",
    .args = "[REV]",
    .summary = "what to do about the findings, and who can do it",
    .help =
        "Judges REV (default: the last snapshot) as check does, and makes a plan of its open findings: tenant by "
        "tenant, by who can do it, with the commands filled in. Only the identity itself can change its link, only an "
        "Owner of the customer gives roles; beside each request for a role stands how to end the access instead. What "
        "could not be judged is to be read again; accepted and folded findings need no step. Formats: text, markdown, "
        "json, and scripts for the Azure CLI (az) and PowerShell, in which links alone are written and everything "
        "else is a comment. Needs no network and changes nothing.",
    .opts = opts,
    .opts_n = sizeof(opts) / sizeof(opts[0]),
    .max_args = 1,
    .run = run,
};
