/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write_policies [--check] DIR - writes the generated parts of DIR/README.md,
 * what stands between the lines
 *
 *   <!-- begin: NAME (written by write_policies) -->
 *   <!-- end: NAME -->
 *
 * from the pack in DIR, the field table and the list of functions. NAME is
 * catalogue, tables, views, functions or policies. With --check nothing is
 * written: exit 1 when the page differs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "functions.h"
#include "pack_private.h"
#include "pal_file.h"
#include "tables.h"

enum { PAGE_MAX = 8 << 20, BLOCK_NAME_MAX = 32 };

struct page {
  const struct pal_pack *pack;
  struct tables tables;
  sqlite3 *db; /* the tables and views, empty */
  struct pal_buf *out;
};

/* --- Markdown --- */

/* Text in a cell: one line, nothing that markup could be made of. */
static void put_cell(struct pal_buf *out, const char *text) {
  for (; text && *text; text++) {
    if (strchr("|<*_\\", *text))
      pal_buf_putc(out, '\\');
    pal_buf_putc(out, *text == '\n' ? ' ' : *text);
  }
}

/* Names of columns, as code, with commas between. */
static void put_names(struct pal_buf *out, const char *name, bool first) {
  pal_buf_printf(out, "%s`%s`", first ? "" : ", ", name);
}

/* --- the catalogue --- */

static void put_status(struct pal_buf *out, const struct pal_policy *policy) {
  static const char *const words[] = {
      [PAL_RULE] = "", [PAL_AWAITS] = "not tested: needs", [PAL_REASON] = "tells why unknown:", [PAL_RETIRED] = "see"};
  pal_buf_puts(out, words[policy->status]);
  for (size_t i = 0; i < policy->status_words_n; i++)
    pal_buf_printf(out, "%s %s", i ? "," : "", policy->status_words[i]);
}

static void put_catalogue(struct page *page) {
  size_t rules = 0, n = pal_pack_n(page->pack);
  for (size_t i = 0; i < n; i++)
    rules += pal_pack_at(page->pack, i)->status == PAL_RULE;
  pal_buf_printf(page->out, "%zu ids, of which %zu are judged.\n\n", n, rules);
  pal_buf_puts(page->out, "| id | title | class | severity | subject | |\n|---|---|---|---|---|---|\n");
  for (size_t i = 0; i < n; i++) {
    const struct pal_policy *policy = pal_pack_at(page->pack, i);
    pal_buf_printf(page->out, "| %s | ", policy->id);
    put_cell(page->out, policy->title);
    pal_buf_printf(page->out, " | %s | %s | %s | ", policy->policy_class, policy->severity, policy->subject);
    put_status(page->out, policy);
    pal_buf_puts(page->out, " |\n");
  }
}

/* --- tables --- */

static const char *meaning_of(const struct table_column *column) {
  switch (column->source) {
  case FROM_TENANT: return "tenant whose file holds the record; NULL for those of the estate";
  case FROM_SUBSCRIPTION: return "subscription whose file holds the record; NULL above the subscriptions";
  case FROM_PARENT: return "key of the record that holds this one";
  case FROM_LINK_ANSWERED: return "1 when the link was answered, also with \"none\"; else 0";
  case FROM_APPROVAL:
    return "why it is not approved, where the settings ask for the signature of its approver; else NULL";
  case FROM_FIELD: break;
  }
  return NULL;
}

static void put_table(struct page *page, const struct table *table) {
  pal_buf_printf(page->out, "#### %s\n", table->name);
  put_cell(page->out, table->kind->help);
  pal_buf_puts(page->out, "\n\n| column | meaning |\n|---|---|\n");
  for (size_t i = 0; i < table->n; i++) {
    const struct table_column *column = &table->columns[i];
    const char *meaning = meaning_of(column);
    pal_buf_printf(page->out, "| `%s` | ", column->name);
    if (meaning) {
      put_cell(page->out, meaning);
    } else {
      const struct pal_field *field = &table->kind->fields[column->field];
      put_cell(page->out, field->label);
      for (size_t w = 0; field->words && field->words[w]; w++)
        pal_buf_printf(page->out, "%s%s", w ? ", " : ": ", field->words[w]);
      if (field->help) {
        pal_buf_puts(page->out, ". ");
        put_cell(page->out, field->help);
      }
    }
    pal_buf_puts(page->out, " |\n");
  }
  pal_buf_putc(page->out, '\n');
}

