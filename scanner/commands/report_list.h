/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REPORT_LIST_H
#define PAL_REPORT_LIST_H
/*
 * report_list.h - the lists an auditor asks for first, as of one run: every
 * account of ours with access, every link, the whole population. Each row says
 * when it was read last, what of its tenant was not, and of which snapshot it
 * is, so that no row can be taken for more than it shows.
 */
#include "mention.h"
#include "query.h"

/* Words for lists, NULL-terminated: access, links, population, findings. */
extern const char *const pal_report_lists[];

/* Rows of one list of an open snapshot. The last PAL_LIST_ABOUT columns tell of the snapshot and are the same in every
 * row. PAL_E_USAGE for an unknown word. */
enum { PAL_LIST_ABOUT = 5 };
enum pal_code pal_report_list_rows(struct pal_arena *arena, struct pal_query *query, const char *word,
                                   struct pal_rows *ret, struct pal_err *err) PAL_MUST_CHECK;
/* Prints it in --format to --output. excel: the CSV begins with the mark by which Excel knows UTF-8. */
enum pal_code pal_report_list(struct pal_cli *cli, struct pal_query *query, const char *word, bool excel,
                              struct pal_err *err) PAL_MUST_CHECK;
/* The rows of links, access and findings that name one thing; PAL_E_NOTFOUND when none does. */
enum pal_code pal_report_one(struct pal_cli *cli, struct pal_query *query, const struct pal_mention *mention,
                             struct pal_err *err) PAL_MUST_CHECK;

#endif
