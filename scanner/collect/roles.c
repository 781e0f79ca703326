/* SPDX-License-Identifier: Apache-2.0 */
/* roles.c - custom role definitions, per own subscription; one file each under the tenant. */
#include <string.h>

#include "observe.h"
#include "pal_text.h"

enum pal_code parse_role(struct parse *parse, const pal_json *item, struct pal_record **ret, struct pal_err *err) {
  struct pal_record *record = pal_record_new(parse->arena, &pal_kind_ROLE);
  const pal_json *properties = pal_json_get(item, "properties");
  *ret = NULL;
  if (!record)
    return pal_err_nomem(err);
  enum pal_code code = parse_role_id(parse, record, PAL_ROLE_ROLE_ID, pal_json_get(item, "id"), err);
  if (code == PAL_OK && !parse_has(record, PAL_ROLE_ROLE_ID))
    code = parse_role_id(parse, record, PAL_ROLE_ROLE_ID, pal_json_get(item, "name"), err);
  if (code == PAL_OK)
    code = parse_field(parse, record, PAL_ROLE_ROLE_TYPE, pal_json_get(properties, "type"), err);
  if (code == PAL_OK && parse_has(record, PAL_ROLE_ROLE_ID))
    code = parse_members(parse, record, properties, err);
  if (code == PAL_OK)
    code = parse_set(parse, record, PAL_ROLE_ASSIGNABLE_SCOPES, pal_json_get(properties, "assignableScopes"), err);
  if (code == PAL_OK)
    code = parse_permissions(parse, record, PAL_ROLE_PERMISSIONS, pal_json_get(properties, "permissions"), err);
  if (code == PAL_OK && parse_has(record, PAL_ROLE_ROLE_ID))
    *ret = record;
  return code;
}

static bool is_builtin(const struct pal_record *role) {
  const char *type = pal_get_text(role, PAL_ROLE_ROLE_TYPE);
  return type && pal_same_word(type, "BuiltInRole");
}

static enum pal_code take(struct reading *reading, const pal_json *item, struct pal_err *err) {
  struct pal_record *record = NULL;
  enum pal_code code = parse_role(&reading->parse, item, &record, err);
  if (code == PAL_OK && record && is_builtin(record))
    return PAL_OK; /* the filter was not heeded */
  return code == PAL_OK ? reading_keep(reading, record, err) : code;
}

static enum pal_code done(struct reading *reading, const struct pal_outcome *outcome, struct pal_err *err) {
  struct unit *unit = &reading->observer->units[COLLECTOR_roles][reading->index];
  unit->records = reading->records;
  enum pal_code code = observer_keep(reading->observer, outcome, &unit->completeness, err);
  return code == PAL_OK ? observer_unify(&unit->records, &unit->completeness, err) : code;
}

enum pal_code roles_start(struct observer *observer, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < observer->subscriptions_n; i++) {
    if (!observer->subscriptions[i].own)
      continue;
    struct reading *reading = reading_new(observer, i, err);
    if (!reading)
      return PAL_E_NOMEM;
    reading->item = take;
    reading->done = done;
    code = reading_list(reading, PAL_ARM, PAL_PAGING_ARM, PAL_PLAN_ROLES, observer->subscriptions[i].id.s, NULL, err);
  }
  return code;
}

/* The same role shows in every subscription it can be assigned in. */
enum pal_code roles_finish(struct observer *observer, struct pal_err *err) {
  const struct pal_tenant_id *tenant = &observer->observation.tenant;
  struct pal_records all = {0};
  size_t clashes = 0;
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < observer->subscriptions_n; i++)
    for (size_t j = 0; code == PAL_OK && j < observer->units[COLLECTOR_roles][i].records.n; j++)
      code = pal_records_add(observer->arena, &all, observer->units[COLLECTOR_roles][i].records.v[j], err);
  if (code == PAL_OK)
    code = records_unify(&all, &clashes, err);
  for (size_t i = 0; code == PAL_OK && i < all.n; i++) {
    struct pal_doc *doc =
        observer_doc(observer, PAL_FILE_CUSTOM_ROLE, tenant, pal_get_text(all.v[i], PAL_ROLE_ROLE_ID), err);
    code = doc ? pal_records_add(observer->arena, &doc->records, all.v[i], err) : PAL_E_NOMEM;
  }
  for (size_t i = 0; code == PAL_OK && i < observer->subscriptions_n; i++) {
    struct unit *unit = &observer->units[COLLECTOR_roles][i];
    if (!observer->subscriptions[i].own)
      continue;
    if (clashes > 0) /* it changed while it was read */
      completeness_spoil(&unit->completeness, PAL_WORD_ITEM);
    code = observer_cover(observer, tenant, collectors[COLLECTOR_roles].area, observer->subscriptions[i].id.s,
                          extent_state(unit->completeness.extent), (int64_t)unit->records.n, -1,
                          unit->completeness.code, err);
  }
  return code;
}
