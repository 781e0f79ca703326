/* SPDX-License-Identifier: Apache-2.0 */
#include "tint.h"

#include "pal_judge.h"
#include "pal_report.h"

/* The colours of the terminal's own palette: they stay readable on light and dark. */
static const char *const codes[TINTS_N] = {
    [TINT_OFF] = "\x1b[0m",    [TINT_CRITICAL] = "\x1b[1;31m", [TINT_HIGH] = "\x1b[31m", [TINT_MEDIUM] = "\x1b[33m",
    [TINT_LOW] = "\x1b[36m",   [TINT_INFO] = "\x1b[34m",       [TINT_HEAD] = "\x1b[1m",  [TINT_GOOD] = "\x1b[32m",
    [TINT_BAD] = "\x1b[1;31m", [TINT_DIM] = "\x1b[2m",
};
_Static_assert(MARK_TINT + TINTS_N <= 0x1B, "a marker must never be the escape byte");
_Static_assert(TINT_CRITICAL + PAL_SEVERITIES == TINT_HEAD, "one tint for every severity");

void report_tint(struct pal_buf *line, enum report_tint tint) {
  pal_buf_putc(line, (char)(MARK_TINT + (int)tint));
}

enum report_tint report_tint_severity(int rank) {
  return rank >= 0 && rank < PAL_SEVERITIES ? (enum report_tint)(TINT_CRITICAL + rank) : TINT_OFF;
}

static bool is_marker(char c) {
  return c >= MARK_TINT && c < MARK_TINT + TINTS_N;
}

void report_paint(struct report_sink *sink, const char *text, size_t len, bool color) {
  size_t start = 0;
  for (size_t i = 0; i < len; i++) {
    if (!is_marker(text[i]))
      continue;
    report_sink_write(sink, text + start, i - start);
    if (color)
      report_sink_puts(sink, codes[text[i] - MARK_TINT]);
    start = i + 1;
  }
  report_sink_write(sink, text + start, len - start);
}
