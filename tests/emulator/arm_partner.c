/* SPDX-License-Identifier: Apache-2.0 */
/* Resource Manager: the partner link of the token's owner, and its writes as the specification has them. */
#include "arm.h"
#include "ids.h"
#include "links.h"

#include <stdlib.h>
#include <string.h>

static void write_link(struct emu_call *c, const struct emu_link *link, bool rewritten) {
  char partner[16], updated[40];
  emu_format(partner, sizeof partner, "%u", link->partner);
  /* Six or seven decimals: the service drops a zero at the end. */
  emu_format(updated, sizeof updated, "%s", rewritten ? "2026-10-02T08:15:30.123457Z" : "2024-03-02T22:18:10.5395747Z");
  if (link->written)
    emu_format(updated, sizeof updated, "2026-11-01T00:00:%02u.1234567Z", link->version % 60);
  c->reply->status = 200;
  struct emu_json j = emu_json_to(&c->reply->body);
  emu_json_object(&j, NULL);
  emu_json_format(&j, "id", "/providers/microsoft.managementpartner/partners/%s", partner);
  emu_json_text(&j, "type", "Microsoft.ManagementPartner/partners");
  emu_json_text(&j, "name", partner);
  emu_json_int(&j, "etag", link->version);
  emu_json_object(&j, "properties");
  emu_json_text(&j, "partnerId", partner);
  const struct emu_identity *id = &c->own.identities[c->token.identity];
  const char *name = id->partner_name != NULL && !link->written ? id->partner_name : emu_partner_name(link->partner);
  if (name != NULL)
    emu_json_text(&j, "partnerName", name);
  emu_json_text(&j, "tenantId", emu_tenant_id(c->world, c->token.tenant).text);
  emu_json_text(&j, "objectId", emu_object_id(c->world, c->token.tenant, c->token.identity).text);
  emu_json_int(&j, "version", link->version);
  emu_json_text(&j, "updatedTime", updated);
  emu_json_text(&j, "createdTime", "2024-01-20T01:23:40.528049Z");
  emu_json_text(&j, "state", link->written ? "Active" : emu_link_state_name((enum emu_link_state)id->state));
  emu_json_end_object(&j);
  emu_json_end_object(&j);
}

static void read_link(struct emu_call *c, struct emu_link *link, bool rewritten) {
  char partner[16];
  link->readings++;
  if (c->world->link_trouble == EMU_LINK_RACE && link->readings == 2) {
    link->version++;
    link->written = true;
  }
  emu_format(partner, sizeof partner, "%u", link->partner);
  if (c->world->link_trouble == EMU_LINK_BLIND && link->writings != 0)
    emu_reply_error(c->reply, 403, "AuthorizationFailed", "The client does not have authorization.");
  else if (!link->linked || (c->rest[0] != '\0' && strcmp(c->rest, partner) != 0))
    emu_reply_error(c->reply, 404, "NotFound", "The resource was not found.");
  else
    write_link(c, link, rewritten);
}

/* No body, or the one that names the same ID once more. */
static bool body_is_good(const struct emu_call *c) {
  if (c->request->body_len == 0)
    return true;
  if (emu_is(c->request, "DELETE"))
    return false;
  cJSON *body = cJSON_ParseWithLength(c->request->body, c->request->body_len);
  const cJSON *id = cJSON_GetObjectItemCaseSensitive(body, "partnerId");
  bool good = cJSON_GetArraySize(body) == 1 && cJSON_IsString(id) && strcmp(id->valuestring, c->rest) == 0;
  cJSON_Delete(body);
  return good;
}

