/* SPDX-License-Identifier: Apache-2.0 */
/* test_answers.c - bad answers: each spoils its own unit and says why; links; refused credentials. */
#include <stdio.h>
#include <string.h>

#include "collect/areas.h"
#include "collect/home.h"
#include "pal_azure.h"
#include "unit.h"

/* --- bad answers of one list: its unit says so, the rest goes on --- */

#define GOOD_ITEM ASSIGNMENT(AT_SUB(SUB1), "1", PERSON, "User")

static const struct {
  const char *name, *answer, *cover;
  int status;
} bad_rows[] = {
    {"role id is none",
     VALUE(GOOD_ITEM ",{\"id\":\"/subscriptions/" SUB1 "/x/y\",\"properties\":{\"scope\":\"/subscriptions/" SUB1
                     "\",\"principalId\":\"" PERSON "\",\"roleDefinitionId\":\"owner\"}}"),
     "partial 1/1 malformed item", 200},
    {"principal id is none",
     VALUE(GOOD_ITEM ",{\"id\":\"/subscriptions/" SUB1 "/x/y\",\"properties\":{\"scope\":\"/subscriptions/" SUB1
                     "\",\"principalId\":\"../../etc\",\"roleDefinitionId\":\"" ROLE "\"}}"),
     "partial 1/1 malformed item", 200},
    {"id climbs",
     VALUE(GOOD_ITEM ",{\"id\":\"/subscriptions/../" SUB1 "\",\"properties\":{\"scope\":\"/subscriptions/" SUB1
                     "\",\"principalId\":\"" PERSON "\",\"roleDefinitionId\":\"" ROLE "\"}}"),
     "partial 1/1 malformed item", 200},
    {"scope of another subscription", VALUE(GOOD_ITEM "," ASSIGNMENT(AT_SUB(SUB2), "2", PERSON, "User")),
     "partial 1/1 malformed item", 200},
    {"principal id is a number", VALUE(GOOD_ITEM ",{\"id\":\"/a/b\",\"properties\":{\"principalId\":12}}"),
     "partial 1/1 malformed item", 200},
    {"properties are a list", VALUE(GOOD_ITEM ",{\"id\":\"/a/b\",\"properties\":[]}"), "partial 1/1 malformed item",
     200},
    {"an instant is none",
     VALUE("{\"id\":\"/subscriptions/" SUB1 "/x/1\",\"properties\":{\"scope\":\"/subscriptions/" SUB1
           "\",\"principalId\":\"" PERSON "\",\"roleDefinitionId\":\"" ROLE "\",\"createdOn\":\"yesterday\"}}"),
     "partial 1/1 malformed item", 200},
    {"two of one id", VALUE(GOOD_ITEM "," ASSIGNMENT(AT_SUB(SUB1), "1", OID, "User")), "partial 1/1 malformed item",
     200},
    {"the same twice", VALUE(GOOD_ITEM "," GOOD_ITEM), "complete 1/1", 200},
    {"cut", "{\"value\":[" GOOD_ITEM ",", "unread malformed JSON", 200},
    {"duplicate key", "{\"value\":[],\"value\":[]}", "unread malformed JSON", 200},
    {"HTML", "<html></html>", "unread not JSON", 200},
    {"throttled out", "{\"error\":{\"code\":\"TooManyRequests\"}}", "unread 429 TooManyRequests", 429},
    {"down", "", "unread 503", 503},
    {"gone", "{\"error\":{\"code\":\"SubscriptionNotFound\"}}", "unread 404 SubscriptionNotFound", 404},
};

START_TEST(test_answers__bad_answer_spoils_its_own_unit_only) {
  world_get("robot", HOME, P_ASSIGNMENTS(SUB1), bad_rows[_i].status, bad_rows[_i].answer);
  home_one_subscription();
  world_counts("robot", HOME, Q(SUB1), COUNT(SUB1, 1));
  const struct pal_docs *docs = home_run();
  const char *got = docs_cover(home_arena, docs, HOME, "role-assignments", SUB1);
  ck_assert_msg(strcmp(got, bad_rows[_i].cover) == 0, "%s: %s", bad_rows[_i].name, got);
  home_covers(docs, "usage", SUB1, "complete 3");
  home_covers(docs, "deny-assignments", SUB1, "complete 0");
  home_covers(docs, "pim", SUB1, "complete 0");
  home_covers(docs, "delegations", SUB1, "complete 0");
  home_covers(docs, "role-definitions", SUB1, "complete 0");
  home_covers(docs, "links", "robot", "complete 0");
  home_covers(docs, "tenant", "tenant", "complete 1");
}
END_TEST

