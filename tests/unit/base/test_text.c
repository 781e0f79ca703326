/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_text.h"

#include <string.h>

#include "unit.h"

static struct pal_buf out;

static void set_up(void) {
  pal_buf_init(&out, 1 << 20);
}

static void tear_down(void) {
  pal_buf_deinit(&out);
}

#define FFFD "\xEF\xBF\xBD"

/* The replacement counts follow the table in the Unicode standard, 3.9. */
static const struct {
  const char *name;
  const char *text;
  size_t len;
  const char *clean;
  size_t replaced;
} utf8_rows[] = {
    {"empty", "", 0, "", 0},
    {"ascii", "abc", 3, "abc", 0},
    {"two bytes", "\xC3\xA9", 2, "\xC3\xA9", 0},
    {"three bytes", "\xE2\x82\xAC", 3, "\xE2\x82\xAC", 0},
    {"four bytes", "\xF0\x9F\x98\x80", 4, "\xF0\x9F\x98\x80", 0},
    {"last code point", "\xF4\x8F\xBF\xBF", 4, "\xF4\x8F\xBF\xBF", 0},
    {"beyond the last", "\xF4\x90\x80\x80", 4, FFFD FFFD FFFD FFFD, 4},
    {"overlong slash", "\xC0\xAF", 2, FFFD FFFD, 2},
    {"overlong of three", "\xE0\x80\xAF", 3, FFFD FFFD FFFD, 3},
    {"overlong of four", "\xF0\x80\x80\xAF", 4, FFFD FFFD FFFD FFFD, 4},
    {"surrogate", "\xED\xA0\x80", 3, FFFD FFFD FFFD, 3},
    {"before the surrogates", "\xED\x9F\xBF", 3, "\xED\x9F\xBF", 0},
    {"lone continuation", "a\x80z", 3, "a" FFFD "z", 1},
    {"truncated two", "\xC3", 1, FFFD, 1},
    {"truncated three", "a\xE2\x82", 3, "a" FFFD, 1},
    {"truncated four", "\xF0\x9F\x98", 3, FFFD, 1},
    {"truncated in the middle",
     "\xF0\x9F\x98"
     "a",
     4, FFFD "a", 1},
    {"lead then lead", "\xC3\xC3\xA9", 3, FFFD "\xC3\xA9", 1},
    {"never valid", "\xFE\xFF", 2, FFFD FFFD, 2},
};

START_TEST(test_text__utf8_row_is_valid_or_cleaned) {
  const char *name = utf8_rows[_i].name;
  const char *text = utf8_rows[_i].text;
  size_t len = utf8_rows[_i].len;
  ck_assert_msg(pal_utf8_valid(text, len) == (utf8_rows[_i].replaced == 0), "%s", name);
  size_t replaced = pal_utf8_clean(&out, text, len);
  ck_assert_msg(replaced == utf8_rows[_i].replaced, "%s: %zu replaced", name, replaced);
  ck_assert_msg(strcmp(out.data, utf8_rows[_i].clean) == 0, "%s: %s", name, out.data);
}
END_TEST

START_TEST(test_text__every_code_point_survives_a_round_trip) {
  for (uint32_t code = 1; code <= 0x10FFFF; code++) {
    if (code >= 0xD800 && code <= 0xDFFF)
      continue;
    pal_buf_clear(&out);
    pal_utf8_encode(&out, code);
    uint32_t back = 0;
    size_t n = pal_utf8_decode(out.data, out.len, &back);
    if (n != out.len || back != code)
      ck_abort_msg("U+%X became U+%X in %zu of %zu bytes", code, back, n, out.len);
    if (n > 1 && pal_utf8_decode(out.data, n - 1, &back) != 0)
      ck_abort_msg("U+%X is valid although truncated", code);
  }
}
END_TEST

START_TEST(test_text__no_code_point_is_encoded_as_replacement) {
  pal_utf8_encode(&out, 0xD800);
  pal_utf8_encode(&out, 0xDFFF);
  pal_utf8_encode(&out, 0x110000);
  ck_assert_str_eq(out.data, FFFD FFFD FFFD);
  uint32_t code;
  ck_assert_uint_eq(pal_utf8_decode("", 0, &code), 0);
}
END_TEST

static const struct {
  uint32_t first, last;
} hostile_rows[] = {{0x00, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},     {0x61C, 0x61C},   {0x200B, 0x200F},
                    {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF}};

START_TEST(test_text__hostile_range_is_exact) {
  uint32_t first = hostile_rows[_i].first, last = hostile_rows[_i].last;
  for (uint32_t code = first; code <= last; code++)
    ck_assert_msg(pal_code_point_hostile(code), "U+%X", code);
  if (first)
    ck_assert_msg(!pal_code_point_hostile(first - 1), "U+%X", first - 1);
  ck_assert_msg(!pal_code_point_hostile(last + 1), "U+%X", last + 1);
}
END_TEST

