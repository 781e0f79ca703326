/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "heard.h"
#include "net/reach.h"
#include "pal_log.h"
#include "pal_record.h"
#include "server.h"
#include "unit.h"

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nSet-Cookie: a=cookie-canary\r\n"
#define SECRET "s3cr3t~canary/value"
#define SECRET_FORM "s3cr3t~canary%2Fvalue"
/* {"alg":"RS256"} . {"tid":TENANT,"oid":OTHER_TENANT,"upn":"upn-canary"} . sig-canary */
#define TOKEN                                                                                              \
  "eyJhbGciOiJSUzI1NiJ9."                                                                                  \
  "eyJ0aWQiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NTU1NTU1NTUiLCJvaWQiOiI5OTk5OTk5OS0yMjIyLTMzMzMtNDQ0NC" \
  "01NTU1NTU1NTU1NTUiLCJ1cG4iOiJ1cG4tY2FuYXJ5In0.sig-canary-sig-canary"

static struct pal_err err;
static struct heard heard;
static struct server server;
static struct pal_cloud cloud;
static struct pal_arena *arena; /* of the session, until the test ends */

static void set_up(void) {
  unit_enter_folder();
  err = (struct pal_err){0};
  heard = (struct heard){0};
  server = (struct server){0};
  arena = pal_arena_new(0);
  (void)unsetenv("https_proxy");
  (void)unsetenv("HTTPS_PROXY");
  (void)unsetenv("ALL_PROXY");
  (void)unsetenv("all_proxy");
}

static void tear_down(void) {
  if (server.tls)
    server_stop(&server);
  pal_secret_forget_all();
  pal_arena_free(arena);
  unit_leave_folder();
}

static void serve(const struct server_answer *answers, size_t n) {
  server_start(&server, answers, n);
  cloud =
      (struct pal_cloud){.name = "lab", .origin = {server.origin, server.origin, server.origin}, .ca_file = "ca.pem"};
}

/* A URL of the server; overwritten by the next call. */
static const char *at_server(const char *path) {
  static char url[300];
  (void)snprintf(url, sizeof url, "%s%s", server.origin, path);
  return url;
}

static struct pal_net *open_live(const char *record_dir) {
  struct pal_net *net = NULL;
  struct pal_record *session = NULL;
  if (record_dir) {
    write_recording("like", "");
    unit_ok(pal_recording_session(arena, "like", &session, &err), &err);
    pal_set_absent(session, PAL_SESSION_FINISHED);
  }
  struct pal_net_options options = {.cloud = &cloud, .concurrency = 1, .record_dir = record_dir, .session = session};
  unit_ok(pal_net_open(&options, &net, &err), &err);
  return net;
}

static struct pal_net *replay_lab(const char *record_dir) {
  struct pal_net *net = NULL;
  struct pal_net_options options = {.cloud = &cloud,
                                    .concurrency = 1,
                                    .offline = true,
                                    .replay_dir = "rec",
                                    .record_dir = record_dir,
                                    .shuffle_seed = 3};
  unit_ok(pal_net_open(&options, &net, &err), &err);
  return net;
}

#define TENANTS_PATH "/tenants?api-version=2022-12-01"
#define TOKEN_PATH "/" TENANT "/oauth2/v2.0/token"

/* --- the wire --- */

