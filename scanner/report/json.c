/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - the stable contracts of check and diff; snapshots/schemas/{check,diff}.schema.json. */
#include "json.h"
#include "formats.h"
#include "pal_remedy.h"

enum { FORMAT_VERSION = 1, REMEDIATION_BYTES = 256 << 10 };

static const char *text_or_null(const char *text) {
  return text && text[0] ? text : NULL;
}

static void write_subject(struct jsonw *w, const char *type, const char *id, const char *name) {
  jsonw_object(w, "subject", JSONW_INLINE);
  jsonw_text(w, "type", type);
  jsonw_text(w, "id", id);
  jsonw_text(w, "name", name);
  jsonw_end(w);
}

static void write_remediation(struct jsonw *w, const struct pal_remedies *remedies,
                              const struct pal_reported *reported) {
  struct pal_buf text;
  pal_buf_init(&text, REMEDIATION_BYTES);
  pal_remedy_text(&text, remedies, reported);
  if (w->bad == PAL_OK)
    w->bad = text.bad;
  jsonw_text(w, "remediation", reported->policy ? text.data : NULL);
  pal_buf_deinit(&text);
}

/* `fresh`: the start of the run whose verdict this is, which an absent lastVerified means; report: NULL without
 * remediations, as findings that are compared. */
static void write_finding(struct jsonw *w, const struct pal_reported *reported, const char *fresh,
                          const struct pal_report *report) {
  const struct pal_record *finding = reported->finding;
  const struct pal_record *subject = pal_get_record(finding, PAL_FINDING_SUBJECT);
  const char *details = pal_get_text(finding, PAL_FINDING_DETAILS);
  const char *verified = pal_get_text(finding, PAL_FINDING_LAST_VERIFIED);
  jsonw_object(w, NULL, JSONW_INLINE);
  jsonw_text(w, "policy", pal_get_text(finding, PAL_FINDING_POLICY));
  jsonw_text(w, "title", reported->policy ? reported->policy->title : NULL);
  jsonw_text(w, "class", pal_get_text(finding, PAL_FINDING_CLASS));
  jsonw_text(w, "severity", pal_get_text(finding, PAL_FINDING_SEVERITY));
  jsonw_text(w, "verdict", pal_get_text(finding, PAL_FINDING_VERDICT));
  jsonw_text(w, "status", pal_get_text(finding, PAL_FINDING_STATUS));
  jsonw_text(w, "tenantId", report_tenant_id(reported->tenant_id));
  jsonw_text(w, "tenantName", reported->tenant_name);
  write_subject(w, subject ? pal_get_text(subject, PAL_SUBJECT_TYPE) : "",
                subject ? pal_get_text(subject, PAL_SUBJECT_ID) : "",
                subject ? pal_get_text(subject, PAL_SUBJECT_NAME) : NULL);
  jsonw_text(w, "message", pal_get_text(finding, PAL_FINDING_MESSAGE));
  jsonw_raw(w, "details", details ? details : "{}");
  jsonw_text(w, "fingerprint", pal_get_text(finding, PAL_FINDING_FINGERPRINT));
  jsonw_text(w, "since", pal_get_text(finding, PAL_FINDING_SINCE));
  jsonw_text(w, "lastVerified", verified ? verified : text_or_null(fresh));
  if (report) {
    jsonw_text(w, "waiver", pal_get_text(finding, PAL_FINDING_WAIVER));
    jsonw_text(w, "lapsed", pal_get_text(finding, PAL_FINDING_LAPSED));
    write_remediation(w, report->remedies, reported);
  }
  jsonw_end(w);
}

static void write_findings(struct jsonw *w, const char *key, const struct pal_reported *findings, size_t n,
                           const char *fresh, const struct pal_report *report) {
  jsonw_array(w, key, JSONW_LINES);
  for (size_t i = 0; i < n; i++)
    write_finding(w, &findings[i], fresh, report);
  jsonw_end(w);
}

/* --- check --- */

void report_json_rules(struct jsonw *w, const struct pal_report *report) {
  jsonw_object(w, "rules", JSONW_INLINE);
  jsonw_count(w, "shipped", report->rules.shipped);
  jsonw_count(w, "changed", report->rules.changed);
  jsonw_count(w, "disabled", report->rules.disabled);
  jsonw_count(w, "lowered", report->rules.lowered);
  jsonw_count(w, "own", report->rules.own);
  jsonw_end(w);
}

static void write_coverage(struct jsonw *w, const struct pal_completeness *completeness) {
  jsonw_object(w, "coverage", JSONW_LINES);
  jsonw_count(w, "tenants", completeness->expected);
  jsonw_count(w, "complete", completeness->complete);
  jsonw_object(w, "units", JSONW_LINES);
  for (size_t i = 0; i < completeness->areas_n; i++) {
    jsonw_object(w, completeness->areas[i].area, JSONW_INLINE);
    for (size_t state = 0; state < PAL_COVERAGE_STATES; state++)
      jsonw_count(w, report_state_word((int)state), completeness->areas[i].n[state]);
    jsonw_end(w);
  }
  jsonw_end(w);
  jsonw_end(w);
}

