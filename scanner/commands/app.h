/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAL_APP_H
#define PAL_APP_H
/*
 * app.h - what most commands need before they start: the configuration, the
 * partner's own files it names, the settings that follow from it, the shipped
 * pack. Everything lives in the command's arena but the pack.
 */
#include "cli.h"
#include "pal_cloud.h"
#include "pal_repo.h"

enum pal_app_flags {
  PAL_APP_CREDENTIALS = 1 << 0, /* the command uses credentials: no configuration from the working directory */
  PAL_APP_INPUTS = 1 << 1,      /* every one of registry, estate and waivers that the configuration names */
  PAL_APP_OPTIONAL = 1 << 2,    /* no configuration, no inputs: those of a stored snapshot serve */
  PAL_APP_POLICIES = 1 << 4,    /* the command has --policies: folders of policies beside the configured ones */
  PAL_APP_WAIVERS = 1 << 3      /* the waivers alone, for who adds to them: no file yet is none accepted yet */
};

struct pal_app {
  struct pal_cli *cli;
  struct pal_arena *arena;
  const char *config_path;     /* NULL: none found, built-in defaults */
  const char *base_dir;        /* relative paths of the configuration start here */
  const char *data_dir;        /* shipped policies/ and snapshots/ */
  const char *repository;      /* path */
  const char *waivers_path;    /* NULL when not configured */
  struct pal_record *config;   /* CONFIG */
  struct pal_record *registry; /* REGISTRY or NULL */
  struct pal_record *estate;   /* ESTATE or NULL */
  struct pal_record *waivers;  /* WAIVERS or NULL */
  struct pal_record *settings; /* SETTINGS that follow from the configuration */
  struct pal_pack *pack;       /* shipped and own policies, settings applied; pal_app_close frees */
};

enum pal_code pal_app_open(struct pal_cli *cli, unsigned flags, struct pal_app *ret, struct pal_err *err)
    PAL_MUST_CHECK;
/* The same with this configuration file instead of the one looked for. */
enum pal_code pal_app_open_at(struct pal_cli *cli, const char *config_path, unsigned flags, struct pal_app *ret,
                              struct pal_err *err) PAL_MUST_CHECK;
/* The shipped data alone: policies, demo estate. */
const char *pal_app_data_dir(struct pal_arena *arena);
void pal_app_close(struct pal_app *app);
/* Path of something relative to the configuration; in the app's arena, NULL on no memory. */
const char *pal_app_path(const struct pal_app *app, const char *path);
/* A file that decides where credentials go must belong to the caller or root, and nobody else may write it. */
enum pal_code pal_app_check_owner(const char *path, struct pal_err *err) PAL_MUST_CHECK;
/* The same of a file with certificates, which must hold one. */
enum pal_code pal_app_check_ca_file(const char *path, struct pal_err *err) PAL_MUST_CHECK;
/* Puts the cloud of the configuration into settings. */
enum pal_code pal_app_set_cloud(const struct pal_app *app, struct pal_record *settings, struct pal_err *err)
    PAL_MUST_CHECK;
/* The cloud of these settings; live: with the certificates that the configuration names for it. In the app's arena. */
enum pal_code pal_app_cloud(const struct pal_app *app, const struct pal_record *settings, bool live,
                            struct pal_cloud **ret, struct pal_err *err) PAL_MUST_CHECK;
/* Settings of a recording with this configuration's policy settings; PAL_E_CONFIG
 * when the configuration contradicts the recording. */
enum pal_code pal_app_replay_settings(const struct pal_app *app, const struct pal_record *session,
                                      struct pal_record **ret, struct pal_err *err) PAL_MUST_CHECK;
/* Opens the repository; PAL_E_NOTFOUND says how to make one. */
enum pal_code pal_app_repo(const struct pal_app *app, struct pal_repo **ret, struct pal_err *err) PAL_MUST_CHECK;

#endif
