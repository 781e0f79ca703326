/* SPDX-License-Identifier: Apache-2.0 */
/* test_unite.c - from observations and the parent to the facts of a tenant: the rules, one by one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/sides.h"
#include "unit.h"

/* --- reading, in part or not at all --- */

START_TEST(test_unite__complete_reading_replaces) {
  side_usual_parent();
  side_assign(side_see_whole("ann", OID, side_one), SUB1, "1", A("1"), NULL);
  side_unite();
  side_covers("role-assignments", SUB1, "complete 1");
  side_holds(ASSIGNMENTS, "x/1\"");
  side_lacks(ASSIGNMENTS, "x/2\"");
  side_lacks(ASSIGNMENTS, "lastRead");
}
END_TEST

START_TEST(test_unite__partial_reading_keeps_what_it_did_not_see_with_its_date) {
  side_usual_parent();
  struct pal_docs *docs = side_see_whole("ann", OID, side_one);
  side_assign(docs, SUB1, "2", A("9"), NULL);
  side_change_cover(docs, "role-assignments", SUB1, "partial", "503");
  side_unite();
  side_covers("role-assignments", SUB1, "partial 1 503 @" T2);
  side_holds(ASSIGNMENTS, "x/1\",\"lastRead\":\"" T2 "\"");
  side_holds(ASSIGNMENTS, "\"principalId\":\"" A("9") "\"");
  side_lacks(ASSIGNMENTS, A("2"));
}
END_TEST

START_TEST(test_unite__an_earlier_date_stays) {
  side_usual_parent();
  side_assign(&side_parent, SUB1, "3", A("3"), T1);
  struct pal_docs *docs = side_see_whole("ann", OID, side_one);
  side_change_cover(docs, "role-assignments", SUB1, "partial", "503");
  side_unite();
  side_holds(ASSIGNMENTS, "x/3\",\"lastRead\":\"" T1 "\"");
  side_holds(ASSIGNMENTS, "x/1\",\"lastRead\":\"" T2 "\"");
}
END_TEST

START_TEST(test_unite__records_of_a_stale_unit_take_its_date) {
  struct pal_docs *docs = side_see_whole("ann", OID, side_one);
  side_assign(docs, SUB1, "1", A("1"), NULL);
  side_change_cover(docs, "role-assignments", SUB1, "stale", "503");
  side_set(pal_docs_find(docs, PAL_FILE_COVERAGE, &side_input.tenant, NULL)->records.v[7], PAL_COVERAGE_AS_OF, T1);
  side_become_parent(docs);
  docs = side_see_whole("ann", OID, side_one);
  side_change_cover(docs, "role-assignments", SUB1, "partial", "503");
  side_unite();
  side_holds(ASSIGNMENTS, "x/1\",\"lastRead\":\"" T1 "\"");
}
END_TEST

START_TEST(test_unite__unread_unit_is_stale_and_its_file_stays_byte_for_byte) {
  side_usual_parent();
  struct pal_docs *docs = side_see_whole("ann", OID, side_one);
  side_change_cover(docs, "role-assignments", SUB1, "unread", "403 AuthorizationFailed");
  pal_docs_remove(docs, pal_docs_find(docs, PAL_FILE_ASSIGNMENTS, &side_input.tenant, SUB1));
  side_unite();
  side_covers("role-assignments", SUB1, "stale 0 403 AuthorizationFailed @" T2);
  side_same(ASSIGNMENTS);
  side_covers("usage", SUB1, "complete 0");
}
END_TEST

START_TEST(test_unite__stale_unit_keeps_its_date_night_after_night) {
  struct pal_docs *docs = side_see_whole("ann", OID, NULL);
  side_change_cover(docs, "tenant", "tenant", "stale", "503");
  side_set(pal_docs_find(docs, PAL_FILE_COVERAGE, &side_input.tenant, NULL)->records.v[0], PAL_COVERAGE_AS_OF, T1);
  side_become_parent(docs);
  (void)side_fail_whole("ann", "AADSTS7000222");
  side_unite();
  side_covers("tenant", "tenant", "stale 0 AADSTS7000222 @" T1);
  side_covers("subscriptions", "tenant", "stale 0 AADSTS7000222 @" T2);
  side_same("tenant.json");
  side_same("access/inherited.json");
  side_same("identities/" OID ".json");
  side_same("delegations.json");
}
END_TEST

