/* SPDX-License-Identifier: Apache-2.0 */
/* site_findings.c - the findings twice: as a list to look through, and whole for the page of each customer. */
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "pal_remedy.h"
#include "people.h"
#include "site.h"

enum { REMEDIATION_BYTES = 256 << 10 };
enum { KEY_DIGITS = 16 }; /* of a fingerprint: enough to find one among those of a customer */

/* What a finding counts as: one word for the filter of the pages. */
static const char *state_of(const struct pal_record *finding) {
  static const char *const words[BINS_N] = {
      [BIN_WAIVED] = "accepted", [BIN_UNKNOWN] = "unknown", [BIN_FOLDED] = "folded"};
  const char *word = words[report_bin_of(finding)];
  return word ? word : "open";
}

/* On a first run everything is new, and the word would say nothing. */
static const char *novelty_of(const struct pal_report *report, const struct pal_reported *reported) {
  static const char *const words[] = {
      [PAL_STANDING] = "", [PAL_NEW] = "new", [PAL_REOPENED] = "reopened", [PAL_WORSENED] = "worsened"};
  return report->has_previous ? words[reported->novelty] : "";
}

static const char *subject_text(const struct pal_record *finding, int field) {
  const struct pal_record *subject = pal_get_record(finding, PAL_FINDING_SUBJECT);
  return subject ? pal_get_text(subject, field) : NULL;
}

static const char *subject_word(const struct pal_record *finding) {
  const char *type = subject_text(finding, PAL_SUBJECT_TYPE);
  return type ? people_subject(type) : "";
}

/* The subject is named where it is not the customer itself. */
static bool names_subject(const struct pal_reported *reported) {
  const char *type = subject_text(reported->finding, PAL_SUBJECT_TYPE);
  const char *id = subject_text(reported->finding, PAL_SUBJECT_ID);
  return type && id && id[0] && !(strcmp(type, "tenant") == 0 && strcmp(id, reported->tenant_id) == 0);
}

/* --- the list --- */

static void write_row(struct jsonw *w, const struct pal_report *report, const struct pal_reported *reported) {
  const struct pal_record *finding = reported->finding;
  bool named = names_subject(reported);
  char key[KEY_DIGITS + 1];
  (void)snprintf(key, sizeof key, "%s", pal_get_text(finding, PAL_FINDING_FINGERPRINT));
  jsonw_array(w, NULL, JSONW_INLINE);
  jsonw_text(w, NULL, pal_get_text(finding, PAL_FINDING_POLICY));
  jsonw_text(w, NULL, pal_get_text(finding, PAL_FINDING_SEVERITY));
  jsonw_text(w, NULL, state_of(finding));
  jsonw_text(w, NULL, novelty_of(report, reported));
  jsonw_text(w, NULL, report_tenant_id(reported->tenant_id));
  jsonw_text(w, NULL, reported->tenant_name);
  jsonw_text(w, NULL, named ? subject_word(finding) : "");
  jsonw_text(w, NULL, named ? subject_text(finding, PAL_SUBJECT_ID) : "");
  jsonw_text(w, NULL, named ? subject_text(finding, PAL_SUBJECT_NAME) : NULL);
  jsonw_text(w, NULL, pal_get_text(finding, PAL_FINDING_MESSAGE));
  jsonw_text(w, NULL, pal_get_text(finding, PAL_FINDING_SINCE));
  jsonw_text(w, NULL, key);
  jsonw_end(w);
}

/* Open ones first: whoever opens the page sees them while the rest is still being read. */
static enum pal_code write_list(const struct pal_report *report, const char *folder, struct site_parts *parts,
                                struct pal_err *err) {
  struct site_list list;
  enum pal_code code = PAL_OK;
  site_list_init(&list, folder, "findings");
  for (int open = 1; open >= 0; open--)
    for (size_t i = 0; code == PAL_OK && i < report->findings_n; i++) {
      if (report_counts(report->findings[i].finding) != (open == 1))
        continue;
      code = site_list_open(&list, false, err);
      if (code != PAL_OK)
        break;
      write_row(&list.w, report, &report->findings[i]);
      code = site_list_settle(&list, err);
    }
  if (code == PAL_OK)
    code = site_list_close(&list, NULL, err);
  site_list_drop(&list);
  parts->findings = list.parts;
  return code;
}

/* --- whole, by customer --- */

static void write_remediation(struct jsonw *w, const struct pal_report *report, const struct pal_reported *reported) {
  struct pal_buf text;
  pal_buf_init(&text, REMEDIATION_BYTES);
  pal_remedy_text(&text, report->remedies, reported);
  if (w->bad == PAL_OK)
    w->bad = text.bad;
  jsonw_text(w, "remediation", text.data);
  pal_buf_deinit(&text);
}

