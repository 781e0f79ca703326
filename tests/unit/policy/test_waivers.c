/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "policy_world.h"

#define ROW                                                                                                           \
  "SELECT tenant_id, 'identity' AS subject_type, object_id AS subject_id, NULL AS subject_name, 'm' AS message, 'k' " \
  "AS key, "                                                                                                          \
  "partner_id AS partnerId, pal_list(partner_id) AS ids, NULL AS gone FROM link GROUP BY tenant_id, object_id"
#define WORLD "'tenants':{" TENANT(T1, ",'identities':[" LINKED(O1, "1000001") "]") "},"
#define HUMANS "'reason':'r','owner':'o','requester':'a','approver':'b'"
#define NAMED "'policy':'OWN1','tenant':'" T1 "','subject':'" O1 "'"
#define WAIVER(rest) "'waivers':{'waivers':[{'id':'W1'," rest "}]},"
#define UNTIL ",'until':'2026-12-31'"

static const struct {
  const char *name, *members, *note; /* note "": none */
} rows[] = {
    {"holds",
     WORLD WAIVER(NAMED "," HUMANS UNTIL) "'expect':[{'status':'waived','waiver':'W1','verdict':'fail','lapsed':null}]",
     ""},
    {"with the key", WORLD WAIVER(NAMED ",'key':'k'," HUMANS UNTIL) "'expect':[{'status':'waived'}]", ""},
    {"of another key",
     WORLD WAIVER(NAMED ",'key':'j'," HUMANS UNTIL) "'expect':[{'status':'open','waiver':null,'lapsed':null}]",
     "matches nothing"},
    {"of another tenant",
     WORLD WAIVER("'policy':'OWN1','tenant':'" T2 "','subject':'" O1 "'," HUMANS UNTIL) "'expect':[{'status':'open'}]",
     "matches nothing"},
    {"without a tenant is of the estate",
     WORLD WAIVER("'policy':'OWN1','subject':'" O1 "'," HUMANS UNTIL) "'expect':[{'status':'open'}]",
     "matches nothing"},
    {"of another policy",
     WORLD WAIVER("'policy':'OWN2','tenant':'" T1 "','subject':'" O1 "'," HUMANS UNTIL) "'expect':[{'status':'open'}]",
     "matches nothing"},
    {"names nothing", WORLD WAIVER(HUMANS UNTIL) "'expect':[{'status':'open'}]", "names no finding"},
    /* who answers for it */
    {"no reason",
     WORLD WAIVER(NAMED
                  ",'owner':'o','requester':'a','approver':'b'" UNTIL) "'expect':[{'status':'open','lapsed':null}]",
     "lacks a reason"},
    {"blank reason",
     WORLD WAIVER(NAMED
                  ",'reason':' ','owner':'o','requester':'a','approver':'b'" UNTIL) "'expect':[{'status':'open'}]",
     "lacks a reason"},
    {"no owner",
     WORLD WAIVER(NAMED ",'reason':'r','requester':'a','approver':'b'" UNTIL) "'expect':[{'status':'open'}]",
     "lacks an owner"},
    {"no requester",
     WORLD WAIVER(NAMED ",'reason':'r','owner':'o','approver':'b'" UNTIL) "'expect':[{'status':'open'}]",
     "lacks a requester"},
    {"no approver",
     WORLD WAIVER(NAMED ",'reason':'r','owner':'o','requester':'a'" UNTIL) "'expect':[{'status':'open'}]",
     "lacks an approver"},
    {"approved by who asked",
     WORLD WAIVER(NAMED
                  ",'reason':'r','owner':'o','requester':'a','approver':'a'" UNTIL) "'expect':[{'status':'open'}]",
     "is approved by its requester"},
    {"approved by who asked, written otherwise",
     WORLD WAIVER(NAMED
                  ",'reason':'r','owner':'o','requester':'Sam Brown','approver':' sam  BROWN '" UNTIL) "'expect'"
                                                                                                       ":[{'status'"
                                                                                                       ":'open'}]",
     "is approved by its requester"},
    {"no end", WORLD WAIVER(NAMED "," HUMANS) "'expect':[{'status':'open'}]", "lacks an end date"},
    /* time */
    {"on its last day it holds",
     WORLD WAIVER(NAMED "," HUMANS ",'until':'2026-11-20'") "'expect':[{'status':'waived'}]", "ends 2026-11-20"},
    {"the day after it has ended",
     WORLD WAIVER(
         NAMED "," HUMANS
               ",'until':'2026-11-19'") "'expect':[{'status':'open','waiver':null,'lapsed':'W1: ended on 2026-11-19'}]",
     "ended 2026-11-19"},
    {"on its first day it holds",
     WORLD WAIVER(NAMED "," HUMANS UNTIL ",'from':'2026-11-20'") "'expect':[{'status':'waived'}]", ""},
    {"before it does not",
     WORLD WAIVER(NAMED "," HUMANS UNTIL ",'from':'2026-11-21'") "'expect':[{'status':'open','lapsed':null}]",
     "begins 2026-11-21"},
    {"ends within 30 days", WORLD WAIVER(NAMED "," HUMANS ",'until':'2026-12-20'") "'expect':[{'status':'waived'}]",
     "ends 2026-12-20"},
    {"ends later", WORLD WAIVER(NAMED "," HUMANS ",'until':'2026-12-21'") "'expect':[{'status':'waived'}]", ""},
    /* pins */
    {"pins as they are",
     WORLD WAIVER(NAMED "," HUMANS UNTIL ",'pins':{'partnerId':'1000001','ids':['1000001'],'severity':'high','gone'"
                        ":null}") "'expect':[{'status':'waived'}]",
     ""},
    {"a changed fact",
     WORLD WAIVER(NAMED "," HUMANS UNTIL
                        ",'pins':{'partnerId':'2000001'}") "'expect':[{'status':'open','lapsed':'W1: accepted for "
                                                           "partnerId 2000001, now 1000001'}]",
     "lapsed: accepted for partnerId 2000001, now 1000001"},
    {"a changed set",
     WORLD WAIVER(
         NAMED "," HUMANS UNTIL
               ",'pins':{'ids':['1000001','2000001']}") "'expect':[{'status':'open','lapsed':'W1: accepted for ids "
                                                        "[\\\"1000001\\\",\\\"2000001\\\"], now [\\\"1000001\\\"]'}]",
     "lapsed: accepted for ids [\"1000001\",\"2000001\"], now [\"1000001\"]"},
    {"a fact that is gone",
     WORLD WAIVER(NAMED
                  "," HUMANS UNTIL
                  ",'pins':{'gone':'x'}") "'expect':[{'status':'open','lapsed':'W1: accepted for gone x, now none'}]",
     "lapsed: accepted for gone x, now none"},
    {"a fact that came",
     WORLD WAIVER(NAMED "," HUMANS UNTIL
                        ",'pins':{'partnerId':null}") "'expect':[{'status':'open','lapsed':'W1: accepted for "
                                                      "partnerId none, now 1000001'}]",
     "lapsed: accepted for partnerId none, now 1000001"},
    {"a raised severity",
     WORLD WAIVER(NAMED "," HUMANS UNTIL ",'pins':{'severity':'low'}") "'expect':[{'status':'open','lapsed':'W1: "
                                                                       "accepted for severity low, now high'}]",
     "lapsed: accepted for severity low, now high"},
    /* several */
    {"one that holds is enough",
     WORLD "'waivers':{'waivers':[{'id':'W0'," NAMED "," HUMANS ",'until':'2026-01-01'},{'id':'W1'," NAMED
           "," HUMANS UNTIL "}]},'expect':[{'status':'waived','waiver':'W1','lapsed':null}]",
     "W0 ended 2026-01-01"},
    {"the smallest id waives",
     WORLD "'waivers':{'waivers':[{'id':'W2'," NAMED "," HUMANS UNTIL "},{'id':'W1'," NAMED "," HUMANS UNTIL
           "}]},'expect':[{'status':'waived','waiver':'W1'}]",
     ""},
    /* unknowns are not accepted */
    {"an unknown is not waived",
     "'tenants':{" TENANT(
         T1,
         ",'identities':[" LINKED(
             O1,
             "1000001") "],'coverage':{'role-assignments':'unread'"
                        "}") "}," WAIVER(NAMED "," HUMANS
                                             UNTIL) "'expect':[{'verdict':'unknown','status':'open','waiver':null}]",
     "matches nothing"},
};

