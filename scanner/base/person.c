/* SPDX-License-Identifier: Apache-2.0 */
/* person.c - comparing names as people type them, without a locale. */
#include <string.h>

#include "pal_text.h"

static bool is_blank(uint32_t code) {
  return code == ' ' || (code >= '\t' && code <= '\r') || code == 0xA0 || (code >= 0x2000 && code <= 0x200B) ||
         code == 0x202F || code == 0x3000;
}

/* Capitals of an alphabet, as far from their small letters. */
static const struct {
  uint32_t first, last, apart;
} alphabets[] = {
    {'A', 'Z', 32},     {0xC0, 0xD6, 32},   {0xD8, 0xDE, 32},   {0x391, 0x3A1, 32},
    {0x3A3, 0x3AB, 32}, {0x400, 0x40F, 80}, {0x410, 0x42F, 32},
};

/* Where capital and small letter stand side by side; odd: the capital is the odd one. */
static const struct {
  uint32_t first, last, odd;
} pairs[] = {{0x100, 0x12F, 0}, {0x132, 0x137, 0}, {0x139, 0x148, 1}, {0x14A, 0x177, 0},   {0x179, 0x17E, 1},
             {0x460, 0x481, 0}, {0x48A, 0x4BF, 0}, {0x4D0, 0x52F, 0}, {0x1E00, 0x1E95, 0}, {0x1EA0, 0x1EFF, 0}};

static uint32_t fold(uint32_t code) {
  for (size_t i = 0; i < sizeof alphabets / sizeof alphabets[0]; i++)
    if (code >= alphabets[i].first && code <= alphabets[i].last)
      return code + alphabets[i].apart;
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
    if (code >= pairs[i].first && code <= pairs[i].last && (code & 1) == pairs[i].odd)
      return code + 1;
  return code;
}

/* The next letter of a name, ' ' for any run of blanks, 0 at its end. Bytes that are no
 * UTF-8 stand for themselves. */
static uint32_t next(const char **at) {
  bool blank = false;
  for (;;) {
    uint32_t code = (unsigned char)**at;
    if (code == 0)
      return 0;
    size_t len = pal_utf8_decode(*at, strlen(*at), &code);
    bool letter = !is_blank(code);
    if (letter && blank)
      return ' ';
    *at += len > 0 ? len : 1;
    if (letter)
      return fold(code);
    blank = true;
  }
}

bool pal_same_person(const char *a, const char *b) {
  uint32_t x, y;
  do
    x = next(&a);
  while (x == ' ');
  do
    y = next(&b);
  while (y == ' ');
  while (x == y && x != 0) {
    x = next(&a);
    y = next(&b);
  }
  return x == y;
}
