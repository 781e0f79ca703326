/* SPDX-License-Identifier: Apache-2.0 */
#include "estate.h"

#include "scenario.h"

#include <assert.h>
#include <string.h>

static const struct emu_country countries[EMU_COUNTRIES] = {
    {"DE", "Germany"},        {"FR", "France"}, {"US", "United States"},
    {"GB", "United Kingdom"}, {"SE", "Sweden"}, {"NO", "Norway"},
};

const struct emu_country *emu_country(size_t index) {
  return index < EMU_COUNTRIES ? &countries[index] : NULL;
}

struct emu_guid emu_tenant_id(const struct emu_world *w, uint32_t tenant) {
  return emu_guid_make(w->seed, EMU_TENANT, tenant, 0);
}

struct emu_guid emu_sub_id(const struct emu_world *w, uint32_t tenant, size_t sub) {
  return emu_guid_make(w->seed, EMU_SUBSCRIPTION, tenant, (uint32_t)sub);
}

struct emu_guid emu_object_id(const struct emu_world *w, uint32_t tenant, unsigned identity) {
  return emu_guid_make(w->seed, EMU_OBJECT, tenant, identity);
}

struct emu_guid emu_group_id(const struct emu_world *w, uint32_t tenant, unsigned group) {
  return emu_guid_make(w->seed, EMU_GROUP, tenant, group);
}

struct emu_guid emu_client_id(const struct emu_world *w, unsigned identity) {
  /* People sign in through the public client of the Azure CLI. */
  if (identity >= EMU_APPS)
    return (struct emu_guid){"04b07795-8ddb-461a-bbee-02f9e1bf7b46"};
  return emu_guid_make(w->seed, EMU_CLIENT, 0, identity);
}

const char *emu_role_id(enum emu_role role) {
  static const char *const ids[EMU_ROLES] = {
      "cfd33db0-3dd1-45e3-aa9d-cdbdf3b6f24e", "b24988ac-6180-42a0-ab88-20f7382dd24c",
      "acdd72a7-3385-48ef-bd42-f606fba81ae7", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
      "5d1e5ee4-7c68-4a71-ac8b-0739630a3dfb", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
      "91c1777a-f3dc-4fae-b103-61d183457e46",
  };
  return ids[role];
}

const char *emu_role_name(enum emu_role role) {
  static const char *const names[EMU_ROLES] = {
      "Support Request Contributor",
      "Contributor",
      "Reader",
      "Owner",
      "Backup Inspector",
      "User Access Administrator",
      "Managed Services Registration assignment Delete Role",
  };
  return names[role];
}

const char *emu_quota_id(enum emu_quota quota) {
  static const char *const ids[] = {"EnterpriseAgreement_2014-09-01", "PayAsYouGo_2014-09-01", "CSP_2015-05-01"};
  return ids[quota];
}

const char *emu_state_name(enum emu_state state) {
  static const char *const names[] = {"Enabled", "Warned", "Disabled"};
  return names[state];
}

const char *emu_link_state_name(enum emu_link_state state) {
  static const char *const names[] = {"Active", "Suspended", "Deleted"};
  return names[state];
}

const char *emu_identity_name(unsigned identity) {
  static const char *const names[EMU_IDENTITIES] = {
      "app-secret", "app-certificate", "app-federated", "person-one", "person-two",
  };
  assert(identity < EMU_IDENTITIES);
  return names[identity];
}

const char *emu_partner_name(uint32_t partner) {
  switch (partner) {
  case EMU_PARTNER_GLOBAL: return "Example Partner Group";
  case EMU_PARTNER_CLOSED: return "Example Partner Italy";
  case EMU_PARTNER_SUPERSEDED: return "Example Partner East";
  case EMU_PARTNER_PENDING: return "Example Partner Spain";
  case EMU_PARTNER_ACQUIRED: return "Acquired Company";
  case EMU_PARTNER_ACQUIRED_GLOBAL:
  case EMU_PARTNER_FOREIGN: return "Another Partner";
  default: break;
  }
  static const char *const names[EMU_RULED_COUNTRIES] = {
      "Example Partner Germany",        "Example Partner France", "Example Partner United States",
      "Example Partner United Kingdom", "Example Partner Sweden",
  };
  uint32_t index = partner - EMU_PARTNER_FIRST_LOCATION;
  return index < EMU_RULED_COUNTRIES ? names[index] : NULL;
}

const char *emu_resource_group(unsigned index) {
  return index == 0 ? "rg-app" : "rg-data";
}

bool emu_in_group(const struct emu_tenant *t, unsigned group, unsigned identity) {
  if (!t->identities[identity].present)
    return false;
  switch (group) {
  case EMU_GROUP_PARTNERS:
  case EMU_GROUP_NESTED:
    /* In our own tenant the group holds the applications that delegations authorize. */
    return t->index == 0 ? identity < 2 : identity == 0 || identity >= EMU_APPS;
  default: return false;
  }
}

bool emu_has_role(const struct emu_tenant *t, unsigned identity, size_t sub) {
  if (!t->identities[identity].present)
    return false;
  for (size_t i = 0; i < t->grant_n; i++) {
    const struct emu_grant *g = &t->grants[i];
    if (g->kind == EMU_ELIGIBLE_ONLY || g->foreign || g->other || g->later)
      continue;
    if (g->at < EMU_AT_MANAGEMENT_GROUP && g->sub != sub)
      continue;
    if (g->to_group ? emu_in_group(t, g->who, identity) : g->who == identity)
      return true;
  }
  return false;
}

bool emu_is_authorized(const struct emu_tenant *own, const struct emu_delegation *d, unsigned identity) {
  for (size_t i = 0; i < d->authorization_n && !d->other; i++) {
    const struct emu_authorization *a = &d->authorizations[i];
    if (!a->eligible && (a->to_identity ? a->who == identity && own->identities[identity].present
                                        : emu_in_group(own, a->who, identity)))
      return true;
  }
  return false;
}

