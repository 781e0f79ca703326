/* SPDX-License-Identifier: Apache-2.0 */
/* test_remedy.c - ids in the words of a remediation, and a plan printed for each medium. */
#include <string.h>

#include "golden.h"
#include "pal_remedy.h"
#include "policy/policy_world.h"

#define SCOPE "/subscriptions/" S1 "/resourcegroups/a$(touch run);b"
#define ASSIGNMENT SCOPE "/providers/microsoft.authorization/roleassignments/" O2

static const struct pal_remedy_ids known = {.tenant = {T1},
                                            .subscription = {S1},
                                            .object = {O1},
                                            .partner = {"2000001"},
                                            .linked = {"1000001"},
                                            .role = {READER},
                                            .scope = SCOPE,
                                            .assignment = ASSIGNMENT,
                                            .type = "guest"};
static const struct pal_remedy_ids nothing = {.fingerprint = NULL};

static const struct {
  const struct pal_remedy_ids *ids;
  enum pal_remedy_shell shell;
  const char *text, *filled;
  bool complete;
} fills[] = {
    {&known, PAL_REMEDY_SH, "tenant T, object O: --tenant T.", "tenant " T1 ", object " O1 ": --tenant " T1 ".", true},
    {&known, PAL_REMEDY_SH, "/subscriptions/S/x", "/subscriptions/" S1 "/x", true},
    /* A letter within a word is none. */
    {&known, PAL_REMEDY_SH, "Two PAL Oslo _S T_ S2", "Two PAL Oslo _S T_ S2", true},
    {&known, PAL_REMEDY_SH, "update --partner-id P", "update --partner-id 2000001", true},
    /* What is removed is what is linked. */
    {&known, PAL_REMEDY_SH, "az managementpartner delete --partner-id P",
     "az managementpartner delete --partner-id 1000001", true},
    {&known, PAL_REMEDY_SH, "Remove-AzManagementPartner -PartnerId P; -PartnerId P",
     "Remove-AzManagementPartner -PartnerId 1000001; -PartnerId 2000001", true},
    {&known, PAL_REMEDY_SH, "--assignee-principal-type ServicePrincipal", "--assignee-principal-type User", true},
    {&known, PAL_REMEDY_SH, "Connect-AzAccount -ServicePrincipal", "Connect-AzAccount -ServicePrincipal", true},
    /* A name that is more than an id becomes one word. */
    {&known, PAL_REMEDY_SH, "--scope SCOPE", "--scope '" SCOPE "'", true},
    {&known, PAL_REMEDY_POWERSHELL, "-Scope SCOPE", "-Scope '" SCOPE "'", true},
    {&known, PAL_REMEDY_SH, "--ids ASSIGNMENT --role ROLE", "--ids '" ASSIGNMENT "' --role " READER, true},
    /* What is not known stays, and is told. */
    {&known, PAL_REMEDY_SH, "-u APPID", "-u APPID", false},
    {&known, PAL_REMEDY_SH, "--location L --identity NAME", "--location L --identity NAME", false},
    {&nothing, PAL_REMEDY_SH, "--tenant T", "--tenant T", false},
    {&nothing, PAL_REMEDY_SH, "managementpartner delete --partner-id P", "managementpartner delete --partner-id P",
     false},
    {&nothing, PAL_REMEDY_SH, "--assignee-principal-type ServicePrincipal",
     "--assignee-principal-type ServicePrincipal", true},
};

START_TEST(test_remedy_fill__puts_ids_where_words_stand_for_them) {
  struct pal_buf out;
  pal_buf_init(&out, 4096);
  bool complete = pal_remedy_fill(&out, fills[_i].text, fills[_i].ids, fills[_i].shell);
  ck_assert_str_eq(out.data, fills[_i].filled);
  ck_assert_int_eq(complete, fills[_i].complete);
  pal_buf_deinit(&out);
}
END_TEST

/* --- plans --- */

static struct pal_arena *arena;

static void set_up(void) {
  world_enter();
  arena = pal_arena_new(0);
  ck_assert_ptr_nonnull(arena);
}

static void tear_down(void) {
  pal_arena_free(arena);
  world_leave();
}

#define LINK_ROW \
  "SELECT tenant_id, 'identity' AS subject_type, object_id AS subject_id, 'n' AS subject_name, 'm' AS message"

