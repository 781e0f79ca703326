/* SPDX-License-Identifier: Apache-2.0 */
/* credential.c - the types of credential, and the bodies of token exchanges. */
#include "credential.h"

#include <stdlib.h>
#include <string.h>

#include "pal_log.h"

/* --- types without a file of their own --- */

static enum pal_code load_secret(struct credential *credential, const struct credential_source *source,
                                 struct pal_err *err) {
  const char *file = pal_get_text(source->config, PAL_CREDENTIAL_SECRET_FILE);
  const char *variable = pal_get_text(source->config, PAL_CREDENTIAL_SECRET_ENV);
  if (!file == !variable)
    return pal_err_set(err, PAL_E_CONFIG,
                       "identity %s: a client-secret credential needs either secretFile or secretEnv",
                       credential->name);
  return file ? secret_from_file(credential, source, file, "secretFile", err)
              : secret_from_variable(credential, source, variable, "secretEnv", err);
}

static enum pal_code prove_secret(struct credential *credential, const char *endpoint, struct pal_buf *form,
                                  struct pal_err *err) {
  (void)endpoint;
  (void)err;
  form_put(form, "client_secret", credential->secret);
  return PAL_OK;
}

static enum pal_code load_token(struct credential *credential, const struct credential_source *source,
                                struct pal_err *err) {
  const char *file = pal_get_text(source->config, PAL_CREDENTIAL_TOKEN_FILE);
  if (!file)
    return pal_err_set(err, PAL_E_CONFIG, "identity %s: this type of credential needs tokenFile", credential->name);
  enum pal_code code = secret_from_file(credential, source, file, "tokenFile", err);
  return code == PAL_OK && credential->type->refreshes ? secret_path(source, file, &credential->file, err) : code;
}

static enum pal_code prove_refresh(struct credential *credential, const char *endpoint, struct pal_buf *form,
                                   struct pal_err *err) {
  (void)endpoint;
  (void)err;
  form_put(form, "refresh_token", credential->secret);
  return PAL_OK;
}

static const struct credential_type types[] = {
    {.word = "client-secret", .needs_client = true, .load = load_secret, .prove = prove_secret},
    {.word = "client-certificate",
     .needs_client = true,
     .signs = true,
     .load = certificate_load,
     .prove = certificate_prove},
    {.word = "workload-identity", .needs_client = true, .load = workload_load, .prove = workload_prove},
    {.word = "device-code", .needs_client = true, .refreshes = true, .load = load_token, .prove = prove_refresh},
    {.word = "managed-identity",
     .ambient = true,
     .grant = "managed_identity",
     .challenged =
         "have the identity excluded from the tenant's Conditional Access policy, or use an application with a "
         "certificate: managed identities cannot answer one",
     .load = managed_load,
     .fetch = managed_fetch,
     .wipe = managed_wipe},
    {.word = "azure-cli",
     .ambient = true,
     .grant = "azure_cli",
     .challenged = "sign in again, with Azure CLI 2.76 or later: az login",
     .load = azure_cli_load,
     .fetch = azure_cli_fetch,
     .settle = azure_cli_settle},
    {.word = "token-file",
     .grant = "token_file",
     .challenged = "put a token into the file that answers it",
     .load = load_token},
};
enum { TYPES_N = sizeof types / sizeof types[0] };

/* --- reading --- */

static enum pal_code find_type(struct credential *credential, struct pal_err *err) {
  const char *word = pal_get_text(credential->scanner, PAL_SCANNER_TYPE);
  struct pal_buf known;
  for (size_t i = 0; word && i < TYPES_N; i++)
    if (strcmp(types[i].word, word) == 0) {
      credential->type = &types[i];
      return PAL_OK;
    }
  if (word && strcmp(word, "environment") == 0)
    return environment_load(credential, NULL, err);
  pal_buf_init(&known, 1024);
  for (size_t i = 0; i < TYPES_N; i++)
    pal_buf_printf(&known, "%s%s", i == 0 ? "" : i + 1 < TYPES_N ? ", " : " or ", types[i].word);
  enum pal_code code =
      pal_err_set(err, PAL_E_CONFIG, "identity %s: credential type %s is not available in this version; use %s",
                  credential->name, word ? word : "(none)", known.data);
  pal_buf_deinit(&known);
  return code;
}

static bool among(const struct pal_texts *names, const char *name) {
  for (size_t i = 0; i < names->n; i++)
    if (strcmp(names->v[i], name) == 0)
      return true;
  return false;
}

static const struct pal_record *find_config(const struct pal_record *config, const char *name) {
  const struct pal_records *identities = pal_get_records(config, PAL_CONFIG_IDENTITIES);
  for (size_t i = 0; i < identities->n; i++) {
    const char *other = pal_get_text(identities->v[i], PAL_IDENTITY_CONFIG_NAME);
    if (other && strcmp(other, name) == 0)
      return pal_get_record(identities->v[i], PAL_IDENTITY_CONFIG_CREDENTIAL);
  }
  return NULL;
}

