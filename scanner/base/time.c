/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_time.h"

#include <assert.h>
#include <string.h>
#include <time.h>

enum {
  TICKS_PER_S = 10000000,
  NS_PER_TICK = 100,
  S_PER_DAY = 86400,
  TICK_DIGITS = 7,
  YEAR_MIN = 1900,
  YEAR_MAX = 9999
};

struct date {
  int64_t year;
  int month; /* 1-12 */
  int day;   /* 1-31 */
};

static bool clock_is_fixed;
static struct pal_instant clock_fixed;

struct pal_instant pal_clock_now(void) {
  if (clock_is_fixed)
    return clock_fixed;
  struct timespec now = {0};
  if (clock_gettime(CLOCK_REALTIME, &now) != 0)
    return (struct pal_instant){0}; /* cannot happen: the clock id is mandatory */
  return (struct pal_instant){.s = now.tv_sec, .ticks = (int32_t)(now.tv_nsec / NS_PER_TICK)};
}

void pal_clock_fix(const struct pal_instant *at) {
  clock_is_fixed = at != NULL;
  if (at)
    clock_fixed = *at;
}

static int64_t floor_div(int64_t a, int64_t b) {
  return a / b - (a % b < 0);
}

/* Howard Hinnant's calendar: years begin in March, so the leap day is last. */
static int64_t days_from_date(struct date date) {
  int64_t y = date.month <= 2 ? date.year - 1 : date.year;
  int64_t era = floor_div(y, 400);
  int64_t year_of_era = y - era * 400;
  int64_t day_of_year = (153 * ((date.month + 9) % 12) + 2) / 5 + date.day - 1;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

static struct date date_from_days(int64_t days) {
  days += 719468;
  int64_t era = floor_div(days, 146097);
  int64_t day_of_era = days - era * 146097;
  int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t march_month = (5 * day_of_year + 2) / 153;
  struct date date = {
      .year = year_of_era + era * 400,
      .month = (int)(march_month < 10 ? march_month + 3 : march_month - 9),
      .day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1),
  };
  if (date.month <= 2)
    date.year++;
  return date;
}

static int days_in_month(int64_t year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[month - 1];
}

/* Reads exactly n digits and moves *text on. */
static bool take_digits(const char **text, int n, int *ret) {
  int value = 0;
  for (; n > 0; n--, ++*text) {
    if (**text < '0' || **text > '9')
      return false;
    value = value * 10 + (**text - '0');
  }
  *ret = value;
  return true;
}

static bool take_char(const char **text, char c) {
  if (**text != c)
    return false;
  ++*text;
  return true;
}

