/* SPDX-License-Identifier: Apache-2.0 */
/* link_plan.c - from what is linked and what is asked for to one change, or to why there is none. Pure. */
#include <string.h>

#include "link.h"

enum pal_code pal_look_fail(const struct pal_look *look, struct pal_err *err) {
  const struct pal_explanation *known = pal_azure_explain(look->code);
  if (!look->tried)
    return pal_err_set(err, PAL_E_USAGE,
                       "identity %s does not read tenant %s: neither its list of tenants nor the estate's customers "
                       "name it, and it was not found",
                       look->identity, look->tenant.s);
  return pal_err_set(err, look->signed_in ? PAL_E_NET : PAL_E_CREDENTIAL,
                     "identity %s, tenant %s: the link was not read: %s%s%s%s%s", look->identity, look->tenant.s,
                     look->code, known != NULL ? ": " : "", known != NULL ? known->meaning : "",
                     known != NULL ? "; " : "", known != NULL ? known->remedy : "");
}

static bool is_own(const struct pal_look *look) {
  const char *tenant = pal_get_text(look->link, PAL_LINK_TENANT_ID);
  const char *object = pal_get_text(look->link, PAL_LINK_OBJECT_ID);
  return (tenant == NULL || strcmp(tenant, look->tenant.s) == 0) &&
         (object == NULL || strcmp(object, look->object.s) == 0);
}

static enum pal_code check_id(const struct pal_look *look, const char *partner_id, struct pal_change_plan *ret,
                              struct pal_err *err) {
  enum pal_code code = pal_id_judge(look, partner_id, &ret->verdict, err);
  if (code != PAL_OK)
    return code;
  bool usable = ret->verdict.word == PAL_ID_RIGHT || ret->verdict.word == PAL_ID_UNDECIDED;
  if (usable && !look->placed) /* a rule for what was not read may name another */
    return pal_err_set(err, PAL_E_NET,
                       "refused: country and subscriptions of tenant %s were not read, so that which rule of the "
                       "registry decides cannot be told; run it again",
                       look->tenant.s);
  if (usable)
    return PAL_OK;
  return pal_err_set(err, PAL_E_INPUT, "refused: %s", ret->verdict.sentence);
}

/* Whether there is anything to change, or PAL_E_USAGE when another command does what is meant. */
static enum pal_code check_kind(enum pal_write_kind kind, const char *linked, const char *wanted, bool *ret_nothing,
                                struct pal_err *err) {
  bool same = linked != NULL && wanted != NULL && strcmp(linked, wanted) == 0;
  *ret_nothing = kind == PAL_WRITE_DELETE ? linked == NULL : same;
  if (*ret_nothing)
    return PAL_OK;
  if (kind == PAL_WRITE_CREATE && linked != NULL)
    return pal_err_set(err, PAL_E_USAGE,
                       "the identity is linked to partner ID %s already; palscan link update replaces it", linked);
  if (kind == PAL_WRITE_UPDATE && linked == NULL)
    return pal_err_set(err, PAL_E_USAGE, "the identity has no link here; palscan link create makes one");
  if (kind == PAL_WRITE_DELETE && wanted != NULL && !same)
    return pal_err_set(err, PAL_E_USAGE, "the identity is linked to partner ID %s, not to %s", linked, wanted);
  return PAL_OK;
}

enum pal_code pal_link_decide(const struct pal_look *look, enum pal_write_kind kind, const char *partner_id,
                              struct pal_change_plan *ret, struct pal_err *err) {
  *ret = (struct pal_change_plan){
      .link = {.identity = look->identity, .tenant = look->tenant, .object = look->object, .kind = kind}};
  if (!look->known)
    return pal_look_fail(look, err);
  bool stands = pal_link_stands(look->link);
  const char *linked = stands ? pal_get_text(look->link, PAL_LINK_PARTNER_ID) : NULL;
  if (stands && !is_own(look))
    return pal_err_set(err, PAL_E_ANSWER,
                       "refused: the service answered with the link of another object or tenant than the token's");
  enum pal_code code = kind == PAL_WRITE_DELETE ? PAL_OK : check_id(look, partner_id, ret, err);
  if (code == PAL_OK)
    code = check_kind(kind, linked, partner_id, &ret->nothing, err);
  if (code != PAL_OK || ret->nothing)
    return code;
  ret->link.seen = look->link;
  return pal_partner_id_parse(kind == PAL_WRITE_DELETE ? linked : partner_id, &ret->link.partner, err);
}
