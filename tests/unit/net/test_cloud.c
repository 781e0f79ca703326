/* SPDX-License-Identifier: Apache-2.0 */
/* test_cloud.c - clouds that are not built in: which endpoints are taken, and what metadata may say. */
#include <stdio.h>
#include <string.h>

#include "net/cloud.h"
#include "pal_cloud.h"
#include "pal_log.h"
#include "unit.h"

static struct pal_arena *arena;
static struct pal_err err;

static void set_up(void) {
  arena = pal_arena_new(0);
  err = (struct pal_err){0};
}

static void tear_down(void) {
  pal_arena_free(arena);
}

static enum pal_code make(const char *name, const char *endpoints, struct pal_cloud **ret) {
  char text[4096];
  struct pal_json_doc *doc = NULL;
  struct pal_record *settings = NULL;
  (void)snprintf(text, sizeof text, "{\"cloud\":\"%s\",\"collect\":[],\"names\":\"ours\",\"usageWindowMonths\":2%s%s}",
                 name, endpoints ? ",\"endpoints\":" : "", endpoints ? endpoints : "");
  unit_ok(pal_json_parse(text, strlen(text), "settings", 0, 0, &doc, &err), &err);
  unit_ok(pal_record_decode(arena, &pal_kind_SETTINGS, doc, pal_json_root(doc), PAL_DECODE_PERSON, &settings, &err),
          &err);
  pal_json_doc_free(doc);
  return pal_cloud_make(arena, settings, "ca.pem", ret, &err);
}

#define LAB "\"authority\":\"https://login.lab.example\",\"resourceManager\":\"https://arm.lab.example:8443\""
#define HUB "{\"metadata\":\"https://management.local.azurestack.external\"}"

START_TEST(test_cloud__built_in_one_is_as_it_is) {
  struct pal_cloud *cloud = NULL;
  unit_ok(make("AzureUSGovernment", NULL, &cloud), &err);
  ck_assert_str_eq(cloud->origin[PAL_ARM], "https://management.usgovcloudapi.net");
  ck_assert_ptr_null(cloud->ca_file);
  ck_assert(pal_cloud_is_builtin(cloud));
}
END_TEST

START_TEST(test_cloud__endpoints_are_origins_in_one_spelling) {
  struct pal_cloud *cloud = NULL;
  unit_ok(make("lab",
               "{\"authority\":\"HTTPS://Login.Lab.Example:443/\",\"resourceManager\":\"https://127.0.0.1:18443\"}",
               &cloud),
          &err);
  ck_assert_str_eq(cloud->name, "lab");
  ck_assert_str_eq(cloud->origin[PAL_LOGIN], "https://login.lab.example");
  ck_assert_str_eq(cloud->origin[PAL_ARM], "https://127.0.0.1:18443");
  ck_assert_ptr_null(cloud->origin[PAL_GRAPH]);
  ck_assert(!pal_cloud_is_builtin(cloud));
}
END_TEST

static const struct {
  const char *name, *endpoints, *part;
} bad_rows[] = {
    {"lab", NULL, "\"lab\" is no built-in cloud"},
    {"azurepubliccloud", NULL, "is no built-in cloud"},
    {"AzurePublicCloud", "{" LAB "}", "is that of a built-in cloud"},
    {"lab", "{}", "needs either metadata, or authority and resourceManager"},
    {"lab", "{\"authority\":\"https://login.lab.example\"}", "needs either metadata"},
    {"lab", "{\"authority\":\"http://login.lab.example\",\"resourceManager\":\"https://a.b\"}", "authority: URL"},
    {"lab", "{" LAB ",\"graph\":\"https://graph.lab.example/v1.0\"}", "is more than https://host"},
    {"lab", "{" LAB ",\"graph\":\"https://graph.lab.example?x=1\"}", "is more than https://host"},
    {"lab", "{" LAB ",\"powerBi\":\"https://user@powerbi.lab.example\"}", "powerBi: URL"},
    {"lab", "{" LAB ",\"audience\":\"https://arm.lab.example/a b\"}", "audience"},
    {"hub", "{\"metadata\":\"https://management.local.azurestack.external\"," LAB "}", "stands beside metadata"},
    {"hub", "{\"metadata\":\"https://management.local.azurestack.external/metadata/endpoints\"}", "is more than"},
};

