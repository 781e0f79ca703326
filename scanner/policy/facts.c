/* SPDX-License-Identifier: Apache-2.0 */
#include "facts.h"

#include <stdlib.h>
#include <string.h>

#include "areas.h"
#include "pal_buf.h"

/* Two texts of which every byte may be written as \u00xx, and less than that of the rest: a PAL_T_JSON value all the same. */
enum { LINK_VALUE_BYTES_MAX = PAL_JSON_TEXT_MAX };
_Static_assert(LINK_VALUE_BYTES_MAX > 13 * PAL_TEXT_MAX, "the value of a link fits");

void facts_init(struct facts *facts, struct pal_arena *arena) {
  *facts = (struct facts){.arena = arena};
}

/* The place of the id in facts->v, or where it belongs. */
static size_t place_of(const struct facts *facts, const char *tenant_id) {
  size_t low = 0, high = facts->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (strcmp(facts->v[middle]->id, tenant_id) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

struct tenant_fact *facts_find(const struct facts *facts, const char *tenant_id) {
  size_t at = place_of(facts, tenant_id);
  return at < facts->n && strcmp(facts->v[at]->id, tenant_id) == 0 ? facts->v[at] : NULL;
}

struct tenant_fact *facts_get(struct facts *facts, const char *tenant_id) {
  struct tenant_fact *tenant = facts_find(facts, tenant_id);
  if (tenant)
    return tenant;
  tenant = pal_arena_alloc(facts->arena, sizeof *tenant);
  facts->v = pal_arena_grow(facts->arena, facts->v, facts->n, &facts->cap, sizeof(struct tenant_fact *));
  if (!tenant || !facts->v || strlen(tenant_id) >= sizeof tenant->id)
    return NULL;
  memcpy(tenant->id, tenant_id, strlen(tenant_id) + 1);
  size_t at = place_of(facts, tenant_id);
  memmove(facts->v + at + 1, facts->v + at, (facts->n - at) * sizeof(struct tenant_fact *));
  facts->v[at] = tenant;
  facts->n++;
  return tenant;
}

/* --- taking records --- */

static const char *dup_text(const struct facts *facts, const char *text, bool *ok) {
  const char *copy = text ? pal_arena_strdup(facts->arena, text) : NULL;
  *ok = *ok && (copy || !text);
  return copy;
}

static enum unit_state state_of(const struct pal_record *coverage) {
  const char *const *words = pal_kind_COVERAGE.fields[PAL_COVERAGE_STATE].words;
  const char *word = pal_get_text(coverage, PAL_COVERAGE_STATE);
  for (size_t i = 0; word && words[i]; i++)
    if (strcmp(words[i], word) == 0)
      return (enum unit_state)i;
  return UNIT_UNREAD;
}

/* The units of one area are mostly those of the area before: their names are kept once. */
static const char *unit_name(const struct facts *facts, struct tenant_fact *tenant, const char *name, bool *ok) {
  for (size_t tries = 0; tries < 2; tries++) {
    if (tenant->unit_hint < tenant->units_n && strcmp(tenant->units[tenant->unit_hint].name, name) == 0)
      return tenant->units[tenant->unit_hint++].name;
    tenant->unit_hint = 0;
  }
  return dup_text(facts, name, ok);
}

static bool take_unit(const struct facts *facts, struct tenant_fact *tenant, const struct pal_doc *doc,
                      const struct pal_record *record) {
  const char *area = pal_get_text(record, PAL_COVERAGE_AREA), *known = area ? area_find(area, strlen(area)) : NULL;
  const char *name = pal_get_text(record, PAL_COVERAGE_UNIT);
  if (!tenant->units) {
    tenant->units = pal_arena_calloc(facts->arena, doc->records.n, sizeof *tenant->units);
    tenant->units_cap = doc->records.n;
  }
  tenant->units =
      pal_arena_grow(facts->arena, tenant->units, tenant->units_n, &tenant->units_cap, sizeof *tenant->units);
  bool ok = area && name && tenant->units;
  if (!ok)
    return false;
  struct unit unit = {.area = known ? known : dup_text(facts, area, &ok),
                      .name = unit_name(facts, tenant, name, &ok),
                      .state = state_of(record),
                      .as_of = dup_text(facts, pal_get_text(record, PAL_COVERAGE_AS_OF), &ok),
                      .code = dup_text(facts, pal_get_text(record, PAL_COVERAGE_CODE), &ok)};
  if (ok)
    tenant->units[tenant->units_n++] = unit;
  return ok;
}

static void add_member(struct pal_buf *out, const char *name, const char *text) {
  if (!text)
    return;
  pal_buf_printf(out, "%s\"%s\":", out->len > 1 ? "," : "", name);
  pal_json_escape(out, text);
}

/* {"partnerId":…,"partnerName":…,"state":…,"version":…}; NULL for no link. */
static const char *link_value(const struct facts *facts, const struct pal_record *link, bool *ok) {
  const char *state = link ? pal_get_text(link, PAL_LINK_STATE) : NULL;
  if (!link || (state && strcmp(state, "Deleted") == 0))
    return NULL;
  struct pal_buf out;
  pal_buf_init(&out, LINK_VALUE_BYTES_MAX);
  pal_buf_putc(&out, '{');
  add_member(&out, "partnerId", pal_get_text(link, PAL_LINK_PARTNER_ID));
  add_member(&out, "partnerName", pal_get_text(link, PAL_LINK_PARTNER_NAME));
  add_member(&out, "state", state);
  if (link->v[PAL_LINK_VERSION].is == PAL_SET)
    pal_buf_printf(&out, "%s\"version\":%lld", out.len > 1 ? "," : "",
                   (long long)pal_get_int(link, PAL_LINK_VERSION, 0));
  pal_buf_putc(&out, '}');
  const char *value = out.bad == PAL_OK ? pal_arena_strdup(facts->arena, out.data) : NULL;
  *ok = *ok && value;
  pal_buf_deinit(&out);
  return value;
}

static bool take_identity(const struct facts *facts, struct tenant_fact *tenant, enum pal_state state,
                          const struct pal_record *record) {
  struct identity_facts *list = &tenant->identities[state];
  const struct pal_texts *names = pal_get_texts(record, PAL_IDENTITY_NAMES);
  list->v = pal_arena_grow(facts->arena, list->v, list->n, &list->cap, sizeof *list->v);
  bool ok = list->v != NULL;
  struct identity_fact identity = {.object_id = dup_text(facts, pal_get_text(record, PAL_IDENTITY_OBJECT_ID), &ok),
                                   .names = pal_arena_calloc(facts->arena, names->n, sizeof *identity.names),
                                   .names_n = names->n,
                                   .answered = record->v[PAL_IDENTITY_LINK].is != PAL_ABSENT,
                                   .value = link_value(facts, pal_get_record(record, PAL_IDENTITY_LINK), &ok)};
  ok = ok && identity.names && identity.object_id;
  for (size_t i = 0; i < names->n && ok; i++)
    identity.names[i] = dup_text(facts, names->v[i], &ok);
  if (ok)
    list->v[list->n++] = identity;
  return ok;
}

static bool take_managing(const struct facts *facts, struct tenant_fact *tenant, const struct pal_record *record) {
  const char *managing = pal_get_text(record, PAL_DELEGATION_MANAGED_BY);
  for (size_t i = 0; managing && i < tenant->managing_n; i++)
    if (strcmp(tenant->managing[i], managing) == 0)
      return true;
  if (!managing)
    return true;
  bool ok = true;
  tenant->managing = pal_arena_grow(facts->arena, tenant->managing, tenant->managing_n, &tenant->managing_cap,
                                    sizeof *tenant->managing);
  const char *copy = dup_text(facts, managing, &ok);
  if (ok && tenant->managing)
    tenant->managing[tenant->managing_n++] = copy;
  return ok && tenant->managing;
}

static bool is_group(const char *principal_type) {
  return principal_type && strcmp(principal_type, "Group") == 0;
}

static bool take_now(const struct facts *facts, struct tenant_fact *tenant, const struct pal_doc *doc,
                     const struct pal_record *record) {
  const struct pal_kind *kind = record->kind;
  bool ok = true;
  if (kind == &pal_kind_COVERAGE)
    ok = take_unit(facts, tenant, doc, record);
  else if (kind == &pal_kind_TENANT)
    tenant->name = dup_text(facts, pal_get_text(record, PAL_TENANT_DISPLAY_NAME), &ok);
  else if (kind == &pal_kind_DELEGATION)
    ok = take_managing(facts, tenant, record);
  else if (kind == &pal_kind_SUBSCRIPTION)
    tenant->subscriptions++;
  else if (kind == &pal_kind_ASSIGNMENT)
    tenant->group_principals |= is_group(pal_get_text(record, PAL_ASSIGNMENT_PRINCIPAL_TYPE));
  else if (kind == &pal_kind_PIM)
    tenant->group_principals |= is_group(pal_get_text(record, PAL_PIM_PRINCIPAL_TYPE));
  return ok;
}

static enum pal_code take_earlier(const struct facts *facts, struct tenant_fact *tenant,
                                  const struct pal_record *record, struct pal_err *err) {
  struct pal_records *list = record->kind == &pal_kind_FINDING ? &tenant->previous_findings : &tenant->previous_events;
  struct pal_record *copy = pal_record_dup(facts->arena, record);
  return copy ? pal_records_add(facts->arena, list, copy, err) : pal_err_nomem(err);
}

enum pal_code facts_take(struct facts *facts, enum pal_state state, const struct pal_doc *doc,
                         const struct pal_record *record, struct pal_err *err) {
  struct tenant_fact *tenant = facts_get(facts, doc->tenant.s);
  if (!tenant)
    return pal_err_nomem(err);
  bool ok = true;
  if (record->kind == &pal_kind_FINDING || record->kind == &pal_kind_EVENT)
    return state == PAL_STATE_PREVIOUS ? take_earlier(facts, tenant, record, err) : PAL_OK;
  if (record->kind == &pal_kind_IDENTITY)
    ok = take_identity(facts, tenant, state, record);
  else if (state == PAL_STATE_NOW)
    ok = take_now(facts, tenant, doc, record);
  return ok ? PAL_OK : pal_err_nomem(err);
}

/* --- order and look-up --- */

static int by_unit(const void *a, const void *b) {
  const struct unit *left = a, *right = b;
  int order = strcmp(left->area, right->area);
  return order != 0 ? order : strcmp(left->name, right->name);
}

static int by_object_id(const void *a, const void *b) {
  return strcmp(((const struct identity_fact *)a)->object_id, ((const struct identity_fact *)b)->object_id);
}

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort(void *items, size_t n, size_t size, int (*compare)(const void *, const void *)) {
  if (n > 1)
    qsort(items, n, size, compare);
}

void facts_finish(struct facts *facts) {
  for (size_t i = 0; i < facts->n; i++) {
    struct tenant_fact *tenant = facts->v[i];
    sort(tenant->units, tenant->units_n, sizeof *tenant->units, by_unit);
    sort(tenant->managing, tenant->managing_n, sizeof *tenant->managing, by_text);
    for (size_t state = 0; state < 2; state++)
      sort(tenant->identities[state].v, tenant->identities[state].n, sizeof(struct identity_fact), by_object_id);
    pal_records_sort(&tenant->previous_findings, NULL);
    pal_records_sort(&tenant->previous_events, NULL);
  }
}

const struct unit *facts_units(const struct tenant_fact *tenant, const char *area, size_t *ret_n) {
  size_t low = 0, high = tenant->units_n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (strcmp(tenant->units[middle].area, area) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  size_t end = low;
  while (end < tenant->units_n && strcmp(tenant->units[end].area, area) == 0)
    end++;
  *ret_n = end - low;
  return *ret_n ? tenant->units + low : NULL;
}

const struct unit *facts_unit(const struct tenant_fact *tenant, const char *area, const char *name) {
  struct unit key = {.area = area, .name = name};
  return tenant->units_n ? bsearch(&key, tenant->units, tenant->units_n, sizeof *tenant->units, by_unit) : NULL;
}

const struct identity_fact *facts_identity(const struct tenant_fact *tenant, enum pal_state state,
                                           const char *object_id) {
  const struct identity_facts *list = &tenant->identities[state];
  struct identity_fact key = {.object_id = object_id};
  return list->n ? bsearch(&key, list->v, list->n, sizeof *list->v, by_object_id) : NULL;
}
