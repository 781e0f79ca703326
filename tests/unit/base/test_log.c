/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_log.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pal_file.h"
#include "unit.h"

static struct pal_buf out;
static struct pal_err err;

static void set_up(void) {
  unit_enter_folder();
  memset(&err, 0, sizeof err);
  pal_buf_init(&out, 1 << 20);
}

static void tear_down(void) {
  pal_secret_forget_all();
  pal_log_set_level(PAL_LOG_WARN);
  pal_buf_deinit(&out);
  unit_leave_folder();
}

static void know(const char *secret) {
  unit_ok(pal_secret_register(secret, strlen(secret), &err), &err);
}

static const char *redacted(const char *text) {
  pal_buf_clear(&out);
  pal_redact(&out, text, strlen(text));
  return out.data;
}

/* base64("s3cr et/+~") = "czNjciBldC8rfg==" */
static const struct {
  const char *name, *secret, *text, *redacted;
} rows[] = {
    {"nothing", "canary-token", "an ordinary text", "an ordinary text"},
    {"empty text", "canary-token", "", ""},
    {"alone", "canary-token", "canary-token", "[redacted]"},
    {"inside", "canary-token", "a=canary-token&b", "a=[redacted]&b"},
    {"twice", "canary-token", "canary-tokencanary-token", "[redacted][redacted]"},
    {"overlapping itself", "abcabcabc", "abcabcabcabc!", "[redacted]!"},
    {"nearly", "canary-token", "canary-toke canary", "canary-toke canary"},
    {"restart", "aaaaab", "aaaaaaab", "aa[redacted]"},
    {"percent upper", "s3cr et/+~", "x=s3cr%20et%2F%2B~;", "x=[redacted];"},
    {"percent lower", "s3cr et/+~", "x=s3cr%20et%2f%2b~;", "x=[redacted];"},
    {"form", "s3cr et/+~", "x=s3cr+et%2F%2B~;", "x=[redacted];"},
    {"base64 padded", "s3cr et/+~", "Basic czNjciBldC8rfg==.", "Basic [redacted]."},
    {"base64 unpadded", "s3cr et/+~", "(czNjciBldC8rfg)", "([redacted])"},
    {"base64 with more after", "s3cr et/+~", "czNjciBldC8rfjp4", "[redacted]p4"},
    {"base64 whole groups", "canary", "Y2FuYXJ5!", "[redacted]!"},
    {"base64 one over", "canaryX", "Y2FuYXJ5WA==!", "[redacted]!"},
    {"base64 two over", "canaryXY", "Y2FuYXJ5WFk=!", "[redacted]!"},
    {"base64 url", "\xFB\xEF\xBE\xFF\xFE\xFF", "----__7_", "[redacted]"},
    {"base64 standard", "\xFB\xEF\xBE\xFF\xFE\xFF", "++++//7/", "[redacted]"},
    {"json", "sec\"ret\\x", "{\"a\":\"sec\\\"ret\\\\x\"}", "{\"a\":\"[redacted]\"}"},
    {"bytes beyond ascii", "\xC3\xA9\xC3\xA9\xC3\xA9", "<%C3%A9%C3%A9%C3%A9>", "<[redacted]>"},
};

START_TEST(test_log__row_is_redacted) {
  know(rows[_i].secret);
  const char *text = redacted(rows[_i].text);
  ck_assert_msg(strcmp(text, rows[_i].redacted) == 0, "%s: %s", rows[_i].name, text);
}
END_TEST

START_TEST(test_log__overlapping_secrets_leave_no_tail) {
  know("secret-one");
  know("one-two-three");
  know("secret");
  ck_assert_str_eq(redacted("<secret-one-two-three>"), "<[redacted]>");
  ck_assert_str_eq(redacted("<secret-on>"), "<[redacted]-on>");
}
END_TEST

START_TEST(test_log__secret_with_nul_is_redacted) {
  unit_ok(pal_secret_register("abc\0def", 7, &err), &err);
  pal_redact(&out, "<abc\0def>", 9);
  ck_assert_str_eq(out.data, "<[redacted]>");
}
END_TEST

