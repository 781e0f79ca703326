/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_check.c - palscan check: judge a stored snapshot again. */
#include <string.h>

#include "app.h"
#include "backtest.h"
#include "controls.h"
#include "outcome.h"
#include "pal_rejudge.h"
#include "pal_remedy.h"
#include "pal_scope.h"

static const char *const by_words[] = {"control", NULL};

static const struct pal_opt opts[] = {
    {.name = "at",
     .kind = PAL_OPT_VALUE,
     .arg = "TIME",
     .help = "The last snapshot not after TIME (2026-11-20 or 2026-11-20T02:00:00Z)."},
    {.name = "as-recorded",
     .kind = PAL_OPT_FLAG,
     .help = "Judge by the policies, registry, estate and acceptances stored in the snapshot."},
    {.name = "policies",
     .kind = PAL_OPT_LIST,
     .arg = "DIR",
     .help =
         "Also judge by the policies in DIR, beside the shipped and the configured ones. May be given several times."},
    {.name = "by",
     .kind = PAL_OPT_VALUE,
     .arg = "WHAT",
     .words = by_words,
     .help = "Instead of the findings, their numbers by control of SOC 2, ISO 27001 and CMMC: rules of access and "
             "completeness only."},
    {.name = "since",
     .kind = PAL_OPT_VALUE,
     .arg = "TIME",
     .help = "Backtest: what each policy of today would have found in the snapshots of this length of time before the "
             "last one (90d, 36h), each judged with its own registry, estate and acceptances."},
    {.name = "policy",
     .kind = PAL_OPT_LIST,
     .arg = "ID",
     .help = "With --since: only this policy, also where it would have found nothing. May be given several times."},
    PAL_OUTCOME_OPTS("Judge all open findings (default) or new ones only."),
};

static enum pal_code find_commit(struct pal_cli *cli, struct pal_repo *repo, struct pal_commit *ret,
                                 struct pal_err *err) {
  const char *at = pal_cli_get(cli, "at"), *rev = cli->args_n > 0 ? cli->args[0] : "HEAD";
  struct pal_oid id;
  if (at != NULL && cli->args_n > 0)
    return pal_err_set(err, PAL_E_USAGE, "check takes REV or --at TIME, not both");
  enum pal_code code = pal_repo_resolve(repo, at != NULL ? at : rev, &id, err);
  return code == PAL_OK ? pal_repo_commit(repo, &id, ret, err) : code;
}

/* Which inputs judged, in words; NULL on no memory. */
static const char *say_inputs(const struct pal_app *app) {
  const char *const whose[] = {"the snapshot's", "today's"};
  return pal_arena_printf(app->arena, "%s registry, %s estate and %s risk acceptances", whose[app->registry != NULL],
                          whose[app->estate != NULL], whose[app->waivers != NULL]);
}

static enum pal_code report(struct pal_cli *cli, const struct pal_app *app, struct pal_rejudged *r,
                            const struct pal_commit *commit, struct pal_err *err) {
  struct pal_report report = {.completeness = r->completeness};
  char hex[41], tree[41];
  enum pal_code code =
      pal_report_build(r->arena, r->judge, r->pack, r->previous, r->previous_n, r->has_previous, &report, err);
  struct pal_remedies *remedies = NULL;
  if (code == PAL_OK)
    code = pal_remedies_read(r->arena, r->judge, &remedies, err);
  report.remedies = remedies;
  if (code == PAL_OK)
    code = pal_findings_date(r->arena, &report, r->history, commit->trailers.started, err);
  if (code != PAL_OK)
    return code;
  pal_oid_hex(&commit->id, hex);
  pal_oid_hex(&commit->tree, tree);
  report.commit = hex;
  report.tree = tree;
  report.started = commit->trailers.started;
  report.kind = pal_run_kind_name(commit->trailers.kind);
  report.full = commit->trailers.full;
  report.identities = pal_scope_identities(r->history);
  report.rejudged = !pal_cli_flag(cli, "as-recorded");
  report.inputs = say_inputs(app);
  if (report.inputs == NULL)
    return pal_err_nomem(err);
  report.next = pal_cli_hint(
      cli,
      "palscan diff --last shows what changed; palscan policies show ID explains a rule; palscan waive accepts a risk");
  if (report.next == NULL)
    return pal_err_nomem(err);
  code = pal_cli_get(cli, "by") != NULL ? controls_print_found(cli, r->judge, r->pack, err)
                                        : pal_outcome_print(cli, &report, err);
  if (code == PAL_OK)
    cli->exit_status = pal_outcome_status(cli, &report, "all", false, false);
  return code;
}

