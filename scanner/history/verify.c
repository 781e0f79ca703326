/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.c - nothing unverified is built upon.
 *
 * The recorded tip, outside the repository, says which commit this user wrote
 * or accepted last. Between "next written" and "tip written" a run may be
 * killed; then HEAD tells how far it came:
 *
 *   HEAD == tip, next present    the branch was not moved: next is dropped
 *   HEAD == next                 it was moved: next becomes tip
 *   anything else                somebody else moved it: refused
 */
#include <string.h>

#include "history.h"
#include "pal_doc.h"
#include "pal_stored.h"

struct state {
  struct pal_buf dir;
  struct pal_oid tip, next;
  bool has_tip, has_next;
};

static enum pal_code read_state(const char *dir, struct state *state, struct pal_err *err) {
  enum pal_code code = pal_state_read(dir, "tip", &state->tip, &state->has_tip, err);
  if (code == PAL_OK)
    code = pal_state_read(dir, "next", &state->next, &state->has_next, err);
  return code;
}

static bool is_tip(const struct state *state, const struct pal_oid *head) {
  return state->has_tip && pal_oid_equal(&state->tip, head);
}

static bool is_next(const struct state *state, const struct pal_oid *head) {
  return state->has_next && pal_oid_equal(&state->next, head);
}

/* No commit on the branch. */
static enum pal_code verify_unborn(const struct pal_repo *repo, const struct state *state,
                                   const struct pal_oid *accept_tip, struct pal_err *err) {
  char hex[41];
  if (accept_tip)
    return pal_err_set(err, PAL_E_VERIFY, "%s: has no commit that could be accepted", repo->path);
  if (state->has_tip) {
    pal_oid_hex(&state->tip, hex);
    return pal_err_set(err, PAL_E_VERIFY,
                       "%s: main is gone; its last commit known here is %s (state in %s). Bring the "
                       "branch back from a copy, or remove that folder to start anew",
                       repo->path, hex, state->dir.data);
  }
  return state->has_next ? pal_state_drop(state->dir.data, "next", err) : PAL_OK;
}

static enum pal_code unknown_head(const struct pal_repo *repo, const struct state *state, const struct pal_oid *head,
                                  struct pal_err *err) {
  char hex[41], known[41];
  pal_oid_hex(head, hex);
  if (!state->has_tip && !state->has_next)
    return pal_err_set(err, PAL_E_VERIFY,
                       "%s: this user has never written or accepted a commit of it (no state in %s). "
                       "Check that main is the commit you expect, then say --accept-tip %s",
                       repo->path, state->dir.data, hex);
  pal_oid_hex(state->has_tip ? &state->tip : &state->next, known);
  return pal_err_set(err, PAL_E_VERIFY,
                     "%s: main is at %s, the last commit known here is %s: another program moved it. "
                     "Find out who; to go on from there say --accept-tip %s",
                     repo->path, hex, known, hex);
}

/* The commit itself, that it is of this repository, and its root tree. */
static enum pal_code verify_commit(struct pal_repo *repo, const struct pal_oid *head, struct pal_commit *ret,
                                   struct pal_err *err) {
  enum pal_code code = pal_repo_commit(repo, head, ret, err);
  if (code == PAL_OK && strcmp(ret->trailers.repository, repo->id) != 0)
    code = pal_err_set(err, PAL_E_VERIFY, "%s: main is a commit of repository %s, not of %s", repo->path,
                       ret->trailers.repository, repo->id);
  if (code == PAL_OK)
    code = pal_tree_format_check(repo, &ret->tree, err); /* reads and checks the root tree */
  return code;
}

static enum pal_code record_tip(const struct state *state, const struct pal_oid *head, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  if (!is_tip(state, head))
    code = pal_state_write(state->dir.data, "tip", head, err);
  if (code == PAL_OK && state->has_next)
    code = pal_state_drop(state->dir.data, "next", err);
  return code;
}

static enum pal_code verify_born(struct pal_repo *repo, const struct state *state, const struct pal_oid *head,
                                 const struct pal_oid *accept_tip, struct pal_commit *ret, struct pal_err *err) {
  char hex[41], wanted[41];
  if (accept_tip && !pal_oid_equal(accept_tip, head)) {
    pal_oid_hex(head, hex);
    pal_oid_hex(accept_tip, wanted);
    return pal_err_set(err, PAL_E_VERIFY, "%s: main is at %s, not at the commit to be accepted, %s", repo->path, hex,
                       wanted);
  }
  if (!accept_tip && !is_tip(state, head) && !is_next(state, head))
    return unknown_head(repo, state, head, err);
  enum pal_code code = verify_commit(repo, head, ret, err);
  if (code == PAL_OK && accept_tip)
    code = pal_repo_verify_tree(repo, &ret->tree, err);
  if (code == PAL_OK)
    code = record_tip(state, head, err);
  return code;
}

