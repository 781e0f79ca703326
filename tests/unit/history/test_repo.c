/* SPDX-License-Identifier: Apache-2.0 */
/* A new repository, one night after another, and what stock git says to them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hist.h"
#include "pal_id.h"

static struct pal_err *const err = &hist_err;

START_TEST(test_repo__created_as_the_header_says) {
  hist_sh("LC_ALL=C git -C r.git fsck --strict 2>&1 | grep -v 'notice: ' > out; test ! -s out");
  ck_assert_str_eq(hist_line("git -C r.git config core.bare"), "true");
  ck_assert_str_eq(hist_line("git -C r.git config diff.renames"), "false");
  ck_assert_str_eq(hist_line("git -C r.git config core.commitGraph"), "false");
  ck_assert_str_eq(hist_line("git -C r.git config gc.writeCommitGraph"), "false");
  ck_assert_str_eq(hist_line("git -C r.git symbolic-ref HEAD"), "refs/heads/main");
  struct pal_repo *repo = hist_open();
  ck_assert_str_eq(hist_line("git -C r.git config palscan.id"), pal_repo_id(repo));
  struct pal_oid id;
  unit_fails(pal_repo_head(repo, &id, err), PAL_E_NOTFOUND, "no snapshot yet", err);
  ck_assert(pal_repo_tip(repo, NULL) != PAL_TIP_EQUAL);
  pal_repo_close(repo);
  struct stat st;
  ck_assert_int_eq(stat("r.git", &st), 0);
  ck_assert_uint_eq(st.st_mode & 0777, 0700);
}
END_TEST

START_TEST(test_repo__create_wants_an_empty_place) {
  hist_sh("mkdir empty full && touch full/x && touch file");
  unit_ok(pal_repo_create("empty/", err), err);
  struct pal_repo *repo = NULL;
  unit_ok(pal_repo_open("empty", &repo, err), err);
  pal_repo_close(repo);
  unit_fails(pal_repo_create("full", err), PAL_E_USAGE, "not empty", err);
  unit_fails(pal_repo_create("r.git", err), PAL_E_USAGE, "not empty", err);
  unit_fails(pal_repo_create("file", err), PAL_E_USAGE, "file", err);
  unit_fails(pal_repo_create("no/such/parent", err), PAL_E_IO, "no/such/parent", err);
  hist_sh("test -z \"$(ls -d *.palscan-* 2>/dev/null)\"");
}
END_TEST

START_TEST(test_repo__open_of_none) {
  struct pal_repo *repo = NULL;
  hist_sh("mkdir plain && git init -q work && touch file");
  unit_fails(pal_repo_open("nowhere", &repo, err), PAL_E_NOTFOUND, "palscan init", err);
  unit_fails(pal_repo_open("plain", &repo, err), PAL_E_NOTFOUND, "palscan init", err);
  unit_fails(pal_repo_open("file", &repo, err), PAL_E_NOTFOUND, "palscan init", err);
  unit_fails(pal_repo_open("work", &repo, err), PAL_E_NOTFOUND, "palscan init", err);
  unit_fails(pal_repo_open("work/.git", &repo, err), PAL_E_VERIFY, "bare", err);
  hist_sh("git init -q --bare -b main foreign.git");
  unit_fails(pal_repo_open("foreign.git", &repo, err), PAL_E_VERIFY, "not made by palscan", err);
  pal_repo_close(NULL);
}
END_TEST

START_TEST(test_repo__two_nights_read_back_by_git_and_by_us) {
  struct pal_oid first = hist_night(1), second = hist_night(2);
  char hex[41];
  hist_sh("git -C r.git fsck --strict --full >out 2>&1 || { cat out; false; }");
  pal_oid_hex(&second, hex);
  ck_assert_str_eq(hist_line("git -C r.git rev-parse main"), hex);
  pal_oid_hex(&first, hex);
  ck_assert_str_eq(hist_line("git -C r.git rev-parse main~1"), hex);
  ck_assert_str_eq(hist_line("git -C r.git log -1 --format='%%an <%%ae> %%cI|%%s'"),
                   "palscan <palscan@localhost> 2026-10-02T03:10:00+00:00|scan 2 (full): 3 of 4 customers complete");
  ck_assert_str_eq(hist_line("git -C r.git log -1 --format='%%(trailers:key=Palscan-Coverage,valueonly)'"), "3/4");
  ck_assert_str_eq(hist_line("git -C r.git log -1 --format='%%(trailers:only=yes)' | grep -c Palscan-"), "10");
  ck_assert_str_eq(hist_line("git -C r.git cat-file -p main:inputs/policies/own.sql"), "select 2;");
  ck_assert_str_eq(hist_line("git -C r.git diff --name-only main~1 main"), "inputs/policies/own.sql");
  ck_assert_str_eq(hist_line("ls r.git/palscan"), "lock");

  struct pal_repo *repo = hist_open();
  struct pal_oid head;
  struct pal_commit commit;
  unit_ok(pal_repo_head(repo, &head, err), err);
  ck_assert(pal_oid_equal(&head, &second));
  unit_ok(pal_repo_commit(repo, &head, &commit, err), err);
  ck_assert(commit.has_parent && pal_oid_equal(&commit.parent, &first));
  ck_assert_int_eq(commit.trailers.sequence, 2);
  ck_assert_int_eq(commit.trailers.complete, 3);
  ck_assert_int_eq(commit.trailers.expected, 4);
  ck_assert(commit.trailers.full);
  ck_assert_str_eq(commit.trailers.started, "2026-10-02T03:00:00Z");
  ck_assert_str_eq(commit.subject, "scan 2 (full): 3 of 4 customers complete");
  unit_ok(pal_repo_verify_tree(repo, &commit.tree, err), err);
  ck_assert(pal_repo_tip(repo, NULL) == PAL_TIP_EQUAL);
  /* the struct itself may give the id */
  unit_ok(pal_repo_commit(repo, &commit.parent, &commit, err), err);
  ck_assert(!commit.has_parent && pal_oid_equal(&commit.id, &first));
  pal_repo_close(repo);
}
END_TEST

