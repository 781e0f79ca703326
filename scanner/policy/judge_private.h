/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_JUDGE_PRIVATE_H
#define PAL_JUDGE_PRIVATE_H
/*
 * judge_private.h - the judge, and what its parts call of each other.
 *
 *   pal_judge_new     tables, views, inputs; what the policies read
 *   pal_judge_load    rows of those tables, and the facts in memory
 *   judge_settle      once: events, indexes, the sandbox closes
 *   pal_judge_run     rows of each policy -> verdicts -> what is kept of the
 *                     parent's findings -> acceptances -> folding; the same of
 *                     the policies that read those verdicts -> unknowns
 *
 * Everything that results lives in judge->arena.
 */
#include "facts.h"
#include "pal_acceptance.h"
#include "pal_judge.h"
#include "sandbox.h"
#include "tables.h"

/* One row of one policy. */
struct row {
  const char *tenant_id;                                /* "" the estate */
  const char *subject_type, *subject_id, *subject_name; /* name may be NULL */
  const char *message, *key;                            /* key "" when none */
  const char *severity;                                 /* NULL: the policy's */
  const char *details;                                  /* canonical JSON object, NULL: none */
  const char *units;                                    /* JSON text, NULL: the default units */
  const char *last_read;                                /* NULL: no record kept from the parent */
  bool unknown;                                         /* the SQL itself cannot decide */
  char fingerprint[65];
};

/* One policy in this run. */
struct policy_run {
  const struct pack_policy *policy;
  enum pal_policy_state state;
  const char *why;
  bool of_verdicts;        /* reads main.finding: judged after the others */
  struct pal_arena *arena; /* of the rows: gone when findings were made of them */
  struct row *rows;        /* by fingerprint */
  size_t rows_n, rows_cap;
};

/* Of one acceptance: whether its approver signed it. */
struct approval {
  const struct pal_record *record;
  enum pal_approval state;
  const char *text; /* SIGNED: with which key; MISSING: why not */
};

struct pal_judge {
  struct pal_arena *arena;
  struct pal_judge_options o;
  char started[PAL_INSTANT_MAX], previous_started[PAL_INSTANT_MAX]; /* "" without a parent */
  char today[11];
  int64_t declared_max_days;
  struct tables tables;
  struct sandbox sandbox;
  struct facts facts;
  bool inputs_changed;      /* registry, estate or settings are not the parent's; false where it does not tell */
  struct pal_buf text;      /* JSON of one column */
  const char **view_errors; /* by view of the pack, NULL: it is well, or not looked at yet */
  bool views_checked;       /* each was looked at */
  bool *view_used[STATES];  /* by view of the pack: some enabled policy may read it */
  bool *view_once[STATES];  /* by view of the pack: its rows are to be computed */
  bool roles_read[STATES];  /* some enabled policy may read the lists of roles */
  bool settled, ran;
  struct policy_run *runs; /* as in the pack */
  struct pal_policy_result *results;
  struct pal_verdicts *verdicts;
  size_t verdicts_n;
  struct approval *approvals; /* by acceptance, in the order of the list */
  size_t approvals_at;        /* the one whose row is made next */
  struct pal_acceptance *acceptances;
  size_t acceptances_n;
  struct pal_waiver_note *notes;
  size_t notes_n, notes_cap;
  struct assessment_cache *cache;
};

/* reads.c: marks the tables and columns that enabled policies read. */
enum pal_code judge_find_reads(struct pal_judge *judge, struct pal_err *err) PAL_MUST_CHECK;
bool judge_reads_view(const struct pal_judge *judge, const char *name); /* the judge itself does, of main */
/* load.c */
enum pal_code judge_load_inputs(struct pal_judge *judge, struct pal_err *err) PAL_MUST_CHECK;
enum pal_code judge_insert_event(struct pal_judge *judge, const char *tenant_id, const struct pal_record *event,
                                 struct pal_err *err) PAL_MUST_CHECK;
void judge_finish_inserts(struct pal_judge *judge);
/* Fills main.finding with the verdicts that stand; once the sandbox is closed. */
enum pal_code judge_show_verdicts(struct pal_judge *judge, struct pal_err *err) PAL_MUST_CHECK;
/* events.c: fills tenant->events of every tenant in scope. */
enum pal_code judge_events(struct pal_judge *judge, struct pal_err *err) PAL_MUST_CHECK;
/* sights.c: adds to them what is to be known since when; once the sandbox is closed. */
enum pal_code judge_sights(struct pal_judge *judge, struct pal_err *err) PAL_MUST_CHECK;
/* judge.c */
/* views.c */

/* In place of the views that say so their rows; once the sandbox is closed. */
enum pal_code judge_compute_views(struct pal_judge *judge, struct pal_err *err) PAL_MUST_CHECK;
/* *ret: what is wrong with a view the statement uses; NULL when nothing is. Once the sandbox is closed. */
enum pal_code judge_view_error(struct pal_judge *judge, const char *sql, const char **ret, struct pal_err *err)
    PAL_MUST_CHECK;
struct tenant_fact *judge_tenant(struct pal_judge *judge,
                                 const char *tenant_id); /* made when absent; NULL on no memory */
/* Before the first statement. A query alone sees the events of the snapshot, a run computes them. */
enum judge_purpose { JUDGE_TO_RUN, JUDGE_TO_QUERY };
/* views.c: those that a run does not compute. */
enum pal_code judge_make_views(struct pal_judge *judge, enum judge_purpose purpose, struct pal_err *err) PAL_MUST_CHECK;
enum pal_code judge_settle(struct pal_judge *judge, enum judge_purpose purpose, struct pal_err *err) PAL_MUST_CHECK;
/* rows.c: runs one policy; on an SQL error the run becomes PAL_BROKEN. */
enum pal_code judge_rows(struct pal_judge *judge, struct policy_run *run, struct pal_err *err) PAL_MUST_CHECK;
/* lifecycle.c: findings of one policy in every tenant in scope. */
enum pal_code judge_lifecycle(struct pal_judge *judge, struct policy_run *run, struct pal_err *err) PAL_MUST_CHECK;
/* lifecycle.c: after acceptances and folding. */
enum pal_code judge_unknowns(struct pal_judge *judge, struct policy_run *run, struct pal_err *err) PAL_MUST_CHECK;
/* waivers.c: before the first row is made */
enum pal_code judge_approve(struct pal_judge *judge, struct pal_err *err) PAL_MUST_CHECK;
/* Why the acceptance counts as not approved, NULL when it does not. */
const char *judge_not_approved(struct pal_judge *judge, const struct pal_record *waiver);
/* waivers.c, folding.c */
enum pal_code judge_waive(struct pal_judge *judge, struct pal_err *err) PAL_MUST_CHECK;
enum pal_code judge_fold(struct pal_judge *judge, struct pal_err *err) PAL_MUST_CHECK;

/* Tells who measures that this part of the work begins. */
static inline void judge_part(const struct pal_judge *judge, const char *part) {
  if (judge->o.on_part)
    judge->o.on_part(judge->o.part_payload, part);
}

/* Small helpers over FINDING records. */
static inline bool finding_is(const struct pal_record *finding, int field, const char *word) {
  const char *text = pal_get_text(finding, field);
  return text && __builtin_strcmp(text, word) == 0;
}

#endif
