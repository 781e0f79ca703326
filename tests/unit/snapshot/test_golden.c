/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "pal_file.h"
#include "snap.h"
#include "unit.h"

/*
 * golden/ is a small snapshot made by another program (another language), one
 * file of each kind at least; written/ are files as people write them. The same
 * files are validated against snapshots/schemas by tests/tools/validate_golden.py.
 */
#define GOLDEN PAL_SOURCE_DIR "/tests/unit/snapshot/golden"
#define WRITTEN PAL_SOURCE_DIR "/tests/unit/snapshot/written/"

static bool seen[PAL_FILES_N];

static void check_file(const char *full, const char *path) {
  struct pal_err err = {0};
  struct pal_buf bytes;
  pal_buf_init(&bytes, 1 << 20);
  unit_ok(pal_file_read(full, "golden file", 0, 1 << 20, &bytes, &err), &err);
  struct pal_doc *doc = snap_decode(path, bytes.data);
  char again[PAL_PATH_MAX];
  pal_doc_path(doc, again);
  ck_assert_str_eq(again, path);
  ck_assert_str_eq(snap_encode(doc), bytes.data);
  seen[doc->file->id] = true;
  pal_buf_deinit(&bytes);
}

static enum pal_code each_entry(void *payload, const char *name, struct pal_err *err) {
  const char *folder = payload; /* below GOLDEN, "" or ending in a slash */
  const char *full = pal_arena_printf(snap_arena, GOLDEN "/%s%s", folder, name);
  if (strstr(name, ".json")) {
    check_file(full, full + sizeof GOLDEN);
    return PAL_OK;
  }
  char *below = pal_arena_printf(snap_arena, "%s%s/", folder, name);
  return pal_dir_each(full, each_entry, below, err);
}

START_TEST(test_golden__every_file_of_a_snapshot_is_read_and_written_again) {
  struct pal_err err = {0};
  char root[] = "";
  memset(seen, 0, sizeof seen);
  unit_ok(pal_dir_each(GOLDEN, each_entry, root, &err), &err);
  for (size_t i = 0; i < PAL_FILES_N; i++)
    ck_assert_msg(seen[i], "no golden file for %s", pal_files[i].path);
}
END_TEST

/* However little memory there is: the file is read whole, or PAL_E_NOMEM. */
START_TEST(test_golden__lack_of_memory_is_said) {
  static const char *const paths[] = {TENANT_PATH "coverage.json", TENANT_PATH "delegations.json", "inputs/estate.json",
                                      "inputs/settings.json"};
  struct pal_err err = {0};
  struct pal_buf bytes, again;
  pal_buf_init(&bytes, 1 << 20);
  pal_buf_init(&again, 1 << 20);
  unit_ok(pal_file_read(pal_arena_printf(snap_arena, GOLDEN "/%s", paths[_i]), "golden file", 0, 1 << 20, &bytes, &err),
          &err);
  size_t failures = 0;
  enum pal_code code = PAL_E_NOMEM;
  for (size_t limit = 16; code != PAL_OK; limit += 16) {
    struct pal_arena *small = pal_arena_new(limit);
    struct pal_doc doc;
    unit_ok(pal_doc_parse_path(paths[_i], &doc, &err), &err);
    code = pal_doc_decode(small, bytes.data, bytes.len, &doc, &err);
    if (code == PAL_OK) {
      unit_ok(pal_doc_encode(&doc, &again, &err), &err);
      ck_assert_str_eq(again.data, bytes.data);
    } else {
      ck_assert_int_eq(code, PAL_E_NOMEM);
      ck_assert_uint_eq(doc.records.n, 0);
      failures++;
    }
    pal_arena_free(small);
  }
  ck_assert_uint_gt(failures, 10);
  pal_buf_deinit(&bytes);
  pal_buf_deinit(&again);
}
END_TEST

static const struct {
  const char *name;
  const struct pal_kind *kind;
} written_rows[] = {
    {"mpn.json", &pal_kind_REGISTRY},
    {"estate.json", &pal_kind_ESTATE},
    {"waivers.json", &pal_kind_WAIVERS},
    {"palscan.json", &pal_kind_CONFIG},
};

START_TEST(test_golden__written_file_is_read) {
  struct pal_err err = {0};
  struct pal_record *record;
  const char *path = pal_arena_printf(snap_arena, WRITTEN "%s", written_rows[_i].name);
  unit_ok(pal_input_read(snap_arena, path, "input", written_rows[_i].kind, &record, &err), &err);
  ck_assert_ptr_eq(record->kind, written_rows[_i].kind);
}
END_TEST

START_TEST(test_golden__written_input_is_the_same_once_in_a_snapshot) {
  /* What people wrote is kept in canonical form, and reading that gives the same. */
  static const enum pal_file_id files[] = {PAL_FILE_IN_REGISTRY, PAL_FILE_IN_ESTATE, PAL_FILE_IN_WAIVERS};
  struct pal_err err = {0};
  struct pal_record *record;
  const char *path = pal_arena_printf(snap_arena, WRITTEN "%s", written_rows[_i].name);
  unit_ok(pal_input_read(snap_arena, path, "input", written_rows[_i].kind, &record, &err), &err);
  struct pal_doc *doc = pal_docs_get(snap_docs(), files[_i], NULL, NULL);
  unit_ok(pal_records_add(snap_arena, &doc->records, record, &err), &err);
  struct pal_doc *again = snap_decode(pal_files[files[_i]].path, snap_encode(doc));
  ck_assert(pal_record_equal(record, again->records.v[0]));
}
END_TEST

Suite *make_snapshot_golden_suite(void);
Suite *make_snapshot_golden_suite(void) {
  Suite *suite = suite_create("snapshot_golden");
  TCase *tcase = tcase_create("golden");
  tcase_add_checked_fixture(tcase, snap_set_up, snap_tear_down);
  tcase_add_test(tcase, test_golden__every_file_of_a_snapshot_is_read_and_written_again);
  tcase_add_loop_test(tcase, test_golden__lack_of_memory_is_said, 0, 4);
  tcase_add_loop_test(tcase, test_golden__written_file_is_read, 0, UNIT_N(written_rows));
  tcase_add_loop_test(tcase, test_golden__written_input_is_the_same_once_in_a_snapshot, 0, 3);
  suite_add_tcase(suite, tcase);
  return suite;
}
