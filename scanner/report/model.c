/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include <stdlib.h>
#include <string.h>

enum { AREAS_NAMED = 4, AREAS_BYTES = 64 << 10 };

/* --- counting --- */

static int class_rank(const char *policy_class) {
  for (int i = 0; policy_class && i < PAL_CLASSES; i++)
    if (strcmp(report_class_word(i), policy_class) == 0)
      return i;
  return PAL_CLASSES - 1;
}

/* A cause with every area it kept from being read. */
struct grouped {
  struct pal_cause_count count;
  const char **areas;
  size_t areas_n, areas_cap;
};

struct counting {
  struct pal_arena *arena;
  struct pal_report *report;
  struct grouped *causes;
  size_t causes_n, causes_cap;
  struct pal_err *err;
};

static struct grouped *group_of(struct counting *counting, const char *cause) {
  for (size_t i = 0; i < counting->causes_n; i++)
    if (strcmp(counting->causes[i].count.cause, cause) == 0)
      return &counting->causes[i];
  struct grouped *grown =
      pal_arena_grow(counting->arena, counting->causes, counting->causes_n, &counting->causes_cap, sizeof *grown);
  if (!grown)
    return NULL;
  counting->causes = grown;
  grown[counting->causes_n] = (struct grouped){.count = {.cause = cause}};
  return &grown[counting->causes_n++];
}

static enum pal_code add_area(struct counting *counting, struct grouped *group, const char *area) {
  for (size_t i = 0; i < group->areas_n; i++)
    if (strcmp(group->areas[i], area) == 0)
      return PAL_OK;
  const char **grown = pal_arena_grow(counting->arena, group->areas, group->areas_n, &group->areas_cap, sizeof *grown);
  if (!grown)
    return pal_err_nomem(counting->err);
  group->areas = grown;
  grown[group->areas_n++] = area;
  return PAL_OK;
}

static enum pal_code count_unknown(struct counting *counting, const struct pal_reported *reported) {
  struct pal_report *report = counting->report;
  struct report_cause cause;
  enum pal_code code = report_cause_of(counting->arena, reported->finding, &cause, counting->err);
  if (code != PAL_OK)
    return code;
  struct grouped *group = group_of(counting, cause.cause);
  if (!group)
    return pal_err_nomem(counting->err);
  bool fresh = reported->novelty == PAL_NEW && !cause.accepted;
  report->unknown++;
  report->unknown_new += fresh;
  report->unknown_accepted += cause.accepted;
  group->count.n++;
  group->count.fresh += fresh;
  group->count.accepted += cause.accepted;
  for (size_t i = 0; i < cause.areas_n && code == PAL_OK; i++)
    code = add_area(counting, group, cause.areas[i]);
  return code;
}

static int compare_causes(const void *a, const void *b) {
  const struct pal_cause_count *x = a, *y = b;
  return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : strcmp(x->cause, y->cause);
}

static int compare_texts(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum pal_code name_areas(struct counting *counting, struct grouped *group) {
  struct pal_buf joined;
  pal_buf_init(&joined, AREAS_BYTES);
  if (group->areas_n)
    qsort(group->areas, group->areas_n, sizeof *group->areas, compare_texts);
  report_join(&joined, group->areas, group->areas_n, AREAS_NAMED);
  enum pal_code code = pal_buf_check(&joined, "the areas of a cause", counting->err);
  group->count.areas = pal_arena_strdup(counting->arena, joined.data);
  pal_buf_deinit(&joined);
  return code == PAL_OK && !group->count.areas ? pal_err_nomem(counting->err) : code;
}

static enum pal_code settle_causes(struct counting *counting) {
  struct pal_report *report = counting->report;
  report->causes = pal_arena_calloc(counting->arena, counting->causes_n + 1, sizeof *report->causes);
  if (!report->causes)
    return pal_err_nomem(counting->err);
  for (size_t i = 0; i < counting->causes_n; i++) {
    enum pal_code code = name_areas(counting, &counting->causes[i]);
    if (code != PAL_OK)
      return code;
    report->causes[report->causes_n++] = counting->causes[i].count;
  }
  if (report->causes_n)
    qsort(report->causes, report->causes_n, sizeof *report->causes, compare_causes);
  return PAL_OK;
}

static void count_open(struct pal_report *report, const struct pal_reported *reported, int rank) {
  report->open[class_rank(pal_get_text(reported->finding, PAL_FINDING_CLASS))][rank]++;
  report->fresh += pal_reported_is_new(reported);
  report->worsened += reported->novelty == PAL_WORSENED;
}

static enum pal_code count(struct pal_arena *arena, struct pal_report *report, struct pal_err *err) {
  struct counting counting = {.arena = arena, .report = report, .err = err};
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < report->findings_n && code == PAL_OK; i++) {
    const struct pal_reported *reported = &report->findings[i];
    enum report_bin bin = report_bin_of(reported->finding);
    if (bin == BIN_FOLDED)
      report->folded++;
    else if (bin == BIN_WAIVED)
      report->waived++;
    else if (bin == BIN_UNKNOWN)
      code = count_unknown(&counting, reported);
    else
      count_open(report, reported, (int)bin);
  }
  return code == PAL_OK ? settle_causes(&counting) : code;
}

