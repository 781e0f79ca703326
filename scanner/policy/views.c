/* SPDX-License-Identifier: Apache-2.0 */
/*
 * views.c - the views of a pack: made in both schemas, checked, and computed
 * once where the file says so.
 *
 * A view whose leading comment has a line
 *   -- once: tenant_id, object_id; tenant_id, subscription_id
 * is replaced, before the policies run, by a table of its rows with those
 * indexes ("few rows": without any), where a policy or view asks for it; in previous
 * where two do. It says the same; what many ask for is worked out once. When it cannot be (budget,
 * error) it stays a view, and the policies that use it meet the same fault
 * themselves.
 */
#include <string.h>

#include "judge_private.h"
#include "sql_scan.h"

enum { VIEW_DEPTH_MAX = 32, FEW_ROWS = 4 };

/* --- making --- */

/* Remembers what is wrong with a view; the policies that use it will be broken and say so. */
static enum pal_code note_error(struct pal_judge *judge, size_t i, const char *text, struct pal_err *err) {
  judge->view_errors[i] = pal_arena_printf(judge->arena, "%s: %s", judge->o.pack->views[i].path, text);
  return judge->view_errors[i] ? PAL_OK : pal_err_nomem(err);
}

static enum pal_code make_view(struct pal_judge *judge, size_t i, enum pal_state state, struct pal_err *err) {
  const struct pack_view *view = &judge->o.pack->views[i];
  pal_buf_clear(&judge->text);
  pal_buf_printf(&judge->text, "%.*s%s.%s", (int)view->name_at, view->sql, table_schemas[state],
                 view->sql + view->name_at);
  enum pal_code code = pal_buf_check(&judge->text, view->path, err);
  if (code == PAL_OK && sqlite3_exec(judge->sandbox.db, judge->text.data, NULL, NULL, NULL) != SQLITE_OK)
    code = note_error(judge, i, sqlite3_errmsg(judge->sandbox.db), err);
  return code;
}

/* What needs no index: the planner is told that it is short. */
static bool is_few(const struct pack_view *view) {
  return strcmp(view->once, "few rows") == 0;
}

/* --- checking --- */

/* Each view alone, with the columns its line "once" names: its errors are told
 * with its own name. Compiling all takes longer than judging a small estate,
 * hence only when a policy is broken. */
static enum pal_code check_view(struct pal_judge *judge, size_t i, struct pal_err *err) {
  const struct pack_view *view = &judge->o.pack->views[i];
  struct pal_err why = {0};
  sqlite3_stmt *stmt = NULL;
  if (judge->view_errors[i])
    return PAL_OK;
  pal_buf_clear(&judge->text);
  pal_buf_puts(&judge->text, "SELECT 1");
  for (const char *at = view->once && !is_few(view) ? view->once : ""; *at;) {
    size_t len = strcspn(at, ",; ");
    pal_buf_printf(&judge->text, "%s%.*s", len ? ", " : "", (int)len, at);
    at += len;
    at += strspn(at, ",; ");
  }
  pal_buf_printf(&judge->text, " FROM \"%s\"", view->name);
  enum pal_code code = pal_buf_check(&judge->text, view->path, err);
  if (code == PAL_OK && sandbox_prepare(&judge->sandbox, view->path, judge->text.data, &stmt, &why) != PAL_OK)
    code = note_error(judge, i, sqlite3_errmsg(judge->sandbox.db), err);
  (void)sqlite3_finalize(stmt);
  return code;
}

/* The error of the first broken view that the text uses, itself or by other views; NULL. */
static const char *error_below(const struct pal_judge *judge, const char *sql, const char *self, unsigned depth) {
  const struct pal_pack *pack = judge->o.pack;
  for (size_t i = 0; depth > 0 && i < pack->views_n; i++) {
    const struct pack_view *view = &pack->views[i];
    if (!judge->view_errors[i] || strcmp(view->name, self) == 0 || !sql_mentions(sql, strlen(sql), view->name))
      continue;
    const char *deeper = error_below(judge, view->sql, view->name, depth - 1);
    return deeper ? deeper : judge->view_errors[i];
  }
  return NULL;
}

