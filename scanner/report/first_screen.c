/* SPDX-License-Identifier: Apache-2.0 */
/* first_screen.c - what an officer reads first, in the order of design.md, "First screen". */
#include <string.h>

#include "pal_time.h"
#include "people.h"
#include "text.h"

enum { LISTED_MAX = 10 };

static void say_more(struct paper *paper, size_t n, size_t listed) {
  if (n > listed) {
    paper_say(paper, "\xE2\x80\xA6 and %zu more", n - listed);
    paper_row(paper);
  }
}

static size_t listed_of(size_t n) {
  return n < LISTED_MAX ? n : LISTED_MAX;
}

static void say_tinted(struct paper *paper, enum report_tint tint, const char *text) {
  paper_tint(paper, tint);
  paper_say(paper, "%s", text);
  paper_tint(paper, TINT_OFF);
}

/* --- when, and what kind of run --- */

static void say_run(struct paper *paper, const struct pal_report *report) {
  paper_section(paper, "As of");
  say_tinted(paper, TINT_HEAD, people_time(report->started).s);
  paper_piece(paper);
  paper_say(paper, "%s", people_run(report->kind));
  if (!report->full) {
    paper_piece(paper);
    paper_say(paper, "part of the estate only");
  }
  for (size_t i = 0; report->identities && i < report->identities->n; i++) {
    paper_say(paper, i == 0 ? ", as " : ", ");
    paper_text(paper, report->identities->v[i]);
  }
  paper_piece(paper);
  if (report->commit && report->commit[0]) {
    paper_say(paper, "snapshot ");
    text_commit(paper, report->commit);
  } else {
    paper_say(paper, "not kept as a snapshot");
  }
  if (report->rejudged) {
    paper_piece(paper);
    paper_say(paper, "judged again by today's rules");
    if (report->inputs)
      paper_say(paper, " with %s", report->inputs);
  }
  paper_row(paper);
}

/* --- completeness --- */

static void say_gap_state(struct paper *paper, const struct pal_gap *gap) {
  const struct people_time as_of = people_date(gap->as_of);
  paper_text(paper, gap->area);
  if (gap->as_of[0] == '\0')
    paper_say(paper, strcmp(gap->state, "not-collected") == 0 ? " not collected" : " never read");
  else if (strcmp(gap->state, "partial") == 0)
    paper_say(paper, " read only in part on %s", as_of.s);
  else
    paper_say(paper, " last read on %s", as_of.s);
}

static void say_gap(struct paper *paper, const struct pal_gap *gap) {
  paper_named(paper, gap->tenant_name, gap->tenant_id);
  paper_piece(paper);
  say_gap_state(paper, gap);
  if (gap->cause[0]) {
    paper_piece(paper);
    paper_text(paper, gap->cause);
  }
  if (gap->units > 1) {
    paper_piece(paper);
    paper_say(paper, "%zu more not complete", gap->units - 1);
  }
  if (gap->accepted) {
    paper_piece(paper);
    paper_say(paper, "accepted: ");
    paper_text(paper, gap->accepted);
  }
  paper_item(paper);
}

static void say_completeness(struct paper *paper, const struct pal_report *report) {
  const struct pal_completeness *completeness = &report->completeness;
  const char *of = report->full ? "" : " in scope";
  paper_section(paper, "Completeness");
  if (completeness->expected == 0) {
    paper_say(paper, "no tenant was to be read");
    paper_row(paper);
    return;
  }
  bool all = completeness->complete == completeness->expected;
  paper_tint(paper, all ? TINT_GOOD : TINT_BAD);
  const char *how =
      report->identities ? "complete by what these identities read now and others before" : "read completely";
  if (all && completeness->expected == 1)
    paper_say(paper, "the one tenant%s %s", of, how);
  else if (all)
    paper_say(paper, "all %zu tenants%s %s", completeness->expected, of, how);
  else
    paper_say(paper, "%zu of %zu tenants%s %s", completeness->complete, completeness->expected, of, how);
  paper_tint(paper, TINT_OFF);
  paper_row(paper);
  size_t listed = 0;
  for (int accepted = 0; accepted <= 1; accepted++) /* what nobody accepted first */
    for (size_t i = 0; i < completeness->gaps_n && listed < LISTED_MAX; i++)
      if ((completeness->gaps[i].accepted != NULL) == (accepted != 0)) {
        say_gap(paper, &completeness->gaps[i]);
        listed++;
      }
  say_more(paper, completeness->gaps_n, listed);
}

/* --- rules --- */

static void say_rules(struct paper *paper, const struct pal_report *report) {
  const struct {
    size_t n;
    const char *words;
  } parts[] = {
      {report->rules.changed, "changed"},
      {report->rules.disabled, "disabled"},
      {report->rules.lowered, "with lowered severity"},
      {report->rules.own, "own"},
  };
  paper_section(paper, "Rules");
  paper_say(paper, "%zu as shipped", report->rules.shipped);
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
    if (parts[i].n)
      paper_say(paper, ", %zu %s", parts[i].n, parts[i].words);
  paper_row(paper);
}

