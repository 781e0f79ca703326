/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "pal_mail.h"
#include "unit.h"

static struct pal_err err;
static const char *to[] = {"night@contoso.example"};
static const char *many[PAL_MAIL_RECIPIENTS_MAX + 1];

static struct pal_mail good(void) {
  return (struct pal_mail){
      .server = "smtp://mail.contoso.example:587", .from = "palscan@contoso.example", .to = to, .to_n = 1};
}

static void set_up(void) {
  err = (struct pal_err){0};
}

static const char *const addresses[] = {
    "night@contoso.example", "first.last+pal@a-b.example", "x@localhost", "o'neil_{x}@sub.contoso.example",
    "1@1.example",
};

START_TEST(test_mail__address_is_taken) {
  struct pal_mail mail = good();
  mail.from = addresses[_i];
  mail.to = &addresses[_i];
  unit_ok(pal_mail_check(&mail, &err), &err);
}
END_TEST

static const char *const no_addresses[] = {
    "",
    "night",
    "@contoso.example",
    "night@",
    "night@.example",
    "night@contoso.",
    "night@contoso..example",
    "night@-contoso.example",
    "night@contoso-.example",
    ".night@contoso.example",
    "night.@contoso.example",
    "ni..ght@contoso.example",
    "-f@contoso.example",
    "a@b@contoso.example",
    "night@contoso.example\r\nBcc: all@contoso.example",
    "night@contoso.example\nRCPT TO:<all@contoso.example>",
    "night@contoso.example> SIZE=1",
    "night@contoso.example,all@contoso.example",
    "Night <night@contoso.example>",
    "\"night shift\"@contoso.example",
    "ni ght@contoso.example",
    "night\t@contoso.example",
    "n\xC3\xA4ht@contoso.example",
    "night@[127.0.0.1]",
    "night@contoso.example:25",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aaaa"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aaaa"
    "aaaaaaaaaa@contoso.example",
};

START_TEST(test_mail__what_is_no_address_is_refused) {
  struct pal_mail mail = good();
  mail.from = no_addresses[_i];
  unit_fails(pal_mail_check(&mail, &err), PAL_E_CONFIG, "from: ", &err);
  mail = good();
  mail.to = &no_addresses[_i];
  err = (struct pal_err){0};
  unit_fails(pal_mail_check(&mail, &err), PAL_E_CONFIG, "to: ", &err);
  err = (struct pal_err){0};
  unit_fails(pal_mail_send(&mail, &err), PAL_E_CONFIG, "to: ", &err);
}
END_TEST

static const char *const servers[] = {
    "smtp://mail.contoso.example",
    "smtp://mail.contoso.example:25",
    "smtps://10.0.0.1:465",
    "smtp://localhost:65535",
};

START_TEST(test_mail__server_is_taken) {
  struct pal_mail mail = good();
  mail.server = servers[_i];
  unit_ok(pal_mail_check(&mail, &err), &err);
}
END_TEST

static const char *const no_servers[] = {
    "",
    "mail.contoso.example",
    "http://mail.contoso.example",
    "SMTP://mail.contoso.example",
    "smtp://",
    "smtp://:25",
    "smtp://user:pw@mail.contoso.example",
    "smtp://mail.contoso.example/name",
    "smtp://mail.contoso.example:",
    "smtp://mail.contoso.example:0",
    "smtp://mail.contoso.example:025",
    "smtp://mail.contoso.example:65536",
    "smtp://mail.contoso.example:25x",
    "smtp://mail.contoso.example\r\nQUIT",
    "smtp://mail.contoso.example?x",
    "smtp://mail.contoso.example#x",
    "smtp://[::1]",
};

START_TEST(test_mail__what_is_no_server_is_refused) {
  struct pal_mail mail = good();
  mail.server = no_servers[_i];
  unit_fails(pal_mail_check(&mail, &err), PAL_E_CONFIG, "server: ", &err);
}
END_TEST

START_TEST(test_mail__recipients_are_bounded) {
  struct pal_mail mail = good();
  mail.to_n = 0;
  unit_fails(pal_mail_check(&mail, &err), PAL_E_CONFIG, "to: not between", &err);
  for (size_t i = 0; i <= PAL_MAIL_RECIPIENTS_MAX; i++)
    many[i] = to[0];
  mail.to = many;
  mail.to_n = PAL_MAIL_RECIPIENTS_MAX;
  unit_ok(pal_mail_check(&mail, &err), &err);
  mail.to_n++;
  err = (struct pal_err){0};
  unit_fails(pal_mail_check(&mail, &err), PAL_E_CONFIG, "to: not between", &err);
}
END_TEST

START_TEST(test_mail__user_and_password_go_together) {
  struct pal_mail mail = good();
  mail.user = "night";
  unit_fails(pal_mail_check(&mail, &err), PAL_E_CONFIG, "go together", &err);
  mail.password = "canary-password";
  unit_ok(pal_mail_check(&mail, &err), &err);
  mail.user = "night\r\nX";
  err = (struct pal_err){0};
  unit_fails(pal_mail_check(&mail, &err), PAL_E_CONFIG, "user: ", &err);
}
END_TEST

Suite *make_net_mail_suite(void);
Suite *make_net_mail_suite(void) {
  Suite *suite = suite_create("net/mail");
  TCase *tcase = tcase_create("mail");
  tcase_add_checked_fixture(tcase, set_up, NULL);
  tcase_add_loop_test(tcase, test_mail__address_is_taken, 0, UNIT_N(addresses));
  tcase_add_loop_test(tcase, test_mail__what_is_no_address_is_refused, 0, UNIT_N(no_addresses));
  tcase_add_loop_test(tcase, test_mail__server_is_taken, 0, UNIT_N(servers));
  tcase_add_loop_test(tcase, test_mail__what_is_no_server_is_refused, 0, UNIT_N(no_servers));
  tcase_add_test(tcase, test_mail__recipients_are_bounded);
  tcase_add_test(tcase, test_mail__user_and_password_go_together);
  suite_add_tcase(suite, tcase);
  return suite;
}
