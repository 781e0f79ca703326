/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_TEXT_H
#define NET_TEXT_H
/* text.h - characters of URLs and forms, and how foreign text enters an error. */
#include <stdbool.h>
#include <stddef.h>

#include "pal_buf.h"

enum { NET_SHOWN_MAX = 400 /* bytes of a URL in an error */ };

bool net_is_unreserved(char c); /* letters, digits, - . _ ~ */
/* Equality but for the case of ASCII letters, in every locale: of whole texts,
 * or of len bytes (neither text is read beyond its end). */
bool net_same_word(const char *a, const char *b);
bool net_same_letters(const char *a, const char *b, size_t len);
/* The value of two hex digits, -1 when they are none. */
int net_hex_byte(char high, char low);
/* Appends len bytes at text with %XX decoded; a '%' that begins no escape stays. */
void net_percent_decode(struct pal_buf *out, const char *text, size_t len);

/* Text from outside as it may stand in an error: registered secrets replaced,
 * valid UTF-8, at most NET_SHOWN_MAX bytes. out is initialised here. */
const char *net_shown(struct pal_buf *out, const char *text);
/* Whether a registered secret stands in text. PAL_E_NOMEM. */
enum pal_code net_has_secret(const char *text, size_t len, bool *ret, struct pal_err *err) PAL_MUST_CHECK;

#endif
