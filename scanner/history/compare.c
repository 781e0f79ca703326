/* SPDX-License-Identifier: Apache-2.0 */
/* compare.c - every file below one tree, or where two trees differ. Equal ids
 * are equal content, so only differing folders are read. */
#include <string.h>

#include "history.h"

enum { PATH_BYTES_MAX = 4096 };

struct walk {
  struct pal_repo *repo;
  struct pal_buf path;
  pal_blob_fn *each;
  pal_delta_fn *delta;
  void *payload;
};

/* Appends a name; *ret_len is what to cut back to. */
static enum pal_code enter(struct walk *walk, const char *name, size_t *ret_len, struct pal_err *err) {
  *ret_len = walk->path.len;
  if (walk->path.len && walk->path.data[walk->path.len - 1] != '/')
    pal_buf_putc(&walk->path, '/');
  pal_buf_puts(&walk->path, name);
  return pal_buf_check(&walk->path, "a path in a snapshot", err);
}

static void leave(struct walk *walk, size_t len) {
  walk->path.len = len;
  walk->path.data[len] = '\0';
}

static enum pal_code too_deep(const struct walk *walk, struct pal_err *err) {
  return pal_err_set(err, PAL_E_VERIFY, "%s: folders nested deeper than %d", walk->path.data, PAL_TREE_DEPTH_MAX);
}

/* ---- one tree ---- */

static enum pal_code walk_tree(struct walk *walk, const struct pal_oid *tree, unsigned depth, struct pal_err *err) {
  if (depth > PAL_TREE_DEPTH_MAX)
    return too_deep(walk, err);
  struct pal_tree_iter iter;
  enum pal_code code = pal_tree_iter_open(walk->repo, tree, &iter, err);
  if (code != PAL_OK)
    return code;
  while (code == PAL_OK && iter.entry.name) {
    size_t len;
    code = enter(walk, iter.entry.name, &len, err);
    if (code == PAL_OK)
      code = iter.entry.is_tree ? walk_tree(walk, &iter.entry.id, depth + 1, err)
                                : walk->each(walk->payload, walk->path.data, &iter.entry.id, err);
    if (code == PAL_OK) {
      leave(walk, len);
      code = pal_tree_iter_next(&iter, err);
    }
  }
  pal_tree_iter_close(&iter);
  return code;
}

enum pal_code pal_repo_walk(struct pal_repo *repo, const struct pal_oid *tree, const char *prefix, pal_blob_fn *each,
                            void *payload, struct pal_err *err) {
  struct walk walk = {.repo = repo, .each = each, .payload = payload};
  pal_buf_init(&walk.path, PATH_BYTES_MAX);
  pal_buf_puts(&walk.path, prefix ? prefix : "");
  enum pal_code code = pal_buf_check(&walk.path, "a path in a snapshot", err);
  if (code == PAL_OK)
    code = walk_tree(&walk, tree, 0, err);
  pal_buf_deinit(&walk.path);
  return code;
}

/* ---- two trees ---- */

static enum pal_code compare_trees(struct walk *walk, const struct pal_oid *before, const struct pal_oid *after,
                                   unsigned depth, struct pal_err *err);

/* One name, in one tree or in both with different ids. */
static enum pal_code differ(struct walk *walk, const struct pal_entry *before, const struct pal_entry *after,
                            unsigned depth, struct pal_err *err) {
  const struct pal_entry *any = before ? before : after;
  const struct pal_oid *old_id = before ? &before->id : NULL;
  const struct pal_oid *new_id = after ? &after->id : NULL;
  size_t len;
  enum pal_code code = enter(walk, any->name, &len, err);
  if (code == PAL_OK)
    code = any->is_tree ? compare_trees(walk, old_id, new_id, depth + 1, err)
                        : walk->delta(walk->payload, walk->path.data, old_id, new_id, err);
  if (code == PAL_OK)
    leave(walk, len);
  return code;
}

/* Which of the two comes first; a file and a folder of one name are two names. */
static int first_of(const struct pal_entry *before, const struct pal_entry *after) {
  if (!before->name)
    return 1;
  if (!after->name)
    return -1;
  return pal_tree_order(before->name, before->is_tree, after->name, after->is_tree);
}

static enum pal_code merge(struct walk *walk, struct pal_tree_iter *before, struct pal_tree_iter *after, unsigned depth,
                           struct pal_err *err) {
  enum pal_code code = PAL_OK;
  while (code == PAL_OK && (before->entry.name || after->entry.name)) {
    int order = first_of(&before->entry, &after->entry);
    if (order != 0 || !pal_oid_equal(&before->entry.id, &after->entry.id))
      code = differ(walk, order <= 0 ? &before->entry : NULL, order >= 0 ? &after->entry : NULL, depth, err);
    if (code == PAL_OK && order <= 0)
      code = pal_tree_iter_next(before, err);
    if (code == PAL_OK && order >= 0)
      code = pal_tree_iter_next(after, err);
  }
  return code;
}

static enum pal_code compare_trees(struct walk *walk, const struct pal_oid *before, const struct pal_oid *after,
                                   unsigned depth, struct pal_err *err) {
  if (depth > PAL_TREE_DEPTH_MAX)
    return too_deep(walk, err);
  struct pal_tree_iter old_iter = {0}, new_iter = {0};
  enum pal_code code = PAL_OK;
  if (before)
    code = pal_tree_iter_open(walk->repo, before, &old_iter, err);
  if (code == PAL_OK && after)
    code = pal_tree_iter_open(walk->repo, after, &new_iter, err);
  if (code == PAL_OK)
    code = merge(walk, &old_iter, &new_iter, depth, err);
  pal_tree_iter_close(&old_iter);
  pal_tree_iter_close(&new_iter);
  return code;
}

enum pal_code pal_repo_compare(struct pal_repo *repo, const struct pal_oid *before, const struct pal_oid *after,
                               pal_delta_fn *each, void *payload, struct pal_err *err) {
  if ((!before && !after) || (before && after && pal_oid_equal(before, after)))
    return PAL_OK;
  struct walk walk = {.repo = repo, .delta = each, .payload = payload};
  pal_buf_init(&walk.path, PATH_BYTES_MAX);
  enum pal_code code = compare_trees(&walk, before, after, 0, err);
  pal_buf_deinit(&walk.path);
  return code;
}
