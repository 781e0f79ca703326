/* SPDX-License-Identifier: Apache-2.0 */
/* test_lanes.c - whose turn it is: tenants, scopes and subscriptions take turns, a pause holds up its scope and nobody
 * else, and nothing is sent after its time. The clock is a number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/lanes.h"
#include "unit.h"

#define T_A "aaaaaaaa-0000-4000-8000-000000000001"
#define T_B "bbbbbbbb-0000-4000-8000-000000000001"
#define T_C "cccccccc-0000-4000-8000-000000000001"
#define S_1 "00000000-0000-4000-8000-000000000001"
#define S_2 "00000000-0000-4000-8000-000000000002"
#define ROLES "/providers/Microsoft.Authorization/roleAssignments"
#define COSTS "/providers/Microsoft.CostManagement/query"

static struct net_lanes *lanes;
static char order[1 << 16];

static void begin(int concurrency) {
  lanes = net_lanes_new(concurrency);
  ck_assert_ptr_nonnull(lanes);
  order[0] = '\0';
}

static void job_free(struct net_job *job) {
  free(job->request.url);
  free(job);
}

static void end(void) {
  for (struct net_job *job; (job = net_lanes_drop(lanes));)
    job_free(job);
  net_lanes_free(lanes);
}

struct ask {
  const char *identity, *tenant, *subscription, *rest;
  bool graph;
  long long now, due, until;
};

/* Submits n of them. */
static void add_many(struct ask ask, int n) {
  for (int i = 0; i < n; i++) {
    struct pal_err err = {0};
    struct net_job *job = calloc(1, sizeof *job);
    char url[512];
    ck_assert_ptr_nonnull(job);
    (void)snprintf(url, sizeof url, "https://service%s%s%s", ask.subscription ? "/subscriptions/" : "",
                   ask.subscription ? ask.subscription : "", ask.rest ? ask.rest : "/tenants");
    (void)snprintf(job->request.identity, sizeof job->request.identity, "%s", ask.identity ? ask.identity : "robot");
    (void)snprintf(job->request.tenant.s, sizeof job->request.tenant.s, "%s", ask.tenant);
    job->request.service = ask.graph ? PAL_GRAPH : PAL_ARM;
    job->request.url = strdup(url);
    job->due_ms = ask.due;
    job->until_ms = ask.until;
    unit_ok(net_lanes_add(lanes, job, ask.now, &err), &err);
  }
}

#define ADD(n, ...) add_many((struct ask){__VA_ARGS__}, n)

static struct net_job *take(long long now) {
  return net_lanes_take(lanes, now);
}

static void land(struct net_job *job) {
  (void)net_lanes_landed(lanes, job, NET_ANSWERED, 0);
  job_free(job);
}

/* Sends one after another and notes the first letters of tenant and last digit of the subscription. */
static const char *drain(long long now) {
  size_t n = 0;
  order[0] = '\0';
  for (struct net_job *job; (job = take(now)) && n + 3 < sizeof order;) {
    const char *subscription = strstr(job->request.url, "/subscriptions/");
    order[n++] = job->request.tenant.s[0];
    if (subscription)
      order[n++] = subscription[15 + 35];
    order[n++] = job->late ? '!' : ' ';
    order[n] = '\0';
    if (job->late)
      job_free(job);
    else
      land(job);
  }
  return order;
}

/* --- turns --- */

START_TEST(test_lanes__tenants_take_turns) {
  begin(1);
  ADD(10000, .tenant = T_A);
  ADD(2, .tenant = T_B);
  ADD(1, .tenant = T_C);
  const char *got = drain(0);
  ck_assert_msg(strncmp(got, "a b c a b a a ", 14) == 0, "%.40s", got);
  end();
}
END_TEST

START_TEST(test_lanes__subscriptions_take_turns_within_a_tenant) {
  begin(1);
  ADD(5, .tenant = T_A, .subscription = S_1, .rest = ROLES);
  ADD(2, .tenant = T_A, .subscription = S_2, .rest = ROLES);
  ADD(2, .tenant = T_B, .subscription = S_1, .rest = ROLES);
  ck_assert_str_eq(drain(0), "a1 b1 a2 b1 a1 a2 a1 a1 a1 ");
  end();
}
END_TEST

