/* SPDX-License-Identifier: Apache-2.0 */
/*
 * life.c - what the runs tell of one thing. Each run is compared with the one
 * before it, as far as files that differ name the thing; the first one with
 * nothing.
 */
#include "life.h"

#include <stdlib.h>
#include <string.h>

#include "compare.h"

struct gathering {
  struct pal_arena *arena;
  const struct pal_mention *mention;
  struct pal_life *life;
};

/* --- one event --- */

/* What two events tell of when they tell of the same: the second ends the first. */
static const char *key_of_change(struct pal_arena *arena, const struct pal_compared_change *change) {
  static const char id[] = "\"id\":\"";
  const char *record = change->after != NULL ? change->after : change->before;
  const char *at =
      record != NULL ? strstr(record, id) : NULL; /* no text holds these bytes: there the quotes are escaped */
  int family = (int)strcspn(change->kind, ".");
  if (change->tail_at > 0) /* completeness: "links of anna" */
    return pal_arena_printf(arena, "%s %.*s", change->tenant_id, (int)change->tail_at, change->sentence);
  size_t len = at != NULL ? strcspn(at + strlen(id), "\"") : 0;
  return pal_arena_printf(arena, "%s %.*s %s %.*s", change->tenant_id, family, change->kind, change->subject_id,
                          (int)len, at != NULL ? at + strlen(id) : "");
}

static enum pal_code add(struct gathering *g, const struct pal_comparison *c, const struct pal_life_event *event,
                         struct pal_err *err) {
  struct pal_life_event *grown = pal_arena_grow(g->arena, g->life->v, g->life->n, &g->life->cap, sizeof(*grown));
  if (grown == NULL || event->key == NULL || event->sentence == NULL)
    return pal_err_nomem(err);
  g->life->v = grown;
  struct pal_life_event *added = &g->life->v[g->life->n++];
  *added = *event;
  added->since = c->to_started;
  added->commit = c->to_commit;
  added->run_kind = c->to_kind;
  return PAL_OK;
}

/* An open failure, which people count. */
static bool counts(const struct pal_record *finding) {
  return finding != NULL && strcmp(pal_get_text(finding, PAL_FINDING_VERDICT), "fail") == 0 &&
         strcmp(pal_get_text(finding, PAL_FINDING_STATUS), "open") == 0;
}

/* Of what nobody counts, only who asks for the very finding is told. */
static bool is_told(const struct pal_mention *mention, const struct pal_reported *reported) {
  return pal_mention_in_finding(mention, reported) &&
         (counts(reported->finding) || counts(reported->was) ||
          strcmp(pal_get_text(reported->finding, PAL_FINDING_FINGERPRINT), mention->id) == 0);
}

static const char *state_of(struct pal_arena *arena, const struct pal_record *finding) {
  const char *waiver = pal_get_text(finding, PAL_FINDING_WAIVER);
  if (waiver != NULL)
    return pal_arena_printf(arena, "under risk acceptance %s", waiver);
  if (strcmp(pal_get_text(finding, PAL_FINDING_STATUS), "folded") == 0)
    return "folded under another finding";
  return counts(finding) ? "open" : "unknown";
}

static enum pal_code add_finding(struct gathering *g, const struct pal_comparison *c, const char *kind,
                                 const char *word, const struct pal_reported *reported, struct pal_err *err) {
  const struct pal_record *finding = reported->finding;
  const char *state = state_of(g->arena, finding);
  if (!is_told(g->mention, reported))
    return PAL_OK;
  if (state == NULL)
    return pal_err_nomem(err);
  struct pal_life_event event = {
      .tenant_id = reported->tenant_id,
      .tenant_name = reported->tenant_name,
      .kind = kind,
      .key = pal_get_text(finding, PAL_FINDING_FINGERPRINT),
      .sentence = pal_arena_printf(
          g->arena, "finding %s: %s %s (%s, %s): %s", word, pal_get_text(finding, PAL_FINDING_POLICY),
          reported->policy != NULL ? reported->policy->title : "(this rule is no longer there)",
          pal_get_text(finding, PAL_FINDING_SEVERITY), state, pal_get_text(finding, PAL_FINDING_MESSAGE))};
  event.line = event.sentence;
  return add(g, c, &event, err);
}

