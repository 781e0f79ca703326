/* SPDX-License-Identifier: Apache-2.0 */
/* link_apply.c - the one place of this layer that writes: one step after the other, each by a run of the net. */
#include <stdio.h>
#include <string.h>

#include "pal_link.h"
#include "pal_text.h"
#include "plan.h"

struct step {
  struct pal_arena *arena;
  struct pal_claims claims;
  bool signed_in, known;
  struct pal_outcome outcome;
  struct pal_record *link;
  char *said;
  size_t said_cap;
  struct pal_err err;
};

bool pal_link_stands(const struct pal_record *link) {
  const char *state = link ? pal_get_text(link, PAL_LINK_STATE) : NULL;
  return link && (!state || strcmp(state, "Deleted") != 0);
}

static enum pal_code run(struct pal_net *net, const volatile int *stop, struct step *step, enum pal_code begun,
                         struct pal_err *err) {
  enum pal_code code = begun == PAL_OK ? pal_net_run(net, stop, err) : begun;
  if (code == PAL_OK && step->err.code != PAL_OK) {
    code = step->err.code;
    if (err)
      *err = step->err;
  }
  return code;
}

/* --- who we are --- */

static void on_signed_in(void *payload, const struct pal_claims *claims, const struct pal_outcome *outcome,
                         const struct pal_err *err) {
  struct step *step = payload;
  step->err = *err;
  step->signed_in = claims != NULL;
  if (claims)
    step->claims = *claims;
  if (outcome)
    step->outcome = *outcome;
}

/* --- the link --- */

static void on_link(void *payload, const struct pal_answer *answer, const struct pal_err *err) {
  struct step *step = payload;
  step->err = *err;
  if (!answer)
    return;
  step->outcome = answer->outcome;
  step->err.code = pal_link_read(step->arena, answer, &step->outcome, &step->known, &step->link, &step->err);
}

static enum pal_code read_link(struct pal_net *net, struct pal_azure *azure, const struct pal_caller *caller,
                               const volatile int *stop, struct step *step, struct pal_err *err) {
  struct pal_call call = {.caller = *caller, .service = PAL_ARM, .path = PAL_PLAN_LINK};
  step->known = false;
  step->link = NULL;
  return run(net, stop, step, pal_azure_ask(azure, &call, on_link, step, err), err);
}

/* --- the request --- */

/* What the service says of an error, of which only the code is stable enough to decide by. */
static void keep_words(struct step *step, const struct pal_answer *answer) {
  const pal_json *root = answer->doc ? pal_json_root(answer->doc) : NULL;
  const char *text = pal_json_text(pal_json_path(root, "error", "message", (char *)NULL));
  struct pal_buf shown;
  if (!text)
    text = pal_json_text(pal_json_get(root, "message"));
  if (!text || (answer->outcome.status >= 200 && answer->outcome.status < 300))
    return;
  pal_buf_init(&shown, 6 * strlen(text) + 16);
  pal_term_escape(&shown, text);
  if (shown.bad == PAL_OK && shown.len >= step->said_cap) { /* cut between characters */
    size_t cut = step->said_cap - 1;
    while (cut > 0 && ((unsigned char)shown.data[cut] & 0xC0) == 0x80)
      cut--;
    shown.data[cut] = '\0';
  }
  (void)snprintf(step->said, step->said_cap, "%s", shown.bad == PAL_OK ? shown.data : "");
  pal_buf_deinit(&shown);
}

static void on_written(void *payload, const struct pal_answer *answer, const struct pal_err *err) {
  struct step *step = payload;
  step->err = *err;
  if (!answer)
    return;
  step->outcome = answer->outcome;
  keep_words(step, answer);
}

static bool was_sent(const struct pal_outcome *outcome) {
  static const char *const words[] = {PAL_WORD_DENIED, PAL_WORD_NO_SERVICE,   PAL_WORD_TENANT_TIME,
                                      PAL_WORD_TOKEN,  PAL_WORD_TOKEN_TENANT, PAL_WORD_TOKEN_FILE};
  if (strncmp(outcome->code, "AADSTS", strlen("AADSTS")) == 0) /* of the sign-in: there was no token any more */
    return false;
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (outcome->status == 0 && strcmp(outcome->code, words[i]) == 0)
      return false;
  return true;
}

