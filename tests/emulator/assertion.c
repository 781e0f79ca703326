/* SPDX-License-Identifier: Apache-2.0 */
#include "assertion.h"

#include "ids.h"

#include <cjson/cJSON.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <string.h>

enum { MOST_SECONDS = 86400, SKEW_SECONDS = 300 };

struct jwt {
  cJSON *header, *payload;
  struct emu_text signature;
  size_t signed_len; /* of the text as it came */
};

static void free_jwt(struct jwt *jwt) {
  cJSON_Delete(jwt->header);
  cJSON_Delete(jwt->payload);
  emu_text_free(&jwt->signature);
}

static cJSON *part(const char *text, size_t len) {
  struct emu_text plain = {0};
  cJSON *json = emu_base64url_read(&plain, text, len) ? cJSON_ParseWithLength(plain.data, plain.len) : NULL;
  emu_text_free(&plain);
  return json;
}

static bool split(const char *text, struct jwt *ret) {
  *ret = (struct jwt){0};
  const char *first = strchr(text, '.');
  const char *second = first != NULL ? strchr(first + 1, '.') : NULL;
  if (second == NULL || strchr(second + 1, '.') != NULL)
    return false;
  ret->signed_len = (size_t)(second - text);
  ret->header = part(text, (size_t)(first - text));
  ret->payload = part(first + 1, (size_t)(second - first - 1));
  return ret->header != NULL && ret->payload != NULL &&
         emu_base64url_read(&ret->signature, second + 1, strlen(second + 1));
}

static const char *text_of(const cJSON *json, const char *name) {
  const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
  return text != NULL ? text : "";
}

static int64_t time_of(const cJSON *json, const char *name) {
  const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, name);
  return cJSON_IsNumber(item) ? (int64_t)item->valuedouble : -1;
}

/* PS256: salt as long as the hash, MGF1 of the same hash (RFC 7518, 3.5). */
static bool verify(EVP_PKEY *key, const char *alg, const char *text, const struct jwt *jwt) {
  bool pss = strcmp(alg, "PS256") == 0;
  if (!pss && strcmp(alg, "RS256") != 0)
    return false;
  EVP_MD_CTX *ctx = EVP_MD_CTX_new();
  EVP_PKEY_CTX *pkey = NULL;
  bool ok = ctx != NULL && EVP_DigestVerifyInit(ctx, &pkey, EVP_sha256(), NULL, key) == 1;
  if (ok && pss)
    ok = EVP_PKEY_CTX_set_rsa_padding(pkey, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey, RSA_PSS_SALTLEN_DIGEST) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(pkey, EVP_sha256()) == 1;
  ok = ok && EVP_DigestVerify(ctx, (const unsigned char *)jwt->signature.data, jwt->signature.len,
                              (const unsigned char *)text, jwt->signed_len) == 1;
  EVP_MD_CTX_free(ctx);
  ERR_clear_error();
  return ok;
}

static bool names_certificate(const struct emu_world *w, const cJSON *header, const char *alg) {
  struct emu_text want = {0};
  bool ok;
  if (*text_of(header, "x5t#S256") != '\0') {
    emu_base64url(&want, w->certificate_sha256, sizeof w->certificate_sha256);
    ok = strcmp(want.data, text_of(header, "x5t#S256")) == 0;
  } else {
    emu_base64url(&want, w->certificate_sha1, sizeof w->certificate_sha1);
    ok = strcmp(alg, "RS256") == 0 && strcmp(want.data, text_of(header, "x5t")) == 0;
  }
  emu_text_free(&want);
  return ok;
}

static uint64_t jti_of(const cJSON *payload) {
  uint64_t hash = 1;
  for (const char *c = text_of(payload, "jti"); *c != '\0'; c++)
    hash = emu_hash(0, 0x717, hash, (unsigned char)*c);
  return hash;
}

static bool in_time(const cJSON *payload, int64_t now) {
  int64_t nbf = time_of(payload, "nbf"), exp = time_of(payload, "exp");
  return exp > now && nbf >= 0 && nbf <= now + SKEW_SECONDS && exp - nbf <= MOST_SECONDS;
}

static struct emu_assertion_result fails(int aadsts, const char *message) {
  return (struct emu_assertion_result){.aadsts = aadsts, .message = message};
}

static struct emu_assertion_result check_claims(const struct emu_world *w, const char *text, const struct jwt *jwt,
                                                const struct emu_assertion_checks *checks) {
  const char *alg = text_of(jwt->header, "alg");
  if (w->certificate_key == NULL || !names_certificate(w, jwt->header, alg))
    return fails(700027, "The certificate with identifier used to sign the client assertion is not registered on "
                         "application.");
  if (!verify(w->certificate_key, alg, text, jwt))
    return fails(700027, "Client assertion failed signature validation.");
  if (!emu_same_nocase(text_of(jwt->payload, "iss"), checks->client) ||
      !emu_same_nocase(text_of(jwt->payload, "sub"), checks->client))
    return fails(700021, "Client assertion application identifier doesn't match 'client_id' parameter.");
  if (strcmp(text_of(jwt->payload, "aud"), checks->audience) != 0)
    return fails(700023, "Client assertion audience claim does not match Realm issuer.");
  if (!in_time(jwt->payload, checks->now))
    return fails(700024, "Client assertion is not within its valid time range.");
  if (*text_of(jwt->payload, "jti") == '\0')
    return fails(50027, "JWT token is invalid or malformed: no 'jti'.");
  return (struct emu_assertion_result){.jti = jti_of(jwt->payload)};
}

struct emu_assertion_result emu_assertion_check(const struct emu_world *w, const char *text,
                                                const struct emu_assertion_checks *checks) {
  struct jwt jwt;
  struct emu_assertion_result result =
      split(text, &jwt) ? check_claims(w, text, &jwt, checks) : fails(50027, "JWT token is invalid or malformed.");
  free_jwt(&jwt);
  return result;
}

static struct emu_assertion_result check_federated(const struct emu_world *w, const char *text, const struct jwt *jwt,
                                                   int64_t now) {
  const struct emu_federation *f = &w->federation;
  if (f->key == NULL)
    return fails(70021, "No matching federated identity record found for presented assertion.");
  if (strcmp(text_of(jwt->payload, "iss"), f->issuer) != 0)
    return fails(700211, "No matching federated identity record found for presented assertion issuer.");
  if (strcmp(text_of(jwt->payload, "aud"), "api://AzureADTokenExchange") != 0)
    return fails(700212, "No matching federated identity record found for presented assertion audience.");
  if (strcmp(text_of(jwt->payload, "sub"), f->subject) != 0)
    return fails(700213, "No matching federated identity record found for presented assertion subject.");
  if (strcmp(text_of(jwt->header, "alg"), "RS256") != 0 || !verify(f->key, "RS256", text, jwt))
    return fails(50013, "Assertion failed signature validation.");
  if (time_of(jwt->payload, "exp") <= now)
    return fails(700024, "Client assertion is not within its valid time range.");
  return (struct emu_assertion_result){0};
}

struct emu_assertion_result emu_federated_check(const struct emu_world *w, const char *text, int64_t now) {
  struct jwt jwt;
  struct emu_assertion_result result =
      split(text, &jwt) ? check_federated(w, text, &jwt, now) : fails(50027, "JWT token is invalid or malformed.");
  free_jwt(&jwt);
  return result;
}
