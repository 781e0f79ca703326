/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REJUDGE_H
#define PAL_REJUDGE_H
/*
 * pal_rejudge.h - a stored snapshot judged again, from its commit and its
 * parent alone: with the policies and inputs it carries, or with today's.
 */
#include "pal_population.h"
#include "pal_report.h"
#include "pal_stored.h"

struct pal_rejudge_options {
  struct pal_repo *repo;
  const struct pal_commit *commit;
  const struct pal_pack *shipped; /* the installed pack, to tell changed policies from shipped ones */
  /* What replaces the recorded; NULL: as recorded. */
  struct pal_pack *pack;
  const struct pal_record *registry, *estate, *waivers;
  const struct pal_record *approvers; /* SETTINGS whose approvers replace those of the recorded ones */
  const char *acceptances_on;         /* YYYY-MM-DD on which acceptances are looked at; NULL: the day of the snapshot */
  bool all_tables;                    /* every table of both states, for query */
  bool no_run;                        /* load only, do not judge */
};

struct pal_rejudged {
  struct pal_arena *arena;
  struct pal_judge *judge;
  struct pal_pack *recorded;   /* the recorded pack when it was used; freed with the result */
  const struct pal_pack *pack; /* the pack that judged */
  struct pal_docs root;        /* decoded files of the root */
  const struct pal_record *registry, *estate, *waivers, *settings, *history;
  struct pal_texts tenants;
  struct pal_completeness completeness;
  struct pal_verdicts *stored;
  size_t stored_n; /* verdicts stored in this commit, estate first */
  struct pal_verdicts *previous;
  size_t previous_n; /* those stored in the parent */
  bool has_previous;
  struct pal_commit parent; /* when has_previous, with its inputs/history.json */
  const struct pal_record *parent_history;
};

enum pal_code pal_rejudge(const struct pal_rejudge_options *options, struct pal_rejudged *ret, struct pal_err *err)
    PAL_MUST_CHECK;
void pal_rejudged_free(struct pal_rejudged *rejudged);

/* inputs/history.json of a commit on top of `parent` (NULL: the first one), of
 * which `parent_history` is the parent's own copy (NULL: none); scope: the tenants
 * of a partial run, NULL of a full one. NULL: no memory, or scope holds no tenant ids. */
struct pal_record *pal_history_record(struct pal_arena *arena, const struct pal_commit *parent,
                                      const struct pal_record *parent_history, const struct pal_texts *scope,
                                      struct pal_err *err) PAL_MUST_CHECK;

/* Dates the findings a partial run kept outside its scope, which are of an earlier run. */
enum pal_code pal_findings_date(struct pal_arena *arena, struct pal_report *report, const struct pal_record *history,
                                const char *started, struct pal_err *err) PAL_MUST_CHECK;

/* Name of a tenant for people: the estate's, else that of tenant.json in docs (may be NULL), else NULL. */
const char *pal_tenant_name(const struct pal_record *estate, const struct pal_docs *docs, const char *tenant_id);
/* Verdicts stored in a commit (findings and events), estate first, by tenant. */
enum pal_code pal_stored_verdicts(struct pal_repo *repo, const struct pal_oid *tree, struct pal_arena *arena,
                                  struct pal_verdicts **ret, size_t *ret_n, struct pal_err *err) PAL_MUST_CHECK;
/* Appends the findings and events among docs. */
enum pal_code pal_verdicts_take(struct pal_arena *arena, struct pal_verdicts **verdicts, size_t *n, size_t *cap,
                                const char *tenant_id, const struct pal_docs *docs, struct pal_err *err) PAL_MUST_CHECK;

#endif
