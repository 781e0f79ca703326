/* SPDX-License-Identifier: Apache-2.0 */
/* Resource Manager: Microsoft.ResourceGraph/resources. The rows of a table are
 * made for the subscriptions asked for, then put through the query. */
#include "arm.h"

#include "codec.h"
#include "ids.h"
#include "kql.h"

#include <stdlib.h>
#include <string.h>

enum { USUAL_TOP = 100, MAX_TOP = 1000 };

struct ask {
  const char *query;
  const cJSON *subscriptions; /* NULL: all */
  size_t top, skip;
  bool above; /* authorizationScopeFilter lets inherited ones in */
  bool as_table;
};

struct rows {
  struct emu_call *call;
  struct emu_json json;
  bool above;
  bool inherited_done; /* in this tenant */
  size_t subscriptions;
};

typedef void filler(struct rows *r, const struct emu_tenant *t, size_t sub);

static void row_begin(struct rows *r, const char *id, const char *name, const char *type) {
  emu_json_object(&r->json, NULL);
  emu_json_text(&r->json, "id", id);
  emu_json_text(&r->json, "name", name);
  emu_json_text(&r->json, "type", type);
}

/* Rows of authorization carry no subscription when they are inherited. */
static void row_place(struct rows *r, const struct emu_tenant *t, size_t sub, bool inherited) {
  emu_json_text(&r->json, "tenantId", emu_tenant_id(r->call->world, t->index).text);
  emu_json_text(&r->json, "subscriptionId", inherited ? "" : emu_sub_id(r->call->world, t->index, sub).text);
}

static void fill_assignments(struct rows *r, const struct emu_tenant *t, size_t sub) {
  /* A managing tenant does not see the customer's own assignments. */
  size_t n = t->index == r->call->token.tenant ? emu_assignment_count(t, sub) : 0;
  bool inherited_done = r->inherited_done;
  for (size_t i = 0; i < n; i++) {
    struct emu_assignment m;
    char id[300];
    emu_assignment_get(r->call->world, t, sub, i, &m);
    if (m.inherited && (!r->above || inherited_done))
      continue;
    r->inherited_done = r->inherited_done || m.inherited;
    emu_format(id, sizeof id, "%s/providers/Microsoft.Authorization/RoleAssignments/%s", emu_assignment_prefix(&m),
               m.name.text);
    row_begin(r, id, m.name.text, "microsoft.authorization/roleassignments");
    row_place(r, t, sub, m.inherited);
    emu_json_object(&r->json, "properties");
    emu_json_text(&r->json, "scope", m.scope);
    emu_json_format(&r->json, "roleDefinitionId", "/providers/Microsoft.Authorization/RoleDefinitions/%s", m.role_id);
    emu_json_text(&r->json, "principalId", m.principal.text);
    emu_json_text(&r->json, "principalType", m.principal_type);
    emu_json_text(&r->json, "createdOn", "2024-01-15T21:08:45.4904312Z");
    if (m.condition != NULL)
      emu_json_text(&r->json, "condition", m.condition);
    emu_json_end_object(&r->json);
    emu_json_end_object(&r->json);
  }
}

static void fill_subscriptions(struct rows *r, const struct emu_tenant *t, size_t sub) {
  char id[80], name[200];
  struct emu_guid guid = emu_sub_id(r->call->world, t->index, sub);
  emu_format(id, sizeof id, "/subscriptions/%s", guid.text);
  emu_sub_name(r->call->world, t, sub, name, sizeof name);
  row_begin(r, id, name, "microsoft.resources/subscriptions");
  row_place(r, t, sub, false);
  emu_json_object(&r->json, "properties");
  emu_json_text(&r->json, "state", emu_state_name((enum emu_state)t->subs[sub].state));
  emu_json_object(&r->json, "subscriptionPolicies");
  emu_json_text(&r->json, "quotaId", emu_quota_id((enum emu_quota)t->subs[sub].quota));
  emu_json_end_object(&r->json);
  emu_json_array(&r->json, "managementGroupAncestorsChain");
  emu_json_object(&r->json, NULL);
  emu_json_text(&r->json, "name", emu_tenant_id(r->call->world, t->index).text);
  emu_json_text(&r->json, "displayName", "Tenant Root Group");
  emu_json_end_object(&r->json);
  emu_json_end_array(&r->json);
  emu_json_end_object(&r->json);
  emu_json_end_object(&r->json);
}

