/* SPDX-License-Identifier: Apache-2.0 */
/* cases_build.c - the world of one case: inputs and files of both states. */
#include <string.h>

#include "areas.h"
#include "cases.h"
#include "pal_json.h"

enum { CASE_RECORD_BYTES_MAX = 8 << 20, S_PER_DAY = 86400 };
static const char default_now[] = "2026-11-20T02:00:00Z";

struct builder {
  struct pal_arena *arena;
  const struct pal_pack *pack;
  const char *policy;
  const struct pal_json_doc *doc;
  const struct pal_record *settings;
  const char *previous_started;
  struct pal_docs *docs;
  struct pal_tenant_id tenant;
};

/* --- records, with members put in that the author may leave out --- */

struct member {
  const char *key;
  const char *json;
};

struct filler {
  const struct member *members;
  size_t n;
  const char *const *skip; /* keys that are no part of the record, NULL-terminated; NULL: none */
};

static bool is_skipped(const struct filler *filler, const char *key) {
  for (const char *const *skip = filler->skip; skip && *skip; skip++)
    if (strcmp(*skip, key) == 0)
      return true;
  return false;
}

static bool is_plain(const struct filler *filler, const pal_json *node) {
  for (size_t i = 0; i < filler->n; i++)
    if (!pal_json_get(node, filler->members[i].key))
      return false;
  for (const char *const *skip = filler->skip; skip && *skip; skip++)
    if (pal_json_get(node, *skip))
      return false;
  return true;
}

static enum pal_code write_filled(const struct builder *b, const struct filler *filler, const pal_json *node,
                                  struct pal_buf *out, struct pal_err *err) {
  const char *comma = "";
  pal_buf_putc(out, '{');
  for (const pal_json *member = pal_json_first(node); member; member = pal_json_next(member)) {
    if (is_skipped(filler, pal_json_key(member)))
      continue;
    pal_buf_puts(out, comma);
    comma = ",";
    pal_json_escape(out, pal_json_key(member));
    pal_buf_putc(out, ':');
    enum pal_code code = pal_json_compact(b->doc, member, out, err);
    if (code != PAL_OK)
      return code;
  }
  for (size_t i = 0; i < filler->n; i++) {
    if (pal_json_get(node, filler->members[i].key))
      continue;
    pal_buf_printf(out, "%s\"%s\":%s", comma, filler->members[i].key, filler->members[i].json);
    comma = ",";
  }
  pal_buf_putc(out, '}');
  return pal_buf_check(out, "record of a case", err);
}

/* Reads the text of a filled record; an error is told at the author's node. */
static enum pal_code decode_filled(const struct builder *b, const struct pal_kind *kind, const pal_json *node,
                                   const struct pal_buf *text, struct pal_record **ret, struct pal_err *err) {
  struct pal_json_doc *doc = NULL;
  struct pal_err why = {0};
  enum pal_code code = pal_json_parse(text->data, text->len, "record", 0, 0, &doc, &why);
  if (code == PAL_OK)
    code = pal_record_decode(b->arena, kind, doc, pal_json_root(doc), PAL_DECODE_PERSON, ret, &why);
  pal_json_doc_free(doc);
  if (code == PAL_OK)
    return PAL_OK;
  const char *at = strstr(why.text, ": at ");
  return pal_json_fail(b->doc, node, err, "%s", at ? at + 2 : why.text);
}

static enum pal_code decode(const struct builder *b, const struct pal_kind *kind, const pal_json *node,
                            const struct filler *filler, struct pal_record **ret, struct pal_err *err) {
  if (pal_json_type(node) != PAL_JSON_OBJECT)
    return pal_json_fail(b->doc, node, err, "expected an object: one %s", kind->label);
  if (is_plain(filler, node))
    return pal_record_decode(b->arena, kind, b->doc, node, PAL_DECODE_PERSON, ret, err);
  struct pal_buf text;
  pal_buf_init(&text, CASE_RECORD_BYTES_MAX);
  enum pal_code code = write_filled(b, filler, node, &text, err);
  if (code == PAL_OK)
    code = decode_filled(b, kind, node, &text, ret, err);
  pal_buf_deinit(&text);
  return code;
}

