/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "estate.h"
#include "report/model.h"
#include "unit.h"

/* --- one finding, two runs --- */

static const struct {
  const char *name;
  const char *was[3], *is[3]; /* verdict, status, severity; NULL: not there */
  enum pal_novelty novelty;
  size_t fresh, worsened, resolved, open, unknown_new;
} rows[] = {
    {"new", {0}, {"fail", "open", "high"}, PAL_NEW, 1, 0, 0, 1, 0},
    {"standing", {"fail", "open", "high"}, {"fail", "open", "high"}, PAL_STANDING, 0, 0, 0, 1, 0},
    {"worsened", {"fail", "open", "medium"}, {"fail", "open", "high"}, PAL_WORSENED, 1, 1, 0, 1, 0},
    {"milder", {"fail", "open", "critical"}, {"fail", "open", "high"}, PAL_STANDING, 0, 0, 0, 1, 0},
    {"acceptance ended", {"fail", "waived", "high"}, {"fail", "open", "high"}, PAL_REOPENED, 1, 0, 0, 1, 0},
    {"no longer folded", {"fail", "folded", "high"}, {"fail", "open", "high"}, PAL_REOPENED, 1, 0, 0, 1, 0},
    {"was unknown", {"unknown", "open", "high"}, {"fail", "open", "high"}, PAL_NEW, 1, 0, 0, 1, 0},
    {"was unknown and folded", {"unknown", "folded", "high"}, {"fail", "open", "high"}, PAL_NEW, 1, 0, 0, 1, 0},
    {"accepted now", {"fail", "open", "high"}, {"fail", "waived", "high"}, PAL_STANDING, 0, 0, 0, 0, 0},
    {"folded now", {"fail", "open", "high"}, {"fail", "folded", "high"}, PAL_STANDING, 0, 0, 0, 0, 0},
    {"an unknown resolves nothing", {"fail", "open", "high"}, {"unknown", "open", "high"}, PAL_NEW, 0, 0, 0, 0, 1},
    {"gone", {"fail", "open", "high"}, {0}, PAL_STANDING, 0, 0, 1, 0, 0},
    {"a waived one that is gone was not open", {"fail", "waived", "high"}, {0}, PAL_STANDING, 0, 0, 0, 0, 0},
    {"an unknown that is gone is none resolved", {"unknown", "open", "high"}, {0}, PAL_STANDING, 0, 0, 0, 0, 0},
    {"new unknown", {0}, {"unknown", "open", "high"}, PAL_NEW, 0, 0, 0, 0, 1},
    {"standing unknown", {"unknown", "open", "high"}, {"unknown", "open", "high"}, PAL_STANDING, 0, 0, 0, 0, 0},
};

static struct estate_finding finding_of(const char *const *words) {
  return (struct estate_finding){.policy = "PAL010",
                                 .policy_class = "access",
                                 .verdict = words[0],
                                 .status = words[1],
                                 .severity = words[2],
                                 .tenant = FABRIKAM,
                                 .subject_type = "identity",
                                 .subject_id = AUTOMATION,
                                 .message = "m",
                                 .since = ESTATE_STARTED};
}

static struct pal_report build(const struct estate_finding *before, size_t before_n, const struct estate_finding *now,
                               size_t now_n, bool has_previous) {
  struct pal_report report = {0};
  struct report_source source = {0};
  struct pal_err err = {0};
  size_t tenants_before = 0;
  struct pal_verdicts *was = estate_verdicts(before, before_n, false, &tenants_before);
  struct pal_verdicts *is = estate_verdicts(now, now_n, true, &source.verdicts_n);
  source.policies = estate_policies(&source.policies_n);
  unit_ok(report_pointers(estate_arena(), is, source.verdicts_n, &source.verdicts, &err), &err);
  unit_ok(report_build_from(estate_arena(), &source, was, tenants_before, has_previous, &report, &err), &err);
  return report;
}

/* Of the stored verdicts alone. */
static size_t count_new(const struct estate_finding *before, size_t before_n, const struct estate_finding *now,
                        size_t now_n) {
  struct pal_err err = {0};
  size_t was_n = 0, is_n = 0, ret = 0;
  struct pal_verdicts *was = estate_verdicts(before, before_n, false, &was_n),
                      *is = estate_verdicts(now, now_n, true, &is_n);
  unit_ok(pal_verdicts_count_new(estate_arena(), was, was_n, is, is_n, &ret, &err), &err);
  return ret;
}

