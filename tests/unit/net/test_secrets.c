/* SPDX-License-Identifier: Apache-2.0 */
/* test_secrets.c - what a request brings along is known as a secret while the request lives, and no longer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heard.h"
#include "net/redact.h"
#include "pal_log.h"
#include "server.h"
#include "unit.h"

#define TOKEN_URL LOGIN "/" TENANT "/oauth2/v2.0/token"
#define EMPTY ENTRY("GET", TENANTS, "", STATUS_BODY(200, "{}"))
#define EXCHANGE                                                                      \
  ENTRY("POST", TOKEN_URL,                                                            \
        ",\"postData\":{\"mimeType\":\"application/x-www-form-urlencoded\",\"text\":" \
        "\"client_id=a&client_secret=REDACTED&refresh_token=REDACTED\"}",             \
        STATUS_BODY(200, "{}"))

static struct pal_err err;
static struct heard heard;
static struct server server;

static void set_up(void) {
  unit_enter_folder();
  err = (struct pal_err){0};
  heard = (struct heard){0};
  server = (struct server){0};
  write_recording("rec", EMPTY "," EXCHANGE);
}

static void tear_down(void) {
  if (server.tls)
    server_stop(&server);
  pal_secret_forget_all();
  unit_leave_folder();
}

static bool is_known(const char *text) {
  struct pal_buf out;
  pal_buf_init(&out, 1 << 20);
  pal_redact(&out, text, strlen(text));
  bool known = strcmp(out.data, text) != 0;
  pal_buf_deinit(&out);
  return known;
}

static struct pal_request with_token(const char *token) {
  struct pal_request request = get_request(TENANTS);
  request.bearer = token;
  request.bearer_service = PAL_ARM;
  return request;
}

/* The secret must be known within the callback. */
static void known_fn(void *payload, const struct pal_response *response, const struct pal_err *failed) {
  ck_assert(is_known(payload));
  heard_fn(&heard, response, failed);
}

START_TEST(test_secrets__token_is_known_until_its_request_ended) {
  static char token[] = "bearer-canary-1";
  struct pal_net *net = open_replay(NULL, 0);
  struct pal_request request = with_token(token);
  unit_ok(pal_net_submit(net, &request, known_fn, token, &err), &err);
  unit_ok(pal_net_submit(net, &request, known_fn, token, &err), &err);
  ck_assert(is_known(token));
  unit_ok(pal_net_run(net, NULL, &err), &err);
  ck_assert_int_eq(heard.calls, 2);
  ck_assert(!is_known(token));
  close_net(net);
}
END_TEST

START_TEST(test_secrets__fields_of_a_form_are_known_until_its_request_ended) {
  static char secret[] = "s3cr3t~canary/value";
  struct pal_net *net = open_replay(NULL, 0);
  struct pal_request request = post_request(
      TOKEN_URL, PAL_BODY_FORM, "client_id=a&client_secret=s3cr3t~canary%2Fvalue&refresh_token=refresh-canary");
  unit_ok(pal_net_submit(net, &request, known_fn, secret, &err), &err);
  ck_assert(is_known("refresh-canary"));
  unit_ok(pal_net_run(net, NULL, &err), &err);
  ck_assert_int_eq(heard.calls, 1);
  ck_assert(!is_known(secret));
  ck_assert(!is_known("refresh-canary"));
  close_net(net);
}
END_TEST

START_TEST(test_secrets__those_of_another_owner_stay) {
  struct pal_net *net = open_replay(NULL, 0);
  struct pal_request request = with_token("bearer-canary-2");
  unit_ok(pal_secret_register("bearer-canary-2", strlen("bearer-canary-2"), &err), &err);
  ask_net(net, &request, &heard);
  close_net(net);
  ck_assert(is_known("bearer-canary-2"));
  pal_secret_forget("bearer-canary-2", strlen("bearer-canary-2"));
  ck_assert(!is_known("bearer-canary-2"));
}
END_TEST

