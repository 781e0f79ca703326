/* SPDX-License-Identifier: Apache-2.0 */
/* credential.c - the secrets of the configured identities, refresh tokens that follow one another, and the bodies of
 * token exchanges. */
#include <stdlib.h>
#include <string.h>

#include "azure.h"
#include "pal_file.h"
#include "pal_log.h"

enum {
  SECRET_MAX = 64 << 10,
  FILE_NAME_MAX = 4096,
  REFRESH_TOKEN_MIN = 6, /* bytes; shorter ones cannot be kept out of texts */
  SAVE_EVERY_S = 60      /* a refresh token comes with each tenant; a file is flushed with each write */
};

static const struct {
  const char *word;
  enum credential_type type;
} types[] = {
    {"client-secret", CREDENTIAL_CLIENT_SECRET},
    {"device-code", CREDENTIAL_DEVICE_CODE},
    {"token-file", CREDENTIAL_TOKEN_FILE},
};

static enum pal_code find_type(struct credential *credential, struct pal_err *err) {
  const char *word = pal_get_text(credential->scanner, PAL_SCANNER_TYPE);
  for (size_t i = 0; word && i < sizeof types / sizeof types[0]; i++)
    if (strcmp(types[i].word, word) == 0) {
      credential->type = types[i].type;
      return PAL_OK;
    }
  return pal_err_set(
      err, PAL_E_CONFIG,
      "identity %s: credential type %s is not available in this version; use client-secret, device-code or token-file",
      credential->name, word ? word : "(none)");
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

/* Without the line breaks that editors and `echo` leave at the end: they are no part of a secret. */
static size_t len_of_secret(const char *bytes, size_t len) {
  while (len > 0 && (bytes[len - 1] == '\n' || bytes[len - 1] == '\r'))
    len--;
  return len;
}

static void drop_secret(char *secret) {
  if (!secret)
    return;
  pal_secret_forget(secret, strlen(secret));
  explicit_bzero(secret, strlen(secret));
  free(secret);
}

/* A registered copy of bytes that hold no NUL. */
static enum pal_code copy_secret(const char *bytes, size_t len, char **ret, struct pal_err *err) {
  enum pal_code code = pal_secret_register(bytes, len, err);
  if (code != PAL_OK)
    return code;
  char *copy = malloc(len + 1);
  if (!copy) {
    pal_secret_forget(bytes, len);
    return pal_err_nomem(err);
  }
  memcpy(copy, bytes, len);
  copy[len] = '\0';
  *ret = copy;
  return PAL_OK;
}

static enum pal_code keep_secret(struct credential *credential, const char *bytes, size_t len, const char *from,
                                 struct pal_err *err) {
  len = len_of_secret(bytes, len);
  if (len == 0)
    return pal_err_set(err, PAL_E_CONFIG, "identity %s: %s holds no secret", credential->name, from);
  if (memchr(bytes, '\0', len))
    return pal_err_set(err, PAL_E_CONFIG, "identity %s: %s holds a NUL byte", credential->name, from);
  enum pal_code code = copy_secret(bytes, len, &credential->secret, err);
  if (code != PAL_OK)
    return pal_err_wrap(err, "identity %s: %s", credential->name, from);
  credential->secret_len = len;
  return PAL_OK;
}

static enum pal_code from_file(struct credential *credential, const char *file, const char *what,
                               const struct pal_azure_options *options, struct pal_err *err) {
  struct pal_buf path, bytes;
  pal_buf_init(&path, FILE_NAME_MAX);
  pal_buf_init(&bytes, SECRET_MAX + 1);
  if (file[0] != '/' && options->base_dir)
    pal_buf_printf(&path, "%s/", options->base_dir);
  pal_buf_puts(&path, file);
  enum pal_code code = pal_buf_check(&path, "the name of a secret file", err);
  if (code == PAL_OK)
    code = pal_file_read(path.data, what, PAL_FILE_SECRET, SECRET_MAX, &bytes, err);
  if (code != PAL_OK)
    code = pal_err_wrap(err, "identity %s", credential->name);
  if (code == PAL_OK)
    code = keep_secret(credential, bytes.data, bytes.len, what, err);
  if (code == PAL_OK && credential->type == CREDENTIAL_DEVICE_CODE) {
    credential->file = strdup(path.data);
    if (!credential->file)
      code = pal_err_nomem(err);
  }
  pal_buf_wipe(&bytes);
  pal_buf_deinit(&path);
  return code;
}

/* Copied, then overwritten in place; a second identity with the same variable takes the first one's copy. */
static enum pal_code from_variable(struct credential *all, size_t n, struct credential *credential,
                                   const char *variable, struct pal_err *err) {
  for (size_t i = 0; i < n; i++)
    if (&all[i] != credential && all[i].variable && all[i].secret && strcmp(all[i].variable, variable) == 0)
      return keep_secret(credential, all[i].secret, all[i].secret_len, variable, err);
  char *value = getenv(variable);
  if (!value || !*value)
    return pal_err_set(err, PAL_E_CONFIG, "identity %s: the environment variable %s (secretEnv) is not set",
                       credential->name, variable);
  enum pal_code code = keep_secret(credential, value, strlen(value), variable, err);
  explicit_bzero(value, strlen(value));
  credential->variable = variable;
  return code;
}

static enum pal_code load_live(struct credential *all, size_t n, struct credential *credential,
                               const struct pal_azure_options *options, struct pal_err *err) {
  const struct pal_record *config = find_config(options->config, credential->name);
  if (!config)
    return pal_err_set(err, PAL_E_CONFIG, "identity %s: the configuration names no credential for it",
                       credential->name);
  const char *file = pal_get_text(config, PAL_CREDENTIAL_SECRET_FILE);
  const char *variable = pal_get_text(config, PAL_CREDENTIAL_SECRET_ENV);
  const char *token = pal_get_text(config, PAL_CREDENTIAL_TOKEN_FILE);
  switch (credential->type) {
  case CREDENTIAL_CLIENT_SECRET:
    if (!file == !variable)
      return pal_err_set(err, PAL_E_CONFIG,
                         "identity %s: a client-secret credential needs either secretFile or secretEnv",
                         credential->name);
    return file ? from_file(credential, file, "secretFile", options, err)
                : from_variable(all, n, credential, variable, err);
  case CREDENTIAL_DEVICE_CODE:
  case CREDENTIAL_TOKEN_FILE:
    if (!token)
      return pal_err_set(err, PAL_E_CONFIG, "identity %s: this type of credential needs tokenFile", credential->name);
    return from_file(credential, token, "tokenFile", options, err);
  }
  return pal_err_set(err, PAL_E_INTERNAL, "identity %s: unknown type of credential", credential->name);
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
  if (credential->type != CREDENTIAL_TOKEN_FILE && !pal_get_text(credential->scanner, PAL_SCANNER_CLIENT_ID))
    return pal_err_set(err, PAL_E_CONFIG, "identity %s: its credential needs clientId", credential->name);
  if (!credential->replayed)
    return load_live(all, n, credential, options, err);
  credential->secret = strdup("REDACTED");
  if (!credential->secret)
    return pal_err_nomem(err);
  credential->secret_len = strlen(credential->secret);
  return PAL_OK;
}

/* The secret that was configured stays registered: an error may still name it when all is wiped. */
void credential_wipe(struct credential *credential) {
  if (credential->secret)
    explicit_bzero(credential->secret, credential->secret_len);
  free(credential->secret);
  credential->secret = NULL;
  drop_secret(credential->filed);
  credential->filed = NULL;
  free(credential->file);
  credential->file = NULL;
}

/* --- refresh tokens --- */

/* What a file can hold and a form can send: printable ASCII. */
static bool is_refresh_token(const char *text) {
  size_t len = strnlen(text, SECRET_MAX);
  if (len < REFRESH_TOKEN_MIN || len >= SECRET_MAX)
    return false;
  for (size_t i = 0; i < len; i++)
    if (text[i] < 0x21 || text[i] > 0x7E)
      return false;
  return true;
}

/* Whether the file still holds what was read from it or written to it. By the rules of reading: it may have been
 * replaced since, and then it is not ours to replace. */
static enum pal_code check_filed(const struct credential *credential, bool *ret_same, struct pal_err *err) {
  struct pal_buf bytes;
  pal_buf_init(&bytes, SECRET_MAX + 1);
  enum pal_code code = pal_file_read(credential->file, "tokenFile", PAL_FILE_SECRET, SECRET_MAX, &bytes, err);
  if (code == PAL_OK)
    *ret_same = len_of_secret(bytes.data, bytes.len) == strlen(credential->filed) &&
                memcmp(bytes.data, credential->filed, strlen(credential->filed)) == 0;
  pal_buf_wipe(&bytes);
  return code;
}

static enum pal_code write_file(const struct credential *credential, struct pal_err *err) {
  struct pal_buf text;
  pal_buf_init(&text, SECRET_MAX + 1);
  pal_buf_printf(&text, "%s\n", credential->secret);
  enum pal_code code = pal_buf_check(&text, "a refresh token", err);
  if (code == PAL_OK)
    code = pal_file_write(credential->file, text.data, text.len, 0600, err);
  pal_buf_wipe(&text);
  return code;
}

void credential_save(struct credential *credential) {
  struct pal_err err = {0};
  bool same = false;
  if (!credential->filed || !credential->file)
    return;
  enum pal_code code = check_filed(credential, &same, &err);
  if (code == PAL_OK && !same) {
    pal_log(PAL_LOG_INFO, "identity %s: %s holds another token by now, which stays", credential->name,
            credential->file);
    free(credential->file);
    credential->file = NULL;
    return;
  }
  if (code == PAL_OK)
    code = write_file(credential, &err);
  if (code == PAL_OK) {
    drop_secret(credential->filed);
    credential->filed = NULL;
  } else if (!credential->warned) {
    pal_log(PAL_LOG_WARN, "identity %s: a new refresh token could not be saved, the old one may end sooner: %s",
            credential->name, err.text);
    credential->warned = true;
  }
  credential->saved_s = pal_clock_now().s;
}

enum pal_code credential_renew(struct credential *credential, const char *token, struct pal_err *err) {
  char *fresh = NULL;
  if (credential->type != CREDENTIAL_DEVICE_CODE || credential->replayed || !is_refresh_token(token) ||
      strcmp(token, credential->secret) == 0)
    return PAL_OK;
  enum pal_code code = copy_secret(token, strlen(token), &fresh, err);
  if (code != PAL_OK)
    return pal_err_wrap(err, "identity %s: a new refresh token", credential->name);
  if (credential->filed)
    drop_secret(credential->secret);
  else
    credential->filed = credential->secret;
  credential->secret = fresh;
  credential->secret_len = strlen(fresh);
  if (pal_clock_now().s - credential->saved_s >= SAVE_EVERY_S)
    credential_save(credential);
  return PAL_OK;
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

static void put_field(struct pal_buf *out, const char *name, const char *value) {
  if (out->len > 0)
    pal_buf_putc(out, '&');
  pal_buf_puts(out, name);
  pal_buf_putc(out, '=');
  put_encoded(out, value);
}

void credential_form(const struct credential *credential, const char *audience, struct pal_buf *out) {
  bool refresh = credential->type == CREDENTIAL_DEVICE_CODE;
  if (credential->type == CREDENTIAL_TOKEN_FILE) {
    pal_buf_puts(out, "scope=");
    put_encoded(out, audience);
    put_encoded(out, "/.default");
    put_field(out, "grant_type", "token_file");
    return;
  }
  put_field(out, "client_id", pal_get_text(credential->scanner, PAL_SCANNER_CLIENT_ID));
  pal_buf_puts(out, "&scope=");
  put_encoded(out, audience);
  put_encoded(out, refresh ? "/.default offline_access" : "/.default");
  put_field(out, refresh ? "refresh_token" : "client_secret", credential->secret);
  put_field(out, "grant_type", refresh ? "refresh_token" : "client_credentials");
}
