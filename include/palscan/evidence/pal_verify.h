/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_VERIFY_H
#define PAL_VERIFY_H
/*
 * pal_verify.h - checks stored snapshots: every object's hash, the closed tree,
 * canonical files, the chain of commits, and that judging again gives the same
 * verdicts. Says what it proves and what not.
 */
#include "pal_rejudge.h"

struct pal_verify_result {
  size_t commits;   /* checked */
  size_t rejudged;  /* judged again to the same bytes */
  enum pal_tip tip; /* never PAL_TIP_OTHER when verified */
  struct pal_oid first, last;
};
typedef void pal_verify_fn(void *payload, const struct pal_commit *commit, size_t done);

/* Refuses (PAL_E_VERIFY) a branch that is not where this host recorded it, or is
 * gone: names both commits and what to do. A host without a record says nothing. */
enum pal_code pal_verify_tip(struct pal_repo *repo, struct pal_err *err) PAL_MUST_CHECK;
/* Refuses a tree of which a file is missing that coverage.json says was read. */
enum pal_code pal_verify_coverage(struct pal_repo *repo, const struct pal_oid *tree, struct pal_err *err)
    PAL_MUST_CHECK;
/* Checks `from`, a commit of the branch (pal_repo_resolve), and its ancestors; the
 * whole chain, or (only_one) that commit alone. PAL_E_VERIFY names commit and path
 * of the first fault; the last thing checked is pal_verify_tip(): an early commit of
 * a branch that is not the recorded one is no less in doubt than its head. */
enum pal_code pal_verify_chain(struct pal_repo *repo, const struct pal_oid *from, bool only_one,
                               const struct pal_pack *shipped, pal_verify_fn *each, void *payload,
                               struct pal_verify_result *ret, struct pal_err *err) PAL_MUST_CHECK;

#endif
