/* SPDX-License-Identifier: Apache-2.0 */
/* remedy_text.c - the plan for people: tenant by tenant, by who can do it. */
#include <string.h>

#include "model.h"
#include "pal_text.h"
#include "paper.h"
#include "remedy_words.h"
#include "text.h"

enum { STEP = 4, BELOW = 7, WHYS = 3, LINE_BYTES = 64 << 10 };

/* A command is never broken: it is to be copied. */
static void say_command(struct paper *paper, const char *command) {
  struct pal_buf line;
  pal_buf_init(&line, LINE_BYTES);
  pal_buf_puts(&line, "         ");
  pal_term_escape(&line, command);
  pal_buf_putc(&line, '\n');
  report_sink_puts(&paper->sink, line.data);
  if (line.bad != PAL_OK && paper->bad == PAL_OK)
    paper->bad = line.bad;
  pal_buf_deinit(&line);
}

static void say_way(struct paper *paper, const struct pal_way *way, struct pal_arena *arena) {
  const char *sign_in = way->az_n > 0 ? pal_way_sign_in(arena, way, false) : NULL;
  if (sign_in)
    say_command(paper, sign_in);
  for (size_t i = 0; i < way->az_n; i++)
    say_command(paper, way->az[i]);
  if (way->az_n == 0)
    for (size_t i = 0; i < way->powershell_n; i++)
      say_command(paper, way->powershell[i]);
}

/* Each reason once: what was not read keeps many rules from judging. */
static void say_whys(struct paper *paper, const struct pal_step *step) {
  size_t said = 0, more = 0;
  for (size_t i = 0; i < step->findings_n; i++) {
    if (remedy_is_said(step, i))
      continue;
    if (said++ >= WHYS) {
      more++;
      continue;
    }
    paper_say(paper, "why: ");
    paper_text(paper, pal_get_text(step->findings[i]->finding, PAL_FINDING_MESSAGE));
    paper_end(paper, BELOW, BELOW + 5);
  }
  if (more > 0) {
    paper_say(paper, "and %zu more", more);
    paper_end(paper, BELOW, BELOW);
  }
}

static void say_step(struct paper *paper, const struct pal_step *step, size_t number, struct pal_arena *arena) {
  struct pal_buf policies;
  pal_buf_init(&policies, LINE_BYTES);
  remedy_put_policies(&policies, step);
  paper_say(paper, "%2zu. ", number);
  if (step->unknown)
    paper_say(paper, "UNKNOWN");
  else
    text_severity(paper, report_severity_word(step->severity));
  paper_say(paper, " ");
  paper_text(paper, step->ways[0].title);
  paper_piece(paper);
  paper_text(paper, policies.data);
  paper_end(paper, STEP - 1, BELOW);
  pal_buf_deinit(&policies);
  if (step->after) {
    paper_say(paper, "only after: ");
    paper_text(paper, step->after);
    paper_end(paper, BELOW, BELOW);
  }
  say_whys(paper, step);
  if (remedy_decide_first(step)) {
    paper_tint(paper, TINT_BAD);
    paper_say(paper, "%s", remedy_decide_first(step));
    paper_tint(paper, TINT_OFF);
    paper_end(paper, BELOW, BELOW);
  }
  say_way(paper, &step->ways[0], arena);
  for (size_t i = 1; i < step->ways_n; i++) {
    paper_say(paper, "or, by %s: ", pal_actor_name(step->ways[i].fix->actor));
    paper_text(paper, step->ways[i].title);
    paper_end(paper, BELOW, BELOW);
    say_way(paper, &step->ways[i], arena);
  }
}

static void say_actor(struct paper *paper, const struct pal_step *step) {
  struct pal_buf actor;
  pal_buf_init(&actor, LINE_BYTES);
  remedy_put_actor(&actor, step);
  paper_say(paper, "To be done by ");
  paper_text(paper, actor.data);
  paper_end(paper, 2, 4);
  pal_buf_deinit(&actor);
}

enum pal_code remedy_print_text(const struct pal_plan *plan, const struct pal_style *style, FILE *out,
                                struct pal_err *err) {
  struct paper paper;
  struct pal_arena *arena = pal_arena_new(0);
  if (!arena)
    return pal_err_nomem(err);
  paper_init(&paper, style, out);
  paper_say(&paper, "What to do about the snapshot of %s", plan->started);
  paper_piece(&paper);
  paper_count(&paper, plan->findings, "finding", "findings");
  paper_piece(&paper);
  paper_count(&paper, plan->steps_n, "step", "steps");
  if (plan->settled > 0) {
    paper_piece(&paper);
    paper_say(&paper, "%zu accepted or told by another finding: no step", plan->settled);
  }
  paper_end(&paper, 0, 2);
  for (size_t i = 0; i < plan->steps_n; i++) {
    const struct pal_step *step = &plan->steps[i], *last = i > 0 ? &plan->steps[i - 1] : NULL;
    if (!last || !remedy_same_tenant(last, step)) {
      paper_blank(&paper);
      paper_tint(&paper, TINT_HEAD);
      text_customer(&paper, step->tenant_name, step->tenant_id);
      paper_tint(&paper, TINT_OFF);
      paper_end(&paper, 0, 2);
    }
    if (!last || !remedy_same_actor(last, step))
      say_actor(&paper, step);
    say_step(&paper, step, i + 1, arena);
  }
  if (plan->next) {
    paper_blank(&paper);
    paper_tint(&paper, TINT_HEAD);
    paper_say(&paper, "Next");
    paper_tint(&paper, TINT_OFF);
    paper_say(&paper, ": ");
    paper_text(&paper, plan->next);
    paper_end(&paper, 0, 2);
  }
  pal_arena_free(arena);
  return paper_finish(&paper, "the plan", err);
}
