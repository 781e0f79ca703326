/* SPDX-License-Identifier: Apache-2.0 */
/* unite_leavers.c - people who no longer work for us, as the estate says. */
#include <string.h>

#include "unite.h"

static bool is_object(const struct pal_record *object, const char *tenant, const char *id) {
  return object && strcmp(pal_get_text(object, PAL_OBJECT_TENANT), tenant) == 0 &&
         strcmp(pal_get_text(object, PAL_OBJECT_OBJECT_ID), id) == 0;
}

/* Whether the person behind this object of the tenant has left by the day of the run. */
static bool has_left(const struct unite *unite, const char *id) {
  const char *tenant = unite->input->tenant.s;
  char today[11];
  pal_instant_date(unite->input->started, today);
  const struct pal_records *people =
      unite->input->estate ? pal_get_records(unite->input->estate, PAL_ESTATE_PRINCIPALS) : NULL;
  for (size_t i = 0; people && i < people->n; i++) {
    const char *left = pal_get_text(people->v[i], PAL_PRINCIPAL_LEFT);
    if (!left || strcmp(left, today) > 0)
      continue;
    if (is_object(pal_get_record(people->v[i], PAL_PRINCIPAL_HOME), tenant, id))
      return true;
    const struct pal_records *objects = pal_get_records(people->v[i], PAL_PRINCIPAL_OBJECTS);
    for (size_t j = 0; j < objects->n; j++)
      if (is_object(objects->v[j], tenant, id))
        return true;
  }
  return false;
}

/* Nobody can ask for the link of a person who has left; its last reading stays, and
 * ages; the tenant is not incomplete for it. */
bool row_is_of_leaver(const struct unite *unite, const struct row *row) {
  const struct pal_docs *parent = unite->input->parent;
  bool found = false;
  if (row->collector->units != UNITS_IDENTITY || !unite->input->estate)
    return false;
  for (size_t i = 0; parent && i < parent->n; i++) {
    const struct pal_doc *doc = parent->v[i];
    if (doc->file->id != PAL_FILE_IDENTITY || doc->records.n != 1)
      continue;
    const struct pal_texts *names = pal_get_texts(doc->records.v[0], PAL_IDENTITY_NAMES);
    for (size_t j = 0; j < names->n; j++) {
      if (strcmp(names->v[j], row->unit) != 0)
        continue;
      if (!has_left(unite, doc->id.s))
        return false;
      found = true;
    }
  }
  return found;
}
