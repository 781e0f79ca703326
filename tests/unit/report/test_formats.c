/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "estate.h"
#include "golden.h"
#include "pal_json.h"
#include "pal_text.h"
#include "report/model.h"
#include "unit.h"

static void print_findings(struct golden *golden, const struct pal_report *report, const char *format, int width,
                           bool color) {
  struct pal_style style = {.color = color, .width = width};
  struct pal_err err = {0};
  golden_open(golden);
  unit_ok(pal_format_find(format)->findings(report, &style, golden->file, &err), &err);
  (void)golden_text(golden);
}

static void print_changes(struct golden *golden, const struct pal_comparison *comparison, const char *format, int width,
                          bool color) {
  struct pal_style style = {.color = color, .width = width};
  struct pal_err err = {0};
  golden_open(golden);
  unit_ok(pal_format_find(format)->changes(comparison, &style, golden->file, &err), &err);
  (void)golden_text(golden);
}

/* --- as people have seen it --- */

static const struct {
  const char *name, *format, *suffix;
  int width;
  bool color;
} outputs[] = {
    {"pipe", "text", ".txt", 0, false},
    {"40", "text", "-40.txt", 40, false},
    {"80", "text", "-80.txt", 80, false},
    {"120", "text", "-120.txt", 120, false},
    {"color", "text", "-80-color.txt", 80, true},
    {"json", "json", ".json", 80, true},
    {"csv", "csv", ".csv", 80, true},
    {"markdown", "markdown", ".md", 80, true},
};

static const char *file_name(const char *stem, const char *suffix) {
  static char name[64];
  (void)snprintf(name, sizeof name, "%s%s", stem, suffix);
  return name;
}

START_TEST(test_findings__output_is_as_seen) {
  struct golden golden;
  struct pal_report report = estate_report();
  print_findings(&golden, &report, outputs[_i].format, outputs[_i].width, outputs[_i].color);
  golden_compare(file_name("findings", outputs[_i].suffix), golden.text, golden.len);
  golden_free(&golden);
}
END_TEST

START_TEST(test_changes__output_is_as_seen) {
  struct golden golden;
  struct pal_comparison comparison = estate_comparison();
  print_changes(&golden, &comparison, outputs[_i].format, outputs[_i].width, outputs[_i].color);
  golden_compare(file_name("changes", outputs[_i].suffix), golden.text, golden.len);
  golden_free(&golden);
}
END_TEST

static struct pal_report nothing_open(void) {
  return (struct pal_report){.commit = "",
                             .tree = "",
                             .started = ESTATE_STARTED,
                             .kind = "replay",
                             .rules = {.shipped = 24},
                             .completeness = {.expected = 3, .complete = 3}};
}

START_TEST(test_empty__output_is_as_seen) {
  struct golden golden;
  struct pal_report report = nothing_open();
  print_findings(&golden, &report, outputs[_i].format, outputs[_i].width, outputs[_i].color);
  golden_compare(file_name("empty", outputs[_i].suffix), golden.text, golden.len);
  golden_free(&golden);
}
END_TEST

START_TEST(test_quiet__one_line) {
  struct golden golden;
  struct pal_comparison comparison = estate_no_changes();
  print_changes(&golden, &comparison, "text", 0, false);
  ck_assert_str_eq(
      golden.text,
      "Nothing changed between 2026-11-19 02:00 UTC (0a1b2c3d4e5f) and 2026-11-20 02:00 UTC (3fa9c1d2e4b5) "
      "(2 runs between).\n");
  golden_free(&golden);
  print_changes(&golden, &comparison, "json", 0, false);
  golden_compare("quiet.json", golden.text, golden.len);
  golden_free(&golden);
}
END_TEST

/* --- what holds at every width --- */

static void check_lines(const char *text, size_t width, bool color) {
  for (const char *line = text; *line;) {
    size_t len = strcspn(line, "\n");
    ck_assert_msg(color || pal_term_width(line, len) <= width, "wider than %zu: %.*s", width, (int)len, line);
    ck_assert_msg(len == 0 || line[len - 1] != ' ', "blanks at the end: %.*s", (int)len, line);
    ck_assert_msg(line[len] == '\n', "the last line has no end");
    line += len + 1;
  }
}

