/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lifecycle.c - from rows and the parent's findings to this run's findings.
 *
 * Rules, each with a test (tests/unit/policy/test_lifecycle.c):
 *  1. a row whose needs are complete is fail; else unknown, except that a
 *     parent's fail with its fingerprint stays fail, last verified then
 *  2. a fail row that rests on stale units is last verified when the oldest of
 *     them was read, or at the row's last_read, whichever is older; on one that was
 *     never read completely, and of which the row knows no date, as the parent said,
 *     or, where the parent did not find it, no later than the first run
 *  3. a parent's fail without a row is resolved when every unit of its areas is
 *     well, or its subject is gone from a complete list. Else only an input that is not the parent's settles it, and only where
 *     nothing was read in this run, not even in part: stale and unread facts are
 *     byte for byte the parent's, and beside fresh ones nobody knows which of the
 *     two it was. The clock alone settles nothing
 *  4. else it stays open, last verified as the parent said
 *  5. of a policy that is gone or disabled nothing is kept; of one that is not
 *     tested or broken every fail is
 *  6. a broken policy is one unknown of the estate
 *  7. a tenant without an open finding of a policy whose areas are not complete
 *     there gets one unknown, unless a finding was kept there
 */
#include <string.h>

#include "finding.h"

/* One policy in one tenant. */
struct stage {
  struct pal_judge *judge;
  struct policy_run *run;
  struct tenant_fact *tenant;
  struct pal_arena *scratch; /* lists of one assessment */
};

static const struct pal_policy *policy_of(const struct stage *stage) {
  return &stage->run->policy->pub;
}

static struct subject subject_of(const struct stage *stage, const char *type, const char *id, const char *units) {
  return (struct subject){
      .tenant = stage->tenant, .tenant_id = stage->tenant->id, .type = type, .id = id, .units = units};
}

static enum pal_code add_finding(const struct stage *stage, struct pal_record *finding, struct pal_err *err) {
  return pal_records_add(stage->judge->arena, &stage->tenant->findings, finding, err);
}

/* --- the parent's findings --- */

static bool is_fail_of(const struct pal_record *finding, const char *policy) {
  return finding_is(finding, PAL_FINDING_POLICY, policy) && finding_is(finding, PAL_FINDING_VERDICT, "fail");
}

static struct pal_record *earlier_fail(const struct stage *stage, const char *fingerprint) {
  struct pal_record *finding = finding_find(&stage->tenant->previous_findings, fingerprint);
  return finding && finding_is(finding, PAL_FINDING_VERDICT, "fail") ? finding : NULL;
}

static const char *since_of(const struct stage *stage, const char *fingerprint, bool unknown) {
  const struct pal_record *finding = finding_find(&stage->tenant->previous_findings, fingerprint);
  bool same = finding && finding_is(finding, PAL_FINDING_VERDICT, unknown ? "unknown" : "fail");
  return same ? pal_get_text(finding, PAL_FINDING_SINCE) : stage->judge->started;
}

static const char *verified_then(const struct stage *stage, const struct pal_record *earlier) {
  const char *at = pal_get_text(earlier, PAL_FINDING_LAST_VERIFIED);
  return at ? at : stage->judge->previous_started;
}

/* What carried facts without any date are known of: they were read when they made the finding, or at some time
 * since the first run. Too early a date is an alarm, too late a one would be a lie. */
static const char *verified_undated(const struct stage *stage, const struct pal_record *earlier) {
  const struct pal_record *history = stage->judge->o.history;
  const char *first = history ? pal_get_text(history, PAL_HISTORY_FIRST_RUN) : NULL;
  if (earlier)
    return verified_then(stage, earlier);
  return first ? first : stage->judge->previous_started;
}

