/* SPDX-License-Identifier: Apache-2.0 */
/* The rules at the head of scanner/policy/events.c. */
#include "policy_world.h"

/* One finding per open event, with everything of it. */
#define EVENTS                                                                                                        \
  "SELECT tenant_id, subject_type, subject_id, NULL AS subject_name, kind AS message, before, after, since AS began " \
  "FROM event"
#define REVIEWED "2026-11-12T12:00:00Z"
#define V(partner, version) "{'partnerId':'" partner "','state':'Active','version':" version "}"
#define IS(partner, version) "'identities':[{'objectId':'" O1 "','names':['auto'],'link':" V(partner, version) "}]"
#define NONE "'identities':[" UNLINKED(O1) "]"
#define DELETED \
  "'identities':[{'objectId':'" O1 "','names':['auto'],'link':{'partnerId':'1','state':'Deleted','version':3}}]"
#define NEVER "'identities':[{'objectId':'" O1 "','names':['auto']}]"
#define NOW_(rest) "'tenants':{" TENANT(T1, "," rest) "},"
#define THEN(rest) "'previous':{'tenants':{'" T1 "':{" rest "}}},"
#define OPEN(kind, before, after) \
  "'events':[{'kind':'" kind "','subjectId':'" O1 "'" before after ",'since':'" EARLIER "'}]"
#define REVIEW(scope, signed_at, rest)                                                                        \
  "'reviews':{'reviews':[{'id':'r1','scope':'" scope "','commit':'0000000000000000000000000000000000000000'," \
  "'reviewer':'Carla','signed':'" signed_at "'" rest "}]},"
#define LOST "'coverage':{'links':'stale'}"

static const struct {
  const char *name, *members;
} rows[] = {
    {"the same is no event", NOW_(IS("1", "1")) THEN(IS("1", "1")) "'expect':[]"},
    {"added", NOW_(IS("1", "1")) THEN(NONE) "'expect':[{'message':'link.added','subject':'" O1
                                            "','subjectType':'identity','details':{'before':null,'after':" V(
                                                "1", "1") ",'began':'" STARTED "'}}]"},
    {"removed", NOW_(NONE) THEN(IS("1", "1")) "'expect':[{'message':'link.removed','details':{'before':" V(
                    "1", "1") ",'after':null}}]"},
    {"another ID", NOW_(IS("2", "2")) THEN(IS("1", "1")) "'expect':[{'message':'link.changed','details':{'before':" V(
                       "1", "1") ",'after':" V("2", "2") "}}]"},
    {"rewritten with the same ID", NOW_(IS("1", "3")) THEN(IS("1", "1")) "'expect':[{'message':'link.changed'}]"},
    {"Deleted is no link",
     NOW_(DELETED) THEN(IS("1", "1")) "'expect':[{'message':'link.removed','details':{'after':null}}]"},
    {"Deleted to none is no event", NOW_(NONE) THEN(DELETED) "'expect':[]"},
    {"Deleted to a link is added", NOW_(IS("1", "4")) THEN(DELETED) "'expect':[{'message':'link.added'}]"},
    /* baseline */
    {"an identity not seen before has no baseline", NOW_(IS("1", "1")) THEN("'identities':[]") "'expect':[]"},
    {"nor one whose link was never answered", NOW_(IS("1", "1")) THEN(NEVER) "'expect':[]"},
    {"without a parent there is no event", NOW_(IS("1", "1")) "'expect':[]"},
    {"the baseline is the value before the open event",
     NOW_(IS("3", "3")) THEN(IS("2", "2") "," OPEN(
         "link.changed", ",'before':" V("1", "1"),
         ",'after':" V("2", "2"))) "'expect':[{'message':'link.changed','details':{'before'"
                                   ":" V("1", "1") ",'after':" V("3", "3") ",'began':'" EARLIER "'}}]"},
    {"it stays open while nothing changes",
     NOW_(NONE) THEN(NONE "," OPEN("link.removed", ",'before':" V("1", "1"),
                                   "")) "'expect':[{'message':'link.removed','details':{'began':'" EARLIER "'}}]"},
    {"the value of the baseline closes it",
     NOW_(IS("1", "1")) THEN(NONE "," OPEN("link.removed", ",'before':" V("1", "1"), "")) "'expect':[]"},
    {"none closes an added one",
     NOW_(NONE) THEN(IS("1", "1") "," OPEN("link.added", "", ",'after':" V("1", "1"))) "'expect':[]"},
    {"another kind begins anew",
     NOW_(IS("2", "5")) THEN(NONE "," OPEN(
         "link.removed", ",'before':" V("1", "1"),
         "")) "'expect':[{'message':'link.changed','details':{'before':" V("1", "1") ",'began':'" STARTED "'}}]"},
    /* reviews */
    {"a signed change review closes it", REVIEW("changes", REVIEWED, "") NOW_(NONE) THEN(NONE "," OPEN(
                                             "link.removed", ",'before':" V("1", "1"), "")) "'expect':[]"},
    {"what the review saw is the baseline of the next change",
     REVIEW("changes", REVIEWED, "") NOW_(IS("3", "3")) THEN(IS("2", "2") "," OPEN(
         "link.changed", ",'before':" V("1", "1"),
         ",'after':" V(
             "2", "2"))) "'expect':[{'message':'link.changed','details':{'before':" V("2", "2") ",'began':'" STARTED
                                                                                                "'}}]"},
    {"and none that of one made anew", REVIEW("changes", REVIEWED, "") NOW_(IS("1", "3")) THEN(NONE "," OPEN(
                                           "link.removed", ",'before':" V("1", "1"),
                                           "")) "'expect':[{'message':'link.added','details':{'before':null}}]"},
    {"an access review closes nothing",
     REVIEW("access", REVIEWED, "") NOW_(NONE)
         THEN(NONE "," OPEN("link.removed", ",'before':" V("1", "1"), "")) "'expect':[{'message':'link.removed'}]"},
    {"nor one before it began",
     REVIEW("changes", "2020-01-01T00:00:00Z", "") NOW_(NONE)
         THEN(NONE "," OPEN("link.removed", ",'before':" V("1", "1"), "")) "'expect':[{'message':'link.removed'}]"},
    {"nor one dated after the run",
     REVIEW("changes", "2099-01-01T00:00:00Z", "") NOW_(NONE)
         THEN(NONE "," OPEN("link.removed", ",'before':" V("1", "1"), "")) "'expect':[{'message':'link.removed'}]"},
    {"nor one of other tenants",
     REVIEW("changes", REVIEWED, ",'tenants':['" T2 "']") NOW_(NONE)
         THEN(NONE "," OPEN("link.removed", ",'before':" V("1", "1"), "")) "'expect':[{'message':'link.removed'}]"},
    {"one of this tenant does", REVIEW("changes", REVIEWED, ",'tenants':['" T1 "']") NOW_(NONE)
                                    THEN(NONE "," OPEN("link.removed", ",'before':" V("1", "1"), "")) "'expect':[]"},
    /* outages */
    {"not read is no removal", NOW_(IS("1", "1") "," LOST) THEN(IS("1", "1")) "'expect':[]"},
    {"an open one is carried unchanged through an outage",
     NOW_(NONE "," LOST) THEN(NONE "," OPEN(
         "link.removed", ",'before':" V("1", "1"),
         "")) "'expect':[{'message':'link.removed','details':{'before':" V("1", "1") ",'after':null,'began':'" EARLIER
                                                                                     "'}}]"},
    {"never answered now is no removal", NOW_(NEVER) THEN(IS("1", "1")) "'expect':[]"},
    {"regained with another value, the last verified one is the baseline",
     NOW_(IS("2", "2")) "'previous':{'tenants':{" TENANT(
         T1, "," IS("1", "1") "," LOST) "}},'expect':[{'message':'link.changed','details':{'before':" V("1",
                                                                                                        "1") "}}]"},
    {"partial is not fresh", NOW_(NONE ",'coverage':{'links':'partial'}") THEN(IS("1", "1")) "'expect':[]"},
    {"one configured name that was answered is fresh",
     NOW_("'identities':[{'objectId':'" O1
          "','names':['auto','other'],'link':null}],'coverage':{'links':{'other':'stale'}}")
         THEN(IS("1", "1")) "'expect':[{'message':'link.removed'}]"},
    {"what was declared in this run is",
     NOW_("'identities':[{'objectId':'" O1 "','link':null,'assurance':'self-declared'}],'coverage':{'links':{'" O1
          "':{'state':'self-declared'}}}") THEN(IS("1", "1")) "'expect':[{'message':'link.removed'}]"},
    {"what was declared earlier is not",
     NOW_("'identities':[{'objectId':'" O1 "','link':null,'assurance':'self-declared'}],'coverage':{'links':{'" O1
          "':{'state':'self-declared','asOf':'" EARLIER "'}}}") THEN(IS("1", "1")) "'expect':[]"},
    {"an identity that is gone has no event",
     NOW_("'identities':[]") THEN(NONE "," OPEN("link.removed", ",'before':" V("1", "1"), "")) "'expect':[]"},
};

