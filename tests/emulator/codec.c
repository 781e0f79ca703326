/* SPDX-License-Identifier: Apache-2.0 */
#include "codec.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

void emu_sha256(const void *data, size_t len, uint8_t out[EMU_SHA256_LEN]) {
  int ok = EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL);
  assert(ok == 1);
  (void)ok;
}

void emu_hmac(const uint8_t key[EMU_SHA256_LEN], const void *data, size_t len, uint8_t out[EMU_SHA256_LEN]) {
  unsigned n = 0;
  unsigned char *ok = HMAC(EVP_sha256(), key, EMU_SHA256_LEN, data, len, out, &n);
  assert(ok != NULL && n == EMU_SHA256_LEN);
  (void)ok;
}

static void encode(struct emu_text *out, const uint8_t *data, size_t len, const char *alphabet, bool pad) {
  for (size_t i = 0; i < len; i += 3) {
    size_t n = len - i < 3 ? len - i : 3;
    uint32_t bits = (uint32_t)data[i] << 16;
    if (n > 1)
      bits |= (uint32_t)data[i + 1] << 8;
    if (n > 2)
      bits |= data[i + 2];
    char four[4];
    for (size_t k = 0; k < 4; k++)
      four[k] = k <= n ? alphabet[bits >> (18 - 6 * k) & 63] : '=';
    emu_text_add(out, four, pad ? 4 : n + 1);
  }
  emu_text_add(out, "", 0);
}

void emu_base64url(struct emu_text *out, const void *data, size_t len) {
  encode(out, data, len, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", false);
}

void emu_base64(struct emu_text *out, const void *data, size_t len) {
  encode(out, data, len, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", true);
}

static int digit(char c) {
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool emu_base64url_read(struct emu_text *out, const char *text, size_t len) {
  uint32_t bits = 0;
  unsigned have = 0;
  for (size_t i = 0; i < len; i++) {
    int d = digit(text[i]);
    if (d < 0)
      return false;
    bits = bits << 6 | (uint32_t)d;
    have += 6;
    if (have >= 8) {
      have -= 8;
      uint8_t byte = (uint8_t)(bits >> have & 0xff);
      emu_text_add(out, &byte, 1);
    }
  }
  emu_text_add(out, "", 0);
  return len % 4 != 1;
}
