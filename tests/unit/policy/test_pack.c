/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_pack.h"

#include "pal_file.h"

#include "policy_world.h"

#define META                                                                                                           \
  "-- id: OWN-1\n-- title: T\n-- class: rule\n-- severity: low\n-- subject: tenant\n-- rationale: r\n-- remediation: " \
  "m\n"
#define SELECT_ONE "SELECT 1 AS x"

static enum pal_code load(const char *text, struct pal_pack **ret, struct pal_err *err) {
  *ret = NULL;
  unit_write("pack/OWN-1.sql", text, 0600);
  return pal_pack_load("pack", NULL, 0, ret, err);
}

START_TEST(test_pack__metadata_is_read) {
  struct pal_pack *pack;
  struct pal_err err;
  unit_ok(load("-- SPDX-License-Identifier: Apache-2.0\n\n" META
               "-- reads: links, role-assignments\n-- needs: links delegations@all links@managing\n-- pins: b a\n"
               "-- folded-under: PAL012 offboarding\n-- controls: CC6.2 A.5.18\n-- references: https://a.example/\n"
               "--   https://b.example/\n\n-- title: no metadata any more\nSELECT count(*) AS x, 2*3 AS y FROM "
               "run;\n-- end\n",
               &pack, &err),
          &err);
  ck_assert_uint_eq(pal_pack_n(pack), 1);
  const struct pal_policy *policy = pal_pack_at(pack, 0);
  ck_assert_str_eq(policy->id, "OWN-1");
  ck_assert_str_eq(policy->title, "T");
  ck_assert_str_eq(policy->policy_class, "rule");
  ck_assert_str_eq(policy->effective, "low");
  ck_assert_str_eq(policy->subject, "tenant");
  ck_assert_uint_eq(policy->reads_n, 2);
  ck_assert_str_eq(policy->reads[1].area, "role-assignments");
  ck_assert_uint_eq(policy->needs_n, 3);
  ck_assert_int_eq(policy->needs[0].where, PAL_HERE);
  ck_assert_int_eq(policy->needs[1].where, PAL_ALL);
  ck_assert_int_eq(policy->needs[2].where, PAL_MANAGING);
  ck_assert_str_eq(policy->pins[0], "b");
  ck_assert_str_eq(policy->folded_under[1], "offboarding");
  ck_assert_uint_eq(policy->controls_n, 2);
  ck_assert_str_eq(policy->references, "https://a.example/\nhttps://b.example/");
  ck_assert(policy->enabled);
  pal_pack_free(pack);
}
END_TEST

START_TEST(test_pack__fixes_follow_or_replace_each_other) {
  struct pal_pack *pack;
  struct pal_err err;
  unit_ok(load(META "-- fix: F1 F2 or registry F3@managing\n" SELECT_ONE, &pack, &err), &err);
  const struct pal_policy *policy = pal_pack_at(pack, 0);
  ck_assert_uint_eq(policy->fixes_n, 4);
  ck_assert_str_eq(policy->fixes[0].fix->word, "F1");
  ck_assert(!policy->fixes[1].is_instead && policy->fixes[2].is_instead && !policy->fixes[3].is_instead);
  ck_assert_str_eq(policy->fixes[2].fix->word, "registry");
  ck_assert(policy->fixes[3].managing && !policy->fixes[1].managing);
  ck_assert_int_eq(policy->fixes[3].fix->actor, PAL_ACTOR_IDENTITY);
  pal_pack_free(pack);
}
END_TEST

START_TEST(test_pack__a_status_stands_for_the_statement) {
  struct pal_pack *pack;
  struct pal_err err;
  unit_ok(load(META "-- status: awaits partner-center partner-reports\n", &pack, &err), &err);
  const struct pal_policy *policy = pal_pack_at(pack, 0);
  ck_assert_int_eq(policy->status, PAL_AWAITS);
  ck_assert_uint_eq(policy->status_words_n, 2);
  ck_assert_str_eq(policy->status_words[0], "partner-center");
  ck_assert_str_eq(policy->status_words[1], "partner-reports");
  pal_pack_free(pack);
  unit_ok(load(META "-- status: retired PAL060\n\n-- Told once for each delegation.\n", &pack, &err), &err);
  ck_assert_int_eq(pal_pack_at(pack, 0)->status, PAL_RETIRED);
  pal_pack_free(pack);
}
END_TEST

