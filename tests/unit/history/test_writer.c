/* SPDX-License-Identifier: Apache-2.0 */
/* Writing against the world: other writers, full disks, SIGKILL. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hist.h"
#include "pal_file.h"

static struct pal_err *const err = &hist_err;

/* ---- other writers ---- */

START_TEST(test_writer__one_lock_at_a_time_and_it_says_who) {
  struct pal_repo *one = hist_lock(), *two = hist_open();
  char who[32];
  (void)snprintf(who, sizeof who, "(%ld ", (long)getpid());
  unit_fails(pal_repo_lock(two, err), PAL_E_LOCKED, who, err);
  ck_assert_int_eq(pal_code_exit_status(PAL_E_LOCKED), 6);
  unit_ok(pal_repo_lock(one, err), err); /* held already */
  pal_repo_close(one);
  unit_ok(pal_repo_lock(two, err), err);
  pal_repo_close(two);
  /* the text alone is no lock, however it looks */
  hist_sh("printf '1 elsewhere 2026-01-01T00:00:00Z\\033[31m\\n' >r.git/palscan/lock");
  pal_repo_close(hist_lock());
}
END_TEST

START_TEST(test_writer__lock_ends_with_its_process) {
  int ready[2];
  ck_assert_int_eq(pipe(ready), 0);
  pid_t child = fork();
  ck_assert_int_ge(child, 0);
  if (child == 0) {
    struct pal_repo *repo = NULL;
    if (pal_repo_open("r.git", &repo, err) != PAL_OK || pal_repo_lock(repo, err) != PAL_OK)
      _exit(1);
    (void)!write(ready[1], "x", 1);
    (void)pause();
    _exit(0);
  }
  char c;
  ck_assert_int_eq(read(ready[0], &c, 1), 1);
  struct pal_repo *repo = hist_open();
  unit_fails(pal_repo_lock(repo, err), PAL_E_LOCKED, "another run holds the lock", err);
  ck_assert_int_eq(kill(child, SIGKILL), 0);
  ck_assert_int_eq(waitpid(child, NULL, 0), child);
  unit_ok(pal_repo_lock(repo, err), err);
  pal_repo_close(repo);
}
END_TEST

START_TEST(test_writer__branch_moved_between_is_left_alone) {
  (void)hist_night(1);
  (void)hist_night(2);
  struct pal_repo *repo = hist_open();
  struct pal_commit parent;
  bool has;
  unit_ok(pal_repo_lock(repo, err), err);
  unit_ok(pal_repo_verify_parent(repo, NULL, &parent, &has, err), err);
  struct pal_writer *writer = NULL;
  unit_ok(pal_writer_new(repo, &writer, err), err);
  struct pal_oid tree = hist_tree(writer, 3, 2), id;
  struct pal_trailers trailers = hist_trailers(repo, 3);
  hist_sh("git -C r.git update-ref refs/heads/main main~1");
  unit_fails(pal_writer_commit(writer, &tree, &parent, &trailers, &id, err), PAL_E_VERIFY, "moved by another program",
             err);
  pal_writer_free(writer);
  pal_repo_close(repo);
  ck_assert_str_eq(hist_line("git -C r.git rev-list --count main"), "1");
  hist_sh("git -C r.git fsck --strict --no-dangling && test ! -e r.git/refs/heads/main.lock && test \"$(ls "
          "r.git/palscan | tr '\\n' "
          "' ')\" = 'lock pending '");
  /* put right by the person, the next night works */
  hist_sh("git -C r.git reflog -n1 >/dev/null; git -C r.git update-ref refs/heads/main $(cat state/palscan/*/tip)");
  (void)hist_night(3);
  hist_sh("git -C r.git fsck --strict && test \"$(ls r.git/palscan)\" = lock");
}
END_TEST