START_TEST(test_repo__a_quiet_night_is_a_commit_too) {
  struct pal_oid first = hist_night(1), second = hist_night(1);
  ck_assert(!pal_oid_equal(&first, &second));
  ck_assert_str_eq(hist_line("git -C r.git rev-list --count main"), "2");
  char tree[64];
  (void)snprintf(tree, sizeof tree, "%s", hist_line("git -C r.git rev-parse main^{tree}"));
  ck_assert_str_eq(hist_line("git -C r.git rev-parse main~1^{tree}"), tree);
}
END_TEST

START_TEST(test_repo__after_git_gc_it_opens_verifies_and_goes_on) {
  for (int i = 1; i <= 4; i++)
    (void)hist_night(i);
  hist_sh("git -C r.git gc -q --prune=now && test ! -e r.git/refs/heads/main");
  struct pal_repo *repo = hist_lock();
  struct pal_oid head;
  struct pal_commit commit;
  unit_ok(pal_repo_head(repo, &head, err), err);
  unit_ok(pal_repo_commit(repo, &head, &commit, err), err);
  unit_ok(pal_repo_verify_tree(repo, &commit.tree, err), err);
  pal_repo_close(repo);
  (void)hist_night(5);
  hist_sh("git -C r.git fsck --strict");
  ck_assert_str_eq(hist_line("git -C r.git rev-list --count main"), "5");
}
END_TEST

START_TEST(test_repo__gc_while_it_is_open) {
  for (int i = 1; i <= 3; i++)
    (void)hist_night(i);
  struct pal_repo *repo = hist_open();
  hist_sh("git -C r.git gc -q --prune=now");
  struct pal_oid head;
  struct pal_commit commit;
  unit_ok(pal_repo_head(repo, &head, err), err);
  unit_ok(pal_repo_commit(repo, &head, &commit, err), err);
  unit_ok(pal_repo_verify_tree(repo, &commit.tree, err), err);
  pal_repo_close(repo);
}
END_TEST

