/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json_writer.h"

#include <errno.h>
#include <string.h>

#include "golden.h"
#include "pal_json.h"
#include "unit.h"

START_TEST(test_json_writer__lines_and_inline) {
  struct golden golden;
  struct jsonw w;
  struct pal_err err = {0};
  golden_open(&golden);
  jsonw_init(&w, golden.file);
  jsonw_object(&w, NULL, JSONW_LINES);
  jsonw_count(&w, "n", 3);
  jsonw_array(&w, "empty", JSONW_LINES);
  jsonw_end(&w);
  jsonw_array(&w, "list", JSONW_LINES);
  jsonw_object(&w, NULL, JSONW_INLINE);
  jsonw_text(&w, "a", "x\"\\\n\xE2\x80\xAE");
  jsonw_text(&w, "none", NULL);
  jsonw_raw(&w, "raw", "{\"k\":[1]}");
  jsonw_end(&w);
  jsonw_object(&w, NULL, JSONW_INLINE);
  jsonw_end(&w);
  jsonw_end(&w);
  jsonw_end(&w);
  unit_ok(jsonw_finish(&w, "a test", &err), &err);
  ck_assert_str_eq(golden_text(&golden), "{\n"
                                         "  \"n\": 3,\n"
                                         "  \"empty\": [],\n"
                                         "  \"list\": [\n"
                                         "    {\"a\":\"x\\\"\\\\\\u000a\\u202e\",\"none\":null,\"raw\":{\"k\":[1]}},\n"
                                         "    {}\n"
                                         "  ]\n"
                                         "}\n");
  struct pal_json_doc *doc = NULL;
  unit_ok(pal_json_parse(golden.text, golden.len, "output", PAL_JSON_STRICT_UTF8, 0, &doc, &err), &err);
  pal_json_doc_free(doc);
  golden_free(&golden);
}
END_TEST

START_TEST(test_json_writer__a_full_disk_is_told_once_at_the_end) {
  FILE *full = fopen("/dev/full", "w");
  if (!full)
    return;
  struct jsonw w;
  struct pal_err err = {0};
  (void)setvbuf(full, NULL, _IONBF, 0);
  jsonw_init(&w, full);
  jsonw_array(&w, NULL, JSONW_LINES);
  for (int i = 0; i < 100; i++)
    jsonw_text(&w, NULL, "text");
  jsonw_end(&w);
  unit_fails(jsonw_finish(&w, "the findings", &err), PAL_E_IO, "write the findings: ", &err);
  ck_assert_ptr_nonnull(strstr(err.text, strerror(ENOSPC)));
  (void)fclose(full);
}
END_TEST

Suite *make_report_json_writer_suite(void);
Suite *make_report_json_writer_suite(void) {
  Suite *suite = suite_create("report_json_writer");
  TCase *tcase = tcase_create("json_writer");
  tcase_add_test(tcase, test_json_writer__lines_and_inline);
  tcase_add_test(tcase, test_json_writer__a_full_disk_is_told_once_at_the_end);
  suite_add_tcase(suite, tcase);
  return suite;
}
