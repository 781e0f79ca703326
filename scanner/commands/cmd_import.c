/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_import.c - palscan import: what people declare of links that only they can read, and of their roles. */
#include <stdlib.h>
#include <string.h>

#include "nonce.h"
#include "outcome.h"
#include "pal_import.h"
#include "pal_text.h"
#include "run.h"

enum { FILES_MAX = 4096, STATE_PATH_MAX = 8192, LINE_BYTES_MAX = 64 << 10 };

static const struct pal_opt opts[] = {
    {.name = "identity",
     .kind = PAL_OPT_VALUE,
     .arg = "NAME",
     .help = "Whose link plain output tells: the name its completeness is told under.",
     .no_environment = true},
    {.name = "tenant",
     .kind = PAL_OPT_VALUE,
     .arg = "ID",
     .help = "The tenant that was signed in to.",
     .no_environment = true},
    {.name = "object",
     .kind = PAL_OPT_VALUE,
     .arg = "ID",
     .help = "The object id of the identity in that tenant, where a list of role assignments tells of several.",
     .no_environment = true},
    {.name = "date",
     .kind = PAL_OPT_VALUE,
     .arg = "DATE",
     .help = "When it was shown, UTC: 2026-11-20, or with a time.",
     .no_environment = true},
    {.name = "provider",
     .kind = PAL_OPT_VALUE,
     .arg = "WHO",
     .help = "Who declares it; without this option the identity itself.",
     .no_environment = true},
    {.name = "accept-tip",
     .kind = PAL_OPT_VALUE,
     .arg = "COMMIT",
     .help = "Accept COMMIT, after checking its whole tree, as the tip to build upon.",
     .no_environment = true},
    PAL_OUTCOME_OPTS("Judge new findings only (default) or all."),
};

static enum pal_code read_date(struct pal_cli *cli, const char **ret, struct pal_err *err) {
  const char *given = pal_cli_get(cli, "date");
  char text[PAL_INSTANT_MAX];
  struct pal_instant at;
  if (given == NULL)
    return PAL_OK;
  if (pal_date_valid(given))
    (void)snprintf(text, sizeof(text), "%sT00:00:00Z", given);
  else if (pal_instant_parse(given, &at))
    pal_instant_format(at, text);
  else
    return pal_err_set(err, PAL_E_USAGE, "--date: \"%s\" is neither a date such as 2026-11-20 nor an instant", given);
  *ret = pal_arena_strdup(cli->arena, text);
  return *ret != NULL ? PAL_OK : pal_err_nomem(err);
}

static enum pal_code read_hints(struct pal_cli *cli, struct pal_import_hints *ret, struct pal_err *err) {
  const char *tenant = pal_cli_get(cli, "tenant"), *object = pal_cli_get(cli, "object");
  *ret = (struct pal_import_hints){.identity = pal_cli_get(cli, "identity"), .provider = pal_cli_get(cli, "provider")};
  if (ret->identity != NULL && !pal_name_valid(ret->identity))
    return pal_err_set(err, PAL_E_USAGE, "--identity: \"%s\" is no name: lower-case letters, digits and hyphens",
                       ret->identity);
  if (ret->provider != NULL && (ret->provider[0] == '\0' || strlen(ret->provider) > PAL_PROVIDER_MAX))
    return pal_err_set(err, PAL_E_USAGE, "--provider: a name of at most %d bytes", PAL_PROVIDER_MAX);
  if (tenant != NULL) {
    struct pal_tenant_id id;
    if (pal_tenant_id_parse(tenant, &id, NULL) != PAL_OK)
      return pal_err_set(err, PAL_E_USAGE, "--tenant: \"%s\" is no tenant id (a GUID)", tenant);
    if ((ret->tenant = pal_arena_strdup(cli->arena, id.s)) == NULL)
      return pal_err_nomem(err);
  }
  if (object != NULL) {
    struct pal_object_id id;
    if (pal_object_id_parse(object, &id, NULL) != PAL_OK)
      return pal_err_set(err, PAL_E_USAGE, "--object: \"%s\" is no object id (a GUID)", object);
    if ((ret->object = pal_arena_strdup(cli->arena, id.s)) == NULL)
      return pal_err_nomem(err);
  }
  return read_date(cli, &ret->date, err);
}

