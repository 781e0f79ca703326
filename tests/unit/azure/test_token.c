/* SPDX-License-Identifier: Apache-2.0 */
/* test_token.c - credentials, what a token endpoint answers, and the codes a person reads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "azure/world.h"
#include "pal_azure.h"
#include "pal_log.h"
#include "unit.h"

static struct pal_arena *arena;

static void set_up(void) {
  unit_enter_folder();
  arena = pal_arena_new(0);
  pal_log_set_level(PAL_LOG_ERROR);
  world_begin();
}

static void tear_down(void) {
  world_end();
  pal_secret_forget_all();
  pal_arena_free(arena);
  unit_leave_folder();
}

struct told {
  int calls;
  bool signed_in;
  struct pal_claims claims;
  struct pal_outcome outcome;
  size_t requests;
};

static void on_signed_in(void *payload, const struct pal_claims *claims, const struct pal_outcome *outcome,
                         const struct pal_err *err) {
  struct told *told = payload;
  ck_assert_msg(err->code == PAL_OK, "%s", err->text);
  told->calls++;
  told->signed_in = claims != NULL;
  if (claims)
    told->claims = *claims;
  if (outcome)
    told->outcome = *outcome;
}

/* Signs "robot" in to HOME, `times` times at once. */
static void sign_in(struct told *told, int times) {
  struct pal_err err = {0};
  struct pal_azure *azure = NULL;
  const struct pal_record *settings = world_write(arena);
  struct pal_net *net = world_open(0);
  struct pal_azure_options options = {.net = net, .cloud = world_cloud(), .settings = settings};
  struct pal_caller caller = {.identity = "robot"};
  unit_ok(pal_azure_open(&options, &azure, &err), &err);
  unit_ok(pal_tenant_id_parse(HOME, &caller.tenant, &err), &err);
  *told = (struct told){0};
  for (int i = 0; i < times; i++)
    unit_ok(pal_azure_sign_in(azure, &caller, PAL_ARM, on_signed_in, told, &err), &err);
  unit_ok(pal_net_run(net, NULL, &err), &err);
  ck_assert_int_eq(told->calls, times);
  told->requests = pal_net_stats(net).requests;
  /* What is known is answered at once. */
  unit_ok(pal_azure_sign_in(azure, &caller, PAL_ARM, on_signed_in, told, &err), &err);
  ck_assert_int_eq(told->calls, times + 1);
  pal_azure_free(azure);
  world_close(net);
}

START_TEST(test_token__is_asked_for_once_however_many_wait) {
  struct told told;
  world_token("robot", HOME, OID);
  sign_in(&told, 5);
  ck_assert(told.signed_in);
  ck_assert_uint_eq(told.requests, 1);
  ck_assert_str_eq(told.claims.object.s, OID);
  ck_assert_str_eq(told.claims.tenant.s, HOME);
  ck_assert_str_eq(told.claims.app.s, CLIENT);
  ck_assert(told.claims.is_app);
}
END_TEST

static const struct {
  const char *name, *claims, *code;
} claim_rows[] = {
    {"upper case", "{\"tid\":\"AAAAAAAA-0000-4000-8000-000000000001\",\"oid\":\"" OID "\"}", NULL},
    {"of another tenant", "{\"tid\":\"" CUSTOMER "\",\"oid\":\"" OID "\"}", "token of another tenant"},
    {"no tid", "{\"oid\":\"" OID "\"}", "unreadable token"},
    {"no oid", "{\"tid\":\"" HOME "\"}", "unreadable token"},
    {"oid is none", "{\"tid\":\"" HOME "\",\"oid\":\"me\"}", "unreadable token"},
    {"oid is a number", "{\"tid\":\"" HOME "\",\"oid\":7}", "unreadable token"},
    {"no object", "[1]", "unreadable token"},
};

START_TEST(test_token__claims_decide_whose_it_is) {
  struct told told;
  world_token_as("robot", HOME, claim_rows[_i].claims);
  sign_in(&told, 1);
  ck_assert_msg(told.signed_in == !claim_rows[_i].code, "%s: %s", claim_rows[_i].name, told.outcome.code);
  if (claim_rows[_i].code)
    ck_assert_str_eq(told.outcome.code, claim_rows[_i].code);
}
END_TEST

