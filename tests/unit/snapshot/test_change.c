/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "snap.h"
#include "unit.h"

static struct pal_docs *before, *after;

static void set_up(void) {
  snap_set_up();
  before = snap_docs();
  after = snap_docs();
}

/* Both sides: the tenant is known, and the unit read with these states (NULL: no unit). */
static void covered(const char *area, const char *unit, const char *state_before, const char *state_after) {
  static const char tenant[] = "{\"tenantId\":\"" T1 "\",\"displayName\":\"Fabrikam\"}";
  snap_add(before, TENANT_PATH "tenant.json", tenant);
  snap_add(after, TENANT_PATH "tenant.json", tenant);
  snap_cover(before, "tenant", "tenant", "complete", NULL);
  snap_cover(after, "tenant", "tenant", "complete", NULL);
  if (state_before)
    snap_cover(before, area, unit, state_before, NULL);
  if (state_after)
    snap_cover(after, area, unit, state_after, NULL);
}

#define changes_are(text) ck_assert_str_eq(snap_changes(before, after), text)

/* --- tenants --- */

START_TEST(test_change__tenant_that_came_is_one_line) {
  covered("usage", S1, "complete", "complete");
  snap_add(after, SUB_PATH "subscription.json", "{\"subscriptionId\":\"" S1 "\"}");
  ck_assert_str_eq(snap_changes(NULL, after), "tenant.added tenant " T1 " +\n");
  ck_assert_str_eq(snap_changes(snap_docs(), after), "tenant.added tenant " T1 " +\n");
}
END_TEST

START_TEST(test_change__tenant_that_left_is_one_line) {
  covered("usage", S1, "complete", "complete");
  ck_assert_str_eq(snap_changes(before, NULL), "tenant.removed tenant " T1 " -\n");
}
END_TEST

START_TEST(test_change__tenant_never_read_is_added_without_record) {
  snap_cover(after, "tenant", "tenant", "unread", "403");
  ck_assert_str_eq(snap_changes(NULL, after), "tenant.added tenant " T1 " 0\n");
}
END_TEST

START_TEST(test_change__nothing_on_both_sides_is_nothing) {
  ck_assert_str_eq(snap_changes(NULL, NULL), "");
}
END_TEST

START_TEST(test_change__tenant_of_another_name_is_changed) {
  static const char renamed[] = "{\"tenantId\":\"" T1 "\",\"displayName\":\"Fabrikam Holding\"}";
  snap_add(before, TENANT_PATH "tenant.json", "{\"tenantId\":\"" T1 "\",\"displayName\":\"Fabrikam\"}");
  snap_add(after, TENANT_PATH "tenant.json", renamed);
  snap_cover(before, "tenant", "tenant", "complete", NULL);
  snap_cover(after, "tenant", "tenant", "complete", NULL);
  changes_are("tenant.changed tenant " T1 " ~\n");
}
END_TEST

/* Nobody said that it has no name any more. */
START_TEST(test_change__tenant_not_read_is_not_renamed) {
  snap_add(before, TENANT_PATH "tenant.json", "{\"tenantId\":\"" T1 "\",\"displayName\":\"Fabrikam\"}");
  snap_add(after, TENANT_PATH "tenant.json", "{\"tenantId\":\"" T1 "\",\"displayName\":\"Fabrikam Holding\"}");
  snap_cover(before, "tenant", "tenant", "complete", NULL);
  snap_cover(after, "tenant", "tenant", "stale", NULL);
  changes_are("coverage.lost tenant " T1 " ~\n");
}
END_TEST

/* --- coverage --- */

static const struct {
  const char *before, *after, *want;
} cover_rows[] = {
    {"complete", "complete", ""},
    {"complete", "stale", "lost"},
    {"complete", "unread", "lost"},
    {"complete", "partial", "lost"},
    {"self-declared", "stale", "lost"},
    {"self-declared", "complete", ""},
    {"stale", "complete", "regained"},
    {"unread", "complete", "regained"},
    {"partial", "complete", "regained"},
    {"unread", "self-declared", "regained"},
    {"stale", "self-declared", "regained"},
    {"partial", "self-declared", "regained"},
    {"self-declared", "partial", "lost"},
    {"self-declared", "unread", "lost"},
    /* another word for what is known as well, or missing as much, as before */
    {"complete", "self-declared", ""},
    {"self-declared", "self-declared", ""},
    {"stale", "partial", ""},
    {"partial", "stale", ""},
    {"partial", "partial", ""},
    {"unread", "partial", ""},
    {"unread", "stale", ""},
    {"stale", "unread", ""},
    /* nothing to read is neither */
    {"complete", "not-applicable", ""},
    {"stale", "not-applicable", ""},
    {"not-applicable", "stale", ""},
    {"complete", "not-collected", ""},
    {"not-collected", "complete", ""},
    {"not-applicable", "complete", ""},
    {"complete", NULL, ""},
    {NULL, "complete", ""},
    {NULL, "unread", ""},
};

