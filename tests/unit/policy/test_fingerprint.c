/* SPDX-License-Identifier: Apache-2.0 */
#include "policy_world.h"

/* Known answers, made with stock tools:
 *   jq -cjn '["palscan-1","PAL001","1111…","identity","a111…",""]' | openssl dgst -sha256
 * The last one with printf, since jq writes U+202E raw:
 *   printf '["palscan-1","PAL001","-","identity","a\\u202eb",""]' | openssl dgst -sha256 */
static const struct {
  const char *policy, *tenant, *type, *id, *key, *fingerprint;
} answers[] = {
    {"PAL001", T1, "identity", O1, "", "4e4bbcece887ff53c9e40ed1b54e1fe91e491b797c36f71715bc0b2304862408"},
    {"PAL008", "", "registry", "registry", NULL, "6d837092b6a5441d6a37c67646b327ccebc18a2b9fa5c27b548e2bb18e34039c"},
    {"PAL060", T1, "scope", "/subscriptions/x", "Gr\xc3\xbcn \"q\" \\",
     "3a677a1eccf8f1519ed12d447a63d2e587628234afcf86946637c7f8e1331e5a"},
    {"PAL001", NULL, "identity",
     "a\xe2\x80\xae"
     "b",
     "", "8472593d31dcc9af9a7db1a0ae186567a238795121eb73632327b00ea4f3147c"},
};

START_TEST(test_fingerprint__equals_stock_tools) {
  char out[65];
  struct pal_err err;
  unit_ok(pal_fingerprint(answers[_i].policy, answers[_i].tenant, answers[_i].type, answers[_i].id, answers[_i].key,
                          out, &err),
          &err);
  ck_assert_str_eq(out, answers[_i].fingerprint);
}
END_TEST

START_TEST(test_fingerprint__parts_do_not_run_together) {
  char a[65], b[65];
  struct pal_err err;
  unit_ok(pal_fingerprint("A1", "t", "ab", "c", "", a, &err), &err);
  unit_ok(pal_fingerprint("A1", "t", "a", "bc", "", b, &err), &err);
  ck_assert_str_ne(a, b);
  unit_ok(pal_fingerprint("A1", "t", "a", "b\",\"c", "", a, &err), &err);
  unit_ok(pal_fingerprint("A1", "t", "a", "b", "c", b, &err), &err);
  ck_assert_str_ne(a, b);
}
END_TEST

Suite *make_policy_fingerprint_suite(void);
Suite *make_policy_fingerprint_suite(void) {
  Suite *suite = suite_create("policy/fingerprint");
  TCase *tcase = tcase_create("fingerprint");
  tcase_add_loop_test(tcase, test_fingerprint__equals_stock_tools, 0, UNIT_N(answers));
  tcase_add_test(tcase, test_fingerprint__parts_do_not_run_together);
  suite_add_tcase(suite, tcase);
  return suite;
}
