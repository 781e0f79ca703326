/* SPDX-License-Identifier: Apache-2.0 */
/* test_proxy.c - proxies by the usual variables: a tunnel is asked for, the proxy sees nothing of what goes through it,
 * and what it wants to see of us stands in no line, error or recording. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "azure/live.h"
#include "pal_log.h"
#include "unit.h"

#define USER_AND_PASSWORD "canary-user:canary-proxy-word"
#define AS_BASE64 "Y2FuYXJ5LXVzZXI6Y2FuYXJ5LXByb3h5LXdvcmQ="
#define SECRET "\"type\":\"client-secret\",\"secretFile\":\"app.secret\""
#define REFUSAL \
  "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n"

static struct live live;
static pid_t proxy;
static int spoken; /* the error stream, while it goes to spoken.txt */

static void set_up(void) {
  live_begin(&live);
  proxy = 0;
  spoken = -1;
  unit_write("app.secret", "canary-client-secret", 0600);
}

static void say_again(void) {
  if (spoken < 0)
    return;
  (void)fflush(stderr);
  (void)dup2(spoken, STDERR_FILENO);
  (void)close(spoken);
  spoken = -1;
}

static void tear_down(void) {
  static const char *const variables[] = {"https_proxy", "HTTPS_PROXY", "ALL_PROXY", "no_proxy", "NO_PROXY"};
  say_again();
  if (proxy > 0) {
    (void)kill(proxy, SIGKILL);
    (void)waitpid(proxy, NULL, 0);
  }
  for (size_t i = 0; i < UNIT_N(variables); i++)
    (void)unsetenv(variables[i]);
  live_end(&live);
}

/* --- a proxy --- */

static void pass_on(int a, int b) {
  struct pollfd fds[] = {{.fd = a, .events = POLLIN}, {.fd = b, .events = POLLIN}};
  char chunk[16384];
  while (poll(fds, 2, -1) > 0)
    for (int i = 0; i < 2; i++) {
      ssize_t n = fds[i].revents ? read(fds[i].fd, chunk, sizeof chunk) : -2;
      if (n == 0 || n == -1 || (n > 0 && write(fds[1 - i].fd, chunk, (size_t)n) != n))
        return;
    }
}

static void tunnel(int client, bool refuses) {
  char request[8192];
  size_t have = 0;
  for (ssize_t n; have < sizeof request - 1 && (n = read(client, request + have, sizeof request - 1 - have)) > 0;) {
    have += (size_t)n;
    request[have] = '\0';
    if (strstr(request, "\r\n\r\n"))
      break;
  }
  int log = open("proxy.txt", O_WRONLY | O_CREAT | O_APPEND, 0600);
  (void)!write(log, request, have);
  (void)close(log);
  const char *port = strncmp(request, "CONNECT 127.0.0.1:", 18) == 0 ? request + 18 : NULL;
  if (refuses || !port) {
    (void)!write(client, REFUSAL, strlen(REFUSAL));
    return;
  }
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                .sin_port = htons((uint16_t)strtol(port, NULL, 10))};
  int service = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(service, (struct sockaddr *)&address, sizeof address) != 0)
    return;
  static const char through[] = "HTTP/1.1 200 Connection established\r\n\r\n";
  (void)!write(client, through, strlen(through));
  pass_on(client, service);
}

/* http://USER:PASSWORD@127.0.0.1:PORT */
static const char *start_proxy(bool refuses) {
  static char url[128];
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t len = sizeof address;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, len), 0);
  ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
  ck_assert_int_eq(listen(fd, 8), 0);
  (void)snprintf(url, sizeof url, "http://" USER_AND_PASSWORD "@127.0.0.1:%d", ntohs(address.sin_port));
  proxy = fork();
  ck_assert_int_ge(proxy, 0);
  if (proxy == 0) {
    (void)alarm(60);
    for (;;) {
      int client = accept(fd, NULL, NULL);
      tunnel(client, refuses);
      (void)close(client);
    }
  }
  (void)close(fd);
  return url;
}

static void set(const char *name, const char *value) {
  ck_assert_int_eq(setenv(name, value, 1), 0);
}

