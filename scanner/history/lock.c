/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock.c - one writer at a time, and clearing up after one that was killed.
 *
 * The lock is flock on palscan/lock; it ends with its holder, and nothing is
 * stolen by age. A killed writer may leave:
 *   palscan/tmp-*          entries and a pack not yet in place: removed
 *   refs/heads/main.lock   the value never came into force: removed
 *   palscan/pending        names a pack that was put into objects/pack and what
 *                          main was before. If main still is that, and no other
 *                          reference exists, the pack is removed: else git gc
 *                          would one day spill it as loose objects. In doubt it
 *                          stays: an object stock git met in it may have been
 *                          left out of what was fetched later.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history.h"
#include "pal_file.h"
#include "pal_time.h"

enum { FOLDER_MODE = 0700, HOLDER_MAX = 256, PENDING_MAX = 256, HEX_LEN = 40 };

/* ---- the lock ---- */

static enum pal_code locked(int fd, const char *path, struct pal_err *err) {
  char holder[HOLDER_MAX];
  ssize_t n = pread(fd, holder, sizeof holder - 1, 0);
  holder[n > 0 ? n : 0] = '\0';
  for (char *c = holder; *c; c++)
    if (*c < 0x20 || *c > 0x7e)
      *c = *c == '\n' && !c[1] ? '\0' : '?';
  return pal_err_set(err, PAL_E_LOCKED, "%s: another run holds the lock (%s)", path,
                     *holder ? holder : "it did not say who");
}

/* For people; the lock itself is flock. */
static void write_holder(int fd) {
  char host[65] = "?", now[PAL_INSTANT_MAX], text[HOLDER_MAX];
  (void)gethostname(host, sizeof host - 1);
  pal_instant_format(pal_clock_now(), now);
  int n = snprintf(text, sizeof text, "%ld %s %s\n", (long)getpid(), host, now);
  if (n > 0 && ftruncate(fd, 0) == 0)
    (void)!pwrite(fd, text, (size_t)n, 0);
}

static enum pal_code take_lock(struct pal_repo *repo, struct pal_err *err) {
  struct pal_path folder, path;
  enum pal_code code = pal_path_format(&folder, err, "%s/palscan", repo->path);
  if (code == PAL_OK)
    code = pal_path_format(&path, err, "%s/lock", folder.s);
  if (code == PAL_OK && !pal_path_exists(folder.s))
    code = pal_dir_make(folder.s, FOLDER_MODE, err);
  if (code != PAL_OK)
    return code;
  int fd = open(path.s, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return pal_err_set(err, PAL_E_IO, "open %s: %s", path.s, strerror(errno));
  while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR)
      continue;
    code = errno == EWOULDBLOCK ? locked(fd, path.s, err)
                                : pal_err_set(err, PAL_E_IO, "lock %s: %s", path.s, strerror(errno));
    (void)close(fd);
    return code;
  }
  write_holder(fd);
  repo->lock_fd = fd;
  return PAL_OK;
}

/* ---- leftovers ---- */

static enum pal_code remove_file(const char *path, struct pal_err *err) {
  if (unlink(path) != 0 && errno != ENOENT)
    return pal_err_set(err, PAL_E_IO, "remove %s: %s", path, strerror(errno));
  return PAL_OK;
}

static enum pal_code clear_temporary(void *payload, const char *name, struct pal_err *err) {
  const struct pal_repo *repo = payload;
  struct pal_path path;
  bool folder = strncmp(name, "tmp-", 4) == 0;
  size_t len = strlen(name);
  bool file = strncmp(name, ".palscan-", 9) == 0 && len > 4 && strcmp(name + len - 4, ".tmp") == 0;
  if (!folder && !file)
    return PAL_OK;
  enum pal_code code = pal_path_format(&path, err, "%s/palscan/%s", repo->path, name);
  if (code != PAL_OK)
    return code;
  return folder ? pal_dir_remove(path.s, err) : remove_file(path.s, err);
}

static enum pal_code pending_path(const struct pal_repo *repo, struct pal_path *ret, struct pal_err *err) {
  return pal_path_format(ret, err, "%s/palscan/pending", repo->path);
}

