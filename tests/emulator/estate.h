/* SPDX-License-Identifier: Apache-2.0 */
/* estate.h - the facts of one tenant, made from the seed whenever they are asked.
 *
 * Every tenant plays one scenario: the ordinary state of affairs, or that with
 * one trap of the policies in it. What a trap breaks is written down where it is
 * built (scenario.c, traps.c); what tenants break by how the dice fell is found by
 * looking at the facts (catalogue.c). */
#ifndef EMU_ESTATE_H
#define EMU_ESTATE_H

#include "ids.h"
#include "world.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  EMU_IDENTITIES = 5, /* three applications, then two people */
  EMU_APPS = 3,
  EMU_FORMER = 6, /* a former colleague: the accounts were deleted, what was granted to them was not */
  EMU_MAX_SUBS = 4,
  EMU_MAX_GRANTS = 40,
  EMU_MAX_VIOLATIONS = 64,
  EMU_MAX_CHANGES = 8,
  EMU_MAX_DELEGATIONS = 2,
  EMU_MAX_AUTHORIZATIONS = 7,
  EMU_OTHER_PARTNER = 0x0f00000, /* the tenant of another partner, where we have no account */
};

enum emu_role {
  EMU_ROLE_SUPPORT,
  EMU_ROLE_CONTRIBUTOR,
  EMU_ROLE_READER,
  EMU_ROLE_OWNER,
  EMU_ROLE_CUSTOM,
  EMU_ROLE_ACCESS, /* User Access Administrator */
  EMU_ROLE_LEAVE,  /* may remove a delegation from the managing side */
  EMU_ROLES
};

enum emu_quota { EMU_QUOTA_EA, EMU_QUOTA_PAYG, EMU_QUOTA_CSP };

enum emu_state { EMU_ENABLED, EMU_WARNED, EMU_DISABLED };

enum emu_usage { EMU_USED, EMU_IDLE, EMU_COST_HIDDEN };

enum emu_at { EMU_AT_SUBSCRIPTION, EMU_AT_GROUP, EMU_AT_MANAGEMENT_GROUP, EMU_AT_ROOT };

enum emu_end { EMU_ENDLESS, EMU_ENDS_SOON, EMU_ENDS_LATE };

/* Who else is kept out by a deny assignment, beside an employee at one resource group. */
enum emu_deny { EMU_DENY_NONE, EMU_DENY_SECOND, EMU_DENY_ALL_BUT_OURS };

enum emu_link_state { EMU_LINK_ACTIVE, EMU_LINK_SUSPENDED, EMU_LINK_DELETED };

enum emu_kind_of_grant { EMU_STANDING, EMU_ELIGIBLE_ONLY, EMU_ACTIVATED };

/* Groups of a customer tenant and of our own. */
enum emu_group {
  EMU_GROUP_PARTNERS,  /* has identity 0 and the people in it; role on subscriptions */
  EMU_GROUP_NESTED,    /* between the one above and its members */
  EMU_GROUP_STRANGERS, /* nobody of ours */
  EMU_GROUP_AGENTS,    /* of our own tenant: AdminAgents */
  EMU_GROUPS,
};

/* An assignment of one of ours, or of a group. */
struct emu_grant {
  bool to_group;
  uint8_t who; /* identity, or enum emu_group */
  uint8_t role;
  uint8_t at;
  uint8_t sub; /* of EMU_AT_SUBSCRIPTION and EMU_AT_GROUP */
  uint8_t kind;
  uint8_t ends; /* enum emu_end */
  bool foreign; /* the group stands in our own tenant */
  bool other;   /* ... in that of another partner */
  bool conditional;
  bool later; /* begins in years */
};

struct emu_identity {
  bool present;
  bool linked;
  bool directory; /* may read Graph */
  uint32_t partner;
  uint32_t version;
  bool rewritten;           /* updated after it was created */
  uint8_t state;            /* enum emu_link_state */
  const char *partner_name; /* NULL: the one the partner has */
};

struct emu_sub {
  uint8_t quota, state, usage;
  bool renamed;
};

/* Of a group or an identity of our own tenant. */
struct emu_authorization {
  bool to_identity;
  uint8_t who; /* enum emu_group, or identity */
  uint8_t role;
  bool eligible; /* just in time */
};

