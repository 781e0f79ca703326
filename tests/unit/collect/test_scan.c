/* SPDX-License-Identifier: Apache-2.0 */
/* test_scan.c - what answers become: places, counts, groups, usage. */
#include <stdio.h>
#include <string.h>

#include "collect/home.h"
#include "unit.h"

START_TEST(test_scan__empty_tenant_is_complete_in_every_area) {
  world_empty_tenant("robot", HOME, OID);
  const struct pal_docs *docs = home_run();
  ck_assert_str_eq(docs_text(home_arena, docs, tenant_path(home_arena, HOME, "coverage.json")),
                   "{\n"
                   "  \"delegations\": {\n    \"tenant\": {\"items\":0,\"state\":\"complete\"}\n  },\n"
                   "  \"deny-assignments\": {\n    \"tenant\": {\"items\":0,\"state\":\"complete\"}\n  },\n"
                   "  \"groups\": {\n    \"tenant\": {\"items\":0,\"state\":\"complete\"}\n  },\n"
                   "  \"links\": {\n    \"robot\": {\"items\":0,\"state\":\"complete\"}\n  },\n"
                   "  \"pim\": {\n    \"tenant\": {\"items\":0,\"state\":\"complete\"}\n  },\n"
                   "  \"role-assignments\": {\n    \"tenant\": {\"items\":0,\"state\":\"complete\"}\n  },\n"
                   "  \"role-definitions\": {\n    \"tenant\": {\"items\":0,\"state\":\"complete\"}\n  },\n"
                   "  \"subscriptions\": {\n    \"tenant\": {\"items\":0,\"state\":\"complete\"}\n  },\n"
                   "  \"tenant\": {\n    \"tenant\": {\"items\":1,\"state\":\"complete\"}\n  },\n"
                   "  \"usage\": {\n    \"tenant\": {\"items\":0,\"state\":\"complete\"}\n  }\n}\n");
  ck_assert_str_eq(home_file(docs, "delegations.json"), "[]\n");
  ck_assert_str_eq(home_file(docs, "tenant.json"),
                   "{\n  \"countryCode\": \"DE\",\n  \"defaultDomain\": \"d.example\",\n  "
                   "\"displayName\": \"Name\",\n  \"tenantId\": \"" HOME "\"\n}\n");
  ck_assert_str_eq(home_file(docs, "access/inherited.json"), "[]\n");
  ck_assert_str_eq(home_file(docs, "identities/" OID ".json"),
                   "{\n  \"appId\": \"" CLIENT
                   "\",\n  \"assurance\": \"read\",\n  \"link\": null,\n  \"names\": [\"robot\"],\n"
                   "  \"objectId\": \"" OID "\",\n  \"type\": \"servicePrincipal\"\n}\n");
  ck_assert(home_scan.v[0]->signed_in);
  ck_assert_str_eq(home_scan.v[0]->object.s, OID);
}
END_TEST

START_TEST(test_scan__only_what_the_settings_name_is_asked) {
  world_collect("[]");
  world_token("robot", HOME, OID);
  world_get("robot", HOME, P_TENANTS, 200, VALUE("{\"id\":\"/tenants/" HOME "\",\"tenantId\":\"" HOME "\"}"));
  world_subscriptions("robot", HOME, SUBSCRIPTION(SUB1, HOME));
  const struct pal_docs *docs = home_run();
  ck_assert_uint_eq(docs->n, 3);
  home_covers(docs, "tenant", "tenant", "complete 1");
  home_covers(docs, "subscriptions", "tenant", "complete 1");
  home_covers(docs, "links", "robot", "");
  ck_assert_str_eq(home_file(docs, "tenant.json"), "{\n  \"tenantId\": \"" HOME "\"\n}\n");
}
END_TEST

/* --- access --- */

