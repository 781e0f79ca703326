/* SPDX-License-Identifier: Apache-2.0 */
#include "ids.h"

#include "text.h"

#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

enum { HALF_BITS = 30, ROUNDS = 6, TENANT_BITS = 28, INDEX_BITS = 26 };
#define HALF_MASK ((UINT64_C(1) << HALF_BITS) - 1)
#define CHECK_MASK ((UINT64_C(1) << 62) - 1)

/* The finaliser of splitmix64. */
static uint64_t mix(uint64_t x) {
  x += UINT64_C(0x9e3779b97f4a7c15);
  x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
  return x ^ x >> 31;
}

uint64_t emu_hash(uint64_t seed, uint64_t what, uint64_t a, uint64_t b) {
  return mix(mix(mix(mix(seed) ^ what) ^ a) ^ b);
}

/* A Feistel network over 60 bits. */
static uint64_t encrypt(uint64_t seed, uint64_t plain) {
  uint64_t left = plain >> HALF_BITS, right = plain & HALF_MASK;
  for (unsigned round = 0; round < ROUNDS; round++) {
    uint64_t next = left ^ (emu_hash(seed, 0x1d00 + round, right, 0) & HALF_MASK);
    left = right;
    right = next;
  }
  return left << HALF_BITS | right;
}

static uint64_t decrypt(uint64_t seed, uint64_t coded) {
  uint64_t left = coded >> HALF_BITS, right = coded & HALF_MASK;
  for (unsigned round = ROUNDS; round-- > 0;) {
    uint64_t before = right ^ (emu_hash(seed, 0x1d00 + round, left, 0) & HALF_MASK);
    right = left;
    left = before;
  }
  return left << HALF_BITS | right;
}

static uint64_t check_of(uint64_t seed, uint64_t coded) {
  return emu_hash(seed, 0x1dff, coded, 0) & CHECK_MASK;
}

static struct emu_guid format_guid(uint64_t sixty, uint64_t check) {
  struct emu_guid g;
  emu_format(g.text, sizeof g.text, "%08llx-%04llx-4%03llx-%04llx-%012llx", (unsigned long long)(sixty >> 28),
             (unsigned long long)(sixty >> 12 & 0xffff), (unsigned long long)(sixty & 0xfff),
             (unsigned long long)(check >> 48 | 0x8000), (unsigned long long)(check & UINT64_C(0xffffffffffff)));
  return g;
}

struct emu_guid emu_guid_make(uint64_t seed, enum emu_kind kind, uint32_t tenant, uint32_t index) {
  uint64_t plain = (uint64_t)kind << (TENANT_BITS + INDEX_BITS) | (uint64_t)tenant << INDEX_BITS | index;
  uint64_t coded = encrypt(seed, plain);
  return format_guid(coded, check_of(seed, coded));
}

struct emu_guid emu_guid_random(void) {
  uint64_t bits[2] = {0};
  if (RAND_bytes((unsigned char *)bits, sizeof bits) != 1)
    abort();
  return format_guid(bits[0] >> 4, bits[1] & CHECK_MASK);
}

bool emu_guid_read(uint64_t seed, const char *text, enum emu_kind *ret_kind, uint32_t *ret_tenant,
                   uint32_t *ret_index) {
  if (strlen(text) != EMU_GUID_LEN)
    return false;
  char lower[EMU_GUID_LEN + 1];
  memcpy(lower, text, sizeof lower);
  emu_lower(lower);
  uint64_t sixty = 0;
  unsigned digits = 0;
  for (unsigned i = 0; i < 18; i++) {
    char c = lower[i];
    if (c == '-' || i == 14)
      continue;
    int d;
    if (c >= '0' && c <= '9')
      d = c - '0';
    else if (c >= 'a' && c <= 'f')
      d = c - 'a' + 10;
    else
      return false;
    sixty = sixty << 4 | (uint64_t)d;
    digits++;
  }
  if (digits != 15)
    return false;
  struct emu_guid again = format_guid(sixty, check_of(seed, sixty));
  if (strcmp(again.text, lower) != 0)
    return false;
  uint64_t plain = decrypt(seed, sixty);
  *ret_kind = (enum emu_kind)(plain >> (TENANT_BITS + INDEX_BITS));
  *ret_tenant = (uint32_t)(plain >> INDEX_BITS & ((UINT64_C(1) << TENANT_BITS) - 1));
  *ret_index = (uint32_t)(plain & ((UINT64_C(1) << INDEX_BITS) - 1));
  return true;
}

bool emu_guid_is(uint64_t seed, const char *text, enum emu_kind kind, uint32_t *ret_tenant, uint32_t *ret_index) {
  enum emu_kind found;
  uint32_t index;
  if (!emu_guid_read(seed, text, &found, ret_tenant, &index) || found != kind)
    return false;
  if (ret_index != NULL)
    *ret_index = index;
  return true;
}
