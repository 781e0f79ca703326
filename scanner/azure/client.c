/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client.c - one exchange: wait for the token, send, wait and repeat when the
 * service is busy, renew the token when it is no longer accepted.
 */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "azure.h"
#include "pal_digest.h"
#include "pal_log.h"

enum {
  BUSY_MAX = 12,   /* repetitions of an exchange answered 429 */
  FAILED_MAX = 4,  /* … of one that failed or was not answered */
  RENEWED_MAX = 8, /* … of one whose token had ended; token.c ends it sooner where no new token is accepted */
  /* Waits that no service asked for, the first of them; they double. */
  BUSY_FIRST_MS = 5000,
  FAILED_FIRST_MS = 1000,
  WAIT_MAX_MS = 300000,
  URL_MAX = 16 << 10,
  BODY_MAX = 256 << 10
};

/* --- what is under way --- */

void pending_add(struct pal_azure *azure, struct pending *pending, void (*drop)(struct pending *)) {
  struct pending *ring = &azure->pending;
  pending->drop = drop;
  pending->next = ring->next;
  pending->previous = ring;
  ring->next->previous = pending;
  ring->next = pending;
}

void pending_remove(struct pal_azure *azure, struct pending *pending) {
  (void)azure;
  pending->next->previous = pending->previous;
  pending->previous->next = pending->next;
}

struct flight {
  struct pending pending;
  struct pal_azure *azure;
  struct pal_caller caller;
  char *identity, *url, *body;
  enum pal_service service;
  enum pal_body_kind kind;
  bool with_token, retry, holds;
  struct pal_grant *grant;
  unsigned delay_ms;
  long long until_ms; /* end of the tenant's time */
  struct token *token;
  size_t turn; /* of the token sent */
  int busy, failed, renewed;
  exchange_body_fn *body_again;
  exchange_fn *done;
  void *payload;
};

static void body_free(struct flight *flight) {
  if (flight->body)
    explicit_bzero(flight->body, strlen(flight->body));
  free(flight->body);
  flight->body = NULL;
}

static void flight_free(struct flight *flight) {
  body_free(flight);
  free(flight->url);
  free(flight->identity);
  free(flight);
}

static void flight_drop(struct pending *pending) {
  flight_free((struct flight *)(void *)pending);
}

static void land(struct flight *flight, const struct pal_response *response, const struct pal_outcome *failed,
                 const struct pal_err *err) {
  exchange_fn *done = flight->done;
  void *payload = flight->payload;
  pending_remove(flight->azure, &flight->pending);
  done(payload, response, failed, err);
  flight_free(flight);
}

static void land_error(struct flight *flight, const struct pal_err *err) {
  land(flight, NULL, NULL, err);
}

/* The word that says why a request was not sent, or not waited for; NULL: it was. */
static const char *not_sent(const struct pal_response *response) {
  static const char *const words[] = {PAL_WORD_TIME, PAL_WORD_TENANT_TIME, PAL_WORD_UNREACHED};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (response->status == 0 && response->failure && strcmp(response->failure, words[i]) == 0)
      return words[i];
  return NULL;
}

static void land_failed(struct flight *flight, const struct pal_outcome *failed) {
  static const struct pal_err none;
  land(flight, NULL, failed, &none);
}

/* --- waiting and repeating --- */

/* Of 0 … ms, each as likely: those who failed together do not come back together. */
static unsigned jitter(unsigned ms) {
  uint32_t drawn = 0;
  if (pal_random(&drawn, sizeof drawn, NULL) != PAL_OK)
    return ms;
  return (unsigned)(drawn % ((uint64_t)ms + 1));
}

static unsigned doubled(unsigned first_ms, int turn) {
  unsigned long long wait = (unsigned long long)first_ms << turn;
  return wait > WAIT_MAX_MS ? WAIT_MAX_MS : (unsigned)wait;
}

/* What a service asked for is the least, however long: the time of the tenant bounds it. */
static unsigned wait_ms(const struct pal_response *response, unsigned own) {
  long long asked = response->retry_after_ms;
  return asked < 0 ? own : asked > UINT_MAX ? UINT_MAX : (unsigned)asked;
}

/* PIM says with a 500 that the tenant has no licence for it: that is settled. */
static bool is_settled(const struct pal_response *response) {
  return response->status == 500 && strstr(response->body, "AadPremiumLicenseRequired") != NULL;
}

