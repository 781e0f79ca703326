/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HIST_H
#define HIST_H
/*
 * hist.h - what tests of scanner/history share: a folder with its own state and
 * git environment, small real snapshots, and stock git as an oracle.
 */
#include "pal_repo.h"
#include "unit.h"

extern struct pal_err hist_err;

/* Fixture: working directory unit_folder(), XDG_STATE_HOME=state, stock git without
 * the machine's configuration; r.git was created. */
void hist_enter(void);
void hist_leave(void);

/* Runs a shell command; fails the test unless it exits 0. */
void hist_sh(const char *fmt, ...) PAL_PRINTF(1, 2);
int hist_try_sh(const char *fmt, ...) PAL_PRINTF(1, 2); /* exit status, output thrown away */
/* First line of its output, in a static buffer. */
const char *hist_line(const char *fmt, ...) PAL_PRINTF(1, 2);

struct pal_repo *hist_open(void); /* r.git */
struct pal_repo *hist_lock(void); /* opened, locked, parent verified */
/* Expects opening r.git to fail so. */
void hist_refuses(enum pal_code code, const char *part);

/* Trailers of a valid commit. */
struct pal_trailers hist_trailers(struct pal_repo *repo, int64_t sequence);
/* Writes a snapshot that pal_repo_verify_tree accepts: format.json, a policy
 * whose text depends on `salt`, `tenants` folders. Returns the tree. */
struct pal_oid hist_tree(struct pal_writer *writer, int salt, int tenants);
/* Open, lock, verify, write, commit, close: one night. */
struct pal_oid hist_night(int salt);
struct pal_oid hist_oid(const char *hex40);
/* A file's bytes; freed by the caller. */
char *hist_read_file(const char *path, size_t *ret_len);
void hist_write_file(const char *path, const void *bytes, size_t len);

#endif
