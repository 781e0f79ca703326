/* SPDX-License-Identifier: Apache-2.0 */
/* novelty.c - what is new in a run: opened, reopened or raised in severity, with verdict fail and status open. */
#include "model.h"

enum pal_novelty report_novelty(const struct pal_record *was, const struct pal_record *is) {
  bool was_unknown = was && report_is(was, PAL_FINDING_VERDICT, "unknown");
  if (!was)
    return PAL_NEW;
  if (!report_is(is, PAL_FINDING_STATUS, "open"))
    return PAL_STANDING;
  if (report_is(is, PAL_FINDING_VERDICT, "unknown"))
    return was_unknown && report_is(was, PAL_FINDING_STATUS, "open") ? PAL_STANDING : PAL_NEW;
  if (was_unknown)
    return PAL_NEW; /* nobody had found it before */
  if (!report_counts(was))
    return PAL_REOPENED;
  int rank_was = pal_severity_rank(pal_get_text(was, PAL_FINDING_SEVERITY));
  int rank_is = pal_severity_rank(pal_get_text(is, PAL_FINDING_SEVERITY));
  return rank_is < rank_was ? PAL_WORSENED : PAL_STANDING;
}

bool pal_reported_is_new(const struct pal_reported *reported) {
  return report_counts(reported->finding) && reported->novelty != PAL_STANDING;
}

enum pal_code pal_verdicts_count_new(struct pal_arena *arena, const struct pal_verdicts *previous, size_t previous_n,
                                     const struct pal_verdicts *now, size_t now_n, size_t *ret, struct pal_err *err) {
  struct report_index before = {0}, after = {0};
  const struct pal_verdicts *const *list_before = NULL, *const *list_after = NULL;
  *ret = 0;
  enum pal_code code = report_pointers(arena, previous, previous_n, &list_before, err);
  if (code == PAL_OK)
    code = report_pointers(arena, now, now_n, &list_after, err);
  if (code == PAL_OK)
    code = report_index_make(arena, list_before, previous_n, &before, err);
  if (code == PAL_OK)
    code = report_index_make(arena, list_after, now_n, &after, err);
  for (size_t i = 0; code == PAL_OK && i < after.n; i++) {
    struct pal_reported reported = after.v[i];
    const struct pal_reported *was =
        report_index_find(&before, pal_get_text(reported.finding, PAL_FINDING_FINGERPRINT));
    reported.novelty = report_novelty(was ? was->finding : NULL, reported.finding);
    *ret += pal_reported_is_new(&reported);
  }
  return code;
}
