/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loose.c - a loose object is hashed as it inflates, in constant memory. A git
 * that meets a loose object under a wrong name believes it in some commands,
 * so one is refused even though palscan itself would never read it.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "history.h"

enum { IN_BYTES = 16 << 10, OUT_BYTES = 32 << 10, HEAD_MAX = 32 };

struct inflating {
  struct pal_hash *sha1;
  z_stream z;
  uint64_t total;      /* inflated, header included */
  char head[HEAD_MAX]; /* "blob 123" and its NUL */
  size_t head_len;
};

static enum pal_code take(struct inflating *in, const unsigned char *bytes, size_t len, struct pal_err *err) {
  for (size_t i = 0; i < len && in->head_len < HEAD_MAX && !(in->head_len && in->head[in->head_len - 1] == '\0'); i++)
    in->head[in->head_len++] = (char)bytes[i];
  in->total += len;
  return pal_hash_add(in->sha1, bytes, len, err);
}

/* Inflates what fd holds; *ret_whole when the stream ended with the file. */
static enum pal_code inflate_all(struct inflating *in, int fd, uint64_t max, bool *ret_whole, struct pal_err *err) {
  unsigned char from[IN_BYTES], to[OUT_BYTES];
  int rc = Z_OK;
  enum pal_code code = PAL_OK;
  *ret_whole = false;
  for (;;) {
    ssize_t n = read(fd, from, sizeof from);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return pal_err_set(err, PAL_E_IO, "%s", strerror(errno));
    if (n == 0 || rc == Z_STREAM_END) {
      *ret_whole = n == 0 && rc == Z_STREAM_END;
      return PAL_OK;
    }
    in->z.next_in = from;
    in->z.avail_in = (uInt)n;
    do {
      in->z.next_out = to;
      in->z.avail_out = sizeof to;
      rc = inflate(&in->z, Z_NO_FLUSH);
      if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
        return PAL_OK; /* not whole */
      code = take(in, to, sizeof to - in->z.avail_out, err);
      if (code == PAL_OK && in->total > max)
        code = pal_err_set(err, PAL_E_VERIFY, "the loose objects inflate to more than %" PRIu64 " bytes", max);
      if (code != PAL_OK)
        return code;
    } while (rc == Z_OK && in->z.avail_out == 0);
    if (rc == Z_STREAM_END && in->z.avail_in)
      return PAL_OK; /* bytes after the end: not whole */
  }
}

/* "<type> <bytes>" must fit what was inflated. */
static bool head_ok(const struct inflating *in) {
  static const char *const types[] = {"blob ", "tree ", "commit ", "tag "};
  if (in->head_len == 0 || in->head[in->head_len - 1] != '\0')
    return false;
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
    size_t len = strlen(types[i]);
    char wanted[HEAD_MAX];
    if (strncmp(in->head, types[i], len) != 0)
      continue;
    (void)snprintf(wanted, sizeof wanted, "%" PRIu64, in->total - in->head_len);
    return strcmp(in->head + len, wanted) == 0;
  }
  return false;
}

static enum pal_code check_file(struct pal_repo *repo, int fd, const char *hex, uint64_t *total, struct pal_err *err) {
  struct inflating in = {.sha1 = repo->sha1};
  if (inflateInit(&in.z) != Z_OK)
    return pal_err_nomem(err);
  bool whole = false;
  struct pal_oid actual, wanted;
  enum pal_code code = pal_hash_start(repo->sha1, err);
  if (code == PAL_OK)
    code = inflate_all(&in, fd, PAL_LOOSE_BYTES_MAX - *total, &whole, err);
  if (code == PAL_OK)
    code = pal_hash_finish(repo->sha1, actual.b, err);
  (void)inflateEnd(&in.z);
  if (code != PAL_OK)
    return code;
  *total += in.total;
  if (!whole || !head_ok(&in) || !pal_oid_parse(hex, &wanted) || !pal_oid_equal(&actual, &wanted))
    return pal_err_set(err, PAL_E_VERIFY, "its bytes are not its name");
  return PAL_OK;
}

enum pal_code pal_loose_check(struct pal_repo *repo, int folder, const char *name, const char *hex, uint64_t *total,
                              struct pal_err *err) {
  int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 && errno == ENOENT)
    return PAL_OK; /* packed and pruned meanwhile */
  enum pal_code code =
      fd < 0 ? pal_err_set(err, PAL_E_IO, "%s", strerror(errno)) : check_file(repo, fd, hex, total, err);
  if (fd >= 0)
    (void)close(fd);
  if (code != PAL_OK && err)
    (void)pal_err_wrap(err, "%s: loose object %s", repo->path, hex);
  return code;
}
