/* SPDX-License-Identifier: Apache-2.0 */
#include "assignments.h"

#include "text.h"

#include <assert.h>

static const char condition[] = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})))";

void emu_management_group(const struct emu_world *w, uint32_t tenant, char *out, size_t size) {
  emu_format(out, size, "/providers/Microsoft.Management/managementGroups/%s", emu_tenant_id(w, tenant).text);
}

const char *emu_assignment_prefix(const struct emu_assignment *m) {
  return m->scope[1] == '\0' ? "" : m->scope;
}

static bool applies(const struct emu_grant *g, size_t sub) {
  return g->at >= EMU_AT_MANAGEMENT_GROUP || g->sub == sub;
}

/* An eligible role is no assignment; an activated one is. What begins later has a schedule only. */
static bool is_assignment(const struct emu_grant *g) {
  return g->kind != EMU_ELIGIBLE_ONLY && !g->later;
}

/* Who activated a role is still eligible for it. */
static bool is_instance(const struct emu_grant *g, enum emu_kind_of_grant kind) {
  return kind == EMU_ELIGIBLE_ONLY ? g->kind != EMU_STANDING : g->kind != EMU_ELIGIBLE_ONLY && !g->foreign && !g->other;
}

static void scope_of(const struct emu_world *w, const struct emu_tenant *t, const struct emu_grant *g, char *out,
                     size_t size) {
  if (g->at == EMU_AT_ROOT)
    emu_format(out, size, "/");
  else if (g->at == EMU_AT_MANAGEMENT_GROUP)
    emu_management_group(w, t->index, out, size);
  else if (g->at == EMU_AT_GROUP)
    emu_format(out, size, "/subscriptions/%s/resourceGroups/%s", emu_sub_id(w, t->index, g->sub).text,
               emu_resource_group(0));
  else
    emu_format(out, size, "/subscriptions/%s", emu_sub_id(w, t->index, g->sub).text);
}

/* Stays the same from night to night, whatever was granted beside it. */
static uint32_t grant_key(const struct emu_grant *g) {
  uint32_t key = (uint32_t)(g->to_group ? 16 + g->who : g->who);
  key = key << 3 | g->role;
  key = key << 2 | g->at;
  return key << 3 | (g->at >= EMU_AT_MANAGEMENT_GROUP ? 7U : (unsigned)g->sub);
}

static void from_grant(const struct emu_world *w, const struct emu_tenant *t, const struct emu_grant *g,
                       struct emu_assignment *ret) {
  *ret = (struct emu_assignment){.kind = (enum emu_kind_of_grant)g->kind,
                                 .role_id = emu_role_id((enum emu_role)g->role),
                                 .role_name = emu_role_name((enum emu_role)g->role),
                                 .condition = g->conditional ? condition : NULL,
                                 .ends = (enum emu_end)g->ends,
                                 .inherited = g->at >= EMU_AT_MANAGEMENT_GROUP,
                                 .later = g->later};
  scope_of(w, t, g, ret->scope, sizeof ret->scope);
  uint32_t key = grant_key(g);
  ret->name = emu_guid_make(w->seed, ret->inherited ? EMU_INHERITED : EMU_ASSIGNMENT, t->index, key);
  ret->schedule = emu_guid_make(w->seed, EMU_SCHEDULE, t->index, key);
  if (g->to_group) {
    ret->principal = emu_group_id(w, g->other ? EMU_OTHER_PARTNER : g->foreign ? 0 : t->index, g->who);
    ret->principal_type = g->foreign || g->other ? "ForeignGroup" : "Group";
  } else {
    ret->principal = emu_object_id(w, t->index, g->who);
    ret->principal_type = g->who < EMU_APPS ? "ServicePrincipal" : "User";
  }
}

