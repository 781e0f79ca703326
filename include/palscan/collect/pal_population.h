/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_POPULATION_H
#define PAL_POPULATION_H
/* pal_population.h - whom a run should reach, and whether it reached one completely. Pure: no I/O, no clock. */
#include <stdbool.h>

#include "pal_doc.h"
#include "pal_time.h"

/* Whether all units of collected areas are complete, not-applicable or self-declared, however long ago. Links of
 * people who have left and of identities taken out of the configuration are passed over. */
bool pal_tenant_complete(const struct pal_docs *docs, const struct pal_record *settings);

struct pal_population {
  struct pal_texts tenants;
  struct pal_texts counted;
};
/* tenants: estate customers (active, offboarding, offboarded while still in the parent), else configuration,
 * parent tenants, discovered ones, own tenants; counted: those of the
 * completeness count (estate active and offboarding ∪ parent tenants the estate does not name, else
 * configuration ∪ discovered ∪ parent; own tenants). Sorted. */
enum pal_code pal_population(struct pal_arena *arena, const struct pal_record *settings,
                             const struct pal_record *estate, const struct pal_texts *parent_tenants,
                             const struct pal_texts *discovered, struct pal_population *ret, struct pal_err *err)
    PAL_MUST_CHECK;

#endif
