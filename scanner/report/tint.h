/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REPORT_TINT_H
#define PAL_REPORT_TINT_H
/*
 * tint.h - colours, which come from the one table in tint.c, and lines that hold them.
 *
 * While a line is being made, a colour is one marker byte of the C0 range.
 * That is safe because everything from a tenant went through pal_term_escape,
 * which leaves no such byte, and it keeps measuring simple: a marker takes no
 * column. Markers become escape sequences, or nothing, when a line is written.
 */
#include <stdbool.h>

#include "pal_buf.h"
#include "sink.h"

enum report_tint {
  TINT_OFF,
  TINT_CRITICAL, /* the severities in the order of their ranks */
  TINT_HIGH,
  TINT_MEDIUM,
  TINT_LOW,
  TINT_INFO,
  TINT_HEAD,
  TINT_GOOD,
  TINT_BAD,
  TINT_DIM,
  TINTS_N
};

enum {
  MARK_TINT = 0x10, /* MARK_TINT + tint; TINTS_N stays below 0x0B, so ESC is none of them */
  MARK_PIECE = 0x1E /* here a line breaks first, see report_flow() */
};

void report_tint(struct pal_buf *line, enum report_tint tint);
/* Tint of a severity's rank (pal_severity_rank). */
enum report_tint report_tint_severity(int rank);
/* Columns of text without its markers. */
size_t report_columns(const char *text, size_t len);
/* Appends text escaped for a terminal, cut with "…" to so many columns. */
void report_put_cut(struct pal_buf *out, const char *text, size_t columns);
/* Lays the pieces of escaped text out: pieces that fit on one line share it,
 * with " · " between them, else each begins a line of its own, as pal_wrap. */
void report_flow(struct pal_buf *out, const char *text, size_t first, size_t indent, size_t width);
/* Writes a line, its tint markers as colours or not at all. */
void report_paint(struct report_sink *sink, const char *text, size_t len, bool color);

#endif
