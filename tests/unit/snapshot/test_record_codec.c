/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "snap.h"
#include "unit.h"

/* A file of one object: nested objects indented, sets on one line, one record a line. */
#define IDENTITY_PATH TENANT_PATH "identities/" P1 ".json"

static const char identity_golden[] = "{\n"
                                      "  \"assurance\": \"read\",\n"
                                      "  \"link\": {\n"
                                      "    \"partnerId\": \"1000001\",\n"
                                      "    \"partnerName\": \"Contoso\",\n"
                                      "    \"state\": \"Active\",\n"
                                      "    \"version\": 3\n"
                                      "  },\n"
                                      "  \"names\": [\"a\",\"b\"],\n"
                                      "  \"objectId\": \"" P1 "\",\n"
                                      "  \"type\": \"servicePrincipal\"\n"
                                      "}\n";

static const char role_golden[] = "{\n"
                                  "  \"assignableScopes\": [\"/\"],\n"
                                  "  \"permissions\": [\n"
                                  "    {\"actions\":[\"*\"],\"notActions\":[]},\n"
                                  "    {\"dataActions\":[\"a\",\"b\"]}\n"
                                  "  ],\n"
                                  "  \"roleId\": \"" OWNER "\",\n"
                                  "  \"roleName\": \"Owner\"\n"
                                  "}\n";

static const char group_golden[] = "{\n"
                                   "  \"groupId\": \"" P1 "\",\n"
                                   "  \"members\": []\n"
                                   "}\n";

static const char settings_golden[] = "{\n"
                                      "  \"cloud\": \"AzurePublicCloud\",\n"
                                      "  \"collect\": [],\n"
                                      "  \"names\": \"ours\",\n"
                                      "  \"parameters\": {\"a\":{\"b\":[1,true,null]}},\n"
                                      "  \"usageWindowMonths\": 2\n"
                                      "}\n";

static const char array_golden[] =
    "[\n"
    "  {\"id\":\"/a\",\"principalId\":\"" P1 "\",\"roleId\":\"" OWNER "\",\"scope\":\"/\"},\n"
    "  {\"condition\":\"x \\\"y\\\" \\\\ /\",\"id\":\"/b\",\"principalId\":\"" P1 "\",\"roleId\":\"" OWNER
    "\",\"scope\":\"/\"}\n"
    "]\n";

static const char delegation_golden[] =
    "[\n"
    "  {\"authorizations\":[{\"delegatedRoleIds\":[\"" READER "\"],\"kind\":\"eligible\",\"principalId\":\"" P1
    "\",\"roleId\":\"" OWNER "\"},{\"kind\":\"permanent\",\"principalId\":\"" P1 "\",\"roleId\":\"" READER
    "\"}],\"id\":\"/x\",\"plan\":{\"name\":\"p\"},"
    "\"scope\":\"/subscriptions/" S1 "\"}\n"
    "]\n";

static const char coverage_golden[] =
    "{\n"
    "  \"links\": {\n"
    "    \"app-1\": {\"items\":1,\"state\":\"complete\"},\n"
    "    \"app-2\": {\"asOf\":\"2026-01-01T00:00:00Z\",\"code\":\"403\",\"state\":\"stale\"}\n"
    "  },\n"
    "  \"role-assignments\": {\n"
    "    \"" S1 "\": {\"expected\":2,\"items\":2,\"state\":\"complete\"}\n"
    "  }\n"
    "}\n";

static const struct {
  const char *path, *bytes;
} golden_rows[] = {
    {"format.json", "{\n  \"format\": \"palscan-snapshot\",\n  \"judge\": 1,\n  \"version\": 1\n}\n"},
    {IDENTITY_PATH, identity_golden},
    {IDENTITY_PATH, "{\n  \"assurance\": \"self-declared\",\n  \"link\": null,\n  \"objectId\": \"" P1 "\"\n}\n"},
    {IDENTITY_PATH, "{\n  \"assurance\": \"self-declared\",\n  \"objectId\": \"" P1 "\"\n}\n"},
    {"roles/" OWNER ".json", role_golden},
    {TENANT_PATH "groups/" P1 ".json", group_golden},
    {"inputs/settings.json", settings_golden},
    {"inputs/history.json", "{}\n"},
    {"inputs/history.json", "{\n  \"firstRun\": \"2026-01-01T00:00:00Z\",\n  \"lastFull\": {\n    \"sequence\": 7,\n   "
                            " \"started\": \"2026-01-02T00:00:00.5Z\"\n  }\n}\n"},
    {"inputs/waivers.json", "{\n  \"waivers\": []\n}\n"},
    {"inputs/waivers.json",
     "{\n  \"waivers\": [\n    {\"id\":\"w-1\",\"pins\":{\"a\":[1,null]},\"until\":\"2026-12-31\"}\n  ]\n}\n"},
    {SUB_PATH "role-assignments.json", array_golden},
    {SUB_PATH "role-assignments.json", "[]\n"},
    {TENANT_PATH "delegations.json", delegation_golden},
    {TENANT_PATH "coverage.json", coverage_golden},
    {TENANT_PATH "coverage.json", "{}\n"},
    {SUB_PATH "usage.json", "[\n  {\"month\":\"2026-01\",\"used\":\"yes\"},\n  "
                            "{\"month\":\"2026-01\",\"resourceGroup\":\"rg\",\"used\":\"unknown\"}\n]\n"},
    {TENANT_PATH "findings.json", "[\n  "
                                  "{\"class\":\"rule\",\"details\":{\"n\":-3},\"fingerprint\":\"aa\",\"message\":\"m\","
                                  "\"policy\":\"PAL001\",\"severity\":\"high\","
                                  "\"since\":\"2026-01-01T00:00:00Z\",\"status\":\"open\",\"subject\":{\"id\":\"" P1
                                  "\",\"type\":\"identity\"},\"verdict\":\"fail\"}\n]\n"},
    {TENANT_PATH "events.json", "[\n  "
                                "{\"after\":{\"partnerId\":\"2\"},\"kind\":\"link.changed\",\"since\":\"2026-01-01T00:"
                                "00:00Z\",\"subjectId\":\"x\",\"subjectType\":\"identity\"}\n]\n"},
};

