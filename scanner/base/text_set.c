/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_text_set.h"

#include <string.h>

enum { SLOTS_FIRST = 64 };

void pal_text_set_init(struct pal_text_set *set, struct pal_arena *arena) {
  *set = (struct pal_text_set){.arena = arena};
}

/* FNV-1a */
static size_t hash_of(const char *text) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (; *text; text++)
    hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
  return (size_t)(hash ^ hash >> 32);
}

/* Where the text is, or would be. */
static size_t slot_of(const struct pal_text_set *set, const char *text) {
  size_t at = hash_of(text) & (set->slots_n - 1);
  while (set->slots[at] && strcmp(set->v[set->slots[at] - 1], text) != 0)
    at = (at + 1) & (set->slots_n - 1);
  return at;
}

/* At most half of the slots are taken. What they stood in before stays in the arena. */
static bool make_room(struct pal_text_set *set) {
  if (set->n >= PAL_TEXT_SET_MAX)
    return false;
  const char **grown = pal_arena_grow(set->arena, set->v, set->n, &set->cap, sizeof *grown);
  if (!grown)
    return false;
  set->v = grown;
  if (2 * (set->n + 1) <= set->slots_n)
    return true;
  size_t n = set->slots_n ? 2 * set->slots_n : SLOTS_FIRST;
  uint32_t *slots = pal_arena_calloc(set->arena, n, sizeof *slots);
  if (!slots)
    return false;
  set->slots = slots;
  set->slots_n = n;
  for (size_t i = 0; i < set->n; i++)
    set->slots[slot_of(set, set->v[i])] = (uint32_t)i + 1;
  return true;
}

static enum pal_code add(struct pal_text_set *set, const char *text, bool copies, size_t *ret_number, bool *ret_new,
                         struct pal_err *err) {
  *ret_new = false;
  if (set->slots_n) {
    uint32_t known = set->slots[slot_of(set, text)];
    *ret_number = known ? known - 1 : 0;
    if (known)
      return PAL_OK;
  }
  const char *kept = text;
  if (!make_room(set) || (copies && !(kept = pal_arena_strdup(set->arena, text))))
    return pal_err_nomem(err);
  set->v[set->n++] = kept;
  set->slots[slot_of(set, text)] = (uint32_t)set->n;
  *ret_number = set->n - 1;
  *ret_new = true;
  return PAL_OK;
}

enum pal_code pal_text_set_add(struct pal_text_set *set, const char *text, size_t *ret_number, bool *ret_new,
                               struct pal_err *err) {
  return add(set, text, true, ret_number, ret_new, err);
}

enum pal_code pal_text_set_borrow(struct pal_text_set *set, const char *text, size_t *ret_number, bool *ret_new,
                                  struct pal_err *err) {
  return add(set, text, false, ret_number, ret_new, err);
}
