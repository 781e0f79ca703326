/* SPDX-License-Identifier: Apache-2.0 */
/* test_metadata.c - an Azure Stack Hub over TLS with its own certificate: what it says is used, recorded and
 * replayed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/heard.h"
#include "net/server.h"
#include "pal_azure.h"
#include "pal_log.h"
#include "unit.h"

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
#define AUDIENCE "https://management.contoso.onmicrosoft.com/36f71706-54df-4305-9847-5b038a4cf189"
#define METADATA                                                                                         \
  "{\"galleryEndpoint\":\"https://providers.example\",\"graphEndpoint\":\"https://graph.windows.net/\"," \
  "\"authentication\":{\"loginEndpoint\":\"https://login.windows.net/\",\"audiences\":[\"" AUDIENCE "\"]}}"

static struct pal_arena *arena;
static struct pal_err err;
static struct server server;

static void set_up(void) {
  unit_enter_folder();
  arena = pal_arena_new(0);
  err = (struct pal_err){0};
  server = (struct server){0};
  pal_log_set_level(PAL_LOG_ERROR);
  (void)unsetenv("https_proxy");
  (void)unsetenv("HTTPS_PROXY");
  (void)unsetenv("ALL_PROXY");
  (void)unsetenv("all_proxy");
}

static void tear_down(void) {
  if (server.tls)
    server_stop(&server);
  pal_arena_free(arena);
  unit_leave_folder();
}

static void make_hub(struct pal_cloud *cloud) {
  *cloud = (struct pal_cloud){
      .name = "hub", .origin = {[PAL_ARM] = server.origin}, .metadata = server.origin, .ca_file = "ca.pem"};
}

static enum pal_code learn(struct pal_cloud *cloud, const char *record_dir, const char *replay_dir) {
  struct pal_net *net = NULL;
  struct pal_record *session = NULL;
  if (record_dir) {
    write_recording("like", "");
    unit_ok(pal_recording_session(arena, "like", &session, &err), &err);
  }
  struct pal_net_options options = {
      .cloud = cloud, .concurrency = 1, .record_dir = record_dir, .replay_dir = replay_dir, .session = session};
  unit_ok(pal_net_open(&options, &net, &err), &err);
  enum pal_code code = pal_azure_learn_cloud(net, arena, cloud, NULL, &err);
  close_net(net);
  return code;
}

static void check(const struct pal_cloud *cloud) {
  ck_assert_ptr_null(cloud->metadata);
  ck_assert_str_eq(cloud->origin[PAL_LOGIN], "https://login.microsoftonline.com");
  ck_assert_str_eq(cloud->origin[PAL_ARM], server.origin);
  ck_assert_ptr_null(cloud->origin[PAL_GRAPH]);
  ck_assert_str_eq(cloud->audience, AUDIENCE);
}

START_TEST(test_metadata__are_asked_once_recorded_and_replayed) {
  static const struct server_answer answers[] = {{.head = OK_HEAD, .body = METADATA}};
  struct pal_cloud cloud;
  server_start(&server, answers, 1);
  make_hub(&cloud);
  unit_ok(learn(&cloud, "rec", NULL), &err);
  check(&cloud);
  char *asked = slurp("requests.txt", NULL);
  ck_assert_ptr_eq(strstr(asked, "GET /metadata/endpoints?api-version=2015-01-01 HTTP/1.1\r\n"), asked);
  ck_assert_ptr_null(strstr(asked, "Authorization"));
  free(asked);
  make_hub(&cloud);
  cloud.ca_file = NULL;
  unit_ok(learn(&cloud, NULL, "rec"), &err);
  check(&cloud);
}
END_TEST

static const struct {
  const char *head, *body;
  enum pal_code code;
  const char *part;
} bad_rows[] = {
    {"HTTP/1.1 404 Not Found\r\n", "", PAL_E_NET, "404"},
    {OK_HEAD, "", PAL_E_NET, "not JSON"},
    {OK_HEAD, "<html>", PAL_E_NET, "not JSON"},
    {OK_HEAD, "{\"a\":1,\"a\":2}", PAL_E_NET, "malformed JSON"},
    {OK_HEAD, "{}", PAL_E_ANSWER, "names no loginEndpoint"},
    {OK_HEAD, "[]", PAL_E_ANSWER, "names no loginEndpoint"},
    {OK_HEAD, "{\"authentication\":{\"loginEndpoint\":\"https://login.windows.net/\",\"audiences\":[]}}", PAL_E_ANSWER,
     "no audiences"},
    {OK_HEAD, "{\"authentication\":{\"loginEndpoint\":\"https://evil.example\",\"audiences\":[\"" AUDIENCE "\"]}}",
     PAL_E_CONFIG, "lies neither"},
    {"HTTP/1.1 302 Found\r\nLocation: https://evil.example/\r\n", "", PAL_E_NET, "302"},
};

START_TEST(test_metadata__wrong_ones_end_the_run) {
  const struct server_answer answers[] = {{.head = bad_rows[_i].head, .body = bad_rows[_i].body}};
  struct pal_cloud cloud;
  server_start(&server, answers, 1);
  make_hub(&cloud);
  unit_fails(learn(&cloud, NULL, NULL), bad_rows[_i].code, bad_rows[_i].part, &err);
  ck_assert_ptr_nonnull(strstr(err.text, "cloud hub"));
}
END_TEST

START_TEST(test_metadata__other_clouds_are_not_asked) {
  struct pal_cloud cloud = *pal_cloud_builtin("AzurePublicCloud");
  unit_ok(pal_azure_learn_cloud(NULL, arena, &cloud, NULL, &err), &err);
}
END_TEST

Suite *make_azure_metadata_suite(void);
Suite *make_azure_metadata_suite(void) {
  Suite *suite = suite_create("azure/metadata");
  TCase *tests = tcase_create("metadata");
  tcase_set_timeout(tests, 120);
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_test(tests, test_metadata__are_asked_once_recorded_and_replayed);
  tcase_add_loop_test(tests, test_metadata__wrong_ones_end_the_run, 0, UNIT_N(bad_rows));
  tcase_add_test(tests, test_metadata__other_clouds_are_not_asked);
  suite_add_tcase(suite, tests);
  return suite;
}
