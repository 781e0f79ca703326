/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "estate.h"
#include "unit.h"

#define ROLE_JSON                                                                 \
  "{\"id\":\"/x/1\",\"roleId\":\"" CONTRIBUTOR "\",\"principalId\":\"" AUTOMATION \
  "\",\"principalType\":\"ServicePrincipal\",\"scope\":\"/subscriptions/" SUBSCRIPTION "\"}"
#define PIM_JSON(more)                                                            \
  "{\"id\":\"/x/1\",\"roleId\":\"" CONTRIBUTOR "\",\"principalId\":\"" AUTOMATION \
  "\",\"principalType\":\"User\",\"scope\":\"/subscriptions/" SUBSCRIPTION "\"," more "}"
#define IDENTITY_ID "provider-automation (" AUTOMATION ")"
#define SETTINGS(more) \
  "{\"cloud\":\"public\",\"collect\":[\"links\"],\"names\":\"ours\",\"usageWindowMonths\":2," more "}"
#define LINK(id) "{\"partnerId\":\"" id "\",\"state\":\"Active\"}"

static const struct {
  const char *kind, *type, *id, *name;
  const struct pal_kind *record;
  const char *before, *after, *sentence;
} rows[] = {
    {"link.changed", "identity", AUTOMATION, "provider-automation", &pal_kind_LINK, LINK("2000001"), LINK("1000001"),
     "link of identity " IDENTITY_ID " changed from 2000001 (Contoso GmbH) to 1000001 (global ID): wrong type"},
    {"link.changed", "identity", AUTOMATION, NULL, &pal_kind_LINK, LINK("1000001"),
     "{\"partnerId\":\"4000001\",\"partnerName\":\"Rival\"}",
     "link of identity " AUTOMATION " changed from 1000001 (global ID) to 4000001 (Rival): not an ID of ours"},
    {"link.added", "identity", AUTOMATION, "provider-automation", &pal_kind_LINK, NULL, LINK("2000009"),
     "link of identity " IDENTITY_ID " added: 2000009 (Contoso SARL): the registry says closed"},
    {"link.added", "identity", AUTOMATION, "provider-automation", &pal_kind_LINK, NULL, LINK("3000001"),
     "link of identity " IDENTITY_ID " added: 3000001 (Distributor, related partner)"},
    {"link.removed", "identity", AUTOMATION, "provider-automation", &pal_kind_LINK, LINK("2000001"), NULL,
     "link of identity " IDENTITY_ID " removed: it was 2000001 (Contoso GmbH)"},
    {"link.changed", "identity", AUTOMATION, "provider-automation", &pal_kind_LINK, LINK("2000001"),
     "{\"partnerId\":\"2000001\",\"state\":\"On hold\"}",
     "link of identity " IDENTITY_ID " to 2000001 (Contoso GmbH) changed: state from Active to \"On hold\""},
    {"identity.added", "identity", AUTOMATION, "anna", &pal_kind_IDENTITY, NULL,
     "{\"objectId\":\"" AUTOMATION "\",\"type\":\"guest\",\"assurance\":\"read\"}",
     "identity anna (" AUTOMATION "), a guest, seen for the first time"},
    {"identity.changed", "identity", AUTOMATION, "anna", &pal_kind_IDENTITY,
     "{\"objectId\":\"" AUTOMATION "\",\"type\":\"guest\",\"assurance\":\"self-declared\"}",
     "{\"objectId\":\"" AUTOMATION "\",\"type\":\"user\",\"assurance\":\"read\"}",
     "identity anna (" AUTOMATION "), a user, changed: type from guest to user; assurance from self-declared to read"},
    {"role.granted", "identity", AUTOMATION, NULL, &pal_kind_ASSIGNMENT, NULL, ROLE_JSON,
     "role " CONTRIBUTOR " granted to service principal " AUTOMATION " at /subscriptions/" SUBSCRIPTION},
    {"role.revoked", "identity", AUTOMATION, NULL, &pal_kind_ASSIGNMENT, ROLE_JSON, NULL,
     "role " CONTRIBUTOR " revoked from service principal " AUTOMATION " at /subscriptions/" SUBSCRIPTION},
    {"role.granted", "identity", AUTOMATION, NULL, &pal_kind_PIM, NULL,
     PIM_JSON("\"kind\":\"eligible\",\"endDateTime\":\"2027-01-31T00:00:00Z\""),
     "eligible role " CONTRIBUTOR " granted to user " AUTOMATION " at /subscriptions/" SUBSCRIPTION
     ", until 2027-01-31 00:00 UTC"},
    {"role.activated", "identity", AUTOMATION, NULL, &pal_kind_PIM, NULL,
     PIM_JSON("\"kind\":\"active\",\"assignmentType\":\"Activated\",\"endDateTime\":\"2026-11-20T08:00:00Z\""),
     "role " CONTRIBUTOR " activated by user " AUTOMATION " at /subscriptions/" SUBSCRIPTION
     ", until 2026-11-20 08:00 UTC"},
    {"role.ended", "identity", AUTOMATION, NULL, &pal_kind_PIM, PIM_JSON("\"kind\":\"active\""), NULL,
     "role " CONTRIBUTOR ", activation ended, of user " AUTOMATION " at /subscriptions/" SUBSCRIPTION},
    {"role.changed", "scope", "/subscriptions/" SUBSCRIPTION, "no deletes", &pal_kind_DENY, NULL,
     "{\"id\":\"/x/2\",\"name\":\"no deletes\",\"scope\":\"/subscriptions/" SUBSCRIPTION "\"}",
     "deny assignment no deletes (/x/2) at /subscriptions/" SUBSCRIPTION " added"},
    {"role.changed", "group", AUTOMATION, NULL, &pal_kind_GROUP,
     "{\"groupId\":\"" AUTOMATION "\",\"members\":[{\"objectId\":\"" FABRIKAM "\"}]}",
     "{\"groupId\":\"" AUTOMATION "\",\"members\":[{\"objectId\":\"" QUOTES "\"},{\"objectId\":\"" FORMULA "\"}]}",
     "group " AUTOMATION " changed: members 2 added, 1 removed"},
    {"role.changed", "role", CONTRIBUTOR, "Helper", &pal_kind_ROLE,
     "{\"roleId\":\"" CONTRIBUTOR "\",\"permissions\":[{\"actions\":[\"*/read\"]}]}",
     "{\"roleId\":\"" CONTRIBUTOR "\",\"permissions\":[{\"actions\":[\"*\"]}]}",
     "role definition Helper (" CONTRIBUTOR ") changed: permissions 1 added, 1 removed"},
    {"subscription.added", "subscription", SUBSCRIPTION, "Prod", &pal_kind_SUBSCRIPTION, NULL,
     "{\"subscriptionId\":\"" SUBSCRIPTION "\"}", "subscription Prod (" SUBSCRIPTION ") became visible"},
    {"subscription.removed", "subscription", SUBSCRIPTION, "Prod", &pal_kind_SUBSCRIPTION,
     "{\"subscriptionId\":\"" SUBSCRIPTION "\"}", NULL,
     "subscription Prod (" SUBSCRIPTION ") is no longer visible to any of our identities"},
    {"subscription.changed", "subscription", SUBSCRIPTION, "Prod", &pal_kind_SUBSCRIPTION,
     "{\"subscriptionId\":\"" SUBSCRIPTION "\",\"managedByTenants\":[\"" FABRIKAM "\"]}",
     "{\"subscriptionId\":\"" SUBSCRIPTION "\",\"managedByTenants\":[\"" QUOTES "\"]}",
     "subscription Prod (" SUBSCRIPTION ") changed: managed by added " QUOTES ", removed " FABRIKAM},
    {"subscription.changed", "subscription", SUBSCRIPTION, "Live", &pal_kind_SUBSCRIPTION,
     "{\"subscriptionId\":\"" SUBSCRIPTION "\",\"displayName\":\"Prod\"}",
     "{\"subscriptionId\":\"" SUBSCRIPTION "\",\"displayName\":\"Live\"}",
     "subscription Live (" SUBSCRIPTION ") renamed from Prod to Live"},
    {"subscription.changed", "subscription", SUBSCRIPTION, "Live", &pal_kind_SUBSCRIPTION,
     "{\"subscriptionId\":\"" SUBSCRIPTION "\",\"displayName\":\"Prod\",\"state\":\"Enabled\"}",
     "{\"subscriptionId\":\"" SUBSCRIPTION "\",\"displayName\":\"Live\",\"state\":\"Warned\"}",
     "subscription Live (" SUBSCRIPTION ") changed: name from Prod to Live; state from Enabled to Warned"},
    {"tenant.changed", "tenant", FABRIKAM, "Fabrikam Holding", &pal_kind_TENANT,
     "{\"tenantId\":\"" FABRIKAM "\",\"displayName\":\"Fabrikam AG\"}",
     "{\"tenantId\":\"" FABRIKAM "\",\"displayName\":\"Fabrikam Holding\"}",
     "tenant Fabrikam Holding (" FABRIKAM ") renamed from \"Fabrikam AG\" to \"Fabrikam Holding\""},
    {"registry.changed", "registry", "2000001", "Contoso AG", &pal_kind_PARTNER,
     "{\"id\":\"2000001\",\"type\":\"location\",\"name\":\"Contoso GmbH\"}",
     "{\"id\":\"2000001\",\"type\":\"location\",\"name\":\"Contoso AG\"}",
     "partner ID 2000001 (Contoso AG, location) renamed from \"Contoso GmbH\" to \"Contoso AG\""},
    {"usage.started", "subscription", SUBSCRIPTION, "Prod", &pal_kind_USAGE, "{\"month\":\"2026-10\",\"used\":\"no\"}",
     "{\"month\":\"2026-11\",\"used\":\"yes\"}",
     "metered usage began in subscription Prod (" SUBSCRIPTION ") (2026-11)"},
    {"usage.stopped", "subscription", SUBSCRIPTION, NULL, &pal_kind_USAGE, "{\"month\":\"2026-10\",\"used\":\"yes\"}",
     "{\"month\":\"2026-11\",\"used\":\"no\"}", "no metered usage any more in subscription " SUBSCRIPTION},
    {"delegation.added", "scope", "/subscriptions/" SUBSCRIPTION, "Managed services", &pal_kind_DELEGATION, NULL,
     "{\"id\":\"/x/3\",\"scope\":\"/subscriptions/" SUBSCRIPTION
     "\",\"registrationDefinitionName\":\"Managed services\",\"managedByTenantId\":\"" QUOTES
     "\",\"managedByTenantName\":\"Contoso\",\"authorizations\":[{\"kind\":\"permanent\",\"principalId\":\"" AUTOMATION
     "\",\"roleId\":\"" CONTRIBUTOR "\"}]}",
     "Lighthouse delegation Managed services (/x/3) of /subscriptions/" SUBSCRIPTION " to tenant Contoso (" QUOTES
     ") added: 1 authorization"},
    {"tenant.added", "tenant", FABRIKAM, "Fabrikam AG", &pal_kind_TENANT, NULL, "{\"tenantId\":\"" FABRIKAM "\"}",
     "tenant Fabrikam AG (" FABRIKAM ") read for the first time"},
    {"tenant.removed", "tenant", FABRIKAM, NULL, NULL, NULL, NULL,
     "tenant " FABRIKAM " left the snapshot: offboarded, and last read without access or link of ours"},
    {"coverage.lost", "tenant", FABRIKAM, NULL, &pal_kind_COVERAGE,
     "{\"area\":\"links\",\"unit\":\"app\",\"state\":\"complete\"}",
     "{\"area\":\"links\",\"unit\":\"app\",\"state\":\"stale\",\"code\":\"403 "
     "AuthorizationFailed\",\"asOf\":\"2026-11-19T02:00:00Z\"}",
     "links of app no longer read: 403 AuthorizationFailed; last read on 2026-11-19"},
    {"coverage.lost", "tenant", FABRIKAM, NULL, &pal_kind_COVERAGE,
     "{\"area\":\"usage\",\"unit\":\"" SUBSCRIPTION "\",\"state\":\"complete\"}",
     "{\"area\":\"usage\",\"unit\":\"" SUBSCRIPTION "\",\"state\":\"partial\",\"code\":\"429\"}",
     "usage of subscription " SUBSCRIPTION " now read only in part: 429"},
    {"coverage.lost", "tenant", FABRIKAM, NULL, &pal_kind_COVERAGE,
     "{\"area\":\"links\",\"unit\":\"app\",\"state\":\"complete\"}",
     "{\"area\":\"links\",\"unit\":\"app\",\"state\":\"partial\",\"code\":\"429\",\"asOf\":\"2026-11-19T02:00:00Z\"}",
     "links of app now read only in part: 429"},
    {"coverage.lost", "tenant", FABRIKAM, NULL, &pal_kind_COVERAGE,
     "{\"area\":\"pim\",\"unit\":\"tenant\",\"state\":\"self-declared\"}",
     "{\"area\":\"pim\",\"unit\":\"tenant\",\"state\":\"unread\"}", "pim no longer read"},
    {"coverage.regained", "tenant", FABRIKAM, NULL, &pal_kind_COVERAGE,
     "{\"area\":\"links\",\"unit\":\"app\",\"state\":\"partial\",\"code\":\"429\"}",
     "{\"area\":\"links\",\"unit\":\"app\",\"state\":\"complete\"}", "links of app read completely again"},
    {"coverage.regained", "tenant", FABRIKAM, NULL, &pal_kind_COVERAGE,
     "{\"area\":\"pim\",\"unit\":\"tenant\",\"state\":\"stale\"}",
     "{\"area\":\"pim\",\"unit\":\"tenant\",\"state\":\"complete\"}", "pim read completely again"},
    {"registry.changed", "registry", "2000002", "Contoso AG", &pal_kind_PARTNER, NULL,
     "{\"id\":\"2000002\",\"type\":\"location\",\"country\":\"AT\",\"name\":\"Contoso AG\"}",
     "partner ID 2000002 (Contoso AG, location, AT) added to the registry"},
    {"registry.changed", "registry", "2000001", NULL, &pal_kind_EXPECT, NULL,
     "{\"id\":\"2000001\",\"country\":[\"DE\",\"AT\"]}",
     "expectation added: partner ID 2000001 (Contoso GmbH) for country AT, DE"},
    {"registry.changed", "registry", "2000001", NULL, &pal_kind_EXPECT, "{\"id\":\"2000001\",\"default\":true}", NULL,
     "expectation removed: partner ID 2000001 (Contoso GmbH) for everywhere else"},
    {"registry.changed", "registry", "organization", NULL, &pal_kind_REGISTRY, "{\"organization\":\"Old\",\"ids\":[]}",
     "{\"organization\":\"New\",\"ids\":[]}", "organization of the registry changed from \"Old\" to \"New\""},
    {"estate.changed", "tenant", FABRIKAM, "Fabrikam AG", &pal_kind_CUSTOMER, NULL, "{\"tenant\":\"" FABRIKAM "\"}",
     "customer Fabrikam AG (" FABRIKAM ") added to the estate"},
    {"estate.changed", "principal", "Anna", "Anna", &pal_kind_PRINCIPAL, "{\"name\":\"Anna\"}",
     "{\"name\":\"Anna\",\"left\":\"2026-11-30\"}",
     "person or app of ours Anna changed in the estate: left on from none to 2026-11-30"},
    {"waiver.removed", "waiver", "W-1", NULL, &pal_kind_WAIVER,
     "{\"id\":\"W-1\",\"policy\":\"PAL013\",\"until\":\"2026-12-01\",\"reason\":\"small\"}", NULL,
     "risk acceptance W-1 removed: policy PAL013, until 2026-12-01, because: small"},
    {"waiver.changed", "waiver", "W-1", NULL, &pal_kind_WAIVER, "{\"id\":\"W-1\",\"until\":\"2026-12-01\"}",
     "{\"id\":\"W-1\",\"until\":\"2027-12-01\"}", "risk acceptance W-1 changed: until from 2026-12-01 to 2027-12-01"},
    {"policy.changed", "policy", "PAL013", NULL, &pal_kind_SETTINGS, SETTINGS("\"disable\":[\"PAL001\"]"),
     SETTINGS("\"disable\":[\"PAL001\",\"PAL013\"]"), "rule PAL013 is disabled"},
    {"policy.changed", "policy", "PAL013", NULL, &pal_kind_SETTINGS, SETTINGS("\"disable\":[\"PAL013\"]"),
     SETTINGS("\"disable\":[]"), "rule PAL013 is enabled again"},
    {"policy.changed", "policy", "PAL013", NULL, &pal_kind_SETTINGS, SETTINGS("\"severity\":{\"PAL013\":\"low\"}"),
     SETTINGS("\"severity\":{\"PAL013\":\"info\",\"PAL001\":\"low\"}"), "severity of PAL013 changed from low to info"},
    {"policy.changed", "policy", "PAL013", NULL, &pal_kind_SETTINGS,
     SETTINGS("\"disable\":[\"PAL013\"],\"severity\":{\"PAL013\":\"low\"}"), SETTINGS("\"disable\":[]"),
     "rule PAL013 is enabled again; severity of PAL013 changed from low to the default"},
    {"policy.changed", "setting", "graceDays", NULL, &pal_kind_SETTINGS, SETTINGS("\"parameters\":{}"),
     SETTINGS("\"parameters\":{\"graceDays\":30}"), "parameter graceDays changed from the default to 30"},
    {"policy.changed", "setting", "recognitionRoles", NULL, &pal_kind_SETTINGS,
     SETTINGS("\"parameters\":{\"recognitionRoles\":\"auto\"}"),
     SETTINGS("\"parameters\":{\"recognitionRoles\":[\"Reader\"]}"),
     "parameter recognitionRoles changed from auto to [\"Reader\"]"},
    {"policy.changed", "setting", "usageWindowMonths", NULL, &pal_kind_SETTINGS, SETTINGS("\"disable\":[]"),
     "{\"cloud\":\"public\",\"collect\":[\"links\"],\"names\":\"ours\",\"usageWindowMonths\":3}",
     "setting usageWindowMonths changed from 2 to 3"},
    {"policy.changed", "setting", "collect", NULL, &pal_kind_SETTINGS, SETTINGS("\"disable\":[]"),
     "{\"cloud\":\"public\",\"collect\":[],\"names\":\"ours\",\"usageWindowMonths\":2}",
     "setting collect changed from links to none"},
    {"policy.changed", "setting", "names", NULL, &pal_kind_SETTINGS, SETTINGS("\"disable\":[]"),
     "{\"cloud\":\"public\",\"collect\":[\"links\"],\"names\":\"none\",\"usageWindowMonths\":2}",
     "setting names changed from ours to none"},
    {"policy.changed", "setting", "identities", NULL, &pal_kind_SETTINGS,
     SETTINGS("\"identities\":[{\"name\":\"a\",\"type\":\"client-secret\"},{\"name\":\"b\",\"type\":\"client-"
              "secret\"}]"),
     SETTINGS("\"identities\":[{\"name\":\"a\",\"type\":\"client-certificate\"},{\"name\":\"c\",\"type\":\"client-"
              "secret\"}]"),
     "setting identities: 1 added, 1 removed, 1 changed"},
    {"policy.changed", "policy", "PAL013", "Recognition hangs on one identity", NULL, NULL, NULL,
     "policy Recognition hangs on one identity (PAL013) changed"},
    {"app.added", "app", "app-1", "Expenses", NULL, NULL, NULL, "app Expenses (app-1) added"},
};

