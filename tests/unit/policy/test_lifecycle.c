/* SPDX-License-Identifier: Apache-2.0 */
/* From the parent's findings to this run's: the rules at the head of scanner/policy/lifecycle.c. */
#include <stdio.h>

#include "policy_world.h"

/* Fails for every identity whose link has the ID 1000001. */
#define GLOBAL                                                                                                      \
  "SELECT tenant_id, 'identity' AS subject_type, object_id AS subject_id, NULL AS subject_name, 'now' AS message, " \
  "partner_id AS partnerId, "                                                                                       \
  "NULL AS last_read FROM link WHERE partner_id = '1000001'"
/* The same as far as records of a partial unit tell. */
#define GLOBAL_LAST_READ                                                                                             \
  "SELECT link.tenant_id, 'identity' AS subject_type, link.object_id AS subject_id, NULL AS subject_name, 'now' AS " \
  "message, last_read "                                                                                              \
  "FROM link JOIN identity USING (tenant_id, object_id) WHERE partner_id = '1000001'"
#define FINDING(rest) \
  "'findings':[{'subject':{'type':'identity','id':'" O1 "'},'message':'then','details':{'partnerId':'7'}" rest "}]"
#define WAS(rest) "'previous':{'tenants':{'" T1 "':{" FINDING(rest) "}}},"
#define NOW_IS(partner, coverage) \
  "'tenants':{" TENANT(T1, ",'identities':[" LINKED(O1, partner) "],'coverage':{" coverage "}") "},"
#define STALE_LINK "'links':{'auto':{'state':'stale','asOf':'" EARLIER "'}}"
#define UNDATED_LINK "'links':{'auto':{'state':'stale','asOf':null}}"
#define KEPT \
  "'expect':[{'verdict':'fail','status':'open','since':'" EARLIER "','lastVerified':'" BEFORE "','message':'then'}]"
/* The other tenant has its own unknown. */
#define KEPT_ONCE \
  "'expect':[{'tenant':'" T1 "','verdict':'fail','status':'open','since':'" EARLIER "','lastVerified':'" BEFORE "'}]"
#define DELEGATED(tenant) \
  "'delegations':[{'id':'/subscriptions/" S1 "/d','scope':'/subscriptions/" S1 "','managedByTenantId':'" tenant "'}]"

