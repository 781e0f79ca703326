/* SPDX-License-Identifier: Apache-2.0 */
/* test_escape_script.c - string literals of a script: nothing in a text ends the literal, the script or the line. */
#include <string.h>

#include "pal_json.h"
#include "pal_site.h"
#include "unit.h"

static const struct {
  const char *text, *literal;
} rows[] = {
    {"", "\"\""},
    {"Contoso (DE)", "\"Contoso (DE)\""},
    {"a\"b\\c", "\"a\\\"b\\\\c\""},
    {"</script><script>alert(1)</script>",
     "\"\\u003c/script\\u003e\\u003cscript\\u003ealert(1)\\u003c/script\\u003e\""},
    {"<!--", "\"\\u003c!--\""},
    {"]]>", "\"]]\\u003e\""},
    {"&lt;", "\"\\u0026lt;\""},
    {"`${x}'", "\"\\u0060${x}\\u0027\""},
    {"a\nb\r\tc", "\"a\\u000ab\\u000d\\u0009c\""},
    {"\x7f\xc2\x85", "\"\\u007f\\u0085\""},
    /* Line and paragraph separator, which ended a literal before 2019; a byte order mark; text that turns direction. */
    {"\xe2\x80\xa8\xe2\x80\xa9\xef\xbb\xbf\xe2\x80\xae", "\"\\u2028\\u2029\\ufeff\\u202e\""},
    {"\xc3\xbc \xf0\x9f\x94\x91", "\"\\u00fc \\ud83d\\udd11\""},
    /* Half a surrogate pair in bytes, an overlong slash, a cut character: none of them is text. */
    {"\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""},
    {"\xc0\xaf", "\"\\ufffd\\ufffd\""},
    {"a\xe2\x80", "\"a\\ufffd\\ufffd\""},
};

START_TEST(test_script_literal__holds_the_text_and_nothing_that_ends_it) {
  struct pal_buf out;
  pal_buf_init(&out, 1024);
  pal_script_literal(&out, rows[_i].text, strlen(rows[_i].text));
  ck_assert_str_eq(out.data, rows[_i].literal);
  pal_buf_deinit(&out);
}
END_TEST

START_TEST(test_script_literal__keeps_a_zero_byte) {
  struct pal_buf out;
  pal_buf_init(&out, 1024);
  pal_script_literal(&out, "a\0b", 3);
  ck_assert_str_eq(out.data, "\"a\\u0000b\"");
  pal_buf_deinit(&out);
}
END_TEST

/* Every code point: the literal is ASCII without any character that means something, and reads as the text again. The
 * reader of JSON is another piece of code, and takes no unpaired surrogate. */
START_TEST(test_script_literal__reads_back_for_every_character) {
  struct pal_err err = {0};
  for (uint32_t code = 1; code <= 0x10FFFF; code += code < 0x3000 ? 1 : 0x3F) {
    char text[5] = "", *at = text;
    if (code >= 0xD800 && code <= 0xDFFF)
      continue;
    if (code < 0x80) {
      *at++ = (char)code;
    } else if (code < 0x800) {
      *at++ = (char)(0xC0 | code >> 6);
      *at++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
      *at++ = (char)(0xE0 | code >> 12);
      *at++ = (char)(0x80 | (code >> 6 & 0x3F));
      *at++ = (char)(0x80 | (code & 0x3F));
    } else {
      *at++ = (char)(0xF0 | code >> 18);
      *at++ = (char)(0x80 | (code >> 12 & 0x3F));
      *at++ = (char)(0x80 | (code >> 6 & 0x3F));
      *at++ = (char)(0x80 | (code & 0x3F));
    }
    struct pal_buf out;
    struct pal_json_doc *doc = NULL;
    pal_buf_init(&out, 64);
    pal_script_literal(&out, text, (size_t)(at - text));
    for (size_t i = 1; i + 1 < out.len; i++)
      ck_assert_msg(out.data[i] >= ' ' && out.data[i] <= '~' && strchr("<>&'`", out.data[i]) == NULL,
                    "U+%04X stands raw in %s", code, out.data);
    unit_ok(pal_json_parse(out.data, out.len, "literal", 0, 0, &doc, &err), &err);
    ck_assert_str_eq(pal_json_text(pal_json_root(doc)), text);
    pal_json_doc_free(doc);
    pal_buf_deinit(&out);
  }
}
END_TEST

Suite *make_report_escape_script_suite(void);
Suite *make_report_escape_script_suite(void) {
  Suite *suite = suite_create("report_escape_script");
  TCase *tcase = tcase_create("escape_script");
  tcase_add_loop_test(tcase, test_script_literal__holds_the_text_and_nothing_that_ends_it, 0, UNIT_N(rows));
  tcase_add_test(tcase, test_script_literal__keeps_a_zero_byte);
  tcase_add_test(tcase, test_script_literal__reads_back_for_every_character);
  suite_add_tcase(suite, tcase);
  return suite;
}
