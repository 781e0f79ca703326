/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario.h"

#include <assert.h>

/* Shares are of a thousand; EMU_PLAYS_ORDINARY takes what the others leave. */
static const struct {
  const char *name;
  unsigned share;
} scenarios[EMU_SCENARIOS] = {
    [EMU_PLAYS_ORDINARY] = {"ordinary", 0},
    [EMU_PLAYS_GLOBAL_ID] = {"global-id", 20},
    [EMU_PLAYS_FOREIGN_ID] = {"foreign-id", 20},
    [EMU_PLAYS_CLOSED_ID] = {"closed-id", 10},
    [EMU_PLAYS_SUPERSEDED_ID] = {"superseded-id", 10},
    [EMU_PLAYS_PENDING_ID] = {"pending-id", 10},
    [EMU_PLAYS_WRONG_LOCATION] = {"wrong-location", 25},
    [EMU_PLAYS_NO_RULE] = {"no-rule", 15},
    [EMU_PLAYS_NO_ROLE] = {"no-role", 25},
    [EMU_PLAYS_UNLINKED] = {"unlinked", 30},
    [EMU_PLAYS_DARK] = {"dark", 20},
    [EMU_PLAYS_READER_ONLY] = {"reader-only", 25},
    [EMU_PLAYS_ELIGIBLE] = {"eligible-only", 15},
    [EMU_PLAYS_ACTIVATED] = {"activated", 10},
    [EMU_PLAYS_COVERS_NOTHING] = {"covers-nothing", 20},
    [EMU_PLAYS_UNCOVERED] = {"uncovered", 25},
    [EMU_PLAYS_INACTIVE] = {"inactive", 20},
    [EMU_PLAYS_DELEGATION] = {"delegation-unlinked", 20},
    [EMU_PLAYS_MARKETPLACE] = {"delegation-marketplace", 10},
    [EMU_PLAYS_HIDDEN_COST] = {"hidden-cost", 15},
    [EMU_PLAYS_LINK_GONE] = {"link-gone", 15},
    [EMU_PLAYS_LINK_CORRECTED] = {"link-corrected", 10},
    [EMU_PLAYS_LINK_MOVED] = {"link-moved", 15},
    [EMU_PLAYS_LINK_MADE] = {"link-made", 10},
    [EMU_PLAYS_RIGHT_REVOKED] = {"right-revoked", 10},
    [EMU_PLAYS_CONSENT_REVOKED] = {"consent-revoked", 10},
    [EMU_PLAYS_ASSIGNMENT_ADDED] = {"assignment-added", 15},
    [EMU_PLAYS_ASSIGNMENT_REMOVED] = {"assignment-removed", 15},
    [EMU_PLAYS_SUBSCRIPTION_DISABLED] = {"subscription-disabled", 10},
    [EMU_PLAYS_SUBSCRIPTION_RENAMED] = {"subscription-renamed", 10},
    [EMU_PLAYS_PEOPLE_ONLY] = {"people-only", 6},
    [EMU_PLAYS_TWO_PEOPLE] = {"two-people", 6},
    [EMU_PLAYS_PARTNER_RENAMED] = {"partner-renamed", 6},
    [EMU_PLAYS_PARTNER_SPELLED] = {"partner-spelled", 6},
    [EMU_PLAYS_BELOW_LOCATION] = {"below-location", 6},
    [EMU_PLAYS_LINK_SUSPENDED] = {"link-suspended", 6},
    [EMU_PLAYS_LINK_DELETED] = {"link-deleted", 6},
    [EMU_PLAYS_CONDITION] = {"condition", 6},
    [EMU_PLAYS_CONDITION_BESIDE] = {"condition-beside", 6},
    [EMU_PLAYS_ROOT] = {"root", 6},
    [EMU_PLAYS_ROOT_OF_OTHERS] = {"root-of-others", 6},
    [EMU_PLAYS_DENIED] = {"denied", 6},
    [EMU_PLAYS_DENIED_OTHERS] = {"denied-others", 6},
    [EMU_PLAYS_ENDS_SOON] = {"ends-soon", 6},
    [EMU_PLAYS_ENDS_LATE] = {"ends-late", 6},
    [EMU_PLAYS_BEGINS_LATER] = {"begins-later", 6},
    [EMU_PLAYS_PART_ONLY] = {"part-only", 6},
    [EMU_PLAYS_OTHER_GROUP] = {"other-group", 6},
    [EMU_PLAYS_OTHER_GROUP_IDLE] = {"other-group-idle", 6},
    [EMU_PLAYS_OTHER_MANAGER] = {"other-manager", 6},
    [EMU_PLAYS_DELEGATED_READER] = {"delegated-reader", 6},
    [EMU_PLAYS_DELEGATED_ELIGIBLE] = {"delegated-eligible", 6},
    [EMU_PLAYS_DELEGATED_TWICE] = {"delegated-twice", 6},
    [EMU_PLAYS_DELEGATED_APART] = {"delegated-apart", 6},
    [EMU_PLAYS_DELEGATED_PERSON] = {"delegated-person", 6},
    [EMU_PLAYS_DELEGATED_OWNER] = {"delegated-owner", 6},
    [EMU_PLAYS_LINK_AT_CUSTOMER] = {"link-at-customer", 6},
    [EMU_PLAYS_MARKETPLACE_LINKED] = {"marketplace-linked", 6},
    [EMU_PLAYS_LINK_REWRITTEN] = {"link-rewritten", 6},
    [EMU_PLAYS_LINK_COUNTED_UP] = {"link-counted-up", 6},
    [EMU_PLAYS_ROLE_LOST] = {"role-lost", 6},
    [EMU_PLAYS_ROLE_DOUBLE] = {"role-double", 6},
    [EMU_PLAYS_USAGE_STOPPED] = {"usage-stopped", 6},
    [EMU_PLAYS_USAGE_HIDDEN] = {"usage-hidden", 6},
    [EMU_PLAYS_DELEGATION_REMOVED] = {"delegation-removed", 6},
    [EMU_PLAYS_DELEGATION_RENEWED] = {"delegation-renewed", 6},
    [EMU_PLAYS_DELEGATION_CHANGED] = {"delegation-changed", 6},
    [EMU_PLAYS_ACCOUNT_DELETED] = {"account-deleted", 6},
    [EMU_PLAYS_ACCOUNT_KEPT] = {"account-kept", 6},
};

