/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_CLOUD_H
#define PAL_CLOUD_H
/*
 * pal_cloud.h - the cloud of a run: a built-in one, one given endpoint by
 * endpoint, or an Azure Stack Hub that is asked where one signs in.
 */
#include "pal_arena.h"
#include "pal_record.h"
#include "pal_url.h"

/* The cloud that SETTINGS name, made in the arena. ca_file (NULL: none) is
 * borrowed from the caller; replays need none. PAL_E_CONFIG names the key and
 * what is wrong with it. */
enum pal_code pal_cloud_make(struct pal_arena *arena, const struct pal_record *settings, const char *ca_file,
                             struct pal_cloud **ret, struct pal_err *err) PAL_MUST_CHECK;

/* Whether ambient credentials, which name no cloud, may be used there. */
bool pal_cloud_is_builtin(const struct pal_cloud *cloud);

/* What an Azure Stack Hub says of itself. */
struct pal_cloud_metadata {
  const char *login;    /* authentication.loginEndpoint */
  const char *audience; /* the first of authentication.audiences */
  const char *graph;    /* microsoftGraphResourceId; NULL: not named */
};
/* Takes over what was learnt, once: cloud->metadata is NULL then. PAL_E_CONFIG
 * says which value breaks which rule: hosts and audience must lie under the
 * parent domain of the configured endpoint; sign-in and Graph may also be those
 * of a built-in cloud. An audience elsewhere would have a token made for
 * someone else's service and hand it to this one. */
enum pal_code pal_cloud_learn(struct pal_arena *arena, const struct pal_cloud_metadata *metadata,
                              struct pal_cloud *cloud, struct pal_err *err) PAL_MUST_CHECK;

#endif
