/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "change_rules.h"

/*
 * Privileged Identity Management shows one grant twice: as a schedule instance
 * and as the plain role assignment it made (originRoleAssignmentId). Here each
 * is told once: an activation by its instance, a standing assignment by the
 * assignment.
 */

static bool is_activation(const struct pal_record *pim) {
  const char *kind = pal_get_text(pim, PAL_PIM_KIND);
  const char *type = pal_get_text(pim, PAL_PIM_ASSIGNMENT_TYPE);
  return kind && strcmp(kind, "active") == 0 && type && strcmp(type, "Activated") == 0;
}

static bool is_active(const struct pal_record *pim) {
  const char *kind = pal_get_text(pim, PAL_PIM_KIND);
  return kind && strcmp(kind, "active") == 0;
}

/* --- sets of assignment ids --- */

struct ids {
  const char **v;
  size_t n, cap;
};

static enum pal_code ids_add(struct ids *ids, const char *id, struct pal_err *err) {
  if (!id)
    return PAL_OK;
  if (ids->n == ids->cap) {
    size_t cap = ids->cap ? ids->cap * 2 : 64;
    const char **v = realloc(ids->v, cap * sizeof *v);
    if (!v)
      return pal_err_nomem(err);
    ids->v = v;
    ids->cap = cap;
  }
  ids->v[ids->n++] = id;
  return PAL_OK;
}

static int compare_ids(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void ids_sort(struct ids *ids) {
  if (ids->n)
    qsort(ids->v, ids->n, sizeof *ids->v, compare_ids);
}

static bool ids_have(const struct ids *ids, const char *id) {
  return id && ids->n && bsearch(&id, ids->v, ids->n, sizeof *ids->v, compare_ids);
}

/* What one side holds. */
struct held {
  struct ids assignments; /* ids of plain assignments */
  struct ids activated;   /* origins of activations */
};

static enum pal_code hold(struct held *held, const struct pal_docs *docs, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < docs->n; i++) {
    const struct pal_doc *doc = docs->v[i];
    for (size_t j = 0; j < doc->records.n && code == PAL_OK; j++) {
      const struct pal_record *record = doc->records.v[j];
      if (doc->file->kind == &pal_kind_ASSIGNMENT)
        code = ids_add(&held->assignments, pal_get_text(record, PAL_ASSIGNMENT_ID), err);
      else if (doc->file->kind == &pal_kind_PIM && is_activation(record))
        code = ids_add(&held->activated, pal_get_text(record, PAL_PIM_ORIGIN_ID), err);
    }
  }
  ids_sort(&held->assignments);
  ids_sort(&held->activated);
  return code;
}

static void held_deinit(struct held *held) {
  free(held->assignments.v);
  free(held->activated.v);
}

/* --- changes found --- */

/* What the lines about instances and about assignments already tell. */
struct told {
  struct ids activated, ended; /* origins of activations told by their instance */
  struct ids changed;          /* assignments told as changed */
};

static enum pal_code settle_instance(struct comparison *c, struct found *found, const struct held *before,
                                     const struct held *after, struct told *told) {
  struct pal_change *change = &found->change;
  const struct pal_record *any = change->after ? change->after : change->before;
  const char *origin = pal_get_text(any, PAL_PIM_ORIGIN_ID);
  bool was = change->before && is_activation(change->before);
  bool is = change->after && is_activation(change->after);
  if (change->before && change->after) {
    if (was && is)
      change->kind = "role.activated"; /* the same activation, extended */
    else
      found->drop = is_active(any) && ids_have(&told->changed, origin);
    return PAL_OK;
  }
  if (is) {
    change->kind = "role.activated";
    return ids_add(&told->activated, origin, c->err);
  }
  if (was) {
    change->kind = "role.ended";
    return ids_add(&told->ended, origin, c->err);
  }
  found->drop = is_active(any) && ids_have(change->after ? &after->assignments : &before->assignments, origin);
  return PAL_OK;
}

static void settle_assignment(struct found *found, const struct held *before, const struct held *after,
                              const struct told *told) {
  struct pal_change *change = &found->change;
  if (change->before && change->after)
    return;
  const char *id = pal_get_text(change->after ? change->after : change->before, PAL_ASSIGNMENT_ID);
  if (change->after && ids_have(&after->activated, id)) {
    change->kind = "role.activated";
    found->drop = ids_have(&told->activated, id);
  } else if (change->before && ids_have(&before->activated, id)) {
    change->kind = "role.ended";
    found->drop = ids_have(&told->ended, id);
  }
}

static enum pal_code settle(struct comparison *c, const struct held *before, const struct held *after,
                            struct told *told) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < c->n && code == PAL_OK; i++)
    if (c->v[i].file->kind == &pal_kind_ASSIGNMENT && c->v[i].change.before && c->v[i].change.after)
      code = ids_add(&told->changed, pal_get_text(c->v[i].change.after, PAL_ASSIGNMENT_ID), c->err);
  ids_sort(&told->changed);
  for (size_t i = 0; i < c->n && code == PAL_OK; i++)
    if (c->v[i].file->kind == &pal_kind_PIM)
      code = settle_instance(c, &c->v[i], before, after, told);
  ids_sort(&told->activated);
  ids_sort(&told->ended);
  for (size_t i = 0; i < c->n && code == PAL_OK; i++)
    if (c->v[i].file->kind == &pal_kind_ASSIGNMENT)
      settle_assignment(&c->v[i], before, after, told);
  return code;
}

enum pal_code settle_activations(struct comparison *c) {
  struct held before = {0}, after = {0};
  struct told told = {0};
  enum pal_code code = hold(&before, c->before, c->err);
  if (code == PAL_OK)
    code = hold(&after, c->after, c->err);
  if (code == PAL_OK)
    code = settle(c, &before, &after, &told);
  held_deinit(&before);
  held_deinit(&after);
  free(told.activated.v);
  free(told.ended.v);
  free(told.changed.v);
  return code;
}