START_TEST(test_model__row_has_its_novelty) {
  struct estate_finding before = finding_of(rows[_i].was), now = finding_of(rows[_i].is);
  struct pal_report report = build(&before, before.verdict != NULL, &now, now.verdict != NULL, true);
  const char *name = rows[_i].name;
  if (now.verdict)
    ck_assert_msg(report.findings[0].novelty == rows[_i].novelty, "%s: novelty %d", name,
                  (int)report.findings[0].novelty);
  ck_assert_msg(report.fresh == rows[_i].fresh, "%s: %zu fresh", name, report.fresh);
  ck_assert_msg(count_new(&before, before.verdict != NULL, &now, now.verdict != NULL) == report.fresh,
                "%s: the stored verdicts give another number of new ones", name);
  ck_assert_msg(report.worsened == rows[_i].worsened, "%s: %zu worsened", name, report.worsened);
  ck_assert_msg(report.resolved_n == rows[_i].resolved, "%s: %zu resolved", name, report.resolved_n);
  ck_assert_msg(report.open[0][1] == rows[_i].open, "%s: %zu open", name, report.open[0][1]);
  ck_assert_msg(report.unknown_new == rows[_i].unknown_new, "%s: %zu unknown and new", name, report.unknown_new);
  if (report.resolved_n)
    ck_assert_str_eq(report.resolved[0].tenant_name, "Fabrikam AG");
}
END_TEST

START_TEST(test_model__without_a_run_before_everything_is_new) {
  static const char *const words[] = {"fail", "open", "high"};
  struct estate_finding finding = finding_of(words);
  struct pal_report report = build(&finding, 1, &finding, 1, false);
  ck_assert_int_eq(report.findings[0].novelty, PAL_NEW);
  ck_assert_uint_eq(report.fresh, 1);
  ck_assert_uint_eq(report.resolved_n, 0);
}
END_TEST

START_TEST(test_model__counts_each_finding_once) {
  struct pal_report report = estate_report();
  size_t sum = report.waived + report.folded + report.unknown;
  for (size_t i = 0; i < PAL_CLASSES; i++)
    for (size_t j = 0; j < PAL_SEVERITIES; j++)
      sum += report.open[i][j];
  ck_assert_uint_eq(sum, estate_now_n);
  ck_assert_uint_eq(report.findings_n, estate_now_n);
  size_t causes = 0, fresh = 0, accepted = 0;
  for (size_t i = 0; i < report.causes_n; i++) {
    causes += report.causes[i].n;
    fresh += report.causes[i].fresh;
    accepted += report.causes[i].accepted;
  }
  ck_assert_uint_eq(causes, report.unknown);
  ck_assert_uint_eq(fresh, report.unknown_new);
  ck_assert_uint_eq(accepted, report.unknown_accepted);
  ck_assert_uint_eq(report.unknown, 4);
  ck_assert_uint_eq(report.unknown_new, 2);
  ck_assert_uint_eq(report.unknown_accepted, 1);
}
END_TEST

START_TEST(test_model__folded_before_waived_before_unknown) {
  static const struct {
    const char *verdict, *status;
    enum report_bin bin;
  } bins[] = {{"unknown", "folded", BIN_FOLDED}, {"unknown", "waived", BIN_WAIVED}, {"unknown", "open", BIN_UNKNOWN},
              {"fail", "folded", BIN_FOLDED},    {"fail", "waived", BIN_WAIVED},    {"fail", "open", BIN_HIGH}};
  for (size_t i = 0; i < sizeof bins / sizeof bins[0]; i++) {
    const char *words[] = {bins[i].verdict, bins[i].status, "high"};
    struct estate_finding finding = finding_of(words);
    ck_assert_int_eq(report_bin_of(estate_record(&finding)), bins[i].bin);
  }
}
END_TEST

START_TEST(test_model__order_is_severity_policy_customer) {
  struct pal_report report = estate_report();
  for (size_t i = 1; i < report.findings_n; i++) {
    const struct pal_reported *a = &report.findings[i - 1], *b = &report.findings[i];
    int severity = pal_severity_rank(pal_get_text(a->finding, PAL_FINDING_SEVERITY)) -
                   pal_severity_rank(pal_get_text(b->finding, PAL_FINDING_SEVERITY));
    int policy = strcmp(pal_get_text(a->finding, PAL_FINDING_POLICY), pal_get_text(b->finding, PAL_FINDING_POLICY));
    int customer = report_compare_customers(a->tenant_id, a->tenant_name, b->tenant_id, b->tenant_name);
    ck_assert(severity < 0 || (severity == 0 && (policy < 0 || (policy == 0 && customer <= 0))));
  }
}
END_TEST

