/* SPDX-License-Identifier: Apache-2.0 */
/* Resource Manager: what every call has in common, before a provider answers. */
#include "arm.h"

#include "ids.h"

#include <string.h>

typedef void handler(struct emu_call *c);

static const struct route {
  const char *type; /* after /providers/, in any case */
  const char *method;
  enum emu_request_kind kind;
  handler *handle;
  const char *versions;
} routes[] = {
    {"Microsoft.ManagementPartner/partners", "GET", EMU_KIND_PARTNER, emu_arm_partner, "2018-02-01"},
    {"Microsoft.Authorization/roleAssignments", "GET", EMU_KIND_ROLE_ASSIGNMENTS, emu_arm_role_assignments,
     "2015-07-01 2018-01-01-preview 2020-10-01-preview 2022-04-01 2026-08-01"},
    {"Microsoft.Authorization/roleDefinitions", "GET", EMU_KIND_ROLE_DEFINITIONS, emu_arm_role_definitions,
     "2015-07-01 2018-01-01-preview 2022-04-01 2022-05-01-preview"},
    {"Microsoft.Authorization/denyAssignments", "GET", EMU_KIND_DENY_ASSIGNMENTS, emu_arm_deny_assignments,
     "2018-07-01-preview 2022-04-01 2026-09-01"},
    {"Microsoft.Authorization/roleEligibilityScheduleInstances", "GET", EMU_KIND_ELIGIBLE, emu_arm_instances,
     "2020-10-01 2020-10-01-preview"},
    {"Microsoft.Authorization/roleAssignmentScheduleInstances", "GET", EMU_KIND_ACTIVE, emu_arm_instances,
     "2020-10-01 2020-10-01-preview"},
    {"Microsoft.Authorization/classicAdministrators", "GET", EMU_KIND_CLASSIC, emu_arm_classic, "2015-07-01"},
    {"Microsoft.ManagedServices/registrationAssignments", "GET", EMU_KIND_REGISTRATION_ASSIGNMENTS,
     emu_arm_registrations, "2019-09-01 2020-02-01-preview 2022-01-01-preview 2022-10-01"},
    {"Microsoft.ManagedServices/registrationDefinitions", "GET", EMU_KIND_REGISTRATION_DEFINITIONS,
     emu_arm_registrations, "2019-09-01 2020-02-01-preview 2022-01-01-preview 2022-10-01"},
    {"Microsoft.Consumption/usageDetails", "GET", EMU_KIND_USAGE, emu_arm_usage,
     "2019-10-01 2021-10-01 2023-05-01 2023-11-01 2024-08-01"},
    {"Microsoft.CostManagement/query", "POST", EMU_KIND_COST, emu_arm_cost,
     "2019-11-01 2021-10-01 2022-10-01 2023-03-01 2023-11-01 2024-08-01 2025-03-01"},
    {"Microsoft.ResourceGraph/resources", "POST", EMU_KIND_RESOURCE_GRAPH, emu_arm_resource_graph,
     "2021-03-01 2022-10-01 2024-04-01"},
};

void emu_own_origin(const struct emu_request *r, char *out, size_t size) {
  const char *host = emu_request_header(r, "Host");
  emu_format(out, size, "https://%.200s", host != NULL ? host : "localhost");
}

