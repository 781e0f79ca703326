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
  if (app->config_path != NULL) /* own views of today, as check knows them */
    options.pack = app->pack;
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

static const char **copy_names(struct pal_arena *arena, int n, const char *const *names) {
  const char **cells = pal_arena_calloc(arena, (size_t)n + 1, sizeof(*cells));
  for (int i = 0; cells != NULL && i < n; i++)
    if ((cells[i] = pal_arena_strdup(arena, names[i])) == NULL)
      return NULL;
  return cells;
}

/* JSON has no number for an infinity, which stays a text. */
static bool is_number(const struct pal_sql_value *value) {
  return value->type == PAL_SQL_INTEGER || (value->type == PAL_SQL_REAL && strstr(value->text, "Inf") == NULL);
}

static bool copy_row(struct pal_arena *arena, int n, const struct pal_sql_value *values, const char ***ret_cells,
                     const bool **ret_numbers) {
  const char **cells = pal_arena_calloc(arena, (size_t)n + 1, sizeof(*cells));
  bool *numbers = pal_arena_calloc(arena, (size_t)n + 1, sizeof(*numbers));
  for (int i = 0; cells != NULL && numbers != NULL && i < n; i++) {
    if (values[i].text == NULL)
      continue;
    numbers[i] = is_number(&values[i]);
    if ((cells[i] = pal_arena_strdup(arena, values[i].text)) == NULL)
      return false;
  }
  *ret_cells = cells;
  *ret_numbers = numbers;
  return cells != NULL && numbers != NULL;
}

static enum pal_code on_row(void *payload, int n, const char *const *names, const struct pal_sql_value *values,
                            struct pal_err *err) {
  struct gathering *g = payload;
  struct pal_rows *rows = g->rows;
  if (values == NULL) {
    rows->header = copy_names(g->arena, n, names);
    rows->columns = (size_t)n;
    return rows->header != NULL ? PAL_OK : pal_err_nomem(err);
  }
  const char **cells = NULL;
  const bool *numbers = NULL;
  if (!copy_row(g->arena, n, values, &cells, &numbers))
    return pal_err_nomem(err);
  const char *const **grown = pal_arena_grow(g->arena, rows->v, rows->n, &rows->cap, sizeof(*grown));
  const bool **told = pal_arena_grow(g->arena, rows->numbers, rows->n, &rows->numbers_cap, sizeof(*told));
  if (grown == NULL || told == NULL)
    return pal_err_nomem(err);
  rows->v = grown;
  rows->numbers = told;
  rows->numbers[rows->n] = numbers;
  rows->v[rows->n++] = cells;
  return PAL_OK;
}

enum pal_code pal_query_rows(struct pal_arena *arena, struct pal_query *query, const char *sql, struct pal_rows *ret,
                             struct pal_err *err) {
  *ret = (struct pal_rows){0};
  struct gathering g = {.arena = arena, .rows = ret};
  return pal_judge_query(query->snapshot.judge, sql, on_row, &g, err);
}

/* No JSON object holds two columns of one name. */
static enum pal_code check_names(const struct pal_rows *rows, struct pal_err *err) {
  for (size_t i = 0; i < rows->columns; i++)
    for (size_t k = 0; k < i; k++)
      if (strcmp(rows->header[i], rows->header[k]) == 0)
        return pal_err_set(err, PAL_E_INPUT,
                           "two columns are called \"%.60s\", and JSON can hold one: name one of them by AS",
                           rows->header[i]);
  return PAL_OK;
}

enum pal_code pal_query_print(struct pal_cli *cli, struct pal_query *query, const char *sql, const char *empty,
                              struct pal_err *err) {
  const struct pal_format *format = NULL;
  struct pal_rows rows;
  struct pal_output output;
  enum pal_code code = pal_cli_format(cli, &format, err);
  if (code == PAL_OK)
    code = pal_query_rows(cli->arena, query, sql, &rows, err);
  if (code == PAL_OK && strcmp(format->name, "json") == 0)
    code = check_names(&rows, err);
  if (code == PAL_OK)
    code = pal_output_open(cli, &output, err);
  if (code != PAL_OK)
    return code;
  struct pal_style style = pal_cli_style(cli, &output);
  if (rows.n == 0 && !format->machine)
    (void)fprintf(output.file, "%s\n", empty);
  else
    code = pal_table_print(format->name, &style, rows.header, rows.v, rows.numbers, rows.columns, rows.n, output.file,
                           err);
  return pal_output_close(&output, code, err);
}
