/* SPDX-License-Identifier: Apache-2.0 */
/* The journal: torn at every byte, tampered at every byte, resumed or not. */
#include "pal_journal.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hist.h"

static struct pal_err *const err = &hist_err;
static struct pal_buf out;
static struct pal_journal_head head;
#define DIGEST "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
static const struct pal_instant start = {1790000000, 0};

static void enter(void) {
  unit_enter_folder();
  memset(err, 0, sizeof *err);
  pal_buf_init(&out, 10 << 20);
  head = (struct pal_journal_head){.run = "00000000-0000-4000-8000-000000000001", .started = start, .digest = DIGEST};
}

static void leave(void) {
  pal_buf_deinit(&out);
  unit_leave_folder();
}

static struct pal_instant later(int64_t s) {
  return (struct pal_instant){start.s + s, 0};
}

static const char *const frames[] = {"first observation", "2", "the third one is a little longer than the others"};

static void write_three(void) {
  struct pal_journal *j = NULL;
  unit_ok(pal_journal_create("s/tate", &head, &j, err), err);
  for (size_t i = 0; i < 3; i++) {
    size_t index = 99;
    unit_ok(pal_journal_append(j, frames[i], strlen(frames[i]), &index, err), err);
    ck_assert_uint_eq(index, i);
  }
  unit_ok(pal_journal_close(j, false, err), err);
}

static void expect_frames(struct pal_journal *j, size_t n) {
  ck_assert_uint_eq(pal_journal_count(j), n);
  for (size_t i = n; i-- > 0;) {
    unit_ok(pal_journal_read(j, i, &out, err), err);
    ck_assert_str_eq(out.data, frames[i]);
  }
  unit_fails(pal_journal_read(j, n, &out, err), PAL_E_INTERNAL, "of", err);
}

START_TEST(test_journal__written_read_resumed_removed) {
  ck_assert(!pal_journal_exists("s/tate"));
  write_three();
  ck_assert(pal_journal_exists("s/tate"));
  struct stat st;
  ck_assert_int_eq(stat("s/tate", &st), 0);
  ck_assert_uint_eq(st.st_mode & 0777, 0700);
  ck_assert_int_eq(stat("s/tate/journal", &st), 0);
  ck_assert_uint_eq(st.st_mode & 0777, 0600);
  struct pal_journal *j = NULL;
  unit_ok(pal_journal_resume("s/tate", DIGEST, later(3600), &j, err), err);
  ck_assert_str_eq(pal_journal_head(j)->run, head.run);
  ck_assert_int_eq(pal_instant_cmp(pal_journal_head(j)->started, start), 0);
  expect_frames(j, 3);
  size_t index = 0;
  unit_ok(pal_journal_append(j, "4", 1, &index, err), err);
  ck_assert_uint_eq(index, 3);
  unit_ok(pal_journal_read(j, 3, &out, err), err);
  ck_assert_str_eq(out.data, "4");
  unit_ok(pal_journal_close(j, false, err), err);
  unit_ok(pal_journal_resume("s/tate", DIGEST, later(1), &j, err), err);
  ck_assert_uint_eq(pal_journal_count(j), 4);
  unit_ok(pal_journal_close(j, true, err), err);
  ck_assert(!pal_journal_exists("s/tate"));
  unit_ok(pal_journal_close(NULL, true, err), err);
}
END_TEST

START_TEST(test_journal__resume_conditions) {
  struct pal_journal *j = NULL;
  unit_fails(pal_journal_resume("nowhere", DIGEST, start, &j, err), PAL_E_NOTFOUND, "no run to resume", err);
  write_three();
  unit_fails(pal_journal_resume("s/tate", "e" DIGEST, start, &j, err), PAL_E_USAGE, "settings, registry, estate", err);
  unit_ok(pal_journal_resume("s/tate", DIGEST, later(PAL_JOURNAL_MAX_AGE_S), &j, err), err);
  unit_ok(pal_journal_close(j, false, err), err);
  unit_fails(pal_journal_resume("s/tate", DIGEST, later(PAL_JOURNAL_MAX_AGE_S + 1), &j, err), PAL_E_USAGE,
             "12 hours ago", err);
  unit_fails(pal_journal_resume("s/tate", DIGEST, later(-1), &j, err), PAL_E_USAGE, "in the future", err);
  ck_assert(pal_journal_exists("s/tate"));
  /* a new run ignores and replaces what was left */
  unit_ok(pal_journal_create("s/tate", &head, &j, err), err);
  ck_assert_uint_eq(pal_journal_count(j), 0);
  unit_ok(pal_journal_close(j, true, err), err);
}
END_TEST

