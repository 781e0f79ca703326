/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pal_buf.h"
#include "pal_file.h"
#include "pal_post.h"
#include "server.h"
#include "unit.h"

#define PATH \
  "/workflows/x/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sig=canary-of-the-address"

static struct pal_err err;
static struct server server;

static void set_up(void) {
  unit_enter_folder();
  err = (struct pal_err){0};
  server = (struct server){0};
  (void)unsetenv("https_proxy");
  (void)unsetenv("HTTPS_PROXY");
  (void)unsetenv("ALL_PROXY");
  (void)unsetenv("all_proxy");
}

static void tear_down(void) {
  if (server.tls)
    server_stop(&server);
  unit_leave_folder();
}

static enum pal_code post_to(const char *url, const char *ca_file) {
  const struct pal_post post = {
      .url = url, .ca_file = ca_file, .content_type = "application/json", .body = "{\"a\":1}", .len = 7};
  return pal_post_send(&post, &err);
}

static const char *address(void) {
  static char url[300];
  (void)snprintf(url, sizeof url, "%s%s", server.origin, PATH);
  return url;
}

static const char *asked(struct pal_buf *out) {
  pal_buf_init(out, 1 << 20);
  unit_ok(pal_file_read("requests.txt", "requests", 0, 1 << 20, out, &err), &err);
  return out->data;
}

static size_t count(const char *text, const char *part) {
  size_t n = 0;
  for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
    n++;
  return n;
}

static void expect_silence(void) {
  ck_assert_ptr_null(strstr(err.text, "canary"));
  ck_assert_ptr_null(strstr(err.text, "127.0.0.1"));
}

START_TEST(test_post__sends_the_body_to_exactly_that_address) {
  static const struct server_answer answers[] = {{.head = "HTTP/1.1 202 Accepted\r\n", .body = ""}};
  struct pal_buf out;
  server_start(&server, answers, 1);
  unit_ok(post_to(address(), "ca.pem"), &err);
  const char *text = asked(&out);
  ck_assert_int_eq(strncmp(text, "POST " PATH " HTTP/1.1\r\n", strlen("POST " PATH " HTTP/1.1\r\n")), 0);
  ck_assert_ptr_nonnull(strstr(text, "\r\nContent-Type: application/json\r\n"));
  ck_assert_ptr_nonnull(strstr(text, "\r\n\r\n{\"a\":1}"));
  ck_assert_ptr_null(strstr(text, "Authorization"));
  ck_assert_ptr_null(strstr(text, "Cookie"));
  pal_buf_deinit(&out);
}
END_TEST

static const struct {
  const char *head;
  int status;
} refusals[] = {
    {"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/elsewhere\r\n", 302},
    {"HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\n", 307},
    {"HTTP/1.1 404 Not Found\r\n", 404},
    {"HTTP/1.1 500 Oops\r\n", 500},
};

START_TEST(test_post__anything_but_success_is_an_error_that_keeps_the_secret) {
  const struct server_answer answers[] = {{.head = refusals[_i].head, .body = PATH},
                                          {.head = "HTTP/1.1 200 OK\r\n", .body = ""}};
  struct pal_buf out;
  server_start(&server, answers, 2);
  unit_fails(post_to(address(), "ca.pem"), PAL_E_NET, "the receiver answered", &err);
  ck_assert_int_eq(err.status, refusals[_i].status);
  expect_silence();
  ck_assert_uint_eq(count(asked(&out), "POST "), 1);
  pal_buf_deinit(&out);
}
END_TEST

START_TEST(test_post__receiver_that_is_busy_is_asked_once_more) {
  static const struct server_answer answers[] = {{.head = "HTTP/1.1 429 Too Many Requests\r\n", .body = ""},
                                                 {.head = "HTTP/1.1 503 Busy\r\n", .body = ""},
                                                 {.head = "HTTP/1.1 200 OK\r\n", .body = ""}};
  server_start(&server, answers, 3);
  /* s_server serves one connection after another, each by the next answer. */
  unit_fails(post_to(address(), "ca.pem"), PAL_E_NET, "answered 503", &err);
  expect_silence();
}
END_TEST