static const struct {
  const char *name, *meta, *sql, *members;
} rows[] = {
    /* rule 1 */
    {"since is kept while the verdict is the same", "reads: links", GLOBAL,
     WAS(",'since':'" EARLIER "'") NOW_IS("1000001", "") "'expect':[{'verdict':'fail','since':'" EARLIER
                                                         "','message':'now','lastVerified':null}]"},
    {"a new finding begins now", "reads: links", GLOBAL,
     NOW_IS("1000001", "") "'expect':[{'verdict':'fail','since':'" STARTED "'}]"},
    {"from unknown to fail begins now", "reads: links", GLOBAL,
     WAS(",'since':'" EARLIER "','verdict':'unknown'")
         NOW_IS("1000001", "") "'expect':[{'verdict':'fail','since':'" STARTED "'}]"},
    {"an unknown keeps its since, too", "needs: usage role-assignments", GLOBAL,
     WAS(",'since':'" EARLIER "','verdict':'unknown'")
         NOW_IS("1000001", "'role-assignments':'unread'") "'expect':[{'verdict':'unknown','since':'" EARLIER
                                                          "','lastVerified':null}]"},
    {"a fail whose needs are lost stays fail, last verified with the parent", "needs: role-assignments", GLOBAL,
     WAS(",'since':'" EARLIER "'")
         NOW_IS("1000001", "'role-assignments':'unread'") "'expect':[{'verdict':'fail','since':'" EARLIER
                                                          "','lastVerified':'" BEFORE
                                                          "','message':'now','details':{'areas':null}}]"},
    {"and keeps its date over many nights", "needs: role-assignments", GLOBAL,
     WAS(",'lastVerified':'" EARLIER "'")
         NOW_IS("1000001", "'role-assignments':'unread'") "'expect':[{'verdict':'fail','lastVerified':'" EARLIER "'}]"},
    {"verified again it loses it", "needs: role-assignments", GLOBAL,
     WAS(",'lastVerified':'" EARLIER "'") NOW_IS("1000001", "") "'expect':[{'verdict':'fail','lastVerified':null}]"},
    {"what SQL can no longer decide stays as it was", "reads: links",
     "SELECT tenant_id, 'identity' AS subject_type, object_id AS subject_id, NULL AS subject_name, 'now' AS message, "
     "'unknown' AS verdict FROM link",
     WAS("") NOW_IS("1000001", "") "'expect':[{'verdict':'fail','message':'then','lastVerified':'" BEFORE
                                   "','details':{'partnerId':'7'}}]"},
    /* rule 2 */
    {"a fail on stale facts says when they were read", "reads: links", GLOBAL,
     NOW_IS("1000001", STALE_LINK) "'expect':[{'verdict':'fail','lastVerified':'" EARLIER "'}]"},
    {"the oldest of them", "reads: links usage", GLOBAL,
     "'tenants':{" TENANT(
         T1, ",'identities':[" LINKED(
                 O1, "1000001") "],'subscriptions':[{'subscriptionId':'" S1 "'}],'coverage':{'usage':{'" S1
                                "':{'state':'stale','asOf':'2026-10-01T00:00:00Z'}}," STALE_LINK
                                "}") "},"
                                     "'expect':[{'verdict':'fail','lastVerified':'2026-10-01T00:00:00Z'}]"},
    {"a fraction of a second is later", "reads: links usage", GLOBAL,
     "'tenants':{" TENANT(
         T1, ",'identities':[" LINKED(O1, "1000001") "],'subscriptions':[{'subscriptionId':'" S1
                                                     "'}],'coverage':{'usage':{'" S1
                                                     "':{'state':'stale','asOf':'2026-11-10T02:00:00.5Z'}}," STALE_LINK
                                                     "}") "},"
                                                          "'expect':[{'verdict':'fail','lastVerified':'" EARLIER "'}]"},
    {"unread is not stale: nothing of it was used", "reads: links usage", GLOBAL,
     "'tenants':{" TENANT(
         T1,
         ",'identities':[" LINKED(
             O1, "1000001") "],'subscriptions':[{'subscriptionId':'" S1
                            "'}],'coverage':{'usage':'unread'}") "},'expect':[{'verdict':'fail','lastVerified':null}]"},
    {"a partial unit with its date counts", "reads: links", GLOBAL,
     NOW_IS("1000001", "'links':{'auto':{'state':'partial','asOf':'" EARLIER
                       "'}}") "'expect':[{'verdict':'fail','lastVerified':'" EARLIER "'}]"},
    {"what was declared is as old as its declaration", "reads: links", GLOBAL,
     NOW_IS("1000001", "'links':{'auto':{'state':'self-declared','asOf':'" EARLIER
                       "'}}") "'expect':[{'verdict':'fail','lastVerified':'" EARLIER "'}]"},
    {"a partial unit alone says nothing", "reads: links", GLOBAL,
     NOW_IS("1000001", "'links':'partial'") "'expect':[{'verdict':'fail','lastVerified':null}]"},
    {"a record kept from the parent does", "reads: links", GLOBAL_LAST_READ,
     "'tenants':{" TENANT(
         T1, ",'identities':[{'objectId':'" O1 "','names':['auto'],'link':{'partnerId':'1000001'},'lastRead':'" EARLIER
             "'}],'coverage':{'links':'partial'}") "},"
                                                   "'expect':[{'verdict':'fail','lastVerified':'" EARLIER "'}]"},
    /* a stale unit without a date was never read completely */
    {"what was never read completely is last verified with the parent's finding", "reads: links", GLOBAL,
     WAS(",'lastVerified':'" EARLIER "'")
         NOW_IS("1000001", UNDATED_LINK) "'expect':[{'verdict':'fail','lastVerified':'" EARLIER "'}]"},
    {"that was fresh then: with the parent", "reads: links", GLOBAL,
     WAS("") NOW_IS("1000001", UNDATED_LINK) "'expect':[{'verdict':'fail','lastVerified':'" BEFORE "'}]"},
    {"or when its record was read", "reads: links", GLOBAL_LAST_READ,
     WAS("") "'tenants':{" TENANT(
         T1, ",'identities':[{'objectId':'" O1 "','names':['auto'],'link':{'partnerId':'1000001'},'lastRead':'" EARLIER
             "'}],'coverage':{" UNDATED_LINK "}") "},'expect':[{'verdict':'fail','lastVerified':'" EARLIER "'}]"},
    {"a finding that is new upon it was not verified by the parent", "reads: links", GLOBAL,
     "'history':{'firstRun':'2026-10-01T02:00:00Z'},'previous':{'tenants':{}}," NOW_IS(
         "1000001", UNDATED_LINK) "'expect':[{'verdict':'fail','lastVerified':'2026-10-01T02:00:00Z'}]"},
    /* rule 3 */
    {"complete and gone is resolved", "reads: links\nneeds: role-assignments", GLOBAL,
     WAS("") NOW_IS("2000001", "") "'expect':[]"},
    {"a waived one is resolved, too", "reads: links", GLOBAL,
     WAS(",'status':'waived','waiver':'W'") NOW_IS("2000001", "") "'expect':[]"},
    {"on stale facts a changed input settled it", "reads: links", GLOBAL,
     "'estate':{'customers':[{'tenant':'" T1 "'}]},'previous':{'estate':{},'tenants':{'" T1
     "':{" FINDING("") "}}}," NOW_IS("2000001", STALE_LINK) "'expect':[{'verdict':'unknown','subjectType':'tenant'}]"},
    {"so does a parameter", "reads: links", GLOBAL,
     "'settings':{'parameters':{'graceDays':5}},'previous':{'settings':{},'tenants':{'" T1
     "':{" FINDING("") "}}}," NOW_IS("2000001", STALE_LINK) "'expect':[{'verdict':'unknown','subjectType':'tenant'}]"},
    {"the clock alone settles nothing", "reads: links", GLOBAL,
     "'estate':{'customers':[{'tenant':'" T1 "'}]}," WAS(",'since':'" EARLIER "'")
         NOW_IS("2000001", STALE_LINK) "'expect':[{'verdict':'fail','since':'" EARLIER "','lastVerified':'" BEFORE
                                       "','message':'then'}]"},
    {"nor on unread facts", "reads: links", GLOBAL,
     WAS("") NOW_IS("2000001", "'links':'unread'") "'expect':[{'verdict':'fail','lastVerified':'" BEFORE "'}]"},
    {"fresh in one area, stale in another: stays open", "reads: links role-assignments", GLOBAL,
     WAS(",'since':'" EARLIER "'") NOW_IS("2000001", "'role-assignments':'stale'") KEPT},
    {"with its older date", "reads: links role-assignments", GLOBAL,
     WAS(",'lastVerified':'" EARLIER "'")
         NOW_IS("2000001", "'role-assignments':'stale'") "'expect':[{'verdict':'fail','lastVerified':'" EARLIER "'}]"},
    {"fresh in one area, unread in another", "reads: links role-assignments", GLOBAL,
     WAS(",'since':'" EARLIER "'") NOW_IS("2000001", "'role-assignments':'unread'") KEPT},
    {"what it reads is fresh, what it needs is stale", "reads: links\nneeds: role-assignments", GLOBAL,
     WAS(",'since':'" EARLIER "'") NOW_IS("2000001", "'role-assignments':'stale'") KEPT},
    {"what it needs is fresh, what it reads is stale", "reads: role-assignments\nneeds: links", GLOBAL,
     WAS(",'since':'" EARLIER "'") NOW_IS("2000001", "'role-assignments':'stale'") KEPT},
    {"one subscription of the tenant fresh, another stale", "reads: usage",
     "SELECT id AS tenant_id, 'tenant' AS subject_type, id AS subject_id, NULL AS subject_name, 'm' AS message FROM "
     "tenant WHERE id = 'x'",
     "'previous':{'tenants':{'" T1 "':{'findings':[{'subject':{'type':'tenant','id':'" T1
     "'},'message':'then','since':'" EARLIER
     "'}]}}},'tenants':{" TENANT(T1, ",'subscriptions':[{'subscriptionId':'" S1 "'},{'subscriptionId':'" S2
                                     "'}],'coverage':{'usage':{'" S2 "':'stale'}}") "}," KEPT},
    {"fresh here, stale in the tenant that manages it", "reads: links@managing", GLOBAL,
     "'estate':{'principals':[{'name':'a','home':{'tenant':'" HOME "','objectId':'" O2
     "'}}]},'previous':{'estate':{'principals':[{'name':'a','home':{'tenant':'" HOME "','objectId':'" O2
     "'}}]},'tenants':{'" T1 "':{" FINDING(",'since':'" EARLIER "'") "}}},'tenants':{" TENANT(
         T1, ",'identities':[" LINKED(O1, "2000001") "]," DELEGATED(
                 HOME)) "," TENANT(HOME, ",'identities':[" LINKED(O2, "2000001") "],'coverage':{" STALE_LINK
                                                                                 "}") "}," KEPT_ONCE},
    {"an input changed beside fresh facts: which of them it was, nobody knows", "reads: links role-assignments", GLOBAL,
     "'estate':{'customers':[{'tenant':'" T1 "'}]},'previous':{'estate':{},'tenants':{'" T1
     "':{" FINDING(",'since':'" EARLIER "'") "}}}," NOW_IS("2000001", "'role-assignments':'stale'") KEPT},
    {"an answer that there is nothing to read is a fresh fact", "reads: links delegations", GLOBAL,
     "'estate':{'customers':[{'tenant':'" T1 "'}]},'previous':{'estate':{},'tenants':{'" T1 "':{" FINDING(
         ",'since':'" EARLIER "'") "}}}," NOW_IS("2000001", STALE_LINK ",'delegations':'not-applicable'") KEPT},
    {"an input changed, and every area is stale: the input settled it", "reads: links role-assignments", GLOBAL,
     "'estate':{'customers':[{'tenant':'" T1 "'}]},'previous':{'estate':{},'tenants':{'" T1 "':{" FINDING(
         "") "}}}," NOW_IS("2000001", STALE_LINK
                           ",'role-assignments':'stale'") "'expect':[{'verdict':'unknown','subjectType':'tenant'}]"},
    {"a subscription that a complete list does not hold any more is gone", "reads: usage role-assignments",
     "SELECT tenant_id, 'subscription' AS subject_type, id AS subject_id, NULL AS subject_name, 'now' AS message FROM "
     "subscription WHERE state = 'x'",
     "'previous':{'tenants':{'" T1 "':{'findings':[{'subject':{'type':'subscription','id':'" S1
     "'}}]}}},'tenants':{" TENANT(T1, ",'subscriptions':[{'subscriptionId':'" S2 "'}]") "},'expect':[]"},
    {"not while the list is not complete", "reads: usage role-assignments",
     "SELECT tenant_id, 'subscription' AS subject_type, id AS subject_id, NULL AS subject_name, 'now' AS message FROM "
     "subscription WHERE state = 'x'",
     "'previous':{'tenants':{'" T1 "':{'findings':[{'subject':{'type':'subscription','id':'" S1
     "'},'message':'then','since':'" EARLIER "'}]}}},'tenants':{" TENANT(
         T1, ",'subscriptions':[{'subscriptionId':'" S2 "'}],'coverage':{'subscriptions':'partial'}") "}," KEPT},
    {"complete in every area is resolved", "reads: links\nneeds: role-assignments usage delegations", GLOBAL,
     WAS("") NOW_IS("2000001", "'delegations':'not-applicable'") "'expect':[]"},
    /* rule 4 */
    {"partial and gone stays open", "reads: links role-assignments", GLOBAL,
     WAS(",'since':'" EARLIER "'") NOW_IS(
         "2000001", "'role-assignments':'partial'") "'expect':[{'verdict':'fail','status':'open','since':'" EARLIER
                                                    "','lastVerified':'" BEFORE "','message':'then'}]"},
    {"with its older date", "reads: links role-assignments", GLOBAL,
     WAS(",'lastVerified':'" EARLIER "'") NOW_IS(
         "2000001", "'role-assignments':'partial'") "'expect':[{'verdict':'fail','lastVerified':'" EARLIER "'}]"},
    {"a folded one comes back open when nothing folds it", "reads: links", GLOBAL,
     WAS(",'status':'folded','foldedUnder':'PAL012'")
         NOW_IS("2000001", "'links':'partial'") "'expect':[{'verdict':'fail','status':'open','foldedUnder':null}]"},
    {"an unknown is not kept", "reads: links role-assignments", GLOBAL,
     WAS(",'verdict':'unknown'")
         NOW_IS("2000001", "'role-assignments':'partial'") "'expect':[{'verdict':'unknown','subjectType':'tenant'}]"},
    {"partial elsewhere does not matter", "reads: usage",
     "SELECT tenant_id, 'subscription' AS subject_type, id AS subject_id, NULL AS subject_name, 'now' AS message FROM "
     "subscription WHERE state = 'x'",
     "'previous':{'tenants':{'" T1 "':{'findings':[{'subject':{'type':'subscription','id':'" S1 "'}}]}}},"
     "'tenants':{" TENANT(T1, ",'subscriptions':[{'subscriptionId':'" S1 "'},{'subscriptionId':'" S2
                              "'}],'coverage':{'usage':{'" S2
                              "':'partial'}}") "},"
                                               "'expect':[{'verdict':'unknown','subjectType':'tenant'}]"},
    {"of a tenant that is gone nothing is kept", "reads: links", GLOBAL,
     WAS("") "'tenants':{" TENANT(T2, "") "},'expect':[]"},
    /* rule 5 */
    {"not tested keeps every fail", "reads: links power-bi", GLOBAL,
     WAS("") NOW_IS("2000001", "") "'expect':[{'verdict':'fail','lastVerified':'" BEFORE "','message':'then'}]"},
    {"broken keeps every fail, and is one unknown of the estate", "reads: links", "SELECT wrong FROM link",
     WAS("") NOW_IS("2000001", "") "'expect':[{'tenant':'" T1 "','verdict':'fail','lastVerified':'" BEFORE
                                   "'},{'tenant':null,'verdict':'unknown','subjectType':'policy','subject':'OWN1'}]"},
    /* rule 7 */
    {"what was kept needs no unknown beside it", "reads: links role-assignments", GLOBAL,
     WAS(",'status':'waived'") NOW_IS(
         "2000001",
         "'role-assignments':'partial'") "'waivers':{'waivers':[{'id':'W','policy':'OWN1','tenant':'" T1
                                         "','subject':'" O1 "','reason':'r','owner':'o','requester':'a','approver':'b',"
                                         "'until':'2026-12-31'}]},"
                                         "'expect':[{'verdict':'fail','status':'waived','lastVerified':'" BEFORE "'}]"},
    {"an accepted fresh fail does", "reads: links role-assignments", GLOBAL,
     NOW_IS("1000001", "'role-assignments':'unread'") "'waivers':{'waivers':[{'id':'W','policy':'OWN1','tenant':'" T1
                                                      "','subject':'" O1 "','reason':'r','owner':'o','requester':'a','"
                                                      "approver':'b','until':'2026-12-31'}]},"
                                                      "'expect':[{'verdict':'fail','status':'waived'},{'verdict':'"
                                                      "unknown','subjectType':'tenant'}]"},
    {"two findings never share a fingerprint", "reads: links role-assignments",
     "SELECT id AS tenant_id, 'tenant' AS subject_type, id AS subject_id, NULL AS subject_name, 'now' AS message FROM "
     "tenant",
     NOW_IS("1000001", "'role-assignments':'unread'") "'waivers':{'waivers':[{'id':'W','policy':'OWN1','tenant':'" T1
                                                      "','subject':'" T1 "','reason':'r','owner':'o','requester':'a','"
                                                      "approver':'b','until':'2026-12-31'}]},"
                                                      "'expect':[{'verdict':'fail','status':'waived'}]"},
};

