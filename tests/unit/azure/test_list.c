/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "azure/world.h"
#include "pal_azure.h"
#include "pal_log.h"
#include "unit.h"

#define NEXT(path, rest) "\"nextLink\":\"" ARM_ORIGIN path rest "\""

static struct pal_arena *arena;

static void set_up(void) {
  unit_enter_folder();
  arena = pal_arena_new(0);
  pal_log_set_level(PAL_LOG_ERROR);
  world_begin();
}

static void tear_down(void) {
  world_end();
  pal_arena_free(arena);
  unit_leave_folder();
}

struct seen {
  int calls;
  struct pal_outcome outcome;
  enum pal_code code;
  char text[PAL_ERR_TEXT_MAX];
  char items[512]; /* names, each with a blank */
};

static enum pal_code on_page(void *payload, const struct pal_json_doc *doc, const pal_json *items, size_t *ret_bad,
                             struct pal_err *err) {
  struct seen *seen = payload;
  (void)doc;
  (void)err;
  for (const pal_json *item = pal_json_first(items); item; item = pal_json_next(item)) {
    const char *name = pal_json_text(pal_json_get(item, "n"));
    if (!name) {
      ++*ret_bad;
      continue;
    }
    size_t len = strlen(seen->items);
    (void)snprintf(seen->items + len, sizeof seen->items - len, "%s ", name);
  }
  return PAL_OK;
}

static void on_done(void *payload, const struct pal_outcome *outcome, const struct pal_err *err) {
  struct seen *seen = payload;
  seen->calls++;
  seen->code = err->code;
  (void)snprintf(seen->text, sizeof seen->text, "%s", err->text);
  if (outcome)
    seen->outcome = *outcome;
}

/* Reads the list of subscriptions of "robot" in HOME. */
static void read_list(const char *path, enum pal_paging paging, const char *body, struct seen *seen) {
  struct pal_err err = {0};
  struct pal_azure *azure = NULL;
  const struct pal_record *settings = world_write(arena);
  struct pal_net *net = world_open(0);
  struct pal_azure_options options = {.net = net, .cloud = world_cloud(), .settings = settings};
  unit_ok(pal_azure_open(&options, &azure, &err), &err);
  struct pal_call call = {.caller = {.identity = "robot"}, .service = PAL_ARM, .path = path, .body = body};
  unit_ok(pal_tenant_id_parse(HOME, &call.caller.tenant, &err), &err);
  *seen = (struct seen){0};
  unit_ok(pal_azure_list(azure, &call, paging, on_page, on_done, seen, &err), &err);
  enum pal_code ran = pal_net_run(net, NULL, &err);
  ck_assert(ran == PAL_OK || ran == PAL_E_RECORDING);
  ck_assert_int_eq(seen->calls, 1);
  pal_azure_free(azure);
  world_close(net);
}

static const char path[] = P_SUBSCRIPTIONS;

START_TEST(test_list__pages_are_followed_to_the_end) {
  struct seen seen;
  world_token("robot", HOME, OID);
  world_get("robot", HOME, path, 200,
            "{\"value\":[{\"n\":\"a\"}]," NEXT("/subscriptions", "?api-version=2022-12-01&$skiptoken=2") "}");
  world_get("robot", HOME, "/subscriptions?api-version=2022-12-01&$skiptoken=2", 200,
            "{\"value\":[{\"n\":\"b\"}]," NEXT("/Subscriptions", "?api-version=2022-12-01&$skiptoken=3") "}");
  world_get("robot", HOME, "/Subscriptions?api-version=2022-12-01&$skiptoken=3", 200,
            "{\"value\":[],\"nextLink\":\"\"}");
  read_list(path, PAL_PAGING_ARM, NULL, &seen);
  ck_assert_str_eq(seen.items, "a b ");
  ck_assert_int_eq(seen.outcome.extent, PAL_READ_ALL);
  ck_assert_str_eq(seen.outcome.code, "");
  ck_assert_uint_eq(seen.outcome.pages, 3);
  ck_assert_uint_eq(seen.outcome.items, 2);
}
END_TEST

