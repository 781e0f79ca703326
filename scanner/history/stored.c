/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_stored.h"

#include <stdio.h>
#include <string.h>

static bool is_shard(const char *name) {
  return strlen(name) == 2 && strspn(name, "0123456789abcdef") == 2;
}

enum pal_code pal_stored_tenants(struct pal_repo *repo, const struct pal_oid *tree, struct pal_arena *arena,
                                 struct pal_texts *ret, struct pal_err *err) {
  struct pal_entry tenants;
  size_t cap = 0;
  *ret = (struct pal_texts){0};
  struct pal_err missing = {0};
  enum pal_code code = pal_repo_find(repo, tree, "tenants", &tenants, &missing);
  if (code == PAL_E_NOTFOUND)
    return PAL_OK;
  if (code != PAL_OK) {
    *err = missing;
    return code;
  }
  struct pal_tree shards;
  code = pal_repo_tree(repo, &tenants.id, arena, &shards, err);
  for (size_t i = 0; code == PAL_OK && i < shards.n; i++) {
    if (!shards.v[i].is_tree || !is_shard(shards.v[i].name))
      return pal_err_set(err, PAL_E_VERIFY, "tenants/%s is no part of a snapshot", shards.v[i].name);
    struct pal_tree ids;
    code = pal_repo_tree(repo, &shards.v[i].id, arena, &ids, err);
    for (size_t k = 0; code == PAL_OK && k < ids.n; k++) {
      struct pal_tenant_id id;
      if (!ids.v[k].is_tree || pal_tenant_id_parse(ids.v[k].name, &id, NULL) != PAL_OK ||
          strcmp(id.s, ids.v[k].name) != 0 || strncmp(id.s, shards.v[i].name, 2) != 0)
        return pal_err_set(err, PAL_E_VERIFY, "tenants/%s/%s is no tenant's folder", shards.v[i].name, ids.v[k].name);
      const char **grown = pal_arena_grow(arena, ret->v, ret->n, &cap, sizeof(*ret->v));
      if (grown == NULL)
        return pal_err_nomem(err);
      ret->v = grown;
      ret->v[ret->n++] = ids.v[k].name;
    }
  }
  return code;
}

static void tenant_path(const char *tenant_id, char out[64]) {
  (void)snprintf(out, 64, "tenants/%.2s/%s", tenant_id, tenant_id);
}

enum pal_code pal_stored_tenant_tree(struct pal_repo *repo, const struct pal_oid *tree, const char *tenant_id,
                                     struct pal_oid *ret, struct pal_err *err) {
  char path[64];
  struct pal_entry entry;
  tenant_path(tenant_id, path);
  enum pal_code code = pal_repo_find(repo, tree, path, &entry, err);
  if (code != PAL_OK)
    return code;
  if (!entry.is_tree)
    return pal_err_set(err, PAL_E_VERIFY, "%s is no folder", path);
  *ret = entry.id;
  return PAL_OK;
}

struct reading {
  struct pal_repo *repo;
  const struct pal_stored_hooks *hooks;
  struct pal_docs *docs;
  struct pal_buf bytes;
};

static enum pal_code read_doc(struct reading *reading, const char *path, const struct pal_oid *id,
                              struct pal_err *err) {
  struct pal_doc where;
  enum pal_code code = pal_doc_parse_path(path, &where, err);
  if (code != PAL_OK)
    return code;
  const struct pal_stored_hooks *hooks = reading->hooks;
  if (hooks != NULL && hooks->object != NULL && (code = hooks->object(hooks->payload, id, err)) != PAL_OK)
    return code;
  if (hooks != NULL && hooks->wants != NULL && !hooks->wants(hooks->payload, where.file))
    return PAL_OK;
  code = pal_repo_blob(reading->repo, id, &reading->bytes, err);
  if (code != PAL_OK)
    return pal_err_wrap(err, "%s", path);
  struct pal_doc *doc =
      pal_docs_get(reading->docs, where.file->id, &where.tenant, where.id.s[0] != '\0' ? where.id.s : NULL);
  if (doc == NULL)
    return pal_err_nomem(err);
  return pal_doc_decode(reading->docs->arena, reading->bytes.data, reading->bytes.len, doc, err);
}

static enum pal_code on_tenant_blob(void *payload, const char *path, const struct pal_oid *id, struct pal_err *err) {
  return read_doc(payload, path, id, err);
}

struct objects {
  struct pal_repo *repo;
  struct pal_arena *arena;
  pal_object_fn *each;
  void *payload;
};

/* A folder and all below it; each tree is told after it was read, its hash checked. */
static enum pal_code tell(const struct objects *o, const struct pal_oid *id, bool blobs, const char *but, int depth,
                          struct pal_err *err) {
  enum { DEPTH_MAX = 16 };
  struct pal_tree tree;
  if (depth > DEPTH_MAX)
    return pal_err_set(err, PAL_E_VERIFY, "folders nested deeper than %d", (int)DEPTH_MAX);
  enum pal_code code = pal_repo_tree(o->repo, id, o->arena, &tree, err);
  if (code == PAL_OK)
    code = o->each(o->payload, id, err);
  for (size_t i = 0; code == PAL_OK && i < tree.n; i++) {
    if (tree.v[i].is_tree && (but == NULL || strcmp(tree.v[i].name, but) != 0))
      code = tell(o, &tree.v[i].id, blobs, NULL, depth + 1, err);
    else if (!tree.v[i].is_tree && blobs)
      code = o->each(o->payload, &tree.v[i].id, err);
  }
  return code;
}

