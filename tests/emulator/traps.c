/* SPDX-License-Identifier: Apache-2.0 */
/* Traps of the rules that catalogue.c finds in the facts: each beside one that only
 * looks like it. What they break of the first rules is said here. */
#include "scenario.h"

#include <assert.h>

static void grant(struct emu_tenant *t, struct emu_grant g) {
  assert(t->grant_n < EMU_MAX_GRANTS);
  t->grants[t->grant_n++] = g;
}

static bool has_people(const struct emu_world *w, unsigned n) {
  return w->identities >= EMU_APPS + n;
}

void emu_traps_prepare(const struct emu_world *w, struct emu_tenant *t) {
  switch (t->scenario) {
  case EMU_PLAYS_PEOPLE_ONLY:
  case EMU_PLAYS_TWO_PEOPLE:
    for (unsigned i = 0; i < (t->scenario == EMU_PLAYS_TWO_PEOPLE ? 2U : 1U); i++)
      if (has_people(w, i + 1)) {
        if (i == 0)
          emu_only_first(t);
        emu_present(t, EMU_APPS + i);
      }
    break;
  case EMU_PLAYS_LINK_SUSPENDED:
  case EMU_PLAYS_LINK_DELETED:
  case EMU_PLAYS_CONDITION:
  case EMU_PLAYS_CONDITION_BESIDE:
  case EMU_PLAYS_ROOT:
  case EMU_PLAYS_DENIED:
  case EMU_PLAYS_DENIED_OTHERS:
    if (w->identities > 1)
      emu_present(t, 1);
    break;
  case EMU_PLAYS_BEGINS_LATER:
  case EMU_PLAYS_ROLE_LOST:
  case EMU_PLAYS_ROLE_DOUBLE:
    if (w->identities > 1)
      emu_present(t, 1);
    emu_at_least_two(t, true);
    break;
  case EMU_PLAYS_LINK_AT_CUSTOMER:
    if (has_people(w, 2)) {
      emu_only_first(t);
      emu_present(t, EMU_APPS + 1);
    }
    break;
  case EMU_PLAYS_ENDS_SOON:
  case EMU_PLAYS_ENDS_LATE:
  case EMU_PLAYS_ACCOUNT_DELETED:
  case EMU_PLAYS_ACCOUNT_KEPT:
  case EMU_PLAYS_PART_ONLY: emu_only_first(t); break;
  case EMU_PLAYS_OTHER_GROUP_IDLE:
    emu_only_first(t);
    emu_at_least_two(t, false);
    break;
  case EMU_PLAYS_USAGE_STOPPED:
  case EMU_PLAYS_USAGE_HIDDEN:
    emu_only_first(t);
    emu_at_least_two(t, false);
    break;
  default: break;
  }
}

/* The application reads and is not linked; people hold what counts. */
static void people(const struct emu_world *w, struct emu_tenant *t, unsigned n) {
  if (!has_people(w, n))
    return;
  t->grant_n = 0;
  t->identities[0].linked = false;
  emu_violates(t, 11, EMU_SUBJECT_IDENTITY, 0, "high");
  for (size_t s = 0; s < t->sub_n; s++) {
    grant(t, (struct emu_grant){.role = EMU_ROLE_SUPPORT, .sub = (uint8_t)s});
    for (unsigned i = 0; i < n; i++)
      grant(t, (struct emu_grant){.who = (uint8_t)(EMU_APPS + i), .role = EMU_ROLE_CONTRIBUTOR, .sub = (uint8_t)s});
  }
}

/* The same in capitals, with two spaces between the words. */
static const char *shouted(uint32_t partner) {
  static const char *const names[EMU_RULED_COUNTRIES] = {
      "EXAMPLE  PARTNER  GERMANY",         "EXAMPLE  PARTNER  FRANCE", "EXAMPLE  PARTNER  UNITED  STATES",
      "EXAMPLE  PARTNER  UNITED  KINGDOM", "EXAMPLE  PARTNER  SWEDEN",
  };
  return names[partner - EMU_PARTNER_FIRST_LOCATION];
}

static void below_location(struct emu_tenant *t) {
  emu_not_ours(t, EMU_PARTNER_ACQUIRED_GLOBAL, 2, "critical");
}

static void first_holds_each(struct emu_tenant *t, enum emu_end end) {
  t->grant_n = 0;
  for (size_t s = 0; s < t->sub_n; s++)
    grant(t, (struct emu_grant){.role = EMU_ROLE_SUPPORT, .sub = (uint8_t)s, .ends = (uint8_t)end});
}

static void other_group(struct emu_tenant *t, size_t sub) {
  grant(
      t,
      (struct emu_grant){
          .to_group = true, .who = EMU_GROUP_AGENTS, .role = EMU_ROLE_CONTRIBUTOR, .sub = (uint8_t)sub, .other = true});
}

static void condition(struct emu_tenant *t, bool beside) {
  for (size_t i = 0; i < t->grant_n; i++)
    if (!t->grants[i].to_group && t->grants[i].who == 1)
      t->grants[i].conditional = true;
  if (beside)
    grant(t, (struct emu_grant){.who = 1, .role = EMU_ROLE_SUPPORT});
}

