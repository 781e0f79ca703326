/* SPDX-License-Identifier: Apache-2.0 */
#include "truth.h"

#include "arm.h"
#include "assignments.h"
#include "catalogue.h"
#include "scenario.h"

#include <string.h>

enum { POLICIES = 110 };

static bool line(FILE *out, struct emu_text *t) {
  emu_text_puts(t, "\n");
  bool ok = fwrite(t->data, 1, t->len, out) == t->len;
  emu_text_clear(t);
  return ok;
}

static void write_run(const struct emu_world *w, struct emu_text *t) {
  struct emu_json j = emu_json_to(t);
  emu_json_object(&j, NULL);
  emu_json_text(&j, "kind", "run");
  emu_json_format(&j, "seed", "%llu", (unsigned long long)w->seed);
  emu_json_int(&j, "night", w->night);
  emu_json_int(&j, "tenants", w->tenants);
  emu_json_text(&j, "homeTenantId", emu_tenant_id(w, 0).text);
  emu_json_array(&j, "identities");
  for (unsigned i = 0; i < w->identities; i++) {
    emu_json_object(&j, NULL);
    emu_json_text(&j, "name", emu_identity_name(i));
    emu_json_text(&j, "clientId", emu_client_id(w, i).text);
    emu_json_text(&j, "objectId", emu_object_id(w, 0, i).text);
    emu_json_end_object(&j);
  }
  emu_json_end_array(&j);
  emu_json_object(&j, "shares");
  for (unsigned s = 0; s < emu_scenario_count(); s++)
    emu_json_int(&j, emu_scenario_name(s), emu_scenario_share(s));
  emu_json_end_object(&j);
  emu_json_end_object(&j);
}

static void write_subject(const struct emu_world *w, const struct emu_tenant *t, struct emu_json *j,
                          enum emu_subject subject, size_t index) {
  switch (subject) {
  case EMU_SUBJECT_IDENTITY:
    emu_json_text(j, "subjectType", "identity");
    emu_json_text(j, "subjectId", emu_object_id(w, t->index, (unsigned)index).text);
    break;
  case EMU_SUBJECT_TENANT:
    emu_json_text(j, "subjectType", "tenant");
    emu_json_text(j, "subjectId", emu_tenant_id(w, t->index).text);
    break;
  case EMU_SUBJECT_SUBSCRIPTION:
    emu_json_text(j, "subjectType", "subscription");
    emu_json_text(j, "subjectId", emu_sub_id(w, t->index, index).text);
    break;
  case EMU_SUBJECT_SCOPE:
    emu_json_text(j, "subjectType", "scope");
    emu_json_format(j, "subjectId", "/subscriptions/%s", emu_sub_id(w, t->index, index).text);
    break;
  case EMU_SUBJECT_PRINCIPAL:
    emu_json_text(j, "subjectType", "principal");
    emu_json_text(j, "subjectId", emu_object_id(w, t->index, (unsigned)index).text);
    break;
  case EMU_SUBJECT_REGISTRY:
    /* One finding for all tenants that no rule decides. */
    emu_json_text(j, "subjectType", "registry");
    emu_json_text(j, "subjectId", "registry");
    break;
  }
}

static void write_identities(const struct emu_world *w, const struct emu_tenant *t, struct emu_json *j) {
  emu_json_array(j, "identities");
  for (unsigned i = 0; i < w->identities; i++) {
    const struct emu_identity *id = &t->identities[i];
    if (!id->present)
      continue;
    emu_json_object(j, NULL);
    emu_json_text(j, "name", emu_identity_name(i));
    emu_json_text(j, "objectId", emu_object_id(w, t->index, i).text);
    emu_json_bool(j, "linked", id->linked);
    if (id->linked) {
      emu_json_format(j, "partnerId", "%u", id->partner);
      emu_json_int(j, "version", id->version);
      emu_json_text(j, "state", emu_link_state_name((enum emu_link_state)id->state));
    }
    emu_json_end_object(j);
  }
  emu_json_end_array(j);
}

