/* SPDX-License-Identifier: Apache-2.0 */
/* digest.c - what is told of a run: decided once, for all media. */
#include "pal_run_digest.h"

#include <assert.h>
#include <string.h>

#include "model.h"
#include "people.h"

enum { TEXT_MAX = 4096, GAPS_NAMED = 3 };

const char *const pal_occasion_words[PAL_OCCASIONS] = {"new", "coverage-lost", "recovered", "failed"};

unsigned pal_occasion_find(const char *word) {
  for (unsigned i = 0; i < PAL_OCCASIONS; i++)
    if (strcmp(pal_occasion_words[i], word) == 0)
      return 1u << i;
  return 0;
}

/* --- pieces --- */

struct draft {
  struct pal_arena *arena;
  struct pal_digest *digest;
  struct pal_buf text; /* the fact being made */
  bool nomem;
};

/* The text made so far becomes a fact. */
static void end_fact(struct draft *draft, const char *label) {
  struct pal_digest *digest = draft->digest;
  assert(digest->facts_n < PAL_DIGEST_FACTS_MAX);
  /* A text that is too long is cut where it is shown; here it only must not be lost. */
  const char *text = pal_arena_strdup(draft->arena, draft->text.data);
  if (text == NULL || draft->text.bad == PAL_E_NOMEM)
    draft->nomem = true;
  else
    digest->facts[digest->facts_n++] = (struct pal_digest_fact){label, text};
  pal_buf_clear(&draft->text);
}

static void put_completeness(struct pal_buf *out, const struct pal_report *report) {
  pal_buf_printf(out, "%zu of %zu tenants%s read completely", report->completeness.complete,
                 report->completeness.expected, report->full ? "" : " in scope");
}

static void make_title(struct draft *draft, const char **ret) {
  const struct pal_digest *digest = draft->digest;
  const struct pal_news *news = digest->news;
  struct pal_buf *out = &draft->text;
  pal_buf_puts(out, "palscan: ");
  size_t start = out->len;
  if (digest->occasions & PAL_ON_FAILED)
    pal_buf_printf(out, news->report ? "no credential worked" : "the run failed, exit status %d", news->exit_status);
  if (digest->occasions & PAL_ON_NEW) {
    pal_buf_puts(out, out->len > start ? "; " : "");
    people_count(out, digest->fresh, "new finding", "new findings");
  }
  if (digest->occasions & PAL_ON_COVERAGE_LOST) {
    pal_buf_puts(out, out->len > start ? "; less was read: " : "less was read: ");
    put_completeness(out, news->report);
  }
  if (digest->occasions & PAL_ON_RECOVERED) {
    pal_buf_puts(out, out->len > start ? "; recovered: " : "recovered: ");
    put_completeness(out, news->report);
  }
  *ret = pal_arena_strdup(draft->arena, out->data);
  draft->nomem |= *ret == NULL;
  pal_buf_clear(out);
}

/* --- facts --- */

static void put_run(struct draft *draft, const struct pal_report *report) {
  pal_buf_printf(&draft->text, "%s, %s%s", people_time(report->started).s, people_run(report->kind),
                 report->full ? "" : ", part of the estate only");
  end_fact(draft, "Run");
}

static void put_news(struct draft *draft, const struct pal_report *report) {
  if (!report->has_previous)
    pal_buf_puts(&draft->text, "first run: everything is new");
  else
    pal_buf_printf(&draft->text, "%zu new (%zu of them worsened), %zu resolved", report->fresh, report->worsened,
                   report->resolved_n);
  end_fact(draft, "Since last run");
}

static void put_open(struct draft *draft, const struct pal_report *report) {
  for (int j = 0; j < PAL_SEVERITIES; j++) {
    size_t n = 0;
    for (int i = 0; i < PAL_CLASSES; i++)
      n += report->open[i][j];
    pal_buf_printf(&draft->text, "%s%zu %s", j ? ", " : "", n, report_severity_word(j));
  }
  end_fact(draft, "Open findings");
}

