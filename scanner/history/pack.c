/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pack.c - a pack of undeltified entries. They are appended to a file while
 * their number is not known; at the end header, entries and trailer stream
 * through libgit2's indexer, which inflates and hashes every object once more
 * before the pack gets its name. All of it happens in a private folder.
 */
#define ZLIB_CONST
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "history.h"
#include "pal_file.h"

enum {
  /* Level 6 costs 4 % more time than level 1 and gives packs 3 % smaller; a
   * smaller window for small files gains nothing (tests/bench/history.sh). */
  LEVEL = 6,
  OUT_BYTES = 256 << 10, /* write buffer */
  CHUNK_BYTES = 1 << 20, /* what the indexer is fed at once */
  PACK_HEADER_LEN = 12,
  PACK_VERSION = 2,
  ENTRY_HEADER_MAX = 10
};

struct pal_packer {
  char *folder;
  int fd; /* entries */
  uint32_t count;
  uint64_t bytes; /* of entries, written and buffered */
  z_stream z;     /* one for all objects: setting one up takes longer than a small file */
  bool z_ready;
  size_t used; /* of out */
  struct pal_err failed;
  unsigned char out[OUT_BYTES];
};

enum pal_code pal_packer_new(const char *folder, struct pal_packer **ret, struct pal_err *err) {
  struct pal_packer *p = calloc(1, sizeof *p);
  if (!p)
    return pal_err_nomem(err);
  p->fd = -1;
  p->folder = strdup(folder);
  p->z_ready = deflateInit(&p->z, LEVEL) == Z_OK;
  enum pal_code code = PAL_OK;
  struct pal_path path;
  if (!p->folder || !p->z_ready)
    code = pal_err_nomem(err);
  if (code == PAL_OK)
    code = pal_path_format(&path, err, "%s/entries", folder);
  if (code == PAL_OK) {
    p->fd = open(path.s, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (p->fd < 0)
      code = pal_err_set(err, PAL_E_IO, "create %s: %s", path.s, strerror(errno));
  }
  if (code != PAL_OK) {
    pal_packer_free(p);
    return code;
  }
  *ret = p;
  return PAL_OK;
}

void pal_packer_free(struct pal_packer *packer) {
  if (!packer)
    return;
  if (packer->fd >= 0)
    (void)close(packer->fd);
  if (packer->z_ready)
    (void)deflateEnd(&packer->z);
  free(packer->folder);
  free(packer);
}

/* ---- entries ---- */

static enum pal_code write_out(struct pal_packer *p, struct pal_err *err) {
  const unsigned char *at = p->out;
  size_t left = p->used;
  while (left) {
    ssize_t n = write(p->fd, at, left);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return pal_err_set(err, PAL_E_IO, "write %s/entries: %s", p->folder, strerror(errno));
    at += n;
    left -= (size_t)n;
  }
  p->used = 0;
  return PAL_OK;
}

/* Three bits of type and the size, seven bits a byte, lowest first. */
static size_t entry_header(git_object_t type, size_t len, unsigned char out[ENTRY_HEADER_MAX]) {
  size_t n = 0;
  unsigned char c = (unsigned char)((unsigned)type << 4 | (len & 15));
  for (len >>= 4; len; len >>= 7) {
    out[n++] = c | 0x80;
    c = len & 0x7f;
  }
  out[n++] = c;
  return n;
}

static enum pal_code deflate_into(struct pal_packer *p, const void *bytes, size_t len, struct pal_err *err) {
  z_stream *z = &p->z;
  if (deflateReset(z) != Z_OK)
    return pal_err_set(err, PAL_E_INTERNAL, "deflate cannot be reset");
  z->next_in = bytes;      /* const: ZLIB_CONST */
  z->avail_in = (uInt)len; /* PAL_OBJECT_MAX fits */
  for (;;) {
    if (p->used == OUT_BYTES) {
      enum pal_code code = write_out(p, err);
      if (code != PAL_OK)
        return code;
    }
    z->next_out = p->out + p->used;
    z->avail_out = (uInt)(OUT_BYTES - p->used);
    int rc = deflate(z, Z_FINISH);
    size_t made = OUT_BYTES - p->used - z->avail_out;
    p->used += made;
    p->bytes += made;
    if (rc == Z_STREAM_END)
      return PAL_OK;
    if (rc != Z_OK && rc != Z_BUF_ERROR)
      return pal_err_set(err, PAL_E_INTERNAL, "deflate failed: %d", rc);
  }
}

static enum pal_code add_entry(struct pal_packer *p, git_object_t type, const void *bytes, size_t len,
                               struct pal_err *err) {
  if (len > PAL_OBJECT_MAX)
    return pal_err_set(err, PAL_E_LIMIT, "an object of %zu bytes; the maximum is %d", len, PAL_OBJECT_MAX);
  if (p->count == UINT32_MAX)
    return pal_err_set(err, PAL_E_LIMIT, "more objects than one pack holds");
  if (OUT_BYTES - p->used < ENTRY_HEADER_MAX) {
    enum pal_code code = write_out(p, err);
    if (code != PAL_OK)
      return code;
  }
  size_t n = entry_header(type, len, p->out + p->used);
  p->used += n;
  p->bytes += n;
  p->count++;
  return deflate_into(p, bytes, len, err);
}

enum pal_code pal_packer_add(struct pal_packer *packer, git_object_t type, const void *bytes, size_t len,
                             struct pal_err *err) {
  if (packer->failed.code == PAL_OK && add_entry(packer, type, bytes, len, &packer->failed) == PAL_OK)
    return PAL_OK;
  if (err)
    *err = packer->failed;
  return packer->failed.code;
}

/* ---- the finished pack ---- */

struct feeding {
  git_indexer *indexer;
  git_indexer_progress progress;
  struct pal_hash *sha1;
  const char *folder;
};

static enum pal_code feed(struct feeding *f, const void *bytes, size_t len, struct pal_err *err) {
  git_error_clear();
  if (git_indexer_append(f->indexer, bytes, len, &f->progress) < 0)
    return pal_git_failed(PAL_E_INTERNAL, f->folder, err);
  return PAL_OK;
}

static enum pal_code feed_hashed(struct feeding *f, const void *bytes, size_t len, struct pal_err *err) {
  enum pal_code code = pal_hash_add(f->sha1, bytes, len, err);
  return code == PAL_OK ? feed(f, bytes, len, err) : code;
}

static enum pal_code feed_entries(struct pal_packer *p, struct feeding *f, unsigned char *chunk, struct pal_err *err) {
  uint64_t at = 0;
  while (at < p->bytes) {
    ssize_t n = pread(p->fd, chunk, CHUNK_BYTES, (off_t)at);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return pal_err_set(err, PAL_E_IO, "read %s/entries: %s", p->folder, n ? strerror(errno) : "cut short");
    enum pal_code code = feed_hashed(f, chunk, (size_t)n, err);
    if (code != PAL_OK)
      return code;
    at += (uint64_t)n;
  }
  return PAL_OK;
}

static enum pal_code feed_all(struct pal_packer *p, struct feeding *f, char name[41], struct pal_err *err) {
  uint32_t header[3];
  memcpy(header, "PACK", 4);
  header[1] = htonl(PACK_VERSION);
  header[2] = htonl(p->count);
  unsigned char *chunk = malloc(CHUNK_BYTES);
  if (!chunk)
    return pal_err_nomem(err);
  uint8_t trailer[PAL_SHA1_LEN];
  enum pal_code code = pal_hash_start(f->sha1, err);
  if (code == PAL_OK)
    code = feed_hashed(f, header, PACK_HEADER_LEN, err);
  if (code == PAL_OK)
    code = feed_entries(p, f, chunk, err);
  if (code == PAL_OK)
    code = pal_hash_finish(f->sha1, trailer, err);
  if (code == PAL_OK)
    code = feed(f, trailer, sizeof trailer, err);
  if (code == PAL_OK && git_indexer_commit(f->indexer, &f->progress) < 0)
    code = pal_git_failed(PAL_E_INTERNAL, f->folder, err);
  if (code == PAL_OK && strlen(git_indexer_name(f->indexer)) != 40)
    code = pal_err_set(err, PAL_E_INTERNAL, "%s: the indexer gave the pack no name", f->folder);
  if (code == PAL_OK)
    memcpy(name, git_indexer_name(f->indexer), 41);
  free(chunk);
  return code;
}

static enum pal_code flush_file(const char *folder, const char *name, const char *end, uint64_t size,
                                struct pal_err *err) {
  struct pal_path path;
  enum pal_code code = pal_path_format(&path, err, "%s/pack-%s.%s", folder, name, end);
  if (code != PAL_OK)
    return code;
  int fd = open(path.s, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  struct stat st;
  if (fd < 0 || fstat(fd, &st) != 0 || fsync(fd) != 0)
    code = pal_err_set(err, PAL_E_IO, "flush %s: %s", path.s, strerror(errno));
  else if (size && (uint64_t)st.st_size != size)
    code = pal_err_set(err, PAL_E_IO, "%s: has not the size it should have", path.s);
  if (fd >= 0)
    (void)close(fd);
  return code;
}

enum pal_code pal_packer_finish(struct pal_packer *packer, char name[41], struct pal_err *err) {
  if (packer->failed.code != PAL_OK) {
    if (err)
      *err = packer->failed;
    return packer->failed.code;
  }
  enum pal_code code = write_out(packer, err);
  if (code != PAL_OK)
    return code;
  struct feeding f = {.folder = packer->folder};
  git_error_clear();
  if (git_indexer_new(&f.indexer, packer->folder, 0444, NULL, NULL) < 0)
    return pal_git_failed(PAL_E_IO, packer->folder, err);
  code = pal_hash_new(PAL_SHA1, &f.sha1, err);
  if (code == PAL_OK)
    code = feed_all(packer, &f, name, err);
  pal_hash_free(f.sha1);
  git_indexer_free(f.indexer);
  if (code == PAL_OK)
    code = flush_file(packer->folder, name, "pack", PACK_HEADER_LEN + packer->bytes + PAL_SHA1_LEN, err);
  if (code == PAL_OK)
    code = flush_file(packer->folder, name, "idx", 0, err);
  return code;
}