START_TEST(test_change__coverage_row_is_lost_or_regained) {
  covered("usage", S1, cover_rows[_i].before, cover_rows[_i].after);
  const char *want = cover_rows[_i].want;
  changes_are(*want ? pal_arena_printf(snap_arena, "coverage.%s tenant " T1 " ~\n", want) : "");
}
END_TEST

START_TEST(test_change__as_of_alone_is_no_change) {
  covered("usage", S1, "stale", "stale");
  struct pal_err err = {0};
  const struct pal_tenant_id tenant = {T1};
  struct pal_doc *doc = pal_docs_find(before, PAL_FILE_COVERAGE, &tenant, NULL);
  unit_ok(pal_set_text(snap_arena, doc->records.v[0], PAL_COVERAGE_AS_OF, "2026-01-01T00:00:00Z", &err), &err);
  changes_are("");
}
END_TEST

/* --- facts: what was not read is no change --- */

#define ASSIGNMENT(id, more) \
  "{\"id\":\"" id "\",\"principalId\":\"" P1 "\",\"roleId\":\"" OWNER "\",\"scope\":\"/subscriptions/" S1 "\"" more "}"
#define ASSIGNMENTS SUB_PATH "role-assignments.json"
#define GRANTED "role.granted identity " P1 " +\n"
#define REVOKED "role.revoked identity " P1 " -\n"
#define CHANGED "role.changed identity " P1 " ~\n"

static const struct {
  const char *name, *before, *after, *added, *removed;
} fact_rows[] = {
    {"read on both sides", "complete", "complete", GRANTED, REVOKED},
    {"lost", "complete", "partial", "coverage.lost tenant " T1 " ~\n" GRANTED, "coverage.lost tenant " T1 " ~\n"},
    {"not read any more", "complete", "stale", "coverage.lost tenant " T1 " ~\n", "coverage.lost tenant " T1 " ~\n"},
    {"carried before", "stale", "complete", "coverage.regained tenant " T1 " ~\n" GRANTED,
     "coverage.regained tenant " T1 " ~\n" REVOKED},
    {"never read before", "unread", "complete", "coverage.regained tenant " T1 " ~\n",
     "coverage.regained tenant " T1 " ~\n" REVOKED},
    {"first collected", "not-collected", "complete", "", REVOKED},
    {"no unit before", NULL, "complete", "", REVOKED},
    {"no unit after", "complete", NULL, GRANTED, ""},
    {"partial before", "partial", "complete", "coverage.regained tenant " T1 " ~\n",
     "coverage.regained tenant " T1 " ~\n" REVOKED},
    {"always partial for one cause", "partial", "partial", GRANTED, ""},
    {"never read", "unread", "unread", "", ""},
};

START_TEST(test_change__added_fact_needs_a_baseline) {
  covered("role-assignments", S1, fact_rows[_i].before, fact_rows[_i].after);
  snap_add(before, ASSIGNMENTS, "[" ASSIGNMENT("/a", "") "]");
  snap_add(after, ASSIGNMENTS, "[" ASSIGNMENT("/a", "") "," ASSIGNMENT("/b", "") "]");
  changes_are(fact_rows[_i].added);
}
END_TEST

START_TEST(test_change__removed_fact_needs_a_complete_reading) {
  covered("role-assignments", S1, fact_rows[_i].before, fact_rows[_i].after);
  snap_add(before, ASSIGNMENTS, "[" ASSIGNMENT("/a", "") "," ASSIGNMENT("/b", "") "]");
  snap_add(after, ASSIGNMENTS, "[" ASSIGNMENT("/a", "") "]");
  changes_are(fact_rows[_i].removed);
}
END_TEST

