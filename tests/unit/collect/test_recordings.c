/* SPDX-License-Identifier: Apache-2.0 */
/* test_recordings.c - scans of recordings: links as the real service answered them, and the demo estate. */
#include <string.h>

#include "collect/scan.h"
#include "pal_log.h"
#include "unit.h"

#define DATA PAL_SOURCE_DIR "/tests/data/recordings/"
#define TENANT "1b1121dd-6900-412a-af73-e8d44f81e1c1"
#define OBJECT "aa67f786-0552-423e-8849-244ed12bf581"

static struct pal_arena *arena;
static struct scan scan;

static void set_up(void) {
  arena = pal_arena_new(0);
  pal_log_set_level(PAL_LOG_ERROR);
}

static void tear_down(void) {
  pal_arena_free(arena);
}

static const struct {
  const char *name, *tenant, *object, *partner, *partner_name;
  int version;
} rows[] = {
    {"azure-cli-create-scan-1", TENANT, OBJECT, "123456", NULL, 57},
    {"azure-cli-delete-scan-1", TENANT, OBJECT, "123456", NULL, 59},
    {"azure-cli-show-scan-1", TENANT, OBJECT, "123456", NULL, 61},
    {"azure-cli-update-scan-1", TENANT, OBJECT, "123456", NULL, 63},
    {"azure-cli-update-scan-2", TENANT, OBJECT, "123457", NULL, 64},
    {"azure-powershell-remove-scan-1", "72f988bf-86f1-41af-91ab-2d7cd011db47", "ac9a0626-3ff0-46e2-9974-bbfba246f6dc",
     "5127255", "Test_Test_DhirajTesting", 18},
    {"azure-powershell-update-scan-1", "72f988bf-86f1-41af-91ab-2d7cd011db47", "ac9a0626-3ff0-46e2-9974-bbfba246f6dc",
     "5127255", "Test_Test_DhirajTesting", 20},
    {"azure-powershell-update-scan-2", "72f988bf-86f1-41af-91ab-2d7cd011db47", "ac9a0626-3ff0-46e2-9974-bbfba246f6dc",
     "5127254", "Test_Test_DhirajTesting", 21},
    {"azure-sdk-for-net-create-scan-1", TENANT, "2119ba66-2042-49a1-bc31-940691d21bf4", "123457", NULL, 15},
    {"azure-sdk-for-net-update-scan-1", TENANT, "2119ba66-2042-49a1-bc31-940691d21bf4", "123457", NULL, 15},
    {"published-example-scan-1", TENANT, OBJECT, "123456", "Test_jefl", 3},
};

static const struct pal_record *identity_of(const struct pal_observation *observation, const char *object) {
  const struct pal_doc *doc = pal_docs_find(&observation->docs, PAL_FILE_IDENTITY, &observation->tenant, object);
  ck_assert_msg(doc != NULL && doc->records.n == 1, "no identity %s", object);
  return doc->records.v[0];
}

START_TEST(test_recordings__link_of_the_real_service_is_read) {
  scan_run(&scan, arena, pal_arena_printf(arena, DATA "%s", rows[_i].name), NULL, 0, NULL);
  ck_assert_msg(scan.code == PAL_OK, "%s: %s", rows[_i].name, scan.err.text);
  ck_assert_uint_eq(scan.n, 1);
  ck_assert_str_eq(scan.v[0]->tenant.s, rows[_i].tenant);
  const struct pal_record *identity = identity_of(scan.v[0], rows[_i].object),
                          *link = pal_get_record(identity, PAL_IDENTITY_LINK);
  ck_assert_ptr_nonnull(link);
  ck_assert_str_eq(pal_get_text(identity, PAL_IDENTITY_TYPE), "user");
  ck_assert_str_eq(pal_get_text(link, PAL_LINK_PARTNER_ID), rows[_i].partner);
  ck_assert_str_eq(pal_get_text(link, PAL_LINK_STATE), "Active");
  ck_assert_int_eq(pal_get_int(link, PAL_LINK_VERSION, -1), rows[_i].version);
  ck_assert_pstr_eq(pal_get_text(link, PAL_LINK_PARTNER_NAME), rows[_i].partner_name);
  ck_assert_str_eq(docs_cover(arena, &scan.v[0]->docs, rows[_i].tenant, "links", "recorded"), "complete 1");
}
END_TEST

