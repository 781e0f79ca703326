/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REPORT_SITE_COMMAND_H
#define PAL_REPORT_SITE_COMMAND_H
/* report_site.h - a report that is a folder: made beside its place, then put there whole. Used by report. */
#include "app.h"
#include "pal_site.h"

/* Before a long run: PAL_E_USAGE where `folder` can be none: a file stands there, something that is no earlier report, or
 * the folder above is missing. */
enum pal_code pal_report_folder_check(const char *folder, struct pal_err *err) PAL_MUST_CHECK;
/* Writes the site; an earlier report in its place is replaced, and stands if this fails. */
enum pal_code pal_report_folder_write(struct pal_arena *arena, const struct pal_site *site, const char *folder,
                                      struct pal_err *err) PAL_MUST_CHECK;

/* report_nights.c: open findings and completeness of the full runs up to `last`, oldest first, at most the last
 * PAL_REPORT_NIGHTS_MAX; open: those of `last` by severity. Between two runs only findings that differ are read. */
enum { PAL_REPORT_NIGHTS_MAX = 90 };
enum pal_code pal_report_nights(struct pal_repo *repo, const struct pal_commit *last, struct pal_arena *arena,
                                struct pal_site_night **ret, size_t *ret_n, struct pal_err *err) PAL_MUST_CHECK;

#endif
