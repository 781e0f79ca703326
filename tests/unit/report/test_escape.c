/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "pal_report.h"
#include "pal_text.h"
#include "report/tint.h"
#include "unit.h"

static struct pal_buf out;

static void set_up(void) {
  pal_buf_init(&out, 1 << 20);
}

static void tear_down(void) {
  pal_buf_deinit(&out);
}

/* --- Markdown --- */

static const struct {
  const char *text, *escaped;
} marks[] = {
    {"", ""},
    {"Contoso GmbH, 3rd floor", "Contoso GmbH, 3rd floor"},
    {"11111111-1111-4111-8111-111111111111", "11111111-1111-4111-8111-111111111111"},
    {"*bold* _more_ ~gone~", "\\*bold\\* \\_more\\_ \\~gone\\~"},
    {"[a](javascript:b)", "\\[a\\](javascript:b)"},
    {"![i](x)", "\\!\\[i\\](x)"},
    {"<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"},
    {"&lt;", "\\&lt;"},
    {"a|b", "a\\|b"},
    {"`code`", "\\`code\\`"},
    {"C:\\", "C:\\\\"},
    {"# Head", "\\# Head"},
    {"- item", "\\- item"},
    {"+49", "\\+49"},
    {"===", "\\==="},
    {"1. one", "1\\. one"},
    {"12) twelve", "12\\) twelve"},
    {"version 1. 2", "version 1. 2"},
    {"http://example.com", "http\\://example.com"},
    {"www.example.com", "www\\.example.com"},
    {"$x$", "\\$x\\$"},
    {"two\nlines", "two\\\\u\\{a\\}lines"},
    {"\xE2\x80\xAEtxt", "\\\\u\\{202e\\}txt"},
};

START_TEST(test_markdown__text_stays_text) {
  pal_markdown_escape(&out, marks[_i].text);
  ck_assert_str_eq(out.data, marks[_i].escaped);
}
END_TEST

/* --- cells --- */

