/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[256];

/* Not pal_dir_remove: that is one of the things tested. */
static void remove_tree(const char *path) {
  pid_t child = fork();
  ck_assert_int_ge(child, 0);
  if (child == 0) {
    (void)execl("/bin/rm", "rm", "-rf", "--", path, (char *)NULL);
    _exit(127);
  }
  int status = 0;
  ck_assert_int_eq(waitpid(child, &status, 0), child);
  ck_assert_int_eq(status, 0);
}

void unit_enter_folder(void) {
  const char *base = getenv("TMPDIR");
  int n = snprintf(folder, sizeof folder, "%s/palscan-unit-XXXXXX", base ? base : "/tmp");
  ck_assert_int_gt(n, 0);
  ck_assert_uint_lt((size_t)n, sizeof folder);
  ck_assert_ptr_nonnull(mkdtemp(folder));
  ck_assert_int_eq(chdir(folder), 0);
}

void unit_leave_folder(void) {
  ck_assert_int_eq(chdir("/"), 0);
  remove_tree(folder);
}

const char *unit_folder(void) {
  return folder;
}

void unit_write(const char *path, const char *text, unsigned mode) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  ck_assert_int_ge(fd, 0);
  ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
  ck_assert_int_eq(fchmod(fd, (mode_t)mode), 0);
  ck_assert_int_eq(close(fd), 0);
}
