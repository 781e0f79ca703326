/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal.c - frames in a file. The checksum of a frame covers the checksum of
 * the frame before it, the length and the payload: a frame cannot be changed,
 * taken out or moved without every later one failing.
 */
#include "pal_journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "history.h"
#include "pal_file.h"
#include "pal_id.h"

enum { LENGTH_LEN = 4, FRAME_HEAD_LEN = LENGTH_LEN + PAL_SHA256_LEN, HEAD_BYTES_MAX = 512, FIRST_CAP = 256 };

static const char file_name[] = "journal";

struct frame {
  uint64_t at; /* of its payload */
  uint32_t len;
  uint8_t sum[PAL_SHA256_LEN];
};

struct pal_journal {
  struct pal_path folder, path;
  int fd;
  struct pal_journal_head head;
  struct pal_hash *sha256;
  struct frame *v; /* v[0] is the header */
  size_t n, cap;
  uint64_t end;  /* of the last whole frame */
  time_t synced; /* monotonic seconds */
  bool dirty;
};

/* ---- opening and closing ---- */

static enum pal_code journal_new(const char *state_dir, struct pal_journal **ret, struct pal_err *err) {
  struct pal_journal *j = calloc(1, sizeof *j);
  if (!j)
    return pal_err_nomem(err);
  j->fd = -1;
  enum pal_code code = pal_path_format(&j->folder, err, "%s", state_dir);
  if (code == PAL_OK)
    code = pal_path_format(&j->path, err, "%s/%s", state_dir, file_name);
  if (code == PAL_OK)
    code = pal_hash_new(PAL_SHA256, &j->sha256, err);
  if (code == PAL_OK)
    *ret = j;
  else
    free(j);
  return code;
}

static void journal_free(struct pal_journal *j) {
  if (j->fd >= 0)
    (void)close(j->fd);
  pal_hash_free(j->sha256);
  free(j->v);
  free(j);
}

static enum pal_code io_failed(const struct pal_journal *j, const char *what, struct pal_err *err) {
  return pal_err_set(err, PAL_E_IO, "%s %s: %s", what, j->path.s, strerror(errno));
}

static enum pal_code bad(const struct pal_journal *j, size_t index, const char *what, struct pal_err *err) {
  return pal_err_set(err, PAL_E_VERIFY, "%s: frame %zu %s; run again without --resume", j->path.s, index, what);
}

static enum pal_code flush(struct pal_journal *j, struct pal_err *err) {
  if (j->dirty && fsync(j->fd) != 0)
    return io_failed(j, "flush", err);
  j->dirty = false;
  return PAL_OK;
}

/* At most once a second. */
static enum pal_code flush_now_and_then(struct pal_journal *j, struct pal_err *err) {
  struct timespec now;
  if (clock_gettime(CLOCK_MONOTONIC, &now) == 0) {
    if (now.tv_sec == j->synced)
      return PAL_OK;
    j->synced = now.tv_sec;
  }
  return flush(j, err);
}

enum pal_code pal_journal_close(struct pal_journal *journal, bool done, struct pal_err *err) {
  if (!journal)
    return PAL_OK;
  enum pal_code code = PAL_OK;
  if (!done)
    code = flush(journal, err);
  else if (unlink(journal->path.s) != 0 && errno != ENOENT)
    code = io_failed(journal, "remove", err);
  journal_free(journal);
  return code;
}

bool pal_journal_exists(const char *state_dir) {
  struct pal_path path;
  return pal_path_format(&path, NULL, "%s/%s", state_dir, file_name) == PAL_OK && pal_path_exists(path.s);
}

const struct pal_journal_head *pal_journal_head(const struct pal_journal *journal) {
  return &journal->head;
}

size_t pal_journal_count(const struct pal_journal *journal) {
  return journal->n - 1;
}

/* ---- frames ---- */

static void put_length(uint32_t len, uint8_t out[LENGTH_LEN]) {
  for (int i = 0; i < LENGTH_LEN; i++)
    out[i] = (uint8_t)(len >> (24 - 8 * i));
}

static uint32_t get_length(const uint8_t *in) {
  return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
}