/* The order in which findings and tenants come makes no difference. */
START_TEST(test_model__order_does_not_depend_on_arrival) {
  struct estate_finding turned[64];
  struct pal_report straight = build(estate_before, estate_before_n, estate_now, estate_now_n, true);
  for (size_t i = 0; i < estate_now_n; i++)
    turned[i] = estate_now[estate_now_n - 1 - i];
  struct pal_report back = build(estate_before, estate_before_n, turned, estate_now_n, true);
  ck_assert_uint_eq(straight.findings_n, back.findings_n);
  for (size_t i = 0; i < back.findings_n; i++) {
    ck_assert(pal_record_equal(straight.findings[i].finding, back.findings[i].finding));
    ck_assert_int_eq(straight.findings[i].novelty, back.findings[i].novelty);
  }
}
END_TEST

START_TEST(test_model__rules_are_counted) {
  struct pal_report report = estate_report();
  ck_assert_uint_eq(report.rules.shipped, 7);
  ck_assert_uint_eq(report.rules.changed, 1);
  ck_assert_uint_eq(report.rules.disabled, 1);
  ck_assert_uint_eq(report.rules.lowered, 1);
  ck_assert_uint_eq(report.rules.own, 1);
}
END_TEST

START_TEST(test_model__broken_rules_come_first) {
  struct pal_report report = estate_report();
  ck_assert_uint_eq(report.not_tested_n, 2);
  ck_assert_int_eq(report.not_tested[0]->state, PAL_BROKEN);
  ck_assert_int_eq(report.not_tested[1]->state, PAL_NOT_TESTED);
}
END_TEST

START_TEST(test_model__what_the_caller_wrote_stays) {
  struct pal_report report = estate_report();
  ck_assert_str_eq(report.commit, ESTATE_COMMIT);
  ck_assert_str_eq(report.started, ESTATE_STARTED);
  ck_assert_str_eq(report.next, "palscan diff");
  ck_assert(report.full);
  ck_assert_uint_eq(report.completeness.expected, 7);
}
END_TEST

/* --- exit 3 --- */

static const struct {
  const char *name;
  const char *is[3];
  const char *was[3];
  const char *limit;
  bool all, fresh;
} fails[] = {
    {"at the limit", {"fail", "open", "high"}, {0}, "high", true, true},
    {"above the limit", {"fail", "open", "critical"}, {0}, "high", true, true},
    {"below the limit", {"fail", "open", "medium"}, {0}, "high", false, false},
    {"standing", {"fail", "open", "high"}, {"fail", "open", "high"}, "high", true, false},
    {"worsened", {"fail", "open", "high"}, {"fail", "open", "low"}, "high", true, true},
    {"reopened", {"fail", "open", "high"}, {"fail", "waived", "high"}, "high", true, true},
    {"waived", {"fail", "waived", "critical"}, {0}, "low", false, false},
    {"folded", {"fail", "folded", "critical"}, {0}, "low", false, false},
    {"unknown", {"unknown", "open", "critical"}, {0}, "low", false, false},
    {"never", {"fail", "open", "critical"}, {0}, "none", false, false},
};

START_TEST(test_fails__row_counts_open_fails_only) {
  struct estate_finding before = finding_of(fails[_i].was), now = finding_of(fails[_i].is);
  struct pal_report report = build(&before, before.verdict != NULL, &now, 1, true);
  ck_assert_msg(pal_report_fails(&report, fails[_i].limit, false) == fails[_i].all, "%s, all", fails[_i].name);
  ck_assert_msg(pal_report_fails(&report, fails[_i].limit, true) == fails[_i].fresh, "%s, new", fails[_i].name);
}
END_TEST

START_TEST(test_severity__rank_of_words) {
  static const char *const words[] = {"critical", "high", "medium", "low", "info"};
  for (int i = 0; i < PAL_SEVERITIES; i++)
    ck_assert_int_eq(pal_severity_rank(words[i]), i);
  ck_assert_int_eq(pal_severity_rank("none"), PAL_SEVERITIES);
  ck_assert_int_eq(pal_severity_rank(NULL), PAL_SEVERITIES);
}
END_TEST

/* --- causes --- */

static const struct {
  const char *details, *cause, *areas;
  bool accepted;
} causes[] = {
    {NULL, "m", "", false},
    {"{}", "m", "", false},
    {"{\"areas\":[\"links\"],\"cause\":[\"403\"]}", "403", "links", false},
    {"{\"areas\":[\"links\",\"usage\"],\"cause\":[\"403\",\"500\"]}", "403, 500", "links, usage", false},
    {"{\"areas\":[\"links\",\"links@managing\",\"delegations@all\"],\"cause\":[\"403\"]}", "403", "delegations, links",
     false},
    {"{\"areas\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"],\"cause\":[\"1\",\"2\",\"3\",\"4\"]}", "1, 2, 3 and 1 more",
     "a, b, c, d and 2 more", false},
    {"{\"cause\":\"timeout\"}", "timeout", "", false},
    {"{\"accepted\":true,\"areas\":[\"usage\"],\"cause\":[\"403\"]}", "403", "usage", true},
    {"{\"accepted\":false,\"areas\":[]}", "m", "", false},
};

