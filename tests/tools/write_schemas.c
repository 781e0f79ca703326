/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write_schemas [--check] DIR - writes DIR/schemas/<kind>.schema.json and the
 * field tables of DIR/README.md from the field table. With --check nothing is
 * written: exit 1 names what differs from what would be.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pal_file.h"
#include "schema_readme.h"

enum { OUTPUT_MAX = 16 << 20 };

struct job {
  struct pal_arena *arena;
  const char *dir;
  bool check;
  int differ; /* files */
  struct schema_row rows[SCHEMA_ROWS_MAX];
  size_t n;
};

static enum pal_code deliver(struct job *job, const char *path, const struct pal_buf *want, struct pal_err *err) {
  if (!job->check)
    return pal_file_write(path, want->data, want->len, 0644, err);
  struct pal_buf is;
  struct pal_err ignored;
  pal_buf_init(&is, OUTPUT_MAX);
  bool same = pal_file_read(path, "schema", 0, OUTPUT_MAX, &is, &ignored) == PAL_OK && is.len == want->len &&
              memcmp(is.data, want->data, is.len) == 0;
  pal_buf_deinit(&is);
  if (!same) {
    (void)fprintf(stderr, "%s differs from the field table; run write_schemas\n", path);
    job->differ++;
  }
  return PAL_OK;
}

static enum pal_code write_schema(struct job *job, const struct schema_row *row, struct pal_err *err) {
  struct pal_buf out;
  pal_buf_init(&out, OUTPUT_MAX);
  const char *path = pal_arena_printf(job->arena, "%s/schemas/%s", job->dir, row->file);
  const char *id = pal_arena_printf(job->arena, "urn:palscan:schema:%d:%.*s", PAL_SNAPSHOT_VERSION,
                                    (int)strcspn(row->file, "."), row->file);
  enum pal_code code = path && id ? pal_schema_write(row->kind, row->layout, id, &out, err) : pal_err_nomem(err);
  if (code == PAL_OK)
    code = deliver(job, path, &out, err);
  pal_buf_deinit(&out);
  return code;
}

static enum pal_code write_readme(struct job *job, struct pal_err *err) {
  struct pal_buf old, new;
  pal_buf_init(&old, OUTPUT_MAX);
  pal_buf_init(&new, OUTPUT_MAX);
  const char *path = pal_arena_printf(job->arena, "%s/README.md", job->dir);
  enum pal_code code = path ? pal_file_read(path, "documentation", 0, OUTPUT_MAX, &old, err) : pal_err_nomem(err);
  if (code == PAL_OK && !readme_replace_fields(old.data, &new))
    code = pal_err_set(err, PAL_E_INPUT, "%s lacks the marks of the field tables", path);
  if (code == PAL_OK)
    code = pal_buf_check(&new, path, err);
  if (code == PAL_OK)
    code = deliver(job, path, &new, err);
  pal_buf_deinit(&old);
  pal_buf_deinit(&new);
  return code;
}

/* A schema of a kind that is gone must not stay. */
static enum pal_code look_for_stranger(void *payload, const char *name, struct pal_err *err) {
  struct job *job = payload;
  (void)err;
  for (size_t i = 0; i < job->n; i++)
    if (strcmp(job->rows[i].file, name) == 0)
      return PAL_OK;
  (void)fprintf(stderr, "%s/schemas/%s is no schema of the field table\n", job->dir, name);
  job->differ++;
  return PAL_OK;
}

static enum pal_code run(struct job *job, struct pal_err *err) {
  const char *schemas = pal_arena_printf(job->arena, "%s/schemas", job->dir);
  if (!schemas)
    return pal_err_nomem(err);
  job->n = schema_rows(job->rows, job->arena);
  enum pal_code code = job->check ? PAL_OK : pal_dir_make(schemas, 0755, err);
  for (size_t i = 0; i < job->n && code == PAL_OK; i++)
    code = write_schema(job, &job->rows[i], err);
  if (code == PAL_OK)
    code = write_readme(job, err);
  return code == PAL_OK ? pal_dir_each(schemas, look_for_stranger, job, err) : code;
}

int main(int argc, char **argv) {
  struct job job = {.check = argc == 3 && strcmp(argv[1], "--check") == 0};
  if (argc != 2 && !job.check) {
    (void)fprintf(stderr, "usage: write_schemas [--check] DIR\n");
    return 2;
  }
  job.dir = argv[argc - 1];
  job.arena = pal_arena_new(0);
  struct pal_err err = {0};
  enum pal_code code = job.arena ? run(&job, &err) : pal_err_nomem(&err);
  if (code != PAL_OK)
    (void)fprintf(stderr, "write_schemas: %s\n", err.text);
  pal_arena_free(job.arena);
  return code == PAL_OK && job.differ == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
