/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_EXCHANGE_H
#define NET_EXCHANGE_H
/* exchange.h - one request and its answer as a recording holds them. */
#include <stdbool.h>
#include <stddef.h>

#include "keys.h"
#include "pal_url.h"

enum { NET_DIGEST_CAP = 2 * PAL_SHA256_LEN + 1 };

/* The strings are borrowed from whoever made it; none of the answer's is NULL
 * except failure and comment. */
struct net_exchange {
  const char *method;
  const char *url; /* normalised */
  enum pal_body_kind body_kind;
  const char *body;    /* canonical: secrets replaced; "" when none */
  int status;          /* 0: transport failure */
  const char *failure; /* of status 0 */
  const char *content_type;
  const char *retry_after;
  const char *answer;
  size_t answer_len;
  bool truncated;
  bool superseded;     /* asked again: a replay leaves it out */
  const char *comment; /* of whoever made the recording; NULL: none */
};

/* Appends the canonical body: compact JSON, a form without secrets, or nothing.
 * `source` names a JSON body in an error (PAL_E_INPUT). */
enum pal_code net_canonical_body(enum pal_body_kind kind, const char *body, size_t len, const char *source,
                                 struct pal_buf *out, struct pal_err *err) PAL_MUST_CHECK;
/* Hex SHA-256 of a canonical body. */
enum pal_code net_body_digest(const char *canonical, size_t len, char out[NET_DIGEST_CAP], struct pal_err *err)
    PAL_MUST_CHECK;

#endif
