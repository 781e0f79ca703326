/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_LANES_H
#define NET_LANES_H
/*
 * lanes.h - which request is sent next. Tenants take turns, within a tenant its
 * scopes, within a scope its subscriptions: whoever has ten thousand pages to
 * read waits in line behind himself only. A quarter of what may be in flight is
 * for those who began first, so that the largest are not the last.
 *
 * A scope is what a service counts by when it throttles: identity, tenant and
 * service; Cost Management counts by tenant, whoever asks. A pause holds up the
 * whole scope and nobody else. Knows no clock: the caller says what time it is.
 *
 * A service that cannot be reached is asked one thing at a time (reach.h); when
 * it is given up, what waits for it is late.
 */
#include "job.h"
#include "reach.h"

struct net_lanes; /* opaque */

/* NULL on no memory. */
struct net_lanes *net_lanes_new(int concurrency);
void net_lanes_free(struct net_lanes *lanes); /* takes NULL; must be empty */

/* To be sent at job->due_ms, in its turn, and not after job->until_ms (0: whenever); where its request holds its scope
 * nothing else of that is sent before job->due_ms either. On failure it is the caller's. */
enum pal_code net_lanes_add(struct net_lanes *lanes, struct net_job *job, long long now_ms, struct pal_err *err)
    PAL_MUST_CHECK;
/* The next to be sent now, NULL when there is none or all is in flight that may be. With job->late it is not to be
 * sent, because its time is over or will be before its turn; otherwise it is in flight until net_lanes_landed(). */
struct net_job *net_lanes_take(struct net_lanes *lanes, long long now_ms);
/* Tells what its ending says of its service; of one that is gone everything that waits is late. */
enum net_news net_lanes_landed(struct net_lanes *lanes, struct net_job *job, enum net_ending ending, long long now_ms);
/* Nothing of the scope of a job that is in flight is sent before until_ms. */
void net_lanes_pause(struct net_lanes *lanes, const struct net_job *job, long long until_ms);
/* How long nothing happens unless something lands; -1: nothing waits for the clock. */
long long net_lanes_wait_ms(const struct net_lanes *lanes, long long now_ms);
/* How long the longest pause still lasts that holds up requests; 0: there is none. */
long long net_lanes_paused_ms(const struct net_lanes *lanes, long long now_ms);
/* Takes back any job that is not in flight, NULL when there is none. */
struct net_job *net_lanes_drop(struct net_lanes *lanes);

#endif
