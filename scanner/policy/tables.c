/* SPDX-License-Identifier: Apache-2.0 */
#include "tables.h"

#include <assert.h>
#include <string.h>

const char *const table_schemas[STATES] = {[PAL_STATE_NOW] = "main", [PAL_STATE_PREVIOUS] = "previous"};

static const char extra_ddl[] =
    "CREATE TABLE %1$s.run(started TEXT, today TEXT, previous_started TEXT, has_previous INTEGER, first_run TEXT, "
    "replay TEXT);"
    "CREATE TABLE %1$s.run_history(sequence INTEGER PRIMARY KEY, started TEXT, is_full INTEGER) WITHOUT ROWID;"
    "CREATE TABLE %1$s.setting(name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
    "CREATE TABLE %1$s.collected(area TEXT PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TABLE %1$s.pec_role(role_id TEXT PRIMARY KEY, name TEXT, eligible INTEGER) WITHOUT ROWID;"
    "CREATE TABLE %1$s.builtin_role(role_id TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;";

bool tables_is_extra(const char *name) {
  static const char *const names[] = {"run", "run_history", "setting", "collected", "pec_role", "builtin_role"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (sqlite3_stricmp(names[i], name) == 0)
      return true;
  return false;
}

/* --- from the field table --- */

static void add_column(struct table *table, const char *name, enum table_column_source source, int field) {
  assert(table->n < TABLE_COLUMNS_MAX);
  for (size_t i = 0; i < table->n; i++)
    assert(strcmp(table->columns[i].name, name) != 0);
  table->columns[table->n++] = (struct table_column){.name = name, .source = source, .field = field};
}

static bool is_nested(const struct pal_field *field) {
  return field->type == PAL_T_RECORD || field->type == PAL_T_RECORDS;
}

static void add_fields(struct table *table) {
  for (size_t i = 0; i < table->kind->n; i++) {
    const struct pal_field *field = &table->kind->fields[i];
    if (field->column && !(is_nested(field) && field->table))
      add_column(table, field->column, FROM_FIELD, (int)i);
  }
}

struct where {
  bool tenant, subscription; /* below tenants/, below subscriptions/ */
  const struct pal_kind *parent;
  const char *key; /* column with the key of the nearest record around it that has one; NULL: none has */
  int parent_field;
};

static enum pal_code add_kind(struct pal_arena *arena, struct tables *tables, const char *name,
                              const struct pal_kind *kind, struct where where, struct pal_err *err) {
  if (name) {
    tables->v = pal_arena_grow(arena, tables->v, tables->n, &tables->cap, sizeof *tables->v);
    if (!tables->v)
      return pal_err_nomem(err);
    struct table *table = &tables->v[tables->n++];
    *table = (struct table){
        .name = name, .kind = kind, .parent = where.parent, .parent_field = where.parent_field, .input = !where.tenant};
    if (where.tenant)
      add_column(table, "tenant_id", FROM_TENANT, -1);
    if (where.subscription && !where.parent)
      add_column(table, "subscription_id", FROM_SUBSCRIPTION, -1);
    if (where.key)
      add_column(table, where.key, FROM_PARENT, -1);
    add_fields(table);
    if (kind == &pal_kind_IDENTITY)
      add_column(table, "link_answered", FROM_LINK_ANSWERED, -1);
    if (kind == &pal_kind_WAIVER)
      add_column(table, "not_approved", FROM_APPROVAL, -1);
  }
  for (size_t i = 0; i < kind->n; i++) {
    const struct pal_field *field = &kind->fields[i];
    if (!is_nested(field) || !field->table)
      continue;
    struct where below = {
        .tenant = where.tenant, .parent = kind, .key = kind->parent ? kind->parent : where.key, .parent_field = (int)i};
    enum pal_code code = add_kind(arena, tables, field->table, field->kind, below, err);
    if (code != PAL_OK)
      return code;
  }
  return PAL_OK;
}

/* Whether some file of this kind lies below a subscription, other than its own. */
static bool lies_below_subscription(const struct pal_kind *kind) {
  for (size_t i = 0; i < PAL_FILES_N; i++)
    if (pal_files[i].kind == kind && kind != &pal_kind_SUBSCRIPTION &&
        strstr(pal_files[i].path, "/subscriptions/{id}/"))
      return true;
  return false;
}

static bool lies_below_tenant(const struct pal_kind *kind) {
  for (size_t i = 0; i < PAL_FILES_N; i++)
    if (pal_files[i].kind == kind && strncmp(pal_files[i].path, "tenants/", 8) == 0)
      return true;
  return false;
}

static bool seen_before(size_t file) {
  for (size_t i = 0; i < file; i++)
    if (pal_files[i].kind == pal_files[file].kind)
      return true;
  return false;
}

enum pal_code tables_new(struct pal_arena *arena, struct tables *ret, struct pal_err *err) {
  struct tables tables = {0};
  for (size_t i = 0; i < PAL_FILES_N; i++) {
    const struct pal_kind *kind = pal_files[i].kind;
    if (seen_before(i))
      continue;
    struct where where = {.tenant = lies_below_tenant(kind), .subscription = lies_below_subscription(kind)};
    enum pal_code code = add_kind(arena, &tables, kind->table, kind, where, err);
    if (code != PAL_OK)
      return code;
  }
  *ret = tables;
  return PAL_OK;
}

struct table *tables_find(const struct tables *tables, const char *name) {
  for (size_t i = 0; i < tables->n; i++)
    if (sqlite3_stricmp(tables->v[i].name, name) == 0)
      return &tables->v[i];
  return NULL;
}

struct table *tables_of_kind(const struct tables *tables, const struct pal_kind *kind) {
  for (size_t i = 0; i < tables->n; i++)
    if (tables->v[i].kind == kind && !tables->v[i].parent)
      return &tables->v[i];
  return NULL;
}

struct table *tables_of_field(const struct tables *tables, const struct pal_kind *parent, int field) {
  for (size_t i = 0; i < tables->n; i++)
    if (tables->v[i].parent == parent && tables->v[i].parent_field == field)
      return &tables->v[i];
  return NULL;
}

/* --- statements --- */

static bool is_integer(const struct table *table, const struct table_column *column) {
  if (column->source == FROM_LINK_ANSWERED)
    return true;
  if (column->source != FROM_FIELD)
    return false;
  enum pal_type type = table->kind->fields[column->field].type;
  return type == PAL_T_INT || type == PAL_T_BOOL;
}

/* The judge itself fills and empties these. */
static bool is_of_judge(const struct table *table, enum pal_state state) {
  return state == PAL_STATE_NOW && (table->kind == &pal_kind_EVENT || table->kind == &pal_kind_FINDING);
}

void tables_ddl(const struct tables *tables, enum pal_state state, bool only_wanted, struct pal_buf *out) {
  for (size_t t = 0; t < tables->n; t++) {
    const struct table *table = &tables->v[t];
    if (only_wanted && !table->wanted[state] && !is_of_judge(table, state))
      continue;
    pal_buf_printf(out, "CREATE TABLE %s.\"%s\"(", table_schemas[state], table->name);
    for (size_t i = 0; i < table->n; i++)
      pal_buf_printf(out, "%s\"%s\" %s", i ? "," : "", table->columns[i].name,
                     is_integer(table, &table->columns[i]) ? "INTEGER" : "TEXT");
    pal_buf_puts(out, ");\n");
  }
  /* Expands the one schema name without a format string that is no literal. */
  for (const char *at = extra_ddl; *at;) {
    if (strncmp(at, "%1$s", 4) == 0) {
      pal_buf_puts(out, table_schemas[state]);
      at += 4;
    } else {
      pal_buf_putc(out, *at++);
    }
  }
}

void table_insert_sql(const struct table *table, enum pal_state state, struct pal_buf *out) {
  pal_buf_printf(out, "INSERT INTO %s.\"%s\" VALUES(", table_schemas[state], table->name);
  for (size_t i = 0; i < table->n; i++)
    pal_buf_puts(out, i ? ",?" : "?");
  pal_buf_putc(out, ')');
}

/* --- indexes and what the planner is told --- */

struct table_size {
  const char *table;
  const char *rows; /* of a large estate: 1000 tenants, a million assignments */
};

static const struct table_size sizes[] = {
    {"accepted_gap", "100"},
    {"agent_group", "10"},
    {"assignment", "1000000"},
    {"authorization", "20000"},
    {"coverage", "50000"},
    {"customer", "1000"},
    {"declared_assignment", "1000"},
    {"delegation", "5000"},
    {"deny_assignment", "20000"},
    {"deny_excluded", "20000"},
    {"deny_principal", "20000"},
    {"event", "100"},
    {"expect", "20"},
    {"finding", "5000"},
    {"group_member", "200000"},
    {"grp", "20000"},
    {"identity", "3000"},
    {"link", "3000"},
    {"pim", "100000"},
    {"principal", "50"},
    {"principal_home", "50"},
    {"principal_object", "3000"},
    {"registry", "20"},
    {"related_partner", "20"},
    {"review", "20"},
    {"role", "5000"},
    {"scanner", "5"},
    {"sighting", "15000"},
    {"subscription", "10000"},
    {"tenant", "1000"},
    {"usage", "60000"},
    {"waiver", "50"},
};

static const struct table_size extra_sizes[] = {
    {"builtin_role", "1000"}, {"collected", "10"}, {"pec_role", "100"}, {"run_history", "10"}, {"setting", "20"}};

struct table_index {
  const char *table;
  const char *columns;
  const char *rows; /* per distinct value of the first, the first two, … columns */
};

static const struct table_index indexes[] = {
    {"accepted_gap", "tenant_id", "2"},
    {"assignment", "principal_id, tenant_id", "20 15"},
    {"assignment", "tenant_id, subscription_id", "1000 100"},
    {"authorization", "principal_id", "100"},
    {"authorization", "delegation_id, tenant_id", "4 4"},
    {"coverage", "tenant_id, area, unit", "50 10 1"},
    {"customer", "tenant_id", "1"},
    {"declaration", "tenant_id, object_id", "3 1"},
    {"declared_assignment", "tenant_id, object_id", "10 5"},
    {"delegation", "tenant_id", "5"},
    {"delegation", "id", "1"},
    {"delegation", "managing_tenant_id", "500"},
    {"deny_assignment", "tenant_id, subscription_id", "20 2"},
    {"deny_assignment", "id", "1"},
    {"deny_excluded", "deny_id", "2"},
    {"deny_principal", "deny_id", "2"},
    {"deny_principal", "principal_id", "50"},
    {"directory_object", "object_id", "1"},
    {"event", "tenant_id, subject_id", "10 1"},
    {"expect", "tenant", "1"},
    {"expect", "subscription", "1"},
    {"expect", "principal", "1"},
    {"finding", "tenant_id", "5"},
    {"group_member", "object_id, tenant_id", "10 10"},
    {"group_member", "group_id, tenant_id", "10 10"},
    {"grp", "id, tenant_id", "1 1"},
    {"identity", "tenant_id, object_id", "3 1"},
    {"identity", "object_id", "1"},
    {"link", "tenant_id, object_id", "3 1"},
    {"link", "object_id", "1"},
    {"pim", "principal_id, tenant_id", "10 10"},
    {"pim", "tenant_id, subscription_id", "100 10"},
    {"pim", "origin_assignment_id", "2"},
    {"principal_object", "tenant_id, object_id", "3 1"},
    {"registry", "id", "1"},
    {"role", "id, tenant_id", "2 1"},
    {"sighting", "subscription_id", "2"},
    {"subscription", "id", "1"},
    {"subscription", "tenant_id, id", "10 1"},
    {"tenant", "id", "1"},
    /* all that counts of a month: the table itself need not be read */
    {"usage", "tenant_id, subscription_id, month, used, resource_group", "60 6 2 2 1"},
};

static const char *rows_of(const char *table) {
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
    if (strcmp(sizes[i].table, table) == 0)
      return sizes[i].rows;
  return "1000";
}

static bool has_columns(const struct table *table, const char *columns) {
  while (*columns) {
    size_t len = strcspn(columns, ", ");
    bool found = false;
    for (size_t i = 0; i < table->n; i++)
      found = found || (strlen(table->columns[i].name) == len && memcmp(table->columns[i].name, columns, len) == 0);
    if (!found)
      return false;
    columns += len;
    columns += strspn(columns, ", ");
  }
  return true;
}

void tables_index_ddl(const struct tables *tables, enum pal_state state, struct pal_buf *out) {
  const char *schema = table_schemas[state];
  bool any = false;
  for (size_t i = 0; i < tables->n; i++)
    any = any || tables->v[i].wanted[state];
  if (!any)
    return;
  pal_buf_printf(out, "ANALYZE %s.sqlite_schema;\n", schema);
  for (size_t i = 0; i < sizeof indexes / sizeof indexes[0]; i++) {
    const struct table *table = tables_find(tables, indexes[i].table);
    bool known = table && has_columns(table, indexes[i].columns);
    assert(known);
    if (!known || !table->wanted[state])
      continue;
    pal_buf_printf(out, "CREATE INDEX %s.\"%s_%zu\" ON \"%s\"(%s);\n", schema, table->name, i, table->name,
                   indexes[i].columns);
    pal_buf_printf(out, "INSERT INTO %s.sqlite_stat1 VALUES('%s','%s_%zu','%s %s');\n", schema, indexes[i].table,
                   indexes[i].table, i, rows_of(indexes[i].table), indexes[i].rows);
  }
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    const struct table *table = tables_find(tables, sizes[i].table);
    if (table && table->wanted[state])
      pal_buf_printf(out, "INSERT INTO %s.sqlite_stat1 VALUES('%s',NULL,'%s');\n", schema, sizes[i].table,
                     sizes[i].rows);
  }
  /* WITHOUT ROWID: the table is its primary key's index. */
  for (size_t i = 0; i < sizeof extra_sizes / sizeof extra_sizes[0]; i++)
    pal_buf_printf(out, "INSERT INTO %s.sqlite_stat1 VALUES('%s','%s','%s 1');\n", schema, extra_sizes[i].table,
                   extra_sizes[i].table, extra_sizes[i].rows);
  pal_buf_printf(out, "INSERT INTO %s.sqlite_stat1 VALUES('run',NULL,'1');\n", schema);
  pal_buf_printf(out, "ANALYZE %s.sqlite_schema;\n", schema);
}
