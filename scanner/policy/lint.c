/* SPDX-License-Identifier: Apache-2.0 */
/* lint.c - what the sandbox refuses of a pack, found without a snapshot: every policy runs over empty tables. */
#include "pal_coverage.h"
#include "pal_judge.h"

/* Settings by which every area was collected: else a policy would not be tried. */
static enum pal_code all_collected(struct pal_arena *arena, struct pal_record **ret, struct pal_err *err) {
  size_t n = 0;
  while (pal_areas[n])
    n++;
  *ret = pal_record_new(arena, &pal_kind_SETTINGS);
  return *ret ? pal_set_texts(arena, *ret, PAL_SETTINGS_COLLECT, pal_areas, n, err) : pal_err_nomem(err);
}

static enum pal_code tell(const struct pal_judge *judge, const struct pal_pack *pack, pal_lint_fn *each, void *payload,
                          struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < pal_pack_n(pack) && code == PAL_OK; i++) {
    const struct pal_policy_result *result = pal_judge_result(judge, i);
    code = each(payload, result->policy, result->state == PAL_BROKEN ? result->why : NULL, err);
  }
  return code;
}

enum pal_code pal_pack_lint(const struct pal_pack *pack, pal_lint_fn *each, void *payload, struct pal_err *err) {
  struct pal_arena *arena = pal_arena_new(0);
  struct pal_record *settings = NULL, *registry = arena ? pal_record_new(arena, &pal_kind_REGISTRY) : NULL;
  struct pal_judge *judge = NULL;
  enum pal_code code = registry ? all_collected(arena, &settings, err) : pal_err_nomem(err);
  struct pal_judge_options options = {.pack = pack, .registry = registry, .settings = settings, .replay = ""};
  if (code == PAL_OK)
    code = pal_judge_new(&options, &judge, err);
  if (code == PAL_OK)
    code = pal_judge_run(judge, err);
  if (code == PAL_OK)
    code = tell(judge, pack, each, payload, err);
  pal_judge_free(judge);
  pal_arena_free(arena);
  return code;
}
