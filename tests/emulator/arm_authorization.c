/* SPDX-License-Identifier: Apache-2.0 */
/* Resource Manager: Microsoft.Authorization. */
#include "arm.h"

#include "ids.h"

#include <string.h>
#include <time.h>

enum { USUAL_PAGE = 400 };

static const char created[] = "2024-01-15T21:08:45.4904312Z";

static void role_definition_id(struct emu_call *c, const struct emu_assignment *m, struct emu_json *j,
                               const char *name) {
  /* Read through a subscription the id carries its prefix, inherited ones do not. */
  if (m->inherited)
    emu_json_format(j, name, "/providers/Microsoft.Authorization/roleDefinitions/%s", m->role_id);
  else
    emu_json_format(j, name, "/subscriptions/%s/providers/Microsoft.Authorization/roleDefinitions/%s",
                    emu_sub_id(c->world, c->of.index, c->sub).text, m->role_id);
}

static void assignment_row(struct emu_call *c, struct emu_json *j, const struct emu_assignment *m) {
  struct emu_guid by = emu_guid_make(c->world->seed, EMU_STRANGER, c->of.index, 1);
  emu_json_object(j, NULL);
  emu_json_object(j, "properties");
  role_definition_id(c, m, j, "roleDefinitionId");
  emu_json_text(j, "principalId", m->principal.text);
  emu_json_text(j, "principalType", m->principal_type);
  emu_json_text(j, "scope", m->scope);
  emu_json_text(j, "condition", m->condition);
  emu_json_text(j, "conditionVersion", m->condition != NULL ? "2.0" : NULL);
  emu_json_text(j, "createdOn", created);
  emu_json_text(j, "updatedOn", created);
  emu_json_text(j, "createdBy", by.text);
  emu_json_text(j, "updatedBy", by.text);
  emu_json_null(j, "delegatedManagedIdentityResourceId");
  emu_json_null(j, "description");
  emu_json_end_object(j);
  emu_json_format(j, "id", "%s/providers/Microsoft.Authorization/roleAssignments/%s", emu_assignment_prefix(m),
                  m->name.text);
  emu_json_text(j, "type", "Microsoft.Authorization/roleAssignments");
  emu_json_text(j, "name", m->name.text);
  emu_json_end_object(j);
}

/* Another customer's scope, and scopes and principals that lead out of a folder. */
static void hostile_assignments(struct emu_call *c, struct emu_json *j) {
  uint32_t other = c->of.index % c->world->tenants + 1;
  struct emu_guid sub = emu_sub_id(c->world, other, 0);
  struct emu_guid name = emu_guid_make(c->world->seed, EMU_ASSIGNMENT, c->of.index, 0x2fffff);
  const char *const scopes[] = {"/subscriptions/../../../../etc", "/subscriptions/%2e%2e/x\\..\\y", NULL};
  for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++) {
    char scope[100];
    if (scopes[i] != NULL)
      emu_format(scope, sizeof scope, "%s", scopes[i]);
    else
      emu_format(scope, sizeof scope, "/subscriptions/%s", sub.text);
    emu_json_object(j, NULL);
    emu_json_object(j, "properties");
    emu_json_format(j, "roleDefinitionId", "%s/providers/Microsoft.Authorization/roleDefinitions/%s", scope,
                    emu_role_id(EMU_ROLE_OWNER));
    emu_json_text(j, "principalId", i == 0 ? "../../../../root" : emu_object_id(c->world, c->of.index, 0).text);
    emu_json_text(j, "principalType", "User\x1b]0;owned\x07");
    emu_json_text(j, "scope", scope);
    emu_json_end_object(j);
    emu_json_format(j, "id", "%s/providers/Microsoft.Authorization/roleAssignments/%s", scope, name.text);
    emu_json_text(j, "type", "Microsoft.Authorization/roleAssignments");
    emu_json_text(j, "name", i == 1 ? "con.txt:stream" : name.text);
    emu_json_end_object(j);
  }
}

/* The principal of `principalId eq '..'` or `assignedTo('..')`; "" for other filters. */
static void filtered_principal(const struct emu_call *c, char *out, size_t size) {
  const char *filter = emu_arg(c->request, "$filter");
  const char *quote = filter != NULL ? strchr(filter, '\'') : NULL;
  size_t len = quote != NULL ? strcspn(quote + 1, "'") : 0;
  emu_format(out, size, "%.*s", len < size ? (int)len : 0, quote != NULL ? quote + 1 : "");
}

