/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

static struct pal_json_doc *doc;
static struct pal_err err;
static struct pal_buf text;

static void set_up(void) {
  doc = NULL;
  memset(&err, 0, sizeof err);
  pal_buf_init(&text, PAL_JSON_MAX_BYTES);
}

static void tear_down(void) {
  pal_json_doc_free(doc);
  pal_buf_deinit(&text);
}

/* A heap copy without a NUL after it, so that a read beyond the end is seen. */
static enum pal_code parse_bytes(const char *bytes, size_t len, unsigned flags) {
  char *copy = malloc(len ? len : 1);
  ck_assert_ptr_nonnull(copy);
  memcpy(copy, bytes, len);
  enum pal_code code = pal_json_parse(copy, len, "test", flags, 0, &doc, &err);
  free(copy);
  return code;
}

static enum pal_code parse(const char *bytes) {
  return parse_bytes(bytes, strlen(bytes), 0);
}

static const pal_json *parsed(const char *bytes) {
  unit_ok(parse(bytes), &err);
  return pal_json_root(doc);
}

/* --- accepted texts, as their compact form --- */

#define BYTES(s) s, sizeof(s) - 1
#define FFFD "\xEF\xBF\xBD"

static const struct {
  const char *name;
  const char *text;
  size_t len;
  const char *compact;
} good_rows[] = {
    {"null", BYTES("null"), "null"},
    {"true", BYTES("true"), "true"},
    {"false", BYTES(" false\n"), "false"},
    {"zero", BYTES("0"), "0"},
    {"minus zero", BYTES("-0"), "0"},
    {"largest", BYTES("9223372036854775807"), "9223372036854775807"},
    {"smallest", BYTES("-9223372036854775808"), "-9223372036854775808"},
    {"empty array", BYTES("[ ]"), "[]"},
    {"empty object", BYTES("{\r\n\t}"), "{}"},
    {"empty string", BYTES("\"\""), "\"\""},
    {"empty key", BYTES("{\"\":1}"), "{\"\":1}"},
    {"nested", BYTES("[[],[[]],{\"a\":[{}]}]"), "[[],[[]],{\"a\":[{}]}]"},
    {"sorted by bytes", BYTES("{\"b\":1,\"a\":2,\"C\":3,\"\xC3\xA9\":4}"), "{\"C\":3,\"a\":2,\"b\":1,\"\xC3\xA9\":4}"},
    {"every escape", BYTES("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20AC\""),
     "\"\\\"\\\\/\\u0008\\u000c\\u000a\\u000d\\u0009A\xC3\xA9\xE2\x82\xAC\""},
    {"surrogate pair", BYTES("\"\\uD83D\\ude00\""), "\"\xF0\x9F\x98\x80\""},
    {"last code point", BYTES("\"\\uDBFF\\uDFFF\""), "\"\xF4\x8F\xBF\xBF\""},
    {"escaped in key", BYTES("{\"\\u0061\":1}"), "{\"a\":1}"},
    {"raw delete", BYTES("\"\x7F\""), "\"\\u007f\""},
    {"byte order mark", BYTES("\xEF\xBB\xBF{}"), "{}"},
    {"byte order mark inside", BYTES("\"\xEF\xBB\xBF\""), "\"\\ufeff\""},
    {"invalid byte", BYTES("\"a\xFFz\""), "\"a" FFFD "z\""},
    {"truncated before quote", BYTES("\"\xE2\x82\""), "\"" FFFD "\""},
    {"truncated before escape", BYTES("\"\xF0\x9F\\n\""), "\"" FFFD "\\u000a\""},
    {"surrogate bytes", BYTES("\"\xED\xA0\x80\""), "\"" FFFD FFFD FFFD "\""},
    {"keys unlike beyond ascii", BYTES("{\"\xC3\xA9\":1,\"\xC3\x89\":2}"), "{\"\xC3\x89\":2,\"\xC3\xA9\":1}"},
    {"same key in siblings", BYTES("[{\"a\":1},{\"a\":1}]"), "[{\"a\":1},{\"a\":1}]"},
    {"key that begins another", BYTES("{\"a\":1,\"ab\":2}"), "{\"a\":1,\"ab\":2}"},
};

