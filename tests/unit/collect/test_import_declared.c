/* SPDX-License-Identifier: Apache-2.0 */
/* test_import_declared.c - declared role assignments: kept apart from all that is read, until it is read. */
#include <string.h>

#include "collect/sides.h"
#include "pal_import.h"
#include "unit.h"

#define DAY "2026-11-19T12:00:00Z"      /* of the list */
#define LONG_AGO "2026-08-12T02:59:59Z" /* more than 100 days before STARTED */
#define DIGEST "803fe6b0c7509b22aec97b236c6912bb36ec178cb66caa5bc919ae75b3d94260"
#define DIGEST2 "903fe6b0c7509b22aec97b236c6912bb36ec178cb66caa5bc919ae75b3d94260"
#define FILE_OF(object) "identities/" object ".json"
#define ID_OF(n) SUB_ID(SUB1) "/providers/x/" A(n) /* as side_assign() makes them */

static struct pal_declaration one;

static struct pal_declaration *declare(const char *identity, const char *object, const char *date, const char *digest) {
  one = (struct pal_declaration){
      .path = "f.json", .identity = identity, .tenant = tenant_id(HOME), .provider = "Eve E.", .date = date};
  memcpy(one.object.s, object, sizeof one.object.s);
  memcpy(one.sha256, digest, sizeof one.sha256);
  return &one;
}

static void tell_role(struct pal_declaration *d, const char *id) {
  struct pal_record *row = pal_record_new(side_arena, &pal_kind_DECLARED_ASSIGNMENT);
  d->link_untold = d->tells_assignments = true;
  if (id == NULL)
    return;
  side_set(row, PAL_DECLARED_ASSIGNMENT_ID, id);
  side_set(row, PAL_DECLARED_ASSIGNMENT_SCOPE, SUB_ID(SUB1));
  side_set(row, PAL_DECLARED_ASSIGNMENT_ROLE_ID, ROLE);
  unit_ok(pal_records_add(side_arena, &d->assignments, row, &side_err), &side_err);
}

static void tell_link(struct pal_declaration *d, const char *partner) {
  d->link = pal_record_new(side_arena, &pal_kind_LINK);
  side_set(d->link, PAL_LINK_PARTNER_ID, partner);
  side_set(d->link, PAL_LINK_STATE, "Active");
}

static enum pal_code import(void) {
  const struct pal_declarations all = {.v = &one, .n = 1};
  pal_docs_init(&side_ret, side_arena);
  return pal_import_unite(side_parent.n > 0 ? &side_parent : NULL, &side_input.tenant, side_input.settings, &all,
                          &side_ret, &side_err);
}

/* ann read HOME completely; eve, whom nobody can sign in as, declares what she holds. */
static void eve_declares(const char *id, const char *date) {
  side_become_parent(side_see_whole("ann", OID, side_one));
  tell_role(declare("eve", PERSON, date, DIGEST), id);
  unit_ok(import(), &side_err);
}

START_TEST(test_import__roles_stand_in_the_declaration_alone) {
  eve_declares(ID_OF("1"), DAY);
  side_holds(FILE_OF(PERSON), "\"assignmentsProvider\": \"Eve E.\"");
  side_holds(FILE_OF(PERSON), "\"assignmentsDate\": \"" DAY "\"");
  side_holds(FILE_OF(PERSON), "\"assignmentsSha256\": \"" DIGEST "\"");
  side_holds(FILE_OF(PERSON), "{\"id\":\"" ID_OF("1") "\",");
  side_holds(FILE_OF(PERSON), "\"assurance\": \"self-declared\"");
  side_lacks(FILE_OF(PERSON), "\"link\"");
  side_lacks(FILE_OF(PERSON), "\"date\"");
  side_same(ASSIGNMENTS);
  side_covers("role-assignments", SUB1, "complete 0");
  side_covers("links", "ann", "complete 0");
}
END_TEST

/* Her link is one of ours that nobody has read: no list of links is whole without it. */
START_TEST(test_import__link_that_was_not_told_is_owed) {
  eve_declares(ID_OF("1"), DAY);
  side_covers("links", "eve", "unread not attempted");
}
END_TEST

