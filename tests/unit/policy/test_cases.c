/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "pal_file.h"
#include "policy_world.h"

#define GLOBAL                                                                                                     \
  "SELECT tenant_id, 'identity' AS subject_type, object_id AS subject_id, NULL AS subject_name, 'now' AS message " \
  "FROM link WHERE partner_id = '1000001'"

struct seen {
  size_t n, differ;
  char diff[4096];
};

static enum pal_code see(void *payload, const char *policy, const char *name, const char *diff, struct pal_err *err) {
  struct seen *seen = payload;
  (void)policy, (void)name, (void)err;
  seen->n++;
  seen->differ += diff != NULL;
  if (diff)
    (void)snprintf(seen->diff, sizeof seen->diff, "%s", diff);
  return PAL_OK;
}

static const struct {
  const char *text, *part;
} wrong[] = {
    {"{\"policy\":\"OWN1\",\"cases\":[{\"name\":\"a\",\n  \"expects\":[]}]}", "case.json:2:"},
    {"{\"policy\":\"OWN1\",\"cases\":[{\"name\":\"a\",\n  \"expects\":[]}]}", "did you mean \"expect\"?"},
    {"{\"policy\":\"OWN1\",\"cases\":[{\"name\":\"a\"}]}", "has \"expect\""},
    {"{\"policy\":\"OWN1\",\"cases\":[{\"expect\":[]}]}", "has a \"name\""},
    {"{\"policy\":\"OWN9\",\"cases\":[]}", "names no policy"},
    {"{\"policy\":\"OWN1\",\"cases\":[{\"name\":\"a\",\"expect\":[],\"tenants\":{\"x\":{}}}]}", "no tenant id"},
    {"{\"policy\":\"OWN1\",\"cases\":[{\"name\":\"a\",\"expect\":[],\"tenants\":{\"" T1 "\":{\"identity\":[]}}}]}",
     "did you mean \"identities\"?"},
    {"{\"policy\":\"OWN1\",\"cases\":[{\"name\":\"a\",\"expect\":[],\"tenants\":{\"" T1
     "\":{\"identities\":[\n\n{\"objectId\":\"" O1 "\",\"nam\":1}]}}}]}",
     "case.json:3:1"},
    {"{\"policy\":\"OWN1\",\"cases\":[{\"name\":\"a\",\"expect\":[],\"tenants\":{\"" T1
     "\":{\"coverage\":{\"link\":{}}}}}]}",
     "unknown area \"link\""},
    {"{\"policy\":\"OWN1\",\"cases\":[{\"name\":\"a\",\"expect\":[],\"tenants\":{\"" T1
     "\":{\"coverage\":{\"usage\":\"gone\"}}}}]}",
     "unknown state \"gone\""},
    {"{\"policy\":\"OWN1\",\"cases\":[{\"name\":\"a\",\"expect\":[{\"verdikt\":\"fail\"}]}]}",
     "did you mean \"verdict\"?"},
    {"{\"cases\":[{\"name\":\"a\",\"expect\":[{\"verdict\":\"fail\"}]}]}", "names its \"policy\""},
    {"{\"policy\":\"OWN1\",\"cases\":[{\"name\":\"a\",\"expect\":[{\"policy\":\"OWN1\"}]}]}", "unknown key \"policy\""},
    {"{\"cases\":[{\"name\":\"a\",\"expect\":[],\"previous\":{\"tenants\":{\"" T1
     "\":{\"findings\":[{\"subject\":{\"type\":\"tenant\",\"id\":\"x\"}}]}}}}]}",
     "names its \"policy\""},
    {"{\"policy\":\"OWN1\",\"cases\":[{\"name\":\"a\",\"policy\":\"OWN1\",\"expect\":[]}]}", "the file says already"},
    {"{\"cases\":[{\"name\":\"a\",\"policy\":\"OWN9\",\"expect\":[]}]}", "names no policy"},
    {"{\"world\":{\"tenant\":{}},\"cases\":[]}", "did you mean \"tenants\"?"},
    {"{\"cases\":[{\"name\":\"a\",\"nights\":[{\"expect\":[]}]}]}", "a night has a \"now\""},
    {"{\"cases\":[{\"name\":\"a\",\"nights\":[{\"now\":\"" STARTED "\"}]}]}", "has \"expect\""},
    {"{\"cases\":[{\"name\":\"a\",\"nights\":[]}]}", "\"nights\" is an array"},
    {"{\"cases\":[{\"name\":\"a\",\"expect\":[],\"nights\":[{\"now\":\"" STARTED "\",\"expect\":[]}]}]}",
     "gives \"expect\" night by night"},
    {"{\"policy\":\"OWN1\",\"cases\":[{\"name\":\"a\",\"now\":\"today\",\"expect\":[]}]}", "expected an instant"},
};

