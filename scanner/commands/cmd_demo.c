/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_demo.c - palscan demo: two nights of a recorded estate, scanned, judged and compared, offline. */
#include <string.h>

#include "app.h"
#include "compare.h"
#include "outcome.h"
#include "pal_file.h"
#include "run.h"

static const char *const files[] = {"palscan.json", "mpn.json", "estate.json", "waivers.json"};
enum { FILES = sizeof(files) / sizeof(files[0]), FILE_MAX = 1 << 20 };
static const char *const nights[] = {"night-1", "night-2"};

struct demo {
  struct pal_cli *cli;
  const char *dir;    /* where it goes */
  const char *source; /* the bundled estate */
};

/* Only what an earlier demo made may stand in the folder. */
static enum pal_code foreign_name(void *payload, const char *name, struct pal_err *err) {
  const struct demo *demo = payload;
  if (strcmp(name, "snapshots.git") == 0)
    return PAL_OK;
  for (size_t i = 0; i < FILES; i++)
    if (strcmp(name, files[i]) == 0)
      return PAL_OK;
  return pal_err_set(
      err, PAL_E_USAGE,
      "%s is not empty and no earlier demo (it holds \"%s\"): give a folder of its own, palscan demo DIR", demo->dir,
      name);
}

/* A file that was edited since is somebody's work. */
static enum pal_code same_file(const struct demo *demo, const char *name, struct pal_err *err) {
  struct pal_arena *arena = demo->cli->arena;
  const char *from = pal_arena_printf(arena, "%s/%s", demo->source, name);
  const char *here = pal_arena_printf(arena, "%s/%s", demo->dir, name);
  if (from == NULL || here == NULL)
    return pal_err_nomem(err);
  if (!pal_path_exists(here))
    return pal_err_set(
        err, PAL_E_USAGE,
        "%s is not empty and no earlier demo (%s is missing): give a folder of its own, palscan demo DIR", demo->dir,
        name);
  struct pal_buf bundled, found;
  pal_buf_init(&bundled, FILE_MAX);
  pal_buf_init(&found, FILE_MAX);
  enum pal_code code = pal_file_read(from, "file of the demonstration", 0, FILE_MAX, &bundled, err);
  if (code == PAL_OK)
    code = pal_file_read(here, "file of the demonstration", 0, FILE_MAX, &found, err);
  if (code == PAL_OK && (bundled.len != found.len || memcmp(bundled.data, found.data, found.len) != 0))
    code = pal_err_set(err, PAL_E_USAGE,
                       "%s is not what the demonstration wrote, and it is not overwritten: give another folder, "
                       "palscan demo DIR, or remove this one",
                       here);
  pal_buf_deinit(&bundled);
  pal_buf_deinit(&found);
  return code;
}

/* Only the two nights of the demonstration may lie in a repository that is thrown away. */
static enum pal_code same_nights(const struct demo *demo, const char *repository, struct pal_err *err) {
  struct pal_repo *repo = NULL;
  struct pal_oid id;
  struct pal_err why = {0};
  enum pal_code code = pal_repo_open(repository, &repo, &why);
  enum pal_code head = code == PAL_OK ? pal_repo_head(repo, &id, &why) : code;
  bool ours = code == PAL_OK;
  while (ours && head == PAL_OK) {
    struct pal_commit commit;
    bool known = false;
    ours = pal_repo_commit(repo, &id, &commit, &why) == PAL_OK && commit.trailers.kind == PAL_RUN_REPLAY;
    for (size_t i = 0; ours && i < sizeof(nights) / sizeof(nights[0]); i++) {
      struct pal_record *session = NULL;
      const char *dir = pal_arena_printf(demo->cli->arena, "%s/%s", demo->source, nights[i]);
      if (dir == NULL || pal_recording_session(demo->cli->arena, dir, &session, err) != PAL_OK)
        break;
      known = known || strcmp(pal_get_text(session, PAL_SESSION_STARTED), commit.trailers.started) == 0;
    }
    ours = ours && known;
    if (!ours || !commit.has_parent)
      break;
    id = commit.parent;
  }
  pal_repo_close(repo);
  if (ours && (head == PAL_OK || head == PAL_E_NOTFOUND))
    return PAL_OK;
  return pal_err_set(err, PAL_E_USAGE,
                     "%s holds other runs than the demonstration's, and is not thrown away: give another folder, "
                     "palscan demo DIR",
                     repository);
}

