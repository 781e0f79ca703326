/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_GRANT_H
#define PAL_GRANT_H
/*
 * pal_grant.h - the permission for one write. Without one, the allow-list has no
 * row that writes. A grant is for one identity, tenant, method, address and
 * body, all made here from parsed ids, and it is spent by the first request that
 * shows it, whether or not that one fits it or is answered: nothing is ever
 * written twice, or written again because nobody answered.
 *
 * A command asks for it after it has shown what will be written and after the
 * link was read once more.
 */
#include "pal_net.h"

/* What may be done to the partner link of the identity itself. */
enum pal_write_kind { PAL_WRITE_CREATE, PAL_WRITE_UPDATE, PAL_WRITE_DELETE };

struct pal_write {
  const char *identity;        /* configured name */
  struct pal_tenant_id tenant; /* of the token */
  enum pal_write_kind kind;
  struct pal_partner_id partner; /* that is to be linked, or is */
};

/* PAL_E_DENIED of a net that was not opened with may_write, of a replay or a recording; PAL_E_OFFLINE;
 * PAL_E_INTERNAL when an id is none. The grant is the caller's; the net and its cloud must outlive it, and it must live
 * until the request that shows it was submitted. */
enum pal_code pal_net_grant(struct pal_net *net, const struct pal_write *write, struct pal_grant **ret,
                            struct pal_err *err) PAL_MUST_CHECK;
void pal_grant_free(struct pal_grant *grant); /* takes NULL */

/* The request it permits. The body is NULL where there is none. */
const char *pal_grant_method(const struct pal_grant *grant);
const char *pal_grant_url(const struct pal_grant *grant);
const char *pal_grant_body(const struct pal_grant *grant);

#endif