START_TEST(test_import__roles_in_a_tenant_never_seen_owe_all) {
  tell_role(declare("eve", PERSON, DAY, DIGEST), ID_OF("1"));
  unit_ok(import(), &side_err);
  side_covers("links", "eve", "unread not attempted");
  side_covers("role-assignments", "tenant", "unread not attempted");
  side_covers("subscriptions", "tenant", "unread not attempted");
}
END_TEST

START_TEST(test_import__link_and_roles_do_not_touch_each_other) {
  eve_declares(ID_OF("1"), DAY);
  side_become_parent(&side_ret);
  tell_link(declare("eve", PERSON, STARTED, DIGEST2), "1234567");
  unit_ok(import(), &side_err);
  side_holds(FILE_OF(PERSON), "\"assignmentsDate\": \"" DAY "\"");
  side_holds(FILE_OF(PERSON), "\"date\": \"" STARTED "\"");
  side_holds(FILE_OF(PERSON), ID_OF("1"));
  side_covers("links", "eve", "self-declared 1 @" STARTED);
  side_become_parent(&side_ret);
  tell_role(declare("eve", PERSON, STARTED, DIGEST), ID_OF("2"));
  unit_fails(import(), PAL_E_INPUT, "this very file was imported before", &side_err);
  memcpy(one.sha256, "0", 1);
  unit_ok(import(), &side_err);
  side_holds(FILE_OF(PERSON), "\"date\": \"" STARTED "\"");
  side_holds(FILE_OF(PERSON), "1234567");
  side_holds(FILE_OF(PERSON), ID_OF("2"));
  side_lacks(FILE_OF(PERSON), ID_OF("1"));
  side_covers("links", "eve", "self-declared 1 @" STARTED);
}
END_TEST

START_TEST(test_import__older_list_is_refused) {
  eve_declares(ID_OF("1"), DAY);
  side_become_parent(&side_ret);
  tell_role(declare("eve", PERSON, T2, DIGEST2), ID_OF("1"));
  unit_fails(import(), PAL_E_INPUT, "a later declaration is on record, of " DAY, &side_err);
}
END_TEST

START_TEST(test_import__roles_move_nobody_to_another_object) {
  eve_declares(ID_OF("1"), DAY);
  side_become_parent(&side_ret);
  tell_role(declare("eve", OID2, STARTED, DIGEST2), ID_OF("1"));
  unit_fails(import(), PAL_E_INPUT, "this identity was declared to be object " PERSON, &side_err);
  tell_role(declare("ann", OID2, STARTED, DIGEST2), ID_OF("1"));
  unit_fails(import(), PAL_E_INPUT, "palscan read this identity as object " OID, &side_err);
  tell_role(declare("eve", OID, STARTED, DIGEST2), ID_OF("1"));
  unit_fails(import(), PAL_E_INPUT, "the snapshot knows this object as ann", &side_err);
}
END_TEST

START_TEST(test_import__roles_beside_a_reading_leave_it) {
  side_become_parent(side_see_whole("ann", OID, side_one));
  tell_role(declare("ann", OID, DAY, DIGEST), ID_OF("1"));
  unit_ok(import(), &side_err);
  side_holds(FILE_OF(OID), "\"assurance\": \"read\"");
  side_holds(FILE_OF(OID), "\"link\": null");
  side_covers("links", "ann", "complete 0");
}
END_TEST

/* --- the scans after it --- */

static struct pal_docs *next_night(void) {
  side_become_parent(&side_ret);
  side_input.n = 0;
  return side_see_whole("ann", OID, side_one);
}

START_TEST(test_import__role_that_is_read_needs_no_declaration) {
  eve_declares(ID_OF("1"), DAY);
  side_assign(next_night(), SUB1, A("1"), PERSON, NULL);
  side_unite();
  side_lacks(FILE_OF(PERSON), "\"declared\"");
  side_holds(FILE_OF(PERSON), "\"names\"");
}
END_TEST