/* Bad answers: what was got stays, the cause is told. */
static const struct {
  const char *name, *first;
  int status;
  enum pal_extent extent;
  const char *code, *items;
} bad_rows[] = {
    {"forbidden", "{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"The client 'x' has no right\"}}", 403,
     PAL_READ_NOTHING, "403 AuthorizationFailed", ""},
    {"bare error", "{\"code\":\"Broken\",\"message\":null}", 400, PAL_READ_NOTHING, "400 Broken", ""},
    {"error of a hostile code", "{\"error\":{\"code\":\"a\\u001b[2Jb c\"}}", 403, PAL_READ_NOTHING, "403", ""},
    {"error without body", "", 403, PAL_READ_NOTHING, "403", ""},
    {"error in HTML", "<html>no</html>", 403, PAL_READ_NOTHING, "403", ""},
    {"HTML", "<!DOCTYPE html><p>proxy</p>", 200, PAL_READ_NOTHING, "not JSON", ""},
    {"empty", "", 200, PAL_READ_NOTHING, "not JSON", ""},
    {"cut", "{\"value\":[{\"n\":\"a\"},{\"n\":", 200, PAL_READ_NOTHING, "malformed JSON", ""},
    {"trailing bytes", "{\"value\":[]} x", 200, PAL_READ_NOTHING, "malformed JSON", ""},
    {"duplicate key", "{\"value\":[],\"value\":[{\"n\":\"a\"}]}", 200, PAL_READ_NOTHING, "malformed JSON", ""},
    {"key of another case", "{\"value\":[],\"Value\":[{\"n\":\"a\"}]}", 200, PAL_READ_NOTHING, "malformed JSON", ""},
    {"NUL escape", "{\"value\":[{\"n\":\"a\\u0000b\"}]}", 200, PAL_READ_NOTHING, "malformed JSON", ""},
    {"lone surrogate", "{\"value\":[{\"n\":\"\\ud800\"}]}", 200, PAL_READ_NOTHING, "malformed JSON", ""},
    {"no list", "{}", 200, PAL_READ_NOTHING, "unexpected shape", ""},
    {"null", "null", 200, PAL_READ_NOTHING, "unexpected shape", ""},
    {"array", "[]", 200, PAL_READ_NOTHING, "unexpected shape", ""},
    {"list is an object", "{\"value\":{\"n\":\"a\"}}", 200, PAL_READ_NOTHING, "unexpected shape", ""},
    {"list is null", "{\"value\":null}", 200, PAL_READ_NOTHING, "unexpected shape", ""},
    {"an item is none", "{\"value\":[{\"n\":\"a\"},17,{\"n\":\"b\"}]}", 200, PAL_READ_SOME, "malformed item", "a b "},
    {"invalid UTF-8", "{\"value\":[{\"n\":\"a\xff\"}]}", 200, PAL_READ_SOME, "invalid UTF-8", "a\xEF\xBF\xBD "},
    {"next page is a number", "{\"value\":[{\"n\":\"a\"}],\"nextLink\":7}", 200, PAL_READ_SOME, "unexpected shape",
     "a "},
    {"next page at another host",
     "{\"value\":[{\"n\":\"a\"}],\"nextLink\":\"https://evil.example/subscriptions?api-version=2022-12-01\"}", 200,
     PAL_READ_SOME, "next page elsewhere", "a "},
    {"next page without TLS",
     "{\"value\":[{\"n\":\"a\"}],\"nextLink\":\"http://management.azure.com/"
     "subscriptions?api-version=2022-12-01&$skiptoken=2\"}",
     200, PAL_READ_SOME, "next page elsewhere", "a "},
    {"next page at another path",
     "{\"value\":[{\"n\":\"a\"}],\"nextLink\":\"" ARM_ORIGIN "/tenants?api-version=2022-12-01\"}", 200, PAL_READ_SOME,
     "next page elsewhere", "a "},
    {"next page with user info",
     "{\"value\":[{\"n\":\"a\"}],\"nextLink\":\"https://management.azure.com@evil.example/"
     "subscriptions?api-version=2022-12-01\"}",
     200, PAL_READ_SOME, "next page elsewhere", "a "},
    {"next page is no address", "{\"value\":[{\"n\":\"a\"}],\"nextLink\":\"...\"}", 200, PAL_READ_SOME,
     "next page elsewhere", "a "},
    {"next page is not allowed",
     "{\"value\":[{\"n\":\"a\"}]," NEXT("/subscriptions", "?api-version=2022-12-01&$expand=secrets") "}", 200,
     PAL_READ_SOME, "request not allowed", "a "},
    {"next page is the first", "{\"value\":[{\"n\":\"a\"}]," NEXT("/subscriptions", "?api-version=2022-12-01") "}", 200,
     PAL_READ_SOME, "page repeats", "a "},
};

