/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "estate.h"
#include "golden.h"
#include "pal_metrics.h"
#include "unit.h"

static const struct pal_metrics night = {.version = "1.2.3",
                                         .ended_s = 1795141800,
                                         .duration_ms = 61007,
                                         .exit_status = 3,
                                         .succeeded = true,
                                         .requests = 4711,
                                         .throttled = 12,
                                         .before = ""};

static void print(struct golden *golden, const struct pal_metrics *metrics) {
  struct pal_err err = {0};
  golden_open(golden);
  unit_ok(pal_metrics_print(metrics, golden->file, &err), &err);
  (void)golden_text(golden);
}

static void expect_line(const struct golden *golden, const char *line) {
  const char *at = strstr(golden->text, line);
  ck_assert_msg(at && (at == golden->text || at[-1] == '\n') && at[strlen(line)] == '\n', "no line \"%s\" in:\n%s",
                line, golden->text);
}

START_TEST(test_metrics__output_is_as_seen) {
  struct golden golden;
  struct pal_report report = estate_report();
  struct pal_metrics metrics = night;
  metrics.report = &report;
  print(&golden, &metrics);
  golden_compare("metrics.txt", golden.text, golden.len);
  golden_free(&golden);
}
END_TEST

START_TEST(test_metrics__nothing_a_tenant_chose_is_a_label) {
  struct golden golden;
  struct pal_report report = estate_report();
  struct pal_cause_count causes[] = {{.cause = "403 Planted\"} 1\nplanted", .n = 2},
                                     {.cause = "4031 x", .n = 3},
                                     {.cause = "418 teapot", .n = 4},
                                     {.cause = "503", .n = 5},
                                     {.cause = "AADSTS53003", .n = 6},
                                     {.cause = "time over", .n = 7},
                                     {.cause = "", .n = 8}};
  struct pal_metrics metrics = night;
  report.causes = causes;
  report.causes_n = sizeof causes / sizeof causes[0];
  metrics.report = &report;
  print(&golden, &metrics);
  ck_assert_ptr_null(strstr(golden.text, "lanted"));
  expect_line(&golden, "palscan_verdicts_unknown{cause=\"403\"} 2");
  expect_line(&golden, "palscan_verdicts_unknown{cause=\"4xx\"} 4");
  expect_line(&golden, "palscan_verdicts_unknown{cause=\"5xx\"} 5");
  expect_line(&golden, "palscan_verdicts_unknown{cause=\"sign-in\"} 6");
  expect_line(&golden, "palscan_verdicts_unknown{cause=\"time\"} 7");
  expect_line(&golden, "palscan_verdicts_unknown{cause=\"other\"} 11");
  golden_free(&golden);
}
END_TEST

START_TEST(test_metrics__failed_run_keeps_what_the_last_snapshot_said) {
  struct golden first, second;
  struct pal_report report = estate_report();
  struct pal_metrics metrics = night;
  metrics.report = &report;
  print(&first, &metrics);
  struct pal_metrics failed = {.version = "1.2.4",
                               .ended_s = night.ended_s + 86400,
                               .duration_ms = 5,
                               .exit_status = 1,
                               .requests = 9,
                               .before = first.text};
  print(&second, &failed);
  expect_line(&second, "palscan_last_run_timestamp_seconds 1795228200");
  expect_line(&second, "palscan_last_success_timestamp_seconds 1795141800");
  expect_line(&second, "palscan_last_run_exit_status 1");
  expect_line(&second, "palscan_last_run_duration_seconds 0.005");
  expect_line(&second, "palscan_runs_total 2");
  expect_line(&second, "palscan_runs_failed_total 1");
  expect_line(&second, "palscan_requests_total 4720");
  expect_line(&second, "palscan_requests_throttled_total 12");
  /* All that is said of the snapshot. */
  size_t kept = 0;
  for (const char *line = first.text, *end; *line; line = end + 1) {
    end = strchr(line, '\n');
    if (strncmp(line, "palscan_tenants_", 16) != 0 && strncmp(line, "palscan_findings_", 17) != 0 &&
        strncmp(line, "palscan_verdicts_", 17) != 0)
      continue;
    char text[256];
    ck_assert_int_lt(snprintf(text, sizeof text, "%.*s", (int)(end - line), line), (int)sizeof text);
    expect_line(&second, text);
    kept++;
  }
  ck_assert_uint_eq(kept, 2 + 20 + 5 + 2 + 9);
  golden_free(&second);
  golden_free(&first);
}
END_TEST

START_TEST(test_metrics__first_run_that_fails_says_nothing_of_a_snapshot) {
  struct golden golden;
  struct pal_metrics failed = night;
  failed.succeeded = false;
  print(&golden, &failed);
  expect_line(&golden, "palscan_runs_failed_total 1");
  ck_assert_ptr_null(strstr(golden.text, "last_success"));
  ck_assert_ptr_null(strstr(golden.text, "palscan_tenants"));
  ck_assert_ptr_null(strstr(golden.text, "palscan_findings"));
  golden_free(&golden);
}
END_TEST

static const char *const broken[] = {
    "palscan_runs_total -3\npalscan_tenants_expected 1e9\n",
    "palscan_runs_total 9999999999999999999\npalscan_tenants_expected 5 \n",
    "palscan_runs_total 7",
    "palscan_runs_total\t7\npalscan_tenants_expected 5\"\n",
    "xpalscan_runs_total 7\n palscan_tenants_expected 5\n",
};

START_TEST(test_metrics__text_before_that_is_none_of_ours_is_not_taken_over) {
  struct golden golden;
  struct pal_metrics failed = night;
  failed.before = broken[_i];
  print(&golden, &failed);
  expect_line(&golden, "palscan_runs_total 1");
  ck_assert_ptr_null(strstr(golden.text, "palscan_tenants"));
  golden_free(&golden);
}
END_TEST

START_TEST(test_metrics__a_full_disk_is_told) {
  FILE *full = fopen("/dev/full", "w");
  struct pal_err err = {0};
  if (!full)
    return;
  (void)setvbuf(full, NULL, _IONBF, 0);
  unit_fails(pal_metrics_print(&night, full, &err), PAL_E_IO, "the metrics", &err);
  (void)fclose(full);
}
END_TEST

Suite *make_report_metrics_suite(void);
Suite *make_report_metrics_suite(void) {
  Suite *suite = suite_create("report/metrics");
  TCase *tcase = tcase_create("metrics");
  tcase_add_checked_fixture(tcase, estate_set_up, estate_tear_down);
  tcase_add_test(tcase, test_metrics__output_is_as_seen);
  tcase_add_test(tcase, test_metrics__nothing_a_tenant_chose_is_a_label);
  tcase_add_test(tcase, test_metrics__failed_run_keeps_what_the_last_snapshot_said);
  tcase_add_test(tcase, test_metrics__first_run_that_fails_says_nothing_of_a_snapshot);
  tcase_add_loop_test(tcase, test_metrics__text_before_that_is_none_of_ours_is_not_taken_over, 0, UNIT_N(broken));
  tcase_add_test(tcase, test_metrics__a_full_disk_is_told);
  suite_add_tcase(suite, tcase);
  return suite;
}
