/* SPDX-License-Identifier: Apache-2.0 */
#include "pal_file.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

static struct pal_buf out;
static struct pal_err err;

static mode_t umask_before;

static void set_up(void) {
  umask_before = umask(077);
  unit_enter_folder();
  memset(&err, 0, sizeof err);
  pal_buf_init(&out, 1 << 20);
}

static void tear_down(void) {
  pal_buf_deinit(&out);
  (void)umask(umask_before);
  unit_leave_folder();
}

static enum pal_code count_name(void *payload, const char *name, struct pal_err *ignored) {
  (void)name;
  (void)ignored;
  ++*(size_t *)payload;
  return PAL_OK;
}

static size_t names_in(const char *folder) {
  size_t n = 0;
  unit_ok(pal_dir_each(folder, count_name, &n, &err), &err);
  return n;
}

static unsigned mode_of(const char *path) {
  struct stat st;
  ck_assert_int_eq(lstat(path, &st), 0);
  return (unsigned)(st.st_mode & 07777);
}

/* --- reading --- */

START_TEST(test_file__regular_file_is_read_whole) {
  unit_write("f", "text\n", 0644);
  unit_ok(pal_file_read("f", "configuration", 0, 100, &out, &err), &err);
  ck_assert_str_eq(out.data, "text\n");
  unit_write("empty", "", 0600);
  pal_buf_clear(&out);
  unit_ok(pal_file_read("empty", "configuration", PAL_FILE_SECRET, 0, &out, &err), &err);
  ck_assert_uint_eq(out.len, 0);
}
END_TEST

START_TEST(test_file__larger_than_a_chunk_is_read_whole) {
  struct pal_buf big;
  pal_buf_init(&big, 1 << 20);
  for (int i = 0; i < 50000; i++)
    pal_buf_printf(&big, "%d,", i);
  unit_write("f", big.data, 0600);
  unit_ok(pal_file_read("f", "answer", 0, big.len, &out, &err), &err);
  ck_assert_str_eq(out.data, big.data);
  pal_buf_clear(&out);
  unit_fails(pal_file_read("f", "answer", 0, big.len - 1, &out, &err), PAL_E_INPUT,
             "answer f: larger than the maximum of", &err);
  pal_buf_clear(&out);
  unit_fails(pal_file_read("f", "secret", PAL_FILE_SECRET, SIZE_MAX, &out, &err), PAL_E_INPUT,
             "larger than the maximum of 65536 bytes", &err);
  pal_buf_deinit(&big);
}
END_TEST

START_TEST(test_file__file_whose_size_is_not_told_is_bounded_all_the_same) {
  /* Linux gives these the size 0. */
  unit_fails(pal_file_read("/proc/self/maps", "answer", 0, 10, &out, &err), PAL_E_INPUT,
             "larger than the maximum of 10 bytes", &err);
  pal_buf_clear(&out);
  unit_ok(pal_file_read("/proc/self/maps", "answer", 0, 1 << 20, &out, &err), &err);
  ck_assert_uint_gt(out.len, 10);
}
END_TEST

START_TEST(test_file__small_buffer_is_an_input_error) {
  unit_write("f", "0123456789", 0644);
  struct pal_buf small;
  pal_buf_init(&small, 4);
  unit_fails(pal_file_read("f", "answer", 0, 100, &small, &err), PAL_E_INPUT, "maximum of 4", &err);
  pal_buf_deinit(&small);
}
END_TEST

START_TEST(test_file__what_is_no_file_is_named) {
  ck_assert_int_eq(mkdir("folder", 0700), 0);
  ck_assert_int_eq(mkfifo("pipe", 0600), 0);
  unit_write("f", "", 0644);
  static const struct {
    const char *path, *part;
  } rows[] = {{"absent", "configuration absent: no such file"},
              {"f/below", "no such file"},
              {"folder", "is a folder, not a file"},
              {"pipe", "is a pipe, not a file"},
              {"/dev/null", "is a device, not a file"}};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    unit_fails(pal_file_read(rows[i].path, "configuration", 0, 100, &out, &err), PAL_E_INPUT, rows[i].part, &err);
    unit_fails(pal_file_read(rows[i].path, "secret", PAL_FILE_SECRET, 100, &out, &err), PAL_E_INPUT,
               strchr(rows[i].part, ':') ? "no such file" : rows[i].part, &err);
  }
}
END_TEST

static const struct {
  unsigned mode;
  bool good;
} secret_rows[] = {{0600, true},  {0400, true},  {0700, true},  {0640, false}, {0604, false},
                   {0620, false}, {0602, false}, {0610, false}, {0601, false}, {0666, false}};

