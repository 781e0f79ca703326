/* SPDX-License-Identifier: Apache-2.0 */
#include "sql_scan.h"

#include <sqlite3.h>
#include <string.h>

static bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '$' ||
         (unsigned char)c >= 0x80;
}

static bool starts(const struct sql_scan *scan, const char *two) {
  return scan->len - scan->at >= 2 && memcmp(scan->text + scan->at, two, 2) == 0;
}

/* Moves past white space and comments; false at a comment without its end. */
static bool skip_blank(struct sql_scan *scan) {
  while (scan->at < scan->len) {
    if (is_space(scan->text[scan->at])) {
      scan->at++;
    } else if (starts(scan, "--")) {
      const char *end = memchr(scan->text + scan->at, '\n', scan->len - scan->at);
      scan->at = end ? (size_t)(end - scan->text) + 1 : scan->len;
    } else if (starts(scan, "/*")) {
      size_t end = scan->at + 2;
      while (end + 1 < scan->len && memcmp(scan->text + end, "*/", 2) != 0)
        end++;
      if (end + 1 >= scan->len)
        return false;
      scan->at = end + 2;
    } else {
      break;
    }
  }
  return true;
}

/* The length of the quoted text at scan->at, 0 when it has no end. */
static size_t quoted_length(const struct sql_scan *scan, char close) {
  for (size_t i = scan->at + 1; i < scan->len; i++) {
    if (scan->text[i] != close)
      continue;
    if (close != ']' && i + 1 < scan->len && scan->text[i + 1] == close)
      i++;
    else
      return i + 1 - scan->at;
  }
  return 0;
}

struct sql_piece sql_next(struct sql_scan *scan) {
  bool whole = skip_blank(scan);
  struct sql_piece piece = {.token = SQL_END, .at = scan->at};
  if (!whole) {
    piece.token = SQL_BAD;
    piece.len = scan->len - scan->at;
    scan->at = scan->len;
    return piece;
  }
  if (scan->at >= scan->len)
    return piece;
  char c = scan->text[scan->at];
  if (c == '\'' || c == '"' || c == '`' || c == '[') {
    piece.token = c == '\'' ? SQL_STRING : SQL_QUOTED;
    piece.len = quoted_length(scan, c == '[' ? ']' : c);
    if (piece.len == 0) {
      piece.token = SQL_BAD;
      piece.len = scan->len - scan->at;
    }
  } else if (is_word(c)) {
    piece.token = is_digit(c) ? SQL_NUMBER : SQL_WORD;
    while (scan->at + piece.len < scan->len && is_word(scan->text[scan->at + piece.len]))
      piece.len++;
  } else {
    piece.token = SQL_PUNCT;
    piece.len = 1;
  }
  scan->at += piece.len;
  return piece;
}

bool sql_piece_is(const struct sql_scan *scan, struct sql_piece piece, const char *word) {
  return (piece.token == SQL_WORD || piece.token == SQL_PUNCT) && strlen(word) == piece.len &&
         sqlite3_strnicmp(scan->text + piece.at, word, (int)piece.len) == 0;
}

void sql_locate(const char *text, size_t len, size_t at, size_t *ret_line, size_t *ret_column) {
  size_t line = 1, start = 0;
  for (size_t i = 0; i < at && i < len; i++) {
    if (text[i] == '\n') {
      line++;
      start = i + 1;
    }
  }
  *ret_line = line;
  *ret_column = at - start + 1;
}

bool sql_piece_names(const struct sql_scan *scan, struct sql_piece piece, const char *name) {
  size_t quotes = piece.token == SQL_QUOTED ? 1 : 0, len = strlen(name);
  return (piece.token == SQL_WORD || piece.token == SQL_QUOTED) && piece.len - 2 * quotes == len &&
         sqlite3_strnicmp(scan->text + piece.at + quotes, name, (int)len) == 0;
}

bool sql_mentions(const char *text, size_t len, const char *name) {
  struct sql_scan scan = {.text = text, .len = len};
  for (;;) {
    struct sql_piece piece = sql_next(&scan);
    if (piece.token == SQL_END || piece.token == SQL_BAD)
      return false;
    if (sql_piece_names(&scan, piece, name))
      return true;
  }
}

/* A star is a select list when it follows SELECT, DISTINCT, ALL, a comma or
 * "name."; after "(" it is count(*), after anything else a product. */
static bool is_star_list(const struct sql_scan *scan, struct sql_piece before) {
  static const char *const openers[] = {"select", "distinct", "all", ",", "."};
  for (size_t i = 0; i < sizeof openers / sizeof openers[0]; i++)
    if (sql_piece_is(scan, before, openers[i]))
      return true;
  return false;
}

const char *sql_single_statement(const char *text, size_t len, size_t *ret_at) {
  struct sql_scan scan = {.text = text, .len = len};
  struct sql_piece before = {.token = SQL_END};
  bool ended = false, any = false;
  for (;;) {
    struct sql_piece piece = sql_next(&scan);
    *ret_at = piece.at;
    if (piece.token == SQL_END)
      break;
    if (piece.token == SQL_BAD)
      return "a string, name or comment without its end";
    if (ended)
      return "a second statement; a file holds exactly one";
    if (sql_piece_is(&scan, piece, ";")) {
      ended = true;
    } else {
      any = true;
      if (sql_piece_is(&scan, piece, "*") && is_star_list(&scan, before))
        return "SELECT * is not permitted; name the columns";
    }
    before = piece;
  }
  return any ? NULL : "no statement";
}
