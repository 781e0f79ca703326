/* SPDX-License-Identifier: Apache-2.0 */
/* ssh_key.c - SSH's public keys and raw signatures by OpenSSL's EVP. */
#include "ssh_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <string.h>

#include "pal_digest.h"

enum { ED25519_KEY_LEN = 32, ED25519_SIGNATURE_LEN = 64, POINT_MAX = 1 + 2 * 66, EXPONENT_LEN_MAX = 8 };

static const struct ssh_type types[] = {
    {"ssh-ed25519", NULL, NULL, 0, NULL},
    {"ecdsa-sha2-nistp256", "nistp256", "prime256v1", 32, "SHA256"},
    {"ecdsa-sha2-nistp384", "nistp384", "secp384r1", 48, "SHA384"},
    {"ecdsa-sha2-nistp521", "nistp521", "secp521r1", 66, "SHA512"},
    {"ssh-rsa", NULL, NULL, 0, "SHA512"},
};
enum { TYPES = sizeof types / sizeof types[0], TYPE_ED25519 = 0, TYPE_RSA = TYPES - 1 };

const struct ssh_type *ssh_type_named(struct ssh_bytes name) {
  for (size_t i = 0; i < TYPES; i++)
    if (ssh_is(name, types[i].name))
      return &types[i];
  return NULL;
}

enum pal_code ssh_failed(enum pal_code code, const char *what, struct pal_err *err) {
  bool memory = ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE;
  ERR_clear_error();
  return memory ? pal_err_nomem(err) : pal_err_set(err, code, "%s", what);
}

/* --- keys --- */

/* Takes the parameters, which may be NULL: no memory. */
static enum pal_code make_key(const char *kind, OSSL_PARAM *parameters, bool secret, EVP_PKEY **ret,
                              struct pal_err *err) {
  EVP_PKEY_CTX *ctx = parameters ? EVP_PKEY_CTX_new_from_name(NULL, kind, NULL) : NULL;
  *ret = NULL;
  if (!ctx || EVP_PKEY_fromdata_init(ctx) != 1 ||
      EVP_PKEY_fromdata(ctx, ret, secret ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, parameters) != 1)
    *ret = NULL;
  EVP_PKEY_CTX_free(ctx);
  OSSL_PARAM_free(parameters); /* clears secret numbers */
  return *ret ? PAL_OK : ssh_failed(PAL_E_INPUT, "its numbers are no key", err);
}

enum pal_code ssh_ec_key(const struct ssh_type *type, struct ssh_bytes point, struct ssh_bytes secret, EVP_PKEY **ret,
                         struct pal_err *err) {
  if (point.len != 1 + 2 * type->bytes || point.at[0] != POINT_CONVERSION_UNCOMPRESSED || secret.len > type->bytes)
    return pal_err_set(err, PAL_E_INPUT, "its point is not of the curve %s", type->curve);
  OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
  BIGNUM *number = secret.len ? BN_secure_new() : NULL;
  bool good = build && OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, type->group, 0) == 1 &&
              OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point.at, point.len) == 1 &&
              (!secret.len || (number && BN_bin2bn(secret.at, (int)secret.len, number) &&
                               OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, number) == 1));
  enum pal_code code = make_key("EC", good ? OSSL_PARAM_BLD_to_param(build) : NULL, secret.len > 0, ret, err);
  OSSL_PARAM_BLD_free(build);
  BN_clear_free(number);
  return code;
}

enum pal_code ssh_rsa_key(struct ssh_bytes modulus, struct ssh_bytes exponent, struct ssh_bytes secret, EVP_PKEY **ret,
                          struct pal_err *err) {
  size_t bits = modulus.len * 8;
  for (unsigned high = modulus.len ? modulus.at[0] : 0; modulus.len && !(high & 0x80); high <<= 1)
    bits--;
  if (bits < SSH_RSA_BITS_MIN || bits > SSH_RSA_BITS_MAX)
    return pal_err_set(err, PAL_E_INPUT, "its RSA key has %zu bits: %d to %d are taken", bits, SSH_RSA_BITS_MIN,
                       SSH_RSA_BITS_MAX);
  if (exponent.len > EXPONENT_LEN_MAX || secret.len > modulus.len)
    return pal_err_set(err, PAL_E_INPUT, "its numbers are no key");
  OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
  BIGNUM *n = BN_bin2bn(modulus.at, (int)modulus.len, NULL), *e = BN_bin2bn(exponent.at, (int)exponent.len, NULL);
  BIGNUM *d = secret.len ? BN_secure_new() : NULL;
  bool good = build && n && e && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
              OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) == 1 &&
              (!secret.len || (d && BN_bin2bn(secret.at, (int)secret.len, d) &&
                               OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_D, d) == 1));
  enum pal_code code = make_key("RSA", good ? OSSL_PARAM_BLD_to_param(build) : NULL, secret.len > 0, ret, err);
  OSSL_PARAM_BLD_free(build);
  BN_free(n);
  BN_free(e);
  BN_clear_free(d);
  return code;
}

