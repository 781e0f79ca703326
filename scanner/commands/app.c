/* SPDX-License-Identifier: Apache-2.0 */
#include "app.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "approvers.h"
#include "pal_azure.h"
#include "pal_file.h"
#include "pal_log.h"

/* ---- where things are ---- */

/* The program finds its data beside itself: installed as <prefix>/bin/palscan
 * with <prefix>/share/palscan, or built in a folder below the source tree, or
 * anywhere else, where the build leaves a link. */
const char *pal_app_data_dir(struct pal_arena *arena) {
  char exe[PATH_MAX];
  ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
  if (n <= 0)
    return PALSCAN_DATADIR;
  exe[n] = '\0';
  char *slash = strrchr(exe, '/');
  if (slash == NULL)
    return PALSCAN_DATADIR;
  *slash = '\0';
  static const char *const near[] = {"/../share/palscan", "/..", "/share/palscan"};
  for (size_t i = 0; i < sizeof(near) / sizeof(near[0]); i++) {
    const char *dir = pal_arena_printf(arena, "%s%s", exe, near[i]);
    const char *probe = dir != NULL ? pal_arena_printf(arena, "%s/policies/views", dir) : NULL;
    if (probe != NULL && pal_path_exists(probe))
      return dir;
  }
  return PALSCAN_DATADIR;
}

static const char *find_config(struct pal_cli *cli, unsigned flags) {
  const char *given = pal_cli_get(cli, "config");
  if (given != NULL)
    return given; /* option, or $PALSCAN_CONFIG */
  if ((flags & PAL_APP_CREDENTIALS) == 0 && pal_path_exists("palscan.json"))
    return "palscan.json";
  const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME"), *path = NULL;
  if (xdg != NULL && xdg[0] == '/')
    path = pal_arena_printf(cli->arena, "%s/palscan/palscan.json", xdg);
  else if (home != NULL && home[0] == '/')
    path = pal_arena_printf(cli->arena, "%s/.config/palscan/palscan.json", home);
  if (path != NULL && pal_path_exists(path))
    return path;
  return pal_path_exists("/etc/palscan/palscan.json") ? "/etc/palscan/palscan.json" : NULL;
}

const char *pal_app_path(const struct pal_app *app, const char *path) {
  if (path[0] == '/' || app->base_dir[0] == '\0')
    return pal_arena_strdup(app->arena, path);
  return pal_arena_printf(app->arena, "%s/%s", app->base_dir, path);
}

static const char *dir_of(struct pal_arena *arena, const char *path) {
  const char *slash = strrchr(path, '/');
  if (slash == NULL)
    return "";
  return slash == path ? "/" : pal_arena_strndup(arena, path, (size_t)(slash - path));
}

/* ---- configuration ---- */

