/* SPDX-License-Identifier: Apache-2.0 */
/* test_client.c - against a server: busy answers are waited for, a token is renewed once, and a recording of it replays. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "azure/world.h"
#include "net/server.h"
#include "pal_azure.h"
#include "pal_file.h"
#include "pal_log.h"
#include "unit.h"

#define HEAD(status) "HTTP/1.1 " status "\r\nContent-Type: application/json\r\n"
#define JWT(turn)                                                                                            \
  "eyJhbGciOiJSUzI1NiJ9.eyJ0aWQiOiJhYWFhYWFhYS0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDEiLCJvaWQiOiIwMDAwMDAwYS0" \
  "wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDEiLCJ1cG4iOiJ4In0." turn
#define TOKEN(turn, seconds)                                                                            \
  {                                                                                                     \
    .head = HEAD("200 OK"),                                                                             \
    .body = "{\"token_type\":\"Bearer\",\"expires_in\":" seconds ",\"access_token\":\"" JWT(turn) "\"}" \
  }
#define ITEMS \
  { .head = HEAD("200 OK"), .body = "{\"value\":[{\"n\":\"a\"},{\"n\":\"b\"}]}" }
#define SECRET "canary~secret/value"

static struct pal_arena *arena;
static struct server server;
static struct pal_cloud cloud;
static const struct pal_record *settings;

static void set_up(void) {
  unit_enter_folder();
  arena = pal_arena_new(0);
  server = (struct server){0};
  pal_log_set_level(PAL_LOG_ERROR);
  world_begin();
  settings = world_write(arena);
  unit_write("app.secret", SECRET "\n", 0600);
  (void)unsetenv("https_proxy");
  (void)unsetenv("HTTPS_PROXY");
  (void)unsetenv("ALL_PROXY");
  (void)unsetenv("all_proxy");
}

static void tear_down(void) {
  if (server.tls)
    server_stop(&server);
  world_end();
  pal_secret_forget_all();
  pal_arena_free(arena);
  unit_leave_folder();
}

static void serve(const struct server_answer *answers, size_t n) {
  server_start(&server, answers, n);
  cloud =
      (struct pal_cloud){.name = "lab", .origin = {server.origin, server.origin, server.origin}, .ca_file = "ca.pem"};
}

static const struct pal_record *config(void) {
  static const char json[] = "{\"identities\":[{\"name\":\"robot\",\"credential\":{\"type\":\"client-secret\","
                             "\"secretFile\":\"app.secret\"}}]}";
  struct pal_err err = {0};
  struct pal_json_doc *doc = NULL;
  struct pal_record *record = NULL;
  unit_ok(pal_json_parse(json, strlen(json), "test", 0, 0, &doc, &err), &err);
  unit_ok(pal_record_decode(arena, &pal_kind_CONFIG, doc, pal_json_root(doc), PAL_DECODE_PERSON, &record, &err), &err);
  pal_json_doc_free(doc);
  return record;
}

struct got {
  int calls;
  struct pal_outcome outcome;
  long long (*clock)(const void *); /* … on which the first was done at first_ms; NULL: the hasty one */
  long long first_ms;
};

static long long hasty_ms(const void *clock);

static enum pal_code on_page(void *payload, const struct pal_json_doc *doc, const pal_json *items, size_t *ret_bad,
                             struct pal_err *err) {
  (void)payload;
  (void)doc;
  (void)items;
  (void)ret_bad;
  (void)err;
  return PAL_OK;
}

static void on_done(void *payload, const struct pal_outcome *outcome, const struct pal_err *err) {
  struct got *got = payload;
  ck_assert_msg(err->code == PAL_OK, "%s", err->text);
  if (got->calls++ == 0)
    got->first_ms = (got->clock ? got->clock : hasty_ms)(NULL);
  got->outcome = *outcome;
}

