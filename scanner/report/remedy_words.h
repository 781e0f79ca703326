/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_REPORT_REMEDY_WORDS_H
#define PAL_REPORT_REMEDY_WORDS_H
/* remedy_words.h - what the printers of a plan say alike, and one function for each. */
#include "remedy.h"

/* Whether the steps a and b are of one tenant, of one actor, and where that is the identity itself of one identity. */
bool remedy_same_tenant(const struct pal_step *a, const struct pal_step *b);
bool remedy_same_actor(const struct pal_step *a, const struct pal_step *b);
/* Whether a script may hold the first way of the step as commands that run: a link, with nothing left to fill in. */
bool remedy_runs(const struct pal_step *step);
/* Whether the message of finding i stood with one before it. */
bool remedy_is_said(const struct pal_step *step, size_t i);
/* "PAL001, PAL004 and 3 more": the policies of the step's findings, each once. */
void remedy_put_policies(struct pal_buf *out, const struct pal_step *step);
/* "identity provider-automation, object …"; in our own words and ids. */
void remedy_put_actor(struct pal_buf *out, const struct pal_step *step);
/* Why a way is not to be carried out as it stands; NULL: it is. */
const char *remedy_decide_first(const struct pal_step *step);

#define REMEDY_FORMAT(name)                                                                                \
  enum pal_code remedy_print_##name(const struct pal_plan *plan, const struct pal_style *style, FILE *out, \
                                    struct pal_err *err) PAL_MUST_CHECK;
REMEDY_FORMAT(text)
REMEDY_FORMAT(markdown)
REMEDY_FORMAT(az)
REMEDY_FORMAT(powershell)
REMEDY_FORMAT(json)
#undef REMEDY_FORMAT

#endif
