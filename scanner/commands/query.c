/* SPDX-License-Identifier: Apache-2.0 */
#include "query.h"

#include <string.h>

enum pal_code pal_query_open(const struct pal_app *app, const char *rev, struct pal_query *ret, struct pal_err *err) {
  *ret = (struct pal_query){0};
  struct pal_oid id;
  enum pal_code code = pal_app_repo(app, &ret->repo, err);
  if (code == PAL_OK)
    code = pal_repo_resolve(ret->repo, rev, &id, err);
  if (code == PAL_OK)
    code = pal_repo_commit(ret->repo, &id, &ret->commit, err);
  struct pal_rejudge_options options = {
      .repo = ret->repo, .commit = &ret->commit, .shipped = app->pack, .all_tables = true, .no_run = true};
  return code == PAL_OK ? pal_rejudge(&options, &ret->snapshot, err) : code;
}

void pal_query_close(struct pal_query *query) {
  pal_rejudged_free(&query->snapshot);
  pal_repo_close(query->repo);
  query->repo = NULL;
}

struct gathering {
  struct pal_arena *arena;
  struct pal_rows *rows;
};

static const char **copy_row(struct pal_arena *arena, int n, const char *const *values) {
  const char **cells = pal_arena_calloc(arena, (size_t)n + 1, sizeof(*cells));
  for (int i = 0; cells != NULL && i < n; i++) {
    if (values[i] == NULL)
      continue;
    if ((cells[i] = pal_arena_strdup(arena, values[i])) == NULL)
      return NULL;
  }
  return cells;
}

static enum pal_code on_row(void *payload, int n, const char *const *names, const char *const *values,
                            struct pal_err *err) {
  struct gathering *g = payload;
  const char **cells = copy_row(g->arena, n, values != NULL ? values : names);
  if (cells == NULL)
    return pal_err_nomem(err);
  if (values == NULL) {
    g->rows->header = cells;
    g->rows->columns = (size_t)n;
    return PAL_OK;
  }
  const char *const **grown = pal_arena_grow(g->arena, g->rows->v, g->rows->n, &g->rows->cap, sizeof(*grown));
  if (grown == NULL)
    return pal_err_nomem(err);
  g->rows->v = grown;
  g->rows->v[g->rows->n++] = cells;
  return PAL_OK;
}

enum pal_code pal_query_rows(struct pal_arena *arena, struct pal_query *query, const char *sql, struct pal_rows *ret,
                             struct pal_err *err) {
  *ret = (struct pal_rows){0};
  struct gathering g = {.arena = arena, .rows = ret};
  return pal_judge_query(query->snapshot.judge, sql, on_row, &g, err);
}

enum pal_code pal_query_print(struct pal_cli *cli, struct pal_query *query, const char *sql, const char *empty,
                              struct pal_err *err) {
  const struct pal_format *format = NULL;
  struct pal_rows rows;
  struct pal_output output;
  enum pal_code code = pal_cli_format(cli, &format, err);
  if (code == PAL_OK)
    code = pal_query_rows(cli->arena, query, sql, &rows, err);
  if (code == PAL_OK)
    code = pal_output_open(cli, &output, err);
  if (code != PAL_OK)
    return code;
  struct pal_style style = pal_cli_style(cli, &output);
  if (rows.n == 0 && !format->machine)
    (void)fprintf(output.file, "%s\n", empty);
  else
    code = pal_table_print(format->name, &style, rows.header, rows.v, rows.columns, rows.n, output.file, err);
  return pal_output_close(&output, code, err);
}
