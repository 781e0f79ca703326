/* SPDX-License-Identifier: Apache-2.0 */
/* rows.c - runs one policy and turns its result into checked rows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cut.h"
#include "judge_private.h"
#include "pal_json.h"
#include "pal_text.h"
#include "verdict.h"

enum {
  ROWS_MAX = 500000,
  COLUMN_JSON_MAX = 2 << 20, /* of a list or object that goes in as one; longer ones are told as text */
  UNITS_BYTES_MAX = 1 << 20,
  ESCAPED_BYTES_MAX = 6, /* of one byte in JSON */
  SHARE_BYTES_MIN = 1 << 10,
  DETAILS_BYTES_MAX = 768 << 10, /* finding_details_with() needs the rest of a PAL_T_JSON value */
  COLUMNS_MAX = 64
};

/* The columns with a meaning; the first five must be there. Others are details. */
enum column_role {
  COLUMN_TENANT,
  COLUMN_SUBJECT_TYPE,
  COLUMN_SUBJECT_ID,
  COLUMN_SUBJECT_NAME,
  COLUMN_MESSAGE,
  COLUMN_SEVERITY,
  COLUMN_KEY,
  COLUMN_VERDICT,
  COLUMN_UNITS,
  COLUMN_LAST_READ,
  COLUMN_ROLES
};
enum { COLUMNS_REQUIRED = COLUMN_MESSAGE + 1 };

static const char *const role_names[COLUMN_ROLES] = {"tenant_id", "subject_type", "subject_id", "subject_name",
                                                     "message",   "severity",     "key",        "verdict",
                                                     "units",     "last_read"};

struct detail_column {
  const char *name;
  int at;
};

struct columns {
  int role[COLUMN_ROLES];                    /* -1: not there */
  struct detail_column details[COLUMNS_MAX]; /* by name */
  size_t details_n;
};

struct reading {
  struct pal_judge *judge;
  struct policy_run *run;
  sqlite3_stmt *stmt;
  struct columns columns;
  struct pal_buf text;
};

static const struct pal_policy *policy_of(const struct reading *reading) {
  return &reading->run->policy->pub;
}

/* Names the policy in error texts; these may become a verdict, so no folder of this machine. */
static const char *source_of(const struct reading *reading) {
  return reading->run->policy->file;
}

/* --- columns --- */

static int by_detail_name(const void *a, const void *b) {
  return strcmp(((const struct detail_column *)a)->name, ((const struct detail_column *)b)->name);
}

static bool has_detail(const struct columns *columns, const char *name) {
  for (size_t i = 0; i < columns->details_n; i++)
    if (strcmp(columns->details[i].name, name) == 0)
      return true;
  return false;
}

static enum pal_code check_columns(struct reading *reading, struct pal_err *err) {
  struct columns *columns = &reading->columns;
  const char *path = source_of(reading);
  for (size_t i = 0; i < COLUMNS_REQUIRED; i++)
    if (columns->role[i] < 0)
      return pal_err_set(err, PAL_E_INPUT, "%s: the result lacks the column %s", path, role_names[i]);
  for (size_t i = 1; i < columns->details_n; i++)
    for (size_t j = 0; j < i; j++)
      if (sqlite3_stricmp(columns->details[j].name, columns->details[i].name) == 0) /* as keys of JSON differ */
        return pal_err_set(err, PAL_E_INPUT, "%s: two columns %s", path, columns->details[i].name);
  for (size_t i = 0; i < policy_of(reading)->pins_n; i++) {
    const char *pin = policy_of(reading)->pins[i];
    if (strcmp(pin, "severity") != 0 && !has_detail(columns, pin))
      return pal_err_set(err, PAL_E_INPUT, "%s: pins names %s, which is no detail column of the result", path, pin);
  }
  return PAL_OK;
}

static int role_of(const char *name) {
  for (int i = 0; i < COLUMN_ROLES; i++)
    if (strcmp(role_names[i], name) == 0)
      return i;
  return -1;
}

static enum pal_code read_columns(struct reading *reading, struct pal_err *err) {
  struct columns *columns = &reading->columns;
  for (size_t i = 0; i < COLUMN_ROLES; i++)
    columns->role[i] = -1;
  int n = sqlite3_column_count(reading->stmt);
  for (int i = 0; i < n; i++) {
    const char *name = sqlite3_column_name(reading->stmt, i);
    int role = name ? role_of(name) : -1;
    if (!name)
      return pal_err_nomem(err);
    if (role >= 0 && columns->role[role] >= 0)
      return pal_err_set(err, PAL_E_INPUT, "%s: two columns %s", source_of(reading), name);
    if (role >= 0) {
      columns->role[role] = i;
    } else if (columns->details_n == COLUMNS_MAX) {
      return pal_err_set(err, PAL_E_INPUT, "%s: more than %d columns", source_of(reading), COLUMNS_MAX);
    } else {
      name = pal_arena_strdup(reading->run->arena, name);
      if (!name)
        return pal_err_nomem(err);
      columns->details[columns->details_n++] = (struct detail_column){.name = name, .at = i};
    }
  }
  if (columns->details_n > 1)
    qsort(columns->details, columns->details_n, sizeof *columns->details, by_detail_name);
  return check_columns(reading, err);
}

