/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_digest.h"

#include <assert.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

struct pal_hash {
  EVP_MD_CTX *ctx;
  EVP_MD *md; /* fetched once: asking by name costs more than hashing a small object */
  size_t len;
};

/* Empties OpenSSL's error queue into one text. */
static enum pal_code crypto_failed(const char *what, struct pal_err *err) {
  unsigned long first = ERR_get_error();
  ERR_clear_error();
  char reason[256];
  ERR_error_string_n(first, reason, sizeof reason);
  return pal_err_set(err, PAL_E_INTERNAL, "%s: %s", what, first ? reason : "no reason given");
}

enum pal_code pal_hash_new(enum pal_hash_kind kind, struct pal_hash **ret, struct pal_err *err) {
  struct pal_hash *hash = calloc(1, sizeof *hash);
  if (!hash)
    return pal_err_nomem(err);
  hash->len = kind == PAL_SHA1 ? PAL_SHA1_LEN : PAL_SHA256_LEN;
  hash->ctx = EVP_MD_CTX_new();
  hash->md = EVP_MD_fetch(NULL, kind == PAL_SHA1 ? "SHA1" : "SHA256", NULL);
  if (!hash->ctx || !hash->md || EVP_DigestInit_ex2(hash->ctx, hash->md, NULL) != 1) {
    pal_hash_free(hash);
    return crypto_failed("start a digest", err);
  }
  *ret = hash;
  return PAL_OK;
}

void pal_hash_free(struct pal_hash *hash) {
  if (!hash)
    return;
  EVP_MD_CTX_free(hash->ctx);
  EVP_MD_free(hash->md);
  free(hash);
}

enum pal_code pal_hash_start(struct pal_hash *hash, struct pal_err *err) {
  if (EVP_DigestInit_ex2(hash->ctx, hash->md, NULL) != 1)
    return crypto_failed("start a digest", err);
  return PAL_OK;
}

enum pal_code pal_hash_add(struct pal_hash *hash, const void *bytes, size_t len, struct pal_err *err) {
  if (len && EVP_DigestUpdate(hash->ctx, bytes, len) != 1)
    return crypto_failed("add to a digest", err);
  return PAL_OK;
}

enum pal_code pal_hash_finish(struct pal_hash *hash, uint8_t *out, struct pal_err *err) {
  unsigned len = 0;
  if (EVP_DigestFinal_ex(hash->ctx, out, &len) != 1)
    return crypto_failed("finish a digest", err);
  assert(len == hash->len);
  return PAL_OK;
}

enum pal_code pal_sha256(const void *bytes, size_t len, uint8_t out[PAL_SHA256_LEN], struct pal_err *err) {
  if (EVP_Digest(len ? bytes : "", len, out, NULL, EVP_sha256(), NULL) != 1)
    return crypto_failed("SHA-256", err);
  return PAL_OK;
}

enum pal_code pal_hmac_sha256(const void *key, size_t key_len, const void *bytes, size_t len,
                              uint8_t out[PAL_SHA256_LEN], struct pal_err *err) {
  size_t out_len = 0;
  /* A key is never NULL for OpenSSL: it would keep an earlier one. */
  if (!EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key_len ? key : "", key_len,
                 len ? (const unsigned char *)bytes : (const unsigned char *)"", len, out, PAL_SHA256_LEN, &out_len) ||
      out_len != PAL_SHA256_LEN)
    return crypto_failed("HMAC-SHA-256", err);
  return PAL_OK;
}

enum pal_code pal_random(void *out, size_t len, struct pal_err *err) {
  unsigned char *at = out;
  while (len) {
    int part = len > 1 << 20 ? 1 << 20 : (int)len;
    if (RAND_bytes(at, part) != 1)
      return crypto_failed("random bytes", err);
    at += part;
    len -= (size_t)part;
  }
  return PAL_OK;
}

enum pal_code pal_random_guid(char out[37], struct pal_err *err) {
  uint8_t raw[16];
  enum pal_code code = pal_random(raw, sizeof raw, err);
  if (code == PAL_OK)
    pal_guid_of(raw, out);
  return code;
}

void pal_guid_of(const uint8_t random[16], char out[37]) {
  uint8_t raw[16];
  memcpy(raw, random, sizeof raw);
  raw[6] = (uint8_t)((raw[6] & 0x0f) | 0x40); /* version 4 */
  raw[8] = (uint8_t)((raw[8] & 0x3f) | 0x80); /* variant of RFC 4122 */
  char hex[33];
  pal_hex(raw, sizeof raw, hex);
  static const size_t groups[] = {8, 4, 4, 4, 12};
  const char *from = hex;
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
    if (i)
      *out++ = '-';
    memcpy(out, from, groups[i]);
    out += groups[i];
    from += groups[i];
  }
  *out = '\0';
}

void pal_hex(const uint8_t *bytes, size_t len, char *out) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < len; i++) {
    *out++ = digits[bytes[i] >> 4];
    *out++ = digits[bytes[i] & 15];
  }
  *out = '\0';
}
