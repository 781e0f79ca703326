/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_record.h"

#include <string.h>

#include "snap.h"
#include "unit.h"

static const struct {
  const char *name;
  const struct pal_kind *kind;
  int field;
  const char *text;
  const char *want; /* NULL: refused */
} text_rows[] = {
    {"guid is lowered", &pal_kind_TENANT, PAL_TENANT_TENANT_ID, "AAAAAAAA-1111-1111-1111-11111111111F",
     "aaaaaaaa-1111-1111-1111-11111111111f"},
    {"guid with a brace", &pal_kind_TENANT, PAL_TENANT_TENANT_ID, "{" T1, NULL},
    {"guid is empty", &pal_kind_TENANT, PAL_TENANT_TENANT_ID, "", NULL},
    {"arm id is lowered", &pal_kind_ASSIGNMENT, PAL_ASSIGNMENT_SCOPE, "/Subscriptions/X/", "/subscriptions/x"},
    {"arm id with dots", &pal_kind_ASSIGNMENT, PAL_ASSIGNMENT_SCOPE, "/a/../b", NULL},
    {"instant loses zeros", &pal_kind_ASSIGNMENT, PAL_ASSIGNMENT_CREATED_ON, "2026-01-02T03:04:05.1200000Z",
     "2026-01-02T03:04:05.12Z"},
    {"instant with offset", &pal_kind_ASSIGNMENT, PAL_ASSIGNMENT_CREATED_ON, "2026-01-02T03:04:05+02:00",
     "2026-01-02T01:04:05Z"},
    {"instant without zone", &pal_kind_ASSIGNMENT, PAL_ASSIGNMENT_CREATED_ON, "2026-01-02T03:04:05", NULL},
    {"digits keep zeros", &pal_kind_LINK, PAL_LINK_PARTNER_ID, "0012", "0012"},
    {"digits from a service are not trimmed", &pal_kind_LINK, PAL_LINK_PARTNER_ID, " 12", NULL},
    {"digits with a prefix", &pal_kind_LINK, PAL_LINK_PARTNER_ID, "MPN-12", NULL},
    {"too many digits", &pal_kind_LINK, PAL_LINK_PARTNER_ID, "123456789012345678901", NULL},
    {"enum word", &pal_kind_USAGE, PAL_USAGE_USED, "yes", "yes"},
    {"enum in capitals", &pal_kind_USAGE, PAL_USAGE_USED, "Yes", NULL},
    {"month", &pal_kind_USAGE, PAL_USAGE_MONTH, "2026-12", "2026-12"},
    {"month 13", &pal_kind_USAGE, PAL_USAGE_MONTH, "2026-13", NULL},
    {"month with a day", &pal_kind_USAGE, PAL_USAGE_MONTH, "2026-12-01", NULL},
    {"date", &pal_kind_GAP, PAL_GAP_UNTIL, "2024-02-29", "2024-02-29"},
    {"date that is none", &pal_kind_GAP, PAL_GAP_UNTIL, "2025-02-29", NULL},
    {"name", &pal_kind_SCANNER, PAL_SCANNER_NAME, "a-1", "a-1"},
    {"name with a capital", &pal_kind_SCANNER, PAL_SCANNER_NAME, "A", NULL},
    {"text in bad UTF-8", &pal_kind_TENANT, PAL_TENANT_DISPLAY_NAME, "\xC3(", NULL},
    {"text may be empty", &pal_kind_TENANT, PAL_TENANT_DISPLAY_NAME, "", ""},
    {"country of a service is left as it is", &pal_kind_TENANT, PAL_TENANT_COUNTRY_CODE, "xx1", "xx1"},
    {"json is made canonical", &pal_kind_FINDING, PAL_FINDING_DETAILS, "{ \"b\": [1, 2],\"a\":\"/\" }",
     "{\"a\":\"/\",\"b\":[1,2]}"},
    {"json with a fraction", &pal_kind_FINDING, PAL_FINDING_DETAILS, "{\"a\":1.5}", NULL},
    {"json twice the same key", &pal_kind_FINDING, PAL_FINDING_DETAILS, "{\"a\":1,\"A\":2}", NULL},
    {"json that is none", &pal_kind_FINDING, PAL_FINDING_DETAILS, "{", NULL},
};

