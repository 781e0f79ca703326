/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pal_url.h"
#include "unit.h"

#define ARM "https://management.azure.com"
#define TENANTS ARM "/tenants?api-version=2022-12-01"

static struct pal_buf out;
static struct pal_err err;

static void set_up(void) {
  pal_buf_init(&out, 1 << 20);
  err = (struct pal_err){0};
}

static void tear_down(void) {
  pal_buf_deinit(&out);
}

/* --- what is accepted, and how it is written again --- */

static const struct {
  const char *url, *normal;
} good[] = {
    {TENANTS, TENANTS},
    {"HTTPS://Management.Azure.COM/tenants", ARM "/tenants"},
    {ARM ":443/tenants", ARM "/tenants"},
    {ARM, ARM "/"},
    {ARM "/", ARM "/"},
    {ARM "?a=b", ARM "/?a=b"},
    {ARM ":8443/x", ARM ":8443/x"},
    {"https://127.0.0.1:18443/x", "https://127.0.0.1:18443/x"},
    {"https://localhost/x", "https://localhost/x"},
    {ARM "/subscriptions/AB/x", ARM "/subscriptions/AB/x"},
    {ARM "/a%20b", ARM "/a%20b"},
    {ARM "/%C3%A9", ARM "/%C3%A9"},
    {ARM "/x?$filter=a eq 'b'", ARM "/x?$filter=a%20eq%20'b'"},
    {ARM "/x?a=\"<>[]^`{|}", ARM "/x?a=%22%3C%3E%5B%5D%5E%60%7B%7C%7D"},
    {ARM "/x?%24skiptoken=a%2fb%3D", ARM "/x?%24skiptoken=a%2fb%3D"},
    {ARM "/x?next=https://other/?&@:", ARM "/x?next=https://other/?&@:"},
    {ARM "/v1.0/a..b/.c", ARM "/v1.0/a..b/.c"},
    {"https://xn--mnchen-3ya.de/", "https://xn--mnchen-3ya.de/"},
};

START_TEST(test_url__good_is_written_in_one_spelling) {
  unit_ok(pal_url_normalise(good[_i].url, &out, &err), &err);
  ck_assert_str_eq(out.data, good[_i].normal);
  char *once = strdup(out.data);
  unit_ok(pal_url_normalise(once, &out, &err), &err);
  ck_assert_str_eq(out.data, once);
  free(once);
}
END_TEST

/* --- traps --- */