START_TEST(test_unite__never_read_is_unread) {
  (void)side_fail_whole("ann", "AADSTS700016");
  side_unite();
  ck_assert_uint_eq(side_ret.n, 1);
  side_covers("role-assignments", "tenant", "unread AADSTS700016");
  side_covers("links", "ann", "unread AADSTS700016");
  side_become_parent(&side_ret);
  (void)side_fail_whole("ann", "AADSTS53003");
  side_unite();
  side_covers("role-assignments", "tenant", "unread AADSTS53003");
  side_covers("usage", "tenant", "unread AADSTS53003");
}
END_TEST

START_TEST(test_unite__subscriptions_of_an_unread_list_are_stale_with_its_cause) {
  side_usual_parent();
  (void)side_fail_whole("ann", "AADSTS53003");
  side_unite();
  side_covers("role-assignments", SUB1, "stale 0 AADSTS53003 @" T2);
  side_covers("usage", SUB1, "stale 0 AADSTS53003 @" T2);
  side_covers("usage", "tenant", "stale AADSTS53003 @" T2);
  side_same(ASSIGNMENTS);
  side_same("subscriptions/" SUB1 "/subscription.json");
}
END_TEST

START_TEST(test_unite__tenant_nobody_asked_for_shows_as_such) {
  side_unite();
  side_covers("tenant", "tenant", "unread not attempted");
  side_covers("links", "tenant", "unread not attempted");
  side_covers("usage", "tenant", "unread not attempted");
  side_covers("groups", "tenant", "unread not attempted");
  side_usual_parent();
  side_unite();
  side_covers("tenant", "tenant", "stale 0 not attempted @" T2);
  side_covers("links", "ann", "stale 0 not attempted @" T2);
  side_covers("links", "tenant", "");
  side_covers("role-assignments", SUB1, "stale 0 not attempted @" T2);
  side_same(ASSIGNMENTS);
}
END_TEST

START_TEST(test_unite__unit_read_again_is_fresh) {
  side_usual_parent();
  (void)side_fail_whole("ann", "503");
  side_unite();
  side_become_parent(&side_ret);
  side_assign(side_see_whole("ann", OID, side_one), SUB1, "1", A("1"), NULL);
  side_unite();
  side_covers("role-assignments", SUB1, "complete 1");
  side_covers("usage", "tenant", "");
  side_covers("usage", SUB1, "complete 0");
}
END_TEST

/* --- several observers --- */

START_TEST(test_unite__complete_observer_wins_a_conflict_then_the_smaller_name) {
  struct pal_docs *ann = side_see_whole("ann", OID, side_one), *bob = side_see_whole("bob", OID2, side_one);
  side_assign(ann, SUB1, "1", A("1"), NULL);
  side_assign(ann, SUB1, "2", A("2"), NULL);
  side_assign(bob, SUB1, "1", A("9"), NULL);
  side_change_cover(ann, "role-assignments", SUB1, "partial", "503");
  side_unite();
  side_covers("role-assignments", SUB1, "complete 2");
  side_holds(ASSIGNMENTS, A("9"));
  side_lacks(ASSIGNMENTS, A("1"));
  side_holds(ASSIGNMENTS, "x/2\"");
  side_change_cover(bob, "role-assignments", SUB1, "partial", "429");
  side_unite();
  side_covers("role-assignments", SUB1, "partial 2 503");
  side_holds(ASSIGNMENTS, A("1"));
}
END_TEST

/* zoe sees SUB1 of HOME from her own tenant. */
static struct pal_docs *side_see_from_outside(void) {
  struct pal_docs *docs = side_see("zoe", CUSTOMER, OID2);
  side_cover(docs, "subscriptions", "tenant", "partial", 1, "through lighthouse", NULL);
  side_subscription(docs, SUB1, "S", "zoe", CUSTOMER);
  side_cover(docs, "role-assignments", SUB1, "complete", 1, NULL, NULL);
  side_cover(docs, "usage", SUB1, "complete", 1, NULL, NULL);
  side_cover(docs, "delegations", SUB1, "complete", 1, NULL, NULL);
  side_assign(docs, SUB1, "1", A("8"), NULL);
  side_used(docs, SUB1, "2026-11", "yes");
  side_delegate(docs, SUB1, "1", "Succeeded");
  return docs;
}

