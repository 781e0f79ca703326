/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "snap.h"
#include "unit.h"

static struct pal_json_doc *schema;

static const pal_json *write_schema(const struct pal_kind *kind, enum pal_layout layout) {
  struct pal_err err = {0};
  struct pal_buf out;
  pal_buf_init(&out, 1 << 20);
  unit_ok(pal_schema_write(kind, layout, "urn:test", &out, &err), &err);
  pal_json_doc_free(schema);
  schema = NULL;
  unit_ok(pal_json_parse(out.data, out.len, "schema", PAL_JSON_STRICT_UTF8, 0, &schema, &err), &err);
  pal_buf_deinit(&out);
  return pal_json_root(schema);
}

static void tear_down(void) {
  pal_json_doc_free(schema);
  schema = NULL;
  snap_tear_down();
}

static const pal_json *property(const pal_json *root, const struct pal_kind *kind, const char *field) {
  return pal_json_path(root, "$defs", kind->name, "properties", field, (char *)NULL);
}

START_TEST(test_schema__every_file_has_a_closed_schema) {
  for (size_t i = 0; i < PAL_FILES_N; i++) {
    const struct pal_kind *kind = pal_files[i].kind;
    const pal_json *root = write_schema(kind, pal_files[i].layout);
    ck_assert_str_eq(pal_json_text(pal_json_get(root, "$id")), "urn:test");
    for (const pal_json *def = pal_json_first(pal_json_get(root, "$defs")); def; def = pal_json_next(def)) {
      const pal_json *closed = pal_json_get(def, "additionalProperties");
      ck_assert_msg(closed && !pal_json_true(closed) && !pal_json_is_null(closed), "%s", pal_json_key(def));
    }
    const pal_json *properties = pal_json_path(root, "$defs", kind->name, "properties", (char *)NULL);
    size_t keys = pal_files[i].layout == PAL_MAP2 ? 2 : 0;
    ck_assert_uint_eq(pal_json_count(properties), kind->n - keys);
  }
}
END_TEST

START_TEST(test_schema__nested_kinds_are_defined) {
  const pal_json *root = write_schema(&pal_kind_IDENTITY, PAL_SINGLE);
  ck_assert_str_eq(pal_json_text(pal_json_get(root, "$ref")), "#/$defs/identity");
  ck_assert_ptr_nonnull(pal_json_path(root, "$defs", "link", (char *)NULL));
  ck_assert_ptr_nonnull(pal_json_path(root, "$defs", "declaration", (char *)NULL));
  ck_assert_ptr_nonnull(pal_json_path(root, "$defs", "declaredAssignment", (char *)NULL));
  ck_assert_uint_eq(pal_json_count(pal_json_get(root, "$defs")), 4);
  const pal_json *link = pal_json_get(property(root, &pal_kind_IDENTITY, "link"), "anyOf");
  ck_assert_str_eq(pal_json_text(pal_json_get(pal_json_first(link), "type")), "null");
  ck_assert_str_eq(pal_json_text(pal_json_get(pal_json_next(pal_json_first(link)), "$ref")), "#/$defs/link");
}
END_TEST

START_TEST(test_schema__words_ranges_and_help_are_said) {
  const pal_json *root = write_schema(&pal_kind_SETTINGS, PAL_SINGLE);
  const pal_json *names = property(root, &pal_kind_SETTINGS, "names");
  ck_assert_uint_eq(pal_json_count(pal_json_get(names, "enum")), 3);
  const pal_json *window = property(root, &pal_kind_SETTINGS, "usageWindowMonths");
  int64_t n = 0;
  ck_assert(pal_json_int(pal_json_get(window, "minimum"), &n) && n == 1);
  ck_assert(pal_json_int(pal_json_get(window, "maximum"), &n) && n == 12);
  ck_assert_str_eq(pal_json_text(pal_json_get(window, "description")), "Closed UTC months before the current one.");
  ck_assert_uint_eq(pal_json_count(pal_json_path(root, "$defs", "settings", "required", (char *)NULL)), 4);
}
END_TEST

START_TEST(test_schema__input_says_fallbacks_and_does_not_require_them) {
  const pal_json *root = write_schema(&pal_kind_CONFIG, PAL_INPUT);
  int64_t n = 0;
  ck_assert(pal_json_int(pal_json_get(property(root, &pal_kind_CONFIG, "concurrency"), "default"), &n) && n == 64);
  ck_assert_str_eq(pal_json_text(pal_json_get(property(root, &pal_kind_CONFIG, "names"), "default")), "ours");
  ck_assert_str_eq(pal_json_text(pal_json_get(property(root, &pal_kind_IDENTITY_CONFIG, "tenants"), "default")), "all");
  ck_assert_ptr_null(pal_json_path(root, "$defs", "config", "required", (char *)NULL));
  root = write_schema(&pal_kind_REGISTRY, PAL_INPUT);
  ck_assert_uint_eq(pal_json_count(pal_json_get(property(root, &pal_kind_EXPECT, "country"), "anyOf")), 2);
  root = write_schema(&pal_kind_REGISTRY, PAL_SINGLE);
  ck_assert_ptr_null(pal_json_get(property(root, &pal_kind_EXPECT, "country"), "anyOf"));
  ck_assert_ptr_null(pal_json_get(property(root, &pal_kind_PARTNER, "status"), "default"));
}
END_TEST

Suite *make_snapshot_schema_suite(void);
Suite *make_snapshot_schema_suite(void) {
  Suite *suite = suite_create("snapshot_schema");
  TCase *tcase = tcase_create("schemas");
  tcase_add_checked_fixture(tcase, snap_set_up, tear_down);
  tcase_add_test(tcase, test_schema__every_file_has_a_closed_schema);
  tcase_add_test(tcase, test_schema__nested_kinds_are_defined);
  tcase_add_test(tcase, test_schema__words_ranges_and_help_are_said);
  tcase_add_test(tcase, test_schema__input_says_fallbacks_and_does_not_require_them);
  suite_add_tcase(suite, tcase);
  return suite;
}
