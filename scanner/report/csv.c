/* SPDX-License-Identifier: Apache-2.0 */
#include "csv_writer.h"
#include "formats.h"
#include "model.h"
#include "pal_remedy.h"

enum { CELL_MAX = 64 << 20 };

/* --- rows --- */

void csvw_init(struct csvw *writer, FILE *out) {
  *writer = (struct csvw){.bad = PAL_OK};
  report_sink_init(&writer->sink, out);
  pal_buf_init(&writer->cell, CELL_MAX);
}

void csvw_cell(struct csvw *writer, const char *text) {
  pal_buf_clear(&writer->cell);
  if (writer->filled++)
    pal_buf_putc(&writer->cell, ',');
  pal_csv_cell(&writer->cell, text ? text : "");
  if (writer->cell.bad != PAL_OK && writer->bad == PAL_OK)
    writer->bad = writer->cell.bad;
  report_sink_write(&writer->sink, writer->cell.data, writer->cell.len);
}

void csvw_end(struct csvw *writer) {
  report_sink_puts(&writer->sink, "\r\n");
  writer->filled = 0;
}

enum pal_code csvw_finish(struct csvw *writer, const char *what, struct pal_err *err) {
  pal_buf_deinit(&writer->cell);
  if (writer->bad != PAL_OK)
    return pal_err_set(err, writer->bad, "write %s: %s", what, pal_code_text(writer->bad));
  return report_sink_finish(&writer->sink, what, err);
}

/* --- what a row shows of a finding: one line per column --- */

struct row {
  const struct pal_reported *reported;
  const char *fresh; /* start of the run of the verdict */
  const char *commit;
  const char *remediation;
};

static const char *subject_text(const struct row *row, int field) {
  const struct pal_record *subject = pal_get_record(row->reported->finding, PAL_FINDING_SUBJECT);
  return subject ? pal_get_text(subject, field) : NULL;
}

static const char *title(const struct row *row) {
  return row->reported->policy ? row->reported->policy->title : NULL;
}

static const char *tenant_id(const struct row *row) {
  return report_tenant_id(row->reported->tenant_id);
}

static const char *tenant_name(const struct row *row) {
  return row->reported->tenant_name;
}

static const char *subject_type(const struct row *row) {
  return subject_text(row, PAL_SUBJECT_TYPE);
}

static const char *subject_id(const struct row *row) {
  return subject_text(row, PAL_SUBJECT_ID);
}

static const char *subject_name(const struct row *row) {
  return subject_text(row, PAL_SUBJECT_NAME);
}

static const char *last_verified(const struct row *row) {
  const char *text = pal_get_text(row->reported->finding, PAL_FINDING_LAST_VERIFIED);
  return text ? text : row->fresh;
}

static const char *novelty(const struct row *row) {
  static const char *const words[] = {
      [PAL_STANDING] = "standing", [PAL_NEW] = "new", [PAL_REOPENED] = "reopened", [PAL_WORSENED] = "worsened"};
  return words[row->reported->novelty];
}

static const char *commit(const struct row *row) {
  return row->commit;
}

static const char *started(const struct row *row) {
  return row->fresh;
}

static const char *remediation(const struct row *row) {
  return row->remediation;
}

enum { COMPUTED = -1, REMEDIATION_BYTES = 256 << 10 };
static const struct column {
  const char *name;
  int field; /* of the finding, or COMPUTED */
  const char *(*get)(const struct row *row);
} columns[] = {
    {"policy", PAL_FINDING_POLICY, NULL},
    {"title", COMPUTED, title},
    {"class", PAL_FINDING_CLASS, NULL},
    {"severity", PAL_FINDING_SEVERITY, NULL},
    {"verdict", PAL_FINDING_VERDICT, NULL},
    {"status", PAL_FINDING_STATUS, NULL},
    {"novelty", COMPUTED, novelty},
    {"tenantId", COMPUTED, tenant_id},
    {"tenantName", COMPUTED, tenant_name},
    {"subjectType", COMPUTED, subject_type},
    {"subjectId", COMPUTED, subject_id},
    {"subjectName", COMPUTED, subject_name},
    {"key", PAL_FINDING_KEY, NULL},
    {"message", PAL_FINDING_MESSAGE, NULL},
    {"details", PAL_FINDING_DETAILS, NULL},
    {"fingerprint", PAL_FINDING_FINGERPRINT, NULL},
    {"since", PAL_FINDING_SINCE, NULL},
    {"lastVerified", COMPUTED, last_verified},
    {"waiver", PAL_FINDING_WAIVER, NULL},
    {"lapsed", PAL_FINDING_LAPSED, NULL},
    {"foldedUnder", PAL_FINDING_FOLDED_UNDER, NULL},
    {"snapshotCommit", COMPUTED, commit},
    {"snapshotStarted", COMPUTED, started},
    {"remediation", COMPUTED, remediation},
};
enum { COLUMNS_N = sizeof columns / sizeof columns[0] };

static const char *column_text(const struct column *column, const struct row *row) {
  return column->field == COMPUTED ? column->get(row) : pal_get_text(row->reported->finding, column->field);
}

