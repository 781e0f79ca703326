/* SPDX-License-Identifier: Apache-2.0 */
/* scenario.h - the traps, their shares, and what each of them violates. */
#ifndef EMU_SCENARIO_H
#define EMU_SCENARIO_H

#include "estate.h"

/* What a customer's tenant plays. From EMU_PLAYS_PEOPLE_ONLY on, one that breaks a rule and one that only looks like it. */
enum emu_scenario {
  EMU_PLAYS_ORDINARY,
  EMU_PLAYS_GLOBAL_ID,
  EMU_PLAYS_FOREIGN_ID,
  EMU_PLAYS_CLOSED_ID,
  EMU_PLAYS_SUPERSEDED_ID,
  EMU_PLAYS_PENDING_ID,
  EMU_PLAYS_WRONG_LOCATION,
  EMU_PLAYS_NO_RULE,
  EMU_PLAYS_NO_ROLE,
  EMU_PLAYS_UNLINKED,
  EMU_PLAYS_DARK,
  EMU_PLAYS_READER_ONLY,
  EMU_PLAYS_ELIGIBLE,
  EMU_PLAYS_ACTIVATED,
  EMU_PLAYS_COVERS_NOTHING,
  EMU_PLAYS_UNCOVERED,
  EMU_PLAYS_INACTIVE,
  EMU_PLAYS_DELEGATION,
  EMU_PLAYS_MARKETPLACE,
  EMU_PLAYS_HIDDEN_COST,
  EMU_PLAYS_LINK_GONE,
  EMU_PLAYS_LINK_CORRECTED,
  EMU_PLAYS_LINK_MOVED,
  EMU_PLAYS_LINK_MADE,
  EMU_PLAYS_RIGHT_REVOKED,
  EMU_PLAYS_CONSENT_REVOKED,
  EMU_PLAYS_ASSIGNMENT_ADDED,
  EMU_PLAYS_ASSIGNMENT_REMOVED,
  EMU_PLAYS_SUBSCRIPTION_DISABLED,
  EMU_PLAYS_SUBSCRIPTION_RENAMED,
  EMU_PLAYS_PEOPLE_ONLY,
  EMU_PLAYS_TWO_PEOPLE,
  EMU_PLAYS_PARTNER_RENAMED,
  EMU_PLAYS_PARTNER_SPELLED,
  EMU_PLAYS_BELOW_LOCATION,
  EMU_PLAYS_LINK_SUSPENDED,
  EMU_PLAYS_LINK_DELETED,
  EMU_PLAYS_CONDITION,
  EMU_PLAYS_CONDITION_BESIDE,
  EMU_PLAYS_ROOT,
  EMU_PLAYS_ROOT_OF_OTHERS,
  EMU_PLAYS_DENIED,
  EMU_PLAYS_DENIED_OTHERS,
  EMU_PLAYS_ENDS_SOON,
  EMU_PLAYS_ENDS_LATE,
  EMU_PLAYS_BEGINS_LATER,
  EMU_PLAYS_PART_ONLY,
  EMU_PLAYS_OTHER_GROUP,
  EMU_PLAYS_OTHER_GROUP_IDLE,
  EMU_PLAYS_OTHER_MANAGER,
  EMU_PLAYS_DELEGATED_READER,
  EMU_PLAYS_DELEGATED_ELIGIBLE,
  EMU_PLAYS_DELEGATED_TWICE,
  EMU_PLAYS_DELEGATED_APART,
  EMU_PLAYS_DELEGATED_PERSON,
  EMU_PLAYS_DELEGATED_OWNER,
  EMU_PLAYS_LINK_AT_CUSTOMER,
  EMU_PLAYS_MARKETPLACE_LINKED,
  EMU_PLAYS_LINK_REWRITTEN,
  EMU_PLAYS_LINK_COUNTED_UP,
  EMU_PLAYS_ROLE_LOST,
  EMU_PLAYS_ROLE_DOUBLE,
  EMU_PLAYS_USAGE_STOPPED,
  EMU_PLAYS_USAGE_HIDDEN,
  EMU_PLAYS_DELEGATION_REMOVED,
  EMU_PLAYS_DELEGATION_RENEWED,
  EMU_PLAYS_DELEGATION_CHANGED,
  EMU_PLAYS_ACCOUNT_DELETED,
  EMU_PLAYS_ACCOUNT_KEPT,
  EMU_SCENARIOS,
};

/* Which scenario a customer's tenant plays. */
unsigned emu_scenario_of(const struct emu_world *w, uint32_t tenant);
const char *emu_scenario_name(unsigned scenario);
/* Tenants of a thousand that play it. */
unsigned emu_scenario_share(unsigned scenario);
unsigned emu_scenario_count(void);
bool emu_scenario_without_rule(unsigned scenario);
bool emu_scenario_is_ordinary(unsigned scenario);

/* Before access is given: who is present, how many subscriptions there are. */
void emu_scenario_prepare(const struct emu_world *w, struct emu_tenant *t);
/* After: the trap, its violations, and the second night's changes. */
void emu_scenario_apply(const struct emu_world *w, struct emu_tenant *t);

/* Those from EMU_PLAYS_PEOPLE_ONLY on (traps.c). */
void emu_traps_prepare(const struct emu_world *w, struct emu_tenant *t);
void emu_traps_apply(const struct emu_world *w, struct emu_tenant *t);

/* What a trap is made of. */
void emu_only_first(struct emu_tenant *t);
/* Who was not there is linked as well. */
void emu_present(struct emu_tenant *t, unsigned identity);
void emu_at_least_two(struct emu_tenant *t, bool csp);
void emu_remove_grants_of(struct emu_tenant *t, unsigned identity);
/* A link of the first identity that breaks this policy. */
void emu_not_ours(struct emu_tenant *t, uint32_t partner, uint16_t policy, const char *severity);
/* Of the first subscription to a group of our own tenant; valid as long as the tenant. */
struct emu_delegation *emu_delegates(struct emu_tenant *t, enum emu_group group, enum emu_role role);
void emu_authorizes(struct emu_delegation *d, struct emu_authorization authorization);
void emu_violates(struct emu_tenant *t, uint16_t policy, enum emu_subject subject, size_t index, const char *severity);
void emu_violates_under(struct emu_tenant *t, uint16_t policy, enum emu_subject subject, size_t index,
                        const char *severity, uint16_t folded_under);
void emu_changes(struct emu_tenant *t, const char *what, enum emu_subject subject, size_t index);

#endif
