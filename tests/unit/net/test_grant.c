/* SPDX-License-Identifier: Apache-2.0 */
/* test_grant.c - what may write: one request, once, and nothing that differs from it in anything. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heard.h"
#include "pal_grant.h"
#include "pal_log.h"
#include "pal_record.h"
#include "server.h"
#include "unit.h"

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
#define LINK_PATH "/providers/Microsoft.ManagementPartner/partners/2000001?api-version=2018-02-01"
#define BODY "{\"partnerId\":\"2000001\"}"
#define BEARER "token-canary-of-a-robot"

static struct pal_err err;
static struct heard heard;
static struct server server;
static struct pal_cloud cloud;
static struct pal_net *net;
static struct pal_grant *grant;
static struct pal_arena *arena;

static const struct server_answer ok[] = {{.head = OK_HEAD, .body = "{}"}, {.head = OK_HEAD, .body = "{}"}};

static void set_up(void) {
  static const char *const variables[] = {"https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"};
  unit_enter_folder();
  err = (struct pal_err){0};
  heard = (struct heard){0};
  server = (struct server){0};
  cloud = *pal_cloud_builtin("AzurePublicCloud");
  net = NULL;
  grant = NULL;
  arena = pal_arena_new(0);
  for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
    (void)unsetenv(variables[i]);
}

static void tear_down(void) {
  pal_grant_free(grant);
  if (net)
    close_net(net);
  if (server.tls)
    server_stop(&server);
  pal_secret_forget_all();
  pal_arena_free(arena);
  unit_leave_folder();
}

static void open_with(const struct pal_net_options *options) {
  unit_ok(pal_net_open(options, &net, &err), &err);
}

/* A net that may write, before a server with these answers. */
static void serve(const struct server_answer *answers, size_t n) {
  server_start(&server, answers, n);
  cloud =
      (struct pal_cloud){.name = "lab", .origin = {server.origin, server.origin, server.origin}, .ca_file = "ca.pem"};
  open_with(&(struct pal_net_options){.cloud = &cloud, .concurrency = 1, .may_write = true});
}

static struct pal_write link_write(enum pal_write_kind kind) {
  return (struct pal_write){.identity = "robot", .tenant = {TENANT}, .kind = kind, .partner = {"2000001"}};
}

static void ask_grant(enum pal_write_kind kind) {
  struct pal_write write = link_write(kind);
  unit_ok(pal_net_grant(net, &write, &grant, &err), &err);
}

/* The request that the grant is for. */
static struct pal_request granted_request(void) {
  struct pal_request request = get_request(pal_grant_url(grant));
  request.method = pal_grant_method(grant);
  request.body = pal_grant_body(grant);
  request.body_kind = request.body ? PAL_BODY_JSON : PAL_BODY_NONE;
  request.bearer = BEARER;
  request.bearer_service = PAL_ARM;
  request.grant = grant;
  return request;
}

static void expect_denied(const struct pal_request *request, const char *why) {
  heard = (struct heard){0};
  ask_net(net, request, &heard);
  ck_assert_int_eq(heard.calls, 1);
  ck_assert_msg(heard.code == PAL_E_DENIED, "%d %s", (int)heard.code, heard.text);
  ck_assert_msg(strstr(heard.text, why) != NULL, "\"%s\" lacks \"%s\"", heard.text, why);
}

/* What came to the server; "" before it was asked anything. */
static char *asked(void) {
  return access("requests.txt", F_OK) == 0 ? slurp("requests.txt", NULL) : strdup("");
}

static void expect_asked(const char *only) {
  char *all = asked();
  ck_assert_str_eq(all, only);
  free(all);
}

/* --- the request it is for --- */

static const struct {
  enum pal_write_kind kind;
  const char *method, *body;
} kinds[] = {{PAL_WRITE_CREATE, "PUT", BODY}, {PAL_WRITE_UPDATE, "PATCH", BODY}, {PAL_WRITE_DELETE, "DELETE", NULL}};

START_TEST(test_grant__its_request_is_sent_as_it_says) {
  serve(ok, UNIT_N(ok));
  ask_grant(kinds[_i].kind);
  ck_assert_str_eq(pal_grant_method(grant), kinds[_i].method);
  struct pal_request request = granted_request();
  ask_net(net, &request, &heard);
  ck_assert_int_eq(heard.code, PAL_OK);
  ck_assert_int_eq(heard.status, 200);
  char line[300], *all = asked();
  (void)snprintf(line, sizeof line, "%s " LINK_PATH " HTTP/1.1\r\n", kinds[_i].method);
  ck_assert_msg(strncmp(all, line, strlen(line)) == 0, "%s", all);
  ck_assert_ptr_nonnull(strstr(all, "\r\nAuthorization: Bearer " BEARER "\r\n"));
  ck_assert_ptr_null(strstr(all, "Expect"));
  const char *body = strstr(all, "\r\n\r\n");
  ck_assert_ptr_nonnull(body);
  (void)snprintf(line, sizeof line, "\r\n\r\n%s\n----\n", kinds[_i].body ? kinds[_i].body : "");
  ck_assert_str_eq(body, line);
  ck_assert_int_eq(strstr(all, "\r\nContent-Type: application/json\r\n") != NULL, kinds[_i].body != NULL);
  free(all);
}
END_TEST

