/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layout.c - every file of the repository folder is looked at once when it is
 * opened: type, owner, and the names that would make git (or us) believe
 * something that is not in the objects.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history.h"

enum { LOOSE_NAME_LEN = 38 };

struct look {
  struct pal_repo *repo;
  unsigned files;
  unsigned loose;
  uint64_t loose_bytes;
};

/* Names relative to the repository whose presence alone is refused. */
static const struct {
  const char *name, *what;
} refused[] = {
    {"objects/info/alternates", "objects are borrowed from another place"},
    {"objects/info/http-alternates", "objects are borrowed from another place"},
    {"info/grafts", "grafts replace parents"},
    {"info/attributes", "attributes hide changes from stock git or rewrite them; remove the file"},
    {"shallow", "a shallow clone has no history; clone it whole"},
    {"commondir", "a linked work tree is no repository of its own"},
    {"gitdir", "a linked work tree is no repository of its own"},
    {"worktrees", "linked work trees have branches of their own"},
    {"config.worktree", "a second configuration"},
    {"reftable", "references are not kept as files"},
};

static enum pal_code refuse(const struct look *look, const char *name, const char *what, struct pal_err *err) {
  return pal_err_set(err, PAL_E_VERIFY, "%s/%s: %s", look->repo->path, name, what);
}

static enum pal_code io_failed(const struct look *look, const char *name, struct pal_err *err) {
  return pal_err_set(err, PAL_E_IO, "look at %s/%s: %s", look->repo->path, name, strerror(errno));
}

static bool ends_with(const char *text, const char *end) {
  size_t len = strlen(text), end_len = strlen(end);
  return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* "objects/xx/<38 hex>" as one run of 40 digits. */
static bool loose_hex(const char *name, char hex[41]) {
  static const char objects[] = "objects/";
  const char *at = name + sizeof objects - 1;
  if (strncmp(name, objects, sizeof objects - 1) != 0 || strlen(at) != 3 + LOOSE_NAME_LEN || at[2] != '/')
    return false;
  memcpy(hex, at, 2);
  memcpy(hex + 2, at + 3, LOOSE_NAME_LEN + 1);
  struct pal_oid id;
  return pal_oid_parse(hex, &id);
}

static enum pal_code judge_loose(struct look *look, int folder, const char *name, const char *hex,
                                 struct pal_err *err) {
  if (++look->loose > PAL_LOOSE_MAX)
    return pal_err_set(err, PAL_E_VERIFY, "%s: more than %d loose objects; pack them with git gc --prune=now",
                       look->repo->path, PAL_LOOSE_MAX);
  return pal_loose_check(look->repo, folder, name, hex, &look->loose_bytes, err);
}

static enum pal_code judge_file(struct look *look, int folder, const char *path, const char *name,
                                struct pal_err *err) {
  /* A reference's name never ends in .lock. */
  const char *what = ends_with(path, ".lock") ? NULL : pal_ref_refused(path);
  if (what)
    return refuse(look, path, what, err);
  char hex[41];
  return loose_hex(path, hex) ? judge_loose(look, folder, name, hex, err) : PAL_OK;
}

static enum pal_code look_below(struct look *look, int folder, const char *path, unsigned depth, struct pal_err *err);

static enum pal_code judge_owner(const struct look *look, const char *path, const struct stat *st,
                                 struct pal_err *err) {
  if (st->st_uid == geteuid() || st->st_uid == 0)
    return PAL_OK;
  return pal_err_set(err, PAL_E_VERIFY,
                     "%s/%s: owned by user %lu, neither you nor root; a repository is opened by its owner",
                     look->repo->path, path, (unsigned long)st->st_uid);
}

static enum pal_code judge_entry(struct look *look, int folder, const char *path, const char *name, unsigned depth,
                                 struct pal_err *err) {
  struct stat st;
  if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
    return errno == ENOENT ? PAL_OK /* git gc at work */ : io_failed(look, path, err);
  if (S_ISLNK(st.st_mode))
    return refuse(look, path, "a symbolic link", err);
  if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
    return refuse(look, path, "neither a file nor a folder", err);
  enum pal_code code = judge_owner(look, path, &st, err);
  for (size_t i = 0; code == PAL_OK && i < sizeof refused / sizeof refused[0]; i++)
    if (strcmp(path, refused[i].name) == 0)
      code = refuse(look, path, refused[i].what, err);
  if (code == PAL_OK && S_ISREG(st.st_mode))
    return judge_file(look, folder, path, name, err);
  if (code != PAL_OK)
    return code;
  int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return errno == ENOENT ? PAL_OK : io_failed(look, path, err);
  return look_below(look, fd, path, depth + 1, err);
}

/* Takes the descriptor. path is relative to the repository, "" for itself. */
static enum pal_code look_below(struct look *look, int folder, const char *path, unsigned depth, struct pal_err *err) {
  DIR *dir = depth < PAL_REPO_DEPTH_MAX ? fdopendir(folder) : NULL;
  if (!dir) {
    (void)close(folder);
    return refuse(look, path, depth < PAL_REPO_DEPTH_MAX ? "cannot be listed" : "nested too deeply", err);
  }
  enum pal_code code = PAL_OK;
  const struct dirent *entry;
  while (code == PAL_OK && (errno = 0, entry = readdir(dir))) {
    const char *name = entry->d_name;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
      continue;
    if (++look->files > PAL_REPO_FILES_MAX) {
      code = refuse(look, path, "more files than any repository of palscan has", err);
      break;
    }
    struct pal_path inner;
    code = pal_path_format(&inner, err, "%s%s%s", path, *path ? "/" : "", name);
    if (code == PAL_OK)
      code = judge_entry(look, dirfd(dir), inner.s, name, depth, err);
  }
  if (code == PAL_OK && errno)
    code = pal_err_set(err, PAL_E_IO, "list %s/%s: %s", look->repo->path, path, strerror(errno));
  (void)closedir(dir);
  return code;
}

enum pal_code pal_layout_check(struct pal_repo *repo, struct pal_err *err) {
  struct look look = {.repo = repo};
  int fd = open(repo->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return pal_err_set(err, PAL_E_IO, "open %s: %s", repo->path, strerror(errno));
  struct stat st;
  enum pal_code code = PAL_OK;
  if (fstat(fd, &st) != 0)
    code = pal_err_set(err, PAL_E_IO, "%s: %s", repo->path, strerror(errno));
  else
    code = judge_owner(&look, "", &st, err);
  if (code != PAL_OK) {
    (void)close(fd);
    return code;
  }
  return look_below(&look, fd, "", 0, err);
}
