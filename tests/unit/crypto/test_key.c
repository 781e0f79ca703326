/* SPDX-License-Identifier: Apache-2.0 */
/* test_key.c - keys made and assertions checked by the openssl program, not by what is tested. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pal_file.h"
#include "pal_key.h"
#include "unit.h"

#define PASSWORD "canary-pass%word/1"
#define CLIENT "11111111-0000-4000-8000-000000000001"
#define AUDIENCE "https://login.microsoftonline.com/aaaaaaaa-0000-4000-8000-000000000001/oauth2/v2.0/token"

static struct pal_err err;
static struct pal_instant now;

static void shell(const char *script) {
  int status = system(script);
  ck_assert_msg(status == 0, "%d: %s", status, script);
}

/* Once for all tests: making RSA keys takes its time. */
static void make_files(void) {
  unit_enter_folder();
  shell(
      "set -e; exec 2>openssl.log; p='pass:" PASSWORD "'\n"
      "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 30 -subj /CN=app\n"
      "openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.pem -days 30 -subj /CN=other\n"
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ec.key -out ec.crt -days 30 "
      "-subj /CN=ec\n"
      "openssl req -x509 -newkey rsa:1024 -nodes -keyout small.key -out small.crt -days 30 -subj /CN=small\n"
      "openssl pkcs8 -topk8 -in key.pem -out locked.key -passout \"$p\" -v2 aes-256-cbc\n"
      "openssl rsa -in key.pem -traditional -aes256 -passout \"$p\" -out old.key\n"
      "cat key.pem cert.pem >both.pem; cat cert.pem key.pem >reverse.pem\n"
      "cat other.pem cert.pem key.pem >chain.pem; cat cert.pem locked.key >locked.pem; cat cert.pem old.key >old.pem\n"
      "cat ec.key ec.crt >ec.pem; cat small.key small.crt >small.pem; cat key.pem other.pem >stranger.pem\n"
      "sed '5s/./!/' cert.pem | cat key.pem - >torn.pem; sed '5s/./!/' key.pem | cat - cert.pem >tornkey.pem\n"
      "openssl pkcs12 -export -inkey key.pem -in cert.pem -out locked.pfx -passout \"$p\"\n"
      "openssl pkcs12 -export -inkey key.pem -in cert.pem -out open.pfx -passout pass:\n"
      "openssl pkcs12 -export -nokeys -in cert.pem -out certonly.pfx -passout \"$p\"\n"
      "openssl pkcs12 -export -nocerts -inkey key.pem -out keyonly.pfx -passout \"$p\"\n"
      "openssl pkcs12 -export -inkey key.pem -in cert.pem -out rc2.pfx -passout \"$p\" -legacy\n"
      "openssl pkcs12 -export -inkey key.pem -in cert.pem -out des3.pfx -passout \"$p\" -macalg sha1 "
      "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES\n"
      "head -c 700 locked.pfx >torn.pfx; : >empty; printf 'hello\\n' >text\n"
      "openssl x509 -in cert.pem -pubkey -noout >public.pem; openssl x509 -in other.pem -pubkey -noout >other.pub\n"
      "openssl x509 -in cert.pem -outform DER | openssl dgst -sha256 -r | cut -c1-64 | tr -d '\\n' >thumbprint\n");
}

static void set_up(void) {
  err = (struct pal_err){0};
  now = pal_clock_now();
}

static enum pal_code read_key(const char *file, const char *password, struct pal_key **ret) {
  struct pal_buf bytes;
  struct pal_err own = {0};
  pal_buf_init(&bytes, 1 << 20);
  unit_ok(pal_file_read(file, "key", 0, 1 << 20, &bytes, &own), &own);
  enum pal_code code = pal_key_read(bytes.data, bytes.len, file, password, now, ret, &err);
  pal_buf_wipe(&bytes);
  return code;
}

