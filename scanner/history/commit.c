/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commit.c - commit objects, read from their hash-checked bytes: ancestry is
 * what these bytes say and nothing else.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "history.h"
#include "pal_doc.h"
#include "pal_time.h"

enum { FORMAT_BYTES_MAX = 4096 };

static const char who[] = "palscan <palscan@localhost>";

/* ---- writing ---- */

enum pal_code pal_commit_format(const struct pal_oid *tree, const struct pal_oid *parent,
                                const struct pal_trailers *trailers, struct pal_buf *out, struct pal_err *err) {
  char hex[41];
  struct pal_instant finished;
  if (!pal_instant_parse(trailers->finished, &finished) || finished.s < 0)
    return pal_err_set(err, PAL_E_INTERNAL, "commit: \"%s\" is no time", trailers->finished);
  pal_oid_hex(tree, hex);
  pal_buf_printf(out, "tree %s\n", hex);
  if (parent) {
    pal_oid_hex(parent, hex);
    pal_buf_printf(out, "parent %s\n", hex);
  }
  pal_buf_printf(out, "author %s %" PRId64 " +0000\n", who, finished.s);
  pal_buf_printf(out, "committer %s %" PRId64 " +0000\n\n", who, finished.s);
  return pal_trailers_format(trailers, out, err);
}

/* ---- reading ---- */

/* The header lines not yet taken, and the message after them. */
struct cursor {
  const char *at, *end;
};

/* The rest of the line if it opens with key and a space. */
static bool take_line(struct cursor *c, const char *key, const char **ret, size_t *ret_len) {
  size_t key_len = strlen(key);
  if ((size_t)(c->end - c->at) <= key_len || memcmp(c->at, key, key_len) != 0 || c->at[key_len] != ' ')
    return false;
  const char *value = c->at + key_len + 1;
  const char *newline = memchr(value, '\n', (size_t)(c->end - value));
  if (!newline)
    return false;
  *ret = value;
  *ret_len = (size_t)(newline - value);
  c->at = newline + 1;
  return true;
}

/* A malformed line is not taken: whatever is expected next meets it. */
static bool take_oid(struct cursor *c, const char *key, struct pal_oid *ret) {
  const char *value;
  size_t len;
  char hex[41];
  struct pal_oid id;
  struct cursor next = *c;
  if (!take_line(&next, key, &value, &len) || len != 40)
    return false;
  memcpy(hex, value, 40);
  hex[40] = '\0';
  if (!pal_oid_parse(hex, &id) || pal_oid_is_zero(&id))
    return false;
  *c = next;
  *ret = id;
  return true;
}

/* A signature may span lines; the following ones open with a space. */
static void skip_signature(struct cursor *c) {
  const char *value;
  size_t len;
  if (!take_line(c, "gpgsig", &value, &len))
    return;
  while (c->at < c->end && *c->at == ' ') {
    const char *newline = memchr(c->at, '\n', (size_t)(c->end - c->at));
    c->at = newline ? newline + 1 : c->end;
  }
}

/* Author and committer are always the same, at the time the run finished. */
static bool is_ours(const char *value, size_t len, const struct pal_trailers *trailers) {
  struct pal_instant finished;
  char wanted[128];
  if (!pal_instant_parse(trailers->finished, &finished))
    return false;
  int n = snprintf(wanted, sizeof wanted, "%s %" PRId64 " +0000", who, finished.s);
  return n > 0 && (size_t)n == len && memcmp(value, wanted, len) == 0;
}

