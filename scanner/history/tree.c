/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.c - tree objects, entry by entry. Raw form of an entry: mode in octal,
 * a space, the name, a NUL, 20 bytes of id. Each entry is judged when it is
 * reached, so nothing downstream meets a name or a mode that is not ours.
 */
#include <string.h>

#include "history.h"

enum { OID_LEN = 20 };

bool pal_tree_name_ok(const char *name, size_t len) {
  if (len == 0 || len > PAL_TREE_NAME_MAX || pal_ascii_starts(name, ".git"))
    return false;
  if (name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')))
    return false;
  for (size_t i = 0; i < len; i++) {
    unsigned char c = (unsigned char)name[i];
    if (c < 0x20 || c == 0x7f || c == '/' || c == '\\')
      return false;
  }
  return true;
}

int pal_tree_order(const char *a, bool a_is_tree, const char *b, bool b_is_tree) {
  while (*a && *a == *b) {
    a++;
    b++;
  }
  unsigned char at_a = *a ? (unsigned char)*a : a_is_tree ? '/' : '\0';
  unsigned char at_b = *b ? (unsigned char)*b : b_is_tree ? '/' : '\0';
  return (at_a > at_b) - (at_a < at_b);
}

static enum pal_code bad_tree(const struct pal_tree_iter *iter, struct pal_err *err, const char *what,
                              const char *name) {
  char hex[41];
  pal_oid_hex(&iter->id, hex);
  return pal_err_set(err, PAL_E_VERIFY, "tree %s: %s%s%.*s", hex, what, name ? ": " : "", PAL_TREE_NAME_MAX,
                     name ? name : "");
}

/* A file and a folder of one name are not neighbours in git's order ("a",
 * "a.b", "a/"): the file is remembered while names that begin with it follow. */
static bool named_before(struct pal_tree_iter *iter) {
  const char *name = iter->entry.name;
  while (iter->files_n) {
    const char *file = iter->files[iter->files_n - 1];
    size_t len = strlen(file);
    if (strncmp(name, file, len) == 0) {
      if (name[len] == '\0')
        return true;
      break;
    }
    iter->files_n--;
  }
  if (!iter->entry.is_tree)
    iter->files[iter->files_n++] = name; /* longer than the one below it: at most 255 */
  return false;
}

/* "100644 " or "40000 "; anything else, also "040000", is none of ours. */
static bool take_mode(struct pal_tree_iter *iter, bool *ret_is_tree) {
  static const char file[] = "100644 ", folder[] = "40000 ";
  size_t left = (size_t)(iter->end - iter->at);
  bool is_file = left >= sizeof file - 1 && memcmp(iter->at, file, sizeof file - 1) == 0;
  bool is_folder = left >= sizeof folder - 1 && memcmp(iter->at, folder, sizeof folder - 1) == 0;
  if (!is_file && !is_folder)
    return false;
  iter->at += is_file ? sizeof file - 1 : sizeof folder - 1;
  *ret_is_tree = is_folder;
  return true;
}

enum pal_code pal_tree_iter_next(struct pal_tree_iter *iter, struct pal_err *err) {
  struct pal_entry before = iter->entry;
  iter->entry = (struct pal_entry){0};
  if (iter->at == iter->end)
    return PAL_OK;
  if (iter->n++ == PAL_TREE_ENTRIES_MAX)
    return bad_tree(iter, err, "more entries than the maximum", NULL);
  bool is_tree;
  if (!take_mode(iter, &is_tree))
    return bad_tree(iter, err, "an entry that is neither a plain file (100644) nor a folder, after",
                    before.name ? before.name : "the beginning");
  const char *name = iter->at;
  const char *nul = memchr(name, '\0', (size_t)(iter->end - name));
  if (!nul || iter->end - nul <= OID_LEN)
    return bad_tree(iter, err, "cut short", NULL);
  if (!pal_tree_name_ok(name, (size_t)(nul - name)))
    return bad_tree(iter, err, "a name that is no part of a snapshot", name);
  iter->entry.name = name;
  iter->entry.is_tree = is_tree;
  memcpy(iter->entry.id.b, nul + 1, OID_LEN);
  iter->at = nul + 1 + OID_LEN;
  if (before.name && pal_tree_order(before.name, before.is_tree, name, is_tree) >= 0)
    return bad_tree(iter, err, "names out of order or twice", name);
  if (named_before(iter))
    return bad_tree(iter, err, "a file and a folder of one name", name);
  if (pal_oid_is_zero(&iter->entry.id))
    return bad_tree(iter, err, "an entry without an object", name);
  return PAL_OK;
}

enum pal_code pal_tree_iter_open(struct pal_repo *repo, const struct pal_oid *id, struct pal_tree_iter *iter,
                                 struct pal_err *err) {
  iter->id = *id;
  iter->object = NULL;
  iter->entry = (struct pal_entry){0};
  iter->n = 0;
  iter->files_n = 0;
  enum pal_code code = pal_object_read(repo, id, GIT_OBJECT_TREE, &iter->object, err);
  if (code != PAL_OK)
    return code;
  iter->at = git_odb_object_data(iter->object);
  iter->end = iter->at + git_odb_object_size(iter->object);
  if (iter->at == iter->end) {
    code = bad_tree(iter, err, "an empty folder", NULL);
    pal_tree_iter_close(iter);
    return code;
  }
  code = pal_tree_iter_next(iter, err);
  if (code != PAL_OK)
    pal_tree_iter_close(iter);
  return code;
}

void pal_tree_iter_close(struct pal_tree_iter *iter) {
  git_odb_object_free(iter->object);
  iter->object = NULL;
}

static enum pal_code fill(struct pal_tree_iter *iter, struct pal_arena *arena, struct pal_tree *ret,
                          struct pal_err *err) {
  /* The names come with their NULs in the raw bytes: one copy holds them all. */
  size_t len = git_odb_object_size(iter->object);
  const char *raw = git_odb_object_data(iter->object);
  char *copy = pal_arena_alloc(arena, len);
  if (!copy)
    return pal_err_nomem(err);
  memcpy(copy, raw, len);
  size_t cap = 0;
  struct pal_tree tree = {0};
  while (iter->entry.name) {
    struct pal_entry *grown = pal_arena_grow(arena, tree.v, tree.n, &cap, sizeof *tree.v);
    if (!grown)
      return pal_err_nomem(err);
    tree.v = grown;
    tree.v[tree.n] = iter->entry;
    tree.v[tree.n++].name = copy + (iter->entry.name - raw);
    enum pal_code code = pal_tree_iter_next(iter, err);
    if (code != PAL_OK)
      return code;
  }
  *ret = tree;
  return PAL_OK;
}

enum pal_code pal_repo_tree(struct pal_repo *repo, const struct pal_oid *id, struct pal_arena *arena,
                            struct pal_tree *ret, struct pal_err *err) {
  struct pal_tree_iter iter;
  enum pal_code code = pal_tree_iter_open(repo, id, &iter, err);
  if (code != PAL_OK)
    return code;
  code = fill(&iter, arena, ret, err);
  pal_tree_iter_close(&iter);
  return code;
}

static enum pal_code not_there(const char *path, struct pal_err *err) {
  return pal_err_set(err, PAL_E_NOTFOUND, "%s: not in this snapshot", path);
}

/* The entry called name[0..len). The whole tree is gone through all the same:
 * a malformed one is never partly believed. */
static enum pal_code find_entry(struct pal_repo *repo, const struct pal_oid *tree, const char *name, size_t len,
                                struct pal_entry *ret, bool *found, struct pal_err *err) {
  struct pal_tree_iter iter;
  *found = false;
  enum pal_code code = pal_tree_iter_open(repo, tree, &iter, err);
  if (code != PAL_OK)
    return code;
  while (code == PAL_OK && iter.entry.name) {
    if (strncmp(iter.entry.name, name, len) == 0 && iter.entry.name[len] == '\0') {
      *ret = iter.entry;
      *found = true;
    }
    code = pal_tree_iter_next(&iter, err);
  }
  pal_tree_iter_close(&iter);
  return code;
}

enum pal_code pal_repo_find(struct pal_repo *repo, const struct pal_oid *tree, const char *path, struct pal_entry *ret,
                            struct pal_err *err) {
  struct pal_oid at = *tree;
  const char *name = path;
  for (int depth = 0; depth <= PAL_TREE_DEPTH_MAX; depth++) {
    const char *slash = strchr(name, '/');
    size_t len = slash ? (size_t)(slash - name) : strlen(name);
    struct pal_entry entry;
    bool found;
    enum pal_code code = find_entry(repo, &at, name, len, &entry, &found, err);
    if (code != PAL_OK)
      return code;
    if (!found || (slash && !entry.is_tree))
      return not_there(path, err);
    if (!slash) {
      *ret = entry;
      ret->name = name; /* in the caller's path: the tree is gone */
      return PAL_OK;
    }
    at = entry.id;
    name = slash + 1;
  }
  return not_there(path, err);
}