START_TEST(test_json__good_row_has_its_compact_form) {
  const char *name = good_rows[_i].name;
  enum pal_code code = parse_bytes(good_rows[_i].text, good_rows[_i].len, 0);
  ck_assert_msg(code == PAL_OK, "%s: %s", name, err.text);
  unit_ok(pal_json_compact(doc, pal_json_root(doc), &text, &err), &err);
  ck_assert_msg(strcmp(text.data, good_rows[_i].compact) == 0, "%s: %s", name, text.data);
}
END_TEST

/* --- refused texts, with a part of the error --- */

static const struct {
  const char *name;
  const char *text;
  size_t len;
  const char *part;
} bad_rows[] = {
    {"empty", BYTES(""), "test:1:1: at $: the text ends where a value"},
    {"blank", BYTES(" \n "), "test:2:2: at $: the text ends"},
    {"only a mark", BYTES("\xEF\xBB\xBF"), "test:1:1: at $: the text ends"},
    {"two marks", BYTES("\xEF\xBB\xBF\xEF\xBB\xBF{}"), "byte 0xef where a value"},
    {"utf-16", BYTES("\xFF\xFE{\0}\0"), "byte 0xff where a value"},
    {"nul", BYTES("\0"), "byte 0x00 where a value"},
    {"nul after", BYTES("{}\0"), "test:1:3: at $: byte 0x00 where the end"},
    {"nul in array", BYTES("[1\0]"), "byte 0x00 where ','"},
    {"nul in string", BYTES("\"a\0b\""), "test:1:3: at $: a raw control character 0x00"},
    {"nul in number", BYTES("1\0002"), "byte 0x00 where the end"},
    {"trailing word", BYTES("{} x"), "test:1:4: at $: 'x' where the end"},
    {"two documents", BYTES("{}{}"), "'{' where the end"},
    {"trailing comma", BYTES("[1,]"), "test:1:4: at $[1]: ']' where a value"},
    {"leading comma", BYTES("[,1]"), "at $[0]: ',' where a value"},
    {"trailing comma in object", BYTES("{\"a\":1,}"), "'}' where a key"},
    {"missing comma", BYTES("[1 2]"), "'2' where ',' or ']'"},
    {"missing colon", BYTES("{\"a\" 1}"), "at $.a: '1' where ':'"},
    {"missing value", BYTES("{\"a\":}"), "at $.a: '}' where a value"},
    {"unquoted key", BYTES("{a:1}"), "'a' where a key"},
    {"number as key", BYTES("{1:1}"), "'1' where a key"},
    {"single quotes", BYTES("{'a':1}"), "''' where a key"},
    {"wrong closer", BYTES("[1}"), "'}' where ',' or ']'"},
    {"open array", BYTES("[1"), "the text ends where ',' or ']'"},
    {"open object", BYTES("{\"a\":1"), "the text ends where ',' or '}'"},
    {"open string", BYTES("[\"abc"), "test:1:2: at $[0]: a string without end"},
    {"open escape", BYTES("\"\\"), "a backslash that begins no escape"},
    {"open key", BYTES("{\"a"), "a string without end"},
    {"cut word", BYTES("nul"), "'n' where a value"},
    {"wrong case", BYTES("True"), "'T' where a value"},
    {"longer word", BYTES("nullx"), "'x' where the end"},
    {"nan", BYTES("NaN"), "'N' where a value"},
    {"infinity", BYTES("-Infinity"), "'I' where a digit"},
    {"plus", BYTES("+1"), "'+' where a value"},
    {"leading zero", BYTES("01"), "leading zeros"},
    {"minus leading zero", BYTES("-01"), "leading zeros"},
    {"no digits before point", BYTES(".5"), "'.' where a value"},
    {"no digits after point", BYTES("1."), "the text ends where a digit"},
    {"no exponent", BYTES("1e+"), "the text ends where a digit"},
    {"hexadecimal", BYTES("0x10"), "'x' where the end"},
    {"raw line feed", BYTES("\"a\nb\""), "a raw control character 0x0a"},
    {"raw tab", BYTES("\"\t\""), "a raw control character 0x09"},
    {"unknown escape", BYTES("\"\\x41\""), "a backslash that begins no escape"},
    {"escaped nul byte", BYTES("\"\\\0\""), "a backslash that begins no escape"},
    {"short unicode", BYTES("\"\\u12\""), "without four hexadecimal digits"},
    {"unicode at the end", BYTES("\"\\u12"), "without four hexadecimal digits"},
    {"unicode with sign", BYTES("\"\\u+123\""), "without four hexadecimal digits"},
    {"escaped nul", BYTES("\"\\u0000\""), "\\u0000 is not allowed"},
    {"escaped nul in key", BYTES("{\"a\\u0000b\":1}"), "\\u0000 is not allowed"},
    {"high alone", BYTES("\"\\ud83d\""), "without its other half"},
    {"high then letter", BYTES("\"\\ud83dx\""), "without its other half"},
    {"high then escape", BYTES("\"\\ud83d\\n\""), "without its other half"},
    {"high twice", BYTES("\"\\ud83d\\ud83d\""), "without its other half"},
    {"high at the end", BYTES("\"\\ud83d"), "without its other half"},
    {"high then cut", BYTES("\"\\ud83d\\u"), "without its other half"},
    {"low alone", BYTES("\"\\ude00\""), "without its other half"},
    {"duplicate", BYTES("{\"a\":1,\n \"b\":2, \"a\":3}"), "test:2:13: at $.a: the key stands in its object twice"},
    {"duplicate by escape", BYTES("{\"a\":1,\"\\u0061\":3}"), "twice"},
    {"duplicate by case", BYTES("{\"id\":1,\"x\":{},\"ID\":3}"), "at $.ID: the key differs from \"id\" only in upper"},
    {"duplicate empty", BYTES("{\"\":1,\"\":3}"), "at $[\"\"]: the key stands"},
    {"duplicate by replacement", BYTES("{\"\xFF\":1,\"\xFE\":3}"), "twice"},
    {"duplicate far inside", BYTES("{\"v\":[1,{\"a b\":{\"x\":1,\"x\":2}}]}"), "at $.v[1][\"a b\"].x: the key stands"},
    {"line comment", BYTES("// x\n{}"), "test:1:1: at $: a comment is not allowed here"},
    {"block comment", BYTES("[/* x */]"), "a comment is not allowed here"},
    {"slash", BYTES("/"), "'/' where JSON"},
    {"form feed", BYTES("\f1"), "byte 0x0c where a value"},
    {"no-break space",
     BYTES("\xC2\xA0"
           "1"),
     "byte 0xc2 where a value"},
};