static const struct {
  const char *text, *cell;
} cells[] = {
    {"", ""},
    {"plain", "plain"},
    {"a,b", "\"a,b\""},
    {"a;b", "\"a;b\""},
    {"say \"hi\"", "\"say \"\"hi\"\"\""},
    {" edge", "\" edge\""},
    {"edge ", "\"edge \""},
    {"=1+1", "'=1+1"},
    {"+49 30", "'+49 30"},
    {"-1", "'-1"},
    {"@SUM(A1)", "'@SUM(A1)"},
    {"-", "-"},
    {"=", "="},
    {"=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"},
    {"  =1", "'  =1"},
    {"\xC2\xA0=1", "'\xC2\xA0=1"},
    {"\xEF\xBC\x9D"
     "1+1",
     "'\xEF\xBC\x9D"
     "1+1"},
    {"'quoted", "''quoted"},
    {"''", "'''"},
    {"\t=1+1", "\\u{9}=1+1"},
    {"\r\n=1", "\\u{d}\\u{a}=1"},
    {"=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""},
    {"\x1b[2J", "\\u{1b}[2J"},
    {"\xE2\x80\xAEtxt", "\\u{202e}txt"},
    {"\xFFx", "\xEF\xBF\xBDx"},
};

START_TEST(test_csv_cell__row_is_quoted_and_defused) {
  pal_csv_cell(&out, cells[_i].text);
  ck_assert_str_eq(out.data, cells[_i].cell);
}
END_TEST

/* Reads one cell of RFC 4180 back and drops the one quote that defuses. */
static void read_cell(const char *cell, struct pal_buf *text) {
  bool quoted = cell[0] == '"';
  const char *at = cell + quoted;
  if (*at == '\'')
    at++;
  for (; *at && !(quoted && at[0] == '"' && at[1] != '"'); at++) {
    if (quoted && *at == '"')
      at++;
    pal_buf_putc(text, *at);
  }
}

START_TEST(test_csv_cell__any_text_comes_back) {
  static const char *const parts[] = {
      "=", "+", "-", "@", "'", "\"", ",", ";", " ", "a", "1", "\xEF\xBC\x9D", "\xC2\xA0", "|", "\xE6\xA0\xAA"};
  srand(20261120);
  for (int round = 0; round < 20000; round++) {
    char text[64] = "";
    for (int n = rand() % 6; n > 0; n--)
      (void)strcat(text, parts[(size_t)rand() % (sizeof parts / sizeof parts[0])]);
    struct pal_buf back;
    pal_buf_init(&back, 1 << 16);
    pal_buf_clear(&out);
    pal_csv_cell(&out, text);
    read_cell(out.data, &back);
    ck_assert_msg(strcmp(back.data, text) == 0, "<%s> became <%s> and came back as <%s>", text, out.data, back.data);
    const char *shown = out.data + (out.data[0] == '"');
    ck_assert_msg(!(shown[0] && strchr("=+-@", shown[0]) && shown[1] && shown[1] != '"'),
                  "<%s> is still a formula: <%s>", text, out.data);
    pal_buf_deinit(&back);
  }
}
END_TEST

/* --- wrapping --- */

static const struct {
  const char *name, *text;
  size_t first, indent, width;
  const char *laid;
} wraps[] = {
    {"never", "one two three", 0, 2, 0, "one two three"},
    {"fits", "one two", 0, 2, 10, "one two"},
    {"at a space", "one two three", 0, 2, 8, "one two\nthree"},
    {"with an indent", "one two three four", 0, 2, 10, "one two\n  three\n  four"},
    {"first columns taken", "one two", 7, 2, 10, "one\n  two"},
    {"first line full", "one", 12, 2, 12, "\n  one"},
    {"a long word is broken", "abcdefghijklmnop", 0, 2, 10, "abcdefghij\n  klmnop"},
    {"before a slash", "/subs/aaaa/rg/bbbb", 0, 2, 12, "/subs/aaaa\n  /rg/bbbb"},
    {"a long word without one begins on its own line", "one abcdefghijklmnopqrstuv", 0, 2, 14,
     "one\n  abcdefghijkl\n  mnopqrstuv"},
    {"a long word with one fills the line", "one /subs/aaaa/rg/bbbb", 0, 2, 14, "one /subs/aaaa\n  /rg/bbbb"},
    {"wide letters", "\xE6\xA0\xAA\xE5\xBC\x8F\xE4\xBC\x9A\xE7\xA4\xBE\xE3\x82\xB3\xE3\x83\xB3", 0, 0, 9,
     "\xE6\xA0\xAA\xE5\xBC\x8F\xE4\xBC\x9A\xE7\xA4\xBE\n\xE3\x82\xB3\xE3\x83\xB3"},
    {"combining marks stay",
     "a\xCC\x81"
     "bcdefghij",
     0, 0, 9,
     "a\xCC\x81"
     "bcdefghi\nj"},
    {"an indent too deep is given up", "one two three", 0, 20, 10, "one two\nthree"},
    {"several spaces", "a  b", 0, 0, 20, "a  b"},
    {"empty", "", 0, 2, 10, ""},
};

START_TEST(test_wrap__row_is_laid_out) {
  pal_wrap(&out, wraps[_i].text, wraps[_i].first, wraps[_i].indent, wraps[_i].width);
  ck_assert_msg(strcmp(out.data, wraps[_i].laid) == 0, "%s: <%s>, wanted <%s>", wraps[_i].name, out.data,
                wraps[_i].laid);
}
END_TEST

static size_t without_blanks(const char *text, char *ret) {
  size_t n = 0;
  for (; *text; text++)
    if (*text != ' ' && *text != '\n')
      ret[n++] = *text;
  ret[n] = '\0';
  return n;
}

START_TEST(test_wrap__nothing_is_lost_and_no_line_is_too_long) {
  static const char *const words[] = {"a",         "bc",
                                      "defg",      "hijklmnop",
                                      "/sub/x/y",  "\xE6\xA0\xAA\xE5\xBC\x8F",
                                      "e\xCC\x81", "12345678-1234-4234-8234-123456789012",
                                      " "};
  static char before[4096], after[4096];
  srand(7);
  for (int round = 0; round < 20000; round++) {
    char text[2048] = "";
    for (int n = rand() % 20; n > 0; n--) {
      (void)strcat(text, words[(size_t)rand() % (sizeof words / sizeof words[0])]);
      (void)strcat(text, rand() % 3 ? " " : "");
    }
    size_t width = 10 + (size_t)rand() % 60, indent = (size_t)rand() % 12, first = (size_t)rand() % 10;
    pal_buf_clear(&out);
    pal_wrap(&out, text, first, indent, width);
    size_t taken = first;
    for (const char *line = out.data; *line;) {
      size_t len = strcspn(line, "\n");
      ck_assert_msg(taken + pal_term_width(line, len) <= width, "width %zu indent %zu first %zu: <%s> in <%s>", width,
                    indent, first, line, text);
      taken = 0;
      line += len + (line[len] == '\n');
    }
    (void)without_blanks(text, before);
    (void)without_blanks(out.data, after);
    ck_assert_str_eq(after, before);
  }
}
END_TEST

/* --- pieces --- */

#define DOT " \xC2\xB7 "

static const struct {
  const char *name, *text;
  size_t width;
  const char *laid;
} flows[] = {
    {"no width", "one\x1Etwo", 0, "one" DOT "two"},
    {"share a line", "one\x1Etwo", 20, "one" DOT "two"},
    {"break between", "one two\x1Ethree four", 12, "one two\n  three four"},
    {"a long piece is wrapped", "one\x1Etwo three four five", 12, "one\n  two three\n  four five"},
    {"markers take no column", "\x11one\x10\x1E\x12two\x10", 9, "\x11one\x10" DOT "\x12two\x10"},
};

START_TEST(test_flow__row_is_laid_out) {
  report_flow(&out, flows[_i].text, 0, 2, flows[_i].width);
  ck_assert_msg(strcmp(out.data, flows[_i].laid) == 0, "%s: <%s>", flows[_i].name, out.data);
}
END_TEST

START_TEST(test_cut__keeps_to_its_columns) {
  report_put_cut(&out, "abcdef", 6);
  ck_assert_str_eq(out.data, "abcdef");
  pal_buf_clear(&out);
  report_put_cut(&out, "abcdefg", 6);
  ck_assert_str_eq(out.data, "abcde\xE2\x80\xA6");
  pal_buf_clear(&out);
  report_put_cut(&out, "\xE6\xA0\xAA\xE5\xBC\x8F\xE4\xBC\x9A\xE7\xA4\xBE", 6);
  ck_assert_str_eq(out.data, "\xE6\xA0\xAA\xE5\xBC\x8F\xE2\x80\xA6");
  pal_buf_clear(&out);
  report_put_cut(&out, "a\x1b[31m", 40);
  ck_assert_str_eq(out.data, "a\\u{1b}[31m");
}
END_TEST

Suite *make_report_escape_suite(void);
Suite *make_report_escape_suite(void) {
  Suite *suite = suite_create("report_escape");
  TCase *tcase = tcase_create("escape");
  tcase_add_checked_fixture(tcase, set_up, tear_down);
  tcase_add_loop_test(tcase, test_markdown__text_stays_text, 0, UNIT_N(marks));
  tcase_add_loop_test(tcase, test_csv_cell__row_is_quoted_and_defused, 0, UNIT_N(cells));
  tcase_add_test(tcase, test_csv_cell__any_text_comes_back);
  tcase_add_loop_test(tcase, test_wrap__row_is_laid_out, 0, UNIT_N(wraps));
  tcase_add_test(tcase, test_wrap__nothing_is_lost_and_no_line_is_too_long);
  tcase_add_loop_test(tcase, test_flow__row_is_laid_out, 0, UNIT_N(flows));
  tcase_add_test(tcase, test_cut__keeps_to_its_columns);
  suite_add_tcase(suite, tcase);
  return suite;
}
