/* SPDX-License-Identifier: Apache-2.0 */
/* import_collected.c - the file that palscan's collector script writes. */
#include <string.h>

#include "import.h"
#include "pal_id.h"

static bool is_nonce(const char *text) {
  return strlen(text) == PAL_NONCE_LEN && strspn(text, "0123456789abcdef") == PAL_NONCE_LEN;
}

/* palscan's own script writes nothing else: another member is another program's, or was put in. */
static enum pal_code check_members(const struct import_file *file, const pal_json *root, struct pal_err *err) {
  static const char *const known[] = {"format",   "version", "nonce", "identity",        "tenantId",
                                      "objectId", "date",    "link",  "roleAssignments", "roleAssignmentsError",
                                      NULL};
  for (const pal_json *node = pal_json_first(root); node != NULL; node = pal_json_next(node)) {
    size_t i = 0;
    while (known[i] != NULL && strcmp(known[i], pal_json_key(node)) != 0)
      i++;
    if (known[i] == NULL)
      return pal_json_fail(file->doc, node, err, "unknown key");
  }
  return PAL_OK;
}

static enum pal_code check_version(const struct import_file *file, const pal_json *root, struct pal_err *err) {
  const pal_json *node = pal_json_get(root, "version");
  int64_t version = 0;
  if (!pal_json_int(node, &version) || version < 1)
    return pal_json_fail(file->doc, node != NULL ? node : root, err, "lacks the version of the format");
  if (version > PAL_DECLARATION_FILE_VERSION)
    return pal_json_fail(file->doc, node, err, "written for a newer palscan");
  return PAL_OK;
}

static enum pal_code read_id(const struct import_file *file, const pal_json *root, const char *name,
                             char out[PAL_GUID_LEN + 1], struct pal_err *err) {
  const char *text = NULL;
  enum pal_code code = import_text(file, root, name, true, &text, err);
  if (code == PAL_OK && !pal_guid_canonical(text, strlen(text), out))
    code = pal_json_fail(file->doc, import_member(root, name), err, "is no GUID");
  return code;
}

/* null: the service answered that there is none. */
static enum pal_code read_link(const struct import_file *file, const pal_json *root, struct pal_declaration *ret,
                               struct pal_err *err) {
  const pal_json *node = pal_json_get(root, "link");
  if (node == NULL)
    return pal_json_fail(file->doc, root, err, "lacks link");
  return pal_json_is_null(node) ? PAL_OK : import_link(file, node, &ret->link, err);
}

/* The link counts also where the list was refused: then the file says why. */
static enum pal_code read_assignments(const struct import_file *file, const pal_json *root, struct pal_declaration *ret,
                                      struct pal_err *err) {
  const pal_json *node = import_member(root, "roleAssignments");
  const char *why = NULL;
  enum pal_code code = import_text(file, root, "roleAssignmentsError", false, &why, err);
  if (code != PAL_OK)
    return code;
  if (node != NULL && why != NULL)
    return pal_json_fail(file->doc, node, err, "stands beside an error");
  if (node != NULL && pal_json_type(node) != PAL_JSON_ARRAY)
    return pal_json_fail(file->doc, node, err, "must be a list");
  if (why != NULL && strlen(why) > PAL_DECLARED_REASON_MAX)
    return pal_json_fail(file->doc, import_member(root, "roleAssignmentsError"), err, "is longer than %d bytes",
                         PAL_DECLARED_REASON_MAX);
  if (why != NULL && (ret->unlisted = pal_arena_strdup(file->arena, why)) == NULL)
    return pal_err_nomem(err);
  return node != NULL ? import_assignments(file, node, ret, err) : PAL_OK;
}

static enum pal_code read_date(const struct import_file *file, const pal_json *root, struct pal_declaration *ret,
                               struct pal_err *err) {
  const char *text = NULL;
  struct pal_instant at;
  char out[PAL_INSTANT_MAX];
  enum pal_code code = import_text(file, root, "date", true, &text, err);
  if (code == PAL_OK && !pal_instant_parse(text, &at))
    code = pal_json_fail(file->doc, import_member(root, "date"), err, "is no instant");
  if (code != PAL_OK)
    return code;
  pal_instant_format(at, out);
  ret->date = pal_arena_strdup(file->arena, out);
  return ret->date != NULL ? PAL_OK : pal_err_nomem(err);
}

enum pal_code import_collected(const struct import_file *file, const pal_json *root, struct pal_declaration *ret,
                               struct pal_err *err) {
  const char *nonce = NULL, *identity = NULL;
  enum pal_code code = check_members(file, root, err);
  if (code == PAL_OK)
    code = check_version(file, root, err);
  if (code == PAL_OK)
    code = import_text(file, root, "nonce", true, &nonce, err);
  if (code == PAL_OK && !is_nonce(nonce))
    code = pal_json_fail(file->doc, import_member(root, "nonce"), err, "is no nonce of palscan collector");
  if (code == PAL_OK)
    code = import_text(file, root, "identity", true, &identity, err);
  if (code == PAL_OK && !pal_name_valid(identity))
    code = pal_json_fail(file->doc, import_member(root, "identity"), err, "is no name of an identity");
  if (code == PAL_OK)
    code = read_id(file, root, "tenantId", ret->tenant.s, err);
  if (code == PAL_OK)
    code = read_id(file, root, "objectId", ret->object.s, err);
  if (code == PAL_OK)
    code = read_date(file, root, ret, err);
  if (code == PAL_OK)
    code = read_link(file, root, ret, err);
  if (code == PAL_OK)
    code = read_assignments(file, root, ret, err);
  if (code != PAL_OK)
    return code;
  memcpy(ret->nonce, nonce, PAL_NONCE_LEN + 1);
  ret->identity = pal_arena_strdup(file->arena, identity);
  return ret->identity != NULL ? PAL_OK : pal_err_nomem(err);
}
