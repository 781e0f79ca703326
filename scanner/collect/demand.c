/* SPDX-License-Identifier: Apache-2.0 */
/* demand.c - how many requests of plan.h a scan makes of what was seen. */
#include "areas.h"
#include "pal_collect.h"
#include "plan.h"

static bool is_asked(const struct pal_record *settings, enum collector_id id) {
  return collector_enabled(&collectors[id], settings);
}

/* Role assignments, deny assignments, eligible and active instances of PIM; custom roles of own subscriptions only. */
enum { ACCESS_LISTS = 4 };

struct pal_demand pal_collect_demand(const struct pal_record *settings, const struct pal_seen *seen) {
  struct pal_demand demand = {.requests = 1}; /* the token */
  size_t all = seen->own + seen->delegated;
  if (!seen->signed_in)
    return demand;
  demand.requests += 2; /* tenants, subscriptions */
  demand.requests += is_asked(settings, COLLECTOR_links);
  if (!seen->listed)
    return demand;
  if (is_asked(settings, COLLECTOR_assignments))
    demand.requests += ACCESS_LISTS * all + seen->own + (seen->own + PAL_COUNT_BATCH - 1) / PAL_COUNT_BATCH;
  if (is_asked(settings, COLLECTOR_delegations))
    demand.requests += all;
  if (is_asked(settings, COLLECTOR_usage))
    demand.costs = all * ((size_t)pal_get_int(settings, PAL_SETTINGS_USAGE_WINDOW, 2) + 1);
  if (is_asked(settings, COLLECTOR_groups) && seen->groups > 0)
    demand.requests += 1 + seen->groups; /* the directory's token */
  demand.requests += demand.costs;
  return demand;
}
