/* SPDX-License-Identifier: Apache-2.0 */
/* text_changes.c - what became different, customer by customer, in five heaps. */
#include <stdlib.h>
#include <string.h>

#include "formats.h"
#include "people.h"
#include "text.h"

enum { NARROW_MARGIN = 0, WIDE_MARGIN = 4, HEAP_MARGIN = 2 };

/* What a finding of the comparison is to people. */
enum fate { OPENED, CHANGED, RESOLVED, FATES_N };

/* Shown when people counted it before or count it now; the rest is only counted. */
static bool is_shown(const struct pal_reported *reported) {
  return report_counts(reported->finding) || (reported->was && report_counts(reported->was));
}

struct side {
  const struct pal_reported *v;
  size_t n;
};

static struct side side_of(const struct pal_comparison *comparison, enum fate fate) {
  switch (fate) {
  case OPENED: return (struct side){comparison->opened, comparison->opened_n};
  case CHANGED: return (struct side){comparison->changed, comparison->changed_n};
  case RESOLVED:
  case FATES_N: break;
  }
  return (struct side){comparison->resolved, comparison->resolved_n};
}

static size_t count_shown(const struct pal_comparison *comparison, enum fate fate) {
  struct side side = side_of(comparison, fate);
  size_t n = 0;
  for (size_t i = 0; i < side.n; i++)
    n += is_shown(&side.v[i]);
  return n;
}

static size_t count_hidden(const struct pal_comparison *comparison) {
  size_t n = 0;
  for (int fate = 0; fate < FATES_N; fate++)
    n += side_of(comparison, (enum fate)fate).n - count_shown(comparison, (enum fate)fate);
  return n;
}

/* --- the first line --- */

static void say_end_of_run(struct paper *paper, const char *started, const char *commit, const char *kind) {
  paper_tint(paper, TINT_HEAD);
  paper_say(paper, "%s", people_time(started).s);
  paper_tint(paper, TINT_OFF);
  paper_say(paper, " (");
  text_commit(paper, commit);
  if (people_run_mark(kind))
    paper_say(paper, ", %s", people_run_mark(kind));
  paper_say(paper, ")");
}

static void say_between(struct paper *paper, const struct pal_comparison *c) {
  paper_say(paper, " between ");
  say_end_of_run(paper, c->from_started, c->from_commit, c->from_kind);
  paper_say(paper, " and ");
  say_end_of_run(paper, c->to_started, c->to_commit, c->to_kind);
}

static void say_runs_between(struct paper *paper, const struct pal_comparison *c) {
  if (c->runs_between == 0)
    paper_say(paper, "no run between");
  else
    paper_count(paper, c->runs_between, "run between", "runs between");
}

static void say_counts(struct paper *paper, const struct pal_comparison *c) {
  size_t n[FATES_N], all = 0, fresh = 0;
  for (int fate = 0; fate < FATES_N; fate++)
    all += n[fate] = count_shown(c, (enum fate)fate);
  for (size_t i = 0; i < c->opened_n; i++)
    fresh += pal_reported_is_new(&c->opened[i]);
  for (size_t i = 0; i < c->changed_n; i++)
    fresh += pal_reported_is_new(&c->changed[i]);
  paper_count(paper, c->changes_n, "change", "changes");
  if (all == 0) {
    paper_say(paper, " and no finding");
    return;
  }
  paper_say(paper, " and ");
  paper_count(paper, all, "finding", "findings");
  paper_say(paper, " (%zu new, %zu otherwise changed, %zu resolved)", fresh, all - fresh - n[RESOLVED], n[RESOLVED]);
}

static bool is_quiet(const struct pal_comparison *c) {
  return c->changes_n + c->opened_n + c->changed_n + c->resolved_n == 0;
}

static void say_first_line(struct paper *paper, const struct pal_comparison *c) {
  if (is_quiet(c)) {
    paper_say(paper, "Nothing changed");
    say_between(paper, c);
    paper_say(paper, " (");
    say_runs_between(paper, c);
    paper_say(paper, ").");
  } else {
    say_counts(paper, c);
    say_between(paper, c);
    paper_say(paper, ", ");
    say_runs_between(paper, c);
    paper_say(paper, ".");
  }
  paper_end(paper, 0, 0);
}

/* --- one finding --- */

