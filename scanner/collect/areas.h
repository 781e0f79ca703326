/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_AREAS_H
#define PAL_AREAS_H
/* areas.h - the table of collectors.def: what is read, and in which units its completeness is told. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pal_coverage.h"
#include "pal_err.h"
#include "pal_record.h"

/* The unit of what is read at one go for a tenant. In areas told per
 * subscription or group it stands for what cannot be told so: access above the
 * subscriptions, or that it is unknown which units there are. */
#define UNIT_WHOLE "tenant"

/* Words of this layer in coverage.code, beside those of pal_azure.h and pal_coverage.h. */
#define WORD_LIGHTHOUSE "through lighthouse"
#define WORD_FEWER "fewer than resource graph"
#define WORD_LAGGING "count lagging"
#define WORD_NOT_LISTED "tenant not listed"
#define WORD_NOT_ASKED "not attempted"
#define WORD_NO_CREDENTIAL "no credential"
#define WORD_NOT_CONFIRMED "not confirmed by its tenant"
#define WORD_REFERENCES "groups not known"
#define WORD_NO_SUBSCRIPTION "no subscription in sight"

enum units {
  UNITS_NONE,
  UNITS_WHOLE,    /* UNIT_WHOLE */
  UNITS_IDENTITY, /* names of identities */
  UNITS_ACCESS,   /* subscription ids, and UNIT_WHOLE for what lies above them; through Lighthouse at most partial */
  UNITS_SUBSCRIPTION, /* subscription ids; UNIT_WHOLE when there are none, or it is not known which there are */
  UNITS_GROUP         /* group ids, and UNIT_WHOLE: whether it is known which groups to ask for */
};

enum stage { STAGE_TENANT, STAGE_SUBSCRIPTIONS, STAGE_COUNTS, STAGE_REST, STAGE_NAMES, STAGES_N };

enum collector_id {
#define COLLECTOR(name, ...) COLLECTOR_##name,
#include "collectors.def"
#undef COLLECTOR
  COLLECTORS_N
};

struct observer;

struct collector {
  enum collector_id id;
  const char *name, *area, *setting;
  enum units units;
  enum stage stage;
  /* Puts requests on their way. */
  enum pal_code (*start)(struct observer *observer, struct pal_err *err);
  /* After all stages: documents and coverage. */
  enum pal_code (*finish)(struct observer *observer, struct pal_err *err);
};
extern const struct collector collectors[COLLECTORS_N];

#define COLLECTOR(name, area, setting, units, stage)                          \
  enum pal_code name##_start(struct observer *observer, struct pal_err *err); \
  enum pal_code name##_finish(struct observer *observer, struct pal_err *err);
#include "collectors.def"
#undef COLLECTOR

/* NULL when no collector fills the area. */
const struct collector *collector_of_area(const char *area);
/* So long a declaration counts as complete. */
int64_t declared_max_age_days(const struct pal_record *settings);
/* Whether the settings ask for it. */
bool collector_enabled(const struct collector *collector, const struct pal_record *settings);

#endif
