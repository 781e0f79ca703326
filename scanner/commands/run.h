/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_RUN_H
#define PAL_RUN_H
/*
 * run.h - one run: collect, unite with the verified parent, write, judge,
 * commit. Used by scan, demo and import.
 *
 *   observations --(journal)--> facts per tenant --> blobs, tables --> verdicts --> tree --> commit
 *
 * Invariant: the branch moves once, at the very end; until then everything is
 * in the journal (state folder) and in an invisible pack.
 */
#include "app.h"
#include "pal_import.h"
#include "pal_net.h"

struct pal_run_options {
  const struct pal_app *app;
  const struct pal_record *settings; /* SETTINGS of this run */
  struct pal_cloud *cloud;
  struct pal_instant started;
  const char *finished;          /* recorded instant for replays; NULL: the clock at the end */
  const char *replay_dir;        /* NULL: live */
  const char *record_dir;        /* NULL: none */
  const struct pal_texts *scope; /* tenants, sorted; NULL: full scope */
  /* Names of the identities to ask, sorted; NULL: all. With an empty scope that becomes the tenants they sign in to. */
  const struct pal_texts *identities;
  /* An import: what was declared of the tenants in scope takes the place of collecting; NULL: a scan */
  const struct pal_declarations *declared;
  const char *onto;       /* dry run: revision to build upon; NULL: HEAD if there is one */
  const char *accept_tip; /* commit a person accepts as the tip; NULL */
  int jobs;               /* requests in flight; 0: as configured */
  int64_t max_time_s;     /* then nothing new is read; 0: no end */
  bool dry_run, resume, offline, quiet;
};

struct pal_run_result {
  struct pal_arena *arena; /* everything below */
  struct pal_judge *judge;
  struct pal_report report;
  struct pal_oid tree, commit;
  bool committed;
  size_t observations, signed_in;
  struct pal_net_stats net; /* also of a run that failed */
  bool time_over;           /* max_time_s passed before all was read */
  bool worse, better;       /* completeness fell, or rose, since the last full run */
  bool never_read;          /* an expected customer was never read and no acceptance says so */
};

enum pal_code pal_run_scan(const struct pal_run_options *options, struct pal_run_result *ret, struct pal_err *err)
    PAL_MUST_CHECK;
void pal_run_result_free(struct pal_run_result *result);

#endif
