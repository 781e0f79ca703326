/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_CLOCK_VFS_H
#define PAL_CLOCK_VFS_H
/*
 * clock_vfs.h - the file system SQLite sees: the default one, except that its
 * clock stands still at the start of the run and that no file can be opened by
 * name. What is left are unnamed temporary files, unlinked at once.
 */
#include <sqlite3.h>

#include "pal_err.h"
#include "pal_time.h"

struct clock_vfs; /* opaque */

enum pal_code clock_vfs_new(struct pal_instant now, struct clock_vfs **ret, struct pal_err *err) PAL_MUST_CHECK;
/* After every connection that uses it was closed. Takes NULL. */
void clock_vfs_free(struct clock_vfs *clock);
const char *clock_vfs_name(const struct clock_vfs *clock);

#endif
