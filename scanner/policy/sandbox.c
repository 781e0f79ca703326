/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox.h"

#include <stdio.h>
#include <string.h>

#include "sql_scan.h"

/* Over the first limit SQLite gives its caches back and sorts on disk, over the
 * second the statement fails. Returns the hard limit that was. */
static sqlite3_int64 limit_heap(sqlite3_int64 hard) {
  sqlite3_int64 before = sqlite3_hard_heap_limit64(hard);
  (void)sqlite3_soft_heap_limit64(SANDBOX_HEAP_SOFT);
  return before;
}

/* --- opening --- */

static enum pal_code sqlite_fail(const struct sandbox *sandbox, const char *doing, struct pal_err *err) {
  int rc = sandbox->db ? sqlite3_extended_errcode(sandbox->db) : SQLITE_NOMEM;
  enum pal_code code = rc == SQLITE_NOMEM                                          ? PAL_E_NOMEM
                       : (rc & 0xff) == SQLITE_FULL || (rc & 0xff) == SQLITE_IOERR ? PAL_E_IO
                                                                                   : PAL_E_INTERNAL;
  code = pal_err_set(err, code, "%s: %s", doing, sandbox->db ? sqlite3_errmsg(sandbox->db) : "out of memory");
  if (err)
    err->status = rc;
  return code;
}

enum pal_code sandbox_exec(struct sandbox *sandbox, const char *sql, struct pal_err *err) {
  if (sqlite3_exec(sandbox->db, sql, NULL, NULL, NULL) != SQLITE_OK)
    return sqlite_fail(sandbox, "the judge's database", err);
  return PAL_OK;
}

enum pal_code sandbox_own(struct sandbox *sandbox, const char *sql, sqlite3_stmt **ret, struct pal_err *err) {
  if (sqlite3_prepare_v2(sandbox->db, sql, -1, ret, NULL) != SQLITE_OK)
    return sqlite_fail(sandbox, "the judge's database", err);
  return PAL_OK;
}

