/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_JSON_DOC_H
#define PAL_JSON_DOC_H
/*
 * json_doc.h - what the parser and the accessors share. In every node valueint
 * is the byte offset of the value in doc->text; a number is a raw node that
 * holds its source text.
 */
#include <cjson/cJSON.h>

#include "pal_json.h"

struct pal_json_doc {
  cJSON *root;
  char *text; /* without a byte order mark, NUL-terminated */
  size_t len;
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

#endif