enum pal_code pal_repo_verify_parent(struct pal_repo *repo, const struct pal_oid *accept_tip,
                                     struct pal_commit *ret_parent, bool *ret_has, struct pal_err *err) {
  if (repo->lock_fd < 0)
    return pal_err_set(err, PAL_E_INTERNAL, "%s: the lock is not held", repo->path);
  struct state state = {0};
  struct pal_oid head;
  bool has = false;
  struct pal_commit commit;
  pal_buf_init(&state.dir, PATH_MAX);
  enum pal_code code = pal_state_dir(repo->id, &state.dir, err);
  if (code == PAL_OK)
    code = read_state(state.dir.data, &state, err);
  if (code == PAL_OK)
    code = pal_refs_main(repo, &head, &has, err);
  if (code == PAL_OK)
    code =
        has ? verify_born(repo, &state, &head, accept_tip, &commit, err) : verify_unborn(repo, &state, accept_tip, err);
  pal_buf_deinit(&state.dir);
  if (code != PAL_OK)
    return code;
  *ret_has = has;
  if (has)
    *ret_parent = commit;
  return PAL_OK;
}

static enum pal_tip tip_of(const struct pal_repo *repo, const struct state *state, struct pal_oid *ret_recorded) {
  struct pal_oid head;
  bool has = false;
  if (!state->has_tip && !state->has_next)
    return PAL_TIP_UNKNOWN;
  *ret_recorded = state->has_tip ? state->tip : state->next;
  if (pal_refs_main(repo, &head, &has, NULL) != PAL_OK)
    return PAL_TIP_OTHER;
  if (!has) /* killed in the very first run, before the branch was made */
    return state->has_tip ? PAL_TIP_OTHER : PAL_TIP_UNKNOWN;
  return is_tip(state, &head) || is_next(state, &head) ? PAL_TIP_EQUAL : PAL_TIP_OTHER;
}

enum pal_tip pal_repo_tip(struct pal_repo *repo, struct pal_oid *ret_recorded) {
  struct state state = {0};
  struct pal_oid recorded = {{0}};
  enum pal_tip tip = PAL_TIP_UNKNOWN;
  pal_buf_init(&state.dir, PATH_MAX);
  if (pal_state_path(repo->id, &state.dir, NULL) == PAL_OK)
    tip = read_state(state.dir.data, &state, NULL) == PAL_OK ? tip_of(repo, &state, &recorded) : PAL_TIP_OTHER;
  pal_buf_deinit(&state.dir);
  if (ret_recorded)
    *ret_recorded = recorded;
  return tip;
}

/* ---- a whole tree ---- */

struct checking {
  struct pal_repo *repo;
  struct pal_arena *arena; /* one file's records */
  struct pal_buf bytes;
};

static bool is_policy(const char *path) {
  static const char folder[] = "inputs/policies/";
  return strncmp(path, folder, sizeof folder - 1) == 0 && pal_stored_is_policy(path + sizeof folder - 1);
}

static enum pal_code check_blob(void *payload, const char *path, const struct pal_oid *id, struct pal_err *err) {
  struct checking *c = payload;
  enum pal_code code = pal_repo_blob(c->repo, id, &c->bytes, err);
  if (code == PAL_OK && !is_policy(path)) {
    struct pal_doc doc = {0};
    pal_arena_reset(c->arena);
    code = pal_doc_parse_path(path, &doc, err);
    if (code == PAL_OK)
      code = pal_doc_decode(c->arena, c->bytes.data, c->bytes.len, &doc, err);
  }
  if (code != PAL_OK && err)
    (void)pal_err_wrap(err, "%s", path);
  return code;
}

enum pal_code pal_repo_verify_tree(struct pal_repo *repo, const struct pal_oid *tree, struct pal_err *err) {
  enum pal_code code = pal_tree_format_check(repo, tree, err);
  if (code != PAL_OK)
    return code;
  struct checking c = {.repo = repo, .arena = pal_arena_new(0)};
  if (!c.arena)
    return pal_err_nomem(err);
  pal_buf_init(&c.bytes, PAL_OBJECT_MAX);
  code = pal_repo_walk(repo, tree, "", check_blob, &c, err);
  pal_buf_deinit(&c.bytes);
  pal_arena_free(c.arena);
  return code;
}
