/* SPDX-License-Identifier: Apache-2.0 */
#include "request.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "allow.h"
#include "grant.h"
#include "pal_log.h"
#include "redact.h"
#include "text.h"

enum { BODY_MAX = 16 << 20, BEARER_MAX = 64 << 10, BEARER_SECRET_MIN = 6 };

/* --- shape --- */

static bool is_method(const char *method) {
  size_t len = strlen(method);
  return len > 0 && len <= NET_METHOD_MAX && strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == len;
}

/* A mistake of the caller, whatever the cloud says. */
static enum pal_code check_shape(const struct pal_request *from, struct pal_err *err) {
  char guid[PAL_GUID_LEN + 1];
  if (!from->identity || !pal_name_valid(from->identity))
    return pal_err_set(err, PAL_E_INTERNAL, "a request has no identity");
  if (!pal_guid_canonical(from->tenant.s, strnlen(from->tenant.s, sizeof from->tenant.s), guid) ||
      strcmp(guid, from->tenant.s) != 0)
    return pal_err_set(err, PAL_E_INTERNAL, "a request of %s has no tenant", from->identity);
  if (!from->method || !is_method(from->method) || !from->url)
    return pal_err_set(err, PAL_E_INTERNAL, "a request of %s has no method or URL", from->identity);
  if ((from->body_kind == PAL_BODY_NONE) != (from->body == NULL))
    return pal_err_set(err, PAL_E_INTERNAL, "a request of %s has a body without a kind, or the reverse",
                       from->identity);
  return PAL_OK;
}

/* What may stand in a header: printable ASCII without spaces. */
static bool is_bearer(const char *token) {
  size_t len = 0;
  for (; token[len]; len++)
    if (token[len] < 0x21 || token[len] > 0x7E || len > BEARER_MAX)
      return false;
  return len > 0;
}

/* --- judgement --- */

static enum pal_code deny(const struct net_request *request, const char *why, struct pal_err *err) {
  struct pal_buf shown;
  enum pal_code code =
      pal_err_set(err, PAL_E_DENIED, "%s %s: %s", request->method, net_shown(&shown, request->url), why);
  pal_buf_deinit(&shown);
  return code;
}

/* Secrets go into headers, and into the secret fields of forms for the login
 * service, and nowhere else. */
static enum pal_code check_secrets(const struct net_request *request, struct pal_err *err) {
  bool in_url = false, in_body = false;
  enum pal_code code = net_has_secret(request->url, strlen(request->url), &in_url, err);
  if (code == PAL_OK)
    code = net_has_secret(request->canonical.data, request->canonical.len, &in_body, err);
  if (code != PAL_OK)
    return code;
  if (in_url)
    return deny(request, "a secret stands in the URL", err);
  return in_body ? deny(request, "a secret stands in the body where none belongs", err) : PAL_OK;
}

static enum pal_code check_bearer(const struct net_request *request, const struct pal_cloud *cloud,
                                  const struct pal_request *from, struct pal_err *err) {
  if (!from->bearer)
    return PAL_OK;
  if (!is_bearer(from->bearer))
    return deny(request, "the token holds characters that no header may hold, or is empty or too long", err);
  bool at_home = false;
  if ((int)from->bearer_service >= 0 && from->bearer_service < PAL_SERVICES_N && from->bearer_service != PAL_LOGIN &&
      request->service == from->bearer_service) {
    enum pal_code code = net_origin_matches(cloud->origin[from->bearer_service], request->url, &at_home, err);
    if (code != PAL_OK)
      return code;
  }
  return at_home ? PAL_OK : deny(request, "the token is meant for another service", err);
}

/* A token exchange asks for a token of the tenant it is filed under. */
static enum pal_code check_tenant(const struct net_request *request, struct pal_err *err) {
  if (request->service != PAL_LOGIN)
    return PAL_OK;
  const char *path = strchr(request->url + strlen("https://"), '/');
  char guid[PAL_GUID_LEN + 1];
  if (!path || !pal_guid_canonical(path + 1, strcspn(path + 1, "/"), guid) || strcmp(guid, request->tenant.s) != 0)
    return deny(request, "the token endpoint is that of another tenant", err);
  return PAL_OK;
}

