/* SPDX-License-Identifier: Apache-2.0 */
#include "queue.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"

/* A vector used from its head. */
struct jobs {
  struct net_job **v;
  size_t head, n, cap;
};
struct lane {
  struct jobs jobs;
  bool listed; /* stands in queue->active */
};

struct net_queue {
  uint64_t random; /* state of the generator, 0: keep the order */
  struct lane *lanes;
  size_t lanes_n, lanes_cap;
  struct net_keys by_name; /* lane + 1 of (identity, tenant) */
  size_t *active;          /* lanes that may hold jobs; the first is being worked off */
  size_t active_head, active_n, active_cap;
};

struct net_queue *net_queue_new(unsigned seed) {
  struct net_queue *queue = calloc(1, sizeof *queue);
  if (queue && seed)
    queue->random = (uint64_t)seed * 0x9E3779B97F4A7C15u | 1;
  return queue;
}

void net_queue_free(struct net_queue *queue) {
  if (!queue)
    return;
  for (size_t i = 0; i < queue->lanes_n; i++)
    free(queue->lanes[i].jobs.v);
  free(queue->lanes);
  free(queue->active);
  net_keys_deinit(&queue->by_name);
  free(queue);
}

/* Room for one more behind n items: moves them to the front, or doubles. */
static bool make_room(void **items, size_t *head, size_t *n, size_t *cap, size_t size) {
  if (*n < *cap)
    return true;
  if (*head > *cap / 2) {
    memmove(*items, (char *)*items + *head * size, (*n - *head) * size);
    *n -= *head;
    *head = 0;
    return true;
  }
  size_t grown_cap = *cap ? *cap * 2 : 8;
  void *grown = realloc(*items, grown_cap * size);
  if (!grown)
    return false;
  *items = grown;
  *cap = grown_cap;
  return true;
}

static struct lane *lane_of(struct net_queue *queue, const struct net_job *job, size_t *ret_index,
                            struct pal_err *err) {
  struct net_key key;
  if (net_key_make(job->request.identity, job->request.tenant.s, "", "", "", &key, err) != PAL_OK)
    return NULL;
  uint32_t *number = net_keys_at(&queue->by_name, &key);
  size_t head = 0;
  void *lanes = queue->lanes;
  if (number && *number == 0) {
    if (!make_room(&lanes, &head, &queue->lanes_n, &queue->lanes_cap, sizeof *queue->lanes))
      number = NULL;
    queue->lanes = lanes;
    if (number) {
      queue->lanes[queue->lanes_n++] = (struct lane){0};
      *number = (uint32_t)queue->lanes_n;
    }
  }
  if (!number) {
    (void)pal_err_nomem(err);
    return NULL;
  }
  *ret_index = *number - 1;
  return &queue->lanes[*ret_index];
}

enum pal_code net_queue_add(struct net_queue *queue, struct net_job *job, struct pal_err *err) {
  size_t index;
  struct lane *lane = lane_of(queue, job, &index, err);
  if (!lane)
    return err ? err->code : PAL_E_NOMEM;
  void *jobs = lane->jobs.v, *active = queue->active;
  bool room = make_room(&jobs, &lane->jobs.head, &lane->jobs.n, &lane->jobs.cap, sizeof *lane->jobs.v);
  lane->jobs.v = jobs;
  if (room && !lane->listed) {
    room = make_room(&active, &queue->active_head, &queue->active_n, &queue->active_cap, sizeof *queue->active);
    queue->active = active;
  }
  if (!room)
    return pal_err_nomem(err);
  lane->jobs.v[lane->jobs.n++] = job;
  if (!lane->listed)
    queue->active[queue->active_n++] = index;
  lane->listed = true;
  return PAL_OK;
}

/* xorshift64: not for secrets. */
static size_t draw(struct net_queue *queue, size_t n) {
  queue->random ^= queue->random << 13;
  queue->random ^= queue->random >> 7;
  queue->random ^= queue->random << 17;
  return (size_t)(queue->random >> 11) % n;
}

static struct net_job *take_from(struct net_queue *queue, struct jobs *jobs) {
  if (queue->random) {
    size_t chosen = jobs->head + draw(queue, jobs->n - jobs->head);
    struct net_job *swap = jobs->v[chosen];
    jobs->v[chosen] = jobs->v[jobs->head];
    jobs->v[jobs->head] = swap;
  }
  struct net_job *job = jobs->v[jobs->head++];
  if (jobs->head == jobs->n)
    jobs->head = jobs->n = 0;
  return job;
}

/* A lane that ran empty leaves only now: what its last callback submitted goes first. */
struct net_job *net_queue_take(struct net_queue *queue) {
  while (queue->active_head < queue->active_n) {
    if (queue->random) {
      size_t chosen = queue->active_head + draw(queue, queue->active_n - queue->active_head);
      size_t swap = queue->active[chosen];
      queue->active[chosen] = queue->active[queue->active_head];
      queue->active[queue->active_head] = swap;
    }
    struct lane *lane = &queue->lanes[queue->active[queue->active_head]];
    if (lane->jobs.n)
      return take_from(queue, &lane->jobs);
    lane->listed = false;
    queue->active_head++;
  }
  queue->active_head = queue->active_n = 0;
  return NULL;
}
