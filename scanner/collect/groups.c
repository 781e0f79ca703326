/* SPDX-License-Identifier: Apache-2.0 */
/*
 * groups.c - transitive members of the groups that hold a role, and of the
 * principals of Lighthouse authorizations managed by this tenant: those may be
 * groups, only the directory knows. The unit "tenant" says whether it is known
 * which groups there are to ask for.
 */
#include <stdlib.h>
#include <string.h>

#include "groups.h"
#include "pal_text.h"

struct group {
  struct pal_guid id;
  bool holds_role; /* named as a group by an assignment; else a principal of an authorization */
  struct unit unit;
};

struct groups {
  struct group *v;
  size_t n, cap;
  bool known; /* nothing that could name a further group is unread */
};

enum pal_code parse_member(struct parse *parse, const pal_json *item, struct pal_record **ret, struct pal_err *err) {
  static const char prefix[] = "#microsoft.graph.";
  struct pal_record *record = pal_record_new(parse->arena, &pal_kind_MEMBER);
  const char *type = pal_json_text(pal_json_get(item, "@odata.type"));
  *ret = NULL;
  if (!record)
    return pal_err_nomem(err);
  enum pal_code code = parse_field(parse, record, PAL_MEMBER_OBJECT_ID, pal_json_get(item, "id"), err);
  if (code == PAL_OK && type && strncmp(type, prefix, sizeof prefix - 1) == 0 && type[sizeof prefix - 1])
    code = pal_set_text(parse->arena, record, PAL_MEMBER_TYPE, type + sizeof prefix - 1, err);
  if (code == PAL_OK && parse_has(record, PAL_MEMBER_OBJECT_ID))
    *ret = record;
  return code;
}

/* --- which groups --- */

static enum pal_code add(struct observer *observer, const char *id, bool holds_role, struct pal_err *err) {
  struct groups *groups = observer->state[COLLECTOR_groups];
  struct group *grown = pal_arena_grow(observer->arena, groups->v, groups->n, &groups->cap, sizeof *grown);
  if (!grown)
    return pal_err_nomem(err);
  groups->v = grown;
  groups->v[groups->n] = (struct group){.holds_role = holds_role};
  memcpy(groups->v[groups->n++].id.s, id, sizeof groups->v->id.s);
  return PAL_OK;
}

static enum pal_code add_principals(struct observer *observer, const struct pal_records *records, int principal,
                                    int type, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < records->n; i++) {
    const char *word = pal_get_text(records->v[i], type);
    if (word && pal_same_word(word, "Group"))
      code = add(observer, pal_get_text(records->v[i], principal), true, err);
  }
  return code;
}

static enum pal_code add_holders(struct observer *observer, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < observer->subscriptions_n; i++) {
    const struct unit *direct = &observer->units[COLLECTOR_assignments][i], *pim = &observer->units[COLLECTOR_pim][i];
    if (!observer->subscriptions[i].own)
      continue;
    code = add_principals(observer, &direct->records, PAL_ASSIGNMENT_PRINCIPAL_ID, PAL_ASSIGNMENT_PRINCIPAL_TYPE, err);
    if (code == PAL_OK)
      code = add_principals(observer, &direct->above, PAL_ASSIGNMENT_PRINCIPAL_ID, PAL_ASSIGNMENT_PRINCIPAL_TYPE, err);
    if (code == PAL_OK)
      code = add_principals(observer, &pim->records, PAL_PIM_PRINCIPAL_ID, PAL_PIM_PRINCIPAL_TYPE, err);
    if (code == PAL_OK)
      code = add_principals(observer, &pim->above, PAL_PIM_PRINCIPAL_ID, PAL_PIM_PRINCIPAL_TYPE, err);
  }
  return code;
}

static enum pal_code add_authorized(struct observer *observer, const struct pal_record *delegation,
                                    struct pal_err *err) {
  const struct pal_records *all = pal_get_records(delegation, PAL_DELEGATION_AUTHORIZATIONS);
  const char *managing = pal_get_text(delegation, PAL_DELEGATION_MANAGED_BY);
  enum pal_code code = PAL_OK;
  if (!managing || strcmp(managing, observer->observation.tenant.s) != 0)
    return PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < all->n; i++) {
    const char *id = pal_get_text(all->v[i], PAL_AUTHORIZATION_PRINCIPAL_ID);
    if (strcmp(id, observer->claims.object.s) != 0)
      code = add(observer, id, false, err);
  }
  return code;
}

/* Every delegation that was read, also through Lighthouse. */
static enum pal_code add_managed(struct observer *observer, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < observer->subscriptions_n; i++) {
    const struct pal_records *delegations = &observer->units[COLLECTOR_delegations][i].records;
    for (size_t j = 0; code == PAL_OK && j < delegations->n; j++)
      code = add_authorized(observer, delegations->v[j], err);
  }
  return code;
}

static int compare(const void *a, const void *b) {
  return strcmp(((const struct group *)a)->id.s, ((const struct group *)b)->id.s);
}

static void unify(struct groups *groups) {
  size_t kept = 0;
  if (groups->n > 1)
    qsort(groups->v, groups->n, sizeof *groups->v, compare);
  for (size_t i = 0; i < groups->n; i++) {
    if (kept > 0 && compare(&groups->v[kept - 1], &groups->v[i]) == 0)
      groups->v[kept - 1].holds_role = groups->v[kept - 1].holds_role || groups->v[i].holds_role;
    else
      groups->v[kept++] = groups->v[i];
  }
  groups->n = kept;
}

