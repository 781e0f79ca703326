/* SPDX-License-Identifier: Apache-2.0 */
/* unite_facts.c - the files whose records belong to a unit each. */
#include <stdlib.h>
#include <string.h>

#include "unite.h"

/* A month of usage that is not known gives way to what the parent knows of it. */
enum { FROM_PARENT = RANK_NONE + 1, UNKNOWN, UNKNOWN_FROM_PARENT };

/* A record and how much it counts against others of its key. */
struct entry {
  struct pal_record *record;
  struct row *row;
  int rank;      /* of the reading it came from; FROM_PARENT, UNKNOWN_FROM_PARENT: kept */
  size_t source; /* position, by name */
};

struct entries {
  struct entry *v;
  size_t n, cap;
};

static enum pal_code add(const struct unite *unite, struct entries *entries, struct pal_record *record, struct row *row,
                         int rank, size_t source, struct pal_err *err) {
  struct entry *grown = pal_arena_grow(unite->arena, entries->v, entries->n, &entries->cap, sizeof *grown);
  if (!grown)
    return pal_err_nomem(err);
  entries->v = grown;
  entries->v[entries->n++] = (struct entry){record, row, rank, source};
  return PAL_OK;
}

static int compare(const void *a, const void *b) {
  const struct entry *x = a, *y = b;
  int order = pal_record_cmp(x->record, y->record);
  if (order == 0)
    order = (x->rank > y->rank) - (x->rank < y->rank);
  return order ? order : (x->source > y->source) - (x->source < y->source);
}

/* Usage of months that are no longer asked for is not missing. */
static bool is_outside_window(const struct unite *unite, const struct pal_record *record) {
  char start[PAL_INSTANT_MAX];
  if (record->kind != &pal_kind_USAGE)
    return false;
  int window = (int)pal_get_int(unite->input->settings, PAL_SETTINGS_USAGE_WINDOW, 2);
  pal_instant_format(pal_instant_month_start(unite->input->started, window), start);
  return strncmp(pal_get_text(record, PAL_USAGE_MONTH), start, strlen("YYYY-MM")) < 0;
}

static bool is_unknown(const struct pal_record *record) {
  return record->kind == &pal_kind_USAGE && strcmp(pal_get_text(record, PAL_USAGE_USED), "unknown") == 0;
}

/* Which unit a record is of: all of a file, or by the subscription a delegation lies in. */
typedef struct row *row_fn(const struct unite *unite, const struct pal_doc *doc, const struct pal_record *record);

static struct row *row_by_id(const struct unite *unite, const struct pal_doc *doc, const struct pal_record *record) {
  (void)record;
  return row_find(unite, doc->file->area, doc->id.s);
}

static struct row *row_of_tenant(const struct unite *unite, const struct pal_doc *doc,
                                 const struct pal_record *record) {
  (void)record;
  return row_find(unite, doc->file->area, UNIT_WHOLE);
}

static struct row *row_by_scope(const struct unite *unite, const struct pal_doc *doc, const struct pal_record *record) {
  struct pal_subscription_id id;
  if (pal_arm_id_subscription(pal_get_text(record, PAL_DELEGATION_SCOPE), &id))
    return row_find(unite, doc->file->area, id.s);
  return NULL;
}

static enum pal_code gather_source(const struct unite *unite, size_t at, const struct pal_doc *doc, row_fn *row_of,
                                   struct entries *entries, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < doc->records.n; i++) {
    struct row *row = row_of(unite, doc, doc->records.v[i]);
    if (row && is_read(row))
      code = add(unite, entries, doc->records.v[i], row,
                 is_unknown(doc->records.v[i]) ? UNKNOWN : (int)source_rank(&unite->sources[at], row->area, row->unit),
                 at, err);
  }
  return code;
}

static enum pal_code gather_parent(const struct unite *unite, const struct pal_doc *doc, row_fn *row_of,
                                   struct entries *entries, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < doc->records.n; i++) {
    struct row *row = row_of(unite, doc, doc->records.v[i]);
    if (!row || row->mode == MODE_DROP || row->mode == MODE_FRESH)
      continue;
    if (row->mode != MODE_MERGE || !is_outside_window(unite, doc->records.v[i]))
      code = add(unite, entries, doc->records.v[i], row,
                 is_unknown(doc->records.v[i]) ? UNKNOWN_FROM_PARENT : FROM_PARENT, 0, err);
  }
  return code;
}