static enum pal_code write_link(struct pal_net *net, struct pal_azure *azure, const struct pal_link_plan *plan,
                                const volatile int *stop, struct step *step, bool *ret_sent, struct pal_err *err) {
  struct pal_write write = {
      .identity = plan->identity, .tenant = plan->tenant, .kind = plan->kind, .partner = plan->partner};
  struct pal_grant *grant = NULL;
  enum pal_code code = pal_net_grant(net, &write, &grant, err);
  if (code == PAL_OK) {
    struct pal_call call = {.caller = {plan->identity, plan->tenant}, .grant = grant};
    *ret_sent = true;
    code = run(net, stop, step, pal_azure_ask(azure, &call, on_written, step, err), err);
  }
  pal_grant_free(grant);
  return code;
}

/* --- the order of it --- */

/* A link that only the service's clock tells apart was written in between. */
static bool is_same(const struct pal_record *a, const struct pal_record *b) {
  bool stands = pal_link_stands(a);
  if (stands != pal_link_stands(b))
    return false;
  return !stands || pal_record_equal(a, b);
}

static bool is_as_planned(const struct pal_link_plan *plan, const struct pal_record *link) {
  bool stands = pal_link_stands(link);
  if (plan->kind == PAL_WRITE_DELETE)
    return !stands;
  return stands && strcmp(pal_get_text(link, PAL_LINK_PARTNER_ID), plan->partner.s) == 0;
}

static bool is_of(const struct pal_link_plan *plan, const struct pal_claims *claims) {
  return strcmp(claims->object.s, plan->object.s) == 0 && strcmp(claims->tenant.s, plan->tenant.s) == 0;
}

static void end(struct pal_link_result *ret, const struct step *step, enum pal_link_end how) {
  ret->end = how;
  ret->read = step->outcome;
  ret->known = step->known;
  ret->link = step->known ? step->link : NULL;
}

enum pal_code pal_link_apply(struct pal_net *net, struct pal_azure *azure, struct pal_arena *arena,
                             const struct pal_link_plan *plan, const volatile int *stop, struct pal_link_result *ret,
                             struct pal_err *err) {
  struct pal_caller caller = {plan->identity, plan->tenant};
  *ret = (struct pal_link_result){.end = PAL_END_UNREAD};
  struct step step = {.arena = arena, .said = ret->said, .said_cap = sizeof ret->said};
  enum pal_code code = run(net, stop, &step, pal_azure_sign_in(azure, &caller, PAL_ARM, on_signed_in, &step, err), err);
  if (code == PAL_OK && (!step.signed_in || !is_of(plan, &step.claims))) {
    end(ret, &step, step.signed_in ? PAL_END_OTHER_TOKEN : PAL_END_UNREAD);
    return PAL_OK;
  }
  if (code == PAL_OK)
    code = read_link(net, azure, &caller, stop, &step, err);
  if (code != PAL_OK)
    return code;
  if (!step.known || !is_same(step.link, plan->seen)) {
    end(ret, &step, step.known ? PAL_END_MOVED : PAL_END_UNREAD);
    return PAL_OK;
  }
  struct step written = {.arena = arena, .said = ret->said, .said_cap = sizeof ret->said};
  code = write_link(net, azure, plan, stop, &written, &ret->sent, err);
  ret->written = written.outcome;
  if (code == PAL_OK && !was_sent(&written.outcome)) {
    ret->sent = false;
    end(ret, &step, PAL_END_NOT_SENT);
    return PAL_OK;
  }
  if (code == PAL_OK)
    code = read_link(net, azure, &caller, stop, &step, err);
  if (code == PAL_OK)
    end(ret, &step, !step.known ? PAL_END_UNKNOWN : is_as_planned(plan, step.link) ? PAL_END_DONE : PAL_END_NOT_DONE);
  return code;
}