START_TEST(test_scan__assignments_are_put_where_their_scope_lies) {
  world_get("robot", HOME, P_ASSIGNMENTS(SUB1), 200,
            VALUE(ASSIGNMENT(AT_SUB(SUB1), "1", PERSON, "User") "," ASSIGNMENT(
                "/providers/Microsoft.Management/managementGroups/Top", "2", PERSON,
                "User") "," ASSIGNMENT(AT_SUB(SUB1) "/resourceGroups/RG", "3", OID, "ServicePrincipal")));
  home_one_subscription();
  world_counts("robot", HOME, Q(SUB1), COUNT(SUB1, 2));
  const struct pal_docs *docs = home_run();
  home_covers(docs, "role-assignments", SUB1, "complete 2/2");
  home_covers(docs, "role-assignments", "tenant", "complete 1");
  ck_assert_str_eq(
      home_file(docs, "subscriptions/" SUB1 "/role-assignments.json"),
      "[\n  {\"createdOn\":\"2026-01-02T03:04:05.5Z\",\"id\":\"/subscriptions/" SUB1
      "/providers/microsoft.authorization/roleassignments/00000000-0000-4000-8000-000000000001\","
      "\"principalId\":\"" PERSON "\",\"principalType\":\"User\",\"roleId\":\"" ROLE
      "\",\"scope\":\"/subscriptions/" SUB1 "\"},\n"
      "  {\"createdOn\":\"2026-01-02T03:04:05.5Z\",\"id\":\"/subscriptions/" SUB1
      "/resourcegroups/rg/providers/microsoft.authorization/roleassignments/00000000-0000-4000-8000-000000000003\","
      "\"principalId\":\"" OID "\",\"principalType\":\"ServicePrincipal\",\"roleId\":\"" ROLE
      "\",\"scope\":\"/subscriptions/" SUB1 "/resourcegroups/rg\"}\n]\n");
  home_holds(home_file(docs, "access/inherited.json"),
             "\"scope\":\"/providers/microsoft.management/managementgroups/top\"");
}
END_TEST

START_TEST(test_scan__inherited_assignment_stands_once) {
  static const char list[] = VALUE(ROOT_ASSIGNMENT("1", PERSON, "User"));
  world_get("robot", HOME, P_ASSIGNMENTS(SUB1), 200, list);
  world_get("robot", HOME, P_ASSIGNMENTS(SUB2), 200, list);
  world_subscriptions("robot", HOME, SUBSCRIPTION(SUB1, HOME) "," SUBSCRIPTION(SUB2, HOME));
  world_empty_tenant("robot", HOME, OID);
  world_empty_subscription("robot", HOME, SUB1, true);
  world_empty_subscription("robot", HOME, SUB2, true);
  world_counts("robot", HOME, Q(SUB1) "," Q(SUB2), "");
  const struct pal_docs *docs = home_run();
  home_covers(docs, "role-assignments", "tenant", "complete 1");
  home_covers(docs, "role-assignments", SUB1, "complete 0/0");
}
END_TEST

/* The count by Resource Graph: {list, count} first, {list, count} when asked once more. */
static const struct {
  const char *name;
  int list, count, list2, count2;
  const char *cover;
} count_rows[] = {
    {"equal", 2, 2, -1, -1, "complete 2/2"},
    {"lost page, found again", 1, 2, 2, 2, "complete 2/2"},
    {"count lags and catches up", 2, 1, 2, 2, "complete 2/2"},
    {"fewer twice", 1, 2, 1, 2, "partial 1/2 fewer than resource graph"},
    {"more twice", 2, 1, 2, 1, "complete 2/1 count lagging"},
    {"nothing listed, something counted", 0, 2, 0, 2, "partial 0/2 fewer than resource graph"},
    {"something listed, nothing counted", 2, 0, 2, 0, "complete 2/0 count lagging"},
};

static const char *list_of(int n) {
  static const char *const lists[] = {
      VALUE(""), VALUE(ASSIGNMENT(AT_SUB(SUB1), "1", PERSON, "User")),
      VALUE(ASSIGNMENT(AT_SUB(SUB1), "1", PERSON, "User") "," ASSIGNMENT(AT_SUB(SUB1), "2", PERSON, "User"))};
  return lists[n];
}

static const char *count_of(int n) {
  static const char *const counts[] = {"", COUNT(SUB1, 1), COUNT(SUB1, 2)};
  return counts[n];
}

START_TEST(test_scan__assignments_are_counted_by_resource_graph) {
  world_get("robot", HOME, P_ASSIGNMENTS(SUB1), 200, list_of(count_rows[_i].list));
  if (count_rows[_i].list2 >= 0)
    world_get("robot", HOME, P_ASSIGNMENTS(SUB1), 200, list_of(count_rows[_i].list2));
  world_counts("robot", HOME, Q(SUB1), count_of(count_rows[_i].count));
  if (count_rows[_i].count2 >= 0)
    world_counts("robot", HOME, Q(SUB1), count_of(count_rows[_i].count2));
  home_one_subscription();
  const char *got = docs_cover(home_arena, home_run(), HOME, "role-assignments", SUB1);
  ck_assert_msg(strcmp(got, count_rows[_i].cover) == 0, "%s: %s", count_rows[_i].name, got);
}
END_TEST

