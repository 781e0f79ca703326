/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_RUN_DIGEST_H
#define PAL_RUN_DIGEST_H
/*
 * pal_run_digest.h - what one receiver is told of one run, made of the model of the
 * first screen, and the media that carry it. A medium prints a digest to a FILE
 * and escapes what tenants wrote for whatever will show it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "pal_report.h"

enum pal_occasion {
  PAL_ON_NEW = 1 << 0,           /* findings opened, reopened or raised */
  PAL_ON_COVERAGE_LOST = 1 << 1, /* less was read than in the last full run, or a verdict became unknown */
  PAL_ON_RECOVERED = 1 << 2,     /* the opposite of these two, or the first success after a failure */
  PAL_ON_FAILED = 1 << 3         /* nothing was committed, or no identity could sign in */
};
enum { PAL_OCCASIONS = 4, PAL_DIGEST_FACTS_MAX = 24, PAL_DIGEST_LISTED_MAX = 10 };
/* "new", "coverage-lost", "recovered", "failed"; its bit, 0 for any other word. */
unsigned pal_occasion_find(const char *word);
extern const char *const pal_occasion_words[PAL_OCCASIONS];

/* What happened, and what a receiver wants to hear. */
struct pal_news {
  unsigned happened;               /* enum pal_occasion, without PAL_ON_NEW */
  const struct pal_report *report; /* NULL: nothing was judged */
  int exit_status;
  const char *error;        /* why the run failed, without secrets; NULL: it did not */
  const char *failed_since; /* instant of the first failure before this run; NULL: the one before did not fail */
};
struct pal_wants {
  unsigned on;              /* enum pal_occasion */
  const char *min_severity; /* of new findings */
  bool details;             /* false: numbers only, no names and no texts */
};

struct pal_digest_fact {
  const char *label, *text; /* the label is ours */
};
struct pal_digest {
  unsigned occasions; /* of those wanted; 0: there is nothing to tell, and all else is empty */
  const char *title;  /* our words and numbers only */
  const struct pal_news *news;
  const struct pal_wants *wants;
  struct pal_digest_fact facts[PAL_DIGEST_FACTS_MAX];
  size_t facts_n;
  size_t fresh; /* new findings at or above the least severity */
  const struct pal_reported *listed[PAL_DIGEST_LISTED_MAX];
  size_t listed_n; /* the first of these; none without details */
};
/* All of it in the arena; news and wants stay borrowed. */
enum pal_code pal_digest_make(struct pal_arena *arena, const struct pal_news *news, const struct pal_wants *wants,
                              struct pal_digest *ret, struct pal_err *err) PAL_MUST_CHECK;

struct pal_medium {
  const char *name; /* json, teams, slack, text */
  const char *content_type;
  enum pal_code (*print)(const struct pal_digest *digest, FILE *out, struct pal_err *err);
};
/* NULL for an unknown name. */
const struct pal_medium *pal_medium_find(const char *name);

/* ---- escaping, one function per medium; each defuses what would drive a terminal, too; at most max bytes of text are taken ---- */
/* A mail of plain text. */
void pal_mail_escape(struct pal_buf *out, const char *text, size_t max);
/* Slack: no link, no mention, no entity. */
void pal_slack_escape(struct pal_buf *out, const char *text, size_t max);
/* The runs of text of an Adaptive Card: no function of the card. */
void pal_card_escape(struct pal_buf *out, const char *text, size_t max);

#endif
