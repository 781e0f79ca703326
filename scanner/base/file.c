/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET_MAX_BYTES = 64 << 10, READ_CHUNK = 16 << 10, TEMP_NAMES_TRIED = 100 };

/* --- reading --- */

static enum pal_code open_failed(const char *path, const char *kind, unsigned flags, struct pal_err *err) {
  int why = errno;
  if (why == ENOENT || why == ENOTDIR)
    return pal_err_set(err, PAL_E_INPUT, "%s %s: no such file", kind, path);
  if (why == ELOOP && (flags & PAL_FILE_SECRET))
    return pal_err_set(err, PAL_E_INPUT, "%s %s: a secret is not read through a symbolic link; name the file itself",
                       kind, path);
  return pal_err_set(err, PAL_E_INPUT, "%s %s: cannot be opened: %s", kind, path, strerror(why));
}

static const char *type_name(mode_t mode) {
  return S_ISDIR(mode) ? "a folder" : S_ISFIFO(mode) ? "a pipe" : S_ISSOCK(mode) ? "a socket" : "a device";
}

static enum pal_code check_secret(const struct stat *st, const char *path, const char *kind, struct pal_err *err) {
  if (st->st_uid != geteuid() && st->st_uid != 0)
    return pal_err_set(err, PAL_E_INPUT, "%s %s: owned by user %lu; it must belong to you or to root: chown it", kind,
                       path, (unsigned long)st->st_uid);
  if (st->st_mode & (S_IRWXG | S_IRWXO))
    return pal_err_set(err, PAL_E_INPUT, "%s %s: mode %04o lets others in; make it private: chmod 600 %s", kind, path,
                       (unsigned)(st->st_mode & 07777), path);
  return PAL_OK;
}

static enum pal_code check_trusted(const struct stat *st, const char *path, const char *kind, struct pal_err *err) {
  if (st->st_uid != geteuid() && st->st_uid != 0)
    return pal_err_set(err, PAL_E_INPUT,
                       "%s %s: owned by user %lu; it decides whom to believe and must belong to you or to root", kind,
                       path, (unsigned long)st->st_uid);
  if (st->st_mode & (S_IWGRP | S_IWOTH))
    return pal_err_set(err, PAL_E_INPUT,
                       "%s %s: mode %04o lets others write to it, and it decides whom to believe: chmod go-w %s", kind,
                       path, (unsigned)(st->st_mode & 07777), path);
  return PAL_OK;
}

static enum pal_code too_large(const char *path, const char *kind, size_t max, struct pal_err *err) {
  return pal_err_set(err, PAL_E_INPUT, "%s %s: larger than the maximum of %zu bytes", kind, path, max);
}

static enum pal_code check_opened(int fd, const char *path, const char *kind, unsigned flags, size_t max,
                                  struct pal_err *err) {
  struct stat st;
  if (fstat(fd, &st) != 0)
    return pal_err_set(err, PAL_E_INPUT, "%s %s: %s", kind, path, strerror(errno));
  if (!S_ISREG(st.st_mode))
    return pal_err_set(err, PAL_E_INPUT, "%s %s: is %s, not a file", kind, path, type_name(st.st_mode));
  if (flags & PAL_FILE_SECRET) {
    enum pal_code code = check_secret(&st, path, kind, err);
    if (code != PAL_OK)
      return code;
  }
  if (flags & PAL_FILE_TRUSTED) {
    enum pal_code code = check_trusted(&st, path, kind, err);
    if (code != PAL_OK)
      return code;
  }
  return (uintmax_t)st.st_size > max ? too_large(path, kind, max, err) : PAL_OK;
}

/* Until the end, whatever size fstat told: the file may grow meanwhile. */
static enum pal_code read_all(int fd, const char *path, const char *kind, size_t max, struct pal_buf *out,
                              struct pal_err *err) {
  char chunk[READ_CHUNK];
  enum pal_code code = PAL_OK;
  size_t total = 0;
  while (code == PAL_OK) {
    ssize_t n = read(fd, chunk, sizeof chunk);
    if (n == 0)
      break;
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      code = pal_err_set(err, PAL_E_INPUT, "%s %s: cannot be read: %s", kind, path, strerror(errno));
    } else if ((size_t)n > max - total) {
      code = too_large(path, kind, max, err);
    } else {
      pal_buf_add(out, chunk, (size_t)n);
      total += (size_t)n;
    }
  }
  explicit_bzero(chunk, sizeof chunk);
  return code;
}

