/* SPDX-License-Identifier: Apache-2.0 */
/*
 * subscriptions.c - GET /subscriptions: those of the token's tenant, and those
 * delegated to it by Lighthouse. An application sees no list of tenants: those
 * that delegate to its tenant are how it learns of further ones.
 */
#include <stdlib.h>
#include <string.h>

#include "observe.h"

static enum pal_code parse_managers(struct parse *parse, struct pal_record *record, const pal_json *node,
                                    struct pal_err *err) {
  if (!node || pal_json_is_null(node))
    return PAL_OK;
  const char **ids = calloc(pal_json_count(node) + 1, sizeof *ids);
  if (!ids)
    return pal_err_nomem(err);
  size_t n = 0;
  for (const pal_json *item = pal_json_first(node); item; item = pal_json_next(item)) {
    const char *text = pal_json_text(pal_json_get(item, "tenantId"));
    if (text && pal_guid_canonical(text, strlen(text), (char[PAL_GUID_LEN + 1]){0}))
      ids[n++] = text;
    else
      parse->blemished = true;
  }
  if (pal_json_type(node) != PAL_JSON_ARRAY)
    parse->blemished = true;
  enum pal_code code = pal_set_texts(parse->arena, record, PAL_SUBSCRIPTION_MANAGED_BY, ids, n, err);
  free(ids);
  return code;
}

enum pal_code parse_subscription(struct parse *parse, const pal_json *item, struct pal_record **ret,
                                 struct pal_tenant_id *ret_tenant, struct pal_err *err) {
  struct pal_record *record = pal_record_new(parse->arena, &pal_kind_SUBSCRIPTION);
  const char *tenant = pal_json_text(pal_json_get(item, "tenantId"));
  *ret = NULL;
  if (!record)
    return pal_err_nomem(err);
  enum pal_code code = parse_members(parse, record, item, err);
  if (code == PAL_OK)
    code = parse_members(parse, record, pal_json_get(item, "subscriptionPolicies"), err);
  if (code == PAL_OK)
    code = parse_managers(parse, record, pal_json_get(item, "managedByTenants"), err);
  if (code == PAL_OK && parse_has(record, PAL_SUBSCRIPTION_SUBSCRIPTION_ID) && tenant &&
      pal_tenant_id_parse(tenant, ret_tenant, NULL) == PAL_OK)
    *ret = record;
  return code;
}

static enum pal_code take(struct reading *reading, const pal_json *item, struct pal_err *err) {
  struct observer *observer = reading->observer;
  struct subscription *found = NULL;
  struct pal_record *record = NULL;
  struct pal_tenant_id tenant;
  enum pal_code code = parse_subscription(&reading->parse, item, &record, &tenant, err);
  if (code != PAL_OK)
    return code;
  if (!record) {
    reading->parse.blemished = true;
    return PAL_OK;
  }
  found = pal_arena_grow(observer->arena, observer->subscriptions, observer->subscriptions_n, &reading->index,
                         sizeof *found);
  if (!found)
    return pal_err_nomem(err);
  observer->subscriptions = found;
  found = &observer->subscriptions[observer->subscriptions_n++];
  *found = (struct subscription){.tenant = tenant, .record = record};
  found->own = strcmp(tenant.s, observer->observation.tenant.s) == 0;
  memcpy(found->id.s, pal_get_text(record, PAL_SUBSCRIPTION_SUBSCRIPTION_ID), sizeof found->id.s);
  return PAL_OK;
}

static int compare_bytes(const struct pal_record *a, const struct pal_record *b) {
  struct pal_buf x, y;
  pal_buf_init(&x, SIZE_MAX);
  pal_buf_init(&y, SIZE_MAX);
  pal_record_compact(a, &x);
  pal_record_compact(b, &y);
  int order = strcmp(x.data, y.data);
  pal_buf_deinit(&x);
  pal_buf_deinit(&y);
  return order;
}

static int compare(const void *a, const void *b) {
  const struct subscription *x = a, *y = b;
  int order = strcmp(x->id.s, y->id.s);
  if (order == 0)
    order = strcmp(x->tenant.s, y->tenant.s);
  return order ? order : compare_bytes(x->record, y->record);
}

/* One entry of each id; what differs between two of one id shows that the list changed while it was read. */
static bool unify(struct observer *observer) {
  size_t kept = 0;
  bool same = true;
  struct subscription *all = observer->subscriptions;
  if (observer->subscriptions_n > 1)
    qsort(all, observer->subscriptions_n, sizeof *all, compare);
  for (size_t i = 0; i < observer->subscriptions_n; i++) {
    if (kept == 0 || strcmp(all[kept - 1].id.s, all[i].id.s) != 0)
      all[kept++] = all[i];
    else
      same = same && compare(&all[kept - 1], &all[i]) == 0;
  }
  observer->subscriptions_n = kept;
  return same;
}

