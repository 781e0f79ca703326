/* SPDX-License-Identifier: Apache-2.0 */
/* test_pairs.c - which (identity, tenant) pairs a run tries, and whom it should reach. */
#include <stdio.h>
#include <string.h>

#include "azure/world.h"
#include "collect/scan.h"
#include "pal_log.h"
#include "pal_population.h"
#include "unit.h"

#define GONE "cccccccc-0000-4000-8000-000000000009"
#define USER_TENANTS(more) "{\"value\":[{\"tenantId\":\"" HOME "\",\"displayName\":\"Home\"}" more "]}"
#define TENANT_ITEM(id) ",{\"tenantId\":\"" id "\"}"

static struct pal_arena *arena;
static struct scan scan;

static void set_up(void) {
  unit_enter_folder();
  arena = pal_arena_new(0);
  pal_log_set_level(PAL_LOG_ERROR);
  world_begin();
  world_collect("[]");
}

static void tear_down(void) {
  world_end();
  pal_arena_free(arena);
  unit_leave_folder();
}

static const struct pal_record *estate(void) {
  return parse_record(arena, &pal_kind_ESTATE,
                      "{\"customers\":[{\"tenant\":\"" CUSTOMER "\",\"status\":\"active\"},{\"tenant\":\"" CUSTOMER2
                      "\",\"status\":\"offboarding\"},"
                      "{\"tenant\":\"" GONE "\",\"status\":\"offboarded\"}]}");
}

/* "identity tenant" of each observation, by lines. */
static const char *pairs(void) {
  const char *text = "";
  for (size_t i = 0; i < scan.n; i++)
    text = pal_arena_printf(arena, "%s%s %.8s%.4s\n", text, scan.v[i]->identity, scan.v[i]->tenant.s,
                            scan.v[i]->tenant.s + 32);
  return text;
}

static void run(const struct pal_record *with_estate, const struct pal_collect_options *options) {
  (void)world_write(arena);
  scan_run(&scan, arena, "rec", with_estate, 0, options);
  ck_assert_msg(scan.code == PAL_OK, "%s", scan.err.text);
}

static void app_tenant(const char *tenant) {
  world_empty_tenant("robot", tenant, OID);
}

START_TEST(test_pairs__list_is_taken_as_it_is) {
  world_identities(ROBOT("robot", HOME, LIST("\"" CUSTOMER2 "\"")));
  app_tenant(CUSTOMER2);
  run(estate(), NULL);
  ck_assert_str_eq(pairs(), "robot cccccccc0002\n");
}
END_TEST

START_TEST(test_pairs__application_tries_home_and_the_customers) {
  world_identities(ROBOT("robot", HOME, ALL));
  app_tenant(HOME);
  app_tenant(CUSTOMER);
  app_tenant(CUSTOMER2);
  app_tenant(GONE);
  run(estate(), NULL);
  ck_assert_str_eq(pairs(), "robot aaaaaaaa0001\nrobot cccccccc0001\nrobot cccccccc0002\n");
  ck_assert_uint_eq(scan.result.observations, 3);
  ck_assert_uint_eq(scan.result.signed_in, 3);
  /* An offboarded customer is tried while the parent snapshot has it. */
  const struct pal_texts parents = {(const char *[]){GONE}, 1};
  run(estate(), &(struct pal_collect_options){.parent_tenants = &parents});
  ck_assert_str_eq(pairs(), "robot aaaaaaaa0001\nrobot cccccccc0001\nrobot cccccccc0002\nrobot cccccccc0009\n");
}
END_TEST