START_TEST(test_live__request_has_its_headers) {
  static const struct server_answer answers[] = {{.head = OK_HEAD
                                                  "x-ms-ratelimit-microsoft.costmanagement-qpu-retry-after: 5\r\n"
                                                  "x-ms-ratelimit-microsoft.costmanagement-entity-retry-after: 40\r\n",
                                                  .body = "{}"}};
  serve(answers, 1);
  struct pal_net *net = open_live(NULL);
  struct pal_request request = get_request(at_server(TENANTS_PATH));
  request.bearer = TOKEN;
  request.bearer_service = PAL_ARM;
  request.delay_ms = 30;
  ask_net(net, &request, &heard);
  ck_assert_int_eq(heard.status, 200);
  ck_assert_str_eq(heard.body, "{}");
  ck_assert_str_eq(heard.content_type, "application/json; charset=utf-8");
  ck_assert_str_eq(heard.retry_after, "40");
  close_net(net);
  char *asked = slurp("requests.txt", NULL);
  ck_assert_ptr_eq(strstr(asked, "GET " TENANTS_PATH " HTTP/1.1\r\n"), asked);
  ck_assert_ptr_nonnull(strstr(asked, "\r\nAuthorization: Bearer " TOKEN "\r\n"));
  ck_assert_ptr_nonnull(strstr(asked, "\r\nAccept: application/json\r\n"));
  ck_assert_ptr_nonnull(strstr(asked, "\r\nUser-Agent: palscan/"));
  ck_assert_ptr_nonnull(strstr(asked, "\r\nx-ms-client-request-id: "));
  ck_assert_ptr_null(strstr(asked, "Cookie"));
  free(asked);
}
END_TEST

/* How far this host's clock is off, after answers with these dates, at 2026-11-21T10:00:00Z. */
static struct pal_net_stats stats_after(const struct server_answer *answers, size_t n) {
  const struct pal_instant ten = {.s = 1795255200};
  serve(answers, n);
  struct pal_net *net = open_live(NULL);
  struct pal_request request = get_request(at_server(TENANTS_PATH));
  pal_clock_fix(&ten);
  for (size_t i = 0; i < n; i++)
    ask_net(net, &request, &heard);
  pal_clock_fix(NULL);
  struct pal_net_stats stats = pal_net_stats(net);
  close_net(net);
  return stats;
}

START_TEST(test_live__clock_is_compared_with_the_nearest_date) {
  static const struct server_answer answers[] = {
      {.head = OK_HEAD "Date: Mon, 21 Nov 2022 10:00:00 GMT\r\n", .body = "{}"},
      {.head = OK_HEAD "Date: Sat, 21 Nov 2026 10:07:11 GMT\r\n", .body = "{}"},
      {.head = OK_HEAD "Date: yesterday\r\n", .body = "{}"}};
  struct pal_net_stats stats = stats_after(answers, 3);
  ck_assert(stats.knows_clock);
  ck_assert_int_eq(stats.ahead_s, -431);
}
END_TEST

START_TEST(test_live__clock_is_not_known_without_a_date) {
  static const struct server_answer answers[] = {{.head = OK_HEAD "Date: soon\r\n", .body = "{}"}};
  ck_assert(!stats_after(answers, 1).knows_clock);
}
END_TEST

START_TEST(test_live__form_goes_as_it_is) {
  static const struct server_answer answers[] = {{.head = OK_HEAD, .body = "{}"}};
  serve(answers, 1);
  struct pal_net *net = open_live(NULL);
  struct pal_request request =
      post_request(at_server(TOKEN_PATH), PAL_BODY_FORM, "client_id=a&client_secret=" SECRET_FORM);
  ask_net(net, &request, &heard);
  ck_assert_int_eq(heard.status, 200);
  close_net(net);
  char *asked = slurp("requests.txt", NULL);
  ck_assert_ptr_nonnull(strstr(asked, "POST " TOKEN_PATH " HTTP/1.1\r\n"));
  ck_assert_ptr_nonnull(strstr(asked, "\r\nContent-Type: application/x-www-form-urlencoded\r\n"));
  ck_assert_ptr_nonnull(strstr(asked, "\r\n\r\nclient_id=a&client_secret=" SECRET_FORM));
  ck_assert_ptr_null(strstr(asked, "Authorization"));
  ck_assert_ptr_null(strstr(asked, "Expect"));
  free(asked);
}
END_TEST