START_TEST(test_json__bad_row_is_refused_with_its_place) {
  const char *name = bad_rows[_i].name;
  enum pal_code code = parse_bytes(bad_rows[_i].text, bad_rows[_i].len, 0);
  ck_assert_msg(code == PAL_E_INPUT, "%s: %s", name, pal_code_name(code));
  ck_assert_ptr_null(doc);
  ck_assert_msg(strstr(err.text, bad_rows[_i].part) != NULL, "%s: %s", name, err.text);
}
END_TEST

START_TEST(test_json__every_prefix_of_a_document_is_refused) {
  static const char whole[] =
      "{\"a\\u00e9\\uD83D\\uDE00\":[1,-2.5e+10,true,false,null,\"\xF0\x9F\x98\x80\\n\"],\"b\":{}}";
  for (size_t len = 0; len < sizeof whole - 1; len++) {
    enum pal_code code = parse_bytes(whole, len, 0);
    ck_assert_msg(code == PAL_E_INPUT, "%zu bytes", len);
  }
  unit_ok(parse(whole), &err);
}
END_TEST

START_TEST(test_json__any_changed_byte_is_handled) {
  static const char whole[] = "{\"a\":[1,-2.5e3,true,\"\\u0041\\n\"],\"b\":{\"c\":null}}";
  char changed[sizeof whole];
  for (size_t at = 0; at < sizeof whole - 1; at++)
    for (unsigned c = 0; c < 256; c++) {
      memcpy(changed, whole, sizeof whole);
      changed[at] = (char)c;
      enum pal_code code = parse_bytes(changed, sizeof whole - 1, (unsigned)(c & 3));
      ck_assert(code == PAL_OK || code == PAL_E_INPUT);
      pal_json_doc_free(doc);
      doc = NULL;
    }
}
END_TEST

/* --- flags and maxima --- */

