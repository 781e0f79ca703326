/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_json.h"

#include <stdio.h>
#include <string.h>

#include "pal_text.h"
#include "unit.h"

static struct pal_buf out;
static struct pal_err err;

static void set_up(void) {
  memset(&err, 0, sizeof err);
  pal_buf_init(&out, 1 << 20);
}

static void tear_down(void) {
  pal_buf_deinit(&out);
}

static const struct {
  const char *name, *text, *escaped;
} escape_rows[] = {
    {"empty", "", "\"\""},
    {"plain", "a/b'<>&", "\"a/b'<>&\""},
    {"quotes", "\"\\", "\"\\\"\\\\\""},
    {"controls", "\x01\b\t\n\f\r\x1F", "\"\\u0001\\u0008\\u0009\\u000a\\u000c\\u000d\\u001f\""},
    {"delete and c1", "\x7F\xC2\x80\xC2\x9F\xC2\xA0", "\"\\u007f\\u0080\\u009f\xC2\xA0\""},
    {"soft hyphen", "\xC2\xAD", "\"\\u00ad\""},
    {"arabic letter mark", "\xD8\x9C", "\"\\u061c\""},
    {"zero width space", "\xE2\x80\x8B", "\"\\u200b\""},
    {"line separator", "\xE2\x80\xA8", "\"\\u2028\""},
    {"override", "\xE2\x80\xAE", "\"\\u202e\""},
    {"byte order mark", "\xEF\xBB\xBF", "\"\\ufeff\""},
    {"annotation", "\xEF\xBF\xB9", "\"\\ufff9\""},
    {"replacement", "\xEF\xBF\xBD", "\"\xEF\xBF\xBD\""},
    {"tag as a pair", "\xF3\xA0\x80\x80\xF3\xA0\xBF\xBF", "\"\\udb40\\udc00\\udb43\\udfff\""},
    {"emoji raw", "\xF0\x9F\x98\x80", "\"\xF0\x9F\x98\x80\""},
    {"broken contract", "a\xFFz", "\"a\xEF\xBF\xBDz\""},
};

START_TEST(test_json_write__escape_row_matches) {
  pal_json_escape(&out, escape_rows[_i].text);
  ck_assert_msg(strcmp(out.data, escape_rows[_i].escaped) == 0, "%s: %s", escape_rows[_i].name, out.data);
}
END_TEST

/* Reader and writer agree about every code point a text can hold. */
START_TEST(test_json_write__every_code_point_is_read_back) {
  for (uint32_t first = 1; first <= 0x10FFFF; first += 0x800) {
    struct pal_buf text;
    pal_buf_init(&text, 1 << 16);
    for (uint32_t code = first; code < first + 0x800 && code <= 0x10FFFF; code++)
      pal_utf8_encode(&text, code);
    pal_buf_clear(&out);
    pal_json_escape(&out, text.data);
    ck_assert(pal_utf8_valid(out.data, out.len));
    size_t raw = 0;
    for (size_t i = 0; i < out.len; i++)
      raw += (unsigned char)out.data[i] < 0x20;
    ck_assert_uint_eq(raw, 0);
    struct pal_json_doc *doc = NULL;
    unit_ok(pal_json_parse(out.data, out.len, "x", PAL_JSON_STRICT_UTF8, 0, &doc, &err), &err);
    ck_assert_str_eq(pal_json_text(pal_json_root(doc)), text.data);
    pal_json_doc_free(doc);
    pal_buf_deinit(&text);
  }
}
END_TEST

/* Whatever stands around it: runs of plain text are passed several bytes at a time. */
START_TEST(test_json_write__no_byte_is_missed_in_a_run) {
  enum { RUN = 19 };
  for (int c = 1; c < 0x80; c++) {
    char alone[] = {(char)c, '\0'};
    struct pal_buf one;
    pal_buf_init(&one, 64);
    pal_json_escape(&one, alone);
    for (size_t at = 0; at < RUN; at++) {
      char text[RUN + 1], expected[RUN + 16] = "\"", wrong[RUN + 3];
      memset(text, 'a', RUN);
      text[RUN] = '\0';
      text[at] = (char)c;
      memset(expected + 1, 'a', at);
      memcpy(expected + 1 + at, one.data + 1, one.len - 2);
      memset(expected + at + one.len - 1, 'a', RUN - 1 - at);
      strcpy(expected + RUN + one.len - 2, "\"");
      pal_buf_clear(&out);
      pal_json_escape(&out, text);
      ck_assert_str_eq(out.data, expected);
      struct pal_json_doc *doc = NULL;
      unit_ok(pal_json_parse(out.data, out.len, "x", 0, 0, &doc, &err), &err);
      ck_assert_str_eq(pal_json_text(pal_json_root(doc)), text);
      pal_json_doc_free(doc);
      (void)snprintf(wrong, sizeof wrong, "\"%s\"", text);
      enum pal_code code = pal_json_parse(wrong, strlen(wrong), "x", 0, 0, &doc, &err);
      ck_assert_int_eq(code, c < ' ' || c == '"' || c == '\\' ? PAL_E_INPUT : PAL_OK);
      if (code == PAL_OK)
        pal_json_doc_free(doc);
      memset(&err, 0, sizeof err);
    }
    pal_buf_deinit(&one);
  }
}
END_TEST

