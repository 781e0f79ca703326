/* SPDX-License-Identifier: Apache-2.0 */
/* Commit objects: one true one, and every way to bend it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hist.h"

static struct pal_err *const err = &hist_err;
static struct pal_oid first, second;

static void enter(void) {
  hist_enter();
  first = hist_night(1);
  second = hist_night(2);
}

/* perl substitutions on the text of the second night's commit */
static const struct {
  const char *name, *change, *part;
} bent[] = {
    {"unchanged", "", NULL},
    {"signed",
     "s/^(committer .*\\n)/$1gpgsig -----BEGIN SSH SIGNATURE-----\\n U1NIU0lH\\n -----END SSH SIGNATURE-----\\n/m",
     NULL},
    {"duplicate trailer", "s/^(Palscan-Run: .*\\n)/$1$1/m", "Palscan-Run stands twice"},
    {"unknown trailer", "s/^(Palscan-Run: .*\\n)/$1Palscan-Fun: yes\\n/m", "unknown trailer Palscan-Fun"},
    {"foreign trailer", "s/\\z/Signed-off-by: m <m\\@x>\\n/", "is no trailer of palscan"},
    {"trailer of another case", "s/Palscan-Run/palscan-run/", "is no trailer of palscan"},
    {"missing trailer", "s/^Palscan-Scope: .*\\n//m", "Palscan-Scope is missing"},
    {"two swapped", "s/^(Palscan-Run: .*\\n)(Palscan-Sequence: .*\\n)/$2$1/m", "not as palscan writes them"},
    {"no message", "s/\\n\\n.*/\\n\\n/s", "empty"},
    {"no subject", "s/\\n\\n.*?\\n\\n/\\n\\n/s", "no subject"},
    {"text in the subject", "s/scan 2/scan 2 of Fabrikam/", "not as palscan writes them"},
    {"number in the subject", "s/3 of 4 customers/4 of 4 customers/", "not as palscan writes them"},
    {"a body", "s/complete\\n\\n/complete\\n\\nhello\\n\\n/", "is no trailer of palscan"},
    {"no last line end", "s/\\n\\z//", "no line end"},
    {"empty last line", "s/\\z/\\n/", "is no trailer"},
    {"carriage return", "s/(Palscan-Kind: scan)\\n/$1\\r\\n/", "no value for Palscan-Kind"},
    {"space after a value", "s/(Palscan-Kind: scan)\\n/$1 \\n/", "no value for Palscan-Kind"},
    {"kind", "s/Kind: scan/Kind: guess/", "no value for Palscan-Kind"},
    {"scope", "s/Scope: full/Scope: most/", "no value for Palscan-Scope"},
    {"run upper case", "s/(Run: )0/${1}F/", "no value for Palscan-Run"},
    {"repository cut", "s/(Repository: .*).\\n/$1\\n/", "no value for Palscan-Repository"},
    {"sequence 0", "s/Sequence: 2/Sequence: 0/", "no value for Palscan-Sequence"},
    {"sequence 02", "s/Sequence: 2/Sequence: 02/", "no value for Palscan-Sequence"},
    {"sequence -2", "s/Sequence: 2/Sequence: -2/", "no value for Palscan-Sequence"},
    {"sequence huge", "s/Sequence: 2/Sequence: 99999999999999999999/", "no value for Palscan-Sequence"},
    {"sequence with more", "s/Sequence: 2/Sequence: 2x/", "no value for Palscan-Sequence"},
    {"started with zone", "s/Started: .*/Started: 2026-10-02T03:00:00+00:00/", "no value for Palscan-Started"},
    {"started with zeros", "s/Started: .*/Started: 2026-10-02T03:00:00.10Z/", "no value for Palscan-Started"},
    {"started none", "s/Started: .*/Started: yesterday/", "no value for Palscan-Started"},
    {"version with spaces", "s/Version: .*/Version: 1 2/", "no value for Palscan-Version"},
    {"version too long", "s/Version: .*/'Version: '.('1' x 40)/e", "no value for Palscan-Version"},
    {"coverage more than expected", "s/Coverage: 3/Coverage: 5/", "no value for Palscan-Coverage"},
    {"coverage no fraction", "s/Coverage: .*/Coverage: 3/", "no value for Palscan-Coverage"},
    {"disclosure upper", "s/Disclosure: aa/Disclosure: AA/", "no value for Palscan-Disclosure"},
    {"disclosure short", "s/Disclosure: aa/Disclosure: /", "no value for Palscan-Disclosure"},
    {"author", "s/author palscan/author mallory/", "author or committer is not palscan"},
    {"author's time", "s/(author .*) \\d+ /$1 1 /", "author or committer is not palscan"},
    {"committer's zone", "s/(committer .*)\\+0000/$1+0200/", "author or committer is not palscan"},
    {"no author", "s/author .*\\n//", "author or committer are missing"},
    {"encoding", "s/^(committer .*\\n)/$1encoding latin1\\n/m", "an unknown header line"},
    {"mergetag", "s/^(committer .*\\n)/$1mergetag x\\n/m", "an unknown header line"},
    {"no tree", "s/^tree .*\\n//", "no tree"},
    {"tree cut", "s/^(tree .*).\\n/$1\\n/", "no tree"},
    {"two parents", "s/^(parent .*\\n)/$1$1/m", "more than one parent"},
    {"parent of zeros", "s/^parent .*/'parent '.('0' x 40)/me", "author or committer are missing"},
    {"parent of another form", "s/^(parent .*).\\n/$1\\n/m", "author or committer are missing"},
    {"parent after author", "s/^(parent .*\\n)(author .*\\n)/$2$1/m", "author or committer are missing"},
    {"NUL", "s/customers/cust\\0mers/", "not text"},
    {"long", "s/\\z/('x' x 70000).\"\\n\"/e", "larger than"},
};