/* The best entry of each key, as a record of the new snapshot. */
static enum pal_code choose(struct unite *unite, struct entries *entries, struct pal_records *out,
                            struct pal_err *err) {
  enum pal_code code = PAL_OK;
  if (entries->n > 1)
    qsort(entries->v, entries->n, sizeof *entries->v, compare);
  for (size_t i = 0; code == PAL_OK && i < entries->n; i++) {
    struct entry *entry = &entries->v[i];
    struct pal_record *record = entry->record;
    if (i > 0 && pal_record_cmp(entries->v[i - 1].record, record) == 0)
      continue;
    bool kept = entry->rank == FROM_PARENT || entry->rank == UNKNOWN_FROM_PARENT;
    bool merged = kept && entry->row->mode == MODE_MERGE;
    entry->row->kept += merged;
    entry->row->fresh += !kept;
    if (merged || (kept && entry->row->mode == MODE_CARRY && entry->row->dates_facts))
      code = mark_kept(unite, record, entry->row->last_read, &record, err);
    if (code == PAL_OK)
      code = pal_records_add(unite->arena, out, record, err);
  }
  return code;
}

static bool any_is_read(const struct unite *unite, const char *area) {
  for (size_t i = 0; i < unite->rows_n; i++)
    if (strcmp(unite->rows[i].area, area) == 0 && is_read(&unite->rows[i]))
      return true;
  return false;
}

/* One file; row: the unit of all of it, NULL when its records are of several. It stands there when tonight's reading or the parent made it, unless all of its rows let it go. */
static enum pal_code unite_doc(struct unite *unite, enum pal_file_id file, const char *id, row_fn *row_of,
                               struct row *row, struct pal_err *err) {
  const struct pal_doc *parent = doc_of(unite->input->parent, unite, file, id);
  struct entries entries = {0};
  struct pal_doc *doc = NULL;
  bool made = false;
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < unite->sources_n; i++) {
    const struct pal_doc *tonight = doc_of(&unite->sources[i].observation->docs, unite, file, id);
    if (!tonight || (row ? !is_read(row) : !any_is_read(unite, pal_files[file].area)))
      continue;
    made = true;
    code = gather_source(unite, i, tonight, row_of, &entries, err);
  }
  if (row)
    row->counts_records = is_read(row);
  if (code == PAL_OK && parent)
    code = gather_parent(unite, parent, row_of, &entries, err);
  if (parent && (!row || (row->mode != MODE_DROP && row->mode != MODE_FRESH)))
    made = true;
  if (code != PAL_OK || !made)
    return code;
  code = put_doc(unite, file, id, &doc, err);
  return code == PAL_OK ? choose(unite, &entries, &doc->records, err) : code;
}

static enum pal_code unite_each(struct unite *unite, enum pal_file_id file, struct pal_err *err) {
  struct pal_texts ids = {0};
  enum pal_code code = doc_ids(unite, file, &ids, err);
  for (size_t i = 0; code == PAL_OK && i < ids.n; i++) {
    struct row *row = row_find(unite, pal_files[file].area, ids.v[i]);
    if (row)
      code = unite_doc(unite, file, ids.v[i], row_by_id, row, err);
  }
  return code;
}

static enum pal_code unite_whole(struct unite *unite, enum pal_file_id file, struct pal_err *err) {
  struct row *row = row_find(unite, pal_files[file].area, UNIT_WHOLE);
  return row ? unite_doc(unite, file, NULL, row_of_tenant, row, err) : PAL_OK;
}

/* --- delegations: one file, units by subscription --- */

static void count_delegations(struct unite *unite) {
  for (size_t i = 0; i < unite->rows_n; i++)
    if (unite->rows[i].collector && unite->rows[i].collector->id == COLLECTOR_delegations && is_read(&unite->rows[i]))
      unite->rows[i].counts_records = true;
}

/* --- subscriptions: a file each, one unit; all who see one are told --- */

static enum pal_code unite_subscriptions(struct unite *unite, struct pal_err *err) {
  struct row *row = row_find(unite, "subscriptions", UNIT_WHOLE);
  struct pal_texts ids = {0};
  enum pal_code code = doc_ids(unite, PAL_FILE_SUBSCRIPTION, &ids, err);
  for (size_t i = 0; code == PAL_OK && row && i < ids.n; i++) {
    size_t fresh = row->fresh;
    if (is_dropped(unite, ids.v[i]))
      continue;
    code = unite_doc(unite, PAL_FILE_SUBSCRIPTION, ids.v[i], row_of_tenant, row, err);
    struct pal_doc *doc = pal_docs_find(unite->ret, PAL_FILE_SUBSCRIPTION, &unite->input->tenant, ids.v[i]);
    if (code != PAL_OK || !doc || row->fresh == fresh)
      continue;
    doc->records.v[0] = pal_record_dup(unite->arena, doc->records.v[0]);
    code = doc->records.v[0] ? sightings_unite(unite, ids.v[i], doc->records.v[0], err) : pal_err_nomem(err);
  }
  return code;
}

