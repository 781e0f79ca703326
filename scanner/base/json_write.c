/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "json_doc.h"
#include "pal_text.h"

static void escape_code_point(struct pal_buf *out, uint32_t code) {
  if (code < 0x10000) {
    pal_buf_printf(out, "\\u%04" PRIx32, code);
    return;
  }
  code -= 0x10000;
  pal_buf_printf(out, "\\u%04" PRIx32 "\\u%04" PRIx32, 0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF));
}

void pal_json_escape(struct pal_buf *out, const char *text) {
  size_t len = strlen(text);
  pal_buf_putc(out, '"');
  for (size_t i = 0; i < len;) {
    size_t run = json_plain(text + i, len - i);
    pal_buf_add(out, text + i, run);
    i += run;
    if (i == len)
      break;
    uint32_t code;
    size_t n = pal_utf8_decode(text + i, len - i, &code);
    if (n == 0) {
      /* The caller broke the contract; the output stays valid all the same. */
      pal_utf8_encode(out, 0xFFFD);
      n = 1;
    } else if (code == '"' || code == '\\') {
      pal_buf_putc(out, '\\');
      pal_buf_putc(out, (char)code);
    } else if (pal_code_point_hostile(code)) {
      escape_code_point(out, code);
    } else {
      pal_buf_add(out, text + i, n);
    }
    i += n;
  }
  pal_buf_putc(out, '"');
}

static int compare_keys(const void *a, const void *b) {
  return strcmp((*(const cJSON *const *)a)->string, (*(const cJSON *const *)b)->string);
}

static enum pal_code write_node(const struct pal_json_doc *doc, const cJSON *node, struct pal_buf *out,
                                struct pal_err *err);

static enum pal_code write_array(const struct pal_json_doc *doc, const cJSON *node, struct pal_buf *out,
                                 struct pal_err *err) {
  enum pal_code code = PAL_OK;
  pal_buf_putc(out, '[');
  for (const cJSON *item = node->child; item && code == PAL_OK; item = item->next) {
    if (item != node->child)
      pal_buf_putc(out, ',');
    code = write_node(doc, item, out, err);
  }
  pal_buf_putc(out, ']');
  return code;
}

static enum pal_code write_object(const struct pal_json_doc *doc, const cJSON *node, struct pal_buf *out,
                                  struct pal_err *err) {
  size_t n = pal_json_count(node);
  if (n == 0) {
    pal_buf_puts(out, "{}");
    return PAL_OK;
  }
  const cJSON **members = calloc(n, sizeof *members);
  if (!members)
    return pal_err_nomem(err);
  size_t i = 0;
  for (const cJSON *item = node->child; item; item = item->next)
    members[i++] = item;
  qsort(members, n, sizeof *members, compare_keys);
  enum pal_code code = PAL_OK;
  for (i = 0; i < n && code == PAL_OK; i++) {
    pal_buf_putc(out, i ? ',' : '{');
    pal_json_escape(out, members[i]->string);
    pal_buf_putc(out, ':');
    code = write_node(doc, members[i], out, err);
  }
  pal_buf_putc(out, '}');
  free(members);
  return code;
}

/* Recursion is bounded by PAL_JSON_MAX_DEPTH. */
static enum pal_code write_node(const struct pal_json_doc *doc, const cJSON *node, struct pal_buf *out,
                                struct pal_err *err) {
  int64_t number;
  switch (pal_json_type(node)) {
  case PAL_JSON_NULL: pal_buf_puts(out, "null"); break;
  case PAL_JSON_BOOL: pal_buf_puts(out, pal_json_true(node) ? "true" : "false"); break;
  case PAL_JSON_NUMBER:
    if (!pal_json_int(node, &number))
      return pal_json_fail(doc, node, err, "only a whole number of 64 bits is allowed here");
    pal_buf_printf(out, "%" PRId64, number);
    break;
  case PAL_JSON_STRING: pal_json_escape(out, pal_json_text(node)); break;
  case PAL_JSON_ARRAY: return write_array(doc, node, out, err);
  case PAL_JSON_OBJECT: return write_object(doc, node, out, err);
  }
  return PAL_OK;
}

enum pal_code pal_json_compact(const struct pal_json_doc *doc, const pal_json *node, struct pal_buf *out,
                               struct pal_err *err) {
  enum pal_code code = write_node(doc, node, out, err);
  return code == PAL_OK ? pal_buf_check(out, doc->source, err) : code;
}
