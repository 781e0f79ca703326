/* SPDX-License-Identifier: Apache-2.0 */
#include "compare.h"

#include <stdlib.h>
#include <string.h>

#include "pal_rejudge.h"
#include "pal_scope.h"

struct comparing {
  struct pal_repo *repo;
  const struct pal_commit *from, *to;
  struct pal_arena *arena;
  struct pal_comparison *result;
  struct pal_texts tenants; /* with differences, in tree order */
  size_t tenants_cap;
  bool inputs_differ;
  struct pal_docs root_before, root_after;
  const struct pal_record *estate, *registry;
  struct pal_verdicts *before, *after;
  size_t before_n, before_cap, after_n, after_cap;
  const char *tenant_id, *tenant_name, *tenant_country;
};

static const struct pal_record *single(const struct pal_docs *docs, enum pal_file_id file) {
  const struct pal_doc *doc = pal_docs_find(docs, file, NULL, NULL);
  return doc != NULL && doc->records.n == 1 ? doc->records.v[0] : NULL;
}

static enum pal_code policy_changed(struct comparing *c, const char *path, struct pal_err *err) {
  const char *name = pal_arena_strdup(c->arena, path + strlen("inputs/policies/"));
  if (name == NULL)
    return pal_err_nomem(err);
  struct pal_change change = {.kind = "policy.changed", .subject_type = "policy", .subject_id = name};
  return pal_comparison_add(c->arena, c->result, &change, NULL, NULL, c->registry, err);
}

/* Trees are walked in order, so the files of one tenant come together. */
static enum pal_code on_difference(void *payload, const char *path, const struct pal_oid *before,
                                   const struct pal_oid *after, struct pal_err *err) {
  struct comparing *c = payload;
  (void)before;
  (void)after;
  if (strncmp(path, "inputs/policies/", 16) == 0)
    return policy_changed(c, path, err);
  if (strncmp(path, "inputs/", 7) == 0) {
    c->inputs_differ = true;
    return PAL_OK;
  }
  size_t prefix = strlen("tenants/xx/");
  if (strncmp(path, "tenants/", 8) != 0 || strlen(path) < prefix + PAL_GUID_LEN)
    return PAL_OK;
  const char *id = path + prefix;
  if (c->tenants.n > 0 && strncmp(c->tenants.v[c->tenants.n - 1], id, PAL_GUID_LEN) == 0)
    return PAL_OK;
  const char **grown = pal_arena_grow(c->arena, c->tenants.v, c->tenants.n, &c->tenants_cap, sizeof(*grown));
  char *copy = pal_arena_strndup(c->arena, id, PAL_GUID_LEN);
  if (grown == NULL || copy == NULL)
    return pal_err_nomem(err);
  c->tenants.v = grown;
  c->tenants.v[c->tenants.n++] = copy;
  return PAL_OK;
}

static enum pal_code on_change(void *payload, const struct pal_change *change, struct pal_err *err) {
  struct comparing *c = payload;
  return pal_comparison_add(c->arena, c->result, change, c->tenant_name, c->tenant_country, c->registry, err);
}

/* What a partial run kept outside its scope is of an earlier run. */
static enum pal_code date(const struct comparing *c, const struct pal_commit *commit, const char *tenant_id,
                          struct pal_docs *docs, struct pal_err *err) {
  const struct pal_record *history = single(commit == c->from ? &c->root_before : &c->root_after, PAL_FILE_IN_HISTORY);
  if (pal_scope_has(history, tenant_id))
    return PAL_OK;
  return pal_scope_date(docs, pal_scope_read_on(history, commit->trailers.started, tenant_id), err);
}

static enum pal_code load(struct comparing *c, const struct pal_commit *commit, const char *tenant_id,
                          struct pal_docs *docs, bool *ret_has, struct pal_err *err) {
  struct pal_oid folder;
  struct pal_err missing = {0};
  enum pal_code code = pal_stored_tenant_tree(c->repo, &commit->tree, tenant_id, &folder, &missing);
  *ret_has = code == PAL_OK;
  if (code == PAL_E_NOTFOUND)
    return PAL_OK;
  if (code != PAL_OK) {
    *err = missing;
    return code;
  }
  code = pal_stored_tenant(c->repo, &commit->tree, tenant_id, NULL, docs, err);
  return code == PAL_OK ? date(c, commit, tenant_id, docs, err) : code;
}

