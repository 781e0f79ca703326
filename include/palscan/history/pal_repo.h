/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REPO_H
#define PAL_REPO_H
/*
 * pal_repo.h - the git repository that holds the snapshots: making, opening,
 * trust, reading. The only layer that knows libgit2.
 *
 * Reading trusts nothing: every object's bytes are hashed and compared with
 * the id they were asked by; ancestry comes from hash-checked commits only.
 */
#include <stdbool.h>
#include <stdint.h>

#include "pal_arena.h"
#include "pal_buf.h"
#include "pal_err.h"
#include "pal_time.h"

enum {
  PAL_OBJECT_MAX = 256 << 20, /* bytes of one object */
  PAL_TREE_ENTRIES_MAX = 200000
};

struct pal_oid {
  uint8_t b[20];
}; /* git object id (SHA-1) */
void pal_oid_hex(const struct pal_oid *oid, char out[41]);
bool pal_oid_parse(const char *hex40, struct pal_oid *ret);
bool pal_oid_equal(const struct pal_oid *a, const struct pal_oid *b);
bool pal_oid_is_zero(const struct pal_oid *oid);

struct pal_repo; /* opaque */

/* Makes a bare repository at path (which must not exist or be an empty folder)
 * with HEAD at refs/heads/main, diff.renames=false, core.commitGraph=false,
 * gc.writeCommitGraph=false and a random id (palscan.id). */
enum pal_code pal_repo_create(const char *path, struct pal_err *err) PAL_MUST_CHECK;
/* Opens one and refuses (PAL_E_VERIFY): owner other than caller or root,
 * symbolic links inside, alternates, replace refs, grafts, shallow, HEAD not at
 * main, refs/heads other than main, notes, references that git would take for main
 * or for a commit id, info/attributes and keys of the configuration by which stock
 * git shows other than what is stored (pager, diff drivers …), a loose object whose bytes are not its
 * name, unknown object format. PAL_E_NOTFOUND when there is none. */
enum pal_code pal_repo_open(const char *path, struct pal_repo **ret, struct pal_err *err) PAL_MUST_CHECK;
void pal_repo_close(struct pal_repo *repo); /* takes NULL; releases the lock */
const char *pal_repo_path(const struct pal_repo *repo);
/* The id of the repository: from the trailers of HEAD when there is a commit,
 * else from its configuration. Both present and different: PAL_E_VERIFY at open. */
const char *pal_repo_id(const struct pal_repo *repo);

/* Takes flock on <repo>/palscan/lock, PAL_E_LOCKED when another holds it (its
 * text says who); then clears leftovers: main.lock, own temporary packs. */
enum pal_code pal_repo_lock(struct pal_repo *repo, struct pal_err *err) PAL_MUST_CHECK;

/* ---- commits ---- */
enum pal_run_kind { PAL_RUN_SCAN, PAL_RUN_IMPORT, PAL_RUN_MERGE, PAL_RUN_REPLAY };
const char *pal_run_kind_name(enum pal_run_kind kind); /* "scan", … */

struct pal_trailers {
  char repository[37];
  char run[37];
  int64_t sequence; /* 1 for the first commit */
  enum pal_run_kind kind;
  bool full; /* scope full or partial */
  char started[PAL_INSTANT_MAX], finished[PAL_INSTANT_MAX];
  char version[32];           /* of palscan */
  int64_t complete, expected; /* Palscan-Coverage: complete/expected */
  char disclosure[65];        /* Merkle root, hex SHA-256 */
};

struct pal_commit {
  struct pal_oid id, tree, parent;
  bool has_parent;
  char subject[256];
  struct pal_trailers trailers;
};

/* PAL_E_NOTFOUND when the branch has no commit yet. */
enum pal_code pal_repo_head(struct pal_repo *repo, struct pal_oid *ret, struct pal_err *err) PAL_MUST_CHECK;
/* Reads and checks one commit: hash, at most one parent, exactly one of each
 * trailer, none unknown, subject of fixed words (PAL_E_VERIFY otherwise). */
enum pal_code pal_repo_commit(struct pal_repo *repo, const struct pal_oid *id, struct pal_commit *ret,
                              struct pal_err *err) PAL_MUST_CHECK;
/* "HEAD", "HEAD~3", "main", a full or abbreviated (>= 7 hex) commit id on the
 * first-parent line of main, or a date "YYYY-MM-DD[THH:MM:SSZ]": the last
 * commit whose Palscan-Started is not after it (a date alone: end of that UTC
 * day). PAL_E_NOTFOUND, saying what there is. */
enum pal_code pal_repo_resolve(struct pal_repo *repo, const char *rev, struct pal_oid *ret, struct pal_err *err)
    PAL_MUST_CHECK;

/* ---- trees and blobs, hash-checked ---- */
struct pal_entry {
  const char *name;
  struct pal_oid id;
  bool is_tree;
};
struct pal_tree {
  struct pal_entry *v;
  size_t n;
};
/* Entries in git's order; refuses modes other than 100644 and 040000, names
 * that start with ".git", duplicate or unsorted names. Lives in arena. */
enum pal_code pal_repo_tree(struct pal_repo *repo, const struct pal_oid *id, struct pal_arena *arena,
                            struct pal_tree *ret, struct pal_err *err) PAL_MUST_CHECK;
/* Replaces out by the bytes. */
enum pal_code pal_repo_blob(struct pal_repo *repo, const struct pal_oid *id, struct pal_buf *out, struct pal_err *err)
    PAL_MUST_CHECK;
