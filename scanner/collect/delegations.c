/* SPDX-License-Identifier: Apache-2.0 */
/* delegations.c - Lighthouse registrations per subscription, with their authorizations. */
#include "observe.h"

#include <string.h>

/* The delegated scope is what stands before "/providers/microsoft.managedservices/" in the id. */
static enum pal_code set_scope(struct parse *parse, struct pal_record *record, struct pal_err *err) {
  static const char mark[] = "/providers/microsoft.managedservices/registrationassignments/";
  const char *id = pal_get_text(record, PAL_DELEGATION_ID);
  const char *at = id ? strstr(id, mark) : NULL;
  if (!at || at == id) {
    parse->blemished = true;
    return PAL_OK;
  }
  char *scope = pal_arena_strndup(parse->arena, id, (size_t)(at - id));
  return scope ? pal_set_text(parse->arena, record, PAL_DELEGATION_SCOPE, scope, err) : pal_err_nomem(err);
}

static enum pal_code parse_delegated_roles(struct parse *parse, struct pal_record *record, const pal_json *node,
                                           struct pal_err *err) {
  return parse_set(parse, record, PAL_AUTHORIZATION_DELEGATED_ROLE_IDS, node, err);
}

struct naming {
  parse_name_fn *keeps;
  const void *payload;
  const char *managing_tenant;
};

static enum pal_code parse_authorization(struct parse *parse, struct pal_record *delegation, const pal_json *item,
                                         const char *kind, const struct naming *naming, struct pal_err *err) {
  struct pal_record *record = pal_record_new(parse->arena, &pal_kind_AUTHORIZATION);
  if (!record)
    return pal_err_nomem(err);
  enum pal_code code = pal_set_text(parse->arena, record, PAL_AUTHORIZATION_KIND, kind, err);
  if (code == PAL_OK)
    code = parse_field(parse, record, PAL_AUTHORIZATION_PRINCIPAL_ID, pal_json_get(item, "principalId"), err);
  if (code == PAL_OK)
    code = parse_role_id(parse, record, PAL_AUTHORIZATION_ROLE_ID, pal_json_get(item, "roleDefinitionId"), err);
  if (code == PAL_OK)
    code = parse_delegated_roles(parse, record, pal_json_get(item, "delegatedRoleDefinitionIds"), err);
  if (code != PAL_OK)
    return code;
  if (!parse_has(record, PAL_AUTHORIZATION_PRINCIPAL_ID) || !parse_has(record, PAL_AUTHORIZATION_ROLE_ID)) {
    parse->blemished = true;
    return PAL_OK;
  }
  if (naming->managing_tenant &&
      naming->keeps(naming->payload, naming->managing_tenant, pal_get_text(record, PAL_AUTHORIZATION_PRINCIPAL_ID)))
    code =
        parse_field(parse, record, PAL_AUTHORIZATION_PRINCIPAL_NAME, pal_json_get(item, "principalIdDisplayName"), err);
  return code == PAL_OK ? pal_add_record(parse->arena, delegation, PAL_DELEGATION_AUTHORIZATIONS, record, err) : code;
}

static enum pal_code parse_authorizations(struct parse *parse, struct pal_record *delegation, const pal_json *list,
                                          const char *kind, const struct naming *naming, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  if (list && !pal_json_is_null(list) && pal_json_type(list) != PAL_JSON_ARRAY)
    parse->blemished = true;
  else
    for (const pal_json *item = pal_json_first(list); code == PAL_OK && item; item = pal_json_next(item))
      code = parse_authorization(parse, delegation, item, kind, naming, err);
  return code;
}

static enum pal_code parse_plan(struct parse *parse, struct pal_record *record, const pal_json *node,
                                struct pal_err *err) {
  if (!node || pal_json_is_null(node))
    return PAL_OK;
  struct pal_record *plan = pal_record_new(parse->arena, &pal_kind_PLAN);
  if (!plan)
    return pal_err_nomem(err);
  if (pal_json_type(node) != PAL_JSON_OBJECT)
    parse->blemished = true;
  enum pal_code code = parse_members(parse, plan, node, err);
  pal_set_record(record, PAL_DELEGATION_PLAN, plan);
  return code;
}

static enum pal_code parse_definition(struct parse *parse, struct pal_record *record, const pal_json *definition,
                                      struct naming *naming, struct pal_err *err) {
  const pal_json *properties = pal_json_get(definition, "properties");
  size_t clashes = 0;
  if (!properties) /* the expansion was not heeded, or is not allowed: who gets what is not known */
    parse->blemished = true;
  enum pal_code code = parse_members(parse, record, properties, err);
  naming->managing_tenant = pal_get_text(record, PAL_DELEGATION_MANAGED_BY);
  if (code == PAL_OK)
    code = parse_plan(parse, record, pal_json_get(definition, "plan"), err);
  if (code == PAL_OK && properties)
    pal_set_empty(record, PAL_DELEGATION_AUTHORIZATIONS);
  if (code == PAL_OK)
    code = parse_authorizations(parse, record, pal_json_get(properties, "authorizations"), "permanent", naming, err);
  if (code == PAL_OK)
    code = parse_authorizations(parse, record, pal_json_get(properties, "eligibleAuthorizations"), "eligible", naming,
                                err);
  if (code == PAL_OK && properties)
    code = records_unify(record->v[PAL_DELEGATION_AUTHORIZATIONS].u.records, &clashes, err);
  parse->blemished = parse->blemished || clashes > 0;
  return code;
}

