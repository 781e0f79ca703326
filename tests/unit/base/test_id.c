/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_id.h"

#include <string.h>

#include "unit.h"

#define GUID "0f8fad5b-d9cb-469f-a165-70867728950e"
#define GUID_UPPER "0F8FAD5B-D9CB-469F-A165-70867728950E"

static struct pal_arena *arena;

static void set_up(void) {
  arena = pal_arena_new(0);
}

static void tear_down(void) {
  pal_arena_free(arena);
}

static const struct {
  const char *name, *text;
  bool good;
} guid_rows[] = {
    {"lower case", GUID, true},
    {"upper case", GUID_UPPER, true},
    {"empty", "", false},
    {"braces", "{" GUID "}", false},
    {"space before", " " GUID, false},
    {"space after", GUID " ", false},
    {"line feed after", GUID "\n", false},
    {"no dashes", "0f8fad5bd9cb469fa16570867728950e", false},
    {"dash moved", "0f8fad5bd-9cb-469f-a165-70867728950e", false},
    {"letter g", "0g8fad5b-d9cb-469f-a165-70867728950e", false},
    {"one short", "0f8fad5b-d9cb-469f-a165-70867728950", false},
    {"one long", GUID "0", false},
    {"path", "../../../../../../../etc/passwd00000", false},
    {"non-ascii",
     "\xC3\xA9"
     "fad5b0-d9cb-469f-a165-70867728950e",
     false},
};

START_TEST(test_id__guid_row_is_parsed_or_refused) {
  struct pal_err err = {0};
  struct pal_guid guid = {"untouched"};
  struct pal_tenant_id tenant;
  struct pal_object_id object;
  struct pal_subscription_id subscription;
  const char *text = guid_rows[_i].text;
  bool good = guid_rows[_i].good;
  ck_assert_msg((pal_guid_parse(text, &guid, &err) == PAL_OK) == good, "%s", guid_rows[_i].name);
  ck_assert((pal_tenant_id_parse(text, &tenant, &err) == PAL_OK) == good);
  ck_assert((pal_object_id_parse(text, &object, &err) == PAL_OK) == good);
  ck_assert((pal_subscription_id_parse(text, &subscription, &err) == PAL_OK) == good);
  ck_assert_str_eq(guid.s, good ? GUID : "untouched");
  if (!good)
    ck_assert_int_eq(err.code, PAL_E_INPUT);
}
END_TEST

START_TEST(test_id__missing_text_is_named) {
  struct pal_err err = {0};
  struct pal_tenant_id tenant;
  struct pal_partner_id partner;
  unit_fails(pal_tenant_id_parse(NULL, &tenant, &err), PAL_E_INPUT, "tenant id is missing", &err);
  unit_fails(pal_partner_id_parse(NULL, &partner, &err), PAL_E_INPUT, "missing", &err);
  ck_assert_ptr_null(pal_arm_id_dup(arena, NULL, &err));
  ck_assert(!pal_name_valid(NULL));
}
END_TEST

static const struct {
  const char *name, *text;
  bool good;
} role_rows[] = {
    {"bare", GUID_UPPER, true},
    {"subscription", "/subscriptions/" GUID "/providers/Microsoft.Authorization/roleDefinitions/" GUID_UPPER, true},
    {"root", "/providers/Microsoft.Authorization/RoleDefinitions/" GUID, true},
    {"only the segment", "/roledefinitions/" GUID, true},
    {"other type", "/providers/Microsoft.Authorization/roleAssignments/" GUID, false},
    {"longer segment", "/xroleDefinitions/" GUID, false},
    {"no guid", "/providers/Microsoft.Authorization/roleDefinitions/owner", false},
    {"trailing slash", "/roleDefinitions/" GUID "/", false},
    {"short", "/" GUID, false},
    {"relative", "roleDefinitions/" GUID, false},
};

