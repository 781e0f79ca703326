/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_TEXT_H
#define PAL_TEXT_H
/*
 * pal_text.h - UTF-8 and the terminal. The escaping function of the medium
 * "terminal" lives here because main() and the log need it too; those of other
 * media are in report.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pal_buf.h"

/* Decodes one code point at text (at most len bytes); returns its length, 0 when
 * the bytes are no valid UTF-8 (overlong, surrogate, > U+10FFFF, truncated). */
size_t pal_utf8_decode(const char *text, size_t len, uint32_t *ret);
void pal_utf8_encode(struct pal_buf *out, uint32_t code);
bool pal_utf8_valid(const char *text, size_t len);
/* Appends text; every invalid sequence as U+FFFD. Returns how many. */
size_t pal_utf8_clean(struct pal_buf *out, const char *text, size_t len);
/* Equal but for the case of ASCII letters; asks no locale. */
bool pal_same_word(const char *a, const char *b);
/* Whether two names are written for the same person: equal but for case (Latin, Greek,
 * Cyrillic) and blanks, of which those at both ends do not count and several are one. */
bool pal_same_person(const char *a, const char *b);
/* Code points that must never reach a terminal or a canonical file raw (the
 * list of pal_json_escape, without '"' and '\\'). */
bool pal_code_point_hostile(uint32_t code);
/* Appends text for a terminal: hostile code points as \u{x}, invalid bytes as U+FFFD. */
void pal_term_escape(struct pal_buf *out, const char *text);
/* Columns that escaped text takes on a terminal; independent of the locale. */
size_t pal_term_width(const char *text, size_t len);

#endif
