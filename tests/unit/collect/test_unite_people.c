/* SPDX-License-Identifier: Apache-2.0 */
/* test_unite_people.c - identities, groups, roles and delegations of several observers and the parent. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/sides.h"
#include "unit.h"

/* --- identities --- */

START_TEST(test_unite__link_answered_null_replaces_one) {
  struct pal_docs *docs = side_see_whole("ann", OID, NULL);
  pal_docs_remove(docs, pal_docs_find(docs, PAL_FILE_IDENTITY, &side_input.tenant, OID));
  (void)side_identity(docs, OID, "ann", "1234567");
  side_become_parent(docs);
  (void)side_see_whole("ann", OID, NULL);
  side_unite();
  side_holds("identities/" OID ".json", "\"link\": null");
  side_covers("links", "ann", "complete 0");
}
END_TEST

START_TEST(test_unite__link_not_answered_stays) {
  struct pal_docs *docs = side_see("ann", HOME, OID);
  side_cover(docs, "links", "ann", "complete", 1, NULL, NULL);
  (void)side_identity(docs, OID, "ann", "1234567");
  side_become_parent(docs);
  docs = side_see("ann", HOME, OID);
  side_cover(docs, "links", "ann", "unread", -1, "403", NULL);
  (void)side_identity(docs, OID, "ann", NULL);
  side_unite();
  side_covers("links", "ann", "stale 1 403 @" T2);
  side_same("identities/" OID ".json");
}
END_TEST

START_TEST(test_unite__malformed_link_keeps_the_old_with_its_date) {
  struct pal_docs *docs = side_see("ann", HOME, OID);
  side_cover(docs, "links", "ann", "complete", 1, NULL, NULL);
  (void)side_identity(docs, OID, "ann", "1234567");
  side_become_parent(docs);
  docs = side_see("ann", HOME, OID);
  side_cover(docs, "links", "ann", "partial", 0, "malformed item", NULL);
  (void)side_identity(docs, OID, "ann", NULL);
  side_unite();
  side_covers("links", "ann", "partial 0 malformed item @" T2);
  side_holds("identities/" OID ".json", "\"lastRead\": \"" T2 "\"");
  side_holds("identities/" OID ".json", "1234567");
}
END_TEST

START_TEST(test_unite__unanswered_link_of_a_new_identity_is_absent) {
  struct pal_docs *docs = side_see("ann", HOME, OID);
  side_cover(docs, "links", "ann", "unread", -1, "403", NULL);
  (void)side_identity(docs, OID, "ann", NULL);
  side_unite();
  side_covers("links", "ann", "unread 403");
  side_lacks("identities/" OID ".json", "\"link\"");
  side_holds("identities/" OID ".json", OID);
}
END_TEST

START_TEST(test_unite__two_names_of_one_object_share_its_file) {
  struct pal_docs *ann = side_see("ann", HOME, OID), *bob = side_see("bob", HOME, OID);
  side_cover(ann, "links", "ann", "unread", -1, "503", NULL);
  (void)side_identity(ann, OID, "ann", NULL);
  side_cover(bob, "links", "bob", "complete", 1, NULL, NULL);
  (void)side_identity(bob, OID, "bob", "7654321");
  side_unite();
  side_holds("identities/" OID ".json", "\"names\": [\"ann\",\"bob\"]");
  side_holds("identities/" OID ".json", "7654321");
  side_covers("links", "ann", "unread 503");
  side_covers("links", "bob", "complete 1");
}
END_TEST

START_TEST(test_unite__identity_taken_out_of_the_configuration_is_carried) {
  struct pal_docs *docs = side_see_whole("old", OID2, NULL);
  side_become_parent(docs);
  (void)side_see_whole("ann", OID, NULL);
  side_unite();
  side_covers("links", "old", "stale 0 no credential @" T2); /* nobody is meant to ask */
  side_covers("links", "ann", "complete 0");
  side_same("identities/" OID2 ".json");
}
END_TEST

