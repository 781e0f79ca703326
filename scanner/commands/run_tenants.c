/* SPDX-License-Identifier: Apache-2.0 */
/* run_tenants.c - every tenant's facts: united with the parent, written as
 * blobs, loaded into the judge. A few tenants in memory at a time. */
#include <stdlib.h>
#include <string.h>

#include "pal_rejudge.h"
#include "pal_scope.h"
#include "run_internal.h"
#include "run_reader.h"

static bool area_in_scope(void *payload, const char *tenant_id, const char *area) {
  (void)area;
  return pal_run_in_scope(payload, tenant_id);
}

enum pal_code pal_run_put(struct pal_run *run, struct pal_doc *doc, struct pal_err *err) {
  struct pal_buf bytes;
  char path[PAL_PATH_MAX];
  struct pal_oid id;
  pal_buf_init(&bytes, PAL_OBJECT_MAX);
  pal_doc_path(doc, path);
  enum pal_code code = pal_doc_encode(doc, &bytes, err);
  if (code == PAL_OK)
    code = pal_buf_check(&bytes, path, err);
  if (code == PAL_OK)
    code = pal_writer_blob(run->writer, bytes.data, bytes.len, &id, err);
  if (code == PAL_OK)
    code = pal_tree_builder_add(run->builder, path, &id, false, err);
  if (code == PAL_OK && doc->tenant.s[0] != '\0')
    code = pal_leafs_add(run->leafs, doc->tenant.s, path, bytes.data, bytes.len, err);
  pal_buf_deinit(&bytes);
  return code;
}

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool has_text(const struct pal_texts *texts, const char *text) {
  return texts->n > 0 && bsearch(&text, texts->v, texts->n, sizeof(*texts->v), by_text) != NULL;
}

/* Union of population, parent and what was seen, sorted. */
static enum pal_code all_tenants(const struct pal_run *run, struct pal_texts *ret, struct pal_err *err) {
  size_t most = run->population.tenants.n + run->parent_tenants.n + run->spool.n, n = 0;
  ret->v = pal_arena_calloc(run->result->arena, most + 1, sizeof(*ret->v));
  if (ret->v == NULL)
    return pal_err_nomem(err);
  for (size_t i = 0; i < run->population.tenants.n; i++)
    ret->v[n++] = run->population.tenants.v[i];
  for (size_t i = 0; i < run->parent_tenants.n; i++)
    ret->v[n++] = run->parent_tenants.v[i];
  for (size_t i = 0; i < run->spool.n; i++)
    ret->v[n++] = pal_spool_subject(&run->spool, i);
  if (n > 1)
    qsort(ret->v, n, sizeof(*ret->v), by_text);
  ret->n = 0;
  for (size_t i = 0; i < n; i++)
    if (ret->n == 0 || strcmp(ret->v[ret->n - 1], ret->v[i]) != 0)
      ret->v[ret->n++] = ret->v[i];
  return PAL_OK;
}

/* Kept sorted: a million assignments name a few hundred roles. */
static enum pal_code note_role(struct pal_run *run, const char *role_id, struct pal_err *err) {
  struct pal_texts *roles = &run->roles;
  size_t low = 0, high = roles->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int cmp = strcmp(roles->v[middle], role_id);
    if (cmp == 0)
      return PAL_OK;
    if (cmp < 0)
      low = middle + 1;
    else
      high = middle;
  }
  const char **grown = pal_arena_grow(run->result->arena, roles->v, roles->n, &run->roles_cap, sizeof(*grown));
  char *copy = pal_arena_strdup(run->result->arena, role_id);
  if (grown == NULL || copy == NULL)
    return pal_err_nomem(err);
  roles->v = grown;
  memmove(roles->v + low + 1, roles->v + low, (roles->n - low) * sizeof(*roles->v));
  roles->v[low] = copy;
  roles->n++;
  return PAL_OK;
}

static enum pal_code note_roles(struct pal_run *run, const struct pal_doc *doc, struct pal_err *err) {
  const struct pal_kind *kind = doc->file->kind;
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < doc->records.n; i++) {
    const struct pal_record *record = doc->records.v[i];
    if (kind == &pal_kind_ASSIGNMENT)
      code = note_role(run, pal_get_text(record, PAL_ASSIGNMENT_ROLE_ID), err);
    if (kind == &pal_kind_PIM)
      code = note_role(run, pal_get_text(record, PAL_PIM_ROLE_ID), err);
    if (kind == &pal_kind_DELEGATION) {
      const struct pal_records *authorizations = pal_get_records(record, PAL_DELEGATION_AUTHORIZATIONS);
      for (size_t k = 0; code == PAL_OK && k < authorizations->n; k++)
        code = note_role(run, pal_get_text(authorizations->v[k], PAL_AUTHORIZATION_ROLE_ID), err);
    }
  }
  return code;
}

/* ---- one tenant ---- */

static enum pal_code on_object(void *payload, const struct pal_oid *id, struct pal_err *err) {
  struct pal_run *run = payload;
  return run->scratch == NULL ? pal_writer_knows(run->writer, id, err) : PAL_OK;
}

