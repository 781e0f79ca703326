/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_buf.h"

#include <stdint.h>
#include <string.h>

#include "unit.h"

START_TEST(test_buf__fresh_is_the_empty_string) {
  struct pal_buf buf;
  pal_buf_init(&buf, 10);
  ck_assert_str_eq(buf.data, "");
  ck_assert_uint_eq(buf.len, 0);
  unit_ok(pal_buf_check(&buf, "x", NULL), &(struct pal_err){0});
  pal_buf_deinit(&buf);
  pal_buf_deinit(&buf);
}
END_TEST

START_TEST(test_buf__zeroed_storage_can_be_released) {
  struct pal_buf buf;
  memset(&buf, 0, sizeof buf);
  pal_buf_deinit(&buf);
  memset(&buf, 0, sizeof buf);
  pal_buf_wipe(&buf);
  ck_assert_str_eq(buf.data, "");
}
END_TEST

START_TEST(test_buf__appends_are_terminated_and_in_order) {
  struct pal_buf buf;
  pal_buf_init(&buf, SIZE_MAX);
  pal_buf_puts(&buf, "ab");
  pal_buf_putc(&buf, 'c');
  pal_buf_add(&buf, "d\0e", 3);
  pal_buf_add(&buf, NULL, 0);
  pal_buf_printf(&buf, "%d-%s", 42, "z");
  ck_assert_uint_eq(buf.len, 10);
  ck_assert_mem_eq(buf.data, "abcd\0e42-z", 11);
  pal_buf_deinit(&buf);
}
END_TEST

START_TEST(test_buf__what_was_reserved_does_not_move) {
  struct pal_buf buf;
  pal_buf_init(&buf, 1000);
  pal_buf_puts(&buf, "a");
  pal_buf_reserve(&buf, 999);
  const char *data = buf.data;
  ck_assert_str_eq(data, "a");
  for (int i = 1; i < 1000; i++)
    pal_buf_putc(&buf, 'b');
  ck_assert_ptr_eq(buf.data, data);
  ck_assert_int_eq(buf.bad, PAL_OK);
  pal_buf_reserve(&buf, 1);
  ck_assert_int_eq(buf.bad, PAL_E_LIMIT);
  pal_buf_deinit(&buf);
}
END_TEST

START_TEST(test_buf__exact_maximum_fits_one_more_does_not) {
  struct pal_buf buf;
  struct pal_err err = {0};
  pal_buf_init(&buf, 5);
  pal_buf_puts(&buf, "12345");
  unit_ok(pal_buf_check(&buf, "x", &err), &err);
  pal_buf_putc(&buf, '6');
  unit_fails(pal_buf_check(&buf, "the answer", &err), PAL_E_LIMIT, "the answer: longer than", &err);
  ck_assert_str_eq(buf.data, "12345");
  pal_buf_clear(&buf);
  pal_buf_printf(&buf, "%s", "123456");
  ck_assert_int_eq(buf.bad, PAL_E_LIMIT);
  pal_buf_puts(&buf, "1");
  ck_assert_str_eq(buf.data, "");
  pal_buf_clear(&buf);
  pal_buf_puts(&buf, "1");
  ck_assert_str_eq(buf.data, "1");
  pal_buf_add(&buf, "x", SIZE_MAX);
  ck_assert_int_eq(buf.bad, PAL_E_LIMIT);
  pal_buf_deinit(&buf);
}
END_TEST

START_TEST(test_buf__growth_past_the_wiping_size_keeps_bytes) {
  struct pal_buf buf;
  pal_buf_init(&buf, 1 << 20);
  for (unsigned i = 0; i < 100000; i++)
    pal_buf_putc(&buf, (char)('a' + i % 26));
  unit_ok(pal_buf_check(&buf, "x", NULL), &(struct pal_err){0});
  ck_assert_uint_eq(buf.len, 100000);
  size_t wrong = 0;
  for (unsigned i = 0; i < 100000; i++)
    wrong += buf.data[i] != (char)('a' + i % 26);
  ck_assert_uint_eq(wrong, 0);
  pal_buf_wipe(&buf);
  ck_assert_uint_eq(buf.len, 0);
  ck_assert_uint_eq(buf.max, 1 << 20);
}
END_TEST

Suite *make_base_buf_suite(void);
Suite *make_base_buf_suite(void) {
  Suite *suite = suite_create("base/buf");
  TCase *tcase = tcase_create("buf");
  tcase_add_test(tcase, test_buf__fresh_is_the_empty_string);
  tcase_add_test(tcase, test_buf__zeroed_storage_can_be_released);
  tcase_add_test(tcase, test_buf__appends_are_terminated_and_in_order);
  tcase_add_test(tcase, test_buf__what_was_reserved_does_not_move);
  tcase_add_test(tcase, test_buf__exact_maximum_fits_one_more_does_not);
  tcase_add_test(tcase, test_buf__growth_past_the_wiping_size_keeps_bytes);
  suite_add_tcase(suite, tcase);
  return suite;
}
