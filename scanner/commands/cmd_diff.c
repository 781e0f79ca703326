/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_diff.c - palscan diff: what changed between two snapshots, in sentences. */
#include "compare.h"

static const struct pal_opt opts[] = {
    {.name = "last", .kind = PAL_OPT_FLAG, .help = "Compare the last two full scans."},
    {.name = "exit-code", .kind = PAL_OPT_FLAG, .help = "Exit 3 when something changed."},
};

static enum pal_code commit_of(struct pal_repo *repo, const char *rev, struct pal_commit *ret, struct pal_err *err) {
  struct pal_oid id;
  enum pal_code code = pal_repo_resolve(repo, rev, &id, err);
  return code == PAL_OK ? pal_repo_commit(repo, &id, ret, err) : code;
}

static enum pal_code choose(struct pal_cli *cli, struct pal_repo *repo, struct pal_commit *from, struct pal_commit *to,
                            struct pal_err *err) {
  if (cli->args_n > 0 && pal_cli_flag(cli, "last"))
    return pal_err_set(err, PAL_E_USAGE, "--last goes without A and B");
  if (cli->args_n == 0)
    return pal_last_two(repo, from, to, err);
  enum pal_code code = commit_of(repo, cli->args[0], from, err);
  return code == PAL_OK ? commit_of(repo, cli->args_n > 1 ? cli->args[1] : "HEAD", to, err) : code;
}

static enum pal_code run(struct pal_cli *cli, struct pal_err *err) {
  struct pal_app app;
  struct pal_repo *repo = NULL;
  struct pal_commit from, to;
  struct pal_comparison comparison;
  const struct pal_format *format = NULL;
  enum pal_code code = pal_cli_format(cli, &format, err);
  if (code == PAL_OK)
    code = pal_app_open(cli, 0, &app, err);
  if (code != PAL_OK)
    return code;
  code = pal_app_repo(&app, &repo, err);
  if (code == PAL_OK)
    code = choose(cli, repo, &from, &to, err);
  if (code == PAL_OK)
    code = pal_compare_commits(repo, &from, &to, app.pack, cli->arena, &comparison, err);
  if (code == PAL_OK)
    code = pal_compare_print(cli, &comparison, err);
  if (code == PAL_OK && pal_cli_flag(cli, "exit-code") &&
      comparison.lines_n + comparison.opened_n + comparison.changed_n + comparison.resolved_n > 0)
    cli->exit_status = 3;
  pal_repo_close(repo);
  pal_app_close(&app);
  return code;
}

const struct pal_command pal_command_diff = {
    .name = "diff",
    .args = "[A [B]]",
    .summary = "what changed, in sentences",
    .help =
        "Compares two snapshots record by record. Without arguments: since the last signed review, else the last "
        "two full scans; with one: A against the last snapshot. What a run did not read is never a change. What is one "
        "thing is one line: copies of a role below the scope it was granted at, a role that moved to a scope that "
        "covers the old one, a subscription that moved to another customer. Activations of Privileged Identity "
        "Management are only counted and are no change for --exit-code; JSON and CSV hold every one.",
    .opts = opts,
    .opts_n = sizeof(opts) / sizeof(opts[0]),
    .max_args = 2,
    .run = run,
};