/* A JSON string in the arena; NULL on no memory. */
static const char *quoted(const struct builder *b, const char *text) {
  struct pal_buf out;
  pal_buf_init(&out, CASE_RECORD_BYTES_MAX);
  pal_json_escape(&out, text);
  const char *copy = out.bad == PAL_OK ? pal_arena_strdup(b->arena, out.data) : NULL;
  pal_buf_deinit(&out);
  return copy;
}

static const char *dup_instant(const struct builder *b, struct pal_instant at) {
  char text[PAL_INSTANT_MAX];
  pal_instant_format(at, text);
  return pal_arena_strdup(b->arena, text);
}

/* --- files --- */

static enum pal_code put(const struct builder *b, enum pal_file_id file, const char *id, struct pal_record *record,
                         struct pal_err *err) {
  bool root = strncmp(pal_files[file].path, "tenants/", 8) != 0;
  struct pal_doc *doc = pal_docs_get(b->docs, file, root ? NULL : &b->tenant, id);
  if (!doc)
    return pal_err_nomem(err);
  return record ? pal_records_add(b->arena, &doc->records, record, err) : PAL_OK;
}

/* An array of records into the one file they share. */
static enum pal_code put_list(const struct builder *b, enum pal_file_id file, const char *id, const pal_json *list,
                              const struct filler *filler, struct pal_err *err) {
  if (pal_json_type(list) != PAL_JSON_ARRAY)
    return pal_json_fail(b->doc, list, err, "expected an array");
  enum pal_code code = put(b, file, id, NULL, err);
  for (const pal_json *node = pal_json_first(list); node && code == PAL_OK; node = pal_json_next(node)) {
    struct pal_record *record = NULL;
    code = decode(b, pal_files[file].kind, node, filler, &record, err);
    if (code == PAL_OK)
      code = put(b, file, id, record, err);
  }
  return code;
}

/* An array of records, each a file named by that field. */
static enum pal_code put_files(const struct builder *b, enum pal_file_id file, int id_field, const pal_json *list,
                               const struct filler *filler, struct pal_err *err) {
  if (pal_json_type(list) != PAL_JSON_ARRAY)
    return pal_json_fail(b->doc, list, err, "expected an array");
  enum pal_code code = PAL_OK;
  for (const pal_json *node = pal_json_first(list); node && code == PAL_OK; node = pal_json_next(node)) {
    struct pal_record *record = NULL;
    code = decode(b, pal_files[file].kind, node, filler, &record, err);
    if (code != PAL_OK)
      break;
    const char *type = file == PAL_FILE_CUSTOM_ROLE ? pal_get_text(record, PAL_ROLE_ROLE_TYPE) : NULL;
    bool built_in = type && strcmp(type, "BuiltInRole") == 0;
    code = put(b, built_in ? PAL_FILE_BUILTIN_ROLE : file, pal_get_text(record, id_field), record, err);
  }
  return code;
}

static enum pal_code put_subscription(const struct builder *b, const pal_json *node, struct pal_err *err) {
  static const char *const below[] = {"assignments", "pim", "deny", "usage", NULL};
  static const enum pal_file_id files[] = {PAL_FILE_ASSIGNMENTS, PAL_FILE_PIM, PAL_FILE_DENY, PAL_FILE_USAGE};
  static const struct filler plain = {0}, own = {.skip = below};
  struct pal_record *record = NULL;
  enum pal_code code = decode(b, &pal_kind_SUBSCRIPTION, node, &own, &record, err);
  const char *id = code == PAL_OK ? pal_get_text(record, PAL_SUBSCRIPTION_SUBSCRIPTION_ID) : NULL;
  if (code == PAL_OK)
    code = put(b, PAL_FILE_SUBSCRIPTION, id, record, err);
  for (size_t i = 0; below[i] && code == PAL_OK; i++) {
    const pal_json *list = pal_json_get(node, below[i]);
    if (list)
      code = put_list(b, files[i], id, list, &plain, err);
  }
  return code;
}

static enum pal_code put_subscriptions(const struct builder *b, const pal_json *list, struct pal_err *err) {
  enum pal_code code =
      pal_json_type(list) == PAL_JSON_ARRAY ? PAL_OK : pal_json_fail(b->doc, list, err, "expected an array");
  for (const pal_json *node = code == PAL_OK ? pal_json_first(list) : NULL; node && code == PAL_OK;
       node = pal_json_next(node))
    code = put_subscription(b, node, err);
  return code;
}

