/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_SITE_H
#define PAL_SITE_H
/*
 * pal_site.h - the report as a folder of pages that opens from disk, with no
 * server and no network (report -f html).
 *
 * The pages themselves are constant bytes of this program (scanner/report/html/);
 * nothing a tenant chose is ever part of one. What differs from report to report
 * stands in data/NAME.js: one call with one string literal, which the pages hand
 * to JSON.parse and show as text only.
 */
#include "pal_report.h"

/* One stored run, for the trend. */
struct pal_site_night {
  const char *started; /* canonical instant */
  char commit[41];
  int64_t complete, expected; /* customers */
  size_t open[PAL_SEVERITIES];
};

struct pal_site { /* everything borrowed */
  const struct pal_report *report;
  const struct pal_comparison *comparison; /* NULL: nothing to compare with */
  const struct pal_pack *pack;
  struct pal_judge *judge;  /* that has run, with all tables; NULL: no lists of accounts, access and units */
  const char *organization; /* of the registry, or NULL */
  const char *version;      /* of palscan */
  const struct pal_site_night *nights;
  size_t nights_n; /* oldest first */
};

/* Writes pages and data into `folder`, which exists and is empty. Memory does not grow with the number of findings
 * beyond a pointer each: data goes out in parts. After a failure the folder holds what was written so far. */
enum pal_code pal_site_write(const struct pal_site *site, const char *folder, struct pal_err *err) PAL_MUST_CHECK;

/* Text as a string literal of a script in a file of its own, quotes included: nothing in it ends the literal, the script
 * or the line, whatever reads the file; what is no UTF-8 becomes U+FFFD. */
void pal_script_literal(struct pal_buf *out, const char *text, size_t len);

#endif
