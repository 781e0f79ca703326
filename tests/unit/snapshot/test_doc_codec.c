/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "snap.h"
#include "unit.h"

#define ARRAY_PATH SUB_PATH "role-assignments.json"
#define RECORD(id) "{\"id\":\"" id "\",\"principalId\":\"" P1 "\",\"roleId\":\"" OWNER "\",\"scope\":\"/\"}"
#define TENANT_FILE TENANT_PATH "tenant.json"
#define COVERAGE_FILE TENANT_PATH "coverage.json"

static const struct {
  const char *name, *path, *bytes;
  enum pal_code code;
  const char *part;
} refused_rows[] = {
    {"no trailing newline", ARRAY_PATH, "[]", PAL_E_VERIFY, ARRAY_PATH ":1:3: the bytes"},
    {"two trailing newlines", ARRAY_PATH, "[]\n\n", PAL_E_VERIFY, ARRAY_PATH ":2:1: the bytes"},
    {"carriage return", ARRAY_PATH, "[]\r\n", PAL_E_VERIFY, "the bytes"},
    {"byte order mark", ARRAY_PATH, "\xEF\xBB\xBF[]\n", PAL_E_VERIFY, "1:1: the bytes"},
    {"empty", ARRAY_PATH, "", PAL_E_VERIFY, ARRAY_PATH ":1:1"},
    {"a space in a record", ARRAY_PATH,
     "[\n  {\"id\": \"/a\",\"principalId\":\"" P1 "\",\"roleId\":\"" OWNER "\",\"scope\":\"/\"}\n]\n", PAL_E_VERIFY,
     ARRAY_PATH ":2:9: the bytes"},
    {"tab for indentation", ARRAY_PATH, "[\n\t" RECORD("/a") "\n]\n", PAL_E_VERIFY, "2:1: the bytes"},
    {"keys out of order", ARRAY_PATH,
     "[\n  {\"principalId\":\"" P1 "\",\"id\":\"/a\",\"roleId\":\"" OWNER "\",\"scope\":\"/\"}\n]\n", PAL_E_VERIFY,
     "2:5: the bytes"},
    {"records on one line", ARRAY_PATH, "[\n  " RECORD("/a") ", " RECORD("/b") "\n]\n", PAL_E_VERIFY, "the bytes"},
    {"records out of order", ARRAY_PATH, "[\n  " RECORD("/b") ",\n  " RECORD("/a") "\n]\n", PAL_E_VERIFY,
     ARRAY_PATH ":3:3: at $[1]: not in canonical form"},
    {"a record twice", ARRAY_PATH, "[\n  " RECORD("/a") ",\n  " RECORD("/a") "\n]\n", PAL_E_VERIFY,
     "$[1]: two records with one key"},
    {"one key, two records", SUB_PATH "usage.json",
     "[\n  {\"month\":\"2026-01\",\"used\":\"no\"},\n  {\"month\":\"2026-01\",\"used\":\"yes\"}\n]\n", PAL_E_VERIFY,
     "$[1]: two records with one key"},
    {"a comment", ARRAY_PATH, "[] // x\n", PAL_E_VERIFY, "comment"},
    {"key twice", TENANT_FILE, "{\n  \"tenantId\": \"" T1 "\",\n  \"tenantId\": \"" T1 "\"\n}\n", PAL_E_VERIFY,
     TENANT_FILE ":3:"},
    {"key in two cases", TENANT_FILE, "{\n  \"TenantId\": \"" T1 "\",\n  \"tenantId\": \"" T1 "\"\n}\n", PAL_E_VERIFY,
     TENANT_FILE ":3:"},
    {"unknown key", TENANT_FILE, "{\n  \"displyName\": \"x\",\n  \"tenantId\": \"" T1 "\"\n}\n", PAL_E_VERIFY,
     "at $.displyName: unknown key; did you mean \"displayName\"?"},
    {"unknown key like none", TENANT_FILE, "{\n  \"q\": \"x\",\n  \"tenantId\": \"" T1 "\"\n}\n", PAL_E_VERIFY,
     "at $.q: unknown key"},
    {"missing key", ARRAY_PATH, "[\n  {\"id\":\"/a\",\"principalId\":\"" P1 "\",\"roleId\":\"" OWNER "\"}\n]\n",
     PAL_E_VERIFY, "$[0]: the key \"scope\" is missing"},
    {"upper-case id", ARRAY_PATH, "[\n  " RECORD("/A") "\n]\n", PAL_E_VERIFY,
     "$[0].id: not in canonical form: expected \"/a\""},
    {"trailing slash", ARRAY_PATH, "[\n  " RECORD("/a/") "\n]\n", PAL_E_VERIFY, "not in canonical form"},
    {"upper-case GUID", TENANT_FILE, "{\n  \"tenantId\": \"AAAAAAAA-1111-1111-1111-111111111111\"\n}\n", PAL_E_VERIFY,
     "$.tenantId: not in canonical form"},
    {"instant with zeros", TENANT_FILE,
     "{\n  \"lastRead\": \"2026-01-01T00:00:00.0Z\",\n  \"tenantId\": \"" T1 "\"\n}\n", PAL_E_VERIFY,
     "$.lastRead: not in canonical form"},
    {"instant with offset", TENANT_FILE,
     "{\n  \"lastRead\": \"2026-01-01T00:00:00+00:00\",\n  \"tenantId\": \"" T1 "\"\n}\n", PAL_E_VERIFY,
     "not in canonical form"},
    {"null without meaning", TENANT_FILE, "{\n  \"displayName\": null,\n  \"tenantId\": \"" T1 "\"\n}\n", PAL_E_VERIFY,
     "null is no value here"},
    {"null record", ARRAY_PATH, "[\n  null\n]\n", PAL_E_VERIFY, "expected an object, not null"},
    {"wrong type", TENANT_FILE, "{\n  \"displayName\": 1,\n  \"tenantId\": \"" T1 "\"\n}\n", PAL_E_VERIFY,
     "expected a string, not number"},
    {"object for an array", ARRAY_PATH, "{}\n", PAL_E_VERIFY, "expected an array, not object"},
    {"array for an object", TENANT_FILE, "[]\n", PAL_E_VERIFY, "expected an object, not array"},
    {"text for a set", "inputs/settings.json",
     "{\n  \"cloud\": \"c\",\n  \"collect\": \"links\",\n  \"names\": \"ours\",\n  \"usageWindowMonths\": 2\n}\n",
     PAL_E_VERIFY, "$.collect: expected an array of strings"},
    {"unsorted set", "inputs/settings.json",
     "{\n  \"cloud\": \"c\",\n  \"collect\": [\"b\",\"a\"],\n  \"names\": \"ours\",\n  \"usageWindowMonths\": 2\n}\n",
     PAL_E_VERIFY, "$.collect[1]: not in canonical form"},
    {"set with a duplicate", "inputs/settings.json",
     "{\n  \"cloud\": \"c\",\n  \"collect\": [\"a\",\"a\"],\n  \"names\": \"ours\",\n  \"usageWindowMonths\": 2\n}\n",
     PAL_E_VERIFY, "$.collect[1]: not in canonical form"},
    {"fraction", "inputs/settings.json",
     "{\n  \"cloud\": \"c\",\n  \"collect\": [],\n  \"names\": \"ours\",\n  \"usageWindowMonths\": 2.0\n}\n",
     PAL_E_VERIFY, "expected a whole number"},
    {"out of range", "inputs/settings.json",
     "{\n  \"cloud\": \"c\",\n  \"collect\": [],\n  \"names\": \"ours\",\n  \"usageWindowMonths\": 13\n}\n",
     PAL_E_VERIFY, "from 1 to 12"},
    {"more than 64 bits", COVERAGE_FILE,
     "{\n  \"links\": {\n    \"a\": {\"items\":9223372036854775808,\"state\":\"complete\"}\n  }\n}\n", PAL_E_VERIFY,
     "whole number of 64 bits"},
    {"fallback is not for snapshots", "inputs/registry.json",
     "{\n  \"ids\": [\n    {\"country\":\"de\",\"id\":\"1\",\"type\":\"location\"}\n  ]\n}\n", PAL_E_VERIFY,
     "$.ids[0].country: not in canonical form: expected \"DE\""},
    {"unknown word", COVERAGE_FILE, "{\n  \"links\": {\n    \"a\": {\"state\":\"completed\"}\n  }\n}\n", PAL_E_VERIFY,
     "did you mean \"complete\"?"},
    {"key field within a map", COVERAGE_FILE,
     "{\n  \"links\": {\n    \"a\": {\"area\":\"links\",\"state\":\"complete\"}\n  }\n}\n", PAL_E_VERIFY,
     "$.links.a.area: unknown key"},
    {"map out of order", COVERAGE_FILE,
     "{\n  \"usage\": {\n    \"a\": {\"state\":\"complete\"}\n  },\n  \"links\": {\n    \"a\": "
     "{\"state\":\"complete\"}\n  }\n}\n",
     PAL_E_VERIFY, ":2:4: the bytes"},
    {"empty area", COVERAGE_FILE, "{\n  \"links\": {}\n}\n", PAL_E_VERIFY, "$.links: expected an object with members"},
    {"area is no object", COVERAGE_FILE, "{\n  \"links\": []\n}\n", PAL_E_VERIFY, "expected an object with members"},
    {"json with spaces", TENANT_PATH "events.json",
     "[\n  {\"after\":{\"a\": "
     "1},\"kind\":\"k\",\"since\":\"2026-01-01T00:00:00Z\",\"subjectId\":\"x\",\"subjectType\":\"t\"}\n]\n",
     PAL_E_VERIFY, ":2:17: the bytes"},
    {"json with a fraction", TENANT_PATH "events.json",
     "[\n  "
     "{\"after\":1.5,\"kind\":\"k\",\"since\":\"2026-01-01T00:00:00Z\",\"subjectId\":\"x\",\"subjectType\":\"t\"}\n]\n",
     PAL_E_VERIFY, "$[0].after: only a whole number"},
    {"findings without any", TENANT_PATH "findings.json", "[]\n", PAL_E_VERIFY, "without records the file is absent"},
    {"id of another file", TENANT_PATH "groups/" P1 ".json", "{\n  \"groupId\": \"" P2 "\"\n}\n", PAL_E_VERIFY,
     "$.groupId: \"groupId\" is not that of the file's path"},
    {"tenant of another folder", TENANT_FILE, "{\n  \"tenantId\": \"" T2 "\"\n}\n", PAL_E_VERIFY,
     "is not that of the file's path"},
    {"newer format", "format.json", "{\n  \"format\": \"palscan-snapshot\",\n  \"future\": {},\n  \"version\": 2\n}\n",
     PAL_E_NEWER, "upgrade palscan"},
    {"version 0", "format.json", "{\n  \"format\": \"palscan-snapshot\",\n  \"judge\": 1,\n  \"version\": 0\n}\n",
     PAL_E_VERIFY, "no format version"},
    {"version as text", "format.json",
     "{\n  \"format\": \"palscan-snapshot\",\n  \"judge\": 1,\n  \"version\": \"1\"\n}\n", PAL_E_VERIFY,
     "no format version"},
    {"another format", "format.json", "{\n  \"format\": \"palscan\",\n  \"judge\": 1,\n  \"version\": 9\n}\n",
     PAL_E_VERIFY, "no palscan snapshot"},
    {"broken JSON", "format.json", "{\n  \"format\": \n}\n", PAL_E_VERIFY, "format.json:3:1: at $.format"},
};

