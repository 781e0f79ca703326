/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "snap.h"
#include "unit.h"

static const struct {
  const char *path;
  enum pal_file_id file;
  const char *tenant, *id;
} good_rows[] = {
    {"format.json", PAL_FILE_FORMAT, "", ""},
    {"findings.json", PAL_FILE_ESTATE_FINDINGS, "", ""},
    {"roles/" OWNER ".json", PAL_FILE_BUILTIN_ROLE, "", OWNER},
    {"inputs/registry.json", PAL_FILE_IN_REGISTRY, "", ""},
    {"inputs/estate.json", PAL_FILE_IN_ESTATE, "", ""},
    {"inputs/waivers.json", PAL_FILE_IN_WAIVERS, "", ""},
    {"inputs/reviews.json", PAL_FILE_IN_REVIEWS, "", ""},
    {"inputs/changes.json", PAL_FILE_IN_CHANGES, "", ""},
    {"inputs/settings.json", PAL_FILE_IN_SETTINGS, "", ""},
    {"inputs/history.json", PAL_FILE_IN_HISTORY, "", ""},
    {TENANT_PATH "tenant.json", PAL_FILE_TENANT, T1, ""},
    {TENANT_PATH "coverage.json", PAL_FILE_COVERAGE, T1, ""},
    {TENANT_PATH "identities/" P1 ".json", PAL_FILE_IDENTITY, T1, P1},
    {TENANT_PATH "access/inherited.json", PAL_FILE_INHERITED, T1, ""},
    {TENANT_PATH "access/inherited-pim.json", PAL_FILE_INHERITED_PIM, T1, ""},
    {TENANT_PATH "access/inherited-deny.json", PAL_FILE_INHERITED_DENY, T1, ""},
    {TENANT_PATH "groups/" P1 ".json", PAL_FILE_GROUP, T1, P1},
    {TENANT_PATH "directory.json", PAL_FILE_DIRECTORY, T1, ""},
    {SUB_PATH "subscription.json", PAL_FILE_SUBSCRIPTION, T1, S1},
    {SUB_PATH "role-assignments.json", PAL_FILE_ASSIGNMENTS, T1, S1},
    {SUB_PATH "pim.json", PAL_FILE_PIM, T1, S1},
    {SUB_PATH "deny-assignments.json", PAL_FILE_DENY, T1, S1},
    {SUB_PATH "usage.json", PAL_FILE_USAGE, T1, S1},
    {TENANT_PATH "delegations.json", PAL_FILE_DELEGATIONS, T1, ""},
    {TENANT_PATH "roles/" OWNER ".json", PAL_FILE_CUSTOM_ROLE, T1, OWNER},
    {TENANT_PATH "findings.json", PAL_FILE_FINDINGS, T1, ""},
    {TENANT_PATH "events.json", PAL_FILE_EVENTS, T1, ""},
};

START_TEST(test_doc_path__row_is_read_and_written_again) {
  struct pal_err err = {0};
  struct pal_doc doc;
  char path[PAL_PATH_MAX];
  unit_ok(pal_doc_parse_path(good_rows[_i].path, &doc, &err), &err);
  ck_assert_int_eq((int)doc.file->id, (int)good_rows[_i].file);
  ck_assert_str_eq(doc.tenant.s, good_rows[_i].tenant);
  ck_assert_str_eq(doc.id.s, good_rows[_i].id);
  pal_doc_path(&doc, path);
  ck_assert_str_eq(path, good_rows[_i].path);
}
END_TEST

START_TEST(test_doc_path__rows_cover_the_table) {
  ck_assert_int_eq(UNIT_N(good_rows), PAL_FILES_N);
}
END_TEST