START_TEST(test_log__short_and_huge_secrets_are_refused) {
  unit_fails(pal_secret_register("12345", 5, &err), PAL_E_CONFIG, "shorter than 6", &err);
  ck_assert_ptr_null(strstr(err.text, "12345"));
  static char huge[(64 << 10) + 1];
  memset(huge, 'x', sizeof huge);
  unit_fails(pal_secret_register(huge, sizeof huge, &err), PAL_E_CONFIG, "longer than", &err);
  unit_ok(pal_secret_register(huge, sizeof huge - 1, &err), &err);
}
END_TEST

START_TEST(test_log__forgotten_secrets_are_not_redacted) {
  know("canary-token");
  know("canary-token");
  pal_secret_forget_all();
  ck_assert_str_eq(redacted("canary-token"), "canary-token");
  pal_secret_forget_all();
}
END_TEST

START_TEST(test_log__secret_is_known_until_forgotten_as_often_as_registered) {
  know("s3cr et/+~");
  know("s3cr et/+~");
  know("another-secret");
  pal_secret_forget("s3cr et/+~", 10);
  ck_assert_str_eq(redacted("s3cr et/+~ s3cr%20et%2F%2B~ czNjciBldC8rfg=="), "[redacted] [redacted] [redacted]");
  pal_secret_forget("s3cr et/+~", 10);
  ck_assert_str_eq(redacted("s3cr et/+~ s3cr%20et%2F%2B~ another-secret"), "s3cr et/+~ s3cr%20et%2F%2B~ [redacted]");
  pal_secret_forget("s3cr et/+~", 10);
  pal_secret_forget("never-known", 11);
  pal_secret_forget("short", 5);
  ck_assert_str_eq(redacted("another-secret"), "[redacted]");
}
END_TEST

/* "Y2FuYXJ5" is how "canary" is spelled in base64. */
START_TEST(test_log__spelling_shared_by_two_secrets_stays_for_the_other) {
  know("canary");
  know("Y2FuYXJ5");
  pal_secret_forget("Y2FuYXJ5", 8);
  ck_assert_str_eq(redacted("Y2FuYXJ5"), "[redacted]");
  know("Y2FuYXJ5");
  pal_secret_forget("canary", 6);
  ck_assert_str_eq(redacted("Y2FuYXJ5 canary"), "[redacted] canary");
}
END_TEST

enum { MANY = 20000, JWT_BYTES = 1024, MANY_TEXT = 1 << 20 };

/* Tokens begin alike, and here they end alike too. */
static void jwt(char *token, unsigned number) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  uint32_t state = number * 2654435761U + 1;
  memset(token, 'e', JWT_BYTES);
  for (size_t i = 512; i < 900; i++) {
    state = state * 1664525U + 1013904223U;
    token[i] = digits[state >> 26];
  }
  token[JWT_BYTES] = '\0';
}

static double cpu_s(void) {
  return (double)clock() / CLOCKS_PER_SEC;
}

START_TEST(test_log__many_tokens_are_redacted_in_one_pass) {
  char token[JWT_BYTES + 1];
  struct pal_buf text;
  pal_buf_init(&text, MANY_TEXT * 2);
  for (unsigned i = 0; i < MANY; i++) {
    jwt(token, i);
    know(token);
  }
  jwt(token, MANY); /* not registered */
  while (text.len < MANY_TEXT)
    pal_buf_add(&text, token, JWT_BYTES);
  jwt(token, 7);
  pal_buf_printf(&text, "<%s>", token);
  pal_buf_deinit(&out);
  pal_buf_init(&out, MANY_TEXT * 2);
  double before = cpu_s();
  pal_redact(&out, text.data, text.len);
  double used = cpu_s() - before;
  ck_assert_int_eq(out.bad, PAL_OK);
  ck_assert_uint_eq(out.len, text.len - JWT_BYTES + strlen("[redacted]"));
  ck_assert_str_eq(out.data + out.len - 12, "<[redacted]>");
  ck_assert_msg(used < 0.9, "%.2f s", used);
  for (unsigned i = 0; i < MANY; i++) {
    jwt(token, i);
    pal_secret_forget(token, JWT_BYTES);
  }
  pal_buf_clear(&out);
  pal_redact(&out, text.data, text.len);
  ck_assert_uint_eq(out.len, text.len);
  pal_buf_deinit(&text);
}
END_TEST

