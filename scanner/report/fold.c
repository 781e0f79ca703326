/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fold.c - what people read of the changes: one line for what is one thing.
 *
 * - A role granted to, or revoked from, the same principal at several scopes is
 *   one line; scopes below another one of them are its inherited copies.
 * - A role revoked at a scope that a role granted in the same night covers is no
 *   loss: the line of the grant says in place of what it is. Only what a scope
 *   itself shows counts: a resource group lies in its subscription, everything
 *   below "/" and below the root management group, which has the tenant's id.
 * - A subscription that left one customer and came to another one moved.
 * - Units that fell for one cause are one line.
 * - Activations of PIM come and go every day and have no line.
 */
#include <stdlib.h>
#include <string.h>

#include "model.h"

enum { LINE_MAX_BYTES = 16 << 20, SCOPES_NAMED = 3 };

/* --- the grant of a change --- */

static const char *text_or_empty(const struct pal_record *record, int field) {
  const char *text = pal_get_text(record, field);
  return text ? text : "";
}

enum pal_code report_grant_of(struct pal_arena *arena, const struct pal_change *change, const struct report_grant **ret,
                              struct pal_err *err) {
  const struct pal_record *record = change->after ? change->after : change->before;
  *ret = NULL;
  if (strcmp(change->kind, "role.granted") != 0 && strcmp(change->kind, "role.revoked") != 0)
    return PAL_OK;
  if (!record || (record->kind != &pal_kind_ASSIGNMENT && record->kind != &pal_kind_PIM))
    return PAL_OK;
  bool pim = record->kind == &pal_kind_PIM;
  struct report_grant *grant = pal_arena_calloc(arena, 1, sizeof *grant);
  if (!grant)
    return pal_err_nomem(err);
  *grant = (struct report_grant){
      .principal_id =
          pal_arena_strdup(arena, text_or_empty(record, pim ? PAL_PIM_PRINCIPAL_ID : PAL_ASSIGNMENT_PRINCIPAL_ID)),
      .role_id = pal_arena_strdup(arena, text_or_empty(record, pim ? PAL_PIM_ROLE_ID : PAL_ASSIGNMENT_ROLE_ID)),
      .scope = pal_arena_strdup(arena, text_or_empty(record, pim ? PAL_PIM_SCOPE : PAL_ASSIGNMENT_SCOPE)),
      .end = pal_arena_strdup(arena, pim ? text_or_empty(record, PAL_PIM_END) : ""),
      .condition = pal_arena_strdup(arena, text_or_empty(record, pim ? PAL_PIM_CONDITION : PAL_ASSIGNMENT_CONDITION)),
      .eligible = pim && strcmp(text_or_empty(record, PAL_PIM_KIND), "eligible") == 0,
  };
  if (!grant->principal_id || !grant->role_id || !grant->scope || !grant->end || !grant->condition)
    return pal_err_nomem(err);
  *ret = grant;
  return PAL_OK;
}

/* --- lines --- */

static void drop_line(struct pal_compared_change *change) {
  change->line = NULL;
  change->told = 0;
}

static enum pal_code set_line(struct pal_arena *arena, struct pal_compared_change *change, struct pal_buf *line,
                              struct pal_err *err) {
  enum pal_code code = pal_buf_check(line, "the line about a change", err);
  if (code != PAL_OK)
    return code;
  change->line = pal_arena_strndup(arena, line->data, line->len);
  return change->line ? PAL_OK : pal_err_nomem(err);
}

/* --- scopes --- */

/* The changes of one role of one principal in one customer, by scope. */
struct group {
  struct pal_compared_change **v;
  size_t n;
};

/* The first of this very scope, NULL when there is none. */
static struct pal_compared_change *find_scope(const struct group *group, const char *scope, size_t len) {
  size_t low = 0, high = group->n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const char *at = group->v[middle]->grant->scope;
    int cmp = strncmp(at, scope, len);
    if (cmp < 0)
      low = middle + 1;
    else
      high = middle;
  }
  /* Longer ones that begin alike stand behind it. */
  return low < group->n && strncmp(group->v[low]->grant->scope, scope, len) == 0 &&
                 group->v[low]->grant->scope[len] == '\0'
             ? group->v[low]
             : NULL;
}

