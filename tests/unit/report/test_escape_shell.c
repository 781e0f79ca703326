/* SPDX-License-Identifier: Apache-2.0 */
/* test_escape_shell.c - words of scripts: what a shell reads of them is the text, and nothing runs. */
#include <stdio.h>
#include <string.h>

#include "pal_report.h"
#include "unit.h"

static const char *const texts[] = {
    "",     "anna", "it's", "'",      "''",        "'; touch run; '", "$(touch run)", "`touch run`",
    "a\nb", "\\",   "\\'",  "a b\tc", "\"$HOME\"", "*?[x]",           "-n",           "\xe2\x80\x98q\xe2\x80\x99",
    "#",    "!",
};

static void spoken(const char *word, char *out, size_t cap) {
  char command[512];
  (void)snprintf(command, sizeof command, "printf '%%s' %s", word);
  FILE *pipe = popen(command, "r");
  ck_assert_ptr_nonnull(pipe);
  out[fread(out, 1, cap - 1, pipe)] = '\0';
  ck_assert_int_eq(pclose(pipe), 0);
}

/* The shell itself is the judge. */
START_TEST(test_sh_word__is_the_text_to_a_shell) {
  struct pal_buf word;
  char said[256];
  pal_buf_init(&word, 1024);
  pal_sh_word(&word, texts[_i]);
  spoken(word.data, said, sizeof said);
  ck_assert_str_eq(said, texts[_i]);
  FILE *run = fopen("run", "r");
  ck_assert_ptr_null(run);
  pal_buf_deinit(&word);
}
END_TEST

static const struct {
  const char *text, *word;
} powershell[] = {
    {"", "''"},
    {"anna", "'anna'"},
    {"it's", "'it''s'"},
    {"$(run) `n \"", "'$(run) `n \"'"},
    /* Typographic quotes end a string too; a double one does not, nor other characters of their bytes. */
    {"a\xe2\x80\x98z", "'a\xe2\x80\x98\xe2\x80\x98z'"},
    {"\xe2\x80\x99\xe2\x80\x9a\xe2\x80\x9b",
     "'\xe2\x80\x99\xe2\x80\x99\xe2\x80\x9a\xe2\x80\x9a\xe2\x80\x9b\xe2\x80\x9b'"},
    {"\xe2\x80\x9c\xe2\x80\x97", "'\xe2\x80\x9c\xe2\x80\x97'"},
    {"\xe2\x80", "'\xe2\x80'"},
};

START_TEST(test_powershell_word__doubles_every_single_quote) {
  struct pal_buf word;
  pal_buf_init(&word, 1024);
  pal_powershell_word(&word, powershell[_i].text);
  ck_assert_str_eq(word.data, powershell[_i].word);
  pal_buf_deinit(&word);
}
END_TEST

Suite *make_report_escape_shell_suite(void);
Suite *make_report_escape_shell_suite(void) {
  Suite *suite = suite_create("report_escape_shell");
  TCase *tcase = tcase_create("escape_shell");
  tcase_add_checked_fixture(tcase, unit_enter_folder, unit_leave_folder);
  tcase_add_loop_test(tcase, test_sh_word__is_the_text_to_a_shell, 0, UNIT_N(texts));
  tcase_add_loop_test(tcase, test_powershell_word__doubles_every_single_quote, 0, UNIT_N(powershell));
  suite_add_tcase(suite, tcase);
  return suite;
}
