/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_link.c - palscan link: shows the partner link of an identity, or changes it after showing how. */
#include <string.h>

#include "link.h"
#include "pal_json.h"
#include "pal_text.h"

static const struct pal_opt opts[] = {
    {.name = "identity",
     .kind = PAL_OPT_VALUE,
     .arg = "NAME",
     .help = "Whose link: an identity of the configuration; may be left out where there is only one.",
     .no_environment = true},
    {.name = "tenant",
     .kind = PAL_OPT_VALUE,
     .arg = "ID",
     .help = "In which tenant, by its id.",
     .no_environment = true},
    {.name = "partner-id",
     .kind = PAL_OPT_VALUE,
     .arg = "N",
     .help = "The partner ID to link, one of the registry's locations; of delete: the one that must be linked.",
     .no_environment = true},
    {.name = "yes",
     .kind = PAL_OPT_FLAG,
     .help = "Carry out the plan that is shown; without it nothing is changed.",
     .no_environment = true},
    {.name = "offline", .kind = PAL_OPT_FLAG, .help = "Opening a socket is an error."},
};

/* --- what was asked for --- */

struct asked {
  bool shows;
  enum pal_write_kind kind; /* of what does not only show */
  const char *identity, *partner_id;
  struct pal_tenant_id tenant;
};

static enum pal_code read_action(const char *word, struct asked *ret, struct pal_err *err) {
  static const char *const words[] = {"create", "update", "delete", "show"};
  static const enum pal_write_kind kinds[] = {PAL_WRITE_CREATE, PAL_WRITE_UPDATE, PAL_WRITE_DELETE};
  size_t i = 0;
  while (i < sizeof(words) / sizeof(words[0]) && strcmp(words[i], word) != 0)
    i++;
  if (i == sizeof(words) / sizeof(words[0]))
    return pal_err_set(err, PAL_E_USAGE, "link: \"%s\" is none of show, create, update, delete", word);
  ret->shows = i == 3;
  if (!ret->shows)
    ret->kind = kinds[i];
  return PAL_OK;
}

static enum pal_code read_partner_id(const struct pal_cli *cli, const struct asked *asked, struct pal_err *err) {
  struct pal_partner_id id;
  bool wants = !asked->shows && asked->kind != PAL_WRITE_DELETE;
  if (asked->partner_id == NULL)
    return wants ? pal_err_set(err, PAL_E_USAGE, "link %s: --partner-id N is missing", cli->args[0]) : PAL_OK;
  if (asked->shows)
    return pal_err_set(err, PAL_E_USAGE, "link show: --partner-id belongs to create, update and delete");
  if (pal_partner_id_parse(asked->partner_id, &id, NULL) != PAL_OK)
    return pal_err_set(err, PAL_E_USAGE, "--partner-id: \"%s\" is no partner ID (digits only)", asked->partner_id);
  return PAL_OK;
}

static enum pal_code read_asked(struct pal_cli *cli, struct asked *ret, struct pal_err *err) {
  const char *tenant = pal_cli_get(cli, "tenant");
  *ret = (struct asked){.identity = pal_cli_get(cli, "identity"), .partner_id = pal_cli_get(cli, "partner-id")};
  enum pal_code code = read_action(cli->args[0], ret, err);
  if (code == PAL_OK && ret->shows && pal_cli_flag(cli, "yes"))
    return pal_err_set(err, PAL_E_USAGE, "link show changes nothing: --yes belongs to create, update and delete");
  if (code == PAL_OK && tenant == NULL)
    return pal_err_set(err, PAL_E_USAGE, "link %s: --tenant ID is missing", cli->args[0]);
  if (code == PAL_OK && pal_tenant_id_parse(tenant, &ret->tenant, NULL) != PAL_OK)
    return pal_err_set(err, PAL_E_USAGE, "--tenant: \"%s\" is no tenant id (a GUID)", tenant);
  return code == PAL_OK ? read_partner_id(cli, ret, err) : code;
}

