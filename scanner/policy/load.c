/* SPDX-License-Identifier: Apache-2.0 */
/* load.c - records into rows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "areas.h"
#include "judge_private.h"
#include "pal_json.h"
#include "settings.h"

enum { ROW_TEXT_MAX = SANDBOX_LENGTH_MAX };

/* Where the row that is being made stands. */
struct place {
  enum pal_state state;
  const char *tenant_id, *subscription_id, *parent_key; /* NULL where there is none */
};

/* --- one value --- */

static void bind_static(sqlite3_stmt *stmt, int column, const char *text) {
  if (text)
    (void)sqlite3_bind_text(stmt, column, text, -1, SQLITE_STATIC);
}

static int bind_json(struct pal_judge *judge, sqlite3_stmt *stmt, int column) {
  return sqlite3_bind_text(stmt, column, judge->text.data, (int)judge->text.len, SQLITE_TRANSIENT);
}

static void write_texts(const struct pal_texts *texts, struct pal_buf *out) {
  pal_buf_putc(out, '[');
  for (size_t i = 0; i < texts->n; i++) {
    if (i)
      pal_buf_putc(out, ',');
    pal_json_escape(out, texts->v[i]);
  }
  pal_buf_putc(out, ']');
}

static void write_records(const struct pal_records *records, struct pal_buf *out) {
  pal_buf_putc(out, '[');
  for (size_t i = 0; i < records->n; i++) {
    if (i)
      pal_buf_putc(out, ',');
    pal_record_compact(records->v[i], out);
  }
  pal_buf_putc(out, ']');
}

/* A default of the field, for a file in which the person left it out. */
static void bind_fallback(sqlite3_stmt *stmt, int column, const struct pal_field *field) {
  if (!field->fallback)
    return;
  if (field->type == PAL_T_INT)
    (void)sqlite3_bind_int64(stmt, column, strtoll(field->fallback, NULL, 10));
  else if (field->type == PAL_T_BOOL)
    (void)sqlite3_bind_int(stmt, column, strcmp(field->fallback, "true") == 0);
  else
    bind_static(stmt, column, field->fallback);
}

static int bind_value(struct pal_judge *judge, sqlite3_stmt *stmt, int column, const struct pal_field *field,
                      const struct pal_value *value) {
  if (value->is == PAL_ABSENT)
    bind_fallback(stmt, column, field);
  if (value->is != PAL_SET)
    return SQLITE_OK;
  pal_buf_clear(&judge->text);
  switch (field->type) {
  case PAL_T_INT: return sqlite3_bind_int64(stmt, column, value->u.i);
  case PAL_T_BOOL: return sqlite3_bind_int(stmt, column, value->u.b);
  case PAL_T_TEXTS:
  case PAL_T_GUIDS:
  case PAL_T_ARM_IDS: write_texts(pal_value_texts(value), &judge->text); return bind_json(judge, stmt, column);
  case PAL_T_RECORD: pal_record_compact(value->u.record, &judge->text); return bind_json(judge, stmt, column);
  case PAL_T_RECORDS: write_records(pal_value_records(value), &judge->text); return bind_json(judge, stmt, column);
  case PAL_T_TEXT:
  case PAL_T_NAME:
  case PAL_T_GUID:
  case PAL_T_ARM_ID:
  case PAL_T_DIGITS:
  case PAL_T_INSTANT:
  case PAL_T_DATE:
  case PAL_T_MONTH:
  case PAL_T_ENUM:
  case PAL_T_JSON: return sqlite3_bind_text(stmt, column, value->u.text, -1, SQLITE_STATIC);
  }
  return SQLITE_OK;
}

/* --- one row --- */

static int bind_column(struct pal_judge *judge, const struct table *table, size_t i, const struct place *place,
                       const struct pal_record *record, sqlite3_stmt *stmt) {
  const struct table_column *column = &table->columns[i];
  int at = (int)i + 1;
  switch (column->source) {
  case FROM_TENANT: bind_static(stmt, at, place->tenant_id); return SQLITE_OK;
  case FROM_SUBSCRIPTION: bind_static(stmt, at, place->subscription_id); return SQLITE_OK;
  case FROM_PARENT: bind_static(stmt, at, place->parent_key); return SQLITE_OK;
  case FROM_LINK_ANSWERED: return sqlite3_bind_int(stmt, at, record->v[PAL_IDENTITY_LINK].is != PAL_ABSENT);
  case FROM_APPROVAL: bind_static(stmt, at, judge_not_approved(judge, record)); return SQLITE_OK;
  case FROM_FIELD: return bind_value(judge, stmt, at, &table->kind->fields[column->field], &record->v[column->field]);
  }
  return SQLITE_OK;
}

