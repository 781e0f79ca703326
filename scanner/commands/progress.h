/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_PROGRESS_H
#define PAL_PROGRESS_H
/* progress.h - how far a run has come, as one line on the terminal that is wiped at the end. Never in a pipe. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pal_collect.h"
#include "pal_net.h"

struct pal_progress {
  const struct pal_net *net;        /* NULL: nothing is shown */
  int64_t max_time_s;               /* 0: no end */
  struct pal_collect_progress read; /* whoever reads keeps it up to date */
  long long began_ms, shown_ms;
  size_t shown_requests;
  double rate;  /* requests a second */
  size_t width; /* of what stands on the terminal */
};

/* Shows nothing when quiet, or where stderr is no terminal. */
void pal_progress_begin(struct pal_progress *progress, const struct pal_net *net, int64_t max_time_s, bool quiet);
/* Shows it anew if that was long enough ago; payload is the progress. */
void pal_progress_tick(void *payload);
void pal_progress_end(struct pal_progress *progress);

#endif
