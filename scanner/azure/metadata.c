/* SPDX-License-Identifier: Apache-2.0 */
/* metadata.c - an Azure Stack Hub says where one signs in, and for whom tokens are. */
#include <string.h>

#include "azure.h"

#define METADATA_PATH "/metadata/endpoints?api-version=2015-01-01" /* the newest that Stack Hub knows */

/* Whom a recording files the exchange under: it is asked for no identity and no tenant. */
#define METADATA_IDENTITY "cloud"
static const struct pal_tenant_id no_tenant = {"00000000-0000-0000-0000-000000000000"};

struct learning {
  struct pal_arena *arena;
  struct pal_cloud *cloud;
  struct pal_err err;
  bool answered;
};

static enum pal_code read_metadata(struct learning *learning, const struct pal_json_doc *doc) {
  const pal_json *root = pal_json_root(doc);
  const pal_json *authentication = pal_json_get(root, "authentication");
  struct pal_cloud_metadata metadata = {
      .login = pal_json_text(pal_json_get(authentication, "loginEndpoint")),
      .audience = pal_json_text(pal_json_first(pal_json_get(authentication, "audiences"))),
      .graph = pal_json_text(pal_json_get(root, "microsoftGraphResourceId")),
  };
  if (!metadata.login || !metadata.audience)
    return pal_err_set(&learning->err, PAL_E_ANSWER, "cloud %s: %s%s names no loginEndpoint or no audiences",
                       learning->cloud->name, learning->cloud->metadata, METADATA_PATH);
  return pal_cloud_learn(learning->arena, &metadata, learning->cloud, &learning->err);
}

static void on_metadata(void *payload, const struct pal_response *response, const struct pal_outcome *failed,
                        const struct pal_err *err) {
  struct learning *learning = payload;
  struct pal_outcome outcome = {0};
  struct pal_json_doc *doc = NULL;
  learning->answered = true;
  learning->err = *err;
  if (err->code != PAL_OK)
    return;
  if (failed)
    outcome = *failed;
  else if (response->status == 0)
    outcome_failed(&outcome, response, NULL);
  else if (answer_parse(response, &doc, &outcome, &learning->err) == PAL_OK && !status_is_success(response->status))
    outcome_failed(&outcome, response, doc);
  if (learning->err.code == PAL_OK && outcome.extent == PAL_READ_ALL)
    (void)read_metadata(learning, doc);
  else if (learning->err.code == PAL_OK)
    (void)pal_err_set(&learning->err, PAL_E_NET, "cloud %s: %s%s: %s%s%s", learning->cloud->name,
                      learning->cloud->metadata, METADATA_PATH, outcome.code, response && response->failure ? ": " : "",
                      response && response->failure ? response->failure : "");
  pal_json_doc_free(doc);
}

enum pal_code pal_azure_learn_cloud(struct pal_net *net, struct pal_arena *arena, struct pal_cloud *cloud,
                                    const volatile int *stop, struct pal_err *err) {
  if (!cloud->metadata)
    return PAL_OK;
  struct credential nobody = {.name = METADATA_IDENTITY, .wanted = true};
  struct pal_azure azure = {.net = net, .cloud = cloud, .credentials = &nobody, .credentials_n = 1};
  struct learning learning = {.arena = arena, .cloud = cloud};
  struct pal_buf url;
  azure.pending.next = azure.pending.previous = &azure.pending;
  pal_buf_init(&url, 4096);
  pal_buf_printf(&url, "%s%s", cloud->metadata, METADATA_PATH);
  enum pal_code code = pal_buf_check(&url, "an address", err);
  if (code == PAL_OK) {
    struct exchange exchange = {
        .caller = {METADATA_IDENTITY, no_tenant}, .service = PAL_ARM, .url = url.data, .with_token = false};
    code = exchange_start(&azure, &exchange, on_metadata, &learning, err);
  }
  if (code == PAL_OK)
    code = pal_net_run(net, stop, err);
  pal_buf_deinit(&url);
  visits_free(&azure);
  if (code == PAL_OK && learning.err.code != PAL_OK) {
    code = learning.err.code;
    if (err)
      *err = learning.err;
  }
  return code;
}
