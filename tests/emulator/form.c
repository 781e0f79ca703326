/* SPDX-License-Identifier: Apache-2.0 */
#include "form.h"

#include <stdlib.h>
#include <string.h>

static int hex(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void decode(char *s) {
  char *out = s;
  for (; *s != '\0'; s++) {
    if (*s == '+')
      *out++ = ' ';
    else if (*s == '%' && hex(s[1]) >= 0 && hex(s[2]) >= 0) {
      *out++ = (char)(hex(s[1]) << 4 | hex(s[2]));
      s += 2;
    } else
      *out++ = *s;
  }
  *out = '\0';
}

void emu_form_parse(struct emu_form *f, const char *body) {
  *f = (struct emu_form){0};
  f->text = strdup(body);
  if (f->text == NULL)
    abort();
  char *next = f->text;
  while (next != NULL && *next != '\0' && f->n < EMU_MAX_FIELDS) {
    char *name = next;
    next = strchr(name, '&');
    if (next != NULL)
      *next++ = '\0';
    char *value = strchr(name, '=');
    if (value == NULL)
      continue;
    *value++ = '\0';
    decode(name);
    decode(value);
    f->fields[f->n].name = name;
    f->fields[f->n++].value = value;
  }
}

const char *emu_form_get(const struct emu_form *f, const char *name) {
  for (size_t i = 0; i < f->n; i++)
    if (strcmp(f->fields[i].name, name) == 0)
      return f->fields[i].value;
  return "";
}

void emu_form_free(struct emu_form *f) {
  free(f->text);
  *f = (struct emu_form){0};
}