START_TEST(test_journal__frames_have_bounds) {
  struct pal_journal *j = NULL;
  unit_ok(pal_journal_create("s", &head, &j, err), err);
  unit_fails(pal_journal_append(j, "", 0, NULL, err), PAL_E_LIMIT, "a frame of 0", err);
  unit_fails(pal_journal_append(j, "x", (size_t)PAL_JOURNAL_FRAME_MAX + 1, NULL, err), PAL_E_LIMIT, "a frame of", err);
  size_t len = 3 << 20;
  char *big = malloc(len);
  ck_assert_ptr_nonnull(big);
  for (size_t i = 0; i < len; i++)
    big[i] = (char)(i * 7 + (i >> 10));
  unit_ok(pal_journal_append(j, big, len, NULL, err), err);
  unit_ok(pal_journal_read(j, 0, &out, err), err);
  ck_assert_uint_eq(out.len, len);
  ck_assert_int_eq(memcmp(out.data, big, len), 0);
  free(big);
  unit_ok(pal_journal_close(j, true, err), err);
  struct pal_journal_head bad = head;
  bad.run[0] = 'x';
  unit_fails(pal_journal_create("s", &bad, &j, err), PAL_E_INTERNAL, "run or digest", err);
}
END_TEST

START_TEST(test_journal__torn_at_every_length) {
  write_three();
  size_t len, ends[4] = {0};
  char *whole = hist_read_file("s/tate/journal", &len);
  /* where the frames end */
  size_t at = 0;
  for (int i = 0; i < 4; i++) {
    uint32_t n = (uint32_t)(unsigned char)whole[at + 2] << 8 | (unsigned char)whole[at + 3];
    at += 36 + n;
    ends[i] = at;
  }
  ck_assert_uint_eq(at, len);
  for (size_t cut = 0; cut <= len; cut++) {
    hist_write_file("s/tate/journal", whole, cut);
    struct pal_journal *j = NULL;
    if (cut < ends[0]) {
      unit_fails(pal_journal_resume("s/tate", DIGEST, start, &j, err), PAL_E_NOTFOUND, "no run to resume", err);
      continue;
    }
    unit_ok(pal_journal_resume("s/tate", DIGEST, start, &j, err), err);
    size_t n = cut >= ends[3] ? 3 : cut >= ends[2] ? 2 : cut >= ends[1] ? 1 : 0;
    expect_frames(j, n);
    /* goes on behind the last whole frame */
    while (n < 3) {
      unit_ok(pal_journal_append(j, frames[n], strlen(frames[n]), NULL, err), err);
      n++;
    }
    unit_ok(pal_journal_close(j, false, err), err);
    size_t again_len;
    char *again = hist_read_file("s/tate/journal", &again_len);
    ck_assert_uint_eq(again_len, len);
    ck_assert_int_eq(memcmp(again, whole, len), 0);
    free(again);
  }
  free(whole);
}
END_TEST

/* Any changed byte before the last frame is noticed; in the last frame it makes
 * the frame disappear; nowhere does a changed payload come back. */
START_TEST(test_journal__tampered_at_every_byte) {
  write_three();
  size_t len;
  char *whole = hist_read_file("s/tate/journal", &len);
  size_t last = len - 36 - strlen(frames[2]);
  for (size_t i = 0; i < len; i++) {
    whole[i] ^= 1;
    hist_write_file("s/tate/journal", whole, len);
    whole[i] ^= 1;
    struct pal_journal *j = NULL;
    enum pal_code code = pal_journal_resume("s/tate", DIGEST, start, &j, err);
    if (code == PAL_OK) {
      size_t n = pal_journal_count(j);
      /* a longer length looks like a frame not finished */
      ck_assert_msg(n < 3, "byte %zu unnoticed", i);
      expect_frames(j, n);
      unit_ok(pal_journal_close(j, false, err), err);
    } else {
      ck_assert_msg(code == PAL_E_VERIFY || code == PAL_E_NOTFOUND, "byte %zu: %s", i, err->text);
      ck_assert_msg(i < last || i < last + 4, "byte %zu of the last frame: %s", i, err->text);
    }
  }
  free(whole);
}
END_TEST

