/* SPDX-License-Identifier: Apache-2.0 */
#include "policy_world.h"

#define GROUP_ID "61111111-1111-4111-8111-111111111111"
#define DELEGATION     \
  "/subscriptions/" S1 \
  "/providers/microsoft.managedservices/registrationassignments/71111111-1111-4111-8111-111111111111"
#define DENY \
  "/subscriptions/" S1 "/providers/microsoft.authorization/denyassignments/81111111-1111-4111-8111-111111111111"

/* One of everything. */
static const char everything[] =
    "'registry':{'ids':[{'id':'2000001','type':'location','aliases':['B','A']}],'expect':[{'default':true,'id':'"
    "2000001'}],"
    "'relatedPartners':[{'id':'3000001','tenants':['" T2 "','" T1 "']}],'agentGroups':[{'objectId':'" GROUP_ID "'}]},"
    "'estate':{'customers':[{'tenant':'" T1 "','name':'Fabrikam','acceptedGaps':[{'area':'usage','reason':'hidden'}]}],"
    "'principals':[{'name':'Anna','home':{'tenant':'" HOME "','objectId':'" O1 "'},'objects':[{'tenant':'" T1
    "','objectId':'" O2 "'}]}]},"
    "'waivers':{'waivers':[{'id':'W1','pins':{'b':1,'a':'x'}}]},"
    "'reviews':{'reviews':[{'id':'R1','scope':'changes','commit':'abc','reviewer':'Carla','signed':'2026-11-01T00:00:"
    "00Z'}]},"
    "'history':{'firstRun':'2026-01-01T00:00:00Z'},"
    "'settings':{'identities':[{'name':'auto','type':'client-secret','tenantId':'" HOME
    "','all':true}],'parameters':{'expiryDays':14,'defaultIsDecision':true}},"
    "'tenants':{'" T1 "':{'tenant':{'displayName':'Tenant','countryCode':'DE'},"
    "'identities':[" LINKED(O1, "2000001") "," UNLINKED(
        O2) ",{'objectId':'" GROUP_ID "'}],"
            "'subscriptions':[{'subscriptionId':'" S1 "','displayName':'One','managedByTenants':['" HOME "','" T2 "'],"
            "'seenFrom':[{'identity':'auto','tenantId':'" T1 "'}],"
            "'assignments':[" ASSIGNED(
                S1, O1) "],"
                        "'pim':[{'id':'/subscriptions/" S1 "/p','kind':'eligible','roleId':'" READER
                        "','principalId':'" O2 "','scope':'/subscriptions/" S1 "'}],"
                        "'deny':[{'id':'" DENY "','scope':'/subscriptions/" S1
                        "','isSystemProtected':true,'principals':[{'id':'" O1 "','type':'User'}],"
                        "'excludePrincipals':[{'id':'" O2
                        "','type':'User'}],'permissions':[{'actions':['*/write','*/delete']}]}],"
                        "'usage':[{'month':'2026-10','used':'yes'}]}],"
                        "'inherited':[{'id':'/providers/microsoft.management/managementgroups/mg/providers/"
                        "microsoft.authorization/roleassignments/" O2 "',"
                        "'roleId':'" READER "','principalId':'" O2
                        "','scope':'/providers/microsoft.management/managementgroups/mg'}],"
                        "'groups':[{'groupId':'" GROUP_ID "','members':[{'objectId':'" O1 "','type':'user'}]}],"
                        "'delegations':[{'id':'" DELEGATION "','scope':'/subscriptions/" S1
                        "','managedByTenantId':'" HOME "','plan':{'name':'p'},"
                        "'authorizations':[{'kind':'permanent','principalId':'" O1 "','roleId':'" READER "'}]}],"
                        "'roles':[{'roleId':'" READER "','roleName':'Reader','roleType':'BuiltInRole'},{'roleId':'" O2
                        "','roleName':'Own','roleType':'CustomRole'}]}}";

