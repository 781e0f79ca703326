/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_AREAS_H
#define PAL_AREAS_H
/* areas.h - the areas of coverage, and which of them a setting `collect` takes in. */
#include <stdbool.h>
#include <stddef.h>

#include "pal_record.h"

/* The area of this name as static text, NULL when there is none. */
const char *area_find(const char *name, size_t len);
/* All areas, NULL-terminated. */
const char *const *area_all(void);
/* Whether settings.collect takes the area in: tenant and subscriptions always;
 * role-assignments stands for all of access and groups. */
bool area_collected(const struct pal_record *settings, const char *area);
/* Whether an entry "role-assignments" of a list also speaks of this area. */
bool area_of_access(const char *area);
/* Whether the units of this area are subscriptions (and "tenant" for what lies above them). */
bool area_by_subscription(const char *area);

#endif