START_TEST(test_cases__what_is_misspelt_is_refused_at_its_place) {
  struct pal_err err;
  struct seen seen = {0};
  world_policy("OWN1", "subject: identity\nreads: links", GLOBAL);
  unit_write("case.json", wrong[_i].text, 0600);
  unit_fails(pal_cases_run(world_pack(), "case.json", see, &seen, &err), PAL_E_INPUT, wrong[_i].part, &err);
}
END_TEST

START_TEST(test_cases__a_folder_holds_one_file_per_policy) {
  struct pal_err err;
  struct seen seen = {0};
  world_policy("OWN1", "subject: identity\nreads: links", GLOBAL);
  world_policy("OWN2", "subject: identity\nreads: links", GLOBAL);
  unit_ok(pal_dir_make("pack/cases", 0700, &err), &err);
  unit_write(
      "pack/cases/OWN1.json",
      "// a comment\n{\"policy\":\"OWN1\",\"cases\":[{\"name\":\"a\",\"expect\":[]},{\"name\":\"b\",\"expect\":[{}]}]}",
      0600);
  unit_write("pack/cases/OWN2.json", "{\"policy\":\"OWN2\",\"cases\":[{\"name\":\"c\",\"expect\":[]}]}", 0600);
  unit_write("pack/cases/README.md", "not a case", 0600);
  unit_ok(pal_cases_run(world_pack(), "pack", see, &seen, &err), &err);
  ck_assert_uint_eq(seen.n, 3);
  ck_assert_uint_eq(seen.differ, 1);
  ck_assert_str_eq(seen.diff, "- expected {}\n");
}
END_TEST

START_TEST(test_cases__the_difference_shows_both) {
  world_policy("OWN1", "subject: identity\nreads: links", GLOBAL);
  const char *difference = world_difference(
      "OWN1", "'tenants':{" TENANT(T1, ",'identities':[" LINKED(
                                           O1, "1000001") "]") "},'expect':[{'verdict':'unknown','subject':'" O1 "'}]");
  ck_assert_str_eq(difference, "- expected {\"subject\":\"" O1 "\",\"verdict\":\"unknown\"}\n"
                               "  verdict: expected \"unknown\", got \"fail\"\n"
                               "+ got      {\"tenant\":\"" T1 "\",\"subjectType\":\"identity\",\"subject\":\"" O1
                               "\",\"verdict\":\"fail\",\"severity\":\"high\","
                               "\"status\":\"open\",\"since\":\"" STARTED "\",\"message\":\"now\"}\n");
}
END_TEST

START_TEST(test_cases__a_loose_expectation_leaves_the_particular_one_its_finding) {
  world_policy("OWN1", "subject: identity\nreads: links", GLOBAL);
  world_expect("OWN1", "'tenants':{" TENANT(T1, ",'identities':[" LINKED(O1, "1000001") "," LINKED(
                                                    O2, "1000001") "]") "},'expect':[{},{'subject':'" O1 "'}]");
}
END_TEST

START_TEST(test_cases__a_tenant_may_give_its_directory) {
  world_policy("OWN1", "subject: identity\nreads: directory",
               "SELECT tenant_id, 'identity' AS subject_type, object_id AS subject_id, name AS subject_name, type AS "
               "message FROM directory_object");
  world_expect("OWN1", "'tenants':{" TENANT(T1, ",'directory':[{'objectId':'" O1
                                                "','type':'user'}]") "},'expect':[{"
                                                                     "'subject':'" O1 "','message':'user'}]");
}
END_TEST

static const char *difference_of(const char *text) {
  static struct seen seen;
  struct pal_err err;
  char json[4096];
  seen = (struct seen){0};
  (void)snprintf(json, sizeof json, "%s", text);
  for (char *c = json; *c; c++)
    *c = *c == '\'' ? '"' : *c;
  unit_write("case.json", json, 0600);
  unit_ok(pal_cases_run(world_pack(), "case.json", see, &seen, &err), &err);
  ck_assert_uint_eq(seen.n, 1);
  return seen.differ ? seen.diff : NULL;
}

START_TEST(test_cases__an_estate_is_judged_by_all_policies) {
  world_policy("OWN1", "subject: identity\nreads: links", GLOBAL);
  world_policy("OWN2", "subject: identity\nreads: links\nfolded-under: OWN1", GLOBAL);
  ck_assert_ptr_null(difference_of("{'world':{'tenants':{" TENANT(
      T1, ",'identities':[" LINKED(O1, "1000001") "]") "}},'cases':[{'name':"
                                                       "'a','expect':[{'policy':'OWN1','status':'open'},{'policy':'"
                                                       "OWN2','foldedUnder':'OWN1'}]}]}"));
  /* whatever is not expected is told with its policy */
  const char *difference = difference_of("{'cases':[{'name':'a','tenants':{" TENANT(
      T1, ",'identities':[" LINKED(O1, "1000001") "]") "},'expect':[{'policy':'OWN1','status':'open'}]}]}");
  ck_assert_ptr_nonnull(strstr(difference,
                               "+ got      {\"tenant\":\"" T1 "\",\"subjectType\":\"identity\",\"subject\":\"" O1
                               "\",\"policy\":\"OWN2\""));
  ck_assert_ptr_null(strstr(difference, "OWN1\",\"verdict"));
}
END_TEST

