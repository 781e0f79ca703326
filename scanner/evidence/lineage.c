/* SPDX-License-Identifier: Apache-2.0 */
/* lineage.c - what a run knows of the runs before it: from its parent's trailers and own copy. */
#include "pal_rejudge.h"
#include "pal_scope.h"

static struct pal_record *of_parent(struct pal_arena *arena, const struct pal_trailers *parent, struct pal_err *err) {
  struct pal_record *full = pal_record_new(arena, &pal_kind_LAST_FULL);
  if (full == NULL) {
    (void)pal_err_nomem(err);
    return NULL;
  }
  pal_set_int(full, PAL_LAST_FULL_SEQUENCE, parent->sequence);
  return pal_set_text(arena, full, PAL_LAST_FULL_STARTED, parent->started, err) == PAL_OK ? full : NULL;
}

/* A partial run of the list without the tenants a later one had in scope; *ret NULL when none is left. */
static enum pal_code without(struct pal_arena *arena, const struct pal_record *run, const struct pal_record *later,
                             struct pal_record **ret, struct pal_err *err) {
  const struct pal_texts *tenants = pal_get_texts(run, PAL_PARTIAL_RUN_TENANTS);
  const char **kept = pal_arena_calloc(arena, tenants->n + 1, sizeof(*kept));
  size_t n = 0;
  *ret = NULL;
  if (kept == NULL)
    return pal_err_nomem(err);
  for (size_t i = 0; i < tenants->n; i++)
    if (!pal_scope_has(later, tenants->v[i]))
      kept[n++] = tenants->v[i];
  if (n == 0)
    return PAL_OK;
  *ret = pal_record_dup(arena, run);
  return *ret != NULL ? pal_set_texts(arena, *ret, PAL_PARTIAL_RUN_TENANTS, kept, n, err) : pal_err_nomem(err);
}

/* The parent was partial: its own list, and itself. */
static enum pal_code add_partial(struct pal_arena *arena, struct pal_record *history, const struct pal_trailers *parent,
                                 const struct pal_record *parent_history, struct pal_err *err) {
  const struct pal_records *runs = pal_get_records(parent_history, PAL_HISTORY_PARTIAL);
  const struct pal_texts *scope = pal_get_texts(parent_history, PAL_HISTORY_SCOPE);
  struct pal_record *run = NULL;
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < runs->n; i++) {
    code = without(arena, runs->v[i], parent_history, &run, err);
    if (code == PAL_OK && run != NULL)
      code = pal_add_record(arena, history, PAL_HISTORY_PARTIAL, run, err);
  }
  run = pal_record_new(arena, &pal_kind_PARTIAL_RUN);
  if (code == PAL_OK && run == NULL)
    code = pal_err_nomem(err);
  if (code != PAL_OK)
    return code;
  pal_set_int(run, PAL_PARTIAL_RUN_SEQUENCE, parent->sequence);
  code = pal_set_text(arena, run, PAL_PARTIAL_RUN_STARTED, parent->started, err);
  if (code == PAL_OK)
    code = pal_set_texts(arena, run, PAL_PARTIAL_RUN_TENANTS, scope->v, scope->n, err);
  return code == PAL_OK ? pal_add_record(arena, history, PAL_HISTORY_PARTIAL, run, err) : code;
}

/* Full runs, and partial ones since. */
static enum pal_code add_runs(struct pal_arena *arena, struct pal_record *history, const struct pal_trailers *parent,
                              const struct pal_record *parent_history, struct pal_err *err) {
  struct pal_record *full = NULL;
  enum pal_code code = PAL_OK;
  if (parent->full) {
    full = of_parent(arena, parent, err);
    code = full != NULL ? PAL_OK : PAL_E_NOMEM;
  } else if (parent_history != NULL) {
    full = pal_get_record(parent_history, PAL_HISTORY_LAST_FULL);
    code = add_partial(arena, history, parent, parent_history, err);
  }
  if (full != NULL)
    pal_set_record(history, PAL_HISTORY_LAST_FULL, full);
  return code;
}

struct pal_record *pal_history_record(struct pal_arena *arena, const struct pal_commit *parent,
                                      const struct pal_record *parent_history, const struct pal_texts *scope,
                                      struct pal_err *err) {
  struct pal_record *history = pal_record_new(arena, &pal_kind_HISTORY);
  enum pal_code code = history != NULL ? PAL_OK : pal_err_nomem(err);
  if (code == PAL_OK && scope != NULL)
    code = pal_set_texts(arena, history, PAL_HISTORY_SCOPE, scope->v, scope->n, err);
  if (code != PAL_OK || parent == NULL)
    return code == PAL_OK ? history : NULL;
  const char *first = parent_history != NULL ? pal_get_text(parent_history, PAL_HISTORY_FIRST_RUN) : NULL;
  code = pal_set_text(arena, history, PAL_HISTORY_FIRST_RUN, first != NULL ? first : parent->trailers.started, err);
  if (code == PAL_OK)
    code = add_runs(arena, history, &parent->trailers, parent_history, err);
  return code == PAL_OK ? history : NULL;
}

enum pal_code pal_findings_date(struct pal_arena *arena, struct pal_report *report, const struct pal_record *history,
                                const char *started, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < report->findings_n; i++) {
    struct pal_reported *reported = &report->findings[i];
    if (pal_scope_has(history, reported->tenant_id) || pal_get_text(reported->finding, PAL_FINDING_LAST_VERIFIED))
      continue;
    struct pal_record *dated = pal_record_dup(arena, reported->finding);
    if (dated == NULL)
      return pal_err_nomem(err);
    code = pal_set_text(arena, dated, PAL_FINDING_LAST_VERIFIED,
                        pal_scope_read_on(history, started, reported->tenant_id), err);
    reported->finding = dated;
  }
  return code;
}
