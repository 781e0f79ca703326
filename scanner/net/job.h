/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_JOB_H
#define NET_JOB_H
/* job.h - a request on its way, and whom to tell. */
#include "request.h"

struct net_lane;

struct net_job {
  struct net_job *next; /* in whatever list it stands */
  struct net_request request;
  pal_response_fn *done;
  void *payload;
  struct pal_err *refused; /* why it is not made; NULL: it is */
  uint32_t turn;           /* replay: which exchange of its key */
  long trace;              /* recording: its place, NET_NO_TRACE */
  /* live: */
  long long due_ms, until_ms; /* not before and, unless 0, not from then on; on the clock of the net */
  const char *lateness;       /* what is told when that has passed */
  long long sent_ms;          /* the last time */
  bool late;                  /* it has, or will have before it can be sent */
  struct net_lane *lane;      /* of lanes.c */
};

struct net_list {
  struct net_job *first, **end;
};
static inline void net_list_init(struct net_list *list) {
  list->first = NULL;
  list->end = &list->first;
}
static inline void net_list_add(struct net_list *list, struct net_job *job) {
  job->next = NULL;
  *list->end = job;
  list->end = &job->next;
}
static inline struct net_job *net_list_take(struct net_list *list) {
  struct net_job *job = list->first;
  if (job) {
    list->first = job->next;
    if (!list->first)
      list->end = &list->first;
    job->next = NULL;
  }
  return job;
}

#endif
