/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_SCOPE_H
#define PAL_SCOPE_H
/*
 * pal_scope.h - of which tenants a run speaks, and when a tenant was last read.
 *
 * A run of partial scope leaves the files of every other tenant byte for byte,
 * also the dates they leave out: "absent means this run" is then another run's.
 * inputs/history.json knows which.
 */
#include <stdbool.h>

#include "pal_doc.h"

/* Whether a run had this tenant in scope; history: its inputs/history.json. "" is
 * the estate as a whole, of which only full runs speak. */
bool pal_scope_has(const struct pal_record *history, const char *tenant_id);

/* The identities a run asked, when not all; NULL: all, or there is no history. */
const struct pal_texts *pal_scope_identities(const struct pal_record *history);

/* Start of the newest run, this one (started) included, that had the tenant in
 * scope: what its files leave undated is of then. Borrowed from the arguments. */
const char *pal_scope_read_on(const struct pal_record *history, const char *started, const char *tenant_id);

/* Writes that date where the files of one tenant leave it out: asOf of what was
 * read, lastRead of records of units read in part, lastVerified of findings. The
 * records themselves change: for who looks at them, never for who writes them. */
enum pal_code pal_scope_date(struct pal_docs *docs, const char *read_on, struct pal_err *err) PAL_MUST_CHECK;

#endif
