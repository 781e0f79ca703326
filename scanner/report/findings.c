/* SPDX-License-Identifier: Apache-2.0 */
/* findings.c - lists of findings: found by fingerprint, put in order, named by policy. */
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "people.h"

/* --- words --- */

const char *report_severity_word(int rank) {
  return pal_kind_FINDING.fields[PAL_FINDING_SEVERITY].words[rank];
}

const char *report_class_word(int rank) {
  return pal_kind_FINDING.fields[PAL_FINDING_CLASS].words[rank];
}

const char *report_state_word(int rank) {
  return pal_kind_COVERAGE.fields[PAL_COVERAGE_STATE].words[rank];
}

const char *report_approval_word(enum pal_approval approval) {
  static const char *const words[] = {[PAL_APPROVAL_UNPROVEN] = "not approved by a signature",
                                      [PAL_APPROVAL_SIGNED] = "signed",
                                      [PAL_APPROVAL_MISSING] = "not approved"};
  return words[approval];
}

bool report_is(const struct pal_record *record, int field, const char *word) {
  const char *text = pal_get_text(record, field);
  return text && strcmp(text, word) == 0;
}

bool report_counts(const struct pal_record *finding) {
  return report_is(finding, PAL_FINDING_VERDICT, "fail") && report_is(finding, PAL_FINDING_STATUS, "open");
}

int pal_severity_rank(const char *severity) {
  int rank = 0;
  while (severity && rank < PAL_SEVERITIES && strcmp(report_severity_word(rank), severity) != 0)
    rank++;
  return severity ? rank : PAL_SEVERITIES;
}

enum report_bin report_bin_of(const struct pal_record *finding) {
  if (report_is(finding, PAL_FINDING_STATUS, "folded"))
    return BIN_FOLDED;
  if (report_is(finding, PAL_FINDING_STATUS, "waived"))
    return BIN_WAIVED;
  if (report_is(finding, PAL_FINDING_VERDICT, "unknown"))
    return BIN_UNKNOWN;
  int rank = pal_severity_rank(pal_get_text(finding, PAL_FINDING_SEVERITY));
  return rank < PAL_SEVERITIES ? (enum report_bin)rank : BIN_INFO;
}

/* --- order --- */

const char *report_tenant_id(const char *id) {
  return id && id[0] ? id : "-";
}

int report_compare_customers(const char *id_a, const char *name_a, const char *id_b, const char *name_b) {
  id_a = report_tenant_id(id_a);
  id_b = report_tenant_id(id_b);
  bool estate_a = strcmp(id_a, "-") == 0, estate_b = strcmp(id_b, "-") == 0;
  if (estate_a || estate_b)
    return (int)estate_b - (int)estate_a;
  bool named_a = name_a && name_a[0], named_b = name_b && name_b[0];
  if (named_a != named_b)
    return (int)named_b - (int)named_a;
  int cmp = 0;
  if (named_a) {
    cmp = people_fold_cmp(name_a, name_b);
    if (!cmp)
      cmp = strcmp(name_a, name_b);
  }
  return cmp ? cmp : strcmp(id_a, id_b);
}

static int compare_texts(const char *a, const char *b) {
  return strcmp(a ? a : "", b ? b : "");
}

static int compare_subjects(const struct pal_record *a, const struct pal_record *b) {
  const struct pal_record *x = pal_get_record(a, PAL_FINDING_SUBJECT);
  const struct pal_record *y = pal_get_record(b, PAL_FINDING_SUBJECT);
  if (!x || !y)
    return (x != NULL) - (y != NULL);
  int cmp = compare_texts(pal_get_text(x, PAL_SUBJECT_TYPE), pal_get_text(y, PAL_SUBJECT_TYPE));
  return cmp ? cmp : compare_texts(pal_get_text(x, PAL_SUBJECT_ID), pal_get_text(y, PAL_SUBJECT_ID));
}