struct emu_delegation {
  uint8_t sub;
  bool plan;        /* a marketplace offer */
  bool other;       /* to the tenant of another partner */
  uint8_t number;   /* of the definition */
  uint8_t renewals; /* how often the definition was assigned anew */
  uint8_t authorization_n;
  struct emu_authorization authorizations[EMU_MAX_AUTHORIZATIONS];
};

enum emu_subject {
  EMU_SUBJECT_IDENTITY,
  EMU_SUBJECT_TENANT,
  EMU_SUBJECT_SUBSCRIPTION,
  EMU_SUBJECT_SCOPE,
  EMU_SUBJECT_PRINCIPAL,
  EMU_SUBJECT_REGISTRY
};

struct emu_violation {
  uint16_t policy; /* 1 for PAL001 */
  uint8_t subject;
  uint8_t index; /* identity or subscription */
  const char *severity;
  uint16_t folded_under; /* 0: stands for itself */
  bool hidden;           /* true, but nobody who scans can see it tonight */
};

struct emu_change {
  const char *what;
  uint8_t subject;
  uint8_t index;
};

struct emu_tenant {
  uint32_t index;
  unsigned scenario;
  const char *country;
  uint32_t expected; /* partner id of the country's rule; 0: none */
  size_t sub_n, grant_n, delegation_n, violation_n, change_n;
  struct emu_sub subs[EMU_MAX_SUBS];
  struct emu_identity identities[EMU_IDENTITIES];
  struct emu_grant grants[EMU_MAX_GRANTS];
  struct emu_delegation delegations[EMU_MAX_DELEGATIONS];
  struct emu_violation violations[EMU_MAX_VIOLATIONS];
  struct emu_change changes[EMU_MAX_CHANGES]; /* from night 1 to night 2, whichever it is */
  bool deny;
  uint8_t kept_out;      /* enum emu_deny */
  bool stranger_at_root; /* an employee holds Owner at "/" */
  uint32_t noise;        /* assignments of strangers in each subscription */
};

/* Partner IDs of the registry. */
enum {
  EMU_PARTNER_GLOBAL = 1000000,
  EMU_PARTNER_FIRST_LOCATION = 1000001,
  EMU_PARTNER_CLOSED = 1000091,
  EMU_PARTNER_SUPERSEDED = 1000092,
  EMU_PARTNER_PENDING = 1000093,
  EMU_PARTNER_ACQUIRED_GLOBAL = 2000000, /* of a company that was bought: only its first location is in the registry */
  EMU_PARTNER_ACQUIRED = 2000001,
  EMU_PARTNER_FOREIGN = 7654321,
};

struct emu_country {
  const char *code, *name;
};
/* The countries with a location and a rule, then those without; NULL past the end. */
const struct emu_country *emu_country(size_t index);
enum { EMU_RULED_COUNTRIES = 5, EMU_COUNTRIES = 6 };

void emu_tenant_make(const struct emu_world *w, uint32_t index, struct emu_tenant *ret);

struct emu_guid emu_tenant_id(const struct emu_world *w, uint32_t tenant);
struct emu_guid emu_sub_id(const struct emu_world *w, uint32_t tenant, size_t sub);
struct emu_guid emu_object_id(const struct emu_world *w, uint32_t tenant, unsigned identity);
struct emu_guid emu_group_id(const struct emu_world *w, uint32_t tenant, unsigned group);
struct emu_guid emu_client_id(const struct emu_world *w, unsigned identity);

const char *emu_role_id(enum emu_role role);
const char *emu_role_name(enum emu_role role);
const char *emu_quota_id(enum emu_quota quota);
const char *emu_state_name(enum emu_state state);
/* "app-secret" and so on: as the truth file names them. */
const char *emu_identity_name(unsigned identity);
const char *emu_partner_name(uint32_t partner);
/* Resource groups of each subscription, both in use when it is. */
const char *emu_resource_group(unsigned index);

bool emu_in_group(const struct emu_tenant *t, unsigned group, unsigned identity);
/* Whether identities of our own tenant hold the delegation's subscription by it. */
bool emu_is_authorized(const struct emu_tenant *own, const struct emu_delegation *d, unsigned identity);
const char *emu_link_state_name(enum emu_link_state state);
/* A standing or activated role at or below the subscription, or above it. */
bool emu_has_role(const struct emu_tenant *t, unsigned identity, size_t sub);

#endif