START_TEST(test_lanes__what_one_lane_asks_goes_in_its_order) {
  begin(4);
  for (int i = 0; i < 9; i++) {
    char path[16];
    (void)snprintf(path, sizeof path, "/%d", i);
    ADD(1, .tenant = T_A, .rest = path);
  }
  for (int i = 0; i < 9; i++) {
    struct net_job *job = take(0);
    ck_assert_int_eq(job->request.url[strlen(job->request.url) - 1], '0' + i);
    land(job);
  }
  end();
}
END_TEST

START_TEST(test_lanes__no_more_in_flight_than_allowed) {
  begin(3); /* of which a quarter is none */
  struct net_job *flying[3];
  ADD(9, .tenant = T_A);
  for (int i = 0; i < 3; i++)
    ck_assert_ptr_nonnull(flying[i] = take(0));
  ck_assert_ptr_null(take(0));
  land(flying[1]);
  ck_assert_ptr_nonnull(flying[1] = take(0));
  ck_assert_ptr_null(take(0));
  for (int i = 0; i < 3; i++)
    land(flying[i]);
  end();
}
END_TEST

/* The first of forty has much more to read: it gets ahead, and nobody waits for it. */
START_TEST(test_lanes__those_who_began_first_get_ahead_by_a_quarter) {
  enum { TENANTS = 40, SLOTS = 32, TURNS = 1000, QUARTER = SLOTS / 4 };
  static char names[TENANTS][PAL_GUID_LEN + 1];
  struct net_job *flying[SLOTS]; /* a ring: who was sent first lands first */
  int in_flight[TENANTS] = {0}, served[TENANTS] = {0}, most = 0;
  begin(SLOTS);
  for (int i = 0; i < TENANTS; i++) {
    (void)snprintf(names[i], sizeof names[i], "%08d-0000-4000-8000-000000000000", i);
    ADD(i == 0 ? TURNS : TURNS / TENANTS, .tenant = names[i]);
  }
  for (size_t turn = 0; turn < TURNS; turn++) {
    struct net_job **slot = &flying[turn % SLOTS];
    int above = 0;
    if (turn >= SLOTS) {
      in_flight[strtol((*slot)->request.tenant.s, NULL, 10)]--;
      land(*slot);
    }
    *slot = take(0);
    ck_assert_ptr_nonnull(*slot);
    long number = strtol((*slot)->request.tenant.s, NULL, 10);
    in_flight[number]++;
    served[number]++;
    most = in_flight[0] > most ? in_flight[0] : most;
    for (int i = 0; i < TENANTS; i++)
      above += in_flight[i] > 1 ? in_flight[i] - 1 : 0;
    ck_assert_int_le(above, QUARTER);
  }
  ck_assert_int_ge(most, 1 + QUARTER / 2);
  ck_assert_int_ge(served[0], TURNS * (1 + QUARTER / 2) / SLOTS / 2); /* by turns it would have had one of forty */
  for (int i = 1; i < TENANTS; i++)
    ck_assert_int_ge(served[i], TURNS * (SLOTS - QUARTER) / SLOTS / TENANTS - 2);
  for (size_t i = 0; i < SLOTS; i++)
    land(flying[i]);
  end();
}
END_TEST

/* A never answers: B and C go on as if it were not there. */
START_TEST(test_lanes__a_tenant_that_never_answers_does_not_hold_all_there_is) {
  begin(8);
  struct net_job *stuck[8];
  size_t n = 0;
  ADD(100, .tenant = T_A);
  ADD(100, .tenant = T_B);
  int served = 0;
  for (int i = 0; i < 300; i++) {
    struct net_job *job = take(0);
    if (!job)
      break;
    if (job->request.tenant.s[0] == 'a') {
      ck_assert_uint_lt(n, 8);
      stuck[n++] = job;
    } else {
      served++;
      land(job);
    }
  }
  ck_assert_int_eq(served, 100);
  ADD(50, .tenant = T_C);
  for (struct net_job *job; (job = take(0)) && job->request.tenant.s[0] == 'c'; land(job))
    served++;
  ck_assert_int_eq(served, 150);
  ck_assert_uint_le(n, 6); /* three quarters */
  while (n > 0)
    land(stuck[--n]);
  end();
}
END_TEST

