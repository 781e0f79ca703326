/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_text_set.h"

#include <stdio.h>

#include "unit.h"

static struct pal_arena *arena;
static struct pal_text_set set;
static struct pal_err err;

static void set_up(void) {
  arena = pal_arena_new(0);
  ck_assert_ptr_nonnull(arena);
  pal_text_set_init(&set, arena);
}

static void tear_down(void) {
  pal_arena_free(arena);
}

static size_t add(const char *text, bool is_new) {
  size_t number = SIZE_MAX;
  bool found_new = !is_new;
  unit_ok(pal_text_set_add(&set, text, &number, &found_new, &err), &err);
  ck_assert_msg(found_new == is_new, "%s is %s", text, is_new ? "not new" : "new");
  return number;
}

START_TEST(test_text_set__a_text_has_one_number) {
  char borrowed[] = "one";
  ck_assert_uint_eq(add(borrowed, true), 0);
  borrowed[0] = 'x';
  ck_assert_uint_eq(add("two", true), 1);
  ck_assert_uint_eq(add("", true), 2);
  ck_assert_uint_eq(add("one", false), 0);
  ck_assert_uint_eq(add("", false), 2);
  ck_assert_uint_eq(set.n, 3);
  ck_assert_str_eq(set.v[0], "one");
}
END_TEST

START_TEST(test_text_set__many_keep_their_numbers) {
  char text[32];
  for (int round = 0; round < 2; round++)
    for (size_t i = 0; i < 20000; i++) {
      (void)snprintf(text, sizeof text, "%zx", i * 7919);
      ck_assert_uint_eq(add(text, round == 0), i);
    }
  ck_assert_uint_eq(set.n, 20000);
}
END_TEST

START_TEST(test_text_set__no_memory_changes_nothing) {
  struct pal_arena *small = pal_arena_new(2000);
  ck_assert_ptr_nonnull(small);
  pal_text_set_init(&set, small);
  size_t number = 0, n = 0;
  bool is_new = false;
  enum pal_code code = PAL_OK;
  char text[32];
  for (; code == PAL_OK; n++) {
    (void)snprintf(text, sizeof text, "%zu", n);
    code = pal_text_set_add(&set, text, &number, &is_new, &err);
  }
  ck_assert_int_eq(code, PAL_E_NOMEM);
  ck_assert_uint_eq(set.n, n - 1);
  ck_assert_uint_eq(add("0", false), 0);
  pal_arena_free(small);
}
END_TEST

Suite *make_base_text_set_suite(void);
Suite *make_base_text_set_suite(void) {
  Suite *suite = suite_create("base/text_set");
  TCase *tcase = tcase_create("text_set");
  tcase_add_checked_fixture(tcase, set_up, tear_down);
  tcase_add_test(tcase, test_text_set__a_text_has_one_number);
  tcase_add_test(tcase, test_text_set__many_keep_their_numbers);
  tcase_add_test(tcase, test_text_set__no_memory_changes_nothing);
  suite_add_tcase(suite, tcase);
  return suite;
}
