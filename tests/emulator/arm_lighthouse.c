/* SPDX-License-Identifier: Apache-2.0 */
/* Resource Manager: Microsoft.ManagedServices, seen from the customer and from the managing tenant. */
#include "arm.h"

#include "ids.h"

#include <string.h>

enum { USUAL_PAGE = 100 };

static void authorization(struct emu_call *c, struct emu_json *j, const struct emu_delegation *d,
                          const struct emu_authorization *a) {
  uint32_t home = d->other ? EMU_OTHER_PARTNER : 0;
  emu_json_object(j, NULL);
  emu_json_text(j, "principalId",
                (a->to_identity ? emu_object_id(c->world, home, a->who) : emu_group_id(c->world, home, a->who)).text);
  const char *group = a->who == EMU_GROUP_PARTNERS ? "Cloud operators" : "Night shift",
             *account = a->who < EMU_IDENTITIES ? emu_identity_name(a->who) : "Former colleague";
  emu_json_text(j, "principalIdDisplayName", a->to_identity ? account : group);
  emu_json_text(j, "roleDefinitionId", emu_role_id((enum emu_role)a->role));
  if (a->eligible)
    emu_json_raw(j, "justInTimeAccessPolicy",
                 "{\"multiFactorAuthProvider\":\"Azure\",\"maximumActivationDuration\":\"PT8H\","
                 "\"managedByTenantApprovers\":[]}");
  emu_json_end_object(j);
}

static void authorizations(struct emu_call *c, struct emu_json *j, const struct emu_delegation *d, bool eligible) {
  emu_json_array(j, eligible ? "eligibleAuthorizations" : "authorizations");
  for (size_t i = 0; i < d->authorization_n; i++)
    if (d->authorizations[i].eligible == eligible)
      authorization(c, j, d, &d->authorizations[i]);
  emu_json_end_array(j);
}

static void definition(struct emu_call *c, struct emu_json *j, const char *member, const struct emu_delegation *d) {
  struct emu_guid id = emu_guid_make(c->world->seed, EMU_DEFINITION, c->of.index, d->number);
  char customer[200];
  emu_tenant_name(c->world, c->of.index, customer, sizeof customer);
  emu_json_object(j, member);
  emu_json_object(j, "properties");
  emu_json_text(j, "description", "Operation of the subscription");
  emu_json_text(j, "registrationDefinitionName", d->plan ? "Managed operation" : "Operation by template");
  authorizations(c, j, d, false);
  authorizations(c, j, d, true);
  emu_json_text(j, "provisioningState", "Succeeded");
  emu_json_text(j, "manageeTenantId", emu_tenant_id(c->world, c->of.index).text);
  emu_json_text(j, "manageeTenantName", customer);
  emu_json_text(j, "managedByTenantId", emu_tenant_id(c->world, d->other ? EMU_OTHER_PARTNER : 0).text);
  emu_json_text(j, "managedByTenantName", d->other ? "Another Partner" : "Example Partner");
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

static void assignment(struct emu_call *c, struct emu_json *j, const struct emu_delegation *d) {
  const char *expand = emu_arg(c->request, "$expandRegistrationDefinition");
  struct emu_guid id =
      emu_guid_make(c->world->seed, EMU_DELEGATION, c->of.index, (uint32_t)(d->renewals << 8 | d->number));
  struct emu_guid def = emu_guid_make(c->world->seed, EMU_DEFINITION, c->of.index, d->number);
  struct emu_guid sub = emu_sub_id(c->world, c->of.index, c->sub);
  emu_json_object(j, NULL);
  emu_json_object(j, "properties");
  emu_json_format(j, "registrationDefinitionId",
                  "/subscriptions/%s/providers/Microsoft.ManagedServices/registrationDefinitions/%s", sub.text,
                  def.text);
  emu_json_text(j, "provisioningState", "Succeeded");
  if (expand != NULL && emu_same_nocase(expand, "true"))
    definition(c, j, "registrationDefinition", d);
  emu_json_end_object(j);
  emu_json_format(j, "id", "/subscriptions/%s/providers/Microsoft.ManagedServices/registrationAssignments/%s", sub.text,
                  id.text);
  emu_json_text(j, "type", "Microsoft.ManagedServices/registrationAssignments");
  emu_json_text(j, "name", id.text);
  emu_json_end_object(j);
}

/* `managedByTenantId eq '..'` or `in (..)`. */
static bool passes(const struct emu_call *c, const struct emu_delegation *d) {
  const char *filter = emu_arg(c->request, "$filter");
  return filter == NULL || strstr(filter, emu_tenant_id(c->world, d->other ? EMU_OTHER_PARTNER : 0).text) != NULL;
}

void emu_arm_registrations(struct emu_call *c) {
  if (c->scope != EMU_SCOPE_SUBSCRIPTION && c->scope != EMU_SCOPE_RESOURCE_GROUP) {
    emu_reply_error(c->reply, 400, "InvalidScope", "The scope must be a subscription or a resource group.");
    return;
  }
  size_t found[EMU_MAX_DELEGATIONS], n = 0;
  for (size_t i = 0; i < c->of.delegation_n; i++)
    if (c->of.delegations[i].sub == c->sub && c->scope == EMU_SCOPE_SUBSCRIPTION && passes(c, &c->of.delegations[i]))
      found[n++] = i;
  struct emu_page p;
  emu_page_begin(c, &p, n, USUAL_PAGE);
  for (size_t i = p.first; i < p.end; i++)
    if (c->kind == EMU_KIND_REGISTRATION_ASSIGNMENTS)
      assignment(c, &p.json, &c->of.delegations[found[i]]);
    else
      definition(c, &p.json, NULL, &c->of.delegations[found[i]]);
  emu_page_end(c, &p);
}
