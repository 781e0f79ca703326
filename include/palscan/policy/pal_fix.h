/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_FIX_H
#define PAL_FIX_H
/*
 * pal_fix.h - the ways to put a finding right: what a policy names under "fix",
 * who can do it, and the commands that do. Source of the commands: Microsoft's
 * pages on partner links (learn.microsoft.com/azure/cost-management-billing/
 * manage/link-partner-id) and on role assignments.
 */
#include <stdbool.h>
#include <stddef.h>

/* In the order in which the work is done: what is not known first, then what must be decided, then who acts. */
enum pal_actor {
  PAL_ACTOR_US,            /* whoever runs palscan and keeps registry and estate */
  PAL_ACTOR_IDENTITY,      /* the identity itself: nobody else can change its link */
  PAL_ACTOR_OWNER,         /* an Owner of the customer: roles, deny assignments, delegations */
  PAL_ACTOR_DIRECTORY,     /* who administers the customer's directory: its accounts */
  PAL_ACTOR_OUR_DIRECTORY, /* who administers our own directory: credentials, groups */
  PAL_ACTOR_NOBODY,        /* there is nothing to do */
  PAL_ACTORS_N
};

enum pal_fix_effect {
  PAL_FIX_READS,   /* changes nothing */
  PAL_FIX_LINKS,   /* writes the link that is asked for */
  PAL_FIX_UNLINKS, /* deletes a link */
  PAL_FIX_GRANTS,  /* gives access */
  PAL_FIX_TAKES,   /* takes access away */
  PAL_FIX_BOOKS    /* registry, estate, acceptances, reviews; work of people without a command of its own */
};

enum { PAL_FIX_COMMANDS_MAX = 4 };

/*
 * Titles and commands hold words in place of ids, each standing alone: T tenant,
 * S subscription, O object, P partner ID to link, LINKED the one linked now,
 * APPID application, ASSIGNMENT, ROLE and SCOPE of a role assignment, FINGERPRINT
 * of the finding. What else is in capitals a person fills in.
 */
struct pal_fix {
  const char *word;  /* as in "-- fix:" */
  const char *title; /* an imperative */
  enum pal_actor actor;
  enum pal_fix_effect effect;
  bool signs_in;                                                           /* the actor signs in to tenant T first */
  const char *az[PAL_FIX_COMMANDS_MAX], *powershell[PAL_FIX_COMMANDS_MAX]; /* NULL-terminated */
};

/* One word of "-- fix:". */
struct pal_fix_use {
  const struct pal_fix *fix;
  bool managing;   /* WORD@managing: in the managing tenant of the delegation */
  bool is_instead; /* after "or": in place of the one before */
};

extern const struct pal_fix pal_fixes[];
extern const size_t pal_fixes_n;
/* The first len bytes of word; NULL when there is none of that name. */
const struct pal_fix *pal_fix_find(const char *word, size_t len);
/* "the identity itself", "an Owner of the customer", … */
const char *pal_actor_name(enum pal_actor actor);
/* "identity", "customer-owner", …, for programs. */
const char *pal_actor_word(enum pal_actor actor);

#endif
