/* SPDX-License-Identifier: Apache-2.0 */
/* Trees: reading hostile ones, building, walking and comparing, with stock git
 * as oracle. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hist.h"

static struct pal_err *const err = &hist_err;
static struct pal_repo *repo;
static struct pal_writer *writer;
static struct pal_arena *arena;

static void enter(void) {
  hist_enter();
  repo = hist_lock();
  unit_ok(pal_writer_new(repo, &writer, err), err);
  arena = pal_arena_new(0);
}

static void leave(void) {
  pal_arena_free(arena);
  pal_writer_free(writer);
  pal_repo_close(repo);
  hist_leave();
}

/* ---- hostile trees, made from text "<mode> <name> <hex>" by perl ---- */

#define A "1111111111111111111111111111111111111111"
static const struct {
  const char *name, *entries, *part;
} hostile[] = {
    {"executable", "100755 a " A, "neither a plain file"},
    {"link", "120000 a " A, "neither a plain file"},
    {"submodule", "160000 a " A, "neither a plain file"},
    {"group-writable", "100664 a " A, "neither a plain file"},
    {"zero-padded folder", "040000 a " A, "neither a plain file"},
    {"zero-padded file", "0100644 a " A, "neither a plain file"},
    {".gitattributes", "100644 .gitattributes " A, "no part of a snapshot: .gitattributes"},
    {".gitmodules", "100644 .gitmodules " A, "no part of a snapshot"},
    {".GIT", "40000 .GIT " A, "no part of a snapshot"},
    {"dot", "40000 . " A, "no part of a snapshot"},
    {"dots", "40000 .. " A, "no part of a snapshot"},
    {"slash", "100644 a/b " A, "no part of a snapshot"},
    {"backslash", "100644 a\\b " A, "no part of a snapshot"},
    {"escape", "100644 a\033[2J " A, "no part of a snapshot"},
    {"empty name", "100644  " A, "no part of a snapshot"},
    {"unsorted", "100644 b " A ",100644 a " A, "out of order or twice: a"},
    {"twice", "100644 a " A ",100644 a " A, "out of order or twice: a"},
    {"folder sorted as a file", "40000 a " A ",100644 a.b " A, "out of order"},
    {"file and folder of one name", "100644 a " A ",40000 a " A, "a file and a folder of one name: a"},
    {"the same with others between", "100644 a " A ",100644 a-b " A ",100644 a.b " A ",40000 a " A,
     "a file and a folder of one name: a"},
    {"zero id", "100644 a 0000000000000000000000000000000000000000", "without an object"},
    {"cut short", "100644 a 11111111", "cut short"},
    {"empty", "", "an empty folder"},
};

START_TEST(test_tree__hostile_is_refused) {
  hist_write_file("entries", hostile[_i].entries, strlen(hostile[_i].entries));
  const char *hex = hist_line("perl -0ne 'foreach (split /,/) { m/^(\\S+) (.*) (\\w+)$/s or die; print \"$1 $2\\0\", "
                              "pack(\"H*\", $3) }' <entries | "
                              "git -C r.git hash-object -w -t tree --literally --stdin");
  struct pal_oid id = hist_oid(hex);
  struct pal_tree tree;
  enum pal_code code = pal_repo_tree(repo, &id, arena, &tree, err);
  ck_assert_msg(code == PAL_E_VERIFY && strstr(err->text, hostile[_i].part), "%s: %s", hostile[_i].name,
                code ? err->text : "read");
  struct pal_entry entry;
  ck_assert_int_eq(pal_repo_find(repo, &id, "a", &entry, err), PAL_E_VERIFY);
  ck_assert_int_eq(pal_repo_verify_tree(repo, &id, err), PAL_E_VERIFY);
}
END_TEST

/* ---- building ---- */

static struct pal_oid blob(const char *text) {
  struct pal_oid id;
  unit_ok(pal_writer_blob(writer, text, strlen(text), &id, err), err);
  return id;
}

/* Commits and leaves git's own tree of the same files beside it. */
static struct pal_oid commit_tree(const struct pal_oid *tree) {
  struct pal_trailers trailers = hist_trailers(repo, 1);
  struct pal_oid id;
  unit_ok(pal_writer_commit(writer, tree, NULL, &trailers, &id, err), err);
  return id;
}