static void write_summary(struct jsonw *w, const struct pal_report *report) {
  static const char *const keys[BINS_N] = {
      [BIN_CRITICAL] = "critical", [BIN_HIGH] = "high",     [BIN_MEDIUM] = "medium",   [BIN_LOW] = "low",
      [BIN_INFO] = "info",         [BIN_WAIVED] = "waived", [BIN_UNKNOWN] = "unknown", [BIN_FOLDED] = "folded",
  };
  size_t n[BINS_N] = {0};
  for (size_t i = 0; i < report->findings_n; i++)
    n[report_bin_of(report->findings[i].finding)]++;
  jsonw_object(w, "summary", JSONW_INLINE);
  for (size_t i = 0; i < BINS_N; i++)
    jsonw_count(w, keys[i], n[i]);
  jsonw_end(w);
}

static void write_acceptances(struct jsonw *w, const struct pal_report *report) {
  jsonw_array(w, "acceptances", JSONW_LINES);
  for (size_t i = 0; i < report->accepted_n; i++) {
    const struct pal_acceptance *acceptance = &report->accepted[i];
    jsonw_object(w, NULL, JSONW_INLINE);
    jsonw_text(w, "id", pal_get_text(acceptance->record, PAL_WAIVER_ID));
    jsonw_text(w, "state", pal_acceptance_word(acceptance->state));
    jsonw_text(w, "until", pal_get_text(acceptance->record, PAL_WAIVER_UNTIL));
    jsonw_count(w, "covers", acceptance->covers);
    jsonw_text(w, "approval", report_approval_word(acceptance->approval));
    jsonw_text(w, "note", acceptance->note[0] ? acceptance->note : NULL);
    jsonw_end(w);
  }
  jsonw_end(w);
}

enum pal_code report_json_findings(const struct pal_report *report, const struct pal_style *style, FILE *out,
                                   struct pal_err *err) {
  struct jsonw w;
  (void)style;
  jsonw_init(&w, out);
  jsonw_object(&w, NULL, JSONW_LINES);
  jsonw_count(&w, "formatVersion", FORMAT_VERSION);
  jsonw_object(&w, "snapshot", JSONW_INLINE);
  jsonw_text(&w, "commit", text_or_null(report->commit));
  jsonw_text(&w, "started", report->started);
  jsonw_text(&w, "kind", report->kind);
  jsonw_end(&w);
  report_json_rules(&w, report);
  write_coverage(&w, &report->completeness);
  write_summary(&w, report);
  write_acceptances(&w, report);
  write_findings(&w, "findings", report->findings, report->findings_n, report->started, report);
  jsonw_end(&w);
  return jsonw_finish(&w, "the findings", err);
}

/* --- diff --- */

static void write_side(struct jsonw *w, const char *key, const char *commit, const char *started) {
  jsonw_object(w, key, JSONW_INLINE);
  jsonw_text(w, "commit", text_or_null(commit));
  jsonw_text(w, "started", started);
  jsonw_end(w);
}

static void write_change(struct jsonw *w, const struct pal_compared_change *change) {
  jsonw_object(w, NULL, JSONW_INLINE);
  jsonw_text(w, "kind", change->kind);
  jsonw_text(w, "tenantId", report_tenant_id(change->tenant_id));
  write_subject(w, change->subject_type, change->subject_id, change->subject_name);
  jsonw_raw(w, "before", change->before);
  jsonw_raw(w, "after", change->after);
  jsonw_end(w);
}

enum pal_code report_json_changes(const struct pal_comparison *comparison, const struct pal_style *style, FILE *out,
                                  struct pal_err *err) {
  struct jsonw w;
  (void)style;
  jsonw_init(&w, out);
  jsonw_object(&w, NULL, JSONW_LINES);
  jsonw_count(&w, "formatVersion", FORMAT_VERSION);
  write_side(&w, "from", comparison->from_commit, comparison->from_started);
  write_side(&w, "to", comparison->to_commit, comparison->to_started);
  jsonw_array(&w, "changes", JSONW_LINES);
  for (size_t i = 0; i < comparison->changes_n; i++)
    write_change(&w, &comparison->changes[i]);
  jsonw_end(&w);
  jsonw_object(&w, "findings", JSONW_LINES);
  write_findings(&w, "opened", comparison->opened, comparison->opened_n, comparison->to_started, NULL);
  write_findings(&w, "changed", comparison->changed, comparison->changed_n, comparison->to_started, NULL);
  write_findings(&w, "resolved", comparison->resolved, comparison->resolved_n, comparison->from_started, NULL);
  jsonw_end(&w);
  jsonw_end(&w);
  return jsonw_finish(&w, "the changes", err);
}
