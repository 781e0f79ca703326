/* SPDX-License-Identifier: Apache-2.0 */
/* test_doctor.c - the formats of a check-up: bounded, escaped, and complete for machines. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden.h"
#include "pal_doctor.h"
#include "pal_text.h"
#include "unit.h"

#define TENANT1 "11111111-1111-4111-8111-111111111111"
#define TENANT2 "22222222-2222-4222-8222-222222222222"
#define TENANT3 "33333333-3333-4333-8333-333333333333"
#define OBJECT "44444444-4444-4444-8444-444444444444"
#define SUB(N) "5555555" #N "-5555-4555-8555-555555555555"
#define GIVE(N)                                                                                                    \
  "az role assignment create --assignee-object-id " OBJECT " --assignee-principal-type ServicePrincipal --role \"" \
  "Cost Management Reader\" --scope /subscriptions/" SUB(N)
#define SIGN_IN "az login --tenant " TENANT1 " --allow-no-subscriptions"

#define TEXTS(...) \
  { (const char *[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *) }

/* One of each: something missing with commands for many units, a lack another identity makes up for, one who sees
 * nothing, a refused token. */
static struct pal_lack lacks[] = {
    {.areas = TEXTS("usage"),
     .code = "401 RBACAccessDenied",
     .meaning = "the identity may not read costs",
     .remedy = "give it Cost Management Reader on the subscription, or accept the gap",
     .right = "Cost Management Reader",
     .tenant_id = TENANT1,
     .units = TEXTS(SUB(1), SUB(2), SUB(3), SUB(4), SUB(5), SUB(6), SUB(7)),
     .commands = TEXTS(SIGN_IN, GIVE(1), GIVE(2), GIVE(3), GIVE(4), GIVE(5), GIVE(6), GIVE(7))},
    {.areas = TEXTS("role-assignments", "pim"),
     .code = "418 \x1b[2JTeapot",
     .tenant_id = TENANT1,
     .units = TEXTS(SUB(1))},
    {.areas = TEXTS("groups"),
     .code = "403 Authorization_RequestDenied",
     .right = "GroupMember.Read.All",
     .tenant_id = TENANT2,
     .units = TEXTS(OBJECT),
     .elsewhere = true},
    {.areas = TEXTS("token"),
     .code = "AADSTS700016",
     .meaning = "the application is not known in this tenant",
     .remedy = "have an administrator of the tenant consent to the application",
     .right = "consent to application " OBJECT " by an administrator of tenant " TENANT3,
     .portal = "https://login.microsoftonline.com/" TENANT3 "/adminconsent?client_id=" OBJECT,
     .tenant_id = TENANT3,
     .commands = TEXTS("az ad sp create --id " OBJECT)},
};
static struct pal_checkup checks[] = {
    {.identity = "anna",
     .tenant_id = TENANT1,
     .tenant_name = "Fabri\x1b]0;kam",
     .object_id = OBJECT,
     .signed_in = true,
     .listed = true,
     .link = PAL_LINK_THERE,
     .partner_id = "2000001",
     .link_state = "Active",
     .own = 7,
     .delegated = 1,
     .lacks = lacks,
     .lacks_n = 2,
     .requests = 70,
     .costs = 21},
    {.identity = "anna",
     .tenant_id = TENANT2,
     .object_id = OBJECT,
     .signed_in = true,
     .listed = true,
     .link = PAL_LINK_THERE,
     .partner_id = "2000001",
     .link_state = "Deleted",
     .own = 1,
     .lacks = &lacks[2],
     .lacks_n = 1,
     .requests = 9},
    {.identity = "provider-automation",
     .tenant_id = TENANT1,
     .object_id = OBJECT,
     .signed_in = true,
     .listed = true,
     .link = PAL_LINK_NONE,
     .if_none = GIVE(1),
     .requests = 4},
    {.identity = "provider-automation",
     .tenant_id = TENANT3,
     .tenant_name = "Tailspin",
     .link = PAL_LINK_NOT_READ,
     .lacks = &lacks[3],
     .lacks_n = 1,
     .requests = 1},
};
static const struct pal_doctor sick = {.started = "2026-11-20T02:00:00Z",
                                       .checks = checks,
                                       .checks_n = sizeof checks / sizeof checks[0],
                                       .clock_known = true,
                                       .ahead_s = -431,
                                       .requests = 84,
                                       .minutes = 3,
                                       .slowest = TENANT1,
                                       .again = "palscan doctor --tenant ID, when something was done",
                                       .apart = "palscan doctor --identity NAME",
                                       .scan = "palscan scan"};