static bool take_date(const char **text, struct date *ret) {
  int year, month, day;
  if (!take_digits(text, 4, &year) || !take_char(text, '-') || !take_digits(text, 2, &month) || !take_char(text, '-') ||
      !take_digits(text, 2, &day))
    return false;
  if (year < YEAR_MIN || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
    return false;
  *ret = (struct date){.year = year, .month = month, .day = day};
  return true;
}

static bool take_time(const char **text, int32_t *ret_s) {
  int hour, minute, second;
  if (!take_digits(text, 2, &hour) || !take_char(text, ':') || !take_digits(text, 2, &minute) ||
      !take_char(text, ':') || !take_digits(text, 2, &second))
    return false;
  if (hour > 23 || minute > 59 || second > 59)
    return false;
  *ret_s = (int32_t)(hour * 3600 + minute * 60 + second);
  return true;
}

static bool take_fraction(const char **text, int32_t *ret_ticks) {
  *ret_ticks = 0;
  if (!take_char(text, '.'))
    return true;
  int digits = 0;
  int32_t ticks = 0;
  for (; **text >= '0' && **text <= '9'; ++*text)
    if (digits < TICK_DIGITS) {
      ticks = ticks * 10 + (**text - '0');
      digits++;
    }
  if (digits == 0)
    return false;
  for (; digits < TICK_DIGITS; digits++)
    ticks *= 10;
  *ret_ticks = ticks;
  return true;
}

static bool take_zone(const char **text, int32_t *ret_s) {
  *ret_s = 0;
  if (take_char(text, 'Z') || take_char(text, 'z'))
    return true;
  int sign = **text == '-' ? -1 : 1;
  if (!take_char(text, '+') && !take_char(text, '-'))
    return false;
  int hours, minutes;
  if (!take_digits(text, 2, &hours) || !take_char(text, ':') || !take_digits(text, 2, &minutes) || hours > 23 ||
      minutes > 59)
    return false;
  *ret_s = (int32_t)(sign * (hours * 3600 + minutes * 60));
  return true;
}

bool pal_instant_parse(const char *text, struct pal_instant *ret) {
  struct date date;
  int32_t second, ticks, zone;
  if (!text || !take_date(&text, &date) || (!take_char(&text, 'T') && !take_char(&text, 't')) ||
      !take_time(&text, &second) || !take_fraction(&text, &ticks) || !take_zone(&text, &zone) || *text != '\0')
    return false;
  int64_t s = days_from_date(date) * S_PER_DAY + second - zone;
  int64_t year = date_from_days(floor_div(s, S_PER_DAY)).year; /* the zone may leave the range */
  if (year < YEAR_MIN || year > YEAR_MAX)
    return false;
  *ret = (struct pal_instant){.s = s, .ticks = ticks};
  return true;
}

/* Digits by hand: printf's would do, but would have to be proven not to be cut. */
static char *put_digits(char *out, int n, int64_t value) {
  for (int i = n; i-- > 0; value /= 10)
    out[i] = (char)('0' + value % 10);
  return out + n;
}

static char *put_date(char *out, struct date date) {
  assert(date.year >= 0 && date.year <= YEAR_MAX);
  out = put_digits(out, 4, date.year);
  *out++ = '-';
  out = put_digits(out, 2, date.month);
  *out++ = '-';
  return put_digits(out, 2, date.day);
}

void pal_instant_format(struct pal_instant at, char out[PAL_INSTANT_MAX]) {
  int64_t days = floor_div(at.s, S_PER_DAY);
  int64_t second = at.s - days * S_PER_DAY;
  out = put_date(out, date_from_days(days));
  *out++ = 'T';
  out = put_digits(out, 2, second / 3600);
  *out++ = ':';
  out = put_digits(out, 2, second / 60 % 60);
  *out++ = ':';
  out = put_digits(out, 2, second % 60);
  assert(at.ticks >= 0 && at.ticks < TICKS_PER_S);
  if (at.ticks != 0) {
    *out++ = '.';
    out = put_digits(out, TICK_DIGITS, at.ticks);
    while (out[-1] == '0')
      out--;
  }
  *out++ = 'Z';
  *out = '\0';
}

int pal_instant_cmp(struct pal_instant a, struct pal_instant b) {
  if (a.s != b.s)
    return a.s < b.s ? -1 : 1;
  return (a.ticks > b.ticks) - (a.ticks < b.ticks);
}

bool pal_date_valid(const char *text) {
  struct date date;
  return text && take_date(&text, &date) && *text == '\0';
}

void pal_instant_date(struct pal_instant at, char out[11]) {
  out = put_date(out, date_from_days(floor_div(at.s, S_PER_DAY)));
  *out = '\0';
}

struct pal_instant pal_instant_month_start(struct pal_instant at, int months) {
  struct date date = date_from_days(floor_div(at.s, S_PER_DAY));
  int64_t month = date.year * 12 + (date.month - 1) - months;
  date.year = floor_div(month, 12);
  date.month = (int)(month - date.year * 12) + 1;
  date.day = 1;
  return (struct pal_instant){.s = days_from_date(date) * S_PER_DAY};
}
