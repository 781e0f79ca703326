/* SPDX-License-Identifier: Apache-2.0 */
/* unite_people.c - identities, whose unit is a configured name and whose file an object; and groups. */
#include <stdlib.h>
#include <string.h>

#include "pal_import.h"
#include "parse.h"
#include "unite.h"

enum { DAY_SECONDS = 86400 };

static bool among(const struct pal_texts *texts, const char *text) {
  for (size_t i = 0; i < texts->n; i++)
    if (strcmp(texts->v[i], text) == 0)
      return true;
  return false;
}

/* --- identities --- */

/* Who signed in as this object tonight; only observers of the tenant itself file identities. */
struct signed_in {
  const struct pal_record *best; /* of the identity read best, then first by name */
  enum rank rank;
  struct pal_texts names;
};

static enum pal_code find_signed_in(const struct unite *unite, const char *object, struct signed_in *ret,
                                    struct pal_err *err) {
  struct signed_in found = {.rank = RANK_NONE};
  found.names.v = pal_arena_calloc(unite->arena, unite->sources_n + 1, sizeof *found.names.v);
  if (!found.names.v)
    return pal_err_nomem(err);
  for (size_t i = 0; i < unite->sources_n; i++) {
    const struct source *source = &unite->sources[i];
    const struct pal_doc *doc =
        source->own ? doc_of(&source->observation->docs, unite, PAL_FILE_IDENTITY, object) : NULL;
    const struct row *row = row_find(unite, "links", source->observation->identity);
    if (!doc || doc->records.n == 0 || !row || row->mode == MODE_KEEP)
      continue;
    enum rank rank = source_rank(source, "links", source->observation->identity);
    found.names.v[found.names.n++] = source->observation->identity;
    if (!found.best || rank < found.rank) {
      found.best = doc->records.v[0];
      found.rank = rank;
    }
  }
  *ret = found;
  return PAL_OK;
}

/* A name of the parent's file that tonight tells nothing of: it may still be this object. */
static bool is_still_named(const struct unite *unite, const char *name) {
  for (size_t i = 0; i < unite->sources_n; i++)
    if (unite->sources[i].own && unite->sources[i].observation->signed_in &&
        strcmp(unite->sources[i].observation->identity, name) == 0)
      return false;
  return true;
}

static enum pal_code join_names(const struct unite *unite, const struct signed_in *tonight,
                                const struct pal_record *parent, struct pal_record *record, struct pal_err *err) {
  const struct pal_texts *before = parent ? pal_get_texts(parent, PAL_IDENTITY_NAMES) : NULL;
  size_t n = tonight->names.n;
  const char **names = pal_arena_calloc(unite->arena, n + (before ? before->n : 0) + 1, sizeof *names);
  if (!names)
    return pal_err_nomem(err);
  for (size_t i = 0; i < n; i++)
    names[i] = tonight->names.v[i];
  for (size_t i = 0; before && i < before->n; i++)
    if (is_still_named(unite, before->v[i]) && !among(&tonight->names, before->v[i]))
      names[n++] = before->v[i];
  return pal_set_texts(unite->arena, record, PAL_IDENTITY_NAMES, names, n, err);
}

/* All of its names signed in tonight, as other objects, and were read completely. */
static bool is_replaced(const struct unite *unite, const struct pal_record *parent) {
  const struct pal_texts *names = pal_get_texts(parent, PAL_IDENTITY_NAMES);
  for (size_t i = 0; i < names->n; i++) {
    const struct row *row = row_find(unite, "links", names->v[i]);
    if (!row || row->mode != MODE_FRESH || is_still_named(unite, names->v[i]))
      return false;
  }
  return names->n > 0;
}

/* A declaration that the link read tonight contradicts stands until it is too old, or the link was written since. */
static bool still_contradicts(const struct unite *unite, const struct pal_record *declared,
                              const struct pal_record *tonight) {
  const struct pal_record *link = pal_get_record(tonight, PAL_IDENTITY_LINK);
  const char *date = pal_get_text(declared, PAL_DECLARATION_DATE);
  const char *updated = link ? pal_get_text(link, PAL_LINK_UPDATED_TIME) : NULL;
  struct pal_instant at = {0}, written = {0};
  bool fresh = date && pal_instant_parse(date, &at) &&
               unite->input->started.s - at.s <= declared_max_age_days(unite->input->settings) * DAY_SECONDS;
  bool since = updated && pal_instant_parse(updated, &written) && pal_instant_cmp(written, at) > 0;
  return fresh && !since && !pal_declaration_agrees(declared, tonight);
}

/* What stands beside the link that was read tonight: what contradicts it, and the list of role assignments. */
static enum pal_code keep_declared(const struct unite *unite, const struct pal_record *declared,
                                   struct pal_record *tonight, struct pal_err *err) {
  static const int of_link[] = {PAL_DECLARATION_PROVIDER,   PAL_DECLARATION_DATE,  PAL_DECLARATION_SHA256,
                                PAL_DECLARATION_PARTNER_ID, PAL_DECLARATION_STATE, PAL_DECLARATION_VERSION};
  bool contradicts = still_contradicts(unite, declared, tonight);
  if (!contradicts && !pal_get_text(declared, PAL_DECLARATION_ASSIGNMENTS_DATE))
    return PAL_OK;
  struct pal_record *record = pal_record_dup(unite->arena, declared);
  if (!record)
    return pal_err_nomem(err);
  for (size_t i = 0; !contradicts && i < sizeof of_link / sizeof of_link[0]; i++)
    pal_set_absent(record, of_link[i]);
  pal_set_record(tonight, PAL_IDENTITY_DECLARED, record);
  return PAL_OK;
}

