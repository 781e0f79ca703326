/* SPDX-License-Identifier: Apache-2.0 */
/* test_pace.c - what headers say of when to ask again: seconds, dates in three forms, the services' own, used-up rate
 * limits. */
#include <string.h>

#include "net/pace.h"
#include "unit.h"

#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"

static struct pal_instant at(const char *text) {
  struct pal_instant ret = {0};
  ck_assert_msg(pal_instant_parse(text, &ret), "%s", text);
  return ret;
}

/* --- dates --- */

static const struct {
  const char *text, *want; /* NULL: no date */
} dates[] = {
    {DATE, "1994-11-06T08:49:37Z"},
    {"Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"},
    {"Wednesday, 06-Nov-26 08:49:37 GMT", "2026-11-06T08:49:37Z"},
    {"Friday, 06-Nov-76 08:49:37 GMT", "2076-11-06T08:49:37Z"},
    {"Sunday, 06-Nov-77 08:49:37 GMT", "1977-11-06T08:49:37Z"},
    {"Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z"},
    {"Wed Nov 16 08:49:37 1994", "1994-11-16T08:49:37Z"},
    {"Sun, 29 Feb 2032 00:00:00 GMT", "2032-02-29T00:00:00Z"},
    {"", NULL},
    {"120", NULL},
    {"-1", NULL},
    {"Sun, 06 Nov 1994 08:49:37", NULL},
    {"Sun, 06 Nov 1994 08:49:37 CET", NULL},
    {"Sun, 06 Nov 1994 08:49:37 GMT ", NULL},
    {"Sun, 30 Feb 1994 08:49:37 GMT", NULL},
    {"Sun, 06 Nov 1994 25:49:37 GMT", NULL},
    {"Sun, 6 Nov 1994 08:49:37 GMT", NULL},
    {"Sun, 06 Nov 1994T08:49:37 GMT", NULL},
    {"Son, 06 Nov 1994 08:49:37 GMT", NULL},
    {"Sun, 06 NOV 1994 08:49:37 GMT", NULL},
    {"Sunday, 06 Nov 94 08:49:37 GMT", NULL},
    {"Sun Nov 6 08:49:37 1994", NULL},
    {"1994-11-06T08:49:37Z", NULL},
};

START_TEST(test_pace__dates_of_http) {
  struct pal_instant got = {0};
  char text[PAL_INSTANT_MAX] = "";
  bool good = net_http_date(dates[_i].text, at("2026-01-01T00:00:00Z"), &got);
  if (good)
    pal_instant_format(got, text);
  ck_assert_msg(good == (dates[_i].want != NULL), "\"%s\" gives \"%s\"", dates[_i].text, text);
  if (good)
    ck_assert_str_eq(text, dates[_i].want);
}
END_TEST

/* --- headers --- */

struct header {
  const char *name, *value;
};
static const struct {
  const char *name;
  struct header headers[4];
  int64_t wait_ms, spent_ms;
} cases[] = {
    {"nothing", {{"Content-Type", "text/html"}}, -1, 0},
    {"seconds", {{"Retry-After", "17"}}, 17000, 0},
    {"none", {{"Retry-After", "0"}}, 0, 0},
    {"longer than five minutes", {{"retry-after", "4000"}}, 4000000, 0},
    {"longer than any wait", {{"Retry-After", "99999999999999999999999"}}, NET_WAIT_MAX_S *INT64_C(1000), 0},
    {"negative", {{"Retry-After", "-5"}}, -1, 0},
    {"fraction", {{"Retry-After", "1.5"}}, -1, 0},
    {"empty", {{"Retry-After", ""}}, -1, 0},
    {"date against the answer's", {{"Retry-After", "Sun, 06 Nov 1994 08:51:37 GMT"}, {"Date", DATE}}, 120000, 0},
    {"the other way round", {{"Date", DATE}, {"Retry-After", "Sun Nov  6 08:51:37 1994"}}, 120000, 0},
    {"date in the past", {{"Date", DATE}, {"Retry-After", "Sun, 06 Nov 1994 08:00:00 GMT"}}, 0, 0},
    {"date against the clock", {{"Retry-After", "Thu, 01 Jan 2026 00:01:00 GMT"}}, 60000, 0},
    {"date against the clock, the answer's being none",
     {{"Date", "yesterday"}, {"Retry-After", "Thu, 01 Jan 2026 00:01:00 GMT"}},
     60000,
     0},
    {"largest of the services' own",
     {{"x-ms-ratelimit-microsoft.costmanagement-qpu-retry-after", "5"},
      {"x-ms-ratelimit-microsoft.costmanagement-entity-retry-after", "40"},
      {"x-ms-ratelimit-microsoft.costmanagement-tenant-retry-after", "7"}},
     40000,
     0},
    {"own beyond the common one",
     {{"Retry-After", "3"}, {"X-Ms-RateLimit-Microsoft.Consumption-Retry-After", "30"}},
     30000,
     0},
    {"common beyond its own", {{"Retry-After", "31"}, {"x-ms-ratelimit-a-retry-after", "30"}}, 31000, 0},
    {"date beyond its own",
     {{"Retry-After", "Sun, 06 Nov 1994 08:51:37 GMT"}, {"x-ms-ratelimit-a-retry-after", "30"}, {"Date", DATE}},
     120000,
     0},
    {"reads left", {{"x-ms-ratelimit-remaining-subscription-reads", "11"}}, -1, 0},
    {"reads used up",
     {{"x-ms-ratelimit-remaining-subscription-reads", "0"}, {"x-ms-ratelimit-remaining-tenant-reads", "8"}},
     -1,
     NET_SPENT_PAUSE_MS},
    {"quota used up", {{"x-ms-user-quota-resets-after", "00:01:05"}, {"x-ms-user-quota-remaining", "0"}}, -1, 65000},
    {"quota left", {{"x-ms-user-quota-remaining", "1"}, {"x-ms-user-quota-resets-after", "00:01:05"}}, -1, 0},
    {"quota without an end",
     {{"x-ms-user-quota-remaining", "0"}, {"x-ms-user-quota-resets-after", "soon"}},
     -1,
     NET_SPENT_PAUSE_MS},
};

START_TEST(test_pace__headers) {
  struct net_pace pace;
  net_pace_init(&pace);
  for (size_t i = 0; i < UNIT_N(cases[_i].headers) && cases[_i].headers[i].name; i++) {
    const struct header *header = &cases[_i].headers[i];
    net_pace_header(&pace, header->name, strlen(header->name), header->value, strlen(header->value));
  }
  int64_t wait = net_pace_wait_ms(&pace, at("2026-01-01T00:00:00Z")), spent = net_pace_spent_ms(&pace);
  ck_assert_msg(wait == cases[_i].wait_ms, "%s: %lld", cases[_i].name, (long long)wait);
  ck_assert_msg(spent == cases[_i].spent_ms, "%s: %lld", cases[_i].name, (long long)spent);
}
END_TEST

Suite *make_net_pace_suite(void);
Suite *make_net_pace_suite(void) {
  Suite *suite = suite_create("net/pace");
  TCase *tests = tcase_create("pace");
  tcase_add_loop_test(tests, test_pace__dates_of_http, 0, (int)UNIT_N(dates));
  tcase_add_loop_test(tests, test_pace__headers, 0, (int)UNIT_N(cases));
  suite_add_tcase(suite, tests);
  return suite;
}