static void write_subscriptions(const struct emu_world *w, const struct emu_tenant *t, struct emu_json *j) {
  static const char *const usage[] = {"used", "idle", "hidden"};
  emu_json_array(j, "subscriptions");
  for (size_t s = 0; s < t->sub_n; s++) {
    emu_json_object(j, NULL);
    emu_json_text(j, "subscriptionId", emu_sub_id(w, t->index, s).text);
    emu_json_text(j, "state", emu_state_name((enum emu_state)t->subs[s].state));
    emu_json_text(j, "quotaId", emu_quota_id((enum emu_quota)t->subs[s].quota));
    emu_json_text(j, "usage", usage[t->subs[s].usage]);
    emu_json_int(j, "assignments", (int64_t)emu_assignment_count(t, s));
    if (s == 0 && emu_hostile_to(w, t->index) != 0)
      emu_json_text(j, "alsoListedBy", emu_tenant_id(w, emu_hostile_to(w, t->index)).text);
    emu_json_end_object(j);
  }
  emu_json_end_array(j);
}

static void write_delegated(const struct emu_world *w, const struct emu_tenant *t, struct emu_json *j) {
  struct emu_tenant home;
  emu_tenant_make(w, 0, &home);
  emu_json_array(j, "delegated");
  for (size_t i = 0; i < t->delegation_n; i++) {
    const struct emu_delegation *d = &t->delegations[i];
    emu_json_object(j, NULL);
    write_subject(w, t, j, EMU_SUBJECT_SCOPE, d->sub);
    emu_json_text(j, "managedBy", emu_tenant_id(w, d->other ? EMU_OTHER_PARTNER : 0).text);
    emu_json_int(j, "renewals", d->renewals);
    bool ours = false;
    for (unsigned who = 0; who < w->identities; who++)
      ours = ours || emu_is_authorized(&home, d, who);
    emu_json_bool(j, "ours", ours);
    emu_json_array(j, "authorizations");
    for (size_t a = 0; a < d->authorization_n; a++)
      emu_json_format(j, NULL, "%s%s", d->authorizations[a].eligible ? "eligible " : "",
                      emu_role_name((enum emu_role)d->authorizations[a].role));
    emu_json_end_array(j);
    emu_json_end_object(j);
  }
  emu_json_end_array(j);
}

static void write_violations(const struct emu_world *w, const struct emu_tenant *t, struct emu_json *j) {
  emu_json_array(j, "violations");
  for (size_t i = 0; i < t->violation_n; i++) {
    const struct emu_violation *v = &t->violations[i];
    emu_json_object(j, NULL);
    emu_json_format(j, "policy", "PAL%03u", (unsigned)v->policy);
    write_subject(w, t, j, (enum emu_subject)v->subject, v->index);
    emu_json_text(j, "severity", v->severity);
    if (v->folded_under != 0)
      emu_json_format(j, "foldedUnder", "PAL%03u", (unsigned)v->folded_under);
    if (v->hidden)
      emu_json_bool(j, "hidden", true);
    emu_json_end_object(j);
  }
  emu_json_end_array(j);
}

static void write_tenant(const struct emu_world *w, const struct emu_tenant *t, struct emu_text *out) {
  struct emu_json j = emu_json_to(out);
  emu_json_object(&j, NULL);
  emu_json_text(&j, "kind", "tenant");
  emu_json_int(&j, "index", t->index);
  emu_json_text(&j, "tenantId", emu_tenant_id(w, t->index).text);
  emu_json_text(&j, "scenario", emu_scenario_name(t->scenario));
  emu_json_text(&j, "country", t->country);
  emu_json_int(&j, "delegations", (int64_t)t->delegation_n);
  enum emu_fault fault = emu_fault_of_tenant(w, t->index);
  if (fault != EMU_FAULT_NONE)
    emu_json_text(&j, "lastingFault", emu_fault_name(fault));
  write_identities(w, t, &j);
  write_subscriptions(w, t, &j);
  write_delegated(w, t, &j);
  write_violations(w, t, &j);
  emu_json_array(&j, "changes");
  for (size_t i = 0; i < t->change_n; i++) {
    emu_json_object(&j, NULL);
    emu_json_text(&j, "what", t->changes[i].what);
    write_subject(w, t, &j, (enum emu_subject)t->changes[i].subject, t->changes[i].index);
    emu_json_end_object(&j);
  }
  emu_json_end_array(&j);
  emu_json_end_object(&j);
}