START_TEST(test_doc_codec__row_is_refused) {
  snap_refuses(refused_rows[_i].path, refused_rows[_i].bytes, refused_rows[_i].code, refused_rows[_i].part);
}
END_TEST

START_TEST(test_doc_codec__format_is_checked_alone) {
  struct pal_err err = {0};
  const char *newer = "{\"format\":\"palscan-snapshot\",\"version\":99}";
  const char *same = "{\"format\":\"palscan-snapshot\",\"version\":1}";
  unit_fails(pal_format_check(newer, strlen(newer), &err), PAL_E_NEWER, "format version 99", &err);
  unit_ok(pal_format_check(same, strlen(same), &err), &err);
  unit_fails(pal_format_check("[", 1, &err), PAL_E_VERIFY, "format.json", &err);
}
END_TEST

static struct pal_doc *new_doc(enum pal_file_id file, const char *id) {
  const struct pal_tenant_id tenant = {T1};
  return pal_docs_get(snap_docs(), file, &tenant, id);
}

static void fails_to_encode(struct pal_doc *doc, const char *part) {
  struct pal_err err = {0};
  struct pal_buf out;
  pal_buf_init(&out, 1 << 16);
  unit_fails(pal_doc_encode(doc, &out, &err), PAL_E_INTERNAL, part, &err);
  ck_assert_uint_eq(out.len, 0);
  pal_buf_deinit(&out);
}

