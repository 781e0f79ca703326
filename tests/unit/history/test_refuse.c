/* SPDX-License-Identifier: Apache-2.0 */
/* Everything the opener refuses: planted by a shell line, told by a part of the
 * error. And what looks similar but is a repository's daily life. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hist.h"
#include "pal_digest.h"

static struct pal_err *const err = &hist_err;

#define LOOSE_OF(text) \
  "o=$(printf '" text "' | git hash-object -w --stdin) && f=objects/$(echo $o | sed 's,^..,&/,') && "

/* cwd is r.git, with two nights in it */
static const struct {
  const char *name, *plant, *part;
} planted[] = {
    {"alternates", "echo /elsewhere >objects/info/alternates", "objects/info/alternates: objects are borrowed"},
    {"http alternates", "echo x >objects/info/http-alternates", "borrowed"},
    {"grafts", "mkdir -p info && echo $(git rev-parse main) >info/grafts", "info/grafts"},
    {"shallow", "git rev-parse main >shallow", "shallow"},
    {"loose replace ref", "git replace $(git rev-parse main) $(git rev-parse main~1)", "refs/replace/"},
    {"packed replace ref", "git replace $(git rev-parse main) $(git rev-parse main~1) && git pack-refs --all",
     "a replace ref"},
    {"loose branch", "git branch other main", "refs/heads/other: a branch other than main"},
    {"packed branch", "git branch other main && git pack-refs --all",
     "packed-refs: refs/heads/other: a branch other than main"},
    {"branch of another case", "git rev-parse main >refs/heads/MAIN", "a branch other than main"},
    {"branch in a folder", "git branch a/b main", "refs/heads/a/b"},
    {"branch below a .lock folder", "mkdir refs/heads/x.lock && git rev-parse main >refs/heads/x.lock/y",
     "a branch other than main"},
    {"main is a folder", "rm -f refs/heads/main && mkdir refs/heads/main", "refs/heads/main: not a plain file"},
    {"HEAD detached", "git update-ref --no-deref HEAD main", "HEAD is not"},
    {"HEAD elsewhere", "git symbolic-ref HEAD refs/heads/master", "HEAD is not"},
    {"HEAD with more", "printf 'ref: refs/heads/main\\nx\\n' >HEAD", "HEAD is not"},
    {"main is symbolic", "git update-ref refs/x/y main && git symbolic-ref refs/heads/main refs/x/y",
     "does not hold a commit id"},
    {"main is no id", "echo 0123 >refs/heads/main", "does not hold a commit id"},
    {"main names no object", "echo 1111111111111111111111111111111111111111 >refs/heads/main",
     "object 1111111111111111111111111111111111111111 is missing"},
    {"main names a blob", "b=$(git rev-parse main:format.json) && echo $b >refs/heads/main",
     "is a blob where a commit belongs"},
    {"malformed packed-refs", "echo nonsense >packed-refs", "packed-refs: a malformed line"},
    {"packed-refs cut", "git pack-refs --all && truncate -s -3 packed-refs", "packed-refs: cut short"},
    {"symbolic link among refs", "ln -s ../../HEAD refs/tags/x", "refs/tags/x: a symbolic link"},
    {"symbolic link for a pack",
     "p=$(ls objects/pack/*.pack | head -1) && mv $p /$PWD/../moved && ln -s $PWD/../moved $p", "a symbolic link"},
    {"symbolic link for objects", "mv objects ../o && ln -s ../o objects", "objects: a symbolic link"},
    {"symbolic link for config", "mv config ../c && ln -s ../c config", "config: a symbolic link"},
    {"symbolic link for the lock", "rm palscan/lock && ln -s /tmp/x palscan/lock", "palscan/lock: a symbolic link"},
    {"pipe", "mkfifo refs/tags/p", "neither a file nor a folder"},
    {"loose object of other content",
     LOOSE_OF("a") "n=$(printf b | git hash-object -w --stdin) && cp -f objects/$(echo $n | sed 's,^..,&/,') $f",
     "its bytes are not its name"},
    {"loose object cut", LOOSE_OF("a") "chmod u+w $f && truncate -s -2 $f", "its bytes are not its name"},
    {"loose object with a tail", LOOSE_OF("a") "chmod u+w $f && echo >>$f", "its bytes are not its name"},
    {"loose object empty", LOOSE_OF("a") "chmod u+w $f && truncate -s 0 $f", "its bytes are not its name"},
    {"loose object no zlib", LOOSE_OF("a") "chmod u+w $f && echo hello >$f", "its bytes are not its name"},
    {"include", "printf '[include]\\n\\tpath = /etc/x\\n' >>config", "include is refused"},
    {"includeIf", "printf '[includeIf \"gitdir:/\"]\\npath = x\\n' >>config", "include is refused"},
    {"include in one line", "printf '[INCLUDE] path=x\\n' >>config", "include is refused"},
    {"include by a dot", "printf '[include.x]\\npath=x\\n' >>config", "include is refused"},
    {"worktree", "git config core.worktree /tmp", "core.worktree is refused"},
    {"partial clone", "git config extensions.partialClone origin", "extensions.partialclone is refused"},
    {"sha256", "git config extensions.objectFormat sha256", "extensions.objectformat is refused"},
    {"reftable by name", "git config extensions.refStorage reftable", "extensions.refstorage is refused"},
    {"reftable by folder", "mkdir reftable", "reftable"},
    {"worktreeConfig", "git config extensions.worktreeConfig true", "extensions.worktreeconfig is refused"},
    {"unknown extension", "git config extensions.frobnicate 1", "extensions.frobnicate is refused"},
    {"format version", "git config core.repositoryFormatVersion 2", "repositoryformatversion"},
    {"no bare", "git config --unset core.bare", "not a bare repository"},
    {"two ids", "printf '[palscan]\\nid=33333333-3333-4333-8333-333333333333\\n' >>config", "two different palscan.id"},
    {"id is none", "git config palscan.id ../../x", "palscan.id is no id"},
    {"config malformed", "echo '[core' >>config", "a malformed section"},
    {"config with garbage", "echo '= x' >>config", "config:1"},
    {"config unclosed quote", "printf '[a]\\nb = \"c\\n' >>config", "a malformed value"},
    {"config with NUL", "printf '[a]\\nb = \\0\\n' >>config", "not text"},
    {"attributes", "mkdir -p info && echo '* -diff' >info/attributes", "info/attributes: attributes hide changes"},
    {"tag of the branch's name", "git update-ref refs/tags/main main~1", "refs/tags/main: stock git would take it"},
    {"packed tag of the branch's name", "git update-ref refs/tags/main main~1 && git pack-refs --all",
     "packed-refs: refs/tags/main: stock git would take it"},
    {"tag of the branch's name in capitals", "git rev-parse main~1 >refs/tags/MAIN", "refs/tags/MAIN"},
    {"tag of the head's name", "git update-ref refs/tags/HEAD main~1", "refs/tags/HEAD"},
    {"reference beside the folders", "git rev-parse main~1 >refs/main", "refs/main: stock git would take it"},
    {"file of the branch's name", "git rev-parse main~1 >main", "/main: stock git would take it"},
    {"tag like a commit id", "git update-ref refs/tags/$(git rev-parse --short=9 main) main~1",
     "take it for a snapshot's id"},
    {"packed tag like a commit id",
     "git update-ref refs/tags/$(git rev-parse --short=7 main) main~1 && git pack-refs --all",
     "take it for a snapshot's id"},
    {"file like a commit id", "git rev-parse main~1 >$(git rev-parse --short=8 main)", "take it for a snapshot's id"},
    {"remote like a commit id", "git update-ref refs/remotes/$(git rev-parse --short=8 main)/HEAD main~1",
     "take it for a snapshot's id"},
    {"notes", "git notes add -m 'all is well' main", "refs/notes/commits: stock git shows notes"},
    {"packed notes", "git notes add -m 'all is well' main && git pack-refs --all", "refs/notes/commits: stock git"},
    {"config of attributes", "git config core.attributesFile /tmp/a", "core.attributesfile changes what stock git"},
    {"config of the largest file", "git config core.bigFileThreshold 1", "core.bigfilethreshold changes"},
    {"config of a pager", "git config core.pager 'sed /link/d'", "core.pager changes"},
    {"config of a command's pager", "git config pager.log 'sed /link/d'", "pager.log changes"},
    {"config of attributes from a tree", "git config attr.tree main~1", "attr.tree changes"},
    {"config of a diff program", "git config diff.external true", "diff.external changes"},
    {"config of a diff driver", "git config diff.json.textconv true", "diff.….textconv changes"},
    {"config of a diff driver by a dot", "printf '[diff.json]\ncommand=true\n' >>config", "diff.….command changes"},
    {"config of a colour", "git config color.diff.new black", "color.….new changes"},
    {"config of the log's form", "git config format.pretty nothing", "format.pretty changes"},
    {"config of the first snapshot", "git config log.showRoot false", "log.showroot changes"},
    {"config of other names", "git config mailmap.file /tmp/m", "mailmap.file changes"},
    {"config of notes", "git config notes.displayRef 'refs/x/*'", "notes.displayref changes"},
    {"config of another notes reference", "git config core.notesRef refs/x/y", "core.notesref changes"},
    {"config of what checks signatures", "git config gpg.program true", "gpg.program changes"},
    {"config of what checks SSH signatures", "git config gpg.ssh.program true", "gpg.….program changes"},
    {"linked worktree", "echo ../x >commondir", "commondir"},
    {"worktrees", "mkdir worktrees", "worktrees"},
};

