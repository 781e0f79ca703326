/* SPDX-License-Identifier: Apache-2.0 */
/* run_root.c - the files at the root of a snapshot: format, inputs as applied,
 * the built-in roles referred to, and the verdicts of the judge everywhere. */
#include <string.h>

#include "pal_rejudge.h"
#include "run_internal.h"

static enum pal_code put_single(struct pal_run *run, enum pal_file_id file, const char *id, struct pal_record *record,
                                struct pal_err *err) {
  if (record == NULL)
    return PAL_OK;
  struct pal_doc doc = {.file = &pal_files[file]};
  if (id != NULL)
    (void)snprintf(doc.id.s, sizeof(doc.id.s), "%s", id);
  enum pal_code code = pal_records_add(run->result->arena, &doc.records, record, err);
  return code == PAL_OK ? pal_run_put(run, &doc, err) : code;
}

static enum pal_code put_format(struct pal_run *run, struct pal_err *err) {
  struct pal_record *format = pal_record_new(run->result->arena, &pal_kind_FORMAT);
  if (format == NULL)
    return pal_err_nomem(err);
  enum pal_code code = pal_set_text(run->result->arena, format, PAL_FORMAT_FORMAT, "palscan-snapshot", err);
  pal_set_int(format, PAL_FORMAT_VERSION, PAL_SNAPSHOT_VERSION);
  pal_set_int(format, PAL_FORMAT_JUDGE, PAL_JUDGE_VERSION);
  return code == PAL_OK ? put_single(run, PAL_FILE_FORMAT, NULL, format, err) : code;
}

static enum pal_code put_policies(struct pal_run *run, struct pal_err *err) {
  const struct pal_pack *pack = run->options->app->pack;
  for (size_t i = 0; i < pal_pack_files_n(pack); i++) {
    const struct pal_pack_file *file = pal_pack_file_at(pack, i);
    char path[PAL_PATH_MAX];
    struct pal_oid id;
    if (!pal_stored_is_policy(file->path))
      continue; /* nothing reads it */
    int n = snprintf(path, sizeof(path), "inputs/policies/%s", file->path);
    if (n < 0 || (size_t)n >= sizeof(path))
      return pal_err_set(err, PAL_E_INPUT, "%s: the name is too long", file->path);
    enum pal_code code = pal_writer_blob(run->writer, file->bytes, file->len, &id, err);
    if (code == PAL_OK)
      code = pal_tree_builder_add(run->builder, path, &id, false, err);
    if (code != PAL_OK)
      return code;
  }
  return PAL_OK;
}

/* Only roles the shipped table knows: custom ones lie under their tenant. */
static enum pal_code put_roles(struct pal_run *run, struct pal_docs *root, struct pal_err *err) {
  struct pal_arena *arena = run->result->arena;
  for (size_t i = 0; i < run->roles.n; i++) {
    const char *name = pal_pack_role_name(run->options->app->pack, run->roles.v[i]);
    if (name == NULL)
      continue;
    struct pal_record *role = pal_record_new(arena, &pal_kind_ROLE);
    if (role == NULL)
      return pal_err_nomem(err);
    enum pal_code code = pal_set_text(arena, role, PAL_ROLE_ROLE_ID, run->roles.v[i], err);
    if (code == PAL_OK)
      code = pal_set_text(arena, role, PAL_ROLE_ROLE_NAME, name, err);
    if (code == PAL_OK)
      code = pal_set_text(arena, role, PAL_ROLE_ROLE_TYPE, "BuiltInRole", err);
    struct pal_doc *doc = code == PAL_OK ? pal_docs_get(root, PAL_FILE_BUILTIN_ROLE, NULL, run->roles.v[i]) : NULL;
    if (code == PAL_OK && doc == NULL)
      code = pal_err_nomem(err);
    if (code == PAL_OK)
      code = pal_records_add(arena, &doc->records, role, err);
    if (code == PAL_OK)
      code = pal_run_put(run, doc, err);
    if (code != PAL_OK)
      return code;
  }
  return PAL_OK;
}

enum pal_code pal_run_root(struct pal_run *run, struct pal_err *err) {
  const struct pal_app *app = run->options->app;
  struct pal_docs root;
  pal_docs_init(&root, run->result->arena);
  struct pal_record *settings = pal_record_dup(run->result->arena, run->options->settings);
  if (settings == NULL)
    return pal_err_nomem(err);
  enum pal_code code = put_format(run, err);
  if (code == PAL_OK)
    code = put_single(run, PAL_FILE_IN_REGISTRY, NULL, app->registry, err);
  if (code == PAL_OK)
    code = put_single(run, PAL_FILE_IN_ESTATE, NULL, app->estate, err);
  if (code == PAL_OK)
    code = put_single(run, PAL_FILE_IN_WAIVERS, NULL, app->waivers, err);
  if (code == PAL_OK)
    code = put_single(run, PAL_FILE_IN_CHANGES, NULL, run->written.changes, err);
  if (code == PAL_OK)
    code = put_single(run, PAL_FILE_IN_SETTINGS, NULL, settings, err);
  if (code == PAL_OK)
    code = put_single(run, PAL_FILE_IN_HISTORY, NULL, run->history, err);
  if (code == PAL_OK)
    code = put_policies(run, err);
  if (code == PAL_OK)
    code = put_roles(run, &root, err);
  return code == PAL_OK ? pal_judge_load(run->result->judge, PAL_STATE_NOW, &root, err) : code;
}

static enum pal_code put_list(struct pal_run *run, enum pal_file_id file, const char *tenant_id,
                              const struct pal_records *records, struct pal_err *err) {
  if (records->n == 0)
    return PAL_OK; /* absent when empty */
  struct pal_doc doc = {.file = &pal_files[file], .records = *records};
  (void)snprintf(doc.tenant.s, sizeof(doc.tenant.s), "%s", tenant_id);
  return pal_run_put(run, &doc, err);
}

enum pal_code pal_run_verdicts(struct pal_run *run, struct pal_err *err) {
  for (size_t i = 0; i < pal_judge_verdicts_n(run->result->judge); i++) {
    const struct pal_verdicts *verdicts = pal_judge_verdicts(run->result->judge, i);
    bool estate = verdicts->tenant_id[0] == '\0';
    enum pal_code code = put_list(run, estate ? PAL_FILE_ESTATE_FINDINGS : PAL_FILE_FINDINGS, verdicts->tenant_id,
                                  &verdicts->findings, err);
    if (code == PAL_OK && !estate)
      code = put_list(run, PAL_FILE_EVENTS, verdicts->tenant_id, &verdicts->events, err);
    if (code != PAL_OK)
      return code;
  }
  return PAL_OK;
}
