/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_WORK_H
#define NET_WORK_H
/*
 * work.h - what would hold up the loop, on threads of its own: a few at a time,
 * the rest waits. Everything but the work itself happens on the caller's thread.
 */
#include "pal_net.h"

struct net_works; /* opaque */

/* wake is called from other threads, whenever a work has ended. */
struct net_works *net_works_new(void (*wake)(void *payload), void *payload); /* NULL: no memory */
/* Ends what runs and forgets what waits; takes NULL. */
void net_works_free(struct net_works *works);
enum pal_code net_works_add(struct net_works *works, pal_work_fn *work, pal_worked_fn *done, void *payload,
                            struct pal_err *err) PAL_MUST_CHECK;
/* Tells one that has ended, if there is one. */
bool net_works_tell(struct net_works *works, struct pal_err *ended);
/* Asks those that run to end, waits for them, and tells all that are left this error (NULL: tells nobody); returns how many. */
size_t net_works_abandon(struct net_works *works, const struct pal_err *why);

#endif
