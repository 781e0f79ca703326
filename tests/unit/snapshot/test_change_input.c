/* SPDX-License-Identifier: Apache-2.0 */
/* What a person wrote: registry, estate, settings, acceptances. */
#include "snap.h"
#include "unit.h"

static struct pal_docs *before, *after;

static void set_up(void) {
  snap_set_up();
  before = snap_docs();
  after = snap_docs();
}

#define changes_are(text) ck_assert_str_eq(snap_changes(before, after), text)

START_TEST(test_change_input__registry_rows_are_told) {
  snap_add(before, "inputs/registry.json",
           "{\"ids\":[{\"id\":\"1\",\"type\":\"global\"},{\"id\":\"2\",\"type\":\"location\"}],\"expect\":[{"
           "\"default\":true,\"id\":\"2\"}]}");
  snap_add(after, "inputs/registry.json",
           "{\"ids\":[{\"id\":\"1\",\"type\":\"global\",\"name\":\"x\"},{\"id\":\"3\",\"type\":\"location\"}],"
           "\"expect\":[{\"default\":true,\"id\":\"3\"}],\"organization\":\"Contoso\"}");
  changes_are(
      "registry.changed registry 1 ~\nregistry.changed registry 2 -\nregistry.changed registry 2 -\n"
      "registry.changed registry 3 +\nregistry.changed registry 3 +\nregistry.changed registry organization ~\n");
}
END_TEST

START_TEST(test_change_input__estate_rows_are_told) {
  snap_add(before, "inputs/registry.json", "{\"ids\":[]}");
  snap_add(after, "inputs/estate.json",
           "{\"customers\":[{\"tenant\":\"" T1 "\"}],\"principals\":[{\"name\":\"Anna\"}]}");
  changes_are("estate.changed principal Anna +\nestate.changed tenant " T1 " +\n");
}
END_TEST

#define SETTINGS_JSON(more) "{\"cloud\":\"public\",\"collect\":[\"links\"],\"names\":\"ours\"," more "}"

START_TEST(test_change_input__settings_are_told) {
  snap_add(before, "inputs/settings.json",
           SETTINGS_JSON("\"usageWindowMonths\":2,\"disable\":[\"PAL009\"],\"severity\":{\"PAL003\":\"high\"},"
                         "\"parameters\":{\"recognitionRoles\":\"any\",\"staleDays\":7}"));
  snap_add(after, "inputs/settings.json",
           SETTINGS_JSON("\"usageWindowMonths\":3,\"disable\":[\"PAL001\"],\"severity\":{\"PAL001\":\"low\","
                         "\"PAL003\":\"low\"},\"parameters\":{\"recognitionRoles\":\"auto\",\"staleDays\":7}"));
  changes_are("policy.changed policy PAL001 ~\npolicy.changed policy PAL003 ~\npolicy.changed policy PAL009 ~\n"
              "policy.changed setting recognitionRoles ~\npolicy.changed setting usageWindowMonths ~\n");
}
END_TEST

START_TEST(test_change_input__waiver_rows_are_told) {
  snap_add(before, "inputs/waivers.json", "{\"waivers\":[{\"id\":\"a\"},{\"id\":\"b\"}]}");
  snap_add(after, "inputs/waivers.json", "{\"waivers\":[{\"id\":\"b\",\"pins\":{\"x\":1}},{\"id\":\"c\"}]}");
  changes_are("waiver.added waiver c +\nwaiver.changed waiver b ~\nwaiver.removed waiver a -\n");
}
END_TEST

START_TEST(test_change_input__first_inputs_are_none) {
  snap_add(after, "inputs/waivers.json", "{\"waivers\":[{\"id\":\"a\"}]}");
  ck_assert_str_eq(snap_changes(NULL, after), "");
}
END_TEST

Suite *make_snapshot_change_input_suite(void);
Suite *make_snapshot_change_input_suite(void) {
  Suite *suite = suite_create("snapshot_change_input");
  TCase *tcase = tcase_create("rules");
  tcase_add_checked_fixture(tcase, set_up, snap_tear_down);
  tcase_add_test(tcase, test_change_input__registry_rows_are_told);
  tcase_add_test(tcase, test_change_input__estate_rows_are_told);
  tcase_add_test(tcase, test_change_input__settings_are_told);
  tcase_add_test(tcase, test_change_input__waiver_rows_are_told);
  tcase_add_test(tcase, test_change_input__first_inputs_are_none);
  suite_add_tcase(suite, tcase);
  return suite;
}