static const struct {
  const char *sql, *rows;
} tables[] = {
    {"SELECT tenant_id, id, name, country, default_domain FROM tenant", T1 "," T1 ",Tenant,DE,-"},
    {"SELECT tenant_id, object_id, names, link_answered, assurance FROM identity ORDER BY object_id",
     T1 "," GROUP_ID ",-,0,read|" T1 "," O1 ",[\"auto\"],1,read|" T1 "," O2 ",[\"auto\"],1,read"},
    {"SELECT tenant_id, object_id, partner_id, state, version FROM link", T1 "," O1 ",2000001,Active,1"},
    {"SELECT tenant_id, id, name, managed_by FROM subscription", T1 "," S1 ",One,[\"" T2 "\",\"" HOME "\"]"},
    {"SELECT tenant_id, subscription_id, identity, from_tenant_id FROM sighting", T1 "," S1 ",auto," T1},
    {"SELECT tenant_id, subscription_id, principal_id FROM assignment ORDER BY principal_id",
     T1 "," S1 "," O1 "|" T1 ",-," O2},
    {"SELECT tenant_id, subscription_id, kind, end_time FROM pim", T1 "," S1 ",eligible,-"},
    {"SELECT tenant_id, subscription_id, system, not_children, permissions FROM deny_assignment",
     T1 "," S1 ",1,-,[{\"actions\":[\"*/delete\",\"*/write\"]}]"},
    {"SELECT tenant_id, deny_id, principal_id, principal_type FROM deny_principal", T1 "," DENY "," O1 ",User"},
    {"SELECT tenant_id, deny_id, principal_id FROM deny_excluded", T1 "," DENY "," O2},
    {"SELECT tenant_id, subscription_id, month, resource_group, used FROM usage", T1 "," S1 ",2026-10,-,yes"},
    {"SELECT tenant_id, id, last_read FROM grp", T1 "," GROUP_ID ",-"},
    {"SELECT tenant_id, group_id, object_id, type FROM group_member", T1 "," GROUP_ID "," O1 ",user"},
    {"SELECT tenant_id, id, managing_tenant_id, plan FROM delegation", T1 "," DELEGATION "," HOME ",{\"name\":\"p\"}"},
    {"SELECT tenant_id, delegation_id, kind, principal_id, role_id FROM authorization",
     T1 "," DELEGATION ",permanent," O1 "," READER},
    {"SELECT tenant_id, id, name FROM role ORDER BY name", T1 "," O2 ",Own|-," READER ",Reader"},
    {"SELECT tenant_id, area, unit, state, as_of FROM coverage WHERE area = 'links'",
     T1 ",links," GROUP_ID ",complete,-|" T1 ",links,auto,complete,-"},
    {"SELECT id, type, aliases, status FROM registry", "2000001,location,[\"A\",\"B\"],active"},
    {"SELECT id, is_default, tenant FROM expect", "2000001,1,-"},
    {"SELECT id, tenants FROM related_partner", "3000001,[\"" T1 "\",\"" T2 "\"]"},
    {"SELECT object_id FROM agent_group", GROUP_ID},
    {"SELECT tenant_id, name, status FROM customer", T1 ",Fabrikam,active"},
    {"SELECT tenant_id, area, reason, until FROM accepted_gap", T1 ",usage,hidden,-"},
    {"SELECT name, owner, purpose FROM principal", "Anna,us,-"},
    {"SELECT principal_name, tenant_id, object_id FROM principal_home", "Anna," HOME "," O1},
    {"SELECT principal_name, tenant_id, object_id FROM principal_object", "Anna," T1 "," O2},
    {"SELECT id, pins FROM waiver", "W1,{\"a\":\"x\",\"b\":1}"},
    {"SELECT id, scope, commit_id, reviewer FROM review", "R1,changes,abc,Carla"},
    {"SELECT name, home_tenant_id, is_all FROM scanner", "auto," HOME ",1"},
    {"SELECT first_run FROM run", "2026-01-01T00:00:00Z"},
    {"SELECT value FROM setting WHERE name IN ('expiryDays', 'defaultIsDecision', 'cloud') ORDER BY name",
     "AzurePublicCloud|true|14"},
    /* today's inputs stand in both */
    {"SELECT id FROM previous.registry", "2000001"},
    {"SELECT value FROM previous.setting WHERE name = 'expiryDays'", "14"},
};

START_TEST(test_tables__hold_every_record_with_its_context) {
  struct pal_judge_options all = {.all_tables = true};
  ck_assert_str_eq(world_query(world_judge(everything, false, &all), tables[_i].sql), tables[_i].rows);
}
END_TEST