/* --- findings and events of the parent --- */

static enum pal_code put_finding(const struct builder *b, enum pal_file_id file, const pal_json *node,
                                 struct pal_err *err) {
  const pal_json *subject = pal_json_get(node, "subject");
  const char *id = pal_json_text(pal_json_get(node, "policy")), *key = pal_json_text(pal_json_get(node, "key"));
  const char *type = pal_json_text(pal_json_get(subject, "type")),
             *subject_id = pal_json_text(pal_json_get(subject, "id"));
  const struct pal_policy *policy = pal_pack_find(b->pack, id ? id : b->policy);
  char fingerprint[65];
  if (!type || !subject_id)
    return pal_json_fail(b->doc, node, err, "a finding has a subject with type and id");
  enum pal_code code = pal_fingerprint(id ? id : b->policy, b->tenant.s, type, subject_id, key, fingerprint, err);
  if (code != PAL_OK)
    return code;
  struct member members[] = {{"policy", quoted(b, b->policy)},
                             {"fingerprint", quoted(b, fingerprint)},
                             {"class", quoted(b, policy ? policy->policy_class : "rule")},
                             {"severity", quoted(b, policy ? policy->severity : "medium")},
                             {"verdict", "\"fail\""},
                             {"status", "\"open\""},
                             {"message", "\"as before\""},
                             {"since", quoted(b, b->previous_started)}};
  struct filler filler = {.members = members, .n = sizeof members / sizeof members[0]};
  struct pal_record *record = NULL;
  for (size_t i = 0; i < filler.n; i++)
    if (!members[i].json)
      return pal_err_nomem(err);
  code = decode(b, &pal_kind_FINDING, node, &filler, &record, err);
  return code == PAL_OK ? put(b, file, NULL, record, err) : code;
}

static enum pal_code put_findings(const struct builder *b, enum pal_file_id file, const pal_json *list,
                                  struct pal_err *err) {
  enum pal_code code =
      pal_json_type(list) == PAL_JSON_ARRAY ? PAL_OK : pal_json_fail(b->doc, list, err, "expected an array");
  for (const pal_json *node = code == PAL_OK ? pal_json_first(list) : NULL; node && code == PAL_OK;
       node = pal_json_next(node))
    code = put_finding(b, file, node, err);
  return code;
}

/* --- completeness --- */

static struct pal_record *find_unit(const struct pal_doc *doc, const char *area, const char *unit) {
  for (size_t i = 0; i < doc->records.n; i++)
    if (strcmp(pal_get_text(doc->records.v[i], PAL_COVERAGE_AREA), area) == 0 &&
        strcmp(pal_get_text(doc->records.v[i], PAL_COVERAGE_UNIT), unit) == 0)
      return doc->records.v[i];
  return NULL;
}

static enum pal_code set_state(const struct builder *b, struct pal_record *record, const char *state,
                               struct pal_err *err) {
  enum pal_code code = pal_set_text(b->arena, record, PAL_COVERAGE_STATE, state, err);
  if (code == PAL_OK && strcmp(state, "stale") == 0 && !pal_get_text(record, PAL_COVERAGE_AS_OF))
    code = pal_set_text(b->arena, record, PAL_COVERAGE_AS_OF, b->previous_started, err);
  return code;
}

static enum pal_code add_unit(const struct builder *b, struct pal_doc *doc, const char *area, const char *unit,
                              const char *state, struct pal_err *err) {
  struct pal_record *record = find_unit(doc, area, unit);
  if (record)
    return set_state(b, record, state, err);
  if (!(record = pal_record_new(b->arena, &pal_kind_COVERAGE)))
    return pal_err_nomem(err);
  enum pal_code code = pal_set_text(b->arena, record, PAL_COVERAGE_AREA, area, err);
  if (code == PAL_OK)
    code = pal_set_text(b->arena, record, PAL_COVERAGE_UNIT, unit, err);
  if (code == PAL_OK)
    code = set_state(b, record, state, err);
  return code == PAL_OK ? pal_records_add(b->arena, &doc->records, record, err) : code;
}

