/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_err.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct {
  const char *name;
  const char *text;
  int status;
} codes[] = {
#define X(code, name, text, status) [code] = {name, text, status},
    PAL_ERRORS(X)
#undef X
};

static const char ellipsis[] = "\xE2\x80\xA6";

/* Cuts a full buffer so that "…" fits, never inside a UTF-8 sequence. */
static void cut(char *text, size_t cap) {
  size_t end = cap - sizeof ellipsis;
  while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80)
    end--;
  memcpy(text + end, ellipsis, sizeof ellipsis);
}

static bool formatted_ok(int n, size_t room) {
  return n >= 0 && (size_t)n < room;
}

enum pal_code pal_err_set_at(struct pal_err *err, enum pal_code code, const char *file, int line, const char *fmt,
                             ...) {
  assert(code != PAL_OK);
  if (!err)
    return code;
  /* Not straight into err->text: an argument may point there. */
  char text[PAL_ERR_TEXT_MAX] = "";
  va_list args;
  va_start(args, fmt);
  int n = vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  if (n < 0)
    (void)snprintf(text, sizeof text, "%s", pal_code_text(code));
  else if (!formatted_ok(n, sizeof text))
    cut(text, sizeof text);
  err->code = code;
  err->status = 0;
  err->file = file;
  err->line = line;
  memcpy(err->text, text, sizeof text);
  return code;
}

enum pal_code pal_err_wrap(struct pal_err *err, const char *fmt, ...) {
  if (!err || err->code == PAL_OK)
    return err ? err->code : PAL_OK;
  char text[PAL_ERR_TEXT_MAX] = "";
  va_list args;
  va_start(args, fmt);
  int n = vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  if (n < 0)
    return err->code;
  size_t used = strlen(text);
  int m = snprintf(text + used, sizeof text - used, ": %s", err->text);
  if (!formatted_ok(n, sizeof text) || !formatted_ok(m, sizeof text - used))
    cut(text, sizeof text);
  memcpy(err->text, text, sizeof text);
  return err->code;
}

enum pal_code pal_err_merge(struct pal_err *first, const struct pal_err *later) {
  if (first->code == PAL_OK && later && later->code != PAL_OK)
    *first = *later;
  return first->code;
}

const char *pal_code_name(enum pal_code code) {
  assert((size_t)code < sizeof codes / sizeof codes[0]);
  return codes[code].name;
}

const char *pal_code_text(enum pal_code code) {
  assert((size_t)code < sizeof codes / sizeof codes[0]);
  return codes[code].text;
}

int pal_code_exit_status(enum pal_code code) {
  assert((size_t)code < sizeof codes / sizeof codes[0]);
  return codes[code].status;
}
