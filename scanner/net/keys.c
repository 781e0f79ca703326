/* SPDX-License-Identifier: Apache-2.0 */
#include "keys.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_FIRST_CAP = 256 /* a power of two */ };

struct net_key_slot {
  struct net_key key;
  uint32_t number;
  bool used;
};

enum pal_code net_key_make(const char *identity, const char *tenant, const char *method, const char *url,
                           const char *digest, struct net_key *ret, struct pal_err *err) {
  const char *const parts[] = {identity, tenant, method, url, digest};
  struct pal_hash *hash = NULL;
  enum pal_code code = pal_hash_new(PAL_SHA256, &hash, err);
  if (code == PAL_OK)
    code = pal_hash_start(hash, err);
  for (size_t i = 0; i < sizeof parts / sizeof parts[0] && code == PAL_OK; i++)
    code = pal_hash_add(hash, parts[i], strlen(parts[i]) + 1, err); /* the NUL keeps them apart */
  if (code == PAL_OK)
    code = pal_hash_finish(hash, ret->bytes, err);
  pal_hash_free(hash);
  return code;
}

void net_keys_deinit(struct net_keys *keys) {
  free(keys->slots);
  *keys = (struct net_keys){0};
}

/* The slot of the key, or the free one where it belongs. */
static struct net_key_slot *find(struct net_key_slot *slots, size_t cap, const struct net_key *key) {
  uint64_t start;
  memcpy(&start, key->bytes, sizeof start);
  size_t i = (size_t)start & (cap - 1);
  while (slots[i].used && memcmp(&slots[i].key, key, sizeof *key) != 0)
    i = (i + 1) & (cap - 1);
  return &slots[i];
}

static bool grow(struct net_keys *keys) {
  size_t cap = keys->cap ? keys->cap * 2 : KEYS_FIRST_CAP;
  struct net_key_slot *slots = calloc(cap, sizeof *slots);
  if (!slots)
    return false;
  for (size_t i = 0; i < keys->cap; i++)
    if (keys->slots[i].used)
      *find(slots, cap, &keys->slots[i].key) = keys->slots[i];
  free(keys->slots);
  keys->slots = slots;
  keys->cap = cap;
  return true;
}

uint32_t *net_keys_at(struct net_keys *keys, const struct net_key *key) {
  if (keys->n * 2 >= keys->cap && !grow(keys))
    return NULL;
  struct net_key_slot *slot = find(keys->slots, keys->cap, key);
  if (!slot->used) {
    slot->used = true;
    slot->key = *key;
    keys->n++;
  }
  return &slot->number;
}