START_TEST(test_writer__branch_made_or_deleted_between) {
  struct pal_repo *repo = hist_lock();
  struct pal_writer *writer = NULL;
  unit_ok(pal_writer_new(repo, &writer, err), err);
  struct pal_oid tree = hist_tree(writer, 1, 2), id;
  struct pal_trailers trailers = hist_trailers(repo, 1);
  hist_sh("cd r.git && git update-ref refs/heads/main $(git commit-tree -m x $(git mktree </dev/null))");
  unit_fails(pal_writer_commit(writer, &tree, NULL, &trailers, &id, err), PAL_E_VERIFY, "moved by another program",
             err);
  pal_writer_free(writer);
  pal_repo_close(repo);
}
END_TEST

START_TEST(test_writer__git_holding_the_branch_is_waited_for_by_nobody) {
  struct pal_repo *repo = hist_lock();
  struct pal_writer *writer = NULL;
  unit_ok(pal_writer_new(repo, &writer, err), err);
  struct pal_oid tree = hist_tree(writer, 1, 2), id;
  struct pal_trailers trailers = hist_trailers(repo, 1);
  hist_sh("touch r.git/refs/heads/main.lock"); /* after our lock: not a leftover */
  unit_fails(pal_writer_commit(writer, &tree, NULL, &trailers, &id, err), PAL_E_LOCKED, "main.lock", err);
  pal_writer_free(writer);
  pal_repo_close(repo);
  /* the next run takes it for a leftover */
  (void)hist_night(1);
  hist_sh("git -C r.git fsck --strict && ls r.git/objects/pack/*.pack | wc -l | grep -qx 1");
}
END_TEST

START_TEST(test_writer__packed_branch_is_compared_and_moved) {
  (void)hist_night(1);
  hist_sh("git -C r.git pack-refs --all && rmdir r.git/refs/heads 2>/dev/null; true");
  (void)hist_night(2);
  ck_assert_str_eq(hist_line("git -C r.git rev-list --count main"), "2");
}
END_TEST

START_TEST(test_writer__dropped_writer_leaves_nothing) {
  struct pal_repo *repo = hist_lock();
  struct pal_writer *writer = NULL;
  unit_ok(pal_writer_new(repo, &writer, err), err);
  (void)hist_tree(writer, 1, 50);
  pal_writer_free(writer);
  pal_writer_free(NULL);
  pal_repo_close(repo);
  hist_sh("test \"$(ls r.git/palscan)\" = lock && test -z \"$(ls r.git/objects/pack)\"");
}
END_TEST

START_TEST(test_writer__leftovers_are_cleared_with_the_lock) {
  (void)hist_night(1);
  hist_sh("mkdir -p r.git/palscan/tmp-abcdef/x && touch r.git/palscan/tmp-abcdef/entries "
          "r.git/palscan/.palscan-1-0.tmp r.git/palscan/keep r.git/refs/heads/main.lock && "
          "touch r.git/objects/pack/tmp_pack_ofgit");
  pal_repo_close(hist_lock());
  hist_sh("test \"$(ls -A r.git/palscan | tr '\\n' ' ')\" = 'keep lock ' && test ! -e r.git/refs/heads/main.lock && "
          "test -e r.git/objects/pack/tmp_pack_ofgit");
}
END_TEST

/* A pack that was put in place for a commit that never came into force. */
static void abandon_pack(void) {
  hist_sh("cp -a r.git r2.git && cp -a state state2");
  (void)hist_night(2);
  hist_sh(
      "p=$(ls r.git/objects/pack | sort >a; ls r2.git/objects/pack | sort >b; comm -23 a b | sed -n "
      "'s/^pack-\\(.*\\)\\.idx/\\1/p') && "
      "git -C r.git update-ref refs/heads/main main~1 && rm -r state && mv state2 state && "
      "echo \"$p $(git -C r.git rev-parse main)\" >r.git/palscan/pending && test -e r.git/objects/pack/pack-$p.pack");
}

START_TEST(test_writer__abandoned_pack_is_removed) {
  (void)hist_night(1);
  abandon_pack();
  pal_repo_close(hist_lock());
  hist_sh("ls r.git/objects/pack/*.pack | wc -l | grep -qx 1 && test ! -e r.git/palscan/pending");
  (void)hist_night(2);
  hist_sh("git -C r.git fsck --strict");
}
END_TEST

