/* SPDX-License-Identifier: Apache-2.0 */
/* Which units decide whether a row is fail or unknown. */
#include "pal_coverage.h"
#include "policy_world.h"

#define MG_SCOPE "/providers/microsoft.management/managementgroups/mg"

/* One row per identity with a link. */
#define PER_IDENTITY                                                                                                  \
  "SELECT tenant_id, 'identity' AS subject_type, object_id AS subject_id, NULL AS subject_name, 'm' AS message FROM " \
  "link"
#define PER_SUBSCRIPTION                                                                                           \
  "SELECT tenant_id, 'subscription' AS subject_type, id AS subject_id, NULL AS subject_name, 'm' AS message FROM " \
  "subscription"
#define PER_TENANT                                                                                                 \
  "SELECT id AS tenant_id, 'tenant' AS subject_type, id AS subject_id, NULL AS subject_name, 'm' AS message FROM " \
  "tenant"

#define TWO_IDENTITIES \
  "'identities':[" LINKED(O1, "2000001") ",{'objectId':'" O2 "','names':['b','c'],'link':{'partnerId':'2000001'}}]"
#define TWO_SUBSCRIPTIONS \
  "'subscriptions':[{'subscriptionId':'" S1 "','assignments':[]},{'subscriptionId':'" S2 "','assignments':[]}]"
#define DELEGATED(tenant) \
  "'delegations':[{'id':'/subscriptions/" S1 "/d','scope':'/subscriptions/" S1 "','managedByTenantId':'" tenant "'}]"
#define LEAVER "{'state':'stale','asOf':'" EARLIER "','code':'" PAL_CODE_LEFT "'}"
#define OURS "'estate':{'principals':[{'name':'a','home':{'tenant':'" HOME "','objectId':'" O1 "'}}]},"