/* `before` is the number of frames it follows. */
static enum pal_code checksum(struct pal_journal *j, size_t before, const void *bytes, uint32_t len,
                              uint8_t out[PAL_SHA256_LEN], struct pal_err *err) {
  static const uint8_t none[PAL_SHA256_LEN];
  uint8_t length[LENGTH_LEN];
  put_length(len, length);
  enum pal_code code = pal_hash_start(j->sha256, err);
  if (code == PAL_OK)
    code = pal_hash_add(j->sha256, before ? j->v[before - 1].sum : none, PAL_SHA256_LEN, err);
  if (code == PAL_OK)
    code = pal_hash_add(j->sha256, length, sizeof length, err);
  if (code == PAL_OK)
    code = pal_hash_add(j->sha256, bytes, len, err);
  return code == PAL_OK ? pal_hash_finish(j->sha256, out, err) : code;
}

static enum pal_code remember(struct pal_journal *j, const struct frame *frame, struct pal_err *err) {
  if (j->n == j->cap) {
    size_t cap = j->cap ? j->cap * 2 : FIRST_CAP;
    struct frame *grown = realloc(j->v, cap * sizeof *grown);
    if (!grown)
      return pal_err_nomem(err);
    j->v = grown;
    j->cap = cap;
  }
  j->v[j->n++] = *frame;
  j->end = frame->at + frame->len;
  return PAL_OK;
}

static bool write_at(int fd, const void *bytes, size_t len, uint64_t at) {
  const char *from = bytes;
  while (len) {
    ssize_t n = pwrite(fd, from, len, (off_t)at);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return false;
    from += n;
    at += (uint64_t)n;
    len -= (size_t)n;
  }
  return true;
}

/* False with errno, or with errno 0 at the end of the file. */
static bool read_at(int fd, void *bytes, size_t len, uint64_t at) {
  char *to = bytes;
  while (len) {
    ssize_t n = pread(fd, to, len, (off_t)at);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      errno = n ? errno : 0;
      return false;
    }
    to += n;
    at += (uint64_t)n;
    len -= (size_t)n;
  }
  return true;
}

enum pal_code pal_journal_append(struct pal_journal *journal, const void *bytes, size_t len, size_t *ret_index,
                                 struct pal_err *err) {
  if (len == 0 || len > PAL_JOURNAL_FRAME_MAX)
    return pal_err_set(err, PAL_E_LIMIT, "a frame of %zu bytes; journal frames have 1 to %d", len,
                       PAL_JOURNAL_FRAME_MAX);
  struct frame frame = {.at = journal->end + FRAME_HEAD_LEN, .len = (uint32_t)len};
  uint8_t head[FRAME_HEAD_LEN];
  enum pal_code code = checksum(journal, journal->n, bytes, frame.len, frame.sum, err);
  if (code != PAL_OK)
    return code;
  put_length(frame.len, head);
  memcpy(head + LENGTH_LEN, frame.sum, PAL_SHA256_LEN);
  journal->dirty = true;
  if (!write_at(journal->fd, head, sizeof head, journal->end) || !write_at(journal->fd, bytes, len, frame.at)) {
    code = io_failed(journal, "write", err);
    (void)!ftruncate(journal->fd, (off_t)journal->end); /* else resume drops it as torn */
    return code;
  }
  code = remember(journal, &frame, err);
  if (code == PAL_OK)
    code = flush_now_and_then(journal, err);
  if (code == PAL_OK && ret_index)
    *ret_index = journal->n - 2;
  return code;
}

enum pal_code pal_journal_read(struct pal_journal *journal, size_t index, struct pal_buf *out, struct pal_err *err) {
  if (index >= pal_journal_count(journal))
    return pal_err_set(err, PAL_E_INTERNAL, "journal frame %zu of %zu", index, pal_journal_count(journal));
  const struct frame *frame = &journal->v[index + 1];
  char chunk[16 << 10];
  pal_buf_clear(out);
  for (uint32_t done = 0; done < frame->len;) {
    size_t part = frame->len - done < sizeof chunk ? frame->len - done : sizeof chunk;
    if (!read_at(journal->fd, chunk, part, frame->at + done))
      return errno ? io_failed(journal, "read", err) : bad(journal, index, "is cut short", err);
    pal_buf_add(out, chunk, part);
    done += (uint32_t)part;
  }
  enum pal_code code = pal_buf_check(out, "journal frame", err);
  uint8_t sum[PAL_SHA256_LEN];
  if (code == PAL_OK)
    code = checksum(journal, index + 1, out->data, frame->len, sum, err);
  if (code == PAL_OK && memcmp(sum, frame->sum, sizeof sum) != 0)
    code = bad(journal, index, "was changed", err);
  return code;
}

