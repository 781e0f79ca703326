/* SPDX-License-Identifier: Apache-2.0 */
#include "catalogue.h"

#include "faults.h"
#include "scenario.h"

/* The rows of pec-roles.json that matter here; the others are listed there with no, or not at all. */
static bool counts(unsigned role, bool earned_credit) {
  return !earned_credit || role == EMU_ROLE_SUPPORT || role == EMU_ROLE_CONTRIBUTOR || role == EMU_ROLE_OWNER ||
         role == EMU_ROLE_ACCESS;
}

static bool is_active(const struct emu_tenant *t, unsigned identity) {
  const struct emu_identity *id = &t->identities[identity];
  return id->present && id->linked && id->state == EMU_LINK_ACTIVE;
}

static bool is_ours(const struct emu_tenant *t, const struct emu_grant *g, unsigned identity) {
  if (g->foreign || g->other || !t->identities[identity].present)
    return false;
  return g->to_group ? emu_in_group(t, g->who, identity) : g->who == identity;
}

/* A role that is at work now: begun, no mere eligibility, not denied. */
static bool is_live(const struct emu_tenant *t, const struct emu_grant *g, unsigned identity, size_t sub) {
  bool denied = t->kept_out == EMU_DENY_SECOND && identity == 1 && sub == 0;
  return is_ours(t, g, identity) && (g->at >= EMU_AT_MANAGEMENT_GROUP || g->sub == sub) && !g->later &&
         g->kind != EMU_ELIGIBLE_ONLY && !denied;
}

/* What an identity, linked or not, holds of a subscription. */
struct hold {
  bool any, counting, standing, whole, endless;
  size_t n, conditional; /* counting assignments */
};

static struct hold held(const struct emu_tenant *t, unsigned identity, size_t sub) {
  struct hold h = {0};
  for (size_t i = 0; i < t->grant_n; i++) {
    const struct emu_grant *g = &t->grants[i];
    if (!is_live(t, g, identity, sub))
      continue;
    h.any = true;
    if (!counts(g->role, t->subs[sub].quota == EMU_QUOTA_CSP))
      continue;
    h.counting = true;
    h.standing = h.standing || g->kind == EMU_STANDING;
    h.whole = h.whole || g->at != EMU_AT_GROUP;
    h.endless = h.endless || (g->kind == EMU_STANDING && g->ends != EMU_ENDS_SOON && g->ends != EMU_ENDS_LATE);
    h.n++;
    h.conditional += g->conditional;
  }
  return h;
}

static bool names(const struct emu_tenant *home, const struct emu_authorization *a, unsigned identity) {
  return a->to_identity ? a->who == identity && home->identities[identity].present
                        : emu_in_group(home, a->who, identity);
}

/* Whether the delegation gives an identity of our own tenant a role that counts, at once or just in time. */
static bool delegates_counting(const struct emu_tenant *home, const struct emu_delegation *d, unsigned identity,
                               bool eligible) {
  for (size_t i = 0; i < d->authorization_n && !d->other; i++)
    if (d->authorizations[i].eligible == eligible && counts(d->authorizations[i].role, true) &&
        names(home, &d->authorizations[i], identity))
      return true;
  return false;
}

static bool covers_by_delegation(const struct emu_tenant *home, const struct emu_tenant *t, unsigned identity,
                                 size_t sub) {
  for (size_t i = 0; i < t->delegation_n; i++)
    if (t->delegations[i].sub == sub && is_active(home, identity) &&
        delegates_counting(home, &t->delegations[i], identity, false))
      return true;
  return false;
}

static bool covers(const struct emu_tenant *t, unsigned identity, size_t sub) {
  return is_active(t, identity) && held(t, identity, sub).counting;
}

static void hide(struct emu_tenant *t, bool hidden) {
  t->violations[t->violation_n - 1].hidden = hidden;
}

static bool may_be_in_use(const struct emu_tenant *t, size_t sub) {
  return t->subs[sub].usage != EMU_IDLE;
}

