/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folding.c - one cause is counted once: a fail of a policy that names another
 * in folded-under is folded while that one fails for the same tenant as a whole
 * or the same subject (and, where both have one, the same key). A subscription
 * is the subject of a delegation of it, or of a part of it, as well; a whole
 * tenant that of whatever fails in it. "offboarding" stands for the view of that
 * name, whose rows are tenants and objects on the offboarding list.
 */
#include <stdlib.h>
#include <string.h>

#include "finding.h"

static const char offboarding[] = "offboarding";
static const char offboarding_sql[] = "SELECT tenant_id, object_id FROM offboarding";

struct leaver {
  const char *tenant_id, *object_id; /* object NULL: the whole tenant */
};

struct leavers {
  struct leaver *v;
  size_t n, cap;
};

static enum pal_code take_leaver(struct pal_judge *judge, sqlite3_stmt *stmt, struct leavers *leavers,
                                 struct pal_err *err) {
  const char *tenant_id = (const char *)sqlite3_column_text(stmt, 0),
             *object_id = (const char *)sqlite3_column_text(stmt, 1);
  if (!tenant_id)
    return PAL_OK;
  leavers->v = pal_arena_grow(judge->arena, leavers->v, leavers->n, &leavers->cap, sizeof *leavers->v);
  struct leaver leaver = {.tenant_id = pal_arena_strdup(judge->arena, tenant_id),
                          .object_id = object_id ? pal_arena_strdup(judge->arena, object_id) : NULL};
  if (!leavers->v || !leaver.tenant_id || (object_id && !leaver.object_id))
    return pal_err_nomem(err);
  leavers->v[leavers->n++] = leaver;
  return PAL_OK;
}

/* Without the view, or with an error in it, nothing folds: findings are counted rather than hidden. */
static enum pal_code read_leavers(struct pal_judge *judge, struct leavers *leavers, struct pal_err *err) {
  sqlite3_stmt *stmt = NULL;
  struct pal_err why;
  bool more = true;
  if (sandbox_prepare(&judge->sandbox, offboarding, offboarding_sql, &stmt, &why) != PAL_OK)
    return PAL_OK;
  enum pal_code code = PAL_OK;
  while (code == PAL_OK && more) {
    if (sandbox_step(&judge->sandbox, offboarding, offboarding_sql, stmt, &more, &why) != PAL_OK) {
      leavers->n = 0;
      break;
    }
    if (more)
      code = take_leaver(judge, stmt, leavers, err);
  }
  (void)sqlite3_finalize(stmt);
  return code;
}

static bool is_leaving(const struct leavers *leavers, const char *tenant_id, const char *subject_id) {
  for (size_t i = 0; i < leavers->n; i++)
    if (strcmp(leavers->v[i].tenant_id, tenant_id) == 0 &&
        (!leavers->v[i].object_id || strcmp(leavers->v[i].object_id, subject_id) == 0))
      return true;
  return false;
}

static bool key_fits(const struct pal_record *a, const struct pal_record *b) {
  const char *left = pal_get_text(a, PAL_FINDING_KEY), *right = pal_get_text(b, PAL_FINDING_KEY);
  return !left || !right || strcmp(left, right) == 0;
}

static bool is_about(const struct pal_record *finding, const char *type) {
  return strcmp(finding_subject(finding, PAL_SUBJECT_TYPE), type) == 0;
}

static bool lies_in(const char *scope, const char *subscription_id) {
  static const char prefix[] = "/subscriptions/";
  size_t len = strlen(subscription_id);
  if (strncmp(scope, prefix, sizeof prefix - 1) != 0)
    return false;
  scope += sizeof prefix - 1;
  return strncmp(scope, subscription_id, len) == 0 && (scope[len] == '\0' || scope[len] == '/');
}

/* Whether `other`, a finding of the same tenant, is the cause of `finding`. */
static bool covers(const struct pal_record *other, const struct pal_record *finding, const char *policy) {
  if (!finding_is(other, PAL_FINDING_POLICY, policy) || !finding_is(other, PAL_FINDING_VERDICT, "fail"))
    return false;
  if (is_about(other, "tenant") || is_about(finding, "tenant"))
    return true;
  if (is_about(other, "scope") && is_about(finding, "subscription"))
    return lies_in(finding_subject(other, PAL_SUBJECT_ID), finding_subject(finding, PAL_SUBJECT_ID));
  return strcmp(finding_subject(other, PAL_SUBJECT_ID), finding_subject(finding, PAL_SUBJECT_ID)) == 0 &&
         key_fits(other, finding);
}

/* What is told of somebody who leaves in order is no cause: what follows from it for others is theirs to mend. */
static bool is_planned(const struct pal_judge *judge, const struct tenant_fact *tenant, const struct leavers *leavers,
                       const struct pal_record *finding) {
  const struct pal_policy *policy = pal_pack_find(judge->o.pack, pal_get_text(finding, PAL_FINDING_POLICY));
  for (size_t i = 0; policy && i < policy->folded_under_n; i++)
    if (strcmp(policy->folded_under[i], offboarding) == 0)
      return is_leaving(leavers, tenant->id, finding_subject(finding, PAL_SUBJECT_ID));
  return false;
}

static bool folds(const struct pal_judge *judge, const struct tenant_fact *tenant, const struct leavers *leavers,
                  const struct pal_record *finding, const char *under) {
  if (strcmp(under, offboarding) == 0)
    return is_leaving(leavers, tenant->id, finding_subject(finding, PAL_SUBJECT_ID));
  for (size_t i = 0; i < tenant->findings.n; i++)
    if (covers(tenant->findings.v[i], finding, under) && !is_planned(judge, tenant, leavers, tenant->findings.v[i]))
      return true;
  return false;
}

static enum pal_code fold_one(struct pal_judge *judge, const struct tenant_fact *tenant, const struct leavers *leavers,
                              struct pal_record *finding, struct pal_err *err) {
  const struct pal_policy *policy = pal_pack_find(judge->o.pack, pal_get_text(finding, PAL_FINDING_POLICY));
  for (size_t i = 0; policy && i < policy->folded_under_n; i++) {
    if (!folds(judge, tenant, leavers, finding, policy->folded_under[i]))
      continue;
    enum pal_code code = pal_set_text(judge->arena, finding, PAL_FINDING_STATUS, "folded", err);
    return code == PAL_OK ? pal_set_text(judge->arena, finding, PAL_FINDING_FOLDED_UNDER, policy->folded_under[i], err)
                          : code;
  }
  return PAL_OK;
}

enum pal_code judge_fold(struct pal_judge *judge, struct pal_err *err) {
  struct leavers leavers = {0};
  enum pal_code code = read_leavers(judge, &leavers, err);
  for (size_t i = 0; i < judge->facts.n && code == PAL_OK; i++) {
    struct tenant_fact *tenant = judge->facts.v[i];
    for (size_t j = 0; tenant->in_scope && j < tenant->findings.n && code == PAL_OK; j++) {
      struct pal_record *finding = tenant->findings.v[j];
      /* an acceptance stands before folding; unknowns never fold */
      if (finding_is(finding, PAL_FINDING_VERDICT, "fail") && finding_is(finding, PAL_FINDING_STATUS, "open"))
        code = fold_one(judge, tenant, &leavers, finding, err);
    }
  }
  return code;
}
