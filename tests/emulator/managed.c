/* SPDX-License-Identifier: Apache-2.0 */
/* Managed identity: the instance metadata service, and the endpoint of App Service. Plain HTTP, as they are.
 * The identity is identity 0 of our own tenant. */
#include "server.h"

#include "ids.h"
#include "token.h"

#include <string.h>
#include <time.h>

static void refuse(struct emu_reply *a, unsigned status, const char *error, const char *description) {
  a->status = status;
  struct emu_json j = emu_json_to(&a->body);
  emu_json_object(&j, NULL);
  emu_json_text(&j, "error", error);
  emu_json_text(&j, "error_description", description);
  emu_json_end_object(&j);
}

/* Numbers come as texts here. */
static void answer(struct emu_request *r, struct emu_reply *a, const char *resource, bool metadata) {
  const struct emu_world *w = r->server->world;
  int64_t now = (int64_t)time(NULL);
  struct emu_text token = {0};
  emu_token_issue(w, 0, 0, resource, false, &token);
  emu_count(r, EMU_COUNT_TOKENS);
  a->status = 200;
  struct emu_json j = emu_json_to(&a->body);
  emu_json_object(&j, NULL);
  emu_json_text(&j, "access_token", token.data);
  if (metadata) {
    emu_json_text(&j, "refresh_token", "");
    emu_json_format(&j, "expires_in", "%u", w->token_seconds);
    emu_json_format(&j, "not_before", "%lld", (long long)now);
  } else
    emu_json_text(&j, "client_id", emu_client_id(w, 0).text);
  emu_json_format(&j, "expires_on", "%lld", (long long)now + w->token_seconds);
  emu_json_text(&j, "resource", resource);
  emu_json_text(&j, "token_type", "Bearer");
  emu_json_end_object(&j);
  emu_text_free(&token);
}

static bool is_assigned(const struct emu_request *r) {
  const char *client = emu_arg(r, "client_id");
  return client == NULL || emu_same_nocase(client, emu_client_id(r->server->world, 0).text);
}

static void instance_metadata(struct emu_request *r, struct emu_reply *a) {
  const char *flag = emu_request_header(r, "Metadata");
  const char *resource = emu_arg(r, "resource"), *version = emu_arg(r, "api-version");
  if (flag == NULL || !emu_same_nocase(flag, "true") || emu_request_header(r, "X-Forwarded-For") != NULL)
    refuse(a, 400, "bad_request_102", "Required metadata header not specified");
  else if (version == NULL || resource == NULL)
    refuse(a, 400, "invalid_resource", "AADSTS50001: The application named was not found in the tenant.");
  else if (!is_assigned(r))
    refuse(a, 400, "invalid_request", "Identity not found");
  else
    answer(r, a, resource, true);
}

static void app_service(struct emu_request *r, struct emu_reply *a) {
  const char *header = emu_request_header(r, "X-IDENTITY-HEADER");
  const char *resource = emu_arg(r, "resource"), *version = emu_arg(r, "api-version");
  const char *wanted = r->server->world->managed_header;
  if (wanted == NULL || header == NULL || strcmp(header, wanted) != 0)
    refuse(a, 401, "unauthorized", "The header X-IDENTITY-HEADER is missing or wrong.");
  else if (version == NULL || strcmp(version, "2019-08-01") != 0 || resource == NULL)
    refuse(a, 400, "invalid_request", "api-version and resource are required.");
  else if (!is_assigned(r))
    refuse(a, 400, "invalid_request", "Identity not found");
  else
    answer(r, a, resource, false);
}

void emu_serve_managed(struct emu_request *r, struct emu_reply *a) {
  emu_kind(r, EMU_KIND_MANAGED);
  if (!emu_is(r, "GET"))
    refuse(a, 405, "invalid_request", "GET only");
  else if (strcmp(r->path, "/metadata/identity/oauth2/token") == 0)
    instance_metadata(r, a);
  else if (strcmp(r->path, "/msi/token") == 0)
    app_service(r, a);
  else {
    emu_count(r, EMU_COUNT_UNKNOWN);
    a->status = 404;
  }
}