static enum pal_code put_columns(struct page *page, const char *name, struct pal_err *err) {
  sqlite3_stmt *stmt = NULL;
  char *sql = sqlite3_mprintf("SELECT * FROM main.\"%w\"", name);
  bool ok = sql && sqlite3_prepare_v2(page->db, sql, -1, &stmt, NULL) == SQLITE_OK;
  sqlite3_free(sql);
  if (!ok)
    return pal_err_set(err, PAL_E_INPUT, "%s: %s", name, sqlite3_errmsg(page->db));
  for (int i = 0; i < sqlite3_column_count(stmt); i++)
    put_names(page->out, sqlite3_column_name(stmt, i), i == 0);
  (void)sqlite3_finalize(stmt);
  return PAL_OK;
}

static enum pal_code put_tables(struct page *page, struct pal_err *err) {
  for (size_t i = 0; i < page->tables.n; i++)
    put_table(page, &page->tables.v[i]);
  pal_buf_puts(page->out, "#### The judge's own\n\n| table | columns |\n|---|---|\n");
  sqlite3_stmt *stmt = NULL;
  enum pal_code code = PAL_OK;
  if (sqlite3_prepare_v2(page->db, "SELECT name FROM main.sqlite_schema WHERE type = 'table' ORDER BY name", -1, &stmt,
                         NULL) != SQLITE_OK)
    return pal_err_set(err, PAL_E_INTERNAL, "%s", sqlite3_errmsg(page->db));
  while (code == PAL_OK && sqlite3_step(stmt) == SQLITE_ROW) {
    const char *name = (const char *)sqlite3_column_text(stmt, 0);
    if (tables_find(&page->tables, name))
      continue;
    pal_buf_printf(page->out, "| `%s` | ", name);
    code = put_columns(page, name, err);
    pal_buf_puts(page->out, " |\n");
  }
  (void)sqlite3_finalize(stmt);
  return code;
}

/* --- views --- */

/* The leading comment, without SPDX and "once". */
static void put_comment(struct pal_buf *out, const char *sql) {
  bool first = true;
  while (strncmp(sql, "--", 2) == 0) {
    size_t len = strcspn(sql, "\n");
    const char *line = sql + 2 + (sql[2] == ' ');
    int n = (int)(len - (size_t)(line - sql));
    if (strncmp(line, "SPDX-", 5) != 0 && strncmp(line, "once:", 5) != 0) {
      char *copy = sqlite3_mprintf("%s%.*s", first ? "" : " ", n, line);
      put_cell(out, copy);
      sqlite3_free(copy);
      first = false;
    }
    sql += len + (sql[len] == '\n');
  }
}

static enum pal_code put_views(struct page *page, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < page->pack->views_n && code == PAL_OK; i++) {
    const struct pack_view *view = &page->pack->views[i];
    pal_buf_printf(page->out, "#### %s\n", view->name);
    put_comment(page->out, view->sql);
    pal_buf_puts(page->out, "\n\nColumns: ");
    code = put_columns(page, view->name, err);
    pal_buf_printf(page->out, ". [SQL](%s)\n\n", view->path);
  }
  return code;
}

/* --- functions and policies --- */

static void put_functions(struct page *page) {
  for (size_t i = 0; function_name(i); i++)
    put_names(page->out, function_name(i), i == 0);
  pal_buf_puts(page->out, ".\n");
}

static void put_needs(struct pal_buf *out, const char *word, const struct pal_need *v, size_t n) {
  static const char *const suffix[] = {[PAL_HERE] = "", [PAL_MANAGING] = "@managing", [PAL_ALL] = "@all"};
  if (n > 0)
    pal_buf_printf(out, " · %s", word);
  for (size_t i = 0; i < n; i++)
    pal_buf_printf(out, " %s%s", v[i].area, suffix[v[i].where]);
}

