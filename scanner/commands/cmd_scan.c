/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_scan.c - palscan scan: one run. */
#include "outcome.h"
#include "pal_log.h"
#include "run.h"
#include "run_end.h"
#include "source.h"

enum { JOBS_MAX = 1024 }; /* as for the configuration's concurrency */

static const struct pal_opt opts[] = {
    {.name = "replay",
     .kind = PAL_OPT_VALUE,
     .arg = "DIR",
     .help = "Answer every request from the recording in DIR; its start is the clock.",
     .no_environment = true},
    {.name = "record",
     .kind = PAL_OPT_VALUE,
     .arg = "DIR",
     .help = "Write every exchange, without secrets, to a recording in DIR."},
    {.name = "tenant",
     .kind = PAL_OPT_LIST,
     .arg = "ID",
     .help = "Read this tenant only, of those the configuration and the estate name; may be given several times, or "
             "as a list with commas. All else stays as it was last read."},
    {.name = "identity",
     .kind = PAL_OPT_LIST,
     .arg = "NAME",
     .help =
         "Sign in as this configured identity only; may be given several times, or as a list with commas. What only "
         "others read stays as they read it last."},
    {.name = "jobs",
     .kind = PAL_OPT_VALUE,
     .arg = "N",
     .help = "Have so many requests in flight, in place of the configured concurrency. What is read is the same."},
    {.name = "max-time",
     .kind = PAL_OPT_VALUE,
     .arg = "TIME",
     .help = "Begin nothing new after this time, such as 90m or 6h: what was not read is carried forward and marked, "
             "the run is committed, and exits 4."},
    {.name = "offline", .kind = PAL_OPT_FLAG, .help = "Opening a socket is an error."},
    {.name = "dry-run",
     .kind = PAL_OPT_FLAG,
     .help = "Read and judge, commit nothing, print the tree id.",
     .no_environment = true},
    {.name = "onto",
     .kind = PAL_OPT_VALUE,
     .arg = "REV",
     .help = "With --dry-run: build upon REV instead of the last snapshot."},
    {.name = "resume",
     .kind = PAL_OPT_FLAG,
     .help = "Go on with an interrupted run of the same question, not older than 12 hours.",
     .no_environment = true},
    {.name = "accept-tip",
     .kind = PAL_OPT_VALUE,
     .arg = "COMMIT",
     .help = "Accept COMMIT, after checking its whole tree, as the tip to build upon.",
     .no_environment = true},
    PAL_OUTCOME_OPTS("Judge new findings only (default) or all."),
};

static enum pal_code prepare(struct pal_cli *cli, struct pal_app *app, struct pal_run_options *o, struct pal_err *err) {
  static const struct pal_texts to_be_found = {0};
  struct pal_source source;
  enum pal_code code = pal_source_open(app, o->replay_dir, &source, err);
  if (code == PAL_OK)
    code = pal_select_identities(cli, source.settings, &o->identities, err);
  if (code != PAL_OK)
    return code;
  if (o->identities != NULL && o->scope == NULL)
    o->scope = &to_be_found;
  o->app = app;
  o->settings = source.settings;
  o->started = source.started;
  o->finished = source.finished;
  o->cloud = source.cloud;
  return pal_pack_apply(app->pack, o->settings, err);
}

static enum pal_code print(struct pal_cli *cli, const struct pal_run_options *o, struct pal_run_result *result,
                           struct pal_err *err) {
  char tree[41], commit[41];
  pal_oid_hex(&result->tree, tree);
  pal_oid_hex(&result->commit, commit);
  result->report.next =
      pal_cli_hint(cli, o->dry_run ? "palscan scan without --dry-run commits this run"
                                   : "palscan diff --last shows what changed; palscan show, palscan check");
  if (result->report.next == NULL)
    return pal_err_nomem(err);
  enum pal_code code = pal_outcome_print(cli, &result->report, err);
  if (code != PAL_OK)
    return code;
  if (!pal_cli_flag(cli, "quiet")) {
    if (result->committed)
      (void)fprintf(stderr, "committed %s\n", commit);
    else
      (void)fprintf(stderr, "dry run, nothing committed; tree %s\n", tree);
  }
  return PAL_OK;
}

