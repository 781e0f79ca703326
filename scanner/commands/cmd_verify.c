/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_verify.c - palscan verify: is what is stored whole, and does it say what its judge said? */
#include <unistd.h>

#include "app.h"
#include "pal_text.h"
#include "pal_verify.h"

static const struct pal_opt opts[] = {
    {.name = "only", .kind = PAL_OPT_FLAG, .help = "That snapshot alone, not the chain of those before it."},
};

static void on_commit(void *payload, const struct pal_commit *commit, size_t done) {
  const struct pal_cli *cli = payload;
  (void)commit;
  if (isatty(STDERR_FILENO) == 1 && !pal_cli_flag(cli, "quiet"))
    (void)fprintf(stderr, "\rverified %zu snapshots …", done);
}

static void sentence(const struct pal_output *output, const struct pal_style *style, size_t indent, const char *text) {
  enum { USUAL_WIDTH = 96 };
  struct pal_buf wrapped;
  pal_buf_init(&wrapped, 16 << 10);
  pal_wrap(&wrapped, text, indent, indent, style->width > 0 ? (size_t)style->width : USUAL_WIDTH);
  (void)fprintf(output->file, "%*s%s\n", (int)indent, "", wrapped.data);
  pal_buf_deinit(&wrapped);
}

static enum pal_code say(struct pal_cli *cli, const struct pal_app *app, const struct pal_verify_result *result,
                         struct pal_err *err) {
  const struct pal_format *format = NULL;
  struct pal_output output;
  char first[41], last[41];
  enum pal_code code = pal_output_begin(cli, &format, &output, err);
  if (code != PAL_OK)
    return code;
  pal_oid_hex(&result->first, first);
  pal_oid_hex(&result->last, last);
  if (format->machine) {
    static const char *const header[] = {"snapshots", "rejudged", "first", "last", "tipKnown", "authorship"};
    const char *cells[] = {pal_arena_printf(cli->arena, "%zu", result->commits),
                           pal_arena_printf(cli->arena, "%zu", result->rejudged),
                           first,
                           last,
                           result->tip == PAL_TIP_EQUAL ? "yes" : "no",
                           "not proven"};
    static const bool counts[] = {true, true, false, false, false, false};
    const bool *const numbers[] = {counts};
    const char *const *rows[] = {cells};
    struct pal_style style = {0};
    code = pal_table_print(format->name, &style, header, rows, numbers, 6, 1, output.file, err);
    return pal_output_close(&output, code, err);
  }
  struct pal_style style = pal_cli_style(cli, &output);
  struct pal_buf path;
  pal_buf_init(&path, 64 << 10);
  pal_term_escape(&path, app->repository);
  pal_buf_puts(&path, ": consistent, authorship not proven");
  sentence(&output, &style, 0, path.data);
  (void)fputs("\n", output.file);
  pal_buf_deinit(&path);
  const char *proven =
      pal_arena_printf(cli->arena,
                       "%zu snapshot%s, %.12s to %.12s: every object hashes to its id, every file is canonical, the "
                       "chain has no gap, and judging each again with its own rules gives the same verdicts.",
                       result->commits, result->commits == 1 ? "" : "s", first, last);
  sentence(&output, &style, 2, proven != NULL ? proven : "");
  static const char *const tips[] = {
      [PAL_TIP_UNKNOWN] =
          "This host has no record of the last snapshot; it cannot tell a replaced history from the real one.",
      [PAL_TIP_EQUAL] = "The last snapshot is the one this host recorded."};
  sentence(&output, &style, 2, tips[result->tip]);
  sentence(&output, &style, 2, "No signature was checked: times are asserted by the operator.");
  return pal_output_close(&output, PAL_OK, err);
}

static enum pal_code run(struct pal_cli *cli, struct pal_err *err) {
  struct pal_app app;
  struct pal_repo *repo = NULL;
  struct pal_oid from;
  struct pal_verify_result result;
  const struct pal_format *format = NULL;
  enum pal_code code = pal_cli_format(cli, &format, err);
  if (code == PAL_OK)
    code = pal_app_open(cli, 0, &app, err);
  if (code != PAL_OK)
    return code;
  code = pal_app_repo(&app, &repo, err);
  /* A branch that is gone is not "no run yet". */
  if (code == PAL_OK && pal_repo_head(repo, &from, err) == PAL_E_NOTFOUND)
    code = pal_verify_tip(repo, err);
  if (code == PAL_OK)
    code = pal_repo_resolve(repo, cli->args_n > 0 ? cli->args[0] : "HEAD", &from, err);
  if (code == PAL_OK)
    code = pal_verify_chain(repo, &from, pal_cli_flag(cli, "only"), app.pack, on_commit, cli, &result, err);
  if (isatty(STDERR_FILENO) == 1 && !pal_cli_flag(cli, "quiet"))
    (void)fprintf(stderr, "\n");
  if (code == PAL_OK)
    code = say(cli, &app, &result, err);
  pal_repo_close(repo);
  pal_app_close(&app);
  return code;
}

const struct pal_command pal_command_verify = {
    .name = "verify",
    .args = "[REV]",
    .summary = "check stored snapshots: hashes, structure, chain, verdicts",
    .help = "Checks REV (default: the last snapshot) and every snapshot before it: each object's hash, the closed "
            "tree, canonical files, the chain, and that judging again gives the same verdicts. Exit 7 with the first "
            "fault. Needs no network and changes nothing.",
    .opts = opts,
    .opts_n = sizeof(opts) / sizeof(opts[0]),
    .max_args = 1,
    .run = run,
};