/* --- pauses --- */

START_TEST(test_lanes__a_pause_holds_up_its_scope_and_nobody_else) {
  begin(8);
  ADD(3, .tenant = T_A, .subscription = S_1, .rest = ROLES);
  ADD(1, .tenant = T_A, .subscription = S_2, .rest = ROLES);
  ADD(1, .identity = "other", .tenant = T_A, .rest = "/other");
  ADD(1, .tenant = T_A, .rest = "/graph", .graph = true);
  ADD(1, .tenant = T_A, .subscription = S_1, .rest = COSTS);
  ADD(1, .tenant = T_B, .rest = "/b");
  struct net_job *busy = take(100);
  ck_assert_ptr_nonnull(strstr(busy->request.url, "roleAssignments"));
  net_lanes_pause(lanes, busy, 5100);
  land(busy);
  const char *got = drain(5099);
  ck_assert_uint_eq(strlen(got), 2 + 2 + 3 + 2);
  ck_assert_ptr_null(strstr(got, "a2"));
  ck_assert_int_eq(net_lanes_wait_ms(lanes, 5000), 100);
  ck_assert_int_eq(net_lanes_paused_ms(lanes, 5000), 100);
  ADD(1, .tenant = T_A, .rest = "/late-comer", .now = 5050); /* of the same scope */
  ck_assert_ptr_null(take(5099));
  ck_assert_uint_eq(strlen(drain(5100)), 3 * 3 + 2);
  ck_assert_int_eq(net_lanes_wait_ms(lanes, 5100), -1);
  end();
}
END_TEST

/* The services count the cost queries of a tenant, whoever asks. */
START_TEST(test_lanes__costs_are_paused_by_tenant) {
  begin(8);
  ADD(1, .tenant = T_A, .subscription = S_1, .rest = COSTS);
  ADD(1, .identity = "other", .tenant = T_A, .subscription = S_2,
      .rest = "/providers/microsoft.consumption/usageDetails");
  ADD(1, .tenant = T_B, .subscription = S_1, .rest = COSTS);
  struct net_job *busy = take(0);
  net_lanes_pause(lanes, busy, 60000);
  land(busy);
  ck_assert_str_eq(drain(59999), "b1 ");
  ck_assert_str_eq(drain(60000), "a2 ");
  end();
}
END_TEST

START_TEST(test_lanes__a_shorter_pause_does_not_end_a_longer_one) {
  begin(2);
  ADD(3, .tenant = T_A);
  struct net_job *first = take(0), *second = take(0);
  net_lanes_pause(lanes, first, 9000);
  net_lanes_pause(lanes, second, 2000);
  land(first);
  land(second);
  ck_assert_ptr_null(take(8999));
  ck_assert_str_eq(drain(9000), "a ");
  end();
}
END_TEST

/* Also when nothing of the scope was left while it lasted. */
START_TEST(test_lanes__a_pause_outlives_its_requests) {
  begin(2);
  ADD(1, .tenant = T_A);
  struct net_job *only = take(0);
  net_lanes_pause(lanes, only, 7000);
  land(only);
  ADD(1, .tenant = T_B, .now = 10);
  ADD(1, .tenant = T_A, .now = 20);
  ck_assert_str_eq(drain(6999), "b ");
  ck_assert_str_eq(drain(7000), "a ");
  end();
}
END_TEST

START_TEST(test_lanes__what_is_delayed_holds_up_nobody) {
  begin(1);
  ADD(1, .tenant = T_A, .due = 400);
  ADD(1, .tenant = T_A, .due = 200, .subscription = S_1, .rest = ROLES);
  ADD(1, .tenant = T_A);
  ck_assert_str_eq(drain(0), "a ");
  ck_assert_int_eq(net_lanes_wait_ms(lanes, 0), 200);
  ck_assert_ptr_null(take(199));
  ck_assert_str_eq(drain(200), "a1 ");
  ck_assert_str_eq(drain(400), "a ");
  end();
}
END_TEST