START_TEST(test_unite__access_read_through_lighthouse_is_at_most_partial) {
  side_usual_parent();
  (void)side_see_from_outside();
  side_unite();
  side_covers("role-assignments", SUB1, "partial 1 through lighthouse @" T2);
  side_holds(ASSIGNMENTS, A("8"));
  side_holds(ASSIGNMENTS, "x/2\",\"lastRead\":\"" T2 "\"");
  side_covers("subscriptions", "tenant", "partial 1 through lighthouse @" T2);
  side_covers("tenant", "tenant", "stale 0 not attempted @" T2);
  side_covers("role-assignments", "tenant", "stale 0 not attempted @" T2);
  side_covers("deny-assignments", SUB1, "stale 0 through lighthouse @" T2);
}
END_TEST

START_TEST(test_unite__own_tenant_wins_over_lighthouse) {
  (void)side_see_from_outside();
  side_assign(side_see_whole("ann", OID, side_one), SUB1, "1", A("1"), NULL);
  side_unite();
  side_covers("role-assignments", SUB1, "complete 1");
  side_holds(ASSIGNMENTS, A("1"));
  side_covers("subscriptions", "tenant", "complete 1");
  side_holds("subscriptions/" SUB1 "/subscription.json",
             "{\"identity\":\"ann\",\"tenantId\":\"" HOME "\"},\n    {\"identity\":\"zoe\",\"tenantId\":\"" CUSTOMER
             "\"}");
}
END_TEST

START_TEST(test_unite__other_areas_through_lighthouse_drop_nothing) {
  struct pal_docs *docs = side_see_whole("ann", OID, side_one);
  side_delegate(docs, SUB1, "2", "Succeeded");
  side_used(docs, SUB1, "2026-10", "yes");
  side_used(docs, SUB1, "2026-08", "yes");
  side_become_parent(docs);
  (void)side_see_from_outside();
  side_unite();
  side_covers("delegations", SUB1, "partial 1 not confirmed by its tenant @" T2);
  side_holds("delegations.json", "registrationassignments/2\",\"lastRead\":\"" T2 "\"");
  side_covers("usage", SUB1, "partial 1 not confirmed by its tenant @" T2);
  side_holds("subscriptions/" SUB1 "/usage.json", "\"lastRead\":\"" T2 "\",\"month\":\"2026-10\"");
  side_lacks("subscriptions/" SUB1 "/usage.json", "2026-08"); /* no longer asked for */
}
END_TEST

START_TEST(test_unite__lighthouse_alone_can_be_complete_where_nothing_is_missing) {
  (void)side_see_from_outside();
  side_unite();
  side_covers("usage", SUB1, "complete 1");
  side_covers("delegations", SUB1, "complete 1");
  side_covers("usage", "tenant", "unread not attempted"); /* which other subscriptions there are */
  side_covers("links", "tenant", "unread not attempted");
}
END_TEST

START_TEST(test_unite__old_months_stay_while_the_unit_is_stale) {
  struct pal_docs *docs = side_see_whole("ann", OID, side_one);
  side_used(docs, SUB1, "2026-08", "yes");
  side_become_parent(docs);
  (void)side_fail_whole("ann", "503");
  side_unite();
  side_same("subscriptions/" SUB1 "/usage.json");
}
END_TEST

/* --- subscriptions --- */

START_TEST(test_unite__subscription_missing_in_a_complete_list_is_gone_with_its_files) {
  side_usual_parent();
  (void)side_see_whole("ann", OID, NULL);
  side_unite();
  side_covers("subscriptions", "tenant", "complete 0");
  side_covers("role-assignments", SUB1, "");
  side_covers("usage", SUB1, "");
  ck_assert_str_eq(side_file(&side_ret, ASSIGNMENTS), "");
  ck_assert_str_eq(side_file(&side_ret, "subscriptions/" SUB1 "/subscription.json"), "");
  ck_assert_str_eq(side_file(&side_ret, "subscriptions/" SUB1 "/usage.json"), "");
  side_covers("usage", "tenant", "complete 0"); /* there is nothing to read */
  side_become_parent(&side_ret);
  (void)side_see_whole("ann", OID, side_one);
  side_unite();
  side_covers("usage", "tenant", "");
  side_covers("usage", SUB1, "complete 0");
}
END_TEST

