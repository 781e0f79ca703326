/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REPORT_MODEL_H
#define PAL_REPORT_MODEL_H
/*
 * model.h - what the model of a report and of a comparison share, and the one
 * order of findings and customers.
 */
#include "pal_report.h"

/* A judge's results as plain arrays, so that a model can be built without a judge. */
struct report_source {
  const struct pal_verdicts *const *verdicts;
  size_t verdicts_n; /* the estate, then by tenant id */
  const struct pal_policy *const *policies;
  size_t policies_n; /* sorted by id */
  const struct pal_policy_result *const *results;
  size_t results_n;
  const struct pal_waiver_note *notes;
  size_t notes_n;
  const struct pal_acceptance *accepted;
  size_t accepted_n, accepted_held;
  bool unsigned_accepted;
};
enum pal_code report_build_from(struct pal_arena *arena, const struct report_source *source,
                                const struct pal_verdicts *previous, size_t previous_n, bool has_previous,
                                struct pal_report *ret, struct pal_err *err) PAL_MUST_CHECK;

/* What a comparison takes from a pack, so that it can be finished without one. */
struct report_rules {
  const struct pal_policy *const *policies;
  size_t policies_n;                                                          /* sorted by id */
  const char *(*role_name)(const struct pal_pack *pack, const char *role_id); /* NULL: roles have no names */
  const struct pal_pack *pack;
};
enum pal_code report_finish_from(struct pal_arena *arena, struct pal_comparison *comparison,
                                 const struct pal_verdicts *before, size_t before_n, const struct pal_verdicts *after,
                                 size_t after_n, const struct report_rules *rules, struct pal_err *err) PAL_MUST_CHECK;

/* What a role granted or revoked is about, so that copies and moves of one and the same can be told together. */
struct report_grant {
  const char *principal_id, *role_id, *scope;
  const char *end, *condition; /* "" for none */
  bool eligible;
};
/* fold.c: the grant of a change of an assignment or of an instance of PIM; NULL in *ret for any other. */
enum pal_code report_grant_of(struct pal_arena *arena, const struct pal_change *change, const struct report_grant **ret,
                              struct pal_err *err) PAL_MUST_CHECK;
/* fold.c: writes the line of each change; the changes are sorted by customer. */
enum pal_code report_fold(struct pal_arena *arena, struct pal_comparison *comparison, struct pal_err *err)
    PAL_MUST_CHECK;

/* Findings of one side, sorted by fingerprint. */
struct report_index {
  struct pal_reported *v; /* tenant, name and finding filled in */
  size_t n;
};
enum pal_code report_index_make(struct pal_arena *arena, const struct pal_verdicts *const *verdicts, size_t n,
                                struct report_index *ret, struct pal_err *err) PAL_MUST_CHECK;
const struct pal_reported *report_index_find(const struct report_index *index, const char *fingerprint);

/* The policies of a pack by id; pack may be NULL. */
enum pal_code report_policies(struct pal_arena *arena, const struct pal_pack *pack,
                              const struct pal_policy *const **ret, size_t *ret_n, struct pal_err *err) PAL_MUST_CHECK;
const struct pal_policy *report_policy_find(const struct pal_policy *const *policies, size_t n, const char *id);
/* Pointers to each, for functions that take those. */
enum pal_code report_pointers(struct pal_arena *arena, const struct pal_verdicts *verdicts, size_t n,
                              const struct pal_verdicts *const **ret, struct pal_err *err) PAL_MUST_CHECK;

/* The words of the field table by rank: critical … info; access … completeness; complete … self-declared. */
const char *report_severity_word(int rank);
const char *report_class_word(int rank);
const char *report_state_word(int rank);
/* Whether a signature approves a risk acceptance: "signed", … */
const char *report_approval_word(enum pal_approval approval);
/* Verdict fail, status open. */
bool report_counts(const struct pal_record *finding);
bool report_is(const struct pal_record *record, int field, const char *word);
/* Of one finding against itself in the run before (NULL: it was not there); one that was unknown is new, not reopened. */
enum pal_novelty report_novelty(const struct pal_record *was, const struct pal_record *is);
/* Severity, policy id, customer, subject, key. */
void report_sort(struct pal_reported *findings, size_t n);
/* The estate ("-" or "") first, then customers by name (case folded, then bytes), those without one last, by id. */
int report_compare_customers(const char *id_a, const char *name_a, const char *id_b, const char *name_b);
/* "-" for the estate. */
const char *report_tenant_id(const char *id);

/* One finding counted once: folded, else waived, else unknown, else its severity. */
enum report_bin { BIN_CRITICAL, BIN_HIGH, BIN_MEDIUM, BIN_LOW, BIN_INFO, BIN_WAIVED, BIN_UNKNOWN, BIN_FOLDED, BINS_N };
enum report_bin report_bin_of(const struct pal_record *finding);

/* The parts of a diff for people. */
enum report_heap { HEAP_ACCESS, HEAP_FINDINGS, HEAP_BOOKS, HEAP_ACCEPTANCES, HEAP_COMPLETENESS, HEAPS_N };
enum report_heap report_heap_of(const char *change_kind);

/* Appends what settled a finding that is gone: "rule disabled", "registry changed, no fact did"; nothing where facts ended
 * it, or may have. */
void report_settled_by(struct pal_buf *out, const struct pal_comparison *comparison,
                       const struct pal_reported *reported);

/* Why an unknown is unknown, as the judge wrote it into the details. */
struct report_cause {
  const char *cause;  /* several joined; without details the message */
  const char **areas; /* that were not read, without @managing and @all */
  size_t areas_n;
  bool accepted; /* by gaps the estate accepts */
};
enum pal_code report_cause_of(struct pal_arena *arena, const struct pal_record *finding, struct report_cause *ret,
                              struct pal_err *err) PAL_MUST_CHECK;
/* "a, b, c and 2 more": the first `most` are named. */
void report_join(struct pal_buf *out, const char *const *words, size_t n, size_t most);

#endif
