/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMPORT_H
#define IMPORT_H
/* import.h - what the readers of imported files share. Names of members are compared without
 * regard to case: the Azure CLI writes partnerId, Azure PowerShell PartnerId. */
#include "pal_import.h"
#include "pal_json.h"

struct import_file {
  struct pal_arena *arena;
  const struct pal_json_doc *doc;
  const char *source;
  const struct pal_import_hints *hints;
  const struct pal_declarations *before; /* of the files read before this one */
};

/* The member of this name in any case; NULL: absent, or null. */
const pal_json *import_member(const pal_json *object, const char *name);
/* The text of a member; an error when it is there and no text, or not there and required. */
enum pal_code import_text(const struct import_file *file, const pal_json *object, const char *name, bool required,
                          const char **ret, struct pal_err *err) PAL_MUST_CHECK;
/* One value into a field of facts, canonical; an error with its place when it is none. */
enum pal_code import_set(const struct import_file *file, struct pal_record *record, int field, const pal_json *node,
                         struct pal_err *err) PAL_MUST_CHECK;
/* A link as the service, the CLI (flat) or PowerShell writes it. It must name partner, tenant and object. */
enum pal_code import_link(const struct import_file *file, const pal_json *node, struct pal_record **ret,
                          struct pal_err *err) PAL_MUST_CHECK;
/* Whether an object tells a role assignment. */
bool import_is_assignment(const pal_json *node);
/* The one principal that a list tells of; PAL_E_USAGE when there are several. */
enum pal_code import_sole_principal(const struct import_file *file, const pal_json *list, struct pal_object_id *ret,
                                    struct pal_err *err) PAL_MUST_CHECK;
/* Of one role assignment, or a list of them or of such lists, those of ret->object; the others are counted. */
enum pal_code import_assignments(const struct import_file *file, const pal_json *list, struct pal_declaration *ret,
                                 struct pal_err *err) PAL_MUST_CHECK;
/* The file of the collector script. */
enum pal_code import_collected(const struct import_file *file, const pal_json *root, struct pal_declaration *ret,
                               struct pal_err *err) PAL_MUST_CHECK;

#endif