START_TEST(test_file__secret_mode_row_is_accepted_or_refused) {
  unit_write("s", "secret", secret_rows[_i].mode);
  enum pal_code code = pal_file_read("s", "client secret", PAL_FILE_SECRET, 100, &out, &err);
  if (secret_rows[_i].good) {
    unit_ok(code, &err);
    ck_assert_str_eq(out.data, "secret");
  } else {
    unit_fails(code, PAL_E_INPUT, "make it private: chmod 600 s", &err);
    ck_assert_uint_eq(out.len, 0);
  }
}
END_TEST

START_TEST(test_file__secret_behind_a_symbolic_link_is_refused) {
  unit_write("s", "secret", 0600);
  ck_assert_int_eq(symlink("s", "link"), 0);
  unit_fails(pal_file_read("link", "client secret", PAL_FILE_SECRET, 100, &out, &err), PAL_E_INPUT,
             "client secret link: a secret is not read through a symbolic link", &err);
  unit_ok(pal_file_read("link", "configuration", 0, 100, &out, &err), &err);
}
END_TEST

START_TEST(test_file__secret_of_another_user_is_refused) {
  if (geteuid() != 0)
    return; /* only root can give a file away */
  unit_write("s", "secret", 0600);
  ck_assert_int_eq(chown("s", 12345, 12345), 0);
  unit_fails(pal_file_read("s", "client secret", PAL_FILE_SECRET, 100, &out, &err), PAL_E_INPUT, "owned by user 12345",
             &err);
}
END_TEST

static const struct {
  unsigned mode;
  const char *part; /* NULL: believed */
} trusted_rows[] = {{0644, NULL}, {0600, NULL}, {0755, NULL}, {0664, "chmod go-w t"}, {0646, "chmod go-w t"}};

START_TEST(test_file__what_others_may_write_is_not_believed) {
  unit_write("t", "text", trusted_rows[_i].mode);
  enum pal_code code = pal_file_read("t", "signers", PAL_FILE_TRUSTED, 100, &out, &err);
  if (!trusted_rows[_i].part)
    unit_ok(code, &err);
  else
    unit_fails(code, PAL_E_INPUT, trusted_rows[_i].part, &err);
}
END_TEST

START_TEST(test_file__what_belongs_to_another_user_is_not_believed) {
  if (geteuid() != 0)
    return; /* only root can give a file away */
  unit_write("t", "text", 0644);
  ck_assert_int_eq(chown("t", 12345, 12345), 0);
  unit_fails(pal_file_read("t", "signers", PAL_FILE_TRUSTED, 100, &out, &err), PAL_E_INPUT, "owned by user 12345",
             &err);
}
END_TEST

/* --- writing --- */

static const unsigned umask_rows[] = {0, 022, 077, 0277};

START_TEST(test_file__write_has_the_literal_mode_and_leaves_nothing_else) {
  (void)umask((mode_t)umask_rows[_i]);
  unit_ok(pal_file_write("f", "one", 3, 0644, &err), &err);
  ck_assert_uint_eq(mode_of("f"), 0644);
  unit_ok(pal_file_write("f", "two\0x", 5, 0600, &err), &err);
  ck_assert_uint_eq(mode_of("f"), 0600);
  ck_assert_uint_eq(names_in("."), 1);
  unit_ok(pal_file_read("f", "f", 0, 100, &out, &err), &err);
  ck_assert_uint_eq(out.len, 5);
  ck_assert_mem_eq(out.data, "two\0x", 5);
  unit_ok(pal_file_write("f", "", 0, 0600, &err), &err);
  ck_assert_uint_eq(names_in("."), 1);
}
END_TEST

START_TEST(test_file__write_by_absolute_and_relative_folder_works) {
  ck_assert_int_eq(mkdir("a", 0700), 0);
  unit_ok(pal_file_write("a/f", "x", 1, 0600, &err), &err);
  char path[512];
  ck_assert_int_gt(snprintf(path, sizeof path, "%s/a/g", unit_folder()), 0);
  unit_ok(pal_file_write(path, "x", 1, 0600, &err), &err);
  ck_assert_uint_eq(names_in("a"), 2);
}
END_TEST

START_TEST(test_file__failed_write_keeps_what_stood_there) {
  ck_assert_int_eq(mkdir("f", 0700), 0);
  unit_fails(pal_file_write("f", "x", 1, 0600, &err), PAL_E_IO, "put f in place", &err);
  ck_assert_uint_eq(names_in("."), 1);
  ck_assert_uint_eq(names_in("f"), 0);
  unit_fails(pal_file_write("absent/f", "x", 1, 0600, &err), PAL_E_IO, "absent", &err);
}
END_TEST