static const struct {
  const char *name, *answer, *code;
  int status;
} refused[] = {
    {"wrong secret",
     "{\"error\":\"invalid_client\",\"error_codes\":[7000215],\"error_description\":\"AADSTS7000215: …\"}",
     "AADSTS7000215", 401},
    {"only the text",
     "{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS50020: User account\\r\\nTrace ID: 1\"}",
     "AADSTS50020", 400},
    {"no number", "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS: odd\"}", "401 invalid_client", 401},
    {"odd number", "{\"error\":\"temporarily_unavailable\",\"error_codes\":[-1]}", "400 temporarily_unavailable", 400},
    {"codes are text", "{\"error\":\"invalid_grant\",\"error_codes\":[\"x\"]}", "400 invalid_grant", 400},
    {"HTML", "<html>", "403", 403},
    {"busy", "", "429", 429},
    {"no token in it", "{\"token_type\":\"Bearer\"}", "unreadable token", 200},
    {"no JWT", "{\"access_token\":\"opaque\"}", "unreadable token", 200},
    {"a token that is no text", "{\"access_token\":{\"a\":1}}", "unreadable token", 200},
    {"a JWT of nothing", "{\"access_token\":\"..\"}", "unreadable token", 200},
    {"a JWT of no base64", "{\"access_token\":\"a.!!!.c\"}", "unreadable token", 200},
    {"a success in HTML", "<html>", "not JSON", 200},
    {"cut", "{\"access_token\":\"", "malformed JSON", 200},
};

START_TEST(test_token__refusal_is_told_by_its_code) {
  struct told told;
  world_no_token("robot", HOME, refused[_i].status, refused[_i].answer);
  sign_in(&told, 2);
  ck_assert(!told.signed_in);
  ck_assert_uint_eq(told.requests, refused[_i].status == 429 ? 13 : 1); /* asked again while busy */
  ck_assert_msg(strcmp(told.outcome.code, refused[_i].code) == 0, "%s: %s", refused[_i].name, told.outcome.code);
}
END_TEST

/* --- configuration --- */

#define SCANNER(type, more) "{\"name\":\"robot\",\"type\":\"" type "\",\"tenantId\":\"" HOME "\"," more "\"all\":true}"
#define CONFIG(credential) "{\"identities\":[{\"name\":\"robot\",\"credential\":{" credential "}}]}"
#define WITH_CLIENT "\"clientId\":\"" CLIENT "\","

