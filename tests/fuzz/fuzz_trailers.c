/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_trailers.c - messages of commits. There is exactly one message for what
 * it says: formatting what was parsed gives the same bytes.
 */
#include <string.h>

#include "fuzz.h"
#include "history/history.h"

enum { INPUT_MAX = 64 << 10 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > INPUT_MAX)
    return 0;
  const char *message = size > 0 ? (const char *)data : "";
  struct pal_err err = {0};
  struct pal_trailers trailers = {0};
  char subject[256] = "";
  enum pal_code code = pal_trailers_parse(message, size, &trailers, subject, &err);
  FUZZ_CLAIM(code == PAL_OK || (code == PAL_E_VERIFY && err.text[0] != '\0'));
  if (code != PAL_OK)
    return 0;
  struct pal_buf out;
  pal_buf_init(&out, INPUT_MAX);
  FUZZ_CLAIM(pal_trailers_format(&trailers, &out, &err) == PAL_OK);
  FUZZ_CLAIM(out.len == size && memcmp(out.data, message, size) == 0);
  FUZZ_CLAIM(strncmp(message, subject, strlen(subject)) == 0 && message[strlen(subject)] == '\n');
  pal_buf_deinit(&out);
  return 0;
}