static const struct {
  const char *file, *password;
} good_rows[] = {
    {"both.pem", NULL},       {"both.pem", "needless"}, {"reverse.pem", NULL},
    {"chain.pem", NULL},      {"locked.pem", PASSWORD}, {"old.pem", PASSWORD},
    {"locked.pfx", PASSWORD}, {"open.pfx", NULL},       {"des3.pfx", PASSWORD},
};

START_TEST(test_key__is_read_with_its_certificate) {
  struct pal_key *key = NULL;
  uint8_t thumbprint[PAL_SHA256_LEN];
  char hex[2 * PAL_SHA256_LEN + 1];
  struct pal_buf want;
  unit_ok(read_key(good_rows[_i].file, good_rows[_i].password, &key), &err);
  pal_key_thumbprint(key, thumbprint);
  pal_hex(thumbprint, sizeof thumbprint, hex);
  pal_buf_init(&want, 100);
  unit_ok(pal_file_read("thumbprint", "thumbprint", 0, 100, &want, &err), &err);
  ck_assert_str_eq(hex, want.data);
  ck_assert_int_gt(pal_key_ends(key).s, now.s + 29 * 86400);
  pal_buf_deinit(&want);
  pal_key_free(key);
}
END_TEST

static const struct {
  const char *file, *password, *part;
} bad_rows[] = {
    {"empty", NULL, "empty: it is empty"},
    {"text", NULL, "neither PEM nor PKCS#12"},
    {"cert.pem", NULL, "it holds no private key"},
    {"key.pem", NULL, "it holds no certificate"},
    {"stranger.pem", NULL, "does not match its certificate"},
    {"torn.pem", NULL, "a certificate in it cannot be read"},
    {"tornkey.pem", NULL, "its private key cannot be read"},
    {"locked.pem", NULL, "is encrypted: name the variable with its password as passwordEnv"},
    {"locked.pem", "canary-wrong", "the password of its private key is wrong"},
    {"old.pem", "canary-wrong", "the password of its private key is wrong"},
    {"ec.pem", NULL, "of kind EC, but Entra ID takes RSA keys only"},
    {"small.pem", NULL, "has 1024 bits, at least 2048"},
    {"locked.pfx", NULL, "it has a password: name the variable"},
    {"locked.pfx", "canary-wrong", "its password is wrong"},
    {"torn.pfx", PASSWORD, "neither PEM nor PKCS#12"},
    {"certonly.pfx", PASSWORD, "it holds no private key"},
    {"keyonly.pfx", PASSWORD, "it holds no certificate"},
    {"rc2.pfx", PASSWORD, "openssl pkcs12 -legacy -in rc2.pfx -nodes -out NEW.pem"},
};

START_TEST(test_key__what_is_wrong_is_told_without_the_secret) {
  struct pal_key *key = NULL;
  unit_fails(read_key(bad_rows[_i].file, bad_rows[_i].password, &key), PAL_E_CONFIG, bad_rows[_i].part, &err);
  ck_assert_ptr_eq(strstr(err.text, bad_rows[_i].file), err.text);
  ck_assert_ptr_null(strstr(err.text, "canary"));
  ck_assert_ptr_null(key);
}
END_TEST

START_TEST(test_key__certificate_must_be_valid_now) {
  struct pal_key *key = NULL;
  char date[PAL_INSTANT_MAX];
  unit_ok(read_key("both.pem", NULL, &key), &err);
  struct pal_instant ends = pal_key_ends(key);
  pal_instant_format(ends, date);
  pal_key_free(key);
  now = ends;
  unit_ok(read_key("both.pem", NULL, &key), &err);
  pal_key_free(key);
  now.s = ends.s + 1;
  unit_fails(read_key("both.pem", NULL, &key), PAL_E_CONFIG, "its certificate expired on ", &err);
  ck_assert_ptr_nonnull(strstr(err.text, date));
  now.s = ends.s - 31 * 86400;
  unit_fails(read_key("both.pem", NULL, &key), PAL_E_CONFIG, "check the clock", &err);
}
END_TEST

