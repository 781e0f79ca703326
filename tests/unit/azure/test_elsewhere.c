/* SPDX-License-Identifier: Apache-2.0 */
/* test_elsewhere.c - tokens from the Azure CLI (a script in its place) and of managed identities (a server without
 * TLS in place of the platform): what they are asked, what is recorded, who is not asked at all. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "azure/credential.h"
#include "azure/live.h"
#include "pal_local.h"
#include "pal_log.h"
#include "unit.h"

static struct live live;
static pid_t platform;

static void set_up(void) {
  static const char *const variables[] = {"IDENTITY_ENDPOINT",
                                          "IDENTITY_HEADER",
                                          "IMDS_ENDPOINT",
                                          "MSI_ENDPOINT",
                                          "IDENTITY_SERVER_THUMBPRINT",
                                          "AZURE_POD_IDENTITY_AUTHORITY_HOST"};
  live_begin(&live);
  platform = 0;
  for (size_t i = 0; i < UNIT_N(variables); i++)
    (void)unsetenv(variables[i]);
}

static void tear_down(void) {
  if (platform > 0) {
    (void)kill(platform, SIGKILL);
    (void)waitpid(platform, NULL, 0);
  }
  live_end(&live);
}

static void set(const char *name, const char *value) {
  ck_assert_int_eq(setenv(name, value, 1), 0);
}

static void expect_in(const char *path, const char *part) {
  char *text = slurp(path, NULL);
  ck_assert_msg(strstr(text, part) != NULL, "%s lacks %s: %s", path, part, text);
  free(text);
}

static void replay(void) {
  live_close(&live);
  live.signed_in = false;
  unit_ok(live_open(&live, NULL, "rec"), &live.err);
  live_sign_in(&live);
}

/* --- the Azure CLI --- */

/* more: further members of the credential, each with a comma before it */
static void plant_with(const char *script, const char *more) {
  char path[512], credential[1024];
  char text[4096];
  (void)snprintf(text, sizeof text, "#!/bin/sh\ncd '%s'\n%s", unit_folder(), script);
  unit_write("az", text, 0755);
  (void)snprintf(path, sizeof path, "%s/az", unit_folder());
  (void)snprintf(credential, sizeof credential, "\"type\":\"azure-cli\",\"azPath\":\"%s\"%s", path, more);
  live_configure(&live, "azure-cli", credential);
}

static void plant(const char *script) {
  plant_with(script, "");
}

#define GIVE                                                                                            \
  "printf '{\"accessToken\":\"" TOKEN "\",\"expiresOn\":\"2020-01-01 00:00:00.000000\",\"expires_on\":" \
  "%s,\"tenant\":\"" TENANT "\",\"tokenType\":\"Bearer\"}' \"$(($(date +%s) + 3000))\"\n"

START_TEST(test_az__is_asked_without_a_shell_or_foreign_variables) {
  set("CANARY_VARIABLE", "canary-value");
  set("PATH_BEFORE", "x");
  set("AZURE_CONFIG_DIR", "/config of az");
  plant("printf '%s\\n' \"$@\" >arguments; env >variables; echo 'WARNING: canary' >&2; cat >>input\n" GIVE);
  unit_ok(live_open(&live, "rec", NULL), &live.err);
  live_sign_in(&live);
  ck_assert_msg(live.signed_in, "%s", live.outcome.code);
  char *arguments = slurp("arguments", NULL);
  ck_assert_str_eq(arguments, "account\nget-access-token\n--output\njson\n--tenant\n" TENANT
                              "\n--resource\nhttps://management.azure.com\n");
  free(arguments);
  expect_in("variables", "PATH=/usr/local/bin:/usr/bin:/bin\n");
  expect_in("variables", "AZURE_CONFIG_DIR=/config of az\n");
  live_has_not("variables", "canary");
  live_sign_in(&live); /* what is known is not asked again */
  replay();
  ck_assert(live.signed_in);
  live_has_not("rec", "canary");
  expect_in("rec/robot/" TENANT ".har", "grant_type=azure_cli");
}
END_TEST

