/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_remediate.c - palscan remediate: what to do about the findings of a snapshot, and who can do it. */
#include <string.h>

#include "app.h"
#include "pal_rejudge.h"
#include "pal_remedy.h"
#include "remediate_apply.h"

enum { APPLY_MAX = 10000 };

static const struct pal_opt opts[] = {
    {.name = "tenant",
     .kind = PAL_OPT_VALUE,
     .arg = "ID",
     .help = "Only the findings of this tenant, by its id.",
     .no_environment = true},
    {.name = "apply",
     .kind = PAL_OPT_FLAG,
     .help = "Change the links that identities of the configuration can change; without --yes their plan is printed.",
     .no_environment = true},
    {.name = "max",
     .kind = PAL_OPT_VALUE,
     .arg = "N",
     .help = "With --apply: change at most N links (1 to 10000).",
     .no_environment = true},
    {.name = "identity",
     .kind = PAL_OPT_VALUE,
     .arg = "NAME",
     .help = "With --apply: only the links of this identity of the configuration.",
     .no_environment = true},
    {.name = "yes",
     .kind = PAL_OPT_FLAG,
     .help = "With --apply: carry out the plan that is shown; without it nothing is changed.",
     .no_environment = true},
    {.name = "offline", .kind = PAL_OPT_FLAG, .help = "Opening a socket is an error."},
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

/* Which options go together; *ret_apply: what to change. */
static enum pal_code read_apply(struct pal_cli *cli, struct pal_apply *ret_apply, struct pal_err *err) {
  bool apply = pal_cli_flag(cli, "apply"), yes = pal_cli_flag(cli, "yes"), max = pal_cli_get(cli, "max") != NULL;
  *ret_apply =
      (struct pal_apply){.identity = pal_cli_get(cli, "identity"), .yes = yes, .offline = pal_cli_flag(cli, "offline")};
  if (!apply && (yes || max || ret_apply->identity != NULL))
    return pal_err_set(err, PAL_E_USAGE, "--max, --identity and --yes go with --apply");
  if (!apply)
    return PAL_OK;
  if (!max)
    return pal_err_set(err, PAL_E_USAGE, "remediate --apply: --max N is missing: how many links may be changed");
  if (cli->args_n > 0)
    return pal_err_set(err, PAL_E_USAGE, "remediate --apply goes by the last snapshot: no REV with it");
  enum pal_code code = pal_cli_text_only(cli, "remediate --apply", false, err);
  return code == PAL_OK ? pal_cli_number(cli, "max", 1, APPLY_MAX, &ret_apply->max, err) : code;
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
  struct pal_apply apply;
  struct pal_app app;
  enum pal_code code = read_apply(cli, &apply, err);
  bool applies = pal_cli_flag(cli, "apply");
  if (code == PAL_OK && !applies)
    code = find_format(cli, &format, err);
  if (code == PAL_OK)
    code = read_tenant(cli, &tenant, err);
  if (code == PAL_OK)
    code = pal_output_check(cli, err);
  if (code == PAL_OK)
    code = pal_app_open(cli, PAL_APP_INPUTS | (applies ? PAL_APP_CREDENTIALS : PAL_APP_OPTIONAL), &app, err);
  if (code != PAL_OK)
    return code;
  struct judged judged = {0};
  struct pal_plan plan = {0};
  code = judge(&app, cli->args_n > 0 ? cli->args[0] : "HEAD", &judged, err);
  if (code == PAL_OK)
    code = pal_plan_make(judged.rejudged.arena, &judged.report, judged.remedies, judged.rejudged.judge, tenant, &plan,
                         err);
  if (code == PAL_OK && applies) {
    apply.repository_id = pal_repo_id(judged.repo);
    code = pal_remediate_apply(cli, &app, &plan, &apply, err);
  } else if (code == PAL_OK) {
    plan.next =
        pal_cli_hint(cli, "palscan remediate -f az (or powershell) -o FILE writes a script for whoever does it; "
                          "palscan remediate --apply --max N changes links of identities of the configuration");
    code = plan.next != NULL ? print(cli, format, &plan, err) : pal_err_nomem(err);
  }
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
        "else is a comment. Without --apply it needs no network and changes nothing. "
        "With it the links that identities of the configuration can change are read live, and what is to be changed is "
        "shown; with --yes each is read again, changed by one request under a grant of its own, and read once more. A "
        "link that was written since the snapshot is left alone. What was done stands in the next snapshot.",
    .opts = opts,
    .opts_n = sizeof(opts) / sizeof(opts[0]),
    .max_args = 1,
    .run = run,
};