static enum pal_code only_identity(const struct pal_app *app, const char **ret, struct pal_err *err) {
  const struct pal_records *identities = pal_get_records(app->settings, PAL_SETTINGS_IDENTITIES);
  if (*ret != NULL)
    return PAL_OK;
  if (identities->n == 0)
    return pal_err_set(err, PAL_E_CONFIG, "%s: at $.identities: no identity to sign in as", app->config_path);
  if (identities->n > 1)
    return pal_err_set(err, PAL_E_USAGE, "the configuration names %zu identities: say which by --identity NAME",
                       identities->n);
  *ret = pal_get_text(identities->v[0], PAL_SCANNER_NAME);
  return PAL_OK;
}

/* --- show --- */

static void member(struct pal_buf *out, const char *key, const char *value) {
  if (out->len > 0 && strchr("{", out->data[out->len - 1]) == NULL)
    pal_buf_putc(out, ',');
  pal_json_escape(out, key);
  pal_buf_putc(out, ':');
  if (value != NULL)
    pal_json_escape(out, value);
  else
    pal_buf_puts(out, "null");
}

static enum pal_code print_json(const struct pal_look *look, const struct pal_id_verdict *verdict, FILE *out,
                                struct pal_err *err) {
  struct pal_buf text;
  char at[PAL_INSTANT_MAX];
  pal_instant_format(look->at, at);
  pal_buf_init(&text, 1 << 20);
  pal_buf_puts(&text, "{\"formatVersion\":1");
  member(&text, "identity", look->identity);
  member(&text, "tenantId", look->tenant.s);
  member(&text, "tenantName", look->tenant_name);
  member(&text, "objectId", look->object.s);
  member(&text, "read", at);
  pal_buf_puts(&text, ",\"link\":");
  if (look->link != NULL)
    pal_record_compact(look->link, &text);
  else
    pal_buf_puts(&text, "null");
  pal_buf_puts(&text, ",\"verdict\":{");
  member(&text, "state", verdict->state);
  member(&text, "rule", verdict->rule);
  member(&text, "expected", verdict->expected);
  member(&text, "sentence", verdict->sentence);
  pal_buf_puts(&text, "}}\n");
  enum pal_code code = pal_buf_check(&text, "the link", err);
  if (code == PAL_OK)
    (void)fputs(text.data, out);
  pal_buf_deinit(&text);
  return code;
}

static enum pal_code judge_shown(const struct pal_look *look, struct pal_id_verdict *ret, struct pal_err *err) {
  if (!pal_link_stands(look->link)) {
    *ret = (struct pal_id_verdict){.state = "no link",
                                   .sentence = "nothing this identity reaches here is counted for a partner ID"};
    return PAL_OK;
  }
  return pal_id_judge(look, pal_get_text(look->link, PAL_LINK_PARTNER_ID), ret, err);
}

static enum pal_code show(struct pal_cli *cli, const struct pal_look *look, const struct pal_format *format,
                          struct pal_err *err) {
  struct pal_id_verdict verdict;
  struct pal_output output;
  if (!look->known)
    return pal_look_fail(look, err);
  enum pal_code code = judge_shown(look, &verdict, err);
  if (code == PAL_OK)
    code = pal_output_open(cli, &output, err);
  if (code != PAL_OK)
    return code;
  if (format->machine) {
    code = print_json(look, &verdict, output.file, err);
  } else {
    const struct pal_sheet sheet = pal_sheet_of(cli, &output);
    pal_link_print_head(look, &sheet);
    pal_link_print_link(look->app, &sheet, "Link", look->link);
    pal_sheet_row(&sheet, "Verdict", "%s: %s", verdict.state, verdict.sentence);
  }
  return pal_output_close(&output, code, err);
}

/* --- change --- */

/* A repository that cannot be opened keeps nobody from putting a link right: then there is no snapshot to tell it. */
static const char *repository_of(const struct pal_app *app) {
  struct pal_repo *repo = NULL;
  struct pal_err why = {0};
  const char *id = app->repository != NULL && pal_repo_open(app->repository, &repo, &why) == PAL_OK
                       ? pal_arena_strdup(app->arena, pal_repo_id(repo))
                       : NULL;
  pal_repo_close(repo);
  return id;
}

