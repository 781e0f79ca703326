/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_CHANGE_H
#define PAL_CHANGE_H
/*
 * pal_change.h - what differs between two states of one tenant's (or the
 * root's) files, record by record, as the field table says. Pure: no I/O, no
 * clock. What one side did not read is no change:
 * - removed: only when the record's unit is complete (or self-declared) after;
 * - added: when it was complete before, or stale (the carried facts are the
 *   last verified values), or partial with carried records, or partial for the
 *   same cause on both sides; a first reading tells nothing;
 * - changed: not when the record after is carried (lastRead, stale unit); a
 *   difference of volatile fields alone never.
 * A tenant's own name, domain or country is tenant.changed. A group is told when members joined or left (role.changed), a custom role when
 * its definition changed (role.changed). An activation of PIM is told once, as
 * role.activated or role.ended, and its plain assignment is no grant.
 */
#include "pal_doc.h"

struct pal_change {
  const char *kind;            /* "link.changed", "role.granted", "coverage.lost", … */
  struct pal_tenant_id tenant; /* "" for inputs */
  const char *subject_type;    /* "identity", "subscription", "scope", "group", "role", "tenant", "registry",
                                      "principal", "waiver", "policy", "setting" */
  const char *subject_id;
  const char *subject_name; /* may be NULL */
  /* Of the kind that changed (link.*: the link itself). Records and texts are
   * borrowed from the docs compared. Both NULL when a tenant that was never read came or went. */
  const struct pal_record *before; /* NULL when added */
  const struct pal_record *after;  /* NULL when removed */
};

typedef enum pal_code pal_change_fn(void *payload, const struct pal_change *change, struct pal_err *err);

/* Calls each() in a fixed order (tenant-wide first, then by kind, subject and
 * key). Either side may be NULL: the tenant was added or removed. */
enum pal_code pal_docs_compare(const struct pal_docs *before, const struct pal_docs *after, pal_change_fn *each,
                               void *payload, struct pal_err *err) PAL_MUST_CHECK;

#endif