static enum pal_code is_empty(void *payload, const char *name, struct pal_err *err) {
  (void)name;
  (void)err;
  *(bool *)payload = false;
  return PAL_OK;
}

/* The recorded tip of the old demonstration goes with its repository. */
static enum pal_code drop_old(const struct demo *demo, const char *repository, struct pal_err *err) {
  struct pal_repo *repo = NULL;
  struct pal_buf state;
  struct pal_err ignored = {0};
  pal_buf_init(&state, 8192);
  enum pal_code code = PAL_OK;
  if (pal_repo_open(repository, &repo, &ignored) == PAL_OK &&
      pal_state_dir(pal_repo_id(repo), &state, &ignored) == PAL_OK)
    code = pal_dir_remove(state.data, err);
  pal_repo_close(repo);
  pal_buf_deinit(&state);
  (void)demo;
  return code == PAL_OK ? pal_dir_remove(repository, err) : code;
}

/* Before anything is made: whether all that is copied and replayed is there. */
static enum pal_code check_source(const struct demo *demo, struct pal_err *err) {
  struct pal_arena *arena = demo->cli->arena;
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < FILES + sizeof(nights) / sizeof(nights[0]); i++) {
    const char *path = i < FILES ? pal_arena_printf(arena, "%s/%s", demo->source, files[i])
                                 : pal_arena_printf(arena, "%s/%s/session.json", demo->source, nights[i - FILES]);
    struct pal_buf text;
    pal_buf_init(&text, FILE_MAX);
    code =
        path != NULL ? pal_file_read(path, "file of the demonstration", 0, FILE_MAX, &text, err) : pal_err_nomem(err);
    pal_buf_deinit(&text);
  }
  return code;
}

static enum pal_code prepare(const struct demo *demo, struct pal_err *err) {
  struct pal_arena *arena = demo->cli->arena;
  const char *repository = pal_arena_printf(arena, "%s/snapshots.git", demo->dir);
  if (repository == NULL)
    return pal_err_nomem(err);
  enum pal_code code = check_source(demo, err);
  if (code == PAL_OK && pal_path_exists(demo->dir)) {
    bool empty = true;
    code = pal_dir_each(demo->dir, is_empty, &empty, err);
    if (code == PAL_OK && !empty) {
      struct demo copy = *demo;
      code = pal_dir_each(demo->dir, foreign_name, &copy, err);
      if (code == PAL_OK)
        for (size_t i = 0; code == PAL_OK && i < FILES; i++)
          code = same_file(demo, files[i], err);
      if (code == PAL_OK && pal_path_exists(repository))
        code = same_nights(demo, repository, err);
    }
  }
  if (code == PAL_OK)
    code = pal_dir_make(demo->dir, 0755, err);
  if (code == PAL_OK && pal_path_exists(repository))
    code = drop_old(demo, repository, err);
  for (size_t i = 0; code == PAL_OK && i < FILES; i++) {
    const char *from = pal_arena_printf(arena, "%s/%s", demo->source, files[i]),
               *to = pal_arena_printf(arena, "%s/%s", demo->dir, files[i]);
    if (from == NULL || to == NULL)
      return pal_err_nomem(err);
    struct pal_buf text;
    pal_buf_init(&text, FILE_MAX);
    code = pal_file_read(from, "file of the demonstration", 0, FILE_MAX, &text, err);
    if (code == PAL_OK)
      code = pal_file_write(to, text.data, text.len, 0644, err);
    pal_buf_deinit(&text);
  }
  return code == PAL_OK ? pal_repo_create(repository, err) : code;
}

static enum pal_code one_night(const struct demo *demo, const struct pal_app *app, const char *night,
                               struct pal_run_result *ret, struct pal_err *err) {
  struct pal_arena *arena = demo->cli->arena;
  struct pal_record *session = NULL, *settings = NULL;
  struct pal_run_options o = {.app = app, .offline = true, .quiet = true};
  o.replay_dir = pal_arena_printf(arena, "%s/%s", demo->source, night);
  if (o.replay_dir == NULL)
    return pal_err_nomem(err);
  enum pal_code code = pal_recording_session(arena, o.replay_dir, &session, err);
  if (code == PAL_OK)
    code = pal_app_replay_settings(app, session, &settings, err);
  if (code != PAL_OK)
    return code;
  o.settings = settings;
  code = pal_app_cloud(app, settings, false, &o.cloud, err);
  if (code != PAL_OK)
    return pal_err_wrap(err, "%s/session.json", o.replay_dir);
  if (!pal_instant_parse(pal_get_text(session, PAL_SESSION_STARTED), &o.started))
    return pal_err_set(err, PAL_E_INPUT, "%s/session.json: at $.started: no instant", o.replay_dir);
  o.finished = pal_get_text(session, PAL_SESSION_FINISHED) != NULL ? pal_get_text(session, PAL_SESSION_FINISHED)
                                                                   : pal_get_text(session, PAL_SESSION_STARTED);
  return pal_run_scan(&o, ret, err);
}

