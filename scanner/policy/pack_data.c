/* SPDX-License-Identifier: Apache-2.0 */
/* pack_data.c - the role tables of a pack, and its settings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pack_private.h"
#include "pal_id.h"
#include "pal_json.h"
#include "settings.h"

static int by_role_id(const void *a, const void *b) {
  return strcmp(((const struct pack_role *)a)->id, ((const struct pack_role *)b)->id);
}

static enum pal_code add_role(struct pal_pack *pack, struct pack_roles *roles, const struct pal_json_doc *doc,
                              const pal_json *node, const char *name_key, struct pal_err *err) {
  const char *id = pal_json_text(pal_json_get(node, "id")), *name = pal_json_text(pal_json_get(node, name_key));
  char guid[PAL_GUID_LEN + 1];
  if (!id || !name || !pal_guid_canonical(id, strlen(id), guid))
    return pal_json_fail(doc, node, err, "a role has \"id\" (a GUID) and \"%s\"", name_key);
  roles->v = pal_arena_grow(pack->arena, roles->v, roles->n, &roles->cap, sizeof *roles->v);
  struct pack_role role = {.id = pal_arena_strdup(pack->arena, guid), .name = pal_arena_strdup(pack->arena, name)};
  if (!roles->v || !role.id || !role.name)
    return pal_err_nomem(err);
  const pal_json *eligible = pal_json_get(node, "eligible");
  if (roles == &pack->pec && (!eligible || pal_json_type(eligible) != PAL_JSON_BOOL))
    return pal_json_fail(doc, node, err, "a role has \"eligible\": true or false");
  role.eligible = eligible && pal_json_true(eligible);
  roles->v[roles->n++] = role;
  return PAL_OK;
}

static enum pal_code add_roles(struct pal_pack *pack, struct pack_roles *roles, const struct pal_json_doc *doc,
                               const pal_json *list, const char *name_key, struct pal_err *err) {
  if (!list || pal_json_type(list) != PAL_JSON_ARRAY)
    return pal_json_fail(doc, pal_json_root(doc), err, "expected an array of roles");
  for (const pal_json *node = pal_json_first(list); node; node = pal_json_next(node)) {
    enum pal_code code = add_role(pack, roles, doc, node, name_key, err);
    if (code != PAL_OK)
      return code;
  }
  if (roles->n)
    qsort(roles->v, roles->n, sizeof *roles->v, by_role_id);
  for (size_t i = 1; i < roles->n; i++)
    if (strcmp(roles->v[i - 1].id, roles->v[i].id) == 0)
      return pal_json_fail(doc, list, err, "the role %s stands twice", roles->v[i].id);
  return PAL_OK;
}

enum pal_code pack_read_data(struct pal_pack *pack, const char *path, const char *source, const char *bytes, size_t len,
                             struct pal_err *err) {
  bool pec = strcmp(path, "data/pec-roles.json") == 0;
  if (!pec && strcmp(path, "data/builtin-roles.json") != 0)
    return PAL_OK;
  struct pal_json_doc *doc = NULL;
  enum pal_code code = pal_json_parse(bytes, len, source, PAL_JSON_STRICT_UTF8, PACK_DATA_BYTES_MAX, &doc, err);
  if (code != PAL_OK)
    return code;
  const pal_json *root = pal_json_root(doc);
  code = pec ? add_roles(pack, &pack->pec, doc, pal_json_get(root, "roles"), "name", err)
             : add_roles(pack, &pack->builtin, doc, root, "roleName", err);
  pal_json_doc_free(doc);
  return code;
}

const char *pal_pack_role_name(const struct pal_pack *pack, const char *role_id) {
  struct pack_role key = {.id = role_id};
  const struct pack_roles *roles = &pack->builtin;
  const struct pack_role *role = roles->n ? bsearch(&key, roles->v, roles->n, sizeof *roles->v, by_role_id) : NULL;
  return role ? role->name : NULL;
}

/* --- settings --- */

static struct pack_policy *find(struct pal_pack *pack, const char *id) {
  for (size_t i = 0; i < pack->policies_n; i++)
    if (strcmp(pack->policies[i].pub.id, id) == 0)
      return &pack->policies[i];
  return NULL;
}

static enum pal_code unknown_id(const struct pal_pack *pack, const char *setting, const char *id, struct pal_err *err) {
  const char **ids = calloc(pack->policies_n ? pack->policies_n : 1, sizeof *ids);
  if (!ids)
    return pal_err_nomem(err);
  for (size_t i = 0; i < pack->policies_n; i++)
    ids[i] = pack->policies[i].pub.id;
  const char *near = pal_nearest(id, ids, pack->policies_n);
  enum pal_code code = pal_err_set(err, PAL_E_CONFIG, "policies.%s: no policy has the id \"%.64s\"%s%s%s", setting, id,
                                   near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
  free(ids);
  return code;
}

static const char *severity_word(const char *text) {
  for (const char *const *word = pal_kind_FINDING.fields[PAL_FINDING_SEVERITY].words; *word; word++)
    if (text && strcmp(*word, text) == 0)
      return *word;
  return NULL;
}

static enum pal_code apply_severity(void *payload, const char *id, const pal_json *value, struct pal_err *err) {
  struct pal_pack *pack = payload;
  struct pack_policy *policy = find(pack, id);
  if (!policy)
    return unknown_id(pack, "severity", id, err);
  const char *word = severity_word(pal_json_text(value));
  if (!word)
    return pal_err_set(err, PAL_E_CONFIG, "policies.severity.%s: expected critical, high, medium, low or info", id);
  policy->pub.effective = word;
  policy->overridden = true;
  return PAL_OK;
}

static enum pal_code apply_parameter(void *payload, const char *name, const pal_json *value, struct pal_err *err) {
  const struct pal_pack *pack = payload;
  if (!setting_is_parameter(name)) {
    /* A parameter of an own policy: one that reads it says so. */
    char quoted[PAL_NAME_MAX + 3];
    if (strlen(name) > PAL_NAME_MAX || strchr(name, '\''))
      return pal_err_set(err, PAL_E_CONFIG, "policies.parameters: unknown parameter \"%.64s\"", name);
    (void)snprintf(quoted, sizeof quoted, "'%s'", name);
    for (size_t i = 0; i < pack->policies_n; i++)
      if (strstr(pack->policies[i].pub.sql, quoted))
        return PAL_OK;
    for (size_t i = 0; i < pack->views_n; i++)
      if (strstr(pack->views[i].sql, quoted))
        return PAL_OK;
  }
  return setting_check_parameter(name, value, err);
}

enum pal_code pal_pack_apply(struct pal_pack *pack, const struct pal_record *settings, struct pal_err *err) {
  for (size_t i = 0; i < pack->policies_n; i++) {
    pack->policies[i].pub.enabled = true;
    pack->policies[i].pub.effective = pack->policies[i].pub.severity;
    pack->policies[i].overridden = false;
  }
  const struct pal_texts *disable = pal_get_texts(settings, PAL_SETTINGS_DISABLE);
  for (size_t i = 0; i < disable->n; i++) {
    struct pack_policy *policy = find(pack, disable->v[i]);
    if (!policy)
      return unknown_id(pack, "disable", disable->v[i], err);
    policy->pub.enabled = false;
  }
  enum pal_code code = setting_each(settings, PAL_SETTINGS_SEVERITY, apply_severity, pack, err);
  if (code == PAL_OK)
    code = setting_each(settings, PAL_SETTINGS_PARAMETERS, apply_parameter, pack, err);
  return code;
}