/* A role and an authorization of an account: of a former colleague whose accounts were deleted, or of one that is
 * there. Each of ours sees the delegation, and so can ask whom it names. */
static void account(const struct emu_world *w, struct emu_tenant *t, bool deleted) {
  struct emu_delegation *d = emu_delegates(t, EMU_GROUP_PARTNERS, EMU_ROLE_CONTRIBUTOR);
  for (unsigned i = 1; i < w->identities; i++)
    emu_authorizes(d, (struct emu_authorization){.to_identity = true, .who = (uint8_t)i, .role = EMU_ROLE_CONTRIBUTOR});
  emu_authorizes(d, (struct emu_authorization){.who = EMU_GROUP_PARTNERS, .role = EMU_ROLE_LEAVE});
  if (!deleted)
    return;
  emu_authorizes(d, (struct emu_authorization){.to_identity = true, .who = EMU_FORMER, .role = EMU_ROLE_READER});
  grant(t, (struct emu_grant){.who = EMU_FORMER, .role = EMU_ROLE_READER});
}

static void delegations(const struct emu_world *w, struct emu_tenant *t) {
  const enum emu_group ours = EMU_GROUP_PARTNERS;
  const struct emu_authorization leave = {.who = EMU_GROUP_PARTNERS, .role = EMU_ROLE_LEAVE};
  struct emu_delegation *d;
  switch (t->scenario) {
  case EMU_PLAYS_OTHER_MANAGER: emu_delegates(t, EMU_GROUP_STRANGERS, EMU_ROLE_CONTRIBUTOR)->other = true; break;
  case EMU_PLAYS_DELEGATED_READER: emu_delegates(t, ours, EMU_ROLE_READER); break;
  case EMU_PLAYS_DELEGATED_ELIGIBLE:
    d = emu_delegates(t, ours, EMU_ROLE_READER);
    emu_authorizes(
        d, (struct emu_authorization){.who = EMU_GROUP_PARTNERS, .role = EMU_ROLE_CONTRIBUTOR, .eligible = true});
    break;
  case EMU_PLAYS_DELEGATED_TWICE:
    emu_delegates(t, ours, EMU_ROLE_CONTRIBUTOR);
    emu_delegates(t, ours, EMU_ROLE_CONTRIBUTOR);
    break;
  case EMU_PLAYS_DELEGATED_APART:
    emu_authorizes(emu_delegates(t, ours, EMU_ROLE_CONTRIBUTOR), leave);
    d = emu_delegates(t, ours, EMU_ROLE_SUPPORT);
    emu_authorizes(d, (struct emu_authorization){.who = EMU_GROUP_STRANGERS, .role = EMU_ROLE_LEAVE});
    break;
  case EMU_PLAYS_DELEGATED_PERSON:
    d = emu_delegates(t, ours, EMU_ROLE_CONTRIBUTOR);
    if (has_people(w, 1))
      emu_authorizes(d, (struct emu_authorization){.to_identity = true, .who = EMU_APPS, .role = EMU_ROLE_READER});
    break;
  case EMU_PLAYS_LINK_AT_CUSTOMER:
    if (!has_people(w, 2))
      break;
    /* The guest account has no role, the account at home has one and no link. */
    t->grant_n = 0;
    for (size_t s = 0; s < t->sub_n; s++)
      grant(t, (struct emu_grant){.role = EMU_ROLE_SUPPORT, .sub = (uint8_t)s});
    d = emu_delegates(t, ours, EMU_ROLE_CONTRIBUTOR);
    emu_authorizes(d,
                   (struct emu_authorization){.to_identity = true, .who = EMU_APPS + 1, .role = EMU_ROLE_CONTRIBUTOR});
    emu_violates(t, 63, EMU_SUBJECT_IDENTITY, EMU_APPS + 1, "medium");
    break;
  case EMU_PLAYS_ACCOUNT_DELETED:
  case EMU_PLAYS_ACCOUNT_KEPT: account(w, t, t->scenario == EMU_PLAYS_ACCOUNT_DELETED); break;
  case EMU_PLAYS_DELEGATED_OWNER: emu_delegates(t, ours, EMU_ROLE_OWNER); break;
  case EMU_PLAYS_MARKETPLACE_LINKED:
    d = emu_delegates(t, ours, EMU_ROLE_CONTRIBUTOR);
    d->plan = true;
    emu_authorizes(d, leave);
    break;
  case EMU_PLAYS_DELEGATION_REMOVED:
    emu_changes(t, "delegation-removed", EMU_SUBJECT_SCOPE, 0);
    if (w->night == 1)
      emu_delegates(t, ours, EMU_ROLE_CONTRIBUTOR);
    break;
  case EMU_PLAYS_DELEGATION_RENEWED:
    emu_changes(t, "delegation-renewed", EMU_SUBJECT_SCOPE, 0);
    emu_delegates(t, ours, EMU_ROLE_CONTRIBUTOR)->renewals = w->night == 2;
    break;
  case EMU_PLAYS_DELEGATION_CHANGED:
    emu_changes(t, "delegation-changed", EMU_SUBJECT_SCOPE, 0);
    d = emu_delegates(t, ours, EMU_ROLE_CONTRIBUTOR);
    if (w->night == 2)
      emu_authorizes(d, leave);
    break;
  default: break;
  }
}