/* Runs, prints, and decides the exit status. */
static enum pal_code scan(struct pal_cli *cli, struct pal_app *app, struct pal_run_options *o,
                          struct pal_run_result *result, struct pal_err *err) {
  enum pal_code code = prepare(cli, app, o, err);
  if (code == PAL_OK)
    code = pal_run_scan(o, result, err);
  if (code != PAL_OK)
    return code;
  code = print(cli, o, result, err);
  if (code != PAL_OK) {
    if (result->committed)
      (void)pal_err_wrap(err, "the run is committed, but its report was not written");
    return code;
  }
  cli->exit_status = pal_outcome_status(cli, &result->report, "new", result->worse, result->never_read);
  if (result->time_over) {
    if (!o->quiet)
      (void)fprintf(stderr, "palscan: the time of the run was over before all was read\n");
    if (cli->exit_status == 0)
      cli->exit_status = 4;
  }
  if (result->observations > 0 && result->signed_in == 0) {
    cli->exit_status = 5;
    (void)fprintf(stderr, "palscan: no credential worked; everything was carried forward and the run is recorded\n");
  }
  return PAL_OK;
}

static enum pal_code run(struct pal_cli *cli, struct pal_err *err) {
  long long begun_ms = pal_run_now_ms();
  struct pal_run_options o = {.replay_dir = pal_cli_get(cli, "replay"),
                              .record_dir = pal_cli_get(cli, "record"),
                              .onto = pal_cli_get(cli, "onto"),
                              .accept_tip = pal_cli_get(cli, "accept-tip"),
                              .dry_run = pal_cli_flag(cli, "dry-run"),
                              .resume = pal_cli_flag(cli, "resume"),
                              .quiet = pal_cli_flag(cli, "quiet")};
  o.offline = pal_cli_flag(cli, "offline") || o.replay_dir != NULL;
  if (o.onto != NULL && !o.dry_run)
    return pal_err_set(err, PAL_E_USAGE, "--onto goes with --dry-run");
  if (o.resume && o.dry_run)
    return pal_err_set(err, PAL_E_USAGE, "--resume does not go with --dry-run: a dry run leaves nothing to resume");
  struct pal_app app;
  const struct pal_format *format = NULL;
  enum pal_code code = pal_outcome_check(cli, err);
  if (code == PAL_OK)
    code = pal_cli_number(cli, "jobs", 1, JOBS_MAX, &o.jobs, err);
  if (code == PAL_OK)
    code = pal_cli_seconds(cli, "max-time", &o.max_time_s, err);
  if (code == PAL_OK)
    code = pal_cli_format(cli, &format, err);
  if (code == PAL_OK)
    code = pal_select_tenants(cli, &o.scope, err);
  if (code != PAL_OK)
    return code;
  struct pal_run_result result = {0};
  struct pal_receivers *receivers = NULL;
  code = pal_app_open(cli, PAL_APP_INPUTS | (o.replay_dir == NULL ? PAL_APP_CREDENTIALS : 0u), &app, err);
  bool opened = code == PAL_OK;
  /* Also where an input is wrong: the receivers are to hear of it. */
  if (app.config != NULL && pal_run_tells(&o)) {
    struct pal_err why = {0};
    code = pal_receivers_load(&app, &receivers, opened ? err : &why);
    if (!opened) {
      if (code != PAL_OK)
        pal_log(PAL_LOG_WARN, "%s", why.text);
      code = err->code;
    }
  }
  if (code == PAL_OK)
    code = scan(cli, &app, &o, &result, err);
  pal_run_end(&(struct pal_run_end){.app = &app,
                                    .options = &o,
                                    .result = &result,
                                    .receivers = receivers,
                                    .begun_ms = begun_ms,
                                    .exit_status = code == PAL_OK ? cli->exit_status : pal_code_exit_status(code),
                                    .err = err});
  pal_receivers_free(receivers);
  pal_run_result_free(&result);
  if (opened)
    pal_app_close(&app);
  return code;
}

const struct pal_command pal_command_scan = {
    .name = "scan",
    .args = "",
    .summary = "one run: collect, snapshot, judge, commit",
    .help =
        "Reads every tenant each identity can reach, compares with the last snapshot, judges by the policies and "
        "commits one snapshot. What could not be read is "
        "carried forward and marked; it is never shown as removed. With --tenant only those tenants are read and "
        "judged: "
        "the files of all others stay byte for byte, with the dates of the runs that read them, completeness counts "
        "the tenants in scope, and diff and status go on comparing full runs. With --identity the scope is the tenants "
        "these identities sign in to, and within them what only others read keeps its state and its date.",
    .opts = opts,
    .opts_n = sizeof(opts) / sizeof(opts[0]),
    .max_args = 0,
    .run = run,
};
