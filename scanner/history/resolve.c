/* SPDX-License-Identifier: Apache-2.0 */
/* resolve.c - what a person calls a commit. Only the first-parent line of main
 * is searched: other objects in the folder are nobody's snapshot. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"
#include "pal_time.h"

enum { HEX_LEN = 40, ABBREVIATED_MIN = 7, BACK_MAX = 1000000 };

struct wanted {
  enum { BACK, HEX, UNTIL } how;
  int64_t back;          /* commits before HEAD */
  char hex[HEX_LEN + 1]; /* lower case */
  struct pal_instant until;
};

static bool parse_back(const char *rev, struct wanted *ret) {
  size_t len = strncmp(rev, "HEAD", 4) == 0 || strncmp(rev, "main", 4) == 0 ? 4 : 0;
  if (!len)
    return false;
  ret->how = BACK;
  ret->back = 0;
  if (!rev[len])
    return true;
  if (rev[len] != '~')
    return false;
  const char *digits = rev + len + 1;
  if (!*digits) { /* HEAD~ is HEAD~1, as in git */
    ret->back = 1;
    return true;
  }
  if (strspn(digits, "0123456789") != strlen(digits) || strlen(digits) > 7)
    return false;
  ret->back = strtol(digits, NULL, 10);
  return ret->back <= BACK_MAX;
}

static bool parse_hex(const char *rev, struct wanted *ret) {
  size_t len = strlen(rev);
  if (len < ABBREVIATED_MIN || len > HEX_LEN || strspn(rev, "0123456789abcdefABCDEF") != len)
    return false;
  for (size_t i = 0; i <= len; i++)
    ret->hex[i] = pal_ascii_lower(rev[i]);
  ret->how = HEX;
  return true;
}

static bool parse_date(const char *rev, struct wanted *ret) {
  char text[PAL_INSTANT_MAX];
  ret->how = UNTIL;
  if (!pal_date_valid(rev))
    return pal_instant_parse(rev, &ret->until);
  memcpy(text, rev, 10);
  memcpy(text + 10, "T23:59:59.9999999Z", sizeof "T23:59:59.9999999Z");
  return pal_instant_parse(text, &ret->until);
}

struct found {
  struct pal_oid id;
  unsigned n;   /* matches; more than one for a short id */
  int64_t seen; /* commits gone through */
  char newest[PAL_INSTANT_MAX], oldest[PAL_INSTANT_MAX];
};

static bool matches(const struct wanted *wanted, const struct pal_commit *commit, int64_t depth) {
  char hex[HEX_LEN + 1];
  struct pal_instant started;
  switch (wanted->how) {
  case BACK: return depth == wanted->back;
  case HEX: pal_oid_hex(&commit->id, hex); return strncmp(hex, wanted->hex, strlen(wanted->hex)) == 0;
  case UNTIL:
    return pal_instant_parse(commit->trailers.started, &started) && pal_instant_cmp(started, wanted->until) <= 0;
  }
  return false;
}

/* A short id must be looked for in all commits, to know that it is the only one. */
static bool enough(const struct wanted *wanted, const struct found *found) {
  return found->n && (wanted->how != HEX || strlen(wanted->hex) == HEX_LEN);
}

static enum pal_code search(struct pal_repo *repo, const struct pal_oid *head, const struct wanted *wanted,
                            struct found *found, struct pal_err *err) {
  struct pal_oid at = *head;
  for (;;) {
    struct pal_commit commit;
    enum pal_code code = pal_repo_commit(repo, &at, &commit, err);
    if (code != PAL_OK)
      return code;
    if (found->seen == 0)
      memcpy(found->newest, commit.trailers.started, sizeof found->newest);
    memcpy(found->oldest, commit.trailers.started, sizeof found->oldest);
    if (matches(wanted, &commit, found->seen)) {
      found->id = commit.id;
      found->n++;
    }
    found->seen++;
    if (enough(wanted, found) || !commit.has_parent)
      return PAL_OK;
    at = commit.parent;
  }
}

enum pal_code pal_repo_resolve(struct pal_repo *repo, const char *rev, struct pal_oid *ret, struct pal_err *err) {
  struct wanted wanted = {0};
  struct pal_oid head;
  if (!parse_back(rev, &wanted) && !parse_hex(rev, &wanted) && !parse_date(rev, &wanted))
    return pal_err_set(err, PAL_E_NOTFOUND,
                       "\"%.80s\" names no commit: say HEAD, HEAD~3, a commit id of at least %d digits, "
                       "or a date like 2026-10-01 or 2026-10-01T03:00:00Z",
                       rev, ABBREVIATED_MIN);
  enum pal_code code = pal_repo_head(repo, &head, err);
  if (code != PAL_OK)
    return code;
  struct found found = {0};
  code = search(repo, &head, &wanted, &found, err);
  if (code != PAL_OK)
    return code;
  if (found.n == 0)
    return pal_err_set(err, PAL_E_NOTFOUND, "\"%.80s\" is no snapshot of main; there are %" PRId64 ", started %s to %s",
                       rev, found.seen, found.oldest, found.newest);
  if (found.n > 1)
    return pal_err_set(err, PAL_E_NOTFOUND, "\"%.80s\" is short for %u commits of main; give more digits", rev,
                       found.n);
  *ret = found.id;
  return PAL_OK;
}
