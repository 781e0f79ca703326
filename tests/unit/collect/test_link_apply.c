/* SPDX-License-Identifier: Apache-2.0 */
/* test_link_apply.c - a change of a link that must not be sent is not: against a server that would take it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "azure/live.h"
#include "pal_link.h"
#include "unit.h"

#define NOT_FOUND "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n"
#define OTHER_OBJECT "77777777-2222-3333-4444-555555555555"
#define LINK(id, version, state)                                                                        \
  "{\"id\":\"/providers/microsoft.managementpartner/partners/" id "\",\"name\":\"" id                   \
  "\",\"etag\":7,\"type\":\"Microsoft.ManagementPartner/partners\",\"properties\":{\"partnerId\":\"" id \
  "\",\"tenantId\":\"" TENANT "\",\"objectId\":\"" OTHER_TENANT "\",\"version\":" version               \
  ",\"createdTime\":\"2024-01-20T01:23:40.52Z\",\"updatedTime\":\"2024-03-02T22:18:10.5Z\",\"state\":\"" state "\"}}"

static struct live live;
static struct pal_link_result result;

static void set_up(void) {
  live_begin(&live);
  unit_write("app.secret", "s3cr3t~canary/value\n", 0600);
  live_configure(&live, "client-secret", "\"type\":\"client-secret\",\"secretFile\":\"app.secret\"");
}

static void tear_down(void) {
  live_end(&live);
}

/* Opens net and azure; the token is of the object OTHER_TENANT in TENANT. */
static void open_net(const struct pal_net_options *net) {
  unit_ok(pal_net_open(net, &live.net, &live.err), &live.err);
  struct pal_azure_options azure = {.net = live.net,
                                    .cloud = &live.cloud,
                                    .settings = live.settings,
                                    .config = live.config,
                                    .base_dir = unit_folder()};
  unit_ok(pal_azure_open(&azure, &live.azure, &live.err), &live.err);
}

static void open_live(bool may_write) {
  open_net(&(struct pal_net_options){.cloud = &live.cloud, .concurrency = 1, .may_write = may_write});
}

static struct pal_record *link_of(const char *json) {
  struct pal_json_doc *doc = NULL;
  struct pal_record *link = NULL;
  struct pal_outcome outcome = {.extent = PAL_READ_ALL, .status = 200};
  bool known = false;
  unit_ok(pal_json_parse(json, strlen(json), "test", 0, 0, &doc, &live.err), &live.err);
  struct pal_answer answer = {.outcome = outcome, .doc = doc};
  unit_ok(pal_link_read(live.arena, &answer, &outcome, &known, &link, &live.err), &live.err);
  pal_json_doc_free(doc);
  ck_assert(known);
  return link;
}

static enum pal_code apply(const char *object, const struct pal_record *seen) {
  struct pal_link_plan plan = {.identity = "robot",
                               .tenant = {TENANT},
                               .kind = seen ? PAL_WRITE_UPDATE : PAL_WRITE_CREATE,
                               .partner = {"2000001"},
                               .seen = seen};
  (void)snprintf(plan.object.s, sizeof plan.object.s, "%s", object);
  return pal_link_apply(live.net, live.azure, live.arena, &plan, NULL, &result, &live.err);
}

/* The token was asked for and so many readings; nothing was written. */
static void expect_only_read(int readings) {
  char *all = slurp("requests.txt", NULL);
  int reads = 0;
  ck_assert_ptr_null(strstr(all, "PUT /"));
  ck_assert_ptr_null(strstr(all, "PATCH /"));
  ck_assert_ptr_null(strstr(all, "DELETE /"));
  for (const char *at = all; (at = strstr(at, "GET /providers/Microsoft.ManagementPartner/partners?")); at++)
    reads++;
  ck_assert_int_eq(reads, readings);
  ck_assert(!result.sent);
  free(all);
}

START_TEST(test_link_apply__token_of_another_object_writes_nothing) {
  static const struct server_answer answers[] = {{.head = OK_HEAD, .body = TOKEN_ANSWER},
                                                 {.head = NOT_FOUND, .body = "{}"}};
  live_serve(&live, answers, UNIT_N(answers));
  open_live(true);
  unit_ok(apply(OTHER_OBJECT, NULL), &live.err);
  ck_assert_int_eq(result.end, PAL_END_OTHER_TOKEN);
  expect_only_read(0);
}
END_TEST

