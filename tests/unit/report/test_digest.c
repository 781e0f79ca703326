/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "estate.h"
#include "golden.h"
#include "pal_json.h"
#include "pal_run_digest.h"
#include "unit.h"

enum { ALL = PAL_ON_NEW | PAL_ON_COVERAGE_LOST | PAL_ON_RECOVERED | PAL_ON_FAILED };

static const struct pal_wants everything = {.on = ALL, .min_severity = "info", .details = true};
static struct pal_err err;

static struct pal_digest digest_of(const struct pal_news *news, const struct pal_wants *wants) {
  struct pal_digest digest;
  unit_ok(pal_digest_make(estate_arena(), news, wants, &digest, &err), &err);
  return digest;
}

static void print(struct golden *golden, const struct pal_digest *digest, const char *medium) {
  golden_open(golden);
  unit_ok(pal_medium_find(medium)->print(digest, golden->file, &err), &err);
  (void)golden_text(golden);
}

/* --- as people have seen it --- */

static const struct {
  const char *name, *file;
} media[] = {{"json", "json.json"}, {"slack", "slack.json"}, {"teams", "teams.json"}, {"text", "mail.txt"}};

START_TEST(test_digest__output_is_as_seen) {
  struct golden golden;
  char name[64];
  struct pal_report report = estate_report();
  const struct pal_news news = {
      .happened = PAL_ON_COVERAGE_LOST, .report = &report, .exit_status = 3, .failed_since = NULL};
  struct pal_digest digest = digest_of(&news, &everything);
  print(&golden, &digest, media[_i].name);
  (void)snprintf(name, sizeof name, "digest-%s", media[_i].file);
  golden_compare(name, golden.text, golden.len);
  golden_free(&golden);
}
END_TEST

START_TEST(test_digest__of_a_failed_run_is_as_seen) {
  struct golden golden;
  char name[64];
  const struct pal_news news = {.happened = PAL_ON_FAILED,
                                .exit_status = 2,
                                .error = "estate.json:1:2: <!channel> {{DATE(2026-11-20T02:00:00Z)}} \x1b[2J & @here",
                                .failed_since = ESTATE_PREVIOUS};
  struct pal_digest digest = digest_of(&news, &everything);
  print(&golden, &digest, media[_i].name);
  (void)snprintf(name, sizeof name, "digest-failed-%s", media[_i].file);
  golden_compare(name, golden.text, golden.len);
  golden_free(&golden);
}
END_TEST

/* --- when something is told --- */

static const struct {
  const char *name;
  unsigned happened, on;
  const char *min_severity;
  unsigned want;
} occasions[] = {
    {"nothing but new", 0, ALL, "info", PAL_ON_NEW},
    {"new at or above", 0, ALL, "critical", PAL_ON_NEW},
    {"new is not wanted", 0, ALL & ~PAL_ON_NEW, "info", 0},
    {"lost is not wanted", PAL_ON_COVERAGE_LOST, PAL_ON_NEW | PAL_ON_FAILED, "info", PAL_ON_NEW},
    {"only lost is wanted", PAL_ON_COVERAGE_LOST, PAL_ON_COVERAGE_LOST, "info", PAL_ON_COVERAGE_LOST},
    {"only recovered is wanted, lost happened", PAL_ON_COVERAGE_LOST, PAL_ON_RECOVERED, "info", 0},
    {"recovered", PAL_ON_RECOVERED, PAL_ON_RECOVERED, "info", PAL_ON_RECOVERED},
    {"failed", PAL_ON_FAILED, PAL_ON_FAILED, "info", PAL_ON_FAILED},
};

START_TEST(test_digest__tells_what_happened_and_is_wanted) {
  struct pal_report report = estate_report();
  const struct pal_news news = {.happened = occasions[_i].happened, .report = &report};
  const struct pal_wants wants = {.on = occasions[_i].on, .min_severity = occasions[_i].min_severity, .details = true};
  struct pal_digest digest = digest_of(&news, &wants);
  ck_assert_msg(digest.occasions == occasions[_i].want, "%s: %x", occasions[_i].name, digest.occasions);
  if (occasions[_i].want == 0) {
    ck_assert_uint_eq(digest.facts_n, 0);
    ck_assert_uint_eq(digest.listed_n, 0);
  }
}
END_TEST

