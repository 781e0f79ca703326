/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario.h"

#include <assert.h>

enum scenario {
  ORDINARY,
  GLOBAL_ID,
  FOREIGN_ID,
  CLOSED_ID,
  SUPERSEDED_ID,
  PENDING_ID,
  WRONG_LOCATION,
  NO_RULE,
  NO_ROLE,
  UNLINKED,
  DARK,
  READER_ONLY,
  ELIGIBLE,
  ACTIVATED,
  COVERS_NOTHING,
  UNCOVERED,
  INACTIVE,
  DELEGATION,
  MARKETPLACE,
  HIDDEN_COST,
  LINK_GONE,
  LINK_CORRECTED,
  LINK_MOVED,
  LINK_MADE,
  RIGHT_REVOKED,
  CONSENT_REVOKED,
  ASSIGNMENT_ADDED,
  ASSIGNMENT_REMOVED,
  SUBSCRIPTION_DISABLED,
  SUBSCRIPTION_RENAMED,
  SCENARIOS,
};

/* Shares are of a thousand; ORDINARY takes what the others leave. */
static const struct {
  const char *name;
  unsigned share;
} scenarios[SCENARIOS] = {
    [ORDINARY] = {"ordinary", 0},
    [GLOBAL_ID] = {"global-id", 20},
    [FOREIGN_ID] = {"foreign-id", 20},
    [CLOSED_ID] = {"closed-id", 10},
    [SUPERSEDED_ID] = {"superseded-id", 10},
    [PENDING_ID] = {"pending-id", 10},
    [WRONG_LOCATION] = {"wrong-location", 25},
    [NO_RULE] = {"no-rule", 15},
    [NO_ROLE] = {"no-role", 25},
    [UNLINKED] = {"unlinked", 30},
    [DARK] = {"dark", 20},
    [READER_ONLY] = {"reader-only", 25},
    [ELIGIBLE] = {"eligible-only", 15},
    [ACTIVATED] = {"activated", 10},
    [COVERS_NOTHING] = {"covers-nothing", 20},
    [UNCOVERED] = {"uncovered", 25},
    [INACTIVE] = {"inactive", 20},
    [DELEGATION] = {"delegation-unlinked", 20},
    [MARKETPLACE] = {"delegation-marketplace", 10},
    [HIDDEN_COST] = {"hidden-cost", 15},
    [LINK_GONE] = {"link-gone", 15},
    [LINK_CORRECTED] = {"link-corrected", 10},
    [LINK_MOVED] = {"link-moved", 15},
    [LINK_MADE] = {"link-made", 10},
    [RIGHT_REVOKED] = {"right-revoked", 10},
    [CONSENT_REVOKED] = {"consent-revoked", 10},
    [ASSIGNMENT_ADDED] = {"assignment-added", 15},
    [ASSIGNMENT_REMOVED] = {"assignment-removed", 15},
    [SUBSCRIPTION_DISABLED] = {"subscription-disabled", 10},
    [SUBSCRIPTION_RENAMED] = {"subscription-renamed", 10},
};

unsigned emu_scenario_count(void) {
  return SCENARIOS;
}

const char *emu_scenario_name(unsigned scenario) {
  assert(scenario < SCENARIOS);
  return scenarios[scenario].name;
}

unsigned emu_scenario_share(unsigned scenario) {
  assert(scenario < SCENARIOS);
  if (scenario != ORDINARY)
    return scenarios[scenario].share;
  unsigned left = 1000;
  for (unsigned s = 1; s < SCENARIOS; s++)
    left -= scenarios[s].share;
  return left;
}

unsigned emu_scenario_of(const struct emu_world *w, uint32_t tenant) {
  /* So that an estate of 30 customers has every trap once. */
  if (tenant < SCENARIOS)
    return tenant;
  uint64_t roll = emu_hash(w->seed, 0x5ce0, tenant, 0) % 1000;
  for (unsigned s = 1; s < SCENARIOS; s++) {
    if (roll < scenarios[s].share)
      return s;
    roll -= scenarios[s].share;
  }
  return ORDINARY;
}

