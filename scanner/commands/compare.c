/* SPDX-License-Identifier: Apache-2.0 */
#include "compare.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pal_rejudge.h"
#include "pal_scope.h"

struct comparing {
  struct pal_repo *repo;
  const struct pal_commit *from, *to; /* from: NULL before the first run */
  struct pal_mention *mention;        /* NULL: everything */
  struct pal_arena *arena;
  struct pal_comparison *result;
  struct pal_texts tenants; /* with differences, in tree order */
  uint64_t *files;          /* for each which kinds of its files differ: bits by pal_file_id */
  size_t tenants_cap, files_cap;
  bool inputs_differ, estate_differs; /* estate: the verdicts about it */
  struct pal_docs root_before, root_after;
  const struct pal_record *estate, *registry;
  struct pal_verdicts *before, *after;
  size_t before_n, before_cap, after_n, after_cap;
  const char *tenant_id, *tenant_name, *tenant_country;
};

static const struct pal_record *single(const struct pal_docs *docs, enum pal_file_id file) {
  const struct pal_doc *doc = pal_docs_find(docs, file, NULL, NULL);
  return doc != NULL && doc->records.n == 1 ? doc->records.v[0] : NULL;
}

static enum pal_code policy_changed(struct comparing *c, const char *path, struct pal_err *err) {
  const char *name = pal_arena_strdup(c->arena, path + strlen("inputs/policies/"));
  if (name == NULL)
    return pal_err_nomem(err);
  struct pal_change change = {.kind = "policy.changed", .subject_type = "policy", .subject_id = name};
  return pal_comparison_add(c->arena, c->result, &change, NULL, NULL, c->registry, err);
}

_Static_assert(PAL_FILES_N <= 64, "a bit for each kind of file");

static uint64_t bit(enum pal_file_id file) {
  return (uint64_t)1 << file;
}

/*
 * The kinds of files that must be there to compare those that differ: equal
 * ones hold no change, but completeness decides about all others, the tenant
 * gives the name, PIM is told beside the assignments it made, and usage names
 * its subscription.
 */
static uint64_t needed(uint64_t differing) {
  const uint64_t roles =
      bit(PAL_FILE_INHERITED) | bit(PAL_FILE_INHERITED_PIM) | bit(PAL_FILE_ASSIGNMENTS) | bit(PAL_FILE_PIM);
  uint64_t files = differing | bit(PAL_FILE_COVERAGE) | bit(PAL_FILE_TENANT);
  if (differing & roles)
    files |= roles;
  if (differing & bit(PAL_FILE_USAGE))
    files |= bit(PAL_FILE_SUBSCRIPTION);
  return files & ~(bit(PAL_FILE_EVENTS) | bit(PAL_FILE_DIRECTORY)); /* of which no change is told */
}

static bool is_needed(void *payload, const struct pal_file *file) {
  const uint64_t *files = payload;
  return (*files & bit(file->id)) != 0;
}

static enum pal_code is_mentioned(struct comparing *c, const char *path, const struct pal_oid *id, bool *ret,
                                  struct pal_err *err) {
  struct pal_buf bytes;
  if (id == NULL || *ret)
    return PAL_OK;
  pal_buf_init(&bytes, PAL_OBJECT_MAX);
  enum pal_code code = pal_repo_blob(c->repo, id, &bytes, err);
  if (code == PAL_OK)
    *ret = pal_mention_in_file(c->mention, path, bytes.data);
  pal_buf_deinit(&bytes);
  return code;
}

/* That this file of the last tenant differs. */
static enum pal_code note_file(struct comparing *c, const char *path, struct pal_err *err) {
  struct pal_doc doc = {0};
  enum pal_code code = pal_doc_parse_path(path, &doc, err);
  if (code == PAL_OK)
    c->files[c->tenants.n - 1] |= bit(doc.file->id);
  return code;
}

