/* SPDX-License-Identifier: Apache-2.0 */
#include "azure/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "pal_json.h"
#include "unit.h"

enum { FILES_CAP = 64, TEXT_MAX = 256 << 20 };

#define COUNT_BODY                                                                                                  \
  "{\"options\":{\"$top\":1000,\"authorizationScopeFilter\":\"AtScopeAndBelow\",\"resultFormat\":\"objectArray\"}," \
  "\"query\":\""                                                                                                    \
  "authorizationresources | where type =~ 'microsoft.authorization/roleassignments' | extend s = "                  \
  "tolower(tostring(split(properties.scope,'/')[2])) | where isnotempty(s) | summarize n = count() by s | "         \
  "project id = s, s, n | order by s asc\",\"subscriptions\":[%s]}"
#define USAGE_BODY                                                                                                   \
  "{\"dataset\":{\"aggregation\":{\"c\":{\"function\":\"Sum\",\"name\":\"PreTaxCost\"},\"q\":{\"function\":\"Sum\"," \
  "\"name\":\"UsageQuantity\"}},"                                                                                    \
  "\"granularity\":\"None\",\"grouping\":[{\"name\":\"ResourceGroupName\",\"type\":\"Dimension\"}]},"                \
  "\"timePeriod\":{\"from\":\"%s-01T00:00:00Z\",\"to\":\"%sT23:59:59Z\"},\"timeframe\":\"Custom\",\"type\":"         \
  "\"ActualCost\"}"

static struct file {
  char identity[80], tenant[40];
  struct pal_buf entries;
} files[FILES_CAP];
static size_t files_n;
static char identities[16384], collect[256], extra[1024];

void world_begin(void) {
  files_n = 0;
  world_identities(ROBOT("robot", HOME, LIST("\"" HOME "\"")));
  world_collect("[\"links\",\"role-assignments\",\"usage\",\"delegations\"]");
  world_settings("");
}

void world_end(void) {
  for (size_t i = 0; i < files_n; i++)
    pal_buf_deinit(&files[i].entries);
  files_n = 0;
}

void world_collect(const char *json_array) {
  (void)snprintf(collect, sizeof collect, "%s", json_array);
}

void world_settings(const char *members) {
  (void)snprintf(extra, sizeof extra, "%s", members);
}

void world_identities(const char *json_members) {
  (void)snprintf(identities, sizeof identities, "%s", json_members);
}

static struct file *file_of(const char *identity, const char *tenant) {
  for (size_t i = 0; i < files_n; i++)
    if (strcmp(files[i].identity, identity) == 0 && strcmp(files[i].tenant, tenant) == 0)
      return &files[i];
  ck_assert_uint_lt(files_n, FILES_CAP);
  struct file *file = &files[files_n++];
  (void)snprintf(file->identity, sizeof file->identity, "%s", identity);
  (void)snprintf(file->tenant, sizeof file->tenant, "%s", tenant);
  pal_buf_init(&file->entries, TEXT_MAX);
  return file;
}

/* --- exchanges --- */

static void put_base64(struct pal_buf *out, const unsigned char *bytes, size_t len, const char *alphabet, bool pad) {
  for (size_t i = 0; i < len; i += 3) {
    unsigned v =
        (unsigned)bytes[i] << 16 | (i + 1 < len ? (unsigned)bytes[i + 1] << 8 : 0) | (i + 2 < len ? bytes[i + 2] : 0u);
    for (size_t k = 0; k < 4; k++)
      if (i + k <= len && (k < 2 || i + k - 1 < len))
        pal_buf_putc(out, alphabet[v >> (18 - 6 * k) & 63]);
      else if (pad)
        pal_buf_putc(out, '=');
  }
}

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char urlsafe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void add(const char *identity, const char *tenant, const char *url, const char *body, int status,
                const char *type, const char *answer, size_t len) {
  struct pal_buf *out = &file_of(identity, tenant)->entries;
  pal_buf_printf(out, "%s{\"request\":{\"method\":\"%s\",\"url\":", out->len ? "," : "", *body ? "POST" : "GET");
  pal_json_escape(out, url);
  if (*body) {
    pal_buf_printf(out, ",\"postData\":{\"mimeType\":\"%s\",\"text\":",
                   *body == '{' ? "application/json" : "application/x-www-form-urlencoded");
    pal_json_escape(out, body);
    pal_buf_puts(out, "}");
  }
  pal_buf_printf(out,
                 "},\"response\":{\"status\":%d,\"content\":{\"mimeType\":\"%s\",\"encoding\":\"base64\",\"text\":\"",
                 status, type);
  put_base64(out, (const unsigned char *)answer, len, standard, true);
  pal_buf_puts(out, "\"}}}");
}

void world_exchange(const char *identity, const char *tenant, const char *url, const char *body, int status,
                    const char *type, const char *answer) {
  add(identity, tenant, url, body, status, type, answer, strlen(answer));
}

