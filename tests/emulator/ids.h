/* SPDX-License-Identifier: Apache-2.0 */
/* ids.h - GUIDs that say to the emulator, and to nobody else, what they name.
 *
 * No table of ids is kept, however large the estate: a GUID is the encryption of
 * (kind, tenant, index) under the seed, with a keyed check over it. */
#ifndef EMU_IDS_H
#define EMU_IDS_H

#include <stdbool.h>
#include <stdint.h>

enum { EMU_GUID_LEN = 36 };

enum emu_kind {
  EMU_TENANT = 1,
  EMU_SUBSCRIPTION,
  EMU_OBJECT, /* of one of our identities, one in each tenant it lives in */
  EMU_GROUP,
  EMU_STRANGER, /* people and apps of the customer */
  EMU_CLIENT,
  EMU_ASSIGNMENT,
  EMU_INHERITED, /* assignment at a management group or the root */
  EMU_ELIGIBLE,
  EMU_ACTIVE,
  EMU_SCHEDULE,
  EMU_DENY,
  EMU_DEFINITION, /* registration definition */
  EMU_DELEGATION, /* registration assignment */
  EMU_CUSTOM_ROLE,
  EMU_USAGE,
};

struct emu_guid {
  char text[EMU_GUID_LEN + 1];
};

uint64_t emu_hash(uint64_t seed, uint64_t what, uint64_t a, uint64_t b);

struct emu_guid emu_guid_make(uint64_t seed, enum emu_kind kind, uint32_t tenant, uint32_t index);
/* False for any text that emu_guid_make() did not make under this seed. */
bool emu_guid_read(uint64_t seed, const char *text, enum emu_kind *ret_kind, uint32_t *ret_tenant, uint32_t *ret_index);
/* The same for one kind; ret_index may be NULL. */
bool emu_guid_is(uint64_t seed, const char *text, enum emu_kind kind, uint32_t *ret_tenant, uint32_t *ret_index);
/* A fresh random one. */
struct emu_guid emu_guid_random(void);

#endif