static void append(struct pal_doc *doc, struct pal_record *record) {
  struct pal_err err = {0};
  unit_ok(pal_records_add(snap_arena, &doc->records, record, &err), &err);
}

static struct pal_record *usage(const char *month, const char *used) {
  struct pal_err err = {0};
  struct pal_record *record = pal_record_new(snap_arena, &pal_kind_USAGE);
  unit_ok(pal_set_text(snap_arena, record, PAL_USAGE_MONTH, month, &err), &err);
  unit_ok(pal_set_text(snap_arena, record, PAL_USAGE_USED, used, &err), &err);
  return record;
}

START_TEST(test_doc_codec__incomplete_record_is_not_written) {
  struct pal_doc *doc = new_doc(PAL_FILE_USAGE, S1);
  append(doc, usage("2026-01", NULL));
  fails_to_encode(doc, SUB_PATH "usage.json: usage.used is missing");
}
END_TEST

START_TEST(test_doc_codec__two_records_of_one_key_are_not_written) {
  struct pal_doc *doc = new_doc(PAL_FILE_USAGE, S1);
  append(doc, usage("2026-01", "yes"));
  append(doc, usage("2026-01", "no"));
  fails_to_encode(doc, "one key");
}
END_TEST

START_TEST(test_doc_codec__nested_records_of_one_key_are_not_written) {
  struct pal_err err = {0};
  struct pal_doc *doc = new_doc(PAL_FILE_GROUP, P1);
  struct pal_record *group = pal_record_new(snap_arena, &pal_kind_GROUP);
  unit_ok(pal_set_text(snap_arena, group, PAL_GROUP_GROUP_ID, P1, &err), &err);
  for (int i = 0; i < 2; i++) {
    struct pal_record *member = pal_record_new(snap_arena, &pal_kind_MEMBER);
    unit_ok(pal_set_text(snap_arena, member, PAL_MEMBER_OBJECT_ID, P2, &err), &err);
    unit_ok(pal_set_text(snap_arena, member, PAL_MEMBER_TYPE, i ? "user" : "group", &err), &err);
    unit_ok(pal_add_record(snap_arena, group, PAL_GROUP_MEMBERS, member, &err), &err);
  }
  append(doc, group);
  fails_to_encode(doc, "members have one key");
}
END_TEST