START_TEST(test_unite__subscription_missing_in_a_partial_list_stays) {
  side_usual_parent();
  struct pal_docs *docs = side_see_whole("ann", OID, NULL);
  side_change_cover(docs, "subscriptions", "tenant", "partial", "page repeats");
  side_unite();
  side_covers("subscriptions", "tenant", "partial 0 page repeats @" T2);
  side_holds("subscriptions/" SUB1 "/subscription.json", "\"lastRead\": \"" T2 "\"");
  side_covers("role-assignments", SUB1, "stale 0 page repeats @" T2);
  side_same(ASSIGNMENTS);
  side_covers("role-assignments", "tenant", "partial 0 page repeats @" T2);
}
END_TEST

/* SUB2 was seen by bob alone, who cannot say tonight whether it is still there. */
START_TEST(test_unite__subscription_of_a_failing_identity_is_not_gone) {
  struct pal_docs *docs = side_see_whole("ann", OID, side_one);
  side_subscription(docs, SUB2, "S", "bob", HOME);
  side_cover(docs, "role-assignments", SUB2, "complete", 1, NULL, NULL);
  side_assign(docs, SUB2, "5", A("5"), NULL);
  side_assign(docs, NULL, "7", A("7"), NULL);
  side_become_parent(docs);
  (void)side_see_whole("ann", OID, side_one);
  (void)side_fail_whole("bob", "AADSTS7000222");
  side_unite();
  side_covers("subscriptions", "tenant", "partial 1 AADSTS7000222 @" T2);
  side_covers("role-assignments", SUB2, "stale 1 AADSTS7000222 @" T2);
  side_same("subscriptions/" SUB2 "/role-assignments.json");
  side_covers("role-assignments", SUB1, "complete 0");
  side_covers("role-assignments", "tenant", "partial 0 AADSTS7000222 @" T2); /* its inherited access is nowhere else */
  side_holds("access/inherited.json", "x/7\",\"lastRead\":\"" T2 "\"");
  side_covers("groups", "tenant", "partial 0 AADSTS7000222 @" T2);
}
END_TEST

/* ann is an application that a delegation authorizes; bob, who may not read the directory, asks for its members. */
START_TEST(test_unite__who_signs_in_is_no_group) {
  static const char robot[] = OID, unknown[] = "a7777777-7777-7777-7777-777777777777";
  (void)side_see_whole("ann", OID, side_one);
  struct pal_docs *docs = side_see_whole("bob", "b7777777-7777-7777-7777-777777777777", side_one);
  side_cover(docs, "groups", robot, "unread", -1, "403 Authorization_RequestDenied", NULL);
  side_cover(docs, "groups", unknown, "unread", -1, "403 Authorization_RequestDenied", NULL);
  side_unite();
  side_covers("groups", robot, "not-applicable");
  side_covers("groups", unknown, "unread 403 Authorization_RequestDenied");
}
END_TEST

/* An empty list of subscriptions is an answer about them, not about the management groups above. */
START_TEST(test_unite__access_above_is_kept_when_no_subscription_is_in_sight) {
  struct pal_docs *docs = side_see_whole("ann", OID, side_one);
  side_assign(docs, NULL, "7", A("7"), NULL);
  side_become_parent(docs);
  for (int night = 0; night < 2; night++) {
    (void)side_see_whole("ann", OID, NULL);
    side_unite();
    side_covers("subscriptions", "tenant", "complete 0");
    side_covers("role-assignments", "tenant", "partial 0 no subscription in sight @" T2);
    side_covers("groups", "tenant", "partial 0 no subscription in sight @" T2);
    side_covers("pim", "tenant", "complete 0");
    side_holds("access/inherited.json", "x/7\",\"lastRead\":\"" T2 "\"");
    if (night == 0)
      side_become_parent(&side_ret);
  }
}
END_TEST