static enum pal_code insert_fail(struct pal_judge *judge, const struct table *table, const struct place *place, int rc,
                                 struct pal_err *err) {
  enum pal_code code = (rc & 0xff) == SQLITE_NOMEM    ? PAL_E_NOMEM
                       : (rc & 0xff) == SQLITE_TOOBIG ? PAL_E_LIMIT
                                                      : PAL_E_IO;
  return pal_err_set(err, code, "the judge's table %s, tenant %s: %s", table->name,
                     place->tenant_id ? place->tenant_id : "-",
                     rc == SQLITE_TOOBIG ? "a record is too long" : sqlite3_errmsg(judge->sandbox.db));
}

static enum pal_code insert_row(struct pal_judge *judge, struct table *table, const struct place *place,
                                const struct pal_record *record, struct pal_err *err) {
  if (!table->insert[place->state]) {
    pal_buf_clear(&judge->text);
    table_insert_sql(table, place->state, &judge->text);
    enum pal_code code = sandbox_own(&judge->sandbox, judge->text.data, &table->insert[place->state], err);
    if (code != PAL_OK)
      return code;
  }
  sqlite3_stmt *stmt = table->insert[place->state];
  int rc = SQLITE_OK;
  for (size_t i = 0; i < table->n && rc == SQLITE_OK; i++)
    if (table->read[place->state] & UINT64_C(1) << i)
      rc = bind_column(judge, table, i, place, record, stmt);
  if (judge->text.bad != PAL_OK)
    rc = judge->text.bad == PAL_E_LIMIT ? SQLITE_TOOBIG : SQLITE_NOMEM;
  if (rc == SQLITE_OK)
    rc = sqlite3_step(stmt);
  enum pal_code code = rc == SQLITE_DONE ? PAL_OK : insert_fail(judge, table, place, rc, err);
  (void)sqlite3_reset(stmt);
  (void)sqlite3_clear_bindings(stmt);
  return code;
}

/* The text of the record's first key field. */
static const char *key_of(const struct pal_record *record) {
  for (size_t i = 0; i < record->kind->n; i++)
    if (record->kind->fields[i].flags & PAL_KEY)
      return pal_get_text(record, (int)i);
  return NULL;
}

static enum pal_code insert_below(struct pal_judge *judge, const struct place *place, const struct pal_record *record,
                                  struct pal_err *err);

static enum pal_code insert_record(struct pal_judge *judge, struct table *table, const struct place *place,
                                   const struct pal_record *record, struct pal_err *err) {
  enum pal_code code = table && table->wanted[place->state] ? insert_row(judge, table, place, record, err) : PAL_OK;
  return code == PAL_OK ? insert_below(judge, place, record, err) : code;
}

/* The nested records that have tables of their own. */
static enum pal_code insert_below(struct pal_judge *judge, const struct place *place, const struct pal_record *record,
                                  struct pal_err *err) {
  for (size_t i = 0; i < record->kind->n; i++) {
    const struct pal_field *field = &record->kind->fields[i];
    if (!field->table || record->v[i].is != PAL_SET)
      continue;
    struct table *table = tables_of_field(&judge->tables, record->kind, (int)i);
    struct place below = *place;
    const char *key = key_of(record);
    if (key) /* else that of the record around this one */
      below.parent_key = key;
    const struct pal_value *value = &record->v[i];
    const struct pal_records *list = field->type == PAL_T_RECORD ? NULL : pal_value_records(value);
    size_t n = list ? list->n : 1;
    for (size_t j = 0; j < n; j++) {
      const struct pal_record *nested = list ? list->v[j] : value->u.record;
      enum pal_code code = insert_record(judge, table, &below, nested, err);
      if (code != PAL_OK)
        return code;
    }
  }
  return PAL_OK;
}

/* --- files --- */

static bool is_input(const struct pal_file *file) {
  return strncmp(file->path, "inputs/", 7) == 0 || file->id == PAL_FILE_FORMAT;
}

/* Rows of verdicts are only for queries; events of a run are computed. */
static bool is_row(const struct pal_judge *judge, enum pal_state state, const struct pal_kind *kind) {
  if (state == PAL_STATE_PREVIOUS)
    return true;
  return judge->o.all_tables || (kind != &pal_kind_FINDING && kind != &pal_kind_EVENT);
}

