/* SPDX-License-Identifier: Apache-2.0 */
#include "policy_world.h"

static enum pal_code no_row(void *payload, int n, const char *const *names, const struct pal_sql_value *values,
                            struct pal_err *err) {
  (void)payload, (void)n, (void)names, (void)values, (void)err;
  return PAL_OK;
}

static enum pal_code ask(const char *sql, struct pal_err *err) {
  struct pal_judge_options all = {.all_tables = true};
  return pal_judge_query(world_judge("'tenants':{" TENANT(T1, "") "}", false, &all), sql, no_row, NULL, err);
}

static const struct {
  const char *sql, *part;
} forbidden[] = {
    /* functions */
    {"SELECT random()", "random"},
    {"SELECT randomblob(4)", "randomblob"},
    {"SELECT group_concat(id) FROM tenant", "group_concat"},
    {"SELECT json_group_array(id) FROM tenant", "json_group_array"},
    {"SELECT json_group_object(id, 1) FROM tenant", "json_group_object"},
    {"SELECT load_extension('x')", "load_extension"},
    {"SELECT last_insert_rowid()", "last_insert_rowid"},
    {"SELECT sqlite_version()", "sqlite_version"},
    {"SELECT sqlite_compileoption_get(0)", "sqlite_compileoption_get"},
    {"SELECT changes()", "changes"},
    {"SELECT zeroblob(10)", "zeroblob"},
    {"SELECT readfile('/etc/passwd')", "readfile"},
    {"SELECT writefile('/tmp/x', 'y')", "writefile"},
    {"SELECT fts3_tokenizer('x')", "fts3_tokenizer"},
    {"SELECT matchinfo('x')", "matchinfo"},
    {"SELECT (SELECT random() FROM tenant)", "random"},
    /* time zones */
    {"SELECT datetime('now', 'localtime')", "localtime and utc"},
    {"SELECT datetime('now', 'local' || 'time')", "localtime and utc"},
    {"SELECT datetime('now', CAST('localtime' AS BLOB))", "localtime and utc"},
    {"SELECT datetime('now', x'757463')", "localtime and utc"},
    {"SELECT strftime('%H', 'now', 'UTC')", "localtime and utc"},
    {"SELECT time('now', 'start of day', 'LocalTime')", "localtime and utc"},
    /* statements */
    {"INSERT INTO tenant(id) VALUES('x')", "not authorized"},
    {"UPDATE tenant SET id = 'x'", "not authorized"},
    {"DELETE FROM tenant", "not authorized"},
    {"CREATE TABLE x(a)", "not authorized"},
    {"CREATE TEMP TABLE x AS SELECT 1", "not authorized"},
    {"CREATE TEMP VIEW x AS SELECT 1", "not authorized"},
    {"CREATE TEMP TRIGGER t AFTER INSERT ON tenant BEGIN SELECT 1; END", "not authorized"},
    {"CREATE VIRTUAL TABLE x USING fts5(a)", "not authorized"},
    {"DROP TABLE tenant", "not authorized"},
    {"ALTER TABLE tenant ADD COLUMN x", "not authorized"},
    {"CREATE INDEX i ON tenant(id)", "not authorized"},
    {"REINDEX", "not authorized"},
    {"ANALYZE", "not authorized"},
    {"VACUUM", "only SELECT"},
    {"VACUUM INTO '/tmp/palscan-escape'", "only SELECT"},
    {"ATTACH '/tmp/palscan-escape' AS x", "not authorized"},
    {"ATTACH ':memory:' AS x", "not authorized"},
    {"DETACH previous", "not authorized"},
    {"PRAGMA temp_store_directory='/tmp'", "not authorized"},
    {"PRAGMA writable_schema=1", "not authorized"},
    {"PRAGMA database_list", "not authorized"},
    {"BEGIN", "not authorized"},
    {"COMMIT", "not authorized"},
    {"SAVEPOINT x", "not authorized"},
    {"EXPLAIN SELECT 1", "EXPLAIN"},
    {"EXPLAIN QUERY PLAN SELECT 1", "EXPLAIN"},
    {"SELECT ?", "too many SQL variables"},
    {"SELECT :a", "too many SQL variables"},
    {"SELECT 1; SELECT 2", "a second statement"},
    {"SELECT 1; DROP TABLE tenant", "a second statement"},
    {"SELECT 1; /* open", "a second statement"},
    {"", "no statement"},
    {"-- nothing", "no statement"},
    /* tables */
    {"SELECT sql FROM sqlite_master", "prohibited"},
    {"SELECT count(*) FROM sqlite_schema", "not authorized"},
    {"SELECT count(*) FROM pragma_database_list", "not authorized"},
    {"SELECT sql FROM previous.sqlite_schema", "prohibited"},
    {"SELECT stat FROM sqlite_stat1", "prohibited"},
    {"SELECT name FROM pragma_database_list", "not authorized"},
    {"SELECT name FROM pragma_table_info('tenant')", "not authorized"},
    {"SELECT name FROM pragma_function_list", "not authorized"},
    {"SELECT name FROM dbstat", "dbstat"},
    {"SELECT sql FROM sqlite_stmt", "sqlite_stmt"},
    {"SELECT 1 FROM bytecode('SELECT 1')", ""},
    {"SELECT \"no column, no text\"", "no such column"},
    {"SELECT x FROM missing", "no such table: missing"},
    {"SELECT 1,\n  wrong FROM tenant", "query:2:3: no such column: wrong"},
};

