/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SNAP_H
#define SNAP_H
/* snap.h - documents for the tests of the snapshot layer. */
#include "pal_change.h"
#include "pal_doc.h"

#define T1 "11111111-1111-1111-1111-111111111111"
#define T2 "22222222-2222-2222-2222-222222222222"
#define S1 "51515151-0000-0000-0000-000000000001"
#define S2 "51515151-0000-0000-0000-000000000002"
#define P1 "99999999-0000-0000-0000-000000000001"
#define P2 "99999999-0000-0000-0000-000000000002"
#define OWNER "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
#define READER "acdd72a7-3385-48ef-bd42-f606fba81ae7"
#define TENANT_PATH "tenants/11/" T1 "/"
#define SUB_PATH TENANT_PATH "subscriptions/" S1 "/"

extern struct pal_arena *snap_arena; /* of the running test */
void snap_set_up(void);              /* unchecked fixture of every case */
void snap_tear_down(void);

/* A doc from its canonical bytes; fails the test when they are refused. */
struct pal_doc *snap_decode(const char *path, const char *bytes);
/* Expects the refusal `code` of these bytes, with `part` in its text. */
void snap_refuses(const char *path, const char *bytes, enum pal_code code, const char *part);
/* The canonical bytes of a doc, in the arena. */
const char *snap_encode(struct pal_doc *doc);

/* A set of docs from JSON in any order and spacing. */
struct pal_docs *snap_docs(void);
void snap_add(struct pal_docs *docs, const char *path, const char *json);
/* One unit of coverage of T1; code may be NULL. */
void snap_cover(struct pal_docs *docs, const char *area, const char *unit, const char *state, const char *code);

/* "kind subject_type subject_id +-~" per change, one a line: + added, - removed, ~ both sides. */
const char *snap_changes(const struct pal_docs *before, const struct pal_docs *after);

#endif