static enum pal_code read_files(struct pal_cli *cli, const struct pal_import_hints *hints, struct pal_declarations *ret,
                                struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (int i = 0; code == PAL_OK && i < cli->args_n; i++)
    code = pal_import_read(cli->arena, cli->args[i], hints, ret, err);
  return code;
}

static enum pal_code check_dates(const struct pal_declarations *declared, struct pal_instant now, struct pal_err *err) {
  for (size_t i = 0; i < declared->n; i++) {
    struct pal_instant at;
    if (!pal_instant_parse(declared->v[i].date, &at) || pal_instant_cmp(at, now) > 0)
      return pal_err_set(err, PAL_E_INPUT, "%s: declared on %s, which is yet to come", declared->v[i].path,
                         declared->v[i].date);
  }
  return PAL_OK;
}

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The tenants spoken of, sorted, each once. */
static enum pal_code make_scope(struct pal_cli *cli, const struct pal_declarations *declared, struct pal_texts *ret,
                                struct pal_err *err) {
  const char **ids = pal_arena_calloc(cli->arena, declared->n + 1, sizeof(*ids));
  if (ids == NULL)
    return pal_err_nomem(err);
  for (size_t i = 0; i < declared->n; i++)
    ids[i] = declared->v[i].tenant.s;
  if (declared->n > 1)
    qsort(ids, declared->n, sizeof(*ids), by_text);
  *ret = (struct pal_texts){.v = ids};
  for (size_t i = 0; i < declared->n; i++)
    if (ret->n == 0 || strcmp(ids[ret->n - 1], ids[i]) != 0)
      ids[ret->n++] = ids[i];
  return PAL_OK;
}

static enum pal_code state_dir(const struct pal_app *app, struct pal_buf *out, struct pal_err *err) {
  struct pal_repo *repo = NULL;
  enum pal_code code = pal_app_repo(app, &repo, err);
  if (code == PAL_OK)
    code = pal_state_dir(pal_repo_id(repo), out, err);
  pal_repo_close(repo);
  return code;
}

static enum pal_code check_files(const char *state, const struct pal_declarations *declared, struct pal_instant now,
                                 struct pal_err *err) {
  enum pal_code code = check_dates(declared, now, err);
  for (size_t i = 0; code == PAL_OK && i < declared->n; i++)
    code = pal_nonce_check(state, &declared->v[i], now, err);
  return code;
}

static enum pal_code spend(const char *state, const struct pal_declarations *declared, struct pal_err *err) {
  enum pal_code code = PAL_OK;
  for (size_t i = 0; code == PAL_OK && i < declared->n; i++)
    code = pal_nonce_spend(state, &declared->v[i], err);
  return code;
}

/* Of role assignments no table says how many of a file were taken. */
static void say_assignments(const struct pal_declaration *d) {
  struct pal_buf text, line;
  pal_buf_init(&text, LINE_BYTES_MAX);
  pal_buf_init(&line, (size_t)LINE_BYTES_MAX * 4);
  pal_buf_printf(&text, "%s: ", d->path);
  if (d->unlisted != NULL)
    pal_buf_printf(&text, "the role assignments of %s were not listed: %s", d->identity, d->unlisted);
  else
    pal_buf_printf(&text, "%zu role assignment%s of %s, %zu of other principals left out", d->assignments.n,
                   d->assignments.n == 1 ? "" : "s", d->identity, d->others);
  if (text.bad == PAL_OK)
    pal_term_escape(&line, text.data);
  if (text.bad == PAL_OK && line.bad == PAL_OK)
    (void)fprintf(stderr, "%s\n", line.data);
  pal_buf_deinit(&line);
  pal_buf_deinit(&text);
}