unsigned emu_scenario_count(void) {
  return EMU_SCENARIOS;
}

const char *emu_scenario_name(unsigned scenario) {
  assert(scenario < EMU_SCENARIOS);
  return scenarios[scenario].name;
}

unsigned emu_scenario_share(unsigned scenario) {
  assert(scenario < EMU_SCENARIOS);
  if (scenario != EMU_PLAYS_ORDINARY)
    return scenarios[scenario].share;
  unsigned left = 1000;
  for (unsigned s = 1; s < EMU_SCENARIOS; s++)
    left -= scenarios[s].share;
  return left;
}

unsigned emu_scenario_of(const struct emu_world *w, uint32_t tenant) {
  /* So that an estate of 30 customers has every trap once. */
  if (tenant < EMU_SCENARIOS)
    return tenant;
  uint64_t roll = emu_hash(w->seed, 0x5ce0, tenant, 0) % 1000;
  for (unsigned s = 1; s < EMU_SCENARIOS; s++) {
    if (roll < scenarios[s].share)
      return s;
    roll -= scenarios[s].share;
  }
  return EMU_PLAYS_ORDINARY;
}

bool emu_scenario_without_rule(unsigned scenario) {
  return scenario == EMU_PLAYS_NO_RULE;
}

bool emu_scenario_is_ordinary(unsigned scenario) {
  return scenario == EMU_PLAYS_ORDINARY;
}

