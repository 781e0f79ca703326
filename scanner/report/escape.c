/* SPDX-License-Identifier: Apache-2.0 */
/* escape.c - cells of a spreadsheet, and lines of a terminal. */
#include <string.h>

#include "pal_report.h"
#include "pal_text.h"
#include "tint.h"

/* --- CSV --- */

static bool is_blank(uint32_t code) {
  return code == ' ' || code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x202F ||
         code == 0x205F || code == 0x3000;
}

/* '=', '+', '-', '@' and their full-width forms, which some spreadsheets take for the same. */
static bool is_sign(uint32_t code) {
  return code == '=' || code == '+' || code == '-' || code == '@' || code == 0xFF1D || code == 0xFF0B ||
         code == 0xFF0D || code == 0xFF20;
}

/* What a spreadsheet would compute: a sign, after blanks or not, with something behind it. */
static bool is_formula(const char *text) {
  size_t len = strlen(text), i = 0;
  uint32_t code = 0;
  for (size_t n; (n = pal_utf8_decode(text + i, len - i, &code)) > 0; i += n) {
    if (is_blank(code))
      continue;
    return is_sign(code) && i + n < len;
  }
  return false;
}

void pal_csv_cell(struct pal_buf *out, const char *text) {
  struct pal_buf plain;
  pal_buf_init(&plain, out->max);
  if (text[0] == '\'' || is_formula(text))
    pal_buf_putc(&plain, '\'');
  pal_term_escape(&plain, text);
  /* Semicolons for the many countries whose spreadsheets separate by them. */
  bool quoted =
      plain.len > 0 && (strpbrk(plain.data, "\",;") || plain.data[0] == ' ' || plain.data[plain.len - 1] == ' ');
  if (quoted)
    pal_buf_putc(out, '"');
  for (const char *at = plain.data, *end; *at; at = end) {
    end = at + strcspn(at, "\"");
    pal_buf_add(out, at, (size_t)(end - at));
    if (*end == '"') {
      pal_buf_puts(out, "\"\"");
      end++;
    }
  }
  if (quoted)
    pal_buf_putc(out, '"');
  if (plain.bad != PAL_OK && out->bad == PAL_OK)
    out->bad = plain.bad;
  pal_buf_deinit(&plain);
}

/* --- lines --- */

enum { NARROWEST = 8 }; /* columns left of an indent below which the indent is given up */

size_t report_columns(const char *text, size_t len) {
  size_t markers = 0;
  for (size_t i = 0; i < len; i++)
    markers += (unsigned char)text[i] >= MARK_TINT && (unsigned char)text[i] < ' ';
  return pal_term_width(text, len) - markers;
}

void report_put_cut(struct pal_buf *out, const char *text, size_t columns) {
  struct pal_buf escaped;
  pal_buf_init(&escaped, out->max);
  pal_term_escape(&escaped, text);
  if (pal_term_width(escaped.data, escaped.len) <= columns) {
    pal_buf_add(out, escaped.data, escaped.len);
  } else {
    size_t used = 0, taken = 0;
    for (uint32_t code; used < escaped.len;) {
      size_t n = pal_utf8_decode(escaped.data + used, escaped.len - used, &code);
      taken += pal_term_width(escaped.data + used, n);
      if (taken >= columns) /* one column for the mark */
        break;
      used += n;
    }
    pal_buf_add(out, escaped.data, used);
    pal_buf_puts(out, "\xE2\x80\xA6");
  }
  if (escaped.bad != PAL_OK && out->bad == PAL_OK)
    out->bad = escaped.bad;
  pal_buf_deinit(&escaped);
}

struct flow {
  struct pal_buf *out;
  size_t indent, width, column;
  bool fresh; /* nothing stands on this line yet */
};

static void new_line(struct flow *flow) {
  pal_buf_putc(flow->out, '\n');
  for (size_t i = 0; i < flow->indent; i++)
    pal_buf_putc(flow->out, ' ');
  flow->column = flow->indent;
  flow->fresh = true;
}

