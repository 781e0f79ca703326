/* SPDX-License-Identifier: Apache-2.0 */
/* test_signers.c - what is taken from an allowed_signers file and what is refused, with the line. */
#include <string.h>

#include "pal_sshsig.h"
#include "unit.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEGa42QZPwJQ1WAj9Q0VeR5xYcr5hUpmbrjq3hMPVpU9"

static struct pal_err err;

static void set_up(void) {
  err = (struct pal_err){0};
}

static enum pal_code parse(const char *text, struct pal_signers **ret) {
  return pal_signers_parse(text, strlen(text), "signers", ret, &err);
}

START_TEST(test_signers__file_is_read_line_by_line) {
  struct pal_signers *signers = NULL;
  struct pal_instant at;
  unit_ok(parse("# people\n\n  anna@a.example,bert " KEY " a comment\r\n"
                "\"Anna Schmidt\"\tnamespaces=\"git,palscan-*\",valid-after=\"20260102Z\","
                "valid-before=\"20270102030405Z\" " KEY "\n"
                "last " KEY,
                &signers),
          &err);
  ck_assert_uint_eq(pal_signers_n(signers), 3);
  const struct pal_signer *first = pal_signers_get(signers, 0), *second = pal_signers_get(signers, 1);
  ck_assert_str_eq(first->principals, "anna@a.example,bert");
  ck_assert_str_eq(first->key, KEY);
  ck_assert_str_eq(first->type, "ssh-ed25519");
  ck_assert_ptr_eq(strstr(first->fingerprint, "SHA256:"), first->fingerprint);
  ck_assert_uint_eq(strlen(first->fingerprint), 50);
  ck_assert_ptr_null(first->namespaces);
  ck_assert(!first->has_after && !first->has_before);
  ck_assert_int_eq(first->line, 3);
  ck_assert(pal_signer_signs(first, "git"));
  ck_assert_str_eq(second->principals, "Anna Schmidt");
  ck_assert_str_eq(second->namespaces, "git,palscan-*");
  ck_assert(pal_signer_signs(second, PAL_SIGNS_REVIEWS));
  ck_assert(!pal_signer_signs(second, "file"));
  ck_assert(pal_instant_parse("2026-01-02T00:00:00Z", &at) && second->has_after);
  ck_assert_int_eq(pal_instant_cmp(second->after, at), 0);
  ck_assert(pal_instant_parse("2027-01-02T03:04:05Z", &at) && second->has_before);
  ck_assert_int_eq(pal_instant_cmp(second->before, at), 0);
  ck_assert_int_eq(pal_signers_get(signers, 2)->line, 5);
  pal_signers_free(signers);
  pal_signers_free(NULL);
}
END_TEST

START_TEST(test_signers__empty_file_names_nobody) {
  struct pal_signers *signers = NULL;
  unit_ok(parse("# nobody yet\n", &signers), &err);
  ck_assert_uint_eq(pal_signers_n(signers), 0);
  pal_signers_free(signers);
}
END_TEST

static const struct {
  const char *line, *part;
} bad_rows[] = {
    {"anna", "names no key"},
    {"anna ssh-ed25519", "names no key"},
    {"anna namespaces=\"git\"", "names no key"},
    {"\"anna " KEY, "does not begin with the people"},
    {"\"anna\"x " KEY, "does not begin with the people"},
    {"\"\" " KEY, "does not begin with the people"},
    {"an\"na " KEY, "does not begin with the people"},
    {"anna ssh-ed25519 !!!!", "no base64"},
    {"anna ssh-ed25519 AAAA", "cut short"},
    {"anna ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIEGa42QZPwJQ1WAj9Q0VeR5xYcr5hUpmbrjq3hMPVpU9", "of another kind"},
    {"anna ssh-dss AAAAB3NzaC1kc3M=", "of a kind that is not taken"},
    {"anna sk-ssh-ed25519@openssh.com AAAA", "of a kind that is not taken"},
    {"anna ssh-ed25519-cert-v01@openssh.com AAAA", "of a kind that is not taken"},
    {"anna cert-authority " KEY, "cert-authority: certificates are not supported"},
    {"anna namespaces=\"git\",cert-authority " KEY, "cert-authority: certificates are not supported"},
    {"anna touch-required " KEY, "an option that is not known"},
    {"anna namespaces=git " KEY, "needs a value in quotes"},
    {"anna namespaces=\"\" " KEY, "needs a value in quotes"},
    {"anna namespaces=\"a\\b\" " KEY, "needs a value in quotes"},
    {"anna namespaces=\"git\", " KEY, "needs a value in quotes"},
    {"anna namespaces=\"git\"x " KEY, "needs a value in quotes"},
    {"anna namespaces=\"git " KEY, "a quote is not closed"},
    {"anna namespaces=\"git\",namespaces=\"file\" " KEY, "twice"},
    {"anna valid-after=\"20260101Z\",valid-after=\"20260102Z\" " KEY, "twice"},
    {"anna valid-after=\"20260101\" " KEY, "without Z its meaning would depend"},
    {"anna valid-after=\"20260231Z\" " KEY, "a time must be written"},
    {"anna valid-before=\"2026Z\" " KEY, "a time must be written"},
    {"anna valid-after=\"20270101Z\",valid-before=\"20260101Z\" " KEY, "is not before"},
};

