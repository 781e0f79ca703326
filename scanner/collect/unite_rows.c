/* SPDX-License-Identifier: Apache-2.0 */
/* unite_rows.c - which units there are, and how well each was read. */
#include <stdlib.h>
#include <string.h>

#include "unite.h"

/* --- looking up --- */

static int compare_keys(const char *area_a, const char *unit_a, const char *area_b, const char *unit_b) {
  int order = strcmp(area_a, area_b);
  return order ? order : strcmp(unit_a, unit_b);
}

struct row *row_find(const struct unite *unite, const char *area, const char *unit) {
  size_t low = 0, high = unite->rows_n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = compare_keys(unite->rows[middle].area, unite->rows[middle].unit, area, unit);
    if (order == 0)
      return &unite->rows[middle];
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

const struct pal_record *source_unit(const struct source *source, const char *area, const char *unit) {
  size_t low = 0, high = source->units_n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const struct pal_record *at = source->units[middle];
    int order = compare_keys(pal_get_text(at, PAL_COVERAGE_AREA), pal_get_text(at, PAL_COVERAGE_UNIT), area, unit);
    if (order == 0)
      return at;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

bool is_state(const struct pal_record *unit, const char *state) {
  return unit && strcmp(pal_get_text(unit, PAL_COVERAGE_STATE), state) == 0;
}

/* Of access and of the list of subscriptions, Lighthouse shows only a part. */
static bool is_partial_from_outside(const struct collector *collector) {
  return collector && (collector->units == UNITS_ACCESS || collector->id == COLLECTOR_subscriptions);
}

static enum rank rank_of(const struct source *source, const struct collector *collector,
                         const struct pal_record *unit) {
  if (!unit)
    return RANK_NONE;
  if (is_state(unit, "complete"))
    return !source->own && is_partial_from_outside(collector) ? RANK_PARTIAL : RANK_COMPLETE;
  if (is_state(unit, "not-applicable"))
    return RANK_NOT_APPLICABLE;
  return is_state(unit, "partial") ? RANK_PARTIAL : RANK_UNREAD;
}

enum rank source_rank(const struct source *source, const char *area, const char *unit) {
  return rank_of(source, collector_of_area(area), source_unit(source, area, unit));
}

bool is_read(const struct row *row) {
  return row && (row->mode == MODE_FRESH || row->mode == MODE_MERGE);
}

/* --- which rows there are --- */

bool in_scope(const struct unite *unite, const char *area) {
  const struct pal_unite_input *input = unite->input;
  return !input->in_scope || input->in_scope(input->scope_payload, input->tenant.s, area);
}

bool is_enabled(const struct unite *unite, const struct collector *collector) {
  return collector_enabled(collector, unite->input->settings);
}

static enum pal_code add_row(struct unite *unite, const char *area, const char *unit, struct pal_err *err) {
  struct row *grown = pal_arena_grow(unite->arena, unite->rows, unite->rows_n, &unite->rows_cap, sizeof *grown);
  if (!grown)
    return pal_err_nomem(err);
  unite->rows = grown;
  unite->rows[unite->rows_n++] = (struct row){.area = area, .unit = unit, .collector = collector_of_area(area)};
  return PAL_OK;
}

static int compare_rows(const void *a, const void *b) {
  const struct row *x = a, *y = b;
  return compare_keys(x->area, x->unit, y->area, y->unit);
}

static void sort_rows(struct unite *unite) {
  size_t kept = 0;
  if (unite->rows_n > 1)
    qsort(unite->rows, unite->rows_n, sizeof *unite->rows, compare_rows);
  for (size_t i = 0; i < unite->rows_n; i++)
    if (kept == 0 || compare_rows(&unite->rows[kept - 1], &unite->rows[i]) != 0)
      unite->rows[kept++] = unite->rows[i];
  unite->rows_n = kept;
}

/* Files of which the id is the unit, or which are the unit "tenant". */
static const char *unit_of_doc(const struct pal_doc *doc) {
  switch (doc->file->id) {
  case PAL_FILE_TENANT:
  case PAL_FILE_DIRECTORY:
  case PAL_FILE_INHERITED:
  case PAL_FILE_INHERITED_PIM:
  case PAL_FILE_INHERITED_DENY:
  case PAL_FILE_SUBSCRIPTION: return UNIT_WHOLE;
  case PAL_FILE_ASSIGNMENTS:
  case PAL_FILE_PIM:
  case PAL_FILE_DENY:
  case PAL_FILE_USAGE:
  case PAL_FILE_GROUP: return doc->id.s;
  case PAL_FILE_FORMAT:
  case PAL_FILE_ESTATE_FINDINGS:
  case PAL_FILE_BUILTIN_ROLE:
  case PAL_FILE_IN_REGISTRY:
  case PAL_FILE_IN_ESTATE:
  case PAL_FILE_IN_WAIVERS:
  case PAL_FILE_IN_REVIEWS:
  case PAL_FILE_IN_CHANGES:
  case PAL_FILE_IN_SETTINGS:
  case PAL_FILE_IN_HISTORY:
  case PAL_FILE_COVERAGE:
  case PAL_FILE_IDENTITY:
  case PAL_FILE_DELEGATIONS:
  case PAL_FILE_CUSTOM_ROLE:
  case PAL_FILE_FINDINGS:
  case PAL_FILE_EVENTS:
  case PAL_FILES_N: break;
  }
  return NULL;
}

static enum pal_code add_parent_rows(struct unite *unite, struct pal_err *err) {
  const struct pal_docs *parent = unite->input->parent;
  const struct pal_doc *coverage = doc_of(parent, unite, PAL_FILE_COVERAGE, NULL);
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && coverage && i < coverage->records.n; i++)
    code = add_row(unite, pal_get_text(coverage->records.v[i], PAL_COVERAGE_AREA),
                   pal_get_text(coverage->records.v[i], PAL_COVERAGE_UNIT), err);
  for (size_t i = 0; code == PAL_OK && parent && i < parent->n; i++) {
    const char *unit = unit_of_doc(parent->v[i]);
    if (unit && strcmp(parent->v[i]->tenant.s, unite->input->tenant.s) == 0)
      code = add_row(unite, parent->v[i]->file->area, unit, err);
  }
  return code;
}

static enum pal_code add_tonight_rows(struct unite *unite, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < unite->sources_n; i++)
    for (size_t j = 0; code == PAL_OK && j < unite->sources[i].units_n; j++) {
      const struct pal_record *unit = unite->sources[i].units[j];
      const struct collector *collector = collector_of_area(pal_get_text(unit, PAL_COVERAGE_AREA));
      if (collector && is_enabled(unite, collector) && in_scope(unite, collector->area))
        code = add_row(unite, collector->area, pal_get_text(unit, PAL_COVERAGE_UNIT), err);
    }
  return code;
}

