/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_KEY_H
#define PAL_KEY_H
/*
 * pal_key.h - an RSA key with its certificate, and the assertions it signs for
 * Entra ID (RFC 7523; header PS256 and x5t#S256). Key material is wiped when it
 * is freed; errors name the file and what is wrong with it, never a secret.
 */
#include "pal_buf.h"
#include "pal_digest.h"
#include "pal_err.h"
#include "pal_time.h"

enum {
  PAL_KEY_BITS_MIN = 2048,
  PAL_PASSWORD_MAX = 1024,       /* bytes */
  PAL_ASSERTION_LIFETIME_S = 600 /* Entra ID accepts 5 to 10 minutes */
};

struct pal_key; /* opaque */

/* Reads a key and the certificate that goes with it: PEM in any order, also
 * with a chain, the key encrypted or not; or PKCS#12 (PFX). password may be
 * NULL. `name` is the file's, for errors. PAL_E_CONFIG: no key, no certificate
 * for it, wrong or missing password, a certificate that is not valid at `now`,
 * a kind of key that Entra ID does not take. */
enum pal_code pal_key_read(const void *bytes, size_t len, const char *name, const char *password,
                           struct pal_instant now, struct pal_key **ret, struct pal_err *err) PAL_MUST_CHECK;
void pal_key_free(struct pal_key *key); /* takes NULL */

/* SHA-256 of the certificate in DER. */
void pal_key_thumbprint(const struct pal_key *key, uint8_t out[PAL_SHA256_LEN]);
/* Until when the certificate is valid. */
struct pal_instant pal_key_ends(const struct pal_key *key);
/* Appends a signature by RSASSA-PSS with SHA-256, MGF1 SHA-256 and a salt of 32 bytes. */
enum pal_code pal_key_sign(const struct pal_key *key, const void *bytes, size_t len, struct pal_buf *out,
                           struct pal_err *err) PAL_MUST_CHECK;

/* Appends a client assertion: a JWT for `audience` (the token endpoint) by
 * `client`, with an id of its own, valid for PAL_ASSERTION_LIFETIME_S from now. */
enum pal_code pal_assertion_make(const struct pal_key *key, const char *audience, const char *client,
                                 struct pal_instant now, struct pal_buf *out, struct pal_err *err) PAL_MUST_CHECK;

#endif