/* --- custom roles: a file each, seen in any subscription --- */

struct role_area {
  bool whole, any, keeps;
  const char *oldest;
};

static struct role_area judge_roles(const struct unite *unite) {
  const struct row *listed = row_find(unite, "subscriptions", UNIT_WHOLE);
  struct role_area area = {.whole = listed && listed->rank == RANK_COMPLETE && is_read(listed)};
  for (size_t i = 0; i < unite->rows_n; i++) {
    const struct row *row = &unite->rows[i];
    if (!row->collector || row->collector->id != COLLECTOR_roles || row->mode == MODE_DROP)
      continue;
    area.keeps = area.keeps || row->mode == MODE_KEEP || strcmp(row->state, "not-collected") == 0;
    area.any = area.any || is_read(row);
    area.whole = area.whole && row->mode == MODE_FRESH && row->rank == RANK_COMPLETE;
    if (row->parent && (!area.oldest || strcmp(row->last_read, area.oldest) < 0))
      area.oldest = row->last_read;
  }
  return area;
}

static bool roles_are_read(const struct unite *unite) {
  const struct pal_unite_input *input = unite->input;
  return collector_enabled(&collectors[COLLECTOR_roles], input->settings) &&
         (!input->in_scope || input->in_scope(input->scope_payload, input->tenant.s, collectors[COLLECTOR_roles].area));
}

static enum pal_code unite_role(struct unite *unite, const struct role_area *area, const char *id,
                                struct pal_err *err) {
  const struct pal_doc *parent = doc_of(unite->input->parent, unite, PAL_FILE_CUSTOM_ROLE, id);
  struct pal_record *record = NULL;
  enum pal_code code = PAL_OK;
  for (size_t i = 0; !record && roles_are_read(unite) && i < unite->sources_n; i++) {
    const struct pal_doc *tonight = doc_of(&unite->sources[i].observation->docs, unite, PAL_FILE_CUSTOM_ROLE, id);
    if (tonight && tonight->records.n > 0)
      record = tonight->records.v[0];
  }
  if (!record && parent && (!roles_are_read(unite) || !area->whole)) {
    record = parent->records.v[0];
    if (roles_are_read(unite) && area->any && !area->keeps)
      code = mark_kept(unite, record, area->oldest ? area->oldest : unite->parent_started, &record, err);
  }
  struct pal_doc *doc = NULL;
  if (code == PAL_OK && record)
    code = put_doc(unite, PAL_FILE_CUSTOM_ROLE, id, &doc, err);
  return code == PAL_OK && doc ? pal_records_add(unite->arena, &doc->records, record, err) : code;
}

static enum pal_code unite_roles(struct unite *unite, struct pal_err *err) {
  struct role_area area = judge_roles(unite);
  struct pal_texts ids = {0};
  enum pal_code code = doc_ids(unite, PAL_FILE_CUSTOM_ROLE, &ids, err);
  for (size_t i = 0; code == PAL_OK && i < ids.n; i++)
    code = unite_role(unite, &area, ids.v[i], err);
  return code;
}

enum pal_code facts_unite(struct unite *unite, struct pal_err *err) {
  static const enum pal_file_id wholes[] = {PAL_FILE_TENANT, PAL_FILE_DIRECTORY, PAL_FILE_INHERITED,
                                            PAL_FILE_INHERITED_PIM, PAL_FILE_INHERITED_DENY};
  static const enum pal_file_id each[] = {PAL_FILE_ASSIGNMENTS, PAL_FILE_PIM, PAL_FILE_DENY, PAL_FILE_USAGE};
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < sizeof wholes / sizeof wholes[0]; i++)
    code = unite_whole(unite, wholes[i], err);
  for (size_t i = 0; code == PAL_OK && i < sizeof each / sizeof each[0]; i++)
    code = unite_each(unite, each[i], err);
  if (code == PAL_OK)
    code = unite_doc(unite, PAL_FILE_DELEGATIONS, NULL, row_by_scope, NULL, err);
  count_delegations(unite);
  if (code == PAL_OK)
    code = unite_subscriptions(unite, err);
  return code == PAL_OK ? unite_roles(unite, err) : code;
}
