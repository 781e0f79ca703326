/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_COMMANDS_METRICS_H
#define PAL_COMMANDS_METRICS_H
/* metrics.h - the file of the configured metricsFile. */
#include "app.h"
#include "pal_metrics.h"

/* Replaces the file, as a whole or not at all. metrics->before is read here. Does nothing when none is configured. */
enum pal_code pal_metrics_write(const struct pal_app *app, const struct pal_metrics *metrics, struct pal_err *err)
    PAL_MUST_CHECK;

/* Whether it could be put there now, without writing anything. PAL_OK also when none is configured. */
enum pal_code pal_metrics_check(const struct pal_app *app, struct pal_err *err) PAL_MUST_CHECK;

#endif
