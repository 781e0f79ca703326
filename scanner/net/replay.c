/* SPDX-License-Identifier: Apache-2.0 */
#include "replay.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "har.h"
#include "pal_file.h"
#include "text.h"

enum { FILES_MAX = 16 /* kept in memory */ };

/* One exchange and where it belongs. */
struct entry {
  struct net_key key;
  size_t position; /* in the file */
  const struct net_exchange *exchange;
};

/* One HAR, its exchanges sorted by key and then as recorded. */
struct file {
  char identity[PAL_NAME_MAX + 1];
  struct pal_tenant_id tenant;
  struct pal_arena *arena; /* NULL: free */
  struct entry *entries;
  const struct net_exchange **sorted; /* of the entries */
  size_t n;
  uint64_t used;
};

struct net_replay {
  char *dir;
  struct file files[FILES_MAX];
  uint64_t clock;
  struct net_keys turns;
};

enum pal_code net_replay_new(const char *dir, struct net_replay **ret, struct pal_err *err) {
  struct net_replay *replay = calloc(1, sizeof *replay);
  if (replay)
    replay->dir = strdup(dir);
  if (!replay || !replay->dir) {
    free(replay);
    return pal_err_nomem(err);
  }
  *ret = replay;
  return PAL_OK;
}

static void forget(struct file *file) {
  pal_arena_free(file->arena);
  *file = (struct file){0};
}

void net_replay_free(struct net_replay *replay) {
  if (!replay)
    return;
  for (size_t i = 0; i < FILES_MAX; i++)
    forget(&replay->files[i]);
  net_keys_deinit(&replay->turns);
  free(replay->dir);
  free(replay);
}

/* --- files --- */

static int cmp_entry(const void *a, const void *b) {
  const struct entry *x = a, *y = b;
  int order = memcmp(&x->key, &y->key, sizeof x->key);
  if (order)
    return order;
  return x->position < y->position ? -1 : x->position > y->position;
}

static enum pal_code index_file(struct file *file, const struct net_exchanges *list, struct pal_err *err) {
  file->entries = pal_arena_calloc(file->arena, list->n + 1, sizeof *file->entries);
  file->sorted = pal_arena_calloc(file->arena, list->n + 1, sizeof *file->sorted);
  if (!file->entries || !file->sorted)
    return pal_err_nomem(err);
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < list->n && code == PAL_OK; i++) {
    const struct net_exchange *exchange = &list->v[i];
    char digest[NET_DIGEST_CAP];
    code = net_body_digest(exchange->body, strlen(exchange->body), digest, err);
    if (code == PAL_OK)
      code = net_key_make(file->identity, file->tenant.s, exchange->method, exchange->url, digest,
                          &file->entries[i].key, err);
    file->entries[i].position = i;
    file->entries[i].exchange = exchange;
  }
  if (code != PAL_OK)
    return code;
  file->n = list->n;
  qsort(file->entries, file->n, sizeof *file->entries, cmp_entry);
  for (size_t i = 0; i < file->n; i++)
    file->sorted[i] = file->entries[i].exchange;
  return PAL_OK;
}

static enum pal_code fill(struct file *file, const char *path, struct pal_err *err) {
  struct net_exchanges list = {0};
  struct pal_buf text;
  pal_buf_init(&text, NET_HAR_BYTES_MAX);
  file->arena = pal_arena_new(0); /* bounded by the bytes of the file */
  enum pal_code code = file->arena ? PAL_OK : pal_err_nomem(err);
  if (code == PAL_OK)
    code = pal_file_read(path, "recording", 0, NET_HAR_BYTES_MAX, &text, err);
  if (code == PAL_OK)
    code = net_har_read(file->arena, text.data, text.len, path, &list, err);
  pal_buf_deinit(&text);
  if (code == PAL_OK)
    code = index_file(file, &list, err);
  return code;
}

static enum pal_code missing(const struct net_replay *replay, const struct net_request *request, const char *why,
                             struct pal_err *err) {
  struct pal_buf shown;
  enum pal_code code = pal_err_set(
      err, PAL_E_RECORDING, "recording %s: %s: identity %s, tenant %s, %s %s (body sha256 %s)", replay->dir, why,
      request->identity, request->tenant.s, request->method, net_shown(&shown, request->url), request->digest);
  pal_buf_deinit(&shown);
  return code;
}

static enum pal_code load(struct net_replay *replay, struct file *file, const struct net_request *request,
                          struct pal_err *err) {
  struct pal_buf path;
  pal_buf_init(&path, SIZE_MAX);
  pal_buf_printf(&path, "%s/%s/%s.har", replay->dir, request->identity, request->tenant.s);
  enum pal_code code = pal_buf_check(&path, "a path", err);
  forget(file);
  memcpy(file->identity, request->identity, sizeof file->identity);
  file->tenant = request->tenant;
  if (code == PAL_OK && !pal_path_exists(path.data))
    code = missing(replay, request, "has no file of this identity and tenant", err);
  if (code == PAL_OK)
    code = fill(file, path.data, err);
  if (code != PAL_OK)
    forget(file);
  pal_buf_deinit(&path);
  return code;
}

/* The file of the request: in memory, or read in the place of the one unused for longest. */
static enum pal_code find_file(struct net_replay *replay, const struct net_request *request, struct file **ret,
                               struct pal_err *err) {
  struct file *oldest = &replay->files[0];
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < FILES_MAX; i++) {
    struct file *file = &replay->files[i];
    if (file->arena && strcmp(file->identity, request->identity) == 0 &&
        strcmp(file->tenant.s, request->tenant.s) == 0) {
      file->used = ++replay->clock;
      *ret = file;
      return PAL_OK;
    }
    if (file->used < oldest->used)
      oldest = file;
  }
  code = load(replay, oldest, request, err);
  if (code == PAL_OK) {
    oldest->used = ++replay->clock;
    *ret = oldest;
  }
  return code;
}

/* --- answers --- */

enum pal_code net_replay_turn(struct net_replay *replay, const struct net_request *request, uint32_t *ret,
                              struct pal_err *err) {
  uint32_t *given = net_keys_at(&replay->turns, &request->key);
  if (!given)
    return pal_err_nomem(err);
  if (!request->retry || *given == 0)
    ++*given;
  *ret = *given - 1;
  return PAL_OK;
}

/* The first entry whose key is not smaller. */
static size_t lower_bound(const struct file *file, const struct net_key *key) {
  size_t low = 0, high = file->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (memcmp(&file->entries[middle].key, key, sizeof *key) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

enum pal_code net_replay_answer(struct net_replay *replay, const struct net_request *request, uint32_t turn,
                                struct net_replayed *ret, struct pal_err *err) {
  struct file *file = NULL;
  enum pal_code code = find_file(replay, request, &file, err);
  if (code != PAL_OK)
    return code;
  size_t start = lower_bound(file, &request->key);
  size_t end = start, settled = 0, chosen = 0;
  for (; end < file->n && memcmp(&file->entries[end].key, &request->key, sizeof request->key) == 0; end++)
    if (!file->sorted[end]->superseded && settled++ <= turn)
      chosen = end - start;
  if (settled == 0)
    return missing(replay, request, "has no such exchange", err);
  *ret = (struct net_replayed){.exchange = file->sorted[start + chosen], .file = file->sorted, .file_n = file->n};
  return PAL_OK;
}
