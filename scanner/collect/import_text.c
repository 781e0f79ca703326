/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_text.c - bytes of a shell's redirection as UTF-8. Windows PowerShell
 * writes UTF-16 with a byte order mark; other tools leave the mark out.
 */
#include <string.h>

#include "pal_import.h"
#include "pal_text.h"

enum order { NOT_UTF16, LITTLE, BIG };

static bool opens_with(const char *bytes, size_t len, const char *mark, size_t n) {
  return len >= n && memcmp(bytes, mark, n) == 0;
}

/* Without a mark: JSON opens with a character of ASCII, of which the other byte is zero. */
static enum order order_of(const char *bytes, size_t len, size_t *ret_skip) {
  *ret_skip = 0;
  if (opens_with(bytes, len, "\xff\xfe", 2) || opens_with(bytes, len, "\xfe\xff", 2)) {
    *ret_skip = 2;
    return bytes[0] == '\xff' ? LITTLE : BIG;
  }
  if (len >= 2 && bytes[0] != '\0' && bytes[1] == '\0')
    return LITTLE;
  return len >= 2 && bytes[0] == '\0' && bytes[1] != '\0' ? BIG : NOT_UTF16;
}

static uint32_t unit_at(const char *bytes, size_t at, enum order order) {
  unsigned char first = (unsigned char)bytes[at], second = (unsigned char)bytes[at + 1];
  return order == LITTLE ? (uint32_t)second << 8 | first : (uint32_t)first << 8 | second;
}

struct place {
  size_t line, column;
};

static enum pal_code half(const char *source, struct place at, struct pal_err *err) {
  return pal_err_set(err, PAL_E_INPUT, "%s:%zu:%zu: half a character of UTF-16", source, at.line, at.column);
}

enum pal_code pal_import_text(const char *bytes, size_t len, const char *source, struct pal_buf *out,
                              struct pal_err *err) {
  struct place at = {1, 1};
  size_t i = 0;
  enum order order = order_of(bytes, len, &i);
  if (order == NOT_UTF16) {
    pal_buf_add(out, bytes, len);
    return pal_buf_check(out, source, err);
  }
  for (; i + 1 < len; i += 2) {
    uint32_t code = unit_at(bytes, i, order);
    if (code >= 0xDC00 && code <= 0xDFFF)
      return half(source, at, err);
    if (code >= 0xD800 && code <= 0xDBFF) {
      uint32_t low = i + 3 < len ? unit_at(bytes, i + 2, order) : 0;
      if (low < 0xDC00 || low > 0xDFFF)
        return half(source, at, err);
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      i += 2;
    }
    size_t before = out->len;
    pal_utf8_encode(out, code);
    at = code == '\n' ? (struct place){at.line + 1, 1} : (struct place){at.line, at.column + (out->len - before)};
  }
  if (i < len)
    return half(source, at, err);
  return pal_buf_check(out, source, err);
}