void emu_present(struct emu_tenant *t, unsigned identity) {
  if (!t->identities[identity].present)
    t->identities[identity].linked = true;
  t->identities[identity].present = true;
}

void emu_only_first(struct emu_tenant *t) {
  for (unsigned i = 1; i < EMU_IDENTITIES; i++)
    t->identities[i].present = t->identities[i].linked = false;
}

void emu_at_least_two(struct emu_tenant *t, bool csp) {
  if (t->sub_n < 2) {
    t->sub_n = 2;
    t->subs[1] = t->subs[0];
  }
  for (size_t s = 0; s < t->sub_n && csp; s++)
    t->subs[s].quota = EMU_QUOTA_CSP;
}

void emu_scenario_prepare(const struct emu_world *w, struct emu_tenant *t) {
  switch (t->scenario) {
  case EMU_PLAYS_NO_ROLE:
  case EMU_PLAYS_UNLINKED:
  case EMU_PLAYS_READER_ONLY:
  case EMU_PLAYS_LINK_GONE:
  case EMU_PLAYS_LINK_MADE:
    if (w->identities > 1)
      emu_present(t, 1);
    break;
  case EMU_PLAYS_ELIGIBLE:
  case EMU_PLAYS_ACTIVATED:
    if (w->identities > EMU_APPS) {
      emu_only_first(t);
      emu_present(t, EMU_APPS);
      emu_at_least_two(t, true);
    }
    break;
  case EMU_PLAYS_COVERS_NOTHING:
    emu_only_first(t);
    if (w->identities > 1)
      emu_present(t, 1);
    emu_at_least_two(t, false);
    break;
  case EMU_PLAYS_UNCOVERED:
    emu_only_first(t);
    emu_at_least_two(t, true);
    break;
  case EMU_PLAYS_INACTIVE:
  case EMU_PLAYS_SUBSCRIPTION_DISABLED: emu_at_least_two(t, false); break;
  case EMU_PLAYS_RIGHT_REVOKED:
  case EMU_PLAYS_CONSENT_REVOKED: emu_only_first(t); break;
  case EMU_PLAYS_ORDINARY:
  case EMU_PLAYS_GLOBAL_ID:
  case EMU_PLAYS_FOREIGN_ID:
  case EMU_PLAYS_CLOSED_ID:
  case EMU_PLAYS_SUPERSEDED_ID:
  case EMU_PLAYS_PENDING_ID:
  case EMU_PLAYS_WRONG_LOCATION:
  case EMU_PLAYS_NO_RULE:
  case EMU_PLAYS_DARK:
  case EMU_PLAYS_DELEGATION:
  case EMU_PLAYS_MARKETPLACE:
  case EMU_PLAYS_HIDDEN_COST:
  case EMU_PLAYS_LINK_CORRECTED:
  case EMU_PLAYS_LINK_MOVED:
  case EMU_PLAYS_ASSIGNMENT_ADDED:
  case EMU_PLAYS_ASSIGNMENT_REMOVED:
  case EMU_PLAYS_SUBSCRIPTION_RENAMED:
  default: emu_traps_prepare(w, t); break;
  }
}

void emu_violates(struct emu_tenant *t, uint16_t policy, enum emu_subject subject, size_t index, const char *severity) {
  assert(t->violation_n < EMU_MAX_VIOLATIONS);
  t->violations[t->violation_n++] = (struct emu_violation){
      .policy = policy, .subject = (uint8_t)subject, .index = (uint8_t)index, .severity = severity};
}

void emu_violates_under(struct emu_tenant *t, uint16_t policy, enum emu_subject subject, size_t index,
                        const char *severity, uint16_t folded_under) {
  emu_violates(t, policy, subject, index, severity);
  t->violations[t->violation_n - 1].folded_under = folded_under;
}

