/* SPDX-License-Identifier: Apache-2.0 */
#include "snap.h"

#include <string.h>

#include "unit.h"

struct pal_arena *snap_arena;

void snap_set_up(void) {
  snap_arena = pal_arena_new(0);
  ck_assert_ptr_nonnull(snap_arena);
}

void snap_tear_down(void) {
  pal_arena_free(snap_arena);
  snap_arena = NULL;
}

struct pal_doc *snap_decode(const char *path, const char *bytes) {
  struct pal_err err = {0};
  struct pal_doc *doc = pal_arena_alloc(snap_arena, sizeof *doc);
  unit_ok(pal_doc_parse_path(path, doc, &err), &err);
  unit_ok(pal_doc_decode(snap_arena, bytes, strlen(bytes), doc, &err), &err);
  return doc;
}

void snap_refuses(const char *path, const char *bytes, enum pal_code code, const char *part) {
  struct pal_err err = {0};
  struct pal_doc doc;
  unit_ok(pal_doc_parse_path(path, &doc, &err), &err);
  unit_fails(pal_doc_decode(snap_arena, bytes, strlen(bytes), &doc, &err), code, part, &err);
  ck_assert_uint_eq(doc.records.n, 0);
}

const char *snap_encode(struct pal_doc *doc) {
  struct pal_err err = {0};
  struct pal_buf out;
  pal_buf_init(&out, 1 << 24);
  unit_ok(pal_doc_encode(doc, &out, &err), &err);
  const char *bytes = pal_arena_strdup(snap_arena, out.data);
  pal_buf_deinit(&out);
  return bytes;
}

struct pal_docs *snap_docs(void) {
  struct pal_docs *docs = pal_arena_alloc(snap_arena, sizeof *docs);
  pal_docs_init(docs, snap_arena);
  return docs;
}

static void add_record(struct pal_doc *doc, const struct pal_json_doc *json, const pal_json *node) {
  struct pal_err err = {0};
  struct pal_record *record;
  unit_ok(pal_record_decode(snap_arena, doc->file->kind, json, node, PAL_DECODE_PERSON, &record, &err), &err);
  unit_ok(pal_records_add(snap_arena, &doc->records, record, &err), &err);
}

void snap_add(struct pal_docs *docs, const char *path, const char *json) {
  struct pal_err err = {0};
  struct pal_doc at;
  struct pal_json_doc *parsed = NULL;
  unit_ok(pal_doc_parse_path(path, &at, &err), &err);
  struct pal_doc *doc = pal_docs_get(docs, at.file->id, &at.tenant, at.id.s);
  ck_assert_ptr_nonnull(doc);
  unit_ok(pal_json_parse(json, strlen(json), path, 0, 0, &parsed, &err), &err);
  const pal_json *root = pal_json_root(parsed);
  if (at.file->layout == PAL_SINGLE)
    add_record(doc, parsed, root);
  else
    for (const pal_json *item = pal_json_first(root); item; item = pal_json_next(item))
      add_record(doc, parsed, item);
  pal_json_doc_free(parsed);
}

void snap_cover(struct pal_docs *docs, const char *area, const char *unit, const char *state, const char *code) {
  struct pal_err err = {0};
  const struct pal_tenant_id tenant = {T1};
  struct pal_doc *doc = pal_docs_get(docs, PAL_FILE_COVERAGE, &tenant, NULL);
  struct pal_record *record = pal_record_new(snap_arena, &pal_kind_COVERAGE);
  unit_ok(pal_set_text(snap_arena, record, PAL_COVERAGE_AREA, area, &err), &err);
  unit_ok(pal_set_text(snap_arena, record, PAL_COVERAGE_UNIT, unit, &err), &err);
  unit_ok(pal_set_text(snap_arena, record, PAL_COVERAGE_STATE, state, &err), &err);
  unit_ok(pal_set_text(snap_arena, record, PAL_COVERAGE_CODE, code, &err), &err);
  unit_ok(pal_records_add(snap_arena, &doc->records, record, &err), &err);
}

static enum pal_code note(void *payload, const struct pal_change *change, struct pal_err *err) {
  struct pal_buf *out = payload;
  const char *sides = change->before && change->after ? "~" : change->before ? "-" : change->after ? "+" : "0";
  pal_buf_printf(out, "%s %s %s %s\n", change->kind, change->subject_type, change->subject_id, sides);
  return pal_buf_check(out, "changes", err);
}

const char *snap_changes(const struct pal_docs *before, const struct pal_docs *after) {
  struct pal_err err = {0};
  struct pal_buf out;
  pal_buf_init(&out, 1 << 20);
  unit_ok(pal_docs_compare(before, after, note, &out, &err), &err);
  const char *text = pal_arena_strdup(snap_arena, out.data);
  pal_buf_deinit(&out);
  return text;
}