START_TEST(test_post__certificate_nobody_vouches_for_gets_nothing) {
  static const struct server_answer answers[] = {{.head = "HTTP/1.1 200 OK\r\n", .body = ""}};
  struct pal_buf out;
  server_start(&server, answers, 1);
  unit_fails(post_to(address(), NULL), PAL_E_NET, "not delivered", &err);
  expect_silence();
  ck_assert_uint_eq(strlen(asked(&out)), 0);
  pal_buf_deinit(&out);
}
END_TEST

START_TEST(test_post__endless_answer_is_not_waited_for) {
  static const struct server_answer answers[] = {{.head = "HTTP/1.1 200 OK\r\n", .body = "", .pad = 1 << 20}};
  server_start(&server, answers, 1);
  unit_fails(post_to(address(), "ca.pem"), PAL_E_NET, "not delivered", &err);
}
END_TEST

START_TEST(test_post__stops_when_told) {
  static const volatile int stop = 1;
  const struct pal_post post = {
      .url = "https://127.0.0.1:9/canary", .content_type = "application/json", .body = "", .stop = &stop};
  unit_fails(pal_post_send(&post, &err), PAL_E_NET, "not delivered", &err);
  expect_silence();
}
END_TEST

static const char *const traps[] = {
    "http://127.0.0.1/canary",
    "HTTP://127.0.0.1/canary",
    "file:///etc/canary",
    "smtp://127.0.0.1/canary",
    "https://user:canary@127.0.0.1/",
    "https://127.0.0.1@canary.example/",
    "https://127.0.0.1/../canary",
    "https://127.0.0.1/%2e%2e/canary",
    "https://127.0.0.1/a%2Fcanary",
    "https://127.0.0.1/canary\r\nX: y",
    "https://127.0.0.1/can ary",
    "https://2130706433/canary",
    "https:///canary",
    "https://[::1]/canary",
    "https://127.0.0.1//",
    "https://127.0.0.1/canary//",
    "https://127.0.0.1/..//",
    "https://127.0.0.1/canary/../",
    "https://127.0.0.1/canary#part",
    "canary",
    "",
};

START_TEST(test_post__address_with_a_trap_is_refused) {
  unit_fails(pal_post_check(traps[_i], &err), PAL_E_CONFIG, "no address to post to", &err);
  expect_silence();
  err = (struct pal_err){0};
  unit_fails(post_to(traps[_i], NULL), PAL_E_CONFIG, "no address to post to", &err);
  expect_silence();
}
END_TEST

static const char *const addresses[] = {
    "https://prod-12.westeurope.logic.azure.com:443/workflows/0a1b/triggers/manual/paths/"
    "invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=x-Y_z",
    "https://default0a1b.cd.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/x/"
    "triggers/manual/paths/invoke/?api-version=1&sig=x",
    "https://hooks.slack.com/services/T000/B000/XXXX",
    "https://hook.example",
    "https://hook.example/",
    "https://hook.example/a/",
};

START_TEST(test_post__address_of_a_chat_is_taken) {
  unit_ok(pal_post_check(addresses[_i], &err), &err);
}
END_TEST

Suite *make_net_post_suite(void);
Suite *make_net_post_suite(void) {
  Suite *suite = suite_create("net/post");
  TCase *tcase = tcase_create("post");
  tcase_add_checked_fixture(tcase, set_up, tear_down);
  tcase_set_timeout(tcase, 60);
  tcase_add_test(tcase, test_post__sends_the_body_to_exactly_that_address);
  tcase_add_loop_test(tcase, test_post__anything_but_success_is_an_error_that_keeps_the_secret, 0, UNIT_N(refusals));
  tcase_add_test(tcase, test_post__receiver_that_is_busy_is_asked_once_more);
  tcase_add_test(tcase, test_post__certificate_nobody_vouches_for_gets_nothing);
  tcase_add_test(tcase, test_post__endless_answer_is_not_waited_for);
  tcase_add_test(tcase, test_post__stops_when_told);
  tcase_add_loop_test(tcase, test_post__address_with_a_trap_is_refused, 0, UNIT_N(traps));
  tcase_add_loop_test(tcase, test_post__address_of_a_chat_is_taken, 0, UNIT_N(addresses));
  suite_add_tcase(suite, tcase);
  return suite;
}