/* The parent's finding as it was, open, last verified then. */
static enum pal_code keep(const struct stage *stage, const struct pal_record *earlier, struct pal_err *err) {
  const struct pack_policy *policy = stage->run->policy;
  struct pal_arena *arena = stage->judge->arena;
  struct pal_record *finding = pal_record_dup(arena, earlier);
  if (!finding)
    return pal_err_nomem(err);
  static const int cleared[] = {PAL_FINDING_WAIVER, PAL_FINDING_LAPSED, PAL_FINDING_FOLDED_UNDER};
  for (size_t i = 0; i < sizeof cleared / sizeof cleared[0]; i++)
    pal_set_absent(finding, cleared[i]);
  enum pal_code code = pal_set_text(arena, finding, PAL_FINDING_STATUS, "open", err);
  if (code == PAL_OK)
    code = pal_set_text(arena, finding, PAL_FINDING_CLASS, policy->pub.policy_class, err);
  if (code == PAL_OK && policy->overridden)
    code = pal_set_text(arena, finding, PAL_FINDING_SEVERITY, policy->pub.effective, err);
  if (code == PAL_OK)
    code = pal_set_text(arena, finding, PAL_FINDING_LAST_VERIFIED, verified_then(stage, earlier), err);
  return code == PAL_OK ? add_finding(stage, finding, err) : code;
}

/* --- rows --- */

static enum pal_code add_parts(const struct stage *stage, const struct finding_parts *parts, struct pal_err *err) {
  struct pal_record *finding = NULL;
  enum pal_code code = finding_new(stage->judge, stage->run->policy, parts, &finding, err);
  return code == PAL_OK ? add_finding(stage, finding, err) : code;
}

static enum pal_code judge_row(const struct stage *stage, const struct row *row, struct pal_err *err) {
  struct subject subject = subject_of(stage, row->subject_type, row->subject_id, row->units);
  struct assessment needs = {0}, reads = {0};
  enum pal_code code = assess(stage->judge, stage->scratch, policy_of(stage)->needs, policy_of(stage)->needs_n,
                              &subject, 0, &needs, err);
  if (code == PAL_OK)
    code = assess(stage->judge, stage->scratch, policy_of(stage)->reads, policy_of(stage)->reads_n, &subject, 0, &reads,
                  err);
  if (code != PAL_OK)
    return code;
  const struct pal_record *earlier = earlier_fail(stage, row->fingerprint);
  if (row->unknown && earlier)
    return keep(stage, earlier, err);
  bool unknown = row->unknown || needs.incomplete;
  struct finding_parts parts = {.fingerprint = row->fingerprint,
                                .subject_type = row->subject_type,
                                .subject_id = row->subject_id,
                                .subject_name = row->subject_name,
                                .key = row->key,
                                .message = row->message,
                                .severity = row->severity,
                                .details = row->details,
                                .unknown = unknown && !earlier};
  if (parts.unknown && needs.incomplete) {
    assess_finish(&needs);
    code = finding_details_with(stage->judge, row->details, &needs, &parts.details, err);
  } else if (unknown) {
    parts.last_verified = earlier ? verified_then(stage, earlier) : NULL;
  } else {
    parts.last_verified = older_instant(reads.oldest, row->last_read);
    if (reads.undated && !row->last_read)
      parts.last_verified = older_instant(parts.last_verified, verified_undated(stage, earlier));
  }
  parts.since = since_of(stage, row->fingerprint, parts.unknown);
  return code == PAL_OK ? add_parts(stage, &parts, err) : code;
}

static enum pal_code judge_tenant_rows(struct pal_judge *judge, struct policy_run *run, struct pal_arena *scratch,
                                       struct pal_err *err) {
  for (size_t i = 0; i < run->rows_n; i++) {
    /* A tenant without files: a customer of the estate that was never reached. */
    struct tenant_fact *tenant = judge_tenant(judge, run->rows[i].tenant_id);
    struct stage stage = {.judge = judge, .run = run, .tenant = tenant, .scratch = scratch};
    if (!tenant)
      return pal_err_nomem(err);
    if (!tenant->in_scope)
      continue;
    enum pal_code code = judge_row(&stage, &run->rows[i], err);
    pal_arena_reset(scratch);
    if (code != PAL_OK)
      return code;
  }
  return PAL_OK;
}

/* --- what has no row any more --- */