START_TEST(test_digest__quiet_night_tells_nothing) {
  struct pal_report report = estate_report();
  for (size_t i = 0; i < report.findings_n; i++)
    report.findings[i].novelty = PAL_STANDING;
  const struct pal_news news = {.report = &report};
  ck_assert_uint_eq(digest_of(&news, &everything).occasions, 0);
}
END_TEST

START_TEST(test_digest__less_severe_findings_are_not_listed) {
  struct pal_report report = estate_report();
  const struct pal_news news = {.report = &report};
  const struct pal_wants wants = {.on = ALL, .min_severity = "critical", .details = true};
  struct pal_digest digest = digest_of(&news, &wants);
  ck_assert_uint_eq(digest.fresh, 2);
  ck_assert_uint_eq(digest.listed_n, 2);
  for (size_t i = 0; i < digest.listed_n; i++)
    ck_assert_str_eq(pal_get_text(digest.listed[i]->finding, PAL_FINDING_SEVERITY), "critical");
}
END_TEST

START_TEST(test_digest__of_a_run_without_snapshot_tells_only_that_it_failed) {
  const struct pal_news news = {.happened = ALL & ~PAL_ON_NEW, .exit_status = 7, .error = "why"};
  struct pal_digest digest = digest_of(&news, &everything);
  ck_assert_uint_eq(digest.occasions, PAL_ON_FAILED);
  ck_assert_str_eq(digest.title, "palscan: the run failed, exit status 7");
}
END_TEST

START_TEST(test_digest__without_details_holds_no_name_and_no_text) {
  struct golden golden;
  struct pal_report report = estate_report();
  const struct pal_wants wants = {.on = ALL, .min_severity = "info", .details = false};
  const struct pal_news news = {
      .happened = PAL_ON_COVERAGE_LOST | PAL_ON_FAILED, .report = &report, .exit_status = 5, .error = "secret-words"};
  struct pal_digest digest = digest_of(&news, &wants);
  ck_assert_uint_eq(digest.fresh, 4);
  print(&golden, &digest, media[_i].name);
  ck_assert_ptr_null(strstr(golden.text, "secret-words"));
  for (size_t i = 0; i < report.findings_n; i++) {
    const char *tenant = report.findings[i].tenant_id, *name = report.findings[i].tenant_name;
    ck_assert(strlen(tenant) < 2 || strstr(golden.text, tenant) == NULL);
    ck_assert(name == NULL || strstr(golden.text, name) == NULL);
    ck_assert_ptr_null(strstr(golden.text, pal_get_text(report.findings[i].finding, PAL_FINDING_MESSAGE)));
  }
  golden_free(&golden);
}
END_TEST

START_TEST(test_digest__more_than_fit_are_counted) {
  enum { MANY = PAL_DIGEST_LISTED_MAX + 7 };
  struct golden golden;
  struct pal_report report = estate_report();
  struct pal_reported many[MANY];
  size_t from = 0;
  while (!pal_reported_is_new(&report.findings[from]))
    from++;
  for (size_t i = 0; i < MANY; i++)
    many[i] = report.findings[from];
  report.findings = many;
  report.findings_n = MANY;
  const struct pal_news news = {.report = &report};
  struct pal_digest digest = digest_of(&news, &everything);
  ck_assert_uint_eq(digest.listed_n, PAL_DIGEST_LISTED_MAX);
  print(&golden, &digest, media[_i].name);
  ck_assert_ptr_nonnull(strstr(golden.text, _i == 0 ? "\"newFindings\": 17" : "7 more"));
  golden_free(&golden);
}
END_TEST

/* --- hostile text --- */

static const struct {
  const char *text, *slack, *card;
} hostile[] = {
    {"<!channel> & <https://evil.example|x>", "&lt;!channel&gt; &amp; &lt;https://evil.example|x&gt;",
     "<!channel> & <https://evil.example|x>"},
    {"@here @CHANNEL a@b.example",
     "\xEF\xBC\xA0here \xEF\xBC\xA0"
     "CHANNEL a\xEF\xBC\xA0"
     "b.example",
     "@here @CHANNEL a@b.example"},
    {"{{DATE(2026-11-20T02:00:00Z,SHORT)}} ${x}", "{{DATE(2026-11-20T02:00:00Z,SHORT)}} ${x}",
     "{ {DATE(2026-11-20T02:00:00Z,SHORT)}} $ {x}"},
    {"{{{", "{{{", "{ { {"},
    {"a\xE2\x80\xAE"
     "b\x1b[2J\n",
     "a\\u{202e}b\\u{1b}[2J\\u{a}", "a\\u{202e}b\\u{1b}[2J\\u{a}"},
    {"&amp;&#60;", "&amp;amp;&amp;#60;", "&amp;&#60;"},
};

