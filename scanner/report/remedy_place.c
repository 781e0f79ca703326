/* SPDX-License-Identifier: Apache-2.0 */
#include "remedy_place.h"

#include <stdlib.h>
#include <string.h>

/* Best first: whom palscan signs in as, then applications, then people. */
static const char delegates_sql[] =
    "SELECT our_delegation.tenant_id, our_delegation.scope, our_object.tenant_id, our_object.object_id "
    "FROM our_delegation JOIN authorization ON authorization.tenant_id = our_delegation.tenant_id "
    "AND authorization.delegation_id = our_delegation.delegation_id "
    "JOIN our_object ON our_object.tenant_id = our_delegation.managing_tenant_id AND our_object.object_id = "
    "authorization.principal_id "
    "ORDER BY 1, 2, our_object.is_configured DESC, our_object.type IS 'servicePrincipal' DESC, 4";

static const char reach_sql[] =
    "SELECT DISTINCT live_access.tenant_id, live_access.subscription_id, our_object.object_id "
    "FROM live_access JOIN our_object ON our_object.tenant_id = live_access.tenant_id AND our_object.object_id = "
    "live_access.object_id WHERE live_access.live IS NOT 0 AND live_access.subscription_id IS NOT NULL "
    "ORDER BY 1, 2, 3";

static enum pal_code on_delegate(void *payload, int n, const char *const *names, const struct pal_sql_value *values,
                                 struct pal_err *err) {
  struct remedy_places *places = payload;
  struct remedy_delegate one = {0};
  (void)n;
  (void)names;
  if (!values || !values[0].text || !values[1].text || !values[2].text || !values[3].text ||
      pal_tenant_id_parse(values[2].text, &one.managing, NULL) != PAL_OK ||
      pal_object_id_parse(values[3].text, &one.object, NULL) != PAL_OK)
    return PAL_OK;
  one.tenant = pal_arena_strdup(places->arena, values[0].text);
  one.scope = pal_arena_strdup(places->arena, values[1].text);
  struct remedy_delegate *grown =
      pal_arena_grow(places->arena, places->delegates, places->delegates_n, &places->delegates_cap, sizeof *grown);
  if (!one.tenant || !one.scope || !grown)
    return pal_err_nomem(err);
  places->delegates = grown;
  grown[places->delegates_n++] = one;
  return PAL_OK;
}

static enum pal_code on_reach(void *payload, int n, const char *const *names, const struct pal_sql_value *values,
                              struct pal_err *err) {
  struct remedy_places *places = payload;
  struct remedy_reach one = {0};
  (void)n;
  (void)names;
  if (!values || !values[0].text || !values[1].text || !values[2].text ||
      pal_tenant_id_parse(values[0].text, &one.tenant, NULL) != PAL_OK ||
      pal_subscription_id_parse(values[1].text, &one.subscription, NULL) != PAL_OK ||
      pal_object_id_parse(values[2].text, &one.object, NULL) != PAL_OK)
    return PAL_OK;
  struct remedy_reach *grown =
      pal_arena_grow(places->arena, places->reach, places->reach_n, &places->reach_cap, sizeof *grown);
  if (!grown)
    return pal_err_nomem(err);
  places->reach = grown;
  grown[places->reach_n++] = one;
  return PAL_OK;
}

static enum pal_code add_person(struct pal_arena *arena, const struct pal_remedies *remedies,
                                const struct pal_remedy_ids *ids, const char *tenant, const char *object,
                                struct remedy_people *ret, struct pal_err *err) {
  struct pal_remedy_ids *grown = pal_arena_grow(arena, ret->v, ret->n, &ret->cap, sizeof *grown);
  if (!grown)
    return pal_err_nomem(err);
  ret->v = grown;
  struct pal_remedy_ids *person = &grown[ret->n++];
  *person = *ids;
  memcpy(person->tenant.s, tenant, sizeof person->tenant.s);
  memcpy(person->object.s, object, sizeof person->object.s);
  remedy_take_account(remedies, person);
  return PAL_OK;
}

/* --- the managing tenant of a delegation --- */

/* Accounts at home of the guest that the finding is about. */
static enum pal_code add_homes(struct pal_arena *arena, const struct remedy_places *places, const pal_json *details,
                               const struct pal_remedy_ids *ids, struct remedy_people *ret, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  const pal_json *objects = pal_json_get(details, "homeObjects"), *tenants = pal_json_get(details, "managingTenants");
  for (const pal_json *t = pal_json_first(tenants); t && code == PAL_OK; t = pal_json_next(t))
    for (const pal_json *o = pal_json_first(objects); o && code == PAL_OK; o = pal_json_next(o)) {
      struct pal_tenant_id tenant;
      struct pal_object_id object;
      if (!pal_json_text(t) || !pal_json_text(o) || pal_tenant_id_parse(pal_json_text(t), &tenant, NULL) != PAL_OK ||
          pal_object_id_parse(pal_json_text(o), &object, NULL) != PAL_OK)
        continue;
      const struct account *account = remedy_account(places->remedies, tenant.s, object.s);
      if (account && account->may_link)
        code = add_person(arena, places->remedies, ids, tenant.s, object.s, ret, err);
    }
  return code;
}