bool emu_truth_write(const struct emu_world *w, FILE *out) {
  struct emu_text text = {0};
  uint64_t counts[POLICIES] = {0};
  write_run(w, &text);
  bool ok = line(out, &text);
  for (uint32_t i = 0; i <= w->tenants && ok; i++) {
    struct emu_tenant t;
    emu_tenant_make(w, i, &t);
    emu_catalogue(w, &t);
    for (size_t v = 0; v < t.violation_n; v++)
      counts[t.violations[v].policy]++;
    write_tenant(w, &t, &text);
    ok = line(out, &text);
  }
  struct emu_json j = emu_json_to(&text);
  emu_json_object(&j, NULL);
  emu_json_text(&j, "kind", "totals");
  emu_json_object(&j, "violations");
  for (unsigned p = 0; p < POLICIES; p++)
    if (counts[p] != 0) {
      char name[8];
      emu_format(name, sizeof name, "PAL%03u", p);
      emu_json_int(&j, name, (int64_t)counts[p]);
    }
  emu_json_end_object(&j);
  emu_json_end_object(&j);
  ok = ok && line(out, &text);
  emu_text_free(&text);
  return ok;
}

static void write_partner(struct emu_json *j, uint32_t id, const char *type, const char *country, const char *status) {
  emu_json_object(j, NULL);
  emu_json_format(j, "id", "%u", id);
  emu_json_text(j, "name", emu_partner_name(id));
  emu_json_text(j, "type", type);
  if (country != NULL)
    emu_json_text(j, "country", country);
  if (id != EMU_PARTNER_GLOBAL)
    emu_json_format(j, "organization", "%u",
                    (unsigned)(id == EMU_PARTNER_ACQUIRED ? EMU_PARTNER_ACQUIRED_GLOBAL : EMU_PARTNER_GLOBAL));
  emu_json_text(j, "status", status);
  if (id == EMU_PARTNER_SUPERSEDED)
    emu_json_format(j, "supersededBy", "%u", (unsigned)EMU_PARTNER_FIRST_LOCATION);
  emu_json_end_object(j);
}

bool emu_registry_write(const struct emu_world *w, FILE *out) {
  struct emu_text text = {0};
  struct emu_json j = emu_json_to(&text);
  emu_json_object(&j, NULL);
  emu_json_text(&j, "organization", "Example Partner");
  emu_json_array(&j, "ids");
  write_partner(&j, EMU_PARTNER_GLOBAL, "global", NULL, "active");
  for (uint32_t i = 0; i < EMU_RULED_COUNTRIES; i++)
    write_partner(&j, EMU_PARTNER_FIRST_LOCATION + i, "location", emu_country(i)->code, "active");
  write_partner(&j, EMU_PARTNER_CLOSED, "location", "IT", "closed");
  write_partner(&j, EMU_PARTNER_SUPERSEDED, "location", "DE", "superseded");
  write_partner(&j, EMU_PARTNER_PENDING, "location", "ES", "pending");
  write_partner(&j, EMU_PARTNER_ACQUIRED, "location", "NL", "active");
  emu_json_end_array(&j);
  emu_json_array(&j, "expect");
  for (uint32_t i = 0; i < EMU_RULED_COUNTRIES; i++) {
    emu_json_object(&j, NULL);
    emu_json_format(&j, "id", "%u", EMU_PARTNER_FIRST_LOCATION + i);
    emu_json_text(&j, "country", emu_country(i)->code);
    emu_json_end_object(&j);
  }
  emu_json_end_array(&j);
  emu_json_array(&j, "agentGroups");
  emu_json_object(&j, NULL);
  emu_json_text(&j, "objectId", emu_group_id(w, 0, EMU_GROUP_AGENTS).text);
  emu_json_text(&j, "cspTenant", emu_tenant_id(w, 0).text);
  emu_json_text(&j, "name", "AdminAgents");
  emu_json_end_object(&j);
  emu_json_end_array(&j);
  emu_json_end_object(&j);
  bool ok = line(out, &text);
  emu_text_free(&text);
  return ok;
}

