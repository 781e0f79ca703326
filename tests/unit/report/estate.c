/* SPDX-License-Identifier: Apache-2.0 */
#include "estate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/model.h"
#include "unit.h"

static struct pal_arena *arena;

void estate_set_up(void) {
  arena = pal_arena_new(0);
  ck_assert_ptr_nonnull(arena);
}

void estate_tear_down(void) {
  pal_arena_free(arena);
  arena = NULL;
}

struct pal_arena *estate_arena(void) {
  return arena;
}

/* --- tenants --- */

static const struct {
  const char *id, *name, *country;
} tenants[] = {
    {"", NULL, NULL},
    {FABRIKAM, "Fabrikam AG", "DE"},
    /* clears the screen, sets a title, turns the text around, breaks the line */
    {CONTROL_CHARACTERS, "Ev\x1b[2Jil \x1b]0;pwned\x07\xE2\x80\xAEtxet\xE2\x80\xAC\r\nCorp\t\x7F", "XK"},
    {FORMULA, "=cmd|' /C calc'!A0", "US"},
    {LONG_NAME,
     "Vereinigte Elektrizit\xC3\xA4tswerke und Donaudampfschifffahrtsgesellschaft mit beschr\xC3\xA4nkter Haftung "
     "und Compagnie Kommanditgesellschaft auf Aktien in Abwicklung",
     "AT"},
    {WIDE_NAME,
     "\xE6\xA0\xAA\xE5\xBC\x8F\xE4\xBC\x9A\xE7\xA4\xBE\xE3\x82\xB3\xE3\x83\xB3\xE3\x83\x88\xE3\x82\xBD\xE6\x9D\xB1"
     "\xE4\xBA\xAC\xE6\x94\xAF\xE5\xBA\x97",
     "JP"},
    {QUOTES, "\"Quoted\", Inc.; 'Ltd' \\ <b>&amp;</b>", NULL},
    {NAMELESS, NULL, NULL},
};
enum { TENANTS_N = sizeof tenants / sizeof tenants[0] };

const char *estate_name(const char *tenant) {
  for (size_t i = 0; i < TENANTS_N; i++)
    if (strcmp(tenants[i].id, tenant) == 0)
      return tenants[i].name;
  return NULL;
}

static const char *country_of(const char *tenant) {
  for (size_t i = 0; i < TENANTS_N; i++)
    if (strcmp(tenants[i].id, tenant) == 0)
      return tenants[i].country;
  return NULL;
}

/* --- policies, sorted by id --- */

static const struct pal_policy policies[] = {
    {.id = "OWN-1",
     .title = "Own rule of this partner",
     .remediation = "=Write an owner down, on subscription S",
     .policy_class = "rule",
     .severity = "low",
     .effective = "low",
     .origin = PAL_OWN,
     .enabled = true},
    {.id = "PAL001",
     .title = "Link uses the global (v-org) partner ID",
     .remediation = "Signed in as object O:\naz login --tenant T && az managementpartner update --partner-id P",
     .policy_class = "attribution",
     .severity = "critical",
     .effective = "critical",
     .enabled = true},
    {.id = "PAL004",
     .title = "Location ID differs from your rule for this customer",
     .policy_class = "attribution",
     .severity = "high",
     .effective = "high",
     .enabled = true},
    {.id = "PAL010",
     .title = "Linked account has no role anywhere",
     .policy_class = "access",
     .severity = "high",
     .effective = "high",
     .enabled = true},
    {.id = "PAL011",
     .title = "Managing identity is not linked",
     .policy_class = "attribution",
     .severity = "high",
     .effective = "medium",
     .enabled = true},
    {.id = "PAL012",
     .title = "Tenant has no linked identity at all",
     .policy_class = "attribution",
     .severity = "high",
     .effective = "high",
     .enabled = true},
    {.id = "PAL013",
     .title = "Recognition hangs on one identity",
     .policy_class = "attribution",
     .severity = "info",
     .effective = "info",
     .origin = PAL_CHANGED,
     .enabled = true},
    {.id = "PAL050",
     .title = "Covered subscription has no usage",
     .policy_class = "attribution",
     .severity = "low",
     .effective = "low",
     .enabled = true},
    {.id = "PAL053",
     .title = "Usage moved to an uncovered subscription",
     .policy_class = "attribution",
     .severity = "medium",
     .effective = "medium",
     .enabled = false},
    {.id = "PAL097",
     .title = "Link or access survives offboarding",
     .policy_class = "access",
     .severity = "critical",
     .effective = "critical",
     .enabled = true},
    {.id = "PAL102",
     .title = "No signed review in the period",
     .policy_class = "rule",
     .severity = "medium",
     .effective = "medium",
     .enabled = true},
};
enum { POLICIES_N = sizeof policies / sizeof policies[0] };

