/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_BUF_H
#define PAL_BUF_H
/*
 * pal_buf.h - one growing byte buffer with a mandatory upper bound and a
 * sticky error: appends after a failure do nothing, pal_buf_check() tells once
 * at the end. data is always NUL-terminated (the NUL is not in len).
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "pal_err.h"

struct pal_buf {
  char *data;        /* never NULL after init; "" when empty */
  size_t len;        /* bytes used, without the NUL */
  size_t cap;        /* bytes reserved */
  size_t max;        /* refuse to grow beyond */
  enum pal_code bad; /* PAL_OK, PAL_E_NOMEM or PAL_E_LIMIT */
};

void pal_buf_init(struct pal_buf *buf, size_t max);
void pal_buf_deinit(struct pal_buf *buf); /* re-initialisable; safe on zeroed storage */
void pal_buf_clear(struct pal_buf *buf);  /* len = 0, error forgotten, memory kept */
/* deinit, but overwrites the bytes first: for secrets. */
void pal_buf_wipe(struct pal_buf *buf);

/* Makes room for so many bytes more: until they are appended, data does not move. */
void pal_buf_reserve(struct pal_buf *buf, size_t more);
void pal_buf_add(struct pal_buf *buf, const void *bytes, size_t len);
void pal_buf_puts(struct pal_buf *buf, const char *text);
void pal_buf_putc(struct pal_buf *buf, char c);
void pal_buf_printf(struct pal_buf *buf, const char *fmt, ...) PAL_PRINTF(2, 3);
void pal_buf_vprintf(struct pal_buf *buf, const char *fmt, va_list args) PAL_PRINTF(2, 0);

/* PAL_OK, or the sticky error with `what` (what was being built) in the text. */
enum pal_code pal_buf_check(const struct pal_buf *buf, const char *what, struct pal_err *err) PAL_MUST_CHECK;

#endif
