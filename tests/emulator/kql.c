/* SPDX-License-Identifier: Apache-2.0 */
/* The stages of a query, each from rows to rows. */
#include "kql.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_NAME = 80, MAX_COLUMNS = 24 };

/* [NAME =] EXPRESSION */
struct column {
  char name[MAX_NAME];
  const char *expression;
  bool is_count, is_distinct;
};

struct stage {
  struct emu_kql *k;
  cJSON *rows;
};

void emu_kql_table(const char *query, char *out, size_t size) {
  struct emu_kql k = {.at = query};
  if (!emu_kql_name(&k, out, size))
    out[0] = '\0';
  emu_lower(out);
}

static bool at_end(struct emu_kql *k) {
  emu_kql_space(k);
  return *k->at == '\0' || *k->at == '|' || k->reason != NULL;
}

static cJSON *value_of(const struct column *c, const cJSON *row) {
  struct emu_kql again = {.at = c->expression};
  return emu_kql_value(&again, row);
}

/* A name before a single '='. */
static bool takes_alias(struct emu_kql *k, char *name, size_t size) {
  struct emu_kql ahead = *k;
  if (!emu_kql_name(&ahead, name, size))
    return false;
  emu_kql_space(&ahead);
  if (ahead.at[0] != '=' || ahead.at[1] == '=' || ahead.at[1] == '~')
    return false;
  k->at = ahead.at + 1;
  return true;
}

/* Without a name a column is called as the last name of its path. */
static void default_name(struct column *c) {
  size_t len = strcspn(c->expression, " ,|\n\r\t)");
  const char *start = c->expression;
  for (size_t i = 0; i < len; i++)
    if (c->expression[i] == '.' || c->expression[i] == '(')
      start = c->expression + i + 1;
  emu_format(c->name, sizeof c->name, "%.*s", (int)(c->expression + len - start), start);
}

/* Up to the end of the stage, or to `by`, which ret_by tells (NULL: no word ends it). */
static size_t read_columns(struct emu_kql *k, struct column *columns, bool *ret_by) {
  size_t n = 0;
  while (!at_end(k) && n < MAX_COLUMNS) {
    if (ret_by != NULL && emu_kql_takes(k, "by")) {
      *ret_by = true;
      break;
    }
    struct column *c = &columns[n++];
    *c = (struct column){0};
    bool named = takes_alias(k, c->name, sizeof c->name);
    emu_kql_space(k);
    c->expression = k->at;
    c->is_count = emu_kql_takes(k, "count()");
    c->is_distinct = !c->is_count && emu_kql_takes(k, "dcount(");
    if (c->is_distinct)
      c->expression = k->at;
    if (!named && c->is_count)
      emu_format(c->name, sizeof c->name, "count_");
    else if (!named)
      default_name(c);
    if (!c->is_count)
      cJSON_Delete(emu_kql_value(k, NULL));
    if (c->is_distinct && !emu_kql_takes(k, ")"))
      emu_kql_fails(k, "dcount does not end");
    if (!emu_kql_takes(k, ",") && !at_end(k) && ret_by == NULL)
      emu_kql_fails(k, "a comma is missing");
  }
  return n;
}

static void add_value(cJSON *row, const struct column *c, cJSON *value) {
  cJSON_DeleteItemFromObject(row, c->name);
  cJSON_AddItemToObject(row, c->name, value != NULL ? value : cJSON_CreateNull());
}

static void where(struct stage *s) {
  struct column condition = {.expression = s->k->at};
  cJSON_Delete(emu_kql_value(s->k, NULL));
  cJSON *kept = cJSON_CreateArray();
  cJSON *row;
  while ((row = cJSON_DetachItemFromArray(s->rows, 0)) != NULL) {
    cJSON *value = value_of(&condition, row);
    if (emu_kql_truth(value))
      cJSON_AddItemToArray(kept, row);
    else
      cJSON_Delete(row);
    cJSON_Delete(value);
  }
  cJSON_Delete(s->rows);
  s->rows = kept;
}

