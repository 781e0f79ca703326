/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_history.c - writing and comparing snapshots; history.sh sets the same
 * work of stock git beside it. Each part is a process of its own, so that its
 * peak of memory is its own.
 *
 *   bench_history write REPOSITORY TENANTS FILES          the first night
 *   bench_history night REPOSITORY TENANTS FILES PERMILLE the next one: so many of 1000 tenants changed
 *   bench_history compare REPOSITORY                      main~1 against main: prints how many files differ
 *   bench_history stream TENANTS FILES                    the first night for git fast-import
 *   bench_history stream-night TENANTS FILES PERMILLE     what the next one changes
 *   bench_history run COMMAND...                          prints "processor-seconds seconds peak-KB" of a command
 *
 * The estate is made up, the same at every run: files as a scan writes them,
 * one record a line, ids that do not compress, 0.2 to 6 KB.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "pal_repo.h"

enum { FILE_BYTES_MAX = 16 << 10, FILES_MAX = 1000, NIGHT_KINDS = 10 };

static struct pal_err err;

static void must(enum pal_code code) {
  if (code == PAL_OK)
    return;
  (void)fprintf(stderr, "bench_history: %s\n", err.text);
  exit(EXIT_FAILURE);
}

/* ---- the estate ---- */

struct estate {
  unsigned tenants, files;
  unsigned changed; /* of 1000 tenants, in the second night */
  bool second;
};

static uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
  return x ^ (x >> 31);
}

/* By hand: printf would take longer than what is measured. */
static void add_guid(struct pal_buf *out, uint64_t seed) {
  static const char digits[] = "0123456789abcdef";
  uint64_t bits[2] = {mix(seed * 2 + 1), mix(seed * 2 + 2)};
  char text[36];
  for (unsigned i = 0, k = 0; i < sizeof text; i++) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      text[i] = '-';
      continue;
    }
    text[i] = digits[bits[k / 16] >> k % 16 * 4 & 15];
    k++;
  }
  pal_buf_add(out, text, sizeof text);
}

static bool is_changed(const struct estate *e, unsigned tenant) {
  return e->second && mix(tenant + 77) % 1000 < e->changed;
}

static void make_path(unsigned tenant, unsigned file, struct pal_buf *out) {
  static const char *const names[NIGHT_KINDS] = {"tenant.json", "coverage.json", "delegations.json", "findings.json",
                                                 "events.json"};
  pal_buf_clear(out);
  pal_buf_puts(out, "tenants/xx/");
  size_t at = out->len;
  add_guid(out, tenant);
  memcpy(out->data + at - 3, out->data + at, 2);
  if (file < NIGHT_KINDS && names[file]) {
    pal_buf_putc(out, '/');
    pal_buf_puts(out, names[file]);
    return;
  }
  pal_buf_puts(out, file % 2 ? "/identities/" : "/subscriptions/");
  add_guid(out, (uint64_t)tenant * FILES_MAX + file + 1000000000);
  pal_buf_puts(out, file % 2 ? ".json" : "/role-assignments.json");
}

/* Lines like those of role-assignments.json. */
static void make_file(const struct estate *e, unsigned tenant, unsigned file, struct pal_buf *out) {
  uint64_t seed = ((uint64_t)tenant * FILES_MAX + file) * 64;
  unsigned lines = 1 + (unsigned)(mix(seed) % (file % 2 ? 3 : 16));
  pal_buf_clear(out);
  pal_buf_puts(out, "[\n");
  for (unsigned i = 0; i < lines; i++) {
    pal_buf_puts(out, "  {\"id\":\"/subscriptions/");
    add_guid(out, (uint64_t)tenant * FILES_MAX);
    pal_buf_puts(out, "/providers/microsoft.authorization/roleassignments/");
    add_guid(out, seed + i);
    pal_buf_puts(out, "\",\"principalId\":\"");
    add_guid(out, seed + i + 32);
    pal_buf_puts(out, "\",\"principalType\":\"User\",\"roleId\":\"");
    add_guid(out, mix(seed + i) % 12);
    pal_buf_puts(out, "\",\"updatedOn\":\"2026-0");
    pal_buf_putc(out, (char)('1' + i % 9));
    pal_buf_puts(out, "-11T03:11:12.3456789Z\"}");
    pal_buf_puts(out, i + 1 < lines ? ",\n" : "\n");
  }
  pal_buf_puts(out, "]\n");
  if (file == 1 && is_changed(e, tenant))
    pal_buf_puts(out, "changed\n");
}

