/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_OBSERVE_H
#define PAL_OBSERVE_H
/*
 * observe.h - one observer: one identity with tokens of one tenant. Its
 * collectors put requests on their way stage by stage and, when all is
 * answered, turn what came into documents and coverage.
 */
#include "areas.h"
#include "pal_azure.h"
#include "pal_collect.h"
#include "parse.h"
#include "plan.h"

struct run; /* collect.c */

/* What coverage says of a unit: an outcome without what only decides how it comes about. There may be many units. */
struct completeness {
  enum pal_extent extent;
  const char *code; /* of the observer's arena, or a word of palscan; NULL: none */
};

/* What was read of one unit of one area. */
struct unit {
  struct completeness completeness;
  struct pal_records records; /* of the subscription: at or below it */
  struct pal_records above;   /* inherited ones */
  bool not_applicable;
  bool counted;
  int64_t expected; /* when counted */
};

struct subscription {
  struct pal_subscription_id id;
  struct pal_tenant_id tenant; /* the one Resource Manager returned for it */
  bool own;                    /* it is the token's */
  struct pal_record *record;
};

struct observer {
  struct run *run;
  struct observer *next;            /* of the run's list */
  const struct pal_record *scanner; /* SCANNER */
  const struct pal_collect_options *options;
  struct pal_azure *azure;
  struct pal_arena *arena;
  struct pal_observation observation;
  struct pal_claims claims;
  /* Where further tenants are found: GET /tenants for a person; for an application the delegated subscriptions.
   * Neither: the token is of one tenant. */
  bool is_user, is_app;
  bool discovers_only;    /* out of scope; only the tenants it finds are wanted */
  uint32_t tenant_number; /* in the roster */
  size_t discovered_cap;
  enum stage stage;
  size_t pending;                     /* readings of this stage that have not ended */
  size_t lists;                       /* those of them that are on their way, and are lists */
  struct held *held, **held_end;      /* lists that wait for one of these to end */
  bool sending;                       /* a list that ends at once must not send from within the sending */
  struct pal_outcome refused;         /* why there is no token */
  struct completeness listed;         /* of the subscriptions */
  struct subscription *subscriptions; /* sorted by id */
  size_t subscriptions_n;
  struct unit *units[COLLECTORS_N]; /* per subscription; NULL before they are known */
  void *state[COLLECTORS_N];        /* what a collector keeps for itself */
};

/* --- readings --- */

struct reading;
struct held; /* observe.c */
/* One item of a page; may mark reading->parse. */
typedef enum pal_code reading_item_fn(struct reading *reading, const pal_json *item, struct pal_err *err);
/* The end of a list. */
typedef enum pal_code reading_done_fn(struct reading *reading, const struct pal_outcome *outcome, struct pal_err *err);
/* A single answer. */
typedef enum pal_code reading_answer_fn(struct reading *reading, const struct pal_answer *answer, struct pal_err *err);

struct reading {
  struct observer *observer;
  const struct pal_json_doc *doc; /* the page at hand */
  struct parse parse;
  size_t index;               /* of the subscription, month, …: the collector's own */
  void *more;                 /* the collector's own */
  struct pal_records records; /* what the items became */
  reading_item_fn *item;
  reading_done_fn *done;
  reading_answer_fn *answer;
};
/* Made in the observer's arena. */
struct reading *reading_new(struct observer *observer, size_t index, struct pal_err *err);
/* plan is a PAL_PLAN_ with `id` for its %s; body NULL: GET. Counts as pending of
 * the stage until done or answer returned. A list may be held back until others of the observer have ended: plan and
 * id stay where they are until then. */
enum pal_code reading_list(struct reading *reading, enum pal_service service, enum pal_paging paging, const char *plan,
                           const char *id, const char *body, struct pal_err *err) PAL_MUST_CHECK;