/* The rest of these recordings are published examples with placeholders in them: partial, and the rest goes on. */
START_TEST(test_recordings__published_examples_fill_every_area) {
  scan_run(&scan, arena, DATA "published-example-scan-1", NULL, 0, NULL);
  ck_assert_msg(scan.code == PAL_OK, "%s", scan.err.text);
  const struct pal_docs *docs = &scan.v[0]->docs;
  const char *sub = "a925f2f7-5c63-4b7b-8799-25a5f97bc3b2";
  ck_assert_str_eq(docs_cover(arena, docs, TENANT, "tenant", "tenant"), "complete 1");
  ck_assert_str_eq(docs_cover(arena, docs, TENANT, "subscriptions", "tenant"), "complete 1");
  ck_assert_str_eq(docs_cover(arena, docs, TENANT, "role-assignments", sub), "complete 1/1");
  ck_assert_str_eq(docs_cover(arena, docs, TENANT, "pim", sub), "complete 2");
  ck_assert_str_eq(docs_cover(arena, docs, TENANT, "role-definitions", sub), "complete 1");
  ck_assert_str_eq(docs_cover(arena, docs, TENANT, "delegations", sub), "complete 1");
  ck_assert_msg(
      strstr(docs_text(arena, docs,
                       tenant_path(arena, TENANT, pal_arena_printf(arena, "subscriptions/%s/usage.json", sub))),
             "\"used\":\"yes\"") != NULL,
      "no usage");
}
END_TEST

static const struct pal_record *demo_estate(void) {
  struct pal_record *estate = NULL;
  struct pal_err err = {0};
  unit_ok(
      pal_input_read(arena, PAL_SOURCE_DIR "/snapshots/demo/estate.json", "estate", &pal_kind_ESTATE, &estate, &err),
      &err);
  return estate;
}

/* Both nights, whatever the order of answers: every observation is the same to the byte. */
START_TEST(test_recordings__demo_does_not_depend_on_the_order_of_answers) {
  static struct scan first, other;
  const char *dir = _i == 0 ? PAL_SOURCE_DIR "/snapshots/demo/night-1" : PAL_SOURCE_DIR "/snapshots/demo/night-2";
  const struct pal_record *estate = demo_estate();
  scan_run(&first, arena, dir, estate, 0, NULL);
  ck_assert_msg(first.code == PAL_OK, "%s", first.err.text);
  for (unsigned seed = 1; seed <= 3; seed++) {
    scan_run(&other, arena, dir, estate, seed, NULL);
    ck_assert_msg(other.code == PAL_OK, "%s", other.err.text);
    ck_assert_uint_eq(first.n, other.n);
    for (size_t i = 0; i < first.n; i++)
      ck_assert_str_eq(docs_dump(arena, &first.v[i]->docs), docs_dump(arena, &other.v[i]->docs));
  }
}
END_TEST

Suite *make_collect_recordings_suite(void);
Suite *make_collect_recordings_suite(void) {
  Suite *suite = suite_create("collect/recordings");
  TCase *tc = tcase_create("recordings");
  tcase_set_timeout(tc, 120);
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_loop_test(tc, test_recordings__link_of_the_real_service_is_read, 0, UNIT_N(rows));
  tcase_add_test(tc, test_recordings__published_examples_fill_every_area);
  tcase_add_loop_test(tc, test_recordings__demo_does_not_depend_on_the_order_of_answers, 0, 2);
  suite_add_tcase(suite, tc);
  return suite;
}