START_TEST(test_signers__what_is_refused_is_told_with_its_line) {
  struct pal_signers *signers = NULL;
  struct pal_buf text;
  pal_buf_init(&text, 4096);
  pal_buf_printf(&text, "first " KEY "\n%s\n", bad_rows[_i].line);
  unit_fails(parse(text.data, &signers), PAL_E_INPUT, bad_rows[_i].part, &err);
  ck_assert_ptr_eq(strstr(err.text, "signers:2: "), err.text);
  ck_assert_ptr_null(signers);
  pal_buf_deinit(&text);
}
END_TEST

START_TEST(test_signers__bytes_that_are_no_text_are_refused) {
  struct pal_signers *signers = NULL;
  unit_fails(pal_signers_parse("anna\0" KEY, 6 + strlen(KEY), "signers", &signers, &err), PAL_E_INPUT, "no text", &err);
  err = (struct pal_err){0};
  unit_fails(parse("\xff " KEY, &signers), PAL_E_INPUT, "no text", &err);
}
END_TEST

START_TEST(test_signers__file_that_others_may_write_is_not_believed) {
  struct pal_signers *signers = NULL;
  unit_write("good", "anna " KEY "\n", 0644);
  unit_write("group", "anna " KEY "\n", 0664);
  unit_write("all", "anna " KEY "\n", 0646);
  unit_ok(pal_signers_open("good", "sign.signers", &signers, &err), &err);
  pal_signers_free(signers);
  unit_fails(pal_signers_open("group", "sign.signers", &signers, &err), PAL_E_INPUT,
             "sign.signers group: mode 0664 lets others write to it", &err);
  err = (struct pal_err){0};
  unit_fails(pal_signers_open("all", "sign.signers", &signers, &err), PAL_E_INPUT, "chmod go-w all", &err);
  err = (struct pal_err){0};
  unit_fails(pal_signers_open("absent", "sign.signers", &signers, &err), PAL_E_INPUT, "no such file", &err);
}
END_TEST

START_TEST(test_signers__too_many_are_a_limit) {
  struct pal_signers *signers = NULL;
  struct pal_buf text;
  pal_buf_init(&text, 2 << 20);
  for (int i = 0; i <= PAL_SIGNERS_MAX; i++)
    pal_buf_puts(&text, "a " KEY "\n");
  unit_fails(parse(text.data, &signers), PAL_E_LIMIT, "more than", &err);
  pal_buf_deinit(&text);
}
END_TEST

Suite *make_crypto_signers_suite(void);
Suite *make_crypto_signers_suite(void) {
  Suite *suite = suite_create("crypto signers");
  TCase *tests = tcase_create("signers");
  tcase_add_checked_fixture(tests, unit_enter_folder, unit_leave_folder);
  tcase_add_checked_fixture(tests, set_up, NULL);
  tcase_add_test(tests, test_signers__file_is_read_line_by_line);
  tcase_add_test(tests, test_signers__empty_file_names_nobody);
  tcase_add_loop_test(tests, test_signers__what_is_refused_is_told_with_its_line, 0, UNIT_N(bad_rows));
  tcase_add_test(tests, test_signers__bytes_that_are_no_text_are_refused);
  tcase_add_test(tests, test_signers__file_that_others_may_write_is_not_believed);
  tcase_add_test(tests, test_signers__too_many_are_a_limit);
  suite_add_tcase(suite, tests);
  return suite;
}
