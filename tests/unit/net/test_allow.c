/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "pal_url.h"
#include "unit.h"

#define ARM "https://management.azure.com"
#define GRAPH "https://graph.microsoft.com"
#define LOGIN "https://login.microsoftonline.com"
#define G "11111111-2222-3333-4444-555555555555"
#define SUB ARM "/subscriptions/" G
#define AUTHZ SUB "/providers/Microsoft.Authorization"
#define V "?api-version=2022-04-01"

static struct pal_err err;

static void set_up(void) {
  err = (struct pal_err){0};
}

static enum pal_code ask(const char *method, const char *url, enum pal_body_kind body) {
  return pal_url_allowed(pal_cloud_builtin("AzurePublicCloud"), method, url, body, &err);
}

static const struct {
  const char *method, *url;
  enum pal_body_kind body;
} allowed[] = {
    {"POST", LOGIN "/" G "/oauth2/v2.0/token", PAL_BODY_FORM},
    {"POST", LOGIN "/" G "/oauth2/v2.0/devicecode", PAL_BODY_FORM},
    {"GET", ARM "/tenants?api-version=2022-12-01", PAL_BODY_NONE},
    {"GET", ARM "/tenants?api-version=2022-12-01&$skiptoken=x", PAL_BODY_NONE},
    {"GET", ARM "/subscriptions?api-version=2022-12-01", PAL_BODY_NONE},
    {"GET", ARM "/subscriptions?api-version=2022-12-01&%24skiptoken=eyJ%3D", PAL_BODY_NONE},
    {"GET", ARM "/subscriptions?%24skipToken=x&API-version=2022-12-01", PAL_BODY_NONE},
    {"GET", ARM "/SUBSCRIPTIONS?api-version=2022-12-01", PAL_BODY_NONE},
    {"GET", ARM "/providers/Microsoft.ManagementPartner/partners?api-version=2018-02-01", PAL_BODY_NONE},
    {"GET", AUTHZ "/roleAssignments" V, PAL_BODY_NONE},
    {"GET", AUTHZ "/roleAssignments" V "&$filter=atScope()", PAL_BODY_NONE},
    {"GET", AUTHZ "/roleAssignments" V "&$filter=atScope()&$skipToken=x", PAL_BODY_NONE},
    {"GET", AUTHZ "/denyAssignments" V, PAL_BODY_NONE},
    {"GET", AUTHZ "/roleEligibilityScheduleInstances?api-version=2020-10-01", PAL_BODY_NONE},
    {"GET", AUTHZ "/roleAssignmentScheduleInstances?api-version=2020-10-01-preview", PAL_BODY_NONE},
    {"GET", AUTHZ "/roleDefinitions" V "&$filter=type%20eq%20%27CustomRole%27", PAL_BODY_NONE},
    {"GET", AUTHZ "/roleDefinitions/" G V, PAL_BODY_NONE},
    {"GET",
     ARM "/subscriptions/AAAAAAAA-2222-3333-4444-555555555555/providers/microsoft.authorization/roleassignments" V,
     PAL_BODY_NONE},
    {"GET",
     SUB "/providers/Microsoft.ManagedServices/registrationAssignments?api-version=2022-10-01"
         "&$expandRegistrationDefinition=true",
     PAL_BODY_NONE},
    {"GET", SUB "/providers/Microsoft.Consumption/usageDetails?api-version=2023-11-01&$top=1", PAL_BODY_NONE},
    {"GET", SUB "/providers/Microsoft.Consumption/usageDetails?api-version=2023-11-01&sessiontoken=0:1&$skiptoken=x",
     PAL_BODY_NONE},
    {"POST", ARM "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01", PAL_BODY_JSON},
    {"POST", SUB "/providers/Microsoft.CostManagement/query?api-version=2023-11-01", PAL_BODY_JSON},
    {"POST", SUB "/providers/Microsoft.CostManagement/Query?api-version=2023-11-01&$skiptoken=x", PAL_BODY_JSON},
    {"GET", GRAPH "/v1.0/groups/" G "/transitiveMembers", PAL_BODY_NONE},
    {"GET", GRAPH "/v1.0/groups/" G "/transitiveMembers?$select=id&$top=999&$skiptoken=x", PAL_BODY_NONE},
    {"GET", GRAPH "/v1.0/servicePrincipals/" G "?$select=id,appId", PAL_BODY_NONE},
    {"GET", GRAPH "/v1.0/users/" G "?$select=id,userType", PAL_BODY_NONE},
    {"POST", GRAPH "/v1.0/directoryObjects/getByIds", PAL_BODY_JSON},
};

START_TEST(test_allow__row_is_allowed) {
  unit_ok(ask(allowed[_i].method, allowed[_i].url, allowed[_i].body), &err);
}
END_TEST

