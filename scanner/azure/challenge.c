/* SPDX-License-Identifier: Apache-2.0 */
/* challenge.c - what a service asks a token to say before it accepts it. */
#include <stdlib.h>
#include <string.h>

#include "azure.h"

enum { CHALLENGE_MAX = 64 << 10 };

enum pal_code challenge_read(const char *claims, char **ret, struct pal_err *err) {
  struct pal_buf plain, text;
  struct pal_json_doc *doc = NULL;
  pal_buf_init(&plain, CHALLENGE_MAX);
  pal_buf_init(&text, CHALLENGE_MAX);
  for (const char *c = claims; *c && *c != '='; c++)
    pal_buf_putc(&plain, *c == '+' ? '-' : *c == '/' ? '_' : *c);
  bool decoded = claims_base64url(plain.data, plain.len, &text);
  enum pal_code code = pal_buf_check(&text, "a challenge", err);
  enum pal_code parsed = code == PAL_OK && decoded ? pal_json_parse(text.data, text.len, "challenge",
                                                                    PAL_JSON_STRICT_UTF8, CHALLENGE_MAX, &doc, NULL)
                                                   : PAL_E_INPUT;
  *ret = NULL;
  if (parsed == PAL_E_NOMEM ||
      (parsed == PAL_OK && pal_json_type(pal_json_root(doc)) == PAL_JSON_OBJECT && !(*ret = strdup(text.data))))
    code = pal_err_nomem(err);
  pal_json_doc_free(doc);
  pal_buf_deinit(&plain);
  pal_buf_deinit(&text);
  return code;
}