static const struct pal_policy_result results[] = {
    {.policy = &policies[7], .state = PAL_NOT_TESTED, .why = "usage"},
    {.policy = &policies[5], .state = PAL_BROKEN, .why = "policies/PAL012.sql:14: no such column: \"colour\""},
    {.policy = &policies[1], .state = PAL_TESTED},
};

const struct pal_policy *const *estate_policies(size_t *ret_n) {
  static const struct pal_policy *list[POLICIES_N];
  for (size_t i = 0; i < POLICIES_N; i++)
    list[i] = &policies[i];
  *ret_n = POLICIES_N;
  return list;
}

static const struct pal_waiver_note notes[] = {
    {"W-1", "ends 2026-12-01"},   {"W-2", "ended 2026-11-01"},          {"W-3", "matches nothing"},
    {"W-4", "begins 2026-12-24"}, {"W-5\x1b[31m", "lacks an approver"},
};

/* --- findings --- */

/* 64 hex digits of what names a finding; which function makes them is nothing to the report. */
static void fingerprint(const struct estate_finding *f, char out[65]) {
  const char *const parts[] = {f->policy, f->tenant, f->subject_type, f->subject_id, f->key ? f->key : ""};
  unsigned long long hash = 0xcbf29ce484222325ULL;
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
    for (const char *at = parts[i];; at++) {
      hash = (hash ^ (unsigned char)*at) * 0x100000001b3ULL;
      if (!*at)
        break;
    }
  (void)snprintf(out, 65, "%016llx%016llx%016llx%016llx", hash, hash * 3, hash * 5, hash * 7);
}

static void set(struct pal_record *record, int field, const char *text) {
  struct pal_err err = {0};
  if (text)
    unit_ok(pal_set_text(arena, record, field, text, &err), &err);
}

struct pal_record *estate_record(const struct estate_finding *f) {
  struct pal_record *finding = pal_record_new(arena, &pal_kind_FINDING),
                    *subject = pal_record_new(arena, &pal_kind_SUBJECT);
  char id[65];
  fingerprint(f, id);
  const struct {
    int field;
    const char *text;
  } fields[] = {
      {PAL_FINDING_FINGERPRINT, id},
      {PAL_FINDING_POLICY, f->policy},
      {PAL_FINDING_CLASS, f->policy_class},
      {PAL_FINDING_SEVERITY, f->severity},
      {PAL_FINDING_VERDICT, f->verdict},
      {PAL_FINDING_STATUS, f->status},
      {PAL_FINDING_KEY, f->key},
      {PAL_FINDING_MESSAGE, f->message},
      {PAL_FINDING_DETAILS, f->details},
      {PAL_FINDING_SINCE, f->since},
      {PAL_FINDING_WAIVER, f->waiver},
      {PAL_FINDING_LAST_VERIFIED, f->last_verified},
      {PAL_FINDING_LAPSED, f->lapsed},
      {PAL_FINDING_FOLDED_UNDER, f->folded_under},
  };
  ck_assert_ptr_nonnull(finding);
  ck_assert_ptr_nonnull(subject);
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
    set(finding, fields[i].field, fields[i].text);
  set(subject, PAL_SUBJECT_TYPE, f->subject_type);
  set(subject, PAL_SUBJECT_ID, f->subject_id);
  set(subject, PAL_SUBJECT_NAME, f->subject_name);
  pal_set_record(finding, PAL_FINDING_SUBJECT, subject);
  return finding;
}

