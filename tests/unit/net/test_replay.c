/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "heard.h"
#include "pal_record.h"
#include "unit.h"

static struct pal_err err;
static struct heard heard;

static void set_up(void) {
  unit_enter_folder();
  err = (struct pal_err){0};
  heard = (struct heard){0};
}

/* --- answers --- */

START_TEST(test_replay__answer_is_given_as_recorded) {
  write_recording("rec", ENTRY("GET", TENANTS, "",
                               "\"status\":403,\"headers\":[{\"name\":\"content-TYPE\",\"value\":\"text/x\"},"
                               "{\"name\":\"Retry-After\",\"value\":\"7\"}],"
                               "\"content\":{\"mimeType\":\"other\",\"text\":\"a\\u00e9\\nb\"}"));
  struct pal_net *net = open_replay(NULL, 0);
  struct pal_request request = get_request("HTTPS://MANAGEMENT.azure.com:443/tenants?api-version=2022-12-01");
  ask_net(net, &request, &heard);
  ck_assert_int_eq(heard.status, 403);
  ck_assert_str_eq(heard.body, "a\xC3\xA9\nb");
  ck_assert_str_eq(heard.content_type, "text/x");
  ck_assert_str_eq(heard.retry_after, "7");
  ck_assert(!heard.truncated);
  struct pal_net_stats stats = pal_net_stats(net);
  ck_assert_uint_eq(stats.requests, 1);
  ck_assert_uint_eq(stats.answers, 1);
  ck_assert_uint_eq(stats.failures, 0);
  close_net(net);
}
END_TEST

START_TEST(test_replay__base64_body_may_hold_anything) {
  write_recording(
      "rec", ENTRY("GET", TENANTS, "",
                   "\"status\":200,\"_truncated\":true,\"content\":{\"text\":\"AP8KYWI=\",\"encoding\":\"base64\"}"));
  struct pal_net *net = open_replay(NULL, 0);
  struct pal_request request = get_request(TENANTS);
  ask_net(net, &request, &heard);
  ck_assert_uint_eq(heard.len, 5);
  ck_assert(heard.truncated);
  close_net(net);
}
END_TEST

START_TEST(test_replay__transport_failure_is_status_0) {
  write_recording("rec", ENTRY("GET", TENANTS, "", "\"status\":0,\"_failure\":\"Timeout was reached\""));
  struct pal_net *net = open_replay(NULL, 0);
  struct pal_request request = get_request(TENANTS);
  ask_net(net, &request, &heard);
  ck_assert_int_eq(heard.status, 0);
  ck_assert_str_eq(heard.failure, "Timeout was reached");
  ck_assert_uint_eq(pal_net_stats(net).failures, 1);
  close_net(net);
}
END_TEST

/* --- keys --- */

START_TEST(test_replay__body_is_part_of_the_key_but_not_its_spelling) {
  write_recording(
      "rec", ENTRY("POST", GRAPH_QUERY, JSON_POST("{\\\"b\\\":2,\\\"a\\\":[1]}"), STATUS_BODY(200, "one")) "," ENTRY(
                 "POST", GRAPH_QUERY, JSON_POST("{\\\"a\\\":[2],\\\"b\\\":2}"), STATUS_BODY(200, "two")));
  struct pal_net *net = open_replay(NULL, 0);
  struct pal_request request = post_request(GRAPH_QUERY, PAL_BODY_JSON, " {\"a\": [2], \"b\": 2}\n");
  ask_net(net, &request, &heard);
  ck_assert_str_eq(heard.body, "two");
  request.body = "{\"a\":[1],\"b\":2}";
  ask_net(net, &request, &heard);
  ck_assert_str_eq(heard.body, "one");
  close_net(net);
}
END_TEST

START_TEST(test_replay__secrets_are_no_part_of_the_key) {
  write_recording("rec", ENTRY("POST", LOGIN "/" TENANT "/oauth2/v2.0/token",
                               ",\"postData\":{\"mimeType\":\"application/x-www-form-urlencoded; charset=utf-8\","
                               "\"text\":\"client_id=a&client_secret=REDACTED&grant_type=client_credentials\"}",
                               STATUS_BODY(200, "token")));
  struct pal_net *net = open_replay(NULL, 0);
  struct pal_request request = post_request(LOGIN "/" TENANT "/oauth2/v2.0/token", PAL_BODY_FORM,
                                            "client_id=a&client_secret=whatever&grant_type=client_credentials");
  ask_net(net, &request, &heard);
  ck_assert_str_eq(heard.body, "token");
  request.body = "client_id=a&client_secret=REDACTED&grant_type=client_credentials";
  ask_net(net, &request, &heard);
  ck_assert_str_eq(heard.body, "token");
  close_net(net);
}
END_TEST