static void from_night_to_night(const struct emu_world *w, struct emu_tenant *t) {
  bool second = w->night == 2, both_apps = w->identities > 1;
  unsigned more = 1 + (unsigned)(emu_hash(w->seed, 0x5ce2, t->index, 0) % 2);
  switch (t->scenario) {
  case EMU_PLAYS_LINK_REWRITTEN:
    emu_changes(t, "link-rewritten", EMU_SUBJECT_IDENTITY, 0);
    t->identities[0].version += second ? more : 0;
    t->identities[0].rewritten = second;
    break;
  case EMU_PLAYS_LINK_COUNTED_UP:
    emu_changes(t, "link-rewritten", EMU_SUBJECT_IDENTITY, 0);
    t->identities[0].version += second;
    break;
  case EMU_PLAYS_ROLE_LOST:
  case EMU_PLAYS_ROLE_DOUBLE: {
    if (!both_apps)
      break;
    bool lost = t->scenario == EMU_PLAYS_ROLE_LOST;
    emu_changes(t, "assignment-removed", EMU_SUBJECT_SUBSCRIPTION, 1);
    grant(t, (struct emu_grant){.who = 1, .role = EMU_ROLE_CONTRIBUTOR, .sub = 1});
    if (!lost && !second)
      grant(t, (struct emu_grant){.who = 1, .role = EMU_ROLE_CONTRIBUTOR, .at = EMU_AT_GROUP, .sub = 1});
    if (lost && second)
      t->grant_n--;
    break;
  }
  case EMU_PLAYS_USAGE_STOPPED:
  case EMU_PLAYS_USAGE_HIDDEN:
    emu_changes(t, t->scenario == EMU_PLAYS_USAGE_STOPPED ? "usage-stopped" : "usage-hidden", EMU_SUBJECT_SUBSCRIPTION,
                1);
    if (second)
      t->subs[1].usage = t->scenario == EMU_PLAYS_USAGE_STOPPED ? EMU_IDLE : EMU_COST_HIDDEN;
    break;
  default: break;
  }
}

void emu_traps_apply(const struct emu_world *w, struct emu_tenant *t) {
  bool both_apps = w->identities > 1;
  switch (t->scenario) {
  case EMU_PLAYS_PEOPLE_ONLY: people(w, t, 1); break;
  case EMU_PLAYS_TWO_PEOPLE: people(w, t, 2); break;
  case EMU_PLAYS_PARTNER_RENAMED: t->identities[0].partner_name = "Sample Consulting"; break;
  case EMU_PLAYS_PARTNER_SPELLED: t->identities[0].partner_name = shouted(t->identities[0].partner); break;
  case EMU_PLAYS_BELOW_LOCATION: below_location(t); break;
  case EMU_PLAYS_LINK_SUSPENDED:
    if (both_apps)
      t->identities[1].state = EMU_LINK_SUSPENDED;
    break;
  case EMU_PLAYS_LINK_DELETED:
    if (both_apps) {
      t->identities[1].state = EMU_LINK_DELETED;
      emu_violates(t, 11, EMU_SUBJECT_IDENTITY, 1, "high");
    }
    break;
  case EMU_PLAYS_CONDITION:
  case EMU_PLAYS_CONDITION_BESIDE:
    if (both_apps)
      condition(t, t->scenario == EMU_PLAYS_CONDITION_BESIDE);
    break;
  case EMU_PLAYS_ROOT:
    if (both_apps)
      grant(t, (struct emu_grant){.who = 1, .role = EMU_ROLE_ACCESS, .at = EMU_AT_ROOT});
    break;
  case EMU_PLAYS_ROOT_OF_OTHERS: t->stranger_at_root = true; break;
  case EMU_PLAYS_DENIED:
    if (both_apps)
      t->kept_out = EMU_DENY_SECOND;
    break;
  case EMU_PLAYS_DENIED_OTHERS: t->kept_out = EMU_DENY_ALL_BUT_OURS; break;
  case EMU_PLAYS_ENDS_SOON: first_holds_each(t, EMU_ENDS_SOON); break;
  case EMU_PLAYS_ENDS_LATE: first_holds_each(t, EMU_ENDS_LATE); break;
  case EMU_PLAYS_PART_ONLY:
    first_holds_each(t, EMU_ENDLESS);
    t->grants[0].at = EMU_AT_GROUP;
    break;
  case EMU_PLAYS_BEGINS_LATER:
    if (both_apps)
      grant(t, (struct emu_grant){.who = 1, .role = EMU_ROLE_SUPPORT, .sub = 1, .later = true});
    break;
  case EMU_PLAYS_OTHER_GROUP: other_group(t, 0); break;
  case EMU_PLAYS_OTHER_GROUP_IDLE:
    t->subs[1].usage = EMU_IDLE;
    other_group(t, 1);
    break;
  default:
    delegations(w, t);
    from_night_to_night(w, t);
    break;
  }
}
