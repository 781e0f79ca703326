/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/sides.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

struct pal_arena *side_arena;
struct pal_err side_err;
struct pal_docs side_parent, side_ret;
struct pal_observation *side_seen[16];
struct pal_unite_input side_input;
static char settings_json[1024];

void side_set_settings(const char *collect, const char *names) {
  (void)snprintf(
      settings_json, sizeof settings_json,
      "{\"cloud\":\"AzurePublicCloud\",\"collect\":%s,\"names\":\"ours\",\"usageWindowMonths\":2,\"identities\":[%s]}",
      collect, names);
  side_input.settings = parse_record(side_arena, &pal_kind_SETTINGS, settings_json);
}

void side_set_up(void) {
  side_arena = pal_arena_new(0);
  side_err = (struct pal_err){0};
  pal_docs_init(&side_parent, side_arena);
  side_input =
      (struct pal_unite_input){.tenant = tenant_id(HOME), .parent_started = instant(T2), .started = instant(STARTED)};
  side_set_settings("[\"links\",\"role-assignments\",\"usage\",\"delegations\"]",
                    ROBOT("ann", HOME, ALL) "," ROBOT("bob", HOME, ALL) "," ROBOT("zoe", CUSTOMER, ALL));
}

void side_tear_down(void) {
  pal_arena_free(side_arena);
}

/* --- writing both sides --- */

struct pal_docs *side_see(const char *identity, const char *tenant, const char *object) {
  struct pal_observation *o = pal_arena_alloc(side_arena, sizeof *o);
  ck_assert_ptr_nonnull(o);
  o->identity = identity;
  o->tenant = tenant_id(tenant);
  if (object) {
    memcpy(o->object.s, object, sizeof o->object.s);
    o->signed_in = true;
  }
  pal_docs_init(&o->docs, side_arena);
  side_seen[side_input.n++] = o;
  return &o->docs;
}

struct pal_record *side_add(struct pal_docs *docs, enum pal_file_id file, const char *id) {
  struct pal_doc *doc = pal_docs_get(docs, file, &side_input.tenant, id);
  struct pal_record *record = pal_record_new(side_arena, pal_files[file].kind);
  ck_assert_ptr_nonnull(doc);
  unit_ok(pal_records_add(side_arena, &doc->records, record, &side_err), &side_err);
  return record;
}

void side_set(struct pal_record *record, int field, const char *text) {
  unit_ok(pal_set_text(side_arena, record, field, text, &side_err), &side_err);
}

void side_empty(struct pal_docs *docs, enum pal_file_id file, const char *id) {
  ck_assert_ptr_nonnull(pal_docs_get(docs, file, &side_input.tenant, id));
}

void side_cover(struct pal_docs *docs, const char *area, const char *unit, const char *state, int items,
                const char *code, const char *as_of) {
  struct pal_record *r = side_add(docs, PAL_FILE_COVERAGE, NULL);
  side_set(r, PAL_COVERAGE_AREA, area);
  side_set(r, PAL_COVERAGE_UNIT, unit);
  side_set(r, PAL_COVERAGE_STATE, state);
  side_set(r, PAL_COVERAGE_CODE, code);
  side_set(r, PAL_COVERAGE_AS_OF, as_of);
  if (items >= 0)
    pal_set_int(r, PAL_COVERAGE_ITEMS, items);
}

void side_assign(struct pal_docs *docs, const char *sub, const char *n, const char *principal, const char *last_read) {
  struct pal_record *r = sub ? side_add(docs, PAL_FILE_ASSIGNMENTS, sub) : side_add(docs, PAL_FILE_INHERITED, NULL);
  const char *scope = sub ? pal_arena_printf(side_arena, SUB_ID("%s"), sub) : "/";
  side_set(r, PAL_ASSIGNMENT_ID, pal_arena_printf(side_arena, "%s/providers/x/%s", sub ? scope : "", n));
  side_set(r, PAL_ASSIGNMENT_SCOPE, scope);
  side_set(r, PAL_ASSIGNMENT_PRINCIPAL_ID, principal);
  side_set(r, PAL_ASSIGNMENT_ROLE_ID, ROLE);
  side_set(r, PAL_ASSIGNMENT_LAST_READ, last_read);
}

static void add_sighting(struct pal_record *subscription, const char *identity, const char *tenant) {
  struct pal_record *s = pal_record_new(side_arena, &pal_kind_SIGHTING);
  side_set(s, PAL_SIGHTING_IDENTITY, identity);
  side_set(s, PAL_SIGHTING_TENANT, tenant);
  unit_ok(pal_add_record(side_arena, subscription, PAL_SUBSCRIPTION_SEEN_FROM, s, &side_err), &side_err);
}