static int compare_reported(const void *a, const void *b) {
  const struct pal_reported *x = a, *y = b;
  int cmp = pal_severity_rank(pal_get_text(x->finding, PAL_FINDING_SEVERITY)) -
            pal_severity_rank(pal_get_text(y->finding, PAL_FINDING_SEVERITY));
  if (!cmp)
    cmp = compare_texts(pal_get_text(x->finding, PAL_FINDING_POLICY), pal_get_text(y->finding, PAL_FINDING_POLICY));
  if (!cmp)
    cmp = report_compare_customers(x->tenant_id, x->tenant_name, y->tenant_id, y->tenant_name);
  if (!cmp)
    cmp = compare_subjects(x->finding, y->finding);
  if (!cmp)
    cmp = compare_texts(pal_get_text(x->finding, PAL_FINDING_KEY), pal_get_text(y->finding, PAL_FINDING_KEY));
  return cmp ? cmp
             : compare_texts(pal_get_text(x->finding, PAL_FINDING_FINGERPRINT),
                             pal_get_text(y->finding, PAL_FINDING_FINGERPRINT));
}

void report_sort(struct pal_reported *findings, size_t n) {
  if (n)
    qsort(findings, n, sizeof *findings, compare_reported);
}

/* --- by fingerprint --- */

static int compare_fingerprints(const void *a, const void *b) {
  const struct pal_reported *x = a, *y = b;
  return compare_texts(pal_get_text(x->finding, PAL_FINDING_FINGERPRINT),
                       pal_get_text(y->finding, PAL_FINDING_FINGERPRINT));
}

enum pal_code report_index_make(struct pal_arena *arena, const struct pal_verdicts *const *verdicts, size_t n,
                                struct report_index *ret, struct pal_err *err) {
  size_t total = 0;
  for (size_t i = 0; i < n; i++)
    total += verdicts[i]->findings.n;
  *ret = (struct report_index){0};
  if (total == 0)
    return PAL_OK;
  ret->v = pal_arena_calloc(arena, total, sizeof *ret->v);
  if (!ret->v)
    return pal_err_nomem(err);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < verdicts[i]->findings.n; j++)
      ret->v[ret->n++] = (struct pal_reported){.tenant_id = report_tenant_id(verdicts[i]->tenant_id),
                                               .tenant_name = verdicts[i]->tenant_name,
                                               .finding = verdicts[i]->findings.v[j]};
  qsort(ret->v, ret->n, sizeof *ret->v, compare_fingerprints);
  return PAL_OK;
}

static int compare_with_fingerprint(const void *key, const void *item) {
  const struct pal_reported *reported = item;
  return compare_texts(key, pal_get_text(reported->finding, PAL_FINDING_FINGERPRINT));
}

const struct pal_reported *report_index_find(const struct report_index *index, const char *fingerprint) {
  if (index->n == 0 || !fingerprint)
    return NULL;
  return bsearch(fingerprint, index->v, index->n, sizeof *index->v, compare_with_fingerprint);
}

enum pal_code report_pointers(struct pal_arena *arena, const struct pal_verdicts *verdicts, size_t n,
                              const struct pal_verdicts *const **ret, struct pal_err *err) {
  const struct pal_verdicts **list = pal_arena_calloc(arena, n + 1, sizeof(const struct pal_verdicts *));
  if (!list)
    return pal_err_nomem(err);
  for (size_t i = 0; i < n; i++)
    list[i] = &verdicts[i];
  *ret = list;
  return PAL_OK;
}

/* --- policies --- */

enum pal_code report_policies(struct pal_arena *arena, const struct pal_pack *pack,
                              const struct pal_policy *const **ret, size_t *ret_n, struct pal_err *err) {
  size_t n = pack ? pal_pack_n(pack) : 0;
  const struct pal_policy **list = pal_arena_calloc(arena, n + 1, sizeof(const struct pal_policy *));
  if (!list)
    return pal_err_nomem(err);
  for (size_t i = 0; i < n; i++)
    list[i] = pal_pack_at(pack, i);
  *ret = list;
  *ret_n = n;
  return PAL_OK;
}

static int compare_with_policy(const void *key, const void *item) {
  return strcmp(key, (*(const struct pal_policy *const *)item)->id);
}

const struct pal_policy *report_policy_find(const struct pal_policy *const *policies, size_t n, const char *id) {
  if (n == 0 || !id)
    return NULL;
  const struct pal_policy *const *found = bsearch(id, policies, n, sizeof *policies, compare_with_policy);
  return found ? *found : NULL;
}
