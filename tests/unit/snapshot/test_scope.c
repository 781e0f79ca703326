/* SPDX-License-Identifier: Apache-2.0 */
/* test_scope.c - which run had a tenant in scope, and the dates that follow from it. */
#include <stdlib.h>
#include <string.h>

#include "pal_scope.h"
#include "snapshot/snap.h"
#include "unit.h"

#define T3 "33333333-3333-3333-3333-333333333333"
#define NOW "2026-11-22T02:00:00Z"
#define DAY(n) "2026-11-0" n "T02:00:00Z"
#define FULL "\"lastFull\":{\"sequence\":3,\"started\":\"" DAY("3") "\"}"
#define RUN(n, tenants) "{\"sequence\":" n ",\"started\":\"" DAY(n) "\",\"tenants\":[" tenants "]}"
#define Q(id) "\"" id "\""

static const struct pal_record *history_of(const char *json) {
  struct pal_docs *docs = snap_docs();
  snap_add(docs, "inputs/history.json", json);
  return docs->v[0]->records.v[0];
}

START_TEST(test_scope__undated_is_of_the_newest_run_that_had_the_tenant_in_scope) {
  static const struct {
    const char *history, *tenant;
    bool in_scope;
    const char *read_on;
  } rows[] = {
      {"{}", T1, true, NOW},
      {"{}", "", true, NOW},
      {"{" FULL "}", T1, true, NOW},
      {"{" FULL ",\"partial\":[" RUN("4", Q(T1)) "]}", T1, true, NOW},
      {"{" FULL ",\"scope\":[" Q(T1) "]}", T1, true, NOW},
      {"{" FULL ",\"scope\":[" Q(T1) "]}", T2, false, DAY("3")},
      {"{" FULL ",\"scope\":[" Q(T1) "]}", "", false, DAY("3")},
      {"{" FULL ",\"scope\":[" Q(T1) "," Q(T3) "]}", T2, false, DAY("3")},
      {"{" FULL ",\"partial\":[" RUN("4", Q(T2)) "],\"scope\":[" Q(T1) "]}", T2, false, DAY("4")},
      {"{" FULL ",\"partial\":[" RUN("4", Q(T2)) "],\"scope\":[" Q(T1) "]}", T3, false, DAY("3")},
      {"{" FULL ",\"partial\":[" RUN("4", Q(T2)) "],\"scope\":[" Q(T1) "]}", "", false, DAY("3")},
      {"{" FULL ",\"partial\":[" RUN("4", Q(T2)) "," RUN("5", Q(T3)) "],\"scope\":[" Q(T1) "]}", T3, false, DAY("5")},
      {"{" FULL ",\"partial\":[" RUN("4", Q(T1) "," Q(T2)) "],\"scope\":[" Q(T1) "]}", T1, true, NOW},
      {"{\"partial\":[" RUN("1", Q(T2)) "],\"scope\":[" Q(T1) "]}", T2, false, DAY("1")},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const struct pal_record *history = history_of(rows[i].history);
    ck_assert_msg(pal_scope_has(history, rows[i].tenant) == rows[i].in_scope, "row %zu", i);
    const char *got = pal_scope_read_on(history, NOW, rows[i].tenant);
    ck_assert_msg(strcmp(got, rows[i].read_on) == 0, "row %zu: %s, wanted %s", i, got, rows[i].read_on);
  }
  ck_assert(pal_scope_has(NULL, T1));
  ck_assert_str_eq(pal_scope_read_on(NULL, NOW, T1), NOW);
}
END_TEST

static struct pal_docs *dated(struct pal_docs *docs) {
  struct pal_err err = {0};
  unit_ok(pal_scope_date(docs, NOW, &err), &err);
  return docs;
}

static const char *text_of(const struct pal_docs *docs, const char *path) {
  struct pal_doc key = {0};
  struct pal_err err = {0};
  unit_ok(pal_doc_parse_path(path, &key, &err), &err);
  struct pal_doc *doc = pal_docs_find(docs, key.file->id, &key.tenant, key.id.s[0] ? key.id.s : NULL);
  ck_assert_msg(doc != NULL, "no %s", path);
  return snap_encode(doc);
}

static void holds(const struct pal_docs *docs, const char *path, const char *part) {
  ck_assert_msg(strstr(text_of(docs, path), part) != NULL, "%s: no %s in %s", path, part, text_of(docs, path));
}