/* Nobody can ask for the link of a person who has left. */
START_TEST(test_unite__link_of_a_leaver_is_carried_and_owes_nothing) {
  (void)side_see_whole("bob", OID2, NULL);
  side_become_parent(&side_seen[0]->docs);
  side_cover_whole(side_see("bob", HOME, NULL), "bob", "unread", "AADSTS50057");
  side_input.estate = parse_record(side_arena, &pal_kind_ESTATE,
                                   "{\"principals\":[{\"name\":\"Bob\",\"home\":{\"tenant\":\"" HOME
                                   "\",\"objectId\":\"" OID2 "\"},\"left\":\"2026-11-01\"}]}");
  side_unite();
  side_covers("links", "bob", "stale 0 the person has left @" T2);
  side_same("identities/" OID2 ".json");
  side_covers("tenant", "tenant", "stale 0 AADSTS50057 @" T2);
}
END_TEST

START_TEST(test_unite__identity_made_anew_replaces_its_old_object) {
  (void)side_see_whole("ann", OID, NULL);
  side_become_parent(&side_seen[0]->docs);
  (void)side_see_whole("ann", OID2, NULL);
  side_unite();
  ck_assert_str_eq(side_file(&side_ret, "identities/" OID ".json"), "");
  side_holds("identities/" OID2 ".json", OID2);
}
END_TEST

START_TEST(test_unite__declared_link_is_not_cleared_by_a_failure) {
  struct pal_docs *docs = side_see("ann", HOME, OID);
  struct pal_record *r = side_identity(docs, OID2, "eve", "1234567");
  side_set(r, PAL_IDENTITY_ASSURANCE, "self-declared");
  side_cover(docs, "links", "eve", "self-declared", 1, NULL, T1);
  side_become_parent(docs);
  (void)side_see_whole("ann", OID, NULL);
  side_unite();
  side_covers("links", "eve", "self-declared 1 @" T1);
  side_same("identities/" OID2 ".json");
}
END_TEST

/* --- groups and roles --- */

START_TEST(test_unite__group_out_of_use_goes) {
  struct pal_docs *docs = side_see_whole("ann", OID, NULL);
  side_cover(docs, "groups", GROUP, "complete", 1, NULL, NULL);
  side_group(docs, GROUP, PERSON);
  side_become_parent(docs);
  (void)side_see_whole("ann", OID, NULL);
  side_unite();
  side_covers("groups", GROUP, "");
  ck_assert_str_eq(side_file(&side_ret, "groups/" GROUP ".json"), "");
}
END_TEST

START_TEST(test_unite__group_stays_while_it_is_not_known_who_refers_to_it) {
  struct pal_docs *docs = side_see_whole("ann", OID, NULL);
  side_cover(docs, "groups", GROUP, "complete", 1, NULL, NULL);
  side_group(docs, GROUP, PERSON);
  side_become_parent(docs);
  (void)side_see_whole("ann", OID, NULL);
  (void)side_fail_whole("bob", "AADSTS50057"); /* may have seen a reference of its own */
  side_unite();
  side_covers("groups", "tenant", "complete 0");
  side_covers("groups", GROUP, "stale 1 not attempted @" T2);
  side_same("groups/" GROUP ".json");
}
END_TEST

START_TEST(test_unite__part_of_a_group_is_joined_with_what_was_known) {
  struct pal_docs *docs = side_see_whole("ann", OID, NULL);
  side_cover(docs, "groups", GROUP, "complete", 1, NULL, NULL);
  side_group(docs, GROUP, PERSON);
  side_become_parent(docs);
  docs = side_see_whole("ann", OID, NULL);
  side_cover(docs, "groups", GROUP, "partial", 1, "503", NULL);
  side_group(docs, GROUP, OID2);
  side_unite();
  side_covers("groups", GROUP, "partial 1 503 @" T2);
  side_holds("groups/" GROUP ".json", PERSON);
  side_holds("groups/" GROUP ".json", OID2);
  side_holds("groups/" GROUP ".json", "\"lastRead\": \"" T2 "\"");
}
END_TEST