/* True: it was answered, or left without an answer, before anything is written. */
static bool is_in_trouble(struct emu_call *c) {
  switch (c->world->link_trouble) {
  case EMU_LINK_REFUSED:
    emu_reply_error(c->reply, 400, "InvalidPartnerId", "The partner id is not valid.");
    return true;
  case EMU_LINK_FORBIDDEN:
    emu_reply_error(c->reply, 403, "Forbidden",
                    "The user does not have an account in this tenant, work with the administrator to add the "
                    "account. If you are a CSP partner logged in the customer tenant, you will not be able to link "
                    "the Partner ID");
    return true;
  case EMU_LINK_CONFLICT:
    emu_reply_error(c->reply, 409, "PartnerIdAlreadyLinked", "The partner id is linked already.");
    return true;
  case EMU_LINK_PRECONDITION:
    emu_reply_error(c->reply, 412, "PreconditionFailed", "The condition was not met.");
    return true;
  case EMU_LINK_THROTTLED:
    emu_reply_error(c->reply, 429, "TooManyRequests", "The request is being throttled.");
    emu_reply_header(c->reply, "Retry-After", "1");
    return true;
  case EMU_LINK_FAILED:
    emu_reply_error(c->reply, 503, "ServiceUnavailable", "The service is not available.");
    return true;
  case EMU_LINK_DROPPED: c->reply->delivery = EMU_RESET; return true;
  case EMU_LINK_MOVED_ON:
    c->reply->status = 307;
    emu_reply_header(c->reply, "Location", "%s%s", emu_origin(c->world, EMU_TRAP).text, c->request->path);
    return true;
  default: return false;
  }
}

static void change_link(struct emu_call *c, struct emu_link *link) {
  struct emu_link changed = *link;
  char *end = NULL;
  uint32_t partner = (uint32_t)strtoul(c->rest, &end, 10);
  bool creates = emu_is(c->request, "PUT"), deletes = emu_is(c->request, "DELETE");
  link->writings++;
  if (is_in_trouble(c))
    return;
  if (c->rest[0] == '\0' || *end != '\0' || !body_is_good(c)) {
    emu_count(c->request, EMU_COUNT_BAD_REQUEST);
    emu_reply_error(c->reply, 400, "BadRequest", "The request is malformed.");
    return;
  }
  if (creates && link->linked) {
    emu_reply_error(c->reply, 409, "PartnerIdAlreadyLinked", "The partner id is linked already.");
    return;
  }
  if (!creates && (!link->linked || (deletes && link->partner != partner))) {
    emu_reply_error(c->reply, 404, "NotFound", "The resource was not found.");
    return;
  }
  changed.linked = !deletes;
  changed.partner = partner;
  changed.version++;
  changed.written = true;
  changed.writings = link->writings;
  c->reply->status = 200;
  if (!deletes)
    write_link(c, &changed, false);
  if (c->world->link_trouble != EMU_LINK_IGNORED)
    *link = changed;
  if (c->world->link_trouble == EMU_LINK_LATE)
    emu_reply_error(c->reply, 500, "InternalServerError", "Encountered internal server error.");
  if (c->world->link_trouble == EMU_LINK_LOST)
    c->reply->delivery = EMU_RESET;
}

void emu_arm_partner(struct emu_call *c) {
  const struct emu_identity *id = &c->own.identities[c->token.identity];
  struct emu_guid request = emu_guid_random();
  emu_reply_header(c->reply, "request-id", "%s", request.text);
  emu_reply_header(c->reply, "x-gsm", "8.1.0.54 (AD-CAB-Provisioning)");
  if (c->scope_text[0] != '\0') {
    emu_reply_error(c->reply, 404, "InvalidResourceType", "The resource type could not be found.");
    return;
  }
  if (c->world->link_writes == 0) { /* nothing to remember, however many tenants there are */
    struct emu_link link = {.linked = id->linked, .partner = id->partner, .version = id->version};
    read_link(c, &link, id->rewritten);
    return;
  }
  struct emu_links *links = c->request->server->links;
  struct emu_link *link = emu_links_lock(links, c->token.tenant, c->token.identity, id);
  if (emu_is(c->request, "GET"))
    read_link(c, link, id->rewritten);
  else
    change_link(c, link);
  emu_links_unlock(links);
}