static void enter_with_two_nights(void) {
  hist_enter();
  (void)hist_night(1);
  (void)hist_night(2);
}

START_TEST(test_refuse__planted) {
  hist_sh("cd r.git && { %s; } >/dev/null", planted[_i].plant);
  struct pal_repo *repo = NULL;
  enum pal_code code = pal_repo_open("r.git", &repo, err);
  ck_assert_msg(code == PAL_E_VERIFY && strstr(err->text, planted[_i].part), "%s: %s: %s", planted[_i].name,
                pal_code_name(code), code == PAL_OK ? "opened" : err->text);
}
END_TEST

/* what must go on working */
static const struct {
  const char *name, *life;
} harmless[] = {
    {"tags and remotes",
     "git tag v1 main && git tag audit-2026 main && git tag 2026 main && git tag x/main main && git "
     "update-ref refs/remotes/o/main main && git update-ref refs/remotes/o/HEAD main"},
    {"what git init writes", "git init -q --bare ../i && cp -R ../i/info ../i/hooks ."},
    {"all packed", "git tag -m note a main && git pack-refs --all && git gc -q"},
    {"loose objects", "echo x | git hash-object -w --stdin >/dev/null && for i in $(git rev-list --all --objects | cut "
                      "-c1-40); do :; done"},
    {"everything loose",
     "mkdir ../p && mv objects/pack/* ../p && for p in ../p/*.pack; do git unpack-objects -q <$p; done"},
    {"planted commit-graph",
     "git -c core.commitGraph=true commit-graph write --reachable && echo garbage >objects/info/commit-graph.x; chmod "
     "u+w objects/info/commit-graph; echo garbage >objects/info/commit-graph"},
    {"multi-pack-index", "git multi-pack-index write"},
    {"an unfinished pack",
     "echo x >objects/pack/tmp_pack_abc; echo y >objects/pack/pack-1234567890123456789012345678901234567890.pack"},
    {"a lock of git", "touch refs/heads/main.lock config.lock"},
    {"a remote in config",
     "git remote add origin https://example.com/x.git && printf '# note ; x\\n[alias] x = \"!echo \\\\\"hi\\\\\" # "
     "no\" ; c\\n[a \"b]\\\\\"c\"]\\n\\tlong = a\\\\\\n  b\\n' >>config"},
    {"keys that show nothing else", "git config diff.renames false && git config color.ui never && git config log.date "
                                    "iso && git config user.name x && git config core.abbrev 12"},
    {"format version 1", "git config core.repositoryFormatVersion 1 && git config extensions.objectFormat sha1 && git "
                         "config extensions.preciousObjects true"},
};