START_TEST(test_live__redirect_is_an_answer_and_not_followed) {
  static const struct server_answer answers[] = {
      {.head = "HTTP/1.1 302 Found\r\nLocation: /subscriptions?api-version=2022-12-01\r\n", .body = ""},
      {.head = OK_HEAD, .body = "{}"}};
  serve(answers, 2);
  struct pal_net *net = open_live(NULL);
  struct pal_request request = get_request(at_server(TENANTS_PATH));
  request.bearer = TOKEN;
  request.bearer_service = PAL_ARM;
  ask_net(net, &request, &heard);
  ck_assert_int_eq(heard.status, 302);
  close_net(net);
  char *asked = slurp("requests.txt", NULL);
  ck_assert_ptr_null(strstr(asked, "/subscriptions"));
  free(asked);
}
END_TEST

START_TEST(test_live__body_beyond_the_maximum_is_cut) {
  static const struct server_answer answers[] = {{.head = OK_HEAD, .body = "", .pad = 65 << 20}};
  serve(answers, 1);
  struct pal_net *net = open_live(NULL);
  struct pal_request request = get_request(at_server(TENANTS_PATH));
  ask_net(net, &request, &heard);
  ck_assert_int_eq(heard.status, 200);
  ck_assert(heard.truncated);
  ck_assert_uint_le(heard.len, PAL_BODY_MAX);
  close_net(net);
}
END_TEST

START_TEST(test_live__body_is_measured_after_decompression) {
  static const struct server_answer answers[] = {
      {.head = OK_HEAD "Content-Encoding: gzip\r\n", .body = "", .file = "small.gz"},
      {.head = OK_HEAD "Content-Encoding: gzip\r\n", .body = "", .file = "bomb.gz"}};
  ck_assert_int_eq(system("printf '{\"a\":1}' | gzip >small.gz && head -c 70000000 /dev/zero | gzip >bomb.gz"), 0);
  serve(answers, 2);
  struct pal_net *net = open_live(NULL);
  struct pal_request request = get_request(at_server(TENANTS_PATH));
  ask_net(net, &request, &heard);
  ck_assert_str_eq(heard.body, "{\"a\":1}");
  ck_assert(!heard.truncated);
  ask_net(net, &request, &heard);
  ck_assert(heard.truncated);
  ck_assert_uint_le(heard.len, PAL_BODY_MAX);
  close_net(net);
}
END_TEST

START_TEST(test_live__answer_that_ends_early_is_cut) {
  static const struct server_answer answers[] = {{.head = OK_HEAD, .body = "{\"value\":[", .hang_up = 1}};
  serve(answers, 1);
  struct pal_net *net = open_live(NULL);
  struct pal_request request = get_request(at_server(TENANTS_PATH));
  ask_net(net, &request, &heard);
  ck_assert_int_eq(heard.status, 200);
  ck_assert(heard.truncated);
  ck_assert_str_eq(heard.body, "{\"value\":[");
  close_net(net);
}
END_TEST

START_TEST(test_live__unknown_certificate_is_a_failure) {
  static const struct server_answer answers[] = {{.head = OK_HEAD, .body = "{}"}};
  serve(answers, 1);
  cloud.ca_file = NULL; /* the system's store does not know it */
  struct pal_net *net = open_live(NULL);
  struct pal_request request = get_request(at_server(TENANTS_PATH));
  request.bearer = TOKEN;
  request.bearer_service = PAL_ARM;
  ask_net(net, &request, &heard);
  ck_assert_int_eq(heard.status, 0);
  ck_assert_ptr_nonnull(strstr(heard.failure, "SSL peer certificate"));
  close_net(net);
}
END_TEST

START_TEST(test_live__ca_of_a_cloud_replaces_the_systems) {
  static const struct server_answer answers[] = {{.head = OK_HEAD, .body = "{}"}};
  serve(answers, 1);
  ck_assert_int_eq(system("cp ca.pem right.pem && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
                          "-keyout other.key -out other.pem -days 2 -subj /CN=other 2>/dev/null"),
                   0);
  cloud.ca_file = "other.pem";
  struct pal_net *net = open_live(NULL);
  struct pal_request request = get_request(at_server(TENANTS_PATH));
  ask_net(net, &request, &heard);
  ck_assert_int_eq(heard.status, 0);
  close_net(net);
}
END_TEST

