/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REPORT_OUTLINE_H
#define PAL_REPORT_OUTLINE_H
/*
 * outline.h - what people read of a comparison, in the order they read it:
 * customer by customer, in each the heaps, in each the changes or the findings,
 * worst first. The formats for people print it; what is only counted is counted
 * here.
 */
#include "model.h"

/* Access and links; findings by class; policies, registry and estate; acceptances; completeness. */
enum { OUTLINE_PARTS = HEAPS_N - 1 + PAL_CLASSES };

/* What a finding of the comparison is to people. */
enum outline_fate { OUTLINE_OPENED, OUTLINE_CHANGED, OUTLINE_RESOLVED, OUTLINE_FATES };

struct outline_entry {
  const char *tenant_id, *tenant_name; /* "-" and NULL: the estate */
  const char *tenant_country;          /* the same in all entries of a customer; may be NULL */
  int part;
  enum outline_fate fate;
  size_t place;                             /* in its list of the model */
  const struct pal_compared_change *change; /* one with a line; NULL: a finding */
  const struct pal_reported *reported;      /* NULL: a change */
};

struct outline {
  struct outline_entry *v;
  size_t n;
  size_t parts[OUTLINE_PARTS];    /* entries in each */
  size_t fates[OUTLINE_FATES];    /* findings among them */
  size_t findings, fresh, hidden; /* all of these; new ones; verdicts that people do not count, before or now */
  bool quiet;                     /* no change with a line, and no verdict differs */
};

/* Borrows from the comparison. */
enum pal_code outline_make(const struct pal_comparison *comparison, struct outline *ret, struct pal_err *err)
    PAL_MUST_CHECK;
void outline_free(struct outline *outline);

/* "access and links", "findings: access", … */
const char *outline_part_word(int part);
/* Whether an entry opens a customer, or a part of one. */
bool outline_opens_customer(const struct outline *outline, size_t at);
bool outline_opens_part(const struct outline *outline, size_t at);
/* "NEW", "WORSENED", "REOPENED", "CHANGED", "RESOLVED" */
const char *outline_fate_word(const struct outline_entry *entry);
/* "now under a risk acceptance W-7", "was high", …: what differs of a finding that was there before; the acceptance's id
 * in *ret_id, or NULL. */
const char *outline_change_word(const struct pal_reported *reported, const char **ret_id);

#endif