/* People and apps of the customer, at the subscription and in its groups. */
static void from_stranger(const struct emu_world *w, const struct emu_tenant *t, size_t sub, size_t index,
                          struct emu_assignment *ret) {
  static const enum emu_role roles[] = {EMU_ROLE_OWNER, EMU_ROLE_READER, EMU_ROLE_CONTRIBUTOR, EMU_ROLE_CUSTOM};
  uint64_t roll = emu_hash(w->seed, 0xa551, t->index, sub << 32 | index);
  enum emu_role role = roles[roll % 4];
  *ret = (struct emu_assignment){.role_id = emu_role_id(role), .role_name = emu_role_name(role)};
  if (roll >> 8 & 1)
    emu_format(ret->scope, sizeof ret->scope, "/subscriptions/%s/resourceGroups/%s", emu_sub_id(w, t->index, sub).text,
               emu_resource_group(roll >> 9 & 1));
  else
    emu_format(ret->scope, sizeof ret->scope, "/subscriptions/%s", emu_sub_id(w, t->index, sub).text);
  uint32_t key = 1U << 20 | (uint32_t)(sub << 17) | (uint32_t)(index & 0x1ffff);
  ret->name = emu_guid_make(w->seed, EMU_ASSIGNMENT, t->index, key);
  ret->schedule = emu_guid_make(w->seed, EMU_SCHEDULE, t->index, key);
  if (roll % 7 == 0) {
    ret->principal = emu_group_id(w, t->index, EMU_GROUP_STRANGERS);
    ret->principal_type = "Group";
  } else {
    ret->principal = emu_guid_make(w->seed, EMU_STRANGER, t->index, (uint32_t)(roll >> 20 & 0xffff));
    ret->principal_type = roll >> 20 & 1 ? "ServicePrincipal" : "User";
  }
  if (roll % 11 == 0)
    ret->condition = condition;
}

/* Whoever raised his own access in the directory and left it there. */
static void from_the_root(const struct emu_world *w, const struct emu_tenant *t, struct emu_assignment *ret) {
  *ret = (struct emu_assignment){.scope = "/",
                                 .role_id = emu_role_id(EMU_ROLE_ACCESS),
                                 .role_name = emu_role_name(EMU_ROLE_ACCESS),
                                 .principal = emu_guid_make(w->seed, EMU_STRANGER, t->index, 0xfffe),
                                 .principal_type = "User",
                                 .inherited = true};
  ret->name = emu_guid_make(w->seed, EMU_INHERITED, t->index, 1U << 20);
  ret->schedule = emu_guid_make(w->seed, EMU_SCHEDULE, t->index, 1U << 20 | 1U << 25);
}

static void from_others(const struct emu_world *w, const struct emu_tenant *t, size_t sub, size_t index,
                        struct emu_assignment *ret) {
  if (index < t->noise)
    from_stranger(w, t, sub, index, ret);
  else
    from_the_root(w, t, ret);
}

size_t emu_assignment_count(const struct emu_tenant *t, size_t sub) {
  size_t n = t->noise + t->stranger_at_root;
  for (size_t i = 0; i < t->grant_n; i++)
    n += applies(&t->grants[i], sub) && is_assignment(&t->grants[i]);
  return n;
}

void emu_assignment_get(const struct emu_world *w, const struct emu_tenant *t, size_t sub, size_t index,
                        struct emu_assignment *ret) {
  for (size_t i = 0; i < t->grant_n; i++) {
    if (!applies(&t->grants[i], sub) || !is_assignment(&t->grants[i]))
      continue;
    if (index == 0) {
      from_grant(w, t, &t->grants[i], ret);
      return;
    }
    index--;
  }
  from_others(w, t, sub, index, ret);
}

size_t emu_instance_count(const struct emu_tenant *t, size_t sub, enum emu_kind_of_grant kind) {
  size_t n = kind == EMU_ELIGIBLE_ONLY ? 0 : t->noise + t->stranger_at_root;
  for (size_t i = 0; i < t->grant_n; i++)
    n += applies(&t->grants[i], sub) && is_instance(&t->grants[i], kind);
  return n;
}

void emu_instance_get(const struct emu_world *w, const struct emu_tenant *t, size_t sub, enum emu_kind_of_grant kind,
                      size_t index, struct emu_assignment *ret) {
  for (size_t i = 0; i < t->grant_n; i++) {
    if (!applies(&t->grants[i], sub) || !is_instance(&t->grants[i], kind))
      continue;
    if (index == 0) {
      from_grant(w, t, &t->grants[i], ret);
      return;
    }
    index--;
  }
  assert(kind != EMU_ELIGIBLE_ONLY);
  from_others(w, t, sub, index, ret);
}
