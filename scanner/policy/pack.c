/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pack_meta.h"
#include "pack_private.h"
#include "pal_doc.h"
#include "pal_file.h"
#include "pal_id.h"
#include "pal_text.h"
#include "sql_scan.h"
#include "tables.h"

/* --- one pack --- */

enum pal_code pack_new(struct pal_pack **ret, struct pal_err *err) {
  struct pal_arena *arena = pal_arena_new(0);
  struct pal_pack *pack = arena ? pal_arena_alloc(arena, sizeof *pack) : NULL;
  if (!pack) {
    pal_arena_free(arena);
    (void)pal_err_nomem(err);
    return PAL_E_NOMEM;
  }
  pack->arena = arena;
  *ret = pack;
  return PAL_OK;
}

void pal_pack_free(struct pal_pack *pack) {
  if (pack)
    pal_arena_free(pack->arena);
}

bool pack_name_valid(const char *name) {
  if (!*name || *name == '.')
    return false;
  for (const char *c = name; *c; c++)
    if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || *c == '.' || *c == '_' ||
          *c == '-'))
      return false;
  return true;
}

static bool ends_with(const char *text, const char *end) {
  size_t len = strlen(text), end_len = strlen(end);
  return len > end_len && strcmp(text + len - end_len, end) == 0;
}

/* --- adding files --- */

static enum pal_code add_policy(struct pal_pack *pack, const char *path, const char *source, const char *text,
                                size_t len, enum pal_policy_origin origin, struct pal_err *err) {
  struct pack_policy policy = {0};
  if (!pal_utf8_valid(text, len))
    return pal_err_set(err, PAL_E_INPUT, "%s: not UTF-8", source);
  enum pal_code code = pack_meta_policy(pack->arena, source, text, len, &policy.pub, err);
  if (code != PAL_OK)
    return code;
  size_t id_len = strlen(policy.pub.id);
  if (strncmp(path, policy.pub.id, id_len) != 0 || strcmp(path + id_len, ".sql") != 0)
    return pal_err_set(err, PAL_E_INPUT, "%s: the policy %s stands in a file %s.sql", source, policy.pub.id,
                       policy.pub.id);
  policy.pub.origin = origin;
  policy.file = path;
  for (size_t i = 0; i < pack->policies_n; i++) {
    if (strcmp(pack->policies[i].pub.id, policy.pub.id) != 0)
      continue;
    return pal_err_set(err, PAL_E_INPUT, "%s: the id %s %s (%s)", source, policy.pub.id,
                       pack->policies[i].pub.origin == PAL_OWN ? "stands in two files"
                                                               : "is a shipped policy's and cannot be replaced",
                       pack->policies[i].pub.path);
  }
  if (origin == PAL_OWN && pack_id_shipped(policy.pub.id))
    return pal_err_set(err, PAL_E_INPUT, "%s: ids like %s are kept for shipped policies; choose a prefix of your own",
                       source, policy.pub.id);
  pack->policies =
      pal_arena_grow(pack->arena, pack->policies, pack->policies_n, &pack->policies_cap, sizeof *pack->policies);
  if (!pack->policies)
    return pal_err_nomem(err);
  pack->policies[pack->policies_n++] = policy;
  return PAL_OK;
}

static enum pal_code add_view(struct pal_pack *pack, const char *path, const char *source, const char *text, size_t len,
                              struct pal_err *err) {
  struct pack_view view;
  if (!pal_utf8_valid(text, len))
    return pal_err_set(err, PAL_E_INPUT, "%s: not UTF-8", source);
  enum pal_code code = pack_meta_view(pack->arena, source, text, len, &view, err);
  if (code != PAL_OK)
    return code;
  view.path = path;
  for (size_t i = 0; i < pack->views_n; i++)
    if (strcmp(pack->views[i].name, view.name) == 0)
      return pal_err_set(err, PAL_E_INPUT, "%s: the view %s exists already (%s)", source, view.name,
                         pack->views[i].path);
  pack->views = pal_arena_grow(pack->arena, pack->views, pack->views_n, &pack->views_cap, sizeof *pack->views);
  if (!pack->views)
    return pal_err_nomem(err);
  pack->views[pack->views_n++] = view;
  return PAL_OK;
}

/* What a path below policies/ is. */
enum pack_part { PART_NONE, PART_POLICY, PART_VIEW, PART_DATA };

