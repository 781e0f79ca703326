/* SPDX-License-Identifier: Apache-2.0 */
/* cases_build.c - the world of one case: inputs and files of both states. */
#include <stdio.h>
#include <string.h>

#include "cases_build.h"
#include "pal_json.h"

enum { CASE_RECORD_BYTES_MAX = 8 << 20, S_PER_DAY = 86400, NIGHTS_MAX = 30 };
static const char default_now[] = "2026-11-20T02:00:00Z";

/* --- records, with members put in that the author may leave out --- */

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

enum pal_code case_decode(const struct builder *b, const struct pal_kind *kind, const pal_json *node,
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

const char *case_quoted(const struct builder *b, const char *text) {
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
    code = case_decode(b, pal_files[file].kind, node, filler, &record, err);
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
    code = case_decode(b, pal_files[file].kind, node, filler, &record, err);
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
  enum pal_code code = case_decode(b, &pal_kind_SUBSCRIPTION, node, &own, &record, err);
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
  const char *written = pal_json_text(pal_json_get(node, "policy")), *id = written ? written : b->policy,
             *key = pal_json_text(pal_json_get(node, "key"));
  const char *type = pal_json_text(pal_json_get(subject, "type")),
             *subject_id = pal_json_text(pal_json_get(subject, "id"));
  const struct pal_policy *policy = id ? pal_pack_find(b->pack, id) : NULL;
  char fingerprint[65];
  if (!type || !subject_id)
    return pal_json_fail(b->doc, node, err, "a finding has a subject with type and id");
  if (!id)
    return pal_json_fail(b->doc, node, err, "a finding of a case of all policies names its \"policy\"");
  enum pal_code code = pal_fingerprint(id, b->tenant.s, type, subject_id, key, fingerprint, err);
  if (code != PAL_OK)
    return code;
  struct member members[] = {{"policy", case_quoted(b, id)},
                             {"fingerprint", case_quoted(b, fingerprint)},
                             {"class", case_quoted(b, policy ? policy->policy_class : "rule")},
                             {"severity", case_quoted(b, policy ? policy->severity : "medium")},
                             {"verdict", "\"fail\""},
                             {"status", "\"open\""},
                             {"message", "\"as before\""},
                             {"since", case_quoted(b, b->previous_started)}};
  struct filler filler = {.members = members, .n = sizeof members / sizeof members[0]};
  struct pal_record *record = NULL;
  for (size_t i = 0; i < filler.n; i++)
    if (!members[i].json)
      return pal_err_nomem(err);
  code = case_decode(b, &pal_kind_FINDING, node, &filler, &record, err);
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

/* --- one tenant --- */

static enum pal_code put_tenant(struct builder *b, const pal_json *node, struct pal_err *err) {
  static const char *const keys[] = {"tenant",        "identities", "subscriptions", "inherited", "inheritedPim",
                                     "inheritedDeny", "groups",     "delegations",   "roles",     "directory",
                                     "coverage",      "findings",   "events",        NULL};
  static const struct filler plain = {0};
  enum pal_code code = case_check_keys(b->doc, node, keys, err);
  if (code == PAL_OK && !pal_guid_canonical(pal_json_key(node), strlen(pal_json_key(node)), b->tenant.s))
    code = pal_json_fail(b->doc, node, err, "no tenant id");
  struct member tenant[] = {{"tenantId", case_quoted(b, pal_json_key(node))}}, identity[] = {{"assurance", "\"read\""}};
  struct member event[] = {{"subjectType", "\"identity\""}, {"since", case_quoted(b, b->previous_started)}};
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
    code = case_decode(b, &pal_kind_TENANT, own, &of_tenant, &record, err);
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
  return code == PAL_OK ? case_put_coverage(b, pal_json_get(node, "coverage"), err) : code;
}

/* Tenants of one of the places that give some, those aside that a later place gives. */
static enum pal_code put_tenants(struct builder *b, const pal_json *tenants, const pal_json *const *later, size_t n,
                                 struct pal_err *err) {
  enum pal_code code = PAL_OK;
  if (tenants && pal_json_type(tenants) != PAL_JSON_OBJECT)
    return pal_json_fail(b->doc, tenants, err, "expected an object: tenant id to tenant");
  for (const pal_json *node = tenants ? pal_json_first(tenants) : NULL; node && code == PAL_OK;
       node = pal_json_next(node)) {
    bool given = pal_json_is_null(node);
    for (size_t i = 0; i < n && !given; i++)
      given = pal_json_get(later[i], pal_json_key(node)) != NULL;
    if (!given)
      code = put_tenant(b, node, err);
  }
  b->tenant.s[0] = '\0';
  return code;
}

/* What is left out is as the night before, and first the world of the file, had it; null: gone. */
static enum pal_code put_all_tenants(struct builder *b, const pal_json *node, struct pal_err *err) {
  const pal_json *given[2 + NIGHTS_MAX] = {pal_json_get(b->world, "tenants"), pal_json_get(node, "tenants")};
  size_t n = 2;
  for (const pal_json *night = pal_json_first(pal_json_get(node, "nights")); night; night = pal_json_next(night)) {
    if (n == 2 + NIGHTS_MAX)
      return pal_json_fail(b->doc, night, err, "a case has at most %d nights", NIGHTS_MAX);
    given[n++] = pal_json_get(night, "tenants");
    if (night == b->night)
      break;
  }
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < n && code == PAL_OK; i++)
    code = put_tenants(b, given[i], given + i + 1, n - i - 1, err);
  return code;
}

/* --- the whole case --- */

/* As the night, else the case, else the world of the file gives it. What a case says of its parent stands there alone. */
static const pal_json *member_of(const struct builder *b, const pal_json *node, const char *key) {
  const pal_json *given = node == b->node ? pal_json_get(b->night, key) : NULL;
  if (!given)
    given = pal_json_get(node, key);
  return given || node != b->node ? given : pal_json_get(b->world, key);
}

static enum pal_code input(const struct builder *b, const pal_json *node, const char *key, const struct pal_kind *kind,
                           const struct pal_record **ret, struct pal_err *err) {
  static const struct filler plain = {0};
  const pal_json *given = member_of(b, node, key);
  struct pal_record *record = NULL;
  enum pal_code code = given ? case_decode(b, kind, given, &plain, &record, err) : PAL_OK;
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
  const pal_json *given = member_of(b, node, "settings");
  struct pal_record *record = NULL;
  struct pal_json_doc *none = NULL;
  enum pal_code code = given ? PAL_OK : pal_json_parse("{}", 2, "settings", 0, 0, &none, err);
  if (code == PAL_OK)
    code = case_decode(b, &pal_kind_SETTINGS, given ? given : pal_json_root(none), &filler, &record, err);
  pal_json_doc_free(none);
  *ret = record;
  return code;
}

/* The runs before a night are the nights before it. */
static enum pal_code put_lineage(const struct builder *b, const struct case_world *before, struct case_world *world,
                                 struct pal_err *err) {
  const char *started = dup_instant(b, before ? before->options.started : world->options.started);
  world->first_run = before ? before->first_run : started;
  world->sequence = before ? before->sequence + 1 : 1;
  if (!before || world->options.history)
    return started ? PAL_OK : pal_err_nomem(err);
  struct pal_record *history = pal_record_new(b->arena, &pal_kind_HISTORY),
                    *full = pal_record_new(b->arena, &pal_kind_LAST_FULL);
  if (!started || !history || !full)
    return pal_err_nomem(err);
  pal_set_int(full, PAL_LAST_FULL_SEQUENCE, before->sequence);
  pal_set_record(history, PAL_HISTORY_LAST_FULL, full);
  enum pal_code code = pal_set_text(b->arena, full, PAL_LAST_FULL_STARTED, started, err);
  if (code == PAL_OK)
    code = pal_set_text(b->arena, history, PAL_HISTORY_FIRST_RUN, world->first_run, err);
  world->options.history = history;
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
  return code == PAL_OK ? put_tenants(b, pal_json_get(previous, "tenants"), NULL, 0, err) : code;
}

/* What the night before was judged on and what came of it. */
static enum pal_code put_verdicts(struct builder *b, const struct pal_judge *judge, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t v = 0; v < pal_judge_verdicts_n(judge) && code == PAL_OK; v++) {
    const struct pal_verdicts *verdicts = pal_judge_verdicts(judge, v);
    bool estate = !*verdicts->tenant_id;
    (void)snprintf(b->tenant.s, sizeof b->tenant.s, "%s", verdicts->tenant_id);
    for (size_t i = 0; i < verdicts->findings.n && code == PAL_OK; i++) {
      struct pal_record *copy = pal_record_dup(b->arena, verdicts->findings.v[i]);
      code = copy ? put(b, estate ? PAL_FILE_ESTATE_FINDINGS : PAL_FILE_FINDINGS, NULL, copy, err) : pal_err_nomem(err);
    }
    for (size_t i = 0; i < verdicts->events.n && code == PAL_OK; i++) {
      struct pal_record *copy = pal_record_dup(b->arena, verdicts->events.v[i]);
      code = copy ? put(b, PAL_FILE_EVENTS, NULL, copy, err) : pal_err_nomem(err);
    }
  }
  b->tenant.s[0] = '\0';
  return code;
}