START_TEST(test_refuse__harmless_is_not_refused) {
  hist_sh("cd r.git && { %s; } >/dev/null 2>../log || { cat ../log; false; }", harmless[_i].life);
  struct pal_repo *repo = NULL;
  enum pal_code code = pal_repo_open("r.git", &repo, err);
  ck_assert_msg(code == PAL_OK, "%s: %s", harmless[_i].name, err->text);
  pal_repo_close(repo);
  (void)hist_night(3);
  ck_assert_str_eq(hist_line("git -C r.git rev-list --count refs/heads/main 2>/dev/null"), "3");
}
END_TEST

static uint64_t big_endian(const unsigned char *at, int n) {
  uint64_t value = 0;
  for (int i = 0; i < n; i++)
    value = value << 8 | at[i];
  return value;
}

static size_t chunk_at(const unsigned char *graph, const char *id) {
  for (int i = 0; i < graph[6]; i++)
    if (memcmp(graph + 8 + 12 * i, id, 4) == 0)
      return (size_t)big_endian(graph + 8 + 12 * i + 4, 8);
  ck_abort_msg("no chunk %s", id);
  return 0;
}

/* Rewrites git's own commit-graph so that `id` has no parent, checksum and all. */
static void forge_graph(const struct pal_oid *id) {
  static const char path[] = "r.git/objects/info/commit-graph";
  size_t len;
  unsigned char *graph = (unsigned char *)hist_read_file(path, &len);
  size_t names = chunk_at(graph, "OIDL"), data = chunk_at(graph, "CDAT");
  uint64_t n = big_endian(graph + chunk_at(graph, "OIDF") + 255 * 4, 4), i = 0;
  while (i < n && memcmp(graph + names + i * 20, id->b, 20) != 0)
    i++;
  ck_assert_uint_lt(i, n);
  memcpy(graph + data + i * 36 + 20, "\x70\0\0\0", 4);
  struct pal_hash *sha1 = NULL;
  unit_ok(pal_hash_new(PAL_SHA1, &sha1, err), err);
  unit_ok(pal_hash_add(sha1, graph, len - 20, err), err);
  unit_ok(pal_hash_finish(sha1, graph + len - 20, err), err);
  pal_hash_free(sha1);
  hist_sh("chmod u+w %s", path);
  hist_write_file(path, graph, len);
  free(graph);
}

