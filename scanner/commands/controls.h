/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_CONTROLS_H
#define PAL_CONTROLS_H
/* controls.h - findings by control, and which rules tell about the controls of a framework. */
#include "app.h"
#include "pal_framework.h"

/* One row for each control and rule that carries it, with what the judge found. */
enum pal_code controls_print_found(struct pal_cli *cli, const struct pal_judge *judge, const struct pal_pack *pack,
                                   struct pal_err *err) PAL_MUST_CHECK;
/* One row for each control of the framework and rule about it; a control without a rule has a row that says so. */
enum pal_code controls_print_coverage(struct pal_cli *cli, const struct pal_pack *pack,
                                      const struct pal_framework *framework, struct pal_err *err) PAL_MUST_CHECK;

#endif
