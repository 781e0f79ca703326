/* SPDX-License-Identifier: Apache-2.0 */
/* test_lighthouse.c - what is seen of delegated subscriptions, and whose names are kept. */
#include <stdio.h>
#include <string.h>

#include "collect/home.h"
#include "unit.h"

/* --- Lighthouse --- */

#define DELEGATION(s, managing)                                                                                       \
  "{\"id\":\"/subscriptions/" s "/providers/Microsoft.ManagedServices/registrationAssignments/" ROLE                  \
  "\",\"properties\":{\"registrationDefinitionId\":\"/x\","                                                           \
  "\"provisioningState\":\"Succeeded\",\"registrationDefinition\":{\"properties\":{\"managedByTenantId\":\"" managing \
  "\",\"authorizations\":["                                                                                           \
  "{\"principalId\":\"" OID "\",\"principalIdDisplayName\":\"Robot\",\"roleDefinitionId\":\"" ROLE "\"},"             \
  "{\"principalId\":\"" GROUP "\",\"principalIdDisplayName\":\"Team\",\"roleDefinitionId\":\"" ROLE "\"},"            \
  "{\"principalId\":\"" PERSON "\",\"principalIdDisplayName\":\"A Person\",\"roleDefinitionId\":\"" ROLE "\"}]}}}}"

static void delegated_world(void) {
  world_subscriptions("robot", HOME, SUBSCRIPTION(SUB3, CUSTOMER));
  world_empty_tenant("robot", HOME, OID);
  world_get("robot", HOME, P_DELEGATIONS(SUB3), 200, VALUE(DELEGATION(SUB3, HOME)));
  world_get("robot", HOME, P_ASSIGNMENTS(SUB3), 200,
            VALUE(ASSIGNMENT(AT_SUB(SUB3), "1", PERSON, "User") "," ROOT_ASSIGNMENT("2", PERSON, "User")));
  world_empty_subscription("robot", HOME, SUB3, false);
  world_graph_token("robot", HOME, OID);
  world_exchange("robot", HOME, GRAPH_ORIGIN P_MEMBERS(GROUP), "", 200, "application/json", "{\"value\":[]}");
  world_exchange("robot", HOME, GRAPH_ORIGIN P_MEMBERS(PERSON), "", 404, "application/json",
                 "{\"error\":{\"code\":\"Request_ResourceNotFound\"}}");
}

START_TEST(test_lighthouse__delegated_subscription_lies_under_its_tenant) {
  delegated_world();
  const struct pal_docs *docs = home_run();
  ck_assert_str_eq(docs_cover(home_arena, docs, CUSTOMER, "subscriptions", "tenant"), "partial 1 through lighthouse");
  ck_assert_str_eq(docs_cover(home_arena, docs, CUSTOMER, "delegations", SUB3), "complete 1");
  ck_assert_str_eq(docs_cover(home_arena, docs, CUSTOMER, "usage", SUB3), "complete 3");
  ck_assert_str_eq(docs_cover(home_arena, docs, CUSTOMER, "role-assignments", "tenant"), "");
  home_covers(docs, "subscriptions", "tenant", "complete 0");
  home_covers(docs, "role-assignments", "tenant", "complete 0");
  ck_assert_str_eq(docs_text(home_arena, docs, tenant_path(home_arena, CUSTOMER, "access/inherited.json")), "");
  home_holds(docs_text(home_arena, docs, tenant_path(home_arena, CUSTOMER, "subscriptions/" SUB3 "/subscription.json")),
             "{\"identity\":\"robot\",\"tenantId\":\"" HOME "\"}");
  home_holds(
      docs_text(home_arena, docs, tenant_path(home_arena, CUSTOMER, "subscriptions/" SUB3 "/role-assignments.json")),
      PERSON);
  ck_assert_str_eq(docs_text(home_arena, docs, tenant_path(home_arena, CUSTOMER, "tenant.json")), "");
}
END_TEST

START_TEST(test_lighthouse__authorized_principals_may_be_groups) {
  delegated_world();
  const struct pal_docs *docs = home_run();
  home_covers(docs, "groups", GROUP, "complete 0");
  home_covers(docs, "groups", PERSON, "not-applicable 404 Request_ResourceNotFound");
  home_covers(docs, "groups", OID, "");
  home_covers(docs, "groups", "tenant", "complete 2");
}
END_TEST

/* Names of people: robot is our own; the estate knows PERSON; nobody knows GROUP. */
static const struct {
  const char *names;
  bool estate, robot, person, team;
} name_rows[] = {{"ours", false, true, false, false},
                 {"ours", true, true, true, false},
                 {"all", false, true, true, true},
                 {"none", true, false, false, false}};

START_TEST(test_lighthouse__names_of_people_are_kept_as_the_setting_says) {
  static const char estate_json[] =
      "{\"principals\":[{\"name\":\"P\",\"home\":{\"tenant\":\"" HOME "\",\"objectId\":\"" PERSON "\"}}]}";
  const struct pal_record *estate =
      name_rows[_i].estate ? parse_record(home_arena, &pal_kind_ESTATE, estate_json) : NULL;
  struct pal_record *session = NULL;
  struct pal_err err = {0};
  delegated_world();
  (void)world_write(home_arena);
  unit_ok(pal_recording_session(home_arena, "rec", &session, &err), &err);
  /* the setting stands in the session: write it there */
  char text[4096];
  (void)snprintf(
      text, sizeof text,
      "{\"format\":\"palscan-recording\",\"version\":1,\"started\":\"" STARTED
      "\",\"settings\":{\"cloud\":\"AzurePublicCloud\",\"collect\":[\"links\",\"role-assignments\",\"usage\","
      "\"delegations\"],\"names\":\"%s\",\"usageWindowMonths\":2,\"identities\":[%s]}}",
      name_rows[_i].names, ROBOT("robot", HOME, LIST("\"" HOME "\"")));
  unit_write("rec/session.json", text, 0644);
  scan_run(&home_scan, home_arena, "rec", estate, 0, NULL);
  ck_assert_msg(home_scan.code == PAL_OK, "%s", home_scan.err.text);
  const char *delegations =
      docs_text(home_arena, &home_scan.v[0]->docs, tenant_path(home_arena, CUSTOMER, "delegations.json"));
  ck_assert_int_eq(strstr(delegations, "\"principalName\":\"Robot\"") != NULL, name_rows[_i].robot);
  ck_assert_int_eq(strstr(delegations, "\"principalName\":\"A Person\"") != NULL, name_rows[_i].person);
  ck_assert_int_eq(strstr(delegations, "\"principalName\":\"Team\"") != NULL, name_rows[_i].team);
}
END_TEST

Suite *make_collect_lighthouse_suite(void);
Suite *make_collect_lighthouse_suite(void) {
  Suite *suite = suite_create("collect/lighthouse");
  TCase *tc = tcase_create("lighthouse");
  tcase_set_timeout(tc, 60);
  tcase_add_checked_fixture(tc, home_set_up, home_tear_down);
  tcase_add_test(tc, test_lighthouse__delegated_subscription_lies_under_its_tenant);
  tcase_add_test(tc, test_lighthouse__authorized_principals_may_be_groups);
  tcase_add_loop_test(tc, test_lighthouse__names_of_people_are_kept_as_the_setting_says, 0, UNIT_N(name_rows));
  suite_add_tcase(suite, tc);
  return suite;
}
