/* SPDX-License-Identifier: Apache-2.0 */
#include "run_end.h"

#include <time.h>

#include "metrics.h"
#include "pal_log.h"
#include "version.h"

long long pal_run_now_ms(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Of a run of the whole estate: what part of it says would be taken for all. */
static void write_metrics(const struct pal_run_end *end) {
  const struct pal_run_result *result = end->result;
  bool judged = result->committed && result->judge != NULL;
  const struct pal_metrics metrics = {.version = PALSCAN_VERSION,
                                      .ended_s = pal_clock_now().s,
                                      .duration_ms = pal_run_now_ms() - end->begun_ms,
                                      .exit_status = end->exit_status,
                                      .succeeded = result->committed && end->exit_status != 5,
                                      .requests = result->net.requests,
                                      .throttled = result->net.throttled,
                                      .report = judged ? &result->report : NULL};
  struct pal_err err = {0};
  if (pal_metrics_write(end->app, &metrics, &err) != PAL_OK)
    pal_log(PAL_LOG_WARN, "%s", err.text);
}

void pal_run_end(const struct pal_run_end *end) {
  const struct pal_run_options *o = end->options;
  if (end->app->config == NULL || o->replay_dir != NULL || o->dry_run)
    return;
  if (o->scope == NULL)
    write_metrics(end);
}
