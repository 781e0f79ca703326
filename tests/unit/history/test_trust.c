/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing unverified is built upon: the recorded tip, forged histories, edited
 * objects, the closed tree. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hist.h"
#include "pal_digest.h"

static struct pal_err *const err = &hist_err;
static struct pal_oid second;
static char id[37];

static void enter(void) {
  hist_enter();
  (void)hist_night(1);
  second = hist_night(2);
  struct pal_repo *repo = hist_open();
  memcpy(id, pal_repo_id(repo), sizeof id);
  pal_repo_close(repo);
}

static void state_holds(const char *name, const char *value) {
  if (value)
    ck_assert_str_eq(hist_line("cat state/palscan/%s/%s", id, name), value);
  else
    ck_assert_int_ne(hist_try_sh("test -e state/palscan/%s/%s", id, name), 0);
}

/* verify_parent on r.git, opened and locked. */
static enum pal_code verify(const struct pal_oid *accept, struct pal_commit *parent, bool *has) {
  struct pal_repo *repo = hist_open();
  unit_ok(pal_repo_lock(repo, err), err);
  enum pal_code code = pal_repo_verify_parent(repo, accept, parent, has, err);
  pal_repo_close(repo);
  return code;
}

static void verify_fails(const struct pal_oid *accept, const char *part) {
  struct pal_commit parent;
  bool has;
  unit_fails(verify(accept, &parent, &has), PAL_E_VERIFY, part, err);
}

static void verify_gives(const struct pal_oid *accept, const struct pal_oid *wanted) {
  struct pal_commit parent;
  bool has;
  unit_ok(verify(accept, &parent, &has), err);
  ck_assert_int_eq(has, wanted != NULL);
  if (wanted)
    ck_assert(pal_oid_equal(&parent.id, wanted));
}

START_TEST(test_trust__tip_is_recorded_privately) {
  char hex[41];
  pal_oid_hex(&second, hex);
  state_holds("tip", hex);
  state_holds("next", NULL);
  struct stat st;
  char path[256];
  (void)snprintf(path, sizeof path, "state/palscan/%s", id);
  ck_assert_int_eq(stat(path, &st), 0);
  ck_assert_uint_eq(st.st_mode & 0777, 0700);
  verify_gives(NULL, &second);
}
END_TEST

START_TEST(test_trust__needs_the_lock) {
  struct pal_repo *repo = hist_open();
  struct pal_commit parent;
  struct pal_writer *writer = NULL;
  bool has;
  unit_fails(pal_repo_verify_parent(repo, NULL, &parent, &has, err), PAL_E_INTERNAL, "lock is not held", err);
  unit_fails(pal_writer_new(repo, &writer, err), PAL_E_INTERNAL, "lock is not held", err);
  pal_repo_close(repo);
}
END_TEST

/* A child in palscan's own words, made with stock git by someone else. */
static struct pal_oid forge_child(void) {
  return hist_oid(hist_line("cd r.git && git cat-file commit main | sed \"s/^parent .*/parent $(git rev-parse main)/; "
                            "s/Sequence: 2/Sequence: 3/; s/scan 2/scan 3/\" | "
                            "git hash-object -w -t commit --stdin"));
}

static void move_main(const struct pal_oid *to) {
  char hex[41];
  pal_oid_hex(to, hex);
  hist_sh("git -C r.git update-ref refs/heads/main %s", hex);
}

START_TEST(test_trust__forged_child_is_refused_until_accepted) {
  struct pal_oid forged = forge_child();
  char hex[41], wanted[128];
  move_main(&forged);
  pal_oid_hex(&forged, hex);
  (void)snprintf(wanted, sizeof wanted, "--accept-tip %s", hex);
  verify_fails(NULL, wanted);
  struct pal_repo *repo = hist_open();
  ck_assert(pal_repo_tip(repo, NULL) != PAL_TIP_EQUAL);
  pal_repo_close(repo);
  verify_fails(&second, "not at the commit to be accepted");
  verify_gives(&forged, &forged);
  state_holds("tip", hex);
  repo = hist_open();
  ck_assert(pal_repo_tip(repo, NULL) == PAL_TIP_EQUAL);
  pal_repo_close(repo);
  verify_gives(NULL, &forged);
}
END_TEST

