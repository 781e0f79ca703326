/* SPDX-License-Identifier: Apache-2.0 */
/* unite_coverage.c - what becomes of each unit: read, read in part, carried, kept or dropped. */
#include <string.h>

#include "unite.h"

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

/* Why this tenant was not read at all tonight, when that is known. */
static const char *why_closed(const struct unite *unite) {
  const struct row *tenant = row_find(unite, "tenant", UNIT_WHOLE);
  return tenant && tenant->best && tenant->rank == RANK_UNREAD ? tenant->code : NULL;
}

static void decide_unread(const struct unite *unite, struct row *row) {
  if (row_is_of_leaver(unite, row)) {
    row->code = PAL_CODE_LEFT;
    carry(unite, row, "stale");
    return;
  }
  if (row->parent &&
      is_state(row->parent, "self-declared")) { /* a person's word is neither cleared nor aged by a failure */
    row->mode = MODE_KEEP;
    return;
  }
  if (is_left_to_others(unite, row)) {
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

/* The principal of an authorization may be a group, and only the directory knows; but who signed in to the tenant as it
 * is none, whatever the directory refused to another. */
static bool is_no_group(const struct unite *unite, const struct row *row) {
  if (row->collector != &collectors[COLLECTOR_groups])
    return false;
  for (size_t i = 0; i < unite->sources_n; i++) {
    const struct pal_observation *observation = unite->sources[i].observation;
    if (unite->sources[i].own && observation->signed_in && strcmp(observation->object.s, row->unit) == 0)
      return true;
  }
  return false;
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
  } else if (row->best && row->rank != RANK_COMPLETE && is_no_group(unite, row)) {
    row->state = states[row->rank = RANK_NOT_APPLICABLE];
    row->mode = MODE_FRESH;
    row->code = NULL;
  } else if (row->rank >= RANK_UNREAD) {
    decide_unread(unite, row);
  } else {
    row->state = states[row->rank];
    row->mode = row->own_whole ? MODE_FRESH : MODE_MERGE;
  }
}

/* --- rows that depend on others --- */

static bool has_subscriptions(const struct unite *unite, const char *area) {
  for (size_t i = 0; i < unite->rows_n; i++)
    if (strcmp(unite->rows[i].area, area) == 0 && strcmp(unite->rows[i].unit, UNIT_WHOLE) != 0 &&
        !is_dropped(unite, unite->rows[i].unit))
      return true;
  return false;
}

static bool is_above(const struct row *row) {
  return row->collector && row->collector->units == UNITS_ACCESS && strcmp(row->unit, UNIT_WHOLE) == 0;
}

/* Whether an observer of the tenant itself has a subscription of it in sight: what others see of one does not show what
 * lies above it. */
static bool is_one_in_sight(const struct unite *unite) {
  for (size_t i = 0; i < unite->sources_n; i++) {
    const struct pal_docs *docs = unite->sources[i].own ? &unite->sources[i].observation->docs : NULL;
    for (size_t j = 0; docs && j < docs->n; j++)
      if (docs->v[j]->file->id == PAL_FILE_SUBSCRIPTION && strcmp(docs->v[j]->tenant.s, unite->input->tenant.s) == 0)
        return true;
  }
  return false;
}

/* Something was known to lie above the subscriptions, and none is left in which it could show. */
static bool is_out_of_sight(const struct unite *unite, const struct row *row) {
  return is_above(row) && row->parent_records > 0 && !is_one_in_sight(unite);
}

/* What lies above the subscriptions shows in each of them: with one of them unseen it is not whole. */
static void weaken_above(const struct unite *unite, const struct row *listed, struct row *row) {
  bool unlisted = listed->rank != RANK_COMPLETE || listed->others;
  if (is_above(row) && listed->others && stand_by_others(row))
    return;
  if (!is_above(row) || row->rank != RANK_COMPLETE || (!unlisted && !is_out_of_sight(unite, row)))
    return;
  row->state = "partial";
  row->mode = MODE_MERGE;
  row->rank = RANK_PARTIAL;
  row->code = listed->others ? WORD_NOT_ASKED : unlisted ? listed->code : WORD_NO_SUBSCRIPTION;
}

/* It is known which groups there are when an observer of the tenant knows and no subscription is unseen. */
static void join_groups(const struct unite *unite, const struct row *listed, struct row *row) {
  bool hidden = false;
  for (size_t i = 0; i < unite->rows_n; i++)
    hidden = hidden || is_out_of_sight(unite, &unite->rows[i]);
  if (row->rank != RANK_COMPLETE || !is_read(row) || (listed->rank == RANK_COMPLETE && !listed->others && !hidden))
    return;
  if (listed->others && !hidden && stand_by_others(row))
    return;
  row->rank = RANK_PARTIAL;
  row->state = "partial";
  row->code = listed->others ? WORD_NOT_ASKED : listed->rank == RANK_COMPLETE ? WORD_NO_SUBSCRIPTION : listed->code;
}

/* "It is not known which subscriptions there are": as old as the last list. */
static bool area_was_answered(const struct unite *unite, const char *area) {
  for (size_t i = 0; i < unite->rows_n; i++)
    if (strcmp(unite->rows[i].area, area) == 0 && was_answered(&unite->rows[i]))
      return true;
  return false;
}

static void settle_marker(const struct unite *unite, const struct row *listed, struct row *row) {
  if (row->mode == MODE_KEEP)
    return;
  if (listed->mode == MODE_KEEP) { /* so are its subscriptions */
    row->mode = MODE_DROP;
    return;
  }
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
  if (!row->best && row->mode != MODE_KEEP && whole && !whole->others && whole->rank == RANK_COMPLETE &&
      is_read(whole) && all_know(unite, whole))
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
    weaken_above(unite, listed, row);
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
    join_groups(unite, listed ? listed : &nothing, groups);
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
  bool older = row->others || strcmp(row->state, "partial") == 0;
  const char *as_of = older ? last_complete(unite, row) : row->as_of;
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
      pal_set_int(record, PAL_COVERAGE_ITEMS, (int64_t)(row->fresh + (row->others ? row->kept : 0)));
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
    if (row->mode == MODE_MERGE && !row->others && row->kept > 0 &&
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
