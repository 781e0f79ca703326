/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_text.h"

#include <string.h>

static const char replacement[] = "\xEF\xBF\xBD";

struct range {
  uint32_t first;
  uint32_t last;
};

static bool in_ranges(uint32_t code, const struct range *ranges, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (code >= ranges[i].first && code <= ranges[i].last)
      return true;
  return false;
}
#define IN_RANGES(code, ranges) in_ranges((code), (ranges), sizeof(ranges) / sizeof(ranges)[0])

/*
 * Reads one sequence after the table of well-formed UTF-8 in the Unicode
 * standard (3-7). Returns the bytes taken; *valid tells whether they are a code
 * point or the longest prefix of one, which becomes a single U+FFFD.
 */
static size_t take(const unsigned char *s, size_t len, uint32_t *code, bool *valid) {
  *valid = false;
  size_t more;
  unsigned char low = 0x80, high = 0xBF;
  if (s[0] < 0x80) {
    *code = s[0];
    *valid = true;
    return 1;
  } else if (s[0] >= 0xC2 && s[0] <= 0xDF) {
    more = 1;
    *code = s[0] & 0x1Fu;
  } else if (s[0] >= 0xE0 && s[0] <= 0xEF) {
    more = 2;
    *code = s[0] & 0x0Fu;
    if (s[0] == 0xE0)
      low = 0xA0;
    else if (s[0] == 0xED)
      high = 0x9F;
  } else if (s[0] >= 0xF0 && s[0] <= 0xF4) {
    more = 3;
    *code = s[0] & 0x07u;
    if (s[0] == 0xF0)
      low = 0x90;
    else if (s[0] == 0xF4)
      high = 0x8F;
  } else {
    return 1;
  }
  for (size_t i = 1; i <= more; i++) {
    if (i >= len || s[i] < low || s[i] > high)
      return i;
    *code = *code << 6 | (s[i] & 0x3Fu);
    low = 0x80;
    high = 0xBF;
  }
  *valid = true;
  return more + 1;
}

size_t pal_utf8_decode(const char *text, size_t len, uint32_t *ret) {
  if (len == 0)
    return 0;
  uint32_t code = 0;
  bool valid;
  size_t n = take((const unsigned char *)text, len, &code, &valid);
  if (!valid)
    return 0;
  *ret = code;
  return n;
}

void pal_utf8_encode(struct pal_buf *out, uint32_t code) {
  if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
    pal_buf_puts(out, replacement);
    return;
  }
  char s[4];
  size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
  for (size_t i = n; i-- > 1; code >>= 6)
    s[i] = (char)(0x80 | (code & 0x3F));
  s[0] = (char)(lead[n] | code);
  pal_buf_add(out, s, n);
}

bool pal_utf8_valid(const char *text, size_t len) {
  uint32_t code;
  for (size_t i = 0, n; i < len; i += n) {
    n = pal_utf8_decode(text + i, len - i, &code);
    if (n == 0)
      return false;
  }
  return true;
}

size_t pal_utf8_clean(struct pal_buf *out, const char *text, size_t len) {
  size_t replaced = 0, start = 0, i = 0;
  while (i < len) {
    uint32_t code = 0;
    bool valid;
    size_t n = take((const unsigned char *)text + i, len - i, &code, &valid);
    if (!valid) {
      pal_buf_add(out, text + start, i - start);
      pal_buf_puts(out, replacement);
      replaced++;
      start = i + n;
    }
    i += n;
  }
  pal_buf_add(out, text + start, len - start);
  return replaced;
}

bool pal_code_point_hostile(uint32_t code) {
  static const struct range hostile[] = {
      {0x0000, 0x001F}, {0x007F, 0x009F}, {0x00AD, 0x00AD}, {0x061C, 0x061C}, {0x200B, 0x200F},
      {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF},
  };
  return IN_RANGES(code, hostile);
}

void pal_term_escape(struct pal_buf *out, const char *text) {
  size_t len = strlen(text);
  for (size_t i = 0; i < len;) {
    uint32_t code = 0;
    bool valid;
    size_t n = take((const unsigned char *)text + i, len - i, &code, &valid);
    if (!valid)
      pal_buf_puts(out, replacement);
    else if (pal_code_point_hostile(code))
      pal_buf_printf(out, "\\u{%x}", (unsigned)code);
    else
      pal_buf_add(out, text + i, n);
    i += n;
  }
}

static size_t code_width(uint32_t code) {
  static const struct range combining[] = {{0x0300, 0x036F}, {0x1AB0, 0x1AFF}, {0x20D0, 0x20FF}, {0xFE20, 0xFE2F}};
  static const struct range wide[] = {{0x1100, 0x115F}, {0x2E80, 0xA4CF},   {0xAC00, 0xD7A3},
                                      {0xF900, 0xFAFF}, {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
                                      {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};
  if (code < 0x300)
    return 1;
  if (IN_RANGES(code, combining))
    return 0;
  return IN_RANGES(code, wide) ? 2 : 1;
}

size_t pal_term_width(const char *text, size_t len) {
  size_t width = 0;
  for (size_t i = 0; i < len;) {
    uint32_t code = 0;
    bool valid;
    size_t n = take((const unsigned char *)text + i, len - i, &code, &valid);
    width += valid ? code_width(code) : 1;
    i += n;
  }
  return width;
}

static char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool pal_same_word(const char *a, const char *b) {
  for (; *a != '\0' && ascii_lower(*a) == ascii_lower(*b); a++)
    b++;
  return ascii_lower(*a) == ascii_lower(*b);
}
