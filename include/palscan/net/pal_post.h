/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_POST_H
#define PAL_POST_H
/*
 * pal_post.h - the one way by which palscan tells something to an address that
 * is none of the cloud's: a POST of one body over verified TLS to exactly the
 * address that was configured. It has nothing of the scan's connections, knows
 * no tokens, follows no redirect, keeps no cookie, and what the answer holds
 * but its status is thrown away. The address counts as a secret: no error names
 * it, nor its host.
 */
#include <stddef.h>

#include "pal_err.h"

struct pal_post {
  const char *url;     /* https */
  const char *ca_file; /* vouches for this host instead of the system's store; NULL: the system's */
  const char *content_type;
  const char *body;
  size_t len;
  const volatile int *stop; /* true: give up; may be NULL */
};

/* PAL_E_CONFIG when it is no address one would post to. */
enum pal_code pal_post_check(const char *url, struct pal_err *err) PAL_MUST_CHECK;
/* Waits for the answer, half a minute at most; where nobody listens, or the
 * receiver is busy, it is tried once more. PAL_E_NET unless the answer was a
 * success; err->status is its HTTP status. */
enum pal_code pal_post_send(const struct pal_post *post, struct pal_err *err) PAL_MUST_CHECK;

#endif
