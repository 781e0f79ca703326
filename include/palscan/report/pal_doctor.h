/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_DOCTOR_H
#define PAL_DOCTOR_H
/*
 * pal_doctor.h - the finished model of a check-up, per identity and tenant what
 * works and what is missing, and its three formats. Whoever opens the FILE
 * checks its closing.
 */
#include "pal_report.h"

/* One thing that could not be read, all units of one cause together. */
struct pal_lack {
  struct pal_texts areas;       /* "token", or areas of coverage */
  const char *code;             /* "403 AuthorizationFailed" */
  const char *meaning, *remedy; /* without a full stop; meaning may name files; NULL: nothing is known about the code */
  const char *right;            /* the exact role or permission that is missing; NULL: it is no matter of rights */
  const char *portal;           /* where else it is done; NULL: nowhere */
  const char *tenant_id;        /* in which the units lie */
  struct pal_texts units;       /* subscription or group ids; none: the whole of the areas */
  struct pal_texts commands;    /* for a shell, made of parsed ids only */
  bool elsewhere;               /* another identity reads all of it: a scan lacks nothing */
};

enum pal_link_seen { PAL_LINK_NOT_READ, PAL_LINK_NONE, PAL_LINK_THERE, PAL_LINK_NOT_ASKED };

struct pal_checkup {
  const char *identity, *tenant_id, *tenant_name; /* name: NULL when the estate has none */
  const char *object_id;                          /* of the token, NULL without one */
  bool signed_in, listed;                         /* a token was got; the list of subscriptions was answered */
  enum pal_link_seen link;
  const char *partner_id, *link_state; /* of a link that is there; the state may be NULL */
  size_t own, delegated;               /* subscriptions: of this tenant, and seen from it */
  const char *if_none;                 /* without any subscription: the command that gives the right to see them */
  struct pal_lack *lacks;
  size_t lacks_n, lacks_cap;
  size_t requests; /* that a scan would send at least */
  size_t costs;    /* of these: queries of Cost Management */
};

enum { PAL_CLOCK_LIMIT_S = 300 }; /* further off, assertions and tokens are refused */

struct pal_doctor {
  const char *started; /* canonical instant */
  bool replayed;
  struct pal_checkup *checks; /* by identity and tenant */
  size_t checks_n, checks_cap;
  bool clock_known;
  long long ahead_s;   /* this host's clock; negative: behind */
  size_t requests;     /* of a whole scan, at least */
  size_t minutes;      /* it takes at least, for the cost queries of the slowest tenant; 0: less than one */
  const char *slowest; /* tenant id; NULL when minutes is 0 */
  const char *again, *apart, *scan; /* what to type: after something was done, of one identity, when all is well */
};
/* Whether a scan would lack something of it. */
bool pal_checkup_lacks(const struct pal_checkup *check);
/* Whether the clock is further off than PAL_CLOCK_LIMIT_S. */
bool pal_doctor_clock_is_off(const struct pal_doctor *doctor);
/* format: text, json, csv or markdown; PAL_E_USAGE for any other. */
enum pal_code pal_doctor_print(const struct pal_doctor *doctor, const char *format, const struct pal_style *style,
                               FILE *out, struct pal_err *err) PAL_MUST_CHECK;

#endif