/* "now under risk acceptance W-7", "from high to critical", … */
static void say_what_changed(struct paper *paper, const struct pal_reported *reported) {
  const struct pal_record *is = reported->finding, *was = reported->was;
  const char *waiver = pal_get_text(is, PAL_FINDING_WAIVER);
  if (report_is(is, PAL_FINDING_STATUS, "waived")) {
    paper_say(paper, "now under a risk acceptance ");
    paper_text(paper, waiver ? waiver : "");
  } else if (report_is(is, PAL_FINDING_STATUS, "folded")) {
    paper_say(paper, "now folded under another finding");
  } else if (report_is(is, PAL_FINDING_VERDICT, "unknown")) {
    paper_say(paper, "now unknown");
  } else if (report_is(was, PAL_FINDING_VERDICT, "unknown")) {
    paper_say(paper, "was unknown");
  } else if (report_counts(was)) {
    paper_say(paper, "was %s", pal_get_text(was, PAL_FINDING_SEVERITY));
  } else {
    paper_say(paper,
              report_is(was, PAL_FINDING_STATUS, "folded") ? "no longer folded" : "no longer under a risk acceptance");
  }
}

static void say_fate(struct paper *paper, const struct pal_reported *reported, enum fate fate) {
  static const char *const words[] = {[OPENED] = "NEW", [CHANGED] = "CHANGED", [RESOLVED] = "RESOLVED"};
  bool worse = fate == OPENED || reported->novelty == PAL_REOPENED || reported->novelty == PAL_WORSENED;
  const char *word = reported->novelty == PAL_REOPENED   ? "REOPENED"
                     : reported->novelty == PAL_WORSENED ? "WORSENED"
                                                         : words[fate];
  paper_tint(paper, worse ? TINT_BAD : fate == RESOLVED ? TINT_GOOD : TINT_HEAD);
  paper_say(paper, "%s", word);
  paper_tint(paper, TINT_OFF);
  paper_say(paper, " ");
}

static void say_finding(struct paper *paper, const struct pal_comparison *c, const struct pal_reported *reported,
                        enum fate fate) {
  say_fate(paper, reported, fate);
  text_severity(paper, pal_get_text(reported->finding, PAL_FINDING_SEVERITY));
  paper_say(paper, " ");
  text_policy(paper, reported);
  text_subject(paper, reported);
  paper_piece(paper);
  paper_text(paper, pal_get_text(reported->finding, PAL_FINDING_MESSAGE));
  if (reported->was) {
    paper_piece(paper);
    say_what_changed(paper, reported);
  }
  if (fate == RESOLVED)
    text_settled_by(paper, c, reported);
  text_dates(paper, reported->finding);
  paper_item(paper);
}

/* --- everything that is shown, in the order it is shown --- */

/* Access and links; findings by class; policies, registry and estate; acceptances; completeness. */
enum { PARTS_N = HEAPS_N - 1 + PAL_CLASSES };

static int part_of_heap(enum report_heap heap) {
  return heap <= HEAP_FINDINGS ? (int)heap : (int)heap + PAL_CLASSES - 1;
}

static const char *const part_words[PARTS_N] = {
    "access and links", "findings: access",       "findings: attribution",
    "findings: rule",   "findings: completeness", "policies, registry and estate",
    "risk acceptances", "completeness",
};

struct entry {
  const char *tenant_id, *tenant_name;
  int part;
  enum fate fate;
  size_t place;                             /* in its list of the model */
  const struct pal_compared_change *change; /* NULL: a finding */
  const struct pal_reported *reported;
  bool said; /* in the line of another one */
};

struct entries {
  struct entry *v;
  size_t n;
};

static int class_part(const struct pal_record *finding) {
  for (int i = 0; i < PAL_CLASSES; i++)
    if (report_is(finding, PAL_FINDING_CLASS, report_class_word(i)))
      return HEAP_FINDINGS + i;
  return HEAP_FINDINGS;
}