/* ---- the header ---- */

static bool digest_ok(const char *text) {
  return strlen(text) == 2 * PAL_SHA256_LEN && strspn(text, "0123456789abcdef") == 2 * PAL_SHA256_LEN;
}

static int format_head(const struct pal_journal_head *head, char out[HEAD_BYTES_MAX]) {
  char started[PAL_INSTANT_MAX];
  pal_instant_format(head->started, started);
  return snprintf(out, HEAD_BYTES_MAX, "palscan-journal 1\nrun %s\nstarted %s\ndigest %s\n", head->run, started,
                  head->digest);
}

static bool take_field(const char **at, const char *key, char *out, size_t cap) {
  size_t len = strlen(key);
  if (strncmp(*at, key, len) != 0)
    return false;
  const char *value = *at + len;
  const char *end = strchr(value, '\n');
  if (!end || (size_t)(end - value) >= cap)
    return false;
  memcpy(out, value, (size_t)(end - value));
  out[end - value] = '\0';
  *at = end + 1;
  return true;
}

static bool parse_head(const char *text, struct pal_journal_head *ret) {
  char started[PAL_INSTANT_MAX], guid[PAL_GUID_LEN + 1], version[8];
  const char *at = text;
  return take_field(&at, "palscan-journal ", version, sizeof version) && strcmp(version, "1") == 0 &&
         take_field(&at, "run ", ret->run, sizeof ret->run) && take_field(&at, "started ", started, sizeof started) &&
         take_field(&at, "digest ", ret->digest, sizeof ret->digest) && !*at &&
         pal_guid_canonical(ret->run, strlen(ret->run), guid) && digest_ok(ret->digest) &&
         pal_instant_parse(started, &ret->started);
}