/* Every allowed request with any other verb or kind of body. */
START_TEST(test_allow__row_with_another_verb_or_body_is_refused) {
  static const char *const verbs[] = {"GET",     "POST",  "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE",
                                      "CONNECT", "MERGE", "get", "Get",   "",       "GET ", "post"};
  for (size_t v = 0; v < sizeof verbs / sizeof verbs[0]; v++)
    for (int body = PAL_BODY_NONE; body <= PAL_BODY_FORM; body++) {
      bool same = strcmp(verbs[v], allowed[_i].method) == 0 && body == (int)allowed[_i].body;
      enum pal_code code = ask(verbs[v], allowed[_i].url, (enum pal_body_kind)body);
      ck_assert_msg(code == (same ? PAL_OK : PAL_E_DENIED), "%s %s body %d", verbs[v], allowed[_i].url, body);
    }
}
END_TEST

/* The path with something before, behind, or a piece less. */
START_TEST(test_allow__neighbour_of_a_row_is_refused) {
  const char *url = allowed[_i].url;
  size_t path = strcspn(url + strlen("https://"), "/") + strlen("https://");
  size_t end = path + strcspn(url + path, "?");
  static const char *const more[] = {"/x", "x", "/$value", "/batch", "/delete", "()", ":x", ("/" G)};
  char text[600];
  for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)end, url, more[i], url + end);
    if (strcmp(more[i], "/" G) == 0 && strstr(text, "/roleDefinitions/" G "?"))
      continue; /* a row of its own */
    ck_assert_msg(ask(allowed[_i].method, text, allowed[_i].body) == PAL_E_DENIED, "%s", text);
  }
  (void)snprintf(text, sizeof text, "%.*s/x%s", (int)path, url, url + path);
  ck_assert_msg(ask(allowed[_i].method, text, allowed[_i].body) == PAL_E_DENIED, "%s", text);
  (void)snprintf(text, sizeof text, "%.*s%s", (int)end - 1, url, url + end);
  ck_assert_msg(ask(allowed[_i].method, text, allowed[_i].body) == PAL_E_DENIED, "%s", text);
  (void)snprintf(text, sizeof text, "%s%sunheard=1", url, url[end] ? "&" : "?");
  ck_assert_msg(ask(allowed[_i].method, text, allowed[_i].body) == PAL_E_DENIED, "%s", text);
}
END_TEST

