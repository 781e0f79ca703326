/* SPDX-License-Identifier: Apache-2.0 */
/* test_unite_scope.c - what a run does not touch, and that the order of observations does not matter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/sides.h"
#include "pal_population.h"
#include "unit.h"

/* --- scope and settings --- */

START_TEST(test_unite__area_no_longer_collected_is_carried_as_such) {
  side_usual_parent();
  side_set_settings("[\"links\"]", ROBOT("ann", HOME, ALL));
  struct pal_docs *docs = side_see("ann", HOME, OID);
  side_cover(docs, "tenant", "tenant", "complete", 1, NULL, NULL);
  side_cover(docs, "subscriptions", "tenant", "complete", 1, NULL, NULL);
  side_cover(docs, "links", "ann", "complete", 0, NULL, NULL);
  side_named(docs, "Home");
  side_subscription(docs, SUB1, "S", "ann", HOME);
  (void)side_identity(docs, OID, "ann", "");
  side_unite();
  side_covers("role-assignments", SUB1, "not-collected 0 @" T2);
  side_covers("usage", SUB1, "not-collected 0 @" T2);
  side_same(ASSIGNMENTS);
  ck_assert(pal_tenant_complete(&side_ret, side_input.settings));
}
END_TEST

static bool links_only(void *payload, const char *tenant, const char *area) {
  (void)payload;
  return strcmp(tenant, HOME) == 0 && strcmp(area, "links") == 0;
}

START_TEST(test_unite__outside_the_scope_everything_stays_byte_for_byte) {
  side_usual_parent();
  struct pal_docs *docs = side_see_whole("ann", OID2, NULL);
  side_assign(docs, NULL, "7", A("7"), NULL);
  side_input.in_scope = links_only;
  side_unite();
  side_same(ASSIGNMENTS);
  side_same("access/inherited.json");
  side_same("subscriptions/" SUB1 "/subscription.json");
  side_same("tenant.json");
  side_covers("role-assignments", SUB1, "complete 0");
  side_covers("links", "ann", "complete 0");
  side_holds("identities/" OID2 ".json", OID2);
}
END_TEST

START_TEST(test_unite__run_of_one_identity_leaves_the_others_units) {
  struct pal_docs *docs = side_see_whole("ann", OID, side_one);
  side_cover(docs, "links", "bob", "complete", 1, NULL, NULL);
  (void)side_identity(docs, OID2, "bob", "1234567");
  side_sight(docs, SUB1, "bob", HOME);
  side_assign(docs, SUB1, "1", A("1"), NULL);
  side_become_parent(docs);
  docs = side_see("ann", HOME, OID);
  side_cover(docs, "links", "ann", "complete", 0, NULL, NULL);
  (void)side_identity(docs, OID, "ann", "");
  side_input.only_identities = &(const struct pal_texts){(const char *[]){"ann"}, 1};
  side_unite();
  side_covers("links", "bob", "complete 1");
  side_covers("role-assignments", SUB1, "complete 0");
  side_same("identities/" OID2 ".json");
  side_same(ASSIGNMENTS);
}
END_TEST

/* --- whatever the order --- */

static unsigned random_state;

static unsigned draw(unsigned n) {
  random_state = random_state * 1664525u + 1013904223u;
  return (random_state >> 8) % n;
}

static void random_observer(const char *name, const char *tenant, const char *object) {
  static const char *const states[] = {"complete", "partial", "unread"}, *const subs[] = {SUB1, SUB2, SUB3};
  static const char *const principals[] = {A("1"), A("2"), A("3")}, *const names[] = {"1", "2", "3"};
  bool own = strcmp(tenant, HOME) == 0;
  struct pal_docs *docs = side_see(name, tenant, object);
  side_cover(docs, "subscriptions", "tenant", own ? states[draw(2)] : "partial", 3, own ? NULL : "through lighthouse",
             NULL);
  if (own) {
    const char *state = states[draw(3)];
    side_cover(docs, "tenant", "tenant", state, 1, NULL, NULL);
    if (strcmp(state, "unread") != 0)
      side_named(docs, names[draw(3)]);
    side_cover(docs, "links", name, states[draw(3)], 1, NULL, NULL);
    (void)side_identity(docs, object, name, draw(2) ? "1234567" : NULL);
  }
  for (size_t i = 0; i < 3; i++) {
    if (draw(3) == 0)
      continue;
    side_subscription(docs, subs[i], names[draw(3)], name, tenant);
    for (size_t j = 0; j < 2; j++) {
      const char *state = states[draw(3)];
      side_cover(docs, j ? "delegations" : "role-assignments", subs[i], state, 1, names[draw(3)], NULL);
      if (strcmp(state, "unread") == 0)
        continue;
      if (j)
        side_delegate(docs, subs[i], names[draw(3)], principals[draw(3)]);
      else
        side_assign(docs, subs[i], names[draw(3)], principals[draw(3)], NULL);
    }
  }
}

