/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_ASSIGNMENTS_H
#define PAL_ASSIGNMENTS_H
/* assignments.h - the reading of one subscription's role assignments, for the count that asks it again. */
#include "observe.h"

enum pal_code assignments_read(struct observer *observer, size_t subscription, reading_done_fn *then, void *more,
                               struct pal_err *err) PAL_MUST_CHECK;
/* What a finished reading is worth. */
enum pal_code assignments_unit(struct reading *reading, const struct pal_outcome *outcome, struct unit *unit,
                               struct pal_err *err) PAL_MUST_CHECK;

#endif
