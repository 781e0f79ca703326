/* SPDX-License-Identifier: Apache-2.0 */
/* form.h - application/x-www-form-urlencoded bodies. */
#ifndef EMU_FORM_H
#define EMU_FORM_H

#include <stddef.h>

enum { EMU_MAX_FIELDS = 24 };

struct emu_form {
  char *text;
  size_t n;
  struct {
    const char *name, *value;
  } fields[EMU_MAX_FIELDS];
};

void emu_form_parse(struct emu_form *f, const char *body);
/* "" when it is not there. */
const char *emu_form_get(const struct emu_form *f, const char *name);
void emu_form_free(struct emu_form *f);

#endif
