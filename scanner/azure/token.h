/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AZURE_TOKEN_H
#define AZURE_TOKEN_H
/* token.h - what the table of tokens (token.c) and those who obtain one (token_obtain.c) share. */
#include "azure.h"

struct waiter {
  struct waiter *next;
  token_fn *done;
  void *payload;
};

enum token_state { TOKEN_NONE, TOKEN_ASKED, TOKEN_READY, TOKEN_REFUSED };

struct token {
  struct pal_azure *azure;
  struct credential *credential;
  struct pal_tenant_id tenant;
  enum pal_service service;
  enum token_state state;
  char *text;
  int64_t ends; /* seconds since 1970 */
  size_t turn;
  bool accepted;   /* by a service, in this turn */
  int refused_new; /* tokens in a row that were not */
  struct pal_claims claims;
  struct pal_outcome refused;
  char *claims_asked; /* by a service that refused it: for each exchange from then on; NULL: nothing */
  struct waiter *waiters;
  int telling; /* its callers up the stack */
};

/* Why there is none: one of the words of pal_azure.h. */
void token_refuse(struct token *token, const char *word);
/* Takes over a token's text, or refuses it. */
enum pal_code token_accept(struct token *token, const char *text, int64_t lifetime, struct pal_err *err) PAL_MUST_CHECK;
/* The answer of a token endpoint, or one made to look like it: leaves the token ready, or refused with a cause. */
enum pal_code token_read_answer(struct token *token, const struct pal_response *response, struct pal_err *err);
/* A refusal, to people. */
void token_say_refused(const struct token *token);
/* Answers all who wait. */
void token_tell(struct token *token, const struct pal_err *err);

/* Asks for one where its credential gets them; those who wait are told then, perhaps at once. */
enum pal_code token_obtain(struct token *token, struct pal_err *err) PAL_MUST_CHECK;

#endif