START_TEST(test_writer__abandoned_pack_stays_when_anything_could_lead_into_it) {
  (void)hist_night(1);
  abandon_pack();
  hist_sh("git -C r.git tag keep $(git -C r.git fsck --unreachable --no-reflogs --no-dangling 2>/dev/null | sed -n "
          "'s/^unreachable "
          "commit //p')");
  pal_repo_close(hist_lock());
  hist_sh("ls r.git/objects/pack/*.pack | wc -l | grep -qx 2 && test ! -e r.git/palscan/pending");
}
END_TEST

START_TEST(test_writer__pending_with_garbage_removes_nothing) {
  (void)hist_night(1);
  hist_sh("echo '../../../../../../tmp/x y' >r.git/palscan/pending");
  pal_repo_close(hist_lock());
  hist_sh("test ! -e r.git/palscan/pending && git -C r.git fsck --strict");
}
END_TEST

/* ---- objects ---- */

START_TEST(test_writer__objects_of_all_sizes_read_back) {
  static const size_t sizes[] = {0,    1,    15,    16,     17,     2047,   2048,   4095,
                                 4096, 4097, 65535, 262143, 262144, 262145, 3 << 20};
  struct pal_repo *repo = hist_lock();
  struct pal_writer *writer = NULL;
  struct pal_oid ids[2 * UNIT_N(sizes)], tree, again, commit;
  struct pal_entry entries[2 * UNIT_N(sizes)];
  static char names[2 * UNIT_N(sizes)][16];
  char *bytes = malloc(4 << 20);
  ck_assert_ptr_nonnull(bytes);
  unit_ok(pal_writer_new(repo, &writer, err), err);
  unsigned seed = 1;
  for (int i = 0; i < 2 * UNIT_N(sizes); i++) {
    size_t len = sizes[i / 2];
    for (size_t k = 0; k < len; k++) { /* incompressible, then compressible */
      seed = seed * 1664525u + 1013904223u;
      bytes[k] = i % 2 ? (char)('a' + k % 7) : (char)(seed >> 24);
    }
    unit_ok(pal_writer_blob(writer, bytes, len, &ids[i], err), err);
    unit_ok(pal_writer_blob(writer, bytes, len, &again, err), err);
    ck_assert(pal_oid_equal(&ids[i], &again));
    (void)snprintf(names[i], sizeof names[i], "%d", i);
    entries[i] = (struct pal_entry){names[i], ids[i], false};
  }
  unit_ok(pal_writer_tree(writer, entries, UNIT_N(entries), &tree, err), err);
  struct pal_trailers trailers = hist_trailers(repo, 1);
  unit_ok(pal_writer_commit(writer, &tree, NULL, &trailers, &commit, err), err);
  pal_writer_free(writer);
  struct pal_buf out;
  pal_buf_init(&out, 4 << 20);
  seed = 1;
  for (int i = 0; i < 2 * UNIT_N(sizes); i++) {
    size_t len = sizes[i / 2];
    for (size_t k = 0; k < len; k++) {
      seed = seed * 1664525u + 1013904223u;
      bytes[k] = i % 2 ? (char)('a' + k % 7) : (char)(seed >> 24);
    }
    unit_ok(pal_repo_blob(repo, &ids[i], &out, err), err);
    ck_assert_uint_eq(out.len, len);
    ck_assert_int_eq(memcmp(out.data, bytes, len), 0);
  }
  pal_buf_deinit(&out);
  free(bytes);
  pal_repo_close(repo);
  hist_sh("git -C r.git fsck --strict");
}
END_TEST

START_TEST(test_writer__known_objects_are_not_written_again) {
  (void)hist_night(1);
  struct pal_repo *repo = hist_open();
  struct pal_commit parent;
  bool has;
  unit_ok(pal_repo_lock(repo, err), err);
  unit_ok(pal_repo_verify_parent(repo, NULL, &parent, &has, err), err);
  struct pal_writer *writer = NULL;
  unit_ok(pal_writer_new(repo, &writer, err), err);
  unit_ok(pal_writer_knows(writer, &parent.tree, err), err);
  struct pal_trailers trailers = hist_trailers(repo, 2);
  struct pal_oid id;
  unit_ok(pal_writer_commit(writer, &parent.tree, &parent, &trailers, &id, err), err);
  pal_writer_free(writer);
  pal_repo_close(repo);
  hist_sh("git -C r.git fsck --strict");
  /* the second pack holds the commit alone */
  ck_assert_str_eq(
      hist_line("cd r.git && for p in objects/pack/*.idx; do git show-index <$p | wc -l; done | sort -n | head -1"),
      "1");
}
END_TEST

