/* SPDX-License-Identifier: Apache-2.0 */
/* The rules at the head of scanner/policy/sights.c. */
#include "policy_world.h"

#define EVENTS                                                                                                    \
  "SELECT tenant_id, subject_type, subject_id, NULL AS subject_name, kind AS message, since AS began FROM event " \
  "WHERE kind LIKE 'seen.%'"
#define VIEW                                                                                                           \
  "CREATE VIEW first_sight AS SELECT tenant_id, 'seven' AS kind, 'identity' AS subject_type, object_id AS subject_id " \
  "FROM link WHERE partner_id = '7'"
#define NOW_(partner) "'tenants':{" TENANT(T1, ",'identities':[" LINKED(O1, partner) "]") "},"
#define THEN(kind, object) \
  "'previous':{'tenants':{'" T1 "':{'events':[{'kind':'" kind "','subjectId':'" object "','since':'" EARLIER "'}]}}},"
#define SEEN(since) \
  "'expect':[{'tenant':'" T1 "','message':'seen.seven','subject':'" O1 "','details':{'began':'" since "'}}]"

static const struct {
  const char *name, *view, *members;
} rows[] = {
    {"a row begins now", VIEW, NOW_("7") SEEN(STARTED)},
    {"no row, no event", VIEW, NOW_("8") "'expect':[]"},
    {"a row of the parent's keeps its date", VIEW, NOW_("7") THEN("seen.seven", O1) SEEN(EARLIER)},
    {"an event without a row ends", VIEW, NOW_("8") THEN("seen.seven", O1) "'expect':[]"},
    {"another kind is another event", VIEW, NOW_("7") THEN("seen.eight", O1) SEEN(STARTED)},
    {"another subject, too", VIEW, NOW_("7") THEN("seen.seven", O2) SEEN(STARTED)},
    {"what was not read is carried, and its row stays", VIEW,
     "'tenants':{" TENANT(T1, ",'identities':[" LINKED(O1, "7") "],'coverage':{'links':'stale'}") "}," THEN(
         "seen.seven", O1) SEEN(EARLIER)},
    {"rows that say the same are one", VIEW " UNION ALL SELECT tenant_id, 'seven', 'identity', object_id FROM link",
     NOW_("7") SEEN(STARTED)},
    {"a row without a text is none",
     "CREATE VIEW first_sight AS SELECT tenant_id, 'seven' AS kind, NULL AS subject_type, object_id AS subject_id FROM "
     "link",
     NOW_("7") "'expect':[]"},
    {"nor is one of another tenant",
     "CREATE VIEW first_sight AS SELECT '" T2 "' AS tenant_id, 'seven' AS kind, 'a' AS subject_type, 'b' AS subject_id",
     NOW_("7") "'expect':[]"},
    {"with a broken view the parent's stay",
     "CREATE VIEW first_sight AS SELECT tenant_id, kind, subject_type, subject_id FROM nowhere",
     NOW_("8") THEN("seen.seven", O1) SEEN(EARLIER)},
    {"without one, too", NULL, NOW_("8") THEN("seen.seven", O1) SEEN(EARLIER)},
    {"outside the scope the parent's stay", VIEW, "'scope':['" T2 "']," NOW_("8") THEN("seen.seven", O1) "'expect':[]"},
};

START_TEST(test_sights__follow_the_rules) {
  if (rows[_i].view)
    world_view("first_sight", rows[_i].view);
  world_policy("OWN1", "subject: tenant", EVENTS);
  const char *difference = world_difference("OWN1", rows[_i].members);
  ck_assert_msg(!difference, "%s:\n%s", rows[_i].name, difference);
}
END_TEST

START_TEST(test_sights__stand_beside_the_changes_in_order) {
  world_view("first_sight", VIEW);
  world_policy("OWN1", "subject: tenant", EVENTS);
  const struct pal_judge *judge =
      world_judge(NOW_("7") "'previous':{'tenants':{'" T1 "':{'identities':[" UNLINKED(O1) "]}}}", true, NULL);
  const struct pal_verdicts *verdicts = pal_judge_verdicts(judge, 1);
  ck_assert_uint_eq(verdicts->events.n, 2);
  ck_assert_str_eq(pal_get_text(verdicts->events.v[0], PAL_EVENT_KIND), "link.added");
  ck_assert_str_eq(pal_get_text(verdicts->events.v[1], PAL_EVENT_KIND), "seen.seven");
  ck_assert_str_eq(pal_get_text(verdicts->events.v[1], PAL_EVENT_SINCE), STARTED);
}
END_TEST

START_TEST(test_sights__outside_the_scope_are_the_parents) {
  world_view("first_sight", VIEW);
  world_policy("OWN1", "subject: tenant", EVENTS);
  struct pal_judge *judge =
      world_judge("'scope':['" T2 "']," NOW_("8") THEN("seen.seven", O1) "'now':'" STARTED "'", true, NULL);
  ck_assert_str_eq(world_query(judge, "SELECT kind, since FROM event"), "seen.seven," EARLIER);
}
END_TEST

Suite *make_policy_sights_suite(void);
Suite *make_policy_sights_suite(void) {
  Suite *suite = suite_create("policy/sights");
  TCase *tcase = tcase_create("sights");
  tcase_add_checked_fixture(tcase, world_enter, world_leave);
  tcase_add_loop_test(tcase, test_sights__follow_the_rules, 0, UNIT_N(rows));
  tcase_add_test(tcase, test_sights__stand_beside_the_changes_in_order);
  tcase_add_test(tcase, test_sights__outside_the_scope_are_the_parents);
  suite_add_tcase(suite, tcase);
  return suite;
}