/* A snapshot's inputs may lack what the person left out. */
START_TEST(test_tables__defaults_stand_where_nothing_is_written) {
  struct pal_err err;
  struct pal_judge *judge = NULL;
  struct pal_arena *arena = pal_arena_new(0);
  struct pal_record *settings = pal_record_new(arena, &pal_kind_SETTINGS),
                    *estate = pal_record_new(arena, &pal_kind_ESTATE);
  struct pal_record *customer = pal_record_new(arena, &pal_kind_CUSTOMER);
  unit_ok(pal_set_text(arena, settings, PAL_SETTINGS_CLOUD, "AzurePublicCloud", &err), &err);
  unit_ok(pal_set_text(arena, customer, PAL_CUSTOMER_TENANT, T1, &err), &err);
  unit_ok(pal_add_record(arena, estate, PAL_ESTATE_CUSTOMERS, customer, &err), &err);
  struct pal_judge_options options = {.pack = world_pack(), .settings = settings, .estate = estate, .all_tables = true};
  unit_ok(pal_judge_new(&options, &judge, &err), &err);
  ck_assert_str_eq(world_query(judge, "SELECT tenant_id, status FROM customer"), T1 ",active");
  pal_judge_free(judge);
  pal_arena_free(arena);
}
END_TEST

START_TEST(test_tables__previous_holds_the_parent) {
  struct pal_judge_options all = {.all_tables = true};
  world_view("v", "CREATE VIEW partner AS SELECT link.partner_id, run.today FROM link JOIN run");
  struct pal_judge *judge = world_judge(
      "'tenants':{" TENANT(
          T1, ",'identities':[" LINKED(O1, "2000001") "]") "},"
                                                           "'previous':{'tenants':{" TENANT(
                                                               T1, ",'identities':[" LINKED(O1, "1000001") "]") "}}",
      false, &all);
  ck_assert_str_eq(world_query(judge, "SELECT partner_id, today FROM partner"), "2000001,2026-11-20");
  ck_assert_str_eq(world_query(judge, "SELECT partner_id, today FROM previous.partner"), "1000001,2026-11-19");
  ck_assert_str_eq(world_query(judge, "SELECT previous_started, has_previous FROM run"), BEFORE ",1");
}
END_TEST

/* --- what is loaded --- */

START_TEST(test_tables__wanted_is_what_enabled_policies_read_through_views) {
  world_view("a", "CREATE VIEW path AS SELECT assignment.principal_id, assignment.scope FROM assignment");
  world_view("b", "CREATE VIEW unused AS SELECT id FROM deny_assignment");
  world_policy("OWN1", "subject: tenant",
               "SELECT NULL AS tenant_id, 'a' AS subject_type, principal_id AS subject_id, NULL AS subject_name, 'm' "
               "AS message FROM path");
  world_policy("OWN2", "subject: tenant",
               "SELECT NULL AS tenant_id, 'a' AS subject_type, count(*) AS subject_id, NULL AS subject_name, 'm' AS "
               "message FROM pim, previous.authorization");
  const struct pal_judge *judge = world_judge("'tenants':{}", false, NULL);
  ck_assert(pal_judge_wants(judge, PAL_STATE_NOW, &pal_kind_ASSIGNMENT));
  ck_assert(!pal_judge_wants(judge, PAL_STATE_PREVIOUS, &pal_kind_ASSIGNMENT));
  ck_assert(pal_judge_wants(judge, PAL_STATE_NOW, &pal_kind_PIM));
  ck_assert(!pal_judge_wants(judge, PAL_STATE_NOW, &pal_kind_DENY));
  ck_assert(!pal_judge_wants(judge, PAL_STATE_NOW, &pal_kind_USAGE));
  ck_assert(pal_judge_wants(judge, PAL_STATE_PREVIOUS, &pal_kind_DELEGATION));
  const struct pal_kind *const always[] = {&pal_kind_FINDING, &pal_kind_EVENT, &pal_kind_COVERAGE, &pal_kind_TENANT,
                                           &pal_kind_IDENTITY};
  for (size_t i = 0; i < sizeof always / sizeof always[0]; i++) {
    ck_assert(pal_judge_wants(judge, PAL_STATE_NOW, always[i]));
    ck_assert(pal_judge_wants(judge, PAL_STATE_PREVIOUS, always[i]));
  }
}
END_TEST

#define COUNT(FROM)                                              \
  "SELECT '" T1 "' AS tenant_id, 'tenant' AS subject_type, '" T1 \
  "' AS subject_id, NULL AS subject_name, 'm' AS message, count(*) AS n FROM " FROM