/* Whether to ask again, and in how many milliseconds. */
static bool is_unsettled(struct flight *flight, const struct pal_response *response, unsigned *ret_ms) {
  int status = response->status;
  if (status == 429) {
    unsigned least = doubled(BUSY_FIRST_MS, flight->busy);
    *ret_ms = wait_ms(response, least + jitter(least));
    return flight->busy++ < BUSY_MAX;
  }
  if (status != 0 && status != 408 && status < 500 && !response->truncated)
    return false;
  if (is_settled(response) || status == 501)
    return false;
  *ret_ms = wait_ms(response, jitter(doubled(FAILED_FIRST_MS, flight->failed)));
  return flight->failed++ < FAILED_MAX;
}

static bool is_token_refused(const struct pal_response *response) {
  return response->status == 401 && (strstr(response->body, "\"InvalidAuthenticationToken\"") ||
                                     strstr(response->body, "\"ExpiredAuthenticationToken\""));
}

static void on_response(void *payload, const struct pal_response *response, const struct pal_err *err);

static void send(struct flight *flight) {
  struct pal_request request = {
      .identity = flight->identity,
      .tenant = flight->caller.tenant,
      .method = flight->grant  ? pal_grant_method(flight->grant)
                : flight->body ? "POST"
                               : "GET",
      .url = flight->url,
      .body_kind = flight->kind,
      .body = flight->body,
      .bearer = flight->token ? token_text(flight->token) : NULL,
      .bearer_service = flight->service,
      .delay_ms = flight->delay_ms,
      .holds = flight->holds,
      .until_ms = flight->until_ms,
      .retry = flight->retry,
      .grant = flight->grant,
  };
  struct pal_err err = {0};
  if (pal_net_submit(flight->azure->net, &request, on_response, flight, &err) != PAL_OK)
    land_error(flight, &err);
}

static void on_token(void *payload, struct token *token, const struct pal_outcome *refused, const struct pal_err *err) {
  struct flight *flight = payload;
  if (err->code != PAL_OK) {
    land_error(flight, err);
  } else if (!token) {
    land_failed(flight, refused);
  } else {
    flight->token = token;
    flight->turn = token_turn(token);
    send(flight);
  }
}

/* Always by way of the token: it may have been renewed, or dropped, while the flight waited. */
static void set_out(struct flight *flight) {
  struct pal_err err = {0};
  if (!flight->with_token)
    send(flight);
  else if (token_get(flight->azure, &flight->caller, flight->service, on_token, flight, &err) != PAL_OK)
    land_error(flight, &err);
}

static enum pal_code write_again(struct flight *flight, struct pal_err *err) {
  struct pal_buf body;
  pal_buf_init(&body, BODY_MAX);
  enum pal_code code = flight->body_again(flight->payload, &body, err);
  if (code == PAL_OK) {
    body_free(flight);
    flight->body = strdup(body.data);
    if (!flight->body)
      code = pal_err_nomem(err);
  }
  pal_buf_wipe(&body);
  return code;
}

static void set_out_again(struct flight *flight, unsigned delay_ms) {
  struct pal_err err = {0};
  flight->delay_ms = delay_ms;
  flight->retry = true;
  if (flight->body_again && write_again(flight, &err) != PAL_OK)
    land_error(flight, &err);
  else
    set_out(flight);
}

/* Anything but 401 and what a service says before it looks at the token. */
static bool is_token_accepted(const struct pal_response *response) {
  int status = response->status;
  return status >= 200 && status < 500 && status != 401 && status != 408 && status != 429;
}

/* Whether the token was given up for another: one that answers what the service asks for, or one that has not ended.
 * A token shared by many may end again, by what others ask, before this exchange has its turn. */
static bool renew(struct flight *flight, const struct pal_response *response, struct pal_err *err) {
  bool asked = false;
  if (!flight->token || response->status != 401 || flight->renewed >= RENEWED_MAX)
    return false;
  if (response->claims && response->claims[0]) {
    if (token_challenge(flight->azure, flight->token, flight->turn, response->claims, &asked, err) != PAL_OK)
      return false;
  } else if (is_token_refused(response)) {
    asked = token_drop(flight->azure, flight->token, flight->turn);
  }
  flight->renewed += asked;
  return asked;
}

