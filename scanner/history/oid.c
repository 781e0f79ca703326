/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "history.h"

void pal_oid_hex(const struct pal_oid *oid, char out[41]) {
  pal_hex(oid->b, sizeof oid->b, out);
}

static int digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return -1;
}

bool pal_oid_parse(const char *hex40, struct pal_oid *ret) {
  struct pal_oid oid;
  for (size_t i = 0; i < sizeof oid.b; i++) {
    int high = digit(hex40[2 * i]);
    int low = high < 0 ? -1 : digit(hex40[2 * i + 1]);
    if (low < 0)
      return false;
    oid.b[i] = (uint8_t)(high << 4 | low);
  }
  if (hex40[2 * sizeof oid.b] != '\0')
    return false;
  *ret = oid;
  return true;
}

bool pal_oid_equal(const struct pal_oid *a, const struct pal_oid *b) {
  return memcmp(a->b, b->b, sizeof a->b) == 0;
}

bool pal_oid_is_zero(const struct pal_oid *oid) {
  static const struct pal_oid zero;
  return pal_oid_equal(oid, &zero);
}

enum pal_code pal_path_format(struct pal_path *path, struct pal_err *err, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  int n = vsnprintf(path->s, sizeof path->s, fmt, args);
  va_end(args);
  if (n < 0 || (size_t)n >= sizeof path->s)
    return pal_err_set(err, PAL_E_LIMIT, "%.200s…: a path longer than %d bytes", path->s, PATH_MAX);
  return PAL_OK;
}

char pal_ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool pal_ascii_starts(const char *text, const char *start) {
  while (*start && pal_ascii_lower(*text) == *start) {
    text++;
    start++;
  }
  return !*start;
}