START_TEST(test_list__bad_answer_is_partial_or_unread_with_its_cause) {
  struct seen seen;
  world_token("robot", HOME, OID);
  world_bytes("robot", HOME, ARM_ORIGIN P_SUBSCRIPTIONS, "", bad_rows[_i].status, bad_rows[_i].first,
              strlen(bad_rows[_i].first));
  read_list(path, PAL_PAGING_ARM, NULL, &seen);
  ck_assert_msg(seen.code == PAL_OK, "%s: %s", bad_rows[_i].name, seen.text);
  ck_assert_msg(seen.outcome.extent == bad_rows[_i].extent, "%s: extent %d", bad_rows[_i].name,
                (int)seen.outcome.extent);
  ck_assert_msg(strcmp(seen.outcome.code, bad_rows[_i].code) == 0, "%s: code \"%s\"", bad_rows[_i].name,
                seen.outcome.code);
  ck_assert_msg(strcmp(seen.items, bad_rows[_i].items) == 0, "%s: items \"%s\"", bad_rows[_i].name, seen.items);
}
END_TEST

START_TEST(test_list__page_that_comes_again_under_another_address_ends_it) {
  struct seen seen;
  world_token("robot", HOME, OID);
  world_get("robot", HOME, path, 200,
            "{\"value\":[{\"n\":\"a\"}]," NEXT("/subscriptions", "?api-version=2022-12-01&$skiptoken=2") "}");
  world_get("robot", HOME, "/subscriptions?api-version=2022-12-01&$skiptoken=2", 200,
            "{\"value\":[{\"n\":\"a\"}]," NEXT("/subscriptions", "?api-version=2022-12-01&$skiptoken=3") "}");
  read_list(path, PAL_PAGING_ARM, NULL, &seen);
  ck_assert_str_eq(seen.items, "a ");
  ck_assert_str_eq(seen.outcome.code, "page repeats");
  ck_assert_int_eq(seen.outcome.extent, PAL_READ_SOME);
}
END_TEST

/* So many empty pages, each leading on, then one item. */
static const struct {
  int empty;
  const char *items, *code;
  enum pal_extent extent;
} empty_rows[] = {{10, "a ", "", PAL_READ_ALL}, {60, "", "too many pages", PAL_READ_SOME}};

START_TEST(test_list__empty_pages_are_followed_but_not_for_ever) {
  struct seen seen;
  char here[128], body[256];
  world_token("robot", HOME, OID);
  (void)snprintf(here, sizeof here, "%s", path);
  for (int i = 1; i <= empty_rows[_i].empty; i++) {
    (void)snprintf(body, sizeof body,
                   "{\"value\":[]," NEXT("/subscriptions", "?api-version=2022-12-01&$skiptoken=%d") "}", i);
    world_get("robot", HOME, here, 200, body);
    (void)snprintf(here, sizeof here, "/subscriptions?api-version=2022-12-01&$skiptoken=%d", i);
  }
  world_get("robot", HOME, here, 200, "{\"value\":[{\"n\":\"a\"}]}");
  read_list(path, PAL_PAGING_ARM, NULL, &seen);
  ck_assert_str_eq(seen.items, empty_rows[_i].items);
  ck_assert_str_eq(seen.outcome.code, empty_rows[_i].code);
  ck_assert_int_eq(seen.outcome.extent, empty_rows[_i].extent);
}
END_TEST