/* Another tenant lists one of its subscriptions still: that shows nothing of what lies above it. */
START_TEST(test_unite__access_above_is_kept_when_only_others_see_a_subscription) {
  struct pal_docs *docs = side_see_whole("ann", OID, side_one);
  side_assign(docs, NULL, "7", A("7"), NULL);
  side_become_parent(docs);
  (void)side_see_whole("ann", OID, NULL);
  docs = side_see("zoe", CUSTOMER, OID2);
  side_subscription(docs, SUB1, "S", "zoe", CUSTOMER);
  side_cover(docs, "role-assignments", SUB1, "complete", 0, NULL, NULL);
  side_unite();
  side_covers("role-assignments", "tenant", "partial 0 no subscription in sight @" T2);
  side_holds("access/inherited.json", "x/7\",\"lastRead\":\"" T2 "\"");
}
END_TEST

START_TEST(test_unite__subscription_of_a_removed_identity_is_gone) {
  struct pal_docs *docs = side_see_whole("ann", OID, side_one);
  side_subscription(docs, SUB2, "S", "old", HOME);
  side_become_parent(docs);
  (void)side_see_whole("ann", OID, side_one);
  side_unite();
  side_covers("subscriptions", "tenant", "complete 1");
  ck_assert_str_eq(side_file(&side_ret, "subscriptions/" SUB2 "/subscription.json"), "");
}
END_TEST

/* payload: texts "identity@tenantId" */
static bool has_listed(const void *payload, const char *identity, const char *tenant_id) {
  const struct pal_texts *listed = payload;
  size_t n = strlen(identity);
  for (size_t i = 0; i < listed->n; i++)
    if (strncmp(listed->v[i], identity, n) == 0 && listed->v[i][n] == '@' &&
        strcmp(listed->v[i] + n + 1, tenant_id) == 0)
      return true;
  return false;
}

static void listed(const struct pal_texts *who) {
  side_input.has_listed = has_listed;
  side_input.listed_payload = who;
}

/* SUB2 was seen by zoe alone, through Lighthouse; no observation of hers tells of this tenant tonight. */
START_TEST(test_unite__subscription_seen_from_another_tenant_is_gone_only_when_it_listed) {
  struct pal_docs *docs = side_see_whole("ann", OID, side_one);
  side_subscription(docs, SUB2, "S", "zoe", CUSTOMER);
  side_cover(docs, "role-assignments", SUB2, "complete", 1, NULL, NULL);
  side_assign(docs, SUB2, "5", A("5"), NULL);
  side_become_parent(docs);
  (void)side_see_whole("ann", OID, side_one);
  side_unite();
  side_covers("subscriptions", "tenant", "partial 1 through lighthouse @" T2);
  side_same("subscriptions/" SUB2 "/role-assignments.json");
  listed(&(const struct pal_texts){(const char *[]){"ann@" HOME, "zoe@" HOME, "zoey@" CUSTOMER}, 3});
  side_unite();
  side_same("subscriptions/" SUB2 "/role-assignments.json");
  listed(&(const struct pal_texts){(const char *[]){"ann@" HOME, "zoe@" CUSTOMER}, 2});
  side_unite();
  side_covers("subscriptions", "tenant", "complete 1");
  ck_assert_str_eq(side_file(&side_ret, "subscriptions/" SUB2 "/subscription.json"), "");
}
END_TEST

#define BY(who, tenant) "    {\"identity\":\"" who "\",\"tenantId\":\"" tenant "\"}"
#define BY_ANN BY("ann", HOME)
#define BY_BOB ",\n" BY("bob", HOME)
#define BY_ZOE ",\n" BY("zoe", CUSTOMER)

