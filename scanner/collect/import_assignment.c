/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_assignment.c - role assignments in the shapes people get them in: the
 * answer of the service (one level down in properties), `az role assignment
 * list` (flat), `Get-AzRoleAssignment` (other names for id and principal).
 *
 * A list may tell of everybody: of who else holds roles nothing is kept but how many rows that were.
 */
#include <stdio.h>
#include <string.h>

#include "import.h"
#include "pal_id.h"
#include "pal_record.h"

#define TYPE_PATH "/providers/microsoft.authorization/roleassignments/"

static const pal_json *inner_of(const pal_json *node) {
  const pal_json *inner = import_member(node, "properties");
  return inner != NULL ? inner : node;
}

static const pal_json *first_member(const pal_json *node, const char *name, const char *other) {
  const pal_json *member = import_member(node, name);
  return member != NULL ? member : import_member(node, other);
}

static const pal_json *principal_node(const pal_json *node) {
  return first_member(inner_of(node), "principalId", "ObjectId");
}

bool import_is_assignment(const pal_json *node) {
  return principal_node(node) != NULL && import_member(inner_of(node), "roleDefinitionId") != NULL;
}

/* --- whose it is --- */

static enum pal_code read_principal(const struct import_file *file, const pal_json *node, struct pal_object_id *ret,
                                    struct pal_err *err) {
  const pal_json *member = principal_node(node);
  const char *text = pal_json_text(member);
  if (!import_is_assignment(node))
    return pal_json_fail(file->doc, node, err, "is no role assignment");
  if (text == NULL || !pal_guid_canonical(text, strlen(text), ret->s))
    return pal_json_fail(file->doc, member, err, "is no GUID");
  return PAL_OK;
}

/* --- one of them --- */

static enum pal_code set_id(const struct import_file *file, const pal_json *node, struct pal_record *record,
                            struct pal_err *err) {
  const pal_json *member = first_member(node, "id", "RoleAssignmentId");
  const pal_json *name = import_member(node, "RoleAssignmentName");
  const char *text = pal_json_text(name), *scope = pal_get_text(record, PAL_DECLARED_ASSIGNMENT_SCOPE);
  char made[PAL_ARM_ID_MAX + sizeof TYPE_PATH + PAL_GUID_LEN], guid[PAL_GUID_LEN + 1];
  if (strcmp(scope, "/") == 0)
    scope = "";
  if (member != NULL) {
    enum pal_code code = import_set(file, record, PAL_DECLARED_ASSIGNMENT_ID, member, err);
    if (code != PAL_OK)
      return code;
    const char *id = pal_get_text(record, PAL_DECLARED_ASSIGNMENT_ID);
    size_t len = strlen(scope), path = sizeof TYPE_PATH - 1;
    if (strncmp(id, scope, len) == 0 && strncmp(id + len, TYPE_PATH, path) == 0 &&
        pal_guid_canonical(id + len + path, strlen(id + len + path), guid))
      return PAL_OK;
    return pal_json_fail(file->doc, member, err, "is no id of a role assignment on its scope");
  }
  if (text == NULL || !pal_guid_canonical(text, strlen(text), guid))
    return pal_json_fail(file->doc, name != NULL ? name : node, err, "lacks the id of the role assignment");
  (void)snprintf(made, sizeof made, "%s" TYPE_PATH "%s", scope, guid);
  struct pal_err bad = {0};
  enum pal_code code = pal_set_text(file->arena, record, PAL_DECLARED_ASSIGNMENT_ID, made, &bad);
  if (code == PAL_E_INPUT || code == PAL_E_LIMIT)
    return pal_json_fail(file->doc, name, err, "%s", bad.text);
  return code == PAL_OK ? code : pal_err_nomem(err);
}

static enum pal_code set_role(const struct import_file *file, const pal_json *from, struct pal_record *record,
                              struct pal_err *err) {
  const pal_json *member = import_member(from, "roleDefinitionId");
  const char *text = pal_json_text(member);
  struct pal_role_id role;
  if (text == NULL || pal_role_id_parse(text, &role, NULL) != PAL_OK)
    return pal_json_fail(file->doc, member, err, "is no id of a role");
  return pal_set_text(file->arena, record, PAL_DECLARED_ASSIGNMENT_ROLE_ID, role.s, err);
}

/* An empty text says nothing, as in the answers of the service. */
static enum pal_code set_told(const struct import_file *file, struct pal_record *record, int field,
                              const pal_json *node, struct pal_err *err) {
  const char *text = pal_json_text(node);
  return node == NULL || (text != NULL && text[0] == '\0') ? PAL_OK : import_set(file, record, field, node, err);
}

