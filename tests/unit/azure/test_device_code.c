/* SPDX-License-Identifier: Apache-2.0 */
/* test_device_code.c - the device authorization grant: what is asked, what the person is told, what ends it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "azure/live.h"
#include "pal_log.h"
#include "unit.h"

#define REFRESH "canary-refresh-token-1.0"
#define CODE "canary-device-code-1"
#define MESSAGE "Open https://login.example/device and enter ABCD-EFGH."
#define BEGUN(more)                                                                 \
  "{\"device_code\":\"" CODE "\",\"user_code\":\"ABCD-EFGH\",\"verification_uri\":" \
  "\"https://login.example/device\",\"interval\":1" more "}"
#define SIGNED_IN "{\"token_type\":\"Bearer\",\"access_token\":\"" TOKEN "\",\"refresh_token\":\"" REFRESH "\"}"
#define PENDING "{\"error\":\"authorization_pending\",\"error_codes\":[70016]}"

static struct live live;
static struct pal_buf token, told;
static struct pal_outcome outcome;

static void set_up(void) {
  live_begin(&live);
  pal_buf_init(&token, 4096);
  pal_buf_init(&told, 4096);
}

static void tear_down(void) {
  pal_buf_wipe(&token);
  pal_buf_deinit(&told);
  live_end(&live);
}

static void show(void *payload, const char *message) {
  pal_buf_puts(payload, message);
}

static void sign_in(void) {
  struct pal_net_options net = {.cloud = &live.cloud, .concurrency = 1};
  unit_ok(pal_net_open(&net, &live.net, &live.err), &live.err);
  struct pal_device_sign_in options = {.net = live.net,
                                       .cloud = &live.cloud,
                                       .caller = {.identity = "anna", .tenant = {TENANT}},
                                       .client = CLIENT,
                                       .show = show,
                                       .payload = &told};
  unit_ok(pal_azure_device_sign_in(&options, NULL, &token, &outcome, &live.err), &live.err);
}

START_TEST(test_device_code__is_asked_until_the_person_has_signed_in) {
  static const struct server_answer answers[] = {
      {.head = OK_HEAD, .body = BEGUN(",\"expires_in\":900,\"message\":\"" MESSAGE "\"")},
      {.head = BAD_HEAD, .body = PENDING},
      {.head = "HTTP/1.1 503 Service Unavailable\r\n", .body = ""},
      {.head = OK_HEAD, .body = SIGNED_IN}};
  live_serve(&live, answers, 4);
  sign_in();
  ck_assert_msg(outcome.extent == PAL_READ_ALL, "%s", outcome.code);
  ck_assert_str_eq(token.data, REFRESH);
  ck_assert_str_eq(told.data, MESSAGE);
  char *asked = slurp("requests.txt", NULL);
  ck_assert_ptr_eq(strstr(asked, "POST /" TENANT "/oauth2/v2.0/devicecode HTTP/1.1\r\n"), asked);
  ck_assert_ptr_nonnull(strstr(asked, "\r\n\r\nclient_id=" CLIENT "&scope=https%3A%2F%2F127.0.0.1%3A"));
  ck_assert_ptr_nonnull(strstr(asked, "%2F.default%20offline_access"));
  ck_assert_ptr_nonnull(strstr(asked, "POST " TOKEN_PATH " HTTP/1.1\r\n"));
  ck_assert_ptr_nonnull(strstr(asked, "%2F.default%20offline_access&device_code=" CODE
                                      "&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"));
  free(asked);
  live_shell("test $(grep -c '^POST .*/token ' requests.txt) -eq 3");
}
END_TEST

START_TEST(test_device_code__page_and_code_are_told_without_a_message) {
  static const struct server_answer answers[] = {{.head = OK_HEAD, .body = BEGUN("")},
                                                 {.head = OK_HEAD, .body = SIGNED_IN}};
  live_serve(&live, answers, 2);
  sign_in();
  ck_assert_str_eq(told.data, "To sign in, open the page https://login.example/device and enter the code ABCD-EFGH.");
}
END_TEST