START_TEST(test_json__comments_are_skipped_where_allowed) {
  static const char good[] = "// first\n{/**/\"a\"/* / * // */:// x\r\n1,/***/\"b\":2}//last";
  unit_ok(parse_bytes(BYTES(good), PAL_JSON_COMMENTS), &err);
  unit_ok(pal_json_compact(doc, pal_json_root(doc), &text, &err), &err);
  ck_assert_str_eq(text.data, "{\"a\":1,\"b\":2}");
  struct pal_json_doc *first = doc;
  unit_fails(parse_bytes(BYTES("{} /* x *"), PAL_JSON_COMMENTS), PAL_E_INPUT, "test:1:4: at $: a comment without end",
             &err);
  unit_fails(parse_bytes(BYTES("/*/ 1"), PAL_JSON_COMMENTS), PAL_E_INPUT, "without end", &err);
  unit_fails(parse_bytes(BYTES("1 /"), PAL_JSON_COMMENTS), PAL_E_INPUT, "'/' where JSON", &err);
  ck_assert_ptr_eq(doc, first);
}
END_TEST

static const pal_json *parsed_anew(const char *bytes) {
  pal_json_doc_free(doc);
  doc = NULL;
  return parsed(bytes);
}

/* The strings of a document stand in room that is measured before they are read: here it is used up. */
START_TEST(test_json__strings_that_take_all_their_room) {
  ck_assert_str_eq(pal_json_number(parsed_anew("7")), "7");
  ck_assert_str_eq(pal_json_number(pal_json_first(parsed_anew("[1,2,-3]"))), "1");
  ck_assert_str_eq(pal_json_text(parsed_anew("\"\xFF\xFE\xFF\"")), FFFD FFFD FFFD);
  const pal_json *root = parsed_anew("{\"\xFF\":\"\xFE\",\"\":{\"a\":0},\"x\xF0\x9F\":[\"\",\"\"]}");
  const pal_json *first = pal_json_first(root);
  ck_assert_str_eq(pal_json_key(first), FFFD);
  ck_assert_str_eq(pal_json_text(first), FFFD);
  ck_assert_str_eq(pal_json_key(pal_json_next(first)), "");
  ck_assert_str_eq(pal_json_number(pal_json_path(root, "", "a", (char *)NULL)), "0");
}
END_TEST

START_TEST(test_json__invalid_utf8_is_counted_or_refused) {
  static const char bad[] = "{\"a\":\"ok\xC3\xA9\xFF\xFF\", \"\xC3\":\"\xE2\x82\"}";
  unit_ok(parse_bytes(BYTES(bad), 0), &err);
  ck_assert_uint_eq(pal_json_replaced(doc), 4);
  pal_json_doc_free(doc);
  doc = NULL;
  unit_fails(parse_bytes(BYTES(bad), PAL_JSON_STRICT_UTF8), PAL_E_INPUT, "test:1:11: at $.a: invalid UTF-8", &err);
  unit_ok(parse_bytes(BYTES("\"\xC3\xA9\""), PAL_JSON_STRICT_UTF8), &err);
  ck_assert_uint_eq(pal_json_replaced(doc), 0);
}
END_TEST

START_TEST(test_json__bytes_at_the_maximum_fit_one_more_does_not) {
  unit_ok(pal_json_parse("[1]", 3, "test", 0, 3, &doc, &err), &err);
  pal_json_doc_free(doc);
  doc = NULL;
  unit_fails(pal_json_parse("[1]", 3, "test", 0, 2, &doc, &err), PAL_E_INPUT,
             "test: 3 bytes are more than the maximum of 2", &err);
  unit_fails(pal_json_parse("", (size_t)PAL_JSON_MAX_BYTES + 1, "test", 0, 0, &doc, &err), PAL_E_INPUT,
             "more than the maximum", &err);
  unit_fails(pal_json_parse("", (size_t)PAL_JSON_MAX_BYTES + 1, "test", 0, SIZE_MAX, &doc, &err), PAL_E_INPUT,
             "more than the maximum", &err);
}
END_TEST

static void add_times(const char *part, size_t n) {
  for (size_t i = 0; i < n; i++)
    pal_buf_puts(&text, part);
}