START_TEST(test_commit__bent) {
  hist_write_file("change.pl", bent[_i].change, strlen(bent[_i].change));
  const char *hex = hist_line("git -C r.git cat-file commit main | perl -0777 -p change.pl | git -C r.git hash-object "
                              "-w -t commit --literally --stdin");
  struct pal_oid id = hist_oid(hex);
  struct pal_repo *repo = hist_open();
  struct pal_commit commit;
  enum pal_code code = pal_repo_commit(repo, &id, &commit, err);
  if (!bent[_i].part) {
    ck_assert_msg(code == PAL_OK, "%s: %s", bent[_i].name, err->text);
    ck_assert_int_eq(commit.trailers.sequence, 2);
  } else {
    ck_assert_msg(code == PAL_E_VERIFY && strstr(err->text, bent[_i].part), "%s: %s", bent[_i].name,
                  code ? err->text : "read");
  }
  pal_repo_close(repo);
}
END_TEST

START_TEST(test_commit__error_names_the_commit) {
  const char *hex =
      hist_line("git -C r.git cat-file commit main | sed s/scan/spam/ | git -C r.git hash-object -w -t commit --stdin");
  struct pal_oid id = hist_oid(hex);
  struct pal_repo *repo = hist_open();
  struct pal_commit commit;
  unit_fails(pal_repo_commit(repo, &id, &commit, err), PAL_E_VERIFY, hex, err);
  pal_repo_close(repo);
}
END_TEST