START_TEST(test_record__text_is_made_canonical_or_refused) {
  struct pal_err err = {0};
  struct pal_record *record = pal_record_new(snap_arena, text_rows[_i].kind);
  int field = text_rows[_i].field;
  enum pal_code code = pal_set_text(snap_arena, record, field, text_rows[_i].text, &err);
  ck_assert_msg((code == PAL_OK) == (text_rows[_i].want != NULL), "%s: %s", text_rows[_i].name, err.text);
  if (text_rows[_i].want) {
    ck_assert_str_eq(pal_get_text(record, field), text_rows[_i].want);
    /* Canonical is canonical. */
    unit_ok(pal_set_text(snap_arena, record, field, text_rows[_i].want, &err), &err);
    ck_assert_str_eq(pal_get_text(record, field), text_rows[_i].want);
  } else {
    ck_assert_int_eq(code, PAL_E_INPUT);
    ck_assert_ptr_nonnull(strstr(err.text, text_rows[_i].kind->fields[field].json));
    ck_assert_ptr_null(pal_get_text(record, field));
  }
}
END_TEST

START_TEST(test_record__refused_text_leaves_the_field_as_it_was) {
  struct pal_err err = {0};
  struct pal_record *record = pal_record_new(snap_arena, &pal_kind_LINK);
  unit_ok(pal_set_text(snap_arena, record, PAL_LINK_PARTNER_ID, "1", &err), &err);
  unit_fails(pal_set_text(snap_arena, record, PAL_LINK_PARTNER_ID, "x", &err), PAL_E_INPUT, "link.partnerId", &err);
  ck_assert_str_eq(pal_get_text(record, PAL_LINK_PARTNER_ID), "1");
  unit_ok(pal_set_text(snap_arena, record, PAL_LINK_PARTNER_ID, NULL, &err), &err);
  ck_assert_int_eq(record->v[PAL_LINK_PARTNER_ID].is, PAL_ABSENT);
}
END_TEST

START_TEST(test_record__json_null_makes_absent) {
  struct pal_err err = {0};
  struct pal_record *record = pal_record_new(snap_arena, &pal_kind_EVENT);
  unit_ok(pal_set_text(snap_arena, record, PAL_EVENT_BEFORE, "1", &err), &err);
  unit_ok(pal_set_text(snap_arena, record, PAL_EVENT_BEFORE, "null", &err), &err);
  ck_assert_int_eq(record->v[PAL_EVENT_BEFORE].is, PAL_ABSENT);
}
END_TEST

START_TEST(test_record__text_has_a_maximum) {
  struct pal_err err = {0};
  struct pal_record *record = pal_record_new(snap_arena, &pal_kind_TENANT);
  char *text = pal_arena_alloc(snap_arena, PAL_TEXT_MAX + 2);
  memset(text, 'a', PAL_TEXT_MAX);
  unit_ok(pal_set_text(snap_arena, record, PAL_TENANT_DISPLAY_NAME, text, &err), &err);
  text[PAL_TEXT_MAX] = 'a';
  unit_fails(pal_set_text(snap_arena, record, PAL_TENANT_DISPLAY_NAME, text, &err), PAL_E_INPUT, "65536", &err);
}
END_TEST

START_TEST(test_record__json_value_has_a_depth) {
  struct pal_err err = {0};
  struct pal_record *record = pal_record_new(snap_arena, &pal_kind_FINDING);
  char text[2 * PAL_JSON_VALUE_DEPTH + 3];
  for (int depth = PAL_JSON_VALUE_DEPTH; depth <= PAL_JSON_VALUE_DEPTH + 1; depth++) {
    memset(text, '[', (size_t)depth);
    memset(text + depth, ']', (size_t)depth);
    text[2 * depth] = '\0';
    enum pal_code code = pal_set_text(snap_arena, record, PAL_FINDING_DETAILS, text, &err);
    ck_assert_int_eq(code, depth > PAL_JSON_VALUE_DEPTH ? PAL_E_INPUT : PAL_OK);
  }
}
END_TEST