START_TEST(test_trust__history_moved_back_is_refused) {
  hist_sh("git -C r.git update-ref refs/heads/main main~1");
  verify_fails(NULL, "another program moved it");
}
END_TEST

START_TEST(test_trust__tip_is_told_in_three_ways) {
  struct pal_repo *repo = hist_open();
  struct pal_oid recorded;
  ck_assert_int_eq(pal_repo_tip(repo, &recorded), PAL_TIP_EQUAL);
  ck_assert(pal_oid_equal(&recorded, &second));
  hist_sh("git -C r.git update-ref refs/heads/main main~1"); /* an ancestor is another one too */
  ck_assert_int_eq(pal_repo_tip(repo, &recorded), PAL_TIP_OTHER);
  ck_assert(pal_oid_equal(&recorded, &second));
  hist_sh("git -C r.git update-ref -d refs/heads/main");
  ck_assert_int_eq(pal_repo_tip(repo, &recorded), PAL_TIP_OTHER);
  hist_sh("echo x >state/palscan/%s/tip", id);
  ck_assert_int_eq(pal_repo_tip(repo, &recorded), PAL_TIP_OTHER);
  ck_assert(pal_oid_is_zero(&recorded));
  hist_sh("rm -r state");
  ck_assert_int_eq(pal_repo_tip(repo, NULL), PAL_TIP_UNKNOWN);
  pal_repo_close(repo);
}
END_TEST

START_TEST(test_trust__vanished_branch_is_refused) {
  hist_sh("git -C r.git update-ref -d refs/heads/main");
  verify_fails(NULL, "main is gone");
  verify_fails(&second, "no commit that could be accepted");
}
END_TEST

START_TEST(test_trust__unknown_repository_with_history_is_refused) {
  hist_sh("rm -r state");
  verify_fails(NULL, "never written or accepted");
  verify_gives(&second, &second);
  (void)hist_night(3);
}
END_TEST

START_TEST(test_trust__accepting_checks_the_whole_tree) {
  hist_sh("rm -r state; cd r.git && export GIT_INDEX_FILE=ix && git read-tree main && "
          "b=$(echo hello | git hash-object -w --stdin) && git update-index --add --cacheinfo "
          "100644,$b,tenants/00/notes.txt && "
          "t=$(git write-tree) && c=$(git cat-file commit main | sed \"s/^tree .*/tree $t/\" | git hash-object -w -t "
          "commit --stdin) && "
          "git update-ref refs/heads/main $c && rm ix");
  struct pal_oid head = hist_oid(hist_line("git -C r.git rev-parse main"));
  verify_fails(&head, "tenants/00/notes.txt");
  state_holds("tip", NULL);
}
END_TEST

START_TEST(test_trust__killed_before_the_branch_moved) {
  char hex[41];
  pal_oid_hex(&second, hex);
  hist_sh("(umask 077; echo 1111111111111111111111111111111111111111 >state/palscan/%s/next)", id);
  verify_gives(NULL, &second);
  state_holds("next", NULL);
  state_holds("tip", hex);
}
END_TEST

START_TEST(test_trust__killed_after_the_branch_moved) {
  char hex[41];
  pal_oid_hex(&second, hex);
  hist_sh("cd state/palscan/%s && cp -p tip next && git -C ../../../r.git rev-parse main~1 >tip", id);
  verify_gives(NULL, &second);
  state_holds("next", NULL);
  state_holds("tip", hex);
}
END_TEST

START_TEST(test_trust__killed_in_the_very_first_run) {
  struct pal_repo *repo = NULL;
  unit_ok(pal_repo_create("n.git", err), err);
  unit_ok(pal_repo_open("n.git", &repo, err), err);
  unit_ok(pal_repo_lock(repo, err), err);
  struct pal_buf dir;
  pal_buf_init(&dir, 4096);
  unit_ok(pal_state_dir(pal_repo_id(repo), &dir, err), err);
  hist_sh("(umask 077; echo 1111111111111111111111111111111111111111 >%s/next)", dir.data);
  struct pal_commit parent;
  bool has = true;
  unit_ok(pal_repo_verify_parent(repo, NULL, &parent, &has, err), err);
  ck_assert(!has);
  hist_sh("test ! -e %s/next", dir.data);
  pal_buf_deinit(&dir);
  pal_repo_close(repo);
}
END_TEST

