/* SPDX-License-Identifier: Apache-2.0 */
/* test_import_unite.c - what was declared beside what was read: never in its place. */
#include <string.h>

#include "collect/sides.h"
#include "pal_import.h"
#include "pal_population.h"
#include "unit.h"

#define DAY "2026-11-19T12:00:00Z" /* of the declaration */
#define DIGEST "803fe6b0c7509b22aec97b236c6912bb36ec178cb66caa5bc919ae75b3d94260"
#define DIGEST2 "903fe6b0c7509b22aec97b236c6912bb36ec178cb66caa5bc919ae75b3d94260"
#define FILE_OF(object) "identities/" object ".json"

static struct pal_declaration one;

/* partner NULL: declared to have none */
static void declare(const char *identity, const char *object, const char *partner, const char *date) {
  one = (struct pal_declaration){.path = "f.json",
                                 .identity = identity,
                                 .tenant = tenant_id(HOME),
                                 .provider = "Ann A.",
                                 .date = date,
                                 .sha256 = DIGEST};
  memcpy(one.object.s, object, sizeof one.object.s);
  if (partner == NULL)
    return;
  one.link = pal_record_new(side_arena, &pal_kind_LINK);
  side_set(one.link, PAL_LINK_PARTNER_ID, partner);
  side_set(one.link, PAL_LINK_STATE, "Active");
}

static enum pal_code import(void) {
  const struct pal_declarations all = {.v = &one, .n = 1};
  pal_docs_init(&side_ret, side_arena);
  return pal_import_unite(side_parent.n > 0 ? &side_parent : NULL, &side_input.tenant, side_input.settings, &all,
                          &side_ret, &side_err);
}

/* ann, as the parent has it: her link as `partner` (see side_identity), its unit in `state` */
static void parent(const char *partner, const char *state, const char *as_of) {
  struct pal_docs *docs = side_see("ann", HOME, OID);
  side_cover(docs, "links", "ann", state, partner != NULL, NULL, as_of);
  side_cover(docs, "subscriptions", "tenant", "complete", 0, NULL, T2);
  (void)side_identity(docs, OID, "ann", partner);
  side_become_parent(docs);
}

START_TEST(test_import__never_read_takes_what_is_declared) {
  parent(NULL, "unread", NULL);
  declare("ann", OID, "1234567", DAY);
  unit_ok(import(), &side_err);
  side_covers("links", "ann", "self-declared 1 @" DAY);
  side_covers("subscriptions", "tenant", "complete 0 @" T2);
  side_holds(FILE_OF(OID), "\"assurance\": \"self-declared\"");
  side_holds(FILE_OF(OID), "\"partnerId\": \"1234567\"");
  side_holds(FILE_OF(OID), "\"provider\": \"Ann A.\"");
  side_holds(FILE_OF(OID), "\"sha256\": \"" DIGEST "\"");
}
END_TEST

START_TEST(test_import__declared_to_have_none_is_null) {
  parent(NULL, "unread", NULL);
  declare("ann", OID, NULL, DAY);
  unit_ok(import(), &side_err);
  side_covers("links", "ann", "self-declared 0 @" DAY);
  side_holds(FILE_OF(OID), "\"link\": null");
}
END_TEST

START_TEST(test_import__what_was_read_stays) {
  parent("1234567", "complete", T2);
  declare("ann", OID, "7654321", DAY);
  unit_ok(import(), &side_err);
  side_covers("links", "ann", "complete 1 @" T2);
  side_holds(FILE_OF(OID), "\"assurance\": \"read\"");
  side_holds(FILE_OF(OID), "\"link\": {\n    \"partnerId\": \"1234567\"\n  }");
  side_holds(FILE_OF(OID), "\"partnerId\": \"7654321\""); /* beside it */
  declare("ann", OID, NULL, DAY);
  unit_ok(import(), &side_err);
  side_holds(FILE_OF(OID), "\"link\": {\n    \"partnerId\": \"1234567\"\n  }");
}
END_TEST

