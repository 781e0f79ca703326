/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_PACK_META_H
#define PAL_PACK_META_H
/*
 * pack_meta.h - the leading comment of a policy file.
 *
 *   -- SPDX-License-Identifier: Apache-2.0
 *   -- id: PAL010
 *   -- rationale: a line that is indented, or does not begin with "word:",
 *   --   continues the one before
 *
 * The block ends at the first line that is no "--" comment. Keys: id, title,
 * class, severity, subject, reads, needs, pins, folded-under, rationale,
 * remediation, references, controls, fix (pal_fix.h: "F4 or F3d or F7a",
 * "F1 F2", "F3@managing"), status (pal_policy_status: "awaits
 * partner-center", "reason PAL030", "retired PAL060"). Lists are separated by blanks or commas.
 *
 * In the leading comment of a view only one line means something:
 *   -- once: tenant_id, object_id; tenant_id, subscription_id
 * The view is computed once for all policies, with these indexes (views.c).
 */
#include "pack_private.h"

/* Fills *ret from the text of one policy file (NUL-terminated, kept). */
enum pal_code pack_meta_policy(struct pal_arena *arena, const char *source, const char *text, size_t len,
                               struct pal_policy *ret, struct pal_err *err) PAL_MUST_CHECK;
/* Fills *ret from one view file: name and its place. */
enum pal_code pack_meta_view(struct pal_arena *arena, const char *source, const char *text, size_t len,
                             struct pack_view *ret, struct pal_err *err) PAL_MUST_CHECK;
/* PALnnn: reserved for the shipped pack. */
bool pack_id_shipped(const char *id);
/* PAL_E_INPUT about an offset of a text: "source:line:column: …". */
enum pal_code pack_fail(const char *source, const char *text, size_t len, size_t at, struct pal_err *err,
                        const char *fmt, ...) PAL_PRINTF(6, 7);

#endif
