/* SPDX-License-Identifier: Apache-2.0 */
/* token_obtain.c - where tokens come from: a token endpoint, the Azure CLI, a managed identity, a file. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "token.h"

enum { URL_MAX = 4 << 10, FORM_MAX = 256 << 10 };

/* --- token endpoints --- */

static void on_exchange(void *payload, const struct pal_response *response, const struct pal_outcome *failed,
                        const struct pal_err *err) {
  struct token *token = payload;
  struct pal_err own = *err;
  token->state = TOKEN_REFUSED;
  if (failed)
    token->refused = *failed;
  else if (own.code == PAL_OK)
    (void)token_read_answer(token, response, &own);
  if (own.code == PAL_OK)
    token_say_refused(token);
  token_tell(token, &own);
}

/* For whom the token is. */
static const char *audience_of(const struct token *token) {
  const struct pal_cloud *cloud = token->azure->cloud;
  return token->service == PAL_ARM && cloud->audience ? cloud->audience : cloud->origin[token->service];
}

/* Fills two buffers that are initialised here. */
static enum pal_code make_exchange(struct token *token, struct pal_buf *url, struct pal_buf *form,
                                   struct pal_err *err) {
  pal_buf_init(url, URL_MAX);
  pal_buf_init(form, FORM_MAX);
  pal_buf_printf(url, "%s/%s/oauth2/v2.0/token", token->azure->cloud->origin[PAL_LOGIN], token->tenant.s);
  enum pal_code code = pal_buf_check(url, "the address of a token exchange", err);
  if (code == PAL_OK)
    code = credential_form(token->credential, url->data, audience_of(token), token->claims_asked, form, err);
  return code == PAL_OK ? pal_buf_check(form, "the body of a token exchange", err) : code;
}

static bool has_services(const struct token *token) {
  return token->azure->cloud->origin[PAL_LOGIN] && token->azure->cloud->origin[token->service];
}

/* An assertion has an id that is good for one use. */
static enum pal_code ask_again(void *payload, struct pal_buf *out, struct pal_err *err) {
  struct pal_buf url, form;
  enum pal_code code = make_exchange(payload, &url, &form, err);
  if (code == PAL_OK)
    pal_buf_add(out, form.data, form.len);
  pal_buf_deinit(&url);
  pal_buf_wipe(&form);
  return code == PAL_OK ? pal_buf_check(out, "the body of a token exchange", err) : code;
}

static enum pal_code send_exchange(struct token *token, const char *url, const char *form, struct pal_err *err) {
  struct exchange exchange = {.caller = {token->credential->name, token->tenant},
                              .service = PAL_LOGIN,
                              .url = url,
                              .body = form,
                              .kind = PAL_BODY_FORM,
                              .body_again = ask_again};
  token->state = TOKEN_ASKED;
  return exchange_start(token->azure, &exchange, on_exchange, token, err);
}

/* Signing takes as long as four or five answers do to be read: a thread does it, while the loop goes on. */
struct proof {
  struct pending pending;
  struct token *token;
  struct pal_buf url, form;
  struct pal_err err;
};

static void proof_drop(struct pending *pending) {
  struct proof *proof = (struct proof *)(void *)pending;
  pal_buf_deinit(&proof->url);
  pal_buf_wipe(&proof->form);
  free(proof);
}

/* Nobody changes what it reads of the token while that is being asked for. */
static void make_proof(void *payload, const pal_stop *stop) {
  struct proof *proof = payload;
  if (!atomic_load(stop))
    (void)make_exchange(proof->token, &proof->url, &proof->form, &proof->err);
}

static void on_proof(void *payload, const struct pal_err *err) {
  struct proof *proof = payload;
  struct token *token = proof->token;
  struct pal_err own = err->code != PAL_OK ? *err : proof->err;
  if (own.code == PAL_OK)
    (void)send_exchange(token, proof->url.data, proof->form.data, &own);
  pending_remove(token->azure, &proof->pending);
  proof_drop(&proof->pending);
  if (own.code != PAL_OK) {
    token->state = TOKEN_REFUSED;
    token_tell(token, &own);
  }
}

static enum pal_code prove(struct token *token, struct pal_err *err) {
  struct proof *proof = calloc(1, sizeof *proof);
  if (!proof)
    return pal_err_nomem(err);
  proof->token = token;
  pal_buf_init(&proof->url, URL_MAX);
  pal_buf_init(&proof->form, FORM_MAX);
  pending_add(token->azure, &proof->pending, proof_drop);
  token->state = TOKEN_ASKED;
  enum pal_code code = pal_net_work(token->azure->net, make_proof, on_proof, proof, err);
  if (code != PAL_OK) {
    pending_remove(token->azure, &proof->pending);
    proof_drop(&proof->pending);
  }
  return code;
}

