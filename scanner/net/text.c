/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <stdint.h>
#include <string.h>

#include "pal_log.h"
#include "pal_text.h"

bool net_is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool net_same_letters(const char *a, const char *b, size_t len) {
  for (size_t i = 0; i < len; i++)
    if (lower(a[i]) != lower(b[i]) || !a[i])
      return false;
  return true;
}

bool net_same_word(const char *a, const char *b) {
  size_t len = strlen(a);
  return len == strlen(b) && net_same_letters(a, b, len);
}

static int hex_digit(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

int net_hex_byte(char high, char low) {
  int h = hex_digit(high);
  int l = h < 0 ? -1 : hex_digit(low);
  return l < 0 ? -1 : h * 16 + l;
}

void net_percent_decode(struct pal_buf *out, const char *text, size_t len) {
  for (size_t i = 0; i < len; i++) {
    int byte = text[i] == '%' && len - i > 2 ? net_hex_byte(text[i + 1], text[i + 2]) : -1;
    pal_buf_putc(out, byte < 0 ? text[i] : (char)byte);
    if (byte >= 0)
      i += 2;
  }
}

const char *net_shown(struct pal_buf *out, const char *text) {
  struct pal_buf redacted;
  pal_buf_init(&redacted, SIZE_MAX);
  pal_buf_init(out, SIZE_MAX);
  pal_redact(&redacted, text, strlen(text));
  (void)pal_utf8_clean(out, redacted.data, redacted.len);
  pal_buf_deinit(&redacted);
  if (out->len > NET_SHOWN_MAX) {
    size_t end = NET_SHOWN_MAX;
    while (end > 0 && ((unsigned char)out->data[end] & 0xC0) == 0x80)
      end--;
    out->len = end;
    out->data[end] = '\0';
    pal_buf_puts(out, "\xE2\x80\xA6");
  }
  return out->data;
}

enum pal_code net_has_secret(const char *text, size_t len, bool *ret, struct pal_err *err) {
  struct pal_buf redacted;
  pal_buf_init(&redacted, SIZE_MAX);
  pal_redact(&redacted, text, len);
  enum pal_code code = pal_buf_check(&redacted, "a text", err);
  *ret = redacted.len != len || memcmp(redacted.data, text, len) != 0;
  pal_buf_wipe(&redacted);
  return code;
}