static void put_fixes(struct pal_buf *out, const struct pal_policy *policy) {
  for (size_t i = 0; i < policy->fixes_n; i++) {
    const struct pal_fix_use *use = &policy->fixes[i];
    pal_buf_puts(out, i == 0 ? "Put right by " : use->is_instead ? " or " : ", then ");
    pal_buf_printf(out, "%s%s (%s)", use->fix->word, use->managing ? "@managing" : "", pal_actor_name(use->fix->actor));
  }
  pal_buf_puts(out, policy->fixes_n > 0 ? ".\n\n" : "");
}

/* Where the statement begins: after the leading comment. */
static const char *statement_of(const char *sql) {
  while (strncmp(sql, "--", 2) == 0 || *sql == '\n')
    sql += strcspn(sql, "\n") + (sql[strcspn(sql, "\n")] == '\n');
  return sql;
}

static void put_policy(struct pal_buf *out, const struct pal_policy *policy) {
  const char *statement = policy->status == PAL_RULE ? statement_of(policy->sql) : NULL;
  pal_buf_printf(out, "#### %s ", policy->id);
  put_cell(out, policy->title);
  pal_buf_printf(out, "\n%s · %s · about each %s", policy->severity, policy->policy_class, policy->subject);
  put_needs(out, "reads", policy->reads, policy->reads_n);
  put_needs(out, "complete", policy->needs, policy->needs_n);
  pal_buf_puts(out, "\n\n");
  if (policy->status != PAL_RULE) {
    put_status(out, policy);
    pal_buf_puts(out, "\n\n");
  }
  put_cell(out, policy->rationale);
  pal_buf_puts(out, "\n\n");
  put_fixes(out, policy);
  if (statement)
    pal_buf_printf(out, "<details><summary>SQL</summary>\n\n```sql\n%s```\n\n</details>\n\n", statement);
}

/* --- the page --- */

/* Whoever reads a finding is told who can put it right. */
static enum pal_code check_fixes(const struct pal_pack *pack, struct pal_err *err) {
  for (size_t i = 0; i < pal_pack_n(pack); i++)
    if (pal_pack_at(pack, i)->status != PAL_RETIRED && pal_pack_at(pack, i)->fixes_n == 0)
      return pal_err_set(err, PAL_E_INPUT, "%s: no \"fix\" says who can put it right", pal_pack_at(pack, i)->id);
  return PAL_OK;
}

static enum pal_code put_block(struct page *page, const char *name, struct pal_err *err) {
  pal_buf_putc(page->out, '\n');
  enum pal_code code = PAL_OK;
  if (strcmp(name, "catalogue") == 0)
    put_catalogue(page);
  else if (strcmp(name, "tables") == 0)
    code = put_tables(page, err);
  else if (strcmp(name, "views") == 0)
    code = put_views(page, err);
  else if (strcmp(name, "functions") == 0)
    put_functions(page);
  else if (strcmp(name, "policies") == 0)
    for (size_t i = 0; i < pal_pack_n(page->pack); i++)
      put_policy(page->out, pal_pack_at(page->pack, i));
  else
    code = pal_err_set(err, PAL_E_INPUT, "nothing is known about a block %s", name);
  return code;
}

static enum pal_code put_page(struct page *page, const char *text, struct pal_err *err) {
  static const char begin[] = "<!-- begin: ", tail[] = " (written by write_policies) -->\n", end[] = "<!-- end: ";
  for (const char *at; (at = strstr(text, begin)) != NULL;) {
    char name[BLOCK_NAME_MAX + 1] = "";
    const char *after = strstr(at, tail), *first = at + sizeof begin - 1;
    if (!after || after - first > BLOCK_NAME_MAX)
      return pal_err_set(err, PAL_E_INPUT, "malformed begin of a block: %.60s", at);
    memcpy(name, first, (size_t)(after - first));
    after += sizeof tail - 1;
    const char *last = strstr(after, end);
    if (!last || strncmp(last + sizeof end - 1, name, strlen(name)) != 0)
      return pal_err_set(err, PAL_E_INPUT, "block %s does not end", name);
    pal_buf_add(page->out, text, (size_t)(after - text));
    enum pal_code code = put_block(page, name, err);
    if (code != PAL_OK)
      return code;
    text = last;
  }
  pal_buf_puts(page->out, text);
  return pal_buf_check(page->out, "README.md", err);
}