static enum pal_code read_one(const struct import_file *file, const pal_json *node, struct pal_record **ret,
                              struct pal_err *err) {
  const pal_json *from = inner_of(node), *scope = import_member(from, "scope");
  struct pal_record *record = *ret = pal_record_new(file->arena, &pal_kind_DECLARED_ASSIGNMENT);
  const struct {
    int field;
    const pal_json *node;
  } told[] = {
      {PAL_DECLARED_ASSIGNMENT_ROLE_NAME, import_member(from, "roleDefinitionName")},
      {PAL_DECLARED_ASSIGNMENT_PRINCIPAL_TYPE, first_member(from, "principalType", "ObjectType")},
      {PAL_DECLARED_ASSIGNMENT_CONDITION, import_member(from, "condition")},
      {PAL_DECLARED_ASSIGNMENT_CONDITION_VERSION, import_member(from, "conditionVersion")},
      {PAL_DECLARED_ASSIGNMENT_CREATED_ON, import_member(from, "createdOn")},
  };
  if (record == NULL)
    return pal_err_nomem(err);
  if (scope == NULL)
    return pal_json_fail(file->doc, from, err, "lacks scope");
  enum pal_code code = import_set(file, record, PAL_DECLARED_ASSIGNMENT_SCOPE, scope, err);
  if (code == PAL_OK)
    code = set_id(file, node, record, err);
  if (code == PAL_OK)
    code = set_role(file, from, record, err);
  for (size_t i = 0; code == PAL_OK && i < sizeof told / sizeof told[0]; i++)
    code = set_told(file, record, told[i].field, told[i].node, err);
  return code;
}

/* --- all of them --- */

/* The rows one after another, those of lists within the list too; NULL at the end. */
struct walk {
  const pal_json *outer, *inner;
};

static struct walk walk_begin(const pal_json *list) {
  return (struct walk){.outer = pal_json_type(list) == PAL_JSON_ARRAY ? pal_json_first(list) : list};
}

static const pal_json *walk_next(const pal_json *list, struct walk *walk) {
  for (;;) {
    const pal_json *node = walk->inner;
    if (node != NULL) {
      walk->inner = pal_json_next(node);
      return node;
    }
    if ((node = walk->outer) == NULL)
      return NULL;
    walk->outer = node == list ? NULL : pal_json_next(node);
    if (pal_json_type(node) != PAL_JSON_ARRAY)
      return node;
    walk->inner = pal_json_first(node);
  }
}

enum pal_code import_sole_principal(const struct import_file *file, const pal_json *list, struct pal_object_id *ret,
                                    struct pal_err *err) {
  struct walk walk = walk_begin(list);
  bool first = true;
  for (const pal_json *node; (node = walk_next(list, &walk)) != NULL; first = false) {
    struct pal_object_id principal;
    enum pal_code code = read_principal(file, node, &principal, err);
    if (code != PAL_OK)
      return code;
    const pal_json *type = first_member(inner_of(node), "principalType", "ObjectType");
    if (pal_json_text(type) != NULL && strcmp(pal_json_text(type), "Group") == 0)
      return pal_json_fail(file->doc, type, err, "is that of a group: give --object with the object id of %s",
                           file->hints->identity);
    if (!first && strcmp(principal.s, ret->s) != 0)
      return pal_err_set(err, PAL_E_USAGE, "%s: tells of several principals: give --object with the object id of %s",
                         file->source, file->hints->identity);
    *ret = principal;
  }
  return PAL_OK;
}

enum pal_code import_assignments(const struct import_file *file, const pal_json *list, struct pal_declaration *ret,
                                 struct pal_err *err) {
  struct walk walk = walk_begin(list);
  size_t clashes = 0;
  ret->tells_assignments = true;
  for (const pal_json *node; (node = walk_next(list, &walk)) != NULL;) {
    struct pal_object_id principal;
    struct pal_record *record = NULL;
    enum pal_code code = read_principal(file, node, &principal, err);
    if (code == PAL_OK && strcmp(principal.s, ret->object.s) != 0) {
      ret->others++;
      continue;
    }
    if (code == PAL_OK && ret->assignments.n >= PAL_DECLARED_ASSIGNMENTS_MAX)
      code = pal_json_fail(file->doc, node, err, "is one too many: at most %d role assignments of an identity",
                           PAL_DECLARED_ASSIGNMENTS_MAX);
    if (code == PAL_OK)
      code = read_one(file, node, &record, err);
    if (code == PAL_OK)
      code = pal_records_add(file->arena, &ret->assignments, record, err);
    if (code != PAL_OK)
      return code;
  }
  /* What lies above several subscriptions is listed with each of them. */
  if (pal_records_sort(&ret->assignments, &clashes) != PAL_OK)
    return pal_err_nomem(err);
  if (clashes > 0)
    return pal_json_fail(file->doc, list, err, "tells a role assignment twice, and not the same of it");
  return PAL_OK;
}
