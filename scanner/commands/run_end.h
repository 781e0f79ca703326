/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_RUN_END_H
#define PAL_RUN_END_H
/*
 * run_end.h - whom a run tells that it has ended, however it did. Nothing here
 * changes what was committed or the exit status: what goes wrong is said on
 * stderr. Replays, dry runs and runs that may open no socket tell nobody.
 */
#include "run.h"

struct pal_run_end {
  const struct pal_app *app; /* whose configuration was read; its config is NULL otherwise, and nobody is told */
  const struct pal_run_options *options;
  const struct pal_run_result *result;
  long long begun_ms; /* by pal_run_now_ms() */
  int exit_status;
};

/* A clock without a date. */
long long pal_run_now_ms(void);
void pal_run_end(const struct pal_run_end *end);

#endif