static const struct {
  const char *script, *code;
} refusals[] = {
    {"echo 'ERROR: AADSTS50076: Due to a configuration change' >&2; exit 1\n", "AADSTS50076"},
    {"echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1\n", "400 az_login_needed"},
    {"echo odd >&2; exit 3\n", "400 az_failed"},
    {"echo '<html>'\n", "400 az_failed"},
    {"echo '{\"accessToken\":7}'\n", "400 az_failed"},
    {"head -c 400000 /dev/zero | tr '\\0' x\n", "400 az_failed"},
    {"kill -9 $$\n", "400 az_failed"},
    {"printf '{\"accessToken\":\"eyJh.e30.x\"}'\n", "unreadable token"},
};

START_TEST(test_az__refusal_has_a_code_and_is_replayed) {
  plant(refusals[_i].script);
  unit_ok(live_open(&live, "rec", NULL), &live.err);
  live_sign_in(&live);
  ck_assert(!live.signed_in);
  ck_assert_str_eq(live.outcome.code, refusals[_i].code);
  ck_assert_msg(pal_azure_explain(live.outcome.code) != NULL, "%s", live.outcome.code);
  replay();
  ck_assert(!live.signed_in);
  ck_assert_str_eq(live.outcome.code, refusals[_i].code);
}
END_TEST

static void on_list(void *payload, const struct pal_outcome *outcome, const struct pal_err *why) {
  ck_assert_msg(why->code == PAL_OK, "%s", why->text);
  *(struct pal_outcome *)payload = *outcome;
}
static enum pal_code on_page(void *payload, const struct pal_json_doc *doc, const pal_json *items, size_t *ret_bad,
                             struct pal_err *why) {
  (void)payload, (void)doc, (void)items, (void)ret_bad, (void)why;
  return PAL_OK;
}

static struct pal_outcome list_tenants(void) {
  const struct pal_call call = {.caller = {.identity = "robot", .tenant = {TENANT}},
                                .service = PAL_ARM,
                                .path = "/tenants?api-version=2022-12-01"};
  struct pal_outcome outcome = {0};
  unit_ok(pal_azure_list(live.azure, &call, PAL_PAGING_ARM, on_page, on_list, &outcome, &live.err), &live.err);
  unit_ok(pal_net_run(live.net, NULL, &live.err), &live.err);
  return outcome;
}

static void log_to(const char *path) {
  (void)fflush(stderr);
  ck_assert_ptr_nonnull(freopen(path, "w", stderr));
  pal_log_set_level(PAL_LOG_WARN);
}

/* az gives the same token again however often it is asked; what it is told to do may be pasted, whatever the service
 * has put behind its base64. */
START_TEST(test_az__challenge_is_told_with_the_command_that_answers_it) {
  static const struct server_answer answers[] = {
      {.head = "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n"
               "WWW-Authenticate: Bearer error=\"insufficient_claims\", claims=\"eyJhIjp7fX0==; rm -rf x\"\r\n",
       .body = "{\"error\":{\"code\":\"InvalidAuthenticationToken\"}}"}};
  live_serve(&live, answers, 1);
  plant_with("echo once >>times\n" GIVE, ",\"cloud\":\"lab\"");
  unit_ok(live_open(&live, "rec", NULL), &live.err);
  log_to("log");
  struct pal_outcome outcome = list_tenants();
  (void)fflush(stderr);
  ck_assert_str_eq(outcome.code, "401 InvalidAuthenticationToken");
  char *times = slurp("times", NULL);
  ck_assert_str_eq(times, "once\n");
  free(times);
  expect_in("log", "az login --tenant " TENANT " --claims-challenge eyJhIjp7fX0==\n");
  live_close(&live);
  unit_ok(live_open(&live, NULL, "rec"), &live.err);
  outcome = list_tenants();
  ck_assert_str_eq(outcome.code, "401 InvalidAuthenticationToken");
}
END_TEST

