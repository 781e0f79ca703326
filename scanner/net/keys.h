/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_KEYS_H
#define NET_KEYS_H
/* keys.h - the key of an exchange, and a number kept for each key. */
#include <stddef.h>
#include <stdint.h>

#include "pal_digest.h"
#include "pal_err.h"

struct net_key {
  uint8_t bytes[PAL_SHA256_LEN];
};

/* digest: hex SHA-256 of the canonical body. */
enum pal_code net_key_make(const char *identity, const char *tenant, const char *method, const char *url,
                           const char *digest, struct net_key *ret, struct pal_err *err) PAL_MUST_CHECK;

/* A hash table from keys to numbers. Zeroed storage is an empty one. */
struct net_keys {
  struct net_key_slot *slots;
  size_t n, cap;
};
void net_keys_deinit(struct net_keys *keys);
/* The number of this key, made 0 when it is new; NULL on no memory. Valid until the next call. */
uint32_t *net_keys_at(struct net_keys *keys, const struct net_key *key);

#endif