static bool is_in_registry(uint32_t partner) {
  return (partner >= EMU_PARTNER_GLOBAL && partner < EMU_PARTNER_FIRST_LOCATION + EMU_RULED_COUNTRIES) ||
         (partner >= EMU_PARTNER_CLOSED && partner <= EMU_PARTNER_PENDING) || partner == EMU_PARTNER_ACQUIRED;
}

/* The same but for case and the width of the gaps. */
static bool same_name(const char *a, const char *b) {
  for (;; a++, b++) {
    while (a[0] == ' ' && a[1] == ' ')
      a++;
    while (b[0] == ' ' && b[1] == ' ')
      b++;
    char x = *a >= 'A' && *a <= 'Z' ? (char)(*a + 32) : *a, y = *b >= 'A' && *b <= 'Z' ? (char)(*b + 32) : *b;
    if (x != y)
      return false;
    if (x == '\0')
      return true;
  }
}

/* The rule that says which of several IDs is the wrong one; 0: none does. */
static uint16_t wrong_id(const struct emu_tenant *t) {
  for (size_t i = 0; i < t->violation_n; i++)
    if (t->violations[i].policy >= 1 && t->violations[i].policy <= 4)
      return t->violations[i].policy;
  return 0;
}

/* 005, 006, 007, 018 */
static void judge_links(struct emu_tenant *t) {
  uint32_t first = 0;
  bool several = false;
  for (unsigned i = 0; i < EMU_IDENTITIES; i++) {
    const struct emu_identity *id = &t->identities[i];
    if (!id->present || !id->linked)
      continue;
    if (id->state == EMU_LINK_SUSPENDED)
      emu_violates(t, 18, EMU_SUBJECT_IDENTITY, i, "high");
    if (!is_active(t, i))
      continue;
    several = several || (first != 0 && first != id->partner);
    first = id->partner;
    bool known = is_in_registry(id->partner);
    if (!known && is_in_registry(id->partner + 1) && id->partner + 1 != EMU_PARTNER_GLOBAL)
      emu_violates_under(t, 5, EMU_SUBJECT_IDENTITY, i, "high", 2);
    if (!known)
      emu_violates_under(t, 6, EMU_SUBJECT_IDENTITY, i, "high", 2);
    else if (id->partner_name != NULL && !same_name(id->partner_name, emu_partner_name(id->partner)))
      emu_violates(t, 6, EMU_SUBJECT_IDENTITY, i, "low");
  }
  if (several)
    emu_violates_under(t, 7, EMU_SUBJECT_TENANT, 0, "medium", wrong_id(t));
}

/* 013, 033, 036, 056, 073 */
static void judge_subscription(struct emu_tenant *t, const struct emu_tenant *home, size_t sub) {
  size_t n = 0;
  unsigned only = 0;
  struct hold last = {0};
  bool part = false, whole = false, ours = false, agents = false, others = false;
  for (unsigned i = 0; i < EMU_IDENTITIES; i++) {
    struct hold h = held(t, i, sub);
    ours = ours || h.counting;
    part = part || (is_active(t, i) && h.counting);
    whole = whole || (is_active(t, i) && h.whole);
    if (is_active(t, i) && h.standing) {
      n++;
      only = i;
      last = h;
    }
    if (covers_by_delegation(home, t, i, sub)) {
      ours = whole = true;
      n++;
      only = i;
      last = (struct hold){.endless = true};
    }
  }
  for (size_t i = 0; i < t->grant_n; i++) {
    agents = agents || (t->grants[i].foreign && t->grants[i].sub == sub);
    others = others || (t->grants[i].other && t->grants[i].sub == sub);
  }
  for (size_t i = 0; i < t->delegation_n; i++)
    others = others || (t->delegations[i].other && t->delegations[i].sub == sub);
  bool unread = t->subs[sub].usage == EMU_COST_HIDDEN;
  if (may_be_in_use(t, sub) && n == 1 && !(only < EMU_APPS && last.endless)) {
    emu_violates(t, 13, EMU_SUBJECT_SUBSCRIPTION, sub, "info");
    hide(t, unread);
  }
  /* Both resource groups are used where anything is; no grant is on the second. */
  if (may_be_in_use(t, sub) && part && !whole) {
    emu_violates(t, 36, EMU_SUBJECT_SUBSCRIPTION, sub, "info");
    hide(t, unread);
  }
  bool soon = false;
  for (size_t i = 0; i < t->grant_n && n == 1 && !last.endless; i++)
    soon = soon || (is_live(t, &t->grants[i], only, sub) && t->grants[i].ends == EMU_ENDS_SOON);
  if (soon)
    emu_violates(t, 33, EMU_SUBJECT_SUBSCRIPTION, sub, "medium");
  if (may_be_in_use(t, sub) && others) {
    emu_violates(t, 56, EMU_SUBJECT_SUBSCRIPTION, sub, "info");
    hide(t, unread);
  }
  if (t->subs[sub].quota == EMU_QUOTA_CSP && !agents)
    emu_violates(t, 73, EMU_SUBJECT_SUBSCRIPTION, sub, ours ? "info" : "low");
}