START_TEST(test_lifecycle__follows_the_rules) {
  char meta[256] = "subject: identity\n";
  strcat(meta, rows[_i].meta);
  world_policy("OWN1", meta, rows[_i].sql);
  const char *difference = world_difference("OWN1", rows[_i].members);
  bool broken = strstr(rows[_i].sql, "wrong") != NULL;
  if (broken) /* the difference says that the policy is broken, and nothing else */
    ck_assert_msg(difference && strncmp(difference, "OWN1 is broken", 14) == 0, "%s:\n%s", rows[_i].name, difference);
  else
    ck_assert_msg(!difference, "%s:\n%s", rows[_i].name, difference);
}
END_TEST

/* Rule 5: the settings of the pack. */
START_TEST(test_lifecycle__disabled_and_gone_keep_nothing) {
  struct pal_err err;
  static const char members[] = WAS("") NOW_IS("2000001", "'links':'partial'");
  world_policy("OWN1", "subject: identity\nreads: links", GLOBAL);
  const struct pal_judge *judge = world_judge(members, true, NULL);
  ck_assert_uint_eq(world_result(judge, "OWN1")->fail, 1);
  struct pal_arena *arena = pal_arena_new(0);
  struct pal_record *settings = pal_record_new(arena, &pal_kind_SETTINGS);
  const char *disable[] = {"OWN1"};
  unit_ok(pal_set_texts(arena, settings, PAL_SETTINGS_DISABLE, disable, 1, &err), &err);
  unit_ok(pal_pack_apply(world_pack(), settings, &err), &err);
  judge = world_judge(members, true, NULL);
  ck_assert_int_eq(world_result(judge, "OWN1")->state, PAL_DISABLED);
  ck_assert_uint_eq(world_result(judge, "OWN1")->fail, 0);
  for (size_t i = 0; i < pal_judge_verdicts_n(judge); i++)
    ck_assert_uint_eq(pal_judge_verdicts(judge, i)->findings.n, 0);
  pal_arena_free(arena);
  /* gone: the parent's findings name a policy that no file holds */
  world_policy("OWN2", "subject: identity\nreads: links", GLOBAL);
  ck_assert_int_eq(remove("pack/OWN1.sql"), 0);
  judge = world_judge(
      "'previous':{'tenants':{'" T1
      "':{" FINDING(",'policy':'OWN1','class':'rule','severity':'low'") "}}}," NOW_IS("2000001", "'links':'partial'"),
      true, NULL);
  for (size_t i = 0; i < pal_judge_verdicts_n(judge); i++)
    for (size_t j = 0; j < pal_judge_verdicts(judge, i)->findings.n; j++)
      ck_assert_str_eq(pal_get_text(pal_judge_verdicts(judge, i)->findings.v[j], PAL_FINDING_POLICY), "OWN2");
}
END_TEST

