/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assignments.c - role assignments per subscription. The list of a subscription
 * also shows what it inherits; that is kept once for the tenant, in
 * access/inherited.json, and never from a list read through Lighthouse.
 */
#include "assignments.h"

enum pal_code parse_assignment(struct parse *parse, const pal_json *item, struct pal_record **ret,
                               struct pal_err *err) {
  struct pal_record *record = pal_record_new(parse->arena, &pal_kind_ASSIGNMENT);
  const pal_json *properties = pal_json_get(item, "properties");
  *ret = NULL;
  if (!record)
    return pal_err_nomem(err);
  enum pal_code code = parse_field(parse, record, PAL_ASSIGNMENT_ID, pal_json_get(item, "id"), err);
  if (code == PAL_OK)
    code = parse_role_id(parse, record, PAL_ASSIGNMENT_ROLE_ID, pal_json_get(properties, "roleDefinitionId"), err);
  if (code == PAL_OK && parse_has(record, PAL_ASSIGNMENT_ID))
    code = parse_members(parse, record, properties, err);
  if (code == PAL_OK && parse_has(record, PAL_ASSIGNMENT_ID) && parse_has(record, PAL_ASSIGNMENT_ROLE_ID) &&
      parse_has(record, PAL_ASSIGNMENT_PRINCIPAL_ID) && parse_has(record, PAL_ASSIGNMENT_SCOPE))
    *ret = record;
  return code;
}

static enum pal_code take(struct reading *reading, const pal_json *item, struct pal_err *err) {
  struct pal_record *record = NULL;
  enum pal_code code = parse_assignment(&reading->parse, item, &record, err);
  return code == PAL_OK ? reading_keep(reading, record, err) : code;
}

enum pal_code assignments_unit(struct reading *reading, const struct pal_outcome *outcome, struct unit *unit,
                               struct pal_err *err) {
  *unit = (struct unit){0};
  enum pal_code code = observer_keep(reading->observer, outcome, &unit->completeness, err);
  if (code != PAL_OK)
    return code;
  return observer_place(reading->observer, reading->index, &reading->records, PAL_ASSIGNMENT_SCOPE, unit, err);
}

static enum pal_code done(struct reading *reading, const struct pal_outcome *outcome, struct pal_err *err) {
  return assignments_unit(reading, outcome, &reading->observer->units[COLLECTOR_assignments][reading->index], err);
}

enum pal_code assignments_read(struct observer *observer, size_t subscription, reading_done_fn *then, void *more,
                               struct pal_err *err) {
  struct reading *reading = reading_new(observer, subscription, err);
  if (!reading)
    return PAL_E_NOMEM;
  reading->item = take;
  reading->done = then;
  reading->more = more;
  return reading_list(reading, PAL_ARM, PAL_PAGING_ARM, PAL_PLAN_ASSIGNMENTS,
                      observer->subscriptions[subscription].id.s, NULL, err);
}

enum pal_code assignments_start(struct observer *observer, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < observer->subscriptions_n; i++)
    code = assignments_read(observer, i, done, NULL, err);
  return code;
}

enum pal_code assignments_finish(struct observer *observer, struct pal_err *err) {
  return observer_finish_access(observer, COLLECTOR_assignments, PAL_FILE_ASSIGNMENTS, PAL_FILE_INHERITED, err);
}
