/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_verify.h"

#include <string.h>

#include "pal_scope.h"

static enum pal_code fault(const struct pal_commit *commit, struct pal_err *err, const char *what) {
  char hex[41];
  pal_oid_hex(&commit->id, hex);
  return pal_err_set(err, PAL_E_VERIFY, "snapshot %.12s: %s", hex, what);
}

/* ---- verdicts: stored against judged again ---- */

static enum pal_code same_records(const struct pal_commit *commit, const char *tenant_id, const char *what,
                                  struct pal_records *stored, struct pal_records *again, struct pal_err *err) {
  pal_records_sort(stored, NULL);
  pal_records_sort(again, NULL);
  char hex[41];
  pal_oid_hex(&commit->id, hex);
  const char *where = tenant_id[0] != '\0' ? tenant_id : "the estate";
  for (size_t i = 0; i < stored->n || i < again->n; i++) {
    if (i < stored->n && i < again->n && pal_record_equal(stored->v[i], again->v[i]))
      continue;
    struct pal_buf a, b;
    pal_buf_init(&a, 1 << 20);
    pal_buf_init(&b, 1 << 20);
    if (i < stored->n)
      pal_record_compact(stored->v[i], &a);
    if (i < again->n)
      pal_record_compact(again->v[i], &b);
    enum pal_code code =
        pal_err_set(err, PAL_E_VERIFY, "snapshot %.12s: judging again gives other %s for %s: stored %.300s, now %.300s",
                    hex, what, where, i < stored->n ? a.data : "nothing", i < again->n ? b.data : "nothing");
    pal_buf_deinit(&a);
    pal_buf_deinit(&b);
    return code;
  }
  return PAL_OK;
}

/* Both lists are in the order of tenant ids, the estate ("") first. */
static struct pal_verdicts *stored_of(const struct pal_rejudged *r, const char *tenant_id, size_t *at) {
  while (*at < r->stored_n && strcmp(r->stored[*at].tenant_id, tenant_id) < 0)
    ++*at;
  return *at < r->stored_n && strcmp(r->stored[*at].tenant_id, tenant_id) == 0 ? &r->stored[*at] : NULL;
}

static enum pal_code compare_verdicts(const struct pal_commit *commit, struct pal_rejudged *r, struct pal_err *err) {
  size_t matched = 0, at = 0;
  for (size_t i = 0; i < pal_judge_verdicts_n(r->judge); i++) {
    struct pal_verdicts again = *pal_judge_verdicts(r->judge, i), nothing = {.tenant_id = again.tenant_id};
    struct pal_verdicts *stored = stored_of(r, again.tenant_id, &at);
    if (stored != NULL)
      matched++;
    else
      stored = &nothing;
    enum pal_code code = same_records(commit, again.tenant_id, "findings", &stored->findings, &again.findings, err);
    if (code == PAL_OK)
      code = same_records(commit, again.tenant_id, "events", &stored->events, &again.events, err);
    if (code != PAL_OK)
      return code;
  }
  return matched == r->stored_n ? PAL_OK : fault(commit, err, "holds verdicts that judging again does not give");
}

static enum pal_code check_untouched(struct pal_repo *repo, const struct pal_commit *commit,
                                     const struct pal_commit *parent, bool has_parent, const char *tenant_id,
                                     struct pal_err *err) {
  struct pal_oid now, before;
  enum pal_code code = pal_stored_tenant_tree(repo, &commit->tree, tenant_id, &now, err);
  if (code != PAL_OK)
    return code;
  code = has_parent ? pal_stored_tenant_tree(repo, &parent->tree, tenant_id, &before, err) : PAL_E_NOTFOUND;
  if (code == PAL_E_NOTFOUND || (code == PAL_OK && !pal_oid_equal(&now, &before)))
    return fault(commit, err, "a partial run changed a tenant outside its scope");
  return code;
}

/* inputs/history.json follows from the parent and the scope; it also tells whether the parent was a full run. */
static enum pal_code check_lineage(const struct pal_commit *commit, const struct pal_rejudged *r, struct pal_err *err) {
  const struct pal_doc *doc = pal_docs_find(&r->root, PAL_FILE_IN_HISTORY, NULL, NULL);
  const struct pal_record *stored = doc != NULL && doc->records.n == 1 ? doc->records.v[0] : NULL;
  bool full = stored == NULL || stored->v[PAL_HISTORY_SCOPE].is == PAL_ABSENT;
  if (full != commit->trailers.full)
    return fault(commit, err, "inputs/history.json and Palscan-Scope differ about the scope");
  struct pal_record *again = pal_history_record(r->arena, r->has_previous ? &r->parent : NULL, r->parent_history,
                                                full ? NULL : pal_get_texts(stored, PAL_HISTORY_SCOPE), err);
  if (again == NULL)
    return PAL_E_NOMEM;
  const struct pal_texts *asked = stored != NULL ? pal_scope_identities(stored) : NULL;
  if (asked != NULL && full)
    return fault(commit, err, "inputs/history.json names identities of a run of the whole estate");
  if (asked != NULL) {
    enum pal_code code = pal_set_texts(r->arena, again, PAL_HISTORY_IDENTITIES, asked->v, asked->n, err);
    if (code != PAL_OK)
      return code;
  }
  if (stored == NULL || !pal_record_equal(stored, again))
    return fault(commit, err, "inputs/history.json is not what follows from its parent");
  return PAL_OK;
}

/* Outside the scope of a partial run every file is the parent's. */
static enum pal_code check_outside(struct pal_repo *repo, const struct pal_commit *commit, const struct pal_rejudged *r,
                                   struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && !commit->trailers.full && i < r->tenants.n; i++)
    if (!pal_scope_has(r->history, r->tenants.v[i]))
      code = check_untouched(repo, commit, &r->parent, r->has_previous, r->tenants.v[i], err);
  return code;
}