/* A name longer than any service gives is left out, and its unit says so. */
static const struct {
  size_t length;
  const char *cover;
  bool kept;
} long_names[] = {{4096, "complete 1", true}, {4097, "partial 1 malformed item", false}};

START_TEST(test_answers__name_too_long_is_left_out) {
  char answer[8192], name[4098] = "";
  memset(name, 'x', long_names[_i].length);
  (void)snprintf(answer, sizeof answer, VALUE("{\"tenantId\":\"" HOME "\",\"displayName\":\"%s\"}"), name);
  world_get("robot", HOME, P_TENANTS, 200, answer);
  world_empty_tenant("robot", HOME, OID);
  const struct pal_docs *docs = home_run();
  home_covers(docs, "tenant", "tenant", long_names[_i].cover);
  const struct pal_tenant_id home = tenant_id(HOME);
  const struct pal_doc *doc = pal_docs_find(docs, PAL_FILE_TENANT, &home, NULL);
  ck_assert_ptr_nonnull(doc);
  ck_assert_int_eq(pal_get_text(doc->records.v[0], PAL_TENANT_DISPLAY_NAME) != NULL, long_names[_i].kept);
}
END_TEST

START_TEST(test_answers__unread_list_of_subscriptions_leaves_every_area_unread) {
  world_get("robot", HOME, P_SUBSCRIPTIONS, 403, "{\"error\":{\"code\":\"AuthorizationFailed\"}}");
  world_empty_tenant("robot", HOME, OID);
  const struct pal_docs *docs = home_run();
  static const char *const areas[] = {
      "subscriptions", "role-assignments", "deny-assignments", "pim", "role-definitions", "delegations", "usage",
      "groups"};
  for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++)
    home_covers(docs, areas[i], "tenant", "unread 403 AuthorizationFailed");
  home_covers(docs, "links", "robot", "complete 0");
}
END_TEST

START_TEST(test_answers__partial_list_of_subscriptions_goes_on_with_what_it_has) {
  world_get("robot", HOME, P_SUBSCRIPTIONS, 200, VALUE(SUBSCRIPTION(SUB1, HOME) ",{\"subscriptionId\":\"none\"}"));
  home_one_subscription();
  world_counts("robot", HOME, Q(SUB1), "");
  const struct pal_docs *docs = home_run();
  home_covers(docs, "subscriptions", "tenant", "partial 1 malformed item");
  home_covers(docs, "role-assignments", SUB1, "complete 0/0");
  home_covers(docs, "role-assignments", "tenant", "partial 0 malformed item");
}
END_TEST

START_TEST(test_answers__tenant_that_is_not_listed_is_unread) {
  world_get("robot", HOME, P_TENANTS, 200, VALUE("{\"tenantId\":\"" CUSTOMER "\",\"displayName\":\"Other\"}"));
  world_empty_tenant("robot", HOME, OID);
  const struct pal_docs *docs = home_run();
  home_covers(docs, "tenant", "tenant", "unread tenant not listed");
  ck_assert_uint_eq(home_scan.v[0]->discovered.n, 0); /* an application discovers nothing */
}
END_TEST

/* --- links --- */

#define LINK_BODY(properties)                                                                                  \
  "{\"id\":\"/providers/microsoft.managementpartner/partners/123456\",\"type\":\"Microsoft.ManagementPartner/" \
  "partner\",\"etag\":3,\"properties\":{" properties "}}"

