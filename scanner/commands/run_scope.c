/* SPDX-License-Identifier: Apache-2.0 */
/* run_scope.c - runs of part of the estate: which tenants are meant, and since
 * when what the others hold is known. */
#include <stdlib.h>
#include <string.h>

#include "pal_rejudge.h"
#include "pal_scope.h"
#include "run_internal.h"

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool among(const struct pal_texts *sorted, const char *text) {
  return sorted->n > 0 && bsearch(&text, sorted->v, sorted->n, sizeof(*sorted->v), by_text) != NULL;
}

bool pal_run_in_scope(void *payload, const char *tenant_id) {
  const struct pal_run *run = payload;
  return run->options->scope == NULL || among(run->options->scope, tenant_id);
}

/* ---- the runs before ---- */

static const struct pal_record *parent_history(const struct pal_run *run) {
  const struct pal_doc *doc =
      run->has_parent ? pal_docs_find(&run->parent_root, PAL_FILE_IN_HISTORY, NULL, NULL) : NULL;
  return doc != NULL && doc->records.n == 1 ? doc->records.v[0] : NULL;
}

enum pal_code pal_run_history(struct pal_run *run, struct pal_err *err) {
  run->history = pal_history_record(run->result->arena, run->has_parent ? &run->parent : NULL, parent_history(run),
                                    run->options->scope, err);
  if (run->history == NULL)
    return PAL_E_NOMEM;
  const struct pal_texts *asked = run->options->identities;
  return asked != NULL
             ? pal_set_texts(run->result->arena, run->history, PAL_HISTORY_IDENTITIES, asked->v, asked->n, err)
             : PAL_OK;
}

const char *pal_run_parent_read_on(const struct pal_run *run, const char *tenant_id) {
  return pal_scope_read_on(parent_history(run), run->parent.trailers.started, tenant_id);
}

enum pal_code pal_run_date_parent(const struct pal_run *run, const char *tenant_id, struct pal_docs *docs,
                                  struct pal_err *err) {
  if (pal_scope_has(parent_history(run), tenant_id) || !pal_scope_has(run->history, tenant_id))
    return PAL_OK;
  return pal_scope_date(docs, pal_run_parent_read_on(run, tenant_id), err);
}

enum pal_code pal_run_date_kept(const struct pal_run *run, const char *tenant_id, struct pal_docs *docs,
                                struct pal_err *err) {
  char started[PAL_INSTANT_MAX];
  if (pal_scope_has(run->history, tenant_id))
    return PAL_OK;
  pal_instant_format(run->options->started, started);
  return pal_scope_date(docs, pal_scope_read_on(run->history, started, tenant_id), err);
}

/* ---- what was asked for ---- */

static bool was_asked(const struct pal_run *run, const char *tenant_id) {
  for (size_t i = 0; i < run->spool.n; i++)
    if (strcmp(pal_spool_tenant(&run->spool, i), tenant_id) == 0)
      return true;
  return false;
}

enum pal_code pal_run_find_scope(struct pal_run *run, struct pal_texts *scope, struct pal_err *err) {
  const char **ids = pal_arena_calloc(run->result->arena, run->spool.n + 1, sizeof(*ids));
  if (ids == NULL)
    return pal_err_nomem(err);
  for (size_t i = 0; i < run->spool.n; i++) /* frames move when they are sorted */
    if ((ids[i] = pal_arena_strdup(run->result->arena, pal_spool_tenant(&run->spool, i))) == NULL)
      return pal_err_nomem(err);
  if (run->spool.n > 1)
    qsort(ids, run->spool.n, sizeof(*ids), by_text);
  *scope = (struct pal_texts){.v = ids};
  for (size_t i = 0; i < run->spool.n; i++)
    if (scope->n == 0 || strcmp(ids[scope->n - 1], ids[i]) != 0)
      ids[scope->n++] = ids[i];
  if (scope->n == 0)
    return pal_err_set(err, PAL_E_USAGE, "--identity: none of these identities signs in to any tenant");
  return PAL_OK;
}

enum pal_code pal_run_check_scope(const struct pal_run *run, struct pal_err *err) {
  const struct pal_texts *scope = run->options->scope;
  for (size_t i = 0; scope != NULL && !run->found_scope && i < scope->n; i++) {
    if (!among(&run->population.tenants, scope->v[i]))
      return pal_err_set(err, PAL_E_USAGE,
                         "--tenant %s: neither the configuration nor the estate nor the last snapshot names this "
                         "tenant",
                         scope->v[i]);
    if (run->options->declared == NULL && !was_asked(run, scope->v[i]))
      return pal_err_set(err, PAL_E_USAGE,
                         "--tenant %s: %s signs in to this tenant; what is seen of it from other tenants is read by "
                         "full runs",
                         scope->v[i], run->options->identities != NULL ? "none of these identities" : "no identity");
  }
  return PAL_OK;
}

/* ---- against the last full run ---- */

static bool is_coverage(void *payload, const struct pal_file *file) {
  (void)payload;
  return file->id == PAL_FILE_COVERAGE;
}

static enum pal_code was_complete(struct pal_run *run, const struct pal_oid *tree, const char *tenant_id,
                                  struct pal_arena *arena, bool *ret, struct pal_err *err) {
  struct pal_docs docs;
  struct pal_oid folder;
  struct pal_err missing = {0};
  const struct pal_stored_hooks hooks = {.wants = is_coverage};
  *ret = false;
  enum pal_code code = pal_stored_tenant_tree(run->repo, tree, tenant_id, &folder, &missing);
  if (code == PAL_E_NOTFOUND)
    return PAL_OK;
  if (code != PAL_OK) {
    *err = missing;
    return code;
  }
  pal_docs_init(&docs, arena);
  code = pal_stored_tenant(run->repo, tree, tenant_id, &hooks, &docs, err);
  *ret = code == PAL_OK && pal_tenant_complete(&docs, run->options->settings);
  return code;
}

enum pal_code pal_run_complete_then(struct pal_run *run, const struct pal_commit *full, size_t *ret,
                                    struct pal_err *err) {
  const struct pal_texts *scope = run->options->scope;
  struct pal_arena *arena = pal_arena_new(0);
  enum pal_code code = arena != NULL ? PAL_OK : pal_err_nomem(err);
  *ret = 0;
  for (size_t i = 0; code == PAL_OK && i < scope->n; i++) {
    bool complete = false;
    if (among(&run->population.counted, scope->v[i]))
      code = was_complete(run, &full->tree, scope->v[i], arena, &complete, err);
    *ret += complete;
    pal_arena_reset(arena);
  }
  pal_arena_free(arena);
  return code;
}