#define NOT_NAMED "dddddddd-0000-4000-8000-000000000001" /* by the estate */
START_TEST(test_pairs__application_tries_what_the_tree_has_and_the_estate_no_longer_names) {
  world_identities(ROBOT("robot", HOME, ALL) "," ROBOT("other", NOT_NAMED, LIST("\"" CUSTOMER2 "\"")));
  app_tenant(HOME);
  app_tenant(CUSTOMER);
  app_tenant(CUSTOMER2);
  app_tenant(GONE);
  const struct pal_texts parents = {(const char *[]){CUSTOMER, GONE, NOT_NAMED}, 3};
  run(parse_record(arena, &pal_kind_ESTATE, "{\"customers\":[{\"name\":\"A\",\"tenant\":\"" CUSTOMER "\"}]}"),
      &(struct pal_collect_options){.parent_tenants = &parents,
                                    .only_identities = &(const struct pal_texts){(const char *[]){"robot"}, 1}});
  ck_assert_str_eq(pairs(), "robot aaaaaaaa0001\nrobot cccccccc0001\nrobot cccccccc0009\n");
}
END_TEST

START_TEST(test_pairs__application_without_estate_tries_home) {
  world_identities(ROBOT("robot", HOME, ALL));
  app_tenant(HOME);
  run(NULL, NULL);
  ck_assert_str_eq(pairs(), "robot aaaaaaaa0001\n");
}
END_TEST

/* HOME manages a subscription of CUSTOMER, two of CUSTOMER2 and one of its own. */
static void managing_world(const char *identity) {
  world_identities(identity);
  world_subscriptions("robot", HOME,
                      SUBSCRIPTION(SUB1, CUSTOMER2) "," SUBSCRIPTION(SUB2, HOME) "," SUBSCRIPTION(
                          SUB3, CUSTOMER) "," SUBSCRIPTION(GONE, CUSTOMER2));
  app_tenant(HOME);
  app_tenant(CUSTOMER);
  world_no_token("robot", CUSTOMER2, 400, "{\"error\":\"unauthorized_client\",\"error_codes\":[700016]}");
}

START_TEST(test_pairs__application_tries_what_is_delegated_to_its_tenant) {
  managing_world(ROBOT("robot", HOME, ALL));
  run(NULL, NULL);
  ck_assert_str_eq(pairs(), "robot aaaaaaaa0001\nrobot cccccccc0001\nrobot cccccccc0002\n");
  ck_assert_uint_eq(scan.v[0]->discovered.n, 2);
  ck_assert_str_eq(scan.v[0]->discovered.v[0], CUSTOMER);
  ck_assert_str_eq(scan.v[0]->discovered.v[1], CUSTOMER2);
  /* Whether it can sign in there or not, the tenant is expected and its state told. */
  ck_assert(scan.v[1]->signed_in && !scan.v[2]->signed_in);
  ck_assert_str_eq(docs_cover(arena, &scan.v[2]->docs, CUSTOMER2, "subscriptions", "tenant"), "unread AADSTS700016");
}
END_TEST

START_TEST(test_pairs__list_is_not_widened_by_delegations) {
  managing_world(ROBOT("robot", HOME, LIST("\"" HOME "\"")));
  run(NULL, NULL);
  ck_assert_str_eq(pairs(), "robot aaaaaaaa0001\n");
}
END_TEST

START_TEST(test_pairs__run_of_some_tenants_finds_the_delegated_ones) {
  const struct pal_texts only = {(const char *[]){CUSTOMER}, 1};
  managing_world(ROBOT("robot", HOME, ALL));
  run(NULL, &(struct pal_collect_options){.only_tenants = &only});
  ck_assert_str_eq(pairs(), "robot cccccccc0001\n");
  ck_assert_uint_eq(scan.result.observations, 1);
}
END_TEST

static bool robot_was_home(void *payload, const char *identity, const char *tenant) {
  (void)payload;
  return strcmp(identity, "robot") == 0 && strcmp(tenant, HOME) == 0;
}

START_TEST(test_pairs__resumed_run_finds_the_delegated_tenants_again) {
  managing_world(ROBOT("robot", HOME, ALL));
  run(NULL, &(struct pal_collect_options){.done_before = robot_was_home});
  ck_assert_str_eq(pairs(), "robot cccccccc0001\nrobot cccccccc0002\n");
}
END_TEST

/* What the estate names is known without a question to the home tenant. */
START_TEST(test_pairs__run_of_known_tenants_asks_nobody_else) {
  const struct pal_texts only = {(const char *[]){CUSTOMER}, 1};
  world_identities(ROBOT("robot", HOME, ALL));
  app_tenant(CUSTOMER);
  run(estate(), &(struct pal_collect_options){.only_tenants = &only});
  ck_assert_str_eq(pairs(), "robot cccccccc0001\n");
}
END_TEST