static void put_unknown(struct draft *draft, const struct pal_report *report) {
  if (report->unknown == 0)
    return;
  pal_buf_printf(&draft->text, "%zu, %zu of them new, %zu accepted", report->unknown, report->unknown_new,
                 report->unknown_accepted);
  end_fact(draft, "Unknown");
}

/* Customers not read completely, those nobody accepted; causes are the services' words. */
static void put_gaps(struct draft *draft, const struct pal_completeness *completeness) {
  size_t n = 0;
  for (size_t i = 0; i < completeness->gaps_n; i++) {
    const struct pal_gap *gap = &completeness->gaps[i];
    if (gap->accepted != NULL || n++ >= GAPS_NAMED)
      continue;
    if (gap->tenant_name != NULL)
      pal_buf_printf(&draft->text, "%.120s (%s): ", gap->tenant_name, gap->tenant_id);
    else
      pal_buf_printf(&draft->text, "%s: ", gap->tenant_id);
    pal_buf_printf(&draft->text, "%s %s%s%s", gap->area, gap->state, gap->cause[0] ? ", " : "", gap->cause);
    end_fact(draft, "Not read");
  }
  if (n > GAPS_NAMED) {
    people_count(&draft->text, n - GAPS_NAMED, "more tenant", "more tenants");
    end_fact(draft, "Not read");
  }
}

static void put_facts(struct draft *draft) {
  const struct pal_digest *digest = draft->digest;
  const struct pal_news *news = digest->news;
  if (news->error != NULL) {
    if (digest->wants->details)
      pal_buf_puts(&draft->text, news->error);
    else
      pal_buf_printf(&draft->text, "exit status %d", news->exit_status);
    end_fact(draft, "Error");
  }
  if (news->failed_since != NULL) {
    pal_buf_printf(&draft->text, "since %s", people_time(news->failed_since).s);
    end_fact(draft, "Runs had failed");
  }
  const struct pal_report *report = news->report;
  if (report == NULL)
    return;
  put_run(draft, report);
  put_completeness(&draft->text, report);
  end_fact(draft, "Completeness");
  put_news(draft, report);
  put_open(draft, report);
  put_unknown(draft, report);
  if (digest->wants->details && (digest->occasions & (PAL_ON_COVERAGE_LOST | PAL_ON_FAILED)))
    put_gaps(draft, &report->completeness);
  if (report->commit != NULL && report->commit[0]) {
    pal_buf_printf(&draft->text, "%.12s", report->commit);
    end_fact(draft, "Snapshot");
  }
  if (report->next != NULL) {
    pal_buf_puts(&draft->text, report->next);
    end_fact(draft, "Next");
  }
}

/* --- the whole --- */

static void list_new(struct pal_digest *digest) {
  const struct pal_report *report = digest->news->report;
  for (size_t i = 0; report != NULL && i < report->findings_n; i++) {
    const char *severity = pal_get_text(report->findings[i].finding, PAL_FINDING_SEVERITY);
    if (!pal_reported_is_new(&report->findings[i]) ||
        pal_severity_rank(severity) > pal_severity_rank(digest->wants->min_severity))
      continue;
    digest->fresh++;
    if (digest->wants->details && digest->listed_n < PAL_DIGEST_LISTED_MAX)
      digest->listed[digest->listed_n++] = &report->findings[i];
  }
}

enum pal_code pal_digest_make(struct pal_arena *arena, const struct pal_news *news, const struct pal_wants *wants,
                              struct pal_digest *ret, struct pal_err *err) {
  const struct pal_digest nothing = {.title = "", .news = news, .wants = wants};
  *ret = nothing;
  list_new(ret);
  unsigned happened = news->report != NULL ? news->happened : news->happened & PAL_ON_FAILED;
  ret->occasions = (happened | (ret->fresh > 0 ? PAL_ON_NEW : 0u)) & wants->on;
  if (ret->occasions == 0) {
    *ret = nothing;
    return PAL_OK;
  }
  struct draft draft = {.arena = arena, .digest = ret};
  pal_buf_init(&draft.text, TEXT_MAX);
  make_title(&draft, &ret->title);
  put_facts(&draft);
  pal_buf_deinit(&draft.text);
  return draft.nomem ? pal_err_nomem(err) : PAL_OK;
}
