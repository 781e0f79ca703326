/* SPDX-License-Identifier: Apache-2.0 */
/* openmetrics.c - OpenMetrics 1.0 text: a family is a row, a series its name, labels and a whole number. */
#include "pal_metrics.h"

#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "sink.h"

enum { SERIES_MAX = 256, NUMBER_DIGITS_MAX = 18 };

enum family {
  BUILD,
  LAST_RUN,
  LAST_SUCCESS,
  EXIT_STATUS,
  DURATION,
  EXPECTED,
  COMPLETE,
  OPEN,
  FRESH,
  RESOLVED,
  WAIVED,
  UNKNOWN,
  RUNS,
  FAILED_RUNS,
  REQUESTS,
  THROTTLED,
};

static const struct {
  const char *name;
  const char *type;   /* of OpenMetrics */
  const char *suffix; /* which that type adds to the names of its series */
  const char *unit;   /* the last word of the name; NULL: none */
  const char *help;
} families[] = {
    [BUILD] = {"palscan_build", "info", "_info", NULL, "The palscan that ran."},
    [LAST_RUN] = {"palscan_last_run_timestamp_seconds", "gauge", "", "seconds", "When the last run ended."},
    [LAST_SUCCESS] = {"palscan_last_success_timestamp_seconds", "gauge", "", "seconds",
                      "When the last run ended that committed a snapshot and could sign in."},
    [EXIT_STATUS] = {"palscan_last_run_exit_status", "gauge", "", NULL, "Exit status of the last run."},
    [DURATION] = {"palscan_last_run_duration_seconds", "gauge", "", "seconds", "How long the last run took."},
    [EXPECTED] = {"palscan_tenants_expected", "gauge", "", NULL, "Tenants that are to be read."},
    [COMPLETE] = {"palscan_tenants_complete", "gauge", "", NULL, "Of these, read completely."},
    [OPEN] = {"palscan_findings_open", "gauge", "", NULL, "Open findings, without unknown and accepted ones."},
    [FRESH] = {"palscan_findings_new", "gauge", "", NULL, "Of these, opened, reopened or raised since the run before."},
    [RESOLVED] = {"palscan_findings_resolved", "gauge", "", NULL, "Findings gone since the run before."},
    [WAIVED] = {"palscan_findings_accepted", "gauge", "", NULL, "Findings under a risk acceptance."},
    [UNKNOWN] = {"palscan_verdicts_unknown", "gauge", "", NULL,
                 "Verdicts that what was read does not allow, by cause."},
    [RUNS] = {"palscan_runs", "counter", "_total", NULL, "Runs that ended."},
    [FAILED_RUNS] = {"palscan_runs_failed", "counter", "_total", NULL, "Of these, without success."},
    [REQUESTS] = {"palscan_requests", "counter", "_total", NULL, "Requests of all runs."},
    [THROTTLED] = {"palscan_requests_throttled", "counter", "_total", NULL, "Of these, answered 429 or 503."},
};

struct writer {
  struct report_sink sink;
  const char *before;
  int headed; /* the family whose head was written last, -1: none */
};

/* --- series --- */

/* The value of a series in the text of the run before; false when it is not there as a whole number. */
static bool before(const struct writer *w, const char *series, int64_t *ret) {
  size_t len = strlen(series);
  for (const char *line = w->before; line != NULL && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
    if (strncmp(line, series, len) != 0 || line[len] != ' ')
      continue;
    const char *digits = line + len + 1;
    size_t n = strspn(digits, "0123456789");
    if (n == 0 || n > NUMBER_DIGITS_MAX || digits[n] != '\n')
      return false;
    *ret = strtoll(digits, NULL, 10);
    return true;
  }
  return false;
}

static void write_head(struct writer *w, enum family family) {
  if (w->headed == (int)family)
    return;
  w->headed = (int)family;
  const char *const parts[] = {"# TYPE ", families[family].name, " ", families[family].type, "\n"};
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
    report_sink_puts(&w->sink, parts[i]);
  if (families[family].unit) {
    const char *const unit[] = {"# UNIT ", families[family].name, " ", families[family].unit, "\n"};
    for (size_t i = 0; i < sizeof unit / sizeof unit[0]; i++)
      report_sink_puts(&w->sink, unit[i]);
  }
  const char *const help[] = {"# HELP ", families[family].name, " ", families[family].help, "\n"};
  for (size_t i = 0; i < sizeof help / sizeof help[0]; i++)
    report_sink_puts(&w->sink, help[i]);
}

static void write_series(struct writer *w, enum family family, const char *series, const char *value) {
  write_head(w, family);
  report_sink_puts(&w->sink, series);
  report_sink_puts(&w->sink, " ");
  report_sink_puts(&w->sink, value);
  report_sink_puts(&w->sink, "\n");
}

/* What labels are made of are words of ours: nothing in them needs escaping. */
static void name_series(char out[SERIES_MAX], enum family family, const char *labels) {
  (void)snprintf(out, SERIES_MAX, "%s%s%s", families[family].name, families[family].suffix, labels);
}

