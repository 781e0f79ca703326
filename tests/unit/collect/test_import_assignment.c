/* SPDX-License-Identifier: Apache-2.0 */
/* test_import_assignment.c - lists of role assignments in the shapes people get them in, and whose rows count. */
#include <stdio.h>
#include <string.h>

#include "pal_import.h"
#include "pal_record.h"
#include "unit.h"

#define DATA PAL_SOURCE_DIR "/tests/data/import/"
#define TENANT "72f988bf-86f1-41af-91ab-2d7cd011db47"
#define OBJECT "ac9a0626-3ff0-46e2-9974-bbfba246f6dc"
#define OTHER "ac9a0626-3ff0-46e2-9974-bbfba246f6dd"
#define DATE "2018-08-01T00:00:00Z"
#define NONCE "00112233445566778899aabbccddeeff"
#define SUB "5a1b2c3d-0000-4000-8000-000000000001"
#define NAME "d1a1b1c1-0000-4000-8000-000000000001"
#define NAME2 "d1a1b1c1-0000-4000-8000-000000000002"
#define ROLE "b24988ac-6180-42a0-ab88-20f7382dd24c"
#define SCOPE "/subscriptions/" SUB
#define TYPE "/providers/Microsoft.Authorization/roleAssignments/"

static struct pal_arena *arena;
static struct pal_err err;
static struct pal_declarations all;
static struct pal_import_hints hints;

static void set_up(void) {
  arena = pal_arena_new(0);
  err = (struct pal_err){0};
  all = (struct pal_declarations){0};
  hints = (struct pal_import_hints){.identity = "anna", .tenant = TENANT, .date = DATE};
}

static void tear_down(void) {
  pal_arena_free(arena);
}

static enum pal_code parse(const char *text) {
  return pal_import_parse(arena, text, strlen(text), "f.json", &hints, &all, &err);
}

static const char *told(size_t i, int field) {
  return pal_get_text(all.v[0].assignments.v[i], field);
}

/* --- shapes --- */

static const struct shape {
  const char *file, *role_name, *created; /* NULL: not told */
} shapes[] = {
    {"role-az.json", "Contributor", "2018-02-21T20:07:21.134129Z"},
    {"role-az-single.json", "Contributor", "2018-02-21T20:07:21.134129Z"},
    {"role-service.json", NULL, "2018-02-21T20:07:21.134129Z"},
    {"role-powershell.json", "Contributor", NULL},
    {"role-powershell-name.json", "Contributor", NULL},
};

START_TEST(test_import__shape_of_assignments_is_read) {
  const struct shape *shape = &shapes[_i];
  char path[512];
  (void)snprintf(path, sizeof path, DATA "%s", shape->file);
  unit_ok(pal_import_read(arena, path, &hints, &all, &err), &err);
  ck_assert_uint_eq(all.n, 1);
  const struct pal_declaration *d = &all.v[0];
  ck_assert(d->link_untold && d->tells_assignments);
  ck_assert_ptr_null(d->link);
  ck_assert_str_eq(d->object.s, OBJECT);
  ck_assert_str_eq(d->tenant.s, TENANT);
  ck_assert_str_eq(d->date, DATE);
  ck_assert_uint_eq(d->assignments.n, 1);
  ck_assert_uint_eq(d->others, 0);
  ck_assert_str_eq(told(0, PAL_DECLARED_ASSIGNMENT_ID),
                   "/subscriptions/" SUB
                   "/resourcegroups/shop-rg/providers/microsoft.authorization/roleassignments/" NAME);
  ck_assert_str_eq(told(0, PAL_DECLARED_ASSIGNMENT_SCOPE), "/subscriptions/" SUB "/resourcegroups/shop-rg");
  ck_assert_str_eq(told(0, PAL_DECLARED_ASSIGNMENT_ROLE_ID), ROLE);
  ck_assert_str_eq(told(0, PAL_DECLARED_ASSIGNMENT_PRINCIPAL_TYPE), "User");
  ck_assert_pstr_eq(told(0, PAL_DECLARED_ASSIGNMENT_ROLE_NAME), shape->role_name);
  ck_assert_pstr_eq(told(0, PAL_DECLARED_ASSIGNMENT_CREATED_ON), shape->created);
  ck_assert_ptr_null(told(0, PAL_DECLARED_ASSIGNMENT_CONDITION));
}
END_TEST

