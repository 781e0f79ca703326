/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_HAR_H
#define NET_HAR_H
/*
 * har.h - HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/) both ways.
 * Own fields begin with an underscore: _superseded, _truncated, _failure.
 */
#include "exchange.h"
#include "pal_arena.h"
#include "pal_buf.h"

enum { NET_HAR_BYTES_MAX = 256 << 20, NET_HAR_ENTRIES_MAX = 1000000 };

struct net_exchanges {
  struct net_exchange *v;
  size_t n, cap;
};

/* Reads a HAR whose bytes are at text; `source` is its name in errors
 * (PAL_E_INPUT with line, column and key path). Strict about JSON and about the
 * fields it uses, lenient about all others. Entries that this program could
 * never ask for (other schemes, odd URLs, other kinds of bodies) are left out.
 * Everything lives in the arena. */
enum pal_code net_har_read(struct pal_arena *arena, const char *text, size_t len, const char *source,
                           struct net_exchanges *ret, struct pal_err *err) PAL_MUST_CHECK;

/* Appends the entry without its closing and opening braces and without
 * _superseded, which is known only later; started: startedDateTime. */
void net_har_entry(struct pal_buf *out, const struct net_exchange *exchange, const char *started);
/* What stands before the first entry, between two, before each (with
 * _superseded), after each and after the last. */
void net_har_begin(struct pal_buf *out);
void net_har_add(struct pal_buf *out, bool first, bool superseded, const char *entry, size_t len);
void net_har_end(struct pal_buf *out);

#endif
