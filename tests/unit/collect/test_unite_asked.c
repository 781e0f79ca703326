/* SPDX-License-Identifier: Apache-2.0 */
/* test_unite_asked.c - a run limited to some identities: what only others read keeps its state and gets its date. */
#include "collect/sides.h"
#include "pal_population.h"
#include "pal_scope.h"
#include "unit.h"

#define ABOVE "access/inherited.json"

static const struct pal_texts only_ann = {(const char *[]){"ann"}, 1}, both = {(const char *[]){"ann", "bob"}, 2};

/* ann saw SUB1, bob SUB1 and SUB2, both of them all; the files have their dates, as in a run. */
static void usual_parent(void) {
  struct pal_docs *docs = side_see_whole("bob", OID2, side_two);
  side_cover(docs, "links", "ann", "complete", 1, NULL, NULL);
  (void)side_identity(docs, OID, "ann", "1234567");
  side_sight(docs, SUB1, "ann", HOME);
  side_assign(docs, SUB1, "1", A("1"), NULL);
  side_assign(docs, SUB2, "2", A("2"), NULL);
  side_assign(docs, NULL, "7", A("7"), NULL);
  side_become_parent(docs);
  unit_ok(pal_scope_date(&side_parent, T2, &side_err), &side_err);
  side_input.only_identities = &only_ann;
}

static bool is_complete(void) {
  return pal_tenant_complete(&side_ret, side_input.settings);
}

START_TEST(test_asked__what_only_others_see_stands_with_its_date) {
  usual_parent();
  struct pal_docs *docs = side_see_whole("ann", OID, side_one);
  side_assign(docs, SUB1, "3", A("3"), NULL);
  side_unite();
  side_covers("links", "ann", "complete 0");
  side_covers("links", "bob", "complete 0 @" T2);
  side_same("identities/" OID2 ".json");
  side_covers("role-assignments", SUB1, "complete 1");
  side_lacks(ASSIGNMENTS, A("1"));
  side_holds(ASSIGNMENTS, A("3"));
  side_covers("role-assignments", SUB2, "complete 0 @" T2);
  side_same("subscriptions/" SUB2 "/role-assignments.json");
  ck_assert(is_complete());
}
END_TEST

/* SUB2 may lie elsewhere among the management groups: what is above it shows to bob only. */
START_TEST(test_asked__list_and_what_lies_above_are_as_old_as_the_others_reading) {
  usual_parent();
  struct pal_docs *docs = side_see_whole("ann", OID, side_one);
  side_assign(docs, NULL, "8", A("8"), NULL);
  side_unite();
  side_covers("subscriptions", "tenant", "complete 2 @" T2);
  side_holds("subscriptions/" SUB2 "/subscription.json", "\"lastRead\": \"" T2 "\"");
  side_covers("role-assignments", "tenant", "complete 2 @" T2);
  side_holds(ABOVE, A("7"));
  side_holds(ABOVE, "\"lastRead\":\"" T2 "\"");
  side_holds(ABOVE, A("8"));
  side_covers("groups", "tenant", "complete 0 @" T2);
}
END_TEST

START_TEST(test_asked__all_in_sight_is_of_tonight) {
  usual_parent();
  struct pal_docs *docs = side_see_whole("ann", OID, side_two);
  side_assign(docs, NULL, "8", A("8"), NULL);
  side_unite();
  side_covers("subscriptions", "tenant", "complete 2");
  side_covers("role-assignments", "tenant", "complete 1");
  side_lacks(ABOVE, A("7"));
  side_lacks("subscriptions/" SUB2 "/subscription.json", "lastRead");
}
END_TEST

/* bob reads SUB1 all the same; in a run of all this would not even show. */
START_TEST(test_asked__what_another_may_read_is_not_stale) {
  usual_parent();
  struct pal_docs *docs = side_see_whole("ann", OID, side_one);
  side_change_cover(docs, "role-assignments", SUB1, "unread", "403 AuthorizationFailed");
  side_unite();
  side_covers("role-assignments", SUB1, "complete 0 @" T2);
  side_same(ASSIGNMENTS);
}
END_TEST

START_TEST(test_asked__what_nobody_else_saw_is_stale) {
  struct pal_docs *docs = side_see_whole("ann", OID, side_one);
  side_cover(docs, "links", "bob", "complete", 1, NULL, NULL);
  side_become_parent(docs);
  unit_ok(pal_scope_date(&side_parent, T2, &side_err), &side_err);
  side_input.only_identities = &only_ann;
  docs = side_see_whole("ann", OID, side_one);
  side_change_cover(docs, "role-assignments", SUB1, "unread", "403 AuthorizationFailed");
  side_unite();
  side_covers("role-assignments", SUB1, "stale 0 403 AuthorizationFailed @" T2);
  ck_assert(!is_complete());
}
END_TEST

START_TEST(test_asked__subscription_that_only_the_asked_saw_is_gone) {
  usual_parent();
  side_sight(&side_parent, SUB2, "ann", HOME);
  side_input.only_identities = &both;
  (void)side_see_whole("ann", OID, side_one);
  (void)side_see_whole("bob", OID2, side_one);
  side_unite();
  side_covers("subscriptions", "tenant", "complete 1");
  ck_assert_str_eq(side_file(&side_ret, "subscriptions/" SUB2 "/subscription.json"), "");
}
END_TEST

/* Of the asked it is told that it has no token; what the others read is not concerned. */
START_TEST(test_asked__refused_identity_is_stale_and_the_rest_stands) {
  usual_parent();
  (void)side_fail_whole("ann", "AADSTS7000222");
  side_unite();
  side_covers("links", "ann", "stale 1 AADSTS7000222 @" T2);
  side_covers("links", "bob", "complete 0 @" T2);
  side_covers("subscriptions", "tenant", "complete 0 @" T2);
  side_covers("role-assignments", SUB1, "complete 0 @" T2);
  side_covers("usage", "tenant", "");
  side_same("identities/" OID2 ".json");
  ck_assert(!is_complete());
}
END_TEST

/* Who was never read is not taken for read. */
START_TEST(test_asked__without_a_parent_the_others_are_unread) {
  side_input.only_identities = &only_ann;
  (void)side_see_whole("ann", OID, side_one);
  side_unite();
  side_covers("links", "ann", "complete 0");
  side_covers("role-assignments", SUB1, "complete 0");
}
END_TEST

Suite *make_collect_unite_asked_suite(void);
Suite *make_collect_unite_asked_suite(void) {
  Suite *suite = suite_create("collect/unite_asked");
  TCase *tcase = tcase_create("asked");
  tcase_add_checked_fixture(tcase, side_set_up, side_tear_down);
  tcase_add_test(tcase, test_asked__what_only_others_see_stands_with_its_date);
  tcase_add_test(tcase, test_asked__list_and_what_lies_above_are_as_old_as_the_others_reading);
  tcase_add_test(tcase, test_asked__all_in_sight_is_of_tonight);
  tcase_add_test(tcase, test_asked__what_another_may_read_is_not_stale);
  tcase_add_test(tcase, test_asked__what_nobody_else_saw_is_stale);
  tcase_add_test(tcase, test_asked__subscription_that_only_the_asked_saw_is_gone);
  tcase_add_test(tcase, test_asked__refused_identity_is_stale_and_the_rest_stands);
  tcase_add_test(tcase, test_asked__without_a_parent_the_others_are_unread);
  suite_add_tcase(suite, tcase);
  return suite;
}
