/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What SQLite plans for each shipped policy and view, with the statistics of a large estate: no
 * table that grows with the estate is read as a whole within a loop. What does so costs the square
 * of the tenants, and is noticed only by who has thousands of them.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pal_coverage.h"
#include "policy/judge_private.h"

#include "policy_world.h"

/* One node of EXPLAIN QUERY PLAN. */
struct node {
  int id, parent;
  char detail[256];
};

struct plan {
  struct node v[1024];
  size_t n;
};

/* Grow with the books, not with the tenants. */
static const char *const small[] = {"run",         "setting",     "registry", "expect",       "related_partner",
                                    "agent_group", "principal",   "waiver",   "review",       "scanner",
                                    "collected",   "run_history", "pec_role", "builtin_role", "principal_home"};

static bool is_small(const struct pal_pack *pack, const char *name) {
  for (size_t i = 0; i < UNIT_N(small); i++)
    if (strcmp(small[i], name) == 0)
      return true;
  for (size_t i = 0; i < pack->views_n; i++)
    if (strcmp(pack->views[i].name, name) == 0)
      return pack->views[i].once && strcmp(pack->views[i].once, "few rows") == 0;
  return false;
}

/* The word behind "SCAN " when the node reads something as a whole. */
static bool scanned(const struct node *node, char out[128]) {
  if (strncmp(node->detail, "SCAN ", 5) != 0 || strstr(node->detail, "VIRTUAL TABLE")) /* json_each: one list */
    return false;
  (void)snprintf(out, 128, "%.*s", (int)strcspn(node->detail + 5, " "), node->detail + 5);
  return true;
}

static const struct node *find(const struct plan *plan, int id) {
  for (size_t i = 0; i < plan->n; i++)
    if (plan->v[i].id == id)
      return &plan->v[i];
  return NULL;
}

static bool is_loop(const struct node *node) {
  return strncmp(node->detail, "SCAN ", 5) == 0 || strncmp(node->detail, "SEARCH ", 7) == 0;
}

/* What has one row or a handful, whatever the estate: what comes behind one of them runs so often. */
static bool is_short_loop(const struct pal_pack *pack, const struct node *node) {
  char name[128];
  if (strcmp(node->detail, "SCAN CONSTANT ROW") == 0)
    return true;
  if (!scanned(node, name))
    return false;
  if (strcmp(name, "run") == 0)
    return true;
  for (size_t i = 0; i < pack->views_n; i++)
    if (strcmp(pack->views[i].name, name) == 0)
      return pack->views[i].once && strcmp(pack->views[i].once, "few rows") == 0;
  return false;
}

/* Whether the node runs once for each row of another: behind a loop of the same parent, or within a
 * subquery that depends on a row. A recursive step runs for one row of its queue at a time, which is no
 * loop over a table. */
static bool repeats(const struct pal_pack *pack, const struct plan *plan, const struct node *node) {
  const struct node *parent = find(plan, node->parent);
  if (parent && strcmp(parent->detail, "RECURSIVE STEP") == 0)
    return false;
  for (size_t i = 0; i < plan->n && &plan->v[i] != node; i++)
    if (plan->v[i].parent == node->parent && is_loop(&plan->v[i]) && !is_short_loop(pack, &plan->v[i]))
      return true;
  for (const struct node *up = find(plan, node->parent); up; up = find(plan, up->parent)) {
    if (strncmp(up->detail, "CORRELATED", 10) == 0)
      return true;
    if (strncmp(up->detail, "MATERIALIZE ", 12) == 0) /* filled once, whoever reads it */
      return false;
  }
  return false;
}

/* The table or view an alias of the statement stands for; itself when it is none. */
static const char *stands_for(const char *sql, const char *alias, char out[128]) {
  char mark[160];
  (void)snprintf(mark, sizeof mark, " AS %s\n", alias);
  const char *at = strstr(sql, mark);
  if (!at)
    return alias;
  const char *begin = at;
  while (begin > sql && (isalnum((unsigned char)begin[-1]) || begin[-1] == '_'))
    begin--;
  (void)snprintf(out, 128, "%.*s", (int)(at - begin), begin);
  return out;
}