static void extend(struct stage *s) {
  struct column columns[MAX_COLUMNS];
  size_t n = read_columns(s->k, columns, NULL);
  cJSON *row;
  cJSON_ArrayForEach(row, s->rows) for (size_t i = 0; i < n; i++)
      add_value(row, &columns[i], value_of(&columns[i], row));
}

static void project(struct stage *s) {
  struct column columns[MAX_COLUMNS];
  size_t n = read_columns(s->k, columns, NULL);
  cJSON *out = cJSON_CreateArray();
  cJSON *row;
  cJSON_ArrayForEach(row, s->rows) {
    cJSON *made = cJSON_CreateObject();
    for (size_t i = 0; i < n; i++)
      add_value(made, &columns[i], value_of(&columns[i], row));
    cJSON_AddItemToArray(out, made);
  }
  cJSON_Delete(s->rows);
  s->rows = out;
}

/* The group with this key among the groups made so far. */
static cJSON *group_of(cJSON *groups, const char *key) {
  cJSON *group = cJSON_GetObjectItemCaseSensitive(groups, key);
  if (group == NULL) {
    group = cJSON_AddObjectToObject(groups, key);
    cJSON_AddItemToObject(group, "row", cJSON_CreateObject());
    cJSON_AddItemToObject(group, "seen", cJSON_CreateObject());
  }
  return group;
}

static void count_into(cJSON *group, const struct column *c, const cJSON *row) {
  cJSON *out = cJSON_GetObjectItemCaseSensitive(group, "row");
  cJSON *sum = cJSON_GetObjectItemCaseSensitive(out, c->name);
  if (sum == NULL)
    sum = cJSON_AddNumberToObject(out, c->name, 0);
  if (c->is_distinct) {
    cJSON *value = value_of(c, row);
    char *text = emu_kql_text(value);
    cJSON *seen = cJSON_GetObjectItemCaseSensitive(group, "seen");
    bool is_new = cJSON_GetObjectItemCaseSensitive(seen, text) == NULL;
    if (is_new)
      cJSON_AddTrueToObject(seen, text);
    free(text);
    cJSON_Delete(value);
    if (!is_new)
      return;
  }
  cJSON_SetNumberValue(sum, sum->valuedouble + 1);
}

static void summarize(struct stage *s) {
  struct column sums[MAX_COLUMNS], keys[MAX_COLUMNS];
  bool has_keys = false;
  size_t sum_n = read_columns(s->k, sums, &has_keys);
  size_t key_n = has_keys ? read_columns(s->k, keys, NULL) : 0;
  cJSON *groups = cJSON_CreateObject();
  if (key_n == 0)
    (void)group_of(groups, "");
  cJSON *row;
  cJSON_ArrayForEach(row, s->rows) {
    struct emu_text key = {0};
    cJSON *values[MAX_COLUMNS];
    emu_text_puts(&key, "");
    for (size_t i = 0; i < key_n; i++) {
      values[i] = value_of(&keys[i], row);
      char *text = emu_kql_text(values[i]);
      emu_text_puts(&key, text);
      emu_text_puts(&key, "\n");
      free(text);
    }
    cJSON *group = group_of(groups, key.data);
    cJSON *out = cJSON_GetObjectItemCaseSensitive(group, "row");
    for (size_t i = 0; i < key_n; i++)
      add_value(out, &keys[i], values[i]);
    for (size_t i = 0; i < sum_n; i++)
      count_into(group, &sums[i], row);
    emu_text_free(&key);
  }
  cJSON *out = cJSON_CreateArray(), *group;
  cJSON_ArrayForEach(group, groups) {
    cJSON *made = cJSON_DetachItemFromObjectCaseSensitive(group, "row");
    for (size_t i = 0; i < sum_n; i++)
      if (cJSON_GetObjectItemCaseSensitive(made, sums[i].name) == NULL)
        cJSON_AddNumberToObject(made, sums[i].name, 0);
    cJSON_AddItemToArray(out, made);
  }
  cJSON_Delete(groups);
  cJSON_Delete(s->rows);
  s->rows = out;
}

struct sorted {
  cJSON *row;
  char *key;
};

static int by_key(const void *a, const void *b) {
  return strcmp(((const struct sorted *)a)->key, ((const struct sorted *)b)->key);
}

