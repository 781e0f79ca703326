/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "estate.h"
#include "unit.h"

#define UNITS_MAX 6

struct unit_row {
  const char *area, *unit, *state, *code, *as_of;
};

static const char gaps_until_march[] = "{\"customers\":[{\"tenant\":\"" FABRIKAM "\",\"acceptedGaps\":["
                                       "{\"area\":\"usage\",\"reason\":\"cost hidden\",\"until\":\"2026-11-20\"},"
                                       "{\"area\":\"links\",\"reason\":\"ended\",\"until\":\"2026-11-19\"},"
                                       "{\"area\":\"role-assignments\",\"reason\":\"no reader role\"}]}]}";

static const struct {
  const char *name;
  struct unit_row units[UNITS_MAX];
  struct pal_gap gap;
} rows[] = {
    {"unread before stale before partial",
     {{"delegations", "tenant", "partial", "page lost", NULL},
      {"pim", "tenant", "stale", "500", "2026-11-01T02:00:00Z"},
      {"links", "app", "unread", "403", NULL}},
     {.area = "links", .state = "unread", .cause = "403", .as_of = "", .units = 3}},
    {"the order of the file does not matter",
     {{"links", "app", "unread", "403", NULL}, {"pim", "tenant", "stale", "500", "2026-11-01T02:00:00Z"}},
     {.area = "links", .state = "unread", .cause = "403", .as_of = "", .units = 2}},
    {"among equals the first that failed",
     {{"delegations", "tenant", "unread", "403", NULL},
      {"links", "app", "unread", "401", NULL},
      {"usage", "tenant", "unread", "403", NULL}},
     {.area = "links", .state = "unread", .cause = "401", .as_of = "", .units = 3}},
    {"stale says when it was read",
     {{"links", "app", "stale", NULL, "2026-11-01T02:00:00Z"}},
     {.area = "links", .state = "stale", .cause = "", .as_of = "2026-11-01T02:00:00Z", .units = 1}},
    {"stale, and never read completely",
     {{"links", "app", "stale", "403", NULL}},
     {.area = "links", .state = "stale", .cause = "403", .as_of = "", .units = 1}},
    {"partial was read in this run",
     {{"links", "app", "partial", "429", NULL}},
     {.area = "links", .state = "partial", .cause = "429", .as_of = ESTATE_STARTED, .units = 1}},
    {"a word that is too old is no reason",
     {{"links", "anna", "self-declared", NULL, "2026-01-01T00:00:00Z"}, {"tenant", "tenant", "partial", "429", NULL}},
     {.area = "tenant", .state = "partial", .cause = "429", .as_of = ESTATE_STARTED, .units = 1}},
    {"no coverage at all", {{0}}, {.area = "tenant", .state = "unread", .cause = "", .as_of = "", .units = 1}},
    {"a gap accepted until today",
     {{"usage", "tenant", "unread", "403", NULL}},
     {.area = "usage", .state = "unread", .cause = "403", .as_of = "", .accepted = "cost hidden", .units = 1}},
    {"a gap that ended yesterday",
     {{"links", "app", "unread", "403", NULL}},
     {.area = "links", .state = "unread", .cause = "403", .as_of = "", .units = 1}},
    {"role-assignments speaks of all access",
     {{"groups", "tenant", "stale", "403", "2026-11-01T02:00:00Z"}},
     {.area = "groups",
      .state = "stale",
      .cause = "403",
      .as_of = "2026-11-01T02:00:00Z",
      .accepted = "no reader role",
      .units = 1}},
    {"an accepted gap never hides another",
     {{"usage", "tenant", "unread", "403", NULL}, {"delegations", "tenant", "partial", "500", NULL}},
     {.area = "delegations", .state = "partial", .cause = "500", .as_of = ESTATE_STARTED, .units = 2}},
};

static struct pal_docs docs_of(const struct unit_row *units) {
  struct pal_docs docs;
  struct pal_tenant_id id = {.s = FABRIKAM};
  struct pal_err err = {0};
  pal_docs_init(&docs, estate_arena());
  for (size_t i = 0; i < UNITS_MAX && units[i].area; i++) {
    struct pal_doc *doc = pal_docs_get(&docs, PAL_FILE_COVERAGE, &id, NULL);
    struct pal_record *record = pal_record_new(estate_arena(), &pal_kind_COVERAGE);
    ck_assert_ptr_nonnull(doc);
    ck_assert_ptr_nonnull(record);
    unit_ok(pal_set_text(estate_arena(), record, PAL_COVERAGE_AREA, units[i].area, &err), &err);
    unit_ok(pal_set_text(estate_arena(), record, PAL_COVERAGE_UNIT, units[i].unit, &err), &err);
    unit_ok(pal_set_text(estate_arena(), record, PAL_COVERAGE_STATE, units[i].state, &err), &err);
    unit_ok(pal_set_text(estate_arena(), record, PAL_COVERAGE_CODE, units[i].code, &err), &err);
    unit_ok(pal_set_text(estate_arena(), record, PAL_COVERAGE_AS_OF, units[i].as_of, &err), &err);
    unit_ok(pal_records_add(estate_arena(), &doc->records, record, &err), &err);
  }
  return docs;
}