static enum pal_code check_verdicts(struct pal_repo *repo, const struct pal_commit *commit,
                                    const struct pal_pack *shipped, struct pal_err *err) {
  struct pal_rejudge_options options = {.repo = repo, .commit = commit, .shipped = shipped};
  struct pal_rejudged r;
  enum pal_code code = pal_rejudge(&options, &r, err);
  if (code != PAL_OK)
    return code;
  const struct pal_trailers *t = &commit->trailers;
  if ((int64_t)r.completeness.complete != t->complete || (int64_t)r.completeness.expected != t->expected)
    code =
        pal_err_set(err, PAL_E_VERIFY, "Palscan-Coverage says %lld/%lld, the snapshot shows %zu/%zu",
                    (long long)t->complete, (long long)t->expected, r.completeness.complete, r.completeness.expected);
  if (code == PAL_OK)
    code = check_lineage(commit, &r, err);
  if (code == PAL_OK)
    code = check_outside(repo, commit, &r, err);
  if (code == PAL_OK)
    code = compare_verdicts(commit, &r, err);
  pal_rejudged_free(&r);
  return code;
}

/* ---- the chain ---- */

static enum pal_code check_step(const struct pal_commit *commit, const struct pal_commit *parent, struct pal_err *err) {
  const struct pal_trailers *a = &parent->trailers, *b = &commit->trailers;
  struct pal_instant before, after;
  if (strcmp(a->repository, b->repository) != 0)
    return fault(commit, err, "belongs to another repository than its parent");
  if (b->sequence != a->sequence + 1)
    return fault(commit, err, "its sequence does not follow its parent's");
  if (!pal_instant_parse(a->started, &before) || !pal_instant_parse(b->started, &after))
    return fault(commit, err, "Palscan-Started is no instant");
  if (pal_instant_cmp(before, after) > 0)
    return fault(commit, err, "started before its parent");
  if ((a->kind == PAL_RUN_REPLAY) != (b->kind == PAL_RUN_REPLAY))
    return fault(commit, err, "mixes replays and live runs");
  return PAL_OK;
}

/* Always an error: the branch is not where this host recorded it. */
static enum pal_code refuse_tip(struct pal_repo *repo, const struct pal_oid *recorded, struct pal_err *err) {
  struct pal_oid head;
  char known[41], hex[41];
  if (pal_oid_is_zero(recorded))
    return pal_err_set(err, PAL_E_VERIFY, "%s: what this host recorded of it cannot be read; palscan scan says why",
                       pal_repo_path(repo));
  pal_oid_hex(recorded, known);
  enum pal_code code = pal_repo_head(repo, &head, err);
  if (code == PAL_E_NOTFOUND)
    return pal_err_set(err, PAL_E_VERIFY,
                       "%s: main is gone; its last commit known here is %s. Bring the branch back from a copy",
                       pal_repo_path(repo), known);
  if (code != PAL_OK)
    return code;
  pal_oid_hex(&head, hex);
  return pal_err_set(err, PAL_E_VERIFY,
                     "%s: main is at %s, the last commit known here is %s: another program moved it. Find out who; "
                     "to go on from there say palscan scan --accept-tip %s",
                     pal_repo_path(repo), hex, known, hex);
}

enum pal_code pal_verify_tip(struct pal_repo *repo, struct pal_err *err) {
  struct pal_oid recorded;
  return pal_repo_tip(repo, &recorded) == PAL_TIP_OTHER ? refuse_tip(repo, &recorded, err) : PAL_OK;
}

static enum pal_code verify_commits(struct pal_repo *repo, const struct pal_oid *from, bool only_one,
                                    const struct pal_pack *shipped, pal_verify_fn *each, void *payload,
                                    struct pal_verify_result *ret, struct pal_err *err) {
  struct pal_commit commit, parent;
  enum pal_code code = pal_repo_commit(repo, from, &commit, err);
  if (code != PAL_OK)
    return code;
  for (;;) {
    ret->first = commit.id;
    if (strcmp(commit.trailers.repository, pal_repo_id(repo)) != 0)
      return fault(&commit, err, "names another repository");
    code = pal_repo_verify_tree(repo, &commit.tree, err);
    if (code == PAL_OK)
      code = pal_verify_coverage(repo, &commit.tree, err);
    if (code == PAL_OK)
      code = check_verdicts(repo, &commit, shipped, err);
    if (code != PAL_OK)
      return code;
    ret->commits++;
    ret->rejudged++;
    if (each != NULL)
      each(payload, &commit, ret->commits);
    if (!commit.has_parent)
      return commit.trailers.sequence == 1 ? PAL_OK
                                           : fault(&commit, err, "is the first commit but its sequence is not 1");
    code = pal_repo_commit(repo, &commit.parent, &parent, err);
    if (code == PAL_OK)
      code = check_step(&commit, &parent, err);
    if (code != PAL_OK || only_one)
      return code;
    commit = parent;
  }
}

enum pal_code pal_verify_chain(struct pal_repo *repo, const struct pal_oid *from, bool only_one,
                               const struct pal_pack *shipped, pal_verify_fn *each, void *payload,
                               struct pal_verify_result *ret, struct pal_err *err) {
  struct pal_oid recorded;
  *ret = (struct pal_verify_result){.last = *from};
  enum pal_code code = verify_commits(repo, from, only_one, shipped, each, payload, ret, err);
  if (code != PAL_OK)
    return code;
  ret->tip = pal_repo_tip(repo, &recorded);
  return ret->tip == PAL_TIP_OTHER ? refuse_tip(repo, &recorded, err) : PAL_OK;
}