enum pal_code pal_pending_write(const struct pal_repo *repo, const char *pack, const struct pal_oid *parent,
                                struct pal_err *err) {
  static const struct pal_oid none;
  struct pal_path path;
  char hex[HEX_LEN + 1], text[PENDING_MAX];
  enum pal_code code = pending_path(repo, &path, err);
  if (code != PAL_OK)
    return code;
  pal_oid_hex(parent ? parent : &none, hex);
  int n = snprintf(text, sizeof text, "%s %s\n", pack, hex);
  return pal_file_write(path.s, text, (size_t)n, 0600, err);
}

enum pal_code pal_pending_drop(const struct pal_repo *repo, struct pal_err *err) {
  struct pal_path path;
  enum pal_code code = pending_path(repo, &path, err);
  return code == PAL_OK ? remove_file(path.s, err) : code;
}

/* "<40 hex> <40 hex>\n", else nothing is pending. */
static bool parse_pending(struct pal_buf *text, struct pal_oid *pack, struct pal_oid *parent) {
  if (text->len != 2 * HEX_LEN + 2 || text->data[HEX_LEN] != ' ' || text->data[2 * HEX_LEN + 1] != '\n')
    return false;
  text->data[HEX_LEN] = '\0';
  text->data[2 * HEX_LEN + 1] = '\0';
  return pal_oid_parse(text->data, pack) && pal_oid_parse(text->data + HEX_LEN + 1, parent);
}

/* True only when it is sure that nothing leads into the pack: main is what it
 * was before (the zero id: not there), and it is the only reference. */
static bool abandoned(struct pal_repo *repo, const struct pal_oid *parent) {
  struct pal_oid head = {0};
  bool has = false, others = false;
  return pal_refs_others(repo, &others, NULL) == PAL_OK && !others &&
         pal_refs_main(repo, &head, &has, NULL) == PAL_OK && has != pal_oid_is_zero(parent) &&
         pal_oid_equal(&head, parent);
}

static enum pal_code remove_pack(const struct pal_repo *repo, const struct pal_oid *pack, struct pal_err *err) {
  static const char *const ends[] = {"idx", "pack"}; /* without idx the rest is garbage to git */
  char hex[HEX_LEN + 1];
  struct pal_path path;
  pal_oid_hex(pack, hex);
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
    enum pal_code code = pal_path_format(&path, err, "%s/objects/pack/pack-%s.%s", repo->path, hex, ends[i]);
    if (code == PAL_OK)
      code = remove_file(path.s, err);
    if (code != PAL_OK)
      return code;
  }
  return PAL_OK;
}

static enum pal_code clear_pending(struct pal_repo *repo, struct pal_err *err) {
  struct pal_path path;
  struct pal_oid pack, parent;
  struct pal_buf text;
  enum pal_code code = pending_path(repo, &path, err);
  if (code != PAL_OK || !pal_path_exists(path.s))
    return code;
  pal_buf_init(&text, PENDING_MAX);
  if (pal_file_read(path.s, "pending pack", 0, PENDING_MAX, &text, NULL) == PAL_OK &&
      parse_pending(&text, &pack, &parent) && abandoned(repo, &parent))
    code = remove_pack(repo, &pack, err);
  pal_buf_deinit(&text);
  return code == PAL_OK ? remove_file(path.s, err) : code;
}

static enum pal_code clear_leftovers(struct pal_repo *repo, struct pal_err *err) {
  struct pal_path path;
  enum pal_code code = pal_path_format(&path, err, "%s/refs/heads/main.lock", repo->path);
  if (code == PAL_OK)
    code = remove_file(path.s, err);
  if (code == PAL_OK)
    code = pal_path_format(&path, err, "%s/palscan", repo->path);
  if (code == PAL_OK)
    code = pal_dir_each(path.s, clear_temporary, repo, err);
  if (code == PAL_OK)
    code = clear_pending(repo, err);
  return code;
}

enum pal_code pal_repo_lock(struct pal_repo *repo, struct pal_err *err) {
  if (repo->lock_fd >= 0)
    return PAL_OK;
  enum pal_code code = take_lock(repo, err);
  if (code != PAL_OK)
    return code;
  code = clear_leftovers(repo, err);
  if (code != PAL_OK) {
    (void)close(repo->lock_fd);
    repo->lock_fd = -1;
  }
  return code;
}