START_TEST(test_scan__failing_count_leaves_the_list_alone) {
  world_get("robot", HOME, P_ASSIGNMENTS(SUB1), 200, list_of(1));
  world_counts("robot", HOME, Q(SUB1), "{\"s\":\"no id\",\"n\":1}");
  home_one_subscription();
  home_covers(home_run(), "role-assignments", SUB1, "complete 1");
}
END_TEST

/* 301 subscriptions: two count queries, of 300 and of 1, ids sorted; their 1505 lists do not all wait in memory. */
START_TEST(test_scan__many_subscriptions_are_asked_in_turn_and_counted_in_batches) {
  enum { N = 301 };
  struct pal_buf list, first;
  char sub[37], path[256];
  pal_buf_init(&list, 1 << 20);
  pal_buf_init(&first, 1 << 20);
  world_collect("[\"role-assignments\"]");
  for (int i = N; i > 0; i--) {
    (void)snprintf(sub, sizeof sub, "5ab00000-0000-4000-8000-%012d", i);
    pal_buf_printf(&list, "%s{\"subscriptionId\":\"%s\",\"tenantId\":\"" HOME "\"}", i == N ? "" : ",", sub);
    static const char *const plain[] = {
        "denyAssignments?api-version=2022-04-01", "roleEligibilityScheduleInstances?api-version=2020-10-01",
        "roleAssignmentScheduleInstances?api-version=2020-10-01", "roleAssignments?api-version=2022-04-01",
        "roleDefinitions?api-version=2022-04-01&$filter=type%20eq%20%27CustomRole%27"};
    for (size_t j = 0; j < sizeof plain / sizeof plain[0]; j++) {
      (void)snprintf(path, sizeof path, "/subscriptions/%s/providers/Microsoft.Authorization/%s", sub, plain[j]);
      world_get("robot", HOME, path, 200, "{\"value\":[]}");
    }
  }
  for (int i = 1; i < N; i++)
    pal_buf_printf(&first, "%s\"5ab00000-0000-4000-8000-%012d\"", i == 1 ? "" : ",", i);
  world_subscriptions("robot", HOME, list.data);
  world_empty_tenant("robot", HOME, OID);
  world_counts("robot", HOME, first.data, "");
  world_counts("robot", HOME, Q("5ab00000-0000-4000-8000-000000000301"),
               COUNT("5ab00000-0000-4000-8000-000000000301", 1));
  pal_buf_deinit(&list);
  pal_buf_deinit(&first);
  const struct pal_docs *docs = home_run();
  home_covers(docs, "subscriptions", "tenant", "complete 301");
  home_covers(docs, "role-assignments", "5ab00000-0000-4000-8000-000000000300", "complete 0/0");
  home_covers(docs, "role-assignments", "5ab00000-0000-4000-8000-000000000301",
              "partial 0/1 fewer than resource graph");
  home_covers(docs, "role-assignments", "tenant", "partial 0 fewer than resource graph");
  ck_assert_uint_ge(home_scan.most_open, 8);
  ck_assert_uint_le(home_scan.most_open, 40);
}
END_TEST

START_TEST(test_scan__one_unread_subscription_leaves_the_others_whole) {
  world_get("robot", HOME, P_ASSIGNMENTS(SUB1), 403, "{\"error\":{\"code\":\"AuthorizationFailed\"}}");
  world_subscriptions("robot", HOME, SUBSCRIPTION(SUB1, HOME) "," SUBSCRIPTION(SUB2, HOME));
  world_empty_tenant("robot", HOME, OID);
  world_empty_subscription("robot", HOME, SUB1, true);
  world_empty_subscription("robot", HOME, SUB2, true);
  world_counts("robot", HOME, Q(SUB1) "," Q(SUB2), COUNT(SUB1, 4));
  const struct pal_docs *docs = home_run();
  home_covers(docs, "role-assignments", SUB1, "unread 403 AuthorizationFailed");
  home_covers(docs, "role-assignments", SUB2, "complete 0/0");
  home_covers(docs, "role-assignments", "tenant", "partial 0 403 AuthorizationFailed");
  home_covers(docs, "groups", "tenant", "partial 0 groups not known");
  home_covers(docs, "deny-assignments", "tenant", "complete 0");
  ck_assert_str_eq(home_file(docs, "subscriptions/" SUB1 "/role-assignments.json"), "");
  ck_assert_str_eq(home_file(docs, "subscriptions/" SUB2 "/role-assignments.json"), "[]\n");
}
END_TEST

