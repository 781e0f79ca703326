/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "estate.h"
#include "report/model.h"
#include "unit.h"

static const char *policy_of(const struct pal_reported *reported) {
  return pal_get_text(reported->finding, PAL_FINDING_POLICY);
}

START_TEST(test_compare__opened_changed_resolved) {
  struct pal_comparison c = estate_comparison();
  ck_assert_uint_eq(c.resolved_n, 1);
  ck_assert_str_eq(policy_of(&c.resolved[0]), "PAL010");
  ck_assert_str_eq(c.resolved[0].tenant_name, "Fabrikam AG"); /* the stored verdicts of before hold no name */
  ck_assert_uint_eq(c.changed_n, 3);
  for (size_t i = 0; i < c.changed_n; i++)
    ck_assert_ptr_nonnull(c.changed[i].was);
  ck_assert_str_eq(policy_of(&c.changed[0]), "PAL097");
  ck_assert_int_eq(c.changed[0].novelty, PAL_REOPENED);
  ck_assert_str_eq(policy_of(&c.changed[1]), "PAL004");
  ck_assert_int_eq(c.changed[1].novelty, PAL_WORSENED);
  ck_assert_str_eq(policy_of(&c.changed[2]), "PAL013");
  ck_assert_int_eq(c.changed[2].novelty, PAL_STANDING);
  /* every finding of today is opened, changed or as it was */
  size_t same = 0;
  for (size_t i = 0; i < estate_now_n; i++)
    for (size_t j = 0; j < estate_before_n; j++)
      same += strcmp(pal_get_text(estate_record(&estate_now[i]), PAL_FINDING_FINGERPRINT),
                     pal_get_text(estate_record(&estate_before[j]), PAL_FINDING_FINGERPRINT)) == 0;
  ck_assert_uint_eq(c.opened_n + same, estate_now_n);
}
END_TEST

static struct estate_finding of_verdict(const char *verdict, const char *status) {
  return (struct estate_finding){.policy = "PAL012",
                                 .policy_class = "attribution",
                                 .severity = "high",
                                 .verdict = verdict,
                                 .status = status,
                                 .tenant = FABRIKAM,
                                 .subject_type = "tenant",
                                 .subject_id = FABRIKAM,
                                 .message = "m",
                                 .since = ESTATE_STARTED};
}

/* Nobody had found it before; one that was accepted had been found. */
START_TEST(test_compare__what_was_unknown_is_opened) {
  static const struct {
    const char *was[2], *is[2];
    size_t opened;
    enum pal_novelty novelty;
  } rows[] = {
      {{"unknown", "open"}, {"fail", "open"}, 1, PAL_NEW},
      {{"fail", "waived"}, {"fail", "open"}, 0, PAL_REOPENED},
      {{"unknown", "open"}, {"fail", "waived"}, 0, PAL_STANDING},
      {{"fail", "open"}, {"unknown", "open"}, 0, PAL_STANDING},
  };
  for (size_t i = 0; i < UNIT_N(rows); i++) {
    struct estate_finding before = of_verdict(rows[i].was[0], rows[i].was[1]),
                          now = of_verdict(rows[i].is[0], rows[i].is[1]);
    struct pal_comparison c = estate_no_changes();
    struct pal_err err = {0};
    size_t a = 0, b = 0;
    struct pal_verdicts *was = estate_verdicts(&before, 1, true, &a), *is = estate_verdicts(&now, 1, true, &b);
    unit_ok(pal_comparison_finish(estate_arena(), &c, was, a, is, b, NULL, &err), &err);
    ck_assert_uint_eq(c.opened_n, rows[i].opened);
    ck_assert_uint_eq(c.opened_n + c.changed_n, 1);
    const struct pal_reported *found = c.opened_n ? c.opened : c.changed;
    ck_assert_int_eq(found->novelty, rows[i].novelty);
    ck_assert_ptr_nonnull(found->was);
  }
}
END_TEST

START_TEST(test_compare__a_role_is_named_beside_its_id) {
  struct pal_comparison c = estate_comparison();
  for (size_t i = 0; i < c.changes_n; i++)
    if (strcmp(c.changes[i].kind, "role.granted") == 0)
      ck_assert_str_eq(c.changes[i].sentence, "role Contributor (" CONTRIBUTOR ") granted to user " AUTOMATION
                                              " at /subscriptions/" SUBSCRIPTION);
}
END_TEST

