/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REPORT_H
#define PAL_REPORT_H
/*
 * pal_report.h - the finished model of a judged snapshot or of a comparison,
 * and the formats that print it. Order is decided once, in the model; a format
 * knows only the model and a FILE. Whoever opens the FILE checks its closing.
 */
#include <stdbool.h>
#include <stdio.h>

#include "pal_arena.h"
#include "pal_change.h"
#include "pal_doc.h"
#include "pal_err.h"
#include "pal_judge.h"

/* ---- completeness: gathered tenant by tenant ---- */
enum { PAL_COVERAGE_STATES = 7 }; /* as pal_words_coverage */
struct pal_gap {                  /* one customer that was not read completely */
  const char *tenant_id, *tenant_name;
  const char *
      area; /* worst area: unread before stale before partial before others; one no gap accepts before those one does */
  const char *state;    /* partial, stale, unread, … */
  const char *cause;    /* "403 AuthorizationFailed", may be "" */
  const char *as_of;    /* instant of the last complete reading, or of this run where it answered; "" when never */
  const char *accepted; /* reason of the estate's accepted gap when one accepts every unit not read, or NULL */
  size_t units;         /* how many units are not complete */
};
struct pal_area_count {
  const char *area;
  size_t n[PAL_COVERAGE_STATES];
};
struct pal_completeness {
  size_t expected, complete; /* tenants: b and a of Palscan-Coverage */
  struct pal_gap *gaps;
  size_t gaps_n, gaps_cap; /* by tenant name, id; only of counted tenants */
  struct pal_area_count *areas;
  size_t areas_n, areas_cap; /* by area name: units of counted tenants by state */
  size_t self_declared;
  const char *self_declared_oldest; /* units, of all tenants; instant or NULL */
};
/* Adds the coverage.json of one tenant. `counted`: it is part of the completeness
 * count; `complete`: its verdict of pal_tenant_complete. Strings are copied into arena. */
enum pal_code pal_completeness_add(struct pal_arena *arena, struct pal_completeness *completeness,
                                   const char *tenant_id, const char *tenant_name, const struct pal_docs *docs,
                                   const struct pal_record *estate, struct pal_instant started, bool counted,
                                   bool complete, struct pal_err *err) PAL_MUST_CHECK;

/* ---- findings ---- */
enum pal_novelty { PAL_STANDING, PAL_NEW, PAL_REOPENED, PAL_WORSENED };
struct pal_reported {
  const char *tenant_id, *tenant_name; /* "-" and NULL: the estate */
  const struct pal_policy *policy;     /* NULL: the policy is no longer in the pack */
  const struct pal_record *finding;    /* FINDING */
  const struct pal_record *was;        /* the same finding in the run before, NULL when it was not there */
  enum pal_novelty novelty;            /* against the previous run; without one everything is new */
};
enum { PAL_SEVERITIES = 5, PAL_CLASSES = 4 }; /* critical … info; access, attribution, rule, completeness */
struct pal_cause_count {
  const char *cause;         /* "403 AuthorizationFailed" */
  const char *areas;         /* "links, usage and 2 more": what it kept from being read; may be "" */
  size_t n, fresh, accepted; /* accepted: by a gap the estate accepts */
};

struct pal_remedies;

