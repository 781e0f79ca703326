/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "sentence.h"

enum { SENTENCE_MAX = 8 << 20, RECORD_JSON_MAX = 64 << 20 };

/* --- adding --- */

enum report_heap report_heap_of(const char *change_kind) {
  static const struct {
    const char *prefix;
    enum report_heap heap;
  } heaps[] = {
      {"coverage.", HEAP_COMPLETENESS}, {"registry.", HEAP_BOOKS},     {"estate.", HEAP_BOOKS},
      {"policy.", HEAP_BOOKS},          {"waiver.", HEAP_ACCEPTANCES},
  };
  for (size_t i = 0; i < sizeof heaps / sizeof heaps[0]; i++)
    if (strncmp(change_kind, heaps[i].prefix, strlen(heaps[i].prefix)) == 0)
      return heaps[i].heap;
  return HEAP_ACCESS;
}

/* A copy in the arena, NULL for NULL; *ok becomes false on no memory. */
static const char *copy(struct pal_arena *arena, const char *text, bool *ok) {
  const char *ret = text ? pal_arena_strdup(arena, text) : NULL;
  *ok = *ok && (!text || ret);
  return ret;
}

static enum pal_code take(struct pal_arena *arena, struct pal_buf *buf, const char *what, const char **ret,
                          struct pal_err *err) {
  enum pal_code code = pal_buf_check(buf, what, err);
  if (code != PAL_OK)
    return code;
  *ret = pal_arena_strndup(arena, buf->data, buf->len);
  return *ret ? PAL_OK : pal_err_nomem(err);
}

static enum pal_code encode(struct pal_arena *arena, const struct pal_record *record, const char **ret,
                            struct pal_err *err) {
  if (!record)
    return PAL_OK;
  struct pal_buf buf;
  pal_buf_init(&buf, RECORD_JSON_MAX);
  pal_record_compact(record, &buf);
  enum pal_code code = take(arena, &buf, "a changed record", ret, err);
  pal_buf_deinit(&buf);
  return code;
}

static enum pal_code describe(struct pal_arena *arena, const struct pal_change *change,
                              const struct pal_record *registry, struct pal_compared_change *added,
                              struct pal_err *err) {
  struct pal_buf buf;
  pal_buf_init(&buf, SENTENCE_MAX);
  struct sentence sentence = {.out = &buf, .change = change, .registry = registry};
  sentence_write(&sentence);
  added->role_at = sentence.role_at;
  added->scope_at = sentence.scope_at;
  added->tail_at = sentence.tail_at;
  added->disables = sentence.disables;
  enum pal_code code = take(arena, &buf, "the sentence about a change", &added->sentence, err);
  pal_buf_deinit(&buf);
  return code;
}

enum pal_code pal_comparison_add(struct pal_arena *arena, struct pal_comparison *comparison,
                                 const struct pal_change *change, const char *tenant_name, const char *tenant_country,
                                 const struct pal_record *registry, struct pal_err *err) {
  struct pal_compared_change *grown =
      pal_arena_grow(arena, comparison->changes, comparison->changes_n, &comparison->changes_cap, sizeof *grown);
  if (!grown)
    return pal_err_nomem(err);
  comparison->changes = grown;
  struct pal_change whole = *change;
  if (!whole.subject_id)
    whole.subject_id = "";
  if (!whole.subject_type)
    whole.subject_type = "";
  bool ok = true;
  struct pal_compared_change added = {
      .kind = copy(arena, whole.kind, &ok),
      .tenant_id = copy(arena, report_tenant_id(whole.tenant.s), &ok),
      .tenant_name = copy(arena, tenant_name, &ok),
      .tenant_country = copy(arena, tenant_country, &ok),
      .subject_type = copy(arena, whole.subject_type, &ok),
      .subject_id = copy(arena, whole.subject_id, &ok),
      .subject_name = copy(arena, whole.subject_name, &ok),
  };
  if (!ok)
    return pal_err_nomem(err);
  enum pal_code code = encode(arena, whole.before, &added.before, err);
  if (code == PAL_OK)
    code = encode(arena, whole.after, &added.after, err);
  if (code == PAL_OK)
    code = describe(arena, &whole, registry, &added, err);
  if (code == PAL_OK)
    code = report_grant_of(arena, &whole, &added.grant, err);
  if (code == PAL_OK)
    grown[comparison->changes_n++] = added;
  return code;
}

/* --- names --- */

struct tenant_name {
  const char *id, *name;
};

static int compare_names(const void *a, const void *b) {
  const struct tenant_name *x = a, *y = b;
  int cmp = strcmp(x->id, y->id);
  if (cmp)
    return cmp;
  if (!x->name || !y->name)
    return (y->name != NULL) - (x->name != NULL);
  return strcmp(x->name, y->name);
}