static int compare_entries(const void *a, const void *b) {
  const struct entry *x = a, *y = b;
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

static enum pal_code list_entries(const struct pal_comparison *c, struct entries *ret, struct pal_err *err) {
  size_t cap = c->changes_n + c->opened_n + c->changed_n + c->resolved_n;
  ret->v = calloc(cap + 1, sizeof *ret->v);
  if (!ret->v)
    return pal_err_nomem(err);
  for (size_t i = 0; i < c->changes_n; i++)
    ret->v[ret->n++] = (struct entry){.tenant_id = c->changes[i].tenant_id,
                                      .tenant_name = c->changes[i].tenant_name,
                                      .part = part_of_heap(report_heap_of(c->changes[i].kind)),
                                      .place = i,
                                      .change = &c->changes[i]};
  for (int fate = 0; fate < FATES_N; fate++) {
    struct side side = side_of(c, (enum fate)fate);
    for (size_t i = 0; i < side.n; i++)
      if (is_shown(&side.v[i]))
        ret->v[ret->n++] = (struct entry){.tenant_id = side.v[i].tenant_id,
                                          .tenant_name = side.v[i].tenant_name,
                                          .part = class_part(side.v[i].finding),
                                          .fate = (enum fate)fate,
                                          .place = i,
                                          .reported = &side.v[i]};
  }
  if (ret->n)
    qsort(ret->v, ret->n, sizeof *ret->v, compare_entries);
  return PAL_OK;
}

static bool same_customer(const struct entry *a, const struct entry *b) {
  return strcmp(a->tenant_id, b->tenant_id) == 0;
}

static void say_customer(struct paper *paper, const struct entries *entries, size_t at) {
  const char *country = NULL;
  for (size_t i = at; i < entries->n && same_customer(&entries->v[i], &entries->v[at]) && !country; i++)
    country = entries->v[i].change ? entries->v[i].change->tenant_country : NULL;
  paper_blank(paper);
  paper_tint(paper, TINT_HEAD);
  text_customer(paper, entries->v[at].tenant_name, entries->v[at].tenant_id);
  paper_tint(paper, TINT_OFF);
  if (country) {
    paper_say(paper, ", ");
    paper_text(paper, country);
  }
  paper_end(paper, 0, HEAP_MARGIN);
}

/* --- completeness: one cause, one line --- */

static bool same_fall(const struct entry *a, const struct entry *b) {
  return same_customer(a, b) && a->change && b->change && a->change->tail_at && b->change->tail_at &&
         strcmp(a->change->sentence + a->change->tail_at, b->change->sentence + b->change->tail_at) == 0;
}

/* "links" of "links of provider-automation". */
static size_t area_length(const struct pal_compared_change *change) {
  const char *of = strstr(change->sentence, " of ");
  size_t len = of ? (size_t)(of - change->sentence) : change->tail_at;
  return len < change->tail_at ? len : change->tail_at;
}

/* Says all entries from `at` on that fell for one cause, and drops the others of them. */
static void say_change(struct paper *paper, struct entries *entries, size_t at) {
  const struct pal_compared_change *change = entries->v[at].change, *last = NULL;
  size_t n = 1;
  for (size_t i = at + 1; i < entries->n && same_customer(&entries->v[i], &entries->v[at]); i++)
    n += same_fall(&entries->v[i], &entries->v[at]);
  if (n == 1) {
    paper_text(paper, change->sentence);
    paper_item(paper);
    return;
  }
  for (size_t i = at; i < entries->n && same_customer(&entries->v[i], &entries->v[at]); i++) {
    const struct pal_compared_change *other = entries->v[i].change;
    if (i > at && !same_fall(&entries->v[i], &entries->v[at]))
      continue;
    size_t len = area_length(other);
    if (!last || len != area_length(last) || memcmp(last->sentence, other->sentence, len) != 0)
      paper_part(paper, last ? ", " : "", other->sentence, len);
    last = other;
    entries->v[i].said = true;
  }
  paper_text(paper, change->sentence + change->tail_at);
  paper_piece(paper);
  paper_say(paper, "%zu units", n);
  paper_item(paper);
}

static void say_entries(struct paper *paper, const struct pal_comparison *c, struct entries *entries) {
  for (size_t i = 0; i < entries->n; i++) {
    if (entries->v[i].said)
      continue;
    const struct entry *entry = &entries->v[i], *last = i > 0 ? entry - 1 : NULL;
    bool next_customer = !last || !same_customer(last, entry);
    if (next_customer)
      say_customer(paper, entries, i);
    if (next_customer || last->part != entry->part) {
      paper_say(paper, "%s", part_words[entry->part]);
      paper_end(paper, paper_narrow(paper) ? 0 : HEAP_MARGIN, HEAP_MARGIN);
    }
    paper->margin = paper_narrow(paper) ? NARROW_MARGIN : WIDE_MARGIN;
    if (entry->change) {
      say_change(paper, entries, i);
    } else {
      say_finding(paper, c, entry->reported, entry->fate);
    }
  }
}

enum pal_code report_text_changes(const struct pal_comparison *comparison, const struct pal_style *style, FILE *out,
                                  struct pal_err *err) {
  struct paper paper;
  struct entries entries = {0};
  enum pal_code code = list_entries(comparison, &entries, err);
  if (code != PAL_OK)
    return code;
  paper_init(&paper, style, out);
  say_first_line(&paper, comparison);
  say_entries(&paper, comparison, &entries);
  free(entries.v);
  size_t hidden = count_hidden(comparison);
  if (hidden) {
    paper_blank(&paper);
    paper_say(&paper, "Not listed here: ");
    paper_count(&paper, hidden, "verdict that is or was", "verdicts that are or were");
    paper_say(&paper, " unknown, accepted or folded. -f json and -f csv hold every one.");
    paper_end(&paper, 0, 2);
  }
  return paper_finish(&paper, "the changes", err);
}