enum pal_code ssh_public_read(struct ssh_bytes blob, EVP_PKEY **ret_key, const struct ssh_type **ret_type,
                              struct pal_err *err) {
  struct ssh_reader reader = {.left = blob};
  const struct ssh_type *type = ssh_type_named(ssh_get_string(&reader));
  const struct ssh_bytes none = {0};
  EVP_PKEY *key = NULL;
  enum pal_code code = PAL_OK;
  if (reader.bad)
    return pal_err_set(err, PAL_E_INPUT, "its public key is cut short");
  if (!type)
    return pal_err_set(err, PAL_E_INPUT, "its key is of a kind that is not taken; those are %s", SSH_TYPES_TEXT);
  bool curve = !type->curve || ssh_is(ssh_get_string(&reader), type->curve);
  struct ssh_bytes first = type == &types[TYPE_RSA] ? ssh_get_mpint(&reader) : ssh_get_string(&reader);
  struct ssh_bytes modulus = type == &types[TYPE_RSA] ? ssh_get_mpint(&reader) : none;
  if (!curve || !ssh_at_end(&reader))
    return pal_err_set(err, PAL_E_INPUT, "its public key is malformed");
  if (type == &types[TYPE_RSA]) {
    code = ssh_rsa_key(modulus, first, none, &key, err);
  } else if (type->curve) {
    code = ssh_ec_key(type, first, none, &key, err);
  } else {
    key =
        first.len == ED25519_KEY_LEN ? EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, first.at, first.len) : NULL;
    code = key ? PAL_OK : ssh_failed(PAL_E_INPUT, "its public key is malformed", err);
  }
  if (code != PAL_OK)
    return code;
  *ret_key = key;
  *ret_type = type;
  return PAL_OK;
}

static const struct ssh_type *type_of(EVP_PKEY *key) {
  char group[32];
  size_t len = 0;
  if (EVP_PKEY_is_a(key, "ED25519") == 1)
    return &types[TYPE_ED25519];
  if (EVP_PKEY_is_a(key, "RSA") == 1)
    return &types[TYPE_RSA];
  if (EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, group, sizeof group, &len) == 1)
    for (size_t i = 0; i < TYPES; i++)
      if (types[i].group && strcmp(types[i].group, group) == 0)
        return &types[i];
  return NULL;
}

static bool put_number(EVP_PKEY *key, const char *name, struct pal_buf *out) {
  BIGNUM *number = NULL;
  uint8_t bytes[SSH_RSA_BITS_MAX / 8];
  bool good = EVP_PKEY_get_bn_param(key, name, &number) == 1 && BN_num_bytes(number) <= (int)sizeof bytes;
  if (good)
    ssh_put_mpint(out, bytes, (size_t)BN_bn2bin(number, bytes));
  BN_free(number);
  return good;
}

static bool put_point(EVP_PKEY *key, const struct ssh_type *type, struct pal_buf *out) {
  uint8_t point[POINT_MAX];
  size_t len = 0;
  /* a PEM may hold the point in short: SSH has only the long form */
  bool good = EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed") == 1 &&
              EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len) == 1 &&
              len == 1 + 2 * type->bytes;
  if (good) {
    ssh_put_text(out, type->curve);
    ssh_put_string(out, point, len);
  }
  return good;
}

static bool put_ed25519(EVP_PKEY *key, struct pal_buf *out) {
  uint8_t bytes[ED25519_KEY_LEN];
  size_t len = sizeof bytes;
  bool good = EVP_PKEY_get_raw_public_key(key, bytes, &len) == 1 && len == sizeof bytes;
  if (good)
    ssh_put_string(out, bytes, len);
  return good;
}

