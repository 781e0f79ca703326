/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_AZURE_INTERNAL_H
#define PAL_AZURE_INTERNAL_H
/* azure.h - what the files of this layer share. */
#include "credential.h"
#include "pal_azure.h"

/* --- error.c --- */

void outcome_word(struct pal_outcome *outcome, enum pal_extent extent, const char *word);
/* Fills status, error and code from an answer that is no success. doc: its body, NULL when it is no JSON. */
void outcome_failed(struct pal_outcome *outcome, const struct pal_response *response, const struct pal_json_doc *doc);
/* The same of a token endpoint: AADSTS codes. */
void outcome_refused(struct pal_outcome *outcome, const struct pal_response *response, const struct pal_json_doc *doc);
bool answer_is_html(const struct pal_response *response);
bool status_is_success(int status);
/* Parses a body: *ret is NULL when it is empty or bad, the outcome's code then
 * says how. Only PAL_E_NOMEM and the like are errors. */
enum pal_code answer_parse(const struct pal_response *response, struct pal_json_doc **ret, struct pal_outcome *outcome,
                           struct pal_err *err) PAL_MUST_CHECK;

/* --- token.c --- */

struct token;
typedef void token_fn(void *payload, struct token *token, const struct pal_outcome *refused, const struct pal_err *err);
/* Calls done with a token, or with why there is none; at once where that is known. */
enum pal_code token_get(struct pal_azure *azure, const struct pal_caller *caller, enum pal_service service,
                        token_fn *done, void *payload, struct pal_err *err) PAL_MUST_CHECK;
const char *token_text(const struct token *token);
size_t token_turn(const struct token *token); /* grows with each renewal */
const struct pal_claims *token_claims(const struct token *token);
/* A service took the token of this turn for good. */
void token_accepted(struct token *token, size_t turn);
/* The service said that the token of this turn is no longer good. False: it cannot be renewed, or several that were new
 * have been refused. */
bool token_drop(struct pal_azure *azure, struct token *token, size_t turn);
/* The service wants a token that answers this challenge (base64 of JSON). *ret is false when none can be asked for, or
 * this one was asked for so. */
enum pal_code token_challenge(struct pal_azure *azure, struct token *token, size_t turn, const char *claims, bool *ret,
                              struct pal_err *err) PAL_MUST_CHECK;
void tokens_free(struct pal_azure *azure);

/* --- claims.c --- */

/* Reads tid, oid, appid, idtyp; *ret_good is false when text is no such token. */
enum pal_code token_read(const char *text, struct pal_claims *ret, bool *ret_good, struct pal_err *err) PAL_MUST_CHECK;
/* False when text is no base64url. */
bool claims_base64url(const char *text, size_t len, struct pal_buf *out);

/* --- challenge.c --- */

/* What a challenge in standard base64 holds, allocated; *ret is NULL when it is no JSON object. */
enum pal_code challenge_read(const char *claims, char **ret, struct pal_err *err) PAL_MUST_CHECK;

/* --- visit.c --- */

/* When the time that an identity has for a tenant ends, on the clock of the net; it begins with the first question. */
enum pal_code visit_until(struct pal_azure *azure, const struct pal_caller *caller, long long *ret, struct pal_err *err)
    PAL_MUST_CHECK;
/* It is over; a later question would begin another. */
void visit_forget(struct pal_azure *azure, const struct credential *credential, const struct pal_tenant_id *tenant);
void visits_free(struct pal_azure *azure);

/* --- client.c --- */

/* Heap objects with a callback under way; those whose callback never came are
 * freed with the client. Stands first in each. */
struct pending {
  struct pending *next, *previous;
  void (*drop)(struct pending *pending);
};
void pending_add(struct pal_azure *azure, struct pending *pending, void (*drop)(struct pending *));
void pending_remove(struct pal_azure *azure, struct pending *pending);

struct pal_azure {
  struct pal_net *net;
  const struct pal_cloud *cloud;
  struct credential *credentials;
  size_t credentials_n;
  struct token **tokens; /* hash table, linear probing */
  size_t tokens_n, tokens_cap;
  struct pending pending; /* ring */
  struct visit *visits;   /* hash table, linear probing */
  size_t visits_n, visits_cap;
};
/* NULL when there is none of this name. */
struct credential *azure_credential(const struct pal_azure *azure, const char *identity);

/* One exchange, repeated when throttled or unanswered. response is NULL when
 * there was none to make (failed says why). */
typedef void exchange_fn(void *payload, const struct pal_response *response, const struct pal_outcome *failed,
                         const struct pal_err *err);
/* Writes the body of one more try. payload is that of the exchange. */
typedef enum pal_code exchange_body_fn(void *payload, struct pal_buf *out, struct pal_err *err);
struct exchange {
  struct pal_caller caller;
  enum pal_service service;
  const char *url, *body;
  enum pal_body_kind kind;
  bool with_token;
  struct pal_grant *grant;      /* NULL: it only reads; else it is sent once at most */
  exchange_body_fn *body_again; /* NULL: the body is sent again as it is */
};
enum pal_code exchange_start(struct pal_azure *azure, const struct exchange *exchange, exchange_fn *done, void *payload,
                             struct pal_err *err) PAL_MUST_CHECK;

#endif