#define PIM_ITEM(kind, n, extra)                                                                       \
  "{\"id\":\"" AUTHZ_ID(AT_SUB(SUB1), kind, n) "\",\"properties\":{\"scope\":\"" AT_SUB(               \
      SUB1) "\",\"principalId\":\"" PERSON                                                             \
            "\",\"principalType\":\"User\",\"roleDefinitionId\":\"/x/roleDefinitions/" ROLE "\"" extra \
            ",\"expandedProperties\":{\"principal\":{\"displayName\":\"A Person\",\"email\":\"a@b.example\"}}}}"

START_TEST(test_scan__both_pim_lists_make_one_unit_without_names) {
  world_get("robot", HOME, P_ELIGIBLE(SUB1), 200,
            VALUE(PIM_ITEM("roleEligibilityScheduleInstances", "1",
                           ",\"roleEligibilityScheduleId\":\"" AT_SUB(SUB1) "/s/1\"")));
  world_get("robot", HOME, P_ACTIVE(SUB1), 200,
            VALUE(PIM_ITEM("roleAssignmentScheduleInstances", "2",
                           ",\"assignmentType\":\"Activated\",\"linkedRoleEligibilityScheduleId\":\"" ROLE "\"")));
  home_one_subscription();
  world_counts("robot", HOME, Q(SUB1), "");
  const struct pal_docs *docs = home_run();
  home_covers(docs, "pim", SUB1, "complete 2");
  const char *text = home_file(docs, "subscriptions/" SUB1 "/pim.json");
  home_holds(text, "\"kind\":\"eligible\"");
  home_holds(text, "\"assignmentType\":\"Activated\"");
  ck_assert_ptr_null(strstr(text, "A Person"));
  ck_assert_ptr_null(strstr(text, "b.example"));
}
END_TEST

static const struct {
  const char *name, *body;
  int status;
} unlicensed[] = {
    {"400", "{\"error\":{\"code\":\"AadPremiumLicenseRequired\",\"message\":\"The tenant needs Entra ID P2\"}}", 400},
    {"500", "{\"error\":{\"code\":\"AadPremiumLicenseRequired\"}}", 500},
};

START_TEST(test_scan__tenant_without_licence_has_no_pim) {
  world_get("robot", HOME, P_ELIGIBLE(SUB1), unlicensed[_i].status, unlicensed[_i].body);
  world_get("robot", HOME, P_ACTIVE(SUB1), unlicensed[_i].status, unlicensed[_i].body);
  home_one_subscription();
  world_counts("robot", HOME, Q(SUB1), "");
  const struct pal_docs *docs = home_run();
  ck_assert_str_eq(docs_cover(home_arena, docs, HOME, "pim", SUB1),
                   pal_arena_printf(home_arena, "not-applicable %d AadPremiumLicenseRequired", unlicensed[_i].status));
  home_covers(docs, "pim", "tenant", "not-applicable");
  home_covers(docs, "groups", "tenant", "complete 0");
  ck_assert_str_eq(home_file(docs, "subscriptions/" SUB1 "/pim.json"), "");
}
END_TEST

START_TEST(test_scan__half_of_pim_is_partial) {
  world_get("robot", HOME, P_ELIGIBLE(SUB1), 403, "{\"error\":{\"code\":\"InsufficientPermissions\"}}");
  home_one_subscription();
  world_counts("robot", HOME, Q(SUB1), "");
  home_covers(home_run(), "pim", SUB1, "partial 0 403 InsufficientPermissions");
}
END_TEST

