/* SPDX-License-Identifier: Apache-2.0 */
#include "areas.h"

#include <string.h>

const struct collector collectors[COLLECTORS_N] = {
#define COLLECTOR(name, area, setting, units, stage) \
  {COLLECTOR_##name, #name, area, setting, units, stage, name##_start, name##_finish},
#include "collectors.def"
#undef COLLECTOR
};

const struct collector *collector_of_area(const char *area) {
  for (size_t i = 0; i < COLLECTORS_N; i++)
    if (collectors[i].area && strcmp(collectors[i].area, area) == 0)
      return &collectors[i];
  return NULL;
}

bool collector_enabled(const struct collector *collector, const struct pal_record *settings) {
  const struct pal_texts *words = pal_get_texts(settings, PAL_SETTINGS_COLLECT);
  if (!collector->setting)
    return true;
  for (size_t i = 0; i < words->n; i++)
    if (strcmp(words->v[i], collector->setting) == 0)
      return true;
  return false;
}