START_TEST(test_doc_codec__record_of_another_id_is_not_written) {
  struct pal_err err = {0};
  struct pal_doc *doc = new_doc(PAL_FILE_GROUP, P1);
  struct pal_record *group = pal_record_new(snap_arena, &pal_kind_GROUP);
  unit_ok(pal_set_text(snap_arena, group, PAL_GROUP_GROUP_ID, P2, &err), &err);
  append(doc, group);
  fails_to_encode(doc, "groupId is " P2);
}
END_TEST

START_TEST(test_doc_codec__files_that_are_absent_when_empty_are_not_written) {
  struct pal_doc *findings = new_doc(PAL_FILE_FINDINGS, NULL), *events = new_doc(PAL_FILE_EVENTS, NULL);
  struct pal_doc *facts = new_doc(PAL_FILE_USAGE, S1), *coverage = new_doc(PAL_FILE_COVERAGE, NULL);
  struct pal_doc *tenant = new_doc(PAL_FILE_TENANT, NULL);
  ck_assert(!pal_doc_wanted(findings) && !pal_doc_wanted(events) && !pal_doc_wanted(tenant));
  ck_assert(pal_doc_wanted(facts) && pal_doc_wanted(coverage));
  fails_to_encode(findings, "0 records");
  fails_to_encode(tenant, "0 records");
  ck_assert_str_eq(snap_encode(facts), "[]\n");
}
END_TEST

START_TEST(test_doc_codec__exact_duplicates_are_written_once) {
  struct pal_doc *doc = new_doc(PAL_FILE_USAGE, S1);
  append(doc, usage("2026-02", "yes"));
  append(doc, usage("2026-01", "no"));
  append(doc, usage("2026-02", "yes"));
  ck_assert_str_eq(snap_encode(doc),
                   "[\n  {\"month\":\"2026-01\",\"used\":\"no\"},\n  {\"month\":\"2026-02\",\"used\":\"yes\"}\n]\n");
}
END_TEST

START_TEST(test_doc_codec__small_buffer_is_an_error) {
  struct pal_err err = {0};
  struct pal_doc *doc = new_doc(PAL_FILE_USAGE, S1);
  append(doc, usage("2026-02", "yes"));
  struct pal_buf out;
  pal_buf_init(&out, 8);
  unit_fails(pal_doc_encode(doc, &out, &err), PAL_E_LIMIT, "usage.json", &err);
  pal_buf_deinit(&out);
}
END_TEST

Suite *make_snapshot_doc_codec_suite(void);
Suite *make_snapshot_doc_codec_suite(void) {
  Suite *suite = suite_create("snapshot_doc_codec");
  TCase *tcase = tcase_create("files");
  tcase_add_checked_fixture(tcase, snap_set_up, snap_tear_down);
  tcase_add_loop_test(tcase, test_doc_codec__row_is_refused, 0, UNIT_N(refused_rows));
  tcase_add_test(tcase, test_doc_codec__format_is_checked_alone);
  tcase_add_test(tcase, test_doc_codec__incomplete_record_is_not_written);
  tcase_add_test(tcase, test_doc_codec__two_records_of_one_key_are_not_written);
  tcase_add_test(tcase, test_doc_codec__nested_records_of_one_key_are_not_written);
  tcase_add_test(tcase, test_doc_codec__record_of_another_id_is_not_written);
  tcase_add_test(tcase, test_doc_codec__files_that_are_absent_when_empty_are_not_written);
  tcase_add_test(tcase, test_doc_codec__exact_duplicates_are_written_once);
  tcase_add_test(tcase, test_doc_codec__small_buffer_is_an_error);
  suite_add_tcase(suite, tcase);
  return suite;
}
