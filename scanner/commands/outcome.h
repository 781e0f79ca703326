/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_OUTCOME_H
#define PAL_OUTCOME_H
/* outcome.h - what scan, check and demo share at the end: print the report, decide the exit status. */
#include "cli.h"

/* --fail-on, --fail-scope, --min-coverage: rows for the commands that judge. */
#define PAL_OUTCOME_OPTS(scope_help)                                                                                   \
  {.name = "fail-on",                                                                                                  \
   .kind = PAL_OPT_VALUE,                                                                                              \
   .arg = "SEVERITY",                                                                                                  \
   .words = pal_fail_words,                                                                                            \
   .help = "Exit 3 on open findings at or above SEVERITY: critical, high (default), medium, low; none: never."},       \
      {.name = "fail-scope", .kind = PAL_OPT_VALUE, .arg = "SCOPE", .words = pal_scope_words, .help = (scope_help)}, { \
    .name = "min-coverage", .kind = PAL_OPT_VALUE, .arg = "N%",                                                        \
    .help = "Exit 4 when fewer than N% of the tenants were read completely."                                           \
  }

extern const char *const pal_fail_words[];
extern const char *const pal_scope_words[];

/* Checks the value of --min-coverage before a long run begins. */
enum pal_code pal_outcome_check(const struct pal_cli *cli, struct pal_err *err) PAL_MUST_CHECK;
/* Prints the report in --format to --output. */
enum pal_code pal_outcome_print(struct pal_cli *cli, const struct pal_report *report, struct pal_err *err)
    PAL_MUST_CHECK;
/* 0, 3 or 4, and one line on stderr for 3 and 4 with both counts. worse,
 * never_read: what the run found beside --min-coverage. */
int pal_outcome_status(const struct pal_cli *cli, const struct pal_report *report, const char *default_scope,
                       bool worse, bool never_read);

#endif
