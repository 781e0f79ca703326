/* SPDX-License-Identifier: Apache-2.0 */
/* test_spec.c - every published example of what is read, by the reader of its area. */
#include <stdio.h>
#include <string.h>

#include "collect/parse.h"
#include "collect/scan.h"
#include "pal_file.h"
#include "unit.h"

static struct pal_arena *arena;

static void set_up(void) {
  arena = pal_arena_new(0);
}

static void tear_down(void) {
  pal_arena_free(arena);
}

static bool keep_all(const void *payload, const char *managing_tenant, const char *principal) {
  (void)payload;
  (void)managing_tenant;
  (void)principal;
  return true;
}

typedef enum pal_code reader_fn(struct parse *parse, const pal_json *item, struct pal_record **ret,
                                struct pal_err *err);

static enum pal_code read_eligible(struct parse *parse, const pal_json *item, struct pal_record **ret,
                                   struct pal_err *err) {
  return parse_pim(parse, item, "eligible", ret, err);
}

static enum pal_code read_active(struct parse *parse, const pal_json *item, struct pal_record **ret,
                                 struct pal_err *err) {
  return parse_pim(parse, item, "active", ret, err);
}

static enum pal_code read_delegation(struct parse *parse, const pal_json *item, struct pal_record **ret,
                                     struct pal_err *err) {
  return parse_delegation(parse, item, keep_all, NULL, ret, err);
}

static enum pal_code read_subscription(struct parse *parse, const pal_json *item, struct pal_record **ret,
                                       struct pal_err *err) {
  struct pal_tenant_id tenant;
  enum pal_code code = parse_subscription(parse, item, ret, &tenant, err);
  if (*ret)
    ck_assert_uint_eq(strlen(tenant.s), PAL_GUID_LEN);
  return code;
}

#define AUTHZ "authorization-2022-04-01/"
#define PIM "authorization-pim-2020-10-01/"
#define LIGHTHOUSE "managedservices-2022-10-01/"
#define PARTNER "managementpartner-2018-02-01/"
#define RESOURCES "subscriptions-2022-12-01/"

static const char assignment[] = "{\"id\":\"/subscriptions/a925f2f7-5c63-4b7b-8799-25a5f97bc3b2/providers/"
                                 "microsoft.authorization/roleassignments/b0f43c54-e787-4862-89b1-a653fa9cf747\","
                                 "\"principalId\":\"ce2ce14e-85d7-4629-bdbc-454d0519d987\",\"principalType\":\"User\","
                                 "\"roleId\":\"0b5fe924-9a61-425c-96af-cfe6e287ca2d\","
                                 "\"scope\":\"/subscriptions/a925f2f7-5c63-4b7b-8799-25a5f97bc3b2\"}";
/* The examples have placeholders for the principals' ids. */
static const char deny[] = "\"doNotApplyToChildScopes\":false,\"excludePrincipals\":[]";
static const char authorizations[] =
    "\"authorizations\":[{\"kind\":\"eligible\",\"principalId\":\"700bddf4-2c3b-4cd1-bb02-6a2c622524f4\",\"roleId\":"
    "\"8e3af657-a8ff-443c-a75c-2fe8c4bcb635\"},"
    "{\"delegatedRoleIds\":[\"b24988ac-6180-42a0-ab88-20f7382dd24c\"],\"kind\":\"permanent\",\"principalId\":"
    "\"f98d86a2-4cc4-4e9d-ad47-b3e80a1bcdfc\","
    "\"principalName\":\"User Access Administrator\",\"roleId\":\"18d7d88d-d35e-4fb5-a5c3-7773c20a72d9\"},"
    "{\"kind\":\"permanent\",\"principalId\":\"f98d86a2-4cc4-4e9d-ad47-b3e80a1bcdfc\",\"principalName\":\"Support "
    "User\",\"roleId\":\"acdd72a7-3385-48ef-bd42-f606fba81ae7\"}]";
