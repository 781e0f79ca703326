/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_LOG_H
#define PAL_LOG_H
/*
 * pal_log.h - talk on stderr. Lines are escaped for the terminal, and secrets
 * that were registered are replaced by "[redacted]" wherever they occur, also
 * inside error texts (pal_redact).
 */
#include <stddef.h>

#include "pal_buf.h"
#include "pal_err.h"

enum pal_log_level { PAL_LOG_ERROR, PAL_LOG_WARN, PAL_LOG_INFO, PAL_LOG_DEBUG };

void pal_log_set_level(enum pal_log_level level); /* default PAL_LOG_WARN */
/* Called before a line is printed: whoever has an unfinished one on the terminal wipes it. NULL: nobody has. */
void pal_log_before_line(void (*wipe)(void *payload), void *payload);
void pal_log(enum pal_log_level level, const char *fmt, ...) PAL_PRINTF(2, 3);

/* Registers a secret (copied; shorter than 6 bytes is refused as too common to
 * redact and must not be used as a secret at all: PAL_E_CONFIG). Counted: it is
 * known until it was forgotten as often as it was registered. */
enum pal_code pal_secret_register(const char *secret, size_t len, struct pal_err *err) PAL_MUST_CHECK;
/* Takes back one registration; the last one wipes the copies. Unknown ones are ignored. */
void pal_secret_forget(const char *secret, size_t len);
void pal_secret_forget_all(void); /* wipes the copies */
/* Appends text with every registered secret (also in percent-encoded and
 * base64 form) replaced. */
void pal_redact(struct pal_buf *out, const char *text, size_t len);

#endif
