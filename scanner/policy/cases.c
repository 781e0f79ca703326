/* SPDX-License-Identifier: Apache-2.0 */
#include "cases.h"

#include <string.h>
#include <sys/stat.h>

#include "pal_file.h"
#include "pal_json.h"

enum { CASE_FILE_BYTES_MAX = 8 << 20 };

struct cases {
  const struct pal_pack *pack;
  const char *dir;
  pal_case_fn *each;
  void *payload;
};

enum pal_code case_check_keys(const struct pal_json_doc *doc, const pal_json *object, const char *const *keys,
                              struct pal_err *err) {
  size_t n = 0;
  while (keys[n])
    n++;
  if (pal_json_type(object) != PAL_JSON_OBJECT)
    return pal_json_fail(doc, object, err, "expected an object");
  for (const pal_json *node = pal_json_first(object); node; node = pal_json_next(node)) {
    const char *key = pal_json_key(node);
    bool known = false;
    for (size_t i = 0; i < n && !known; i++)
      known = strcmp(keys[i], key) == 0;
    if (known)
      continue;
    const char *near = pal_nearest(key, keys, n);
    return pal_json_fail(doc, node, err, "unknown key \"%s\"%s%s%s", key, near ? "; did you mean \"" : "",
                         near ? near : "", near ? "\"?" : "");
  }
  return PAL_OK;
}

/* --- one case --- */

static enum pal_code judge_case(struct pal_arena *arena, struct case_world *world, const struct case_place *place,
                                const char **ret_diff, struct pal_err *err) {
  struct pal_judge *judge = NULL;
  struct pal_judge_options options = world->options;
  options.only = place->policy;
  enum pal_code code = pal_judge_new(&options, &judge, err);
  if (code == PAL_OK)
    code = pal_judge_load(judge, PAL_STATE_NOW, &world->now, err);
  if (code == PAL_OK && world->options.has_previous)
    code = pal_judge_load(judge, PAL_STATE_PREVIOUS, &world->previous, err);
  if (code == PAL_OK)
    code = pal_judge_run(judge, err);
  if (code == PAL_OK)
    code = case_compare(arena, judge, place, ret_diff, err);
  if (code == PAL_OK && place->night)
    code = case_keep(arena, world, judge, err);
  pal_judge_free(judge);
  return code;
}

/* The difference of a night begins with its start. */
static enum pal_code add_night(struct pal_arena *arena, const pal_json *night, const char *diff, const char **all,
                               struct pal_err *err) {
  if (!diff)
    return PAL_OK;
  *all = pal_arena_printf(arena, "%s%s:\n%s", *all ? *all : "", pal_json_text(pal_json_get(night, "now")), diff);
  return *all ? PAL_OK : pal_err_nomem(err);
}

static enum pal_code run_nights(struct pal_arena *arena, struct case_place place, const pal_json *nights,
                                const char **ret_diff, struct pal_err *err) {
  const struct case_world *before = NULL;
  enum pal_code code = PAL_OK;
  if (pal_json_type(nights) != PAL_JSON_ARRAY || pal_json_count(nights) == 0)
    return pal_json_fail(place.doc, nights, err, "\"nights\" is an array");
  for (const pal_json *night = pal_json_first(nights); night && code == PAL_OK; night = pal_json_next(night)) {
    struct case_world *world = pal_arena_alloc(arena, sizeof *world);
    const char *diff = NULL;
    place.night = night;
    code = world ? case_build(arena, &place, before, world, err) : pal_err_nomem(err);
    if (code == PAL_OK)
      code = judge_case(arena, world, &place, &diff, err);
    if (code == PAL_OK)
      code = add_night(arena, night, diff, ret_diff, err);
    before = world;
  }
  return code;
}

static enum pal_code run_case(const struct cases *cases, struct case_place place, struct pal_err *err) {
  static const char of_all[] = "estate";
  struct pal_arena *arena = pal_arena_new(0);
  const pal_json *nights = pal_json_get(place.node, "nights");
  struct case_world world;
  const char *diff = NULL;
  enum pal_code code = arena ? PAL_OK : pal_err_nomem(err);
  if (code == PAL_OK && nights) {
    code = run_nights(arena, place, nights, &diff, err);
  } else if (code == PAL_OK) {
    code = case_build(arena, &place, NULL, &world, err);
    if (code == PAL_OK)
      code = judge_case(arena, &world, &place, &diff, err);
  }
  if (code == PAL_OK)
    code = cases->each(cases->payload, place.policy ? place.policy : of_all,
                       pal_json_text(pal_json_get(place.node, "name")), diff, err);
  pal_arena_free(arena);
  return code;
}

