/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_err.h"

#include <string.h>

#include "pal_text.h"
#include "unit.h"

START_TEST(test_err__set_keeps_code_place_and_text) {
  struct pal_err err = {0};
  ck_assert_int_eq(pal_err_set(&err, PAL_E_IO, "open %s: %s", "x", "no"), PAL_E_IO);
  ck_assert_int_eq(err.code, PAL_E_IO);
  ck_assert_int_eq(err.status, 0);
  ck_assert_str_eq(err.text, "open x: no");
  ck_assert_ptr_nonnull(strstr(err.file, "test_err.c"));
  ck_assert_int_gt(err.line, 0);
}
END_TEST

START_TEST(test_err__no_struct_returns_code) {
  ck_assert_int_eq(pal_err_set(NULL, PAL_E_NET, "x"), PAL_E_NET);
  ck_assert_int_eq(pal_err_nomem(NULL), PAL_E_NOMEM);
  ck_assert_int_eq(pal_err_wrap(NULL, "x"), PAL_OK);
}
END_TEST

START_TEST(test_err__text_of_itself_as_argument_is_safe) {
  struct pal_err err = {0};
  (void)pal_err_set(&err, PAL_E_IO, "inner");
  (void)pal_err_set(&err, PAL_E_INPUT, "outer <%s>", err.text);
  ck_assert_str_eq(err.text, "outer <inner>");
}
END_TEST

START_TEST(test_err__long_text_is_cut_at_a_code_point) {
  char text[2 * PAL_ERR_TEXT_MAX];
  for (int shift = 0; shift < 3; shift++) {
    memset(text, 'a', sizeof text);
    for (size_t i = (size_t)shift; i + 3 < sizeof text; i += 3)
      memcpy(text + i, "\xE2\x82\xAC", 3);
    text[sizeof text - 1] = '\0';
    struct pal_err err = {0};
    (void)pal_err_set(&err, PAL_E_IO, "%s", text);
    size_t len = strlen(err.text);
    ck_assert_uint_lt(len, PAL_ERR_TEXT_MAX);
    ck_assert_uint_gt(len, PAL_ERR_TEXT_MAX - 8);
    ck_assert(pal_utf8_valid(err.text, len));
    ck_assert_str_eq(err.text + len - 3, "\xE2\x80\xA6");
  }
}
END_TEST

START_TEST(test_err__wrap_prefixes_and_keeps_status) {
  struct pal_err err = {0};
  ck_assert_int_eq(pal_err_wrap(&err, "unused"), PAL_OK);
  ck_assert_str_eq(err.text, "");
  (void)pal_err_set(&err, PAL_E_NET, "refused");
  err.status = 403;
  ck_assert_int_eq(pal_err_wrap(&err, "tenant %d", 7), PAL_E_NET);
  ck_assert_str_eq(err.text, "tenant 7: refused");
  ck_assert_int_eq(err.status, 403);
  for (int i = 0; i < 500; i++)
    (void)pal_err_wrap(&err, "context %d", i);
  ck_assert_uint_lt(strlen(err.text), PAL_ERR_TEXT_MAX);
  ck_assert(strncmp(err.text, "context 499: context 498: ", 26) == 0);
}
END_TEST

START_TEST(test_err__merge_keeps_the_first) {
  struct pal_err first = {0}, second = {0}, none = {0};
  (void)pal_err_set(&second, PAL_E_IO, "close");
  ck_assert_int_eq(pal_err_merge(&first, NULL), PAL_OK);
  ck_assert_int_eq(pal_err_merge(&first, &none), PAL_OK);
  ck_assert_int_eq(pal_err_merge(&first, &second), PAL_E_IO);
  ck_assert_str_eq(first.text, "close");
  (void)pal_err_set(&second, PAL_E_NET, "later");
  ck_assert_int_eq(pal_err_merge(&first, &second), PAL_E_IO);
  ck_assert_str_eq(first.text, "close");
}
END_TEST

START_TEST(test_err__every_code_has_name_text_and_status) {
  static const enum pal_code codes[] = {
#define X(code, name, text, status) code,
    PAL_ERRORS(X)
#undef X
  };
  ck_assert_int_eq(pal_code_exit_status(PAL_OK), 0);
  for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
    ck_assert_int_gt((int)strlen(pal_code_name(codes[i])), 0);
    ck_assert_int_gt((int)strlen(pal_code_text(codes[i])), 0);
    if (codes[i] != PAL_OK)
      ck_assert_int_gt(pal_code_exit_status(codes[i]), 0);
  }
  ck_assert_str_eq(pal_code_name(PAL_E_INTERRUPTED), "interrupted");
  ck_assert_int_eq(pal_code_exit_status(PAL_E_INTERRUPTED), 130);
}
END_TEST

Suite *make_base_err_suite(void);
Suite *make_base_err_suite(void) {
  Suite *suite = suite_create("base/err");
  TCase *tcase = tcase_create("err");
  tcase_add_test(tcase, test_err__set_keeps_code_place_and_text);
  tcase_add_test(tcase, test_err__no_struct_returns_code);
  tcase_add_test(tcase, test_err__text_of_itself_as_argument_is_safe);
  tcase_add_test(tcase, test_err__long_text_is_cut_at_a_code_point);
  tcase_add_test(tcase, test_err__wrap_prefixes_and_keeps_status);
  tcase_add_test(tcase, test_err__merge_keeps_the_first);
  tcase_add_test(tcase, test_err__every_code_has_name_text_and_status);
  suite_add_tcase(suite, tcase);
  return suite;
}
