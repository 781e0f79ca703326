/* SPDX-License-Identifier: Apache-2.0 */
/* test_fold.c - what is one thing is one line, and what is not stays told. */
#include <string.h>

#include "estate.h"
#include "report/outline.h"
#include "unit.h"

#define GROUP "/subscriptions/" SUBSCRIPTION "/resourcegroups/"
#define SUB "/subscriptions/" SUBSCRIPTION
#define ROOT_GROUP "/providers/microsoft.management/managementgroups/" FABRIKAM
#define OTHER_GROUP "/providers/microsoft.management/managementgroups/platform"
#define OWNER "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
#define ROLE(verb, scopes) "role " CONTRIBUTOR " " verb " user " AUTOMATION " at " scopes

static struct pal_comparison comparison;

static void set_up(void) {
  estate_set_up();
  comparison = estate_no_changes();
}

/* A role granted (+), revoked (-), activated (a) or ended (e). */
static void role_of(char what, const char *tenant, const char *principal, const char *role, const char *scope,
                    const char *more) {
  static const struct {
    char what;
    const char *kind;
    bool after;
  } kinds[] = {{'+', "role.granted", true},
               {'-', "role.revoked", false},
               {'a', "role.activated", true},
               {'e', "role.ended", false}};
  static int number;
  char json[1024];
  (void)snprintf(
      json, sizeof json,
      "{\"id\":\"/x/%d\",\"roleId\":\"%s\",\"principalId\":\"%s\",\"principalType\":\"User\",\"scope\":\"%s\""
      "%s}",
      ++number, role, principal, scope, more);
  for (size_t i = 0; i < UNIT_N(kinds); i++)
    if (kinds[i].what == what)
      estate_add_change(&comparison, kinds[i].kind, tenant, "identity", principal, NULL, &pal_kind_ASSIGNMENT,
                        kinds[i].after ? NULL : json, kinds[i].after ? json : NULL);
}

static void role(char what, const char *scope) {
  role_of(what, FABRIKAM, AUTOMATION, CONTRIBUTOR, scope, "");
}

/* The lines, one below the other. */
static const char *lines(void) {
  struct pal_err err = {0};
  unit_ok(pal_comparison_finish(estate_arena(), &comparison, NULL, 0, NULL, 0, NULL, &err), &err);
  const char *text = "";
  size_t n = 0, told = comparison.activations_n;
  for (size_t i = 0; i < comparison.changes_n; i++) {
    told += comparison.changes[i].told;
    ck_assert_int_eq(comparison.changes[i].line != NULL, comparison.changes[i].told > 0);
    if (!comparison.changes[i].line)
      continue;
    text = pal_arena_printf(estate_arena(), "%s%s\n", text, comparison.changes[i].line);
    n++;
  }
  ck_assert_uint_eq(n, comparison.lines_n);
  ck_assert_uint_eq(told, comparison.changes_n); /* each change is told once */
  return text;
}

#define lines_are(text) ck_assert_str_eq(lines(), text)

START_TEST(test_fold__one_role_at_several_scopes_is_one_line) {
  role('+', GROUP "a");
  role('+', GROUP "b");
  lines_are(ROLE("granted to", GROUP "a, " GROUP "b\n"));
}
END_TEST

START_TEST(test_fold__many_scopes_are_counted) {
  for (int i = 0; i < 9; i++)
    role('-', pal_arena_printf(estate_arena(), GROUP "%d", i));
  lines_are(ROLE("revoked from", GROUP "0, " GROUP "1, " GROUP "2, " GROUP "3 and 5 more\n"));
}
END_TEST

START_TEST(test_fold__copies_below_are_folded) {
  role('+', GROUP "a");
  role('+', SUB);
  role('+', GROUP "b");
  lines_are(ROLE("granted to", SUB " and 2 scopes below\n"));
}
END_TEST

START_TEST(test_fold__names_that_begin_alike_are_not_below) {
  role('-', GROUP "a");
  role('-', GROUP "ab");
  role('-', GROUP "a-b");
  role('-', GROUP "a/providers/x/y/z");
  lines_are(ROLE("revoked from", GROUP "a, " GROUP "a-b, " GROUP "ab and 1 scope below\n"));
}
END_TEST

