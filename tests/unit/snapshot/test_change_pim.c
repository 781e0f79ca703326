/* SPDX-License-Identifier: Apache-2.0 */
#include "snap.h"
#include "unit.h"

static struct pal_docs *before, *after;

static void set_up(void) {
  snap_set_up();
  before = snap_docs();
  after = snap_docs();
  static const char *const areas[] = {"pim", "role-assignments"};
  for (int i = 0; i < 2; i++) {
    snap_cover(before, areas[i], S1, "complete", NULL);
    snap_cover(after, areas[i], S1, "complete", NULL);
  }
}

#define SCOPE "/subscriptions/" S1
#define WHO "\"principalId\":\"" P1 "\",\"roleId\":\"" OWNER "\",\"scope\":\"" SCOPE "\""
#define ASSIGNMENT(id) "{\"id\":\"" id "\"," WHO "}"
#define ACTIVE(id, type, origin, more)                                                                          \
  "{\"id\":\"" id "\",\"kind\":\"active\",\"assignmentType\":\"" type "\",\"originRoleAssignmentId\":\"" origin \
  "\"," WHO more "}"
#define ELIGIBLE(id) "{\"id\":\"" id "\",\"kind\":\"eligible\"," WHO "}"
#define PIM_PATH SUB_PATH "pim.json"
#define ASSIGNMENTS SUB_PATH "role-assignments.json"
#define LINE(kind, sides) kind " identity " P1 " " sides "\n"
#define changes_are(text) ck_assert_str_eq(snap_changes(before, after), text)

START_TEST(test_change_pim__eligibility_is_granted_and_revoked) {
  snap_add(after, PIM_PATH, "[" ELIGIBLE("/e") "]");
  changes_are(LINE("role.granted", "+"));
  ck_assert_str_eq(snap_changes(after, before), LINE("role.revoked", "-"));
}
END_TEST

START_TEST(test_change_pim__activation_is_one_line_and_no_grant) {
  snap_add(before, PIM_PATH, "[" ELIGIBLE("/e") "]");
  snap_add(after, PIM_PATH, "[" ELIGIBLE("/e") "," ACTIVE("/i", "Activated", "/a", "") "]");
  snap_add(after, ASSIGNMENTS, "[" ASSIGNMENT("/a") "]");
  changes_are(LINE("role.activated", "+"));
  ck_assert_str_eq(snap_changes(after, before), LINE("role.ended", "-"));
}
END_TEST

START_TEST(test_change_pim__activation_beside_a_grant_leaves_the_grant) {
  snap_add(after, PIM_PATH, "[" ACTIVE("/i", "Activated", "/a", "") "]");
  snap_add(after, ASSIGNMENTS, "[" ASSIGNMENT("/a") "," ASSIGNMENT("/b") "]");
  changes_are(LINE("role.activated", "+") LINE("role.granted", "+"));
}
END_TEST

START_TEST(test_change_pim__assignment_of_an_untold_activation_is_an_activation) {
  /* The instances had not been read before, so they tell nothing. */
  struct pal_docs *first = snap_docs();
  snap_cover(first, "pim", S1, "unread", "403");
  snap_cover(first, "role-assignments", S1, "complete", NULL);
  snap_add(after, PIM_PATH, "[" ACTIVE("/i", "Activated", "/a", "") "]");
  snap_add(after, ASSIGNMENTS, "[" ASSIGNMENT("/a") "]");
  ck_assert_str_eq(snap_changes(first, after), "coverage.regained tenant " T1 " ~\n" LINE("role.activated", "+"));
}
END_TEST

START_TEST(test_change_pim__assignment_without_instance_is_a_grant) {
  snap_add(after, ASSIGNMENTS, "[" ASSIGNMENT("/a") "]");
  changes_are(LINE("role.granted", "+"));
}
END_TEST

START_TEST(test_change_pim__standing_instance_is_told_by_its_assignment) {
  snap_add(after, PIM_PATH, "[" ACTIVE("/i", "Assigned", "/a", "") "]");
  snap_add(after, ASSIGNMENTS, "[" ASSIGNMENT("/a") "]");
  changes_are(LINE("role.granted", "+"));
  ck_assert_str_eq(snap_changes(after, before), LINE("role.revoked", "-"));
}
END_TEST

START_TEST(test_change_pim__standing_instance_alone_is_told) {
  snap_add(after, PIM_PATH, "[" ACTIVE("/i", "Assigned", "/a", "") "]");
  changes_are(LINE("role.granted", "+"));
}
END_TEST

START_TEST(test_change_pim__extended_activation_is_no_access_change) {
  snap_add(before, PIM_PATH, "[" ACTIVE("/i", "Activated", "/a", ",\"endDateTime\":\"2026-01-01T00:00:00Z\"") "]");
  snap_add(after, PIM_PATH, "[" ACTIVE("/i", "Activated", "/a", ",\"endDateTime\":\"2026-01-02T00:00:00Z\"") "]");
  changes_are(LINE("role.activated", "~"));
}
END_TEST

START_TEST(test_change_pim__standing_instance_that_got_an_end_is_changed) {
  snap_add(before, PIM_PATH, "[" ACTIVE("/i", "Assigned", "/a", "") "]");
  snap_add(before, ASSIGNMENTS, "[" ASSIGNMENT("/a") "]");
  snap_add(after, PIM_PATH, "[" ACTIVE("/i", "Assigned", "/a", ",\"endDateTime\":\"2026-01-02T00:00:00Z\"") "]");
  snap_add(after, ASSIGNMENTS, "[" ASSIGNMENT("/a") "]");
  changes_are(LINE("role.changed", "~"));
}
END_TEST

START_TEST(test_change_pim__activation_in_another_file_counts_too) {
  snap_cover(before, "pim", "tenant", "complete", NULL);
  snap_cover(after, "pim", "tenant", "complete", NULL);
  snap_add(after, TENANT_PATH "access/inherited-pim.json", "[" ACTIVE("/i", "Activated", "/a", "") "]");
  snap_add(after, ASSIGNMENTS, "[" ASSIGNMENT("/a") "]");
  changes_are(LINE("role.activated", "+"));
}
END_TEST

Suite *make_snapshot_change_pim_suite(void);
Suite *make_snapshot_change_pim_suite(void) {
  Suite *suite = suite_create("snapshot_change_pim");
  TCase *tcase = tcase_create("activations");
  tcase_add_checked_fixture(tcase, set_up, snap_tear_down);
  tcase_add_test(tcase, test_change_pim__eligibility_is_granted_and_revoked);
  tcase_add_test(tcase, test_change_pim__activation_is_one_line_and_no_grant);
  tcase_add_test(tcase, test_change_pim__activation_beside_a_grant_leaves_the_grant);
  tcase_add_test(tcase, test_change_pim__assignment_of_an_untold_activation_is_an_activation);
  tcase_add_test(tcase, test_change_pim__assignment_without_instance_is_a_grant);
  tcase_add_test(tcase, test_change_pim__standing_instance_is_told_by_its_assignment);
  tcase_add_test(tcase, test_change_pim__standing_instance_alone_is_told);
  tcase_add_test(tcase, test_change_pim__extended_activation_is_no_access_change);
  tcase_add_test(tcase, test_change_pim__standing_instance_that_got_an_end_is_changed);
  tcase_add_test(tcase, test_change_pim__activation_in_another_file_counts_too);
  suite_add_tcase(suite, tcase);
  return suite;
}
