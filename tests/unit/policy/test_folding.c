/* SPDX-License-Identifier: Apache-2.0 */
#include "policy_world.h"

#define ROWS(type, id, key)                                                                                        \
  "SELECT tenant_id, '" type "' AS subject_type, " id " AS subject_id, NULL AS subject_name, 'm' AS message, " key \
  " AS key FROM identity"
#define WORLD                                                                 \
  "'tenants':{" TENANT(T1, ",'identities':[" LINKED(O1, "1") "]") "," TENANT( \
      T2, ",'identities':[" LINKED(O2, "2") "]") "},"
#define HUMANS "'reason':'r','owner':'o','requester':'a','approver':'b','until':'2026-12-31'"

static const struct {
  const char *name, *meta, *sql, *cause_meta, *cause, *members;
} rows[] = {
    {"under a fail of the tenant", "folded-under: OWN2", ROWS("identity", "object_id", "NULL"), "",
     ROWS("tenant", "tenant_id", "NULL") " WHERE tenant_id = '" T1 "'",
     WORLD "'expect':[{'tenant':'" T1 "','status':'folded','foldedUnder':'OWN2','verdict':'fail'},{'tenant':'" T2
           "','status':'open','foldedUnder':null}]"},
    {"under a fail of the same subject", "folded-under: OWN2", ROWS("identity", "object_id", "NULL"), "",
     ROWS("identity", "object_id", "NULL") " WHERE tenant_id = '" T1 "'",
     WORLD "'expect':[{'tenant':'" T1 "','status':'folded'},{'tenant':'" T2 "','status':'open'}]"},
    {"not under one of another subject", "folded-under: OWN2", ROWS("identity", "object_id", "NULL"), "",
     ROWS("identity", "'someone'", "NULL"), WORLD "'expect':[{'status':'open'},{'status':'open'}]"},
    {"nor of the same subject with another key", "folded-under: OWN2", ROWS("scope", "'/s'", "'a'"), "",
     ROWS("scope", "'/s'", "'b'"), WORLD "'expect':[{'status':'open'},{'status':'open'}]"},
    {"but with the same", "folded-under: OWN2", ROWS("scope", "'/s'", "'a'"), "", ROWS("scope", "'/s'", "'a'"),
     WORLD "'expect':[{'status':'folded'},{'status':'folded'}]"},
    {"of a subscription under a delegation of it", "folded-under: OWN2", ROWS("subscription", "'" S1 "'", "NULL"), "",
     ROWS("scope", "'/subscriptions/" S1 "'", "'a'") " WHERE tenant_id = '" T1 "'",
     WORLD "'expect':[{'tenant':'" T1 "','status':'folded'},{'tenant':'" T2 "','status':'open'}]"},
    {"or of a part of it", "folded-under: OWN2", ROWS("subscription", "'" S1 "'", "NULL"), "",
     ROWS("scope", "'/subscriptions/" S1 "/resourcegroups/rg'", "NULL"),
     WORLD "'expect':[{'status':'folded'},{'status':'folded'}]"},
    {"not of another subscription", "folded-under: OWN2", ROWS("subscription", "'" S1 "'", "NULL"), "",
     ROWS("scope", "'/subscriptions/" S1 "0'", "NULL"), WORLD "'expect':[{'status':'open'},{'status':'open'}]"},
    {"of a whole tenant under one of its identities", "folded-under: OWN2", ROWS("tenant", "tenant_id", "NULL"), "",
     ROWS("identity", "object_id", "NULL") " WHERE tenant_id = '" T1 "'",
     WORLD "'expect':[{'tenant':'" T1 "','status':'folded','foldedUnder':'OWN2'},{'tenant':'" T2 "','status':'open'}]"},
    {"not under an unknown", "folded-under: OWN2", ROWS("identity", "object_id", "NULL"), "needs: usage",
     ROWS("tenant", "tenant_id", "NULL"),
     "'tenants':{" TENANT(
         T1, ",'identities':[" LINKED(O1, "1") "],'coverage':{'usage':'unread'}") "},'expect':[{'status':'open'}]"},
    {"under one that is accepted", "folded-under: OWN2", ROWS("identity", "object_id", "NULL"), "",
     ROWS("tenant", "tenant_id", "NULL") " WHERE tenant_id = '" T1 "'",
     WORLD "'waivers':{'waivers':[{'id':'W','policy':'OWN2','tenant':'" T1 "','subject':'" T1 "'," HUMANS
           "}]},'expect':[{'tenant':'" T1 "','status':'folded'},{'status':'open'}]"},
    {"an acceptance stands above", "folded-under: OWN2", ROWS("identity", "object_id", "NULL"), "",
     ROWS("tenant", "tenant_id", "NULL") " WHERE tenant_id = '" T1 "'",
     WORLD "'waivers':{'waivers':[{'id':'W','policy':'OWN1','tenant':'" T1 "','subject':'" O1 "'," HUMANS
           "}]},'expect':[{'tenant':'" T1 "','status':'waived'},{'status':'open'}]"},
    {"an unknown never folds", "folded-under: OWN2\nneeds: usage", ROWS("identity", "object_id", "NULL"), "",
     ROWS("tenant", "tenant_id", "NULL"),
     "'tenants':{" TENANT(
         T1, ",'identities':[" LINKED(
                 O1, "1") "],'coverage':{'usage':'unread'}") "},'expect':[{'verdict':'unknown','status':'open'}]"},
    {"a policy that is not in the pack folds nothing", "folded-under: OWN9", ROWS("identity", "object_id", "NULL"), "",
     ROWS("tenant", "tenant_id", "NULL"), WORLD "'expect':[{'status':'open'},{'status':'open'}]"},
    {"under the offboarding of the tenant", "folded-under: offboarding", ROWS("identity", "object_id", "NULL"), "",
     ROWS("tenant", "tenant_id", "NULL"),
     "'estate':{'customers':[{'tenant':'" T1 "','status':'offboarding'}]}," WORLD "'expect':[{'tenant':'" T1
     "','status':'folded','foldedUnder':'offboarding'},{'tenant':'" T2 "','status':'open'}]"},
    {"not under one of a person who leaves", "folded-under: OWN2", ROWS("tenant", "tenant_id", "NULL"),
     "folded-under: offboarding", ROWS("identity", "object_id", "NULL"),
     "'estate':{'principals':[{'name':'a','home':{'tenant':'" T2 "','objectId':'" O2 "'},'left':'2026-11-01'}]}," WORLD
     "'expect':[{'tenant':'" T1 "','status':'folded'},{'tenant':'" T2 "','status':'open'}]"},
    {"under the offboarding of the person", "folded-under: OWN9 offboarding", ROWS("identity", "object_id", "NULL"), "",
     ROWS("tenant", "tenant_id", "NULL"),
     "'estate':{'principals':[{'name':'a','home':{'tenant':'" T2 "','objectId':'" O2 "'},'left':'2026-11-01'}]}," WORLD
     "'expect':[{'tenant':'" T1 "','status':'open'},{'tenant':'" T2 "','status':'folded'}]"},
};