START_TEST(test_pack__an_indented_line_continues) {
  struct pal_pack *pack;
  struct pal_err err;
  unit_ok(load("-- id: OWN-1\n-- title: T\n-- class: rule\n-- severity: low\n-- subject: tenant\n"
               "-- rationale: one\n--   title: two\n-- Three.\n-- remediation: a\n--   b\n" SELECT_ONE,
               &pack, &err),
          &err);
  ck_assert_str_eq(pal_pack_at(pack, 0)->rationale, "one title: two Three.");
  ck_assert_str_eq(pal_pack_at(pack, 0)->remediation, "a\nb");
  pal_pack_free(pack);
}
END_TEST

static const struct {
  const char *text, *part;
} wrong[] = {
    {META "-- serverity: low\n" SELECT_ONE, "OWN-1.sql:8:4: unknown key \"serverity\"; did you mean \"severity\"?"},
    {META "-- title: again\n" SELECT_ONE, "\"title\" stands twice"},
    {"-- id: OWN-1\n" SELECT_ONE, "lacks \"title\""},
    {META "-- reads: link\n" SELECT_ONE, "unknown area \"link\""},
    {META "-- fix: F8\n" SELECT_ONE, "fix: unknown way to put it right \"F8\""},
    {META "-- fix: F3@all\n" SELECT_ONE, "only @managing may follow, not \"F3@all\""},
    {META "-- fix: or F3\n" SELECT_ONE, "a way stands on either side of \"or\""},
    {META "-- fix: F3 or\n" SELECT_ONE, "a way stands on either side of \"or\""},
    {META "-- fix: F3 or or F4\n" SELECT_ONE, "a way stands on either side of \"or\""},
    {META "-- needs: links@every\n" SELECT_ONE, "only @managing and @all"},
    {"-- hello\n" META SELECT_ONE, "begins with \"key: value\""},
    {META SELECT_ONE ";\nSELECT 2", "OWN-1.sql:9:1: a second statement"},
    {META "", "no statement"},
    {META "-- status: waits usage\n", "status: expected awaits, reason or retired, not \"waits\""},
    {META "-- status: awaits\n", "what stands instead is missing after \"awaits\""},
    {META "-- status:\n" SELECT_ONE, "status: expected awaits, reason or retired, not"},
    {META "-- status: retired PAL060\n\n" SELECT_ONE, "it holds no statement"},
    {META "SELECT * FROM run", "SELECT * is not permitted"},
    {META "SELECT 1, run.* FROM run", "SELECT * is not permitted"},
    {META "SELECT 'a", "without its end"},
    {META "SELECT 1 /* ", "without its end"},
    {"-- id: own\n-- title: T\n-- class: rule\n-- severity: low\n-- subject: tenant\n-- rationale: r\n-- remediation: "
     "m\n" SELECT_ONE,
     "expected [A-Z]"},
    {"-- id: OTHER\n-- title: T\n-- class: rule\n-- severity: low\n-- subject: tenant\n-- rationale: r\n-- "
     "remediation: m\n" SELECT_ONE,
     "stands in a file OTHER.sql"},
    {"-- id: OWN-1\n-- title: T\n-- class: rules\n-- severity: low\n-- subject: tenant\n-- rationale: r\n-- "
     "remediation: m\n" SELECT_ONE,
     "class: unknown word \"rules\""},
    {"-- id: OWN-1\n-- title: T\n-- class: rule\n-- severity: lowish\n-- subject: tenant\n-- rationale: r\n-- "
     "remediation: m\n" SELECT_ONE,
     "severity: unknown word"},
    {"-- id: OWN-1\n-- title: T\n-- class: rule\n-- severity: low\n-- subject: planet\n-- rationale: r\n-- "
     "remediation: m\n" SELECT_ONE,
     "subject: unknown word"},
};

START_TEST(test_pack__wrong_files_are_refused_with_their_place) {
  struct pal_pack *pack;
  struct pal_err err;
  unit_fails(load(wrong[_i].text, &pack, &err), PAL_E_INPUT, wrong[_i].part, &err);
  ck_assert_ptr_null(pack);
}
END_TEST

