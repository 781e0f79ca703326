/* SPDX-License-Identifier: Apache-2.0 */
/* key.c - a private key and its certificate, out of PEM or PKCS#12. */
#include "pal_key.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CERTIFICATES_MAX = 32, SIGNATURE_MAX = 2048 };

struct pal_key {
  EVP_PKEY *private_key;
  uint8_t thumbprint[PAL_SHA256_LEN];
  struct pal_instant ends;
};

/* What is being read. */
struct source {
  const char *name;
  const void *bytes;
  size_t len;
  const char *password;
  bool asked; /* for a password */
};

static enum pal_code bad(const struct source *source, const char *what, struct pal_err *err) {
  ERR_clear_error();
  return pal_err_set(err, PAL_E_CONFIG, "%s: %s", source->name, what);
}

static bool last_failure_is(int lib, int reason) {
  unsigned long code = ERR_peek_last_error();
  return ERR_GET_LIB(code) == lib && ERR_GET_REASON(code) == reason;
}

static bool is_out_of_memory(void) {
  return ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE;
}

static enum pal_code no_memory(struct pal_err *err) {
  ERR_clear_error();
  return pal_err_nomem(err);
}

static bool has_text(const struct source *source, const char *text) {
  const char *bytes = source->bytes;
  for (size_t i = 0, len = strlen(text); i + len <= source->len; i++)
    if (memcmp(bytes + i, text, len) == 0)
      return true;
  return false;
}

/* --- PEM --- */

static int give_password(char *out, int size, int writing, void *payload) {
  struct source *source = payload;
  size_t len = source->password ? strlen(source->password) : 0;
  (void)writing;
  source->asked = true;
  if (len == 0 || len > (size_t)size)
    return -1;
  memcpy(out, source->password, len);
  return (int)len;
}

static BIO *open_bytes(const struct source *source) {
  return BIO_new_mem_buf(source->bytes, (int)source->len);
}

static enum pal_code read_pem_key(struct source *source, EVP_PKEY **ret, struct pal_err *err) {
  if (!has_text(source, "PRIVATE KEY-----"))
    return bad(source, "it holds no private key", err);
  BIO *bio = open_bytes(source);
  if (!bio)
    return no_memory(err);
  ERR_clear_error();
  *ret = PEM_read_bio_PrivateKey(bio, NULL, give_password, source);
  bool memory = !*ret && is_out_of_memory();
  BIO_free(bio);
  if (*ret)
    return PAL_OK;
  if (memory)
    return no_memory(err);
  if (source->asked)
    return bad(source,
               source->password ? "the password of its private key is wrong"
                                : "its private key is encrypted: name the variable with its password as passwordEnv",
               err);
  return bad(source, "its private key cannot be read", err);
}

/* The certificate of the key, among those that stand with it; *ret is NULL when there is none. */
static enum pal_code read_pem_certificate(const struct source *source, const EVP_PKEY *key, X509 **ret,
                                          size_t *ret_seen, struct pal_err *err) {
  BIO *bio = open_bytes(source);
  if (!bio)
    return no_memory(err);
  ERR_clear_error();
  *ret = NULL;
  *ret_seen = 0;
  while (!*ret && *ret_seen < CERTIFICATES_MAX) {
    X509 *certificate = PEM_read_bio_X509(bio, NULL, give_password, NULL);
    if (!certificate)
      break;
    ++*ret_seen;
    if (X509_check_private_key(certificate, key) == 1)
      *ret = certificate;
    else
      X509_free(certificate);
    ERR_clear_error();
  }
  bool end = *ret || last_failure_is(ERR_LIB_PEM, PEM_R_NO_START_LINE);
  bool memory = !*ret && is_out_of_memory();
  BIO_free(bio);
  if (memory)
    return no_memory(err);
  return end ? PAL_OK : bad(source, "a certificate in it cannot be read", err);
}

