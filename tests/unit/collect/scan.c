/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/scan.h"

#include <stdlib.h>
#include <string.h>

#include "azure/world.h"
#include "unit.h"

enum { BYTES_MAX = 256 << 20 };

struct pal_tenant_id tenant_id(const char *text) {
  struct pal_tenant_id id;
  struct pal_err err = {0};
  unit_ok(pal_tenant_id_parse(text, &id, &err), &err);
  return id;
}

struct pal_instant instant(const char *text) {
  struct pal_instant at;
  ck_assert_msg(pal_instant_parse(text, &at), "%s", text);
  return at;
}

const struct pal_record *parse_record(struct pal_arena *arena, const struct pal_kind *kind, const char *json) {
  struct pal_err err = {0};
  struct pal_json_doc *doc = NULL;
  struct pal_record *record = NULL;
  unit_ok(pal_json_parse(json, strlen(json), "test", 0, 0, &doc, &err), &err);
  unit_ok(pal_record_decode(arena, kind, doc, pal_json_root(doc), PAL_DECODE_PERSON, &record, &err), &err);
  pal_json_doc_free(doc);
  return record;
}

/* --- a run --- */

/* By way of the bytes of the journal. */
static enum pal_code on_observation(void *payload, const struct pal_observation *observation, struct pal_err *err) {
  struct scan *scan = payload;
  struct pal_observation copy = *observation, *read = pal_arena_alloc(scan->arena, sizeof *read);
  struct pal_buf bytes, again;
  pal_buf_init(&bytes, BYTES_MAX);
  pal_buf_init(&again, BYTES_MAX);
  unit_ok(pal_observation_encode(&copy, &bytes, err), err);
  unit_ok(pal_observation_decode(scan->arena, bytes.data, bytes.len, read, err), err);
  unit_ok(pal_observation_encode(read, &again, err), err);
  ck_assert_uint_eq(bytes.len, again.len);
  ck_assert(memcmp(bytes.data, again.data, bytes.len) == 0);
  pal_buf_deinit(&bytes);
  pal_buf_deinit(&again);
  ck_assert_uint_lt(scan->n, SCAN_OBSERVATIONS_MAX);
  scan->v[scan->n++] = read;
  return PAL_OK;
}

static int compare(const void *a, const void *b) {
  const struct pal_observation *x = *(struct pal_observation *const *)a, *y = *(struct pal_observation *const *)b;
  int order = strcmp(x->identity, y->identity);
  return order ? order : strcmp(x->tenant.s, y->tenant.s);
}

struct watch {
  struct scan *scan;
  const struct pal_net *net;
};

static void on_tick(void *payload) {
  const struct watch *watch = payload;
  size_t open = pal_net_stats(watch->net).open;
  if (open > watch->scan->most_open)
    watch->scan->most_open = open;
}

void scan_run(struct scan *scan, struct pal_arena *arena, const char *dir, const struct pal_record *estate,
              unsigned seed, const struct pal_collect_options *more) {
  struct pal_record *session = NULL;
  struct pal_net *net = NULL;
  struct pal_err err = {0};
  *scan = (struct scan){.arena = arena, .estate = estate};
  unit_ok(pal_recording_session(arena, dir, &session, &err), &err);
  scan->settings = pal_get_record(session, PAL_SESSION_SETTINGS);
  scan->started = instant(pal_get_text(session, PAL_SESSION_STARTED));
  struct watch watch = {.scan = scan};
  struct pal_net_options net_options = {.cloud = world_cloud(),
                                        .concurrency = 8,
                                        .offline = true,
                                        .replay_dir = dir,
                                        .shuffle_seed = seed,
                                        .tick = on_tick,
                                        .tick_payload = &watch};
  unit_ok(pal_net_open(&net_options, &net, &err), &err);
  watch.net = net;
  struct pal_collect_options options = more ? *more : (struct pal_collect_options){0};
  options.net = net;
  options.cloud = world_cloud();
  options.settings = scan->settings;
  options.estate = estate;
  options.started = scan->started;
  options.each = on_observation;
  options.payload = scan;
  scan->code = pal_collect_run(&options, &scan->result, &scan->err);
  unit_ok(pal_net_close(net, &err), &err);
  qsort(scan->v, scan->n, sizeof *scan->v, compare);
}

void scan_world(struct scan *scan, struct pal_arena *arena, const struct pal_record *estate, unsigned seed) {
  (void)world_write(arena);
  scan_run(scan, arena, "rec", estate, seed, NULL);
  ck_assert_msg(scan->code == PAL_OK, "%s", scan->err.text);
}

struct pal_observation *scan_find(const struct scan *scan, const char *identity, const char *tenant) {
  for (size_t i = 0; i < scan->n; i++)
    if (strcmp(scan->v[i]->identity, identity) == 0 && strcmp(scan->v[i]->tenant.s, tenant) == 0)
      return scan->v[i];
  return NULL;
}

