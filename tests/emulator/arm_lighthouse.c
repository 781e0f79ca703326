/* SPDX-License-Identifier: Apache-2.0 */
/* Resource Manager: Microsoft.ManagedServices, seen from the customer and from the managing tenant. */
#include "arm.h"

#include "ids.h"

#include <string.h>

enum { USUAL_PAGE = 100 };

static void authorizations(struct emu_call *c, struct emu_json *j, const struct emu_delegation *d) {
  emu_json_array(j, "authorizations");
  emu_json_object(j, NULL);
  emu_json_text(j, "principalId", emu_group_id(c->world, 0, d->group).text);
  emu_json_text(j, "principalIdDisplayName", d->group == EMU_GROUP_PARTNERS ? "Cloud operators" : "Night shift");
  emu_json_text(j, "roleDefinitionId", emu_role_id(EMU_ROLE_CONTRIBUTOR));
  emu_json_end_object(j);
  emu_json_end_array(j);
}

static void definition(struct emu_call *c, struct emu_json *j, const char *member, const struct emu_delegation *d,
                       size_t index) {
  struct emu_guid id = emu_guid_make(c->world->seed, EMU_DEFINITION, c->of.index, (uint32_t)index);
  char customer[200];
  emu_tenant_name(c->world, c->of.index, customer, sizeof customer);
  emu_json_object(j, member);
  emu_json_object(j, "properties");
  emu_json_text(j, "description", "Operation of the subscription");
  emu_json_text(j, "registrationDefinitionName", d->plan ? "Managed operation" : "Operation by template");
  authorizations(c, j, d);
  emu_json_text(j, "provisioningState", "Succeeded");
  emu_json_text(j, "manageeTenantId", emu_tenant_id(c->world, c->of.index).text);
  emu_json_text(j, "manageeTenantName", customer);
  emu_json_text(j, "managedByTenantId", emu_tenant_id(c->world, 0).text);
  emu_json_text(j, "managedByTenantName", "Example Partner");
  emu_json_end_object(j);
  if (d->plan)
    emu_json_raw(
        j, "plan",
        "{\"name\":\"operation\",\"product\":\"managed\",\"publisher\":\"example-partner\",\"version\":\"1.0.0\"}");
  emu_json_format(j, "id", "/subscriptions/%s/providers/Microsoft.ManagedServices/registrationDefinitions/%s",
                  emu_sub_id(c->world, c->of.index, c->sub).text, id.text);
  emu_json_text(j, "type", "Microsoft.ManagedServices/registrationDefinitions");
  emu_json_text(j, "name", id.text);
  emu_json_end_object(j);
}

static void assignment(struct emu_call *c, struct emu_json *j, const struct emu_delegation *d, size_t index) {
  const char *expand = emu_arg(c->request, "$expandRegistrationDefinition");
  struct emu_guid id = emu_guid_make(c->world->seed, EMU_DELEGATION, c->of.index, (uint32_t)index);
  struct emu_guid def = emu_guid_make(c->world->seed, EMU_DEFINITION, c->of.index, (uint32_t)index);
  struct emu_guid sub = emu_sub_id(c->world, c->of.index, c->sub);
  emu_json_object(j, NULL);
  emu_json_object(j, "properties");
  emu_json_format(j, "registrationDefinitionId",
                  "/subscriptions/%s/providers/Microsoft.ManagedServices/registrationDefinitions/%s", sub.text,
                  def.text);
  emu_json_text(j, "provisioningState", "Succeeded");
  if (expand != NULL && emu_same_nocase(expand, "true"))
    definition(c, j, "registrationDefinition", d, index);
  emu_json_end_object(j);
  emu_json_format(j, "id", "/subscriptions/%s/providers/Microsoft.ManagedServices/registrationAssignments/%s", sub.text,
                  id.text);
  emu_json_text(j, "type", "Microsoft.ManagedServices/registrationAssignments");
  emu_json_text(j, "name", id.text);
  emu_json_end_object(j);
}

/* `managedByTenantId eq '..'` or `in (..)`. */
static bool passes(const struct emu_call *c) {
  const char *filter = emu_arg(c->request, "$filter");
  return filter == NULL || strstr(filter, emu_tenant_id(c->world, 0).text) != NULL;
}

void emu_arm_registrations(struct emu_call *c) {
  if (c->scope != EMU_SCOPE_SUBSCRIPTION && c->scope != EMU_SCOPE_RESOURCE_GROUP) {
    emu_reply_error(c->reply, 400, "InvalidScope", "The scope must be a subscription or a resource group.");
    return;
  }
  size_t found[EMU_MAX_DELEGATIONS], n = 0;
  for (size_t i = 0; i < c->of.delegation_n; i++)
    if (c->of.delegations[i].sub == c->sub && c->scope == EMU_SCOPE_SUBSCRIPTION && passes(c))
      found[n++] = i;
  struct emu_page p;
  emu_page_begin(c, &p, n, USUAL_PAGE);
  for (size_t i = p.first; i < p.end; i++)
    if (c->kind == EMU_KIND_REGISTRATION_ASSIGNMENTS)
      assignment(c, &p.json, &c->of.delegations[found[i]], found[i]);
    else
      definition(c, &p.json, NULL, &c->of.delegations[found[i]], found[i]);
  emu_page_end(c, &p);
}