#define PAGE(status, body) ENTRY("GET", TENANTS, "", STATUS_BODY(status, body))
#define LOST(status, body)                                                   \
  "{\"_superseded\":true,\"request\":{\"method\":\"GET\",\"url\":\"" TENANTS \
  "\"},\"response\":{" STATUS_BODY(status, body) "}}"

START_TEST(test_replay__answers_of_one_key_come_in_order_and_the_last_repeats) {
  write_recording("rec",
                  LOST(429, "no") "," LOST(500, "no") "," PAGE(200, "one") "," LOST(429, "no") "," PAGE(200, "two"));
  struct pal_net *net = open_replay(NULL, 0);
  struct pal_request request = get_request(TENANTS);
  static const char *const expected[] = {"one", "two", "two", "two"};
  for (size_t i = 0; i < 4; i++) {
    ask_net(net, &request, &heard);
    ck_assert_int_eq(heard.status, 200);
    ck_assert_str_eq(heard.body, expected[i]);
  }
  close_net(net);
}
END_TEST

/* An attempt given up: its retries are told the same, and the next request the next. */
START_TEST(test_replay__retry_is_given_the_settled_answer_again) {
  write_recording("rec", LOST(429, "no") "," PAGE(429, "gave up") "," PAGE(200, "later"));
  struct pal_net *net = open_replay(NULL, 0);
  struct pal_request request = get_request(TENANTS);
  ask_net(net, &request, &heard);
  ck_assert_str_eq(heard.body, "gave up");
  request.retry = true;
  request.delay_ms = 3600 * 1000; /* a replay never waits */
  for (int i = 0; i < 3; i++) {
    ask_net(net, &request, &heard);
    ck_assert_str_eq(heard.body, "gave up");
  }
  request.retry = false;
  ask_net(net, &request, &heard);
  ck_assert_str_eq(heard.body, "later");
  close_net(net);
}
END_TEST

START_TEST(test_replay__only_superseded_attempts_are_no_answer) {
  write_recording("rec", LOST(429, "no"));
  struct pal_net *net = open_replay(NULL, 0);
  struct pal_request request = get_request(TENANTS);
  unit_ok(pal_net_submit(net, &request, heard_fn, &heard, &err), &err);
  unit_fails(pal_net_run(net, NULL, &err), PAL_E_RECORDING, "no such exchange", &err);
  close_net(net);
}
END_TEST

/* --- what is missing --- */

static const struct {
  const char *identity, *tenant, *url, *body;
} absent[] = {
    {"robot", TENANT, PARTNERS, NULL},
    {"robot", TENANT, GRAPH_QUERY, "{\"a\":3}"},
    {"robot", OTHER_TENANT, TENANTS, NULL},
    {"human", TENANT, TENANTS, NULL},
};

START_TEST(test_replay__missing_exchange_is_named_and_ends_the_run) {
  write_recording("rec",
                  PAGE(200, "one") "," ENTRY("POST", GRAPH_QUERY, JSON_POST("{\\\"a\\\":1}"), STATUS_BODY(200, "x")));
  struct pal_net *net = open_replay(NULL, 0);
  struct heard later = {0};
  struct pal_request request =
      absent[_i].body ? post_request(absent[_i].url, PAL_BODY_JSON, absent[_i].body) : get_request(absent[_i].url);
  request.identity = absent[_i].identity;
  request.tenant = (struct pal_tenant_id){{0}};
  memcpy(request.tenant.s, absent[_i].tenant, sizeof request.tenant.s);
  unit_ok(pal_net_submit(net, &request, heard_fn, &heard, &err), &err);
  struct pal_request another = get_request(TENANTS);
  another.identity = "zebra";
  unit_ok(pal_net_submit(net, &another, heard_fn, &later, &err), &err);
  unit_fails(pal_net_run(net, NULL, &err), PAL_E_RECORDING, absent[_i].identity, &err);
  ck_assert_int_eq(heard.calls, 1);
  ck_assert_int_eq(heard.code, PAL_E_RECORDING);
  ck_assert_ptr_nonnull(strstr(heard.text, "rec"));
  ck_assert_ptr_nonnull(strstr(heard.text, absent[_i].tenant));
  ck_assert_ptr_nonnull(strstr(heard.text, absent[_i].body ? "POST" : "GET"));
  ck_assert_ptr_nonnull(strstr(heard.text, absent[_i].url));
  ck_assert_ptr_nonnull(strstr(heard.text, "sha256"));
  ck_assert_int_eq(later.calls, 1); /* told too, once */
  ck_assert_int_eq(later.code, PAL_E_RECORDING);
  unit_fails(pal_net_submit(net, &another, heard_fn, &later, &err), PAL_E_RECORDING, "rec", &err);
  close_net(net);
}
END_TEST