/* The widest of the group whose scope covers this one, itself included; NULL for none. */
static struct pal_compared_change *find_cover(const struct group *group, const struct pal_compared_change *change) {
  static const char groups[] = "/providers/microsoft.management/managementgroups/";
  const char *scope = change->grant->scope;
  struct pal_compared_change *found = find_scope(group, "/", 1);
  char root[sizeof groups + PAL_GUID_LEN];
  int len = snprintf(root, sizeof root, "%s%s", groups, change->tenant_id);
  if (!found && len > 0 && (size_t)len < sizeof root)
    found = find_scope(group, root, (size_t)len);
  for (size_t i = 1; !found && i <= strlen(scope); i++)
    if (scope[i] == '/' || scope[i] == '\0')
      found = find_scope(group, scope, i);
  return found;
}

static void say_scopes(struct pal_buf *out, struct pal_compared_change *const *v, size_t n, const char *before) {
  for (size_t i = 0; i < n && i < SCOPES_NAMED; i++)
    pal_buf_printf(out, "%s%s", i ? ", " : before, v[i]->grant->scope);
  if (n > SCOPES_NAMED)
    pal_buf_printf(out, " and %zu more", n - SCOPES_NAMED);
}

/* --- roles --- */

/* A role that was revoked here and is granted there. */
struct move {
  struct pal_compared_change *to, *from;
};

struct fold {
  struct pal_arena *arena;
  struct pal_err *err;
  struct pal_compared_change **scratch; /* both as many as there are changes */
  struct move *moves;
};

/* One line for all `listed`: the first one's own, with the other scopes behind its scope; `copies` are below these. */
static enum pal_code say_group(struct fold *fold, struct pal_compared_change **listed, size_t n, size_t copies) {
  struct pal_compared_change *head = listed[0];
  if (n == 1 && copies == 0)
    return PAL_OK;
  struct pal_buf line;
  pal_buf_init(&line, LINE_MAX_BYTES);
  size_t end = head->scope_at - 1 + strlen(head->grant->scope);
  pal_buf_add(&line, head->sentence, end);
  say_scopes(&line, listed + 1, n - 1, ", ");
  if (copies)
    pal_buf_printf(&line, " and %zu %s below", copies, copies == 1 ? "scope" : "scopes");
  pal_buf_puts(&line, head->sentence + end);
  enum pal_code code = set_line(fold->arena, head, &line, fold->err);
  pal_buf_deinit(&line);
  head->told = n + copies;
  for (size_t i = 1; i < n; i++)
    drop_line(listed[i]);
  return code;
}

/* Those of the group that still have a line: what another one of them covers is its copy, and the rest is one line. */
static enum pal_code fold_scopes(struct fold *fold, const struct group *group) {
  size_t listed = 0, copies = 0;
  for (size_t i = 0; i < group->n; i++) {
    struct pal_compared_change *change = group->v[i];
    if (change->told != 1) /* told already, or tells of others */
      continue;
    struct pal_compared_change *cover = find_cover(group, change);
    if (cover && cover != change && cover->told == 1) {
      drop_line(change);
      copies++;
    } else {
      fold->scratch[listed++] = change;
    }
  }
  return listed ? say_group(fold, fold->scratch, listed, copies) : PAL_OK;
}

/* "role … granted to … at S2, in place of S1: nothing lost" */
static enum pal_code say_move(struct fold *fold, struct pal_compared_change *granted,
                              struct pal_compared_change **revoked, size_t n) {
  struct pal_buf line;
  pal_buf_init(&line, LINE_MAX_BYTES);
  pal_buf_puts(&line, granted->sentence);
  if (n == 1 && strcmp(granted->grant->scope, revoked[0]->grant->scope) == 0) {
    pal_buf_puts(&line, ": made anew under another id, nothing gained or lost");
  } else {
    say_scopes(&line, revoked, n, ", in place of ");
    pal_buf_puts(&line, ": nothing lost");
  }
  enum pal_code code = set_line(fold->arena, granted, &line, fold->err);
  pal_buf_deinit(&line);
  granted->told = n + 1;
  for (size_t i = 0; i < n; i++)
    drop_line(revoked[i]);
  return code;
}

static int compare_moves(const void *a, const void *b) {
  const struct move *x = a, *y = b;
  int cmp = (x->to > y->to) - (x->to < y->to);
  return cmp ? cmp : strcmp(x->from->grant->scope, y->from->grant->scope);
}

