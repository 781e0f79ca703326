/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_QUERY_H
#define PAL_QUERY_H
/* query.h - a stored snapshot open for SQL, and its rows as a table. Used by query and show. */
#include "app.h"
#include "pal_rejudge.h"

struct pal_query {
  struct pal_repo *repo;
  struct pal_commit commit;
  struct pal_rejudged snapshot;
};
/* Loads every table of the snapshot at rev. Close also after a failure. */
enum pal_code pal_query_open(const struct pal_app *app, const char *rev, struct pal_query *ret, struct pal_err *err)
    PAL_MUST_CHECK;
void pal_query_close(struct pal_query *query);

struct pal_rows {
  const char *const *header;
  const char *const **v;
  const bool **numbers; /* for each row which of its cells SQL holds as a number */
  size_t columns, n, cap, numbers_cap;
};
/* All rows of one statement into the command's arena. */
enum pal_code pal_query_rows(struct pal_arena *arena, struct pal_query *query, const char *sql, struct pal_rows *ret,
                             struct pal_err *err) PAL_MUST_CHECK;
/* Prints them in --format to --output; `empty` is said where there are none. */
enum pal_code pal_query_print(struct pal_cli *cli, struct pal_query *query, const char *sql, const char *empty,
                              struct pal_err *err) PAL_MUST_CHECK;

#endif