START_TEST(test_replay__denied_request_is_told_and_the_run_goes_on) {
  write_recording("rec", PAGE(200, "one"));
  struct pal_net *net = open_replay(NULL, 0);
  struct heard denied[4] = {{0}};
  struct pal_request request = get_request(ARM "/batch?api-version=2020-06-01");
  unit_ok(pal_net_submit(net, &request, heard_fn, &denied[0], &err), &err);
  request = post_request(LOGIN "/" OTHER_TENANT "/oauth2/v2.0/token", PAL_BODY_FORM, "client_id=a");
  unit_ok(pal_net_submit(net, &request, heard_fn, &denied[1], &err), &err);
  request = get_request(TENANTS);
  request.bearer = "token-of-graph";
  request.bearer_service = PAL_GRAPH;
  unit_ok(pal_net_submit(net, &request, heard_fn, &denied[2], &err), &err);
  request.bearer = "two\r\nlines";
  request.bearer_service = PAL_ARM;
  unit_ok(pal_net_submit(net, &request, heard_fn, &denied[3], &err), &err);
  request = get_request(TENANTS);
  unit_ok(pal_net_submit(net, &request, heard_fn, &heard, &err), &err);
  unit_ok(pal_net_run(net, NULL, &err), &err);
  for (size_t i = 0; i < 4; i++) {
    ck_assert_int_eq(denied[i].calls, 1);
    ck_assert_int_eq(denied[i].code, PAL_E_DENIED);
  }
  ck_assert_ptr_nonnull(strstr(denied[1].text, "another tenant"));
  ck_assert_ptr_nonnull(strstr(denied[2].text, "another service"));
  ck_assert_ptr_nonnull(strstr(denied[3].text, "header"));
  ck_assert_int_eq(heard.status, 200);
  close_net(net);
}
END_TEST

/* --- broken recordings --- */

static const struct {
  const char *har, *where;
} broken[] = {
    {"{\"log\":{\"entries\":[{]}}", ".har:1:"},
    {"[]", "$"},
    {"{\"log\":[]}", "$.log"},
    {"{\"log\":{}}", "entries"},
    {"{\"log\":{\"entries\":[\n1]}}", ".har:2:1: at $.log.entries[0]"},
    {"{\"log\":{\"entries\":[{}]}}", "request"},
    {"{\"log\":{\"entries\":[{\"request\":{\"method\":\"GET\"}}]}}", "url"},
    {"{\"log\":{\"entries\":[{\"request\":{\"method\":1,\"url\":\"\"}}]}}", "$.log.entries[0].request.method"},
    {"{\"log\":{\"entries\":[{\"request\":{\"method\":\"GET\",\"url\":\"" TENANTS "\"}}]}}", "response"},
    {"{\"log\":{\"entries\":[" ENTRY("GET", TENANTS, "", "\"status\":\"200\"") "]}}",
     "$.log.entries[0].response.status"},
    {"{\"log\":{\"entries\":[" ENTRY("GET", TENANTS, "", "\"status\":99") "]}}", "HTTP status"},
    {"{\"log\":{\"entries\":[" ENTRY("GET", TENANTS, "", "\"status\":200,\"content\":{\"text\":1}") "]}}",
     "content.text"},
    {"{\"log\":{\"entries\":[" ENTRY("GET", TENANTS, "",
                                     "\"status\":200,\"content\":{\"text\":\"?\",\"encoding\":\"base64\"}") "]}}",
     "base64"},
    {"{\"log\":{\"entries\":[" ENTRY("GET", TENANTS, "",
                                     "\"status\":200,\"content\":{\"text\":\"?\",\"encoding\":\"rot13\"}") "]}}",
     "only base64"},
    {"{\"log\":{\"entries\":[],\"entries\":[]}}", "entries"},
    {"{\"log\":{\"entries\":[]}} x", ".har:1:"},
};