/* Reads the list of subscriptions `times` times, one after the other. */
static struct got read_list(const struct pal_net_options *net_options, const struct pal_record *with_config,
                            int times) {
  struct pal_err err = {0};
  struct pal_net *net = NULL;
  struct pal_azure *azure = NULL;
  struct got got = {0};
  unit_ok(pal_net_open(net_options, &net, &err), &err);
  struct pal_azure_options options = {
      .net = net, .cloud = &cloud, .settings = settings, .config = with_config, .base_dir = unit_folder()};
  unit_ok(pal_azure_open(&options, &azure, &err), &err);
  struct pal_call call = {.caller = {.identity = "robot"}, .service = PAL_ARM, .path = P_SUBSCRIPTIONS};
  unit_ok(pal_tenant_id_parse(HOME, &call.caller.tenant, &err), &err);
  for (int i = 0; i < times; i++) {
    unit_ok(pal_azure_list(azure, &call, PAL_PAGING_ARM, on_page, on_done, &got, &err), &err);
    unit_ok(pal_net_run(net, NULL, &err), &err);
    ck_assert_int_eq(got.calls, i + 1);
  }
  pal_azure_free(azure);
  unit_ok(pal_net_close(net, &err), &err);
  return got;
}

/* What the server was asked; "----" between two. */
static const char *asked(void) {
  struct pal_buf text;
  struct pal_err err = {0};
  pal_buf_init(&text, 1 << 20);
  unit_ok(pal_file_read("requests.txt", "log", 0, 1 << 20, &text, &err), &err);
  const char *copy = pal_arena_strdup(arena, text.data);
  pal_buf_deinit(&text);
  return copy;
}

static size_t count(const char *text, const char *part) {
  size_t n = 0;
  for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
    n++;
  return n;
}

START_TEST(test_client__busy_answers_are_waited_for_and_a_token_is_renewed) {
  static const struct server_answer answers[] = {
      TOKEN("first", "3599"),
      {.head = HEAD("401 Unauthorized"),
       .body = "{\"error\":{\"code\":\"ExpiredAuthenticationToken\",\"message\":\"The access token has expired\"}}"},
      TOKEN("second", "3599"),
      {.head = HEAD("429 Too Many Requests") "Retry-After: 0\r\n",
       .body = "{\"error\":{\"code\":\"TooManyRequests\"}}"},
      {.head = HEAD("503 Service Unavailable") "Retry-After: 0\r\n", .body = ""},
      ITEMS,
  };
  serve(answers, UNIT_N(answers));
  struct pal_err err = {0};
  struct pal_record *session = NULL;
  unit_ok(pal_recording_session(arena, "rec", &session, &err), &err);
  const struct pal_net_options live = {.cloud = &cloud, .concurrency = 1, .record_dir = "taken", .session = session};
  struct got got = read_list(&live, config(), 1);
  ck_assert_int_eq(got.outcome.extent, PAL_READ_ALL);
  ck_assert_uint_eq(got.outcome.items, 2);
  const char *log = asked();
  ck_assert_uint_eq(count(log, "POST /" HOME "/oauth2/v2.0/token HTTP"), 2);
  ck_assert_uint_eq(count(log, "GET " P_SUBSCRIPTIONS " HTTP"), 4);
  ck_assert_uint_eq(count(log, ".first\r\n"), 1);
  ck_assert_uint_eq(count(log, ".second\r\n"), 3);
  ck_assert_ptr_nonnull(strstr(log, "client_id=" CLIENT "&scope=https%3A%2F%2F127.0.0.1%3A"));
  ck_assert_ptr_nonnull(strstr(log, "%2F.default&client_secret=canary~secret%2Fvalue&grant_type=client_credentials"));
  /* The recording of it, without any secret, gives the same. */
  const struct pal_net_options replay = {.cloud = &cloud, .concurrency = 1, .offline = true, .replay_dir = "taken"};
  struct got again = read_list(&replay, NULL, 1);
  ck_assert_int_eq(again.outcome.extent, PAL_READ_ALL);
  ck_assert_uint_eq(again.outcome.items, 2);
}
END_TEST

/* A clock on which a day passes in a few seconds, so that waits of hours are waited for. */
static long long hasty_ms(const void *clock) {
  struct timespec now;
  (void)clock;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return ((long long)now.tv_sec * 1000 + now.tv_nsec / 1000000) * 5000;
}

