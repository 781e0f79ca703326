/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_H
#define SERVER_H
/* server.h - a TLS server on loopback (openssl s_server) that gives prepared
 * answers one after another, over one connection. */
#include <stddef.h>
#include <sys/types.h>

struct server {
  pid_t tls, script;
  int port;
  char origin[64]; /* https://127.0.0.1:PORT */
};

struct server_answer {
  const char *head; /* status line and headers, but no Content-Length and no empty line */
  const char *body;
  size_t pad;       /* so many bytes 'x' behind it */
  int hang_up;      /* promises more and ends the connection instead */
  const char *file; /* NULL, or whose bytes follow */
};

/* Makes ca.pem and key.pem in the working folder. What it is asked goes to requests.txt there. */
void server_start(struct server *server, const struct server_answer *answers, size_t n);
void server_stop(struct server *server);

#endif