/* No code point that a terminal would obey; ESC only as the start of our own colours. */
static void check_harmless(const char *text, size_t len, bool color) {
  for (size_t i = 0; i < len;) {
    uint32_t code = 0;
    size_t n = pal_utf8_decode(text + i, len - i, &code);
    ck_assert_msg(n > 0, "no UTF-8 at byte %zu", i);
    bool own = code == '\n' || (color && code == 0x1B && strspn(text + i + 1, "[0123456789;") > 1);
    ck_assert_msg(own || !pal_code_point_hostile(code), "U+%04X at byte %zu", (unsigned)code, i);
    i += n;
  }
}

static const int widths[] = {40, 41, 42, 45, 50, 57, 63, 64, 65, 72, 79, 80, 81, 99, 120, 160};

START_TEST(test_text__fits_and_is_harmless_at_every_width) {
  struct pal_report report = estate_report();
  struct pal_comparison comparison = estate_comparison();
  const int width = widths[_i / 2];
  const bool color = _i % 2 == 1;
  struct golden golden;
  print_findings(&golden, &report, "text", width, color);
  check_lines(golden.text, (size_t)width, color);
  check_harmless(golden.text, golden.len, color);
  golden_free(&golden);
  print_changes(&golden, &comparison, "text", width, color);
  check_lines(golden.text, (size_t)width, color);
  check_harmless(golden.text, golden.len, color);
  golden_free(&golden);
}
END_TEST

static void strip_colors(char *text) {
  char *to = text;
  for (const char *from = text; *from;) {
    if (*from == '\x1b')
      from += strcspn(from, "m") + 1;
    else
      *to++ = *from++;
  }
  *to = '\0';
}

START_TEST(test_text__colours_add_nothing_but_colours) {
  struct pal_report report = estate_report();
  struct golden plain, colored;
  print_findings(&plain, &report, "text", 80, false);
  print_findings(&colored, &report, "text", 80, true);
  strip_colors(colored.text);
  ck_assert_str_eq(colored.text, plain.text);
  golden_free(&plain);
  golden_free(&colored);
}
END_TEST

/* In a pipe every finding is one line with its customer's id, its subject's id and a date. */
START_TEST(test_text__in_a_pipe_a_finding_is_one_line) {
  struct pal_report report = estate_report();
  struct golden golden;
  print_findings(&golden, &report, "text", 0, false);
  for (size_t i = 0; i < report.findings_n; i++) {
    const struct pal_reported *reported = &report.findings[i];
    if (!report_counts(reported->finding))
      continue;
    const char *id = pal_get_text(pal_get_record(reported->finding, PAL_FINDING_SUBJECT), PAL_SUBJECT_ID);
    char since[24];
    bool found = false;
    (void)snprintf(since, sizeof since, "since %.10s", pal_get_text(reported->finding, PAL_FINDING_SINCE));
    for (const char *line = golden.text; *line && !found; line += strcspn(line, "\n") + 1) {
      char copy[4096];
      (void)snprintf(copy, sizeof copy, "%.*s", (int)strcspn(line, "\n"), line);
      found = strstr(copy, id) && strstr(copy, since) &&
              (strcmp(reported->tenant_id, "-") == 0 || strstr(copy, reported->tenant_id));
    }
    ck_assert_msg(found, "%s %s", pal_get_text(reported->finding, PAL_FINDING_POLICY), id);
  }
  golden_free(&golden);
}
END_TEST

/* --- machine formats --- */

static struct pal_json_doc *parse(const struct golden *golden) {
  struct pal_json_doc *doc = NULL;
  struct pal_err err = {0};
  unit_ok(pal_json_parse(golden->text, golden->len, "output", PAL_JSON_STRICT_UTF8, 0, &doc, &err), &err);
  return doc;
}

START_TEST(test_json__summary_counts_every_finding_once) {
  struct pal_report report = estate_report();
  struct golden golden;
  print_findings(&golden, &report, "json", 0, false);
  struct pal_json_doc *doc = parse(&golden);
  const pal_json *root = pal_json_root(doc);
  int64_t sum = 0, n = 0;
  for (const pal_json *node = pal_json_first(pal_json_get(root, "summary")); node; node = pal_json_next(node)) {
    ck_assert(pal_json_int(node, &n));
    sum += n;
  }
  ck_assert_uint_eq((size_t)sum, pal_json_count(pal_json_get(root, "findings")));
  for (const pal_json *node = pal_json_first(pal_json_get(root, "findings")); node; node = pal_json_next(node)) {
    ck_assert_ptr_nonnull(pal_json_text(pal_json_get(node, "since")));
    ck_assert_ptr_nonnull(pal_json_text(pal_json_get(node, "lastVerified")));
  }
  pal_json_doc_free(doc);
  golden_free(&golden);
}
END_TEST