static bool filter_has(const struct emu_call *c, const char *word) {
  const char *filter = emu_arg(c->request, "$filter");
  return filter != NULL && strstr(filter, word) != NULL;
}

static bool reaches(const struct emu_call *c, const struct emu_assignment *m, const char *principal, bool by_groups) {
  if (emu_same_nocase(m->principal.text, principal))
    return true;
  uint32_t tenant, group, of, identity;
  return by_groups && emu_guid_is(c->world->seed, m->principal.text, EMU_GROUP, &tenant, &group) &&
         emu_guid_is(c->world->seed, principal, EMU_OBJECT, &of, &identity) && of == c->of.index && tenant == of &&
         emu_in_group(&c->of, group, identity);
}

static bool passes(const struct emu_call *c, const struct emu_assignment *m) {
  char principal[64];
  if (filter_has(c, "atScope()") && strstr(m->scope, "/resourceGroups/") != NULL)
    return false;
  if (filter_has(c, "asTarget()"))
    return reaches(c, m, emu_object_id(c->world, c->token.tenant, c->token.identity).text, true);
  filtered_principal(c, principal, sizeof principal);
  return principal[0] == '\0' || reaches(c, m, principal, filter_has(c, "assignedTo("));
}

/* At a resource group: what is inherited by it and what is at it. */
static bool in_scope(const struct emu_call *c, const struct emu_assignment *m) {
  if (c->scope == EMU_SCOPE_MANAGEMENT_GROUP)
    return m->inherited;
  return c->scope != EMU_SCOPE_RESOURCE_GROUP || strstr(m->scope, "/resourceGroups/") == NULL ||
         emu_same_nocase(m->scope, c->scope_text);
}

void emu_arm_role_assignments(struct emu_call *c) {
  /* What a customer assigned itself is not shown to who manages by delegation. */
  size_t total = c->delegated ? 0 : emu_assignment_count(&c->of, c->sub);
  if (c->scope == EMU_SCOPE_TENANT) {
    emu_reply_error(c->reply, 403, "AuthorizationFailed", "No role at the root.");
    return;
  }
  struct emu_page p;
  emu_page_begin(c, &p, total, USUAL_PAGE);
  for (size_t i = p.first; i < p.end; i++) {
    struct emu_assignment m;
    emu_assignment_get(c->world, &c->of, c->sub, i, &m);
    if (in_scope(c, &m) && passes(c, &m))
      assignment_row(c, &p.json, &m);
  }
  if (emu_fault_of_tenant(c->world, c->of.index) == EMU_FAULT_HOSTILE && c->sub == 0 && !c->delegated)
    hostile_assignments(c, &p.json);
  emu_page_end(c, &p);
}

static void permissions(struct emu_json *j, enum emu_role role) {
  static const char *const texts[EMU_ROLES] = {
      "[{\"actions\":[\"Microsoft.Authorization/*/read\",\"Microsoft.Resources/subscriptions/resourceGroups/read\","
      "\"Microsoft.Support/*\"],\"notActions\":[],\"dataActions\":[],\"notDataActions\":[]}]",
      "[{\"actions\":[\"*\"],\"notActions\":[\"Microsoft.Authorization/*/Delete\",\"Microsoft.Authorization/*/Write\","
      "\"Microsoft.Authorization/elevateAccess/Action\"],\"dataActions\":[],\"notDataActions\":[]}]",
      "[{\"actions\":[\"*/read\"],\"notActions\":[],\"dataActions\":[],\"notDataActions\":[]}]",
      "[{\"actions\":[\"*\"],\"notActions\":[],\"dataActions\":[],\"notDataActions\":[]}]",
      "[{\"actions\":[\"Microsoft.RecoveryServices/*/read\"],\"notActions\":[],\"dataActions\":[],"
      "\"notDataActions\":[]}]",
      "[{\"actions\":[\"*/read\",\"Microsoft.Authorization/*\",\"Microsoft.Support/*\"],\"notActions\":[],"
      "\"dataActions\":[],\"notDataActions\":[]}]",
      "[{\"actions\":[\"Microsoft.ManagedServices/registrationAssignments/read\","
      "\"Microsoft.ManagedServices/registrationAssignments/delete\",\"Microsoft.ManagedServices/operationStatuses/"
      "read\"],"
      "\"notActions\":[],\"dataActions\":[],\"notDataActions\":[]}]",
  };
  emu_json_raw(j, "permissions", texts[role]);
}

