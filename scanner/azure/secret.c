/* SPDX-License-Identifier: Apache-2.0 */
/* secret.c - secrets out of files and the environment, kept out of everything that is printed. */
#include <stdlib.h>
#include <string.h>

#include "credential.h"
#include "pal_file.h"
#include "pal_log.h"

enum { FILE_NAME_MAX = 4096 };

size_t secret_len(const char *bytes, size_t len) {
  while (len > 0 && (bytes[len - 1] == '\n' || bytes[len - 1] == '\r'))
    len--;
  return len;
}

void secret_drop(char *secret) {
  if (!secret)
    return;
  pal_secret_forget(secret, strlen(secret));
  explicit_bzero(secret, strlen(secret));
  free(secret);
}

enum pal_code secret_copy(const char *bytes, size_t len, char **ret, struct pal_err *err) {
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

enum pal_code secret_keep(struct credential *credential, const char *bytes, size_t len, const char *from,
                          struct pal_err *err) {
  len = secret_len(bytes, len);
  if (len == 0)
    return pal_err_set(err, PAL_E_CONFIG, "identity %s: %s holds no secret", credential->name, from);
  if (memchr(bytes, '\0', len))
    return pal_err_set(err, PAL_E_CONFIG, "identity %s: %s holds a NUL byte", credential->name, from);
  enum pal_code code = secret_copy(bytes, len, &credential->secret, err);
  if (code != PAL_OK)
    return pal_err_wrap(err, "identity %s: %s", credential->name, from);
  credential->secret_len = len;
  return PAL_OK;
}

enum pal_code secret_path(const struct credential_source *source, const char *file, char **ret, struct pal_err *err) {
  struct pal_buf path;
  pal_buf_init(&path, FILE_NAME_MAX);
  if (file[0] != '/' && source->base_dir)
    pal_buf_printf(&path, "%s/", source->base_dir);
  pal_buf_puts(&path, file);
  enum pal_code code = pal_buf_check(&path, "the name of a secret file", err);
  if (code == PAL_OK && !(*ret = strdup(path.data)))
    code = pal_err_nomem(err);
  pal_buf_deinit(&path);
  return code;
}

enum pal_code secret_from_file(struct credential *credential, const struct credential_source *source, const char *file,
                               const char *key, struct pal_err *err) {
  struct pal_buf bytes;
  char *path = NULL;
  pal_buf_init(&bytes, SECRET_MAX + 1);
  enum pal_code code = secret_path(source, file, &path, err);
  if (code == PAL_OK)
    code = pal_file_read(path, key, PAL_FILE_SECRET, SECRET_MAX, &bytes, err);
  if (code != PAL_OK)
    code = pal_err_wrap(err, "identity %s", credential->name);
  if (code == PAL_OK)
    code = secret_keep(credential, bytes.data, bytes.len, key, err);
  pal_buf_wipe(&bytes);
  free(path);
  return code;
}

enum pal_code secret_from_variable(struct credential *credential, const struct credential_source *source,
                                   const char *variable, const char *key, struct pal_err *err) {
  for (size_t i = 0; i < source->n; i++) {
    const struct credential *other = &source->all[i];
    if (other != credential && other->variable && other->secret && strcmp(other->variable, variable) == 0)
      return secret_keep(credential, other->secret, other->secret_len, variable, err);
  }
  char *value = getenv(variable);
  if (!value || !*value)
    return pal_err_set(err, PAL_E_CONFIG, "identity %s: the environment variable %s (%s) is not set", credential->name,
                       variable, key);
  enum pal_code code = secret_keep(credential, value, strlen(value), variable, err);
  explicit_bzero(value, strlen(value));
  credential->variable = variable;
  return code;
}
