/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "csv_writer.h"
#include "json_writer.h"
#include "pal_id.h"
#include "pal_report.h"
#include "pal_text.h"
#include "tint.h"

enum { GAP = 2, NARROWEST_TEXT = 10, NARROWEST_COLUMN = 4, WIDEST_COLUMN = 4000, LINE_BYTES = 16 << 20 };

struct table {
  const char *const *header; /* may be NULL */
  const char *const *const *rows;
  const bool *const *numbers; /* may be NULL */
  size_t columns, n;
};

/* --- machines --- */

static void json_row(struct jsonw *w, const struct table *table, const char *const *row, const bool *numbers) {
  if (table->header)
    jsonw_object(w, NULL, JSONW_INLINE);
  else
    jsonw_array(w, NULL, JSONW_INLINE);
  for (size_t i = 0; i < table->columns; i++)
    (numbers && numbers[i] ? jsonw_raw : jsonw_text)(w, table->header ? table->header[i] : NULL, row[i]);
  jsonw_end(w);
}

static enum pal_code print_json(const struct table *table, FILE *out, struct pal_err *err) {
  struct jsonw w;
  jsonw_init(&w, out);
  jsonw_array(&w, NULL, JSONW_LINES);
  for (size_t i = 0; i < table->n; i++)
    json_row(&w, table, table->rows[i], table->numbers ? table->numbers[i] : NULL);
  jsonw_end(&w);
  return jsonw_finish(&w, "the table", err);
}

static void csv_row(struct csvw *w, const struct table *table, const char *const *row) {
  for (size_t i = 0; i < table->columns; i++)
    csvw_cell(w, row[i]);
  csvw_end(w);
}

static enum pal_code print_csv(const struct table *table, FILE *out, struct pal_err *err) {
  struct csvw w;
  csvw_init(&w, out);
  if (table->header)
    csv_row(&w, table, table->header);
  for (size_t i = 0; i < table->n; i++)
    csv_row(&w, table, table->rows[i]);
  return csvw_finish(&w, "the table", err);
}

/* --- people --- */

struct column {
  size_t width;
  bool number;
  bool id; /* only GUIDs: of use only when whole */
};

static size_t cell_width(const char *cell, struct pal_buf *scratch) {
  pal_buf_clear(scratch);
  pal_term_escape(scratch, cell ? cell : "");
  return pal_term_width(scratch->data, scratch->len);
}

static void widen(struct column *column, size_t width) {
  column->width = width > column->width ? width : column->width;
}

static void measure(const struct table *table, struct column *columns, struct pal_buf *scratch) {
  for (size_t i = 0; i < table->columns; i++) {
    size_t digits = 0, guids = 0, others = 0;
    char guid[PAL_GUID_LEN + 1];
    if (table->header)
      widen(&columns[i], cell_width(table->header[i], scratch));
    for (size_t j = 0; j < table->n; j++) {
      const char *cell = table->rows[j][i];
      if (cell && cell[0])
        *(cell[strspn(cell, "0123456789")] == '\0'       ? &digits
          : pal_guid_canonical(cell, strlen(cell), guid) ? &guids
                                                         : &others) += 1;
      widen(&columns[i], cell_width(cell, scratch));
    }
    columns[i].number = digits > 0 && guids + others == 0;
    columns[i].id = guids > 0 && digits + others == 0;
    if (columns[i].width > WIDEST_COLUMN)
      columns[i].width = WIDEST_COLUMN;
  }
}

/* The widest column that may still give one up, or n. */
static size_t widest_of(const struct column *columns, size_t n, size_t least, bool ids_too) {
  size_t widest = n;
  for (size_t i = 0; i < n; i++)
    if (columns[i].width > least && (ids_too || !columns[i].id) &&
        (widest == n || columns[i].width >= columns[widest].width))
      widest = i;
  return widest;
}

