/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "history.h"

enum { FIRST_CAP = 1024 };

/* Here and not in oid.c: these two are most of what a quiet night does. */
static inline bool same(const struct pal_oid *a, const struct pal_oid *b) {
  return memcmp(a->b, b->b, sizeof a->b) == 0;
}

static inline bool empty(const struct pal_oid *id) {
  static const struct pal_oid zero;
  return same(id, &zero);
}

/* An id is a digest already; any eight of its bytes are a good hash. */
static size_t place(const struct pal_idset *set, const struct pal_oid *id) {
  uint64_t hash;
  memcpy(&hash, id->b, sizeof hash);
  size_t i = (size_t)hash & (set->cap - 1);
  while (!empty(&set->v[i]) && !same(&set->v[i], id))
    i = (i + 1) & (set->cap - 1);
  return i;
}

static enum pal_code grow(struct pal_idset *set, struct pal_err *err) {
  struct pal_idset larger = {.cap = set->cap ? set->cap * 2 : FIRST_CAP, .n = set->n};
  larger.v = calloc(larger.cap, sizeof *larger.v);
  if (!larger.v)
    return pal_err_nomem(err);
  for (size_t i = 0; i < set->cap; i++)
    if (!empty(&set->v[i]))
      larger.v[place(&larger, &set->v[i])] = set->v[i];
  free(set->v);
  *set = larger;
  return PAL_OK;
}

enum pal_code pal_idset_add(struct pal_idset *set, const struct pal_oid *id, struct pal_err *err) {
  if (empty(id))
    return pal_err_set(err, PAL_E_INTERNAL, "the zero id names no object");
  if (set->n >= set->cap / 4 * 3) {
    enum pal_code code = grow(set, err);
    if (code != PAL_OK)
      return code;
  }
  size_t i = place(set, id);
  if (empty(&set->v[i])) {
    set->v[i] = *id;
    set->n++;
  }
  return PAL_OK;
}

bool pal_idset_has(const struct pal_idset *set, const struct pal_oid *id) {
  return set->n && !empty(id) && !empty(&set->v[place(set, id)]);
}

void pal_idset_deinit(struct pal_idset *set) {
  free(set->v);
  *set = (struct pal_idset){0};
}
