/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REPORT_FORMATS_H
#define PAL_REPORT_FORMATS_H
/* formats.h - what each row of formats.def defines. */
#include "pal_report.h"

#define FORMAT(name, machine, summary)                                                                              \
  enum pal_code report_##name##_findings(const struct pal_report *report, const struct pal_style *style, FILE *out, \
                                         struct pal_err *err) PAL_MUST_CHECK;                                       \
  enum pal_code report_##name##_changes(const struct pal_comparison *comparison, const struct pal_style *style,     \
                                        FILE *out, struct pal_err *err) PAL_MUST_CHECK;
#include "formats.def"
#undef FORMAT

#endif