START_TEST(test_secrets__denied_and_dropped_requests_leave_none) {
  struct pal_net *net = open_replay(NULL, 0);
  struct pal_request denied = with_token("bearer-canary-3");
  denied.bearer_service = PAL_GRAPH;
  unit_ok(pal_net_submit(net, &denied, heard_fn, &heard, &err), &err);
  ck_assert(is_known("bearer-canary-3"));
  unit_ok(pal_net_run(net, NULL, &err), &err);
  ck_assert_int_eq(heard.code, PAL_E_DENIED);
  ck_assert(!is_known("bearer-canary-3"));
  struct pal_request mistaken = post_request(GRAPH_QUERY, PAL_BODY_JSON, "{");
  mistaken.bearer = "bearer-canary-4";
  unit_fails(pal_net_submit(net, &mistaken, heard_fn, &heard, &err), PAL_E_INTERNAL, "JSON", &err);
  ck_assert(!is_known("bearer-canary-4"));
  struct pal_request dropped = with_token("bearer-canary-5");
  unit_ok(pal_net_submit(net, &dropped, heard_fn, &heard, &err), &err);
  ck_assert(is_known("bearer-canary-5"));
  close_net(net);
  ck_assert(!is_known("bearer-canary-5"));
}
END_TEST

START_TEST(test_secrets__tokens_of_an_answer_are_known_while_it_is_told) {
  static const struct server_answer answers[] = {
      {.head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n",
       .body = "{\"access_token\":\"access-canary\",\"refresh_token\":\"refresh-canary\",\"id_token\":\"id-canary\"}"}};
  static char told[] = "access-canary";
  struct pal_net *net = NULL;
  (void)unsetenv("https_proxy");
  (void)unsetenv("HTTPS_PROXY");
  (void)unsetenv("ALL_PROXY");
  (void)unsetenv("all_proxy");
  server_start(&server, answers, 1);
  const struct pal_cloud cloud = {
      .name = "lab", .origin = {server.origin, server.origin, server.origin}, .ca_file = "ca.pem"};
  const struct pal_net_options options = {.cloud = &cloud, .concurrency = 1};
  char url[300];
  (void)snprintf(url, sizeof url, "%s/" TENANT "/oauth2/v2.0/token", server.origin);
  unit_ok(pal_net_open(&options, &net, &err), &err);
  struct pal_request request = post_request(url, PAL_BODY_FORM, "client_id=a&client_secret=secret-canary");
  unit_ok(pal_net_submit(net, &request, known_fn, told, &err), &err);
  unit_ok(pal_net_run(net, NULL, &err), &err);
  ck_assert_int_eq(heard.status, 200);
  ck_assert(!is_known("access-canary refresh-canary id-canary secret-canary"));
  close_net(net);
}
END_TEST

START_TEST(test_secrets__form_and_answer_are_forgotten_as_registered) {
  static const char form[] = "client_secret=s%2Bcr%20et+x&code=REDACTED&password=12345&assertion=assertion-canary";
  static const char answer[] = "{\"access_token\":\"access-canary\",\"id_token\":\"access-canary\"}";
  for (int i = 0; i < 2; i++) {
    unit_ok(net_register_form(form, &err), &err);
    unit_ok(net_register_answer(answer, strlen(answer), &err), &err);
  }
  net_forget_form(form);
  net_forget_answer(answer, strlen(answer));
  ck_assert(is_known("s+cr et x") && is_known("assertion-canary") && is_known("access-canary"));
  net_forget_form(form);
  net_forget_answer(answer, strlen(answer));
  ck_assert(!is_known("s+cr et x") && !is_known("assertion-canary") && !is_known("access-canary"));
}
END_TEST

Suite *make_net_secrets_suite(void);
Suite *make_net_secrets_suite(void) {
  Suite *suite = suite_create("net secrets");
  TCase *tests = tcase_create("secrets");
  tcase_set_timeout(tests, 60);
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_test(tests, test_secrets__token_is_known_until_its_request_ended);
  tcase_add_test(tests, test_secrets__fields_of_a_form_are_known_until_its_request_ended);
  tcase_add_test(tests, test_secrets__those_of_another_owner_stay);
  tcase_add_test(tests, test_secrets__denied_and_dropped_requests_leave_none);
  tcase_add_test(tests, test_secrets__tokens_of_an_answer_are_known_while_it_is_told);
  tcase_add_test(tests, test_secrets__form_and_answer_are_forgotten_as_registered);
  suite_add_tcase(suite, tests);
  return suite;
}