START_TEST(test_change__file_that_is_absent_is_like_an_empty_one) {
  covered("role-assignments", S1, "complete", "complete");
  snap_add(after, ASSIGNMENTS, "[" ASSIGNMENT("/a", "") "]");
  changes_are(GRANTED);
  ck_assert_str_eq(snap_changes(after, before), REVOKED);
}
END_TEST

START_TEST(test_change__changed_field_is_a_change) {
  covered("role-assignments", S1, "complete", "complete");
  snap_add(before, ASSIGNMENTS, "[" ASSIGNMENT("/a", "") "]");
  snap_add(after, ASSIGNMENTS, "[" ASSIGNMENT("/a", ",\"condition\":\"x\"") "]");
  changes_are(CHANGED);
}
END_TEST

START_TEST(test_change__volatile_fields_alone_are_none) {
  covered("role-assignments", S1, "complete", "complete");
  snap_add(before, ASSIGNMENTS, "[" ASSIGNMENT("/a", ",\"updatedOn\":\"2026-01-01T00:00:00Z\"") "]");
  snap_add(after, ASSIGNMENTS,
           "[" ASSIGNMENT("/a", ",\"updatedOn\":\"2026-01-02T00:00:00Z\",\"updatedBy\":\"" P2 "\"") "]");
  changes_are("");
}
END_TEST

START_TEST(test_change__carried_record_is_none) {
  covered("role-assignments", S1, "partial", "partial");
  snap_add(before, ASSIGNMENTS, "[" ASSIGNMENT("/a", "") "]");
  snap_add(after, ASSIGNMENTS,
           "[" ASSIGNMENT("/a", ",\"condition\":\"x\",\"lastRead\":\"2026-01-01T00:00:00Z\"") "," ASSIGNMENT(
               "/b", ",\"lastRead\":\"2026-01-01T00:00:00Z\"") "]");
  changes_are("");
}
END_TEST

START_TEST(test_change__read_again_after_being_carried_compares_with_the_last_value) {
  covered("role-assignments", S1, "partial", "complete");
  snap_add(before, ASSIGNMENTS,
           "[" ASSIGNMENT("/a", ",\"lastRead\":\"2026-01-01T00:00:00Z\"") "," ASSIGNMENT(
               "/c", ",\"lastRead\":\"2026-01-01T00:00:00Z\"") "]");
  snap_add(after, ASSIGNMENTS, "[" ASSIGNMENT("/a", ",\"condition\":\"x\"") "," ASSIGNMENT("/b", "") "]");
  changes_are("coverage.regained tenant " T1 " ~\n" CHANGED GRANTED REVOKED);
}
END_TEST

START_TEST(test_change__partial_for_another_cause_is_no_baseline) {
  covered("role-assignments", S1, NULL, NULL);
  snap_cover(before, "role-assignments", S1, "partial", "503");
  snap_cover(after, "role-assignments", S1, "partial", "lighthouse");
  snap_add(before, ASSIGNMENTS, "[]");
  snap_add(after, ASSIGNMENTS, "[" ASSIGNMENT("/a", "") "]");
  changes_are("");
}
END_TEST

START_TEST(test_change__facts_of_a_subscription_that_left_are_not_revoked) {
  covered("subscriptions", "tenant", "complete", "complete");
  snap_cover(before, "role-assignments", S1, "complete", NULL);
  snap_add(before, SUB_PATH "subscription.json", "{\"subscriptionId\":\"" S1 "\"}");
  snap_add(before, ASSIGNMENTS, "[" ASSIGNMENT("/a", "") "]");
  changes_are("subscription.removed subscription " S1 " -\n");
  ck_assert_str_eq(snap_changes(after, before), "subscription.added subscription " S1 " +\n");
}
END_TEST

START_TEST(test_change__subscription_compares_without_who_saw_it) {
  covered("subscriptions", "tenant", "complete", "complete");
  snap_add(before, SUB_PATH "subscription.json",
           "{\"subscriptionId\":\"" S1 "\",\"state\":\"Enabled\",\"seenFrom\":[]}");
  snap_add(after, SUB_PATH "subscription.json",
           "{\"subscriptionId\":\"" S1 "\",\"state\":\"Enabled\",\"authorizationSource\":\"RoleBased\",\"seenFrom\":[{"
           "\"identity\":\"a\",\"tenantId\":\"" T1 "\"}]}");
  changes_are("");
  struct pal_err err = {0};
  const struct pal_tenant_id tenant = {T1};
  struct pal_doc *doc = pal_docs_find(after, PAL_FILE_SUBSCRIPTION, &tenant, S1);
  unit_ok(pal_set_text(snap_arena, doc->records.v[0], PAL_SUBSCRIPTION_STATE, "Disabled", &err), &err);
  changes_are("subscription.changed subscription " S1 " ~\n");
}
END_TEST