START_TEST(test_lanes__many_delays_end_in_their_order) {
  begin(1);
  for (int i = 0; i < 200; i++)
    ADD(1, .tenant = T_A, .due = 1 + (i * 37) % 200);
  for (int i = 1; i <= 200; i++) {
    ck_assert_int_eq(net_lanes_wait_ms(lanes, i - 1), 1);
    ck_assert_str_eq(drain(i), "a ");
  }
  end();
}
END_TEST

/* --- time --- */

START_TEST(test_lanes__what_cannot_be_sent_in_time_is_told_at_once) {
  begin(1);
  ADD(1, .tenant = T_A, .due = 900, .until = 800);
  ADD(1, .tenant = T_B, .until = 800);
  ADD(1, .tenant = T_B, .until = 90000);
  ADD(1, .tenant = T_B, .until = 800);
  ck_assert_str_eq(drain(0), "a!b b b ");
  ADD(1, .tenant = T_B);
  ADD(1, .tenant = T_B, .until = 800);
  ADD(1, .tenant = T_B, .until = 90000);
  struct net_job *busy = take(0);
  net_lanes_pause(lanes, busy, 1000); /* beyond the time of one of the two that wait */
  land(busy);
  ck_assert_int_eq(net_lanes_wait_ms(lanes, 0), 0);
  ck_assert_str_eq(drain(0), "b!");
  ADD(1, .tenant = T_B, .until = 900);
  ck_assert_str_eq(drain(0), "b!");
  ck_assert_str_eq(drain(1000), "b ");
  end();
}
END_TEST

START_TEST(test_lanes__what_was_held_up_too_long_is_not_sent) {
  begin(1);
  ADD(2, .tenant = T_A, .until = 100);
  struct net_job *slow = take(0);
  ck_assert_ptr_null(take(99));
  land(slow);
  ck_assert_str_eq(drain(100), "a!");
  end();
}
END_TEST

/* --- services that are not there --- */

/* Takes one and ends it so. */
static enum net_news end_one(enum net_ending ending, long long sent, long long now) {
  struct net_job *job = take(sent);
  ck_assert_ptr_nonnull(job);
  ck_assert(!job->late);
  enum net_news news = net_lanes_landed(lanes, job, ending, now);
  job_free(job);
  return news;
}

static void fail_until_down(long long now) {
  for (int i = 1; i < NET_REACH_FAILED; i++)
    ck_assert_int_eq(end_one(NET_UNCONNECTED, now, now), NET_NO_NEWS);
  ck_assert_int_eq(end_one(NET_UNCONNECTED, now, now), NET_DOWN);
}

START_TEST(test_lanes__a_service_that_is_down_is_asked_one_thing_at_a_time) {
  begin(8);
  ADD(20, .tenant = T_A);
  fail_until_down(1000);
  ADD(3, .tenant = T_B, .rest = "/graph", .graph = true);
  ck_assert_str_eq(drain(1000), "b b b "); /* other services are asked as ever */
  ck_assert_int_eq(net_lanes_wait_ms(lanes, 1000), NET_REACH_AGAIN_MS);
  ck_assert_ptr_null(take(1000 + NET_REACH_AGAIN_MS - 1));
  struct net_job *one = take(1000 + NET_REACH_AGAIN_MS);
  ck_assert_ptr_nonnull(one);
  ck_assert_ptr_null(take(100000)); /* it is on its way */
  ck_assert_int_eq(net_lanes_wait_ms(lanes, 100000), -1);
  ck_assert_int_eq(net_lanes_landed(lanes, one, NET_ANSWERED, 7000), NET_BACK);
  job_free(one);
  ck_assert_uint_eq(strlen(drain(7000)), 2 * (20 - NET_REACH_FAILED - 1));
  end();
}
END_TEST

