/* SPDX-License-Identifier: Apache-2.0 */
#include "token.h"

#include "codec.h"
#include "ids.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REVOKED = 4096 };

struct emu_revoked {
  pthread_mutex_t lock;
  uint64_t ids[REVOKED];
};

struct emu_revoked *emu_revoked_new(void) {
  struct emu_revoked *r = calloc(1, sizeof *r);
  if (r == NULL)
    abort();
  pthread_mutex_init(&r->lock, NULL);
  return r;
}

void emu_revoked_free(struct emu_revoked *r) {
  if (r == NULL)
    return;
  pthread_mutex_destroy(&r->lock);
  free(r);
}

static void seal(const struct emu_world *w, struct emu_text *out) {
  uint8_t mac[EMU_SHA256_LEN];
  emu_hmac(w->token_key, out->data, out->len, mac);
  emu_text_puts(out, ".");
  emu_base64url(out, mac, sizeof mac);
}

/* The text before the last point, if what follows authenticates it. */
static size_t sealed(const struct emu_world *w, const char *token) {
  const char *point = strrchr(token, '.');
  if (point == NULL)
    return 0;
  size_t len = (size_t)(point - token);
  uint8_t mac[EMU_SHA256_LEN];
  emu_hmac(w->token_key, token, len, mac);
  struct emu_text again = {0};
  emu_base64url(&again, mac, sizeof mac);
  bool same = strcmp(again.data, point + 1) == 0;
  emu_text_free(&again);
  return same ? len : 0;
}

static void payload(const struct emu_world *w, uint32_t tenant, unsigned identity, const char *resource,
                    bool answers_claims, struct emu_text *out) {
  int64_t now = (int64_t)time(NULL);
  struct emu_guid tid = emu_tenant_id(w, tenant), oid = emu_object_id(w, tenant, identity);
  struct emu_guid uti = emu_guid_random();
  bool is_app = identity < EMU_APPS;
  struct emu_json j = emu_json_to(out);
  emu_json_object(&j, NULL);
  emu_json_text(&j, "aud", resource);
  emu_json_format(&j, "iss", "https://sts.windows.net/%s/", tid.text);
  emu_json_int(&j, "iat", now);
  emu_json_int(&j, "nbf", now);
  emu_json_int(&j, "exp", now + w->token_seconds);
  emu_json_text(&j, "appid", emu_client_id(w, identity).text);
  emu_json_text(&j, "appidacr", is_app ? identity == 0 ? "1" : "2" : "0");
  emu_json_format(&j, "idp", "https://sts.windows.net/%s/", emu_tenant_id(w, 0).text);
  emu_json_text(&j, "idtyp", is_app ? "app" : "user");
  emu_json_text(&j, "oid", oid.text);
  emu_json_text(&j, "sub", oid.text);
  emu_json_text(&j, "tid", tid.text);
  if (!is_app) {
    emu_json_text(&j, "scp", "user_impersonation");
    emu_json_format(&j, "unique_name", "%s@partner.example", emu_identity_name(identity));
  }
  emu_json_text(&j, "uti", uti.text);
  emu_json_text(&j, "ver", "1.0");
  if (answers_claims)
    emu_json_text(&j, "acrs", "c1");
  emu_json_end_object(&j);
}

void emu_token_issue(const struct emu_world *w, uint32_t tenant, unsigned identity, const char *resource,
                     bool answers_claims, struct emu_text *out) {
  static const char header[] = "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"emulator\"}";
  struct emu_text token = {0}, body = {0};
  payload(w, tenant, identity, resource, answers_claims, &body);
  emu_base64url(&token, header, sizeof header - 1);
  emu_text_puts(&token, ".");
  emu_base64url(&token, body.data, body.len);
  seal(w, &token);
  emu_text_add(out, token.data, token.len);
  emu_text_free(&body);
  emu_text_free(&token);
}