static enum pal_code read_pem(struct source *source, EVP_PKEY **ret_key, X509 **ret_certificate, struct pal_err *err) {
  size_t seen = 0;
  enum pal_code code = read_pem_key(source, ret_key, err);
  if (code == PAL_OK)
    code = read_pem_certificate(source, *ret_key, ret_certificate, &seen, err);
  if (code != PAL_OK || *ret_certificate)
    return code;
  return bad(source, seen ? "its private key does not match its certificate" : "it holds no certificate", err);
}

/* --- PKCS#12 --- */

static enum pal_code judge_pfx(const struct source *source, PKCS12 *pfx, struct pal_err *err) {
  if (PKCS12_mac_present(pfx) != 1)
    return PAL_OK;
  const char *password = source->password ? source->password : "";
  ERR_clear_error();
  if (PKCS12_verify_mac(pfx, password, -1) == 1 || (!*password && PKCS12_verify_mac(pfx, NULL, 0) == 1))
    return PAL_OK;
  if (is_out_of_memory())
    return no_memory(err);
  return bad(source,
             source->password ? "its password is wrong"
                              : "it has a password: name the variable that holds it as passwordEnv",
             err);
}

static enum pal_code cannot_decrypt(const struct source *source, struct pal_err *err) {
  ERR_clear_error();
  return pal_err_set(err, PAL_E_CONFIG,
                     "%s: its contents cannot be decrypted: RC2, which old exports use, is not supported; convert it "
                     "with openssl pkcs12 -legacy -in %s -nodes -out NEW.pem and name that as certificateFile",
                     source->name, source->name);
}

static enum pal_code read_pfx(const struct source *source, EVP_PKEY **ret_key, X509 **ret_certificate,
                              struct pal_err *err) {
  const unsigned char *at = source->bytes;
  ERR_clear_error();
  PKCS12 *pfx = d2i_PKCS12(NULL, &at, (long)source->len);
  if (!pfx)
    return is_out_of_memory() ? no_memory(err) : bad(source, "it is neither PEM nor PKCS#12 (PFX)", err);
  enum pal_code code = judge_pfx(source, pfx, err);
  if (code == PAL_OK &&
      PKCS12_parse(pfx, source->password ? source->password : "", ret_key, ret_certificate, NULL) != 1)
    code = is_out_of_memory() ? no_memory(err) : cannot_decrypt(source, err);
  PKCS12_free(pfx);
  if (code != PAL_OK)
    return code;
  if (!*ret_key)
    return bad(source, "it holds no private key", err);
  if (!*ret_certificate)
    return bad(source, "it holds no certificate for its private key", err);
  return PAL_OK;
}

/* --- what is taken --- */

static bool instant_of(const ASN1_TIME *time, struct pal_instant *ret) {
  struct tm parts = {0};
  if (ASN1_TIME_to_tm(time, &parts) != 1)
    return false;
  *ret = (struct pal_instant){.s = timegm(&parts)};
  return true;
}

static enum pal_code judge_dates(const struct source *source, const X509 *certificate, struct pal_instant now,
                                 struct pal_key *key, struct pal_err *err) {
  struct pal_instant starts;
  char text[PAL_INSTANT_MAX];
  if (!instant_of(X509_get0_notBefore(certificate), &starts) ||
      !instant_of(X509_get0_notAfter(certificate), &key->ends))
    return bad(source, "its certificate has no dates that can be read", err);
  if (pal_instant_cmp(now, key->ends) > 0) {
    pal_instant_format(key->ends, text);
    return pal_err_set(err, PAL_E_CONFIG, "%s: its certificate expired on %s", source->name, text);
  }
  if (pal_instant_cmp(now, starts) < 0) {
    pal_instant_format(starts, text);
    return pal_err_set(err, PAL_E_CONFIG, "%s: its certificate is valid from %s only: check the clock of this host",
                       source->name, text);
  }
  return PAL_OK;
}

