/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_json.h"

#include <string.h>

enum { NEAREST_WORD_MAX = 64 };

static char fold(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours, case ignored. */
static size_t edit_distance(const char *a, size_t a_len, const char *b, size_t b_len) {
  size_t rows[3][NEAREST_WORD_MAX + 1];
  size_t *before = rows[0], *last = rows[1], *row = rows[2];
  for (size_t j = 0; j <= b_len; j++)
    last[j] = j;
  for (size_t i = 1; i <= a_len; i++) {
    row[0] = i;
    for (size_t j = 1; j <= b_len; j++) {
      size_t change = fold(a[i - 1]) != fold(b[j - 1]);
      row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + change);
      if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) && fold(a[i - 2]) == fold(b[j - 1]))
        row[j] = least(row[j], before[j - 2] + 1);
    }
    size_t *spare = before;
    before = last;
    last = row;
    row = spare;
  }
  return last[b_len];
}

const char *pal_nearest(const char *word, const char *const *names, size_t n) {
  size_t len = strnlen(word, NEAREST_WORD_MAX + 1);
  if (len == 0 || len > NEAREST_WORD_MAX)
    return NULL;
  const char *nearest = NULL;
  size_t best = (len + 2) / 3; /* one change in up to three letters */
  for (size_t i = 0; i < n; i++) {
    size_t name_len = strnlen(names[i], NEAREST_WORD_MAX + 1);
    if (name_len > NEAREST_WORD_MAX)
      continue;
    size_t distance = edit_distance(word, len, names[i], name_len);
    if (distance < best || (distance == best && !nearest)) {
      /* A word of which nothing is left is not near. */
      if (distance >= least(len, name_len))
        continue;
      best = distance;
      nearest = names[i];
    }
  }
  return nearest;
}
