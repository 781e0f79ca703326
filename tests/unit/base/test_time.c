/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_time.h"

#include <string.h>

#include "unit.h"

static const struct {
  const char *text;
  const char *canonical; /* NULL: refused */
} parse_rows[] = {
    {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"},
    {"2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z"},
    {"2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"},
    {"1900-01-01T00:00:00Z", "1900-01-01T00:00:00Z"},
    {"9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z"},
    {"2024-01-01T00:00:00.1Z", "2024-01-01T00:00:00.1Z"},
    {"2024-01-01T00:00:00.1230000Z", "2024-01-01T00:00:00.123Z"},
    {"2024-01-01T00:00:00.0000000Z", "2024-01-01T00:00:00Z"},
    {"2024-01-01T00:00:00.0000001Z", "2024-01-01T00:00:00.0000001Z"},
    {"2024-01-01T00:00:00.12345678999999999999Z", "2024-01-01T00:00:00.1234567Z"},
    {"1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"},
    {"2024-01-01t00:00:00z", "2024-01-01T00:00:00Z"},
    {"2024-01-01T00:30:00+01:00", "2023-12-31T23:30:00Z"},
    {"2024-12-31T23:30:00-01:30", "2025-01-01T01:00:00Z"},
    {"2024-01-01T00:00:00+00:00", "2024-01-01T00:00:00Z"},
    {"2024-01-01T00:00:00-00:00", "2024-01-01T00:00:00Z"},
    {"", NULL},
    {"2024-01-01", NULL},
    {"2024-01-01T00:00:00", NULL},
    {"2024-01-01 00:00:00Z", NULL},
    {"2024-01-01T00:00Z", NULL},
    {"2023-02-29T00:00:00Z", NULL},
    {"1900-02-29T00:00:00Z", NULL},
    {"2024-00-01T00:00:00Z", NULL},
    {"2024-13-01T00:00:00Z", NULL},
    {"2024-04-31T00:00:00Z", NULL},
    {"2024-01-00T00:00:00Z", NULL},
    {"2024-01-01T24:00:00Z", NULL},
    {"2024-01-01T00:60:00Z", NULL},
    {"2024-01-01T00:00:60Z", NULL},
    {"2024-01-01T00:00:00.Z", NULL},
    {"2024-01-01T00:00:00,5Z", NULL},
    {"2024-01-01T00:00:00+24:00", NULL},
    {"2024-01-01T00:00:00+01:60", NULL},
    {"2024-01-01T00:00:00+0100", NULL},
    {"2024-01-01T00:00:00Zx", NULL},
    {"2024-01-01T00:00:00Z ", NULL},
    {" 2024-01-01T00:00:00Z", NULL},
    {"+024-01-01T00:00:00Z", NULL},
    {"-024-01-01T00:00:00Z", NULL},
    {"0001-01-01T00:00:00Z", NULL},
    {"1899-12-31T23:59:59Z", NULL},
    {"1900-01-01T00:00:00+00:01", NULL},
    {"9999-12-31T23:59:59-00:01", NULL},
    {"12024-01-01T00:00:00Z", NULL},
};

START_TEST(test_time__instant_row_is_canonical_or_refused) {
  struct pal_instant at = {.s = -1, .ticks = 7};
  const char *text = parse_rows[_i].text;
  bool good = pal_instant_parse(text, &at);
  if (!parse_rows[_i].canonical) {
    ck_assert_msg(!good, "\"%s\"", text);
    ck_assert(at.s == -1 && at.ticks == 7);
    return;
  }
  ck_assert_msg(good, "\"%s\"", text);
  char out[PAL_INSTANT_MAX];
  pal_instant_format(at, out);
  ck_assert_msg(strcmp(out, parse_rows[_i].canonical) == 0, "\"%s\": \"%s\"", text, out);
}
END_TEST

START_TEST(test_time__no_text_is_refused) {
  struct pal_instant at;
  ck_assert(!pal_instant_parse(NULL, &at));
  ck_assert(!pal_date_valid(NULL));
}
END_TEST

START_TEST(test_time__known_seconds_match) {
  struct pal_instant at;
  ck_assert(pal_instant_parse("2001-09-09T01:46:40Z", &at));
  ck_assert_int_eq(at.s, 1000000000);
  ck_assert(pal_instant_parse("1969-12-31T23:59:59.75Z", &at));
  ck_assert_int_eq(at.s, -1);
  ck_assert_int_eq(at.ticks, 7500000);
}
END_TEST

START_TEST(test_time__every_day_of_the_range_round_trips) {
  struct pal_instant first, last;
  ck_assert(pal_instant_parse("1900-01-01T12:00:00Z", &first));
  ck_assert(pal_instant_parse("9999-12-31T12:00:00Z", &last));
  char before[11] = "";
  for (struct pal_instant at = first; at.s <= last.s; at.s += 86400) {
    char date[11], text[PAL_INSTANT_MAX];
    struct pal_instant back;
    pal_instant_date(at, date);
    pal_instant_format(at, text);
    if (strcmp(before, date) >= 0 || !pal_date_valid(date) || !pal_instant_parse(text, &back) || back.s != at.s)
      ck_abort_msg("%s after %s", date, before);
    memcpy(before, date, sizeof before);
  }
  ck_assert_str_eq(before, "9999-12-31");
}
END_TEST

START_TEST(test_time__order_is_by_second_then_tick) {
  struct pal_instant a = {.s = 1, .ticks = 5}, b = {.s = 1, .ticks = 6}, c = {.s = 2, .ticks = 0};
  ck_assert_int_eq(pal_instant_cmp(a, a), 0);
  ck_assert_int_lt(pal_instant_cmp(a, b), 0);
  ck_assert_int_gt(pal_instant_cmp(b, a), 0);
  ck_assert_int_lt(pal_instant_cmp(b, c), 0);
}
END_TEST

static const struct {
  const char *at;
  int months;
  const char *start;
} month_rows[] = {
    {"2024-03-31T10:11:12.5Z", 0, "2024-03-01T00:00:00Z"}, {"2024-03-31T10:11:12Z", 1, "2024-02-01T00:00:00Z"},
    {"2024-01-15T00:00:00Z", 1, "2023-12-01T00:00:00Z"},   {"2024-01-01T00:00:00Z", 13, "2022-12-01T00:00:00Z"},
    {"2024-12-31T23:59:59Z", -1, "2025-01-01T00:00:00Z"},  {"1970-01-01T00:00:00Z", 12, "1969-01-01T00:00:00Z"},
    {"1969-12-31T23:59:59Z", 0, "1969-12-01T00:00:00Z"},
};

START_TEST(test_time__month_row_starts_at_its_first_instant) {
  struct pal_instant at;
  ck_assert(pal_instant_parse(month_rows[_i].at, &at));
  char out[PAL_INSTANT_MAX];
  pal_instant_format(pal_instant_month_start(at, month_rows[_i].months), out);
  ck_assert_str_eq(out, month_rows[_i].start);
}
END_TEST

START_TEST(test_time__date_must_be_alone_and_real) {
  ck_assert(pal_date_valid("2024-02-29"));
  ck_assert(!pal_date_valid("2023-02-29"));
  ck_assert(!pal_date_valid("2024-2-29"));
  ck_assert(!pal_date_valid("2024-02-29T"));
  ck_assert(!pal_date_valid(""));
}
END_TEST

START_TEST(test_time__clock_can_be_fixed_and_released) {
  struct pal_instant at = {.s = 1234567890, .ticks = 42};
  pal_clock_fix(&at);
  ck_assert_int_eq(pal_instant_cmp(pal_clock_now(), at), 0);
  pal_clock_fix(NULL);
  ck_assert_int_gt(pal_instant_cmp(pal_clock_now(), at), 0);
}
END_TEST

Suite *make_base_time_suite(void);
Suite *make_base_time_suite(void) {
  Suite *suite = suite_create("base/time");
  TCase *tcase = tcase_create("time");
  tcase_set_timeout(tcase, 60);
  tcase_add_loop_test(tcase, test_time__instant_row_is_canonical_or_refused, 0, UNIT_N(parse_rows));
  tcase_add_test(tcase, test_time__no_text_is_refused);
  tcase_add_test(tcase, test_time__known_seconds_match);
  tcase_add_test(tcase, test_time__every_day_of_the_range_round_trips);
  tcase_add_test(tcase, test_time__order_is_by_second_then_tick);
  tcase_add_loop_test(tcase, test_time__month_row_starts_at_its_first_instant, 0, UNIT_N(month_rows));
  tcase_add_test(tcase, test_time__date_must_be_alone_and_real);
  tcase_add_test(tcase, test_time__clock_can_be_fixed_and_released);
  suite_add_tcase(suite, tcase);
  return suite;
}
