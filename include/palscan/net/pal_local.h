/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_LOCAL_H
#define PAL_LOCAL_H
/*
 * pal_local.h - the one way by which palscan speaks HTTP without TLS: to the
 * service of this host that gives managed identities their tokens. Its address
 * is a loopback or link-local one; no proxy is ever used, no redirect followed.
 * It blocks: call it from a pal_work_fn.
 */
#include "pal_buf.h"
#include "pal_net.h"

enum { PAL_LOCAL_BODY_MAX = 64 << 10, PAL_LOCAL_HEADERS_MAX = 2 };

/* Whether it is http://, to localhost, 127.0.0.0/8 or 169.254.0.0/16, without user info. */
bool pal_local_allowed(const char *url);

struct pal_local_answer {
  int status;           /* 0: there was none */
  struct pal_buf body;  /* the caller's to wipe */
  char challenge[1024]; /* WWW-Authenticate, "" when absent */
};
/* GET; headers are whole lines. PAL_E_DENIED, PAL_E_NOMEM. */
enum pal_code pal_local_get(const char *url, const char *const headers[PAL_LOCAL_HEADERS_MAX], unsigned timeout_s,
                            const pal_stop *stop, struct pal_local_answer *answer, struct pal_err *err) PAL_MUST_CHECK;

#endif