START_TEST(test_digest__hostile_text_is_defused) {
  struct pal_buf out;
  pal_buf_init(&out, 1 << 16);
  pal_slack_escape(&out, hostile[_i].text, 1000);
  ck_assert_str_eq(out.data, hostile[_i].slack);
  pal_buf_clear(&out);
  pal_card_escape(&out, hostile[_i].text, 1000);
  ck_assert_str_eq(out.data, hostile[_i].card);
  pal_buf_deinit(&out);
}
END_TEST

static const struct {
  const char *text;
  size_t max;
  const char *want;
} cuts[] = {
    {"abcdef", 6, "abcdef"},
    {"abcdef", 5, "abcde\xE2\x80\xA6"},
    {"ab\xC3\xA4", 4, "ab\xC3\xA4"},
    {"ab\xC3\xA4", 3, "ab\xE2\x80\xA6"},
    {"\xF0\x9F\x98\x80", 3, "\xE2\x80\xA6"},
    {"", 0, ""},
};

START_TEST(test_digest__long_text_is_cut_between_characters) {
  struct pal_buf out;
  pal_buf_init(&out, 1 << 16);
  pal_slack_escape(&out, cuts[_i].text, cuts[_i].max);
  ck_assert_str_eq(out.data, cuts[_i].want);
  pal_buf_clear(&out);
  pal_card_escape(&out, cuts[_i].text, cuts[_i].max);
  ck_assert_str_eq(out.data, cuts[_i].want);
  pal_buf_deinit(&out);
}
END_TEST

START_TEST(test_digest__a_full_disk_is_told) {
  FILE *full = fopen("/dev/full", "w");
  const struct pal_news news = {.happened = PAL_ON_FAILED, .exit_status = 1, .error = "why"};
  struct pal_digest digest = digest_of(&news, &everything);
  if (!full)
    return;
  (void)setvbuf(full, NULL, _IONBF, 0);
  unit_fails(pal_medium_find(media[_i].name)->print(&digest, full, &err), PAL_E_IO, "a digest", &err);
  (void)fclose(full);
}
END_TEST

static void set_up(void) {
  estate_set_up();
  err = (struct pal_err){0};
}

Suite *make_report_digest_suite(void);
Suite *make_report_digest_suite(void) {
  Suite *suite = suite_create("report/digest");
  TCase *tcase = tcase_create("digest");
  tcase_add_checked_fixture(tcase, set_up, estate_tear_down);
  tcase_add_loop_test(tcase, test_digest__output_is_as_seen, 0, UNIT_N(media));
  tcase_add_loop_test(tcase, test_digest__of_a_failed_run_is_as_seen, 0, UNIT_N(media));
  tcase_add_loop_test(tcase, test_digest__tells_what_happened_and_is_wanted, 0, UNIT_N(occasions));
  tcase_add_test(tcase, test_digest__quiet_night_tells_nothing);
  tcase_add_test(tcase, test_digest__less_severe_findings_are_not_listed);
  tcase_add_test(tcase, test_digest__of_a_run_without_snapshot_tells_only_that_it_failed);
  tcase_add_loop_test(tcase, test_digest__without_details_holds_no_name_and_no_text, 0, UNIT_N(media));
  tcase_add_loop_test(tcase, test_digest__more_than_fit_are_counted, 0, UNIT_N(media));
  tcase_add_loop_test(tcase, test_digest__hostile_text_is_defused, 0, UNIT_N(hostile));
  tcase_add_loop_test(tcase, test_digest__long_text_is_cut_between_characters, 0, UNIT_N(cuts));
  tcase_add_loop_test(tcase, test_digest__a_full_disk_is_told, 0, UNIT_N(media));
  suite_add_tcase(suite, tcase);
  return suite;
}
