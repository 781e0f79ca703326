/* SPDX-License-Identifier: Apache-2.0 */
#include "hist.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct pal_err hist_err;

static void set_path(const char *name, const char *below) {
  char path[512];
  (void)snprintf(path, sizeof path, "%s/%s", unit_folder(), below);
  ck_assert_int_eq(setenv(name, path, 1), 0);
}

void hist_enter(void) {
  unit_enter_folder();
  memset(&hist_err, 0, sizeof hist_err);
  set_path("HOME", "home");
  set_path("XDG_STATE_HOME", "state");
  ck_assert_int_eq(setenv("GIT_CONFIG_NOSYSTEM", "1", 1), 0);
  ck_assert_int_eq(setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1), 0);
  ck_assert_int_eq(setenv("GIT_AUTHOR_NAME", "mallory", 1), 0);
  ck_assert_int_eq(setenv("GIT_AUTHOR_EMAIL", "m@x", 1), 0);
  ck_assert_int_eq(setenv("GIT_COMMITTER_NAME", "mallory", 1), 0);
  ck_assert_int_eq(setenv("GIT_COMMITTER_EMAIL", "m@x", 1), 0);
  unit_ok(pal_repo_create("r.git", &hist_err), &hist_err);
}

void hist_leave(void) {
  unit_leave_folder();
}

static void PAL_PRINTF(2, 0) format(char out[8192], const char *fmt, va_list args) {
  int n = vsnprintf(out, 8192, fmt, args);
  ck_assert_int_gt(n, 0);
  ck_assert_int_lt(n, 8192);
}

void hist_sh(const char *fmt, ...) {
  char command[8192];
  va_list args;
  va_start(args, fmt);
  format(command, fmt, args);
  va_end(args);
  int status = system(command);
  ck_assert_msg(status == 0, "status %d: %s", status, command);
}