START_TEST(test_file__write_replaces_a_symbolic_link_not_its_target) {
  unit_write("target", "old", 0600);
  ck_assert_int_eq(symlink("target", "link"), 0);
  unit_ok(pal_file_write("link", "new", 3, 0600, &err), &err);
  unit_ok(pal_file_read("target", "target", 0, 100, &out, &err), &err);
  ck_assert_str_eq(out.data, "old");
  unit_ok(pal_file_read("link", "link", PAL_FILE_SECRET, 100, &out, &err), &err);
  ck_assert_str_eq(out.data, "oldnew");
}
END_TEST

START_TEST(test_file__leftover_of_a_killed_process_does_not_block) {
  char name[64];
  ck_assert_int_gt(snprintf(name, sizeof name, ".palscan-%ld-0.tmp", (long)getpid()), 0);
  unit_write(name, "half", 0600);
  unit_ok(pal_file_write("f", "x", 1, 0600, &err), &err);
  ck_assert_uint_eq(names_in("."), 2);
}
END_TEST

START_TEST(test_file__existence_does_not_follow_links) {
  ck_assert(!pal_path_exists("x"));
  ck_assert_int_eq(symlink("nowhere", "x"), 0);
  ck_assert(pal_path_exists("x"));
  ck_assert(pal_path_exists("."));
}
END_TEST

/* --- folders --- */

START_TEST(test_dir__make_creates_all_with_the_literal_mode) {
  (void)umask((mode_t)umask_rows[_i]);
  unit_ok(pal_dir_make("a/b//c/", 0755, &err), &err);
  ck_assert_uint_eq(mode_of("a"), 0755);
  ck_assert_uint_eq(mode_of("a/b"), 0755);
  ck_assert_uint_eq(mode_of("a/b/c"), 0755);
  unit_ok(pal_dir_make("a/b", 0700, &err), &err);
  ck_assert_uint_eq(mode_of("a/b"), 0755);
  unit_ok(pal_dir_make("/", 0700, &err), &err);
  unit_ok(pal_dir_make(unit_folder(), 0700, &err), &err);
}
END_TEST

START_TEST(test_dir__make_through_a_file_fails) {
  unit_write("f", "", 0600);
  unit_fails(pal_dir_make("f", 0700, &err), PAL_E_IO, "make folder f: ", &err);
  unit_fails(pal_dir_make("f/a", 0700, &err), PAL_E_IO, "make folder f: ", &err);
  unit_fails(pal_dir_make("", 0700, &err), PAL_E_IO, "empty", &err);
  ck_assert_int_eq(symlink("nowhere", "link"), 0);
  unit_fails(pal_dir_make("link", 0700, &err), PAL_E_IO, "make folder link: ", &err);
}
END_TEST

static enum pal_code join_names(void *payload, const char *name, struct pal_err *ignored) {
  (void)ignored;
  pal_buf_puts(payload, name);
  pal_buf_putc(payload, ' ');
  return PAL_OK;
}

static enum pal_code stop_at_b(void *payload, const char *name, struct pal_err *ret_err) {
  ++*(int *)payload;
  return strcmp(name, "b") == 0 ? pal_err_set(ret_err, PAL_E_INPUT, "stopped") : PAL_OK;
}

START_TEST(test_dir__each_goes_by_bytes_and_may_stop) {
  static const char *const files[] = {"b", "a", "Z", ".hidden", "..x", "\xC3\xA9", "10", "9"};
  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
    unit_write(files[i], "", 0600);
  unit_ok(pal_dir_each(".", join_names, &out, &err), &err);
  ck_assert_str_eq(out.data, "..x .hidden 10 9 Z a b \xC3\xA9 ");
  int seen = 0;
  unit_fails(pal_dir_each(".", stop_at_b, &seen, &err), PAL_E_INPUT, "stopped", &err);
  ck_assert_int_eq(seen, 7);
  unit_fails(pal_dir_each("absent", join_names, &out, &err), PAL_E_NOTFOUND, "absent", &err);
  unit_fails(pal_dir_each("a", join_names, &out, &err), PAL_E_IO, "open folder a", &err);
}
END_TEST