START_TEST(test_change__subscription_list_read_by_two_identities_needs_both) {
  covered("subscriptions", "app-1", "complete", "complete");
  snap_cover(before, "subscriptions", "app-2", "complete", NULL);
  snap_cover(after, "subscriptions", "app-2", "stale", NULL);
  snap_add(before, SUB_PATH "subscription.json", "{\"subscriptionId\":\"" S1 "\"}");
  changes_are("coverage.lost tenant " T1 " ~\n");
}
END_TEST

START_TEST(test_change__inherited_access_is_told_like_direct) {
  covered("role-assignments", "tenant", "complete", "complete");
  snap_add(after, TENANT_PATH "access/inherited.json",
           "[{\"id\":\"/a\",\"principalId\":\"" P2 "\",\"roleId\":\"" READER "\",\"scope\":\"/\"}]");
  changes_are("role.granted identity " P2 " +\n");
}
END_TEST

START_TEST(test_change__deny_assignment_is_told_by_its_scope) {
  covered("deny-assignments", S1, "complete", "complete");
  snap_add(after, SUB_PATH "deny-assignments.json", "[{\"id\":\"/d\",\"scope\":\"/subscriptions/" S1 "\"}]");
  changes_are("role.changed scope /subscriptions/" S1 " +\n");
}
END_TEST

START_TEST(test_change__delegation_goes_by_its_subscription) {
  covered("delegations", S1, "complete", "complete");
  snap_cover(before, "delegations", S2, "complete", NULL);
  snap_cover(after, "delegations", S2, "stale", NULL);
  snap_add(before, TENANT_PATH "delegations.json",
           "[{\"id\":\"/a\",\"scope\":\"/subscriptions/" S1 "\"},{\"id\":\"/b\",\"scope\":\"/subscriptions/" S2 "\"},"
           "{\"id\":\"/c\",\"scope\":\"/subscriptions/" S1 "\",\"authorizations\":[]}]");
  snap_add(after, TENANT_PATH "delegations.json",
           "[{\"id\":\"/c\",\"scope\":\"/subscriptions/" S1
           "\",\"authorizations\":[{\"kind\":\"permanent\",\"principalId\":\"" P1 "\",\"roleId\":\"" OWNER "\"}]}]");
  changes_are("coverage.lost tenant " T1 " ~\ndelegation.changed scope /subscriptions/" S1
              " ~\ndelegation.removed scope /subscriptions/" S1 " -\n");
}
END_TEST

START_TEST(test_change__custom_role_is_told_when_it_changes) {
  covered("role-definitions", "tenant", "complete", "complete");
  snap_add(before, TENANT_PATH "roles/" OWNER ".json",
           "{\"roleId\":\"" OWNER "\",\"permissions\":[{\"actions\":[\"a\"]}]}");
  snap_add(after, TENANT_PATH "roles/" OWNER ".json",
           "{\"roleId\":\"" OWNER "\",\"permissions\":[{\"actions\":[\"a\",\"b\"]}]}");
  snap_add(after, TENANT_PATH "roles/" READER ".json", "{\"roleId\":\"" READER "\"}");
  changes_are("role.changed role " OWNER " ~\n");
}
END_TEST

/* --- groups --- */

#define GROUP_PATH TENANT_PATH "groups/" P1 ".json"
#define GROUP(members) "{\"groupId\":\"" P1 "\",\"members\":[" members "]}"
#define MEMBER(id) "{\"objectId\":\"" id "\"}"
#define GROUP_CHANGED "role.changed group " P1 " ~\n"

START_TEST(test_change__member_who_joined_or_left_changes_the_group) {
  covered("groups", P1, "complete", "complete");
  snap_add(before, GROUP_PATH, GROUP(MEMBER(P2)));
  snap_add(after, GROUP_PATH, GROUP(MEMBER(P2) "," MEMBER(T2)));
  changes_are(GROUP_CHANGED);
  ck_assert_str_eq(snap_changes(after, before), GROUP_CHANGED);
}
END_TEST