/* Takes columns from the widest until all fit: from texts first, then from ids too. */
static void narrow(struct column *columns, size_t n, size_t width) {
  size_t total = n ? (n - 1) * GAP : 0;
  for (size_t i = 0; i < n; i++)
    total += columns[i].width;
  for (; total > width; total--) {
    size_t widest = widest_of(columns, n, NARROWEST_TEXT, false);
    if (widest == n)
      widest = widest_of(columns, n, NARROWEST_COLUMN, true);
    if (widest == n)
      return;
    columns[widest].width--;
  }
}

static void put_blanks(struct pal_buf *out, size_t n) {
  while (n-- > 0)
    pal_buf_putc(out, ' ');
}

struct printer {
  const struct table *table;
  struct column *columns;
  struct report_sink sink;
  struct pal_buf line, cell;
  bool color;
  enum pal_code bad;
};

static void put_cell(struct printer *printer, size_t i, const char *text, bool last) {
  const struct column *column = &printer->columns[i];
  pal_buf_clear(&printer->cell);
  report_put_cut(&printer->cell, text ? text : "", column->width);
  size_t taken = pal_term_width(printer->cell.data, printer->cell.len);
  size_t rest = taken < column->width ? column->width - taken : 0;
  put_blanks(&printer->line, column->number ? rest : 0);
  pal_buf_add(&printer->line, printer->cell.data, printer->cell.len);
  if (!last)
    put_blanks(&printer->line, GAP + (column->number ? 0 : rest));
}

/* Nothing stands behind the last cell that is not empty. */
static void make_row(struct printer *printer, const char *const *row) {
  size_t n = printer->table->columns;
  while (n > 0 && (!row[n - 1] || !row[n - 1][0]))
    n--;
  for (size_t i = 0; i < n; i++)
    put_cell(printer, i, row[i], i + 1 == n);
}

static void end_row(struct printer *printer) {
  pal_buf_putc(&printer->line, '\n');
  if (printer->bad == PAL_OK)
    printer->bad = printer->line.bad != PAL_OK ? printer->line.bad : printer->cell.bad;
  report_paint(&printer->sink, printer->line.data, printer->line.len, printer->color);
  pal_buf_clear(&printer->line);
}

static void print_rows(struct printer *printer) {
  const struct table *table = printer->table;
  if (table->header) {
    report_tint(&printer->line, TINT_HEAD);
    make_row(printer, table->header);
    report_tint(&printer->line, TINT_OFF);
    end_row(printer);
  }
  for (size_t i = 0; i < table->n; i++) {
    make_row(printer, table->rows[i]);
    end_row(printer);
  }
}

static enum pal_code print_text(const struct table *table, const struct pal_style *style, FILE *out,
                                struct pal_err *err) {
  struct printer printer = {.table = table, .color = style && style->color, .bad = PAL_OK};
  printer.columns = calloc(table->columns + 1, sizeof *printer.columns);
  if (!printer.columns)
    return pal_err_nomem(err);
  report_sink_init(&printer.sink, out);
  pal_buf_init(&printer.line, LINE_BYTES);
  pal_buf_init(&printer.cell, LINE_BYTES);
  measure(table, printer.columns, &printer.cell);
  if (style && style->width > 0)
    narrow(printer.columns, table->columns, (size_t)style->width);
  print_rows(&printer);
  pal_buf_deinit(&printer.line);
  pal_buf_deinit(&printer.cell);
  free(printer.columns);
  if (printer.bad != PAL_OK)
    return pal_err_set(err, printer.bad, "write the table: %s", pal_code_text(printer.bad));
  return report_sink_finish(&printer.sink, "the table", err);
}

enum pal_code pal_table_print(const char *format, const struct pal_style *style, const char *const *header,
                              const char *const *const *rows, const bool *const *numbers, size_t columns, size_t n,
                              FILE *out, struct pal_err *err) {
  const struct table table = {header, rows, numbers, columns, n};
  if (strcmp(format, "json") == 0)
    return print_json(&table, out, err);
  if (strcmp(format, "csv") == 0)
    return print_csv(&table, out, err);
  if (strcmp(format, "text") == 0)
    return print_text(&table, style, out, err);
  return pal_err_set(err, PAL_E_USAGE, "a table has no format \"%s\": text, json or csv", format);
}
