/* SPDX-License-Identifier: Apache-2.0 */
/* Microsoft Graph: names of principals and members of groups. */
#include "server.h"

#include "arm.h"
#include "ids.h"
#include "token.h"

#include <stdlib.h>
#include <string.h>

enum { USUAL_PAGE = 100, MAX_IDS = 1000 };

struct lookup {
  struct emu_request *request;
  struct emu_reply *reply;
  const struct emu_world *world;
  struct emu_tenant tenant;
};

static void graph_error(struct lookup *l, unsigned status, const char *code, const char *message) {
  struct emu_guid id = emu_guid_random();
  l->reply->status = status;
  emu_text_clear(&l->reply->body);
  struct emu_json j = emu_json_to(&l->reply->body);
  emu_json_object(&j, NULL);
  emu_json_object(&j, "error");
  emu_json_text(&j, "code", code);
  emu_json_text(&j, "message", message);
  emu_json_object(&j, "innerError");
  emu_json_text(&j, "date", "2026-01-01T00:00:00");
  emu_json_text(&j, "request-id", id.text);
  emu_json_text(&j, "client-request-id", id.text);
  emu_json_end_object(&j);
  emu_json_end_object(&j);
  emu_json_end_object(&j);
}

static void user(struct emu_json *j, const char *id, const char *name, bool guest) {
  emu_json_object(j, NULL);
  emu_json_text(j, "@odata.type", "#microsoft.graph.user");
  emu_json_text(j, "id", id);
  emu_json_text(j, "displayName", name);
  emu_json_format(j, "userPrincipalName", "%.8s%s@t.example", id, guest ? "_partner.example#EXT#" : "");
  emu_json_text(j, "userType", guest ? "Guest" : "Member");
  emu_json_bool(j, "accountEnabled", true);
  emu_json_null(j, "mail");
  if (guest)
    emu_json_text(j, "externalUserState", "Accepted");
  emu_json_end_object(j);
}

static void application(struct emu_json *j, const char *id, const char *client, const char *name) {
  emu_json_object(j, NULL);
  emu_json_text(j, "@odata.type", "#microsoft.graph.servicePrincipal");
  emu_json_text(j, "id", id);
  emu_json_text(j, "appId", client);
  emu_json_text(j, "displayName", name);
  emu_json_bool(j, "accountEnabled", true);
  emu_json_text(j, "servicePrincipalType", "Application");
  emu_json_end_object(j);
}

static void group(struct emu_json *j, const char *id, const char *name) {
  emu_json_object(j, NULL);
  emu_json_text(j, "@odata.type", "#microsoft.graph.group");
  emu_json_text(j, "id", id);
  emu_json_text(j, "displayName", name);
  emu_json_bool(j, "securityEnabled", true);
  emu_json_end_object(j);
}

/* Writes the object if this directory has it. */
static bool object(struct lookup *l, struct emu_json *j, const char *id) {
  enum emu_kind kind;
  uint32_t tenant, index;
  char name[80];
  if (!emu_guid_read(l->world->seed, id, &kind, &tenant, &index) || tenant != l->tenant.index)
    return false;
  switch ((int)kind) {
  case EMU_OBJECT:
    if (index >= EMU_IDENTITIES || !l->tenant.identities[index].present)
      return false;
    if (index < EMU_APPS)
      application(j, id, emu_client_id(l->world, index).text, emu_identity_name(index));
    else
      user(j, id, emu_identity_name(index), tenant != 0);
    return true;
  case EMU_GROUP:
    emu_format(name, sizeof name, "Group %u of tenant %u", index, tenant);
    group(j, id, name);
    return index < EMU_GROUPS;
  case EMU_STRANGER:
    emu_format(name, sizeof name, "%s %u", index & 1 ? "App" : "Employee", index);
    if (index & 1)
      application(j, id, emu_guid_make(l->world->seed, EMU_CLIENT, tenant, index + EMU_APPS).text, name);
    else
      user(j, id, name, false);
    return true;
  default: return false;
  }
}

/* Members of a group, nested ones too when asked for: our people behind a group
 * within the group, and people of the customer beside them. */
static size_t members_of(struct lookup *l, unsigned group_index, bool transitive, struct emu_guid *out, size_t max) {
  size_t n = 0;
  if (group_index == EMU_GROUP_PARTNERS)
    out[n++] = emu_group_id(l->world, l->tenant.index, EMU_GROUP_NESTED);
  if (group_index == EMU_GROUP_NESTED || (group_index == EMU_GROUP_PARTNERS && transitive))
    for (unsigned i = 0; i < EMU_IDENTITIES; i++)
      if (emu_in_group(&l->tenant, group_index, i))
        out[n++] = emu_object_id(l->world, l->tenant.index, i);
  if (group_index != EMU_GROUP_NESTED)
    for (uint32_t i = 0; i < 3 && n < max; i++)
      out[n++] = emu_guid_make(l->world->seed, EMU_STRANGER, l->tenant.index, 100 + 2 * i);
  return n;
}