/* --- what is new --- */

static size_t begun_after(const struct pal_report *report, const char *instant) {
  struct pal_instant limit, since;
  size_t n = 0;
  if (!pal_instant_parse(instant, &limit))
    return 0;
  for (size_t i = 0; i < report->findings_n; i++) {
    const char *text = pal_get_text(report->findings[i].finding, PAL_FINDING_SINCE);
    n += report_counts(report->findings[i].finding) && text && pal_instant_parse(text, &since) &&
         pal_instant_cmp(since, limit) > 0;
  }
  return n;
}

static void say_news(struct paper *paper, const struct pal_report *report) {
  paper_section(paper, "Since last run");
  if (!report->has_previous) {
    paper_say(paper, "first run: everything is new");
  } else {
    if (report->fresh)
      paper_tint(paper, TINT_HEAD);
    paper_say(paper, "%zu new", report->fresh);
    if (report->worsened)
      paper_say(paper, " (%zu of them worsened)", report->worsened);
    paper_tint(paper, TINT_OFF);
    paper_say(paper, ", %zu resolved", report->resolved_n);
  }
  paper_row(paper);
  paper_section(paper, "Since review");
  if (report->last_review) {
    paper_count(paper, begun_after(report, report->last_review), "open finding", "open findings");
    paper_say(paper, " began after the last signed review");
  } else {
    paper_say(paper, "no review yet");
  }
  paper_row(paper);
}

/* --- open by class and severity --- */

static int digits(size_t n) {
  int ret = 1;
  for (; n > 9; n /= 10)
    ret++;
  return ret;
}

struct grid {
  const char *const *heads;
  int class_columns, columns[PAL_SEVERITIES];
  size_t total[PAL_SEVERITIES], all;
};

static void measure_grid(struct grid *grid, const struct pal_report *report, bool narrow) {
  static const char *const whole[] = {"critical", "high", "medium", "low", "info"};
  static const char *const cut[] = {"crit", "high", "med", "low", "info"};
  grid->heads = narrow ? cut : whole;
  for (int i = 0; i < PAL_CLASSES; i++) {
    int len = (int)strlen(report_class_word(i));
    grid->class_columns = len > grid->class_columns ? len : grid->class_columns;
    for (int j = 0; j < PAL_SEVERITIES; j++) {
      grid->total[j] += report->open[i][j];
      grid->all += report->open[i][j];
    }
  }
  for (int j = 0; j < PAL_SEVERITIES; j++) {
    int head = (int)strlen(grid->heads[j]), number = digits(grid->total[j]);
    grid->columns[j] = head > number ? head : number;
  }
}

static void say_grid_row(struct paper *paper, const struct grid *grid, const char *name, const size_t *n) {
  paper_say(paper, "%-*s", grid->class_columns, name);
  for (int j = 0; j < PAL_SEVERITIES; j++) {
    paper_say(paper, paper_narrow(paper) ? " " : "  ");
    paper_tint(paper, n[j] ? report_tint_severity(j) : TINT_DIM);
    paper_say(paper, "%*zu", grid->columns[j], n[j]);
    paper_tint(paper, TINT_OFF);
  }
  paper_row(paper);
}

/* The same as a table of Markdown, which is laid out by whoever shows it. */
static void say_markdown_grid(struct paper *paper, const struct pal_report *report, const struct grid *grid) {
  paper_say(paper, "**Open findings:**");
  paper_end(paper, 0, 0);
  paper_say(paper, "| class |");
  for (int j = 0; j < PAL_SEVERITIES; j++)
    paper_say(paper, " %s |", grid->heads[j]);
  paper_say(paper, "\n| --- |");
  for (int j = 0; j < PAL_SEVERITIES; j++)
    paper_say(paper, " ---: |");
  for (int i = 0; i <= PAL_CLASSES; i++) {
    paper_say(paper, "\n| %s |", i < PAL_CLASSES ? report_class_word(i) : "all");
    for (int j = 0; j < PAL_SEVERITIES; j++)
      paper_say(paper, " %zu |", i < PAL_CLASSES ? report->open[i][j] : grid->total[j]);
  }
  paper_end(paper, 0, 0);
}

