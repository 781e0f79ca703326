/* SPDX-License-Identifier: Apache-2.0 */
/* import.c - which shape a file has, whom it speaks for, and whether it may be true. */
#include "import.h"

#include <stdio.h>
#include <string.h>

#include "pal_digest.h"
#include "pal_file.h"
#include "pal_id.h"
#include "pal_text.h"

static bool is_collected(const pal_json *root) {
  const char *format = pal_json_text(pal_json_get(root, "format"));
  return format != NULL && strcmp(format, PAL_DECLARATION_FORMAT) == 0;
}

static bool is_link(const pal_json *node) {
  const pal_json *inner = import_member(node, "properties");
  return import_member(inner != NULL ? inner : node, "partnerId") != NULL;
}

/* What az account list, az account show and Get-AzSubscription print. */
static bool is_subscription(const pal_json *node) {
  return import_member(node, "homeTenantId") != NULL ||
         (import_member(node, "isDefault") != NULL && import_member(node, "tenantId") != NULL);
}

static enum pal_code check_shape(const struct import_file *file, const pal_json *node, struct pal_err *err) {
  if (is_link(node) || import_is_assignment(node))
    return PAL_OK;
  if (is_subscription(node))
    return pal_json_fail(file->doc, node, err,
                         "is a subscription, which nobody declares: palscan scan reads which there are");
  return pal_json_fail(
      file->doc, node, err,
      "is none of what import reads: the file of palscan collector, az managementpartner show, az role "
      "assignment list, or Get-AzManagementPartner or Get-AzRoleAssignment | ConvertTo-Json");
}

/* PowerShell's ConvertTo-Json makes an object of one result, and an array of several; the service itself lists under
 * value. *ret: a link, or one or several role assignments, as *ret_assignments says. */
static enum pal_code find_told(const struct import_file *file, const pal_json **ret, bool *ret_assignments,
                               struct pal_err *err) {
  const pal_json *root = pal_json_root(file->doc), *value = import_member(root, "value");
  const pal_json *list = pal_json_type(value) == PAL_JSON_ARRAY ? value : root;
  bool several = pal_json_type(list) == PAL_JSON_ARRAY;
  const pal_json *node = several ? pal_json_first(list) : list;
  if (several && pal_json_count(list) == 0)
    return pal_json_fail(file->doc, list, err, "has 0 entries, which says nothing");
  enum pal_code code = check_shape(file, node, err);
  if (code != PAL_OK)
    return code;
  *ret_assignments = !is_link(node);
  if (!*ret_assignments && several && pal_json_count(list) != 1)
    return pal_json_fail(file->doc, list, err, "has %zu entries; an identity has one link in a tenant",
                         pal_json_count(list));
  *ret = *ret_assignments ? list : node;
  return PAL_OK;
}

static enum pal_code need(const struct import_file *file, const char *value, const char *option, struct pal_err *err) {
  return value != NULL ? PAL_OK
                       : pal_err_set(err, PAL_E_USAGE, "%s: does not say it itself: give --%s", file->source, option);
}

static const struct pal_declaration *find_before(const struct import_file *file) {
  for (size_t i = 0; i < file->before->n; i++)
    if (strcmp(file->before->v[i].identity, file->hints->identity) == 0 &&
        strcmp(file->before->v[i].tenant.s, file->hints->tenant) == 0)
      return &file->before->v[i];
  return NULL;
}

/* Whose they are: as told, as the file before says, or of the only one there is. */
static enum pal_code read_assignments(const struct import_file *file, const pal_json *list, struct pal_declaration *ret,
                                      struct pal_err *err) {
  const char *object = file->hints->object;
  const struct pal_declaration *before = find_before(file);
  enum pal_code code = PAL_OK;
  if (object == NULL && before != NULL)
    object = before->object.s;
  if (object != NULL)
    (void)snprintf(ret->object.s, sizeof ret->object.s, "%s", object);
  else
    code = import_sole_principal(file, list, &ret->object, err);
  ret->link_untold = true;
  if (code == PAL_OK)
    code = import_assignments(file, list, ret, err);
  if (code == PAL_OK && ret->assignments.n == 0)
    code = pal_json_fail(file->doc, list, err, "tells nothing of object %s, only of others: %zu role assignments",
                         ret->object.s, ret->others);
  return code;
}