START_TEST(test_record_codec__golden_bytes_are_read_and_written_again) {
  struct pal_doc *doc = snap_decode(golden_rows[_i].path, golden_rows[_i].bytes);
  ck_assert_str_eq(snap_encode(doc), golden_rows[_i].bytes);
}
END_TEST

/* Takes away each single byte, and doubles each: nothing but the golden bytes is
 * accepted with the same meaning. */
START_TEST(test_record_codec__no_other_bytes_say_the_same) {
  const char *golden = golden_rows[_i].bytes;
  size_t len = strlen(golden);
  char *bytes = pal_arena_alloc(snap_arena, len + 2);
  struct pal_err err = {0};
  struct pal_doc doc;
  unit_ok(pal_doc_parse_path(golden_rows[_i].path, &doc, &err), &err);
  for (size_t i = 0; i < len; i++)
    for (int twice = 0; twice < 2; twice++) {
      size_t n = 0;
      for (size_t j = 0; j < len; j++) {
        if (j != i || twice)
          bytes[n++] = golden[j];
        if (j == i && twice)
          bytes[n++] = golden[j];
      }
      bytes[n] = '\0';
      enum pal_code code = pal_doc_decode(snap_arena, bytes, n, &doc, &err);
      if (code == PAL_OK)
        ck_assert_str_eq(snap_encode(&doc), bytes);
      else
        ck_assert_msg(code == PAL_E_VERIFY || code == PAL_E_NEWER, "%s", err.text);
    }
}
END_TEST

static struct pal_record *member(const char *id) {
  struct pal_err err = {0};
  struct pal_record *record = pal_record_new(snap_arena, &pal_kind_MEMBER);
  unit_ok(pal_set_text(snap_arena, record, PAL_MEMBER_OBJECT_ID, id, &err), &err);
  return record;
}

START_TEST(test_record_codec__order_of_input_does_not_change_the_bytes) {
  struct pal_err err = {0};
  const char *first = NULL;
  for (int turn = 0; turn < 2; turn++) {
    struct pal_record *group = pal_record_new(snap_arena, &pal_kind_GROUP);
    unit_ok(pal_set_text(snap_arena, group, PAL_GROUP_GROUP_ID, P1, &err), &err);
    unit_ok(pal_add_record(snap_arena, group, PAL_GROUP_MEMBERS, member(turn ? P1 : P2), &err), &err);
    unit_ok(pal_add_record(snap_arena, group, PAL_GROUP_MEMBERS, member(T1), &err), &err);
    unit_ok(pal_add_record(snap_arena, group, PAL_GROUP_MEMBERS, member(turn ? P2 : P1), &err), &err);
    unit_ok(pal_add_record(snap_arena, group, PAL_GROUP_MEMBERS, member(T1), &err), &err);
    struct pal_buf out;
    pal_buf_init(&out, 4096);
    pal_record_compact(group, &out); /* const: nested lists are sorted on the way */
    const char *text = pal_arena_strdup(snap_arena, out.data);
    pal_buf_deinit(&out);
    if (turn)
      ck_assert_str_eq(text, first);
    first = text;
  }
  ck_assert_str_eq(first, "{\"groupId\":\"" P1 "\",\"members\":[{\"objectId\":\"" T1 "\"},{\"objectId\":\"" P1
                          "\"},{\"objectId\":\"" P2 "\"}]}");
}
END_TEST