START_TEST(test_tables__counting_rows_is_reading_them) {
  world_view("a", "CREATE VIEW path AS SELECT scope FROM assignment");
  world_policy("OWN1", "subject: tenant", COUNT("assignment"));
  world_policy("OWN2", "subject: tenant", COUNT("path"));
  world_policy("OWN3", "subject: tenant", COUNT("previous.path"));
  world_policy("OWN4", "subject: tenant", "WITH pim AS (SELECT 1 AS x) " COUNT("pim"));
  static const char members[] = "'tenants':{" TENANT(
      T1, ",'subscriptions':[{'subscriptionId':'" S1 "','assignments':[" ASSIGNED(S1, O1) "," ASSIGNED(
              S1, O2) "]}]") "},"
                             "'previous':{'tenants':{" TENANT(
                                 T1, ",'subscriptions':[{'subscriptionId':'" S1
                                     "','assignments':[" ASSIGNED(S1, O1) "]}]") "}},"
                                                                                 "'expect':[{'details':{'n':";
  char text[4096];
  const struct {
    const char *policy, *n;
  } rows[] = {{"OWN1", "2}}]"}, {"OWN2", "2}}]"}, {"OWN3", "1}}]"}, {"OWN4", "1}}]"}};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    strcpy(text, members);
    strcat(text, rows[i].n);
    world_expect(rows[i].policy, text);
  }
}
END_TEST

START_TEST(test_tables__only_read_columns_are_filled) {
  world_policy("OWN1", "subject: tenant",
               "SELECT tenant_id, 'a' AS subject_type, principal_id AS subject_id, NULL AS subject_name, 'm' AS "
               "message FROM assignment WHERE scope <> '/'");
  struct pal_judge *judge = world_judge(everything, false, NULL);
  ck_assert_str_eq(
      world_query(
          judge,
          "SELECT count(tenant_id), count(principal_id), count(scope), count(role_id), count(*) FROM assignment"),
      "2,2,2,0,2");
  ck_assert_str_eq(world_query(judge, "SELECT count(*) FROM pim"), "0");
}
END_TEST

START_TEST(test_tables__joins_read_columns_that_are_not_said) {
  static const char members[] =
      "'tenants':{" TENANT(T1, ",'identities':[" LINKED(O1, "1") "," UNLINKED(O2) "]") "},'expect':[{'subject':'" O1
                                                                                       "'}]";
  world_policy("OWN1", "subject: tenant",
               "SELECT link.tenant_id, 'a' AS subject_type, object_id AS subject_id, NULL AS subject_name, 'm' AS "
               "message FROM link JOIN identity USING (tenant_id, object_id)");
  world_expect("OWN1", members);
  world_policy("OWN1", "subject: tenant",
               "SELECT link.tenant_id, 'a' AS subject_type, partner_id, '" O1
               "' AS subject_id, NULL AS subject_name, 'm' AS message FROM link NATURAL JOIN identity");
  world_expect("OWN1", members);
  world_policy("OWN1", "subject: tenant",
               "SELECT \"link\".[tenant_id], 'a' AS subject_type, LINK.`object_id` AS subject_id, NULL AS "
               "subject_name, 'm' AS message FROM \"link\"");
  world_expect("OWN1", members);
}
END_TEST

#define PARTNERS                                                                                                      \
  "SELECT tenant_id, 'a' AS subject_type, partner_id AS subject_id, NULL AS subject_name, 'm' AS message, object_id " \
  "FROM upper_view"

/* Two linked identities; a table has row ids, a view has none. */
static struct pal_judge *judge_once(const char *base) {
  world_view("a", base);
  world_view("b", "CREATE VIEW upper_view AS SELECT tenant_id, object_id, partner_id FROM base");
  world_policy("OWN1", "subject: tenant", PARTNERS);
  return world_judge("'tenants':{" TENANT(T1, ",'identities':[" LINKED(O1, "1") "," LINKED(O2, "2") "]") "}", true,
                     NULL);
}

START_TEST(test_tables__a_view_computed_once_says_the_same) {
  struct pal_judge *judge =
      judge_once("-- SPDX-License-Identifier: Apache-2.0\n-- once: tenant_id, object_id; partner_id\n"
                 "CREATE VIEW base AS SELECT tenant_id, object_id, partner_id FROM link");
  ck_assert_uint_eq(world_result(judge, "OWN1")->fail, 2);
  ck_assert_str_eq(world_query(judge, "SELECT rowid, partner_id FROM base ORDER BY partner_id"), "1,1|2,2");
  ck_assert_str_eq(world_query(judge, "SELECT rowid FROM upper_view"), "-|-");
  ck_assert_str_eq(world_query(judge, "SELECT count(*) FROM previous.base"), "0");
}
END_TEST

