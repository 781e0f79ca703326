/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "notify.h"
#include "pal_file.h"

enum { PATH_BYTES_MAX = 8192, FILE_MODE = 0600 };

/* The file, in the state folder; false where there is none to keep it in. */
static bool find_file(const struct pal_app *app, struct pal_buf *path) {
  struct pal_repo *repo = NULL;
  struct pal_err why = {0};
  pal_buf_init(path, PATH_BYTES_MAX);
  bool found = app->repository != NULL && pal_repo_open(app->repository, &repo, &why) == PAL_OK &&
               pal_state_dir(pal_repo_id(repo), path, &why) == PAL_OK;
  pal_repo_close(repo);
  pal_buf_puts(path, "/failed-since");
  return found && path->bad == PAL_OK;
}

static bool read_since(const char *path, char out[PAL_INSTANT_MAX]) {
  struct pal_buf text;
  struct pal_err why = {0};
  struct pal_instant at;
  pal_buf_init(&text, PAL_INSTANT_MAX);
  bool read = pal_path_exists(path) &&
              pal_file_read(path, "state file", PAL_FILE_SECRET, PAL_INSTANT_MAX - 1, &text, &why) == PAL_OK;
  read = read && pal_instant_parse(text.data, &at);
  if (read)
    pal_instant_format(at, out);
  pal_buf_deinit(&text);
  return read;
}

void pal_failed_since(const struct pal_app *app, char out[PAL_INSTANT_MAX]) {
  struct pal_buf path;
  out[0] = '\0';
  if (find_file(app, &path))
    (void)read_since(path.data, out);
  pal_buf_deinit(&path);
}

void pal_failed_note(const struct pal_app *app, bool failed, struct pal_instant now) {
  struct pal_buf path;
  struct pal_err why = {0};
  char text[PAL_INSTANT_MAX], old[PAL_INSTANT_MAX];
  if (find_file(app, &path)) {
    if (!failed) {
      (void)unlink(path.data);
    } else if (!read_since(path.data, old)) {
      pal_instant_format(now, text);
      if (pal_file_write(path.data, text, strlen(text), FILE_MODE, &why) != PAL_OK)
        (void)unlink(path.data);
    }
  }
  pal_buf_deinit(&path);
}
