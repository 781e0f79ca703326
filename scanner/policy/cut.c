/* SPDX-License-Identifier: Apache-2.0 */
#include "cut.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "pal_digest.h"

static const char ellipsis[] = "\xe2\x80\xa6";

enum { ELLIPSIS_LEN = sizeof ellipsis - 1, VALUE_BYTES_MAX = 64 << 20 };

const char *cut_text(struct pal_arena *arena, const char *text, size_t max) {
  size_t len = strlen(text);
  if (len <= max)
    return pal_arena_strndup(arena, text, len);
  len = max - ELLIPSIS_LEN;
  while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
    len--;
  return pal_arena_printf(arena, "%.*s%s", (int)len, text, ellipsis);
}

/* --- lists --- */

enum pal_code cut_leave_out(struct cut_rest *rest, const char *value, uint64_t times, struct pal_err *err) {
  uint8_t digest[PAL_SHA256_LEN];
  enum pal_code code = pal_sha256(value, strlen(value), digest, err);
  if (code != PAL_OK)
    return code;
  uint64_t head = 0;
  for (size_t i = 0; i < sizeof head; i++)
    head = head << 8 | digest[i];
  rest->n += times;
  rest->digest += head * times;
  return PAL_OK;
}

void cut_mark(struct pal_buf *out, const struct cut_rest *rest) {
  pal_buf_printf(out, "\"%s %" PRIu64 " more, digest %016" PRIx64 "\"", ellipsis, rest->n, rest->digest);
}

uint64_t cut_marked(const char *text) {
  char *end = NULL;
  if (strncmp(text, ellipsis, ELLIPSIS_LEN) != 0 || text[ELLIPSIS_LEN] != ' ')
    return 0;
  uint64_t n = strtoull(text + ELLIPSIS_LEN + 1, &end, 10);
  return strncmp(end, " more, digest ", 14) == 0 ? n : 0;
}

static enum pal_code leave_out_node(struct cut_rest *rest, const pal_json *node, const char *value,
                                    struct pal_err *err) {
  uint64_t n = pal_json_text(node) ? cut_marked(pal_json_text(node)) : 0;
  enum pal_code code = cut_leave_out(rest, value, 1, err);
  if (n > 0)
    rest->n += n - 1;
  return code;
}

enum pal_code cut_array(struct pal_buf *out, const struct pal_json_doc *doc, const pal_json *array, size_t max,
                        struct pal_err *err) {
  size_t start = out->len;
  struct cut_rest rest = {0};
  struct pal_buf value;
  pal_buf_init(&value, VALUE_BYTES_MAX);
  enum pal_code code = pal_json_compact(doc, array, &value, err);
  bool whole = code == PAL_OK && value.len <= max;
  if (whole)
    pal_buf_add(out, value.data, value.len);
  else
    pal_buf_putc(out, '[');
  for (const pal_json *node = pal_json_first(array); node && code == PAL_OK && !whole; node = pal_json_next(node)) {
    pal_buf_clear(&value);
    code = pal_json_compact(doc, node, &value, err);
    if (code != PAL_OK)
      break;
    if (rest.n > 0 || out->len - start + value.len + CUT_MARK_BYTES_MAX + 3 > max) {
      code = leave_out_node(&rest, node, value.data, err);
      continue;
    }
    pal_buf_add(out, value.data, value.len);
    pal_buf_putc(out, ',');
  }
  if (!whole) {
    cut_mark(out, &rest);
    pal_buf_putc(out, ']');
  }
  pal_buf_deinit(&value);
  return code == PAL_OK ? pal_buf_check(out, "a list", err) : code;
}
