/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_COMMANDS_REMEDIATE_APPLY_H
#define PAL_COMMANDS_REMEDIATE_APPLY_H
/* remediate_apply.h - the links of a plan, changed by the identities that palscan signs in as. */
#include "app.h"
#include "pal_remedy.h"

struct pal_apply {
  const char *identity; /* this one only; NULL: all */
  int max;              /* at most so many links are changed */
  bool yes;             /* carry it out; else the plan is shown, and nothing is changed */
  bool offline;
  const char *repository_id; /* whose state folder keeps what was done */
};
/* Reads each live link, shows what would be changed, and with yes changes one after the other, each under a grant of its
 * own. PAL_E_USAGE without yes where there is something to change; else the first refusal or failure, after all that
 * could be done. */
enum pal_code pal_remediate_apply(struct pal_cli *cli, const struct pal_app *app, const struct pal_plan *plan,
                                  const struct pal_apply *apply, struct pal_err *err) PAL_MUST_CHECK;

#endif
