/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { DAYS_MAX = 36500 };

enum parameter_type { PARAMETER_INT, PARAMETER_BOOL, PARAMETER_WORD };

struct parameter {
  const char *name;
  enum parameter_type type;
  const char *fallback;
  const char *words; /* of PARAMETER_WORD, for people */
};

static const struct parameter parameters[] = {
    {"declaredMaxAgeDays", PARAMETER_INT, "100", NULL},
    {"defaultIsDecision", PARAMETER_BOOL, "false", NULL},
    {"expiryDays", PARAMETER_INT, "30", NULL},
    {"graceDays", PARAMETER_INT, "30", NULL},
    {"marketplaceIsAutomatic", PARAMETER_BOOL, "true", NULL},
    {"maxGapHours", PARAMETER_INT, "30", NULL},
    {"recognitionRoles", PARAMETER_WORD, "auto", "auto, pec or any"},
    {"reviewDays", PARAMETER_INT, "90", NULL},
    {"slaCriticalDays", PARAMETER_INT, "7", NULL},
    {"slaHighDays", PARAMETER_INT, "30", NULL},
    {"slaLowDays", PARAMETER_INT, "180", NULL},
    {"slaMediumDays", PARAMETER_INT, "90", NULL},
    {"staleDays", PARAMETER_INT, "7", NULL},
    {"waiverMaxDays", PARAMETER_INT, "365", NULL},
};
enum { PARAMETERS = sizeof parameters / sizeof parameters[0] };

static const struct parameter *find(const char *name) {
  for (size_t i = 0; i < PARAMETERS; i++)
    if (strcmp(parameters[i].name, name) == 0)
      return &parameters[i];
  return NULL;
}

bool setting_is_parameter(const char *name) {
  return find(name) != NULL;
}

const char *setting_parameter(size_t i, const char **ret_fallback) {
  if (i >= PARAMETERS)
    return NULL;
  *ret_fallback = parameters[i].fallback;
  return parameters[i].name;
}

enum pal_code setting_each(const struct pal_record *settings, int field, setting_fn *each, void *payload,
                           struct pal_err *err) {
  const char *text = pal_get_text(settings, field);
  const char *name = settings->kind->fields[field].json;
  if (!text)
    return PAL_OK;
  struct pal_json_doc *doc = NULL;
  enum pal_code code = pal_json_parse(text, strlen(text), name, PAL_JSON_STRICT_UTF8, 0, &doc, err);
  if (code != PAL_OK)
    return code;
  if (pal_json_type(pal_json_root(doc)) != PAL_JSON_OBJECT)
    code = pal_err_set(err, PAL_E_CONFIG, "policies.%s: expected an object", name);
  for (const pal_json *node = code == PAL_OK ? pal_json_first(pal_json_root(doc)) : NULL; node && code == PAL_OK;
       node = pal_json_next(node))
    code = each(payload, pal_json_key(node), node, err);
  pal_json_doc_free(doc);
  return code;
}

static bool word_valid(const char *text) {
  return text && (strcmp(text, "auto") == 0 || strcmp(text, "pec") == 0 || strcmp(text, "any") == 0);
}

enum pal_code setting_check_parameter(const char *name, const pal_json *value, struct pal_err *err) {
  const struct parameter *parameter = find(name);
  if (!parameter) {
    const char *names[PARAMETERS];
    for (size_t i = 0; i < PARAMETERS; i++)
      names[i] = parameters[i].name;
    const char *near = pal_nearest(name, names, PARAMETERS);
    return pal_err_set(err, PAL_E_CONFIG, "policies.parameters: no policy reads \"%.64s\"%s%s%s", name,
                       near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
  }
  int64_t days = 0;
  switch (parameter->type) {
  case PARAMETER_INT:
    if (!pal_json_int(value, &days) || days < 0 || days > DAYS_MAX)
      return pal_err_set(err, PAL_E_CONFIG, "policies.parameters.%s: expected a whole number from 0 to %d", name,
                         DAYS_MAX);
    break;
  case PARAMETER_BOOL:
    if (pal_json_type(value) != PAL_JSON_BOOL)
      return pal_err_set(err, PAL_E_CONFIG, "policies.parameters.%s: expected true or false", name);
    break;
  case PARAMETER_WORD:
    if (!word_valid(pal_json_text(value)))
      return pal_err_set(err, PAL_E_CONFIG, "policies.parameters.%s: expected %s", name, parameter->words);
    break;
  }
  return PAL_OK;
}

struct wanted {
  const char *name;
  int64_t value;
};

static enum pal_code take_int(void *payload, const char *name, const pal_json *value, struct pal_err *err) {
  struct wanted *wanted = payload;
  (void)err;
  if (strcmp(name, wanted->name) == 0)
    (void)pal_json_int(value, &wanted->value);
  return PAL_OK;
}

int64_t setting_int(const struct pal_record *settings, const char *name) {
  const struct parameter *parameter = find(name);
  assert(parameter && parameter->type == PARAMETER_INT);
  struct wanted wanted = {.name = name, .value = strtol(parameter->fallback, NULL, 10)};
  struct pal_err ignored; /* a malformed value was refused by pal_pack_apply(); the default stands */
  if (setting_each(settings, PAL_SETTINGS_PARAMETERS, take_int, &wanted, &ignored) != PAL_OK)
    wanted.value = strtol(parameter->fallback, NULL, 10);
  return wanted.value;
}
