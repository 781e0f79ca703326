/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_PLAN_H
#define PAL_PLAN_H
/*
 * plan.h - every request of a scan, in one place. Recordings, the demo estate
 * and the emulators are made from this table: its URLs and bodies are exact.
 *
 * {login} {arm} {graph} are the cloud's origins, e.g. https://login.microsoftonline.com,
 * https://management.azure.com, https://graph.microsoft.com. {tid} is the tenant of the
 * token, {s} a subscription id, both lower case. Content, not order, is fixed: requests
 * of one stage run side by side. Form fields are percent-encoded as RFC 3986 says
 * (letters, digits, "-._~" as they are, all else %XX in upper case; a space is %20).
 *
 * WHICH (identity, tenant) pairs
 *   a list in the configuration: exactly these tenants.
 *   "all", applications (client-secret, client-certificate, workload-identity,
 *     managed-identity, environment): the identity's home tenant, every customer of the
 *     estate that is active, offboarding, or offboarded and still in the parent snapshot, and
 *     every tenant of a subscription that is delegated to a tenant it reads.
 *   "all", users (device-code, azure-cli): the home tenant, and every tenant that a
 *     GET /tenants of this identity lists. Customers the user does not see are not tried.
 *   "all", token-file: the home tenant only.
 *   A run limited to some tenants leaves the others out; it still does steps 1 and 2 in a
 *   user's home tenant, and 1 and 4 in an application's when neither estate nor parent snapshot
 *   name all of them, to find the tenants (nothing else of it is kept).
 *
 * STAGE 1, per pair
 *  1  POST {login}/{tid}/oauth2/v2.0/token            Content-Type: application/x-www-form-urlencoded
 *       client-secret: client_id={clientId}&scope={arm}%2F.default&client_secret={secret}&grant_type=client_credentials
 *       device-code:   client_id={clientId}&scope={arm}%2F.default%20offline_access&refresh_token={token}&grant_type=refresh_token
 *       ({arm} percent-encoded: https%3A%2F%2Fmanagement.azure.com; secrets of a replay are REDACTED.)
 *       token-file: no request, the file holds the access token (for {arm} only). A recording holds, and a replay asks:
 *                      scope={arm}%2F.default&grant_type=token_file
 *       Refused: nothing further is asked for the pair.
 *  2  GET {arm}/tenants?api-version=2022-12-01                                               paged by nextLink
 *  3  GET {arm}/providers/Microsoft.ManagementPartner/partners?api-version=2018-02-01        [links]
 *  4  GET {arm}/subscriptions?api-version=2022-12-01                                         paged by nextLink
 * STAGE 2, after 4 ended, per subscription it listed: own ({tid} is its tenantId) and delegated ones
 *  5  GET {arm}/subscriptions/{s}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01                   [role-assignments] paged by nextLink
 *  7a GET {arm}/subscriptions/{s}/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01                   [role-assignments] paged by nextLink
 *  7b GET {arm}/subscriptions/{s}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances?api-version=2020-10-01  [role-assignments] paged by nextLink
 *  7c GET {arm}/subscriptions/{s}/providers/Microsoft.Authorization/roleAssignmentScheduleInstances?api-version=2020-10-01   [role-assignments] paged by nextLink
 *  8  GET {arm}/subscriptions/{s}/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01&$filter=type%20eq%20%27CustomRole%27  [role-assignments] own ones only, paged by nextLink
 *  10 GET {arm}/subscriptions/{s}/providers/Microsoft.ManagedServices/registrationAssignments?api-version=2022-10-01&$expandRegistrationDefinition=true   [delegations] paged by nextLink
 * STAGE 3, after stage 2 ended; own subscriptions only, sorted, up to 300 in one query                               [role-assignments]
 *  6  POST {arm}/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01          Content-Type: application/json
 *       {"options":{"$top":1000,"authorizationScopeFilter":"AtScopeAndBelow","resultFormat":"objectArray"},"query":"…PAL_COUNT_QUERY…","subscriptions":["…","…"]}
 *       further pages: the same body with "$skipToken":"…" as first member of options. Rows: {"id":"{s}","s":"{s}","n":3};
 *       a subscription without assignments at or below it has no row.
 *     Where the list of 5 was complete and the number of distinct assignment ids at or below {s} differs from n: 5 of that
 *     subscription and 6 of its batch are asked once more (each at most once), identical requests.
 * STAGE 4, after stage 3 ended
 *  9  POST {arm}/subscriptions/{s}/providers/Microsoft.CostManagement/query?api-version=2023-11-01                       [usage]
 *       per listed subscription (own and delegated) and month: the `usageWindowMonths` closed UTC months and the current one
 *       {"dataset":{"aggregation":{"c":{"function":"Sum","name":"PreTaxCost"},"q":{"function":"Sum","name":"UsageQuantity"}},"granularity":"None","grouping":[{"name":"ResourceGroupName","type":"Dimension"}]},"timePeriod":{"from":"2026-10-01T00:00:00Z","to":"2026-10-31T23:59:59Z"},"timeframe":"Custom","type":"ActualCost"}
 *       current month: "to" is the date of the run's start with 23:59:59Z. Further pages: properties.nextLink, POST, same body.
 *       Columns are found by name, in any case: c or PreTaxCost, q or UsageQuantity, ResourceGroupName or ResourceGroup.
 *     Answered 400 BadRequest, because the offer is none that Cost Management knows: for that month
 *     GET {arm}/subscriptions/{s}/providers/Microsoft.Consumption/usageDetails?api-version=2023-11-01&$top=1&$filter=properties%2FusageStart%20ge%20%272026-10-01%27%20and%20properties%2FusageEnd%20le%20%272026-10-31%27
 *       one row, or 204: nothing; further pages are not asked for
 *  11 only when there is at least one such id, per distinct id:                                                          [role-assignments]
 *       principals of type Group in the assignments and PIM instances read in own subscriptions, inherited ones included;
 *       with [delegations] also every principal of the authorizations of delegations read in this pair whose
 *       managedByTenantId is {tid}, except the pair's own object id.
 *     11a POST {login}/{tid}/oauth2/v2.0/token as 1, scope {graph}%2F.default (device-code: {graph}%2F.default%20offline_access)
 *     11b GET {graph}/v1.0/groups/{id}/transitiveMembers?$select=id&$top=999                 paged by @odata.nextLink
 *
 * STAGE 5, after stage 4 ended; only when there is at least one id                                                          [directory]
 *  12 the principals of the assignments and PIM instances of own subscriptions but foreign groups, of authorizations
 *     managed by this tenant, the groups of 11 and their members, and the pair's own object; people only where `names`
 *     lets their names be kept. Sorted, each once, up to 1000 in one query
 *     12a as 11a
 *     12b POST {graph}/v1.0/directoryObjects/getByIds                                       Content-Type: application/json
 *       {"ids":["…","…"],"types":["group","servicePrincipal","user"]}
 *
 * A nextLink must keep scheme, host, port and path of the first request. A request answered 401 with
 * InvalidAuthenticationToken or ExpiredAuthenticationToken is repeated once, after the token exchange is repeated.
 *
 * Usage (9) is asked four at a time per pair. An answer 429 is waited for up to 12 times, one of 5xx or none up to 4.
 * What the units of each area are: enum units in areas.h.
 */

