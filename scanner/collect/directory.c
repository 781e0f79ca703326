/* SPDX-License-Identifier: Apache-2.0 */
/*
 * directory.c - names, from Microsoft Graph, of the principals that the rest of
 * the reading came upon in the token's tenant. They are asked for in sorted
 * batches of a fixed size, so that a replay asks the same. Names of people are
 * asked for and kept as the setting says. Nothing else rests on them: where the
 * directory does not answer, access is known as before.
 */
#include <stdlib.h>
#include <string.h>

#include "groups.h"
#include "pal_text.h"

enum { BODY_MAX = 64 << 10 };

struct directory {
  const char **ids; /* sorted, each once */
  size_t n, cap;
  struct pal_records records;
  struct pal_outcome outcome; /* of all batches */
  size_t batches, unread;
};

/* The ids first … first + n of those to ask for. */
struct batch {
  size_t first, n;
};

/* --- whom to ask for --- */

static bool is_person(const char *type) {
  return type && pal_same_word(type, "User");
}

/* Whether names of this person are kept. */
static bool keeps_person(const struct observer *observer, const char *object) {
  const char *names = pal_get_text(observer->options->settings, PAL_SETTINGS_NAMES);
  if (!names || strcmp(names, "none") == 0)
    return false;
  return strcmp(names, "all") == 0 || run_is_ours(observer, observer->observation.tenant.s, object);
}

/* type NULL: not known before the directory is asked. */
static enum pal_code add(struct observer *observer, const char *id, const char *type, struct pal_err *err) {
  struct directory *directory = observer->state[COLLECTOR_directory];
  if (!id || (type && pal_same_word(type, "ForeignGroup")) || (is_person(type) && !keeps_person(observer, id)))
    return PAL_OK;
  const char **grown = pal_arena_grow(observer->arena, directory->ids, directory->n, &directory->cap, sizeof *grown);
  if (!grown)
    return pal_err_nomem(err);
  directory->ids = grown;
  directory->ids[directory->n++] = id;
  return PAL_OK;
}

static enum pal_code add_all(struct observer *observer, const struct pal_records *records, int principal, int type,
                             struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < records->n; i++)
    code = add(observer, pal_get_text(records->v[i], principal), pal_get_text(records->v[i], type), err);
  return code;
}

static enum pal_code add_holders(struct observer *observer, size_t subscription, struct pal_err *err) {
  const struct unit *direct = &observer->units[COLLECTOR_assignments][subscription];
  const struct unit *pim = &observer->units[COLLECTOR_pim][subscription];
  const struct pal_records *assignments[] = {&direct->records, &direct->above};
  const struct pal_records *instances[] = {&pim->records, &pim->above};
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < 2; i++) {
    code = add_all(observer, assignments[i], PAL_ASSIGNMENT_PRINCIPAL_ID, PAL_ASSIGNMENT_PRINCIPAL_TYPE, err);
    if (code == PAL_OK)
      code = add_all(observer, instances[i], PAL_PIM_PRINCIPAL_ID, PAL_PIM_PRINCIPAL_TYPE, err);
  }
  return code;
}

static enum pal_code add_authorized(struct observer *observer, size_t subscription, struct pal_err *err) {
  const struct pal_records *delegations = &observer->units[COLLECTOR_delegations][subscription].records;
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < delegations->n; i++) {
    const struct pal_records *all = pal_get_records(delegations->v[i], PAL_DELEGATION_AUTHORIZATIONS);
    const char *managing = pal_get_text(delegations->v[i], PAL_DELEGATION_MANAGED_BY);
    bool here = managing && strcmp(managing, observer->observation.tenant.s) == 0;
    for (size_t j = 0; code == PAL_OK && here && j < all->n; j++)
      code = add(observer, pal_get_text(all->v[j], PAL_AUTHORIZATION_PRINCIPAL_ID), NULL, err);
  }
  return code;
}

static enum pal_code add_groups(struct observer *observer, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < groups_count(observer); i++) {
    code = add(observer, groups_id(observer, i), NULL, err);
    if (code == PAL_OK)
      code = add_all(observer, groups_members(observer, i), PAL_MEMBER_OBJECT_ID, PAL_MEMBER_TYPE, err);
  }
  return code;
}

