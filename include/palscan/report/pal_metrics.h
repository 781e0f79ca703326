/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_METRICS_H
#define PAL_METRICS_H
/*
 * pal_metrics.h - one run as OpenMetrics text, for monitoring. The series are
 * always the same ones: no label holds anything a tenant chose.
 *
 * Not seen is not clean: what a run that committed nothing cannot say is taken
 * over from the text before it, so that an alarm does not end because a run
 * failed.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "pal_report.h"

enum { PAL_METRICS_MAX = 64 << 10 }; /* bytes of such a text */

struct pal_metrics {
  const char *version;
  int64_t ended_s;     /* since 1970 */
  int64_t duration_ms; /* by a clock that nobody sets */
  int exit_status;
  bool succeeded; /* committed, and an identity could sign in */
  size_t requests, throttled;
  const struct pal_report *report; /* NULL: nothing was judged */
  const char *before;              /* the text of the run before, "" when there is none */
};
enum pal_code pal_metrics_print(const struct pal_metrics *metrics, FILE *out, struct pal_err *err) PAL_MUST_CHECK;

#endif
