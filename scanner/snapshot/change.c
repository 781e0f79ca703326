/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_change.h"

#include <stdlib.h>
#include <string.h>

#include "change_rules.h"
#include "value.h"

/* --- shared by the rules --- */

enum pal_code comparison_add(struct comparison *c, const struct pal_file *file, const struct pal_change *change) {
  if (c->n == c->cap) {
    size_t cap = c->cap ? c->cap * 2 : 64;
    struct found *v = realloc(c->v, cap * sizeof *v);
    if (!v)
      return pal_err_nomem(c->err);
    c->v = v;
    c->cap = cap;
  }
  c->v[c->n] = (struct found){.change = *change, .file = file};
  c->v[c->n++].change.tenant = *c->tenant;
  return PAL_OK;
}

enum pal_code pairs_walk(const struct pal_records *a, const struct pal_records *b, pair_fn *each, void *payload,
                         struct pal_err *err) {
  struct records_view x, y;
  enum pal_code code_x = records_view_init(&x, a), code_y = records_view_init(&y, b);
  enum pal_code code = code_x == PAL_OK && code_y == PAL_OK ? PAL_OK : pal_err_nomem(err);
  for (size_t i = 0, j = 0; code == PAL_OK && (i < x.n || j < y.n);) {
    int cmp = i == x.n ? 1 : j == y.n ? -1 : pal_record_cmp(x.v[i], y.v[j]);
    code = each(payload, cmp <= 0 ? x.v[i] : NULL, cmp >= 0 ? y.v[j] : NULL);
    i += cmp <= 0;
    j += cmp >= 0;
  }
  records_view_deinit(&x);
  records_view_deinit(&y);
  return code;
}

bool records_differ(const struct pal_record *a, const struct pal_record *b) {
  for (size_t i = 0; i < a->kind->n; i++)
    if (!(a->kind->fields[i].flags & PAL_VOLATILE) && !value_equal(&a->kind->fields[i], &a->v[i], &b->v[i]))
      return true;
  return false;
}

bool record_carried(const struct pal_record *record) {
  int field = pal_kind_find(record->kind, "lastRead");
  return field >= 0 && record->v[field].is == PAL_SET;
}

/*
 * A first reading is no change. Compared with carried facts it is one: they are
 * the last verified values. A unit that stays partial for one and the same
 * cause (a delegation shows only its part) shows the same part each time.
 */
bool baseline_holds(struct reading before, struct reading after, bool carried_before) {
  switch (before.known) {
  case KNOWN_NONE: return false;
  case KNOWN_STALE:
  case KNOWN_FULL: return true;
  case KNOWN_PARTIAL: break;
  }
  bool same_cause =
      after.known == KNOWN_PARTIAL && strcmp(before.code ? before.code : "", after.code ? after.code : "") == 0;
  return carried_before || same_cause;
}

/* --- files --- */

/* A file of one object that was asked for but never filled is absent. */
static const struct pal_doc *filled(const struct pal_doc *doc) {
  return doc && doc->file->layout == PAL_SINGLE && doc->records.n == 0 ? NULL : doc;
}

static enum pal_code compare_file(struct comparison *c, const struct pal_doc *before, const struct pal_doc *after) {
  const struct pal_file *file = before ? before->file : after->file;
  before = filled(before);
  after = filled(after);
  if (!before && !after)
    return PAL_OK;
  switch (file->id) {
  case PAL_FILE_IDENTITY: return compare_identity(c, before, after);
  case PAL_FILE_GROUP: return compare_group(c, before, after);
  case PAL_FILE_USAGE: return compare_usage(c, before, after);
  case PAL_FILE_TENANT:
  case PAL_FILE_INHERITED:
  case PAL_FILE_INHERITED_PIM:
  case PAL_FILE_INHERITED_DENY:
  case PAL_FILE_SUBSCRIPTION:
  case PAL_FILE_ASSIGNMENTS:
  case PAL_FILE_PIM:
  case PAL_FILE_DENY:
  case PAL_FILE_DELEGATIONS:
  case PAL_FILE_CUSTOM_ROLE: return compare_facts(c, before, after);
  case PAL_FILE_IN_REGISTRY:
  case PAL_FILE_IN_ESTATE:
  case PAL_FILE_IN_WAIVERS: return compare_input(c, before, after);
  case PAL_FILE_IN_SETTINGS: return compare_settings(c, before, after);
  case PAL_FILE_FORMAT:
  case PAL_FILE_ESTATE_FINDINGS:
  case PAL_FILE_BUILTIN_ROLE:
  case PAL_FILE_IN_REVIEWS:
  case PAL_FILE_IN_CHANGES:
  case PAL_FILE_IN_HISTORY:
  case PAL_FILE_DIRECTORY:
  case PAL_FILE_COVERAGE:
  case PAL_FILE_FINDINGS:
  case PAL_FILE_EVENTS:
  case PAL_FILES_N: break;
  }
  return PAL_OK;
}

