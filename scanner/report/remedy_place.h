/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REPORT_REMEDY_PLACE_H
#define PAL_REPORT_REMEDY_PLACE_H
/* remedy_place.h - who could do a step, where the finding is not about one identity: asked of the snapshot once. */
#include "remedy.h"

struct remedy_delegate { /* a principal of ours in a delegation, not linked */
  const char *tenant, *scope;
  struct pal_tenant_id managing;
  struct pal_object_id object;
};
struct remedy_reach { /* an object of ours with access to a subscription */
  struct pal_tenant_id tenant;
  struct pal_subscription_id subscription;
  struct pal_object_id object;
};
struct remedy_places {
  struct pal_arena *arena;
  struct pal_judge *judge;
  const struct pal_remedies *remedies;
  bool knows_delegates, knows_reach;
  struct remedy_delegate *delegates; /* best first */
  size_t delegates_n, delegates_cap;
  struct remedy_reach *reach;
  size_t reach_n, reach_cap;
};

/* Who does it: ids for each; n 0: as the finding says. */
struct remedy_people {
  struct pal_remedy_ids *v;
  size_t n, cap;
};
enum pal_code remedy_people(struct pal_arena *arena, struct remedy_places *places, const struct pal_fix_use *use,
                            const pal_json *details, const struct pal_remedy_ids *ids, struct remedy_people *ret,
                            struct pal_err *err) PAL_MUST_CHECK;

struct remedy_assignment {
  const char *id, *scope;
  struct pal_role_id role;
};
struct remedy_assignments {
  struct remedy_assignment *v;
  size_t n, cap;
};
/* The role assignments of ids->object in ids->tenant. */
enum pal_code remedy_assignments(struct pal_arena *arena, struct pal_judge *judge, const struct pal_remedy_ids *ids,
                                 struct remedy_assignments *ret, struct pal_err *err) PAL_MUST_CHECK;

#endif