static struct pal_plan plan_of(const char *members) {
  static struct pal_report report;
  struct pal_plan plan;
  struct pal_remedies *remedies = NULL;
  struct pal_err err = {0};
  struct pal_judge_options options = {.all_tables = true};
  struct pal_judge *judge = world_judge(members, true, &options);
  report = (struct pal_report){.commit = "", .started = STARTED, .kind = "scan", .full = true};
  unit_ok(pal_report_build(arena, judge, world_pack(), NULL, 0, false, &report, &err), &err);
  unit_ok(pal_remedies_read(arena, judge, &remedies, &err), &err);
  unit_ok(pal_plan_make(arena, &report, remedies, judge, NULL, &plan, &err), &err);
  return plan;
}

#define ONE_LINKED "'tenants':{" TENANT(T1, ",'identities':[" LINKED(O1, "1000001") "]") "}"

START_TEST(test_plan__two_findings_with_one_way_are_one_step) {
  world_policy("OWN-1", "subject: identity\nreads: links\nfix: F2", LINK_ROW " FROM link;");
  world_policy("OWN-2", "subject: identity\nreads: links\nfix: F2", LINK_ROW " FROM link;");
  struct pal_plan plan = plan_of(ONE_LINKED);
  ck_assert_uint_eq(plan.findings, 2);
  ck_assert_uint_eq(plan.steps_n, 1);
  ck_assert_uint_eq(plan.steps[0].findings_n, 2);
  ck_assert(plan.steps[0].undecided && !plan.steps[0].ways[0].complete);
}
END_TEST

/* Else the link of one identity would stand in the plan twice, once to be done and once to wait. */
START_TEST(test_plan__what_is_done_once_is_one_step_with_all_that_may_stand_in_its_place) {
  world_policy("OWN-1", "subject: identity\nreads: links\nfix: F1 F2 or registry", LINK_ROW " FROM link;");
  world_policy("OWN-2", "subject: identity\nreads: links\nfix: F2 or accept", LINK_ROW " FROM link;");
  struct pal_plan plan = plan_of(ONE_LINKED);
  ck_assert_uint_eq(plan.steps_n, 2);
  const struct pal_step *step = strcmp(plan.steps[0].ways[0].fix->word, "F2") == 0 ? &plan.steps[0] : &plan.steps[1];
  ck_assert_str_eq(step->ways[0].fix->word, "F2");
  ck_assert_uint_eq(step->findings_n, 2);
  ck_assert_uint_eq(step->ways_n, 3);
  ck_assert_ptr_null(step->after);
}
END_TEST

START_TEST(test_plan__who_acts_first_comes_first_and_what_follows_says_so) {
  world_policy("OWN-1", "subject: identity\nreads: links\nfix: F4 F3 or registry", LINK_ROW " FROM link;");
  struct pal_plan plan = plan_of(ONE_LINKED);
  ck_assert_uint_eq(plan.steps_n, 2);
  ck_assert_int_eq(plan.steps[0].actor, PAL_ACTOR_IDENTITY);
  ck_assert_ptr_nonnull(strstr(plan.steps[0].after, "Give object " O1));
  ck_assert_uint_eq(plan.steps[0].ways_n, 2);
  ck_assert_int_eq(plan.steps[1].actor, PAL_ACTOR_OWNER);
  ck_assert_ptr_null(plan.steps[1].after);
}
END_TEST

START_TEST(test_plan__a_rule_without_a_way_says_what_it_says) {
  world_policy("OWN-1", "subject: identity\nreads: links", LINK_ROW " FROM link;");
  struct pal_plan plan = plan_of(ONE_LINKED);
  ck_assert_uint_eq(plan.steps_n, 1);
  ck_assert_int_eq(plan.steps[0].actor, PAL_ACTOR_US);
  ck_assert_str_eq(plan.steps[0].ways[0].fix->word, "own");
}
END_TEST

