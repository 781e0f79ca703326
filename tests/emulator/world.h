/* SPDX-License-Identifier: Apache-2.0 */
/* world.h - what one run of the emulator was told: fixed once it listens. */
#ifndef EMU_WORLD_H
#define EMU_WORLD_H

#include "codec.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

enum emu_service { EMU_LOGIN, EMU_ARM, EMU_DIRECTORY, EMU_TRAP, EMU_MANAGED, EMU_SERVICES };

/* Who a federated assertion must come from, and for whom. */
struct emu_federation {
  EVP_PKEY *key; /* NULL: none registered */
  const char *issuer;
  const char *subject;
};

struct emu_world {
  uint64_t seed;
  uint32_t tenants; /* customers are 1 .. tenants, our own is 0 */
  uint32_t noise;   /* assignments of the customer's own people in a subscription */
  unsigned night;   /* 1 or 2 */
  unsigned identities;
  uint32_t page_size; /* 0: each service's own */
  unsigned latency_ms;
  unsigned token_seconds;
  unsigned device_polls; /* answered "pending" before a person has signed in */
  uint32_t faults;       /* bits of enum emu_fault */
  unsigned fault_rate;   /* requests of a thousand that each passing fault meets */
  const char *secret;    /* of identity 0 */
  uint8_t certificate_sha256[EMU_SHA256_LEN];
  uint8_t certificate_sha1[20];
  EVP_PKEY *certificate_key; /* public; NULL: none registered for identity 1 */
  struct emu_federation federation;
  uint64_t link_writes;              /* so many writes of partner links are asked for; others are faults */
  unsigned link_trouble;             /* enum emu_link_trouble */
  const char *managed_header;        /* IDENTITY_HEADER of the App Service kind; NULL: not offered */
  uint8_t token_key[EMU_SHA256_LEN]; /* from the seed: tokens of one run are good in the next */
  uint16_t ports[EMU_SERVICES];      /* where clients find them */
};

/* https://localhost:PORT of the service, http for managed identity. */
struct emu_origin {
  char text[40];
};
struct emu_origin emu_origin(const struct emu_world *w, enum emu_service service);

#endif