static void put(struct writer *w, enum family family, const char *labels, int64_t value) {
  char series[SERIES_MAX], text[32];
  name_series(series, family, labels);
  (void)snprintf(text, sizeof text, "%lld", (long long)value);
  write_series(w, family, series, text);
}

/* What the snapshot says, or said when this run has none. */
static void put_known(struct writer *w, enum family family, const char *labels, bool known, size_t value) {
  char series[SERIES_MAX];
  int64_t was = (int64_t)value;
  name_series(series, family, labels);
  if (known || before(w, series, &was))
    put(w, family, labels, was);
}

static void put_counter(struct writer *w, enum family family, size_t more) {
  char series[SERIES_MAX];
  int64_t was = 0;
  name_series(series, family, "");
  (void)before(w, series, &was);
  put(w, family, "", was + (int64_t)more);
}

/* --- what is counted --- */

enum { CAUSES = 9 };
static const char *const causes[CAUSES] = {"401", "403", "404", "429", "4xx", "5xx", "sign-in", "time", "other"};

/* An error code is the service's word: only its class becomes a label. */
static int cause_of(const char *text) {
  for (int i = 0; i < 4; i++)
    if (strncmp(text, causes[i], 3) == 0 && (text[3] == ' ' || text[3] == ',' || text[3] == '\0'))
      return i;
  if (strspn(text, "0123456789") == 3 && (text[0] == '4' || text[0] == '5'))
    return text[0] == '4' ? 4 : 5;
  if (strncmp(text, "AADSTS", 6) == 0)
    return 6;
  return strncmp(text, "time ", 5) == 0 ? 7 : 8;
}

static void put_findings(struct writer *w, const struct pal_report *report) {
  size_t fresh[PAL_SEVERITIES] = {0};
  char labels[96];
  for (int i = 0; i < PAL_CLASSES; i++)
    for (int j = 0; j < PAL_SEVERITIES; j++) {
      (void)snprintf(labels, sizeof labels, "{class=\"%s\",severity=\"%s\"}", report_class_word(i),
                     report_severity_word(j));
      put_known(w, OPEN, labels, report != NULL, report ? report->open[i][j] : 0);
    }
  for (size_t i = 0; report && i < report->findings_n; i++)
    if (pal_reported_is_new(&report->findings[i]))
      fresh[pal_severity_rank(pal_get_text(report->findings[i].finding, PAL_FINDING_SEVERITY))]++;
  for (int j = 0; j < PAL_SEVERITIES; j++) {
    (void)snprintf(labels, sizeof labels, "{severity=\"%s\"}", report_severity_word(j));
    put_known(w, FRESH, labels, report != NULL, fresh[j]);
  }
  put_known(w, RESOLVED, "", report != NULL, report ? report->resolved_n : 0);
  put_known(w, WAIVED, "", report != NULL, report ? report->waived : 0);
}

static void put_unknown(struct writer *w, const struct pal_report *report) {
  size_t n[CAUSES] = {0};
  char labels[96];
  for (size_t i = 0; report && i < report->causes_n; i++)
    n[cause_of(report->causes[i].cause)] += report->causes[i].n;
  for (int i = 0; i < CAUSES; i++) {
    (void)snprintf(labels, sizeof labels, "{cause=\"%s\"}", causes[i]);
    put_known(w, UNKNOWN, labels, report != NULL, n[i]);
  }
}

static void put_run(struct writer *w, const struct pal_metrics *metrics) {
  char text[64];
  (void)snprintf(text, sizeof text, "{version=\"%s\"}", metrics->version);
  put(w, BUILD, text, 1);
  put(w, LAST_RUN, "", metrics->ended_s);
  put_known(w, LAST_SUCCESS, "", metrics->succeeded, (size_t)metrics->ended_s);
  put(w, EXIT_STATUS, "", metrics->exit_status);
  (void)snprintf(text, sizeof text, "%lld.%03lld", (long long)(metrics->duration_ms / 1000),
                 (long long)(metrics->duration_ms % 1000));
  write_series(w, DURATION, families[DURATION].name, text);
}

enum pal_code pal_metrics_print(const struct pal_metrics *metrics, FILE *out, struct pal_err *err) {
  struct writer w = {.before = metrics->before, .headed = -1};
  const struct pal_report *report = metrics->report;
  report_sink_init(&w.sink, out);
  put_run(&w, metrics);
  put_known(&w, EXPECTED, "", report != NULL, report ? report->completeness.expected : 0);
  put_known(&w, COMPLETE, "", report != NULL, report ? report->completeness.complete : 0);
  put_findings(&w, report);
  put_unknown(&w, report);
  put_counter(&w, RUNS, 1);
  put_counter(&w, FAILED_RUNS, metrics->succeeded ? 0 : 1);
  put_counter(&w, REQUESTS, metrics->requests);
  put_counter(&w, THROTTLED, metrics->throttled);
  report_sink_puts(&w.sink, "# EOF\n");
  return report_sink_finish(&w.sink, "the metrics", err);
}
