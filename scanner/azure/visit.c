/* SPDX-License-Identifier: Apache-2.0 */
/* visit.c - how long one identity stays with one tenant. */
#include <stdlib.h>
#include <string.h>

#include "azure.h"

enum { VISITS_FIRST = 64 };

struct visit {
  const struct credential *credential; /* NULL: free */
  struct pal_tenant_id tenant;
  long long until_ms;
};

static struct visit *slot_of(struct visit *visits, size_t cap, const struct credential *credential,
                             const struct pal_tenant_id *tenant) {
  size_t hash = 5381;
  for (const char *c = credential->name; *c; c++)
    hash = hash * 33 + (unsigned char)*c;
  for (const char *c = tenant->s; *c; c++)
    hash = hash * 33 + (unsigned char)*c;
  size_t at = hash & (cap - 1);
  while (visits[at].credential && (visits[at].credential != credential || strcmp(visits[at].tenant.s, tenant->s) != 0))
    at = (at + 1) & (cap - 1);
  return &visits[at];
}

static enum pal_code grow(struct pal_azure *azure, struct pal_err *err) {
  size_t cap = azure->visits_cap ? 2 * azure->visits_cap : VISITS_FIRST;
  struct visit *grown = calloc(cap, sizeof *grown);
  if (!grown)
    return pal_err_nomem(err);
  for (size_t i = 0; i < azure->visits_cap; i++) {
    const struct visit *old = &azure->visits[i];
    if (old->credential)
      *slot_of(grown, cap, old->credential, &old->tenant) = *old;
  }
  free(azure->visits);
  azure->visits = grown;
  azure->visits_cap = cap;
  return PAL_OK;
}

enum pal_code visit_until(struct pal_azure *azure, const struct pal_caller *caller, long long *ret,
                          struct pal_err *err) {
  const struct credential *credential = azure_credential(azure, caller->identity);
  if (!credential)
    return pal_err_set(err, PAL_E_INTERNAL, "identity %s has no credential", caller->identity);
  if (2 * (azure->visits_n + 1) > azure->visits_cap) {
    enum pal_code code = grow(azure, err);
    if (code != PAL_OK)
      return code;
  }
  struct visit *visit = slot_of(azure->visits, azure->visits_cap, credential, &caller->tenant);
  if (!visit->credential) {
    *visit = (struct visit){.credential = credential,
                            .tenant = caller->tenant,
                            .until_ms = pal_net_now_ms(azure->net) + PAL_TENANT_TIME_S * 1000LL};
    azure->visits_n++;
  }
  *ret = visit->until_ms;
  return PAL_OK;
}

void visit_forget(struct pal_azure *azure, const struct credential *credential, const struct pal_tenant_id *tenant) {
  if (!azure->visits_cap)
    return;
  size_t mask = azure->visits_cap - 1;
  struct visit *hole = slot_of(azure->visits, azure->visits_cap, credential, tenant);
  if (!hole->credential)
    return;
  *hole = (struct visit){0};
  azure->visits_n--;
  /* Those behind it may have stood there only because it was taken. */
  for (size_t at = ((size_t)(hole - azure->visits) + 1) & mask; azure->visits[at].credential; at = (at + 1) & mask) {
    struct visit moved = azure->visits[at];
    azure->visits[at] = (struct visit){0};
    *slot_of(azure->visits, azure->visits_cap, moved.credential, &moved.tenant) = moved;
  }
}

void visits_free(struct pal_azure *azure) {
  free(azure->visits);
  azure->visits = NULL;
  azure->visits_n = azure->visits_cap = 0;
}
