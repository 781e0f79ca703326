/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_doctor.c - palscan doctor: what a scan could read, and what is missing for the rest. */
#include "doctor.h"
#include "metrics.h"
#include "notify.h"
#include "pal_log.h"

enum { JOBS_MAX = 1024 }; /* as for the configuration's concurrency */

static const struct pal_opt opts[] = {
    {.name = "identity",
     .kind = PAL_OPT_LIST,
     .arg = "NAME",
     .help = "Check this configured identity only; may be given several times, or as a list with commas."},
    {.name = "tenant",
     .kind = PAL_OPT_LIST,
     .arg = "ID",
     .help = "Check this tenant only; may be given several times, or as a list with commas."},
    {.name = "jobs",
     .kind = PAL_OPT_VALUE,
     .arg = "N",
     .help = "Have so many requests in flight, in place of the configured concurrency."},
    {.name = "max-time",
     .kind = PAL_OPT_VALUE,
     .arg = "TIME",
     .help = "Begin nothing new after this time, such as 90m or 6h: what was not asked by then is told as missing."},
    {.name = "offline", .kind = PAL_OPT_FLAG, .help = "Opening a socket is an error."},
    {.name = "replay",
     .kind = PAL_OPT_VALUE,
     .arg = "DIR",
     .help = "Answer every request from the recording of a scan in DIR.",
     .no_environment = true},
};

static enum pal_code print(struct pal_cli *cli, const struct pal_doctor *doctor, struct pal_err *err) {
  const struct pal_format *format = NULL;
  struct pal_output output;
  enum pal_code code = pal_output_begin(cli, &format, &output, err);
  if (code != PAL_OK)
    return code;
  struct pal_style style = pal_cli_style(cli, &output);
  code = pal_doctor_print(doctor, format->name, &style, output.file, err);
  return pal_output_close(&output, code, err);
}

static void set_status(struct pal_cli *cli, const struct pal_doctor *doctor) {
  size_t signed_in = 0, lacking = 0;
  for (size_t i = 0; i < doctor->checks_n; i++) {
    signed_in += doctor->checks[i].signed_in;
    lacking += pal_checkup_lacks(&doctor->checks[i]);
  }
  cli->exit_status = signed_in == 0 ? 5 : lacking > 0 || pal_doctor_clock_is_off(doctor) ? 4 : 0;
}

static enum pal_code check(struct pal_cli *cli, struct pal_app *app, const struct doctor_options *asked,
                           const char *replay_dir, struct pal_err *err) {
  struct pal_source source;
  struct pal_doctor doctor = {0};
  struct doctor_options o = *asked;
  o.app = app;
  o.source = &source;
  enum pal_code code = pal_source_open(app, replay_dir, &source, err);
  if (code == PAL_OK)
    code = pal_select_identities(cli, source.settings, &o.identities, err);
  if (code == PAL_OK)
    code = doctor_run(&o, &doctor, err);
  if (code == PAL_OK)
    code = print(cli, &doctor, err);
  if (code == PAL_OK)
    set_status(cli, &doctor);
  return code;
}

/* A scan goes on without its metrics, and so does the check-up; *ret_lacks: they could not be written. */
static enum pal_code check_metrics(const struct pal_app *app, bool *ret_lacks, struct pal_err *err) {
  struct pal_err why = {0};
  enum pal_code code = pal_metrics_check(app, &why);
  *ret_lacks = code == PAL_E_IO;
  if (*ret_lacks)
    pal_log(PAL_LOG_WARN, "%s", why.text);
  else if (code != PAL_OK)
    *err = why;
  return *ret_lacks ? PAL_OK : code;
}

/* A receiver that is wrong ends a scan before it begins. */
static enum pal_code check_receivers(const struct pal_app *app, struct pal_err *err) {
  struct pal_receivers *receivers = NULL;
  enum pal_code code = pal_receivers_load(app, &receivers, err);
  pal_receivers_free(receivers);
  return code;
}

static enum pal_code run(struct pal_cli *cli, struct pal_err *err) {
  const char *replay_dir = pal_cli_get(cli, "replay");
  const struct pal_format *format = NULL;
  struct doctor_options o = {.offline = pal_cli_flag(cli, "offline") || replay_dir != NULL,
                             .quiet = pal_cli_flag(cli, "quiet")};
  struct pal_app app;
  bool no_metrics = false;
  enum pal_code code = pal_output_check(cli, err);
  if (code == PAL_OK)
    code = pal_cli_format(cli, &format, err);
  if (code == PAL_OK)
    code = pal_cli_number(cli, "jobs", 1, JOBS_MAX, &o.jobs, err);
  if (code == PAL_OK)
    code = pal_cli_seconds(cli, "max-time", &o.max_time_s, err);
  if (code == PAL_OK)
    code = pal_select_tenants(cli, &o.tenants, err);
  if (code == PAL_OK)
    code = pal_app_open(cli, PAL_APP_INPUTS | (replay_dir == NULL ? PAL_APP_CREDENTIALS : 0u), &app, err);
  if (code != PAL_OK)
    return code;
  if (!o.offline)
    code = check_receivers(&app, err);
  if (code == PAL_OK && !o.offline)
    code = check_metrics(&app, &no_metrics, err);
  if (code == PAL_OK)
    code = check(cli, &app, &o, replay_dir, err);
  if (code == PAL_OK && no_metrics && cli->exit_status == 0)
    cli->exit_status = 4;
  pal_app_close(&app);
  return code;
}

const struct pal_command pal_command_doctor = {
    .name = "doctor",
    .args = "",
    .summary = "what each identity can read in each tenant, and what is missing for the rest",
    .help =
        "Signs in as each identity to each tenant of the configuration and the estate, and asks once for each thing "
        "that takes a right of its own: partner link, subscriptions, and of each subscription assigned and eligible "
        "roles, delegations and this month's costs; members of groups. What is missing is told with the role or "
        "permission that gives it, and the command; so is a secret file that cannot be used, while the other "
        "identities "
        "are checked. The receivers of notify must be right, and are told "
        "nothing; the place of metricsFile must be writable. Nothing is written but a refresh token into the file it "
        "came from, and no snapshot is needed. Says "
        "how far this host's clock is off, and how many requests a scan would send. Exit 4 "
        "when something is missing or the clock is off by more than five minutes, 5 when no credential worked, else "
        "0.",
    .opts = opts,
    .opts_n = sizeof(opts) / sizeof(opts[0]),
    .max_args = 0,
    .run = run,
};