/* A link in the tenant of the customer would be of no use. */
START_TEST(test_plan__where_access_is_delegated_the_link_is_made_in_the_managing_tenant) {
  world_view("our_delegation", "CREATE VIEW our_delegation AS SELECT tenant_id, id AS delegation_id, scope, "
                               "managing_tenant_id FROM delegation");
  world_view("our_object", "CREATE VIEW our_object AS SELECT tenant_id, object_id, type, 0 AS linked, 'us' AS owner, "
                           "NULL AS left_date, 1 AS link_expected, NULL AS purpose, 1 AS is_configured FROM identity");
  world_view("usable_partner", "CREATE VIEW usable_partner AS SELECT id AS partner_id FROM registry");
  world_policy("OWN-1", "subject: tenant\nreads: delegations\nfix: F3",
               "SELECT tenant_id, 'tenant' AS subject_type, tenant_id AS subject_id, 'n' AS subject_name, 'm' AS "
               "message FROM delegation;");
  struct pal_plan plan = plan_of("'tenants':{" TENANT(HOME, ",'identities':[" UNLINKED(O1) "]") "," TENANT(
      T1, ",'delegations':[{'id':'/subscriptions/" S1 "/providers/microsoft.managedservices/registrationassignments/" O2
          "','scope':'/subscriptions/" S1 "','managedByTenantId':'" HOME
          "','authorizations':[{'kind':'permanent','principalId':'" O1 "','roleId':'" READER "'}]}]") "}");
  ck_assert_uint_eq(plan.steps_n, 1);
  ck_assert_str_eq(plan.steps[0].tenant_id, HOME);
  ck_assert_str_eq(plan.steps[0].ways[0].ids.tenant.s, HOME);
  ck_assert_str_eq(plan.steps[0].ways[0].ids.object.s, O1);
}
END_TEST

START_TEST(test_plan__an_id_that_is_none_stays_out) {
  world_policy("OWN-1", "subject: identity\nreads: links\nfix: F7",
               "SELECT tenant_id, 'identity' AS subject_type, 'x; touch run' AS subject_id, 'n' AS subject_name, 'm' "
               "AS message, '/a b; "
               "\"' AS scope, 'r' AS roleId FROM link;");
  struct pal_plan plan = plan_of(ONE_LINKED);
  ck_assert_uint_eq(plan.steps_n, 1);
  const struct pal_way *way = &plan.steps[0].ways[0];
  ck_assert_str_eq(way->az[0], "az role assignment delete --ids ASSIGNMENT");
  ck_assert_str_eq(way->powershell[0], "Remove-AzRoleAssignment -ObjectId O -RoleDefinitionId ROLE -Scope SCOPE");
  ck_assert(!way->complete);
}
END_TEST

START_TEST(test_plan__every_format_prints_it) {
  world_policy("OWN-1", "subject: identity\nreads: links\nfix: F4 or F3d", LINK_ROW " FROM link;");
  struct pal_plan plan = plan_of(ONE_LINKED);
  for (size_t i = 0; i < pal_plan_formats_n; i++) {
    struct golden golden;
    struct pal_style style = {.width = 80};
    struct pal_err err = {0};
    golden_open(&golden);
    unit_ok(pal_plan_formats[i].print(&plan, &style, golden.file, &err), &err);
    const char *text = golden_text(&golden);
    ck_assert_ptr_nonnull(strstr(text, O1));
    ck_assert_ptr_nonnull(strstr(text, "OWN-1"));
    golden_free(&golden);
  }
}
END_TEST

Suite *make_report_remedy_suite(void);
Suite *make_report_remedy_suite(void) {
  Suite *suite = suite_create("report/remedy");
  TCase *words = tcase_create("words"), *plans = tcase_create("plans");
  tcase_add_loop_test(words, test_remedy_fill__puts_ids_where_words_stand_for_them, 0, UNIT_N(fills));
  suite_add_tcase(suite, words);
  tcase_add_checked_fixture(plans, set_up, tear_down);
  tcase_add_test(plans, test_plan__two_findings_with_one_way_are_one_step);
  tcase_add_test(plans, test_plan__what_is_done_once_is_one_step_with_all_that_may_stand_in_its_place);
  tcase_add_test(plans, test_plan__who_acts_first_comes_first_and_what_follows_says_so);
  tcase_add_test(plans, test_plan__a_rule_without_a_way_says_what_it_says);
  tcase_add_test(plans, test_plan__where_access_is_delegated_the_link_is_made_in_the_managing_tenant);
  tcase_add_test(plans, test_plan__an_id_that_is_none_stays_out);
  tcase_add_test(plans, test_plan__every_format_prints_it);
  suite_add_tcase(suite, plans);
  return suite;
}
