/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_APPROVERS_H
#define PAL_APPROVERS_H
/* approvers.h - the file of those who approve risk acceptances, into the settings of the run. */
#include "app.h"

/* sign.approvers of the configuration into app->settings; nothing where it is not configured.
 * PAL_E_CONFIG: it lies inside the repository, where whoever writes snapshots could name himself. */
enum pal_code pal_approvers_apply(struct pal_app *app, struct pal_err *err) PAL_MUST_CHECK;
/* The approvers of one SETTINGS record in place of those of another. */
void pal_approvers_copy(const struct pal_record *from, struct pal_record *to);

#endif