START_TEST(test_scan__custom_roles_stand_under_the_tenant) {
  static const char role[] = VALUE(
      "{\"id\":\"/subscriptions/" SUB1 "/providers/Microsoft.Authorization/roleDefinitions/" ROLE "\",\"name\":\"" ROLE
      "\",\"properties\":{\"roleName\":\"Ours\",\"type\":\"CustomRole\",\"assignableScopes\":[\"/subscriptions/" SUB1
      "\"],\"permissions\":[{\"actions\":[\"*/read\"],\"notActions\":[]}]}}");
  world_get("robot", HOME, P_ROLES(SUB1), 200, role);
  home_one_subscription();
  world_counts("robot", HOME, Q(SUB1), "");
  const struct pal_docs *docs = home_run();
  home_covers(docs, "role-definitions", SUB1, "complete 1");
  ck_assert_str_eq(home_file(docs, "roles/" ROLE ".json"),
                   "{\n  \"assignableScopes\": [\"/subscriptions/" SUB1
                   "\"],\n  \"permissions\": [\n    {\"actions\":[\"*/read\"],\"notActions\":[]}\n  ],\n"
                   "  \"roleId\": \"" ROLE "\",\n  \"roleName\": \"Ours\",\n  \"roleType\": \"CustomRole\"\n}\n");
}
END_TEST

/* --- groups --- */

START_TEST(test_scan__groups_with_a_role_are_read) {
  world_get("robot", HOME, P_ASSIGNMENTS(SUB1), 200, VALUE(ASSIGNMENT(AT_SUB(SUB1), "1", GROUP, "Group")));
  home_one_subscription();
  world_counts("robot", HOME, Q(SUB1), COUNT(SUB1, 1));
  world_graph_token("robot", HOME, OID);
  world_exchange("robot", HOME, GRAPH_ORIGIN P_MEMBERS(GROUP), "", 200, "application/json",
                 "{\"value\":[{\"@odata.type\":\"#microsoft.graph.user\",\"id\":\"" PERSON
                 "\"}],\"@odata.nextLink\":\"" GRAPH_ORIGIN P_MEMBERS(GROUP) "&$skiptoken=x\"}");
  world_exchange("robot", HOME, GRAPH_ORIGIN P_MEMBERS(GROUP) "&$skiptoken=x", "", 200, "application/json",
                 "{\"value\":[{\"@odata.type\":\"#microsoft.graph.servicePrincipal\",\"id\":\"" OID "\"}]}");
  const struct pal_docs *docs = home_run();
  home_covers(docs, "groups", GROUP, "complete 2");
  home_covers(docs, "groups", "tenant", "complete 1");
  ck_assert_str_eq(home_file(docs, "groups/" GROUP ".json"),
                   "{\n  \"groupId\": \"" GROUP "\",\n  \"members\": [\n    {\"objectId\":\"" OID
                   "\",\"type\":\"servicePrincipal\"},\n"
                   "    {\"objectId\":\"" PERSON "\",\"type\":\"user\"}\n  ]\n}\n");
}
END_TEST

static const struct {
  const char *name, *body, *cover;
  int status;
} group_rows[] = {
    {"deleted", "{\"error\":{\"code\":\"Request_ResourceNotFound\"}}", "not-applicable 404 Request_ResourceNotFound",
     404},
    {"not found otherwise", "", "unread 404", 404},
    {"no right", "{\"error\":{\"code\":\"Authorization_RequestDenied\"}}", "unread 403 Authorization_RequestDenied",
     403},
    {"no JSON", "<html>", "unread not JSON", 200},
};

START_TEST(test_scan__unread_group_says_why) {
  world_get("robot", HOME, P_ASSIGNMENTS(SUB1), 200, VALUE(ASSIGNMENT(AT_SUB(SUB1), "1", GROUP, "Group")));
  home_one_subscription();
  world_counts("robot", HOME, Q(SUB1), COUNT(SUB1, 1));
  world_graph_token("robot", HOME, OID);
  world_exchange("robot", HOME, GRAPH_ORIGIN P_MEMBERS(GROUP), "", group_rows[_i].status, "application/json",
                 group_rows[_i].body);
  home_covers(home_run(), "groups", GROUP, group_rows[_i].cover);
}
END_TEST

