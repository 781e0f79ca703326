/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORLD_H
#define WORLD_H
/*
 * world.h - a small Azure for tests: answers are written down by a test, become
 * a recording in the working folder (unit_enter_folder) and are replayed. URLs
 * and bodies are spelt out here once more, apart from the code under test: this
 * is what the plan promises to those who make recordings.
 *
 * Answers to one request are given in the order they were added; the last repeats.
 */
#include <stdbool.h>
#include <stddef.h>

#include "pal_net.h"

#define STARTED "2026-11-20T03:00:00Z"
#define HOME "aaaaaaaa-0000-4000-8000-000000000001" /* our tenant */
#define CUSTOMER "cccccccc-0000-4000-8000-000000000001"
#define CUSTOMER2 "cccccccc-0000-4000-8000-000000000002"
#define CLIENT "11111111-0000-4000-8000-000000000001" /* application of "robot" */
#define OID "0000000a-0000-4000-8000-000000000001"    /* object of "robot" */
#define OID2 "0000000a-0000-4000-8000-000000000002"
#define SUB1 "5ab00000-0000-4000-8000-000000000001"
#define SUB2 "5ab00000-0000-4000-8000-000000000002"
#define SUB3 "5ab00000-0000-4000-8000-000000000003"
#define ROLE "b24988ac-6180-42a0-ab88-20f7382dd24c"
#define GROUP "6e0b0000-0000-4000-8000-000000000001"
#define PERSON "9e500000-0000-4000-8000-000000000001"
#define ARM_ORIGIN "https://management.azure.com"
#define GRAPH_ORIGIN "https://graph.microsoft.com"
#define LOGIN_ORIGIN "https://login.microsoftonline.com"

void world_begin(
    void); /* forgets everything; the identity "robot" (client-secret, home HOME, list of tenants: HOME) is there */
void world_end(void);

/* Settings: replaces the words of "collect"; members of the settings object, each with a comma before it. */
void world_collect(const char *json_array);
void world_settings(const char *members);
/* Replaces all identities: members of the array. */
void world_identities(const char *json_members);
#define ROBOT(name, home, tenants_or_all)                                                              \
  "{\"name\":\"" name "\",\"type\":\"client-secret\",\"tenantId\":\"" home "\",\"clientId\":\"" CLIENT \
  "\"," tenants_or_all "}"
#define PERSONAL(name, home, tenants_or_all)                                                         \
  "{\"name\":\"" name "\",\"type\":\"device-code\",\"tenantId\":\"" home "\",\"clientId\":\"" CLIENT \
  "\"," tenants_or_all "}"
#define ALL "\"all\":true"
#define LIST(tenants) "\"tenants\":[" tenants "]"

/* One exchange. body "": GET. */
void world_exchange(const char *identity, const char *tenant, const char *url, const char *body, int status,
                    const char *type, const char *answer);
/* answer with its length: may hold NUL bytes or be no UTF-8 */
void world_bytes(const char *identity, const char *tenant, const char *url, const char *body, int status,
                 const char *answer, size_t len);
/* JSON answers of Resource Manager; path begins with a slash. */
void world_get(const char *identity, const char *tenant, const char *path, int status, const char *answer);
void world_post(const char *identity, const char *tenant, const char *path, const char *body, int status,
                const char *answer);
/* A transport failure. */
void world_silence(const char *identity, const char *tenant, const char *path);

/* Token exchanges of a client secret. */
void world_token(const char *identity, const char *tenant, const char *oid);
void world_graph_token(const char *identity, const char *tenant, const char *oid);
void world_token_as(const char *identity, const char *tenant, const char *claims_json); /* ARM */
void world_no_token(const char *identity, const char *tenant, int status, const char *answer);
/* … and of a device-code identity. */
void world_user_token(const char *identity, const char *tenant, const char *oid);

/* Answers that say "nothing there" to all that is asked for a tenant without
 * subscriptions (token, tenants, link, subscriptions), and for one subscription. */
void world_empty_tenant(const char *identity, const char *tenant, const char *oid);
void world_empty_subscription(const char *identity, const char *tenant, const char *subscription, bool own);
/* The list of subscriptions. */
#define SUBSCRIPTION(id, tenant)                                                           \
  "{\"id\":\"/subscriptions/" id "\",\"subscriptionId\":\"" id "\",\"tenantId\":\"" tenant \
  "\",\"displayName\":\"S\",\"state\":\"Enabled\"}"
void world_subscriptions(const char *identity, const char *tenant, const char *items);
/* The count of Resource Graph for these subscriptions (JSON strings with commas), rows: data members. */
void world_counts(const char *identity, const char *tenant, const char *subscriptions, const char *rows);

/* The body of a usage query of a month "2026-10"; last: last day asked for, "2026-10-31". */
const char *world_usage_body(const char *month, const char *last);

#define P_TENANTS "/tenants?api-version=2022-12-01"
#define P_LINK "/providers/Microsoft.ManagementPartner/partners?api-version=2018-02-01"
#define P_SUBSCRIPTIONS "/subscriptions?api-version=2022-12-01"
#define P_AUTH(s, what) "/subscriptions/" s "/providers/Microsoft.Authorization/" what
#define P_ASSIGNMENTS(s) P_AUTH(s, "roleAssignments?api-version=2022-04-01")
#define P_DENY(s) P_AUTH(s, "denyAssignments?api-version=2022-04-01")
#define P_ELIGIBLE(s) P_AUTH(s, "roleEligibilityScheduleInstances?api-version=2020-10-01")
#define P_ACTIVE(s) P_AUTH(s, "roleAssignmentScheduleInstances?api-version=2020-10-01")
#define P_ROLES(s) P_AUTH(s, "roleDefinitions?api-version=2022-04-01&$filter=type%20eq%20%27CustomRole%27")
#define P_DELEGATIONS(s)                                      \
  "/subscriptions/" s "/providers/Microsoft.ManagedServices/" \
  "registrationAssignments?api-version=2022-10-01&$expandRegistrationDefinition=true"
#define P_COUNTS "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01"
#define P_USAGE(s) "/subscriptions/" s "/providers/Microsoft.CostManagement/query?api-version=2023-11-01"
#define P_DETAILS(s, from, to)                                                                      \
  "/subscriptions/" s "/providers/Microsoft.Consumption/usageDetails?api-version=2023-11-01&$top=1" \
  "&$filter=properties%2FusageStart%20ge%20%27" from "%27%20and%20properties%2FusageEnd%20le%20%27" to "%27"
#define P_NAMES "/v1.0/directoryObjects/getByIds"
#define P_MEMBERS(g) "/v1.0/groups/" g "/transitiveMembers?$select=id&$top=999"

/* Writes the recording "rec" and gives the settings, in the arena. */
const struct pal_record *world_write(struct pal_arena *arena);
/* Replays it; seed shuffles the order of answers. */
struct pal_net *world_open(unsigned seed);
void world_close(struct pal_net *net);
const struct pal_cloud *world_cloud(void);

#endif
