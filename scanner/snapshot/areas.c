/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>

#include "pal_coverage.h"

const char *const pal_areas[] = {"tenant", "subscriptions", "links", "directory", "role-assignments",
                                 "role-definitions", "pim", "deny-assignments", "groups", "usage", "delegations",
                                 /* collected by later versions; people and policies may already name them */
                                 "power-platform", "power-bi", "customer-insights", "partner-center", NULL};
