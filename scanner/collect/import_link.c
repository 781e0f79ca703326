/* SPDX-License-Identifier: Apache-2.0 */
/* import_link.c - a link in the shapes people get it in: the answer of the service, `az
 * managementpartner show` (its properties one level up), `Get-AzManagementPartner` (capitals,
 * fewer members, dates as /Date(milliseconds)/ from Windows PowerShell). */
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "pal_text.h"

enum { MS_PER_S = 1000, TICKS_PER_MS = 10000 };
static const int64_t MS_MAX = INT64_C(253402300799999); /* end of the year 9999 */

const pal_json *import_member(const pal_json *object, const char *name) {
  if (pal_json_type(object) != PAL_JSON_OBJECT)
    return NULL;
  for (const pal_json *node = pal_json_first(object); node != NULL; node = pal_json_next(node))
    if (pal_same_word(pal_json_key(node), name))
      return pal_json_is_null(node) ? NULL : node;
  return NULL;
}

enum pal_code import_text(const struct import_file *file, const pal_json *object, const char *name, bool required,
                          const char **ret, struct pal_err *err) {
  const pal_json *node = import_member(object, name);
  *ret = pal_json_text(node);
  if (node == NULL)
    return required ? pal_json_fail(file->doc, object, err, "lacks %s", name) : PAL_OK;
  return *ret != NULL ? PAL_OK : pal_json_fail(file->doc, node, err, "must be a text");
}

/* /Date(1518387490539)/, where an offset may follow that says nothing of the instant. */
static bool parse_milliseconds(const char *text, struct pal_instant *ret) {
  static const char head[] = "/Date(";
  if (strncmp(text, head, sizeof head - 1) != 0)
    return false;
  const char *digits = text + sizeof head - 1;
  char *end = NULL;
  if (digits[0] < '0' || digits[0] > '9')
    return false;
  long long ms = strtoll(digits, &end, 10);
  if (ms > MS_MAX)
    return false;
  if (*end == '+' || *end == '-')
    end += 1 + strspn(end + 1, "0123456789");
  if (strcmp(end, ")/") != 0)
    return false;
  *ret = (struct pal_instant){ms / MS_PER_S, (int32_t)(ms % MS_PER_S * TICKS_PER_MS)};
  return true;
}

static enum pal_code set_instant(const struct import_file *file, struct pal_record *record, int field,
                                 const pal_json *node, struct pal_err *err) {
  const char *text = pal_json_text(node);
  struct pal_instant at;
  char out[PAL_INSTANT_MAX];
  if (text == NULL || (!pal_instant_parse(text, &at) && !parse_milliseconds(text, &at)))
    return pal_json_fail(file->doc, node, err, "is no instant");
  pal_instant_format(at, out);
  return pal_set_text(file->arena, record, field, out, err);
}

enum pal_code import_set(const struct import_file *file, struct pal_record *record, int field, const pal_json *node,
                         struct pal_err *err) {
  const struct pal_field *row = &record->kind->fields[field];
  const char *text = pal_json_text(node);
  int64_t number = 0;
  if (row->type == PAL_T_INSTANT)
    return set_instant(file, record, field, node, err);
  if (row->type == PAL_T_INT) {
    if (!pal_json_int(node, &number))
      return pal_json_fail(file->doc, node, err, "must be an integer");
    pal_set_int(record, field, number);
    return PAL_OK;
  }
  if (text == NULL)
    return pal_json_fail(file->doc, node, err, "must be a text");
  struct pal_err bad = {0};
  enum pal_code code = pal_set_text(file->arena, record, field, text, &bad);
  if (code == PAL_E_INPUT || code == PAL_E_LIMIT)
    return pal_json_fail(file->doc, node, err, "%s", bad.text);
  if (code != PAL_OK && err != NULL)
    *err = bad;
  return code;
}

enum pal_code import_link(const struct import_file *file, const pal_json *node, struct pal_record **ret,
                          struct pal_err *err) {
  static const int needed[] = {PAL_LINK_PARTNER_ID, PAL_LINK_TENANT_ID, PAL_LINK_OBJECT_ID};
  struct pal_record *link = *ret = pal_record_new(file->arena, &pal_kind_LINK);
  const pal_json *inner = import_member(node, "properties");
  const pal_json *from = inner != NULL ? inner : node;
  if (link == NULL)
    return pal_err_nomem(err);
  if (pal_json_type(from) != PAL_JSON_OBJECT)
    return pal_json_fail(file->doc, from, err, "must be an object that tells a link");
  for (size_t i = 0; i < link->kind->n; i++) {
    const pal_json *member = import_member(from, link->kind->fields[i].json);
    enum pal_code code = member != NULL ? import_set(file, link, (int)i, member, err) : PAL_OK;
    if (code != PAL_OK)
      return code;
  }
  for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
    if (pal_get_text(link, needed[i]) == NULL)
      return pal_json_fail(file->doc, from, err, "lacks %s", link->kind->fields[needed[i]].json);
  return PAL_OK;
}