static const struct {
  const char *name, *meta, *sql, *members;
} rows[] = {
    {"complete is fail", "needs: links", PER_IDENTITY,
     "'tenants':{" TENANT(T1, "," TWO_IDENTITIES) "},'expect':[{'verdict':'fail','subject':'" O1
                                                  "'},{'verdict':'fail','subject':'" O2 "'}]"},
    {"reads need not be complete", "reads: links role-assignments", PER_IDENTITY,
     "'tenants':{" TENANT(
         T1, "," TWO_IDENTITIES
             ",'coverage':{'role-assignments':'unread'}") "},'expect':[{'verdict':'fail'},{'verdict':'fail'}]"},
    {"needs must be", "needs: role-assignments", PER_IDENTITY,
     "'tenants':{" TENANT(T1,
                          "," TWO_IDENTITIES ",'coverage':{'role-assignments':{'tenant':{'state':'unread','code':'403 "
                          "AuthorizationFailed'}}}") "},"
                                                     "'expect':[{'verdict':'unknown','subject':'" O1
                                                     "','details':{'areas':['role-assignments'],'cause':['403 "
                                                     "AuthorizationFailed']}},{'verdict':'unknown'}]"},
    {"partial is not complete", "needs: role-assignments", PER_IDENTITY,
     "'tenants':{" TENANT(T1,
                          "," TWO_IDENTITIES
                          ",'coverage':{'role-assignments':'partial'}") "},'expect':[{'verdict':'unknown','details':{'"
                                                                        "cause':['partial']}},{'verdict':'unknown'}]"},
    {"not applicable is well", "needs: role-assignments", PER_IDENTITY,
     "'tenants':{" TENANT(
         T1, "," TWO_IDENTITIES
             ",'coverage':{'role-assignments':'not-applicable'}") "},'expect':[{'verdict':'fail'},{'verdict':'fail'}]"},
    {"not collected as a state is not", "needs: role-assignments", PER_IDENTITY,
     "'tenants':{" TENANT(T1, "," TWO_IDENTITIES
                              ",'coverage':{'role-assignments':'not-collected'}") "},'expect':[{'verdict':'unknown'},{'"
                                                                                  "verdict':'unknown'}]"},
    /* links of one identity */
    {"links of the other identity do not matter", "needs: links", PER_IDENTITY,
     "'tenants':{" TENANT(T1, "," TWO_IDENTITIES ",'coverage':{'links':{'auto':{'state':'unread','code':'AADSTS7000222'"
                              "}}}") "},"
                                     "'expect':[{'verdict':'unknown','subject':'" O1
                                     "','details':{'cause':['AADSTS7000222']}},{'verdict':'fail','"
                                     "subject':'" O2 "'}]"},
    {"one name answered is enough", "needs: links", PER_IDENTITY,
     "'tenants':{" TENANT(
         T1, "," TWO_IDENTITIES
             ",'coverage':{'links':{'b':{'state':'unread'}}}") "},'expect':[{'verdict':'fail'},{'verdict':'fail'}]"},
    {"none answered is not", "needs: links", PER_IDENTITY,
     "'tenants':{" TENANT(
         T1, "," TWO_IDENTITIES
             ",'coverage':{'links':{'b':'unread','c':'stale'}}") "},"
                                                                 "'expect':[{'verdict':'fail','subject':'" O1
                                                                 "'},{'verdict':'unknown','subject':'" O2
                                                                 "','details':{'cause':['stale','unread']}}]"},
    {"an imported identity has a unit by its object id", "needs: links", PER_IDENTITY,
     "'tenants':{" TENANT(
         T1, ",'identities':[{'objectId':'" O1
             "','link':{'partnerId':'1'},'assurance':'self-declared'}],'coverage':{'links':{'" O1
             "':{'state':'self-declared','asOf':'2026-09-01T00:00:00Z'}}}") "},"
                                                                            "'expect':[{'verdict':'fail'}]"},
    {"self-declared too long ago is not known", "needs: links", PER_IDENTITY,
     "'settings':{'parameters':{'declaredMaxAgeDays':30}},"
     "'tenants':{" TENANT(
         T1,
         ",'identities':[{'objectId':'" O1
         "','link':{'partnerId':'1'},'assurance':'self-declared'}],'coverage':{'links':{'" O1
         "':{'state':'self-declared','asOf':'2026-09-01T00:00:00Z'}}}") "},"
                                                                        "'expect':[{'verdict':'unknown','details':{'"
                                                                        "cause':['self-declared too long ago']}}]"},
    {"of a tenant all links count", "needs: links", PER_TENANT,
     "'tenants':{" TENANT(
         T1, "," TWO_IDENTITIES
             ",'coverage':{'links':{'auto':'unread'}}") "},'expect':[{'verdict':'unknown','subjectType':'tenant'}]"},
    /* links of who left */
    {"a leaver's link is stale for the leaver", "needs: links\nreads: links", PER_IDENTITY,
     "'tenants':{" TENANT(T1, "," TWO_IDENTITIES ",'coverage':{'links':{'auto':" LEAVER
                              "}}") "},'expect':[{'verdict':'fail','subject':'" O1 "','lastVerified':'" EARLIER
                                    "'},{'verdict':'fail','subject':'" O2 "','lastVerified':null}]"},
    {"and for no rule of the tenant", "needs: links\nreads: links", PER_TENANT,
     "'tenants':{" TENANT(T1, "," TWO_IDENTITIES ",'coverage':{'links':{'auto':" LEAVER
                              "}}") "},'expect':[{'verdict':'fail','subject':'" T1 "','lastVerified':null}]"},
    {"nor makes a tenant without findings unknown", "needs: links",
     "SELECT id AS tenant_id, 'tenant' AS subject_type, id AS subject_id, NULL AS subject_name, 'm' AS message FROM "
     "tenant WHERE id = 'x'",
     "'tenants':{" TENANT(T1, "," TWO_IDENTITIES ",'coverage':{'links':{'auto':" LEAVER "}}") "},'expect':[]"},
    {"stale for another reason is not known", "needs: links", PER_TENANT,
     "'tenants':{" TENANT(
         T1, "," TWO_IDENTITIES
             ",'coverage':{'links':{'auto':{'state':'stale','code':'429'}}}") "},"
                                                                              "'expect':[{'verdict':'unknown'}]"},
    /* subscriptions */
    {"its own unit and what lies above", "needs: role-assignments", PER_SUBSCRIPTION,
     "'tenants':{" TENANT(T1, "," TWO_SUBSCRIPTIONS ",'coverage':{'role-assignments':{'" S1
                              "':'unread'}}") "},"
                                              "'expect':[{'verdict':'unknown','subject':'" S1
                                              "'},{'verdict':'fail','subject':'" S2 "'}]"},
    {"inherited access counts for each", "needs: role-assignments", PER_SUBSCRIPTION,
     "'tenants':{" TENANT(T1, "," TWO_SUBSCRIPTIONS
                              ",'coverage':{'role-assignments':{'tenant':'unread'}}") "},'expect':[{'verdict':'unknown'"
                                                                                      "},{'verdict':'unknown'}]"},
    {"a subscription without a unit was never read", "needs: usage",
     "SELECT tenant_id, 'subscription' AS subject_type, '" S2
     "' AS subject_id, NULL AS subject_name, 'm' AS message FROM subscription",
     "'tenants':{" TENANT(T1, ",'subscriptions':[{'subscriptionId':'" S1
                              "'}]") "},'expect':[{'verdict':'unknown','details':{'cause':['never read']}}]"},
    {"areas of the whole tenant count whole", "needs: delegations", PER_SUBSCRIPTION,
     "'tenants':{" TENANT(
         T1, "," TWO_SUBSCRIPTIONS
             ",'coverage':{'delegations':'unread'}") "},'expect':[{'verdict':'unknown'},{'verdict':'unknown'}]"},
    {"an ARM id names its subscription", "needs: usage",
     "SELECT tenant_id, 'subscription' AS subject_type, '/subscriptions/' || id AS subject_id, NULL AS subject_name, "
     "'m' AS message FROM subscription",
     "'tenants':{" TENANT(T1, "," TWO_SUBSCRIPTIONS ",'coverage':{'usage':{'" S1
                              "':'unread'}}") "},"
                                              "'expect':[{'verdict':'unknown','subject':'/subscriptions/" S1
                                              "'},{'verdict':'fail','subject':'/subscriptions/" S2 "'}]"},
    /* the column units */
    {"units of the row count and no others", "needs: role-assignments usage",
     "SELECT tenant_id, 'identity' AS subject_type, object_id AS subject_id, NULL AS subject_name, 'm' AS message, "
     "json_array(json_array('role-assignments', '" S2 "')) AS units FROM link",
     "'tenants':{" TENANT(T1, ",'identities':[" LINKED(O1, "1") "]," TWO_SUBSCRIPTIONS
                                                                ",'coverage':{'role-assignments':{'" S1
                                                                "':'unread'}}") "},'expect':[{'verdict':'fail'}]"},
    {"areas the units do not name keep theirs", "needs: role-assignments usage",
     "SELECT tenant_id, 'identity' AS subject_type, object_id AS subject_id, NULL AS subject_name, 'm' AS message, "
     "json_array(json_array('role-assignments', '" S2 "')) AS units FROM link",
     "'tenants':{" TENANT(
         T1, ",'identities':[" LINKED(
                 O1, "1") "]," TWO_SUBSCRIPTIONS ",'coverage':{'usage':{'" S1
                          "':'unread'}}") "},'expect':[{'verdict':'unknown','details':{'areas':['usage']}}]"},
    {"a named unit that is not there was never read", "needs: role-assignments",
     "SELECT tenant_id, 'identity' AS subject_type, object_id AS subject_id, NULL AS subject_name, 'm' AS message, "
     "json_array(json_array('role-assignments', 'elsewhere')) AS units FROM link",
     "'tenants':{" TENANT(T1,
                          ",'identities':[" LINKED(
                              O1, "1") "]") "},'expect':[{'verdict':'unknown','details':{'cause':['never read']}}]"},
    /* areas without units */
    {"usage of no subscription is nothing to read", "needs: usage", PER_TENANT,
     "'tenants':{" TENANT(T1, "") "},'expect':[{'verdict':'fail'}]"},
    {"but only when the list of them was read", "needs: usage", PER_TENANT,
     "'tenants':{" TENANT(T1, ",'coverage':{'subscriptions':'unread'}") "},'expect':[{'verdict':'unknown','details':{'"
                                                                        "areas':['usage'],'cause':['never read']}}]"},
    {"groups where no role is held by one are nothing to read", "needs: groups", PER_TENANT,
     "'tenants':{" TENANT(T1, ",'subscriptions':[{'subscriptionId':'" S1
                              "','assignments':[" ASSIGNED(S1, O1) "]}]") "},'expect':[{'verdict':'fail'}]"},
    {"groups where one holds a role are", "needs: groups", PER_TENANT,
     "'tenants':{" TENANT(T1, ",'inherited':[{'id':'" MG_SCOPE "/a','roleId':'" READER "','principalId':'" O1
                              "','principalType':'Group','scope':'" MG_SCOPE
                              "'}]") "},"
                                     "'expect':[{'verdict':'unknown','details':{'cause':['never read']}}]"},
    {"groups while assignments are not read are not known", "needs: groups", PER_TENANT,
     "'tenants':{" TENANT(T1, ",'coverage':{'role-assignments':'unread'}") "},'expect':[{'verdict':'unknown'}]"},
    /* @managing */
    {"the managing tenant's links count", "needs: links@managing", PER_TENANT,
     OURS "'tenants':{" TENANT(T1, "," DELEGATED(HOME)) "," TENANT(
         HOME,
         "," TWO_IDENTITIES ",'coverage':{'links':{'auto':'unread'}}") "},"
                                                                       "'expect':[{'verdict':'unknown','tenant':'" T1
                                                                       "','details':{'areas':['links@managing']}},{'"
                                                                       "verdict':'fail','tenant':'" HOME "'}]"},
    {"complete there is complete", "needs: links@managing", PER_TENANT,
     OURS "'tenants':{" TENANT(T1, "," DELEGATED(HOME)) "," TENANT(
         HOME, "," TWO_IDENTITIES) "},'expect':[{'verdict':'fail'},{'verdict':'fail'}]"},
    {"a managing tenant of ours that is not in the snapshot", "needs: links@managing", PER_TENANT,
     OURS "'tenants':{" TENANT(
         T1, "," DELEGATED(HOME)) "},'expect':[{'verdict':'unknown','details':{'cause':['never read']}}]"},
    {"a foreign one is nothing we could read", "needs: links@managing", PER_TENANT,
     OURS "'tenants':{" TENANT(T1, "," DELEGATED(T2)) "},'expect':[{'verdict':'fail'}]"},
    {"unless nobody says which are ours", "needs: links@managing", PER_TENANT,
     "'tenants':{" TENANT(T1, "," DELEGATED(T2)) "},'expect':[{'verdict':'unknown'}]"},
    /* @all */
    {"every tenant counts", "needs: delegations@all", PER_IDENTITY,
     "'tenants':{" TENANT(T1, ",'identities':[" LINKED(O1, "1") "]") "," TENANT(
         T2, ",'coverage':{'delegations':'stale'}") "},"
                                                    "'expect':[{'verdict':'unknown','tenant':'" T1
                                                    "','details':{'areas':['delegations@all'],'cause':['stale']}},{'"
                                                    "verdict':'unknown','tenant':'" T2 "','subjectType':'tenant'}]"},
    {"a customer never reached counts", "needs: delegations@all", PER_IDENTITY,
     "'estate':{'customers':[{'tenant':'" T2
     "'}]},'tenants':{" TENANT(T1, ",'identities':[" LINKED(O1, "1") "]") "},"
                                                                          "'expect':[{'verdict':'unknown','tenant':'" T1
                                                                          "','details':{'cause':['never read']}}]"},
    {"a customer offboarded does not", "needs: delegations@all", PER_IDENTITY,
     "'estate':{'customers':[{'tenant':'" T2 "','status':'offboarded'}]},'tenants':{" TENANT(
         T1, ",'identities':[" LINKED(O1, "1") "]") "},'expect':[{'verdict':'fail'}]"},
    {"of the estate as a whole only @all speaks", "reads: links\nneeds: links",
     "SELECT NULL AS tenant_id, 'registry' AS subject_type, 'registry' AS subject_id, NULL AS subject_name, 'm' AS "
     "message FROM tenant",
     "'tenants':{" TENANT(T1, "," TWO_IDENTITIES
                              ",'coverage':{'links':'unread'}") "},'expect':[{'verdict':'fail','tenant':null},{'"
                                                                "verdict':'unknown','tenant':'" T1 "'}]"},
    /* what SQL says */
    {"the SQL itself cannot decide", "reads: links",
     "SELECT tenant_id, 'identity' AS subject_type, object_id AS subject_id, NULL AS subject_name, 'm' AS message, "
     "'unknown' AS verdict, 'role not listed' AS why FROM link",
     "'tenants':{" TENANT(T1,
                          ",'identities':[" LINKED(O1, "1") "]") "},'expect':[{'verdict':'unknown','message':'m','"
                                                                 "details':{'why':'role not listed','areas':null}}]"},
    {"severity of a row", "reads: links",
     "SELECT tenant_id, 'identity' AS subject_type, object_id AS subject_id, NULL AS subject_name, 'm' AS message, "
     "'low' AS severity, 'k' AS key FROM link",
     "'tenants':{" TENANT(T1, ",'identities':[" LINKED(O1, "1") "]") "},'expect':[{'severity':'low','key':'k'}]"},
    {"a tenant that was never reached", "needs: links",
     "SELECT tenant_id, 'tenant' AS subject_type, tenant_id AS subject_id, NULL AS subject_name, 'm' AS message FROM "
     "customer",
     "'estate':{'customers':[{'tenant':'" T2 "'}]},'tenants':{},'expect':[{'verdict':'unknown','tenant':'" T2
     "','details':{'cause':['never read']}}]"},
    /* accepted gaps */
    {"an accepted gap stays unknown, and says so", "needs: usage", PER_TENANT,
     "'estate':{'customers':[{'tenant':'" T1
     "','acceptedGaps':[{'area':'usage','reason':'hidden','until':'2026-11-20'}]}]},"
     "'tenants':{" TENANT(T1, "," TWO_SUBSCRIPTIONS
                              ",'coverage':{'usage':'unread'}") "},'expect':[{'verdict':'unknown','status':'open','"
                                                                "details':{'accepted':true,'acceptedGap':'hidden'}}]"},
    {"not when it ended", "needs: usage", PER_TENANT,
     "'estate':{'customers':[{'tenant':'" T1
     "','acceptedGaps':[{'area':'usage','reason':'hidden','until':'2026-11-19'}]}]},"
     "'tenants':{" TENANT(T1, "," TWO_SUBSCRIPTIONS
                              ",'coverage':{'usage':'unread'}") "},'expect':[{'verdict':'unknown','details':{'accepted'"
                                                                ":null,'acceptedGap':null}}]"},
    {"not when another area is missing, too", "needs: usage delegations", PER_TENANT,
     "'estate':{'customers':[{'tenant':'" T1 "','acceptedGaps':[{'area':'usage','reason':'hidden'}]}]},"
     "'tenants':{" TENANT(T1,
                          "," TWO_SUBSCRIPTIONS
                          ",'coverage':{'usage':'unread','delegations':'unread'}") "},'expect':[{'verdict':'unknown','"
                                                                                   "details':{'accepted':null}}]"},
    {"role-assignments stands for all of access", "needs: pim", PER_TENANT,
     "'estate':{'customers':[{'tenant':'" T1 "','acceptedGaps':[{'area':'role-assignments','reason':'no'}]}]},"
     "'tenants':{" TENANT(
         T1, ",'coverage':{'pim':'unread'}") "},'expect':[{'verdict':'unknown','details':{'accepted':true}}]"},
    /* the tenant's own unknown */
    {"no row, an area missing: one unknown", "reads: links usage\nneeds: pim", PER_IDENTITY,
     "'tenants':{" TENANT(
         T1, "," TWO_SUBSCRIPTIONS ",'coverage':{'usage':{'" S1
             "':{'state':'unread','code':'429'}},'pim':'stale'}") "},"
                                                                  "'expect':[{'verdict':'unknown','status':'open','"
                                                                  "subjectType':'tenant','subject':'" T1
                                                                  "','key':null,'severity':'high','lastVerified':null,"
                                                                  "'details':{'areas':['pim','usage'],'cause':['429','"
                                                                  "stale']},'message':'Not read completely: pim, usage "
                                                                  "(429, stale)'}]"},
    {"no row, all read: pass", "reads: links usage", PER_IDENTITY,
     "'tenants':{" TENANT(T1, "," TWO_SUBSCRIPTIONS) "},'expect':[]"},
    {"an open fail needs no unknown beside it", "reads: links usage", PER_IDENTITY,
     "'tenants':{" TENANT(
         T1, ",'identities':[" LINKED(O1, "1") "]," TWO_SUBSCRIPTIONS
                                               ",'coverage':{'usage':'unread'}") "},'expect':[{'verdict':'fail'}]"},
    {"elsewhere's gap of @all is told elsewhere", "needs: delegations@all", PER_IDENTITY,
     "'tenants':{" TENANT(T1, "") "," TENANT(
         T2, ",'coverage':{'delegations':'unread'}") "},'expect':[{'verdict':'unknown','tenant':'" T2
                                                     "','details':{'areas':['delegations']}}]"},
    {"the registry is no tenant", "subject: registry\nreads: links",
     "SELECT NULL AS tenant_id, 'registry' AS subject_type, 'x' AS subject_id, NULL AS subject_name, 'm' AS message "
     "FROM link",
     "'tenants':{" TENANT(T1, ",'coverage':{'links':'unread'}") "},'expect':[]"},
    {"an area not collected is not tested at all", "reads: links usage", PER_IDENTITY,
     "'settings':{'collect':['links']},'tenants':{" TENANT(T1, ",'identities':[" LINKED(O1, "1") "]") "},'expect':[]"},
};