static enum pal_code judge(struct net_request *request, const struct pal_cloud *cloud, const struct pal_request *from,
                           struct pal_err *err) {
  struct pal_buf url;
  pal_buf_init(&url, SIZE_MAX);
  enum pal_code code = pal_url_normalise(from->url, &url, err);
  if (code == PAL_OK) {
    request->url = strdup(url.data);
    if (!request->url)
      code = pal_err_nomem(err);
  }
  pal_buf_deinit(&url);
  if (code == PAL_OK && from->grant && !request->writes)
    return deny(request, "the grant was spent before", err);
  if (code == PAL_OK)
    code = net_allow(cloud, request->method, request->url, request->body_kind,
                     request->writes ? NET_GRANTED : NET_UNGRANTED, &request->service, err);
  if (code == PAL_OK)
    code = check_tenant(request, err);
  if (code == PAL_OK)
    code = check_bearer(request, cloud, from, err);
  if (code == PAL_OK)
    code = check_secrets(request, err);
  if (code == PAL_OK && from->grant)
    code = net_grant_check(from->grant, cloud, request, err);
  return code;
}

/* --- copy --- */

/* A longer token is no header's: the judgement says so. */
static enum pal_code copy_secrets(struct net_request *request, const struct pal_request *from, struct pal_err *err) {
  if (from->body)
    pal_buf_puts(&request->body, from->body);
  if (from->bearer && strlen(from->bearer) <= BEARER_MAX)
    pal_buf_puts(&request->bearer, from->bearer);
  enum pal_code code = pal_buf_check(&request->body, "a request body", err);
  return code == PAL_OK ? pal_buf_check(&request->bearer, "a token", err) : code;
}

static enum pal_code register_secrets(struct net_request *request, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  if (request->bearer.len >= BEARER_SECRET_MIN) {
    code = pal_secret_register(request->bearer.data, request->bearer.len, err);
    request->knows_bearer = code == PAL_OK;
  }
  if (code == PAL_OK && request->body_kind == PAL_BODY_FORM) {
    code = net_register_form(request->body.data, err);
    request->knows_form = code == PAL_OK;
  }
  return code;
}

static void forget_secrets(struct net_request *request) {
  if (request->knows_bearer)
    pal_secret_forget(request->bearer.data, request->bearer.len);
  if (request->knows_form)
    net_forget_form(request->body.data);
  request->knows_bearer = request->knows_form = false;
}

static enum pal_code make_canonical(struct net_request *request, struct pal_err *err) {
  enum pal_code code = net_canonical_body(request->body_kind, request->body.data, request->body.len, "request body",
                                          &request->canonical, err);
  /* The caller's own JSON is not foreign input. */
  if (code == PAL_E_INPUT)
    code = pal_err_set(err, PAL_E_INTERNAL, "a request of %s has a JSON body that is none", request->identity);
  return code;
}

enum pal_code net_request_init(struct net_request *request, const struct pal_cloud *cloud,
                               const struct pal_request *from, struct pal_err *err) {
  *request = (struct net_request){0};
  pal_buf_init(&request->body, BODY_MAX);
  pal_buf_init(&request->canonical, BODY_MAX * 6);
  pal_buf_init(&request->bearer, BEARER_MAX + 1);
  enum pal_code code = check_shape(from, err);
  if (code != PAL_OK)
    return code;
  memcpy(request->identity, from->identity, strlen(from->identity) + 1);
  memcpy(request->method, from->method, strlen(from->method) + 1);
  request->tenant = from->tenant;
  request->body_kind = from->body_kind;
  request->delay_ms = from->delay_ms;
  request->until_ms = from->until_ms;
  request->retry = from->retry;
  request->holds = from->holds;
  /* Spent before anything else is looked at: what was shown to the transport once is good for nothing more. */
  request->writes = from->grant && net_grant_spend(from->grant);
  code = copy_secrets(request, from, err);
  if (code == PAL_OK)
    code = register_secrets(request, err);
  if (code == PAL_OK)
    code = make_canonical(request, err);
  if (code == PAL_OK)
    code = judge(request, cloud, from, err);
  return code;
}

enum pal_code net_request_make_key(struct net_request *request, struct pal_err *err) {
  enum pal_code code = net_body_digest(request->canonical.data, request->canonical.len, request->digest, err);
  if (code == PAL_OK)
    code = net_key_make(request->identity, request->tenant.s, request->method, request->url, request->digest,
                        &request->key, err);
  return code;
}

void net_request_deinit(struct net_request *request) {
  forget_secrets(request);
  free(request->url);
  request->url = NULL;
  pal_buf_wipe(&request->body);
  pal_buf_deinit(&request->canonical);
  pal_buf_wipe(&request->bearer);
}