static const struct {
  const char *url, *rule;
} traps[] = {
    {"", "https"},
    {"/tenants", "https"},
    {"//management.azure.com/tenants", "https"},
    {"management.azure.com/tenants", "https"},
    {"http://management.azure.com/tenants", "https"},
    {"ftp://management.azure.com/", "https"},
    {"file:///etc/passwd", "https"},
    {"https:management.azure.com", "https"},
    {"https:/management.azure.com", "https"},
    {" " TENANTS, "space"},
    {"https:///management.azure.com/x", "no host"},
    {"https:////management.azure.com/x", "no host"},
    {"https://", "no host"},
    {"https://?x=1", "no host"},
    {"https://:443/x", "no host"},
    /* user info */
    {"https://me@management.azure.com/", "user info"},
    {"https://me:pw@management.azure.com/", "user info"},
    {"https://@management.azure.com/", "user info"},
    {"https://management.azure.com@evil.example/", "user info"},
    {"https://management.azure.com:443@evil.example/", "user info"},
    {"https://management.azure.com%40evil.example/", "percent-encoded host"},
    {"https://evil.example\\@management.azure.com/", "backslash"},
    /* hosts */
    {"https://management%2eazure.com/", "percent-encoded host"},
    {"https://management.azure.com./", "trailing dot"},
    {"https://management.azure.com.:443/", "trailing dot"},
    {"https://.management.azure.com/", "no host name"},
    {"https://management..azure.com/", "no host name"},
    {"https://-management.azure.com/", "no host name"},
    {"https://management-.azure.com/", "no host name"},
    {"https://management_azure.com/", "no host name"},
    {"https://management.azure.com;evil.example/", "no host name"},
    {"https://management.azure.com,evil.example/", "no host name"},
    {"https://*.azure.com/", "no host name"},
    {"https://m\xC3\xA4nagement.azure.com/", "beyond ASCII"},
    {"https://management.azure\xE3\x80\x82"
     "com/",
     "beyond ASCII"},
    {"https://management.azure.com\xEF\xBC\x8F@evil.example/", "beyond ASCII"},
    {"https://\xD0\xBC"
     "anagement.azure.com/",
     "beyond ASCII"},
    {"https://2130706433/", "number in disguise"},
    {"https://0x7f000001/", "number in disguise"},
    {"https://0x7f.0.0.1/", "number in disguise"},
    {"https://127.1/", "number in disguise"},
    {"https://0177.0.0.1/", "number in disguise"},
    {"https://127.0.0.01/", "number in disguise"},
    {"https://127.0.0.256/", "number in disguise"},
    {"https://1.2.3.4.5/", "number in disguise"},
    {"https://management.azure.0x1/", "number in disguise"},
    {"https://[::1]/", "IPv6"},
    {"https://[::ffff:127.0.0.1]:443/", "IPv6"},
    {"https://[fe80::1%25eth0]/", "percent-encoded host"},
    /* ports */
    {ARM ":/x", "port"},
    {ARM ":0/x", "port"},
    {ARM ":0443/x", "port"},
    {ARM ":65536/x", "port"},
    {ARM ":443443/x", "port"},
    {ARM ":+443/x", "port"},
    {ARM ":443:443/x", "port"},
    {ARM ":https/x", "port"},
    /* bytes */
    {ARM "\\tenants", "backslash"},
    {ARM "/a\\b", "backslash"},
    {ARM "/x?a=\\", "backslash"},
    {ARM "/ten\tants", "control"},
    {ARM "/ten\nants", "control"},
    {ARM "/tenants\r\nHost: evil", "control"},
    {ARM "/x?a=\x01", "control"},
    {ARM "/x\x7F", "control"},
    {ARM "/ten ants", "space"},
    {ARM "/t\xC3\xA9nants", "beyond ASCII"},
    {ARM "/x?a=\xC3\xA9", "beyond ASCII"},
    {TENANTS "#x", "fragment"},
    {TENANTS "#", "fragment"},
    {ARM "#@evil.example/", "fragment"},
    /* paths */
    {ARM "/a/../b", "dot segment"},
    {ARM "/a/./b", "dot segment"},
    {ARM "/..", "dot segment"},
    {ARM "/.", "dot segment"},
    {ARM "/a/..?x=1", "dot segment"},
    {ARM "/a/%2e%2e/b", "encoded dot"},
    {ARM "/a/%2E/b", "encoded dot"},
    {ARM "/a/.%2e/b", "encoded dot"},
    {ARM "/a%2fb", "encoded slash"},
    {ARM "/a%2Fb", "encoded slash"},
    {ARM "/a%5cb", "backslash"},
    {ARM "/a%5Cb", "backslash"},
    {ARM "/a%252fb", "doubly encoded"},
    {ARM "/a%00b", "encoded control"},
    {ARM "/a%0d%0ab", "encoded control"},
    {ARM "/%62atch", "needlessly encoded"},
    {ARM "/%24batch", "needlessly encoded"},
    {ARM "/a%", "malformed percent"},
    {ARM "/a%4", "malformed percent"},
    {ARM "/a%zz", "malformed percent"},
    {ARM "//tenants", "empty segment"},
    {ARM "/tenants//x", "empty segment"},
    {ARM "/tenants/", "empty segment"},
    {ARM "/tenants;x=1", "must not stand"},
    {ARM "/..;/tenants", "must not stand"},
    {ARM "/a<b", "must not stand"},
    {ARM "/a\"b", "must not stand"},
    {ARM "/a|b", "must not stand"},
    /* queries */
    {ARM "/tenants?", "empty query"},
    {ARM "/x?a=%", "malformed percent"},
    {ARM "/x?a=%g0", "malformed percent"},
    {ARM "/x?a=%0d%0aHost:x", "encoded control"},
    {ARM "/x?a=%00", "encoded control"},
};