/* Trees are walked in order, so the files of one tenant come together. */
static enum pal_code on_difference(void *payload, const char *path, const struct pal_oid *before,
                                   const struct pal_oid *after, struct pal_err *err) {
  struct comparing *c = payload;
  size_t prefix = strlen("tenants/xx/");
  bool in_tenant = strncmp(path, "tenants/", 8) == 0 && strlen(path) >= prefix + PAL_GUID_LEN,
       wanted = c->mention == NULL;
  const char *id = path + prefix;
  if (in_tenant && c->tenants.n > 0 && strncmp(c->tenants.v[c->tenants.n - 1], id, PAL_GUID_LEN) == 0)
    return note_file(c, path, err);
  enum pal_code code = wanted ? PAL_OK : is_mentioned(c, path, before, &wanted, err);
  if (code == PAL_OK && !wanted)
    code = is_mentioned(c, path, after, &wanted, err);
  if (code != PAL_OK || !wanted)
    return code;
  if (strncmp(path, "inputs/policies/", 16) == 0)
    return c->from != NULL ? policy_changed(c, path, err) : PAL_OK;
  c->inputs_differ = c->inputs_differ || strncmp(path, "inputs/", 7) == 0;
  c->estate_differs = c->estate_differs || strcmp(path, "findings.json") == 0;
  if (!in_tenant)
    return PAL_OK;
  const char **grown = pal_arena_grow(c->arena, c->tenants.v, c->tenants.n, &c->tenants_cap, sizeof(*grown));
  uint64_t *files = pal_arena_grow(c->arena, c->files, c->tenants.n, &c->files_cap, sizeof(*files));
  char *copy = pal_arena_strndup(c->arena, id, PAL_GUID_LEN);
  if (grown == NULL || files == NULL || copy == NULL)
    return pal_err_nomem(err);
  c->tenants.v = grown;
  c->files = files;
  c->files[c->tenants.n] = 0;
  c->tenants.v[c->tenants.n++] = copy;
  return note_file(c, path, err);
}

static enum pal_code on_change(void *payload, const struct pal_change *change, struct pal_err *err) {
  struct comparing *c = payload;
  enum pal_code code =
      pal_comparison_add(c->arena, c->result, change, c->tenant_name, c->tenant_country, c->registry, err);
  if (code != PAL_OK || c->mention == NULL)
    return code;
  const struct pal_compared_change *added = &c->result->changes[c->result->changes_n - 1];
  if (pal_mention_in_change(c->mention, added))
    return pal_mention_learn(c->arena, c->mention, added, err);
  c->result->changes_n--;
  return PAL_OK;
}

/* --- first readings --- */

struct first_reading {
  struct comparing *c;
  const struct pal_docs *before; /* what was known */
  size_t told_n;                 /* changes of this tenant from there on */
};

/* The record of before with the same key, whatever it said. */
static const struct pal_record *was_known(const struct pal_docs *before, const struct pal_record *record) {
  for (size_t i = 0; i < before->n; i++) {
    const struct pal_records *records = &before->v[i]->records;
    for (size_t j = 0; before->v[i]->file->kind == record->kind && j < records->n; j++)
      if (pal_record_cmp(records->v[j], record) == 0)
        return records->v[j];
  }
  return NULL;
}

static bool was_told(const struct pal_comparison *comparison, size_t from, const struct pal_compared_change *added) {
  for (size_t i = from; i + 1 < comparison->changes_n; i++) {
    const struct pal_compared_change *told = &comparison->changes[i];
    if (told->after != NULL && strcmp(told->after, added->after) == 0 &&
        strcmp(told->subject_id, added->subject_id) == 0)
      return true;
  }
  return false;
}

static enum pal_code tell_read(const struct first_reading *reading, const struct pal_change *change, const char *kind,
                               const struct pal_record *record, struct pal_err *err) {
  struct comparing *c = reading->c;
  struct pal_change read = *change;
  size_t n = c->result->changes_n;
  read.kind = kind;
  read.after = record;
  enum pal_code code = on_change(c, &read, err);
  if (code == PAL_OK && c->result->changes_n > n && was_told(c->result, reading->told_n, &c->result->changes[n]))
    c->result->changes_n--;
  return code;
}