START_TEST(test_record__sets_are_sorted_without_duplicates) {
  struct pal_err err = {0};
  struct pal_record *record = pal_record_new(snap_arena, &pal_kind_SUBSCRIPTION);
  const char *guids[] = {T2, "11111111-1111-1111-1111-111111111111", T2, "AAAAAAAA-1111-1111-1111-111111111111"};
  unit_ok(pal_set_texts(snap_arena, record, PAL_SUBSCRIPTION_MANAGED_BY, guids, 4, &err), &err);
  const struct pal_texts *set = pal_get_texts(record, PAL_SUBSCRIPTION_MANAGED_BY);
  ck_assert_uint_eq(set->n, 3);
  ck_assert_str_eq(set->v[0], T1);
  ck_assert_str_eq(set->v[1], T2);
  ck_assert_str_eq(set->v[2], "aaaaaaaa-1111-1111-1111-111111111111");
  guids[3] = "x";
  unit_fails(pal_set_texts(snap_arena, record, PAL_SUBSCRIPTION_MANAGED_BY, guids, 4, &err), PAL_E_INPUT,
             "subscription.managedByTenants", &err);
  ck_assert_uint_eq(pal_get_texts(record, PAL_SUBSCRIPTION_MANAGED_BY)->n, 3);
  unit_ok(pal_set_texts(snap_arena, record, PAL_SUBSCRIPTION_MANAGED_BY, NULL, 0, &err), &err);
  ck_assert_int_eq(record->v[PAL_SUBSCRIPTION_MANAGED_BY].is, PAL_SET);
  ck_assert_uint_eq(pal_get_texts(record, PAL_SUBSCRIPTION_MANAGED_BY)->n, 0);
}
END_TEST

START_TEST(test_record__getters_of_absent_fields_give_the_fallback) {
  struct pal_record *record = pal_record_new(snap_arena, &pal_kind_DENY);
  ck_assert_ptr_null(pal_get_text(record, PAL_DENY_NAME));
  ck_assert(pal_get_bool(record, PAL_DENY_SYSTEM, true));
  ck_assert_uint_eq(pal_get_records(record, PAL_DENY_PRINCIPALS)->n, 0);
  record = pal_record_new(snap_arena, &pal_kind_COVERAGE);
  ck_assert_int_eq(pal_get_int(record, PAL_COVERAGE_ITEMS, -1), -1);
  pal_set_int(record, PAL_COVERAGE_ITEMS, 0);
  ck_assert_int_eq(pal_get_int(record, PAL_COVERAGE_ITEMS, -1), 0);
}
END_TEST

static struct pal_record *usage(const char *month, const char *group, const char *used) {
  struct pal_err err = {0};
  struct pal_record *record = pal_record_new(snap_arena, &pal_kind_USAGE);
  unit_ok(pal_set_text(snap_arena, record, PAL_USAGE_MONTH, month, &err), &err);
  unit_ok(pal_set_text(snap_arena, record, PAL_USAGE_RESOURCE_GROUP, group, &err), &err);
  unit_ok(pal_set_text(snap_arena, record, PAL_USAGE_USED, used, &err), &err);
  return record;
}

START_TEST(test_record__sort_is_by_key_and_counts_clashes) {
  struct pal_err err = {0};
  struct pal_records list = {0};
  struct pal_record *made[] = {usage("2026-02", NULL, "yes"), usage("2026-01", "b", "yes"),
                               usage("2026-01", NULL, "no"),  usage("2026-02", NULL, "yes"),
                               usage("2026-01", "a", "no"),   usage("2026-01", "b", "no")};
  for (size_t i = 0; i < 6; i++)
    unit_ok(pal_records_add(snap_arena, &list, made[i], &err), &err);
  size_t clash = 99;
  ck_assert_int_eq(pal_records_sort(&list, &clash), PAL_OK);
  ck_assert_uint_eq(clash, 1);
  ck_assert_uint_eq(list.n, 5);
  ck_assert_ptr_eq(list.v[0], made[2]);
  ck_assert_ptr_eq(list.v[1], made[4]);
  ck_assert_ptr_eq(list.v[2], made[5]); /* "no" before "yes" in canonical bytes */
  ck_assert_ptr_eq(list.v[3], made[1]);
}
END_TEST

START_TEST(test_record__sort_without_key_is_by_canonical_bytes) {
  struct pal_err err = {0};
  const char *names[] = {"b", "a\"", "a", "a ", "b", "a!"};
  struct pal_records list = {0};
  for (size_t i = 0; i < 6; i++) {
    struct pal_record *plan = pal_record_new(snap_arena, &pal_kind_PLAN);
    unit_ok(pal_set_text(snap_arena, plan, PAL_PLAN_NAME, names[i], &err), &err);
    unit_ok(pal_records_add(snap_arena, &list, plan, &err), &err);
  }
  ck_assert_int_eq(pal_records_sort(&list, NULL), PAL_OK);
  /* {"name":"a "}, {"name":"a!"}, {"name":"a"}, {"name":"a\""}, {"name":"b"} */
  const char *want[] = {"a ", "a!", "a", "a\"", "b"};
  ck_assert_uint_eq(list.n, 5);
  for (size_t i = 0; i < 5; i++)
    ck_assert_str_eq(pal_get_text(list.v[i], PAL_PLAN_NAME), want[i]);
}
END_TEST

