/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_FACTS_H
#define PAL_FACTS_H
/*
 * facts.h - what the verdict rules need of each tenant in memory, beside the
 * SQL tables: completeness, which identities and subscriptions there are, links
 * now and before, earlier findings and events. Filled while files are loaded;
 * facts_finish() sorts it.
 */
#include <stdbool.h>

#include "pal_doc.h"
#include "pal_judge.h"

enum unit_state { /* in the order of pal_words_coverage */
                  UNIT_COMPLETE,
                  UNIT_PARTIAL,
                  UNIT_STALE,
                  UNIT_UNREAD,
                  UNIT_NOT_APPLICABLE,
                  UNIT_NOT_COLLECTED,
                  UNIT_SELF_DECLARED
};

struct unit {
  const char *area; /* as area_find() gives it, or a copy */
  const char *name;
  enum unit_state state;
  const char *as_of; /* NULL: this run */
  const char *code;  /* may be NULL */
};

struct identity_fact {
  const char *object_id;
  const char **names; /* configured names */
  size_t names_n;
  bool answered;     /* link is an object or null */
  const char *value; /* compact JSON of the link's value, NULL for none (404, or state Deleted) */
};

struct identity_facts {
  struct identity_fact *v;
  size_t n, cap;
};

struct tenant_fact {
  char id[PAL_GUID_LEN + 1]; /* "": the estate as a whole */
  bool here;                 /* has files in this run's state */
  bool in_scope;
  const char *name;                  /* the tenant's own */
  const struct pal_record *customer; /* of the estate, NULL */
  struct unit *units;                /* of this run, by area and name */
  size_t units_n, units_cap, unit_hint;
  struct identity_facts identities[2]; /* by enum pal_state, by object id */
  const char **managing;               /* managing tenants of its delegations, sorted, distinct */
  size_t managing_n, managing_cap;
  size_t subscriptions;
  bool group_principals; /* some role is held by a group */
  struct pal_records previous_findings, previous_events;
  struct pal_records findings, events; /* results */
};

struct facts {
  struct pal_arena *arena;
  struct tenant_fact **v; /* by id */
  size_t n, cap;
};

void facts_init(struct facts *facts, struct pal_arena *arena);
/* The tenant, made when absent. NULL on no memory. */
struct tenant_fact *facts_get(struct facts *facts, const char *tenant_id);
struct tenant_fact *facts_find(const struct facts *facts, const char *tenant_id); /* NULL when absent */
/* Takes what matters of one record of a file; the record need not live on. */
enum pal_code facts_take(struct facts *facts, enum pal_state state, const struct pal_doc *doc,
                         const struct pal_record *record, struct pal_err *err) PAL_MUST_CHECK;
void facts_finish(struct facts *facts);
/* The units of an area: *ret_n from the returned one on; NULL when there are none. */
const struct unit *facts_units(const struct tenant_fact *tenant, const char *area, size_t *ret_n);
const struct unit *facts_unit(const struct tenant_fact *tenant, const char *area, const char *name);
const struct identity_fact *facts_identity(const struct tenant_fact *tenant, enum pal_state state,
                                           const char *object_id);

#endif
