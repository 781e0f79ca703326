/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_COMPARE_H
#define PAL_COMPARE_H
/* compare.h - two stored snapshots compared; reads only subtrees that differ. Used by diff, history and demo. */
#include "app.h"
#include "mention.h"

/* The comparison lives in arena. */
enum pal_code pal_compare_commits(struct pal_repo *repo, const struct pal_commit *from, const struct pal_commit *to,
                                  const struct pal_pack *pack, struct pal_arena *arena, struct pal_comparison *ret,
                                  struct pal_err *err) PAL_MUST_CHECK;
/* The same of what is about one thing, and of no other tenants and files. from may be NULL: nothing was stored before
 * `to`, its first reading is told. What was read for the first time is no change, so a comparison does not tell it; here
 * it is, with a kind that ends in ".read" (of a tenant as a whole: not each role). */
enum pal_code pal_compare_mentioned(struct pal_repo *repo, const struct pal_commit *from, const struct pal_commit *to,
                                    const struct pal_pack *pack, struct pal_mention *mention, struct pal_arena *arena,
                                    struct pal_comparison *ret, struct pal_err *err) PAL_MUST_CHECK;
/* The last two full scans at or above `from`; PAL_E_NOTFOUND when there are fewer. */
enum pal_code pal_last_two(struct pal_repo *repo, struct pal_commit *ret_before, struct pal_commit *ret_after,
                           struct pal_err *err) PAL_MUST_CHECK;
enum pal_code pal_compare_print(struct pal_cli *cli, const struct pal_comparison *comparison, struct pal_err *err)
    PAL_MUST_CHECK;

#endif
