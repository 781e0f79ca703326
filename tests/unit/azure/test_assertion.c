/* SPDX-License-Identifier: Apache-2.0 */
/* test_assertion.c - certificates and federated tokens: what is sent, what is recorded, what is refused. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "azure/live.h"
#include "pal_log.h"
#include "unit.h"

#define PASSWORD "canary-pass/word"
#define JWT_1 "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnktb25lIn0.canary-one-sig"
#define JWT_2 "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnktdHdvIn0.canary-two-sig"
#define JWT_BEARER "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"

static struct live live;

static void set_up(void) {
  static const char *const variables[] = {"AZURE_TENANT_ID",
                                          "AZURE_CLIENT_ID",
                                          "AZURE_CLIENT_SECRET",
                                          "AZURE_CLIENT_CERTIFICATE_PATH",
                                          "AZURE_CLIENT_CERTIFICATE_PASSWORD",
                                          "AZURE_AUTHORITY_HOST",
                                          "AZURE_FEDERATED_TOKEN_FILE",
                                          "AZURE_USERNAME",
                                          "AZURE_PASSWORD"};
  live_begin(&live);
  for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
    (void)unsetenv(variables[i]);
}

static void tear_down(void) {
  live_end(&live);
}

static void make_certificate(void) {
  live_shell("openssl req -x509 -newkey rsa:2048 -nodes -keyout app.key -out app.crt -days 3 -subj /CN=app 2>log; "
             "openssl pkcs12 -export -inkey app.key -in app.crt -out app.pfx -passout 'pass:" PASSWORD "' 2>>log; "
             "cat app.key app.crt >app.pem; chmod 600 app.pem app.pfx");
}

static const struct server_answer one_token[] = {{.head = OK_HEAD, .body = TOKEN_ANSWER}};
static const struct server_answer three_tokens[] = {{.head = OK_HEAD, .body = TOKEN_ANSWER},
                                                    {.head = OK_HEAD, .body = TOKEN_ANSWER},
                                                    {.head = OK_HEAD, .body = TOKEN_ANSWER}};

/* Takes the assertion out of the first request and asks openssl and jq about it. */
static void check_assertion(void) {
  char script[2048];
  (void)snprintf(script, sizeof script,
                 "set -e; part() { cut -d. -f\"$1\" token | tr -d '\\n' | tr '_-' '/+' | "
                 "awk '{ while (length($0) %% 4) $0 = $0 \"=\"; printf \"%%s\", $0 }' | base64 -d; }\n"
                 "grep -o 'client_assertion=[^&]*' requests.txt | head -n 1 | cut -d= -f2 >token\n"
                 "cut -d. -f1,2 token | tr -d '\\n' >signed; part 3 >signature\n"
                 "openssl x509 -in app.crt -pubkey -noout >public.pem\n"
                 "openssl dgst -sha256 -verify public.pem -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 "
                 "-sigopt rsa_mgf1_md:sha256 -signature signature signed >verified\n"
                 "part 2 | jq -e '.aud == \"%s" TOKEN_PATH "\" and .iss == \"" CLIENT
                 "\" and .sub == .iss' >/dev/null\n",
                 live.server.origin);
  live_shell(script);
}

static void check_form(void) {
  char *asked = slurp("requests.txt", NULL);
  ck_assert_ptr_eq(strstr(asked, "POST " TOKEN_PATH " HTTP/1.1\r\n"), asked);
  ck_assert_ptr_nonnull(strstr(asked, "\r\n\r\nclient_id=" CLIENT "&scope=https%3A%2F%2F127.0.0.1%3A"));
  ck_assert_ptr_nonnull(strstr(asked, "%2F.default&" JWT_BEARER "&client_assertion="));
  ck_assert_ptr_nonnull(strstr(asked, "&grant_type=client_credentials"));
  ck_assert_ptr_null(strstr(asked, "client_secret"));
  free(asked);
}

/* The same again from the recording: no file, no variable, no certificate is there any more. */
static void replay(const char *remove) {
  live_close(&live);
  live_shell(remove);
  live.cloud.ca_file = NULL;
  live.signed_in = false;
  unit_ok(live_open(&live, NULL, "rec"), &live.err);
  live_sign_in(&live);
  ck_assert(live.signed_in);
}

/* --- client-certificate --- */

static const char *const certificates[] = {
    "\"type\":\"client-certificate\",\"certificateFile\":\"app.pem\"",
    "\"type\":\"client-certificate\",\"certificateFile\":\"app.pfx\",\"passwordEnv\":\"PALSCAN_TEST_PASSWORD\""};

