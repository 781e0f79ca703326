/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write_man [--check] DIR - writes the generated parts of the man pages in DIR:
 * what stands between the lines
 *
 *   .\" begin: NAME (written by write_man)
 *   .\" end: NAME
 *
 * comes from the tables the program itself reads. With --check nothing is
 * written: exit 1 names each page that differs. write_man --tables prints the
 * tables for the test of the documents.
 */
#include <stdlib.h>
#include <string.h>

#include "man_blocks.h"
#include "pal_arena.h"
#include "pal_file.h"

enum { PAGE_MAX = 4 << 20, NAME_MAX_LEN = 64 };

static const char begin_mark[] = ".\\\" begin: ", begin_tail[] = " (written by write_man)\n",
                  end_mark[] = ".\\\" end: ";

struct job {
  struct pal_arena *arena;
  const char *dir;
  bool check;
  int differ, pages;
};

/* Copies text with each block made anew. */
static enum pal_code replace_blocks(const char *path, const char *text, struct pal_buf *out, struct pal_err *err) {
  for (const char *begin; (begin = strstr(text, begin_mark)) != NULL;) {
    const char *name = begin + sizeof begin_mark - 1, *tail = strstr(name, begin_tail), *line = strchr(name, '\n');
    if (!tail || !line || tail > line || tail - name > NAME_MAX_LEN)
      return pal_err_set(err, PAL_E_INPUT, "%s: malformed begin of a block: %.60s", path, begin);
    char block[NAME_MAX_LEN + 1], end[NAME_MAX_LEN + sizeof end_mark + 1];
    (void)snprintf(block, sizeof block, "%.*s", (int)(tail - name), name);
    (void)snprintf(end, sizeof end, "%s%s\n", end_mark, block);
    const char *rest = strstr(line + 1, end);
    if (!rest)
      return pal_err_set(err, PAL_E_INPUT, "%s: block %s does not end", path, block);
    pal_buf_add(out, text, (size_t)(line + 1 - text));
    if (!man_block(block, out))
      return pal_err_set(err, PAL_E_INPUT, "%s: nothing is known about a block %s", path, block);
    text = rest;
    pal_buf_puts(out, end);
    text += strlen(end);
  }
  pal_buf_puts(out, text);
  return pal_buf_check(out, path, err);
}

static enum pal_code one_page(void *payload, const char *name, struct pal_err *err) {
  struct job *job = payload;
  struct pal_buf old, new;
  pal_buf_init(&old, PAGE_MAX);
  pal_buf_init(&new, PAGE_MAX);
  const char *path = pal_arena_printf(job->arena, "%s/%s", job->dir, name);
  enum pal_code code = path ? pal_file_read(path, "man page", 0, PAGE_MAX, &old, err) : pal_err_nomem(err);
  if (code == PAL_OK)
    code = replace_blocks(path, old.data, &new, err);
  if (code == PAL_OK && strcmp(old.data, new.data) != 0) {
    job->differ++;
    if (job->check)
      (void)fprintf(stderr, "%s differs from the program's tables; run write_man\n", path);
    else
      code = pal_file_write(path, new.data, new.len, 0644, err);
  }
  job->pages++;
  pal_buf_deinit(&old);
  pal_buf_deinit(&new);
  return code;
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--tables") == 0) {
    man_tables(stdout);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
  }
  struct job job = {.check = argc == 3 && strcmp(argv[1], "--check") == 0};
  if (argc != 2 && !job.check) {
    (void)fprintf(stderr, "usage: write_man [--check] DIR | write_man --tables\n");
    return 2;
  }
  job.dir = argv[argc - 1];
  job.arena = pal_arena_new(0);
  struct pal_err err = {0};
  enum pal_code code = job.arena ? pal_dir_each(job.dir, one_page, &job, &err) : pal_err_nomem(&err);
  if (code != PAL_OK)
    (void)fprintf(stderr, "write_man: %s\n", err.text);
  else
    (void)printf("%d pages, %d differ\n", job.pages, job.differ);
  pal_arena_free(job.arena);
  return code != PAL_OK || (job.check && job.differ > 0) ? EXIT_FAILURE : EXIT_SUCCESS;
}