START_TEST(test_json_write__compact_is_a_fixed_point) {
  struct pal_json_doc *doc = NULL;
  static const char loose[] = "{\"c\":false, \"b\":-3, \"a\":[1,{\"y\":{},\"x\":null},\"\\n\"]}";
  unit_ok(pal_json_parse(loose, sizeof loose - 1, "x", 0, 0, &doc, &err), &err);
  unit_ok(pal_json_compact(doc, pal_json_root(doc), &out, &err), &err);
  ck_assert_str_eq(out.data, "{\"a\":[1,{\"x\":null,\"y\":{}},\"\\u000a\"],\"b\":-3,\"c\":false}");
  pal_json_doc_free(doc);
  unit_ok(pal_json_parse(out.data, out.len, "x", 0, 0, &doc, &err), &err);
  struct pal_buf again;
  pal_buf_init(&again, 1 << 20);
  unit_ok(pal_json_compact(doc, pal_json_root(doc), &again, &err), &err);
  ck_assert_str_eq(again.data, out.data);
  pal_buf_deinit(&again);
  pal_json_doc_free(doc);
}
END_TEST

START_TEST(test_json_write__fractions_and_small_buffers_are_errors) {
  struct pal_json_doc *doc = NULL;
  unit_ok(pal_json_parse("{\"a\":[1.5]}", 11, "x", 0, 0, &doc, &err), &err);
  unit_fails(pal_json_compact(doc, pal_json_root(doc), &out, &err), PAL_E_INPUT,
             "x:1:7: at $.a[0]: only a whole number", &err);
  pal_json_doc_free(doc);
  unit_ok(pal_json_parse("[1,2,3]", 7, "x", 0, 0, &doc, &err), &err);
  struct pal_buf small;
  pal_buf_init(&small, 3);
  unit_fails(pal_json_compact(doc, pal_json_root(doc), &small, &err), PAL_E_LIMIT, "maximum of 3", &err);
  pal_buf_deinit(&small);
  pal_json_doc_free(doc);
}
END_TEST

static const char *const names[] = {"tenant", "tenants", "identity", "collect", "scope", "id"};

static const struct {
  const char *word, *nearest;
} nearest_rows[] = {
    {"tenant", "tenant"},
    {"tennant", "tenant"},
    {"tenatns", "tenants"},
    {"Identity", "identity"},
    {"colect", "collect"},
    {"socpe", "scope"},
    {"IDENTTIY", "identity"},
    {"ID", "id"},
    {"x", NULL},
    {"", NULL},
    {"policies", NULL},
    {"subscription", NULL},
    {"qq", NULL},
    {"a-word-that-is-longer-than-any-name-palscan-will-ever-have-for-anything", NULL},
};

START_TEST(test_nearest__row_finds_the_name_meant) {
  const char *nearest = pal_nearest(nearest_rows[_i].word, names, sizeof names / sizeof names[0]);
  const char *expected = nearest_rows[_i].nearest;
  ck_assert_msg(expected ? nearest && strcmp(nearest, expected) == 0 : !nearest, "%s: %s", nearest_rows[_i].word,
                nearest ? nearest : "none");
}
END_TEST

START_TEST(test_nearest__no_names_is_none) {
  ck_assert_ptr_null(pal_nearest("a", NULL, 0));
}
END_TEST

Suite *make_base_json_write_suite(void);
Suite *make_base_json_write_suite(void) {
  Suite *suite = suite_create("base/json_write");
  TCase *tcase = tcase_create("json_write");
  tcase_set_timeout(tcase, 60);
  tcase_add_checked_fixture(tcase, set_up, tear_down);
  tcase_add_loop_test(tcase, test_json_write__escape_row_matches, 0, UNIT_N(escape_rows));
  tcase_add_test(tcase, test_json_write__every_code_point_is_read_back);
  tcase_add_test(tcase, test_json_write__no_byte_is_missed_in_a_run);
  tcase_add_test(tcase, test_json_write__compact_is_a_fixed_point);
  tcase_add_test(tcase, test_json_write__fractions_and_small_buffers_are_errors);
  tcase_add_loop_test(tcase, test_nearest__row_finds_the_name_meant, 0, UNIT_N(nearest_rows));
  tcase_add_test(tcase, test_nearest__no_names_is_none);
  suite_add_tcase(suite, tcase);
  return suite;
}