START_TEST(test_scan__refused_directory_token_spoils_groups_only) {
  world_get("robot", HOME, P_ASSIGNMENTS(SUB1), 200, VALUE(ASSIGNMENT(AT_SUB(SUB1), "1", GROUP, "Group")));
  home_one_subscription();
  world_counts("robot", HOME, Q(SUB1), COUNT(SUB1, 1));
  world_exchange(
      "robot", HOME, LOGIN_ORIGIN "/" HOME "/oauth2/v2.0/token",
      "client_id=" CLIENT
      "&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default&client_secret=REDACTED&grant_type=client_credentials",
      400, "application/json",
      "{\"error\":\"invalid_grant\",\"error_codes\":[65001],\"error_description\":\"AADSTS65001: The user or "
      "administrator has not consented\"}");
  const struct pal_docs *docs = home_run();
  home_covers(docs, "groups", GROUP, "unread AADSTS65001");
  home_covers(docs, "role-assignments", SUB1, "complete 1/1");
}
END_TEST

/* --- usage --- */

#define COLUMNS                                                                                                   \
  "\"columns\":[{\"name\":\"PreTaxCost\",\"type\":\"Number\"},{\"name\":\"UsageQuantity\",\"type\":\"Number\"},{" \
  "\"name\":\"ResourceGroupName\",\"type\":\"String\"},{\"name\":\"Currency\",\"type\":\"String\"}]"

START_TEST(test_scan__usage_is_told_by_month_and_group) {
  world_post("robot", HOME, P_USAGE(SUB1), world_usage_body("2026-10", "2026-10-31"), 200,
             "{\"properties\":{\"nextLink\":null," COLUMNS
             ",\"rows\":[[0.0000001,0,\"RG-One\",\"EUR\"],[0,0.0,\"rg-two\",\"EUR\"],[-1e3,0,\"rg-three\",\"EUR\"],[0,"
             "0e5,\"RG-ONE\",\"USD\"]]}}");
  world_post("robot", HOME, P_USAGE(SUB1), world_usage_body("2026-11", "2026-11-20"), 200,
             "{\"properties\":{\"nextLink\":null," COLUMNS ",\"rows\":[[0,2.5,\"\",\"EUR\"]]}}");
  home_one_subscription();
  world_counts("robot", HOME, Q(SUB1), "");
  const struct pal_docs *docs = home_run();
  home_covers(docs, "usage", SUB1, "complete 6");
  ck_assert_str_eq(home_file(docs, "subscriptions/" SUB1 "/usage.json"),
                   "[\n  {\"month\":\"2026-09\",\"used\":\"no\"},\n  {\"month\":\"2026-10\",\"used\":\"yes\"},\n"
                   "  {\"month\":\"2026-10\",\"resourceGroup\":\"rg-one\",\"used\":\"yes\"},\n  "
                   "{\"month\":\"2026-10\",\"resourceGroup\":\"rg-three\",\"used\":\"yes\"},\n"
                   "  {\"month\":\"2026-10\",\"resourceGroup\":\"rg-two\",\"used\":\"no\"},\n  "
                   "{\"month\":\"2026-11\",\"used\":\"yes\"}\n]\n");
}
END_TEST

START_TEST(test_scan__hidden_costs_are_no_answer) {
  static const char hidden[] = "{\"error\":{\"code\":\"IndirectCostDisabled\",\"message\":\"Cost is hidden\"}}";
  world_post("robot", HOME, P_USAGE(SUB1), world_usage_body("2026-09", "2026-09-30"), 403, hidden);
  world_post("robot", HOME, P_USAGE(SUB1), world_usage_body("2026-10", "2026-10-31"), 403, hidden);
  world_post("robot", HOME, P_USAGE(SUB1), world_usage_body("2026-11", "2026-11-20"), 403, hidden);
  home_one_subscription();
  world_counts("robot", HOME, Q(SUB1), "");
  const struct pal_docs *docs = home_run();
  home_covers(docs, "usage", SUB1, "unread 403 IndirectCostDisabled");
  ck_assert_str_eq(home_file(docs, "subscriptions/" SUB1 "/usage.json"), "");
}
END_TEST