static enum pal_code done(struct reading *reading, const struct pal_outcome *outcome, struct pal_err *err) {
  struct observer *observer = reading->observer;
  enum pal_code code = observer_keep(observer, outcome, &observer->listed, err);
  if (code == PAL_OK && !unify(observer))
    completeness_spoil(&observer->listed, PAL_WORD_ITEM);
  for (size_t i = 0; code == PAL_OK && observer->is_app && i < observer->subscriptions_n; i++)
    if (!observer->subscriptions[i].own)
      code = observer_discover(observer, observer->subscriptions[i].tenant.s, err);
  if (code != PAL_OK)
    return code;
  if (observer->is_app)
    observer_discovered(observer);
  for (size_t i = 0; i < COLLECTORS_N; i++) {
    if (collectors[i].units != UNITS_ACCESS && collectors[i].units != UNITS_SUBSCRIPTION)
      continue;
    observer->units[i] = pal_arena_calloc(observer->arena, observer->subscriptions_n + 1, sizeof(struct unit));
    if (!observer->units[i])
      return pal_err_nomem(err);
  }
  return PAL_OK;
}

enum pal_code subscriptions_start(struct observer *observer, struct pal_err *err) {
  struct reading *reading = reading_new(observer, 0, err);
  if (!reading)
    return PAL_E_NOMEM;
  reading->item = take;
  reading->done = done;
  return reading_list(reading, PAL_ARM, PAL_PAGING_ARM, PAL_PLAN_SUBSCRIPTIONS, "", NULL, err);
}

static enum pal_code put(struct observer *observer, const struct subscription *subscription, struct pal_err *err) {
  struct pal_doc *doc = observer_doc(observer, PAL_FILE_SUBSCRIPTION, &subscription->tenant, subscription->id.s, err);
  struct pal_record *sighting = doc ? pal_record_new(observer->arena, &pal_kind_SIGHTING) : NULL;
  if (!sighting)
    return pal_err_nomem(err);
  enum pal_code code =
      pal_set_text(observer->arena, sighting, PAL_SIGHTING_IDENTITY, observer->observation.identity, err);
  if (code == PAL_OK)
    code = pal_set_text(observer->arena, sighting, PAL_SIGHTING_TENANT, observer->observation.tenant.s, err);
  if (code == PAL_OK)
    code = pal_add_record(observer->arena, subscription->record, PAL_SUBSCRIPTION_SEEN_FROM, sighting, err);
  return code == PAL_OK ? pal_records_add(observer->arena, &doc->records, subscription->record, err) : code;
}

static int compare_tenants(const void *a, const void *b) {
  return strcmp((*(const struct subscription *const *)a)->tenant.s, (*(const struct subscription *const *)b)->tenant.s);
}

/* Which other subscriptions those tenants have cannot be seen from here. */
static enum pal_code cover_delegated(struct observer *observer, struct pal_err *err) {
  const struct subscription **all = pal_arena_calloc(observer->arena, observer->subscriptions_n + 1, sizeof *all);
  size_t n = 0;
  if (!all)
    return pal_err_nomem(err);
  for (size_t i = 0; i < observer->subscriptions_n; i++)
    if (!observer->subscriptions[i].own)
      all[n++] = &observer->subscriptions[i];
  if (n > 1)
    qsort(all, n, sizeof *all, compare_tenants);
  enum pal_code code = PAL_OK;
  for (size_t i = 0, end; code == PAL_OK && i < n; i = end) {
    for (end = i + 1; end < n && compare_tenants(&all[i], &all[end]) == 0;)
      end++;
    code = observer_cover(observer, &all[i]->tenant, "subscriptions", UNIT_WHOLE, "partial", (int64_t)(end - i), -1,
                          WORD_LIGHTHOUSE, err);
  }
  return code;
}

enum pal_code subscriptions_finish(struct observer *observer, struct pal_err *err) {
  int64_t own = 0;
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < observer->subscriptions_n; i++) {
    own += observer->subscriptions[i].own;
    code = put(observer, &observer->subscriptions[i], err);
  }
  if (code == PAL_OK)
    code = observer_cover(observer, &observer->observation.tenant, "subscriptions", UNIT_WHOLE,
                          extent_state(observer->listed.extent), own, -1, observer->listed.code, err);
  return code == PAL_OK ? cover_delegated(observer, err) : code;
}
