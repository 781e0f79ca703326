/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "net/base64.h"
#include "net/redact.h"
#include "pal_json.h"
#include "pal_log.h"
#include "unit.h"

static struct pal_buf out;
static struct pal_err err;

static void set_up(void) {
  pal_buf_init(&out, 1 << 20);
  err = (struct pal_err){0};
}

static void tear_down(void) {
  pal_buf_deinit(&out);
  pal_secret_forget_all();
}

/* --- forms --- */

static const struct {
  const char *form, *kept;
} forms[] = {
    {"", ""},
    {"client_id=a&scope=b%2F.default&client_secret=s3cr3t&grant_type=client_credentials",
     "client_id=a&scope=b%2F.default&client_secret=REDACTED&grant_type=client_credentials"},
    {"grant_type=g&client_assertion_type=urn%3Ax&client_assertion=ey.J.x&resource=r&requested_token_use=on_behalf_of",
     "grant_type=g&client_assertion_type=urn%3Ax&client_assertion=REDACTED&resource=r&requested_token_use=on_behalf_"
     "of"},
    {"refresh_token=r&password=p&assertion=a&code=c&device_code=d&id_token=i&username=u",
     "refresh_token=REDACTED&password=REDACTED&assertion=REDACTED&code=REDACTED&device_code=REDACTED&id_token=REDACTED&"
     "username=REDACTED"},
    {"Client_Id=a", "Client_Id=REDACTED"},
    {"client%5Fid=a", "REDACTED=REDACTED"},
    {"nothing", "REDACTED=REDACTED"},
    {"=x", "REDACTED=REDACTED"},
    {"a b=x&&client_id=1&", "REDACTED=REDACTED&REDACTED=REDACTED&client_id=1"},
    {"client_id=", "client_id="},
    {"a_secret_that_stands_where_a_name_belongs_and_is_long=1", "REDACTED=REDACTED"},
};

START_TEST(test_redact__form_keeps_harmless_values_only) {
  net_redact_form(&out, forms[_i].form);
  ck_assert_str_eq(out.data, forms[_i].kept);
  struct pal_buf again;
  pal_buf_init(&again, 1 << 20);
  net_redact_form(&again, out.data);
  ck_assert_str_eq(again.data, out.data);
  pal_buf_deinit(&again);
}
END_TEST

START_TEST(test_redact__form_secrets_are_registered_decoded) {
  unit_ok(net_register_form("client_id=visible-id&client_secret=s%2Bcr%20et+x&code=REDACTED", &err), &err);
  pal_redact(&out, "visible-id s+cr et x REDACTED", strlen("visible-id s+cr et x REDACTED"));
  ck_assert_str_eq(out.data, "visible-id [redacted] REDACTED");
}
END_TEST

/* --- answers --- */

#define HEADER "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0."

static const struct {
  const char *body, *kept;
} answers[] = {
    {"", ""},
    {"<html>sorry</html>", "REDACTED"},
    {"[1]", "REDACTED"},
    {"{\"access_token\":\"x\"", "REDACTED"},
    {"{}", "{}"},
    {"{\"token_type\":\"Bearer\",\"expires_in\":3599,\"ext_expires_in\":\"3599\",\"access_token\":\"opaque\",\"foci\":"
     "\"1\","
     "\"client_info\":\"x\",\"refresh_token\":\"r\",\"id_token\":\"i\"}",
     "{\"access_token\":\"" HEADER "e30.\",\"expires_in\":3599,\"ext_expires_in\":\"3599\",\"id_token\":\"REDACTED\","
     "\"refresh_token\":\"REDACTED\",\"token_type\":\"Bearer\"}"},
    {"{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: no.\\r\\nTrace ID: 1\\r\\nTimestamp: 2\","
     "\"error_codes\":[7000215,\"x\",1.5],\"timestamp\":\"t\",\"trace_id\":\"t\",\"correlation_id\":\"c\",\"suberror\":"
     "\"bad\","
     "\"claims\":\"{}\",\"error_uri\":\"u\"}",
     "{\"error\":\"invalid_client\",\"error_codes\":[7000215],\"error_description\":\"AADSTS7000215: "
     "no.\",\"suberror\":\"bad\"}"},
    {"{\"access_token\":17,\"refresh_token\":null,\"error\":{\"a\":\"b\"},\"expires_in\":1.5,\"token_type\":true}",
     "{}"},
};

START_TEST(test_redact__answer_keeps_harmless_fields_only) {
  net_redact_answer(&out, answers[_i].body, strlen(answers[_i].body));
  ck_assert_str_eq(out.data, answers[_i].kept);
}
END_TEST

/* The payload of the token in a redacted answer. */
static void token_claims(const char *payload, struct pal_buf *claims) {
  struct pal_buf body;
  pal_buf_init(&body, 1 << 20);
  pal_buf_puts(&body, "{\"access_token\":\"eyJhbGciOiJSUzI1NiJ9.");
  net_base64_encode(&body, payload, strlen(payload), NET_BASE64_URL);
  pal_buf_puts(&body, ".c2lnbmF0dXJl\"}");
  net_redact_answer(&out, body.data, body.len);
  ck_assert_ptr_null(strstr(out.data, "c2lnbmF0dXJl"));
  const char *start = strstr(out.data, HEADER);
  ck_assert_ptr_nonnull(start);
  start += strlen(HEADER);
  ck_assert(net_base64_decode(claims, start, strcspn(start, "."), NET_BASE64_URL));
  ck_assert_str_eq(start + strcspn(start, "."), ".\"}");
  pal_buf_deinit(&body);
}

#define G "11111111-2222-3333-4444-55555555555"