START_TEST(test_scan__one_unread_month_is_partial_and_a_lost_page_unknown) {
  world_post("robot", HOME, P_USAGE(SUB1), world_usage_body("2026-09", "2026-09-30"), 401,
             "{\"error\":{\"code\":\"RBACAccessDenied\"}}");
  world_post("robot", HOME, P_USAGE(SUB1), world_usage_body("2026-10", "2026-10-31"), 200,
             "{\"properties\":{\"nextLink\":\"https://evil.example/\"," COLUMNS ",\"rows\":[[0,0,\"rg\",\"EUR\"]]}}");
  home_one_subscription();
  world_counts("robot", HOME, Q(SUB1), "");
  const struct pal_docs *docs = home_run();
  home_covers(docs, "usage", SUB1, "partial 3 401 RBACAccessDenied");
  ck_assert_str_eq(home_file(docs, "subscriptions/" SUB1 "/usage.json"),
                   "[\n  {\"month\":\"2026-10\",\"used\":\"unknown\"},\n  "
                   "{\"month\":\"2026-10\",\"resourceGroup\":\"rg\",\"used\":\"unknown\"},\n  "
                   "{\"month\":\"2026-11\",\"used\":\"no\"}\n]\n");
}
END_TEST

START_TEST(test_scan__rows_without_any_amount_are_unknown) {
  static const char *const rows[] = {"[null,null,\"rg\",\"EUR\"]", "[]", "[\"0\",\"0\",\"rg\",\"EUR\"]", "[null]"};
  world_post("robot", HOME, P_USAGE(SUB1), world_usage_body("2026-10", "2026-10-31"), 200,
             pal_arena_printf(home_arena, "{\"properties\":{" COLUMNS ",\"rows\":[%s]}}", rows[_i]));
  home_one_subscription();
  world_counts("robot", HOME, Q(SUB1), "");
  const struct pal_docs *docs = home_run();
  home_covers(docs, "usage", SUB1, "partial 3 malformed item");
  home_holds(home_file(docs, "subscriptions/" SUB1 "/usage.json"), "{\"month\":\"2026-10\",\"used\":\"unknown\"}");
}
END_TEST

START_TEST(test_scan__rows_without_usage_columns_are_unknown) {
  world_post("robot", HOME, P_USAGE(SUB1), world_usage_body("2026-10", "2026-10-31"), 200,
             "{\"properties\":{\"columns\":[{\"name\":\"Currency\"}],\"rows\":[[\"EUR\"]]}}");
  home_one_subscription();
  world_counts("robot", HOME, Q(SUB1), "");
  const struct pal_docs *docs = home_run();
  home_covers(docs, "usage", SUB1, "partial 3 malformed item");
  home_holds(home_file(docs, "subscriptions/" SUB1 "/usage.json"), "{\"month\":\"2026-10\",\"used\":\"unknown\"}");
}
END_TEST

#define UNSUPPORTED \
  "{\"error\":{\"code\":\"BadRequest\",\"message\":\"The offer MS-AZR-0110P is not supported. (Request ID: x)\"}}"
static const struct {
  const char *name;
  int status; /* of the usage details of October */
  const char *answer, *cover, *record;
} detail_rows[] = {
    {"a row", 200, "{\"value\":[{\"kind\":\"legacy\",\"properties\":{}}],\"nextLink\":\"https://x.example/\"}",
     "complete 3", "{\"month\":\"2026-10\",\"used\":\"yes\"}"},
    {"none", 204, "", "complete 3", "{\"month\":\"2026-10\",\"used\":\"no\"}"},
    {"an empty list", 200, "{\"value\":[]}", "complete 3", "{\"month\":\"2026-10\",\"used\":\"no\"}"},
    {"an empty page", 200, "{\"value\":[],\"nextLink\":\"https://management.azure.com/x\"}",
     "partial 2 unexpected shape", NULL},
    {"no list", 200, "{}", "partial 2 unexpected shape", NULL},
    {"neither knows it", 400, UNSUPPORTED, "partial 2 400 BadRequest", NULL},
    {"hidden", 403, "{\"error\":{\"code\":\"IndirectCostDisabled\"}}", "partial 2 403 IndirectCostDisabled", NULL},
};

START_TEST(test_scan__usage_details_answer_for_offers_without_costs) {
  world_post("robot", HOME, P_USAGE(SUB1), world_usage_body("2026-10", "2026-10-31"), 400, UNSUPPORTED);
  world_get("robot", HOME, P_DETAILS(SUB1, "2026-10-01", "2026-10-31"), detail_rows[_i].status, detail_rows[_i].answer);
  home_one_subscription();
  world_counts("robot", HOME, Q(SUB1), "");
  const struct pal_docs *docs = home_run();
  home_covers(docs, "usage", SUB1, detail_rows[_i].cover);
  const char *file = home_file(docs, "subscriptions/" SUB1 "/usage.json");
  if (detail_rows[_i].record)
    home_holds(file, detail_rows[_i].record);
  else
    ck_assert_ptr_null(strstr(file, "2026-10"));
}
END_TEST

