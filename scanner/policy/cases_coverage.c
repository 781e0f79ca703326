/* SPDX-License-Identifier: Apache-2.0 */
/* cases_coverage.c - the completeness of one tenant of a case: complete, where the case does not say else. */
#include <string.h>

#include "areas.h"
#include "cases_build.h"
#include "pal_json.h"

static struct pal_record *find_unit(const struct pal_doc *doc, const char *area, const char *unit) {
  for (size_t i = 0; i < doc->records.n; i++)
    if (strcmp(pal_get_text(doc->records.v[i], PAL_COVERAGE_AREA), area) == 0 &&
        strcmp(pal_get_text(doc->records.v[i], PAL_COVERAGE_UNIT), unit) == 0)
      return doc->records.v[i];
  return NULL;
}

static enum pal_code set_state(const struct builder *b, struct pal_record *record, const char *state,
                               struct pal_err *err) {
  enum pal_code code = pal_set_text(b->arena, record, PAL_COVERAGE_STATE, state, err);
  if (code == PAL_OK && strcmp(state, "stale") == 0 && !pal_get_text(record, PAL_COVERAGE_AS_OF))
    code = pal_set_text(b->arena, record, PAL_COVERAGE_AS_OF, b->previous_started, err);
  return code;
}

static enum pal_code add_unit(const struct builder *b, struct pal_doc *doc, const char *area, const char *unit,
                              const char *state, struct pal_err *err) {
  struct pal_record *record = find_unit(doc, area, unit);
  if (record)
    return set_state(b, record, state, err);
  if (!(record = pal_record_new(b->arena, &pal_kind_COVERAGE)))
    return pal_err_nomem(err);
  enum pal_code code = pal_set_text(b->arena, record, PAL_COVERAGE_AREA, area, err);
  if (code == PAL_OK)
    code = pal_set_text(b->arena, record, PAL_COVERAGE_UNIT, unit, err);
  if (code == PAL_OK)
    code = set_state(b, record, state, err);
  return code == PAL_OK ? pal_records_add(b->arena, &doc->records, record, err) : code;
}

static enum pal_code add_identity_units(const struct builder *b, struct pal_doc *doc, const struct pal_record *identity,
                                        struct pal_err *err) {
  const struct pal_texts *names = pal_get_texts(identity, PAL_IDENTITY_NAMES);
  enum pal_code code = PAL_OK;
  if (names->n == 0)
    return add_unit(b, doc, "links", pal_get_text(identity, PAL_IDENTITY_OBJECT_ID), "complete", err);
  for (size_t i = 0; i < names->n && code == PAL_OK; i++)
    code = add_unit(b, doc, "links", names->v[i], "complete", err);
  return code;
}

static enum pal_code add_doc_units(const struct builder *b, struct pal_doc *doc, const struct pal_doc *file,
                                   const char *const *areas, struct pal_err *err) {
  if (file->file->id == PAL_FILE_IDENTITY && area_collected(b->settings, "links"))
    return add_identity_units(b, doc, file->records.v[0], err);
  if (file->file->id == PAL_FILE_GROUP && area_collected(b->settings, "groups"))
    return add_unit(b, doc, "groups", file->id.s, "complete", err);
  enum pal_code code = PAL_OK;
  for (size_t i = 0; file->file->id == PAL_FILE_SUBSCRIPTION && areas[i] && code == PAL_OK; i++)
    if (area_by_subscription(areas[i]) && area_collected(b->settings, areas[i]))
      code = add_unit(b, doc, areas[i], file->id.s, "complete", err);
  return code;
}

/* Areas read once for the whole tenant, or above its subscriptions. */
static bool has_tenant_unit(const char *area) {
  return strcmp(area, "links") != 0 && strcmp(area, "groups") != 0 && strcmp(area, "usage") != 0;
}