START_TEST(test_list__lost_second_page_keeps_the_first) {
  struct seen seen;
  world_token("robot", HOME, OID);
  world_get("robot", HOME, path, 200,
            "{\"value\":[{\"n\":\"a\"}]," NEXT("/subscriptions", "?api-version=2022-12-01&$skiptoken=2") "}");
  world_get("robot", HOME, "/subscriptions?api-version=2022-12-01&$skiptoken=2", 503,
            "{\"error\":{\"code\":\"ServerTimeout\"}}");
  read_list(path, PAL_PAGING_ARM, NULL, &seen);
  ck_assert_str_eq(seen.items, "a ");
  ck_assert_str_eq(seen.outcome.code, "503 ServerTimeout");
  ck_assert_int_eq(seen.outcome.extent, PAL_READ_SOME);
}
END_TEST

START_TEST(test_list__no_answer_is_told) {
  struct seen seen;
  world_token("robot", HOME, OID);
  world_silence("robot", HOME, path);
  read_list(path, PAL_PAGING_ARM, NULL, &seen);
  ck_assert_str_eq(seen.outcome.code, "no answer");
  ck_assert_int_eq(seen.outcome.extent, PAL_READ_NOTHING);
}
END_TEST

START_TEST(test_list__missing_exchange_ends_the_run) {
  struct seen seen;
  world_token("robot", HOME, OID);
  read_list(path, PAL_PAGING_ARM, NULL, &seen);
  ck_assert_int_eq(seen.code, PAL_E_RECORDING);
}
END_TEST

static const char query[] = "{\"options\":{\"$top\":1000},\"query\":\"q\"}";

START_TEST(test_list__query_goes_on_with_its_token_in_the_options) {
  struct seen seen;
  world_token("robot", HOME, OID);
  world_post("robot", HOME, P_COUNTS, query, 200,
             "{\"resultTruncated\":\"true\",\"$skipToken\":\"t\\\"1\",\"data\":[{\"n\":\"a\"}]}");
  world_post("robot", HOME, P_COUNTS, "{\"options\":{\"$skipToken\":\"t\\\"1\",\"$top\":1000},\"query\":\"q\"}", 200,
             "{\"resultTruncated\":\"false\",\"data\":[{\"n\":\"b\"}]}");
  read_list(P_COUNTS, PAL_PAGING_QUERY, query, &seen);
  ck_assert_str_eq(seen.items, "a b ");
  ck_assert_int_eq(seen.outcome.extent, PAL_READ_ALL);
}
END_TEST

START_TEST(test_list__query_cut_without_token_is_partial) {
  struct seen seen;
  world_token("robot", HOME, OID);
  world_post("robot", HOME, P_COUNTS, query, 200, "{\"resultTruncated\":\"true\",\"data\":[{\"n\":\"a\"}]}");
  read_list(P_COUNTS, PAL_PAGING_QUERY, query, &seen);
  ck_assert_int_eq(seen.outcome.extent, PAL_READ_SOME);
  ck_assert_str_eq(seen.outcome.code, "result truncated");
}
END_TEST

START_TEST(test_list__query_token_that_repeats_ends_it) {
  struct seen seen;
  world_token("robot", HOME, OID);
  world_post("robot", HOME, P_COUNTS, query, 200, "{\"$skipToken\":\"t\",\"data\":[{\"n\":\"a\"}]}");
  world_post("robot", HOME, P_COUNTS, "{\"options\":{\"$skipToken\":\"t\",\"$top\":1000},\"query\":\"q\"}", 200,
             "{\"$skipToken\":\"t\",\"data\":[{\"n\":\"b\"}]}");
  read_list(P_COUNTS, PAL_PAGING_QUERY, query, &seen);
  ck_assert_str_eq(seen.items, "a b ");
  ck_assert_str_eq(seen.outcome.code, "page repeats");
}
END_TEST