static void on_interrupted(void *payload, const struct pal_claims *claims, const struct pal_outcome *outcome,
                           const struct pal_err *err) {
  (void)claims;
  (void)outcome;
  *(enum pal_code *)payload = err->code;
}

START_TEST(test_az__that_hangs_does_not_hold_up_an_interrupt) {
  static const volatile int stop = 1;
  struct pal_caller caller = {.identity = "robot", .tenant = {TENANT}};
  enum pal_code told = PAL_OK;
  plant("sleep 300 & echo $! >child; wait\n");
  unit_ok(live_open(&live, NULL, NULL), &live.err);
  unit_ok(pal_azure_sign_in(live.azure, &caller, PAL_ARM, on_interrupted, &told, &live.err), &live.err);
  for (int i = 0; i < 500 && access("child", F_OK) != 0; i++)
    (void)nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
  (void)nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
  time_t before = time(NULL);
  unit_fails(pal_net_run(live.net, &stop, &live.err), PAL_E_INTERRUPTED, "interrupted", &live.err);
  ck_assert_int_eq(told, PAL_E_INTERRUPTED);
  ck_assert_int_le(time(NULL) - before, 5);
  live_shell("! kill -0 \"$(cat child)\" 2>/dev/null || ! grep -q sleep /proc/$(cat child)/cmdline");
}
END_TEST

/* Asks the program that was planted, with a bound of its own instead of 90 seconds. */
static void ask_within(struct credential_fetch *fetch, unsigned seconds) {
  static char path[512];
  static struct credential credential;
  static pal_stop stop;
  (void)snprintf(path, sizeof path, "%s/az", unit_folder());
  credential = (struct credential){.name = "robot", .file = path};
  *fetch = (struct credential_fetch){.credential = &credential, .tenant = TENANT, .audience = "https://a.example"};
  pal_buf_init(&fetch->answer, 1 << 20);
  azure_cli_fetch_within(fetch, seconds, &stop);
}

static const struct {
  const char *script, *code;
  int most_s; /* it must have ended then */
} endless[] = {
    {"sleep 300 & echo $! >child; wait\n", "az_timeout", 8},
    {"echo $$ >child; exec sleep 300\n", "az_timeout", 8},
    {"echo $$ >child; exec yes\n", "az_failed", 2},
    {"echo $$ >child; exec yes >&2\n", "az_failed", 2},
};

START_TEST(test_az__without_end_is_ended_with_all_it_started) {
  struct credential_fetch fetch;
  plant(endless[_i].script);
  time_t before = time(NULL);
  ask_within(&fetch, 3);
  ck_assert_int_le(time(NULL) - before, endless[_i].most_s);
  ck_assert_int_eq(fetch.status, 400);
  ck_assert_str_eq(fetch.answer.data, pal_arena_printf(live.arena, "{\"error\":\"%s\"}", endless[_i].code));
  ck_assert_ptr_nonnull(pal_azure_explain(pal_arena_printf(live.arena, "400 %s", endless[_i].code)));
  live_shell("! kill -0 \"$(cat child)\" 2>/dev/null || ! grep -qE 'sleep|yes' /proc/$(cat child)/cmdline");
  pal_buf_deinit(&fetch.answer);
}
END_TEST

START_TEST(test_az__that_nobody_waits_for_is_ended) {
  struct pal_caller caller = {.identity = "robot", .tenant = {TENANT}};
  enum pal_code told = PAL_OK;
  plant("sleep 300\n");
  unit_ok(live_open(&live, NULL, NULL), &live.err);
  unit_ok(pal_azure_sign_in(live.azure, &caller, PAL_ARM, on_interrupted, &told, &live.err), &live.err);
  live_close(&live);
  ck_assert_int_eq(told, PAL_OK);
}
END_TEST

