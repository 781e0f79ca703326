/* SPDX-License-Identifier: Apache-2.0 */
/* run_leaving.c - when a tenant leaves the tree. Whatever might be access of ours keeps it in. */
#include <string.h>

#include "run_internal.h"

static bool is_ours(const struct pal_run *run, const struct pal_docs *docs, const char *tenant_id,
                    const char *object_id) {
  for (size_t i = 0; i < docs->n; i++)
    if (docs->v[i]->file->id == PAL_FILE_IDENTITY && strcmp(docs->v[i]->id.s, object_id) == 0)
      return true;
  const struct pal_record *estate = run->options->app->estate;
  const struct pal_records *people = estate != NULL ? pal_get_records(estate, PAL_ESTATE_PRINCIPALS) : NULL;
  for (size_t i = 0; people != NULL && i < people->n; i++) {
    const struct pal_record *home = pal_get_record(people->v[i], PAL_PRINCIPAL_HOME);
    if (home != NULL && strcmp(pal_get_text(home, PAL_OBJECT_TENANT), tenant_id) == 0 &&
        strcmp(pal_get_text(home, PAL_OBJECT_OBJECT_ID), object_id) == 0)
      return true;
    const struct pal_records *objects = pal_get_records(people->v[i], PAL_PRINCIPAL_OBJECTS);
    for (size_t k = 0; k < objects->n; k++)
      if (strcmp(pal_get_text(objects->v[k], PAL_OBJECT_TENANT), tenant_id) == 0 &&
          strcmp(pal_get_text(objects->v[k], PAL_OBJECT_OBJECT_ID), object_id) == 0)
        return true;
  }
  return false;
}

static bool group_holds_ours(const struct pal_run *run, const struct pal_docs *docs, const struct pal_tenant_id *tenant,
                             const char *group_id) {
  const struct pal_doc *group = pal_docs_find(docs, PAL_FILE_GROUP, tenant, group_id);
  if (group == NULL || group->records.n != 1)
    return true; /* unreadable: it may */
  const struct pal_records *members = pal_get_records(group->records.v[0], PAL_GROUP_MEMBERS);
  for (size_t i = 0; i < members->n; i++)
    if (is_ours(run, docs, tenant->s, pal_get_text(members->v[i], PAL_MEMBER_OBJECT_ID)))
      return true;
  return false;
}

/* AdminAgents and HelpdeskAgents of ours: access on behalf of the customer. */
static bool is_agent_group(const struct pal_run *run, const char *object_id) {
  const struct pal_record *registry = run->options->app->registry;
  return registry != NULL && pal_records_find(pal_get_records(registry, PAL_REGISTRY_AGENT_GROUPS), object_id) != NULL;
}

/* A tenant where one of our identities or people is at home. */
static bool is_home(const struct pal_run *run, const char *tenant_id) {
  const struct pal_records *scanners = pal_get_records(run->options->settings, PAL_SETTINGS_IDENTITIES);
  for (size_t i = 0; i < scanners->n; i++) {
    const char *home = pal_get_text(scanners->v[i], PAL_SCANNER_TENANT_ID);
    if (home != NULL && strcmp(home, tenant_id) == 0)
      return true;
  }
  const struct pal_record *estate = run->options->app->estate;
  const struct pal_records *people = estate != NULL ? pal_get_records(estate, PAL_ESTATE_PRINCIPALS) : NULL;
  for (size_t i = 0; people != NULL && i < people->n; i++) {
    const struct pal_record *home = pal_get_record(people->v[i], PAL_PRINCIPAL_HOME);
    if (home != NULL && strcmp(pal_get_text(home, PAL_OBJECT_TENANT), tenant_id) == 0)
      return true;
  }
  return false;
}

static bool is_our_delegation(const struct pal_run *run, const struct pal_record *delegation) {
  const char *managing = pal_get_text(delegation, PAL_DELEGATION_MANAGED_BY);
  return managing == NULL || is_home(run, managing); /* unknown: it may be ours */
}

static bool shows_access(const struct pal_run *run, const struct pal_docs *docs, const struct pal_tenant_id *tenant) {
  for (size_t i = 0; i < docs->n; i++) {
    const struct pal_doc *doc = docs->v[i];
    for (size_t k = 0; k < doc->records.n; k++) {
      const struct pal_record *record = doc->records.v[k];
      const char *principal = NULL, *type = NULL;
      if (doc->file->kind == &pal_kind_IDENTITY) {
        const struct pal_record *link = pal_get_record(record, PAL_IDENTITY_LINK);
        const char *state = link != NULL ? pal_get_text(link, PAL_LINK_STATE) : NULL;
        if (link != NULL && (state == NULL || strcmp(state, "Deleted") != 0))
          return true;
        if (record->v[PAL_IDENTITY_LINK].is == PAL_ABSENT)
          return true; /* never answered */
      } else if (doc->file->kind == &pal_kind_ASSIGNMENT) {
        principal = pal_get_text(record, PAL_ASSIGNMENT_PRINCIPAL_ID);
        type = pal_get_text(record, PAL_ASSIGNMENT_PRINCIPAL_TYPE);
      } else if (doc->file->kind == &pal_kind_PIM) {
        principal = pal_get_text(record, PAL_PIM_PRINCIPAL_ID);
        type = pal_get_text(record, PAL_PIM_PRINCIPAL_TYPE);
      } else if (doc->file->kind == &pal_kind_DELEGATION && is_our_delegation(run, record)) {
        return true;
      }
      if (principal == NULL)
        continue;
      if (is_ours(run, docs, tenant->s, principal) || is_agent_group(run, principal))
        return true;
      if (type != NULL && strcmp(type, "Group") == 0 && group_holds_ours(run, docs, tenant, principal))
        return true;
    }
  }
  return false;
}

/* A tenant leaves the tree only when the estate says so and its last complete
 * reading shows neither access nor an active link of ours. */
bool pal_run_has_left(const struct pal_run *run, const struct pal_docs *docs, const struct pal_tenant_id *tenant,
                      bool complete) {
  const struct pal_record *estate = run->options->app->estate;
  const struct pal_record *customer =
      estate != NULL ? pal_records_find(pal_get_records(estate, PAL_ESTATE_CUSTOMERS), tenant->s) : NULL;
  const char *status = customer != NULL ? pal_get_text(customer, PAL_CUSTOMER_STATUS) : NULL;
  return status != NULL && strcmp(status, "offboarded") == 0 && complete && !shows_access(run, docs, tenant);
}