static enum pack_part part_of(const char *path) {
  const char *slash = strchr(path, '/');
  if (!slash)
    return pack_name_valid(path) && ends_with(path, ".sql") ? PART_POLICY : PART_NONE;
  if (!pack_name_valid(slash + 1))
    return PART_NONE;
  if (strncmp(path, "views/", 6) == 0)
    return ends_with(path, ".sql") ? PART_VIEW : PART_NONE;
  return strncmp(path, "data/", 5) == 0 ? PART_DATA : PART_NONE;
}

static enum pal_code keep_file(struct pal_pack *pack, const char *path, const char *source, const char *bytes,
                               size_t len, struct pal_err *err) {
  for (size_t i = 0; i < pack->files_n; i++)
    if (strcmp(pack->files[i].path, path) == 0)
      return pal_err_set(err, PAL_E_INPUT, "%s: there is already a file policies/%s", source, path);
  if (pack->files_n >= PAL_POLICIES_MAX)
    return pal_err_set(err, PAL_E_LIMIT, "%s: more than %d files of policies", source, PAL_POLICIES_MAX);
  pack->files = pal_arena_grow(pack->arena, pack->files, pack->files_n, &pack->files_cap, sizeof *pack->files);
  if (!pack->files)
    return pal_err_nomem(err);
  pack->files[pack->files_n++] = (struct pal_pack_file){.path = path, .bytes = bytes, .len = len};
  return PAL_OK;
}

enum pal_code pack_add(struct pal_pack *pack, const char *path, const char *source, const char *bytes, size_t len,
                       enum pal_policy_origin origin, struct pal_err *err) {
  enum pack_part part = part_of(path);
  if (part == PART_NONE)
    return pal_err_set(err, PAL_E_INPUT, "%s: a pack holds *.sql, views/*.sql and data/* only", source);
  size_t max = part == PART_DATA ? (size_t)PACK_DATA_BYTES_MAX : (size_t)PAL_POLICY_BYTES_MAX;
  if (len > max)
    return pal_err_set(err, PAL_E_INPUT, "%s: longer than %zu bytes", source, max);
  if (memchr(bytes, '\0', len))
    return pal_err_set(err, PAL_E_INPUT, "%s: holds a zero byte", source);
  const char *text = pal_arena_strndup(pack->arena, bytes, len);
  path = pal_arena_strdup(pack->arena, path);
  source = pal_arena_strdup(pack->arena, source);
  if (!text || !path || !source)
    return pal_err_nomem(err);
  enum pal_code code = keep_file(pack, path, source, text, len, err);
  if (code != PAL_OK)
    return code;
  if (part == PART_POLICY)
    return add_policy(pack, path, source, text, len, origin, err);
  if (part == PART_VIEW)
    return add_view(pack, path, source, text, len, err);
  return pack_read_data(pack, path, source, text, len, err);
}

/* --- order, and what differs from the shipped pack --- */

static int by_policy_id(const void *a, const void *b) {
  return strcmp(((const struct pack_policy *)a)->pub.id, ((const struct pack_policy *)b)->pub.id);
}

static int by_view_path(const void *a, const void *b) {
  return strcmp(((const struct pack_view *)a)->path, ((const struct pack_view *)b)->path);
}

static int by_file_path(const void *a, const void *b) {
  return strcmp(((const struct pal_pack_file *)a)->path, ((const struct pal_pack_file *)b)->path);
}

static const struct pal_pack_file *find_file(const struct pal_pack *pack, const char *path) {
  for (size_t i = 0; i < pack->files_n; i++)
    if (strcmp(pack->files[i].path, path) == 0)
      return &pack->files[i];
  return NULL;
}

/* Whether the file at path has other bytes in the two packs, or exists in one only. */
static bool file_differs(const struct pal_pack *a, const struct pal_pack *b, const char *path) {
  const struct pal_pack_file *left = find_file(a, path), *right = find_file(b, path);
  if (!left || !right)
    return left != right;
  return left->len != right->len || memcmp(left->bytes, right->bytes, left->len) != 0;
}

/* The table a data file fills. */
static bool mentions_changed_data(const struct pal_pack *pack, const struct pal_pack *reference, const char *sql) {
  static const char *const data[][2] = {{"data/pec-roles.json", "pec_role"},
                                        {"data/builtin-roles.json", "builtin_role"}};
  for (size_t i = 0; i < sizeof data / sizeof data[0]; i++)
    if (sql_mentions(sql, strlen(sql), data[i][1]) && file_differs(pack, reference, data[i][0]))
      return true;
  return false;
}

