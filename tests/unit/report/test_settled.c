/* SPDX-License-Identifier: Apache-2.0 */
/* What a resolved finding says of its end: an input that changed while no fact did. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estate.h"
#include "report/model.h"
#include "unit.h"

enum { CHANGES_MAX = 4 };

#define SETTINGS(more) \
  "{\"cloud\":\"public\",\"collect\":[\"links\"],\"names\":\"ours\",\"usageWindowMonths\":2," more "}"
#define DISABLES SETTINGS("\"disable\":[\"PAL001\"]")
#define ENABLES SETTINGS("\"disable\":[]")
#define LINKED "{\"partnerId\":\"2000001\",\"state\":\"Active\"}"
#define PERSON(more) "{\"name\":\"Anna\"" more "}"
#define UNIT_IS(state) "{\"area\":\"links\",\"unit\":\"app\",\"state\":\"" state "\"}"

struct told {
  const char *kind, *tenant, *type, *id;
  const struct pal_kind *record;
  const char *before, *after;
};

#define REGISTRY_CHANGED                                                    \
  {                                                                         \
    "registry.changed", "", "registry", "2000001", &pal_kind_PARTNER, NULL, \
        "{\"id\":\"2000001\",\"type\":\"location\"}"                        \
  }
#define ESTATE_CHANGED \
  { "estate.changed", "", "principal", "Anna", &pal_kind_PRINCIPAL, PERSON(""), PERSON(",\"left\":\"2026-11-30\"") }
#define CUSTOMER_CHANGED(id) \
  { "estate.changed", "", "tenant", id, &pal_kind_CUSTOMER, NULL, "{\"tenant\":\"" id "\"}" }
#define SETTING_CHANGED                                                                                             \
  {                                                                                                                 \
    "policy.changed", "", "setting", "graceDays", &pal_kind_SETTINGS, SETTINGS("\"parameters\":{\"graceDays\":5}"), \
        SETTINGS("\"parameters\":{\"graceDays\":9}")                                                                \
  }
#define RULE_CHANGED(file) \
  { "policy.changed", "", "policy", file, NULL, NULL, NULL }
#define RULE_IN_SETTINGS(before, after) \
  { "policy.changed", "", "policy", "PAL001", &pal_kind_SETTINGS, before, after }
#define LINK_GONE(tenant) \
  { "link.removed", tenant, "identity", AUTOMATION, &pal_kind_LINK, LINKED, NULL }
#define COVERAGE(kind, tenant, before, after) \
  { kind, tenant, "tenant", tenant, &pal_kind_COVERAGE, UNIT_IS(before), UNIT_IS(after) }
#define LOST COVERAGE("coverage.lost", FABRIKAM, "complete", "stale")
#define REGAINED COVERAGE("coverage.regained", FABRIKAM, "stale", "complete")

static const struct {
  const char *name, *policy, *tenant;
  struct told told[CHANGES_MAX];
  const char *want; /* NULL: nothing is said */
} rows[] = {
    {"nothing told", "PAL001", FABRIKAM, {{0}}, NULL},
    {"the settings disabled the rule", "PAL001", FABRIKAM, {RULE_IN_SETTINGS(ENABLES, DISABLES)}, "rule disabled"},
    {"and facts changed, too",
     "PAL001",
     FABRIKAM,
     {LINK_GONE(FABRIKAM), RULE_IN_SETTINGS(ENABLES, DISABLES)},
     "rule disabled"},
    {"they disabled another one", "PAL012", FABRIKAM, {RULE_IN_SETTINGS(ENABLES, DISABLES)}, NULL},
    {"they enabled it again", "PAL001", FABRIKAM, {RULE_IN_SETTINGS(DISABLES, ENABLES)}, NULL},
    {"another severity ends nothing",
     "PAL001",
     FABRIKAM,
     {RULE_IN_SETTINGS(SETTINGS("\"severity\":{\"PAL001\":\"low\"}"), ENABLES)},
     NULL},
    {"the registry", "PAL001", FABRIKAM, {REGISTRY_CHANGED}, "registry changed, no fact did"},
    {"the estate: a person of ours", "PAL001", FABRIKAM, {ESTATE_CHANGED}, "estate changed, no fact did"},
    {"the estate: this customer", "PAL001", FABRIKAM, {CUSTOMER_CHANGED(FABRIKAM)}, "estate changed, no fact did"},
    {"the estate: another customer", "PAL001", FABRIKAM, {CUSTOMER_CHANGED(QUOTES)}, NULL},
    {"which the policy reads, too", "PAL012", FABRIKAM, {CUSTOMER_CHANGED(QUOTES)}, "estate changed, no fact did"},
    {"a parameter", "PAL001", FABRIKAM, {SETTING_CHANGED}, "settings changed, no fact did"},
    {"its own text", "PAL001", FABRIKAM, {RULE_CHANGED("PAL001.sql")}, "rules changed, no fact did"},
    {"the text of another", "PAL001", FABRIKAM, {RULE_CHANGED("PAL0011.sql")}, NULL},
    {"a view it may use", "PAL001", FABRIKAM, {RULE_CHANGED("views/15_active_link.sql")}, "rules changed, no fact did"},
    {"several",
     "PAL001",
     FABRIKAM,
     {ESTATE_CHANGED, REGISTRY_CHANGED, SETTING_CHANGED},
     "registry, estate and settings changed, no fact did"},
    {"two",
     "PAL001",
     FABRIKAM,
     {RULE_CHANGED("data/pec-roles.json"), REGISTRY_CHANGED},
     "registry and rules changed, no fact did"},
    {"a fact here changed, too", "PAL001", FABRIKAM, {REGISTRY_CHANGED, LINK_GONE(FABRIKAM)}, NULL},
    {"a fact elsewhere did",
     "PAL001",
     FABRIKAM,
     {REGISTRY_CHANGED, LINK_GONE(QUOTES)},
     "registry changed, no fact did"},
    {"where the policy looks", "PAL012", FABRIKAM, {REGISTRY_CHANGED, LINK_GONE(QUOTES)}, NULL},
    {"where nobody knows whether it looked", "GONE1", FABRIKAM, {REGISTRY_CHANGED, LINK_GONE(QUOTES)}, NULL},
    {"of the estate as a whole every fact counts", "PAL001", "", {REGISTRY_CHANGED, LINK_GONE(QUOTES)}, NULL},
    {"what is not read any more ends nothing",
     "PAL001",
     FABRIKAM,
     {REGISTRY_CHANGED, LOST},
     "registry changed, no fact did"},
    {"what is read again may", "PAL001", FABRIKAM, {REGISTRY_CHANGED, REGAINED}, NULL},
};

