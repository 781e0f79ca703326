/* SPDX-License-Identifier: Apache-2.0 */
/* test_cut.c - what of a tenant or of a policy is too long costs its end, or that policy, never the run. */
#include <stdio.h>

#include "pal_arena.h"
#include "policy/cut.h"
#include "policy_world.h"

#define ELLIPSIS "\xe2\x80\xa6"
#define TWO_TENANTS "'tenants':{" TENANT(T1, "") "," TENANT(T2, "") "}"
#define SUBJECT "id AS tenant_id, 'tenant' AS subject_type, id AS subject_id"
#define NUMBERS(n) "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < " #n " - 1) "

/* The finding of OWN1 in a tenant. */
static const struct pal_record *finding_of(const struct pal_judge *judge, const char *tenant) {
  for (size_t i = 0; i < pal_judge_verdicts_n(judge); i++) {
    const struct pal_verdicts *verdicts = pal_judge_verdicts(judge, i);
    if (strcmp(verdicts->tenant_id, tenant) == 0 && verdicts->findings.n == 1)
      return verdicts->findings.v[0];
  }
  ck_abort_msg("no one finding in %s", tenant);
  return NULL;
}

static struct pal_judge *judge_rows(const char *sql) {
  world_policy("OWN1", "subject: tenant", sql);
  struct pal_judge *judge = world_judge(TWO_TENANTS, true, NULL);
  const struct pal_policy_result *result = world_result(judge, "OWN1");
  ck_assert_msg(result->state == PAL_TESTED, "%s", result->why);
  ck_assert_uint_eq(result->fail, 2);
  return judge;
}