START_TEST(test_sandbox__forbidden_is_refused) {
  struct pal_err err = {0};
  unit_fails(ask(forbidden[_i].sql, &err), PAL_E_INPUT, forbidden[_i].part, &err);
}
END_TEST

static const struct {
  const char *sql, *rows;
} permitted[] = {
    {"SELECT count(*) FROM tenant", "1"},
    {"SELECT id FROM tenant;", T1},
    {"SELECT value FROM json_each('[1,2]') ORDER BY value DESC", "2|1"},
    {"SELECT path FROM json_tree('{\"a\":1}') WHERE atom = 1", "$"},
    {"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n", "1|2|3"},
    {"SELECT datetime('now'), date('now', '+1 day'), CURRENT_DATE, CURRENT_TIMESTAMP, time()",
     "2026-11-20 02:00:00,2026-11-21,2026-11-20,2026-11-20 02:00:00,02:00:00"},
    {"SELECT strftime('%Y-%m', 'now', 'start of month', '-1 months'), unixepoch('now'), CAST(julianday('now') AS "
     "INTEGER)",
     "2026-10,1795140000,2461364"},
    {"SELECT started, today, previous_started, has_previous, first_run, replay FROM run",
     STARTED ",2026-11-20,-,0," STARTED ","},
    {"SELECT date(NULL), date('nonsense')", "-,-"},
    {"SELECT pal_list(value) FROM json_each('[\"b\",\"a\",\"b\",null,\"\\u00fc\",\"Z\"]')",
     "[\"Z\",\"a\",\"b\",\"\xc3\xbc\"]"},
    {"SELECT pal_list(id) FROM tenant WHERE 0", "[]"},
    {"SELECT pal_list(json_array(value, 1)) FROM json_each('[\"b\",\"a\"]')", "[[\"a\",1],[\"b\",1]]"},
    {"SELECT json_array(pal_list(value)) FROM json_each('[2,1]')", "[[\"1\",\"2\"]]"},
    {"SELECT pal_in_scope('/subscriptions/a/resourcegroups/b', '/subscriptions/a'), pal_in_scope('/subscriptions/ab', "
     "'/subscriptions/a'), "
     "pal_in_scope('/x', '/'), pal_in_scope(NULL, '/')",
     "1,0,1,-"},
    {"SELECT pal_same_person('J\u00c4NE  Doe', ' j\u00e4ne doe '), pal_same_person('a', 'b'), pal_same_person('a', "
     "NULL)",
     "1,0,-"},
    {"SELECT count(*) FROM run_history", "0"},
    {"SELECT row_number() OVER (ORDER BY value), lag(value) OVER (ORDER BY value) FROM json_each('[5]')", "1,-"},
    {"SELECT upper('a') || lower('B') || substr('abc', 2, 1) || printf('%02d', 3)", "Abb03"},
    {"SELECT area FROM collected WHERE area IN ('groups', 'power-bi')", "groups"},
    {"SELECT value FROM setting WHERE name IN ('expiryDays', 'usageWindowMonths', 'defaultIsDecision') ORDER BY name",
     "false|30|2"},
    {"SELECT count(*) FROM previous.tenant", "0"},
    {"VALUES (1), (2)", "1|2"},
};

