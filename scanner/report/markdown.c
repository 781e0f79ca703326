/* SPDX-License-Identifier: Apache-2.0 */
/* markdown.c - what the text format says, as Markdown; and the escaping of that medium. */
#include <string.h>

#include "formats.h"
#include "pal_text.h"
#include "text.h"

/* --- escaping --- */

/* What may begin an emphasis, a link, code, HTML, a table cell or a formula anywhere in a line. */
static const char anywhere[] = "\\`*_[]<>&|~$#!{}^";

/* "- x", "+ x", "= " and "1. x" begin a list or underline a heading, at the start of a block. */
static bool opens_block(const char *text, const char *at) {
  if (at == text)
    return strchr("-+=", *at) != NULL;
  return (*at == '.' || *at == ')') && strspn(text, "0123456789") == (size_t)(at - text);
}

/* GitHub makes links of "http://x" and "www.x" that stand in plain text. */
static bool opens_link(const char *text, const char *at) {
  return (*at == ':' && at[1] == '/') || (*at == '.' && at > text && (at[-1] == 'w' || at[-1] == 'W'));
}

void pal_markdown_escape(struct pal_buf *out, const char *text) {
  struct pal_buf plain;
  pal_buf_init(&plain, out->max);
  pal_term_escape(&plain, text);
  for (const char *at = plain.data; *at; at++) {
    if (strchr(anywhere, *at) || opens_block(plain.data, at) || opens_link(plain.data, at))
      pal_buf_putc(out, '\\');
    pal_buf_putc(out, *at);
  }
  if (plain.bad != PAL_OK && out->bad == PAL_OK)
    out->bad = plain.bad;
  pal_buf_deinit(&plain);
}

/* --- the format --- */

enum pal_code report_markdown_findings(const struct pal_report *report, const struct pal_style *style, FILE *out,
                                       struct pal_err *err) {
  struct paper paper;
  (void)style;
  paper_init_markdown(&paper, out);
  paper_say(&paper, "# Partner links");
  paper_end(&paper, 0, 0);
  text_print_findings(&paper, report);
  return paper_finish(&paper, "the report", err);
}

enum pal_code report_markdown_changes(const struct pal_comparison *comparison, const struct pal_style *style, FILE *out,
                                      struct pal_err *err) {
  struct paper paper;
  (void)style;
  paper_init_markdown(&paper, out);
  paper_say(&paper, "# Changes");
  paper_end(&paper, 0, 0);
  enum pal_code code = text_print_changes(&paper, comparison, err), finished = paper_finish(&paper, "the changes", err);
  return code == PAL_OK ? finished : code;
}