START_TEST(test_grant__second_use_is_refused) {
  serve(ok, UNIT_N(ok));
  ask_grant(kinds[_i].kind);
  struct pal_request request = granted_request();
  ask_net(net, &request, &heard);
  ck_assert_int_eq(heard.status, 200);
  char *once = asked();
  expect_denied(&request, "spent before");
  expect_asked(once);
  free(once);
}
END_TEST

/* Two requests of one grant that wait side by side. */
START_TEST(test_grant__one_of_two_at_once_is_refused) {
  struct heard other = {0};
  serve(ok, UNIT_N(ok));
  ask_grant(PAL_WRITE_CREATE);
  struct pal_request request = granted_request();
  unit_ok(pal_net_submit(net, &request, heard_fn, &heard, &err), &err);
  unit_ok(pal_net_submit(net, &request, heard_fn, &other, &err), &err);
  unit_ok(pal_net_run(net, NULL, &err), &err);
  ck_assert_int_eq(heard.status, 200);
  ck_assert_int_eq(other.code, PAL_E_DENIED);
}
END_TEST

START_TEST(test_grant__never_used_sends_nothing) {
  serve(ok, UNIT_N(ok));
  ask_grant(PAL_WRITE_DELETE);
  pal_grant_free(grant);
  grant = NULL;
  unit_ok(pal_net_run(net, NULL, &err), &err);
  expect_asked("");
}
END_TEST

/* --- any other --- */

enum { OTHERS = 15 };

/* What of the request differs, and why it is refused. */
static const char *spoil(struct pal_request *request, int how) {
  static char url[400];
  (void)snprintf(url, sizeof url, "%s%s", server.origin, LINK_PATH);
  request->url = url;
  switch (how) {
  case 0: request->identity = "other"; return "another identity";
  case 1: request->tenant = (struct pal_tenant_id){OTHER_TENANT}; return "another tenant";
  case 2: request->method = "PATCH"; return "another method";
  case 3: strstr(url, "2000001")[6] = '2'; return "another address";
  case 4: strstr(url, "2018-02-01")[9] = '2'; return "another address";
  case 5: request->body = "{\"partnerId\":\"2000002\"}"; return "another body";
  case 6: request->body = "{\"partnerId\": \"2000001\"}"; return "another body";
  case 7: request->body = BODY " "; return "another body";
  case 8: request->bearer = NULL; return "another token";
  case 9: request->bearer_service = PAL_GRAPH; return "another service";
  case 10: request->retry = true; return "another turn";
  case 11: request->url = "https://management.azure.com" LINK_PATH; return "none of the cloud's";
  case 12:
    (void)snprintf(url, sizeof url, "%s%s", server.origin, "/tenants?api-version=2022-12-01");
    request->method = "GET";
    request->body = NULL;
    request->body_kind = PAL_BODY_NONE;
    return "path";
  case 13: *strstr(url, "ManagementPartner") = 'm'; return "another address";
  case 14:
    request->body = NULL;
    request->body_kind = PAL_BODY_NONE;
    return "must have";
  default: ck_abort_msg("no such difference");
  }
}

/* And what was shown once is good for nothing more. */
START_TEST(test_grant__request_that_differs_is_refused) {
  serve(ok, UNIT_N(ok));
  ask_grant(PAL_WRITE_CREATE);
  struct pal_request right = granted_request(), other = right;
  const char *why = spoil(&other, _i);
  expect_denied(&other, why);
  expect_denied(&right, "spent before");
  expect_asked("");
}
END_TEST

START_TEST(test_grant__of_another_cloud_is_refused) {
  serve(ok, UNIT_N(ok));
  struct pal_cloud twin = cloud;
  struct pal_net *first = net;
  ask_grant(PAL_WRITE_CREATE);
  open_with(&(struct pal_net_options){.cloud = &twin, .concurrency = 1, .may_write = true});
  struct pal_request request = granted_request();
  expect_denied(&request, "another cloud");
  close_net(first);
  expect_asked("");
}
END_TEST

/* --- without one --- */

START_TEST(test_grant__without_one_every_write_is_refused) {
  serve(ok, UNIT_N(ok));
  ask_grant(kinds[_i].kind);
  struct pal_request request = granted_request();
  request.grant = NULL;
  expect_denied(&request, "path");
  expect_asked("");
}
END_TEST

