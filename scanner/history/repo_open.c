/* SPDX-License-Identifier: Apache-2.0 */
/* repo_open.c - opening: all refusals first, then the object database. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "history.h"
#include "pal_file.h"
#include "pal_id.h"

static enum pal_code not_found(const char *path, struct pal_err *err) {
  return pal_err_set(err, PAL_E_NOTFOUND, "%s: no repository of palscan; palscan init makes one", path);
}

/* The folder's real name; symbolic links on the way to it are the person's own. */
static enum pal_code resolve_path(const char *path, char **ret, struct pal_err *err) {
  char *real = realpath(path, NULL);
  if (!real)
    return errno == ENOMEM                       ? pal_err_nomem(err)
           : errno == ENOENT || errno == ENOTDIR ? not_found(path, err)
                                                 : pal_err_set(err, PAL_E_IO, "%s: %s", path, strerror(errno));
  struct pal_path part;
  static const char *const parts[] = {"HEAD", "objects", "refs", "config"};
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < sizeof parts / sizeof parts[0]; i++) {
    code = pal_path_format(&part, err, "%s/%s", real, parts[i]);
    if (code == PAL_OK && !pal_path_exists(part.s))
      code = not_found(path, err);
  }
  if (code == PAL_OK)
    *ret = real;
  else
    free(real);
  return code;
}

/* What the branch says: format not too new, id equal to the configured one. */
static enum pal_code check_tip(struct pal_repo *repo, const struct pal_oid *head, struct pal_err *err) {
  struct pal_oid tree;
  struct pal_commit commit;
  enum pal_code code = pal_commit_tree(repo, head, &tree, err);
  if (code == PAL_OK)
    code = pal_tree_format_check(repo, &tree, err);
  if (code == PAL_OK)
    code = pal_repo_commit(repo, head, &commit, err);
  if (code != PAL_OK)
    return code;
  if (*repo->id && strcmp(repo->id, commit.trailers.repository) != 0)
    return pal_err_set(err, PAL_E_VERIFY, "%s: its commits are of repository %s, its configuration says %s", repo->path,
                       commit.trailers.repository, repo->id);
  memcpy(repo->id, commit.trailers.repository, sizeof repo->id);
  return PAL_OK;
}

static enum pal_code check_all(struct pal_repo *repo, struct pal_err *err) {
  struct pal_oid head;
  bool has = false;
  enum pal_code code = pal_layout_check(repo, err);
  if (code == PAL_OK)
    code = pal_config_check(repo, repo->id, err);
  if (code == PAL_OK)
    code = pal_refs_check_head(repo, err);
  if (code == PAL_OK)
    code = pal_refs_check_packed(repo, NULL, err);
  if (code == PAL_OK)
    code = pal_git_open_objects(repo->path, &repo->odb, err);
  if (code == PAL_OK)
    code = pal_refs_main(repo, &head, &has, err);
  if (code == PAL_OK && has)
    return check_tip(repo, &head, err);
  if (code == PAL_OK && !*repo->id)
    code = pal_err_set(err, PAL_E_VERIFY, "%s: neither a snapshot nor palscan.id: not made by palscan", repo->path);
  return code;
}

enum pal_code pal_repo_open(const char *path, struct pal_repo **ret, struct pal_err *err) {
  char *real = NULL;
  enum pal_code code = resolve_path(path, &real, err);
  if (code != PAL_OK)
    return code;
  code = pal_git_start(err);
  if (code != PAL_OK) {
    free(real);
    return code;
  }
  struct pal_repo *repo = calloc(1, sizeof *repo);
  if (!repo) {
    free(real);
    (void)git_libgit2_shutdown();
    return pal_err_nomem(err);
  }
  repo->path = real;
  repo->lock_fd = -1;
  code = pal_hash_new(PAL_SHA1, &repo->sha1, err);
  if (code == PAL_OK)
    code = check_all(repo, err);
  if (code != PAL_OK) {
    pal_repo_close(repo);
    return code;
  }
  *ret = repo;
  return PAL_OK;
}

void pal_repo_close(struct pal_repo *repo) {
  if (!repo)
    return;
  git_odb_free(repo->odb);
  pal_hash_free(repo->sha1);
  if (repo->lock_fd >= 0)
    (void)close(repo->lock_fd); /* releases the lock */
  free(repo->path);
  free(repo);
  (void)git_libgit2_shutdown();
}

const char *pal_repo_path(const struct pal_repo *repo) {
  return repo->path;
}

const char *pal_repo_id(const struct pal_repo *repo) {
  return repo->id;
}
