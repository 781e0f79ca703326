/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

static struct pal_arena *arena;

static void set_up(void) {
  arena = pal_arena_new(0);
  ck_assert_ptr_nonnull(arena);
}

static void tear_down(void) {
  pal_arena_free(arena);
}

START_TEST(test_arena__allocations_are_zeroed_aligned_and_apart) {
  unsigned char *last = NULL;
  size_t last_size = 0;
  for (size_t size = 0; size < 3000; size += 7) {
    unsigned char *bytes = pal_arena_alloc(arena, size);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_uint_eq((uintptr_t)bytes % _Alignof(max_align_t), 0);
    size_t dirty = 0;
    for (size_t i = 0; i < size; i++)
      dirty += bytes[i] != 0;
    ck_assert_uint_eq(dirty, 0);
    memset(bytes, 0xAB, size);
    if (last_size)
      ck_assert_uint_eq(last[last_size - 1], 0xAB);
    last = bytes;
    last_size = size;
  }
}
END_TEST

START_TEST(test_arena__texts_take_no_more_than_their_bytes) {
  const char *first = pal_arena_strdup(arena, "three");
  const char *second = pal_arena_printf(arena, "%d", 42);
  ck_assert_ptr_eq(second, first + 6);
  ck_assert_str_eq(first, "three");
  ck_assert_str_eq(second, "42");
  unsigned char *aligned = pal_arena_alloc(arena, 8);
  ck_assert_uint_eq((uintptr_t)aligned % _Alignof(max_align_t), 0);
  memset(aligned, 0xAB, 8);
  ck_assert_str_eq(second, "42");
  ck_assert_str_eq(pal_arena_strdup(arena, ""), "");
}
END_TEST

START_TEST(test_arena__reset_forgets_and_zeroes_again) {
  char *first = pal_arena_strdup(arena, "something");
  ck_assert_uint_gt(pal_arena_used(arena), 0);
  for (int i = 0; i < 100; i++)
    ck_assert_ptr_nonnull(pal_arena_alloc(arena, 5000));
  pal_arena_reset(arena);
  ck_assert_uint_eq(pal_arena_used(arena), 0);
  char *again = pal_arena_alloc(arena, 10);
  ck_assert_ptr_eq(again, first);
  ck_assert_mem_eq(again, "\0\0\0\0\0\0\0\0\0\0", 10);
}
END_TEST

START_TEST(test_arena__maximum_counts_what_is_used) {
  struct pal_arena *small = pal_arena_new(1000);
  ck_assert_ptr_null(pal_arena_alloc(small, 1001));
  ck_assert_ptr_nonnull(pal_arena_alloc(small, 900));
  ck_assert_ptr_null(pal_arena_alloc(small, 200));
  ck_assert_ptr_nonnull(pal_arena_alloc(small, 64));
  pal_arena_reset(small);
  ck_assert_ptr_nonnull(pal_arena_alloc(small, 900));
  pal_arena_free(small);
  pal_arena_free(NULL);
}
END_TEST

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
/* Megabytes of this process in memory. */
static long resident(void) {
  char text[256];
  FILE *file = fopen("/proc/self/statm", "r");
  ck_assert(file && fgets(text, sizeof text, file));
  (void)fclose(file);
  const char *second = strchr(text, ' ');
  ck_assert_ptr_nonnull(second);
  return strtol(second, NULL, 10) * sysconf(_SC_PAGESIZE) / (1 << 20);
}

/* Something small is kept between any two of what is freed. */
START_TEST(test_arena__what_is_free_between_what_is_kept_is_given_back) {
  enum { N = 2000, LARGE = 16 << 10 };
  static void *large[N], *small[N];
  for (int i = 0; i < N; i++) {
    large[i] = malloc(LARGE);
    small[i] = malloc(32);
    ck_assert(large[i] && small[i]);
    memset(large[i], 1, LARGE);
  }
  for (int i = 0; i < N; i++)
    free(large[i]);
  long before = resident();
  pal_memory_give_back();
  ck_assert_int_lt(resident(), before - 16);
  for (int i = 0; i < N; i++)
    free(small[i]);
}
END_TEST
#endif

START_TEST(test_arena__hostile_sizes_are_refused) {
  ck_assert_ptr_null(pal_arena_alloc(arena, SIZE_MAX));
  ck_assert_ptr_null(pal_arena_alloc(arena, SIZE_MAX - 20));
  ck_assert_ptr_null(pal_arena_calloc(arena, SIZE_MAX / 2, 3));
  ck_assert_ptr_nonnull(pal_arena_calloc(arena, 0, 8));
  ck_assert_ptr_nonnull(pal_arena_calloc(arena, 8, 0));
  size_t cap = SIZE_MAX / 2 + 1;
  ck_assert_ptr_null(pal_arena_grow(arena, NULL, cap, &cap, 8));
  cap = SIZE_MAX / 4;
  ck_assert_ptr_null(pal_arena_grow(arena, NULL, cap, &cap, 8));
  ck_assert_uint_eq(cap, SIZE_MAX / 4);
}
END_TEST

START_TEST(test_arena__text_copies_are_terminated) {
  ck_assert_str_eq(pal_arena_strdup(arena, ""), "");
  ck_assert_str_eq(pal_arena_strndup(arena, "abcdef", 3), "abc");
  ck_assert_str_eq(pal_arena_strndup(arena, "ab", 10), "ab");
  ck_assert_str_eq(pal_arena_strndup(arena, NULL, 0), "");
  ck_assert_str_eq(pal_arena_printf(arena, "%s-%05d", "x", 42), "x-00042");
}
END_TEST

START_TEST(test_arena__vector_doubles_and_keeps_its_items) {
  size_t cap = 0, n = 0;
  int *items = NULL;
  for (int i = 0; i < 10000; i++) {
    items = pal_arena_grow(arena, items, n, &cap, sizeof *items);
    ck_assert_ptr_nonnull(items);
    ck_assert_uint_lt(n, cap);
    items[n++] = i;
  }
  for (int i = 0; i < 10000; i++)
    ck_assert_int_eq(items[i], i);
  ck_assert_uint_lt(cap, 20000);
}
END_TEST

Suite *make_base_arena_suite(void);
Suite *make_base_arena_suite(void) {
  Suite *suite = suite_create("base/arena");
  TCase *tcase = tcase_create("arena");
  tcase_add_checked_fixture(tcase, set_up, tear_down);
  tcase_add_test(tcase, test_arena__allocations_are_zeroed_aligned_and_apart);
  tcase_add_test(tcase, test_arena__reset_forgets_and_zeroes_again);
  tcase_add_test(tcase, test_arena__texts_take_no_more_than_their_bytes);
  tcase_add_test(tcase, test_arena__maximum_counts_what_is_used);
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
  tcase_add_test(tcase, test_arena__what_is_free_between_what_is_kept_is_given_back);
#endif
  tcase_add_test(tcase, test_arena__hostile_sizes_are_refused);
  tcase_add_test(tcase, test_arena__text_copies_are_terminated);
  tcase_add_test(tcase, test_arena__vector_doubles_and_keeps_its_items);
  suite_add_tcase(suite, tcase);
  return suite;
}
