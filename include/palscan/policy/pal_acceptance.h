/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_ACCEPTANCE_H
#define PAL_ACCEPTANCE_H
/*
 * pal_acceptance.h - risk acceptances (WAIVER records): what their approver
 * signs and whose signature counts. What became of each, the judge tells (pal_judge.h).
 *
 * Whose signature counts is a setting of the run (SETTINGS, approvers): the lines
 * of the file of approvers stand in the snapshot, so the verdict about a
 * signature can be made again from the snapshot alone. Without that setting
 * acceptances count unsigned, and are shown as not approved by a signature.
 */
#include <stdbool.h>
#include <stddef.h>

#include "pal_arena.h"
#include "pal_field.h"
#include "pal_judge.h"
#include "pal_record.h"
#include "pal_sshsig.h"

/* Appends what is signed: what `jq -cS 'del(.signature)'` prints of its line in inputs/waivers.json, newline included. */
enum pal_code pal_acceptance_bytes(const struct pal_record *waiver, struct pal_buf *out, struct pal_err *err)
    PAL_MUST_CHECK;
/* The setting out of a file of approvers: its lines that allow the namespace of acceptances. */
enum pal_code pal_approvers_put(struct pal_arena *arena, const struct pal_signers *signers, struct pal_record *settings,
                                struct pal_err *err) PAL_MUST_CHECK;
/* The approvers of the settings; *ret NULL where these ask for no signatures. Freed by pal_signers_free(). */
enum pal_code pal_approvers_read(const struct pal_record *settings, struct pal_signers **ret, struct pal_err *err)
    PAL_MUST_CHECK;
/* Whether its approver signed the acceptance as it stands, with a key that was valid when it says it was approved
 * (absent: at `now`) and that is not the requester's too. ret->why goes on after "not approved: ". */
enum pal_code pal_acceptance_verify(const struct pal_signers *approvers, const struct pal_record *waiver,
                                    struct pal_instant now, struct pal_sshsig_verdict *ret, struct pal_err *err)
    PAL_MUST_CHECK;

/* Why it accepts nothing, whatever the findings are: "lacks a reason", "lasts longer than 365 days"; NULL: nothing.
 * today: YYYY-MM-DD. In the arena. */
enum pal_code pal_acceptance_lacks(struct pal_arena *arena, const struct pal_record *waiver,
                                   const struct pal_record *settings, const char *today, const char **ret,
                                   struct pal_err *err) PAL_MUST_CHECK;

#endif
