/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refs.c - HEAD, refs/heads/main and packed-refs. A reference is a loose file
 * or, when that is absent (git pack-refs), a line of packed-refs. It is moved
 * by git's own protocol: main.lock made exclusively, old value compared, new
 * value flushed, renamed over the old file, folder flushed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history.h"
#include "pal_file.h"

enum { REF_BYTES_MAX = 1024, HEX_LEN = 40 };

static const char main_ref[] = "refs/heads/main";

/* Reads a small file below the repository; *ret_has false when it is absent. */
static enum pal_code read_small(const struct pal_repo *repo, const char *name, size_t max, struct pal_buf *out,
                                bool *ret_has, struct pal_err *err) {
  struct pal_path path;
  enum pal_code code = pal_path_format(&path, err, "%s/%s", repo->path, name);
  if (code != PAL_OK)
    return code;
  struct stat st;
  *ret_has = lstat(path.s, &st) == 0;
  if (!*ret_has)
    return errno == ENOENT ? PAL_OK : pal_err_set(err, PAL_E_IO, "%s: %s", path.s, strerror(errno));
  if (!S_ISREG(st.st_mode))
    return pal_err_set(err, PAL_E_VERIFY, "%s: not a plain file", path.s);
  struct pal_err why = {0};
  code = pal_file_read(path.s, "reference file", 0, max, out, &why);
  if (code == PAL_OK)
    return PAL_OK;
  if (!pal_path_exists(path.s)) { /* packed by git pack-refs in this moment */
    *ret_has = false;
    return PAL_OK;
  }
  return pal_err_set(err, code == PAL_E_NOMEM ? code : PAL_E_IO, "%s", why.text);
}

enum pal_code pal_refs_check_head(const struct pal_repo *repo, struct pal_err *err) {
  struct pal_buf text;
  pal_buf_init(&text, REF_BYTES_MAX);
  bool has;
  enum pal_code code = read_small(repo, "HEAD", REF_BYTES_MAX, &text, &has, err);
  if (code == PAL_OK && (!has || strcmp(text.data, "ref: refs/heads/main\n") != 0))
    code = pal_err_set(err, PAL_E_VERIFY, "%s: HEAD is not \"ref: refs/heads/main\" (detached, or another branch)",
                       repo->path);
  pal_buf_deinit(&text);
  return code;
}

/* ---- packed-refs ---- */

struct packed {
  struct pal_oid main;
  bool has_main;
  bool has_others;
};

static enum pal_code packed_line(const struct pal_repo *repo, char *line, struct packed *ret, struct pal_err *err) {
  if (*line == '#' || *line == '^') /* header; what an annotated tag points to */
    return PAL_OK;
  struct pal_oid id;
  bool ok = strlen(line) > HEX_LEN + 1 && line[HEX_LEN] == ' ';
  if (ok) {
    line[HEX_LEN] = '\0';
    ok = pal_oid_parse(line, &id);
  }
  if (!ok)
    return pal_err_set(err, PAL_E_VERIFY, "%s/packed-refs: a malformed line", repo->path);
  const char *name = line + HEX_LEN + 1;
  if (strcmp(name, main_ref) == 0) {
    ret->main = id;
    ret->has_main = true;
    return PAL_OK;
  }
  const char *what = pal_ref_refused(name);
  if (what)
    return pal_err_set(err, PAL_E_VERIFY, "%s/packed-refs: %s: %s", repo->path, name, what);
  ret->has_others = true;
  return PAL_OK;
}

static enum pal_code read_packed(const struct pal_repo *repo, struct packed *ret, struct pal_err *err) {
  *ret = (struct packed){0};
  struct pal_buf text;
  pal_buf_init(&text, PAL_REFS_BYTES_MAX);
  bool has;
  enum pal_code code = read_small(repo, "packed-refs", PAL_REFS_BYTES_MAX, &text, &has, err);
  char *line = text.data;
  while (code == PAL_OK && has && line < text.data + text.len) {
    char *end = strchr(line, '\n');
    if (!end) {
      code = pal_err_set(err, PAL_E_VERIFY, "%s/packed-refs: cut short", repo->path);
      break;
    }
    *end = '\0';
    code = packed_line(repo, line, ret, err);
    line = end + 1;
  }
  pal_buf_deinit(&text);
  return code;
}

enum pal_code pal_refs_check_packed(const struct pal_repo *repo, bool *ret_others, struct pal_err *err) {
  struct packed packed;
  enum pal_code code = read_packed(repo, &packed, err);
  if (code == PAL_OK && ret_others)
    *ret_others = packed.has_others;
  return code;
}

/* ---- main ---- */

enum pal_code pal_refs_main(const struct pal_repo *repo, struct pal_oid *ret, bool *ret_has, struct pal_err *err) {
  struct pal_buf text;
  pal_buf_init(&text, REF_BYTES_MAX);
  bool loose;
  enum pal_code code = read_small(repo, main_ref, REF_BYTES_MAX, &text, &loose, err);
  if (code == PAL_OK && loose) {
    bool ok = text.len == HEX_LEN + 1 && text.data[HEX_LEN] == '\n';
    if (ok) {
      text.data[HEX_LEN] = '\0';
      ok = pal_oid_parse(text.data, ret) && !pal_oid_is_zero(ret);
    }
    *ret_has = ok;
    if (!ok)
      code = pal_err_set(err, PAL_E_VERIFY, "%s/%s does not hold a commit id", repo->path, main_ref);
  } else if (code == PAL_OK) {
    struct packed packed;
    code = read_packed(repo, &packed, err);
    *ret_has = packed.has_main;
    if (packed.has_main)
      *ret = packed.main;
  }
  pal_buf_deinit(&text);
  return code;
}