/* Plain output: the link names tenant and object, a role assignment the object; the rest is the word of who imports. */
static enum pal_code read_plain(const struct import_file *file, struct pal_declaration *ret, struct pal_err *err) {
  const struct pal_import_hints *hints = file->hints;
  const pal_json *node = NULL;
  bool assignments = false;
  enum pal_code code = find_told(file, &node, &assignments, err);
  if (code == PAL_OK)
    code = need(file, hints->identity, "identity", err);
  if (code == PAL_OK)
    code = need(file, hints->tenant, "tenant", err);
  if (code == PAL_OK)
    code = need(file, hints->date, "date", err);
  if (code == PAL_OK)
    code = assignments ? read_assignments(file, node, ret, err) : import_link(file, node, &ret->link, err);
  if (code != PAL_OK)
    return code;
  ret->identity = hints->identity;
  ret->date = hints->date;
  (void)snprintf(ret->tenant.s, sizeof ret->tenant.s, "%s", hints->tenant);
  if (!assignments)
    (void)snprintf(ret->object.s, sizeof ret->object.s, "%s", pal_get_text(ret->link, PAL_LINK_OBJECT_ID));
  return PAL_OK;
}

/* --- whether it may be true --- */

static enum pal_code disagree(const struct import_file *file, const char *option, const char *said, const char *given,
                              struct pal_err *err) {
  return pal_err_set(err, PAL_E_INPUT, "%s: says %s %s, --%s says %s", file->source, option, said, option, given);
}

static enum pal_code check_hints(const struct import_file *file, const struct pal_declaration *d, struct pal_err *err) {
  const struct pal_import_hints *hints = file->hints;
  if (hints->identity != NULL && strcmp(hints->identity, d->identity) != 0)
    return disagree(file, "identity", d->identity, hints->identity, err);
  if (hints->tenant != NULL && strcmp(hints->tenant, d->tenant.s) != 0)
    return disagree(file, "tenant", d->tenant.s, hints->tenant, err);
  if (hints->object != NULL && strcmp(hints->object, d->object.s) != 0)
    return disagree(file, "object", d->object.s, hints->object, err);
  if (hints->date != NULL && strcmp(hints->date, d->date) != 0)
    return disagree(file, "date", d->date, hints->date, err);
  return PAL_OK;
}

/* Shown while signed in elsewhere, or as somebody else, a link says nothing of this identity here. */
static enum pal_code check_link(const struct import_file *file, const struct pal_declaration *d, struct pal_err *err) {
  const char *tenant = d->link != NULL ? pal_get_text(d->link, PAL_LINK_TENANT_ID) : d->tenant.s;
  const char *object = d->link != NULL ? pal_get_text(d->link, PAL_LINK_OBJECT_ID) : d->object.s;
  const char *updated = d->link != NULL ? pal_get_text(d->link, PAL_LINK_UPDATED_TIME) : NULL;
  if (strcmp(tenant, d->tenant.s) != 0)
    return pal_err_set(err, PAL_E_INPUT, "%s: the link is one of tenant %s, not of %s: sign in there and show it again",
                       file->source, tenant, d->tenant.s);
  if (strcmp(object, d->object.s) != 0)
    return pal_err_set(err, PAL_E_INPUT, "%s: the link is that of object %s, not of %s", file->source, object,
                       d->object.s);
  if (updated != NULL && strncmp(updated, d->date, strlen("YYYY-MM-DD")) > 0)
    return pal_err_set(err, PAL_E_INPUT, "%s: the link was written on %.10s, after the day of the declaration, %.10s",
                       file->source, updated, d->date);
  return PAL_OK;
}

static enum pal_code check_assignments(const struct import_file *file, const struct pal_declaration *d,
                                       struct pal_err *err) {
  for (size_t i = 0; i < d->assignments.n; i++) {
    const char *created = pal_get_text(d->assignments.v[i], PAL_DECLARED_ASSIGNMENT_CREATED_ON);
    if (created != NULL && strncmp(created, d->date, strlen("YYYY-MM-DD")) > 0)
      return pal_err_set(err, PAL_E_INPUT,
                         "%s: a role assignment was made on %.10s, after the day of the declaration, %.10s",
                         file->source, created, d->date);
  }
  return PAL_OK;
}

