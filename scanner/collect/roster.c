/* SPDX-License-Identifier: Apache-2.0 */
#include "roster.h"

#include <limits.h>
#include <string.h>

enum { BYTES_FIRST = 64 };

enum pal_code roster_init(struct roster *roster, struct pal_arena *arena, size_t identities, struct pal_err *err) {
  pal_text_set_init(&roster->tenants, arena);
  roster->bits = pal_arena_calloc(arena, identities + 1, ROSTER_MARKS * sizeof *roster->bits);
  return roster->bits ? PAL_OK : pal_err_nomem(err);
}

static enum pal_code grow(struct roster *roster, struct roster_bits *bits, size_t needed, struct pal_err *err) {
  size_t bytes = bits->bytes ? bits->bytes : BYTES_FIRST;
  while (bytes < needed)
    bytes *= 2;
  if (bytes == bits->bytes)
    return PAL_OK;
  unsigned char *grown = pal_arena_alloc(roster->tenants.arena, bytes);
  if (!grown)
    return pal_err_nomem(err);
  if (bits->bytes)
    memcpy(grown, bits->v, bits->bytes);
  *bits = (struct roster_bits){.v = grown, .bytes = bytes};
  return PAL_OK;
}

enum pal_code roster_add(struct roster *roster, size_t identity, enum roster_mark mark, const char *tenant,
                         size_t *ret_number, bool *ret_first, struct pal_err *err) {
  struct roster_bits *bits = &roster->bits[identity * ROSTER_MARKS + (size_t)mark];
  bool is_new = false;
  *ret_first = false;
  enum pal_code code = pal_text_set_add(&roster->tenants, tenant, ret_number, &is_new, err);
  if (code == PAL_OK)
    code = grow(roster, bits, *ret_number / CHAR_BIT + 1, err);
  if (code != PAL_OK)
    return code;
  unsigned char bit = (unsigned char)(1u << *ret_number % CHAR_BIT);
  *ret_first = (bits->v[*ret_number / CHAR_BIT] & bit) == 0;
  bits->v[*ret_number / CHAR_BIT] |= bit;
  return PAL_OK;
}

const char *roster_tenant(const struct roster *roster, size_t number) {
  return roster->tenants.v[number];
}
