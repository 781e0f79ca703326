/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "csv_writer.h"
#include "json_writer.h"
#include "pal_report.h"
#include "pal_text.h"
#include "tint.h"

enum { GAP = 2, NARROWEST_TEXT = 10, WIDEST_COLUMN = 4000, BELOW_LABEL = 2, SHORTEST_ID = 6, LINE_BYTES = 16 << 20 };

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

/* --- Markdown --- */

static void markdown_row(struct pal_buf *line, const struct table *table, const char *const *row) {
  for (size_t i = 0; i < table->columns; i++) {
    pal_buf_puts(line, i ? " | " : "| ");
    pal_markdown_escape(line, row[i] ? row[i] : "");
  }
  pal_buf_puts(line, " |\n");
}

/* Without a header an empty one: GitHub knows no table that has none. */
static enum pal_code print_markdown(const struct table *table, FILE *out, struct pal_err *err) {
  struct report_sink sink;
  struct pal_buf line;
  const char **empty = calloc(table->columns + 1, sizeof *empty);
  if (!empty)
    return pal_err_nomem(err);
  report_sink_init(&sink, out);
  pal_buf_init(&line, LINE_BYTES);
  markdown_row(&line, table, table->header ? table->header : empty);
  for (size_t i = 0; i < table->columns; i++)
    pal_buf_puts(&line, i ? " | ---" : "| ---");
  pal_buf_puts(&line, " |\n");
  report_sink_write(&sink, line.data, line.len);
  enum pal_code bad = line.bad;
  for (size_t i = 0; i < table->n && bad == PAL_OK; i++) {
    pal_buf_clear(&line);
    markdown_row(&line, table, table->rows[i]);
    report_sink_write(&sink, line.data, line.len);
    bad = line.bad;
  }
  pal_buf_deinit(&line);
  free(empty);
  if (bad != PAL_OK)
    return pal_err_set(err, bad, "write the table: %s", pal_code_text(bad));
  return report_sink_finish(&sink, "the table", err);
}

/* --- people --- */

struct column {
  size_t width, least; /* least: what it can be narrowed to */
  size_t label;        /* columns of its header */
  bool number;
};

static size_t cell_width(const char *cell, struct pal_buf *scratch) {
  pal_buf_clear(scratch);
  pal_term_escape(scratch, cell ? cell : "");
  return pal_term_width(scratch->data, scratch->len);
}

static void widen(struct column *column, size_t width) {
  column->width = width > column->width ? width : column->width;
}

/* Ids, dates and paths are of use only when whole: a longer word with a digit, or anything with a slash. */
static bool may_be_cut(const char *cell) {
  static const char *const between = " ,;";
  if (!cell || strchr(cell, '/') != NULL)
    return !cell;
  for (cell += strspn(cell, between); *cell; cell += strspn(cell, between)) {
    size_t len = strcspn(cell, between);
    if (len >= SHORTEST_ID && strcspn(cell, "0123456789") < len)
      return false;
    cell += len;
  }
  return true;
}

static void measure(const struct table *table, struct column *columns, struct pal_buf *scratch) {
  for (size_t i = 0; i < table->columns; i++) {
    size_t digits = 0, others = 0;
    bool cut = true;
    if (table->header)
      widen(&columns[i], cell_width(table->header[i], scratch));
    columns[i].least = columns[i].width > NARROWEST_TEXT ? columns[i].width : NARROWEST_TEXT;
    for (size_t j = 0; j < table->n; j++) {
      const char *cell = table->rows[j][i];
      if (cell && cell[0])
        *(cell[strspn(cell, "0123456789")] == '\0' ? &digits : &others) += 1;
      cut = cut && may_be_cut(cell);
      widen(&columns[i], cell_width(cell, scratch));
    }
    columns[i].number = digits > 0 && others == 0;
    if (columns[i].width > WIDEST_COLUMN)
      columns[i].width = WIDEST_COLUMN;
    if (!cut || columns[i].number || columns[i].least > columns[i].width)
      columns[i].least = columns[i].width;
  }
}

/* The widest column that may still give one up, or n. */
static size_t widest_of(const struct column *columns, size_t n) {
  size_t widest = n;
  for (size_t i = 0; i < n; i++)
    if (columns[i].width > columns[i].least && (widest == n || columns[i].width >= columns[widest].width))
      widest = i;
  return widest;
}

/* Takes columns from the widest names and words until all fit; false when they do not. */
static bool narrow(struct column *columns, size_t n, size_t width) {
  size_t total = n ? (n - 1) * GAP : 0;
  for (size_t i = 0; i < n; i++)
    total += columns[i].width;
  for (; total > width; total--) {
    size_t widest = widest_of(columns, n);
    if (widest == n)
      return false;
    columns[widest].width--;
  }
  return true;
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

/* One record for each row, a line for each cell: "label  value", the value below its label where it does not fit beside. */
static void print_record(struct printer *printer, const char *const *row, size_t labels, size_t width) {
  const struct table *table = printer->table;
  bool any = false;
  for (size_t i = 0; i < table->columns; i++) {
    if (!row[i] || !row[i][0])
      continue;
    any = true;
    pal_buf_clear(&printer->cell);
    pal_term_escape(&printer->cell, row[i]);
    size_t indent = 0;
    if (table->header) {
      size_t taken = pal_term_width(printer->cell.data, printer->cell.len);
      bool below = labels + GAP + taken > width;
      report_tint(&printer->line, TINT_HEAD);
      pal_term_escape(&printer->line, table->header[i]);
      report_tint(&printer->line, TINT_OFF);
      indent = below ? BELOW_LABEL : labels + GAP;
      if (below)
        end_row(printer);
      put_blanks(&printer->line, below ? indent : indent - printer->columns[i].label);
    }
    pal_wrap(&printer->line, printer->cell.data, indent, indent, width);
    end_row(printer);
  }
  if (!any) {
    pal_buf_putc(&printer->line, '-');
    end_row(printer);
  }
}

static void print_records(struct printer *printer, size_t width) {
  const struct table *table = printer->table;
  size_t labels = 0;
  for (size_t i = 0; table->header && i < table->columns; i++) {
    printer->columns[i].label = cell_width(table->header[i], &printer->cell);
    labels = printer->columns[i].label > labels ? printer->columns[i].label : labels;
  }
  for (size_t i = 0; i < table->n; i++) {
    if (i > 0)
      end_row(printer);
    print_record(printer, table->rows[i], labels, width);
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
  size_t width = style && style->width > 0 ? (size_t)style->width : 0;
  if (width == 0 || table->n == 0 || narrow(printer.columns, table->columns, width))
    print_rows(&printer);
  else
    print_records(&printer, width);
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
  if (strcmp(format, "markdown") == 0)
    return print_markdown(&table, out, err);
  return pal_err_set(err, PAL_E_USAGE, "a table has no format \"%s\": text, json, csv or markdown", format);
}
