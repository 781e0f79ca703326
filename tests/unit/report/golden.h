/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_GOLDEN_H
#define REPORT_GOLDEN_H
/* golden.h - outputs that people have looked at, kept in tests/golden/report. */
#include <stddef.h>
#include <stdio.h>

/* Memory that a format writes into; golden_text() closes it and gives the text. */
struct golden {
  FILE *file;
  char *text;
  size_t len;
};

void golden_open(struct golden *golden);
const char *golden_text(struct golden *golden);
void golden_free(struct golden *golden);

/* Compares with tests/golden/report/NAME and fails with the first line that
 * differs. PALSCAN_UPDATE_GOLDEN=1 writes the file instead. */
void golden_compare(const char *name, const char *text, size_t len);

#endif