static const struct {
  const char *text, *part;
} wrong_views[] = {
    {"CREATE VIEW main.x AS SELECT 1 AS a", "no schema"},
    {"CREATE VIEW IF NOT EXISTS x AS SELECT 1 AS a", "no schema and no IF NOT EXISTS"},
    {"CREATE TEMP VIEW x AS SELECT 1 AS a", "expected CREATE VIEW"},
    {"CREATE TABLE x(a)", "expected CREATE VIEW"},
    {"CREATE VIEW x AS SELECT 1 AS a; DROP TABLE run", "a second statement"},
    {"CREATE VIEW x AS SELECT * FROM run", "SELECT *"},
    {"-- once: a) WHERE (1\nCREATE VIEW x AS SELECT 1 AS a", "x.sql:1:1: once: expected lists of columns"},
    {"CREATE VIEW link AS SELECT 1 AS a", "pack/views/x.sql: there is a table link"},
    {"CREATE VIEW Sighted AS SELECT 1 AS a", "pack/views/x.sql: the view Sighted exists already (views/a.sql)"},
    {"CREATE VIEW BUILTIN_role AS SELECT 1 AS a", "there is a table BUILTIN_role"},
    {"CREATE VIEW json_Each AS SELECT 1 AS a", "there is a table json_Each"},
    {"CREATE VIEW sqlite_x AS SELECT 1 AS a", "there is a table sqlite_x"},
    {"-- once: ;\nCREATE VIEW x AS SELECT 1 AS a", "once: expected lists of columns"},
};

START_TEST(test_pack__wrong_views_are_refused) {
  struct pal_pack *pack = NULL;
  struct pal_err err;
  world_view("a", "CREATE VIEW sighted AS SELECT 1 AS a");
  world_view("x", wrong_views[_i].text);
  unit_fails(pal_pack_load("pack", NULL, 0, &pack, &err), PAL_E_INPUT, wrong_views[_i].part, &err);
}
END_TEST

START_TEST(test_pack__own_folder_adds_and_cannot_shadow) {
  struct pal_pack *pack = NULL;
  struct pal_err err;
  const char *own[] = {"own"};
  world_policy("PAL001", "subject: tenant", SELECT_ONE);
  world_view("a", "CREATE VIEW shared AS SELECT 1 AS x");
  unit_ok(pal_dir_make("own/views", 0700, &err), &err);
  unit_write("own/OWN-1.sql", META SELECT_ONE, 0600);
  unit_write("own/notes.txt", "no part of a pack", 0600);
  unit_ok(pal_pack_load("pack", own, 1, &pack, &err), &err);
  ck_assert_uint_eq(pal_pack_n(pack), 2);
  ck_assert_int_eq(pal_pack_find(pack, "OWN-1")->origin, PAL_OWN);
  ck_assert_int_eq(pal_pack_find(pack, "PAL001")->origin, PAL_SHIPPED);
  ck_assert_uint_eq(pal_pack_files_n(pack), 3);
  ck_assert_str_eq(pal_pack_file_at(pack, 2)->path, "views/a.sql");
  pal_pack_free(pack);
  unit_write("own/views/b.sql", "CREATE VIEW shared AS SELECT 2 AS x", 0600);
  unit_fails(pal_pack_load("pack", own, 1, &pack, &err), PAL_E_INPUT, "the view shared exists already", &err);
  unit_write("own/views/b.sql", "CREATE VIEW fine AS SELECT 2 AS x", 0600);
  unit_write("own/PAL777.sql",
             "-- id: PAL777\n-- title: T\n-- class: rule\n-- severity: low\n-- subject: tenant\n-- rationale: r\n-- "
             "remediation: m\n" SELECT_ONE,
             0600);
  unit_fails(pal_pack_load("pack", own, 1, &pack, &err), PAL_E_INPUT, "kept for shipped policies", &err);
}
END_TEST

START_TEST(test_pack__own_folder_cannot_replace_a_shipped_id) {
  struct pal_pack *pack = NULL;
  struct pal_err err;
  const char *own[] = {"own"};
  world_policy("OWN-1", "subject: tenant", SELECT_ONE);
  unit_ok(pal_dir_make("own", 0700, &err), &err);
  unit_write("own/OWN-1.sql", META "SELECT 2 AS x", 0600);
  unit_fails(pal_pack_load("pack", own, 1, &pack, &err), PAL_E_INPUT, "own/OWN-1.sql", &err);
}
END_TEST

