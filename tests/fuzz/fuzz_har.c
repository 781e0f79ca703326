/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_har.c - recordings. What is read and written again is read as the same
 * exchanges, and the second writing has the same bytes.
 */
#include <string.h>

#include "fuzz.h"
#include "net/har.h"

enum { INPUT_MAX = 1 << 20, OUTPUT_MAX = 64 << 20 };

static void write_again(struct pal_buf *out, const struct net_exchanges *list) {
  struct pal_buf entry;
  pal_buf_init(&entry, OUTPUT_MAX);
  net_har_begin(out);
  for (size_t i = 0; i < list->n; i++) {
    pal_buf_clear(&entry);
    net_har_entry(&entry, &list->v[i], "2026-11-20T03:00:00Z");
    net_har_add(out, i == 0, list->v[i].superseded, entry.data, entry.len);
  }
  net_har_end(out);
  pal_buf_deinit(&entry);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > INPUT_MAX)
    return 0;
  struct pal_arena *arena = pal_arena_new(0);
  struct net_exchanges first = {0}, second = {0};
  struct pal_buf once, twice;
  pal_buf_init(&once, OUTPUT_MAX);
  pal_buf_init(&twice, OUTPUT_MAX);
  struct pal_err err = {0};
  FUZZ_CLAIM(arena != NULL);
  if (net_har_read(arena, (const char *)data, size, "fuzz", &first, &err) == PAL_OK) {
    write_again(&once, &first);
    FUZZ_CLAIM(net_har_read(arena, once.data, once.len, "again", &second, &err) == PAL_OK);
    FUZZ_CLAIM(first.n == second.n);
    write_again(&twice, &second);
    FUZZ_CLAIM(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
  } else {
    FUZZ_CLAIM(err.code == PAL_E_INPUT && err.text[0] != '\0');
  }
  pal_buf_deinit(&once);
  pal_buf_deinit(&twice);
  pal_arena_free(arena);
  return 0;
}