/* From now on, what is said goes to spoken.txt. */
static void listen_to_us(void) {
  int to = open("spoken.txt", O_WRONLY | O_CREAT | O_APPEND, 0600);
  (void)fflush(stderr);
  spoken = dup(STDERR_FILENO);
  ck_assert_int_ge(dup2(to, STDERR_FILENO), 0);
  (void)close(to);
  pal_log_set_level(PAL_LOG_DEBUG);
}

static const struct server_answer one_token[] = {{.head = OK_HEAD, .body = TOKEN_ANSWER}};

/* --- tests --- */

static const char *const variables[] = {"https_proxy", "HTTPS_PROXY", "ALL_PROXY"};

START_TEST(test_proxy__tunnel_shows_the_proxy_nothing) {
  live_serve(&live, one_token, 1);
  set(variables[_i], start_proxy(false));
  live_configure(&live, "client-secret", SECRET);
  listen_to_us();
  unit_ok(live_open(&live, "rec", NULL), &live.err);
  live_sign_in(&live);
  live_close(&live);
  say_again();
  ck_assert_msg(live.signed_in, "%s", live.outcome.code);
  char line[128], *asked = slurp("proxy.txt", NULL);
  (void)snprintf(line, sizeof line, "CONNECT 127.0.0.1:%d HTTP/1.1\r\n", live.server.port);
  ck_assert_msg(strncmp(asked, line, strlen(line)) == 0, "%s", asked);
  ck_assert_ptr_nonnull(strstr(asked, "\r\nProxy-Authorization: Basic " AS_BASE64 "\r\n"));
  ck_assert_ptr_null(strstr(asked, "Bearer"));
  ck_assert_ptr_null(strstr(asked, "canary-client-secret"));
  ck_assert_ptr_null(strstr(asked, TENANT));
  free(asked);
  live_has_not("requests.txt", AS_BASE64);
  live_has_not("requests.txt", "Proxy-");
  live_has_not("rec", "canary");
  live_has_not("rec", AS_BASE64);
  live_has_not("spoken.txt", "canary");
  live_has_not("spoken.txt", AS_BASE64);
}
END_TEST

static const char *const exceptions[] = {"127.0.0.1", "example.com,127.0.0.1", "*"};

START_TEST(test_proxy__exceptions_go_past_it) {
  live_serve(&live, one_token, 1);
  set("https_proxy", start_proxy(true));
  set(_i == 0 ? "no_proxy" : "NO_PROXY", exceptions[_i]);
  live_configure(&live, "client-secret", SECRET);
  unit_ok(live_open(&live, NULL, NULL), &live.err);
  live_sign_in(&live);
  ck_assert_msg(live.signed_in, "%s", live.outcome.code);
  ck_assert_int_ne(access("proxy.txt", F_OK), 0);
}
END_TEST

/* The service was not heard: nothing is concluded, and nobody reads who we are to the proxy. */
START_TEST(test_proxy__that_refuses_is_no_answer) {
  live_serve(&live, one_token, 1);
  set("https_proxy", start_proxy(true));
  live_configure(&live, "client-secret", SECRET);
  listen_to_us();
  unit_ok(live_open(&live, "rec", NULL), &live.err);
  live_sign_in(&live);
  live_close(&live);
  say_again();
  ck_assert(!live.signed_in);
  ck_assert_str_eq(live.outcome.code, PAL_WORD_NO_ANSWER);
  ck_assert_ptr_nonnull(strstr(pal_azure_explain(live.outcome.code)->remedy, "proxy"));
  live_shell("test ! -s requests.txt && grep -q '^CONNECT ' proxy.txt");
  live_has_not("rec", "canary");
  live_has_not("rec", AS_BASE64);
  live_has_not("spoken.txt", "canary");
  live_has_not("spoken.txt", AS_BASE64);
}
END_TEST

Suite *make_azure_proxy_suite(void);
Suite *make_azure_proxy_suite(void) {
  Suite *suite = suite_create("azure/proxy");
  TCase *tests = tcase_create("proxy");
  tcase_set_timeout(tests, 120);
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_loop_test(tests, test_proxy__tunnel_shows_the_proxy_nothing, 0, UNIT_N(variables));
  tcase_add_loop_test(tests, test_proxy__exceptions_go_past_it, 0, UNIT_N(exceptions));
  tcase_add_test(tests, test_proxy__that_refuses_is_no_answer);
  suite_add_tcase(suite, tests);
  return suite;
}
