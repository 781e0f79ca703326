/* SPDX-License-Identifier: Apache-2.0 */
/* sentence_access.c - links, roles, subscriptions, delegations: who reaches a customer, and does it count. */
#include <string.h>

#include "people.h"
#include "sentence.h"

static bool is(const struct pal_change *change, const char *kind) {
  return strcmp(change->kind, kind) == 0;
}

/* Read for the first time: nobody knows since when it is so. */
static bool read_first(const struct pal_change *change) {
  const char *dot = strrchr(change->kind, '.');
  return dot && strcmp(dot, ".read") == 0;
}

static const struct pal_record *any_of(const struct pal_change *change) {
  return change->after ? change->after : change->before;
}

/* Nothing in a sentence is NULL. */
static const char *text_of(const struct pal_record *record, int field) {
  const char *text = record ? pal_get_text(record, field) : NULL;
  return text ? text : "?";
}

static void say_subject(struct sentence *s, const char *what) {
  pal_buf_puts(s->out, what);
  sentence_named(s->out, s->change->subject_name, s->change->subject_id);
}

/* --- links --- */

static void say_partner_of(struct sentence *s, const struct pal_record *link) {
  sentence_partner(s, text_of(link, PAL_LINK_PARTNER_ID), pal_get_text(link, PAL_LINK_PARTNER_NAME));
}

static void say_link(struct sentence *s) {
  const struct pal_record *was = s->change->before, *now = s->change->after;
  const char *after_id = text_of(now, PAL_LINK_PARTNER_ID);
  say_subject(s, "link of identity ");
  if (!was && now) {
    pal_buf_puts(s->out, read_first(s->change) ? ": " : " added: ");
    say_partner_of(s, now);
    sentence_judge_partner(s, after_id);
  } else if (was && !now) {
    pal_buf_puts(s->out, " removed: it was ");
    say_partner_of(s, was);
  } else if (strcmp(text_of(was, PAL_LINK_PARTNER_ID), after_id) != 0) {
    pal_buf_puts(s->out, " changed from ");
    say_partner_of(s, was);
    pal_buf_puts(s->out, " to ");
    say_partner_of(s, now);
    sentence_judge_partner(s, after_id);
  } else {
    pal_buf_puts(s->out, " to ");
    say_partner_of(s, now);
    pal_buf_puts(s->out, " changed");
    sentence_differences(s->out, was, now);
  }
}

static void say_identity(struct sentence *s) {
  const struct pal_record *record = any_of(s->change);
  say_subject(s, "identity ");
  pal_buf_printf(s->out, ", a %s", people_principal(pal_get_text(record, PAL_IDENTITY_TYPE)));
  if (read_first(s->change))
    return;
  pal_buf_putc(s->out, ',');
  if (!s->change->before) {
    pal_buf_puts(s->out, " seen for the first time");
  } else if (!s->change->after) {
    pal_buf_puts(s->out, " is gone");
  } else {
    pal_buf_puts(s->out, " changed");
    sentence_differences(s->out, s->change->before, s->change->after);
  }
}

/* --- roles --- */

static void say_role(struct sentence *s, const char *role_id) {
  pal_buf_puts(s->out, "role ");
  s->role_at = s->out->len + 1;
  pal_buf_puts(s->out, role_id);
}

struct holding {
  const char *role_id, *principal_type, *scope, *end;
  bool eligible;
};

static struct holding holding_of(const struct pal_record *record) {
  if (record->kind == &pal_kind_PIM)
    return (struct holding){
        .role_id = text_of(record, PAL_PIM_ROLE_ID),
        .principal_type = pal_get_text(record, PAL_PIM_PRINCIPAL_TYPE),
        .scope = text_of(record, PAL_PIM_SCOPE),
        .end = pal_get_text(record, PAL_PIM_END),
        .eligible = strcmp(text_of(record, PAL_PIM_KIND), "eligible") == 0,
    };
  return (struct holding){
      .role_id = text_of(record, PAL_ASSIGNMENT_ROLE_ID),
      .principal_type = pal_get_text(record, PAL_ASSIGNMENT_PRINCIPAL_TYPE),
      .scope = text_of(record, PAL_ASSIGNMENT_SCOPE),
  };
}

static void say_holder(struct sentence *s, const struct holding *holding, const char *verb) {
  pal_buf_printf(s->out, "%s%s ", verb, people_principal(holding->principal_type));
  sentence_named(s->out, s->change->subject_name, s->change->subject_id);
  pal_buf_puts(s->out, " at ");
  s->scope_at = s->out->len + 1;
  pal_buf_puts(s->out, holding->scope);
}

static void say_until(struct sentence *s, const struct holding *holding) {
  if (holding->end)
    pal_buf_printf(s->out, ", until %s", people_time(holding->end).s);
}

static void say_grant(struct sentence *s) {
  const struct pal_change *change = s->change;
  struct holding holding = holding_of(any_of(change));
  if (holding.eligible && !is(change, "role.activated"))
    pal_buf_puts(s->out, "eligible ");
  say_role(s, holding.role_id);
  if (is(change, "role.activated")) {
    say_holder(s, &holding, change->before && change->after ? ", activation extended by " : " activated by ");
    say_until(s, &holding);
  } else if (is(change, "role.ended")) {
    say_holder(s, &holding, ", activation ended, of ");
  } else if (!change->before) {
    say_holder(s, &holding, read_first(change) ? " held by " : " granted to ");
    say_until(s, &holding);
  } else if (!change->after) {
    say_holder(s, &holding, " revoked from ");
  } else {
    say_holder(s, &holding, " changed for ");
    sentence_differences(s->out, change->before, change->after);
  }
}

