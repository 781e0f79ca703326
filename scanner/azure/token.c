/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token.c - one access token per (identity, tenant, service), asked for once
 * however many wait for it. Tokens never leave memory; what they say of their
 * owner is read without verification, because it decides nothing but under
 * which object id a link is filed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pal_log.h"
#include "token.h"

enum {
  EARLY_S = 300, /* renew so long before the end */
  LIFETIME_DEFAULT_S = 3600,
  NEW_REFUSED_MAX = 3, /* new tokens that no service accepted, one after another */
  TABLE_FIRST = 64
};

const char *token_text(const struct token *token) {
  return token->text;
}

size_t token_turn(const struct token *token) {
  return token->turn;
}

const struct pal_claims *token_claims(const struct token *token) {
  return &token->claims;
}

/* --- answers to those who wait --- */

static void token_forget(struct token *token) {
  if (token->text) {
    pal_secret_forget(token->text, strlen(token->text));
    explicit_bzero(token->text, strlen(token->text));
  }
  free(token->text);
  token->text = NULL;
}

void token_tell(struct token *token, const struct pal_err *err) {
  struct waiter *waiter = token->waiters;
  token->waiters = NULL;
  token->telling++;
  while (waiter) {
    struct waiter *next = waiter->next;
    struct waiter told = *waiter;
    free(waiter);
    bool ready = err->code == PAL_OK && token->state == TOKEN_READY;
    told.done(told.payload, ready ? token : NULL, err->code == PAL_OK && !ready ? &token->refused : NULL, err);
    waiter = next;
  }
  token->telling--;
}

/* One cause is told once for an identity, however many tenants refuse it: coverage has them all. */
void token_say_refused(const struct token *token) {
  struct credential *credential = token->credential;
  const char *code = token->refused.code;
  const struct pal_explanation *known = pal_azure_explain(code);
  bool again = strcmp(credential->refused, code) == 0;
  if (credential->replayed || token->state != TOKEN_REFUSED)
    return;
  (void)snprintf(credential->refused, sizeof credential->refused, "%s", code);
  pal_log(again ? PAL_LOG_INFO : PAL_LOG_WARN, "identity %s, tenant %s: no token: %s%s%s%s%s", credential->name,
          token->tenant.s, code, known ? ": " : "", known ? known->meaning : "", known ? "; what to do: " : "",
          known ? known->remedy : "");
}

/* Nobody can answer a challenge but the person who signs in anew. Only its base64 is put into a line that may be pasted. */
static void say_challenged(const struct token *token, const char *claims) {
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";
  struct credential *credential = token->credential;
  const char *remedy = credential->type->challenged;
  size_t len = strspn(claims, alphabet);
  bool has_command = strstr(remedy, "az login") != NULL;
  if (credential->replayed || credential->challenged)
    return;
  credential->challenged = true;
  len += strspn(claims + len, "=");
  pal_log(
      PAL_LOG_WARN,
      "identity %s, tenant %s: the service wants a token that answers its claims challenge; what to do: %s%s%s%s%.*s",
      credential->name, token->tenant.s, remedy, has_command ? " --tenant " : "", has_command ? token->tenant.s : "",
      has_command ? " --claims-challenge " : "", has_command ? (int)len : 0, claims);
}

void token_refuse(struct token *token, const char *word) {
  token_forget(token);
  token->state = TOKEN_REFUSED;
  outcome_word(&token->refused, PAL_READ_NOTHING, word);
}

static int64_t lifetime_s(const pal_json *root) {
  const pal_json *node = pal_json_get(root, "expires_in");
  int64_t seconds = 0;
  if (!pal_json_int(node, &seconds) && pal_json_text(node)) /* managed identities send text */
    seconds = strtoll(pal_json_text(node), NULL, 10);
  if (seconds == 0) { /* App Service and the Azure CLI say when, not for how long */
    node = pal_json_get(root, "expires_on");
    if (!pal_json_int(node, &seconds) && pal_json_text(node))
      seconds = strtoll(pal_json_text(node), NULL, 10);
    seconds -= seconds ? pal_clock_now().s : 0;
  }
  return seconds > 0 && seconds < 365 * 86400 ? seconds : LIFETIME_DEFAULT_S;
}