static enum pal_code add_identity_units(const struct builder *b, struct pal_doc *doc, const struct pal_record *identity,
                                        struct pal_err *err) {
  const struct pal_texts *names = pal_get_texts(identity, PAL_IDENTITY_NAMES);
  enum pal_code code = PAL_OK;
  if (names->n == 0)
    return add_unit(b, doc, "links", pal_get_text(identity, PAL_IDENTITY_OBJECT_ID), "complete", err);
  for (size_t i = 0; i < names->n && code == PAL_OK; i++)
    code = add_unit(b, doc, "links", names->v[i], "complete", err);
  return code;
}

static enum pal_code add_doc_units(const struct builder *b, struct pal_doc *doc, const struct pal_doc *file,
                                   const char *const *areas, struct pal_err *err) {
  if (file->file->id == PAL_FILE_IDENTITY && area_collected(b->settings, "links"))
    return add_identity_units(b, doc, file->records.v[0], err);
  if (file->file->id == PAL_FILE_GROUP && area_collected(b->settings, "groups"))
    return add_unit(b, doc, "groups", file->id.s, "complete", err);
  enum pal_code code = PAL_OK;
  for (size_t i = 0; file->file->id == PAL_FILE_SUBSCRIPTION && areas[i] && code == PAL_OK; i++)
    if (area_by_subscription(areas[i]) && area_collected(b->settings, areas[i]))
      code = add_unit(b, doc, areas[i], file->id.s, "complete", err);
  return code;
}

/* Areas read once for the whole tenant, or above its subscriptions. */
static bool has_tenant_unit(const char *area) {
  return strcmp(area, "links") != 0 && strcmp(area, "groups") != 0 && strcmp(area, "usage") != 0;
}

static enum pal_code add_default_units(const struct builder *b, struct pal_doc *doc, struct pal_err *err) {
  const char *const *areas = area_all();
  bool identities = false;
  enum pal_code code = PAL_OK;
  for (size_t i = 0; areas[i] && code == PAL_OK; i++)
    if (has_tenant_unit(areas[i]) && area_collected(b->settings, areas[i]))
      code = add_unit(b, doc, areas[i], "tenant", "complete", err);
  for (size_t i = 0; i < b->docs->n && code == PAL_OK; i++) {
    if (strcmp(b->docs->v[i]->tenant.s, b->tenant.s) != 0)
      continue;
    identities = identities || b->docs->v[i]->file->id == PAL_FILE_IDENTITY;
    code = add_doc_units(b, doc, b->docs->v[i], areas, err);
  }
  if (code == PAL_OK && !identities && area_collected(b->settings, "links"))
    code = add_unit(b, doc, "links", "tenant", "not-applicable", err);
  return code;
}

static enum pal_code override_area(const struct builder *b, struct pal_doc *doc, const pal_json *node,
                                   struct pal_err *err) {
  const char *area = pal_json_key(node), *state = pal_json_text(node);
  bool any = false;
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < doc->records.n && code == PAL_OK; i++) {
    if (strcmp(pal_get_text(doc->records.v[i], PAL_COVERAGE_AREA), area) != 0)
      continue;
    any = true;
    code = set_state(b, doc->records.v[i], state, err);
  }
  if (code == PAL_OK && !any)
    code = add_unit(b, doc, area, "tenant", state, err);
  return code == PAL_OK ? code : pal_json_fail(b->doc, node, err, "unknown state \"%s\"", state);
}

static enum pal_code override_unit(const struct builder *b, struct pal_doc *doc, const char *area, const pal_json *node,
                                   struct pal_err *err) {
  const char *state = pal_json_text(node), *unit = pal_json_key(node);
  if (state)
    return add_unit(b, doc, area, unit, state, err) == PAL_OK
               ? PAL_OK
               : pal_json_fail(b->doc, node, err, "unknown state \"%s\"", state);
  static const char *const date[] = {"asOf", NULL};
  const pal_json *as_of = pal_json_get(node, "asOf");
  bool never = as_of && pal_json_type(as_of) == PAL_JSON_NULL;
  struct member members[] = {{"area", quoted(b, area)}, {"unit", quoted(b, unit)}};
  struct filler filler = {.members = members, .n = 2, .skip = never ? date : NULL};
  struct pal_record *record = NULL, *old = find_unit(doc, area, unit);
  if (!members[0].json || !members[1].json)
    return pal_err_nomem(err);
  enum pal_code code = decode(b, &pal_kind_COVERAGE, node, &filler, &record, err);
  if (code == PAL_OK)
    code = set_state(b, record, pal_get_text(record, PAL_COVERAGE_STATE), err);
  if (code == PAL_OK && never)
    pal_set_absent(record, PAL_COVERAGE_AS_OF);
  for (size_t i = 0; old && code == PAL_OK && i < doc->records.n; i++) {
    if (doc->records.v[i] == old) {
      doc->records.v[i] = record;
      return PAL_OK;
    }
  }
  return code == PAL_OK ? pal_records_add(b->arena, &doc->records, record, err) : code;
}

