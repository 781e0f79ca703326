/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_SANDBOX_H
#define PAL_SANDBOX_H
/*
 * sandbox.h - the connection policies run on.
 *
 *   open    main and previous are private temporary databases (unnamed, hence
 *           unlinked at once and gone on close); the authorizer is off
 *   closed  the authorizer is on; limits, a heap limit while a statement runs,
 *           and a budget of VM steps per statement
 *
 * Under the authorizer: SELECT over the known tables and views, json_each and
 * json_tree, functions by name. Everything else is refused: writing, ATTACH,
 * PRAGMA, EXPLAIN, the schema tables, random, local time, files.
 */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "clock_vfs.h"
#include "functions.h"
#include "pack_private.h"
#include "tables.h"

enum {
  SANDBOX_STEP_SLICE = 10000,
  SANDBOX_LENGTH_MAX = 16 << 20,
  SANDBOX_HEAP_MAX = 160 << 20,
  SANDBOX_HEAP_SOFT = 80 << 20,
  SANDBOX_CACHE_KIB = 8 << 10, /* of each of the two databases */
  SANDBOX_PAGE_SIZE = 16384
};

struct sandbox {
  struct clock_vfs *clock;
  struct functions *functions;
  sqlite3 *db;
  const struct tables *tables;
  const struct pal_pack *pack;
  bool exhausted;
  uint64_t steps, steps_max;
};

/* steps_max 0: PAL_JUDGE_STEPS_MAX. tables and pack are borrowed. */
enum pal_code sandbox_open(struct sandbox *sandbox, const struct tables *tables, const struct pal_pack *pack,
                           struct pal_instant now, uint64_t steps_max, struct pal_err *err) PAL_MUST_CHECK;
void sandbox_close(struct sandbox *sandbox); /* safe on zeroed storage */

/* Statements of the judge's own, before the authorizer is on. */
enum pal_code sandbox_exec(struct sandbox *sandbox, const char *sql, struct pal_err *err) PAL_MUST_CHECK;
enum pal_code sandbox_own(struct sandbox *sandbox, const char *sql, sqlite3_stmt **ret, struct pal_err *err)
    PAL_MUST_CHECK;

void sandbox_guard(struct sandbox *sandbox, bool on); /* the authorizer alone, while open */
void sandbox_confine(struct sandbox *sandbox);        /* open -> closed */

/* Statements of the judge's own while closed, with the limits of a policy's. */
enum pal_code sandbox_run(struct sandbox *sandbox, const char *sql, struct pal_err *err) PAL_MUST_CHECK;

/* While closed: on lets the judge fill a table by sandbox_exec() and sandbox_own(), off ends that. */
void sandbox_fill(struct sandbox *sandbox, bool on);

/* One SELECT of a policy or a query. `source` opens error texts: PAL_E_INPUT
 * "source:line:column: what SQLite says". */
enum pal_code sandbox_prepare(struct sandbox *sandbox, const char *source, const char *sql, sqlite3_stmt **ret,
                              struct pal_err *err) PAL_MUST_CHECK;
/* *ret_row is false at the end. PAL_E_INPUT or, over a limit, PAL_E_LIMIT: the
 * statement's fault, the same on every machine. PAL_E_IO: this machine's. The
 * budget counts from sandbox_prepare(). */
enum pal_code sandbox_step(struct sandbox *sandbox, const char *source, const char *sql, sqlite3_stmt *stmt,
                           bool *ret_row, struct pal_err *err) PAL_MUST_CHECK;

#endif