static enum pal_code judge_key(const struct source *source, const EVP_PKEY *key, struct pal_err *err) {
  if (EVP_PKEY_is_a(key, "RSA") != 1 && EVP_PKEY_is_a(key, "RSA-PSS") != 1)
    return pal_err_set(err, PAL_E_CONFIG, "%s: its private key is of kind %s, but Entra ID takes RSA keys only",
                       source->name, EVP_PKEY_get0_type_name(key) ? EVP_PKEY_get0_type_name(key) : "unknown");
  if (EVP_PKEY_get_bits(key) < PAL_KEY_BITS_MIN)
    return pal_err_set(err, PAL_E_CONFIG, "%s: its RSA key has %d bits, at least %d are needed", source->name,
                       EVP_PKEY_get_bits(key), PAL_KEY_BITS_MIN);
  return PAL_OK;
}

static enum pal_code take(struct source *source, struct pal_instant now, struct pal_key *key, struct pal_err *err) {
  X509 *certificate = NULL;
  unsigned len = 0;
  enum pal_code code = has_text(source, "-----BEGIN ") ? read_pem(source, &key->private_key, &certificate, err)
                                                       : read_pfx(source, &key->private_key, &certificate, err);
  if (code == PAL_OK)
    code = judge_key(source, key->private_key, err);
  if (code == PAL_OK)
    code = judge_dates(source, certificate, now, key, err);
  if (code == PAL_OK && X509_digest(certificate, EVP_sha256(), key->thumbprint, &len) != 1)
    code = bad(source, "no digest of its certificate can be made", err);
  X509_free(certificate);
  ERR_clear_error();
  return code;
}

enum pal_code pal_key_read(const void *bytes, size_t len, const char *name, const char *password,
                           struct pal_instant now, struct pal_key **ret, struct pal_err *err) {
  struct source source = {.name = name, .bytes = bytes, .len = len, .password = password};
  if (len == 0)
    return bad(&source, "it is empty", err);
  if (len > 1 << 20)
    return bad(&source, "it is too large for a key", err);
  struct pal_key *key = calloc(1, sizeof *key);
  if (!key)
    return pal_err_nomem(err);
  enum pal_code code = take(&source, now, key, err);
  if (code == PAL_OK)
    *ret = key;
  else
    pal_key_free(key);
  return code;
}

void pal_key_free(struct pal_key *key) {
  if (!key)
    return;
  EVP_PKEY_free(key->private_key); /* clears its numbers */
  free(key);
}

void pal_key_thumbprint(const struct pal_key *key, uint8_t out[PAL_SHA256_LEN]) {
  memcpy(out, key->thumbprint, PAL_SHA256_LEN);
}

struct pal_instant pal_key_ends(const struct pal_key *key) {
  return key->ends;
}

/* --- signatures --- */

enum pal_code pal_key_sign(const struct pal_key *key, const void *bytes, size_t len, struct pal_buf *out,
                           struct pal_err *err) {
  unsigned char signature[SIGNATURE_MAX];
  size_t signature_len = sizeof signature;
  EVP_PKEY_CTX *parameters = NULL;
  EVP_MD_CTX *ctx = EVP_MD_CTX_new();
  if (!ctx)
    return no_memory(err);
  bool good = EVP_DigestSignInit_ex(ctx, &parameters, "SHA256", NULL, NULL, key->private_key, NULL) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
              EVP_PKEY_CTX_set_rsa_mgf1_md_name(parameters, "SHA256", NULL) == 1 &&
              EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1 &&
              EVP_DigestSign(ctx, signature, &signature_len, bytes, len) == 1;
  bool memory = !good && is_out_of_memory();
  EVP_MD_CTX_free(ctx);
  ERR_clear_error();
  if (memory)
    return pal_err_nomem(err);
  if (!good)
    return pal_err_set(err, PAL_E_INTERNAL, "the key of a certificate cannot sign");
  pal_buf_add(out, signature, signature_len);
  return pal_buf_check(out, "a signature", err);
}