struct pal_report {
  const struct pal_remedies
      *remedies;       /* fills in remediations (pal_remedy.h); NULL: they stand as the policy wrote them */
  const char *commit;  /* 40 hex, "" when not committed */
  const char *tree;    /* 40 hex or "" */
  const char *started; /* canonical instant */
  const char *kind;    /* scan, replay, import, merge */
  bool full;
  const struct pal_texts *identities; /* of a run that asked these only; NULL: all */
  bool rejudged;                      /* check: verdicts of now, not those stored */
  const char *inputs;                 /* when rejudged: whose registry, estate and acceptances, in our own words */
  struct pal_completeness completeness;
  struct {
    size_t shipped, changed, disabled, lowered, own;
  } rules; /* a disabled one counts only as that; lowered is counted beside changed and own, never as shipped */
  struct pal_reported *findings;
  size_t findings_n; /* severity, policy id, tenant name, tenant id, subject, key */
  struct pal_reported *resolved;
  size_t resolved_n; /* open before, gone now */
  bool has_previous;
  size_t fresh, worsened;                   /* new, see pal_reported_is_new; of these raised in severity */
  size_t open[PAL_CLASSES][PAL_SEVERITIES]; /* verdict fail, status open */
  size_t unknown, unknown_new,
      unknown_accepted;  /* status open; new and accepted are parts of unknown, the rest is standing */
  size_t waived, folded; /* of either verdict */
  struct pal_cause_count *causes;
  size_t causes_n; /* of unknowns, most first */
  const struct pal_policy_result **not_tested;
  size_t not_tested_n;                       /* NOT_TESTED and BROKEN */
  const struct pal_waiver_note *acceptances; /* of those about which there is something to say */
  size_t acceptances_n;
  const struct pal_acceptance *accepted; /* all risk acceptances, in the order of their file */
  size_t accepted_n, accepted_held;      /* … and how many are in force */
  bool unsigned_accepted;                /* no signatures are asked for under them */
  const char *last_review;               /* instant, NULL: none */
  const char *last_review_by;            /* reviewer, may be NULL */
  const char *next;                      /* what to type next, NULL: nothing */
};

/* Builds counts, order and novelty from a judge that has run. completeness, commit,
 * tree, started, kind, full, remedies, identities, rejudged, inputs, last_review and next belong to the caller and
 * are left as they stand in *ret, which is zeroed before or holds them already.
 * previous: verdicts of the parent by tenant (FINDING records, borrowed), n 0 when
 * there is none. All memory in arena; records, policies and results stay borrowed. */
enum pal_code pal_report_build(struct pal_arena *arena, const struct pal_judge *judge, const struct pal_pack *pack,
                               const struct pal_verdicts *previous, size_t previous_n, bool has_previous,
                               struct pal_report *ret, struct pal_err *err) PAL_MUST_CHECK;
/* Whether it is new in this run: verdict fail, status open, and opened, reopened or raised in severity. Whatever says
 * how many are new counts by this. */
bool pal_reported_is_new(const struct pal_reported *reported);
/* How many are, of stored verdicts against those of the run before (none: n 0). */
enum pal_code pal_verdicts_count_new(struct pal_arena *arena, const struct pal_verdicts *previous, size_t previous_n,
                                     const struct pal_verdicts *now, size_t now_n, size_t *ret, struct pal_err *err)
    PAL_MUST_CHECK;
/* Rank of a severity word: 0 critical … 4 info, PAL_SEVERITIES for any other. */
int pal_severity_rank(const char *severity);
/* Whether an open failed finding at or above `severity` exists (never for "none"); fresh_only: one that is new in this run. */
bool pal_report_fails(const struct pal_report *report, const char *severity, bool fresh_only);

/* ---- comparisons ---- */
struct pal_compared_change {
  const char *kind, *tenant_id, *tenant_name, *tenant_country;
  const char *subject_type, *subject_id, *subject_name;
  const char *before, *after; /* compact JSON or NULL */
  const char *
      sentence; /* for people, not escaped: "link of identity provider-automation (aaaa…) changed from 2000001 (Contoso GmbH) to 1000001 (global ID): wrong type" */
  size_t role_at; /* private: where in sentence the id of a role stands, plus one; 0: nowhere */
  /* What people read of it and of all that is told with it. NULL: the line of another change tells it, or it is an
   * activation of PIM, which is only counted. Machines read each change by itself. */
  const char *line;
  size_t told;     /* how many changes `line` tells, this one included; 0 without one */
  size_t scope_at; /* private: where in sentence the scope of a role stands, plus one; 0: nowhere */
  size_t tail_at;  /* private: of completeness, where in sentence it is said what happened to the unit; 0: nowhere */
  bool disables;   /* private: the settings now disable the policy it is about */
  const struct report_grant *grant; /* private: of a role granted or revoked, or NULL */
};
struct pal_comparison {
  const char *from_commit, *from_started, *to_commit, *to_started;
  const char *from_kind, *to_kind;
  size_t runs_between;
  struct pal_compared_change *changes;
  size_t changes_n, changes_cap; /* by tenant name, id, heap, kind, subject */
  size_t lines_n;                /* changes with a line of their own */
  size_t activations_n;          /* changes that are activations of PIM, begun or ended: a quiet night may have them */
  /* Findings of any verdict and status: there now and not before, or open now and only unknown before; there in both
   * with another severity, verdict or status; there before and not now. `was` holds the one before. Order as in
   * pal_report. */
  struct pal_reported *opened, *changed, *resolved;
  size_t opened_n, changed_n, resolved_n;
};
/* Adds one change of pal_docs_compare: copies and writes its sentence (registry may be NULL). */
enum pal_code pal_comparison_add(struct pal_arena *arena, struct pal_comparison *comparison,
                                 const struct pal_change *change, const char *tenant_name, const char *tenant_country,
                                 const struct pal_record *registry, struct pal_err *err) PAL_MUST_CHECK;