static bool differs(const struct pal_record *before, const struct pal_record *now) {
  return !before || !now ? before != now : !pal_record_equal(before, now);
}

/* Inputs come with the options; those of the parent are only compared. A parent that
 * holds its settings holds the others as well, where it had any. */
static void compare_inputs(struct pal_judge *judge, const struct pal_docs *docs) {
  const struct {
    enum pal_file_id file;
    const struct pal_record *now;
  } inputs[] = {{PAL_FILE_IN_SETTINGS, judge->o.settings},
                {PAL_FILE_IN_REGISTRY, judge->o.registry},
                {PAL_FILE_IN_ESTATE, judge->o.estate}};
  const struct pal_record *before[3] = {0};
  for (size_t i = 0; i < docs->n; i++)
    for (size_t j = 0; j < 3; j++)
      if (docs->v[i]->file->id == inputs[j].file && docs->v[i]->records.n == 1)
        before[j] = docs->v[i]->records.v[0];
  for (size_t j = 0; j < 3 && before[0]; j++)
    judge->inputs_changed |= differs(before[j], inputs[j].now);
}

static enum pal_code load_doc(struct pal_judge *judge, enum pal_state state, const struct pal_doc *doc,
                              struct pal_err *err) {
  if (is_input(doc->file))
    return PAL_OK;
  bool by_subscription = strstr(doc->file->path, "/subscriptions/{id}/") != NULL;
  struct place place = {.state = state,
                        .tenant_id = doc->tenant.s[0] ? doc->tenant.s : NULL,
                        .subscription_id = by_subscription ? doc->id.s : NULL};
  struct tenant_fact *tenant = facts_get(&judge->facts, doc->tenant.s);
  if (!tenant)
    return pal_err_nomem(err);
  tenant->here |= state == PAL_STATE_NOW;
  struct table *table = tables_of_kind(&judge->tables, doc->file->kind);
  for (size_t i = 0; i < doc->records.n; i++) {
    enum pal_code code = facts_take(&judge->facts, state, doc, doc->records.v[i], err);
    if (code == PAL_OK && is_row(judge, state, doc->file->kind))
      code = insert_record(judge, table, &place, doc->records.v[i], err);
    if (code != PAL_OK)
      return code;
  }
  return PAL_OK;
}

enum pal_code pal_judge_load(struct pal_judge *judge, enum pal_state state, const struct pal_docs *docs,
                             struct pal_err *err) {
  if (judge->settled)
    return pal_err_set(err, PAL_E_INTERNAL, "files loaded after the judgement began");
  if (state == PAL_STATE_PREVIOUS && !judge->o.has_previous)
    return pal_err_set(err, PAL_E_INTERNAL, "files of a parent loaded where there is none");
  if (state == PAL_STATE_PREVIOUS)
    compare_inputs(judge, docs);
  for (size_t i = 0; i < docs->n; i++) {
    enum pal_code code = load_doc(judge, state, docs->v[i], err);
    if (code != PAL_OK)
      return code;
  }
  return PAL_OK;
}

enum pal_code judge_insert_event(struct pal_judge *judge, const char *tenant_id, const struct pal_record *event,
                                 struct pal_err *err) {
  struct place place = {.state = PAL_STATE_NOW, .tenant_id = tenant_id};
  return insert_record(judge, tables_of_kind(&judge->tables, &pal_kind_EVENT), &place, event, err);
}

static enum pal_code insert_verdicts(struct pal_judge *judge, struct pal_err *err) {
  struct table *table = tables_of_kind(&judge->tables, &pal_kind_FINDING);
  enum pal_code code = sandbox_exec(&judge->sandbox, "BEGIN; DELETE FROM main.finding", err);
  for (size_t i = 0; i < judge->facts.n && code == PAL_OK; i++) {
    const struct tenant_fact *tenant = judge->facts.v[i];
    const struct pal_records *findings = tenant->in_scope ? &tenant->findings : &tenant->previous_findings;
    struct place place = {.state = PAL_STATE_NOW, .tenant_id = tenant->id[0] ? tenant->id : NULL};
    for (size_t j = 0; j < findings->n && code == PAL_OK; j++)
      code = insert_record(judge, table, &place, findings->v[j], err);
  }
  judge_finish_inserts(judge);
  return code == PAL_OK ? sandbox_exec(&judge->sandbox, "COMMIT", err) : code;
}

enum pal_code judge_show_verdicts(struct pal_judge *judge, struct pal_err *err) {
  sandbox_fill(&judge->sandbox, true);
  enum pal_code code = insert_verdicts(judge, err);
  sandbox_fill(&judge->sandbox, false);
  return code;
}

