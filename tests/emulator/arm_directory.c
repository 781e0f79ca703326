/* SPDX-License-Identifier: Apache-2.0 */
/* Resource Manager: tenants and subscriptions. */
#include "arm.h"

#include "ids.h"

#include <stdlib.h>
#include <string.h>

enum { USUAL_PAGE = 1000 };

void emu_tenant_domain(uint32_t tenant, char *out, size_t size) {
  emu_format(out, size, "t%u.example", tenant);
}

static bool is_hostile(const struct emu_world *w, uint32_t tenant) {
  return emu_fault_of_tenant(w, tenant) == EMU_FAULT_HOSTILE;
}

void emu_tenant_name(const struct emu_world *w, uint32_t tenant, char *out, size_t size) {
  if (tenant == 0)
    emu_format(out, size, "Example Partner");
  else if (is_hostile(w, tenant))
    emu_format(out, size, "=cmd|'/c calc'!A1\x1b[31m</script>\xe2\x80\xae%u", tenant);
  else
    emu_format(out, size, "Customer %u", tenant);
}

void emu_sub_name(const struct emu_world *w, const struct emu_tenant *t, size_t sub, char *out, size_t size) {
  if (is_hostile(w, t->index))
    emu_format(out, size, "../../../etc/passwd\n\x07%zu\",\"state\":\"Enabled", sub);
  else
    emu_format(out, size, "Customer %u %s %zu", t->index, t->subs[sub].renamed ? "renamed" : "production", sub + 1);
}

static void tenant_row(struct emu_call *c, struct emu_json *j, const struct emu_tenant *t) {
  char name[200], domain[40];
  struct emu_guid id = emu_tenant_id(c->world, t->index);
  emu_tenant_name(c->world, t->index, name, sizeof name);
  emu_tenant_domain(t->index, domain, sizeof domain);
  emu_json_object(j, NULL);
  emu_json_format(j, "id", "/tenants/%s", id.text);
  emu_json_text(j, "tenantId", id.text);
  emu_json_text(j, "countryCode", t->country);
  emu_json_text(j, "displayName", name);
  emu_json_array(j, "domains");
  emu_json_text(j, NULL, domain);
  emu_json_end_array(j);
  emu_json_text(j, "tenantCategory", "Home");
  emu_json_text(j, "defaultDomain", domain);
  emu_json_text(j, "tenantType", "AAD");
  emu_json_end_object(j);
}

/* An application sees its token's tenant, a person all that know the person. */
void emu_arm_tenants(struct emu_call *c) {
  struct emu_json j = emu_json_to(&c->reply->body);
  c->reply->status = 200;
  emu_json_object(&j, NULL);
  emu_json_array(&j, "value");
  uint32_t next = 0;
  if (c->token.identity < EMU_APPS)
    tenant_row(c, &j, &c->own);
  else {
    size_t size = emu_page_size(c, USUAL_PAGE), rows = 0;
    for (uint32_t i = emu_page_cursor(c); i <= c->world->tenants; i++) {
      struct emu_tenant t;
      emu_tenant_make(c->world, i, &t);
      if (!t.identities[c->token.identity].present)
        continue;
      if (rows++ == size) {
        next = i;
        break;
      }
      tenant_row(c, &j, &t);
    }
  }
  emu_json_end_array(&j);
  emu_page_next(c, &j, 'p', next);
  emu_json_end_object(&j);
}

static void subscription_row(struct emu_call *c, struct emu_json *j, const struct emu_tenant *t, size_t sub) {
  char name[200];
  struct emu_guid id = emu_sub_id(c->world, t->index, sub);
  emu_sub_name(c->world, t, sub, name, sizeof name);
  emu_json_object(j, NULL);
  emu_json_format(j, "id", "/subscriptions/%s", id.text);
  emu_json_text(j, "authorizationSource", t->index == c->token.tenant ? "RoleBased" : "Direct");
  emu_json_array(j, "managedByTenants");
  for (size_t i = 0; i < t->delegation_n; i++)
    if (t->delegations[i].sub == sub) {
      emu_json_object(j, NULL);
      emu_json_text(j, "tenantId", emu_tenant_id(c->world, t->delegations[i].other ? EMU_OTHER_PARTNER : 0).text);
      emu_json_end_object(j);
    }
  emu_json_end_array(j);
  if (sub == 0) {
    emu_json_object(j, "tags");
    emu_json_text(j, "environment", "production");
    emu_json_end_object(j);
  }
  emu_json_text(j, "subscriptionId", id.text);
  emu_json_text(j, "tenantId", emu_tenant_id(c->world, t->index).text);
  emu_json_text(j, "displayName", name);
  emu_json_text(j, "state", emu_state_name((enum emu_state)t->subs[sub].state));
  emu_json_object(j, "subscriptionPolicies");
  emu_json_text(j, "locationPlacementId", "Public_2014-09-01");
  emu_json_text(j, "quotaId", emu_quota_id((enum emu_quota)t->subs[sub].quota));
  emu_json_text(j, "spendingLimit", "Off");
  emu_json_end_object(j);
  emu_json_end_object(j);
}