START_TEST(test_certificate__signs_in_and_is_replayed_without) {
  make_certificate();
  ck_assert_int_eq(setenv("PALSCAN_TEST_PASSWORD", PASSWORD, 1), 0);
  live_serve(&live, one_token, 1);
  live_configure(&live, "client-certificate", certificates[_i]);
  unit_ok(live_open(&live, "rec", NULL), &live.err);
  ck_assert_str_eq(getenv("PALSCAN_TEST_PASSWORD"), _i == 0 ? PASSWORD : "");
  live_sign_in(&live);
  ck_assert(live.signed_in);
  check_form();
  check_assertion();
  replay("set -e; head -c 60 token >sent; rm app.*");
  live_shell("grep -rqF -e \"$(cat sent)\" rec; test $? -eq 1 && grep -rqF 'client_assertion=REDACTED&grant_type' rec");
  live_has_not("rec", "canary");
  live_has_not("rec", "PRIVATE");
}
END_TEST

/* Its id is good for one use: Entra ID refuses it the second time. */
START_TEST(test_certificate__each_try_has_an_assertion_of_its_own) {
  static const struct server_answer answers[] = {
      {.head = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\n", .body = "{}"},
      {.head = OK_HEAD, .body = TOKEN_ANSWER}};
  make_certificate();
  live_serve(&live, answers, 2);
  live_configure(&live, "client-certificate", certificates[0]);
  unit_ok(live_open(&live, NULL, NULL), &live.err);
  live_sign_in(&live);
  ck_assert(live.signed_in);
  live_shell("test \"$(grep -o 'client_assertion=[^&]*' requests.txt | sort -u | wc -l)\" -eq 2");
}
END_TEST

static const struct {
  const char *credential;
  enum pal_code code;
  const char *part;
} bad_certificates[] = {
    {"\"certificateFile\":\"none.pem\"", PAL_E_INPUT, "none.pem"},
    {"\"certificateFile\":\"app.crt\"", PAL_E_CONFIG, "app.crt: it holds no private key"},
    {"\"certificateFile\":\"app.pfx\"", PAL_E_CONFIG, "app.pfx: it has a password"},
    {"\"certificateFile\":\"app.pfx\",\"passwordEnv\":\"PALSCAN_TEST_WRONG\"", PAL_E_CONFIG, "its password is wrong"},
    {"\"certificateFile\":\"app.pfx\",\"passwordEnv\":\"PALSCAN_TEST_NONE\"", PAL_E_CONFIG,
     "PALSCAN_TEST_NONE (passwordEnv) is not set"},
    {"\"certificateFile\":\"link.pem\"", PAL_E_INPUT, "link.pem"},
};

START_TEST(test_certificate__what_is_wrong_names_identity_and_file) {
  char credential[256];
  make_certificate();
  live_shell("chmod 600 app.crt; ln -s app.pem link.pem");
  ck_assert_int_eq(setenv("PALSCAN_TEST_WRONG", "canary-wrong", 1), 0);
  (void)snprintf(credential, sizeof credential, "\"type\":\"client-certificate\",%s", bad_certificates[_i].credential);
  live_configure(&live, "client-certificate", credential);
  unit_fails(live_open(&live, NULL, NULL), bad_certificates[_i].code, bad_certificates[_i].part, &live.err);
  ck_assert_ptr_nonnull(strstr(live.err.text, "identity robot"));
  ck_assert_ptr_null(strstr(live.err.text, "canary"));
}
END_TEST

/* --- workload-identity --- */

/* As Kubernetes projects it: token -> ..data/token, ..data -> ..2026_11_20, readable for all. */
static void project(const char *turn, const char *token) {
  char script[1024];
  (void)snprintf(script, sizeof script,
                 "set -e; mkdir -p tokens/..%s; printf %%s '%s' >tokens/..%s/token; chmod 644 tokens/..%s/token; "
                 "ln -sfn ..%s tokens/..new; mv -T tokens/..new tokens/..data; ln -sfn ..data/token tokens/token",
                 turn, token, turn, turn, turn);
  live_shell(script);
}

START_TEST(test_workload__token_is_read_for_each_exchange) {
  static const struct server_answer answers[] = {
      {.head = OK_HEAD, .body = "{\"expires_in\":\"1\",\"access_token\":\"" TOKEN "\"}"},
      {.head = OK_HEAD, .body = TOKEN_ANSWER}};
  project("1", JWT_1);
  live_serve(&live, answers, 2);
  live_configure(&live, "workload-identity", "\"type\":\"workload-identity\",\"tokenFile\":\"tokens/token\"");
  unit_ok(live_open(&live, "rec", NULL), &live.err);
  live_sign_in(&live);
  ck_assert(live.signed_in);
  project("2", JWT_2);
  struct pal_instant later = pal_clock_now();
  later.s += 60;
  pal_clock_fix(&later);
  live_sign_in(&live);
  pal_clock_fix(NULL);
  ck_assert(live.signed_in);
  check_form();
  char *asked = slurp("requests.txt", NULL);
  const char *first = strstr(asked, "&client_assertion=" JWT_1 "&"),
             *second = strstr(asked, "&client_assertion=" JWT_2 "&");
  ck_assert(first && second && first < second);
  free(asked);
  replay("rm -r tokens");
  live_has_not("rec", "canary");
}
END_TEST

START_TEST(test_workload__file_comes_from_the_variable_too) {
  project("1", JWT_1 "\n");
  ck_assert_int_eq(setenv("AZURE_FEDERATED_TOKEN_FILE", "tokens/token", 1), 0);
  live_serve(&live, one_token, 1);
  live_configure(&live, "workload-identity", "\"type\":\"workload-identity\",\"cloud\":\"lab\"");
  unit_ok(live_open(&live, NULL, NULL), &live.err);
  live_sign_in(&live);
  ck_assert(live.signed_in);
  /* Nobody has named the cloud: */
  live_close(&live);
  live_configure(&live, "workload-identity", "\"type\":\"workload-identity\"");
  unit_fails(live_open(&live, NULL, NULL), PAL_E_CONFIG, "must name the cloud", &live.err);
  live_configure(&live, "workload-identity", "\"type\":\"workload-identity\",\"cloud\":\"AzurePublicCloud\"");
  unit_fails(live_open(&live, NULL, NULL), PAL_E_CONFIG, "is for cloud AzurePublicCloud", &live.err);
}
END_TEST

static const struct {
  const char *script, *part; /* part NULL: what the system says of a file that is not there */
} bad_tokens[] = {
    {"rm tokens/token", NULL},
    {"chmod 664 tokens/..1/token", "others may write it"},
    {"rm tokens/token; mkdir tokens/token", "not a regular file"},
    {"rm tokens/token; mkfifo tokens/token", "not a regular file"},
    {"printf 'canary no token' >tokens/..1/token", "holds no token"},
    {": >tokens/..1/token", "holds no token"},
    {"head -c 70000 /dev/zero | tr '\\0' a >tokens/..1/token", "a federated token"},
};

START_TEST(test_workload__wrong_file_is_told) {
  project("1", JWT_1);
  live_shell(bad_tokens[_i].script);
  live_configure(&live, "workload-identity", "\"type\":\"workload-identity\",\"tokenFile\":\"tokens/token\"");
  enum pal_code code = live_open(&live, NULL, NULL);
  ck_assert_msg(code == PAL_E_INPUT || code == PAL_E_LIMIT, "%s", live.err.text);
  ck_assert_msg(strstr(live.err.text, bad_tokens[_i].part ? bad_tokens[_i].part : strerror(ENOENT)) != NULL, "%s",
                live.err.text);
  ck_assert_ptr_nonnull(strstr(live.err.text, "identity robot"));
  ck_assert_ptr_null(strstr(live.err.text, "canary"));
}
END_TEST

START_TEST(test_workload__file_that_vanishes_refuses_the_token_and_ends_no_run) {
  static const struct server_answer answers[] = {
      {.head = BAD_HEAD, .body = "{\"error\":\"invalid_client\",\"error_codes\":[700024]}"}};
  project("1", JWT_1);
  live_serve(&live, answers, 1);
  live_configure(&live, "workload-identity", "\"type\":\"workload-identity\",\"tokenFile\":\"tokens/token\"");
  unit_ok(live_open(&live, NULL, NULL), &live.err);
  live_shell("rm -r tokens");
  live_sign_in(&live);
  ck_assert(!live.signed_in);
  ck_assert_str_eq(live.outcome.code, "AADSTS700024");
}
END_TEST

/* --- environment --- */

static void environment(const char *name, const char *value) {
  ck_assert_int_eq(setenv(name, value, 1), 0);
}

START_TEST(test_environment__secret_comes_before_certificate) {
  struct pal_azure_environment found;
  ck_assert(!pal_azure_environment(&found));
  environment("AZURE_CLIENT_ID", CLIENT);
  environment("AZURE_CLIENT_CERTIFICATE_PATH", "app.pfx");
  ck_assert(!pal_azure_environment(&found));
  environment("AZURE_TENANT_ID", TENANT);
  ck_assert(pal_azure_environment(&found));
  ck_assert_str_eq(found.type, "client-certificate");
  environment("AZURE_CLIENT_SECRET", "canary-secret");
  ck_assert(pal_azure_environment(&found));
  ck_assert_str_eq(found.type, "client-secret");
  ck_assert_str_eq(found.tenant, TENANT);
  environment("AZURE_CLIENT_ID", "");
  ck_assert(!pal_azure_environment(&found));
}
END_TEST

START_TEST(test_environment__certificate_signs_in) {
  make_certificate();
  live_serve(&live, three_tokens, 3);
  environment("AZURE_CLIENT_CERTIFICATE_PATH", "app.pfx");
  environment("AZURE_CLIENT_CERTIFICATE_PASSWORD", PASSWORD);
  environment("AZURE_AUTHORITY_HOST", live.server.origin);
  live_configure(&live, "client-certificate", "\"type\":\"environment\",\"cloud\":\"lab\"");
  unit_ok(live_open(&live, "rec", NULL), &live.err);
  ck_assert_str_eq(getenv("AZURE_CLIENT_CERTIFICATE_PASSWORD"), "");
  live_sign_in(&live);
  ck_assert(live.signed_in);
  check_assertion();
  replay("rm app.*");
  live_has_not("rec", "canary");
}
END_TEST

START_TEST(test_environment__secret_signs_in) {
  live_serve(&live, one_token, 1);
  environment("AZURE_CLIENT_SECRET", "canary-secret-value");
  live_configure(&live, "client-secret", "\"type\":\"environment\",\"cloud\":\"lab\"");
  unit_ok(live_open(&live, "rec", NULL), &live.err);
  ck_assert_str_eq(getenv("AZURE_CLIENT_SECRET"), "");
  live_sign_in(&live);
  ck_assert(live.signed_in);
  char *asked = slurp("requests.txt", NULL);
  ck_assert_ptr_nonnull(strstr(asked, "&client_secret=canary-secret-value&grant_type=client_credentials"));
  free(asked);
  replay(":");
  live_has_not("rec", "canary");
}
END_TEST

static const struct {
  const char *name, *value, *type, *credential, *part;
} bad_environments[] = {
    {"AZURE_AUTHORITY_HOST", "https://login.evil.example/", "client-secret", "\"cloud\":\"AzurePublicCloud\"",
     "AZURE_AUTHORITY_HOST names another sign-in"},
    {"AZURE_AUTHORITY_HOST", "https://login.microsoftonline.us/", "client-secret", "\"cloud\":\"AzurePublicCloud\"",
     "AZURE_AUTHORITY_HOST names another sign-in"},
    {"AZURE_AUTHORITY_HOST", "http://login.microsoftonline.com/", "client-secret", "\"cloud\":\"AzurePublicCloud\"",
     "AZURE_AUTHORITY_HOST names another sign-in"},
    {"AZURE_USERNAME", "u", "environment", "\"cloud\":\"AzurePublicCloud\"", "use device-code"},
    {"AZURE_FEDERATED_TOKEN_FILE", "t", "environment", "\"cloud\":\"AzurePublicCloud\"", "workload-identity"},
    {"AZURE_TENANT_ID", TENANT, "environment", "\"cloud\":\"AzurePublicCloud\"", "needs AZURE_TENANT_ID"},
};

START_TEST(test_environment__what_it_lacks_or_must_not_say_is_told) {
  char credential[256];
  environment(bad_environments[_i].name, bad_environments[_i].value);
  environment("AZURE_PASSWORD", "canary-password");
  environment("AZURE_CLIENT_SECRET", "canary-secret-value");
  (void)snprintf(credential, sizeof credential, "\"type\":\"environment\",%s", bad_environments[_i].credential);
  live_configure(&live, bad_environments[_i].type, credential);
  unit_fails(live_open(&live, NULL, NULL), PAL_E_CONFIG, bad_environments[_i].part, &live.err);
  ck_assert_ptr_null(strstr(live.err.text, "canary"));
}
END_TEST

START_TEST(test_environment__is_for_built_in_clouds_unless_it_names_another) {
  live.cloud.name = "lab";
  environment("AZURE_CLIENT_SECRET", "canary-secret-value");
  live_configure(&live, "client-secret", "\"type\":\"environment\"");
  unit_fails(live_open(&live, NULL, NULL), PAL_E_CONFIG, "must name the cloud", &live.err);
  ck_assert_str_eq(getenv("AZURE_CLIENT_SECRET"), "canary-secret-value"); /* it was not even read */
}
END_TEST

/* --- renewal --- */

/* {"access_token":{"nbf":{"essential":true,"value":"1"}}} in base64, and as a field of a form */
#define CHALLENGE_BASE64 "eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwidmFsdWUiOiIxIn19fQ=="
#define CHALLENGE_FORM \
  "&claims=%7B%22access_token%22%3A%7B%22nbf%22%3A%7B%22essential%22%3Atrue%2C%22value%22%3A%221%22%7D%7D%7D"
#define UNAUTHORIZED "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n"

static void on_answer(void *payload, const struct pal_answer *answer, const struct pal_err *err) {
  ck_assert_msg(err->code == PAL_OK, "%s", err->text);
  *(struct pal_outcome *)payload = answer->outcome;
}

static struct pal_outcome ask(void) {
  struct pal_outcome outcome = {0};
  struct pal_call call = {.caller = {"robot", {TENANT}}, .service = PAL_ARM, .path = "/tenants?api-version=2022-12-01"};
  unit_ok(pal_azure_ask(live.azure, &call, on_answer, &outcome, &live.err), &live.err);
  unit_ok(pal_net_run(live.net, NULL, &live.err), &live.err);
  return outcome;
}

static void open_with_secret(const char *record_dir) {
  unit_write("app.secret", "canary-secret-value", 0600);
  live_configure(&live, "client-secret", "\"type\":\"client-secret\",\"secretFile\":\"app.secret\"");
  unit_ok(live_open(&live, record_dir, NULL), &live.err);
}

static const char *const challenges[] = {
    "WWW-Authenticate: Bearer realm=\"\", error=\"insufficient_claims\", claims=\"" CHALLENGE_BASE64 "\"\r\n",
    "WWW-Authenticate: Basic realm=\"x\"\r\nwww-authenticate: Bearer claims=\"" CHALLENGE_BASE64
    "\", error=\"insufficient_claims\"\r\n"};

START_TEST(test_renewal__challenge_is_passed_on) {
  char head[1024];
  (void)snprintf(head, sizeof head, UNAUTHORIZED "%s", challenges[_i]);
  const struct server_answer answers[] = {{.head = OK_HEAD, .body = TOKEN_ANSWER},
                                          {.head = head, .body = "{\"error\":{\"code\":\"InsufficientClaims\"}}"},
                                          {.head = OK_HEAD, .body = TOKEN_ANSWER},
                                          {.head = OK_HEAD, .body = "{\"value\":[]}"}};
  live_serve(&live, answers, 4);
  open_with_secret("rec");
  ck_assert_int_eq(ask().extent, PAL_READ_ALL);
  char *asked = slurp("requests.txt", NULL);
  const char *first = strstr(asked, "grant_type=client_credentials");
  ck_assert_ptr_nonnull(first);
  ck_assert_ptr_nonnull(strstr(first, "grant_type=client_credentials" CHALLENGE_FORM));
  ck_assert_ptr_ne(strstr(first, CHALLENGE_FORM), first + strlen("grant_type=client_credentials"));
  free(asked);
  live_close(&live);
  unit_ok(live_open(&live, NULL, "rec"), &live.err);
  ck_assert_int_eq(ask().extent, PAL_READ_ALL);
  live_has_not("rec", "canary");
}
END_TEST

static const struct {
  const char *claims;
  size_t requests; /* that palscan makes until it gives up */
} repeated[] = {{CHALLENGE_BASE64, 4}, {"bm8ganNvbg==", 2}, {"WzFd", 2}, {"!", 2}, {"", 2}};

START_TEST(test_renewal__challenge_that_is_none_or_stays_is_a_refusal) {
  char head[1024];
  (void)snprintf(head, sizeof head, UNAUTHORIZED "WWW-Authenticate: Bearer claims=\"%s\"\r\n", repeated[_i].claims);
  const struct server_answer answers[] = {{.head = OK_HEAD, .body = TOKEN_ANSWER},
                                          {.head = head, .body = "{}"},
                                          {.head = OK_HEAD, .body = TOKEN_ANSWER},
                                          {.head = head, .body = "{}"}};
  live_serve(&live, answers, 4);
  open_with_secret(NULL);
  struct pal_outcome outcome = ask();
  ck_assert_int_eq(outcome.status, 401);
  ck_assert_uint_eq(pal_net_stats(live.net).requests, repeated[_i].requests);
}
END_TEST

#define ENDED \
  { .head = UNAUTHORIZED, .body = "{\"error\":{\"code\":\"ExpiredAuthenticationToken\"}}" }
#define RENEWED \
  { .head = OK_HEAD, .body = TOKEN_ANSWER }
#define LISTED \
  { .head = OK_HEAD, .body = "{\"value\":[]}" }

/* Three in a row have another reason than their age. Nothing is renewed for whoever asks next, until the token ends. */
START_TEST(test_renewal__new_tokens_that_are_refused_are_told) {
  static const struct server_answer answers[] = {RENEWED, ENDED, RENEWED, ENDED, RENEWED,
                                                 ENDED,   ENDED, RENEWED, LISTED};
  live_serve(&live, answers, UNIT_N(answers));
  open_with_secret(NULL);
  ck_assert_str_eq(ask().code, "401 ExpiredAuthenticationToken");
  ck_assert_uint_eq(pal_net_stats(live.net).requests, 6);
  ck_assert_str_eq(ask().code, "401 ExpiredAuthenticationToken");
  ck_assert_uint_eq(pal_net_stats(live.net).requests, 7);
  struct pal_instant later = pal_clock_now();
  later.s += 3599 - 299; /* five minutes before its end */
  pal_clock_fix(&later);
  ck_assert_int_eq(ask().extent, PAL_READ_ALL);
  pal_clock_fix(NULL);
  ck_assert_uint_eq(pal_net_stats(live.net).requests, 9);
}
END_TEST

/* Others use it too: it may end once more before this exchange has its turn. */
START_TEST(test_renewal__token_that_ends_twice_within_one_exchange_is_renewed_twice) {
  static const struct server_answer answers[] = {RENEWED, LISTED, ENDED,   RENEWED, ENDED,   RENEWED,
                                                 LISTED,  ENDED,  RENEWED, ENDED,   RENEWED, LISTED};
  live_serve(&live, answers, UNIT_N(answers));
  open_with_secret("rec");
  for (int i = 0; i < 3; i++)
    ck_assert_int_eq(ask().extent, PAL_READ_ALL);
  ck_assert_uint_eq(pal_net_stats(live.net).requests, UNIT_N(answers));
  live_close(&live);
  unit_ok(live_open(&live, NULL, "rec"), &live.err);
  ck_assert_int_eq(ask().extent, PAL_READ_ALL);
}
END_TEST

Suite *make_azure_assertion_suite(void);
Suite *make_azure_assertion_suite(void) {
  Suite *suite = suite_create("azure/assertion");
  TCase *tests = tcase_create("assertion");
  tcase_set_timeout(tests, 120);
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_loop_test(tests, test_certificate__signs_in_and_is_replayed_without, 0, UNIT_N(certificates));
  tcase_add_test(tests, test_certificate__each_try_has_an_assertion_of_its_own);
  tcase_add_loop_test(tests, test_certificate__what_is_wrong_names_identity_and_file, 0, UNIT_N(bad_certificates));
  tcase_add_test(tests, test_workload__token_is_read_for_each_exchange);
  tcase_add_test(tests, test_workload__file_comes_from_the_variable_too);
  tcase_add_loop_test(tests, test_workload__wrong_file_is_told, 0, UNIT_N(bad_tokens));
  tcase_add_test(tests, test_workload__file_that_vanishes_refuses_the_token_and_ends_no_run);
  tcase_add_test(tests, test_environment__secret_comes_before_certificate);
  tcase_add_test(tests, test_environment__certificate_signs_in);
  tcase_add_test(tests, test_environment__secret_signs_in);
  tcase_add_loop_test(tests, test_environment__what_it_lacks_or_must_not_say_is_told, 0, UNIT_N(bad_environments));
  tcase_add_test(tests, test_environment__is_for_built_in_clouds_unless_it_names_another);
  tcase_add_loop_test(tests, test_renewal__challenge_is_passed_on, 0, UNIT_N(challenges));
  tcase_add_loop_test(tests, test_renewal__challenge_that_is_none_or_stays_is_a_refusal, 0, UNIT_N(repeated));
  tcase_add_test(tests, test_renewal__new_tokens_that_are_refused_are_told);
  tcase_add_test(tests, test_renewal__token_that_ends_twice_within_one_exchange_is_renewed_twice);
  suite_add_tcase(suite, tests);
  return suite;
}
