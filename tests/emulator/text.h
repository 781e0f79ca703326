/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - growing text and a JSON writer that owns commas and escaping.
 * Out of memory ends the emulator: it is a tool of the tests. */
#ifndef EMU_TEXT_H
#define EMU_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define EMU_PRINTF(a, b) __attribute__((format(printf, a, b)))
#else
#define EMU_PRINTF(a, b)
#endif

struct emu_text {
  char *data; /* ends with a zero that len does not count; NULL while empty */
  size_t len, cap;
};

void emu_text_add(struct emu_text *t, const void *data, size_t len);
void emu_text_puts(struct emu_text *t, const char *s);
void emu_text_printf(struct emu_text *t, const char *format, ...) EMU_PRINTF(2, 3);
/* Percent-encodes what may not stand in a query value. */
void emu_text_url(struct emu_text *t, const char *s);
void emu_text_clear(struct emu_text *t);
void emu_text_free(struct emu_text *t);

/* snprintf() that must fit: a text cut off would be another id. */
void emu_format(char *out, size_t size, const char *format, ...) EMU_PRINTF(3, 4);

/* ASCII only, whatever the locale. */
bool emu_same_nocase(const char *a, const char *b);
bool emu_starts_nocase(const char *s, const char *prefix);
void emu_lower(char *s);

/* Members take their name, elements of arrays NULL. */
struct emu_json {
  struct emu_text *out;
  bool comma;
};

struct emu_json emu_json_to(struct emu_text *out);
void emu_json_object(struct emu_json *j, const char *name);
void emu_json_array(struct emu_json *j, const char *name);
void emu_json_end_object(struct emu_json *j);
void emu_json_end_array(struct emu_json *j);
/* NULL is written as null. */
void emu_json_text(struct emu_json *j, const char *name, const char *value);
void emu_json_format(struct emu_json *j, const char *name, const char *format, ...) EMU_PRINTF(3, 4);
void emu_json_int(struct emu_json *j, const char *name, int64_t value);
void emu_json_bool(struct emu_json *j, const char *name, bool value);
void emu_json_null(struct emu_json *j, const char *name);
/* Text that is JSON already. */
void emu_json_raw(struct emu_json *j, const char *name, const char *json);

#endif
