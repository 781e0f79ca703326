/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_TEXT_SET_H
#define PAL_TEXT_SET_H
/* pal_text_set.h - one copy of each text, in an arena, with a number: 0 for the first that was added, and so on. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pal_arena.h"
#include "pal_err.h"

enum { PAL_TEXT_SET_MAX = 1 << 24 };

struct pal_text_set {
  struct pal_arena *arena;
  const char **v; /* by number */
  size_t n, cap;
  uint32_t *slots; /* number + 1, 0: free */
  size_t slots_n;  /* a power of two, or 0 */
};

void pal_text_set_init(struct pal_text_set *set, struct pal_arena *arena);
/* PAL_E_NOMEM, also beyond PAL_TEXT_SET_MAX. */
enum pal_code pal_text_set_add(struct pal_text_set *set, const char *text, size_t *ret_number, bool *ret_new,
                               struct pal_err *err) PAL_MUST_CHECK;
/* The same without a copy: the text stays as long as the set. */
enum pal_code pal_text_set_borrow(struct pal_text_set *set, const char *text, size_t *ret_number, bool *ret_new,
                                  struct pal_err *err) PAL_MUST_CHECK;

#endif
