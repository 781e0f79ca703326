/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_JSON_H
#define PAL_JSON_H
/*
 * pal_json.h - the one strict JSON reader, and the only door to cJSON.
 *
 * Reading: UTF-8 (invalid bytes become U+FFFD and are counted, or are refused;
 * one leading byte order mark is skipped), no NUL and no lone surrogate escape,
 * no duplicate or case-folded duplicate key, no trailing bytes, numbers kept as
 * their text (integers read as int64), caps on bytes, tokens and depth. Every
 * node knows its byte offset, so an error names line, column and key path.
 *
 * Writing: see pal_canon_* in snapshot for whole documents; here are only the
 * escaping rule and compact canonical form that both share.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pal_arena.h"
#include "pal_buf.h"
#include "pal_err.h"

enum { PAL_JSON_MAX_DEPTH = 64, PAL_JSON_MAX_TOKENS = 8000000, PAL_JSON_MAX_BYTES = 256 << 20 };

enum pal_json_flags {
  PAL_JSON_STRICT_UTF8 = 1 << 0, /* invalid UTF-8 is an error instead of U+FFFD */
  PAL_JSON_COMMENTS = 1 << 1     /* slash-slash and slash-star comments: files people write */
};

struct pal_json_doc;           /* opaque; owns its nodes */
typedef struct cJSON pal_json; /* a node, borrowed from its document; never touch its members */

enum pal_json_type { PAL_JSON_NULL, PAL_JSON_BOOL, PAL_JSON_NUMBER, PAL_JSON_STRING, PAL_JSON_ARRAY, PAL_JSON_OBJECT };

/* Parses len bytes at text (copied). `source` (file name or "answer of GET …")
 * opens every error text of this document. code is PAL_E_INPUT on failure with
 * "source:line:column: at $.a.b[2]: what". max_bytes 0 means PAL_JSON_MAX_BYTES. */
enum pal_code pal_json_parse(const char *text, size_t len, const char *source, unsigned flags, size_t max_bytes,
                             struct pal_json_doc **ret, struct pal_err *err) PAL_MUST_CHECK;
void pal_json_doc_free(struct pal_json_doc *doc); /* takes NULL */
const pal_json *pal_json_root(const struct pal_json_doc *doc);
/* How many invalid UTF-8 sequences were replaced by U+FFFD. */
size_t pal_json_replaced(const struct pal_json_doc *doc);
/* An error (PAL_E_INPUT) about one node: "source:line:column: at $.path: text",
 * without a place when node is NULL. */
enum pal_code pal_json_fail(const struct pal_json_doc *doc, const pal_json *node, struct pal_err *err, const char *fmt,
                            ...) PAL_PRINTF(4, 5);
/* Line (1-based), column (1-based, bytes) and key path of a node; path may be cut. */
void pal_json_locate(const struct pal_json_doc *doc, const pal_json *node, size_t *ret_line, size_t *ret_column,
                     char *path, size_t path_cap);

/* Every accessor takes NULL (an absent node); its type is PAL_JSON_NULL. */
enum pal_json_type pal_json_type(const pal_json *node);
const char *pal_json_type_name(enum pal_json_type type);
/* Walking: first child / next sibling / key of an object member (NULL otherwise). */
const pal_json *pal_json_first(const pal_json *node);
const pal_json *pal_json_next(const pal_json *node);
const char *pal_json_key(const pal_json *node);
size_t pal_json_count(const pal_json *node);
/* Case-sensitive member; NULL when absent or node is no object (or NULL). */
const pal_json *pal_json_get(const pal_json *object, const char *key);
/* Follows keys; NULL as soon as one is absent. End with (char *)NULL. */
const pal_json *pal_json_path(const pal_json *object, const char *key, ...) __attribute__((sentinel));
/* String value or NULL when node is NULL or no string. */
const char *pal_json_text(const pal_json *node);
/* The number as its source text (NULL if no number). */
const char *pal_json_number(const pal_json *node);
bool pal_json_is_null(const pal_json *node); /* present and null */
bool pal_json_true(const pal_json *node);    /* present and true */
/* Integer as int64 from the text; false for fractions, exponents, overflow, other types. */
bool pal_json_int(const pal_json *node, int64_t *ret);

/* Canonical compact form: keys sorted by bytes, no spaces, strings escaped by
 * pal_json_escape; numbers must be integers (else PAL_E_INPUT). */
enum pal_code pal_json_compact(const struct pal_json_doc *doc, const pal_json *node, struct pal_buf *out,
                               struct pal_err *err) PAL_MUST_CHECK;
/* Appends text as a JSON string with quotes: escapes only \" and \\, every
 * other C0, U+007F-009F, U+00AD, U+061C, U+200B-200F, U+2028-202E,
 * U+2060-206F, U+FEFF, U+FFF9-FFFB, U+E0000-E0FFF as lower-case \u00xx
 * (surrogate pairs beyond the BMP). text must be valid UTF-8. */
void pal_json_escape(struct pal_buf *out, const char *text);
/* Nearest of n names by edit distance for "did you mean"; NULL if none is near. */
const char *pal_nearest(const char *word, const char *const *names, size_t n);

#endif
