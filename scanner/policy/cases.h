/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_CASES_H
#define PAL_CASES_H
/*
 * cases.h - examples of a policy, in cases/<ID>.json:
 *
 *   {"policy":"PAL010","cases":[{
 *     "name": "…",
 *     "now": instant (2026-11-20T02:00:00Z),   the start of the run
 *     "registry", "estate", "waivers", "reviews", "history": as in inputs/
 *     "settings": {"collect", "parameters", "identities", …: what is left out is
 *       everything collected, AzurePublicCloud, names ours, a window of 2}
 *     "scope": [tenant ids], the scope of the run ("" for the estate); all without it
 *     "tenants": {"<guid>": {"tenant": TENANT without tenantId, "identities": [IDENTITY],
 *       "subscriptions": [SUBSCRIPTION with "assignments","pim","deny","usage"],
 *       "inherited": [ASSIGNMENT], "inheritedPim": [PIM], "inheritedDeny": [DENY], "groups": [GROUP],
 *       "delegations": [DELEGATION], "roles": [ROLE], "directory": [DIRECTORY_OBJECT],
 *       "coverage": {area: {unit: {"state":…}}}, "findings": [FINDING], "events": [EVENT]}}
 *     "previous": {"started": instant (a day earlier), "tenants", "findings": of the estate}
 *     "expect": [{"tenant","subject","subjectType","key","verdict","severity","status","lastVerified","since",
 *       "message","waiver","lapsed","foldedUnder","details": {…}}]
 *   }]}
 *
 * Every unit of every collected area is complete unless "coverage" says else;
 * {area: "unread"} and {area: {unit: "unread"}} are short for a state; a stale unit
 * was read with the parent unless "asOf" says else, never completely with null. What is
 * left out of a FINDING is the fingerprint, class, severity (of its policy),
 * "fail", "open"; its policy is the case's. assurance is "read", `since` the
 * start of the parent. Roles with roleType BuiltInRole go to the root. An
 * "expect" speaks of the findings of that policy alone: what it gives must be
 * equal (null: absent), and their number.
 *
 * A file without "policy" is about whole estates: every policy of the pack judges
 * those of its cases that give none themselves, "expect" lists all findings there are, each with its
 * "policy", and a FINDING names its own.
 *
 * A case may have "nights" in place of now, previous and expect: a list of objects
 * with now, expect, tenants and any of the inputs, judged one after another, each
 * with the one before as its parent, verdicts and events included. What a night
 * leaves out is as before: an input as the case gives it, a tenant as the night
 * before had it (null: gone). "history" is that of these nights.
 *
 * A file may have a "world" beside its cases: inputs, settings and tenants that its
 * cases have where they give none (a tenant null: not in this case).
 */
#include "pal_judge.h"

struct case_world {
  struct pal_judge_options options;
  struct pal_docs now, previous;
  const struct pal_json_doc *doc;
  const pal_json *scope; /* NULL: all */
  const char *first_run; /* of several nights: the start of the first */
  int64_t sequence;      /* and which of them it is, from 1 */
};

/* Where a case stands, and of which policy it is. */
struct case_place {
  const struct pal_pack *pack;
  const char *policy; /* NULL: of all */
  const struct pal_json_doc *doc;
  const pal_json *world; /* what the cases of the file have in common; NULL */
  const pal_json *node;
  const pal_json *night; /* one of its "nights"; NULL: it has none */
};

/* Everything of one case, or of one night of it; lives in arena. *ret is borrowed by its own options, and borrows
 * from the night before, which is NULL for the first. */
enum pal_code case_build(struct pal_arena *arena, const struct case_place *place, const struct case_world *before,
                         struct case_world *ret, struct pal_err *err) PAL_MUST_CHECK;
/* Makes a judged night the parent of the next: inputs, findings and events join its files. */
enum pal_code case_keep(struct pal_arena *arena, struct case_world *world, const struct pal_judge *judge,
                        struct pal_err *err) PAL_MUST_CHECK;
/* *ret NULL when the findings are as the case, or the night, expects. */
enum pal_code case_compare(struct pal_arena *arena, const struct pal_judge *judge, const struct case_place *place,
                           const char **ret, struct pal_err *err) PAL_MUST_CHECK;
/* PAL_E_INPUT at the first member whose key is not among them (NULL-terminated). */
enum pal_code case_check_keys(const struct pal_json_doc *doc, const pal_json *object, const char *const *keys,
                              struct pal_err *err) PAL_MUST_CHECK;

#endif
