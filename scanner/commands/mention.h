/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_MENTION_H
#define PAL_MENTION_H
/*
 * mention.h - one thing that a person asks about, by its id: a tenant, an
 * account, a subscription, a role assignment, a finding, a partner ID, a rule.
 * Stored files hold ids as JSON texts or as parts of paths, so that whether one
 * is about the thing shows in its bytes before anything is decoded.
 */
#include "pal_report.h"

struct pal_mention {
  const char *id;     /* GUIDs and paths in lower case */
  const char *needle; /* as it stands in JSON, without quotes */
  bool is_guid;
  struct pal_mention_name *names; /* of identities that turned out to be it: units of completeness have names */
  size_t names_n, names_cap;
};
struct pal_mention_name {
  const char *tenant_id, *name;
};

/* PAL_E_USAGE when the text cannot be an id. Lives in arena. */
enum pal_code pal_mention_parse(struct pal_arena *arena, const char *text, struct pal_mention *ret, struct pal_err *err)
    PAL_MUST_CHECK;
/* Whether JSON bytes name it, not only as who created or updated something. */
bool pal_mention_in(const struct pal_mention *mention, const char *json);
/* Whether a stored file of this path with these bytes may tell of it. */
bool pal_mention_in_file(const struct pal_mention *mention, const char *path, const char *bytes);
/* Whether a change or a finding is about it. */
bool pal_mention_in_change(const struct pal_mention *mention, const struct pal_compared_change *change);
bool pal_mention_in_finding(const struct pal_mention *mention, const struct pal_reported *reported);
/* Takes the name that a change about it gives to its identity; borrows from the change. */
enum pal_code pal_mention_learn(struct pal_arena *arena, struct pal_mention *mention,
                                const struct pal_compared_change *change, struct pal_err *err) PAL_MUST_CHECK;

#endif