static enum pal_code tell_all(struct pal_repo *repo, const struct pal_oid *id, bool blobs, const char *but,
                              pal_object_fn *each, void *payload, struct pal_err *err) {
  struct objects o = {.repo = repo, .arena = pal_arena_new(0), .each = each, .payload = payload};
  if (o.arena == NULL)
    return pal_err_nomem(err);
  enum pal_code code = tell(&o, id, blobs, but, 0, err);
  pal_arena_free(o.arena);
  return code;
}

enum pal_code pal_stored_objects(struct pal_repo *repo, const struct pal_oid *tree, pal_object_fn *each, void *payload,
                                 struct pal_err *err) {
  return tell_all(repo, tree, true, "tenants", each, payload, err);
}

enum pal_code pal_stored_tenant(struct pal_repo *repo, const struct pal_oid *tree, const char *tenant_id,
                                const struct pal_stored_hooks *hooks, struct pal_docs *ret, struct pal_err *err) {
  struct pal_oid folder;
  char prefix[64];
  enum pal_code code = pal_stored_tenant_tree(repo, tree, tenant_id, &folder, err);
  if (code != PAL_OK)
    return code;
  tenant_path(tenant_id, prefix);
  struct reading reading = {.repo = repo, .hooks = hooks, .docs = ret};
  pal_buf_init(&reading.bytes, PAL_OBJECT_MAX);
  code = pal_repo_walk(repo, &folder, prefix, on_tenant_blob, &reading, err);
  if (code == PAL_OK && hooks != NULL && hooks->object != NULL)
    code = tell_all(repo, &folder, false, NULL, hooks->object, hooks->payload, err);
  pal_buf_deinit(&reading.bytes);
  if (code == PAL_OK)
    pal_docs_sort(ret);
  return code;
}

enum pal_code pal_stored_root(struct pal_repo *repo, const struct pal_oid *tree, struct pal_docs *ret,
                              struct pal_err *err) {
  struct pal_tree root;
  struct reading reading = {.repo = repo, .docs = ret};
  pal_buf_init(&reading.bytes, PAL_OBJECT_MAX);
  enum pal_code code = pal_repo_tree(repo, tree, ret->arena, &root, err);
  for (size_t i = 0; code == PAL_OK && i < root.n; i++) {
    const struct pal_entry *entry = &root.v[i];
    if (!entry->is_tree) {
      code = read_doc(&reading, entry->name, &entry->id, err);
      continue;
    }
    if (strcmp(entry->name, "tenants") == 0 || strcmp(entry->name, "partner") == 0)
      continue;
    struct pal_tree folder;
    code = pal_repo_tree(repo, &entry->id, ret->arena, &folder, err);
    for (size_t k = 0; code == PAL_OK && k < folder.n; k++) {
      if (folder.v[k].is_tree && strcmp(entry->name, "inputs") == 0 && strcmp(folder.v[k].name, "policies") == 0)
        continue;
      const char *path = pal_arena_printf(ret->arena, "%s/%s", entry->name, folder.v[k].name);
      if (path == NULL)
        code = pal_err_nomem(err);
      else if (folder.v[k].is_tree)
        code = pal_err_set(err, PAL_E_VERIFY, "%s is no part of a snapshot", path);
      else
        code = read_doc(&reading, path, &folder.v[k].id, err);
    }
  }
  pal_buf_deinit(&reading.bytes);
  if (code == PAL_OK)
    pal_docs_sort(ret);
  return code;
}

static bool is_pack_data(const char *name) {
  return strcmp(name, "builtin-roles.json") == 0 || strcmp(name, "pec-roles.json") == 0;
}

bool pal_stored_is_policy(const char *name) {
  if (strncmp(name, "data/", 5) == 0)
    return is_pack_data(name + 5);
  if (strncmp(name, "views/", 6) == 0)
    name += 6;
  size_t len = strlen(name);
  return *name != '.' && len > 4 && strcmp(name + len - 4, ".sql") == 0 &&
         strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == len;
}

struct policies {
  struct pal_repo *repo;
  struct pal_arena *arena;
  struct pal_stored_file *v;
  size_t n, cap;
  struct pal_buf bytes;
};

static enum pal_code on_policy_blob(void *payload, const char *path, const struct pal_oid *id, struct pal_err *err) {
  struct policies *p = payload;
  enum pal_code code = pal_repo_blob(p->repo, id, &p->bytes, err);
  if (code != PAL_OK)
    return code;
  struct pal_stored_file *grown = pal_arena_grow(p->arena, p->v, p->n, &p->cap, sizeof(*p->v));
  char *name = pal_arena_strdup(p->arena, path), *bytes = pal_arena_strndup(p->arena, p->bytes.data, p->bytes.len);
  if (grown == NULL || name == NULL || bytes == NULL)
    return pal_err_nomem(err);
  p->v = grown;
  p->v[p->n++] = (struct pal_stored_file){name, bytes, p->bytes.len};
  return PAL_OK;
}

enum pal_code pal_stored_policies(struct pal_repo *repo, const struct pal_oid *tree, struct pal_arena *arena,
                                  struct pal_stored_file **ret, size_t *ret_n, struct pal_err *err) {
  struct pal_entry folder;
  struct policies p = {.repo = repo, .arena = arena};
  enum pal_code code = pal_repo_find(repo, tree, "inputs/policies", &folder, err);
  if (code != PAL_OK)
    return code;
  pal_buf_init(&p.bytes, PAL_OBJECT_MAX);
  code = pal_repo_walk(repo, &folder.id, "", on_policy_blob, &p, err);
  pal_buf_deinit(&p.bytes);
  *ret = p.v;
  *ret_n = p.n;
  return code;
}