void emu_changes(struct emu_tenant *t, const char *what, enum emu_subject subject, size_t index) {
  assert(t->change_n < EMU_MAX_CHANGES);
  t->changes[t->change_n++] = (struct emu_change){.what = what, .subject = (uint8_t)subject, .index = (uint8_t)index};
}

struct emu_delegation *emu_delegates(struct emu_tenant *t, enum emu_group group, enum emu_role role) {
  assert(t->delegation_n < EMU_MAX_DELEGATIONS);
  struct emu_delegation *d = &t->delegations[t->delegation_n];
  *d = (struct emu_delegation){.number = (uint8_t)t->delegation_n++};
  emu_authorizes(d, (struct emu_authorization){.who = (uint8_t)group, .role = (uint8_t)role});
  return d;
}

void emu_authorizes(struct emu_delegation *d, struct emu_authorization authorization) {
  assert(d->authorization_n < EMU_MAX_AUTHORIZATIONS);
  d->authorizations[d->authorization_n++] = authorization;
}

void emu_remove_grants_of(struct emu_tenant *t, unsigned identity) {
  size_t kept = 0;
  for (size_t i = 0; i < t->grant_n; i++)
    if (t->grants[i].to_group || t->grants[i].who != identity)
      t->grants[kept++] = t->grants[i];
  t->grant_n = kept;
}

/* Identity 0 holds Reader on the first subscription, which counts on none that
 * was sold by CSP, and Contributor on the others. */
static void reader_on_the_first(struct emu_tenant *t) {
  t->grant_n = 0;
  for (size_t s = 0; s < t->sub_n; s++)
    t->grants[t->grant_n++] =
        (struct emu_grant){.role = s == 0 ? EMU_ROLE_READER : EMU_ROLE_CONTRIBUTOR, .sub = (uint8_t)s};
}

static void other_location(struct emu_tenant *t, unsigned identity) {
  t->identities[identity].partner =
      t->expected == EMU_PARTNER_FIRST_LOCATION ? EMU_PARTNER_FIRST_LOCATION + 1 : EMU_PARTNER_FIRST_LOCATION;
}

void emu_not_ours(struct emu_tenant *t, uint32_t partner, uint16_t policy, const char *severity) {
  t->identities[0].partner = partner;
  emu_violates(t, policy, EMU_SUBJECT_IDENTITY, 0, severity);
}

/* A closed, superseded or pending ID is a location too, and not the one wanted. */
static void unusable(struct emu_tenant *t, uint32_t partner, const char *severity) {
  emu_not_ours(t, partner, 3, severity);
  emu_violates_under(t, 4, EMU_SUBJECT_IDENTITY, 0, "medium", 3);
}

static void dark(struct emu_tenant *t) {
  emu_violates(t, 12, EMU_SUBJECT_TENANT, 0, "high");
  for (size_t i = 0; i < EMU_IDENTITIES; i++)
    if (t->identities[i].present) {
      t->identities[i].linked = false;
      emu_violates_under(t, 11, EMU_SUBJECT_IDENTITY, i, "high", 12);
    }
  for (size_t s = 0; s < t->sub_n; s++)
    emu_violates_under(t, 51, EMU_SUBJECT_SUBSCRIPTION, s, "high", 12);
}

static void reader_only(struct emu_tenant *t) {
  emu_remove_grants_of(t, 1);
  t->grants[t->grant_n++] = (struct emu_grant){.who = 1, .role = EMU_ROLE_READER};
  emu_violates(t, 30, EMU_SUBJECT_IDENTITY, 1, t->subs[0].quota == EMU_QUOTA_CSP ? "high" : "low");
}

/* Activated now or not: without the activation nobody who is linked is left. In
 * the first case the person covers what is used, in the second nothing is used. */