static const char link_text[] = "{\"createdTime\":\"2018-01-20T01:23:40.5280496Z\",\"objectId\":\"aa67f786-0552-423e-"
                                "8849-244ed12bf581\",\"partnerId\":\"123456\",\"partnerName\":\"Test_jefl\","
                                "\"state\":\"Active\",\"tenantId\":\"1b1121dd-6900-412a-af73-e8d44f81e1c1\","
                                "\"updatedTime\":\"2018-01-20T01:52:57.9126052Z\",\"version\":3}";

static const struct {
  const char *file;
  reader_fn *read;
  size_t records, blemished;
  const char *part; /* of the last record's canonical text */
} rows[] = {
    {AUTHZ "RoleAssignments_Get", parse_assignment, 1, 0,
     "\"scope\":\"/subscriptions/a925f2f7-5c63-4b7b-8799-25a5f97bc3b2\""},
    {AUTHZ "RoleAssignments_GetById", parse_assignment, 1, 0, assignment},
    {AUTHZ "RoleAssignments_ListForResource", parse_assignment, 3, 0, "\"principalType\":\"User\""},
    {AUTHZ "RoleAssignments_ListForResourceGroup", parse_assignment, 2, 0, "/resourcegroups/testrg"},
    {AUTHZ "RoleAssignments_ListForScope", parse_assignment, 1, 0, assignment},
    {AUTHZ "RoleAssignments_ListForSubscription", parse_assignment, 1, 0, assignment},
    {AUTHZ "GetAllDenyAssignments", parse_deny, 1, 1, deny},
    {AUTHZ "GetDenyAssignmentByScope", parse_deny, 1, 1, deny},
    {AUTHZ "GetDenyAssignmentsForResource", parse_deny, 1, 1, deny},
    {AUTHZ "GetDenyAssignmentsForResourceGroup", parse_deny, 1, 1, deny},
    {AUTHZ "GetDenyAssignmentById", parse_deny, 1, 1, deny},
    {AUTHZ "GetDenyAssignmentByNameId", parse_deny, 1, 1,
     "\"permissions\":[{\"actions\":[\"action\"],\"dataActions\":[],\"notActions\":[],\"notDataActions\":[]}]"},
    {AUTHZ "GetRoleDefinitionAtScope", parse_role, 0, 1, NULL}, /* its id is a placeholder */
    {AUTHZ "GetRoleDefinitionById", parse_role, 0, 1, NULL},
    {AUTHZ "GetRoleDefinitionByName", parse_role, 0, 1, NULL},
    {PIM "GetRoleAssignmentScheduleInstanceByName", read_active, 1, 0, "\"assignmentType\":\"Assigned\""},
    {PIM "GetRoleAssignmentScheduleInstancesByScope", read_active, 1, 0,
     "\"startDateTime\":\"2020-09-09T21:35:27.91Z\",\"status\":\"Accepted\"}"},
    {PIM "GetRoleEligibilityScheduleInstanceByName", read_eligible, 1, 0, "\"kind\":\"eligible\""},
    {PIM "GetRoleEligibilityScheduleInstancesByScope", read_eligible, 1, 0, "\"memberType\":\"Direct\""},
    {LIGHTHOUSE "GetRegistrationAssignment", read_delegation, 1, 0,
     "{\"kind\":\"eligible\",\"principalId\":\"3e0ed8c6-e902-4fc5-863c-e3ddbb2ae2a2\",\"principalName\":\"Support "
     "User\""},
    {LIGHTHOUSE "GetRegistrationAssignments", read_delegation, 1, 0,
     "\"plan\":{\"name\":\"addesai-plan\",\"product\":\"test\",\"publisher\":\"marketplace-test\",\"version\":\"1.0."
     "0\"}"},
    {LIGHTHOUSE "GetRegistrationAssignmentsWithManagedByTenantIdEqFilter", read_delegation, 1, 0,
     "\"scope\":\"/subscriptions/0afefe50-734e-4610-8c82-a144aff49dea\""},
    {LIGHTHOUSE "GetRegistrationAssignmentsWithManagedByTenantIdInFilter", read_delegation, 2, 1,
     "\"managedByTenantName\":"}, /* one has a tenant id of 35 characters */
    {LIGHTHOUSE "PutRegistrationAssignment", read_delegation, 1, 1,
     "\"provisioningState\":"}, /* without the expansion */
    {LIGHTHOUSE "GetRegistrationAssignments", read_delegation, 1, 0, authorizations},
    {PARTNER "GetPartnerDetails", parse_link, 1, 0, link_text},
    {PARTNER "GetPartnerDetailsNoPartnerId", parse_link, 1, 0, link_text},
    {PARTNER "PatchPartnerDetails", parse_link, 1, 0, "\"partnerId\":\"123456\""},
    {PARTNER "PutPartnerDetails", parse_link, 1, 0, "\"partnerId\":\"123456\""},
    {RESOURCES "GetTenants", parse_tenant, 3, 0,
     "{\"countryCode\":\"US\",\"defaultDomain\":\"rdvmohoro.ccsctp.net\",\"displayName\":\"TEST_TEST_RDV\","
     "\"tenantId\":\"daea2e9b-847b-4c93-850d-2aa6f2d7af33\"}"},
    {RESOURCES "GetSubscriptions", read_subscription, 2, 0, "\"spendingLimit\":\"Off\",\"state\":\"Enabled\""},
    {RESOURCES "GetSubscription", read_subscription, 1, 0, "\"quotaId\":\"Internal_2014-09-01\""},
};

