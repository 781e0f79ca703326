/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_field.h"

#include <string.h>

#include "pal_doc.h"
#include "unit.h"

START_TEST(test_field__order_is_that_of_bytes) {
  for (size_t k = 0; k < pal_kinds_n; k++) {
    const unsigned char *order = pal_kind_order(pal_kinds[k]);
    for (size_t i = 1; i < pal_kinds[k]->n; i++)
      ck_assert_msg(strcmp(pal_kinds[k]->fields[order[i - 1]].json, pal_kinds[k]->fields[order[i]].json) < 0, "%s: %s",
                    pal_kinds[k]->name, pal_kinds[k]->fields[order[i]].json);
  }
}
END_TEST

START_TEST(test_field__every_name_is_found_and_no_other) {
  for (size_t k = 0; k < pal_kinds_n; k++)
    for (size_t i = 0; i < pal_kinds[k]->n; i++)
      ck_assert_int_eq(pal_kind_find(pal_kinds[k], pal_kinds[k]->fields[i].json), (int)i);
  ck_assert_int_eq(pal_kind_find(&pal_kind_LINK, "PartnerId"), -1);
  ck_assert_int_eq(pal_kind_find(&pal_kind_LINK, ""), -1);
  ck_assert_int_eq(pal_kind_find(&pal_kind_LINK, "zzz"), -1);
}
END_TEST

START_TEST(test_field__enum_constants_name_their_rows) {
  ck_assert_str_eq(pal_kind_ASSIGNMENT.fields[PAL_ASSIGNMENT_SCOPE].json, "scope");
  ck_assert_str_eq(pal_kind_IDENTITY.fields[PAL_IDENTITY_LINK].json, "link");
  ck_assert_str_eq(pal_kind_CONFIG.fields[PAL_CONFIG_NOTIFY].json, "notify");
  ck_assert_uint_eq(pal_kind_FORMAT.n, PAL_FORMAT_N);
}
END_TEST

START_TEST(test_field__rows_are_consistent) {
  for (size_t k = 0; k < pal_kinds_n; k++)
    for (size_t i = 0; i < pal_kinds[k]->n; i++) {
      const struct pal_field *row = &pal_kinds[k]->fields[i];
      const char *kind = pal_kinds[k]->name;
      bool nested = row->type == PAL_T_RECORD || row->type == PAL_T_RECORDS;
      bool texts = row->type == PAL_T_TEXT || row->type == PAL_T_TEXTS;
      ck_assert_msg(row->type == PAL_T_JSON || nested == (row->kind != NULL), "%s.%s", kind, row->json);
      ck_assert_msg((row->type == PAL_T_ENUM) == (row->words != NULL), "%s.%s", kind, row->json);
      ck_assert_msg(!(row->flags & PAL_COUNTRY) || texts, "%s.%s", kind, row->json);
      ck_assert_msg(!(row->flags & PAL_KEY) || (!nested && row->type != PAL_T_JSON && row->type != PAL_T_TEXTS),
                    "%s.%s", kind, row->json);
      ck_assert_msg(row->label != NULL, "%s.%s has no label", kind, row->json);
    }
}
END_TEST

START_TEST(test_field__kinds_are_found_by_table) {
  ck_assert_ptr_eq(pal_kind_by_table("grp"), &pal_kind_GROUP);
  ck_assert_ptr_eq(pal_kind_by_table("registry"), &pal_kind_PARTNER);
  ck_assert_ptr_null(pal_kind_by_table("group"));
}
END_TEST

START_TEST(test_field__files_of_arrays_and_maps_have_keys) {
  for (size_t i = 0; i < PAL_FILES_N; i++) {
    ck_assert_int_eq((int)pal_files[i].id, (int)i);
    if (pal_files[i].layout != PAL_SINGLE)
      ck_assert_msg(pal_kind_has_key(pal_files[i].kind), "%s", pal_files[i].path);
  }
}
END_TEST

Suite *make_snapshot_field_suite(void);
Suite *make_snapshot_field_suite(void) {
  Suite *suite = suite_create("snapshot_field");
  TCase *tcase = tcase_create("table");
  tcase_add_test(tcase, test_field__order_is_that_of_bytes);
  tcase_add_test(tcase, test_field__every_name_is_found_and_no_other);
  tcase_add_test(tcase, test_field__enum_constants_name_their_rows);
  tcase_add_test(tcase, test_field__rows_are_consistent);
  tcase_add_test(tcase, test_field__kinds_are_found_by_table);
  tcase_add_test(tcase, test_field__files_of_arrays_and_maps_have_keys);
  suite_add_tcase(suite, tcase);
  return suite;
}