static const struct {
  const char *name, *scanner, *config; /* config NULL: a replay */
  enum pal_code code;
  const char *part;
} config_rows[] = {
    {"file", SCANNER("client-secret", WITH_CLIENT), CONFIG("\"type\":\"client-secret\",\"secretFile\":\"app.secret\""),
     PAL_OK, ""},
    {"absolute file", SCANNER("client-secret", WITH_CLIENT),
     CONFIG("\"type\":\"client-secret\",\"secretFile\":\"/nonexistent/secret\""), PAL_E_INPUT, "identity robot"},
    {"variable", SCANNER("client-secret", WITH_CLIENT),
     CONFIG("\"type\":\"client-secret\",\"secretEnv\":\"PALSCAN_TEST_SECRET\""), PAL_OK, ""},
    {"variable not set", SCANNER("client-secret", WITH_CLIENT),
     CONFIG("\"type\":\"client-secret\",\"secretEnv\":\"PALSCAN_TEST_OTHER\""), PAL_E_CONFIG, "PALSCAN_TEST_OTHER"},
    {"both", SCANNER("client-secret", WITH_CLIENT),
     CONFIG("\"type\":\"client-secret\",\"secretFile\":\"app.secret\",\"secretEnv\":\"X\""), PAL_E_CONFIG, "either"},
    {"neither", SCANNER("client-secret", WITH_CLIENT), CONFIG("\"type\":\"client-secret\""), PAL_E_CONFIG, "either"},
    {"file others can read", SCANNER("client-secret", WITH_CLIENT),
     CONFIG("\"type\":\"client-secret\",\"secretFile\":\"open.secret\""), PAL_E_INPUT, "open.secret"},
    {"empty file", SCANNER("client-secret", WITH_CLIENT),
     CONFIG("\"type\":\"client-secret\",\"secretFile\":\"empty.secret\""), PAL_E_CONFIG, "holds no secret"},
    {"too short a secret", SCANNER("client-secret", WITH_CLIENT),
     CONFIG("\"type\":\"client-secret\",\"secretFile\":\"short.secret\""), PAL_E_CONFIG, "identity robot"},
    {"no such credential", SCANNER("client-secret", WITH_CLIENT), "{\"identities\":[]}", PAL_E_CONFIG,
     "names no credential"},
    {"no client id", SCANNER("client-secret", ""), CONFIG("\"type\":\"client-secret\",\"secretFile\":\"app.secret\""),
     PAL_E_CONFIG, "clientId"},
    {"device code", SCANNER("device-code", WITH_CLIENT),
     CONFIG("\"type\":\"device-code\",\"tokenFile\":\"app.secret\""), PAL_OK, ""},
    {"device code without file", SCANNER("device-code", WITH_CLIENT), CONFIG("\"type\":\"device-code\""), PAL_E_CONFIG,
     "tokenFile"},
    {"token file", SCANNER("token-file", ""), CONFIG("\"type\":\"token-file\",\"tokenFile\":\"app.secret\""), PAL_OK,
     ""},
    {"token file in a replay", SCANNER("token-file", ""), NULL, PAL_OK, ""},
    {"device code in a replay", SCANNER("device-code", WITH_CLIENT), NULL, PAL_OK, ""},
    {"client secret in a replay", SCANNER("client-secret", WITH_CLIENT), NULL, PAL_OK, ""},
    {"certificate without file", SCANNER("client-certificate", WITH_CLIENT), CONFIG("\"type\":\"client-certificate\""),
     PAL_E_CONFIG, "needs certificateFile"},
    {"certificate others can read", SCANNER("client-certificate", WITH_CLIENT),
     CONFIG("\"type\":\"client-certificate\",\"certificateFile\":\"open.secret\""), PAL_E_INPUT, "open.secret"},
    {"certificate in a replay", SCANNER("client-certificate", WITH_CLIENT), NULL, PAL_OK, ""},
    {"workload identity without file", SCANNER("workload-identity", WITH_CLIENT),
     CONFIG("\"type\":\"workload-identity\""), PAL_E_CONFIG, "AZURE_FEDERATED_TOKEN_FILE"},
    {"workload identity in a replay", SCANNER("workload-identity", WITH_CLIENT), NULL, PAL_OK, ""},
    {"managed identity", SCANNER("managed-identity", ""), CONFIG("\"type\":\"managed-identity\""), PAL_OK, ""},
    {"managed identity in a replay", SCANNER("managed-identity", ""), NULL, PAL_OK, ""},
    {"Azure CLI", SCANNER("azure-cli", ""), CONFIG("\"type\":\"azure-cli\",\"azPath\":\"az\""), PAL_E_CONFIG,
     "not an absolute path"},
    {"Azure CLI in a replay", SCANNER("azure-cli", ""), NULL, PAL_OK, ""},
    {"environment", SCANNER("environment", ""), CONFIG("\"type\":\"environment\""), PAL_E_CONFIG,
     "needs AZURE_TENANT_ID, AZURE_CLIENT_ID"},
};

static struct pal_record *read_record(const struct pal_kind *kind, const char *json) {
  struct pal_err err = {0};
  struct pal_json_doc *doc = NULL;
  struct pal_record *record = NULL;
  unit_ok(pal_json_parse(json, strlen(json), "test", 0, 0, &doc, &err), &err);
  unit_ok(pal_record_decode(arena, kind, doc, pal_json_root(doc), PAL_DECODE_PERSON, &record, &err), &err);
  pal_json_doc_free(doc);
  return record;
}

