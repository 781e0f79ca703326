/* SPDX-License-Identifier: Apache-2.0 */
/*
 * environment.c - environment: the AZURE_ variables of the Azure Identity
 * libraries, in their order: a secret before a certificate. Which of them it is
 * stands in the settings, and with it everything a replay needs.
 */
#include <stdlib.h>
#include <string.h>

#include "credential.h"
#include "pal_log.h"

#define SECRET "AZURE_CLIENT_SECRET"
#define CERTIFICATE "AZURE_CLIENT_CERTIFICATE_PATH"
#define PASSWORD "AZURE_CLIENT_CERTIFICATE_PASSWORD"
#define AUTHORITY "AZURE_AUTHORITY_HOST"

static const char *variable(const char *name) {
  const char *value = getenv(name);
  return value && *value ? value : NULL;
}

bool pal_azure_environment(struct pal_azure_environment *ret) {
  *ret = (struct pal_azure_environment){.tenant = variable("AZURE_TENANT_ID"), .client = variable("AZURE_CLIENT_ID")};
  if (!ret->tenant || !ret->client)
    return false;
  if (variable(SECRET))
    ret->type = "client-secret";
  else if (variable(CERTIFICATE))
    ret->type = "client-certificate";
  return ret->type != NULL;
}

static enum pal_code say_missing(const struct credential *credential, struct pal_err *err) {
  if (variable("AZURE_USERNAME") && variable("AZURE_PASSWORD"))
    return pal_err_set(
        err, PAL_E_CONFIG,
        "identity %s: AZURE_USERNAME and AZURE_PASSWORD are not used: where multi-factor authentication is "
        "asked for they do not work; use device-code for a person",
        credential->name);
  if (variable("AZURE_FEDERATED_TOKEN_FILE"))
    return pal_err_set(err, PAL_E_CONFIG,
                       "identity %s: AZURE_FEDERATED_TOKEN_FILE is that of a workload-identity credential",
                       credential->name);
  return pal_err_set(err, PAL_E_CONFIG,
                     "identity %s: an environment credential needs AZURE_TENANT_ID, AZURE_CLIENT_ID and either " SECRET
                     " or " CERTIFICATE,
                     credential->name);
}

/* Whoever sets the variable shall not learn where secrets go: it must name what the configuration names. */
static enum pal_code check_authority(const struct credential *credential, const struct pal_cloud *cloud,
                                     struct pal_err *err) {
  const char *host = variable(AUTHORITY), *login = cloud->origin[PAL_LOGIN];
  if (!host)
    return PAL_OK;
  const char *start = strncmp(host, "https://", 8) == 0 ? host + 8 : host;
  size_t len = strlen(start);
  while (len > 0 && start[len - 1] == '/')
    len--;
  if (login && strlen(login) == len + 8 && strncmp(login + 8, start, len) == 0)
    return PAL_OK;
  return pal_err_set(err, PAL_E_CONFIG,
                     "identity %s: " AUTHORITY " names another sign-in than cloud %s of the configuration has (%s)",
                     credential->name, cloud->name, login ? login : "not known before it is asked");
}

static enum pal_code load_certificate(struct credential *credential, const struct credential_source *source,
                                      struct pal_err *err) {
  struct pal_arena *arena = pal_arena_new(0);
  struct pal_record *config = arena ? pal_record_new(arena, &pal_kind_CREDENTIAL) : NULL;
  enum pal_code code = config ? PAL_OK : pal_err_nomem(err);
  if (code == PAL_OK)
    code = pal_set_text(arena, config, PAL_CREDENTIAL_CERTIFICATE_FILE, variable(CERTIFICATE), err);
  if (code == PAL_OK && variable(PASSWORD))
    code = pal_set_text(arena, config, PAL_CREDENTIAL_PASSWORD_ENV, PASSWORD, err);
  if (code == PAL_OK) {
    struct credential_source own = *source;
    own.config = config;
    own.base_dir = NULL;
    code = certificate_load(credential, &own, err);
    if (credential->variable)
      credential->variable = PASSWORD; /* what it pointed to ends with the arena */
  }
  pal_arena_free(arena);
  return code;
}

enum pal_code environment_load(struct credential *credential, const struct credential_source *source,
                               struct pal_err *err) {
  if (!source)
    return say_missing(credential, err);
  enum pal_code code = check_authority(credential, source->cloud, err);
  if (code != PAL_OK)
    return code;
  if (strcmp(credential->type->word, "client-secret") == 0)
    return secret_from_variable(credential, source, SECRET, "a secret", err);
  return load_certificate(credential, source, err);
}