static int compare(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void unify(struct directory *directory) {
  size_t kept = 0;
  if (directory->n > 1)
    qsort(directory->ids, directory->n, sizeof *directory->ids, compare);
  for (size_t i = 0; i < directory->n; i++)
    if (kept == 0 || compare(&directory->ids[kept - 1], &directory->ids[i]) != 0)
      directory->ids[kept++] = directory->ids[i];
  directory->n = kept;
}

/* --- answers --- */

enum pal_code parse_directory_object(struct parse *parse, const pal_json *item, struct pal_record **ret,
                                     struct pal_err *err) {
  static const char prefix[] = "#microsoft.graph.";
  struct pal_record *record = pal_record_new(parse->arena, &pal_kind_DIRECTORY_OBJECT);
  const char *type = pal_json_text(pal_json_get(item, "@odata.type"));
  *ret = NULL;
  if (!record)
    return pal_err_nomem(err);
  enum pal_code code = parse_field(parse, record, PAL_DIRECTORY_OBJECT_OBJECT_ID, pal_json_get(item, "id"), err);
  if (code == PAL_OK && type && strncmp(type, prefix, sizeof prefix - 1) == 0 && type[sizeof prefix - 1])
    code = pal_set_text(parse->arena, record, PAL_DIRECTORY_OBJECT_TYPE, type + sizeof prefix - 1, err);
  if (code == PAL_OK)
    code = parse_members(parse, record, item, err);
  if (code == PAL_OK && parse_has(record, PAL_DIRECTORY_OBJECT_OBJECT_ID) &&
      parse_has(record, PAL_DIRECTORY_OBJECT_TYPE))
    *ret = record;
  return code;
}

static enum pal_code take(struct reading *reading, const pal_json *item, struct pal_err *err) {
  const struct observer *observer = reading->observer;
  const struct directory *directory = observer->state[COLLECTOR_directory];
  const struct batch *batch = reading->more;
  struct pal_record *record = NULL;
  enum pal_code code = parse_directory_object(&reading->parse, item, &record, err);
  const char *id = record ? pal_get_text(record, PAL_DIRECTORY_OBJECT_OBJECT_ID) : NULL;
  if (code == PAL_OK && id && !bsearch(&id, directory->ids + batch->first, batch->n, sizeof id, compare))
    record = NULL; /* nobody asked for it */
  else if (code == PAL_OK && id && is_person(pal_get_text(record, PAL_DIRECTORY_OBJECT_TYPE)) &&
           !keeps_person(observer, id))
    return PAL_OK;
  return code == PAL_OK ? reading_keep(reading, record, err) : code;
}

static enum pal_code done(struct reading *reading, const struct pal_outcome *outcome, struct pal_err *err) {
  struct directory *directory = reading->observer->state[COLLECTOR_directory];
  enum pal_code code = PAL_OK;
  directory->unread += outcome->extent == PAL_READ_NOTHING;
  if (outcome->extent != PAL_READ_ALL)
    directory->outcome = *outcome;
  for (size_t i = 0; code == PAL_OK && i < reading->records.n; i++)
    code = pal_records_add(reading->observer->arena, &directory->records, reading->records.v[i], err);
  return code;
}

/* --- questions --- */

static enum pal_code ask(struct observer *observer, size_t first, size_t n, struct pal_err *err) {
  struct directory *directory = observer->state[COLLECTOR_directory];
  struct reading *reading = reading_new(observer, first, err);
  struct batch *batch = pal_arena_alloc(observer->arena, sizeof *batch);
  struct pal_buf body;
  if (!reading || !batch)
    return pal_err_nomem(err);
  *batch = (struct batch){first, n};
  pal_buf_init(&body, BODY_MAX);
  for (size_t i = 0; i < n; i++)
    pal_buf_printf(&body, "%s\"%s\"", i ? "," : "{\"ids\":[", directory->ids[first + i]);
  pal_buf_puts(&body, "],\"types\":[\"group\",\"servicePrincipal\",\"user\"]}");
  enum pal_code code = pal_buf_check(&body, "the body of a query for names", err);
  reading->item = take;
  reading->done = done;
  reading->more = batch;
  directory->batches++;
  if (code == PAL_OK)
    code = reading_list(reading, PAL_GRAPH, PAL_PAGING_ODATA, PAL_PLAN_NAMES, "", body.data, err);
  pal_buf_deinit(&body);
  return code;
}

enum pal_code directory_start(struct observer *observer, struct pal_err *err) {
  struct directory *directory = pal_arena_alloc(observer->arena, sizeof *directory);
  if (!directory)
    return pal_err_nomem(err);
  *directory = (struct directory){.outcome = {.extent = PAL_READ_ALL}};
  observer->state[COLLECTOR_directory] = directory;
  enum pal_code code = add(observer, observer->claims.object.s, observer->claims.is_user ? "User" : NULL, err);
  for (size_t i = 0; code == PAL_OK && i < observer->subscriptions_n; i++) {
    if (observer->subscriptions[i].own)
      code = add_holders(observer, i, err);
    if (code == PAL_OK)
      code = add_authorized(observer, i, err);
  }
  if (code == PAL_OK)
    code = add_groups(observer, err);
  unify(directory);
  for (size_t at = 0; code == PAL_OK && at < directory->n; at += PAL_NAMES_BATCH)
    code = ask(observer, at, directory->n - at < PAL_NAMES_BATCH ? directory->n - at : PAL_NAMES_BATCH, err);
  return code;
}

enum pal_code directory_finish(struct observer *observer, struct pal_err *err) {
  struct directory *directory = observer->state[COLLECTOR_directory];
  const struct pal_tenant_id *tenant = &observer->observation.tenant;
  struct pal_outcome *outcome = &directory->outcome;
  if (outcome->extent != PAL_READ_ALL)
    outcome->extent = directory->unread == directory->batches ? PAL_READ_NOTHING : PAL_READ_SOME;
  bool lacks = observer_lacks(observer, outcome);
  struct completeness read;
  enum pal_code code = observer_keep(observer, outcome, &read, err);
  if (code == PAL_OK)
    code = observer_unify(&directory->records, &read, err);
  if (code == PAL_OK && !lacks && read.extent != PAL_READ_NOTHING) {
    struct pal_doc *doc = observer_doc(observer, PAL_FILE_DIRECTORY, tenant, NULL, err);
    if (!doc)
      return PAL_E_NOMEM;
    doc->records = directory->records;
  }
  return code == PAL_OK ? observer_cover(observer, tenant, collectors[COLLECTOR_directory].area, UNIT_WHOLE,
                                         lacks ? "not-applicable" : extent_state(read.extent),
                                         (int64_t)directory->records.n, -1, read.code, err)
                        : code;
}