enum pal_code parse_delegation(struct parse *parse, const pal_json *item, parse_name_fn *keeps_name,
                               const void *payload, struct pal_record **ret, struct pal_err *err) {
  struct pal_record *record = pal_record_new(parse->arena, &pal_kind_DELEGATION);
  const pal_json *properties = pal_json_get(item, "properties");
  struct naming naming = {keeps_name, payload, NULL};
  *ret = NULL;
  if (!record)
    return pal_err_nomem(err);
  enum pal_code code = parse_field(parse, record, PAL_DELEGATION_ID, pal_json_get(item, "id"), err);
  if (code == PAL_OK)
    code = set_scope(parse, record, err);
  if (code == PAL_OK)
    code = parse_field(parse, record, PAL_DELEGATION_DEFINITION_ID,
                       pal_json_get(properties, "registrationDefinitionId"), err);
  if (code == PAL_OK)
    code = parse_field(parse, record, PAL_DELEGATION_STATE, pal_json_get(properties, "provisioningState"), err);
  if (code == PAL_OK && parse_has(record, PAL_DELEGATION_ID) && parse_has(record, PAL_DELEGATION_SCOPE))
    code = parse_definition(parse, record, pal_json_get(properties, "registrationDefinition"), &naming, err);
  if (code == PAL_OK && parse_has(record, PAL_DELEGATION_ID) && parse_has(record, PAL_DELEGATION_SCOPE))
    *ret = record;
  return code;
}

/* Names of people are kept as the setting says: those of our own, of all, of none. */
static bool keeps_name(const void *payload, const char *managing_tenant, const char *principal) {
  const struct observer *observer = payload;
  const char *names = pal_get_text(observer->options->settings, PAL_SETTINGS_NAMES);
  if (!names || strcmp(names, "none") == 0)
    return false;
  return strcmp(names, "all") == 0 || run_is_ours(observer, managing_tenant, principal);
}

static enum pal_code take(struct reading *reading, const pal_json *item, struct pal_err *err) {
  const struct subscription *subscription = &reading->observer->subscriptions[reading->index];
  struct pal_subscription_id in;
  struct pal_record *record = NULL;
  enum pal_code code = parse_delegation(&reading->parse, item, keeps_name, reading->observer, &record, err);
  if (code == PAL_OK && record &&
      (!pal_arm_id_subscription(pal_get_text(record, PAL_DELEGATION_SCOPE), &in) ||
       strcmp(in.s, subscription->id.s) != 0))
    record = NULL; /* of another subscription: no part of this unit */
  return code == PAL_OK ? reading_keep(reading, record, err) : code;
}

/* Where the provider is not registered or not offered, nothing can have been delegated. */
static bool is_not_there(const struct pal_outcome *outcome) {
  return outcome->extent == PAL_READ_NOTHING && (strcmp(outcome->error, "MissingSubscriptionRegistration") == 0 ||
                                                 strcmp(outcome->error, "DisallowedProvider") == 0);
}

static enum pal_code done(struct reading *reading, const struct pal_outcome *outcome, struct pal_err *err) {
  struct unit *unit = &reading->observer->units[COLLECTOR_delegations][reading->index];
  unit->not_applicable = is_not_there(outcome) || observer_lacks(reading->observer, outcome);
  unit->records = reading->records;
  enum pal_code code = observer_keep(reading->observer, outcome, &unit->completeness, err);
  return code == PAL_OK ? observer_unify(&unit->records, &unit->completeness, err) : code;
}

enum pal_code delegations_start(struct observer *observer, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < observer->subscriptions_n; i++) {
    struct reading *reading = reading_new(observer, i, err);
    if (!reading)
      return PAL_E_NOMEM;
    reading->item = take;
    reading->done = done;
    code = reading_list(reading, PAL_ARM, PAL_PAGING_ARM, PAL_PLAN_DELEGATIONS, observer->subscriptions[i].id.s, NULL,
                        err);
  }
  return code;
}

enum pal_code delegations_finish(struct observer *observer, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  /* The tenant's one file is there also when it has no subscription. */
  if (!observer_has_own(observer) &&
      !observer_doc(observer, PAL_FILE_DELEGATIONS, &observer->observation.tenant, NULL, err))
    return PAL_E_NOMEM;
  for (size_t i = 0; code == PAL_OK && i < observer->subscriptions_n; i++) {
    const struct subscription *subscription = &observer->subscriptions[i];
    const struct unit *unit = &observer->units[COLLECTOR_delegations][i];
    if (unit->completeness.extent != PAL_READ_NOTHING) {
      struct pal_doc *doc = observer_doc(observer, PAL_FILE_DELEGATIONS, &subscription->tenant, NULL, err);
      if (!doc)
        return PAL_E_NOMEM;
      for (size_t j = 0; code == PAL_OK && j < unit->records.n; j++)
        code = pal_records_add(observer->arena, &doc->records, unit->records.v[j], err);
    }
    if (code == PAL_OK)
      code = observer_cover(observer, &subscription->tenant, collectors[COLLECTOR_delegations].area, subscription->id.s,
                            unit->not_applicable ? "not-applicable" : extent_state(unit->completeness.extent),
                            (int64_t)unit->records.n, -1, unit->completeness.code, err);
  }
  return code;
}