bool emu_was_offered(const struct emu_call *c, uint32_t tenant, size_t sub) {
  return is_hostile(c->world, c->token.tenant) && tenant == emu_victim_of(c->world, c->token.tenant) && sub == 0;
}

/* Ids that are none, of another customer, and with a way out of a folder. */
static void hostile_rows(struct emu_call *c, struct emu_json *j) {
  uint32_t other = emu_victim_of(c->world, c->token.tenant);
  struct emu_guid id = emu_sub_id(c->world, other, 0);
  emu_manners_fault(c->request->server->manners, EMU_FAULT_HOSTILE);
  emu_json_raw(j, NULL,
               "{\"id\":\"/subscriptions/../../tenants\",\"subscriptionId\":\"../../tenants\",\"state\":\"Enabled\"}");
  emu_json_object(j, NULL);
  emu_json_format(j, "id", "/subscriptions/%s", id.text);
  emu_json_text(j, "subscriptionId", id.text);
  emu_json_text(j, "tenantId", emu_tenant_id(c->world, other).text);
  emu_json_text(j, "displayName", "not yours");
  emu_json_text(j, "state", "Enabled");
  emu_json_end_object(j);
}

/* Rows of delegating customers come after our own; the page goes on at a tenant. */
static uint32_t delegated_rows(struct emu_call *c, struct emu_json *j, uint32_t from, size_t size) {
  size_t rows = 0;
  for (uint32_t i = from == 0 ? 1 : from; i <= c->world->tenants; i++) {
    struct emu_tenant t;
    emu_tenant_make(c->world, i, &t);
    bool any = false;
    for (size_t s = 0; s < t.sub_n && !any; s++)
      any = emu_sees_delegated(c, &t, s);
    if (!any)
      continue;
    if (rows >= size)
      return i;
    for (size_t s = 0; s < t.sub_n; s++)
      if (emu_sees_delegated(c, &t, s)) {
        subscription_row(c, j, &t, s);
        rows++;
      }
  }
  return 0;
}

static void one_page(struct emu_call *c) {
  size_t visible[EMU_MAX_SUBS], n = 0;
  for (size_t s = 0; s < c->own.sub_n; s++)
    if (emu_has_role(&c->own, c->token.identity, s))
      visible[n++] = s;
  struct emu_page p;
  c->of = c->own;
  emu_page_begin(c, &p, n, USUAL_PAGE);
  for (size_t i = p.first; i < p.end; i++)
    subscription_row(c, &p.json, &c->own, visible[i]);
  if (is_hostile(c->world, c->token.tenant))
    hostile_rows(c, &p.json);
  emu_page_end(c, &p);
}

void emu_arm_subscriptions(struct emu_call *c) {
  if (c->token.tenant != 0) {
    one_page(c);
    return;
  }
  struct emu_json j = emu_json_to(&c->reply->body);
  c->reply->status = 200;
  emu_json_object(&j, NULL);
  emu_json_array(&j, "value");
  uint32_t from = emu_page_cursor(c);
  for (size_t s = 0; s < c->own.sub_n && from == 0; s++)
    if (emu_has_role(&c->own, c->token.identity, s))
      subscription_row(c, &j, &c->own, s);
  uint32_t next = delegated_rows(c, &j, from, emu_page_size(c, USUAL_PAGE));
  emu_json_end_array(&j);
  emu_page_next(c, &j, 'p', next);
  emu_json_end_object(&j);
}