static int compare_with_name(const void *key, const void *item) {
  return strcmp(key, ((const struct tenant_name *)item)->id);
}

/* One name per customer, whoever knows one: what is now goes before what was. */
struct names {
  struct tenant_name *v;
  size_t n;
};

static void collect(struct names *names, const struct pal_verdicts *verdicts, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (verdicts[i].tenant_name)
      names->v[names->n++] = (struct tenant_name){report_tenant_id(verdicts[i].tenant_id), verdicts[i].tenant_name};
}

static void sort_names(struct names *names) {
  size_t n = 0;
  if (names->n)
    qsort(names->v, names->n, sizeof *names->v, compare_names);
  for (size_t i = 0; i < names->n; i++)
    if (n == 0 || strcmp(names->v[n - 1].id, names->v[i].id) != 0)
      names->v[n++] = names->v[i];
  names->n = n;
}

static const char *name_of(const struct names *names, const char *id) {
  const struct tenant_name *found =
      names->n ? bsearch(id, names->v, names->n, sizeof *names->v, compare_with_name) : NULL;
  return found ? found->name : NULL;
}

/* The names of today first, then those of the changes, then those of before. */
struct all_names {
  struct names after, changes, before;
};

static enum pal_code gather_names(struct pal_arena *arena, const struct pal_comparison *comparison,
                                  const struct pal_verdicts *before, size_t before_n, const struct pal_verdicts *after,
                                  size_t after_n, struct all_names *ret, struct pal_err *err) {
  ret->after.v = pal_arena_calloc(arena, after_n + 1, sizeof *ret->after.v);
  ret->changes.v = pal_arena_calloc(arena, comparison->changes_n + 1, sizeof *ret->changes.v);
  ret->before.v = pal_arena_calloc(arena, before_n + 1, sizeof *ret->before.v);
  if (!ret->after.v || !ret->changes.v || !ret->before.v)
    return pal_err_nomem(err);
  collect(&ret->after, after, after_n);
  collect(&ret->before, before, before_n);
  for (size_t i = 0; i < comparison->changes_n; i++)
    if (comparison->changes[i].tenant_name)
      ret->changes.v[ret->changes.n++] =
          (struct tenant_name){comparison->changes[i].tenant_id, comparison->changes[i].tenant_name};
  sort_names(&ret->after);
  sort_names(&ret->changes);
  sort_names(&ret->before);
  return PAL_OK;
}

static const char *best_name(const struct all_names *names, const char *id) {
  const char *name = name_of(&names->after, id);
  if (!name)
    name = name_of(&names->changes, id);
  return name ? name : name_of(&names->before, id);
}

/* --- finishing --- */

/* "role b249…" becomes "role Contributor (b249…)". */
static enum pal_code name_role(struct pal_arena *arena, const struct report_rules *rules,
                               struct pal_compared_change *change, struct pal_err *err) {
  if (!change->role_at || !rules->role_name)
    return PAL_OK;
  const char *at = change->sentence + change->role_at - 1;
  char id[PAL_GUID_LEN + 1];
  change->role_at = 0;
  if (!pal_guid_canonical(at, strnlen(at, PAL_GUID_LEN), id))
    return PAL_OK;
  const char *name = rules->role_name(rules->pack, id);
  if (!name)
    return PAL_OK;
  if (change->scope_at)
    change->scope_at += strlen(name) + strlen(" ()");
  change->sentence = pal_arena_printf(arena, "%.*s%s (%s)%s", (int)(at - change->sentence), change->sentence, name, id,
                                      at + PAL_GUID_LEN);
  return change->sentence ? PAL_OK : pal_err_nomem(err);
}

static int compare_texts(const char *a, const char *b) {
  return strcmp(a ? a : "", b ? b : "");
}

static int compare_changes(const void *a, const void *b) {
  const struct pal_compared_change *x = a, *y = b;
  int cmp = report_compare_customers(x->tenant_id, x->tenant_name, y->tenant_id, y->tenant_name);
  if (!cmp)
    cmp = (int)report_heap_of(x->kind) - (int)report_heap_of(y->kind);
  if (!cmp)
    cmp = strcmp(x->kind, y->kind);
  if (!cmp)
    cmp = strcmp(x->subject_type, y->subject_type);
  if (!cmp)
    cmp = strcmp(x->subject_id, y->subject_id);
  if (!cmp)
    cmp = compare_texts(x->before, y->before);
  return cmp ? cmp : compare_texts(x->after, y->after);
}

struct finish {
  struct pal_arena *arena;
  const struct report_rules *rules;
  const struct all_names *names;
  struct pal_err *err;
};