static bool is_environment(const struct credential_source *source) {
  return strcmp(pal_get_text(source->config, PAL_CREDENTIAL_TYPE), "environment") == 0;
}

/* Whoever may write a configuration that is only about a cloud shall not get what this host is trusted with. */
static enum pal_code check_cloud(const struct credential *credential, const struct credential_source *source,
                                 struct pal_err *err) {
  const char *named = pal_get_text(source->config, PAL_CREDENTIAL_CLOUD);
  bool ambient = credential->type->ambient || is_environment(source) ||
                 (credential->type->load == workload_load && !pal_get_text(source->config, PAL_CREDENTIAL_TOKEN_FILE));
  if (named && strcmp(named, source->cloud->name) != 0)
    return pal_err_set(err, PAL_E_CONFIG, "identity %s: its credential is for cloud %s, the configuration scans %s",
                       credential->name, named, source->cloud->name);
  if (ambient && !named && !pal_cloud_is_builtin(source->cloud))
    return pal_err_set(
        err, PAL_E_CONFIG,
        "identity %s: a credential that comes from where palscan runs must name the cloud it may be used "
        "with: \"cloud\": \"%s\"",
        credential->name, source->cloud->name);
  return PAL_OK;
}

static enum pal_code load_live(struct credential *credential, struct credential_source *source,
                               const struct pal_azure_options *options, struct pal_err *err) {
  source->config = find_config(options->config, credential->name);
  if (!source->config)
    return pal_err_set(err, PAL_E_CONFIG, "identity %s: the configuration names no credential for it",
                       credential->name);
  enum pal_code code = check_cloud(credential, source, err);
  if (code != PAL_OK)
    return code;
  return is_environment(source) ? environment_load(credential, source, err)
                                : credential->type->load(credential, source, err);
}

enum pal_code credential_load(struct credential *all, size_t n, size_t i, const struct pal_azure_options *options,
                              struct pal_err *err) {
  struct credential *credential = &all[i];
  if (options->only_identities && !among(options->only_identities, credential->name))
    return PAL_OK;
  enum pal_code code = find_type(credential, err);
  if (code != PAL_OK)
    return code;
  credential->wanted = true;
  credential->replayed = options->config == NULL;
  if (credential->type->needs_client && !pal_get_text(credential->scanner, PAL_SCANNER_CLIENT_ID))
    return pal_err_set(err, PAL_E_CONFIG, "identity %s: its credential needs clientId", credential->name);
  struct credential_source source = {.all = all, .n = n, .cloud = options->cloud, .base_dir = options->base_dir};
  if (!credential->replayed)
    return load_live(credential, &source, options, err);
  credential->secret = strdup("REDACTED");
  if (!credential->secret)
    return pal_err_nomem(err);
  credential->secret_len = strlen(credential->secret);
  return PAL_OK;
}

/* The secret that was configured stays registered: an error may still name it when all is wiped. */
void credential_wipe(struct credential *credential) {
  if (credential->type && credential->type->wipe && credential->own)
    credential->type->wipe(credential);
  pal_key_free(credential->key);
  credential->key = NULL;
  if (credential->secret)
    explicit_bzero(credential->secret, credential->secret_len);
  free(credential->secret);
  credential->secret = NULL;
  secret_drop(credential->filed);
  credential->filed = NULL;
  free(credential->file);
  credential->file = NULL;
}

/* --- forms --- */

/* RFC 3986: everything but unreserved characters as %XX. */
static void put_encoded(struct pal_buf *out, const char *text) {
  static const char hex[] = "0123456789ABCDEF";
  for (; *text; text++) {
    unsigned char c = (unsigned char)*text;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~", c)) {
      pal_buf_putc(out, (char)c);
    } else {
      pal_buf_putc(out, '%');
      pal_buf_putc(out, hex[c >> 4]);
      pal_buf_putc(out, hex[c & 15]);
    }
  }
}

void form_put(struct pal_buf *out, const char *name, const char *value) {
  if (out->len > 0)
    pal_buf_putc(out, '&');
  pal_buf_puts(out, name);
  pal_buf_putc(out, '=');
  put_encoded(out, value);
}

enum pal_code credential_form(struct credential *credential, const char *endpoint, const char *audience,
                              const char *claims, struct pal_buf *out, struct pal_err *err) {
  const struct credential_type *type = credential->type;
  if (type->grant) {
    form_put(out, "scope", audience);
    put_encoded(out, "/.default");
    form_put(out, "grant_type", type->grant);
    return PAL_OK;
  }
  form_put(out, "client_id", pal_get_text(credential->scanner, PAL_SCANNER_CLIENT_ID));
  form_put(out, "scope", audience);
  put_encoded(out, type->refreshes ? "/.default offline_access" : "/.default");
  enum pal_code code = type->prove(credential, endpoint, out, err);
  form_put(out, "grant_type", type->refreshes ? "refresh_token" : "client_credentials");
  if (claims)
    form_put(out, "claims", claims);
  return code;
}
