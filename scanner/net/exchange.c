/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange.h"

#include "pal_json.h"
#include "redact.h"

static enum pal_code compact(const char *body, size_t len, const char *source, struct pal_buf *out,
                             struct pal_err *err) {
  struct pal_json_doc *doc = NULL;
  enum pal_code code = pal_json_parse(body, len, source, PAL_JSON_STRICT_UTF8, 0, &doc, err);
  if (code == PAL_OK)
    code = pal_json_compact(doc, pal_json_root(doc), out, err);
  pal_json_doc_free(doc);
  return code;
}

enum pal_code net_canonical_body(enum pal_body_kind kind, const char *body, size_t len, const char *source,
                                 struct pal_buf *out, struct pal_err *err) {
  if (kind == PAL_BODY_JSON) {
    enum pal_code code = compact(body, len, source, out, err);
    if (code != PAL_OK)
      return code;
  } else if (kind == PAL_BODY_FORM) {
    net_redact_form(out, body);
  }
  return pal_buf_check(out, source, err);
}

enum pal_code net_body_digest(const char *canonical, size_t len, char out[NET_DIGEST_CAP], struct pal_err *err) {
  uint8_t digest[PAL_SHA256_LEN];
  enum pal_code code = pal_sha256(canonical, len, digest, err);
  if (code == PAL_OK)
    pal_hex(digest, sizeof digest, out);
  return code;
}