/* 014 */
static void judge_people(struct emu_tenant *t) {
  bool people = false, apps = false;
  for (unsigned i = 0; i < EMU_IDENTITIES; i++)
    for (size_t s = 0; s < t->sub_n; s++)
      if (is_active(t, i) && held(t, i, s).any)
        *(i < EMU_APPS ? &apps : &people) = true;
  if (people && !apps)
    emu_violates(t, 14, EMU_SUBJECT_TENANT, 0, "info");
}

/* 034, 035, 039, 041, 046 */
static void judge_access(struct emu_tenant *t, unsigned identity) {
  bool later = false, root = false, dedicated = false;
  size_t n = 0, conditional = 0;
  for (size_t i = 0; i < t->grant_n; i++) {
    const struct emu_grant *g = &t->grants[i];
    if (!is_ours(t, g, identity))
      continue;
    later = later || g->later;
    root = root || g->at == EMU_AT_ROOT;
    /* The estate file says of the third application that it carries the link and delivers nothing. */
    dedicated =
        dedicated ||
        (identity == 2 && (g->role == EMU_ROLE_OWNER || g->role == EMU_ROLE_CONTRIBUTOR || g->role == EMU_ROLE_ACCESS));
  }
  for (size_t s = 0; s < t->sub_n; s++) {
    struct hold h = held(t, identity, s);
    n += h.n;
    conditional += h.conditional;
  }
  if (is_active(t, identity) && later)
    emu_violates(t, 34, EMU_SUBJECT_IDENTITY, identity, "medium");
  if (is_active(t, identity) && t->kept_out == EMU_DENY_SECOND && identity == 1)
    emu_violates(t, 35, EMU_SUBJECT_IDENTITY, identity, "high");
  if (is_active(t, identity) && n == 1 && conditional == 1)
    emu_violates(t, 39, EMU_SUBJECT_IDENTITY, identity, "low");
  if (dedicated)
    emu_violates(t, 41, EMU_SUBJECT_IDENTITY, identity, "medium");
  if (root)
    emu_violates(t, 46, EMU_SUBJECT_IDENTITY, identity, "medium");
}

/* 043 */
static void judge_orphans(struct emu_tenant *t) {
  for (size_t i = 0; i < t->grant_n; i++)
    if (!t->grants[i].to_group && t->grants[i].who == EMU_FORMER)
      emu_violates(t, 43, EMU_SUBJECT_PRINCIPAL, EMU_FORMER, "low");
}

static bool same_authorization(const struct emu_authorization *a, const struct emu_authorization *b) {
  return a->to_identity == b->to_identity && a->who == b->who && a->role == b->role;
}

