/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_JSON_DOC_H
#define PAL_JSON_DOC_H
/*
 * json_doc.h - what the parser and the accessors share. In every node valueint
 * is the byte offset of the value in doc->text; a number is a raw node that
 * holds its source text.
 */
#include <cjson/cJSON.h>
#include <stdint.h>
#include <string.h>

#include "pal_json.h"

struct pal_json_doc {
  cJSON *root; /* its nodes refer to strings and own none */
  char *text;  /* without a byte order mark, NUL-terminated */
  size_t len;
  struct pal_buf strings; /* keys, texts and numbers, each NUL-terminated; never moves */
  size_t replaced;
  char *source;
};

enum { JSON_PATH_MAX = 512, JSON_SOURCE_MAX = 512 };

/* Appends ".key" or ["k e y"] (quoted where needed), or "[index]". */
void json_path_key(struct pal_buf *path, const char *key);
void json_path_index(struct pal_buf *path, size_t index);
/* The path of the last of n nodes, each the parent of the next. */
void json_path_chain(struct pal_buf *path, cJSON *const *chain, size_t n);

/* "source:line:column: at path: text" as PAL_E_INPUT. */
enum pal_code json_fail_at(const struct pal_json_doc *doc, size_t offset, const char *path, const char *text,
                           struct pal_err *err);

/* Parses doc->text into doc->root. */
enum pal_code json_parse_doc(struct pal_json_doc *doc, unsigned flags, struct pal_err *err);

/* How many bytes at the start of text stand for themselves in a JSON string: printable ASCII but '"' and '\\'. Most text
 * of a run passes here, so that eight are looked at together. */
static inline size_t json_plain(const char *text, size_t len) {
  const uint64_t each = UINT64_C(0x0101010101010101);
  size_t n = 0;
  for (; len - n >= sizeof(uint64_t); n += sizeof(uint64_t)) {
    uint64_t eight;
    memcpy(&eight, text + n, sizeof eight);
    /* The highest bit of a byte is set where it was, and where taking away went below zero. */
    uint64_t other = eight | (eight - each * ' ') | ((eight ^ each * '"') - each) | ((eight ^ each * '\\') - each) |
                     ((eight ^ each * 0x7F) - each);
    if (other & each * 0x80)
      break;
  }
  while (n < len && text[n] >= ' ' && text[n] < 0x7F && text[n] != '"' && text[n] != '\\')
    n++;
  return n;
}

#endif