static enum pal_code one_tenant(struct comparing *c, struct pal_arena *scratch, const char *tenant_id,
                                struct pal_err *err) {
  struct pal_docs before, after;
  bool had = false, has = false;
  pal_docs_init(&before, scratch);
  pal_docs_init(&after, scratch);
  enum pal_code code = load(c, c->from, tenant_id, &before, &had, err);
  if (code == PAL_OK)
    code = load(c, c->to, tenant_id, &after, &has, err);
  if (code != PAL_OK)
    return code;
  const struct pal_record *customer =
      c->estate != NULL ? pal_records_find(pal_get_records(c->estate, PAL_ESTATE_CUSTOMERS), tenant_id) : NULL;
  struct pal_tenant_id id;
  code = pal_tenant_id_parse(tenant_id, &id, err);
  if (code != PAL_OK)
    return code;
  const struct pal_doc *doc = pal_docs_find(has ? &after : &before, PAL_FILE_TENANT, &id, NULL);
  const struct pal_record *tenant = doc != NULL && doc->records.n == 1 ? doc->records.v[0] : NULL;
  c->tenant_id = tenant_id;
  c->tenant_name = pal_tenant_name(c->estate, has ? &after : &before, tenant_id);
  c->tenant_country = customer != NULL && pal_get_text(customer, PAL_CUSTOMER_COUNTRY) != NULL
                          ? pal_get_text(customer, PAL_CUSTOMER_COUNTRY)
                      : tenant != NULL ? pal_get_text(tenant, PAL_TENANT_COUNTRY_CODE)
                                       : NULL;
  code = pal_docs_compare(had ? &before : NULL, has ? &after : NULL, on_change, c, err);
  if (code == PAL_OK)
    code = pal_verdicts_take(c->arena, &c->before, &c->before_n, &c->before_cap, tenant_id, &before, err);
  if (code == PAL_OK)
    code = pal_verdicts_take(c->arena, &c->after, &c->after_n, &c->after_cap, tenant_id, &after, err);
  const char *name = c->tenant_name != NULL ? pal_arena_strdup(c->arena, c->tenant_name) : NULL;
  if (c->before_n > 0 && strcmp(c->before[c->before_n - 1].tenant_id, tenant_id) == 0)
    c->before[c->before_n - 1].tenant_name = name;
  if (c->after_n > 0 && strcmp(c->after[c->after_n - 1].tenant_id, tenant_id) == 0)
    c->after[c->after_n - 1].tenant_name = name;
  return code;
}

static enum pal_code compare_root(struct comparing *c, struct pal_err *err) {
  c->tenant_id = c->tenant_name = c->tenant_country = NULL;
  enum pal_code code = c->inputs_differ ? pal_docs_compare(&c->root_before, &c->root_after, on_change, c, err) : PAL_OK;
  if (code == PAL_OK)
    code = pal_verdicts_take(c->arena, &c->before, &c->before_n, &c->before_cap, "", &c->root_before, err);
  if (code == PAL_OK)
    code = pal_verdicts_take(c->arena, &c->after, &c->after_n, &c->after_cap, "", &c->root_after, err);
  return code;
}

static enum pal_code count_between(struct comparing *c, struct pal_err *err) {
  struct pal_commit commit = *c->to;
  size_t n = 0;
  while (commit.has_parent && !pal_oid_equal(&commit.id, &c->from->id)) {
    struct pal_oid up = commit.parent;
    enum pal_code code = pal_repo_commit(c->repo, &up, &commit, err);
    if (code != PAL_OK)
      return code;
    n++;
  }
  c->result->runs_between = n > 0 && pal_oid_equal(&commit.id, &c->from->id) ? n - 1 : 0;
  return PAL_OK;
}