START_TEST(test_id__role_row_is_parsed_or_refused) {
  struct pal_err err = {0};
  struct pal_role_id role = {""};
  bool good = pal_role_id_parse(role_rows[_i].text, &role, &err) == PAL_OK;
  ck_assert_msg(good == role_rows[_i].good, "%s: %s", role_rows[_i].name, err.text);
  ck_assert_str_eq(role.s, good ? GUID : "");
}
END_TEST

static const struct {
  const char *name, *text;
  bool good;
} partner_rows[] = {
    {"seven digits", "1234567", true},
    {"leading zeros", "0001", true},
    {"one digit", "7", true},
    {"twenty digits", "12345678901234567890", true},
    {"twenty-one", "123456789012345678901", false},
    {"empty", "", false},
    {"sign", "+1", false},
    {"negative", "-1", false},
    {"space", "1 ", false},
    {"letters", "12a", false},
    {"line feed", "12\n", false},
    {"arabic digits", "\xD9\xA1", false},
};

START_TEST(test_id__partner_row_is_parsed_or_refused) {
  struct pal_err err = {0};
  struct pal_partner_id partner = {""};
  bool good = pal_partner_id_parse(partner_rows[_i].text, &partner, &err) == PAL_OK;
  ck_assert_msg(good == partner_rows[_i].good, "%s", partner_rows[_i].name);
  ck_assert_str_eq(partner.s, good ? partner_rows[_i].text : "");
}
END_TEST

static const struct {
  const char *name, *text, *id;
} arm_rows[] = {
    {"root", "/", "/"},
    {"lower case", "/Subscriptions/ABC/resourceGroups/My-RG_(1).x", "/subscriptions/abc/resourcegroups/my-rg_(1).x"},
    {"trailing slash", "/a/b/", "/a/b"},
    {"inner space", "/a/b c", "/a/b c"},
    {"dots in a name", "/a/..b/c..", "/a/..b/c.."},
    {"empty", "", NULL},
    {"relative", "subscriptions/a", NULL},
    {"url", "https://management.azure.com/subscriptions/a", NULL},
    {"two slashes", "//", NULL},
    {"two slashes at the end", "/a//", NULL},
    {"empty segment", "/a//b", NULL},
    {"dot segment", "/a/./b", NULL},
    {"dot dot segment", "/a/../b", NULL},
    {"dot dot at the end", "/a/..", NULL},
    {"percent", "/a/%2e%2e/b", NULL},
    {"question mark", "/a?b", NULL},
    {"fragment", "/a#b", NULL},
    {"quotation mark", "/a\"b", NULL},
    {"apostrophe", "/a'b", NULL},
    {"back quote", "/a`b", NULL},
    {"backslash", "/a\\b", NULL},
    {"markup", "/a<b>", NULL},
    {"line feed", "/a\nb", NULL},
    {"tab", "/a\tb", NULL},
    {"delete", "/a\x7F", NULL},
    {"letter of another script", "/A/\xC3\x89", "/a/\xC3\x89"},
    {"broken UTF-8", "/a/\xC3", NULL},
    {"right-to-left override", "/a/\xE2\x80\xAEx", NULL},
    {"zero-width space", "/a/\xE2\x80\x8Bx", NULL},
    {"C1 control", "/a/\xC2\x9Bx", NULL},
};

START_TEST(test_id__arm_row_is_copied_or_refused) {
  struct pal_err err = {0};
  const char *id = pal_arm_id_dup(arena, arm_rows[_i].text, &err);
  if (!arm_rows[_i].id) {
    ck_assert_msg(id == NULL, "%s: %s", arm_rows[_i].name, id);
    ck_assert_int_eq(err.code, PAL_E_INPUT);
    return;
  }
  ck_assert_msg(id && strcmp(id, arm_rows[_i].id) == 0, "%s: %s", arm_rows[_i].name, err.text);
}
END_TEST