static struct pal_json_doc *load(const char *name) {
  char path[512];
  struct pal_buf text;
  struct pal_err err = {0};
  struct pal_json_doc *doc = NULL;
  pal_buf_init(&text, 1 << 20);
  (void)snprintf(path, sizeof path, PAL_SOURCE_DIR "/tests/data/spec/%s.json", name);
  unit_ok(pal_file_read(path, "example", 0, 1 << 20, &text, &err), &err);
  unit_ok(pal_json_parse(text.data, text.len, name, 0, 0, &doc, &err), &err);
  pal_buf_deinit(&text);
  return doc;
}

static const pal_json *body_of(const struct pal_json_doc *doc) {
  const pal_json *responses = pal_json_get(pal_json_root(doc), "responses");
  const pal_json *body = pal_json_get(pal_json_get(responses, "200"), "body");
  return body ? body : pal_json_get(pal_json_get(responses, "201"), "body");
}

static void read_one(reader_fn *read, const pal_json *item, size_t *records, size_t *blemished, const char **text) {
  struct parse parse = {.arena = arena};
  struct pal_record *record = NULL;
  struct pal_err err = {0};
  struct pal_buf out;
  unit_ok(read(&parse, item, &record, &err), &err);
  *blemished += parse.blemished || !record;
  if (!record)
    return;
  ++*records;
  pal_buf_init(&out, 1 << 20);
  pal_record_compact(record, &out);
  *text = pal_arena_strdup(arena, out.data);
  pal_buf_deinit(&out);
}

START_TEST(test_spec__example_becomes_records) {
  struct pal_json_doc *doc = load(rows[_i].file);
  const pal_json *body = body_of(doc), *list = pal_json_get(body, "value");
  const char *text = "";
  size_t records = 0, blemished = 0;
  ck_assert_msg(body != NULL, "%s has no body", rows[_i].file);
  if (list)
    for (const pal_json *item = pal_json_first(list); item; item = pal_json_next(item))
      read_one(rows[_i].read, item, &records, &blemished, &text);
  else
    read_one(rows[_i].read, body, &records, &blemished, &text);
  ck_assert_msg(records == rows[_i].records, "%s: %zu records", rows[_i].file, records);
  ck_assert_msg(blemished == rows[_i].blemished, "%s: %zu blemished: %s", rows[_i].file, blemished, text);
  if (rows[_i].part)
    ck_assert_msg(strstr(text, rows[_i].part) != NULL, "%s: %s", rows[_i].file, text);
  pal_json_doc_free(doc);
}
END_TEST

/* --- cost queries: rows by columns --- */