START_TEST(test_az__many_tenants_take_turns) {
  enum { MANY = 20 };
  enum pal_code told[MANY];
  plant(
      "echo x >>started; sleep 0.1; echo x >>ended; test $(($(wc -l <started) - $(wc -l <ended))) -lt 9 || touch many\n"
      "echo 'ERROR: AADSTS50020: not here' >&2; exit 1\n");
  unit_ok(live_open(&live, "rec", NULL), &live.err);
  for (int i = 0; i < MANY; i++) {
    char tenant[64];
    struct pal_caller caller = {.identity = "robot"};
    told[i] = PAL_E_INTERNAL;
    (void)snprintf(tenant, sizeof tenant, "00000000-0000-4000-8000-0000000000%02d", i);
    unit_ok(pal_tenant_id_parse(tenant, &caller.tenant, &live.err), &live.err);
    unit_ok(pal_azure_sign_in(live.azure, &caller, PAL_ARM, on_interrupted, &told[i], &live.err), &live.err);
  }
  unit_ok(pal_net_run(live.net, NULL, &live.err), &live.err);
  for (int i = 0; i < MANY; i++)
    ck_assert_int_eq(told[i], PAL_OK);
  live_shell("test $(wc -l <ended) -eq 20 && test ! -e many");
  live_close(&live);
  live_shell("test $(find rec -name '*.har' | wc -l) -eq 20");
}
END_TEST

static const struct {
  const char *script, *path, *part; /* part NULL: what the system says of a file that is not there */
} planted[] = {
    {"chmod 775 az", "%s/az", "others may write it"},
    {"chmod 644 az", "%s/az", "is no program"},
    {"mkdir bin && cp az bin/az && chmod 777 bin", "%s/bin/az", "others may write it"},
    {"mkdir bin && cp az bin/az && chmod 777 bin && ln -sf bin/az link", "%s/link", "others may write it"},
    {"mkdir dir", "%s/dir", "is no program"},
    {"true", "%s/none", NULL},
    {"true", "az", "not an absolute path"},
};

START_TEST(test_az__planted_one_is_refused) {
  char path[512], credential[1024];
  plant("touch ran\n");
  live_shell(planted[_i].script);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  (void)snprintf(path, sizeof path, planted[_i].path, unit_folder());
#pragma GCC diagnostic pop
  (void)snprintf(credential, sizeof credential, "\"type\":\"azure-cli\",\"azPath\":\"%s\"", path);
  live_configure(&live, "azure-cli", credential);
  unit_fails(live_open(&live, NULL, NULL), PAL_E_CONFIG, planted[_i].part ? planted[_i].part : strerror(ENOENT),
             &live.err);
  ck_assert_ptr_nonnull(strstr(live.err.text, "identity robot"));
  ck_assert_int_ne(access("ran", F_OK), 0);
}
END_TEST

START_TEST(test_az__in_the_path_is_not_looked_for) {
  plant("touch ran\n");
  set("PATH", unit_folder());
  live_configure(&live, "azure-cli", "\"type\":\"azure-cli\"");
  if (live_open(&live, NULL, NULL) != PAL_OK) /* else the real one is installed */
    ck_assert_ptr_nonnull(strstr(live.err.text, "is not installed where packages put it"));
  set("PATH", "/usr/bin:/bin");
  ck_assert_int_ne(access("ran", F_OK), 0);
}
END_TEST

/* --- managed identities --- */

struct reply {
  const char *head, *body;
};

static void serve_one(int fd, const struct reply *reply) {
  char request[8192];
  size_t have = 0;
  for (ssize_t n; have < sizeof request - 1 && (n = read(fd, request + have, sizeof request - 1 - have)) > 0;) {
    have += (size_t)n;
    request[have] = '\0';
    if (strstr(request, "\r\n\r\n"))
      break;
  }
  int log = open("platform.txt", O_WRONLY | O_CREAT | O_APPEND, 0600);
  (void)!write(log, request, have);
  (void)close(log);
  char answer[8192];
  int len = snprintf(answer, sizeof answer, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
                     reply->head, strlen(reply->body), reply->body);
  (void)!write(fd, answer, (size_t)len);
}