static void begin_list(struct lookup *l, struct emu_json *j, const char *context) {
  l->reply->status = 200;
  *j = emu_json_to(&l->reply->body);
  emu_json_object(j, NULL);
  emu_json_format(j, "@odata.context", "%s/v1.0/$metadata#%s", emu_origin(l->world, EMU_DIRECTORY).text, context);
}

static void members(struct lookup *l, const char *id, const char *what) {
  uint32_t tenant, index;
  bool transitive = emu_starts_nocase(what, "/transitiveMembers");
  emu_kind(l->request, EMU_KIND_MEMBERS);
  if (!emu_guid_is(l->world->seed, id, EMU_GROUP, &tenant, &index) || tenant != l->tenant.index ||
      index >= EMU_GROUPS) {
    graph_error(l, 404, "Request_ResourceNotFound",
                "Resource does not exist or one of its queried reference-property "
                "objects are not present.");
    return;
  }
  struct emu_guid all[16];
  size_t n = members_of(l, index, transitive, all, sizeof all / sizeof *all);
  const char *skip = emu_arg(l->request, "$skiptoken");
  size_t first = skip != NULL ? (size_t)strtoull(skip, NULL, 10) : 0;
  size_t size = l->world->page_size != 0 ? l->world->page_size : USUAL_PAGE;
  struct emu_json j;
  begin_list(l, &j, "directoryObjects");
  size_t end = first < n && n - first > size ? first + size : n;
  if (end < n) {
    char origin[220];
    emu_own_origin(l->request, origin, sizeof origin);
    emu_json_format(&j, "@odata.nextLink", "%s%s?$skiptoken=%zu", origin, l->request->path, end);
  }
  emu_json_array(&j, "value");
  bool users = strstr(what, "/microsoft.graph.user") != NULL;
  for (size_t i = first; i < end; i++) {
    enum emu_kind kind;
    uint32_t of, number;
    bool known = emu_guid_read(l->world->seed, all[i].text, &kind, &of, &number);
    bool is_user = known && ((kind == EMU_OBJECT && number >= EMU_APPS) || kind == EMU_STRANGER);
    if (!users || is_user)
      (void)object(l, &j, all[i].text);
  }
  emu_json_end_array(&j);
  emu_json_end_object(&j);
}

static void member_of(struct lookup *l, const char *id) {
  uint32_t tenant, index;
  emu_kind(l->request, EMU_KIND_MEMBER_OF);
  if (!emu_guid_is(l->world->seed, id, EMU_OBJECT, &tenant, &index) || tenant != l->tenant.index) {
    graph_error(l, 404, "Request_ResourceNotFound", "Resource does not exist.");
    return;
  }
  struct emu_json j;
  begin_list(l, &j, "directoryObjects");
  emu_json_array(&j, "value");
  for (unsigned g = 0; g < EMU_GROUPS; g++)
    if (index < EMU_IDENTITIES && emu_in_group(&l->tenant, g, index))
      (void)object(l, &j, emu_group_id(l->world, tenant, g).text);
  emu_json_end_array(&j);
  emu_json_end_object(&j);
}

static void by_ids(struct lookup *l) {
  emu_kind(l->request, EMU_KIND_BY_IDS);
  cJSON *body = cJSON_ParseWithLength(l->request->body, l->request->body_len);
  const cJSON *ids = cJSON_GetObjectItemCaseSensitive(body, "ids");
  if (!cJSON_IsArray(ids) || cJSON_GetArraySize(ids) > MAX_IDS) {
    emu_count(l->request, EMU_COUNT_BAD_REQUEST);
    graph_error(l, 400, "Request_BadRequest", "The limit of 1000 ids is exceeded or the ids are missing.");
    cJSON_Delete(body);
    return;
  }
  struct emu_json j;
  begin_list(l, &j, "directoryObjects");
  emu_json_array(&j, "value");
  const cJSON *id;
  cJSON_ArrayForEach(id, ids) if (cJSON_IsString(id))(void) object(l, &j, id->valuestring);
  emu_json_end_array(&j);
  emu_json_end_object(&j);
  cJSON_Delete(body);
}