static const struct {
  const char *name, *text, *escaped;
} term_rows[] = {
    {"plain", "a\"b\\c/d", "a\"b\\c/d"},
    {"colour", "\x1B[31mred", "\\u{1b}[31mred"},
    {"line feed", "a\nb\r\n", "a\\u{a}b\\u{d}\\u{a}"},
    {"c1 csi",
     "\xC2\x9B"
     "31m",
     "\\u{9b}31m"},
    {"raw c1 byte",
     "\x9B"
     "31m",
     FFFD "31m"},
    {"right to left override",
     "a\xE2\x80\xAE"
     "b",
     "a\\u{202e}b"},
    {"isolate", "\xE2\x81\xA6", "\\u{2066}"},
    {"tag character", "\xF3\xA0\x81\x81", "\\u{e0041}"},
    {"letters of the world", "\xC3\xA9\xE6\x97\xA5\xF0\x9F\x98\x80", "\xC3\xA9\xE6\x97\xA5\xF0\x9F\x98\x80"},
    {"delete", "\x7F", "\\u{7f}"},
};

START_TEST(test_text__terminal_row_is_escaped) {
  pal_term_escape(&out, term_rows[_i].text);
  ck_assert_msg(strcmp(out.data, term_rows[_i].escaped) == 0, "%s: %s", term_rows[_i].name, out.data);
}
END_TEST

static const struct {
  const char *name, *text;
  size_t width;
} width_rows[] = {
    {"empty", "", 0},
    {"ascii", "abc", 3},
    {"accent", "\xC3\xA9", 1},
    {"combining accent", "e\xCC\x81", 1},
    {"kanji", "\xE6\x97\xA5\xE6\x9C\xAC", 4},
    {"hangul", "\xED\x95\x9C", 2},
    {"fullwidth", "\xEF\xBC\xA1", 2},
    {"halfwidth", "\xEF\xBD\xB1", 1},
    {"emoji", "\xF0\x9F\x98\x80", 2},
    {"rare ideograph", "\xF0\xA0\x80\x80", 2},
    {"invalid bytes", "\xFF\xFE", 2},
};

START_TEST(test_text__width_row_matches) {
  size_t width = pal_term_width(width_rows[_i].text, strlen(width_rows[_i].text));
  ck_assert_msg(width == width_rows[_i].width, "%s: %zu", width_rows[_i].name, width);
}
END_TEST

START_TEST(test_text__same_word_ignores_ascii_case_only) {
  ck_assert(pal_same_word("Group", "gROUP"));
  ck_assert(pal_same_word("", ""));
  ck_assert(!pal_same_word("Group", "Groups"));
  ck_assert(!pal_same_word("Groups", "Group"));
  ck_assert(!pal_same_word("\xC3\x89", "\xC3\xA9"));
  ck_assert(!pal_same_word("[", "{"));
}
END_TEST

static const struct {
  const char *a, *b;
  bool same;
} person_rows[] = {
    {"Sam", "sam", true},
    {"Sam", " sam \t", true},
    {"Sam Brown", "SAM  BROWN", true},
    {"Sam Brown",
     "Sam\xC2\xA0"
     "Brown\xE2\x80\x83",
     true},
    {"J\xC3\xB6rg", "J\xC3\x96RG", true},                                           /* o with diaeresis */
    {"\xC5\x81ukasz", "\xC5\x82ukasz", true},                                       /* L with stroke */
    {"\xCE\x91\xCE\xBD\xCE\xBD\xCE\xB1", "\xCE\xB1\xCE\xBD\xCE\xBD\xCE\xB1", true}, /* Greek */
    {"\xD0\x90\xD0\xBD\xD0\xBD\xD0\xB0", "\xD0\xB0\xD0\xBD\xD0\xBD\xD0\xB0", true}, /* Cyrillic */
    {"\xFF", "\xFF ", true},
    {"", "  ", true},
    {"Sam", "Samuel", false},
    {"Sam", "", false},
    {"Sam Brown", "SamBrown", false},
    {"\xC3\x97", "\xC3\xB7", false}, /* multiplication and division */
    {"\xC3\xB6", "o", false},
};

START_TEST(test_text__person_row_is_told) {
  const char *a = person_rows[_i].a, *b = person_rows[_i].b;
  ck_assert_msg(pal_same_person(a, b) == person_rows[_i].same, "\"%s\" and \"%s\"", a, b);
  ck_assert_msg(pal_same_person(b, a) == person_rows[_i].same, "\"%s\" and \"%s\"", b, a);
}
END_TEST

Suite *make_base_text_suite(void);
Suite *make_base_text_suite(void) {
  Suite *suite = suite_create("base/text");
  TCase *tcase = tcase_create("text");
  tcase_set_timeout(tcase, 60);
  tcase_add_checked_fixture(tcase, set_up, tear_down);
  tcase_add_loop_test(tcase, test_text__utf8_row_is_valid_or_cleaned, 0, UNIT_N(utf8_rows));
  tcase_add_test(tcase, test_text__same_word_ignores_ascii_case_only);
  tcase_add_loop_test(tcase, test_text__person_row_is_told, 0, UNIT_N(person_rows));
  tcase_add_test(tcase, test_text__every_code_point_survives_a_round_trip);
  tcase_add_test(tcase, test_text__no_code_point_is_encoded_as_replacement);
  tcase_add_loop_test(tcase, test_text__hostile_range_is_exact, 0, UNIT_N(hostile_rows));
  tcase_add_loop_test(tcase, test_text__terminal_row_is_escaped, 0, UNIT_N(term_rows));
  tcase_add_loop_test(tcase, test_text__width_row_matches, 0, UNIT_N(width_rows));
  suite_add_tcase(suite, tcase);
  return suite;
}
