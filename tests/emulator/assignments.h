/* SPDX-License-Identifier: Apache-2.0 */
/* assignments.h - the role assignments of a subscription, one by one. */
#ifndef EMU_ASSIGNMENTS_H
#define EMU_ASSIGNMENTS_H

#include "estate.h"

struct emu_assignment {
  char scope[160];
  struct emu_guid name, principal, schedule;
  const char *role_id, *role_name, *principal_type, *condition;
  enum emu_kind_of_grant kind;
  enum emu_end ends;
  bool inherited;
  bool later; /* begins in years */
};
/* What stands before "/providers/" in the assignment's id: its scope, and nothing at the root. */
const char *emu_assignment_prefix(const struct emu_assignment *m);

/* All that apply to the subscription: inherited, at it and below. */
size_t emu_assignment_count(const struct emu_tenant *t, size_t sub);
/* index < emu_assignment_count(). */
void emu_assignment_get(const struct emu_world *w, const struct emu_tenant *t, size_t sub, size_t index,
                        struct emu_assignment *ret);

/* The eligible (EMU_ELIGIBLE_ONLY) or the active schedule instances. */
size_t emu_instance_count(const struct emu_tenant *t, size_t sub, enum emu_kind_of_grant kind);
void emu_instance_get(const struct emu_world *w, const struct emu_tenant *t, size_t sub, enum emu_kind_of_grant kind,
                      size_t index, struct emu_assignment *ret);

/* /providers/Microsoft.Management/managementGroups/TENANT: the root group. */
void emu_management_group(const struct emu_world *w, uint32_t tenant, char *out, size_t size);

#endif