static void definition_row(struct emu_call *c, struct emu_json *j, enum emu_role role) {
  bool custom = role == EMU_ROLE_CUSTOM;
  struct emu_guid by = emu_guid_make(c->world->seed, EMU_STRANGER, c->of.index, 1);
  emu_json_object(j, NULL);
  emu_json_object(j, "properties");
  emu_json_text(j, "roleName", emu_role_name(role));
  emu_json_text(j, "type", custom ? "CustomRole" : "BuiltInRole");
  emu_json_text(j, "description", custom ? "May look at backups." : emu_role_name(role));
  emu_json_array(j, "assignableScopes");
  for (size_t s = 0; s < (custom ? c->of.sub_n : 1); s++)
    if (custom)
      emu_json_format(j, NULL, "/subscriptions/%s", emu_sub_id(c->world, c->of.index, s).text);
    else
      emu_json_text(j, NULL, "/");
  emu_json_end_array(j);
  permissions(j, role);
  emu_json_text(j, "createdOn", created);
  emu_json_text(j, "updatedOn", created);
  emu_json_text(j, "createdBy", custom ? by.text : NULL);
  emu_json_text(j, "updatedBy", custom ? by.text : NULL);
  emu_json_end_object(j);
  emu_json_format(j, "id", "%s/providers/Microsoft.Authorization/roleDefinitions/%s", c->scope_text, emu_role_id(role));
  emu_json_text(j, "type", "Microsoft.Authorization/roleDefinitions");
  emu_json_text(j, "name", emu_role_id(role));
  emu_json_end_object(j);
}

void emu_arm_role_definitions(struct emu_call *c) {
  struct emu_json j = emu_json_to(&c->reply->body);
  for (unsigned role = 0; role < EMU_ROLES && c->rest[0] != '\0'; role++)
    if (emu_same_nocase(c->rest, emu_role_id((enum emu_role)role))) {
      c->reply->status = 200;
      definition_row(c, &j, (enum emu_role)role);
      return;
    }
  if (c->rest[0] != '\0') {
    emu_reply_error(c->reply, 404, "RoleDefinitionDoesNotExist", "The specified role definition does not exist.");
    return;
  }
  c->reply->status = 200;
  emu_json_object(&j, NULL);
  emu_json_array(&j, "value");
  for (unsigned role = 0; role < EMU_ROLES; role++) {
    bool custom = role == EMU_ROLE_CUSTOM;
    if ((filter_has(c, "CustomRole") && !custom) || (filter_has(c, "BuiltInRole") && custom) ||
        (custom && c->scope == EMU_SCOPE_TENANT))
      continue;
    definition_row(c, &j, (enum emu_role)role);
  }
  emu_json_end_array(&j);
  emu_json_end_object(&j);
}

static void deny_principal(struct emu_json *j, const char *id, const char *type) {
  emu_json_object(j, NULL);
  emu_json_text(j, "id", id);
  emu_json_text(j, "type", type);
  emu_json_end_object(j);
}

/* Everybody, or everybody but ours, at the subscription; else an employee at a resource group of a managed application. */
static void deny_principals(struct emu_call *c, struct emu_json *j, bool wide) {
  static const char everybody[] = "00000000-0000-0000-0000-000000000000";
  emu_json_array(j, "principals");
  if (!wide)
    deny_principal(j, emu_guid_make(c->world->seed, EMU_STRANGER, c->of.index, 2).text, "User");
  else if (c->of.kept_out == EMU_DENY_SECOND)
    deny_principal(j, emu_object_id(c->world, c->of.index, 1).text, "ServicePrincipal");
  else
    deny_principal(j, everybody, "SystemDefined");
  emu_json_end_array(j);
  emu_json_array(j, "excludePrincipals");
  for (unsigned i = 0; i < EMU_IDENTITIES && wide && c->of.kept_out == EMU_DENY_ALL_BUT_OURS; i++)
    if (c->of.identities[i].present)
      deny_principal(j, emu_object_id(c->world, c->of.index, i).text, i < EMU_APPS ? "ServicePrincipal" : "User");
  emu_json_end_array(j);
}

