/* SPDX-License-Identifier: Apache-2.0 */
/*
 * links.c - the partner link of the identity itself. Nobody else can read it:
 * the object and tenant of the token decide which link is answered.
 *
 * 200 is a link, also in state Deleted. 404 is no link whatever its body says,
 * unless the answer shows that the service is not there at all. Anything else
 * says nothing.
 */
#include <stdio.h>
#include <string.h>

#include "observe.h"
#include "pal_link.h"

struct links {
  struct pal_outcome outcome;
  struct pal_record *link; /* NULL: none, or not read */
  bool none;               /* answered: no link */
  bool not_applicable;     /* the cloud has no partner links */
};

enum pal_code parse_link(struct parse *parse, const pal_json *root, struct pal_record **ret, struct pal_err *err) {
  struct pal_record *record = pal_record_new(parse->arena, &pal_kind_LINK);
  *ret = NULL;
  if (!record)
    return pal_err_nomem(err);
  enum pal_code code = parse_members(parse, record, pal_json_get(root, "properties"), err);
  if (code == PAL_OK && parse_has(record, PAL_LINK_PARTNER_ID))
    *ret = record;
  return code;
}

static bool is_no_link(const struct pal_answer *answer) {
  return answer->outcome.status == 404 && !answer->html && !outcome_no_provider(&answer->outcome);
}

static void word(struct pal_outcome *outcome, enum pal_extent extent, const char *text) {
  outcome->extent = extent;
  (void)snprintf(outcome->code, sizeof outcome->code, "%s", text);
}

/* *ret stays NULL where there is no link, and where the answer says nothing: *ret_none tells them apart. */
static enum pal_code read_answer(struct parse *parse, const struct pal_answer *answer, struct pal_outcome *outcome,
                                 bool *ret_none, struct pal_record **ret, struct pal_err *err) {
  const pal_json *root = answer->doc ? pal_json_root(answer->doc) : NULL;
  *ret_none = is_no_link(answer);
  if (*ret_none) {
    *outcome = (struct pal_outcome){.extent = PAL_READ_ALL, .status = 404};
    return PAL_OK;
  }
  if (answer->outcome.extent == PAL_READ_NOTHING)
    return PAL_OK;
  if (pal_json_type(pal_json_get(root, "properties")) != PAL_JSON_OBJECT) {
    word(outcome, PAL_READ_NOTHING, PAL_WORD_SHAPE);
    return PAL_OK;
  }
  enum pal_code code = parse_link(parse, root, ret, err);
  if (code == PAL_OK && (!*ret || parse->blemished))
    word(outcome, PAL_READ_SOME, PAL_WORD_ITEM);
  return code;
}

enum pal_code pal_link_read(struct pal_arena *arena, const struct pal_answer *answer, struct pal_outcome *outcome,
                            bool *ret_known, struct pal_record **ret, struct pal_err *err) {
  struct parse parse = {.arena = arena};
  bool none = false;
  *ret = NULL;
  enum pal_code code = read_answer(&parse, answer, outcome, &none, ret, err);
  *ret_known = code == PAL_OK && (none || (*ret && outcome->extent == PAL_READ_ALL));
  return code;
}

static enum pal_code take(struct reading *reading, const struct pal_answer *answer, struct pal_err *err) {
  struct links *links = reading->observer->state[COLLECTOR_links];
  links->outcome = answer->outcome;
  links->not_applicable = observer_lacks(reading->observer, &answer->outcome);
  return read_answer(&reading->parse, answer, &links->outcome, &links->none, &links->link, err);
}

enum pal_code links_start(struct observer *observer, struct pal_err *err) {
  struct reading *reading = reading_new(observer, 0, err);
  observer->state[COLLECTOR_links] = pal_arena_alloc(observer->arena, sizeof(struct links));
  if (!reading || !observer->state[COLLECTOR_links])
    return pal_err_nomem(err);
  reading->answer = take;
  return reading_ask(reading, PAL_PLAN_LINK, err);
}

/* NULL: it cannot be told. */
static const char *type_of(const struct observer *observer) {
  const char *credential = pal_get_text(observer->scanner, PAL_SCANNER_TYPE);
  const char *home = pal_get_text(observer->scanner, PAL_SCANNER_TENANT_ID);
  bool is_file = credential && strcmp(credential, "token-file") == 0;
  if (observer->claims.is_user || (!observer->claims.is_app && observer->is_user))
    return home && strcmp(home, observer->observation.tenant.s) != 0 ? "guest" : "user";
  if (!observer->claims.is_app && is_file)
    return NULL;
  return credential && strcmp(credential, "managed-identity") == 0 ? "managedIdentity" : "servicePrincipal";
}

static enum pal_code fill(struct observer *observer, struct pal_record *identity, struct pal_err *err) {
  const struct links *links = observer->state[COLLECTOR_links];
  const char *type = type_of(observer);
  bool is_person = type && (strcmp(type, "user") == 0 || strcmp(type, "guest") == 0);
  enum pal_code code = pal_set_text(observer->arena, identity, PAL_IDENTITY_OBJECT_ID, observer->claims.object.s, err);
  if (code == PAL_OK)
    code = pal_set_text(observer->arena, identity, PAL_IDENTITY_TYPE, type, err);
  if (code == PAL_OK)
    code = pal_set_texts(observer->arena, identity, PAL_IDENTITY_NAMES, &observer->observation.identity, 1, err);
  if (code == PAL_OK && !is_person && observer->claims.app.s[0]) /* of a person it is the program that signed in */
    code = pal_set_text(observer->arena, identity, PAL_IDENTITY_APP_ID, observer->claims.app.s, err);
  if (code == PAL_OK)
    code = pal_set_text(observer->arena, identity, PAL_IDENTITY_ASSURANCE, "read", err);
  if (links->link)
    pal_set_record(identity, PAL_IDENTITY_LINK, links->link);
  else if (links->none)
    pal_set_null(identity, PAL_IDENTITY_LINK);
  return code;
}

/* The identity is told also when its link was not answered: link is absent then. */
enum pal_code links_finish(struct observer *observer, struct pal_err *err) {
  const struct links *links = observer->state[COLLECTOR_links];
  const struct pal_tenant_id *tenant = &observer->observation.tenant;
  struct pal_doc *doc = observer_doc(observer, PAL_FILE_IDENTITY, tenant, observer->claims.object.s, err);
  struct pal_record *identity = doc ? pal_record_new(observer->arena, &pal_kind_IDENTITY) : NULL;
  if (!identity)
    return pal_err_nomem(err);
  enum pal_code code = fill(observer, identity, err);
  if (code == PAL_OK)
    code = pal_records_add(observer->arena, &doc->records, identity, err);
  if (code == PAL_OK)
    code = observer_cover(observer, tenant, "links", observer->observation.identity,
                          links->not_applicable ? "not-applicable" : extent_state(links->outcome.extent),
                          links->link ? 1 : 0, -1, links->outcome.code, err);
  return code;
}