START_TEST(test_verdict__follows_the_units) {
  char meta[256] = "";
  if (!strstr(rows[_i].meta, "subject:"))
    strcpy(meta, "subject: tenant\n");
  strcat(meta, rows[_i].meta);
  world_policy("OWN1", meta, rows[_i].sql);
  const char *difference = world_difference("OWN1", rows[_i].members);
  ck_assert_msg(!difference, "%s:\n%s", rows[_i].name, difference);
}
END_TEST

START_TEST(test_verdict__not_tested_names_the_area) {
  world_policy("OWN1", "subject: tenant\nreads: links\nneeds: power-bi", PER_IDENTITY);
  const struct pal_policy_result *result =
      world_result(world_judge("'tenants':{" TENANT(T1, "," TWO_IDENTITIES) "}", true, NULL), "OWN1");
  ck_assert_int_eq(result->state, PAL_NOT_TESTED);
  ck_assert_str_eq(result->why, "power-bi");
  ck_assert_uint_eq(result->fail + result->unknown, 0);
}
END_TEST

START_TEST(test_verdict__a_status_is_not_judged) {
  world_policy("OWN1", "subject: tenant\nstatus: awaits partner-center partner-reports", "");
  world_policy("OWN2", "subject: tenant\nstatus: retired OWN1", "");
  struct pal_judge *judge = world_judge("'tenants':{" TENANT(T1, "," TWO_IDENTITIES) "}", true, NULL);
  ck_assert_int_eq(world_result(judge, "OWN1")->state, PAL_NOT_TESTED);
  ck_assert_str_eq(world_result(judge, "OWN1")->why, "partner-center and partner-reports");
  ck_assert_int_eq(world_result(judge, "OWN2")->state, PAL_DISABLED);
}
END_TEST

Suite *make_policy_verdict_suite(void);
Suite *make_policy_verdict_suite(void) {
  Suite *suite = suite_create("policy/verdict");
  TCase *tcase = tcase_create("verdict");
  tcase_add_checked_fixture(tcase, world_enter, world_leave);
  tcase_add_loop_test(tcase, test_verdict__follows_the_units, 0, UNIT_N(rows));
  tcase_add_test(tcase, test_verdict__not_tested_names_the_area);
  tcase_add_test(tcase, test_verdict__a_status_is_not_judged);
  suite_add_tcase(suite, tcase);
  return suite;
}