START_TEST(test_live__nobody_there_is_a_failure) {
  cloud = (struct pal_cloud){.name = "lab", .origin = {[PAL_ARM] = "https://127.0.0.1:1"}};
  struct pal_net *net = open_live(NULL);
  struct pal_request request = get_request("https://127.0.0.1:1" TENANTS_PATH);
  ask_net(net, &request, &heard);
  ck_assert_int_eq(heard.status, 0);
  ck_assert_ptr_nonnull(strstr(heard.failure, "connect"));
  close_net(net);
}
END_TEST

/* A clock on which a hundred seconds pass in one. */
static long long hasty_ms(const void *clock) {
  struct timespec now;
  (void)clock;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return ((long long)now.tv_sec * 1000 + now.tv_nsec / 1000000) * 100;
}

struct endings {
  int unreached, other;
};
static void ending_fn(void *payload, const struct pal_response *response, const struct pal_err *why) {
  struct endings *endings = payload;
  ck_assert_int_eq(why->code, PAL_OK);
  ck_assert_int_eq(response->status, 0);
  if (strcmp(response->failure, PAL_FAILURE_UNREACHED) == 0)
    endings->unreached++;
  else
    endings->other++;
}

/* A name that is none, a port where nobody listens, one whose connections nobody ever speaks on. */
START_TEST(test_live__service_out_of_reach_is_given_up) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t len = sizeof address;
  int mute = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  char origin[64], url[128];
  ck_assert_int_eq(bind(mute, (struct sockaddr *)&address, sizeof address), 0);
  ck_assert_int_eq(listen(mute, 64), 0);
  ck_assert_int_eq(getsockname(mute, (struct sockaddr *)&address, &len), 0);
  (void)snprintf(origin, sizeof origin, "https://127.0.0.1:%d", ntohs(address.sin_port));
  const char *const origins[] = {"https://nobody.invalid", "https://127.0.0.1:1", origin};
  (void)snprintf(url, sizeof url, "%s" TENANTS_PATH, origins[_i]);
  cloud = (struct pal_cloud){.name = "lab", .origin = {[PAL_ARM] = origins[_i]}};
  const struct pal_net_options options = {.cloud = &cloud, .concurrency = 8, .connect_s = 1, .now_ms = hasty_ms};
  struct pal_net *net = NULL;
  struct endings endings = {0};
  pal_log_set_level(PAL_LOG_ERROR);
  unit_ok(pal_net_open(&options, &net, &err), &err);
  struct pal_request request = get_request(url);
  for (int i = 0; i < 200; i++) {
    request.delay_ms = i < 100 ? 0 : 3600 * 1000; /* 36 of our seconds */
    unit_ok(pal_net_submit(net, &request, ending_fn, &endings, &err), &err);
  }
  time_t began = time(NULL);
  unit_ok(pal_net_run(net, NULL, &err), &err);
  ck_assert_int_lt(time(NULL) - began, 20);
  ck_assert_int_eq(endings.unreached + endings.other, 200);
  ck_assert_int_ge(endings.unreached, 150);
  ck_assert_int_ge(endings.other, NET_REACH_LEAST);
  close_net(net);
  (void)close(mute);
}
END_TEST