START_TEST(test_events__follow_the_rules) {
  world_policy("OWN1", "subject: registry", EVENTS);
  const char *difference = world_difference("OWN1", rows[_i].members);
  ck_assert_msg(!difference, "%s:\n%s", rows[_i].name, difference);
}
END_TEST

START_TEST(test_events__are_results_of_their_tenant) {
  world_policy("OWN1", "subject: registry", EVENTS);
  const struct pal_judge *judge = world_judge(NOW_(IS("2", "2")) THEN(IS("1", "1")), true, NULL);
  const struct pal_verdicts *verdicts = pal_judge_verdicts(judge, 1);
  ck_assert_str_eq(verdicts->tenant_id, T1);
  ck_assert_uint_eq(verdicts->events.n, 1);
  struct pal_buf out;
  pal_buf_init(&out, 4096);
  pal_record_compact(verdicts->events.v[0], &out);
  ck_assert_str_eq(out.data, "{\"after\":{\"partnerId\":\"2\",\"state\":\"Active\",\"version\":2},\"before\":{"
                             "\"partnerId\":\"1\",\"state\":\"Active\",\"version\":1},"
                             "\"kind\":\"link.changed\",\"since\":\"" STARTED "\",\"subjectId\":\"" O1
                             "\",\"subjectType\":\"identity\"}");
  pal_buf_deinit(&out);
}
END_TEST

Suite *make_policy_events_suite(void);
Suite *make_policy_events_suite(void) {
  Suite *suite = suite_create("policy/events");
  TCase *tcase = tcase_create("events");
  tcase_add_checked_fixture(tcase, world_enter, world_leave);
  tcase_add_loop_test(tcase, test_events__follow_the_rules, 0, UNIT_N(rows));
  tcase_add_test(tcase, test_events__are_results_of_their_tenant);
  suite_add_tcase(suite, tcase);
  return suite;
}
