/* SPDX-License-Identifier: Apache-2.0 */
#include "mention.h"

#include <string.h>

#include "pal_id.h"
#include "pal_json.h"

enum { ID_BYTES_MAX = 4096 };

enum pal_code pal_mention_parse(struct pal_arena *arena, const char *text, struct pal_mention *ret,
                                struct pal_err *err) {
  char guid[PAL_GUID_LEN + 1];
  struct pal_buf json;
  *ret = (struct pal_mention){0};
  if (text[0] == '\0' || strlen(text) > ID_BYTES_MAX)
    return pal_err_set(err, PAL_E_USAGE, "an id has 1 to %d bytes", ID_BYTES_MAX);
  ret->is_guid = pal_guid_canonical(text, strlen(text), guid);
  ret->id = ret->is_guid     ? pal_arena_strdup(arena, guid)
            : text[0] == '/' ? pal_arm_id_dup(arena, text, err)
                             : pal_arena_strdup(arena, text);
  if (ret->id == NULL)
    return text[0] == '/' && !ret->is_guid ? PAL_E_USAGE : pal_err_nomem(err);
  pal_buf_init(&json, (size_t)ID_BYTES_MAX * 16);
  pal_json_escape(&json, ret->id);
  enum pal_code code = pal_buf_check(&json, "an id", err);
  if (code == PAL_OK && (ret->needle = pal_arena_strndup(arena, json.data + 1, json.len - 2)) == NULL)
    code = pal_err_nomem(err);
  pal_buf_deinit(&json);
  return code;
}

/* "createdBy":"ID": what somebody did is not what they have. */
static bool is_author(const char *json, const char *at) {
  static const char *const keys[] = {"\"createdBy\":", "\"updatedBy\":"};
  for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
    size_t len = strlen(keys[i]);
    if ((size_t)(at - 1 - json) >= len && memcmp(at - 1 - len, keys[i], len) == 0)
      return true;
  }
  return false;
}

/* Stored completeness has areas and units for keys; elsewhere a key is no value. */
static bool find(const char *needle, const char *json, bool keys_too) {
  size_t len = strlen(needle);
  for (const char *at = json; (at = strstr(at, needle)) != NULL; at++) {
    const char before = at > json ? at[-1] : '\0', after = at[len];
    bool opens = before == '"' || before == '/' || at[0] == '/';
    bool closes = after == '/' || (after == '"' && (keys_too || at[len + 1] != ':'));
    if (opens && closes && !(before == '"' && is_author(json, at)))
      return true;
  }
  return false;
}

bool pal_mention_in(const struct pal_mention *mention, const char *json) {
  return find(mention->needle, json, false);
}

/* Names are those of the configuration, which every tenant knows: they are told where the thing itself is. */
static bool is_named(const struct pal_mention *mention, const char *tenant, const char *json) {
  for (size_t i = 0; i < mention->names_n; i++)
    if (strstr(tenant, mention->names[i].tenant_id) != NULL && find(mention->names[i].name, json, true))
      return true;
  return false;
}

bool pal_mention_in_file(const struct pal_mention *mention, const char *path, const char *bytes) {
  static const char coverage[] = "/coverage.json";
  size_t n = strlen(path);
  bool units = n > strlen(coverage) && strcmp(path + n - strlen(coverage), coverage) == 0;
  return strstr(path, mention->id) != NULL || find(mention->needle, bytes, units) ||
         (units && is_named(mention, path, bytes));
}

static bool in_text(const struct pal_mention *mention, const char *json) {
  return json != NULL && pal_mention_in(mention, json);
}

bool pal_mention_in_change(const struct pal_mention *mention, const struct pal_compared_change *change) {
  if (strcmp(change->tenant_id, mention->id) == 0 || strcmp(change->subject_id, mention->id) == 0 ||
      (change->subject_name != NULL && strcmp(change->subject_name, mention->id) == 0))
    return true;
  bool was = in_text(mention, change->before), is = in_text(mention, change->after);
  if (strcmp(change->subject_type, "group") == 0) /* of all its members this tells only who joined or left */
    return was != is;
  const char *unit = change->after != NULL ? change->after : change->before;
  return was || is ||
         (strncmp(change->kind, "coverage.", 9) == 0 && unit != NULL && is_named(mention, change->tenant_id, unit));
}

bool pal_mention_in_finding(const struct pal_mention *mention, const struct pal_reported *reported) {
  const struct pal_record *finding = reported->finding;
  const struct pal_record *subject = pal_get_record(finding, PAL_FINDING_SUBJECT);
  const char *const ids[] = {reported->tenant_id, pal_get_text(finding, PAL_FINDING_FINGERPRINT),
                             pal_get_text(finding, PAL_FINDING_POLICY),
                             subject != NULL ? pal_get_text(subject, PAL_SUBJECT_ID) : NULL};
  for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
    if (ids[i] != NULL && strcmp(ids[i], mention->id) == 0)
      return true;
  return false;
}

enum pal_code pal_mention_learn(struct pal_arena *arena, struct pal_mention *mention,
                                const struct pal_compared_change *change, struct pal_err *err) {
  if (strcmp(change->subject_type, "identity") != 0 || strcmp(change->subject_id, mention->id) != 0 ||
      change->subject_name == NULL || !pal_name_valid(change->subject_name))
    return PAL_OK;
  for (size_t i = 0; i < mention->names_n; i++)
    if (strcmp(mention->names[i].name, change->subject_name) == 0 &&
        strcmp(mention->names[i].tenant_id, change->tenant_id) == 0)
      return PAL_OK;
  struct pal_mention_name *grown =
      pal_arena_grow(arena, mention->names, mention->names_n, &mention->names_cap, sizeof(*grown));
  if (grown == NULL)
    return pal_err_nomem(err);
  mention->names = grown;
  mention->names[mention->names_n++] =
      (struct pal_mention_name){.tenant_id = change->tenant_id, .name = change->subject_name};
  return PAL_OK;
}