START_TEST(test_tree__builder_equals_git_write_tree) {
  /* 400 paths at several depths, names that sort differently as file and folder,
   * given in a shuffled order */
  enum { N = 400 };
  static char paths[N][128];
  unsigned seed = 12345u + (unsigned)_i;
  for (int i = 0; i < N; i++) {
    /* "t/5", "t/5.x", "t/5-", "t/50…": where a file and a folder sort differently */
    static const char *const forms[][3] = {{"t/", "/f", ""}, {"t/", ".x/f", ""},  {"t/", "-/f", ""},
                                           {"t/", "0", ""},  {"a", "/b/c", "/d"}, {"x", "-", ""}};
    (void)snprintf(paths[i], sizeof paths[i], "%s%x%s%d%s", forms[i % 6][0], (unsigned)i / 20, forms[i % 6][1], i,
                   forms[i % 6][2]);
  }
  for (int i = N - 1; i > 0; i--) {
    seed = seed * 1103515245u + 12345u;
    int k = (int)((seed >> 8) % (unsigned)(i + 1));
    char swap[128];
    memcpy(swap, paths[i], sizeof swap);
    memcpy(paths[i], paths[k], sizeof swap);
    memcpy(paths[k], swap, sizeof swap);
  }
  struct pal_tree_builder *builder = pal_tree_builder_new(writer);
  hist_sh("mkdir work && git init -q work");
  FILE *script = fopen("input", "w");
  ck_assert_ptr_nonnull(script);
  for (int i = 0; i < N; i++) {
    char hex[41];
    struct pal_oid id = blob(paths[i]);
    unit_ok(pal_tree_builder_add(builder, paths[i], &id, false, err), err);
    pal_oid_hex(&id, hex);
    (void)fprintf(script, "100644 %s\t%s\n", hex, paths[i]);
  }
  ck_assert_int_eq(fclose(script), 0);
  struct pal_oid tree;
  unit_ok(pal_tree_builder_finish(builder, &tree, err), err);
  pal_tree_builder_free(builder);
  hist_sh("git -C work update-index --index-info <input");
  char hex[41];
  pal_oid_hex(&tree, hex);
  ck_assert_str_eq(hist_line("git -C work write-tree --missing-ok"), hex);
}
END_TEST

START_TEST(test_tree__builder_takes_a_carried_folder_by_id) {
  struct pal_oid a = blob("a"), folder, tree, whole;
  struct pal_entry entries[] = {{"z", a, false}, {"b", a, false}};
  unit_ok(pal_writer_tree(writer, entries, 2, &folder, err), err);
  struct pal_tree_builder *builder = pal_tree_builder_new(writer);
  unit_ok(pal_tree_builder_add(builder, "x/y", &folder, true, err), err);
  unit_ok(pal_tree_builder_add(builder, "x/a", &a, false, err), err);
  unit_ok(pal_tree_builder_finish(builder, &tree, err), err);
  pal_tree_builder_free(builder);
  builder = pal_tree_builder_new(writer);
  unit_ok(pal_tree_builder_add(builder, "x/y/b", &a, false, err), err);
  unit_ok(pal_tree_builder_add(builder, "x/a", &a, false, err), err);
  unit_ok(pal_tree_builder_add(builder, "x/y/z", &a, false, err), err);
  unit_ok(pal_tree_builder_finish(builder, &whole, err), err);
  pal_tree_builder_free(builder);
  ck_assert(pal_oid_equal(&tree, &whole));
}
END_TEST

START_TEST(test_tree__builder_refuses_what_no_snapshot_has) {
  static const char *const bad[] = {"",
                                    "/a",
                                    "a/",
                                    "a//b",
                                    ".",
                                    "../x",
                                    "a/../b",
                                    ".git/config",
                                    "a/.gitattributes",
                                    "a\nb",
                                    "a/.GiTmodules",
                                    "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18"};
  struct pal_oid a = blob("a"), tree;
  struct pal_tree_builder *builder = pal_tree_builder_new(writer);
  for (int i = 0; i < UNIT_N(bad); i++)
    unit_fails(pal_tree_builder_add(builder, bad[i], &a, false, err), PAL_E_INTERNAL, "no path of a snapshot", err);
  unit_fails(pal_tree_builder_finish(builder, &tree, err), PAL_E_INTERNAL, "without files", err);
  static const struct {
    const char *one, *two;
    bool two_is_tree;
  } pairs[] = {
      {"x", "x", false}, {"d/x", "d/x", false}, {"d", "d/x", false}, {"d/x/y", "d/x", false}, {"d/x", "d", true}};
  for (int i = 0; i < UNIT_N(pairs); i++) {
    unit_ok(pal_tree_builder_add(builder, pairs[i].one, &a, false, err), err);
    unit_ok(pal_tree_builder_add(builder, "d.x", &a, false, err), err);
    unit_ok(pal_tree_builder_add(builder, pairs[i].two, &a, pairs[i].two_is_tree, err), err);
    unit_fails(pal_tree_builder_finish(builder, &tree, err), PAL_E_INTERNAL, "twice", err);
  }
  pal_tree_builder_free(builder);
  pal_tree_builder_free(NULL);
}
END_TEST