enum pal_code pal_journal_create(const char *state_dir, const struct pal_journal_head *head, struct pal_journal **ret,
                                 struct pal_err *err) {
  char text[HEAD_BYTES_MAX];
  struct pal_journal *j = NULL;
  struct pal_journal_head again;
  int n = format_head(head, text);
  if (n < 0 || n >= HEAD_BYTES_MAX || !parse_head(text, &again))
    return pal_err_set(err, PAL_E_INTERNAL, "journal: run or digest are none");
  enum pal_code code = pal_dir_make(state_dir, 0700, err);
  if (code == PAL_OK)
    code = journal_new(state_dir, &j, err);
  if (!j)
    return code;
  j->head = *head;
  /* A new file, not the old one emptied: whoever holds that one keeps it. */
  if (unlink(j->path.s) != 0 && errno != ENOENT)
    code = io_failed(j, "remove", err);
  if (code == PAL_OK) {
    j->fd = open(j->path.s, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (j->fd < 0)
      code = io_failed(j, "create", err);
  }
  if (code == PAL_OK)
    code = pal_journal_append(j, text, (size_t)n, NULL, err);
  if (code == PAL_OK)
    code = flush(j, err);
  if (code == PAL_OK)
    code = pal_fsync_dir(state_dir, err);
  if (code == PAL_OK)
    *ret = j;
  else
    journal_free(j);
  return code;
}

/* ---- resuming ---- */

/* Whether the file holds only zeros from `at` on: what a file system that lost
 * power may leave of blocks never written. */
static bool zeros(const struct pal_journal *j, uint64_t at, uint64_t size) {
  char chunk[4096];
  while (at < size) {
    size_t part = size - at < sizeof chunk ? (size_t)(size - at) : sizeof chunk;
    if (!read_at(j->fd, chunk, part, at))
      return false;
    for (size_t i = 0; i < part; i++)
      if (chunk[i])
        return false;
    at += part;
  }
  return true;
}

/* Reads one frame at j->end; *ret_torn when the rest of the file is an unfinished
 * last frame. */
static enum pal_code scan_frame(struct pal_journal *j, uint64_t size, struct pal_buf *payload, bool *ret_torn,
                                struct pal_err *err) {
  uint8_t head[FRAME_HEAD_LEN], sum[PAL_SHA256_LEN];
  struct frame frame = {.at = j->end + FRAME_HEAD_LEN};
  *ret_torn = true;
  if (size - j->end < FRAME_HEAD_LEN)
    return PAL_OK;
  if (!read_at(j->fd, head, sizeof head, j->end))
    return io_failed(j, "read", err);
  frame.len = get_length(head);
  if (frame.len == 0 || frame.len > PAL_JOURNAL_FRAME_MAX)
    return zeros(j, j->end, size) ? PAL_OK : bad(j, j->n, "has no length", err);
  if (size - frame.at < frame.len)
    return PAL_OK;
  pal_buf_clear(payload);
  char chunk[16 << 10];
  for (uint32_t done = 0; done < frame.len;) {
    size_t part = frame.len - done < sizeof chunk ? frame.len - done : sizeof chunk;
    if (!read_at(j->fd, chunk, part, frame.at + done))
      return io_failed(j, "read", err);
    pal_buf_add(payload, chunk, part);
    done += (uint32_t)part;
  }
  enum pal_code code = pal_buf_check(payload, "journal frame", err);
  if (code == PAL_OK)
    code = checksum(j, j->n, payload->data, frame.len, sum, err);
  if (code != PAL_OK)
    return code;
  if (memcmp(sum, head + LENGTH_LEN, sizeof sum) != 0)
    return frame.at + frame.len == size ? PAL_OK : bad(j, j->n, "is torn or was changed", err);
  *ret_torn = false;
  memcpy(frame.sum, sum, sizeof sum);
  return remember(j, &frame, err);
}

static enum pal_code judge_head(const struct pal_journal *j, const char *text, const char *digest,
                                struct pal_instant now, struct pal_journal_head *ret, struct pal_err *err) {
  if (!parse_head(text, ret))
    return pal_err_set(err, PAL_E_VERIFY, "%s: its header is none of this palscan", j->path.s);
  if (strcmp(ret->digest, digest) != 0)
    return pal_err_set(err, PAL_E_USAGE,
                       "the run cannot be resumed: settings, registry, estate, parent commit or scope are "
                       "not those it was started with; run again without --resume");
  int64_t age = now.s - ret->started.s;
  if (age > PAL_JOURNAL_MAX_AGE_S)
    return pal_err_set(err, PAL_E_USAGE,
                       "the run cannot be resumed: it was started more than %d hours ago; run again "
                       "without --resume",
                       PAL_JOURNAL_MAX_AGE_S / 3600);
  if (age < 0)
    return pal_err_set(err, PAL_E_USAGE, "the run cannot be resumed: it was started in the future; check the clock");
  return PAL_OK;
}

/* All whole frames; then cuts off a torn last one. */
static enum pal_code scan(struct pal_journal *j, const char *digest, struct pal_instant now, struct pal_err *err) {
  struct stat st;
  if (fstat(j->fd, &st) != 0)
    return io_failed(j, "read", err);
  if (!S_ISREG(st.st_mode) || (st.st_uid != geteuid() && st.st_uid != 0))
    return pal_err_set(err, PAL_E_VERIFY, "%s: not a file of yours", j->path.s);
  uint64_t size = (uint64_t)st.st_size;
  struct pal_buf payload;
  pal_buf_init(&payload, PAL_JOURNAL_FRAME_MAX);
  enum pal_code code = PAL_OK;
  bool torn = false;
  while (code == PAL_OK && !torn && j->end < size) {
    code = scan_frame(j, size, &payload, &torn, err);
    if (code == PAL_OK && !torn && j->n == 1)
      code = judge_head(j, payload.data, digest, now, &j->head, err);
  }
  pal_buf_deinit(&payload);
  if (code == PAL_OK && j->n == 0)
    code = pal_err_set(err, PAL_E_NOTFOUND, "no run to resume: %s holds nothing yet", j->path.s);
  if (code == PAL_OK && torn) {
    j->dirty = true;
    if (ftruncate(j->fd, (off_t)j->end) != 0)
      code = io_failed(j, "cut", err);
    else
      code = flush(j, err);
  }
  return code;
}

enum pal_code pal_journal_resume(const char *state_dir, const char *digest, struct pal_instant now,
                                 struct pal_journal **ret, struct pal_err *err) {
  struct pal_journal *j = NULL;
  enum pal_code code = journal_new(state_dir, &j, err);
  if (!j)
    return code;
  j->fd = open(j->path.s, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (j->fd < 0)
    code = errno == ENOENT || errno == ENOTDIR
               ? pal_err_set(err, PAL_E_NOTFOUND, "no run to resume: %s does not exist", j->path.s)
               : io_failed(j, "open", err);
  if (code == PAL_OK)
    code = scan(j, digest, now, err);
  if (code == PAL_OK)
    *ret = j;
  else
    journal_free(j);
  return code;
}
