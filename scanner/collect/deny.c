/* SPDX-License-Identifier: Apache-2.0 */
/* deny.c - deny assignments per subscription. */
#include "observe.h"

static enum pal_code parse_principals(struct parse *parse, struct pal_record *record, int field, const pal_json *node,
                                      struct pal_err *err) {
  if (!node || pal_json_is_null(node))
    return PAL_OK;
  if (pal_json_type(node) != PAL_JSON_ARRAY) {
    parse->blemished = true;
    return PAL_OK;
  }
  size_t clashes = 0;
  enum pal_code code = PAL_OK;
  pal_set_empty(record, field);
  for (const pal_json *item = pal_json_first(node); code == PAL_OK && item; item = pal_json_next(item)) {
    struct pal_record *principal = pal_record_new(parse->arena, &pal_kind_DENY_PRINCIPAL);
    if (!principal)
      return pal_err_nomem(err);
    code = parse_members(parse, principal, item, err);
    if (code != PAL_OK)
      return code;
    if (parse_has(principal, PAL_DENY_PRINCIPAL_ID))
      code = pal_add_record(parse->arena, record, field, principal, err);
    else
      parse->blemished = true;
  }
  if (code == PAL_OK)
    code = records_unify(record->v[field].u.records, &clashes, err);
  parse->blemished = parse->blemished || clashes > 0;
  return code;
}

enum pal_code parse_deny(struct parse *parse, const pal_json *item, struct pal_record **ret, struct pal_err *err) {
  struct pal_record *record = pal_record_new(parse->arena, &pal_kind_DENY);
  const pal_json *properties = pal_json_get(item, "properties");
  *ret = NULL;
  if (!record)
    return pal_err_nomem(err);
  enum pal_code code = parse_field(parse, record, PAL_DENY_ID, pal_json_get(item, "id"), err);
  if (code == PAL_OK)
    code = parse_field(parse, record, PAL_DENY_NAME, pal_json_get(properties, "denyAssignmentName"), err);
  if (code == PAL_OK && parse_has(record, PAL_DENY_ID))
    code = parse_members(parse, record, properties, err);
  if (code == PAL_OK)
    code = parse_principals(parse, record, PAL_DENY_PRINCIPALS, pal_json_get(properties, "principals"), err);
  if (code == PAL_OK)
    code = parse_principals(parse, record, PAL_DENY_EXCLUDED, pal_json_get(properties, "excludePrincipals"), err);
  if (code == PAL_OK)
    code = parse_permissions(parse, record, PAL_DENY_PERMISSIONS, pal_json_get(properties, "permissions"), err);
  if (code == PAL_OK && parse_has(record, PAL_DENY_ID) && parse_has(record, PAL_DENY_SCOPE))
    *ret = record;
  return code;
}

static enum pal_code take(struct reading *reading, const pal_json *item, struct pal_err *err) {
  struct pal_record *record = NULL;
  enum pal_code code = parse_deny(&reading->parse, item, &record, err);
  return code == PAL_OK ? reading_keep(reading, record, err) : code;
}

static enum pal_code done(struct reading *reading, const struct pal_outcome *outcome, struct pal_err *err) {
  struct observer *observer = reading->observer;
  struct unit *unit = &observer->units[COLLECTOR_deny][reading->index];
  unit->not_applicable = observer_lacks(observer, outcome);
  enum pal_code code = observer_keep(observer, outcome, &unit->completeness, err);
  if (code != PAL_OK)
    return code;
  return observer_place(observer, reading->index, &reading->records, PAL_DENY_SCOPE, unit, err);
}

enum pal_code deny_start(struct observer *observer, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < observer->subscriptions_n; i++) {
    struct reading *reading = reading_new(observer, i, err);
    if (!reading)
      return PAL_E_NOMEM;
    reading->item = take;
    reading->done = done;
    code = reading_list(reading, PAL_ARM, PAL_PAGING_ARM, PAL_PLAN_DENY, observer->subscriptions[i].id.s, NULL, err);
  }
  return code;
}

enum pal_code deny_finish(struct observer *observer, struct pal_err *err) {
  return observer_finish_access(observer, COLLECTOR_deny, PAL_FILE_DENY, PAL_FILE_INHERITED_DENY, err);
}