static void just_in_time(struct emu_tenant *t, bool activated) {
  reader_on_the_first(t);
  t->subs[0].usage = activated ? EMU_USED : EMU_IDLE;
  t->grants[t->grant_n++] = (struct emu_grant){
      .who = EMU_APPS, .role = EMU_ROLE_CONTRIBUTOR, .kind = activated ? EMU_ACTIVATED : EMU_ELIGIBLE_ONLY};
  emu_violates(t, 32, EMU_SUBJECT_SUBSCRIPTION, 0, "medium");
}

static void link_gone(struct emu_tenant *t, unsigned night) {
  emu_changes(t, "link-removed", EMU_SUBJECT_IDENTITY, 1);
  if (night == 1)
    return;
  t->identities[1].linked = false;
  emu_violates(t, 15, EMU_SUBJECT_IDENTITY, 1, "high");
  emu_violates_under(t, 11, EMU_SUBJECT_IDENTITY, 1, "high", 15);
}

static void link_moved(struct emu_tenant *t, unsigned night, unsigned wrong_night) {
  emu_changes(t, "link-changed", EMU_SUBJECT_IDENTITY, 0);
  if (night == wrong_night) {
    other_location(t, 0);
    emu_violates(t, 4, EMU_SUBJECT_IDENTITY, 0, "medium");
  }
  if (night == 2) {
    t->identities[0].version++;
    t->identities[0].rewritten = true;
    emu_violates(t, 16, EMU_SUBJECT_IDENTITY, 0, "high");
  }
}

static void link_made(struct emu_tenant *t, unsigned night) {
  emu_changes(t, "link-added", EMU_SUBJECT_IDENTITY, 1);
  if (night == 2)
    return;
  t->identities[1].linked = false;
  emu_violates(t, 11, EMU_SUBJECT_IDENTITY, 1, "high");
}

static void right_revoked(struct emu_tenant *t, unsigned night) {
  emu_changes(t, "right-revoked", EMU_SUBJECT_IDENTITY, 0);
  if (night == 1)
    return;
  t->grant_n = 0;
  emu_violates(t, 10, EMU_SUBJECT_IDENTITY, 0, "medium");
  t->violations[t->violation_n - 1].hidden = true;
}

static void inactive(struct emu_tenant *t, enum emu_state state) {
  t->subs[t->sub_n - 1].state = (uint8_t)state;
  emu_violates(t, 52, EMU_SUBJECT_SUBSCRIPTION, t->sub_n - 1, "low");
}

static void in_every_subscription(struct emu_tenant *t, const char *what) {
  for (size_t s = 0; s < t->sub_n; s++)
    emu_changes(t, what, EMU_SUBJECT_SUBSCRIPTION, s);
}

/* The traps that change from one night to the next. */
static void apply_nightly(const struct emu_world *w, struct emu_tenant *t) {
  switch (t->scenario) {
  case EMU_PLAYS_LINK_GONE:
    if (w->identities > 1)
      link_gone(t, w->night);
    break;
  case EMU_PLAYS_LINK_CORRECTED: link_moved(t, w->night, 1); break;
  case EMU_PLAYS_LINK_MOVED: link_moved(t, w->night, 2); break;
  case EMU_PLAYS_LINK_MADE:
    if (w->identities > 1)
      link_made(t, w->night);
    break;
  case EMU_PLAYS_RIGHT_REVOKED: right_revoked(t, w->night); break;
  case EMU_PLAYS_CONSENT_REVOKED:
    emu_changes(t, "consent-revoked", EMU_SUBJECT_IDENTITY, 0);
    if (w->night == 2)
      t->identities[0].present = false;
    break;
  case EMU_PLAYS_ASSIGNMENT_ADDED:
    in_every_subscription(t, "assignment-added");
    t->noise += w->night - 1;
    break;
  case EMU_PLAYS_ASSIGNMENT_REMOVED:
    in_every_subscription(t, "assignment-removed");
    t->noise += 2 - w->night;
    break;
  case EMU_PLAYS_SUBSCRIPTION_DISABLED:
    emu_changes(t, "subscription-state", EMU_SUBJECT_SUBSCRIPTION, t->sub_n - 1);
    if (w->night == 2)
      inactive(t, EMU_DISABLED);
    break;
  case EMU_PLAYS_SUBSCRIPTION_RENAMED:
    emu_changes(t, "subscription-name", EMU_SUBJECT_SUBSCRIPTION, 0);
    t->subs[0].renamed = w->night == 2;
    break;
  default: break;
  }
}