static const struct {
  const char *seen; /* NULL: no link */
  struct server_answer now;
  enum pal_link_end end;
} changed[] = {
    {NULL, {.head = OK_HEAD, .body = LINK("1000002", "1", "Active")}, PAL_END_MOVED},
    {LINK("1000002", "7", "Active"), {.head = NOT_FOUND, .body = ""}, PAL_END_MOVED},
    {LINK("1000002", "7", "Active"), {.head = OK_HEAD, .body = LINK("1000003", "8", "Active")}, PAL_END_MOVED},
    {LINK("1000002", "7", "Active"), {.head = OK_HEAD, .body = LINK("1000002", "9", "Active")}, PAL_END_MOVED},
    {LINK("1000002", "7", "Active"), {.head = OK_HEAD, .body = LINK("1000002", "7", "Deleted")}, PAL_END_MOVED},
    {NULL, {.head = OK_HEAD, .body = "{}"}, PAL_END_UNREAD},
    {NULL, {.head = OK_HEAD, .body = "{\"properties\":{\"partnerId\":\"x\"}}"}, PAL_END_UNREAD},
    {NULL, {.head = OK_HEAD, .body = ""}, PAL_END_UNREAD},
    {NULL,
     {.head = "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n", .body = "<html>lost</html>"},
     PAL_END_UNREAD},
    {NULL, {.head = NOT_FOUND, .body = "{\"error\":{\"code\":\"InvalidResourceType\"}}"}, PAL_END_UNREAD},
    {NULL, {.head = "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\n", .body = "{}"}, PAL_END_UNREAD},
};

START_TEST(test_link_apply__link_that_is_another_or_unread_is_not_written) {
  const struct server_answer answers[] = {{.head = OK_HEAD, .body = TOKEN_ANSWER}, changed[_i].now};
  live_serve(&live, answers, UNIT_N(answers));
  open_live(true);
  unit_ok(apply(OTHER_TENANT, changed[_i].seen ? link_of(changed[_i].seen) : NULL), &live.err);
  ck_assert_int_eq(result.end, changed[_i].end);
  expect_only_read(1);
}
END_TEST

START_TEST(test_link_apply__net_that_only_reads_gives_no_grant) {
  static const struct server_answer answers[] = {{.head = OK_HEAD, .body = TOKEN_ANSWER},
                                                 {.head = NOT_FOUND, .body = "{}"}};
  live_serve(&live, answers, UNIT_N(answers));
  open_live(false);
  unit_fails(apply(OTHER_TENANT, NULL), PAL_E_DENIED, "this run only reads", &live.err);
  expect_only_read(1);
}
END_TEST

static struct pal_instant hour;

static void pass_hour(void *payload) {
  (void)payload;
  hour.s += 3600;
  pal_clock_fix(&hour);
}

/* An hour passes with each answer, and the credential ends before the request. */
START_TEST(test_link_apply__token_refused_before_the_request_says_that_nothing_was_sent) {
  static const struct server_answer answers[] = {
      {.head = OK_HEAD, .body = TOKEN_ANSWER},
      {.head = OK_HEAD, .body = TOKEN_ANSWER},
      {.head = NOT_FOUND, .body = "{}"},
      {.head = BAD_HEAD, .body = "{\"error\":\"invalid_client\",\"error_codes\":[7000222]}"},
  };
  live_serve(&live, answers, UNIT_N(answers));
  hour = pal_clock_now();
  open_net(&(struct pal_net_options){.cloud = &live.cloud, .concurrency = 1, .may_write = true, .tick = pass_hour});
  enum pal_code code = apply(OTHER_TENANT, NULL);
  pal_clock_fix(NULL);
  unit_ok(code, &live.err);
  ck_assert_msg(result.end == PAL_END_NOT_SENT, "%d %s %s", (int)result.end, result.read.code, result.written.code);
  ck_assert_str_eq(result.written.code, "AADSTS7000222");
  expect_only_read(1);
}
END_TEST

Suite *make_collect_link_apply_suite(void);
Suite *make_collect_link_apply_suite(void) {
  Suite *suite = suite_create("collect link_apply");
  TCase *tests = tcase_create("link_apply");
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_set_timeout(tests, 60);
  tcase_add_test(tests, test_link_apply__token_of_another_object_writes_nothing);
  tcase_add_loop_test(tests, test_link_apply__link_that_is_another_or_unread_is_not_written, 0, UNIT_N(changed));
  tcase_add_test(tests, test_link_apply__token_refused_before_the_request_says_that_nothing_was_sent);
  tcase_add_test(tests, test_link_apply__net_that_only_reads_gives_no_grant);
  suite_add_tcase(suite, tests);
  return suite;
}