START_TEST(test_json__depth_at_the_maximum_fits_one_more_does_not) {
  add_times("[", PAL_JSON_MAX_DEPTH);
  add_times("]", PAL_JSON_MAX_DEPTH);
  unit_ok(parse(text.data), &err);
  const pal_json *node = pal_json_root(doc);
  while (pal_json_first(node))
    node = pal_json_first(node);
  size_t line, column;
  char path[400];
  pal_json_locate(doc, node, &line, &column, path, sizeof path);
  ck_assert_uint_eq(column, PAL_JSON_MAX_DEPTH);
  ck_assert_uint_eq(strlen(path), 1 + 3 * (PAL_JSON_MAX_DEPTH - 1));
  struct pal_buf out;
  pal_buf_init(&out, 1000);
  unit_ok(pal_json_compact(doc, pal_json_root(doc), &out, &err), &err);
  ck_assert_str_eq(out.data, text.data);
  pal_buf_deinit(&out);

  struct pal_json_doc *first = doc;
  pal_buf_clear(&text);
  add_times("[", PAL_JSON_MAX_DEPTH + 1);
  add_times("]", PAL_JSON_MAX_DEPTH + 1);
  unit_fails(parse(text.data), PAL_E_INPUT, "test:1:65: ", &err);
  ck_assert_ptr_nonnull(strstr(err.text, "nested deeper than the maximum of 64"));
  ck_assert_ptr_eq(doc, first);
}
END_TEST

static const struct {
  const char *name, *part;
} deep_rows[] = {{"arrays", "["}, {"objects", "{\"a\":"}, {"mixed", "[{\"a\":"}, {"spaced", " [ "}};

START_TEST(test_json__hostile_depth_is_refused) {
  add_times(deep_rows[_i].part, 100000);
  unit_fails(parse(text.data), PAL_E_INPUT, "nested deeper than the maximum", &err);
}
END_TEST

START_TEST(test_json__many_alike_keys_are_checked_quickly) {
  pal_buf_putc(&text, '{');
  for (int i = 0; i < 100000; i++)
    pal_buf_printf(&text, "\"a-long-common-prefix-of-keys-%07d\":%d,", (i * 7919) % 100000, i);
  size_t len = text.len;
  pal_buf_puts(&text, "\"z\":0}");
  const pal_json *root = parsed(text.data);
  ck_assert_uint_eq(pal_json_count(root), 100001);
  struct pal_json_doc *first = doc;
  text.len = len;
  pal_buf_puts(&text, "\"A-LONG-COMMON-PREFIX-OF-KEYS-0000000\":0}");
  unit_fails(parse(text.data), PAL_E_INPUT, "differs from \"a-long-common-prefix-of-keys-0000000\"", &err);
  ck_assert_ptr_eq(doc, first);
}
END_TEST

START_TEST(test_json__long_arrays_are_appended_quickly) {
  pal_buf_putc(&text, '[');
  add_times("0,", 1000000);
  pal_buf_puts(&text, "7]");
  const pal_json *root = parsed(text.data);
  ck_assert_uint_eq(pal_json_count(root), 1000001);
  pal_buf_puts(&text, "x");
  struct pal_json_doc *first = doc;
  unit_fails(parse(text.data), PAL_E_INPUT, "where the end", &err);
  doc = first;
}
END_TEST

START_TEST(test_json__tokens_beyond_the_maximum_are_refused) {
  if (!getenv("PALSCAN_TEST_HUGE"))
    return; /* takes most of a gigabyte */
  pal_buf_putc(&text, '[');
  add_times("[],", PAL_JSON_MAX_TOKENS);
  pal_buf_puts(&text, "1]");
  unit_fails(parse(text.data), PAL_E_INPUT, "more than the maximum of 8000000 values and keys", &err);
}
END_TEST

START_TEST(test_json__huge_number_is_kept_as_text_and_is_no_integer) {
  add_times("9", 100000);
  const pal_json *root = parsed(text.data);
  int64_t value = 5;
  ck_assert(!pal_json_int(root, &value));
  ck_assert_int_eq(value, 5);
  ck_assert_str_eq(pal_json_number(root), text.data);
  struct pal_buf out;
  pal_buf_init(&out, 1000);
  unit_fails(pal_json_compact(doc, root, &out, &err), PAL_E_INPUT, "whole number of 64 bits", &err);
  pal_buf_deinit(&out);
}
END_TEST

static const struct {
  const char *text;
  bool good;
  int64_t value;
} int_rows[] = {
    {"0", true, 0},
    {"-0", true, 0},
    {"7", true, 7},
    {"-7", true, -7},
    {"9007199254740993", true, 9007199254740993},
    {"9223372036854775807", true, INT64_MAX},
    {"-9223372036854775808", true, INT64_MIN},
    {"9223372036854775808", false, 0},
    {"-9223372036854775809", false, 0},
    {"99999999999999999999", false, 0},
    {"1.0", false, 0},
    {"1e3", false, 0},
    {"1E3", false, 0},
    {"\"1\"", false, 0},
    {"null", false, 0},
    {"true", false, 0},
    {"[1]", false, 0},
};