START_TEST(test_live__offline_opens_no_socket) {
  static const struct server_answer answers[] = {{.head = OK_HEAD, .body = "{}"}};
  serve(answers, 1);
  struct pal_net *net = NULL;
  struct heard later = {0};
  struct pal_net_options options = {.cloud = &cloud, .concurrency = 1, .offline = true};
  unit_ok(pal_net_open(&options, &net, &err), &err);
  struct pal_request request = get_request(at_server(TENANTS_PATH));
  unit_ok(pal_net_submit(net, &request, heard_fn, &heard, &err), &err);
  unit_ok(pal_net_submit(net, &request, heard_fn, &later, &err), &err);
  unit_fails(pal_net_run(net, NULL, &err), PAL_E_OFFLINE, "offline", &err);
  ck_assert_int_eq(heard.code, PAL_E_OFFLINE);
  ck_assert_int_eq(later.code, PAL_E_OFFLINE);
  ck_assert_uint_eq(pal_net_stats(net).requests, 0);
  close_net(net);
  char *asked = slurp("requests.txt", NULL);
  ck_assert_str_eq(asked, "");
  free(asked);
}
END_TEST

static volatile int stop;
static void stop_fn(void *payload, const struct pal_response *response, const struct pal_err *failed) {
  heard_fn(payload, response, failed);
  stop = 1;
}

START_TEST(test_live__stop_ends_what_flies_and_waits) {
  static const struct server_answer answers[] = {{.head = OK_HEAD, .body = "{}"}};
  serve(answers, 1);
  struct pal_net *net = open_live(NULL);
  struct heard flying = {0}, waiting = {0};
  struct pal_request request = get_request(at_server(TENANTS_PATH));
  stop = 0;
  unit_ok(pal_net_submit(net, &request, stop_fn, &heard, &err), &err);
  unit_ok(pal_net_submit(net, &request, heard_fn, &flying, &err), &err);
  request.delay_ms = 3600 * 1000;
  unit_ok(pal_net_submit(net, &request, heard_fn, &waiting, &err), &err);
  unit_fails(pal_net_run(net, &stop, &err), PAL_E_INTERRUPTED, "2 requests open", &err);
  ck_assert_int_eq(heard.status, 200);
  ck_assert_int_eq(flying.code, PAL_E_INTERRUPTED);
  ck_assert_int_eq(waiting.code, PAL_E_INTERRUPTED);
  close_net(net);
}
END_TEST

static void on_alarm(int signal) {
  (void)signal;
  stop = 1;
}

START_TEST(test_live__waiting_for_a_full_transport_takes_no_processor) {
  struct heard later = {0};
  const struct sigaction act = {.sa_handler = on_alarm};
  serve(NULL, 0); /* it never answers */
  struct pal_net *net = open_live(NULL);
  struct pal_request request = get_request(at_server(TENANTS_PATH));
  stop = 0;
  unit_ok(pal_net_submit(net, &request, heard_fn, &heard, &err), &err);
  unit_ok(pal_net_submit(net, &request, heard_fn, &later, &err), &err);
  ck_assert_int_eq(sigaction(SIGALRM, &act, NULL), 0);
  (void)alarm(2);
  clock_t before = clock();
  unit_fails(pal_net_run(net, &stop, &err), PAL_E_INTERRUPTED, "2 requests open", &err);
  ck_assert_int_lt((clock() - before) / (CLOCKS_PER_SEC / 1000), 1000);
  close_net(net);
}
END_TEST

/* --- recording --- */

/* A small run: token, a list that fails once, the list again, a lost one. */
static void small_run(struct pal_net *net, const char *secret, const char *token, char bodies[4][512]) {
  char form[300];
  (void)snprintf(form, sizeof form, "client_id=app&scope=x&client_secret=%s&grant_type=client_credentials", secret);
  struct pal_request request = post_request(at_server(TOKEN_PATH), PAL_BODY_FORM, form);
  ask_net(net, &request, &heard);
  ck_assert_int_eq(heard.status, 200);
  strcpy(bodies[0], heard.body);
  request = get_request(at_server(TENANTS_PATH));
  request.bearer = token;
  request.bearer_service = PAL_ARM;
  ask_net(net, &request, &heard);
  if (heard.status == 429) {
    ck_assert_str_eq(heard.retry_after, "0");
    request.retry = true;
    ask_net(net, &request, &heard);
    request.retry = false;
  }
  ck_assert_int_eq(heard.status, 200);
  strcpy(bodies[1], heard.body);
  ask_net(net, &request, &heard);
  ck_assert_int_eq(heard.status, 404);
  strcpy(bodies[2], heard.body);
  request.url = at_server("/subscriptions?api-version=2022-12-01");
  request.method = "GET";
  ask_net(net, &request, &heard);
  ck_assert_int_eq(heard.status, 200);
  ck_assert(heard.truncated);
  strcpy(bodies[3], heard.body);
}