START_TEST(test_cloud__wrong_endpoints_are_told) {
  struct pal_cloud *cloud = NULL;
  unit_fails(make(bad_rows[_i].name, bad_rows[_i].endpoints, &cloud), PAL_E_CONFIG, bad_rows[_i].part, &err);
}
END_TEST

START_TEST(test_cloud__certificates_vouch_for_its_own_hosts_only) {
  struct pal_cloud *cloud = NULL;
  unit_ok(make("lab", "{\"authority\":\"https://login.microsoftonline.com\",\"resourceManager\":\"https://arm.lab\"}",
               &cloud),
          &err);
  ck_assert_ptr_null(net_cloud_ca_file(cloud, PAL_LOGIN));
  ck_assert_str_eq(net_cloud_ca_file(cloud, PAL_ARM), "ca.pem");
  ck_assert_ptr_null(net_cloud_ca_file(cloud, PAL_GRAPH));
}
END_TEST

/* --- metadata --- */

#define DIRECTORY "https://management.contoso.onmicrosoft.com/36f71706-54df-4305-9847-5b038a4cf189"
#define PUBLIC_LOGIN "https://login.microsoftonline.com"

static const struct {
  const char *login, *audience, *graph;
  const char *origin, *part; /* the sign-in that is used, or what the error says */
} learnt_rows[] = {
    {"https://login.microsoftonline.com/", DIRECTORY, NULL, PUBLIC_LOGIN, NULL},
    {"https://login.windows.net/", DIRECTORY, "https://graph.microsoft.com/", PUBLIC_LOGIN, NULL},
    {"https://login.microsoftonline.us", DIRECTORY, NULL, "https://login.microsoftonline.us", NULL},
    {"https://login.local.azurestack.external/", "https://management.local.azurestack.external/x", NULL,
     "https://login.local.azurestack.external", NULL},
    {"https://adfs.local.azurestack.external/adfs", DIRECTORY, NULL, NULL, "is AD FS"},
    {"https://login.evil.example/", DIRECTORY, NULL, NULL, "lies neither in the domain"},
    {"https://loginlocal.azurestack.external/", DIRECTORY, NULL, NULL, "lies neither in the domain"},
    {"https://evil-local.azurestack.external.evil.example/", DIRECTORY, NULL, NULL, "lies neither"},
    {"http://login.microsoftonline.com", DIRECTORY, NULL, NULL, "is not https"},
    /* A token for someone else's service would be shown to this one. */
    {PUBLIC_LOGIN, "https://management.azure.com/", NULL, NULL, "is that of something else"},
    {PUBLIC_LOGIN, "https://management.core.windows.net/", NULL, NULL, "is that of something else"},
    {PUBLIC_LOGIN, "https://graph.microsoft.com", NULL, NULL, "is that of something else"},
    {PUBLIC_LOGIN, "797f4846-ba00-4fd7-ba43-dac1f8f63013", NULL, NULL, "is that of something else"},
    {PUBLIC_LOGIN, "https://management.contoso.onmicrosoft.com/", NULL, NULL, "is that of something else"},
    {PUBLIC_LOGIN, "https://management.onmicrosoft.com/36f71706-54df-4305-9847-5b038a4cf189", NULL, NULL, "is that of"},
    {PUBLIC_LOGIN, "https://vault.contoso.onmicrosoft.com/36f71706-54df-4305-9847-5b038a4cf189", NULL, NULL, "is that"},
    {PUBLIC_LOGIN, "", NULL, NULL, "is none"},
    {PUBLIC_LOGIN, DIRECTORY, "https://graph.evil.example", NULL, "microsoftGraphResourceId"},
};