enum pal_code judge_view_error(struct pal_judge *judge, const char *sql, const char **ret, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < judge->o.pack->views_n && !judge->views_checked && code == PAL_OK; i++)
    code = check_view(judge, i, err);
  judge->views_checked = code == PAL_OK;
  *ret = error_below(judge, sql, "", VIEW_DEPTH_MAX);
  return code;
}

/* --- which to compute --- */

/* How many policies, and views that are asked for themselves, ask for each. */
static void count_askers(const struct pal_judge *judge, enum pal_state state, unsigned *askers, bool *counted) {
  const struct pal_pack *pack = judge->o.pack;
  for (size_t i = 0; i < pack->views_n; i++) {
    askers[i] = state == PAL_STATE_NOW && judge_reads_view(judge, pack->views[i].name);
    for (size_t k = 0; k < pack->policies_n; k++)
      askers[i] += judge->runs[k].state == PAL_TESTED && pack->policies[k].asks[state][i];
  }
  for (bool again = true; again;) {
    again = false;
    for (size_t i = 0; i < pack->views_n; i++) {
      if (askers[i] == 0 || counted[i])
        continue;
      counted[i] = again = true;
      for (size_t k = 0; k < pack->views_n; k++)
        askers[k] += pack->views[i].asks[k];
    }
  }
}

/* One reader of previous is served as well by the view itself. */
static enum pal_code choose_once(struct pal_judge *judge, enum pal_state state, struct pal_err *err) {
  const struct pal_pack *pack = judge->o.pack;
  unsigned *askers = pal_arena_calloc(judge->arena, pack->views_n, sizeof *askers);
  bool *counted = pal_arena_calloc(judge->arena, pack->views_n, sizeof *counted);
  if (!askers || !counted)
    return pal_err_nomem(err);
  count_askers(judge, state, askers, counted);
  for (size_t i = 0; i < pack->views_n; i++)
    judge->view_once[state][i] = pack->views[i].once && askers[i] >= (state == PAL_STATE_NOW ? 1 : 2);
  return PAL_OK;
}

/* Its rows come from its SELECT at once: there the names are those of main. */
static bool is_direct(const struct pal_judge *judge, enum pal_state state, size_t i) {
  return state == PAL_STATE_NOW && judge->view_once[state][i] && judge->o.pack->views[i].select_at > 0;
}

enum pal_code judge_make_views(struct pal_judge *judge, enum judge_purpose purpose, struct pal_err *err) {
  size_t n = judge->o.pack->views_n;
  judge->view_errors = pal_arena_calloc(judge->arena, n, sizeof *judge->view_errors);
  enum pal_code code = judge->view_errors ? PAL_OK : pal_err_nomem(err);
  for (int state = 0; state < STATES && code == PAL_OK; state++) {
    judge->view_once[state] = pal_arena_calloc(judge->arena, n, sizeof **judge->view_once);
    if (!judge->view_once[state])
      return pal_err_nomem(err);
    if (purpose == JUDGE_TO_RUN)
      code = choose_once(judge, (enum pal_state)state, err);
    for (size_t i = 0; i < n && code == PAL_OK; i++)
      if ((!judge->o.only || judge->view_used[state][i]) && !is_direct(judge, (enum pal_state)state, i))
        code = make_view(judge, i, (enum pal_state)state, err);
  }
  return code;
}

/* --- computing once --- */

static bool run(struct pal_judge *judge) {
  struct pal_err ignored;
  return judge->text.bad == PAL_OK && sandbox_run(&judge->sandbox, judge->text.data, &ignored) == PAL_OK;
}

/* What is told is read when all are computed. */
static bool tell_few(struct pal_judge *judge, const struct pack_view *view, const char *schema) {
  pal_buf_clear(&judge->text);
  pal_buf_printf(&judge->text, "INSERT INTO %s.sqlite_stat1 VALUES('%s',NULL,'%d')", schema, view->name, FEW_ROWS);
  return run(judge);
}

/* One index for each list between semicolons. */
static bool index_rows(struct pal_judge *judge, const struct pack_view *view, const char *schema) {
  unsigned count = 0;
  for (const char *at = view->once; *at; count++) {
    size_t len = strcspn(at, ";");
    pal_buf_clear(&judge->text);
    pal_buf_printf(&judge->text, "CREATE INDEX %s.\"%s once %u\" ON \"%s\"(%.*s)", schema, view->name, count,
                   view->name, (int)len, at);
    if (!run(judge))
      return false;
    at += len;
    at += strspn(at, "; ");
  }
  return true;
}

