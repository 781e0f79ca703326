/* SPDX-License-Identifier: Apache-2.0 */
/* test_directory.c - names from Microsoft Graph: whose are asked for, in which batches, and that nothing else rests on
 * them. */
#include <stdio.h>
#include <string.h>

#include "collect/home.h"
#include "unit.h"

#define MEMBER "9e500000-0000-4000-8000-000000000002" /* a person, by way of GROUP */
#define TYPES "\"types\":[\"group\",\"servicePrincipal\",\"user\"]}"
#define ROBOT_OBJECT                                                     \
  "{\"@odata.type\":\"#microsoft.graph.servicePrincipal\",\"id\":\"" OID \
  "\",\"displayName\":\"Robot\",\"appId\":\"" CLIENT "\",\"appDisplayName\":\"R\",\"tags\":[]}"
#define GROUP_OBJECT \
  "{\"@odata.type\":\"#microsoft.graph.group\",\"id\":\"" GROUP "\",\"displayName\":\"Team\",\"mail\":null}"
#define USER_OBJECT(id, name)                                                            \
  "{\"@odata.type\":\"#microsoft.graph.user\",\"id\":\"" id "\",\"displayName\":\"" name \
  "\",\"userPrincipalName\":\"" name "@d.example\",\"businessPhones\":[\"1\"],\"jobTitle\":\"J\"}"

static void names_answer(const char *body, int status, const char *answer) {
  world_exchange("robot", HOME, GRAPH_ORIGIN P_NAMES, body, status, "application/json", answer);
}

/* A person, a group with a person in it and a group of another tenant hold roles. */
static void named_world(const char *names) {
  static char member[1024];
  world_collect("[\"directory\",\"role-assignments\"]");
  world_get("robot", HOME, P_ASSIGNMENTS(SUB1), 200,
            VALUE(ASSIGNMENT(AT_SUB(SUB1), "1", PERSON, "User") "," ASSIGNMENT(
                AT_SUB(SUB1), "2", GROUP, "Group") "," ASSIGNMENT(AT_SUB(SUB1), "3", CUSTOMER, "ForeignGroup")));
  home_one_subscription();
  world_counts("robot", HOME, Q(SUB1), COUNT(SUB1, 3));
  world_graph_token("robot", HOME, OID);
  (void)snprintf(member, sizeof member, VALUE("{\"@odata.type\":\"#microsoft.graph.user\",\"id\":\"%s\"}"), MEMBER);
  world_exchange("robot", HOME, GRAPH_ORIGIN P_MEMBERS(GROUP), "", 200, "application/json", member);
  (void)world_write(home_arena);
  char text[2048];
  (void)snprintf(text, sizeof text,
                 "{\"format\":\"palscan-recording\",\"version\":1,\"started\":\"" STARTED
                 "\",\"settings\":{\"cloud\":\"AzurePublicCloud\",\"collect\":[\"directory\",\"role-assignments\"],"
                 "\"names\":\"%s\",\"usageWindowMonths\":2,\"identities\":[%s]}}",
                 names, ROBOT("robot", HOME, LIST("\"" HOME "\"")));
  unit_write("rec/session.json", text, 0644);
}

static const struct pal_docs *run(const char *names, const char *body, int status, const char *answer) {
  static const char estate[] =
      "{\"principals\":[{\"name\":\"P\",\"objects\":[{\"tenant\":\"" HOME "\",\"objectId\":\"" MEMBER "\"}]}]}";
  names_answer(body, status, answer);
  named_world(names);
  scan_run(&home_scan, home_arena, "rec", parse_record(home_arena, &pal_kind_ESTATE, estate), 0, NULL);
  ck_assert_msg(home_scan.code == PAL_OK, "%s", home_scan.err.text);
  return &home_scan.v[0]->docs;
}

/* --- whose names --- */

#define ROBOT_LINE \
  "  {\"appId\":\"" CLIENT "\",\"displayName\":\"Robot\",\"objectId\":\"" OID "\",\"type\":\"servicePrincipal\"}"
#define GROUP_LINE "  {\"displayName\":\"Team\",\"objectId\":\"" GROUP "\",\"type\":\"group\"}"
#define USER_LINE(id, name)                                                                                 \
  "  {\"displayName\":\"" name "\",\"objectId\":\"" id "\",\"type\":\"user\",\"userPrincipalName\":\"" name \
  "@d.example\"}"

static const struct {
  const char *names, *body, *file;
} rows[] = {
    {"none", "{\"ids\":[\"" OID "\",\"" GROUP "\"]," TYPES, "[\n" ROBOT_LINE ",\n" GROUP_LINE "\n]\n"},
    {"ours", "{\"ids\":[\"" OID "\",\"" GROUP "\",\"" MEMBER "\"]," TYPES,
     "[\n" ROBOT_LINE ",\n" GROUP_LINE ",\n" USER_LINE(MEMBER, "Ours") "\n]\n"},
    {"all", "{\"ids\":[\"" OID "\",\"" GROUP "\",\"" PERSON "\",\"" MEMBER "\"]," TYPES,
     "[\n" ROBOT_LINE ",\n" GROUP_LINE ",\n" USER_LINE(PERSON, "Theirs") ",\n" USER_LINE(MEMBER, "Ours") "\n]\n"},
};

