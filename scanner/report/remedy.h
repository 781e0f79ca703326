/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REPORT_REMEDY_H
#define PAL_REPORT_REMEDY_H
/* remedy.h - what remedy.c and remedy_plan.c know of a snapshot in common. */
#include "pal_json.h"
#include "pal_remedy.h"

struct expected { /* one rule of the registry that decides; sorted by tenant, object, rank */
  struct pal_tenant_id tenant;
  struct pal_object_id object; /* "": whoever it is */
  int rank;
  bool is_open;
  struct pal_partner_id partner;
};

struct account { /* an object of ours; sorted by tenant, object */
  struct pal_tenant_id tenant;
  struct pal_object_id object;
  struct pal_guid app;
  struct pal_partner_id linked;    /* "": no link that stands */
  struct pal_partner_id successor; /* of what is linked, by the registry */
  const char *type, *names;        /* names: a JSON array or NULL */
  bool may_link;                   /* ours, not linked, and meant to work */
  bool is_linked;                  /* ours and linked */
};

struct pal_remedies {
  struct pal_arena *arena;
  struct expected *expected;
  size_t expected_n, expected_cap;
  struct account *accounts;
  size_t accounts_n, accounts_cap;
};

/* PAL_OK also where the views of a stored pack are missing: then each() is not called. */
enum pal_code remedy_ask(struct pal_judge *judge, const char *sql, pal_row_fn *each, void *payload, struct pal_err *err)
    PAL_MUST_CHECK;
/* Where the accounts at or after (tenant, object) begin; r may be NULL. */
size_t remedy_first_account(const struct pal_remedies *r, const char *tenant, const char *object);
/* Whether the finding says that its rule could not be judged at all. */
bool remedy_is_broken(const struct pal_reported *reported);
/* NULL when the object is none of ours there; r may be NULL. */
const struct account *remedy_account(const struct pal_remedies *r, const char *tenant, const char *object);
/* The one ID the registry wants for this object ("": any) in this tenant; false: undecided. */
bool remedy_expected(const struct pal_remedies *r, const char *tenant, const char *object, struct pal_partner_id *ret);
/* Fills in what follows from ids->tenant and ids->object. */
void remedy_take_account(const struct pal_remedies *r, struct pal_remedy_ids *ids);
/* The ids of a finding, without looking further; details may be NULL. */
void remedy_ids(struct pal_arena *arena, const struct pal_remedies *r, const struct pal_reported *reported,
                const pal_json *details, struct pal_remedy_ids *ret);

#endif