static struct got read_hastily(const struct server_answer *answers, size_t n, long long max_time_ms,
                               long long *ret_took_ms) {
  struct pal_err err = {0};
  struct pal_record *session = NULL;
  serve(answers, n);
  unit_ok(pal_recording_session(arena, "rec", &session, &err), &err);
  const struct pal_net_options live = {.cloud = &cloud,
                                       .concurrency = 1,
                                       .max_time_ms = max_time_ms,
                                       .now_ms = hasty_ms,
                                       .record_dir = "taken",
                                       .session = session};
  long long before = hasty_ms(NULL);
  struct got got = read_list(&live, config(), 1);
  *ret_took_ms = hasty_ms(NULL) - before;
  const struct pal_net_options replay = {.cloud = &cloud, .concurrency = 1, .offline = true, .replay_dir = "taken"};
  struct got again = read_list(&replay, NULL, 1);
  ck_assert_int_eq(again.outcome.extent, got.outcome.extent);
  ck_assert_str_eq(again.outcome.code, got.outcome.code);
  return got;
}

#define BUSY_HEAD HEAD("429 Too Many Requests")
#define BUSY_BODY "{\"error\":{\"code\":\"TooManyRequests\"}}"

static const struct {
  const char *head;
  long long least_ms;
} waits[] = {
    {BUSY_HEAD "Retry-After: 4000\r\n", 4000000},
    {HEAD("503 Service Unavailable") "Retry-After: 4000\r\n", 4000000},
    {BUSY_HEAD "Retry-After: 3\r\nx-ms-ratelimit-microsoft.costmanagement-qpu-retry-after: 4000\r\n", 4000000},
    {BUSY_HEAD "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 09:49:37 GMT\r\n", 3600000},
    {BUSY_HEAD "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sunday, 06-Nov-94 09:49:37 GMT\r\n", 3600000},
    {BUSY_HEAD, 5000},
};

START_TEST(test_client__a_busy_service_is_not_asked_before_the_time_it_named) {
  const struct server_answer answers[] = {TOKEN("first", "3599"), {.head = waits[_i].head, .body = BUSY_BODY}, ITEMS};
  long long took = 0;
  struct got got = read_hastily(answers, UNIT_N(answers), 0, &took);
  ck_assert_int_eq(got.outcome.extent, PAL_READ_ALL);
  ck_assert_msg(took >= waits[_i].least_ms, "%lld ms", took);
}
END_TEST

/* One on which a second takes a twentieth of it. */
static long long brisk_ms(const void *clock) {
  struct timespec now;
  (void)clock;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return ((long long)now.tv_sec * 1000 + now.tv_nsec / 1000000) * 20;
}

static const struct {
  const char *head;
  long long (*now_ms)(const void *clock);
  long long least_ms;
} scopes[] = {{BUSY_HEAD "Retry-After: 4000\r\n", hasty_ms, 4000000}, {BUSY_HEAD, brisk_ms, 5000}};

/* Another question of the same identity, tenant and service, which the service has not refused yet. */
START_TEST(test_client__a_busy_service_is_not_asked_something_else_either) {
  const struct server_answer answers[] = {
      TOKEN("first", "3599"), {.head = scopes[_i].head, .body = BUSY_BODY}, ITEMS, ITEMS};
  struct pal_err err = {0};
  struct pal_net *net = NULL;
  struct pal_azure *azure = NULL;
  struct got got = {0};
  serve(answers, UNIT_N(answers));
  const struct pal_net_options live = {.cloud = &cloud, .concurrency = 1, .now_ms = scopes[_i].now_ms};
  unit_ok(pal_net_open(&live, &net, &err), &err);
  struct pal_azure_options options = {
      .net = net, .cloud = &cloud, .settings = settings, .config = config(), .base_dir = unit_folder()};
  unit_ok(pal_azure_open(&options, &azure, &err), &err);
  struct pal_call call = {.caller = {.identity = "robot"}, .service = PAL_ARM, .path = P_SUBSCRIPTIONS};
  unit_ok(pal_tenant_id_parse(HOME, &call.caller.tenant, &err), &err);
  got.clock = scopes[_i].now_ms;
  long long before = got.clock(NULL);
  unit_ok(pal_azure_list(azure, &call, PAL_PAGING_ARM, on_page, on_done, &got, &err), &err);
  call.path = "/tenants?api-version=2022-12-01";
  unit_ok(pal_azure_list(azure, &call, PAL_PAGING_ARM, on_page, on_done, &got, &err), &err);
  unit_ok(pal_net_run(net, NULL, &err), &err);
  pal_azure_free(azure);
  unit_ok(pal_net_close(net, &err), &err);
  ck_assert_int_eq(got.calls, 2);
  ck_assert_msg(got.first_ms - before >= scopes[_i].least_ms, "%lld ms", got.first_ms - before);
}
END_TEST