enum pal_code case_keep(struct pal_arena *arena, struct case_world *world, const struct pal_judge *judge,
                        struct pal_err *err) {
  struct builder b = {.arena = arena, .doc = world->doc, .docs = &world->now};
  const struct pal_judge_options *o = &world->options;
  enum pal_code code = put_previous_input(&b, NULL, "registry", PAL_FILE_IN_REGISTRY, o->registry, err);
  if (code == PAL_OK)
    code = put_previous_input(&b, NULL, "estate", PAL_FILE_IN_ESTATE, o->estate, err);
  if (code == PAL_OK)
    code = put_previous_input(&b, NULL, "settings", PAL_FILE_IN_SETTINGS, o->settings, err);
  return code == PAL_OK ? put_verdicts(&b, judge, err) : code;
}

static enum pal_code check_case(const struct pal_json_doc *doc, const pal_json *node, const pal_json *night,
                                struct pal_err *err) {
  static const char *const keys[] = {"policy",  "name",     "now",     "registry", "estate",
                                     "waivers", "reviews",  "history", "settings", "scope",
                                     "tenants", "previous", "nights",  "expect",   NULL},
                           *const of_night[] = {"now",     "registry", "estate",  "waivers", "reviews",
                                                "history", "settings", "tenants", "expect",  NULL},
                           *const else_where[] = {"now", "previous", "scope", "expect", NULL};
  enum pal_code code = case_check_keys(doc, node, keys, err);
  if (code == PAL_OK && !pal_json_text(pal_json_get(node, "name")))
    code = pal_json_fail(doc, node, err, "a case has a \"name\"");
  if (code != PAL_OK || !night)
    return code;
  for (const char *const *key = else_where; *key; key++)
    if (pal_json_get(node, *key))
      return pal_json_fail(doc, node, err, "a case of several nights gives \"%s\" night by night", *key);
  code = case_check_keys(doc, night, of_night, err);
  return code == PAL_OK && !pal_json_get(night, "now") ? pal_json_fail(doc, night, err, "a night has a \"now\"") : code;
}

