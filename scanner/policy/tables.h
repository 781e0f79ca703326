/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_TABLES_H
#define PAL_TABLES_H
/*
 * tables.h - the SQL tables, made from the field table.
 *
 * One table per kind that names one; its columns are
 *   tenant_id                  records of files below tenants/, NULL for those of the root
 *   subscription_id            kinds of files below subscriptions/{id}/, NULL for access/inherited*.json
 *   <parent>_id                child tables: the key of the record that holds them, or where that has none of the
 *                              one around it, after tenant_id
 *   the fields with a column   sets and nested records without a table of their own as JSON text
 *   link_answered              identity only: 1 when link is an object or null, else 0
 *   not_approved               waiver only: why the signature it needs is missing, else NULL
 * Every table exists twice: in main (this run) and in previous (the parent's
 * last verified facts). Inputs and settings are today's in both, so that a
 * difference between the two is a difference of facts.
 *
 * tables_extra are made by the judge itself: run, setting, collected, pec_role,
 * builtin_role.
 */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "pal_arena.h"
#include "pal_buf.h"
#include "pal_doc.h"
#include "pal_judge.h"

enum { TABLE_COLUMNS_MAX = 40, STATES = 2 };

enum table_column_source {
  FROM_TENANT,       /* the folder of the file */
  FROM_SUBSCRIPTION, /* the folder of the file */
  FROM_PARENT,       /* key of the record that holds this one */
  FROM_FIELD,
  FROM_LINK_ANSWERED,
  FROM_APPROVAL
};

struct table_column {
  const char *name;
  enum table_column_source source;
  int field; /* of FROM_FIELD */
};

struct table {
  const char *name;
  const struct pal_kind *kind;
  const struct pal_kind *parent; /* kind that holds these records, NULL for a table of files or inputs */
  int parent_field;              /* its field they stand in */
  bool input;                    /* filled from the judge's options, not from files */
  struct table_column columns[TABLE_COLUMNS_MAX];
  size_t n;
  uint64_t read[STATES]; /* bits of the columns some policy reads */
  bool wanted[STATES];   /* some policy reads the table */
  sqlite3_stmt *insert[STATES];
};

struct tables {
  struct table *v;
  size_t n, cap;
};

/* Schema names by enum pal_state. */
extern const char *const table_schemas[STATES];

enum pal_code tables_new(struct pal_arena *arena, struct tables *ret, struct pal_err *err) PAL_MUST_CHECK;
/* NULL when there is none. */
struct table *tables_find(const struct tables *tables, const char *name);
/* The table of top-level records of this kind, or of records in that field of a parent kind. */
struct table *tables_of_kind(const struct tables *tables, const struct pal_kind *kind);
struct table *tables_of_field(const struct tables *tables, const struct pal_kind *parent, int field);

/* Whether the name is one of the judge's own tables. */
bool tables_is_extra(const char *name);
/* CREATE TABLE statements of one schema. */
void tables_ddl(const struct tables *tables, enum pal_state state, bool only_wanted, struct pal_buf *out);
/* CREATE INDEX statements, and the statistics the planner shall believe: fixed,
 * so that a plan depends on the SQL alone, and cost grows with the rows. */
void tables_index_ddl(const struct tables *tables, enum pal_state state, struct pal_buf *out);
/* INSERT statement of a table. */
void table_insert_sql(const struct table *table, enum pal_state state, struct pal_buf *out);

#endif