static bool ends_with(const char *text, const char *end) {
  size_t len = strlen(text), end_len = strlen(end);
  return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

START_TEST(test_cut__text_ends_between_characters) {
  static const struct {
    const char *text, *cut;
    size_t max;
  } texts[] = {{"abcdef", "abcdef", 6},
               {"abcdefg", "abc" ELLIPSIS, 6},
               {"ab\xc3\xa9\xc3\xa9\xc3\xa9", "ab" ELLIPSIS, 6},
               {"ab\xc3\xa9\xc3\xa9\xc3\xa9", "ab\xc3\xa9" ELLIPSIS, 7},
               {"\xf0\x9f\x99\x82\xf0\x9f\x99\x82", ELLIPSIS, 6},
               {"", "", 3}};
  struct pal_arena *arena = pal_arena_new(0);
  for (size_t i = 0; i < UNIT_N(texts); i++)
    ck_assert_str_eq(cut_text(arena, texts[i].text, texts[i].max), texts[i].cut);
  pal_arena_free(arena);
}
END_TEST

START_TEST(test_cut__message_and_name_of_one_tenant_are_cut) {
  struct pal_judge *judge =
      judge_rows("SELECT " SUBJECT ", iif(id = '" T1 "', replace(printf('%.*c', 40000, 'x'), 'x', char(233)), 'n') AS "
                 "subject_name, iif(id = '" T1 "', printf('%.*c', 2000000, 'm'), 'm') AS message FROM tenant");
  const struct pal_record *long_one = finding_of(judge, T1), *other = finding_of(judge, T2);
  const char *message = pal_get_text(long_one, PAL_FINDING_MESSAGE),
             *name = pal_get_text(pal_get_record(long_one, PAL_FINDING_SUBJECT), PAL_SUBJECT_NAME);
  ck_assert_uint_eq(strlen(message), PAL_TEXT_MAX);
  ck_assert(ends_with(message, "mm" ELLIPSIS));
  ck_assert_uint_eq(strlen(name), PAL_TEXT_MAX - 1);
  ck_assert(ends_with(name, "\xc3\xa9\xc3\xa9" ELLIPSIS));
  ck_assert_str_eq(pal_get_text(other, PAL_FINDING_MESSAGE), "m");
}
END_TEST

START_TEST(test_cut__list_of_one_tenant_is_cut_and_counted) {
  struct pal_judge *judge =
      judge_rows(NUMBERS(8000) "SELECT " SUBJECT ", 'n' AS subject_name, 'm' AS message, "
                               "(SELECT pal_list(json_array(printf('%05d-%.*c', i, 200, 'x'), 'y')) FROM n "
                               "WHERE tenant.id = '" T1 "' OR i < 2) AS roles FROM tenant");
  const char *details = pal_get_text(finding_of(judge, T1), PAL_FINDING_DETAILS);
  ck_assert_uint_le(strlen(details), 257 << 10);
  ck_assert_uint_gt(strlen(details), 255 << 10);
  ck_assert_msg(strncmp(details, "{\"roles\":[[\"00000-x", 19) == 0, "%.40s", details);
  const char *mark = strstr(details, ",\"" ELLIPSIS " ");
  ck_assert_ptr_nonnull(mark);
  size_t kept = 0;
  for (const char *at = details; (at = strstr(at, "[\"0")) != NULL; at++)
    kept++;
  ck_assert_uint_eq(cut_marked(mark + 2), 8000 - kept);
  ck_assert_uint_lt(strlen(pal_get_text(finding_of(judge, T2), PAL_FINDING_DETAILS)), 1000);
}
END_TEST

static const char *const long_details[] = {
    /* four lists of a quarter each and a text */
    NUMBERS(30000) "SELECT " SUBJECT ", 'n' AS subject_name, 'm' AS message, (SELECT pal_list(i) FROM n) AS a, "
                   "(SELECT pal_list('b' || i) FROM n) AS b, (SELECT pal_list('c' || i) FROM n) AS c, "
                   "printf('%.*c', 900000, 'd') AS d FROM tenant",
    /* an object, and what every byte of is escaped */
    "SELECT " SUBJECT ", 'n' AS subject_name, 'm' AS message, json_object('a', printf('%.*c', 900000, 'x')) AS o, "
    "replace(printf('%.*c', 700000, 'x'), 'x', char(1)) AS p FROM tenant",
    /* far more than a snapshot holds */
    "SELECT " SUBJECT ", 'n' AS subject_name, 'm' AS message, printf('%.*c', 15000000, '[') AS a, "
    "printf('%.*c', 15000000, 'b') AS b FROM tenant",
};

START_TEST(test_cut__details_share_the_room) {
  struct pal_judge *judge = judge_rows(long_details[_i]);
  const char *details = pal_get_text(finding_of(judge, T2), PAL_FINDING_DETAILS);
  ck_assert_uint_le(strlen(details), 768 << 10);
  ck_assert_ptr_nonnull(strstr(details, ELLIPSIS));
}
END_TEST

/* A list that was cut twice still counts everything. */
START_TEST(test_cut__list_cut_again_counts_all) {
  struct pal_judge *judge =
      judge_rows(NUMBERS(40000) "SELECT " SUBJECT ", 'n' AS subject_name, 'm' AS message, "
                                "(SELECT pal_list(printf('%08d', i)) FROM n) AS a, printf('%.*c', 700000, 'x') AS b, "
                                "1 AS c, 2 AS d, 3 AS e, 4 AS f FROM tenant");
  const char *details = pal_get_text(finding_of(judge, T1), PAL_FINDING_DETAILS);
  size_t kept = 0;
  const char *mark = strstr(details, ",\"" ELLIPSIS " ");
  ck_assert_ptr_nonnull(mark);
  for (const char *at = details; (at = strstr(at, "\"000")) != NULL && at < mark; at++)
    kept++;
  ck_assert_uint_lt(kept, 15000);
  ck_assert_uint_eq(cut_marked(mark + 2) + kept, 40000);
}
END_TEST

/* What a snapshot cannot hold as JSON is told as the text it is. */
START_TEST(test_cut__deep_json_is_text) {
  struct pal_judge *judge =
      judge_rows("SELECT " SUBJECT ", 'n' AS subject_name, 'm' AS message, replace(printf('%.*c', 40, 'x'), 'x', '[') "
                 "|| replace(printf('%.*c', 40, 'x'), 'x', ']') AS deep, '[[\"[\"]]' AS flat FROM tenant");
  const char *details = pal_get_text(finding_of(judge, T1), PAL_FINDING_DETAILS);
  ck_assert_msg(strncmp(details, "{\"deep\":\"[[[[", 13) == 0, "%.40s", details);
  ck_assert_msg(ends_with(details, ",\"flat\":[[\"[\"]]}"), "%s", details);
}
END_TEST

/* The same values in two orders, each three times: the same list, digest included. */
START_TEST(test_cut__pal_list_is_the_same_in_any_order) {
  struct pal_judge_options all = {.all_tables = true};
  struct pal_judge *judge = world_judge("'tenants':{" TENANT(T1, "") "}", false, &all);
#define LISTS(order) "(SELECT pal_list(printf('%05d-%.*c', " order " / 3, 1 + " order " / 3 * 7 % 1000, 'x')) FROM n)"
  const char *rows = world_query(
      judge, NUMBERS(30000) "SELECT a = b, json_array_length(a) BETWEEN 400 AND 600, json_extract(a, '$[1]') LIKE "
                            "'00001-xxxxxxxx', json_extract(a, '$[#-1]') LIKE '" ELLIPSIS " % more, digest %' FROM "
                            "(SELECT " LISTS("i") " AS a, " LISTS("(i * 7919 % 30000)") " AS b)");
#undef LISTS
  ck_assert_str_eq(rows, "1,1,1,1");
}
END_TEST

/* Another value among those left out is another digest: an acceptance that pins the list lapses. */
START_TEST(test_cut__mark_tells_one_rest_from_another) {
  struct pal_judge_options all = {.all_tables = true};
  struct pal_judge *judge = world_judge("'tenants':{" TENANT(T1, "") "}", false, &all);
#define LIST(last) "(SELECT pal_list(iif(i = 49999, " last ", printf('%09d', i))) FROM n)"
  const char *rows =
      world_query(judge, NUMBERS(50000) "SELECT a = b, json_array_length(a) = json_array_length(b), "
                                        "json_extract(a, '$[100]') = json_extract(b, '$[100]') FROM (SELECT " LIST(
                                            "'one'") " AS a, " LIST("'two'") " AS b)");
#undef LIST
  ck_assert_str_eq(rows, "0,1,1");
}
END_TEST

/* Units that are too many are those of the default: the row is judged by all of the tenant. */
START_TEST(test_cut__units_cut_are_the_default) {
  world_policy("OWN1", "subject: tenant\nreads: usage\nneeds: usage",
               NUMBERS(20000) "SELECT " SUBJECT ", 'n' AS subject_name, 'm' AS message, (SELECT "
                              "pal_list(json_array('usage', printf('%036d', i))) FROM n) AS units FROM tenant");
  struct pal_judge *judge = world_judge("'tenants':{" TENANT(T1, "") "}", true, NULL);
  const struct pal_policy_result *result = world_result(judge, "OWN1");
  ck_assert_msg(result->state == PAL_TESTED, "%s", result->why);
  ck_assert_uint_eq(result->fail, 1);
}
END_TEST

static const struct {
  const char *columns, *why;
} refused[] = {
    {"printf('%.*c', 70000, 'x') AS subject_id, 'n' AS subject_name, 'm' AS message", "column subject_id: too long"},
    {"id AS subject_id, 'n' AS subject_name, 'm' AS message, printf('%.*c', 70000, 'x') AS key",
     "column key: too long"},
    {"id AS subject_id, 'n' AS subject_name, 'm' AS message, 1 AS a, 2 AS A", "two columns"},
    {"id AS subject_id, 'n' AS subject_name, 'm' || printf('%.*c', 20000000, 'x') AS message", "printf: too long"},
    {"id AS subject_id, 'n' AS subject_name, 'm' AS message FROM tenant WHERE length(format('%.*c', 20000000, 'x')) > "
     "1 UNION ALL SELECT id, 'tenant', id, 'n', 'm'",
     "printf: too long"},
    {"id AS subject_id, 'n' AS subject_name, NULL AS message", "column message: empty"},
};

START_TEST(test_cut__policy_that_cannot_be_told_is_unknown_and_the_rest_goes_on) {
  char sql[512];
  (void)snprintf(sql, sizeof sql, "SELECT id AS tenant_id, 'tenant' AS subject_type, %s FROM tenant",
                 refused[_i].columns);
  world_policy("OWN1", "subject: tenant", sql);
  world_policy("OWN2", "subject: tenant", "SELECT " SUBJECT ", 'n' AS subject_name, 'm' AS message FROM tenant");
  const struct pal_judge *judge = world_judge(TWO_TENANTS, true, NULL);
  const struct pal_policy_result *result = world_result(judge, "OWN1");
  ck_assert_int_eq(result->state, PAL_BROKEN);
  ck_assert_msg(strstr(result->why, refused[_i].why) != NULL, "%s", result->why);
  ck_assert_uint_eq(result->unknown, 1);
  ck_assert_uint_eq(world_result(judge, "OWN2")->fail, 2);
}
END_TEST

/* What the judge adds to details takes the place of a column of that name in any case of letters. */
START_TEST(test_cut__column_named_like_what_is_added) {
  world_policy("OWN1", "subject: tenant\nreads: usage\nneeds: usage",
               "SELECT " SUBJECT ", 'n' AS subject_name, 'm' AS message, 'mine' AS Areas FROM tenant");
  world_expect("OWN1",
               "'tenants':{" TENANT(T1, ",'coverage':{'usage':'unread'}") "},"
                                                                          "'expect':[{'verdict':'unknown','details':{'"
                                                                          "areas':['usage'],'cause':['unread']}}]");
}
END_TEST

/* A partner's name and a state as long as a record holds, of which each byte is escaped. */
START_TEST(test_cut__longest_link_is_judged) {
  enum { LONG = PAL_TEXT_MAX };
  static char members[14 * LONG];
  static char text[6 * LONG + 1];
  for (size_t i = 0; i < LONG; i++)
    memcpy(text + 6 * i, "\\u0001", 7);
  (void)snprintf(members, sizeof members,
                 "'tenants':{" TENANT(T1, ",'identities':[{'objectId':'" O1
                                          "','names':['auto'],'link':{'partnerId':'1','partnerName':'%s'"
                                          ",'state':'%s'}}]") "}",
                 text, text);
  world_policy("OWN1", "subject: tenant\nreads: links",
               "SELECT tenant_id, 'identity' AS subject_type, object_id AS subject_id, partner_name AS subject_name, "
               "partner_name || partner_name AS message FROM link");
  const struct pal_policy_result *result = world_result(world_judge(members, true, NULL), "OWN1");
  ck_assert_msg(result->state == PAL_TESTED, "%s", result->why);
  ck_assert_uint_eq(result->fail, 1);
}
END_TEST

Suite *make_policy_cut_suite(void);
Suite *make_policy_cut_suite(void) {
  Suite *suite = suite_create("policy/cut");
  TCase *tcase = tcase_create("cut");
  tcase_add_checked_fixture(tcase, world_enter, world_leave);
  tcase_set_timeout(tcase, 60);
  tcase_add_test(tcase, test_cut__text_ends_between_characters);
  tcase_add_test(tcase, test_cut__message_and_name_of_one_tenant_are_cut);
  tcase_add_test(tcase, test_cut__list_of_one_tenant_is_cut_and_counted);
  tcase_add_loop_test(tcase, test_cut__details_share_the_room, 0, UNIT_N(long_details));
  tcase_add_test(tcase, test_cut__list_cut_again_counts_all);
  tcase_add_test(tcase, test_cut__deep_json_is_text);
  tcase_add_test(tcase, test_cut__pal_list_is_the_same_in_any_order);
  tcase_add_test(tcase, test_cut__mark_tells_one_rest_from_another);
  tcase_add_test(tcase, test_cut__units_cut_are_the_default);
  tcase_add_loop_test(tcase, test_cut__policy_that_cannot_be_told_is_unknown_and_the_rest_goes_on, 0, UNIT_N(refused));
  tcase_add_test(tcase, test_cut__column_named_like_what_is_added);
  tcase_add_test(tcase, test_cut__longest_link_is_judged);
  suite_add_tcase(suite, tcase);
  return suite;
}
