/* SPDX-License-Identifier: Apache-2.0 */
#include "run_end.h"

#include <string.h>
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

bool pal_run_tells(const struct pal_run_options *options) {
  return options->replay_dir == NULL && !options->dry_run && !options->offline;
}

/* Somebody else's run, and one that a person ended, is no failure that later ones recover from. */
static bool is_failure(const struct pal_run_end *end) {
  bool worked = end->result->committed && end->exit_status != pal_code_exit_status(PAL_E_CREDENTIAL);
  return !worked && end->err->code != PAL_E_INTERRUPTED && end->err->code != PAL_E_LOCKED;
}

static unsigned what_happened(const struct pal_run_end *end, bool failed_before) {
  const struct pal_run_result *result = end->result;
  unsigned happened = is_failure(end) || end->err->code == PAL_E_LOCKED ? PAL_ON_FAILED : 0;
  if (!result->committed || result->judge == NULL)
    return happened;
  if (result->worse || (result->report.has_previous && result->report.unknown_new > 0))
    happened |= PAL_ON_COVERAGE_LOST;
  if (happened == 0 && (result->better || failed_before))
    happened |= PAL_ON_RECOVERED;
  return happened;
}

static void tell(const struct pal_run_end *end) {
  const struct pal_run_result *result = end->result;
  char since[PAL_INSTANT_MAX];
  struct pal_buf error;
  pal_buf_init(&error, (size_t)2 * PAL_ERR_TEXT_MAX);
  const char *text = end->err->text[0] != '\0' ? end->err->text : pal_code_text(end->err->code);
  if (end->err->code != PAL_OK)
    pal_redact(&error, text, strlen(text));
  pal_failed_since(end->app, since);
  bool judged = result->committed && result->judge != NULL;
  const struct pal_news news = {.happened = what_happened(end, since[0] != '\0'),
                                .report = judged ? &result->report : NULL,
                                .exit_status = end->exit_status,
                                .error = end->err->code != PAL_OK ? error.data : NULL,
                                .failed_since = since[0] != '\0' ? since : NULL};
  pal_receivers_tell(end->receivers, &news);
  if (is_failure(end) || (result->committed && end->err->code == PAL_OK))
    pal_failed_note(end->app, is_failure(end), pal_clock_now());
  pal_buf_deinit(&error);
}

void pal_run_end(const struct pal_run_end *end) {
  const struct pal_run_options *o = end->options;
  if (end->app->config == NULL || o->replay_dir != NULL || o->dry_run)
    return;
  if (o->scope == NULL)
    write_metrics(end);
  if (end->receivers != NULL && pal_run_tells(o))
    tell(end);
}