enum pal_code report_csv_findings(const struct pal_report *report, const struct pal_style *style, FILE *out,
                                  struct pal_err *err) {
  struct csvw w;
  struct pal_buf remedy;
  (void)style;
  csvw_init(&w, out);
  pal_buf_init(&remedy, REMEDIATION_BYTES);
  for (size_t i = 0; i < COLUMNS_N; i++)
    csvw_cell(&w, columns[i].name);
  csvw_end(&w);
  for (size_t i = 0; i < report->findings_n; i++) {
    pal_buf_clear(&remedy);
    pal_remedy_text(&remedy, report->remedies, &report->findings[i]);
    for (char *c = remedy.data; *c; c++)
      if (*c == '\n')
        *c = ' '; /* a cell is one line, as grep and spreadsheets like it */
    struct row row = {.reported = &report->findings[i],
                      .fresh = report->started,
                      .commit = report->commit,
                      .remediation = remedy.data};
    for (size_t j = 0; j < COLUMNS_N; j++)
      csvw_cell(&w, column_text(&columns[j], &row));
    csvw_end(&w);
  }
  enum pal_code code = pal_buf_check(&remedy, "a remediation", err);
  pal_buf_deinit(&remedy);
  enum pal_code finished = csvw_finish(&w, "the findings", code == PAL_OK ? err : NULL);
  return code == PAL_OK ? finished : code;
}

/* --- changes --- */

static const char *const change_columns[] = {"kind",      "tenantId",    "tenantName",  "tenantCountry", "subjectType",
                                             "subjectId", "subjectName", "sentence",    "before",        "after",
                                             "policy",    "severity",    "fingerprint", "fromCommit",    "fromStarted",
                                             "toCommit",  "toStarted"};
enum { CHANGE_COLUMNS_N = sizeof change_columns / sizeof change_columns[0] };

static void write_cells(struct csvw *w, const char *const *cells, size_t n) {
  for (size_t i = 0; i < n; i++)
    csvw_cell(w, cells[i]);
  csvw_end(w);
}

static void write_change(struct csvw *w, const struct pal_comparison *c, const struct pal_compared_change *change) {
  const char *cells[CHANGE_COLUMNS_N] = {change->kind,
                                         report_tenant_id(change->tenant_id),
                                         change->tenant_name,
                                         change->tenant_country,
                                         change->subject_type,
                                         change->subject_id,
                                         change->subject_name,
                                         change->sentence,
                                         change->before,
                                         change->after,
                                         NULL,
                                         NULL,
                                         NULL,
                                         c->from_commit,
                                         c->from_started,
                                         c->to_commit,
                                         c->to_started};
  write_cells(w, cells, CHANGE_COLUMNS_N);
}

/* "fail, open, high", "" where the finding was not there. */
static void say_verdict(char out[64], const struct pal_record *finding) {
  out[0] = '\0';
  if (finding)
    (void)snprintf(out, 64, "%s, %s, %s", pal_get_text(finding, PAL_FINDING_VERDICT),
                   pal_get_text(finding, PAL_FINDING_STATUS), pal_get_text(finding, PAL_FINDING_SEVERITY));
}

static void write_finding(struct csvw *w, const struct pal_comparison *c, const char *kind,
                          const struct pal_reported *reported, const struct pal_record *was,
                          const struct pal_record *is) {
  struct row row = {.reported = reported};
  const struct pal_record *finding = reported->finding;
  char before[64], after[64];
  say_verdict(before, was);
  say_verdict(after, is);
  const char *cells[CHANGE_COLUMNS_N] = {kind,
                                         tenant_id(&row),
                                         reported->tenant_name,
                                         NULL,
                                         subject_type(&row),
                                         subject_id(&row),
                                         subject_name(&row),
                                         pal_get_text(finding, PAL_FINDING_MESSAGE),
                                         before,
                                         after,
                                         pal_get_text(finding, PAL_FINDING_POLICY),
                                         pal_get_text(finding, PAL_FINDING_SEVERITY),
                                         pal_get_text(finding, PAL_FINDING_FINGERPRINT),
                                         c->from_commit,
                                         c->from_started,
                                         c->to_commit,
                                         c->to_started};
  write_cells(w, cells, CHANGE_COLUMNS_N);
}

enum pal_code report_csv_changes(const struct pal_comparison *comparison, const struct pal_style *style, FILE *out,
                                 struct pal_err *err) {
  struct csvw w;
  (void)style;
  csvw_init(&w, out);
  write_cells(&w, change_columns, CHANGE_COLUMNS_N);
  for (size_t i = 0; i < comparison->changes_n; i++)
    write_change(&w, comparison, &comparison->changes[i]);
  for (size_t i = 0; i < comparison->opened_n; i++)
    write_finding(&w, comparison, "finding.opened", &comparison->opened[i], comparison->opened[i].was,
                  comparison->opened[i].finding);
  for (size_t i = 0; i < comparison->changed_n; i++)
    write_finding(&w, comparison, "finding.changed", &comparison->changed[i], comparison->changed[i].was,
                  comparison->changed[i].finding);
  for (size_t i = 0; i < comparison->resolved_n; i++)
    write_finding(&w, comparison, "finding.resolved", &comparison->resolved[i], comparison->resolved[i].finding, NULL);
  return csvw_finish(&w, "the changes", err);
}
