/* SPDX-License-Identifier: Apache-2.0 */
/*
 * counts.c - an independent count of role assignments: Resource Graph says how
 * many there are at or below each subscription. Where the list differs, list
 * and count are read once more; then fewer than counted is a list with a hole,
 * and more than counted a count that lags behind.
 */
#include <string.h>

#include "assignments.h"

enum { BODY_MAX = 64 << 10 };

struct batch {
  size_t first, n; /* of own */
  size_t waiting;  /* lists being read again */
  bool again;
  struct unit *second; /* lists read again, by position in the batch; extent NOTHING: not read again */
};

struct counts {
  size_t *own; /* indexes of own subscriptions, sorted by id */
  size_t own_n;
  int64_t *n; /* per own subscription */
  bool *known;
};

static enum pal_code ask(struct observer *observer, struct batch *batch, struct pal_err *err);

bool parse_count(const pal_json *item, struct pal_subscription_id *ret, int64_t *ret_n) {
  const char *id = pal_json_text(pal_json_get(item, "s"));
  return id && pal_subscription_id_parse(id, ret, NULL) == PAL_OK && pal_json_int(pal_json_get(item, "n"), ret_n) &&
         *ret_n >= 0;
}

/* Position of a subscription among the batch's; -1: it was not asked for. */
static long position(const struct observer *observer, const struct batch *batch, const char *id) {
  const struct counts *counts = observer->state[COLLECTOR_counts];
  size_t low = batch->first, high = batch->first + batch->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = strcmp(observer->subscriptions[counts->own[middle]].id.s, id);
    if (order == 0)
      return (long)middle;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return -1;
}

struct fresh {
  struct batch *batch;
  int64_t *n;
  bool *odd;
};

static enum pal_code take(struct reading *reading, const pal_json *item, struct pal_err *err) {
  struct fresh *fresh = reading->more;
  struct pal_subscription_id id;
  int64_t n = 0;
  (void)err;
  long at = parse_count(item, &id, &n) ? position(reading->observer, fresh->batch, id.s) : -1;
  if (at < 0) {
    reading->parse.blemished = true;
    return PAL_OK;
  }
  size_t in_batch = (size_t)at - fresh->batch->first;
  fresh->odd[in_batch] = fresh->odd[in_batch] || fresh->n[in_batch] != 0; /* told twice */
  fresh->n[in_batch] = n;
  return PAL_OK;
}

static bool differs(const struct observer *observer, size_t own) {
  const struct counts *counts = observer->state[COLLECTOR_counts];
  const struct unit *unit = &observer->units[COLLECTOR_assignments][counts->own[own]];
  return counts->known[own] && unit->completeness.extent == PAL_READ_ALL && (int64_t)unit->records.n != counts->n[own];
}

static void judge(struct observer *observer, const struct batch *batch) {
  struct counts *counts = observer->state[COLLECTOR_counts];
  for (size_t i = 0; i < batch->n; i++) {
    size_t own = batch->first + i;
    struct unit *unit = &observer->units[COLLECTOR_assignments][counts->own[own]];
    if (batch->second && batch->second[i].completeness.extent == PAL_READ_ALL)
      *unit = batch->second[i];
    unit->counted = counts->known[own];
    unit->expected = counts->n[own];
    if (!differs(observer, own))
      continue;
    bool fewer = (int64_t)unit->records.n < unit->expected;
    if (fewer)
      unit->completeness.extent = PAL_READ_SOME;
    unit->completeness.code = fewer ? WORD_FEWER : WORD_LAGGING;
  }
}

static enum pal_code list_again(struct reading *reading, const struct pal_outcome *outcome, struct pal_err *err) {
  struct batch *batch = reading->more;
  struct observer *observer = reading->observer;
  long at = position(observer, batch, observer->subscriptions[reading->index].id.s);
  enum pal_code code = assignments_unit(reading, outcome, &batch->second[(size_t)at - batch->first], err);
  if (code == PAL_OK && --batch->waiting == 0)
    code = ask(observer, batch, err);
  return code;
}

static enum pal_code read_again(struct observer *observer, struct batch *batch, struct pal_err *err) {
  const struct counts *counts = observer->state[COLLECTOR_counts];
  batch->again = true;
  batch->second = pal_arena_calloc(observer->arena, batch->n, sizeof *batch->second);
  if (!batch->second)
    return pal_err_nomem(err);
  batch->waiting = 1; /* held until all are on their way */
  enum pal_code code = PAL_OK;
  for (size_t i = batch->first; code == PAL_OK && i < batch->first + batch->n; i++)
    if (differs(observer, i)) {
      batch->waiting++;
      code = assignments_read(observer, counts->own[i], list_again, batch, err);
    }
  if (code == PAL_OK && --batch->waiting == 0)
    code = ask(observer, batch, err);
  return code;
}