/* SUB1 is seen by ann again; what becomes of bob's and zoe's sightings of the parent. */
START_TEST(test_unite__sighting_is_gone_only_when_its_observer_listed_without_it) {
  static const struct {
    const char *bob;    /* state of his list tonight; NULL: he was not asked */
    const char *listed; /* of whom it is known that the list was complete */
    const char *seen;
  } rows[] = {
      {"unread", NULL, BY_ANN BY_BOB BY_ZOE},
      {"partial", NULL, BY_ANN BY_BOB BY_ZOE},
      {NULL, NULL, BY_ANN BY_BOB BY_ZOE},
      {"complete", NULL, BY_ANN BY_ZOE},
      {"unread", "zoe@" CUSTOMER, BY_ANN BY_BOB},
      {"complete", "zoe@" CUSTOMER, BY_ANN},
      {"unread", "zoe@" HOME, BY_ANN BY_BOB BY_ZOE},
  };
  struct pal_docs *docs = side_see_whole("ann", OID, side_one);
  side_sight(docs, SUB1, "bob", HOME);
  side_sight(docs, SUB1, "zoe", CUSTOMER);
  side_become_parent(docs);
  (void)side_see_whole("ann", OID, side_one);
  if (rows[_i].bob)
    side_cover(side_see("bob", HOME, OID2), "subscriptions", "tenant", rows[_i].bob, 0, NULL, NULL);
  listed(&(const struct pal_texts){(const char *[]){rows[_i].listed}, rows[_i].listed ? 1 : 0});
  side_unite();
  side_holds("subscriptions/" SUB1 "/subscription.json",
             pal_arena_printf(side_arena, "\"seenFrom\": [\n%s\n  ]", rows[_i].seen));
}
END_TEST

/* Nobody saw SUB1 tonight and bob cannot say: the record is as it was last read, sightings too. */
START_TEST(test_unite__sightings_of_a_kept_subscription_stay) {
  struct pal_docs *docs = side_see_whole("ann", OID, side_one);
  side_sight(docs, SUB1, "bob", HOME);
  side_become_parent(docs);
  (void)side_see_whole("ann", OID, NULL);
  (void)side_fail_whole("bob", "AADSTS7000222");
  side_unite();
  side_holds("subscriptions/" SUB1 "/subscription.json", "\"identity\":\"ann\"");
  side_holds("subscriptions/" SUB1 "/subscription.json", "\"identity\":\"bob\"");
  side_holds("subscriptions/" SUB1 "/subscription.json", "\"lastRead\": \"" T2 "\"");
}
END_TEST

/* --- since when --- */

/* Of a unit in the parent: unread again tonight, then read. */
START_TEST(test_unite__date_of_a_partial_unit_is_that_of_its_last_complete_reading) {
  static const struct {
    const char *state, *as_of, *partial, *stale;
  } rows[] = {
      {"complete", NULL, "partial 1 503 @" T2, "stale 1 503 @" T2},
      {"partial", T1, "partial 1 503 @" T1, "stale 1 503 @" T1},
      {"partial", NULL, "partial 1 503", "stale 1 503"},
      {"stale", T1, "partial 1 503 @" T1, "stale 1 503 @" T1},
      {"stale", NULL, "partial 1 503", "stale 1 503"},
  };
  bool dated = strcmp(rows[_i].state, "partial") == 0;
  struct pal_docs *docs = side_see("ann", HOME, OID);
  side_cover(docs, "subscriptions", "tenant", "complete", 1, NULL, NULL);
  side_subscription(docs, SUB1, "S", "ann", HOME);
  side_cover(docs, "role-assignments", SUB1, rows[_i].state, 1, NULL, rows[_i].as_of);
  side_assign(docs, SUB1, "1", A("1"), NULL);
  side_become_parent(docs);
  docs = side_see_whole("ann", OID, side_one);
  side_change_cover(docs, "role-assignments", SUB1, "unread", "503");
  side_unite();
  side_covers("role-assignments", SUB1, rows[_i].stale);
  if (dated) /* a partial reading is younger than the date of its unit */
    side_holds(ASSIGNMENTS, "x/1\",\"lastRead\":\"" T2 "\"");
  else
    side_same(ASSIGNMENTS);
  side_change_cover(docs, "role-assignments", SUB1, "partial", "503");
  side_assign(docs, SUB1, "1", A("1"), NULL);
  side_unite();
  side_covers("role-assignments", SUB1, rows[_i].partial);
  side_change_cover(docs, "role-assignments", SUB1, "complete", NULL);
  side_unite();
  side_covers("role-assignments", SUB1, "complete 1");
}
END_TEST