#define PAL_PLAN_TENANTS "/tenants?api-version=2022-12-01"
#define PAL_PLAN_LINK "/providers/Microsoft.ManagementPartner/partners?api-version=2018-02-01"
#define PAL_PLAN_SUBSCRIPTIONS "/subscriptions?api-version=2022-12-01"
/* %s: subscription id */
#define PAL_PLAN_ASSIGNMENTS \
  "/subscriptions/%s/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01"
#define PAL_PLAN_DENY "/subscriptions/%s/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01"
#define PAL_PLAN_ELIGIBLE \
  "/subscriptions/%s/providers/Microsoft.Authorization/roleEligibilityScheduleInstances?api-version=2020-10-01"
#define PAL_PLAN_ACTIVE \
  "/subscriptions/%s/providers/Microsoft.Authorization/roleAssignmentScheduleInstances?api-version=2020-10-01"
#define PAL_PLAN_ROLES                                   \
  "/subscriptions/%s/providers/Microsoft.Authorization/" \
  "roleDefinitions?api-version=2022-04-01&$filter=type%%20eq%%20%%27CustomRole%%27"
#define PAL_PLAN_DELEGATIONS                               \
  "/subscriptions/%s/providers/Microsoft.ManagedServices/" \
  "registrationAssignments?api-version=2022-10-01&$expandRegistrationDefinition=true"
#define PAL_PLAN_COUNTS "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01"
#define PAL_PLAN_USAGE "/subscriptions/%s/providers/Microsoft.CostManagement/query?api-version=2023-11-01"
/* %s: group id */
#define PAL_PLAN_MEMBERS "/v1.0/groups/%s/transitiveMembers?$select=id&$top=999"

/* Behind the subscription. Format: two dates, of which only YYYY-MM-DD is taken. */
#define PAL_PLAN_DETAILS_FORMAT                                                          \
  "/providers/Microsoft.Consumption/usageDetails?api-version=2023-11-01&$top=1&$filter=" \
  "properties%%2FusageStart%%20ge%%20%%27%.10s%%27%%20and%%20properties%%2FusageEnd%%20le%%20%%27%.10s%%27"
#define PAL_PLAN_NAMES "/v1.0/directoryObjects/getByIds"

#define PAL_COUNT_QUERY                                                                                     \
  "authorizationresources | where type =~ 'microsoft.authorization/roleassignments' | extend s = "          \
  "tolower(tostring(split(properties.scope,'/')[2])) | where isnotempty(s) | summarize n = count() by s | " \
  "project id = s, s, n | order by s asc"

enum {
  PAL_COUNT_BATCH = 300, /* subscriptions of one count query */
  PAL_NAMES_BATCH = 1000 /* ids of one query for names: what Graph takes at most */
};

#endif