START_TEST(test_replay__broken_file_is_an_input_error_with_its_place) {
  write_recording("rec", PAGE(200, "one"));
  unit_write("rec/robot/" TENANT ".har", broken[_i].har, 0644);
  struct pal_net *net = open_replay(NULL, 0);
  struct pal_request request = get_request(TENANTS);
  unit_ok(pal_net_submit(net, &request, heard_fn, &heard, &err), &err);
  unit_fails(pal_net_run(net, NULL, &err), PAL_E_INPUT, broken[_i].where, &err);
  ck_assert_ptr_nonnull(strstr(err.text, "rec/robot/" TENANT ".har"));
  ck_assert_int_eq(heard.code, PAL_E_INPUT);
  close_net(net);
}
END_TEST

/* As browsers and proxies write them. */
START_TEST(test_replay__foreign_fields_and_entries_do_no_harm) {
  write_recording(
      "rec",
      "{\"pageref\":\"page_1\",\"time\":12.5,\"startedDateTime\":\"x\",\"_priority\":\"High\",\"connection\":\"443\","
      "\"request\":{\"method\":\"CONNECT\",\"url\":\"management.azure.com:443\"},\"response\":{}},"
      "{\"request\":{\"method\":\"POST\",\"url\":\"https://t.example/log\",\"postData\":{\"mimeType\":\"application/"
      "json\","
      "\"text\":\"{no json\"}},\"response\":{\"status\":204}},"
      "{\"request\":{\"method\":\"POST\",\"url\":\"https://t.example/up\",\"postData\":{\"mimeType\":\"multipart/"
      "form-data\","
      "\"text\":\"x\",\"params\":[]}},\"response\":{}},"
      "{\"serverIPAddress\":\"127.0.0.1\",\"comment\":null,\"request\":{\"method\":\"GET\",\"url\":\"" TENANTS
      "\",\"headers\":[{\"name\":\":authority\",\"value\":\"x\"}],\"postData\":{}},\"response\":{\"status\":200,"
      "\"headers\":["
      "{\"name\":\"x\"}],\"content\":{\"size\":3,\"compression\":-1,\"mimeType\":\"application/json; "
      "charset=utf-8\",\"text\":\"{}\"},"
      "\"_transferSize\":1.5e3},\"timings\":{\"wait\":0.25}}");
  struct pal_net *net = open_replay(NULL, 0);
  struct pal_request request = get_request(TENANTS);
  ask_net(net, &request, &heard);
  ck_assert_str_eq(heard.body, "{}");
  ck_assert_str_eq(heard.content_type, "application/json; charset=utf-8");
  close_net(net);
}
END_TEST

/* --- order --- */

enum { CROWD = 40 };
struct crowd {
  int order[2 * CROWD];
  int n;
  struct pal_net *net;
};
struct one {
  struct crowd *crowd;
  int number;
  bool again;
};

static void crowd_fn(void *payload, const struct pal_response *response, const struct pal_err *failed) {
  struct one *one = payload;
  char expected[32];
  ck_assert_int_eq(failed->code, PAL_OK);
  (void)snprintf(expected, sizeof expected, "%d%s", one->number, one->again ? "b" : "a");
  ck_assert_str_eq(response->body, expected);
  one->crowd->order[one->crowd->n++] = one->number;
  if (one->again)
    return;
  one->again = true;
  char url[200];
  (void)snprintf(url, sizeof url, TENANTS "&$skiptoken=%d", one->number);
  struct pal_request request = get_request(url);
  unit_ok(pal_net_submit(one->crowd->net, &request, crowd_fn, one, &err), &err);
}

static void run_crowd(struct crowd *crowd, unsigned seed) {
  static struct one ones[CROWD];
  *crowd = (struct crowd){.net = open_replay(NULL, seed)};
  for (int i = 0; i < CROWD; i++) {
    char url[200];
    ones[i] = (struct one){.crowd = crowd, .number = i};
    (void)snprintf(url, sizeof url, TENANTS "&$skiptoken=%d", i);
    struct pal_request request = get_request(url);
    unit_ok(pal_net_submit(crowd->net, &request, crowd_fn, &ones[i], &err), &err);
  }
  unit_ok(pal_net_run(crowd->net, NULL, &err), &err);
  ck_assert_int_eq(crowd->n, 2 * CROWD);
  close_net(crowd->net);
}

