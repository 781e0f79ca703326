/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_collector.c - palscan collector: a script for a colleague, whose answer palscan import reads. */
#include <string.h>

#include "app.h"
#include "collector_script.h"
#include "nonce.h"
#include "pal_id.h"

enum { STATE_PATH_MAX = 8192 };

static const char *const shells[] = {"bash", "powershell", NULL};

static const struct pal_opt opts[] = {
    {.name = "identity",
     .kind = PAL_OPT_VALUE,
     .arg = "NAME",
     .help = "Who will run it: a name of lower-case letters, digits and hyphens.",
     .no_environment = true},
    {.name = "tenant",
     .kind = PAL_OPT_VALUE,
     .arg = "ID",
     .help = "In which tenant the link is to be shown.",
     .no_environment = true},
    {.name = "shell",
     .kind = PAL_OPT_VALUE,
     .arg = "SHELL",
     .words = shells,
     .help = "bash (default; needs the Azure CLI) or powershell (needs Azure PowerShell).",
     .no_environment = true},
};

static enum pal_code write_script(struct pal_cli *cli, const struct pal_collector *collector, struct pal_err *err) {
  const char *shell = pal_cli_get(cli, "shell");
  struct pal_buf script;
  struct pal_output output;
  pal_buf_init(&script, PAL_COLLECTOR_SCRIPT_MAX);
  enum pal_code code = shell != NULL && strcmp(shell, "powershell") == 0
                           ? pal_collector_powershell(collector, &script, err)
                           : pal_collector_bash(collector, &script, err);
  if (code == PAL_OK)
    code = pal_output_open(cli, &output, err);
  if (code == PAL_OK) {
    if (fwrite(script.data, 1, script.len, output.file) != script.len)
      code = pal_err_set(err, PAL_E_IO, "the script was not written");
    code = pal_output_close(&output, code, err);
  }
  pal_buf_deinit(&script);
  return code;
}

static enum pal_code issue(const struct pal_app *app, struct pal_collector *collector, struct pal_err *err) {
  struct pal_repo *repo = NULL;
  struct pal_buf state;
  pal_buf_init(&state, STATE_PATH_MAX);
  enum pal_code code = pal_app_repo(app, &repo, err);
  if (code == PAL_OK)
    code = pal_state_dir(pal_repo_id(repo), &state, err);
  if (code == PAL_OK)
    code =
        pal_nonce_issue(state.data, collector->identity, collector->tenant.s, pal_clock_now(), collector->nonce, err);
  pal_repo_close(repo);
  pal_buf_deinit(&state);
  return code;
}

static enum pal_code run(struct pal_cli *cli, struct pal_err *err) {
  const char *identity = pal_cli_get(cli, "identity"), *tenant = pal_cli_get(cli, "tenant");
  struct pal_collector collector = {.identity = identity};
  struct pal_app app;
  enum pal_code code = pal_cli_text_only(cli, "collector", false, err);
  if (code != PAL_OK)
    return code;
  if (identity == NULL || tenant == NULL)
    return pal_err_set(err, PAL_E_USAGE, "collector needs --identity NAME and --tenant ID");
  if (!pal_name_valid(identity))
    return pal_err_set(err, PAL_E_USAGE, "--identity: \"%s\" is no name: lower-case letters, digits and hyphens",
                       identity);
  if (pal_tenant_id_parse(tenant, &collector.tenant, NULL) != PAL_OK)
    return pal_err_set(err, PAL_E_USAGE, "--tenant: \"%s\" is no tenant id (a GUID)", tenant);
  code = pal_output_check(cli, err);
  if (code == PAL_OK)
    code = pal_app_open(cli, PAL_APP_OPTIONAL, &app, err);
  if (code != PAL_OK)
    return code;
  code = issue(&app, &collector, err);
  pal_app_close(&app);
  return code == PAL_OK ? write_script(cli, &collector, err) : code;
}

const struct pal_command pal_command_collector = {
    .name = "collector",
    .args = "",
    .summary = "a script for a colleague whose link only they can read",
    .help = "Prints a short script for one identity in one tenant. The colleague reads it, runs it in their own shell, "
            "signed in to that tenant, and sends back the one file it writes: for palscan import. It reads their own "
            "link, and their own role assignments where these can be listed; it writes nothing to any service, and "
            "shows no token. It holds a nonce that is good "
            "for one import within 30 days, on this machine and for this user.",
    .opts = opts,
    .opts_n = sizeof(opts) / sizeof(opts[0]),
    .max_args = 0,
    .run = run,
};
