/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "snap.h"
#include "unit.h"

static enum pal_code read_input(const struct pal_kind *kind, const char *text, struct pal_record **ret,
                                struct pal_err *err) {
  unit_write("in.json", text, 0644);
  return pal_input_read(snap_arena, "in.json", "registry", kind, ret, err);
}

static const char *compact(const struct pal_record *record) {
  struct pal_buf out;
  pal_buf_init(&out, 1 << 16);
  pal_record_compact(record, &out);
  const char *text = pal_arena_strdup(snap_arena, out.data);
  pal_buf_deinit(&out);
  return text;
}

static const struct {
  const char *name;
  const struct pal_kind *kind;
  const char *text, *want;
} good_rows[] = {
    {"comments, fallback, any order", &pal_kind_REGISTRY,
     "// ours\n{ /* two */ \"ids\": [ {\"type\":\"location\",\"id\":\"2\"}, "
     "{\"id\":\"1\",\"type\":\"global\",\"status\":\"closed\"} ] }\n",
     "{\"ids\":[{\"id\":\"1\",\"status\":\"closed\",\"type\":\"global\"},{\"id\":\"2\",\"status\":\"active\",\"type\":"
     "\"location\"}]}"},
    {"partner ids of spreadsheets", &pal_kind_REGISTRY,
     "{\"ids\":[{\"id\":\" 0012 \",\"type\":\"global\"},{\"id\":\"MPN-7\",\"type\":\"location\"},{\"id\":\"mpn "
     "8\xC2\xA0\",\"type\":\"location\"}]}",
     "{\"ids\":[{\"id\":\"0012\",\"status\":\"active\",\"type\":\"global\"},{\"id\":\"7\",\"status\":\"active\","
     "\"type\":\"location\"},"
     "{\"id\":\"8\",\"status\":\"active\",\"type\":\"location\"}]}"},
    {"countries", &pal_kind_REGISTRY,
     "{\"ids\":[{\"id\":\"1\",\"type\":\"location\",\"country\":\"uk\"}],\"expect\":[{\"country\":\"de\",\"id\":\"1\"},"
     "{\"country\":[\"LI\",\"at\",\"AT\"],\"id\":\"1\"}]}",
     "{\"expect\":[{\"country\":[\"AT\",\"LI\"],\"id\":\"1\"},{\"country\":[\"DE\"],\"id\":\"1\"}],"
     "\"ids\":[{\"country\":\"GB\",\"id\":\"1\",\"status\":\"active\",\"type\":\"location\"}]}"},
    {"ids in capitals", &pal_kind_ESTATE, "{\"customers\":[{\"tenant\":\"AAAAAAAA-1111-1111-1111-111111111111\"}]}",
     "{\"customers\":[{\"status\":\"active\",\"tenant\":\"aaaaaaaa-1111-1111-1111-111111111111\"}]}"},
    {"one object twice in one principal", &pal_kind_ESTATE,
     "{\"principals\":[{\"name\":\"A\",\"home\":{\"tenant\":\"" T1 "\",\"objectId\":\"" T1
     "\"},\"objects\":[{\"tenant\":\"" T1 "\",\"objectId\":\"" T1 "\"}]}]}",
     "{\"principals\":[{\"home\":{\"objectId\":\"" T1 "\",\"tenant\":\"" T1
     "\"},\"name\":\"A\",\"objects\":[{\"objectId\":\"" T1 "\",\"tenant\":\"" T1 "\"}],\"owner\":\"us\"}]}"},
    {"byte order mark", &pal_kind_WAIVERS, "\xEF\xBB\xBF{\"waivers\":[]}", "{\"waivers\":[]}"},
    {"configuration is all fallbacks", &pal_kind_CONFIG, "{}",
     "{\"cloud\":\"AzurePublicCloud\",\"concurrency\":64,\"names\":\"ours\",\"registry\":\"mpn.json\",\"repository\":"
     "\"snapshots.git\",\"usageWindowMonths\":2}"},
    {"identities of the configuration", &pal_kind_CONFIG,
     "{\"identities\":[{\"name\":\"a\",\"credential\":{\"type\":\"azure-cli\"}},{\"name\":\"b\",\"credential\":{"
     "\"type\":\"client-secret\",\"secretFile\":\"s\"},\"tenants\":[ \"" T1 "\" ]}]}",
     "{\"cloud\":\"AzurePublicCloud\",\"concurrency\":64,\"identities\":[{\"credential\":{\"type\":\"azure-cli\"},"
     "\"name\":\"a\",\"tenants\":\"all\"},"
     "{\"credential\":{\"secretFile\":\"s\",\"type\":\"client-secret\"},\"name\":\"b\",\"tenants\":[\"" T1
     "\"]}],\"names\":\"ours\",\"registry\":\"mpn.json\",\"repository\":\"snapshots.git\",\"usageWindowMonths\":2}"},
};

