/* SPDX-License-Identifier: Apache-2.0 */
#include "paper.h"

#include <string.h>

#include "people.h"

enum {
  LINE_MAX_BYTES = 16 << 20,
  NAME_COLUMNS = 60,
  TEXT_COLUMNS = 4000, /* of a message, more than the longest id; JSON and CSV give it whole */
  ITEM_INDENT = 2
};

void paper_init(struct paper *paper, const struct pal_style *style, FILE *out) {
  *paper = (struct paper){.bad = PAL_OK};
  if (style) {
    paper->color = style->color;
    paper->width = style->width > 0 ? (size_t)style->width : 0;
  }
  report_sink_init(&paper->sink, out);
  pal_buf_init(&paper->line, LINE_MAX_BYTES);
  pal_buf_init(&paper->laid, (size_t)LINE_MAX_BYTES * 2);
}

void paper_init_markdown(struct paper *paper, FILE *out) {
  paper_init(paper, NULL, out);
  paper->markdown = paper->spaced = true;
}

enum pal_code paper_finish(struct paper *paper, const char *what, struct pal_err *err) {
  enum pal_code bad = paper->bad;
  pal_buf_deinit(&paper->line);
  pal_buf_deinit(&paper->laid);
  if (bad != PAL_OK)
    return pal_err_set(err, bad, "write %s: %s", what, pal_code_text(bad));
  return report_sink_finish(&paper->sink, what, err);
}

void paper_say(struct paper *paper, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  pal_buf_vprintf(&paper->line, fmt, args);
  va_end(args);
}

void paper_count(struct paper *paper, size_t n, const char *one, const char *many) {
  people_count(&paper->line, n, one, many);
}

/* Text from outside, cut to so many columns. */
static void put_outside(struct paper *paper, const char *text, size_t columns) {
  if (!paper->markdown) {
    report_put_cut(&paper->line, text, columns);
    return;
  }
  struct pal_buf cut;
  pal_buf_init(&cut, LINE_MAX_BYTES);
  report_put_cut(&cut, text, columns);
  pal_markdown_escape(&paper->line, cut.data);
  if (cut.bad != PAL_OK && paper->bad == PAL_OK)
    paper->bad = cut.bad;
  pal_buf_deinit(&cut);
}

void paper_text(struct paper *paper, const char *text) {
  put_outside(paper, text, TEXT_COLUMNS);
}

void paper_part(struct paper *paper, const char *before, const char *text, size_t len) {
  struct pal_buf part;
  pal_buf_init(&part, LINE_MAX_BYTES);
  pal_buf_add(&part, text, len);
  pal_buf_puts(&paper->line, before);
  paper_text(paper, part.data);
  if (part.bad != PAL_OK && paper->bad == PAL_OK)
    paper->bad = part.bad;
  pal_buf_deinit(&part);
}

void paper_named(struct paper *paper, const char *name, const char *id) {
  if (name && name[0] && strcmp(name, id) != 0) {
    put_outside(paper, name, NAME_COLUMNS);
    pal_buf_puts(&paper->line, " (");
    put_outside(paper, id, TEXT_COLUMNS);
    pal_buf_putc(&paper->line, ')');
  } else {
    put_outside(paper, id, TEXT_COLUMNS);
  }
}

void paper_tint(struct paper *paper, enum report_tint tint) {
  report_tint(&paper->line, tint);
}

void paper_piece(struct paper *paper) {
  pal_buf_putc(&paper->line, MARK_PIECE);
}

static void put_blanks(struct pal_buf *buf, size_t n) {
  while (n-- > 0)
    pal_buf_putc(buf, ' ');
}

/* Lays the line out after what already stands in `laid` (taken columns), and writes both. */
static void write_line(struct paper *paper, size_t taken, size_t indent) {
  report_flow(&paper->laid, paper->line.data, taken, indent, paper->width);
  pal_buf_putc(&paper->laid, '\n');
  if (paper->bad == PAL_OK)
    paper->bad = paper->line.bad != PAL_OK ? paper->line.bad : paper->laid.bad;
  report_paint(&paper->sink, paper->laid.data, paper->laid.len, paper->color);
  pal_buf_clear(&paper->line);
  pal_buf_clear(&paper->laid);
}

/* A block of Markdown stands alone. */
static void space_above(struct paper *paper) {
  if (!paper->spaced)
    report_sink_puts(&paper->sink, "\n");
  paper->spaced = true;
}

void paper_end(struct paper *paper, size_t first, size_t indent) {
  if (paper->markdown) {
    space_above(paper);
    write_line(paper, 0, 0);
    paper->in_section = paper->spaced = false;
    space_above(paper);
    return;
  }
  put_blanks(&paper->laid, first);
  write_line(paper, first, indent);
}

void paper_heading(struct paper *paper, int level, size_t first, size_t indent) {
  if (paper->markdown)
    pal_buf_puts(&paper->laid, level == 2 ? "## " : "### ");
  paper_end(paper, first, indent);
}

void paper_blank(struct paper *paper) {
  if (paper->markdown)
    space_above(paper);
  else
    report_sink_puts(&paper->sink, "\n");
}

bool paper_narrow(const struct paper *paper) {
  return paper->width > 0 && paper->width < PAPER_NARROW;
}

/* A line of a list, below another one or not. */
static void write_bullet(struct paper *paper, bool below) {
  if (paper->laid.len == 0)
    pal_buf_puts(&paper->laid, below ? "  - " : "- ");
  write_line(paper, 0, 0);
  paper->spaced = false;
}

void paper_section(struct paper *paper, const char *label) {
  if (paper->markdown) {
    pal_buf_puts(&paper->laid, "- **");
    pal_buf_puts(&paper->laid, label);
    pal_buf_puts(&paper->laid, ":** ");
    paper->in_section = true;
    return;
  }
  report_tint(&paper->laid, TINT_HEAD);
  pal_buf_puts(&paper->laid, label);
  report_tint(&paper->laid, TINT_OFF);
  if (paper_narrow(paper)) {
    pal_buf_putc(&paper->laid, '\n');
    paper->margin = ITEM_INDENT;
    put_blanks(&paper->laid, paper->margin);
  } else {
    paper->margin = PAPER_LABEL_COLUMNS;
    put_blanks(&paper->laid, paper->margin - strlen(label));
  }
}

void paper_row(struct paper *paper) {
  if (paper->markdown) {
    write_bullet(paper, true);
    return;
  }
  if (paper->laid.len == 0)
    put_blanks(&paper->laid, paper->margin);
  write_line(paper, paper->margin, paper->margin);
}

void paper_item(struct paper *paper) {
  if (paper->markdown) {
    write_bullet(paper, paper->in_section);
    return;
  }
  size_t margin = paper_narrow(paper) ? 0 : paper->margin; /* an id in brackets then still fits on a line of 40 */
  put_blanks(&paper->laid, margin);
  pal_buf_puts(&paper->laid, "- ");
  write_line(paper, margin + ITEM_INDENT, margin + ITEM_INDENT);
}
