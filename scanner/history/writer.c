/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writer.c - objects in, one commit out.
 *
 * 1. Every object named by a tree or the commit is in this pack or was said to
 *    lie in the verified parent (both in one set of ids): a commit is never
 *    made that misses an object.
 * 2. Until the branch moves nothing is visible: entries and the pack are made
 *    in palscan/tmp-XXXXXX, then renamed into objects/pack (pack before idx,
 *    without its idx a pack is nothing to git), noted in palscan/pending.
 * 3. Order of commit, each step on disk before the next: pack, idx, their
 *    folder - state next - refs/heads/main - state tip. See verify.c for what a
 *    kill between two steps means.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "history.h"
#include "pal_file.h"

struct pal_writer {
  struct pal_repo *repo; /* borrowed */
  struct pal_path folder;
  struct pal_packer *packer;
  struct pal_idset known;
  struct pal_buf raw; /* one tree or the commit */
  bool done;
};

enum pal_code pal_writer_new(struct pal_repo *repo, struct pal_writer **ret, struct pal_err *err) {
  if (repo->lock_fd < 0)
    return pal_err_set(err, PAL_E_INTERNAL, "%s: the lock is not held", repo->path);
  struct pal_writer *w = calloc(1, sizeof *w);
  if (!w)
    return pal_err_nomem(err);
  w->repo = repo;
  pal_buf_init(&w->raw, PAL_OBJECT_MAX);
  enum pal_code code = pal_path_format(&w->folder, err, "%s/palscan/tmp-XXXXXX", repo->path);
  if (code == PAL_OK && !mkdtemp(w->folder.s)) {
    code = pal_err_set(err, PAL_E_IO, "make folder %s: %s", w->folder.s, strerror(errno));
    w->folder.s[0] = '\0';
  }
  if (code == PAL_OK)
    code = pal_packer_new(w->folder.s, &w->packer, err);
  if (code != PAL_OK) {
    pal_writer_free(w);
    return code;
  }
  *ret = w;
  return PAL_OK;
}

void pal_writer_free(struct pal_writer *writer) {
  if (!writer)
    return;
  pal_packer_free(writer->packer);
  if (writer->folder.s[0])
    (void)!pal_dir_remove(writer->folder.s, NULL); /* else the next lock does it */
  pal_idset_deinit(&writer->known);
  pal_buf_deinit(&writer->raw);
  free(writer);
}

enum pal_code pal_writer_knows(struct pal_writer *writer, const struct pal_oid *id, struct pal_err *err) {
  return pal_idset_add(&writer->known, id, err);
}

/* Hashes, and writes what is not known yet. */
static enum pal_code put(struct pal_writer *w, git_object_t type, const void *bytes, size_t len, struct pal_oid *ret,
                         struct pal_err *err) {
  struct pal_oid id;
  enum pal_code code = pal_object_hash(w->repo->sha1, git_object_type2string(type), bytes, len, &id, err);
  if (code == PAL_OK && !pal_idset_has(&w->known, &id)) {
    code = pal_packer_add(w->packer, type, bytes, len, err);
    if (code == PAL_OK)
      code = pal_idset_add(&w->known, &id, err);
  }
  if (code == PAL_OK)
    *ret = id;
  return code;
}

enum pal_code pal_writer_blob(struct pal_writer *writer, const void *bytes, size_t len, struct pal_oid *ret,
                              struct pal_err *err) {
  return put(writer, GIT_OBJECT_BLOB, len ? bytes : "", len, ret, err);
}

/* ---- trees ---- */

static int entry_order(const struct pal_entry *a, const struct pal_entry *b) {
  return pal_tree_order(a->name, a->is_tree, b->name, b->is_tree);
}

static int entry_compare(const void *a, const void *b) {
  return entry_order(a, b);
}

static bool sorted(const struct pal_entry *entries, size_t n) {
  for (size_t i = 1; i < n; i++)
    if (entry_order(&entries[i - 1], &entries[i]) >= 0)
      return false;
  return true;
}

/* A name given twice, also once as a file and once as a folder: between the two
 * stand only names that begin with it. */
static bool twice(const struct pal_entry *entries, size_t i) {
  size_t len = strlen(entries[i].name);
  while (i-- > 0 && strncmp(entries[i].name, entries[i + 1].name, len) == 0)
    if (entries[i].name[len] == '\0')
      return true;
  return false;
}

static enum pal_code check_entry(const struct pal_writer *w, const struct pal_entry *entries, size_t i,
                                 struct pal_err *err) {
  const struct pal_entry *e = &entries[i];
  if (!pal_tree_name_ok(e->name, strlen(e->name)))
    return pal_err_set(err, PAL_E_INTERNAL, "\"%.80s\" may not stand in a snapshot", e->name);
  if (i && (entry_order(&entries[i - 1], e) == 0 || (e->is_tree && twice(entries, i))))
    return pal_err_set(err, PAL_E_INTERNAL, "\"%.80s\" stands twice in one folder", e->name);
  if (!pal_idset_has(&w->known, &e->id))
    return pal_err_set(err, PAL_E_INTERNAL,
                       "\"%.80s\" names an object neither written nor known in the verified parent", e->name);
  return PAL_OK;
}

