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
 *  5. An event that began before a signed change review of its tenant is closed: the
 *     parent's value is what the review has seen.
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

static bool speaks_of(const struct pal_record *review, const char *tenant_id) {
  const struct pal_texts *tenants = pal_get_texts(review, PAL_REVIEW_TENANTS);
  bool found = review->v[PAL_REVIEW_TENANTS].is == PAL_ABSENT;
  for (size_t i = 0; i < tenants->n && !found; i++)
    found = strcmp(tenants->v[i], tenant_id) == 0;
  return found && strcmp(pal_get_text(review, PAL_REVIEW_SCOPE), "changes") == 0;
}

/* A review that is dated after the run is of no use for it. */
static bool is_reviewed(const struct pal_judge *judge, const struct tenant_fact *tenant,
                        const struct pal_record *event) {
  const struct pal_records *reviews = judge->o.reviews ? pal_get_records(judge->o.reviews, PAL_REVIEWS_REVIEWS) : NULL;
  struct pal_instant since, signed_at;
  if (!reviews || !pal_instant_parse(pal_get_text(event, PAL_EVENT_SINCE), &since))
    return false;
  for (size_t i = 0; i < reviews->n; i++)
    if (speaks_of(reviews->v[i], tenant->id) &&
        pal_instant_parse(pal_get_text(reviews->v[i], PAL_REVIEW_SIGNED), &signed_at) &&
        pal_instant_cmp(signed_at, since) > 0 && pal_instant_cmp(signed_at, judge->o.started) <= 0)
      return true;
  return false;
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
  if (open && is_reviewed(judge, tenant, open))
    open = NULL;
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