static bool any_differs(const struct observer *observer, const struct batch *batch) {
  for (size_t i = batch->first; i < batch->first + batch->n; i++)
    if (differs(observer, i))
      return true;
  return false;
}

/* A count that fails says nothing: the list stands alone. */
static enum pal_code done(struct reading *reading, const struct pal_outcome *outcome, struct pal_err *err) {
  struct observer *observer = reading->observer;
  struct counts *counts = observer->state[COLLECTOR_counts];
  struct fresh *fresh = reading->more;
  struct batch *batch = fresh->batch;
  for (size_t i = 0; outcome->extent == PAL_READ_ALL && i < batch->n; i++) {
    counts->known[batch->first + i] = !fresh->odd[i];
    counts->n[batch->first + i] = fresh->n[i];
  }
  if (!batch->again && any_differs(observer, batch))
    return read_again(observer, batch, err);
  judge(observer, batch);
  return PAL_OK;
}

static enum pal_code ask(struct observer *observer, struct batch *batch, struct pal_err *err) {
  const struct counts *counts = observer->state[COLLECTOR_counts];
  struct reading *reading = reading_new(observer, 0, err);
  struct fresh *fresh = pal_arena_alloc(observer->arena, sizeof *fresh);
  if (!reading || !fresh)
    return pal_err_nomem(err);
  *fresh = (struct fresh){batch, pal_arena_calloc(observer->arena, batch->n, sizeof *fresh->n),
                          pal_arena_calloc(observer->arena, batch->n, sizeof *fresh->odd)};
  if (!fresh->n || !fresh->odd)
    return pal_err_nomem(err);
  struct pal_buf body;
  pal_buf_init(&body, BODY_MAX);
  pal_buf_puts(&body, "{\"options\":{\"$top\":1000,\"authorizationScopeFilter\":\"AtScopeAndBelow\",\"resultFormat\":"
                      "\"objectArray\"},\"query\":\"" PAL_COUNT_QUERY "\",\"subscriptions\":[");
  for (size_t i = 0; i < batch->n; i++)
    pal_buf_printf(&body, "%s\"%s\"", i ? "," : "", observer->subscriptions[counts->own[batch->first + i]].id.s);
  pal_buf_puts(&body, "]}");
  enum pal_code code = pal_buf_check(&body, "the body of the count query", err);
  reading->item = take;
  reading->done = done;
  reading->more = fresh;
  if (code == PAL_OK)
    code = reading_list(reading, PAL_ARM, PAL_PAGING_QUERY, PAL_PLAN_COUNTS, "", body.data, err);
  pal_buf_deinit(&body);
  return code;
}

enum pal_code counts_start(struct observer *observer, struct pal_err *err) {
  size_t n = observer->subscriptions_n;
  struct counts *counts = pal_arena_alloc(observer->arena, sizeof *counts);
  if (!counts)
    return pal_err_nomem(err);
  counts->own = pal_arena_calloc(observer->arena, n + 1, sizeof *counts->own);
  counts->n = pal_arena_calloc(observer->arena, n + 1, sizeof *counts->n);
  counts->known = pal_arena_calloc(observer->arena, n + 1, sizeof *counts->known);
  if (!counts->own || !counts->n || !counts->known)
    return pal_err_nomem(err);
  observer->state[COLLECTOR_counts] = counts;
  for (size_t i = 0; i < n; i++)
    if (observer->subscriptions[i].own)
      counts->own[counts->own_n++] = i;
  enum pal_code code = PAL_OK;
  for (size_t at = 0; code == PAL_OK && at < counts->own_n; at += PAL_COUNT_BATCH) {
    struct batch *batch = pal_arena_alloc(observer->arena, sizeof *batch);
    if (!batch)
      return pal_err_nomem(err);
    batch->first = at;
    batch->n = counts->own_n - at < PAL_COUNT_BATCH ? counts->own_n - at : PAL_COUNT_BATCH;
    code = ask(observer, batch, err);
  }
  return code;
}

enum pal_code counts_finish(struct observer *observer, struct pal_err *err) {
  (void)observer;
  (void)err;
  return PAL_OK;
}
