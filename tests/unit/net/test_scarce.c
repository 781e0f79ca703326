/* SPDX-License-Identifier: Apache-2.0 */
/* test_scarce.c - whichever allocation fails: the right result, or out of memory, and never a wrong reason. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heard.h"
#include "net/har.h"
#include "net/redact.h"
#include "pal_log.h"
#include "scarce.h"
#include "unit.h"

enum { TRIES_MAX = 5000 };

#define QUERY ARM "/subscriptions/" TENANT "/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01"

static struct pal_err err;
static struct pal_buf out;

static void set_up(void) {
  unit_enter_folder();
  scarce_curl();
  err = (struct pal_err){0};
  pal_buf_init(&out, 1 << 20);
}

static void tear_down(void) {
  pal_buf_deinit(&out);
  pal_secret_forget_all();
  unit_leave_folder();
}

/* Repeats `body` with the first, second … allocation failing, until none fails. */
#define EACH_ALLOCATION(body)                           \
  do {                                                  \
    size_t each_n = 0;                                  \
    for (bool struck = true; struck;) {                 \
      ck_assert_uint_lt(++each_n, TRIES_MAX);           \
      err = (struct pal_err){0};                        \
      pal_buf_deinit(&out);                             \
      scarce_begin(each_n);                             \
      body;                                             \
    }                                                   \
    ck_assert_msg(each_n > 1, "nothing was allocated"); \
  } while (0)

static void assert_memory_only(enum pal_code code) {
  ck_assert_msg(code == PAL_OK || code == PAL_E_NOMEM, "%s: %s", pal_code_name(code), err.text);
}

START_TEST(test_scarce__url_is_normalised_or_memory_is_short) {
  EACH_ALLOCATION({
    enum pal_code code = pal_url_normalise("HTTPS://Management.azure.com:443/tenants?a=b c", &out, &err);
    struck = scarce_end();
    assert_memory_only(code);
    if (code == PAL_OK)
      ck_assert_str_eq(out.data, "https://management.azure.com/tenants?a=b%20c");
    else
      ck_assert(struck);
  });
}
END_TEST

START_TEST(test_scarce__url_is_allowed_or_memory_is_short) {
  const struct pal_cloud *cloud = pal_cloud_builtin("AzurePublicCloud");
  EACH_ALLOCATION({
    enum pal_service service = PAL_GRAPH;
    enum pal_code code = pal_url_allowed(cloud, "GET", QUERY, PAL_BODY_NONE, &err);
    if (code == PAL_OK)
      code = pal_url_service(cloud, QUERY, &service, &err);
    struck = scarce_end();
    assert_memory_only(code);
    ck_assert(code == PAL_OK ? service == PAL_ARM : struck);
  });
}
END_TEST

START_TEST(test_scarce__next_page_is_accepted_or_memory_is_short) {
  EACH_ALLOCATION({
    enum pal_code code = pal_url_next(QUERY, QUERY "&$skiptoken=x", &out, &err);
    struck = scarce_end();
    assert_memory_only(code);
    ck_assert(code == PAL_OK || struck);
  });
}
END_TEST

START_TEST(test_scarce__har_is_read_whole_or_memory_is_short) {
  static const char har[] = "{\"log\":{\"entries\":[" ENTRY("GET", TENANTS, "", STATUS_BODY(200, "one")) "," ENTRY(
      "POST", GRAPH_QUERY, JSON_POST("{\\\"a\\\":1}"),
      "\"status\":200,\"content\":{\"text\":\"dHdv\","
      "\"encoding\":\"base64\"}") "]}}";
  EACH_ALLOCATION({
    struct net_exchanges list = {0};
    struct pal_arena *arena = pal_arena_new(0);
    enum pal_code code =
        arena ? net_har_read(arena, har, sizeof har - 1, "test.har", &list, &err) : pal_err_nomem(&err);
    struck = scarce_end();
    assert_memory_only(code);
    if (code == PAL_OK) {
      ck_assert_uint_eq(list.n, 2);
      ck_assert_str_eq(list.v[0].answer, "one");
      ck_assert_str_eq(list.v[1].answer, "two");
    } else {
      ck_assert(struck);
    }
    pal_arena_free(arena);
  });
}
END_TEST

