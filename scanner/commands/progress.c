/* SPDX-License-Identifier: Apache-2.0 */
#include "progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "pal_log.h"

enum {
  EVERY_MS = 250,
  LINE_MAX_BYTES = 200,
  COLUMNS_DEFAULT = 80,
  GUESS_AFTER_MS = 5000, /* earlier nobody knows how long it takes */
};

/* Terminals differ in what they do in their last column. */
static size_t columns(void) {
  struct winsize size = {0};
  size_t all = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : COLUMNS_DEFAULT;
  return all > 1 ? all - 1 : 1;
}

/* No escapes: blanks wipe on any terminal. */
static void wipe(void *payload) {
  struct pal_progress *progress = payload;
  size_t room = columns(), width = progress->width < room ? progress->width : room; /* it may have become narrower */
  if (width > 0)
    (void)fprintf(stderr, "\r%*s\r", (int)width, "");
  (void)fflush(stderr);
  progress->width = 0;
}

static void add(char line[LINE_MAX_BYTES], const char *text) {
  size_t len = strlen(line);
  (void)snprintf(line + len, LINE_MAX_BYTES - len, ", %s", text);
}

static void add_time(char line[LINE_MAX_BYTES], const char *before, long long seconds, const char *after) {
  char time[48], text[96];
  if (seconds < 120)
    (void)snprintf(time, sizeof time, "%lld s", seconds);
  else if (seconds < 7200)
    (void)snprintf(time, sizeof time, "%lld min", (seconds + 30) / 60);
  else
    (void)snprintf(time, sizeof time, "%lld h", (seconds + 1800) / 3600);
  (void)snprintf(text, sizeof text, "%s %s%s", before, time, after);
  add(line, text);
}

/* Seconds, -1 when unknown. */
static long long time_left(const struct pal_progress *progress, long long elapsed_ms) {
  long long left = -1;
  if (elapsed_ms >= GUESS_AFTER_MS && progress->read.done > 0)
    left = (long long)((double)elapsed_ms / 1000 * (double)(progress->read.total - progress->read.done) /
                       (double)progress->read.done);
  long long end = progress->max_time_s > 0 ? progress->max_time_s - elapsed_ms / 1000 : -1;
  if (end >= 0 && left > end)
    left = end;
  return left;
}

static void show(struct pal_progress *progress, long long now) {
  struct pal_net_stats stats = pal_net_stats(progress->net);
  char line[LINE_MAX_BYTES], text[64];
  long long since = now - progress->shown_ms;
  double rate = since > 0 ? (double)(stats.requests - progress->shown_requests) * 1000 / (double)since : 0;
  progress->rate = progress->shown_ms == progress->began_ms ? rate : 0.8 * progress->rate + 0.2 * rate;
  progress->shown_ms = now;
  progress->shown_requests = stats.requests;
  (void)snprintf(line, sizeof line, "reading: %zu of %zu tenants done", progress->read.tenants_done,
                 progress->read.tenants);
  (void)snprintf(text, sizeof text, "%.0f requests/s", progress->rate);
  add(line, text);
  if (stats.paused_ms >= 1000)
    add_time(line, "waiting as asked for", stats.paused_ms / 1000, "");
  long long left = time_left(progress, now - progress->began_ms);
  if (left >= 0)
    add_time(line, "about", left, " left");
  if (progress->read.total != progress->read.tenants) { /* last: a narrow terminal cuts it first */
    (void)snprintf(text, sizeof text, "%zu of %zu sign-ins", progress->read.done, progress->read.total);
    add(line, text);
  }
  size_t room = columns();
  if (strlen(line) > room)
    line[room] = '\0';
  size_t len = strlen(line), before = progress->width < room ? progress->width : room;
  (void)fprintf(stderr, "\r%s%*s", line, before > len ? (int)(before - len) : 0, "");
  (void)fflush(stderr);
  progress->width = len;
}

void pal_progress_begin(struct pal_progress *progress, const struct pal_net *net, int64_t max_time_s, bool quiet) {
  *progress = (struct pal_progress){.net = !quiet && isatty(STDERR_FILENO) == 1 ? net : NULL, .max_time_s = max_time_s};
  if (progress->net == NULL)
    return;
  progress->began_ms = progress->shown_ms = pal_net_now_ms(net);
  pal_log_before_line(wipe, progress);
}

void pal_progress_tick(void *payload) {
  struct pal_progress *progress = payload;
  if (progress->net == NULL || progress->read.total == 0)
    return;
  long long now = pal_net_now_ms(progress->net);
  if (now - progress->shown_ms >= EVERY_MS)
    show(progress, now);
}

void pal_progress_end(struct pal_progress *progress) {
  if (progress->net == NULL)
    return;
  wipe(progress);
  pal_log_before_line(NULL, NULL);
  progress->net = NULL;
}