START_TEST(test_grant__is_given_only_where_writing_was_asked_for) {
  struct pal_write write = link_write(PAL_WRITE_CREATE);
  struct pal_record *session = NULL;
  write_recording("rec", "");
  unit_ok(pal_recording_session(arena, "rec", &session, &err), &err);
  const struct {
    struct pal_net_options options;
    enum pal_code code;
  } nets[] = {
      {{.cloud = &cloud, .concurrency = 1}, PAL_E_DENIED},
      {{.cloud = &cloud, .concurrency = 1, .may_write = true, .offline = true}, PAL_E_OFFLINE},
      {{.cloud = &cloud, .concurrency = 1, .may_write = true, .replay_dir = "rec"}, PAL_E_DENIED},
      {{.cloud = &cloud, .concurrency = 1, .may_write = true, .offline = true, .replay_dir = "rec"}, PAL_E_OFFLINE},
      {{.cloud = &cloud, .concurrency = 1, .may_write = true, .record_dir = "new", .session = session}, PAL_E_DENIED},
  };
  for (size_t i = 0; i < UNIT_N(nets); i++) {
    open_with(&nets[i].options);
    unit_fails(pal_net_grant(net, &write, &grant, &err), nets[i].code, "no grant", &err);
    ck_assert_ptr_null(grant);
    close_net(net);
    net = NULL;
    err = (struct pal_err){0};
  }
}
END_TEST

START_TEST(test_grant__id_that_is_none_is_refused) {
  static const struct pal_write writes[] = {
      {.identity = "robot", .tenant = {TENANT}, .partner = {"2000001?x=1"}},
      {.identity = "robot", .tenant = {TENANT}, .partner = {"../x"}},
      {.identity = "robot", .tenant = {TENANT}, .partner = {""}},
      {.identity = "robot", .tenant = {"11111111-2222-3333-4444-55555555555X"}, .partner = {"2000001"}},
      {.identity = "robot", .tenant = {""}, .partner = {"2000001"}},
      {.identity = "Ro bot", .tenant = {TENANT}, .partner = {"2000001"}},
      {.identity = NULL, .tenant = {TENANT}, .partner = {"2000001"}},
  };
  open_with(&(struct pal_net_options){.cloud = &cloud, .concurrency = 1, .may_write = true});
  unit_fails(pal_net_grant(net, &writes[_i], &grant, &err), PAL_E_INTERNAL, "a grant", &err);
  ck_assert_ptr_null(grant);
}
END_TEST

/* --- what the service answers --- */

START_TEST(test_grant__redirect_is_not_followed) {
  static const struct server_answer answers[] = {
      {.head = "HTTP/1.1 307 Temporary Redirect\r\nLocation: /providers/Microsoft.ManagementPartner/partners/"
               "2000002?api-version=2018-02-01\r\n",
       .body = ""},
      {.head = OK_HEAD, .body = "{}"}};
  serve(answers, UNIT_N(answers));
  ask_grant(PAL_WRITE_CREATE);
  struct pal_request request = granted_request();
  ask_net(net, &request, &heard);
  ck_assert_int_eq(heard.status, 307);
  char *all = asked();
  ck_assert_ptr_null(strstr(all, "2000002"));
  ck_assert_ptr_null(strstr(strstr(all, "----") + 1, "HTTP/1.1"));
  free(all);
}
END_TEST

START_TEST(test_grant__lost_answer_is_not_asked_for_again) {
  static const struct server_answer answers[] = {{.head = OK_HEAD, .body = "{", .hang_up = 1},
                                                 {.head = OK_HEAD, .body = "{}"}};
  serve(answers, UNIT_N(answers));
  ask_grant(PAL_WRITE_CREATE);
  struct pal_request request = granted_request();
  ask_net(net, &request, &heard);
  ck_assert(heard.truncated);
  char *all = asked();
  ck_assert_ptr_null(strstr(strstr(all, "----") + 1, "HTTP/1.1"));
  free(all);
}
END_TEST

Suite *make_net_grant_suite(void);
Suite *make_net_grant_suite(void) {
  Suite *suite = suite_create("net grant");
  TCase *tests = tcase_create("grant");
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_set_timeout(tests, 60);
  tcase_add_loop_test(tests, test_grant__its_request_is_sent_as_it_says, 0, UNIT_N(kinds));
  tcase_add_loop_test(tests, test_grant__second_use_is_refused, 0, UNIT_N(kinds));
  tcase_add_test(tests, test_grant__one_of_two_at_once_is_refused);
  tcase_add_test(tests, test_grant__never_used_sends_nothing);
  tcase_add_loop_test(tests, test_grant__request_that_differs_is_refused, 0, OTHERS);
  tcase_add_test(tests, test_grant__of_another_cloud_is_refused);
  tcase_add_loop_test(tests, test_grant__without_one_every_write_is_refused, 0, UNIT_N(kinds));
  tcase_add_test(tests, test_grant__is_given_only_where_writing_was_asked_for);
  tcase_add_loop_test(tests, test_grant__id_that_is_none_is_refused, 0, 7);
  tcase_add_test(tests, test_grant__redirect_is_not_followed);
  tcase_add_test(tests, test_grant__lost_answer_is_not_asked_for_again);
  suite_add_tcase(suite, tests);
  return suite;
}
