/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_NONCE_H
#define PAL_NONCE_H
/* nonce.h - what this user's state folder remembers of imports: nonces given out to collector
 * scripts, each good for one import, and the digests of files that were imported. */
#include "pal_import.h"

enum { PAL_NONCE_DAYS = 30 };

/* Makes a nonce for one identity in one tenant; forgets those that are too old. */
enum pal_code pal_nonce_issue(const char *state_dir, const char *identity, const char *tenant, struct pal_instant now,
                              char out[PAL_NONCE_LEN + 1], struct pal_err *err) PAL_MUST_CHECK;
/* Before an import: PAL_E_INPUT when the declaration's nonce was never given out, was used, is too old or was
 * given for another identity or tenant, or when its very file was imported before. */
enum pal_code pal_nonce_check(const char *state_dir, const struct pal_declaration *declaration, struct pal_instant now,
                              struct pal_err *err) PAL_MUST_CHECK;
/* After it: the nonce is used, the digest known. */
enum pal_code pal_nonce_spend(const char *state_dir, const struct pal_declaration *declaration, struct pal_err *err)
    PAL_MUST_CHECK;

#endif