/* Nobody reads it any more, on purpose: a declaration that says the same vouches for it. */
START_TEST(test_import__same_as_a_stale_link_vouches_for_it) {
  parent("1234567", "stale", T1);
  declare("ann", OID, "1234567", DAY);
  unit_ok(import(), &side_err);
  side_covers("links", "ann", "self-declared 1 @" DAY);
  side_holds(FILE_OF(OID), "\"assurance\": \"read\"");
  side_holds(FILE_OF(OID), "\"lastRead\": \"" T1 "\"");
  /* One that says another thing takes that back. */
  side_become_parent(&side_ret);
  declare("ann", OID, "7654321", STARTED);
  memcpy(one.sha256, DIGEST2, sizeof one.sha256);
  unit_ok(import(), &side_err);
  side_covers("links", "ann", "stale 1 @" T1);
}
END_TEST

START_TEST(test_import__other_than_a_stale_link_leaves_it_stale) {
  parent("1234567", "stale", T1);
  declare("ann", OID, "7654321", DAY);
  unit_ok(import(), &side_err);
  side_covers("links", "ann", "stale 1 @" T1);
}
END_TEST

START_TEST(test_import__tenant_never_seen_owes_all_else) {
  declare("carl", OID2, "1234567", DAY);
  unit_ok(import(), &side_err);
  side_covers("links", "carl", "self-declared 1 @" DAY);
  side_covers("subscriptions", "tenant", "unread not attempted");
  side_covers("groups", "tenant", "unread not attempted");
  side_covers("links", "tenant", "");
}
END_TEST

START_TEST(test_import__marker_of_no_link_asked_goes) {
  struct pal_docs *docs = side_see("ann", HOME, NULL);
  side_cover(docs, "links", "tenant", "unread", -1, NULL, NULL);
  side_cover(docs, "subscriptions", "tenant", "unread", -1, NULL, NULL);
  side_become_parent(docs);
  declare("carl", OID2, "1234567", DAY);
  unit_ok(import(), &side_err);
  side_covers("links", "tenant", "");
  side_covers("subscriptions", "tenant", "unread");
}
END_TEST

/* --- what cannot be --- */

START_TEST(test_import__object_of_another_identity_is_refused) {
  parent("1234567", "complete", T2);
  declare("carl", OID, "1234567", DAY);
  unit_fails(import(), PAL_E_INPUT, "the snapshot knows this object as ann", &side_err);
}
END_TEST

START_TEST(test_import__identity_read_as_another_object_is_refused) {
  parent("1234567", "complete", T2);
  declare("ann", OID2, "1234567", DAY);
  unit_fails(import(), PAL_E_INPUT, "palscan read this identity as object " OID, &side_err);
}
END_TEST

START_TEST(test_import__identity_declared_as_another_object_moves) {
  declare("carl", OID, "1234567", DAY);
  unit_ok(import(), &side_err);
  side_become_parent(&side_ret);
  declare("carl", OID2, "1234567", STARTED);
  unit_ok(import(), &side_err);
  side_lacks(FILE_OF(OID), "1234567");
  side_holds(FILE_OF(OID2), "1234567");
}
END_TEST

START_TEST(test_import__same_file_and_older_ones_are_refused) {
  declare("carl", OID, "1234567", DAY);
  unit_ok(import(), &side_err);
  side_become_parent(&side_ret);
  declare("carl", OID, "1234567", STARTED);
  unit_fails(import(), PAL_E_INPUT, "this very file was imported before", &side_err);
  declare("carl", OID, "1234567", T2);
  memcpy(one.sha256, DIGEST2, sizeof one.sha256);
  unit_fails(import(), PAL_E_INPUT, "a later declaration is on record, of " DAY, &side_err);
}
END_TEST

/* --- the scans after it --- */

static void scan_after(const char *partner, const char *state) {
  side_become_parent(&side_ret);
  side_input.n = 0;
  struct pal_docs *docs = side_see("ann", HOME, OID);
  side_cover(docs, "links", "ann", state, partner != NULL, NULL, NULL);
  (void)side_identity(docs, OID, "ann", partner);
  side_unite();
}

START_TEST(test_import__failed_reading_keeps_the_declaration) {
  parent(NULL, "unread", NULL);
  declare("ann", OID, "1234567", DAY);
  unit_ok(import(), &side_err);
  scan_after(NULL, "unread");
  side_covers("links", "ann", "self-declared 1 @" DAY);
  side_same(FILE_OF(OID));
}
END_TEST