static const char format_json[] = "{\n  \"format\": \"palscan-snapshot\",\n  \"judge\": 1,\n  \"version\": 1\n}\n";

typedef void file_fn(void *payload, const char *path, const struct pal_buf *bytes);

static void each_file(const struct estate *e, bool only_changed, file_fn *each, void *payload) {
  struct pal_buf path, bytes;
  pal_buf_init(&path, FILE_BYTES_MAX);
  pal_buf_init(&bytes, FILE_BYTES_MAX);
  for (unsigned t = 0; t < e->tenants; t++) {
    if (only_changed && !is_changed(e, t))
      continue;
    for (unsigned f = 0; f < e->files; f++) {
      make_path(t, f, &path);
      make_file(e, t, f, &bytes);
      each(payload, path.data, &bytes);
    }
  }
  must(pal_buf_check(&bytes, "a file", &err));
  if (!only_changed) {
    pal_buf_clear(&bytes);
    pal_buf_puts(&bytes, format_json);
    each(payload, "format.json", &bytes);
  }
  pal_buf_deinit(&path);
  pal_buf_deinit(&bytes);
}

/* ---- palscan ---- */

struct writing {
  struct pal_repo *repo;
  struct pal_writer *writer;
  struct pal_tree_builder *builder;
};

static void put_file(void *payload, const char *path, const struct pal_buf *bytes) {
  struct writing *w = payload;
  struct pal_oid id;
  must(pal_writer_blob(w->writer, bytes->data, bytes->len, &id, &err));
  must(pal_tree_builder_add(w->builder, path, &id, false, &err));
}

/* What a run does with its parent: every object below is read, checked, known. */
static void know(struct writing *w, const struct pal_oid *tree) {
  struct pal_arena *arena = pal_arena_new(0);
  struct pal_tree entries;
  must(arena ? PAL_OK : pal_err_nomem(&err));
  must(pal_writer_knows(w->writer, tree, &err));
  must(pal_repo_tree(w->repo, tree, arena, &entries, &err));
  for (size_t i = 0; i < entries.n; i++) {
    if (entries.v[i].is_tree)
      know(w, &entries.v[i].id);
    else
      must(pal_writer_knows(w->writer, &entries.v[i].id, &err));
  }
  pal_arena_free(arena);
}

static void commit(const char *path, const struct estate *e) {
  struct writing w = {0};
  struct pal_commit parent;
  struct pal_oid tree, id;
  bool has;
  if (!e->second)
    must(pal_repo_create(path, &err));
  must(pal_repo_open(path, &w.repo, &err));
  must(pal_repo_lock(w.repo, &err));
  must(pal_repo_verify_parent(w.repo, NULL, &parent, &has, &err));
  must(pal_writer_new(w.repo, &w.writer, &err));
  if (has)
    know(&w, &parent.tree);
  w.builder = pal_tree_builder_new(w.writer);
  must(w.builder ? PAL_OK : pal_err_nomem(&err));
  each_file(e, false, put_file, &w);
  must(pal_tree_builder_finish(w.builder, &tree, &err));
  pal_tree_builder_free(w.builder);
  struct pal_trailers t = {.sequence = has ? parent.trailers.sequence + 1 : 1,
                           .kind = PAL_RUN_SCAN,
                           .full = true,
                           .complete = e->tenants,
                           .expected = e->tenants,
                           .run = "00000000-0000-4000-8000-000000000000",
                           .started = "2026-11-01T03:00:00Z",
                           .finished = "2026-11-01T03:30:00Z",
                           .version = "0.0.0"};
  memcpy(t.repository, pal_repo_id(w.repo), sizeof t.repository);
  memset(t.disclosure, '0', 64);
  must(pal_writer_commit(w.writer, &tree, has ? &parent : NULL, &t, &id, &err));
  pal_writer_free(w.writer);
  pal_repo_close(w.repo);
}