/* ---- a full disk ---- */

/* 40 blobs of `size` bytes that do not compress. */
static enum pal_code one_night(int salt, size_t size) {
  struct pal_repo *repo = NULL;
  struct pal_commit parent;
  struct pal_writer *writer = NULL;
  struct pal_tree_builder *builder = NULL;
  bool has = false;
  struct pal_oid id, tree;
  enum pal_code code = pal_repo_open("r.git", &repo, err);
  if (code == PAL_OK)
    code = pal_repo_lock(repo, err);
  if (code == PAL_OK)
    code = pal_repo_verify_parent(repo, NULL, &parent, &has, err);
  if (code == PAL_OK)
    code = pal_writer_new(repo, &writer, err);
  if (code == PAL_OK && !(builder = pal_tree_builder_new(writer)))
    code = PAL_E_NOMEM;
  unsigned seed = (unsigned)salt;
  for (int i = 0; code == PAL_OK && i < 40; i++) {
    char text[2000], path[64];
    for (size_t k = 0; k < size; k++) {
      seed = seed * 1664525u + 1013904223u;
      text[k] = (char)(' ' + (seed >> 24) % 90);
    }
    (void)snprintf(path, sizeof path, "inputs/policies/%d.sql", i);
    code = pal_writer_blob(writer, text, size, &id, err);
    if (code == PAL_OK)
      code = pal_tree_builder_add(builder, path, &id, false, err);
  }
  static const char format[] = "{\n  \"format\": \"palscan-snapshot\",\n  \"judge\": 1,\n  \"version\": 1\n}\n";
  if (code == PAL_OK)
    code = pal_writer_blob(writer, format, strlen(format), &id, err);
  if (code == PAL_OK)
    code = pal_tree_builder_add(builder, "format.json", &id, false, err);
  if (code == PAL_OK)
    code = pal_tree_builder_finish(builder, &tree, err);
  if (code == PAL_OK) {
    struct pal_trailers trailers = hist_trailers(repo, has ? parent.trailers.sequence + 1 : 1);
    (void)snprintf(trailers.started, sizeof trailers.started, "2026-10-01T00:00:00Z");
    (void)snprintf(trailers.finished, sizeof trailers.finished, "2026-10-01T00:00:00Z");
    code = pal_writer_commit(writer, &tree, has ? &parent : NULL, &trailers, &id, err);
  }
  pal_tree_builder_free(builder);
  pal_writer_free(writer);
  pal_repo_close(repo);
  return code;
}

START_TEST(test_writer__file_size_limit_keeps_the_old_snapshot) {
  unit_ok(one_night(1, 2000), err);
  char before[64];
  (void)snprintf(before, sizeof before, "%s", hist_line("git -C r.git rev-parse main"));
  (void)signal(SIGXFSZ, SIG_IGN);
  int failed = 0;
  for (rlim_t limit = 0; limit < 80000; limit += limit < 2000 ? 100 : 6000) {
    struct rlimit lowered = {limit, RLIM_INFINITY}, none = {RLIM_INFINITY, RLIM_INFINITY};
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &lowered), 0);
    enum pal_code code = one_night(2, 2000);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
    if (code == PAL_OK)
      break;
    failed++;
    ck_assert_msg(code == PAL_E_IO, "limit %lu: %s: %s", (unsigned long)limit, pal_code_name(code), err->text);
    ck_assert_str_eq(hist_line("git -C r.git rev-parse main"), before);
  }
  ck_assert_int_gt(failed, 10);
  unit_ok(one_night(3, 2000), err);
  hist_sh("git -C r.git fsck --strict && test \"$(ls r.git/palscan)\" = lock");
}
END_TEST

