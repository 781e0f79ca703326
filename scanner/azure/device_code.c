/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device_code.c - the device authorization grant (RFC 8628): a person opens a
 * page, enters a code and signs in there, while palscan asks again and again
 * whether that is done. What comes of it is a refresh token.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "azure.h"
#include "pal_log.h"

enum {
  INTERVAL_S = 5, /* where the service names none, and what it wants more when it says slow_down */
  INTERVAL_MAX_S = 60,
  LASTS_S = 900, /* where the service does not say how long */
  LASTS_MAX_S = 3600,
  TEXT_MAX = 4096
};

struct sign_in {
  const struct pal_device_sign_in *options;
  struct pal_buf url, form; /* of the question that is asked again and again */
  int64_t interval_s;
  long long ends_ms;
  struct pal_buf *token;
  struct pal_outcome *outcome;
  struct pal_err err; /* of a callback */
};

static enum pal_code ask(struct sign_in *sign_in, const char *url, const char *form, unsigned delay_ms,
                         pal_response_fn *done, struct pal_err *err) {
  const struct pal_device_sign_in *options = sign_in->options;
  struct pal_request request = {.identity = options->caller.identity,
                                .tenant = options->caller.tenant,
                                .method = "POST",
                                .url = url,
                                .body_kind = PAL_BODY_FORM,
                                .body = form,
                                .delay_ms = delay_ms};
  return pal_net_submit(options->net, &request, done, sign_in, err);
}

/* The JSON of a success; NULL: the outcome says why there is none. */
static enum pal_code read_answer(struct sign_in *sign_in, const struct pal_response *response,
                                 struct pal_json_doc **ret, struct pal_err *err) {
  struct pal_outcome *outcome = sign_in->outcome;
  *outcome = (struct pal_outcome){.status = response->status};
  *ret = NULL;
  if (response->status == 0) {
    outcome_failed(outcome, response, NULL);
    return PAL_OK;
  }
  enum pal_code code = answer_parse(response, ret, outcome, err);
  if (code == PAL_OK && !status_is_success(response->status)) {
    outcome_refused(outcome, response, *ret);
    pal_json_doc_free(*ret);
    *ret = NULL;
  }
  return code;
}

/* --- is it done --- */

static void on_poll(void *payload, const struct pal_response *response, const struct pal_err *err);

static enum pal_code poll_later(struct sign_in *sign_in, struct pal_err *err) {
  if (pal_net_now_ms(sign_in->options->net) + sign_in->interval_s * 1000 >= sign_in->ends_ms) {
    outcome_word(sign_in->outcome, PAL_READ_NOTHING, PAL_WORD_CODE_EXPIRED);
    return PAL_OK;
  }
  return ask(sign_in, sign_in->url.data, sign_in->form.data, (unsigned)sign_in->interval_s * 1000, on_poll, err);
}

/* The code is still good, and whoever has it may not have signed in yet. */
static bool is_pending(struct sign_in *sign_in) {
  const struct pal_outcome *outcome = sign_in->outcome;
  if (strcmp(outcome->error, "slow_down") == 0) {
    sign_in->interval_s += INTERVAL_S;
    return true;
  }
  return strcmp(outcome->error, "authorization_pending") == 0 || outcome->status == 0 || outcome->status == 429 ||
         outcome->status >= 500;
}

/* The token of another tenant would be refused in each scan. */
static enum pal_code take(struct sign_in *sign_in, const pal_json *root, struct pal_err *err) {
  const char *access = pal_json_text(pal_json_get(root, "access_token"));
  const char *refresh = pal_json_text(pal_json_get(root, "refresh_token"));
  struct pal_claims claims;
  bool good = false;
  enum pal_code code = access ? token_read(access, &claims, &good, err) : PAL_OK;
  if (code != PAL_OK)
    return code;
  if (!good || !refresh || !refresh_token_valid(refresh)) {
    outcome_word(sign_in->outcome, PAL_READ_NOTHING, PAL_WORD_TOKEN);
  } else if (strcmp(claims.tenant.s, sign_in->options->caller.tenant.s) != 0) {
    outcome_word(sign_in->outcome, PAL_READ_NOTHING, PAL_WORD_TOKEN_TENANT);
  } else {
    pal_buf_puts(sign_in->token, refresh);
    outcome_word(sign_in->outcome, PAL_READ_ALL, "");
    code = pal_buf_check(sign_in->token, "a refresh token", err);
    if (code == PAL_OK)
      code = pal_secret_register(refresh, strlen(refresh), err);
  }
  return code;
}

static void on_poll(void *payload, const struct pal_response *response, const struct pal_err *err) {
  struct sign_in *sign_in = payload;
  struct pal_json_doc *doc = NULL;
  if (err->code != PAL_OK) {
    sign_in->err = *err;
    return;
  }
  enum pal_code code = read_answer(sign_in, response, &doc, &sign_in->err);
  if (code == PAL_OK && doc)
    code = take(sign_in, pal_json_root(doc), &sign_in->err);
  else if (code == PAL_OK && is_pending(sign_in))
    code = poll_later(sign_in, &sign_in->err);
  sign_in->err.code = code;
  pal_json_doc_free(doc);
}

/* --- the code --- */

/* The client, and that a refresh token is wanted: in the question for the code and in the one whether it was entered. */
static void put_wanted(const struct sign_in *sign_in, struct pal_buf *form) {
  const struct pal_cloud *cloud = sign_in->options->cloud;
  struct pal_buf scope;
  pal_buf_init(&scope, TEXT_MAX);
  pal_buf_printf(&scope, "%s/.default offline_access", cloud->audience ? cloud->audience : cloud->origin[PAL_ARM]);
  form_put(form, "client_id", sign_in->options->client);
  form_put(form, "scope", scope.data);
  pal_buf_deinit(&scope);
}