bool emu_scenario_without_rule(unsigned scenario) {
  return scenario == NO_RULE;
}

bool emu_scenario_is_ordinary(unsigned scenario) {
  return scenario == ORDINARY;
}

static void present(struct emu_tenant *t, unsigned identity) {
  if (!t->identities[identity].present)
    t->identities[identity].linked = true;
  t->identities[identity].present = true;
}

static void only_first(struct emu_tenant *t) {
  for (unsigned i = 1; i < EMU_IDENTITIES; i++)
    t->identities[i].present = t->identities[i].linked = false;
}

static void at_least_two(struct emu_tenant *t, bool csp) {
  if (t->sub_n < 2) {
    t->sub_n = 2;
    t->subs[1] = t->subs[0];
  }
  for (size_t s = 0; s < t->sub_n && csp; s++)
    t->subs[s].quota = EMU_QUOTA_CSP;
}

void emu_scenario_prepare(const struct emu_world *w, struct emu_tenant *t) {
  switch (t->scenario) {
  case NO_ROLE:
  case UNLINKED:
  case READER_ONLY:
  case LINK_GONE:
  case LINK_MADE:
    if (w->identities > 1)
      present(t, 1);
    break;
  case ELIGIBLE:
  case ACTIVATED:
    if (w->identities > EMU_APPS) {
      only_first(t);
      present(t, EMU_APPS);
      at_least_two(t, true);
    }
    break;
  case COVERS_NOTHING:
    only_first(t);
    if (w->identities > 1)
      present(t, 1);
    at_least_two(t, false);
    break;
  case UNCOVERED:
    only_first(t);
    at_least_two(t, true);
    break;
  case INACTIVE:
  case SUBSCRIPTION_DISABLED: at_least_two(t, false); break;
  case RIGHT_REVOKED:
  case CONSENT_REVOKED: only_first(t); break;
  case ORDINARY:
  case GLOBAL_ID:
  case FOREIGN_ID:
  case CLOSED_ID:
  case SUPERSEDED_ID:
  case PENDING_ID:
  case WRONG_LOCATION:
  case NO_RULE:
  case DARK:
  case DELEGATION:
  case MARKETPLACE:
  case HIDDEN_COST:
  case LINK_CORRECTED:
  case LINK_MOVED:
  case ASSIGNMENT_ADDED:
  case ASSIGNMENT_REMOVED:
  case SUBSCRIPTION_RENAMED:
  case SCENARIOS: break;
  }
}

static void violates(struct emu_tenant *t, uint16_t policy, enum emu_subject subject, size_t index,
                     const char *severity) {
  assert(t->violation_n < EMU_MAX_VIOLATIONS);
  t->violations[t->violation_n++] = (struct emu_violation){
      .policy = policy, .subject = (uint8_t)subject, .index = (uint8_t)index, .severity = severity};
}

static void violates_under(struct emu_tenant *t, uint16_t policy, enum emu_subject subject, size_t index,
                           const char *severity, uint16_t folded_under) {
  violates(t, policy, subject, index, severity);
  t->violations[t->violation_n - 1].folded_under = folded_under;
}

static void changes(struct emu_tenant *t, const char *what, enum emu_subject subject, size_t index) {
  assert(t->change_n < EMU_MAX_CHANGES);
  t->changes[t->change_n++] = (struct emu_change){.what = what, .subject = (uint8_t)subject, .index = (uint8_t)index};
}

