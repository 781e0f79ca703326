/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.c - what this user knows of a repository, outside the repository: tip,
 * the commit last written or accepted, and next, the one being put in place.
 */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history.h"
#include "pal_file.h"
#include "pal_id.h"

enum { STATE_MODE = 0700, STATE_FILE_MODE = 0600, STATE_BYTES_MAX = 256, HEX_LEN = 40 };

/* XDG: a relative name is to be ignored. */
static enum pal_code state_home(struct pal_buf *out, struct pal_err *err) {
  const char *state = getenv("XDG_STATE_HOME");
  const char *home = getenv("HOME");
  if (state && *state == '/') {
    pal_buf_puts(out, state);
    return PAL_OK;
  }
  if (!home || *home != '/') {
    const struct passwd *user = getpwuid(geteuid());
    home = user && user->pw_dir && *user->pw_dir == '/' ? user->pw_dir : NULL;
  }
  if (!home)
    return pal_err_set(err, PAL_E_CONFIG, "no place for the state: set XDG_STATE_HOME or HOME");
  pal_buf_printf(out, "%s/.local/state", home);
  return PAL_OK;
}

enum pal_code pal_state_path(const char *repository_id, struct pal_buf *out, struct pal_err *err) {
  char id[PAL_GUID_LEN + 1];
  if (!pal_guid_canonical(repository_id, strlen(repository_id), id))
    return pal_err_set(err, PAL_E_INTERNAL, "\"%.60s\" is no id of a repository", repository_id);
  pal_buf_clear(out);
  enum pal_code code = state_home(out, err);
  if (code != PAL_OK)
    return code;
  pal_buf_printf(out, "/palscan/%s", id);
  return pal_buf_check(out, "state folder", err);
}

/* Whoever can write here decides what is trusted. */
static enum pal_code check_private(const char *path, struct pal_err *err) {
  struct stat st;
  if (lstat(path, &st) != 0)
    return pal_err_set(err, PAL_E_IO, "%s: %s", path, strerror(errno));
  if (!S_ISDIR(st.st_mode))
    return pal_err_set(err, PAL_E_VERIFY, "%s: the state must be a folder, not a link or a file", path);
  if (st.st_uid != geteuid() && st.st_uid != 0)
    return pal_err_set(err, PAL_E_VERIFY, "%s: owned by user %lu; the state must be yours", path,
                       (unsigned long)st.st_uid);
  if (st.st_mode & (S_IWGRP | S_IWOTH))
    return pal_err_set(err, PAL_E_VERIFY, "%s: others may write here: chmod 700 %s", path, path);
  return PAL_OK;
}

enum pal_code pal_state_dir(const char *repository_id, struct pal_buf *out, struct pal_err *err) {
  enum pal_code code = pal_state_path(repository_id, out, err);
  if (code == PAL_OK)
    code = pal_dir_make(out->data, STATE_MODE, err);
  if (code != PAL_OK)
    return code;
  char *slash = strrchr(out->data, '/'); /* the folder of all repositories, then this one's */
  *slash = '\0';
  code = check_private(out->data, err);
  *slash = '/';
  return code == PAL_OK ? check_private(out->data, err) : code;
}

static enum pal_code file_path(const char *dir, const char *name, struct pal_path *ret, struct pal_err *err) {
  return pal_path_format(ret, err, "%s/%s", dir, name);
}

enum pal_code pal_state_read(const char *state_dir, const char *name, struct pal_oid *ret, bool *ret_has,
                             struct pal_err *err) {
  struct pal_path path;
  enum pal_code code = file_path(state_dir, name, &path, err);
  if (code != PAL_OK)
    return code;
  *ret_has = pal_path_exists(path.s);
  if (!*ret_has)
    return PAL_OK;
  struct pal_buf text;
  pal_buf_init(&text, STATE_BYTES_MAX);
  code = pal_file_read(path.s, "state file", PAL_FILE_SECRET, STATE_BYTES_MAX, &text, err);
  if (code == PAL_E_INPUT)
    code = pal_err_set(err, PAL_E_VERIFY, "%s", err ? err->text : path.s);
  if (code == PAL_OK) {
    bool ok = text.len == HEX_LEN + 1 && text.data[HEX_LEN] == '\n';
    if (ok) {
      text.data[HEX_LEN] = '\0';
      ok = pal_oid_parse(text.data, ret);
    }
    if (!ok)
      code = pal_err_set(err, PAL_E_VERIFY, "%s: holds no commit id", path.s);
  }
  pal_buf_deinit(&text);
  return code;
}

enum pal_code pal_state_write(const char *state_dir, const char *name, const struct pal_oid *id, struct pal_err *err) {
  struct pal_path path;
  char text[HEX_LEN + 2];
  enum pal_code code = file_path(state_dir, name, &path, err);
  if (code != PAL_OK)
    return code;
  pal_oid_hex(id, text);
  text[HEX_LEN] = '\n';
  return pal_file_write(path.s, text, HEX_LEN + 1, STATE_FILE_MODE, err);
}

enum pal_code pal_state_drop(const char *state_dir, const char *name, struct pal_err *err) {
  struct pal_path path;
  enum pal_code code = file_path(state_dir, name, &path, err);
  if (code != PAL_OK)
    return code;
  if (unlink(path.s) != 0 && errno != ENOENT)
    return pal_err_set(err, PAL_E_IO, "remove %s: %s", path.s, strerror(errno));
  return pal_fsync_dir(state_dir, err);
}