static const struct row *find_row(const struct policy_run *run, const char *fingerprint) {
  size_t low = 0, high = run->rows_n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = strcmp(run->rows[middle].fingerprint, fingerprint);
    if (order == 0)
      return &run->rows[middle];
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

/* Rule 3: whether what was read and what is known settle that the finding is gone. */
static enum pal_code is_settled(const struct stage *stage, const struct pal_record *earlier, bool *ret,
                                struct pal_err *err) {
  struct subject subject =
      subject_of(stage, finding_subject(earlier, PAL_SUBJECT_TYPE), finding_subject(earlier, PAL_SUBJECT_ID), NULL);
  struct assessment both = {0};
  enum pal_code code = assess(stage->judge, stage->scratch, policy_of(stage)->reads, policy_of(stage)->reads_n,
                              &subject, ASSESS_MAY_BE_GONE, &both, err);
  if (code == PAL_OK)
    code = assess(stage->judge, stage->scratch, policy_of(stage)->needs, policy_of(stage)->needs_n, &subject,
                  ASSESS_MAY_BE_GONE, &both, err);
  bool as_before = !both.partial && !both.fresh;
  *ret = !both.incomplete || (as_before && stage->judge->inputs_changed);
  return code;
}

/* A run that is not tested or broken has no rows. */
static enum pal_code keep_earlier(const struct stage *stage, struct pal_err *err) {
  const struct pal_records *earlier = &stage->tenant->previous_findings;
  bool judged = stage->run->state == PAL_TESTED;
  for (size_t i = 0; i < earlier->n; i++) {
    const struct pal_record *finding = earlier->v[i];
    bool settled = false;
    if (!is_fail_of(finding, policy_of(stage)->id))
      continue;
    if (find_row(stage->run, pal_get_text(finding, PAL_FINDING_FINGERPRINT)))
      continue;
    enum pal_code code = judged ? is_settled(stage, finding, &settled, err) : PAL_OK;
    pal_arena_reset(stage->scratch);
    if (code == PAL_OK && !settled)
      code = keep(stage, finding, err);
    if (code != PAL_OK)
      return code;
  }
  return PAL_OK;
}

/* Rule 6. */
static enum pal_code add_broken(const struct stage *stage, struct pal_err *err) {
  const struct pal_policy *policy = policy_of(stage);
  char fingerprint[65];
  enum pal_code code = pal_fingerprint(policy->id, "", "policy", policy->id, "", fingerprint, err);
  struct finding_parts parts = {.fingerprint = fingerprint,
                                .subject_type = "policy",
                                .subject_id = policy->id,
                                .subject_name = policy->title,
                                .unknown = true};
  parts.message = pal_arena_printf(stage->judge->arena, "The policy could not be judged: %s", stage->run->why);
  if (code == PAL_OK && !parts.message)
    code = pal_err_nomem(err);
  parts.since = since_of(stage, fingerprint, true);
  return code == PAL_OK ? add_parts(stage, &parts, err) : code;
}

enum pal_code judge_lifecycle(struct pal_judge *judge, struct policy_run *run, struct pal_err *err) {
  if (run->state == PAL_DISABLED)
    return PAL_OK;
  struct pal_arena *scratch = pal_arena_new(0);
  if (!scratch)
    return pal_err_nomem(err);
  enum pal_code code = run->state == PAL_TESTED ? judge_tenant_rows(judge, run, scratch, err) : PAL_OK;
  for (size_t i = 0; i < judge->facts.n && code == PAL_OK; i++) {
    struct stage stage = {.judge = judge, .run = run, .tenant = judge->facts.v[i], .scratch = scratch};
    if (!stage.tenant->in_scope)
      continue;
    /* a tenant leaves the tree only when nothing of it is left to find */
    if (stage.tenant->here || !stage.tenant->id[0])
      code = keep_earlier(&stage, err);
    if (code == PAL_OK && run->state == PAL_BROKEN && !stage.tenant->id[0])
      code = add_broken(&stage, err);
  }
  pal_arena_free(scratch);
  return code;
}

/* --- rule 7 --- */

/* Whether some finding of the policy there stands for the tenant's own unknown. */
static bool has_word_there(const struct stage *stage, const char *fingerprint) {
  const struct pal_records *findings = &stage->tenant->findings;
  for (size_t i = 0; i < findings->n; i++) {
    const struct pal_record *finding = findings->v[i];
    if (!finding_is(finding, PAL_FINDING_POLICY, policy_of(stage)->id))
      continue;
    if (finding_is(finding, PAL_FINDING_STATUS, "open") || pal_get_text(finding, PAL_FINDING_LAST_VERIFIED) ||
        finding_is(finding, PAL_FINDING_FINGERPRINT, fingerprint))
      return true;
  }
  return false;
}

static const char *join(struct pal_arena *arena, const struct word_list *list) {
  const char *text = "";
  for (size_t i = 0; i < list->n && text; i++)
    text = pal_arena_printf(arena, "%s%s%s", text, i ? ", " : "", list->v[i]);
  return text;
}

static enum pal_code add_unknown(const struct stage *stage, const char *fingerprint, struct assessment *missing,
                                 struct pal_err *err) {
  struct pal_judge *judge = stage->judge;
  assess_finish(missing);
  const char *areas = join(stage->scratch, &missing->areas), *causes = join(stage->scratch, &missing->causes);
  struct finding_parts parts = {
      .fingerprint = fingerprint, .subject_type = "tenant", .subject_id = stage->tenant->id, .unknown = true};
  parts.subject_name = stage->tenant->customer ? pal_get_text(stage->tenant->customer, PAL_CUSTOMER_NAME) : NULL;
  if (!parts.subject_name)
    parts.subject_name = stage->tenant->name;
  parts.message =
      areas && causes ? pal_arena_printf(stage->scratch, "Not read completely: %s (%s)", areas, causes) : NULL;
  if (!parts.message)
    return pal_err_nomem(err);
  parts.since = since_of(stage, fingerprint, true);
  enum pal_code code = finding_details_with(judge, NULL, missing, &parts.details, err);
  return code == PAL_OK ? add_parts(stage, &parts, err) : code;
}

static enum pal_code judge_unknown(const struct stage *stage, struct pal_err *err) {
  struct subject subject = subject_of(stage, NULL, NULL, NULL);
  struct assessment missing = {0};
  char fingerprint[65];
  enum pal_code code = assess(stage->judge, stage->scratch, policy_of(stage)->reads, policy_of(stage)->reads_n,
                              &subject, ASSESS_HERE_ONLY, &missing, err);
  if (code == PAL_OK)
    code = assess(stage->judge, stage->scratch, policy_of(stage)->needs, policy_of(stage)->needs_n, &subject,
                  ASSESS_HERE_ONLY, &missing, err);
  if (code != PAL_OK || !missing.incomplete)
    return code;
  code = pal_fingerprint(policy_of(stage)->id, stage->tenant->id, "tenant", stage->tenant->id, "", fingerprint, err);
  if (code != PAL_OK || has_word_there(stage, fingerprint))
    return code;
  return add_unknown(stage, fingerprint, &missing, err);
}

enum pal_code judge_unknowns(struct pal_judge *judge, struct policy_run *run, struct pal_err *err) {
  if (run->state != PAL_TESTED || strcmp(run->policy->pub.subject, "registry") == 0)
    return PAL_OK;
  struct pal_arena *scratch = pal_arena_new(0);
  enum pal_code code = scratch ? PAL_OK : pal_err_nomem(err);
  for (size_t i = 0; i < judge->facts.n && code == PAL_OK; i++) {
    struct stage stage = {.judge = judge, .run = run, .tenant = judge->facts.v[i], .scratch = scratch};
    if (!stage.tenant->id[0] || !stage.tenant->here || !stage.tenant->in_scope)
      continue;
    code = judge_unknown(&stage, err);
    pal_arena_reset(scratch);
  }
  pal_arena_free(scratch);
  return code;
}