/* 054, 061, 062, 065, 068, 070, 071 */
static void judge_delegation(struct emu_tenant *t, const struct emu_tenant *home, const struct emu_delegation *d) {
  bool linked = false, permanent = false, eligible = false, leaves = false, person = false, unusable = false,
       gone = false;
  for (size_t i = 0; i < d->authorization_n; i++) {
    const struct emu_authorization *a = &d->authorizations[i];
    leaves = leaves || a->role == EMU_ROLE_LEAVE;
    person = person || (a->to_identity && a->who >= EMU_APPS && a->who < EMU_IDENTITIES);
    gone = gone || (a->to_identity && a->who == EMU_FORMER);
    unusable = unusable || a->role == EMU_ROLE_OWNER || a->role == EMU_ROLE_CUSTOM;
    for (unsigned who = 0; who < EMU_IDENTITIES; who++)
      linked = linked || (is_active(home, who) && names(home, a, who));
  }
  for (unsigned who = 0; who < EMU_IDENTITIES; who++) {
    permanent = permanent || (is_active(home, who) && delegates_counting(home, d, who, false));
    eligible = eligible || (is_active(home, who) && delegates_counting(home, d, who, true));
  }
  if (!linked && d->plan)
    emu_violates(t, 54, EMU_SUBJECT_SCOPE, d->sub, "info");
  if (linked && !permanent)
    emu_violates(t, eligible ? 62 : 61, EMU_SUBJECT_SCOPE, d->sub, "high");
  if (!leaves)
    emu_violates(t, 65, EMU_SUBJECT_SCOPE, d->sub, "info");
  if (person)
    emu_violates(t, 68, EMU_SUBJECT_SCOPE, d->sub, "info");
  if (unusable)
    emu_violates(t, 70, EMU_SUBJECT_SCOPE, d->sub, "low");
  if (gone)
    emu_violates(t, 71, EMU_SUBJECT_SCOPE, d->sub, "medium");
}

/* 067 */
static bool overlap(const struct emu_delegation *a, const struct emu_delegation *b) {
  for (size_t i = 0; i < a->authorization_n && a->sub == b->sub && !a->other && !b->other; i++)
    for (size_t k = 0; k < b->authorization_n; k++)
      if (same_authorization(&a->authorizations[i], &b->authorizations[k]))
        return true;
  return false;
}

static void judge_delegations(struct emu_tenant *t, const struct emu_tenant *home) {
  for (size_t i = 0; i < t->delegation_n; i++) {
    if (t->delegations[i].other)
      continue;
    judge_delegation(t, home, &t->delegations[i]);
    for (size_t k = 0; k < i; k++)
      if (overlap(&t->delegations[i], &t->delegations[k]))
        emu_violates(t, 67, EMU_SUBJECT_SUBSCRIPTION, t->delegations[i].sub, "medium");
  }
}

static bool same_authorizations(const struct emu_delegation *a, const struct emu_delegation *b) {
  size_t found = 0;
  for (size_t i = 0; i < a->authorization_n; i++)
    for (size_t k = 0; k < b->authorization_n; k++)
      found += same_authorization(&a->authorizations[i], &b->authorizations[k]) &&
               a->authorizations[i].eligible == b->authorizations[k].eligible;
  return a->authorization_n == b->authorization_n && found == a->authorization_n;
}

/* The same definition on the same scope is the same delegation, whatever its assignment is called. */
static const struct emu_delegation *again(const struct emu_tenant *t, const struct emu_delegation *d) {
  for (size_t i = 0; i < t->delegation_n; i++)
    if (t->delegations[i].number == d->number && t->delegations[i].sub == d->sub && t->delegations[i].other == d->other)
      return &t->delegations[i];
  return NULL;
}

/* 017, 020 */
static void judge_rewriting(struct emu_tenant *t, const struct emu_tenant *before, unsigned identity) {
  const struct emu_identity *now = &t->identities[identity], *then = &before->identities[identity];
  if (!now->present || !then->present || !is_active(t, identity))
    return;
  if (!is_active(before, identity))
    emu_violates(t, 20, EMU_SUBJECT_IDENTITY, identity, "info");
  else if (now->partner == then->partner && now->version > then->version && now->rewritten != then->rewritten)
    emu_violates(t, 17, EMU_SUBJECT_IDENTITY, identity, now->version - then->version > 1 ? "medium" : "low");
}

