/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_LOOP_H
#define NET_LOOP_H
/* loop.h - the live transport: curl's multi interface. */
#include "job.h"

struct net_loop; /* opaque */

long long net_monotonic_ms(const void *clock); /* of the system; takes NULL */

/* Tells the outcome of a job, which becomes the receiver's. */
typedef void net_outcome_fn(void *owner, struct net_job *job, const struct pal_response *response,
                            const struct pal_err *err);

/* Of the options: cloud, concurrency, time and clock. `offline` is only a second lock: its requests should not come
 * here. */
enum pal_code net_loop_new(const struct pal_net_options *options, net_outcome_fn *outcome, void *owner,
                           struct net_loop **ret, struct pal_err *err) PAL_MUST_CHECK;
void net_loop_free(struct net_loop *loop); /* takes NULL; must be empty */
/* Queues a job, to be sent after request.delay_ms; on failure it is still the caller's. */
enum pal_code net_loop_add(struct net_loop *loop, struct net_job *job, struct pal_err *err) PAL_MUST_CHECK;
long long net_loop_now_ms(const struct net_loop *loop);
/* How long the longest pause lasts that holds up requests. */
long long net_loop_paused_ms(const struct net_loop *loop);
/* This host's clock beside those of the services. */
struct net_clock {
  bool known;        /* an answer had a date */
  long long ahead_s; /* negative: behind */
};
struct net_clock net_loop_clock(const struct net_loop *loop);
/* Does what can be done, waiting at most a fifth of a second. */
enum pal_code net_loop_step(struct net_loop *loop, struct pal_err *err) PAL_MUST_CHECK;
/* Ends the wait of a step; from any thread. */
void net_loop_wake(struct net_loop *loop);
/* Takes back any job, ending its transfer; NULL when there is none. */
struct net_job *net_loop_take(struct net_loop *loop);

#endif