static bool has_version(const struct emu_call *c, const char *versions) {
  const char *version = emu_arg(c->request, "api-version");
  if (version == NULL || *version == '\0') {
    emu_count(c->request, EMU_COUNT_BAD_REQUEST);
    emu_reply_error(c->reply, 400, "MissingApiVersionParameter",
                    "The api-version query parameter (?api-version=) is required for all requests.");
    return false;
  }
  const char *at = strstr(versions, version);
  size_t len = strlen(version);
  if (at != NULL && (at == versions || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
    return true;
  emu_count(c->request, EMU_COUNT_BAD_REQUEST);
  emu_reply_error(c->reply, 400, "InvalidResourceType",
                  "The resource type could not be found in the namespace for the api version asked for.");
  return false;
}

bool emu_sees_delegated(const struct emu_call *c, const struct emu_tenant *t, size_t sub) {
  if (c->token.tenant != 0 || t->index == 0)
    return false;
  for (size_t i = 0; i < t->delegation_n; i++)
    if (t->delegations[i].sub == sub && emu_is_authorized(&c->own, &t->delegations[i], c->token.identity))
      return true;
  return false;
}

bool emu_sees(const struct emu_call *c, const struct emu_tenant *t, size_t sub) {
  return t->index == c->token.tenant ? emu_has_role(t, c->token.identity, sub) : emu_sees_delegated(c, t, sub);
}

static bool refuse_scope(struct emu_call *c, unsigned status, const char *code) {
  char text[600];
  struct emu_guid object = emu_object_id(c->world, c->token.tenant, c->token.identity);
  if (status == 404)
    emu_format(text, sizeof text, "The subscription of '%s' could not be found.", c->scope_text);
  else
    emu_format(
        text, sizeof text,
        "The client '%s' with object id '%s' does not have authorization to perform the action over scope '%s' or "
        "the scope is invalid.",
        object.text, object.text, c->scope_text);
  emu_reply_error(c->reply, status, code, text);
  return false;
}

static bool enter_subscription(struct emu_call *c, const char *id) {
  uint32_t tenant, sub;
  if (!emu_guid_is(c->world->seed, id, EMU_SUBSCRIPTION, &tenant, &sub) || tenant > c->world->tenants)
    return refuse_scope(c, 404, "SubscriptionNotFound");
  emu_tenant_make(c->world, tenant, &c->of);
  if (sub >= c->of.sub_n)
    return refuse_scope(c, 404, "SubscriptionNotFound");
  c->sub = sub;
  c->delegated = tenant != c->token.tenant;
  if (c->delegated && !emu_sees_delegated(c, &c->of, sub)) {
    /* A token of another tenant: its holder mixed up two customers, unless the
     * tenant itself offered the subscription as if it were delegated to it. */
    if (!emu_was_offered(c, tenant, sub))
      emu_count(c->request, EMU_COUNT_WRONG_TENANT);
    return refuse_scope(c, 401, "InvalidAuthenticationTokenTenant");
  }
  return emu_sees(c, &c->of, sub) ? true : refuse_scope(c, 403, "AuthorizationFailed");
}

/* Whether the caller has a role at the tenant's root group. */
static bool enter_management_group(struct emu_call *c, const char *name) {
  uint32_t tenant;
  c->of = c->own;
  if (!emu_guid_is(c->world->seed, name, EMU_TENANT, &tenant, NULL) || tenant != c->token.tenant)
    return refuse_scope(c, 403, "AuthorizationFailed");
  for (size_t i = 0; i < c->own.grant_n; i++)
    if (c->own.grants[i].at >= EMU_AT_MANAGEMENT_GROUP && !c->own.grants[i].to_group &&
        c->own.grants[i].who == c->token.identity)
      return true;
  return refuse_scope(c, 403, "AuthorizationFailed");
}

/* "" , /subscriptions/ID[/resourceGroups/NAME], /providers/Microsoft.Management/managementGroups/NAME */
static bool enter_scope(struct emu_call *c) {
  static const char group[] = "/providers/Microsoft.Management/managementGroups/";
  char id[80];
  c->of = c->own;
  if (c->scope_text[0] == '\0')
    return true;
  if (emu_starts_nocase(c->scope_text, group)) {
    c->scope = EMU_SCOPE_MANAGEMENT_GROUP;
    return enter_management_group(c, c->scope_text + sizeof group - 1);
  }
  if (!emu_starts_nocase(c->scope_text, "/subscriptions/"))
    return refuse_scope(c, 404, "InvalidScope");
  const char *start = c->scope_text + strlen("/subscriptions/");
  size_t len = strcspn(start, "/");
  if (len >= sizeof id)
    return refuse_scope(c, 404, "InvalidSubscriptionId");
  emu_format(id, sizeof id, "%.*s", (int)len, start);
  c->scope = emu_starts_nocase(start + len, "/resourceGroups/") ? EMU_SCOPE_RESOURCE_GROUP : EMU_SCOPE_SUBSCRIPTION;
  return enter_subscription(c, id);
}

/* The last /providers/ of the path that is followed by a type we know. */
static const struct route *find_route(struct emu_call *c) {
  const char *path = c->request->path;
  for (const char *at = path + strlen(path); at-- > path;) {
    if (!emu_starts_nocase(at, "/providers/"))
      continue;
    const char *type = at + strlen("/providers/");
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
      size_t len = strlen(routes[i].type);
      if (!emu_starts_nocase(type, routes[i].type) || (type[len] != '\0' && type[len] != '/'))
        continue;
      if (strlen(type + len) >= sizeof c->rest || (size_t)(at - path) >= sizeof c->scope_text)
        return NULL;
      emu_format(c->rest, sizeof c->rest, "%s", type[len] == '/' ? type + len + 1 : "");
      emu_format(c->scope_text, sizeof c->scope_text, "%.*s", (int)(at - path), path);
      return &routes[i];
    }
  }
  return NULL;
}

static void challenge(struct emu_call *c) {
  struct emu_text claims = {0};
  emu_claims_challenge(c->world, c->token.tenant, &claims);
  emu_reply_error(c->reply, 401, "InvalidAuthenticationToken", "Continuous access evaluation resulted in challenge.");
  emu_reply_header(
      c->reply, "WWW-Authenticate",
      "Bearer realm=\"\", authorization_uri=\"%s/common/oauth2/authorize\", error=\"insufficient_claims\", "
      "claims=\"%s\"",
      emu_origin(c->world, EMU_LOGIN).text, claims.data);
  emu_manners_fault(c->request->server->manners, EMU_FAULT_CLAIMS);
  emu_text_free(&claims);
}

static void usual_headers(struct emu_call *c) {
  struct emu_guid id = emu_guid_random();
  emu_reply_header(c->reply, "x-ms-correlation-request-id", "%s", id.text);
  emu_reply_header(c->reply, "x-ms-routing-request-id", "WESTEUROPE:20260101T000000Z:%s", id.text);
  emu_reply_header(c->reply, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
  emu_reply_header(c->reply, "X-Content-Type-Options", "nosniff");
  if (c->scope == EMU_SCOPE_TENANT)
    emu_reply_header(c->reply, "x-ms-ratelimit-remaining-tenant-reads", "249");
  else {
    emu_reply_header(c->reply, "x-ms-ratelimit-remaining-subscription-reads", "249");
    emu_reply_header(c->reply, "x-ms-ratelimit-remaining-subscription-global-reads", "3749");
  }
}

/* Without a token: a client asks it before it knows for whom tokens are. */
static void metadata(struct emu_request *r, struct emu_reply *a) {
  emu_kind(r, EMU_KIND_METADATA);
  a->status = 200;
  struct emu_origin login = emu_origin(r->server->world, EMU_LOGIN);
  struct emu_origin graph = emu_origin(r->server->world, EMU_DIRECTORY);
  struct emu_json j = emu_json_to(&a->body);
  emu_json_object(&j, NULL);
  emu_json_text(&j, "galleryEndpoint", emu_origin(r->server->world, EMU_TRAP).text);
  emu_json_text(&j, "graphEndpoint", graph.text);
  emu_json_text(&j, "portalEndpoint", emu_origin(r->server->world, EMU_TRAP).text);
  emu_json_object(&j, "authentication");
  emu_json_format(&j, "loginEndpoint", "%s/", login.text);
  emu_json_array(&j, "audiences");
  emu_json_text(&j, NULL, emu_origin(r->server->world, EMU_ARM).text);
  emu_json_end_array(&j);
  emu_json_end_object(&j);
  emu_json_end_object(&j);
}

static void provider(struct emu_call *c) {
  const struct route *route = find_route(c);
  if (route == NULL) {
    emu_kind(c->request, EMU_KIND_OTHER);
    emu_count(c->request, EMU_COUNT_UNKNOWN);
    emu_reply_error(c->reply, 404, "InvalidResourceType", "The resource type could not be found.");
    return;
  }
  c->kind = route->kind;
  emu_kind(c->request, route->kind);
  if (!emu_is(c->request, route->method) && !(route->kind == EMU_KIND_PARTNER && c->request->is_expected_write)) {
    emu_reply_error(c->reply, 403, "AuthorizationFailed", "This caller may only read.");
    return;
  }
  if (has_version(c, route->versions) && enter_scope(c))
    route->handle(c);
}

void emu_serve_arm(struct emu_request *r, struct emu_reply *a) {
  if (emu_same_nocase(r->path, "/metadata/endpoints") && emu_is(r, "GET")) {
    metadata(r, a);
    return;
  }
  struct emu_call c = {.request = r, .reply = a, .world = r->server->world};
  if (!emu_token_require(r, a, EMU_FOR_ARM, &c.token))
    return;
  if (emu_challenges_claims(c.world, c.token.tenant) && !c.token.answers_claims) {
    challenge(&c);
    return;
  }
  emu_tenant_make(c.world, c.token.tenant, &c.own);
  static const char directory_versions[] = "2016-06-01 2019-06-01 2019-11-01 2020-01-01 2021-01-01 2022-12-01";
  if (emu_same_nocase(r->path, "/tenants") && emu_is(r, "GET")) {
    c.kind = EMU_KIND_TENANTS;
    emu_kind(r, c.kind);
    if (has_version(&c, directory_versions))
      emu_arm_tenants(&c);
  } else if (emu_same_nocase(r->path, "/subscriptions") && emu_is(r, "GET")) {
    c.kind = EMU_KIND_SUBSCRIPTIONS;
    emu_kind(r, c.kind);
    if (has_version(&c, directory_versions))
      emu_arm_subscriptions(&c);
  } else
    provider(&c);
  usual_headers(&c);
}
