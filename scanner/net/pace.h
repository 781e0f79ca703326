/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_PACE_H
#define NET_PACE_H
/* pace.h - what the headers of an answer say of when to ask again. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pal_time.h"

enum {
  NET_WAIT_MAX_S = 366 * 24 * 3600, /* a longer wait counts as this one */
  NET_SPENT_PAUSE_MS = 1000,        /* after a rate limit that has reached 0 and does not say when it starts anew */
  NET_DATE_MAX = 48
};

struct net_pace {
  int64_t asked_s;         /* the longest wait in seconds, of Retry-After and the services' own; -1: none */
  char at[NET_DATE_MAX];   /* Retry-After as a date, "" when none */
  char date[NET_DATE_MAX]; /* of the answer */
  bool spent;              /* a rate limit has reached 0 */
  int64_t resets_s;        /* … and starts anew after so long; -1: not said */
};

void net_pace_init(struct net_pace *pace);
/* One header; others than those of pace are left alone. Neither text needs an end. */
void net_pace_header(struct net_pace *pace, const char *name, size_t name_len, const char *value, size_t len);
/* How long not to ask again: the longest of what was said; -1: nothing was. A date is measured against the answer's
 * own, so that this host's clock does not matter, and against `now` only where the answer has none. */
int64_t net_pace_wait_ms(const struct net_pace *pace, struct pal_instant now);
/* How long to leave a scope alone whose rate limit has reached 0; 0: it has not. */
int64_t net_pace_spent_ms(const struct net_pace *pace);

/* A date of RFC 9110 5.6.7: IMF-fixdate, or one of the two obsolete forms. `now` settles the century of years with two
 * digits: none lies more than 50 years ahead. False when it is none. */
bool net_http_date(const char *text, struct pal_instant now, struct pal_instant *ret);

#endif
