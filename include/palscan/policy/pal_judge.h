/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_JUDGE_H
#define PAL_JUDGE_H
/*
 * pal_judge.h - a snapshot as SQLite tables, SQL policies over it, findings out.
 *
 * The database is a private unlinked temporary file. Tables come from the
 * field table; `main` holds this run's state, `previous` the parent's last
 * verified values. Policies run under an authorizer and a budget of VM steps;
 * any SQL error makes that policy *unknown*, said loudly, never pass. The clock
 * of SQL is the start of the run.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pal_doc.h"
#include "pal_pack.h"
#include "pal_time.h"

struct pal_judge; /* opaque */

#define PAL_JUDGE_STEPS_MAX UINT64_C(1000000000)

enum pal_state { PAL_STATE_NOW, PAL_STATE_PREVIOUS };

struct pal_judge_options { /* what it points to is borrowed until the judge is freed */
  const struct pal_pack *pack;
  const struct pal_record *registry; /* REGISTRY; the other inputs may be NULL */
  const struct pal_record *estate;
  const struct pal_record *waivers;
  const struct pal_record *reviews;
  const struct pal_record *changes;  /* CHANGES */
  const struct pal_record *settings; /* SETTINGS, required */
  const struct pal_record *history;
  struct pal_instant started; /* the judge's now */
  bool has_previous;
  struct pal_instant previous_started; /* started of the parent: lastVerified of facts that were fresh there */
  const char *replay;                  /* "" or "replayed" */
  /* Whether the tenant is in the scope of this run; NULL: all. Tenants outside
   * keep the parent's findings and events byte for byte; id "" asks for the
   * estate-level findings. */
  bool (*in_scope)(void *payload, const char *tenant_id);
  void *scope_payload;
  const char *acceptances_on; /* YYYY-MM-DD on which acceptances are looked at; NULL: the day of started */
  const char *only; /* this policy and those it is folded under; the others are taken for disabled. NULL: all */
  bool all_tables;  /* load every table of both states (query), not only those policies read */
  /* Told the name of each part of the work before it begins (a policy, a view, "indexes"); for who measures. May be NULL */
  void (*on_part)(void *payload, const char *part);
  void *part_payload;
  uint64_t
      steps_max; /* VM steps of one statement; 0: PAL_JUDGE_STEPS_MAX. Only tests set it: a budget differing by machine would make verdicts differ */
};

enum pal_code pal_judge_new(const struct pal_judge_options *options, struct pal_judge **ret, struct pal_err *err)
    PAL_MUST_CHECK;
void pal_judge_free(struct pal_judge *judge); /* takes NULL */
/* Adds the files of one tenant or of the root. The docs may be freed afterwards.
 * Previous findings and events (in the docs of PAL_STATE_PREVIOUS) are taken too. */
enum pal_code pal_judge_load(struct pal_judge *judge, enum pal_state state, const struct pal_docs *docs,
                             struct pal_err *err) PAL_MUST_CHECK;
/* Whether any enabled policy reads a table of this kind in that state: a caller
 * may skip reading files of other kinds. FINDING, EVENT, COVERAGE and TENANT are always wanted. */
bool pal_judge_wants(const struct pal_judge *judge, enum pal_state state, const struct pal_kind *kind);
/* Judges: events, policies, unknowns, folding, acceptances, carried findings. Once, before any query. */
enum pal_code pal_judge_run(struct pal_judge *judge, struct pal_err *err) PAL_MUST_CHECK;

/* Results, valid until free: findings of one tenant ("" the estate), sorted. */
struct pal_verdicts {
  const char *tenant_id;
  const char *tenant_name;     /* estate name, else the tenant's own, else NULL */
  struct pal_records findings; /* FINDING */
  struct pal_records events;   /* EVENT */
};
size_t pal_judge_verdicts_n(const struct pal_judge *judge);
const struct pal_verdicts *pal_judge_verdicts(const struct pal_judge *judge,
                                              size_t i); /* estate first, then by tenant id */

enum pal_policy_state { PAL_TESTED, PAL_NOT_TESTED, PAL_DISABLED, PAL_BROKEN };
struct pal_policy_result {
  const struct pal_policy *policy;
  enum pal_policy_state state;
  const char *why; /* NOT_TESTED: the area; BROKEN: the SQL error */
  size_t fail, unknown, waived, folded;
};
const struct pal_policy_result *pal_judge_result(const struct pal_judge *judge, size_t i); /* i as in the pack */