START_TEST(test_change__member_who_was_not_seen_has_not_left) {
  covered("groups", P1, "complete", "partial");
  snap_add(before, GROUP_PATH, GROUP(MEMBER(P2) "," MEMBER(T2)));
  snap_add(after, GROUP_PATH, GROUP(MEMBER(P2)));
  changes_are("coverage.lost tenant " T1 " ~\n");
}
END_TEST

START_TEST(test_change__first_reading_of_a_group_is_none) {
  covered("groups", P1, "unread", "complete");
  snap_add(before, GROUP_PATH, "{\"groupId\":\"" P1 "\"}");
  snap_add(after, GROUP_PATH, GROUP(MEMBER(P2)));
  changes_are("coverage.regained tenant " T1 " ~\n");
}
END_TEST

START_TEST(test_change__group_that_appears_is_told_by_its_assignments) {
  covered("groups", P1, "complete", "complete");
  snap_add(after, GROUP_PATH, GROUP(MEMBER(P2)));
  changes_are("");
  ck_assert_str_eq(snap_changes(after, before), "");
}
END_TEST

/* --- usage --- */

static const struct {
  const char *name, *state_before, *state_after, *before, *after, *want;
} usage_rows[] = {
    {"started", "complete", "complete", "no", "yes", "usage.started"},
    {"stopped", "complete", "complete", "yes", "no", "usage.stopped"},
    {"unknown is nothing", "complete", "complete", "yes", "unknown", NULL},
    {"was unknown", "complete", "complete", "unknown", "yes", NULL},
    {"same", "complete", "complete", "yes", "yes", NULL},
    {"against the last known value", "stale", "complete", "yes", "no", "usage.stopped"},
    {"never read before", "unread", "complete", "no", "yes", NULL},
    {"not complete now", "complete", "partial", "yes", "no", NULL},
};

START_TEST(test_change__usage_row) {
  covered("usage", S1, usage_rows[_i].state_before, usage_rows[_i].state_after);
  static const char shape[] = "[{\"month\":\"2026-01\",\"used\":\"no\"},{\"month\":\"2026-02\",\"used\":\"%s\"},"
                              "{\"month\":\"2026-02\",\"resourceGroup\":\"rg\",\"used\":\"%s\"}]";
  snap_add(before, SUB_PATH "usage.json", pal_arena_printf(snap_arena, shape, usage_rows[_i].before, "no"));
  snap_add(after, SUB_PATH "usage.json", pal_arena_printf(snap_arena, shape, usage_rows[_i].after, "yes"));
  const char *found = snap_changes(before, after);
  if (usage_rows[_i].want)
    ck_assert_msg(strstr(found, pal_arena_printf(snap_arena, "%s subscription " S1 " ~\n", usage_rows[_i].want)) !=
                      NULL,
                  "%s: %s", usage_rows[_i].name, found);
  else
    ck_assert_msg(!strstr(found, "usage."), "%s: %s", usage_rows[_i].name, found);
}
END_TEST

START_TEST(test_change__usage_in_another_month_of_the_window_is_none) {
  covered("usage", S1, "complete", "complete");
  snap_add(before, SUB_PATH "usage.json",
           "[{\"month\":\"2026-01\",\"used\":\"yes\"},{\"month\":\"2026-02\",\"used\":\"no\"}]");
  snap_add(after, SUB_PATH "usage.json",
           "[{\"month\":\"2026-02\",\"used\":\"yes\"},{\"month\":\"2026-03\",\"used\":\"unknown\"}]");
  changes_are("");
}
END_TEST

/* --- identities and links --- */

#define IDENTITY_PATH TENANT_PATH "identities/" P1 ".json"
#define IDENTITY(more) "{\"objectId\":\"" P1 "\",\"names\":[\"app\"],\"assurance\":\"read\"" more "}"
#define LINK(id, more) ",\"link\":{\"partnerId\":\"" id "\"" more "}"

