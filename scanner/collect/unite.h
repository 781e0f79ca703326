/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_UNITE_H
#define PAL_UNITE_H
/*
 * unite.h - what the files of pal_unite() share.
 *
 * A row is one unit of one area. First the rows are found (unite_rows.c), then
 * every one is told what becomes of it (unite_coverage.c), then the files are
 * made by what their rows say (unite_facts.c). Nothing depends on the order of
 * observations: they are sorted by identity and tenant first.
 */
#include "areas.h"
#include "pal_collect.h"

/* How well an observation read a unit; the smallest wins. */
enum rank { RANK_COMPLETE, RANK_NOT_APPLICABLE, RANK_PARTIAL, RANK_UNREAD, RANK_NONE };

enum mode {
  MODE_FRESH, /* read by its own tenant: the parent's records go */
  MODE_MERGE, /* read in part: records not read again stay, with lastRead */
  MODE_CARRY, /* not read: the parent's records stay as they are */
  MODE_KEEP,  /* no business of this run: records and coverage stay as they are */
  MODE_DROP
};

struct source {
  const struct pal_observation *observation;
  bool own;                              /* its token is of this tenant */
  const struct pal_record *const *units; /* its coverage rows of this tenant, sorted by (area, unit) */
  size_t units_n;
};

struct row {
  const char *area, *unit;
  const struct collector *collector; /* NULL: no collector fills the area */
  const struct pal_record *parent;   /* its coverage in the parent snapshot, or NULL */
  bool parent_facts;                 /* the parent has a file of it */
  size_t parent_records;             /* in its files */
  const struct pal_record *best;     /* of tonight's, or NULL */
  enum rank rank;                    /* of best, Lighthouse considered */
  bool own_whole;                    /* an observer of the tenant itself read it all */
  enum mode mode;
  const char *state, *code;
  const char *as_of;     /* of the coverage of a carried unit: last read completely; NULL: never */
  const char *last_read; /* what a record kept from the parent is marked with */
  bool dates_facts;    /* the parent read it in part: its records are younger than asOf, carried ones are marked too */
  size_t fresh, kept;  /* records */
  bool counts_records; /* items are `fresh` */
  bool others;         /* whole but for what identities saw that this run did not ask: as old as that */
};

struct unite {
  const struct pal_unite_input *input;
  struct pal_docs *ret;
  struct pal_arena *arena;
  const char *parent_started;
  struct source *sources;
  size_t sources_n;
  struct row *rows; /* sorted by (area, unit) */
  size_t rows_n, rows_cap;
  const char **dropped; /* subscriptions that are gone, sorted */
  size_t dropped_n;
};

/* --- unite_rows.c --- */

enum pal_code rows_build(struct unite *unite, struct pal_err *err) PAL_MUST_CHECK;
struct row *row_find(const struct unite *unite, const char *area, const char *unit);
/* What this source says of a unit; NULL: nothing. */
const struct pal_record *source_unit(const struct source *source, const char *area, const char *unit);
/* Rank of a source's reading, Lighthouse considered. */
enum rank source_rank(const struct source *source, const char *area, const char *unit);
/* Whether a unit is there and in that state. */
bool is_state(const struct pal_record *unit, const char *state);
/* Whether records of tonight go into the row; false for NULL. */
bool is_read(const struct row *row);
bool in_scope(const struct unite *unite, const char *area);
bool is_enabled(const struct unite *unite, const struct collector *collector);
/* Whether an observer of the tenant itself got an answer to the list of subscriptions. */
bool is_listed(const struct unite *unite);
/* Whether any identity has a unit of links. */
bool has_links(const struct unite *unite);

/* --- unite_coverage.c --- */

enum pal_code rows_decide(struct unite *unite, struct pal_err *err) PAL_MUST_CHECK;
/* After the facts: units of which records were kept are not complete. */
enum pal_code rows_write(struct unite *unite, struct pal_err *err) PAL_MUST_CHECK;

/* --- unite_listed.c --- */

/* Whether an identity of this name is configured. */
bool is_scanner(const struct unite *unite, const char *name);
/* A subscription missing in a complete list of its own tenant is gone, with its files; row: the list. */
enum pal_code drop_subscriptions(struct unite *unite, struct row *row, struct pal_err *err) PAL_MUST_CHECK;
bool is_dropped(const struct unite *unite, const char *subscription);
/* Who sees a subscription that was read tonight: those who do, and of the parent's those who could not say. */
enum pal_code sightings_unite(const struct unite *unite, const char *id, struct pal_record *subscription,
                              struct pal_err *err) PAL_MUST_CHECK;

/* --- unite_asked.c --- */

/* Whether this run asks an identity of this name. */
bool is_asked(const struct unite *unite, const char *identity);
/* Whether a unit that this run did not read is known by identities that it did not ask. */
bool is_left_to_others(const struct unite *unite, const struct row *row);
/* A unit read completely, but for what others saw: joined with that, and as old. False when that was not whole either. */
bool stand_by_others(struct row *row);

/* --- unite_leavers.c --- */

/* Whether a unit of links belongs only to objects of people who have left by the day of the run. */
bool row_is_of_leaver(const struct unite *unite, const struct row *row);

/* --- unite_facts.c --- */

enum pal_code facts_unite(struct unite *unite, struct pal_err *err) PAL_MUST_CHECK;

/* --- unite_people.c: identities, groups --- */

enum pal_code identities_unite(struct unite *unite, struct pal_err *err) PAL_MUST_CHECK;
enum pal_code groups_unite(struct unite *unite, struct pal_err *err) PAL_MUST_CHECK;

/* --- unite_declared.c --- */

/* After the facts: role assignments that are on record as read are declared no more. */
enum pal_code declarations_unite(struct unite *unite, struct pal_err *err) PAL_MUST_CHECK;

/* --- shared --- */

/* The document of a source or of the parent; NULL when absent. */
const struct pal_doc *doc_of(const struct pal_docs *docs, const struct unite *unite, enum pal_file_id file,
                             const char *id);
enum pal_code put_doc(struct unite *unite, enum pal_file_id file, const char *id, struct pal_doc **ret,
                      struct pal_err *err) PAL_MUST_CHECK;
/* A copy with lastRead, which an earlier one keeps. */
enum pal_code mark_kept(const struct unite *unite, const struct pal_record *record, const char *last_read,
                        struct pal_record **ret, struct pal_err *err) PAL_MUST_CHECK;
/* The ids of all documents of this kind, of tonight and of the parent; sorted, each once. */
enum pal_code doc_ids(const struct unite *unite, enum pal_file_id file, struct pal_texts *ret, struct pal_err *err)
    PAL_MUST_CHECK;

#endif