static const struct pal_doc *twin(const struct pal_docs *docs, const struct pal_doc *doc) {
  return pal_docs_find(docs, doc->file->id, &doc->tenant, doc->id.s);
}

static enum pal_code compare_files(struct comparison *c) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < c->after->n && code == PAL_OK; i++)
    code = compare_file(c, twin(c->before, c->after->v[i]), c->after->v[i]);
  for (size_t i = 0; i < c->before->n && code == PAL_OK; i++)
    if (!twin(c->after, c->before->v[i]))
      code = compare_file(c, c->before->v[i], NULL);
  if (code == PAL_OK)
    code = compare_coverage(c);
  return code == PAL_OK ? settle_activations(c) : code;
}

/* --- tenants that come and go --- */

static const struct pal_record *tenant_record(const struct pal_docs *docs, const struct pal_tenant_id *tenant) {
  const struct pal_doc *doc = pal_docs_find(docs, PAL_FILE_TENANT, tenant, NULL);
  return doc && doc->records.n ? doc->records.v[0] : NULL;
}

static enum pal_code compare_whole(struct comparison *c, bool added) {
  const struct pal_record *record = tenant_record(added ? c->after : c->before, c->tenant);
  const struct pal_change change = {
      .kind = added ? "tenant.added" : "tenant.removed",
      .subject_type = "tenant",
      .subject_id = c->tenant->s,
      .subject_name = record ? pal_get_text(record, PAL_TENANT_DISPLAY_NAME) : NULL,
      .before = added ? NULL : record,
      .after = added ? record : NULL,
  };
  return comparison_add(c, &pal_files[PAL_FILE_TENANT], &change);
}

/* Borrowed from a doc: what is told outlives the comparison. */
static const struct pal_tenant_id *tenant_of(const struct pal_docs *docs) {
  static const struct pal_tenant_id none = {.s = ""};
  for (size_t i = 0; i < docs->n; i++)
    if (docs->v[i]->tenant.s[0])
      return &docs->v[i]->tenant;
  return &none;
}

/* --- order --- */

static int rank(const char *kind) {
  if (strncmp(kind, "tenant.", 7) == 0)
    return 0;
  return strncmp(kind, "coverage.", 9) == 0 ? 1 : 2;
}

static int compare_record_order(const struct pal_change *x, const struct pal_change *y) {
  const struct pal_record *a = x->after ? x->after : x->before;
  const struct pal_record *b = y->after ? y->after : y->before;
  if (!a || !b)
    return (a != NULL) - (b != NULL);
  int cmp = a->kind == b->kind ? pal_record_cmp(a, b) : strcmp(a->kind->name, b->kind->name);
  return cmp ? cmp : (x->after != NULL) - (y->after != NULL);
}

static int compare_found(const void *a, const void *b) {
  const struct found *x = a, *y = b;
  int cmp = rank(x->change.kind) - rank(y->change.kind);
  if (!cmp)
    cmp = strcmp(x->change.kind, y->change.kind);
  if (!cmp)
    cmp = strcmp(x->change.subject_type, y->change.subject_type);
  if (!cmp)
    cmp = strcmp(x->change.subject_id, y->change.subject_id);
  if (!cmp)
    cmp = compare_record_order(&x->change, &y->change);
  return cmp ? cmp : (int)x->file->id - (int)y->file->id;
}

static enum pal_code emit(struct comparison *c, pal_change_fn *each, void *payload) {
  enum pal_code code = PAL_OK;
  if (c->n)
    qsort(c->v, c->n, sizeof *c->v, compare_found);
  for (size_t i = 0; i < c->n && code == PAL_OK; i++)
    if (!c->v[i].drop)
      code = each(payload, &c->v[i].change, c->err);
  return code;
}

enum pal_code pal_docs_compare(const struct pal_docs *before, const struct pal_docs *after, pal_change_fn *each,
                               void *payload, struct pal_err *err) {
  static const struct pal_docs none;
  struct comparison c = {.before = before ? before : &none, .after = after ? after : &none, .err = err};
  c.tenant = tenant_of(c.after->n ? c.after : c.before);
  enum pal_code code = PAL_OK;
  if (c.before->n && c.after->n) {
    code = cover_init(&c.cover_before, c.before, err);
    if (code == PAL_OK)
      code = cover_init(&c.cover_after, c.after, err);
    if (code == PAL_OK)
      code = compare_files(&c);
  } else if (c.tenant->s[0]) {
    code = compare_whole(&c, c.before->n == 0);
  }
  if (code == PAL_OK)
    code = emit(&c, each, payload);
  cover_deinit(&c.cover_before);
  cover_deinit(&c.cover_after);
  for (size_t i = 0; i < c.parsed_n; i++)
    pal_json_doc_free(c.parsed[i]);
  free(c.v);
  return code;
}