static enum pal_code configure(struct sandbox *sandbox, struct pal_err *err) {
  static const struct {
    int option, value;
  } switches[] = {{SQLITE_DBCONFIG_DQS_DML, 0},
                  {SQLITE_DBCONFIG_DQS_DDL, 0},
                  /* 3.40 takes its own JSON functions for unsafe in views; the authorizer judges them instead */
                  {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1},
                  {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
                  {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
                  {SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0}};
  for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++)
    if (sqlite3_db_config(sandbox->db, switches[i].option, switches[i].value, NULL) != SQLITE_OK)
      return sqlite_fail(sandbox, "configure SQLite", err);
  char sql[640];
  (void)snprintf(sql, sizeof sql,
                 "PRAGMA main.page_size=%d; ATTACH '' AS previous; PRAGMA previous.page_size=%d;"
                 "PRAGMA main.journal_mode=OFF; PRAGMA previous.journal_mode=OFF;"
                 "PRAGMA main.synchronous=OFF; PRAGMA previous.synchronous=OFF;"
                 "PRAGMA main.cache_size=-%d; PRAGMA previous.cache_size=-%d;"
                 "PRAGMA temp_store=FILE; PRAGMA secure_delete=OFF; PRAGMA foreign_keys=OFF;"
                 /* so that the authorizer never sees them come into being */
                 "SELECT count(*) FROM json_each('[]'); SELECT count(*) FROM json_tree('[]');",
                 SANDBOX_PAGE_SIZE, SANDBOX_PAGE_SIZE, SANDBOX_CACHE_KIB, SANDBOX_CACHE_KIB);
  return sandbox_exec(sandbox, sql, err);
}

enum pal_code sandbox_open(struct sandbox *sandbox, const struct tables *tables, const struct pal_pack *pack,
                           struct pal_instant now, uint64_t steps_max, struct pal_err *err) {
  *sandbox = (struct sandbox){.tables = tables, .pack = pack, .steps_max = steps_max ? steps_max : PAL_JUDGE_STEPS_MAX};
  enum pal_code code = clock_vfs_new(now, &sandbox->clock, err);
  if (code != PAL_OK)
    return code;
  const char *vfs = clock_vfs_name(sandbox->clock);
  (void)limit_heap(0);
  if (sqlite3_open_v2("", &sandbox->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, vfs) !=
      SQLITE_OK)
    return sqlite_fail(sandbox, "open the judge's database", err);
  (void)sqlite3_extended_result_codes(sandbox->db, 1);
  code = functions_new(sandbox->db, vfs, &sandbox->functions, err);
  return code == PAL_OK ? configure(sandbox, err) : code;
}

void sandbox_close(struct sandbox *sandbox) {
  (void)sqlite3_close_v2(sandbox->db);
  functions_free(sandbox->functions);
  clock_vfs_free(sandbox->clock);
  *sandbox = (struct sandbox){0};
}

/* --- what SQL may do --- */

static bool is_view(const struct pal_pack *pack, const char *name) {
  for (size_t i = 0; i < pack->views_n; i++)
    if (sqlite3_stricmp(pack->views[i].name, name) == 0)
      return true;
  return false;
}

/* Without a schema the read is one of no column at all (count(*)), under the name
 * as it was written: a table, a view, or a WITH of the statement. */
static int authorize_unnamed(const char *name) {
  bool inner = sqlite3_strnicmp(name, "sqlite_", 7) == 0 || sqlite3_strnicmp(name, "pragma_", 7) == 0;
  return inner ? SQLITE_DENY : SQLITE_OK;
}

static int authorize_read(const struct sandbox *sandbox, const char *name, const char *schema) {
  if (!schema)
    return authorize_unnamed(name);
  bool known = tables_find(sandbox->tables, name) || tables_is_extra(name) || is_view(sandbox->pack, name) ||
               sqlite3_stricmp(name, "json_each") == 0 || sqlite3_stricmp(name, "json_tree") == 0;
  return known ? SQLITE_OK : SQLITE_DENY;
}

static int authorize(void *payload, int action, const char *first, const char *second, const char *schema,
                     const char *inner) {
  const struct sandbox *sandbox = payload;
  (void)inner;
  switch (action) {
  case SQLITE_SELECT:
  case SQLITE_RECURSIVE: return SQLITE_OK;
  case SQLITE_READ: return first ? authorize_read(sandbox, first, schema) : SQLITE_DENY;
  case SQLITE_FUNCTION: return second && function_permitted(second) ? SQLITE_OK : SQLITE_DENY;
  default: return SQLITE_DENY;
  }
}

static int count_steps(void *payload) {
  struct sandbox *sandbox = payload;
  sandbox->steps += SANDBOX_STEP_SLICE;
  sandbox->exhausted = sandbox->steps > sandbox->steps_max;
  return sandbox->exhausted;
}

void sandbox_guard(struct sandbox *sandbox, bool on) {
  (void)sqlite3_set_authorizer(sandbox->db, on ? authorize : NULL, sandbox);
}

void sandbox_confine(struct sandbox *sandbox) {
  static const struct {
    int limit, value;
  } limits[] = {{SQLITE_LIMIT_LENGTH, SANDBOX_LENGTH_MAX},
                {SQLITE_LIMIT_SQL_LENGTH, PAL_POLICY_BYTES_MAX},
                {SQLITE_LIMIT_COLUMN, 100},
                {SQLITE_LIMIT_EXPR_DEPTH, 200},
                {SQLITE_LIMIT_COMPOUND_SELECT, 50},
                {SQLITE_LIMIT_VDBE_OP, 250000},
                {SQLITE_LIMIT_FUNCTION_ARG, 32},
                {SQLITE_LIMIT_ATTACHED, 1},
                {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000},
                {SQLITE_LIMIT_VARIABLE_NUMBER, 0},
                {SQLITE_LIMIT_TRIGGER_DEPTH, 0},
                {SQLITE_LIMIT_WORKER_THREADS, 0}};
  for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
    (void)sqlite3_limit(sandbox->db, limits[i].limit, limits[i].value);
  (void)sqlite3_db_config(sandbox->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sandbox_guard(sandbox, true);
  sqlite3_progress_handler(sandbox->db, SANDBOX_STEP_SLICE, count_steps, sandbox);
}

enum pal_code sandbox_run(struct sandbox *sandbox, const char *sql, struct pal_err *err) {
  sandbox->steps = 0;
  sandbox->exhausted = false;
  sandbox_guard(sandbox, false);
  sqlite3_int64 before = limit_heap(SANDBOX_HEAP_MAX);
  enum pal_code code = sandbox_exec(sandbox, sql, err);
  (void)limit_heap(before);
  sandbox_guard(sandbox, true);
  return code;
}

void sandbox_fill(struct sandbox *sandbox, bool on) {
  sandbox->steps = 0;
  sandbox->exhausted = false;
  (void)sqlite3_limit(sandbox->db, SQLITE_LIMIT_VARIABLE_NUMBER, on ? TABLE_COLUMNS_MAX : 0);
  sqlite3_progress_handler(sandbox->db, SANDBOX_STEP_SLICE, on ? NULL : count_steps, sandbox);
  sandbox_guard(sandbox, !on);
}

/* --- running --- */

/* The table of "no such table: x.table" or "access to x.table.column is prohibited"; false for any other message. */
static bool named_table(const char *message, char out[128]) {
  static const char missing[] = "no such table: ", closed[] = "access to ";
  bool is_missing = strncmp(message, missing, sizeof missing - 1) == 0;
  if (!is_missing && strncmp(message, closed, sizeof closed - 1) != 0)
    return false;
  const char *name = message + (is_missing ? sizeof missing : sizeof closed) - 1, *dot = strchr(name, '.');
  if (dot)
    name = dot + 1;
  (void)snprintf(out, 128, "%.*s", (int)strcspn(name, ". "), name);
  return true;
}

/* SQLite tells no place of tables that are not there or not open to policies; -1: none is named. */
static int named_place(const char *sql, const char *message) {
  char name[128];
  struct sql_scan scan = {.text = sql, .len = strlen(sql)};
  if (!named_table(message, name))
    return -1;
  for (struct sql_piece piece = sql_next(&scan); piece.token != SQL_END && piece.token != SQL_BAD;
       piece = sql_next(&scan))
    if (sql_piece_is(&scan, piece, name))
      return (int)piece.at;
  return -1;
}

static enum pal_code statement_fail(const struct sandbox *sandbox, const char *source, const char *sql, int rc,
                                    struct pal_err *err) {
  if (sandbox->exhausted)
    return pal_err_set(err, PAL_E_LIMIT, "%s: exceeds the budget of %llu steps", source,
                       (unsigned long long)sandbox->steps_max);
  if ((rc & 0xff) == SQLITE_NOMEM)
    return pal_err_set(err, PAL_E_LIMIT, "%s: exceeds the memory of %d MiB", source, SANDBOX_HEAP_MAX >> 20);
  int kind = rc & 0xff;
  if (kind == SQLITE_IOERR || kind == SQLITE_FULL || kind == SQLITE_CANTOPEN || kind == SQLITE_CORRUPT)
    return pal_err_set(err, PAL_E_IO, "the judge's temporary file: %s", sqlite3_errmsg(sandbox->db));
  int offset = sqlite3_error_offset(sandbox->db);
  if (offset < 0)
    offset = named_place(sql, sqlite3_errmsg(sandbox->db));
  if (offset >= 0 && (size_t)offset <= strlen(sql)) {
    size_t line = 0, column = 0;
    sql_locate(sql, strlen(sql), (size_t)offset, &line, &column);
    return pal_err_set(err, PAL_E_INPUT, "%s:%zu:%zu: %s", source, line, column, sqlite3_errmsg(sandbox->db));
  }
  return pal_err_set(err, PAL_E_INPUT, "%s: %s", source, sqlite3_errmsg(sandbox->db));
}

static bool only_blank(const char *tail) {
  struct sql_scan scan = {.text = tail, .len = strlen(tail)};
  return sql_next(&scan).token == SQL_END;
}

static const char *refuse(sqlite3_stmt *stmt, const char *tail) {
  if (!stmt)
    return "no statement";
  if (!only_blank(tail))
    return "a second statement; exactly one is permitted";
  if (sqlite3_stmt_isexplain(stmt))
    return "EXPLAIN is not permitted";
  if (sqlite3_bind_parameter_count(stmt) > 0)
    return "a statement has no parameters";
  if (!sqlite3_stmt_readonly(stmt) || sqlite3_column_count(stmt) == 0)
    return "only SELECT is permitted";
  return NULL;
}

enum pal_code sandbox_prepare(struct sandbox *sandbox, const char *source, const char *sql, sqlite3_stmt **ret,
                              struct pal_err *err) {
  sqlite3_stmt *stmt = NULL;
  const char *tail = sql;
  sandbox->steps = 0;
  sandbox->exhausted = false;
  sqlite3_int64 before = limit_heap(SANDBOX_HEAP_MAX);
  int rc = sqlite3_prepare_v2(sandbox->db, sql, -1, &stmt, &tail);
  (void)limit_heap(before);
  if (rc != SQLITE_OK)
    return statement_fail(sandbox, source, sql, rc, err);
  const char *wrong = refuse(stmt, tail);
  if (wrong) {
    (void)sqlite3_finalize(stmt);
    return pal_err_set(err, PAL_E_INPUT, "%s: %s", source, wrong);
  }
  *ret = stmt;
  return PAL_OK;
}

enum pal_code sandbox_step(struct sandbox *sandbox, const char *source, const char *sql, sqlite3_stmt *stmt,
                           bool *ret_row, struct pal_err *err) {
  sqlite3_int64 before = limit_heap(SANDBOX_HEAP_MAX);
  int rc = sqlite3_step(stmt);
  (void)limit_heap(before);
  if (rc != SQLITE_ROW && rc != SQLITE_DONE)
    return statement_fail(sandbox, source, sql, rc, err);
  *ret_row = rc == SQLITE_ROW;
  return PAL_OK;
}