START_TEST(test_token__configuration_of_a_credential) {
  struct pal_err err = {0};
  struct pal_azure *azure = NULL;
  unit_write("app.secret", "canary-secret-value\r\n", 0600);
  unit_write("open.secret", "canary-secret-value", 0644);
  unit_write("empty.secret", "\n", 0600);
  unit_write("short.secret", "abc", 0600);
  ck_assert_int_eq(setenv("PALSCAN_TEST_SECRET", "canary-secret-value", 1), 0);
  world_identities(config_rows[_i].scanner);
  const struct pal_record *settings = world_write(arena);
  struct pal_net *net = world_open(0);
  struct pal_azure_options options = {
      .net = net, .cloud = world_cloud(), .settings = settings, .base_dir = unit_folder()};
  if (config_rows[_i].config)
    options.config = read_record(&pal_kind_CONFIG, config_rows[_i].config);
  if (config_rows[_i].code == PAL_OK)
    unit_ok(pal_azure_open(&options, &azure, &err), &err);
  else
    unit_fails(pal_azure_open(&options, &azure, &err), config_rows[_i].code, config_rows[_i].part, &err);
  ck_assert_ptr_null(strstr(err.text, "canary"));
  if (config_rows[_i].config && strstr(config_rows[_i].config, "PALSCAN_TEST_SECRET"))
    ck_assert_str_eq(getenv("PALSCAN_TEST_SECRET"), ""); /* overwritten in place */
  pal_azure_free(azure);
  world_close(net);
}
END_TEST

START_TEST(test_token__secrets_of_other_identities_are_left_alone) {
  struct pal_err err = {0};
  struct pal_azure *azure = NULL;
  const struct pal_texts only = {(const char *[]){"robot"}, 1};
  world_identities("{\"name\":\"later\",\"type\":\"azure-cli\",\"all\":true}," ROBOT("robot", HOME, ALL));
  const struct pal_record *settings = world_write(arena);
  struct pal_net *net = world_open(0);
  struct pal_azure_options options = {
      .net = net, .cloud = world_cloud(), .settings = settings, .only_identities = &only};
  unit_ok(pal_azure_open(&options, &azure, &err), &err);
  pal_azure_free(azure);
  world_close(net);
}
END_TEST

/* --- explanations --- */

static const struct {
  const char *code, *part;
} explained[] = {
    {"AADSTS7000222", "expired"},
    {"AADSTS700016", "not known in this tenant"},
    {"AADSTS7000218", "public client flows"},
    {"302", "led elsewhere"},
    {"307 Moved", "led elsewhere"},
    {"403 AuthorizationFailed", "no right"},
    {"403 SomethingNew", "no right"},
    {"503 ServerTimeout", "not available"},
    {"404", "does not know"},
    {"page repeats", "came back"},
    {"no answer", "could not be reached"},
    {"AADSTS1", NULL},
    {"418 Teapot", NULL},
    {"", NULL},
};

START_TEST(test_explain__codes_have_a_meaning_and_a_remedy) {
  const struct pal_explanation *e = pal_azure_explain(explained[_i].code);
  ck_assert_int_eq(e != NULL, explained[_i].part != NULL);
  if (e) {
    ck_assert_msg(strstr(e->meaning, explained[_i].part) != NULL, "%s: %s", explained[_i].code, e->meaning);
    ck_assert_uint_gt(strlen(e->remedy), 0);
  }
}
END_TEST

Suite *make_azure_token_suite(void);
Suite *make_azure_token_suite(void) {
  Suite *suite = suite_create("azure/token");
  TCase *tc = tcase_create("token");
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_test(tc, test_token__is_asked_for_once_however_many_wait);
  tcase_add_loop_test(tc, test_token__claims_decide_whose_it_is, 0, UNIT_N(claim_rows));
  tcase_add_loop_test(tc, test_token__refusal_is_told_by_its_code, 0, UNIT_N(refused));
  tcase_add_loop_test(tc, test_token__configuration_of_a_credential, 0, UNIT_N(config_rows));
  tcase_add_test(tc, test_token__secrets_of_other_identities_are_left_alone);
  tcase_add_loop_test(tc, test_explain__codes_have_a_meaning_and_a_remedy, 0, UNIT_N(explained));
  suite_add_tcase(suite, tc);
  return suite;
}