/* 040, 053, 066, 069 */
static void judge_losses(struct emu_tenant *t, const struct emu_tenant *before) {
  for (unsigned i = 0; i < EMU_IDENTITIES; i++) {
    bool lost = false;
    for (size_t s = 0; s < t->sub_n; s++)
      lost = lost || (is_active(t, i) && covers(before, i, s) && !covers(t, i, s));
    if (!lost)
      continue;
    emu_violates(t, 40, EMU_SUBJECT_IDENTITY, i, "high");
    hide(t, t->scenario == EMU_PLAYS_RIGHT_REVOKED);
  }
  for (size_t s = 0; s < t->sub_n; s++) {
    bool covered = false;
    for (unsigned i = 0; i < EMU_IDENTITIES; i++)
      covered = covered || covers(t, i, s);
    /* What can no longer be read may go on. */
    if (covered && before->subs[s].usage == EMU_USED && t->subs[s].usage == EMU_IDLE)
      emu_violates(t, 53, EMU_SUBJECT_SUBSCRIPTION, s, "low");
  }
  for (size_t i = 0; i < before->delegation_n; i++) {
    const struct emu_delegation *now = again(t, &before->delegations[i]);
    if (now == NULL)
      emu_violates(t, 66, EMU_SUBJECT_SCOPE, before->delegations[i].sub, "high");
    else if (!same_authorizations(now, &before->delegations[i]))
      emu_violates(t, 69, EMU_SUBJECT_SCOPE, now->sub, "medium");
  }
}

static bool loses_delegated(const struct emu_tenant *home, const struct emu_tenant *t, const struct emu_tenant *before,
                            unsigned identity) {
  for (size_t s = 0; s < t->sub_n; s++)
    if (covers_by_delegation(home, before, identity, s) && !covers_by_delegation(home, t, identity, s))
      return true;
  return false;
}

/* 040 of our own tenant: what its identities covered lies with the customers. */
static void judge_home(const struct emu_world *w, const struct emu_world *first, struct emu_tenant *home) {
  bool lost[EMU_IDENTITIES] = {false}, read[EMU_IDENTITIES] = {false};
  for (uint32_t c = 1; c <= w->tenants; c++) {
    struct emu_tenant t, before;
    emu_tenant_make(w, c, &t);
    if (t.change_n == 0)
      continue;
    emu_tenant_make(first, c, &before);
    for (unsigned i = 0; i < EMU_IDENTITIES; i++) {
      bool here = loses_delegated(home, &t, &before, i);
      lost[i] = lost[i] || here;
      read[i] = read[i] || (here && emu_fault_of_tenant(w, c) == EMU_FAULT_NONE);
    }
  }
  for (unsigned i = 0; i < EMU_IDENTITIES; i++)
    if (lost[i]) {
      emu_violates(home, 40, EMU_SUBJECT_IDENTITY, i, "high");
      hide(home, !read[i]);
    }
}

/* What holds tonight as it held last night. */
static void judge_state(struct emu_tenant *t, const struct emu_tenant *home) {
  judge_links(t);
  for (unsigned i = 0; i < EMU_IDENTITIES; i++)
    judge_access(t, i);
  if (t->index == 0)
    return;
  /* A list of subscriptions without them is a whole answer: what no role of ours shows any more is gone from it. */
  for (size_t s = 0; s < t->sub_n && t->grant_n != 0; s++)
    judge_subscription(t, home, s);
  judge_people(t);
  judge_orphans(t);
  judge_delegations(t, home);
}

/* Where nobody of ours can look any more stands what was seen last. */
static void judge_unseen(struct emu_tenant *t, const struct emu_tenant *before, const struct emu_tenant *home) {
  struct emu_tenant last = *before;
  last.violation_n = 0;
  judge_state(&last, home);
  for (size_t i = 0; i < last.violation_n; i++) {
    t->violations[t->violation_n] = last.violations[i];
    t->violations[t->violation_n++].hidden = true;
  }
}

void emu_catalogue(const struct emu_world *w, struct emu_tenant *t) {
  struct emu_world first = *w;
  struct emu_tenant home, before;
  bool second = w->night == 2;
  first.night = 1;
  emu_tenant_make(w, 0, &home);
  emu_tenant_make(&first, t->index, &before);
  if (second && t->scenario == EMU_PLAYS_CONSENT_REVOKED)
    judge_unseen(t, &before, &home);
  else
    judge_state(t, &home);
  if (!second)
    return;
  for (unsigned i = 0; i < EMU_IDENTITIES; i++)
    judge_rewriting(t, &before, i);
  if (t->index == 0)
    judge_home(w, &first, t);
  else
    judge_losses(t, &before);
}