/* --- values --- */

static enum pal_code row_fail(const struct reading *reading, const char *column, const char *what,
                              struct pal_err *err) {
  return pal_err_set(err, PAL_E_INPUT, "%s: column %s: %s", source_of(reading), column, what);
}

/* The text of a column, as valid UTF-8, until the next call; *ret NULL for NULL. */
static enum pal_code clean_text(struct reading *reading, int at, const char **ret, struct pal_err *err) {
  *ret = NULL;
  if (at < 0 || sqlite3_column_type(reading->stmt, at) == SQLITE_NULL)
    return PAL_OK;
  const char *text = (const char *)sqlite3_column_text(reading->stmt, at);
  if (!text)
    return pal_err_nomem(err);
  pal_buf_clear(&reading->text);
  (void)pal_utf8_clean(&reading->text, text, strlen(text));
  enum pal_code code = pal_buf_check(&reading->text, "a column", err);
  *ret = code == PAL_OK ? reading->text.data : NULL;
  return code;
}

static bool units_cut(const char *text) {
  const char *end = strrchr(text, '"');
  while (end && end > text && end[-1] != '"')
    end--;
  return end && cut_marked(end) > 0;
}

/* What names the finding must be whole, what is said of it may be cut; units that are too many are those of the
 * default, which holds them. */
static enum pal_code take_text(struct reading *reading, enum column_role role, const char **ret, struct pal_err *err) {
  bool is_said = role == COLUMN_SUBJECT_NAME || role == COLUMN_MESSAGE, is_units = role == COLUMN_UNITS;
  enum pal_code code = clean_text(reading, reading->columns.role[role], ret, err);
  if (code != PAL_OK || !*ret)
    return code;
  if (is_units && (reading->text.len > UNITS_BYTES_MAX || units_cut(*ret))) {
    *ret = NULL;
    return PAL_OK;
  }
  if (!is_said && !is_units && reading->text.len > PAL_TEXT_MAX)
    return row_fail(reading, role_names[role], "too long", err);
  *ret = is_said ? cut_text(reading->run->arena, *ret, PAL_TEXT_MAX) : pal_arena_strdup(reading->run->arena, *ret);
  return *ret ? PAL_OK : pal_err_nomem(err);
}

/* --- details --- */

/* How deep the brackets of a JSON text go. */
static size_t depth_of(const char *text) {
  size_t depth = 0, deepest = 0;
  bool in_string = false;
  for (; *text; text++) {
    if (in_string && *text == '\\' && text[1])
      text++;
    else if (*text == '"')
      in_string = !in_string;
    else if (!in_string && (*text == '{' || *text == '['))
      depth++;
    else if (!in_string && (*text == '}' || *text == ']') && depth > 0)
      depth--;
    deepest = depth > deepest ? depth : deepest;
  }
  return deepest;
}

/* A list or object made by pal_list() or the JSON functions goes in as JSON; the object of
 * details is one more level. */
static bool write_json(struct pal_buf *out, const char *text, size_t max) {
  if ((*text != '[' && *text != '{') || depth_of(text) >= PAL_JSON_VALUE_DEPTH)
    return false;
  struct pal_json_doc *doc = NULL;
  struct pal_err ignored;
  if (pal_json_parse(text, strlen(text), "column", PAL_JSON_STRICT_UTF8, COLUMN_JSON_MAX, &doc, &ignored) != PAL_OK)
    return false;
  struct pal_buf compact;
  pal_buf_init(&compact, 8 * (size_t)COLUMN_JSON_MAX);
  bool is_array = *text == '[';
  bool ok = (is_array ? cut_array(&compact, doc, pal_json_root(doc), max, &ignored)
                      : pal_json_compact(doc, pal_json_root(doc), &compact, &ignored)) == PAL_OK;
  ok = ok && compact.bad == PAL_OK && compact.len <= max;
  if (ok)
    pal_buf_add(out, compact.data, compact.len);
  pal_buf_deinit(&compact);
  pal_json_doc_free(doc);
  return ok;
}