START_TEST(test_cases__a_case_gives_what_differs_from_the_world) {
  world_policy("OWN1", "subject: identity\nreads: links", GLOBAL);
#define COMMON                                                                                                \
  "{'policy':'OWN1','world':{'tenants':{" TENANT(T1, ",'identities':[" LINKED(O1, "1000001") "]") "," TENANT( \
      T2, ",'identities':[" LINKED(O2, "1000001") "]") "}},'cases':[{'name':'a',"
  ck_assert_ptr_null(difference_of(COMMON "'expect':[{'tenant':'" T1 "'},{'tenant':'" T2 "'}]}]}"));
  ck_assert_ptr_null(difference_of(COMMON "'tenants':{'" T2 "':null},'expect':[{'tenant':'" T1 "'}]}]}"));
  ck_assert_ptr_null(difference_of(
      COMMON "'tenants':{" TENANT(T2, ",'identities':[" UNLINKED(O2) "]") "},'expect':[{'tenant':'" T1 "'}]}]}"));
}
END_TEST

START_TEST(test_cases__nights_follow_one_another) {
  world_policy("OWN1", "subject: identity\nreads: links", GLOBAL);
  world_policy(
      "OWN2", "subject: identity",
      "SELECT tenant_id, 'identity' AS subject_type, subject_id, NULL AS subject_name, kind AS message FROM event");
#define NIGHT(day) "'now':'2026-11-" day "T02:00:00Z'"
#define NIGHTS(last)                                                                                                  \
  "{'cases':[{'name':'a','nights':["                                                                                  \
  "{" NIGHT("17") ",'tenants':{" TENANT(T1, ",'identities':[" LINKED(O1, "1000001") "]") "," TENANT(                  \
      T2, ",'identities':[" UNLINKED(                                                                                 \
              O2) "]") "},'expect':[{'policy':'OWN1','tenant':'" T1 "','since':'2026-11-17T02:00:00Z'}]},"            \
                       "{" NIGHT(                                                                                     \
                           "18") ",'expect':[{'policy':'OWN1','since':'2026-11-17T02:00:00Z'}]},"                     \
                                 "{" NIGHT("19") ",'tenants':{" TENANT(                                               \
                                     T1, ",'identities':[" UNLINKED(                                                  \
                                             O1) "]") "},'expect':[{'policy':'OWN2','tenant':'" T1                    \
                                                      "','message':'link.removed'}]},"                                \
                                                      "{" NIGHT(                                                      \
                                                          "20") ",'expect':[{'policy':'OWN2','since':'2026-11-19T02:" \
                                                                "00:00Z'}]},"                                         \
                                                                "{" NIGHT("21") ",'tenants':{'" T1                    \
                                                                                "':null},'expect':[" last "]}]}]}"
  /* What a night leaves out is as before, and open since then; the event is the parent's; a tenant that is gone takes
   * its own along. */
  ck_assert_ptr_null(difference_of(NIGHTS("")));
  ck_assert_str_eq(difference_of(NIGHTS("{'policy':'OWN1'}")),
                   "2026-11-21T02:00:00Z:\n- expected {\"policy\":\"OWN1\"}\n");
}
END_TEST

Suite *make_policy_cases_suite(void);
Suite *make_policy_cases_suite(void) {
  Suite *suite = suite_create("policy/cases");
  TCase *tcase = tcase_create("cases");
  tcase_add_checked_fixture(tcase, world_enter, world_leave);
  tcase_add_loop_test(tcase, test_cases__what_is_misspelt_is_refused_at_its_place, 0, UNIT_N(wrong));
  tcase_add_test(tcase, test_cases__a_folder_holds_one_file_per_policy);
  tcase_add_test(tcase, test_cases__the_difference_shows_both);
  tcase_add_test(tcase, test_cases__a_loose_expectation_leaves_the_particular_one_its_finding);
  tcase_add_test(tcase, test_cases__a_tenant_may_give_its_directory);
  tcase_add_test(tcase, test_cases__an_estate_is_judged_by_all_policies);
  tcase_add_test(tcase, test_cases__a_case_gives_what_differs_from_the_world);
  tcase_add_test(tcase, test_cases__nights_follow_one_another);
  suite_add_tcase(suite, tcase);
  return suite;
}
