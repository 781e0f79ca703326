/* SPDX-License-Identifier: Apache-2.0 */
/* site.c - the folder of a report: its pages, and its data in parts. */
#include "site.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pal_file.h"

enum { PATH_MAX_BYTES = 8192, LITERAL_MAX = 512 << 20, FOLDER_MODE = 0755 };

/* --- files --- */

static enum pal_code path_of(struct pal_buf *path, const char *folder, const char *name, struct pal_err *err) {
  pal_buf_init(path, PATH_MAX_BYTES);
  pal_buf_printf(path, "%s/%s", folder, name);
  return pal_buf_check(path, "the name of a file", err);
}

static enum pal_code write_file(const char *path, const void *bytes, size_t len, struct pal_err *err) {
  FILE *file = fopen(path, "wxe");
  if (!file)
    return pal_err_set(err, PAL_E_IO, "create %s: %s", path, strerror(errno));
  bool bad = fwrite(bytes, 1, len, file) != len;
  int saved = errno;
  if (fclose(file) != 0 && !bad) {
    bad = true;
    saved = errno;
  }
  return bad ? pal_err_set(err, PAL_E_IO, "write %s: %s", path, strerror(saved)) : PAL_OK;
}

static enum pal_code write_assets(const char *folder, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < site_assets_n; i++) {
    struct pal_buf path;
    code = path_of(&path, folder, site_assets[i].name, err);
    if (code == PAL_OK)
      code = write_file(path.data, site_assets[i].bytes, site_assets[i].len, err);
    pal_buf_deinit(&path);
  }
  return code;
}

/* --- lists in parts --- */

void site_list_init(struct site_list *list, const char *folder, const char *name) {
  *list = (struct site_list){.folder = folder, .name = name};
}

enum pal_code site_list_open(struct site_list *list, bool object, struct pal_err *err) {
  if (list->memory)
    return PAL_OK;
  list->memory = open_memstream(&list->bytes, &list->len);
  if (!list->memory)
    return pal_err_nomem(err);
  jsonw_init(&list->w, list->memory);
  if (object)
    jsonw_object(&list->w, NULL, JSONW_INLINE);
  else
    jsonw_array(&list->w, NULL, JSONW_INLINE);
  return PAL_OK;
}

void site_list_drop(struct site_list *list) {
  if (!list->memory)
    return;
  (void)fclose(list->memory);
  pal_buf_deinit(&list->w.text);
  free(list->bytes);
  list->memory = NULL;
  list->bytes = NULL;
}

static enum pal_code write_part(const struct site_list *list, const char *name, struct pal_err *err) {
  struct pal_buf path, script;
  size_t len = list->len > 0 ? list->len - 1 : 0; /* without the newline at its end */
  pal_buf_init(&script, LITERAL_MAX);
  enum pal_code code = path_of(&path, list->folder, name, err);
  pal_buf_puts(&script, "pal.take(");
  pal_script_literal(&script, name + strlen("data/"), strlen(name) - strlen("data/.js"));
  pal_buf_puts(&script, ",");
  pal_script_literal(&script, list->bytes, len);
  pal_buf_puts(&script, ");\n");
  if (code == PAL_OK)
    code = pal_buf_check(&script, name, err);
  if (code == PAL_OK)
    code = write_file(path.data, script.data, script.len, err);
  pal_buf_deinit(&script);
  pal_buf_deinit(&path);
  return code;
}

enum pal_code site_list_close(struct site_list *list, const char *key, struct pal_err *err) {
  if (!list->memory)
    return PAL_OK;
  char name[64];
  if (key)
    (void)snprintf(name, sizeof name, "data/%s%s%s.js", list->name, key[0] ? "-" : "", key);
  else
    (void)snprintf(name, sizeof name, "data/%s-%zu.js", list->name, list->parts);
  jsonw_end(&list->w);
  enum pal_code code = jsonw_finish(&list->w, name, err);
  if (fclose(list->memory) != 0 && code == PAL_OK)
    code = pal_err_nomem(err);
  list->memory = NULL;
  if (code == PAL_OK)
    code = write_part(list, name, err);
  free(list->bytes);
  list->bytes = NULL;
  list->parts++;
  return code;
}

enum pal_code site_list_settle(struct site_list *list, struct pal_err *err) {
  list->rows++;
  if (fflush(list->memory) != 0) /* tells the length so far */
    return pal_err_nomem(err);
  return list->len > SITE_PART_BYTES ? site_list_close(list, NULL, err) : PAL_OK;
}

const char *const site_kept_names[SITE_KEPT_N] = {
    [SITE_FINDINGS] = "customer",       [SITE_ACCOUNTS] = "accounts", [SITE_ACCESS] = "access",
    [SITE_DELEGATIONS] = "delegations", [SITE_UNITS] = "units",       [SITE_SUBSCRIPTIONS] = "subscriptions",
};

enum pal_code site_list_keep(struct site_list *list, enum site_kept kept, const char *bucket, struct site_parts *parts,
                             struct pal_err *err) {
  size_t *n = &parts->kept[kept].n;
  assert(*n < SITE_BUCKETS_MAX); /* sorted by id, so that each comes once */
  (void)snprintf(parts->kept[kept].v[(*n)++], sizeof parts->kept[kept].v[0], "%s", bucket);
  return site_list_close(list, bucket, err);
}

static bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

void site_bucket(const char *tenant_id, char out[8]) {
  bool is_id = is_hex(tenant_id[0]) && is_hex(tenant_id[1]);
  (void)snprintf(out, 8, "%.6s", is_id ? (const char[]){tenant_id[0], tenant_id[1], '\0'} : "estate");
}

/* --- all of it --- */

static enum pal_code write_data(const struct pal_site *site, const char *folder, struct site_parts *parts,
                                struct pal_err *err) {
  enum pal_code code = site_write_findings(site, folder, parts, err);
  if (code == PAL_OK)
    code = site_write_changes(site, folder, parts, err);
  if (code == PAL_OK)
    code = site_write_gaps(site, folder, parts, err);
  if (code == PAL_OK)
    code = site_write_lists(site, folder, parts, err);
  if (code == PAL_OK)
    code = site_write_rules(site, folder, err);
  return code == PAL_OK ? site_write_summary(site, folder, parts, err) : code;
}

enum pal_code pal_site_write(const struct pal_site *site, const char *folder, struct pal_err *err) {
  struct pal_buf data;
  struct site_parts *parts = calloc(1, sizeof *parts);
  enum pal_code code = parts ? PAL_OK : pal_err_nomem(err);
  pal_buf_init(&data, PATH_MAX_BYTES);
  if (code == PAL_OK)
    code = path_of(&data, folder, "data", err);
  if (code == PAL_OK)
    code = pal_dir_make(data.data, FOLDER_MODE, err);
  pal_buf_deinit(&data);
  if (code == PAL_OK)
    code = write_assets(folder, err);
  if (code == PAL_OK)
    code = write_data(site, folder, parts, err);
  free(parts);
  return code;
}
