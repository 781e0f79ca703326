/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_RUN_END_H
#define PAL_RUN_END_H
/*
 * run_end.h - whom a run tells that it has ended, however it did: the metrics
 * file, and the receivers of digests. Nothing here changes what was committed
 * or the exit status: what goes wrong is said on stderr. Replays and dry runs
 * tell nobody, and a run that may open no socket tells no receiver.
 */
#include "notify.h"
#include "run.h"

struct pal_run_end {
  const struct pal_app *app; /* whose configuration was read; its config is NULL otherwise, and nobody is told */
  const struct pal_run_options *options;
  const struct pal_run_result *result;
  const struct pal_receivers *receivers; /* NULL: none */
  long long begun_ms;                    /* by pal_run_now_ms() */
  int exit_status;
  const struct pal_err *err; /* why it failed; code PAL_OK: it did not */
};

/* A clock without a date. */
long long pal_run_now_ms(void);
/* Whether receivers may be told of a run with these options. */
bool pal_run_tells(const struct pal_run_options *options);
void pal_run_end(const struct pal_run_end *end);

#endif
