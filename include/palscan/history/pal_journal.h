/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_JOURNAL_H
#define PAL_JOURNAL_H
/*
 * pal_journal.h - what a run has read so far, in the state folder: a header
 * frame that names the run, then one checksummed frame per observation (one
 * identity in one tenant). A killed run is resumed from it; a normal run
 * spools its observations through it, so memory does not grow with tenants.
 *
 * Frame: 4 bytes length (big endian), 32 bytes SHA-256, payload. A torn last
 * frame is dropped at resume; a torn frame before others is PAL_E_VERIFY.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pal_buf.h"
#include "pal_err.h"
#include "pal_time.h"

enum { PAL_JOURNAL_MAX_AGE_S = 12 * 3600, PAL_JOURNAL_FRAME_MAX = 1 << 30 };

struct pal_journal_head {
  char run[37];
  struct pal_instant started;
  char digest[65]; /* SHA-256 of settings, registry, estate, parent commit and scope: must be equal to resume */
};

struct pal_journal;
/* Starts a new one in the state folder (0700), replacing any leftover. */
enum pal_code pal_journal_create(const char *state_dir, const struct pal_journal_head *head, struct pal_journal **ret,
                                 struct pal_err *err) PAL_MUST_CHECK;
/* Opens the leftover one for appending. PAL_E_NOTFOUND: none; PAL_E_USAGE: other
 * digest or older than 12 h before `now` (the text says which). */
enum pal_code pal_journal_resume(const char *state_dir, const char *digest, struct pal_instant now,
                                 struct pal_journal **ret, struct pal_err *err) PAL_MUST_CHECK;
bool pal_journal_exists(const char *state_dir);
const struct pal_journal_head *pal_journal_head(const struct pal_journal *journal);
/* Appends; fsynced at most once a second. *ret_index (may be NULL) finds the frame again. */
enum pal_code pal_journal_append(struct pal_journal *journal, const void *bytes, size_t len, size_t *ret_index,
                                 struct pal_err *err) PAL_MUST_CHECK;
size_t pal_journal_count(const struct pal_journal *journal);
/* Replaces out by frame `index` (0-based, without the header), checksum verified. */
enum pal_code pal_journal_read(struct pal_journal *journal, size_t index, struct pal_buf *out, struct pal_err *err)
    PAL_MUST_CHECK;
/* Closes; done: the file is removed, else it stays for --resume. */
enum pal_code pal_journal_close(struct pal_journal *journal, bool done, struct pal_err *err) PAL_MUST_CHECK;

#endif
