/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_ROSTER_H
#define PAL_ROSTER_H
/*
 * roster.h - what each identity has to do with which tenants in this run. One
 * copy of a tenant's id, and a bit for each identity: forty people who see the
 * same ten thousand tenants cost little.
 */
#include "pal_text_set.h"

enum roster_mark {
  ROSTER_PAIRED, /* it is read by the identity, or was before */
  ROSTER_FOUND,  /* the identity has said that it sees it */
  ROSTER_MARKS
};

struct roster {
  struct pal_text_set tenants;
  struct roster_bits {
    unsigned char *v;
    size_t bytes;
  } * bits; /* of (identity, mark) */
};

enum pal_code roster_init(struct roster *roster, struct pal_arena *arena, size_t identities, struct pal_err *err)
    PAL_MUST_CHECK;
/* *ret_number: the tenant's; *ret_first: it was not marked so before. */
enum pal_code roster_add(struct roster *roster, size_t identity, enum roster_mark mark, const char *tenant,
                         size_t *ret_number, bool *ret_first, struct pal_err *err) PAL_MUST_CHECK;
const char *roster_tenant(const struct roster *roster, size_t number);

#endif