static void deny_row(struct emu_call *c, struct emu_json *j, bool wide) {
  struct emu_guid name = emu_guid_make(c->world->seed, EMU_DENY, c->of.index, wide);
  char scope[300];
  if (wide)
    emu_format(scope, sizeof scope, "/subscriptions/%s", emu_sub_id(c->world, c->of.index, c->sub).text);
  else
    emu_format(scope, sizeof scope, "%s/resourceGroups/%s", c->scope_text, emu_resource_group(1));
  emu_json_object(j, NULL);
  emu_json_object(j, "properties");
  emu_json_text(j, "denyAssignmentName", wide ? "Locked by the customer" : "Locked by a managed application");
  emu_json_text(j, "description", wide ? "Nobody works here." : "Keeps people out of the managed group.");
  emu_json_raw(j, "permissions",
               wide ? "[{\"actions\":[\"*\"],\"notActions\":[],\"dataActions\":[],\"notDataActions\":[]}]"
                    : "[{\"actions\":[\"*\"],\"notActions\":[\"*/read\"],\"dataActions\":[],\"notDataActions\":[]}]");
  emu_json_text(j, "scope", scope);
  emu_json_bool(j, "doNotApplyToChildScopes", false);
  deny_principals(c, j, wide);
  emu_json_bool(j, "isSystemProtected", !wide);
  emu_json_end_object(j);
  emu_json_format(j, "id", "%s/providers/Microsoft.Authorization/denyAssignments/%s", scope, name.text);
  emu_json_text(j, "type", "Microsoft.Authorization/denyAssignments");
  emu_json_text(j, "name", name.text);
  emu_json_end_object(j);
}

void emu_arm_deny_assignments(struct emu_call *c) {
  bool here = c->scope == EMU_SCOPE_SUBSCRIPTION && c->sub == 0 && !c->delegated;
  bool narrow = here && c->of.deny && !filter_has(c, "atScope()");
  bool wide = here && c->of.kept_out != EMU_DENY_NONE;
  struct emu_page p;
  emu_page_begin(c, &p, (size_t)narrow + (size_t)wide, USUAL_PAGE);
  for (size_t i = p.first; i < p.end; i++)
    deny_row(c, &p.json, wide && i == 0);
  emu_page_end(c, &p);
}

static void expanded(struct emu_call *c, struct emu_json *j, const struct emu_assignment *m) {
  char name[200];
  emu_sub_name(c->world, &c->of, c->sub, name, sizeof name);
  emu_json_object(j, "expandedProperties");
  emu_json_object(j, "scope");
  emu_json_text(j, "id", m->scope);
  emu_json_text(j, "displayName", name);
  emu_json_text(j, "type", m->inherited ? "managementgroup" : "subscription");
  emu_json_end_object(j);
  emu_json_object(j, "roleDefinition");
  role_definition_id(c, m, j, "id");
  emu_json_text(j, "displayName", m->role_name);
  emu_json_text(j, "type", strcmp(m->role_id, emu_role_id(EMU_ROLE_CUSTOM)) == 0 ? "CustomRole" : "BuiltInRole");
  emu_json_end_object(j);
  emu_json_object(j, "principal");
  emu_json_text(j, "id", m->principal.text);
  emu_json_format(j, "displayName", "%s %.8s", m->principal_type, m->principal.text);
  emu_json_text(j, "type", m->principal_type);
  emu_json_end_object(j);
  emu_json_end_object(j);
}

