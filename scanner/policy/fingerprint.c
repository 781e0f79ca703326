/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_buf.h"
#include "pal_digest.h"
#include "pal_json.h"
#include "pal_judge.h"

enum { FINGERPRINT_BYTES_MAX = 16 << 20 };

enum pal_code pal_fingerprint(const char *policy, const char *tenant, const char *subject_type, const char *subject_id,
                              const char *key, char out[65], struct pal_err *err) {
  const char *parts[] = {"palscan-1",  policy,     tenant && *tenant ? tenant : "-",
                         subject_type, subject_id, key ? key : ""};
  struct pal_buf text;
  pal_buf_init(&text, FINGERPRINT_BYTES_MAX);
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    pal_buf_putc(&text, i ? ',' : '[');
    pal_json_escape(&text, parts[i]);
  }
  pal_buf_putc(&text, ']');
  uint8_t digest[PAL_SHA256_LEN];
  enum pal_code code = pal_buf_check(&text, "fingerprint", err);
  if (code == PAL_OK)
    code = pal_sha256(text.data, text.len, digest, err);
  if (code == PAL_OK)
    pal_hex(digest, sizeof digest, out);
  pal_buf_deinit(&text);
  return code;
}