static enum pal_code print(struct pal_cli *cli, const struct pal_declarations *declared, struct pal_run_result *result,
                           struct pal_err *err) {
  char commit[41];
  pal_oid_hex(&result->commit, commit);
  result->report.next = pal_cli_hint(cli, "palscan show; palscan check judges the whole estate");
  if (result->report.next == NULL)
    return pal_err_nomem(err);
  enum pal_code code = pal_outcome_print(cli, &result->report, err);
  if (code != PAL_OK)
    return pal_err_wrap(err, "the import is committed, but its report was not written");
  if (pal_cli_flag(cli, "quiet"))
    return PAL_OK;
  for (size_t i = 0; i < declared->n; i++)
    if (declared->v[i].tells_assignments || declared->v[i].unlisted != NULL)
      say_assignments(&declared->v[i]);
  (void)fprintf(stderr, "committed %s\n", commit);
  return PAL_OK;
}

static enum pal_code import(struct pal_cli *cli, const struct pal_app *app, const struct pal_declarations *declared,
                            struct pal_instant now, struct pal_err *err) {
  struct pal_buf state;
  struct pal_texts scope = {0};
  struct pal_run_result result = {0};
  struct pal_run_options o = {.app = app,
                              .settings = app->settings,
                              .started = now,
                              .scope = &scope,
                              .declared = declared,
                              .accept_tip = pal_cli_get(cli, "accept-tip"),
                              .offline = true,
                              .quiet = pal_cli_flag(cli, "quiet")};
  pal_buf_init(&state, STATE_PATH_MAX);
  enum pal_code code = state_dir(app, &state, err);
  if (code == PAL_OK)
    code = check_files(state.data, declared, now, err);
  if (code == PAL_OK)
    code = make_scope(cli, declared, &scope, err);
  if (code == PAL_OK)
    code = pal_pack_apply(app->pack, o.settings, err);
  if (code == PAL_OK)
    code = pal_run_scan(&o, &result, err);
  if (code == PAL_OK && (code = spend(state.data, declared, err)) != PAL_OK)
    (void)pal_err_wrap(err, "the import is committed, but its files are not remembered");
  if (code == PAL_OK)
    code = print(cli, declared, &result, err);
  if (code == PAL_OK) /* who was never read is no fault of an import */
    cli->exit_status = pal_outcome_status(cli, &result.report, "new", result.worse, false);
  pal_run_result_free(&result);
  pal_buf_deinit(&state);
  return code;
}

static enum pal_code run(struct pal_cli *cli, struct pal_err *err) {
  struct pal_import_hints hints;
  struct pal_declarations declared = {0};
  const struct pal_format *format = NULL;
  struct pal_app app;
  enum pal_code code = pal_outcome_check(cli, err);
  if (code == PAL_OK)
    code = pal_cli_format(cli, &format, err);
  if (code == PAL_OK)
    code = read_hints(cli, &hints, err);
  if (code == PAL_OK)
    code = read_files(cli, &hints, &declared, err);
  if (code == PAL_OK)
    code = pal_app_open(cli, PAL_APP_INPUTS, &app, err);
  if (code != PAL_OK)
    return code;
  code = import(cli, &app, &declared, pal_clock_now(), err);
  pal_app_close(&app);
  return code;
}

const struct pal_command pal_command_import = {
    .name = "import",
    .args = "FILE...",
    .summary = "what colleagues declare of links that only they can read",
    .help = "Reads files of the script that palscan collector prints, and the output of az managementpartner show, az "
            "role assignment list, and Get-AzManagementPartner or Get-AzRoleAssignment | ConvertTo-Json, where "
            "--identity, --tenant and --date say what it does not; UTF-8 and UTF-16. Role assignments of other "
            "principals are left out and counted. They are shown by palscan show --person and compared with what is "
            "read (PAL019); no verdict on access rests on them. Commits one snapshot of partial scope, of kind import. "
            "What is imported is "
            "self-declared, by whom and on which day, with the digest of the file: it speaks for one identity in one "
            "tenant, and neither replaces nor clears what palscan read; where both differ they stand side by side. A "
            "declaration counts as complete for declaredMaxAgeDays (100). No file is imported twice. With one wrong "
            "file nothing is committed. Needs no network.",
    .opts = opts,
    .opts_n = sizeof(opts) / sizeof(opts[0]),
    .min_args = 1,
    .max_args = FILES_MAX,
    .run = run,
};
