/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_RUN_INTERNAL_H
#define PAL_RUN_INTERNAL_H
/* run_internal.h - the parts of one run, shared by run*.c only. */
#include "link_record.h"
#include "pal_collect.h"
#include "pal_digest.h"
#include "pal_journal.h"
#include "pal_population.h"
#include "pal_stored.h"
#include "pal_text_set.h"
#include "progress.h"
#include "run.h"

/* One frame of the journal: what one observer saw of one tenant. There are several for each tenant of the estate. */
struct pal_frame {
  uint32_t subject; /* the tenant whose facts; these three are numbers of the spool's names */
  uint32_t tenant;  /* of the token */
  uint32_t identity : 31;
  uint32_t listed : 1; /* of the token's own tenant: the observer's list of subscriptions was complete */
  uint32_t index;      /* in the journal */
};

struct pal_spool {
  struct pal_journal *journal;
  struct pal_frame *frames; /* malloc'ed */
  size_t n, cap;
  struct pal_arena *arena;     /* names and ids */
  struct pal_text_set names;   /* sorted, and added to no more, after pal_spool_sort() */
  struct pal_text_set found;   /* borrows names */
  struct pal_texts discovered; /* the same: each once, in the order they were told */
};

/* run_spool.c */
enum pal_code pal_spool_open(struct pal_spool *spool, const char *state_dir, const struct pal_journal_head *head,
                             bool resume, struct pal_err *err) PAL_MUST_CHECK;
enum pal_code pal_spool_close(struct pal_spool *spool, bool done, struct pal_err *err) PAL_MUST_CHECK;
/* Cuts an observation by tenant and appends the frames;
 * the frame of the token's own tenant comes last and marks it as done. */
enum pal_code pal_spool_add(struct pal_spool *spool, const struct pal_observation *observation, struct pal_err *err)
    PAL_MUST_CHECK;
bool pal_spool_has(const struct pal_spool *spool, const char *identity, const char *tenant_id);
const char *pal_spool_subject(const struct pal_spool *spool, size_t frame);
const char *pal_spool_tenant(const struct pal_spool *spool, size_t frame);
/* Sorts by subject and drops frames that a later one replaces. */
enum pal_code pal_spool_sort(struct pal_spool *spool, struct pal_err *err) PAL_MUST_CHECK;
/* Frames of a subject: *ret_first and the count. */
size_t pal_spool_find(const struct pal_spool *spool, const char *subject, size_t *ret_first);
/* After sorting: whether the list of subscriptions of this observer was complete; payload is the spool. */
bool pal_spool_has_listed(const void *payload, const char *identity, const char *tenant_id);

/* The run while it goes on. */
struct pal_run {
  const struct pal_run_options *options;
  struct pal_run_result *result;
  struct pal_repo *repo;    /* NULL in a dry run without a repository */
  struct pal_repo *scratch; /* dry run: where objects go and are thrown away */
  char *scratch_dir;
  struct pal_commit parent;
  bool has_parent;
  struct pal_instant parent_started;
  struct pal_writer *writer;
  struct pal_tree_builder *builder;
  struct pal_spool spool;
  struct pal_progress progress;
  char run_id[37];
  struct pal_texts parent_tenants;
  struct pal_population population;
  struct pal_docs parent_root;   /* decoded root of the parent */
  struct pal_record *history;    /* inputs/history.json of this run */
  bool found_scope;              /* by who signed in where: nobody asked for these tenants */
  struct pal_verdicts *previous; /* stored verdicts of the parent, for novelty */
  size_t previous_n, previous_cap;
  struct pal_texts roles; /* role ids referred to */
  size_t roles_cap;
  struct pal_leafs *leafs;         /* disclosure */
  struct pal_link_records written; /* what palscan itself changed since the parent */
};

/* run_tenants.c: facts of every tenant into blobs and tables */
enum pal_code pal_run_tenants(struct pal_run *run, struct pal_err *err) PAL_MUST_CHECK;
/* run.c: PAL_E_INTERRUPTED, with what becomes of the run; kept: something stands in the journal */
enum pal_code pal_run_interrupted(const struct pal_run *run, bool kept, struct pal_err *err) PAL_MUST_CHECK;
/* run.c: the parent's stored findings, for novelty */
enum pal_code pal_run_keep_previous(struct pal_run *run, const struct pal_docs *docs, const char *tenant_id,
                                    struct pal_err *err) PAL_MUST_CHECK;
/* run_leaving.c: whether an offboarded tenant may leave the tree, its facts being docs */
bool pal_run_has_left(const struct pal_run *run, const struct pal_docs *docs, const struct pal_tenant_id *tenant,
                      bool complete);
/* run_root.c: inputs, roles, verdicts into blobs */
enum pal_code pal_run_root(struct pal_run *run, struct pal_err *err) PAL_MUST_CHECK;
enum pal_code pal_run_verdicts(struct pal_run *run, struct pal_err *err) PAL_MUST_CHECK;
/* Encodes a document, writes its blob, adds it to the tree and to the disclosure. */
enum pal_code pal_run_put(struct pal_run *run, struct pal_doc *doc, struct pal_err *err) PAL_MUST_CHECK;
/* run_scope.c: runs of part of the estate */
/* inputs/history.json: what this run knows of the runs before it, and its scope. */
enum pal_code pal_run_history(struct pal_run *run, struct pal_err *err) PAL_MUST_CHECK;
/* Whether a tenant is in the scope of this run; payload is the run. */
bool pal_run_in_scope(void *payload, const char *tenant_id);
/* Start of the run that read what the parent holds of a tenant without a date. */
const char *pal_run_parent_read_on(const struct pal_run *run, const char *tenant_id);
/* Writes that date into the parent's files of a tenant in scope ("": the root). */
enum pal_code pal_run_date_parent(const struct pal_run *run, const char *tenant_id, struct pal_docs *docs,
                                  struct pal_err *err) PAL_MUST_CHECK;
/* The same into the files this run kept outside its scope: for the judge, after they are written. */
enum pal_code pal_run_date_kept(const struct pal_run *run, const char *tenant_id, struct pal_docs *docs,
                                struct pal_err *err) PAL_MUST_CHECK;
/* After reading: the tenants that were signed in to, where the scope is to be found by that; into *scope. */
enum pal_code pal_run_find_scope(struct pal_run *run, struct pal_texts *scope, struct pal_err *err) PAL_MUST_CHECK;
/* After reading: refuses a scope of tenants that are none of ours, or that nobody signs in to. */
enum pal_code pal_run_check_scope(const struct pal_run *run, struct pal_err *err) PAL_MUST_CHECK;
/* How many counted tenants of the scope that full run read completely. */
enum pal_code pal_run_complete_then(struct pal_run *run, const struct pal_commit *full, size_t *ret,
                                    struct pal_err *err) PAL_MUST_CHECK;

/* run_disclosure.c: RFC 6962-style Merkle root over salted tenant digests */
struct pal_leafs *pal_leafs_new(void);
void pal_leafs_free(struct pal_leafs *leafs);
enum pal_code pal_leafs_add(struct pal_leafs *leafs, const char *tenant_id, const char *path, const void *bytes,
                            size_t len, struct pal_err *err) PAL_MUST_CHECK;
enum pal_code pal_leafs_root(struct pal_leafs *leafs, const uint8_t *key, size_t key_len, const char *run_id,
                             char out[65], struct pal_err *err) PAL_MUST_CHECK;

#endif
