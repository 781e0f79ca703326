/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_VERDICT_H
#define PAL_VERDICT_H
/*
 * verdict.h - how completely the areas of a policy were read, for one subject.
 *
 * Which units of an area count for a row, without a column `units` of its own:
 *   links, subject identity       its configured names (one answered is enough), or its object id
 *   subject subscription          the subscription's unit, and "tenant" where there is one
 *   anything else                 all units of the area in the tenant
 *   @managing                     all units in each of our managing tenants of the tenant's delegations
 *   @all                          all units in every tenant of the snapshot, and every customer of
 *                                 the estate that has none
 * A unit is well when it is complete, not applicable, or self-declared and
 * fresh. The link unit of a person who has left is stale and well: its link counts
 * as none, only a finding of that identity says when it was read. An area without
 * any unit was never read, except: usage of a tenant
 * without subscriptions, groups where no role is held by one.
 */
#include "judge_private.h"

struct subject {
  const struct tenant_fact *tenant; /* NULL: not in the snapshot */
  const char *tenant_id;            /* "" the estate */
  const char *type, *id;            /* NULL: the tenant as a whole */
  const char *units;                /* JSON text, NULL */
};

struct word_list {
  const char **v;
  size_t n, cap;
};

struct assessment {
  struct word_list areas, causes, reasons; /* of units that are not well; sorted by assess_finish() */
  bool incomplete;
  bool partial;       /* one is partial, or nothing tells how it is: an absent record proves nothing */
  bool stale;         /* one is stale */
  bool undated;       /* one is stale that was never read completely: its records say when, where they know */
  bool refused;       /* one that no accepted gap of the tenant covers */
  bool fresh;         /* one was answered in this run, wherever it is */
  const char *oldest; /* oldest asOf, whatever the state of the unit, NULL */
};

enum assess_flags {
  ASSESS_HERE_ONLY = 1 << 0,  /* of @all only the tenant's own units: what is missing elsewhere is told there */
  ASSESS_MAY_BE_GONE = 1 << 1 /* a subscription that a complete list does not hold has nothing left to read */
};

/* Whether a column `units` is a JSON array of [area, unit] pairs. */
bool units_valid(const char *text);
/* Adds the areas to *out (zeroed at first). Lists live in arena; subject->units is valid. */
enum pal_code assess(struct pal_judge *judge, struct pal_arena *arena, const struct pal_need *needs, size_t n,
                     const struct subject *subject, unsigned flags, struct assessment *out, struct pal_err *err)
    PAL_MUST_CHECK;
/* Sorts the lists and drops duplicates. */
void assess_finish(struct assessment *assessment);
/* Whether the link of an identity was answered in this run. */
bool assess_link_fresh(struct pal_judge *judge, const struct tenant_fact *tenant, const struct identity_fact *identity);
/* Makes what assess() needs of the inputs; once. */
enum pal_code assess_prepare(struct pal_judge *judge, struct pal_err *err) PAL_MUST_CHECK;
/* The older of two canonical instants; "" and NULL count as none, NULL is the answer where both do. */
const char *older_instant(const char *a, const char *b);

#endif
