/* SPDX-License-Identifier: Apache-2.0 */
#include "metrics.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pal_file.h"

enum { METRICS_MODE = 0644 }; /* whoever collects them is another user */

/* What cannot be read is no reason to write nothing: the series then begin anew. */
static void read_before(const char *path, struct pal_buf *out) {
  struct pal_err why = {0};
  if (pal_path_exists(path) && pal_file_read(path, "metricsFile", 0, PAL_METRICS_MAX, out, &why) != PAL_OK)
    pal_buf_clear(out);
}

/* A device or a folder is no such file by mistake; a file put in its place would be its end. */
static enum pal_code check_replaceable(const char *path, struct pal_err *err) {
  struct stat st;
  if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode))
    return pal_err_set(err, PAL_E_IO, "%s: is no file, and is not replaced by one", path);
  return PAL_OK;
}

/* The file is renamed into its place: it is the folder that must let us write. */
static enum pal_code check_folder(struct pal_arena *arena, const char *path, struct pal_err *err) {
  const char *slash = strrchr(path, '/');
  const char *folder = slash == NULL   ? "."
                       : slash == path ? "/"
                                       : pal_arena_strndup(arena, path, (size_t)(slash - path));
  if (folder == NULL)
    return pal_err_nomem(err);
  if (access(folder, W_OK | X_OK) != 0)
    return pal_err_set(err, PAL_E_IO, "%s: %s", folder, strerror(errno));
  return PAL_OK;
}

enum pal_code pal_metrics_check(const struct pal_app *app, struct pal_err *err) {
  const char *name = pal_get_text(app->config, PAL_CONFIG_METRICS_FILE);
  if (name == NULL)
    return PAL_OK;
  const char *path = pal_app_path(app, name);
  if (path == NULL)
    return pal_err_nomem(err);
  enum pal_code code = check_replaceable(path, err);
  if (code == PAL_OK)
    code = check_folder(app->arena, path, err);
  if (code != PAL_OK)
    (void)pal_err_wrap(err, "metricsFile");
  return code;
}

enum pal_code pal_metrics_write(const struct pal_app *app, const struct pal_metrics *metrics, struct pal_err *err) {
  const char *name = pal_get_text(app->config, PAL_CONFIG_METRICS_FILE);
  if (name == NULL)
    return PAL_OK;
  const char *path = pal_app_path(app, name);
  char *text = NULL;
  size_t len = 0;
  FILE *out = path != NULL ? open_memstream(&text, &len) : NULL;
  if (out == NULL)
    return pal_err_nomem(err);
  struct pal_buf before;
  struct pal_metrics now = *metrics;
  pal_buf_init(&before, PAL_METRICS_MAX + 1);
  read_before(path, &before);
  now.before = before.data;
  enum pal_code code = pal_metrics_print(&now, out, err);
  if (fclose(out) != 0 && code == PAL_OK)
    code = pal_err_nomem(err);
  if (code == PAL_OK)
    code = check_replaceable(path, err);
  if (code == PAL_OK)
    code = pal_file_write(path, text, len, METRICS_MODE, err);
  if (code != PAL_OK)
    (void)pal_err_wrap(err, "metricsFile");
  free(text);
  pal_buf_deinit(&before);
  return code;
}