static const struct {
  const char *name, *before, *after, *want;
} link_rows[] = {
    {"made", IDENTITY(",\"link\":null"), IDENTITY(LINK("1", "")), "link.added identity " P1 " +\n"},
    {"taken away", IDENTITY(LINK("1", "")), IDENTITY(",\"link\":null"), "link.removed identity " P1 " -\n"},
    {"another partner", IDENTITY(LINK("1", "")), IDENTITY(LINK("2", "")), "link.changed identity " P1 " ~\n"},
    {"another name", IDENTITY(LINK("1", ",\"partnerName\":\"a\"")), IDENTITY(LINK("1", ",\"partnerName\":\"b\"")),
     "link.changed identity " P1 " ~\n"},
    {"another state", IDENTITY(LINK("1", ",\"state\":\"Active\"")), IDENTITY(LINK("1", ",\"state\":\"Odd\"")),
     "link.changed identity " P1 " ~\n"},
    {"deleted", IDENTITY(LINK("1", ",\"state\":\"Active\"")), IDENTITY(LINK("1", ",\"state\":\"Deleted\"")),
     "link.removed identity " P1 " -\n"},
    {"made again", IDENTITY(LINK("1", ",\"state\":\"deleted\"")), IDENTITY(LINK("1", ",\"state\":\"Active\"")),
     "link.added identity " P1 " +\n"},
    {"deleted is none", IDENTITY(LINK("1", ",\"state\":\"Deleted\"")), IDENTITY(",\"link\":null"), ""},
    {"version alone", IDENTITY(LINK("1", ",\"version\":1")),
     IDENTITY(LINK("1", ",\"version\":2,\"updatedTime\":\"2026-01-01T00:00:00Z\"")), ""},
    {"never answered before", IDENTITY(""), IDENTITY(LINK("1", "")), ""},
    {"not answered now", IDENTITY(LINK("1", "")), IDENTITY(""), ""},
    {"carried", IDENTITY(LINK("1", "")), IDENTITY(LINK("2", "") ",\"lastRead\":\"2026-01-01T00:00:00Z\""), ""},
    {"another application", IDENTITY(",\"appId\":\"" T1 "\""), IDENTITY(",\"appId\":\"" T2 "\""),
     "identity.changed identity " P1 " ~\n"},
    {"now self-declared", IDENTITY(LINK("1", "")),
     "{\"objectId\":\"" P1 "\",\"names\":[\"app\"],\"assurance\":\"self-declared\"" LINK("2", "") "}",
     "identity.changed identity " P1 " ~\nlink.changed identity " P1 " ~\n"},
};

START_TEST(test_change__link_row) {
  covered("links", "app", "complete", "complete");
  snap_add(before, IDENTITY_PATH, link_rows[_i].before);
  snap_add(after, IDENTITY_PATH, link_rows[_i].after);
  const char *found = snap_changes(before, after);
  ck_assert_msg(strcmp(found, link_rows[_i].want) == 0, "%s: %s", link_rows[_i].name, found);
}
END_TEST

START_TEST(test_change__link_of_a_stale_unit_is_none) {
  covered("links", "app", "complete", "stale");
  snap_add(before, IDENTITY_PATH, IDENTITY(LINK("1", "")));
  snap_add(after, IDENTITY_PATH, IDENTITY(LINK("2", "")));
  changes_are("coverage.lost tenant " T1 " ~\n");
}
END_TEST

START_TEST(test_change__identity_that_is_gone_needs_a_complete_reading) {
  covered("links", "app", "complete", "complete");
  snap_add(before, IDENTITY_PATH, IDENTITY(LINK("1", "")));
  changes_are("identity.removed identity " P1 " -\n");
  ck_assert_str_eq(snap_changes(after, before), "identity.added identity " P1 " +\n");
}
END_TEST

START_TEST(test_change__identity_that_was_not_read_is_not_gone) {
  covered("links", "app", "complete", "unread");
  snap_add(before, IDENTITY_PATH, IDENTITY(LINK("1", "")));
  changes_are("coverage.lost tenant " T1 " ~\n");
}
END_TEST

START_TEST(test_change__identity_of_which_one_name_was_read_is_gone) {
  covered("links", "app", "complete", "unread");
  snap_cover(after, "links", "second", "complete", NULL);
  snap_add(before, IDENTITY_PATH, "{\"objectId\":\"" P1 "\",\"names\":[\"app\",\"second\"],\"assurance\":\"read\"}");
  changes_are("coverage.lost tenant " T1 " ~\nidentity.removed identity " P1 " -\n");
}
END_TEST