START_TEST(test_commit__writer_checks_what_it_is_told) {
  struct pal_repo *repo = hist_lock();
  struct pal_commit parent;
  unit_ok(pal_repo_commit(repo, &second, &parent, err), err);
  struct pal_trailers good = hist_trailers(repo, 3);
  for (int i = 0; i < 9; i++) {
    struct pal_writer *writer = NULL;
    unit_ok(pal_writer_new(repo, &writer, err), err);
    struct pal_oid tree = hist_tree(writer, 3, 2), id;
    struct pal_trailers t = good;
    const char *part = "no value for";
    switch (i) {
    case 0:
      t.sequence = 4;
      part = "sequence does not follow";
      break;
    case 1: t.disclosure[0] = '\0'; break;
    case 2: t.run[0] = 'x'; break;
    case 3: t.complete = 5; break;
    case 4:
      t.repository[0] = (char)(t.repository[0] == '0' ? '1' : '0');
      part = "the commit is for repository";
      break;
    case 5: (void)strcpy(t.started, "now"); break;
    case 6:
      (void)strcpy(t.finished, "");
      part = "is no time";
      break;
    case 7: (void)strcpy(t.version, "1\nPalscan-Run: x"); break;
    default:
      t.kind = (enum pal_run_kind)7;
      part = "no kind";
      break;
    }
    unit_fails(pal_writer_commit(writer, &tree, &parent, &t, &id, err), PAL_E_INTERNAL, part, err);
    pal_writer_free(writer);
  }
  struct pal_oid head;
  unit_ok(pal_repo_head(repo, &head, err), err);
  ck_assert(pal_oid_equal(&head, &second));
  pal_repo_close(repo);
  hist_sh("test \"$(ls r.git/palscan)\" = lock");
}
END_TEST

START_TEST(test_commit__every_kind_and_scope_reads_back) {
  for (int i = 0; i < 4; i++) {
    struct pal_repo *repo = hist_lock();
    struct pal_oid head, tree;
    struct pal_commit parent, commit;
    unit_ok(pal_repo_head(repo, &head, err), err);
    unit_ok(pal_repo_commit(repo, &head, &parent, err), err);
    struct pal_writer *writer = NULL;
    unit_ok(pal_writer_new(repo, &writer, err), err);
    tree = hist_tree(writer, i, 1);
    struct pal_trailers t = hist_trailers(repo, 3 + i);
    t.kind = (enum pal_run_kind)i;
    t.full = i % 2;
    t.complete = t.expected = i ? 0 : 9007199254740993;
    (void)strcpy(t.version, "1.0.0-rc.1+git~5");
    unit_ok(pal_writer_commit(writer, &tree, &parent, &t, &head, err), err);
    unit_ok(pal_repo_commit(repo, &head, &commit, err), err);
    ck_assert_int_eq(commit.trailers.kind, i);
    ck_assert_int_eq(commit.trailers.full, i % 2);
    ck_assert_int_eq(commit.trailers.expected, t.expected);
    ck_assert_str_eq(commit.trailers.version, t.version);
    ck_assert_int_eq(strncmp(commit.subject, pal_run_kind_name((enum pal_run_kind)i),
                             strlen(pal_run_kind_name((enum pal_run_kind)i))),
                     0);
    struct pal_oid again;
    unit_fails(pal_writer_commit(writer, &tree, &commit, &t, &again, err), PAL_E_INTERNAL, "one commit", err);
    pal_writer_free(writer);
    pal_repo_close(repo);
  }
  hist_sh("git -C r.git fsck --strict");
}
END_TEST

/* ---- resolving ---- */