/* The view under a second name beside it, then in its place the rows of that one:
 * renaming a table would make SQLite read the whole schema again. */
static bool fill_by_view(struct pal_judge *judge, const struct pack_view *view, const char *schema) {
  pal_buf_clear(&judge->text);
  pal_buf_printf(&judge->text, "%.*s%s.\"%s once\"%s;\n", (int)view->name_at, view->sql, schema, view->name,
                 view->sql + view->name_at + view->name_len);
  pal_buf_printf(
      &judge->text,
      "DROP VIEW %s.\"%s\"; CREATE TABLE %s.\"%s\" AS SELECT * FROM %s.\"%s once\"; DROP VIEW %s.\"%s once\"", schema,
      view->name, schema, view->name, schema, view->name, schema, view->name);
  return run(judge);
}

static bool fill_directly(struct pal_judge *judge, const struct pack_view *view, const char *schema) {
  pal_buf_clear(&judge->text);
  pal_buf_printf(&judge->text, "CREATE TABLE %s.\"%s\" AS%s", schema, view->name, view->sql + view->select_at);
  return run(judge);
}

/* What could not be computed is a view all the same. */
static enum pal_code compute(struct pal_judge *judge, enum pal_state state, size_t i, struct pal_err *err) {
  const struct pack_view *view = &judge->o.pack->views[i];
  const char *schema = table_schemas[state];
  judge_part(judge, view->name);
  bool direct = is_direct(judge, state, i);
  if ((direct ? fill_directly : fill_by_view)(judge, view, schema) &&
      (is_few(view) ? tell_few : index_rows)(judge, view, schema))
    return PAL_OK;
  pal_buf_clear(&judge->text);
  pal_buf_printf(&judge->text, "DROP VIEW IF EXISTS %s.\"%s once\"", schema, view->name);
  (void)run(judge);
  for (size_t k = 0; k < 2; k++) { /* SQLite refuses to drop the one by the name of the other */
    pal_buf_clear(&judge->text);
    pal_buf_printf(&judge->text, "DROP %s IF EXISTS %s.\"%s\"", k ? "VIEW" : "TABLE", schema, view->name);
    (void)run(judge);
  }
  sandbox_guard(&judge->sandbox, false);
  enum pal_code code = make_view(judge, i, state, err);
  sandbox_guard(&judge->sandbox, true);
  return code;
}

/* First those it asks for itself. */
static enum pal_code compute_below(struct pal_judge *judge, enum pal_state state, size_t i, bool *seen,
                                   struct pal_err *err) {
  const struct pal_pack *pack = judge->o.pack;
  enum pal_code code = PAL_OK;
  if (seen[i])
    return PAL_OK;
  seen[i] = true;
  for (size_t k = 0; k < pack->views_n && code == PAL_OK; k++)
    if (pack->views[i].asks[k])
      code = compute_below(judge, state, k, seen, err);
  bool wanted = judge->view_once[state][i] && !judge->view_errors[i];
  return code == PAL_OK && wanted ? compute(judge, state, i, err) : code;
}

enum pal_code judge_compute_views(struct pal_judge *judge, struct pal_err *err) {
  const struct pal_pack *pack = judge->o.pack;
  enum pal_code code = PAL_OK;
  for (int state = 0; state < STATES && code == PAL_OK; state++) {
    bool *seen = pal_arena_calloc(judge->arena, pack->views_n, sizeof *seen);
    if (!seen)
      return pal_err_nomem(err);
    bool any = false;
    for (size_t i = 0; i < pack->views_n && code == PAL_OK; i++) {
      any = any || judge->view_once[state][i];
      code = compute_below(judge, (enum pal_state)state, i, seen, err);
    }
    pal_buf_clear(&judge->text);
    pal_buf_printf(&judge->text, "ANALYZE %s.sqlite_schema", table_schemas[state]);
    if (any)
      (void)run(judge);
  }
  return code;
}