START_TEST(test_unite__unknown_month_does_not_replace_a_known_one) {
  struct pal_docs *docs = side_see_whole("ann", OID, side_one);
  side_used(docs, SUB1, "2026-09", "no");
  side_used(docs, SUB1, "2026-10", "yes");
  side_used(docs, SUB1, "2026-11", "unknown");
  side_become_parent(docs);
  docs = side_see_whole("ann", OID, side_one);
  side_change_cover(docs, "usage", SUB1, "partial", "malformed item");
  side_used(docs, SUB1, "2026-09", "yes");
  side_used(docs, SUB1, "2026-10", "unknown");
  side_used(docs, SUB1, "2026-11", "unknown");
  side_unite();
  side_covers("usage", SUB1, "partial 2 malformed item @" T2);
  ck_assert_str_eq(side_file(&side_ret, "subscriptions/" SUB1 "/usage.json"),
                   "[\n  {\"month\":\"2026-09\",\"used\":\"yes\"},\n  "
                   "{\"lastRead\":\"" T2 "\",\"month\":\"2026-10\",\"used\":\"yes\"},\n  "
                   "{\"month\":\"2026-11\",\"used\":\"unknown\"}\n]\n");
}
END_TEST

Suite *make_collect_unite_suite(void);
Suite *make_collect_unite_suite(void) {
  Suite *suite = suite_create("collect/unite");
  TCase *tc = tcase_create("unite");
  tcase_add_checked_fixture(tc, side_set_up, side_tear_down);
  tcase_add_test(tc, test_unite__complete_reading_replaces);
  tcase_add_test(tc, test_unite__partial_reading_keeps_what_it_did_not_see_with_its_date);
  tcase_add_test(tc, test_unite__an_earlier_date_stays);
  tcase_add_test(tc, test_unite__records_of_a_stale_unit_take_its_date);
  tcase_add_test(tc, test_unite__unread_unit_is_stale_and_its_file_stays_byte_for_byte);
  tcase_add_test(tc, test_unite__stale_unit_keeps_its_date_night_after_night);
  tcase_add_test(tc, test_unite__never_read_is_unread);
  tcase_add_test(tc, test_unite__subscriptions_of_an_unread_list_are_stale_with_its_cause);
  tcase_add_test(tc, test_unite__tenant_nobody_asked_for_shows_as_such);
  tcase_add_test(tc, test_unite__unit_read_again_is_fresh);
  tcase_add_test(tc, test_unite__complete_observer_wins_a_conflict_then_the_smaller_name);
  tcase_add_test(tc, test_unite__access_read_through_lighthouse_is_at_most_partial);
  tcase_add_test(tc, test_unite__own_tenant_wins_over_lighthouse);
  tcase_add_test(tc, test_unite__other_areas_through_lighthouse_drop_nothing);
  tcase_add_test(tc, test_unite__lighthouse_alone_can_be_complete_where_nothing_is_missing);
  tcase_add_test(tc, test_unite__old_months_stay_while_the_unit_is_stale);
  tcase_add_test(tc, test_unite__subscription_missing_in_a_complete_list_is_gone_with_its_files);
  tcase_add_test(tc, test_unite__subscription_missing_in_a_partial_list_stays);
  tcase_add_test(tc, test_unite__subscription_of_a_failing_identity_is_not_gone);
  tcase_add_test(tc, test_unite__subscription_of_a_removed_identity_is_gone);
  tcase_add_test(tc, test_unite__subscription_seen_from_another_tenant_is_gone_only_when_it_listed);
  tcase_add_loop_test(tc, test_unite__sighting_is_gone_only_when_its_observer_listed_without_it, 0, 7);
  tcase_add_test(tc, test_unite__access_above_is_kept_when_no_subscription_is_in_sight);
  tcase_add_test(tc, test_unite__access_above_is_kept_when_only_others_see_a_subscription);
  tcase_add_test(tc, test_unite__who_signs_in_is_no_group);
  tcase_add_test(tc, test_unite__sightings_of_a_kept_subscription_stay);
  tcase_add_loop_test(tc, test_unite__date_of_a_partial_unit_is_that_of_its_last_complete_reading, 0, 5);
  tcase_add_test(tc, test_unite__unknown_month_does_not_replace_a_known_one);
  suite_add_tcase(suite, tc);
  return suite;
}
