/* SPDX-License-Identifier: Apache-2.0 */
#include "outline.h"

#include <stdlib.h>
#include <string.h>

/* Shown when people counted it before or count it now; the rest is only counted. */
static bool is_shown(const struct pal_reported *reported) {
  return report_counts(reported->finding) || (reported->was && report_counts(reported->was));
}

struct side {
  const struct pal_reported *v;
  size_t n;
};

static struct side side_of(const struct pal_comparison *comparison, enum outline_fate fate) {
  switch (fate) {
  case OUTLINE_OPENED: return (struct side){comparison->opened, comparison->opened_n};
  case OUTLINE_CHANGED: return (struct side){comparison->changed, comparison->changed_n};
  case OUTLINE_RESOLVED:
  case OUTLINE_FATES: break;
  }
  return (struct side){comparison->resolved, comparison->resolved_n};
}

/* --- parts --- */

static int part_of_heap(enum report_heap heap) {
  return heap <= HEAP_FINDINGS ? (int)heap : (int)heap + PAL_CLASSES - 1;
}

static int part_of_class(const struct pal_record *finding) {
  for (int i = 0; i < PAL_CLASSES; i++)
    if (report_is(finding, PAL_FINDING_CLASS, report_class_word(i)))
      return HEAP_FINDINGS + i;
  return HEAP_FINDINGS;
}

const char *outline_part_word(int part) {
  static const char *const words[OUTLINE_PARTS] = {
      "access and links", "findings: access",       "findings: attribution",
      "findings: rule",   "findings: completeness", "policies, registry and estate",
      "risk acceptances", "completeness",
  };
  return words[part];
}

/* --- order --- */

static int compare_entries(const void *a, const void *b) {
  const struct outline_entry *x = a, *y = b;
  int cmp = report_compare_customers(x->tenant_id, x->tenant_name, y->tenant_id, y->tenant_name);
  if (!cmp)
    cmp = x->part - y->part;
  if (!cmp && x->reported && y->reported)
    cmp = pal_severity_rank(pal_get_text(x->reported->finding, PAL_FINDING_SEVERITY)) -
          pal_severity_rank(pal_get_text(y->reported->finding, PAL_FINDING_SEVERITY));
  if (!cmp)
    cmp = (int)x->fate - (int)y->fate;
  return cmp ? cmp : (x->place > y->place) - (x->place < y->place);
}

static bool same_customer(const struct outline_entry *a, const struct outline_entry *b) {
  return strcmp(a->tenant_id, b->tenant_id) == 0;
}

/* Only changes know of a country. */
static void name_countries(struct outline *outline) {
  for (size_t i = 0, end; i < outline->n; i = end) {
    const char *country = NULL;
    for (end = i; end < outline->n && same_customer(&outline->v[end], &outline->v[i]); end++)
      if (!country && outline->v[end].change)
        country = outline->v[end].change->tenant_country;
    for (size_t j = i; j < end; j++)
      outline->v[j].tenant_country = country;
  }
}

static void list_changes(const struct pal_comparison *c, struct outline *outline) {
  for (size_t i = 0; i < c->changes_n; i++)
    if (c->changes[i].line)
      outline->v[outline->n++] = (struct outline_entry){.tenant_id = c->changes[i].tenant_id,
                                                        .tenant_name = c->changes[i].tenant_name,
                                                        .part = part_of_heap(report_heap_of(c->changes[i].kind)),
                                                        .place = i,
                                                        .change = &c->changes[i]};
}

static void list_findings(const struct pal_comparison *c, enum outline_fate fate, struct outline *outline) {
  struct side side = side_of(c, fate);
  for (size_t i = 0; i < side.n; i++) {
    if (fate != OUTLINE_RESOLVED)
      outline->fresh += pal_reported_is_new(&side.v[i]);
    if (!is_shown(&side.v[i])) {
      outline->hidden++;
      continue;
    }
    outline->fates[fate]++;
    outline->findings++;
    outline->v[outline->n++] = (struct outline_entry){.tenant_id = side.v[i].tenant_id,
                                                      .tenant_name = side.v[i].tenant_name,
                                                      .part = part_of_class(side.v[i].finding),
                                                      .fate = fate,
                                                      .place = i,
                                                      .reported = &side.v[i]};
  }
}

enum pal_code outline_make(const struct pal_comparison *comparison, struct outline *ret, struct pal_err *err) {
  *ret = (struct outline){0};
  size_t verdicts = comparison->opened_n + comparison->changed_n + comparison->resolved_n;
  ret->v = calloc(comparison->lines_n + verdicts + 1, sizeof *ret->v);
  if (!ret->v)
    return pal_err_nomem(err);
  ret->quiet = comparison->lines_n + verdicts == 0;
  list_changes(comparison, ret);
  for (int fate = 0; fate < OUTLINE_FATES; fate++)
    list_findings(comparison, (enum outline_fate)fate, ret);
  if (ret->n)
    qsort(ret->v, ret->n, sizeof *ret->v, compare_entries);
  name_countries(ret);
  for (size_t i = 0; i < ret->n; i++)
    ret->parts[ret->v[i].part]++;
  return PAL_OK;
}

void outline_free(struct outline *outline) {
  free(outline->v);
  *outline = (struct outline){0};
}

bool outline_opens_customer(const struct outline *outline, size_t at) {
  return at == 0 || !same_customer(&outline->v[at - 1], &outline->v[at]);
}

bool outline_opens_part(const struct outline *outline, size_t at) {
  return outline_opens_customer(outline, at) || outline->v[at - 1].part != outline->v[at].part;
}

/* --- words about a finding --- */

const char *outline_fate_word(const struct outline_entry *entry) {
  static const char *const words[] = {
      [OUTLINE_OPENED] = "NEW", [OUTLINE_CHANGED] = "CHANGED", [OUTLINE_RESOLVED] = "RESOLVED"};
  switch (entry->reported->novelty) {
  case PAL_REOPENED: return "REOPENED";
  case PAL_WORSENED: return "WORSENED";
  case PAL_STANDING:
  case PAL_NEW: break;
  }
  return words[entry->fate];
}

const char *outline_change_word(const struct pal_reported *reported, const char **ret_id) {
  static const char *const was_severity[] = {"was critical", "was high", "was medium", "was low", "was info"};
  const struct pal_record *is = reported->finding, *was = reported->was;
  *ret_id = NULL;
  if (report_is(is, PAL_FINDING_STATUS, "waived")) {
    *ret_id = pal_get_text(is, PAL_FINDING_WAIVER);
    return "now under a risk acceptance ";
  }
  if (report_is(is, PAL_FINDING_STATUS, "folded"))
    return "now folded under another finding";
  if (report_is(is, PAL_FINDING_VERDICT, "unknown"))
    return "now unknown";
  if (report_is(was, PAL_FINDING_VERDICT, "unknown"))
    return "was unknown";
  if (report_counts(was)) {
    int rank = pal_severity_rank(pal_get_text(was, PAL_FINDING_SEVERITY));
    return rank < PAL_SEVERITIES ? was_severity[rank] : "was of another severity";
  }
  return report_is(was, PAL_FINDING_STATUS, "folded") ? "no longer folded" : "no longer under a risk acceptance";
}