static const struct {
  const char *name, *type, *answer;
  int status;
  const char *cover, *link; /* link: how the identity's file goes on after it; NULL: absent */
} link_rows[] = {
    {"link", "application/json",
     LINK_BODY("\"partnerId\":\"0123456\",\"partnerName\":null,\"version\":3,\"state\":\"Active\""), 200, "complete 1",
     "{\"partnerId\":\"0123456\",\"state\":\"Active\",\"version\":3}"},
    {"deleted", "application/json", LINK_BODY("\"partnerId\":\"123456\",\"version\":4,\"state\":\"Deleted\""), 200,
     "complete 1", "{\"partnerId\":\"123456\",\"state\":\"Deleted\",\"version\":4}"},
    {"a number as id", "application/json", LINK_BODY("\"partnerId\":123456,\"version\":3"), 200,
     "partial 0 malformed item", NULL},
    {"letters as id", "application/json", LINK_BODY("\"partnerId\":\"12a\",\"version\":3"), 200,
     "partial 0 malformed item", NULL},
    {"too long an id", "application/json", LINK_BODY("\"partnerId\":\"123456789012345678901\""), 200,
     "partial 0 malformed item", NULL},
    {"a time is none", "application/json", LINK_BODY("\"partnerId\":\"123456\",\"updatedTime\":\"soon\""), 200,
     "partial 1 malformed item", "{\"partnerId\":\"123456\"}"},
    {"a fraction as version", "application/json", LINK_BODY("\"partnerId\":\"123456\",\"version\":1.5"), 200,
     "partial 1 malformed item", "{\"partnerId\":\"123456\"}"},
    {"no properties", "application/json", "{}", 200, "unread unexpected shape", NULL},
    {"a list", "application/json", "{\"value\":[]}", 200, "unread unexpected shape", NULL},
    {"empty", "application/json", "", 200, "unread not JSON", NULL},
    {"404 without body", "", "", 404, "complete 0", "null"},
    {"404 with null message", "application/json", "{\"error\":{\"code\":null,\"message\":null}}", 404, "complete 0",
     "null"},
    {"404 with a code", "application/json", "{\"error\":{\"code\":\"NotFound\",\"message\":\"no\"}}", 404, "complete 0",
     "null"},
    {"404 with text", "text/plain", "not found", 404, "complete 0", "null"},
    {"404 with broken JSON", "application/json", "{\"error\":", 404, "complete 0", "null"},
    {"404 of a wrong cloud", "application/json", "{\"error\":{\"code\":\"InvalidResourceType\",\"message\":\"no\"}}",
     404, "unread 404 InvalidResourceType", NULL},
    {"404 in HTML", "text/html", "<!doctype html><title>404</title>", 404, "unread 404", NULL},
    {"forbidden", "application/json", "{\"code\":\"Forbidden\",\"message\":\"no\"}", 403, "unread 403 Forbidden", NULL},
    {"server error", "application/json", "{\"error\":{\"code\":\"InternalServerError\"}}", 500,
     "unread 500 InternalServerError", NULL},
    {"bad request", "application/json", "{\"error\":{\"code\":\"NoRegisteredProviderFound\"}}", 400,
     "unread 400 NoRegisteredProviderFound", NULL},
};

START_TEST(test_answers__link_is_told_by_the_status) {
  world_exchange("robot", HOME, ARM_ORIGIN P_LINK, "", link_rows[_i].status, link_rows[_i].type, link_rows[_i].answer);
  world_empty_tenant("robot", HOME, OID);
  const struct pal_docs *docs = home_run();
  const char *got = docs_cover(home_arena, docs, HOME, "links", "robot");
  ck_assert_msg(strcmp(got, link_rows[_i].cover) == 0, "%s: %s", link_rows[_i].name, got);
  const struct pal_tenant_id home = tenant_id(HOME);
  const struct pal_doc *doc = pal_docs_find(docs, PAL_FILE_IDENTITY, &home, OID);
  ck_assert_msg(doc != NULL, "%s: no identity", link_rows[_i].name);
  const struct pal_value *link = &doc->records.v[0]->v[PAL_IDENTITY_LINK];
  const char *text = link->is == PAL_ABSENT ? NULL : "null";
  if (link->is == PAL_SET) {
    struct pal_buf out;
    pal_buf_init(&out, 4096);
    pal_record_compact(link->u.record, &out);
    text = pal_arena_strdup(home_arena, out.data);
    pal_buf_deinit(&out);
  }
  ck_assert_pstr_eq(text, link_rows[_i].link);
}
END_TEST

/* --- credentials that are refused --- */