enum pal_code ssh_public_write(EVP_PKEY *key, const struct ssh_type **ret_type, struct pal_buf *out,
                               struct pal_err *err) {
  const struct ssh_type *type = type_of(key);
  if (!type)
    return pal_err_set(err, PAL_E_INPUT, "its key is of a kind that is not taken; those are %s", SSH_TYPES_TEXT);
  int bits = EVP_PKEY_get_bits(key);
  if (type == &types[TYPE_RSA] && (bits < SSH_RSA_BITS_MIN || bits > SSH_RSA_BITS_MAX))
    return pal_err_set(err, PAL_E_INPUT, "its RSA key has %d bits: %d to %d are taken", bits, SSH_RSA_BITS_MIN,
                       SSH_RSA_BITS_MAX);
  ssh_put_text(out, type->name);
  bool good = type == &types[TYPE_RSA]
                  ? put_number(key, OSSL_PKEY_PARAM_RSA_E, out) && put_number(key, OSSL_PKEY_PARAM_RSA_N, out)
              : type->curve ? put_point(key, type, out)
                            : put_ed25519(key, out);
  *ret_type = type;
  return good ? pal_buf_check(out, "a public key", err) : ssh_failed(PAL_E_INPUT, "its public key cannot be told", err);
}

enum pal_code ssh_fingerprint(struct ssh_bytes blob, char out[PAL_SSH_FINGERPRINT_MAX], struct pal_err *err) {
  static const char prefix[] = "SHA256:";
  uint8_t digest[PAL_SHA256_LEN];
  struct pal_buf text;
  enum pal_code code = pal_sha256(blob.at, blob.len, digest, err);
  if (code != PAL_OK)
    return code;
  pal_buf_init(&text, PAL_SSH_FINGERPRINT_MAX - 1);
  pal_buf_puts(&text, prefix);
  ssh_base64_encode(&text, digest, sizeof digest);
  code = pal_buf_check(&text, "a fingerprint", err);
  if (code == PAL_OK) {
    text.data[--text.len] = '\0'; /* the padding of 32 bytes */
    memcpy(out, text.data, text.len + 1);
  }
  pal_buf_deinit(&text);
  return code;
}

/* --- signatures --- */

/* ECDSA: two numbers in DER for OpenSSL, two mpints for SSH. */
static bool put_pair(const uint8_t *der, size_t len, struct pal_buf *out) {
  const BIGNUM *pair[2] = {NULL, NULL};
  uint8_t bytes[POINT_MAX];
  ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)len);
  if (!signature)
    return false;
  ECDSA_SIG_get0(signature, &pair[0], &pair[1]);
  for (int i = 0; i < 2; i++)
    ssh_put_mpint(out, bytes, (size_t)BN_bn2bin(pair[i], bytes));
  ECDSA_SIG_free(signature);
  return true;
}

enum pal_code ssh_sign(EVP_PKEY *key, const struct ssh_type *type, const void *bytes, size_t len, struct pal_buf *out,
                       struct pal_err *err) {
  uint8_t raw[SSH_RSA_BITS_MAX / 8];
  size_t raw_len = sizeof raw;
  struct pal_buf pair;
  pal_buf_init(&pair, SSH_BLOB_MAX);
  EVP_MD_CTX *ctx = EVP_MD_CTX_new();
  bool good = ctx && EVP_DigestSignInit_ex(ctx, NULL, type->digest, NULL, NULL, key, NULL) == 1 &&
              EVP_DigestSign(ctx, raw, &raw_len, bytes, len) == 1 && (!type->curve || put_pair(raw, raw_len, &pair));
  EVP_MD_CTX_free(ctx);
  if (good) {
    ssh_put_text(out, type == &types[TYPE_RSA] ? "rsa-sha2-512" : type->name);
    ssh_put_string(out, type->curve ? pair.data : (const char *)raw, type->curve ? pair.len : raw_len);
  }
  pal_buf_deinit(&pair);
  return good ? pal_buf_check(out, "a signature", err) : ssh_failed(PAL_E_CONFIG, "its key cannot sign", err);
}