/* What was revoked where a grant of the same night reaches is no loss. */
static enum pal_code fold_moves(struct fold *fold, const struct group *granted, const struct group *revoked) {
  enum pal_code code = PAL_OK;
  size_t n = 0;
  for (size_t i = 0; i < revoked->n; i++) {
    struct pal_compared_change *to = find_cover(granted, revoked->v[i]);
    if (to)
      fold->moves[n++] = (struct move){.to = to, .from = revoked->v[i]};
  }
  if (n)
    qsort(fold->moves, n, sizeof *fold->moves, compare_moves);
  for (size_t i = 0, end; i < n && code == PAL_OK; i = end) {
    for (end = i; end < n && fold->moves[end].to == fold->moves[i].to; end++)
      fold->scratch[end - i] = fold->moves[end].from;
    code = say_move(fold, fold->moves[i].to, fold->scratch, end - i);
  }
  return code;
}

static int compare_groups(const struct report_grant *a, const struct report_grant *b) {
  int cmp = strcmp(a->principal_id, b->principal_id);
  if (!cmp)
    cmp = strcmp(a->role_id, b->role_id);
  if (!cmp)
    cmp = (int)a->eligible - (int)b->eligible;
  if (!cmp)
    cmp = strcmp(a->end, b->end);
  return cmp ? cmp : strcmp(a->condition, b->condition);
}

static int compare_grants(const void *a, const void *b) {
  const struct pal_compared_change *x = *(struct pal_compared_change *const *)a,
                                   *y = *(struct pal_compared_change *const *)b;
  int cmp = compare_groups(x->grant, y->grant);
  if (!cmp)
    cmp = strcmp(x->kind, y->kind); /* role.granted, role.revoked */
  if (!cmp)
    cmp = strcmp(x->grant->scope, y->grant->scope);
  return cmp ? cmp : (x > y) - (x < y);
}

static bool granted(const struct pal_compared_change *change) {
  return strcmp(change->kind, "role.granted") == 0;
}

static enum pal_code fold_roles(struct fold *fold, struct pal_compared_change **v, size_t n) {
  enum pal_code code = PAL_OK;
  if (n)
    qsort(v, n, sizeof(struct pal_compared_change *), compare_grants);
  for (size_t i = 0, end, middle; i < n && code == PAL_OK; i = end) {
    for (middle = i; middle < n && granted(v[middle]) && compare_groups(v[middle]->grant, v[i]->grant) == 0; middle++)
      ;
    for (end = middle; end < n && !granted(v[end]) && compare_groups(v[end]->grant, v[i]->grant) == 0; end++)
      ;
    struct group gained = {v + i, middle - i}, lost = {v + middle, end - middle};
    if (gained.n && lost.n)
      code = fold_moves(fold, &gained, &lost);
    if (code == PAL_OK)
      code = fold_scopes(fold, &gained);
    if (code == PAL_OK)
      code = fold_scopes(fold, &lost);
  }
  return code;
}

/* --- completeness: one cause, one line --- */

static bool same_fall(const struct pal_compared_change *a, const struct pal_compared_change *b) {
  return a->tail_at && b->tail_at && strcmp(a->sentence + a->tail_at, b->sentence + b->tail_at) == 0;
}

/* "links" of "links of provider-automation". */
static size_t area_length(const struct pal_compared_change *change) {
  const char *of = strstr(change->sentence, " of ");
  size_t len = of ? (size_t)(of - change->sentence) : change->tail_at;
  return len < change->tail_at ? len : change->tail_at;
}

/* "links, usage no longer read: …" */
static enum pal_code fold_fall(struct fold *fold, struct pal_compared_change *head,
                               const struct pal_compared_change *end) {
  size_t n = 1;
  for (const struct pal_compared_change *other = head + 1; other < end; other++)
    n += other->told == 1 && same_fall(other, head);
  if (n == 1)
    return PAL_OK;
  struct pal_buf line;
  pal_buf_init(&line, LINE_MAX_BYTES);
  const struct pal_compared_change *last = NULL;
  for (struct pal_compared_change *other = head; other < end; other++) {
    if (other != head && (other->told != 1 || !same_fall(other, head)))
      continue;
    size_t len = area_length(other);
    if (!last || len != area_length(last) || memcmp(last->sentence, other->sentence, len) != 0) {
      pal_buf_puts(&line, last ? ", " : "");
      pal_buf_add(&line, other->sentence, len);
    }
    last = other;
    if (other != head)
      drop_line(other);
  }
  pal_buf_puts(&line, head->sentence + head->tail_at);
  head->told = n;
  enum pal_code code = set_line(fold->arena, head, &line, fold->err);
  pal_buf_deinit(&line);
  return code;
}

/* --- one customer --- */