/* Answers one request after another, the last again and again; returns http://127.0.0.1:PORT. */
static const char *start_platform(const struct reply *replies, size_t n) {
  static char origin[64];
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t len = sizeof address;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, len), 0);
  ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
  ck_assert_int_eq(listen(fd, 8), 0);
  (void)snprintf(origin, sizeof origin, "http://127.0.0.1:%d", ntohs(address.sin_port));
  platform = fork();
  ck_assert_int_ge(platform, 0);
  if (platform == 0) {
    (void)alarm(60);
    for (size_t i = 0;; i += i + 1 < n) {
      int client = accept(fd, NULL, NULL);
      serve_one(client, &replies[i]);
      (void)close(client);
    }
  }
  (void)close(fd);
  return origin;
}

static const char *join(const char *origin, const char *path) {
  static char url[256];
  (void)snprintf(url, sizeof url, "%s%s", origin, path);
  return url;
}

#define JSON_OK "200 OK\r\nContent-Type: application/json"
#define IMDS_BODY                                             \
  "{\"access_token\":\"" TOKEN "\",\"client_id\":\"" CLIENT   \
  "\",\"expires_in\":\"3599\",\"expires_on\":\"4102444800\"," \
  "\"refresh_token\":\"\",\"resource\":\"https://management.azure.com/\",\"token_type\":\"Bearer\"}"
#define MANAGED "\"type\":\"managed-identity\",\"clientId\":\"" CLIENT "\""

START_TEST(test_managed__metadata_service_is_asked_past_every_proxy) {
  static const struct reply replies[] = {{"429 Too Many Requests", "{}"}, {JSON_OK, IMDS_BODY}};
  set("AZURE_POD_IDENTITY_AUTHORITY_HOST", start_platform(replies, 2));
  set("http_proxy", "http://127.0.0.1:9");
  set("ALL_PROXY", "http://127.0.0.1:9");
  live_configure(&live, "managed-identity", MANAGED);
  unit_ok(live_open(&live, "rec", NULL), &live.err);
  live_sign_in(&live);
  ck_assert_msg(live.signed_in, "%s", live.outcome.code);
  expect_in("platform.txt", "GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource="
                            "https%3A%2F%2Fmanagement.azure.com%2F&client_id=" CLIENT " HTTP/1.1\r\n");
  expect_in("platform.txt", "\r\nMetadata: true\r\n");
  replay();
  ck_assert(live.signed_in);
  expect_in("rec/robot/" TENANT ".har", "grant_type=managed_identity");
  live_has_not("rec", "canary");
}
END_TEST

START_TEST(test_managed__app_service_gets_its_header_and_keeps_it_secret) {
  static const struct reply replies[] = {
      {JSON_OK, "{\"access_token\":\"" TOKEN "\",\"expires_on\":\"4102444800\",\"token_type\":\"Bearer\"}"}};
  set("IDENTITY_ENDPOINT", join(start_platform(replies, 1), "/msi/token"));
  set("IDENTITY_HEADER", "canary-identity-header");
  live_configure(&live, "managed-identity", MANAGED);
  unit_ok(live_open(&live, "rec", NULL), &live.err);
  ck_assert_str_eq(getenv("IDENTITY_HEADER"), "");
  live_sign_in(&live);
  ck_assert_msg(live.signed_in, "%s", live.outcome.code);
  expect_in("platform.txt", "GET /msi/token?api-version=2019-08-01&resource=");
  expect_in("platform.txt", "\r\nX-IDENTITY-HEADER: canary-identity-header\r\n");
  replay();
  ck_assert(live.signed_in);
  live_has_not("rec", "canary");
}
END_TEST