static const struct {
  const char *name, *text, *want;
} escape_rows[] = {
    {"terminal escape", "\x1b]0;pwned\x07", "\\u001b]0;pwned\\u0007"},
    {"line feed and tab", "a\n\tb", "a\\u000a\\u0009b"},
    {"C1 control",
     "\xC2\x9B"
     "31m",
     "\\u009b31m"},
    {"delete", "\x7f", "\\u007f"},
    {"right-to-left override",
     "\xE2\x80\xAE"
     "exe",
     "\\u202eexe"},
    {"isolate", "\xE2\x81\xA6", "\\u2066"},
    {"zero width space",
     "a\xE2\x80\x8B"
     "b",
     "a\\u200bb"},
    {"soft hyphen", "\xC2\xAD", "\\u00ad"},
    {"byte order mark", "\xEF\xBB\xBF", "\\ufeff"},
    {"tag beyond the BMP", "\xF3\xA0\x81\xA1", "\\udb40\\udc61"},
    {"quote and backslash", "\"\\", "\\\"\\\\"},
    {"slash, umlaut and emoji raw", "/\xC3\xA4\xF0\x9F\x98\x80", "/\xC3\xA4\xF0\x9F\x98\x80"},
};

START_TEST(test_record_codec__hostile_name_is_escaped_and_comes_back) {
  struct pal_err err = {0};
  struct pal_docs *docs = snap_docs();
  const struct pal_tenant_id tenant = {T1};
  struct pal_doc *doc = pal_docs_get(docs, PAL_FILE_TENANT, &tenant, NULL);
  struct pal_record *record = pal_record_new(snap_arena, &pal_kind_TENANT);
  unit_ok(pal_set_text(snap_arena, record, PAL_TENANT_TENANT_ID, T1, &err), &err);
  unit_ok(pal_set_text(snap_arena, record, PAL_TENANT_DISPLAY_NAME, escape_rows[_i].text, &err), &err);
  unit_ok(pal_records_add(snap_arena, &doc->records, record, &err), &err);
  const char *bytes = snap_encode(doc);
  const char *want = pal_arena_printf(snap_arena, "{\n  \"displayName\": \"%s\",\n  \"tenantId\": \"" T1 "\"\n}\n",
                                      escape_rows[_i].want);
  ck_assert_str_eq(bytes, want);
  struct pal_doc *again = snap_decode(TENANT_PATH "tenant.json", bytes);
  ck_assert_str_eq(pal_get_text(again->records.v[0], PAL_TENANT_DISPLAY_NAME), escape_rows[_i].text);
}
END_TEST

static const struct {
  const char *name, *value;
} spelling_rows[] = {
    {"short escape", "\\n"},        {"escaped slash", "\\/"},         {"upper-case hex", "\\u001B"},
    {"needless escape", "\\u0041"}, {"raw override", "\xE2\x80\xAE"}, {"NUL", "\\u0000"},
    {"lone surrogate", "\\ud800"},  {"invalid UTF-8", "\xFF"},
};

START_TEST(test_record_codec__other_spelling_of_a_text_is_refused) {
  snap_refuses(TENANT_PATH "tenant.json",
               pal_arena_printf(snap_arena, "{\n  \"displayName\": \"%s\",\n  \"tenantId\": \"" T1 "\"\n}\n",
                                spelling_rows[_i].value),
               PAL_E_VERIFY, TENANT_PATH "tenant.json:2:");
}
END_TEST

START_TEST(test_record_codec__link_has_three_states) {
  const char *bytes[] = {golden_rows[3].bytes, golden_rows[2].bytes, golden_rows[1].bytes};
  const enum pal_presence want[] = {PAL_ABSENT, PAL_NULL, PAL_SET};
  for (int i = 0; i < 3; i++)
    ck_assert_int_eq(snap_decode(IDENTITY_PATH, bytes[i])->records.v[0]->v[PAL_IDENTITY_LINK].is, want[i]);
}
END_TEST

Suite *make_snapshot_record_codec_suite(void);
Suite *make_snapshot_record_codec_suite(void) {
  Suite *suite = suite_create("snapshot_record_codec");
  TCase *tcase = tcase_create("canonical");
  tcase_set_timeout(tcase, 60);
  tcase_add_checked_fixture(tcase, snap_set_up, snap_tear_down);
  tcase_add_loop_test(tcase, test_record_codec__golden_bytes_are_read_and_written_again, 0, UNIT_N(golden_rows));
  tcase_add_loop_test(tcase, test_record_codec__no_other_bytes_say_the_same, 0, UNIT_N(golden_rows));
  tcase_add_test(tcase, test_record_codec__order_of_input_does_not_change_the_bytes);
  tcase_add_loop_test(tcase, test_record_codec__hostile_name_is_escaped_and_comes_back, 0, UNIT_N(escape_rows));
  tcase_add_loop_test(tcase, test_record_codec__other_spelling_of_a_text_is_refused, 0, UNIT_N(spelling_rows));
  tcase_add_test(tcase, test_record_codec__link_has_three_states);
  suite_add_tcase(suite, tcase);
  return suite;
}
