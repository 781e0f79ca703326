/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_json.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_doc.h"
#include "pal_text.h"

/* --- documents --- */

static char *dup_bytes(const char *bytes, size_t len) {
  char *copy = malloc(len + 1);
  if (!copy)
    return NULL;
  if (len)
    memcpy(copy, bytes, len);
  copy[len] = '\0';
  return copy;
}

enum pal_code pal_json_parse(const char *text, size_t len, const char *source, unsigned flags, size_t max_bytes,
                             struct pal_json_doc **ret, struct pal_err *err) {
  if (max_bytes == 0 || max_bytes > PAL_JSON_MAX_BYTES)
    max_bytes = PAL_JSON_MAX_BYTES;
  if (len > max_bytes)
    return pal_err_set(err, PAL_E_INPUT, "%s: %zu bytes are more than the maximum of %zu", source, len, max_bytes);
  if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) { /* real services send it */
    text += 3;
    len -= 3;
  }
  struct pal_json_doc *doc = calloc(1, sizeof *doc);
  if (!doc)
    return pal_err_nomem(err);
  enum pal_code code;
  doc->text = dup_bytes(text, len);
  doc->len = len;
  doc->source = dup_bytes(source, strnlen(source, JSON_SOURCE_MAX));
  if (!doc->text || !doc->source)
    code = pal_err_nomem(err);
  else
    code = json_parse_doc(doc, flags, err);
  if (code == PAL_OK)
    *ret = doc;
  else
    pal_json_doc_free(doc);
  return code;
}

/* The answer of a token endpoint is a document too: its text and its strings are overwritten before they are freed. */
void pal_json_doc_free(struct pal_json_doc *doc) {
  if (!doc)
    return;
  cJSON_Delete(doc->root); /* recursion is bounded by PAL_JSON_MAX_DEPTH */
  pal_buf_wipe(&doc->strings);
  if (doc->text)
    explicit_bzero(doc->text, doc->len);
  free(doc->text);
  free(doc->source);
  free(doc);
}

const pal_json *pal_json_root(const struct pal_json_doc *doc) {
  return doc->root;
}

size_t pal_json_replaced(const struct pal_json_doc *doc) {
  return doc->replaced;
}

/* --- where a node is --- */

static bool is_plain_key(const char *key) {
  for (const char *c = key; *c; c++)
    if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || *c == '_' || *c == '-'))
      return false;
  return *key != '\0';
}

void json_path_key(struct pal_buf *path, const char *key) {
  if (is_plain_key(key)) {
    pal_buf_printf(path, ".%s", key);
    return;
  }
  pal_buf_putc(path, '[');
  pal_json_escape(path, key);
  pal_buf_putc(path, ']');
}

void json_path_index(struct pal_buf *path, size_t index) {
  pal_buf_printf(path, "[%zu]", index);
}

void json_path_chain(struct pal_buf *path, cJSON *const *chain, size_t n) {
  pal_buf_putc(path, '$');
  for (size_t i = 1; i < n; i++) {
    if (chain[i]->string) {
      json_path_key(path, chain[i]->string);
      continue;
    }
    size_t index = 0;
    for (const cJSON *item = chain[i - 1]->child; item != chain[i]; item = item->next)
      index++;
    json_path_index(path, index);
  }
}

/*
 * Fills chain with the nodes from the root to node. Offsets grow in document
 * order, so at every level the last child that begins no later leads to it.
 */
static size_t find_chain(cJSON *root, const cJSON *node, cJSON *chain[PAL_JSON_MAX_DEPTH + 1]) {
  size_t n = 0;
  for (cJSON *at = root; at && n <= PAL_JSON_MAX_DEPTH;) {
    chain[n++] = at;
    if (at == node)
      return n;
    cJSON *down = NULL;
    for (cJSON *item = at->child; item && item->valueint <= node->valueint; item = item->next)
      down = item;
    at = down;
  }
  return 0;
}

static void line_and_column(const struct pal_json_doc *doc, size_t offset, size_t *ret_line, size_t *ret_column) {
  size_t line = 1, start = 0;
  for (size_t i = 0; i < offset && i < doc->len; i++)
    if (doc->text[i] == '\n') {
      line++;
      start = i + 1;
    }
  *ret_line = line;
  *ret_column = offset - start + 1;
}

