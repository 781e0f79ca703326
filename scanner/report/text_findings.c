/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "formats.h"
#include "people.h"
#include "text.h"

enum { SNAPSHOT_DIGITS = 12 };

/* --- shared with changes --- */

void text_customer(struct paper *paper, const char *name, const char *id) {
  if (strcmp(report_tenant_id(id), "-") == 0)
    paper_say(paper, "Estate as a whole");
  else
    paper_named(paper, name, id);
}

void text_subject(struct paper *paper, const struct pal_reported *reported) {
  const struct pal_record *subject = pal_get_record(reported->finding, PAL_FINDING_SUBJECT);
  const char *type = subject ? pal_get_text(subject, PAL_SUBJECT_TYPE) : NULL;
  const char *id = subject ? pal_get_text(subject, PAL_SUBJECT_ID) : NULL;
  if (!type || !id || !id[0] || (strcmp(type, "tenant") == 0 && strcmp(id, reported->tenant_id) == 0))
    return;
  paper_piece(paper);
  if (strcmp(type, id) == 0) { /* there is only one: "the registry" */
    paper_say(paper, "the ");
    paper_text(paper, type);
    return;
  }
  paper_text(paper, people_subject(type));
  paper_say(paper, " ");
  paper_named(paper, pal_get_text(subject, PAL_SUBJECT_NAME), id);
}

void text_severity(struct paper *paper, const char *severity) {
  static const char *const words[] = {"CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO"};
  int rank = pal_severity_rank(severity);
  paper_tint(paper, report_tint_severity(rank));
  paper_say(paper, "%s", rank < PAL_SEVERITIES ? words[rank] : "?");
  paper_tint(paper, TINT_OFF);
}

bool text_not_approved(const char *lapsed) {
  return strstr(lapsed, ": not approved: ") != NULL;
}

void text_dates(struct paper *paper, const struct pal_record *finding) {
  const char *verified = pal_get_text(finding, PAL_FINDING_LAST_VERIFIED);
  const char *lapsed = pal_get_text(finding, PAL_FINDING_LAPSED);
  paper_piece(paper);
  paper_say(paper, "since %s", people_date(pal_get_text(finding, PAL_FINDING_SINCE)).s);
  if (verified) {
    paper_piece(paper);
    paper_say(paper, "last verified on %s", people_date(verified).s);
  }
  if (lapsed) {
    paper_piece(paper);
    paper_say(paper, text_not_approved(lapsed) ? "risk acceptance does not count: " : "risk acceptance lapsed: ");
    paper_text(paper, lapsed);
  }
}

void text_policy(struct paper *paper, const struct pal_reported *reported) {
  paper_tint(paper, TINT_HEAD);
  paper_text(paper, pal_get_text(reported->finding, PAL_FINDING_POLICY));
  paper_say(paper, " ");
  if (reported->policy)
    paper_text(paper, reported->policy->title);
  else
    paper_say(paper, "(this rule is no longer there)");
  paper_tint(paper, TINT_OFF);
}

void text_commit(struct paper *paper, const char *commit) {
  paper_say(paper, "%.*s", SNAPSHOT_DIGITS, commit && commit[0] ? commit : "not committed");
}

/* --- the list --- */

static bool same_heading(const struct pal_reported *a, const struct pal_reported *b) {
  return strcmp(pal_get_text(a->finding, PAL_FINDING_POLICY), pal_get_text(b->finding, PAL_FINDING_POLICY)) == 0 &&
         strcmp(pal_get_text(a->finding, PAL_FINDING_SEVERITY), pal_get_text(b->finding, PAL_FINDING_SEVERITY)) == 0;
}

static void say_heading(struct paper *paper, const struct pal_report *report, size_t at) {
  const struct pal_reported *reported = &report->findings[at];
  size_t n = 0;
  for (size_t i = at; i < report->findings_n && same_heading(&report->findings[i], reported); i++)
    n += report_counts(report->findings[i].finding);
  paper_blank(paper);
  text_severity(paper, pal_get_text(reported->finding, PAL_FINDING_SEVERITY));
  paper_say(paper, " ");
  text_policy(paper, reported);
  if (n > 1) {
    paper_piece(paper);
    paper_say(paper, "%zu findings", n);
  }
  paper_heading(paper, 2, 0, 2);
}

/* On a first run everything is new, and a mark on every line would say nothing. */
static void say_mark(struct paper *paper, const struct pal_report *report, enum pal_novelty novelty) {
  static const char *const marks[] = {
      [PAL_STANDING] = NULL, [PAL_NEW] = "NEW", [PAL_REOPENED] = "REOPENED", [PAL_WORSENED] = "WORSENED"};
  if (!marks[novelty] || !report->has_previous)
    return;
  paper_tint(paper, TINT_BAD);
  paper_say(paper, "%s", marks[novelty]);
  paper_tint(paper, TINT_OFF);
  paper_say(paper, " ");
}

static void say_finding(struct paper *paper, const struct pal_report *report, const struct pal_reported *reported) {
  say_mark(paper, report, reported->novelty);
  text_customer(paper, reported->tenant_name, reported->tenant_id);
  text_subject(paper, reported);
  paper_piece(paper);
  paper_text(paper, pal_get_text(reported->finding, PAL_FINDING_MESSAGE));
  text_dates(paper, reported->finding);
  paper_item(paper);
}

static void say_findings(struct paper *paper, const struct pal_report *report) {
  const struct pal_reported *last = NULL;
  paper->margin = paper_narrow(paper) ? 0 : 2;
  for (size_t i = 0; i < report->findings_n; i++) {
    const struct pal_reported *reported = &report->findings[i];
    if (!report_counts(reported->finding))
      continue;
    if (!last || !same_heading(last, reported))
      say_heading(paper, report, i);
    say_finding(paper, report, reported);
    last = reported;
  }
}

static void say_not_listed(struct paper *paper, const struct pal_report *report) {
  const struct {
    size_t n;
    const char *words;
  } parts[] = {{report->waived, "under a risk acceptance"},
               {report->folded, "folded under another finding"},
               {report->unknown, "unknown"}};
  const char *separator = "";
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    if (parts[i].n == 0)
      continue;
    if (!separator[0]) {
      paper_blank(paper);
      paper_say(paper, "Not listed here: ");
    }
    paper_say(paper, "%s%zu %s", separator, parts[i].n, parts[i].words);
    separator = ", ";
  }
  if (separator[0]) {
    paper_say(paper, ". -f json and -f csv hold every one.");
    paper_end(paper, 0, 2);
  }
}

void text_print_findings(struct paper *paper, const struct pal_report *report) {
  text_first_screen(paper, report);
  say_findings(paper, report);
  say_not_listed(paper, report);
  if (report->next) {
    paper_blank(paper);
    paper_tint(paper, TINT_HEAD);
    paper_say(paper, "Next");
    paper_tint(paper, TINT_OFF);
    paper_say(paper, ": ");
    paper_text(paper, report->next);
    paper_end(paper, 0, 2);
  }
}

enum pal_code report_text_findings(const struct pal_report *report, const struct pal_style *style, FILE *out,
                                   struct pal_err *err) {
  struct paper paper;
  paper_init(&paper, style, out);
  text_print_findings(&paper, report);
  return paper_finish(&paper, "the report", err);
}
