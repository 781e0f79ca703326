/* SPDX-License-Identifier: Apache-2.0 */
#include "areas.h"

#include <string.h>

static const char *const areas[] = {
    "tenant", "subscriptions", "links", "directory", "role-assignments", "role-definitions", "pim", "deny-assignments",
    "groups", "usage", "delegations",
    /* collected by later versions; a policy may already name them and is then not tested */
    "power-platform", "power-bi", "customer-insights", "partner-center", NULL};

const char *area_find(const char *name, size_t len) {
  for (size_t i = 0; areas[i]; i++)
    if (strlen(areas[i]) == len && memcmp(areas[i], name, len) == 0)
      return areas[i];
  return NULL;
}

const char *const *area_all(void) {
  return areas;
}

static bool is_one_of(const char *area, const char *const *list) {
  for (; *list; list++)
    if (strcmp(*list, area) == 0)
      return true;
  return false;
}

bool area_of_access(const char *area) {
  static const char *const access[] = {"role-assignments", "role-definitions", "pim",
                                       "deny-assignments", "groups",           NULL};
  return is_one_of(area, access);
}

bool area_by_subscription(const char *area) {
  static const char *const by[] = {"role-assignments", "pim", "deny-assignments", "usage", NULL};
  return is_one_of(area, by);
}

bool area_collected(const struct pal_record *settings, const char *area) {
  if (strcmp(area, "tenant") == 0 || strcmp(area, "subscriptions") == 0)
    return true;
  const struct pal_texts *collect = pal_get_texts(settings, PAL_SETTINGS_COLLECT);
  for (size_t i = 0; i < collect->n; i++)
    if (strcmp(collect->v[i], area) == 0 || (strcmp(collect->v[i], "role-assignments") == 0 && area_of_access(area)))
      return true;
  return false;
}