START_TEST(test_sandbox__permitted_works) {
  struct pal_judge_options all = {.all_tables = true};
  ck_assert_str_eq(world_query(world_judge("'tenants':{" TENANT(T1, "") "}", false, &all), permitted[_i].sql),
                   permitted[_i].rows);
}
END_TEST

/* --- limits --- */

#define ENDLESS "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT "

START_TEST(test_sandbox__budget_of_steps_ends_a_query) {
  struct pal_err err = {0};
  struct pal_judge_options small = {.steps_max = 1000000};
  struct pal_judge *judge = world_judge("'tenants':{}", false, &small);
  unit_fails(pal_judge_query(judge, ENDLESS "count(*) FROM n", no_row, NULL, &err), PAL_E_LIMIT,
             "budget of 1000000 steps", &err);
  /* the next statement has its own */
  ck_assert_str_eq(world_query(judge, "SELECT 1"), "1");
}
END_TEST

START_TEST(test_sandbox__budget_is_counted_the_same_at_every_run) {
  /* The largest count that still passes, by bisection, twice. */
  uint64_t found[2];
  for (int round = 0; round < 2; round++) {
    uint64_t low = 0, high = 4000000;
    while (low + 10000 < high) {
      struct pal_err err = {0};
      struct pal_judge_options options = {.steps_max = (low + high) / 2};
      struct pal_judge *judge = world_judge("'tenants':{}", false, &options);
      bool ends =
          pal_judge_query(
              judge,
              "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) SELECT count(*) FROM n",
              no_row, NULL, &err) == PAL_OK;
      if (ends)
        high = options.steps_max;
      else
        low = options.steps_max;
    }
    found[round] = high;
  }
  ck_assert_uint_eq(found[0], found[1]);
}
END_TEST

static const struct {
  const char *sql, *part;
  enum pal_code code;
} too_much[] = {
    {"SELECT replace(printf('%.*c', 1000000, 'x'), 'x', '01234567890123456789')", "too big", PAL_E_INPUT},
    {"SELECT 'x' LIKE printf('%.*c', 2000, 'y')", "pattern too complex", PAL_E_INPUT},
    {"SELECT 1 WHERE "
     "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1))))))))))))))"
     "))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))) = 2",
     "", PAL_E_INPUT},
};

START_TEST(test_sandbox__length_and_pattern_are_bounded) {
  struct pal_err err = {0};
  unit_fails(ask(too_much[_i].sql, &err), too_much[_i].code, too_much[_i].part, &err);
}
END_TEST

START_TEST(test_sandbox__depth_is_bounded) {
  struct pal_err err = {0};
  char sql[4096] = "SELECT ";
  for (int i = 0; i < 500; i++)
    strcat(sql, "1+(");
  strcat(sql, "1");
  for (int i = 0; i < 500; i++)
    strcat(sql, ")");
  unit_fails(ask(sql, &err), PAL_E_INPUT, "", &err);
}
END_TEST

