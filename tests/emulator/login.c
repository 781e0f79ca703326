/* SPDX-License-Identifier: Apache-2.0 */
/* The token endpoint of Entra ID: https://LOGIN/TENANT/oauth2/v2.0/token and its neighbours. */
#include "assertion.h"
#include "devicecode.h"
#include "form.h"
#include "server.h"
#include "token.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static void timestamp(char *out, size_t size) {
  time_t now = time(NULL);
  struct tm tm;
  gmtime_r(&now, &tm);
  emu_format(out, size, "%04d-%02d-%02d %02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
             tm.tm_min, tm.tm_sec);
}

static void refuse(struct emu_request *r, struct emu_reply *a, const char *error, int aadsts, const char *message) {
  emu_count(r, EMU_COUNT_BAD_REQUEST);
  a->status = strcmp(error, "invalid_client") == 0 ? 401 : 400;
  struct emu_guid trace = emu_guid_random(), correlation = emu_guid_random();
  char when[32];
  timestamp(when, sizeof when);
  struct emu_json j = emu_json_to(&a->body);
  emu_json_object(&j, NULL);
  emu_json_text(&j, "error", error);
  emu_json_format(&j, "error_description", "AADSTS%d: %s\r\nTrace ID: %s\r\nCorrelation ID: %s\r\nTimestamp: %s",
                  aadsts, message, trace.text, correlation.text, when);
  emu_json_array(&j, "error_codes");
  emu_json_int(&j, NULL, aadsts);
  emu_json_end_array(&j);
  emu_json_text(&j, "timestamp", when);
  emu_json_text(&j, "trace_id", trace.text);
  emu_json_text(&j, "correlation_id", correlation.text);
  emu_json_format(&j, "error_uri", "%s/error?code=%d", emu_origin(r->server->world, EMU_LOGIN).text, aadsts);
  emu_json_end_object(&j);
}

/* What the scope asks a token for: "RESOURCE/.default ..."; false when there is none. */
static bool resource_of(const char *scope, char *out, size_t size) {
  while (*scope != '\0') {
    size_t len = strcspn(scope, " ");
    static const char suffix[] = "/.default";
    size_t suffix_len = sizeof suffix - 1;
    if (len > suffix_len && len - suffix_len < size && strncmp(scope + len - suffix_len, suffix, suffix_len) == 0) {
      emu_format(out, size, "%.*s", (int)(len - suffix_len), scope);
      return true;
    }
    scope += len;
    scope += *scope == ' ';
  }
  return false;
}

static bool has_scope(const char *scope, const char *wanted) {
  size_t len = strlen(wanted);
  for (const char *at = strstr(scope, wanted); at != NULL; at = strstr(at + 1, wanted))
    if ((at == scope || at[-1] == ' ') && (at[len] == '\0' || at[len] == ' '))
      return true;
  return false;
}

struct grant {
  uint32_t tenant;
  unsigned identity;
  bool with_refresh;
};

static void answer(struct emu_request *r, struct emu_reply *a, const struct emu_form *f, const struct grant *g) {
  const struct emu_world *w = r->server->world;
  char resource[256];
  if (!resource_of(emu_form_get(f, "scope"), resource, sizeof resource)) {
    refuse(r, a, "invalid_scope", 70011, "The provided value for the input parameter 'scope' is not valid.");
    return;
  }
  struct emu_tenant t;
  emu_tenant_make(w, g->tenant, &t);
  if (!t.identities[g->identity].present) {
    if (g->identity < EMU_APPS)
      refuse(r, a, "unauthorized_client", 700016, "Application was not found in the directory.");
    else
      refuse(r, a, "invalid_grant", 50020, "User account from identity provider does not exist in tenant.");
    return;
  }
  if (emu_fault_of_tenant(w, g->tenant) == EMU_FAULT_REFUSE) {
    emu_manners_fault(r->server->manners, EMU_FAULT_REFUSE);
    refuse(r, a, "invalid_grant", 53003, "Access has been blocked by Conditional Access policies.");
    return;
  }
  struct emu_text token = {0};
  emu_token_issue(w, g->tenant, g->identity, resource, emu_claims_answered(w, g->tenant, emu_form_get(f, "claims")),
                  &token);
  emu_count(r, EMU_COUNT_TOKENS);
  a->status = 200;
  struct emu_json j = emu_json_to(&a->body);
  emu_json_object(&j, NULL);
  emu_json_text(&j, "token_type", "Bearer");
  if (g->identity >= EMU_APPS)
    emu_json_text(&j, "scope", emu_form_get(f, "scope"));
  emu_json_int(&j, "expires_in", w->token_seconds - 1);
  emu_json_int(&j, "ext_expires_in", w->token_seconds - 1);
  emu_json_text(&j, "access_token", token.data);
  if (g->with_refresh) {
    emu_text_clear(&token);
    emu_refresh_issue(w, g->identity, &token);
    emu_json_text(&j, "refresh_token", token.data);
  }
  emu_json_end_object(&j);
  emu_text_free(&token);
}

