/* SPDX-License-Identifier: Apache-2.0 */
#include "server.h"

#include <arpa/inet.h>
#include <check.h>
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

enum { REQUEST_MAX = 64 << 10, STARTS_TRIED = 250, PROMISED = 100 };

/* --- the script: its own process --- */

static void write_all(int fd, const char *bytes, size_t len) {
  while (len) {
    ssize_t n = write(fd, bytes, len);
    if (n <= 0)
      _exit(1);
    bytes += n;
    len -= (size_t)n;
  }
}

static void write_file(int out, const char *path) {
  char chunk[4096];
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  for (ssize_t n; (n = read(fd, chunk, sizeof chunk)) > 0;)
    write_all(out, chunk, (size_t)n);
  (void)close(fd);
}

/* Bytes of the whole request, 0 while its head is not complete. */
static size_t request_len(const char *text) {
  const char *end = strstr(text, "\r\n\r\n");
  const char *length = strstr(text, "Content-Length: ");
  if (!end)
    return 0;
  return (size_t)(end - text) + 4 + (length && length < end ? strtoul(length + 16, NULL, 10) : 0);
}

static void run_script(int in, int out, const struct server_answer *answers, size_t n) {
  static char request[REQUEST_MAX];
  static char pad[4096];
  size_t have = 0;
  int log = open("requests.txt", O_WRONLY | O_CREAT | O_TRUNC, 0600);
  memset(pad, 'x', sizeof pad);
  for (size_t i = 0; i < n; i++) {
    size_t want;
    while ((want = request_len(request)) == 0 || have < want) {
      ssize_t got = read(in, request + have, sizeof request - 1 - have);
      if (got <= 0)
        _exit(0);
      have += (size_t)got;
      request[have] = '\0';
    }
    write_all(log, request, want);
    write_all(log, "\n----\n", 6);
    memmove(request, request + want, have - want + 1);
    have -= want;
    const struct server_answer *answer = &answers[i];
    char length[64];
    struct stat st = {0};
    if (answer->file && stat(answer->file, &st) != 0)
      _exit(1);
    (void)snprintf(length, sizeof length, "Content-Length: %zu\r\n\r\n",
                   strlen(answer->body) + answer->pad + (size_t)st.st_size + (answer->hang_up ? PROMISED : 0));
    write_all(out, answer->head, strlen(answer->head));
    write_all(out, length, strlen(length));
    write_all(out, answer->body, strlen(answer->body));
    for (size_t left = answer->pad; left;) {
      size_t chunk = left < sizeof pad ? left : sizeof pad;
      write_all(out, pad, chunk);
      left -= chunk;
    }
    if (answer->file)
      write_file(out, answer->file);
    if (answer->hang_up)
      _exit(0); /* s_server ends with its input */
  }
  for (;;)
    (void)pause();
}

/* --- start and stop --- */

static int free_port(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t len = sizeof address;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ck_assert_int_ge(fd, 0);
  ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, len), 0);
  ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
  (void)close(fd);
  return ntohs(address.sin_port);
}

static void wait_until_it_listens(int port) {
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  for (int i = 0; i < STARTS_TRIED; i++) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int refused = connect(fd, (struct sockaddr *)&address, sizeof address);
    (void)close(fd);
    if (!refused)
      return;
    (void)nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
  }
  ck_abort_msg("openssl s_server does not listen");
}

static void make_certificate(void) {
  ck_assert_int_eq(
      system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out ca.pem "
             "-days 2 -subj /CN=palscan-test -addext subjectAltName=IP:127.0.0.1 2>/dev/null"),
      0);
}

void server_start(struct server *server, const struct server_answer *answers, size_t n) {
  int to_tls[2], from_tls[2];
  char address[32];
  make_certificate();
  ck_assert_int_eq(pipe(to_tls), 0);
  ck_assert_int_eq(pipe(from_tls), 0);
  server->port = free_port();
  (void)snprintf(server->origin, sizeof server->origin, "https://127.0.0.1:%d", server->port);
  (void)snprintf(address, sizeof address, "127.0.0.1:%d", server->port);
  server->tls = fork();
  ck_assert_int_ge(server->tls, 0);
  if (server->tls == 0) {
    (void)dup2(to_tls[0], STDIN_FILENO);
    (void)dup2(from_tls[1], STDOUT_FILENO);
    (void)close(to_tls[1]);
    (void)close(from_tls[0]);
    int null = open("/dev/null", O_WRONLY);
    if (null >= 0)
      (void)dup2(null, STDERR_FILENO);
    (void)execlp("timeout", "timeout", "120", "openssl", "s_server", "-quiet", "-accept", address, "-cert", "ca.pem",
                 "-key", "key.pem", (char *)NULL);
    _exit(127);
  }
  server->script = fork();
  ck_assert_int_ge(server->script, 0);
  if (server->script == 0) {
    (void)close(to_tls[0]);
    (void)close(from_tls[1]);
    run_script(from_tls[0], to_tls[1], answers, n);
  }
  (void)close(to_tls[0]);
  (void)close(to_tls[1]);
  (void)close(from_tls[0]);
  (void)close(from_tls[1]);
  wait_until_it_listens(server->port);
}

void server_stop(struct server *server) {
  (void)kill(server->script, SIGKILL); /* it has Check's handlers of other signals */
  (void)kill(server->tls, SIGTERM);
  (void)waitpid(server->script, NULL, 0);
  (void)waitpid(server->tls, NULL, 0);
}