START_TEST(test_refuse__planted_commit_graph_is_not_believed) {
  struct pal_repo *repo = hist_open();
  struct pal_oid head, up, found;
  struct pal_commit commit;
  unit_ok(pal_repo_head(repo, &head, err), err);
  unit_ok(pal_repo_commit(repo, &head, &commit, err), err);
  up = commit.parent;
  pal_repo_close(repo);
  hist_sh("git -C r.git -c core.commitGraph=true commit-graph write --reachable");
  forge_graph(&head);
  /* the forgery works: a git that reads the graph loses the first night */
  ck_assert_str_eq(hist_line("git -C r.git -c core.commitGraph=true rev-list --count main"), "1");
  repo = hist_lock();
  unit_ok(pal_repo_commit(repo, &head, &commit, err), err);
  ck_assert(commit.has_parent && pal_oid_equal(&commit.parent, &up));
  unit_ok(pal_repo_resolve(repo, "HEAD~1", &found, err), err);
  ck_assert(pal_oid_equal(&found, &up));
  unit_fails(pal_repo_resolve(repo, "HEAD~2", &found, err), PAL_E_NOTFOUND, "there are 2", err);
  pal_repo_close(repo);
}
END_TEST

START_TEST(test_refuse__files_of_another_owner) {
  if (geteuid() != 0)
    return; /* only root can give files away */
  hist_sh("chown 65534 r.git/objects/pack/*.idx");
  hist_refuses(PAL_E_VERIFY, "owned by user 65534");
  hist_sh("chown 0 r.git/objects/pack/*.idx && chown 65534 r.git");
  hist_refuses(PAL_E_VERIFY, "owned by user 65534");
}
END_TEST

START_TEST(test_refuse__a_link_to_the_repository_is_the_persons_own) {
  hist_sh("ln -s r.git link.git");
  struct pal_repo *repo = NULL;
  unit_ok(pal_repo_open("link.git", &repo, err), err);
  ck_assert_str_eq(strrchr(pal_repo_path(repo), '/'), "/r.git");
  pal_repo_close(repo);
}
END_TEST

Suite *make_history_refuse_suite(void);
Suite *make_history_refuse_suite(void) {
  Suite *suite = suite_create("history/refuse");
  TCase *tc = tcase_create("refuse");
  tcase_add_checked_fixture(tc, enter_with_two_nights, hist_leave);
  tcase_set_timeout(tc, 60);
  tcase_add_loop_test(tc, test_refuse__planted, 0, UNIT_N(planted));
  tcase_add_loop_test(tc, test_refuse__harmless_is_not_refused, 0, UNIT_N(harmless));
  tcase_add_test(tc, test_refuse__planted_commit_graph_is_not_believed);
  tcase_add_test(tc, test_refuse__files_of_another_owner);
  tcase_add_test(tc, test_refuse__a_link_to_the_repository_is_the_persons_own);
  suite_add_tcase(suite, tc);
  return suite;
}
