/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_HISTORY_H
#define PAL_HISTORY_H
/*
 * history.h - what the files of this folder share. Of libgit2 only the object
 * database and the pack indexer are used: references, configuration and
 * ancestry are read here, strictly, so that no planted alternates, include,
 * replace ref, graft or commit-graph is ever asked.
 *
 * A pal_repo and what hangs on it belong to one thread at a time.
 */
#include <git2.h>
#include <limits.h>
#include <sys/stat.h>

#include "pal_digest.h"
#include "pal_repo.h"

enum {
  PAL_REPO_FILES_MAX = 500000,   /* files and folders of a repository folder */
  PAL_REPO_DEPTH_MAX = 32,       /* of its folders */
  PAL_LOOSE_MAX = 20000,         /* loose objects: normally none, stock git packs at 6700 */
  PAL_REFS_BYTES_MAX = 16 << 20, /* of packed-refs */
  PAL_CONFIG_BYTES_MAX = 1 << 20,
  PAL_TREE_DEPTH_MAX = 16, /* folders in folders of a snapshot */
  PAL_TREE_NAME_MAX = 255,
  PAL_COMMIT_BYTES_MAX = 64 << 10
};
#define PAL_LOOSE_BYTES_MAX ((uint64_t)1 << 30) /* of all loose objects, inflated */

struct pal_repo {
  char *path; /* absolute, without symbolic links or a trailing slash */
  char id[37];
  git_odb *odb;
  struct pal_hash *sha1;
  int lock_fd; /* -1: not held */
};

/* ---- paths ---- */
struct pal_path {
  char s[PATH_MAX];
};
/* PAL_E_LIMIT when it does not fit. */
enum pal_code pal_path_format(struct pal_path *path, struct pal_err *err, const char *fmt, ...)
    PAL_MUST_CHECK PAL_PRINTF(3, 4);

/* ---- ASCII without the locale: tolower('I') is no 'i' in Turkish ---- */
char pal_ascii_lower(char c);
/* Whether text opens with `start` (lower case), in any case. */
bool pal_ascii_starts(const char *text, const char *start);

/* ---- the object database (object.c) ---- */
/* The text of libgit2's last error, for the end of ours. */
const char *pal_git_reason(void);
/* PAL_E_NOMEM, PAL_E_IO (the system said no) or `other`. */
enum pal_code pal_git_failed(enum pal_code other, const char *what, struct pal_err *err);
/* Sets libgit2 up for this process; every success is undone by git_libgit2_shutdown(). */
enum pal_code pal_git_start(struct pal_err *err) PAL_MUST_CHECK;
/* Packs and loose objects of one folder, no alternates. */
enum pal_code pal_git_open_objects(const char *path, git_odb **ret, struct pal_err *err) PAL_MUST_CHECK;
/* Id of an object with these bytes, as git computes it. */
enum pal_code pal_object_hash(struct pal_hash *sha1, const char *type, const void *bytes, size_t len,
                              struct pal_oid *ret, struct pal_err *err) PAL_MUST_CHECK;
/* The object with this id: type checked, bytes hashed and compared. Freed by
 * git_odb_object_free. PAL_E_VERIFY with the id when it is missing or wrong. */
enum pal_code pal_object_read(struct pal_repo *repo, const struct pal_oid *id, git_object_t type, git_odb_object **ret,
                              struct pal_err *err) PAL_MUST_CHECK;

/* ---- trees (tree.c) ---- */
/* Goes through the entries of one tree object and checks each on the way. */
struct pal_tree_iter {
  struct pal_oid id;
  git_odb_object *object;
  const char *at, *end;
  struct pal_entry entry; /* name points into object; NULL after the last */
  size_t n;               /* entries seen */
  /* Files a later folder could share its name with: each a prefix of the next. */
  const char *files[PAL_TREE_NAME_MAX + 1];
  size_t files_n;
};
/* Opens and goes to the first entry. */
enum pal_code pal_tree_iter_open(struct pal_repo *repo, const struct pal_oid *id, struct pal_tree_iter *iter,
                                 struct pal_err *err) PAL_MUST_CHECK;
enum pal_code pal_tree_iter_next(struct pal_tree_iter *iter, struct pal_err *err) PAL_MUST_CHECK;
void pal_tree_iter_close(struct pal_tree_iter *iter); /* safe on zeroed storage */
/* git's order of names: a folder sorts as if it ended with a slash. */
int pal_tree_order(const char *a, bool a_is_tree, const char *b, bool b_is_tree);
/* Whether a name may stand in a tree of ours: not empty, not "." or "..", not
 * ".git…" in any case, no slash, backslash or control character. */
bool pal_tree_name_ok(const char *name, size_t len);

/* ---- references (refs.c, refname.c) ---- */
/* Why a reference of this whole name ("refs/tags/v1") may not stand in a repository: a
 * branch other than main, a replacement, a note, a name that git would take for main,
 * HEAD or a commit id. NULL: it may. */
const char *pal_ref_refused(const char *name);
/* Refuses any HEAD but "ref: refs/heads/main". */
enum pal_code pal_refs_check_head(const struct pal_repo *repo, struct pal_err *err) PAL_MUST_CHECK;
/* Refuses what pal_ref_refused() names in packed-refs. *ret_others
 * (may be NULL) tells of references other than main. */