/* Takes over a token's text, or refuses it. */
enum pal_code token_accept(struct token *token, const char *text, int64_t lifetime, struct pal_err *err) {
  int64_t early = lifetime / 2 < EARLY_S ? lifetime / 2 : EARLY_S;
  bool good = false;
  enum pal_code code = text ? token_read(text, &token->claims, &good, err) : PAL_OK;
  if (code != PAL_OK)
    return code;
  if (!good || strcmp(token->claims.tenant.s, token->tenant.s) != 0) {
    token_refuse(token, good ? PAL_WORD_TOKEN_TENANT : PAL_WORD_TOKEN);
    return PAL_OK;
  }
  code = pal_secret_register(text, strlen(text), err);
  if (code != PAL_OK)
    return code;
  token_forget(token);
  token->text = strdup(text);
  if (!token->text)
    return pal_err_nomem(err);
  token->ends = pal_clock_now().s + lifetime - early;
  token->state = TOKEN_READY;
  token->turn++;
  token->accepted = false;
  return PAL_OK;
}

/* Leaves the token ready, or refused with a cause. */
enum pal_code token_read_answer(struct token *token, const struct pal_response *response, struct pal_err *err) {
  struct pal_outcome outcome = {.status = response->status};
  struct pal_json_doc *doc = NULL;
  enum pal_code code = answer_parse(response, &doc, &outcome, err);
  if (code != PAL_OK)
    return code;
  if (!status_is_success(response->status))
    outcome_refused(&outcome, response, doc);
  token->refused = outcome;
  if (status_is_success(response->status) && doc) {
    const pal_json *root = pal_json_root(doc);
    const char *refresh = pal_json_text(pal_json_get(root, "refresh_token"));
    code = token_accept(token, pal_json_text(pal_json_get(root, "access_token")), lifetime_s(root), err);
    if (code == PAL_OK && token->state == TOKEN_READY && refresh)
      code = credential_renew(token->credential, refresh, err);
  }
  pal_json_doc_free(doc);
  return code;
}

static bool is_good(const struct token *token) {
  return token->state == TOKEN_READY && (token->credential->replayed || pal_clock_now().s < token->ends);
}

/* --- the table --- */

static size_t slot_of(const struct pal_azure *azure, const struct credential *credential,
                      const struct pal_caller *caller, enum pal_service service) {
  size_t hash = 5381 + (size_t)service;
  for (const char *c = credential->name; *c; c++)
    hash = hash * 33 + (unsigned char)*c;
  for (const char *c = caller->tenant.s; *c; c++)
    hash = hash * 33 + (unsigned char)*c;
  size_t at = hash & (azure->tokens_cap - 1);
  for (struct token *token; (token = azure->tokens[at]) != NULL; at = (at + 1) & (azure->tokens_cap - 1))
    if (token->credential == credential && token->service == service && strcmp(token->tenant.s, caller->tenant.s) == 0)
      break;
  return at;
}

static enum pal_code table_grow(struct pal_azure *azure, struct pal_err *err) {
  struct token **old = azure->tokens;
  size_t old_cap = azure->tokens_cap;
  size_t cap = old_cap ? old_cap * 2 : TABLE_FIRST;
  struct token **grown = calloc(cap, sizeof *grown);
  if (!grown)
    return pal_err_nomem(err);
  azure->tokens = grown;
  azure->tokens_cap = cap;
  for (size_t i = 0; i < old_cap; i++)
    if (old[i]) {
      struct pal_caller caller = {old[i]->credential->name, old[i]->tenant};
      grown[slot_of(azure, old[i]->credential, &caller, old[i]->service)] = old[i];
    }
  free(old);
  return PAL_OK;
}

static enum pal_code find(struct pal_azure *azure, const struct pal_caller *caller, enum pal_service service,
                          struct token **ret, struct pal_err *err) {
  struct credential *credential = azure_credential(azure, caller->identity);
  if (!credential)
    return pal_err_set(err, PAL_E_INTERNAL, "identity %s has no credential", caller->identity);
  if (2 * (azure->tokens_n + 1) > azure->tokens_cap) {
    enum pal_code code = table_grow(azure, err);
    if (code != PAL_OK)
      return code;
  }
  size_t at = slot_of(azure, credential, caller, service);
  if (!azure->tokens[at]) {
    struct token *token = calloc(1, sizeof *token);
    if (!token)
      return pal_err_nomem(err);
    *token = (struct token){.azure = azure, .credential = credential, .tenant = caller->tenant, .service = service};
    azure->tokens[at] = token;
    azure->tokens_n++;
    if (credential->unusable)
      token_refuse(token, PAL_WORD_CREDENTIAL);
  }
  *ret = azure->tokens[at];
  return PAL_OK;
}

