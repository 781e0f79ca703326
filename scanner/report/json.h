/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REPORT_JSON_H
#define PAL_REPORT_JSON_H
/* json.h - what the JSON of check and the data of the HTML report tell alike. */
#include "json_writer.h"
#include "model.h"

/* The member "rules": how many are as shipped, changed, disabled, lowered, own. */
void report_json_rules(struct jsonw *w, const struct pal_report *report);

#endif
