/* SPDX-License-Identifier: Apache-2.0 */
/* cli_output.c - where results go, and how they may look there. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "pal_file.h"

enum { DEFAULT_WIDTH = 80, MIN_WIDTH = 40, MAX_WIDTH = 160 };

/* A device, a pipe: written to, never replaced by a file. */
static enum pal_code open_special(const char *path, struct pal_output *ret, struct pal_err *err) {
  int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
  FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
  if (file == NULL) {
    enum pal_code code = pal_err_set(err, PAL_E_IO, "open %s: %s", path, strerror(errno));
    if (fd >= 0)
      (void)close(fd);
    return code;
  }
  *ret = (struct pal_output){.file = file, .path = path};
  return PAL_OK;
}

/* What a file made by open() would get; mkstemp() gives 0600. */
static mode_t usual_mode(void) {
  mode_t mask = umask(0);
  (void)umask(mask);
  return 0666 & ~mask;
}

enum pal_code pal_output_check(const struct pal_cli *cli, struct pal_err *err) {
  const char *path = pal_cli_get(cli, "output");
  struct stat st;
  if (path == NULL || strcmp(path, "-") == 0)
    return PAL_OK;
  if (path[0] == '\0')
    return pal_err_set(err, PAL_E_USAGE, "--output: the name is empty");
  if (stat(path, &st) == 0)
    return S_ISDIR(st.st_mode) ? pal_err_set(err, PAL_E_USAGE, "--output: %s is a folder", path) : PAL_OK;
  const char *slash = strrchr(path, '/');
  if (slash == NULL || slash == path)
    return PAL_OK;
  char *folder = pal_arena_strndup(cli->arena, path, (size_t)(slash - path));
  if (folder == NULL)
    return pal_err_nomem(err);
  if (stat(folder, &st) != 0 || !S_ISDIR(st.st_mode))
    return pal_err_set(err, PAL_E_USAGE, "--output: %s is no folder", folder);
  return PAL_OK;
}

enum pal_code pal_output_open(struct pal_cli *cli, struct pal_output *ret, struct pal_err *err) {
  const char *path = pal_cli_get(cli, "output");
  struct stat st;
  *ret = (struct pal_output){.file = stdout, .path = NULL, .temporary = NULL};
  if (path == NULL || strcmp(path, "-") == 0)
    return PAL_OK;
  if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
    return open_special(path, ret, err);
  char *temporary = pal_arena_printf(cli->arena, "%s.tmp-XXXXXX", path);
  char *copy = pal_arena_strdup(cli->arena, path);
  if (temporary == NULL || copy == NULL)
    return pal_err_nomem(err);
  int fd = mkstemp(temporary);
  if (fd < 0)
    return pal_err_set(err, PAL_E_IO, "create %s: %s", path, strerror(errno));
  (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
  (void)fchmod(fd, usual_mode());
  FILE *file = fdopen(fd, "w");
  if (file == NULL) {
    enum pal_code code = pal_err_set(err, PAL_E_IO, "open %s: %s", path, strerror(errno));
    (void)close(fd);
    (void)unlink(temporary);
    return code;
  }
  *ret = (struct pal_output){.file = file, .path = copy, .temporary = temporary};
  return PAL_OK;
}

enum pal_code pal_output_begin(struct pal_cli *cli, const struct pal_format **ret_format, struct pal_output *ret,
                               struct pal_err *err) {
  enum pal_code code = pal_cli_format(cli, ret_format, err);
  return code == PAL_OK ? pal_output_open(cli, ret, err) : code;
}

/* stdout, or a device: whoever reads may have gone; that is no error of ours. */
static enum pal_code close_stream(struct pal_output *output, enum pal_code code, struct pal_err *err) {
  bool bad = output->file != NULL && (fflush(output->file) != 0 || ferror(output->file) != 0);
  int saved = errno;
  if (output->path != NULL) {
    if (fclose(output->file) != 0 && !bad) {
      bad = true;
      saved = errno;
    }
    output->file = NULL;
  }
  if (code != PAL_OK || !bad || saved == EPIPE)
    return code;
  return pal_err_set(err, PAL_E_IO, "write to %s: %s", output->path != NULL ? output->path : "stdout", strerror(saved));
}

enum pal_code pal_output_close(struct pal_output *output, enum pal_code code, struct pal_err *err) {
  if (output->temporary == NULL)
    return close_stream(output, code, err);
  bool bad = ferror(output->file) != 0;
  if (fflush(output->file) != 0 || fsync(fileno(output->file)) != 0)
    bad = true;
  int saved = errno;
  if (fclose(output->file) != 0) {
    bad = true;
    saved = errno;
  }
  if (code == PAL_OK && bad)
    code = pal_err_set(err, PAL_E_IO, "write %s: %s", output->path, strerror(saved));
  if (code == PAL_OK && rename(output->temporary, output->path) != 0)
    code = pal_err_set(err, PAL_E_IO, "rename to %s: %s", output->path, strerror(errno));
  if (code != PAL_OK)
    (void)unlink(output->temporary);
  output->file = NULL;
  return code;
}

struct pal_style pal_cli_style(const struct pal_cli *cli, const struct pal_output *output) {
  struct pal_style style = {.color = false, .width = 0};
  bool terminal = output->path == NULL && output->file != NULL && isatty(fileno(output->file)) == 1;
  const char *force = getenv("CLICOLOR_FORCE"), *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
  style.color = terminal && term != NULL && strcmp(term, "dumb") != 0;
  if (force != NULL && force[0] != '\0' && strcmp(force, "0") != 0)
    style.color = true;
  if ((no_color != NULL && no_color[0] != '\0') || pal_cli_flag(cli, "no-color"))
    style.color = false;
  if (terminal) {
    struct winsize size = {0};
    style.width = DEFAULT_WIDTH;
    if (ioctl(fileno(output->file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
      style.width = size.ws_col;
  }
  const char *columns = getenv("COLUMNS");
  if (columns != NULL && columns[0] != '\0') {
    char *end = NULL;
    long given = strtol(columns, &end, 10);
    if (end != NULL && *end == '\0' && given > 0 && given < 10000)
      style.width = (int)given;
  }
  if (style.width > 0 && style.width < MIN_WIDTH)
    style.width = MIN_WIDTH;
  if (style.width > MAX_WIDTH)
    style.width = MAX_WIDTH;
  return style;
}
