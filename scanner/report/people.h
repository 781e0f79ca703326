/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REPORT_PEOPLE_H
#define PAL_REPORT_PEOPLE_H
/* people.h - the words people read: dates, kinds of run, what a word of the machine is called. */
#include "pal_buf.h"

struct people_time {
  char s[48];
};

/* "2026-11-20 02:00 UTC"; text that is no instant stays as it is, NULL or "" become "an unknown time". */
struct people_time people_time(const char *instant);
/* "2026-11-20". */
struct people_time people_date(const char *instant);
/* "live scan", "replayed: no evidence of a night", … */
const char *people_run(const char *kind);
/* "replayed", "imported", "merged"; NULL for a scan, of which nothing need be said. */
const char *people_run_mark(const char *kind);
/* "service principal" for "ServicePrincipal" or "servicePrincipal"; NULL or an unknown word: "principal". */
const char *people_principal(const char *type);
/* What a type of subject is called: "subscription", …; the word itself when there is no better one. */
const char *people_subject(const char *type);
/* Compares without regard to the case of ASCII letters, in any locale. */
int people_fold_cmp(const char *a, const char *b);
/* "1 customer", "2 customers": one and many are the nouns. */
void people_count(struct pal_buf *out, size_t n, const char *one, const char *many);

#endif
