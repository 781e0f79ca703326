/* SPDX-License-Identifier: Apache-2.0 */
#include "areas.h"

#include <string.h>

#include "pal_coverage.h"

const char *area_find(const char *name, size_t len) {
  for (size_t i = 0; pal_areas[i]; i++)
    if (strlen(pal_areas[i]) == len && memcmp(pal_areas[i], name, len) == 0)
      return pal_areas[i];
  return NULL;
}

const char *const *area_all(void) {
  return pal_areas;
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