START_TEST(test_input__spelling_is_made_canonical) {
  struct pal_err err = {0};
  struct pal_record *record;
  unit_ok(read_input(good_rows[_i].kind, good_rows[_i].text, &record, &err), &err);
  ck_assert_str_eq(compact(record), good_rows[_i].want);
}
END_TEST

#define IDS(x) "{\"ids\":[\n{" x "}]}"

static const struct {
  const char *name;
  const struct pal_kind *kind;
  const char *text, *part;
} bad_rows[] = {
    {"unknown key", &pal_kind_REGISTRY, "{\n  \"ids\": [],\n  \"expct\": []\n}",
     "in.json:3:12: at $.expct: unknown key; did you mean \"expect\"?"},
    {"unknown nested key", &pal_kind_REGISTRY, IDS("\"id\":\"1\",\"type\":\"global\",\"contry\":\"DE\""),
     "$.ids[0].contry: unknown key; did you mean \"country\"?"},
    {"unknown key like none", &pal_kind_REGISTRY, "{\"ids\":[],\"xyzzy\":1}", "$.xyzzy: unknown key"},
    {"missing key", &pal_kind_REGISTRY, "{}", "in.json:1:1: at $: the key \"ids\" is missing"},
    {"missing nested key", &pal_kind_REGISTRY, IDS("\"id\":\"1\""),
     "in.json:2:1: at $.ids[0]: the key \"type\" is missing"},
    {"partner id as number", &pal_kind_REGISTRY, IDS("\"id\":1000001,\"type\":\"global\""),
     "in.json:2:7: at $.ids[0].id: a partner ID is written in quotation marks"},
    {"partner id with letters", &pal_kind_REGISTRY, IDS("\"id\":\"12a\",\"type\":\"global\""),
     "$.ids[0].id: expected a partner ID: 1 to 20 digits"},
    {"partner id with inner space", &pal_kind_REGISTRY, IDS("\"id\":\"12 3\",\"type\":\"global\""),
     "expected a partner ID"},
    {"prefix only", &pal_kind_REGISTRY, IDS("\"id\":\"MPN-\",\"type\":\"global\""), "expected a partner ID"},
    {"word", &pal_kind_REGISTRY, IDS("\"id\":\"1\",\"type\":\"globl\""),
     "$.ids[0].type: expected \"global\" or \"location\"; did you mean \"global\"?"},
    {"word like none", &pal_kind_REGISTRY, IDS("\"id\":\"1\",\"type\":\"PGA\""), "expected \"global\" or \"location\""},
    {"country in words", &pal_kind_REGISTRY, IDS("\"id\":\"1\",\"type\":\"global\",\"country\":\"Germany\""),
     "$.ids[0].country: expected a country"},
    {"country in a list", &pal_kind_REGISTRY, "{\"ids\":[],\"expect\":[{\"id\":\"1\",\"country\":[\"DE\",\"D1\"]}]}",
     "$.expect[0].country[1]: expected a country"},
    {"set of the wrong type", &pal_kind_REGISTRY, "{\"ids\":[],\"expect\":[{\"id\":\"1\",\"country\":7}]}",
     "expected a string or an array of strings, not number"},
    {"single text where many are wanted", &pal_kind_REGISTRY, IDS("\"id\":\"1\",\"type\":\"global\",\"aliases\":\"x\""),
     "expected an array of strings, not string"},
    {"one key twice", &pal_kind_REGISTRY,
     "{\"ids\":[\n{\"id\":\"1\",\"type\":\"global\"},\n{\"id\":\"2\",\"type\":\"global\"},\n{\"id\":\"MPN-1\",\"type\":"
     "\"global\"}]}",
     "in.json:4:1: at $.ids[2]: a second partner ID with the same key; the other stands in line 2"},
    {"key of JSON twice", &pal_kind_REGISTRY, "{\"ids\":[],\n\"ids\":[]}", "in.json:2:"},
    {"null", &pal_kind_REGISTRY, "{\"ids\":[],\"organization\":null}",
     "$.organization: null is no value here; leave the key out"},
    {"date that is none", &pal_kind_WAIVERS, "{\"waivers\":[{\"id\":\"a\",\"until\":\"2026-02-30\"}]}",
     "$.waivers[0].until: expected a date such as"},
    {"text too long", &pal_kind_WAIVERS,
     "{\"waivers\":[{\"id\":\"0123456789012345678901234567890123456789012345678901234567890123x\"}]}",
     "at most 64 bytes"},
    {"too small", &pal_kind_CONFIG, "{\"concurrency\":0}",
     "in.json:1:16: at $.concurrency: expected a whole number from 1 to 1024"},
    {"too large", &pal_kind_CONFIG, "{\"usageWindowMonths\":13}", "from 1 to 12"},
    {"fraction", &pal_kind_CONFIG, "{\"usageWindowMonths\":1.5}", "expected a whole number"},
    {"name in capitals", &pal_kind_CONFIG,
     "{\"identities\":[{\"name\":\"App\",\"credential\":{\"type\":\"azure-cli\"}}]}",
     "$.identities[0].name: expected a name"},
    {"misspelt area of a gap", &pal_kind_ESTATE,
     "{\"customers\":[{\"tenant\":\"" T1 "\",\"acceptedGaps\":[\n{\"area\":\"usge\",\"reason\":\"x\"}]}]}",
     "in.json:2:9: at $.customers[0].acceptedGaps[0].area: unknown area \"usge\"; did you mean \"usage\"?"},
    {"area like none", &pal_kind_ESTATE,
     "{\"customers\":[{\"tenant\":\"" T1 "\",\"acceptedGaps\":[{\"area\":\"everything\",\"reason\":\"x\"}]}]}",
     "unknown area \"everything\"; such as"},
    {"one object in two principals", &pal_kind_ESTATE,
     "{\"principals\":[{\"name\":\"B\",\"home\":{\"tenant\":\"" T1 "\",\"objectId\":\"" T1
     "\"}},\n{\"name\":\"A\",\"objects\":[{\"tenant\":\"" T1 "\",\"objectId\":\"" T1 "\"}]}]}",
     "in.json:2:84: at $.principals[1].objects[0].objectId: this object is another person's or app's already, in line "
     "1"},
    {"array at the top", &pal_kind_CONFIG, "[]", "expected an object, not array"},
    {"UTF-16", &pal_kind_CONFIG, "\xFF\xFE{", "save it as UTF-8"},
    {"invalid UTF-8", &pal_kind_CONFIG, "{\"registry\":\"\xE4\"}", "in.json:1:14"},
    {"trailing text", &pal_kind_CONFIG, "{} x", "in.json:1:4"},
    {"comment without end", &pal_kind_CONFIG, "{} /* x", "comment"},
};