START_TEST(test_change__newly_configured_identity_is_added) {
  covered("links", "other", "complete", "complete");
  snap_cover(after, "links", "app", "complete", NULL);
  snap_add(after, IDENTITY_PATH, IDENTITY(LINK("1", "")));
  changes_are("identity.added identity " P1 " +\n");
}
END_TEST

START_TEST(test_change__identity_first_answered_is_no_new_one) {
  covered("links", "app", "unread", "complete");
  snap_add(after, IDENTITY_PATH, IDENTITY(LINK("1", "")));
  changes_are("coverage.regained tenant " T1 " ~\n");
}
END_TEST

START_TEST(test_change__identities_of_links_first_collected_are_no_new_ones) {
  covered("links", "app", NULL, "complete");
  snap_add(after, IDENTITY_PATH, IDENTITY(LINK("1", "")));
  changes_are("");
}
END_TEST

/* --- the whole --- */

START_TEST(test_change__a_state_compared_with_itself_is_none) {
  covered("role-assignments", S1, "complete", "complete");
  snap_add(before, ASSIGNMENTS, "[" ASSIGNMENT("/a", "") "]");
  snap_add(before, IDENTITY_PATH, IDENTITY(LINK("1", "")));
  snap_add(before, GROUP_PATH, GROUP(MEMBER(P2)));
  ck_assert_str_eq(snap_changes(before, before), "");
}
END_TEST

START_TEST(test_change__order_is_fixed) {
  covered("usage", S2, "complete", "stale");
  snap_cover(before, "role-assignments", S1, "stale", NULL);
  snap_cover(after, "role-assignments", S1, "complete", NULL);
  snap_cover(before, "links", "app", "complete", NULL);
  snap_cover(after, "links", "app", "complete", NULL);
  snap_add(before, ASSIGNMENTS, "[" ASSIGNMENT("/a", "") "," ASSIGNMENT("/b", "") "]");
  snap_add(before, IDENTITY_PATH, IDENTITY(LINK("1", "")));
  changes_are("coverage.lost tenant " T1 " ~\ncoverage.regained tenant " T1 " ~\nidentity.removed identity " P1
              " -\n" REVOKED REVOKED);
}
END_TEST

static enum pal_code stop(void *payload, const struct pal_change *change, struct pal_err *err) {
  (*(int *)payload)++;
  return pal_err_set(err, PAL_E_IO, "stop at %s", change->kind);
}

START_TEST(test_change__error_of_the_receiver_ends_it) {
  covered("role-assignments", S1, "complete", "complete");
  snap_add(before, ASSIGNMENTS, "[" ASSIGNMENT("/a", "") "," ASSIGNMENT("/b", "") "]");
  struct pal_err err = {0};
  int calls = 0;
  unit_fails(pal_docs_compare(before, after, stop, &calls, &err), PAL_E_IO, "stop at role.revoked", &err);
  ck_assert_int_eq(calls, 1);
}
END_TEST

static enum pal_code look(void *payload, const struct pal_change *change, struct pal_err *err) {
  (void)err;
  *(struct pal_change *)payload = *change;
  return PAL_OK;
}

START_TEST(test_change__change_names_tenant_subject_and_records) {
  covered("links", "app", "complete", "complete");
  snap_add(before, IDENTITY_PATH, IDENTITY(LINK("1", "")));
  snap_add(after, IDENTITY_PATH, IDENTITY(LINK("2", "")));
  struct pal_err err = {0};
  struct pal_change change = {0};
  unit_ok(pal_docs_compare(before, after, look, &change, &err), &err);
  ck_assert_str_eq(change.tenant.s, T1);
  ck_assert_str_eq(change.subject_name, "app");
  ck_assert_ptr_eq(change.before->kind, &pal_kind_LINK);
  ck_assert_str_eq(pal_get_text(change.before, PAL_LINK_PARTNER_ID), "1");
  ck_assert_str_eq(pal_get_text(change.after, PAL_LINK_PARTNER_ID), "2");
}
END_TEST

START_TEST(test_change__what_was_told_lives_as_long_as_the_docs) {
  covered("usage", S1, "complete", "stale");
  struct pal_err err = {0};
  struct pal_change change = {0};
  unit_ok(pal_docs_compare(before, after, look, &change, &err), &err);
  const char *start = (const char *)after->v[0];
  ck_assert(change.subject_id >= start && change.subject_id < start + sizeof *after->v[0]);
  ck_assert_str_eq(change.subject_id, T1);
}
END_TEST

