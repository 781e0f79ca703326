/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  BUF_FIRST_CAP = 64,
  /* Nothing secret is longer; below it growing leaves no copy behind. */
  BUF_WIPE_ON_GROWTH_MAX = 64 << 10
};

/* What an empty buffer points to; cap == 0 tells that it is not on the heap. */
static char empty[1];

void pal_buf_init(struct pal_buf *buf, size_t max) {
  /* A quarter of the address space, so that doubling cannot overflow. */
  if (max > SIZE_MAX / 4)
    max = SIZE_MAX / 4;
  *buf = (struct pal_buf){.data = empty, .max = max, .bad = PAL_OK};
}

void pal_buf_deinit(struct pal_buf *buf) {
  if (buf->cap)
    free(buf->data);
  pal_buf_init(buf, buf->max);
}

void pal_buf_clear(struct pal_buf *buf) {
  buf->len = 0;
  buf->bad = PAL_OK;
  if (buf->cap)
    buf->data[0] = '\0';
}

void pal_buf_wipe(struct pal_buf *buf) {
  if (buf->cap)
    explicit_bzero(buf->data, buf->cap);
  pal_buf_deinit(buf);
}

static char *move_and_wipe(struct pal_buf *buf, size_t cap) {
  char *data = malloc(cap);
  if (!data)
    return NULL;
  memcpy(data, buf->data, buf->len + 1);
  if (buf->cap) {
    explicit_bzero(buf->data, buf->cap);
    free(buf->data);
  }
  return data;
}

/* Makes room for `more` bytes and the NUL; sets buf->bad when it cannot. */
static bool reserve(struct pal_buf *buf, size_t more) {
  if (buf->bad != PAL_OK)
    return false;
  if (buf->len > buf->max || more > buf->max - buf->len) {
    buf->bad = PAL_E_LIMIT;
    return false;
  }
  size_t need = buf->len + more + 1;
  if (need <= buf->cap)
    return true;
  size_t cap = buf->cap ? buf->cap * 2 : BUF_FIRST_CAP;
  if (cap > buf->max + 1)
    cap = buf->max + 1;
  if (cap < need)
    cap = need;
  char *data = buf->cap <= BUF_WIPE_ON_GROWTH_MAX ? move_and_wipe(buf, cap) : realloc(buf->data, cap);
  if (!data) {
    buf->bad = PAL_E_NOMEM;
    return false;
  }
  buf->data = data;
  buf->cap = cap;
  return true;
}

void pal_buf_reserve(struct pal_buf *buf, size_t more) {
  (void)reserve(buf, more);
}

void pal_buf_add(struct pal_buf *buf, const void *bytes, size_t len) {
  if (len == 0 || !reserve(buf, len))
    return;
  memcpy(buf->data + buf->len, bytes, len);
  buf->len += len;
  buf->data[buf->len] = '\0';
}

void pal_buf_puts(struct pal_buf *buf, const char *text) {
  pal_buf_add(buf, text, strlen(text));
}

void pal_buf_putc(struct pal_buf *buf, char c) {
  /* There is room, which is nearly always so: cap is at most max + 1. */
  if (buf->bad == PAL_OK && buf->len + 1 < buf->cap) {
    buf->data[buf->len++] = c;
    buf->data[buf->len] = '\0';
    return;
  }
  pal_buf_add(buf, &c, 1);
}

void pal_buf_printf(struct pal_buf *buf, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  pal_buf_vprintf(buf, fmt, args);
  va_end(args);
}

void pal_buf_vprintf(struct pal_buf *buf, const char *fmt, va_list args) {
  if (buf->bad != PAL_OK)
    return;
  va_list again;
  va_copy(again, args);
  /* Most often there is room. */
  size_t room = buf->cap ? buf->cap - buf->len : 0;
  int n = vsnprintf(room ? buf->data + buf->len : NULL, room, fmt, args);
  if (room && (n < 0 || (size_t)n >= room))
    buf->data[buf->len] = '\0';
  if (n < 0) {
    buf->bad = PAL_E_LIMIT;
  } else if ((size_t)n < room) {
    buf->len += (size_t)n;
  } else if (n > 0 && reserve(buf, (size_t)n)) {
    (void)vsnprintf(buf->data + buf->len, (size_t)n + 1, fmt, again);
    buf->len += (size_t)n;
  }
  va_end(again);
}

enum pal_code pal_buf_check(const struct pal_buf *buf, const char *what, struct pal_err *err) {
  if (buf->bad == PAL_OK)
    return PAL_OK;
  if (buf->bad == PAL_E_LIMIT)
    return pal_err_set(err, PAL_E_LIMIT, "%s: longer than the maximum of %zu bytes", what, buf->max);
  return pal_err_set(err, buf->bad, "%s: %s", what, pal_code_text(buf->bad));
}
