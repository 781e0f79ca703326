/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_LINK_H
#define PAL_LINK_H
/*
 * pal_link.h - one change of one partner link: the link of the identity itself
 * in one tenant, which nobody else can read or change. Reads the live link,
 * asks for a grant, sends one request, and reads the link again: what the
 * service answered to the request never decides, what stands afterwards does.
 */
#include "pal_azure.h"

/* What was decided on, and the link it was decided upon. */
struct pal_link_plan {
  const char *identity; /* configured name */
  struct pal_tenant_id tenant;
  struct pal_object_id object; /* whose link it is: the token must be of it */
  enum pal_write_kind kind;
  struct pal_partner_id partner; /* that is to be linked; of PAL_WRITE_DELETE: that is linked */
  const struct pal_record *seen; /* LINK; NULL: there was none */
};

enum pal_link_end {
  PAL_END_DONE,       /* it stands as planned */
  PAL_END_NOT_DONE,   /* the request was sent, and it does not */
  PAL_END_UNKNOWN,    /* the request was sent, and the link could not be read afterwards */
  PAL_END_MOVED,      /* nothing was sent: the link is no longer the one that was seen */
  PAL_END_UNREAD,     /* nothing was sent: the link could not be read */
  PAL_END_NOT_SENT,   /* nothing was sent: written says why */
  PAL_END_OTHER_TOKEN /* nothing was sent: the token is of another object or tenant */
};

struct pal_link_result {
  enum pal_link_end end;
  bool sent;                  /* the request was on its way: after an error, too, it may have been carried out */
  struct pal_outcome read;    /* the last reading of the link, or why there is no token */
  struct pal_outcome written; /* the answer to the request */
  char said[256];          /* the service's own words beside an error, escaped for the terminal; "" when it had none */
  bool known;              /* link is what was read last */
  struct pal_record *link; /* LINK in the arena; NULL: none */
};

/* Whether a link counts as one: there and not in state Deleted. */
bool pal_link_stands(const struct pal_record *link);
/* What an answer to PAL_PLAN_LINK says: *ret_known is false when it says nothing, *ret stays NULL where there is no
 * link. outcome may be changed to say why. */
enum pal_code pal_link_read(struct pal_arena *arena, const struct pal_answer *answer, struct pal_outcome *outcome,
                            bool *ret_known, struct pal_record **ret, struct pal_err *err) PAL_MUST_CHECK;

/* Runs the net, which was opened with may_write. PAL_OK however it ended; errors are those that end a run, and
 * PAL_E_OFFLINE. */
enum pal_code pal_link_apply(struct pal_net *net, struct pal_azure *azure, struct pal_arena *arena,
                             const struct pal_link_plan *plan, const volatile int *stop, struct pal_link_result *ret,
                             struct pal_err *err) PAL_MUST_CHECK;

#endif
