/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_TIME_H
#define PAL_TIME_H
/*
 * pal_time.h - instants in UTC, and the one clock. Judgements never read the
 * clock: their "now" is the start of the run. Only pal_clock_now() asks the
 * system, and a test or a replay can fix it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PAL_INSTANT_MAX = 32 };

/* Seconds since 1970-01-01T00:00:00Z and ticks of 100 ns. */
struct pal_instant {
  int64_t s;
  int32_t ticks;
};

/* Real time, or the fixed instant. PALSCAN_TEST_NOW is NOT read here. */
struct pal_instant pal_clock_now(void);
void pal_clock_fix(const struct pal_instant *at); /* NULL: real time again */

/* RFC 3339: YYYY-MM-DDTHH:MM:SS[.f{1,7+}](Z|±HH:MM); more than 7 digits are cut.
 * False when it is none or outside the years 1900-9999. */
bool pal_instant_parse(const char *text, struct pal_instant *ret);
/* Canonical "YYYY-MM-DDTHH:MM:SS[.f{1,7}]Z", trailing zeros dropped. */
void pal_instant_format(struct pal_instant at, char out[PAL_INSTANT_MAX]);
int pal_instant_cmp(struct pal_instant a, struct pal_instant b);
/* "YYYY-MM-DD" of a real calendar day. */
bool pal_date_valid(const char *text);
void pal_instant_date(struct pal_instant at, char out[11]);
/* First instant of the month `months` before (negative: after) that of at. */
struct pal_instant pal_instant_month_start(struct pal_instant at, int months);

#endif
