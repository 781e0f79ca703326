/* SPDX-License-Identifier: Apache-2.0 */
#include "functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cut.h"
#include "pal_buf.h"
#include "pal_id.h"
#include "pal_json.h"
#include "pal_text.h"
#include "sandbox.h"

enum {
  DATE_ARGUMENTS_MAX = 8,
  PRINT_ARGUMENTS_MAX = 32,
  LIST_BYTES_MAX = 256 << 10, /* of one list; a few of them fit into the details of a finding */
  JSON_SUBTYPE = 'J'          /* what SQLite's JSON functions mark their results with */
};

static const char *const date_names[] = {"date", "time", "datetime", "julianday", "strftime", "unixepoch"};
enum { DATE_FUNCTIONS = sizeof date_names / sizeof date_names[0] };

struct date_function {
  struct functions *owner;
  const char *name;
  sqlite3_stmt *by_count[DATE_ARGUMENTS_MAX + 1];
};

struct functions {
  sqlite3 *plain; /* with SQLite's own date functions and the same clock */
  struct date_function dates[DATE_FUNCTIONS];
  sqlite3_stmt *prints[PRINT_ARGUMENTS_MAX + 1]; /* by the number of arguments */
};

/* Sorted by bytes. Not here on purpose: random, randomblob, group_concat and
 * json_group_* (no order in 3.40), load_extension, anything about this process
 * or the connection. */
static const char *const permitted[] = {"->",
                                        "->>",
                                        "abs",
                                        "avg",
                                        "ceil",
                                        "ceiling",
                                        "char",
                                        "coalesce",
                                        "count",
                                        "cume_dist",
                                        "current_date",
                                        "current_time",
                                        "current_timestamp",
                                        "date",
                                        "datetime",
                                        "dense_rank",
                                        "first_value",
                                        "floor",
                                        "format",
                                        "glob",
                                        "hex",
                                        "ifnull",
                                        "iif",
                                        "instr",
                                        "json",
                                        "json_array",
                                        "json_array_length",
                                        "json_extract",
                                        "json_object",
                                        "json_quote",
                                        "json_type",
                                        "json_valid",
                                        "julianday",
                                        "lag",
                                        "last_value",
                                        "lead",
                                        "length",
                                        "like",
                                        "likelihood",
                                        "likely",
                                        "lower",
                                        "ltrim",
                                        "max",
                                        "min",
                                        "mod",
                                        "nth_value",
                                        "ntile",
                                        "nullif",
                                        "pal_in_scope",
                                        "pal_list",
                                        "pal_same_person",
                                        "percent_rank",
                                        "printf",
                                        "quote",
                                        "rank",
                                        "replace",
                                        "round",
                                        "row_number",
                                        "rtrim",
                                        "sign",
                                        "strftime",
                                        "substr",
                                        "substring",
                                        "sum",
                                        "time",
                                        "total",
                                        "trim",
                                        "trunc",
                                        "typeof",
                                        "unicode",
                                        "unixepoch",
                                        "unlikely",
                                        "upper"};

static int compare_name(const void *key, const void *item) {
  return sqlite3_stricmp(key, *(const char *const *)item);
}

bool function_permitted(const char *name) {
  return bsearch(name, permitted, sizeof permitted / sizeof permitted[0], sizeof permitted[0], compare_name) != NULL;
}

const char *function_name(size_t i) {
  return i < sizeof permitted / sizeof permitted[0] ? permitted[i] : NULL;
}

/* --- pal_in_scope --- */

static void in_scope(sqlite3_context *ctx, int n, sqlite3_value **args) {
  (void)n;
  const char *id = (const char *)sqlite3_value_text(args[0]);
  const char *scope = (const char *)sqlite3_value_text(args[1]);
  if (id && scope)
    sqlite3_result_int(ctx, pal_arm_id_within(id, scope));
}

/* --- pal_same_person --- */

static void same_person(sqlite3_context *ctx, int n, sqlite3_value **args) {
  (void)n;
  const char *a = (const char *)sqlite3_value_text(args[0]), *b = (const char *)sqlite3_value_text(args[1]);
  if (a && b)
    sqlite3_result_int(ctx, pal_same_person(a, b));
}

/* --- pal_list --- */

struct list_item {
  char *text; /* NUL-terminated */
  bool json;  /* a result of a JSON function: goes in as it is */
  uint64_t times;
};

/* Sorted and distinct at the end. Of more than LIST_BYTES_MAX the smallest values are
 * kept that fit, whatever order they came in: what is not smaller than one that was
 * left out is left out too. */
