/* SPDX-License-Identifier: Apache-2.0 */
/* remedy.c - which ids stand for the words of a remediation, and a text with them filled in. */
#include "remedy.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* --- what the snapshot knows --- */

/*
 * In the order of PAL004 and of link: principal (own tenants), tenant, subscription or management group, country,
 * default where it is a decision. A rule for a management group may hold or not; then the next rank counts beside it.
 */
static const char expected_sql[] =
    "SELECT own_tenant.tenant_id, expect.principal, 0, 0, expect.id FROM expect JOIN usable_partner ON "
    "usable_partner.partner_id = expect.id JOIN own_tenant ON COALESCE(expect.tenant, own_tenant.tenant_id) = "
    "own_tenant.tenant_id WHERE expect.principal IS NOT NULL "
    "UNION SELECT expected_scope.tenant_id, '', 2, expected_scope.subscription_id IS NULL, expected_scope.partner_id "
    "FROM expected_scope JOIN usable_partner ON usable_partner.partner_id = expected_scope.partner_id "
    "UNION SELECT tenant_id, '', CASE rule WHEN 'tenant' THEN 1 WHEN 'country' THEN 5 ELSE 6 END, 0, partner_id FROM "
    "expected_partner WHERE is_decided AND partner_id IS NOT NULL "
    "ORDER BY 1, 2, 3, 5";

/* Who may be asked to make a link: who works for us and is still there, and neither only reads nor is kept for breaking
 * glass. */
static const char accounts_sql[] =
    "SELECT our_object.tenant_id, our_object.object_id, our_object.type, identity.app_id, identity.names, "
    "CASE WHEN lower(COALESCE(link.state, 'active')) <> 'deleted' THEN link.partner_id END, usable_partner.partner_id, "
    "our_object.linked = 0 AND our_object.owner <> 'customer' AND COALESCE(our_object.left_date, '9999') > run.today "
    "AND (our_object.link_expected OR COALESCE(our_object.purpose, '') NOT IN ('scan-only', 'break-glass')), "
    "our_object.owner <> 'customer' AND our_object.linked "
    "FROM our_object JOIN run LEFT JOIN identity ON identity.tenant_id = our_object.tenant_id AND identity.object_id = "
    "our_object.object_id LEFT JOIN link ON link.tenant_id = our_object.tenant_id AND link.object_id = "
    "our_object.object_id LEFT JOIN registry ON registry.id = link.partner_id LEFT JOIN usable_partner ON "
    "usable_partner.partner_id = registry.superseded_by ORDER BY 1, 2";

static const char *kept(struct pal_arena *arena, const char *text) {
  return text && text[0] ? pal_arena_strdup(arena, text) : NULL;
}

static enum pal_code on_expected(void *payload, int n, const char *const *names, const struct pal_sql_value *values,
                                 struct pal_err *err) {
  struct pal_remedies *r = payload;
  (void)n;
  (void)names;
  struct expected one = {0};
  if (!values || !values[0].text || !values[1].text || !values[4].text ||
      pal_tenant_id_parse(values[0].text, &one.tenant, NULL) != PAL_OK ||
      pal_partner_id_parse(values[4].text, &one.partner, NULL) != PAL_OK ||
      (values[1].text[0] && pal_object_id_parse(values[1].text, &one.object, NULL) != PAL_OK))
    return PAL_OK;
  one.rank = values[2].text[0] - '0';
  one.is_open = values[3].text[0] == '1';
  struct expected *grown = pal_arena_grow(r->arena, r->expected, r->expected_n, &r->expected_cap, sizeof *grown);
  if (!grown)
    return pal_err_nomem(err);
  r->expected = grown;
  grown[r->expected_n++] = one;
  return PAL_OK;
}