static void random_parent(void) {
  static const char *const states[] = {"complete", "partial", "stale", "unread"}, *const subs[] = {SUB1, SUB2, SUB3};
  struct pal_docs *docs = &side_parent;
  for (size_t i = 0; i < 3; i++) {
    const char *state = states[draw(4)];
    side_cover(docs, "role-assignments", subs[i], state, 1, NULL, strcmp(state, "stale") == 0 ? T1 : NULL);
    side_subscription(docs, subs[i], "P", draw(2) ? "ann" : "zoe", draw(2) ? HOME : CUSTOMER);
    if (strcmp(state, "unread") != 0)
      side_assign(docs, subs[i], "9", A("9"), draw(2) ? T1 : NULL);
  }
  (void)side_identity(docs, OID2, "bob", "7654321");
  side_cover(docs, "links", "bob", "complete", 1, NULL, NULL);
  side_input.parent = &side_parent;
}

static void shuffle(void) {
  for (size_t i = side_input.n; i > 1; i--) {
    size_t j = draw((unsigned)i);
    struct pal_observation *o = side_seen[i - 1];
    side_seen[i - 1] = side_seen[j];
    side_seen[j] = o;
  }
}

/* What the parent knew is still there, unless its unit was read completely with a token of the tenant itself. */
static void nothing_is_lost(void) {
  for (size_t i = 0; i < side_parent.n; i++) {
    const struct pal_doc *doc = side_parent.v[i];
    if (doc->file->id != PAL_FILE_ASSIGNMENTS)
      continue;
    bool read = false, listed = false;
    for (size_t j = 0; j < side_input.n; j++) {
      if (strcmp(side_seen[j]->tenant.s, HOME) != 0)
        continue;
      const char *cov = docs_cover(side_arena, &side_seen[j]->docs, HOME, "role-assignments", doc->id.s),
                 *list = docs_cover(side_arena, &side_seen[j]->docs, HOME, "subscriptions", "tenant");
      read = read || strncmp(cov, "complete", 8) == 0;
      listed = listed || strncmp(list, "complete", 8) == 0;
    }
    const char *text =
        side_file(&side_ret, pal_arena_printf(side_arena, "subscriptions/%s/role-assignments.json", doc->id.s));
    ck_assert_msg(read || listed || strstr(text, "x/9\"") != NULL, "%s lost: %s", doc->id.s, text);
  }
}

START_TEST(test_unite__order_of_observations_does_not_matter) {
  random_state = (unsigned)_i * 7919u + 1u;
  random_parent();
  random_observer("ann", HOME, OID);
  random_observer("bob", HOME, OID2);
  random_observer("zoe", CUSTOMER, OID);
  random_observer("ann", CUSTOMER, OID2);
  side_unite();
  nothing_is_lost();
  const char *first = docs_dump(side_arena, &side_ret);
  for (int i = 0; i < 6; i++) {
    shuffle();
    side_unite();
    ck_assert_str_eq(first, docs_dump(side_arena, &side_ret));
  }
  /* A night on which nothing more is learnt from what was united dates what was read in part;
   * the next one changes no fact of a stale unit. */
  side_become_parent(&side_ret);
  side_unite();
  side_become_parent(&side_ret);
  struct pal_docs before = side_parent;
  side_unite();
  for (size_t i = 0; i < before.n; i++)
    if (before.v[i]->file->id == PAL_FILE_ASSIGNMENTS)
      ck_assert_str_eq(
          side_file(&before, pal_arena_printf(side_arena, "subscriptions/%s/role-assignments.json", before.v[i]->id.s)),
          side_file(&side_ret,
                    pal_arena_printf(side_arena, "subscriptions/%s/role-assignments.json", before.v[i]->id.s)));
}
END_TEST

Suite *make_collect_unite_scope_suite(void);
Suite *make_collect_unite_scope_suite(void) {
  Suite *suite = suite_create("collect/unite_scope");
  TCase *tc = tcase_create("unite_scope");
  tcase_add_checked_fixture(tc, side_set_up, side_tear_down);
  tcase_add_test(tc, test_unite__area_no_longer_collected_is_carried_as_such);
  tcase_add_test(tc, test_unite__outside_the_scope_everything_stays_byte_for_byte);
  tcase_add_test(tc, test_unite__run_of_one_identity_leaves_the_others_units);
  tcase_add_loop_test(tc, test_unite__order_of_observations_does_not_matter, 0, 200);
  suite_add_tcase(suite, tc);
  return suite;
}
