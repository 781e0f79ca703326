/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_WAIVE_H
#define PAL_WAIVE_H
/* waive.h - the parts of palscan waive: listing acceptances, and their approver's signature. */
#include "app.h"
#include "pal_rejudge.h"

/* The last snapshot judged again with the policies and inputs of today, acceptances as of today. */
enum pal_code waive_judge(struct pal_app *app, struct pal_repo *repo, struct pal_rejudged *ret, struct pal_err *err)
    PAL_MUST_CHECK;
/* waive list: every acceptance with what became of it, by its end. */
enum pal_code waive_list(struct pal_cli *cli, struct pal_app *app, struct pal_repo *repo, struct pal_err *err)
    PAL_MUST_CHECK;
/* waive approve ID --sign KEY */
enum pal_code waive_approve(struct pal_cli *cli, struct pal_app *app, struct pal_repo *repo, struct pal_err *err)
    PAL_MUST_CHECK;
/* Signs the acceptance as it stands with the key in the file, and says when. *ret_key: type and fingerprint.
 * PAL_E_USAGE when the signature would not count: the text says why. */
enum pal_code waive_sign(const struct pal_app *app, struct pal_record *waiver, const char *path, const char **ret_key,
                         struct pal_err *err) PAL_MUST_CHECK;

#endif