static enum pal_code on_account(void *payload, int n, const char *const *names, const struct pal_sql_value *values,
                                struct pal_err *err) {
  struct pal_remedies *r = payload;
  (void)n;
  (void)names;
  struct account one = {0};
  if (!values || !values[0].text || !values[1].text ||
      pal_tenant_id_parse(values[0].text, &one.tenant, NULL) != PAL_OK ||
      pal_object_id_parse(values[1].text, &one.object, NULL) != PAL_OK)
    return PAL_OK;
  if (values[3].text && pal_guid_parse(values[3].text, &one.app, NULL) != PAL_OK)
    one.app.s[0] = '\0';
  if (values[5].text && pal_partner_id_parse(values[5].text, &one.linked, NULL) != PAL_OK)
    one.linked.s[0] = '\0';
  if (values[6].text && pal_partner_id_parse(values[6].text, &one.successor, NULL) != PAL_OK)
    one.successor.s[0] = '\0';
  one.type = kept(r->arena, values[2].text);
  one.names = kept(r->arena, values[4].text);
  one.may_link = values[7].text && values[7].text[0] == '1';
  one.is_linked = values[8].text && values[8].text[0] == '1';
  struct account *grown = pal_arena_grow(r->arena, r->accounts, r->accounts_n, &r->accounts_cap, sizeof *grown);
  if (!grown)
    return pal_err_nomem(err);
  r->accounts = grown;
  grown[r->accounts_n++] = one;
  return PAL_OK;
}

enum pal_code remedy_ask(struct pal_judge *judge, const char *sql, pal_row_fn *each, void *payload,
                         struct pal_err *err) {
  struct pal_err own = {0};
  enum pal_code code = pal_judge_query(judge, sql, each, payload, &own);
  if (code == PAL_OK || code == PAL_E_INPUT)
    return PAL_OK;
  *err = own;
  return code;
}

enum pal_code pal_remedies_read(struct pal_arena *arena, struct pal_judge *judge, struct pal_remedies **ret,
                                struct pal_err *err) {
  struct pal_remedies *r = pal_arena_calloc(arena, 1, sizeof *r);
  if (!r)
    return pal_err_nomem(err);
  r->arena = arena;
  enum pal_code code = remedy_ask(judge, expected_sql, on_expected, r, err);
  if (code == PAL_OK)
    code = remedy_ask(judge, accounts_sql, on_account, r, err);
  if (code == PAL_OK)
    *ret = r;
  return code;
}

static int compare_place(const char *tenant_a, const char *object_a, const char *tenant_b, const char *object_b) {
  int cmp = strcmp(tenant_a, tenant_b);
  return cmp ? cmp : strcmp(object_a, object_b);
}