START_TEST(test_answers__refused_credential_leaves_the_tenant_unread) {
  world_no_token("robot", HOME, 401,
                 "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: Invalid client secret provided. "
                 "Trace ID: 1\",\"error_codes\":[7000215]}");
  const struct pal_docs *docs = home_run();
  static const char *const areas[] = {"tenant",           "subscriptions", "role-assignments",
                                      "deny-assignments", "pim",           "role-definitions",
                                      "delegations",      "usage",         "groups"};
  for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++)
    home_covers(docs, areas[i], "tenant", "unread AADSTS7000215");
  home_covers(docs, "links", "robot", "unread AADSTS7000215");
  ck_assert(!home_scan.v[0]->signed_in);
  ck_assert_str_eq(home_scan.v[0]->object.s, "");
  ck_assert_uint_eq(home_scan.result.signed_in, 0);
  ck_assert_uint_eq(docs->n, 1);
}
END_TEST

START_TEST(test_answers__missing_exchange_ends_the_run) {
  world_token("robot", HOME, OID);
  world_get("robot", HOME, P_TENANTS, 200, VALUE(""));
  (void)world_write(home_arena);
  scan_run(&home_scan, home_arena, "rec", NULL, 0, NULL);
  ck_assert_int_eq(home_scan.code, PAL_E_RECORDING);
  ck_assert_uint_eq(home_scan.n, 0);
}
END_TEST

static enum pal_code refuse(void *payload, const struct pal_observation *observation, struct pal_err *err) {
  (void)payload;
  (void)observation;
  return pal_err_set(err, PAL_E_IO, "disk full");
}

START_TEST(test_answers__error_of_the_receiver_ends_the_run) {
  struct pal_err err = {0};
  struct pal_collect_result result;
  world_empty_tenant("robot", HOME, OID);
  const struct pal_record *settings = world_write(home_arena);
  struct pal_net *net = world_open(0);
  struct pal_collect_options options = {
      .net = net, .cloud = world_cloud(), .settings = settings, .started = instant(STARTED), .each = refuse};
  unit_fails(pal_collect_run(&options, &result, &err), PAL_E_IO, "disk full", &err);
  world_close(net);
}
END_TEST

/* Every word that can stand in coverage has a meaning for people. */
START_TEST(test_answers__words_of_coverage_are_explained) {
  static const char *const words[] = {WORD_LIGHTHOUSE, WORD_FEWER,         WORD_LAGGING,
                                      WORD_NOT_LISTED, WORD_NOT_ASKED,     WORD_NO_CREDENTIAL,
                                      PAL_CODE_LEFT,   WORD_NOT_CONFIRMED, WORD_REFERENCES};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    ck_assert_msg(pal_azure_explain(words[i]) != NULL, "%s", words[i]);
}
END_TEST

Suite *make_collect_answers_suite(void);
Suite *make_collect_answers_suite(void) {
  Suite *suite = suite_create("collect/answers");
  TCase *tc = tcase_create("answers");
  tcase_set_timeout(tc, 60);
  tcase_add_checked_fixture(tc, home_set_up, home_tear_down);
  tcase_add_loop_test(tc, test_answers__name_too_long_is_left_out, 0, UNIT_N(long_names));
  tcase_add_loop_test(tc, test_answers__bad_answer_spoils_its_own_unit_only, 0, UNIT_N(bad_rows));
  tcase_add_test(tc, test_answers__unread_list_of_subscriptions_leaves_every_area_unread);
  tcase_add_test(tc, test_answers__partial_list_of_subscriptions_goes_on_with_what_it_has);
  tcase_add_test(tc, test_answers__tenant_that_is_not_listed_is_unread);
  tcase_add_loop_test(tc, test_answers__link_is_told_by_the_status, 0, UNIT_N(link_rows));
  tcase_add_test(tc, test_answers__refused_credential_leaves_the_tenant_unread);
  tcase_add_test(tc, test_answers__missing_exchange_ends_the_run);
  tcase_add_test(tc, test_answers__error_of_the_receiver_ends_the_run);
  tcase_add_test(tc, test_answers__words_of_coverage_are_explained);
  suite_add_tcase(suite, tc);
  return suite;
}