static void write_object(const struct emu_world *w, struct emu_json *j, const char *member, uint32_t tenant,
                         unsigned identity) {
  emu_json_object(j, member);
  emu_json_text(j, "tenant", emu_tenant_id(w, tenant).text);
  emu_json_text(j, "objectId", emu_object_id(w, tenant, identity).text);
  emu_json_end_object(j);
}

static bool write_principal(const struct emu_world *w, FILE *out, unsigned identity, bool delivers) {
  struct emu_text text = {0};
  struct emu_json j = emu_json_to(&text);
  emu_json_object(&j, NULL);
  emu_json_text(&j, "name", emu_identity_name(identity));
  emu_json_text(&j, "owner", "us");
  if (!delivers) {
    emu_json_text(&j, "purpose", "scan-only");
    emu_json_bool(&j, "linkExpected", true);
  }
  write_object(w, &j, "home", 0, identity);
  emu_json_array(&j, "objects");
  for (uint32_t i = 1; i <= w->tenants; i++) {
    struct emu_tenant t;
    emu_tenant_make(w, i, &t);
    if (t.identities[identity].present)
      write_object(w, &j, NULL, i, identity);
  }
  emu_json_end_array(&j);
  emu_json_end_object(&j);
  bool ok = line(out, &text);
  emu_text_free(&text);
  return ok;
}

static bool write_former(const struct emu_world *w, FILE *out) {
  struct emu_text text = {0};
  struct emu_json j = emu_json_to(&text);
  emu_json_object(&j, NULL);
  emu_json_text(&j, "name", "former-colleague");
  emu_json_text(&j, "owner", "us");
  emu_json_bool(&j, "linkExpected", false);
  write_object(w, &j, "home", 0, EMU_FORMER);
  emu_json_array(&j, "objects");
  for (uint32_t i = 1; i <= w->tenants; i++)
    if (emu_scenario_of(w, i) == EMU_PLAYS_ACCOUNT_DELETED)
      write_object(w, &j, NULL, i, EMU_FORMER);
  emu_json_end_array(&j);
  emu_json_end_object(&j);
  bool ok = line(out, &text);
  emu_text_free(&text);
  return ok;
}

/* The third application carries the link in each tenant and delivers nothing; of the last person it is known which
 * accounts are his. */
static bool write_principals(const struct emu_world *w, FILE *out) {
  enum { LINK_CARRIER = 2, PERSON = EMU_IDENTITIES - 1 };
  bool ok = fputs("\"principals\":[\n", out) >= 0;
  ok = ok && write_former(w, out);
  if (w->identities > LINK_CARRIER)
    ok = ok && fputs(",", out) >= 0 && write_principal(w, out, LINK_CARRIER, false);
  if (w->identities > PERSON)
    ok = ok && fputs(",", out) >= 0 && write_principal(w, out, PERSON, true);
  return ok && fputs("],", out) >= 0;
}

bool emu_estate_write(const struct emu_world *w, FILE *out) {
  struct emu_text text = {0};
  bool ok = fputs("{", out) >= 0 && write_principals(w, out) && fputs("\"customers\":[\n", out) >= 0;
  for (uint32_t i = 1; i <= w->tenants && ok; i++) {
    struct emu_tenant t;
    emu_tenant_make(w, i, &t);
    struct emu_json j = emu_json_to(&text);
    emu_json_object(&j, NULL);
    emu_json_text(&j, "tenant", emu_tenant_id(w, i).text);
    emu_json_format(&j, "name", "Customer %u", i);
    emu_json_text(&j, "country", t.country);
    emu_json_end_object(&j);
    if (i != w->tenants)
      emu_text_puts(&text, ",");
    ok = line(out, &text);
  }
  emu_text_free(&text);
  return ok && fputs("]}\n", out) >= 0;
}
