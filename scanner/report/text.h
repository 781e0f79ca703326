/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REPORT_TEXT_H
#define PAL_REPORT_TEXT_H
/* text.h - the parts of the text format that findings and changes share. */
#include "model.h"
#include "paper.h"

/* text_findings.c, text_changes.c: everything, on any paper. */
void text_print_findings(struct paper *paper, const struct pal_report *report);
enum pal_code text_print_changes(struct paper *paper, const struct pal_comparison *comparison, struct pal_err *err)
    PAL_MUST_CHECK;
/* first_screen.c: everything above the list of findings, in the order of the design. */
void text_first_screen(struct paper *paper, const struct pal_report *report);
/* "NAME (ID)", "Estate as a whole". */
void text_customer(struct paper *paper, const char *name, const char *id);
/* " · identity NAME (ID)", nothing when the subject is the customer itself. */
void text_subject(struct paper *paper, const struct pal_reported *reported);
/* "CRITICAL" in its colour. */
void text_severity(struct paper *paper, const char *severity);
/* Whether what a finding says of its acceptance is that it was never approved, rather than that it lapsed. */
bool text_not_approved(const char *lapsed);
/* " · since DATE · last verified on DATE · risk acceptance lapsed: …", what applies. */
void text_dates(struct paper *paper, const struct pal_record *finding);
/* "PAL001 Title", in bold; the id alone when the policy is gone. */
void text_policy(struct paper *paper, const struct pal_reported *reported);
/* settled.c: " · rule disabled", " · registry changed, no fact did"; nothing where facts ended the finding, or may have. */
void text_settled_by(struct paper *paper, const struct pal_comparison *comparison, const struct pal_reported *reported);
/* First 12 digits of a commit. */
void text_commit(struct paper *paper, const char *commit);

#endif