static const char offboarding[] = "CREATE VIEW offboarding AS SELECT tenant_id, NULL AS object_id FROM customer WHERE "
                                  "status = 'offboarding' UNION ALL "
                                  "SELECT tenant_id, object_id FROM principal_home JOIN principal ON principal.name = "
                                  "principal_name WHERE left_date <= (SELECT today FROM run)";

static void set_up(const char *meta, const char *sql, const char *cause_meta, const char *cause) {
  char text[256] = "subject: identity\n";
  strcat(text, meta);
  world_policy("OWN1", text, sql);
  strcpy(text, "subject: identity\n");
  strcat(text, cause_meta);
  world_policy("OWN2", text, cause);
}

START_TEST(test_folding__counts_one_cause_once) {
  world_view("offboarding", offboarding);
  set_up(rows[_i].meta, rows[_i].sql, rows[_i].cause_meta, rows[_i].cause);
  const char *difference = world_difference("OWN1", rows[_i].members);
  ck_assert_msg(!difference, "%s:\n%s", rows[_i].name, difference);
}
END_TEST

START_TEST(test_folding__without_the_view_or_with_a_broken_one_nothing_folds) {
  set_up("folded-under: offboarding", ROWS("identity", "object_id", "NULL"), "", ROWS("tenant", "tenant_id", "NULL"));
  world_expect("OWN1", WORLD "'expect':[{'status':'open'},{'status':'open'}]");
  world_view("offboarding", "CREATE VIEW offboarding AS SELECT tenant_id, missing AS object_id FROM customer");
  world_expect("OWN1", WORLD "'expect':[{'status':'open'},{'status':'open'}]");
}
END_TEST

START_TEST(test_folding__is_counted_apart) {
  set_up("folded-under: OWN2", ROWS("identity", "object_id", "NULL"), "",
         ROWS("tenant", "tenant_id", "NULL") " WHERE tenant_id = '" T1 "'");
  const struct pal_policy_result *result = world_result(world_judge(WORLD, true, NULL), "OWN1");
  ck_assert_uint_eq(result->folded, 1);
  ck_assert_uint_eq(result->fail, 1);
  ck_assert_uint_eq(result->waived, 0);
}
END_TEST

Suite *make_policy_folding_suite(void);
Suite *make_policy_folding_suite(void) {
  Suite *suite = suite_create("policy/folding");
  TCase *tcase = tcase_create("folding");
  tcase_add_checked_fixture(tcase, world_enter, world_leave);
  tcase_add_loop_test(tcase, test_folding__counts_one_cause_once, 0, UNIT_N(rows));
  tcase_add_test(tcase, test_folding__without_the_view_or_with_a_broken_one_nothing_folds);
  tcase_add_test(tcase, test_folding__is_counted_apart);
  suite_add_tcase(suite, tcase);
  return suite;
}
