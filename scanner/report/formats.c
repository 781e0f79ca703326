/* SPDX-License-Identifier: Apache-2.0 */
#include "formats.h"

#include <string.h>

const struct pal_format pal_formats[] = {
#define FORMAT(name, machine, summary) {#name, summary, machine, report_##name##_findings, report_##name##_changes},
#include "formats.def"
#undef FORMAT
};
const size_t pal_formats_n = sizeof pal_formats / sizeof pal_formats[0];

const struct pal_format *pal_format_find(const char *name) {
  for (size_t i = 0; i < pal_formats_n; i++)
    if (strcmp(pal_formats[i].name, name) == 0)
      return &pal_formats[i];
  return NULL;
}
