/* SPDX-License-Identifier: Apache-2.0 */
/* assertion.c - a JWT by which an application proves that it holds its certificate's key. */
#include <openssl/evp.h>
#include <string.h>

#include "pal_json.h"
#include "pal_key.h"

enum { PART_MAX = 4096, CHUNK = 48 /* of a multiple of three: no padding within */ };

/* RFC 7515: base64 with - and _, without padding. */
static void put_base64url(struct pal_buf *out, const void *bytes, size_t len) {
  const unsigned char *at = bytes;
  while (len > 0) {
    unsigned char text[CHUNK / 3 * 4 + 1];
    size_t part = len < CHUNK ? len : CHUNK;
    int n = EVP_EncodeBlock(text, at, (int)part);
    for (int i = 0; i < n && text[i] != '='; i++)
      pal_buf_putc(out, text[i] == '+' ? '-' : text[i] == '/' ? '_' : (char)text[i]);
    at += part;
    len -= part;
  }
}

static void put_header(struct pal_buf *out, const struct pal_key *key) {
  uint8_t thumbprint[PAL_SHA256_LEN];
  pal_key_thumbprint(key, thumbprint);
  pal_buf_puts(out, "{\"alg\":\"PS256\",\"typ\":\"JWT\",\"x5t#S256\":\"");
  put_base64url(out, thumbprint, sizeof thumbprint);
  pal_buf_puts(out, "\"}");
}

static enum pal_code put_claims(struct pal_buf *out, const char *audience, const char *client, struct pal_instant now,
                                struct pal_err *err) {
  char id[37];
  enum pal_code code = pal_random_guid(id, err);
  if (code != PAL_OK)
    return code;
  pal_buf_puts(out, "{\"aud\":");
  pal_json_escape(out, audience);
  pal_buf_printf(out, ",\"exp\":%lld,\"iat\":%lld,\"iss\":", (long long)now.s + PAL_ASSERTION_LIFETIME_S,
                 (long long)now.s);
  pal_json_escape(out, client);
  pal_buf_printf(out, ",\"jti\":\"%s\",\"nbf\":%lld,\"sub\":", id, (long long)now.s);
  pal_json_escape(out, client);
  pal_buf_putc(out, '}');
  return PAL_OK;
}

enum pal_code pal_assertion_make(const struct pal_key *key, const char *audience, const char *client,
                                 struct pal_instant now, struct pal_buf *out, struct pal_err *err) {
  struct pal_buf part, signature, token;
  pal_buf_init(&part, PART_MAX);
  pal_buf_init(&signature, PART_MAX);
  pal_buf_init(&token, 4 * PART_MAX);
  put_header(&part, key);
  put_base64url(&token, part.data, part.len);
  pal_buf_putc(&token, '.');
  enum pal_code code = pal_buf_check(&part, "an assertion", err);
  pal_buf_clear(&part);
  if (code == PAL_OK)
    code = put_claims(&part, audience, client, now, err);
  if (code == PAL_OK)
    code = pal_buf_check(&part, "an assertion", err);
  if (code == PAL_OK) {
    put_base64url(&token, part.data, part.len);
    code = pal_buf_check(&token, "an assertion", err);
  }
  if (code == PAL_OK)
    code = pal_key_sign(key, token.data, token.len, &signature, err);
  if (code == PAL_OK) {
    pal_buf_putc(&token, '.');
    put_base64url(&token, signature.data, signature.len);
    code = pal_buf_check(&token, "an assertion", err);
  }
  if (code == PAL_OK) {
    pal_buf_add(out, token.data, token.len);
    code = pal_buf_check(out, "an assertion", err);
  }
  pal_buf_wipe(&token);
  pal_buf_wipe(&signature);
  pal_buf_wipe(&part);
  return code;
}
