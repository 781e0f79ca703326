/* SPDX-License-Identifier: Apache-2.0 */
/* test_build.c - a report of a judge that has run; test_model.c has the rules. */
#include "golden.h"
#include "pal_report.h"
#include "policy/policy_world.h"

static struct pal_arena *arena;

static void set_up(void) {
  world_enter();
  arena = pal_arena_new(0);
  ck_assert_ptr_nonnull(arena);
}

static void tear_down(void) {
  pal_arena_free(arena);
  world_leave();
}

static struct pal_report build(const char *members) {
  struct pal_report report = {.commit = "", .started = STARTED, .kind = "scan", .full = true};
  struct pal_err err = {0};
  struct pal_judge *judge = world_judge(members, true, NULL);
  unit_ok(pal_report_build(arena, judge, world_pack(), NULL, 0, false, &report, &err), &err);
  return report;
}

static void every_tenant(void) {
  world_policy("PAL001", "subject: tenant\nreads: tenant",
               "SELECT id AS tenant_id, 'tenant' AS subject_type, id AS subject_id, name AS subject_name, 'seen' AS "
               "message FROM tenant;");
}

START_TEST(test_build__findings_have_policy_and_customer) {
  every_tenant();
  struct pal_report report = build("'tenants':{" TENANT(T1, "") "," TENANT(T2, "") "}");
  ck_assert_uint_eq(report.findings_n, 2);
  ck_assert_uint_eq(report.fresh, 2);
  ck_assert_uint_eq(report.open[2][1], 2);
  for (size_t i = 0; i < 2; i++) {
    ck_assert_str_eq(report.findings[i].tenant_id, i ? T2 : T1);
    ck_assert_str_eq(report.findings[i].tenant_name, "Tenant");
    ck_assert_str_eq(report.findings[i].policy->title, "Title of PAL001");
  }
  ck_assert_str_eq(report.started, STARTED);
}
END_TEST

START_TEST(test_build__a_broken_policy_is_told) {
  world_policy("PAL002", "subject: tenant\nreads: tenant", "SELECT colour FROM tenant;");
  struct pal_report report = build("'tenants':{" TENANT(T1, "") "}");
  ck_assert_uint_eq(report.not_tested_n, 1);
  ck_assert_int_eq(report.not_tested[0]->state, PAL_BROKEN);
  ck_assert_uint_eq(report.unknown, 1);
  ck_assert_uint_eq(report.causes_n, 1);
}
END_TEST

/* What the judge writes into the details of an unknown is what causes are grouped by. */
START_TEST(test_build__unknowns_are_grouped_by_area_and_cause) {
  world_policy("PAL003", "subject: tenant\nreads: links\nneeds: links",
               "SELECT id AS tenant_id, 'tenant' AS subject_type, id AS subject_id, name AS subject_name, 'm' AS "
               "message FROM tenant WHERE 0;");
  struct pal_report report = build(
      "'tenants':{" TENANT(T1, ",'coverage':{'links':{'auto':{'state':'unread','code':'403 Forbidden'}}}") "," TENANT(
          T2, ",'coverage':{'links':{'auto':{'state':'unread','code':'403 Forbidden'}}}") "}");
  ck_assert_uint_eq(report.unknown, 2);
  ck_assert_uint_eq(report.unknown_new, 2);
  ck_assert_uint_eq(report.causes_n, 1);
  ck_assert_str_eq(report.causes[0].cause, "403 Forbidden");
  ck_assert_str_eq(report.causes[0].areas, "links");
  ck_assert_uint_eq(report.causes[0].n, 2);
}
END_TEST

START_TEST(test_build__every_format_prints_it) {
  every_tenant();
  struct pal_report report = build("'tenants':{" TENANT(T1, "") "}");
  for (size_t i = 0; i < pal_formats_n; i++) {
    struct golden golden;
    struct pal_style style = {.width = 80};
    struct pal_err err = {0};
    golden_open(&golden);
    unit_ok(pal_formats[i].findings(&report, &style, golden.file, &err), &err);
    ck_assert_ptr_nonnull(strstr(golden_text(&golden), T1));
    golden_free(&golden);
  }
}
END_TEST

Suite *make_report_build_suite(void);
Suite *make_report_build_suite(void) {
  Suite *suite = suite_create("report_build");
  TCase *tcase = tcase_create("build");
  tcase_add_checked_fixture(tcase, set_up, tear_down);
  tcase_add_test(tcase, test_build__findings_have_policy_and_customer);
  tcase_add_test(tcase, test_build__a_broken_policy_is_told);
  tcase_add_test(tcase, test_build__unknowns_are_grouped_by_area_and_cause);
  tcase_add_test(tcase, test_build__every_format_prints_it);
  suite_add_tcase(suite, tcase);
  return suite;
}