static void say_open(struct paper *paper, const struct pal_report *report) {
  struct grid grid = {0};
  measure_grid(&grid, report, paper_narrow(paper));
  if (paper->markdown && grid.all) {
    say_markdown_grid(paper, report, &grid);
    return;
  }
  paper_section(paper, "Open findings");
  if (grid.all == 0) {
    say_tinted(paper, TINT_GOOD, "No open findings.");
    paper_row(paper);
    return;
  }
  paper_say(paper, "%-*s", grid.class_columns, "class");
  for (int j = 0; j < PAL_SEVERITIES; j++)
    paper_say(paper, "%s%*s", paper_narrow(paper) ? " " : "  ", grid.columns[j], grid.heads[j]);
  paper_row(paper);
  for (int i = 0; i < PAL_CLASSES; i++)
    say_grid_row(paper, &grid, report_class_word(i), report->open[i]);
  say_grid_row(paper, &grid, "all", grid.total);
}

/* --- unknown, self-declared --- */

static void say_cause(struct paper *paper, const struct pal_cause_count *cause) {
  paper_say(paper, "%zu \xC3\x97 ", cause->n);
  paper_text(paper, cause->cause);
  if (cause->areas[0]) {
    paper_say(paper, " (");
    paper_text(paper, cause->areas);
    paper_say(paper, ")");
  }
  if (cause->fresh)
    paper_say(paper, ", %zu new", cause->fresh);
  if (cause->accepted)
    paper_say(paper, ", %zu accepted", cause->accepted);
  paper_item(paper);
}

static void say_unknown(struct paper *paper, const struct pal_report *report) {
  paper_section(paper, "Unknown");
  if (report->unknown == 0) {
    paper_say(paper, "none");
    paper_row(paper);
    return;
  }
  size_t decided = report->unknown_new + report->unknown_accepted;
  paper_say(paper, "%zu: %zu new, %zu standing, %zu accepted", report->unknown, report->unknown_new,
            report->unknown > decided ? report->unknown - decided : 0, report->unknown_accepted);
  paper_row(paper);
  size_t listed = listed_of(report->causes_n);
  for (size_t i = 0; i < listed; i++)
    say_cause(paper, &report->causes[i]);
  say_more(paper, report->causes_n, listed);
}

static void say_declared(struct paper *paper, const struct pal_completeness *completeness) {
  paper_section(paper, "Self-declared");
  if (completeness->self_declared == 0) {
    paper_say(paper, "nothing");
  } else {
    paper_count(paper, completeness->self_declared, "statement", "statements");
    if (completeness->self_declared_oldest)
      paper_say(paper, ", the oldest of %s", people_date(completeness->self_declared_oldest).s);
  }
  paper_row(paper);
}

/* --- risk acceptances --- */

static bool note_is(const struct pal_waiver_note *note, const char *prefix) {
  return strncmp(note->note, prefix, strlen(prefix)) == 0;
}

enum note_group { NOTE_ENDS, NOTE_ENDED, NOTE_UNAPPROVED, NOTE_NOTHING, NOTE_BEGINS, NOTE_OTHER, NOTE_GROUPS };

static enum note_group group_of(const struct pal_waiver_note *note) {
  if (note_is(note, "ends "))
    return NOTE_ENDS;
  if (note_is(note, "ended") || note_is(note, "lapsed"))
    return NOTE_ENDED;
  if (note_is(note, "begins "))
    return NOTE_BEGINS;
  if (note_is(note, "not approved"))
    return NOTE_UNAPPROVED;
  return note_is(note, "matches nothing") ? NOTE_NOTHING : NOTE_OTHER;
}

/* Whether anything stood there. */
static bool say_note_group(struct paper *paper, const struct pal_report *report, enum note_group group) {
  static const struct {
    const char *one, *many;
  } words[NOTE_GROUPS] = {
      [NOTE_ENDS] = {"ends within 30 days", "end within 30 days"},
      [NOTE_ENDED] = {"lapsed", "lapsed"},
      [NOTE_NOTHING] = {"matches nothing", "match nothing"},
      [NOTE_BEGINS] = {"has not begun", "have not begun"},
      [NOTE_OTHER] = {"is not in order", "are not in order"},
      [NOTE_UNAPPROVED] = {"is not approved", "are not approved"},
  };
  size_t n = 0, named = 0;
  for (size_t i = 0; i < report->acceptances_n; i++)
    n += group_of(&report->acceptances[i]) == group;
  if (n == 0)
    return false;
  paper_count(paper, n, words[group].one, words[group].many);
  for (size_t i = 0; i < report->acceptances_n && named < LISTED_MAX; i++) {
    const struct pal_waiver_note *note = &report->acceptances[i];
    if (group_of(note) != group)
      continue;
    paper_say(paper, named++ ? ", " : ": ");
    paper_text(paper, note->id);
    if (group != NOTE_NOTHING) {
      paper_say(paper, " (");
      paper_text(paper, note->note);
      paper_say(paper, ")");
    }
  }
  if (n > named)
    paper_say(paper, " \xE2\x80\xA6 and %zu more", n - named);
  paper_row(paper);
  return true;
}

