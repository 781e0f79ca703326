/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_disclosure.c - the disclosure root of a run: one customer's facts can
 * later be proven against a signed night without showing another customer's
 * id, name or their number.
 *
 *   tenant digest = SHA-256 of "<sha256>  <path>\n" lines sorted by path
 *   salt          = HMAC-SHA-256(key, run 00 tenant)
 *   leaf          = SHA-256(00, salt 00 tenant 00 digest)
 *   node          = SHA-256(01, left, right)            (RFC 6962)
 *   padding leaf  = HMAC-SHA-256(key, run 00 "pad" 00 number): nobody without the
 *                   key can tell it from a leaf, who has the key can make it again
 * Leaves are padded to a power of two and sorted by hash.
 */
#include <stdlib.h>
#include <string.h>

#include "run_internal.h"

struct leaf_file {
  char *line; /* "<sha256>  <path>\n" */
  const char *path;
  char tenant[PAL_GUID_LEN + 1];
};

struct pal_leafs {
  struct pal_arena *arena;
  struct leaf_file *v;
  size_t n, cap;
};

typedef struct {
  uint8_t b[PAL_SHA256_LEN];
} digest_t;

struct pal_leafs *pal_leafs_new(void) {
  struct pal_leafs *leafs = calloc(1, sizeof(*leafs));
  if (leafs == NULL || (leafs->arena = pal_arena_new(0)) == NULL) {
    free(leafs);
    return NULL;
  }
  return leafs;
}

void pal_leafs_free(struct pal_leafs *leafs) {
  if (leafs == NULL)
    return;
  pal_arena_free(leafs->arena);
  free(leafs);
}

enum pal_code pal_leafs_add(struct pal_leafs *leafs, const char *tenant_id, const char *path, const void *bytes,
                            size_t len, struct pal_err *err) {
  uint8_t digest[PAL_SHA256_LEN];
  char hex[2 * PAL_SHA256_LEN + 1];
  enum pal_code code = pal_sha256(bytes, len, digest, err);
  if (code != PAL_OK)
    return code;
  pal_hex(digest, sizeof(digest), hex);
  struct leaf_file *grown = pal_arena_grow(leafs->arena, leafs->v, leafs->n, &leafs->cap, sizeof(*grown));
  char *line = pal_arena_printf(leafs->arena, "%s  %s\n", hex, path);
  if (grown == NULL || line == NULL)
    return pal_err_nomem(err);
  leafs->v = grown;
  struct leaf_file *file = &leafs->v[leafs->n++];
  *file = (struct leaf_file){.line = line, .path = line + 2 * PAL_SHA256_LEN + 2};
  (void)snprintf(file->tenant, sizeof(file->tenant), "%s", tenant_id);
  return PAL_OK;
}

static int by_tenant_path(const void *a, const void *b) {
  const struct leaf_file *x = a, *y = b;
  int cmp = strcmp(x->tenant, y->tenant);
  return cmp != 0 ? cmp : strcmp(x->path, y->path);
}

static int by_digest(const void *a, const void *b) {
  return memcmp(a, b, sizeof(digest_t));
}

static enum pal_code make_leaf(struct pal_hash *hash, const struct leaf_file *files, size_t n, const uint8_t *key,
                               size_t key_len, const char *run_id, digest_t *ret, struct pal_err *err) {
  uint8_t digest[PAL_SHA256_LEN], salt[PAL_SHA256_LEN];
  char message[2 * PAL_GUID_LEN + 2];
  enum pal_code code = pal_hash_start(hash, err);
  for (size_t i = 0; code == PAL_OK && i < n; i++)
    code = pal_hash_add(hash, files[i].line, strlen(files[i].line), err);
  if (code == PAL_OK)
    code = pal_hash_finish(hash, digest, err);
  int len = snprintf(message, sizeof(message), "%s%c%s", run_id, '\0', files[0].tenant);
  if (code == PAL_OK)
    code = pal_hmac_sha256(key, key_len, message, (size_t)len, salt, err);
  if (code == PAL_OK)
    code = pal_hash_start(hash, err);
  if (code == PAL_OK)
    code = pal_hash_add(hash, "\0", 1, err);
  if (code == PAL_OK)
    code = pal_hash_add(hash, salt, sizeof(salt), err);
  if (code == PAL_OK)
    code = pal_hash_add(hash, "\0", 1, err);
  if (code == PAL_OK)
    code = pal_hash_add(hash, files[0].tenant, PAL_GUID_LEN, err);
  if (code == PAL_OK)
    code = pal_hash_add(hash, "\0", 1, err);
  if (code == PAL_OK)
    code = pal_hash_add(hash, digest, sizeof(digest), err);
  if (code == PAL_OK)
    code = pal_hash_finish(hash, ret->b, err);
  return code;
}

static enum pal_code fold(struct pal_hash *hash, digest_t *nodes, size_t n, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (; code == PAL_OK && n > 1; n /= 2)
    for (size_t i = 0; code == PAL_OK && i < n; i += 2) {
      code = pal_hash_start(hash, err);
      if (code == PAL_OK)
        code = pal_hash_add(hash, "\1", 1, err);
      if (code == PAL_OK)
        code = pal_hash_add(hash, nodes[i].b, sizeof(digest_t), err);
      if (code == PAL_OK)
        code = pal_hash_add(hash, nodes[i + 1].b, sizeof(digest_t), err);
      if (code == PAL_OK)
        code = pal_hash_finish(hash, nodes[i / 2].b, err);
    }
  return code;
}

enum pal_code pal_leafs_root(struct pal_leafs *leafs, const uint8_t *key, size_t key_len, const char *run_id,
                             char out[65], struct pal_err *err) {
  struct pal_hash *hash = NULL;
  enum pal_code code = pal_hash_new(PAL_SHA256, &hash, err);
  if (code != PAL_OK)
    return code;
  if (leafs->n > 1)
    qsort(leafs->v, leafs->n, sizeof(*leafs->v), by_tenant_path);
  size_t tenants = 0;
  for (size_t i = 0; i < leafs->n; i++)
    if (i == 0 || strcmp(leafs->v[i].tenant, leafs->v[i - 1].tenant) != 0)
      tenants++;
  size_t width = 1;
  while (width < tenants)
    width *= 2;
  digest_t *nodes = calloc(width, sizeof(*nodes));
  if (nodes == NULL)
    code = pal_err_nomem(err);
  size_t n = 0;
  for (size_t i = 0; code == PAL_OK && i < leafs->n;) {
    size_t end = i + 1;
    while (end < leafs->n && strcmp(leafs->v[end].tenant, leafs->v[i].tenant) == 0)
      end++;
    code = make_leaf(hash, leafs->v + i, end - i, key, key_len, run_id, &nodes[n++], err);
    i = end;
  }
  for (size_t i = 0; code == PAL_OK && n < width; i++) {
    char message[PAL_GUID_LEN + 32];
    int len = snprintf(message, sizeof(message), "%s%cpad%c%zu", run_id, '\0', '\0', i);
    code = pal_hmac_sha256(key, key_len, message, (size_t)len, nodes[n++].b, err);
  }
  if (code == PAL_OK) {
    qsort(nodes, width, sizeof(*nodes), by_digest);
    code = fold(hash, nodes, width, err);
  }
  if (code == PAL_OK)
    pal_hex(nodes[0].b, sizeof(digest_t), out);
  free(nodes);
  pal_hash_free(hash);
  return code;
}
