/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_rejudge.h"

#include <stdlib.h>
#include <string.h>

#include "pal_scope.h"

/* ---- stored verdicts ---- */

enum pal_code pal_verdicts_take(struct pal_arena *arena, struct pal_verdicts **verdicts, size_t *n, size_t *cap,
                                const char *tenant_id, const struct pal_docs *docs, struct pal_err *err) {
  struct pal_verdicts found = {.tenant_id = pal_arena_strdup(arena, tenant_id)};
  if (found.tenant_id == NULL)
    return pal_err_nomem(err);
  for (size_t i = 0; i < docs->n; i++) {
    enum pal_file_id file = docs->v[i]->file->id;
    bool finding = file == PAL_FILE_FINDINGS || file == PAL_FILE_ESTATE_FINDINGS;
    if (!finding && file != PAL_FILE_EVENTS)
      continue;
    for (size_t k = 0; k < docs->v[i]->records.n; k++) {
      struct pal_record *copy = pal_record_dup(arena, docs->v[i]->records.v[k]);
      if (copy == NULL)
        return pal_err_nomem(err);
      enum pal_code code = pal_records_add(arena, finding ? &found.findings : &found.events, copy, err);
      if (code != PAL_OK)
        return code;
    }
  }
  if (found.findings.n == 0 && found.events.n == 0)
    return PAL_OK;
  struct pal_verdicts *grown = pal_arena_grow(arena, *verdicts, *n, cap, sizeof(*grown));
  if (grown == NULL)
    return pal_err_nomem(err);
  *verdicts = grown;
  grown[(*n)++] = found;
  return PAL_OK;
}

static bool wants_verdicts(void *payload, const struct pal_file *file) {
  (void)payload;
  return file->id == PAL_FILE_FINDINGS || file->id == PAL_FILE_EVENTS;
}

enum pal_code pal_stored_verdicts(struct pal_repo *repo, const struct pal_oid *tree, struct pal_arena *arena,
                                  struct pal_verdicts **ret, size_t *ret_n, struct pal_err *err) {
  size_t cap = 0;
  struct pal_texts tenants;
  struct pal_docs docs;
  *ret = NULL;
  *ret_n = 0;
  struct pal_arena *scratch = pal_arena_new(0);
  if (scratch == NULL)
    return pal_err_nomem(err);
  enum pal_code code = pal_stored_tenants(repo, tree, arena, &tenants, err);
  pal_docs_init(&docs, scratch);
  if (code == PAL_OK)
    code = pal_stored_root(repo, tree, &docs, err);
  if (code == PAL_OK)
    code = pal_verdicts_take(arena, ret, ret_n, &cap, "", &docs, err);
  struct pal_stored_hooks hooks = {.wants = wants_verdicts};
  for (size_t i = 0; code == PAL_OK && i < tenants.n; i++) {
    pal_arena_reset(scratch);
    pal_docs_init(&docs, scratch);
    code = pal_stored_tenant(repo, tree, tenants.v[i], &hooks, &docs, err);
    if (code == PAL_OK)
      code = pal_verdicts_take(arena, ret, ret_n, &cap, tenants.v[i], &docs, err);
  }
  pal_arena_free(scratch);
  return code;
}

/* ---- judging again ---- */

struct rejudging {
  const struct pal_rejudge_options *options;
  struct pal_rejudged *result;
  struct pal_commit parent;
  struct pal_texts parent_tenants;
  struct pal_population population;
  size_t stored_cap, previous_cap;
  enum pal_state state; /* being loaded */
  struct pal_instant started;
};

static const struct pal_record *single(const struct pal_docs *docs, enum pal_file_id file) {
  const struct pal_doc *doc = pal_docs_find(docs, file, NULL, NULL);
  return doc != NULL && doc->records.n == 1 ? doc->records.v[0] : NULL;
}

static bool wants(void *payload, const struct pal_file *file) {
  const struct rejudging *r = payload;
  if (r->state == PAL_STATE_NOW && (file->id == PAL_FILE_COVERAGE || file->id == PAL_FILE_TENANT))
    return true;
  if (file->id == PAL_FILE_FINDINGS || file->id == PAL_FILE_EVENTS)
    return true;
  /* events compare identities of both states, whatever the policies read */
  if (file->id == PAL_FILE_IDENTITY || file->id == PAL_FILE_COVERAGE)
    return true;
  return pal_judge_wants(r->result->judge, r->state, file->kind);
}