static bool mentions_changed_view(const struct pal_pack *pack, const char *sql) {
  for (size_t i = 0; i < pack->views_n; i++)
    if (pack->views[i].changed && sql_mentions(sql, strlen(sql), pack->views[i].name))
      return true;
  return false;
}

static void mark_changed_views(struct pal_pack *pack, const struct pal_pack *reference) {
  for (size_t i = 0; i < pack->views_n; i++)
    pack->views[i].changed = file_differs(pack, reference, pack->views[i].path) ||
                             mentions_changed_data(pack, reference, pack->views[i].sql);
  for (bool again = true; again;) {
    again = false;
    for (size_t i = 0; i < pack->views_n; i++) {
      if (!pack->views[i].changed && mentions_changed_view(pack, pack->views[i].sql))
        again = pack->views[i].changed = true;
    }
  }
}

static void mark_changed_policies(struct pal_pack *pack, const struct pal_pack *reference) {
  for (size_t i = 0; i < pack->policies_n; i++) {
    struct pal_policy *policy = &pack->policies[i].pub;
    const struct pal_policy *shipped = pal_pack_find(reference, policy->id);
    if (!pack_id_shipped(policy->id))
      continue;
    if (!shipped || strcmp(shipped->sql, policy->sql) != 0 || mentions_changed_view(pack, policy->sql) ||
        mentions_changed_data(pack, reference, policy->sql))
      policy->origin = PAL_CHANGED;
  }
}

void pack_finish(struct pal_pack *pack, const struct pal_pack *reference) {
  if (pack->policies_n)
    qsort(pack->policies, pack->policies_n, sizeof *pack->policies, by_policy_id);
  if (pack->views_n)
    qsort(pack->views, pack->views_n, sizeof *pack->views, by_view_path);
  if (pack->files_n)
    qsort(pack->files, pack->files_n, sizeof *pack->files, by_file_path);
  if (!reference)
    return;
  mark_changed_views(pack, reference);
  mark_changed_policies(pack, reference);
}

/* --- from folders --- */

struct folder {
  struct pal_pack *pack;
  const struct tables *tables;
  const char *dir;   /* the pack's folder */
  const char *below; /* "", "views/" or "data/" */
  enum pal_policy_origin origin;
};

static bool is_name_of_sqlite(const char *name) {
  return sqlite3_stricmp(name, "json_each") == 0 || sqlite3_stricmp(name, "json_tree") == 0 ||
         sqlite3_strnicmp(name, "sqlite_", 7) == 0 || sqlite3_strnicmp(name, "pragma_", 7) == 0;
}

/* A view under a name that is taken would never be asked: SQLite finds the other one, in any case of letters. */
static enum pal_code check_last_view(const struct folder *folder, const char *source, struct pal_err *err) {
  const struct pal_pack *pack = folder->pack;
  const struct pack_view *view = &pack->views[pack->views_n - 1];
  for (size_t i = 0; i + 1 < pack->views_n; i++)
    if (sqlite3_stricmp(pack->views[i].name, view->name) == 0)
      return pal_err_set(err, PAL_E_INPUT, "%s: the view %s exists already (%s)", source, view->name,
                         pack->views[i].path);
  if (tables_find(folder->tables, view->name) || tables_is_extra(view->name) || is_name_of_sqlite(view->name))
    return pal_err_set(err, PAL_E_INPUT, "%s: there is a table %s; a view needs a name of its own", source, view->name);
  return PAL_OK;
}

static enum pal_code add_from_folder(void *payload, const char *name, struct pal_err *err) {
  const struct folder *folder = payload;
  char path[PAL_PATH_MAX];
  if (snprintf(path, sizeof path, "%s%s", folder->below, name) >= (int)sizeof path || part_of(path) == PART_NONE)
    return PAL_OK; /* README, cases, editors' leavings: no part of a pack */
  struct pal_buf bytes;
  pal_buf_init(&bytes, PACK_DATA_BYTES_MAX);
  const char *source = pal_arena_printf(folder->pack->arena, "%s/%s", folder->dir, path);
  enum pal_code code =
      source ? pal_file_read(source, "policy file", 0, PACK_DATA_BYTES_MAX, &bytes, err) : pal_err_nomem(err);
  if (code == PAL_OK)
    code = pack_add(folder->pack, path, source, bytes.data, bytes.len, folder->origin, err);
  if (code == PAL_OK && part_of(path) == PART_VIEW)
    code = check_last_view(folder, source, err);
  pal_buf_deinit(&bytes);
  return code;
}