START_TEST(test_writer__full_disk_keeps_the_old_snapshot) {
  /* a private mount: it ends with this process; only root may */
  if (geteuid() != 0 || syscall(SYS_unshare, 0x00020000 /* CLONE_NEWNS */) != 0 ||
      mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
    return;
  hist_sh("mkdir small");
  if (mount("none", "small", "tmpfs", 0, "size=400k") != 0)
    return;
  hist_sh("mv r.git small/");
  ck_assert_int_eq(chdir("small"), 0);
  unit_ok(one_night(1, 2000), err);
  char before[64];
  (void)snprintf(before, sizeof before, "%s", hist_line("git -C r.git rev-parse main"));
  int failed = 0;
  for (int i = 2; i < 12; i++) {
    enum pal_code code = one_night(i, 2000);
    if (code == PAL_OK) {
      (void)snprintf(before, sizeof before, "%s", hist_line("git -C r.git rev-parse main"));
      continue;
    }
    failed++;
    ck_assert_msg(code == PAL_E_IO && strstr(err->text, "r.git"), "%s: %s", pal_code_name(code), err->text);
    ck_assert_str_eq(hist_line("git -C r.git rev-parse main"), before);
  }
  ck_assert_int_gt(failed, 0);
  hist_sh("git -C r.git fsck --strict && test \"$(ls r.git/palscan)\" = lock");
  ck_assert_int_eq(mount("none", ".", NULL, MS_REMOUNT, "size=4m"), 0);
  ck_assert_int_eq(chdir(".."), 0);
  ck_assert_int_eq(mount("none", "small", NULL, MS_REMOUNT, "size=4m"), 0);
  ck_assert_int_eq(chdir("small"), 0);
  unit_ok(one_night(20, 2000), err);
  ck_assert_int_eq(chdir(".."), 0);
  ck_assert_int_eq(umount2("small", MNT_DETACH), 0);
}
END_TEST

START_TEST(test_writer__unwritable_folder_is_told) {
  (void)hist_night(1);
  hist_sh("rm -r r.git/palscan && touch r.git/palscan");
  struct pal_repo *repo = hist_open();
  unit_fails(pal_repo_lock(repo, err), PAL_E_IO, "r.git/palscan", err);
  pal_repo_close(repo);
}
END_TEST

START_TEST(test_writer__readers_are_not_disturbed) {
  unit_ok(one_night(1, 300), err);
  pid_t child = fork();
  ck_assert_int_ge(child, 0);
  if (child == 0) {
    for (int i = 2; i < 40; i++) {
      if (one_night(i, 300) != PAL_OK)
        _exit(1);
      if (i % 10 == 0)
        hist_sh("git -C r.git gc -q --prune=now");
    }
    _exit(0);
  }
  int reads = 0, status = 0;
  pid_t ended = 0;
  int64_t sequence = 0;
  while (!ended) {
    struct pal_repo *repo = NULL;
    struct pal_oid head, format;
    struct pal_commit commit;
    struct pal_entry entry;
    unit_ok(pal_repo_open("r.git", &repo, err), err);
    unit_ok(pal_repo_head(repo, &head, err), err);
    unit_ok(pal_repo_commit(repo, &head, &commit, err), err);
    unit_ok(pal_repo_find(repo, &commit.tree, "format.json", &entry, err), err);
    format = entry.id;
    ck_assert(!pal_oid_is_zero(&format));
    ck_assert_int_ge(commit.trailers.sequence, sequence);
    sequence = commit.trailers.sequence;
    pal_repo_close(repo);
    reads++;
    ended = waitpid(child, &status, WNOHANG);
  }
  ck_assert_int_eq(status, 0);
  ck_assert_int_gt(reads, 10);
}
END_TEST

/* ---- killed at any instant ---- */

enum { KILLS = 200 };

static double seconds(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The branch as it stands on disk; git is asked only where it is packed. */
static void read_main(char out[64]) {
  if (access("r.git/refs/heads/main", F_OK) != 0) {
    (void)snprintf(out, 64, "%s", hist_line("git -C r.git rev-parse main"));
    return;
  }
  size_t len;
  char *text = hist_read_file("r.git/refs/heads/main", &len);
  ck_assert_uint_eq(len, 41);
  text[40] = '\0';
  (void)snprintf(out, 64, "%s", text);
  free(text);
}

static enum pal_code count_name(void *payload, const char *name, struct pal_err *ignored) {
  (void)name;
  (void)ignored;
  ++*(int *)payload;
  return PAL_OK;
}

START_TEST(test_writer__killed_at_any_instant_loses_nothing) {
  unit_ok(one_night(1, 300), err);
  double begun = seconds();
  unit_ok(one_night(2, 300), err);
  double whole = seconds() - begun;
  char before[64];
  read_main(before);
  int old_stood = 0, new_stood = 0;
  unsigned seed = (unsigned)getpid();
  for (int i = 0; i < KILLS; i++) {
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
      _exit(one_night(100 + i, 300) == PAL_OK ? 0 : 1);
    seed = seed * 1664525u + 1013904223u;
    (void)usleep((useconds_t)(whole * 1.3e6 * (double)(seed >> 8) / (double)(1 << 24)));
    (void)kill(child, SIGKILL);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFSIGNALED(status) || WEXITSTATUS(status) == 0, "the child failed by itself");
    char now[64], parent[64];
    read_main(now);
    if (strcmp(now, before) == 0) {
      old_stood++;
    } else {
      (void)snprintf(parent, sizeof parent, "%s", hist_line("git -C r.git rev-parse main~1"));
      ck_assert_str_eq(parent, before);
      new_stood++;
    }
    hist_sh("git -C r.git fsck --strict --no-progress >out 2>&1 || { cat out; false; }");
    unit_ok(one_night(1000 + i, 300), err); /* the next run just works */
    read_main(before);
    int names = 0;
    unit_ok(pal_dir_each("r.git/palscan", count_name, &names, err), err);
    ck_assert_msg(names == 1, "leftovers beside the lock after kill %d", i);
    if (i % 20 == 19)
      hist_sh("git -C r.git gc -q --prune=now");
  }
  ck_assert_int_gt(old_stood, KILLS / 10);
  ck_assert_int_gt(new_stood, 0);
  /* every pack is reachable: nothing was left that git gc would spill */
  hist_sh("git -C r.git fsck --strict --unreachable --no-reflogs | grep -v dangling >out; test ! -s out");
}
END_TEST

Suite *make_history_writer_suite(void);
Suite *make_history_writer_suite(void) {
  Suite *suite = suite_create("history/writer");
  TCase *tc = tcase_create("writer");
  tcase_add_checked_fixture(tc, hist_enter, hist_leave);
  tcase_set_timeout(tc, 300);
  tcase_add_test(tc, test_writer__one_lock_at_a_time_and_it_says_who);
  tcase_add_test(tc, test_writer__lock_ends_with_its_process);
  tcase_add_test(tc, test_writer__branch_moved_between_is_left_alone);
  tcase_add_test(tc, test_writer__branch_made_or_deleted_between);
  tcase_add_test(tc, test_writer__git_holding_the_branch_is_waited_for_by_nobody);
  tcase_add_test(tc, test_writer__packed_branch_is_compared_and_moved);
  tcase_add_test(tc, test_writer__dropped_writer_leaves_nothing);
  tcase_add_test(tc, test_writer__leftovers_are_cleared_with_the_lock);
  tcase_add_test(tc, test_writer__abandoned_pack_is_removed);
  tcase_add_test(tc, test_writer__abandoned_pack_stays_when_anything_could_lead_into_it);
  tcase_add_test(tc, test_writer__pending_with_garbage_removes_nothing);
  tcase_add_test(tc, test_writer__objects_of_all_sizes_read_back);
  tcase_add_test(tc, test_writer__known_objects_are_not_written_again);
  tcase_add_test(tc, test_writer__file_size_limit_keeps_the_old_snapshot);
  tcase_add_test(tc, test_writer__full_disk_keeps_the_old_snapshot);
  tcase_add_test(tc, test_writer__unwritable_folder_is_told);
  tcase_add_test(tc, test_writer__readers_are_not_disturbed);
  tcase_add_test(tc, test_writer__killed_at_any_instant_loses_nothing);
  suite_add_tcase(suite, tc);
  return suite;
}