static const char *const bad_rows[] = {
    "",
    "/",
    "format.json/",
    "/format.json",
    "./format.json",
    "format.jso",
    "format.json ",
    "FORMAT.json",
    "format.json\n",
    ".gitattributes",
    ".gitmodules",
    ".git/config",
    "inputs/.gitattributes",
    "inputs/../format.json",
    "inputs//registry.json",
    "inputs/config.json",
    "roles/.json",
    "roles/owner.json",
    "roles/8E3AF657-a8ff-443c-a75c-2fe8c4bcb635.json",
    "roles/../roles/" OWNER ".json",
    "tenants",
    "tenants/",
    "tenants/11",
    "tenants/11/" T1,
    "tenants/11/" T1 "/",
    "tenants/" T1 "/tenant.json",
    "tenants/22/" T1 "/tenant.json",
    "tenants/1/" T1 "/tenant.json",
    "tenants/111/" T1 "/tenant.json",
    "tenants/../" T1 "/tenant.json",
    "tenants/AA/AAAAAAAA-1111-1111-1111-111111111111/tenant.json",
    "tenants/aa/AAAAAAAA-1111-1111-1111-111111111111/tenant.json",
    TENANT_PATH "tenant.json/tenant.json",
    TENANT_PATH "x/tenant.json",
    TENANT_PATH "../" T1 "/tenant.json",
    TENANT_PATH "TENANT.json",
    TENANT_PATH ".gitattributes",
    TENANT_PATH "identities/" P1,
    TENANT_PATH "identities/" P1 ".json.bak",
    TENANT_PATH "identities/" P1 "0.json",
    TENANT_PATH "identities/{id}.json",
    TENANT_PATH "subscriptions/" S1,
    TENANT_PATH "subscriptions/" S1 "/tenant.json",
    TENANT_PATH "subscriptions/../tenant.json",
    TENANT_PATH "subscriptions/" S1 "/../" S1 "/pim.json",
    "tenants/11/" T1 "\\tenant.json",
};

START_TEST(test_doc_path__trap_is_refused) {
  struct pal_err err = {0};
  struct pal_doc doc;
  unit_fails(pal_doc_parse_path(bad_rows[_i], &doc, &err), PAL_E_VERIFY, "no file of a snapshot", &err);
}
END_TEST

START_TEST(test_doc_path__docs_are_made_once_and_sorted_by_path) {
  struct pal_docs docs;
  pal_docs_init(&docs, snap_arena);
  const struct pal_tenant_id tenant = {T1};
  char id[PAL_GUID_LEN + 1], path[2][PAL_PATH_MAX];
  for (int i = 499; i >= 0; i--) {
    (void)snprintf(id, sizeof id, "99999999-0000-0000-0000-%012d", i * 7919 % 500);
    ck_assert_ptr_nonnull(pal_docs_get(&docs, PAL_FILE_IDENTITY, &tenant, id));
    ck_assert_ptr_eq(pal_docs_get(&docs, PAL_FILE_IDENTITY, &tenant, id),
                     pal_docs_find(&docs, PAL_FILE_IDENTITY, &tenant, id));
  }
  ck_assert_uint_eq(docs.n, 500);
  ck_assert_ptr_null(pal_docs_find(&docs, PAL_FILE_GROUP, &tenant, id));
  ck_assert_ptr_null(pal_docs_find(&docs, PAL_FILE_TENANT, &tenant, NULL));
  pal_docs_sort(&docs);
  for (size_t i = 1; i < docs.n; i++) {
    pal_doc_path(docs.v[i - 1], path[0]);
    pal_doc_path(docs.v[i], path[1]);
    ck_assert_str_lt(path[0], path[1]);
  }
  ck_assert_ptr_nonnull(pal_docs_find(&docs, PAL_FILE_IDENTITY, &tenant, id));
}
END_TEST

START_TEST(test_doc_path__removed_doc_is_gone_and_others_stay) {
  struct pal_docs docs;
  pal_docs_init(&docs, snap_arena);
  const struct pal_tenant_id tenant = {T1};
  struct pal_doc *a = pal_docs_get(&docs, PAL_FILE_TENANT, &tenant, NULL);
  struct pal_doc *b = pal_docs_get(&docs, PAL_FILE_COVERAGE, &tenant, NULL);
  pal_docs_remove(&docs, a);
  ck_assert_ptr_null(pal_docs_find(&docs, PAL_FILE_TENANT, &tenant, NULL));
  ck_assert_ptr_eq(pal_docs_find(&docs, PAL_FILE_COVERAGE, &tenant, NULL), b);
  pal_docs_remove(&docs, a);
  ck_assert_uint_eq(docs.n, 1);
}
END_TEST

Suite *make_snapshot_doc_path_suite(void);
Suite *make_snapshot_doc_path_suite(void) {
  Suite *suite = suite_create("snapshot_doc_path");
  TCase *tcase = tcase_create("paths");
  tcase_add_checked_fixture(tcase, snap_set_up, snap_tear_down);
  tcase_add_loop_test(tcase, test_doc_path__row_is_read_and_written_again, 0, UNIT_N(good_rows));
  tcase_add_test(tcase, test_doc_path__rows_cover_the_table);
  tcase_add_loop_test(tcase, test_doc_path__trap_is_refused, 0, UNIT_N(bad_rows));
  tcase_add_test(tcase, test_doc_path__docs_are_made_once_and_sorted_by_path);
  tcase_add_test(tcase, test_doc_path__removed_doc_is_gone_and_others_stay);
  suite_add_tcase(suite, tcase);
  return suite;
}
