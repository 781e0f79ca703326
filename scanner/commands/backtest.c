/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest.h"

#include <string.h>

#include "pal_rejudge.h"

enum { BACKTEST_COLUMNS = 8 };

/* The last four are counts. */
static const bool counts[BACKTEST_COLUMNS] = {false, false, false, false, true, true, true, true};

struct backtest {
  struct pal_cli *cli;
  const struct pal_app *app;
  struct pal_repo *repo;
  struct pal_oid *nights; /* newest first */
  size_t nights_n, nights_cap;
  bool *wanted;               /* by policy of the pack */
  const char *const *(*rows); /* of one policy after the other, the nights in order: policies_n × nights_n */
  size_t policies_n;
};

static enum pal_code choose(struct backtest *b, const struct pal_texts *only, struct pal_err *err) {
  b->policies_n = pal_pack_n(b->app->pack);
  b->wanted = pal_arena_calloc(b->cli->arena, b->policies_n + 1, sizeof(*b->wanted));
  if (b->wanted == NULL)
    return pal_err_nomem(err);
  for (size_t i = 0; i < only->n; i++) {
    if (pal_pack_find(b->app->pack, only->v[i]) == NULL)
      return pal_err_set(err, PAL_E_USAGE, "--policy: no policy \"%s\" (palscan policies list shows all)", only->v[i]);
    for (size_t p = 0; p < b->policies_n; p++)
      b->wanted[p] = b->wanted[p] || strcmp(pal_pack_at(b->app->pack, p)->id, only->v[i]) == 0;
  }
  return PAL_OK;
}

/* The snapshots from the last one back to the beginning of the period. */
static enum pal_code find_nights(struct backtest *b, int64_t seconds, struct pal_err *err) {
  struct pal_instant begin = {0};
  struct pal_oid id;
  enum pal_code code = pal_repo_head(b->repo, &id, err);
  while (code == PAL_OK) {
    struct pal_commit commit;
    struct pal_instant started;
    code = pal_repo_commit(b->repo, &id, &commit, err);
    if (code != PAL_OK)
      break;
    if (!pal_instant_parse(commit.trailers.started, &started))
      return pal_err_set(err, PAL_E_VERIFY, "the commit of %s says no date", commit.trailers.started);
    if (b->nights_n == 0)
      begin.s = started.s - seconds;
    if (started.s < begin.s)
      break;
    b->nights = pal_arena_grow(b->cli->arena, b->nights, b->nights_n, &b->nights_cap, sizeof(*b->nights));
    if (b->nights == NULL)
      return pal_err_nomem(err);
    b->nights[b->nights_n++] = id;
    if (!commit.has_parent)
      break;
    id = commit.parent;
  }
  return code;
}

static const char *state_of(const struct pal_policy_result *result) {
  static const char *const words[] = {
      [PAL_TESTED] = "tested", [PAL_NOT_TESTED] = "not tested", [PAL_DISABLED] = "disabled", [PAL_BROKEN] = "failed"};
  return words[result->state];
}

static enum pal_code add_row(struct backtest *b, size_t policy, size_t night, const struct pal_commit *commit,
                             const struct pal_policy_result *result, struct pal_err *err) {
  struct pal_arena *arena = b->cli->arena;
  const char **cells = pal_arena_calloc(arena, BACKTEST_COLUMNS, sizeof(*cells));
  char hex[41];
  pal_oid_hex(&commit->id, hex);
  if (cells == NULL)
    return pal_err_nomem(err);
  const size_t numbers[] = {result->fail, result->unknown, result->waived, result->folded};
  cells[0] = result->policy->id;
  cells[1] = pal_arena_strdup(arena, commit->trailers.started);
  cells[2] = pal_arena_strndup(arena, hex, 12);
  cells[3] = state_of(result);
  for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
    cells[4 + i] = pal_arena_printf(arena, "%zu", numbers[i]);
  for (size_t i = 0; i < BACKTEST_COLUMNS; i++)
    if (cells[i] == NULL)
      return pal_err_nomem(err);
  b->rows[policy * b->nights_n + night] = cells;
  return PAL_OK;
}

/* Only what would have been found is worth a line, unless the policy was asked for. */
static bool speaks(const struct pal_policy_result *result) {
  return result->fail + result->unknown + result->waived + result->folded > 0 || result->state == PAL_BROKEN;
}

static enum pal_code judge_night(struct backtest *b, size_t night, bool asked, struct pal_err *err) {
  struct pal_commit commit;
  struct pal_rejudged rejudged = {0};
  enum pal_code code = pal_repo_commit(b->repo, &b->nights[b->nights_n - 1 - night], &commit, err);
  struct pal_rejudge_options options = {
      .repo = b->repo, .commit = &commit, .shipped = b->app->pack, .pack = b->app->pack};
  if (code == PAL_OK)
    code = pal_rejudge(&options, &rejudged, err);
  for (size_t i = 0; i < b->policies_n && code == PAL_OK; i++) {
    const struct pal_policy_result *result = pal_judge_result(rejudged.judge, i);
    b->wanted[i] = b->wanted[i] || (!asked && speaks(result));
    code = add_row(b, i, night, &commit, result, err);
  }
  pal_rejudged_free(&rejudged);
  return code;
}

static enum pal_code print(struct backtest *b, struct pal_err *err) {
  static const char *const header[BACKTEST_COLUMNS] = {"policy", "night",   "snapshot", "state",
                                                       "fail",   "unknown", "waived",   "folded"};
  const struct pal_format *format = NULL;
  struct pal_output output;
  size_t n = 0;
  const bool **numbers = pal_arena_calloc(b->cli->arena, b->policies_n * b->nights_n + 1, sizeof(*numbers));
  if (numbers == NULL)
    return pal_err_nomem(err);
  for (size_t p = 0; p < b->policies_n; p++)
    for (size_t i = 0; i < b->nights_n && b->wanted[p]; i++) {
      numbers[n] = counts;
      b->rows[n++] = b->rows[p * b->nights_n + i];
    }
  enum pal_code code = pal_cli_format(b->cli, &format, err);
  if (code == PAL_OK)
    code = pal_output_open(b->cli, &output, err);
  if (code != PAL_OK)
    return code;
  struct pal_style style = pal_cli_style(b->cli, &output);
  if (n == 0 && !format->machine)
    (void)fprintf(output.file, "No policy would have found anything in %zu snapshots.\n", b->nights_n);
  else
    code = pal_table_print(format->name, &style, header, b->rows, numbers, BACKTEST_COLUMNS, n, output.file, err);
  return pal_output_close(&output, code, err);
}

enum pal_code pal_backtest(struct pal_cli *cli, const struct pal_app *app, struct pal_repo *repo, int64_t seconds,
                           const struct pal_texts *only, struct pal_err *err) {
  struct backtest b = {.cli = cli, .app = app, .repo = repo};
  enum pal_code code = choose(&b, only, err);
  if (code == PAL_OK)
    code = find_nights(&b, seconds, err);
  if (code != PAL_OK)
    return code;
  b.rows = pal_arena_calloc(cli->arena, b.policies_n * b.nights_n + 1, sizeof(*b.rows));
  if (b.rows == NULL)
    return pal_err_nomem(err);
  for (size_t i = 0; i < b.nights_n && code == PAL_OK; i++)
    code = *cli->stop ? pal_err_set(err, PAL_E_INTERRUPTED, "stopped; nothing was changed")
                      : judge_night(&b, i, only->n > 0, err);
  return code == PAL_OK ? print(&b, err) : code;
}