/* *ret: DER, to be freed by OPENSSL_free(). */
static bool make_der(struct ssh_bytes pair, const struct ssh_type *type, uint8_t **ret, size_t *ret_len) {
  struct ssh_reader reader = {.left = pair};
  struct ssh_bytes first = ssh_get_mpint(&reader), second = ssh_get_mpint(&reader);
  *ret = NULL;
  if (!ssh_at_end(&reader) || first.len > type->bytes || second.len > type->bytes)
    return false;
  ECDSA_SIG *signature = ECDSA_SIG_new();
  BIGNUM *r = BN_bin2bn(first.at, (int)first.len, NULL), *s = BN_bin2bn(second.at, (int)second.len, NULL);
  if (signature && r && s && ECDSA_SIG_set0(signature, r, s) == 1) {
    int len = i2d_ECDSA_SIG(signature, ret);
    *ret_len = len > 0 ? (size_t)len : 0;
  } else {
    BN_free(r);
    BN_free(s);
  }
  ECDSA_SIG_free(signature);
  return true;
}

static enum pal_code check_raw(EVP_PKEY *key, const char *digest, struct ssh_bytes raw, const void *bytes, size_t len,
                               bool *ret_good, struct pal_err *err) {
  EVP_MD_CTX *ctx = EVP_MD_CTX_new();
  if (!ctx || EVP_DigestVerifyInit_ex(ctx, NULL, digest, NULL, NULL, key, NULL) != 1) {
    EVP_MD_CTX_free(ctx);
    return ssh_failed(PAL_E_INPUT, "its key cannot verify", err);
  }
  *ret_good = EVP_DigestVerify(ctx, raw.at, raw.len, bytes, len) == 1;
  EVP_MD_CTX_free(ctx);
  bool memory = !*ret_good && ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE;
  ERR_clear_error();
  return memory ? pal_err_nomem(err) : PAL_OK;
}

static enum pal_code check_rsa(EVP_PKEY *key, const char *digest, struct ssh_bytes raw, const void *bytes, size_t len,
                               bool *ret_good, struct pal_err *err) {
  uint8_t padded[SSH_RSA_BITS_MAX / 8] = {0};
  size_t size = (size_t)EVP_PKEY_get_size(key);
  if (raw.len == 0 || raw.len > size || size > sizeof padded)
    return pal_err_set(err, PAL_E_INPUT, "it is malformed");
  memcpy(padded + size - raw.len, raw.at, raw.len); /* some write no leading zeros */
  return check_raw(key, digest, (struct ssh_bytes){padded, size}, bytes, len, ret_good, err);
}

enum pal_code ssh_check(EVP_PKEY *key, const struct ssh_type *type, struct ssh_bytes signature, const void *bytes,
                        size_t len, bool *ret_good, struct pal_err *err) {
  struct ssh_reader reader = {.left = signature};
  struct ssh_bytes algorithm = ssh_get_string(&reader), raw = ssh_get_string(&reader);
  uint8_t *der = NULL;
  size_t der_len = 0;
  *ret_good = false;
  if (!ssh_at_end(&reader))
    return pal_err_set(err, PAL_E_INPUT, "it is malformed");
  if (type == &types[TYPE_RSA]) {
    if (ssh_is(algorithm, "ssh-rsa"))
      return pal_err_set(err, PAL_E_INPUT, "it is made with SHA-1 (ssh-rsa), which proves nothing any more");
    if (!ssh_is(algorithm, "rsa-sha2-512") && !ssh_is(algorithm, "rsa-sha2-256"))
      return pal_err_set(err, PAL_E_INPUT, "its algorithm does not go with its key");
    return check_rsa(key, ssh_is(algorithm, "rsa-sha2-512") ? "SHA512" : "SHA256", raw, bytes, len, ret_good, err);
  }
  if (!ssh_is(algorithm, type->name))
    return pal_err_set(err, PAL_E_INPUT, "its algorithm does not go with its key");
  if (!type->curve && raw.len != ED25519_SIGNATURE_LEN)
    return pal_err_set(err, PAL_E_INPUT, "it is malformed");
  if (!type->curve)
    return check_raw(key, NULL, raw, bytes, len, ret_good, err);
  if (!make_der(raw, type, &der, &der_len))
    return pal_err_set(err, PAL_E_INPUT, "it is malformed");
  enum pal_code code = der_len
                           ? check_raw(key, type->digest, (struct ssh_bytes){der, der_len}, bytes, len, ret_good, err)
                           : ssh_failed(PAL_E_NOMEM, "it cannot be read", err);
  OPENSSL_free(der);
  return code;
}
