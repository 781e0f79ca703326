/* SPDX-License-Identifier: Apache-2.0 */
/* assertion.h - client assertions: JWTs signed by a certificate's key or by
 * another identity provider, verified by OpenSSL. */
#ifndef EMU_ASSERTION_H
#define EMU_ASSERTION_H

#include "world.h"

struct emu_assertion_checks {
  const char *client;   /* iss and sub */
  const char *audience; /* the token endpoint that is asked */
  int64_t now;
};

struct emu_assertion_result {
  int aadsts; /* 0: good */
  const char *message;
  uint64_t jti; /* a digest of it */
};

/* By the certificate registered for identity 1. */
struct emu_assertion_result emu_assertion_check(const struct emu_world *w, const char *text,
                                                const struct emu_assertion_checks *checks);
/* By the federated issuer registered for identity 2. */
struct emu_assertion_result emu_federated_check(const struct emu_world *w, const char *text, int64_t now);

#endif
