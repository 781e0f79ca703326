/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_SQL_SCAN_H
#define PAL_SQL_SCAN_H
/*
 * sql_scan.h - just enough of SQL's tokens to see where a statement ends,
 * whether it says SELECT *, and which names it mentions. It judges text before
 * SQLite does; it never decides what is permitted (the authorizer does).
 */
#include <stdbool.h>
#include <stddef.h>

enum sql_token {
  SQL_END,
  SQL_WORD,   /* keyword or bare name */
  SQL_STRING, /* '…' */
  SQL_QUOTED, /* "…", `…`, […] */
  SQL_NUMBER,
  SQL_PUNCT, /* one byte */
  SQL_BAD    /* a string, name or comment without its end */
};

struct sql_scan {
  const char *text;
  size_t len;
  size_t at;
};

struct sql_piece {
  enum sql_token token;
  size_t at, len;
};

/* The next piece; white space and comments are skipped. */
struct sql_piece sql_next(struct sql_scan *scan);
/* Compares without regard to ASCII case; word may be a keyword or one punctuation byte. */
bool sql_piece_is(const struct sql_scan *scan, struct sql_piece piece, const char *word);
/* Whether the piece is that name, bare or quoted. */
bool sql_piece_names(const struct sql_scan *scan, struct sql_piece piece, const char *name);
/* Line and column (1-based, bytes) of an offset. */
void sql_locate(const char *text, size_t len, size_t at, size_t *ret_line, size_t *ret_column);
/* Whether text holds the bare or quoted name as a piece of its own. */
bool sql_mentions(const char *text, size_t len, const char *name);
/* First thing that is wrong with the text as one statement without SELECT *;
 * NULL when nothing is. *ret_at is its place. */
const char *sql_single_statement(const char *text, size_t len, size_t *ret_at);

#endif