/* Splits token.txt and asks openssl and jq about it. */
static const char check_token[] =
    "set -e; part() { cut -d. -f\"$1\" token.txt | tr -d '\\n' | tr '_-' '/+' | "
    "awk '{ while (length($0) % 4) $0 = $0 \"=\"; printf \"%s\", $0 }' | base64 -d; }\n"
    "! grep -q '[^A-Za-z0-9_.-]' token.txt; test \"$(tr -cd . <token.txt | wc -c)\" -eq 2\n"
    "cut -d. -f1,2 token.txt | tr -d '\\n' >signed; part 3 >signature\n"
    "openssl dgst -sha256 -verify public.pem -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 "
    "-sigopt rsa_mgf1_md:sha256 -signature signature signed >verified\n"
    "part 1 | jq -e 'keys == [\"alg\",\"typ\",\"x5t#S256\"] and .alg == \"PS256\" and .typ == \"JWT\"' "
    ">/dev/null\n"
    "openssl x509 -in cert.pem -outform DER | openssl dgst -sha256 -binary | openssl base64 -A | tr '+/' '-_' | tr -d "
    "= "
    ">want; part 1 | jq -j '.[\"x5t#S256\"]' | cmp - want\n"
    "part 2 | jq -e '.aud == \"" AUDIENCE "\" and .iss == \"" CLIENT "\" and .sub == .iss and .exp - .nbf == 600 and "
    ".iat == .nbf and (.jti | test(\"^[0-9a-f-]{36}$\"))' >/dev/null\n"
    "part 2 | jq -r .jti >>ids\n";

START_TEST(test_key__assertion_convinces_openssl) {
  struct pal_key *key = NULL;
  unit_ok(read_key("locked.pfx", PASSWORD, &key), &err);
  for (int i = 0; i < 3; i++) {
    struct pal_buf token;
    pal_buf_init(&token, 8192);
    unit_ok(pal_assertion_make(key, AUDIENCE, CLIENT, now, &token, &err), &err);
    unit_write("token.txt", token.data, 0600);
    shell(check_token);
    pal_buf_deinit(&token);
  }
  shell("test \"$(sort -u ids | wc -l)\" -eq 3");
  /* The judge is awake: another byte, another key. */
  shell("! openssl dgst -sha256 -verify other.pub -sigopt rsa_padding_mode:pss -signature signature signed "
        ">/dev/null 2>&1; printf x >>signed; ! openssl dgst -sha256 -verify public.pem -sigopt rsa_padding_mode:pss "
        "-sigopt rsa_pss_saltlen:32 -signature signature signed >/dev/null 2>&1");
  pal_key_free(key);
}
END_TEST

START_TEST(test_key__signature_that_has_no_room_is_an_error) {
  struct pal_key *key = NULL;
  struct pal_buf small;
  unit_ok(read_key("both.pem", NULL, &key), &err);
  pal_buf_init(&small, 100);
  unit_fails(pal_assertion_make(key, AUDIENCE, CLIENT, now, &small, &err), PAL_E_LIMIT, "an assertion", &err);
  pal_buf_deinit(&small);
  pal_key_free(key);
  pal_key_free(NULL);
}
END_TEST

Suite *make_crypto_key_suite(void);
Suite *make_crypto_key_suite(void) {
  Suite *suite = suite_create("crypto key");
  TCase *tests = tcase_create("key");
  tcase_set_timeout(tests, 120);
  tcase_add_unchecked_fixture(tests, make_files, unit_leave_folder);
  tcase_add_checked_fixture(tests, set_up, NULL);
  tcase_add_loop_test(tests, test_key__is_read_with_its_certificate, 0, UNIT_N(good_rows));
  tcase_add_loop_test(tests, test_key__what_is_wrong_is_told_without_the_secret, 0, UNIT_N(bad_rows));
  tcase_add_test(tests, test_key__certificate_must_be_valid_now);
  tcase_add_test(tests, test_key__assertion_convinces_openssl);
  tcase_add_test(tests, test_key__signature_that_has_no_room_is_an_error);
  suite_add_tcase(suite, tests);
  return suite;
}