static const struct {
  const char *payload, *claims;
} tokens[] = {
    {"{\"aud\":\"https://management.azure.com\",\"tid\":\"" G "A\",\"oid\":\"" G "b\",\"appid\":\"" G
     "c\",\"idtyp\":\"app\","
     "\"name\":\"Anna\",\"upn\":\"a@b\",\"ipaddr\":\"1.2.3.4\",\"exp\":1,\"groups\":[\"x\"]}",
     "{\"appid\":\"" G "c\",\"idtyp\":\"app\",\"oid\":\"" G "b\",\"tid\":\"" G "a\"}"},
    {"{\"tid\":\"not a guid\",\"oid\":7,\"idtyp\":\"a b\"}", "{}"},
    {"[\"tid\"]", "{}"},
    {"no json", "{}"},
    {"", "{}"},
};

START_TEST(test_redact__token_keeps_four_claims_and_no_signature) {
  struct pal_buf claims;
  pal_buf_init(&claims, 1 << 20);
  token_claims(tokens[_i].payload, &claims);
  ck_assert_str_eq(claims.data, tokens[_i].claims);
  pal_buf_deinit(&claims);
}
END_TEST

/* A service that repeats the secret in its message. */
START_TEST(test_redact__registered_secret_in_a_kept_field_is_replaced) {
  static const char body[] = "{\"error_description\":\"the secret 's3cr3t~value' is wrong\"}";
  unit_ok(pal_secret_register("s3cr3t~value", strlen("s3cr3t~value"), &err), &err);
  net_redact_answer(&out, body, strlen(body));
  ck_assert_str_eq(out.data, "{\"error_description\":\"the secret '[redacted]' is wrong\"}");
}
END_TEST

START_TEST(test_redact__tokens_of_an_answer_are_registered) {
  static const char body[] =
      "{\"access_token\":\"access-canary\",\"refresh_token\":\"refresh-canary\",\"id_token\":\"id-canary\"}";
  static const char text[] = "access-canary refresh-canary id-canary Bearer";
  unit_ok(net_register_answer(body, strlen(body), &err), &err);
  unit_ok(net_register_answer("no json", 7, &err), &err);
  pal_redact(&out, text, strlen(text));
  ck_assert_str_eq(out.data, "[redacted] [redacted] [redacted] Bearer");
}
END_TEST

/* --- base64 --- */

static const struct {
  const char *plain, *standard, *url;
} pairs[] = {
    {"", "", ""},
    {"f", "Zg==", "Zg"},
    {"fo", "Zm8=", "Zm8"},
    {"foo", "Zm9v", "Zm9v"},
    {"foob", "Zm9vYg==", "Zm9vYg"},
    {"\xFF\xFE\xFB", "//77", "__77"},
    {"\xFB\xEF\xBE", "++++", "----"},
};

START_TEST(test_base64__round_trip) {
  net_base64_encode(&out, pairs[_i].plain, strlen(pairs[_i].plain), NET_BASE64_STANDARD);
  ck_assert_str_eq(out.data, pairs[_i].standard);
  pal_buf_clear(&out);
  net_base64_encode(&out, pairs[_i].plain, strlen(pairs[_i].plain), NET_BASE64_URL);
  ck_assert_str_eq(out.data, pairs[_i].url);
  pal_buf_clear(&out);
  ck_assert(net_base64_decode(&out, pairs[_i].standard, strlen(pairs[_i].standard), NET_BASE64_STANDARD));
  ck_assert_str_eq(out.data, pairs[_i].plain);
  pal_buf_clear(&out);
  ck_assert(net_base64_decode(&out, pairs[_i].url, strlen(pairs[_i].url), NET_BASE64_URL));
  ck_assert_str_eq(out.data, pairs[_i].plain);
}
END_TEST

START_TEST(test_base64__other_spellings_are_refused) {
  static const char *const bad[] = {
      "Zg", "Zg=", "Zh==", "Zg==Zg==", "Z===", "====", "Zm8", "Zm9 ", "Zm-v", "\xC3\xA4zz"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
    ck_assert_msg(!net_base64_decode(&out, bad[i], strlen(bad[i]), NET_BASE64_STANDARD), "%s", bad[i]);
  static const char *const bad_url[] = {"Zg==", "Z", "Zh", "Zm+v", "Zm8\n"};
  for (size_t i = 0; i < sizeof bad_url / sizeof bad_url[0]; i++)
    ck_assert_msg(!net_base64_decode(&out, bad_url[i], strlen(bad_url[i]), NET_BASE64_URL), "%s", bad_url[i]);
}
END_TEST

Suite *make_net_redact_suite(void);
Suite *make_net_redact_suite(void) {
  Suite *suite = suite_create("net redact");
  TCase *tests = tcase_create("redact");
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_loop_test(tests, test_redact__form_keeps_harmless_values_only, 0, UNIT_N(forms));
  tcase_add_test(tests, test_redact__form_secrets_are_registered_decoded);
  tcase_add_loop_test(tests, test_redact__answer_keeps_harmless_fields_only, 0, UNIT_N(answers));
  tcase_add_loop_test(tests, test_redact__token_keeps_four_claims_and_no_signature, 0, UNIT_N(tokens));
  tcase_add_test(tests, test_redact__registered_secret_in_a_kept_field_is_replaced);
  tcase_add_test(tests, test_redact__tokens_of_an_answer_are_registered);
  tcase_add_loop_test(tests, test_base64__round_trip, 0, UNIT_N(pairs));
  tcase_add_test(tests, test_base64__other_spellings_are_refused);
  suite_add_tcase(suite, tests);
  return suite;
}