struct pal_verdicts *estate_verdicts(const struct estate_finding *findings, size_t n, bool named, size_t *ret_n) {
  struct pal_verdicts *verdicts = pal_arena_calloc(arena, TENANTS_N, sizeof *verdicts);
  struct pal_err err = {0};
  ck_assert_ptr_nonnull(verdicts);
  for (size_t i = 0; i < TENANTS_N; i++) {
    verdicts[i] = (struct pal_verdicts){.tenant_id = tenants[i].id, .tenant_name = named ? tenants[i].name : NULL};
    for (size_t j = 0; j < n; j++)
      if (strcmp(findings[j].tenant, tenants[i].id) == 0)
        unit_ok(pal_records_add(arena, &verdicts[i].findings, estate_record(&findings[j]), &err), &err);
  }
  *ret_n = TENANTS_N;
  return verdicts;
}

/* --- completeness --- */

static void add_unit(struct pal_docs *docs, const char *tenant, const char *area, const char *unit, const char *state,
                     const char *code, const char *as_of) {
  struct pal_tenant_id id;
  struct pal_err err = {0};
  unit_ok(pal_tenant_id_parse(tenant, &id, &err), &err);
  struct pal_doc *doc = pal_docs_get(docs, PAL_FILE_COVERAGE, &id, NULL);
  struct pal_record *record = pal_record_new(arena, &pal_kind_COVERAGE);
  ck_assert_ptr_nonnull(doc);
  set(record, PAL_COVERAGE_AREA, area);
  set(record, PAL_COVERAGE_UNIT, unit);
  set(record, PAL_COVERAGE_STATE, state);
  set(record, PAL_COVERAGE_CODE, code);
  set(record, PAL_COVERAGE_AS_OF, as_of);
  unit_ok(pal_records_add(arena, &doc->records, record, &err), &err);
}

static struct pal_completeness completeness(void) {
  static const struct {
    const char *tenant, *area, *unit, *state, *code, *as_of;
  } units[] = {
      {FABRIKAM, "links", "provider-automation", "complete", NULL, NULL},
      {FABRIKAM, "links", AUTOMATION, "self-declared", NULL, "2026-08-12T09:30:00Z"},
      {CONTROL_CHARACTERS, "links", "provider-automation", "stale", "AADSTS7000222\x1b[2J", "2026-11-12T02:00:00Z"},
      {CONTROL_CHARACTERS, "usage", SUBSCRIPTION, "stale", "AADSTS7000222", "2026-11-12T02:00:00Z"},
      {FORMULA, "links", "provider-automation", "complete", NULL, NULL},
      {LONG_NAME, "role-assignments", SUBSCRIPTION, "partial", "delegated: own part only", NULL},
      {WIDE_NAME, "links", "provider-automation", "complete", NULL, NULL},
      {QUOTES, "usage", SUBSCRIPTION, "unread", "403 CostHidden", NULL},
      {NAMELESS, "links", "provider-automation", "unread", "403 AuthorizationFailed", NULL},
  };
  struct pal_completeness ret = {0};
  struct pal_err err = {0};
  struct pal_instant started;
  struct pal_record *estate =
      estate_json(&pal_kind_ESTATE, "{\"customers\":[{\"tenant\":\"" QUOTES
                                    "\",\"acceptedGaps\":[{\"area\":\"usage\",\"reason\":\"cost hidden by the "
                                    "customer\",\"until\":\"2027-03-31\"}]}]}");
  ck_assert(pal_instant_parse(ESTATE_STARTED, &started));
  for (size_t i = 1; i < TENANTS_N; i++) {
    struct pal_docs docs;
    bool complete = true;
    pal_docs_init(&docs, arena);
    for (size_t j = 0; j < sizeof units / sizeof units[0]; j++)
      if (strcmp(units[j].tenant, tenants[i].id) == 0) {
        add_unit(&docs, units[j].tenant, units[j].area, units[j].unit, units[j].state, units[j].code, units[j].as_of);
        complete =
            complete && (strcmp(units[j].state, "complete") == 0 || strcmp(units[j].state, "self-declared") == 0);
      }
    unit_ok(
        pal_completeness_add(arena, &ret, tenants[i].id, tenants[i].name, &docs, estate, started, true, complete, &err),
        &err);
  }
  return ret;
}

/* --- the whole --- */