struct list {
  struct list_item *items;
  size_t n, cap, bytes;
  struct list_item bound; /* the smallest value that was left out; its text NULL: none */
  struct cut_rest rest;
  const char *bad;
};

static int compare_values(const char *a, bool a_json, const char *b, bool b_json) {
  int order = strcmp(a, b);
  return order != 0 ? order : (int)a_json - (int)b_json;
}

static int compare_items(const void *a, const void *b) {
  const struct list_item *left = a, *right = b;
  return compare_values(left->text, left->json, right->text, right->json);
}

/* At most what the value takes in JSON, with its comma. */
static size_t list_cost(const char *text, bool json) {
  size_t cost = strlen(text) + 1;
  if (json)
    return cost;
  cost += 2;
  for (const char *c = text; *c; c++)
    cost += *c == '"' || *c == '\\' ? 1 : (unsigned char)*c < ' ' || (unsigned char)*c >= 0x7F ? 5 : 0;
  return cost;
}

static bool is_left_out(const struct list *list, const char *text, bool json) {
  return list->bound.text && compare_values(text, json, list->bound.text, list->bound.json) >= 0;
}

static void list_leave_out(struct list *list, const char *text, uint64_t times) {
  struct pal_err ignored;
  if (cut_leave_out(&list->rest, text, times, &ignored) != PAL_OK)
    list->bad = "pal_list: no digest";
}

static size_t merge_equal(struct list_item *items, size_t n) {
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    if (kept > 0 && compare_items(&items[kept - 1], &items[i]) == 0) {
      items[kept - 1].times += items[i].times;
      sqlite3_free(items[i].text);
    } else {
      items[kept++] = items[i];
    }
  }
  return kept;
}

static void list_prune(struct list *list) {
  size_t kept = 0;
  if (list->n > 1)
    qsort(list->items, list->n, sizeof *list->items, compare_items);
  list->n = merge_equal(list->items, list->n);
  list->bytes = 0;
  for (; kept < list->n; kept++) {
    const struct list_item *item = &list->items[kept];
    size_t cost = list_cost(item->text, item->json);
    if (list->bytes + cost > LIST_BYTES_MAX || is_left_out(list, item->text, item->json))
      break;
    list->bytes += cost;
  }
  for (size_t i = kept; i < list->n; i++) {
    list_leave_out(list, list->items[i].text, list->items[i].times);
    if (!is_left_out(list, list->items[i].text, list->items[i].json)) {
      sqlite3_free(list->bound.text);
      list->bound = list->items[i];
    } else {
      sqlite3_free(list->items[i].text);
    }
  }
  list->n = kept;
}

static void list_add(struct list *list, const char *text, bool json) {
  if (is_left_out(list, text, json)) {
    list_leave_out(list, text, 1);
    return;
  }
  if (list->n == list->cap) {
    size_t cap = list->cap ? list->cap * 2 : 8;
    struct list_item *items = sqlite3_realloc64(list->items, cap * sizeof *items);
    if (!items) {
      list->bad = "pal_list: out of memory";
      return;
    }
    list->items = items;
    list->cap = cap;
  }
  size_t len = strlen(text);
  struct list_item item = {.text = sqlite3_malloc64(len + 1), .json = json, .times = 1};
  if (!item.text) {
    list->bad = "pal_list: out of memory";
    return;
  }
  memcpy(item.text, text, len + 1);
  list->items[list->n++] = item;
  list->bytes += list_cost(text, json);
  if (list->bytes > 2 * (size_t)LIST_BYTES_MAX)
    list_prune(list);
}

static void list_step(sqlite3_context *ctx, int n, sqlite3_value **args) {
  (void)n;
  if (sqlite3_value_type(args[0]) == SQLITE_NULL)
    return;
  struct list *list = sqlite3_aggregate_context(ctx, sizeof *list);
  const char *text = (const char *)sqlite3_value_text(args[0]);
  if (!list || !text) {
    sqlite3_result_error_nomem(ctx);
    return;
  }
  list_add(list, text, sqlite3_value_subtype(args[0]) == JSON_SUBTYPE);
  if (list->bad)
    sqlite3_result_error(ctx, list->bad, -1); /* ends the statement now, not at its last row */
}