START_TEST(test_list__cost_pages_are_posted_with_the_same_body) {
  struct seen seen;
  world_token("robot", HOME, OID);
  world_post(
      "robot", HOME, P_USAGE(SUB1), query, 200,
      "{\"properties\":{\"nextLink\":\"" ARM_ORIGIN "/subscriptions/" SUB1
      "/providers/Microsoft.CostManagement/query?api-version=2023-11-01&$skiptoken=x\",\"rows\":[{\"n\":\"a\"}]}}");
  world_post("robot", HOME,
             "/subscriptions/" SUB1 "/providers/Microsoft.CostManagement/query?api-version=2023-11-01&$skiptoken=x",
             query, 200, "{\"properties\":{\"nextLink\":null,\"rows\":[{\"n\":\"b\"}]}}");
  read_list(P_USAGE(SUB1), PAL_PAGING_COST, query, &seen);
  ck_assert_str_eq(seen.items, "a b ");
  ck_assert_int_eq(seen.outcome.extent, PAL_READ_ALL);
}
END_TEST

START_TEST(test_list__no_content_is_an_empty_list) {
  struct seen seen;
  world_token("robot", HOME, OID);
  world_post("robot", HOME, P_USAGE(SUB1), query, 204, "");
  read_list(P_USAGE(SUB1), PAL_PAGING_COST, query, &seen);
  ck_assert_int_eq(seen.outcome.extent, PAL_READ_ALL);
  ck_assert_uint_eq(seen.outcome.items, 0);
}
END_TEST

START_TEST(test_list__no_content_is_no_list_of_anything_but_usage) {
  struct seen seen;
  world_token("robot", HOME, OID);
  world_get("robot", HOME, path, 204, "");
  read_list(path, PAL_PAGING_ARM, NULL, &seen);
  ck_assert_int_eq(seen.outcome.extent, PAL_READ_NOTHING);
  ck_assert_str_eq(seen.outcome.code, "unexpected shape");
}
END_TEST

START_TEST(test_list__refused_token_of_a_recording_stays_refused) {
  struct seen seen;
  world_token("robot", HOME, OID);
  world_get("robot", HOME, path, 401, "{\"error\":{\"code\":\"ExpiredAuthenticationToken\"}}");
  world_get("robot", HOME, path, 200, "{\"value\":[{\"n\":\"a\"}]}");
  read_list(path, PAL_PAGING_ARM, NULL, &seen);
  /* A recording leaves superseded attempts out; this one holds both, and a repetition gets what settled it: the first. */
  ck_assert_str_eq(seen.outcome.code, "401 ExpiredAuthenticationToken");
}
END_TEST

Suite *make_azure_list_suite(void);
Suite *make_azure_list_suite(void) {
  Suite *suite = suite_create("azure/list");
  TCase *tc = tcase_create("list");
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_test(tc, test_list__pages_are_followed_to_the_end);
  tcase_add_loop_test(tc, test_list__bad_answer_is_partial_or_unread_with_its_cause, 0, UNIT_N(bad_rows));
  tcase_add_test(tc, test_list__page_that_comes_again_under_another_address_ends_it);
  tcase_add_loop_test(tc, test_list__empty_pages_are_followed_but_not_for_ever, 0, UNIT_N(empty_rows));
  tcase_add_test(tc, test_list__lost_second_page_keeps_the_first);
  tcase_add_test(tc, test_list__no_answer_is_told);
  tcase_add_test(tc, test_list__missing_exchange_ends_the_run);
  tcase_add_test(tc, test_list__query_goes_on_with_its_token_in_the_options);
  tcase_add_test(tc, test_list__query_cut_without_token_is_partial);
  tcase_add_test(tc, test_list__query_token_that_repeats_ends_it);
  tcase_add_test(tc, test_list__cost_pages_are_posted_with_the_same_body);
  tcase_add_test(tc, test_list__no_content_is_an_empty_list);
  tcase_add_test(tc, test_list__no_content_is_no_list_of_anything_but_usage);
  tcase_add_test(tc, test_list__refused_token_of_a_recording_stays_refused);
  suite_add_tcase(suite, tc);
  return suite;
}