static enum pal_code parse(const char *bytes, size_t len, struct pal_commit *ret, struct pal_err *err) {
  struct cursor c = {bytes, bytes + len};
  const char *author, *committer;
  size_t author_len, committer_len;
  if (!take_oid(&c, "tree", &ret->tree))
    return pal_err_set(err, PAL_E_VERIFY, "no tree");
  ret->has_parent = take_oid(&c, "parent", &ret->parent);
  struct pal_oid second;
  if (ret->has_parent && take_oid(&c, "parent", &second))
    return pal_err_set(err, PAL_E_VERIFY, "more than one parent");
  if (!take_line(&c, "author", &author, &author_len) || !take_line(&c, "committer", &committer, &committer_len))
    return pal_err_set(err, PAL_E_VERIFY, "author or committer are missing");
  skip_signature(&c);
  if (c.at == c.end || *c.at != '\n')
    return pal_err_set(err, PAL_E_VERIFY, "an unknown header line");
  c.at++;
  enum pal_code code = pal_trailers_parse(c.at, (size_t)(c.end - c.at), &ret->trailers, ret->subject, err);
  if (code == PAL_OK &&
      (!is_ours(author, author_len, &ret->trailers) || !is_ours(committer, committer_len, &ret->trailers)))
    code = pal_err_set(err, PAL_E_VERIFY, "author or committer is not palscan at the run's end");
  return code;
}

static enum pal_code read_commit(struct pal_repo *repo, const struct pal_oid *id, git_odb_object **ret,
                                 struct pal_err *err) {
  git_odb_object *object = NULL;
  enum pal_code code = pal_object_read(repo, id, GIT_OBJECT_COMMIT, &object, err);
  if (code == PAL_OK && git_odb_object_size(object) > PAL_COMMIT_BYTES_MAX) {
    git_odb_object_free(object);
    code = pal_err_set(err, PAL_E_VERIFY, "larger than %d bytes", PAL_COMMIT_BYTES_MAX);
  }
  if (code == PAL_OK)
    *ret = object;
  return code;
}

enum pal_code pal_repo_commit(struct pal_repo *repo, const struct pal_oid *id, struct pal_commit *ret,
                              struct pal_err *err) {
  struct pal_commit commit = {.id = *id};
  git_odb_object *object = NULL;
  enum pal_code code = read_commit(repo, id, &object, err);
  if (code == PAL_OK) {
    code = parse(git_odb_object_data(object), git_odb_object_size(object), &commit, err);
    git_odb_object_free(object);
  }
  if (code == PAL_OK) {
    *ret = commit;
    return PAL_OK;
  }
  char hex[41];
  pal_oid_hex(id, hex);
  code = err ? pal_err_wrap(err, "commit %s", hex) : code;
  /* A later version may write other trailers: then the advice is another one. */
  if (code == PAL_E_VERIFY && !pal_oid_is_zero(&commit.tree)) {
    struct pal_err newer = {0};
    if (pal_tree_format_check(repo, &commit.tree, &newer) == PAL_E_NEWER) {
      if (err)
        *err = newer;
      code = PAL_E_NEWER;
    }
  }
  return code;
}

enum pal_code pal_commit_tree(struct pal_repo *repo, const struct pal_oid *id, struct pal_oid *ret,
                              struct pal_err *err) {
  git_odb_object *object = NULL;
  enum pal_code code = read_commit(repo, id, &object, err);
  if (code != PAL_OK)
    return code;
  const char *bytes = git_odb_object_data(object);
  struct cursor c = {bytes, bytes + git_odb_object_size(object)};
  if (!take_oid(&c, "tree", ret)) {
    char hex[41];
    pal_oid_hex(id, hex);
    code = pal_err_set(err, PAL_E_VERIFY, "commit %s: no tree", hex);
  }
  git_odb_object_free(object);
  return code;
}

/* ---- format.json ---- */

enum pal_code pal_tree_format_check(struct pal_repo *repo, const struct pal_oid *tree, struct pal_err *err) {
  struct pal_entry entry;
  enum pal_code code = pal_repo_find(repo, tree, "format.json", &entry, err);
  if (code == PAL_E_NOTFOUND || (code == PAL_OK && entry.is_tree))
    return pal_err_set(err, PAL_E_VERIFY, "format.json is missing: this is no snapshot of palscan");
  if (code != PAL_OK)
    return code;
  struct pal_buf bytes;
  pal_buf_init(&bytes, FORMAT_BYTES_MAX);
  code = pal_repo_blob(repo, &entry.id, &bytes, err);
  if (code == PAL_OK)
    code = pal_format_check(bytes.data, bytes.len, err);
  pal_buf_deinit(&bytes);
  return code;
}