START_TEST(test_directory__people_are_asked_for_as_the_setting_says) {
  const char *people = strcmp(rows[_i].names, "none") == 0 ? ""
                       : strcmp(rows[_i].names, "ours") == 0
                           ? "," USER_OBJECT(MEMBER, "Ours")
                           : "," USER_OBJECT(MEMBER, "Ours") "," USER_OBJECT(PERSON, "Theirs");
  const char *answer = pal_arena_printf(home_arena, VALUE(GROUP_OBJECT "," ROBOT_OBJECT "%s"), people);
  const struct pal_docs *docs = run(rows[_i].names, rows[_i].body, 200, answer);
  ck_assert_str_eq(home_file(docs, "directory.json"), rows[_i].file);
  home_covers(docs, "directory", "tenant", pal_arena_printf(home_arena, "complete %d", 2 + _i));
}
END_TEST

/* A deleted principal is left out by the service. */
START_TEST(test_directory__unknown_principal_has_no_name) {
  const struct pal_docs *docs = run("none", rows[0].body, 200, VALUE(GROUP_OBJECT));
  ck_assert_str_eq(home_file(docs, "directory.json"), "[\n" GROUP_LINE "\n]\n");
  home_covers(docs, "directory", "tenant", "complete 1");
}
END_TEST

static const struct {
  const char *name, *answer, *file, *cover;
} odd[] = {
    {"not asked for", VALUE(GROUP_OBJECT "," USER_OBJECT(PERSON, "Theirs")), "[\n" GROUP_LINE "\n]\n",
     "partial 1 malformed item"},
    {"a person after all", VALUE(GROUP_OBJECT "," USER_OBJECT(OID, "Theirs")), "[\n" GROUP_LINE "\n]\n", "complete 1"},
    {"told twice", VALUE(GROUP_OBJECT "," GROUP_OBJECT), "[\n" GROUP_LINE "\n]\n", "complete 1"},
    {"two names",
     VALUE("{\"@odata.type\":\"#microsoft.graph.group\",\"id\":\"" GROUP "\",\"displayName\":\"Z\"}," GROUP_OBJECT),
     "[\n" GROUP_LINE "\n]\n", "partial 1 malformed item"},
    {"no type", VALUE("{\"id\":\"" GROUP "\",\"displayName\":\"Team\"}"), "[]\n", "partial 0 malformed item"},
    {"no id", VALUE(GROUP_OBJECT ",{\"@odata.type\":\"#microsoft.graph.group\",\"id\":\"../x\"}"),
     "[\n" GROUP_LINE "\n]\n", "partial 1 malformed item"},
};

START_TEST(test_directory__odd_answer_is_kept_in_part) {
  const struct pal_docs *docs = run("none", rows[0].body, 200, odd[_i].answer);
  ck_assert_str_eq(home_file(docs, "directory.json"), odd[_i].file);
  home_covers(docs, "directory", "tenant", odd[_i].cover);
}
END_TEST

/* --- batches --- */

enum { MANY = 1001 };

/* {"ids":[those from first on, n of them],…}; the last of all is OID, which sorts first. */
static const char *batch_body(int first, int n) {
  struct pal_buf body;
  pal_buf_init(&body, 1 << 20);
  for (int i = first; i < first + n; i++)
    if (i == 0)
      pal_buf_puts(&body, "{\"ids\":[\"" OID "\"");
    else
      pal_buf_printf(&body, "%s\"9e500000-0000-4000-8000-%012d\"", i == first ? "{\"ids\":[" : ",", i);
  pal_buf_puts(&body, "]," TYPES);
  const char *text = pal_arena_strdup(home_arena, body.data);
  pal_buf_deinit(&body);
  return text;
}