/* Five tries, with waits between that are drawn: each of those failures may be over a second later. */
START_TEST(test_client__what_fails_is_tried_five_times) {
  static const char *const heads[] = {HEAD("408 Request Timeout"), HEAD("500 Internal Server Error"),
                                      HEAD("502 Bad Gateway"), HEAD("504 Gateway Timeout"),
                                      HEAD("503 Service Unavailable")};
  struct server_answer answers[7] = {TOKEN("first", "3599")};
  for (int i = 0; i < 5; i++)
    answers[1 + i] = (struct server_answer){.head = heads[i], .body = "{}"};
  answers[6] = (struct server_answer)ITEMS;
  if (_i == 0) /* the last try succeeds */
    answers[5] = answers[6];
  long long took = 0;
  struct got got = read_hastily(answers, UNIT_N(answers), 0, &took);
  ck_assert_int_eq(got.outcome.extent, _i == 0 ? PAL_READ_ALL : PAL_READ_NOTHING);
  ck_assert_str_eq(got.outcome.code, _i == 0 ? "" : "503");
  ck_assert_uint_eq(count(asked(), "GET "), 5);
}
END_TEST

START_TEST(test_client__a_wait_beyond_the_time_of_a_tenant_is_not_begun) {
  static const struct server_answer answers[] = {
      TOKEN("first", "3599"), {.head = BUSY_HEAD "Retry-After: 86400\r\n", .body = BUSY_BODY}, ITEMS};
  long long took = 0;
  struct got got = read_hastily(answers, UNIT_N(answers), 0, &took);
  ck_assert_int_eq(got.outcome.extent, PAL_READ_NOTHING);
  ck_assert_str_eq(got.outcome.code, PAL_WORD_TENANT_TIME);
  ck_assert_msg(took < 86400000, "%lld ms", took);
  ck_assert_uint_eq(count(asked(), "GET "), 1);
  ck_assert_ptr_nonnull(pal_azure_explain(got.outcome.code));
}
END_TEST

START_TEST(test_client__nothing_is_begun_after_the_time_of_the_run) {
  static const struct server_answer answers[] = {
      TOKEN("first", "3599"), {.head = BUSY_HEAD "Retry-After: 3600\r\n", .body = BUSY_BODY}, ITEMS};
  long long took = 0;
  struct got got = read_hastily(answers, UNIT_N(answers), 3000000, &took);
  ck_assert_int_eq(got.outcome.extent, PAL_READ_NOTHING);
  ck_assert_str_eq(got.outcome.code, PAL_WORD_TIME);
  ck_assert_uint_eq(count(asked(), "GET "), 1);
  ck_assert_ptr_nonnull(pal_azure_explain(got.outcome.code));
}
END_TEST

START_TEST(test_client__new_tokens_that_are_refused_are_told) {
  static const struct server_answer answers[] = {
      TOKEN("first", "3599"),
      {.head = HEAD("401 Unauthorized"), .body = "{\"error\":{\"code\":\"InvalidAuthenticationToken\"}}"},
      TOKEN("second", "3599"),
      {.head = HEAD("401 Unauthorized"), .body = "{\"error\":{\"code\":\"InvalidAuthenticationToken\"}}"},
      TOKEN("third", "3599"),
      {.head = HEAD("401 Unauthorized"), .body = "{\"error\":{\"code\":\"InvalidAuthenticationToken\"}}"},
  };
  serve(answers, UNIT_N(answers));
  const struct pal_net_options live = {.cloud = &cloud, .concurrency = 1};
  struct got got = read_list(&live, config(), 1);
  ck_assert_int_eq(got.outcome.extent, PAL_READ_NOTHING);
  ck_assert_str_eq(got.outcome.code, "401 InvalidAuthenticationToken");
}
END_TEST