/* https://HOST/PATH as the client wrote it: the audience of an assertion. */
static void endpoint(const struct emu_request *r, char *out, size_t size) {
  const char *host = emu_request_header(r, "Host");
  emu_format(out, size, "https://%.200s%.200s", host != NULL ? host : "", r->path);
}

static void by_assertion(struct emu_request *r, struct emu_reply *a, const struct emu_form *f, const struct grant *g) {
  const char *jwt = emu_form_get(f, "client_assertion");
  char audience[420];
  endpoint(r, audience, sizeof audience);
  struct emu_assertion_result result;
  int64_t now = (int64_t)time(NULL);
  if (strcmp(emu_form_get(f, "client_assertion_type"), "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") != 0)
    result = (struct emu_assertion_result){.aadsts = 900144, .message = "'client_assertion_type' is not valid."};
  else if (g->identity == 1)
    result = emu_assertion_check(
        r->server->world, jwt,
        &(struct emu_assertion_checks){.client = emu_form_get(f, "client_id"), .audience = audience, .now = now});
  else
    result = emu_federated_check(r->server->world, jwt, now);
  if (result.aadsts != 0) {
    refuse(r, a, "invalid_client", result.aadsts, result.message);
    return;
  }
  if (g->identity == 1)
    emu_manners_jti(r->server->manners, result.jti);
  answer(r, a, f, g);
}

static void client_credentials(struct emu_request *r, struct emu_reply *a, const struct emu_form *f, uint32_t tenant) {
  const struct emu_world *w = r->server->world;
  struct grant g = {.tenant = tenant};
  uint32_t home;
  if (!emu_guid_is(w->seed, emu_form_get(f, "client_id"), EMU_CLIENT, &home, &g.identity) || g.identity >= EMU_APPS) {
    refuse(r, a, "unauthorized_client", 700016, "Application was not found in the directory.");
    return;
  }
  if (*emu_form_get(f, "client_assertion") != '\0' && g.identity != 0)
    by_assertion(r, a, f, &g);
  else if (*emu_form_get(f, "client_secret") == '\0')
    refuse(r, a, "invalid_client", 7000218,
           "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.");
  else if (g.identity != 0 || strcmp(emu_form_get(f, "client_secret"), w->secret) != 0)
    refuse(r, a, "invalid_client", 7000215, "Invalid client secret provided.");
  else
    answer(r, a, f, &g);
}

static void refresh(struct emu_request *r, struct emu_reply *a, const struct emu_form *f, uint32_t tenant) {
  struct grant g = {.tenant = tenant, .with_refresh = true};
  if (!emu_refresh_read(r->server->world, emu_form_get(f, "refresh_token"), &g.identity))
    refuse(r, a, "invalid_grant", 700082, "The refresh token has expired due to inactivity.");
  else
    answer(r, a, f, &g);
}

static void device_code(struct emu_request *r, struct emu_reply *a, const struct emu_form *f, uint32_t tenant) {
  switch (emu_pending_codes_poll(r->server->codes, emu_form_get(f, "device_code"))) {
  case EMU_CODE_PENDING:
    refuse(r, a, "authorization_pending", 70016, "OAuth 2.0 device flow error. Authorization is pending.");
    break;
  case EMU_CODE_UNKNOWN: refuse(r, a, "bad_verification_code", 70000, "The device code is not known."); break;
  case EMU_CODE_SIGNED_IN:
    answer(r, a, f,
           &(struct grant){.tenant = tenant,
                           .identity = EMU_APPS,
                           .with_refresh = has_scope(emu_form_get(f, "scope"), "offline_access") ||
                                           *emu_form_get(f, "scope") == '\0'});
    break;
  }
}

static void begin_device_code(struct emu_request *r, struct emu_reply *a) {
  const struct emu_world *w = r->server->world;
  struct emu_guid code = emu_guid_random();
  emu_pending_codes_add(r->server->codes, code.text, w->device_polls);
  a->status = 200;
  struct emu_json j = emu_json_to(&a->body);
  emu_json_object(&j, NULL);
  emu_json_format(&j, "user_code", "%.8s", code.text);
  emu_json_text(&j, "device_code", code.text);
  emu_json_format(&j, "verification_uri", "%s/devicelogin", emu_origin(w, EMU_LOGIN).text);
  emu_json_int(&j, "expires_in", 900);
  emu_json_int(&j, "interval", 1);
  emu_json_format(&j, "message",
                  "To sign in, use a web browser to open the page %s/devicelogin and enter the code "
                  "%.8s to authenticate.",
                  emu_origin(w, EMU_LOGIN).text, code.text);
  emu_json_end_object(&j);
}