Suite *make_snapshot_change_suite(void);
Suite *make_snapshot_change_suite(void) {
  Suite *suite = suite_create("snapshot_change");
  TCase *tcase = tcase_create("rules");
  tcase_add_checked_fixture(tcase, set_up, snap_tear_down);
  tcase_add_test(tcase, test_change__tenant_that_came_is_one_line);
  tcase_add_test(tcase, test_change__tenant_that_left_is_one_line);
  tcase_add_test(tcase, test_change__tenant_never_read_is_added_without_record);
  tcase_add_test(tcase, test_change__nothing_on_both_sides_is_nothing);
  tcase_add_test(tcase, test_change__tenant_of_another_name_is_changed);
  tcase_add_test(tcase, test_change__tenant_not_read_is_not_renamed);
  tcase_add_loop_test(tcase, test_change__coverage_row_is_lost_or_regained, 0, UNIT_N(cover_rows));
  tcase_add_test(tcase, test_change__as_of_alone_is_no_change);
  tcase_add_loop_test(tcase, test_change__added_fact_needs_a_baseline, 0, UNIT_N(fact_rows));
  tcase_add_loop_test(tcase, test_change__removed_fact_needs_a_complete_reading, 0, UNIT_N(fact_rows));
  tcase_add_test(tcase, test_change__file_that_is_absent_is_like_an_empty_one);
  tcase_add_test(tcase, test_change__changed_field_is_a_change);
  tcase_add_test(tcase, test_change__volatile_fields_alone_are_none);
  tcase_add_test(tcase, test_change__carried_record_is_none);
  tcase_add_test(tcase, test_change__read_again_after_being_carried_compares_with_the_last_value);
  tcase_add_test(tcase, test_change__partial_for_another_cause_is_no_baseline);
  tcase_add_test(tcase, test_change__facts_of_a_subscription_that_left_are_not_revoked);
  tcase_add_test(tcase, test_change__subscription_compares_without_who_saw_it);
  tcase_add_test(tcase, test_change__subscription_list_read_by_two_identities_needs_both);
  tcase_add_test(tcase, test_change__inherited_access_is_told_like_direct);
  tcase_add_test(tcase, test_change__deny_assignment_is_told_by_its_scope);
  tcase_add_test(tcase, test_change__delegation_goes_by_its_subscription);
  tcase_add_test(tcase, test_change__custom_role_is_told_when_it_changes);
  tcase_add_test(tcase, test_change__member_who_joined_or_left_changes_the_group);
  tcase_add_test(tcase, test_change__member_who_was_not_seen_has_not_left);
  tcase_add_test(tcase, test_change__first_reading_of_a_group_is_none);
  tcase_add_test(tcase, test_change__group_that_appears_is_told_by_its_assignments);
  tcase_add_loop_test(tcase, test_change__usage_row, 0, UNIT_N(usage_rows));
  tcase_add_test(tcase, test_change__usage_in_another_month_of_the_window_is_none);
  tcase_add_loop_test(tcase, test_change__link_row, 0, UNIT_N(link_rows));
  tcase_add_test(tcase, test_change__link_of_a_stale_unit_is_none);
  tcase_add_test(tcase, test_change__identity_that_is_gone_needs_a_complete_reading);
  tcase_add_test(tcase, test_change__identity_that_was_not_read_is_not_gone);
  tcase_add_test(tcase, test_change__identity_of_which_one_name_was_read_is_gone);
  tcase_add_test(tcase, test_change__newly_configured_identity_is_added);
  tcase_add_test(tcase, test_change__identity_first_answered_is_no_new_one);
  tcase_add_test(tcase, test_change__identities_of_links_first_collected_are_no_new_ones);
  tcase_add_test(tcase, test_change__a_state_compared_with_itself_is_none);
  tcase_add_test(tcase, test_change__order_is_fixed);
  tcase_add_test(tcase, test_change__error_of_the_receiver_ends_it);
  tcase_add_test(tcase, test_change__change_names_tenant_subject_and_records);
  tcase_add_test(tcase, test_change__what_was_told_lives_as_long_as_the_docs);
  suite_add_tcase(suite, tcase);
  return suite;
}