bool is_listed(const struct unite *unite) {
  for (size_t i = 0; i < unite->sources_n; i++)
    if (unite->sources[i].own && source_rank(&unite->sources[i], "subscriptions", UNIT_WHOLE) <= RANK_PARTIAL)
      return true;
  return false;
}

bool has_links(const struct unite *unite) {
  for (size_t i = 0; i < unite->rows_n; i++)
    if (unite->rows[i].collector && unite->rows[i].collector->units == UNITS_IDENTITY &&
        strcmp(unite->rows[i].unit, UNIT_WHOLE) != 0)
      return true;
  return false;
}

/* Rows that stand there even if nobody asked: that an area was not read must show. */
static bool is_owed(const struct unite *unite, const struct collector *collector) {
  if (!collector->area || !is_enabled(unite, collector) || !in_scope(unite, collector->area))
    return false;
  switch (collector->units) {
  case UNITS_WHOLE:
  case UNITS_ACCESS:
  case UNITS_GROUP:
  case UNITS_SUBSCRIPTION: /* settle_marker() drops it where it says nothing */ return true;
  case UNITS_IDENTITY: return !has_links(unite);
  case UNITS_NONE: break;
  }
  return false;
}

static enum pal_code add_owed_rows(struct unite *unite, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < COLLECTORS_N; i++)
    if (is_owed(unite, &collectors[i]))
      code = add_row(unite, collectors[i].area, UNIT_WHOLE, err);
  return code;
}

/* --- what was read of each --- */

static void find_best(const struct unite *unite, struct row *row) {
  const struct source *best = NULL;
  row->rank = RANK_NONE;
  for (size_t i = 0; row->collector && i < unite->sources_n; i++) {
    const struct source *source = &unite->sources[i];
    const struct pal_record *unit = source_unit(source, row->area, row->unit);
    enum rank rank = rank_of(source, row->collector, unit);
    if (!unit)
      continue;
    row->own_whole = row->own_whole || (source->own && rank <= RANK_NOT_APPLICABLE);
    if (!best || rank < row->rank) { /* sources are sorted by name: among equals the first stays */
      best = source;
      row->best = unit;
      row->rank = rank;
    }
  }
  row->code = row->best ? pal_get_text(row->best, PAL_COVERAGE_CODE) : NULL;
  if (best && !best->own && row->rank == RANK_PARTIAL && is_state(row->best, "complete"))
    row->code = WORD_LIGHTHOUSE;
}

static void find_parent(const struct unite *unite) {
  const struct pal_docs *parent = unite->input->parent;
  const struct pal_doc *coverage = doc_of(parent, unite, PAL_FILE_COVERAGE, NULL);
  for (size_t i = 0; coverage && i < coverage->records.n; i++) {
    struct row *row = row_find(unite, pal_get_text(coverage->records.v[i], PAL_COVERAGE_AREA),
                               pal_get_text(coverage->records.v[i], PAL_COVERAGE_UNIT));
    row->parent = coverage->records.v[i];
  }
  for (size_t i = 0; parent && i < parent->n; i++) {
    const char *unit = unit_of_doc(parent->v[i]);
    if (unit && strcmp(parent->v[i]->tenant.s, unite->input->tenant.s) == 0) {
      struct row *row = row_find(unite, parent->v[i]->file->area, unit);
      row->parent_facts = true;
      row->parent_records += parent->v[i]->records.n;
    }
  }
}

enum pal_code rows_build(struct unite *unite, struct pal_err *err) {
  enum pal_code code = add_parent_rows(unite, err);
  if (code == PAL_OK)
    code = add_tonight_rows(unite, err);
  if (code == PAL_OK)
    code = add_owed_rows(unite, err);
  if (code != PAL_OK)
    return code;
  sort_rows(unite);
  find_parent(unite);
  for (size_t i = 0; i < unite->rows_n; i++)
    if (in_scope(unite, unite->rows[i].area))
      find_best(unite, &unite->rows[i]);
  return PAL_OK;
}
