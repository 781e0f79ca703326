/* SPDX-License-Identifier: Apache-2.0 */
/* claims.c - what a token says of its owner, read without verification. */
#include <string.h>

#include "azure.h"

enum { JWT_MAX = 64 << 10 };

static int base64url_value(char c) {
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool claims_base64url(const char *text, size_t len, struct pal_buf *out) {
  unsigned bits = 0, have = 0;
  if (len % 4 == 1)
    return false;
  for (size_t i = 0; i < len; i++) {
    int value = base64url_value(text[i]);
    if (value < 0)
      return false;
    bits = (bits << 6 | (unsigned)value) & 0xFFFFFF;
    have += 6;
    if (have >= 8) {
      have -= 8;
      pal_buf_putc(out, (char)(bits >> have & 0xFF));
    }
  }
  return true;
}

static bool read_claims(const pal_json *root, struct pal_claims *ret) {
  struct pal_claims claims = {0};
  const char *tid = pal_json_text(pal_json_get(root, "tid"));
  const char *oid = pal_json_text(pal_json_get(root, "oid"));
  const char *app = pal_json_text(pal_json_get(root, "appid"));
  const char *kind = pal_json_text(pal_json_get(root, "idtyp"));
  if (!tid || !oid || pal_tenant_id_parse(tid, &claims.tenant, NULL) != PAL_OK ||
      pal_object_id_parse(oid, &claims.object, NULL) != PAL_OK)
    return false;
  if (app && pal_guid_parse(app, &claims.app, NULL) != PAL_OK)
    claims.app.s[0] = '\0';
  claims.is_app = kind && strcmp(kind, "app") == 0;
  claims.is_user = kind && strcmp(kind, "user") == 0;
  *ret = claims;
  return true;
}

enum pal_code token_read(const char *text, struct pal_claims *ret, bool *ret_good, struct pal_err *err) {
  const char *start = strchr(text, '.');
  const char *end = start ? strchr(start + 1, '.') : NULL;
  *ret_good = false;
  if (!end || (size_t)(end - start) > JWT_MAX)
    return PAL_OK;
  struct pal_buf payload;
  struct pal_json_doc *doc = NULL;
  struct pal_err bad = {0};
  pal_buf_init(&payload, JWT_MAX);
  bool decoded = claims_base64url(start + 1, (size_t)(end - start - 1), &payload);
  enum pal_code code = pal_buf_check(&payload, "a token", &bad);
  if (code == PAL_OK && decoded)
    code = pal_json_parse(payload.data, payload.len, "token", 0, JWT_MAX, &doc, &bad);
  if (code == PAL_OK && decoded)
    *ret_good = read_claims(pal_json_root(doc), ret);
  pal_json_doc_free(doc);
  pal_buf_wipe(&payload);
  if (code != PAL_OK && code != PAL_E_INPUT && code != PAL_E_LIMIT)
    return pal_err_set(err, code, "%s", bad.text);
  return PAL_OK;
}