static void write_finding(struct jsonw *w, const struct pal_report *report, const struct pal_reported *reported) {
  static const struct {
    const char *key;
    int field;
  } texts[] = {
      {"policy", PAL_FINDING_POLICY},
      {"class", PAL_FINDING_CLASS},
      {"severity", PAL_FINDING_SEVERITY},
      {"message", PAL_FINDING_MESSAGE},
      {"since", PAL_FINDING_SINCE},
      {"lastVerified", PAL_FINDING_LAST_VERIFIED},
      {"fingerprint", PAL_FINDING_FINGERPRINT},
      {"waiver", PAL_FINDING_WAIVER},
      {"lapsed", PAL_FINDING_LAPSED},
      {"foldedUnder", PAL_FINDING_FOLDED_UNDER},
  };
  const struct pal_record *finding = reported->finding;
  const char *details = pal_get_text(finding, PAL_FINDING_DETAILS);
  jsonw_object(w, NULL, JSONW_INLINE);
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (pal_get_text(finding, texts[i].field))
      jsonw_text(w, texts[i].key, pal_get_text(finding, texts[i].field));
  jsonw_text(w, "state", state_of(finding));
  jsonw_text(w, "novelty", novelty_of(report, reported));
  if (names_subject(reported)) {
    jsonw_text(w, "subjectType", subject_word(finding));
    jsonw_text(w, "subjectId", subject_text(finding, PAL_SUBJECT_ID));
    jsonw_text(w, "subjectName", subject_text(finding, PAL_SUBJECT_NAME));
  }
  jsonw_raw(w, "details", details ? details : "{}");
  write_remediation(w, report, reported);
  jsonw_end(w);
}

/* By customer's id; among those of one in the order of the report. */
static int compare_places(const void *a, const void *b) {
  const struct pal_reported *x = *(const struct pal_reported *const *)a, *y = *(const struct pal_reported *const *)b;
  int cmp = strcmp(report_tenant_id(x->tenant_id), report_tenant_id(y->tenant_id));
  return cmp ? cmp : (x > y) - (x < y);
}

static enum pal_code write_customers(const struct pal_report *report, const struct pal_reported *const *sorted,
                                     const char *folder, struct site_parts *parts, struct pal_err *err) {
  struct site_list list;
  char bucket[8] = "";
  enum pal_code code = PAL_OK;
  site_list_init(&list, folder, site_kept_names[SITE_FINDINGS]);
  for (size_t i = 0; code == PAL_OK && i < report->findings_n; i++) {
    const char *id = report_tenant_id(sorted[i]->tenant_id), *last = NULL;
    char here[8];
    site_bucket(id, here);
    if (i > 0)
      last = report_tenant_id(sorted[i - 1]->tenant_id);
    bool same = last && strcmp(last, id) == 0;
    if (list.memory && !same)
      jsonw_end(&list.w); /* the array of the customer before */
    if (list.memory && strcmp(bucket, here) != 0)
      code = site_list_keep(&list, SITE_FINDINGS, bucket, parts, err);
    (void)snprintf(bucket, sizeof bucket, "%s", here);
    if (code == PAL_OK)
      code = site_list_open(&list, true, err);
    if (code != PAL_OK)
      break;
    if (!same)
      jsonw_array(&list.w, id, JSONW_INLINE);
    write_finding(&list.w, report, sorted[i]);
  }
  if (code == PAL_OK && list.memory) {
    jsonw_end(&list.w);
    code = site_list_keep(&list, SITE_FINDINGS, bucket, parts, err);
  }
  site_list_drop(&list);
  return code;
}

/* {customer: [critical, high, medium, low, info, unknown]} of what is open, for the list of customers. */
static enum pal_code write_counts(const struct pal_report *report, const struct pal_reported *const *sorted,
                                  const char *folder, struct pal_err *err) {
  struct site_list list;
  site_list_init(&list, folder, "counts");
  enum pal_code code = site_list_open(&list, true, err);
  for (size_t i = 0; code == PAL_OK && i < report->findings_n;) {
    size_t n[BINS_N] = {0};
    const char *id = report_tenant_id(sorted[i]->tenant_id);
    for (; i < report->findings_n && strcmp(report_tenant_id(sorted[i]->tenant_id), id) == 0; i++)
      n[report_bin_of(sorted[i]->finding)]++;
    jsonw_array(&list.w, id, JSONW_INLINE);
    for (int bin = BIN_CRITICAL; bin <= BIN_INFO; bin++)
      jsonw_count(&list.w, NULL, n[bin]);
    jsonw_count(&list.w, NULL, n[BIN_UNKNOWN]);
    jsonw_end(&list.w);
  }
  if (code == PAL_OK)
    code = site_list_close(&list, "", err);
  site_list_drop(&list);
  return code;
}

enum pal_code site_write_findings(const struct pal_site *site, const char *folder, struct site_parts *parts,
                                  struct pal_err *err) {
  const struct pal_report *report = site->report;
  enum pal_code code = write_list(report, folder, parts, err);
  if (code != PAL_OK || report->findings_n == 0)
    return code;
  const struct pal_reported **sorted = calloc(report->findings_n, sizeof(const struct pal_reported *));
  if (!sorted)
    return pal_err_nomem(err);
  for (size_t i = 0; i < report->findings_n; i++)
    sorted[i] = &report->findings[i];
  qsort(sorted, report->findings_n, sizeof(const struct pal_reported *), compare_places);
  code = write_customers(report, sorted, folder, parts, err);
  if (code == PAL_OK)
    code = write_counts(report, sorted, folder, err);
  free(sorted);
  return code;
}