static void say_deny(struct sentence *s) {
  const struct pal_record *record = any_of(s->change);
  pal_buf_puts(s->out, "deny assignment ");
  sentence_named(s->out, pal_get_text(record, PAL_DENY_NAME), text_of(record, PAL_DENY_ID));
  pal_buf_printf(s->out, " at %s %s", text_of(record, PAL_DENY_SCOPE),
                 !s->change->before  ? "added"
                 : !s->change->after ? "removed"
                                     : "changed");
  if (s->change->before && s->change->after)
    sentence_differences(s->out, s->change->before, s->change->after);
}

static void say_role_definition(struct sentence *s) {
  say_subject(s, "role definition ");
  if (s->change->before && s->change->after)
    sentence_changed(s->out, s->change->before, s->change->after);
  else
    pal_buf_puts(s->out, " changed");
}

static void say_group(struct sentence *s) {
  say_subject(s, "group ");
  pal_buf_puts(s->out, " changed: ");
  static const struct pal_records none;
  const struct pal_record *was = s->change->before, *now = s->change->after;
  pal_buf_puts(s->out, pal_kind_GROUP.fields[PAL_GROUP_MEMBERS].label);
  pal_buf_putc(s->out, ' ');
  sentence_say_counts(s->out, sentence_count_lists(s->out, was ? pal_get_records(was, PAL_GROUP_MEMBERS) : &none,
                                                   now ? pal_get_records(now, PAL_GROUP_MEMBERS) : &none));
}

/* --- subscriptions and what is used --- */

static void say_subscription(struct sentence *s) {
  say_subject(s, "subscription ");
  if (!s->change->before) {
    pal_buf_puts(s->out, read_first(s->change) ? " is visible" : " became visible");
  } else if (!s->change->after) {
    pal_buf_puts(s->out, " is no longer visible to any of our identities");
  } else {
    sentence_changed(s->out, s->change->before, s->change->after);
  }
}

static void say_usage(struct sentence *s) {
  pal_buf_puts(s->out, is(s->change, "usage.started") ? "metered usage began in subscription "
                                                      : "no metered usage any more in subscription ");
  sentence_named(s->out, s->change->subject_name, s->change->subject_id);
  const struct pal_record *record = any_of(s->change);
  const char *month = pal_get_text(record, PAL_USAGE_MONTH);
  if (month && is(s->change, "usage.started"))
    pal_buf_printf(s->out, " (%s)", month);
}

static void say_delegation(struct sentence *s) {
  const struct pal_record *record = any_of(s->change);
  const char *managing = pal_get_text(record, PAL_DELEGATION_MANAGED_BY);
  const char *offer = pal_get_text(record, PAL_DELEGATION_NAME);
  pal_buf_puts(s->out, "Lighthouse delegation ");
  if (offer && offer[0])
    sentence_named(s->out, offer, text_of(record, PAL_DELEGATION_ID));
  pal_buf_printf(s->out, "%sof %s", offer && offer[0] ? " " : "", text_of(record, PAL_DELEGATION_SCOPE));
  if (managing) {
    pal_buf_puts(s->out, " to tenant ");
    sentence_named(s->out, pal_get_text(record, PAL_DELEGATION_MANAGED_BY_NAME), managing);
  }
  if (s->change->before && s->change->after) {
    sentence_changed(s->out, s->change->before, s->change->after);
  } else {
    pal_buf_puts(s->out, read_first(s->change) ? ": " : s->change->after ? " added: " : " removed: it had ");
    people_count(s->out, pal_get_records(record, PAL_DELEGATION_AUTHORIZATIONS)->n, "authorization", "authorizations");
  }
}

/* --- the customer as a whole --- */

static void say_tenant(struct sentence *s) {
  say_subject(s, "tenant ");
  if (is(s->change, "tenant.added")) {
    pal_buf_puts(s->out, " read for the first time");
  } else if (is(s->change, "tenant.removed")) {
    pal_buf_puts(s->out, " left the snapshot: offboarded, and last read without access or link of ours");
  } else if (s->change->before && s->change->after) {
    sentence_changed(s->out, s->change->before, s->change->after);
  } else {
    pal_buf_puts(s->out, " changed");
  }
}

bool sentence_access(struct sentence *sentence, const struct pal_kind *kind) {
  static const struct {
    const struct pal_kind *kind;
    void (*say)(struct sentence *s);
  } kinds[] = {
      {&pal_kind_LINK, say_link},        {&pal_kind_IDENTITY, say_identity},
      {&pal_kind_ASSIGNMENT, say_grant}, {&pal_kind_PIM, say_grant},
      {&pal_kind_DENY, say_deny},        {&pal_kind_ROLE, say_role_definition},
      {&pal_kind_GROUP, say_group},      {&pal_kind_SUBSCRIPTION, say_subscription},
      {&pal_kind_USAGE, say_usage},      {&pal_kind_DELEGATION, say_delegation},
      {&pal_kind_TENANT, say_tenant},
  };
  if (!kind && strncmp(sentence->change->kind, "tenant.", 7) == 0) {
    say_tenant(sentence); /* a tenant whose own record was never read */
    return true;
  }
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
    if (kinds[i].kind == kind) {
      kinds[i].say(sentence);
      return true;
    }
  return false;
}