void world_bytes(const char *identity, const char *tenant, const char *url, const char *body, int status,
                 const char *answer, size_t len) {
  add(identity, tenant, url, body, status, "application/json", answer, len);
}

static void arm(const char *identity, const char *tenant, const char *path, const char *body, int status,
                const char *answer) {
  char url[2048];
  (void)snprintf(url, sizeof url, ARM_ORIGIN "%s", path);
  world_exchange(identity, tenant, url, body, status, "application/json; charset=utf-8", answer);
}

void world_get(const char *identity, const char *tenant, const char *path, int status, const char *answer) {
  arm(identity, tenant, path, "", status, answer);
}

void world_post(const char *identity, const char *tenant, const char *path, const char *body, int status,
                const char *answer) {
  arm(identity, tenant, path, body, status, answer);
}

void world_silence(const char *identity, const char *tenant, const char *path) {
  arm(identity, tenant, path, "", 0, "");
}

/* --- tokens --- */

static void token(const char *identity, const char *tenant, const char *scope, const char *rest, const char *claims) {
  char url[256], form[512], text[2048];
  struct pal_buf jwt;
  pal_buf_init(&jwt, 4096);
  pal_buf_puts(&jwt, "eyJhbGciOiJub25lIn0.");
  put_base64(&jwt, (const unsigned char *)claims, strlen(claims), urlsafe, false);
  (void)snprintf(url, sizeof url, LOGIN_ORIGIN "/%s/oauth2/v2.0/token", tenant);
  (void)snprintf(form, sizeof form, "client_id=" CLIENT "&scope=%s%s", scope, rest);
  (void)snprintf(text, sizeof text, "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"%s.\"}",
                 jwt.data);
  world_exchange(identity, tenant, url, form, 200, "application/json", text);
  pal_buf_deinit(&jwt);
}

#define SECRET_REST "&client_secret=REDACTED&grant_type=client_credentials"
#define ARM_SCOPE "https%3A%2F%2Fmanagement.azure.com%2F.default"
#define GRAPH_SCOPE "https%3A%2F%2Fgraph.microsoft.com%2F.default"

static const char *app_claims(const char *tenant, const char *oid) {
  static char claims[256];
  (void)snprintf(claims, sizeof claims, "{\"tid\":\"%s\",\"oid\":\"%s\",\"appid\":\"" CLIENT "\",\"idtyp\":\"app\"}",
                 tenant, oid);
  return claims;
}

void world_token(const char *identity, const char *tenant, const char *oid) {
  token(identity, tenant, ARM_SCOPE, SECRET_REST, app_claims(tenant, oid));
}

void world_graph_token(const char *identity, const char *tenant, const char *oid) {
  token(identity, tenant, GRAPH_SCOPE, SECRET_REST, app_claims(tenant, oid));
}

void world_token_as(const char *identity, const char *tenant, const char *claims_json) {
  token(identity, tenant, ARM_SCOPE, SECRET_REST, claims_json);
}

void world_user_token(const char *identity, const char *tenant, const char *oid) {
  char claims[256];
  (void)snprintf(claims, sizeof claims, "{\"tid\":\"%s\",\"oid\":\"%s\",\"appid\":\"" CLIENT "\",\"idtyp\":\"user\"}",
                 tenant, oid);
  token(identity, tenant, ARM_SCOPE "%20offline_access", "&refresh_token=REDACTED&grant_type=refresh_token", claims);
}

void world_no_token(const char *identity, const char *tenant, int status, const char *answer) {
  char url[256];
  (void)snprintf(url, sizeof url, LOGIN_ORIGIN "/%s/oauth2/v2.0/token", tenant);
  world_exchange(identity, tenant, url, "client_id=" CLIENT "&scope=" ARM_SCOPE SECRET_REST, status, "application/json",
                 answer);
}

/* --- nothing there --- */

static const char nothing[] = "{\"value\":[]}";

void world_empty_tenant(const char *identity, const char *tenant, const char *oid) {
  char tenants[512];
  (void)snprintf(
      tenants, sizeof tenants,
      "{\"value\":[{\"id\":\"/tenants/"
      "%s\",\"tenantId\":\"%s\",\"displayName\":\"Name\",\"defaultDomain\":\"d.example\",\"countryCode\":\"DE\"}]}",
      tenant, tenant);
  world_token(identity, tenant, oid);
  world_get(identity, tenant, P_TENANTS, 200, tenants);
  world_get(identity, tenant, P_LINK, 404, "");
  world_get(identity, tenant, P_SUBSCRIPTIONS, 200, nothing);
}

static void get_of(const char *identity, const char *tenant, const char *format_head, const char *subscription,
                   const char *tail) {
  char path[512];
  (void)snprintf(path, sizeof path, "%s%s%s", format_head, subscription, tail);
  world_get(identity, tenant, path, 200, nothing);
}

