/* SPDX-License-Identifier: Apache-2.0 */
/* lineage.c - what a run knows of the runs before it: from its parent's trailers and own copy. */
#include "pal_rejudge.h"

static struct pal_record *of_parent(struct pal_arena *arena, const struct pal_trailers *parent, struct pal_err *err) {
  struct pal_record *full = pal_record_new(arena, &pal_kind_LAST_FULL);
  if (full == NULL) {
    (void)pal_err_nomem(err);
    return NULL;
  }
  pal_set_int(full, PAL_LAST_FULL_SEQUENCE, parent->sequence);
  return pal_set_text(arena, full, PAL_LAST_FULL_STARTED, parent->started, err) == PAL_OK ? full : NULL;
}

struct pal_record *pal_history_record(struct pal_arena *arena, const struct pal_commit *parent,
                                      const struct pal_record *parent_history, struct pal_err *err) {
  struct pal_record *history = pal_record_new(arena, &pal_kind_HISTORY), *full = NULL;
  if (history == NULL || parent == NULL) {
    if (history == NULL)
      (void)pal_err_nomem(err);
    return history;
  }
  const char *first = parent_history != NULL ? pal_get_text(parent_history, PAL_HISTORY_FIRST_RUN) : NULL;
  if (pal_set_text(arena, history, PAL_HISTORY_FIRST_RUN, first != NULL ? first : parent->trailers.started, err) !=
      PAL_OK)
    return NULL;
  if (parent->trailers.full) {
    full = of_parent(arena, &parent->trailers, err);
    if (full == NULL)
      return NULL;
  } else if (parent_history != NULL) {
    full = pal_get_record(parent_history, PAL_HISTORY_LAST_FULL);
  }
  if (full != NULL)
    pal_set_record(history, PAL_HISTORY_LAST_FULL, full);
  return history;
}