static const struct {
  const char *head, *body, *code;
} managed_refusals[] = {
    {"400 Bad Request\r\nContent-Type: application/json",
     "{\"error\":\"invalid_request\",\"error_description\":\"Identity not found\"}", "400 invalid_request"},
    {"302 Found\r\nLocation: http://127.0.0.1:1/", "", "302"},
    {JSON_OK, "{}", "unreadable token"},
};

START_TEST(test_managed__refusal_is_told_and_replayed) {
  const struct reply replies[] = {{managed_refusals[_i].head, managed_refusals[_i].body}};
  set("AZURE_POD_IDENTITY_AUTHORITY_HOST", start_platform(replies, 1));
  live_configure(&live, "managed-identity", MANAGED);
  unit_ok(live_open(&live, "rec", NULL), &live.err);
  live_sign_in(&live);
  ck_assert(!live.signed_in);
  ck_assert_str_eq(live.outcome.code, managed_refusals[_i].code);
  replay();
  ck_assert(!live.signed_in);
}
END_TEST

START_TEST(test_managed__nobody_there_is_a_refusal) {
  set("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:9");
  live_configure(&live, "managed-identity", MANAGED);
  unit_ok(live_open(&live, NULL, NULL), &live.err);
  live_sign_in(&live);
  ck_assert_str_eq(live.outcome.code, "503 no_managed_identity");
}
END_TEST

static const struct {
  const char *name, *value, *other, *other_value, *part;
} bad_hosts[] = {
    {"AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://evil.example", "X", "x", "not on this host"},
    {"AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1@evil.example", "X", "x", "not on this host"},
    {"AZURE_POD_IDENTITY_AUTHORITY_HOST", "file:///etc/passwd?", "X", "x", "not on this host"},
    {"IDENTITY_ENDPOINT", "https://evil.example/msi", "IDENTITY_HEADER", "canary-header", "not on this host"},
    {"IDENTITY_ENDPOINT", "http://127.0.0.1/msi?x=y", "IDENTITY_HEADER", "canary-header", "not on this host"},
    {"IDENTITY_SERVER_THUMBPRINT", "00", "X", "x", "Service Fabric"},
    {"MSI_ENDPOINT", "http://localhost:50342/oauth2/token", "X", "x", "use azure-cli"},
    {"IDENTITY_ENDPOINT", "http://127.0.0.1:40342/x", "IMDS_ENDPOINT", "x", "leave clientId out"},
};

START_TEST(test_managed__foreign_service_is_refused) {
  set(bad_hosts[_i].name, bad_hosts[_i].value);
  set(bad_hosts[_i].other, bad_hosts[_i].other_value);
  live_configure(&live, "managed-identity", MANAGED);
  unit_fails(live_open(&live, NULL, NULL), PAL_E_CONFIG, bad_hosts[_i].part, &live.err);
  ck_assert_ptr_null(strstr(live.err.text, "canary"));
}
END_TEST

START_TEST(test_managed__other_cloud_must_be_named) {
  live.cloud.name = "lab";
  live_configure(&live, "managed-identity", MANAGED);
  unit_fails(live_open(&live, NULL, NULL), PAL_E_CONFIG, "must name the cloud", &live.err);
  live_configure(&live, "managed-identity", MANAGED ",\"cloud\":\"lab\"");
  unit_ok(live_open(&live, NULL, NULL), &live.err);
}
END_TEST

static const struct {
  const char *challenge;
  bool good;
} keys[] = {
    {"Basic realm=%s/tokens/a.key", true},
    {"Basic realm=%s/tokens/../a.key", false},
    {"Basic realm=%s/a.key", false},
    {"Basic realm=%s/tokens/x/a.key", false},
    {"Basic realm=%s/tokens/none.key", false},
    {"Basic realm=%s/tokens/big.key", false},
    {"Basic realm=%s/tokens/empty.key", false},
    {"Basic realm=%s/tokens/line.key", false},
    {"Basic realm=%s/tokens/secret.txt", false},
    {"Bearer realm=%s/tokens/a.key", false},
    {"Basic realm=%s/tokens/.key", false},
    {"Basic realm=a.key %s", false},
};