static enum pal_code unite_identity(struct unite *unite, const char *object, struct pal_err *err) {
  const struct pal_doc *parent_doc = doc_of(unite->input->parent, unite, PAL_FILE_IDENTITY, object);
  const struct pal_record *parent = parent_doc ? parent_doc->records.v[0] : NULL;
  struct signed_in tonight = {.rank = RANK_NONE};
  struct pal_record *record = NULL;
  enum pal_code code = find_signed_in(unite, object, &tonight, err);
  if (code != PAL_OK)
    return code;
  bool answered = tonight.best && tonight.best->v[PAL_IDENTITY_LINK].is != PAL_ABSENT;
  if (answered || (tonight.best && !parent)) {
    record = pal_record_dup(unite->arena, tonight.best);
    code = record ? join_names(unite, &tonight, parent, record, err) : pal_err_nomem(err);
    const struct pal_record *declared = parent ? pal_get_record(parent, PAL_IDENTITY_DECLARED) : NULL;
    if (code == PAL_OK && declared)
      code = keep_declared(unite, declared, record, err);
  } else if (parent && tonight.best &&
             tonight.rank <= RANK_PARTIAL) { /* answered, but not with a link that can be read */
    const struct row *row = row_find(unite, "links", tonight.names.v[0]);
    code = mark_kept(unite, parent, row->last_read, &record, err);
  } else if (parent && !is_replaced(unite, parent)) {
    record = parent_doc->records.v[0];
  }
  struct pal_doc *doc = NULL;
  if (code == PAL_OK && record)
    code = put_doc(unite, PAL_FILE_IDENTITY, object, &doc, err);
  return code == PAL_OK && doc ? pal_records_add(unite->arena, &doc->records, record, err) : code;
}

enum pal_code identities_unite(struct unite *unite, struct pal_err *err) {
  struct pal_texts ids = {0};
  enum pal_code code = doc_ids(unite, PAL_FILE_IDENTITY, &ids, err);
  for (size_t i = 0; code == PAL_OK && i < ids.n; i++)
    code = unite_identity(unite, ids.v[i], err);
  return code;
}

/* --- groups --- */

static enum pal_code add_members(const struct unite *unite, struct pal_record *record, const struct pal_record *from,
                                 struct pal_err *err) {
  const struct pal_records *members = pal_get_records(from, PAL_GROUP_MEMBERS);
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < members->n; i++)
    code = pal_add_record(unite->arena, record, PAL_GROUP_MEMBERS, members->v[i], err);
  return code == PAL_OK && members->n > 0 ? records_unify(record->v[PAL_GROUP_MEMBERS].u.records, NULL, err) : code;
}

/* One reading that is whole stands alone; parts are joined, also with what the parent knows. */
static enum pal_code unite_read_group(const struct unite *unite, const struct row *row, const struct pal_doc *parent,
                                      struct pal_record **ret, struct pal_err *err) {
  struct pal_record *record = NULL;
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < unite->sources_n; i++) {
    const struct source *source = &unite->sources[i];
    const struct pal_doc *tonight = doc_of(&source->observation->docs, unite, PAL_FILE_GROUP, row->unit);
    if (!tonight || tonight->records.n == 0 || source_rank(source, row->area, row->unit) != row->rank)
      continue;
    if (!record) {
      record = pal_record_dup(unite->arena, tonight->records.v[0]);
      if (!record)
        return pal_err_nomem(err);
    } else if (row->rank == RANK_PARTIAL) {
      code = add_members(unite, record, tonight->records.v[0], err);
    }
  }
  if (code == PAL_OK && parent && row->mode == MODE_MERGE && row->rank == RANK_PARTIAL) {
    if (record)
      code = add_members(unite, record, parent->records.v[0], err);
    if (code == PAL_OK)
      code = mark_kept(unite, record ? record : parent->records.v[0], row->last_read, &record, err);
  }
  *ret = record;
  return code;
}

enum pal_code groups_unite(struct unite *unite, struct pal_err *err) {
  struct pal_texts ids = {0};
  enum pal_code code = doc_ids(unite, PAL_FILE_GROUP, &ids, err);
  for (size_t i = 0; code == PAL_OK && i < ids.n; i++) {
    const struct row *row = row_find(unite, pal_files[PAL_FILE_GROUP].area, ids.v[i]);
    const struct pal_doc *parent = doc_of(unite->input->parent, unite, PAL_FILE_GROUP, ids.v[i]);
    struct pal_record *record = NULL;
    struct pal_doc *doc = NULL;
    if (!row || row->mode == MODE_DROP)
      continue;
    if (is_read(row))
      code = unite_read_group(unite, row, parent, &record, err);
    else if (parent)
      record = parent->records.v[0];
    if (code == PAL_OK && record && row->mode == MODE_CARRY && row->dates_facts)
      code = mark_kept(unite, record, row->last_read, &record, err);
    if (code == PAL_OK && record)
      code = put_doc(unite, PAL_FILE_GROUP, ids.v[i], &doc, err);
    if (code == PAL_OK && doc)
      code = pal_records_add(unite->arena, &doc->records, record, err);
  }
  return code;
}