/* --- a snapshot's pack against the installed one --- */

#define PAL(ID, SQL) \
  "-- id: " ID       \
  "\n-- title: T\n-- class: rule\n-- severity: low\n-- subject: tenant\n-- rationale: r\n-- remediation: m\n" SQL

static struct pal_pack *from(const char *one, const char *two, const char *view, const char *upper_view,
                             const char *data, const struct pal_pack *reference) {
  struct pal_pack_file files[] = {{"PAL001.sql", one, strlen(one)},
                                  {"PAL002.sql", two, strlen(two)},
                                  {"data/pec-roles.json", data, strlen(data)},
                                  {"views/a.sql", view, strlen(view)},
                                  {"views/b.sql", upper_view, strlen(upper_view)}};
  struct pal_pack *pack = NULL;
  struct pal_err err;
  unit_ok(pal_pack_from_files(files, 5, reference, &pack, &err), &err);
  return pack;
}

START_TEST(test_pack__what_differs_from_the_installed_pack_is_changed) {
  const char *one = PAL("PAL001", "SELECT x FROM upper_view"), *two = PAL("PAL002", "SELECT 2 AS x");
  const char *low = "CREATE VIEW low_view AS SELECT 1 AS x", *up = "CREATE VIEW upper_view AS SELECT x FROM low_view";
  const char *data = "{\"roles\":[]}",
             *role = "{\"roles\":[{\"id\":\"" READER "\",\"name\":\"Reader\",\"eligible\":false}]}";
  struct pal_pack *installed = from(one, two, low, up, data, NULL);
  ck_assert_int_eq(pal_pack_at(installed, 0)->origin, PAL_SHIPPED);
  struct pal_pack *same = from(one, two, low, up, data, installed);
  ck_assert_int_eq(pal_pack_at(same, 0)->origin, PAL_SHIPPED);
  pal_pack_free(same);
  struct pal_pack *text = from(one, PAL("PAL002", "SELECT 3 AS x"), low, up, data, installed);
  ck_assert_int_eq(pal_pack_at(text, 0)->origin, PAL_SHIPPED);
  ck_assert_int_eq(pal_pack_at(text, 1)->origin, PAL_CHANGED);
  pal_pack_free(text);
  /* by a view below the view it uses */
  struct pal_pack *below = from(one, two, "CREATE VIEW low_view AS SELECT 2 AS x", up, data, installed);
  ck_assert_int_eq(pal_pack_at(below, 0)->origin, PAL_CHANGED);
  ck_assert_int_eq(pal_pack_at(below, 1)->origin, PAL_SHIPPED);
  pal_pack_free(below);
  /* data counts for who reads its table */
  struct pal_pack *other = from(one, two, low, up, role, installed);
  ck_assert_int_eq(pal_pack_at(other, 0)->origin, PAL_SHIPPED);
  pal_pack_free(other);
  const char *reads = PAL("PAL002", "SELECT role_id FROM pec_role");
  struct pal_pack *reader = from(one, reads, low, up, data, NULL), *changed = from(one, reads, low, up, role, reader);
  ck_assert_int_eq(pal_pack_at(changed, 1)->origin, PAL_CHANGED);
  pal_pack_free(changed);
  pal_pack_free(reader);
  pal_pack_free(installed);
}
END_TEST

START_TEST(test_pack__role_names) {
  struct pal_pack *pack = NULL;
  struct pal_err err;
  unit_ok(pal_dir_make("pack/data", 0700, &err), &err);
  unit_write("pack/data/builtin-roles.json", "[{\"roleName\":\"Reader\",\"id\":\"" READER "\"}]", 0600);
  unit_ok(pal_pack_load("pack", NULL, 0, &pack, &err), &err);
  ck_assert_str_eq(pal_pack_role_name(pack, READER), "Reader");
  ck_assert_ptr_null(pal_pack_role_name(pack, O1));
  pal_pack_free(pack);
  unit_write("pack/data/builtin-roles.json", "[{\"roleName\":\"Reader\"}]", 0600);
  unit_fails(pal_pack_load("pack", NULL, 0, &pack, &err), PAL_E_INPUT, "builtin-roles.json:1:2", &err);
}
END_TEST

/* --- settings --- */

static struct pal_arena *arena;

