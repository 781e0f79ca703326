/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor_remedy.c - which role or permission a refusal is about, and the command
 * that gives it. What a code means, azure/explain.c says. Commands hold ids that
 * were parsed, and nothing else from outside.
 */
#include <string.h>

#include "doctor.h"
#include "pal_azure.h"
#include "pal_buf.h"

enum { COMMANDS_MAX = 3, COMMAND_CAP = 1024 };

/* {tenant} {home} {object} {client} {login} stand for what is known of the identity, {principal} for an option, {unit}
 * for each unit. A command with one that is not known is left out. */
struct rule {
  enum doctor_need need;
  const char *codes;                  /* with commas around each */
  const char *only;                   /* "ServicePrincipal", "User"; NULL: whoever it is */
  const char *right, *portal;         /* NULL: none */
  const char *remedy;                 /* in place of what azure/explain.c says; NULL: that */
  const char *commands[COMMANDS_MAX]; /* NULL: none */
};

#define SIGN_IN_TENANT "az login --tenant {tenant} --allow-no-subscriptions"
#define SIGN_IN_HOME "az login --tenant {home} --allow-no-subscriptions"
#define GIVE_ROLE(ROLE) "az role assignment create --assignee-object-id {object} {principal}--role " ROLE " --scope "
#define ON_SUBSCRIPTION "/subscriptions/{unit}"
/* The root management group has the id of its tenant. */
#define ON_TENANT "/providers/Microsoft.Management/managementGroups/{tenant}"
#define CONSENT_PAGE "{login}/{tenant}/adminconsent?client_id={client}"