static enum pal_code both_nights(const struct demo *demo, const struct pal_app *app, struct pal_run_result *last,
                                 struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < sizeof(nights) / sizeof(nights[0]); i++) {
    pal_run_result_free(last);
    code = one_night(demo, app, nights[i], last, err);
    if (code != PAL_OK)
      break;
    size_t open = 0;
    for (int c = 0; c < PAL_CLASSES; c++)
      for (int s = 0; s < PAL_SEVERITIES; s++)
        open += last->report.open[c][s];
    /* Short enough for a screen of 80 columns; what follows gives the instants and the snapshots. */
    (void)printf("Night %zu, %.10s: %zu of %zu tenants read completely, %zu open findings\n", i + 1,
                 last->report.started, last->report.completeness.complete, last->report.completeness.expected, open);
  }
  return code;
}

static enum pal_code compare(const struct demo *demo, const struct pal_app *app, struct pal_err *err) {
  struct pal_repo *repo = NULL;
  struct pal_commit from, to;
  struct pal_comparison comparison;
  enum pal_code code = pal_app_repo(app, &repo, err);
  if (code == PAL_OK)
    code = pal_last_two(repo, &from, &to, err);
  if (code == PAL_OK)
    code = pal_compare_commits(repo, &from, &to, app->pack, demo->cli->arena, &comparison, err);
  if (code == PAL_OK)
    code = pal_compare_print(demo->cli, &comparison, err);
  pal_repo_close(repo);
  return code;
}

static void next_steps(const struct demo *demo) {
  (void)printf("\nWhat to type next:\n"
               "  cd %s\n"
               "  palscan check                  judge the last snapshot again\n"
               "  palscan show --person Anna     where is Anna, and is she the last cover?\n"
               "  palscan policies show PAL001   what a rule says, why, and its SQL\n"
               "  palscan query 'SELECT tenant_id, object_id, partner_id FROM link'\n"
               "  palscan verify                 hashes, chain, verdicts\n"
               "  git -C snapshots.git log -p    the same with stock git\n",
               demo->dir);
}

static enum pal_code run(struct pal_cli *cli, struct pal_err *err) {
  struct demo demo = {.cli = cli, .dir = cli->args_n > 0 ? cli->args[0] : "palscan-demo"};
  demo.source = pal_arena_printf(cli->arena, "%s/snapshots/demo", pal_app_data_dir(cli->arena));
  const char *config = pal_arena_printf(cli->arena, "%s/palscan.json", demo.dir);
  if (demo.source == NULL || config == NULL)
    return pal_err_nomem(err);
  struct pal_app app;
  struct pal_run_result last = {0};
  enum pal_code code = pal_cli_text_only(cli, "demo", true, err);
  if (code == PAL_OK)
    code = prepare(&demo, err);
  if (code == PAL_OK)
    code = pal_app_open_at(cli, config, PAL_APP_INPUTS, &app, err);
  if (code != PAL_OK)
    return code;
  app.repository = pal_app_path(&app, "snapshots.git");
  if (app.repository == NULL)
    code = pal_err_nomem(err);
  if (code == PAL_OK)
    code = both_nights(&demo, &app, &last, err);
  if (code == PAL_OK) {
    (void)printf("\n");
    code = pal_outcome_print(cli, &last.report, err);
  }
  if (code == PAL_OK) {
    (void)printf("\n");
    code = compare(&demo, &app, err);
  }
  if (code == PAL_OK)
    next_steps(&demo);
  pal_run_result_free(&last);
  pal_app_close(&app);
  return code;
}

const struct pal_command pal_command_demo = {
    .name = "demo",
    .args = "[DIR]",
    .summary = "two recorded nights, scanned, judged and compared, offline",
    .help = "Replays two nights of the bundled estate into DIR (default ./palscan-demo), shows the first screen and "
            "what changed, and says what to type next. Needs no network and no configuration.",
    .max_args = 1,
    .run = run,
};