/* How many there are and hold, and whether anybody's signature stands under them. */
static void say_accepted(struct paper *paper, const struct pal_report *report) {
  paper_say(paper, "%zu of %zu in force, for ", report->accepted_held, report->accepted_n);
  paper_count(paper, report->waived, "finding", "findings");
  if (report->unsigned_accepted)
    paper_say(paper, "; none is approved by a signature (no approvers are configured)");
  paper_row(paper);
}

static void say_acceptances(struct paper *paper, const struct pal_report *report) {
  size_t reopened = 0;
  bool any = false;
  for (size_t i = 0; i < report->findings_n; i++) {
    const char *lapsed = pal_get_text(report->findings[i].finding, PAL_FINDING_LAPSED);
    reopened += report_counts(report->findings[i].finding) && lapsed && !text_not_approved(lapsed);
  }
  paper_section(paper, "Acceptances");
  if (report->accepted_n)
    say_accepted(paper, report);
  for (int group = 0; group < NOTE_GROUPS; group++)
    any |= say_note_group(paper, report, (enum note_group)group);
  if (reopened) {
    paper_count(paper, reopened, "finding is open again because its risk acceptance lapsed",
                "findings are open again because their risk acceptance lapsed");
    paper_row(paper);
  }
  if (!any && !reopened) {
    paper_say(paper, "none ends within 30 days, none lapsed");
    paper_row(paper);
  }
}

/* --- review, rules that could not judge --- */

static void say_review(struct paper *paper, const struct pal_report *report) {
  paper_section(paper, "Last review");
  if (report->last_review) {
    paper_say(paper, "%s", people_time(report->last_review).s);
    if (report->last_review_by) {
      paper_say(paper, " by ");
      paper_text(paper, report->last_review_by);
    }
  } else {
    paper_say(paper, "none yet");
  }
  paper_row(paper);
}

static void say_result(struct paper *paper, const struct pal_policy_result *result) {
  paper_text(paper, result->policy->id);
  paper_say(paper, " ");
  paper_text(paper, result->policy->title);
  paper_piece(paper);
  if (result->state == PAL_BROKEN) {
    say_tinted(paper, TINT_BAD, "failed, so its verdict is unknown: ");
    paper_text(paper, result->why ? result->why : "no reason given");
  } else {
    paper_text(paper, result->why ? result->why : "its area");
    paper_say(paper, " not collected");
  }
  paper_item(paper);
}

static bool awaits(const struct pal_policy_result *result) {
  return result->policy->status == PAL_AWAITS;
}

/* Whether a rule before the ith awaits these data as well. */
static bool awaited_before(const struct pal_report *report, size_t i, const char *data) {
  for (size_t k = 0; k < i; k++) {
    const struct pal_policy *policy = report->not_tested[k]->policy;
    for (size_t w = 0; awaits(report->not_tested[k]) && w < policy->status_words_n; w++)
      if (strcmp(policy->status_words[w], data) == 0)
        return true;
  }
  return false;
}

/* One row for all rules over data without a collector: they are the same every night. */
static void say_awaiting(struct paper *paper, const struct pal_report *report, size_t n) {
  bool first = true;
  paper_say(paper, "%zu need data that this version does not read: ", n);
  for (size_t i = 0; i < report->not_tested_n; i++) {
    const struct pal_policy *policy = report->not_tested[i]->policy;
    for (size_t w = 0; awaits(report->not_tested[i]) && w < policy->status_words_n; w++) {
      if (awaited_before(report, i, policy->status_words[w]))
        continue;
      paper_say(paper, "%s", first ? "" : ", ");
      paper_text(paper, policy->status_words[w]);
      first = false;
    }
  }
  paper_item(paper);
}

/* Rules that failed come first and are all listed. */
static void say_not_tested(struct paper *paper, const struct pal_report *report) {
  size_t awaiting = 0, listed = 0;
  if (report->not_tested_n == 0)
    return;
  paper_section(paper, "Not tested");
  paper_count(paper, report->not_tested_n, "rule", "rules");
  paper_row(paper);
  for (size_t i = 0; i < report->not_tested_n; i++) {
    if (awaits(report->not_tested[i])) {
      awaiting++;
    } else if (listed < LISTED_MAX || report->not_tested[i]->state == PAL_BROKEN) {
      say_result(paper, report->not_tested[i]);
      listed++;
    }
  }
  if (awaiting)
    say_awaiting(paper, report, awaiting);
  say_more(paper, report->not_tested_n - awaiting, listed);
}

void text_first_screen(struct paper *paper, const struct pal_report *report) {
  say_run(paper, report);
  say_completeness(paper, report);
  say_rules(paper, report);
  say_news(paper, report);
  say_open(paper, report);
  say_unknown(paper, report);
  say_declared(paper, &report->completeness);
  say_acceptances(paper, report);
  say_review(paper, report);
  say_not_tested(paper, report);
}
