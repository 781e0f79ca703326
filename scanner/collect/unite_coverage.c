/* SPDX-License-Identifier: Apache-2.0 */
/* unite_coverage.c - what becomes of each unit: read, read in part, carried, kept or dropped. */
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

static const struct pal_record *source_unit(const struct source *source, const char *area, const char *unit) {
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

static bool is_state(const struct pal_record *unit, const char *state) {
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

bool is_dropped(const struct unite *unite, const char *subscription) {
  for (size_t low = 0, high = unite->dropped_n; low < high;) {
    size_t middle = low + (high - low) / 2;
    int order = strcmp(unite->dropped[middle], subscription);
    if (order == 0)
      return true;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return false;
}

/* --- which rows there are --- */

static bool in_scope(const struct unite *unite, const char *area) {
  const struct pal_unite_input *input = unite->input;
  return !input->in_scope || input->in_scope(input->scope_payload, input->tenant.s, area);
}

static bool is_enabled(const struct unite *unite, const struct collector *collector) {
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

/* Whether an observer of the tenant itself got an answer to the list of subscriptions. */
static bool is_listed(const struct unite *unite) {
  for (size_t i = 0; i < unite->sources_n; i++)
    if (unite->sources[i].own && source_rank(&unite->sources[i], "subscriptions", UNIT_WHOLE) <= RANK_PARTIAL)
      return true;
  return false;
}

static bool has_links(const struct unite *unite) {
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
    if (unit && strcmp(parent->v[i]->tenant.s, unite->input->tenant.s) == 0)
      row_find(unite, parent->v[i]->file->area, unit)->parent_facts = true;
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

/* --- what becomes of it --- */

/* Whether the parent knows anything of it. */
static bool was_answered(const struct row *row) {
  if (!row->parent)
    return row->parent_facts;
  return !is_state(row->parent, "unread");
}

/* The start of the run that last read all of it, as the parent knows; NULL: none did. */
static const char *last_complete(const struct unite *unite, const struct row *row) {
  if (!row->parent)
    return row->parent_facts ? unite->parent_started : NULL;
  if (is_state(row->parent, "unread") || is_state(row->parent, "self-declared"))
    return NULL;
  const char *as_of = pal_get_text(row->parent, PAL_COVERAGE_AS_OF);
  bool whole = is_state(row->parent, "complete") || is_state(row->parent, "not-applicable");
  return !as_of && whole ? unite->parent_started : as_of;
}

/* What a record of the parent without a date was read on. */
static const char *last_read(const struct unite *unite, const struct row *row) {
  const char *as_of = row->parent ? pal_get_text(row->parent, PAL_COVERAGE_AS_OF) : NULL;
  return as_of && !is_state(row->parent, "partial") ? as_of : unite->parent_started;
}

static void carry(const struct unite *unite, struct row *row, const char *state) {
  row->mode = MODE_CARRY;
  row->state = was_answered(row) ? state : "unread";
  row->as_of = last_complete(unite, row);
}

static bool is_scanner(const struct unite *unite, const char *name) {
  const struct pal_records *scanners = pal_get_records(unite->input->settings, PAL_SETTINGS_IDENTITIES);
  for (size_t i = 0; i < scanners->n; i++)
    if (strcmp(pal_get_text(scanners->v[i], PAL_SCANNER_NAME), name) == 0)
      return true;
  return false;
}

/* Why this tenant was not read at all tonight, when that is known. */
static const char *why_closed(const struct unite *unite) {
  const struct row *tenant = row_find(unite, "tenant", UNIT_WHOLE);
  return tenant && tenant->best && tenant->rank == RANK_UNREAD ? tenant->code : NULL;
}

static void decide_unread(const struct unite *unite, struct row *row) {
  if (row_is_of_leaver(unite, row)) {
    row->code = WORD_LEFT;
    carry(unite, row, "stale");
    return;
  }
  if (row->parent &&
      is_state(row->parent, "self-declared")) { /* a person's word is neither cleared nor aged by a failure */
    row->mode = MODE_KEEP;
    return;
  }
  if (!row->best && row->parent && unite->input->only_identities) {
    row->mode = MODE_KEEP;
    return;
  }
  if (!row->best && row->collector->units == UNITS_IDENTITY && strcmp(row->unit, UNIT_WHOLE) != 0 &&
      !is_scanner(unite, row->unit)) { /* taken out of the configuration on purpose */
    row->code = WORD_NO_CREDENTIAL;
    carry(unite, row, "stale");
    return;
  }
  if (!row->best) {
    const char *why = why_closed(unite);
    row->code = why ? why : WORD_NOT_ASKED;
  }
  carry(unite, row, "stale");
}

static void decide(const struct unite *unite, struct row *row) {
  static const char *const states[] = {
      [RANK_COMPLETE] = "complete", [RANK_NOT_APPLICABLE] = "not-applicable", [RANK_PARTIAL] = "partial"};
  row->last_read = last_read(unite, row);
  row->dates_facts = row->parent && is_state(row->parent, "partial");
  if (!row->collector || !in_scope(unite, row->area)) {
    row->mode = MODE_KEEP;
  } else if (!is_enabled(unite, row->collector)) {
    carry(unite, row, "not-collected");
    if (!was_answered(row))
      row->mode = MODE_DROP;
  } else if (row->rank >= RANK_UNREAD) {
    decide_unread(unite, row);
  } else {
    row->state = states[row->rank];
    row->mode = row->own_whole ? MODE_FRESH : MODE_MERGE;
  }
}

/* --- subscriptions that are gone --- */

/* Whether this observer's list of subscriptions, of whatever tenants, was complete tonight. */
static bool has_listed(const struct unite *unite, const char *identity, const char *tenant) {
  const struct pal_texts *listed = unite->input->listed;
  size_t n = strlen(identity);
  for (size_t i = 0; listed && i < listed->n; i++)
    if (strncmp(listed->v[i], identity, n) == 0 && listed->v[i][n] == '@' && strcmp(listed->v[i] + n + 1, tenant) == 0)
      return true;
  return false;
}

/* An identity of ours saw it last time, with a token of whatever tenant, and cannot say tonight
 * whether it is still there: then it is not gone. Of another tenant's list nothing stands here. */
static const char *blocker(const struct unite *unite, const struct pal_record *subscription) {
  const struct pal_records *seen = pal_get_records(subscription, PAL_SUBSCRIPTION_SEEN_FROM);
  for (size_t i = 0; i < seen->n; i++) {
    const char *identity = pal_get_text(seen->v[i], PAL_SIGHTING_IDENTITY);
    const char *tenant = pal_get_text(seen->v[i], PAL_SIGHTING_TENANT);
    const char *code = WORD_NOT_ASKED;
    bool own = strcmp(tenant, unite->input->tenant.s) == 0;
    bool whole = !own && has_listed(unite, identity, tenant);
    if (!is_scanner(unite, identity))
      continue;
    if (!own && !whole)
      return WORD_LIGHTHOUSE;
    for (size_t j = 0; own && j < unite->sources_n; j++) {
      const struct source *source = &unite->sources[j];
      if (!source->own || strcmp(source->observation->identity, identity) != 0)
        continue;
      whole = source_rank(source, "subscriptions", UNIT_WHOLE) == RANK_COMPLETE;
      const struct pal_record *unit = source_unit(source, "subscriptions", UNIT_WHOLE);
      if (unit && pal_get_text(unit, PAL_COVERAGE_CODE))
        code = pal_get_text(unit, PAL_COVERAGE_CODE);
    }
    if (!whole)
      return code;
  }
  return NULL;
}

static bool is_seen(const struct unite *unite, const char *id) {
  for (size_t i = 0; i < unite->sources_n; i++)
    if (doc_of(&unite->sources[i].observation->docs, unite, PAL_FILE_SUBSCRIPTION, id))
      return true;
  return false;
}

static int compare_texts(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A subscription missing in a complete list of its own tenant is gone, with its files. */
static enum pal_code drop_subscriptions(struct unite *unite, struct row *row, struct pal_err *err) {
  const struct pal_docs *parent = unite->input->parent;
  unite->dropped = pal_arena_calloc(unite->arena, parent ? parent->n + 1 : 1, sizeof *unite->dropped);
  if (!unite->dropped)
    return pal_err_nomem(err);
  if (row->mode != MODE_FRESH)
    return PAL_OK;
  for (size_t i = 0; parent && i < parent->n; i++) {
    const struct pal_doc *doc = parent->v[i];
    if (doc->file->id != PAL_FILE_SUBSCRIPTION || strcmp(doc->tenant.s, unite->input->tenant.s) != 0 ||
        is_seen(unite, doc->id.s))
      continue;
    const char *why = blocker(unite, doc->records.v[0]);
    if (!why) {
      unite->dropped[unite->dropped_n++] = doc->id.s;
    } else { /* so the list is not whole */
      row->mode = MODE_MERGE;
      row->state = "partial";
      row->code = row->rank == RANK_COMPLETE ? why : row->code;
      row->rank = RANK_PARTIAL;
    }
  }
  if (unite->dropped_n > 1)
    qsort(unite->dropped, unite->dropped_n, sizeof *unite->dropped, compare_texts);
  return PAL_OK;
}

/* --- rows that depend on others --- */

static bool is_read(const struct row *row) {
  return row->mode == MODE_FRESH || row->mode == MODE_MERGE;
}

/* What lies above the subscriptions shows in each of them: with one of them unseen it is not whole. */
static void weaken_above(const struct row *listed, struct row *row) {
  if (row->collector->units != UNITS_ACCESS || strcmp(row->unit, UNIT_WHOLE) != 0 || row->rank != RANK_COMPLETE ||
      listed->rank == RANK_COMPLETE)
    return;
  row->state = "partial";
  row->mode = MODE_MERGE;
  row->rank = RANK_PARTIAL;
  row->code = listed->code;
}

/* It is known which groups there are when an observer of the tenant knows and no subscription is unseen. */
static void join_groups(const struct row *listed, struct row *row) {
  if (row->rank != RANK_COMPLETE || !is_read(row) || listed->rank == RANK_COMPLETE)
    return;
  row->rank = RANK_PARTIAL;
  row->state = "partial";
  row->code = listed->code;
}

/* "It is not known which subscriptions there are": as old as the last list. */
static bool area_was_answered(const struct unite *unite, const char *area) {
  for (size_t i = 0; i < unite->rows_n; i++)
    if (strcmp(unite->rows[i].area, area) == 0 && was_answered(&unite->rows[i]))
      return true;
  return false;
}

static bool has_subscriptions(const struct unite *unite, const char *area) {
  for (size_t i = 0; i < unite->rows_n; i++)
    if (strcmp(unite->rows[i].area, area) == 0 && strcmp(unite->rows[i].unit, UNIT_WHOLE) != 0 &&
        !is_dropped(unite, unite->rows[i].unit))
      return true;
  return false;
}

static void settle_marker(const struct unite *unite, const struct row *listed, struct row *row) {
  if (row->mode == MODE_KEEP)
    return;
  if (is_listed(unite)) { /* it is told per subscription, or there is none */
    if (has_subscriptions(unite, row->area) || !is_read(row))
      row->mode = MODE_DROP;
    return;
  }
  bool stale =
      listed->mode == MODE_CARRY && strcmp(listed->state, "unread") != 0 && area_was_answered(unite, row->area);
  row->mode = MODE_CARRY;
  row->state = stale ? "stale" : "unread";
  row->as_of = stale ? listed->as_of : NULL;
  row->parent = NULL; /* no items of its own */
}

/* A group nobody asked for is out of use only when every observer of the tenant knows which there are. */
static bool all_know(const struct unite *unite, const struct row *whole) {
  for (size_t i = 0; i < unite->sources_n; i++)
    if (unite->sources[i].own && source_rank(&unite->sources[i], whole->area, whole->unit) != RANK_COMPLETE)
      return false;
  return true;
}

static void settle_group(const struct unite *unite, struct row *row) {
  const struct row *whole = row_find(unite, row->area, UNIT_WHOLE);
  if (!row->best && row->mode != MODE_KEEP && whole && whole->rank == RANK_COMPLETE && is_read(whole) &&
      all_know(unite, whole))
    row->mode = MODE_DROP; /* nothing refers to it any more */
}

static bool is_subscription_unit(const struct row *row) {
  return (row->collector->units == UNITS_ACCESS || row->collector->units == UNITS_SUBSCRIPTION) &&
         strcmp(row->unit, UNIT_WHOLE) != 0;
}

static void settle(const struct unite *unite, const struct row *listed, struct row *row) {
  if (!row->collector || !in_scope(unite, row->area))
    return;
  if (is_subscription_unit(row) && is_dropped(unite, row->unit)) {
    row->mode = MODE_DROP;
    return;
  }
  if (!is_enabled(unite, row->collector))
    return;
  if (row->collector->units == UNITS_SUBSCRIPTION && strcmp(row->unit, UNIT_WHOLE) == 0)
    settle_marker(unite, listed, row);
  else if (row->collector->units == UNITS_IDENTITY && strcmp(row->unit, UNIT_WHOLE) == 0 && !row->best &&
           has_links(unite))
    row->mode = MODE_DROP;
  else if (row->collector->units == UNITS_GROUP && strcmp(row->unit, UNIT_WHOLE) != 0)
    settle_group(unite, row);
  else
    weaken_above(listed, row);
}

/* What nobody could ask for has the cause of what was asked in vain. */
static void explain(const struct unite *unite, const struct row *listed, struct row *row) {
  const struct row *whole = row_find(unite, row->area, UNIT_WHOLE);
  if (row->best || row->mode != MODE_CARRY || strcmp(row->state, "not-collected") == 0 || row == whole ||
      row->collector->units == UNITS_IDENTITY)
    return;
  if (whole && whole->best && whole->rank == RANK_UNREAD && whole->code)
    row->code = whole->code;
  else if (listed->code && listed->rank != RANK_COMPLETE)
    row->code = listed->code;
}

enum pal_code rows_decide(struct unite *unite, struct pal_err *err) {
  static struct row nothing;
  struct row *listed = row_find(unite, "subscriptions", UNIT_WHOLE);
  for (size_t i = 0; i < unite->rows_n; i++)
    decide(unite, &unite->rows[i]);
  enum pal_code code = listed ? drop_subscriptions(unite, listed, err) : PAL_OK;
  if (code != PAL_OK)
    return code;
  struct row *groups = row_find(unite, "groups", UNIT_WHOLE);
  if (groups)
    join_groups(listed ? listed : &nothing, groups);
  for (size_t i = 0; i < unite->rows_n; i++)
    settle(unite, listed ? listed : &nothing, &unite->rows[i]);
  for (size_t i = 0; i < unite->rows_n; i++)
    explain(unite, listed ? listed : &nothing, &unite->rows[i]);
  return PAL_OK;
}

/* --- the file --- */

static enum pal_code write_row(const struct unite *unite, const struct row *row, struct pal_record *record,
                               struct pal_err *err) {
  const struct pal_record *told = row->mode == MODE_CARRY ? row->parent : row->best;
  const char *as_of = strcmp(row->state, "partial") == 0 ? last_complete(unite, row) : row->as_of;
  enum pal_code code = pal_set_text(unite->arena, record, PAL_COVERAGE_AREA, row->area, err);
  if (code == PAL_OK)
    code = pal_set_text(unite->arena, record, PAL_COVERAGE_UNIT, row->unit, err);
  if (code == PAL_OK)
    code = pal_set_text(unite->arena, record, PAL_COVERAGE_STATE, row->state, err);
  if (code == PAL_OK)
    code = pal_set_text(unite->arena, record, PAL_COVERAGE_CODE, row->code, err);
  if (code == PAL_OK)
    code = pal_set_text(unite->arena, record, PAL_COVERAGE_AS_OF, as_of, err);
  if (told && strcmp(row->state, "not-applicable") != 0 && strcmp(row->state, "unread") != 0) {
    record->v[PAL_COVERAGE_ITEMS] = told->v[PAL_COVERAGE_ITEMS];
    record->v[PAL_COVERAGE_EXPECTED] = told->v[PAL_COVERAGE_EXPECTED];
    if (row->counts_records && row->mode != MODE_CARRY)
      pal_set_int(record, PAL_COVERAGE_ITEMS, (int64_t)row->fresh);
  }
  return code;
}

enum pal_code rows_write(struct unite *unite, struct pal_err *err) {
  struct pal_doc *doc = NULL;
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < unite->rows_n; i++) {
    struct row *row = &unite->rows[i];
    if (row->mode == MODE_DROP || (row->mode == MODE_KEEP && !row->parent))
      continue;
    struct pal_record *record = row->mode == MODE_KEEP ? pal_record_dup(unite->arena, row->parent)
                                                       : pal_record_new(unite->arena, &pal_kind_COVERAGE);
    if (!record)
      return pal_err_nomem(err);
    if (row->mode == MODE_MERGE && row->kept > 0 &&
        row->rank <= RANK_NOT_APPLICABLE) { /* read through Lighthouse only */
      row->state = "partial";
      row->code = WORD_NOT_CONFIRMED;
    }
    if (row->mode != MODE_KEEP)
      code = write_row(unite, row, record, err);
    if (code == PAL_OK && !doc)
      code = put_doc(unite, PAL_FILE_COVERAGE, NULL, &doc, err);
    if (code == PAL_OK)
      code = pal_records_add(unite->arena, &doc->records, record, err);
  }
  return code;
}
