/* SPDX-License-Identifier: Apache-2.0 */
#include "outcome.h"

#include <stdlib.h>
#include <string.h>

const char *const pal_fail_words[] = {"none", "low", "medium", "high", "critical", NULL};
const char *const pal_scope_words[] = {"new", "all", NULL};

static bool parse_percent(const char *text, long *ret) {
  char *end = NULL;
  if (text[0] < '0' || text[0] > '9')
    return false;
  *ret = strtol(text, &end, 10);
  return *ret >= 0 && *ret <= 100 && (*end == '\0' || strcmp(end, "%") == 0);
}

enum pal_code pal_outcome_check(const struct pal_cli *cli, struct pal_err *err) {
  const char *least = pal_cli_get(cli, "min-coverage");
  long percent = 0;
  if (least != NULL && !parse_percent(least, &percent))
    return pal_err_set(err, PAL_E_USAGE, "--min-coverage: \"%s\" is no percentage from 0 to 100", least);
  return PAL_OK;
}

enum pal_code pal_outcome_print(struct pal_cli *cli, const struct pal_report *report, struct pal_err *err) {
  const struct pal_format *format = NULL;
  struct pal_output output;
  enum pal_code code = pal_output_begin(cli, &format, &output, err);
  if (code != PAL_OK)
    return code;
  struct pal_style style = pal_cli_style(cli, &output);
  code = format->findings(report, &style, output.file, err);
  return pal_output_close(&output, code, err);
}

static size_t count_at_or_above(const struct pal_report *report, const char *severity, bool fresh_only) {
  size_t n = 0;
  for (size_t i = 0; i < report->findings_n; i++) {
    const struct pal_record *finding = report->findings[i].finding;
    if (strcmp(pal_get_text(finding, PAL_FINDING_VERDICT), "fail") != 0 ||
        strcmp(pal_get_text(finding, PAL_FINDING_STATUS), "open") != 0)
      continue;
    if (fresh_only && !pal_reported_is_new(&report->findings[i]))
      continue;
    if (pal_severity_rank(pal_get_text(finding, PAL_FINDING_SEVERITY)) <= pal_severity_rank(severity))
      n++;
  }
  return n;
}

int pal_outcome_status(const struct pal_cli *cli, const struct pal_report *report, const char *default_scope,
                       bool worse, bool never_read) {
  const char *severity = pal_cli_get(cli, "fail-on"), *scope = pal_cli_get(cli, "fail-scope"),
             *least = pal_cli_get(cli, "min-coverage");
  if (severity == NULL)
    severity = "high";
  if (scope == NULL)
    scope = default_scope;
  bool fresh_only = strcmp(scope, "new") == 0;
  long percent = 0;
  const struct pal_completeness *c = &report->completeness;
  bool below = least != NULL && parse_percent(least, &percent) && c->complete * 100 < (size_t)percent * c->expected;
  bool fails = strcmp(severity, "none") != 0 && pal_report_fails(report, severity, fresh_only);
  bool incomplete = worse || never_read || below;
  if (!fails && !incomplete)
    return 0;
  bool none = strcmp(severity, "none") == 0;
  size_t n = count_at_or_above(report, none ? "info" : severity, fresh_only);
  const char *why = "";
  if (incomplete)
    why = below        ? " (below --min-coverage)"
          : never_read ? " (some never, and no acceptance says so)"
                       : " (fewer than in the last full run)";
  if (!pal_cli_flag(cli, "quiet"))
    (void)fprintf(stderr, "palscan: %zu %sopen finding%s%s%s; %zu of %zu tenants%s read completely%s\n", n,
                  fresh_only ? "new " : "", n == 1 ? "" : "s", none ? "" : " at or above ", none ? "" : severity,
                  c->complete, c->expected, report->full ? "" : " in scope", why);
  return fails ? 3 : 4;
}