static enum pal_code run_sql(sqlite3 *db, const char *sql, struct pal_err *err) {
  return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? PAL_OK
                                                              : pal_err_set(err, PAL_E_INPUT, "%s", sqlite3_errmsg(db));
}

static enum pal_code make_database(struct page *page, struct functions **functions, struct pal_err *err) {
  struct pal_buf ddl;
  pal_buf_init(&ddl, PAGE_MAX);
  tables_ddl(&page->tables, PAL_STATE_NOW, false, &ddl);
  tables_ddl(&page->tables, PAL_STATE_PREVIOUS, false, &ddl);
  enum pal_code code = sqlite3_open(":memory:", &page->db) == SQLITE_OK
                           ? functions_new(page->db, NULL, functions, err)
                           : pal_err_set(err, PAL_E_NOMEM, "no memory for a database");
  if (code == PAL_OK)
    code = run_sql(page->db, "ATTACH ':memory:' AS previous", err);
  if (code == PAL_OK)
    code = run_sql(page->db, ddl.data, err);
  for (size_t i = 0; i < page->pack->views_n && code == PAL_OK; i++)
    code = run_sql(page->db, page->pack->views[i].sql, err);
  pal_buf_deinit(&ddl);
  return code;
}

static enum pal_code write_page(const char *dir, bool check, bool *ret_differs, struct pal_err *err) {
  struct pal_arena *arena = pal_arena_new(0);
  struct pal_pack *pack = NULL;
  struct functions *functions = NULL;
  struct pal_buf old, new;
  pal_buf_init(&old, PAGE_MAX);
  pal_buf_init(&new, PAGE_MAX);
  struct page page = {.out = &new};
  const char *path = arena ? pal_arena_printf(arena, "%s/README.md", dir) : NULL;
  enum pal_code code = path ? pal_pack_load(dir, NULL, 0, &pack, err) : pal_err_nomem(err);
  page.pack = pack;
  if (code == PAL_OK)
    code = check_fixes(pack, err);
  if (code == PAL_OK)
    code = tables_new(arena, &page.tables, err);
  if (code == PAL_OK)
    code = make_database(&page, &functions, err);
  if (code == PAL_OK)
    code = pal_file_read(path, "page", 0, PAGE_MAX, &old, err);
  if (code == PAL_OK)
    code = put_page(&page, old.data, err);
  *ret_differs = code == PAL_OK && strcmp(old.data, new.data) != 0;
  if (*ret_differs && !check)
    code = pal_file_write(path, new.data, new.len, 0644, err);
  (void)sqlite3_close(page.db);
  functions_free(functions);
  pal_buf_deinit(&old);
  pal_buf_deinit(&new);
  pal_pack_free(pack);
  pal_arena_free(arena);
  return code;
}

int main(int argc, char **argv) {
  bool check = argc == 3 && strcmp(argv[1], "--check") == 0, differs = false;
  if (argc != 2 && !check) {
    (void)fprintf(stderr, "usage: write_policies [--check] DIR\n");
    return 2;
  }
  struct pal_err err = {0};
  enum pal_code code = write_page(argv[argc - 1], check, &differs, &err);
  if (code != PAL_OK)
    (void)fprintf(stderr, "write_policies: %s\n", err.text);
  else if (check && differs)
    (void)fprintf(stderr, "%s/README.md differs from the pack; run write_policies\n", argv[2]);
  return code != PAL_OK || (check && differs) ? EXIT_FAILURE : EXIT_SUCCESS;
}