static const char *claim(const cJSON *json, const char *name) {
  const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
  return text != NULL ? text : "";
}

static enum emu_audience audience_of(const struct emu_world *w, const char *aud) {
  static const struct {
    const char *prefix;
    enum emu_audience audience;
  } known[] = {
      {"https://management.azure.com", EMU_FOR_ARM},
      {"https://management.core.windows.net", EMU_FOR_ARM},
      {"https://graph.microsoft.com", EMU_FOR_DIRECTORY},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (emu_starts_nocase(aud, known[i].prefix))
      return known[i].audience;
  if (emu_starts_nocase(aud, emu_origin(w, EMU_ARM).text))
    return EMU_FOR_ARM;
  return emu_starts_nocase(aud, emu_origin(w, EMU_DIRECTORY).text) ? EMU_FOR_DIRECTORY : EMU_FOR_OTHERS;
}

static bool read_payload(const struct emu_world *w, const char *token, size_t len, struct emu_token *ret) {
  const char *point = memchr(token, '.', len);
  struct emu_text body = {0};
  bool ok = point != NULL && emu_base64url_read(&body, point + 1, len - (size_t)(point + 1 - token));
  cJSON *json = ok ? cJSON_ParseWithLength(body.data, body.len) : NULL;
  uint32_t of_object;
  ok = json != NULL && emu_guid_is(w->seed, claim(json, "tid"), EMU_TENANT, &ret->tenant, NULL) &&
       emu_guid_is(w->seed, claim(json, "oid"), EMU_OBJECT, &of_object, &ret->identity) && of_object == ret->tenant &&
       ret->tenant <= w->tenants && ret->identity < EMU_IDENTITIES;
  if (ok) {
    ret->audience = audience_of(w, claim(json, "aud"));
    ret->expires = (int64_t)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(json, "exp"));
    ret->answers_claims = *claim(json, "acrs") != '\0';
    ret->id = 1;
    for (const char *c = claim(json, "uti"); *c != '\0'; c++)
      ret->id = emu_hash(w->seed, 0x70, ret->id, (unsigned char)*c);
  }
  cJSON_Delete(json);
  emu_text_free(&body);
  return ok;
}

static const char *bearer(const struct emu_request *r) {
  const char *value = emu_request_header(r, "Authorization");
  return value != NULL && emu_starts_nocase(value, "Bearer ") ? value + 7 : NULL;
}

enum emu_token_state emu_token_read(const struct emu_request *r, struct emu_token *ret) {
  const struct emu_world *w = r->server->world;
  *ret = (struct emu_token){0};
  const char *token = bearer(r);
  if (token == NULL)
    return EMU_TOKEN_MISSING;
  size_t len = sealed(w, token);
  if (len == 0 || !read_payload(w, token, len, ret))
    return EMU_TOKEN_FORGED;
  struct emu_revoked *revoked = r->server->revoked;
  pthread_mutex_lock(&revoked->lock);
  bool is_revoked = revoked->ids[ret->id % REVOKED] == ret->id;
  pthread_mutex_unlock(&revoked->lock);
  return is_revoked || ret->expires <= (int64_t)time(NULL) ? EMU_TOKEN_EXPIRED : EMU_TOKEN_GOOD;
}

static void refuse(struct emu_request *r, struct emu_reply *a, const char *code, const char *message) {
  emu_reply_error(a, 401, code, message);
  emu_reply_header(a, "WWW-Authenticate",
                   "Bearer authorization_uri=\"%s/common\", error=\"invalid_token\", error_description=\"%s\"",
                   emu_origin(r->server->world, EMU_LOGIN).text, message);
}