enum pal_code token_get(struct pal_azure *azure, const struct pal_caller *caller, enum pal_service service,
                        token_fn *done, void *payload, struct pal_err *err) {
  static const struct pal_err none;
  struct token *token = NULL;
  enum pal_code code = find(azure, caller, service, &token, err);
  if (code != PAL_OK)
    return code;
  if (token->state == TOKEN_REFUSED || is_good(token)) {
    bool good = token->state == TOKEN_READY;
    done(payload, good ? token : NULL, good ? NULL : &token->refused, &none);
    return PAL_OK;
  }
  struct waiter *waiter = calloc(1, sizeof *waiter);
  if (!waiter)
    return pal_err_nomem(err);
  *waiter = (struct waiter){.next = token->waiters, .done = done, .payload = payload};
  token->waiters = waiter;
  if (token->state == TOKEN_ASKED)
    return PAL_OK;
  code = token_obtain(token, err);
  if (code != PAL_OK && token->waiters == waiter) { /* nobody else can wait yet */
    token->waiters = waiter->next;
    token->state = TOKEN_NONE;
    free(waiter);
  }
  return code;
}

void token_accepted(struct token *token, size_t turn) {
  if (token->turn != turn)
    return;
  token->accepted = true;
  token->refused_new = 0;
}

/* Whether it is of this turn still; otherwise another has come, or is on its way. */
static bool is_current(const struct token *token, size_t turn) {
  return token->turn == turn && token->state == TOKEN_READY;
}

static void drop(struct token *token) {
  token_forget(token);
  token->state = TOKEN_NONE;
}

/* A service that accepts no new token has another reason than their age, which the next will not remove. */
bool token_drop(struct pal_azure *azure, struct token *token, size_t turn) {
  const struct credential_type *type = token->credential->type;
  (void)azure;
  if (!is_current(token, turn))
    return true;
  if (type->grant && !type->fetch)
    return false;
  if (!token->accepted && token->refused_new < NEW_REFUSED_MAX)
    token->refused_new++;
  if (token->refused_new >= NEW_REFUSED_MAX)
    return false;
  drop(token);
  return true;
}

enum pal_code token_challenge(struct pal_azure *azure, struct token *token, size_t turn, const char *claims, bool *ret,
                              struct pal_err *err) {
  const struct credential *credential = token->credential;
  char *asked = NULL;
  (void)azure;
  *ret = false;
  enum pal_code code = challenge_read(claims, &asked, err);
  if (code != PAL_OK || !asked)
    return code;
  if (credential->type->grant) {
    say_challenged(token, claims);
    free(asked);
    return PAL_OK;
  }
  if (!is_current(token, turn)) {
    *ret = true;
  } else if (!token->claims_asked || strcmp(token->claims_asked, asked) != 0) {
    free(token->claims_asked);
    token->claims_asked = asked;
    asked = NULL;
    drop(token);
    *ret = true;
  }
  free(asked);
  return PAL_OK;
}

static void token_free(struct token *token) {
  while (token->waiters) {
    struct waiter *next = token->waiters->next;
    free(token->waiters);
    token->waiters = next;
  }
  token_forget(token);
  free(token->claims_asked);
  free(token);
}

/* Those behind it were put there because it stood in their way. */
static void table_remove(struct pal_azure *azure, size_t at) {
  size_t mask = azure->tokens_cap - 1;
  azure->tokens[at] = NULL;
  azure->tokens_n--;
  for (at = (at + 1) & mask; azure->tokens[at]; at = (at + 1) & mask) {
    struct token *moved = azure->tokens[at];
    struct pal_caller caller = {moved->credential->name, moved->tenant};
    azure->tokens[at] = NULL;
    azure->tokens[slot_of(azure, moved->credential, &caller, moved->service)] = moved;
  }
}

void pal_azure_leave(struct pal_azure *azure, const struct pal_caller *caller) {
  const struct credential *credential = azure_credential(azure, caller->identity);
  if (credential)
    visit_forget(azure, credential, &caller->tenant);
  for (int service = 0; credential && azure->tokens_cap && service < PAL_SERVICES_N; service++) {
    size_t at = slot_of(azure, credential, caller, (enum pal_service)service);
    struct token *token = azure->tokens[at];
    if (!token || token->state == TOKEN_ASKED || token->waiters || token->telling > 0)
      continue;
    table_remove(azure, at);
    token_free(token);
  }
}

void tokens_free(struct pal_azure *azure) {
  for (size_t i = 0; i < azure->tokens_cap; i++)
    if (azure->tokens[i])
      token_free(azure->tokens[i]);
  free(azure->tokens);
}