static const struct {
  const char *file;
  size_t rows, used, groups;
} costs[] = {
    {"SubscriptionQuery", 4, 4, 4},
    {"SubscriptionQueryGrouping", 4, 4, 4},
    {"ResourceGroupQuery", 2, 2, 2},
    {"ResourceGroupQueryGrouping", 2, 2, 0},
    {"ManagementGroupQuery", 4, 4, 4},
    {"ManagementGroupQueryGrouping", 3, 3, 3},
    {"BillingAccountQuery", 4, 4, 4},
    {"BillingAccountQueryGrouping", 3, 3, 3},
    {"DepartmentQuery", 4, 4, 4},
    {"DepartmentQueryGrouping", 3, 3, 3},
    {"EnrollmentAccountQuery", 4, 4, 4},
    {"EnrollmentAccountQueryGrouping", 3, 3, 3},
    {"ExternalBillingAccountsQuery", 4, 3, 0},
    {"ExternalSubscriptionsQuery", 0, 0, 0},
    {"MCABillingAccountQuery", 4, 4, 4},
    {"MCABillingAccountQueryGrouping", 3, 3, 3},
    {"MCABillingProfileQuery", 4, 4, 4},
    {"MCABillingProfileQueryGrouping", 3, 3, 3},
    {"MCACustomerQuery", 4, 4, 4},
    {"MCACustomerQueryGrouping", 3, 3, 3},
    {"MCAInvoiceSectionQuery", 4, 4, 4},
    {"MCAInvoiceSectionQueryGrouping", 3, 3, 3},
};

START_TEST(test_spec__cost_rows_are_found_by_their_columns) {
  char name[128];
  (void)snprintf(name, sizeof name, "costmanagement-2023-11-01/%s", costs[_i].file);
  struct pal_json_doc *doc = load(name);
  const pal_json *body = body_of(doc);
  struct cost_columns columns;
  struct parse parse = {.arena = arena};
  size_t n = 0, used_n = 0, groups = 0;
  ck_assert_msg(parse_cost_columns(body, &columns), "%s", name);
  const pal_json *list = pal_json_path(body, "properties", "rows", (char *)NULL);
  for (const pal_json *row = pal_json_first(list); row; row = pal_json_next(row)) {
    const char *group = NULL;
    bool used = false;
    ck_assert(parse_cost_row(&parse, &columns, row, &group, &used));
    n++;
    used_n += used;
    groups += group != NULL;
    if (group)
      for (const char *c = group; *c; c++)
        ck_assert(*c < 'A' || *c > 'Z');
  }
  ck_assert_msg(n == costs[_i].rows && used_n == costs[_i].used && groups == costs[_i].groups,
                "%s: %zu rows, %zu used, %zu groups", name, n, used_n, groups);
  pal_json_doc_free(doc);
}
END_TEST

/* --- Resource Graph --- */

static const char *const queries[] = {
    "ResourcesFirstPageQuery",  "ResourcesNextPageQuery",   "ResourcesSummarizeQuery",  "ResourcesBasicQuery",
    "ResourcesComplexQuery",    "ResourcesFacetQuery",      "ResourcesFilterQuery",     "ResourcesMgBasicQuery",
    "ResourcesPropertiesQuery", "ResourcesRandomPageQuery", "ResourcesTenantBasicQuery"};

/* None of them is a count: each row is refused. */
START_TEST(test_spec__rows_of_other_queries_are_no_counts) {
  char name[128];
  (void)snprintf(name, sizeof name, "resourcegraph-2022-10-01/%s", queries[_i]);
  struct pal_json_doc *doc = load(name);
  const pal_json *data = pal_json_get(body_of(doc), "data");
  struct pal_subscription_id id;
  int64_t n = 0;
  ck_assert_msg(pal_json_type(data) == PAL_JSON_ARRAY, "%s", name);
  for (const pal_json *row = pal_json_first(data); row; row = pal_json_next(row))
    ck_assert(!parse_count(row, &id, &n));
  pal_json_doc_free(doc);
}
END_TEST

Suite *make_collect_spec_suite(void);
Suite *make_collect_spec_suite(void) {
  Suite *suite = suite_create("collect/spec");
  TCase *tc = tcase_create("spec");
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_loop_test(tc, test_spec__example_becomes_records, 0, UNIT_N(rows));
  tcase_add_loop_test(tc, test_spec__cost_rows_are_found_by_their_columns, 0, UNIT_N(costs));
  tcase_add_loop_test(tc, test_spec__rows_of_other_queries_are_no_counts, 0, UNIT_N(queries));
  suite_add_tcase(suite, tc);
  return suite;
}