static const struct rule rules[] = {
    {DOCTOR_TOKEN,
     ",AADSTS700016,AADSTS7000229,AADSTS65001,",
     NULL,
     "consent to application {client} by an administrator of tenant {tenant}",
     CONSENT_PAGE,
     NULL,
     {SIGN_IN_TENANT, "az ad sp create --id {client}"}},
    {DOCTOR_TOKEN,
     ",AADSTS7000215,AADSTS7000222,",
     NULL,
     "a valid secret of application {client}",
     "Microsoft Entra admin center, App registrations, {client}, Certificates & secrets",
     NULL,
     {SIGN_IN_HOME, "az ad app credential reset --id {client} --append"}},
    {DOCTOR_TOKEN,
     ",AADSTS7000218,",
     NULL,
     "public client flows, allowed for application {client}",
     "Microsoft Entra admin center, App registrations, {client}, Authentication",
     NULL,
     {SIGN_IN_HOME, "az ad app update --id {client} --is-fallback-public-client true"}},
    {DOCTOR_TOKEN,
     ",AADSTS700027,",
     NULL,
     "the certificate, registered with application {client}",
     "Microsoft Entra admin center, App registrations, {client}, Certificates & secrets",
     NULL,
     {SIGN_IN_HOME, "az ad app credential list --id {client} --cert"}},
    {DOCTOR_TOKEN,
     ",AADSTS70021,AADSTS700211,AADSTS700212,AADSTS700213,",
     NULL,
     "a federated credential of application {client} that matches",
     "Microsoft Entra admin center, App registrations, {client}, Certificates & secrets",
     NULL,
     {SIGN_IN_HOME, "az ad app federated-credential list --id {client}"}},
    {DOCTOR_TOKEN,
     ",AADSTS50020,",
     NULL,
     "an invitation to tenant {tenant}",
     "Microsoft Entra admin center of {tenant}, Users, Invite external user",
     NULL,
     {NULL}},
    {DOCTOR_TOKEN,
     ",AADSTS50076,AADSTS50079,AADSTS50072,AADSTS50074,AADSTS50158,AADSTS53000,AADSTS53003,AADSTS530036,",
     NULL,
     "an exclusion from the Conditional Access policy that blocks the sign-in",
     "Microsoft Entra admin center of {tenant}, Sign-in logs name the policy",
     NULL,
     {NULL}},
    {DOCTOR_TOKEN,
     ",AADSTS50105,",
     NULL,
     "an assignment to application {client}",
     "Microsoft Entra admin center of {tenant}, Enterprise applications, {client}, Users and groups",
     NULL,
     {NULL}},
    {DOCTOR_TOKEN, ",400 az_login_needed,", NULL, NULL, NULL, NULL, {SIGN_IN_TENANT}},
    {DOCTOR_TOKEN,
     ",400 az_failed,400 az_timeout,",
     NULL,
     NULL,
     NULL,
     NULL,
     {"az account get-access-token --tenant {tenant}"}},
    {DOCTOR_TOKEN, ",AADSTS700024,", NULL, NULL, NULL, NULL, {"timedatectl set-ntp true"}},
    {DOCTOR_LINK,
     ",403 AuthorizationFailed,403,",
     NULL,
     NULL,
     NULL,
     "sign in as this identity by hand and ask for its link, which takes no Azure role",
     {SIGN_IN_TENANT, "az managementpartner show"}},
    {DOCTOR_LIST,
     ",403 AuthorizationFailed,403,",
     NULL,
     "Reader",
     NULL,
     "give it Reader on its subscriptions, or above them",
     {SIGN_IN_TENANT, GIVE_ROLE("Reader") ON_TENANT}},
    {DOCTOR_READER,
     ",403 AuthorizationFailed,403,",
     NULL,
     "Reader",
     NULL,
     NULL,
     {SIGN_IN_TENANT, GIVE_ROLE("Reader") ON_SUBSCRIPTION}},
    {DOCTOR_READER,
     ",409 MissingSubscriptionRegistration,",
     NULL,
     NULL,
     NULL,
     NULL,
     {SIGN_IN_TENANT, "az provider register --namespace Microsoft.ManagedServices --subscription {unit}"}},
    {DOCTOR_COSTS,
     ",403 AuthorizationFailed,401 RBACAccessDenied,403 RBACAccessDenied,403,",
     NULL,
     "Cost Management Reader",
     NULL,
     "give it Cost Management Reader on the subscription, or accept the gap",
     {SIGN_IN_TENANT, GIVE_ROLE("\"Cost Management Reader\"") ON_SUBSCRIPTION}},
    {DOCTOR_COSTS,
     ",400 IndirectCostDisabled,403 IndirectCostDisabled,",
     NULL,
     "the policy that lets the customer see Azure charges, for tenant {tenant}",
     "Partner Center: the customer's Azure plan, or Azure portal, Cost Management, the billing account's customer "
     "{tenant}, Policies",
     NULL,
     {NULL}},
    {DOCTOR_GROUPS,
     ",403 Authorization_RequestDenied,403,",
     "ServicePrincipal",
     "GroupMember.Read.All (application permission of Microsoft Graph), consented to in tenant {tenant}",
     CONSENT_PAGE,
     NULL,
     {SIGN_IN_HOME,
      "az ad app permission add --id {client} --api 00000003-0000-0000-c000-000000000000 --api-permissions "
      "98830695-27a2-44f7-8c18-0c3ebc9698f6=Role"}},
    {DOCTOR_GROUPS,
     ",403 Authorization_RequestDenied,403,",
     NULL,
     "Directory Readers (a role of Microsoft Entra ID) in tenant {tenant}",
     "Microsoft Entra admin center of {tenant}, Roles and administrators, Directory Readers",
     NULL,
     {NULL}},
};

/* --- which rule --- */

static bool names(const char *codes, const char *code) {
  size_t len = strlen(code);
  for (const char *at = strstr(codes, code); at; at = strstr(at + 1, code))
    if (at[-1] == ',' && at[len] == ',')
      return true;
  return false;
}

static const struct rule *find(enum doctor_need need, const char *code, const struct doctor_who *who) {
  for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
    if (rules[i].need == need && names(rules[i].codes, code) &&
        (!rules[i].only || (who->principal && strcmp(rules[i].only, who->principal) == 0)))
      return &rules[i];
  return NULL;
}

/* --- ids into templates --- */

struct words {
  const struct doctor_who *who;
  const char *unit;
};