/* In nine to sixteen days, and mostly the same from one night to the next. */
static void ends_soon(struct emu_json *j) {
  enum { DAY = 86400, STEP = 8 * DAY };
  time_t end = (time(NULL) / STEP + 2) * STEP;
  struct tm tm;
  gmtime_r(&end, &tm);
  emu_json_format(j, "endDateTime", "%04d-%02d-%02dT00:00:00Z", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

static void instance_row(struct emu_call *c, struct emu_json *j, const struct emu_assignment *m, bool eligible) {
  const char *type = eligible ? "RoleEligibilityScheduleInstances" : "RoleAssignmentScheduleInstances";
  bool activated = m->kind == EMU_ACTIVATED && !eligible;
  emu_json_object(j, NULL);
  emu_json_object(j, "properties");
  if (!eligible) {
    /* A direct assignment's schedule has the assignment's name, an activation's has its own. */
    emu_json_format(j, "originRoleAssignmentId", "%s/providers/Microsoft.Authorization/roleAssignments/%s",
                    emu_assignment_prefix(m), m->name.text);
    emu_json_text(j, "assignmentType", activated ? "Activated" : "Assigned");
    emu_json_format(j, "roleAssignmentScheduleId", "%s/providers/Microsoft.Authorization/RoleAssignmentSchedules/%s",
                    emu_assignment_prefix(m), activated ? m->schedule.text : m->name.text);
    if (activated) {
      emu_json_text(j, "linkedRoleEligibilityScheduleId", m->schedule.text);
      emu_json_text(j, "linkedRoleEligibilityScheduleInstanceId", m->schedule.text);
      emu_json_text(j, "endDateTime", "2030-01-01T00:00:00Z");
    }
  } else
    emu_json_format(j, "roleEligibilityScheduleId", "%s/providers/Microsoft.Authorization/RoleEligibilitySchedules/%s",
                    emu_assignment_prefix(m), m->schedule.text);
  emu_json_text(j, "scope", m->scope);
  role_definition_id(c, m, j, "roleDefinitionId");
  emu_json_text(j, "principalId", m->principal.text);
  emu_json_text(j, "principalType", m->principal_type);
  emu_json_text(j, "status", eligible ? "Provisioned" : "Accepted");
  emu_json_text(j, "startDateTime", m->later ? "2034-09-09T21:35:27.91Z" : "2024-09-09T21:35:27.91Z");
  if (m->ends == EMU_ENDS_LATE)
    emu_json_text(j, "endDateTime", "2035-01-01T00:00:00Z");
  else if (m->ends == EMU_ENDS_SOON)
    ends_soon(j);
  emu_json_text(j, "memberType", m->inherited ? "Inherited" : "Direct");
  emu_json_text(j, "createdOn", "2024-09-09T21:35:27.91Z");
  if (m->condition != NULL) {
    emu_json_text(j, "condition", m->condition);
    emu_json_text(j, "conditionVersion", "2.0");
  }
  expanded(c, j, m);
  emu_json_end_object(j);
  const struct emu_guid *name = eligible || activated ? &m->schedule : &m->name;
  emu_json_text(j, "name", name->text);
  emu_json_format(j, "id", "%s/providers/Microsoft.Authorization/%s/%s", emu_assignment_prefix(m), type, name->text);
  emu_json_format(j, "type", "Microsoft.Authorization/%s", type);
  emu_json_end_object(j);
}

/* Tenants without the licence have no eligible roles to show. */
static bool licensed(const struct emu_call *c) {
  for (size_t i = 0; i < c->of.grant_n; i++)
    if (c->of.grants[i].kind != EMU_STANDING || c->of.grants[i].ends != EMU_ENDLESS || c->of.grants[i].later)
      return true;
  return emu_hash(c->world->seed, 0x1ce0, c->of.index, 0) % 10 < 6;
}

void emu_arm_instances(struct emu_call *c) {
  bool eligible = c->kind == EMU_KIND_ELIGIBLE;
  if (!licensed(c)) {
    emu_reply_error(c->reply, 400, "AadPremiumLicenseRequired",
                    "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.");
    return;
  }
  enum emu_kind_of_grant kind = eligible ? EMU_ELIGIBLE_ONLY : EMU_STANDING;
  struct emu_page p;
  emu_page_begin(c, &p, c->delegated ? 0 : emu_instance_count(&c->of, c->sub, kind), USUAL_PAGE);
  for (size_t i = p.first; i < p.end; i++) {
    struct emu_assignment m;
    emu_instance_get(c->world, &c->of, c->sub, kind, i, &m);
    if (in_scope(c, &m) && passes(c, &m))
      instance_row(c, &p.json, &m, eligible);
  }
  emu_page_end(c, &p);
}

void emu_arm_classic(struct emu_call *c) {
  emu_reply_error(c->reply, 400, "ClassicAdministratorListFailed", "Classic administrators are retired.");
}