START_TEST(test_url__trap_is_refused) {
  unit_fails(pal_url_normalise(traps[_i].url, &out, &err), PAL_E_DENIED, traps[_i].rule, &err);
}
END_TEST

START_TEST(test_url__too_long_is_refused) {
  char *url = malloc(40000);
  ck_assert_ptr_nonnull(url);
  strcpy(url, ARM "/");
  size_t len = strlen(url);
  memset(url + len, 'a', 30000);
  url[len + 30000] = '\0';
  unit_fails(pal_url_normalise(url, &out, &err), PAL_E_DENIED, "too long", &err);
  ck_assert_uint_lt(strlen(err.text), 600);
  free(url);
}
END_TEST

/* --- services --- */

static const struct {
  const char *url;
  int service; /* -1: none */
} services[] = {
    {ARM "/x", PAL_ARM},
    {"https://login.microsoftonline.com/x", PAL_LOGIN},
    {"https://graph.microsoft.com/v1.0/x", PAL_GRAPH},
    {"https://management.azure.com:8443/x", -1},
    {"https://management.azure.com.evil.example/x", -1},
    {"https://evil.example/management.azure.com", -1},
    {"https://xmanagement.azure.com/x", -1},
    {"https://management-azure.com/x", -1},
    {"https://azure.com/x", -1},
    {"https://eastus.management.azure.com/x", -1},
    {"https://management.usgovcloudapi.net/x", -1},
    {"https://management.chinacloudapi.cn/x", -1},
    {"https://login.microsoftonline.us/x", -1},
    {"https://login.windows.net/x", -1},
    {"https://management.core.windows.net/x", -1},
};

START_TEST(test_url__service_has_exactly_its_origin) {
  const struct pal_cloud *cloud = pal_cloud_builtin("AzurePublicCloud");
  enum pal_service service = PAL_SERVICES_N;
  unit_ok(pal_url_normalise(services[_i].url, &out, &err), &err);
  if (services[_i].service < 0) {
    unit_fails(pal_url_service(cloud, out.data, &service, &err), PAL_E_DENIED, "none of the cloud's", &err);
  } else {
    unit_ok(pal_url_service(cloud, out.data, &service, &err), &err);
    ck_assert_int_eq((int)service, services[_i].service);
  }
}
END_TEST

START_TEST(test_cloud__builtin_ones_are_complete) {
  static const char *const names[] = {"AzurePublicCloud", "AzureUSGovernment", "AzureChinaCloud"};
  for (size_t i = 0; i < 3; i++) {
    const struct pal_cloud *cloud = pal_cloud_builtin(names[i]);
    ck_assert_ptr_nonnull(cloud);
    ck_assert_str_eq(cloud->name, names[i]);
    ck_assert_ptr_null(cloud->ca_file);
    for (int s = 0; s < PAL_SERVICES_N; s++) {
      enum pal_service service = PAL_SERVICES_N;
      unit_ok(pal_url_normalise(cloud->origin[s], &out, &err), &err);
      ck_assert_uint_eq(out.len, strlen(cloud->origin[s]) + 1);
      unit_ok(pal_url_service(cloud, out.data, &service, &err), &err);
      ck_assert_int_eq((int)service, s);
    }
  }
  ck_assert_ptr_null(pal_cloud_builtin("AzureGermanCloud"));
  ck_assert_ptr_null(pal_cloud_builtin("azurepubliccloud"));
}
END_TEST

/* A lab may serve everything from one port: the path tells the service. */
START_TEST(test_url__one_origin_of_all_services_is_told_by_path) {
  static const char lab[] = "https://127.0.0.1:18443";
  const struct pal_cloud cloud = {.name = "lab", .origin = {lab, lab, lab}};
  static const struct {
    const char *path;
    enum pal_service service;
  } rows[] = {{"/tenants?api-version=2022-12-01", PAL_ARM},
              {"/00000000-0000-0000-0000-000000000001/oauth2/v2.0/token", PAL_LOGIN},
              {"/v1.0/users/00000000-0000-0000-0000-000000000001", PAL_GRAPH}};
  for (size_t i = 0; i < 3; i++) {
    char url[200];
    enum pal_service service = PAL_SERVICES_N;
    (void)snprintf(url, sizeof url, "%s%s", lab, rows[i].path);
    unit_ok(pal_url_service(&cloud, url, &service, &err), &err);
    ck_assert_int_eq(service, rows[i].service);
  }
}
END_TEST

