/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_GRANT_H
#define NET_GRANT_H
/* grant.h - what the rest of net asks a grant. */
#include "pal_grant.h"
#include "request.h"

enum pal_code net_grant_new(const struct pal_cloud *cloud, const struct pal_write *write, struct pal_grant **ret,
                            struct pal_err *err) PAL_MUST_CHECK;
/* Spends it. False: it was spent before. */
bool net_grant_spend(struct pal_grant *grant);
/* Whether it was given for exactly this request, which has passed every other judgement. PAL_E_DENIED says what of it
 * is another's. */
enum pal_code net_grant_check(const struct pal_grant *grant, const struct pal_cloud *cloud,
                              const struct net_request *request, struct pal_err *err) PAL_MUST_CHECK;

#endif