void judge_finish_inserts(struct pal_judge *judge) {
  for (size_t i = 0; i < judge->tables.n; i++) {
    for (size_t state = 0; state < STATES; state++) {
      (void)sqlite3_finalize(judge->tables.v[i].insert[state]);
      judge->tables.v[i].insert[state] = NULL;
    }
  }
}

/* --- inputs and settings: the same rows in both schemas --- */

/* An INSERT of texts into one of the judge's own tables. */
struct own_insert {
  struct pal_judge *judge;
  const char *table;
  sqlite3_stmt *stmt;
};

static enum pal_code own_begin(struct pal_judge *judge, enum pal_state state, const char *table, size_t n,
                               struct own_insert *ret, struct pal_err *err) {
  *ret = (struct own_insert){.judge = judge, .table = table};
  pal_buf_clear(&judge->text);
  pal_buf_printf(&judge->text, "INSERT OR REPLACE INTO %s.%s VALUES(", table_schemas[state], table);
  for (size_t i = 0; i < n; i++)
    pal_buf_puts(&judge->text, i ? ",?" : "?");
  pal_buf_putc(&judge->text, ')');
  return sandbox_own(&judge->sandbox, judge->text.data, &ret->stmt, err);
}

/* NULL binds NULL. */
static enum pal_code own_row(const struct own_insert *insert, const char *const *texts, size_t n, struct pal_err *err) {
  for (size_t i = 0; i < n; i++)
    bind_static(insert->stmt, (int)i + 1, texts[i]);
  enum pal_code code = PAL_OK;
  if (sqlite3_step(insert->stmt) != SQLITE_DONE)
    code = pal_err_set(err, PAL_E_IO, "the judge's table %s: %s", insert->table,
                       sqlite3_errmsg(insert->judge->sandbox.db));
  (void)sqlite3_reset(insert->stmt);
  (void)sqlite3_clear_bindings(insert->stmt);
  return code;
}

static void own_end(struct own_insert *insert) {
  (void)sqlite3_finalize(insert->stmt);
  insert->stmt = NULL;
}

static enum pal_code insert_texts(struct pal_judge *judge, enum pal_state state, const char *table,
                                  const char *const *texts, size_t n, struct pal_err *err) {
  struct own_insert insert;
  enum pal_code code = own_begin(judge, state, table, n, &insert, err);
  if (code == PAL_OK)
    code = own_row(&insert, texts, n, err);
  own_end(&insert);
  return code;
}

static enum pal_code load_run(struct pal_judge *judge, enum pal_state state, struct pal_err *err) {
  const char *first = judge->o.history ? pal_get_text(judge->o.history, PAL_HISTORY_FIRST_RUN) : NULL;
  char day[11];
  pal_instant_date(judge->o.previous_started, day);
  const char *now[] = {judge->started,
                       judge->today,
                       judge->o.has_previous ? judge->previous_started : NULL,
                       judge->o.has_previous ? "1" : "0",
                       first ? first : judge->started,
                       judge->o.replay ? judge->o.replay : ""};
  const char *before[] = {judge->previous_started, day, NULL, "0", now[4], now[5]};
  if (state == PAL_STATE_NOW)
    return insert_texts(judge, state, "run", now, 6, err);
  return judge->o.has_previous ? insert_texts(judge, state, "run", before, 6, err) : PAL_OK;
}

/* What inputs/history.json tells of the runs before this one: the last full one and the partial ones since. */
static enum pal_code load_history(struct pal_judge *judge, enum pal_state state, struct pal_err *err) {
  const struct pal_record *history = judge->o.history;
  const struct pal_record *full = history ? pal_get_record(history, PAL_HISTORY_LAST_FULL) : NULL;
  const struct pal_records *partial = history ? pal_get_records(history, PAL_HISTORY_PARTIAL) : NULL;
  struct own_insert insert;
  char sequence[24];
  const char *texts[] = {sequence, NULL, "1"};
  enum pal_code code = own_begin(judge, state, "run_history", 3, &insert, err);
  if (code == PAL_OK && full) {
    (void)snprintf(sequence, sizeof sequence, "%lld", (long long)pal_get_int(full, PAL_LAST_FULL_SEQUENCE, 0));
    texts[1] = pal_get_text(full, PAL_LAST_FULL_STARTED);
    code = own_row(&insert, texts, 3, err);
  }
  texts[2] = "0";
  for (size_t i = 0; partial && i < partial->n && code == PAL_OK; i++) {
    (void)snprintf(sequence, sizeof sequence, "%lld",
                   (long long)pal_get_int(partial->v[i], PAL_PARTIAL_RUN_SEQUENCE, 0));
    texts[1] = pal_get_text(partial->v[i], PAL_PARTIAL_RUN_STARTED);
    code = own_row(&insert, texts, 3, err);
  }
  own_end(&insert);
  return code;
}