START_TEST(test_client__renewal_that_is_refused_is_told) {
  static const struct server_answer answers[] = {
      TOKEN("first", "3599"),
      {.head = HEAD("401 Unauthorized"), .body = "{\"error\":{\"code\":\"ExpiredAuthenticationToken\"}}"},
      {.head = HEAD("401 Unauthorized"), .body = "{\"error\":\"invalid_client\",\"error_codes\":[7000222]}"},
  };
  serve(answers, UNIT_N(answers));
  const struct pal_net_options live = {.cloud = &cloud, .concurrency = 1};
  struct got got = read_list(&live, config(), 1);
  ck_assert_str_eq(got.outcome.code, "AADSTS7000222");
}
END_TEST

START_TEST(test_client__token_of_another_tenant_is_not_renewed) {
  static const struct server_answer answers[] = {
      TOKEN("first", "3599"),
      {.head = HEAD("401 Unauthorized"), .body = "{\"error\":{\"code\":\"InvalidAuthenticationTokenTenant\"}}"},
  };
  serve(answers, UNIT_N(answers));
  const struct pal_net_options live = {.cloud = &cloud, .concurrency = 1};
  struct got got = read_list(&live, config(), 1);
  ck_assert_str_eq(got.outcome.code, "401 InvalidAuthenticationTokenTenant");
}
END_TEST

START_TEST(test_client__token_near_its_end_is_renewed_before_it_is_used) {
  static const struct server_answer answers[] = {TOKEN("first", "600"), ITEMS, TOKEN("second", "\"3599\""), ITEMS,
                                                 ITEMS};
  serve(answers, UNIT_N(answers));
  struct pal_instant at = pal_clock_now();
  struct pal_err err = {0};
  struct pal_net *net = NULL;
  struct pal_azure *azure = NULL;
  struct got got = {0};
  const struct pal_net_options live = {.cloud = &cloud, .concurrency = 1};
  unit_ok(pal_net_open(&live, &net, &err), &err);
  struct pal_azure_options options = {
      .net = net, .cloud = &cloud, .settings = settings, .config = config(), .base_dir = unit_folder()};
  unit_ok(pal_azure_open(&options, &azure, &err), &err);
  struct pal_call call = {.caller = {.identity = "robot"}, .service = PAL_ARM, .path = P_SUBSCRIPTIONS};
  unit_ok(pal_tenant_id_parse(HOME, &call.caller.tenant, &err), &err);
  for (int i = 0; i < 3; i++) {
    pal_clock_fix(&at);
    unit_ok(pal_azure_list(azure, &call, PAL_PAGING_ARM, on_page, on_done, &got, &err), &err);
    unit_ok(pal_net_run(net, NULL, &err), &err);
    ck_assert_int_eq(got.outcome.extent, PAL_READ_ALL);
    at.s += 400;
  }
  pal_clock_fix(NULL);
  pal_azure_free(azure);
  unit_ok(pal_net_close(net, &err), &err);
  ck_assert_uint_eq(count(asked(), "/oauth2/v2.0/token HTTP"), 2);
}
END_TEST

