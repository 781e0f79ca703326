/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_REACH_H
#define NET_REACH_H
/*
 * reach.h - whether a service is there at all. Only what no tenant can be the
 * cause of counts: connections that are not made, in a row, and requests of
 * several tenants that nothing comes back to while the service answers nobody.
 * Any answer, to whomever, ends the row.
 *
 * A service that is down is asked one thing at a time, until it answers or has
 * been so for long; then nothing more is asked of it. Knows no clock.
 */
#include <stdbool.h>
#include <stddef.h>

#include "pal_id.h"

enum {
  NET_REACH_FAILED = 8,        /* connections in a row that make it down, however soon they failed */
  NET_REACH_DOUBT_MS = 20000,  /* … a row that lasts so long does too */
  NET_REACH_LEAST = 2,         /* connections in a row that make it gone, … */
  NET_REACH_TENANTS = 3,       /* … or tenants that waited in vain, … */
  NET_REACH_FIRST_MS = 60000,  /* … when that lasts so long and it has never answered, … */
  NET_REACH_LATER_MS = 180000, /* … or so long when it has */
  NET_REACH_AGAIN_MS = 5000,   /* between two questions to one that is down */
};

enum net_ending {
  NET_ANSWERED,
  NET_UNCONNECTED, /* no connection was made */
  NET_SILENT,      /* one was, and nothing came in time */
  NET_BROKEN,      /* it ended early, or we ended it: says nothing of the service */
};

enum net_news { NET_NO_NEWS, NET_DOWN, NET_BACK, NET_GONE };

struct net_reach {
  bool answered, down, gone;
  int failed; /* connections in a row */
  int flying;
  long long since_ms; /* when the first of the row was sent */
  long long next_ms;  /* not asked before, while it is down */
  struct pal_tenant_id silent[NET_REACH_TENANTS];
  size_t silent_n;
};

/* Whether it may be asked now. */
bool net_reach_may(const struct net_reach *reach, long long now_ms);
void net_reach_sent(struct net_reach *reach);
/* What was sent at sent_ms has ended so; tells what that changes. */
enum net_news net_reach_ended(struct net_reach *reach, enum net_ending ending, const struct pal_tenant_id *tenant,
                              long long sent_ms, long long now_ms);

#endif
