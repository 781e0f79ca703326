/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_LIFE_H
#define PAL_LIFE_H
/* life.h - everything the stored runs tell of one thing, oldest first. Used by history. */
#include "app.h"
#include "mention.h"

struct pal_life_event {
  const char *since,
      *until;           /* starts of the runs: of this one, and of the next that tells of the same; NULL: none did */
  const char *commit;   /* 40 hex */
  const char *run_kind; /* scan, replay, import, merge */
  const char *tenant_id, *tenant_name; /* "-" and NULL: the estate */
  const char *kind;                    /* link.changed, link.read, finding.opened, … */
  const char *sentence;                /* not escaped */
  const char *line;                    /* the same for people; NULL: the line of another event tells of this unit too */
  const char *key;                     /* private: what is the same thing */
};

struct pal_life {
  struct pal_life_event *v;
  size_t n, cap;
  size_t runs;              /* looked at */
  const char *first, *last; /* starts of the first and the last of them */
  const char *last_commit, *last_kind;
};

/* Of all runs on the line of HEAD. All in the command's arena. */
enum pal_code pal_life_gather(const struct pal_app *app, struct pal_repo *repo, struct pal_mention *mention,
                              struct pal_life *ret, struct pal_err *err) PAL_MUST_CHECK;

#endif
