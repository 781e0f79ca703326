/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_doc.c - the files of a snapshot. An input is a path, a line feed and the
 * bytes of the file there. A path that is accepted is written back the same;
 * bytes that are accepted are exactly those that encoding gives: no two files
 * hold the same facts.
 */
#include <string.h>

#include "fuzz.h"
#include "pal_doc.h"

enum { INPUT_MAX = 1 << 20, ARENA_MAX = 256 << 20, ENCODED_MAX = 16 << 20 };

static void decode(struct pal_arena *arena, const char *path, const char *bytes, size_t len) {
  struct pal_err err = {0};
  struct pal_doc doc = {0};
  enum pal_code code = pal_doc_parse_path(path, &doc, &err);
  FUZZ_CLAIM(code == PAL_OK || (code == PAL_E_VERIFY && err.text[0] != '\0'));
  if (code != PAL_OK)
    return;
  char again[PAL_PATH_MAX];
  pal_doc_path(&doc, again);
  FUZZ_CLAIM(strcmp(path, again) == 0);

  code = pal_doc_decode(arena, bytes, len, &doc, &err);
  FUZZ_CLAIM(code == PAL_OK || ((code == PAL_E_VERIFY || code == PAL_E_NEWER) && err.text[0] != '\0'));
  if (code != PAL_OK)
    return;
  struct pal_buf out;
  pal_buf_init(&out, ENCODED_MAX);
  FUZZ_CLAIM(pal_doc_encode(&doc, &out, &err) == PAL_OK);
  FUZZ_CLAIM(out.len == len && memcmp(out.data, bytes, len) == 0);
  pal_buf_deinit(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *text = (const char *)data;
  const char *line_feed = size > 0 && size <= INPUT_MAX ? memchr(text, '\n', size) : NULL;
  if (line_feed == NULL)
    return 0;
  struct pal_arena *arena = pal_arena_new(ARENA_MAX);
  size_t path_len = (size_t)(line_feed - text);
  const char *path = arena != NULL ? pal_arena_strndup(arena, text, path_len) : NULL;
  if (path != NULL && strlen(path) == path_len)
    decode(arena, path, line_feed + 1, size - path_len - 1);
  pal_arena_free(arena);
  return 0;
}
