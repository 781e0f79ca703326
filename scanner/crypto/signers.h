/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNERS_H
#define SIGNERS_H
/* signers.h - a file of allowed signers as it is in memory, for who judges a signature. */
#include "ssh_key.h"

struct signer {
  struct pal_signer told;
  struct ssh_bytes blob; /* the key, in the arena */
};

struct pal_signers {
  struct pal_arena *arena;
  struct signer *v;
  size_t n, cap;
};

/* A list of patterns as ssh matches it: * and ?, ! excludes whatever else matches. */
bool signer_matches(const char *patterns, const char *text);

#endif