START_TEST(test_fold__scope_moved_without_loss_is_no_loss) {
  role('-', GROUP "a");
  role('-', GROUP "b");
  role('+', SUB);
  lines_are(ROLE("granted to", SUB ", in place of " GROUP "a, " GROUP "b: nothing lost\n"));
}
END_TEST

START_TEST(test_fold__the_same_scope_is_made_anew) {
  role('-', SUB);
  role('+', SUB);
  lines_are(ROLE("granted to", SUB ": made anew under another id, nothing gained or lost\n"));
}
END_TEST

START_TEST(test_fold__root_covers_everything) {
  role('-', SUB);
  role('+', "/");
  lines_are(ROLE("granted to", "/, in place of " SUB ": nothing lost\n"));
}
END_TEST

START_TEST(test_fold__root_management_group_covers_the_tenant) {
  role('-', SUB);
  role('+', ROOT_GROUP);
  lines_are(ROLE("granted to", ROOT_GROUP ", in place of " SUB ": nothing lost\n"));
}
END_TEST

/* What lies in another management group no scope says: a loss until shown otherwise. */
START_TEST(test_fold__other_management_group_may_not_cover) {
  role('-', SUB);
  role('+', OTHER_GROUP);
  lines_are(ROLE("granted to", OTHER_GROUP "\n") ROLE("revoked from", SUB "\n"));
}
END_TEST

START_TEST(test_fold__narrower_scope_is_a_loss) {
  role('-', SUB);
  role('+', GROUP "a");
  lines_are(ROLE("granted to", GROUP "a\n") ROLE("revoked from", SUB "\n"));
}
END_TEST

static const struct {
  const char *tenant, *principal, *role, *more;
} others[] = {
    {QUOTES, AUTOMATION, CONTRIBUTOR, ""},
    {FABRIKAM, SUBSCRIPTION, CONTRIBUTOR, ""},
    {FABRIKAM, AUTOMATION, OWNER, ""},
    {FABRIKAM, AUTOMATION, CONTRIBUTOR, ",\"condition\":\"x\""},
};

START_TEST(test_fold__another_grant_is_no_substitute) {
  role('-', SUB);
  role_of('+', others[_i].tenant, others[_i].principal, others[_i].role, SUB, others[_i].more);
  const char *said = lines();
  ck_assert_uint_eq(comparison.lines_n, 2);
  ck_assert_ptr_null(strstr(said, "nothing"));
}
END_TEST

START_TEST(test_fold__activations_have_no_line) {
  role('a', SUB);
  role('e', GROUP "a");
  lines_are("");
  ck_assert_uint_eq(comparison.activations_n, 2);
  struct outline outline;
  struct pal_err err = {0};
  unit_ok(outline_make(&comparison, &outline, &err), &err);
  ck_assert(outline.quiet);
  outline_free(&outline);
}
END_TEST

static void subscription(const char *kind, const char *tenant, bool after) {
  static const char json[] = "{\"subscriptionId\":\"" SUBSCRIPTION "\"}";
  estate_add_change(&comparison, kind, tenant, "subscription", SUBSCRIPTION, "Prod", &pal_kind_SUBSCRIPTION,
                    after ? NULL : json, after ? json : NULL);
}

START_TEST(test_fold__subscription_of_another_customer_moved) {
  subscription("subscription.removed", FABRIKAM, false);
  subscription("subscription.added", NAMELESS, true);
  lines_are("subscription Prod (" SUBSCRIPTION ") moved to tenant " NAMELESS "\n"
            "subscription Prod (" SUBSCRIPTION ") moved here from tenant Fabrikam AG (" FABRIKAM ")\n");
}
END_TEST

START_TEST(test_fold__subscription_gone_or_come_alone_did_not_move) {
  subscription("subscription.removed", FABRIKAM, false);
  subscription("subscription.removed", NAMELESS, false);
  ck_assert_ptr_null(strstr(lines(), "moved"));
}
END_TEST

static void fall(const char *tenant, const char *area, const char *unit, const char *code) {
  char before[256], after[256];
  (void)snprintf(before, sizeof before, "{\"area\":\"%s\",\"unit\":\"%s\",\"state\":\"complete\"}", area, unit);
  (void)snprintf(after, sizeof after,
                 "{\"area\":\"%s\",\"unit\":\"%s\",\"state\":\"stale\",\"code\":\"%s\",\"asOf\":\"" ESTATE_PREVIOUS
                 "\"}",
                 area, unit, code);
  estate_add_change(&comparison, "coverage.lost", tenant, "tenant", tenant, NULL, &pal_kind_COVERAGE, before, after);
}

