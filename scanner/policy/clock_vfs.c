/* SPDX-License-Identifier: Apache-2.0 */
#include "clock_vfs.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* Julian day 0 to 1970-01-01 in milliseconds, as SQLite counts. */
static const int64_t UNIX_EPOCH_MS = INT64_C(210866760000000);

enum { TICKS_PER_MS = 10000, MS_PER_DAY = 86400000, CLOCK_NAME_MAX = 32 };

struct clock_vfs {
  sqlite3_vfs vfs; /* first: SQLite hands its address back */
  sqlite3_vfs *real;
  sqlite3_int64 now_ms;
  char name[CLOCK_NAME_MAX];
};

static struct clock_vfs *self(sqlite3_vfs *vfs) {
  return (struct clock_vfs *)vfs;
}

static int open_unnamed(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags) {
  file->pMethods = NULL;
  if (name)
    return SQLITE_CANTOPEN;
  return self(vfs)->real->xOpen(self(vfs)->real, NULL, file, flags, ret_flags);
}

static int refuse_delete(sqlite3_vfs *vfs, const char *name, int sync) {
  (void)vfs, (void)name, (void)sync;
  return SQLITE_IOERR_DELETE;
}

static int nothing_exists(sqlite3_vfs *vfs, const char *name, int flags, int *ret) {
  (void)vfs, (void)name, (void)flags;
  *ret = 0;
  return SQLITE_OK;
}

static int refuse_path(sqlite3_vfs *vfs, const char *name, int cap, char *out) {
  (void)vfs, (void)name, (void)cap, (void)out;
  return SQLITE_CANTOPEN;
}

/* Names of temporary files only; SQL's random() is not permitted. */
static int random_bytes(sqlite3_vfs *vfs, int n, char *out) {
  return self(vfs)->real->xRandomness(self(vfs)->real, n, out);
}

static int sleep_us(sqlite3_vfs *vfs, int us) {
  return self(vfs)->real->xSleep(self(vfs)->real, us);
}

static int last_error(sqlite3_vfs *vfs, int n, char *out) {
  return self(vfs)->real->xGetLastError ? self(vfs)->real->xGetLastError(self(vfs)->real, n, out) : SQLITE_OK;
}

static int current_time_ms(sqlite3_vfs *vfs, sqlite3_int64 *ret) {
  *ret = self(vfs)->now_ms;
  return SQLITE_OK;
}

static int current_time(sqlite3_vfs *vfs, double *ret) {
  *ret = (double)self(vfs)->now_ms / (double)MS_PER_DAY;
  return SQLITE_OK;
}

enum pal_code clock_vfs_new(struct pal_instant now, struct clock_vfs **ret, struct pal_err *err) {
  static atomic_uint count;
  sqlite3_vfs *real = sqlite3_vfs_find(NULL);
  if (!real)
    return pal_err_set(err, PAL_E_INTERNAL, "SQLite has no file system");
  struct clock_vfs *clock = calloc(1, sizeof *clock);
  if (!clock)
    return pal_err_nomem(err);
  (void)snprintf(clock->name, sizeof clock->name, "palscan-clock-%u", atomic_fetch_add(&count, 1));
  clock->real = real;
  clock->now_ms = UNIX_EPOCH_MS + now.s * 1000 + now.ticks / TICKS_PER_MS;
  clock->vfs = (sqlite3_vfs){
      .iVersion = 2,
      .szOsFile = real->szOsFile,
      .mxPathname = real->mxPathname,
      .zName = clock->name,
      .xOpen = open_unnamed,
      .xDelete = refuse_delete,
      .xAccess = nothing_exists,
      .xFullPathname = refuse_path,
      .xRandomness = random_bytes,
      .xSleep = sleep_us,
      .xCurrentTime = current_time,
      .xGetLastError = last_error,
      .xCurrentTimeInt64 = current_time_ms,
  };
  int rc = sqlite3_vfs_register(&clock->vfs, 0);
  if (rc != SQLITE_OK) {
    free(clock);
    return pal_err_set(err, PAL_E_INTERNAL, "register the clock with SQLite: %s", sqlite3_errstr(rc));
  }
  *ret = clock;
  return PAL_OK;
}

void clock_vfs_free(struct clock_vfs *clock) {
  if (!clock)
    return;
  (void)sqlite3_vfs_unregister(&clock->vfs);
  free(clock);
}

const char *clock_vfs_name(const struct clock_vfs *clock) {
  return clock->name;
}