static void user_tenant(const char *tenant, const char *list) {
  world_user_token("anna", tenant, OID2);
  world_get("anna", tenant, P_TENANTS, 200, list);
  world_get("anna", tenant, P_SUBSCRIPTIONS, 200, "{\"value\":[]}");
}

static void user_world(void) {
  world_identities(PERSONAL("anna", HOME, ALL));
  user_tenant(HOME, USER_TENANTS(TENANT_ITEM(CUSTOMER)));
  user_tenant(CUSTOMER, USER_TENANTS(TENANT_ITEM(CUSTOMER) TENANT_ITEM(CUSTOMER2)));
  user_tenant(CUSTOMER2, USER_TENANTS(TENANT_ITEM(CUSTOMER2)));
}

START_TEST(test_pairs__user_tries_the_tenants_it_sees) {
  user_world();
  run(estate(), NULL); /* GONE is a customer, but anna does not see it */
  ck_assert_str_eq(pairs(), "anna aaaaaaaa0001\nanna cccccccc0001\nanna cccccccc0002\n");
  ck_assert_uint_eq(scan.v[0]->discovered.n, 1);
  ck_assert_str_eq(scan.v[0]->discovered.v[0], CUSTOMER);
  ck_assert_uint_eq(scan.v[1]->discovered.n, 2);
}
END_TEST

/* Otherwise what is written in a night grows with the square of the tenants. */
START_TEST(test_pairs__tenant_is_told_once_of_each_identity) {
  user_world();
  run(estate(), NULL);
  ck_assert_uint_eq(scan.n, 3);
  ck_assert_uint_eq(scan.v[2]->discovered.n, 0); /* home was told from the second, itself from there too */
}
END_TEST

START_TEST(test_pairs__run_of_some_tenants_still_finds_them) {
  const struct pal_texts only = {(const char *[]){CUSTOMER}, 1};
  user_world();
  run(NULL, &(struct pal_collect_options){.only_tenants = &only});
  ck_assert_str_eq(pairs(), "anna cccccccc0001\n");
  ck_assert_uint_eq(scan.result.observations, 1);
}
END_TEST

START_TEST(test_pairs__run_of_some_identities_leaves_the_others_out) {
  const struct pal_texts only = {(const char *[]){"anna"}, 1};
  user_world();
  world_identities(PERSONAL("anna", HOME, LIST("\"" HOME "\"")) "," ROBOT("robot", HOME, ALL));
  run(NULL, &(struct pal_collect_options){.only_identities = &only});
  ck_assert_str_eq(pairs(), "anna aaaaaaaa0001\n");
}
END_TEST

static bool home_was_done(void *payload, const char *identity, const char *tenant) {
  (void)payload;
  return strcmp(identity, "anna") == 0 && strcmp(tenant, HOME) == 0;
}

START_TEST(test_pairs__resumed_run_finds_the_tenants_again) {
  user_world();
  run(NULL, &(struct pal_collect_options){.done_before = home_was_done});
  ck_assert_str_eq(pairs(), "anna cccccccc0001\nanna cccccccc0002\n");
}
END_TEST

static struct pal_collect_progress last_progress;
static size_t early_progress; /* calls in which sign-ins were done and no tenant was */

static void on_progress(void *payload, const struct pal_collect_progress *progress) {
  (void)payload;
  ck_assert_uint_le(progress->done, progress->total);
  ck_assert_uint_le(progress->tenants_done, progress->tenants);
  ck_assert_uint_le(progress->tenants_done, progress->done);
  early_progress += progress->done > 0 && progress->tenants_done == 0;
  last_progress = *progress;
}

