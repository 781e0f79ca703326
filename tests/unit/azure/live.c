/* SPDX-License-Identifier: Apache-2.0 */
#include "azure/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pal_log.h"
#include "unit.h"

void live_begin(struct live *live) {
  unit_enter_folder();
  *live = (struct live){.arena = pal_arena_new(0)};
  pal_log_set_level(PAL_LOG_ERROR);
  live->cloud = *pal_cloud_builtin("AzurePublicCloud");
  static const char *const variables[] = {"https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"};
  for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
    (void)unsetenv(variables[i]);
}

void live_end(struct live *live) {
  live_close(live);
  if (live->server.tls)
    server_stop(&live->server);
  pal_secret_forget_all();
  pal_arena_free(live->arena);
  unit_leave_folder();
}

void live_serve(struct live *live, const struct server_answer *answers, size_t n) {
  server_start(&live->server, answers, n);
  live->cloud = (struct pal_cloud){
      .name = "lab", .origin = {live->server.origin, live->server.origin, live->server.origin}, .ca_file = "ca.pem"};
}

static struct pal_record *read_record(struct live *live, const struct pal_kind *kind, const char *json) {
  struct pal_json_doc *doc = NULL;
  struct pal_record *record = NULL;
  unit_ok(pal_json_parse(json, strlen(json), "test", 0, 0, &doc, &live->err), &live->err);
  unit_ok(pal_record_decode(live->arena, kind, doc, pal_json_root(doc), PAL_DECODE_PERSON, &record, &live->err),
          &live->err);
  pal_json_doc_free(doc);
  return record;
}

void live_configure(struct live *live, const char *type, const char *credential) {
  char text[4096];
  (void)snprintf(
      text, sizeof text,
      "{\"cloud\":\"lab\",\"collect\":[],\"names\":\"ours\",\"usageWindowMonths\":2,\"identities\":[{\"name\":"
      "\"robot\",\"type\":\"%s\",\"tenantId\":\"" TENANT "\",\"clientId\":\"" CLIENT "\",\"all\":true}]}",
      type);
  live->settings = read_record(live, &pal_kind_SETTINGS, text);
  (void)snprintf(text, sizeof text, "{\"identities\":[{\"name\":\"robot\",\"credential\":{%s}}]}", credential);
  live->config = read_record(live, &pal_kind_CONFIG, text);
}

enum pal_code live_open(struct live *live, const char *record_dir, const char *replay_dir) {
  struct pal_record *session = NULL;
  if (record_dir) {
    write_recording("like", "");
    unit_ok(pal_recording_session(live->arena, "like", &session, &live->err), &live->err);
  }
  struct pal_net_options net = {.cloud = &live->cloud,
                                .concurrency = 4,
                                .offline = replay_dir != NULL,
                                .record_dir = record_dir,
                                .replay_dir = replay_dir,
                                .session = session};
  unit_ok(pal_net_open(&net, &live->net, &live->err), &live->err);
  struct pal_azure_options azure = {.net = live->net,
                                    .cloud = &live->cloud,
                                    .settings = live->settings,
                                    .config = replay_dir ? NULL : live->config,
                                    .base_dir = unit_folder()};
  enum pal_code code = pal_azure_open(&azure, &live->azure, &live->err);
  if (code != PAL_OK)
    live_close(live);
  return code;
}

void live_close(struct live *live) {
  struct pal_err err = {0};
  pal_azure_free(live->azure);
  live->azure = NULL;
  unit_ok(pal_net_close(live->net, &err), &err);
  live->net = NULL;
}

static void on_signed_in(void *payload, const struct pal_claims *claims, const struct pal_outcome *outcome,
                         const struct pal_err *err) {
  struct live *live = payload;
  ck_assert_msg(err->code == PAL_OK, "%s", err->text);
  live->calls++;
  live->signed_in = claims != NULL;
  live->outcome = *outcome;
}

void live_sign_in(struct live *live) {
  struct pal_caller caller = {.identity = "robot", .tenant = {TENANT}};
  int before = live->calls;
  unit_ok(pal_azure_sign_in(live->azure, &caller, PAL_ARM, on_signed_in, live, &live->err), &live->err);
  unit_ok(pal_net_run(live->net, NULL, &live->err), &live->err);
  ck_assert_int_eq(live->calls, before + 1);
}

void live_shell(const char *script) {
  int status = system(script);
  ck_assert_msg(status == 0, "%d: %s", status, script);
}

void live_has_not(const char *dir, const char *text) {
  char script[1024];
  (void)snprintf(script, sizeof script, "grep -rqF -e '%s' %s; test $? -eq 1", text, dir);
  live_shell(script);
}
