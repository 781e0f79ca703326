/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIDES_H
#define SIDES_H
/* sides.h - both sides of pal_unite() written by hand: observations of HOME and the parent's files. */
#include "azure/world.h"
#include "collect/scan.h"

#define T1 "2026-11-18T03:00:00Z"
#define T2 "2026-11-19T03:00:00Z" /* start of the parent */
#define A(n) "0000000" n "-0000-4000-8000-000000000000"
#define SUB_ID(s) "/subscriptions/" s
#define ASSIGNMENTS "subscriptions/" SUB1 "/role-assignments.json"

extern struct pal_arena *side_arena;
extern struct pal_err side_err;
extern struct pal_docs side_parent, side_ret;
extern struct pal_observation *side_seen[16];
extern struct pal_unite_input side_input; /* tenant HOME; identities ann and bob at home there, zoe in CUSTOMER */
extern const char *const side_one[], *const side_two[]; /* subscriptions: SUB1; SUB1 and SUB2 */

void side_set_settings(const char *collect, const char *names);
void side_set_up(void);
void side_tear_down(void);
/* An observation, put among those to unite; object NULL: no token was got. */
struct pal_docs *side_see(const char *identity, const char *tenant, const char *object);
/* A record of one of the files of HOME. */
struct pal_record *side_add(struct pal_docs *docs, enum pal_file_id file, const char *id);
void side_set(struct pal_record *record, int field, const char *text);
void side_empty(struct pal_docs *docs, enum pal_file_id file, const char *id);
/* items < 0: none */
void side_cover(struct pal_docs *docs, const char *area, const char *unit, const char *state, int items,
                const char *code, const char *as_of);
/* sub NULL: inherited */
void side_assign(struct pal_docs *docs, const char *sub, const char *n, const char *principal, const char *last_read);
void side_subscription(struct pal_docs *docs, const char *id, const char *name, const char *identity,
                       const char *tenant);
/* One more observer of a subscription that stands there. */
void side_sight(struct pal_docs *docs, const char *id, const char *identity, const char *tenant);
/* partner NULL: link absent; "": null */
struct pal_record *side_identity(struct pal_docs *docs, const char *object, const char *name, const char *partner);
void side_group(struct pal_docs *docs, const char *id, const char *member);
void side_used(struct pal_docs *docs, const char *sub, const char *month, const char *word);
void side_delegate(struct pal_docs *docs, const char *sub, const char *n, const char *state);
void side_role(struct pal_docs *docs, const char *id, const char *name);
void side_named(struct pal_docs *docs, const char *name);
/* Everything that is told of one tenant as a whole, in one state. */
void side_cover_whole(struct pal_docs *docs, const char *identity_name, const char *state, const char *code);
/* An observer of HOME that read all, and saw these subscriptions. */
struct pal_docs *side_see_whole(const char *identity_name, const char *object, const char *const *subs);
/* An observer of HOME that got no token. */
struct pal_docs *side_fail_whole(const char *identity_name, const char *code);
void side_change_cover(struct pal_docs *docs, const char *area, const char *unit, const char *state, const char *code);
/* The parent as if `docs` had been united: the observer's files are the parent's. */
void side_become_parent(struct pal_docs *docs);
/* Into side_ret. */
void side_unite(void);
/* Of side_ret, as docs_cover() writes it. */
void side_covers(const char *area, const char *unit, const char *expected);
const char *side_file(const struct pal_docs *docs, const char *rest);
void side_holds(const char *rest, const char *part);
void side_lacks(const char *rest, const char *part);
/* The file is the parent's, byte for byte. */
void side_same(const char *rest);
/* A parent that ann read completely: SUB1 with the assignments 1 and 2. */
void side_usual_parent(void);

#endif