START_TEST(test_json__int_row_is_read_from_its_text) {
  int64_t value = 42;
  bool good = pal_json_int(parsed(int_rows[_i].text), &value);
  ck_assert_msg(good == int_rows[_i].good, "%s", int_rows[_i].text);
  ck_assert_msg(value == (good ? int_rows[_i].value : 42), "%s", int_rows[_i].text);
}
END_TEST

/* --- access --- */

START_TEST(test_json__access_by_key_is_case_sensitive_and_typed) {
  const pal_json *root =
      parsed("{\"n\":null,\"t\":true,\"f\":false,\"s\":\"x\",\"i\":-5,\"a\":[1,2],\"o\":{\"p\":{\"q\":\"z\"}}}");
  ck_assert_ptr_null(pal_json_get(root, "T"));
  ck_assert(pal_json_true(pal_json_get(root, "t")));
  ck_assert(!pal_json_true(pal_json_get(root, "f")));
  ck_assert(!pal_json_true(pal_json_get(root, "s")));
  ck_assert(pal_json_is_null(pal_json_get(root, "n")));
  ck_assert(!pal_json_is_null(pal_json_get(root, "absent")));
  ck_assert_str_eq(pal_json_text(pal_json_get(root, "s")), "x");
  ck_assert_ptr_null(pal_json_text(pal_json_get(root, "i")));
  ck_assert_str_eq(pal_json_number(pal_json_get(root, "i")), "-5");
  ck_assert_ptr_null(pal_json_number(pal_json_get(root, "s")));
  ck_assert_str_eq(pal_json_text(pal_json_path(root, "o", "p", "q", (char *)NULL)), "z");
  ck_assert_ptr_null(pal_json_path(root, "o", "x", "q", (char *)NULL));
  ck_assert_ptr_null(pal_json_path(root, "s", "x", (char *)NULL));
  ck_assert_ptr_null(pal_json_get(pal_json_get(root, "a"), "x"));
  static const enum pal_json_type types[] = {PAL_JSON_NULL,   PAL_JSON_BOOL,  PAL_JSON_BOOL,  PAL_JSON_STRING,
                                             PAL_JSON_NUMBER, PAL_JSON_ARRAY, PAL_JSON_OBJECT};
  size_t i = 0;
  for (const pal_json *item = pal_json_first(root); item; item = pal_json_next(item))
    ck_assert_int_eq(pal_json_type(item), types[i++]);
  ck_assert_uint_eq(i, pal_json_count(root));
  ck_assert_str_eq(pal_json_type_name(PAL_JSON_OBJECT), "object");
  ck_assert_str_eq(pal_json_key(pal_json_first(root)), "n");
  ck_assert_ptr_null(pal_json_key(root));
}
END_TEST

START_TEST(test_json__no_node_is_tolerated) {
  ck_assert_ptr_null(pal_json_get(NULL, "x"));
  ck_assert_ptr_null(pal_json_path(NULL, "x", (char *)NULL));
  ck_assert_ptr_null(pal_json_first(NULL));
  ck_assert_ptr_null(pal_json_next(NULL));
  ck_assert_ptr_null(pal_json_key(NULL));
  ck_assert_ptr_null(pal_json_text(NULL));
  ck_assert_ptr_null(pal_json_number(NULL));
  ck_assert(!pal_json_is_null(NULL));
  ck_assert(!pal_json_true(NULL));
  ck_assert_uint_eq(pal_json_count(NULL), 0);
  pal_json_doc_free(NULL);
}
END_TEST