/* By the texts of one expression; further ones are read and left alone. */
static void order_by(struct stage *s) {
  struct column first = {.expression = s->k->at};
  cJSON_Delete(emu_kql_value(s->k, NULL));
  bool descending = !emu_kql_takes(s->k, "asc");
  (void)emu_kql_takes(s->k, "desc");
  while (emu_kql_takes(s->k, ",")) {
    cJSON_Delete(emu_kql_value(s->k, NULL));
    if (!emu_kql_takes(s->k, "asc"))
      (void)emu_kql_takes(s->k, "desc");
  }
  size_t n = (size_t)cJSON_GetArraySize(s->rows);
  struct sorted *list = calloc(n + 1, sizeof *list);
  if (list == NULL)
    abort();
  for (size_t i = 0; i < n; i++) {
    list[i].row = cJSON_DetachItemFromArray(s->rows, 0);
    cJSON *value = value_of(&first, list[i].row);
    list[i].key = emu_kql_text(value);
    cJSON_Delete(value);
  }
  qsort(list, n, sizeof *list, by_key);
  for (size_t i = 0; i < n; i++) {
    cJSON_AddItemToArray(s->rows, list[descending ? n - 1 - i : i].row);
    free(list[i].key);
  }
  free(list);
}

static void take(struct stage *s) {
  cJSON *number = emu_kql_value(s->k, NULL);
  int most = cJSON_IsNumber(number) ? number->valueint : 0;
  cJSON_Delete(number);
  cJSON *kept = cJSON_CreateArray(), *row;
  for (int i = 0; i < most && (row = cJSON_DetachItemFromArray(s->rows, 0)) != NULL; i++)
    cJSON_AddItemToArray(kept, row);
  cJSON_Delete(s->rows);
  s->rows = kept;
}

static void count(struct stage *s) {
  int n = cJSON_GetArraySize(s->rows);
  cJSON_Delete(s->rows);
  s->rows = cJSON_CreateArray();
  cJSON *row = cJSON_CreateObject();
  cJSON_AddNumberToObject(row, "Count", n);
  cJSON_AddItemToArray(s->rows, row);
}

/* As `summarize by` the columns. */
static void distinct(struct stage *s) {
  project(s);
  cJSON *seen = cJSON_CreateObject(), *out = cJSON_CreateArray(), *row;
  while ((row = cJSON_DetachItemFromArray(s->rows, 0)) != NULL) {
    char *key = emu_kql_text(row);
    if (cJSON_GetObjectItemCaseSensitive(seen, key) == NULL) {
      cJSON_AddTrueToObject(seen, key);
      cJSON_AddItemToArray(out, row);
    } else
      cJSON_Delete(row);
    free(key);
  }
  cJSON_Delete(seen);
  cJSON_Delete(s->rows);
  s->rows = out;
}

static const struct {
  const char *word;
  void (*run)(struct stage *s);
} stages[] = {
    {"where", where},      {"extend", extend}, {"project", project}, {"summarize", summarize}, {"order by", order_by},
    {"sort by", order_by}, {"take", take},     {"limit", take},      {"count", count},         {"distinct", distinct},
};

cJSON *emu_kql_run(const char *query, cJSON *rows, const char **ret_reason) {
  struct emu_kql k = {.at = query};
  struct stage s = {.k = &k, .rows = rows};
  char table[MAX_NAME];
  if (!emu_kql_name(&k, table, sizeof table))
    emu_kql_fails(&k, "a table is missing");
  while (k.reason == NULL && emu_kql_takes(&k, "|")) {
    size_t i = 0, n = sizeof stages / sizeof *stages;
    while (i < n && !emu_kql_takes(&k, stages[i].word))
      i++;
    if (i == n)
      emu_kql_fails(&k, "an unknown operator");
    else
      stages[i].run(&s);
  }
  emu_kql_space(&k);
  if (*k.at != '\0')
    emu_kql_fails(&k, "something follows that is no stage");
  *ret_reason = k.reason;
  if (k.reason == NULL)
    return s.rows;
  cJSON_Delete(s.rows);
  return NULL;
}