static const struct {
  const char *first_head, *first, *then_head, *then, *code;
  int polls;
} refusals[] = {
    {BAD_HEAD, "{\"error\":\"invalid_client\",\"error_codes\":[7000218]}", OK_HEAD, "", "AADSTS7000218", 0},
    {OK_HEAD, "{\"user_code\":\"A\"}", OK_HEAD, "", PAL_WORD_SHAPE, 0},
    {OK_HEAD, "{\"device_code\":\"dc\",\"user_code\":\"UC\"}", OK_HEAD, "", PAL_WORD_SHAPE, 0},
    {OK_HEAD, "<html>", OK_HEAD, "", PAL_WORD_NOT_JSON, 0},
    {OK_HEAD, BEGUN(""), BAD_HEAD, "{\"error\":\"authorization_declined\"}", "400 authorization_declined", 1},
    {OK_HEAD, BEGUN(""), BAD_HEAD, "{\"error\":\"expired_token\"}", "400 expired_token", 1},
    {OK_HEAD, BEGUN(",\"expires_in\":2"), BAD_HEAD, PENDING, PAL_WORD_CODE_EXPIRED, 1},
    {OK_HEAD, BEGUN(",\"expires_in\":\"4\""), BAD_HEAD, "{\"error\":\"slow_down\"}", PAL_WORD_CODE_EXPIRED, 1},
    {OK_HEAD, BEGUN(""), OK_HEAD, "{\"access_token\":\"" TOKEN "\"}", PAL_WORD_TOKEN, 1},
    {OK_HEAD, BEGUN(""), OK_HEAD, "{\"access_token\":\"" TOKEN "\",\"refresh_token\":\"a b\\nc\"}", PAL_WORD_TOKEN, 1},
    {OK_HEAD, BEGUN(""), OK_HEAD, "{\"refresh_token\":\"" REFRESH "\"}", PAL_WORD_TOKEN, 1},
    /* {"tid":"22222222-…"} */
    {OK_HEAD, BEGUN(""), OK_HEAD,
     "{\"access_token\":\"eyJhbGciOiJub25lIn0."
     "eyJ0aWQiOiIyMjIyMjIyMi0yMjIyLTMzMzMtNDQ0NC01NTU1NTU1NTU1NTUiLCJvaWQiOiI5OTk5OTk5OS0yMjIyLTMzMzMtNDQ0NC01NTU1NT"
     "U1NTU1NTUifQ.x\",\"refresh_token\":\"" REFRESH "\"}",
     PAL_WORD_TOKEN_TENANT, 1},
};

START_TEST(test_device_code__what_ends_it_has_a_code) {
  const struct server_answer answers[] = {{.head = refusals[_i].first_head, .body = refusals[_i].first},
                                          {.head = refusals[_i].then_head, .body = refusals[_i].then}};
  live_serve(&live, answers, 2);
  sign_in();
  ck_assert(outcome.extent != PAL_READ_ALL);
  ck_assert_str_eq(outcome.code, refusals[_i].code);
  ck_assert_uint_eq(token.len, 0);
  live_shell(pal_arena_printf(live.arena, "test $(grep -c '^POST .*/token ' requests.txt) -eq %d", refusals[_i].polls));
}
END_TEST

Suite *make_azure_device_code_suite(void);
Suite *make_azure_device_code_suite(void) {
  Suite *suite = suite_create("azure/device_code");
  TCase *tests = tcase_create("device_code");
  tcase_set_timeout(tests, 60);
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_test(tests, test_device_code__is_asked_until_the_person_has_signed_in);
  tcase_add_test(tests, test_device_code__page_and_code_are_told_without_a_message);
  tcase_add_loop_test(tests, test_device_code__what_ends_it_has_a_code, 0, UNIT_N(refusals));
  suite_add_tcase(suite, tests);
  return suite;
}
