/* SPDX-License-Identifier: Apache-2.0 */
/* input_check.c - what the field table cannot say of a file people write: words that a
 * later version may know more of, and records of which one excludes another. */
#include <stdlib.h>
#include <string.h>

#include "input_check.h"
#include "pal_coverage.h"
#include "pal_id.h"

/* Only what people write today is held to it: stored snapshots may hold other words. */
static enum pal_code check_area(const struct pal_json_doc *doc, const pal_json *gap, struct pal_err *err) {
  const pal_json *node = pal_json_get(gap, "area");
  const char *word = pal_json_text(node);
  size_t n = 0;
  for (; pal_areas[n]; n++)
    if (strcmp(pal_areas[n], word) == 0)
      return PAL_OK;
  const char *near = pal_nearest(word, pal_areas, n);
  if (near)
    return pal_json_fail(doc, node, err, "unknown area \"%.80s\"; did you mean \"%s\"?", word, near);
  return pal_json_fail(doc, node, err, "unknown area \"%.80s\"; such as \"usage\" or \"role-assignments\"", word);
}

static enum pal_code check_gaps(const struct pal_json_doc *doc, struct pal_err *err) {
  const pal_json *customers = pal_json_get(pal_json_root(doc), "customers");
  for (const pal_json *c = pal_json_first(customers); c; c = pal_json_next(c))
    for (const pal_json *gap = pal_json_first(pal_json_get(c, "acceptedGaps")); gap; gap = pal_json_next(gap)) {
      enum pal_code code = check_area(doc, gap, err);
      if (code != PAL_OK)
        return code;
    }
  return PAL_OK;
}

/* --- one object, one person --- */

struct object {
  char id[PAL_GUID_LEN + 1];
  size_t owner; /* which of the principals */
  size_t order; /* of writing */
  const pal_json *node;
};

static int compare(const void *a, const void *b) {
  const struct object *x = a, *y = b;
  int cmp = strcmp(x->id, y->id);
  return cmp != 0 ? cmp : (x->order > y->order) - (x->order < y->order);
}

static void take(struct object *list, size_t *n, size_t owner, const pal_json *object) {
  const pal_json *node = pal_json_get(object, "objectId");
  const char *text = pal_json_text(node);
  if (!text || !pal_guid_canonical(text, strlen(text), list[*n].id))
    return;
  list[*n].owner = owner;
  list[*n].order = *n;
  list[*n].node = node;
  ++*n;
}

static enum pal_code fail_twice(const struct pal_json_doc *doc, const struct object *first, const struct object *second,
                                struct pal_err *err) {
  size_t line, column;
  pal_json_locate(doc, first->node, &line, &column, NULL, 0);
  return pal_json_fail(doc, second->node, err, "this object is another person's or app's already, in line %zu", line);
}

static enum pal_code check_objects(const struct pal_json_doc *doc, struct pal_err *err) {
  const pal_json *principals = pal_json_get(pal_json_root(doc), "principals");
  size_t most = 0, n = 0, owner = 0;
  for (const pal_json *p = pal_json_first(principals); p; p = pal_json_next(p))
    most += 1 + pal_json_count(pal_json_get(p, "objects"));
  struct object *list = calloc(most + 1, sizeof *list);
  if (!list)
    return pal_err_nomem(err);
  for (const pal_json *p = pal_json_first(principals); p; p = pal_json_next(p), owner++) {
    take(list, &n, owner, pal_json_get(p, "home"));
    for (const pal_json *o = pal_json_first(pal_json_get(p, "objects")); o; o = pal_json_next(o))
      take(list, &n, owner, o);
  }
  qsort(list, n, sizeof *list, compare);
  enum pal_code code = PAL_OK;
  for (size_t i = 1; i < n && code == PAL_OK; i++)
    if (strcmp(list[i - 1].id, list[i].id) == 0 && list[i - 1].owner != list[i].owner)
      code = fail_twice(doc, &list[i - 1], &list[i], err);
  free(list);
  return code;
}

enum pal_code input_check(const struct pal_kind *kind, const struct pal_json_doc *doc, struct pal_err *err) {
  if (kind != &pal_kind_ESTATE)
    return PAL_OK;
  enum pal_code code = check_gaps(doc, err);
  return code == PAL_OK ? check_objects(doc, err) : code;
}