START_TEST(test_import__role_of_another_is_not_the_declared_one) {
  eve_declares(ID_OF("1"), DAY);
  side_assign(next_night(), SUB1, A("1"), OID2, NULL);
  side_unite();
  side_holds(FILE_OF(PERSON), ID_OF("1"));
}
END_TEST

START_TEST(test_import__role_that_is_not_there_stays_declared) {
  eve_declares(ID_OF("1"), DAY);
  side_assign(next_night(), SUB1, A("2"), PERSON, NULL);
  side_unite();
  side_holds(FILE_OF(PERSON), ID_OF("1"));
  side_same(FILE_OF(PERSON));
}
END_TEST

START_TEST(test_import__night_that_fails_leaves_the_list) {
  eve_declares(ID_OF("1"), LONG_AGO);
  side_become_parent(&side_ret);
  side_input.n = 0;
  (void)side_fail_whole("ann", "AADSTS7000215");
  side_unite();
  side_same(FILE_OF(PERSON));
}
END_TEST

START_TEST(test_import__list_that_is_too_old_goes_when_it_is_read) {
  eve_declares(ID_OF("1"), LONG_AGO);
  (void)next_night();
  side_unite();
  side_lacks(FILE_OF(PERSON), "\"declared\"");
}
END_TEST

/* The link that was read needs no declaration; of her roles nobody has read anything. */
START_TEST(test_import__reading_of_the_link_leaves_the_list) {
  side_become_parent(side_see_whole("ann", OID, side_one));
  tell_role(declare("ann", OID, DAY, DIGEST), ID_OF("1"));
  one.link_untold = false; /* declared to have none, as was read */
  unit_ok(import(), &side_err);
  side_holds(FILE_OF(OID), "\"date\": \"" DAY "\"");
  (void)next_night();
  side_unite();
  side_holds(FILE_OF(OID), ID_OF("1"));
  side_holds(FILE_OF(OID), "\"assignmentsDate\": \"" DAY "\"");
  side_lacks(FILE_OF(OID), "\"date\"");
  side_lacks(FILE_OF(OID), "\"provider\"");
}
END_TEST

START_TEST(test_import__empty_list_is_forgotten_by_the_next_night) {
  eve_declares(NULL, DAY);
  side_holds(FILE_OF(PERSON), "\"assignmentsDate\": \"" DAY "\"");
  (void)next_night();
  side_unite();
  side_lacks(FILE_OF(PERSON), "\"declared\"");
}
END_TEST

Suite *make_collect_import_declared_suite(void);
Suite *make_collect_import_declared_suite(void) {
  Suite *suite = suite_create("collect/import_declared");
  TCase *tc = tcase_create("import_declared");
  tcase_add_checked_fixture(tc, side_set_up, side_tear_down);
  tcase_add_test(tc, test_import__roles_stand_in_the_declaration_alone);
  tcase_add_test(tc, test_import__link_that_was_not_told_is_owed);
  tcase_add_test(tc, test_import__roles_in_a_tenant_never_seen_owe_all);
  tcase_add_test(tc, test_import__link_and_roles_do_not_touch_each_other);
  tcase_add_test(tc, test_import__older_list_is_refused);
  tcase_add_test(tc, test_import__roles_move_nobody_to_another_object);
  tcase_add_test(tc, test_import__roles_beside_a_reading_leave_it);
  tcase_add_test(tc, test_import__role_that_is_read_needs_no_declaration);
  tcase_add_test(tc, test_import__role_of_another_is_not_the_declared_one);
  tcase_add_test(tc, test_import__role_that_is_not_there_stays_declared);
  tcase_add_test(tc, test_import__night_that_fails_leaves_the_list);
  tcase_add_test(tc, test_import__list_that_is_too_old_goes_when_it_is_read);
  tcase_add_test(tc, test_import__reading_of_the_link_leaves_the_list);
  tcase_add_test(tc, test_import__empty_list_is_forgotten_by_the_next_night);
  suite_add_tcase(suite, tc);
  return suite;
}