/* Memory follows the tenants being read, not those that were. */
START_TEST(test_client__who_leaves_a_tenant_signs_in_again) {
  static const struct server_answer answers[] = {TOKEN("first", "3599"), ITEMS, TOKEN("second", "3599"), ITEMS, ITEMS};
  serve(answers, UNIT_N(answers));
  struct pal_err err = {0};
  struct pal_net *net = NULL;
  struct pal_azure *azure = NULL;
  struct got got = {0};
  const struct pal_net_options live = {.cloud = &cloud, .concurrency = 1};
  unit_ok(pal_net_open(&live, &net, &err), &err);
  struct pal_azure_options options = {
      .net = net, .cloud = &cloud, .settings = settings, .config = config(), .base_dir = unit_folder()};
  unit_ok(pal_azure_open(&options, &azure, &err), &err);
  struct pal_call call = {.caller = {.identity = "robot"}, .service = PAL_ARM, .path = P_SUBSCRIPTIONS};
  unit_ok(pal_tenant_id_parse(HOME, &call.caller.tenant, &err), &err);
  struct pal_caller elsewhere = {.identity = "robot"};
  unit_ok(pal_tenant_id_parse("99999999-2222-3333-4444-555555555555", &elsewhere.tenant, &err), &err);
  for (int i = 0; i < 3; i++) {
    unit_ok(pal_azure_list(azure, &call, PAL_PAGING_ARM, on_page, on_done, &got, &err), &err);
    if (i < 2)
      pal_azure_leave(azure, &call.caller); /* its token is waited for: it stays */
    unit_ok(pal_net_run(net, NULL, &err), &err);
    ck_assert_int_eq(got.outcome.extent, PAL_READ_ALL);
    pal_azure_leave(azure, i == 0 ? &call.caller : &elsewhere);
  }
  pal_azure_free(azure);
  unit_ok(pal_net_close(net, &err), &err);
  ck_assert_uint_eq(count(asked(), "/oauth2/v2.0/token HTTP"), 2);
}
END_TEST

START_TEST(test_client__token_file_is_sent_as_it_is) {
  static const struct server_answer answers[] = {ITEMS};
  struct pal_err err = {0};
  struct pal_json_doc *doc = NULL;
  struct pal_record *record = NULL;
  static const char json[] =
      "{\"identities\":[{\"name\":\"robot\",\"credential\":{\"type\":\"token-file\",\"tokenFile\":\"app.token\"}}]}";
  unit_write("app.token", JWT("filed") "\n", 0600);
  world_identities("{\"name\":\"robot\",\"type\":\"token-file\",\"tenantId\":\"" HOME "\",\"all\":true}");
  settings = world_write(arena);
  unit_ok(pal_json_parse(json, strlen(json), "test", 0, 0, &doc, &err), &err);
  unit_ok(pal_record_decode(arena, &pal_kind_CONFIG, doc, pal_json_root(doc), PAL_DECODE_PERSON, &record, &err), &err);
  pal_json_doc_free(doc);
  serve(answers, UNIT_N(answers));
  const struct pal_net_options live = {.cloud = &cloud, .concurrency = 1};
  struct got got = read_list(&live, record, 1);
  ck_assert_int_eq(got.outcome.extent, PAL_READ_ALL);
  const char *log = asked();
  ck_assert_ptr_nonnull(strstr(log, "Bearer " JWT("filed")));
  ck_assert_uint_eq(count(log, "/oauth2/"), 0);
}
END_TEST

Suite *make_azure_client_suite(void);
Suite *make_azure_client_suite(void) {
  Suite *suite = suite_create("azure/client");
  TCase *tc = tcase_create("client");
  tcase_set_timeout(tc, 60);
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_test(tc, test_client__busy_answers_are_waited_for_and_a_token_is_renewed);
  tcase_add_loop_test(tc, test_client__a_busy_service_is_not_asked_before_the_time_it_named, 0, (int)UNIT_N(waits));
  tcase_add_loop_test(tc, test_client__a_busy_service_is_not_asked_something_else_either, 0, UNIT_N(scopes));
  tcase_add_loop_test(tc, test_client__what_fails_is_tried_five_times, 0, 2);
  tcase_add_test(tc, test_client__a_wait_beyond_the_time_of_a_tenant_is_not_begun);
  tcase_add_test(tc, test_client__nothing_is_begun_after_the_time_of_the_run);
  tcase_add_test(tc, test_client__new_tokens_that_are_refused_are_told);
  tcase_add_test(tc, test_client__renewal_that_is_refused_is_told);
  tcase_add_test(tc, test_client__token_of_another_tenant_is_not_renewed);
  tcase_add_test(tc, test_client__token_near_its_end_is_renewed_before_it_is_used);
  tcase_add_test(tc, test_client__who_leaves_a_tenant_signs_in_again);
  tcase_add_test(tc, test_client__token_file_is_sent_as_it_is);
  suite_add_tcase(suite, tc);
  return suite;
}