static enum pal_code keep(struct finish *finish, const struct pal_reported *found, const struct pal_record *was,
                          enum pal_novelty novelty, struct pal_reported **list, size_t *n, size_t *cap) {
  struct pal_reported *grown = pal_arena_grow(finish->arena, *list, *n, cap, sizeof *grown);
  if (!grown)
    return pal_err_nomem(finish->err);
  *list = grown;
  struct pal_reported *kept = &grown[(*n)++];
  *kept = *found;
  kept->was = was;
  kept->novelty = novelty;
  kept->policy = report_policy_find(finish->rules->policies, finish->rules->policies_n,
                                    pal_get_text(found->finding, PAL_FINDING_POLICY));
  kept->tenant_name = best_name(finish->names, found->tenant_id);
  return PAL_OK;
}

static bool same(const struct pal_record *a, const struct pal_record *b, int field) {
  return compare_texts(pal_get_text(a, field), pal_get_text(b, field)) == 0;
}

static enum pal_code sort_out(struct finish *finish, struct pal_comparison *comparison,
                              const struct report_index *before, const struct report_index *after) {
  size_t opened_cap = 0, changed_cap = 0, resolved_cap = 0;
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < after->n && code == PAL_OK; i++) {
    const struct pal_record *is = after->v[i].finding;
    const struct pal_reported *found = report_index_find(before, pal_get_text(is, PAL_FINDING_FINGERPRINT));
    const struct pal_record *was = found ? found->finding : NULL;
    enum pal_novelty novelty = report_novelty(was, is);
    if (!was || (novelty == PAL_NEW && report_counts(is)))
      code = keep(finish, &after->v[i], was, PAL_NEW, &comparison->opened, &comparison->opened_n, &opened_cap);
    else if (!same(was, is, PAL_FINDING_SEVERITY) || !same(was, is, PAL_FINDING_VERDICT) ||
             !same(was, is, PAL_FINDING_STATUS))
      code = keep(finish, &after->v[i], was, report_counts(is) ? novelty : PAL_STANDING, &comparison->changed,
                  &comparison->changed_n, &changed_cap);
  }
  for (size_t i = 0; i < before->n && code == PAL_OK; i++)
    if (!report_index_find(after, pal_get_text(before->v[i].finding, PAL_FINDING_FINGERPRINT)))
      code = keep(finish, &before->v[i], NULL, PAL_STANDING, &comparison->resolved, &comparison->resolved_n,
                  &resolved_cap);
  report_sort(comparison->opened, comparison->opened_n);
  report_sort(comparison->changed, comparison->changed_n);
  report_sort(comparison->resolved, comparison->resolved_n);
  return code;
}

static enum pal_code sort_changes(struct finish *finish, struct pal_comparison *comparison) {
  for (size_t i = 0; i < comparison->changes_n; i++) {
    struct pal_compared_change *change = &comparison->changes[i];
    change->tenant_name = best_name(finish->names, change->tenant_id);
    enum pal_code code = name_role(finish->arena, finish->rules, change, finish->err);
    if (code != PAL_OK)
      return code;
  }
  if (comparison->changes_n)
    qsort(comparison->changes, comparison->changes_n, sizeof *comparison->changes, compare_changes);
  return report_fold(finish->arena, comparison, finish->err);
}

enum pal_code report_finish_from(struct pal_arena *arena, struct pal_comparison *comparison,
                                 const struct pal_verdicts *before, size_t before_n, const struct pal_verdicts *after,
                                 size_t after_n, const struct report_rules *rules, struct pal_err *err) {
  struct all_names names = {0};
  struct report_index x = {0}, y = {0};
  const struct pal_verdicts *const *list_x = NULL, *const *list_y = NULL;
  struct finish finish = {.arena = arena, .rules = rules, .names = &names, .err = err};
  enum pal_code code = gather_names(arena, comparison, before, before_n, after, after_n, &names, err);
  if (code == PAL_OK)
    code = report_pointers(arena, before, before_n, &list_x, err);
  if (code == PAL_OK)
    code = report_pointers(arena, after, after_n, &list_y, err);
  if (code == PAL_OK)
    code = report_index_make(arena, list_x, before_n, &x, err);
  if (code == PAL_OK)
    code = report_index_make(arena, list_y, after_n, &y, err);
  if (code == PAL_OK)
    code = sort_out(&finish, comparison, &x, &y);
  return code == PAL_OK ? sort_changes(&finish, comparison) : code;
}

enum pal_code pal_comparison_finish(struct pal_arena *arena, struct pal_comparison *comparison,
                                    const struct pal_verdicts *before, size_t before_n,
                                    const struct pal_verdicts *after, size_t after_n, const struct pal_pack *pack,
                                    struct pal_err *err) {
  struct report_rules rules = {.role_name = pack ? pal_pack_role_name : NULL, .pack = pack};
  enum pal_code code = report_policies(arena, pack, &rules.policies, &rules.policies_n, err);
  return code == PAL_OK ? report_finish_from(arena, comparison, before, before_n, after, after_n, &rules, err) : code;
}
