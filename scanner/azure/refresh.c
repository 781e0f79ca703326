/* SPDX-License-Identifier: Apache-2.0 */
/* refresh.c - a refresh token comes with every answer and takes the place of the one before, in its file too. */
#include <stdlib.h>
#include <string.h>

#include "credential.h"
#include "pal_file.h"
#include "pal_log.h"

enum {
  REFRESH_TOKEN_MIN = 6, /* bytes; shorter ones cannot be kept out of texts */
  SAVE_EVERY_S = 60      /* a refresh token comes with each tenant; a file is flushed with each write */
};

bool refresh_token_valid(const char *text) {
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
    *ret_same = secret_len(bytes.data, bytes.len) == strlen(credential->filed) &&
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
    secret_drop(credential->filed);
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
  if (!credential->type->refreshes || credential->replayed || !refresh_token_valid(token) ||
      strcmp(token, credential->secret) == 0)
    return PAL_OK;
  enum pal_code code = secret_copy(token, strlen(token), &fresh, err);
  if (code != PAL_OK)
    return pal_err_wrap(err, "identity %s: a new refresh token", credential->name);
  if (credential->filed)
    secret_drop(credential->secret);
  else
    credential->filed = credential->secret;
  credential->secret = fresh;
  credential->secret_len = strlen(fresh);
  if (pal_clock_now().s - credential->saved_s >= SAVE_EVERY_S)
    credential_save(credential);
  return PAL_OK;
}