int hist_try_sh(const char *fmt, ...) {
  char command[8192];
  va_list args;
  va_start(args, fmt);
  (void)strcpy(command, "exec >/dev/null 2>&1; ");
  int n = vsnprintf(command + strlen(command), sizeof command - 64, fmt, args);
  va_end(args);
  ck_assert_int_gt(n, 0);
  int status = system(command);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

const char *hist_line(const char *fmt, ...) {
  static char line[4096];
  char command[8192];
  va_list args;
  va_start(args, fmt);
  format(command, fmt, args);
  va_end(args);
  FILE *pipe = popen(command, "r");
  ck_assert_ptr_nonnull(pipe);
  line[0] = '\0';
  if (fgets(line, sizeof line, pipe))
    line[strcspn(line, "\n")] = '\0';
  while (fgetc(pipe) != EOF)
    continue;
  int status = pclose(pipe);
  ck_assert_msg(status == 0, "status %d: %s", status, command);
  return line;
}

struct pal_repo *hist_open(void) {
  struct pal_repo *repo = NULL;
  unit_ok(pal_repo_open("r.git", &repo, &hist_err), &hist_err);
  return repo;
}

struct pal_repo *hist_lock(void) {
  struct pal_repo *repo = hist_open();
  struct pal_commit parent;
  bool has;
  unit_ok(pal_repo_lock(repo, &hist_err), &hist_err);
  unit_ok(pal_repo_verify_parent(repo, NULL, &parent, &has, &hist_err), &hist_err);
  return repo;
}

void hist_refuses(enum pal_code code, const char *part) {
  struct pal_repo *repo = NULL;
  unit_fails(pal_repo_open("r.git", &repo, &hist_err), code, part, &hist_err);
  ck_assert_ptr_null(repo);
}

struct pal_trailers hist_trailers(struct pal_repo *repo, int64_t sequence) {
  struct pal_trailers t = {.sequence = sequence, .kind = PAL_RUN_SCAN, .full = true, .complete = 3, .expected = 4};
  (void)snprintf(t.repository, sizeof t.repository, "%s", pal_repo_id(repo));
  (void)snprintf(t.run, sizeof t.run, "00000000-0000-4000-8000-%012d", (int)sequence);
  (void)snprintf(t.started, sizeof t.started, "2026-10-%02dT03:00:00Z", (int)sequence);
  (void)snprintf(t.finished, sizeof t.finished, "2026-10-%02dT03:10:00.5Z", (int)sequence);
  (void)snprintf(t.version, sizeof t.version, "0.1.0");
  (void)memset(t.disclosure, 'a', 64);
  return t;
}

static void add(struct pal_writer *writer, struct pal_tree_builder *builder, const char *path, const char *text) {
  struct pal_oid id;
  unit_ok(pal_writer_blob(writer, text, strlen(text), &id, &hist_err), &hist_err);
  unit_ok(pal_tree_builder_add(builder, path, &id, false, &hist_err), &hist_err);
}

struct pal_oid hist_tree(struct pal_writer *writer, int salt, int tenants) {
  struct pal_tree_builder *builder = pal_tree_builder_new(writer);
  ck_assert_ptr_nonnull(builder);
  char path[256], text[256];
  for (int i = tenants; i-- > 0;) { /* not in order */
    (void)snprintf(path, sizeof path, "tenants/%02x/%02x000000-0000-4000-8000-%012d/delegations.json", i % 256, i % 256,
                   i);
    add(writer, builder, path, "[]\n");
  }
  (void)snprintf(text, sizeof text, "select %d;\n", salt);
  add(writer, builder, "inputs/policies/own.sql", text);
  add(writer, builder, "format.json", "{\n  \"format\": \"palscan-snapshot\",\n  \"judge\": 1,\n  \"version\": 1\n}\n");
  struct pal_oid tree;
  unit_ok(pal_tree_builder_finish(builder, &tree, &hist_err), &hist_err);
  pal_tree_builder_free(builder);
  return tree;
}

struct pal_oid hist_night(int salt) {
  struct pal_repo *repo = hist_open();
  struct pal_commit parent;
  bool has;
  unit_ok(pal_repo_lock(repo, &hist_err), &hist_err);
  unit_ok(pal_repo_verify_parent(repo, NULL, &parent, &has, &hist_err), &hist_err);
  struct pal_writer *writer = NULL;
  unit_ok(pal_writer_new(repo, &writer, &hist_err), &hist_err);
  struct pal_oid tree = hist_tree(writer, salt, 3), id;
  struct pal_trailers trailers = hist_trailers(repo, has ? parent.trailers.sequence + 1 : 1);
  unit_ok(pal_writer_commit(writer, &tree, has ? &parent : NULL, &trailers, &id, &hist_err), &hist_err);
  pal_writer_free(writer);
  pal_repo_close(repo);
  return id;
}

struct pal_oid hist_oid(const char *hex40) {
  struct pal_oid id;
  ck_assert_msg(pal_oid_parse(hex40, &id), "%s", hex40);
  return id;
}

char *hist_read_file(const char *path, size_t *ret_len) {
  FILE *file = fopen(path, "rb");
  ck_assert_msg(file != NULL, "%s", path);
  ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
  long len = ftell(file);
  ck_assert_int_ge(len, 0);
  rewind(file);
  char *bytes = malloc((size_t)len + 1);
  ck_assert_ptr_nonnull(bytes);
  ck_assert_uint_eq(fread(bytes, 1, (size_t)len, file), (size_t)len);
  bytes[len] = '\0';
  ck_assert_int_eq(fclose(file), 0);
  *ret_len = (size_t)len;
  return bytes;
}

void hist_write_file(const char *path, const void *bytes, size_t len) {
  FILE *file = fopen(path, "wb");
  ck_assert_msg(file != NULL, "%s", path);
  ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
  ck_assert_int_eq(fclose(file), 0);
}