static struct pal_record *settings(const char *disable, const char *severity, const char *parameters) {
  struct pal_err err;
  struct pal_record *record = pal_record_new(arena, &pal_kind_SETTINGS);
  unit_ok(pal_set_texts(arena, record, PAL_SETTINGS_DISABLE, &disable, disable ? 1 : 0, &err), &err);
  unit_ok(pal_set_text(arena, record, PAL_SETTINGS_SEVERITY, severity, &err), &err);
  unit_ok(pal_set_text(arena, record, PAL_SETTINGS_PARAMETERS, parameters, &err), &err);
  return record;
}

START_TEST(test_pack__settings_apply) {
  struct pal_err err;
  arena = pal_arena_new(0);
  world_policy("PAL001", "subject: tenant", SELECT_ONE);
  world_policy("PAL002", "subject: tenant", "SELECT value FROM setting WHERE name = 'graceDays'");
  struct pal_pack *pack = world_pack();
  unit_ok(
      pal_pack_apply(pack, settings("PAL001", "{\"PAL002\":\"info\"}", "{\"expiryDays\":14,\"graceDays\":5}"), &err),
      &err);
  ck_assert(!pal_pack_find(pack, "PAL001")->enabled);
  ck_assert_str_eq(pal_pack_find(pack, "PAL002")->effective, "info");
  ck_assert_str_eq(pal_pack_find(pack, "PAL002")->severity, "high");
  unit_ok(pal_pack_apply(pack, settings(NULL, NULL, NULL), &err), &err);
  ck_assert(pal_pack_find(pack, "PAL001")->enabled);
  ck_assert_str_eq(pal_pack_find(pack, "PAL002")->effective, "high");
  unit_fails(pal_pack_apply(pack, settings("PAL003", NULL, NULL), &err), PAL_E_CONFIG,
             "policies.disable: no policy has the id \"PAL003\"", &err);
  unit_fails(pal_pack_apply(pack, settings(NULL, "{\"PAL003\":\"low\"}", NULL), &err), PAL_E_CONFIG,
             "policies.severity", &err);
  unit_fails(pal_pack_apply(pack, settings(NULL, "{\"PAL001\":\"lo\"}", NULL), &err), PAL_E_CONFIG, "expected critical",
             &err);
  unit_fails(pal_pack_apply(pack, settings(NULL, NULL, "{\"expiryDay\":1}"), &err), PAL_E_CONFIG,
             "did you mean expiryDays?", &err);
  unit_fails(pal_pack_apply(pack, settings(NULL, NULL, "{\"expiryDays\":-1}"), &err), PAL_E_CONFIG,
             "expected a whole number", &err);
  unit_fails(pal_pack_apply(pack, settings(NULL, NULL, "{\"defaultIsDecision\":1}"), &err), PAL_E_CONFIG,
             "expected true or false", &err);
  unit_fails(pal_pack_apply(pack, settings(NULL, NULL, "{\"recognitionRoles\":\"all\"}"), &err), PAL_E_CONFIG,
             "expected auto, pec or any", &err);
  pal_arena_free(arena);
}
END_TEST

Suite *make_policy_pack_suite(void);
Suite *make_policy_pack_suite(void) {
  Suite *suite = suite_create("policy/pack");
  TCase *tcase = tcase_create("pack");
  tcase_add_checked_fixture(tcase, world_enter, world_leave);
  tcase_add_test(tcase, test_pack__metadata_is_read);
  tcase_add_test(tcase, test_pack__fixes_follow_or_replace_each_other);
  tcase_add_test(tcase, test_pack__a_status_stands_for_the_statement);
  tcase_add_test(tcase, test_pack__an_indented_line_continues);
  tcase_add_loop_test(tcase, test_pack__wrong_files_are_refused_with_their_place, 0, UNIT_N(wrong));
  tcase_add_loop_test(tcase, test_pack__wrong_views_are_refused, 0, UNIT_N(wrong_views));
  tcase_add_test(tcase, test_pack__own_folder_adds_and_cannot_shadow);
  tcase_add_test(tcase, test_pack__own_folder_cannot_replace_a_shipped_id);
  tcase_add_test(tcase, test_pack__what_differs_from_the_installed_pack_is_changed);
  tcase_add_test(tcase, test_pack__role_names);
  tcase_add_test(tcase, test_pack__settings_apply);
  suite_add_tcase(suite, tcase);
  return suite;
}