/* A configuration that names credentials decides where they go: nobody else may write it. */
enum pal_code pal_app_check_owner(const char *path, struct pal_err *err) {
  struct stat st;
  if (stat(path, &st) != 0)
    return PAL_OK; /* reading it will say why */
  if ((st.st_uid != geteuid() && st.st_uid != 0) || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return pal_err_set(err, PAL_E_CONFIG, "%s: others may write it; it must belong to you or root: chmod go-w %s", path,
                       path);
  return PAL_OK;
}

static enum pal_code read_config(struct pal_app *app, unsigned flags, struct pal_err *err) {
  if (app->config_path != NULL) {
    enum pal_code code = (flags & PAL_APP_CREDENTIALS) != 0 ? pal_app_check_owner(app->config_path, err) : PAL_OK;
    if (code != PAL_OK)
      return code;
    return pal_input_read(app->arena, app->config_path, "configuration", &pal_kind_CONFIG, &app->config, err);
  }
  if ((flags & PAL_APP_CREDENTIALS) != 0)
    return pal_err_set(err, PAL_E_CONFIG,
                       "no configuration found: give --config FILE (a palscan.json in the working directory serves "
                       "only commands without credentials); palscan init writes a template");
  struct pal_json_doc *doc = NULL;
  enum pal_code code = pal_json_parse("{}", 2, "built-in defaults", 0, 0, &doc, err);
  if (code == PAL_OK)
    code =
        pal_record_decode(app->arena, &pal_kind_CONFIG, doc, pal_json_root(doc), PAL_DECODE_PERSON, &app->config, err);
  pal_json_doc_free(doc);
  return code;
}

/* ---- settings ---- */

static enum pal_code parse_json(const char *text, struct pal_json_doc **ret, struct pal_err *err) {
  return pal_json_parse(text, strlen(text), "configuration", 0, 0, ret, err);
}

static enum pal_code scanner_tenants(struct pal_app *app, struct pal_record *scanner, const char *json,
                                     struct pal_err *err) {
  struct pal_json_doc *doc = NULL;
  enum pal_code code = parse_json(json, &doc, err);
  if (code != PAL_OK)
    return code;
  const pal_json *root = pal_json_root(doc);
  if (pal_json_type(root) == PAL_JSON_STRING && strcmp(pal_json_text(root), "all") == 0) {
    pal_set_bool(scanner, PAL_SCANNER_ALL, true);
  } else if (pal_json_type(root) == PAL_JSON_ARRAY) {
    const char **ids = pal_arena_calloc(app->arena, pal_json_count(root) + 1, sizeof(*ids));
    size_t n = 0;
    if (ids == NULL)
      code = pal_err_nomem(err);
    for (const pal_json *id = pal_json_first(root); code == PAL_OK && id != NULL; id = pal_json_next(id)) {
      struct pal_tenant_id parsed;
      ids[n] = pal_json_text(id) != NULL ? pal_json_text(id) : "";
      code = pal_tenant_id_parse(ids[n++], &parsed, err);
    }
    if (code == PAL_OK)
      code = pal_set_texts(app->arena, scanner, PAL_SCANNER_TENANTS, ids, n, err);
  } else {
    code = pal_err_set(err, PAL_E_CONFIG, "neither \"all\" nor a list of tenant ids: %s", json);
  }
  pal_json_doc_free(doc);
  return code;
}

static bool is_environment(const struct pal_record *credential) {
  return strcmp(pal_get_text(credential, PAL_CREDENTIAL_TYPE), "environment") == 0;
}

static enum pal_code check_variable(const char *variable, const char *value, struct pal_err *err) {
  struct pal_guid id;
  enum pal_code code = value != NULL ? pal_guid_parse(value, &id, err) : PAL_OK;
  if (code != PAL_OK)
    (void)pal_err_wrap(err, "%s", variable);
  return code;
}

/* Of the environment the settings say what it was found to hold, so that a replay does not depend on it. */
static enum pal_code describe_credential(struct pal_arena *arena, const struct pal_record *credential,
                                         struct pal_record *scanner, struct pal_err *err) {
  const char *type = pal_get_text(credential, PAL_CREDENTIAL_TYPE);
  const char *tenant = pal_get_text(credential, PAL_CREDENTIAL_TENANT_ID);
  const char *client = pal_get_text(credential, PAL_CREDENTIAL_CLIENT_ID);
  struct pal_azure_environment found;
  bool ambient = is_environment(credential) && pal_azure_environment(&found);
  if (ambient) {
    type = found.type;
    tenant = tenant != NULL ? tenant : found.tenant;
    client = client != NULL ? client : found.client;
  }
  enum pal_code code = ambient ? check_variable("AZURE_TENANT_ID", found.tenant, err) : PAL_OK;
  if (code == PAL_OK && ambient)
    code = check_variable("AZURE_CLIENT_ID", found.client, err);
  if (code != PAL_OK)
    return pal_err_wrap(err, "identity %s", pal_get_text(scanner, PAL_SCANNER_NAME));
  code = pal_set_text(arena, scanner, PAL_SCANNER_TYPE, type, err);
  if (code == PAL_OK)
    code = pal_set_text(arena, scanner, PAL_SCANNER_TENANT_ID, tenant, err);
  if (code == PAL_OK)
    code = pal_set_text(arena, scanner, PAL_SCANNER_CLIENT_ID, client, err);
  return code;
}

static enum pal_code add_scanner(struct pal_app *app, const struct pal_record *identity, struct pal_err *err) {
  struct pal_record *scanner = pal_record_new(app->arena, &pal_kind_SCANNER);
  const struct pal_record *credential = pal_get_record(identity, PAL_IDENTITY_CONFIG_CREDENTIAL);
  if (scanner == NULL)
    return pal_err_nomem(err);
  const char *name = pal_get_text(identity, PAL_IDENTITY_CONFIG_NAME);
  enum pal_code code = pal_set_text(app->arena, scanner, PAL_SCANNER_NAME, name, err);
  if (code == PAL_OK)
    code = describe_credential(app->arena, credential, scanner, err);
  if (code == PAL_OK) {
    code = scanner_tenants(app, scanner, pal_get_text(identity, PAL_IDENTITY_CONFIG_TENANTS), err);
    if (code != PAL_OK)
      (void)pal_err_wrap(err, "%s: identity %s: tenants", app->config_path != NULL ? app->config_path : "configuration",
                         name);
  }
  if (code == PAL_OK)
    code = pal_add_record(app->arena, app->settings, PAL_SETTINGS_IDENTITIES, scanner, err);
  return code;
}

static enum pal_code copy_policy_settings(struct pal_arena *arena, const struct pal_record *config,
                                          struct pal_record *settings, struct pal_err *err) {
  const struct pal_record *policies = pal_get_record(config, PAL_CONFIG_POLICIES);
  if (policies == NULL)
    return PAL_OK;
  const struct pal_texts *disable = pal_get_texts(policies, PAL_POLICY_CONFIG_DISABLE);
  enum pal_code code =
      disable->n > 0 ? pal_set_texts(arena, settings, PAL_SETTINGS_DISABLE, disable->v, disable->n, err) : PAL_OK;
  if (code == PAL_OK)
    code =
        pal_set_text(arena, settings, PAL_SETTINGS_SEVERITY, pal_get_text(policies, PAL_POLICY_CONFIG_SEVERITY), err);
  if (code == PAL_OK)
    code = pal_set_text(arena, settings, PAL_SETTINGS_PARAMETERS, pal_get_text(policies, PAL_POLICY_CONFIG_PARAMETERS),
                        err);
  return code;
}

static const char *const all_areas[] = {"links", "role-assignments", "usage", "delegations", "directory"};
enum { USUAL_AREAS_N = 4 /* the first: names are read where somebody asks for them */ };

static enum pal_code check_areas(const struct pal_app *app, const struct pal_texts *areas, struct pal_err *err) {
  for (size_t i = 0; i < areas->n; i++) {
    bool known = false;
    for (size_t k = 0; k < sizeof(all_areas) / sizeof(all_areas[0]); k++)
      known = known || strcmp(areas->v[i], all_areas[k]) == 0;
    if (known)
      continue;
    const char *near = pal_nearest(areas->v[i], all_areas, sizeof(all_areas) / sizeof(all_areas[0]));
    return pal_err_set(err, PAL_E_CONFIG,
                       "%s: at $.collect: unknown area \"%s\"%s%s%s; areas of this version: links, role-assignments, "
                       "usage, delegations, directory",
                       app->config_path, areas->v[i], near != NULL ? ", did you mean " : "", near != NULL ? near : "",
                       near != NULL ? "?" : "");
  }
  return PAL_OK;
}

static enum pal_code make_settings(struct pal_app *app, struct pal_err *err) {
  struct pal_record *s = app->settings = pal_record_new(app->arena, &pal_kind_SETTINGS);
  if (s == NULL)
    return pal_err_nomem(err);
  enum pal_code code = pal_app_set_cloud(app, s, err);
  const struct pal_texts *areas = pal_get_texts(app->config, PAL_CONFIG_COLLECT);
  if (code == PAL_OK && areas->n > 0)
    code = check_areas(app, areas, err);
  if (code == PAL_OK)
    code = areas->n > 0 ? pal_set_texts(app->arena, s, PAL_SETTINGS_COLLECT, areas->v, areas->n, err)
                        : pal_set_texts(app->arena, s, PAL_SETTINGS_COLLECT, all_areas, USUAL_AREAS_N, err);
  if (code == PAL_OK)
    code = pal_set_text(app->arena, s, PAL_SETTINGS_NAMES, pal_get_text(app->config, PAL_CONFIG_NAMES), err);
  pal_set_int(s, PAL_SETTINGS_USAGE_WINDOW, pal_get_int(app->config, PAL_CONFIG_USAGE_WINDOW, 2));
  const struct pal_records *identities = pal_get_records(app->config, PAL_CONFIG_IDENTITIES);
  for (size_t i = 0; code == PAL_OK && i < identities->n; i++)
    code = add_scanner(app, identities->v[i], err);
  if (code == PAL_OK)
    code = copy_policy_settings(app->arena, app->config, s, err);
  return code;
}

static enum pal_code contradiction(const struct pal_app *app, const char *key, struct pal_err *err) {
  return pal_err_set(err, PAL_E_CONFIG,
                     "%s: at $.%s: contradicts the recording, whose session.json decides what was collected; make them "
                     "equal or leave the configuration out",
                     app->config_path, key);
}

static const struct pal_record *find_scanner(const struct pal_records *scanners, const char *name) {
  for (size_t i = 0; i < scanners->n; i++)
    if (strcmp(pal_get_text(scanners->v[i], PAL_SCANNER_NAME), name) == 0)
      return scanners->v[i];
  return NULL;
}

/* What the environment held when the recording was made stands there: today's says nothing against it. */
static enum pal_code recall_environment(const struct pal_app *app, const struct pal_records *recorded,
                                        struct pal_err *err) {
  static const int fields[] = {PAL_SCANNER_TYPE, PAL_SCANNER_TENANT_ID, PAL_SCANNER_CLIENT_ID};
  const struct pal_records *identities = pal_get_records(app->config, PAL_CONFIG_IDENTITIES);
  const struct pal_records *mine = pal_get_records(app->settings, PAL_SETTINGS_IDENTITIES);
  enum pal_code code = PAL_OK;
  for (size_t i = 0; i < identities->n; i++) {
    const char *name = pal_get_text(identities->v[i], PAL_IDENTITY_CONFIG_NAME);
    if (!is_environment(pal_get_record(identities->v[i], PAL_IDENTITY_CONFIG_CREDENTIAL)))
      continue;
    const struct pal_record *from = find_scanner(recorded, name);
    for (size_t k = 0; from != NULL && k < mine->n; k++)
      for (size_t f = 0; code == PAL_OK && f < sizeof(fields) / sizeof(fields[0]); f++)
        if (strcmp(pal_get_text(mine->v[k], PAL_SCANNER_NAME), name) == 0)
          code = pal_set_text(app->arena, mine->v[k], fields[f], pal_get_text(from, fields[f]), err);
  }
  return code;
}

enum pal_code pal_app_replay_settings(const struct pal_app *app, const struct pal_record *session,
                                      struct pal_record **ret, struct pal_err *err) {
  const struct pal_record *recorded = pal_get_record(session, PAL_SESSION_SETTINGS);
  struct pal_record *s = pal_record_dup(app->arena, recorded);
  if (s == NULL)
    return pal_err_nomem(err);
  if (app->config_path != NULL) {
    static const struct {
      int field;
      const char *key;
    } same[] = {{PAL_SETTINGS_CLOUD, "cloud"}, {PAL_SETTINGS_NAMES, "names"}};
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
      if (strcmp(pal_get_text(s, same[i].field), pal_get_text(app->settings, same[i].field)) != 0)
        return contradiction(app, same[i].key, err);
    const struct pal_record *there = pal_get_record(s, PAL_SETTINGS_ENDPOINTS);
    const struct pal_record *here = pal_get_record(app->settings, PAL_SETTINGS_ENDPOINTS);
    if (!there != !here || (there && !pal_record_equal(there, here)))
      return contradiction(app, "cloud", err);
    if (pal_get_int(s, PAL_SETTINGS_USAGE_WINDOW, 0) != pal_get_int(app->settings, PAL_SETTINGS_USAGE_WINDOW, 0))
      return contradiction(app, "usageWindowMonths", err);
    const struct pal_texts *a = pal_get_texts(s, PAL_SETTINGS_COLLECT),
                           *b = pal_get_texts(app->settings, PAL_SETTINGS_COLLECT);
    bool equal = a->n == b->n;
    for (size_t i = 0; equal && i < a->n; i++)
      equal = strcmp(a->v[i], b->v[i]) == 0;
    if (!equal)
      return contradiction(app, "collect", err);
    const struct pal_records *x = pal_get_records(s, PAL_SETTINGS_IDENTITIES),
                             *y = pal_get_records(app->settings, PAL_SETTINGS_IDENTITIES);
    enum pal_code code = recall_environment(app, x, err);
    if (code != PAL_OK)
      return code;
    if (y->n > 0) {
      struct pal_records mine = *y, theirs = *x;
      equal = x->n == y->n;
      pal_records_sort(&mine, NULL);
      pal_records_sort(&theirs, NULL);
      for (size_t i = 0; equal && i < x->n; i++)
        equal = pal_record_equal(mine.v[i], theirs.v[i]);
      if (!equal)
        return contradiction(app, "identities", err);
    }
  }
  enum pal_code code = copy_policy_settings(app->arena, app->config, s, err);
  pal_approvers_copy(app->settings, s);
  *ret = s;
  return code;
}

/* ---- the partner's own files and the pack ---- */

static enum pal_code read_input(struct pal_app *app, int field, const char *what, const struct pal_kind *kind,
                                bool may_be_made, const char **ret_path, struct pal_record **ret, struct pal_err *err) {
  const char *name = pal_get_text(app->config, field);
  *ret = NULL;
  if (name == NULL)
    return PAL_OK;
  const char *path = pal_app_path(app, name);
  if (path == NULL)
    return pal_err_nomem(err);
  if (ret_path != NULL)
    *ret_path = path;
  if (may_be_made && !pal_path_exists(path))
    return PAL_OK;
  return pal_input_read(app->arena, path, what, kind, ret, err);
}

static enum pal_code read_waivers(struct pal_app *app, bool may_be_made, struct pal_err *err) {
  enum pal_code code = read_input(app, PAL_CONFIG_WAIVERS, "risk acceptances", &pal_kind_WAIVERS, may_be_made,
                                  &app->waivers_path, &app->waivers, err);
  return code == PAL_OK ? pal_approvers_apply(app, err) : code;
}

static enum pal_code read_inputs(struct pal_app *app, struct pal_err *err) {
  enum pal_code code =
      read_input(app, PAL_CONFIG_REGISTRY, "registry", &pal_kind_REGISTRY, false, NULL, &app->registry, err);
  if (code == PAL_OK)
    code = read_input(app, PAL_CONFIG_ESTATE, "estate", &pal_kind_ESTATE, false, NULL, &app->estate, err);
  return code == PAL_OK ? read_waivers(app, false, err) : code;
}

/* The folders of own policies: those of the configuration, then those of --policies. */
static enum pal_code own_policies(struct pal_app *app, unsigned flags, struct pal_texts *ret, struct pal_err *err) {
  const struct pal_record *policies = pal_get_record(app->config, PAL_CONFIG_POLICIES);
  struct pal_texts none = {0}, given = {0};
  const struct pal_texts *own = policies != NULL ? pal_get_texts(policies, PAL_POLICY_CONFIG_DIRECTORIES) : &none;
  if ((flags & PAL_APP_POLICIES) != 0)
    given = pal_cli_list(app->cli, "policies");
  const char **dirs = pal_arena_calloc(app->arena, own->n + given.n + 1, sizeof(*dirs));
  if (dirs == NULL)
    return pal_err_nomem(err);
  for (size_t i = 0; i < own->n; i++)
    if ((dirs[i] = pal_app_path(app, own->v[i])) == NULL)
      return pal_err_nomem(err);
  for (size_t i = 0; i < given.n; i++) /* as typed: below the working directory */
    dirs[own->n + i] = given.v[i];
  *ret = (struct pal_texts){.v = dirs, .n = own->n + given.n};
  return PAL_OK;
}

static enum pal_code load_pack(struct pal_app *app, unsigned flags, struct pal_err *err) {
  const char *shipped = pal_arena_printf(app->arena, "%s/policies", app->data_dir);
  if (shipped == NULL)
    return pal_err_nomem(err);
  struct pal_texts own = {0};
  enum pal_code code = own_policies(app, flags, &own, err);
  if (code == PAL_OK)
    code = pal_pack_load(shipped, own.v, own.n, &app->pack, err);
  if (code != PAL_OK)
    return code;
  code = pal_pack_apply(app->pack, app->settings, err);
  if (code != PAL_OK && app->config_path != NULL)
    (void)pal_err_wrap(err, "%s", app->config_path);
  return code;
}

enum pal_code pal_app_open(struct pal_cli *cli, unsigned flags, struct pal_app *ret, struct pal_err *err) {
  return pal_app_open_at(cli, find_config(cli, flags), flags, ret, err);
}

enum pal_code pal_app_open_at(struct pal_cli *cli, const char *config_path, unsigned flags, struct pal_app *ret,
                              struct pal_err *err) {
  *ret = (struct pal_app){.cli = cli, .arena = cli->arena};
  ret->data_dir = pal_app_data_dir(cli->arena);
  ret->config_path = config_path;
  ret->base_dir = ret->config_path != NULL ? dir_of(cli->arena, ret->config_path) : "";
  if (ret->base_dir == NULL)
    return pal_err_nomem(err);
  enum pal_code code = read_config(ret, flags, err);
  if (code == PAL_OK)
    code = make_settings(ret, err);
  if (code != PAL_OK)
    return code;
  const char *repository = pal_cli_get(cli, "repository");
  ret->repository =
      repository != NULL ? repository : pal_app_path(ret, pal_get_text(ret->config, PAL_CONFIG_REPOSITORY));
  if (ret->repository == NULL)
    return pal_err_nomem(err);
  bool unneeded = (flags & PAL_APP_OPTIONAL) != 0 && config_path == NULL;
  if ((flags & PAL_APP_INPUTS) != 0 && !unneeded)
    code = read_inputs(ret, err);
  else if ((flags & PAL_APP_WAIVERS) != 0)
    code = read_waivers(ret, true, err);
  if (code == PAL_OK)
    code = load_pack(ret, flags, err);
  if (code != PAL_OK)
    pal_app_close(ret);
  return code;
}

void pal_app_close(struct pal_app *app) {
  pal_pack_free(app->pack);
  app->pack = NULL;
}

enum pal_code pal_app_repo(const struct pal_app *app, struct pal_repo **ret, struct pal_err *err) {
  enum pal_code code = pal_repo_open(app->repository, ret, err);
  if (code == PAL_E_NOTFOUND)
    return pal_err_set(err, PAL_E_NOTFOUND,
                       "no snapshot repository at %s: give --repository DIR or --config FILE, or make one with palscan "
                       "init (a demonstration: palscan demo)",
                       app->repository);
  return code;
}
