/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_digest.h"

#include <stdlib.h>
#include <string.h>

#include "pal_id.h"
#include "unit.h"

static struct pal_err err;
static char hex[65];

#define TEN "aaaaaaaaaa"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define THOUSAND HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED

/* FIPS 180-4 and NIST's example values. */
static const struct {
  const char *text;
  size_t times;
  const char *sha1, *sha256;
} digests[] = {
    {"", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709",
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d",
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {THOUSAND, 1000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
     "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

static const char *run(struct pal_hash *hash, const char *text, size_t times, size_t len) {
  uint8_t out[PAL_SHA256_LEN];
  unit_ok(pal_hash_start(hash, &err), &err);
  for (size_t i = 0; i < times; i++)
    unit_ok(pal_hash_add(hash, text, strlen(text), &err), &err);
  unit_ok(pal_hash_finish(hash, out, &err), &err);
  pal_hex(out, len, hex);
  return hex;
}

START_TEST(test_digest__published_values_and_reuse) {
  struct pal_hash *sha1 = NULL, *sha256 = NULL;
  unit_ok(pal_hash_new(PAL_SHA1, &sha1, &err), &err);
  unit_ok(pal_hash_new(PAL_SHA256, &sha256, &err), &err);
  for (int i = 0; i < UNIT_N(digests); i++) {
    ck_assert_str_eq(run(sha1, digests[i].text, digests[i].times, PAL_SHA1_LEN), digests[i].sha1);
    ck_assert_str_eq(run(sha256, digests[i].text, digests[i].times, PAL_SHA256_LEN), digests[i].sha256);
  }
  pal_hash_free(sha1);
  pal_hash_free(sha256);
  pal_hash_free(NULL);
}
END_TEST

START_TEST(test_digest__one_call_equals_many) {
  uint8_t out[PAL_SHA256_LEN];
  unit_ok(pal_sha256("abc", 3, out, &err), &err);
  pal_hex(out, sizeof out, hex);
  ck_assert_str_eq(hex, digests[1].sha256);
  unit_ok(pal_sha256(NULL, 0, out, &err), &err);
  pal_hex(out, sizeof out, hex);
  ck_assert_str_eq(hex, digests[0].sha256);
}
END_TEST

START_TEST(test_digest__abandoned_digest_starts_afresh) {
  struct pal_hash *hash = NULL;
  unit_ok(pal_hash_new(PAL_SHA1, &hash, &err), &err);
  unit_ok(pal_hash_add(hash, "left over", 9, &err), &err);
  ck_assert_str_eq(run(hash, "abc", 1, PAL_SHA1_LEN), digests[1].sha1);
  pal_hash_free(hash);
}
END_TEST

/* RFC 4231, test cases 1-4, 6 and 7 (5 is truncated): key byte or text, data. */
static const struct {
  int byte;
  const char *key;
  size_t key_len;
  int data_byte;
  const char *data;
  size_t len;
  const char *mac;
} macs[] = {
    {0x0b, NULL, 20, 0, "Hi There", 8, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {0, "Jefe", 4, 0, "what do ya want for nothing?", 28,
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {0xaa, NULL, 20, 0xdd, NULL, 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {-1, NULL, 25, 0xcd, NULL, 50, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
    {0xaa, NULL, 131, 0, "Test Using Larger Than Block-Size Key - Hash Key First", 54,
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {0xaa, NULL, 131, 0,
     "This is a test using a larger than block-size key and a larger than block-size data. The key "
     "needs to be hashed before being used by the HMAC algorithm.",
     152, "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    {0, "", 0, 0, "", 0, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
};

START_TEST(test_digest__hmac_of_rfc_4231) {
  uint8_t key[256], data[256], out[PAL_SHA256_LEN];
  size_t key_len = macs[_i].key_len, len = macs[_i].len;
  for (size_t k = 0; k < key_len; k++)
    key[k] = macs[_i].key ? (uint8_t)macs[_i].key[k] : macs[_i].byte < 0 ? (uint8_t)(k + 1) : (uint8_t)macs[_i].byte;
  for (size_t k = 0; k < len; k++)
    data[k] = macs[_i].data ? (uint8_t)macs[_i].data[k] : (uint8_t)macs[_i].data_byte;
  unit_ok(pal_hmac_sha256(key_len ? key : NULL, key_len, len ? data : NULL, len, out, &err), &err);
  pal_hex(out, sizeof out, hex);
  ck_assert_str_eq(hex, macs[_i].mac);
}
END_TEST

START_TEST(test_digest__random_guids_are_version_4_and_differ) {
  char a[37], b[37], canonical[37];
  unit_ok(pal_random_guid(a, &err), &err);
  unit_ok(pal_random_guid(b, &err), &err);
  ck_assert_str_ne(a, b);
  ck_assert(pal_guid_canonical(a, strlen(a), canonical));
  ck_assert_str_eq(a, canonical);
  ck_assert_int_eq(a[14], '4');
  ck_assert_ptr_nonnull(strchr("89ab", a[19]));
  unit_ok(pal_random(NULL, 0, &err), &err);
}
END_TEST

START_TEST(test_digest__hex_is_lower_case) {
  pal_hex((const uint8_t *)"\x00\x9f\xff", 3, hex);
  ck_assert_str_eq(hex, "009fff");
}
END_TEST

Suite *make_crypto_digest_suite(void);
Suite *make_crypto_digest_suite(void) {
  Suite *suite = suite_create("crypto/digest");
  TCase *tc = tcase_create("digest");
  tcase_add_test(tc, test_digest__published_values_and_reuse);
  tcase_add_test(tc, test_digest__one_call_equals_many);
  tcase_add_test(tc, test_digest__abandoned_digest_starts_afresh);
  tcase_add_loop_test(tc, test_digest__hmac_of_rfc_4231, 0, UNIT_N(macs));
  tcase_add_test(tc, test_digest__random_guids_are_version_4_and_differ);
  tcase_add_test(tc, test_digest__hex_is_lower_case);
  suite_add_tcase(suite, tc);
  return suite;
}
