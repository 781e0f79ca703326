/* SPDX-License-Identifier: Apache-2.0 */
/* app_cloud.c - the cloud of the configuration: into the settings, and to the network. */
#include <string.h>

#include "app.h"
#include "pal_cloud.h"
#include "pal_file.h"

enum { CA_FILE_MAX = 4 << 20 };

static const char *config_name(const struct pal_app *app) {
  return app->config_path != NULL ? app->config_path : "configuration";
}

static enum pal_code copy_endpoints(struct pal_arena *arena, const struct pal_record *cloud,
                                    struct pal_record *settings, struct pal_err *err) {
  struct pal_record *endpoints = pal_record_new(arena, &pal_kind_ENDPOINTS);
  enum pal_code code = endpoints != NULL ? PAL_OK : pal_err_nomem(err);
  for (int i = 0; code == PAL_OK && i < PAL_ENDPOINTS_N; i++) {
    int from = pal_kind_find(&pal_kind_CLOUD, pal_kind_ENDPOINTS.fields[i].json);
    code = pal_set_text(arena, endpoints, i, pal_get_text(cloud, from), err);
  }
  if (code == PAL_OK)
    code = pal_set_text(arena, settings, PAL_SETTINGS_CLOUD, pal_get_text(cloud, PAL_CLOUD_NAME), err);
  if (code == PAL_OK)
    pal_set_record(settings, PAL_SETTINGS_ENDPOINTS, endpoints);
  return code;
}

/* *ret is NULL when the configuration names a built-in cloud; *ret_name is its name then. */
static enum pal_code read_cloud(const struct pal_app *app, const char **ret_name, struct pal_record **ret,
                                struct pal_err *err) {
  const char *text = pal_get_text(app->config, PAL_CONFIG_CLOUD);
  struct pal_json_doc *doc = NULL;
  *ret = NULL;
  enum pal_code code = pal_json_parse(text, strlen(text), "configuration", 0, 0, &doc, err);
  if (code != PAL_OK)
    return code;
  const char *name = pal_json_text(pal_json_root(doc));
  if (name == NULL)
    code = pal_record_decode(app->arena, &pal_kind_CLOUD, doc, pal_json_root(doc), PAL_DECODE_PERSON, ret, err);
  else if ((*ret_name = pal_arena_strdup(app->arena, name)) == NULL)
    code = pal_err_nomem(err);
  pal_json_doc_free(doc);
  return code;
}

enum pal_code pal_app_set_cloud(const struct pal_app *app, struct pal_record *settings, struct pal_err *err) {
  const char *name = NULL;
  struct pal_record *cloud = NULL;
  enum pal_code code = read_cloud(app, &name, &cloud, err);
  if (code == PAL_OK && cloud != NULL)
    return copy_endpoints(app->arena, cloud, settings, err);
  return code == PAL_OK ? pal_set_text(app->arena, settings, PAL_SETTINGS_CLOUD, name, err) : code;
}

/* Whoever can write it can stand in for the cloud and be shown its credentials. */
enum pal_code pal_app_check_ca_file(const char *path, struct pal_err *err) {
  struct pal_buf text;
  pal_buf_init(&text, CA_FILE_MAX);
  enum pal_code code = pal_app_check_owner(path, err);
  if (code == PAL_OK)
    code = pal_file_read(path, "caFile", 0, CA_FILE_MAX, &text, err);
  if (code == PAL_OK && strstr(text.data, "-----BEGIN CERTIFICATE-----") == NULL)
    code = pal_err_set(err, PAL_E_CONFIG, "caFile %s: holds no certificate in PEM", path);
  pal_buf_deinit(&text);
  return code;
}

enum pal_code pal_app_cloud(const struct pal_app *app, const struct pal_record *settings, bool live,
                            struct pal_cloud **ret, struct pal_err *err) {
  const char *name = NULL, *ca_file = NULL;
  struct pal_record *cloud = NULL;
  enum pal_code code = live ? read_cloud(app, &name, &cloud, err) : PAL_OK;
  if (code == PAL_OK && cloud != NULL && pal_get_text(cloud, PAL_CLOUD_CA_FILE) != NULL) {
    ca_file = pal_app_path(app, pal_get_text(cloud, PAL_CLOUD_CA_FILE));
    code = ca_file != NULL ? pal_app_check_ca_file(ca_file, err) : pal_err_nomem(err);
  }
  if (code == PAL_OK)
    code = pal_cloud_make(app->arena, settings, ca_file, ret, err);
  if (code != PAL_OK && live)
    (void)pal_err_wrap(err, "%s: at $.cloud", config_name(app));
  return code;
}
