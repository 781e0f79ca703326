/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unite.c - from what all observers saw of one tenant, and what the parent
 * snapshot knows, to the tenant's files of the new snapshot. Pure.
 *
 * Not seen is not gone: a record of the parent goes only when an observer with a
 * token of this very tenant read its unit completely.
 */
#include <stdlib.h>
#include <string.h>

#include "unite.h"

/* --- shared --- */

const struct pal_doc *doc_of(const struct pal_docs *docs, const struct unite *unite, enum pal_file_id file,
                             const char *id) {
  return docs ? pal_docs_find(docs, file, &unite->input->tenant, id) : NULL;
}

enum pal_code put_doc(struct unite *unite, enum pal_file_id file, const char *id, struct pal_doc **ret,
                      struct pal_err *err) {
  *ret = pal_docs_get(unite->ret, file, &unite->input->tenant, id);
  return *ret ? PAL_OK : pal_err_nomem(err);
}

enum pal_code mark_kept(const struct unite *unite, const struct pal_record *record, const char *last_read,
                        struct pal_record **ret, struct pal_err *err) {
  int field = pal_kind_find(record->kind, "lastRead");
  *ret = pal_record_dup(unite->arena, record);
  if (!*ret)
    return pal_err_nomem(err);
  return field >= 0 && !pal_get_text(*ret, field) ? pal_set_text(unite->arena, *ret, field, last_read, err) : PAL_OK;
}

static int compare_texts(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum pal_code add_ids(const struct unite *unite, const struct pal_docs *docs, enum pal_file_id file,
                             struct pal_texts *ids, size_t *cap, struct pal_err *err) {
  for (size_t i = 0; docs && i < docs->n; i++) {
    if (docs->v[i]->file->id != file || strcmp(docs->v[i]->tenant.s, unite->input->tenant.s) != 0)
      continue;
    const char **grown = pal_arena_grow(unite->arena, ids->v, ids->n, cap, sizeof *grown);
    if (!grown)
      return pal_err_nomem(err);
    ids->v = grown;
    ids->v[ids->n++] = docs->v[i]->id.s;
  }
  return PAL_OK;
}

enum pal_code doc_ids(const struct unite *unite, enum pal_file_id file, struct pal_texts *ret, struct pal_err *err) {
  struct pal_texts ids = {0};
  size_t cap = 0, kept = 0;
  enum pal_code code = add_ids(unite, unite->input->parent, file, &ids, &cap, err);
  for (size_t i = 0; code == PAL_OK && i < unite->sources_n; i++)
    code = add_ids(unite, &unite->sources[i].observation->docs, file, &ids, &cap, err);
  if (ids.n > 1)
    qsort(ids.v, ids.n, sizeof *ids.v, compare_texts);
  for (size_t i = 0; i < ids.n; i++)
    if (kept == 0 || strcmp(ids.v[kept - 1], ids.v[i]) != 0)
      ids.v[kept++] = ids.v[i];
  ids.n = kept;
  *ret = ids;
  return code;
}

/* --- sources --- */

static int compare_units(const void *a, const void *b) {
  const struct pal_record *x = *(const struct pal_record *const *)a, *y = *(const struct pal_record *const *)b;
  return pal_record_cmp(x, y);
}

static int compare_sources(const void *a, const void *b) {
  const struct source *x = a, *y = b;
  int order = strcmp(x->observation->identity, y->observation->identity);
  return order ? order : strcmp(x->observation->tenant.s, y->observation->tenant.s);
}

static enum pal_code load_units(const struct unite *unite, struct source *source, struct pal_err *err) {
  const struct pal_doc *coverage = doc_of(&source->observation->docs, unite, PAL_FILE_COVERAGE, NULL);
  size_t n = coverage ? coverage->records.n : 0;
  const struct pal_record **units = pal_arena_calloc(unite->arena, n + 1, sizeof *units);
  if (!units)
    return pal_err_nomem(err);
  for (size_t i = 0; i < n; i++)
    units[i] = coverage->records.v[i];
  if (n > 1)
    qsort(units, n, sizeof *units, compare_units);
  source->units = units;
  source->units_n = n;
  return PAL_OK;
}

static enum pal_code load_sources(struct unite *unite, struct pal_err *err) {
  const struct pal_unite_input *input = unite->input;
  enum pal_code code = PAL_OK;
  unite->sources = pal_arena_calloc(unite->arena, input->n + 1, sizeof *unite->sources);
  if (!unite->sources)
    return pal_err_nomem(err);
  for (size_t i = 0; code == PAL_OK && i < input->n; i++) {
    struct source *source = &unite->sources[unite->sources_n++];
    source->observation = input->observations[i];
    source->own = strcmp(source->observation->tenant.s, input->tenant.s) == 0;
    code = load_units(unite, source, err);
  }
  if (unite->sources_n > 1)
    qsort(unite->sources, unite->sources_n, sizeof *unite->sources, compare_sources);
  return code;
}

enum pal_code pal_unite(const struct pal_unite_input *input, struct pal_docs *ret, struct pal_err *err) {
  struct unite unite = {.input = input, .ret = ret, .arena = ret->arena};
  char parent_started[PAL_INSTANT_MAX];
  pal_instant_format(input->parent_started, parent_started);
  unite.parent_started = pal_arena_strdup(unite.arena, parent_started);
  enum pal_code code = unite.parent_started ? load_sources(&unite, err) : pal_err_nomem(err);
  if (code == PAL_OK)
    code = rows_build(&unite, err);
  if (code == PAL_OK)
    code = rows_decide(&unite, err);
  if (code == PAL_OK)
    code = facts_unite(&unite, err);
  if (code == PAL_OK)
    code = identities_unite(&unite, err);
  if (code == PAL_OK)
    code = declarations_unite(&unite, err);
  if (code == PAL_OK)
    code = groups_unite(&unite, err);
  if (code == PAL_OK)
    code = rows_write(&unite, err);
  if (code == PAL_OK)
    pal_docs_sort(ret);
  return code;
}