/* A number, also as text, in bounds. */
static int64_t seconds_of(const pal_json *node, int64_t otherwise, int64_t most) {
  int64_t seconds = 0;
  if (!pal_json_int(node, &seconds) && pal_json_text(node))
    seconds = strtoll(pal_json_text(node), NULL, 10);
  if (seconds <= 0)
    return otherwise;
  return seconds < most ? seconds : most;
}

static enum pal_code show(struct sign_in *sign_in, const pal_json *root, struct pal_err *err) {
  const char *message = pal_json_text(pal_json_get(root, "message"));
  const char *uri = pal_json_text(pal_json_get(root, "verification_uri"));
  const char *user_code = pal_json_text(pal_json_get(root, "user_code"));
  struct pal_buf text;
  pal_buf_init(&text, TEXT_MAX);
  if (message)
    pal_buf_puts(&text, message);
  else
    pal_buf_printf(&text, "To sign in, open the page %s and enter the code %s.", uri, user_code);
  enum pal_code code = pal_buf_check(&text, "what a person is to do", err);
  if (code == PAL_OK)
    sign_in->options->show(sign_in->options->payload, text.data);
  pal_buf_deinit(&text);
  return code;
}

static enum pal_code begin(struct sign_in *sign_in, const pal_json *root, struct pal_err *err) {
  const char *device_code = pal_json_text(pal_json_get(root, "device_code"));
  bool has_page = pal_json_text(pal_json_get(root, "message")) || pal_json_text(pal_json_get(root, "verification_uri"));
  if (!device_code || !has_page || !pal_json_text(pal_json_get(root, "user_code"))) {
    outcome_word(sign_in->outcome, PAL_READ_NOTHING, PAL_WORD_SHAPE);
    return PAL_OK;
  }
  sign_in->interval_s = seconds_of(pal_json_get(root, "interval"), INTERVAL_S, INTERVAL_MAX_S);
  sign_in->ends_ms =
      pal_net_now_ms(sign_in->options->net) + seconds_of(pal_json_get(root, "expires_in"), LASTS_S, LASTS_MAX_S) * 1000;
  put_wanted(sign_in, &sign_in->form);
  form_put(&sign_in->form, "device_code", device_code);
  form_put(&sign_in->form, "grant_type", "urn:ietf:params:oauth:grant-type:device_code");
  enum pal_code code = pal_buf_check(&sign_in->form, "the body of a token exchange", err);
  if (code == PAL_OK)
    code = show(sign_in, root, err);
  return code == PAL_OK ? poll_later(sign_in, err) : code;
}

static void on_begin(void *payload, const struct pal_response *response, const struct pal_err *err) {
  struct sign_in *sign_in = payload;
  struct pal_json_doc *doc = NULL;
  if (err->code != PAL_OK) {
    sign_in->err = *err;
    return;
  }
  enum pal_code code = read_answer(sign_in, response, &doc, &sign_in->err);
  if (code == PAL_OK && doc)
    code = begin(sign_in, pal_json_root(doc), &sign_in->err);
  sign_in->err.code = code;
  pal_json_doc_free(doc);
}

static enum pal_code ask_for_code(struct sign_in *sign_in, struct pal_err *err) {
  const struct pal_cloud *cloud = sign_in->options->cloud;
  struct pal_buf url, form;
  pal_buf_init(&url, TEXT_MAX);
  pal_buf_init(&form, TEXT_MAX);
  pal_buf_printf(&url, "%s/%s/oauth2/v2.0/devicecode", cloud->origin[PAL_LOGIN], sign_in->options->caller.tenant.s);
  put_wanted(sign_in, &form);
  enum pal_code code = pal_buf_check(&url, "an address", err);
  if (code == PAL_OK)
    code = pal_buf_check(&form, "the body of a token exchange", err);
  if (code == PAL_OK)
    code = ask(sign_in, url.data, form.data, 0, on_begin, err);
  pal_buf_deinit(&form);
  pal_buf_deinit(&url);
  return code;
}

enum pal_code pal_azure_device_sign_in(const struct pal_device_sign_in *options, const volatile int *stop,
                                       struct pal_buf *token, struct pal_outcome *outcome, struct pal_err *err) {
  struct sign_in sign_in = {.options = options, .token = token, .outcome = outcome};
  *outcome = (struct pal_outcome){0};
  if (!options->cloud->origin[PAL_LOGIN] || !options->cloud->origin[PAL_ARM]) {
    outcome_word(outcome, PAL_READ_NOTHING, PAL_WORD_NO_SERVICE);
    return PAL_OK;
  }
  pal_buf_init(&sign_in.url, TEXT_MAX);
  pal_buf_init(&sign_in.form, TEXT_MAX);
  pal_buf_printf(&sign_in.url, "%s/%s/oauth2/v2.0/token", options->cloud->origin[PAL_LOGIN], options->caller.tenant.s);
  enum pal_code code = pal_buf_check(&sign_in.url, "the address of a token exchange", err);
  if (code == PAL_OK)
    code = ask_for_code(&sign_in, err);
  if (code == PAL_OK)
    code = pal_net_run(options->net, stop, err);
  if (code == PAL_OK && sign_in.err.code != PAL_OK) {
    code = sign_in.err.code;
    if (err)
      *err = sign_in.err;
  }
  pal_buf_wipe(&sign_in.form);
  pal_buf_deinit(&sign_in.url);
  return code;
}
