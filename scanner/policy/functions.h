/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_FUNCTIONS_H
#define PAL_FUNCTIONS_H
/*
 * functions.h - the functions SQL may call: a list of SQLite's own by name, and
 * ours:
 *   pal_list(x)             aggregate: sorted by bytes, distinct, NULLs skipped, a JSON array
 *   pal_in_scope(id, scope) 1 when the ARM id equals the scope or lies below it, else 0
 *   date, time, datetime, julianday, strftime, unixepoch
 *                           SQLite's, without the modifiers localtime and utc
 */
#include <sqlite3.h>
#include <stdbool.h>

#include "pal_err.h"

struct functions; /* opaque; holds the connection the date functions are computed on */

/* Adds ours to db, which keeps a pointer to *ret until it is closed. */
enum pal_code functions_new(sqlite3 *db, const char *vfs, struct functions **ret, struct pal_err *err) PAL_MUST_CHECK;
void functions_free(struct functions *functions); /* after db was closed; takes NULL */
/* Whether SQL may call the function of this name. */
bool function_permitted(const char *name);
/* The ith of them, in the order of their names; NULL behind the last. */
const char *function_name(size_t i);

#endif