/* --- whose they are --- */

#define ROW_OF(who, name, more)                                                                                      \
  "{\"id\":\"" SCOPE TYPE name "\",\"principalId\":\"" who "\",\"roleDefinitionId\":\"" ROLE "\",\"scope\":\"" SCOPE \
  "\"" more "}"
#define LINK "{\"partnerId\":\"7\",\"tenantId\":\"" TENANT "\",\"objectId\":\"" OBJECT "\"}"

START_TEST(test_import__rows_of_others_are_left_out_and_counted) {
  static const char list[] = "[" ROW_OF(OTHER, NAME, "") "," ROW_OF(OBJECT, NAME2, "") "]";
  unit_fails(parse(list), PAL_E_USAGE, "tells of several principals: give --object", &err);
  hints.object = OBJECT;
  unit_ok(parse(list), &err);
  ck_assert_uint_eq(all.v[0].assignments.n, 1);
  ck_assert_uint_eq(all.v[0].others, 1);
  ck_assert_str_eq(told(0, PAL_DECLARED_ASSIGNMENT_ID),
                   SCOPE "/providers/microsoft.authorization/roleassignments/" NAME2);
}
END_TEST

/* Not even their ids are looked at: no row of somebody else refuses the file. */
START_TEST(test_import__rows_of_others_are_not_read) {
  hints.object = OBJECT;
  unit_ok(parse("[{\"principalId\":\"" OTHER "\",\"roleDefinitionId\":7}," ROW_OF(OBJECT, NAME, "") "]"), &err);
  ck_assert_uint_eq(all.v[0].others, 1);
}
END_TEST

START_TEST(test_import__link_beside_it_says_whose_they_are) {
  unit_ok(parse(LINK), &err);
  unit_ok(parse("[" ROW_OF(OTHER, NAME, "") "," ROW_OF(OBJECT, NAME2, "") "]"), &err);
  ck_assert_uint_eq(all.n, 2);
  ck_assert_str_eq(all.v[1].object.s, OBJECT);
  ck_assert_uint_eq(all.v[1].assignments.n, 1);
  unit_fails(parse("[" ROW_OF(OBJECT, NAME, "") "]"), PAL_E_INPUT, "speaks of identity anna in tenant " TENANT " too",
             &err);
}
END_TEST

START_TEST(test_import__same_row_twice_is_one) {
  unit_ok(parse("[" ROW_OF(OBJECT, NAME, "") "," ROW_OF(OBJECT, NAME, "") "]"), &err);
  ck_assert_uint_eq(all.v[0].assignments.n, 1);
}
END_TEST

START_TEST(test_import__so_many_and_no_more) {
  struct pal_buf text;
  pal_buf_init(&text, PAL_IMPORT_BYTES_MAX);
  for (int i = 0; i <= PAL_DECLARED_ASSIGNMENTS_MAX; i++)
    pal_buf_printf(&text,
                   "%s{\"id\":\"" SCOPE TYPE "d1a1b1c1-0000-4000-8000-%012d\",\"principalId\":\"" OBJECT
                   "\",\"roleDefinitionId\":\"" ROLE "\",\"scope\":\"" SCOPE "\"}",
                   i == 0 ? "[" : ",", i);
  pal_buf_putc(&text, ']');
  ck_assert_int_eq(text.bad, PAL_OK);
  unit_fails(parse(text.data), PAL_E_INPUT, "at $[20000]: is one too many", &err);
  pal_buf_deinit(&text);
}
END_TEST

/* --- what is refused --- */

#define ROW(name, value)                                                                         \
  "[{\"id\":\"" SCOPE TYPE NAME "\",\"principalId\":\"" OBJECT "\",\"roleDefinitionId\":\"" ROLE \
  "\",\"scope\":\"" SCOPE "\",\"" name "\":" value "}]"