START_TEST(test_waivers__hold_or_say_why_not) {
  world_policy("OWN1", "subject: identity\nreads: links\nneeds: role-assignments\npins: partnerId ids", ROW);
  const char *difference = world_difference("OWN1", rows[_i].members);
  ck_assert_msg(!difference, "%s:\n%s", rows[_i].name, difference);
  char members[4096];
  strcpy(members, rows[_i].members);
  *strstr(members, "'expect'") = '\0';
  const struct pal_judge *judge = world_judge(members, true, NULL);
  ck_assert_uint_eq(pal_judge_waiver_notes_n(judge), *rows[_i].note ? 1 : 0);
  if (!*rows[_i].note)
    return;
  const struct pal_waiver_note *note = pal_judge_waiver_note(judge, 0);
  const char *id = rows[_i].note[0] == 'W' ? "W0" : "W1",
             *text = rows[_i].note[0] == 'W' ? rows[_i].note + 3 : rows[_i].note;
  ck_assert_str_eq(note->id, id);
  ck_assert_str_eq(note->note, text);
}
END_TEST

START_TEST(test_waivers__by_fingerprint) {
  char fingerprint[65], members[4096];
  struct pal_err err;
  world_policy("OWN1", "subject: identity\nreads: links", ROW);
  unit_ok(pal_fingerprint("OWN1", T1, "identity", O1, "k", fingerprint, &err), &err);
  (void)snprintf(members, sizeof members,
                 WORLD WAIVER("'fingerprint':'%s'," HUMANS UNTIL) "'expect':[{'status':'waived'}]", fingerprint);
  world_expect("OWN1", members);
}
END_TEST