START_TEST(test_trust__state_must_be_private_and_whole) {
  hist_sh("chmod 770 state/palscan/%s", id);
  verify_fails(NULL, "others may write here");
  hist_sh("chmod 700 state/palscan/%s && chmod 777 state/palscan", id);
  verify_fails(NULL, "others may write here");
  hist_sh("chmod 700 state/palscan && chmod 644 state/palscan/%s/tip", id);
  verify_fails(NULL, "tip");
  hist_sh("chmod 600 state/palscan/%s/tip && echo x >state/palscan/%s/tip", id, id);
  verify_fails(NULL, "holds no commit id");
  hist_sh("rm state/palscan/%s/tip && ln -s /etc/passwd state/palscan/%s/tip", id, id);
  verify_fails(NULL, "symbolic link");
}
END_TEST

START_TEST(test_trust__state_folder_follows_the_environment) {
  struct pal_buf dir;
  pal_buf_init(&dir, 4096);
  unit_ok(pal_state_dir(id, &dir, err), err);
  ck_assert_ptr_nonnull(strstr(dir.data, "/state/palscan/"));
  ck_assert_int_eq(setenv("XDG_STATE_HOME", "relative", 1), 0);
  unit_ok(pal_state_dir(id, &dir, err), err);
  ck_assert_ptr_nonnull(strstr(dir.data, "/home/.local/state/palscan/"));
  unit_fails(pal_state_dir("../../etc", &dir, err), PAL_E_INTERNAL, "no id of a repository", err);
  pal_buf_deinit(&dir);
}
END_TEST

START_TEST(test_trust__commit_of_another_repository_is_refused) {
  /* same recorded tip, but the commit on main was swapped for one of another id */
  hist_sh("cd r.git && c=$(git cat-file commit main | sed 's/Repository: ......../Repository: 99999999/' | git "
          "hash-object -w -t commit --stdin) && "
          "git update-ref refs/heads/main $c && git config --unset palscan.id");
  struct pal_repo *repo = hist_open(); /* its id is now another one */
  ck_assert_int_eq(strncmp(pal_repo_id(repo), "99999999", 8), 0);
  pal_repo_close(repo);
  verify_fails(NULL, "never written or accepted");
}
END_TEST

/* ---- edited objects ---- */

static enum pal_code verify_head_tree(void) {
  struct pal_repo *repo = hist_open();
  struct pal_commit commit;
  struct pal_oid head;
  unit_ok(pal_repo_head(repo, &head, err), err);
  unit_ok(pal_repo_commit(repo, &head, &commit, err), err);
  enum pal_code code = pal_repo_verify_tree(repo, &commit.tree, err);
  pal_repo_close(repo);
  return code;
}

