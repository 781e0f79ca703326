/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void reserve(struct emu_text *t, size_t more) {
  if (t->len + more + 1 <= t->cap)
    return;
  size_t cap = t->cap != 0 ? t->cap : 256;
  while (cap < t->len + more + 1)
    cap *= 2;
  char *data = realloc(t->data, cap);
  if (data == NULL)
    abort();
  t->data = data;
  t->cap = cap;
}

void emu_text_add(struct emu_text *t, const void *data, size_t len) {
  reserve(t, len);
  if (len != 0)
    memcpy(t->data + t->len, data, len);
  t->len += len;
  t->data[t->len] = '\0';
}

void emu_text_puts(struct emu_text *t, const char *s) {
  emu_text_add(t, s, strlen(s));
}

static void add_format(struct emu_text *t, const char *format, va_list args) EMU_PRINTF(2, 0);

static void add_format(struct emu_text *t, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, again);
  va_end(again);
  assert(len >= 0);
  reserve(t, (size_t)len);
  (void)vsnprintf(t->data + t->len, (size_t)len + 1, format, args);
  t->len += (size_t)len;
}

void emu_text_printf(struct emu_text *t, const char *format, ...) {
  va_list args;
  va_start(args, format);
  add_format(t, format, args);
  va_end(args);
}

void emu_text_url(struct emu_text *t, const char *s) {
  for (; *s != '\0'; s++) {
    unsigned char c = (unsigned char)*s;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~", c) != NULL)
      emu_text_add(t, s, 1);
    else
      emu_text_printf(t, "%%%02X", c);
  }
}

void emu_text_clear(struct emu_text *t) {
  t->len = 0;
  if (t->data != NULL)
    t->data[0] = '\0';
}

void emu_text_free(struct emu_text *t) {
  free(t->data);
  *t = (struct emu_text){0};
}

void emu_format(char *out, size_t size, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int len = vsnprintf(out, size, format, args);
  va_end(args);
  assert(len >= 0 && (size_t)len < size);
}

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool emu_starts_nocase(const char *s, const char *prefix) {
  while (*prefix != '\0')
    if (lower(*s++) != lower(*prefix++))
      return false;
  return true;
}

bool emu_same_nocase(const char *a, const char *b) {
  return strlen(a) == strlen(b) && emu_starts_nocase(a, b);
}

void emu_lower(char *s) {
  for (; *s != '\0'; s++)
    *s = lower(*s);
}

struct emu_json emu_json_to(struct emu_text *out) {
  return (struct emu_json){.out = out};
}

static void quoted(struct emu_text *t, const char *s) {
  emu_text_add(t, "\"", 1);
  for (; *s != '\0'; s++) {
    unsigned char c = (unsigned char)*s;
    if (c == '"' || c == '\\')
      emu_text_printf(t, "\\%c", c);
    else if (c < 0x20)
      emu_text_printf(t, "\\u%04x", c);
    else
      emu_text_add(t, s, 1);
  }
  emu_text_add(t, "\"", 1);
}

static void begin(struct emu_json *j, const char *name) {
  if (j->comma)
    emu_text_add(j->out, ",", 1);
  j->comma = true;
  if (name != NULL) {
    quoted(j->out, name);
    emu_text_add(j->out, ":", 1);
  }
}

void emu_json_object(struct emu_json *j, const char *name) {
  begin(j, name);
  emu_text_add(j->out, "{", 1);
  j->comma = false;
}

void emu_json_array(struct emu_json *j, const char *name) {
  begin(j, name);
  emu_text_add(j->out, "[", 1);
  j->comma = false;
}

void emu_json_end_object(struct emu_json *j) {
  emu_text_add(j->out, "}", 1);
  j->comma = true;
}

void emu_json_end_array(struct emu_json *j) {
  emu_text_add(j->out, "]", 1);
  j->comma = true;
}

void emu_json_text(struct emu_json *j, const char *name, const char *value) {
  begin(j, name);
  if (value != NULL)
    quoted(j->out, value);
  else
    emu_text_puts(j->out, "null");
}

void emu_json_format(struct emu_json *j, const char *name, const char *format, ...) {
  struct emu_text t = {0};
  va_list args;
  va_start(args, format);
  add_format(&t, format, args);
  va_end(args);
  emu_json_text(j, name, t.data);
  emu_text_free(&t);
}

void emu_json_int(struct emu_json *j, const char *name, int64_t value) {
  begin(j, name);
  emu_text_printf(j->out, "%" PRId64, value);
}

void emu_json_bool(struct emu_json *j, const char *name, bool value) {
  begin(j, name);
  emu_text_puts(j->out, value ? "true" : "false");
}

void emu_json_null(struct emu_json *j, const char *name) {
  begin(j, name);
  emu_text_puts(j->out, "null");
}

void emu_json_raw(struct emu_json *j, const char *name, const char *json) {
  begin(j, name);
  emu_text_puts(j->out, json);
}