static void read_plan(struct pal_judge *judge, const char *sql, struct plan *ret) {
  sqlite3_stmt *stmt = NULL;
  char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
  ret->n = 0;
  sandbox_guard(&judge->sandbox, false);
  ck_assert_msg(sqlite3_prepare_v2(judge->sandbox.db, explain, -1, &stmt, NULL) == SQLITE_OK, "%s",
                sqlite3_errmsg(judge->sandbox.db));
  while (sqlite3_step(stmt) == SQLITE_ROW) {
    ck_assert_uint_lt(ret->n, UNIT_N(ret->v));
    struct node *node = &ret->v[ret->n++];
    *node = (struct node){.id = sqlite3_column_int(stmt, 0), .parent = sqlite3_column_int(stmt, 1)};
    (void)snprintf(node->detail, sizeof node->detail, "%s", (const char *)sqlite3_column_text(stmt, 3));
  }
  (void)sqlite3_finalize(stmt);
  sqlite3_free(explain);
  sandbox_guard(&judge->sandbox, true);
}

/* Scans within a loop that are meant; each must be there, so that none outlives its reason. */
static const struct exception {
  const char *text; /* policy or view */
  const char *scan; /* as the statement calls it */
  const char *why;  /* what bounds it */
} exceptions[] = {
    {"PAL005", "only_global", "one row: a global ID, where there is only one"},
    {"PAL005", "location", "only for links whose ID stands before one of these"},
    {"PAL006", "wording", "a function compares the distinct names that Microsoft gave with those of the books"},
    {"PAL010", "active_link", "behind one row: the count of tenants whose delegations were not read"},
    {"PAL019", "declared_assignment", "behind one row of setting"},
    {"PAL040", "earlier", "behind one row: when a review of changes was last signed"},
    {"PAL073", "sold", "behind one row: the count of foreign groups"},
    {"covered_use", "groups", "for each month of the window"},
    {"expected_scope", "customer_tenant",
     "a rule for a management group of no tenant holds in each: its rows are these"},
};

struct faults {
  size_t n;
  bool met[UNIT_N(exceptions) + 1];
};

static bool is_excepted(struct faults *faults, const char *text, const char *scan) {
  for (size_t i = 0; i < UNIT_N(exceptions); i++) {
    if (strcmp(exceptions[i].text, text) != 0 || strcmp(exceptions[i].scan, scan) != 0)
      continue;
    faults->met[i] = true;
    return true;
  }
  return false;
}

static void check(struct pal_judge *judge, const char *text, const char *sql, struct plan *plan,
                  struct faults *faults) {
  char name[128], table[128];
  read_plan(judge, sql, plan);
  ck_assert_uint_gt(plan->n, 0);
  for (size_t i = 0; i < plan->n; i++) {
    if (!scanned(&plan->v[i], name) || !repeats(judge->o.pack, plan, &plan->v[i]) ||
        is_small(judge->o.pack, stands_for(sql, name, table)) || is_excepted(faults, text, name))
      continue;
    const struct node *up = find(plan, plan->v[i].parent);
    (void)fprintf(stderr, "%s: %s, below %s\n", text, plan->v[i].detail, up ? up->detail : "the statement");
    faults->n++;
  }
}

/* Of all areas, the rows of its views computed. */
static struct pal_judge *large_judge(struct pal_arena *arena, const struct pal_pack *pack) {
  struct pal_err err;
  struct pal_judge *judge = NULL;
  size_t areas = 0;
  while (pal_areas[areas])
    areas++;
  struct pal_record *settings = pal_record_new(arena, &pal_kind_SETTINGS);
  unit_ok(pal_set_texts(arena, settings, PAL_SETTINGS_COLLECT, pal_areas, areas, &err), &err);
  struct pal_judge_options options = {
      .pack = pack, .registry = pal_record_new(arena, &pal_kind_REGISTRY), .settings = settings, .replay = ""};
  unit_ok(pal_judge_new(&options, &judge, &err), &err);
  unit_ok(judge_settle(judge, JUDGE_TO_RUN, &err), &err);
  return judge;
}