void pal_json_locate(const struct pal_json_doc *doc, const pal_json *node, size_t *ret_line, size_t *ret_column,
                     char *path, size_t path_cap) {
  static const char ellipsis[] = "\xE2\x80\xA6";
  *ret_line = *ret_column = 0;
  if (path_cap)
    path[0] = '\0';
  cJSON *chain[PAL_JSON_MAX_DEPTH + 1];
  size_t n = node ? find_chain(doc->root, node, chain) : 0;
  if (n == 0)
    return;
  line_and_column(doc, (size_t)node->valueint, ret_line, ret_column);
  if (path_cap < sizeof ellipsis + 1)
    return;
  struct pal_buf buf;
  pal_buf_init(&buf, path_cap - sizeof ellipsis);
  json_path_chain(&buf, chain, n);
  memcpy(path, buf.data, buf.len + 1);
  if (buf.bad != PAL_OK)
    memcpy(path + buf.len, ellipsis, sizeof ellipsis);
  pal_buf_deinit(&buf);
}

enum pal_code json_fail_at(const struct pal_json_doc *doc, size_t offset, const char *path, const char *text,
                           struct pal_err *err) {
  size_t line, column;
  line_and_column(doc, offset, &line, &column);
  return pal_err_set(err, PAL_E_INPUT, "%s:%zu:%zu: at %s: %s", doc->source, line, column, path, text);
}

enum pal_code pal_json_fail(const struct pal_json_doc *doc, const pal_json *node, struct pal_err *err, const char *fmt,
                            ...) {
  char text[PAL_ERR_TEXT_MAX] = "";
  va_list args;
  va_start(args, fmt);
  (void)vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  size_t line, column;
  char path[JSON_PATH_MAX];
  pal_json_locate(doc, node, &line, &column, path, sizeof path);
  if (line == 0)
    return pal_err_set(err, PAL_E_INPUT, "%s: %s", doc->source, text);
  return json_fail_at(doc, (size_t)node->valueint, path, text, err);
}

/* --- what a node holds --- */

enum pal_json_type pal_json_type(const pal_json *node) {
  switch (node ? node->type & 0xFF : cJSON_NULL) {
  case cJSON_False:
  case cJSON_True: return PAL_JSON_BOOL;
  case cJSON_Raw: return PAL_JSON_NUMBER;
  case cJSON_String: return PAL_JSON_STRING;
  case cJSON_Array: return PAL_JSON_ARRAY;
  case cJSON_Object: return PAL_JSON_OBJECT;
  default: return PAL_JSON_NULL;
  }
}

const char *pal_json_type_name(enum pal_json_type type) {
  static const char *const names[] = {
      [PAL_JSON_NULL] = "null",     [PAL_JSON_BOOL] = "true or false", [PAL_JSON_NUMBER] = "number",
      [PAL_JSON_STRING] = "string", [PAL_JSON_ARRAY] = "array",        [PAL_JSON_OBJECT] = "object",
  };
  return names[type];
}

const pal_json *pal_json_first(const pal_json *node) {
  return node ? node->child : NULL;
}

const pal_json *pal_json_next(const pal_json *node) {
  return node ? node->next : NULL;
}

const char *pal_json_key(const pal_json *node) {
  return node ? node->string : NULL;
}

size_t pal_json_count(const pal_json *node) {
  size_t n = 0;
  for (const cJSON *item = pal_json_first(node); item; item = item->next)
    n++;
  return n;
}

const pal_json *pal_json_get(const pal_json *object, const char *key) {
  if (pal_json_type(object) != PAL_JSON_OBJECT)
    return NULL;
  for (const cJSON *item = object->child; item; item = item->next)
    if (item->string[0] == key[0] && strcmp(item->string, key) == 0)
      return item;
  return NULL;
}

const pal_json *pal_json_path(const pal_json *object, const char *key, ...) {
  va_list keys;
  va_start(keys, key);
  const pal_json *node = object;
  for (; node && key; key = va_arg(keys, const char *))
    node = pal_json_get(node, key);
  va_end(keys);
  return node;
}

const char *pal_json_text(const pal_json *node) {
  return pal_json_type(node) == PAL_JSON_STRING ? node->valuestring : NULL;
}

const char *pal_json_number(const pal_json *node) {
  return pal_json_type(node) == PAL_JSON_NUMBER ? node->valuestring : NULL;
}

bool pal_json_is_null(const pal_json *node) {
  return node && pal_json_type(node) == PAL_JSON_NULL;
}

bool pal_json_true(const pal_json *node) {
  return node && (node->type & 0xFF) == cJSON_True;
}

bool pal_json_int(const pal_json *node, int64_t *ret) {
  const char *text = pal_json_number(node);
  if (!text)
    return false;
  bool negative = *text == '-';
  if (negative)
    text++;
  /* Counted downwards: the negative range is the larger one. */
  int64_t value = 0;
  for (; *text; text++) {
    if (*text < '0' || *text > '9')
      return false;
    int digit = *text - '0';
    if (value < (INT64_MIN + digit) / 10)
      return false;
    value = value * 10 - digit;
  }
  if (!negative && value == INT64_MIN)
    return false;
  *ret = negative ? value : -value;
  return true;
}
