/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_COMMANDS_LINK_RECORD_H
#define PAL_COMMANDS_LINK_RECORD_H
/*
 * link_record.h - what palscan itself changed, from the request until a snapshot
 * holds it: a file of its own for each change in the state folder of the
 * repository. It is written before the request is sent, saying that the outcome
 * is unknown, so that a process killed in between leaves it said.
 */
#include "pal_arena.h"
#include "pal_link.h"
#include "pal_record.h"

struct pal_link_record {
  const char *path;
  struct pal_record *record; /* LINK_WRITE */
};
/* findings: fingerprints; NULL: none. In arena. */
enum pal_code pal_link_record_begin(struct pal_arena *arena, const char *repository_id,
                                    const struct pal_link_plan *plan, const struct pal_texts *findings,
                                    struct pal_link_record *ret, struct pal_err *err) PAL_MUST_CHECK;
/* Writes how it ended; drops the record where nothing was sent. */
enum pal_code pal_link_record_end(struct pal_arena *arena, const struct pal_link_record *record,
                                  const struct pal_link_result *result, struct pal_err *err) PAL_MUST_CHECK;

/* All that no snapshot holds yet. */
struct pal_link_records {
  struct pal_record *changes; /* CHANGES; NULL: none */
  struct pal_arena *arena;
  const char **paths, **bytes; /* of every file that was read */
  size_t n, cap, bytes_cap;
};
/* known: CHANGES of the parent or NULL: what it holds is not taken again. A file that is none is told of and left. */
enum pal_code pal_link_records_read(struct pal_arena *arena, const char *repository_id, const struct pal_record *known,
                                    struct pal_link_records *ret, struct pal_err *err) PAL_MUST_CHECK;
/* After the snapshot stands. What was written anew meanwhile stays for the next one. */
void pal_link_records_forget(const struct pal_link_records *records);

#endif