static void add(struct pal_completeness *c, const char *tenant, const char *name, const struct unit_row *units,
                bool counted, bool complete) {
  struct pal_instant started;
  struct pal_err err = {0};
  struct pal_docs docs = docs_of(units);
  ck_assert(pal_instant_parse(ESTATE_STARTED, &started));
  unit_ok(pal_completeness_add(estate_arena(), c, tenant, name, &docs, estate_json(&pal_kind_ESTATE, gaps_until_march),
                               started, counted, complete, &err),
          &err);
}

START_TEST(test_completeness__row_names_the_worst_gap) {
  struct pal_completeness c = {0};
  add(&c, FABRIKAM, "Fabrikam", rows[_i].units, true, false);
  ck_assert_uint_eq(c.gaps_n, 1);
  const struct pal_gap *got = &c.gaps[0], *wanted = &rows[_i].gap;
  ck_assert_msg(strcmp(got->area, wanted->area) == 0, "%s: area %s", rows[_i].name, got->area);
  ck_assert_msg(strcmp(got->state, wanted->state) == 0, "%s: state %s", rows[_i].name, got->state);
  ck_assert_msg(strcmp(got->cause, wanted->cause) == 0, "%s: cause %s", rows[_i].name, got->cause);
  ck_assert_msg(strcmp(got->as_of, wanted->as_of) == 0, "%s: as of %s", rows[_i].name, got->as_of);
  ck_assert_msg(got->units == wanted->units, "%s: %zu units", rows[_i].name, got->units);
  ck_assert_msg((got->accepted == NULL) == (wanted->accepted == NULL), "%s: accepted %s", rows[_i].name,
                got->accepted ? got->accepted : "no");
  if (wanted->accepted)
    ck_assert_str_eq(got->accepted, wanted->accepted);
}
END_TEST

START_TEST(test_completeness__counts_only_the_counted) {
  static const struct unit_row full[UNITS_MAX] = {{"links", "app", "complete", NULL, NULL}};
  static const struct unit_row declared[UNITS_MAX] = {{"links", "anna", "self-declared", NULL, "2026-03-01T00:00:00Z"},
                                                      {"links", "app", "unread", "401", NULL}};
  struct pal_completeness c = {0};
  add(&c, FABRIKAM, "Fabrikam", full, true, true);
  add(&c, FABRIKAM, "Fabrikam", declared, true, false);
  add(&c, FABRIKAM, "Fabrikam", declared, false, false);
  ck_assert_uint_eq(c.expected, 2);
  ck_assert_uint_eq(c.complete, 1);
  ck_assert_uint_eq(c.gaps_n, 1);
  ck_assert_uint_eq(c.areas_n, 1);
  ck_assert_uint_eq(c.areas[0].n[0], 1);
  ck_assert_uint_eq(c.areas[0].n[3], 1);
  ck_assert_uint_eq(c.areas[0].n[6], 1);
  ck_assert_uint_eq(c.self_declared, 2);
  ck_assert_str_eq(c.self_declared_oldest, "2026-03-01T00:00:00Z");
}
END_TEST

START_TEST(test_completeness__gaps_stand_by_name_then_id) {
  static const struct unit_row units[UNITS_MAX] = {{"usage", "tenant", "unread", "403", NULL},
                                                   {"links", "app", "unread", "403", NULL},
                                                   {"pim", "tenant", "complete", NULL, NULL}};
  struct pal_completeness c = {0};
  add(&c, NAMELESS, NULL, units, true, false);
  add(&c, QUOTES, "zeta", units, true, false);
  add(&c, FABRIKAM, "Beta", units, true, false);
  add(&c, FORMULA, "alpha", units, true, false);
  static const char *const ids[] = {FORMULA, FABRIKAM, QUOTES, NAMELESS};
  for (size_t i = 0; i < 4; i++)
    ck_assert_str_eq(c.gaps[i].tenant_id, ids[i]);
}
END_TEST

START_TEST(test_completeness__areas_are_sorted) {
  static const struct unit_row units[UNITS_MAX] = {{"usage", "tenant", "unread", "403", NULL},
                                                   {"links", "app", "unread", "403", NULL},
                                                   {"pim", "tenant", "complete", NULL, NULL}};
  static const char *const areas[] = {"links", "pim", "usage"};
  struct pal_completeness c = {0};
  add(&c, FABRIKAM, "Fabrikam", units, true, false);
  add(&c, FABRIKAM, "Fabrikam", units, true, false);
  ck_assert_uint_eq(c.areas_n, 3);
  for (size_t i = 0; i < 3; i++) {
    ck_assert_str_eq(c.areas[i].area, areas[i]);
    ck_assert_uint_eq(c.areas[i].n[i == 1 ? 0 : 3], 2);
  }
}
END_TEST

Suite *make_report_completeness_suite(void);
Suite *make_report_completeness_suite(void) {
  Suite *suite = suite_create("report_completeness");
  TCase *tcase = tcase_create("completeness");
  tcase_add_checked_fixture(tcase, estate_set_up, estate_tear_down);
  tcase_add_loop_test(tcase, test_completeness__row_names_the_worst_gap, 0, UNIT_N(rows));
  tcase_add_test(tcase, test_completeness__counts_only_the_counted);
  tcase_add_test(tcase, test_completeness__gaps_stand_by_name_then_id);
  tcase_add_test(tcase, test_completeness__areas_are_sorted);
  suite_add_tcase(suite, tcase);
  return suite;
}
