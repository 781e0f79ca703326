/* SPDX-License-Identifier: Apache-2.0 */
#include "controls.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 10 };

struct grid {
  struct pal_arena *arena;
  size_t columns;
  const char *const **v;
  size_t n, cap;
};

static enum pal_code add(struct grid *grid, const char *const *cells, struct pal_err *err) {
  const char **row = pal_arena_calloc(grid->arena, COLUMNS_MAX, sizeof(*row));
  const char *const **grown = pal_arena_grow(grid->arena, grid->v, grid->n, &grid->cap, sizeof(*grown));
  if (row == NULL || grown == NULL)
    return pal_err_nomem(err);
  for (size_t i = 0; i < grid->columns; i++)
    if ((row[i] = cells[i]) == NULL)
      return pal_err_nomem(err);
  grid->v = grown;
  grid->v[grid->n++] = row;
  return PAL_OK;
}

/* By control, then by policy. */
static int compare_rows(const void *a, const void *b) {
  const char *const *left = *(const char *const *const *)a, *const *right = *(const char *const *const *)b;
  int order = strcmp(left[0], right[0]);
  return order != 0 ? order : strcmp(left[2], right[2]);
}

static enum pal_code print(struct pal_cli *cli, const struct grid *grid, const char *const *header, const bool *counts,
                           const char *empty, struct pal_err *err) {
  const struct pal_format *format = NULL;
  struct pal_output output;
  const bool **numbers = pal_arena_calloc(cli->arena, grid->n + 1, sizeof(*numbers));
  if (numbers == NULL)
    return pal_err_nomem(err);
  for (size_t i = 0; i < grid->n; i++)
    numbers[i] = counts;
  enum pal_code code = pal_output_begin(cli, &format, &output, err);
  if (code != PAL_OK)
    return code;
  struct pal_style style = pal_cli_style(cli, &output);
  if (grid->n == 0 && !format->machine)
    (void)fprintf(output.file, "%s\n", empty);
  else
    code = pal_table_print(format->name, &style, header, grid->v, numbers, grid->columns, grid->n, output.file, err);
  return pal_output_close(&output, code, err);
}

static bool carries_controls(const struct pal_policy *policy) {
  return strcmp(policy->policy_class, "access") == 0 || strcmp(policy->policy_class, "completeness") == 0;
}

/* ---- what was found ---- */

static enum pal_code add_found(struct grid *grid, const char *control, const struct pal_policy_result *result,
                               struct pal_err *err) {
  static const char *const states[] = {
      [PAL_TESTED] = "tested", [PAL_NOT_TESTED] = "not tested", [PAL_DISABLED] = "disabled", [PAL_BROKEN] = "failed"};
  const struct pal_framework *framework = pal_framework_of(control, NULL);
  const size_t counts[] = {result->fail, result->unknown, result->waived, result->folded};
  const char *cells[COLUMNS_MAX] = {control, framework != NULL ? framework->title : "all", result->policy->id,
                                    result->policy->title, states[result->state]};
  for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
    cells[5 + i] = pal_arena_printf(grid->arena, "%zu", counts[i]);
  return add(grid, cells, err);
}

enum pal_code controls_print_found(struct pal_cli *cli, const struct pal_judge *judge, const struct pal_pack *pack,
                                   struct pal_err *err) {
  static const char *const header[] = {"control", "framework", "policy", "title", "state",
                                       "fail",    "unknown",   "waived", "folded"};
  static const bool counts[] = {false, false, false, false, false, true, true, true, true};
  struct grid grid = {.arena = cli->arena, .columns = sizeof(header) / sizeof(header[0])};
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < pal_pack_n(pack) && code == PAL_OK; i++) {
    const struct pal_policy_result *result = pal_judge_result(judge, i);
    for (size_t c = 0; c < result->policy->controls_n && carries_controls(result->policy) && code == PAL_OK; c++)
      code = add_found(&grid, result->policy->controls[c], result, err);
  }
  if (code != PAL_OK)
    return code;
  if (grid.n > 1)
    qsort(grid.v, grid.n, sizeof(*grid.v), compare_rows);
  return print(cli, &grid, header, counts, "No policy of the pack carries a control.", err);
}

/* ---- which rules there are ---- */

static const char *status_of(const struct pal_policy *policy) {
  if (!policy->enabled)
    return "disabled";
  return policy->status == PAL_RULE ? "judged" : "not tested";
}

static bool has_control(const struct pal_policy *policy, const char *control) {
  for (size_t i = 0; i < policy->controls_n; i++)
    if (strcmp(policy->controls[i], control) == 0)
      return carries_controls(policy);
  return false;
}

enum pal_code controls_print_coverage(struct pal_cli *cli, const struct pal_pack *pack,
                                      const struct pal_framework *framework, struct pal_err *err) {
  static const char *const header[] = {"control", "asks", "policy", "title", "class", "status"};
  struct grid grid = {.arena = cli->arena, .columns = sizeof(header) / sizeof(header[0])};
  static const bool counts[COLUMNS_MAX] = {false};
  enum pal_code code = PAL_OK;
  for (size_t c = 0; c < framework->n && code == PAL_OK; c++) {
    const struct pal_control *control = &framework->controls[c];
    size_t before = grid.n;
    for (size_t i = 0; i < pal_pack_n(pack) && code == PAL_OK; i++) {
      const struct pal_policy *policy = pal_pack_at(pack, i);
      const char *const cells[] = {control->id,   control->title,       policy->id,
                                   policy->title, policy->policy_class, status_of(policy)};
      if (has_control(policy, control->id))
        code = add(&grid, cells, err);
    }
    const char *const none[] = {control->id, control->title, "-", "no rule of the pack", "-", "not tested"};
    if (code == PAL_OK && grid.n == before)
      code = add(&grid, none, err);
  }
  return code == PAL_OK ? print(cli, &grid, header, counts, "", err) : code;
}
