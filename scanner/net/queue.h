/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_QUEUE_H
#define NET_QUEUE_H
/*
 * queue.h - the jobs of a replay. One (identity, tenant) is worked off before
 * the next, because its answers lie in one file; within it, in the order of
 * submission. With a seed the order is drawn instead.
 */
#include "job.h"

struct net_queue; /* opaque */

/* NULL on no memory. */
struct net_queue *net_queue_new(unsigned seed);
void net_queue_free(struct net_queue *queue); /* takes NULL; must be empty */
/* On failure the job is still the caller's. */
enum pal_code net_queue_add(struct net_queue *queue, struct net_job *job, struct pal_err *err) PAL_MUST_CHECK;
/* NULL when empty. */
struct net_job *net_queue_take(struct net_queue *queue);

#endif
