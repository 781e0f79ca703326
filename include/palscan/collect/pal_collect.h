/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_COLLECT_H
#define PAL_COLLECT_H
/*
 * pal_collect.h - reads an estate: every tenant each identity can reach, area
 * by area, with completeness per unit. Gives one observation per (identity,
 * tenant) as soon as it is finished, in no defined order. Knows no git.
 */
#include "pal_doc.h"
#include "pal_net.h"

/* What one identity saw with tokens of one tenant. The docs may lie in several
 * tenants: subscriptions delegated by Lighthouse lie under their own. Everything
 * it points to lives until each() returns. */
struct pal_observation {
  const char *identity;
  struct pal_tenant_id tenant; /* of the token */
  struct pal_object_id object; /* oid of the token; "" when none was got */
  bool signed_in;              /* a token was got */
  struct pal_docs docs;        /* facts and coverage.json parts */
  struct pal_texts discovered; /* further tenants to try: GET /tenants of a user, delegations to an application */
};
typedef enum pal_code pal_observation_fn(void *payload, const struct pal_observation *observation, struct pal_err *err);

/* Bytes for the journal and back (into arena). */
enum pal_code pal_observation_encode(struct pal_observation *observation, struct pal_buf *out, struct pal_err *err)
    PAL_MUST_CHECK;
enum pal_code pal_observation_decode(struct pal_arena *arena, const char *bytes, size_t len,
                                     struct pal_observation *ret, struct pal_err *err) PAL_MUST_CHECK;

/* How far a run has come. What is found on the way raises the totals; a tenant that somebody still has to sign in to is
 * not done. */
struct pal_collect_progress {
  size_t tenants_done, tenants;
  size_t done, total; /* sign-ins: pairs of identity and tenant */
};

struct pal_collect_options {
  struct pal_net *net;
  const struct pal_cloud *cloud;
  const struct pal_record *settings;       /* SETTINGS: identities, areas, window, names */
  const struct pal_record *config;         /* CONFIG with credentials; NULL in a replay (secrets are REDACTED) */
  const struct pal_record *estate;         /* ESTATE or NULL */
  struct pal_instant started;              /* the run's clock: usage months, token bodies */
  const char *base_dir;                    /* secret files are relative to it */
  const struct pal_texts *only_tenants;    /* NULL: all */
  const struct pal_texts *only_identities; /* NULL: all */
  const struct pal_texts *only_areas;      /* of those the settings ask for; NULL: all */
  const struct pal_texts *parent_tenants;  /* tenants of the parent snapshot: still expected */
  int window;                              /* so many tenants are read at a time; 0: as the layer sees fit */
  /* Resume: whether this observation was already made. NULL: none. Of a user's home tenant the
   * list of tenants is then read once more. */
  bool (*done_before)(void *payload, const char *identity, const char *tenant_id);
  pal_observation_fn *each;
  void *payload;
  void (*progress)(void *payload, const struct pal_collect_progress *progress);
  /* An identity whose credential cannot be used on this host: its tenants are observed without a token. NULL: such a
   * one is an error before anything is asked. */
  void (*fault)(void *payload, const char *identity, const struct pal_err *fault);
  const volatile int *stop;
};
struct pal_collect_result {
  size_t observations, signed_in;
};
/* PAL_OK also when nothing could be read: that stands in coverage. PAL_E_RECORDING,
 * PAL_E_OFFLINE, PAL_E_INTERRUPTED and errors of each() end the run. */
enum pal_code pal_collect_run(const struct pal_collect_options *options, struct pal_collect_result *ret,
                              struct pal_err *err) PAL_MUST_CHECK;

/* ---- what a scan would ask (pure) ---- */
/* What an observer came to know of its (identity, tenant). */
struct pal_seen {
  bool signed_in, listed; /* its list of subscriptions was answered */
  size_t own, delegated;  /* subscriptions: of the token's tenant, and others */
  size_t groups;          /* whose members are asked for */
};
struct pal_demand {
  size_t requests; /* the least: one for each list, however many pages it has */
  size_t costs;    /* of these: queries of Cost Management, which allows a tenant PAL_COSTS_A_MINUTE */
};
enum { PAL_COSTS_A_MINUTE = 60 };
struct pal_demand pal_collect_demand(const struct pal_record *settings, const struct pal_seen *seen);

/* ---- from observations to the facts of one tenant (pure) ---- */
struct pal_unite_input {
  struct pal_tenant_id tenant;
  const struct pal_observation *const *observations; /* all that have docs in this tenant; any order */
  size_t n;
  const struct pal_docs *parent;     /* the tenant's files in the parent snapshot (facts and coverage); NULL: none */
  struct pal_instant parent_started; /* gives asOf to what was fresh there */
  const struct pal_record *settings; /* collected areas */
  const struct pal_record *estate;   /* who has left; NULL: nobody */
  struct pal_instant started;
  /* Whether this (tenant, area) is in scope; outside everything of the parent stays byte for byte. NULL: all */
  bool (*in_scope)(void *payload, const char *tenant_id, const char *area);
  void *scope_payload;
  /* The run was limited to these identities: what only others could have read stays as it is, so that the parent's
   * files must have their dates (pal_scope_date). NULL: all */
  const struct pal_texts *only_identities;
  /* Whether, in this run, the own list of subscriptions of an identity with a token of another tenant was complete. A
   * subscription last seen with such a token is gone only when that is so. NULL: of none, so that a sighting from
   * another tenant by an identity still configured always keeps a subscription. */
  bool (*has_listed)(const void *payload, const char *identity, const char *tenant_id);
  const void *listed_payload;
};
/* Facts and coverage.json of the tenant for the new snapshot, in ret (whose
 * arena is used; docs of observations and parent are borrowed). The result does
 * not depend on the order of observations. */
enum pal_code pal_unite(const struct pal_unite_input *input, struct pal_docs *ret, struct pal_err *err) PAL_MUST_CHECK;

#endif