static enum pal_code ask(struct token *token, struct pal_err *err) {
  static const struct pal_err none;
  if (!has_services(token)) {
    token_refuse(token, PAL_WORD_NO_SERVICE);
    token_tell(token, &none);
    return PAL_OK;
  }
  if (token->credential->type->signs && !token->credential->replayed)
    return prove(token, err);
  struct pal_buf url, form;
  enum pal_code code = make_exchange(token, &url, &form, err);
  if (code == PAL_OK)
    code = send_exchange(token, url.data, form.data, err);
  pal_buf_deinit(&url);
  pal_buf_wipe(&form);
  return code;
}

/* --- tokens from elsewhere --- */

/* A recording says of them what it says of an exchange, so that its replay needs nothing but itself. */
static enum pal_code record_known(struct token *token, int status, const char *answer, struct pal_err *err) {
  struct pal_buf url, form;
  enum pal_code code = make_exchange(token, &url, &form, err);
  if (code == PAL_OK) {
    struct pal_request request = {.identity = token->credential->name,
                                  .tenant = token->tenant,
                                  .method = "POST",
                                  .url = url.data,
                                  .body_kind = PAL_BODY_FORM,
                                  .body = form.data};
    code = pal_net_record_known(token->azure->net, &request, status, answer, "not sent: the token came from elsewhere",
                                err);
  }
  pal_buf_deinit(&url);
  pal_buf_wipe(&form);
  return code;
}

/* A token file holds the one token there is. */
static enum pal_code take_file(struct token *token, struct pal_err *err) {
  static const struct pal_err none;
  struct pal_buf answer;
  if (token->service != PAL_ARM) {
    token_refuse(token, PAL_WORD_TOKEN_FILE);
    token_tell(token, &none);
    return PAL_OK;
  }
  pal_buf_init(&answer, FORM_MAX);
  pal_buf_puts(&answer, "{\"access_token\":");
  pal_json_escape(&answer, token->credential->secret);
  pal_buf_putc(&answer, '}');
  enum pal_code code = pal_buf_check(&answer, "a token", err);
  if (code == PAL_OK && has_services(token))
    code = record_known(token, 200, answer.data, err);
  if (code == PAL_OK)
    code = token_accept(token, token->credential->secret, INT64_C(10) * 365 * 86400, err);
  pal_buf_wipe(&answer);
  if (code == PAL_OK)
    token_tell(token, &none);
  return code;
}

struct fetching {
  struct pending pending;
  struct credential_fetch fetch;
  struct token *token;
};

static void fetching_drop(struct pending *pending) {
  struct fetching *fetching = (struct fetching *)(void *)pending;
  pal_buf_wipe(&fetching->fetch.answer);
  free(fetching);
}

static void on_fetched(void *payload, const struct pal_err *err) {
  struct fetching *fetching = payload;
  struct token *token = fetching->token;
  struct credential_fetch *fetch = &fetching->fetch;
  struct pal_err own = *err;
  token->state = TOKEN_REFUSED;
  if (own.code == PAL_OK && fetch->credential->type->settle)
    (void)fetch->credential->type->settle(fetch, &own);
  if (own.code == PAL_OK)
    (void)record_known(token, fetch->status, fetch->answer.data, &own);
  if (own.code == PAL_OK) {
    const struct pal_response response = {.status = fetch->status,
                                          .body = fetch->answer.data,
                                          .len = fetch->answer.len,
                                          .content_type = "application/json",
                                          .retry_after = ""};
    (void)token_read_answer(token, &response, &own);
  }
  pending_remove(token->azure, &fetching->pending);
  fetching_drop(&fetching->pending);
  if (own.code == PAL_OK)
    token_say_refused(token);
  token_tell(token, &own);
}

static void run_fetch(void *payload, const pal_stop *stop) {
  struct fetching *fetching = payload;
  fetching->fetch.credential->type->fetch(&fetching->fetch, stop);
}

static enum pal_code fetch(struct token *token, struct pal_err *err) {
  struct fetching *fetching = calloc(1, sizeof *fetching);
  if (!fetching)
    return pal_err_nomem(err);
  fetching->token = token;
  fetching->fetch = (struct credential_fetch){
      .credential = token->credential, .tenant = token->tenant.s, .audience = audience_of(token)};
  pal_buf_init(&fetching->fetch.answer, FORM_MAX);
  pending_add(token->azure, &fetching->pending, fetching_drop);
  token->state = TOKEN_ASKED;
  enum pal_code code = pal_net_work(token->azure->net, run_fetch, on_fetched, fetching, err);
  if (code != PAL_OK) {
    pending_remove(token->azure, &fetching->pending);
    fetching_drop(&fetching->pending);
  }
  return code;
}

enum pal_code token_obtain(struct token *token, struct pal_err *err) {
  const struct credential_type *type = token->credential->type;
  if (token->credential->replayed || !type->grant || (type->fetch && !has_services(token)))
    return !type->fetch && type->grant && token->service != PAL_ARM ? take_file(token, err) : ask(token, err);
  return type->fetch ? fetch(token, err) : take_file(token, err);
}