START_TEST(test_sandbox__memory_is_bounded) {
  struct pal_err err = {0};
  unit_fails(
      ask(ENDLESS
          "length(max(a)), length(max(b)), length(max(c)), length(max(d)), length(max(e)), length(max(f)), "
          "length(max(g)), "
          "length(max(h)), length(max(j)), length(max(k)), length(max(l)), length(max(m)) FROM (SELECT printf('%.*c', "
          "15000000, 'a') AS a, "
          "printf('%.*c', 15000000, 'b') AS b, printf('%.*c', 15000000, 'c') AS c, printf('%.*c', 15000000, 'd') AS d, "
          "printf('%.*c', 15000000, 'e') AS e, printf('%.*c', 15000000, 'f') AS f, printf('%.*c', 15000000, 'g') AS g, "
          "printf('%.*c', 15000000, 'h') AS h, printf('%.*c', 15000000, 'j') AS j, printf('%.*c', 15000000, 'k') AS k, "
          "printf('%.*c', 15000000, 'l') AS l, printf('%.*c', 15000000, 'm') AS m FROM n LIMIT 2)",
          &err),
      PAL_E_LIMIT, "memory", &err);
}
END_TEST

/* --- policies: an SQL error is unknown, never pass --- */

#define ROW                                                                                                      \
  "SELECT '" T1 "' AS tenant_id, 'tenant' AS subject_type, '" T1 "' AS subject_id, 'n' AS subject_name, 'm' AS " \
  "message"

static const struct {
  const char *sql, *why;
} broken[] = {
    {"SELECT 1 AS x", "the result lacks the column tenant_id"},
    {"SELECT x FROM missing", "OWN1.sql:8:15: no such table: missing"},
    {"SELECT 1,\n  wrong FROM tenant", "OWN1.sql:9:3: no such column: wrong"},
    {ROW ", random() AS r", "not authorized to use function: random"},
    {ROW " UNION ALL " ROW, "two rows with one fingerprint"},
    {ROW ", 1.5 AS fraction", "column fraction: a fraction"},
    {ROW ", x'00' AS bytes", "column bytes: a blob"},
    {ROW ", 1 AS a, 2 AS a", "two columns a"},
    {ROW ", 'worst' AS severity", "column severity: no severity"},
    {ROW ", 'pass' AS verdict", "column verdict: neither"},
    {ROW ", '[1]' AS units", "column units: no JSON array"},
    {ROW ", '[[\"links\",\"a\",\"b\"]]' AS units", "column units: no JSON array"},
    {ROW ", '[[\"link\",\"a\"]]' AS units", "column units: no JSON array"},
    {ROW ", 'yesterday' AS last_read", "column last_read: no instant"},
    {"SELECT 'x' AS tenant_id, 'tenant' AS subject_type, 'y' AS subject_id, NULL AS subject_name, 'm' AS message",
     "column tenant_id: no tenant id"},
    {"SELECT NULL AS tenant_id, 'tenant' AS subject_type, NULL AS subject_id, NULL AS subject_name, 'm' AS message",
     "column subject_id: empty"},
    {"SELECT NULL AS tenant_id, 'tenant' AS subject_type, 'y' AS subject_id, NULL AS subject_name, NULL AS message",
     "column message: empty"},
    {"SELECT json_extract('{', '$') AS tenant_id, 'a' AS subject_type, 'b' AS subject_id, 'c' AS subject_name, 'd' AS "
     "message",
     "malformed JSON"},
    {"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT NULL AS tenant_id, 'a' AS subject_type, "
     "count(*) AS subject_id, 'c' AS subject_name, 'd' AS message FROM n",
     "budget of"},
    {"SELECT bad.x AS tenant_id, 'a' AS subject_type, 'b' AS subject_id, 'c' AS subject_name, 'd' AS message FROM bad",
     "; in views/bad.sql: no such column: missing"},
};

