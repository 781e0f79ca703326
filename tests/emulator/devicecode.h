/* SPDX-License-Identifier: Apache-2.0 */
/* devicecode.h - codes that wait for a person; a fixed number of them. */
#ifndef EMU_DEVICECODE_H
#define EMU_DEVICECODE_H

#include <stdbool.h>
#include <stddef.h>

struct emu_pending_codes;
struct emu_pending_codes *emu_pending_codes_new(void);
void emu_pending_codes_free(struct emu_pending_codes *c);

/* Remembers the code; it is answered "pending" that many times. */
void emu_pending_codes_add(struct emu_pending_codes *c, const char *code, unsigned polls);

enum emu_code_state { EMU_CODE_PENDING, EMU_CODE_SIGNED_IN, EMU_CODE_UNKNOWN };
/* A code that signed in is used up. */
enum emu_code_state emu_pending_codes_poll(struct emu_pending_codes *c, const char *code);

#endif