/* Also what was to be sent in an hour, and whoever comes later. */
START_TEST(test_lanes__what_waits_for_a_service_that_is_gone_is_late) {
  begin(8);
  ADD(20, .tenant = T_A);
  ADD(1, .tenant = T_B, .due = 3600000);
  ADD(1, .tenant = T_C, .rest = "/graph", .graph = true, .due = 3600000);
  fail_until_down(1000);
  ck_assert_int_eq(end_one(NET_UNCONNECTED, 1000 + NET_REACH_FIRST_MS - 1, 1000 + NET_REACH_FIRST_MS - 1), NET_NO_NEWS);
  ck_assert_int_eq(end_one(NET_UNCONNECTED, 1000 + NET_REACH_FIRST_MS + 4999, 1000 + NET_REACH_FIRST_MS + 4999),
                   NET_GONE);
  ck_assert_int_eq(net_lanes_wait_ms(lanes, 70000), 0);
  size_t late = 0;
  for (struct net_job *job; (job = take(70000)); late++) {
    ck_assert(job->late);
    ck_assert_str_eq(job->lateness, PAL_FAILURE_UNREACHED);
    job_free(job);
  }
  ck_assert_uint_eq(late, 20 - NET_REACH_FAILED - 2 + 1);
  ADD(1, .tenant = T_B, .now = 70000);
  ADD(1, .tenant = T_B, .now = 70000, .due = 90000);
  ck_assert_str_eq(drain(70000), "b!b!");
  ck_assert_str_eq(drain(3600000), "c ");
  end();
}
END_TEST

/* One that has answered before is waited for longer: a night has room for a network that is away for two minutes. */
START_TEST(test_lanes__a_service_that_has_answered_is_waited_for) {
  begin(8);
  ADD(60, .tenant = T_A);
  ck_assert_int_eq(end_one(NET_ANSWERED, 0, 500000), NET_NO_NEWS);
  fail_until_down(500000);
  long long now = 500000;
  for (; now + NET_REACH_AGAIN_MS < 500000 + NET_REACH_LATER_MS; now += NET_REACH_AGAIN_MS)
    ck_assert_int_eq(end_one(NET_UNCONNECTED, now + NET_REACH_AGAIN_MS, now + NET_REACH_AGAIN_MS), NET_NO_NEWS);
  ck_assert_int_eq(end_one(NET_UNCONNECTED, now + NET_REACH_AGAIN_MS, now + NET_REACH_AGAIN_MS), NET_GONE);
  end();
}
END_TEST

START_TEST(test_lanes__tenants_that_hang_or_break_off_stop_nobody) {
  long long now = 1000000;
  begin(8);
  ADD(60, .tenant = T_A);
  for (int i = 0; i < 30; i++) /* one tenant, and connections that end early, whoever's they are */
    ck_assert_int_eq(end_one(i % 2 ? NET_SILENT : NET_BROKEN, 0, now), NET_NO_NEWS);
  ADD(1, .tenant = T_B);
  (void)drain(now);
  ADD(2, .tenant = T_B);
  ADD(2, .tenant = T_C);
  for (int i = 0; i < 2; i++) {
    ck_assert_int_eq(end_one(NET_SILENT, now, now + NET_REACH_LATER_MS), NET_NO_NEWS);
    ck_assert_int_eq(end_one(NET_SILENT, now, now + NET_REACH_LATER_MS), NET_NO_NEWS);
  }
  end();
}
END_TEST

START_TEST(test_lanes__a_service_that_is_silent_to_all_is_gone) {
  begin(8);
  ADD(3, .tenant = T_A);
  ADD(1, .tenant = T_B);
  ADD(1, .tenant = T_C);
  ck_assert_int_eq(end_one(NET_SILENT, 0, 120000), NET_NO_NEWS); /* the tenants take turns */
  ck_assert_int_eq(end_one(NET_SILENT, 0, 120000), NET_NO_NEWS);
  ck_assert_int_eq(end_one(NET_SILENT, 0, 120000), NET_GONE);
  ck_assert_str_eq(drain(120000), "a!a!");
  end();
}
END_TEST

/* Connections are made one after another where the first might serve all: few failures take long. */
START_TEST(test_lanes__connections_that_stall_need_not_be_many) {
  begin(8);
  ADD(20, .tenant = T_A);
  ck_assert_int_eq(end_one(NET_UNCONNECTED, 0, 30000), NET_DOWN);
  ck_assert_int_eq(end_one(NET_UNCONNECTED, 35000, 65000), NET_GONE);
  end();
}
END_TEST

