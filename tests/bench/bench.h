/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H
/* bench.h - what the programs that measure share: they end at the first error, and tell what they took. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "pal_err.h"

static inline void must(enum pal_code code, const struct pal_err *err) {
  if (code == PAL_OK)
    return;
  (void)fprintf(stderr, "bench: %s\n", err->text);
  exit(EXIT_FAILURE);
}

static inline void *must_have(void *p) {
  if (!p) {
    (void)fputs("bench: out of memory\n", stderr);
    exit(EXIT_FAILURE);
  }
  return p;
}

/* Processor time, user and system: it does not measure the neighbours. */
static inline double now_s(void) {
  struct timespec t = {0};
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline double peak_mib(void) {
  struct rusage usage;
  (void)getrusage(RUSAGE_SELF, &usage);
  return (double)usage.ru_maxrss / 1024;
}

#endif
