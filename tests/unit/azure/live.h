/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AZURE_LIVE_H
#define AZURE_LIVE_H
/* live.h - one identity "robot" that signs in for real to a server on loopback (net/server.h) and then from the
 * recording of it. */
#include "net/heard.h"
#include "net/server.h"
#include "pal_azure.h"

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
#define BAD_HEAD "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n"
#define CLIENT "11111111-0000-4000-8000-000000000001"
/* {"alg":"RS256"} . {"tid":TENANT,"oid":OTHER_TENANT,"upn":"upn-canary"} . sig-canary */
#define TOKEN                                                                                              \
  "eyJhbGciOiJSUzI1NiJ9."                                                                                  \
  "eyJ0aWQiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NTU1NTU1NTUiLCJvaWQiOiI5OTk5OTk5OS0yMjIyLTMzMzMtNDQ0NC" \
  "01NTU1NTU1NTU1NTUiLCJ1cG4iOiJ1cG4tY2FuYXJ5In0.sig-canary-sig-canary"
#define TOKEN_ANSWER "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"" TOKEN "\"}"
#define TOKEN_PATH "/" TENANT "/oauth2/v2.0/token"

struct live {
  struct pal_arena *arena;
  struct server server;
  struct pal_cloud cloud;
  struct pal_err err;
  const struct pal_record *settings, *config;
  struct pal_net *net;
  struct pal_azure *azure;
  /* what the last sign-in was told */
  int calls;
  bool signed_in;
  struct pal_outcome outcome;
};

/* Starts in a fresh folder. */
void live_begin(struct live *live);
void live_end(struct live *live);
void live_serve(struct live *live, const struct server_answer *answers, size_t n);
/* members of the credential, with their quotation marks; type is what the settings say. */
void live_configure(struct live *live, const char *type, const char *credential);
/* Opens net and azure: record_dir and replay_dir as in pal_net_options. */
enum pal_code live_open(struct live *live, const char *record_dir, const char *replay_dir);
void live_close(struct live *live);
/* Signs "robot" in to TENANT. */
void live_sign_in(struct live *live);
/* Runs a shell command that must succeed. */
void live_shell(const char *script);
/* No file of the folder `dir` holds the text. */
void live_has_not(const char *dir, const char *text);

#endif