START_TEST(test_pairs__refused_home_tells_nothing_of_other_tenants) {
  world_identities(PERSONAL("anna", HOME, ALL));
  world_exchange("anna", HOME, LOGIN_ORIGIN "/" HOME "/oauth2/v2.0/token",
                 "client_id=" CLIENT "&scope=https%3A%2F%2Fmanagement.azure.com%2F.default%20offline_access&refresh_"
                 "token=REDACTED&grant_type=refresh_token",
                 400, "application/json",
                 "{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS50173: The provided grant has expired\"}");
  run(estate(), &(struct pal_collect_options){.progress = on_progress});
  ck_assert_str_eq(pairs(), "anna aaaaaaaa0001\n");
  ck_assert_str_eq(docs_cover(arena, &scan.v[0]->docs, HOME, "tenant", "tenant"), "unread AADSTS50173");
  ck_assert_uint_eq(scan.result.signed_in, 0);
}
END_TEST

START_TEST(test_pairs__tenant_is_done_when_all_who_sign_in_to_it_are) {
  world_identities(PERSONAL("anna", HOME, LIST("\"" HOME "\"")) "," ROBOT("robot", HOME, LIST("\"" HOME "\"")));
  user_tenant(HOME, USER_TENANTS(""));
  app_tenant(HOME);
  early_progress = 0;
  run(NULL, &(struct pal_collect_options){.progress = on_progress});
  ck_assert_uint_eq(scan.n, 2);
  ck_assert_uint_eq(early_progress, 1);
  ck_assert_uint_eq(last_progress.done, 2);
  ck_assert_uint_eq(last_progress.total, 2);
  ck_assert_uint_eq(last_progress.tenants_done, 1);
  ck_assert_uint_eq(last_progress.tenants, 1);
}
END_TEST

/* What is found on the way raises the totals. */
START_TEST(test_pairs__progress_counts_tenants_that_were_found) {
  user_world();
  run(estate(), &(struct pal_collect_options){.progress = on_progress});
  ck_assert_uint_eq(last_progress.tenants_done, 3);
  ck_assert_uint_eq(last_progress.tenants, 3);
}
END_TEST

START_TEST(test_pairs__guest_is_told_from_a_member) {
  world_collect("[\"links\"]");
  world_identities(PERSONAL("anna", HOME, LIST("\"" HOME "\",\"" CUSTOMER "\"")));
  user_tenant(HOME, USER_TENANTS(""));
  user_tenant(CUSTOMER, USER_TENANTS(TENANT_ITEM(CUSTOMER)));
  world_get("anna", HOME, P_LINK, 404, "");
  world_get("anna", CUSTOMER, P_LINK, 404, "");
  run(NULL, NULL);
  ck_assert_ptr_nonnull(strstr(docs_text(arena, &scan.v[0]->docs, tenant_path(arena, HOME, "identities/" OID2 ".json")),
                               "\"type\": \"user\""));
  const char *guest = docs_text(arena, &scan.v[1]->docs, tenant_path(arena, CUSTOMER, "identities/" OID2 ".json"));
  ck_assert_ptr_nonnull(strstr(guest, "\"type\": \"guest\""));
  ck_assert_ptr_null(strstr(guest, "appId")); /* that of the program she signed in with */
}
END_TEST

START_TEST(test_pairs__stop_interrupts) {
  volatile int stop = 1;
  struct pal_collect_options options = {.stop = &stop};
  world_identities(ROBOT("robot", HOME, ALL));
  app_tenant(HOME);
  (void)world_write(arena);
  scan_run(&scan, arena, "rec", NULL, 0, &options);
  ck_assert_int_eq(scan.code, PAL_E_INTERRUPTED);
}
END_TEST

/* --- population --- */

static const char *joined(const struct pal_texts *ids) {
  const char *text = "";
  for (size_t i = 0; i < ids->n; i++)
    text = pal_arena_printf(arena, "%s%s%.2s%s", text, i ? " " : "", ids->v[i], ids->v[i] + 35);
  return text;
}

#define P(n) "dddddddd-0000-4000-8000-00000000000" n