/* "Access to Azure Active Directory" is listed like a subscription; costs are refused. */
START_TEST(test_scan__placeholder_subscription_has_no_usage) {
  static const char *const months[][2] = {
      {"2026-09", "2026-09-30"}, {"2026-10", "2026-10-31"}, {"2026-11", "2026-11-20"}};
  for (size_t i = 0; i < 3; i++)
    world_post("robot", HOME, P_USAGE(SUB1), world_usage_body(months[i][0], months[i][1]), 400,
               "{\"error\":{\"code\":\"BadRequest\"}}");
  world_subscriptions("robot", HOME,
                      "{\"subscriptionId\":\"" SUB1 "\",\"tenantId\":\"" HOME
                      "\",\"subscriptionPolicies\":{\"quotaId\":\"AAD_2015-09-01\"}}");
  home_one_subscription();
  world_counts("robot", HOME, Q(SUB1), "");
  home_covers(home_run(), "usage", SUB1, "not-applicable 400 BadRequest");
}
END_TEST

START_TEST(test_scan__provider_that_is_not_registered_has_no_delegations) {
  world_get("robot", HOME, P_DELEGATIONS(SUB1), 409, "{\"error\":{\"code\":\"MissingSubscriptionRegistration\"}}");
  home_one_subscription();
  world_counts("robot", HOME, Q(SUB1), "");
  const struct pal_docs *docs = home_run();
  home_covers(docs, "delegations", SUB1, "not-applicable 409 MissingSubscriptionRegistration");
  home_covers(docs, "groups", "tenant", "complete 0");
}
END_TEST

Suite *make_collect_scan_suite(void);
Suite *make_collect_scan_suite(void) {
  Suite *suite = suite_create("collect/scan");
  TCase *tc = tcase_create("scan");
  tcase_set_timeout(tc, 60);
  tcase_add_checked_fixture(tc, home_set_up, home_tear_down);
  tcase_add_test(tc, test_scan__empty_tenant_is_complete_in_every_area);
  tcase_add_test(tc, test_scan__only_what_the_settings_name_is_asked);
  tcase_add_test(tc, test_scan__assignments_are_put_where_their_scope_lies);
  tcase_add_test(tc, test_scan__inherited_assignment_stands_once);
  tcase_add_loop_test(tc, test_scan__assignments_are_counted_by_resource_graph, 0, UNIT_N(count_rows));
  tcase_add_test(tc, test_scan__failing_count_leaves_the_list_alone);
  tcase_add_test(tc, test_scan__many_subscriptions_are_asked_in_turn_and_counted_in_batches);
  tcase_add_test(tc, test_scan__one_unread_subscription_leaves_the_others_whole);
  tcase_add_test(tc, test_scan__both_pim_lists_make_one_unit_without_names);
  tcase_add_loop_test(tc, test_scan__tenant_without_licence_has_no_pim, 0, UNIT_N(unlicensed));
  tcase_add_test(tc, test_scan__half_of_pim_is_partial);
  tcase_add_test(tc, test_scan__custom_roles_stand_under_the_tenant);
  tcase_add_test(tc, test_scan__groups_with_a_role_are_read);
  tcase_add_loop_test(tc, test_scan__unread_group_says_why, 0, UNIT_N(group_rows));
  tcase_add_test(tc, test_scan__refused_directory_token_spoils_groups_only);
  tcase_add_test(tc, test_scan__usage_is_told_by_month_and_group);
  tcase_add_test(tc, test_scan__hidden_costs_are_no_answer);
  tcase_add_test(tc, test_scan__one_unread_month_is_partial_and_a_lost_page_unknown);
  tcase_add_loop_test(tc, test_scan__rows_without_any_amount_are_unknown, 0, 4);
  tcase_add_test(tc, test_scan__rows_without_usage_columns_are_unknown);
  tcase_add_loop_test(tc, test_scan__usage_details_answer_for_offers_without_costs, 0, UNIT_N(detail_rows));
  tcase_add_test(tc, test_scan__placeholder_subscription_has_no_usage);
  tcase_add_test(tc, test_scan__provider_that_is_not_registered_has_no_delegations);
  suite_add_tcase(suite, tc);
  return suite;
}
