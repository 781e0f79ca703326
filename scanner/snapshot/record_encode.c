/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "value.h"

/*
 * Canonical JSON. Two forms: compact (one record a line of a file) and indented
 * (files of one object), in which lists of records hold one compact record a
 * line and sets stand on one line.
 */

static void write_texts(const struct pal_texts *texts, struct pal_buf *out) {
  pal_buf_putc(out, '[');
  for (size_t i = 0; i < texts->n; i++) {
    if (i)
      pal_buf_putc(out, ',');
    pal_json_escape(out, texts->v[i]);
  }
  pal_buf_putc(out, ']');
}

static void write_line_break(struct pal_buf *out, int depth) {
  pal_buf_putc(out, '\n');
  for (int i = 0; i < depth; i++)
    pal_buf_puts(out, "  ");
}

/* depth < 0: compact. */
static void write_records(const struct pal_records *records, int depth, struct pal_buf *out) {
  struct records_view view;
  if (records_view_init(&view, records) != PAL_OK && out->bad == PAL_OK)
    out->bad = PAL_E_NOMEM;
  pal_buf_putc(out, '[');
  for (size_t i = 0; i < view.n; i++) {
    if (i)
      pal_buf_putc(out, ',');
    if (depth >= 0)
      write_line_break(out, depth + 1);
    pal_record_compact(view.v[i], out);
  }
  if (depth >= 0 && view.n)
    write_line_break(out, depth);
  pal_buf_putc(out, ']');
  records_view_deinit(&view);
}

static void write_record(const struct pal_record *record, uint64_t skip, int depth, struct pal_buf *out);

static void write_value(const struct pal_field *row, const struct pal_value *value, int depth, struct pal_buf *out) {
  if (value->is == PAL_NULL) {
    pal_buf_puts(out, "null");
    return;
  }
  switch (row->type) {
  case PAL_T_INT: pal_buf_printf(out, "%" PRId64, value->u.i); break;
  case PAL_T_BOOL: pal_buf_puts(out, value->u.b ? "true" : "false"); break;
  case PAL_T_TEXTS:
  case PAL_T_GUIDS:
  case PAL_T_ARM_IDS: write_texts(pal_value_texts(value), out); break;
  case PAL_T_RECORD: write_record(value->u.record, 0, depth, out); break;
  case PAL_T_RECORDS: write_records(pal_value_records(value), depth, out); break;
  case PAL_T_JSON: pal_buf_puts(out, value->u.text); break;
  case PAL_T_TEXT:
  case PAL_T_NAME:
  case PAL_T_GUID:
  case PAL_T_ARM_ID:
  case PAL_T_DIGITS:
  case PAL_T_INSTANT:
  case PAL_T_DATE:
  case PAL_T_MONTH:
  case PAL_T_ENUM: pal_json_escape(out, value->u.text); break;
  }
}

/* Recursion is bounded by the nesting of kinds. */
static void write_record(const struct pal_record *record, uint64_t skip, int depth, struct pal_buf *out) {
  const unsigned char *order = pal_kind_order(record->kind);
  bool any = false;
  int inner = depth < 0 ? depth : depth + 1;
  pal_buf_putc(out, '{');
  for (size_t i = 0; i < record->kind->n; i++) {
    const struct pal_field *row = &record->kind->fields[order[i]];
    const struct pal_value *value = &record->v[order[i]];
    if (value->is == PAL_ABSENT || (skip >> order[i] & 1))
      continue;
    if (any)
      pal_buf_putc(out, ',');
    any = true;
    if (depth >= 0)
      write_line_break(out, inner);
    pal_json_escape(out, row->json);
    pal_buf_puts(out, depth < 0 ? ":" : ": ");
    write_value(row, value, inner, out);
  }
  if (depth >= 0 && any)
    write_line_break(out, depth);
  pal_buf_putc(out, '}');
}

void pal_record_compact(const struct pal_record *record, struct pal_buf *out) {
  write_record(record, 0, -1, out);
}

void record_compact_without(const struct pal_record *record, uint64_t skip, struct pal_buf *out) {
  write_record(record, skip, -1, out);
}

void pal_record_pretty(const struct pal_record *record, struct pal_buf *out) {
  write_record(record, 0, 0, out);
}
