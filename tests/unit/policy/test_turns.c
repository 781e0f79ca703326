/* SPDX-License-Identifier: Apache-2.0 */
/* Policies upon the findings of this run: judged after all others. */
#include "policy_world.h"

/* One finding per finding of this run, with what became of it. */
#define FINDINGS                                                                                                     \
  "SELECT tenant_id, 'tenant' AS subject_type, fingerprint AS subject_id, NULL AS subject_name, policy AS message, " \
  "status AS became, since AS began, verdict AS verdictThere FROM finding"
#define LINKS(meta)                                                                                                  \
  "subject: identity\n" meta,                                                                                        \
      "SELECT tenant_id, 'identity' AS subject_type, object_id AS subject_id, NULL AS subject_name, 'm' AS message " \
      "FROM link"
#define NOW_ "'tenants':{" TENANT(T1, ",'identities':[" LINKED(O1, "1") "]") "},"
#define HUMANS "'reason':'r','owner':'o','requester':'a','approver':'b','until':'2026-12-31'"

static const struct {
  const char *name, *members;
} rows[] = {
    {"a new finding is seen",
     NOW_ "'expect':[{'tenant':'" T1 "','message':'OWN2','details':{'became':'open','began':'" STARTED
          "','verdictThere':'fail'}}]"},
    {"an older one with its date",
     NOW_ "'previous':{'tenants':{'" T1 "':{'findings':[{'policy':'OWN2','subject':{'type':'identity','id':'" O1
          "'},'since':'" EARLIER "'}]}}},'expect':[{'details':{'began':'" EARLIER "'}}]"},
    {"one that is resolved is not",
     "'tenants':{" TENANT(T1, ",'identities':[" UNLINKED(
                                  O1) "]") "},'previous':{'tenants':{'" T1
                                           "':{'findings':[{'policy':'OWN2','subject':{'type':'identity','id':'" O1
                                           "'}}]}}},'expect':[]"},
    {"one that is accepted is accepted",
     NOW_ "'waivers':{'waivers':[{'id':'W','policy':'OWN2','tenant':'" T1 "','subject':'" O1 "'," HUMANS
          "}]},'expect':[{'details':{'became':'waived'}}]"},
    {"one that is folded is folded", "'estate':{'customers':[{'tenant':'" T1 "','status':'offboarding'}]}," NOW_
                                     "'expect':[{'details':{'became':'folded'}}]"},
};

static void set_up(void) {
  world_view("offboarding", "CREATE VIEW offboarding AS SELECT tenant_id, NULL AS object_id FROM customer WHERE status "
                            "= 'offboarding'");
  world_policy("OWN1", "subject: tenant", FINDINGS);
  world_policy("OWN2", LINKS("folded-under: offboarding"));
}

START_TEST(test_turns__the_second_sees_what_became_of_the_first) {
  set_up();
  const char *difference = world_difference("OWN1", rows[_i].members);
  ck_assert_msg(!difference, "%s:\n%s", rows[_i].name, difference);
}
END_TEST

START_TEST(test_turns__outside_the_scope_the_parents_findings_are_seen) {
  set_up();
  struct pal_judge *judge =
      world_judge("'scope':['" T1 "']," NOW_ "'previous':{'tenants':{'" T2
                  "':{'findings':[{'policy':'OWN2','subject':{'type':'identity','id':'x'},'since':'" EARLIER "'}]}}}",
                  true, NULL);
  ck_assert_str_eq(world_query(judge, "SELECT tenant_id, policy, since FROM finding ORDER BY tenant_id"),
                   T1 ",OWN2," STARTED "|" T2 ",OWN2," EARLIER);
}
END_TEST

START_TEST(test_turns__previous_findings_alone_belong_to_the_first) {
  world_policy("OWN1", "subject: tenant",
               "SELECT tenant_id, 'tenant' AS subject_type, 'x' AS subject_id, NULL AS subject_name, policy AS message "
               "FROM previous.finding AS earlier WHERE earlier.policy = 'OWN2'");
  world_policy("OWN2", LINKS(""));
  world_policy("OWN3", "subject: tenant", FINDINGS);
  struct pal_judge *judge =
      world_judge(NOW_ "'previous':{'tenants':{'" T1
                       "':{'findings':[{'policy':'OWN2','subject':{'type':'identity','id':'" O1 "'}}]}}}",
                  true, NULL);
  ck_assert_str_eq(world_query(judge, "SELECT policy FROM finding ORDER BY policy"), "OWN1|OWN2");
  ck_assert_uint_eq(world_result(judge, "OWN3")->fail, 2);
}
END_TEST

START_TEST(test_turns__an_acceptance_is_noted_once) {
  set_up();
  const struct pal_judge *judge = world_judge(NOW_ "'waivers':{'waivers':[{'id':'W','policy':'OWN9','tenant':'" T1
                                                   "','subject':'" O1 "'," HUMANS "}]}",
                                              true, NULL);
  ck_assert_uint_eq(pal_judge_waiver_notes_n(judge), 1);
  ck_assert_str_eq(pal_judge_waiver_note(judge, 0)->note, "matches nothing");
}
END_TEST

START_TEST(test_turns__an_acceptance_of_the_second_holds) {
  world_policy("OWN1", "subject: tenant",
               "SELECT tenant_id, 'tenant' AS subject_type, tenant_id AS subject_id, NULL AS subject_name, policy AS "
               "message FROM finding");
  world_policy("OWN2", LINKS(""));
  const struct pal_judge *judge = world_judge(NOW_ "'waivers':{'waivers':[{'id':'W','policy':'OWN1','tenant':'" T1
                                                   "','subject':'" T1 "'," HUMANS "}]}",
                                              true, NULL);
  ck_assert_uint_eq(world_result(judge, "OWN1")->waived, 1);
  ck_assert_uint_eq(pal_judge_waiver_notes_n(judge), 0);
}
END_TEST

START_TEST(test_turns__a_judge_of_such_a_policy_alone_judges_the_first_turn) {
  struct pal_judge_options options = {.only = "OWN1"};
  set_up();
  struct pal_judge *judge = world_judge(NOW_ "'now':'" STARTED "'", true, &options);
  ck_assert_int_eq(world_result(judge, "OWN2")->state, PAL_TESTED);
  ck_assert_uint_eq(world_result(judge, "OWN1")->fail, 1);
}
END_TEST

Suite *make_policy_turns_suite(void);
Suite *make_policy_turns_suite(void) {
  Suite *suite = suite_create("policy/turns");
  TCase *tcase = tcase_create("turns");
  tcase_add_checked_fixture(tcase, world_enter, world_leave);
  tcase_add_loop_test(tcase, test_turns__the_second_sees_what_became_of_the_first, 0, UNIT_N(rows));
  tcase_add_test(tcase, test_turns__outside_the_scope_the_parents_findings_are_seen);
  tcase_add_test(tcase, test_turns__previous_findings_alone_belong_to_the_first);
  tcase_add_test(tcase, test_turns__an_acceptance_is_noted_once);
  tcase_add_test(tcase, test_turns__an_acceptance_of_the_second_holds);
  tcase_add_test(tcase, test_turns__a_judge_of_such_a_policy_alone_judges_the_first_turn);
  suite_add_tcase(suite, tcase);
  return suite;
}
