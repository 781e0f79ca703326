/* SPDX-License-Identifier: Apache-2.0 */
#include "report_site.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pal_file.h"

/* A folder is an earlier report when it holds these, the first of them is the page of a report, and nothing is there that
 * no report has: all of it is removed. */
static const char *const marks[] = {"index.html", "data"};
enum { MARKS_N = sizeof(marks) / sizeof(marks[0]), PAGE_MAX = 64 << 10, PATH_BYTES = 8192 };

struct looking {
  const char *folder, *below; /* below: "" or "data/" */
  bool found[MARKS_N], any;
};

static bool ends_with(const char *name, const char *end) {
  size_t n = strlen(name), m = strlen(end);
  return n >= m && strcmp(name + n - m, end) == 0;
}

static enum pal_code refuse_name(const struct looking *looking, const char *name, struct pal_err *err) {
  return pal_err_set(err, PAL_E_USAGE,
                     "--output: %s holds \"%s%s\", which no report does: give a folder of its own, which is replaced",
                     looking->folder, looking->below, name);
}

static enum pal_code check_kind(const struct looking *looking, const char *name, bool folder, struct pal_err *err) {
  struct pal_buf path;
  struct stat st;
  pal_buf_init(&path, PATH_BYTES);
  pal_buf_printf(&path, "%s/%s%s", looking->folder, looking->below, name);
  enum pal_code code = pal_buf_check(&path, "the name of a file", err);
  if (code == PAL_OK && (lstat(path.data, &st) != 0 || (folder ? !S_ISDIR(st.st_mode) : !S_ISREG(st.st_mode))))
    code = refuse_name(looking, name, err);
  pal_buf_deinit(&path);
  return code;
}

static enum pal_code on_data(void *payload, const char *name, struct pal_err *err) {
  const struct looking *looking = payload;
  return ends_with(name, ".js") ? check_kind(looking, name, false, err) : refuse_name(looking, name, err);
}

static enum pal_code on_name(void *payload, const char *name, struct pal_err *err) {
  struct looking *looking = payload;
  looking->any = true;
  for (size_t i = 0; i < MARKS_N; i++)
    if (strcmp(name, marks[i]) == 0)
      looking->found[i] = true;
  if (strcmp(name, "data") == 0)
    return check_kind(looking, name, true, err);
  if (ends_with(name, ".html") || ends_with(name, ".js") || ends_with(name, ".css"))
    return check_kind(looking, name, false, err);
  return refuse_name(looking, name, err);
}

static enum pal_code no_report(const char *folder, struct pal_err *err) {
  return pal_err_set(err, PAL_E_USAGE, "--output: %s is not empty and no earlier report: give a folder of its own",
                     folder);
}

/* Many folders have an index.html and a folder data: only what the page says of itself tells. */
static enum pal_code check_page(const char *folder, struct pal_err *err) {
  struct pal_buf path, page;
  struct pal_err why = {0};
  pal_buf_init(&path, PATH_BYTES);
  pal_buf_init(&page, PAGE_MAX);
  pal_buf_printf(&path, "%s/index.html", folder);
  enum pal_code code = pal_buf_check(&path, "the name of a file", err);
  if (code == PAL_OK &&
      (pal_file_read(path.data, "page", 0, PAGE_MAX, &page, &why) != PAL_OK ||
       strstr(page.data, " data-page=\"index\"") == NULL || strstr(page.data, "palscan</title>") == NULL))
    code = no_report(folder, err);
  pal_buf_deinit(&page);
  pal_buf_deinit(&path);
  return code;
}

static enum pal_code check_data(const char *folder, struct pal_err *err) {
  struct looking looking = {.folder = folder, .below = "data/"};
  struct pal_buf path;
  pal_buf_init(&path, PATH_BYTES);
  pal_buf_printf(&path, "%s/data", folder);
  enum pal_code code = pal_buf_check(&path, "the name of a folder", err);
  if (code == PAL_OK)
    code = pal_dir_each(path.data, on_data, &looking, err);
  pal_buf_deinit(&path);
  return code;
}

enum pal_code pal_report_folder_check(const char *folder, struct pal_err *err) {
  struct looking looking = {.folder = folder, .below = ""};
  struct stat st;
  if (folder == NULL || strcmp(folder, "-") == 0 || folder[0] == '\0')
    return pal_err_set(err, PAL_E_USAGE, "-f html writes a folder: name it with -o DIR");
  const char *slash = strrchr(folder, '/'), *last = slash != NULL ? slash + 1 : folder;
  if (strcmp(last, ".") == 0 || strcmp(last, "..") == 0)
    return pal_err_set(err, PAL_E_USAGE, "--output: %s cannot be replaced: name the folder itself", folder);
  if (lstat(folder, &st) != 0) {
    if (errno != ENOENT)
      return pal_err_set(err, PAL_E_USAGE, "--output: %s: %s", folder, strerror(errno));
    return PAL_OK;
  }
  if (!S_ISDIR(st.st_mode))
    return pal_err_set(err, PAL_E_USAGE, "--output: %s is no folder, and -f html writes one", folder);
  enum pal_code code = pal_dir_each(folder, on_name, &looking, err);
  if (code != PAL_OK || !looking.any)
    return code;
  for (size_t i = 0; i < MARKS_N; i++)
    if (!looking.found[i])
      return no_report(folder, err);
  code = check_page(folder, err);
  return code == PAL_OK ? check_data(folder, err) : code;
}

static mode_t usual_mode(void) {
  mode_t mask = umask(0);
  (void)umask(mask);
  return 0777 & ~mask;
}

/* The earlier report steps aside, the new one takes its place, the earlier one is removed. */
static enum pal_code publish(struct pal_arena *arena, const char *made, const char *folder, struct pal_err *err) {
  const char *aside = pal_arena_printf(arena, "%s.old", made);
  if (aside == NULL)
    return pal_err_nomem(err);
  bool had = rename(folder, aside) == 0;
  if (!had && errno != ENOENT)
    return pal_err_set(err, PAL_E_IO, "rename %s: %s", folder, strerror(errno));
  if (rename(made, folder) != 0) {
    int saved = errno;
    if (had)
      (void)rename(aside, folder);
    return pal_err_set(err, PAL_E_IO, "rename to %s: %s", folder, strerror(saved));
  }
  return had ? pal_dir_remove(aside, err) : PAL_OK;
}

enum pal_code pal_report_folder_write(struct pal_arena *arena, const struct pal_site *site, const char *folder,
                                      struct pal_err *err) {
  char *place = pal_arena_strdup(arena, folder);
  if (place == NULL)
    return pal_err_nomem(err);
  for (size_t n = strlen(place); n > 1 && place[n - 1] == '/'; n--)
    place[n - 1] = '\0';
  char *made = pal_arena_printf(arena, "%s.tmp-XXXXXX", place);
  if (made == NULL)
    return pal_err_nomem(err);
  if (mkdtemp(made) == NULL)
    return pal_err_set(err, PAL_E_IO, "create a folder beside %s: %s", place, strerror(errno));
  (void)chmod(made, usual_mode());
  enum pal_code code = pal_site_write(site, made, err);
  if (code == PAL_OK)
    code = publish(arena, made, place, err);
  if (code != PAL_OK) {
    struct pal_err none = {0};
    (void)!pal_dir_remove(made, &none);
  }
  return code;
}
