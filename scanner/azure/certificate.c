/* SPDX-License-Identifier: Apache-2.0 */
/* certificate.c - client-certificate: an assertion signed with the certificate's key, anew for each exchange. */
#include <stdlib.h>
#include <string.h>

#include "credential.h"
#include "pal_file.h"

enum { ASSERTION_MAX = 16 << 10 };

void assertion_put(struct pal_buf *form, const char *assertion) {
  form_put(form, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  form_put(form, "client_assertion", assertion);
}

static enum pal_code read_key(struct credential *credential, const struct credential_source *source, const char *file,
                              struct pal_err *err) {
  struct pal_buf bytes;
  char *path = NULL;
  pal_buf_init(&bytes, SECRET_MAX + 1);
  enum pal_code code = secret_path(source, file, &path, err);
  if (code == PAL_OK)
    code = pal_file_read(path, "certificateFile", PAL_FILE_SECRET, SECRET_MAX, &bytes, err);
  if (code == PAL_OK)
    code = pal_key_read(bytes.data, bytes.len, path, credential->secret, pal_clock_now(), &credential->key, err);
  pal_buf_wipe(&bytes);
  free(path);
  return code == PAL_OK ? code : pal_err_wrap(err, "identity %s", credential->name);
}

enum pal_code certificate_load(struct credential *credential, const struct credential_source *source,
                               struct pal_err *err) {
  const char *file = pal_get_text(source->config, PAL_CREDENTIAL_CERTIFICATE_FILE);
  const char *variable = pal_get_text(source->config, PAL_CREDENTIAL_PASSWORD_ENV);
  if (!file)
    return pal_err_set(err, PAL_E_CONFIG, "identity %s: a client-certificate credential needs certificateFile",
                       credential->name);
  enum pal_code code = variable ? secret_from_variable(credential, source, variable, "passwordEnv", err) : PAL_OK;
  return code == PAL_OK ? read_key(credential, source, file, err) : code;
}

enum pal_code certificate_prove(struct credential *credential, const char *endpoint, struct pal_buf *form,
                                struct pal_err *err) {
  struct pal_buf assertion;
  if (credential->replayed) {
    assertion_put(form, credential->secret);
    return PAL_OK;
  }
  pal_buf_init(&assertion, ASSERTION_MAX);
  enum pal_code code =
      pal_assertion_make(credential->key, endpoint, pal_get_text(credential->scanner, PAL_SCANNER_CLIENT_ID),
                         pal_clock_now(), &assertion, err);
  if (code == PAL_OK)
    assertion_put(form, assertion.data);
  pal_buf_wipe(&assertion);
  return code;
}