static enum pal_code on_first_reading(void *payload, const struct pal_change *change, struct pal_err *err) {
  static const struct {
    const struct pal_kind *kind;
    const char *word;
    bool of_tenant; /* told of a whole tenant too */
  } words[] = {
      {&pal_kind_IDENTITY, "identity.read", true},
      {&pal_kind_ASSIGNMENT, "role.read", false},
      {&pal_kind_PIM, "role.read", false},
      {&pal_kind_SUBSCRIPTION, "subscription.read", true},
      {&pal_kind_DELEGATION, "delegation.read", true},
  };
  const struct first_reading *reading = payload;
  const struct pal_record *record = change->after;
  if (change->before != NULL || record == NULL)
    return PAL_OK;
  const struct pal_record *known = was_known(reading->before, record);
  bool whole = strcmp(change->tenant.s, reading->c->mention->id) == 0;
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && known == NULL && code == PAL_OK; i++)
    if (words[i].kind == record->kind && (!whole || words[i].of_tenant))
      code = tell_read(reading, change, words[i].word, record, err);
  /* The link is part of its identity, and may be answered later. */
  bool answered = record->kind == &pal_kind_IDENTITY && pal_get_record(record, PAL_IDENTITY_LINK) != NULL;
  if (code == PAL_OK && answered && (known == NULL || known->v[PAL_IDENTITY_LINK].is == PAL_ABSENT))
    code = tell_read(reading, change, "link.read", pal_get_record(record, PAL_IDENTITY_LINK), err);
  return code;
}

/* As if all units had been read before and had held nothing: then whatever is there is told. */
static enum pal_code tell_first_readings(struct comparing *c, const struct pal_docs *before,
                                         const struct pal_docs *after, size_t told_n, struct pal_err *err) {
  struct first_reading reading = {.c = c, .before = before, .told_n = told_n};
  struct pal_docs empty = {0};
  struct pal_doc *coverage[1];
  for (size_t i = 0; i < after->n; i++)
    if (after->v[i]->file->id == PAL_FILE_COVERAGE) {
      coverage[0] = after->v[i];
      empty = (struct pal_docs){.v = coverage, .n = 1};
    }
  return empty.n > 0 ? pal_docs_compare(&empty, after, on_first_reading, &reading, err) : PAL_OK;
}

/* What a partial run kept outside its scope is of an earlier run. */
static enum pal_code date(const struct comparing *c, const struct pal_commit *commit, const char *tenant_id,
                          struct pal_docs *docs, struct pal_err *err) {
  const struct pal_record *history = single(commit == c->from ? &c->root_before : &c->root_after, PAL_FILE_IN_HISTORY);
  if (pal_scope_has(history, tenant_id))
    return PAL_OK;
  return pal_scope_date(docs, pal_scope_read_on(history, commit->trailers.started, tenant_id), err);
}

static enum pal_code load(struct comparing *c, const struct pal_commit *commit, const char *tenant_id, uint64_t files,
                          struct pal_docs *docs, bool *ret_has, struct pal_err *err) {
  struct pal_oid folder;
  struct pal_err missing = {0};
  *ret_has = false;
  if (commit == NULL)
    return PAL_OK;
  enum pal_code code = pal_stored_tenant_tree(c->repo, &commit->tree, tenant_id, &folder, &missing);
  *ret_has = code == PAL_OK;
  if (code == PAL_E_NOTFOUND)
    return PAL_OK;
  if (code != PAL_OK) {
    *err = missing;
    return code;
  }
  const struct pal_stored_hooks hooks = {.wants = is_needed, .payload = &files};
  code = pal_stored_tenant(c->repo, &commit->tree, tenant_id, &hooks, docs, err);
  if (code == PAL_OK && docs->n == 0) /* no file at all would say that the tenant came or left */
    code = pal_stored_tenant(c->repo, &commit->tree, tenant_id, NULL, docs, err);
  return code == PAL_OK ? date(c, commit, tenant_id, docs, err) : code;
}

