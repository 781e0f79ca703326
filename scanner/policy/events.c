/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events.c - open change events: what differs from the last verified value.
 *
 *  1. The baseline is the value before the open event of the parent; without
 *     one, the parent's value. An identity not seen before, or whose link was
 *     never answered, has none, hence no event.
 *  2. Only a link answered in this run, its unit complete, is compared; else the
 *     parent's event is carried unchanged.
 *  3. A value equal to the baseline closes the event. State Deleted is no link.
 *  4. `since` is kept while the kind is the same.
 */
#include <string.h>

#include "judge_private.h"
#include "verdict.h"

struct link_change {
  const char *kind;
  const char *before, *after; /* JSON, NULL for no link */
  const char *since;
};

static const struct pal_record *open_event(const struct tenant_fact *tenant, const char *object_id) {
  for (size_t i = 0; i < tenant->previous_events.n; i++) {
    const struct pal_record *event = tenant->previous_events.v[i];
    if (strncmp(pal_get_text(event, PAL_EVENT_KIND), "link.", 5) == 0 &&
        strcmp(pal_get_text(event, PAL_EVENT_SUBJECT_TYPE), "identity") == 0 &&
        strcmp(pal_get_text(event, PAL_EVENT_SUBJECT_ID), object_id) == 0)
      return event;
  }
  return NULL;
}

static bool same_value(const char *a, const char *b) {
  return a && b ? strcmp(a, b) == 0 : a == b;
}

static enum pal_code keep_event(struct pal_judge *judge, struct tenant_fact *tenant, struct pal_record *event,
                                struct pal_err *err) {
  enum pal_code code = pal_records_add(judge->arena, &tenant->events, event, err);
  return code == PAL_OK ? judge_insert_event(judge, tenant->id, event, err) : code;
}

static enum pal_code add_event(struct pal_judge *judge, struct tenant_fact *tenant, const char *object_id,
                               const struct link_change *change, struct pal_err *err) {
  static const int fields[] = {PAL_EVENT_KIND,   PAL_EVENT_SUBJECT_TYPE, PAL_EVENT_SUBJECT_ID,
                               PAL_EVENT_BEFORE, PAL_EVENT_AFTER,        PAL_EVENT_SINCE};
  const char *const texts[] = {change->kind, "identity", object_id, change->before, change->after, change->since};
  struct pal_record *event = pal_record_new(judge->arena, &pal_kind_EVENT);
  if (!event)
    return pal_err_nomem(err);
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
    enum pal_code code = pal_set_text(judge->arena, event, fields[i], texts[i], err);
    if (code != PAL_OK)
      return pal_err_wrap(err, "make an event");
  }
  return keep_event(judge, tenant, event, err);
}

static enum pal_code judge_identity(struct pal_judge *judge, struct tenant_fact *tenant,
                                    const struct identity_fact *identity, struct pal_err *err) {
  const struct pal_record *open = open_event(tenant, identity->object_id);
  if (!assess_link_fresh(judge, tenant, identity)) {
    struct pal_record *copy = open ? pal_record_dup(judge->arena, open) : NULL;
    if (open && !copy)
      return pal_err_nomem(err);
    return copy ? keep_event(judge, tenant, copy, err) : PAL_OK;
  }
  const struct identity_fact *earlier = facts_identity(tenant, PAL_STATE_PREVIOUS, identity->object_id);
  if (!open && !(earlier && earlier->answered))
    return PAL_OK;
  struct link_change change = {.before = open ? pal_get_text(open, PAL_EVENT_BEFORE) : earlier->value,
                               .after = identity->value};
  if (same_value(change.before, change.after))
    return PAL_OK;
  change.kind = !change.before ? "link.added" : !change.after ? "link.removed" : "link.changed";
  bool goes_on = open && strcmp(pal_get_text(open, PAL_EVENT_KIND), change.kind) == 0;
  change.since = goes_on ? pal_get_text(open, PAL_EVENT_SINCE) : judge->started;
  return add_event(judge, tenant, identity->object_id, &change, err);
}

enum pal_code judge_events(struct pal_judge *judge, struct pal_err *err) {
  for (size_t i = 0; i < judge->facts.n; i++) {
    struct tenant_fact *tenant = judge->facts.v[i];
    const struct identity_facts *identities = &tenant->identities[PAL_STATE_NOW];
    enum pal_code code = PAL_OK;
    if (!tenant->in_scope) {
      for (size_t j = 0; j < tenant->previous_events.n && code == PAL_OK; j++)
        code = keep_event(judge, tenant, tenant->previous_events.v[j], err);
    } else {
      for (size_t j = 0; j < identities->n && code == PAL_OK; j++)
        code = judge_identity(judge, tenant, &identities->v[j], err);
    }
    if (code != PAL_OK)
      return code;
    pal_records_sort(&tenant->events, NULL);
  }
  return PAL_OK;
}