static enum pal_code write_tenant(struct pal_run *run, const char *tenant_id, struct pal_docs *docs,
                                  struct pal_err *err) {
  pal_docs_sort(docs);
  for (size_t i = 0; i < docs->n; i++) {
    enum pal_code code = pal_run_put(run, docs->v[i], err);
    if (code == PAL_OK)
      code = note_roles(run, docs->v[i], err);
    if (code != PAL_OK)
      return code;
  }
  enum pal_code code = pal_run_date_kept(run, tenant_id, docs, err);
  return code == PAL_OK ? pal_judge_load(run->result->judge, PAL_STATE_NOW, docs, err) : code;
}

static enum pal_code load_parent(struct pal_run *run, const char *tenant_id, struct pal_docs *parent,
                                 struct pal_unite_input *input, struct pal_err *err) {
  struct pal_stored_hooks hooks = {.object = on_object, .payload = run};
  if (!pal_instant_parse(pal_run_parent_read_on(run, tenant_id), &input->parent_started))
    return pal_err_set(err, PAL_E_VERIFY, "inputs/history.json of the parent: no instant");
  enum pal_code code = pal_stored_tenant(run->repo, &run->parent.tree, tenant_id, &hooks, parent, err);
  input->parent = parent;
  if (code == PAL_OK)
    code = pal_run_date_parent(run, tenant_id, parent, err);
  if (code == PAL_OK)
    code = pal_judge_load(run->result->judge, PAL_STATE_PREVIOUS, parent, err);
  if (code == PAL_OK)
    code = pal_run_keep_previous(run, parent, tenant_id, err);
  /* An import leaves what was read as it is, and a run of some identities what others read; but absent dates would
   * then tell of this run. */
  bool keeps = (run->options->declared != NULL || run->options->identities != NULL) && pal_run_in_scope(run, tenant_id);
  return code == PAL_OK && keeps ? pal_scope_date(parent, pal_run_parent_read_on(run, tenant_id), err) : code;
}

static enum pal_code one_tenant(struct pal_run *run, const struct pal_tenant_seen *seen, const char *tenant_id,
                                struct pal_err *err) {
  struct pal_unite_input input = {.settings = run->options->settings,
                                  .estate = run->options->app->estate,
                                  .has_listed = pal_spool_has_listed,
                                  .listed_payload = &run->spool,
                                  .only_identities = run->options->identities,
                                  .started = run->options->started,
                                  .in_scope = run->options->scope != NULL ? area_in_scope : NULL,
                                  .scope_payload = run,
                                  .n = seen->n};
  struct pal_arena *arena = seen->arena;
  struct pal_docs parent, docs;
  pal_docs_init(&parent, arena);
  pal_docs_init(&docs, arena);
  enum pal_code code = pal_tenant_id_parse(tenant_id, &input.tenant, err);
  const struct pal_observation **list = pal_arena_calloc(arena, input.n + 1, sizeof(*list));
  if (code == PAL_OK && list == NULL)
    code = pal_err_nomem(err);
  for (size_t i = 0; code == PAL_OK && i < input.n; i++)
    list[i] = &seen->observations[i];
  input.observations = list;
  if (code == PAL_OK && has_text(&run->parent_tenants, tenant_id))
    code = load_parent(run, tenant_id, &parent, &input, err);
  if (code == PAL_OK && run->options->declared != NULL && pal_run_in_scope(run, tenant_id))
    code = pal_import_unite(input.parent, &input.tenant, input.settings, run->options->declared, &docs, err);
  else if (code == PAL_OK)
    code = pal_unite(&input, &docs, err);
  if (code != PAL_OK)
    return pal_err_wrap(err, "tenant %s", tenant_id);
  bool complete = pal_tenant_complete(&docs, run->options->settings);
  /* Whoever was not asked may see live access still. */
  if (run->options->identities == NULL && pal_run_in_scope(run, tenant_id) &&
      pal_run_has_left(run, &docs, &input.tenant, complete))
    return PAL_OK;
  bool counted = has_text(&run->population.counted, tenant_id) && pal_run_in_scope(run, tenant_id);
  code = write_tenant(run, tenant_id, &docs, err);
  if (code == PAL_OK)
    code = pal_completeness_add(run->result->arena, &run->result->report.completeness, tenant_id,
                                pal_tenant_name(run->options->app->estate, &docs, tenant_id), &docs,
                                run->options->app->estate, run->options->started, counted, complete, err);
  return code;
}

enum pal_code pal_run_tenants(struct pal_run *run, struct pal_err *err) {
  struct pal_texts tenants = {0};
  enum pal_code code = all_tenants(run, &tenants, err);
  if (code == PAL_OK && run->has_parent && run->scratch == NULL)
    code = pal_stored_objects(run->repo, &run->parent.tree, on_object, run, err);
  struct pal_reader *reader = NULL;
  if (code == PAL_OK)
    code = pal_reader_new(&run->spool, &tenants, &reader, err);
  for (size_t i = 0; code == PAL_OK && i < tenants.n; i++) {
    struct pal_tenant_seen seen;
    code = pal_reader_next(reader, &seen, err);
    if (code == PAL_OK)
      code = one_tenant(run, &seen, tenants.v[i], err);
    if (code == PAL_OK && run->options->app->cli->stop != NULL && *run->options->app->cli->stop != 0)
      code = pal_run_interrupted(run, true, err);
  }
  pal_reader_free(reader);
  return code;
}