static enum pal_code one_tenant(struct comparing *c, struct pal_arena *scratch, const char *tenant_id,
                                uint64_t differing, struct pal_err *err) {
  struct pal_docs before, after;
  bool had = false, has = false;
  pal_docs_init(&before, scratch);
  pal_docs_init(&after, scratch);
  /* What a thing is read of for the first time, only all that was known before tells. */
  uint64_t files = c->mention != NULL ? UINT64_MAX : needed(differing);
  enum pal_code code = load(c, c->from, tenant_id, files, &before, &had, err);
  if (code == PAL_OK)
    code = load(c, c->to, tenant_id, files, &after, &has, err);
  if (code != PAL_OK)
    return code;
  const struct pal_record *customer =
      c->estate != NULL ? pal_records_find(pal_get_records(c->estate, PAL_ESTATE_CUSTOMERS), tenant_id) : NULL;
  struct pal_tenant_id id;
  code = pal_tenant_id_parse(tenant_id, &id, err);
  if (code != PAL_OK)
    return code;
  const struct pal_doc *doc = pal_docs_find(has ? &after : &before, PAL_FILE_TENANT, &id, NULL);
  const struct pal_record *tenant = doc != NULL && doc->records.n == 1 ? doc->records.v[0] : NULL;
  c->tenant_id = tenant_id;
  c->tenant_name = pal_tenant_name(c->estate, has ? &after : &before, tenant_id);
  c->tenant_country = customer != NULL && pal_get_text(customer, PAL_CUSTOMER_COUNTRY) != NULL
                          ? pal_get_text(customer, PAL_CUSTOMER_COUNTRY)
                      : tenant != NULL ? pal_get_text(tenant, PAL_TENANT_COUNTRY_CODE)
                                       : NULL;
  size_t told_n = c->result->changes_n;
  code = pal_docs_compare(had ? &before : NULL, has ? &after : NULL, on_change, c, err);
  if (code == PAL_OK && c->mention != NULL && has)
    code = tell_first_readings(c, &before, &after, told_n, err);
  if (code == PAL_OK)
    code = pal_verdicts_take(c->arena, &c->before, &c->before_n, &c->before_cap, tenant_id, &before, err);
  if (code == PAL_OK)
    code = pal_verdicts_take(c->arena, &c->after, &c->after_n, &c->after_cap, tenant_id, &after, err);
  const char *name = c->tenant_name != NULL ? pal_arena_strdup(c->arena, c->tenant_name) : NULL;
  if (c->before_n > 0 && strcmp(c->before[c->before_n - 1].tenant_id, tenant_id) == 0)
    c->before[c->before_n - 1].tenant_name = name;
  if (c->after_n > 0 && strcmp(c->after[c->after_n - 1].tenant_id, tenant_id) == 0)
    c->after[c->after_n - 1].tenant_name = name;
  return code;
}

static enum pal_code compare_root(struct comparing *c, struct pal_err *err) {
  c->tenant_id = c->tenant_name = c->tenant_country = NULL;
  enum pal_code code = c->inputs_differ ? pal_docs_compare(&c->root_before, &c->root_after, on_change, c, err) : PAL_OK;
  if (code == PAL_OK)
    code = pal_verdicts_take(c->arena, &c->before, &c->before_n, &c->before_cap, "", &c->root_before, err);
  if (code == PAL_OK)
    code = pal_verdicts_take(c->arena, &c->after, &c->after_n, &c->after_cap, "", &c->root_after, err);
  return code;
}

static enum pal_code count_between(struct comparing *c, struct pal_err *err) {
  struct pal_commit commit = *c->to;
  size_t n = 0;
  if (c->from == NULL)
    return PAL_OK;
  while (commit.has_parent && !pal_oid_equal(&commit.id, &c->from->id)) {
    struct pal_oid up = commit.parent;
    enum pal_code code = pal_repo_commit(c->repo, &up, &commit, err);
    if (code != PAL_OK)
      return code;
    n++;
  }
  c->result->runs_between = n > 0 && pal_oid_equal(&commit.id, &c->from->id) ? n - 1 : 0;
  return PAL_OK;
}

static enum pal_code describe_end(struct pal_arena *arena, const struct pal_commit *commit, const char **ret_commit,
                                  const char **ret_started, const char **ret_kind, struct pal_err *err) {
  char hex[41];
  pal_oid_hex(&commit->id, hex);
  *ret_commit = pal_arena_strdup(arena, hex);
  *ret_started = pal_arena_strdup(arena, commit->trailers.started);
  *ret_kind = pal_run_kind_name(commit->trailers.kind);
  return *ret_commit != NULL && *ret_started != NULL ? PAL_OK : pal_err_nomem(err);
}

static enum pal_code describe(struct comparing *c, struct pal_err *err) {
  struct pal_comparison *ret = c->result;
  enum pal_code code = PAL_OK;
  if (c->from != NULL)
    code = describe_end(c->arena, c->from, &ret->from_commit, &ret->from_started, &ret->from_kind, err);
  return code == PAL_OK ? describe_end(c->arena, c->to, &ret->to_commit, &ret->to_started, &ret->to_kind, err) : code;
}

