/* SPDX-License-Identifier: Apache-2.0 */
#include "golden.h"

#include <stdlib.h>
#include <string.h>

#include "pal_buf.h"
#include "pal_file.h"
#include "unit.h"

enum { GOLDEN_MAX = 16 << 20 };

void golden_open(struct golden *golden) {
  *golden = (struct golden){.file = NULL};
  golden->file = open_memstream(&golden->text, &golden->len);
  ck_assert_ptr_nonnull(golden->file);
}

const char *golden_text(struct golden *golden) {
  if (golden->file) {
    FILE *file = golden->file;
    golden->file = NULL;
    ck_assert_int_eq(fclose(file), 0);
  }
  return golden->text;
}

void golden_free(struct golden *golden) {
  (void)golden_text(golden);
  free(golden->text);
  golden->text = NULL;
}

static bool updating(void) {
  const char *update = getenv("PALSCAN_UPDATE_GOLDEN");
  return update && strcmp(update, "1") == 0;
}

static size_t line_length(const char *text) {
  return strcspn(text, "\n");
}

/* The first line that differs, for the message of the failure. */
static void fail_at_difference(const char *path, const char *wanted, const char *got) {
  size_t line = 1;
  while (*wanted && *got && line_length(wanted) == line_length(got) && memcmp(wanted, got, line_length(got)) == 0 &&
         wanted[line_length(wanted)] == '\n' && got[line_length(got)] == '\n') {
    wanted += line_length(wanted) + 1;
    got += line_length(got) + 1;
    line++;
  }
  ck_abort_msg("%s:%zu:\n  wanted: %.*s\n  got:    %.*s\n(PALSCAN_UPDATE_GOLDEN=1 rewrites it: look at the difference)",
               path, line, (int)line_length(wanted), wanted, (int)line_length(got), got);
}

void golden_compare(const char *name, const char *text, size_t len) {
  char path[512];
  struct pal_err err = {0};
  (void)snprintf(path, sizeof path, "%s/tests/golden/report/%s", PAL_SOURCE_DIR, name);
  if (updating()) {
    unit_ok(pal_file_write(path, text, len, 0644, &err), &err);
    return;
  }
  struct pal_buf wanted;
  pal_buf_init(&wanted, GOLDEN_MAX);
  unit_ok(pal_file_read(path, "golden output", 0, GOLDEN_MAX, &wanted, &err), &err);
  if (wanted.len != len || memcmp(wanted.data, text, len) != 0)
    fail_at_difference(path, wanted.data, text);
  pal_buf_deinit(&wanted);
}