START_TEST(test_sandbox__broken_policy_is_one_unknown_of_the_estate) {
  struct pal_judge_options small = {.steps_max = 1000000};
  world_view("bad", "CREATE VIEW bad AS SELECT missing AS x FROM tenant");
  world_policy("OWN1", "subject: tenant", broken[_i].sql);
  world_policy("OWN2", "subject: tenant", ROW);
  const struct pal_judge *judge = world_judge("'tenants':{" TENANT(T1, "") "}", true, &small);
  const struct pal_policy_result *result = world_result(judge, "OWN1");
  ck_assert_int_eq(result->state, PAL_BROKEN);
  ck_assert_msg(strstr(result->why, broken[_i].why) != NULL, "no \"%s\" in: %s", broken[_i].why, result->why);
  /* it becomes a verdict, which no machine's folders may enter */
  ck_assert_msg(strstr(result->why, "pack/") == NULL, "%s", result->why);
  ck_assert_uint_eq(result->unknown, 1);
  ck_assert_uint_eq(result->fail, 0);
  const struct pal_verdicts *estate = pal_judge_verdicts(judge, 0);
  ck_assert_str_eq(estate->tenant_id, "");
  ck_assert_uint_eq(estate->findings.n, 1);
  const struct pal_record *subject = pal_get_record(estate->findings.v[0], PAL_FINDING_SUBJECT);
  ck_assert_str_eq(pal_get_text(subject, PAL_SUBJECT_TYPE), "policy");
  ck_assert_str_eq(pal_get_text(subject, PAL_SUBJECT_ID), "OWN1");
  /* the other one is judged all the same */
  ck_assert_int_eq(world_result(judge, "OWN2")->state, PAL_TESTED);
  ck_assert_uint_eq(world_result(judge, "OWN2")->fail, 1);
}
END_TEST

START_TEST(test_sandbox__pins_must_be_columns) {
  world_policy("OWN1", "subject: tenant\npins: partnerId", ROW ", 1 AS other");
  const struct pal_policy_result *result =
      world_result(world_judge("'tenants':{" TENANT(T1, "") "}", true, NULL), "OWN1");
  ck_assert_int_eq(result->state, PAL_BROKEN);
  ck_assert_msg(strstr(result->why, "pins names partnerId") != NULL, "%s", result->why);
}
END_TEST

START_TEST(test_sandbox__hostile_text_stays_text) {
  world_policy(
      "OWN1", "subject: tenant",
      "SELECT id AS tenant_id, 'tenant' AS subject_type, id AS subject_id, name AS subject_name, name AS message, "
      "name AS n, CAST(x'ff41' AS TEXT) AS broken FROM tenant");
  world_expect("OWN1", "'tenants':{'" T1 "':{'tenant':{'displayName':'{\\\"a\\\":1,\\u202ex'}}},"
                       "'expect':[{'details':{'n':'{\\\"a\\\":1,\\u202ex','broken':'\\ufffdA'}}]");
}
END_TEST

Suite *make_policy_sandbox_suite(void);
Suite *make_policy_sandbox_suite(void) {
  Suite *suite = suite_create("policy/sandbox");
  TCase *tcase = tcase_create("sandbox");
  tcase_add_checked_fixture(tcase, world_enter, world_leave);
  tcase_set_timeout(tcase, 60);
  tcase_add_loop_test(tcase, test_sandbox__forbidden_is_refused, 0, UNIT_N(forbidden));
  tcase_add_loop_test(tcase, test_sandbox__permitted_works, 0, UNIT_N(permitted));
  tcase_add_test(tcase, test_sandbox__budget_of_steps_ends_a_query);
  tcase_add_test(tcase, test_sandbox__budget_is_counted_the_same_at_every_run);
  tcase_add_loop_test(tcase, test_sandbox__length_and_pattern_are_bounded, 0, UNIT_N(too_much));
  tcase_add_test(tcase, test_sandbox__depth_is_bounded);
  tcase_add_test(tcase, test_sandbox__memory_is_bounded);
  tcase_add_loop_test(tcase, test_sandbox__broken_policy_is_one_unknown_of_the_estate, 0, UNIT_N(broken));
  tcase_add_test(tcase, test_sandbox__pins_must_be_columns);
  tcase_add_test(tcase, test_sandbox__hostile_text_stays_text);
  suite_add_tcase(suite, tcase);
  return suite;
}