enum pal_acceptance_state {
  PAL_ACCEPTANCE_HOLDS,
  PAL_ACCEPTANCE_ENDS, /* holds, within its last 30 days */
  PAL_ACCEPTANCE_ENDED,
  PAL_ACCEPTANCE_BEGINS,  /* later */
  PAL_ACCEPTANCE_LAPSED,  /* a pinned fact changed */
  PAL_ACCEPTANCE_NOTHING, /* matches nothing */
  PAL_ACCEPTANCE_NOT_APPROVED,
  PAL_ACCEPTANCE_VOID /* lacks what it needs */
};
enum pal_approval {
  PAL_APPROVAL_UNPROVEN, /* no approvers are set: nobody's signature is asked for */
  PAL_APPROVAL_SIGNED,
  PAL_APPROVAL_MISSING /* not signed, or the signature does not count */
};

/* What the judge made of one; valid until the judge is freed. Texts come from people: escape them. */
struct pal_acceptance {
  const struct pal_record *record;
  enum pal_acceptance_state state;
  const char *note;   /* reads on after the id: "ends 2026-12-10"; "" when there is nothing to say */
  const char *wider;  /* why it is wider than needed, NULL */
  const char *signer; /* SIGNED: "ssh-ed25519 SHA256:…"; else why not, NULL when UNPROVEN */
  enum pal_approval approval;
  size_t covers;                    /* failed findings it holds for */
  const struct pal_record *finding; /* the first failed one it names, NULL; its tenant ("" the estate) */
  const char *tenant_id;
};
size_t pal_judge_acceptances_n(const struct pal_judge *judge);
const struct pal_acceptance *pal_judge_acceptance(const struct pal_judge *judge,
                                                  size_t i); /* in the order of the file */
/* "holds", "ends soon", …: one word for tables and JSON. */
const char *pal_acceptance_word(enum pal_acceptance_state state);

/* Risk acceptances that do not hold, matched nothing, ended, or end within 30
 * days. At most one note each; a note reads on after the id: "matches nothing",
 * "ended 2026-11-01", "ends 2026-12-01", "begins 2026-12-01", "lacks an approver",
 * "is approved by its requester", "lasts longer than 365 days", "names no finding", "not approved: …",
 * "lapsed: accepted for …, now …". */
struct pal_waiver_note {
  const char *id;
  const char *note;
};
size_t pal_judge_waiver_notes_n(const struct pal_judge *judge);
const struct pal_waiver_note *pal_judge_waiver_note(const struct pal_judge *judge, size_t i);

enum pal_sql_type { PAL_SQL_NULL, PAL_SQL_INTEGER, PAL_SQL_REAL, PAL_SQL_TEXT, PAL_SQL_BLOB };
/* A value of a row. A real has the shortest text that is read as the same number, with a point;
 * "Inf" and "-Inf" are no numbers elsewhere. A blob is in lower-case hexadecimal digits. */
struct pal_sql_value {
  enum pal_sql_type type;
  const char *text; /* NULL for SQL NULL */
};

/* One read-only statement under the same sandbox; after it nothing can be loaded
 * or judged. Without pal_judge_run() before, and with all_tables, `event` and
 * `finding` hold what the snapshot recorded. each() gets column names and
 * values for every row; first call with values == NULL gives the names alone.
 * PAL_E_INPUT with SQLite's message and position. */
typedef enum pal_code pal_row_fn(void *payload, int n, const char *const *names, const struct pal_sql_value *values,
                                 struct pal_err *err);
enum pal_code pal_judge_query(struct pal_judge *judge, const char *sql, pal_row_fn *each, void *payload,
                              struct pal_err *err) PAL_MUST_CHECK;

/* Fingerprint: lower-case hex SHA-256 of ["palscan-1",policy,tenant or "-",subject type,subject id,key or ""]. */
enum pal_code pal_fingerprint(const char *policy, const char *tenant, const char *subject_type, const char *subject_id,
                              const char *key, char out[65], struct pal_err *err) PAL_MUST_CHECK;

/* Runs the case files (cases/<id>.json below dir, or one file) against the pack. each()
 * gets one result per case: NULL diff = passed, else a readable difference of
 * expected and got. */
typedef enum pal_code pal_case_fn(void *payload, const char *policy, const char *name, const char *diff,
                                  struct pal_err *err);
enum pal_code pal_cases_run(const struct pal_pack *pack, const char *dir, pal_case_fn *each, void *payload,
                            struct pal_err *err) PAL_MUST_CHECK;

/* Runs every enabled policy over empty tables: what SQLite or the sandbox refuses of it. each() gets every policy;
 * why is "file:line:column: …", or NULL for one that may run. */
typedef enum pal_code pal_lint_fn(void *payload, const struct pal_policy *policy, const char *why, struct pal_err *err);
enum pal_code pal_pack_lint(const struct pal_pack *pack, pal_lint_fn *each, void *payload, struct pal_err *err)
    PAL_MUST_CHECK;

#endif