struct pal_report estate_report(void) {
  struct pal_err err = {0};
  struct pal_report report = {.commit = ESTATE_COMMIT,
                              .tree = "",
                              .started = ESTATE_STARTED,
                              .kind = "scan",
                              .full = true,
                              .next = "palscan diff"};
  size_t before_n = 0, now_n = 0;
  struct pal_verdicts *before = estate_verdicts(estate_before, estate_before_n, false, &before_n);
  struct pal_verdicts *now = estate_verdicts(estate_now, estate_now_n, true, &now_n);
  static const struct pal_policy_result *result_list[] = {&results[0], &results[1], &results[2]};
  struct report_source source = {.results = result_list,
                                 .results_n = sizeof results / sizeof results[0],
                                 .notes = notes,
                                 .notes_n = sizeof notes / sizeof notes[0],
                                 .verdicts_n = now_n};
  source.policies = estate_policies(&source.policies_n);
  report.completeness = completeness();
  unit_ok(report_pointers(arena, now, now_n, &source.verdicts, &err), &err);
  unit_ok(report_build_from(arena, &source, before, before_n, true, &report, &err), &err);
  return report;
}

/* --- comparison --- */

struct pal_record *estate_json(const struct pal_kind *kind, const char *json) {
  struct pal_json_doc *doc = NULL;
  struct pal_record *record = NULL;
  struct pal_err err = {0};
  unit_ok(pal_json_parse(json, strlen(json), kind->name, 0, 0, &doc, &err), &err);
  unit_ok(pal_record_decode(arena, kind, doc, pal_json_root(doc), PAL_DECODE_PERSON, &record, &err), &err);
  pal_json_doc_free(doc);
  return record;
}

struct pal_record *estate_registry(void) {
  return estate_json(
      &pal_kind_REGISTRY,
      "{\"organization\":\"Contoso\",\"ids\":["
      "{\"id\":\"1000001\",\"type\":\"global\",\"name\":\"Contoso (v-org)\"},"
      "{\"id\":\"2000001\",\"type\":\"location\",\"country\":\"DE\",\"name\":\"Contoso GmbH\"},"
      "{\"id\":\"2000009\",\"type\":\"location\",\"country\":\"FR\",\"name\":\"Contoso SARL\",\"status\":\"closed\"}],"
      "\"relatedPartners\":[{\"id\":\"3000001\",\"name\":\"Distributor\"}]}");
}

struct pal_comparison estate_no_changes(void) {
  return (struct pal_comparison){.from_commit = ESTATE_COMMIT_BEFORE,
                                 .from_started = ESTATE_PREVIOUS,
                                 .from_kind = "scan",
                                 .to_commit = ESTATE_COMMIT,
                                 .to_started = ESTATE_STARTED,
                                 .to_kind = "scan",
                                 .runs_between = 2};
}

void estate_add_change(struct pal_comparison *comparison, const char *change_kind, const char *tenant,
                       const char *subject_type, const char *subject_id, const char *subject_name,
                       const struct pal_kind *kind, const char *before, const char *after) {
  struct pal_err err = {0};
  struct pal_change change = {.kind = change_kind,
                              .subject_type = subject_type,
                              .subject_id = subject_id,
                              .subject_name = subject_name,
                              .before = before ? estate_json(kind, before) : NULL,
                              .after = after ? estate_json(kind, after) : NULL};
  (void)snprintf(change.tenant.s, sizeof change.tenant.s, "%s", tenant);
  unit_ok(
      pal_comparison_add(arena, comparison, &change, estate_name(tenant), country_of(tenant), estate_registry(), &err),
      &err);
}

static const char *role_name(const struct pal_pack *pack, const char *role_id) {
  (void)pack;
  return strcmp(role_id, CONTRIBUTOR) == 0 ? "Contributor" : NULL;
}