START_TEST(test_lifecycle__a_severity_of_the_settings_holds_for_rows_and_for_what_is_kept) {
  struct pal_err err;
  world_policy("OWN1", "subject: identity\nreads: links role-assignments",
               "SELECT tenant_id, 'identity' AS subject_type, object_id AS subject_id, NULL AS subject_name, 'm' AS "
               "message, 'critical' AS severity FROM link WHERE object_id = '" O2 "'");
  static const char members[] =
      "'previous':{'tenants':{'" T1
      "':{" FINDING(",'severity':'low'") "}}},"
                                         "'tenants':{" TENANT(T1, ",'identities':[{'objectId':'" O2
                                                                  "','names':['b'],'link':{'partnerId':'1'}}],'"
                                                                  "coverage':{'role-assignments':'partial'}") "},";
  struct pal_arena *arena = pal_arena_new(0);
  struct pal_record *settings = pal_record_new(arena, &pal_kind_SETTINGS);
  unit_ok(pal_set_text(arena, settings, PAL_SETTINGS_SEVERITY, "{\"OWN1\":\"info\"}", &err), &err);
  char expect[2048];
  strcpy(expect, members);
  strcat(expect, "'expect':[{'severity':'critical','subject':'" O2 "'},{'severity':'low','subject':'" O1 "'}]");
  world_expect("OWN1", expect);
  unit_ok(pal_pack_apply(world_pack(), settings, &err), &err);
  strcpy(expect, members);
  strcat(expect, "'expect':[{'severity':'info','subject':'" O2 "'},{'severity':'info','subject':'" O1 "'}]");
  world_expect("OWN1", expect);
  pal_arena_free(arena);
}
END_TEST

