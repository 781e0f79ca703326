/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_RUN_READER_H
#define PAL_RUN_READER_H
/*
 * run_reader.h - the observations of one tenant after the other, out of the
 * journal. A thread reads and decodes those of the next tenant while the caller
 * unites and writes those of this one. Until the reader is freed the journal is
 * the thread's; which tenants, and in what order, the caller says beforehand.
 */
#include "run_internal.h"

/* What was seen of one tenant. */
struct pal_tenant_seen {
  struct pal_arena *arena; /* of the tenant: the caller may allocate in it too */
  struct pal_observation *observations;
  size_t n;
};

struct pal_reader;
/* Spool (sorted) and tenants are borrowed until it is freed. */
enum pal_code pal_reader_new(const struct pal_spool *spool, const struct pal_texts *tenants, struct pal_reader **ret,
                             struct pal_err *err) PAL_MUST_CHECK;
/* The next tenant; valid until the call after it. */
enum pal_code pal_reader_next(struct pal_reader *reader, struct pal_tenant_seen *ret, struct pal_err *err)
    PAL_MUST_CHECK;
void pal_reader_free(struct pal_reader *reader); /* takes NULL; waits for the thread */

#endif
