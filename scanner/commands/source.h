/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_SOURCE_H
#define PAL_SOURCE_H
/*
 * source.h - of a command that asks the services: whether they answer or a
 * recording does, and which identities and tenants are meant. Everything lives
 * in the command's arena.
 */
#include "app.h"

struct pal_source {
  const char *replay_dir;            /* NULL: live */
  const struct pal_record *settings; /* SETTINGS: the configuration's, or the recording's */
  struct pal_instant started;        /* now, or when the recording began */
  const char *finished;              /* recorded instant; NULL: live */
  struct pal_cloud *cloud;
};
/* PAL_E_CONFIG when there is no identity to sign in as, or the configuration contradicts the recording. */
enum pal_code pal_source_open(struct pal_app *app, const char *replay_dir, struct pal_source *ret, struct pal_err *err)
    PAL_MUST_CHECK;

/* --tenant and --identity: sorted, each once; *ret is NULL when none was asked for: then all are meant. PAL_E_USAGE for
 * what is no tenant id, and for an identity the settings do not name. */
enum pal_code pal_select_tenants(struct pal_cli *cli, const struct pal_texts **ret, struct pal_err *err) PAL_MUST_CHECK;
enum pal_code pal_select_identities(struct pal_cli *cli, const struct pal_record *settings,
                                    const struct pal_texts **ret, struct pal_err *err) PAL_MUST_CHECK;

#endif