static const struct wrong {
  const char *text, *part;
} wrongs[] = {
    {"[{\"principalId\":\"anna\",\"roleDefinitionId\":\"" ROLE "\"}]", "at $[0].principalId: is no GUID"},
    {"[{\"principalId\":\"" OBJECT "\",\"roleDefinitionId\":\"" ROLE "\"}]", "at $[0]: lacks scope"},
    {"[{\"principalId\":\"" OBJECT "\",\"roleDefinitionId\":\"" ROLE "\",\"scope\":\"" SCOPE "\"}]",
     "at $[0]: lacks the id of the role assignment"},
    {"[{\"principalId\":\"" OBJECT "\",\"roleDefinitionId\":\"" ROLE "\",\"scope\":\"" SCOPE
     "\",\"RoleAssignmentName\":\"../x\"}]",
     "at $[0].RoleAssignmentName: lacks the id"},
    {"[{\"id\":\"" SCOPE TYPE NAME "\",\"principalId\":\"" OBJECT "\",\"roleDefinitionId\":\"Owner\",\"scope\":\"" SCOPE
     "\"}]",
     "at $[0].roleDefinitionId: is no id of a role"},
    {"[{\"id\":\"" SCOPE "/../x" TYPE NAME "\",\"principalId\":\"" OBJECT "\",\"roleDefinitionId\":\"" ROLE
     "\",\"scope\":\"" SCOPE "\"}]",
     "at $[0].id: "},
    {"[{\"id\":\"" SCOPE TYPE NAME "\",\"principalId\":\"" OBJECT "\",\"roleDefinitionId\":\"" ROLE
     "\",\"scope\":\"/subscriptions/" OTHER "\"}]",
     "at $[0].id: is no id of a role assignment on its scope"},
    {"[{\"id\":\"" SCOPE TYPE "x\",\"principalId\":\"" OBJECT "\",\"roleDefinitionId\":\"" ROLE "\",\"scope\":\"" SCOPE
     "\"}]",
     "at $[0].id: is no id of a role assignment on its scope"},
    {ROW("createdOn", "\"yesterday\""), "at $[0].createdOn: is no instant"},
    {ROW("createdOn", "\"2018-08-02T00:00:00Z\""), "was made on 2018-08-02, after the day of the declaration"},
    {ROW("principalType", "7"), "at $[0].principalType: must be a text"},
    {ROW("principalType", "\"Group\""), "at $[0].principalType: is that of a group: give --object"},
    {"[" ROW_OF(OBJECT, NAME, "") "," LINK "]", "at $[1]: is no role assignment"},
    {"[" ROW_OF(OBJECT, NAME, "") "," ROW_OF(OBJECT, NAME, ",\"condition\":\"c\"") "]",
     "tells a role assignment twice"},
    {"[{\"cloudName\":\"AzureCloud\",\"homeTenantId\":\"" TENANT "\",\"id\":\"" SUB
     "\",\"isDefault\":true,\"state\":\"Enabled\",\"tenantId\":\"" TENANT "\"}]",
     "at $[0]: is a subscription, which nobody declares"},
    {"{\"Id\":\"" SUB "\",\"HomeTenantId\":\"" TENANT "\",\"TenantId\":\"" TENANT "\"}", "is a subscription"},
};

START_TEST(test_import__wrong_list_is_refused_with_its_place) {
  unit_fails(parse(wrongs[_i].text), PAL_E_INPUT, wrongs[_i].part, &err);
  ck_assert_uint_eq(all.n, 0);
}
END_TEST

START_TEST(test_import__list_of_others_alone_is_refused) {
  hints.object = OTHER;
  unit_fails(parse("[" ROW_OF(OBJECT, NAME, "") "]"), PAL_E_INPUT,
             "tells nothing of object " OTHER ", only of others: 1 role assignments", &err);
}
END_TEST

START_TEST(test_import__texts_have_a_bound) {
  char text[2048];
  (void)snprintf(text, sizeof text,
                 "[{\"id\":\"" SCOPE TYPE NAME "\",\"principalId\":\"" OBJECT "\",\"roleDefinitionId\":\"" ROLE
                 "\",\"scope\":\"" SCOPE "\",\"roleDefinitionName\":\"%0*d\"}]",
                 513, 0);
  unit_fails(parse(text), PAL_E_INPUT, "at $[0].roleDefinitionName: ", &err);
}
END_TEST