/* A well-formed pack whose index gives other content under the blob's name. */
START_TEST(test_trust__blob_edited_in_a_rewritten_pack) {
  struct pal_oid blob = hist_oid(hist_line("git -C r.git rev-parse main:inputs/policies/own.sql")), other = {{0}};
  struct pal_hash *sha1 = NULL;
  char text[64], hex[41];
  unit_ok(pal_hash_new(PAL_SHA1, &sha1, err), err);
  for (int i = 0; memcmp(other.b, blob.b, 1) != 0; i++) { /* so that the index stays sorted */
    (void)snprintf(text, sizeof text, "select 2 /*%d*/;\n", i);
    char head[32];
    int n = snprintf(head, sizeof head, "blob %zu", strlen(text));
    unit_ok(pal_hash_start(sha1, err), err);
    unit_ok(pal_hash_add(sha1, head, (size_t)n + 1, err), err);
    unit_ok(pal_hash_add(sha1, text, strlen(text), err), err);
    unit_ok(pal_hash_finish(sha1, other.b, err), err);
  }
  hist_write_file("edited", text, strlen(text));
  pal_oid_hex(&blob, hex);
  hist_sh("cd r.git && { git rev-list --objects --all | cut -c1-40 | grep -v %s; git hash-object -w ../edited; } | git "
          "pack-objects -q ../evil >/dev/null && "
          "rm -r objects/?? && rm -f objects/pack/* && mv ../evil-*.pack ../evil-*.idx objects/pack/ && mv "
          "objects/pack/*.idx ../idx",
          hex);
  size_t len;
  char *idx = hist_read_file("idx", &len);
  char *at = NULL;
  for (size_t i = 8 + 1024; !at && i + 20 <= len; i++)
    if (memcmp(idx + i, other.b, 20) == 0)
      at = idx + i;
  ck_assert_ptr_nonnull(at);
  memcpy(at, blob.b, 20);
  unit_ok(pal_hash_start(sha1, err), err);
  unit_ok(pal_hash_add(sha1, idx, len - 20, err), err);
  unit_ok(pal_hash_finish(sha1, (uint8_t *)idx + len - 20, err), err);
  pal_hash_free(sha1);
  hist_write_file("idx", idx, len);
  free(idx);
  hist_sh("cd r.git && for p in objects/pack/*.pack; do mv $p ${p%%evil*}pack-${p##*evil-}; done; "
          "for p in objects/pack/*.pack; do cp ../idx ${p%%.pack}.idx; done");
  /* stock git shows the edited rule without a word */
  ck_assert_str_ne(hist_line("git -C r.git cat-file -p %s", hex), "select 2;");
  struct pal_repo *repo = hist_open();
  struct pal_buf bytes;
  pal_buf_init(&bytes, 1000);
  unit_fails(pal_repo_blob(repo, &blob, &bytes, err), PAL_E_VERIFY, hex, err);
  ck_assert_ptr_nonnull(strstr(err->text, "its bytes are not its name"));
  pal_buf_deinit(&bytes);
  pal_repo_close(repo);
  unit_fails(verify_head_tree(), PAL_E_VERIFY, "inputs/policies/own.sql", err);
}
END_TEST

START_TEST(test_trust__missing_and_damaged_objects_are_told_by_id) {
  char hex[41];
  (void)snprintf(hex, sizeof hex, "%s", hist_line("git -C r.git rev-parse main:inputs/policies/own.sql"));
  hist_sh("mkdir p && mv r.git/objects/pack/* p && for p in p/*.pack; do git -C r.git unpack-objects -q <$p; done && "
          "rm -f r.git/objects/%.2s/%s",
          hex, hex + 2);
  unit_fails(verify_head_tree(), PAL_E_VERIFY, hex, err);
  ck_assert_ptr_nonnull(strstr(err->text, "is missing"));
  /* the commit itself */
  (void)snprintf(hex, sizeof hex, "%s", hist_line("git -C r.git rev-parse main"));
  hist_sh("rm -f r.git/objects/%.2s/%s", hex, hex + 2);
  hist_refuses(PAL_E_VERIFY, hex);
}
END_TEST

START_TEST(test_trust__flipped_bits_in_a_pack_never_pass) {
  /* one byte after another of the second night's pack; opening, or verifying the
   * tree, must fail - or nothing that is read was touched */
  hist_sh("git -C r.git gc -q --prune=now && cp r.git/objects/pack/*.pack good && chmod u+w r.git/objects/pack/*.pack");
  size_t len;
  char *pack = hist_read_file("good", &len);
  char name[512];
  (void)snprintf(name, sizeof name, "%s", hist_line("ls r.git/objects/pack/*.pack"));
  int passed = 0;
  for (size_t i = 0; i < len; i += 3) {
    pack[i] ^= 0x55;
    hist_write_file(name, pack, len);
    pack[i] ^= 0x55;
    struct pal_repo *repo = NULL;
    struct pal_commit commit;
    struct pal_oid head;
    enum pal_code code = pal_repo_open("r.git", &repo, err);
    if (code == PAL_OK)
      code = pal_repo_head(repo, &head, err);
    if (code == PAL_OK)
      code = pal_repo_commit(repo, &head, &commit, err);
    if (code == PAL_OK)
      code = pal_repo_verify_tree(repo, &commit.tree, err);
    if (code == PAL_OK) {
      passed++; /* the first night's objects, the header's count, the trailer */
      ck_assert(pal_oid_equal(&commit.id, &second));
    } else {
      ck_assert_msg(code == PAL_E_VERIFY, "byte %zu: %s: %s", i, pal_code_name(code), err->text);
    }
    pal_repo_close(repo);
  }
  ck_assert_int_lt(passed, (int)len / 6);
  free(pack);
}
END_TEST

/* ---- the closed tree ---- */

