/* SPDX-License-Identifier: Apache-2.0 */
/* repo_create.c - a new repository, whole or not at all: it is made beside its
 * place under a temporary name and renamed. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history.h"
#include "pal_file.h"

/* Only the owner gets in: the opener refuses everyone else anyway. */
enum { FOLDER_MODE = 0700, FILE_MODE = 0600 };

static const char *const folders[] = {"objects",    "objects/info", "objects/pack", "refs",
                                      "refs/heads", "refs/tags",    "palscan"};

static enum pal_code make_folders(const char *root, struct pal_err *err) {
  struct pal_path path;
  for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
    enum pal_code code = pal_path_format(&path, err, "%s/%s", root, folders[i]);
    if (code == PAL_OK)
      code = pal_dir_make(path.s, FOLDER_MODE, err);
    if (code != PAL_OK)
      return code;
  }
  return PAL_OK;
}

static enum pal_code write_file(const char *root, const char *name, const char *text, struct pal_err *err) {
  struct pal_path path;
  enum pal_code code = pal_path_format(&path, err, "%s/%s", root, name);
  return code == PAL_OK ? pal_file_write(path.s, text, strlen(text), FILE_MODE, err) : code;
}

static enum pal_code fill(const char *root, struct pal_err *err) {
  char id[37], config[512];
  enum pal_code code = pal_random_guid(id, err);
  if (code != PAL_OK)
    return code;
  (void)snprintf(config, sizeof config,
                 "[core]\n"
                 "\trepositoryformatversion = 0\n"
                 "\tfilemode = true\n"
                 "\tbare = true\n"
                 "\tcommitGraph = false\n"
                 "[diff]\n"
                 "\trenames = false\n"
                 "[gc]\n"
                 "\twriteCommitGraph = false\n"
                 "[palscan]\n"
                 "\tid = %s\n",
                 id);
  code = make_folders(root, err);
  if (code == PAL_OK)
    code = write_file(root, "description", "snapshots of palscan\n", err);
  if (code == PAL_OK)
    code = write_file(root, "config", config, err);
  if (code == PAL_OK)
    code = write_file(root, "HEAD", "ref: refs/heads/main\n", err);
  return code;
}

/* Absent, or an empty folder. */
static enum pal_code check_place(const char *path, struct pal_err *err) {
  DIR *dir = opendir(path);
  if (!dir && errno == ENOENT)
    return PAL_OK;
  if (!dir)
    return pal_err_set(err, errno == ENOTDIR ? PAL_E_USAGE : PAL_E_IO, "%s: %s", path, strerror(errno));
  bool empty = true;
  const struct dirent *entry;
  while (empty && (entry = readdir(dir)))
    empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
  (void)closedir(dir);
  if (!empty)
    return pal_err_set(err, PAL_E_USAGE, "%s: exists and is not empty; nothing was changed", path);
  return PAL_OK;
}

static enum pal_code put_in_place(const char *temp, const char *path, struct pal_err *err) {
  if (rename(temp, path) != 0)
    return pal_err_set(err, errno == ENOTEMPTY || errno == EEXIST ? PAL_E_USAGE : PAL_E_IO, "put %s in place: %s", path,
                       strerror(errno));
  struct pal_path parent;
  enum pal_code code = pal_path_format(&parent, err, "%s", path);
  if (code != PAL_OK)
    return code;
  char *slash = strrchr(parent.s, '/');
  if (slash == parent.s)
    slash[1] = '\0';
  else if (slash)
    *slash = '\0';
  return pal_fsync_dir(slash ? parent.s : ".", err);
}

enum pal_code pal_repo_create(const char *path, struct pal_err *err) {
  struct pal_path place, temp;
  enum pal_code code = pal_path_format(&place, err, "%s", path);
  if (code != PAL_OK)
    return code;
  size_t len = strlen(place.s);
  while (len > 1 && place.s[len - 1] == '/')
    place.s[--len] = '\0';
  code = check_place(place.s, err);
  if (code == PAL_OK)
    code = pal_path_format(&temp, err, "%s.palscan-XXXXXX", place.s);
  if (code != PAL_OK)
    return code;
  if (!mkdtemp(temp.s))
    return pal_err_set(err, PAL_E_IO, "make folder %s: %s", temp.s, strerror(errno));
  code = fill(temp.s, err);
  if (code == PAL_OK)
    code = put_in_place(temp.s, place.s, err);
  if (code != PAL_OK && pal_path_exists(temp.s))
    (void)!pal_dir_remove(temp.s, NULL); /* the first error is the one to tell */
  return code;
}