static bool is_whole(const struct unit *unit) {
  return unit->not_applicable || unit->completeness.extent == PAL_READ_ALL;
}

static bool all_known(const struct observer *observer) {
  bool delegations = observer_collects(observer, COLLECTOR_delegations);
  bool known = observer->listed.extent == PAL_READ_ALL;
  for (size_t i = 0; known && i < observer->subscriptions_n; i++) {
    if (observer->subscriptions[i].own)
      known = is_whole(&observer->units[COLLECTOR_assignments][i]) && is_whole(&observer->units[COLLECTOR_pim][i]);
    if (delegations)
      known = known && is_whole(&observer->units[COLLECTOR_delegations][i]);
  }
  return known;
}

/* --- for others --- */

size_t groups_count(const struct observer *observer) {
  const struct groups *groups = observer->state[COLLECTOR_groups];
  return groups ? groups->n : 0;
}

const char *groups_id(const struct observer *observer, size_t at) {
  const struct groups *groups = observer->state[COLLECTOR_groups];
  return groups->v[at].id.s;
}

const struct pal_records *groups_members(const struct observer *observer, size_t at) {
  const struct groups *groups = observer->state[COLLECTOR_groups];
  return &groups->v[at].unit.records;
}

/* --- members --- */

static enum pal_code take(struct reading *reading, const pal_json *item, struct pal_err *err) {
  struct pal_record *record = NULL;
  enum pal_code code = parse_member(&reading->parse, item, &record, err);
  return code == PAL_OK ? reading_keep(reading, record, err) : code;
}

/* The directory does not know a group of this id: it was deleted, or is no group. */
static bool is_no_group(const struct group *group, const struct pal_outcome *outcome) {
  if (outcome->status != 404 || outcome->pages > 0)
    return false;
  return strcmp(outcome->error, "Request_ResourceNotFound") == 0 ||
         (!group->holds_role && strcmp(outcome->error, "InvalidResourceType") != 0);
}

static enum pal_code done(struct reading *reading, const struct pal_outcome *outcome, struct pal_err *err) {
  struct groups *groups = reading->observer->state[COLLECTOR_groups];
  struct group *group = &groups->v[reading->index];
  group->unit.not_applicable = is_no_group(group, outcome) || observer_lacks(reading->observer, outcome);
  group->unit.records = reading->records;
  enum pal_code code = observer_keep(reading->observer, outcome, &group->unit.completeness, err);
  return code == PAL_OK ? observer_unify(&group->unit.records, &group->unit.completeness, err) : code;
}

enum pal_code groups_start(struct observer *observer, struct pal_err *err) {
  struct groups *groups = pal_arena_alloc(observer->arena, sizeof *groups);
  if (!groups)
    return pal_err_nomem(err);
  observer->state[COLLECTOR_groups] = groups;
  enum pal_code code = add_holders(observer, err);
  if (code == PAL_OK)
    code = add_managed(observer, err);
  unify(groups);
  groups->known = all_known(observer);
  for (size_t i = 0; code == PAL_OK && i < groups->n; i++) {
    struct reading *reading = reading_new(observer, i, err);
    if (!reading)
      return PAL_E_NOMEM;
    reading->item = take;
    reading->done = done;
    code = reading_list(reading, PAL_GRAPH, PAL_PAGING_ODATA, PAL_PLAN_MEMBERS, groups->v[i].id.s, NULL, err);
  }
  return code;
}

static enum pal_code put(struct observer *observer, const struct group *group, struct pal_err *err) {
  struct pal_doc *doc = observer_doc(observer, PAL_FILE_GROUP, &observer->observation.tenant, group->id.s, err);
  struct pal_record *record = doc ? pal_record_new(observer->arena, &pal_kind_GROUP) : NULL;
  if (!record)
    return pal_err_nomem(err);
  enum pal_code code = pal_set_text(observer->arena, record, PAL_GROUP_GROUP_ID, group->id.s, err);
  pal_set_empty(record, PAL_GROUP_MEMBERS);
  for (size_t i = 0; code == PAL_OK && i < group->unit.records.n; i++)
    code = pal_add_record(observer->arena, record, PAL_GROUP_MEMBERS, group->unit.records.v[i], err);
  return code == PAL_OK ? pal_records_add(observer->arena, &doc->records, record, err) : code;
}

enum pal_code groups_finish(struct observer *observer, struct pal_err *err) {
  const struct groups *groups = observer->state[COLLECTOR_groups];
  const struct pal_tenant_id *tenant = &observer->observation.tenant;
  const char *area = collectors[COLLECTOR_groups].area;
  enum pal_code code = observer_cover(observer, tenant, area, UNIT_WHOLE, groups->known ? "complete" : "partial",
                                      (int64_t)groups->n, -1, groups->known ? NULL : WORD_REFERENCES, err);
  for (size_t i = 0; code == PAL_OK && i < groups->n; i++) {
    const struct group *group = &groups->v[i];
    bool read = !group->unit.not_applicable && group->unit.completeness.extent != PAL_READ_NOTHING;
    if (read)
      code = put(observer, group, err);
    if (code == PAL_OK)
      code =
          observer_cover(observer, tenant, area, group->id.s,
                         group->unit.not_applicable ? "not-applicable" : extent_state(group->unit.completeness.extent),
                         (int64_t)group->unit.records.n, -1, group->unit.completeness.code, err);
  }
  return code;
}