static void organization(struct lookup *l) {
  char name[200], domain[40];
  emu_kind(l->request, EMU_KIND_ORGANIZATION);
  emu_tenant_name(l->world, l->tenant.index, name, sizeof name);
  emu_tenant_domain(l->tenant.index, domain, sizeof domain);
  struct emu_json j;
  begin_list(l, &j, "organization");
  emu_json_array(&j, "value");
  emu_json_object(&j, NULL);
  emu_json_text(&j, "id", emu_tenant_id(l->world, l->tenant.index).text);
  emu_json_text(&j, "displayName", name);
  emu_json_text(&j, "countryLetterCode", l->tenant.country);
  emu_json_array(&j, "verifiedDomains");
  emu_json_object(&j, NULL);
  emu_json_text(&j, "name", domain);
  emu_json_bool(&j, "isDefault", true);
  emu_json_bool(&j, "isInitial", true);
  emu_json_text(&j, "type", "Managed");
  emu_json_end_object(&j);
  emu_json_end_array(&j);
  emu_json_end_object(&j);
  emu_json_end_array(&j);
  emu_json_end_object(&j);
}

static void one(struct lookup *l, const char *id) {
  emu_kind(l->request, EMU_KIND_PRINCIPAL);
  struct emu_json j = emu_json_to(&l->reply->body);
  l->reply->status = 200;
  if (!object(l, &j, id))
    graph_error(l, 404, "Request_ResourceNotFound", "Resource does not exist.");
}

/* /COLLECTION/ID[/WHAT] */
static bool in_collection(struct lookup *l, const char *path) {
  static const char *const collections[] = {"/groups/", "/users/", "/servicePrincipals/", "/directoryObjects/"};
  for (size_t i = 0; i < sizeof collections / sizeof *collections; i++) {
    if (!emu_starts_nocase(path, collections[i]))
      continue;
    const char *start = path + strlen(collections[i]), *what = strchr(start, '/');
    char id[EMU_GUID_LEN + 1];
    size_t len = what != NULL ? (size_t)(what - start) : strlen(start);
    if (len != EMU_GUID_LEN)
      return false;
    emu_format(id, sizeof id, "%.*s", (int)len, start);
    if (what == NULL)
      one(l, id);
    else if (emu_starts_nocase(what, "/transitiveMembers") || emu_starts_nocase(what, "/members"))
      members(l, id, what);
    else if (emu_starts_nocase(what, "/transitiveMemberOf") || emu_starts_nocase(what, "/memberOf"))
      member_of(l, id);
    else
      return false;
    return true;
  }
  return false;
}

static bool find(struct lookup *l, unsigned identity, const char *path) {
  if (emu_same_nocase(path, "/directoryObjects/getByIds") && emu_is(l->request, "POST"))
    by_ids(l);
  else if (!emu_is(l->request, "GET"))
    return false;
  else if (emu_same_nocase(path, "/organization"))
    organization(l);
  else if (emu_same_nocase(path, "/me") && identity >= EMU_APPS)
    one(l, emu_object_id(l->world, l->tenant.index, identity).text);
  else if (emu_starts_nocase(path, "/servicePrincipals(appId='") && strlen(path) == 26 + EMU_GUID_LEN + 2) {
    char client[EMU_GUID_LEN + 1];
    emu_format(client, sizeof client, "%.36s", path + 26);
    uint32_t of, index;
    bool ours = emu_guid_is(l->world->seed, client, EMU_CLIENT, &of, &index) && index < EMU_APPS;
    one(l, ours ? emu_object_id(l->world, l->tenant.index, index).text : "");
  } else
    return in_collection(l, path);
  return true;
}

void emu_serve_directory(struct emu_request *r, struct emu_reply *a) {
  struct emu_token token;
  if (!emu_token_require(r, a, EMU_FOR_DIRECTORY, &token))
    return;
  struct lookup l = {.request = r, .reply = a, .world = r->server->world};
  emu_tenant_make(l.world, token.tenant, &l.tenant);
  emu_reply_header(a, "request-id", "%s", emu_guid_random().text);
  emu_reply_header(a, "OData-Version", "4.0");
  const char *path = emu_starts_nocase(r->path, "/v1.0/") ? r->path + 5 : NULL;
  if (!l.tenant.identities[token.identity].directory) {
    emu_kind(r, EMU_KIND_OTHER);
    graph_error(&l, 403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
  } else if (path == NULL || !find(&l, token.identity, path)) {
    emu_kind(r, EMU_KIND_OTHER);
    emu_count(r, EMU_COUNT_UNKNOWN);
    graph_error(&l, 404, "ResourceNotFound", "Resource not found for the segment.");
  }
}