START_TEST(test_directory__thousand_at_a_time_sorted_and_each_once) {
  struct pal_buf list;
  pal_buf_init(&list, 4 << 20);
  pal_buf_puts(&list, "{\"value\":[");
  for (int i = MANY; i > 0; i--) /* backwards; the first one twice */
    for (int turn = 0; turn < (i == 1 ? 2 : 1); turn++)
      pal_buf_printf(&list,
                     "%s{\"id\":\"" AT_SUB(SUB1) "/providers/Microsoft.Authorization/roleAssignments/"
                                                 "00000000-0000-4000-800%d-%012d\",\"properties\":{\"scope\":\"" AT_SUB(
                                                     SUB1) "\",\"principalId\":"
                                                           "\"9e500000-0000-4000-8000-%012d\",\"principalType\":"
                                                           "\"ServicePrincipal\",\"roleDefinitionId\":"
                                                           "\"/providers/Microsoft.Authorization/roleDefinitions/" ROLE
                                                           "\"}}",
                     i == MANY ? "" : ",", turn, i, i);
  pal_buf_puts(&list, "]}");
  world_collect("[\"directory\",\"role-assignments\"]");
  world_get("robot", HOME, P_ASSIGNMENTS(SUB1), 200, list.data);
  home_one_subscription();
  world_counts("robot", HOME, Q(SUB1), "{\"id\":\"" SUB1 "\",\"s\":\"" SUB1 "\",\"n\":1002}");
  world_graph_token("robot", HOME, OID);
  names_answer(batch_body(0, 1000), 200, VALUE(ROBOT_OBJECT));
  names_answer(batch_body(1000, 2), 403, "{\"error\":{\"code\":\"Authorization_RequestDenied\",\"message\":\"x\"}}");
  const struct pal_docs *docs = home_run();
  ck_assert_str_eq(home_file(docs, "directory.json"), "[\n" ROBOT_LINE "\n]\n");
  home_covers(docs, "directory", "tenant", "partial 1 403 Authorization_RequestDenied");
  home_covers(docs, "role-assignments", SUB1, "complete 1002/1002");
  pal_buf_deinit(&list);
}
END_TEST

/* --- without names --- */

static const struct {
  int status;
  const char *answer, *cover;
} refusals[] = {
    {403, "{\"error\":{\"code\":\"Authorization_RequestDenied\",\"message\":\"x\"}}",
     "unread 403 Authorization_RequestDenied"},
    {200, "<html>", "unread not JSON"},
    {200, "{}", "unread unexpected shape"},
};

START_TEST(test_directory__without_it_access_is_known_as_before) {
  const struct pal_docs *docs = run("none", rows[0].body, refusals[_i].status, refusals[_i].answer);
  ck_assert_str_eq(home_file(docs, "directory.json"), "");
  home_covers(docs, "directory", "tenant", refusals[_i].cover);
  home_covers(docs, "role-assignments", SUB1, "complete 3/3");
  home_covers(docs, "role-assignments", "tenant", "complete 0");
  home_covers(docs, "groups", "tenant", "complete 1");
  home_covers(docs, "groups", GROUP, "complete 1");
}
END_TEST

/* What was known stays, as of when it was read; names that are read again replace it. */
START_TEST(test_directory__names_not_read_are_carried) {
  struct pal_docs first, second, third;
  (void)run("none", rows[0].body, 200, VALUE(GROUP_OBJECT "," ROBOT_OBJECT));
  scan_unite(&home_scan, home_arena, HOME, NULL, NULL, &first);
  world_end();
  world_begin();
  (void)run("none", rows[0].body, 403, "{\"error\":{\"code\":\"Authorization_RequestDenied\",\"message\":\"x\"}}");
  scan_unite(&home_scan, home_arena, HOME, &first, "2026-11-19T03:00:00Z", &second);
  ck_assert_str_eq(home_file(&second, "directory.json"), "[\n" ROBOT_LINE ",\n" GROUP_LINE "\n]\n");
  home_covers(&second, "directory", "tenant", "stale 2 403 Authorization_RequestDenied @2026-11-19T03:00:00Z");
  world_end();
  world_begin();
  (void)run("none", rows[0].body, 200, VALUE(GROUP_OBJECT));
  scan_unite(&home_scan, home_arena, HOME, &second, "2026-11-19T03:00:00Z", &third);
  ck_assert_str_eq(home_file(&third, "directory.json"), "[\n" GROUP_LINE "\n]\n");
  home_covers(&third, "directory", "tenant", "complete 1");
}
END_TEST

Suite *make_collect_directory_suite(void);
Suite *make_collect_directory_suite(void) {
  Suite *suite = suite_create("collect/directory");
  TCase *tc = tcase_create("directory");
  tcase_set_timeout(tc, 60);
  tcase_add_checked_fixture(tc, home_set_up, home_tear_down);
  tcase_add_loop_test(tc, test_directory__people_are_asked_for_as_the_setting_says, 0, UNIT_N(rows));
  tcase_add_test(tc, test_directory__unknown_principal_has_no_name);
  tcase_add_loop_test(tc, test_directory__odd_answer_is_kept_in_part, 0, UNIT_N(odd));
  tcase_add_test(tc, test_directory__thousand_at_a_time_sorted_and_each_once);
  tcase_add_loop_test(tc, test_directory__without_it_access_is_known_as_before, 0, UNIT_N(refusals));
  tcase_add_test(tc, test_directory__names_not_read_are_carried);
  suite_add_tcase(suite, tc);
  return suite;
}