/* --- one file --- */

/* "policy" of a file, or of a case of a file that has none; *ret NULL where it is not given. */
static enum pal_code read_policy(const struct cases *cases, const struct pal_json_doc *doc, const pal_json *object,
                                 const char **ret, struct pal_err *err) {
  const pal_json *policy = pal_json_get(object, "policy");
  *ret = pal_json_text(policy);
  if (policy && (!*ret || !pal_pack_find(cases->pack, *ret)))
    return pal_json_fail(doc, policy, err, "\"policy\" names no policy of the pack");
  return PAL_OK;
}

static enum pal_code run_doc(const struct cases *cases, const struct pal_json_doc *doc, struct pal_err *err) {
  static const char *const keys[] = {"policy", "world", "cases", NULL};
  static const char *const of_world[] = {"registry", "estate",   "waivers", "reviews",
                                         "history",  "settings", "tenants", NULL};
  const pal_json *root = pal_json_root(doc), *list = pal_json_get(root, "cases");
  struct case_place place = {.pack = cases->pack, .doc = doc, .world = pal_json_get(root, "world")};
  const char *policy = NULL;
  enum pal_code code = case_check_keys(doc, root, keys, err);
  if (code == PAL_OK && place.world)
    code = case_check_keys(doc, place.world, of_world, err);
  if (code == PAL_OK)
    code = read_policy(cases, doc, root, &policy, err);
  if (code == PAL_OK && (!list || pal_json_type(list) != PAL_JSON_ARRAY))
    code = pal_json_fail(doc, list ? list : root, err, "\"cases\" is an array");
  for (place.node = code == PAL_OK ? pal_json_first(list) : NULL; place.node && code == PAL_OK;
       place.node = pal_json_next(place.node)) {
    code = policy && pal_json_get(place.node, "policy")
               ? pal_json_fail(doc, place.node, err, "the file says already of which \"policy\" its cases are")
               : read_policy(cases, doc, place.node, &place.policy, err);
    if (policy)
      place.policy = policy;
    if (code == PAL_OK)
      code = run_case(cases, place, err);
  }
  return code;
}

static enum pal_code run_file(const struct cases *cases, const char *path, struct pal_err *err) {
  struct pal_buf bytes;
  struct pal_json_doc *doc = NULL;
  pal_buf_init(&bytes, CASE_FILE_BYTES_MAX);
  enum pal_code code = pal_file_read(path, "case file", 0, CASE_FILE_BYTES_MAX, &bytes, err);
  if (code == PAL_OK)
    code = pal_json_parse(bytes.data, bytes.len, path, PAL_JSON_STRICT_UTF8 | PAL_JSON_COMMENTS, CASE_FILE_BYTES_MAX,
                          &doc, err);
  if (code == PAL_OK)
    code = run_doc(cases, doc, err);
  pal_json_doc_free(doc);
  pal_buf_deinit(&bytes);
  return code;
}

static enum pal_code run_name(void *payload, const char *name, struct pal_err *err) {
  const struct cases *cases = payload;
  size_t len = strlen(name);
  if (len < 6 || name[0] == '.' || strcmp(name + len - 5, ".json") != 0)
    return PAL_OK;
  struct pal_buf path;
  pal_buf_init(&path, 4096);
  pal_buf_printf(&path, "%s/%s", cases->dir, name);
  enum pal_code code = pal_buf_check(&path, "name of a case file", err);
  if (code == PAL_OK)
    code = run_file(cases, path.data, err);
  pal_buf_deinit(&path);
  return code;
}

enum pal_code pal_cases_run(const struct pal_pack *pack, const char *dir, pal_case_fn *each, void *payload,
                            struct pal_err *err) {
  struct cases cases = {.pack = pack, .dir = dir, .each = each, .payload = payload};
  struct stat st;
  if (stat(dir, &st) == 0 && !S_ISDIR(st.st_mode))
    return run_file(&cases, dir, err);
  struct pal_buf below;
  pal_buf_init(&below, 4096);
  pal_buf_printf(&below, "%s/cases", dir);
  enum pal_code code = pal_buf_check(&below, "name of a folder", err);
  if (code == PAL_OK && pal_path_exists(below.data))
    cases.dir = below.data;
  if (code == PAL_OK)
    code = pal_dir_each(cases.dir, run_name, &cases, err);
  pal_buf_deinit(&below);
  return code;
}