/* --- the collector's file --- */

#define COLLECTED(more)                                                         \
  "{\"format\":\"palscan-declaration\",\"version\":1,\"nonce\":\"" NONCE        \
  "\",\"identity\":\"anna\",\"tenantId\":\"" TENANT "\",\"objectId\":\"" OBJECT \
  "\",\"date\":\"2018-08-01T10:00:00Z\",\"link\":null" more "}"

START_TEST(test_import__collected_lists_are_one) {
  hints = (struct pal_import_hints){0};
  unit_ok(parse(COLLECTED(",\"roleAssignments\":[[" ROW_OF(OBJECT, NAME, "") "],[],[" ROW_OF(
              OBJECT, NAME, "") "," ROW_OF(OBJECT, NAME2, "") "," ROW_OF(OTHER, NAME2, "") "]]")),
          &err);
  const struct pal_declaration *d = &all.v[0];
  ck_assert(!d->link_untold && d->tells_assignments);
  ck_assert_uint_eq(d->assignments.n, 2);
  ck_assert_uint_eq(d->others, 1);
  ck_assert_ptr_null(d->unlisted);
}
END_TEST

START_TEST(test_import__collected_link_counts_without_a_list) {
  hints = (struct pal_import_hints){0};
  unit_ok(parse(COLLECTED("")), &err);
  ck_assert(!all.v[0].tells_assignments);
  all = (struct pal_declarations){0};
  unit_ok(parse(COLLECTED(",\"roleAssignments\":null,\"roleAssignmentsError\":\"Forbidden\"")), &err);
  ck_assert(!all.v[0].tells_assignments && !all.v[0].link_untold);
  ck_assert_str_eq(all.v[0].unlisted, "Forbidden");
  all = (struct pal_declarations){0};
  unit_ok(parse(COLLECTED(",\"roleAssignments\":[]")), &err);
  ck_assert(all.v[0].tells_assignments);
}
END_TEST

static const struct wrong collected_wrongs[] = {
    {COLLECTED(",\"roleAssignments\":{}"), "at $.roleAssignments: must be a list"},
    {COLLECTED(",\"roleAssignments\":[],\"roleAssignmentsError\":\"x\""),
     "at $.roleAssignments: stands beside an error"},
    {COLLECTED(",\"roleAssignments\":[[[]]]"), "at $.roleAssignments[0][0]: is no role assignment"},
    {COLLECTED(",\"roleAssignments\":[7]"), "at $.roleAssignments[0]: is no role assignment"},
    {COLLECTED(",\"roleAssignmentsError\":7"), "at $.roleAssignmentsError: must be a text"},
};

START_TEST(test_import__wrong_collected_list_is_refused) {
  hints = (struct pal_import_hints){0};
  unit_fails(parse(collected_wrongs[_i].text), PAL_E_INPUT, collected_wrongs[_i].part, &err);
}
END_TEST

Suite *make_collect_import_assignment_suite(void);
Suite *make_collect_import_assignment_suite(void) {
  Suite *suite = suite_create("collect/import_assignment");
  TCase *tc = tcase_create("import_assignment");
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_loop_test(tc, test_import__shape_of_assignments_is_read, 0, UNIT_N(shapes));
  tcase_add_test(tc, test_import__rows_of_others_are_left_out_and_counted);
  tcase_add_test(tc, test_import__rows_of_others_are_not_read);
  tcase_add_test(tc, test_import__link_beside_it_says_whose_they_are);
  tcase_add_test(tc, test_import__same_row_twice_is_one);
  tcase_add_test(tc, test_import__so_many_and_no_more);
  tcase_add_loop_test(tc, test_import__wrong_list_is_refused_with_its_place, 0, UNIT_N(wrongs));
  tcase_add_test(tc, test_import__list_of_others_alone_is_refused);
  tcase_add_test(tc, test_import__texts_have_a_bound);
  tcase_add_test(tc, test_import__collected_lists_are_one);
  tcase_add_test(tc, test_import__collected_link_counts_without_a_list);
  tcase_add_loop_test(tc, test_import__wrong_collected_list_is_refused, 0, UNIT_N(collected_wrongs));
  suite_add_tcase(suite, tc);
  return suite;
}
