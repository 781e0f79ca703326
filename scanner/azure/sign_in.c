/* SPDX-License-Identifier: Apache-2.0 */
/* sign_in.c - whether an identity gets a token of a tenant, and what that says of it. */
#include <stdlib.h>

#include "azure.h"

struct sign_in {
  struct pending pending;
  struct pal_azure *azure;
  pal_sign_in_fn *done;
  void *payload;
};

static void sign_in_drop(struct pending *pending) {
  free(pending);
}

static void on_signed_in(void *payload, struct token *token, const struct pal_outcome *refused,
                         const struct pal_err *err) {
  struct sign_in sign_in = *(struct sign_in *)payload;
  struct pal_outcome good = {.extent = PAL_READ_ALL};
  pending_remove(sign_in.azure, payload);
  free(payload);
  if (err->code != PAL_OK)
    sign_in.done(sign_in.payload, NULL, NULL, err);
  else
    sign_in.done(sign_in.payload, token ? token_claims(token) : NULL, token ? &good : refused, err);
}

enum pal_code pal_azure_sign_in(struct pal_azure *azure, const struct pal_caller *caller, enum pal_service service,
                                pal_sign_in_fn *done, void *payload, struct pal_err *err) {
  struct sign_in *sign_in = calloc(1, sizeof *sign_in);
  if (!sign_in)
    return pal_err_nomem(err);
  *sign_in = (struct sign_in){.azure = azure, .done = done, .payload = payload};
  pending_add(azure, &sign_in->pending, sign_in_drop);
  enum pal_code code = token_get(azure, caller, service, on_signed_in, sign_in, err);
  if (code != PAL_OK) {
    pending_remove(azure, &sign_in->pending);
    free(sign_in);
  }
  return code;
}