START_TEST(test_journal__a_middle_frame_is_not_taken_out_or_swapped) {
  write_three();
  size_t len;
  char *whole = hist_read_file("s/tate/journal", &len);
  size_t head_end = 36 + ((size_t)(unsigned char)whole[2] << 8 | (unsigned char)whole[3]);
  size_t one = 36 + strlen(frames[0]), two = 36 + strlen(frames[1]), three = 36 + strlen(frames[2]);
  struct pal_journal *j = NULL;
  char *forged = malloc(len);
  ck_assert_ptr_nonnull(forged);
  memcpy(forged, whole, head_end);
  memcpy(forged + head_end, whole + head_end + one, two + three);
  hist_write_file("s/tate/journal", forged, len - one);
  unit_fails(pal_journal_resume("s/tate", DIGEST, start, &j, err), PAL_E_VERIFY, "frame 1 is torn or was changed", err);
  memcpy(forged + head_end, whole + head_end + one, two);
  memcpy(forged + head_end + two, whole + head_end, one);
  memcpy(forged + head_end + two + one, whole + head_end + one + two, three);
  hist_write_file("s/tate/journal", forged, len);
  unit_fails(pal_journal_resume("s/tate", DIGEST, start, &j, err), PAL_E_VERIFY, "without --resume", err);
  free(forged);
  free(whole);
}
END_TEST

START_TEST(test_journal__zeros_at_the_end_are_a_torn_frame) {
  write_three();
  hist_sh("head -c 5000 /dev/zero >>s/tate/journal");
  struct pal_journal *j = NULL;
  unit_ok(pal_journal_resume("s/tate", DIGEST, start, &j, err), err);
  expect_frames(j, 3);
  unit_ok(pal_journal_close(j, false, err), err);
  hist_sh("head -c 50 /dev/zero >>s/tate/journal && echo x >>s/tate/journal");
  unit_fails(pal_journal_resume("s/tate", DIGEST, start, &j, err), PAL_E_VERIFY, "has no length", err);
}
END_TEST

START_TEST(test_journal__changed_while_open_is_noticed_on_reading) {
  struct pal_journal *j = NULL;
  write_three();
  unit_ok(pal_journal_resume("s/tate", DIGEST, start, &j, err), err);
  hist_sh("printf X | dd of=s/tate/journal bs=1 seek=$(($(stat -c %%s s/tate/journal) - 1)) conv=notrunc status=none");
  unit_ok(pal_journal_read(j, 1, &out, err), err);
  unit_fails(pal_journal_read(j, 2, &out, err), PAL_E_VERIFY, "was changed", err);
  unit_ok(pal_journal_close(j, true, err), err);
}
END_TEST

START_TEST(test_journal__a_link_is_not_followed) {
  hist_sh("mkdir s && echo precious >file && ln -s ../file s/journal");
  struct pal_journal *j = NULL;
  unit_fails(pal_journal_resume("s", DIGEST, start, &j, err), PAL_E_IO, "journal", err);
  unit_ok(pal_journal_create("s", &head, &j, err), err);
  unit_ok(pal_journal_close(j, true, err), err);
  ck_assert_str_eq(hist_line("cat file"), "precious");
}
END_TEST

START_TEST(test_journal__disk_full_keeps_the_whole_frames) {
  struct pal_journal *j = NULL;
  unit_ok(pal_journal_create("s", &head, &j, err), err);
  for (size_t i = 0; i < 3; i++)
    unit_ok(pal_journal_append(j, frames[i], strlen(frames[i]), NULL, err), err);
  (void)signal(SIGXFSZ, SIG_IGN);
  struct rlimit limit = {1000, RLIM_INFINITY};
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
  char big[2000];
  memset(big, 'x', sizeof big);
  unit_fails(pal_journal_append(j, big, sizeof big, NULL, err), PAL_E_IO, "s/journal", err);
  limit.rlim_cur = RLIM_INFINITY;
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
  expect_frames(j, 3);
  unit_ok(pal_journal_close(j, false, err), err);
  unit_ok(pal_journal_resume("s", DIGEST, start, &j, err), err);
  expect_frames(j, 3);
  unit_ok(pal_journal_close(j, true, err), err);
}
END_TEST

Suite *make_history_journal_suite(void);
Suite *make_history_journal_suite(void) {
  Suite *suite = suite_create("history/journal");
  TCase *tc = tcase_create("journal");
  tcase_add_checked_fixture(tc, enter, leave);
  tcase_set_timeout(tc, 60);
  tcase_add_test(tc, test_journal__written_read_resumed_removed);
  tcase_add_test(tc, test_journal__resume_conditions);
  tcase_add_test(tc, test_journal__frames_have_bounds);
  tcase_add_test(tc, test_journal__torn_at_every_length);
  tcase_add_test(tc, test_journal__tampered_at_every_byte);
  tcase_add_test(tc, test_journal__a_middle_frame_is_not_taken_out_or_swapped);
  tcase_add_test(tc, test_journal__zeros_at_the_end_are_a_torn_frame);
  tcase_add_test(tc, test_journal__changed_while_open_is_noticed_on_reading);
  tcase_add_test(tc, test_journal__a_link_is_not_followed);
  tcase_add_test(tc, test_journal__disk_full_keeps_the_whole_frames);
  suite_add_tcase(suite, tc);
  return suite;
}
