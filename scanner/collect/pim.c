/* SPDX-License-Identifier: Apache-2.0 */
/* pim.c - Privileged Identity Management: eligible and active schedule instances, two lists that make one unit. */
#include <stdio.h>
#include <string.h>

#include "observe.h"

static const struct {
  const char *kind, *plan;
} lists[] = {{"eligible", PAL_PLAN_ELIGIBLE}, {"active", PAL_PLAN_ACTIVE}};
enum { LISTS_N = 2 };

/* One of the two lists of a subscription. */
struct half {
  struct completeness completeness;
  bool unlicensed, lacks;
};
struct halves {
  struct half half[LISTS_N];
  struct pal_records records;
  size_t answered;
};

enum pal_code parse_pim(struct parse *parse, const pal_json *item, const char *kind, struct pal_record **ret,
                        struct pal_err *err) {
  struct pal_record *record = pal_record_new(parse->arena, &pal_kind_PIM);
  const pal_json *properties = pal_json_get(item, "properties");
  bool eligible = strcmp(kind, "eligible") == 0;
  *ret = NULL;
  if (!record)
    return pal_err_nomem(err);
  enum pal_code code = pal_set_text(parse->arena, record, PAL_PIM_KIND, kind, err);
  if (code == PAL_OK)
    code = parse_field(parse, record, PAL_PIM_ID, pal_json_get(item, "id"), err);
  if (code == PAL_OK)
    code = parse_role_id(parse, record, PAL_PIM_ROLE_ID, pal_json_get(properties, "roleDefinitionId"), err);
  if (code == PAL_OK)
    code =
        parse_field(parse, record, PAL_PIM_SCHEDULE_ID,
                    pal_json_get(properties, eligible ? "roleEligibilityScheduleId" : "roleAssignmentScheduleId"), err);
  if (code == PAL_OK && parse_has(record, PAL_PIM_ID))
    code = parse_members(parse, record, properties, err);
  if (code == PAL_OK && parse_has(record, PAL_PIM_ID) && parse_has(record, PAL_PIM_ROLE_ID) &&
      parse_has(record, PAL_PIM_PRINCIPAL_ID) && parse_has(record, PAL_PIM_SCOPE))
    *ret = record;
  return code;
}

static enum pal_code take(struct reading *reading, const pal_json *item, struct pal_err *err) {
  const char *const *kind = reading->more;
  struct pal_record *record = NULL;
  enum pal_code code = parse_pim(&reading->parse, item, *kind, &record, err);
  return code == PAL_OK ? reading_keep(reading, record, err) : code;
}

/* A tenant without the licence has no instances to read. */
static bool is_unlicensed(const struct pal_outcome *outcome) {
  return strcmp(outcome->error, "AadPremiumLicenseRequired") == 0;
}

/* The cause is that of the first list that is not complete. */
static struct completeness join(const struct half half[LISTS_N]) {
  enum pal_extent first = half[0].completeness.extent, second = half[1].completeness.extent;
  struct completeness joined = half[first == PAL_READ_ALL].completeness;
  if (first != second)
    joined.extent = PAL_READ_SOME;
  return joined;
}

static enum pal_code settle(struct observer *observer, size_t index, struct halves *halves, struct pal_err *err) {
  struct unit *unit = &observer->units[COLLECTOR_pim][index];
  const struct half *half = halves->half;
  if (halves->records.n == 0 && (half[0].unlicensed || half[1].unlicensed)) {
    unit->not_applicable = true;
    unit->completeness.code = half[half[0].unlicensed ? 0 : 1].completeness.code;
    return PAL_OK;
  }
  unit->completeness = join(half);
  unit->not_applicable = half[0].lacks && half[1].lacks;
  return observer_place(observer, index, &halves->records, PAL_PIM_SCOPE, unit, err);
}

static enum pal_code done(struct reading *reading, const struct pal_outcome *outcome, struct pal_err *err) {
  struct observer *observer = reading->observer;
  struct halves *halves = (struct halves *)observer->state[COLLECTOR_pim] + reading->index;
  const char *const *kind = reading->more;
  struct half *half = &halves->half[strcmp(*kind, "eligible") != 0];
  *half = (struct half){.unlicensed = is_unlicensed(outcome), .lacks = observer_lacks(observer, outcome)};
  enum pal_code code = observer_keep(observer, outcome, &half->completeness, err);
  for (size_t i = 0; code == PAL_OK && i < reading->records.n; i++)
    code = pal_records_add(observer->arena, &halves->records, reading->records.v[i], err);
  if (code == PAL_OK && ++halves->answered == LISTS_N)
    code = settle(observer, reading->index, halves, err);
  return code;
}

enum pal_code pim_start(struct observer *observer, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  observer->state[COLLECTOR_pim] =
      pal_arena_calloc(observer->arena, observer->subscriptions_n + 1, sizeof(struct halves));
  if (!observer->state[COLLECTOR_pim])
    return pal_err_nomem(err);
  for (size_t i = 0; code == PAL_OK && i < observer->subscriptions_n * LISTS_N; i++) {
    struct reading *reading = reading_new(observer, i / LISTS_N, err);
    const char **kind = pal_arena_alloc(observer->arena, sizeof *kind);
    if (!reading || !kind)
      return pal_err_nomem(err);
    *kind = lists[i % LISTS_N].kind;
    reading->more = kind;
    reading->item = take;
    reading->done = done;
    code = reading_list(reading, PAL_ARM, PAL_PAGING_ARM, lists[i % LISTS_N].plan,
                        observer->subscriptions[i / LISTS_N].id.s, NULL, err);
  }
  return code;
}

enum pal_code pim_finish(struct observer *observer, struct pal_err *err) {
  return observer_finish_access(observer, COLLECTOR_pim, PAL_FILE_PIM, PAL_FILE_INHERITED_PIM, err);
}
