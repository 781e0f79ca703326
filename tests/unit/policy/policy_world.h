/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POLICY_WORLD_H
#define POLICY_WORLD_H
/*
 * policy_world.h - small packs and small estates for the tests of the judge.
 * Texts of JSON are written with ' for ", and stand in the form of the case
 * files (scanner/policy/cases.h).
 */
#include <string.h>

#include "pal_judge.h"
#include "unit.h"

#define T1 "11111111-1111-4111-8111-111111111111"
#define T2 "22222222-2222-4222-8222-222222222222"
#define HOME "99999999-9999-4999-8999-999999999999"
#define S1 "51111111-1111-4111-8111-111111111111"
#define S2 "52222222-2222-4222-8222-222222222222"
#define O1 "a1111111-1111-4111-8111-111111111111"
#define O2 "a2222222-2222-4222-8222-222222222222"
#define READER "acdd72a7-3385-48ef-bd42-f606fba81ae7"
#define STARTED "2026-11-20T02:00:00Z" /* of a case that does not say */
#define BEFORE "2026-11-19T02:00:00Z"  /* of its parent */
#define EARLIER "2026-11-10T02:00:00Z"

/* One identity "auto" with an active link of partner P; and without one. */
#define LINKED(object, partner) \
  "{'objectId':'" object "','names':['auto'],'link':{'partnerId':'" partner "','state':'Active','version':1}}"
#define UNLINKED(object) "{'objectId':'" object "','names':['auto'],'link':null}"
#define TENANT(tenant, rest) "'" tenant "':{'tenant':{'displayName':'Tenant'}" rest "}"
#define ASSIGNED(subscription, object)                                                                              \
  "{'id':'/subscriptions/" subscription "/providers/microsoft.authorization/roleassignments/" object                \
  "','roleId':'" READER "','principalId':'" object "','principalType':'User','scope':'/subscriptions/" subscription \
  "'}"

/* Fixture: a fresh working folder, and an empty folder pack/ in it. */
void world_enter(void);
void world_leave(void);

/* Writes pack/<id>.sql: lines of metadata beyond id, title, class rule, severity high,
 * rationale and remediation (without "-- "; subject among them), then the statement. */
void world_policy(const char *id, const char *meta, const char *sql);
/* Writes pack/views/<name>.sql. */
void world_view(const char *name, const char *sql);
/* The pack as it now stands; freed by world_leave(). */
struct pal_pack *world_pack(void);

/* Judges one case (members of the object, with ' for ") of a policy and fails the test with
 * the difference when it is not as its "expect" says. */
void world_expect(const char *policy, const char *members);
/* The difference itself, NULL when there is none; valid until the next call. */
const char *world_difference(const char *policy, const char *members);
/* Builds the case; judges it when `run`. Valid until the next call. */
struct pal_judge *world_judge(const char *members, bool run, struct pal_judge_options *change);
/* The state of a policy in the judge. */
const struct pal_policy_result *world_result(const struct pal_judge *with, const char *policy);
/* First column of each row of a query, joined by '|', columns by ','; NULL is "-". */
const char *world_query(struct pal_judge *with, const char *sql);

#endif