static void on_response(void *payload, const struct pal_response *response, const struct pal_err *err) {
  struct flight *flight = payload;
  struct pal_err own = {0};
  unsigned ms = 0;
  if (err->code == PAL_OK && flight->token && is_token_accepted(response))
    token_accepted(flight->token, flight->turn);
  if (err->code == PAL_E_DENIED) {
    struct pal_outcome failed = {0};
    pal_log(PAL_LOG_WARN, "identity %s, tenant %s: %s", flight->identity, flight->caller.tenant.s, err->text);
    outcome_word(&failed, PAL_READ_NOTHING, PAL_WORD_DENIED);
    land_failed(flight, &failed);
  } else if (err->code != PAL_OK) {
    land_error(flight, err);
  } else if (not_sent(response)) {
    struct pal_outcome failed = {0};
    outcome_word(&failed, PAL_READ_NOTHING, not_sent(response));
    land_failed(flight, &failed);
  } else if (flight->grant) {
    land(flight, response, NULL, err);
  } else if (renew(flight, response, &own)) {
    set_out_again(flight, 0);
  } else if (own.code != PAL_OK) {
    land_error(flight, &own);
  } else if (is_unsettled(flight, response, &ms)) {
    /* What is throttled is a scope. Without a word of how long, all of it waits as long as this exchange does. */
    flight->holds = response->status == 429 && response->retry_after_ms < 0;
    set_out_again(flight, ms);
  } else {
    if (response->status == 0)
      pal_log(PAL_LOG_WARN, "identity %s, tenant %s: no answer: %s", flight->identity, flight->caller.tenant.s,
              response->failure ? response->failure : "");
    land(flight, response, NULL, err);
  }
}

enum pal_code exchange_start(struct pal_azure *azure, const struct exchange *exchange, exchange_fn *done, void *payload,
                             struct pal_err *err) {
  struct flight *flight = calloc(1, sizeof *flight);
  if (!flight)
    return pal_err_nomem(err);
  flight->azure = azure;
  flight->service = exchange->service;
  enum pal_code code = visit_until(azure, &exchange->caller, &flight->until_ms, err);
  if (code != PAL_OK) {
    flight_free(flight);
    return code;
  }
  flight->kind = exchange->body ? exchange->kind : PAL_BODY_NONE;
  flight->with_token = exchange->with_token;
  flight->grant = exchange->grant;
  flight->body_again = exchange->body_again;
  flight->done = done;
  flight->payload = payload;
  flight->identity = strdup(exchange->caller.identity);
  flight->url = strdup(exchange->url);
  flight->body = exchange->body ? strdup(exchange->body) : NULL;
  if (!flight->identity || !flight->url || (exchange->body && !flight->body)) {
    flight_free(flight);
    return pal_err_nomem(err);
  }
  flight->caller = (struct pal_caller){.identity = flight->identity, .tenant = exchange->caller.tenant};
  pending_add(azure, &flight->pending, flight_drop);
  set_out(flight);
  return PAL_OK;
}

/* --- one answer --- */

struct ask {
  struct pending pending;
  struct pal_azure *azure;
  pal_answer_fn *done;
  void *payload;
};

static void ask_drop(struct pending *pending) {
  free(pending);
}

/* Fills everything but doc; *ret_doc is the caller's. */
static enum pal_code read_answer(const struct pal_response *response, struct pal_answer *answer,
                                 struct pal_json_doc **ret_doc, struct pal_err *err) {
  answer->outcome.status = response->status;
  if (response->status == 0) {
    outcome_failed(&answer->outcome, response, NULL);
    return PAL_OK;
  }
  answer->html = answer_is_html(response);
  enum pal_code code = answer_parse(response, ret_doc, &answer->outcome, err);
  if (code == PAL_OK && !status_is_success(response->status))
    outcome_failed(&answer->outcome, response, *ret_doc);
  return code;
}

static void on_ask(void *payload, const struct pal_response *response, const struct pal_outcome *failed,
                   const struct pal_err *err) {
  struct ask ask = *(struct ask *)payload;
  struct pal_answer answer = {0};
  struct pal_json_doc *doc = NULL;
  struct pal_err own = *err;
  pending_remove(ask.azure, payload);
  free(payload);
  if (failed)
    answer.outcome = *failed;
  else if (own.code == PAL_OK)
    (void)read_answer(response, &answer, &doc, &own);
  answer.doc = doc;
  ask.done(ask.payload, own.code == PAL_OK ? &answer : NULL, &own);
  pal_json_doc_free(doc);
}

enum pal_code pal_azure_ask(struct pal_azure *azure, const struct pal_call *call, pal_answer_fn *done, void *payload,
                            struct pal_err *err) {
  enum pal_service service = call->grant ? PAL_ARM : call->service;
  const char *origin = azure->cloud->origin[service];
  static const struct pal_err none;
  struct pal_answer answer = {0};
  if (!origin) {
    outcome_word(&answer.outcome, PAL_READ_NOTHING, PAL_WORD_NO_SERVICE);
    done(payload, &answer, &none);
    return PAL_OK;
  }
  struct ask *ask = calloc(1, sizeof *ask);
  if (!ask)
    return pal_err_nomem(err);
  *ask = (struct ask){.azure = azure, .done = done, .payload = payload};
  struct pal_buf url;
  pal_buf_init(&url, URL_MAX);
  if (call->grant)
    pal_buf_puts(&url, pal_grant_url(call->grant));
  else
    pal_buf_printf(&url, "%s%s", origin, call->path);
  enum pal_code code = pal_buf_check(&url, "an address", err);
  if (code == PAL_OK) {
    struct exchange exchange = {.caller = call->caller,
                                .service = service,
                                .url = url.data,
                                .body = call->grant ? pal_grant_body(call->grant) : call->body,
                                .kind = PAL_BODY_JSON,
                                .with_token = true,
                                .grant = call->grant};
    pending_add(azure, &ask->pending, ask_drop);
    code = exchange_start(azure, &exchange, on_ask, ask, err);
    if (code != PAL_OK)
      pending_remove(azure, &ask->pending);
  }
  if (code != PAL_OK)
    free(ask);
  pal_buf_deinit(&url);
  return code;
}

