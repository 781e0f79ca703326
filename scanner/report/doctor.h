/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REPORT_DOCTOR_H
#define PAL_REPORT_DOCTOR_H
/* doctor.h - the formats of a check-up share this. */
#include "pal_doctor.h"

struct doctor_summary {
  size_t well, lacking, signed_in;
  size_t elsewhere; /* of those that are well: lack something that another identity reads */
};
struct doctor_summary doctor_summary(const struct pal_doctor *doctor);
/* doctor_json.c */
enum pal_code doctor_print_json(const struct pal_doctor *doctor, FILE *out, struct pal_err *err) PAL_MUST_CHECK;

#endif
