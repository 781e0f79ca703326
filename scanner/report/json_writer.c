/* SPDX-License-Identifier: Apache-2.0 */
#include "json_writer.h"

#include <assert.h>
#include <string.h>

#include "pal_json.h"

enum { VALUE_MAX = 64 << 20 }; /* bytes of one escaped value */

void jsonw_init(struct jsonw *writer, FILE *out) {
  *writer = (struct jsonw){.bad = PAL_OK};
  report_sink_init(&writer->sink, out);
  pal_buf_init(&writer->text, VALUE_MAX);
}

static void write_escaped(struct jsonw *writer, const char *text) {
  pal_buf_clear(&writer->text);
  pal_json_escape(&writer->text, text);
  if (writer->text.bad != PAL_OK && writer->bad == PAL_OK)
    writer->bad = writer->text.bad;
  report_sink_write(&writer->sink, writer->text.data, writer->text.len);
}

static void write_break(struct jsonw *writer, size_t depth) {
  report_sink_puts(&writer->sink, "\n");
  for (size_t i = 0; i < depth; i++)
    report_sink_puts(&writer->sink, "  ");
}

/* Everything that stands before a value: comma, place, key. */
static void begin(struct jsonw *writer, const char *key) {
  enum jsonw_layout layout = JSONW_LINES;
  if (writer->depth > 0) {
    bool filled = writer->open[writer->depth - 1].filled;
    layout = writer->open[writer->depth - 1].layout;
    if (filled)
      report_sink_puts(&writer->sink, ",");
    if (layout == JSONW_LINES)
      write_break(writer, writer->depth);
    writer->open[writer->depth - 1].filled = true;
  }
  if (key) {
    write_escaped(writer, key);
    report_sink_puts(&writer->sink, layout == JSONW_LINES ? ": " : ":");
  }
}

static void open_with(struct jsonw *writer, const char *key, char open, char close, enum jsonw_layout layout) {
  begin(writer, key);
  assert(writer->depth < JSONW_DEPTH_MAX);
  report_sink_write(&writer->sink, &open, 1);
  writer->open[writer->depth].close = close;
  writer->open[writer->depth].layout = layout;
  writer->open[writer->depth].filled = false;
  writer->depth++;
}

void jsonw_object(struct jsonw *writer, const char *key, enum jsonw_layout layout) {
  open_with(writer, key, '{', '}', layout);
}

void jsonw_array(struct jsonw *writer, const char *key, enum jsonw_layout layout) {
  open_with(writer, key, '[', ']', layout);
}

void jsonw_end(struct jsonw *writer) {
  assert(writer->depth > 0);
  writer->depth--;
  if (writer->open[writer->depth].filled && writer->open[writer->depth].layout == JSONW_LINES)
    write_break(writer, writer->depth);
  report_sink_write(&writer->sink, &writer->open[writer->depth].close, 1);
}

void jsonw_text(struct jsonw *writer, const char *key, const char *value) {
  begin(writer, key);
  if (value)
    write_escaped(writer, value);
  else
    report_sink_puts(&writer->sink, "null");
}

void jsonw_count(struct jsonw *writer, const char *key, size_t value) {
  char digits[32];
  int n = snprintf(digits, sizeof digits, "%zu", value);
  begin(writer, key);
  report_sink_write(&writer->sink, digits, (size_t)n);
}

void jsonw_raw(struct jsonw *writer, const char *key, const char *json) {
  begin(writer, key);
  report_sink_puts(&writer->sink, json ? json : "null");
}

enum pal_code jsonw_finish(struct jsonw *writer, const char *what, struct pal_err *err) {
  assert(writer->depth == 0);
  report_sink_puts(&writer->sink, "\n");
  pal_buf_deinit(&writer->text);
  if (writer->bad != PAL_OK)
    return pal_err_set(err, writer->bad, "write %s: %s", what, pal_code_text(writer->bad));
  return report_sink_finish(&writer->sink, what, err);
}
