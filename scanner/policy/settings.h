/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_POLICY_SETTINGS_H
#define PAL_POLICY_SETTINGS_H
/* settings.h - the parameters of the shipped policies: names, types, defaults. */
#include <stdbool.h>

#include "pal_json.h"
#include "pal_record.h"

typedef enum pal_code setting_fn(void *payload, const char *name, const pal_json *value, struct pal_err *err);

/* Calls each() for every member of a PAL_T_JSON object field of the settings
 * (severity, parameters); absent: for none. PAL_E_CONFIG when it is no object. */
enum pal_code setting_each(const struct pal_record *settings, int field, setting_fn *each, void *payload,
                           struct pal_err *err) PAL_MUST_CHECK;

bool setting_is_parameter(const char *name);
/* PAL_E_CONFIG when the value is none of that parameter, or the name is unknown. */
enum pal_code setting_check_parameter(const char *name, const pal_json *value, struct pal_err *err) PAL_MUST_CHECK;
/* Default as text of the i-th parameter; NULL behind the last. */
const char *setting_parameter(size_t i, const char **ret_fallback);
/* The integer value of a parameter of the shipped policies. */
int64_t setting_int(const struct pal_record *settings, const char *name);

#endif