enum pal_code reading_ask(struct reading *reading, const char *path, struct pal_err *err) PAL_MUST_CHECK;
/* For items that become one record of reading->records. */
enum pal_code reading_keep(struct reading *reading, struct pal_record *record, struct pal_err *err) PAL_MUST_CHECK;

/* --- results --- */

/* A coverage record. expected < 0: none. */
enum pal_code observer_cover(struct observer *observer, const struct pal_tenant_id *tenant, const char *area,
                             const char *unit, const char *state, int64_t items, int64_t expected, const char *code,
                             struct pal_err *err) PAL_MUST_CHECK;
const char *extent_state(enum pal_extent extent);
/* One of the files of a tenant. NULL with err on no memory. */
struct pal_doc *observer_doc(struct observer *observer, enum pal_file_id file, const struct pal_tenant_id *tenant,
                             const char *id, struct pal_err *err);
/* Resource Manager does not know the provider. */
bool outcome_no_provider(const struct pal_outcome *outcome);
/* Whether the observer's cloud is without the service asked. The public cloud has all of them: there the same answer
 * is a fault. */
bool observer_lacks(const struct observer *observer, const struct pal_outcome *outcome);
/* What stays of an outcome. */
enum pal_code observer_keep(struct observer *observer, const struct pal_outcome *outcome, struct completeness *ret,
                            struct pal_err *err) PAL_MUST_CHECK;
/* Marks what is complete as partial; the word is one of palscan's. */
void completeness_spoil(struct completeness *completeness, const char *word);
/* Unifies a list; clashes make it partial. */
enum pal_code observer_unify(struct pal_records *records, struct completeness *completeness, struct pal_err *err)
    PAL_MUST_CHECK;
/* Document and coverage of one subscription's unit, under the subscription's tenant. */
enum pal_code observer_finish_unit(struct observer *observer, enum collector_id id, size_t at, enum pal_file_id file,
                                   struct pal_err *err) PAL_MUST_CHECK;
/* Documents and coverage of an area with UNITS_ACCESS. */
enum pal_code observer_finish_access(struct observer *observer, enum collector_id id, enum pal_file_id file,
                                     enum pal_file_id above, struct pal_err *err) PAL_MUST_CHECK;
/* Puts the records of a subscription's list into its unit: at or below it, or
 * above, by the field `scope`; one of each id. What lies in another subscription
 * is no part of it, and makes the unit partial. */
enum pal_code observer_place(struct observer *observer, size_t subscription, const struct pal_records *records,
                             int scope, struct unit *unit, struct pal_err *err) PAL_MUST_CHECK;

/* A further tenant to try; observer_discovered() when all are told: sorted, one of each. Those that another observer
 * of the identity has told in this run are left out: a person sees the same tenants from everywhere. */
enum pal_code observer_discover(struct observer *observer, const char *tenant, struct pal_err *err) PAL_MUST_CHECK;
void observer_discovered(struct observer *observer);

/* Whether the list names a subscription of the token's tenant. */
bool observer_has_own(const struct observer *observer);
bool observer_collects(const struct observer *observer, enum collector_id id);

/* --- life, used by collect.c --- */

void observer_start(struct observer *observer);
/* Ends one pending reading; begins the next stage when it was the last. */
void observer_release(struct observer *observer);

/* --- what collect.c gives --- */

/* The first error ends the run. */
void run_fail(struct run *run, const struct pal_err *err);
bool run_failed(const struct run *run);
/* Frees observers that have ended; called where none of them is in use. */
void run_reap(struct run *run);
void run_ended(struct run *run, struct observer *observer);
/* *ret_first: no observer of the same identity has told of this tenant. */
enum pal_code run_found(struct run *run, const struct observer *observer, const char *tenant, bool *ret_first,
                        struct pal_err *err) PAL_MUST_CHECK;
/* For what is looked at and dropped: good until the next call. */
struct pal_arena *run_scratch(struct run *run);
/* Whether the estate, or the observer itself, knows this principal of that tenant. */
bool run_is_ours(const struct observer *observer, const char *tenant, const char *object);

#endif