enum pal_code pal_refs_check_packed(const struct pal_repo *repo, bool *ret_others, struct pal_err *err) PAL_MUST_CHECK;
/* Value of refs/heads/main, loose or packed; *ret_has false: none. */
enum pal_code pal_refs_main(const struct pal_repo *repo, struct pal_oid *ret, bool *ret_has, struct pal_err *err)
    PAL_MUST_CHECK;
/* Moves main under main.lock, durably. expected NULL: there must be none.
 * PAL_E_VERIFY when it is another one: nothing moved. */
enum pal_code pal_refs_move_main(const struct pal_repo *repo, const struct pal_oid *expected, const struct pal_oid *to,
                                 struct pal_err *err) PAL_MUST_CHECK;
/* Whether any loose or packed reference other than main exists. */
enum pal_code pal_refs_others(const struct pal_repo *repo, bool *ret, struct pal_err *err) PAL_MUST_CHECK;

/* ---- the folder (layout.c, loose.c, config.c) ---- */
/* Goes through every file below the repository and refuses what the header of
 * pal_repo_open names. */
enum pal_code pal_layout_check(struct pal_repo *repo, struct pal_err *err) PAL_MUST_CHECK;
/* Whether the loose object in this file hashes to `hex`; adds its size to *total. */
enum pal_code pal_loose_check(struct pal_repo *repo, int folder, const char *name, const char *hex, uint64_t *total,
                              struct pal_err *err) PAL_MUST_CHECK;
/* Reads <repo>/config strictly; id is "" when it holds none. */
enum pal_code pal_config_check(const struct pal_repo *repo, char id[37], struct pal_err *err) PAL_MUST_CHECK;

/* ---- commits (commit.c, trailers.c) ---- */
/* Appends subject and trailers. PAL_E_INTERNAL when a value is none. */
enum pal_code pal_trailers_format(const struct pal_trailers *trailers, struct pal_buf *out, struct pal_err *err)
    PAL_MUST_CHECK;
/* Reads a whole message strictly: formatting it again must give the same bytes. */
enum pal_code pal_trailers_parse(const char *message, size_t len, struct pal_trailers *ret, char subject[256],
                                 struct pal_err *err) PAL_MUST_CHECK;
/* The bytes of a commit object. */
enum pal_code pal_commit_format(const struct pal_oid *tree, const struct pal_oid *parent,
                                const struct pal_trailers *trailers, struct pal_buf *out, struct pal_err *err)
    PAL_MUST_CHECK;
/* PAL_E_NEWER when format.json in the tree names a later version than ours. */
enum pal_code pal_tree_format_check(struct pal_repo *repo, const struct pal_oid *tree, struct pal_err *err)
    PAL_MUST_CHECK;
/* The tree a commit names, before anything else in it is judged. */
enum pal_code pal_commit_tree(struct pal_repo *repo, const struct pal_oid *id, struct pal_oid *ret, struct pal_err *err)
    PAL_MUST_CHECK;

/* ---- state (state.c) ---- */
/* The state folder's name; nothing is made. */
enum pal_code pal_state_path(const char *repository_id, struct pal_buf *out, struct pal_err *err) PAL_MUST_CHECK;
/* name: "tip" or "next". */
enum pal_code pal_state_read(const char *state_dir, const char *name, struct pal_oid *ret, bool *ret_has,
                             struct pal_err *err) PAL_MUST_CHECK;
enum pal_code pal_state_write(const char *state_dir, const char *name, const struct pal_oid *id, struct pal_err *err)
    PAL_MUST_CHECK;
enum pal_code pal_state_drop(const char *state_dir, const char *name, struct pal_err *err) PAL_MUST_CHECK;

/* ---- leftovers (lock.c) ---- */
/* Before a finished pack is put in place: a later holder of the lock removes it
 * if main never moved. pack: 40 hex digits; parent may be NULL. */
enum pal_code pal_pending_write(const struct pal_repo *repo, const char *pack, const struct pal_oid *parent,
                                struct pal_err *err) PAL_MUST_CHECK;
enum pal_code pal_pending_drop(const struct pal_repo *repo, struct pal_err *err) PAL_MUST_CHECK;

/* ---- writing (idset.c, pack.c) ---- */
struct pal_idset {
  struct pal_oid *v;
  size_t cap, n;
}; /* open addressing; the zero id is an empty place */
enum pal_code pal_idset_add(struct pal_idset *set, const struct pal_oid *id, struct pal_err *err) PAL_MUST_CHECK;
bool pal_idset_has(const struct pal_idset *set, const struct pal_oid *id);
void pal_idset_deinit(struct pal_idset *set);

struct pal_packer; /* entries of a pack in a private folder */
enum pal_code pal_packer_new(const char *folder, struct pal_packer **ret, struct pal_err *err) PAL_MUST_CHECK;
void pal_packer_free(struct pal_packer *packer); /* takes NULL; files stay */
/* After a failure every later call fails with the same error. */
enum pal_code pal_packer_add(struct pal_packer *packer, git_object_t type, const void *bytes, size_t len,
                             struct pal_err *err) PAL_MUST_CHECK;
/* Makes <folder>/pack-<name>.pack and .idx, flushed to disk; name holds 41 bytes. */
enum pal_code pal_packer_finish(struct pal_packer *packer, char name[41], struct pal_err *err) PAL_MUST_CHECK;

#endif