#define SUB "tenants/00/00000000-0000-4000-8000-000000000000/"
static const struct {
  const char *path, *content, *part;
} strangers[] = {
    {"README.md", "x", "README.md"},
    {"inputs/other.json", "{}", "inputs/other.json"},
    {"inputs/policies/../x.sql", "x", NULL}, /* git itself refuses */
    {"inputs/policies/a b.sql", "x", "inputs/policies/a b.sql"},
    {"inputs/policies/.hidden", "x", "inputs/policies/.hidden"},
    {"inputs/policies/d/.hidden", "x", "inputs/policies/d/.hidden"},
    {"inputs/policies/views/v.sql", "x", ""},
    {"inputs/policies/data/d.csv", "x", "data/d.csv"},
    {"inputs/policies/data/pec-roles.json", "x", ""},
    {"inputs/policies/a/b.sql", "x", "a/b.sql"},
    {"inputs/policies/notes.txt", "x", "notes.txt"},
    {SUB "notes.json", "[]\n", SUB "notes.json"},
    {SUB "delegations.json", "[ ]\n", SUB "delegations.json"},
    {SUB "delegations.json", "[]", SUB "delegations.json"},
    {SUB "delegations.json", "{}\n", SUB "delegations.json"},
    {"tenants/01/00000000-0000-4000-8000-000000000000/delegations.json", "[]\n", "tenants/01/"},
    {"format.json", "{}\n", "format.json"},
};

START_TEST(test_trust__tree_is_closed) {
  hist_write_file("content", strangers[_i].content, strlen(strangers[_i].content));
  int status = hist_try_sh("cd r.git && export GIT_INDEX_FILE=ix && git read-tree main && "
                           "b=$(git hash-object -w ../content) && git update-index --add --cacheinfo \"100644,$b,%s\" "
                           "&& git write-tree >../tree",
                           strangers[_i].path);
  if (!strangers[_i].part) {
    ck_assert_int_ne(status, 0);
    return;
  }
  ck_assert_int_eq(status, 0);
  struct pal_oid tree = hist_oid(hist_line("cat tree"));
  hist_sh("rm r.git/ix");
  struct pal_repo *repo = hist_open();
  if (!*strangers[_i].part)
    unit_ok(pal_repo_verify_tree(repo, &tree, err), err);
  else
    unit_fails(pal_repo_verify_tree(repo, &tree, err), PAL_E_VERIFY, strangers[_i].part, err);
  pal_repo_close(repo);
}
END_TEST

Suite *make_history_trust_suite(void);
Suite *make_history_trust_suite(void) {
  Suite *suite = suite_create("history/trust");
  TCase *tc = tcase_create("trust");
  tcase_add_checked_fixture(tc, enter, hist_leave);
  tcase_set_timeout(tc, 120);
  tcase_add_test(tc, test_trust__tip_is_recorded_privately);
  tcase_add_test(tc, test_trust__needs_the_lock);
  tcase_add_test(tc, test_trust__forged_child_is_refused_until_accepted);
  tcase_add_test(tc, test_trust__history_moved_back_is_refused);
  tcase_add_test(tc, test_trust__tip_is_told_in_three_ways);
  tcase_add_test(tc, test_trust__vanished_branch_is_refused);
  tcase_add_test(tc, test_trust__unknown_repository_with_history_is_refused);
  tcase_add_test(tc, test_trust__accepting_checks_the_whole_tree);
  tcase_add_test(tc, test_trust__killed_before_the_branch_moved);
  tcase_add_test(tc, test_trust__killed_after_the_branch_moved);
  tcase_add_test(tc, test_trust__killed_in_the_very_first_run);
  tcase_add_test(tc, test_trust__state_must_be_private_and_whole);
  tcase_add_test(tc, test_trust__state_folder_follows_the_environment);
  tcase_add_test(tc, test_trust__commit_of_another_repository_is_refused);
  tcase_add_test(tc, test_trust__blob_edited_in_a_rewritten_pack);
  tcase_add_test(tc, test_trust__missing_and_damaged_objects_are_told_by_id);
  tcase_add_test(tc, test_trust__flipped_bits_in_a_pack_never_pass);
  tcase_add_loop_test(tc, test_trust__tree_is_closed, 0, UNIT_N(strangers));
  suite_add_tcase(suite, tc);
  return suite;
}
