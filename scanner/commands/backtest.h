/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_BACKTEST_H
#define PAL_BACKTEST_H
/* backtest.h - today's policies over the snapshots of a period, each with its own inputs: what a rule would have found. */
#include "app.h"

/* Prints one row for each snapshot and policy, oldest first. seconds: the length of the period, which ends with the
 * last snapshot. only: ids of policies, n 0: all that would have found something. PAL_E_USAGE for an unknown id. */
enum pal_code pal_backtest(struct pal_cli *cli, const struct pal_app *app, struct pal_repo *repo, int64_t seconds,
                           const struct pal_texts *only, struct pal_err *err) PAL_MUST_CHECK;

#endif
