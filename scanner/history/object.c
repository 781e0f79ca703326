/* SPDX-License-Identifier: Apache-2.0 */
/*
 * object.c - the only place where bytes leave libgit2's object database.
 * git_odb_read() compares their SHA-1 (collision-detecting) with the name they
 * were asked by, as long as strict hash verification is on; they are hashed
 * here once more, so that this does not hang on a global switch of a library.
 */
#include <git2/sys/odb_backend.h>
#include <stdio.h>
#include <string.h>

#include "history.h"

enum {
  /* Small windows: by default packs are mapped whole and count as our memory. */
  WINDOW_BYTES = 4 << 20,
  MAPPED_BYTES = 32 << 20,
  /* Of the odb's two sources. git's own order is packs first. */
  PRIORITY_PACKS = 2,
  PRIORITY_LOOSE = 1
};

const char *pal_git_reason(void) {
  const git_error *last = git_error_last();
  return last && last->message ? last->message : "no reason given";
}

enum pal_code pal_git_failed(enum pal_code other, const char *what, struct pal_err *err) {
  const git_error *last = git_error_last();
  enum pal_code code = other;
  if (last && last->klass == GIT_ERROR_NOMEMORY)
    code = PAL_E_NOMEM;
  else if (last && last->klass == GIT_ERROR_OS)
    code = PAL_E_IO;
  return pal_err_set(err, code, "%s: %s", what, pal_git_reason());
}

static int set_options(void) {
  static const int levels[] = {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
                               GIT_CONFIG_LEVEL_GLOBAL};
  int bad = 0;
  for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
    bad |= git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
  bad |= git_libgit2_opts(GIT_OPT_SET_TEMPLATE_PATH, "");
  /* layout.c judges owners; unlike libgit2 it lets root own what we read. */
  bad |= git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
  bad |= git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
  /* Objects are read once; a cache would only hold memory (256 MB by default). */
  bad |= git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
  bad |= git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, (size_t)WINDOW_BYTES);
  bad |= git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)MAPPED_BYTES);
  return bad;
}

enum pal_code pal_git_start(struct pal_err *err) {
  int started = git_libgit2_init();
  if (started < 0)
    return pal_git_failed(PAL_E_INTERNAL, "start libgit2", err);
  if (started == 1 && set_options() != 0) {
    enum pal_code code = pal_git_failed(PAL_E_INTERNAL, "set up libgit2", err);
    (void)git_libgit2_shutdown();
    return code;
  }
  return PAL_OK;
}

enum pal_code pal_git_open_objects(const char *path, git_odb **ret, struct pal_err *err) {
  struct pal_path objects;
  enum pal_code code = pal_path_format(&objects, err, "%s/objects", path);
  if (code != PAL_OK)
    return code;
  git_odb *odb = NULL;
  git_odb_backend *packs = NULL, *loose = NULL;
  git_error_clear();
  /* Not git_odb_open(): that follows objects/info/alternates. */
  if (git_odb_new(&odb) < 0)
    goto failed;
  if (git_odb_backend_pack(&packs, objects.s) < 0)
    goto failed;
  if (git_odb_add_backend(odb, packs, PRIORITY_PACKS) < 0) {
    packs->free(packs);
    goto failed;
  }
  if (git_odb_backend_loose(&loose, objects.s, -1, 0, 0, 0) < 0)
    goto failed;
  if (git_odb_add_backend(odb, loose, PRIORITY_LOOSE) < 0) {
    loose->free(loose);
    goto failed;
  }
  *ret = odb;
  return PAL_OK;
failed:
  code = pal_git_failed(PAL_E_VERIFY, objects.s, err);
  git_odb_free(odb);
  return code;
}

enum pal_code pal_object_hash(struct pal_hash *sha1, const char *type, const void *bytes, size_t len,
                              struct pal_oid *ret, struct pal_err *err) {
  char head[32];
  int n = snprintf(head, sizeof head, "%s %zu", type, len);
  enum pal_code code = pal_hash_start(sha1, err);
  if (code == PAL_OK)
    code = pal_hash_add(sha1, head, (size_t)n + 1, err); /* with its NUL */
  if (code == PAL_OK)
    code = pal_hash_add(sha1, bytes, len, err);
  if (code == PAL_OK)
    code = pal_hash_finish(sha1, ret->b, err);
  return code;
}

static enum pal_code read_failed(int rc, const char *hex, struct pal_err *err) {
  const git_error *last = git_error_last();
  if (rc == GIT_ENOTFOUND)
    return pal_err_set(err, PAL_E_VERIFY, "object %s is missing", hex);
  if (rc == GIT_EMISMATCH)
    return pal_err_set(err, PAL_E_VERIFY, "object %s is corrupt: its bytes are not its name", hex);
  if (last && last->klass == GIT_ERROR_NOMEMORY)
    return pal_err_nomem(err);
  enum pal_code code = last && last->klass == GIT_ERROR_OS ? PAL_E_IO : PAL_E_VERIFY;
  return pal_err_set(err, code, "object %s cannot be read: %s", hex, pal_git_reason());
}

static enum pal_code check_kind(const char *hex, git_object_t type, git_object_t wanted, size_t len,
                                struct pal_err *err) {
  if (type != wanted)
    return pal_err_set(err, PAL_E_VERIFY, "object %s is a %s where a %s belongs", hex, git_object_type2string(type),
                       git_object_type2string(wanted));
  if (len > PAL_OBJECT_MAX)
    return pal_err_set(err, PAL_E_VERIFY, "object %s has %zu bytes; the maximum is %d", hex, len, PAL_OBJECT_MAX);
  return PAL_OK;
}

enum pal_code pal_object_read(struct pal_repo *repo, const struct pal_oid *id, git_object_t type, git_odb_object **ret,
                              struct pal_err *err) {
  char hex[41];
  pal_oid_hex(id, hex);
  git_oid name;
  memcpy(name.id, id->b, sizeof id->b);
  git_odb_object *object = NULL;
  git_object_t found;
  size_t len;
  git_error_clear();
  /* The size first: a few kilobytes can inflate to all memory there is. */
  int rc = git_odb_read_header(&len, &found, repo->odb, &name);
  if (rc < 0)
    return read_failed(rc, hex, err);
  enum pal_code code = check_kind(hex, found, type, len, err);
  if (code != PAL_OK)
    return code;
  rc = git_odb_read(&object, repo->odb, &name);
  if (rc < 0)
    return read_failed(rc, hex, err);
  struct pal_oid actual;
  code = check_kind(hex, git_odb_object_type(object), type, git_odb_object_size(object), err);
  if (code == PAL_OK)
    code = pal_object_hash(repo->sha1, git_object_type2string(type), git_odb_object_data(object),
                           git_odb_object_size(object), &actual, err);
  if (code == PAL_OK && !pal_oid_equal(&actual, id))
    code = read_failed(GIT_EMISMATCH, hex, err);
  if (code != PAL_OK) {
    git_odb_object_free(object);
    return code;
  }
  *ret = object;
  return PAL_OK;
}

enum pal_code pal_repo_blob(struct pal_repo *repo, const struct pal_oid *id, struct pal_buf *out, struct pal_err *err) {
  git_odb_object *object = NULL;
  enum pal_code code = pal_object_read(repo, id, GIT_OBJECT_BLOB, &object, err);
  if (code != PAL_OK)
    return code;
  pal_buf_clear(out);
  pal_buf_add(out, git_odb_object_data(object), git_odb_object_size(object));
  git_odb_object_free(object);
  char hex[41];
  pal_oid_hex(id, hex);
  return pal_buf_check(out, hex, err);
}
