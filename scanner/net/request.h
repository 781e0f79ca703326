/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_REQUEST_H
#define NET_REQUEST_H
/* request.h - a request as it was copied and judged. */
#include "exchange.h"
#include "pal_id.h"
#include "pal_net.h"

enum { NET_METHOD_MAX = 7 };

struct net_request {
  char identity[PAL_NAME_MAX + 1];
  struct pal_tenant_id tenant;
  char method[NET_METHOD_MAX + 1];
  char *url;                /* normalised */
  enum pal_service service; /* of the row that allows it */
  enum pal_body_kind body_kind;
  struct pal_buf body; /* as it is sent; wiped at the end */
  struct pal_buf canonical;
  char digest[NET_DIGEST_CAP]; /* this and the key: "" and zeros until net_request_make_key() */
  struct net_key key;
  struct pal_buf bearer;         /* "" when none; wiped at the end */
  bool knows_bearer, knows_form; /* registered as secrets until the end */
  unsigned delay_ms;
  long long until_ms;
  bool retry, holds;
  bool writes; /* under a grant: its one sending */
};

/* Copies, registers the secrets and judges. PAL_E_DENIED when the request must not be sent: what was
 * copied until then is there for messages only. net_request_deinit() in any case. */
enum pal_code net_request_init(struct net_request *request, const struct pal_cloud *cloud,
                               const struct pal_request *from, struct pal_err *err) PAL_MUST_CHECK;
/* By what a recording knows the request; only recordings ask. */
enum pal_code net_request_make_key(struct net_request *request, struct pal_err *err) PAL_MUST_CHECK;
void net_request_deinit(struct net_request *request);

#endif
