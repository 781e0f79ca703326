/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_log.c - palscan log: the runs, newest first. */
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "pal_verify.h"

enum { LOG_COLUMNS = 7, LOG_DEFAULT = 30 };

static const struct pal_opt opts[] = {
    {.name = "number",
     .letter = 'n',
     .kind = PAL_OPT_VALUE,
     .arg = "N",
     .help = "At most N runs (default 30); 0: all."},
};

struct rows {
  const char *const **v;
  size_t n, cap;
};

/* The number of the run; "19/22" is none. */
static const bool counts[LOG_COLUMNS] = {false, true};

/* "4m 21s": for people, whom a second instant tells less, and whose screen is narrow. */
static const char *duration(struct pal_arena *arena, const struct pal_trailers *t) {
  struct pal_instant started, finished;
  if (!pal_instant_parse(t->started, &started) || !pal_instant_parse(t->finished, &finished) || finished.s < started.s)
    return "-";
  long long s = finished.s - started.s;
  if (s < 60)
    return pal_arena_printf(arena, "%llds", s);
  return s < 3600 ? pal_arena_printf(arena, "%lldm %llds", s / 60, s % 60)
                  : pal_arena_printf(arena, "%lldh %lldm", s / 3600, s / 60 % 60);
}

static enum pal_code add_row(struct pal_arena *arena, struct rows *rows, const struct pal_commit *commit, bool machine,
                             struct pal_err *err) {
  const struct pal_trailers *t = &commit->trailers;
  const char **cells = pal_arena_calloc(arena, LOG_COLUMNS, sizeof(*cells));
  const char *const **grown = pal_arena_grow(arena, rows->v, rows->n, &rows->cap, sizeof(*grown));
  char hex[41];
  pal_oid_hex(&commit->id, hex);
  if (cells == NULL || grown == NULL)
    return pal_err_nomem(err);
  cells[0] = pal_arena_strndup(arena, hex, 12);
  cells[1] = pal_arena_printf(arena, "%lld", (long long)t->sequence);
  cells[2] = pal_arena_strdup(arena, t->started);
  cells[3] = machine ? pal_arena_strdup(arena, t->finished) : duration(arena, t);
  cells[4] = t->kind == PAL_RUN_REPLAY ? "replayed" : pal_run_kind_name(t->kind);
  cells[5] = t->full ? "full" : "partial";
  cells[6] = pal_arena_printf(arena, "%lld/%lld", (long long)t->complete, (long long)t->expected);
  for (int i = 0; i < LOG_COLUMNS; i++)
    if (cells[i] == NULL)
      return pal_err_nomem(err);
  rows->v = grown;
  rows->v[rows->n++] = cells;
  return PAL_OK;
}

static enum pal_code parse_number(struct pal_cli *cli, size_t *ret, struct pal_err *err) {
  const char *text = pal_cli_get(cli, "number");
  char *end = NULL;
  *ret = LOG_DEFAULT;
  if (text == NULL)
    return PAL_OK;
  unsigned long n = text[0] >= '0' && text[0] <= '9' ? strtoul(text, &end, 10) : 0;
  if (end == NULL || *end != '\0' || n > 1000000)
    return pal_err_set(err, PAL_E_USAGE, "--number: \"%s\" is no number from 0 to 1000000", text);
  *ret = n == 0 ? SIZE_MAX : n;
  return PAL_OK;
}

static enum pal_code collect(struct pal_cli *cli, struct pal_repo *repo, bool machine, struct rows *rows,
                             struct pal_err *err) {
  struct pal_oid id;
  size_t most = 0;
  enum pal_code code = parse_number(cli, &most, err);
  if (code == PAL_OK) {
    struct pal_err none = {0};
    code = pal_repo_head(repo, &id, &none);
    if (code == PAL_E_NOTFOUND)
      return pal_verify_tip(repo, err); /* no run yet, unless this host knows of one */
    if (code != PAL_OK)
      *err = none;
  }
  while (code == PAL_OK && rows->n < most) {
    struct pal_commit commit;
    code = pal_repo_commit(repo, &id, &commit, err);
    if (code == PAL_OK)
      code = add_row(cli->arena, rows, &commit, machine, err);
    if (code != PAL_OK || !commit.has_parent)
      break;
    id = commit.parent;
  }
  return code;
}

static enum pal_code print(struct pal_cli *cli, const struct rows *rows, struct pal_err *err) {
  static const char *const whole[LOG_COLUMNS] = {"snapshot", "run", "started", "finished", "kind", "scope", "complete"};
  static const char *const brief[LOG_COLUMNS] = {"snapshot", "run", "started", "took", "kind", "scope", "complete"};
  const struct pal_format *format = NULL;
  struct pal_output output;
  enum pal_code code = pal_output_begin(cli, &format, &output, err);
  if (code != PAL_OK)
    return code;
  struct pal_style style = pal_cli_style(cli, &output);
  const bool **numbers = pal_arena_calloc(cli->arena, rows->n + 1, sizeof(*numbers));
  for (size_t i = 0; numbers != NULL && i < rows->n; i++)
    numbers[i] = counts;
  const char *first = pal_cli_hint(cli, "palscan scan");
  if (numbers == NULL || first == NULL)
    code = pal_err_nomem(err);
  else if (rows->n == 0 && !format->machine)
    (void)fprintf(output.file, "No run yet. The first one: %s\n", first);
  else
    code = pal_table_print(format->name, &style, format->machine ? whole : brief, rows->v, numbers, LOG_COLUMNS,
                           rows->n, output.file, err);
  return pal_output_close(&output, code, err);
}

static enum pal_code run(struct pal_cli *cli, struct pal_err *err) {
  struct pal_app app;
  struct pal_repo *repo = NULL;
  struct rows rows = {0};
  const struct pal_format *format = NULL;
  enum pal_code code = pal_cli_format(cli, &format, err);
  if (code == PAL_OK)
    code = pal_app_open(cli, 0, &app, err);
  if (code != PAL_OK)
    return code;
  code = pal_app_repo(&app, &repo, err);
  if (code == PAL_OK)
    code = collect(cli, repo, format->machine, &rows, err);
  if (code == PAL_OK)
    code = print(cli, &rows, err);
  pal_repo_close(repo);
  pal_app_close(&app);
  return code;
}

const struct pal_command pal_command_log = {
    .name = "log",
    .args = "",
    .summary = "the runs, newest first",
    .help = "Lists the runs: snapshot id, number, start and how long it took (its end in JSON and CSV), kind, scope, "
            "and how many tenants were read completely.",
    .opts = opts,
    .opts_n = sizeof(opts) / sizeof(opts[0]),
    .max_args = 0,
    .run = run,
};