START_TEST(test_id__arm_id_at_the_maximum_fits_one_more_does_not) {
  struct pal_err err = {0};
  char text[PAL_ARM_ID_MAX + 2];
  memset(text, 'A', sizeof text);
  text[0] = '/';
  text[PAL_ARM_ID_MAX + 1] = '\0';
  ck_assert_ptr_null(pal_arm_id_dup(arena, text, &err));
  text[PAL_ARM_ID_MAX] = '\0';
  ck_assert_uint_eq(strlen(pal_arm_id_dup(arena, text, &err)), PAL_ARM_ID_MAX);
  struct pal_arena *tiny = pal_arena_new(64);
  ck_assert_ptr_null(pal_arm_id_dup(tiny, text, &err));
  ck_assert_int_eq(err.code, PAL_E_NOMEM);
  pal_arena_free(tiny);
}
END_TEST

START_TEST(test_id__subscription_is_found_only_at_the_beginning) {
  struct pal_subscription_id id;
  ck_assert(pal_arm_id_subscription("/subscriptions/" GUID, &id));
  ck_assert_str_eq(id.s, GUID);
  ck_assert(pal_arm_id_subscription("/subscriptions/" GUID "/resourcegroups/x", &id));
  ck_assert(!pal_arm_id_subscription("/", &id));
  ck_assert(!pal_arm_id_subscription("/subscriptions/" GUID "x", &id));
  ck_assert(!pal_arm_id_subscription("/subscriptions", &id));
  ck_assert(!pal_arm_id_subscription("/providers/x/subscriptions/" GUID, &id));
}
END_TEST

START_TEST(test_id__within_respects_segments) {
  ck_assert(pal_arm_id_within("/a/b", "/a/b"));
  ck_assert(pal_arm_id_within("/a/b/c", "/a/b"));
  ck_assert(pal_arm_id_within("/a/b", "/"));
  ck_assert(pal_arm_id_within("/", "/"));
  ck_assert(!pal_arm_id_within("/a/bc", "/a/b"));
  ck_assert(!pal_arm_id_within("/a", "/a/b"));
  ck_assert(!pal_arm_id_within("/", "/a"));
}
END_TEST

START_TEST(test_id__names_are_short_and_plain) {
  char longest[PAL_NAME_MAX + 2];
  memset(longest, 'a', sizeof longest);
  longest[PAL_NAME_MAX + 1] = '\0';
  ck_assert(!pal_name_valid(longest));
  longest[PAL_NAME_MAX] = '\0';
  ck_assert(pal_name_valid(longest));
  ck_assert(pal_name_valid("a"));
  ck_assert(pal_name_valid("0-a-9"));
  ck_assert(!pal_name_valid(""));
  ck_assert(!pal_name_valid("-a"));
  ck_assert(!pal_name_valid("A"));
  ck_assert(!pal_name_valid("a_b"));
  ck_assert(!pal_name_valid("a/b"));
  ck_assert(!pal_name_valid("a "));
}
END_TEST

Suite *make_base_id_suite(void);
Suite *make_base_id_suite(void) {
  Suite *suite = suite_create("base/id");
  TCase *tcase = tcase_create("id");
  tcase_add_checked_fixture(tcase, set_up, tear_down);
  tcase_add_loop_test(tcase, test_id__guid_row_is_parsed_or_refused, 0, UNIT_N(guid_rows));
  tcase_add_test(tcase, test_id__missing_text_is_named);
  tcase_add_loop_test(tcase, test_id__role_row_is_parsed_or_refused, 0, UNIT_N(role_rows));
  tcase_add_loop_test(tcase, test_id__partner_row_is_parsed_or_refused, 0, UNIT_N(partner_rows));
  tcase_add_loop_test(tcase, test_id__arm_row_is_copied_or_refused, 0, UNIT_N(arm_rows));
  tcase_add_test(tcase, test_id__arm_id_at_the_maximum_fits_one_more_does_not);
  tcase_add_test(tcase, test_id__subscription_is_found_only_at_the_beginning);
  tcase_add_test(tcase, test_id__within_respects_segments);
  tcase_add_test(tcase, test_id__names_are_short_and_plain);
  suite_add_tcase(suite, tcase);
  return suite;
}
