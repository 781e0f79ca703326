/* SPDX-License-Identifier: Apache-2.0 */
#include "heard.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "unit.h"

static void copy(char *out, size_t cap, const char *text) {
  (void)snprintf(out, cap, "%s", text ? text : "");
}

void heard_fn(void *payload, const struct pal_response *response, const struct pal_err *err) {
  struct heard *heard = payload;
  heard->calls++;
  ck_assert_ptr_nonnull(err);
  ck_assert_int_eq(response == NULL, err->code != PAL_OK);
  heard->answered = response != NULL;
  heard->code = err->code;
  copy(heard->text, sizeof heard->text, err->code == PAL_OK ? "" : err->text);
  if (!response)
    return;
  heard->status = response->status;
  heard->len = response->len;
  heard->truncated = response->truncated;
  ck_assert_int_eq(response->failure == NULL, response->status != 0);
  ck_assert_int_eq(response->body[response->len], '\0');
  copy(heard->body, sizeof heard->body, response->body);
  copy(heard->failure, sizeof heard->failure, response->failure);
  copy(heard->content_type, sizeof heard->content_type, response->content_type);
  copy(heard->retry_after, sizeof heard->retry_after, response->retry_after);
}

struct pal_request get_request(const char *url) {
  return (struct pal_request){
      .identity = "robot", .tenant = {TENANT}, .method = "GET", .url = url, .body_kind = PAL_BODY_NONE};
}

struct pal_request post_request(const char *url, enum pal_body_kind kind, const char *body) {
  struct pal_request request = get_request(url);
  request.method = "POST";
  request.body_kind = kind;
  request.body = body;
  return request;
}

struct pal_net *open_replay(const char *record_dir, unsigned seed) {
  struct pal_err err = {0};
  struct pal_net *net = NULL;
  struct pal_net_options options = {.cloud = pal_cloud_builtin("AzurePublicCloud"),
                                    .concurrency = 4,
                                    .offline = true,
                                    .replay_dir = "rec",
                                    .record_dir = record_dir,
                                    .shuffle_seed = seed};
  unit_ok(pal_net_open(&options, &net, &err), &err);
  return net;
}

void ask_net(struct pal_net *net, const struct pal_request *request, struct heard *heard) {
  struct pal_err err = {0};
  *heard = (struct heard){0};
  unit_ok(pal_net_submit(net, request, heard_fn, heard, &err), &err);
  ck_assert_int_eq(heard->calls, 0);
  unit_ok(pal_net_run(net, NULL, &err), &err);
  ck_assert_int_eq(heard->calls, 1);
}

void close_net(struct pal_net *net) {
  struct pal_err err = {0};
  unit_ok(pal_net_close(net, &err), &err);
}

void write_recording(const char *dir, const char *entries) {
  static const char session[] =
      "{\"format\":\"palscan-recording\",\"version\":1,\"started\":\"2026-11-20T03:00:00Z\",\"program\":\"palscan "
      "0.1.0\","
      "\"finished\":\"2026-11-20T03:01:00Z\",\"settings\":{\"cloud\":\"AzurePublicCloud\",\"collect\":[\"links\"],"
      "\"names\":\"ours\",\"usageWindowMonths\":2}}";
  char path[512];
  (void)mkdir(dir, 0755);
  (void)snprintf(path, sizeof path, "%s/session.json", dir);
  unit_write(path, session, 0644);
  (void)snprintf(path, sizeof path, "%s/robot", dir);
  (void)mkdir(path, 0755);
  (void)snprintf(path, sizeof path, "%s/robot/" TENANT ".har", dir);
  size_t cap = strlen(entries) + 100;
  char *text = malloc(cap);
  ck_assert_ptr_nonnull(text);
  (void)snprintf(text, cap, "{\"log\":{\"version\":\"1.2\",\"entries\":[%s]}}", entries);
  unit_write(path, text, 0644);
  free(text);
}

char *slurp(const char *path, size_t *ret_len) {
  FILE *file = fopen(path, "rb");
  ck_assert_msg(file != NULL, "%s", path);
  ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
  long len = ftell(file);
  rewind(file);
  char *text = malloc((size_t)len + 1);
  ck_assert_ptr_nonnull(text);
  ck_assert_uint_eq(fread(text, 1, (size_t)len, file), (size_t)len);
  text[len] = '\0';
  ck_assert_int_eq(fclose(file), 0);
  if (ret_len)
    *ret_len = (size_t)len;
  return text;
}