static enum pal_code load_recorded_pack(struct rejudging *r, const struct pal_record *settings, struct pal_err *err) {
  struct pal_stored_file *files = NULL;
  size_t n = 0;
  enum pal_code code =
      pal_stored_policies(r->options->repo, &r->options->commit->tree, r->result->arena, &files, &n, err);
  struct pal_pack_file *pack_files = pal_arena_calloc(r->result->arena, n + 1, sizeof(*pack_files));
  if (code == PAL_OK && pack_files == NULL)
    code = pal_err_nomem(err);
  for (size_t i = 0; code == PAL_OK && i < n; i++)
    pack_files[i] = (struct pal_pack_file){files[i].path, files[i].bytes, files[i].len};
  if (code == PAL_OK)
    code = pal_pack_from_files(pack_files, n, r->options->shipped, &r->result->recorded, err);
  if (code == PAL_E_INPUT) /* a run applied it: it cannot have been unreadable then */
    code = pal_err_set(err, PAL_E_VERIFY, "%s", err != NULL ? err->text : "inputs/policies");
  if (code == PAL_OK)
    code = pal_pack_apply(r->result->recorded, settings, err);
  r->result->pack = r->result->recorded;
  return code;
}

/* Verdicts about the estate as a whole are made by full runs only. */
static bool in_scope(void *payload, const char *tenant_id) {
  const struct rejudging *r = payload;
  return pal_scope_has(r->result->history, tenant_id);
}

/* The recorded settings, but with the approvers of today where acceptances of today are judged. */
static enum pal_code choose_settings(struct rejudging *r, struct pal_err *err) {
  const struct pal_record *recorded = single(&r->result->root, PAL_FILE_IN_SETTINGS);
  r->result->settings = recorded;
  if (recorded == NULL)
    return pal_err_set(err, PAL_E_VERIFY, "the snapshot has no inputs/settings.json");
  if (r->options->approvers == NULL)
    return PAL_OK;
  struct pal_record *settings = pal_record_dup(r->result->arena, recorded);
  if (settings == NULL)
    return pal_err_nomem(err);
  settings->v[PAL_SETTINGS_APPROVERS] = r->options->approvers->v[PAL_SETTINGS_APPROVERS];
  r->result->settings = settings;
  return PAL_OK;
}

static enum pal_code make_judge(struct rejudging *r, struct pal_err *err) {
  struct pal_rejudged *result = r->result;
  const struct pal_rejudge_options *o = r->options;
  enum pal_code code = choose_settings(r, err);
  if (code != PAL_OK)
    return code;
  result->registry = o->registry != NULL ? o->registry : single(&result->root, PAL_FILE_IN_REGISTRY);
  result->estate = o->estate != NULL ? o->estate : single(&result->root, PAL_FILE_IN_ESTATE);
  result->waivers = o->waivers != NULL ? o->waivers : single(&result->root, PAL_FILE_IN_WAIVERS);
  result->history = single(&result->root, PAL_FILE_IN_HISTORY);
  result->pack = o->pack;
  code = o->pack == NULL ? load_recorded_pack(r, result->settings, err) : PAL_OK;
  if (code != PAL_OK)
    return code;
  struct pal_instant before = {0};
  if (result->has_previous && !pal_instant_parse(r->parent.trailers.started, &before))
    return pal_err_set(err, PAL_E_VERIFY, "the parent's Palscan-Started is no instant");
  struct pal_judge_options options = {.pack = result->pack,
                                      .registry = result->registry,
                                      .estate = result->estate,
                                      .waivers = result->waivers,
                                      .reviews = single(&result->root, PAL_FILE_IN_REVIEWS),
                                      .changes = single(&result->root, PAL_FILE_IN_CHANGES),
                                      .settings = result->settings,
                                      .history = result->history,
                                      .started = r->started,
                                      .has_previous = result->has_previous,
                                      .previous_started = before,
                                      .replay = o->commit->trailers.kind == PAL_RUN_REPLAY ? "replayed" : "",
                                      .in_scope = o->pack == NULL ? in_scope : NULL,
                                      .scope_payload = r,
                                      .acceptances_on = o->acceptances_on,
                                      .all_tables = o->all_tables};
  return pal_judge_new(&options, &result->judge, err);
}

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* texts is sorted. */
static bool among(const struct pal_texts *texts, const char *text) {
  return texts->n > 0 && bsearch(&text, texts->v, texts->n, sizeof(*texts->v), by_text) != NULL;
}