START_TEST(test_json__names_come_back_as_they_were) {
  struct pal_report report = estate_report();
  struct golden golden;
  print_findings(&golden, &report, "json", 0, false);
  struct pal_json_doc *doc = parse(&golden);
  size_t i = 0;
  for (const pal_json *node = pal_json_first(pal_json_get(pal_json_root(doc), "findings")); node;
       node = pal_json_next(node), i++) {
    const char *name = pal_json_text(pal_json_get(node, "tenantName"));
    ck_assert_str_eq(pal_json_text(pal_json_get(node, "tenantId")), report.findings[i].tenant_id);
    ck_assert_str_eq(name ? name : "", report.findings[i].tenant_name ? report.findings[i].tenant_name : "");
    ck_assert_str_eq(pal_json_text(pal_json_get(node, "message")),
                     pal_get_text(report.findings[i].finding, PAL_FINDING_MESSAGE));
  }
  check_harmless(golden.text, golden.len, false);
  pal_json_doc_free(doc);
  golden_free(&golden);
}
END_TEST

START_TEST(test_formats__table_is_whole) {
  static const char *const names[] = {"text", "json", "csv", "markdown"};
  ck_assert_uint_eq(pal_formats_n, UNIT_N(names));
  for (size_t i = 0; i < pal_formats_n; i++) {
    ck_assert_ptr_eq(pal_format_find(names[i]), &pal_formats[i]);
    ck_assert(pal_formats[i].findings != NULL);
    ck_assert(pal_formats[i].changes != NULL);
    ck_assert_int_eq(pal_formats[i].machine, i > 0);
    ck_assert_uint_gt(strlen(pal_formats[i].summary), 0);
  }
  ck_assert_ptr_null(pal_format_find("xml"));
}
END_TEST

START_TEST(test_formats__a_full_disk_is_an_error) {
  struct pal_report report = estate_report();
  struct pal_comparison comparison = estate_comparison();
  for (size_t i = 0; i < pal_formats_n; i++) {
    FILE *full = fopen("/dev/full", "w");
    struct pal_style style = {.width = 80};
    struct pal_err err = {0};
    if (!full)
      return;
    (void)setvbuf(full, NULL, _IONBF, 0);
    unit_fails(pal_formats[i].findings(&report, &style, full, &err), PAL_E_IO, strerror(ENOSPC), &err);
    err = (struct pal_err){0};
    unit_fails(pal_formats[i].changes(&comparison, &style, full, &err), PAL_E_IO, strerror(ENOSPC), &err);
    (void)fclose(full);
  }
}
END_TEST

Suite *make_report_formats_suite(void);
Suite *make_report_formats_suite(void) {
  Suite *suite = suite_create("report_formats");
  TCase *tcase = tcase_create("formats");
  tcase_add_checked_fixture(tcase, estate_set_up, estate_tear_down);
  tcase_add_loop_test(tcase, test_findings__output_is_as_seen, 0, UNIT_N(outputs));
  tcase_add_loop_test(tcase, test_changes__output_is_as_seen, 0, UNIT_N(outputs));
  tcase_add_loop_test(tcase, test_empty__output_is_as_seen, 0, UNIT_N(outputs));
  tcase_add_test(tcase, test_quiet__one_line);
  tcase_add_loop_test(tcase, test_text__fits_and_is_harmless_at_every_width, 0, 2 * UNIT_N(widths));
  tcase_add_test(tcase, test_text__colours_add_nothing_but_colours);
  tcase_add_test(tcase, test_text__in_a_pipe_a_finding_is_one_line);
  tcase_add_test(tcase, test_json__summary_counts_every_finding_once);
  tcase_add_test(tcase, test_json__names_come_back_as_they_were);
  tcase_add_test(tcase, test_formats__table_is_whole);
  tcase_add_test(tcase, test_formats__a_full_disk_is_an_error);
  suite_add_tcase(suite, tcase);
  return suite;
}
