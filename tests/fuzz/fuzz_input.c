/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_input.c - files that people write. An input is the name of a kind of
 * record, a line feed and the file. What is accepted in any spelling has one
 * canonical form, which is accepted again and is its own canonical form.
 */
#include <string.h>

#include "fuzz.h"
#include "pal_doc.h"

enum { INPUT_MAX = 1 << 20, ARENA_MAX = 256 << 20, COMPACT_MAX = 16 << 20 };

static bool canonical(struct pal_arena *arena, const struct pal_kind *kind, const char *text, size_t len,
                      struct pal_buf *out) {
  struct pal_err err = {0};
  struct pal_json_doc *doc = NULL;
  struct pal_record *record = NULL;
  enum pal_code code =
      pal_json_parse(text, len, "fuzz", PAL_JSON_COMMENTS | PAL_JSON_STRICT_UTF8, INPUT_MAX, &doc, &err);
  if (code == PAL_OK)
    code = pal_record_decode(arena, kind, doc, pal_json_root(doc), PAL_DECODE_PERSON, &record, &err);
  FUZZ_CLAIM(code == PAL_OK || ((code == PAL_E_INPUT || code == PAL_E_NOMEM) && err.text[0] != '\0'));
  pal_json_doc_free(doc);
  if (code != PAL_OK)
    return false;
  pal_record_compact(record, out);
  FUZZ_CLAIM(pal_buf_check(out, "a record", &err) == PAL_OK);
  return true;
}

static void read_twice(const struct pal_kind *kind, const char *text, size_t len) {
  struct pal_arena *arena = pal_arena_new(ARENA_MAX);
  FUZZ_CLAIM(arena != NULL);
  struct pal_buf first, second;
  pal_buf_init(&first, COMPACT_MAX);
  pal_buf_init(&second, COMPACT_MAX);
  if (canonical(arena, kind, text, len, &first)) {
    FUZZ_CLAIM(canonical(arena, kind, first.data, first.len, &second));
    FUZZ_CLAIM(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
  }
  pal_buf_deinit(&first);
  pal_buf_deinit(&second);
  pal_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *text = (const char *)data;
  const char *line_feed = size > 0 && size <= INPUT_MAX ? memchr(text, '\n', size) : NULL;
  if (line_feed == NULL)
    return 0;
  size_t name_len = (size_t)(line_feed - text);
  for (size_t i = 0; i < pal_kinds_n; i++)
    if (strlen(pal_kinds[i]->name) == name_len && memcmp(pal_kinds[i]->name, text, name_len) == 0)
      read_twice(pal_kinds[i], line_feed + 1, size - name_len - 1);
  return 0;
}