enum pal_code pal_file_read(const char *path, const char *kind, unsigned flags, size_t max, struct pal_buf *out,
                            struct pal_err *err) {
  int how = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY; /* O_NONBLOCK: never wait for a pipe */
  if (flags & PAL_FILE_SECRET) {
    how |= O_NOFOLLOW;
    if (max > SECRET_MAX_BYTES)
      max = SECRET_MAX_BYTES;
  }
  int fd = open(path, how);
  if (fd < 0)
    return open_failed(path, kind, flags, err);
  enum pal_code code = check_opened(fd, path, kind, flags, max, err);
  if (code == PAL_OK)
    code = read_all(fd, path, kind, max, out, err);
  (void)close(fd); /* read only: nothing can be lost */
  if (code == PAL_OK && out->bad == PAL_E_LIMIT)
    code = too_large(path, kind, out->max, err);
  else if (code == PAL_OK)
    code = pal_buf_check(out, path, err);
  if (code != PAL_OK && (flags & PAL_FILE_SECRET))
    pal_buf_wipe(out);
  return code;
}

bool pal_path_exists(const char *path) {
  struct stat st;
  return lstat(path, &st) == 0;
}

/* --- writing --- */

/* The folder a path lies in, with a trailing slash unless it is ".". */
static void add_folder(struct pal_buf *out, const char *path) {
  const char *slash = strrchr(path, '/');
  if (slash)
    pal_buf_add(out, path, (size_t)(slash - path) + 1);
  else
    pal_buf_puts(out, ".");
}

static enum pal_code open_temp(const char *folder, struct pal_buf *name, int *ret_fd, struct pal_err *err) {
  for (unsigned i = 0; i < TEMP_NAMES_TRIED; i++) {
    pal_buf_clear(name);
    pal_buf_printf(name, "%s/.palscan-%ld-%u.tmp", folder, (long)getpid(), i);
    enum pal_code code = pal_buf_check(name, folder, err);
    if (code != PAL_OK)
      return code;
    int fd = open(name->data, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd >= 0) {
      *ret_fd = fd;
      return PAL_OK;
    }
    if (errno != EEXIST) /* left behind by a killed process of the same number */
      return pal_err_set(err, PAL_E_IO, "create a file in %s: %s", folder, strerror(errno));
  }
  return pal_err_set(err, PAL_E_IO, "create a file in %s: too many files .palscan-*.tmp left there", folder);
}

static bool write_all(int fd, const char *bytes, size_t len) {
  while (len) {
    ssize_t n = write(fd, bytes, len);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return false;
    bytes += n;
    len -= (size_t)n;
  }
  return true;
}

/* Fills, flushes and closes fd. */
static enum pal_code fill(int fd, const char *path, const void *bytes, size_t len, unsigned mode, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  if (!write_all(fd, bytes, len))
    code = pal_err_set(err, PAL_E_IO, "write %s: %s", path, strerror(errno));
  else if (fchmod(fd, (mode_t)mode) != 0)
    code = pal_err_set(err, PAL_E_IO, "set the mode of %s: %s", path, strerror(errno));
  else if (fsync(fd) != 0)
    code = pal_err_set(err, PAL_E_IO, "flush %s: %s", path, strerror(errno));
  if (close(fd) != 0 && code == PAL_OK)
    code = pal_err_set(err, PAL_E_IO, "close %s: %s", path, strerror(errno));
  return code;
}

enum pal_code pal_file_write(const char *path, const void *bytes, size_t len, unsigned mode, struct pal_err *err) {
  struct pal_buf folder, temp;
  pal_buf_init(&folder, SIZE_MAX);
  pal_buf_init(&temp, SIZE_MAX);
  add_folder(&folder, path);
  int fd = -1;
  enum pal_code code = pal_buf_check(&folder, path, err);
  if (code == PAL_OK)
    code = open_temp(folder.data, &temp, &fd, err);
  if (code != PAL_OK)
    goto out;
  code = fill(fd, path, bytes, len, mode, err);
  if (code == PAL_OK && rename(temp.data, path) != 0)
    code = pal_err_set(err, PAL_E_IO, "put %s in place: %s", path, strerror(errno));
  if (code != PAL_OK) {
    (void)unlink(temp.data); /* the error that matters is already held */
    goto out;
  }
  code = pal_fsync_dir(folder.data, err);
out:
  pal_buf_deinit(&temp);
  pal_buf_deinit(&folder);
  return code;
}

enum pal_code pal_fsync_dir(const char *path, struct pal_err *err) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return pal_err_set(err, PAL_E_IO, "open folder %s: %s", path, strerror(errno));
  int failed = fsync(fd) != 0 ? errno : 0;
  (void)close(fd);
  /* Some network and FUSE file systems cannot flush a folder, and say so. */
  if (failed && failed != EINVAL && failed != ENOTSUP)
    return pal_err_set(err, PAL_E_IO, "flush folder %s: %s", path, strerror(failed));
  return PAL_OK;
}