START_TEST(test_replay__seed_changes_the_order_and_nothing_else) {
  static char entries[100000];
  size_t len = 0;
  for (int i = 0; i < 2 * CROWD; i++)
    len += (size_t)snprintf(entries + len, sizeof entries - len,
                            "%s" ENTRY("GET", TENANTS "&$skiptoken=%d", "", STATUS_BODY(200, "%d%s")), i ? "," : "",
                            i / 2, i / 2, i % 2 ? "b" : "a");
  write_recording("rec", entries);
  static struct crowd plain, again, shuffled, same, other;
  run_crowd(&plain, 0);
  run_crowd(&again, 0);
  run_crowd(&shuffled, 7);
  run_crowd(&same, 7);
  run_crowd(&other, 8);
  for (int i = 0; i < 2 * CROWD; i++)
    ck_assert_int_eq(plain.order[i], i % CROWD);
  ck_assert_mem_eq(plain.order, again.order, sizeof plain.order);
  ck_assert_mem_eq(shuffled.order, same.order, sizeof same.order);
  ck_assert_mem_ne(plain.order, shuffled.order, sizeof plain.order);
  ck_assert_mem_ne(other.order, shuffled.order, sizeof other.order);
}
END_TEST

/* More files than are kept in memory, asked in turns: places within a key stay. */
START_TEST(test_replay__file_read_again_goes_on_where_it_was) {
  enum { FILES = 40 };
  write_recording("rec", PAGE(200, "one") "," PAGE(200, "two") "," PAGE(200, "three"));
  char path[300];
  for (int i = 0; i < FILES; i++) {
    (void)snprintf(path, sizeof path, "cp rec/robot/" TENANT ".har rec/robot/%08d-2222-3333-4444-555555555555.har", i);
    ck_assert_int_eq(system(path), 0);
  }
  struct pal_net *net = open_replay(NULL, 0);
  static const char *const expected[] = {"one", "two", "three", "three"};
  for (size_t turn = 0; turn < 4; turn++)
    for (int i = 0; i < FILES; i++) {
      struct pal_request request = get_request(TENANTS);
      (void)snprintf(request.tenant.s, sizeof request.tenant.s, "%08u-2222-3333-4444-555555555555", (unsigned)i % 100);
      ask_net(net, &request, &heard);
      ck_assert_str_eq(heard.body, expected[turn]);
    }
  close_net(net);
}
END_TEST

/* --- interruption, mistakes --- */

START_TEST(test_replay__stop_tells_everyone_once) {
  write_recording("rec", PAGE(200, "one"));
  struct pal_net *net = open_replay("copy", 0);
  struct heard many[3] = {{0}};
  struct pal_request request = get_request(TENANTS);
  for (size_t i = 0; i < 3; i++)
    unit_ok(pal_net_submit(net, &request, heard_fn, &many[i], &err), &err);
  volatile int stop = 1;
  unit_fails(pal_net_run(net, &stop, &err), PAL_E_INTERRUPTED, "interrupted", &err);
  for (size_t i = 0; i < 3; i++) {
    ck_assert_int_eq(many[i].calls, 1);
    ck_assert_int_eq(many[i].code, PAL_E_INTERRUPTED);
  }
  close_net(net);
  struct stat st;
  ck_assert_int_ne(stat("copy", &st), 0); /* no recording of half a run */
  ck_assert_int_ne(system("ls -d copy* >/dev/null 2>&1"), 0);
}
END_TEST

START_TEST(test_replay__mistake_of_the_caller_is_internal) {
  write_recording("rec", PAGE(200, "one"));
  struct pal_net *net = open_replay(NULL, 0);
  struct pal_request request = get_request(TENANTS);
  request.identity = "../x";
  unit_fails(pal_net_submit(net, &request, heard_fn, &heard, &err), PAL_E_INTERNAL, "identity", &err);
  request = get_request(TENANTS);
  memcpy(request.tenant.s, "AAAAAAAA", 8);
  unit_fails(pal_net_submit(net, &request, heard_fn, &heard, &err), PAL_E_INTERNAL, "tenant", &err);
  request.tenant.s[0] = '\0';
  unit_fails(pal_net_submit(net, &request, heard_fn, &heard, &err), PAL_E_INTERNAL, "tenant", &err);
  request = post_request(GRAPH_QUERY, PAL_BODY_JSON, "{");
  unit_fails(pal_net_submit(net, &request, heard_fn, &heard, &err), PAL_E_INTERNAL, "JSON", &err);
  request = post_request(GRAPH_QUERY, PAL_BODY_JSON, NULL);
  unit_fails(pal_net_submit(net, &request, heard_fn, &heard, &err), PAL_E_INTERNAL, "body", &err);
  request = get_request(TENANTS);
  unit_ok(pal_net_submit(net, &request, heard_fn, &heard, &err), &err);
  close_net(net); /* never run: dropped */
  ck_assert_int_eq(heard.calls, 0);
}
END_TEST

