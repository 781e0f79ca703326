/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REMEDY_H
#define PAL_REMEDY_H
/*
 * pal_remedy.h - what to do about findings: the ids that stand for T, S, P and O
 * in a remediation, and the plan of steps by tenant and by who can do them. Data
 * in, data out; the printers at the end know nothing but the plan and a FILE.
 * Ids come out of here only when they parse as what they are.
 */
#include "pal_fix.h"
#include "pal_id.h"
#include "pal_report.h"

/* ---- the facts that fill in ---- */
struct pal_remedies; /* opaque; in the arena it was read into */

/* Reads expected partner IDs, linked IDs and kinds of accounts from a judge that holds a snapshot (judged or not). A
 * judge whose policies lack the views tells nothing; then no partner ID is filled in. */
enum pal_code pal_remedies_read(struct pal_arena *arena, struct pal_judge *judge, struct pal_remedies **ret,
                                struct pal_err *err) PAL_MUST_CHECK;

/* What the words of a fix stand for; "" or NULL: not known. */
struct pal_remedy_ids {
  struct pal_tenant_id tenant;
  struct pal_subscription_id subscription;
  struct pal_object_id object;
  struct pal_partner_id partner; /* that a rule of the registry names there, or the successor of the one linked */
  struct pal_partner_id linked;
  struct pal_guid app;
  struct pal_role_id role;
  const char *scope, *assignment; /* canonical ARM ids */
  const char *fingerprint;
  const char *type; /* user, guest, servicePrincipal, managedIdentity */
};

/* Whose word an id becomes that is more than letters, digits and "-._/". */
enum pal_remedy_shell { PAL_REMEDY_SH, PAL_REMEDY_POWERSHELL };
/* Appends text with every word of a fix replaced that is known (pal_fix.h), and behind "managementpartner delete" and
 * "Remove-AzManagementPartner" the linked ID for P. Returns whether nothing is left to fill in. */
bool pal_remedy_fill(struct pal_buf *out, const char *text, const struct pal_remedy_ids *ids,
                     enum pal_remedy_shell shell);
/* The remediation of the finding's policy, filled in, and of an unknown how to read what is missing; "" without a
 * policy. remedies may be NULL. */
void pal_remedy_text(struct pal_buf *out, const struct pal_remedies *remedies, const struct pal_reported *reported);

/* ---- the plan ---- */
struct pal_way { /* one way to do a step */
  const struct pal_fix *fix;
  const char *title; /* filled in */
  struct pal_remedy_ids ids;
  const char **az, **powershell; /* filled in; signing in is not among them */
  size_t az_n, powershell_n;
  bool complete; /* every command holds ids alone: it can be run as it is */
};
struct pal_step {
  const char *tenant_id, *tenant_name; /* "-" and NULL: the estate; of a step in a managing tenant: that tenant */
  enum pal_actor actor;                /* of the first way */
  int severity;                        /* rank of the gravest finding */
  size_t order;                        /* place among the steps of one finding */
  const char *after;                   /* title of the step to be done before, NULL: none */
  const char *names;                   /* configured names of the object, with commas; NULL: none signs in as it */
  bool unknown;                        /* no rule failed: some could not judge */
  bool undecided;                      /* no rule names a partner ID: decide first */
  struct pal_way *ways;                /* the first, or each of the others in place of it */
  size_t ways_n;
  const struct pal_reported **findings;
  size_t findings_n, findings_cap;
};
struct pal_plan {
  const char *commit, *started; /* of the snapshot */
  const char *next;             /* what to type next, NULL: nothing */
  struct pal_step *steps;       /* by tenant, actor, order, severity, fix, object */
  size_t steps_n, steps_cap;
  size_t findings; /* that led to the steps */
  size_t settled;  /* waived or folded: no step */
};
/* Steps for the open findings and unknowns of report; only_tenant: NULL: of all tenants. Everything in arena or
 * borrowed from report and remedies. */
enum pal_code pal_plan_make(struct pal_arena *arena, const struct pal_report *report,
                            const struct pal_remedies *remedies, struct pal_judge *judge, const char *only_tenant,
                            struct pal_plan *ret, struct pal_err *err) PAL_MUST_CHECK;
/* How the actor signs in for a way, or NULL: it need not. powershell: for PowerShell, else az. In arena. */
const char *pal_way_sign_in(struct pal_arena *arena, const struct pal_way *way, bool powershell);

/* ---- formats of the plan ---- */
struct pal_plan_format {
  const char *name, *summary;
  enum pal_code (*print)(const struct pal_plan *plan, const struct pal_style *style, FILE *out, struct pal_err *err);
};
extern const struct pal_plan_format pal_plan_formats[];
extern const size_t pal_plan_formats_n;

#endif