START_TEST(test_cloud__metadata_stay_in_their_domain) {
  struct pal_cloud *cloud = NULL;
  struct pal_cloud_metadata metadata = {learnt_rows[_i].login, learnt_rows[_i].audience, learnt_rows[_i].graph};
  unit_ok(make("hub", HUB, &cloud), &err);
  ck_assert_str_eq(cloud->origin[PAL_ARM], "https://management.local.azurestack.external");
  ck_assert_ptr_null(cloud->origin[PAL_LOGIN]);
  if (learnt_rows[_i].part) {
    unit_fails(pal_cloud_learn(arena, &metadata, cloud, &err), PAL_E_CONFIG, learnt_rows[_i].part, &err);
    return;
  }
  unit_ok(pal_cloud_learn(arena, &metadata, cloud, &err), &err);
  ck_assert_ptr_null(cloud->metadata);
  ck_assert_str_eq(cloud->origin[PAL_LOGIN], learnt_rows[_i].origin);
  ck_assert_str_eq(cloud->audience, learnt_rows[_i].audience);
  ck_assert_int_eq(cloud->origin[PAL_GRAPH] != NULL, learnt_rows[_i].graph != NULL);
}
END_TEST

/* Without a domain of its own, an endpoint vouches for itself alone. */
static const struct {
  const char *metadata, *login;
  bool good;
} alone_rows[] = {
    {"https://127.0.0.1:8443", "https://127.0.0.1:9443", true}, {"https://127.0.0.1:8443", "https://9.0.0.1", false},
    {"https://management.local", "https://login.local", false}, {"https://hub", "https://hub:444", true},
    {"https://management.example", "https://b.example", false},
};

START_TEST(test_cloud__address_stands_for_itself) {
  struct pal_cloud *cloud = NULL;
  char endpoints[256];
  struct pal_cloud_metadata metadata = {alone_rows[_i].login, DIRECTORY, NULL};
  (void)snprintf(endpoints, sizeof endpoints, "{\"metadata\":\"%s\"}", alone_rows[_i].metadata);
  unit_ok(make("hub", endpoints, &cloud), &err);
  ck_assert_int_eq(pal_cloud_learn(arena, &metadata, cloud, &err) == PAL_OK, alone_rows[_i].good);
}
END_TEST

START_TEST(test_cloud__configured_audience_is_kept) {
  struct pal_cloud *cloud = NULL;
  struct pal_cloud_metadata metadata = {PUBLIC_LOGIN, "https://management.azure.com/", NULL};
  unit_ok(make("hub", "{\"metadata\":\"https://management.a.b.example\",\"audience\":\"api://hub\"}", &cloud), &err);
  unit_ok(pal_cloud_learn(arena, &metadata, cloud, &err), &err);
  ck_assert_str_eq(cloud->audience, "api://hub");
}
END_TEST

Suite *make_net_cloud_suite(void);
Suite *make_net_cloud_suite(void) {
  Suite *suite = suite_create("net cloud");
  TCase *tests = tcase_create("cloud");
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_test(tests, test_cloud__built_in_one_is_as_it_is);
  tcase_add_test(tests, test_cloud__endpoints_are_origins_in_one_spelling);
  tcase_add_loop_test(tests, test_cloud__wrong_endpoints_are_told, 0, UNIT_N(bad_rows));
  tcase_add_test(tests, test_cloud__certificates_vouch_for_its_own_hosts_only);
  tcase_add_loop_test(tests, test_cloud__metadata_stay_in_their_domain, 0, UNIT_N(learnt_rows));
  tcase_add_loop_test(tests, test_cloud__address_stands_for_itself, 0, UNIT_N(alone_rows));
  tcase_add_test(tests, test_cloud__configured_audience_is_kept);
  suite_add_tcase(suite, tests);
  return suite;
}
