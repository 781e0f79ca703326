/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_login.c - palscan login: a person signs in, and a scan can do so after that. */
#include <stdio.h>
#include <string.h>

#include "app.h"
#include "pal_azure.h"
#include "pal_file.h"
#include "pal_text.h"

enum { TOKEN_MAX = 64 << 10, LINE_MAX_BYTES = 32 << 10 };

static const struct pal_record *find_identity(const struct pal_app *app, const char *name) {
  const struct pal_records *all = pal_get_records(app->config, PAL_CONFIG_IDENTITIES);
  for (size_t i = 0; i < all->n; i++)
    if (strcmp(pal_get_text(all->v[i], PAL_IDENTITY_CONFIG_NAME), name) == 0)
      return all->v[i];
  return NULL;
}

static enum pal_code find_credential(const struct pal_app *app, const char *name, const struct pal_record **ret,
                                     struct pal_err *err) {
  const struct pal_record *identity = find_identity(app, name);
  const struct pal_record *credential =
      identity != NULL ? pal_get_record(identity, PAL_IDENTITY_CONFIG_CREDENTIAL) : NULL;
  if (credential == NULL)
    return pal_err_set(err, PAL_E_USAGE, "there is no identity \"%s\" in the configuration", name);
  const char *type = pal_get_text(credential, PAL_CREDENTIAL_TYPE);
  if (type == NULL || strcmp(type, "device-code") != 0)
    return pal_err_set(err, PAL_E_CONFIG, "identity %s: signs in with %s; login is for device-code", name,
                       type != NULL ? type : "nothing");
  if (pal_get_text(credential, PAL_CREDENTIAL_TENANT_ID) == NULL ||
      pal_get_text(credential, PAL_CREDENTIAL_CLIENT_ID) == NULL ||
      pal_get_text(credential, PAL_CREDENTIAL_TOKEN_FILE) == NULL)
    return pal_err_set(err, PAL_E_CONFIG,
                       "identity %s: a device-code credential needs tenantId, clientId and tokenFile", name);
  *ret = credential;
  return PAL_OK;
}

/* On standard error: it is talk, and the one thing that must be seen. */
static void show(void *payload, const char *message) {
  struct pal_buf line;
  (void)payload;
  pal_buf_init(&line, LINE_MAX_BYTES);
  pal_term_escape(&line, message);
  (void)fprintf(stderr, "%s\n", line.data);
  (void)fflush(stderr);
  pal_buf_deinit(&line);
}

static enum pal_code refused(const char *name, const struct pal_outcome *outcome, struct pal_err *err) {
  const struct pal_explanation *known = pal_azure_explain(outcome->code);
  return pal_err_set(err, PAL_E_CREDENTIAL, "identity %s: no token: %s%s%s%s%s", name, outcome->code,
                     known != NULL ? ": " : "", known != NULL ? known->meaning : "",
                     known != NULL ? "; what to do: " : "", known != NULL ? known->remedy : "");
}

static enum pal_code keep(const struct pal_app *app, const char *name, const struct pal_record *credential,
                          const struct pal_buf *token, struct pal_err *err) {
  const char *path = pal_app_path(app, pal_get_text(credential, PAL_CREDENTIAL_TOKEN_FILE));
  struct pal_buf text;
  if (path == NULL)
    return pal_err_nomem(err);
  pal_buf_init(&text, TOKEN_MAX + 2);
  pal_buf_printf(&text, "%s\n", token->data);
  enum pal_code code = pal_buf_check(&text, "a refresh token", err);
  if (code == PAL_OK)
    code = pal_file_write(path, text.data, text.len, 0600, err);
  pal_buf_wipe(&text);
  if (code == PAL_OK && !pal_cli_flag(app->cli, "quiet")) {
    const char *said =
        pal_arena_printf(app->arena, "identity %s is signed in; its refresh token stands in %s", name, path);
    if (said == NULL)
      return pal_err_nomem(err);
    show(NULL, said);
  }
  return code;
}

static enum pal_code sign_in(const struct pal_app *app, const char *name, const struct pal_record *credential,
                             struct pal_net *net, struct pal_cloud *cloud, struct pal_err *err) {
  struct pal_device_sign_in options = {.net = net,
                                       .cloud = cloud,
                                       .caller = {.identity = name},
                                       .client = pal_get_text(credential, PAL_CREDENTIAL_CLIENT_ID),
                                       .show = show};
  struct pal_outcome outcome;
  struct pal_buf token;
  pal_buf_init(&token, TOKEN_MAX);
  enum pal_code code =
      pal_tenant_id_parse(pal_get_text(credential, PAL_CREDENTIAL_TENANT_ID), &options.caller.tenant, err);
  if (code == PAL_OK)
    code = pal_azure_learn_cloud(net, app->arena, cloud, app->cli->stop, err);
  if (code == PAL_OK)
    code = pal_azure_device_sign_in(&options, app->cli->stop, &token, &outcome, err);
  if (code == PAL_OK)
    code = outcome.extent == PAL_READ_ALL ? keep(app, name, credential, &token, err) : refused(name, &outcome, err);
  pal_buf_wipe(&token);
  return code;
}

static enum pal_code login(const struct pal_app *app, const char *name, struct pal_err *err) {
  const struct pal_record *credential = NULL;
  struct pal_cloud *cloud = NULL;
  struct pal_net *net = NULL;
  enum pal_code code = find_credential(app, name, &credential, err);
  if (code == PAL_OK)
    code = pal_app_cloud(app, app->settings, true, &cloud, err);
  const struct pal_net_options options = {.cloud = cloud, .concurrency = 1};
  if (code == PAL_OK)
    code = pal_net_open(&options, &net, err);
  if (code != PAL_OK)
    return code;
  code = sign_in(app, name, credential, net, cloud, err);
  struct pal_err later = {0};
  enum pal_code closed = pal_net_close(net, code == PAL_OK ? err : &later);
  return code == PAL_OK ? closed : code;
}

static enum pal_code run(struct pal_cli *cli, struct pal_err *err) {
  struct pal_app app;
  enum pal_code code = pal_cli_text_only(cli, "login", true, err);
  if (code == PAL_OK)
    code = pal_app_open(cli, PAL_APP_CREDENTIALS, &app, err);
  if (code != PAL_OK)
    return code;
  code = login(&app, cli->args[0], err);
  pal_app_close(&app);
  return code;
}

const struct pal_command pal_command_login = {
    .name = "login",
    .args = "IDENTITY",
    .summary = "sign a person in, so that a scan can read what they see",
    .help =
        "For an identity of type device-code: says which page to open and which code to enter there, on any device, "
        "and waits until that is done. The refresh token that comes of it is written to the identity's tokenFile, "
        "which nobody else can read; each scan renews it. Where Conditional Access forbids this flow, use azure-cli. "
        "Exit 5 when the person could not be signed in.",
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
