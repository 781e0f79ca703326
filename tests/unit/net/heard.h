/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HEARD_H
#define HEARD_H
/* heard.h - what the tests of the net layer share: ids, requests, what a
 * callback was told, and recordings written by hand. */
#include <stdbool.h>
#include <stddef.h>

#include "pal_net.h"

#define TENANT "11111111-2222-3333-4444-555555555555"
#define OTHER_TENANT "99999999-2222-3333-4444-555555555555"
#define ARM "https://management.azure.com"
#define LOGIN "https://login.microsoftonline.com"
#define TENANTS ARM "/tenants?api-version=2022-12-01"
#define PARTNERS ARM "/providers/Microsoft.ManagementPartner/partners?api-version=2018-02-01"
#define GRAPH_QUERY ARM "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01"

/* What one callback was told, copied. */
struct heard {
  int calls;
  bool answered; /* a response came */
  enum pal_code code;
  char text[PAL_ERR_TEXT_MAX];
  int status;
  size_t len;
  bool truncated;
  char body[512], failure[128], content_type[64], retry_after[32];
};
void heard_fn(void *payload, const struct pal_response *response, const struct pal_err *err);

/* A GET by identity "robot" in TENANT; change what differs. */
struct pal_request get_request(const char *url);
struct pal_request post_request(const char *url, enum pal_body_kind kind, const char *body);

/* Replays "rec" (records it to record_dir unless NULL). */
struct pal_net *open_replay(const char *record_dir, unsigned seed);
/* Submits and runs; both must succeed. */
void ask_net(struct pal_net *net, const struct pal_request *request, struct heard *heard);
void close_net(struct pal_net *net);

/* Writes DIR/session.json and DIR/robot/TENANT.har; entries as JSON without brackets. */
void write_recording(const char *dir, const char *entries);
/* One entry: method, url, post data member or "", members of the response. */
#define ENTRY(method, url, post, response) \
  "{\"request\":{\"method\":\"" method "\",\"url\":\"" url "\"" post "},\"response\":{" response "}}"
#define STATUS_BODY(status, body) "\"status\":" #status ",\"content\":{\"text\":\"" body "\"}"
#define JSON_POST(escaped) ",\"postData\":{\"mimeType\":\"application/json\",\"text\":\"" escaped "\"}"
/* Whole file into a fresh string, to be freed. */
char *slurp(const char *path, size_t *ret_len);

#endif
