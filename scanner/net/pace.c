/* SPDX-License-Identifier: Apache-2.0 */
#include "pace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { YEARS_AHEAD = 50 };

void net_pace_init(struct net_pace *pace) {
  *pace = (struct net_pace){.asked_s = -1, .resets_s = -1};
}

/* --- dates --- */

/* Exactly n digits; -1 when they are none. */
static int digits(const char *text, size_t n) {
  int value = 0;
  for (size_t i = 0; i < n; i++) {
    if (text[i] < '0' || text[i] > '9')
      return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

static int month_of(const char *text) {
  static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  for (int i = 0; i < 12; i++)
    if (strncmp(text, names + (ptrdiff_t)3 * i, 3) == 0)
      return i + 1;
  return -1;
}

static bool make(int year, int month, int day, const char *clock, struct pal_instant *ret) {
  char text[PAL_INSTANT_MAX];
  if (year < 0 || month < 1 || day < 1 || strlen(clock) < 8)
    return false;
  (void)snprintf(text, sizeof text, "%04d-%02d-%02dT%.8sZ", year % 10000, month % 100, day % 100, clock);
  return pal_instant_parse(text, ret);
}

static int year_of(struct pal_instant at) {
  char text[PAL_INSTANT_MAX];
  pal_instant_format(at, text);
  return digits(text, 4);
}

bool net_http_date(const char *text, struct pal_instant now, struct pal_instant *ret) {
  static const char days[] = "MonTueWedThuFriSatSun";
  static const char *const long_days[] = {"Monday, ", "Tuesday, ",  "Wednesday, ", "Thursday, ",
                                          "Friday, ", "Saturday, ", "Sunday, "};
  size_t len = strlen(text);
  for (size_t i = 0; i < 7; i++) {
    size_t day = strlen(long_days[i]);
    /* Sunday, 06-Nov-94 08:49:37 GMT */
    if (len == day + 22 && strncmp(text, long_days[i], day) == 0) {
      const char *rest = text + day;
      int year = digits(rest + 7, 2), this_year = year_of(now);
      if (rest[2] != '-' || rest[6] != '-' || rest[9] != ' ' || strcmp(rest + 18, " GMT") != 0 || year < 0)
        return false;
      year += this_year - this_year % 100;
      if (year > this_year + YEARS_AHEAD)
        year -= 100;
      else if (year <= this_year + YEARS_AHEAD - 100)
        year += 100;
      return make(year, month_of(rest + 3), digits(rest, 2), rest + 10, ret);
    }
    if (strncmp(text, days + 3 * i, 3) != 0)
      continue;
    /* Sun, 06 Nov 1994 08:49:37 GMT */
    if (len == 29 && strncmp(text + 3, ", ", 2) == 0 && text[7] == ' ' && text[11] == ' ' && text[16] == ' ' &&
        strcmp(text + 25, " GMT") == 0)
      return make(digits(text + 12, 4), month_of(text + 8), digits(text + 5, 2), text + 17, ret);
    /* Sun Nov  6 08:49:37 1994 */
    if (len == 24 && text[3] == ' ' && text[7] == ' ' && text[10] == ' ' && text[19] == ' ')
      return make(digits(text + 20, 4), month_of(text + 4), text[8] == ' ' ? digits(text + 9, 1) : digits(text + 8, 2),
                  text + 11, ret);
  }
  return false;
}

/* --- headers --- */

/* Digits alone; a number too long for any wait is the longest one. -1 when it is none. */
static int64_t seconds_of(const char *value, size_t len) {
  int64_t seconds = 0;
  for (size_t i = 0; i < len; i++) {
    if (value[i] < '0' || value[i] > '9')
      return -1;
    seconds = seconds * 10 + (value[i] - '0');
    if (seconds > NET_WAIT_MAX_S)
      seconds = NET_WAIT_MAX_S;
  }
  return len > 0 ? seconds : -1;
}

/* hh:mm:ss */
static int64_t clock_of(const char *value, size_t len) {
  if (len != 8 || value[2] != ':' || value[5] != ':')
    return -1;
  int hours = digits(value, 2), minutes = digits(value + 3, 2), seconds = digits(value + 6, 2);
  return hours < 0 || minutes < 0 || seconds < 0 ? -1 : hours * INT64_C(3600) + minutes * INT64_C(60) + seconds;
}

static void keep(char out[NET_DATE_MAX], const char *value, size_t len) {
  if (len >= NET_DATE_MAX)
    len = 0; /* no date */
  memcpy(out, value, len);
  out[len] = '\0';
}

static bool is(const char *name, size_t len, const char *wanted) {
  return len == strlen(wanted) && net_same_letters(name, wanted, len);
}

static bool begins(const char *name, size_t len, const char *start) {
  return len > strlen(start) && net_same_letters(name, start, strlen(start));
}

static bool ends(const char *name, size_t len, const char *end) {
  return len > strlen(end) && net_same_letters(name + len - strlen(end), end, strlen(end));
}

void net_pace_header(struct net_pace *pace, const char *name, size_t name_len, const char *value, size_t len) {
  bool retry = is(name, name_len, "retry-after");
  int64_t seconds = seconds_of(value, len);
  if (is(name, name_len, "date")) {
    keep(pace->date, value, len);
  } else if (retry || ends(name, name_len, "-retry-after")) {
    if (seconds > pace->asked_s)
      pace->asked_s = seconds;
    if (retry && seconds < 0)
      keep(pace->at, value, len);
  } else if (begins(name, name_len, "x-ms-ratelimit-remaining-") || is(name, name_len, "x-ms-user-quota-remaining")) {
    pace->spent = pace->spent || seconds == 0;
  } else if (is(name, name_len, "x-ms-user-quota-resets-after")) {
    pace->resets_s = clock_of(value, len);
  }
}

int64_t net_pace_wait_ms(const struct net_pace *pace, struct pal_instant now) {
  struct pal_instant until, from = now;
  int64_t wait = pace->asked_s;
  if (pace->at[0] && net_http_date(pace->at, now, &until)) {
    (void)net_http_date(pace->date, now, &from);
    int64_t left = until.s > from.s ? until.s - from.s : 0;
    if (left > NET_WAIT_MAX_S)
      left = NET_WAIT_MAX_S;
    if (left > wait)
      wait = left;
  }
  return wait < 0 ? -1 : wait * 1000;
}

int64_t net_pace_spent_ms(const struct net_pace *pace) {
  if (!pace->spent)
    return 0;
  return pace->resets_s > 0 ? pace->resets_s * 1000 : NET_SPENT_PAUSE_MS;
}
