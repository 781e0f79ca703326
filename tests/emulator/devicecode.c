/* SPDX-License-Identifier: Apache-2.0 */
#include "devicecode.h"

#include "ids.h"
#include "text.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { CODES = 64 };

struct emu_pending_codes {
  pthread_mutex_t lock;
  size_t next;
  struct {
    char code[EMU_GUID_LEN + 1];
    unsigned polls;
  } codes[CODES];
};

struct emu_pending_codes *emu_pending_codes_new(void) {
  struct emu_pending_codes *c = calloc(1, sizeof *c);
  if (c == NULL)
    abort();
  pthread_mutex_init(&c->lock, NULL);
  return c;
}

void emu_pending_codes_free(struct emu_pending_codes *c) {
  if (c == NULL)
    return;
  pthread_mutex_destroy(&c->lock);
  free(c);
}

void emu_pending_codes_add(struct emu_pending_codes *c, const char *code, unsigned polls) {
  pthread_mutex_lock(&c->lock);
  size_t slot = c->next++ % CODES;
  emu_format(c->codes[slot].code, sizeof c->codes[slot].code, "%s", code);
  c->codes[slot].polls = polls;
  pthread_mutex_unlock(&c->lock);
}

enum emu_code_state emu_pending_codes_poll(struct emu_pending_codes *c, const char *code) {
  enum emu_code_state state = EMU_CODE_UNKNOWN;
  pthread_mutex_lock(&c->lock);
  for (size_t i = 0; i < CODES; i++) {
    if (c->codes[i].code[0] == '\0' || strcmp(c->codes[i].code, code) != 0)
      continue;
    state = c->codes[i].polls == 0 ? EMU_CODE_SIGNED_IN : EMU_CODE_PENDING;
    if (state == EMU_CODE_PENDING)
      c->codes[i].polls--;
    else
      c->codes[i].code[0] = '\0';
    break;
  }
  pthread_mutex_unlock(&c->lock);
  return state;
}