static enum pal_code count(void *payload, const char *path, const struct pal_oid *before, const struct pal_oid *after,
                           struct pal_err *ignored) {
  (void)path;
  (void)before;
  (void)after;
  (void)ignored;
  ++*(unsigned *)payload;
  return PAL_OK;
}

static void compare(const char *path) {
  struct pal_repo *repo = NULL;
  struct pal_oid head;
  struct pal_commit after, before;
  unsigned n = 0;
  must(pal_repo_open(path, &repo, &err));
  must(pal_repo_head(repo, &head, &err));
  must(pal_repo_commit(repo, &head, &after, &err));
  must(pal_repo_commit(repo, &after.parent, &before, &err));
  must(pal_repo_compare(repo, &before.tree, &after.tree, count, &n, &err));
  pal_repo_close(repo);
  (void)printf("%u\n", n);
}

/* ---- for git fast-import ---- */

static void print_file(void *payload, const char *path, const struct pal_buf *bytes) {
  (void)payload;
  (void)printf("M 100644 inline %s\ndata %zu\n", path, bytes->len);
  (void)fwrite(bytes->data, 1, bytes->len, stdout);
  (void)putchar('\n');
}

static void stream(const struct estate *e) {
  (void)printf("commit refs/heads/main\ncommitter b <b@localhost> 1790000000 +0000\ndata 2\nx\n");
  if (e->second)
    (void)printf("from refs/heads/main^0\n");
  each_file(e, e->second, print_file, NULL);
  (void)printf("\ndone\n");
}

/* ---- measuring ---- */

static int run(char **argv) {
  struct timespec from, to;
  struct rusage usage;
  int status;
  (void)clock_gettime(CLOCK_MONOTONIC, &from);
  pid_t child = fork();
  if (child == 0) {
    int null = open("/dev/null", O_WRONLY);
    if (null < 0 || dup2(null, STDOUT_FILENO) < 0)
      _exit(126);
    (void)execvp(argv[0], argv);
    _exit(127);
  }
  if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0) {
    (void)fprintf(stderr, "bench_history: %s failed\n", argv[0]);
    return EXIT_FAILURE;
  }
  (void)clock_gettime(CLOCK_MONOTONIC, &to);
  double elapsed = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
  double processor = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                     (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  (void)printf("%.3f %.3f %ld\n", processor, elapsed, usage.ru_maxrss);
  return EXIT_SUCCESS;
}

static unsigned number(const char *text) {
  return (unsigned)strtoul(text, NULL, 10);
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "run") == 0 && argc > 2)
    return run(argv + 2);
  if (strcmp(what, "write") == 0 && argc == 5)
    commit(argv[2], &(struct estate){number(argv[3]), number(argv[4]), 0, false});
  else if (strcmp(what, "night") == 0 && argc == 6)
    commit(argv[2], &(struct estate){number(argv[3]), number(argv[4]), number(argv[5]), true});
  else if (strcmp(what, "compare") == 0 && argc == 3)
    compare(argv[2]);
  else if (strcmp(what, "stream") == 0 && argc == 4)
    stream(&(struct estate){number(argv[2]), number(argv[3]), 0, false});
  else if (strcmp(what, "stream-night") == 0 && argc == 5)
    stream(&(struct estate){number(argv[2]), number(argv[3]), number(argv[4]), true});
  else
    return (void)fprintf(stderr, "bench_history: see the head of bench_history.c\n"), EXIT_FAILURE;
  return EXIT_SUCCESS;
}