static const struct pal_need here[] = {{"links", PAL_HERE}},
                             elsewhere[] = {{"links", PAL_HERE}, {"links", PAL_MANAGING}};
static const struct pal_policy policies[] = {
    {.id = "PAL001", .title = "Wrong type", .reads = here, .reads_n = 1},
    {.id = "PAL012", .title = "No link", .reads = here, .reads_n = 1, .needs = elsewhere, .needs_n = 2},
};
static const struct pal_policy *const by_id[] = {&policies[0], &policies[1]};

/* The one line about the finding, without colours or wrapping. */
static char *line_of(const struct pal_comparison *comparison) {
  char *text = NULL;
  size_t len = 0;
  struct pal_style style = {0};
  struct pal_err err = {0};
  FILE *out = open_memstream(&text, &len);
  ck_assert_ptr_nonnull(out);
  unit_ok(pal_format_find("text")->changes(comparison, &style, out, &err), &err);
  ck_assert_int_eq(fclose(out), 0);
  char *line = strstr(text, "RESOLVED");
  ck_assert_msg(line != NULL, "%s", text);
  line[strcspn(line, "\n")] = '\0';
  line = strdup(line);
  free(text);
  return line;
}

START_TEST(test_settled__finding_says_which_input) {
  struct pal_comparison c = estate_no_changes();
  struct pal_err err = {0};
  const struct estate_finding gone = {.policy = rows[_i].policy,
                                      .policy_class = "rule",
                                      .severity = "high",
                                      .verdict = "fail",
                                      .status = "open",
                                      .tenant = rows[_i].tenant,
                                      .subject_type = "identity",
                                      .subject_id = AUTOMATION,
                                      .message = "The message",
                                      .since = ESTATE_PREVIOUS};
  for (const struct told *told = rows[_i].told; told < rows[_i].told + CHANGES_MAX && told->kind; told++)
    estate_add_change(&c, told->kind, told->tenant, told->type, told->id, NULL, told->record, told->before,
                      told->after);
  size_t n = 0;
  struct pal_verdicts *before = estate_verdicts(&gone, 1, true, &n);
  const struct report_rules rules = {.policies = by_id, .policies_n = UNIT_N(by_id)};
  unit_ok(report_finish_from(estate_arena(), &c, before, n, NULL, 0, &rules, &err), &err);
  char *line = line_of(&c);
  const char *wanted = rows[_i].want ? pal_arena_printf(estate_arena(), "The message · %s · since", rows[_i].want)
                                     : "The message · since";
  ck_assert_msg(strstr(line, wanted) != NULL, "%s: %s", rows[_i].name, line);
  free(line);
}
END_TEST

Suite *make_report_settled_suite(void);
Suite *make_report_settled_suite(void) {
  Suite *suite = suite_create("report_settled");
  TCase *tcase = tcase_create("settled");
  tcase_add_checked_fixture(tcase, estate_set_up, estate_tear_down);
  tcase_add_loop_test(tcase, test_settled__finding_says_which_input, 0, UNIT_N(rows));
  suite_add_tcase(suite, tcase);
  return suite;
}
