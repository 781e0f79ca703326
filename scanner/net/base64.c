/* SPDX-License-Identifier: Apache-2.0 */
#include "base64.h"

#include <stdint.h>

static const char common[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

static char digit_of(unsigned value, enum net_base64 alphabet) {
  if (value < 62)
    return common[value];
  return alphabet == NET_BASE64_URL ? "-_"[value - 62] : "+/"[value - 62];
}

static int value_of(char c, enum net_base64 alphabet) {
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  return c == digit_of(62, alphabet) ? 62 : c == digit_of(63, alphabet) ? 63 : -1;
}

void net_base64_encode(struct pal_buf *out, const void *bytes, size_t len, enum net_base64 alphabet) {
  const unsigned char *p = bytes;
  for (size_t i = 0; i < len; i += 3) {
    size_t n = len - i < 3 ? len - i : 3;
    unsigned three = (unsigned)p[i] << 16;
    if (n > 1)
      three |= (unsigned)p[i + 1] << 8;
    if (n > 2)
      three |= p[i + 2];
    for (size_t k = 0; k < 4; k++) {
      if (k <= n)
        pal_buf_putc(out, digit_of(three >> (18 - 6 * k) & 63, alphabet));
      else if (alphabet == NET_BASE64_STANDARD)
        pal_buf_putc(out, '=');
    }
  }
}

bool net_base64_decode(struct pal_buf *out, const char *text, size_t len, enum net_base64 alphabet) {
  if (alphabet == NET_BASE64_STANDARD) {
    if (len % 4 != 0)
      return false;
    for (int i = 0; i < 2 && len > 0 && text[len - 1] == '='; i++)
      len--;
  }
  if (len % 4 == 1)
    return false;
  uint32_t bits = 0;
  int have = 0;
  for (size_t i = 0; i < len; i++) {
    int value = value_of(text[i], alphabet);
    if (value < 0)
      return false;
    bits = bits << 6 | (uint32_t)value;
    have += 6;
    if (have >= 8) {
      have -= 8;
      pal_buf_putc(out, (char)(unsigned char)(bits >> have & 0xFF));
    }
  }
  return (bits & ((1u << have) - 1)) == 0; /* bits left over are zero in the one spelling */
}