static enum pal_code add_default_units(const struct builder *b, struct pal_doc *doc, struct pal_err *err) {
  const char *const *areas = area_all();
  bool identities = false;
  enum pal_code code = PAL_OK;
  for (size_t i = 0; areas[i] && code == PAL_OK; i++)
    if (has_tenant_unit(areas[i]) && area_collected(b->settings, areas[i]))
      code = add_unit(b, doc, areas[i], "tenant", "complete", err);
  for (size_t i = 0; i < b->docs->n && code == PAL_OK; i++) {
    if (strcmp(b->docs->v[i]->tenant.s, b->tenant.s) != 0)
      continue;
    identities = identities || b->docs->v[i]->file->id == PAL_FILE_IDENTITY;
    code = add_doc_units(b, doc, b->docs->v[i], areas, err);
  }
  if (code == PAL_OK && !identities && area_collected(b->settings, "links"))
    code = add_unit(b, doc, "links", "tenant", "not-applicable", err);
  return code;
}

static enum pal_code override_area(const struct builder *b, struct pal_doc *doc, const pal_json *node,
                                   struct pal_err *err) {
  const char *area = pal_json_key(node), *state = pal_json_text(node);
  bool any = false;
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < doc->records.n && code == PAL_OK; i++) {
    if (strcmp(pal_get_text(doc->records.v[i], PAL_COVERAGE_AREA), area) != 0)
      continue;
    any = true;
    code = set_state(b, doc->records.v[i], state, err);
  }
  if (code == PAL_OK && !any)
    code = add_unit(b, doc, area, "tenant", state, err);
  return code == PAL_OK ? code : pal_json_fail(b->doc, node, err, "unknown state \"%s\"", state);
}

static enum pal_code override_unit(const struct builder *b, struct pal_doc *doc, const char *area, const pal_json *node,
                                   struct pal_err *err) {
  const char *state = pal_json_text(node), *unit = pal_json_key(node);
  if (state)
    return add_unit(b, doc, area, unit, state, err) == PAL_OK
               ? PAL_OK
               : pal_json_fail(b->doc, node, err, "unknown state \"%s\"", state);
  static const char *const date[] = {"asOf", NULL};
  const pal_json *as_of = pal_json_get(node, "asOf");
  bool never = as_of && pal_json_type(as_of) == PAL_JSON_NULL;
  struct member members[] = {{"area", case_quoted(b, area)}, {"unit", case_quoted(b, unit)}};
  struct filler filler = {.members = members, .n = 2, .skip = never ? date : NULL};
  struct pal_record *record = NULL, *old = find_unit(doc, area, unit);
  if (!members[0].json || !members[1].json)
    return pal_err_nomem(err);
  enum pal_code code = case_decode(b, &pal_kind_COVERAGE, node, &filler, &record, err);
  if (code == PAL_OK)
    code = set_state(b, record, pal_get_text(record, PAL_COVERAGE_STATE), err);
  if (code == PAL_OK && never)
    pal_set_absent(record, PAL_COVERAGE_AS_OF);
  for (size_t i = 0; old && code == PAL_OK && i < doc->records.n; i++) {
    if (doc->records.v[i] == old) {
      doc->records.v[i] = record;
      return PAL_OK;
    }
  }
  return code == PAL_OK ? pal_records_add(b->arena, &doc->records, record, err) : code;
}

enum pal_code case_put_coverage(const struct builder *b, const pal_json *given, struct pal_err *err) {
  struct pal_doc *doc = pal_docs_get(b->docs, PAL_FILE_COVERAGE, &b->tenant, NULL);
  if (!doc)
    return pal_err_nomem(err);
  enum pal_code code = add_default_units(b, doc, err);
  for (const pal_json *area = given && code == PAL_OK ? pal_json_first(given) : NULL; area && code == PAL_OK;
       area = pal_json_next(area)) {
    if (!area_find(pal_json_key(area), strlen(pal_json_key(area))))
      return pal_json_fail(b->doc, area, err, "unknown area \"%s\"", pal_json_key(area));
    if (pal_json_text(area)) {
      code = override_area(b, doc, area, err);
      continue;
    }
    for (const pal_json *unit = pal_json_first(area); unit && code == PAL_OK; unit = pal_json_next(unit))
      code = override_unit(b, doc, pal_json_key(area), unit, err);
  }
  return code;
}