static enum pal_code add_folder(struct pal_pack *pack, const struct tables *tables, const char *dir,
                                enum pal_policy_origin origin, struct pal_err *err) {
  static const char *const parts[] = {"", "views/", "data/"};
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    struct folder folder = {.pack = pack, .tables = tables, .dir = dir, .below = parts[i], .origin = origin};
    const char *path = pal_arena_printf(pack->arena, "%s/%s", dir, parts[i]);
    if (!path)
      return pal_err_nomem(err);
    if (i > 0 && !pal_path_exists(path))
      continue;
    enum pal_code code = pal_dir_each(path, add_from_folder, &folder, err);
    if (code != PAL_OK)
      return i == 0 && code == PAL_E_NOTFOUND ? pal_err_set(err, PAL_E_INPUT, "no folder of policies at %s", dir)
                                              : code;
  }
  return PAL_OK;
}

enum pal_code pal_pack_load(const char *shipped, const char *const *directories, size_t n, struct pal_pack **ret,
                            struct pal_err *err) {
  struct pal_pack *pack = NULL;
  enum pal_code code = pack_new(&pack, err);
  if (code != PAL_OK)
    return code;
  struct tables tables;
  code = tables_new(pack->arena, &tables, err);
  if (code == PAL_OK)
    code = add_folder(pack, &tables, shipped, PAL_SHIPPED, err);
  for (size_t i = 0; i < n && code == PAL_OK; i++)
    code = add_folder(pack, &tables, directories[i], PAL_OWN, err);
  if (code == PAL_OK) {
    pack_finish(pack, NULL);
    code = pack_find_asks(pack, err);
  }
  if (code != PAL_OK) {
    pal_pack_free(pack);
    return code;
  }
  *ret = pack;
  return PAL_OK;
}

/* --- from a snapshot --- */

/* The id decides: a snapshot does not say which folder a file came from. */
static enum pal_policy_origin origin_of(const struct pal_pack_file *file) {
  const char *dot = strchr(file->path, '.');
  char id[PAL_NAME_MAX] = "";
  if (dot && (size_t)(dot - file->path) < sizeof id)
    memcpy(id, file->path, (size_t)(dot - file->path));
  return pack_id_shipped(id) ? PAL_SHIPPED : PAL_OWN;
}

enum pal_code pal_pack_from_files(const struct pal_pack_file *files, size_t n, const struct pal_pack *shipped_reference,
                                  struct pal_pack **ret, struct pal_err *err) {
  struct pal_pack *pack = NULL;
  enum pal_code code = pack_new(&pack, err);
  if (code != PAL_OK)
    return code;
  for (size_t i = 0; i < n && code == PAL_OK; i++) {
    const char *source = pal_arena_printf(pack->arena, "inputs/policies/%s", files[i].path);
    code = source ? pack_add(pack, files[i].path, source, files[i].bytes, files[i].len, origin_of(&files[i]), err)
                  : pal_err_nomem(err);
  }
  if (code == PAL_OK) {
    pack_finish(pack, shipped_reference);
    code = pack_find_asks(pack, err);
  }
  if (code != PAL_OK) {
    pal_pack_free(pack);
    return code;
  }
  *ret = pack;
  return PAL_OK;
}

/* --- accessors --- */

size_t pal_pack_n(const struct pal_pack *pack) {
  return pack->policies_n;
}

const struct pal_policy *pal_pack_at(const struct pal_pack *pack, size_t i) {
  return i < pack->policies_n ? &pack->policies[i].pub : NULL;
}

const struct pal_policy *pal_pack_find(const struct pal_pack *pack, const char *id) {
  for (size_t i = 0; i < pack->policies_n; i++)
    if (strcmp(pack->policies[i].pub.id, id) == 0)
      return &pack->policies[i].pub;
  return NULL;
}

size_t pal_pack_files_n(const struct pal_pack *pack) {
  return pack->files_n;
}

const struct pal_pack_file *pal_pack_file_at(const struct pal_pack *pack, size_t i) {
  return i < pack->files_n ? &pack->files[i] : NULL;
}
