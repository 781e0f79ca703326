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

enum pal_code judge_make_views(struct pal_judge *judge, struct pal_err *err) {
  size_t n = judge->o.pack->views_n;
  judge->view_errors = pal_arena_calloc(judge->arena, n, sizeof *judge->view_errors);
  enum pal_code code = judge->view_errors ? PAL_OK : pal_err_nomem(err);
  for (int state = 0; state < STATES; state++)
    for (size_t i = 0; i < n && code == PAL_OK; i++)
      if (!judge->o.only || judge->view_used[i])
        code = make_view(judge, i, (enum pal_state)state, err);
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

/* --- computing once --- */

static bool run(struct pal_judge *judge) {
  struct pal_err ignored;
  return judge->text.bad == PAL_OK && sandbox_run(&judge->sandbox, judge->text.data, &ignored) == PAL_OK;
}

static bool tell_few(struct pal_judge *judge, const struct pack_view *view, const char *schema) {
  pal_buf_clear(&judge->text);
  pal_buf_printf(&judge->text, "INSERT INTO %s.sqlite_stat1 VALUES('%s',NULL,'%d'); ANALYZE %s.sqlite_schema", schema,
                 view->name, FEW_ROWS, schema);
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
static void compute(struct pal_judge *judge, const struct pack_view *view, const char *schema) {
  pal_buf_clear(&judge->text);
  pal_buf_printf(&judge->text, "%.*s%s.\"%s once\"%s;\n", (int)view->name_at, view->sql, schema, view->name,
                 view->sql + view->name_at + view->name_len);
  pal_buf_printf(&judge->text, "DROP VIEW %s.\"%s\"; CREATE TABLE %s.\"%s\" AS SELECT * FROM %s.\"%s once\"", schema,
                 view->name, schema, view->name, schema, view->name);
  bool ok = run(judge) && (is_few(view) ? tell_few : index_rows)(judge, view, schema);
  pal_buf_clear(&judge->text);
  pal_buf_printf(&judge->text, "DROP VIEW IF EXISTS %s.\"%s once\"", schema, view->name);
  (void)run(judge);
  if (ok)
    return;
  pal_buf_clear(&judge->text);
  pal_buf_printf(&judge->text, "DROP TABLE IF EXISTS %s.\"%s\";\n%.*s%s.%s", schema, view->name, (int)view->name_at,
                 view->sql, schema, view->sql + view->name_at);
  (void)run(judge);
}

/* --- who asks for a view --- */

static bool asks(const struct policy_run *run, enum pal_state state, const char *name) {
  const char *sql = run->policy->pub.sql, *previous = table_schemas[PAL_STATE_PREVIOUS];
  if (run->state != PAL_TESTED)
    return false;
  return state == PAL_STATE_PREVIOUS ? sql_mentions_inside(sql, strlen(sql), name, previous)
                                     : sql_mentions_outside(sql, strlen(sql), name, previous);
}

/* How many policies, and views that are asked for themselves, ask for each. */
struct askers {
  unsigned *n;
  bool *counted; /* what the view asks for is in */
};

static void count_view(const struct pal_pack *pack, size_t i, struct askers *askers) {
  const struct pack_view *view = &pack->views[i];
  askers->counted[i] = true;
  for (size_t k = 0; k < pack->views_n; k++)
    if (k != i && sql_mentions(view->sql, strlen(view->sql), pack->views[k].name))
      askers->n[k]++;
}

static void count_askers(const struct pal_judge *judge, enum pal_state state, struct askers *askers) {
  const struct pal_pack *pack = judge->o.pack;
  for (size_t i = 0; i < pack->views_n; i++) {
    askers->n[i] = state == PAL_STATE_NOW && judge_reads_view(pack->views[i].name);
    askers->counted[i] = false;
    for (size_t k = 0; k < pack->policies_n; k++)
      askers->n[i] += asks(&judge->runs[k], state, pack->views[i].name);
  }
  for (bool again = true; again;) {
    again = false;
    for (size_t i = 0; i < pack->views_n; i++) {
      if (askers->n[i] == 0 || askers->counted[i])
        continue;
      count_view(pack, i, askers);
      again = true;
    }
  }
}

enum pal_code judge_compute_views(struct pal_judge *judge, struct pal_err *err) {
  const struct pal_pack *pack = judge->o.pack;
  struct askers askers = {.n = pal_arena_calloc(judge->arena, pack->views_n, sizeof *askers.n),
                          .counted = pal_arena_calloc(judge->arena, pack->views_n, sizeof *askers.counted)};
  if (!askers.n || !askers.counted)
    return pal_err_nomem(err);
  for (int state = 0; state < STATES; state++) {
    count_askers(judge, (enum pal_state)state, &askers);
    for (size_t i = 0; i < pack->views_n; i++) {
      if (!pack->views[i].once || judge->view_errors[i] || askers.n[i] < (state == PAL_STATE_NOW ? 1 : 2))
        continue;
      judge_part(judge, pack->views[i].name);
      compute(judge, &pack->views[i], table_schemas[state]);
    }
  }
  return PAL_OK;
}