START_TEST(test_cause__row_is_grouped_by) {
  static const char *const words[] = {"unknown", "open", "high"};
  struct estate_finding finding = finding_of(words);
  finding.details = causes[_i].details;
  struct pal_report report = build(NULL, 0, &finding, 1, true);
  ck_assert_uint_eq(report.causes_n, 1);
  ck_assert_str_eq(report.causes[0].cause, causes[_i].cause);
  ck_assert_str_eq(report.causes[0].areas, causes[_i].areas);
  ck_assert_uint_eq(report.causes[0].accepted, causes[_i].accepted);
  ck_assert_uint_eq(report.unknown_accepted, causes[_i].accepted);
  ck_assert_uint_eq(report.unknown_new, !causes[_i].accepted);
}
END_TEST

START_TEST(test_cause__areas_of_one_cause_are_united) {
  static const char *const words[] = {"unknown", "open", "high"};
  static const char *const details[] = {"{\"areas\":[\"usage\"],\"cause\":[\"403\"]}",
                                        "{\"areas\":[\"links\"],\"cause\":[\"403\"]}",
                                        "{\"areas\":[\"links\"],\"cause\":[\"500\"]}"};
  static const char *const ids[] = {FABRIKAM, QUOTES, FORMULA};
  struct estate_finding findings[3];
  for (size_t i = 0; i < 3; i++) {
    findings[i] = finding_of(words);
    findings[i].details = details[i];
    findings[i].subject_id = ids[i];
  }
  struct pal_report report = build(NULL, 0, findings, 3, true);
  ck_assert_uint_eq(report.causes_n, 2);
  ck_assert_str_eq(report.causes[0].cause, "403");
  ck_assert_uint_eq(report.causes[0].n, 2);
  ck_assert_str_eq(report.causes[0].areas, "links, usage");
  ck_assert_str_eq(report.causes[1].cause, "500");
}
END_TEST

/* --- order of customers --- */

START_TEST(test_customers__estate_then_names_then_ids) {
  ck_assert_int_lt(report_compare_customers("", NULL, FABRIKAM, "a"), 0);
  ck_assert_int_eq(report_compare_customers("", NULL, "-", NULL), 0);
  ck_assert_int_lt(report_compare_customers(QUOTES, "alpha", FABRIKAM, "Beta"), 0);
  ck_assert_int_lt(report_compare_customers(QUOTES, "zeta", FABRIKAM, NULL), 0);
  ck_assert_int_lt(report_compare_customers(FABRIKAM, NULL, QUOTES, ""), 0);
  ck_assert_int_lt(report_compare_customers(FABRIKAM, "same", QUOTES, "same"), 0);
  ck_assert_int_ne(report_compare_customers(FABRIKAM, "same", QUOTES, "SAME"), 0);
}
END_TEST

Suite *make_report_model_suite(void);
Suite *make_report_model_suite(void) {
  Suite *suite = suite_create("report_model");
  TCase *tcase = tcase_create("model");
  tcase_add_checked_fixture(tcase, estate_set_up, estate_tear_down);
  tcase_add_loop_test(tcase, test_model__row_has_its_novelty, 0, UNIT_N(rows));
  tcase_add_test(tcase, test_model__without_a_run_before_everything_is_new);
  tcase_add_test(tcase, test_model__counts_each_finding_once);
  tcase_add_test(tcase, test_model__folded_before_waived_before_unknown);
  tcase_add_test(tcase, test_model__order_is_severity_policy_customer);
  tcase_add_test(tcase, test_model__order_does_not_depend_on_arrival);
  tcase_add_test(tcase, test_model__rules_are_counted);
  tcase_add_test(tcase, test_model__broken_rules_come_first);
  tcase_add_test(tcase, test_model__what_the_caller_wrote_stays);
  tcase_add_loop_test(tcase, test_fails__row_counts_open_fails_only, 0, UNIT_N(fails));
  tcase_add_test(tcase, test_severity__rank_of_words);
  tcase_add_loop_test(tcase, test_cause__row_is_grouped_by, 0, UNIT_N(causes));
  tcase_add_test(tcase, test_cause__areas_of_one_cause_are_united);
  tcase_add_test(tcase, test_customers__estate_then_names_then_ids);
  suite_add_tcase(suite, tcase);
  return suite;
}
