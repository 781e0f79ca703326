/* SPDX-License-Identifier: Apache-2.0 */
/* query.c - one statement of a person over the policies' tables. */
#include "judge_private.h"

static enum pal_code give_names(sqlite3_stmt *stmt, int n, const char **names, pal_row_fn *each, void *payload,
                                struct pal_err *err) {
  for (int i = 0; i < n; i++)
    names[i] = sqlite3_column_name(stmt, i);
  return each(payload, n, names, NULL, err);
}

enum { REAL_BYTES = 40, DIGITS_FEWEST = 15, DIGITS_MOST = 17 };

/* The rows of one statement. */
struct giving {
  struct pal_arena *row; /* emptied for each */
  sqlite3_stmt *stmt;
};

/* Asks SQLite, whose reading is the one that counts for who puts the number into a statement. */
static bool reads_as(sqlite3 *db, const char *text, double value) {
  char sql[sizeof "SELECT " + REAL_BYTES];
  sqlite3_stmt *stmt = NULL;
  (void)sqlite3_snprintf(sizeof sql, sql, "SELECT %s", text);
  bool same = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW &&
              sqlite3_column_double(stmt, 0) == value;
  (void)sqlite3_finalize(stmt);
  return same;
}

/* Fifteen digits are enough for most doubles, seventeen for each. */
static const char *real_text(const struct giving *giving, double value) {
  char text[REAL_BYTES];
  for (int digits = DIGITS_FEWEST; digits <= DIGITS_MOST; digits++) {
    (void)sqlite3_snprintf(sizeof text, text, "%!.*g", digits, value);
    if (reads_as(sqlite3_db_handle(giving->stmt), text, value))
      break;
  }
  return pal_arena_strdup(giving->row, text);
}

static const char *blob_text(struct pal_arena *arena, const unsigned char *bytes, size_t n) {
  static const char digits[] = "0123456789abcdef";
  char *text = pal_arena_calloc(arena, 2 * n + 1, 1);
  for (size_t i = 0; text && i < n; i++) {
    text[2 * i] = digits[bytes[i] >> 4];
    text[2 * i + 1] = digits[bytes[i] & 15];
  }
  return text;
}

static enum pal_code read_value(const struct giving *giving, int i, struct pal_sql_value *ret, struct pal_err *err) {
  sqlite3_stmt *stmt = giving->stmt;
  *ret = (struct pal_sql_value){PAL_SQL_NULL, NULL};
  switch (sqlite3_column_type(stmt, i)) {
  case SQLITE_NULL: return PAL_OK;
  case SQLITE_FLOAT:
    *ret = (struct pal_sql_value){PAL_SQL_REAL, real_text(giving, sqlite3_column_double(stmt, i))};
    break;
  case SQLITE_BLOB: {
    const unsigned char *bytes = sqlite3_column_blob(stmt, i);
    *ret = (struct pal_sql_value){PAL_SQL_BLOB, blob_text(giving->row, bytes, (size_t)sqlite3_column_bytes(stmt, i))};
    break;
  }
  case SQLITE_INTEGER:
    *ret = (struct pal_sql_value){PAL_SQL_INTEGER, (const char *)sqlite3_column_text(stmt, i)};
    break;
  default: *ret = (struct pal_sql_value){PAL_SQL_TEXT, (const char *)sqlite3_column_text(stmt, i)}; break;
  }
  return ret->text ? PAL_OK : pal_err_nomem(err);
}

static enum pal_code give_rows(struct pal_judge *judge, const char *sql, const struct giving *giving, pal_row_fn *each,
                               void *payload, struct pal_arena *arena, struct pal_err *err) {
  int n = sqlite3_column_count(giving->stmt);
  const char **names = pal_arena_calloc(arena, (size_t)n, sizeof *names);
  struct pal_sql_value *values = pal_arena_calloc(arena, (size_t)n, sizeof *values);
  if (!names || !values)
    return pal_err_nomem(err);
  enum pal_code code = give_names(giving->stmt, n, names, each, payload, err);
  while (code == PAL_OK) {
    bool more = false;
    code = sandbox_step(&judge->sandbox, "query", sql, giving->stmt, &more, err);
    if (code != PAL_OK || !more)
      break;
    pal_arena_reset(giving->row);
    for (int i = 0; i < n && code == PAL_OK; i++) {
      names[i] = sqlite3_column_name(giving->stmt, i);
      code = read_value(giving, i, &values[i], err);
    }
    if (code == PAL_OK)
      code = each(payload, n, names, values, err);
  }
  return code;
}

enum pal_code pal_judge_query(struct pal_judge *judge, const char *sql, pal_row_fn *each, void *payload,
                              struct pal_err *err) {
  enum pal_code code = judge_settle(judge, JUDGE_TO_QUERY, err);
  if (code != PAL_OK)
    return code;
  struct giving giving = {0};
  struct pal_arena *arena = NULL;
  code = sandbox_prepare(&judge->sandbox, "query", sql, &giving.stmt, err);
  if (code == PAL_OK) {
    arena = pal_arena_new(0);
    giving.row = pal_arena_new(0);
    code = arena && giving.row ? give_rows(judge, sql, &giving, each, payload, arena, err) : pal_err_nomem(err);
  }
  pal_arena_free(giving.row);
  pal_arena_free(arena);
  (void)sqlite3_finalize(giving.stmt);
  return code;
}