START_TEST(test_import__reading_takes_the_place_of_a_declaration) {
  parent(NULL, "unread", NULL);
  declare("ann", OID, "1234567", DAY);
  unit_ok(import(), &side_err);
  scan_after("1234567", "complete");
  side_covers("links", "ann", "complete 1");
  side_holds(FILE_OF(OID), "\"assurance\": \"read\"");
  side_lacks(FILE_OF(OID), "\"declared\"");
}
END_TEST

START_TEST(test_import__contradiction_stands_beside_the_next_reading) {
  parent("1234567", "complete", T2);
  declare("ann", OID, "7654321", DAY);
  unit_ok(import(), &side_err);
  scan_after("1234567", "complete");
  side_holds(FILE_OF(OID), "\"declared\"");
  side_holds(FILE_OF(OID), "7654321");
  side_covers("links", "ann", "complete 1");
}
END_TEST

START_TEST(test_import__contradiction_that_is_too_old_goes) {
  parent("1234567", "complete", T2);
  declare("ann", OID, "7654321", "2026-08-12T02:59:59Z"); /* more than 100 days before STARTED */
  unit_ok(import(), &side_err);
  scan_after("1234567", "complete");
  side_lacks(FILE_OF(OID), "\"declared\"");
}
END_TEST

/* Nobody can read it in the night: a word that is too old makes rules unknown, and no run incomplete. */
START_TEST(test_import__declaration_of_any_age_makes_no_night_incomplete) {
  side_set_settings("[\"links\"]", ROBOT("ann", HOME, ALL));
  for (int i = 0; i < 2; i++) {
    declare("ann", OID, "1234567", i == 0 ? "2026-08-12T03:00:00Z" : "2026-08-12T02:59:59Z");
    struct pal_docs *docs = side_see("ann", HOME, OID);
    side_cover(docs, "links", "ann", "unread", -1, NULL, NULL);
    side_cover(docs, "tenant", "tenant", "complete", 1, NULL, NULL);
    side_cover(docs, "subscriptions", "tenant", "complete", 0, NULL, NULL);
    pal_docs_init(&side_parent, side_arena);
    side_become_parent(docs);
    unit_ok(import(), &side_err);
    ck_assert(pal_tenant_complete(&side_ret, side_input.settings));
  }
}
END_TEST

Suite *make_collect_import_unite_suite(void);
Suite *make_collect_import_unite_suite(void) {
  Suite *suite = suite_create("collect/import_unite");
  TCase *tc = tcase_create("import_unite");
  tcase_add_checked_fixture(tc, side_set_up, side_tear_down);
  tcase_add_test(tc, test_import__never_read_takes_what_is_declared);
  tcase_add_test(tc, test_import__declared_to_have_none_is_null);
  tcase_add_test(tc, test_import__what_was_read_stays);
  tcase_add_test(tc, test_import__same_as_a_stale_link_vouches_for_it);
  tcase_add_test(tc, test_import__other_than_a_stale_link_leaves_it_stale);
  tcase_add_test(tc, test_import__tenant_never_seen_owes_all_else);
  tcase_add_test(tc, test_import__marker_of_no_link_asked_goes);
  tcase_add_test(tc, test_import__object_of_another_identity_is_refused);
  tcase_add_test(tc, test_import__identity_read_as_another_object_is_refused);
  tcase_add_test(tc, test_import__identity_declared_as_another_object_moves);
  tcase_add_test(tc, test_import__same_file_and_older_ones_are_refused);
  tcase_add_test(tc, test_import__failed_reading_keeps_the_declaration);
  tcase_add_test(tc, test_import__reading_takes_the_place_of_a_declaration);
  tcase_add_test(tc, test_import__contradiction_stands_beside_the_next_reading);
  tcase_add_test(tc, test_import__contradiction_that_is_too_old_goes);
  tcase_add_test(tc, test_import__declaration_of_any_age_makes_no_night_incomplete);
  suite_add_tcase(suite, tc);
  return suite;
}