START_TEST(test_commit__resolve) {
  struct pal_oid third = hist_night(3), id;
  char full[41], brief[41], upper[41];
  pal_oid_hex(&first, full);
  (void)snprintf(brief, sizeof brief, "%.7s", full);
  for (int i = 0; i <= 40; i++)
    upper[i] = (char)(full[i] >= 'a' ? full[i] - 32 : full[i]);
  const struct {
    const char *rev;
    const struct pal_oid *id;
  } rows[] = {{"HEAD", &third},
              {"main", &third},
              {"HEAD~0", &third},
              {"HEAD~", &second},
              {"HEAD~1", &second},
              {"main~2", &first},
              {"HEAD~3", NULL},
              {full, &first},
              {brief, &first},
              {upper, &first},
              {"2026-10-01", &first},
              {"2026-10-02", &second},
              {"2026-10-30", &third},
              {"2026-10-02T02:59:59Z", &first},
              {"2026-10-02T03:00:00Z", &second},
              {"2026-10-02T05:00:00+02:00", &second},
              {"2026-09-30", NULL},
              {"0000000", NULL},
              {"1111111111111111111111111111111111111111", NULL},
              {"HEAD~x", NULL},
              {"HEAD~99999999", NULL},
              {"HEAD^", NULL},
              {"master", NULL},
              {"", NULL},
              {"12345", NULL},
              {"2026-02-30", NULL},
              {"2026-1-1", NULL},
              {"--help", NULL}};
  struct pal_repo *repo = hist_open();
  for (int i = 0; i < UNIT_N(rows); i++) {
    enum pal_code code = pal_repo_resolve(repo, rows[i].rev, &id, err);
    ck_assert_msg(code == (rows[i].id ? PAL_OK : PAL_E_NOTFOUND), "%s: %s", rows[i].rev, code ? err->text : "found");
    ck_assert_msg(code || pal_oid_equal(&id, rows[i].id), "%s: another one", rows[i].rev);
  }
  unit_fails(pal_repo_resolve(repo, "2026-09-30", &id, err), PAL_E_NOTFOUND,
             "there are 3, started 2026-10-01T03:00:00Z to 2026-10-03T03:00:00Z", err);
  pal_repo_close(repo);
}
END_TEST

START_TEST(test_commit__resolve_searches_main_only) {
  struct pal_repo *repo = hist_open();
  struct pal_oid id;
  const char *hex = hist_line("git -C r.git cat-file commit main | sed 's/^parent .*/parent %s/' | git -C r.git "
                              "hash-object -w -t commit --stdin",
                              hist_line("git -C r.git rev-parse main"));
  unit_fails(pal_repo_resolve(repo, hex, &id, err), PAL_E_NOTFOUND, "is no snapshot of main", err);
  pal_repo_close(repo);
  ck_assert_int_eq(pal_repo_create("empty.git", err), PAL_OK);
  unit_ok(pal_repo_open("empty.git", &repo, err), err);
  unit_fails(pal_repo_resolve(repo, "HEAD", &id, err), PAL_E_NOTFOUND, "no snapshot yet", err);
  pal_repo_close(repo);
}
END_TEST

START_TEST(test_commit__oid_text) {
  struct pal_oid id = {{0}};
  char hex[41];
  ck_assert(pal_oid_is_zero(&id));
  ck_assert(pal_oid_parse("0123456789abcdef0123456789abcdef01234567", &id));
  pal_oid_hex(&id, hex);
  ck_assert_str_eq(hex, "0123456789abcdef0123456789abcdef01234567");
  static const char *const bad[] = {"",
                                    "0123456789abcdef0123456789abcdef0123456",
                                    "0123456789abcdef0123456789abcdef012345678",
                                    "0123456789ABCDEF0123456789abcdef01234567",
                                    "0123456789abcdef0123456789abcdef0123456g",
                                    " 123456789abcdef0123456789abcdef01234567"};
  for (int i = 0; i < UNIT_N(bad); i++)
    ck_assert_msg(!pal_oid_parse(bad[i], &id), "%s", bad[i]);
}
END_TEST

Suite *make_history_commit_suite(void);
Suite *make_history_commit_suite(void) {
  Suite *suite = suite_create("history/commit");
  TCase *tc = tcase_create("commit");
  tcase_add_checked_fixture(tc, enter, hist_leave);
  tcase_set_timeout(tc, 60);
  tcase_add_loop_test(tc, test_commit__bent, 0, UNIT_N(bent));
  tcase_add_test(tc, test_commit__error_names_the_commit);
  tcase_add_test(tc, test_commit__writer_checks_what_it_is_told);
  tcase_add_test(tc, test_commit__every_kind_and_scope_reads_back);
  tcase_add_test(tc, test_commit__resolve);
  tcase_add_test(tc, test_commit__resolve_searches_main_only);
  tcase_add_test(tc, test_commit__oid_text);
  suite_add_tcase(suite, tc);
  return suite;
}