/* Where those of a tenant and scope begin: the rows came in that order. */
static size_t first_delegate(const struct remedy_places *places, const char *tenant, const char *scope) {
  size_t low = 0, high = places->delegates_n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int cmp = strcmp(places->delegates[middle].tenant, tenant);
    if (!cmp)
      cmp = strcmp(places->delegates[middle].scope, scope);
    if (cmp < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Of the scope; where none is given, of any of the customer. */
static bool is_delegate(const struct remedy_places *places, size_t i, const struct pal_remedy_ids *ids) {
  return i < places->delegates_n && strcmp(places->delegates[i].tenant, ids->tenant.s) == 0 &&
         (!ids->scope || strcmp(places->delegates[i].scope, ids->scope) == 0);
}

static enum pal_code add_delegate(struct pal_arena *arena, struct remedy_places *places,
                                  const struct pal_remedy_ids *ids, struct remedy_people *ret, struct pal_err *err) {
  if (!places->knows_delegates) {
    enum pal_code code = remedy_ask(places->judge, delegates_sql, on_delegate, places, err);
    if (code != PAL_OK)
      return code;
    places->knows_delegates = true;
  }
  for (size_t i = first_delegate(places, ids->tenant.s, ids->scope ? ids->scope : ""); is_delegate(places, i, ids);
       i++) {
    const struct remedy_delegate *one = &places->delegates[i];
    const struct account *account = remedy_account(places->remedies, one->managing.s, one->object.s);
    if (account && account->may_link)
      return add_person(arena, places->remedies, ids, one->managing.s, one->object.s, ret, err);
  }
  return PAL_OK;
}

/* Somebody must sign in there, and nobody is known: the tenant at least. */
static enum pal_code add_managing_tenant(struct pal_arena *arena, const struct remedy_places *places,
                                         const pal_json *details, const struct pal_remedy_ids *ids,
                                         struct remedy_people *ret, struct pal_err *err) {
  struct pal_tenant_id tenant = {0};
  struct pal_object_id nobody = {0};
  const char *managing = pal_json_text(pal_json_get(details, "managingTenantId"));
  if (managing && pal_tenant_id_parse(managing, &tenant, NULL) != PAL_OK)
    tenant.s[0] = '\0';
  size_t first = ids->scope ? first_delegate(places, ids->tenant.s, ids->scope) : 0;
  if (!tenant.s[0] && ids->scope && is_delegate(places, first, ids))
    tenant = places->delegates[first].managing;
  return add_person(arena, places->remedies, ids, tenant.s, nobody.s, ret, err);
}

/* --- the customer's own tenant --- */

static enum pal_code learn_reach(struct remedy_places *places, struct pal_err *err) {
  if (places->knows_reach)
    return PAL_OK;
  places->knows_reach = true;
  return remedy_ask(places->judge, reach_sql, on_reach, places, err);
}

static int compare_reach(const void *a, const void *b) {
  const struct remedy_reach *x = a, *y = b;
  int cmp = strcmp(x->tenant.s, y->tenant.s);
  if (!cmp)
    cmp = strcmp(x->subscription.s, y->subscription.s);
  return cmp ? cmp : strcmp(x->object.s, y->object.s);
}

/* The rows came in that order. */
static bool reaches(const struct remedy_places *places, const struct pal_remedy_ids *ids, const char *object) {
  struct remedy_reach key = {.tenant = ids->tenant, .subscription = ids->subscription};
  memcpy(key.object.s, object, sizeof key.object.s);
  return places->reach_n > 0 &&
         bsearch(&key, places->reach, places->reach_n, sizeof *places->reach, compare_reach) != NULL;
}

/* Whom palscan signs in as, then applications, then whoever comes first. */
static int rank_of(const struct account *account) {
  return (account->names && strcmp(account->names, "[]") != 0 ? 0 : 2) +
         (account->type && strcmp(account->type, "servicePrincipal") == 0 ? 0 : 1);
}

static enum pal_code add_best(struct pal_arena *arena, struct remedy_places *places, const struct pal_remedy_ids *ids,
                              struct remedy_people *ret, struct pal_err *err) {
  const struct pal_remedies *r = places->remedies;
  const struct account *best = NULL;
  bool here = ids->subscription.s[0] != '\0';
  enum pal_code code = here ? learn_reach(places, err) : PAL_OK;
  for (size_t i = remedy_first_account(r, ids->tenant.s, "");
       r && i < r->accounts_n && strcmp(r->accounts[i].tenant.s, ids->tenant.s) == 0; i++) {
    const struct account *one = &r->accounts[i];
    if (one->may_link && (!here || reaches(places, ids, one->object.s)) && (!best || rank_of(one) < rank_of(best)))
      best = one;
  }
  return code == PAL_OK && best ? add_person(arena, r, ids, ids->tenant.s, best->object.s, ret, err) : code;
}

/* Everybody who is linked to another ID than the rule's. */
static enum pal_code add_wrong(struct pal_arena *arena, const struct remedy_places *places,
                               const struct pal_remedy_ids *ids, struct remedy_people *ret, struct pal_err *err) {
  const struct pal_remedies *r = places->remedies;
  enum pal_code code = PAL_OK;
  for (size_t i = remedy_first_account(r, ids->tenant.s, "");
       r && i < r->accounts_n && strcmp(r->accounts[i].tenant.s, ids->tenant.s) == 0 && code == PAL_OK; i++) {
    const struct account *one = &r->accounts[i];
    struct pal_partner_id expected = {0};
    bool decided = remedy_expected(r, one->tenant.s, one->object.s, &expected);
    if (one->is_linked && one->linked.s[0] && !(decided && strcmp(expected.s, one->linked.s) == 0))
      code = add_person(arena, r, ids, one->tenant.s, one->object.s, ret, err);
  }
  return code;
}

/* The one that the finding names, or one of ours that is linked there: who lacks the role only. */
static enum pal_code add_holder(struct pal_arena *arena, const struct remedy_places *places, const pal_json *details,
                                const struct pal_remedy_ids *ids, struct remedy_people *ret, struct pal_err *err) {
  const struct pal_remedies *r = places->remedies;
  const struct account *best = NULL;
  const char *named = pal_json_text(pal_json_first(pal_json_get(details, "identities")));
  struct pal_object_id object;
  if (named && pal_object_id_parse(named, &object, NULL) == PAL_OK)
    best = remedy_account(r, ids->tenant.s, object.s);
  for (size_t i = remedy_first_account(r, ids->tenant.s, "");
       r && !named && i < r->accounts_n && strcmp(r->accounts[i].tenant.s, ids->tenant.s) == 0; i++)
    if (r->accounts[i].is_linked && (!best || rank_of(&r->accounts[i]) < rank_of(best)))
      best = &r->accounts[i];
  return best ? add_person(arena, r, ids, ids->tenant.s, best->object.s, ret, err) : PAL_OK;
}

enum pal_code remedy_people(struct pal_arena *arena, struct remedy_places *places, const struct pal_fix_use *use,
                            const pal_json *details, const struct pal_remedy_ids *ids, struct remedy_people *ret,
                            struct pal_err *err) {
  bool creates = strcmp(use->fix->word, "F3") == 0, updates = strcmp(use->fix->word, "F2") == 0;
  enum pal_code code = PAL_OK;
  *ret = (struct remedy_people){0};
  if (use->managing) {
    code = add_homes(arena, places, details, ids, ret, err);
    if (code == PAL_OK && ret->n == 0)
      code = add_delegate(arena, places, ids, ret, err);
    return code == PAL_OK && ret->n == 0 ? add_managing_tenant(arena, places, details, ids, ret, err) : code;
  }
  if (ids->object.s[0] || !ids->tenant.s[0])
    return PAL_OK;
  if (creates) {
    /* Where nobody of ours has an account, access is delegated, and the link stands in the managing tenant. */
    code = add_best(arena, places, ids, ret, err);
    return code == PAL_OK && ret->n == 0 ? add_delegate(arena, places, ids, ret, err) : code;
  }
  if (strcmp(use->fix->word, "F4") == 0)
    return add_holder(arena, places, details, ids, ret, err);
  return updates ? add_wrong(arena, places, ids, ret, err) : PAL_OK;
}

/* --- role assignments --- */

struct gathering {
  struct pal_arena *arena;
  struct remedy_assignments *list;
};

static enum pal_code on_assignment(void *payload, int n, const char *const *names, const struct pal_sql_value *values,
                                   struct pal_err *err) {
  struct gathering *g = payload;
  struct remedy_assignment one = {0};
  (void)n;
  (void)names;
  if (!values || !values[0].text || !values[1].text || !values[2].text ||
      pal_role_id_parse(values[1].text, &one.role, NULL) != PAL_OK)
    return PAL_OK;
  one.id = pal_arm_id_dup(g->arena, values[0].text, NULL);
  one.scope = pal_arm_id_dup(g->arena, values[2].text, NULL);
  struct remedy_assignment *grown = pal_arena_grow(g->arena, g->list->v, g->list->n, &g->list->cap, sizeof *grown);
  if (!grown)
    return pal_err_nomem(err);
  g->list->v = grown;
  if (one.id && one.scope)
    grown[g->list->n++] = one;
  return PAL_OK;
}

enum pal_code remedy_assignments(struct pal_arena *arena, struct pal_judge *judge, const struct pal_remedy_ids *ids,
                                 struct remedy_assignments *ret, struct pal_err *err) {
  struct gathering g = {.arena = arena, .list = ret};
  const char *sql = pal_arena_printf(
      arena, "SELECT id, role_id, scope FROM assignment WHERE tenant_id = '%s' AND principal_id = '%s' ORDER BY id",
      ids->tenant.s, ids->object.s);
  return sql ? remedy_ask(judge, sql, on_assignment, &g, err) : pal_err_nomem(err);
}