static enum pal_code put_coverage(const struct builder *b, const pal_json *given, struct pal_err *err) {
  struct pal_doc *doc = pal_docs_get(b->docs, PAL_FILE_COVERAGE, &b->tenant, NULL);
  if (!doc)
    return pal_err_nomem(err);
  enum pal_code code = add_default_units(b, doc, err);
  for (const pal_json *area = given && code == PAL_OK ? pal_json_first(given) : NULL; area && code == PAL_OK;
       area = pal_json_next(area)) {
    if (!area_find(pal_json_key(area), strlen(pal_json_key(area))))
      return pal_json_fail(b->doc, area, err, "unknown area \"%s\"", pal_json_key(area));
    if (pal_json_text(area)) {
      code = override_area(b, doc, area, err);
      continue;
    }
    for (const pal_json *unit = pal_json_first(area); unit && code == PAL_OK; unit = pal_json_next(unit))
      code = override_unit(b, doc, pal_json_key(area), unit, err);
  }
  return code;
}

/* --- one tenant --- */

static enum pal_code put_tenant(struct builder *b, const pal_json *node, struct pal_err *err) {
  static const char *const keys[] = {"tenant",        "identities", "subscriptions", "inherited", "inheritedPim",
                                     "inheritedDeny", "groups",     "delegations",   "roles",     "directory",
                                     "coverage",      "findings",   "events",        NULL};
  static const struct filler plain = {0};
  enum pal_code code = case_check_keys(b->doc, node, keys, err);
  if (code == PAL_OK && !pal_guid_canonical(pal_json_key(node), strlen(pal_json_key(node)), b->tenant.s))
    code = pal_json_fail(b->doc, node, err, "no tenant id");
  struct member tenant[] = {{"tenantId", quoted(b, pal_json_key(node))}}, identity[] = {{"assurance", "\"read\""}};
  struct member event[] = {{"subjectType", "\"identity\""}, {"since", quoted(b, b->previous_started)}};
  if (code == PAL_OK && (!tenant[0].json || !event[1].json))
    code = pal_err_nomem(err);
  const struct filler of_tenant = {.members = tenant, .n = 1}, of_identity = {.members = identity, .n = 1},
                      of_event = {.members = event, .n = 2};
  const struct {
    const char *key;
    enum pal_file_id file;
    int id_field; /* -1: all in one file */
    const struct filler *filler;
  } lists[] = {{"identities", PAL_FILE_IDENTITY, PAL_IDENTITY_OBJECT_ID, &of_identity},
               {"groups", PAL_FILE_GROUP, PAL_GROUP_GROUP_ID, &plain},
               {"roles", PAL_FILE_CUSTOM_ROLE, PAL_ROLE_ROLE_ID, &plain},
               {"inherited", PAL_FILE_INHERITED, -1, &plain},
               {"inheritedPim", PAL_FILE_INHERITED_PIM, -1, &plain},
               {"inheritedDeny", PAL_FILE_INHERITED_DENY, -1, &plain},
               {"delegations", PAL_FILE_DELEGATIONS, -1, &plain},
               {"directory", PAL_FILE_DIRECTORY, -1, &plain},
               {"events", PAL_FILE_EVENTS, -1, &of_event}};
  const pal_json *own = pal_json_get(node, "tenant"), *subscriptions = pal_json_get(node, "subscriptions");
  struct pal_record *record = NULL;
  if (code == PAL_OK && own)
    code = decode(b, &pal_kind_TENANT, own, &of_tenant, &record, err);
  if (code == PAL_OK && record)
    code = put(b, PAL_FILE_TENANT, NULL, record, err);
  for (size_t i = 0; i < sizeof lists / sizeof lists[0] && code == PAL_OK; i++) {
    const pal_json *list = pal_json_get(node, lists[i].key);
    if (list)
      code = lists[i].id_field < 0 ? put_list(b, lists[i].file, NULL, list, lists[i].filler, err)
                                   : put_files(b, lists[i].file, lists[i].id_field, list, lists[i].filler, err);
  }
  if (code == PAL_OK && subscriptions)
    code = put_subscriptions(b, subscriptions, err);
  if (code == PAL_OK && pal_json_get(node, "findings"))
    code = put_findings(b, PAL_FILE_FINDINGS, pal_json_get(node, "findings"), err);
  return code == PAL_OK ? put_coverage(b, pal_json_get(node, "coverage"), err) : code;
}