START_TEST(test_tables__a_view_of_few_rows_needs_no_columns) {
  struct pal_judge *judge =
      judge_once("-- once: few rows\nCREATE VIEW base AS SELECT tenant_id, object_id, partner_id FROM link");
  ck_assert_uint_eq(world_result(judge, "OWN1")->fail, 2);
  ck_assert_str_eq(world_query(judge, "SELECT rowid, partner_id FROM base ORDER BY partner_id"), "1,1|2,2");
}
END_TEST

#define OF_PREVIOUS                                                                                                   \
  "SELECT tenant_id, 'a' AS subject_type, partner_id AS subject_id, NULL AS subject_name, 'm' AS message, object_id " \
  "FROM previous.base"

/* In previous one reader is served as well by the view itself. */
START_TEST(test_tables__a_view_of_previous_is_computed_for_two) {
  static const char members[] = "'tenants':{" TENANT(T1, "") "},'previous':{'tenants':{" TENANT(
      T1, ",'identities':[" LINKED(O1, "1") "," LINKED(O2, "2") "]") "}}";
  world_view("a", "-- once: tenant_id\nCREATE VIEW base AS SELECT tenant_id, object_id, partner_id FROM link");
  world_policy("OWN1", "subject: tenant", OF_PREVIOUS);
  if (_i == 1)
    world_policy("OWN2", "subject: tenant", OF_PREVIOUS);
  struct pal_judge *judge = world_judge(members, true, NULL);
  ck_assert_uint_eq(world_result(judge, "OWN1")->fail, 2);
  ck_assert_str_eq(world_query(judge, "SELECT rowid, partner_id FROM previous.base ORDER BY partner_id"),
                   _i == 1 ? "1,1|2,2" : "-,1|-,2");
  ck_assert_str_eq(world_query(judge, "SELECT rowid FROM base"), "");
}
END_TEST

START_TEST(test_tables__a_view_that_does_not_ask_stays_a_view) {
  struct pal_judge *judge = judge_once("CREATE VIEW base AS SELECT tenant_id, object_id, partner_id FROM link");
  ck_assert_str_eq(world_query(judge, "SELECT rowid FROM base"), "-|-");
}
END_TEST