static void count_rules(struct pal_report *report, const struct report_source *source) {
  for (size_t i = 0; i < source->policies_n; i++) {
    const struct pal_policy *policy = source->policies[i];
    if (policy->status != PAL_RULE) /* said under "not tested", or no rule at all */
      continue;
    bool lowered = pal_severity_rank(policy->effective) > pal_severity_rank(policy->severity);
    report->rules.disabled += !policy->enabled;
    if (!policy->enabled)
      continue;
    report->rules.lowered += lowered;
    report->rules.own += policy->origin == PAL_OWN;
    report->rules.changed += policy->origin == PAL_CHANGED;
    report->rules.shipped += policy->origin == PAL_SHIPPED && !lowered;
  }
}

/* --- findings --- */

static enum pal_code gather(struct pal_arena *arena, const struct report_source *source,
                            const struct report_index *before, const struct report_index *now,
                            struct pal_report *report, struct pal_err *err) {
  if (now->n == 0)
    return PAL_OK;
  report->findings = pal_arena_calloc(arena, now->n, sizeof *report->findings);
  if (!report->findings)
    return pal_err_nomem(err);
  for (size_t i = 0; i < now->n; i++) {
    struct pal_reported *reported = &report->findings[report->findings_n++];
    *reported = now->v[i];
    const struct pal_reported *was =
        report_index_find(before, pal_get_text(reported->finding, PAL_FINDING_FINGERPRINT));
    reported->was = was ? was->finding : NULL;
    reported->novelty = report_novelty(reported->was, reported->finding);
    reported->policy =
        report_policy_find(source->policies, source->policies_n, pal_get_text(reported->finding, PAL_FINDING_POLICY));
  }
  report_sort(report->findings, report->findings_n);
  return PAL_OK;
}

static int compare_with_verdicts(const void *key, const void *item) {
  return strcmp(key, report_tenant_id((*(const struct pal_verdicts *const *)item)->tenant_id));
}

/* "-" sorts before every id, as the estate does. */
static const char *name_of(const struct report_source *source, const char *tenant_id) {
  if (source->verdicts_n == 0)
    return NULL;
  const struct pal_verdicts *const *found =
      bsearch(tenant_id, source->verdicts, source->verdicts_n, sizeof *source->verdicts, compare_with_verdicts);
  return found ? (*found)->tenant_name : NULL;
}

/* Not there any more: an acceptance, a folding and an unknown resolve nothing. */
static enum pal_code gather_resolved(struct pal_arena *arena, const struct report_source *source,
                                     const struct report_index *before, const struct report_index *now,
                                     struct pal_report *report, struct pal_err *err) {
  size_t cap = 0;
  for (size_t i = 0; i < before->n; i++) {
    const struct pal_reported *was = &before->v[i];
    if (!report_counts(was->finding) || report_index_find(now, pal_get_text(was->finding, PAL_FINDING_FINGERPRINT)))
      continue;
    struct pal_reported *grown = pal_arena_grow(arena, report->resolved, report->resolved_n, &cap, sizeof *grown);
    if (!grown)
      return pal_err_nomem(err);
    report->resolved = grown;
    struct pal_reported *reported = &grown[report->resolved_n++];
    *reported = *was;
    reported->policy =
        report_policy_find(source->policies, source->policies_n, pal_get_text(was->finding, PAL_FINDING_POLICY));
    if (!reported->tenant_name)
      reported->tenant_name = name_of(source, reported->tenant_id);
  }
  report_sort(report->resolved, report->resolved_n);
  return PAL_OK;
}

/* --- policies that could not judge --- */

static enum pal_code gather_not_tested(struct pal_arena *arena, const struct report_source *source,
                                       struct pal_report *report, struct pal_err *err) {
  static const enum pal_policy_state loudest_first[] = {PAL_BROKEN, PAL_NOT_TESTED};
  const struct pal_policy_result **list =
      pal_arena_calloc(arena, source->results_n + 1, sizeof(const struct pal_policy_result *));
  if (!list)
    return pal_err_nomem(err);
  for (size_t s = 0; s < sizeof loudest_first / sizeof loudest_first[0]; s++)
    for (size_t i = 0; i < source->results_n; i++)
      if (source->results[i]->state == loudest_first[s])
        list[report->not_tested_n++] = source->results[i];
  report->not_tested = list;
  return PAL_OK;
}

/* --- all of it --- */