START_TEST(test_compare__with_itself_nothing_changed) {
  struct pal_comparison c = estate_no_changes();
  struct pal_err err = {0};
  size_t n = 0;
  struct pal_verdicts *now = estate_verdicts(estate_now, estate_now_n, true, &n);
  unit_ok(pal_comparison_finish(estate_arena(), &c, now, n, now, n, NULL, &err), &err);
  ck_assert_uint_eq(c.opened_n + c.changed_n + c.resolved_n + c.changes_n, 0);
}
END_TEST

START_TEST(test_compare__turned_around_opened_is_resolved) {
  struct pal_comparison there = estate_no_changes(), back = estate_no_changes();
  struct pal_err err = {0};
  size_t a = 0, b = 0;
  struct pal_verdicts *before = estate_verdicts(estate_before, estate_before_n, true, &a),
                      *now = estate_verdicts(estate_now, estate_now_n, true, &b);
  unit_ok(pal_comparison_finish(estate_arena(), &there, before, a, now, b, NULL, &err), &err);
  unit_ok(pal_comparison_finish(estate_arena(), &back, now, b, before, a, NULL, &err), &err);
  ck_assert_uint_eq(there.opened_n, back.resolved_n);
  ck_assert_uint_eq(there.resolved_n, back.opened_n);
  ck_assert_uint_eq(there.changed_n, back.changed_n);
}
END_TEST

START_TEST(test_compare__changes_by_customer_then_heap) {
  struct pal_comparison c = estate_comparison();
  ck_assert_uint_eq(c.changes_n, 10);
  for (size_t i = 1; i < c.changes_n; i++) {
    const struct pal_compared_change *a = &c.changes[i - 1], *b = &c.changes[i];
    int customer = report_compare_customers(a->tenant_id, a->tenant_name, b->tenant_id, b->tenant_name);
    ck_assert(customer < 0 || (customer == 0 && report_heap_of(a->kind) <= report_heap_of(b->kind)));
  }
  ck_assert_str_eq(c.changes[0].tenant_id, "-");
}
END_TEST

START_TEST(test_compare__heap_of_every_kind) {
  static const struct {
    const char *kind;
    enum report_heap heap;
  } kinds[] = {
      {"link.changed", HEAP_ACCESS},       {"role.granted", HEAP_ACCESS},    {"delegation.removed", HEAP_ACCESS},
      {"tenant.added", HEAP_ACCESS},       {"usage.stopped", HEAP_ACCESS},   {"coverage.lost", HEAP_COMPLETENESS},
      {"policy.changed", HEAP_BOOKS},      {"registry.changed", HEAP_BOOKS}, {"estate.changed", HEAP_BOOKS},
      {"waiver.lapsed", HEAP_ACCEPTANCES}, {"app.added", HEAP_ACCESS}};
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
    ck_assert_msg(report_heap_of(kinds[i].kind) == kinds[i].heap, "%s", kinds[i].kind);
}
END_TEST

START_TEST(test_compare__before_and_after_are_json) {
  struct pal_comparison c = estate_comparison();
  for (size_t i = 0; i < c.changes_n; i++) {
    const char *sides[] = {c.changes[i].before, c.changes[i].after};
    for (size_t j = 0; j < 2; j++) {
      struct pal_json_doc *doc = NULL;
      struct pal_err err = {0};
      if (!sides[j])
        continue;
      unit_ok(pal_json_parse(sides[j], strlen(sides[j]), "side", PAL_JSON_STRICT_UTF8, 0, &doc, &err), &err);
      ck_assert_int_eq(pal_json_type(pal_json_root(doc)), PAL_JSON_OBJECT);
      pal_json_doc_free(doc);
    }
  }
}
END_TEST

Suite *make_report_compare_suite(void);
Suite *make_report_compare_suite(void) {
  Suite *suite = suite_create("report_compare");
  TCase *tcase = tcase_create("compare");
  tcase_add_checked_fixture(tcase, estate_set_up, estate_tear_down);
  tcase_add_test(tcase, test_compare__opened_changed_resolved);
  tcase_add_test(tcase, test_compare__what_was_unknown_is_opened);
  tcase_add_test(tcase, test_compare__a_role_is_named_beside_its_id);
  tcase_add_test(tcase, test_compare__with_itself_nothing_changed);
  tcase_add_test(tcase, test_compare__turned_around_opened_is_resolved);
  tcase_add_test(tcase, test_compare__changes_by_customer_then_heap);
  tcase_add_test(tcase, test_compare__heap_of_every_kind);
  tcase_add_test(tcase, test_compare__before_and_after_are_json);
  suite_add_tcase(suite, tcase);
  return suite;
}