START_TEST(test_managed__key_of_arc_lies_in_its_folder) {
  char challenge[512], folder[512];
  struct pal_buf key;
  live_shell(
      "mkdir -p tokens/x; printf 'arc-key\\n' >tokens/a.key; cp tokens/a.key a.key; cp a.key tokens/x; "
      "head -c 5000 /dev/zero | tr '\\0' x >tokens/big.key; : >tokens/empty.key; printf 'a\\nb' >tokens/line.key; "
      "cp a.key tokens/secret.txt; cp a.key tokens/.key");
  (void)snprintf(folder, sizeof folder, "%s/tokens", unit_folder());
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  (void)snprintf(challenge, sizeof challenge, keys[_i].challenge, unit_folder());
#pragma GCC diagnostic pop
  pal_buf_init(&key, 8192);
  ck_assert_int_eq(managed_arc_key(folder, challenge, &key), keys[_i].good);
  ck_assert_str_eq(key.data, keys[_i].good ? "arc-key" : "");
  pal_buf_deinit(&key);
}
END_TEST

/* What a server of Azure Arc says first; the folder is not known before the test runs. */
static const char *arc_refusal(const char *file) {
  static char head[768];
  (void)snprintf(head, sizeof head, "401 Unauthorized\r\nWWW-Authenticate: Basic realm=%s/%s", unit_folder(), file);
  return head;
}

/* One fetch as Azure Arc answers, with a folder of keys of its own. */
static void ask_arc(struct credential_fetch *fetch, const struct reply *replies, size_t n) {
  static pal_stop stop;
  struct credential credential = {.name = "robot"};
  char folder[512];
  set("IDENTITY_ENDPOINT", join(start_platform(replies, n), "/metadata/identity/oauth2/token"));
  set("IMDS_ENDPOINT", "http://127.0.0.1:40342");
  live_configure(&live, "managed-identity", "\"type\":\"managed-identity\"");
  credential.scanner = pal_record_new(live.arena, &pal_kind_SCANNER);
  unit_ok(managed_load(&credential, NULL, &live.err), &live.err);
  *fetch = (struct credential_fetch){
      .credential = &credential, .tenant = TENANT, .audience = "https://management.azure.com"};
  pal_buf_init(&fetch->answer, 1 << 20);
  (void)snprintf(folder, sizeof folder, "%s/tokens", unit_folder());
  managed_fetch_from(fetch, folder, &stop);
  managed_wipe(&credential);
}

START_TEST(test_managed__arc_is_shown_its_key) {
  struct credential_fetch fetch;
  live_shell("mkdir tokens; printf 'canary-arc-key\n' >tokens/a.key");
  const struct reply replies[] = {{arc_refusal("tokens/a.key"), ""}, {JSON_OK, IMDS_BODY}};
  ask_arc(&fetch, replies, 2);
  ck_assert_int_eq(fetch.status, 200);
  ck_assert_ptr_nonnull(strstr(fetch.answer.data, TOKEN));
  expect_in("platform.txt", "GET /metadata/identity/oauth2/token?api-version=2020-06-01&resource="
                            "https%3A%2F%2Fmanagement.azure.com%2F HTTP/1.1\r\n");
  expect_in("platform.txt", "\r\nAuthorization: Basic canary-arc-key\r\n");
  live_shell("test $(grep -c '^GET ' platform.txt) -eq 2 && test $(grep -c '^Metadata: true' platform.txt) -eq 2 && "
             "test $(grep -c '^Authorization' platform.txt) -eq 1");
  pal_buf_wipe(&fetch.answer);
}
END_TEST

static const char *const elsewhere[] = {"a.key", "tokens/../a.key", "tokens/x/a.key", "tokens/big.key"};