static void put(struct flow *flow, const char *text, size_t len) {
  pal_buf_add(flow->out, text, len);
  flow->column += report_columns(text, len);
  flow->fresh = false;
}

/* Bytes of text that fit into `room` columns: the most, or less when that lets
 * the next line begin with a slash. At least one code point. */
static size_t prefix(const char *text, size_t len, size_t room) {
  size_t used = 0, columns = 0, slash = 0;
  while (used < len) {
    uint32_t code;
    size_t n = pal_utf8_decode(text + used, len - used, &code);
    n = n ? n : 1;
    size_t more = report_columns(text + used, n);
    if (columns + more > room && columns > 0)
      return slash && text[used] != '/' ? slash : used;
    if (text[used] == '/' && columns > 0)
      slash = used;
    columns += more;
    used += n;
  }
  return used;
}

/* A word longer than a line: the rest of this line, then whole lines of it. */
static void put_long(struct flow *flow, const char *word, size_t len) {
  for (size_t n; len > 0; word += n, len -= n) {
    if (flow->column >= flow->width)
      new_line(flow);
    n = prefix(word, len, flow->width - flow->column);
    put(flow, word, n);
    if (n < len)
      new_line(flow);
  }
}

/* A word too long for a line begins on this one only where a slash lets it break well. */
static bool begins_here(const struct flow *flow, size_t blanks, const char *word, size_t len) {
  size_t taken = flow->column + blanks;
  if (taken + NARROWEST > flow->width)
    return false;
  return memchr(word, '/', prefix(word, len, flow->width - taken)) != NULL;
}

static void put_word(struct flow *flow, size_t blanks, const char *word, size_t len) {
  static const char space[] = " ";
  size_t columns = report_columns(word, len);
  bool fits = flow->column + blanks + columns <= flow->width;
  bool too_long = columns > flow->width - flow->indent;
  if (!fits && !flow->fresh && (!too_long || !begins_here(flow, blanks, word, len))) {
    new_line(flow);
    blanks = 0;
  }
  if (flow->fresh && flow->column + blanks + columns > flow->width)
    blanks = 0;
  for (; blanks > 0; blanks--)
    put(flow, space, 1);
  if (too_long)
    put_long(flow, word, len);
  else
    put(flow, word, len);
}

static void put_words(struct flow *flow, const char *text, size_t len) {
  for (size_t i = 0; i < len;) {
    size_t blanks = 0, n = 0;
    while (i + blanks < len && text[i + blanks] == ' ')
      blanks++;
    i += blanks;
    while (i + n < len && text[i + n] != ' ')
      n++;
    if (n > 0) /* blanks at the end are dropped */
      put_word(flow, blanks, text + i, n);
    i += n;
  }
}

void report_flow(struct pal_buf *out, const char *text, size_t first, size_t indent, size_t width) {
  static const char separator[] = " \xC2\xB7 ";
  enum { SEPARATOR_COLUMNS = 3 };
  if (width > 0 && indent + NARROWEST > width)
    indent = 0;
  struct flow flow = {.out = out, .indent = indent, .width = width, .column = first, .fresh = first <= indent};
  if (width > 0 && first >= width)
    new_line(&flow);
  for (const char *piece = text, *next; piece; piece = next) {
    const char *end = strchr(piece, MARK_PIECE);
    size_t len = end ? (size_t)(end - piece) : strlen(piece);
    next = end ? end + 1 : NULL;
    if (piece != text) {
      if (width == 0 || flow.column + SEPARATOR_COLUMNS + report_columns(piece, len) <= width) {
        pal_buf_puts(out, separator);
        flow.column += SEPARATOR_COLUMNS;
        flow.fresh = false;
      } else {
        new_line(&flow);
      }
    }
    if (width == 0)
      pal_buf_add(out, piece, len);
    else
      put_words(&flow, piece, len);
  }
}

void pal_wrap(struct pal_buf *out, const char *text, size_t first, size_t indent, size_t width) {
  report_flow(out, text, first, indent, width);
}
