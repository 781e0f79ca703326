/* SPDX-License-Identifier: Apache-2.0 */
/* A run of partial scope leaves everything else byte for byte. */
#include <stdio.h>

#include "policy_world.h"

#define GLOBAL                                                                                                     \
  "SELECT tenant_id, 'identity' AS subject_type, object_id AS subject_id, NULL AS subject_name, 'now' AS message " \
  "FROM link WHERE partner_id = '1000001'"
#define ESTATE_ROW " UNION ALL SELECT NULL, 'registry', 'registry', NULL, 'now'"
#define EARLIER_FINDING                     \
  "{'subject':{'type':'identity','id':'" O1 \
  "'},'message':'then','status':'waived','waiver':'gone','lapsed':'x','lastVerified':'" EARLIER "','details':{'a':1}}"
#define EVENT "'events':[{'kind':'link.removed','subjectId':'" O2 "','before':{'partnerId':'9'}}]"
#define WORLD                                                                                                          \
  "'tenants':{" TENANT(T1, ",'identities':[" LINKED(O1, "1000001") "]") "," TENANT(                                    \
      T2,                                                                                                              \
      ",'identities':[" LINKED(                                                                                        \
          O1, "1000001") "],'coverage':{'role-assignments':'unread'}") "},"                                            \
                                                                       "'previous':{'findings':[{'subject':{'type':'"  \
                                                                       "registry','id':'old'},'message':'then'}],'"    \
                                                                       "tenants':{'" T1 "':{},"                        \
                                                                       "'" T2 "':{'identities':[" LINKED(              \
                                                                           O1,                                         \
                                                                           "2000001") "],'findings':[" EARLIER_FINDING \
                                                                                      "],'coverage':{'links':'"        \
                                                                                      "complete'}," EVENT "}}},"

START_TEST(test_scope__outside_it_the_parent_stands) {
  world_policy("OWN1", "subject: identity\nreads: links role-assignments", GLOBAL ESTATE_ROW);
  world_expect("OWN1",
               WORLD "'scope':['" T1 "'],'expect':[{'tenant':'" T1 "','message':'now','status':'open'},"
                     "{'tenant':'" T2
                     "','message':'then','status':'waived','waiver':'gone','lapsed':'x','lastVerified':'" EARLIER "'},"
                     "{'tenant':null,'subject':'old','message':'then'}]");
  world_expect("OWN1", WORLD "'scope':['" T1 "',''],'expect':[{'tenant':'" T1 "','message':'now'},{'tenant':'" T2
                             "','message':'then'},"
                             "{'tenant':null,'subject':'registry','message':'now'}]");
  world_expect("OWN1", WORLD "'expect':[{'tenant':'" T1 "','message':'now'},{'tenant':'" T2
                             "','message':'now','status':'open'},"
                             "{'tenant':null,'subject':'registry','message':'now'}]");
}
END_TEST

static void compact(const struct pal_records *records, struct pal_buf *out) {
  pal_buf_init(out, 1 << 16);
  for (size_t i = 0; i < records->n; i++)
    pal_record_compact(records->v[i], out);
}

START_TEST(test_scope__outside_it_findings_and_events_keep_their_bytes) {
  world_policy("OWN1", "subject: identity\nreads: links role-assignments", GLOBAL ESTATE_ROW);
  const struct pal_judge *judge = world_judge(WORLD "'scope':['" T1 "'],", true, NULL);
  for (size_t i = 0; i < pal_judge_verdicts_n(judge); i++) {
    const struct pal_verdicts *verdicts = pal_judge_verdicts(judge, i);
    struct pal_buf findings, events;
    if (strcmp(verdicts->tenant_id, T2) != 0)
      continue;
    compact(&verdicts->findings, &findings);
    compact(&verdicts->events, &events);
    char fingerprint[65], expected[2048];
    struct pal_err err;
    unit_ok(pal_fingerprint("OWN1", T2, "identity", O1, "", fingerprint, &err), &err);
    (void)snprintf(
        expected, sizeof expected,
        "{\"class\":\"rule\",\"details\":{\"a\":1},\"fingerprint\":\"%s\",\"lapsed\":\"x\",\"lastVerified\":\"" EARLIER
        "\",\"message\":\"then\","
        "\"policy\":\"OWN1\",\"severity\":\"high\",\"since\":\"" BEFORE
        "\",\"status\":\"waived\",\"subject\":{\"id\":\"" O1 "\",\"type\":\"identity\"},"
        "\"verdict\":\"fail\",\"waiver\":\"gone\"}",
        fingerprint);
    ck_assert_str_eq(findings.data, expected);
    ck_assert_str_eq(events.data, "{\"before\":{\"partnerId\":\"9\"},\"kind\":\"link.removed\",\"since\":\"" BEFORE
                                  "\",\"subjectId\":\"" O2 "\",\"subjectType\":\"identity\"}");
    pal_buf_deinit(&findings);
    pal_buf_deinit(&events);
    return;
  }
  ck_abort_msg("the tenant is not among the verdicts");
}
END_TEST

START_TEST(test_scope__an_acceptance_of_a_finding_outside_it_matches) {
  world_policy("OWN1", "subject: identity\nreads: links", GLOBAL);
  const struct pal_judge *judge = world_judge(
      WORLD "'scope':['" T1 "'],'waivers':{'waivers':[{'id':'W1','policy':'OWN1','tenant':'" T2 "','subject':'" O1 "',"
            "'reason':'r','owner':'o','requester':'a','approver':'b','until':'2027-06-30'}]},",
      true, NULL);
  ck_assert_uint_eq(pal_judge_waiver_notes_n(judge), 0);
}
END_TEST

Suite *make_policy_scope_suite(void);
Suite *make_policy_scope_suite(void) {
  Suite *suite = suite_create("policy/scope");
  TCase *tcase = tcase_create("scope");
  tcase_add_checked_fixture(tcase, world_enter, world_leave);
  tcase_add_test(tcase, test_scope__outside_it_the_parent_stands);
  tcase_add_test(tcase, test_scope__outside_it_findings_and_events_keep_their_bytes);
  tcase_add_test(tcase, test_scope__an_acceptance_of_a_finding_outside_it_matches);
  suite_add_tcase(suite, tcase);
  return suite;
}