static const struct {
  const char *method, *url;
  enum pal_body_kind body;
  const char *why;
} refused[] = {
    /* batches */
    {"POST", ARM "/batch?api-version=2020-06-01", PAL_BODY_JSON, "path"},
    {"POST", ARM "/Batch?api-version=2020-06-01", PAL_BODY_JSON, "path"},
    {"GET", ARM "/batch?api-version=2020-06-01", PAL_BODY_NONE, "path"},
    {"POST", GRAPH "/v1.0/$batch", PAL_BODY_JSON, "path"},
    {"POST", GRAPH "/beta/$batch", PAL_BODY_JSON, "path"},
    {"POST", ARM "/$batch?api-version=2020-06-01", PAL_BODY_JSON, "path"},
    {"POST", SUB "/providers/Microsoft.Network/$batch?api-version=2020-06-01", PAL_BODY_JSON, "path"},
    /* writes of the link */
    {"PUT", ARM "/providers/Microsoft.ManagementPartner/partners/123456?api-version=2018-02-01", PAL_BODY_NONE, "path"},
    {"PATCH", ARM "/providers/Microsoft.ManagementPartner/partners/123456?api-version=2018-02-01", PAL_BODY_NONE,
     "path"},
    {"DELETE", ARM "/providers/Microsoft.ManagementPartner/partners/123456?api-version=2018-02-01", PAL_BODY_NONE,
     "path"},
    {"PUT", ARM "/providers/Microsoft.ManagementPartner/partners?api-version=2018-02-01", PAL_BODY_NONE, "method"},
    {"PUT", AUTHZ "/roleAssignments/" G V, PAL_BODY_JSON, "path"},
    {"POST", AUTHZ "/elevateAccess" V, PAL_BODY_NONE, "path"},
    /* other services' paths */
    {"GET", GRAPH "/tenants?api-version=2022-12-01", PAL_BODY_NONE, "path"},
    {"GET", LOGIN "/tenants?api-version=2022-12-01", PAL_BODY_NONE, "path"},
    {"POST", ARM "/" G "/oauth2/v2.0/token", PAL_BODY_FORM, "path"},
    {"GET", "https://management.usgovcloudapi.net/tenants?api-version=2022-12-01", PAL_BODY_NONE,
     "none of the cloud's"},
    {"GET", "https://evil.example/tenants?api-version=2022-12-01", PAL_BODY_NONE, "none of the cloud's"},
    /* not written in the one spelling */
    {"GET", "https://Management.azure.com/tenants?api-version=2022-12-01", PAL_BODY_NONE, "not normalised"},
    {"GET", ARM ":443/tenants?api-version=2022-12-01", PAL_BODY_NONE, "not normalised"},
    {"GET", ARM "/x/../tenants?api-version=2022-12-01", PAL_BODY_NONE, "not normalised"},
    {"GET", "http://management.azure.com/tenants?api-version=2022-12-01", PAL_BODY_NONE, "not normalised"},
    /* ids */
    {"POST", LOGIN "/common/oauth2/v2.0/token", PAL_BODY_FORM, "path"},
    {"POST", LOGIN "/contoso.com/oauth2/v2.0/token", PAL_BODY_FORM, "path"},
    {"POST", LOGIN "/" G "/OAuth2/v2.0/token", PAL_BODY_FORM, "path"},
    {"POST", LOGIN "/" G "/oauth2/token", PAL_BODY_FORM, "path"},
    {"GET", ARM "/subscriptions/x/providers/Microsoft.Authorization/roleAssignments" V, PAL_BODY_NONE, "path"},
    {"GET", ARM "/subscriptions/{guid}x/providers/Microsoft.Authorization/roleAssignments" V, PAL_BODY_NONE,
     "not normalised"},
    {"GET", AUTHZ "/roleDefinitions/owner" V, PAL_BODY_NONE, "path"},
    {"GET", GRAPH "/v1.0/users/me", PAL_BODY_NONE, "path"},
    {"GET", GRAPH "/beta/users/" G, PAL_BODY_NONE, "path"},
    {"POST", GRAPH "/v1.0/users/" G, PAL_BODY_JSON, "method"},
    {"POST", GRAPH "/v1.0/groups/" G "/transitiveMembers/$ref", PAL_BODY_JSON, "path"},
    /* queries */
    {"GET", ARM "/tenants", PAL_BODY_NONE, "requires"},
    {"GET", ARM "/tenants?$skiptoken=x", PAL_BODY_NONE, "requires"},
    {"GET", ARM "/tenants?api-version=", PAL_BODY_NONE, "malformed api-version"},
    {"GET", ARM "/tenants?api-version=latest", PAL_BODY_NONE, "malformed api-version"},
    {"GET", ARM "/tenants?api-version=2022-12-01;x=1", PAL_BODY_NONE, "malformed api-version"},
    {"GET", ARM "/tenants?api-version=2022-12-01-beta", PAL_BODY_NONE, "malformed api-version"},
    {"GET", ARM "/tenants?api-version", PAL_BODY_NONE, "without a value"},
    {"GET", ARM "/tenants?api-version=2022-12-01&", PAL_BODY_NONE, "without a value"},
    {"GET", ARM "/tenants?&api-version=2022-12-01", PAL_BODY_NONE, "without a value"},
    {"GET", ARM "/tenants?api-version=2022-12-01&api-version=2020-01-01", PAL_BODY_NONE, "twice"},
    {"GET", ARM "/tenants?api-version=2022-12-01&Api%2DVersion=2020-01-01", PAL_BODY_NONE, "twice"},
    {"GET", ARM "/subscriptions?api-version=2022-12-01&$skiptoken=a&%24skipToken=b", PAL_BODY_NONE, "twice"},
    {"GET", ARM "/tenants?api-version=2022-12-01&$filter=x", PAL_BODY_NONE, "allow-list"},
    {"GET", ARM "/tenants?api-version=2022-12-01&=x", PAL_BODY_NONE, "allow-list"},
    {"GET", ARM "/tenants?api-version=2022-12-01&x-http-method-override=DELETE", PAL_BODY_NONE, "allow-list"},
    {"GET", ARM "/tenants?api-version=2022-12-01&api-version!=x", PAL_BODY_NONE, "allow-list"},
    {"GET", ARM "/tenants?api-version!=2022-12-01", PAL_BODY_NONE, "allow-list"},
    {"POST", LOGIN "/" G "/oauth2/v2.0/token?client_secret=x", PAL_BODY_FORM, "allow-list"},
    {"POST", GRAPH "/v1.0/directoryObjects/getByIds?$skiptoken=x", PAL_BODY_JSON, "allow-list"},
};

START_TEST(test_allow__other_request_is_refused) {
  unit_fails(ask(refused[_i].method, refused[_i].url, refused[_i].body), PAL_E_DENIED, refused[_i].why, &err);
}
END_TEST

Suite *make_net_allow_suite(void);
Suite *make_net_allow_suite(void) {
  Suite *suite = suite_create("net allow");
  TCase *tests = tcase_create("allow");
  tcase_add_checked_fixture(tests, set_up, NULL);
  tcase_add_loop_test(tests, test_allow__row_is_allowed, 0, UNIT_N(allowed));
  tcase_add_loop_test(tests, test_allow__row_with_another_verb_or_body_is_refused, 0, UNIT_N(allowed));
  tcase_add_loop_test(tests, test_allow__neighbour_of_a_row_is_refused, 0, UNIT_N(allowed));
  tcase_add_loop_test(tests, test_allow__other_request_is_refused, 0, UNIT_N(refused));
  suite_add_tcase(suite, tests);
  return suite;
}