START_TEST(test_tree__writer_refuses_objects_nobody_vouched_for) {
  struct pal_oid stranger = hist_oid(A), tree;
  struct pal_entry entries[] = {{"a", stranger, false}};
  unit_fails(pal_writer_tree(writer, entries, 1, &tree, err), PAL_E_INTERNAL, "neither written nor known", err);
  unit_fails(pal_writer_tree(writer, entries, 0, &tree, err), PAL_E_INTERNAL, "empty folder", err);
  unit_ok(pal_writer_knows(writer, &stranger, err), err);
  unit_ok(pal_writer_tree(writer, entries, 1, &tree, err), err);
  struct pal_oid zero = {{0}};
  unit_fails(pal_writer_knows(writer, &zero, err), PAL_E_INTERNAL, "zero id", err);
}
END_TEST

/* ---- reading back ---- */

static enum pal_code collect(void *payload, const char *path, const struct pal_oid *id, struct pal_err *ignored) {
  char hex[41];
  pal_oid_hex(id, hex);
  (void)ignored;
  (void)fprintf(payload, "100644 blob %s\t%s\n", hex, path);
  return PAL_OK;
}

START_TEST(test_tree__walk_equals_git_ls_tree) {
  struct pal_oid tree = hist_tree(writer, 1, 300);
  (void)commit_tree(&tree);
  FILE *out = fopen("ours", "w");
  ck_assert_ptr_nonnull(out);
  unit_ok(pal_repo_walk(repo, &tree, "", collect, out, err), err);
  ck_assert_int_eq(fclose(out), 0);
  hist_sh("git -C r.git ls-tree -r main >gits && cmp ours gits && test $(wc -l <ours) = 302");
}
END_TEST

static enum pal_code stop(void *payload, const char *path, const struct pal_oid *id, struct pal_err *why) {
  (void)id;
  ck_assert_msg(strncmp(path, "from/", 5) == 0, "%s", path);
  return ++*(int *)payload == 3 ? pal_err_set(why, PAL_E_INTERRUPTED, "enough") : PAL_OK;
}

START_TEST(test_tree__walk_stops_with_the_callbacks_error) {
  struct pal_oid tree = hist_tree(writer, 1, 10);
  (void)commit_tree(&tree);
  int n = 0;
  unit_fails(pal_repo_walk(repo, &tree, "from", stop, &n, err), PAL_E_INTERRUPTED, "enough", err);
  ck_assert_int_eq(n, 3);
}
END_TEST

START_TEST(test_tree__find) {
  struct pal_oid tree = hist_tree(writer, 1, 10);
  (void)commit_tree(&tree);
  struct pal_entry entry;
  unit_ok(pal_repo_find(repo, &tree, "inputs/policies/own.sql", &entry, err), err);
  ck_assert(!entry.is_tree);
  ck_assert_str_eq(entry.name, "own.sql");
  char hex[41];
  pal_oid_hex(&entry.id, hex);
  ck_assert_str_eq(hist_line("git -C r.git rev-parse main:inputs/policies/own.sql"), hex);
  struct pal_buf bytes;
  pal_buf_init(&bytes, 100);
  pal_buf_puts(&bytes, "before");
  unit_ok(pal_repo_blob(repo, &entry.id, &bytes, err), err);
  ck_assert_str_eq(bytes.data, "select 1;\n");
  pal_buf_deinit(&bytes);
  pal_buf_init(&bytes, 4);
  unit_fails(pal_repo_blob(repo, &entry.id, &bytes, err), PAL_E_LIMIT, hex, err);
  pal_buf_deinit(&bytes);
  unit_ok(pal_repo_find(repo, &tree, "tenants/03", &entry, err), err);
  ck_assert(entry.is_tree);
  unit_fails(pal_repo_blob(repo, &entry.id, &bytes, err), PAL_E_VERIFY, "is a tree where a blob belongs", err);
  static const char *const absent[] = {
      "", "x", "inputs/", "inputs/policies/own.sql/x", "format.json/", "/format.json", "tenants/0", "input", "inputss"};
  for (int i = 0; i < UNIT_N(absent); i++)
    unit_fails(pal_repo_find(repo, &tree, absent[i], &entry, err), PAL_E_NOTFOUND, absent[i], err);
}
END_TEST