/* --- session --- */

static const struct {
  const char *text;
  enum pal_code code;
  const char *where;
} sessions[] = {
    {"{", PAL_E_INPUT, "session.json:1:"},
    {"{}", PAL_E_INPUT, "no recording"},
    {"{\"format\":\"palscan-snapshot\",\"version\":1}", PAL_E_INPUT, "no recording"},
    {"{\"format\":\"palscan-recording\"}", PAL_E_INPUT, "version"},
    {"{\"format\":\"palscan-recording\",\n\"version\":2,\"unheard\":1}", PAL_E_NEWER, "session.json:2:"},
    {"{\"format\":\"palscan-recording\",\"version\":1}", PAL_E_INPUT, "started"},
};

START_TEST(test_session__wrong_one_is_refused_with_its_place) {
  struct pal_arena *arena = pal_arena_new(0);
  struct pal_record *session = NULL;
  write_recording("rec", "");
  unit_write("rec/session.json", sessions[_i].text, 0644);
  unit_fails(pal_recording_session(arena, "rec", &session, &err), sessions[_i].code, sessions[_i].where, &err);
  pal_arena_free(arena);
}
END_TEST

START_TEST(test_session__is_read) {
  struct pal_arena *arena = pal_arena_new(0);
  struct pal_record *session = NULL;
  write_recording("rec", "");
  unit_ok(pal_recording_session(arena, "rec", &session, &err), &err);
  ck_assert_str_eq(pal_get_text(session, PAL_SESSION_STARTED), "2026-11-20T03:00:00Z");
  ck_assert_str_eq(pal_get_text(pal_get_record(session, PAL_SESSION_SETTINGS), PAL_SETTINGS_CLOUD), "AzurePublicCloud");
  unit_fails(pal_recording_session(arena, "nowhere", &session, &err), PAL_E_INPUT, "nowhere/session.json", &err);
  pal_arena_free(arena);
}
END_TEST

Suite *make_net_replay_suite(void);
Suite *make_net_replay_suite(void) {
  Suite *suite = suite_create("net replay");
  TCase *tests = tcase_create("replay");
  tcase_set_timeout(tests, 60);
  tcase_add_checked_fixture(tests, set_up, unit_leave_folder);
  tcase_add_test(tests, test_replay__answer_is_given_as_recorded);
  tcase_add_test(tests, test_replay__base64_body_may_hold_anything);
  tcase_add_test(tests, test_replay__transport_failure_is_status_0);
  tcase_add_test(tests, test_replay__body_is_part_of_the_key_but_not_its_spelling);
  tcase_add_test(tests, test_replay__secrets_are_no_part_of_the_key);
  tcase_add_test(tests, test_replay__answers_of_one_key_come_in_order_and_the_last_repeats);
  tcase_add_test(tests, test_replay__retry_is_given_the_settled_answer_again);
  tcase_add_test(tests, test_replay__only_superseded_attempts_are_no_answer);
  tcase_add_loop_test(tests, test_replay__missing_exchange_is_named_and_ends_the_run, 0, UNIT_N(absent));
  tcase_add_test(tests, test_replay__denied_request_is_told_and_the_run_goes_on);
  tcase_add_loop_test(tests, test_replay__broken_file_is_an_input_error_with_its_place, 0, UNIT_N(broken));
  tcase_add_test(tests, test_replay__foreign_fields_and_entries_do_no_harm);
  tcase_add_test(tests, test_replay__seed_changes_the_order_and_nothing_else);
  tcase_add_test(tests, test_replay__file_read_again_goes_on_where_it_was);
  tcase_add_test(tests, test_replay__stop_tells_everyone_once);
  tcase_add_test(tests, test_replay__mistake_of_the_caller_is_internal);
  tcase_add_loop_test(tests, test_session__wrong_one_is_refused_with_its_place, 0, UNIT_N(sessions));
  tcase_add_test(tests, test_session__is_read);
  suite_add_tcase(suite, tests);
  return suite;
}