enum pal_code pal_writer_tree(struct pal_writer *writer, struct pal_entry *entries, size_t n, struct pal_oid *ret,
                              struct pal_err *err) {
  if (n == 0)
    return pal_err_set(err, PAL_E_INTERNAL, "an empty folder cannot be stored");
  if (n > PAL_TREE_ENTRIES_MAX)
    return pal_err_set(err, PAL_E_LIMIT, "a folder of %zu entries; the maximum is %d", n, PAL_TREE_ENTRIES_MAX);
  if (!sorted(entries, n))
    qsort(entries, n, sizeof *entries, entry_compare);
  pal_buf_clear(&writer->raw);
  for (size_t i = 0; i < n; i++) {
    enum pal_code code = check_entry(writer, entries, i, err);
    if (code != PAL_OK)
      return code;
    pal_buf_puts(&writer->raw, entries[i].is_tree ? "40000 " : "100644 ");
    pal_buf_add(&writer->raw, entries[i].name, strlen(entries[i].name) + 1);
    pal_buf_add(&writer->raw, entries[i].id.b, sizeof entries[i].id.b);
  }
  enum pal_code code = pal_buf_check(&writer->raw, "a folder of the snapshot", err);
  return code == PAL_OK ? put(writer, GIT_OBJECT_TREE, writer->raw.data, writer->raw.len, ret, err) : code;
}

/* ---- the commit ---- */

static enum pal_code check_commit(const struct pal_writer *w, const struct pal_oid *tree,
                                  const struct pal_commit *parent, const struct pal_trailers *trailers,
                                  struct pal_err *err) {
  if (w->done)
    return pal_err_set(err, PAL_E_INTERNAL, "a writer makes one commit");
  if (!pal_idset_has(&w->known, tree))
    return pal_err_set(err, PAL_E_INTERNAL, "the commit's tree was neither written nor known");
  if (strcmp(trailers->repository, w->repo->id) != 0)
    return pal_err_set(err, PAL_E_INTERNAL, "the commit is for repository %s, this is %s", trailers->repository,
                       w->repo->id);
  if (trailers->sequence != (parent ? parent->trailers.sequence + 1 : 1))
    return pal_err_set(err, PAL_E_INTERNAL, "the commit's sequence does not follow its parent's");
  return PAL_OK;
}

static enum pal_code move_part(const struct pal_writer *w, const char *name, const char *end, struct pal_err *err) {
  struct pal_path from, to;
  enum pal_code code = pal_path_format(&from, err, "%s/pack-%s.%s", w->folder.s, name, end);
  if (code == PAL_OK)
    code = pal_path_format(&to, err, "%s/objects/pack/pack-%s.%s", w->repo->path, name, end);
  if (code == PAL_OK && rename(from.s, to.s) != 0)
    code = pal_err_set(err, PAL_E_IO, "put %s in place: %s", to.s, strerror(errno));
  return code;
}

static enum pal_code place_pack(const struct pal_writer *w, const char *name, const struct pal_oid *parent,
                                struct pal_err *err) {
  struct pal_path folder, pack;
  enum pal_code code = pal_path_format(&folder, err, "%s/objects/pack", w->repo->path);
  if (code == PAL_OK)
    code = pal_path_format(&pack, err, "%s/pack-%s.idx", folder.s, name);
  if (code != PAL_OK || pal_path_exists(pack.s))
    return code; /* the same bytes: the name is their digest */
  code = pal_pending_write(w->repo, name, parent, err);
  if (code == PAL_OK)
    code = move_part(w, name, "pack", err);
  if (code == PAL_OK)
    code = move_part(w, name, "idx", err);
  if (code == PAL_OK)
    code = pal_fsync_dir(folder.s, err);
  return code;
}

/* After the branch moved the commit stands, whatever else fails: what is not
 * written or removed then, the next verify_parent and lock put right. Before,
 * `next` may stay: it is dropped when main still is the tip. */
static enum pal_code move_branch(const struct pal_writer *w, const struct pal_oid *parent, const struct pal_oid *commit,
                                 struct pal_err *err) {
  struct pal_buf state;
  pal_buf_init(&state, PATH_MAX);
  enum pal_code code = pal_state_dir(w->repo->id, &state, err);
  if (code == PAL_OK)
    code = pal_state_write(state.data, "next", commit, err);
  if (code == PAL_OK)
    code = pal_refs_move_main(w->repo, parent, commit, err);
  if (code == PAL_OK) {
    if (pal_state_write(state.data, "tip", commit, NULL) == PAL_OK)
      (void)!pal_state_drop(state.data, "next", NULL);
    (void)!pal_pending_drop(w->repo, NULL);
  }
  pal_buf_deinit(&state);
  return code;
}

enum pal_code pal_writer_commit(struct pal_writer *writer, const struct pal_oid *tree, const struct pal_commit *parent,
                                const struct pal_trailers *trailers, struct pal_oid *ret, struct pal_err *err) {
  const struct pal_oid *parent_id = parent ? &parent->id : NULL;
  struct pal_oid id;
  char name[41];
  enum pal_code code = check_commit(writer, tree, parent, trailers, err);
  if (code != PAL_OK)
    return code;
  pal_buf_clear(&writer->raw);
  code = pal_commit_format(tree, parent_id, trailers, &writer->raw, err);
  if (code == PAL_OK)
    code = put(writer, GIT_OBJECT_COMMIT, writer->raw.data, writer->raw.len, &id, err);
  if (code == PAL_OK)
    code = pal_packer_finish(writer->packer, name, err);
  if (code == PAL_OK) {
    writer->done = true;
    code = place_pack(writer, name, parent_id, err);
  }
  if (code == PAL_OK)
    code = move_branch(writer, parent_id, &id, err);
  if (code == PAL_OK)
    *ret = id;
  return code;
}
