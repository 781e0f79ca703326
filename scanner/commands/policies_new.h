/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_POLICIES_NEW_H
#define PAL_POLICIES_NEW_H
/* policies_new.h - templates for a policy of one's own: DIR/ID.sql and DIR/cases/ID.json, which pass as they are. */
#include <stdio.h>

#include "pal_arena.h"
#include "pal_err.h"
#include "pal_pack.h"

/* Overwrites nothing; says on out what was written and what to type next. PAL_E_USAGE for an id that is none. */
enum pal_code policies_new(struct pal_arena *arena, const char *id, const char *dir, FILE *out, struct pal_err *err)
    PAL_MUST_CHECK;

#endif
