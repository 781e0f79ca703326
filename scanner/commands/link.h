/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_COMMANDS_LINK_H
#define PAL_COMMANDS_LINK_H
/*
 * link.h - the partner link of one configured identity in one tenant: what it
 * is now, what the registry says of an ID there, what is to be changed. Shows
 * nothing and writes nothing; what it makes lives in the command's arena.
 */
#include "app.h"
#include "pal_judge.h"
#include "pal_link.h"

/* --- link_look.c: the live link, and what the registry's rules need to know of the tenant --- */

struct pal_look {
  const struct pal_app *app;
  struct pal_cloud *cloud;
  const char *identity;
  struct pal_tenant_id tenant;
  const char *tenant_name; /* of the estate; NULL: not named there */
  struct pal_instant at;
  struct pal_object_id object;   /* "" when nobody signed in */
  bool tried, signed_in, known;  /* known: link was answered */
  const struct pal_record *link; /* LINK; NULL: none */
  char code[PAL_CODE_MAX];       /* why not, as in coverage */
  bool placed;                   /* tenant and subscriptions were read: rules by country and scope can be told */
  struct pal_judge *judge;       /* holds the registry and what was read of the tenant */
};
/* Reads by the same requests as a scan. PAL_OK also when nothing could be read. PAL_E_USAGE for an identity that is
 * not configured. pal_look_free in any case. */
enum pal_code pal_look(const struct pal_app *app, const char *identity, const struct pal_tenant_id *tenant,
                       bool offline, struct pal_look *ret, struct pal_err *err) PAL_MUST_CHECK;
void pal_look_free(struct pal_look *look);

/* --- link_judge.c: an ID in a tenant, by the registry --- */

enum pal_id_word {
  PAL_ID_RIGHT,     /* the rule that decides names it */
  PAL_ID_UNDECIDED, /* ours and usable, and no rule decides here */
  PAL_ID_DIFFERS,   /* the rule that decides names another */
  PAL_ID_GLOBAL,
  PAL_ID_FOREIGN,
  PAL_ID_RELATED, /* a related partner's, which no rule names here */
  PAL_ID_UNUSABLE /* closed, superseded, pending, or not valid today */
};
struct pal_id_verdict {
  enum pal_id_word word;
  const char *state;    /* one word for JSON */
  const char *name;     /* the registry's for the ID; NULL */
  const char *expected; /* IDs the rule names, with commas; NULL: none decides */
  const char *rule;     /* "tenant", "country DE", …; NULL */
  const char *sentence; /* without a full stop: what it is, and of a wrong one why */
};
enum pal_code pal_id_judge(const struct pal_look *look, const char *partner_id, struct pal_id_verdict *ret,
                           struct pal_err *err) PAL_MUST_CHECK;

/* --- link_plan.c: what to change --- */

struct pal_change_plan {
  struct pal_link_plan link;
  bool nothing;                  /* it is so already */
  struct pal_id_verdict verdict; /* of the ID to link; not of a deletion */
};
/* partner_id: NULL for a deletion of whatever is linked. PAL_E_USAGE, PAL_E_INPUT: refused, and why; PAL_E_NET,
 * PAL_E_CREDENTIAL: the link was not read. */
enum pal_code pal_link_decide(const struct pal_look *look, enum pal_write_kind kind, const char *partner_id,
                              struct pal_change_plan *ret, struct pal_err *err) PAL_MUST_CHECK;
/* Says why the link is not known. */
enum pal_code pal_look_fail(const struct pal_look *look, struct pal_err *err);

/* --- link_carry_out.c --- */

/* Where it is written down until a snapshot holds it (link_record.h). */
struct pal_link_keeping {
  const char *repository_id;        /* NULL: nowhere, there are no snapshots */
  const struct pal_texts *findings; /* fingerprints of what it is to put right; NULL: none */
};
/* Writes down what is about to be done, opens a net that may write, signs in again, applies the plan, and writes down
 * how it ended. What cannot be written down before is not done. */
enum pal_code pal_link_carry_out(const struct pal_look *look, const struct pal_link_plan *plan,
                                 const struct pal_link_keeping *keeping, struct pal_link_result *ret,
                                 struct pal_err *err) PAL_MUST_CHECK;
/* PAL_OK when it stands; else the error that says what does, why, and what to do. */
enum pal_code pal_link_conclude(const struct pal_link_plan *plan, const struct pal_link_result *result,
                                struct pal_err *err) PAL_MUST_CHECK;

/* --- link_words.c --- */

/* Where the lines go. */
struct pal_sheet {
  FILE *file;
  size_t width; /* 0: they are not wrapped */
};
struct pal_sheet pal_sheet_of(const struct pal_cli *cli, const struct pal_output *output);
/* "Label     text", escaped and wrapped. */
void pal_sheet_row(const struct pal_sheet *out, const char *label, const char *fmt, ...) PAL_PRINTF(3, 4);
void pal_link_print_link(const struct pal_app *app, const struct pal_sheet *out, const char *label,
                         const struct pal_record *link);
void pal_link_print_head(const struct pal_look *look, const struct pal_sheet *out);
void pal_link_print_plan(const struct pal_look *look, const struct pal_change_plan *plan, const struct pal_sheet *out);
void pal_link_print_end(const struct pal_look *look, const struct pal_link_result *result, const struct pal_sheet *out);

#endif
