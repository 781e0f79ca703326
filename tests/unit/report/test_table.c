/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "golden.h"
#include "pal_report.h"
#include "unit.h"

static const char *const header[] = {"tenant", "name", "links", "note"};
static const char *const row_1[] = {"11111111-1111-4111-8111-111111111111", "Fabrikam AG", "7", NULL};
static const char *const row_2[] = {"55555555-5555-4555-8555-555555555555",
                                    "\xE6\xA0\xAA\xE5\xBC\x8F\xE4\xBC\x9A\xE7\xA4\xBE", "1200", "=1+1"};
static const char *const row_3[] = {"22222222-2222-4222-8222-222222222222",
                                    "Ev\x1b[Jil, a name that goes on and on and on", "", "a note, with a comma"};
static const char *const *const rows[] = {row_1, row_2, row_3};

static void print(struct golden *golden, const char *format, int width, bool color, const char *const *head, size_t n) {
  struct pal_style style = {.color = color, .width = width};
  struct pal_err err = {0};
  golden_open(golden);
  unit_ok(pal_table_print(format, &style, head, rows, NULL, 4, n, golden->file, &err), &err);
  (void)golden_text(golden);
}

static const struct {
  const char *golden, *format;
  int width;
  bool color, headed;
} outputs[] = {
    {"table.txt", "text", 0, false, true},
    {"table-40.txt", "text", 40, false, true},
    {"table-20.txt", "text", 20, false, true},
    {"table-80.txt", "text", 80, false, true},
    {"table-color.txt", "text", 80, true, true},
    {"table-plain.txt", "text", 80, false, false},
    {"table.json", "json", 80, true, true},
    {"table-plain.json", "json", 0, false, false},
    {"table.csv", "csv", 0, false, true},
    {"table.md", "markdown", 80, true, true},
    {"table-plain.md", "markdown", 0, false, false},
};

START_TEST(test_table__output_is_as_seen) {
  struct golden golden;
  print(&golden, outputs[_i].format, outputs[_i].width, outputs[_i].color, outputs[_i].headed ? header : NULL, 3);
  golden_compare(outputs[_i].golden, golden.text, golden.len);
  golden_free(&golden);
}
END_TEST

START_TEST(test_table__without_rows) {
  struct golden golden;
  print(&golden, "text", 80, false, header, 0);
  ck_assert_str_eq(golden.text, "tenant  name  links  note\n");
  golden_free(&golden);
  print(&golden, "json", 80, false, header, 0);
  ck_assert_str_eq(golden.text, "[]\n");
  golden_free(&golden);
}
END_TEST

START_TEST(test_table__numbers_are_bare_in_json_alone) {
  static const char *const names[] = {"a", "b"};
  static const char *const cells[] = {"7", "7"}, *const empty[] = {NULL, NULL};
  static const char *const *const both[] = {cells, empty};
  static const bool first[] = {true, false};
  static const bool *const numbers[] = {first, first};
  struct golden golden;
  struct pal_err err = {0};
  golden_open(&golden);
  unit_ok(pal_table_print("json", NULL, names, both, numbers, 2, 2, golden.file, &err), &err);
  ck_assert_str_eq(golden_text(&golden), "[\n  {\"a\":7,\"b\":\"7\"},\n  {\"a\":null,\"b\":null}\n]\n");
  golden_free(&golden);
  golden_open(&golden);
  unit_ok(pal_table_print("csv", NULL, names, both, numbers, 2, 1, golden.file, &err), &err);
  ck_assert_str_eq(golden_text(&golden), "a,b\r\n7,7\r\n");
  golden_free(&golden);
}
END_TEST

/* Whatever the width, whoever reads can use what stands there. */
START_TEST(test_table__no_width_cuts_an_id_a_date_or_a_path) {
  static const char *const whole[] = {"11111111-1111-4111-8111-111111111111", "2026-11-20T02:00:00Z", "2000001",
                                      "/providers/microsoft.management/managementgroups/root"};
  const char *const *const one[] = {whole};
  static const char *const heads[] = {"tenant", "last verified", "partner", "scope"};
  for (int width = 40; width < 160; width++) {
    struct golden golden;
    struct pal_style style = {.width = width};
    struct pal_err err = {0};
    golden_open(&golden);
    unit_ok(pal_table_print("text", &style, heads, one, NULL, 4, 1, golden.file, &err), &err);
    (void)golden_text(&golden);
    for (size_t i = 0; i < 4; i++) {
      ck_assert_msg(strstr(golden.text, heads[i]) != NULL, "no %s on %d columns", heads[i], width);
      if (i < 3)
        ck_assert_msg(strstr(golden.text, whole[i]) != NULL, "no %s on %d columns", whole[i], width);
    }
    ck_assert_msg(strstr(golden.text, "\xE2\x80\xA6") == NULL, "something is cut on %d columns", width);
    golden_free(&golden);
  }
}
END_TEST

START_TEST(test_table__an_unknown_format_is_refused) {
  struct pal_err err = {0};
  unit_fails(pal_table_print("xml", NULL, header, rows, NULL, 4, 3, stdout, &err), PAL_E_USAGE, "\"xml\"", &err);
}
END_TEST

Suite *make_report_table_suite(void);
Suite *make_report_table_suite(void) {
  Suite *suite = suite_create("report_table");
  TCase *tcase = tcase_create("table");
  tcase_add_loop_test(tcase, test_table__output_is_as_seen, 0, UNIT_N(outputs));
  tcase_add_test(tcase, test_table__without_rows);
  tcase_add_test(tcase, test_table__numbers_are_bare_in_json_alone);
  tcase_add_test(tcase, test_table__no_width_cuts_an_id_a_date_or_a_path);
  tcase_add_test(tcase, test_table__an_unknown_format_is_refused);
  suite_add_tcase(suite, tcase);
  return suite;
}