static enum pal_code add_findings(struct gathering *g, const struct pal_comparison *c, struct pal_err *err) {
  const struct {
    const struct pal_reported *v;
    size_t n;
    const char *kind, *word;
  } sides[] = {{c->opened, c->opened_n, "finding.opened", "opened"},
               {c->changed, c->changed_n, "finding.changed", "changed"},
               {c->resolved, c->resolved_n, "finding.resolved", "resolved"}};
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++)
    for (size_t j = 0; j < sides[i].n && code == PAL_OK; j++)
      code = add_finding(g, c, sides[i].kind, sides[i].word, &sides[i].v[j], err);
  return code;
}

static enum pal_code add_comparison(struct gathering *g, const struct pal_comparison *c, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < c->changes_n && code == PAL_OK; i++) {
    const struct pal_compared_change *change = &c->changes[i];
    const struct pal_life_event event = {.tenant_id = change->tenant_id,
                                         .tenant_name = change->tenant_name,
                                         .kind = change->kind,
                                         .sentence = change->sentence,
                                         .line = change->tail_at > 0 ? change->line : change->sentence,
                                         .key = key_of_change(g->arena, change)};
    code = add(g, c, &event, err);
  }
  return code == PAL_OK ? add_findings(g, c, err) : code;
}

/* --- all runs --- */

struct line {
  struct pal_commit *v; /* newest first */
  size_t n, cap;
};

static enum pal_code list_runs(struct pal_arena *arena, struct pal_repo *repo, struct line *line, struct pal_err *err) {
  struct pal_oid id;
  enum pal_code code = pal_repo_head(repo, &id, err);
  while (code == PAL_OK) {
    struct pal_commit *grown = pal_arena_grow(arena, line->v, line->n, &line->cap, sizeof(*grown));
    if (grown == NULL)
      return pal_err_nomem(err);
    line->v = grown;
    struct pal_commit *commit = &line->v[line->n];
    code = pal_repo_commit(repo, &id, commit, err);
    if (code != PAL_OK)
      break;
    line->n++;
    if (!commit->has_parent)
      break;
    id = commit->parent;
  }
  return code;
}

static int compare_keys(const void *a, const void *b) {
  const struct pal_life_event *x = *(struct pal_life_event *const *)a, *y = *(struct pal_life_event *const *)b;
  int cmp = strcmp(x->key, y->key);
  return cmp ? cmp : (x > y) - (x < y); /* they stand in the order of the runs */
}

static enum pal_code end_events(struct pal_life *life, struct pal_err *err) {
  struct pal_life_event **order = calloc(life->n + 1, sizeof(struct pal_life_event *));
  if (order == NULL)
    return pal_err_nomem(err);
  for (size_t i = 0; i < life->n; i++)
    order[i] = &life->v[i];
  if (life->n > 0)
    qsort(order, life->n, sizeof(struct pal_life_event *), compare_keys);
  for (size_t i = 0; i + 1 < life->n; i++)
    if (strcmp(order[i]->key, order[i + 1]->key) == 0)
      order[i]->until = order[i + 1]->since;
  free(order);
  return PAL_OK;
}

enum pal_code pal_life_gather(const struct pal_app *app, struct pal_repo *repo, struct pal_mention *mention,
                              struct pal_life *ret, struct pal_err *err) {
  *ret = (struct pal_life){0};
  struct gathering g = {.arena = app->arena, .mention = mention, .life = ret};
  struct line line = {0};
  enum pal_code code = list_runs(app->arena, repo, &line, err);
  for (size_t i = line.n; i-- > 0 && code == PAL_OK;) {
    struct pal_comparison comparison;
    const struct pal_commit *before = i + 1 < line.n ? &line.v[i + 1] : NULL;
    code = pal_compare_mentioned(repo, before, &line.v[i], app->pack, mention, app->arena, &comparison, err);
    if (code == PAL_OK)
      code = add_comparison(&g, &comparison, err);
    if (i == 0) {
      ret->last = comparison.to_started;
      ret->last_commit = comparison.to_commit;
      ret->last_kind = comparison.to_kind;
    }
    if (i + 1 == line.n)
      ret->first = comparison.to_started;
  }
  ret->runs = line.n;
  return code == PAL_OK ? end_events(ret, err) : code;
}