static enum pal_code write_text(struct pal_buf *out, const char *text, size_t max, struct pal_err *err) {
  struct pal_buf escaped;
  pal_buf_init(&escaped, max);
  pal_json_escape(&escaped, text);
  enum pal_code code = escaped.bad == PAL_E_LIMIT ? PAL_OK : pal_buf_check(&escaped, "a detail", err);
  if (code == PAL_OK && escaped.bad == PAL_OK) {
    pal_buf_add(out, escaped.data, escaped.len);
  } else if (code == PAL_OK) {
    struct pal_arena *scratch = pal_arena_new(0);
    const char *cut = scratch ? cut_text(scratch, text, max / ESCAPED_BYTES_MAX) : NULL;
    if (cut)
      pal_json_escape(out, cut);
    else
      code = pal_err_nomem(err);
    pal_arena_free(scratch);
  }
  pal_buf_deinit(&escaped);
  return code;
}

static enum pal_code write_detail(struct reading *reading, const struct detail_column *column, size_t max,
                                  struct pal_buf *out, struct pal_err *err) {
  const char *text = NULL;
  int type = sqlite3_column_type(reading->stmt, column->at);
  if (type == SQLITE_NULL)
    return PAL_OK;
  if (type == SQLITE_FLOAT)
    return row_fail(reading, column->name, "a fraction; CAST it", err);
  if (type == SQLITE_BLOB)
    return row_fail(reading, column->name, "a blob", err);
  if (out->len > 1)
    pal_buf_putc(out, ',');
  pal_json_escape(out, column->name);
  pal_buf_putc(out, ':');
  if (type == SQLITE_INTEGER) {
    pal_buf_printf(out, "%lld", (long long)sqlite3_column_int64(reading->stmt, column->at));
    return PAL_OK;
  }
  enum pal_code code = clean_text(reading, column->at, &text, err);
  return code == PAL_OK && !write_json(out, text, max) ? write_text(out, text, max, err) : code;
}

/* Each value in at most `max` bytes. */
static enum pal_code write_details(struct reading *reading, size_t max, struct pal_buf *out, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  pal_buf_clear(out);
  pal_buf_putc(out, '{');
  for (size_t i = 0; i < reading->columns.details_n && code == PAL_OK; i++)
    code = write_detail(reading, &reading->columns.details[i], max, out, err);
  pal_buf_putc(out, '}');
  return code == PAL_OK ? pal_buf_check(out, "details of a finding", err) : code;
}

/* What each value may take where all together are too long; 0: the names alone are. */
static size_t share_of(const struct columns *columns) {
  size_t names = 0, n = columns->details_n;
  for (size_t i = 0; i < n; i++)
    names += ESCAPED_BYTES_MAX * (strlen(columns->details[i].name) + 1);
  size_t share = names < DETAILS_BYTES_MAX ? (DETAILS_BYTES_MAX - names) / n : 0;
  return share > SHARE_BYTES_MIN ? share : 0;
}

static enum pal_code take_details(struct reading *reading, const char **ret, struct pal_err *err) {
  struct pal_buf out;
  pal_buf_init(&out, (COLUMNS_MAX + 2) * (size_t)DETAILS_BYTES_MAX);
  enum pal_code code = write_details(reading, DETAILS_BYTES_MAX, &out, err);
  if (code == PAL_OK && out.len > DETAILS_BYTES_MAX) {
    size_t share = share_of(&reading->columns);
    code = share ? write_details(reading, share, &out, err)
                 : pal_err_set(err, PAL_E_INPUT, "%s: names of columns too long", source_of(reading));
  }
  *ret = NULL;
  if (code == PAL_OK && out.len > 2 && !(*ret = pal_arena_strdup(reading->run->arena, out.data)))
    code = pal_err_nomem(err);
  pal_buf_deinit(&out);
  return code;
}

/* --- rows --- */

static bool is_word_of(int field, const char *text) {
  for (const char *const *word = pal_kind_FINDING.fields[field].words; *word; word++)
    if (strcmp(*word, text) == 0)
      return true;
  return false;
}

static enum pal_code check_row(struct reading *reading, struct row *row, const char *verdict, struct pal_err *err) {
  char guid[PAL_GUID_LEN + 1];
  if (!row->tenant_id)
    row->tenant_id = "";
  else if (!pal_guid_canonical(row->tenant_id, strlen(row->tenant_id), guid) || strcmp(guid, row->tenant_id) != 0)
    return row_fail(reading, "tenant_id", "no tenant id", err);
  if (!row->subject_type || !*row->subject_type)
    return row_fail(reading, "subject_type", "empty", err);
  if (!row->subject_id || !*row->subject_id)
    return row_fail(reading, "subject_id", "empty", err);
  if (!row->message || !*row->message)
    return row_fail(reading, "message", "empty", err);
  if (row->severity && !is_word_of(PAL_FINDING_SEVERITY, row->severity))
    return row_fail(reading, "severity", "no severity", err);
  if (verdict && !is_word_of(PAL_FINDING_VERDICT, verdict))
    return row_fail(reading, "verdict", "neither fail nor unknown", err);
  struct pal_instant at;
  if (row->last_read && !pal_instant_parse(row->last_read, &at))
    return row_fail(reading, "last_read", "no instant", err);
  if (row->units && !units_valid(row->units))
    return row_fail(reading, "units", "no JSON array of [area, unit] pairs", err);
  row->unknown = verdict && strcmp(verdict, "unknown") == 0;
  if (!row->key)
    row->key = "";
  return pal_fingerprint(policy_of(reading)->id, row->tenant_id, row->subject_type, row->subject_id, row->key,
                         row->fingerprint, err);
}