/* Entry at a path below a tree; PAL_E_NOTFOUND. */
enum pal_code pal_repo_find(struct pal_repo *repo, const struct pal_oid *tree, const char *path, struct pal_entry *ret,
                            struct pal_err *err) PAL_MUST_CHECK;
/* Calls each blob below `tree`, depth first in git's order. prefix opens the
 * path given to each(). */
typedef enum pal_code pal_blob_fn(void *payload, const char *path, const struct pal_oid *id, struct pal_err *err);
enum pal_code pal_repo_walk(struct pal_repo *repo, const struct pal_oid *tree, const char *prefix, pal_blob_fn *each,
                            void *payload, struct pal_err *err) PAL_MUST_CHECK;
/* Walks two trees (either may be NULL: nothing) and calls only where ids differ;
 * before/after is NULL where the path is absent. Reads only differing subtrees. */
typedef enum pal_code pal_delta_fn(void *payload, const char *path, const struct pal_oid *before,
                                   const struct pal_oid *after, struct pal_err *err);
enum pal_code pal_repo_compare(struct pal_repo *repo, const struct pal_oid *before, const struct pal_oid *after,
                               pal_delta_fn *each, void *payload, struct pal_err *err) PAL_MUST_CHECK;

/* ---- trust: the recorded tip ---- */
/* The state folder of this repository ($XDG_STATE_HOME or ~/.local/state, then
 * palscan/<repository id>), made with 0700. out is a path buffer. */
enum pal_code pal_state_dir(const char *repository_id, struct pal_buf *out, struct pal_err *err) PAL_MUST_CHECK;
/* Every writer calls this first, holding the lock. HEAD must equal the recorded
 * tip or next; a repository without commits and without state is new. A
 * non-empty repository without state, another id, any other HEAD: PAL_E_VERIFY
 * that says what to do (--accept-tip). *ret_parent / *ret_has tell the parent
 * to build upon; its commit and root tree are verified. accept_tip (may be
 * NULL): a commit the person accepts as the tip; it must be HEAD, its whole
 * tree is verified, then recorded. */
enum pal_code pal_repo_verify_parent(struct pal_repo *repo, const struct pal_oid *accept_tip,
                                     struct pal_commit *ret_parent, bool *ret_has, struct pal_err *err) PAL_MUST_CHECK;
/* Hash-checks everything below a tree, and that the tree is closed (only names
 * pal_doc_parse_path accepts or inputs/policies and below); each blob decodes. */
enum pal_code pal_repo_verify_tree(struct pal_repo *repo, const struct pal_oid *tree, struct pal_err *err)
    PAL_MUST_CHECK;
/* What this host recorded of the repository's tip, for readers: without error. */
enum pal_tip {
  PAL_TIP_UNKNOWN, /* nothing is recorded */
  PAL_TIP_EQUAL,   /* HEAD is the commit recorded */
  PAL_TIP_OTHER    /* it is another one, there is none, or the record cannot be read */
};
/* *ret_recorded (may be NULL): the commit recorded, zero where none can be told. */
enum pal_tip pal_repo_tip(struct pal_repo *repo, struct pal_oid *ret_recorded);

/* ---- writing ---- */
struct pal_writer; /* a pack being written; nothing is visible before pal_writer_commit */
/* Needs the lock. parent_tree may be NULL; objects of the parent are reused:
 * pal_writer_blob/tree of bytes whose id is known to lie in the verified parent
 * (given by pal_writer_knows) write nothing. */
enum pal_code pal_writer_new(struct pal_repo *repo, struct pal_writer **ret, struct pal_err *err) PAL_MUST_CHECK;
void pal_writer_free(struct pal_writer *writer); /* takes NULL; without commit everything written is dropped */
/* Says that these objects exist in the verified parent. */
enum pal_code pal_writer_knows(struct pal_writer *writer, const struct pal_oid *id, struct pal_err *err) PAL_MUST_CHECK;
enum pal_code pal_writer_blob(struct pal_writer *writer, const void *bytes, size_t len, struct pal_oid *ret,
                              struct pal_err *err) PAL_MUST_CHECK;
/* Entries may come in any order; sorted here. An empty tree is refused. */
enum pal_code pal_writer_tree(struct pal_writer *writer, struct pal_entry *entries, size_t n, struct pal_oid *ret,
                              struct pal_err *err) PAL_MUST_CHECK;
/* Writes the commit (author and committer "palscan <palscan@localhost>", time =
 * finished, UTC), indexes the pack, fsyncs pack, folder, writes state `next`,
 * moves refs/heads/main from the expected parent, fsyncs, sets `tip`. A branch
 * that moved meanwhile: PAL_E_VERIFY, nothing moved. */
enum pal_code pal_writer_commit(struct pal_writer *writer, const struct pal_oid *tree, const struct pal_commit *parent,
                                const struct pal_trailers *trailers, struct pal_oid *ret, struct pal_err *err)
    PAL_MUST_CHECK;

/* Building a whole tree from paths: give every path with its blob (or subtree)
 * id in any order, then finish. Subtrees are written as soon as possible only
 * at finish; memory is one entry per path given. */
struct pal_tree_builder;
struct pal_tree_builder *pal_tree_builder_new(struct pal_writer *writer);
void pal_tree_builder_free(struct pal_tree_builder *builder);
enum pal_code pal_tree_builder_add(struct pal_tree_builder *builder, const char *path, const struct pal_oid *id,
                                   bool is_tree, struct pal_err *err) PAL_MUST_CHECK;
enum pal_code pal_tree_builder_finish(struct pal_tree_builder *builder, struct pal_oid *ret, struct pal_err *err)
    PAL_MUST_CHECK;

#endif
