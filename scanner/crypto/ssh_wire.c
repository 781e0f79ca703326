/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh_wire.h"

#include <string.h>

/* --- reading --- */

static struct ssh_bytes take(struct ssh_reader *reader, size_t len) {
  if (reader->bad || len > reader->left.len) {
    *reader = (struct ssh_reader){.bad = true};
    return (struct ssh_bytes){0};
  }
  struct ssh_bytes taken = {.at = reader->left.at, .len = len};
  reader->left.at += len;
  reader->left.len -= len;
  return taken;
}

uint32_t ssh_get_u32(struct ssh_reader *reader) {
  struct ssh_bytes four = take(reader, 4);
  return four.len == 4
             ? (uint32_t)four.at[0] << 24 | (uint32_t)four.at[1] << 16 | (uint32_t)four.at[2] << 8 | four.at[3]
             : 0;
}

struct ssh_bytes ssh_get_string(struct ssh_reader *reader) {
  return take(reader, ssh_get_u32(reader));
}

struct ssh_bytes ssh_get_mpint(struct ssh_reader *reader) {
  struct ssh_bytes number = ssh_get_string(reader);
  bool signed_zero = number.len > 1 && number.at[0] == 0 && (number.at[1] & 0x80);
  if (number.len == 0 || (number.at[0] & 0x80) || (number.at[0] == 0 && !signed_zero)) {
    *reader = (struct ssh_reader){.bad = true};
    return (struct ssh_bytes){0};
  }
  if (signed_zero) {
    number.at++;
    number.len--;
  }
  return number;
}

bool ssh_get_magic(struct ssh_reader *reader, const void *magic, size_t len) {
  struct ssh_bytes got = take(reader, len);
  if (got.len == len && memcmp(got.at, magic, len) == 0)
    return true;
  reader->bad = true;
  return false;
}

bool ssh_at_end(const struct ssh_reader *reader) {
  return !reader->bad && reader->left.len == 0;
}

bool ssh_is(struct ssh_bytes bytes, const char *text) {
  return bytes.len == strlen(text) && (bytes.len == 0 || memcmp(bytes.at, text, bytes.len) == 0);
}

bool ssh_same(struct ssh_bytes a, struct ssh_bytes b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* --- writing --- */

void ssh_put_u32(struct pal_buf *out, uint32_t value) {
  const uint8_t four[] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};
  pal_buf_add(out, four, sizeof four);
}

void ssh_put_string(struct pal_buf *out, const void *bytes, size_t len) {
  ssh_put_u32(out, (uint32_t)len);
  pal_buf_add(out, bytes, len);
}

void ssh_put_text(struct pal_buf *out, const char *text) {
  ssh_put_string(out, text, strlen(text));
}

void ssh_put_mpint(struct pal_buf *out, const uint8_t *bytes, size_t len) {
  while (len > 0 && bytes[0] == 0) {
    bytes++;
    len--;
  }
  bool looks_negative = len > 0 && (bytes[0] & 0x80);
  ssh_put_u32(out, (uint32_t)(len + looks_negative));
  if (looks_negative)
    pal_buf_putc(out, '\0');
  pal_buf_add(out, bytes, len);
}

/* --- base64 --- */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void ssh_base64_encode(struct pal_buf *out, const void *bytes, size_t len) {
  const uint8_t *from = bytes;
  for (; len > 0; from += 3) {
    unsigned three = (unsigned)from[0] << 16 | (len > 1 ? (unsigned)from[1] << 8 : 0) | (len > 2 ? from[2] : 0);
    pal_buf_putc(out, alphabet[three >> 18]);
    pal_buf_putc(out, alphabet[three >> 12 & 63]);
    pal_buf_putc(out, len > 1 ? alphabet[three >> 6 & 63] : '=');
    pal_buf_putc(out, len > 2 ? alphabet[three & 63] : '=');
    len -= len < 3 ? len : 3;
  }
}

bool ssh_base64_decode(const char *text, size_t len, uint8_t *out, size_t *ret_len) {
  size_t digits = 0, padding = 0, n = 0;
  uint32_t bits = 0;
  for (size_t i = 0; i < len; i++) {
    if (text[i] == '\n' || text[i] == '\r')
      continue;
    const char *found = text[i] ? strchr(alphabet, text[i]) : NULL;
    if (text[i] == '=' && (digits + padding) % 4 >= 2 && padding < 2)
      padding++;
    else if (!found || padding > 0)
      return false;
    else
      digits++;
    bits = bits << 6 | (found ? (uint32_t)(found - alphabet) : 0);
    if ((digits + padding) % 4 != 0)
      continue;
    const uint8_t three[] = {(uint8_t)(bits >> 16), (uint8_t)(bits >> 8), (uint8_t)bits};
    memcpy(out + n, three, 3 - padding);
    n += 3 - padding;
    for (size_t k = 3 - padding; k < 3; k++)
      if (three[k] != 0) /* bits that no byte holds: a second spelling of the same bytes */
        return false;
  }
  *ret_len = n;
  return (digits + padding) % 4 == 0;
}
