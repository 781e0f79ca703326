/* SPDX-License-Identifier: Apache-2.0 */
/* link_carry_out.c - carries a plan out and says in words how it ended. */
#include <string.h>

#include "link.h"
#include "link_record.h"

static enum pal_code apply(const struct pal_look *look, const struct pal_link_plan *plan, struct pal_link_result *ret,
                           struct pal_err *err) {
  const struct pal_app *app = look->app;
  const struct pal_texts identities = {.v = (const char *[]){look->identity}, .n = 1};
  struct pal_net_options net_options = {.cloud = look->cloud, .concurrency = 1, .may_write = true};
  struct pal_net *net = NULL;
  struct pal_azure *azure = NULL;
  *ret = (struct pal_link_result){.end = PAL_END_UNREAD};
  enum pal_code code = pal_net_open(&net_options, &net, err);
  if (code != PAL_OK)
    return code;
  struct pal_azure_options options = {.net = net,
                                      .cloud = look->cloud,
                                      .settings = app->settings,
                                      .config = app->config,
                                      .base_dir = app->base_dir[0] != '\0' ? app->base_dir : NULL,
                                      .only_identities = &identities};
  code = pal_azure_open(&options, &azure, err);
  if (code == PAL_OK)
    code = pal_link_apply(net, azure, app->arena, plan, app->cli->stop, ret, err);
  if (code != PAL_OK && ret->sent)
    (void)pal_err_wrap(err, "the request was on its way, and whether it was carried out is not known (palscan link "
                            "show tells)");
  pal_azure_free(azure);
  struct pal_err later = {0};
  enum pal_code closed = pal_net_close(net, code == PAL_OK ? err : &later);
  return code == PAL_OK ? closed : code;
}

enum pal_code pal_link_carry_out(const struct pal_look *look, const struct pal_link_plan *plan,
                                 const struct pal_link_keeping *keeping, struct pal_link_result *ret,
                                 struct pal_err *err) {
  struct pal_link_record record = {0};
  struct pal_arena *arena = look->app->arena;
  enum pal_code code = PAL_OK;
  *ret = (struct pal_link_result){.end = PAL_END_UNREAD};
  if (keeping->repository_id != NULL)
    code = pal_link_record_begin(arena, keeping->repository_id, plan, keeping->findings, &record, err);
  if (code != PAL_OK)
    return code;
  code = apply(look, plan, ret, err);
  struct pal_err writing = {0};
  enum pal_code written = record.path != NULL ? pal_link_record_end(arena, &record, ret, &writing) : PAL_OK;
  if (code == PAL_OK && written != PAL_OK && ret->end == PAL_END_DONE) {
    (void)pal_err_wrap(&writing, "the change is made, but its record still says that the outcome is unknown");
    *err = writing;
    code = written;
  }
  return code;
}

/* What an answer to a change means, and what to do. */
static const char *explain(const struct pal_link_plan *plan, int status) {
  switch (status) {
  case 400:
    return "the service does not take this partner ID; compare it with Partner Center, Account settings, "
           "Identifiers: only the ID of a location can be linked";
  case 401: return "the service refused the token; sign the identity in again";
  case 403:
    return "the identity has no account in this tenant, or may not link there: who works on behalf of the "
           "customer cannot be linked; have the account invited and given a role";
  case 404:
    return plan->kind == PAL_WRITE_CREATE ? "the service does not know partner links; check the cloud"
                                          : "there was no link to change any more; palscan link create makes one";
  case 409: return "another link was made meanwhile; see palscan link show, then palscan link update";
  case 412: return "the link was changed meanwhile; see palscan link show";
  case 429: return "the service asked to slow down; run it again later";
  case 0: return "the service gave no answer; run it again";
  default: return status >= 500 ? "the service failed; run it again later" : "see what the service says";
  }
}

static enum pal_code not_done(const struct pal_link_plan *plan, const struct pal_link_result *result,
                              struct pal_err *err) {
  const char *linked = pal_link_stands(result->link) ? pal_get_text(result->link, PAL_LINK_PARTNER_ID) : NULL;
  const struct pal_outcome *answer = &result->written;
  bool accepted = answer->status >= 200 && answer->status < 300;
  size_t said = strlen(result->said);
  if (said > 0 && result->said[said - 1] == '.')
    said--;
  return pal_err_set(
      err, PAL_E_NET, "not done: the link %s%s. %s%s%s%.*s: %s", linked != NULL ? "is partner ID " : "is none",
      linked != NULL ? linked : "", accepted ? "The service accepted the change" : "The service answered ",
      accepted ? "" : answer->code, said > 0 ? ", " : "", (int)said, result->said,
      accepted ? "and does not show it; see palscan link show in a few minutes" : explain(plan, answer->status));
}

static enum pal_code unread(const struct pal_link_plan *plan, const struct pal_link_result *result,
                            struct pal_err *err) {
  const struct pal_explanation *known = pal_azure_explain(result->read.code);
  bool sent = result->end == PAL_END_UNKNOWN;
  return pal_err_set(err, strncmp(result->read.code, "AADSTS", 6) == 0 ? PAL_E_CREDENTIAL : PAL_E_NET,
                     "identity %s, tenant %s: %s: the link could not be read: %s%s%s", plan->identity, plan->tenant.s,
                     sent ? "the change was sent, and whether it stands is not known (palscan link show tells)"
                          : "nothing was changed",
                     result->read.code, known != NULL ? ": " : "", known != NULL ? known->meaning : "");
}

enum pal_code pal_link_conclude(const struct pal_link_plan *plan, const struct pal_link_result *result,
                                struct pal_err *err) {
  switch (result->end) {
  case PAL_END_DONE: return PAL_OK;
  case PAL_END_NOT_DONE: return not_done(plan, result, err);
  case PAL_END_UNKNOWN:
  case PAL_END_UNREAD: return unread(plan, result, err);
  case PAL_END_MOVED:
    return pal_err_set(err, PAL_E_NET,
                       "nothing was changed: the link was written by someone else since the plan was made; look at it "
                       "again with palscan link show");
  case PAL_END_NOT_SENT:
    return pal_err_set(err, PAL_E_DENIED, "nothing was changed: the request was not sent: %s", result->written.code);
  case PAL_END_OTHER_TOKEN: break;
  }
  return pal_err_set(err, PAL_E_CREDENTIAL, "nothing was changed: the token is of another object than the plan");
}
