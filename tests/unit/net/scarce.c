/* SPDX-License-Identifier: Apache-2.0 */
#include "scarce.h"

#include <check.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

static size_t left; /* allocations until the one that fails, itself included; 0: none does */
static bool struck;

/* The names are the linker's. NOLINTBEGIN(bugprone-reserved-identifier) */
void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *at, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t len);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *at, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t len);

static bool strikes(void) {
  if (left == 0 || --left > 0)
    return false;
  struck = true;
  return true;
}

void *__wrap_malloc(size_t size) {
  return strikes() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size) {
  return strikes() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *at, size_t size) {
  return strikes() ? NULL : __real_realloc(at, size);
}

char *__wrap_strdup(const char *text) {
  return strikes() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t len) {
  return strikes() ? NULL : __real_strndup(text, len);
}
/* NOLINTEND(bugprone-reserved-identifier) */

void scarce_curl(void) {
  ck_assert_int_eq(
      curl_global_init_mem(CURL_GLOBAL_DEFAULT, __wrap_malloc, free, __wrap_realloc, __wrap_strdup, __wrap_calloc),
      CURLE_OK);
}

void scarce_begin(size_t n) {
  struck = false;
  left = n;
}

bool scarce_end(void) {
  left = 0;
  return struck;
}