START_TEST(test_unite__deleted_group_goes) {
  struct pal_docs *docs = side_see_whole("ann", OID, NULL);
  side_cover(docs, "groups", GROUP, "complete", 1, NULL, NULL);
  side_group(docs, GROUP, PERSON);
  side_become_parent(docs);
  docs = side_see_whole("ann", OID, NULL);
  side_cover(docs, "groups", GROUP, "not-applicable", -1, "404 Request_ResourceNotFound", NULL);
  side_unite();
  side_covers("groups", GROUP, "not-applicable 404 Request_ResourceNotFound");
  ck_assert_str_eq(side_file(&side_ret, "groups/" GROUP ".json"), "");
}
END_TEST

START_TEST(test_unite__custom_role_goes_only_when_every_subscription_was_read) {
  struct pal_docs *docs = side_see_whole("ann", OID, side_two);
  side_role(docs, A("1"), "Stays");
  side_role(docs, A("2"), "Goes");
  side_become_parent(docs);
  docs = side_see_whole("ann", OID, side_two);
  side_role(docs, A("1"), "Stays");
  side_change_cover(docs, "role-definitions", SUB2, "unread", "403");
  side_unite();
  side_holds("roles/" A("2") ".json", "\"lastRead\": \"" T2 "\"");
  side_lacks("roles/" A("1") ".json", "lastRead");
  side_covers("role-definitions", SUB2, "stale 0 403 @" T2);
  side_change_cover(docs, "role-definitions", SUB2, "complete", NULL);
  side_unite();
  ck_assert_str_eq(side_file(&side_ret, "roles/" A("2") ".json"), "");
  side_holds("roles/" A("1") ".json", "Stays");
}
END_TEST

START_TEST(test_unite__delegations_are_told_by_subscription) {
  struct pal_docs *docs = side_see_whole("ann", OID, side_two);
  side_delegate(docs, SUB1, "1", "Succeeded");
  side_delegate(docs, SUB2, "2", "Succeeded");
  side_delegate(docs, SUB2, "3", "Succeeded");
  side_become_parent(docs);
  docs = side_see_whole("ann", OID, side_two);
  side_delegate(docs, SUB2, "2", "Deleting");
  side_change_cover(docs, "delegations", SUB2, "partial", "503");
  side_unite();
  side_covers("delegations", SUB1, "complete 0");
  side_covers("delegations", SUB2, "partial 1 503 @" T2);
  side_lacks("delegations.json", "registrationassignments/1\"");
  side_holds("delegations.json", "\"Deleting\"");
  side_holds("delegations.json", "registrationassignments/3\",\"lastRead\":\"" T2 "\"");
}
END_TEST

Suite *make_collect_unite_people_suite(void);
Suite *make_collect_unite_people_suite(void) {
  Suite *suite = suite_create("collect/unite_people");
  TCase *tc = tcase_create("unite_people");
  tcase_add_checked_fixture(tc, side_set_up, side_tear_down);
  tcase_add_test(tc, test_unite__link_answered_null_replaces_one);
  tcase_add_test(tc, test_unite__link_not_answered_stays);
  tcase_add_test(tc, test_unite__malformed_link_keeps_the_old_with_its_date);
  tcase_add_test(tc, test_unite__unanswered_link_of_a_new_identity_is_absent);
  tcase_add_test(tc, test_unite__two_names_of_one_object_share_its_file);
  tcase_add_test(tc, test_unite__identity_taken_out_of_the_configuration_is_carried);
  tcase_add_test(tc, test_unite__link_of_a_leaver_is_carried_and_owes_nothing);
  tcase_add_test(tc, test_unite__identity_made_anew_replaces_its_old_object);
  tcase_add_test(tc, test_unite__declared_link_is_not_cleared_by_a_failure);
  tcase_add_test(tc, test_unite__group_out_of_use_goes);
  tcase_add_test(tc, test_unite__group_stays_while_it_is_not_known_who_refers_to_it);
  tcase_add_test(tc, test_unite__part_of_a_group_is_joined_with_what_was_known);
  tcase_add_test(tc, test_unite__deleted_group_goes);
  tcase_add_test(tc, test_unite__custom_role_goes_only_when_every_subscription_was_read);
  tcase_add_test(tc, test_unite__delegations_are_told_by_subscription);
  suite_add_tcase(suite, tc);
  return suite;
}
