/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unite_declared.c - role assignments that somebody declared, after a reading.
 * One that is on record as read needs no declaration any more: if it is gone the
 * night after, it was revoked, and nobody is contradicted. One that is too old
 * goes when its subscription is read. All others stay, as they were declared.
 */
#include <string.h>

#include "pal_id.h"
#include "unite.h"

enum { DAY_SECONDS = 86400 };

/* Whether the facts just united, which are not sorted yet, tell of it. */
static bool holds(const struct pal_doc *doc, const struct pal_record *declared, const char *object) {
  const char *id = pal_get_text(declared, PAL_DECLARED_ASSIGNMENT_ID);
  const char *role = pal_get_text(declared, PAL_DECLARED_ASSIGNMENT_ROLE_ID);
  for (size_t i = 0; doc && i < doc->records.n; i++) {
    const struct pal_record *read = doc->records.v[i];
    if (strcmp(pal_get_text(read, PAL_ASSIGNMENT_ID), id) == 0)
      return strcmp(pal_get_text(read, PAL_ASSIGNMENT_PRINCIPAL_ID), object) == 0 &&
             strcmp(pal_get_text(read, PAL_ASSIGNMENT_ROLE_ID), role) == 0;
  }
  return false;
}

static bool is_too_old(const struct unite *unite, const struct pal_record *declaration) {
  struct pal_instant at;
  const char *date = pal_get_text(declaration, PAL_DECLARATION_ASSIGNMENTS_DATE);
  return !date || !pal_instant_parse(date, &at) ||
         unite->input->started.s - at.s > declared_max_age_days(unite->input->settings) * DAY_SECONDS;
}

static bool is_settled(const struct unite *unite, const struct pal_record *declared, const char *object, bool old) {
  struct pal_subscription_id id;
  bool below = pal_arm_id_subscription(pal_get_text(declared, PAL_DECLARED_ASSIGNMENT_SCOPE), &id);
  enum pal_file_id file = below ? PAL_FILE_ASSIGNMENTS : PAL_FILE_INHERITED;
  if (holds(doc_of(unite->ret, unite, file, below ? id.s : NULL), declared, object))
    return true;
  return old && is_read(row_find(unite, collectors[COLLECTOR_assignments].area, below ? id.s : UNIT_WHOLE));
}

/* A copy of the declaration with what is left of its list; NULL in *ret where nothing is. */
static enum pal_code prune(const struct unite *unite, const struct pal_record *identity, struct pal_record **ret,
                           struct pal_err *err) {
  const struct pal_record *before = pal_get_record(identity, PAL_IDENTITY_DECLARED);
  const struct pal_records *rows = pal_get_records(before, PAL_DECLARATION_ASSIGNMENTS);
  const char *object = pal_get_text(identity, PAL_IDENTITY_OBJECT_ID);
  bool old = is_too_old(unite, before);
  struct pal_record *record = *ret = pal_record_dup(unite->arena, before);
  if (!record)
    return pal_err_nomem(err);
  pal_set_absent(record, PAL_DECLARATION_ASSIGNMENTS);
  for (size_t i = 0; i < rows->n; i++) {
    if (is_settled(unite, rows->v[i], object, old))
      continue;
    enum pal_code code = pal_add_record(unite->arena, record, PAL_DECLARATION_ASSIGNMENTS, rows->v[i], err);
    if (code != PAL_OK)
      return code;
  }
  if (pal_get_records(record, PAL_DECLARATION_ASSIGNMENTS)->n > 0)
    return PAL_OK;
  pal_set_absent(record, PAL_DECLARATION_ASSIGNMENTS_PROVIDER);
  pal_set_absent(record, PAL_DECLARATION_ASSIGNMENTS_DATE);
  pal_set_absent(record, PAL_DECLARATION_ASSIGNMENTS_SHA256);
  if (!pal_get_text(record, PAL_DECLARATION_DATE))
    *ret = NULL;
  return PAL_OK;
}

static enum pal_code settle(const struct unite *unite, struct pal_doc *doc, struct pal_err *err) {
  struct pal_record *declaration = NULL, *identity = pal_record_dup(unite->arena, doc->records.v[0]);
  enum pal_code code = identity ? prune(unite, identity, &declaration, err) : pal_err_nomem(err);
  if (code != PAL_OK)
    return code;
  if (declaration)
    pal_set_record(identity, PAL_IDENTITY_DECLARED, declaration);
  else
    pal_set_absent(identity, PAL_IDENTITY_DECLARED);
  doc->records.v[0] = identity;
  return PAL_OK;
}

enum pal_code declarations_unite(struct unite *unite, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  if (!in_scope(unite, collectors[COLLECTOR_assignments].area))
    return PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < unite->ret->n; i++) {
    struct pal_doc *doc = unite->ret->v[i];
    if (doc->file->id != PAL_FILE_IDENTITY || strcmp(doc->tenant.s, unite->input->tenant.s) != 0)
      continue;
    const struct pal_record *declared = pal_get_record(doc->records.v[0], PAL_IDENTITY_DECLARED);
    if (declared && pal_get_text(declared, PAL_DECLARATION_ASSIGNMENTS_DATE))
      code = settle(unite, doc, err);
  }
  return code;
}