START_TEST(test_waivers__hold_for_what_is_kept_from_the_parent) {
  world_policy("OWN1", "subject: identity\nreads: links", ROW " HAVING 0");
  world_expect(
      "OWN1",
      "'tenants':{" TENANT(
          T1,
          ",'identities':[" LINKED(
              O1,
              "1000001") "],'coverage':{'links':'partial'}") "},"
                                                             "'previous':{'tenants':{'" T1
                                                             "':{'findings':[{'subject':{'type':'identity','id':'" O1
                                                             "'},'key':'k','details':{'partnerId':'7'}}]}}}," WAIVER(
                                                                 NAMED
                                                                 "," HUMANS UNTIL
                                                                 ",'pins':{'partnerId':'7'}") "'expect':[{'status':'"
                                                                                              "waived','lastVerified':"
                                                                                              "'" BEFORE "'}]");
}
END_TEST

Suite *make_policy_waivers_suite(void);
Suite *make_policy_waivers_suite(void) {
  Suite *suite = suite_create("policy/waivers");
  TCase *tcase = tcase_create("waivers");
  tcase_add_checked_fixture(tcase, world_enter, world_leave);
  tcase_add_loop_test(tcase, test_waivers__hold_or_say_why_not, 0, UNIT_N(rows));
  tcase_add_test(tcase, test_waivers__by_fingerprint);
  tcase_add_test(tcase, test_waivers__hold_for_what_is_kept_from_the_parent);
  suite_add_tcase(suite, tcase);
  return suite;
}
