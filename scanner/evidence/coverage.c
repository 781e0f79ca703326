/* SPDX-License-Identifier: Apache-2.0 */
/* coverage.c - whether the files are there that coverage.json says were read. */
#include <stdlib.h>
#include <string.h>

#include "pal_verify.h"

/* The unit that is a tenant's whole, or what cannot be told by subscription. */
#define WHOLE "tenant"

/* What a complete unit of an area leaves behind whenever it is read. Not here:
 * links, whose units are not the names of their files, and custom roles. */
static const struct {
  enum pal_file_id file;
  enum { OF_WHOLE, OF_EACH, OF_ANY } units;
} owed[] = {
    {PAL_FILE_TENANT, OF_WHOLE},        {PAL_FILE_INHERITED, OF_WHOLE},
    {PAL_FILE_INHERITED_PIM, OF_WHOLE}, {PAL_FILE_INHERITED_DENY, OF_WHOLE},
    {PAL_FILE_ASSIGNMENTS, OF_EACH},    {PAL_FILE_PIM, OF_EACH},
    {PAL_FILE_DENY, OF_EACH},           {PAL_FILE_USAGE, OF_EACH},
    {PAL_FILE_GROUP, OF_EACH},          {PAL_FILE_DELEGATIONS, OF_ANY},
    {PAL_FILE_DIRECTORY, OF_WHOLE},
};

struct present {
  struct pal_arena *arena;
  struct pal_texts paths;
  size_t cap;
};

static enum pal_code on_blob(void *payload, const char *path, const struct pal_oid *id, struct pal_err *err) {
  struct present *present = payload;
  (void)id;
  const char **grown =
      pal_arena_grow(present->arena, present->paths.v, present->paths.n, &present->cap, sizeof(*grown));
  char *copy = pal_arena_strdup(present->arena, path);
  if (grown == NULL || copy == NULL)
    return pal_err_nomem(err);
  present->paths.v = grown;
  present->paths.v[present->paths.n++] = copy;
  return PAL_OK;
}

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum pal_code need(const struct pal_texts *paths, const struct pal_record *unit, enum pal_file_id file,
                          const struct pal_tenant_id *tenant, const char *id, struct pal_err *err) {
  struct pal_doc doc = {.file = &pal_files[file], .tenant = *tenant};
  char path[PAL_PATH_MAX];
  const char *key = path;
  (void)snprintf(doc.id.s, sizeof(doc.id.s), "%s", id);
  pal_doc_path(&doc, path);
  if (paths->n > 0 && bsearch(&key, paths->v, paths->n, sizeof(*paths->v), by_text) != NULL)
    return PAL_OK;
  return pal_err_set(err, PAL_E_VERIFY, "%s: is missing, though coverage.json calls %s of %s complete", path,
                     pal_get_text(unit, PAL_COVERAGE_AREA), pal_get_text(unit, PAL_COVERAGE_UNIT));
}

static enum pal_code check_unit(const struct pal_texts *paths, const struct pal_record *unit,
                                const struct pal_tenant_id *tenant, struct pal_err *err) {
  const char *area = pal_get_text(unit, PAL_COVERAGE_AREA), *name = pal_get_text(unit, PAL_COVERAGE_UNIT);
  bool whole = strcmp(name, WHOLE) == 0;
  struct pal_subscription_id id;
  if (strcmp(pal_get_text(unit, PAL_COVERAGE_STATE), "complete") != 0)
    return PAL_OK;
  for (size_t i = 0; i < sizeof(owed) / sizeof(owed[0]); i++) {
    const struct pal_file *file = &pal_files[owed[i].file];
    if (strcmp(file->area, area) != 0 || (owed[i].units != OF_ANY && whole != (owed[i].units == OF_WHOLE)))
      continue;
    if (owed[i].units == OF_EACH && pal_subscription_id_parse(name, &id, NULL) != PAL_OK)
      return pal_err_set(err, PAL_E_VERIFY, "coverage.json of tenant %s: %s has no unit \"%s\"", tenant->s, area, name);
    enum pal_code code = need(paths, unit, file->id, tenant, owed[i].units == OF_EACH ? name : "", err);
    if (code == PAL_OK && owed[i].units == OF_EACH && file->id != PAL_FILE_GROUP && file->id != PAL_FILE_USAGE)
      code = need(paths, unit, PAL_FILE_SUBSCRIPTION, tenant, name, err);
    if (code != PAL_OK)
      return code;
  }
  return PAL_OK;
}

static bool wants_coverage(void *payload, const struct pal_file *file) {
  (void)payload;
  return file->id == PAL_FILE_COVERAGE;
}

static enum pal_code check_tenant(struct pal_repo *repo, const struct pal_oid *tree, struct pal_arena *arena,
                                  const char *tenant_id, struct pal_err *err) {
  struct present present = {.arena = arena};
  struct pal_stored_hooks hooks = {.wants = wants_coverage};
  struct pal_docs docs;
  struct pal_tenant_id tenant;
  struct pal_oid folder;
  pal_docs_init(&docs, arena);
  const char *prefix = pal_arena_printf(arena, "tenants/%.2s/%s", tenant_id, tenant_id);
  if (prefix == NULL)
    return pal_err_nomem(err);
  enum pal_code code = pal_tenant_id_parse(tenant_id, &tenant, err);
  if (code == PAL_OK)
    code = pal_stored_tenant(repo, tree, tenant_id, &hooks, &docs, err);
  if (code == PAL_OK)
    code = pal_stored_tenant_tree(repo, tree, tenant_id, &folder, err);
  if (code == PAL_OK)
    code = pal_repo_walk(repo, &folder, prefix, on_blob, &present, err);
  if (code != PAL_OK)
    return code;
  if (present.paths.n > 1)
    qsort(present.paths.v, present.paths.n, sizeof(*present.paths.v), by_text);
  const struct pal_doc *coverage = pal_docs_find(&docs, PAL_FILE_COVERAGE, &tenant, NULL);
  for (size_t i = 0; code == PAL_OK && coverage != NULL && i < coverage->records.n; i++)
    code = check_unit(&present.paths, coverage->records.v[i], &tenant, err);
  return code;
}

enum pal_code pal_verify_coverage(struct pal_repo *repo, const struct pal_oid *tree, struct pal_err *err) {
  struct pal_arena *arena = pal_arena_new(0), *scratch = pal_arena_new(0);
  struct pal_texts tenants = {0};
  enum pal_code code =
      arena != NULL && scratch != NULL ? pal_stored_tenants(repo, tree, arena, &tenants, err) : pal_err_nomem(err);
  for (size_t i = 0; code == PAL_OK && i < tenants.n; i++) {
    code = check_tenant(repo, tree, scratch, tenants.v[i], err);
    pal_arena_reset(scratch);
  }
  pal_arena_free(scratch);
  pal_arena_free(arena);
  return code;
}