START_TEST(test_tables__a_view_that_cannot_be_computed_stays_one) {
  struct pal_judge_options small = {.steps_max = 100000};
  world_view("a", "-- once: i\nCREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                  "SELECT i FROM n");
  world_policy("OWN1", "subject: tenant",
               "SELECT NULL AS tenant_id, 'a' AS subject_type, i AS subject_id, NULL AS subject_name, 'm' AS message "
               "FROM (SELECT i FROM endless LIMIT 3)");
  struct pal_judge *judge = world_judge("'tenants':{}", true, &small);
  ck_assert_uint_eq(world_result(judge, "OWN1")->fail, 3);
  ck_assert_str_eq(world_query(judge, "SELECT i FROM endless LIMIT 1"), "1");
}
END_TEST

START_TEST(test_tables__once_names_columns_of_the_view) {
  struct pal_judge *judge =
      judge_once("-- once: partner\nCREATE VIEW base AS SELECT tenant_id, object_id, partner_id FROM link");
  const struct pal_policy_result *result = world_result(judge, "OWN1");
  ck_assert_int_eq(result->state, PAL_TESTED); /* the view itself is well */
  ck_assert_uint_eq(result->fail, 2);
  ck_assert_str_eq(world_query(judge, "SELECT rowid FROM base"), "-|-");
}
END_TEST

START_TEST(test_tables__the_runs_before_are_those_of_the_history) {
  struct pal_judge_options all = {.all_tables = true};
  struct pal_judge *judge =
      world_judge("'history':{'firstRun':'2026-01-01T02:00:00Z','lastFull':{'sequence':7,'started':'" EARLIER
                  "'},'partial':[{'sequence':8,'started':'" BEFORE "','tenants':['" T1 "']}]},'tenants':{},"
                  "'previous':{'tenants':{}}",
                  false, &all);
  ck_assert_str_eq(world_query(judge, "SELECT sequence, started, is_full FROM run_history ORDER BY sequence"),
                   "7," EARLIER ",1|8," BEFORE ",0");
  ck_assert_str_eq(world_query(judge, "SELECT count(*) FROM previous.run_history"), "2");
}
END_TEST

START_TEST(test_tables__a_judge_of_one_policy_judges_what_it_is_folded_under_too) {
  struct pal_judge_options options = {.only = "OWN2"};
  world_policy("OWN1", "subject: tenant", COUNT("tenant"));
  world_policy("OWN2", "subject: tenant\nfolded-under: OWN1", COUNT("tenant"));
  world_policy("OWN3", "subject: tenant", COUNT("tenant"));
  struct pal_judge *judge = world_judge("'tenants':{" TENANT(T1, "") "}", true, &options);
  ck_assert_int_eq(world_result(judge, "OWN1")->state, PAL_TESTED);
  ck_assert_int_eq(world_result(judge, "OWN2")->state, PAL_TESTED);
  ck_assert_int_eq(world_result(judge, "OWN3")->state, PAL_DISABLED);
}
END_TEST

START_TEST(test_tables__nothing_is_loaded_after_the_judgement) {
  struct pal_err err;
  struct pal_docs none = {0};
  struct pal_judge *judge = world_judge("'tenants':{}", true, NULL);
  unit_fails(pal_judge_load(judge, PAL_STATE_NOW, &none, &err), PAL_E_INTERNAL, "after the judgement", &err);
  unit_fails(pal_judge_run(judge, &err), PAL_E_INTERNAL, "once", &err);
}
END_TEST

START_TEST(test_tables__query_shows_what_the_snapshot_recorded) {
  struct pal_judge_options all = {.all_tables = true};
  world_policy("OWN1", "subject: tenant", COUNT("tenant"));
  struct pal_judge *judge = world_judge(
      "'tenants':{" TENANT(T1, ",'findings':[{'subject':{'type':'tenant','id':'" T1 "'}}],"
                               "'events':[{'kind':'link.added','subjectId':'" O1 "','after':{'partnerId':'1'}}]") "}",
      false, &all);
  ck_assert_str_eq(
      world_query(judge, "SELECT tenant_id, policy, verdict, json_extract(subject, '$.type') FROM finding"),
      T1 ",OWN1,fail,tenant");
  ck_assert_str_eq(world_query(judge, "SELECT tenant_id, kind, subject_type, subject_id, before, after FROM event"),
                   T1 ",link.added,identity," O1 ",-,{\"partnerId\":\"1\"}");
}
END_TEST

Suite *make_policy_tables_suite(void);
Suite *make_policy_tables_suite(void) {
  Suite *suite = suite_create("policy/tables");
  TCase *tcase = tcase_create("tables");
  tcase_add_checked_fixture(tcase, world_enter, world_leave);
  tcase_add_loop_test(tcase, test_tables__hold_every_record_with_its_context, 0, UNIT_N(tables));
  tcase_add_test(tcase, test_tables__defaults_stand_where_nothing_is_written);
  tcase_add_test(tcase, test_tables__previous_holds_the_parent);
  tcase_add_test(tcase, test_tables__wanted_is_what_enabled_policies_read_through_views);
  tcase_add_test(tcase, test_tables__counting_rows_is_reading_them);
  tcase_add_test(tcase, test_tables__only_read_columns_are_filled);
  tcase_add_test(tcase, test_tables__joins_read_columns_that_are_not_said);
  tcase_add_test(tcase, test_tables__a_view_computed_once_says_the_same);
  tcase_add_test(tcase, test_tables__a_view_of_few_rows_needs_no_columns);
  tcase_add_loop_test(tcase, test_tables__a_view_of_previous_is_computed_for_two, 0, 2);
  tcase_add_test(tcase, test_tables__a_view_that_does_not_ask_stays_a_view);
  tcase_add_test(tcase, test_tables__a_view_that_cannot_be_computed_stays_one);
  tcase_add_test(tcase, test_tables__once_names_columns_of_the_view);
  tcase_add_test(tcase, test_tables__the_runs_before_are_those_of_the_history);
  tcase_add_test(tcase, test_tables__a_judge_of_one_policy_judges_what_it_is_folded_under_too);
  tcase_add_test(tcase, test_tables__nothing_is_loaded_after_the_judgement);
  tcase_add_test(tcase, test_tables__query_shows_what_the_snapshot_recorded);
  suite_add_tcase(suite, tcase);
  return suite;
}
