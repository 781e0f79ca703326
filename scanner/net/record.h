/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_RECORD_H
#define NET_RECORD_H
/*
 * record.h - writes a recording. Entries wait in an unlinked file, so memory
 * holds only their index; the folder appears at the end, all at once.
 */
#include "exchange.h"
#include "pal_record.h"
#include "replay.h"
#include "request.h"

struct net_recorder; /* opaque */

enum { NET_NO_TRACE = -1 };

/* dir must not exist or be empty. session is borrowed. */
enum pal_code net_recorder_new(const char *dir, const struct pal_record *session, struct net_recorder **ret,
                               struct pal_err *err) PAL_MUST_CHECK;
/* Frees it and what it wrote that is no recording yet; takes NULL. */
void net_recorder_free(struct net_recorder *recorder);

/* A live request: its place among those of its key. */
enum pal_code net_record_request(struct net_recorder *recorder, const struct net_request *request, long *ret_trace,
                                 struct pal_err *err) PAL_MUST_CHECK;
/* Its answer, as it came; it is redacted here. */
enum pal_code net_record_answer(struct net_recorder *recorder, long trace, const struct net_request *request,
                                const struct pal_response *response, struct pal_err *err) PAL_MUST_CHECK;
/* A request that was not sent and what it would have been answered: JSON, redacted here. */
enum pal_code net_record_known(struct net_recorder *recorder, const struct net_request *request, int status,
                               const char *answer, const char *comment, struct pal_err *err) PAL_MUST_CHECK;
/* The file of a replayed answer, whole: a recording of a replay is the same
 * recording. Once for each identity and tenant. */
enum pal_code net_record_replayed(struct net_recorder *recorder, const struct net_request *request,
                                  const struct net_replayed *replayed, struct pal_err *err) PAL_MUST_CHECK;

/* Writes the recording into its place. finished: for a session without it. */
enum pal_code net_recorder_finish(struct net_recorder *recorder, const char *finished, struct pal_err *err)
    PAL_MUST_CHECK;

#endif