/* The payload says {"tid":TENANT}. */
#define ANSWER                                                                                  \
  "{\"access_token\":\"e30.eyJ0aWQiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NTU1NTU1NTUifQ.x\"," \
  "\"error_description\":\"a b\",\"refresh_token\":\"refresh-canary\"}"

START_TEST(test_scarce__answer_is_redacted_whole_or_memory_is_short) {
  struct pal_buf whole;
  pal_buf_init(&whole, 1 << 20);
  net_redact_answer(&whole, ANSWER, strlen(ANSWER));
  EACH_ALLOCATION({
    net_redact_answer(&out, ANSWER, strlen(ANSWER));
    struck = scarce_end();
    assert_memory_only(out.bad);
    if (out.bad == PAL_OK)
      ck_assert_str_eq(out.data, whole.data);
    else
      ck_assert(struck);
  });
  pal_buf_deinit(&whole);
}
END_TEST

/* All secrets or none: forgetting them must be right in both cases. */
START_TEST(test_scarce__secrets_are_registered_or_memory_is_short) {
  static const char form[] = "client_secret=secret-canary&refresh_token=refresh-canary";
  EACH_ALLOCATION({
    enum pal_code code = net_register_form(form, &err);
    if (code == PAL_OK)
      code = net_register_answer(ANSWER, strlen(ANSWER), &err);
    struck = scarce_end();
    assert_memory_only(code);
    if (code == PAL_OK) {
      pal_redact(&out, "secret-canary refresh-canary", strlen("secret-canary refresh-canary"));
      ck_assert_str_eq(out.data, "[redacted] [redacted]");
    }
    pal_secret_forget_all();
  });
}
END_TEST

/* No assertion may stand in it: Check allocates for each. */
static void body_fn(void *payload, const struct pal_response *response, const struct pal_err *failed) {
  char *body = payload;
  if (failed->code == PAL_OK)
    (void)snprintf(body, 16, "%s", response->body);
}

START_TEST(test_scarce__replay_answers_or_memory_is_short) {
  char body[16];
  write_recording("rec", ENTRY("GET", TENANTS, "", STATUS_BODY(200, "one")));
  const struct pal_net_options options = {.cloud = pal_cloud_builtin("AzurePublicCloud"), .replay_dir = "rec"};
  EACH_ALLOCATION({
    struct pal_net *net = NULL;
    struct pal_request request = get_request(TENANTS);
    request.bearer = "bearer-canary";
    request.bearer_service = PAL_ARM;
    body[0] = '\0';
    enum pal_code code = pal_net_open(&options, &net, &err);
    if (code == PAL_OK)
      code = pal_net_submit(net, &request, body_fn, body, &err);
    if (code == PAL_OK)
      code = pal_net_run(net, NULL, &err);
    struck = scarce_end();
    assert_memory_only(code);
    if (code == PAL_OK)
      ck_assert_str_eq(body, "one");
    else
      ck_assert(struck);
    struct pal_err ignored = {0};
    ck_assert_int_eq(pal_net_close(net, &ignored), PAL_OK);
  });
}
END_TEST

Suite *make_net_scarce_suite(void);
Suite *make_net_scarce_suite(void) {
  Suite *suite = suite_create("net scarce");
  TCase *tests = tcase_create("scarce");
  tcase_set_timeout(tests, 60);
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_test(tests, test_scarce__url_is_normalised_or_memory_is_short);
  tcase_add_test(tests, test_scarce__url_is_allowed_or_memory_is_short);
  tcase_add_test(tests, test_scarce__next_page_is_accepted_or_memory_is_short);
  tcase_add_test(tests, test_scarce__har_is_read_whole_or_memory_is_short);
  tcase_add_test(tests, test_scarce__answer_is_redacted_whole_or_memory_is_short);
  tcase_add_test(tests, test_scarce__secrets_are_registered_or_memory_is_short);
  tcase_add_test(tests, test_scarce__replay_answers_or_memory_is_short);
  suite_add_tcase(suite, tests);
  return suite;
}