/* --- documents --- */

static const char *encode(struct pal_arena *arena, struct pal_doc *doc) {
  struct pal_buf bytes;
  struct pal_err err = {0};
  pal_buf_init(&bytes, BYTES_MAX);
  unit_ok(pal_doc_encode(doc, &bytes, &err), &err);
  const char *text = pal_arena_strdup(arena, bytes.data);
  pal_buf_deinit(&bytes);
  return text;
}

const char *docs_text(struct pal_arena *arena, const struct pal_docs *docs, const char *path) {
  for (size_t i = 0; i < docs->n; i++) {
    char at[PAL_PATH_MAX];
    pal_doc_path(docs->v[i], at);
    if (strcmp(at, path) == 0)
      return encode(arena, docs->v[i]);
  }
  return "";
}

const char *docs_cover(struct pal_arena *arena, const struct pal_docs *docs, const char *tenant, const char *area,
                       const char *unit) {
  for (size_t i = 0; i < docs->n; i++) {
    if (docs->v[i]->file->id != PAL_FILE_COVERAGE || strcmp(docs->v[i]->tenant.s, tenant) != 0)
      continue;
    for (size_t j = 0; j < docs->v[i]->records.n; j++) {
      const struct pal_record *r = docs->v[i]->records.v[j];
      if (strcmp(pal_get_text(r, PAL_COVERAGE_AREA), area) != 0 ||
          strcmp(pal_get_text(r, PAL_COVERAGE_UNIT), unit) != 0)
        continue;
      const char *text = pal_get_text(r, PAL_COVERAGE_STATE);
      if (r->v[PAL_COVERAGE_ITEMS].is == PAL_SET)
        text = pal_arena_printf(arena, "%s %d", text, (int)pal_get_int(r, PAL_COVERAGE_ITEMS, 0));
      if (r->v[PAL_COVERAGE_EXPECTED].is == PAL_SET)
        text = pal_arena_printf(arena, "%s/%d", text, (int)pal_get_int(r, PAL_COVERAGE_EXPECTED, 0));
      if (pal_get_text(r, PAL_COVERAGE_CODE))
        text = pal_arena_printf(arena, "%s %s", text, pal_get_text(r, PAL_COVERAGE_CODE));
      if (pal_get_text(r, PAL_COVERAGE_AS_OF))
        text = pal_arena_printf(arena, "%s @%s", text, pal_get_text(r, PAL_COVERAGE_AS_OF));
      return text;
    }
  }
  return "";
}

const char *docs_dump(struct pal_arena *arena, const struct pal_docs *docs) {
  struct pal_docs sorted = *docs;
  struct pal_buf out;
  sorted.v = pal_arena_calloc(arena, docs->n + 1, sizeof(struct pal_doc *));
  ck_assert_ptr_nonnull(sorted.v);
  if (docs->n)
    memcpy(sorted.v, docs->v, docs->n * sizeof *sorted.v);
  pal_docs_sort(&sorted);
  pal_buf_init(&out, BYTES_MAX);
  for (size_t i = 0; i < sorted.n; i++) {
    char path[PAL_PATH_MAX];
    pal_doc_path(sorted.v[i], path);
    pal_buf_printf(&out, "%s\n%s", path, encode(arena, sorted.v[i]));
  }
  const char *text = pal_arena_strdup(arena, out.data);
  pal_buf_deinit(&out);
  return text;
}

const char *tenant_path(struct pal_arena *arena, const char *tenant, const char *rest) {
  return pal_arena_printf(arena, "tenants/%.2s/%s/%s", tenant, tenant, rest);
}

/* --- uniting --- */

void scan_unite(const struct scan *scan, struct pal_arena *arena, const char *tenant, const struct pal_docs *parent,
                const char *parent_started, struct pal_docs *ret) {
  const struct pal_observation *of[SCAN_OBSERVATIONS_MAX];
  struct pal_err err = {0};
  struct pal_unite_input input = {.tenant = tenant_id(tenant),
                                  .observations = of,
                                  .parent = parent,
                                  .settings = scan->settings,
                                  .estate = scan->estate,
                                  .started = scan->started};
  for (size_t i = 0; i < scan->n; i++) {
    bool has = false;
    for (size_t j = 0; j < scan->v[i]->docs.n; j++)
      has = has || strcmp(scan->v[i]->docs.v[j]->tenant.s, tenant) == 0;
    if (has)
      of[input.n++] = scan->v[i];
  }
  if (parent_started)
    input.parent_started = instant(parent_started);
  pal_docs_init(ret, arena);
  unit_ok(pal_unite(&input, ret, &err), &err);
}