START_TEST(test_tree__entries_live_in_the_arena) {
  struct pal_oid tree = hist_tree(writer, 1, 10);
  (void)commit_tree(&tree);
  struct pal_tree root;
  unit_ok(pal_repo_tree(repo, &tree, arena, &root, err), err);
  ck_assert_uint_eq(root.n, 3);
  ck_assert_str_eq(root.v[0].name, "format.json");
  ck_assert_str_eq(root.v[1].name, "inputs");
  ck_assert(root.v[1].is_tree);
  ck_assert_str_eq(root.v[2].name, "tenants");
}
END_TEST

/* ---- comparing ---- */

static enum pal_code note(void *payload, const char *path, const struct pal_oid *before, const struct pal_oid *after,
                          struct pal_err *ignored) {
  (void)ignored;
  ck_assert(before || after);
  (void)fprintf(payload, "%s\t%s\n", !before ? "A" : !after ? "D" : "M", path);
  return PAL_OK;
}

static struct pal_oid tree_of(const char *const *paths, int n, const char *salt) {
  struct pal_tree_builder *builder = pal_tree_builder_new(writer);
  char text[256];
  for (int i = 0; i < n; i++) {
    (void)snprintf(text, sizeof text, "%s %s", paths[i], strstr(paths[i], "same") ? "" : salt);
    struct pal_oid id = blob(text);
    unit_ok(pal_tree_builder_add(builder, paths[i], &id, false, err), err);
  }
  struct pal_oid tree;
  unit_ok(pal_tree_builder_finish(builder, &tree, err), err);
  pal_tree_builder_free(builder);
  return tree;
}

START_TEST(test_tree__compare_equals_git_diff) {
  static const char *const old_paths[] = {"a",      "b/same", "c/x",    "c/y/z",     "d/file",  "e",
                                          "same/1", "same/2", "t/00/x", "t/01/same", "was.dir", "x.y/1"};
  static const char *const new_paths[] = {"a",      "b/same", "c/x",       "c/y/new", "d",       "e/now/folder",
                                          "same/1", "same/2", "t/01/same", "t/02/x",  "was/dir", "x/1"};
  struct pal_oid old_tree = tree_of(old_paths, UNIT_N(old_paths), "1");
  struct pal_oid new_tree = tree_of(new_paths, UNIT_N(new_paths), "2");
  struct pal_entry both[] = {{"new", new_tree, true}, {"old", old_tree, true}};
  struct pal_oid tree;
  unit_ok(pal_writer_tree(writer, both, 2, &tree, err), err);
  (void)commit_tree(&tree);
  FILE *out = fopen("ours", "w");
  ck_assert_ptr_nonnull(out);
  unit_ok(pal_repo_compare(repo, &old_tree, &new_tree, note, out, err), err);
  ck_assert_int_eq(fclose(out), 0);
  hist_sh("git -C r.git diff-tree -r --no-renames --name-status main:old main:new >gits && sort ours >o && sort gits "
          ">g && diff o g");
  /* from and to nothing; equal trees */
  out = fopen("ours", "w");
  ck_assert_ptr_nonnull(out);
  unit_ok(pal_repo_compare(repo, NULL, &new_tree, note, out, err), err);
  unit_ok(pal_repo_compare(repo, &old_tree, NULL, note, out, err), err);
  ck_assert_int_eq(fclose(out), 0);
  hist_sh("test $(grep -c ^A ours) = 12 && test $(grep -c ^D ours) = 12");
  unit_ok(pal_repo_compare(repo, &old_tree, &old_tree, note, NULL, err), err);
  unit_ok(pal_repo_compare(repo, NULL, NULL, note, NULL, err), err);
}
END_TEST

Suite *make_history_tree_suite(void);
Suite *make_history_tree_suite(void) {
  Suite *suite = suite_create("history/tree");
  TCase *tc = tcase_create("tree");
  tcase_add_checked_fixture(tc, enter, leave);
  tcase_set_timeout(tc, 60);
  tcase_add_loop_test(tc, test_tree__hostile_is_refused, 0, UNIT_N(hostile));
  tcase_add_loop_test(tc, test_tree__builder_equals_git_write_tree, 0, 5);
  tcase_add_test(tc, test_tree__builder_takes_a_carried_folder_by_id);
  tcase_add_test(tc, test_tree__builder_refuses_what_no_snapshot_has);
  tcase_add_test(tc, test_tree__writer_refuses_objects_nobody_vouched_for);
  tcase_add_test(tc, test_tree__walk_equals_git_ls_tree);
  tcase_add_test(tc, test_tree__walk_stops_with_the_callbacks_error);
  tcase_add_test(tc, test_tree__find);
  tcase_add_test(tc, test_tree__entries_live_in_the_arena);
  tcase_add_test(tc, test_tree__compare_equals_git_diff);
  suite_add_tcase(suite, tc);
  return suite;
}