/* Which options go together; *ret_since: seconds, 0 without --since. */
static enum pal_code check_options(struct pal_cli *cli, int64_t *ret_since, struct pal_err *err) {
  bool recorded = pal_cli_flag(cli, "as-recorded"), since = pal_cli_get(cli, "since") != NULL;
  if (recorded && pal_cli_list(cli, "policies").n > 0)
    return pal_err_set(err, PAL_E_USAGE, "--policies adds to the policies of today, --as-recorded takes none of them");
  if (since && (recorded || pal_cli_get(cli, "at") != NULL || cli->args_n > 0))
    return pal_err_set(err, PAL_E_USAGE,
                       "--since takes all snapshots of a time: no REV, --at or --as-recorded with it");
  if (since && pal_cli_get(cli, "by") != NULL)
    return pal_err_set(err, PAL_E_USAGE, "--by counts the findings of one snapshot: no --since with it");
  if (!since && pal_cli_list(cli, "policy").n > 0)
    return pal_err_set(err, PAL_E_USAGE, "--policy goes with --since (palscan policies show ID explains a rule)");
  return pal_cli_seconds(cli, "since", ret_since, err);
}

static enum pal_code backtest(struct pal_cli *cli, const struct pal_app *app, struct pal_repo *repo, int64_t since,
                              struct pal_err *err) {
  struct pal_texts only = pal_cli_list(cli, "policy");
  return pal_backtest(cli, app, repo, since, &only, err);
}

static enum pal_code run(struct pal_cli *cli, struct pal_err *err) {
  int64_t since = 0;
  struct pal_app app;
  struct pal_repo *repo = NULL;
  struct pal_commit commit;
  const struct pal_format *format = NULL;
  enum pal_code code = pal_outcome_check(cli, err);
  if (code == PAL_OK)
    code = pal_cli_format(cli, &format, err);
  if (code == PAL_OK)
    code = check_options(cli, &since, err);
  if (code == PAL_OK)
    code = pal_app_open(
        cli, pal_cli_flag(cli, "as-recorded") ? 0 : PAL_APP_INPUTS | PAL_APP_OPTIONAL | PAL_APP_POLICIES, &app, err);
  if (code != PAL_OK)
    return code;
  code = pal_app_repo(&app, &repo, err);
  if (code == PAL_OK)
    code = since > 0 ? backtest(cli, &app, repo, since, err) : find_commit(cli, repo, &commit, err);
  if (code == PAL_OK && since == 0) {
    struct pal_rejudge_options options = {.repo = repo, .commit = &commit, .shipped = app.pack};
    if (!pal_cli_flag(cli, "as-recorded")) {
      options.pack = app.pack;
      options.registry = app.registry;
      options.estate = app.estate;
      options.waivers = app.waivers;
      options.approvers = app.waivers != NULL ? app.settings : NULL;
    }
    struct pal_rejudged rejudged = {0};
    code = pal_rejudge(&options, &rejudged, err);
    if (code == PAL_OK)
      code = report(cli, &app, &rejudged, &commit, err);
    pal_rejudged_free(&rejudged);
  }
  pal_repo_close(repo);
  pal_app_close(&app);
  return code;
}

const struct pal_command pal_command_check = {
    .name = "check",
    .args = "[REV]",
    .summary = "judge a stored snapshot again",
    .help =
        "Judges REV (default: the last snapshot) with today's policies and with today's registry, estate and "
        "acceptances, each where the configuration names a file for it, else with the one in the snapshot; or all with "
        "its own (--as-recorded). --since tries today's policies, and those of --policies, on every snapshot of a "
        "time: one "
        "row for each night and policy. Needs no network and changes nothing.",
    .opts = opts,
    .opts_n = sizeof(opts) / sizeof(opts[0]),
    .max_args = 1,
    .run = run,
};
