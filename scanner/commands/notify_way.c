/* SPDX-License-Identifier: Apache-2.0 */
/* notify_way.c - what the ways to deliver share: keys, secrets, the digest as text. */
#include "notify_way.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pal_file.h"
#include "pal_log.h"

enum { SECRET_BYTES_MAX = 64 << 10 };

enum pal_code notify_require(const struct receiver *receiver, int field, const char **ret, struct pal_err *err) {
  *ret = pal_get_text(receiver->config, field);
  if (*ret != NULL)
    return PAL_OK;
  return pal_err_set(err, PAL_E_CONFIG, "%s needs %s", receiver->way->word, receiver->config->kind->fields[field].json);
}

/* Keeps len bytes as the receiver's secret, without the line breaks that editors leave at the end. */
static enum pal_code keep(struct receiver *receiver, const char *bytes, size_t len, const char *from,
                          struct pal_err *err) {
  while (len > 0 && (bytes[len - 1] == '\n' || bytes[len - 1] == '\r'))
    len--;
  if (len == 0 || memchr(bytes, '\0', len) != NULL)
    return pal_err_set(err, PAL_E_CONFIG, "%s holds no secret", from);
  enum pal_code code = pal_secret_register(bytes, len, err); /* refuses one too short to be redacted */
  if (code != PAL_OK)
    return pal_err_wrap(err, "%s", from);
  pal_secret_forget(bytes, len);
  receiver->secret = strndup(bytes, len);
  return receiver->secret != NULL ? PAL_OK : pal_err_nomem(err);
}

enum pal_code notify_secret_file(const struct pal_app *app, struct receiver *receiver, int field, struct pal_err *err) {
  const char *key = receiver->config->kind->fields[field].json;
  const char *path = pal_app_path(app, pal_get_text(receiver->config, field));
  if (path == NULL)
    return pal_err_nomem(err);
  struct pal_buf bytes;
  pal_buf_init(&bytes, SECRET_BYTES_MAX + 1);
  enum pal_code code = pal_file_read(path, key, PAL_FILE_SECRET, SECRET_BYTES_MAX, &bytes, err);
  if (code == PAL_OK)
    code = keep(receiver, bytes.data, bytes.len, key, err);
  pal_buf_wipe(&bytes);
  return code;
}

enum pal_code notify_secret_env(struct receiver *receiver, int field, struct pal_err *err) {
  const char *name = pal_get_text(receiver->config, field);
  const char *value = getenv(name);
  if (value == NULL || value[0] == '\0')
    return pal_err_set(err, PAL_E_CONFIG, "the environment variable %s (%s) is not set", name,
                       receiver->config->kind->fields[field].json);
  return keep(receiver, value, strlen(value), name, err);
}

enum pal_code notify_send(const struct receiver *receiver, const struct pal_digest *digest, struct pal_err *err) {
  const char *secret = receiver->secret;
  enum pal_code code = secret != NULL ? pal_secret_register(secret, strlen(secret), err) : PAL_OK;
  if (code != PAL_OK)
    return code;
  code = receiver->way->send(receiver, digest, err);
  if (code != PAL_OK && err != NULL) {
    struct pal_buf safe;
    pal_buf_init(&safe, (size_t)2 * PAL_ERR_TEXT_MAX);
    pal_redact(&safe, err->text, strlen(err->text));
    code = pal_err_set(err, code, "%s", safe.data);
    pal_buf_deinit(&safe);
  }
  if (secret != NULL)
    pal_secret_forget(secret, strlen(secret));
  return code;
}

void notify_forget(struct receiver *receiver) {
  if (receiver->secret == NULL)
    return;
  explicit_bzero(receiver->secret, strlen(receiver->secret));
  free(receiver->secret);
  receiver->secret = NULL;
}

enum pal_code notify_print(const struct pal_medium *medium, const struct pal_digest *digest, char **ret,
                           size_t *ret_len, struct pal_err *err) {
  *ret = NULL;
  FILE *out = open_memstream(ret, ret_len);
  if (out == NULL)
    return pal_err_nomem(err);
  enum pal_code code = medium->print(digest, out, err);
  if (fclose(out) != 0 && code == PAL_OK)
    code = pal_err_nomem(err);
  return code;
}