bool emu_token_require(struct emu_request *r, struct emu_reply *a, enum emu_audience audience, struct emu_token *ret) {
  bool graph = audience == EMU_FOR_DIRECTORY;
  switch (emu_token_read(r, ret)) {
  case EMU_TOKEN_MISSING:
    emu_count(r, EMU_COUNT_NO_TOKEN);
    refuse(r, a, graph ? "InvalidAuthenticationToken" : "AuthenticationFailed",
           "Authentication failed. The 'Authorization' header is missing.");
    return false;
  case EMU_TOKEN_FORGED:
    emu_count(r, EMU_COUNT_FORGED);
    refuse(r, a, "InvalidAuthenticationToken", "The access token is invalid.");
    return false;
  case EMU_TOKEN_EXPIRED:
    refuse(r, a, graph ? "InvalidAuthenticationToken" : "ExpiredAuthenticationToken",
           "The access token expiry is earlier than the current time.");
    return false;
  case EMU_TOKEN_GOOD: break;
  }
  if (ret->audience == audience)
    return true;
  emu_count(r, EMU_COUNT_WRONG_AUDIENCE);
  refuse(r, a, "InvalidAuthenticationToken", "The access token has been obtained for the wrong audience.");
  return false;
}

bool emu_token_revoke(const struct emu_request *r) {
  struct emu_token token;
  if (emu_token_read(r, &token) != EMU_TOKEN_GOOD)
    return false;
  struct emu_revoked *revoked = r->server->revoked;
  pthread_mutex_lock(&revoked->lock);
  revoked->ids[token.id % REVOKED] = token.id;
  pthread_mutex_unlock(&revoked->lock);
  return true;
}

uint64_t emu_token_key(const struct emu_request *r) {
  struct emu_token token;
  enum emu_token_state state = emu_token_read(r, &token);
  if (state == EMU_TOKEN_MISSING || state == EMU_TOKEN_FORGED)
    return 0;
  return (uint64_t)token.tenant << 8 | token.identity << 2 | (uint64_t)token.audience;
}

uint64_t emu_login_key(const char *body) {
  static const char *const names[] = {"client_id=", "scope=", "grant_type=", "device_code=", "claims="};
  uint64_t hash = 1;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *at = strstr(body, names[i]);
    for (; at != NULL && *at != '\0' && *at != '&'; at++)
      hash = emu_hash(0, 0x71 + i, hash, (unsigned char)*at);
  }
  return hash;
}

void emu_refresh_issue(const struct emu_world *w, unsigned identity, struct emu_text *out) {
  struct emu_text token = {0};
  struct emu_guid fresh = emu_guid_random();
  emu_text_printf(&token, "0.AR%u_%s", identity, fresh.text);
  seal(w, &token);
  emu_text_add(out, token.data, token.len);
  emu_text_free(&token);
}

bool emu_refresh_read(const struct emu_world *w, const char *token, unsigned *ret_identity) {
  if (strncmp(token, "0.AR", 4) != 0 || sealed(w, token) == 0 || token[4] < '0' + EMU_APPS ||
      token[4] >= '0' + EMU_IDENTITIES)
    return false;
  *ret_identity = (unsigned)(token[4] - '0');
  return true;
}

static struct emu_guid nonce(const struct emu_world *w, uint32_t tenant) {
  return emu_guid_make(w->seed, EMU_USAGE, tenant, 0x3ffffff);
}

void emu_claims_challenge(const struct emu_world *w, uint32_t tenant, struct emu_text *out) {
  struct emu_text json = {0};
  emu_text_printf(&json, "{\"access_token\":{\"nbf\":{\"essential\":true,\"value\":\"%s\"}}}", nonce(w, tenant).text);
  emu_base64(out, json.data, json.len);
  emu_text_free(&json);
}

bool emu_claims_answered(const struct emu_world *w, uint32_t tenant, const char *claims) {
  cJSON *json = cJSON_Parse(claims);
  const cJSON *nbf = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(json, "access_token"), "nbf");
  bool answered = strcmp(claim(nbf, "value"), nonce(w, tenant).text) == 0;
  cJSON_Delete(json);
  return answered;
}