/* Two files may speak of one identity in one tenant, when one tells its link and the other its role assignments. */
static bool tell_the_same(const struct pal_declaration *a, const struct pal_declaration *b) {
  return (!a->link_untold && !b->link_untold) || (a->tells_assignments && b->tells_assignments);
}

static enum pal_code add(struct pal_arena *arena, struct pal_declarations *all, const struct pal_declaration *one,
                         struct pal_err *err) {
  for (size_t i = 0; i < all->n; i++) {
    const struct pal_declaration *other = &all->v[i];
    bool same_tenant = strcmp(other->tenant.s, one->tenant.s) == 0;
    bool same_identity = strcmp(other->identity, one->identity) == 0;
    bool same_object = strcmp(other->object.s, one->object.s) == 0;
    if (same_tenant && same_identity && tell_the_same(other, one))
      return pal_err_set(err, PAL_E_INPUT, "%s: %s speaks of identity %s in tenant %s too: import the newer one alone",
                         one->path, other->path, one->identity, one->tenant.s);
    if (same_tenant && same_identity && !same_object)
      return pal_err_set(err, PAL_E_INPUT, "%s: identity %s in tenant %s is object %s by %s, and %s by this file",
                         one->path, one->identity, one->tenant.s, other->object.s, other->path, one->object.s);
    if (same_tenant && same_object && !same_identity)
      return pal_err_set(err, PAL_E_INPUT, "%s: object %s in tenant %s is %s by %s, and %s by this file", one->path,
                         one->object.s, one->tenant.s, other->identity, other->path, one->identity);
  }
  struct pal_declaration *grown = pal_arena_grow(arena, all->v, all->n, &all->cap, sizeof *grown);
  if (grown == NULL)
    return pal_err_nomem(err);
  all->v = grown;
  all->v[all->n++] = *one;
  return PAL_OK;
}

static enum pal_code read_doc(struct import_file *file, struct pal_declaration *one, struct pal_err *err) {
  const pal_json *root = pal_json_root(file->doc);
  enum pal_code code = is_collected(root) ? import_collected(file, root, one, err) : read_plain(file, one, err);
  if (code == PAL_OK)
    code = check_hints(file, one, err);
  if (code == PAL_OK)
    code = check_link(file, one, err);
  if (code == PAL_OK)
    code = check_assignments(file, one, err);
  return code;
}

enum pal_code pal_import_parse(struct pal_arena *arena, const char *bytes, size_t len, const char *source,
                               const struct pal_import_hints *hints, struct pal_declarations *ret,
                               struct pal_err *err) {
  struct import_file file = {.arena = arena, .source = source, .hints = hints, .before = ret};
  struct pal_json_doc *doc = NULL;
  struct pal_declaration one = {.path = pal_arena_strdup(arena, source)};
  struct pal_buf text;
  uint8_t digest[PAL_SHA256_LEN];
  pal_buf_init(&text, (size_t)PAL_IMPORT_BYTES_MAX * 2);
  enum pal_code code = one.path != NULL ? pal_sha256(bytes, len, digest, err) : pal_err_nomem(err);
  if (code == PAL_OK)
    code = pal_import_text(bytes, len, source, &text, err);
  if (code == PAL_OK)
    code =
        pal_json_parse(text.data, text.len, source, PAL_JSON_STRICT_UTF8, (size_t)PAL_IMPORT_BYTES_MAX * 2, &doc, err);
  file.doc = doc;
  if (code == PAL_OK)
    code = read_doc(&file, &one, err);
  if (code == PAL_OK) {
    pal_hex(digest, sizeof digest, one.sha256);
    one.provider = hints->provider != NULL ? hints->provider : one.identity;
    code = add(arena, ret, &one, err);
  }
  pal_json_doc_free(doc);
  pal_buf_deinit(&text);
  return code;
}

enum pal_code pal_import_read(struct pal_arena *arena, const char *path, const struct pal_import_hints *hints,
                              struct pal_declarations *ret, struct pal_err *err) {
  struct pal_buf bytes;
  pal_buf_init(&bytes, PAL_IMPORT_BYTES_MAX);
  enum pal_code code = pal_file_read(path, "import", 0, PAL_IMPORT_BYTES_MAX, &bytes, err);
  if (code == PAL_OK)
    code = pal_import_parse(arena, bytes.data, bytes.len, path, hints, ret, err);
  pal_buf_deinit(&bytes);
  return code;
}