void world_empty_subscription(const char *identity, const char *tenant, const char *subscription, bool own) {
  static const char *const months[][2] = {
      {"2026-09", "2026-09-30"}, {"2026-10", "2026-10-31"}, {"2026-11", "2026-11-20"}};
  static const char authorization[] = "/providers/Microsoft.Authorization/";
  static const char *const lists[] = {"roleAssignments?api-version=2022-04-01",
                                      "denyAssignments?api-version=2022-04-01",
                                      "roleEligibilityScheduleInstances?api-version=2020-10-01",
                                      "roleAssignmentScheduleInstances?api-version=2020-10-01",
                                      "roleDefinitions?api-version=2022-04-01&$filter=type%20eq%20%27CustomRole%27"};
  char path[512];
  for (size_t i = 0; i < (own ? 5 : 4); i++) {
    char tail[256];
    (void)snprintf(tail, sizeof tail, "%s%s", authorization, lists[i]);
    get_of(identity, tenant, "/subscriptions/", subscription, tail);
  }
  get_of(identity, tenant, "/subscriptions/", subscription,
         "/providers/Microsoft.ManagedServices/"
         "registrationAssignments?api-version=2022-10-01&$expandRegistrationDefinition=true");
  (void)snprintf(path, sizeof path, "/subscriptions/%s/providers/Microsoft.CostManagement/query?api-version=2023-11-01",
                 subscription);
  for (size_t i = 0; i < 3; i++)
    world_post(identity, tenant, path, world_usage_body(months[i][0], months[i][1]), 204, "");
}

void world_subscriptions(const char *identity, const char *tenant, const char *items) {
  size_t cap = strlen(items) + 64;
  char *text = malloc(cap);
  ck_assert_ptr_nonnull(text);
  (void)snprintf(text, cap, "{\"value\":[%s]}", items);
  world_get(identity, tenant, P_SUBSCRIPTIONS, 200, text);
  free(text);
}

void world_counts(const char *identity, const char *tenant, const char *subscriptions, const char *rows) {
  static char body[32768];
  char answer[4096];
  (void)snprintf(body, sizeof body, COUNT_BODY, subscriptions);
  (void)snprintf(answer, sizeof answer,
                 "{\"totalRecords\":1,\"count\":1,\"resultTruncated\":\"false\",\"facets\":[],\"data\":[%s]}", rows);
  world_post(identity, tenant, P_COUNTS, body, 200, answer);
}

const char *world_usage_body(const char *month, const char *last) {
  static char body[1024];
  (void)snprintf(body, sizeof body, USAGE_BODY, month, last);
  return body;
}

/* --- the recording --- */

const struct pal_record *world_write(struct pal_arena *arena) {
  struct pal_err err = {0};
  struct pal_record *session = NULL;
  size_t cap = sizeof identities + sizeof collect + sizeof extra + 512;
  char path[512];
  char *text = malloc(cap);
  ck_assert_ptr_nonnull(text);
  (void)mkdir("rec", 0755);
  (void)snprintf(text, cap,
                 "{\"format\":\"palscan-recording\",\"version\":1,\"started\":\"" STARTED
                 "\",\"settings\":{\"cloud\":\"AzurePublicCloud\",\"collect\":%s,"
                 "\"names\":\"ours\",\"usageWindowMonths\":2,\"identities\":[%s]%s}}",
                 collect, identities, extra);
  unit_write("rec/session.json", text, 0644);
  free(text);
  for (size_t i = 0; i < files_n; i++) {
    struct pal_buf har;
    pal_buf_init(&har, TEXT_MAX);
    (void)snprintf(path, sizeof path, "rec/%.79s", files[i].identity);
    (void)mkdir(path, 0755);
    (void)snprintf(path, sizeof path, "rec/%.79s/%.39s.har", files[i].identity, files[i].tenant);
    pal_buf_printf(&har, "{\"log\":{\"version\":\"1.2\",\"entries\":[%s]}}", files[i].entries.data);
    unit_ok(pal_buf_check(&har, "HAR", &err), &err);
    unit_write(path, har.data, 0644);
    pal_buf_deinit(&har);
  }
  unit_ok(pal_recording_session(arena, "rec", &session, &err), &err);
  return pal_get_record(session, PAL_SESSION_SETTINGS);
}

const struct pal_cloud *world_cloud(void) {
  return pal_cloud_builtin("AzurePublicCloud");
}

struct pal_net *world_open(unsigned seed) {
  struct pal_err err = {0};
  struct pal_net *net = NULL;
  struct pal_net_options options = {
      .cloud = world_cloud(), .concurrency = 8, .offline = true, .replay_dir = "rec", .shuffle_seed = seed};
  unit_ok(pal_net_open(&options, &net, &err), &err);
  return net;
}

void world_close(struct pal_net *net) {
  struct pal_err err = {0};
  unit_ok(pal_net_close(net, &err), &err);
}