START_TEST(test_input__error_says_where_and_what) {
  struct pal_err err = {0};
  struct pal_record *record = NULL;
  unit_fails(read_input(bad_rows[_i].kind, bad_rows[_i].text, &record, &err), PAL_E_INPUT, bad_rows[_i].part, &err);
  ck_assert_ptr_null(record);
  ck_assert_msg(strncmp(err.text, "in.json", 7) == 0, "%s", err.text);
}
END_TEST

START_TEST(test_input__a_secret_in_the_wrong_place_is_not_repeated) {
  struct pal_err err = {0};
  struct pal_record *record;
  static const char *const texts[] = {
      "{\"identities\":[{\"name\":\"a\",\"credential\":{\"type\":\"client-secret\",\"clientId\":\"s3cr3t-canary\"}}]}",
      "{\"identities\":[{\"name\":\"a\",\"credential\":{\"type\":\"s3cr3t-canary\"}}]}",
      "{\"identities\":[{\"name\":\"S3cr3t-canary s3cr3t-canary\",\"credential\":{}}]}",
      "{\"names\":\"s3cr3t-canary\"}",
  };
  for (int i = 0; i < UNIT_N(texts); i++) {
    ck_assert_int_eq(read_input(&pal_kind_CONFIG, texts[i], &record, &err), PAL_E_INPUT);
    ck_assert_msg(!strstr(err.text, "canary"), "%s", err.text);
  }
}
END_TEST

START_TEST(test_input__missing_file_is_named) {
  struct pal_err err = {0};
  struct pal_record *record;
  unit_fails(pal_input_read(snap_arena, "absent.json", "registry", &pal_kind_REGISTRY, &record, &err), PAL_E_INPUT,
             "absent.json", &err);
}
END_TEST

Suite *make_snapshot_input_suite(void);
Suite *make_snapshot_input_suite(void) {
  Suite *suite = suite_create("snapshot_input");
  TCase *tcase = tcase_create("input");
  tcase_add_checked_fixture(tcase, unit_enter_folder, unit_leave_folder);
  tcase_add_checked_fixture(tcase, snap_set_up, snap_tear_down);
  tcase_add_loop_test(tcase, test_input__spelling_is_made_canonical, 0, UNIT_N(good_rows));
  tcase_add_loop_test(tcase, test_input__error_says_where_and_what, 0, UNIT_N(bad_rows));
  tcase_add_test(tcase, test_input__a_secret_in_the_wrong_place_is_not_repeated);
  tcase_add_test(tcase, test_input__missing_file_is_named);
  suite_add_tcase(suite, tcase);
  return suite;
}
