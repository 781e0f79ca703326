/* SPDX-License-Identifier: Apache-2.0 */
#include "approvers.h"

#include <stdlib.h>
#include <string.h>

#include "pal_acceptance.h"

static bool lies_in(const char *folder, const char *path) {
  size_t len = strlen(folder);
  return strncmp(path, folder, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

static bool lies_in_repository(const struct pal_app *app, const char *path) {
  char *repository = realpath(app->repository, NULL), *file = realpath(path, NULL);
  bool inside = repository != NULL && file != NULL && lies_in(repository, file);
  free(repository);
  free(file);
  return inside;
}

enum pal_code pal_approvers_apply(struct pal_app *app, struct pal_err *err) {
  const struct pal_record *sign = pal_get_record(app->config, PAL_CONFIG_SIGN);
  const char *name = sign != NULL ? pal_get_text(sign, PAL_SIGN_CONFIG_APPROVERS) : NULL;
  struct pal_signers *signers = NULL;
  if (name == NULL)
    return PAL_OK;
  const char *path = pal_app_path(app, name);
  if (path == NULL)
    return pal_err_nomem(err);
  if (lies_in_repository(app, path))
    return pal_err_set(err, PAL_E_CONFIG,
                       "%s: at $.sign.approvers: %s lies inside the repository, where whoever writes snapshots decides "
                       "who approves: keep it elsewhere",
                       app->config_path, path);
  enum pal_code code = pal_signers_open(path, "sign.approvers", &signers, err);
  if (code == PAL_OK)
    code = pal_approvers_put(app->arena, signers, app->settings, err);
  pal_signers_free(signers);
  return code;
}

void pal_approvers_copy(const struct pal_record *from, struct pal_record *to) {
  to->v[PAL_SETTINGS_APPROVERS] = from->v[PAL_SETTINGS_APPROVERS];
}
