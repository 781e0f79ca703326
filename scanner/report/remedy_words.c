/* SPDX-License-Identifier: Apache-2.0 */
#include "remedy_words.h"

#include <string.h>

enum { POLICIES_NAMED = 6 };

const struct pal_plan_format pal_plan_formats[] = {
    {"text", "for people, on a terminal or in a mail", remedy_print_text},
    {"markdown", "for a ticket or a wiki", remedy_print_markdown},
    {"az", "a script for sh with the Azure CLI", remedy_print_az},
    {"powershell", "a script for PowerShell with the Az module", remedy_print_powershell},
    {"json", "for programs: snapshots/outputs/", remedy_print_json},
};
const size_t pal_plan_formats_n = sizeof pal_plan_formats / sizeof pal_plan_formats[0];

bool remedy_same_tenant(const struct pal_step *a, const struct pal_step *b) {
  return strcmp(a->tenant_id, b->tenant_id) == 0;
}

bool remedy_same_actor(const struct pal_step *a, const struct pal_step *b) {
  return remedy_same_tenant(a, b) && a->actor == b->actor &&
         (a->actor != PAL_ACTOR_IDENTITY || strcmp(a->ways[0].ids.object.s, b->ways[0].ids.object.s) == 0);
}

bool remedy_runs(const struct pal_step *step) {
  const struct pal_way *way = &step->ways[0];
  bool asked = way->fix->effect == PAL_FIX_LINKS || (way->fix->effect == PAL_FIX_READS && way->fix->signs_in);
  return asked && way->complete && !step->undecided && way->ids.tenant.s[0] && way->ids.object.s[0];
}

static bool is_same(const struct pal_step *step, int field, size_t at) {
  for (size_t i = 0; i < at; i++)
    if (strcmp(pal_get_text(step->findings[i]->finding, field), pal_get_text(step->findings[at]->finding, field)) == 0)
      return true;
  return false;
}

bool remedy_is_said(const struct pal_step *step, size_t i) {
  return is_same(step, PAL_FINDING_MESSAGE, i);
}

void remedy_put_policies(struct pal_buf *out, const struct pal_step *step) {
  size_t named = 0, more = 0;
  for (size_t i = 0; i < step->findings_n; i++) {
    if (is_same(step, PAL_FINDING_POLICY, i))
      continue;
    if (named++ < POLICIES_NAMED)
      pal_buf_printf(out, "%s%s", i ? ", " : "", pal_get_text(step->findings[i]->finding, PAL_FINDING_POLICY));
    else
      more++;
  }
  if (more > 0)
    pal_buf_printf(out, " and %zu more", more);
}

/* The names are of the configuration, and hold letters, digits and dashes only. */
static void put_names(struct pal_buf *out, const char *names) {
  struct pal_json_doc *doc = NULL;
  const char *before = "identity ";
  if (!names || pal_json_parse(names, strlen(names), "names", 0, 0, &doc, NULL) != PAL_OK)
    return;
  for (const pal_json *n = pal_json_first(pal_json_root(doc)); n; n = pal_json_next(n))
    if (pal_json_text(n) && pal_name_valid(pal_json_text(n))) {
      pal_buf_printf(out, "%s%s", before, pal_json_text(n));
      before = ", ";
    }
  if (strcmp(before, ", ") == 0)
    pal_buf_puts(out, ", ");
  pal_json_doc_free(doc);
}

void remedy_put_actor(struct pal_buf *out, const struct pal_step *step) {
  pal_buf_puts(out, pal_actor_name(step->actor));
  if (step->actor != PAL_ACTOR_IDENTITY)
    return;
  pal_buf_puts(out, ": ");
  put_names(out, step->names);
  if (step->ways[0].ids.object.s[0])
    pal_buf_printf(out, "object %s", step->ways[0].ids.object.s);
  else
    pal_buf_puts(out, "one of ours that works there");
}

const char *remedy_decide_first(const struct pal_step *step) {
  return step->undecided ? "Decide first: no rule of the registry (expect) says which partner ID is wanted here."
                         : NULL;
}
