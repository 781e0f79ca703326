/* SPDX-License-Identifier: Apache-2.0 */
#include "source.h"

#include <stdlib.h>
#include <string.h>

#include "pal_net.h"

enum pal_code pal_source_open(struct pal_app *app, const char *replay_dir, struct pal_source *ret,
                              struct pal_err *err) {
  *ret = (struct pal_source){.replay_dir = replay_dir, .settings = app->settings, .started = pal_clock_now()};
  if (replay_dir != NULL) {
    struct pal_record *session = NULL, *settings = NULL;
    enum pal_code code = pal_recording_session(app->arena, replay_dir, &session, err);
    if (code == PAL_OK)
      code = pal_app_replay_settings(app, session, &settings, err);
    if (code != PAL_OK)
      return code;
    ret->settings = settings;
    if (!pal_instant_parse(pal_get_text(session, PAL_SESSION_STARTED), &ret->started))
      return pal_err_set(err, PAL_E_INPUT, "%s/session.json: at $.started: no instant", replay_dir);
    ret->finished = pal_get_text(session, PAL_SESSION_FINISHED);
    if (ret->finished == NULL)
      ret->finished = pal_get_text(session, PAL_SESSION_STARTED);
  } else if (pal_get_records(ret->settings, PAL_SETTINGS_IDENTITIES)->n == 0) {
    return pal_err_set(err, PAL_E_CONFIG, "%s: at $.identities: no identity to sign in as", app->config_path);
  }
  return pal_app_cloud(app, ret->settings, replay_dir == NULL, &ret->cloud, err);
}

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* ids: n of them, in the arena */
static enum pal_code select_all(struct pal_cli *cli, const char **ids, size_t n, const struct pal_texts **ret,
                                struct pal_err *err) {
  struct pal_texts *texts = pal_arena_calloc(cli->arena, 1, sizeof(*texts));
  if (texts == NULL)
    return pal_err_nomem(err);
  if (n > 1)
    qsort(ids, n, sizeof(*ids), by_text);
  texts->v = ids;
  for (size_t i = 0; i < n; i++)
    if (texts->n == 0 || strcmp(ids[texts->n - 1], ids[i]) != 0)
      ids[texts->n++] = ids[i];
  *ret = texts->n > 0 ? texts : NULL;
  return PAL_OK;
}

enum pal_code pal_select_tenants(struct pal_cli *cli, const struct pal_texts **ret, struct pal_err *err) {
  const struct pal_texts given = pal_cli_list(cli, "tenant");
  const char **ids = pal_arena_calloc(cli->arena, given.n + 1, sizeof(*ids));
  if (ids == NULL)
    return pal_err_nomem(err);
  if (given.n == 0 && pal_cli_get(cli, "tenant") != NULL)
    return pal_err_set(err, PAL_E_USAGE, "--tenant: no tenant id");
  for (size_t i = 0; i < given.n; i++) {
    struct pal_tenant_id id;
    if (pal_tenant_id_parse(given.v[i], &id, NULL) != PAL_OK)
      return pal_err_set(err, PAL_E_USAGE, "--tenant: \"%s\" is no tenant id (a GUID)", given.v[i]);
    if ((ids[i] = pal_arena_strdup(cli->arena, id.s)) == NULL)
      return pal_err_nomem(err);
  }
  return select_all(cli, ids, given.n, ret, err);
}

enum pal_code pal_select_identities(struct pal_cli *cli, const struct pal_record *settings,
                                    const struct pal_texts **ret, struct pal_err *err) {
  const struct pal_texts given = pal_cli_list(cli, "identity");
  const struct pal_records *scanners = pal_get_records(settings, PAL_SETTINGS_IDENTITIES);
  const char **names = pal_arena_calloc(cli->arena, scanners->n + 1, sizeof(*names));
  const char **wanted = pal_arena_calloc(cli->arena, given.n + 1, sizeof(*wanted));
  if (names == NULL || wanted == NULL)
    return pal_err_nomem(err);
  if (given.n == 0 && pal_cli_get(cli, "identity") != NULL)
    return pal_err_set(err, PAL_E_USAGE, "--identity: no name");
  for (size_t i = 0; i < scanners->n; i++)
    names[i] = pal_get_text(scanners->v[i], PAL_SCANNER_NAME);
  for (size_t i = 0; i < given.n; i++) {
    for (size_t k = 0; k < scanners->n && wanted[i] == NULL; k++)
      if (strcmp(names[k], given.v[i]) == 0)
        wanted[i] = names[k];
    if (wanted[i] != NULL)
      continue;
    const char *near = pal_nearest(given.v[i], names, scanners->n);
    return pal_err_set(err, PAL_E_USAGE, "--identity: no identity \"%s\" is configured%s%s%s", given.v[i],
                       near != NULL ? ", did you mean " : "", near != NULL ? near : "", near != NULL ? "?" : "");
  }
  return select_all(cli, wanted, given.n, ret, err);
}