static void fill_resources(struct rows *r, const struct emu_tenant *t, size_t sub) {
  for (unsigned i = 0; i < 2 && t->subs[sub].usage != EMU_IDLE; i++) {
    char id[200];
    emu_format(id, sizeof id, "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Compute/virtualMachines/vm-%u",
               emu_sub_id(r->call->world, t->index, sub).text, emu_resource_group(i), i);
    row_begin(r, id, i == 0 ? "vm-0" : "vm-1", "microsoft.compute/virtualmachines");
    row_place(r, t, sub, false);
    emu_json_text(&r->json, "resourceGroup", emu_resource_group(i));
    emu_json_text(&r->json, "location", "westeurope");
    emu_json_end_object(&r->json);
  }
}

static const struct {
  const char *name;
  filler *fill;
} tables[] = {
    {"authorizationresources", fill_assignments},
    {"resourcecontainers", fill_subscriptions},
    {"resources", fill_resources},
};

static void fill_tenant(struct rows *r, filler *fill, const struct emu_tenant *t) {
  r->inherited_done = false;
  for (size_t s = 0; s < t->sub_n; s++)
    if (emu_sees(r->call, t, s)) {
      r->subscriptions++;
      fill(r, t, s);
    }
}

static void fill_all(struct rows *r, filler *fill) {
  struct emu_tenant t = r->call->own;
  fill_tenant(r, fill, &t);
  /* Delegated subscriptions belong to what the managing tenant sees. */
  for (uint32_t i = 1; r->call->token.tenant == 0 && i <= r->call->world->tenants; i++) {
    emu_tenant_make(r->call->world, i, &t);
    if (t.delegation_n != 0)
      fill_tenant(r, fill, &t);
  }
}

/* What the caller may not read is left out without a word. */
static void fill_listed(struct rows *r, filler *fill, const cJSON *listed) {
  const cJSON *item;
  cJSON_ArrayForEach(item, listed) {
    uint32_t tenant, sub;
    struct emu_tenant t;
    if (!cJSON_IsString(item) ||
        !emu_guid_is(r->call->world->seed, item->valuestring, EMU_SUBSCRIPTION, &tenant, &sub) ||
        tenant > r->call->world->tenants)
      continue;
    emu_tenant_make(r->call->world, tenant, &t);
    if (sub >= t.sub_n || !emu_sees(r->call, &t, sub)) {
      if (tenant != r->call->token.tenant && !emu_was_offered(r->call, tenant, sub))
        emu_count(r->call->request, EMU_COUNT_WRONG_TENANT);
      continue;
    }
    r->subscriptions++;
    fill(r, &t, sub);
  }
}

static void invalid(struct emu_call *c, const char *reason) {
  emu_count(c->request, EMU_COUNT_BAD_REQUEST);
  c->reply->status = 400;
  struct emu_json j = emu_json_to(&c->reply->body);
  emu_json_object(&j, NULL);
  emu_json_object(&j, "error");
  emu_json_text(&j, "code", "BadRequest");
  emu_json_text(&j, "message", "Please provide below info when asking for support.");
  emu_json_array(&j, "details");
  emu_json_object(&j, NULL);
  emu_json_text(&j, "code", "InvalidQuery");
  emu_json_text(&j, "message", reason);
  emu_json_end_object(&j);
  emu_json_end_array(&j);
  emu_json_end_object(&j);
  emu_json_end_object(&j);
}

static void data_row(struct emu_json *j, const cJSON *row, bool as_table) {
  if (!as_table) {
    char *text = cJSON_PrintUnformatted(row);
    emu_json_raw(j, NULL, text);
    cJSON_free(text);
    return;
  }
  emu_json_array(j, NULL);
  const cJSON *value;
  cJSON_ArrayForEach(value, row) {
    char *text = cJSON_PrintUnformatted(value);
    emu_json_raw(j, NULL, text);
    cJSON_free(text);
  }
  emu_json_end_array(j);
}

static void table_columns(struct emu_json *j, const cJSON *first) {
  emu_json_array(j, "columns");
  const cJSON *value;
  cJSON_ArrayForEach(value, first) {
    emu_json_object(j, NULL);
    emu_json_text(j, "name", value->string);
    emu_json_text(j, "type", cJSON_IsNumber(value) ? "integer" : cJSON_IsObject(value) ? "object" : "string");
    emu_json_end_object(j);
  }
  emu_json_end_array(j);
  emu_json_array(j, "rows");
}