static enum pal_code put_tenants(struct builder *b, const pal_json *tenants, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  if (tenants && pal_json_type(tenants) != PAL_JSON_OBJECT)
    return pal_json_fail(b->doc, tenants, err, "expected an object: tenant id to tenant");
  for (const pal_json *node = tenants ? pal_json_first(tenants) : NULL; node && code == PAL_OK;
       node = pal_json_next(node))
    code = put_tenant(b, node, err);
  b->tenant.s[0] = '\0';
  return code;
}

/* --- the whole case --- */

static enum pal_code input(const struct builder *b, const pal_json *node, const char *key, const struct pal_kind *kind,
                           const struct pal_record **ret, struct pal_err *err) {
  static const struct filler plain = {0};
  const pal_json *given = pal_json_get(node, key);
  struct pal_record *record = NULL;
  enum pal_code code = given ? decode(b, kind, given, &plain, &record, err) : PAL_OK;
  *ret = record;
  return code;
}

/* What a case that gives no settings has. */
static enum pal_code read_settings(const struct builder *b, const pal_json *node, const struct pal_record **ret,
                                   struct pal_err *err) {
  static const struct member members[] = {
      {"cloud", "\"AzurePublicCloud\""},
      {"collect", "[\"delegations\",\"directory\",\"links\",\"role-assignments\",\"usage\"]"},
      {"names", "\"ours\""},
      {"usageWindowMonths", "2"}};
  static const struct filler filler = {.members = members, .n = 4};
  const pal_json *given = pal_json_get(node, "settings");
  struct pal_record *record = NULL;
  struct pal_json_doc *none = NULL;
  enum pal_code code = given ? PAL_OK : pal_json_parse("{}", 2, "settings", 0, 0, &none, err);
  if (code == PAL_OK)
    code = decode(b, &pal_kind_SETTINGS, given ? given : pal_json_root(none), &filler, &record, err);
  pal_json_doc_free(none);
  *ret = record;
  return code;
}

static enum pal_code read_instant(const struct builder *b, const pal_json *object, const char *key,
                                  struct pal_instant *ret, struct pal_err *err) {
  const pal_json *node = pal_json_get(object, key);
  if (node && (!pal_json_text(node) || !pal_instant_parse(pal_json_text(node), ret)))
    return pal_json_fail(b->doc, node, err, "expected an instant like %s", default_now);
  return PAL_OK;
}

static bool in_case_scope(void *payload, const char *tenant_id) {
  const struct case_world *world = payload;
  for (const pal_json *node = pal_json_first(world->scope); node; node = pal_json_next(node))
    if (pal_json_text(node) && strcmp(pal_json_text(node), tenant_id) == 0)
      return true;
  return false;
}

static enum pal_code build_inputs(struct builder *b, const pal_json *node, struct case_world *world,
                                  struct pal_err *err) {
  struct pal_judge_options *o = &world->options;
  enum pal_code code = input(b, node, "registry", &pal_kind_REGISTRY, &o->registry, err);
  if (code == PAL_OK)
    code = input(b, node, "estate", &pal_kind_ESTATE, &o->estate, err);
  if (code == PAL_OK)
    code = input(b, node, "waivers", &pal_kind_WAIVERS, &o->waivers, err);
  if (code == PAL_OK)
    code = input(b, node, "reviews", &pal_kind_REVIEWS, &o->reviews, err);
  if (code == PAL_OK)
    code = input(b, node, "history", &pal_kind_HISTORY, &o->history, err);
  if (code == PAL_OK)
    code = read_settings(b, node, &b->settings, err);
  o->settings = b->settings;
  return code;
}

