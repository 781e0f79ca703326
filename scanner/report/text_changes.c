/* SPDX-License-Identifier: Apache-2.0 */
/* text_changes.c - what became different, customer by customer, in five heaps. */
#include "formats.h"
#include "outline.h"
#include "people.h"
#include "text.h"

enum { NARROW_MARGIN = 0, WIDE_MARGIN = 4, HEAP_MARGIN = 2 };

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

static void say_counts(struct paper *paper, const struct pal_comparison *c, const struct outline *outline) {
  paper_count(paper, c->lines_n, "change", "changes");
  if (outline->findings == 0) {
    paper_say(paper, " and no finding");
    return;
  }
  paper_say(paper, " and ");
  paper_count(paper, outline->findings, "finding", "findings");
  paper_say(paper, " (%zu new, %zu otherwise changed, %zu resolved)", outline->fresh,
            outline->findings - outline->fresh - outline->fates[OUTLINE_RESOLVED], outline->fates[OUTLINE_RESOLVED]);
}

static void say_activations(struct paper *paper, const struct pal_comparison *c) {
  paper_count(paper, c->activations_n, "PIM activation", "PIM activations");
  paper_say(paper, " began or ended");
}

static void say_first_line(struct paper *paper, const struct pal_comparison *c, const struct outline *outline) {
  if (outline->quiet) {
    paper_say(paper, "Nothing changed");
    say_between(paper, c);
    paper_say(paper, " (");
    say_runs_between(paper, c);
    if (c->activations_n) {
      paper_say(paper, "; ");
      say_activations(paper, c);
    }
    paper_say(paper, ").");
  } else {
    say_counts(paper, c, outline);
    say_between(paper, c);
    paper_say(paper, ", ");
    say_runs_between(paper, c);
    paper_say(paper, ".");
  }
  paper_end(paper, 0, 0);
}

/* "access and links 4 · findings: attribution 9 · completeness 4" */
static void say_parts(struct paper *paper, const struct outline *outline) {
  bool any = false;
  for (int i = 0; i < OUTLINE_PARTS; i++) {
    if (outline->parts[i] == 0)
      continue;
    if (any)
      paper_piece(paper);
    paper_say(paper, "%s %zu", outline_part_word(i), outline->parts[i]);
    any = true;
  }
  if (any)
    paper_end(paper, 0, 0);
}

/* --- one finding --- */

static void say_fate(struct paper *paper, const struct outline_entry *entry) {
  enum pal_novelty novelty = entry->reported->novelty;
  bool worse = entry->fate == OUTLINE_OPENED || novelty == PAL_REOPENED || novelty == PAL_WORSENED;
  paper_tint(paper, worse ? TINT_BAD : entry->fate == OUTLINE_RESOLVED ? TINT_GOOD : TINT_HEAD);
  paper_say(paper, "%s", outline_fate_word(entry));
  paper_tint(paper, TINT_OFF);
  paper_say(paper, " ");
}

static void say_finding(struct paper *paper, const struct pal_comparison *c, const struct outline_entry *entry) {
  const struct pal_reported *reported = entry->reported;
  say_fate(paper, entry);
  text_severity(paper, pal_get_text(reported->finding, PAL_FINDING_SEVERITY));
  paper_say(paper, " ");
  text_policy(paper, reported);
  text_subject(paper, reported);
  paper_piece(paper);
  paper_text(paper, pal_get_text(reported->finding, PAL_FINDING_MESSAGE));
  if (reported->was) {
    const char *id;
    paper_piece(paper);
    paper_say(paper, "%s", outline_change_word(reported, &id));
    paper_text(paper, id ? id : "");
  }
  if (entry->fate == OUTLINE_RESOLVED)
    text_settled_by(paper, c, reported);
  text_dates(paper, reported->finding);
  paper_item(paper);
}

/* --- everything that is shown --- */

static void say_customer(struct paper *paper, const struct outline_entry *entry) {
  paper_blank(paper);
  paper_tint(paper, TINT_HEAD);
  text_customer(paper, entry->tenant_name, entry->tenant_id);
  paper_tint(paper, TINT_OFF);
  if (entry->tenant_country) {
    paper_say(paper, ", ");
    paper_text(paper, entry->tenant_country);
  }
  paper_heading(paper, 2, 0, HEAP_MARGIN);
}

static void say_change(struct paper *paper, const struct pal_compared_change *change) {
  paper_text(paper, change->line);
  if (change->told > 1 && change->tail_at) {
    paper_piece(paper);
    paper_say(paper, "%zu units", change->told);
  }
  paper_item(paper);
}

static void say_entries(struct paper *paper, const struct pal_comparison *c, const struct outline *outline) {
  for (size_t i = 0; i < outline->n; i++) {
    const struct outline_entry *entry = &outline->v[i];
    if (outline_opens_customer(outline, i))
      say_customer(paper, entry);
    if (outline_opens_part(outline, i)) {
      paper_say(paper, "%s", outline_part_word(entry->part));
      paper_heading(paper, 3, paper_narrow(paper) ? 0 : HEAP_MARGIN, HEAP_MARGIN);
    }
    paper->margin = paper_narrow(paper) ? NARROW_MARGIN : WIDE_MARGIN;
    if (entry->change)
      say_change(paper, entry->change);
    else
      say_finding(paper, c, entry);
  }
}

static void say_not_listed(struct paper *paper, const struct pal_comparison *c, const struct outline *outline) {
  if (outline->hidden == 0 && (c->activations_n == 0 || outline->quiet))
    return;
  paper_blank(paper);
  paper_say(paper, "Not listed here: ");
  if (outline->hidden) {
    paper_count(paper, outline->hidden, "verdict that is or was", "verdicts that are or were");
    paper_say(paper, " unknown, accepted or folded");
  }
  if (c->activations_n && !outline->quiet) {
    paper_say(paper, outline->hidden ? "; " : "");
    say_activations(paper, c);
  }
  paper_say(paper, ". -f json and -f csv hold every one.");
  paper_end(paper, 0, 2);
}

enum pal_code text_print_changes(struct paper *paper, const struct pal_comparison *comparison, struct pal_err *err) {
  struct outline outline;
  enum pal_code code = outline_make(comparison, &outline, err);
  if (code != PAL_OK)
    return code;
  say_first_line(paper, comparison, &outline);
  say_parts(paper, &outline);
  say_entries(paper, comparison, &outline);
  say_not_listed(paper, comparison, &outline);
  outline_free(&outline);
  return PAL_OK;
}

enum pal_code report_text_changes(const struct pal_comparison *comparison, const struct pal_style *style, FILE *out,
                                  struct pal_err *err) {
  struct paper paper;
  paper_init(&paper, style, out);
  enum pal_code code = text_print_changes(&paper, comparison, err), finished = paper_finish(&paper, "the changes", err);
  return code == PAL_OK ? finished : code;
}