void side_subscription(struct pal_docs *docs, const char *id, const char *name, const char *identity,
                       const char *tenant) {
  struct pal_record *r = side_add(docs, PAL_FILE_SUBSCRIPTION, id);
  side_set(r, PAL_SUBSCRIPTION_SUBSCRIPTION_ID, id);
  side_set(r, PAL_SUBSCRIPTION_DISPLAY_NAME, name);
  add_sighting(r, identity, tenant);
}

void side_sight(struct pal_docs *docs, const char *id, const char *identity, const char *tenant) {
  struct pal_doc *doc = pal_docs_find(docs, PAL_FILE_SUBSCRIPTION, &side_input.tenant, id);
  ck_assert_ptr_nonnull(doc);
  add_sighting(doc->records.v[0], identity, tenant);
}

struct pal_record *side_identity(struct pal_docs *docs, const char *object, const char *name, const char *partner) {
  struct pal_record *r = side_add(docs, PAL_FILE_IDENTITY, object);
  side_set(r, PAL_IDENTITY_OBJECT_ID, object);
  side_set(r, PAL_IDENTITY_ASSURANCE, "read");
  unit_ok(pal_set_texts(side_arena, r, PAL_IDENTITY_NAMES, &name, 1, &side_err), &side_err);
  if (partner && !*partner) {
    pal_set_null(r, PAL_IDENTITY_LINK);
  } else if (partner) {
    struct pal_record *link = pal_record_new(side_arena, &pal_kind_LINK);
    side_set(link, PAL_LINK_PARTNER_ID, partner);
    pal_set_record(r, PAL_IDENTITY_LINK, link);
  }
  return r;
}

void side_group(struct pal_docs *docs, const char *id, const char *member) {
  struct pal_record *r = side_add(docs, PAL_FILE_GROUP, id), *m = pal_record_new(side_arena, &pal_kind_MEMBER);
  side_set(r, PAL_GROUP_GROUP_ID, id);
  side_set(m, PAL_MEMBER_OBJECT_ID, member);
  unit_ok(pal_add_record(side_arena, r, PAL_GROUP_MEMBERS, m, &side_err), &side_err);
}

void side_used(struct pal_docs *docs, const char *sub, const char *month, const char *word) {
  struct pal_record *r = side_add(docs, PAL_FILE_USAGE, sub);
  side_set(r, PAL_USAGE_MONTH, month);
  side_set(r, PAL_USAGE_USED, word);
}

void side_delegate(struct pal_docs *docs, const char *sub, const char *n, const char *state) {
  struct pal_record *r = side_add(docs, PAL_FILE_DELEGATIONS, NULL);
  side_set(r, PAL_DELEGATION_ID,
           pal_arena_printf(side_arena, SUB_ID("%s") "/providers/microsoft.managedservices/registrationassignments/%s",
                            sub, n));
  side_set(r, PAL_DELEGATION_SCOPE, pal_arena_printf(side_arena, SUB_ID("%s"), sub));
  side_set(r, PAL_DELEGATION_STATE, state);
}

void side_role(struct pal_docs *docs, const char *id, const char *name) {
  struct pal_record *r = side_add(docs, PAL_FILE_CUSTOM_ROLE, id);
  side_set(r, PAL_ROLE_ROLE_ID, id);
  side_set(r, PAL_ROLE_ROLE_NAME, name);
}

void side_named(struct pal_docs *docs, const char *name) {
  struct pal_record *r = side_add(docs, PAL_FILE_TENANT, NULL);
  side_set(r, PAL_TENANT_TENANT_ID, HOME);
  side_set(r, PAL_TENANT_DISPLAY_NAME, name);
}

/* Everything that is told of one tenant as a whole, in one state. */
void side_cover_whole(struct pal_docs *docs, const char *identity_name, const char *state, const char *code) {
  static const char *const areas[] = {"tenant",           "subscriptions", "role-assignments",
                                      "deny-assignments", "pim",           "groups"};
  bool unread = strcmp(state, "unread") == 0;
  for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++)
    side_cover(docs, areas[i], "tenant", state, unread ? -1 : 0, code, NULL);
  side_cover(docs, "links", identity_name, state, unread ? -1 : 0, code, NULL);
  for (size_t i = 0; unread && i < 3; i++)
    side_cover(docs, (const char *const[]){"role-definitions", "usage", "delegations"}[i], "tenant", "unread", -1, code,
               NULL);
}