/* Sorts, names roles (pack may be NULL), folds what is one thing into one line, and computes opened/changed/resolved from the verdicts stored in both snapshots. */
enum pal_code pal_comparison_finish(struct pal_arena *arena, struct pal_comparison *comparison,
                                    const struct pal_verdicts *before, size_t before_n,
                                    const struct pal_verdicts *after, size_t after_n, const struct pal_pack *pack,
                                    struct pal_err *err) PAL_MUST_CHECK;

/* ---- formats: one row each in formats.def ---- */
struct pal_style {
  bool color;
  int width; /* columns; 0: do not wrap (no terminal) */
};
struct pal_format {
  const char *name;    /* text, json, csv, markdown */
  const char *summary; /* for --help */
  bool machine;        /* no colour, no wrapping, no talk */
  enum pal_code (*findings)(const struct pal_report *report, const struct pal_style *style, FILE *out,
                            struct pal_err *err);
  enum pal_code (*changes)(const struct pal_comparison *comparison, const struct pal_style *style, FILE *out,
                           struct pal_err *err);
};
extern const struct pal_format pal_formats[];
extern const size_t pal_formats_n;
const struct pal_format *pal_format_find(const char *name);

/* ---- tables for other listings (log, show, policies, query) ---- */
/* Rows of cells, aligned by terminal width; header may be NULL. Where style->width is
 * narrower, names and words are cut, never ids, dates, numbers, paths and headings; where
 * that is not enough each row is a record of its own, a line for each cell that is not
 * empty. Cells are escaped here; a NULL cell is empty (null in JSON). Columns of numbers are
 * aligned to the right. format: text, json (array of objects keyed by header, of
 * arrays without one), csv or markdown; PAL_E_USAGE for any other. numbers (may be NULL) tells, a
 * row each (NULL: none), which cells stand in JSON as the number they spell. */
enum pal_code pal_table_print(const char *format, const struct pal_style *style, const char *const *header,
                              const char *const *const *rows, const bool *const *numbers, size_t columns, size_t n,
                              FILE *out, struct pal_err *err) PAL_MUST_CHECK;

/* ---- escaping, one function per medium ---- */
/* RFC 4180 cell; a cell that a spreadsheet would take for a formula is opened by a single quote, and so is one that opens
 * with a single quote: dropping one leading quote always gives the text back. Hostile code points as in pal_term_escape. */
void pal_csv_cell(struct pal_buf *out, const char *text);
/* One word of a script for sh and bash, for PowerShell: whatever the text holds, no more than that text. */
void pal_sh_word(struct pal_buf *out, const char *text);
void pal_powershell_word(struct pal_buf *out, const char *text);
/* Text in a paragraph, a list, a heading or a table cell of Markdown (CommonMark, and what GitHub adds): it stays text. */
void pal_markdown_escape(struct pal_buf *out, const char *text);
/* Wraps escaped text at width (0: never) with an indent for following lines; `first` columns of the first line are taken.
 * Breaks at spaces, within a longer word before a slash or else anywhere. No newline at the end. */
void pal_wrap(struct pal_buf *out, const char *text, size_t first, size_t indent, size_t width);

#endif
