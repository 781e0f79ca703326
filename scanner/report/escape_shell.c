/* SPDX-License-Identifier: Apache-2.0 */
/* escape_shell.c - a text as one word of a script: in single quotes, in which a shell reads nothing but their end. */
#include <stdbool.h>

#include "pal_report.h"

void pal_sh_word(struct pal_buf *out, const char *text) {
  pal_buf_putc(out, '\'');
  for (; *text != '\0'; text++) {
    if (*text == '\'')
      pal_buf_puts(out, "'\\''");
    else
      pal_buf_putc(out, *text);
  }
  pal_buf_putc(out, '\'');
}

/* PowerShell takes the typographic single quotes for single quotes too: U+2018 to U+201B, three bytes each. */
void pal_powershell_word(struct pal_buf *out, const char *text) {
  pal_buf_putc(out, '\'');
  while (*text != '\0') {
    bool curly = text[0] == '\xe2' && text[1] == '\x80' && text[2] >= '\x98' && text[2] <= '\x9b';
    size_t n = curly ? 3 : 1;
    if (curly || *text == '\'')
      pal_buf_add(out, text, n);
    pal_buf_add(out, text, n);
    text += n;
  }
  pal_buf_putc(out, '\'');
}
