/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_FINDING_H
#define PAL_FINDING_H
/* finding.h - making and reading FINDING records. */
#include "judge_private.h"
#include "verdict.h"

/* What a finding is made of, beside its policy. */
struct finding_parts {
  const char *fingerprint;
  const char *subject_type, *subject_id, *subject_name, *key, *message;
  const char *severity; /* NULL: the policy's */
  const char *details;  /* JSON object or NULL */
  const char *since;
  const char *last_verified; /* NULL or "": read in this run */
  bool unknown;
};

/* A finding, status open. */
enum pal_code finding_new(struct pal_judge *judge, const struct pack_policy *policy, const struct finding_parts *parts,
                          struct pal_record **ret, struct pal_err *err) PAL_MUST_CHECK;
/* The object text with what is missing: areas, cause and, where every one is an
 * accepted gap, accepted and acceptedGap. details may be NULL; in judge->arena. */
enum pal_code finding_details_with(struct pal_judge *judge, const char *details, const struct assessment *missing,
                                   const char **ret, struct pal_err *err) PAL_MUST_CHECK;
/* The text of one member of a JSON object text, compact, into out; false when there is none. */
bool finding_detail(const char *details, const char *name, struct pal_buf *out);

/* The finding with this fingerprint in a sorted list, NULL when absent. */
struct pal_record *finding_find(const struct pal_records *sorted, const char *fingerprint);
const char *finding_subject(const struct pal_record *finding, int field);

#endif