static enum pal_code describe(struct comparing *c, struct pal_err *err) {
  char from[41], to[41];
  pal_oid_hex(&c->from->id, from);
  pal_oid_hex(&c->to->id, to);
  c->result->from_commit = pal_arena_strdup(c->arena, from);
  c->result->to_commit = pal_arena_strdup(c->arena, to);
  c->result->from_started = pal_arena_strdup(c->arena, c->from->trailers.started);
  c->result->to_started = pal_arena_strdup(c->arena, c->to->trailers.started);
  c->result->from_kind = pal_run_kind_name(c->from->trailers.kind);
  c->result->to_kind = pal_run_kind_name(c->to->trailers.kind);
  if (c->result->from_commit == NULL || c->result->to_commit == NULL || c->result->from_started == NULL ||
      c->result->to_started == NULL)
    return pal_err_nomem(err);
  return PAL_OK;
}

enum pal_code pal_compare_commits(struct pal_repo *repo, const struct pal_commit *from, const struct pal_commit *to,
                                  const struct pal_pack *pack, struct pal_arena *arena, struct pal_comparison *ret,
                                  struct pal_err *err) {
  *ret = (struct pal_comparison){0};
  struct comparing c = {.repo = repo, .from = from, .to = to, .arena = arena, .result = ret};
  struct pal_arena *scratch = pal_arena_new(0);
  if (scratch == NULL)
    return pal_err_nomem(err);
  pal_docs_init(&c.root_before, arena);
  pal_docs_init(&c.root_after, arena);
  enum pal_code code = describe(&c, err);
  if (code == PAL_OK)
    code = pal_stored_root(repo, &from->tree, &c.root_before, err);
  if (code == PAL_OK)
    code = pal_stored_root(repo, &to->tree, &c.root_after, err);
  if (code == PAL_OK)
    code = date(&c, from, "", &c.root_before, err);
  if (code == PAL_OK)
    code = date(&c, to, "", &c.root_after, err);
  if (code == PAL_OK) {
    c.estate = single(&c.root_after, PAL_FILE_IN_ESTATE);
    c.registry = single(&c.root_after, PAL_FILE_IN_REGISTRY);
    code = pal_repo_compare(repo, &from->tree, &to->tree, on_difference, &c, err);
  }
  if (code == PAL_OK)
    code = compare_root(&c, err);
  for (size_t i = 0; code == PAL_OK && i < c.tenants.n; i++) {
    code = one_tenant(&c, scratch, c.tenants.v[i], err);
    pal_arena_reset(scratch);
  }
  if (code == PAL_OK)
    code = count_between(&c, err);
  if (code == PAL_OK)
    code = pal_comparison_finish(arena, ret, c.before, c.before_n, c.after, c.after_n, pack, err);
  pal_arena_free(scratch);
  return code;
}

enum pal_code pal_last_two(struct pal_repo *repo, struct pal_commit *ret_before, struct pal_commit *ret_after,
                           struct pal_err *err) {
  struct pal_oid id;
  struct pal_commit commit;
  enum pal_code code = pal_repo_head(repo, &id, err);
  if (code == PAL_OK)
    code = pal_repo_commit(repo, &id, &commit, err);
  for (bool found = false; code == PAL_OK;) {
    if (commit.trailers.full && found) {
      *ret_before = commit;
      return PAL_OK;
    }
    if (commit.trailers.full) {
      *ret_after = commit;
      found = true;
    }
    if (!commit.has_parent)
      return pal_err_set(
          err, PAL_E_NOTFOUND,
          found ? "there is only one snapshot of a full run so far; nothing to compare it with before the next"
                : "there is no full run so far; palscan diff A B compares any two snapshots");
    struct pal_oid up = commit.parent;
    code = pal_repo_commit(repo, &up, &commit, err);
  }
  return code;
}

enum pal_code pal_compare_print(struct pal_cli *cli, const struct pal_comparison *comparison, struct pal_err *err) {
  const struct pal_format *format = NULL;
  struct pal_output output;
  enum pal_code code = pal_cli_format(cli, &format, err);
  if (code == PAL_OK)
    code = pal_output_open(cli, &output, err);
  if (code != PAL_OK)
    return code;
  struct pal_style style = pal_cli_style(cli, &output);
  code = format->changes(comparison, &style, output.file, err);
  return pal_output_close(&output, code, err);
}