enum pal_code pal_repo_head(struct pal_repo *repo, struct pal_oid *ret, struct pal_err *err) {
  struct pal_oid id;
  bool has;
  enum pal_code code = pal_refs_main(repo, &id, &has, err);
  if (code != PAL_OK)
    return code;
  if (!has)
    return pal_err_set(err, PAL_E_NOTFOUND, "%s: no snapshot yet: run palscan scan", repo->path);
  *ret = id;
  return PAL_OK;
}

/* Compares under the lock, then writes and flushes the new value into it. */
static enum pal_code fill_lock(const struct pal_repo *repo, int fd, const char *path, const struct pal_oid *expected,
                               const struct pal_oid *to, struct pal_err *err) {
  struct pal_oid now;
  bool has;
  enum pal_code code = pal_refs_main(repo, &now, &has, err);
  if (code != PAL_OK)
    return code;
  if (has != (expected != NULL) || (has && !pal_oid_equal(&now, expected)))
    return pal_err_set(err, PAL_E_VERIFY,
                       "%s: main was moved by another program during this run; nothing was committed", repo->path);
  char text[HEX_LEN + 2];
  pal_oid_hex(to, text);
  text[HEX_LEN] = '\n';
  ssize_t n = write(fd, text, HEX_LEN + 1);
  if (n != HEX_LEN + 1)
    return pal_err_set(err, PAL_E_IO, "write %s: %s", path, n < 0 ? strerror(errno) : "disk full");
  if (fsync(fd) != 0)
    return pal_err_set(err, PAL_E_IO, "flush %s: %s", path, strerror(errno));
  return PAL_OK;
}

enum pal_code pal_refs_move_main(const struct pal_repo *repo, const struct pal_oid *expected, const struct pal_oid *to,
                                 struct pal_err *err) {
  struct pal_path folder, lock, path;
  enum pal_code code = pal_path_format(&folder, err, "%s/refs/heads", repo->path);
  if (code == PAL_OK)
    code = pal_path_format(&path, err, "%s/%s", repo->path, main_ref);
  if (code == PAL_OK)
    code = pal_path_format(&lock, err, "%s/%s.lock", repo->path, main_ref);
  if (code == PAL_OK && !pal_path_exists(folder.s))
    code = pal_dir_make(folder.s, 0755, err);
  if (code != PAL_OK)
    return code;
  int fd = open(lock.s, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (fd < 0 && errno == EEXIST)
    return pal_err_set(err, PAL_E_LOCKED, "%s exists: another git program is writing here", lock.s);
  if (fd < 0)
    return pal_err_set(err, PAL_E_IO, "create %s: %s", lock.s, strerror(errno));
  code = fill_lock(repo, fd, lock.s, expected, to, err);
  if (close(fd) != 0 && code == PAL_OK)
    code = pal_err_set(err, PAL_E_IO, "close %s: %s", lock.s, strerror(errno));
  if (code == PAL_OK && rename(lock.s, path.s) != 0)
    code = pal_err_set(err, PAL_E_IO, "put %s in place: %s", path.s, strerror(errno));
  if (code != PAL_OK) {
    (void)unlink(lock.s);
    return code;
  }
  return pal_fsync_dir(folder.s, err);
}

/* ---- other references ---- */

static enum pal_code any_file(int folder, const char *path, unsigned depth, bool *ret, struct pal_err *err);

static enum pal_code judge_entry(int folder, const char *path, const char *name, unsigned depth, bool *ret,
                                 struct pal_err *err) {
  struct stat st;
  struct pal_path inner;
  enum pal_code code = pal_path_format(&inner, err, "%s/%s", path, name);
  if (code != PAL_OK)
    return code;
  if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
    return PAL_OK; /* gone meanwhile */
  if (!S_ISDIR(st.st_mode)) {
    if (strcmp(inner.s, main_ref) != 0)
      *ret = true;
    return PAL_OK;
  }
  int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  return fd < 0 ? PAL_OK : any_file(fd, inner.s, depth + 1, ret, err);
}

/* Takes the descriptor. */
static enum pal_code any_file(int folder, const char *path, unsigned depth, bool *ret, struct pal_err *err) {
  DIR *dir = depth < PAL_REPO_DEPTH_MAX ? fdopendir(folder) : NULL;
  if (!dir) {
    (void)close(folder);
    return pal_err_set(err, PAL_E_IO, "%s: cannot be listed", path);
  }
  enum pal_code code = PAL_OK;
  const struct dirent *entry;
  while (code == PAL_OK && !*ret && (entry = readdir(dir)))
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
      code = judge_entry(dirfd(dir), path, entry->d_name, depth, ret, err);
  (void)closedir(dir);
  return code;
}

enum pal_code pal_refs_others(const struct pal_repo *repo, bool *ret, struct pal_err *err) {
  struct pal_path path;
  enum pal_code code = pal_refs_check_packed(repo, ret, err);
  if (code == PAL_OK)
    code = pal_path_format(&path, err, "%s/refs", repo->path);
  if (code != PAL_OK || *ret)
    return code;
  int fd = open(path.s, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return pal_err_set(err, PAL_E_IO, "%s: %s", path.s, strerror(errno));
  return any_file(fd, "refs", 0, ret, err);
}
