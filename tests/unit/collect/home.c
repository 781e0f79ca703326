/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/home.h"

#include <string.h>

#include "pal_log.h"
#include "unit.h"

struct pal_arena *home_arena;
struct scan home_scan;

void home_set_up(void) {
  unit_enter_folder();
  home_arena = pal_arena_new(0);
  pal_log_set_level(PAL_LOG_ERROR);
  world_begin();
}

void home_tear_down(void) {
  world_end();
  pal_arena_free(home_arena);
  unit_leave_folder();
}

/* "robot" in HOME with one own subscription; what a test added before comes first. */
void home_one_subscription(void) {
  world_subscriptions("robot", HOME, SUBSCRIPTION(SUB1, HOME));
  world_empty_tenant("robot", HOME, OID);
  world_empty_subscription("robot", HOME, SUB1, true);
}

const struct pal_docs *home_run(void) {
  scan_world(&home_scan, home_arena, NULL, 0);
  ck_assert_uint_ge(home_scan.n, 1);
  return &home_scan.v[0]->docs;
}

void home_covers(const struct pal_docs *docs, const char *area, const char *unit, const char *expected) {
  const char *got = docs_cover(home_arena, docs, HOME, area, unit);
  ck_assert_msg(strcmp(got, expected) == 0, "%s/%s: \"%s\", wanted \"%s\"", area, unit, got, expected);
}

const char *home_file(const struct pal_docs *docs, const char *rest) {
  return docs_text(home_arena, docs, tenant_path(home_arena, HOME, rest));
}

void home_holds(const char *text, const char *part) {
  ck_assert_msg(strstr(text, part) != NULL, "no %s in %s", part, text);
}