struct pal_comparison estate_comparison(void) {
  struct pal_comparison c = estate_no_changes();
  struct pal_err err = {0};
  size_t before_n = 0, now_n = 0;
  estate_add_change(&c, "coverage.lost", NAMELESS, "tenant", NAMELESS, NULL, &pal_kind_COVERAGE,
                    "{\"area\":\"links\",\"unit\":\"provider-automation\",\"state\":\"complete\"}",
                    "{\"area\":\"links\",\"unit\":\"provider-automation\",\"state\":\"stale\",\"code\":\"403 "
                    "AuthorizationFailed\",\"asOf\":\"" ESTATE_PREVIOUS "\"}");
  estate_add_change(&c, "coverage.lost", NAMELESS, "tenant", NAMELESS, NULL, &pal_kind_COVERAGE,
                    "{\"area\":\"usage\",\"unit\":\"" SUBSCRIPTION "\",\"state\":\"complete\"}",
                    "{\"area\":\"usage\",\"unit\":\"" SUBSCRIPTION
                    "\",\"state\":\"stale\",\"code\":\"403 AuthorizationFailed\",\"asOf\":\"" ESTATE_PREVIOUS "\"}");
  estate_add_change(&c, "coverage.regained", NAMELESS, "tenant", NAMELESS, NULL, &pal_kind_COVERAGE,
                    "{\"area\":\"pim\",\"unit\":\"tenant\",\"state\":\"unread\"}",
                    "{\"area\":\"pim\",\"unit\":\"tenant\",\"state\":\"complete\"}");
  estate_add_change(&c, "link.changed", FABRIKAM, "identity", AUTOMATION, "provider-automation", &pal_kind_LINK,
                    "{\"partnerId\":\"2000001\",\"state\":\"Active\"}",
                    "{\"partnerId\":\"1000001\",\"state\":\"Active\"}");
  estate_add_change(&c, "role.granted", FABRIKAM, "identity", AUTOMATION, NULL, &pal_kind_ASSIGNMENT, NULL,
                    "{\"id\":\"/subscriptions/" SUBSCRIPTION
                    "/providers/microsoft.authorization/roleassignments/1\",\"roleId\":\"" CONTRIBUTOR
                    "\",\"principalId\":\"" AUTOMATION
                    "\",\"principalType\":\"User\",\"scope\":\"/subscriptions/" SUBSCRIPTION "\"}");
  estate_add_change(&c, "subscription.changed", CONTROL_CHARACTERS, "subscription", SUBSCRIPTION, "Prod\x1b[31muction",
                    &pal_kind_SUBSCRIPTION, "{\"subscriptionId\":\"" SUBSCRIPTION "\",\"state\":\"Enabled\"}",
                    "{\"subscriptionId\":\"" SUBSCRIPTION "\",\"state\":\"Warned \\u202e ned\"}");
  estate_add_change(&c, "registry.changed", "", "registry", "2000001", "Contoso GmbH", &pal_kind_PARTNER,
                    "{\"id\":\"2000001\",\"type\":\"location\",\"name\":\"Contoso GmbH\"}",
                    "{\"id\":\"2000001\",\"type\":\"location\",\"name\":\"Contoso "
                    "GmbH\",\"status\":\"superseded\",\"supersededBy\":\"2000002\"}");
  estate_add_change(&c, "estate.changed", "", "tenant", FORMULA, estate_name(FORMULA), &pal_kind_CUSTOMER,
                    "{\"tenant\":\"" FORMULA "\"}",
                    "{\"tenant\":\"" FORMULA "\",\"status\":\"offboarding\",\"until\":\"2026-12-31\"}");
  estate_add_change(&c, "waiver.added", "", "waiver", "W-1", NULL, &pal_kind_WAIVER, NULL,
                    "{\"id\":\"W-1\",\"policy\":\"PAL013\",\"tenant\":\"" FABRIKAM
                    "\",\"reason\":\"small customer\",\"approver\":\"M. Lead\",\"until\":\"2026-12-01\"}");
  estate_add_change(&c, "policy.changed", "", "policy", "PAL013", "Recognition hangs on one identity", NULL, NULL,
                    NULL);
  struct pal_verdicts *before = estate_verdicts(estate_before, estate_before_n, false, &before_n);
  struct pal_verdicts *now = estate_verdicts(estate_now, estate_now_n, true, &now_n);
  struct report_rules rules = {.role_name = role_name};
  rules.policies = estate_policies(&rules.policies_n);
  unit_ok(report_finish_from(arena, &c, before, before_n, now, now_n, &rules, &err), &err);
  return c;
}