static enum pal_code carry_out(const struct pal_look *look, const struct pal_change_plan *plan,
                               const struct pal_sheet *out, struct pal_err *err) {
  const struct pal_link_keeping keeping = {.repository_id = repository_of(look->app)};
  struct pal_link_result result;
  (void)fflush(out->file);
  enum pal_code code = pal_link_carry_out(look, &plan->link, &keeping, &result, err);
  if (code == PAL_OK)
    code = pal_link_conclude(&plan->link, &result, err);
  if (code == PAL_OK)
    pal_link_print_end(look, &result, out);
  return code;
}

/* The plan stands in the output also when it fails: what had been meant is then half of the message. */
static enum pal_code change(struct pal_cli *cli, const struct pal_look *look, const struct asked *asked,
                            struct pal_err *err) {
  struct pal_change_plan plan;
  struct pal_output output;
  enum pal_code code = pal_link_decide(look, asked->kind, asked->partner_id, &plan, err);
  if (code == PAL_OK)
    code = pal_output_open(cli, &output, err);
  if (code != PAL_OK)
    return code;
  const struct pal_sheet sheet = pal_sheet_of(cli, &output);
  if (plan.nothing) {
    pal_link_print_head(look, &sheet);
    pal_link_print_link(look->app, &sheet, "Now", look->link);
    pal_sheet_row(&sheet, "Change", "none: it is so already, and nothing was sent");
    return pal_output_close(&output, PAL_OK, err);
  }
  pal_link_print_plan(look, &plan, &sheet);
  bool yes = pal_cli_flag(cli, "yes");
  struct pal_err own = {0};
  if (yes)
    code = carry_out(look, &plan, &sheet, &own);
  else
    code = pal_err_set(&own, PAL_E_USAGE, "nothing was changed: this is the plan; --yes carries it out");
  struct pal_err closing = {0};
  enum pal_code closed = pal_output_close(&output, PAL_OK, &closing);
  if (code == PAL_OK && closed != PAL_OK) {
    (void)pal_err_wrap(&closing, "the change is made, but was not reported");
    own = closing;
  }
  if (own.code != PAL_OK)
    *err = own;
  return own.code;
}

static enum pal_code run(struct pal_cli *cli, struct pal_err *err) {
  struct asked asked;
  struct pal_app app;
  const struct pal_format *format = NULL;
  enum pal_code code = read_asked(cli, &asked, err);
  if (code == PAL_OK && !asked.shows)
    code = pal_cli_text_only(cli, "link create, update and delete", false, err);
  if (code == PAL_OK && asked.shows)
    code = pal_cli_format(cli, &format, err);
  if (code == PAL_OK && asked.shows && strcmp(format->name, "text") != 0 && strcmp(format->name, "json") != 0)
    code = pal_err_set(err, PAL_E_USAGE, "link show prints text or JSON");
  if (code == PAL_OK)
    code = pal_output_check(cli, err);
  if (code == PAL_OK)
    code = pal_app_open(cli, PAL_APP_INPUTS | PAL_APP_CREDENTIALS, &app, err);
  if (code != PAL_OK)
    return code;
  struct pal_look look = {0};
  code = only_identity(&app, &asked.identity, err);
  if (code == PAL_OK)
    code = pal_look(&app, asked.identity, &asked.tenant, pal_cli_flag(cli, "offline"), &look, err);
  if (code == PAL_OK)
    code = asked.shows ? show(cli, &look, format, err) : change(cli, &look, &asked, err);
  pal_look_free(&look);
  pal_app_close(&app);
  return code;
}

const struct pal_command pal_command_link = {
    .name = "link",
    .args = "show|create|update|delete",
    .summary = "the partner link of one identity in one tenant: show it, or change it",
    .help =
        "Only the identity itself can read and change its link, so it signs in to the tenant. show prints the link and "
        "what the registry says of its ID. The others print what they would change, and without --yes change nothing "
        "and end with 2. "
        "With it the link is read again, changed by one request, which is never repeated, and read once more: what "
        "stands then is the result, and the next snapshot says what was done. "
        "IDs that are global (v-org), not in the registry, not active, or not what a rule of the registry names for "
        "the tenant are refused, as is a link that was written by someone else meanwhile.",
    .opts = opts,
    .opts_n = sizeof(opts) / sizeof(opts[0]),
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