/* An input of the parent; the same as now where the case does not say. */
static enum pal_code put_previous_input(const struct builder *b, const pal_json *previous, const char *key,
                                        enum pal_file_id file, const struct pal_record *now, struct pal_err *err) {
  const struct pal_record *given = NULL;
  enum pal_code code = input(b, previous, key, pal_files[file].kind, &given, err);
  if (code != PAL_OK || (!given && !now))
    return code;
  struct pal_record *copy = pal_record_dup(b->arena, given ? given : now);
  return copy ? put(b, file, NULL, copy, err) : pal_err_nomem(err);
}

static enum pal_code build_previous(struct builder *b, const pal_json *previous, const struct pal_judge_options *now,
                                    struct pal_err *err) {
  static const char *const keys[] = {"started", "tenants", "findings", "registry", "estate", "settings", NULL};
  enum pal_code code = case_check_keys(b->doc, previous, keys, err);
  if (code == PAL_OK)
    code = put_previous_input(b, previous, "registry", PAL_FILE_IN_REGISTRY, now->registry, err);
  if (code == PAL_OK)
    code = put_previous_input(b, previous, "estate", PAL_FILE_IN_ESTATE, now->estate, err);
  const struct pal_record *settings = b->settings;
  if (code == PAL_OK && pal_json_get(previous, "settings"))
    code = read_settings(b, previous, &settings, err);
  if (code == PAL_OK)
    code = put_previous_input(b, NULL, "settings", PAL_FILE_IN_SETTINGS, settings, err);
  if (code == PAL_OK && pal_json_get(previous, "findings"))
    code = put_findings(b, PAL_FILE_ESTATE_FINDINGS, pal_json_get(previous, "findings"), err);
  return code == PAL_OK ? put_tenants(b, pal_json_get(previous, "tenants"), err) : code;
}

enum pal_code case_build(struct pal_arena *arena, const struct pal_pack *pack, const char *policy,
                         const struct pal_json_doc *doc, const pal_json *node, struct case_world *ret,
                         struct pal_err *err) {
  static const char *const keys[] = {"name",     "now",   "registry", "estate",   "waivers", "reviews", "history",
                                     "settings", "scope", "tenants",  "previous", "expect",  NULL};
  struct builder b = {.arena = arena, .pack = pack, .policy = policy, .doc = doc};
  const pal_json *previous = pal_json_get(node, "previous"), *scope = pal_json_get(node, "scope");
  *ret = (struct case_world){.options = {.pack = pack, .has_previous = previous != NULL}, .doc = doc, .scope = scope};
  pal_docs_init(&ret->now, arena);
  pal_docs_init(&ret->previous, arena);
  enum pal_code code = case_check_keys(doc, node, keys, err);
  if (code == PAL_OK && !pal_json_text(pal_json_get(node, "name")))
    code = pal_json_fail(doc, node, err, "a case has a \"name\"");
  if (code != PAL_OK || !pal_instant_parse(default_now, &ret->options.started))
    return code;
  code = read_instant(&b, node, "now", &ret->options.started, err);
  ret->options.previous_started = ret->options.started;
  ret->options.previous_started.s -= S_PER_DAY;
  if (code == PAL_OK && previous)
    code = read_instant(&b, previous, "started", &ret->options.previous_started, err);
  b.previous_started = dup_instant(&b, ret->options.previous_started);
  if (code == PAL_OK && !b.previous_started)
    code = pal_err_nomem(err);
  if (code == PAL_OK)
    code = build_inputs(&b, node, ret, err);
  b.docs = &ret->now;
  if (code == PAL_OK)
    code = put_tenants(&b, pal_json_get(node, "tenants"), err);
  b.docs = &ret->previous;
  if (code == PAL_OK && previous)
    code = build_previous(&b, previous, &ret->options, err);
  if (scope) {
    ret->options.in_scope = in_case_scope;
    ret->options.scope_payload = ret;
  }
  return code;
}
