/* SPDX-License-Identifier: Apache-2.0 */
/* escape_script.c - text as a string literal of a script. */
#include "pal_site.h"
#include "pal_text.h"

/* Printable ASCII but what has a meaning to a script (quote, backslash) or to a page that holds one ("</script", "<!--",
 * "]]>", entities). */
static bool is_plain(uint32_t code) {
  return code >= ' ' && code <= '~' && code != '"' && code != '\\' && code != '<' && code != '>' && code != '&' &&
         code != '\'' && code != '`';
}

static void put_unit(struct pal_buf *out, uint32_t unit) {
  pal_buf_printf(out, "\\u%04x", unit);
}

/* All but ASCII is escaped too: what the file is taken for, UTF-8 or Latin-1, changes nothing, and U+2028 ends no line. */
static void put(struct pal_buf *out, uint32_t code) {
  if (code == '"' || code == '\\') {
    pal_buf_putc(out, '\\');
    pal_buf_putc(out, (char)code);
  } else if (code > 0xFFFF) {
    put_unit(out, 0xD800 + ((code - 0x10000) >> 10));
    put_unit(out, 0xDC00 + ((code - 0x10000) & 0x3FF));
  } else {
    put_unit(out, code);
  }
}

void pal_script_literal(struct pal_buf *out, const char *text, size_t len) {
  pal_buf_putc(out, '"');
  for (size_t i = 0; i < len;) {
    size_t plain = 0;
    while (i + plain < len && is_plain((unsigned char)text[i + plain]))
      plain++;
    pal_buf_add(out, text + i, plain);
    i += plain;
    if (i == len)
      break;
    uint32_t code = 0;
    size_t n = pal_utf8_decode(text + i, len - i, &code);
    put(out, n > 0 ? code : 0xFFFD);
    i += n > 0 ? n : 1;
  }
  pal_buf_putc(out, '"');
}