static uint64_t dice(const struct emu_world *w, uint32_t tenant, uint64_t what) {
  return emu_hash(w->seed, 0xe500 + what, tenant, 0);
}

static void add_grant(struct emu_tenant *t, struct emu_grant grant) {
  assert(t->grant_n < EMU_MAX_GRANTS);
  t->grants[t->grant_n++] = grant;
}

/* Identity 0 reaches every subscription, by one of three ways; the others reach
 * one each, by a role that counts everywhere. */
static void ordinary_access(const struct emu_world *w, struct emu_tenant *t) {
  uint64_t way = dice(w, t->index, 1) % 4;
  if (way == 0)
    add_grant(t, (struct emu_grant){.role = EMU_ROLE_SUPPORT, .at = EMU_AT_MANAGEMENT_GROUP});
  for (size_t s = 0; s < t->sub_n && way != 0; s++)
    add_grant(t, (struct emu_grant){.to_group = way == 1,
                                    .who = way == 1 ? EMU_GROUP_PARTNERS : 0,
                                    .role = EMU_ROLE_SUPPORT,
                                    .sub = (uint8_t)s});
  for (unsigned i = 1; i < EMU_IDENTITIES; i++) {
    if (!t->identities[i].present)
      continue;
    struct emu_grant g = {.who = (uint8_t)i, .role = EMU_ROLE_CONTRIBUTOR};
    if (i == 2) {
      g.at = EMU_AT_GROUP;
      g.sub = (uint8_t)(t->sub_n - 1);
      if (dice(w, t->index, 6) % 2 == 0)
        g.role = EMU_ROLE_SUPPORT;
    }
    add_grant(t, g);
  }
}

static void make_subscriptions(const struct emu_world *w, struct emu_tenant *t) {
  t->sub_n = t->index == 0 ? 1 : 1 + dice(w, t->index, 2) % EMU_MAX_SUBS;
  for (size_t s = 0; s < t->sub_n; s++) {
    uint64_t roll = emu_hash(w->seed, 0xe510, t->index, s) % 10;
    t->subs[s].quota = roll < 4 ? EMU_QUOTA_EA : roll < 7 ? EMU_QUOTA_PAYG : EMU_QUOTA_CSP;
    t->subs[s].usage = EMU_USED;
  }
  if (t->index == 0)
    t->subs[0].quota = EMU_QUOTA_EA;
}

static void make_identities(const struct emu_world *w, struct emu_tenant *t) {
  static const unsigned percent[EMU_IDENTITIES] = {100, 55, 30, 20, 8};
  for (unsigned i = 0; i < w->identities; i++) {
    struct emu_identity *id = &t->identities[i];
    id->present = t->index == 0 || emu_hash(w->seed, 0xe520, t->index, i) % 100 < percent[i];
    /* One of our people never linked at home. */
    id->linked = id->present && (t->index != 0 || i != EMU_IDENTITIES - 1);
    id->directory = i == 0;
    id->partner = t->expected != 0 ? t->expected : EMU_PARTNER_FIRST_LOCATION;
    id->version = 1 + (uint32_t)(emu_hash(w->seed, 0xe521, t->index, i) % 60);
  }
}

static void make_delegation(const struct emu_world *w, struct emu_tenant *t) {
  if (t->index != 0 && dice(w, t->index, 3) % 100 < 12)
    t->delegations[t->delegation_n++] = (struct emu_delegation){
        .authorization_n = 1, .authorizations = {{.who = EMU_GROUP_PARTNERS, .role = EMU_ROLE_CONTRIBUTOR}}};
}

/* The agents' group on a CSP subscription: seen, and no fault while a linked
 * identity covers the subscription. */
static void make_agents(const struct emu_world *w, struct emu_tenant *t) {
  for (size_t s = 0; s < t->sub_n; s++)
    if (t->index != 0 && t->subs[s].quota == EMU_QUOTA_CSP && emu_hash(w->seed, 0xe530, t->index, s) % 2 == 0)
      add_grant(
          t,
          (struct emu_grant){
              .to_group = true, .who = EMU_GROUP_AGENTS, .role = EMU_ROLE_OWNER, .sub = (uint8_t)s, .foreign = true});
}

void emu_tenant_make(const struct emu_world *w, uint32_t index, struct emu_tenant *ret) {
  memset(ret, 0, sizeof *ret);
  ret->index = index;
  size_t country = index == 0 ? 0 : dice(w, index, 4) % EMU_RULED_COUNTRIES;
  ret->scenario = index == 0 ? 0 : emu_scenario_of(w, index);
  if (emu_scenario_without_rule(ret->scenario))
    country = EMU_RULED_COUNTRIES;
  ret->country = countries[country].code;
  ret->expected = country < EMU_RULED_COUNTRIES ? EMU_PARTNER_FIRST_LOCATION + (uint32_t)country : 0;
  ret->noise = index == 0 ? 0 : w->noise;
  ret->deny = index != 0 && dice(w, index, 5) % 10 == 0;
  make_subscriptions(w, ret);
  make_identities(w, ret);
  emu_scenario_prepare(w, ret);
  if (index == 0) {
    for (unsigned i = 0; i < w->identities; i++)
      add_grant(ret, (struct emu_grant){.who = (uint8_t)i, .role = EMU_ROLE_SUPPORT});
    return;
  }
  ordinary_access(w, ret);
  if (emu_scenario_is_ordinary(ret->scenario)) {
    make_delegation(w, ret);
    make_agents(w, ret);
  }
  emu_scenario_apply(w, ret);
}
