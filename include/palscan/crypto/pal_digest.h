/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_DIGEST_H
#define PAL_DIGEST_H
/* pal_digest.h - SHA-1 (git object ids and pack trailers only), SHA-256, HMAC
 * and random bytes, by OpenSSL's EVP. */
#include <stddef.h>
#include <stdint.h>

#include "pal_err.h"

enum { PAL_SHA1_LEN = 20, PAL_SHA256_LEN = 32 };

struct pal_hash; /* a running SHA-1 or SHA-256 */
enum pal_hash_kind { PAL_SHA1, PAL_SHA256 };

enum pal_code pal_hash_new(enum pal_hash_kind kind, struct pal_hash **ret, struct pal_err *err) PAL_MUST_CHECK;
void pal_hash_free(struct pal_hash *hash);                                               /* takes NULL */
enum pal_code pal_hash_start(struct pal_hash *hash, struct pal_err *err) PAL_MUST_CHECK; /* also after finish: reuse */
enum pal_code pal_hash_add(struct pal_hash *hash, const void *bytes, size_t len, struct pal_err *err) PAL_MUST_CHECK;
/* Writes 20 or 32 bytes. */
enum pal_code pal_hash_finish(struct pal_hash *hash, uint8_t *out, struct pal_err *err) PAL_MUST_CHECK;

enum pal_code pal_sha256(const void *bytes, size_t len, uint8_t out[PAL_SHA256_LEN], struct pal_err *err)
    PAL_MUST_CHECK;
enum pal_code pal_hmac_sha256(const void *key, size_t key_len, const void *bytes, size_t len,
                              uint8_t out[PAL_SHA256_LEN], struct pal_err *err) PAL_MUST_CHECK;
enum pal_code pal_random(void *out, size_t len, struct pal_err *err) PAL_MUST_CHECK;
/* A random GUID (version 4), lower case; out holds 37 bytes. */
enum pal_code pal_random_guid(char out[37], struct pal_err *err) PAL_MUST_CHECK;
/* The GUID (RFC 4122, version 4) of bytes that pal_random() gave, for who needs many. */
void pal_guid_of(const uint8_t random[16], char out[37]);
/* Lower-case hex; out holds 2 * len + 1 bytes. */
void pal_hex(const uint8_t *bytes, size_t len, char *out);

#endif
