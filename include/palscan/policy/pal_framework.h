/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_FRAMEWORK_H
#define PAL_FRAMEWORK_H
/*
 * pal_framework.h - the control frameworks auditors ask about, and what palscan's
 * rules tell about their controls. Only rules of class access and completeness
 * carry controls: a rule of attribution costs recognition, it is no exception of
 * access control, and an auditor's count must not hold it.
 */
#include <stdbool.h>
#include <stddef.h>

struct pal_control {
  const char *id;    /* as in the metadata "controls": "CC6.2", "A.5.18", "3.1.5", "IPE" */
  const char *title; /* what the framework asks there, in our words */
};

struct pal_framework {
  const char *name;  /* word of the command line: "iso27001" */
  const char *title; /* "ISO/IEC 27001:2022" */
  const struct pal_control *controls;
  size_t n;
};

extern const struct pal_framework pal_frameworks[];
extern const size_t pal_frameworks_n;
extern const char *const pal_framework_words[]; /* their names, NULL-terminated */

/* NULL when there is none of that name. */
const struct pal_framework *pal_framework_find(const char *name);
/* The framework a control belongs to; *ret_control (may be NULL) its row. "IPE", which serves all, and unknown ids:
 * NULL. */
const struct pal_framework *pal_framework_of(const char *control, const struct pal_control **ret_control);

#endif