struct setting_target {
  struct pal_judge *judge;
  enum pal_state state;
};

static enum pal_code insert_setting(struct pal_judge *judge, enum pal_state state, const char *name, const char *value,
                                    struct pal_err *err) {
  const char *texts[] = {name, value};
  return insert_texts(judge, state, "setting", texts, 2, err);
}

static enum pal_code load_parameter(void *payload, const char *name, const pal_json *value, struct pal_err *err) {
  const struct setting_target *target = payload;
  const char *text = pal_json_text(value);
  if (pal_json_type(value) == PAL_JSON_BOOL)
    text = pal_json_true(value) ? "true" : "false";
  else if (pal_json_type(value) == PAL_JSON_NUMBER)
    text = pal_json_number(value);
  return insert_setting(target->judge, target->state, name, text, err);
}

static enum pal_code load_settings(struct pal_judge *judge, enum pal_state state, struct pal_err *err) {
  const struct pal_record *settings = judge->o.settings;
  struct setting_target target = {.judge = judge, .state = state};
  const char *name, *fallback = NULL;
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && (name = setting_parameter(i, &fallback)); i++)
    code = insert_setting(judge, state, name, fallback, err);
  if (code == PAL_OK)
    code = setting_each(settings, PAL_SETTINGS_PARAMETERS, load_parameter, &target, err);
  const int named[] = {PAL_SETTINGS_CLOUD, PAL_SETTINGS_NAMES};
  for (size_t i = 0; i < 2 && code == PAL_OK; i++)
    code = insert_setting(judge, state, settings->kind->fields[named[i]].json, pal_get_text(settings, named[i]), err);
  char window[24];
  (void)snprintf(window, sizeof window, "%lld", (long long)pal_get_int(settings, PAL_SETTINGS_USAGE_WINDOW, 2));
  if (code == PAL_OK)
    code = insert_setting(judge, state, "usageWindowMonths", window, err);
  for (const char *const *area = area_all(); *area && code == PAL_OK; area++)
    if (area_collected(settings, *area))
      code = insert_texts(judge, state, "collected", area, 1, err);
  return code;
}

static enum pal_code load_roles(struct pal_judge *judge, enum pal_state state, struct pal_err *err) {
  const struct pal_pack *pack = judge->o.pack;
  if (!judge->roles_read[state])
    return PAL_OK;
  struct own_insert pec = {0}, builtin = {0};
  enum pal_code code = own_begin(judge, state, "pec_role", 3, &pec, err);
  if (code == PAL_OK)
    code = own_begin(judge, state, "builtin_role", 2, &builtin, err);
  for (size_t i = 0; i < pack->pec.n && code == PAL_OK; i++) {
    const char *texts[] = {pack->pec.v[i].id, pack->pec.v[i].name, pack->pec.v[i].eligible ? "1" : "0"};
    code = own_row(&pec, texts, 3, err);
  }
  for (size_t i = 0; i < pack->builtin.n && code == PAL_OK; i++) {
    const char *texts[] = {pack->builtin.v[i].id, pack->builtin.v[i].name};
    code = own_row(&builtin, texts, 2, err);
  }
  own_end(&pec);
  own_end(&builtin);
  return code;
}

enum pal_code judge_load_inputs(struct pal_judge *judge, struct pal_err *err) {
  const struct pal_record *inputs[] = {judge->o.registry, judge->o.estate,  judge->o.waivers,
                                       judge->o.reviews,  judge->o.changes, judge->o.settings};
  for (int state = 0; state < STATES; state++) {
    enum pal_code code = load_run(judge, (enum pal_state)state, err);
    if (code == PAL_OK)
      code = load_history(judge, (enum pal_state)state, err);
    if (code == PAL_OK)
      code = load_settings(judge, (enum pal_state)state, err);
    if (code == PAL_OK)
      code = load_roles(judge, (enum pal_state)state, err);
    struct place place = {.state = (enum pal_state)state};
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0] && code == PAL_OK; i++)
      if (inputs[i])
        code = insert_below(judge, &place, inputs[i], err);
    if (code != PAL_OK)
      return code;
  }
  return PAL_OK;
}