static enum pal_code take_row(struct reading *reading, struct row *row, struct pal_err *err) {
  const char *verdict = NULL;
  const char **targets[COLUMN_ROLES] = {&row->tenant_id, &row->subject_type, &row->subject_id, &row->subject_name,
                                        &row->message,   &row->severity,     &row->key,        &verdict,
                                        &row->units,     &row->last_read};
  for (size_t i = 0; i < COLUMN_ROLES; i++) {
    enum pal_code code = take_text(reading, (enum column_role)i, targets[i], err);
    if (code != PAL_OK)
      return code;
  }
  enum pal_code code = take_details(reading, &row->details, err);
  return code == PAL_OK ? check_row(reading, row, verdict, err) : code;
}

static int by_fingerprint(const void *a, const void *b) {
  return strcmp(((const struct row *)a)->fingerprint, ((const struct row *)b)->fingerprint);
}

static enum pal_code sort_rows(struct reading *reading, struct pal_err *err) {
  struct policy_run *run = reading->run;
  if (run->rows_n > 1)
    qsort(run->rows, run->rows_n, sizeof *run->rows, by_fingerprint);
  for (size_t i = 1; i < run->rows_n; i++)
    if (strcmp(run->rows[i - 1].fingerprint, run->rows[i].fingerprint) == 0)
      return pal_err_set(err, PAL_E_INPUT, "%s: two rows with one fingerprint (%s %s%s%s)", source_of(reading),
                         run->rows[i].subject_type, run->rows[i].subject_id, *run->rows[i].key ? ", key " : "",
                         run->rows[i].key);
  return PAL_OK;
}

static enum pal_code read_rows(struct reading *reading, struct pal_err *err) {
  struct policy_run *run = reading->run;
  const struct pal_policy *policy = policy_of(reading);
  for (;;) {
    bool more = false;
    enum pal_code code =
        sandbox_step(&reading->judge->sandbox, run->policy->file, policy->sql, reading->stmt, &more, err);
    if (code != PAL_OK)
      return code;
    if (!more)
      return sort_rows(reading, err);
    if (run->rows_n == ROWS_MAX)
      return pal_err_set(err, PAL_E_LIMIT, "%s: more than %d rows", run->policy->file, ROWS_MAX);
    run->rows = pal_arena_grow(reading->run->arena, run->rows, run->rows_n, &run->rows_cap, sizeof *run->rows);
    if (!run->rows)
      return pal_err_nomem(err);
    struct row *row = &run->rows[run->rows_n];
    *row = (struct row){0};
    code = take_row(reading, row, err);
    if (code != PAL_OK)
      return code;
    run->rows_n++;
  }
}

enum pal_code judge_rows(struct pal_judge *judge, struct policy_run *run, struct pal_err *err) {
  struct reading reading = {.judge = judge, .run = run};
  if (!(run->arena = pal_arena_new(0)))
    return pal_err_nomem(err);
  struct pal_err why = {0};
  pal_buf_init(&reading.text, 4 * (size_t)SANDBOX_LENGTH_MAX);
  const struct pal_policy *policy = &run->policy->pub;
  enum pal_code code = sandbox_prepare(&judge->sandbox, run->policy->file, policy->sql, &reading.stmt, &why);
  if (code == PAL_OK)
    code = read_columns(&reading, &why);
  if (code == PAL_OK)
    code = read_rows(&reading, &why);
  (void)sqlite3_finalize(reading.stmt);
  pal_buf_deinit(&reading.text);
  if (code == PAL_OK)
    return PAL_OK;
  if (code != PAL_E_INPUT && code != PAL_E_LIMIT) {
    if (err)
      *err = why;
    return code;
  }
  run->state = PAL_BROKEN;
  run->rows_n = 0;
  const char *view = NULL;
  code = judge_view_error(judge, policy->sql, &view, err);
  if (code != PAL_OK)
    return code;
  run->why = pal_arena_printf(judge->arena, "%s%s%s", why.text, view ? "; in " : "", view ? view : "");
  return run->why ? PAL_OK : pal_err_nomem(err);
}