static void print(struct golden *golden, const struct pal_doctor *doctor, const char *format, int width) {
  const struct pal_style style = {.width = width};
  struct pal_err err = {0};
  golden_open(golden);
  unit_ok(pal_doctor_print(doctor, format, &style, golden->file, &err), &err);
  (void)golden_text(golden);
}

START_TEST(test_doctor__output_is_as_seen) {
  static const struct {
    const char *golden, *format;
    int width;
  } outputs[] = {{"doctor.txt", "text", 0},
                 {"doctor-80.txt", "text", 80},
                 {"doctor-40.txt", "text", 40},
                 {"doctor.json", "json", 0},
                 {"doctor.csv", "csv", 0}};
  const struct pal_doctor doctor = sick;
  struct golden golden;
  print(&golden, &doctor, outputs[_i].format, outputs[_i].width);
  golden_compare(outputs[_i].golden, golden.text, golden.len);
  ck_assert_ptr_null(strchr(golden.text, '\x1b'));
  golden_free(&golden);
}
END_TEST

/* Ids and what a command says of them are never cut: only a line that opens with one may be longer. */
START_TEST(test_doctor__lines_fit_unless_they_hold_what_cannot_be_broken) {
  const struct pal_doctor doctor = sick;
  struct golden golden;
  print(&golden, &doctor, "text", 80);
  for (const char *line = golden.text; *line; line += strcspn(line, "\n") + 1) {
    size_t len = strcspn(line, "\n");
    size_t word = strspn(line, " ") + strcspn(line + strspn(line, " "), " \n");
    bool option = strncmp(line + strspn(line, " "), "--scope ", 8) == 0;
    ck_assert_msg(pal_term_width(line, len) <= 80 || word >= len || option, "too long: %.*s", (int)len, line);
  }
  golden_free(&golden);
}
END_TEST

START_TEST(test_doctor__clock_within_five_minutes_is_well) {
  struct pal_doctor doctor = sick;
  ck_assert(pal_doctor_clock_is_off(&doctor));
  doctor.ahead_s = PAL_CLOCK_LIMIT_S;
  ck_assert(!pal_doctor_clock_is_off(&doctor));
  doctor.ahead_s = PAL_CLOCK_LIMIT_S + 1;
  ck_assert(pal_doctor_clock_is_off(&doctor));
  doctor.clock_known = false;
  ck_assert(!pal_doctor_clock_is_off(&doctor));
}
END_TEST

START_TEST(test_doctor__what_another_identity_reads_is_not_lacking) {
  const struct pal_doctor doctor = sick;
  ck_assert(pal_checkup_lacks(&doctor.checks[0]));
  ck_assert(!pal_checkup_lacks(&doctor.checks[1]));
  ck_assert(!pal_checkup_lacks(&doctor.checks[2]));
}
END_TEST

START_TEST(test_doctor__unknown_format_is_refused) {
  const struct pal_doctor doctor = sick;
  struct pal_err err = {0};
  ck_assert_int_eq(pal_doctor_print(&doctor, "html", NULL, stdout, &err), PAL_E_USAGE);
}
END_TEST

Suite *make_report_doctor_suite(void);
Suite *make_report_doctor_suite(void) {
  Suite *suite = suite_create("report_doctor");
  TCase *tcase = tcase_create("doctor");
  tcase_add_loop_test(tcase, test_doctor__output_is_as_seen, 0, 5);
  tcase_add_test(tcase, test_doctor__lines_fit_unless_they_hold_what_cannot_be_broken);
  tcase_add_test(tcase, test_doctor__clock_within_five_minutes_is_well);
  tcase_add_test(tcase, test_doctor__what_another_identity_reads_is_not_lacking);
  tcase_add_test(tcase, test_doctor__unknown_format_is_refused);
  suite_add_tcase(suite, tcase);
  return suite;
}