const char *pal_tenant_name(const struct pal_record *estate, const struct pal_docs *docs, const char *tenant_id) {
  const struct pal_record *customer =
      estate != NULL ? pal_records_find(pal_get_records(estate, PAL_ESTATE_CUSTOMERS), tenant_id) : NULL;
  if (customer != NULL && pal_get_text(customer, PAL_CUSTOMER_NAME) != NULL)
    return pal_get_text(customer, PAL_CUSTOMER_NAME);
  for (size_t i = 0; docs != NULL && i < docs->n; i++)
    if (docs->v[i]->file->id == PAL_FILE_TENANT && docs->v[i]->records.n == 1 &&
        strcmp(docs->v[i]->tenant.s, tenant_id) == 0)
      return pal_get_text(docs->v[i]->records.v[0], PAL_TENANT_DISPLAY_NAME);
  return NULL;
}

/* What is judged now has its parent's dates written out, what is not has its own: the
 * judge takes what is undated for the parent's run, or this one's. */
static enum pal_code date_docs(const struct rejudging *r, enum pal_state state, const char *tenant_id,
                               struct pal_docs *docs, struct pal_err *err) {
  const struct pal_record *history = state == PAL_STATE_NOW ? r->result->history : r->result->parent_history;
  const char *started = state == PAL_STATE_NOW ? r->options->commit->trailers.started : r->parent.trailers.started;
  bool judged = r->options->pack != NULL || pal_scope_has(r->result->history, tenant_id);
  if (pal_scope_has(history, tenant_id) || (state == PAL_STATE_PREVIOUS && !judged))
    return PAL_OK;
  return pal_scope_date(docs, pal_scope_read_on(history, started, tenant_id), err);
}

static enum pal_code load_tenants(struct rejudging *r, enum pal_state state, const struct pal_oid *tree,
                                  const struct pal_texts *tenants, struct pal_err *err) {
  struct pal_rejudged *result = r->result;
  struct pal_arena *scratch = pal_arena_new(0);
  if (scratch == NULL)
    return pal_err_nomem(err);
  r->state = state;
  struct pal_stored_hooks hooks = {.wants = r->options->all_tables ? NULL : wants, .payload = r};
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < tenants->n; i++) {
    struct pal_docs docs;
    const char *id = tenants->v[i];
    pal_docs_init(&docs, scratch);
    code = pal_stored_tenant(r->options->repo, tree, id, &hooks, &docs, err);
    if (code == PAL_OK && state == PAL_STATE_NOW)
      code = pal_verdicts_take(result->arena, &result->stored, &result->stored_n, &r->stored_cap, id, &docs, err);
    if (code == PAL_OK)
      code = date_docs(r, state, id, &docs, err);
    if (code == PAL_OK)
      code = pal_judge_load(result->judge, state, &docs, err);
    if (code == PAL_OK && state == PAL_STATE_NOW) {
      bool complete = pal_tenant_complete(&docs, result->settings);
      bool counted = among(&r->population.counted, id) && pal_scope_has(result->history, id);
      code = pal_completeness_add(result->arena, &result->completeness, id, pal_tenant_name(result->estate, &docs, id),
                                  &docs, result->estate, r->started, counted, complete, err);
    } else if (code == PAL_OK) {
      code = pal_verdicts_take(result->arena, &result->previous, &result->previous_n, &r->previous_cap, id, &docs, err);
    }
    pal_arena_reset(scratch);
  }
  pal_arena_free(scratch);
  return code;
}

