/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REPORT_JSON_WRITER_H
#define PAL_REPORT_JSON_WRITER_H
/*
 * json_writer.h - JSON straight to a FILE. The writer owns commas, indents and
 * escaping; the first failure sticks and jsonw_finish() reports it, so nothing
 * is checked in between. Keys are NULL inside arrays.
 */
#include <stdbool.h>
#include <stdint.h>

#include "pal_buf.h"
#include "sink.h"

enum { JSONW_DEPTH_MAX = 16 };

enum jsonw_layout {
  JSONW_LINES, /* every member on a line of its own */
  JSONW_INLINE /* all on one line: the records of a list, which tools like grep then see whole */
};

struct jsonw {
  struct report_sink sink;
  struct pal_buf text; /* one value while it is escaped */
  enum pal_code bad;
  size_t depth;
  struct {
    char close;
    enum jsonw_layout layout;
    bool filled;
  } open[JSONW_DEPTH_MAX];
};

void jsonw_init(struct jsonw *writer, FILE *out);
void jsonw_object(struct jsonw *writer, const char *key, enum jsonw_layout layout);
void jsonw_array(struct jsonw *writer, const char *key, enum jsonw_layout layout);
void jsonw_end(struct jsonw *writer);                                      /* of the object or array opened last */
void jsonw_text(struct jsonw *writer, const char *key, const char *value); /* NULL becomes null */
void jsonw_count(struct jsonw *writer, const char *key, size_t value);
void jsonw_raw(struct jsonw *writer, const char *key, const char *json); /* compact JSON; NULL becomes null */
/* A newline, and the first error. Everything must be closed. Frees what the writer holds. */
enum pal_code jsonw_finish(struct jsonw *writer, const char *what, struct pal_err *err) PAL_MUST_CHECK;

#endif
