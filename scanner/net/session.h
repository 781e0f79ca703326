/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_SESSION_H
#define NET_SESSION_H
/* session.h - session.json of a recording. Reading it is pal_recording_session(). */
#include "pal_buf.h"
#include "pal_record.h"

enum { NET_SESSION_VERSION = 1, NET_SESSION_BYTES_MAX = 16 << 20 };

/* Appends the file; `finished` (may be NULL) goes into a session without one. */
enum pal_code net_session_write(const struct pal_record *session, const char *finished, struct pal_buf *out,
                                struct pal_err *err) PAL_MUST_CHECK;

#endif