START_TEST(test_plans__nothing_shipped_scans_within_a_loop) {
  struct pal_arena *arena = pal_arena_new(0);
  struct pal_err err;
  struct pal_pack *pack = NULL;
  struct faults faults = {0};
  struct plan *plan = malloc(sizeof *plan);
  unit_ok(pal_pack_load(PAL_SOURCE_DIR "/policies", NULL, 0, &pack, &err), &err);
  struct pal_judge *judge = large_judge(arena, pack);
  for (size_t i = 0; i < pal_pack_n(pack); i++)
    if (pal_pack_at(pack, i)->status == PAL_RULE)
      check(judge, pal_pack_at(pack, i)->id, pal_pack_at(pack, i)->sql, plan, &faults);
  for (size_t i = 0; i < pack->views_n; i++)
    check(judge, pack->views[i].name, pack->views[i].sql + pack->views[i].select_at, plan, &faults);
  for (size_t i = 0; i < UNIT_N(exceptions); i++)
    if (!faults.met[i]) {
      (void)fprintf(stderr, "%s: does not scan %s within a loop any more\n", exceptions[i].text, exceptions[i].scan);
      faults.n++;
    }
  ck_assert_uint_eq(faults.n, 0);
  free(plan);
  pal_judge_free(judge);
  pal_pack_free(pack);
  pal_arena_free(arena);
}
END_TEST

/* The reading of plans itself: what must be told, and what need not be. */
START_TEST(test_plans__a_scan_within_a_loop_is_told) {
  static const struct {
    const char *sql;
    size_t faults;
  } rows[] = {
      {"SELECT 1 FROM assignment AS a JOIN assignment AS b ON b.scope > a.scope", 1},
      {"SELECT 1 FROM assignment AS a WHERE EXISTS (SELECT 1 FROM coverage AS c WHERE c.unit > a.scope)", 1},
      {"SELECT 1 FROM link LEFT JOIN link AS other ON other.version > link.version", 1},
      {"SELECT 1 FROM assignment AS a JOIN subscription AS b ON b.tenant_id = a.tenant_id AND b.id = a.subscription_id",
       0},
      {"SELECT 1 FROM run JOIN assignment", 0},
      {"SELECT 1 FROM assignment AS a JOIN parameter", 0},
      {"SELECT 1 FROM coverage WHERE area IN (SELECT area FROM coverage)", 0},
  };
  struct pal_arena *arena = pal_arena_new(0);
  struct pal_err err;
  struct pal_pack *pack = NULL;
  struct faults faults = {0};
  struct plan *plan = malloc(sizeof *plan);
  unit_ok(pal_pack_load(PAL_SOURCE_DIR "/policies", NULL, 0, &pack, &err), &err);
  struct pal_judge *judge = large_judge(arena, pack);
  check(judge, "the test", rows[_i].sql, plan, &faults);
  ck_assert_msg(faults.n == rows[_i].faults, "%s", rows[_i].sql);
  free(plan);
  pal_judge_free(judge);
  pal_pack_free(pack);
  pal_arena_free(arena);
}
END_TEST

Suite *make_policy_plans_suite(void);
Suite *make_policy_plans_suite(void) {
  Suite *suite = suite_create("policy/plans");
  TCase *tcase = tcase_create("plans");
  tcase_set_timeout(tcase, 60);
  tcase_add_test(tcase, test_plans__nothing_shipped_scans_within_a_loop);
  tcase_add_loop_test(tcase, test_plans__a_scan_within_a_loop_is_told, 0, 7);
  suite_add_tcase(suite, tcase);
  return suite;
}