START_TEST(test_repo__a_bare_clone_opens_with_the_id_of_its_commits) {
  (void)hist_night(1);
  struct pal_repo *repo = hist_open(), *clone = NULL;
  hist_sh("git clone -q --bare r.git clone.git");
  unit_ok(pal_repo_open("clone.git", &clone, err), err);
  ck_assert_str_eq(pal_repo_id(clone), pal_repo_id(repo));
  pal_repo_close(clone);
  pal_repo_close(repo);
}
END_TEST

START_TEST(test_repo__configured_and_committed_id_must_agree) {
  (void)hist_night(1);
  hist_sh("git -C r.git config palscan.id 11111111-1111-4111-8111-111111111111");
  hist_refuses(PAL_E_VERIFY, "its configuration says 11111111");
}
END_TEST

START_TEST(test_repo__newer_format_says_upgrade) {
  (void)hist_night(1);
  hist_sh("cd r.git && export GIT_INDEX_FILE=ix && git read-tree main && "
          "b=$(printf '{\"format\":\"palscan-snapshot\",\"version\":2,\"judge\":9,\"more\":[]}' | git hash-object -w "
          "--stdin) && "
          "git update-index --add --cacheinfo 100644,$b,format.json && t=$(git write-tree) && "
          "c=$(git commit-tree -p main -m 'whatever a later version says' $t) && git update-ref refs/heads/main $c && "
          "rm ix");
  hist_refuses(PAL_E_NEWER, "upgrade palscan");
}
END_TEST

START_TEST(test_repo__no_format_is_no_snapshot) {
  (void)hist_night(1);
  hist_sh("cd r.git && t=$(git mktree </dev/null) && c=$(git commit-tree -p main -m x $(git rev-parse main:inputs)) && "
          "git update-ref refs/heads/main $c; : $t");
  hist_refuses(PAL_E_VERIFY, "format.json");
}
END_TEST

START_TEST(test_repo__user_and_system_configuration_are_not_read) {
  hist_sh("mkdir -p home && git config --file home/.gitconfig core.bare false && "
          "git config --file home/.gitconfig palscan.id 22222222-2222-4222-8222-222222222222");
  ck_assert_int_eq(unsetenv("GIT_CONFIG_GLOBAL"), 0);
  struct pal_repo *repo = hist_open();
  ck_assert_str_ne(pal_repo_id(repo), "22222222-2222-4222-8222-222222222222");
  pal_repo_close(repo);
}
END_TEST

Suite *make_history_repo_suite(void);
Suite *make_history_repo_suite(void) {
  Suite *suite = suite_create("history/repo");
  TCase *tc = tcase_create("repo");
  tcase_add_checked_fixture(tc, hist_enter, hist_leave);
  tcase_set_timeout(tc, 60);
  tcase_add_test(tc, test_repo__created_as_the_header_says);
  tcase_add_test(tc, test_repo__create_wants_an_empty_place);
  tcase_add_test(tc, test_repo__open_of_none);
  tcase_add_test(tc, test_repo__two_nights_read_back_by_git_and_by_us);
  tcase_add_test(tc, test_repo__a_quiet_night_is_a_commit_too);
  tcase_add_test(tc, test_repo__after_git_gc_it_opens_verifies_and_goes_on);
  tcase_add_test(tc, test_repo__gc_while_it_is_open);
  tcase_add_test(tc, test_repo__a_bare_clone_opens_with_the_id_of_its_commits);
  tcase_add_test(tc, test_repo__configured_and_committed_id_must_agree);
  tcase_add_test(tc, test_repo__newer_format_says_upgrade);
  tcase_add_test(tc, test_repo__no_format_is_no_snapshot);
  tcase_add_test(tc, test_repo__user_and_system_configuration_are_not_read);
  suite_add_tcase(suite, tc);
  return suite;
}
