/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REPORT_PAPER_H
#define PAL_REPORT_PAPER_H
/*
 * paper.h - what the text formats write on: a line is made of our own words and
 * of escaped text from outside, then laid out to the width and coloured. Only
 * paper_say() takes text as it is, and only string literals and numbers go there.
 *
 * The same calls make Markdown: then text from outside is escaped for it, headings
 * and sections become its own, and no line is broken or coloured.
 */
#include <stdbool.h>

#include "pal_report.h"
#include "tint.h"

enum { PAPER_LABEL_COLUMNS = 16, PAPER_NARROW = 64 /* below, labels stand on lines of their own */ };

struct paper {
  struct report_sink sink;
  struct pal_buf line, laid;
  size_t width;  /* 0: no wrapping */
  size_t margin; /* where the lines of a section stand */
  bool color, markdown;
  bool in_section; /* of Markdown: items are below a row */
  bool spaced;     /* of Markdown: an empty line stands above, or nothing does */
  enum pal_code bad;
};

void paper_init(struct paper *paper, const struct pal_style *style, FILE *out);
void paper_init_markdown(struct paper *paper, FILE *out);
enum pal_code paper_finish(struct paper *paper, const char *what, struct pal_err *err) PAL_MUST_CHECK;

/* Pieces of the line being made. */
void paper_say(struct paper *paper, const char *fmt, ...) PAL_PRINTF(2, 3); /* our words and numbers */
void paper_count(struct paper *paper, size_t n, const char *one, const char *many);
void paper_text(struct paper *paper, const char *text); /* from outside; cut when endless */
/* The first len bytes of a text from outside, after our own words. */
void paper_part(struct paper *paper, const char *before, const char *text, size_t len);
/* "NAME (ID)", or the id alone; a long name is cut, an id never. */
void paper_named(struct paper *paper, const char *name, const char *id);
void paper_tint(struct paper *paper, enum report_tint tint);
void paper_piece(struct paper *paper); /* here a line breaks first */

/* Ends the line: it stands at `first`, what follows at `indent`. */
void paper_end(struct paper *paper, size_t first, size_t indent);
void paper_blank(struct paper *paper);
/* The same for a heading: level 2 is a customer or a rule, 3 a part of one. */
void paper_heading(struct paper *paper, int level, size_t first, size_t indent);

/* A section of the first screen: its label, then lines at paper->margin. The first
 * paper_row() after it stands beside the label. */
void paper_section(struct paper *paper, const char *label);
void paper_row(struct paper *paper);  /* ends a line of the section */
void paper_item(struct paper *paper); /* ends one of a list below a row, "- …" */
bool paper_narrow(const struct paper *paper);

#endif