START_TEST(test_sentence__row_reads_as_wanted) {
  struct pal_comparison c = {0};
  estate_add_change(&c, rows[_i].kind, FABRIKAM, rows[_i].type, rows[_i].id, rows[_i].name, rows[_i].record,
                    rows[_i].before, rows[_i].after);
  ck_assert_msg(strcmp(c.changes[0].sentence, rows[_i].sentence) == 0, "%s:\n  %s, wanted\n  %s", rows[_i].kind,
                c.changes[0].sentence, rows[_i].sentence);
}
END_TEST

START_TEST(test_sentence__a_name_never_stands_without_its_id) {
  struct pal_comparison c = {0};
  estate_add_change(&c, rows[_i].kind, FABRIKAM, rows[_i].type, rows[_i].id, "NAME-OF-SUBJECT", rows[_i].record,
                    rows[_i].before, rows[_i].after);
  const char *name = strstr(c.changes[0].sentence, "NAME-OF-SUBJECT");
  if (name)
    ck_assert_msg(strstr(c.changes[0].sentence, rows[_i].id) != NULL, "%s", c.changes[0].sentence);
}
END_TEST

START_TEST(test_sentence__without_a_registry_no_judgement) {
  struct pal_comparison c = {0};
  struct pal_err err = {0};
  struct pal_change change = {
      .kind = "link.added",
      .subject_type = "identity",
      .subject_id = AUTOMATION,
      .after = estate_json(&pal_kind_LINK, "{\"partnerId\":\"1000001\",\"partnerName\":\"Contoso\"}")};
  unit_ok(pal_comparison_add(estate_arena(), &c, &change, NULL, NULL, NULL, &err), &err);
  ck_assert_str_eq(c.changes[0].sentence, "link of identity " AUTOMATION " added: 1000001 (Contoso)");
}
END_TEST

Suite *make_report_sentence_suite(void);
Suite *make_report_sentence_suite(void) {
  Suite *suite = suite_create("report_sentence");
  TCase *tcase = tcase_create("sentence");
  tcase_add_checked_fixture(tcase, estate_set_up, estate_tear_down);
  tcase_add_loop_test(tcase, test_sentence__row_reads_as_wanted, 0, UNIT_N(rows));
  tcase_add_loop_test(tcase, test_sentence__a_name_never_stands_without_its_id, 0, UNIT_N(rows));
  tcase_add_test(tcase, test_sentence__without_a_registry_no_judgement);
  suite_add_tcase(suite, tcase);
  return suite;
}
