/* SPDX-License-Identifier: Apache-2.0 */
/* server.h - one request and its answer; the services behind the ports. */
#ifndef EMU_SERVER_H
#define EMU_SERVER_H

#include "estate.h"
#include "faults.h"
#include "manners.h"
#include "text.h"
#include "world.h"

#include <cjson/cJSON.h>
#include <microhttpd.h>
#include <stdio.h>

struct emu_links;
struct emu_pending_codes;

struct emu_server {
  const struct emu_world *world;
  struct emu_manners *manners;
  struct emu_faulted *faulted;
  struct emu_revoked *revoked;
  struct emu_pending_codes *codes;
  struct emu_links *links;
  char *certificate, *key; /* PEM */
  FILE *log;               /* may be NULL */
  FILE *requests;          /* NULL: not written */
  struct MHD_Daemon *daemons[EMU_SERVICES];
};

struct emu_request {
  struct emu_server *server;
  enum emu_service service;
  const char *method;
  const char *path; /* percent-decoded */
  const char *body; /* ends with a zero; "" without one */
  size_t body_len;
  struct MHD_Connection *connection;
  uint64_t key; /* the same for the same request of the same identity */
  bool is_expected_write;
};

enum emu_delivery { EMU_WHOLE, EMU_RESET, EMU_TRUNCATED, EMU_SLOW, EMU_ENORMOUS };

struct emu_header {
  char name[72], value[512];
};

enum { EMU_MAX_HEADERS = 12 };

struct emu_reply {
  unsigned status;
  struct emu_text body;
  enum emu_delivery delivery;
  size_t header_n;
  struct emu_header headers[EMU_MAX_HEADERS];
};

/* Borrowed; NULL when absent. */
const char *emu_arg(const struct emu_request *r, const char *name);
const char *emu_request_header(const struct emu_request *r, const char *name);
bool emu_is(const struct emu_request *r, const char *method);

void emu_reply_header(struct emu_reply *a, const char *name, const char *format, ...) EMU_PRINTF(3, 4);
/* {"error":{"code","message"}}; replaces what the body had. */
void emu_reply_error(struct emu_reply *a, unsigned status, const char *code, const char *message);
void emu_count(const struct emu_request *r, enum emu_count count);
void emu_kind(const struct emu_request *r, enum emu_request_kind kind);

/* Listens on all ports (base, base + 1, ...; 0: any) and fills world.ports, which
 * the caller passes as writable, with them or with the proxy's (proxy, proxy + 1, ...;
 * 0: there is none). False: says why on stderr. */
bool emu_server_start(struct emu_server *s, struct emu_world *w, uint16_t base, uint16_t proxy);
void emu_server_stop(struct emu_server *s);

void emu_serve_login(struct emu_request *r, struct emu_reply *a);
void emu_serve_arm(struct emu_request *r, struct emu_reply *a);
void emu_serve_directory(struct emu_request *r, struct emu_reply *a);
void emu_serve_managed(struct emu_request *r, struct emu_reply *a);

#endif