START_TEST(test_url__service_without_origin_is_none) {
  const struct pal_cloud cloud = {.name = "stack", .origin = {[PAL_ARM] = "https://MANAGEMENT.stack.example:443/"}};
  enum pal_service service = PAL_SERVICES_N;
  unit_ok(pal_url_service(&cloud, "https://management.stack.example/x", &service, &err), &err);
  ck_assert_int_eq(service, PAL_ARM);
  unit_fails(pal_url_service(&cloud, "https://graph.microsoft.com/x", &service, &err), PAL_E_DENIED, "none", &err);
}
END_TEST

/* --- next pages --- */

#define LIST ARM "/subscriptions?api-version=2022-12-01"

static const struct {
  const char *next, *part; /* part of the result, or of the refusal when denied */
  bool good;
} nexts[] = {
    {ARM "/subscriptions?api-version=2022-12-01&%24skiptoken=abc%3D", "skiptoken=abc%3D", true},
    {ARM "/Subscriptions?api-version=2022-12-01&$skiptoken=abc", "/Subscriptions?", true},
    {ARM ":443/subscriptions?$skiptoken=a b", "a%20b", true},
    {"HTTPS://MANAGEMENT.azure.com/subscriptions?x=1", "https://management.azure.com/subscriptions", true},
    {"...", "https", false},
    {"", "https", false},
    {"/subscriptions?$skiptoken=abc", "https", false},
    {"?$skiptoken=abc", "https", false},
    {"http://management.azure.com/subscriptions?$skiptoken=abc", "https", false},
    {"https://management.azure.com:8443/subscriptions?$skiptoken=abc", "leaves the host", false},
    {"https://evil.example/subscriptions?$skiptoken=abc", "leaves the host", false},
    {"https://management.azure.com.evil.example/subscriptions", "leaves the host", false},
    {"https://graph.microsoft.com/subscriptions", "leaves the host", false},
    {"https://management.usgovcloudapi.net/subscriptions", "leaves the host", false},
    {"https://management.azure.com@evil.example/subscriptions", "user info", false},
    {ARM "/tenants?$skiptoken=abc", "another path", false},
    {ARM "/subscriptions/x?$skiptoken=abc", "another path", false},
    {ARM "/subscription?$skiptoken=abc", "another path", false},
    {ARM "/subscriptions/?$skiptoken=abc", "empty segment", false},
    {ARM "/x/../subscriptions?$skiptoken=abc", "dot segment", false},
    {ARM "/batch", "another path", false},
    {LIST "#x", "fragment", false},
};

START_TEST(test_url__next_stays_where_the_first_was) {
  enum pal_code code = pal_url_next(LIST, nexts[_i].next, &out, &err);
  if (nexts[_i].good) {
    unit_ok(code, &err);
    ck_assert_msg(strstr(out.data, nexts[_i].part) != NULL, "%s", out.data);
  } else {
    unit_fails(code, PAL_E_DENIED, nexts[_i].part, &err);
  }
}
END_TEST

Suite *make_net_url_suite(void);
Suite *make_net_url_suite(void) {
  Suite *suite = suite_create("net url");
  TCase *tests = tcase_create("url");
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_loop_test(tests, test_url__good_is_written_in_one_spelling, 0, UNIT_N(good));
  tcase_add_loop_test(tests, test_url__trap_is_refused, 0, UNIT_N(traps));
  tcase_add_test(tests, test_url__too_long_is_refused);
  tcase_add_loop_test(tests, test_url__service_has_exactly_its_origin, 0, UNIT_N(services));
  tcase_add_test(tests, test_cloud__builtin_ones_are_complete);
  tcase_add_test(tests, test_url__one_origin_of_all_services_is_told_by_path);
  tcase_add_test(tests, test_url__service_without_origin_is_none);
  tcase_add_loop_test(tests, test_url__next_stays_where_the_first_was, 0, UNIT_N(nexts));
  suite_add_tcase(suite, tests);
  return suite;
}
