/* SPDX-License-Identifier: Apache-2.0 */
/* query.c - one statement of a person over the policies' tables. */
#include "judge_private.h"

static enum pal_code give_names(sqlite3_stmt *stmt, int n, const char **names, pal_row_fn *each, void *payload,
                                struct pal_err *err) {
  for (int i = 0; i < n; i++)
    names[i] = sqlite3_column_name(stmt, i);
  return each(payload, n, names, NULL, err);
}

static enum pal_code give_rows(struct pal_judge *judge, const char *sql, sqlite3_stmt *stmt, pal_row_fn *each,
                               void *payload, struct pal_arena *arena, struct pal_err *err) {
  int n = sqlite3_column_count(stmt);
  const char **names = pal_arena_calloc(arena, (size_t)n, sizeof *names),
             **values = pal_arena_calloc(arena, (size_t)n, sizeof *values);
  if (!names || !values)
    return pal_err_nomem(err);
  enum pal_code code = give_names(stmt, n, names, each, payload, err);
  while (code == PAL_OK) {
    bool more = false;
    code = sandbox_step(&judge->sandbox, "query", sql, stmt, &more, err);
    if (code != PAL_OK || !more)
      break;
    for (int i = 0; i < n; i++) {
      names[i] = sqlite3_column_name(stmt, i);
      values[i] = (const char *)sqlite3_column_text(stmt, i);
    }
    code = each(payload, n, names, values, err);
  }
  return code;
}

enum pal_code pal_judge_query(struct pal_judge *judge, const char *sql, pal_row_fn *each, void *payload,
                              struct pal_err *err) {
  enum pal_code code = judge_settle(judge, JUDGE_TO_QUERY, err);
  if (code != PAL_OK)
    return code;
  sqlite3_stmt *stmt = NULL;
  code = sandbox_prepare(&judge->sandbox, "query", sql, &stmt, err);
  if (code != PAL_OK)
    return code;
  struct pal_arena *arena = pal_arena_new(0);
  code = arena ? give_rows(judge, sql, stmt, each, payload, arena, err) : pal_err_nomem(err);
  pal_arena_free(arena);
  (void)sqlite3_finalize(stmt);
  return code;
}
