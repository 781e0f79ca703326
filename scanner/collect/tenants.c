/* SPDX-License-Identifier: Apache-2.0 */
/* tenants.c - GET /tenants: the name of the token's tenant, and further tenants a person can sign in to. */
#include <string.h>

#include "observe.h"

struct tenants {
  struct completeness read;
  struct pal_records own; /* entries of the token's tenant */
};

enum pal_code parse_tenant(struct parse *parse, const pal_json *item, struct pal_record **ret, struct pal_err *err) {
  struct pal_record *record = pal_record_new(parse->arena, &pal_kind_TENANT);
  *ret = NULL;
  if (!record)
    return pal_err_nomem(err);
  enum pal_code code = parse_members(parse, record, item, err);
  if (code == PAL_OK && parse_has(record, PAL_TENANT_TENANT_ID))
    *ret = record;
  return code;
}

/* Of other tenants only the id is kept: a person may see thousands, from each of them. */
static enum pal_code take(struct reading *reading, const pal_json *item, struct pal_err *err) {
  struct observer *observer = reading->observer;
  struct pal_record *record = NULL;
  struct parse look = {.arena = run_scratch(observer->run)};
  enum pal_code code = parse_tenant(&look, item, &record, err);
  reading->parse.blemished = look.blemished || !record;
  if (code != PAL_OK || !record)
    return code;
  const char *id = pal_get_text(record, PAL_TENANT_TENANT_ID);
  if (strcmp(id, observer->observation.tenant.s) != 0)
    return observer->is_user ? observer_discover(observer, id, err) : PAL_OK;
  code = parse_tenant(&reading->parse, item, &record, err);
  return code == PAL_OK ? reading_keep(reading, record, err) : code;
}

static enum pal_code done(struct reading *reading, const struct pal_outcome *outcome, struct pal_err *err) {
  struct observer *observer = reading->observer;
  struct tenants *tenants = observer->state[COLLECTOR_tenants];
  tenants->own = reading->records;
  if (observer->is_user)
    observer_discovered(observer);
  return observer_keep(observer, outcome, &tenants->read, err);
}

enum pal_code tenants_start(struct observer *observer, struct pal_err *err) {
  struct reading *reading = reading_new(observer, 0, err);
  observer->state[COLLECTOR_tenants] = pal_arena_alloc(observer->arena, sizeof(struct tenants));
  if (!reading || !observer->state[COLLECTOR_tenants])
    return pal_err_nomem(err);
  reading->item = take;
  reading->done = done;
  return reading_list(reading, PAL_ARM, PAL_PAGING_ARM, PAL_PLAN_TENANTS, "", NULL, err);
}

enum pal_code tenants_finish(struct observer *observer, struct pal_err *err) {
  struct tenants *tenants = observer->state[COLLECTOR_tenants];
  const struct pal_tenant_id *tenant = &observer->observation.tenant;
  struct completeness *read = &tenants->read;
  enum pal_code code = observer_unify(&tenants->own, read, err);
  if (code != PAL_OK)
    return code;
  if (tenants->own.n == 0)
    return observer_cover(observer, tenant, "tenant", UNIT_WHOLE, "unread", 0, -1,
                          read->code ? read->code : WORD_NOT_LISTED, err);
  struct pal_doc *doc = observer_doc(observer, PAL_FILE_TENANT, tenant, NULL, err);
  if (!doc)
    return PAL_E_NOMEM;
  code = pal_records_add(observer->arena, &doc->records, tenants->own.v[0], err);
  if (code == PAL_OK)
    code = observer_cover(observer, tenant, "tenant", UNIT_WHOLE, extent_state(read->extent), 1, -1, read->code, err);
  return code;
}