/* What was never read completely has no date to write; what has one keeps it. */
START_TEST(test_scope__coverage_without_a_date_gets_it_where_it_was_read) {
  static const struct {
    const char *state, *before, *after;
  } rows[] = {
      {"complete", NULL, NOW},       {"not-applicable", NULL, NOW}, {"self-declared", NULL, NOW},
      {"partial", NULL, NULL},       {"stale", NULL, NULL},         {"unread", NULL, NULL},
      {"not-collected", NULL, NULL}, {"stale", DAY("1"), DAY("1")}, {"self-declared", DAY("1"), DAY("1")},
  };
  struct pal_docs *docs = snap_docs();
  struct pal_err err = {0};
  snap_cover(docs, "links", "ann", rows[_i].state, NULL);
  struct pal_record *unit = docs->v[0]->records.v[0];
  unit_ok(pal_set_text(snap_arena, unit, PAL_COVERAGE_AS_OF, rows[_i].before, &err), &err);
  (void)dated(docs);
  const char *got = pal_get_text(unit, PAL_COVERAGE_AS_OF);
  ck_assert_str_eq(got ? got : "-", rows[_i].after ? rows[_i].after : "-");
}
END_TEST

#define ASSIGNMENT(n, more)                                                                                    \
  "{\"id\":\"/subscriptions/" S1 "/providers/x/" n "\"," more "\"principalId\":\"" P1 "\",\"roleId\":\"" OWNER \
  "\",\"scope\":\"/subscriptions/" S1 "\"}"

START_TEST(test_scope__records_get_it_where_their_unit_was_read_in_part) {
  static const struct {
    const char *state, *first;
  } rows[] = {
      {"partial", "\"lastRead\":\"" NOW "\","},
      {"complete", ""},
      {"stale", ""},
  };
  struct pal_docs *docs = snap_docs();
  snap_cover(docs, "role-assignments", S1, rows[_i].state, NULL);
  snap_cover(docs, "role-assignments", "tenant", "partial", NULL);
  snap_add(docs, SUB_PATH "role-assignments.json",
           "[" ASSIGNMENT("1", "") "," ASSIGNMENT("2", "\"lastRead\":\"" DAY("1") "\",") "]");
  (void)dated(docs);
  holds(docs, SUB_PATH "role-assignments.json",
        pal_arena_printf(snap_arena, "providers/x/1\",%s\"principalId\"", rows[_i].first));
  holds(docs, SUB_PATH "role-assignments.json", "providers/x/2\",\"lastRead\":\"" DAY("1") "\"");
}
END_TEST

START_TEST(test_scope__identities_go_by_the_units_of_their_names) {
  struct pal_docs *docs = snap_docs();
  snap_cover(docs, "links", "ann", "partial", NULL);
  snap_cover(docs, "links", "bob", "stale", NULL);
  snap_add(docs, TENANT_PATH "identities/" P1 ".json",
           "{\"assurance\":\"read\",\"link\":null,\"names\":[\"ann\"],\"objectId\":\"" P1 "\"}");
  snap_add(docs, TENANT_PATH "identities/" P2 ".json",
           "{\"assurance\":\"read\",\"link\":null,\"names\":[\"bob\"],\"objectId\":\"" P2 "\"}");
  (void)dated(docs);
  holds(docs, TENANT_PATH "identities/" P1 ".json", "\"lastRead\": \"" NOW "\"");
  ck_assert_ptr_null(strstr(text_of(docs, TENANT_PATH "identities/" P2 ".json"), "lastRead"));
}
END_TEST

#define FINDING(more)                                                                                             \
  "[{\"class\":\"access\",\"details\":{},\"fingerprint\":\"aa\"," more "\"message\":\"m\",\"policy\":\"PAL001\"," \
  "\"severity\":\"high\",\"since\":\"" DAY(                                                                       \
      "1") "\",\"status\":\"open\",\"subject\":{\"id\":\"x\",\"type\":\"tenant\"},"                               \
           "\"verdict\":\"fail\"}]"

START_TEST(test_scope__findings_get_the_date_of_their_judgement) {
  struct pal_docs *docs = snap_docs();
  snap_add(docs, TENANT_PATH "findings.json", FINDING(""));
  holds(dated(docs), TENANT_PATH "findings.json", "\"lastVerified\":\"" NOW "\"");
  docs = snap_docs();
  snap_add(docs, TENANT_PATH "findings.json", FINDING("\"lastVerified\":\"" DAY("2") "\","));
  holds(dated(docs), TENANT_PATH "findings.json", "\"lastVerified\":\"" DAY("2") "\"");
}
END_TEST

Suite *make_snapshot_scope_suite(void);
Suite *make_snapshot_scope_suite(void) {
  Suite *suite = suite_create("snapshot/scope");
  TCase *tc = tcase_create("scope");
  tcase_add_checked_fixture(tc, snap_set_up, snap_tear_down);
  tcase_add_test(tc, test_scope__undated_is_of_the_newest_run_that_had_the_tenant_in_scope);
  tcase_add_loop_test(tc, test_scope__coverage_without_a_date_gets_it_where_it_was_read, 0, 9);
  tcase_add_loop_test(tc, test_scope__records_get_it_where_their_unit_was_read_in_part, 0, 3);
  tcase_add_test(tc, test_scope__identities_go_by_the_units_of_their_names);
  tcase_add_test(tc, test_scope__findings_get_the_date_of_their_judgement);
  suite_add_tcase(suite, tc);
  return suite;
}