START_TEST(test_fold__units_of_one_cause_are_one_line) {
  fall(FABRIKAM, "links", "anna", "403");
  fall(FABRIKAM, "links", "ben", "403");
  fall(FABRIKAM, "usage", SUBSCRIPTION, "403");
  fall(FABRIKAM, "pim", "tenant", "429");
  fall(NAMELESS, "links", "anna", "403");
  lines_are("links, usage no longer read: 403; last read on 2026-11-19\n"
            "pim no longer read: 429; last read on 2026-11-19\n"
            "links of anna no longer read: 403; last read on 2026-11-19\n");
}
END_TEST

/* Coverage that was lost is a heap of its own, never a removal. */
START_TEST(test_fold__lost_completeness_is_its_own_heap) {
  fall(FABRIKAM, "links", "anna", "403");
  (void)lines();
  struct outline outline;
  struct pal_err err = {0};
  unit_ok(outline_make(&comparison, &outline, &err), &err);
  ck_assert_uint_eq(outline.n, 1);
  ck_assert_str_eq(outline_part_word(outline.v[0].part), "completeness");
  ck_assert(!outline.quiet);
  outline_free(&outline);
}
END_TEST

/* A name may hold the very words a line is made of. */
START_TEST(test_fold__hostile_name_of_the_principal) {
  char json[512];
  const char *const scopes[] = {GROUP "a", GROUP "b"};
  for (size_t i = 0; i < UNIT_N(scopes); i++) {
    (void)snprintf(json, sizeof json,
                   "{\"id\":\"/x/%zu\",\"roleId\":\"" CONTRIBUTOR "\",\"principalId\":\"" AUTOMATION
                   "\",\"principalType\":\"User\",\"scope\":\"%s\"}",
                   i, scopes[i]);
    estate_add_change(&comparison, "role.granted", FABRIKAM, "identity", AUTOMATION, " at " GROUP "a of ",
                      &pal_kind_ASSIGNMENT, NULL, json);
  }
  lines_are("role " CONTRIBUTOR " granted to user  at " GROUP "a of  (" AUTOMATION ") at " GROUP "a, " GROUP "b\n");
}
END_TEST

Suite *make_report_fold_suite(void);
Suite *make_report_fold_suite(void) {
  Suite *suite = suite_create("report_fold");
  TCase *tcase = tcase_create("fold");
  tcase_add_checked_fixture(tcase, set_up, estate_tear_down);
  tcase_add_test(tcase, test_fold__one_role_at_several_scopes_is_one_line);
  tcase_add_test(tcase, test_fold__many_scopes_are_counted);
  tcase_add_test(tcase, test_fold__copies_below_are_folded);
  tcase_add_test(tcase, test_fold__names_that_begin_alike_are_not_below);
  tcase_add_test(tcase, test_fold__scope_moved_without_loss_is_no_loss);
  tcase_add_test(tcase, test_fold__the_same_scope_is_made_anew);
  tcase_add_test(tcase, test_fold__root_covers_everything);
  tcase_add_test(tcase, test_fold__root_management_group_covers_the_tenant);
  tcase_add_test(tcase, test_fold__other_management_group_may_not_cover);
  tcase_add_test(tcase, test_fold__narrower_scope_is_a_loss);
  tcase_add_loop_test(tcase, test_fold__another_grant_is_no_substitute, 0, UNIT_N(others));
  tcase_add_test(tcase, test_fold__activations_have_no_line);
  tcase_add_test(tcase, test_fold__subscription_of_another_customer_moved);
  tcase_add_test(tcase, test_fold__subscription_gone_or_come_alone_did_not_move);
  tcase_add_test(tcase, test_fold__units_of_one_cause_are_one_line);
  tcase_add_test(tcase, test_fold__lost_completeness_is_its_own_heap);
  tcase_add_test(tcase, test_fold__hostile_name_of_the_principal);
  suite_add_tcase(suite, tcase);
  return suite;
}