static const struct {
  const char *name, *identities;
  bool estate, parent_has_gone;
  const char *tenants, *counted;
} population_rows[] = {
    {"no estate: everything counts", ROBOT("robot", HOME, LIST("\"" CUSTOMER "\"")), false, false, "cc1 dd1 dd2",
     "cc1 dd1 dd2"},
    {"no estate, all: home is ours", ROBOT("robot", HOME, ALL), false, false, "aa1 dd1 dd2", "aa1 dd1 dd2"},
    {"estate: its customers, home and what the tree still has count", ROBOT("robot", HOME, ALL), true, false,
     "aa1 cc1 cc2 dd1 dd2", "aa1 cc1 cc2 dd1"},
    {"estate: offboarded stays while the parent has it", ROBOT("robot", HOME, ALL), true, true,
     "aa1 cc1 cc2 cc9 dd1 dd2", "aa1 cc1 cc2 dd1"},
    {"home that is a customer is no tenant of ours", ROBOT("robot", CUSTOMER, ALL), true, false, "cc1 cc2 dd1 dd2",
     "cc1 cc2 dd1"},
    {"home that is not gone to is not expected", ROBOT("robot", HOME, LIST("\"" CUSTOMER "\"")), true, false,
     "cc1 cc2 dd1 dd2", "cc1 cc2 dd1"},
};

START_TEST(test_population__is_what_should_be_reached) {
  struct pal_err err = {0};
  struct pal_population population;
  char json[2048];
  (void)snprintf(
      json, sizeof json,
      "{\"cloud\":\"AzurePublicCloud\",\"collect\":[],\"names\":\"ours\",\"usageWindowMonths\":2,\"identities\":[%s]}",
      population_rows[_i].identities);
  const struct pal_record *settings = parse_record(arena, &pal_kind_SETTINGS, json);
  const struct pal_texts parents = {(const char *[]){P("1"), GONE}, population_rows[_i].parent_has_gone ? 2 : 1},
                         discovered = {(const char *[]){P("2"), P("2"), P("1")}, 3};
  unit_ok(pal_population(arena, settings, population_rows[_i].estate ? estate() : NULL, &parents, &discovered,
                         &population, &err),
          &err);
  ck_assert_msg(strcmp(joined(&population.tenants), population_rows[_i].tenants) == 0, "%s: %s",
                population_rows[_i].name, joined(&population.tenants));
  ck_assert_msg(strcmp(joined(&population.counted), population_rows[_i].counted) == 0, "%s: %s",
                population_rows[_i].name, joined(&population.counted));
}
END_TEST

/* --- is a tenant complete --- */

static const struct {
  const char *name, *state, *as_of, *parameters;
  bool complete;
  const char *code, *area; /* NULL: links */
} complete_rows[] = {
    {"complete", "complete", NULL, NULL, true, NULL, NULL},
    {"not applicable", "not-applicable", NULL, NULL, true, NULL, NULL},
    {"partial", "partial", NULL, NULL, false, NULL, NULL},
    {"stale", "stale", "2026-11-19T03:00:00Z", NULL, false, NULL, NULL},
    {"unread", "unread", NULL, NULL, false, NULL, NULL},
    {"declared today", "self-declared", NULL, NULL, true, NULL, NULL},
    {"declared 100 days ago", "self-declared", "2026-08-12T03:00:00Z", NULL, true, NULL, NULL},
    {"declared 101 days ago", "self-declared", "2026-08-11T02:59:59Z", NULL, true, NULL, NULL},
    {"declared within another age", "self-declared", "2026-11-10T03:00:00Z",
     ",\"parameters\":{\"declaredMaxAgeDays\":5}", true, NULL, NULL},
    {"collected but not asked for", "not-collected", "2026-11-10T03:00:00Z", NULL, false, NULL, NULL},
    {"link of an identity taken out of the configuration", "stale", "2026-11-10T03:00:00Z", NULL, true, "no credential",
     NULL},
    {"link of a leaver", "stale", "2026-11-10T03:00:00Z", NULL, true, "the person has left", NULL},
    {"link of a leaver, never read", "unread", NULL, NULL, true, "the person has left", NULL},
    {"link not read for another reason", "stale", "2026-11-10T03:00:00Z", NULL, false, "AADSTS50057", NULL},
    {"another area of a leaver", "stale", "2026-11-10T03:00:00Z", NULL, false, "the person has left", "subscriptions"},
    {"of an area that is not collected", NULL, NULL, NULL, true, NULL, NULL},
};