static enum pal_code load_roots(struct comparing *c, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  if (c->from != NULL)
    code = pal_stored_root(c->repo, &c->from->tree, &c->root_before, err);
  if (code == PAL_OK)
    code = pal_stored_root(c->repo, &c->to->tree, &c->root_after, err);
  if (code == PAL_OK && c->from != NULL)
    code = date(c, c->from, "", &c->root_before, err);
  if (code == PAL_OK)
    code = date(c, c->to, "", &c->root_after, err);
  if (code == PAL_OK) {
    c->estate = single(&c->root_after, PAL_FILE_IN_ESTATE);
    c->registry = single(&c->root_after, PAL_FILE_IN_REGISTRY);
  }
  return code;
}

static enum pal_code compare_all(struct comparing *c, struct pal_arena *scratch, const struct pal_pack *pack,
                                 struct pal_err *err) {
  enum pal_code code = describe(c, err);
  if (code == PAL_OK && c->mention == NULL)
    code = load_roots(c, err);
  if (code == PAL_OK)
    code = pal_repo_compare(c->repo, c->from != NULL ? &c->from->tree : NULL, &c->to->tree, on_difference, c, err);
  if (code == PAL_OK && c->mention != NULL) {
    if (c->tenants.n == 0 && !c->inputs_differ && !c->estate_differs && c->result->changes_n == 0)
      return PAL_OK;
    code = load_roots(c, err);
  }
  if (code == PAL_OK)
    code = compare_root(c, err);
  for (size_t i = 0; code == PAL_OK && i < c->tenants.n; i++) {
    code = one_tenant(c, scratch, c->tenants.v[i], c->files[i], err);
    pal_arena_reset(scratch);
  }
  if (code == PAL_OK)
    code = count_between(c, err);
  return code == PAL_OK
             ? pal_comparison_finish(c->arena, c->result, c->before, c->before_n, c->after, c->after_n, pack, err)
             : code;
}

enum pal_code pal_compare_mentioned(struct pal_repo *repo, const struct pal_commit *from, const struct pal_commit *to,
                                    const struct pal_pack *pack, struct pal_mention *mention, struct pal_arena *arena,
                                    struct pal_comparison *ret, struct pal_err *err) {
  *ret = (struct pal_comparison){0};
  struct comparing c = {.repo = repo, .from = from, .to = to, .mention = mention, .arena = arena, .result = ret};
  struct pal_arena *scratch = pal_arena_new(0);
  if (scratch == NULL)
    return pal_err_nomem(err);
  pal_docs_init(&c.root_before, arena);
  pal_docs_init(&c.root_after, arena);
  enum pal_code code = compare_all(&c, scratch, pack, err);
  pal_arena_free(scratch);
  return code;
}

enum pal_code pal_compare_commits(struct pal_repo *repo, const struct pal_commit *from, const struct pal_commit *to,
                                  const struct pal_pack *pack, struct pal_arena *arena, struct pal_comparison *ret,
                                  struct pal_err *err) {
  return pal_compare_mentioned(repo, from, to, pack, NULL, arena, ret, err);
}

enum pal_code pal_last_two(struct pal_repo *repo, struct pal_commit *ret_before, struct pal_commit *ret_after,
                           struct pal_err *err) {
  struct pal_oid id;
  struct pal_commit commit;
  enum pal_code code = pal_repo_head(repo, &id, err);
  if (code == PAL_OK)
    code = pal_repo_commit(repo, &id, &commit, err);
  for (bool found = false; code == PAL_OK;) {
    if (commit.trailers.full && found) {
      *ret_before = commit;
      return PAL_OK;
    }
    if (commit.trailers.full) {
      *ret_after = commit;
      found = true;
    }
    if (!commit.has_parent)
      return pal_err_set(
          err, PAL_E_NOTFOUND,
          found ? "there is only one snapshot of a full run so far; nothing to compare it with before the next"
                : "there is no full run so far; palscan diff A B compares any two snapshots");
    struct pal_oid up = commit.parent;
    code = pal_repo_commit(repo, &up, &commit, err);
  }
  return code;
}

enum pal_code pal_compare_print(struct pal_cli *cli, const struct pal_comparison *comparison, struct pal_err *err) {
  const struct pal_format *format = NULL;
  struct pal_output output;
  enum pal_code code = pal_output_begin(cli, &format, &output, err);
  if (code != PAL_OK)
    return code;
  struct pal_style style = pal_cli_style(cli, &output);
  code = format->changes(comparison, &style, output.file, err);
  return pal_output_close(&output, code, err);
}