static void list_write(const struct list *list, struct pal_buf *out) {
  pal_buf_putc(out, '[');
  for (size_t i = 0; i < list->n; i++) {
    if (i > 0)
      pal_buf_putc(out, ',');
    if (list->items[i].json)
      pal_buf_puts(out, list->items[i].text);
    else
      pal_json_escape(out, list->items[i].text);
  }
  if (list->rest.n > 0) {
    if (list->n > 0)
      pal_buf_putc(out, ',');
    cut_mark(out, &list->rest);
  }
  pal_buf_putc(out, ']');
}

static void list_final(sqlite3_context *ctx) {
  struct list *list = sqlite3_aggregate_context(ctx, 0);
  struct list none = {0};
  if (!list)
    list = &none;
  list_prune(list);
  struct pal_buf out;
  pal_buf_init(&out, 8 * (size_t)LIST_BYTES_MAX);
  list_write(list, &out);
  if (list->bad)
    sqlite3_result_error(ctx, list->bad, -1);
  else if (out.bad != PAL_OK)
    sqlite3_result_error_nomem(ctx);
  else
    sqlite3_result_text64(ctx, out.data, out.len, SQLITE_TRANSIENT, SQLITE_UTF8);
  sqlite3_result_subtype(ctx, JSON_SUBTYPE);
  pal_buf_deinit(&out);
  for (size_t i = 0; i < list->n; i++)
    sqlite3_free(list->items[i].text);
  sqlite3_free(list->items);
  sqlite3_free(list->bound.text);
}

/* --- date functions --- */

static sqlite3_stmt *date_statement(struct date_function *date, int n) {
  if (!date->by_count[n]) {
    char sql[64] = "SELECT ";
    size_t len = strlen(sql);
    len += (size_t)snprintf(sql + len, sizeof sql - len, "%s(", date->name);
    for (int i = 0; i < n; i++)
      len += (size_t)snprintf(sql + len, sizeof sql - len, i ? ",?" : "?");
    (void)snprintf(sql + len, sizeof sql - len, ")");
    if (sqlite3_prepare_v3(date->owner->plain, sql, -1, SQLITE_PREPARE_PERSISTENT, &date->by_count[n], NULL) !=
        SQLITE_OK)
      return NULL;
  }
  return date->by_count[n];
}

static void copy_result(sqlite3_context *ctx, sqlite3_stmt *stmt) {
  switch (sqlite3_column_type(stmt, 0)) {
  case SQLITE_INTEGER: sqlite3_result_int64(ctx, sqlite3_column_int64(stmt, 0)); break;
  case SQLITE_FLOAT: sqlite3_result_double(ctx, sqlite3_column_double(stmt, 0)); break;
  case SQLITE_TEXT: sqlite3_result_text(ctx, (const char *)sqlite3_column_text(stmt, 0), -1, SQLITE_TRANSIENT); break;
  default: sqlite3_result_null(ctx);
  }
}

static void date_call(sqlite3_context *ctx, int n, sqlite3_value **args) {
  struct date_function *date = sqlite3_user_data(ctx);
  if (n > DATE_ARGUMENTS_MAX) {
    sqlite3_result_error(ctx, "too many modifiers of a date", -1);
    return;
  }
  for (int i = 0; i < n; i++) {
    /* any type: SQLite reads a modifier as text, a blob too, up to its first NUL as we do; NULL for SQL NULL */
    const char *text = (const char *)sqlite3_value_text(args[i]);
    if (!text && sqlite3_value_type(args[i]) != SQLITE_NULL) {
      sqlite3_result_error_nomem(ctx);
      return;
    }
    if (text && (sqlite3_stricmp(text, "localtime") == 0 || sqlite3_stricmp(text, "utc") == 0)) {
      sqlite3_result_error(ctx, "localtime and utc are not permitted: everything is UTC", -1);
      return;
    }
  }
  sqlite3_stmt *stmt = date_statement(date, n);
  if (!stmt) {
    sqlite3_result_error(ctx, sqlite3_errmsg(date->owner->plain), -1);
    return;
  }
  for (int i = 0; i < n; i++)
    (void)sqlite3_bind_value(stmt, i + 1, args[i]);
  if (sqlite3_step(stmt) == SQLITE_ROW)
    copy_result(ctx, stmt);
  else
    sqlite3_result_error(ctx, sqlite3_errmsg(date->owner->plain), -1);
  (void)sqlite3_reset(stmt);
  (void)sqlite3_clear_bindings(stmt);
}

/* --- printf --- */

