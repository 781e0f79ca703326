/* SPDX-License-Identifier: Apache-2.0 */
#include "policy_world.h"

#include <stdio.h>
#include <stdlib.h>

#include "pal_file.h"
#include "policy/cases.h"

enum { WORLD_TEXT_MAX = 1 << 20 };

static struct pal_arena *arena;
static struct pal_pack *pack;
static struct pal_judge *judge;
static struct pal_json_doc *doc;
static struct case_world world;
static struct pal_buf text;

static void forget(void) {
  pal_judge_free(judge);
  judge = NULL;
  pal_json_doc_free(doc);
  doc = NULL;
}

void world_enter(void) {
  struct pal_err err;
  unit_enter_folder();
  unit_ok(pal_dir_make("pack/views", 0700, &err), &err);
  arena = pal_arena_new(0);
  pal_buf_init(&text, WORLD_TEXT_MAX);
}

void world_leave(void) {
  forget();
  pal_pack_free(pack);
  pack = NULL;
  pal_arena_free(arena);
  pal_buf_deinit(&text);
  unit_leave_folder();
}

void world_policy(const char *id, const char *meta, const char *sql) {
  char path[128];
  (void)snprintf(path, sizeof path, "pack/%s.sql", id);
  pal_buf_clear(&text);
  pal_buf_printf(
      &text,
      "-- id: %s\n-- title: Title of %s\n-- class: rule\n-- severity: high\n-- rationale: why\n-- remediation: what\n",
      id, id);
  for (const char *line = meta; *line;) {
    size_t len = strcspn(line, "\n");
    pal_buf_printf(&text, "-- %.*s\n", (int)len, line);
    line += len + (line[len] == '\n');
  }
  pal_buf_puts(&text, sql);
  unit_write(path, text.data, 0600);
  pal_pack_free(pack);
  pack = NULL;
}

void world_view(const char *name, const char *sql) {
  char path[128];
  (void)snprintf(path, sizeof path, "pack/views/%s.sql", name);
  unit_write(path, sql, 0600);
  pal_pack_free(pack);
  pack = NULL;
}

struct pal_pack *world_pack(void) {
  struct pal_err err;
  if (!pack)
    unit_ok(pal_pack_load("pack", NULL, 0, &pack, &err), &err);
  return pack;
}

/* {members} with " for '. */
static const char *json(const char *prefix, const char *members, const char *suffix) {
  pal_buf_clear(&text);
  size_t len = strlen(members);
  if (len && members[len - 1] == ',' && *suffix == '}')
    len--; /* members may end as if more followed */
  pal_buf_printf(&text, "%s%.*s%s", prefix, (int)len, members, suffix);
  ck_assert_int_eq(text.bad, PAL_OK);
  for (char *c = text.data; *c; c++)
    if (*c == '\'')
      *c = '"';
  return text.data;
}

static const char *difference;

static enum pal_code take_difference(void *payload, const char *policy, const char *name, const char *diff,
                                     struct pal_err *err) {
  (void)payload, (void)policy, (void)name, (void)err;
  difference = diff ? pal_arena_strdup(arena, diff) : NULL;
  return PAL_OK;
}

const char *world_difference(const char *policy, const char *members) {
  struct pal_err err;
  char prefix[128];
  (void)snprintf(prefix, sizeof prefix, "{'policy':'%s','cases':[{'name':'case',", policy);
  unit_write("case.json", json(prefix, members, "}]}"), 0600);
  difference = "no case";
  unit_ok(pal_cases_run(world_pack(), "case.json", take_difference, NULL, &err), &err);
  return difference;
}

void world_expect(const char *policy, const char *members) {
  const char *diff = world_difference(policy, members);
  ck_assert_msg(!diff, "%s", diff);
}

struct pal_judge *world_judge(const char *members, bool run, struct pal_judge_options *change) {
  struct pal_err err = {0};
  forget();
  const char *source = json("{'name':'case','expect':[],", members, "}");
  const struct pal_pack *with = world_pack();
  const struct pal_policy *first = pal_pack_at(with, 0);
  unit_ok(pal_json_parse(source, strlen(source), "case", 0, 0, &doc, &err), &err);
  struct case_place place = {.pack = with, .policy = first ? first->id : "", .doc = doc, .node = pal_json_root(doc)};
  unit_ok(case_build(arena, &place, NULL, &world, &err), &err);
  if (change) {
    world.options.all_tables = change->all_tables;
    world.options.steps_max = change->steps_max;
    world.options.only = change->only;
  }
  unit_ok(pal_judge_new(&world.options, &judge, &err), &err);
  unit_ok(pal_judge_load(judge, PAL_STATE_NOW, &world.now, &err), &err);
  if (world.options.has_previous)
    unit_ok(pal_judge_load(judge, PAL_STATE_PREVIOUS, &world.previous, &err), &err);
  if (run)
    unit_ok(pal_judge_run(judge, &err), &err);
  return judge;
}

const struct pal_policy_result *world_result(const struct pal_judge *with, const char *policy) {
  for (size_t i = 0; i < pal_pack_n(pack); i++)
    if (strcmp(pal_pack_at(pack, i)->id, policy) == 0)
      return pal_judge_result(with, i);
  ck_abort_msg("no policy %s", policy);
}

static enum pal_code add_row(void *payload, int n, const char *const *names, const struct pal_sql_value *values,
                             struct pal_err *err) {
  struct pal_buf *out = payload;
  (void)names, (void)err;
  if (!values)
    return PAL_OK;
  if (out->len)
    pal_buf_putc(out, '|');
  for (int i = 0; i < n; i++)
    pal_buf_printf(out, "%s%s", i ? "," : "", values[i].text ? values[i].text : "-");
  return PAL_OK;
}

const char *world_query(struct pal_judge *with, const char *sql) {
  struct pal_err err = {0};
  struct pal_buf out;
  pal_buf_init(&out, WORLD_TEXT_MAX);
  unit_ok(pal_judge_query(with, sql, add_row, &out, &err), &err);
  const char *rows = pal_arena_strdup(arena, out.data);
  pal_buf_deinit(&out);
  return rows;
}