START_TEST(test_dir__remove_takes_all_below_and_nothing_else) {
  unit_ok(pal_dir_make("gone/x/y", 0700, &err), &err);
  ck_assert_int_eq(mkdir("kept", 0700), 0);
  unit_write("kept/f", "", 0600);
  unit_write("gone/x/f", "", 0400);
  ck_assert_int_eq(symlink("../kept", "gone/link"), 0);
  ck_assert_int_eq(symlink("../../kept/f", "gone/x/link"), 0);
  ck_assert_int_eq(mkfifo("gone/pipe", 0600), 0);
  unit_ok(pal_dir_remove("gone", &err), &err);
  ck_assert(!pal_path_exists("gone"));
  ck_assert(pal_path_exists("kept/f"));
  unit_ok(pal_dir_remove("gone", &err), &err);
}
END_TEST

START_TEST(test_dir__remove_refuses_links_files_and_abysses) {
  ck_assert_int_eq(mkdir("kept", 0700), 0);
  unit_write("kept/f", "", 0600);
  ck_assert_int_eq(symlink("kept", "link"), 0);
  unit_fails(pal_dir_remove("link", &err), PAL_E_IO, "remove folder link", &err);
  unit_fails(pal_dir_remove("kept/f", &err), PAL_E_IO, "remove folder kept/f", &err);
  ck_assert(pal_path_exists("kept/f"));
  struct pal_buf deep;
  pal_buf_init(&deep, 1000);
  for (int i = 0; i < 100; i++)
    pal_buf_puts(&deep, "d/");
  unit_ok(pal_dir_make(deep.data, 0700, &err), &err);
  unit_fails(pal_dir_remove("d", &err), PAL_E_LIMIT, "nested deeper", &err);
  pal_buf_deinit(&deep);
}
END_TEST

START_TEST(test_dir__fsync_of_what_is_none_fails) {
  unit_ok(pal_fsync_dir(".", &err), &err);
  unit_fails(pal_fsync_dir("absent", &err), PAL_E_IO, "open folder absent", &err);
}
END_TEST

static void add_dir_cases(Suite *suite) {
  TCase *tcase = tcase_create("dir");
  tcase_add_checked_fixture(tcase, set_up, tear_down);
  tcase_add_loop_test(tcase, test_dir__make_creates_all_with_the_literal_mode, 0, UNIT_N(umask_rows));
  tcase_add_test(tcase, test_dir__make_through_a_file_fails);
  tcase_add_test(tcase, test_dir__each_goes_by_bytes_and_may_stop);
  tcase_add_test(tcase, test_dir__remove_takes_all_below_and_nothing_else);
  tcase_add_test(tcase, test_dir__remove_refuses_links_files_and_abysses);
  tcase_add_test(tcase, test_dir__fsync_of_what_is_none_fails);
  suite_add_tcase(suite, tcase);
}

Suite *make_base_file_suite(void);
Suite *make_base_file_suite(void) {
  Suite *suite = suite_create("base/file");
  TCase *tcase = tcase_create("file");
  tcase_add_checked_fixture(tcase, set_up, tear_down);
  tcase_add_test(tcase, test_file__regular_file_is_read_whole);
  tcase_add_test(tcase, test_file__larger_than_a_chunk_is_read_whole);
  tcase_add_test(tcase, test_file__file_whose_size_is_not_told_is_bounded_all_the_same);
  tcase_add_test(tcase, test_file__small_buffer_is_an_input_error);
  tcase_add_test(tcase, test_file__what_is_no_file_is_named);
  tcase_add_loop_test(tcase, test_file__secret_mode_row_is_accepted_or_refused, 0, UNIT_N(secret_rows));
  tcase_add_test(tcase, test_file__secret_behind_a_symbolic_link_is_refused);
  tcase_add_test(tcase, test_file__secret_of_another_user_is_refused);
  tcase_add_loop_test(tcase, test_file__what_others_may_write_is_not_believed, 0, UNIT_N(trusted_rows));
  tcase_add_test(tcase, test_file__what_belongs_to_another_user_is_not_believed);
  tcase_add_loop_test(tcase, test_file__write_has_the_literal_mode_and_leaves_nothing_else, 0, UNIT_N(umask_rows));
  tcase_add_test(tcase, test_file__write_by_absolute_and_relative_folder_works);
  tcase_add_test(tcase, test_file__failed_write_keeps_what_stood_there);
  tcase_add_test(tcase, test_file__write_replaces_a_symbolic_link_not_its_target);
  tcase_add_test(tcase, test_file__leftover_of_a_killed_process_does_not_block);
  tcase_add_test(tcase, test_file__existence_does_not_follow_links);
  suite_add_tcase(suite, tcase);
  add_dir_cases(suite);
  return suite;
}
