/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_DOCTOR_RUN_H
#define PAL_DOCTOR_RUN_H
/*
 * doctor.h - a check-up: the requests of a scan that tell what an identity may
 * read, once each; nothing is united, judged or kept.
 */
#include "pal_collect.h"
#include "pal_doctor.h"
#include "source.h"

struct doctor_options {
  const struct pal_app *app;
  const struct pal_source *source;
  const struct pal_texts *tenants, *identities; /* sorted; NULL: all */
  int jobs;                                     /* 0: as configured */
  int64_t max_time_s;                           /* 0: no end */
  bool offline, quiet;
};
/* Everything in the command's arena. PAL_E_USAGE when a tenant was asked for that nobody signs in to. */
enum pal_code doctor_run(const struct doctor_options *options, struct pal_doctor *ret, struct pal_err *err)
    PAL_MUST_CHECK;

/* --- doctor_remedy.c --- */

/* What it takes to read something. */
enum doctor_need { DOCTOR_TOKEN, DOCTOR_LINK, DOCTOR_LIST, DOCTOR_READER, DOCTOR_COSTS, DOCTOR_GROUPS, DOCTOR_OTHER };
/* Whose right is missing, in parsed ids; NULL where one is not known. */
struct doctor_who {
  const char *tenant, *home, *object, *client;
  const char *principal; /* "ServicePrincipal", "User" or NULL */
  const char *login;     /* origin of the cloud's sign-in */
};
/* Fills meaning, remedy, right, portal and commands of a lack that has its code and units. delegated: they lie in
 * another tenant than that of the token. */
enum pal_code doctor_explain(struct pal_arena *arena, enum doctor_need need, const struct doctor_who *who,
                             bool delegated, struct pal_lack *lack, struct pal_err *err) PAL_MUST_CHECK;
/* The command that lets the identity see every subscription of its tenant; NULL when its object is not known. */
enum pal_code doctor_sight(struct pal_arena *arena, const struct doctor_who *who, const char **ret, struct pal_err *err)
    PAL_MUST_CHECK;

#endif