/* What the caller filled in stays. */
static void forget_counts(struct pal_report *report) {
  struct pal_report kept = {
      .remedies = report->remedies,
      .commit = report->commit,
      .tree = report->tree,
      .started = report->started,
      .kind = report->kind,
      .full = report->full,
      .identities = report->identities,
      .rejudged = report->rejudged,
      .inputs = report->inputs,
      .completeness = report->completeness,
      .last_review = report->last_review,
      .last_review_by = report->last_review_by,
      .next = report->next,
  };
  *report = kept;
}

enum pal_code report_build_from(struct pal_arena *arena, const struct report_source *source,
                                const struct pal_verdicts *previous, size_t previous_n, bool has_previous,
                                struct pal_report *ret, struct pal_err *err) {
  struct report_index before = {0}, now = {0};
  const struct pal_verdicts *const *list = NULL;
  forget_counts(ret);
  ret->has_previous = has_previous;
  ret->acceptances = source->notes;
  ret->acceptances_n = source->notes_n;
  ret->accepted = source->accepted;
  ret->accepted_n = source->accepted_n;
  ret->accepted_held = source->accepted_held;
  ret->unsigned_accepted = source->unsigned_accepted;
  count_rules(ret, source);
  enum pal_code code = report_pointers(arena, previous, previous_n, &list, err);
  if (code == PAL_OK)
    code = report_index_make(arena, list, has_previous ? previous_n : 0, &before, err);
  if (code == PAL_OK)
    code = report_index_make(arena, source->verdicts, source->verdicts_n, &now, err);
  if (code == PAL_OK)
    code = gather(arena, source, &before, &now, ret, err);
  if (code == PAL_OK)
    code = gather_resolved(arena, source, &before, &now, ret, err);
  if (code == PAL_OK)
    code = gather_not_tested(arena, source, ret, err);
  return code == PAL_OK ? count(arena, ret, err) : code;
}

enum pal_code pal_report_build(struct pal_arena *arena, const struct pal_judge *judge, const struct pal_pack *pack,
                               const struct pal_verdicts *previous, size_t previous_n, bool has_previous,
                               struct pal_report *ret, struct pal_err *err) {
  struct report_source source = {.verdicts_n = pal_judge_verdicts_n(judge),
                                 .results_n = pal_pack_n(pack),
                                 .notes_n = pal_judge_waiver_notes_n(judge)};
  const struct pal_verdicts **verdicts =
      pal_arena_calloc(arena, source.verdicts_n + 1, sizeof(const struct pal_verdicts *));
  const struct pal_policy_result **results =
      pal_arena_calloc(arena, source.results_n + 1, sizeof(const struct pal_policy_result *));
  struct pal_waiver_note *notes = pal_arena_calloc(arena, source.notes_n + 1, sizeof *notes);
  struct pal_acceptance *accepted = pal_arena_calloc(arena, pal_judge_acceptances_n(judge) + 1, sizeof *accepted);
  if (!verdicts || !results || !notes || !accepted)
    return pal_err_nomem(err);
  for (size_t i = 0; i < source.verdicts_n; i++)
    verdicts[i] = pal_judge_verdicts(judge, i);
  for (size_t i = 0; i < source.results_n; i++)
    results[i] = pal_judge_result(judge, i);
  for (size_t i = 0; i < source.notes_n; i++)
    notes[i] = *pal_judge_waiver_note(judge, i);
  source.accepted_n = pal_judge_acceptances_n(judge);
  for (size_t i = 0; i < source.accepted_n; i++) {
    const struct pal_acceptance *acceptance = pal_judge_acceptance(judge, i);
    accepted[i] = *acceptance;
    source.accepted_held += acceptance->state == PAL_ACCEPTANCE_HOLDS || acceptance->state == PAL_ACCEPTANCE_ENDS;
    source.unsigned_accepted |= acceptance->approval == PAL_APPROVAL_UNPROVEN;
  }
  source.accepted = accepted;
  source.verdicts = verdicts;
  source.results = results;
  source.notes = notes;
  enum pal_code code = report_policies(arena, pack, &source.policies, &source.policies_n, err);
  return code == PAL_OK ? report_build_from(arena, &source, previous, previous_n, has_previous, ret, err) : code;
}

bool pal_report_fails(const struct pal_report *report, const char *severity, bool fresh_only) {
  int limit = pal_severity_rank(severity);
  if (limit == PAL_SEVERITIES)
    return false;
  for (size_t i = 0; i < report->findings_n; i++) {
    const struct pal_reported *reported = &report->findings[i];
    if (report_counts(reported->finding) &&
        pal_severity_rank(pal_get_text(reported->finding, PAL_FINDING_SEVERITY)) <= limit &&
        (!fresh_only || pal_reported_is_new(reported)))
      return true;
  }
  return false;
}