/* False: it is not known. */
static bool put_word(struct pal_buf *out, const char *name, size_t len, const struct words *words) {
  const struct {
    const char *name, *value;
  } known[] = {{"tenant", words->who->tenant}, {"home", words->who->home},   {"object", words->who->object},
               {"client", words->who->client}, {"login", words->who->login}, {"unit", words->unit}};
  if (len == strlen("principal") && strncmp(name, "principal", len) == 0) {
    if (words->who->principal) /* else Azure finds out itself, more slowly */
      pal_buf_printf(out, "--assignee-principal-type %s ", words->who->principal);
    return true;
  }
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    if (strlen(known[i].name) == len && strncmp(known[i].name, name, len) == 0) {
      pal_buf_puts(out, known[i].value ? known[i].value : "");
      return known[i].value != NULL;
    }
  return false;
}

/* *ret stays NULL when something in it is not known. */
static enum pal_code fill(struct pal_arena *arena, const char *template, const struct words *words, const char **ret,
                          struct pal_err *err) {
  struct pal_buf text;
  bool known = true;
  pal_buf_init(&text, COMMAND_CAP);
  for (const char *c = template; *c; c++) {
    const char *end = *c == '{' ? strchr(c, '}') : NULL;
    if (!end) {
      pal_buf_putc(&text, *c);
      continue;
    }
    known = put_word(&text, c + 1, (size_t)(end - c - 1), words) && known;
    c = end;
  }
  enum pal_code code = pal_buf_check(&text, "a command", err);
  *ret = NULL;
  if (code == PAL_OK && known && (*ret = pal_arena_strdup(arena, text.data)) == NULL)
    code = pal_err_nomem(err);
  pal_buf_deinit(&text);
  return code;
}

static enum pal_code add_command(struct pal_arena *arena, struct pal_lack *lack, size_t *cap, const char *template,
                                 const struct words *words, struct pal_err *err) {
  const char *command = NULL;
  enum pal_code code = fill(arena, template, words, &command, err);
  if (code != PAL_OK || command == NULL)
    return code;
  const char **grown = pal_arena_grow(arena, lack->commands.v, lack->commands.n, cap, sizeof(*grown));
  if (grown == NULL)
    return pal_err_nomem(err);
  lack->commands.v = grown;
  lack->commands.v[lack->commands.n++] = command;
  return PAL_OK;
}

static enum pal_code add_commands(struct pal_arena *arena, const struct rule *rule, struct words *words,
                                  struct pal_lack *lack, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  size_t cap = 0;
  for (size_t i = 0; code == PAL_OK && i < COMMANDS_MAX && rule->commands[i] != NULL; i++) {
    if (strstr(rule->commands[i], "{unit}") == NULL) {
      code = add_command(arena, lack, &cap, rule->commands[i], words, err);
      continue;
    }
    for (size_t k = 0; code == PAL_OK && k < lack->units.n; k++) {
      words->unit = lack->units.v[k];
      code = add_command(arena, lack, &cap, rule->commands[i], words, err);
    }
    words->unit = NULL;
  }
  return code;
}

enum pal_code doctor_explain(struct pal_arena *arena, enum doctor_need need, const struct doctor_who *who,
                             bool delegated, struct pal_lack *lack, struct pal_err *err) {
  const struct pal_explanation *known = pal_azure_explain(lack->code);
  const struct rule *rule = find(need, lack->code, who);
  struct words words = {.who = who};
  lack->meaning = known != NULL ? known->meaning : NULL;
  lack->remedy = rule != NULL && rule->remedy != NULL ? rule->remedy : known != NULL ? known->remedy : NULL;
  if (rule == NULL)
    return PAL_OK;
  if (delegated && (need == DOCTOR_READER || need == DOCTOR_COSTS)) { /* no role can be given there, but by the offer */
    lack->right = pal_arena_printf(arena, "%s among the authorizations of the delegation",
                                   rule->right != NULL ? rule->right : "the right");
    return lack->right != NULL ? PAL_OK : pal_err_nomem(err);
  }
  enum pal_code code = rule->right != NULL ? fill(arena, rule->right, &words, &lack->right, err) : PAL_OK;
  if (code == PAL_OK && rule->portal != NULL)
    code = fill(arena, rule->portal, &words, &lack->portal, err);
  return code == PAL_OK ? add_commands(arena, rule, &words, lack, err) : code;
}

enum pal_code doctor_sight(struct pal_arena *arena, const struct doctor_who *who, const char **ret,
                           struct pal_err *err) {
  const struct words words = {.who = who};
  return fill(arena, GIVE_ROLE("Reader") ON_TENANT, &words, ret, err);
}
