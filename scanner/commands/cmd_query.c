/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_query.c - palscan query: read-only SQL over a stored snapshot. */
#include "app.h"
#include "query.h"

static enum pal_code run(struct pal_cli *cli, struct pal_err *err) {
  struct pal_app app;
  const struct pal_format *format = NULL;
  enum pal_code code = pal_cli_format(cli, &format, err);
  if (code == PAL_OK)
    code = pal_app_open(cli, 0, &app, err);
  if (code != PAL_OK)
    return code;
  struct pal_query query;
  code = pal_query_open(&app, cli->args_n > 1 ? cli->args[1] : "HEAD", &query, err);
  if (code == PAL_OK)
    code = pal_query_print(cli, &query, cli->args[0], "No rows.", err);
  pal_query_close(&query);
  pal_app_close(&app);
  return code;
}

const struct pal_command pal_command_query = {
    .name = "query",
    .args = "SQL [REV]",
    .summary = "read-only SQL over a snapshot",
    .help = "Runs one SELECT over the tables and views that policies see (policies/README.md lists them), with the "
            "same limits. The schema previous holds the snapshot before REV. JSON keeps numbers as numbers; a blob is "
            "hexadecimal digits. Tables also hold what was not read in that "
            "run, as it was read last: the table coverage says which units those are and of when (state, as_of), and "
            "last_read is the date of a single record kept in a unit that was read in part. No row is no proof where "
            "coverage is not complete.",
    .min_args = 1,
    .max_args = 2,
    .run = run,
};