size_t remedy_first_account(const struct pal_remedies *r, const char *tenant, const char *object) {
  size_t low = 0, high = r ? r->accounts_n : 0;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (compare_place(r->accounts[middle].tenant.s, r->accounts[middle].object.s, tenant, object) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

const struct account *remedy_account(const struct pal_remedies *r, const char *tenant, const char *object) {
  size_t at = remedy_first_account(r, tenant, object);
  bool is =
      r && at < r->accounts_n && compare_place(r->accounts[at].tenant.s, r->accounts[at].object.s, tenant, object) == 0;
  return is ? &r->accounts[at] : NULL;
}

/* The first row at or after (tenant, object). */
static size_t first_expected(const struct pal_remedies *r, const char *tenant, const char *object) {
  size_t low = 0, high = r->expected_n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (compare_place(r->expected[middle].tenant.s, r->expected[middle].object.s, tenant, object) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* The one ID that the deciding rank names; false when it names none, or several. */
static bool only_one(const struct pal_remedies *r, const char *tenant, const char *object, struct pal_partner_id *ret) {
  const struct expected *found = NULL;
  bool is_open = false;
  int rank = -1;
  for (size_t i = first_expected(r, tenant, object); i < r->expected_n; i++) {
    const struct expected *one = &r->expected[i];
    if (compare_place(one->tenant.s, one->object.s, tenant, object) != 0)
      break;
    if (rank >= 0 && one->rank != rank && !is_open)
      break;
    if (one->rank != rank && rank >= 0)
      is_open = false;
    rank = one->rank;
    is_open = is_open || one->is_open;
    if (found && strcmp(found->partner.s, one->partner.s) != 0)
      return false;
    found = one;
  }
  if (found)
    *ret = found->partner;
  return found != NULL;
}

bool remedy_expected(const struct pal_remedies *r, const char *tenant, const char *object, struct pal_partner_id *ret) {
  if (!r)
    return false;
  return (object[0] && only_one(r, tenant, object, ret)) || only_one(r, tenant, "", ret);
}

/* --- the ids of one finding --- */

static void take_scope(struct pal_arena *arena, const char *text, struct pal_remedy_ids *ids) {
  const char *scope = text ? pal_arm_id_dup(arena, text, NULL) : NULL;
  if (!scope)
    return;
  ids->scope = scope;
  (void)pal_arm_id_subscription(scope, &ids->subscription);
}

void remedy_take_account(const struct pal_remedies *r, struct pal_remedy_ids *ids) {
  const struct account *account = remedy_account(r, ids->tenant.s, ids->object.s);
  ids->linked = account ? account->linked : (struct pal_partner_id){0};
  ids->app = account ? account->app : (struct pal_guid){0};
  ids->type = account ? account->type : NULL;
  ids->partner = (struct pal_partner_id){0};
  if (!remedy_expected(r, ids->tenant.s, ids->object.s, &ids->partner) && account)
    ids->partner = account->successor;
}

/* A list whose last members all lie in one subscription names it: [role, scope], [tenant, subscription]. */
static void take_lists(struct pal_arena *arena, const pal_json *details, struct pal_remedy_ids *ids) {
  static const char *const lists[] = {"roles", "lostSubscriptions"};
  struct pal_subscription_id only = {0};
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
    for (const pal_json *one = pal_json_first(pal_json_get(details, lists[i])); one; one = pal_json_next(one)) {
      struct pal_subscription_id here;
      const pal_json *last = pal_json_type(one) == PAL_JSON_ARRAY ? pal_json_next(pal_json_first(one)) : one;
      const char *text = pal_json_text(last), *scope = text ? pal_arm_id_dup(arena, text, NULL) : NULL;
      if (!text ||
          (pal_subscription_id_parse(text, &here, NULL) != PAL_OK &&
           (!scope || !pal_arm_id_subscription(scope, &here))) ||
          (only.s[0] && strcmp(only.s, here.s) != 0))
        return;
      only = here;
    }
  if (!ids->subscription.s[0])
    ids->subscription = only;
}

static void take_details(struct pal_arena *arena, const pal_json *details, struct pal_remedy_ids *ids) {
  take_scope(arena, pal_json_text(pal_json_get(details, "scope")), ids);
  const char *role = pal_json_text(pal_json_get(details, "roleId"));
  if (role && pal_role_id_parse(role, &ids->role, NULL) != PAL_OK)
    ids->role.s[0] = '\0';
  take_lists(arena, details, ids);
}

/* What tells findings of one subject apart may be a role assignment, or the object concerned. */
static void take_key(struct pal_arena *arena, const char *key, struct pal_remedy_ids *ids) {
  const char *id = key ? pal_arm_id_dup(arena, key, NULL) : NULL;
  if (id && strstr(id, "/providers/microsoft.authorization/roleassignments/"))
    ids->assignment = id;
  if (key && !ids->object.s[0] && pal_object_id_parse(key, &ids->object, NULL) != PAL_OK)
    ids->object.s[0] = '\0';
}

/* A policy may have decided by more than the tenant. */
static void take_decision(const pal_json *details, struct pal_remedy_ids *ids) {
  const char *expected = pal_json_text(pal_json_get(details, "expectedId"));
  struct pal_partner_id id;
  if (expected && pal_partner_id_parse(expected, &id, NULL) == PAL_OK)
    ids->partner = id;
}

static bool works_in_managing_tenant(const struct pal_policy *policy) {
  for (size_t i = 0; policy && i < policy->fixes_n; i++)
    if (policy->fixes[i].managing)
      return true;
  return false;
}

void remedy_ids(struct pal_arena *arena, const struct pal_remedies *r, const struct pal_reported *reported,
                const pal_json *details, struct pal_remedy_ids *ret) {
  const struct pal_record *subject = pal_get_record(reported->finding, PAL_FINDING_SUBJECT);
  const char *type = subject ? pal_get_text(subject, PAL_SUBJECT_TYPE) : NULL;
  const char *id = subject ? pal_get_text(subject, PAL_SUBJECT_ID) : NULL;
  *ret = (struct pal_remedy_ids){.fingerprint = pal_get_text(reported->finding, PAL_FINDING_FINGERPRINT)};
  if (pal_tenant_id_parse(reported->tenant_id, &ret->tenant, NULL) != PAL_OK)
    ret->tenant.s[0] = '\0';
  take_details(arena, details, ret);
  if (type && id) {
    if ((strcmp(type, "identity") == 0 || strcmp(type, "principal") == 0) &&
        pal_object_id_parse(id, &ret->object, NULL) != PAL_OK)
      ret->object.s[0] = '\0';
    if (strcmp(type, "subscription") == 0 && pal_subscription_id_parse(id, &ret->subscription, NULL) != PAL_OK)
      ret->subscription.s[0] = '\0';
    if (strcmp(type, "scope") == 0)
      take_scope(arena, id, ret);
  }
  take_key(arena, pal_get_text(reported->finding, PAL_FINDING_KEY), ret);
  remedy_take_account(r, ret);
  take_decision(details, ret);
}

/* --- filling in --- */

static bool is_word_char(char c) {
  return isalnum((unsigned char)c) || c == '_';
}

struct word {
  const char *name, *value;
};

static const char *value_of(const struct word *words, size_t n, const char *at, size_t len, bool *ret_is) {
  for (size_t i = 0; i < n; i++)
    if (strlen(words[i].name) == len && memcmp(words[i].name, at, len) == 0) {
      *ret_is = true;
      return words[i].value && words[i].value[0] ? words[i].value : NULL;
    }
  *ret_is = false;
  return NULL;
}

/* People's words beside ids in commands: in capitals, such as NAME or L. */
static bool is_blank_to_fill(const char *at, size_t len) {
  static const char *const others[] = {"L",    "NAME",  "WHY",         "WHO",       "DATE",       "APP",
                                       "FLOW", "OWNER", "ENVIRONMENT", "WORKSPACE", "CERTIFICATE"};
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    if (strlen(others[i]) == len && memcmp(others[i], at, len) == 0)
      return true;
  return false;
}

/* What is removed is what is linked. */
static bool removes_link(const char *text, const char *at) {
  static const char *const verbs[] = {"managementpartner delete --partner-id ",
                                      "Remove-AzManagementPartner -PartnerId "};
  for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
    size_t len = strlen(verbs[i]);
    if ((size_t)(at - text) >= len && memcmp(at - len, verbs[i], len) == 0)
      return true;
  }
  return false;
}

static const char *principal_type(const struct pal_remedy_ids *ids, const char *text, const char *at, size_t len) {
  static const char word[] = "ServicePrincipal", option[] = "--assignee-principal-type ";
  size_t before = sizeof option - 1;
  if (len != sizeof word - 1 || memcmp(at, word, len) != 0 || (size_t)(at - text) < before ||
      memcmp(at - before, option, before) != 0 || !ids->type)
    return NULL;
  return strcmp(ids->type, "user") == 0 || strcmp(ids->type, "guest") == 0 ? "User" : word;
}

/* A resource group may be called what a shell takes for something else. */
static void put_id(struct pal_buf *out, const char *id, enum pal_remedy_shell shell) {
  static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/";
  if (id[strspn(id, plain)] == '\0')
    pal_buf_puts(out, id);
  else if (shell == PAL_REMEDY_SH)
    pal_sh_word(out, id);
  else
    pal_powershell_word(out, id);
}

bool pal_remedy_fill(struct pal_buf *out, const char *text, const struct pal_remedy_ids *ids,
                     enum pal_remedy_shell shell) {
  const struct word words[] = {{"T", ids->tenant.s},
                               {"S", ids->subscription.s},
                               {"P", ids->partner.s},
                               {"O", ids->object.s},
                               {"LINKED", ids->linked.s},
                               {"APPID", ids->app.s},
                               {"ROLE", ids->role.s},
                               {"SCOPE", ids->scope},
                               {"ASSIGNMENT", ids->assignment},
                               {"FINGERPRINT", ids->fingerprint}};
  bool complete = true;
  for (const char *at = text; *at;) {
    size_t len = 0;
    while (is_word_char(at[len]))
      len++;
    if (len == 0) {
      pal_buf_putc(out, *at++);
      continue;
    }
    bool is = false;
    const char *value = value_of(words, sizeof words / sizeof words[0], at, len, &is);
    if (is && len == 1 && *at == 'P' && removes_link(text, at))
      value = ids->linked.s[0] ? ids->linked.s : NULL;
    if (!is)
      value = principal_type(ids, text, at, len);
    if (value)
      put_id(out, value, shell);
    else
      pal_buf_add(out, at, len);
    complete = complete && !(is && !value) && !is_blank_to_fill(at, len);
    at += len;
  }
  return complete;
}

bool remedy_is_broken(const struct pal_reported *reported) {
  const struct pal_record *subject = pal_get_record(reported->finding, PAL_FINDING_SUBJECT);
  const char *type = subject ? pal_get_text(subject, PAL_SUBJECT_TYPE) : NULL;
  return type && strcmp(type, "policy") == 0;
}

/* Whether something is wrong nobody knows: what a rule says to do about it would be premature. */
static void put_reading(struct pal_buf *out, const struct pal_reported *reported) {
  struct pal_tenant_id tenant;
  if (remedy_is_broken(reported))
    pal_buf_puts(out, "Mend the rule: palscan policies lint says what is wrong with it.");
  else if (pal_tenant_id_parse(reported->tenant_id, &tenant, NULL) == PAL_OK)
    pal_buf_printf(out,
                   "Find out what is missing in tenant %s, and read it again:\npalscan doctor --tenant %s, then "
                   "palscan scan --tenant %s",
                   tenant.s, tenant.s, tenant.s);
  else
    pal_buf_puts(out, "Find out what was not read, and read it again:\npalscan doctor, then palscan scan");
}

static void put_words(struct pal_buf *out, const struct pal_remedies *remedies, const struct pal_reported *reported) {
  struct pal_arena *arena = pal_arena_new(0);
  struct pal_json_doc *doc = NULL;
  const char *details = pal_get_text(reported->finding, PAL_FINDING_DETAILS);
  struct pal_remedy_ids ids = {0};
  if (arena) {
    if (details && pal_json_parse(details, strlen(details), "details", 0, 0, &doc, NULL) != PAL_OK)
      doc = NULL;
    remedy_ids(arena, remedies, reported, doc ? pal_json_root(doc) : NULL, &ids);
    /* The tenant of the words is the managing one there, which the plan looks up, and whose account is another. */
    if (works_in_managing_tenant(reported->policy)) {
      const char *managing = doc ? pal_json_text(pal_json_get(pal_json_root(doc), "managingTenantId")) : NULL;
      ids.partner = (struct pal_partner_id){0};
      if (!managing || pal_tenant_id_parse(managing, &ids.tenant, NULL) != PAL_OK)
        ids.tenant.s[0] = '\0';
      else
        (void)remedy_expected(remedies, ids.tenant.s, "", &ids.partner);
    }
    (void)pal_remedy_fill(out, reported->policy->remediation, &ids, PAL_REMEDY_SH);
  } else if (out->bad == PAL_OK) {
    out->bad = PAL_E_NOMEM;
  }
  pal_json_doc_free(doc);
  pal_arena_free(arena);
}

void pal_remedy_text(struct pal_buf *out, const struct pal_remedies *remedies, const struct pal_reported *reported) {
  const char *verdict = pal_get_text(reported->finding, PAL_FINDING_VERDICT);
  if (reported->policy && verdict && strcmp(verdict, "unknown") == 0)
    put_reading(out, reported);
  else if (reported->policy && reported->policy->remediation)
    put_words(out, remedies, reported);
}