START_TEST(test_complete__all_units_of_collected_areas) {
  struct pal_docs docs;
  const struct pal_tenant_id tenant = tenant_id(HOME);
  char json[512];
  struct pal_err err = {0};
  (void)snprintf(json, sizeof json,
                 "{\"cloud\":\"c\",\"collect\":[\"links\"],\"names\":\"ours\",\"usageWindowMonths\":2%s}",
                 complete_rows[_i].parameters ? complete_rows[_i].parameters : "");
  const struct pal_record *settings = parse_record(arena, &pal_kind_SETTINGS, json);
  static const char *const units[][2] = {
      {"tenant", "tenant"}, {"subscriptions", "tenant"}, {"links", "robot"}, {"links", "eve"}};
  pal_docs_init(&docs, arena);
  ck_assert(!pal_tenant_complete(&docs, settings));
  for (size_t i = 0; i < 4; i++) {
    struct pal_record *r = pal_record_new(arena, &pal_kind_COVERAGE);
    bool odd = i == 3;
    const char *area = odd && complete_rows[_i].area ? complete_rows[_i].area : units[i][0];
    unit_ok(pal_set_text(arena, r, PAL_COVERAGE_AREA, odd && !complete_rows[_i].state ? "usage" : area, &err), &err);
    unit_ok(pal_set_text(arena, r, PAL_COVERAGE_CODE, odd ? complete_rows[_i].code : NULL, &err), &err);
    unit_ok(pal_set_text(arena, r, PAL_COVERAGE_UNIT, units[i][1], &err), &err);
    unit_ok(pal_set_text(arena, r, PAL_COVERAGE_STATE,
                         odd ? (complete_rows[_i].state ? complete_rows[_i].state : "not-collected") : "complete",
                         &err),
            &err);
    unit_ok(pal_set_text(arena, r, PAL_COVERAGE_AS_OF, odd ? complete_rows[_i].as_of : NULL, &err), &err);
    unit_ok(pal_records_add(arena, &pal_docs_get(&docs, PAL_FILE_COVERAGE, &tenant, NULL)->records, r, &err), &err);
  }
  ck_assert_msg(pal_tenant_complete(&docs, settings) == complete_rows[_i].complete, "%s", complete_rows[_i].name);
}
END_TEST

/* --- the journal's bytes --- */

#define HEAD "palscan-observation 1\nidentity robot\ntenant " HOME "\n"
#define DOC(path, len, bytes) path " " #len "\n" bytes "\n"
#define EMPTY_LIST DOC("tenants/aa/" HOME "/delegations.json", 3, "[]\n")

static const struct {
  const char *name, *bytes;
} broken[] = {
    {"empty", ""},
    {"another file", "hello\n"},
    {"no tenant", "palscan-observation 1\nidentity robot\n"},
    {"identity is a path",
     "palscan-observation 1\nidentity ../x\ntenant " HOME "\nobject -\nsigned-in 0\ndiscovered 0\ndocuments 0\n"},
    {"object is none", HEAD "object x\nsigned-in 0\ndiscovered 0\ndocuments 0\n"},
    {"flag is none", HEAD "object -\nsigned-in 2\ndiscovered 0\ndocuments 0\n"},
    {"count is negative", HEAD "object -\nsigned-in 0\ndiscovered -1\ndocuments 0\n"},
    {"count is huge", HEAD "object -\nsigned-in 0\ndiscovered 9999999\ndocuments 0\n"},
    {"discovered is no id", HEAD "object -\nsigned-in 0\ndiscovered 1\nx\ndocuments 0\n"},
    {"too few documents", HEAD "object -\nsigned-in 0\ndiscovered 0\ndocuments 2\n" EMPTY_LIST},
    {"too many documents", HEAD "object -\nsigned-in 0\ndiscovered 0\ndocuments 0\n" EMPTY_LIST},
    {"one twice", HEAD "object -\nsigned-in 0\ndiscovered 0\ndocuments 2\n" EMPTY_LIST EMPTY_LIST},
    {"cut", HEAD "object -\nsigned-in 0\ndiscovered 0\ndocuments 1\ntenants/aa/" HOME "/delegations.json 30\n[]\n"},
    {"not canonical",
     HEAD "object -\nsigned-in 0\ndiscovered 0\ndocuments 1\n" DOC("tenants/aa/" HOME "/delegations.json", 4, "[ ]\n")},
    {"unknown path",
     HEAD "object -\nsigned-in 0\ndiscovered 0\ndocuments 1\n" DOC("tenants/aa/" HOME "/other.json", 3, "[]\n")},
};

