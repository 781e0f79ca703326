/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_NOTIFY_H
#define PAL_NOTIFY_H
/*
 * notify.h - the receivers of the configured `notify`: each gets one digest of
 * a run in which something happened that it wants to hear of, and nothing
 * otherwise.
 */
#include "app.h"
#include "pal_run_digest.h"

struct pal_receivers; /* opaque */

/* Reads and checks all of them, with their secrets, before a run begins. *ret is
 * NULL when there are none. PAL_E_CONFIG, PAL_E_INPUT. */
enum pal_code pal_receivers_load(const struct pal_app *app, struct pal_receivers **ret, struct pal_err *err)
    PAL_MUST_CHECK;
void pal_receivers_free(struct pal_receivers *receivers); /* takes NULL; forgets the secrets */
/* What cannot be delivered is said on stderr. */
void pal_receivers_tell(const struct pal_receivers *receivers, const struct pal_news *news);

/* notify_memory.c: the start of the first run that failed and was told, kept in the state of the repository until one
 * succeeds. What cannot be remembered is forgotten: only a "recovered" is lost. */
/* "" when the run before did not fail. */
void pal_failed_since(const struct pal_app *app, char out[PAL_INSTANT_MAX]);
/* failed: remembers `now`, unless an earlier one is; else forgets. */
void pal_failed_note(const struct pal_app *app, bool failed, struct pal_instant now);

#endif