static void answer(struct emu_call *c, const struct ask *ask, const cJSON *rows) {
  size_t total = (size_t)cJSON_GetArraySize(rows);
  size_t first = ask->skip < total ? ask->skip : total;
  size_t end = total - first > ask->top ? first + ask->top : total;
  /* Only rows with an id can be asked for page by page. */
  bool pages = cJSON_GetObjectItemCaseSensitive(rows->child, "id") != NULL;
  struct emu_json j = emu_json_to(&c->reply->body);
  c->reply->status = 200;
  emu_reply_header(c->reply, "x-ms-user-quota-remaining", "14");
  emu_reply_header(c->reply, "x-ms-user-quota-resets-after", "00:00:05");
  emu_json_object(&j, NULL);
  emu_json_int(&j, "totalRecords", (int64_t)total);
  emu_json_int(&j, "count", (int64_t)(end - first));
  emu_json_text(&j, "resultTruncated", end < total && !pages ? "true" : "false");
  if (end < total && pages) {
    struct emu_text plain = {0}, token = {0};
    emu_text_printf(&plain, "p%zu", end);
    emu_base64url(&token, plain.data, plain.len);
    emu_json_text(&j, "$skipToken", token.data);
    emu_text_free(&plain);
    emu_text_free(&token);
  }
  if (ask->as_table) {
    emu_json_object(&j, "data");
    table_columns(&j, rows->child);
  } else
    emu_json_array(&j, "data");
  size_t i = 0;
  for (const cJSON *row = rows->child; row != NULL && i < end; row = row->next, i++)
    if (i >= first)
      data_row(&j, row, ask->as_table);
  emu_json_end_array(&j);
  if (ask->as_table)
    emu_json_end_object(&j);
  emu_json_array(&j, "facets");
  emu_json_end_array(&j);
  emu_json_end_object(&j);
}

static void run(struct emu_call *c, const struct ask *ask) {
  char name[80];
  emu_kql_table(ask->query, name, sizeof name);
  filler *fill = NULL;
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
    if (strcmp(tables[i].name, name) == 0)
      fill = tables[i].fill;
  if (fill == NULL) {
    invalid(c, "The table is not known.");
    return;
  }
  struct emu_text text = {0};
  struct rows rows = {.call = c, .json = emu_json_to(&text), .above = ask->above};
  emu_json_array(&rows.json, NULL);
  if (ask->subscriptions != NULL)
    fill_listed(&rows, fill, ask->subscriptions);
  else
    fill_all(&rows, fill);
  emu_json_end_array(&rows.json);
  cJSON *made = cJSON_ParseWithLength(text.data, text.len);
  emu_text_free(&text);
  const char *reason;
  cJSON *result = emu_kql_run(ask->query, made, &reason);
  if (rows.subscriptions == 0 && ask->subscriptions != NULL)
    emu_reply_error(c->reply, 403, "AuthorizationFailed", "No right on any of the subscriptions.");
  else if (result == NULL)
    invalid(c, reason);
  else
    answer(c, ask, result);
  cJSON_Delete(result);
}

static const char *text_of(const cJSON *json, const char *name) {
  const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
  return text != NULL ? text : "";
}

static void read_paging(const struct emu_call *c, const cJSON *options, struct ask *ask) {
  const cJSON *top = cJSON_GetObjectItemCaseSensitive(options, "$top");
  const cJSON *skip = cJSON_GetObjectItemCaseSensitive(options, "$skip");
  ask->top = cJSON_IsNumber(top) && top->valueint > 0 ? (size_t)top->valueint : USUAL_TOP;
  if (ask->top > MAX_TOP)
    ask->top = MAX_TOP;
  if (c->world->page_size != 0 && ask->top > c->world->page_size)
    ask->top = c->world->page_size;
  ask->skip = cJSON_IsNumber(skip) && skip->valueint > 0 ? (size_t)skip->valueint : 0;
  const char *token = text_of(options, "$skipToken");
  struct emu_text plain = {0};
  if (*token != '\0' && emu_base64url_read(&plain, token, strlen(token)) && plain.len > 1)
    ask->skip = (size_t)strtoull(plain.data + 1, NULL, 10);
  emu_text_free(&plain);
}

void emu_arm_resource_graph(struct emu_call *c) {
  cJSON *json = cJSON_ParseWithLength(c->request->body, c->request->body_len);
  const cJSON *options = cJSON_GetObjectItemCaseSensitive(json, "options");
  const char *filter = text_of(options, "authorizationScopeFilter");
  struct ask ask = {.query = text_of(json, "query"),
                    .subscriptions = cJSON_GetObjectItemCaseSensitive(json, "subscriptions"),
                    .above = emu_same_nocase(filter, "AtScopeAboveAndBelow"),
                    .as_table = emu_same_nocase(text_of(options, "resultFormat"), "table")};
  if (!cJSON_IsArray(ask.subscriptions) || cJSON_GetArraySize(ask.subscriptions) == 0)
    ask.subscriptions = NULL;
  read_paging(c, options, &ask);
  if (c->scope != EMU_SCOPE_TENANT || json == NULL)
    invalid(c, "The body is no query.");
  else
    run(c, &ask);
  cJSON_Delete(json);
}