void emu_scenario_apply(const struct emu_world *w, struct emu_tenant *t) {
  switch (t->scenario) {
  case EMU_PLAYS_GLOBAL_ID: emu_not_ours(t, EMU_PARTNER_GLOBAL, 1, "critical"); break;
  case EMU_PLAYS_FOREIGN_ID: emu_not_ours(t, EMU_PARTNER_FOREIGN, 2, "critical"); break;
  case EMU_PLAYS_CLOSED_ID: unusable(t, EMU_PARTNER_CLOSED, "critical"); break;
  case EMU_PLAYS_SUPERSEDED_ID: unusable(t, EMU_PARTNER_SUPERSEDED, "high"); break;
  case EMU_PLAYS_PENDING_ID: unusable(t, EMU_PARTNER_PENDING, "medium"); break;
  case EMU_PLAYS_WRONG_LOCATION:
    other_location(t, 0);
    emu_violates(t, 4, EMU_SUBJECT_IDENTITY, 0, "medium");
    break;
  case EMU_PLAYS_NO_RULE: emu_violates(t, 8, EMU_SUBJECT_REGISTRY, 0, "low"); break;
  case EMU_PLAYS_NO_ROLE:
    if (w->identities > 1) {
      emu_remove_grants_of(t, 1);
      emu_violates(t, 10, EMU_SUBJECT_IDENTITY, 1, "medium");
    }
    break;
  case EMU_PLAYS_UNLINKED:
    if (w->identities > 1) {
      t->identities[1].linked = false;
      emu_violates(t, 11, EMU_SUBJECT_IDENTITY, 1, "high");
    }
    break;
  case EMU_PLAYS_DARK: dark(t); break;
  case EMU_PLAYS_READER_ONLY:
    if (w->identities > 1)
      reader_only(t);
    break;
  case EMU_PLAYS_ELIGIBLE:
  case EMU_PLAYS_ACTIVATED:
    if (w->identities > EMU_APPS)
      just_in_time(t, t->scenario == EMU_PLAYS_ACTIVATED);
    break;
  case EMU_PLAYS_COVERS_NOTHING:
    t->subs[0].usage = EMU_IDLE;
    if (w->identities > 1)
      emu_violates(t, 50, EMU_SUBJECT_IDENTITY, 1, "medium");
    break;
  case EMU_PLAYS_UNCOVERED:
    reader_on_the_first(t);
    emu_violates(t, 51, EMU_SUBJECT_SUBSCRIPTION, 0, "high");
    break;
  case EMU_PLAYS_INACTIVE:
    inactive(t, emu_hash(w->seed, 0x5ce1, t->index, 0) % 2 == 0 ? EMU_WARNED : EMU_DISABLED);
    break;
  case EMU_PLAYS_DELEGATION:
    emu_delegates(t, EMU_GROUP_STRANGERS, EMU_ROLE_CONTRIBUTOR);
    emu_violates(t, 60, EMU_SUBJECT_SCOPE, 0, "high");
    break;
  case EMU_PLAYS_MARKETPLACE: emu_delegates(t, EMU_GROUP_STRANGERS, EMU_ROLE_CONTRIBUTOR)->plan = true; break;
  case EMU_PLAYS_HIDDEN_COST:
    /* As where the provider has not opened the cost to the customer. */
    for (size_t s = 0; s < t->sub_n; s++)
      t->subs[s].usage = EMU_COST_HIDDEN;
    break;
  default:
    apply_nightly(w, t);
    emu_traps_apply(w, t);
    break;
  }
}