/* An observer of HOME that read all, and saw these subscriptions. */
struct pal_docs *side_see_whole(const char *identity_name, const char *object, const char *const *subs) {
  static const char *const areas[] = {"role-assignments", "deny-assignments", "pim", "role-definitions", "usage",
                                      "delegations"};
  struct pal_docs *docs = side_see(identity_name, HOME, object);
  side_cover_whole(docs, identity_name, "complete", NULL);
  side_named(docs, "Home");
  (void)side_identity(docs, object, identity_name, "");
  side_empty(docs, PAL_FILE_INHERITED, NULL);
  for (size_t i = 0; subs && subs[i]; i++) {
    side_subscription(docs, subs[i], "S", identity_name, HOME);
    for (size_t j = 0; j < sizeof areas / sizeof areas[0]; j++)
      side_cover(docs, areas[j], subs[i], "complete", 0, NULL, NULL);
    side_empty(docs, PAL_FILE_ASSIGNMENTS, subs[i]);
    side_empty(docs, PAL_FILE_DENY, subs[i]);
    side_empty(docs, PAL_FILE_PIM, subs[i]);
    side_empty(docs, PAL_FILE_USAGE, subs[i]);
  }
  for (size_t j = 3; !subs && j < sizeof areas / sizeof areas[0]; j++)
    side_cover(docs, areas[j], "tenant", "complete", 0, NULL, NULL);
  side_empty(docs, PAL_FILE_DELEGATIONS, NULL);
  return docs;
}

struct pal_docs *side_fail_whole(const char *identity_name, const char *code) {
  struct pal_docs *docs = side_see(identity_name, HOME, NULL);
  side_cover_whole(docs, identity_name, "unread", code);
  return docs;
}

void side_change_cover(struct pal_docs *docs, const char *area, const char *unit, const char *state, const char *code) {
  struct pal_doc *doc = pal_docs_find(docs, PAL_FILE_COVERAGE, &side_input.tenant, NULL);
  for (size_t i = 0; i < doc->records.n; i++) {
    struct pal_record *r = doc->records.v[i];
    if (strcmp(pal_get_text(r, PAL_COVERAGE_AREA), area) != 0 || strcmp(pal_get_text(r, PAL_COVERAGE_UNIT), unit) != 0)
      continue;
    side_set(r, PAL_COVERAGE_STATE, state);
    side_set(r, PAL_COVERAGE_CODE, code);
    return;
  }
  ck_abort_msg("no %s/%s", area, unit);
}

/* The parent as if `docs` had been united: the observer's files are the parent's. */
void side_become_parent(struct pal_docs *docs) {
  side_parent = *docs;
  side_input.parent = &side_parent;
  side_input.n = 0;
}

void side_unite(void) {
  side_input.observations = (const struct pal_observation *const *)side_seen;
  pal_docs_init(&side_ret, side_arena);
  unit_ok(pal_unite(&side_input, &side_ret, &side_err), &side_err);
  (void)docs_dump(side_arena, &side_ret); /* every file can be written */
}

void side_covers(const char *area, const char *unit, const char *expected) {
  const char *got = docs_cover(side_arena, &side_ret, HOME, area, unit);
  ck_assert_msg(strcmp(got, expected) == 0, "%s/%s: \"%s\", wanted \"%s\"", area, unit, got, expected);
}

const char *side_file(const struct pal_docs *docs, const char *rest) {
  return docs_text(side_arena, docs, tenant_path(side_arena, HOME, rest));
}

void side_holds(const char *rest, const char *part) {
  ck_assert_msg(strstr(side_file(&side_ret, rest), part) != NULL, "%s: no %s in: %s", rest, part,
                side_file(&side_ret, rest));
}

void side_lacks(const char *rest, const char *part) {
  ck_assert_msg(strstr(side_file(&side_ret, rest), part) == NULL, "%s: %s in: %s", rest, part,
                side_file(&side_ret, rest));
}

void side_same(const char *rest) {
  ck_assert_str_ne(side_file(&side_parent, rest), "");
  ck_assert_str_eq(side_file(&side_ret, rest), side_file(&side_parent, rest));
}

const char *const side_one[] = {SUB1, NULL}, *const side_two[] = {SUB1, SUB2, NULL};

/* A parent that ann read completely: SUB1 with the assignments 1 and 2. */
void side_usual_parent(void) {
  struct pal_docs *docs = side_see_whole("ann", OID, side_one);
  side_assign(docs, SUB1, "1", A("1"), NULL);
  side_assign(docs, SUB1, "2", A("2"), NULL);
  side_become_parent(docs);
}