/* --- life --- */

struct credential *azure_credential(const struct pal_azure *azure, const char *identity) {
  for (size_t i = 0; i < azure->credentials_n; i++)
    if (azure->credentials[i].wanted && strcmp(azure->credentials[i].name, identity) == 0)
      return &azure->credentials[i];
  return NULL;
}

/* Whether it is the credential, which a person can mend, and not palscan that failed. */
static bool is_fault(enum pal_code code) {
  return code != PAL_OK && code != PAL_E_NOMEM && code != PAL_E_INTERNAL;
}

/* Faults that nobody takes: the first alone is the error, several are lines of the log. */
struct faults {
  struct pal_err first;
  size_t n;
};

static void add_fault(struct faults *faults, const struct pal_err *fault) {
  if (faults->n == 0)
    faults->first = *fault;
  if (faults->n == 1)
    pal_log(PAL_LOG_ERROR, "%s", faults->first.text);
  if (faults->n > 0)
    pal_log(PAL_LOG_ERROR, "%s", fault->text);
  faults->n++;
}

static enum pal_code faults_end(const struct faults *faults, struct pal_err *err) {
  if (faults->n > 1)
    return pal_err_set(err, PAL_E_CONFIG, "the credentials of %zu identities cannot be used; nothing was asked",
                       faults->n);
  if (faults->n == 1 && err)
    *err = faults->first;
  return faults->first.code;
}

/* All are read before one that cannot be used ends the run: whoever mends them sees them at once. */
static enum pal_code load_all(struct pal_azure *azure, const struct pal_azure_options *options, struct pal_err *err) {
  struct faults faults = {0};
  for (size_t i = 0; i < azure->credentials_n; i++) {
    struct credential *credential = &azure->credentials[i];
    struct pal_err fault = {0};
    enum pal_code code = credential_load(azure->credentials, azure->credentials_n, i, options, &fault);
    if (code == PAL_OK)
      continue;
    if (!is_fault(code)) {
      if (err)
        *err = fault;
      return code;
    }
    credential->unusable = true;
    if (options->fault)
      options->fault(options->fault_payload, credential->name, &fault);
    else
      add_fault(&faults, &fault);
  }
  return faults_end(&faults, err);
}

enum pal_code pal_azure_open(const struct pal_azure_options *options, struct pal_azure **ret, struct pal_err *err) {
  const struct pal_records *identities = pal_get_records(options->settings, PAL_SETTINGS_IDENTITIES);
  struct pal_azure *azure = calloc(1, sizeof *azure);
  if (!azure)
    return pal_err_nomem(err);
  azure->net = options->net;
  azure->cloud = options->cloud;
  azure->pending.next = azure->pending.previous = &azure->pending;
  azure->credentials = calloc(identities->n + 1, sizeof *azure->credentials);
  azure->credentials_n = azure->credentials ? identities->n : 0;
  enum pal_code code = azure->credentials ? PAL_OK : pal_err_nomem(err);
  for (size_t i = 0; i < azure->credentials_n; i++) {
    azure->credentials[i].scanner = identities->v[i];
    azure->credentials[i].name = pal_get_text(identities->v[i], PAL_SCANNER_NAME);
  }
  if (code == PAL_OK)
    code = load_all(azure, options, err);
  if (code == PAL_OK)
    *ret = azure;
  else
    pal_azure_free(azure);
  return code;
}

void pal_azure_free(struct pal_azure *azure) {
  if (!azure)
    return;
  pal_net_work_drop(azure->net);
  while (azure->pending.next != &azure->pending) {
    struct pending *pending = azure->pending.next;
    pending_remove(azure, pending);
    pending->drop(pending);
  }
  tokens_free(azure);
  visits_free(azure);
  for (size_t i = 0; i < azure->credentials_n; i++) {
    credential_save(&azure->credentials[i]);
    credential_wipe(&azure->credentials[i]);
  }
  free(azure->credentials);
  free(azure);
}