static void discovery(struct emu_request *r, struct emu_reply *a, const char *tenant) {
  struct emu_origin o = emu_origin(r->server->world, EMU_LOGIN);
  a->status = 200;
  struct emu_json j = emu_json_to(&a->body);
  emu_json_object(&j, NULL);
  emu_json_format(&j, "token_endpoint", "%s/%s/oauth2/v2.0/token", o.text, tenant);
  emu_json_format(&j, "issuer", "%s/%s/v2.0", o.text, tenant);
  emu_json_format(&j, "device_authorization_endpoint", "%s/%s/oauth2/v2.0/devicecode", o.text, tenant);
  emu_json_format(&j, "jwks_uri", "%s/%s/discovery/v2.0/keys", o.text, tenant);
  emu_json_text(&j, "tenant_region_scope", "EU");
  emu_json_text(&j, "cloud_instance_name", "localhost");
  emu_json_end_object(&j);
}

static void token(struct emu_request *r, struct emu_reply *a, uint32_t tenant) {
  emu_kind(r, EMU_KIND_TOKEN);
  struct emu_form f;
  emu_form_parse(&f, r->body);
  const char *grant = emu_form_get(&f, "grant_type");
  if (strcmp(grant, "client_credentials") == 0)
    client_credentials(r, a, &f, tenant);
  else if (strcmp(grant, "refresh_token") == 0)
    refresh(r, a, &f, tenant);
  else if (strcmp(grant, "urn:ietf:params:oauth:grant-type:device_code") == 0)
    device_code(r, a, &f, tenant);
  else
    refuse(r, a, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.");
  emu_form_free(&f);
}

/* A GUID, tN.example, or (for people) organizations and common: our own. */
static bool tenant_of(const struct emu_world *w, const char *text, uint32_t *ret) {
  if (strcmp(text, "organizations") == 0 || strcmp(text, "common") == 0) {
    *ret = 0;
    return true;
  }
  if (text[0] == 't' && text[1] >= '0' && text[1] <= '9') {
    char *end;
    unsigned long n = strtoul(text + 1, &end, 10);
    *ret = (uint32_t)n;
    return n <= w->tenants && strcmp(end, ".example") == 0;
  }
  return emu_guid_is(w->seed, text, EMU_TENANT, ret, NULL) && *ret <= w->tenants;
}

void emu_serve_login(struct emu_request *r, struct emu_reply *a) {
  char name[80];
  const char *rest = r->path[0] == '/' ? strchr(r->path + 1, '/') : NULL;
  if (rest == NULL || (size_t)(rest - r->path) > sizeof name - 1) {
    emu_count(r, EMU_COUNT_UNKNOWN);
    a->status = 404;
    return;
  }
  emu_format(name, sizeof name, "%.*s", (int)(rest - r->path - 1), r->path + 1);
  uint32_t tenant;
  if (strcmp(rest, "/discovery/instance") == 0) {
    emu_kind(r, EMU_KIND_DISCOVERY);
    a->status = 200;
    emu_text_printf(&a->body, "{\"tenant_discovery_endpoint\":\"%s/common/v2.0/.well-known/openid-configuration\"}",
                    emu_origin(r->server->world, EMU_LOGIN).text);
  } else if (!tenant_of(r->server->world, name, &tenant))
    refuse(r, a, "invalid_tenant", 90002, "Tenant not found. Check to make sure you have the correct tenant ID.");
  else if (strcmp(rest, "/v2.0/.well-known/openid-configuration") == 0 && emu_is(r, "GET")) {
    emu_kind(r, EMU_KIND_DISCOVERY);
    discovery(r, a, emu_tenant_id(r->server->world, tenant).text);
  } else if (strcmp(rest, "/oauth2/v2.0/token") == 0 && emu_is(r, "POST"))
    token(r, a, tenant);
  else if (strcmp(rest, "/oauth2/v2.0/devicecode") == 0 && emu_is(r, "POST")) {
    emu_kind(r, EMU_KIND_DEVICE_CODE);
    begin_device_code(r, a);
  } else {
    emu_count(r, EMU_COUNT_UNKNOWN);
    a->status = 404;
  }
}