START_TEST(test_lifecycle__judging_twice_gives_the_same_bytes) {
  struct pal_buf first, second;
  struct pal_buf *out[] = {&first, &second};
  world_policy("OWN1", "subject: identity\nreads: links", GLOBAL);
  world_policy("OWN2", "subject: identity\nneeds: usage", GLOBAL);
  for (int round = 0; round < 2; round++) {
    pal_buf_init(out[round], 1 << 20);
    const struct pal_judge *judge =
        world_judge("'tenants':{" TENANT(T2, ",'identities':[" LINKED(O1, "1000001") "," UNLINKED(O2) "]") "," TENANT(
                        T1, ",'identities':[" LINKED(O2, "1000001") "],'coverage':{'usage':'unread'}") "},",
                    true, NULL);
    for (size_t i = 0; i < pal_judge_verdicts_n(judge); i++) {
      const struct pal_verdicts *verdicts = pal_judge_verdicts(judge, i);
      pal_buf_printf(out[round], "%s %s\n", verdicts->tenant_id, verdicts->tenant_name ? verdicts->tenant_name : "-");
      for (size_t j = 0; j < verdicts->findings.n; j++)
        pal_record_compact(verdicts->findings.v[j], out[round]);
    }
  }
  ck_assert_str_eq(first.data, second.data);
  ck_assert_msg(strstr(first.data, T1 " Tenant") < strstr(first.data, T2 " Tenant"), "%s", first.data);
  pal_buf_deinit(&first);
  pal_buf_deinit(&second);
}
END_TEST

Suite *make_policy_lifecycle_suite(void);
Suite *make_policy_lifecycle_suite(void) {
  Suite *suite = suite_create("policy/lifecycle");
  TCase *tcase = tcase_create("lifecycle");
  tcase_add_checked_fixture(tcase, world_enter, world_leave);
  tcase_add_loop_test(tcase, test_lifecycle__follows_the_rules, 0, UNIT_N(rows));
  tcase_add_test(tcase, test_lifecycle__disabled_and_gone_keep_nothing);
  tcase_add_test(tcase, test_lifecycle__a_severity_of_the_settings_holds_for_rows_and_for_what_is_kept);
  tcase_add_test(tcase, test_lifecycle__judging_twice_gives_the_same_bytes);
  suite_add_tcase(suite, tcase);
  return suite;
}