static bool is_activation(const struct pal_compared_change *change) {
  return strcmp(change->kind, "role.activated") == 0 || strcmp(change->kind, "role.ended") == 0;
}

static enum pal_code fold_customer(struct fold *fold, struct pal_compared_change *from, struct pal_compared_change *to,
                                   struct pal_compared_change **roles) {
  size_t roles_n = 0;
  enum pal_code code = PAL_OK;
  for (struct pal_compared_change *change = from; change < to && code == PAL_OK; change++) {
    if (is_activation(change))
      drop_line(change);
    else if (change->grant && change->scope_at)
      roles[roles_n++] = change;
    else if (change->tail_at && change->told == 1)
      code = fold_fall(fold, change, to);
  }
  return code == PAL_OK ? fold_roles(fold, roles, roles_n) : code;
}

/* --- subscriptions between customers --- */

static bool is_moving(const struct pal_compared_change *change) {
  return strcmp(change->kind, "subscription.added") == 0 || strcmp(change->kind, "subscription.removed") == 0;
}

static int compare_subjects(const void *a, const void *b) {
  const struct pal_compared_change *x = *(struct pal_compared_change *const *)a,
                                   *y = *(struct pal_compared_change *const *)b;
  int cmp = strcmp(x->subject_id, y->subject_id);
  return cmp ? cmp : strcmp(x->kind, y->kind);
}

static void say_named(struct pal_buf *out, const char *name, const char *id) {
  if (name && name[0] && strcmp(name, id) != 0)
    pal_buf_printf(out, "%s (%s)", name, id);
  else
    pal_buf_puts(out, id);
}

static enum pal_code say_end_of_move(struct fold *fold, struct pal_compared_change *change, const char *verb,
                                     const struct pal_compared_change *other) {
  struct pal_buf line;
  pal_buf_init(&line, LINE_MAX_BYTES);
  pal_buf_puts(&line, "subscription ");
  say_named(&line, change->subject_name, change->subject_id);
  pal_buf_puts(&line, verb);
  say_named(&line, other->tenant_name, other->tenant_id);
  enum pal_code code = set_line(fold->arena, change, &line, fold->err);
  pal_buf_deinit(&line);
  return code;
}

static enum pal_code fold_subscriptions(struct fold *fold, struct pal_compared_change **v, size_t n) {
  enum pal_code code = PAL_OK;
  if (n)
    qsort(v, n, sizeof(struct pal_compared_change *), compare_subjects);
  for (size_t i = 0; i + 1 < n && code == PAL_OK; i++) {
    struct pal_compared_change *came = v[i], *left = v[i + 1]; /* subscription.added, subscription.removed */
    if (strcmp(came->subject_id, left->subject_id) != 0 || strcmp(came->kind, left->kind) == 0)
      continue;
    code = say_end_of_move(fold, came, " moved here from tenant ", left);
    if (code == PAL_OK)
      code = say_end_of_move(fold, left, " moved to tenant ", came);
    i++;
  }
  return code;
}

enum pal_code report_fold(struct pal_arena *arena, struct pal_comparison *comparison, struct pal_err *err) {
  struct pal_compared_change *v = comparison->changes;
  size_t n = comparison->changes_n, moving = 0;
  struct fold fold = {.arena = arena, .err = err};
  struct pal_compared_change **lists = calloc(n * 2 + 1, sizeof(struct pal_compared_change *));
  fold.moves = calloc(n + 1, sizeof *fold.moves);
  if (!lists || !fold.moves) {
    free(lists);
    free(fold.moves);
    return pal_err_nomem(err);
  }
  fold.scratch = lists + n;
  for (size_t i = 0; i < n; i++) {
    v[i].line = v[i].sentence;
    v[i].told = 1;
  }
  enum pal_code code = PAL_OK;
  for (size_t i = 0, end; i < n && code == PAL_OK; i = end) {
    for (end = i + 1; end < n && strcmp(v[end].tenant_id, v[i].tenant_id) == 0; end++)
      ;
    code = fold_customer(&fold, v + i, v + end, lists);
  }
  for (size_t i = 0; i < n; i++)
    if (is_moving(&v[i]))
      lists[moving++] = &v[i];
  if (code == PAL_OK)
    code = fold_subscriptions(&fold, lists, moving);
  free(lists);
  free(fold.moves);
  comparison->lines_n = comparison->activations_n = 0;
  for (size_t i = 0; i < n; i++) {
    comparison->lines_n += v[i].line != NULL;
    comparison->activations_n += is_activation(&v[i]);
  }
  return code;
}
