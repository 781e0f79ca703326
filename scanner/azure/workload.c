/* SPDX-License-Identifier: Apache-2.0 */
/*
 * workload.c - workload-identity: an assertion that someone else's identity
 * provider has signed. Its file is read for each exchange, because whoever
 * projects it there replaces it before it ends.
 *
 * Kubernetes projects it as a symbolic link to a file that root owns and the
 * pod's users may read, in a folder only they can enter. So links are followed
 * and reading by others is no fault, but who may write the file may sign in as
 * someone else: only its user or root.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "credential.h"
#include "pal_log.h"

#define TOKEN_VARIABLE "AZURE_FEDERATED_TOKEN_FILE"

static enum pal_code judge(int fd, const char *path, struct pal_err *err) {
  struct stat st;
  if (fstat(fd, &st) != 0)
    return pal_err_set(err, PAL_E_INPUT, "tokenFile %s: %s", path, strerror(errno));
  if (!S_ISREG(st.st_mode))
    return pal_err_set(err, PAL_E_INPUT, "tokenFile %s: not a regular file", path);
  if (st.st_uid != geteuid() && st.st_uid != 0)
    return pal_err_set(err, PAL_E_INPUT, "tokenFile %s: must belong to you or root", path);
  if (st.st_mode & (S_IWGRP | S_IWOTH))
    return pal_err_set(err, PAL_E_INPUT, "tokenFile %s: others may write it", path);
  return PAL_OK;
}

static enum pal_code read_all(int fd, const char *path, struct pal_buf *out, struct pal_err *err) {
  char chunk[4096];
  ssize_t n;
  while ((n = read(fd, chunk, sizeof chunk)) != 0) {
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return pal_err_set(err, PAL_E_INPUT, "tokenFile %s: %s", path, strerror(errno));
    pal_buf_add(out, chunk, (size_t)n);
  }
  explicit_bzero(chunk, sizeof chunk);
  return pal_buf_check(out, "a federated token", err);
}

/* A JWT: what may stand in one, and two dots. */
static bool is_token(const char *text, size_t len) {
  size_t dots = 0;
  for (size_t i = 0; i < len; i++) {
    char c = text[i];
    dots += c == '.';
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-_.", c)) || !c)
      return false;
  }
  return dots == 2;
}

static enum pal_code read_token(const struct credential *credential, struct pal_buf *out, struct pal_err *err) {
  int fd = open(credential->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  enum pal_code code = fd >= 0 ? judge(fd, credential->file, err)
                               : pal_err_set(err, PAL_E_INPUT, "tokenFile %s: %s", credential->file, strerror(errno));
  if (code == PAL_OK)
    code = read_all(fd, credential->file, out, err);
  if (fd >= 0)
    (void)close(fd);
  if (code == PAL_OK) {
    out->len = secret_len(out->data, out->len);
    out->data[out->len] = '\0';
    if (!is_token(out->data, out->len))
      code = pal_err_set(err, PAL_E_INPUT, "tokenFile %s: holds no token (a JWT)", credential->file);
  }
  return code == PAL_OK ? code : pal_err_wrap(err, "identity %s", credential->name);
}

enum pal_code workload_load(struct credential *credential, const struct credential_source *source,
                            struct pal_err *err) {
  const char *file = pal_get_text(source->config, PAL_CREDENTIAL_TOKEN_FILE);
  struct pal_buf token;
  if (!file)
    file = getenv(TOKEN_VARIABLE);
  if (!file || !*file)
    return pal_err_set(err, PAL_E_CONFIG,
                       "identity %s: a workload-identity credential needs tokenFile, or the variable " TOKEN_VARIABLE,
                       credential->name);
  pal_buf_init(&token, SECRET_MAX);
  enum pal_code code = secret_path(source, file, &credential->file, err);
  if (code == PAL_OK)
    code = read_token(credential, &token, err);
  pal_buf_wipe(&token);
  return code;
}

/* What cannot be read now ends no run: the exchange is refused, as a token would be that has ended. */
enum pal_code workload_prove(struct credential *credential, const char *endpoint, struct pal_buf *form,
                             struct pal_err *err) {
  struct pal_buf token;
  struct pal_err why = {0};
  (void)endpoint;
  if (credential->replayed) {
    assertion_put(form, credential->secret);
    return PAL_OK;
  }
  pal_buf_init(&token, SECRET_MAX);
  enum pal_code code = read_token(credential, &token, &why);
  if (code == PAL_OK) {
    assertion_put(form, token.data);
  } else if (code == PAL_E_INPUT || code == PAL_E_LIMIT) {
    pal_log(PAL_LOG_WARN, "%s", why.text);
    assertion_put(form, "unreadable");
    code = PAL_OK;
  } else if (err) {
    *err = why;
  }
  pal_buf_wipe(&token);
  return code;
}