/* What fn() writes to stderr. */
static const char *logged(void (*fn)(void)) {
  int saved = dup(STDERR_FILENO);
  int file = open("stderr", O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ck_assert_int_ge(saved, 0);
  ck_assert_int_ge(dup2(file, STDERR_FILENO), 0);
  fn();
  ck_assert_int_ge(dup2(saved, STDERR_FILENO), 0);
  ck_assert_int_eq(close(file), 0);
  ck_assert_int_eq(close(saved), 0);
  pal_buf_clear(&out);
  unit_ok(pal_file_read("stderr", "log", 0, 1 << 20, &out, &err), &err);
  return out.data;
}

static void log_all_levels(void) {
  pal_log(PAL_LOG_ERROR, "e%d", 1);
  pal_log(PAL_LOG_WARN, "w");
  pal_log(PAL_LOG_INFO, "i");
  pal_log(PAL_LOG_DEBUG, "d");
}

START_TEST(test_log__levels_choose_the_lines) {
  ck_assert_str_eq(logged(log_all_levels), "palscan: error: e1\npalscan: warning: w\n");
  pal_log_set_level(PAL_LOG_DEBUG);
  ck_assert_str_eq(logged(log_all_levels), "palscan: error: e1\npalscan: warning: w\npalscan: i\npalscan: debug: d\n");
  pal_log_set_level(PAL_LOG_ERROR);
  ck_assert_str_eq(logged(log_all_levels), "palscan: error: e1\n");
}
END_TEST

static void log_hostile(void) {
  pal_log(PAL_LOG_ERROR, "%s", "a\x1B[2J\nfake line with canary\ntoken\xFF");
}

START_TEST(test_log__line_is_redacted_before_it_is_escaped) {
  know("canary\ntoken");
  ck_assert_str_eq(logged(log_hostile), "palscan: error: a\\u{1b}[2J\\u{a}fake line with [redacted]\xEF\xBF\xBD\n");
}
END_TEST

static void log_huge(void) {
  static char huge[100000];
  memset(huge, 'x', sizeof huge - 1);
  memcpy(huge + 65530, "canary-token", 12);
  pal_log(PAL_LOG_ERROR, "%s", huge);
}

START_TEST(test_log__huge_message_is_left_out_and_says_so) {
  know("canary-token");
  ck_assert_str_eq(logged(log_huge), "palscan: error: (a message too long for the log was left out)\n");
}
END_TEST

Suite *make_base_log_suite(void);
Suite *make_base_log_suite(void) {
  Suite *suite = suite_create("base/log");
  TCase *tcase = tcase_create("log");
  tcase_set_timeout(tcase, 60);
  tcase_add_checked_fixture(tcase, set_up, tear_down);
  tcase_add_loop_test(tcase, test_log__row_is_redacted, 0, UNIT_N(rows));
  tcase_add_test(tcase, test_log__overlapping_secrets_leave_no_tail);
  tcase_add_test(tcase, test_log__secret_with_nul_is_redacted);
  tcase_add_test(tcase, test_log__short_and_huge_secrets_are_refused);
  tcase_add_test(tcase, test_log__forgotten_secrets_are_not_redacted);
  tcase_add_test(tcase, test_log__secret_is_known_until_forgotten_as_often_as_registered);
  tcase_add_test(tcase, test_log__spelling_shared_by_two_secrets_stays_for_the_other);
  tcase_add_test(tcase, test_log__many_tokens_are_redacted_in_one_pass);
  tcase_add_test(tcase, test_log__levels_choose_the_lines);
  tcase_add_test(tcase, test_log__line_is_redacted_before_it_is_escaped);
  tcase_add_test(tcase, test_log__huge_message_is_left_out_and_says_so);
  suite_add_tcase(suite, tcase);
  return suite;
}