START_TEST(test_record__duplicate_is_deep_and_equal) {
  struct pal_doc *doc =
      snap_decode(TENANT_PATH "identities/" P1 ".json",
                  "{\n  \"assurance\": \"read\",\n  \"link\": {\n    \"partnerId\": \"1\",\n    \"version\": 2\n  },\n"
                  "  \"names\": [\"a\",\"b\"],\n  \"objectId\": \"" P1 "\"\n}\n");
  struct pal_arena *other = pal_arena_new(0);
  struct pal_record *copy = pal_record_dup(other, doc->records.v[0]);
  ck_assert(pal_record_equal(copy, doc->records.v[0]));
  pal_set_int(pal_get_record(copy, PAL_IDENTITY_LINK), PAL_LINK_VERSION, 3);
  ck_assert(!pal_record_equal(copy, doc->records.v[0]));
  ck_assert_int_eq(pal_get_int(pal_get_record(doc->records.v[0], PAL_IDENTITY_LINK), PAL_LINK_VERSION, 0), 2);
  pal_arena_free(other);
}
END_TEST

START_TEST(test_record__equality_tells_absent_null_and_empty_apart) {
  struct pal_record *a = pal_record_new(snap_arena, &pal_kind_IDENTITY);
  struct pal_record *b = pal_record_new(snap_arena, &pal_kind_IDENTITY);
  ck_assert(pal_record_equal(a, b));
  pal_set_null(a, PAL_IDENTITY_LINK);
  ck_assert(!pal_record_equal(a, b));
  pal_set_absent(a, PAL_IDENTITY_LINK);
  ck_assert(pal_record_equal(a, b));
  pal_set_empty(a, PAL_IDENTITY_NAMES);
  ck_assert(!pal_record_equal(a, b));
}
END_TEST

START_TEST(test_record__equality_ignores_the_order_of_nested_records) {
  struct pal_err err = {0};
  struct pal_record *group[2];
  for (int g = 0; g < 2; g++) {
    group[g] = pal_record_new(snap_arena, &pal_kind_GROUP);
    for (int i = 0; i < 2; i++) {
      struct pal_record *member = pal_record_new(snap_arena, &pal_kind_MEMBER);
      unit_ok(pal_set_text(snap_arena, member, PAL_MEMBER_OBJECT_ID, i == g ? P1 : P2, &err), &err);
      unit_ok(pal_add_record(snap_arena, group[g], PAL_GROUP_MEMBERS, member, &err), &err);
    }
  }
  ck_assert(pal_record_equal(group[0], group[1]));
}
END_TEST

Suite *make_snapshot_record_suite(void);
Suite *make_snapshot_record_suite(void) {
  Suite *suite = suite_create("snapshot_record");
  TCase *tcase = tcase_create("records");
  tcase_add_checked_fixture(tcase, snap_set_up, snap_tear_down);
  tcase_add_loop_test(tcase, test_record__text_is_made_canonical_or_refused, 0, UNIT_N(text_rows));
  tcase_add_test(tcase, test_record__refused_text_leaves_the_field_as_it_was);
  tcase_add_test(tcase, test_record__json_null_makes_absent);
  tcase_add_test(tcase, test_record__text_has_a_maximum);
  tcase_add_test(tcase, test_record__json_value_has_a_depth);
  tcase_add_test(tcase, test_record__sets_are_sorted_without_duplicates);
  tcase_add_test(tcase, test_record__getters_of_absent_fields_give_the_fallback);
  tcase_add_test(tcase, test_record__sort_is_by_key_and_counts_clashes);
  tcase_add_test(tcase, test_record__sort_without_key_is_by_canonical_bytes);
  tcase_add_test(tcase, test_record__duplicate_is_deep_and_equal);
  tcase_add_test(tcase, test_record__equality_tells_absent_null_and_empty_apart);
  tcase_add_test(tcase, test_record__equality_ignores_the_order_of_nested_records);
  suite_add_tcase(suite, tcase);
  return suite;
}
