/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_CUT_H
#define PAL_CUT_H
/*
 * cut.h - what is too long for a finding, cut so that it shows. One tenant's
 * long text or list costs the end of that text or list, never a rule or a run.
 * What is left depends on the whole alone. The mark of a list holds a digest of
 * what was left out, so that an acceptance that pins the list lapses when that
 * changes.
 */
#include <stddef.h>
#include <stdint.h>

#include "pal_arena.h"
#include "pal_buf.h"
#include "pal_json.h"

enum { CUT_MARK_BYTES_MAX = 64 };

/* The text, or as many of its characters as leave room for "…" within max bytes. NULL: no memory. */
const char *cut_text(struct pal_arena *arena, const char *text, size_t max);

/* What of a list was left out. */
struct cut_rest {
  uint64_t n;
  uint64_t digest; /* a sum over the values: of no order */
};
/* Adds a value that stands `times` times in the list. */
enum pal_code cut_leave_out(struct cut_rest *rest, const char *value, uint64_t times, struct pal_err *err)
    PAL_MUST_CHECK;
/* The mark that stands last in the list, a JSON string. */
void cut_mark(struct pal_buf *out, const struct cut_rest *rest);
/* How many values the text stands for when it is a mark, else 0. */
uint64_t cut_marked(const char *text);

/* Appends the JSON array as it is, or as many of its first values as fit into max bytes, and the mark.
 * PAL_E_INPUT: a value that a snapshot cannot hold. */
enum pal_code cut_array(struct pal_buf *out, const struct pal_json_doc *doc, const pal_json *array, size_t max,
                        struct pal_err *err) PAL_MUST_CHECK;

#endif
