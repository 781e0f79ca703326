/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_json.c - the strict JSON reader. What it accepts has one compact form,
 * which it accepts again, strictly, and which is its own compact form.
 */
#include <string.h>

#include "fuzz.h"
#include "pal_json.h"

enum { INPUT_MAX = 1 << 20, COMPACT_MAX = 16 << 20 };

/* The compact form in out; whether there is one. */
static bool compact(const char *text, size_t len, unsigned flags, struct pal_buf *out, size_t *ret_replaced) {
  struct pal_err err = {0};
  struct pal_json_doc *doc = NULL;
  pal_buf_clear(out);
  enum pal_code code = pal_json_parse(text, len, "fuzz", flags, INPUT_MAX, &doc, &err);
  FUZZ_CLAIM(code == err.code);
  FUZZ_CLAIM((code == PAL_OK) == (doc != NULL));
  if (code == PAL_OK) {
    *ret_replaced = pal_json_replaced(doc);
    FUZZ_CLAIM(pal_json_root(doc) != NULL);
    code = pal_json_compact(doc, pal_json_root(doc), out, &err);
    FUZZ_CLAIM(code == PAL_OK || code == PAL_E_INPUT); /* a fraction is no canonical number */
    FUZZ_CLAIM(pal_buf_check(out, "compact form", &err) == PAL_OK);
  } else {
    FUZZ_CLAIM(code == PAL_E_INPUT);
  }
  FUZZ_CLAIM(code == PAL_OK || err.text[0] != '\0');
  pal_json_doc_free(doc);
  return code == PAL_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > INPUT_MAX)
    return 0;
  const char *text = size > 0 ? (const char *)data : "";
  static const unsigned ways[] = {0, PAL_JSON_COMMENTS, PAL_JSON_STRICT_UTF8};
  struct pal_buf first, second;
  pal_buf_init(&first, COMPACT_MAX);
  pal_buf_init(&second, COMPACT_MAX);
  for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
    size_t replaced = 0;
    if (!compact(text, size, ways[i], &first, &replaced))
      continue;
    FUZZ_CLAIM((ways[i] & PAL_JSON_STRICT_UTF8) == 0 || replaced == 0);
    FUZZ_CLAIM(compact(first.data, first.len, PAL_JSON_STRICT_UTF8, &second, &replaced));
    FUZZ_CLAIM(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
  }
  pal_buf_deinit(&first);
  pal_buf_deinit(&second);
  return 0;
}
