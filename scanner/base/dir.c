/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pal_arena.h"

enum {
  DIR_NAMES_MAX_BYTES = 256 << 20,
  DIR_REMOVE_MAX_DEPTH = 64 /* one open folder per level */
};

/* --- making --- */

static enum pal_code make_one(const char *path, unsigned mode, struct pal_err *err) {
  if (mkdir(path, (mode_t)mode) == 0) {
    /* The umask does not apply, as with files. */
    if (chmod(path, (mode_t)mode) != 0)
      return pal_err_set(err, PAL_E_IO, "set the mode of %s: %s", path, strerror(errno));
    return PAL_OK;
  }
  int why = errno;
  struct stat st;
  if (stat(path, &st) == 0) {
    if (S_ISDIR(st.st_mode))
      return PAL_OK;
    why = ENOTDIR;
  }
  return pal_err_set(err, PAL_E_IO, "make folder %s: %s", path, strerror(why));
}

enum pal_code pal_dir_make(const char *path, unsigned mode, struct pal_err *err) {
  if (!*path)
    return pal_err_set(err, PAL_E_IO, "make a folder: its name is empty");
  char *copy = strdup(path);
  if (!copy)
    return pal_err_nomem(err);
  enum pal_code code = PAL_OK;
  for (char *c = copy + 1; code == PAL_OK && *c; c++) {
    if (*c != '/' || c[-1] == '/')
      continue;
    *c = '\0';
    code = make_one(copy, mode, err);
    *c = '/';
  }
  if (code == PAL_OK)
    code = make_one(copy, mode, err);
  free(copy);
  return code;
}

/* --- listing --- */

static int compare_names(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_dot(const char *name) {
  return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

struct names {
  struct pal_arena *arena;
  const char **items;
  size_t n;
  size_t cap;
};

/* Reads all names, sorted; they live in names->arena. */
static enum pal_code read_names(DIR *dir, const char *path, struct names *names, struct pal_err *err) {
  for (;;) {
    errno = 0;
    const struct dirent *entry = readdir(dir);
    if (!entry && errno)
      return pal_err_set(err, PAL_E_IO, "read folder %s: %s", path, strerror(errno));
    if (!entry)
      break;
    if (is_dot(entry->d_name))
      continue;
    const char **grown = pal_arena_grow(names->arena, names->items, names->n, &names->cap, sizeof *names->items);
    const char *name = pal_arena_strdup(names->arena, entry->d_name);
    if (!grown || !name)
      return pal_err_set(err, PAL_E_NOMEM, "read folder %s: out of memory, or too many names", path);
    names->items = grown;
    names->items[names->n++] = name;
  }
  if (names->n)
    qsort(names->items, names->n, sizeof *names->items, compare_names);
  return PAL_OK;
}

enum pal_code pal_dir_each(const char *path,
                           enum pal_code (*each)(void *payload, const char *name, struct pal_err *err), void *payload,
                           struct pal_err *err) {
  DIR *dir = opendir(path);
  if (!dir)
    return pal_err_set(err, errno == ENOENT ? PAL_E_NOTFOUND : PAL_E_IO, "open folder %s: %s", path, strerror(errno));
  struct names names = {.arena = pal_arena_new(DIR_NAMES_MAX_BYTES)};
  enum pal_code code = names.arena ? read_names(dir, path, &names, err) : pal_err_nomem(err);
  (void)closedir(dir);
  for (size_t i = 0; i < names.n && code == PAL_OK; i++)
    code = each(payload, names.items[i], err);
  pal_arena_free(names.arena);
  return code;
}

/* --- removing --- */

static enum pal_code remove_below(int folder, const char *path, unsigned depth, struct pal_err *err);

static enum pal_code remove_entry(int folder, const char *path, const char *name, unsigned depth, struct pal_err *err) {
  if (unlinkat(folder, name, 0) == 0 || errno == ENOENT)
    return PAL_OK;
  /* Linux says EISDIR for a folder, POSIX allows EPERM. */
  if (errno != EISDIR && errno != EPERM)
    return pal_err_set(err, PAL_E_IO, "remove %s/%s: %s", path, name, strerror(errno));
  int inner = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (inner < 0)
    return pal_err_set(err, PAL_E_IO, "remove %s/%s: %s", path, name, strerror(errno));
  enum pal_code code = remove_below(inner, path, depth + 1, err);
  if (code == PAL_OK && unlinkat(folder, name, AT_REMOVEDIR) != 0)
    code = pal_err_set(err, PAL_E_IO, "remove folder %s/%s: %s", path, name, strerror(errno));
  return code;
}

/* Takes the descriptor; `path` is only for errors. */
static enum pal_code remove_below(int folder, const char *path, unsigned depth, struct pal_err *err) {
  DIR *dir = depth < DIR_REMOVE_MAX_DEPTH ? fdopendir(folder) : NULL;
  if (!dir) {
    enum pal_code code = depth < DIR_REMOVE_MAX_DEPTH
                             ? pal_err_set(err, PAL_E_IO, "read below %s: %s", path, strerror(errno))
                             : pal_err_set(err, PAL_E_LIMIT, "remove %s: nested deeper than the maximum of %d", path,
                                           DIR_REMOVE_MAX_DEPTH);
    (void)close(folder);
    return code;
  }
  /* All names first: what readdir does while entries vanish is not specified. */
  struct names names = {.arena = pal_arena_new(DIR_NAMES_MAX_BYTES)};
  enum pal_code code = names.arena ? read_names(dir, path, &names, err) : pal_err_nomem(err);
  for (size_t i = 0; i < names.n && code == PAL_OK; i++)
    code = remove_entry(folder, path, names.items[i], depth, err);
  pal_arena_free(names.arena);
  (void)closedir(dir);
  return code;
}

enum pal_code pal_dir_remove(const char *path, struct pal_err *err) {
  int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0 && errno == ENOENT)
    return PAL_OK;
  if (folder < 0)
    return pal_err_set(err, PAL_E_IO, "remove folder %s: %s", path, strerror(errno));
  enum pal_code code = remove_below(folder, path, 0, err);
  if (code == PAL_OK && rmdir(path) != 0 && errno != ENOENT)
    code = pal_err_set(err, PAL_E_IO, "remove folder %s: %s", path, strerror(errno));
  return code;
}
