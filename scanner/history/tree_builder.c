/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree_builder.c - a whole tree from its paths. In byte order of paths all
 * those below one folder are neighbours, so one pass over the sorted paths,
 * recursing into runs of equal first components, meets every folder once.
 */
#include <stdlib.h>
#include <string.h>

#include "history.h"

enum { PATH_BYTES_MAX = 1024, FIRST_CAP = 1024 };

struct item {
  char *path; /* in the arena; a slash becomes NUL once its folder is done */
  struct pal_oid id;
  bool is_tree;
};

struct pal_tree_builder {
  struct pal_writer *writer; /* borrowed */
  struct pal_arena *arena;
  struct item *v;
  size_t n, cap;
  bool unsorted;
  struct pal_entry *entries; /* of the folders being built, innermost last */
  size_t entries_n, entries_cap;
};

struct pal_tree_builder *pal_tree_builder_new(struct pal_writer *writer) {
  struct pal_tree_builder *b = calloc(1, sizeof *b);
  if (!b)
    return NULL;
  b->writer = writer;
  b->arena = pal_arena_new(0);
  if (!b->arena) {
    free(b);
    return NULL;
  }
  return b;
}

void pal_tree_builder_free(struct pal_tree_builder *builder) {
  if (!builder)
    return;
  pal_arena_free(builder->arena);
  free(builder->v);
  free(builder->entries);
  free(builder);
}

/* Doubles a vector; the old one stays on failure. */
static void *grow(void *v, size_t *cap, size_t size) {
  size_t larger = *cap ? *cap * 2 : FIRST_CAP;
  void *grown = larger <= SIZE_MAX / size ? realloc(v, larger * size) : NULL;
  if (grown)
    *cap = larger;
  return grown;
}

static bool path_ok(const char *path) {
  size_t depth = 0;
  for (;; depth++) {
    size_t len = strcspn(path, "/");
    if (depth > PAL_TREE_DEPTH_MAX || !pal_tree_name_ok(path, len))
      return false;
    if (!path[len])
      return true;
    path += len + 1;
  }
}

enum pal_code pal_tree_builder_add(struct pal_tree_builder *builder, const char *path, const struct pal_oid *id,
                                   bool is_tree, struct pal_err *err) {
  if (strlen(path) > PATH_BYTES_MAX || !path_ok(path))
    return pal_err_set(err, PAL_E_INTERNAL, "\"%.200s\" is no path of a snapshot", path);
  if (builder->n == builder->cap) {
    struct item *grown = grow(builder->v, &builder->cap, sizeof *builder->v);
    if (!grown)
      return pal_err_nomem(err);
    builder->v = grown;
  }
  char *copy = pal_arena_strdup(builder->arena, path);
  if (!copy)
    return pal_err_nomem(err);
  if (builder->n && strcmp(builder->v[builder->n - 1].path, copy) >= 0)
    builder->unsorted = true;
  builder->v[builder->n++] = (struct item){copy, *id, is_tree};
  return PAL_OK;
}

static enum pal_code push_entry(struct pal_tree_builder *b, const struct pal_entry *entry, struct pal_err *err) {
  if (b->entries_n == b->entries_cap) {
    struct pal_entry *grown = grow(b->entries, &b->entries_cap, sizeof *b->entries);
    if (!grown)
      return pal_err_nomem(err);
    b->entries = grown;
  }
  b->entries[b->entries_n++] = *entry;
  return PAL_OK;
}

/* Where the run of items whose path agrees with the first up to and with the
 * slash at `slash` ends. */
static size_t run_end(const struct item *v, size_t from, size_t to, size_t at, size_t slash) {
  size_t i = from + 1;
  while (i < to && strncmp(v[i].path + at, v[from].path + at, slash - at + 1) == 0)
    i++;
  return i;
}

/* The folder whose items are [from, to); their names start at byte `at`. */
static enum pal_code build(struct pal_tree_builder *b, size_t from, size_t to, size_t at, struct pal_oid *ret,
                           struct pal_err *err) {
  size_t first = b->entries_n;
  enum pal_code code = PAL_OK;
  while (from < to && code == PAL_OK) {
    struct item *item = &b->v[from];
    size_t slash = at + strcspn(item->path + at, "/");
    struct pal_entry entry = {item->path + at, item->id, item->is_tree};
    size_t next = from + 1;
    if (item->path[slash]) {
      next = run_end(b->v, from, to, at, slash);
      entry.is_tree = true;
      code = build(b, from, next, slash + 1, &entry.id, err);
      item->path[slash] = '\0';
    }
    if (code == PAL_OK)
      code = push_entry(b, &entry, err);
    from = next;
  }
  if (code == PAL_OK)
    code = pal_writer_tree(b->writer, b->entries + first, b->entries_n - first, ret, err);
  b->entries_n = first;
  return code;
}

static int item_compare(const void *a, const void *b) {
  return strcmp(((const struct item *)a)->path, ((const struct item *)b)->path);
}

enum pal_code pal_tree_builder_finish(struct pal_tree_builder *builder, struct pal_oid *ret, struct pal_err *err) {
  if (builder->n == 0)
    return pal_err_set(err, PAL_E_INTERNAL, "a snapshot without files");
  if (builder->unsorted)
    qsort(builder->v, builder->n, sizeof *builder->v, item_compare);
  enum pal_code code = build(builder, 0, builder->n, 0, ret, err);
  builder->n = 0; /* the paths are cut up now */
  return code;
}
