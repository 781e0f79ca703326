/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runner.c - runs the suites of suites.def that are named (base_json stands for
 * make_base_json_suite), or all. CK_RUN_CASE chooses among their cases,
 * CK_FORK=no helps a debugger.
 */
#include <check.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define X(make) Suite *make(void);
#include "suites.def"
#undef X

static const struct {
  const char *name;
  Suite *(*make)(void);
} suites[] = {
#define X(make) {#make, make},
#include "suites.def"
#undef X
};

/* Whether `name` is what stands between make_ and _suite. */
static bool is_called(const char *maker, const char *name) {
  size_t len = strlen(name);
  return strlen(maker) == len + strlen("make__suite") && strncmp(maker + strlen("make_"), name, len) == 0;
}

static bool add(SRunner *runner, const char *name) {
  for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++) {
    if (name == NULL || is_called(suites[i].name, name)) {
      srunner_add_suite(runner, suites[i].make());
      if (name != NULL)
        return true;
    }
  }
  return name == NULL;
}

int main(int argc, char **argv) {
  /* The user's locale, though palscan itself never asks for it: nothing may
   * depend on it. */
  (void)setlocale(LC_ALL, "");
  SRunner *runner = srunner_create(NULL);
  bool known = argc > 1 || add(runner, NULL);
  for (int i = 1; i < argc && known; i++) {
    known = add(runner, argv[i]);
    if (!known)
      (void)fprintf(stderr, "there is no suite make_%s_suite in suites.def\n", argv[i]);
  }
  if (known)
    srunner_run_all(runner, CK_ENV);
  bool passed = known && srunner_ntests_run(runner) > 0 && srunner_ntests_failed(runner) == 0;
  srunner_free(runner);
  return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}