static const struct server_answer run_answers[] = {
    {.head = OK_HEAD,
     .body = "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"" TOKEN
             "\",\"refresh_token\":\"refresh-canary\",\"unheard\":\"field-canary\"}"},
    {.head = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\n", .body = "no"},
    {.head = OK_HEAD, .body = "{\"value\":[\"\xE2\x80\xAE\",\"\xC3\xA9\",\"\\u0041\"]}"},
    {.head = "HTTP/1.1 404 Not Found\r\n", .body = "unknown bearer " TOKEN},
    {.head = OK_HEAD, .body = "\xFF\x01 half", .hang_up = 1},
};

static void assert_no_canary(const char *path) {
  static const char *const canaries[] = {SECRET,       SECRET_FORM, "canary",         TOKEN,
                                         "sig-canary", "upn",       "dXBuLWNhbmFyeS", "Y2FuYXJ5"};
  size_t len;
  char *text = slurp(path, &len);
  for (size_t i = 0; i < sizeof canaries / sizeof canaries[0]; i++)
    ck_assert_msg(strstr(text, canaries[i]) == NULL, "\"%s\" stands in %s", canaries[i], path);
  free(text);
}

static void assert_same_file(const char *a, const char *b) {
  size_t a_len, b_len;
  char *x = slurp(a, &a_len), *y = slurp(b, &b_len);
  ck_assert_uint_eq(a_len, b_len);
  ck_assert_mem_eq(x, y, a_len);
  free(x);
  free(y);
}

#define HAR "/robot/" TENANT ".har"

START_TEST(test_record__replay_answers_alike_and_records_the_same_bytes) {
  static char live[4][512], replayed[4][512];
  serve(run_answers, 5);
  struct pal_net *net = open_live("rec");
  small_run(net, SECRET_FORM, TOKEN, live);
  close_net(net);
  pal_secret_forget_all();
  server_stop(&server);
  server.tls = 0;

  net = replay_lab("copy");
  small_run(net, "REDACTED", "eyJ.e30.", replayed);
  close_net(net);
  for (size_t i = 1; i < 4; i++)
    if (i != 2) /* it held the token */
      ck_assert_str_eq(live[i], replayed[i]);
  ck_assert_ptr_nonnull(strstr(replayed[2], "[redacted]"));
  ck_assert_ptr_nonnull(strstr(replayed[0], "\"access_token\":\"eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0."));
  assert_same_file("rec/session.json", "copy/session.json");
  assert_same_file("rec" HAR, "copy" HAR);

  assert_no_canary("rec" HAR);
  assert_no_canary("rec/session.json");
  char command[600];
  (void)snprintf(command, sizeof command, "sh %s/tests/tools/har-check.sh rec >/dev/null", PAL_SOURCE_DIR);
  ck_assert_int_eq(system(command), 0);
  ck_assert_int_eq(system("jq -e '[.log.entries[]._superseded] == [null,null,true,null,null]' rec" HAR " >/dev/null"),
                   0);
  ck_assert_int_eq(system("jq -e '.finished' rec/session.json >/dev/null"), 0);
  struct stat st;
  ck_assert_int_eq(stat("rec" HAR, &st), 0);
  ck_assert_uint_eq(st.st_mode & 0777, 0600);
  ck_assert_int_eq(stat("rec", &st), 0);
  ck_assert_uint_eq(st.st_mode & 0777, 0700);
}
END_TEST

/* Also that no secret enters the log, which tells more than the recording. */
START_TEST(test_record__lost_transport_is_replayed_as_one) {
  cloud = (struct pal_cloud){.name = "lab", .origin = {[PAL_ARM] = "https://127.0.0.1:1"}};
  struct pal_request request = get_request("https://127.0.0.1:1" TENANTS_PATH);
  struct heard replayed = {0};
  request.bearer = TOKEN;
  request.bearer_service = PAL_ARM;
  struct pal_net *net = open_live("rec");
  (void)fflush(stderr);
  int old = dup(STDERR_FILENO), log = open("log.txt", O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ck_assert_int_ge(dup2(log, STDERR_FILENO), 0);
  pal_log_set_level(PAL_LOG_DEBUG);
  ask_net(net, &request, &heard);
  close_net(net);
  ck_assert_int_ge(dup2(old, STDERR_FILENO), 0);
  (void)close(log);
  (void)close(old);
  net = replay_lab(NULL);
  ask_net(net, &request, &replayed);
  close_net(net);
  ck_assert_int_eq(replayed.status, 0);
  ck_assert_str_eq(replayed.failure, heard.failure);
  ck_assert_int_eq(
      system("jq -e '.log.entries[0].response | .status == 0 and (._failure | contains(\"connect\"))' rec" HAR
             " >/dev/null"),
      0);
  assert_no_canary("rec" HAR);
  assert_no_canary("log.txt");
}
END_TEST

START_TEST(test_record__secret_enters_no_error) {
  static const struct server_answer answers[] = {{.head = OK_HEAD, .body = "{}"}};
  serve(answers, 1);
  struct pal_net *net = open_live(NULL);
  char url[300];
  unit_ok(pal_secret_register(SECRET, strlen(SECRET), &err), &err);
  static const char *const places[] = {"/tenants?api-version=2022-12-01&$skiptoken=" SECRET_FORM,
                                       "/batch?x=" SECRET_FORM, "/" SECRET, TENANTS_PATH "#" SECRET};
  for (size_t i = 0; i < 4; i++) {
    struct heard denied = {0};
    (void)snprintf(url, sizeof url, "%s%s", server.origin, places[i]);
    struct pal_request request = get_request(url);
    ask_net(net, &request, &denied);
    ck_assert_int_eq(denied.code, PAL_E_DENIED);
    ck_assert_ptr_null(strstr(denied.text, "canary"));
  }
  struct heard denied = {0};
  struct pal_request request =
      post_request(at_server("/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01"), PAL_BODY_JSON,
                   "{\"query\":\"" SECRET "\"}");
  ask_net(net, &request, &denied);
  ck_assert_int_eq(denied.code, PAL_E_DENIED);
  ck_assert_ptr_nonnull(strstr(denied.text, "a secret stands in the body"));
  request = post_request(at_server(TOKEN_PATH), PAL_BODY_FORM, "client_id=" SECRET_FORM);
  ask_net(net, &request, &denied);
  ck_assert_int_eq(denied.code, PAL_E_DENIED);
  close_net(net);
}
END_TEST

START_TEST(test_record__folder_in_use_is_refused) {
  struct pal_record *session = NULL;
  struct pal_net *net = NULL;
  cloud = (struct pal_cloud){.name = "lab"};
  write_recording("rec", "");
  unit_ok(pal_recording_session(arena, "rec", &session, &err), &err);
  struct pal_net_options options = {.cloud = &cloud, .concurrency = 1, .record_dir = "rec", .session = session};
  unit_fails(pal_net_open(&options, &net, &err), PAL_E_USAGE, "not empty", &err);
  options.record_dir = "ca.pem/x";
  unit_write("ca.pem", "x", 0600);
  ck_assert_int_ne(pal_net_open(&options, &net, &err), PAL_OK);
  options.record_dir = "a/b/c/";
  unit_ok(pal_net_open(&options, &net, &err), &err);
  close_net(net);
  ck_assert_int_eq(system("test \"$(find a -type f)\" = a/b/c/session.json"), 0);
  ck_assert_int_eq(mkdir("empty", 0755), 0);
  options.record_dir = "empty";
  unit_ok(pal_net_open(&options, &net, &err), &err);
  close_net(net);
  ck_assert_int_eq(system("test -f empty/session.json"), 0);
}
END_TEST

/* Comments and order of a recording made by hand outlast its first copy. */
START_TEST(test_record__copy_of_a_copy_is_the_same) {
  write_recording("rec", ENTRY("GET", PARTNERS, "",
                               STATUS_BODY(200, "p")) ",{\"comment\":\"by hand\",\"request\":{\"method\":\"GET\","
                                                      "\"url\":\"" TENANTS "\"},\"response\":{\"status\":0}}," ENTRY(
                                                          "GET", TENANTS, "", STATUS_BODY(200, "t")));
  struct pal_request request = get_request(TENANTS);
  struct pal_net *net = open_replay("copy", 0);
  ask_net(net, &request, &heard);
  close_net(net);
  ck_assert_int_eq(rename("rec", "old"), 0);
  ck_assert_int_eq(rename("copy", "rec"), 0);
  net = open_replay("copy", 5);
  ask_net(net, &request, &heard);
  ck_assert_int_eq(heard.status, 0);
  ask_net(net, &request, &heard);
  ck_assert_str_eq(heard.body, "t");
  close_net(net);
  assert_same_file("rec" HAR, "copy" HAR);
  assert_same_file("rec/session.json", "copy/session.json");
  ck_assert_int_eq(system("jq -e '.log.entries | length == 3 and .[1].comment == \"by hand\"' copy" HAR " >/dev/null"),
                   0);
}
END_TEST

Suite *make_net_live_suite(void);
Suite *make_net_live_suite(void) {
  Suite *suite = suite_create("net live");
  TCase *tests = tcase_create("live");
  tcase_set_timeout(tests, 120);
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_test(tests, test_live__request_has_its_headers);
  tcase_add_test(tests, test_live__clock_is_compared_with_the_nearest_date);
  tcase_add_test(tests, test_live__clock_is_not_known_without_a_date);
  tcase_add_test(tests, test_live__form_goes_as_it_is);
  tcase_add_test(tests, test_live__redirect_is_an_answer_and_not_followed);
  tcase_add_test(tests, test_live__body_beyond_the_maximum_is_cut);
  tcase_add_test(tests, test_live__body_is_measured_after_decompression);
  tcase_add_test(tests, test_live__answer_that_ends_early_is_cut);
  tcase_add_test(tests, test_live__unknown_certificate_is_a_failure);
  tcase_add_test(tests, test_live__ca_of_a_cloud_replaces_the_systems);
  tcase_add_test(tests, test_live__nobody_there_is_a_failure);
  tcase_add_loop_test(tests, test_live__service_out_of_reach_is_given_up, 0, 3);
  tcase_add_test(tests, test_live__offline_opens_no_socket);
  tcase_add_test(tests, test_live__stop_ends_what_flies_and_waits);
  tcase_add_test(tests, test_live__waiting_for_a_full_transport_takes_no_processor);
  suite_add_tcase(suite, tests);
  tests = tcase_create("record");
  tcase_set_timeout(tests, 120);
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_test(tests, test_record__replay_answers_alike_and_records_the_same_bytes);
  tcase_add_test(tests, test_record__lost_transport_is_replayed_as_one);
  tcase_add_test(tests, test_record__secret_enters_no_error);
  tcase_add_test(tests, test_record__folder_in_use_is_refused);
  tcase_add_test(tests, test_record__copy_of_a_copy_is_the_same);
  suite_add_tcase(suite, tests);
  return suite;
}