static void remove_grants_of(struct emu_tenant *t, unsigned identity) {
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

static void not_ours(struct emu_tenant *t, uint32_t partner, uint16_t policy, const char *severity) {
  t->identities[0].partner = partner;
  violates(t, policy, EMU_SUBJECT_IDENTITY, 0, severity);
}

/* A closed, superseded or pending ID is a location too, and not the one wanted. */
static void unusable(struct emu_tenant *t, uint32_t partner, const char *severity) {
  not_ours(t, partner, 3, severity);
  violates(t, 4, EMU_SUBJECT_IDENTITY, 0, "medium");
}

static void dark(struct emu_tenant *t) {
  violates(t, 12, EMU_SUBJECT_TENANT, 0, "high");
  for (size_t i = 0; i < EMU_IDENTITIES; i++)
    if (t->identities[i].present) {
      t->identities[i].linked = false;
      violates_under(t, 11, EMU_SUBJECT_IDENTITY, i, "high", 12);
    }
  for (size_t s = 0; s < t->sub_n; s++)
    violates_under(t, 51, EMU_SUBJECT_SUBSCRIPTION, s, "high", 12);
}

static void reader_only(struct emu_tenant *t) {
  remove_grants_of(t, 1);
  t->grants[t->grant_n++] = (struct emu_grant){.who = 1, .role = EMU_ROLE_READER};
  violates(t, 30, EMU_SUBJECT_IDENTITY, 1, t->subs[0].quota == EMU_QUOTA_CSP ? "high" : "low");
}

/* Activated now or not: without the activation nobody who is linked is left. In
 * the first case the person covers what is used, in the second nothing is used. */
static void just_in_time(struct emu_tenant *t, bool activated) {
  reader_on_the_first(t);
  t->subs[0].usage = activated ? EMU_USED : EMU_IDLE;
  t->grants[t->grant_n++] = (struct emu_grant){
      .who = EMU_APPS, .role = EMU_ROLE_CONTRIBUTOR, .kind = activated ? EMU_ACTIVATED : EMU_ELIGIBLE_ONLY};
  violates(t, 32, EMU_SUBJECT_SUBSCRIPTION, 0, "medium");
}

static void link_gone(struct emu_tenant *t, unsigned night) {
  changes(t, "link-removed", EMU_SUBJECT_IDENTITY, 1);
  if (night == 1)
    return;
  t->identities[1].linked = false;
  violates(t, 15, EMU_SUBJECT_IDENTITY, 1, "high");
  violates(t, 11, EMU_SUBJECT_IDENTITY, 1, "high");
}

static void link_moved(struct emu_tenant *t, unsigned night, unsigned wrong_night) {
  changes(t, "link-changed", EMU_SUBJECT_IDENTITY, 0);
  if (night == wrong_night) {
    other_location(t, 0);
    violates(t, 4, EMU_SUBJECT_IDENTITY, 0, "medium");
  }
  if (night == 2) {
    t->identities[0].version++;
    t->identities[0].rewritten = true;
    violates(t, 16, EMU_SUBJECT_IDENTITY, 0, "high");
  }
}

static void link_made(struct emu_tenant *t, unsigned night) {
  changes(t, "link-added", EMU_SUBJECT_IDENTITY, 1);
  if (night == 2)
    return;
  t->identities[1].linked = false;
  violates(t, 11, EMU_SUBJECT_IDENTITY, 1, "high");
}

static void right_revoked(struct emu_tenant *t, unsigned night) {
  changes(t, "right-revoked", EMU_SUBJECT_IDENTITY, 0);
  if (night == 1)
    return;
  t->grant_n = 0;
  violates(t, 10, EMU_SUBJECT_IDENTITY, 0, "medium");
  t->violations[t->violation_n - 1].hidden = true;
}

static void inactive(struct emu_tenant *t, enum emu_state state) {
  t->subs[t->sub_n - 1].state = (uint8_t)state;
  violates(t, 52, EMU_SUBJECT_SUBSCRIPTION, t->sub_n - 1, "low");
}

static void in_every_subscription(struct emu_tenant *t, const char *what) {
  for (size_t s = 0; s < t->sub_n; s++)
    changes(t, what, EMU_SUBJECT_SUBSCRIPTION, s);
}

/* The traps that change from one night to the next. */
static void apply_nightly(const struct emu_world *w, struct emu_tenant *t) {
  switch (t->scenario) {
  case LINK_GONE:
    if (w->identities > 1)
      link_gone(t, w->night);
    break;
  case LINK_CORRECTED: link_moved(t, w->night, 1); break;
  case LINK_MOVED: link_moved(t, w->night, 2); break;
  case LINK_MADE:
    if (w->identities > 1)
      link_made(t, w->night);
    break;
  case RIGHT_REVOKED: right_revoked(t, w->night); break;
  case CONSENT_REVOKED:
    changes(t, "consent-revoked", EMU_SUBJECT_IDENTITY, 0);
    if (w->night == 2)
      t->identities[0].present = false;
    break;
  case ASSIGNMENT_ADDED:
    in_every_subscription(t, "assignment-added");
    t->noise += w->night - 1;
    break;
  case ASSIGNMENT_REMOVED:
    in_every_subscription(t, "assignment-removed");
    t->noise += 2 - w->night;
    break;
  case SUBSCRIPTION_DISABLED:
    changes(t, "subscription-state", EMU_SUBJECT_SUBSCRIPTION, t->sub_n - 1);
    if (w->night == 2)
      inactive(t, EMU_DISABLED);
    break;
  case SUBSCRIPTION_RENAMED:
    changes(t, "subscription-name", EMU_SUBJECT_SUBSCRIPTION, 0);
    t->subs[0].renamed = w->night == 2;
    break;
  default: break;
  }
}

void emu_scenario_apply(const struct emu_world *w, struct emu_tenant *t) {
  switch (t->scenario) {
  case GLOBAL_ID: not_ours(t, EMU_PARTNER_GLOBAL, 1, "critical"); break;
  case FOREIGN_ID: not_ours(t, EMU_PARTNER_FOREIGN, 2, "critical"); break;
  case CLOSED_ID: unusable(t, EMU_PARTNER_CLOSED, "critical"); break;
  case SUPERSEDED_ID: unusable(t, EMU_PARTNER_SUPERSEDED, "high"); break;
  case PENDING_ID: unusable(t, EMU_PARTNER_PENDING, "medium"); break;
  case WRONG_LOCATION:
    other_location(t, 0);
    violates(t, 4, EMU_SUBJECT_IDENTITY, 0, "medium");
    break;
  case NO_RULE: violates(t, 8, EMU_SUBJECT_REGISTRY, 0, "low"); break;
  case NO_ROLE:
    if (w->identities > 1) {
      remove_grants_of(t, 1);
      violates(t, 10, EMU_SUBJECT_IDENTITY, 1, "medium");
    }
    break;
  case UNLINKED:
    if (w->identities > 1) {
      t->identities[1].linked = false;
      violates(t, 11, EMU_SUBJECT_IDENTITY, 1, "high");
    }
    break;
  case DARK: dark(t); break;
  case READER_ONLY:
    if (w->identities > 1)
      reader_only(t);
    break;
  case ELIGIBLE:
  case ACTIVATED:
    if (w->identities > EMU_APPS)
      just_in_time(t, t->scenario == ACTIVATED);
    break;
  case COVERS_NOTHING:
    t->subs[0].usage = EMU_IDLE;
    if (w->identities > 1)
      violates(t, 50, EMU_SUBJECT_IDENTITY, 1, "medium");
    break;
  case UNCOVERED:
    reader_on_the_first(t);
    violates(t, 51, EMU_SUBJECT_SUBSCRIPTION, 0, "high");
    break;
  case INACTIVE: inactive(t, emu_hash(w->seed, 0x5ce1, t->index, 0) % 2 == 0 ? EMU_WARNED : EMU_DISABLED); break;
  case DELEGATION:
    t->delegations[t->delegation_n++] = (struct emu_delegation){.group = EMU_GROUP_STRANGERS};
    violates(t, 60, EMU_SUBJECT_SCOPE, 0, "high");
    break;
  case MARKETPLACE:
    t->delegations[t->delegation_n++] = (struct emu_delegation){.group = EMU_GROUP_STRANGERS, .plan = true};
    break;
  case HIDDEN_COST:
    /* As where the provider has not opened the cost to the customer. */
    for (size_t s = 0; s < t->sub_n; s++)
      t->subs[s].usage = EMU_COST_HIDDEN;
    break;
  default: apply_nightly(w, t); break;
  }
}
