/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SSH_KEY_H
#define SSH_KEY_H
/* ssh_key.h - keys as OpenSSL has them and as SSH writes them (RFC 4253, 5656, 8332, 8709). */
#include <openssl/evp.h>

#include "pal_sshsig.h"
#include "ssh_wire.h"

enum {
  SSH_BLOB_MAX = 8192, /* bytes of a public key or a signature */
  SSH_RSA_BITS_MIN = 2048,
  SSH_RSA_BITS_MAX = 16384
};

struct ssh_type {
  const char *name;
  const char *curve; /* of ECDSA, as SSH calls it, else NULL */
  const char *group; /* … as OpenSSL does */
  size_t bytes;      /* … of a coordinate */
  const char *digest;
};
const struct ssh_type *ssh_type_named(struct ssh_bytes name); /* NULL: one that is not taken */
/* "ssh-ed25519, …": for errors. */
#define SSH_TYPES_TEXT "ssh-ed25519, ecdsa-sha2-nistp256, -nistp384, -nistp521 and ssh-rsa of 2048 bits or more"

/* A public key out of its blob. PAL_E_INPUT with what is wrong with it. */
enum pal_code ssh_public_read(struct ssh_bytes blob, EVP_PKEY **ret_key, const struct ssh_type **ret_type,
                              struct pal_err *err) PAL_MUST_CHECK;
/* The blob of a key's public half. PAL_E_INPUT: of a kind that is not taken. */
enum pal_code ssh_public_write(EVP_PKEY *key, const struct ssh_type **ret_type, struct pal_buf *out,
                               struct pal_err *err) PAL_MUST_CHECK;
/* "SHA256:" and base64 without padding, as ssh-keygen -l prints it. */
enum pal_code ssh_fingerprint(struct ssh_bytes blob, char out[PAL_SSH_FINGERPRINT_MAX], struct pal_err *err)
    PAL_MUST_CHECK;
/* A curve's point, with the secret number when there is one (len 0: none). */
enum pal_code ssh_ec_key(const struct ssh_type *type, struct ssh_bytes point, struct ssh_bytes secret, EVP_PKEY **ret,
                         struct pal_err *err) PAL_MUST_CHECK;
/* secret.len 0: the public half. */
enum pal_code ssh_rsa_key(struct ssh_bytes modulus, struct ssh_bytes exponent, struct ssh_bytes secret, EVP_PKEY **ret,
                          struct pal_err *err) PAL_MUST_CHECK;

/* Appends a signature as SSH writes it: its algorithm, then its bytes. RSA: rsa-sha2-512. */
enum pal_code ssh_sign(EVP_PKEY *key, const struct ssh_type *type, const void *bytes, size_t len, struct pal_buf *out,
                       struct pal_err *err) PAL_MUST_CHECK;
/* PAL_E_INPUT: it is malformed or of an algorithm that is not taken. */
enum pal_code ssh_check(EVP_PKEY *key, const struct ssh_type *type, struct ssh_bytes signature, const void *bytes,
                        size_t len, bool *ret_good, struct pal_err *err) PAL_MUST_CHECK;

/* What OpenSSL's last failure means: PAL_E_NOMEM, else `code` with the text. Forgets its errors. */
enum pal_code ssh_failed(enum pal_code code, const char *what, struct pal_err *err);

#endif