/* A row begins with its first failure, not with the last answer. */
START_TEST(test_lanes__nothing_asked_for_long_is_no_outage) {
  begin(8);
  ADD(20, .tenant = T_A);
  ck_assert_int_eq(end_one(NET_ANSWERED, 0, 0), NET_NO_NEWS);
  for (int i = 1; i < NET_REACH_FAILED; i++)
    ck_assert_int_eq(end_one(NET_UNCONNECTED, 900000 + i, 900000 + i), NET_NO_NEWS);
  end();
}
END_TEST

/* 429 without a word of how long. */
START_TEST(test_lanes__what_holds_its_scope_holds_nobody_else) {
  struct pal_err err = {0};
  begin(8);
  ADD(3, .tenant = T_A, .subscription = S_1, .rest = ROLES);
  ADD(1, .tenant = T_A, .subscription = S_1, .rest = COSTS);
  ADD(1, .tenant = T_B, .rest = "/b");
  struct net_job *busy = take(100);
  ck_assert_ptr_nonnull(strstr(busy->request.url, "roleAssignments"));
  (void)net_lanes_landed(lanes, busy, NET_ANSWERED, 100);
  busy->request.holds = true;
  busy->due_ms = 5100;
  unit_ok(net_lanes_add(lanes, busy, 100, &err), &err);
  ck_assert_uint_eq(strlen(drain(5099)), 3 + 2);
  ck_assert_int_eq(net_lanes_wait_ms(lanes, 100), 5000);
  ck_assert_uint_eq(strlen(drain(5100)), 3 * 3);
  end();
}
END_TEST

Suite *make_net_lanes_suite(void);
Suite *make_net_lanes_suite(void) {
  Suite *suite = suite_create("net/lanes");
  TCase *tests = tcase_create("lanes");
  tcase_add_test(tests, test_lanes__tenants_take_turns);
  tcase_add_test(tests, test_lanes__subscriptions_take_turns_within_a_tenant);
  tcase_add_test(tests, test_lanes__what_one_lane_asks_goes_in_its_order);
  tcase_add_test(tests, test_lanes__no_more_in_flight_than_allowed);
  tcase_add_test(tests, test_lanes__those_who_began_first_get_ahead_by_a_quarter);
  tcase_add_test(tests, test_lanes__a_tenant_that_never_answers_does_not_hold_all_there_is);
  tcase_add_test(tests, test_lanes__a_pause_holds_up_its_scope_and_nobody_else);
  tcase_add_test(tests, test_lanes__costs_are_paused_by_tenant);
  tcase_add_test(tests, test_lanes__a_shorter_pause_does_not_end_a_longer_one);
  tcase_add_test(tests, test_lanes__a_pause_outlives_its_requests);
  tcase_add_test(tests, test_lanes__what_is_delayed_holds_up_nobody);
  tcase_add_test(tests, test_lanes__many_delays_end_in_their_order);
  tcase_add_test(tests, test_lanes__what_cannot_be_sent_in_time_is_told_at_once);
  tcase_add_test(tests, test_lanes__what_was_held_up_too_long_is_not_sent);
  tcase_add_test(tests, test_lanes__a_service_that_is_down_is_asked_one_thing_at_a_time);
  tcase_add_test(tests, test_lanes__what_waits_for_a_service_that_is_gone_is_late);
  tcase_add_test(tests, test_lanes__a_service_that_has_answered_is_waited_for);
  tcase_add_test(tests, test_lanes__tenants_that_hang_or_break_off_stop_nobody);
  tcase_add_test(tests, test_lanes__a_service_that_is_silent_to_all_is_gone);
  tcase_add_test(tests, test_lanes__what_holds_its_scope_holds_nobody_else);
  tcase_add_test(tests, test_lanes__connections_that_stall_need_not_be_many);
  tcase_add_test(tests, test_lanes__nothing_asked_for_long_is_no_outage);
  suite_add_tcase(suite, tests);
  return suite;
}