static sqlite3_stmt *print_statement(struct functions *functions, int n) {
  if (!functions->prints[n]) {
    char sql[32 + 2 * PRINT_ARGUMENTS_MAX] = "SELECT printf(";
    size_t len = strlen(sql);
    for (int i = 0; i < n; i++)
      len += (size_t)snprintf(sql + len, sizeof sql - len, i ? ",?" : "?");
    (void)snprintf(sql + len, sizeof sql - len, ")");
    if (sqlite3_prepare_v3(functions->plain, sql, -1, SQLITE_PREPARE_PERSISTENT, &functions->prints[n], NULL) !=
        SQLITE_OK)
      return NULL;
  }
  return functions->prints[n];
}

/* SQLite's own gives NULL for what is longer than a text may be: a policy that compares
 * it would find nothing, and nothing would tell. */
static void print_call(sqlite3_context *ctx, int n, sqlite3_value **args) {
  struct functions *functions = sqlite3_user_data(ctx);
  sqlite3_stmt *stmt = n <= PRINT_ARGUMENTS_MAX ? print_statement(functions, n) : NULL;
  if (!stmt) {
    sqlite3_result_error(ctx, n <= PRINT_ARGUMENTS_MAX ? sqlite3_errmsg(functions->plain) : "too many arguments", -1);
    return;
  }
  for (int i = 0; i < n; i++)
    (void)sqlite3_bind_value(stmt, i + 1, args[i]);
  const char *format = n > 0 ? (const char *)sqlite3_value_text(args[0]) : NULL;
  if (sqlite3_step(stmt) != SQLITE_ROW)
    sqlite3_result_error(ctx, sqlite3_errmsg(functions->plain), -1);
  else if (format && *format && sqlite3_column_type(stmt, 0) == SQLITE_NULL)
    sqlite3_result_error(ctx, "printf: too long", -1);
  else
    copy_result(ctx, stmt);
  (void)sqlite3_reset(stmt);
  (void)sqlite3_clear_bindings(stmt);
}

/* --- lifecycle --- */

enum { OUR_FLAGS = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS };

static int add_all(sqlite3 *db, struct functions *functions) {
  int rc = sqlite3_create_function_v2(db, "pal_in_scope", 2, OUR_FLAGS, NULL, in_scope, NULL, NULL, NULL);
  if (rc == SQLITE_OK)
    rc = sqlite3_create_function_v2(db, "pal_same_person", 2, OUR_FLAGS, NULL, same_person, NULL, NULL, NULL);
  if (rc == SQLITE_OK)
    rc = sqlite3_create_function_v2(db, "pal_list", 1, OUR_FLAGS | SQLITE_SUBTYPE, NULL, NULL, list_step, list_final,
                                    NULL);
  if (rc == SQLITE_OK)
    rc = sqlite3_create_function_v2(db, "printf", -1, OUR_FLAGS, functions, print_call, NULL, NULL, NULL);
  if (rc == SQLITE_OK)
    rc = sqlite3_create_function_v2(db, "format", -1, OUR_FLAGS, functions, print_call, NULL, NULL, NULL);
  for (size_t i = 0; i < DATE_FUNCTIONS && rc == SQLITE_OK; i++) {
    functions->dates[i] = (struct date_function){.owner = functions, .name = date_names[i]};
    rc =
        sqlite3_create_function_v2(db, date_names[i], -1, OUR_FLAGS, &functions->dates[i], date_call, NULL, NULL, NULL);
  }
  return rc;
}

enum pal_code functions_new(sqlite3 *db, const char *vfs, struct functions **ret, struct pal_err *err) {
  struct functions *functions = calloc(1, sizeof *functions);
  if (!functions)
    return pal_err_nomem(err);
  int rc =
      sqlite3_open_v2("", &functions->plain, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, vfs);
  if (rc == SQLITE_OK) {
    (void)sqlite3_limit(functions->plain, SQLITE_LIMIT_LENGTH, SANDBOX_LENGTH_MAX);
    rc = add_all(db, functions);
  }
  if (rc != SQLITE_OK) {
    functions_free(functions);
    return pal_err_set(err, PAL_E_INTERNAL, "add functions to SQLite: %s", sqlite3_errstr(rc));
  }
  *ret = functions;
  return PAL_OK;
}

void functions_free(struct functions *functions) {
  if (!functions)
    return;
  for (size_t i = 0; i < DATE_FUNCTIONS; i++)
    for (size_t n = 0; n <= DATE_ARGUMENTS_MAX; n++)
      (void)sqlite3_finalize(functions->dates[i].by_count[n]);
  for (size_t n = 0; n <= PRINT_ARGUMENTS_MAX; n++)
    (void)sqlite3_finalize(functions->prints[n]);
  (void)sqlite3_close(functions->plain);
  free(functions);
}