static enum pal_code load_parent(struct rejudging *r, struct pal_err *err) {
  struct pal_rejudged *result = r->result;
  if (!result->has_previous)
    return PAL_OK;
  struct pal_docs root;
  pal_docs_init(&root, result->arena);
  enum pal_code code = pal_stored_tenants(r->options->repo, &r->parent.tree, result->arena, &r->parent_tenants, err);
  if (code == PAL_OK)
    code = pal_stored_root(r->options->repo, &r->parent.tree, &root, err);
  result->parent = r->parent;
  result->parent_history = single(&root, PAL_FILE_IN_HISTORY);
  if (code == PAL_OK)
    code = date_docs(r, PAL_STATE_PREVIOUS, "", &root, err);
  if (code == PAL_OK)
    code = pal_judge_load(result->judge, PAL_STATE_PREVIOUS, &root, err);
  if (code == PAL_OK)
    code = pal_verdicts_take(result->arena, &result->previous, &result->previous_n, &r->previous_cap, "", &root, err);
  return code == PAL_OK ? load_tenants(r, PAL_STATE_PREVIOUS, &r->parent.tree, &r->parent_tenants, err) : code;
}

static enum pal_code rejudge(struct rejudging *r, struct pal_err *err) {
  struct pal_rejudged *result = r->result;
  const struct pal_commit *commit = r->options->commit;
  struct pal_repo *repo = r->options->repo;
  struct pal_texts none = {0};
  if (!pal_instant_parse(commit->trailers.started, &r->started))
    return pal_err_set(err, PAL_E_VERIFY, "Palscan-Started is no instant");
  result->has_previous = commit->has_parent;
  enum pal_code code = commit->has_parent ? pal_repo_commit(repo, &commit->parent, &r->parent, err) : PAL_OK;
  pal_docs_init(&result->root, result->arena);
  if (code == PAL_OK)
    code = pal_stored_root(repo, &commit->tree, &result->root, err);
  if (code == PAL_OK)
    code = pal_stored_tenants(repo, &commit->tree, result->arena, &result->tenants, err);
  if (code == PAL_OK)
    code = make_judge(r, err);
  if (code == PAL_OK)
    code = pal_population(result->arena, result->settings, single(&result->root, PAL_FILE_IN_ESTATE), &result->tenants,
                          &none, &r->population, err);
  if (code == PAL_OK)
    code = load_parent(r, err);
  if (code == PAL_OK)
    code = pal_verdicts_take(result->arena, &result->stored, &result->stored_n, &r->stored_cap, "", &result->root, err);
  if (code == PAL_OK)
    code = date_docs(r, PAL_STATE_NOW, "", &result->root, err);
  if (code == PAL_OK)
    code = pal_judge_load(result->judge, PAL_STATE_NOW, &result->root, err);
  if (code == PAL_OK)
    code = load_tenants(r, PAL_STATE_NOW, &commit->tree, &result->tenants, err);
  if (code == PAL_OK && !r->options->no_run)
    code = pal_judge_run(result->judge, err);
  return code;
}

enum pal_code pal_rejudge(const struct pal_rejudge_options *options, struct pal_rejudged *ret, struct pal_err *err) {
  *ret = (struct pal_rejudged){.arena = pal_arena_new(0)};
  if (ret->arena == NULL)
    return pal_err_nomem(err);
  struct rejudging *r = pal_arena_calloc(ret->arena, 1, sizeof(*r)); /* the judge asks it later on */
  struct pal_rejudge_options *own = pal_arena_calloc(ret->arena, 1, sizeof(*own));
  struct pal_commit *commit = pal_arena_calloc(ret->arena, 1, sizeof(*commit));
  if (r == NULL || own == NULL || commit == NULL) {
    pal_rejudged_free(ret);
    return pal_err_nomem(err);
  }
  *commit = *options->commit;
  *own = *options;
  own->commit = commit;
  r->options = own;
  r->result = ret;
  enum pal_code code = rejudge(r, err);
  if (code != PAL_OK) {
    char hex[41];
    pal_oid_hex(&options->commit->id, hex);
    (void)pal_err_wrap(err, "snapshot %.12s", hex);
    pal_rejudged_free(ret);
  }
  return code;
}

void pal_rejudged_free(struct pal_rejudged *rejudged) {
  pal_judge_free(rejudged->judge);
  pal_pack_free(rejudged->recorded);
  pal_arena_free(rejudged->arena);
  *rejudged = (struct pal_rejudged){0};
}