START_TEST(test_json__failure_about_a_node_names_line_column_and_path) {
  const pal_json *root =
      parsed("\xEF\xBB\xBF{\n  \"value\": [\n    {\"@odata.id\": 1},\n    {\"b c\": [7, 8]}\n  ]\n}");
  const pal_json *items = pal_json_get(root, "value");
  const pal_json *odata = pal_json_get(pal_json_first(items), "@odata.id");
  (void)pal_json_fail(doc, odata, &err, "not %s", "good");
  ck_assert_str_eq(err.text, "test:3:19: at $.value[0][\"@odata.id\"]: not good");
  const pal_json *eight = pal_json_next(pal_json_first(pal_json_get(pal_json_next(pal_json_first(items)), "b c")));
  ck_assert_int_eq(pal_json_fail(doc, eight, &err, "eight"), PAL_E_INPUT);
  ck_assert_str_eq(err.text, "test:4:17: at $.value[1][\"b c\"][1]: eight");
  (void)pal_json_fail(doc, root, &err, "root");
  ck_assert_str_eq(err.text, "test:1:1: at $: root");
  (void)pal_json_fail(doc, NULL, &err, "nothing");
  ck_assert_str_eq(err.text, "test: nothing");
}
END_TEST

START_TEST(test_json__long_path_is_cut_between_segments) {
  const pal_json *root = parsed("{\"abcdef\":{\"ghijkl\":{\"m\":1}}}");
  const pal_json *node = pal_json_path(root, "abcdef", "ghijkl", "m", (char *)NULL);
  size_t line, column;
  char path[20];
  pal_json_locate(doc, node, &line, &column, path, 18);
  ck_assert_str_eq(path, "$.abcdef\xE2\x80\xA6");
  pal_json_locate(doc, node, &line, &column, path, 20);
  ck_assert_str_eq(path, "$.abcdef.ghijkl\xE2\x80\xA6");
  pal_json_locate(doc, node, &line, &column, path, 2);
  ck_assert_str_eq(path, "");
  pal_json_locate(doc, node, &line, &column, NULL, 0);
  ck_assert_uint_eq(line, 1);
}
END_TEST

static void add_access_cases(Suite *suite) {
  TCase *tcase = tcase_create("access");
  tcase_add_checked_fixture(tcase, set_up, tear_down);
  tcase_add_loop_test(tcase, test_json__int_row_is_read_from_its_text, 0, UNIT_N(int_rows));
  tcase_add_test(tcase, test_json__access_by_key_is_case_sensitive_and_typed);
  tcase_add_test(tcase, test_json__no_node_is_tolerated);
  tcase_add_test(tcase, test_json__failure_about_a_node_names_line_column_and_path);
  tcase_add_test(tcase, test_json__long_path_is_cut_between_segments);
  suite_add_tcase(suite, tcase);
}

static void add_limit_cases(Suite *suite) {
  TCase *tcase = tcase_create("limits");
  tcase_set_timeout(tcase, 120);
  tcase_add_checked_fixture(tcase, set_up, tear_down);
  tcase_add_test(tcase, test_json__bytes_at_the_maximum_fit_one_more_does_not);
  tcase_add_test(tcase, test_json__depth_at_the_maximum_fits_one_more_does_not);
  tcase_add_loop_test(tcase, test_json__hostile_depth_is_refused, 0, UNIT_N(deep_rows));
  tcase_add_test(tcase, test_json__many_alike_keys_are_checked_quickly);
  tcase_add_test(tcase, test_json__long_arrays_are_appended_quickly);
  tcase_add_test(tcase, test_json__tokens_beyond_the_maximum_are_refused);
  tcase_add_test(tcase, test_json__huge_number_is_kept_as_text_and_is_no_integer);
  suite_add_tcase(suite, tcase);
}

Suite *make_base_json_suite(void);
Suite *make_base_json_suite(void) {
  Suite *suite = suite_create("base/json");
  TCase *tcase = tcase_create("parse");
  tcase_set_timeout(tcase, 60);
  tcase_add_checked_fixture(tcase, set_up, tear_down);
  tcase_add_loop_test(tcase, test_json__good_row_has_its_compact_form, 0, UNIT_N(good_rows));
  tcase_add_loop_test(tcase, test_json__bad_row_is_refused_with_its_place, 0, UNIT_N(bad_rows));
  tcase_add_test(tcase, test_json__every_prefix_of_a_document_is_refused);
  tcase_add_test(tcase, test_json__any_changed_byte_is_handled);
  tcase_add_test(tcase, test_json__comments_are_skipped_where_allowed);
  tcase_add_test(tcase, test_json__strings_that_take_all_their_room);
  tcase_add_test(tcase, test_json__invalid_utf8_is_counted_or_refused);
  suite_add_tcase(suite, tcase);
  add_limit_cases(suite);
  add_access_cases(suite);
  return suite;
}