/* Whoever listens there would read any file of ours. */
START_TEST(test_managed__arc_that_names_another_file_gets_nothing) {
  struct credential_fetch fetch;
  live_shell("mkdir -p tokens/x; printf 'canary-arc-key\n' | tee a.key >tokens/x/a.key; "
             "{ printf canary-; head -c 4097 /dev/zero | tr '\\0' k; } >tokens/big.key");
  const struct reply replies[] = {{arc_refusal(elsewhere[_i]), ""}, {JSON_OK, IMDS_BODY}};
  ask_arc(&fetch, replies, 2);
  ck_assert_int_eq(fetch.status, 401);
  live_shell("test $(grep -c '^GET ' platform.txt) -eq 1");
  live_has_not("platform.txt", "canary");
  pal_buf_wipe(&fetch.answer);
}
END_TEST

static const struct {
  const char *url;
  bool good;
} locals[] = {
    {"http://169.254.169.254/x", true},
    {"http://127.0.0.1:40342/x", true},
    {"http://localhost:42356/msi", true},
    {"http://169.254.129.8:8081/", true},
    {"http://127.1/", true},
    {"http://2130706433/", true},
    {"http://169.255.1.1/", false},
    {"http://localhost.evil.example/", false},
    {"https://127.0.0.1/", false},
    {"http://a@127.0.0.1/", false},
    {"http://127.0.0.01/", true},
    {"http://[::1]/", false},
    {"ftp://127.0.0.1/", false},
    {"", false},
};

/* Of an address in disguise counts what curl, which sends, reads. */
START_TEST(test_managed__local_means_this_host) {
  ck_assert_msg(pal_local_allowed(locals[_i].url) == locals[_i].good, "%s", locals[_i].url);
}
END_TEST

Suite *make_azure_elsewhere_suite(void);
Suite *make_azure_elsewhere_suite(void) {
  Suite *suite = suite_create("azure/elsewhere");
  TCase *tests = tcase_create("az");
  tcase_set_timeout(tests, 120);
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_test(tests, test_az__is_asked_without_a_shell_or_foreign_variables);
  tcase_add_loop_test(tests, test_az__refusal_has_a_code_and_is_replayed, 0, UNIT_N(refusals));
  tcase_add_test(tests, test_az__challenge_is_told_with_the_command_that_answers_it);
  tcase_add_test(tests, test_az__that_hangs_does_not_hold_up_an_interrupt);
  tcase_add_loop_test(tests, test_az__without_end_is_ended_with_all_it_started, 0, UNIT_N(endless));
  tcase_add_test(tests, test_az__that_nobody_waits_for_is_ended);
  tcase_add_test(tests, test_az__many_tenants_take_turns);
  tcase_add_loop_test(tests, test_az__planted_one_is_refused, 0, UNIT_N(planted));
  tcase_add_test(tests, test_az__in_the_path_is_not_looked_for);
  suite_add_tcase(suite, tests);
  tests = tcase_create("managed");
  tcase_set_timeout(tests, 120);
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_test(tests, test_managed__metadata_service_is_asked_past_every_proxy);
  tcase_add_test(tests, test_managed__app_service_gets_its_header_and_keeps_it_secret);
  tcase_add_loop_test(tests, test_managed__refusal_is_told_and_replayed, 0, UNIT_N(managed_refusals));
  tcase_add_test(tests, test_managed__nobody_there_is_a_refusal);
  tcase_add_loop_test(tests, test_managed__foreign_service_is_refused, 0, UNIT_N(bad_hosts));
  tcase_add_test(tests, test_managed__other_cloud_must_be_named);
  tcase_add_loop_test(tests, test_managed__key_of_arc_lies_in_its_folder, 0, UNIT_N(keys));
  tcase_add_test(tests, test_managed__arc_is_shown_its_key);
  tcase_add_loop_test(tests, test_managed__arc_that_names_another_file_gets_nothing, 0, UNIT_N(elsewhere));
  tcase_add_loop_test(tests, test_managed__local_means_this_host, 0, UNIT_N(locals));
  suite_add_tcase(suite, tests);
  return suite;
}