START_TEST(test_codec__broken_bytes_are_refused) {
  struct pal_observation observation;
  struct pal_err err = {0};
  ck_assert_msg(pal_observation_decode(arena, broken[_i].bytes, strlen(broken[_i].bytes), &observation, &err) ==
                    PAL_E_VERIFY,
                "%s: %s", broken[_i].name, err.text);
}
END_TEST

START_TEST(test_codec__whole_bytes_are_read) {
  static const char bytes[] = HEAD "object " OID "\nsigned-in 1\ndiscovered 1\n" CUSTOMER "\ndocuments 1\n" EMPTY_LIST;
  struct pal_observation observation;
  struct pal_err err = {0};
  unit_ok(pal_observation_decode(arena, bytes, strlen(bytes), &observation, &err), &err);
  ck_assert_str_eq(observation.identity, "robot");
  ck_assert_str_eq(observation.object.s, OID);
  ck_assert(observation.signed_in);
  ck_assert_uint_eq(observation.discovered.n, 1);
  ck_assert_uint_eq(observation.docs.n, 1);
}
END_TEST

Suite *make_collect_pairs_suite(void);
Suite *make_collect_pairs_suite(void) {
  Suite *suite = suite_create("collect/pairs");
  TCase *tc = tcase_create("pairs");
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_test(tc, test_pairs__list_is_taken_as_it_is);
  tcase_add_test(tc, test_pairs__application_tries_home_and_the_customers);
  tcase_add_test(tc, test_pairs__application_tries_what_the_tree_has_and_the_estate_no_longer_names);
  tcase_add_test(tc, test_pairs__application_without_estate_tries_home);
  tcase_add_test(tc, test_pairs__application_tries_what_is_delegated_to_its_tenant);
  tcase_add_test(tc, test_pairs__list_is_not_widened_by_delegations);
  tcase_add_test(tc, test_pairs__run_of_some_tenants_finds_the_delegated_ones);
  tcase_add_test(tc, test_pairs__resumed_run_finds_the_delegated_tenants_again);
  tcase_add_test(tc, test_pairs__run_of_known_tenants_asks_nobody_else);
  tcase_add_test(tc, test_pairs__user_tries_the_tenants_it_sees);
  tcase_add_test(tc, test_pairs__tenant_is_told_once_of_each_identity);
  tcase_add_test(tc, test_pairs__run_of_some_tenants_still_finds_them);
  tcase_add_test(tc, test_pairs__run_of_some_identities_leaves_the_others_out);
  tcase_add_test(tc, test_pairs__resumed_run_finds_the_tenants_again);
  tcase_add_test(tc, test_pairs__refused_home_tells_nothing_of_other_tenants);
  tcase_add_test(tc, test_pairs__tenant_is_done_when_all_who_sign_in_to_it_are);
  tcase_add_test(tc, test_pairs__progress_counts_tenants_that_were_found);
  tcase_add_test(tc, test_pairs__guest_is_told_from_a_member);
  tcase_add_test(tc, test_pairs__stop_interrupts);
  tcase_add_loop_test(tc, test_population__is_what_should_be_reached, 0, UNIT_N(population_rows));
  tcase_add_loop_test(tc, test_complete__all_units_of_collected_areas, 0, UNIT_N(complete_rows));
  tcase_add_loop_test(tc, test_codec__broken_bytes_are_refused, 0, UNIT_N(broken));
  tcase_add_test(tc, test_codec__whole_bytes_are_read);
  suite_add_tcase(suite, tc);
  return suite;
}
