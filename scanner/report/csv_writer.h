/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REPORT_CSV_WRITER_H
#define PAL_REPORT_CSV_WRITER_H
/* csv_writer.h - RFC 4180: a header row, CRLF, every row of the same length. The first error sticks. */
#include "pal_buf.h"
#include "sink.h"

struct csvw {
  struct report_sink sink;
  struct pal_buf cell;
  enum pal_code bad;
  size_t filled; /* cells of this row */
};

void csvw_init(struct csvw *writer, FILE *out);
void csvw_cell(struct csvw *writer, const char *text); /* NULL: empty */
void csvw_end(struct csvw *writer);                    /* of the row */
enum pal_code csvw_finish(struct csvw *writer, const char *what, struct pal_err *err) PAL_MUST_CHECK;

#endif