enum pal_code case_build(struct pal_arena *arena, const struct case_place *place, const struct case_world *before,
                         struct case_world *ret, struct pal_err *err) {
  const struct pal_json_doc *doc = place->doc;
  const pal_json *node = place->node, *night = place->night;
  struct builder b = {.arena = arena,
                      .pack = place->pack,
                      .policy = place->policy,
                      .doc = doc,
                      .world = place->world,
                      .node = node,
                      .night = night};
  const pal_json *previous = pal_json_get(node, "previous"), *scope = pal_json_get(node, "scope");
  *ret = (struct case_world){
      .options = {.pack = place->pack, .has_previous = previous || before}, .doc = doc, .scope = scope};
  pal_docs_init(&ret->now, arena);
  pal_docs_init(&ret->previous, arena);
  enum pal_code code = check_case(doc, node, night, err);
  if (code != PAL_OK || !pal_instant_parse(default_now, &ret->options.started))
    return code;
  code = read_instant(&b, night ? night : node, "now", &ret->options.started, err);
  ret->options.previous_started = before ? before->options.started : ret->options.started;
  if (!before)
    ret->options.previous_started.s -= S_PER_DAY;
  if (code == PAL_OK && previous)
    code = read_instant(&b, previous, "started", &ret->options.previous_started, err);
  b.previous_started = dup_instant(&b, ret->options.previous_started);
  if (code == PAL_OK && !b.previous_started)
    code = pal_err_nomem(err);
  if (code == PAL_OK)
    code = build_inputs(&b, node, ret, err);
  if (code == PAL_OK && night)
    code = put_lineage(&b, before, ret, err);
  b.docs = &ret->now;
  if (code == PAL_OK)
    code = put_all_tenants(&b, node, err);
  b.docs = &ret->previous;
  if (code == PAL_OK && previous)
    code = build_previous(&b, previous, &ret->options, err);
  if (before)
    ret->previous = before->now;
  if (scope) {
    ret->options.in_scope = in_case_scope;
    ret->options.scope_payload = ret;
  }
  return code;
}
