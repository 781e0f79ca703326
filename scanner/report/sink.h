/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REPORT_SINK_H
#define PAL_REPORT_SINK_H
/*
 * sink.h - a FILE with a sticky error, so that formats write without checking
 * and tell once at the end. The FILE stays open and belongs to the caller.
 */
#include <stdio.h>

#include "pal_err.h"

struct report_sink {
  FILE *out;
  int error; /* errno of the first failed write, 0: none */
};

void report_sink_init(struct report_sink *sink, FILE *out);
void report_sink_write(struct report_sink *sink, const char *bytes, size_t len);
void report_sink_puts(struct report_sink *sink, const char *text);
/* PAL_E_IO with `what` when a write failed. A reader that has gone (EPIPE) is no
 * error: whoever reads a pipe takes as much as it likes. */
enum pal_code report_sink_finish(const struct report_sink *sink, const char *what, struct pal_err *err) PAL_MUST_CHECK;

#endif
